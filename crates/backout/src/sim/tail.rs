//! Runs of a rollback that have come to the same state go on alike: what is left of the later one need not be run.
//!
//! The rollback is run after every half-applied forward, and most of these runs differ in their first statements only.

use super::StatementFailure;
use super::run::{Machine, Mode, Run};
use super::{Script, Side};
use crate::catalog::context::Session;
use crate::op::{Op, Transaction};

/// What tells the states of a catalog apart: its objects, its rows, and the names known to be absent.
pub(super) type State = (u64, u64, u64);

/// A run to compare with.
#[derive(Clone, Debug)]
struct Told {
    /// The state before each statement.
    states: Vec<State>,
    failure: Option<StatementFailure>,
    /// The state at the end.
    end: State,
}

/// The runs of the rollback at hand.
#[derive(Debug, Default)]
pub(super) struct Tails {
    /// The same gaps and presumptions lie under all of them.
    basis: Option<(Mode, u32)>,
    first: Option<Told>,
    last: Option<Told>,
    /// The states of the run at hand; none when it is not one to compare.
    states: Option<Vec<State>>,
    /// Room for the states of the next run: hundreds of long lists are not made anew.
    room: Vec<State>,
    /// Runs are compared; otherwise each is run to its end.
    on: bool,
}

impl Tails {
    /// For the runs of one rollback.
    pub fn new() -> Self {
        Self { on: true, ..Self::default() }
    }
}

impl Machine {
    /// A run of a whole script begins.
    pub(super) fn start_tail(&mut self, script: &Script, side: Side, mode: Mode) {
        let tails = &mut self.tails;
        tails.states = None;
        if !tails.on || side != Side::Rollback || mode == Mode::GoingOn || !script.statements.iter().all(|statement| plain(&statement.op)) {
            return;
        }
        let basis = Some((mode, self.catalog.generation()));
        if tails.basis != basis {
            *tails = Tails { basis, on: true, ..Tails::default() };
        }
        let mut room = std::mem::take(&mut tails.room);
        room.clear();
        tails.states = Some(room);
    }

    /// Before the statement: true when what is left is known, and is in the run then.
    pub(super) fn meet_tail(&mut self, at: usize, session: &Session, run: &mut Run) -> bool {
        let Some(mut states) = self.tails.states.take() else { return false };
        if !session.is_fresh() || run.unknown.is_some() || self.catalog.in_doubt() {
            return false;
        }
        let state = self.catalog.state();
        if self.quiet {
            let alike = |told: &Told| told.states.get(at) == Some(&state);
            let tails = &mut self.tails;
            if let Some(last) = tails.last.as_mut().filter(|told| alike(told)) {
                last.states.splice(..at, states.drain(..));
                tails.room = states;
                run.failure.clone_from(&last.failure);
                run.end = Some(last.end);
                return true;
            }
            if let Some(first) = tails.first.as_ref().filter(|told| alike(told)) {
                run.failure.clone_from(&first.failure);
                run.end = Some(first.end);
                // What is left of it is found there.
                tails.last = Some(Told { states, failure: first.failure.clone(), end: first.end });
                return true;
            }
        }
        states.push(state);
        self.tails.states = Some(states);
        false
    }

    /// A run has come to its end.
    pub(super) fn end_tail(&mut self, run: &Run) {
        let Some(states) = self.tails.states.take() else { return };
        let basis = self.tails.basis.map(|(_, generation)| generation);
        if run.unknown.is_some() || self.catalog.in_doubt() || basis != Some(self.catalog.generation()) {
            return;
        }
        let told = Told { states, failure: run.failure.clone(), end: self.catalog.state() };
        if self.tails.first.is_none() {
            self.tails.first = Some(told);
        } else {
            self.tails.last = Some(told);
        }
    }
}

/// Whether what a statement comes to hangs on the state alone, and not on where the transaction began.
fn plain(op: &Op) -> bool {
    match op {
        Op::Transaction(control) => matches!(control, Transaction::Begin { .. } | Transaction::Commit { chain: false }),
        _ => true,
    }
}
