//! Trials: what is played to see what would come of it, and leaves nothing behind.
//!
//! Undoing brings back what the journal notes. A trial's end takes back the rest, too: what was learnt of all states (a
//! presumed object, a name that was absent), and the numbers of slots, by which names of signatures are ordered. After it the
//! catalog is what it would be had nobody tried anything.

use super::super::object::ObjId;
use super::super::{Cause, Mark};
use super::{Catalog, Change, Doubt};

/// What the end of a trial goes back to.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    mark: Mark,
    cause: Cause,
    slots: usize,
    tables: Vec<ObjId>,
    ahead: Option<Ahead>,
    /// The catalog before something was learnt of all states.
    before: Option<Box<Catalog>>,
}

/// Changes that were taken back, the newest first; each holds what it is to bring.
#[derive(Clone, Debug)]
struct Ahead {
    mark: Mark,
    changes: Vec<(Change, Option<Doubt>)>,
}

impl Catalog {
    /// From here on nothing lasts.
    pub fn begin_trial(&mut self) {
        let tables = self.rows.followed().collect();
        let (mark, cause, slots) = (self.mark(), self.cause, self.slots.len());
        self.trial = Some(Box::new(Trial { mark, cause, slots, tables, ahead: None, before: None }));
    }

    /// Takes back what was done between a mark and the beginning of the trial, until its end.
    pub fn take_back(&mut self, mark: Mark) {
        // What goes back to a copy goes back to the beginning anyway.
        let Some(mut trial) = self.trial.take_if(|trial| trial.before.is_none()) else { return self.undo(mark) };
        self.undo(trial.mark);
        let mut changes = Vec::with_capacity(self.journal.len().saturating_sub(mark.0));
        while self.journal.len() > mark.0 {
            changes.extend(self.step_back());
        }
        trial.ahead = Some(Ahead { mark, changes });
        self.trial = Some(trial);
    }

    /// Everything is as it was at the beginning of the trial.
    pub fn end_trial(&mut self) {
        let Some(trial) = self.trial.take() else { return };
        if let Some(before) = trial.before {
            *self = *before;
            self.tentative = false;
            self.reads.stop();
        }
        match trial.ahead {
            Some(Ahead { mark, changes }) => {
                self.undo(mark);
                for (change, doubt) in changes.into_iter().rev() {
                    self.step_forth(change, doubt);
                }
            }
            None => self.undo(trial.mark),
        }
        self.cause = trial.cause;
        self.slots.truncate(trial.slots);
        self.rows.follow_only(&trial.tables);
    }

    /// Before something is learnt of all states, which undoing does not take back.
    pub(super) fn learns(&mut self) {
        if let Some(mut trial) = self.trial.take() {
            if trial.before.is_none() {
                trial.before = Some(Box::new(self.clone()));
            }
            self.trial = Some(trial);
        }
    }

    /// Undoes the last change; gives what does it again.
    pub(super) fn step_back(&mut self) -> Option<(Change, Option<Doubt>)> {
        Some(match self.journal.pop()? {
            Change::Slot { id, old, serial, cause } => {
                let now = self.serial(id);
                (Change::Slot { id, old: self.replace(id, old, serial), serial: now, cause }, None)
            }
            Change::Entry { name, old } => (Change::Entry { name, old: self.exchange(name, old) }, None),
            Change::Doubt => (Change::Doubt, self.doubts.pop()),
            Change::Rows(change) => (Change::Rows(self.rows.undo(change)), None),
        })
    }

    /// Does again what was undone.
    fn step_forth(&mut self, change: Change, doubt: Option<Doubt>) {
        self.journal.push(change);
        if let Some(doubt) = doubt {
            self.doubts.push(doubt);
        } else if let Some((change, _)) = self.step_back() {
            self.journal.push(change);
        }
    }
}
