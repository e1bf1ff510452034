//! What the statements of the migration at hand came to, so that a run in which one would read the same need not execute
//! it again: the half-applied states of a migration differ in few objects, and most statements look at others.

use super::run::{Fate, Machine, Run, forbidden_in_block};
use super::{Failure, Remark, Side};
use crate::catalog::apply::Event;
use crate::catalog::context::Doubts;
use crate::catalog::context::{Session, Stop};
use crate::catalog::resolve::RowUse;
use crate::catalog::{Mark, Trace};
use crate::op::Op;
use std::sync::Arc;

/// How many outcomes of one statement are kept.
const MOST_OUTCOMES: usize = 12;

/// Of longer migrations it is not kept what statements about rows come to: a dump of data has one for each row.
const LONGEST: usize = 20_000;

/// How many outcomes are kept of one migration.
const MOST_KEPT: usize = 200_000;

/// Outcomes by script and statement.
#[derive(Debug, Default)]
pub(super) struct Memo {
    forward: Vec<Vec<Known>>,
    rollback: Vec<Vec<Known>>,
    /// The session of the last statement kept: mostly that of the next one too.
    session: Option<Arc<Session>>,
    kept: usize,
    /// Statements are executed more than once.
    on: bool,
    /// What statements about rows come to is kept, too.
    rows: bool,
}

/// What a statement came to in a state.
#[derive(Debug)]
struct Known {
    session: Arc<Session>,
    in_block: bool,
    trace: Trace,
    outcome: Outcome,
    /// In a fresh session it ran and did nothing.
    idle: bool,
    /// Rows were known.
    rows: bool,
}

#[derive(Debug)]
enum Outcome {
    /// The whole statement with its effect on the schema, and the session afterwards.
    Whole(Done, Option<Box<Session>>),
    /// What the analysis of a row statement says; the rows themselves are followed each time.
    Rows(Result<Arc<RowUse>, Failure>, Doubts),
}

/// What came of a statement.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub fate: Fate,
    pub events: Vec<Event>,
    pub rows: Option<Arc<RowUse>>,
    pub remarks: Vec<Remark>,
}

/// The analysis of a row statement, and the gaps that it hangs on.
pub(super) type Analysed = (Result<Option<Arc<RowUse>>, Stop>, Doubts);

impl Done {
    /// Nothing but a fate.
    pub fn only(fate: Fate, remarks: Vec<Remark>) -> Self {
        Self { fate, events: Vec::new(), rows: None, remarks }
    }
}

impl Memo {
    /// A memory for one migration of so many statements.
    pub fn new(statements: usize) -> Self {
        Self { on: true, rows: statements <= LONGEST, ..Self::default() }
    }

    fn of(&self, side: Side, number: usize) -> &[Known] {
        let list = if side == Side::Forward { &self.forward } else { &self.rollback };
        list.get(number).map_or(&[], Vec::as_slice)
    }

    fn keep(
        &mut self,
        side: Side,
        number: usize,
        (session, in_block): (Session, bool),
        trace: Trace,
        outcome: Outcome,
        (idle, rows): (bool, bool),
    ) {
        if self.kept >= MOST_KEPT {
            return;
        }
        let session = match &self.session {
            Some(last) if **last == session => last.clone(),
            _ => self.session.insert(Arc::new(session)).clone(),
        };
        let list = if side == Side::Forward { &mut self.forward } else { &mut self.rollback };
        if list.len() <= number {
            list.resize_with(number + 1, Vec::new);
        }
        if let Some(list) = list.get_mut(number) {
            if list.len() >= MOST_OUTCOMES {
                list.remove(0);
            } else {
                self.kept += 1;
                // Most statements have one outcome or two: room for more would be most of the memory.
                list.reserve_exact(1);
            }
            list.push(Known { session, in_block, trace, outcome, idle, rows });
        }
    }
}

impl Machine {
    /// Whether nobody need execute the statement, nor do again what it did, since that was nothing: most of a careful rollback
    /// after half of a forward.
    pub(super) fn is_idle(&self, session: &Session, side: Side, number: usize) -> bool {
        let idle = |known: &Known| known.idle && self.catalog.would_read(&known.trace);
        self.quiet && session.is_fresh() && self.memo.of(side, number).iter().rev().any(idle)
    }

    /// Executes a script's statement, or does again what it did when it read the same, and looks whether the rows allow it.
    pub(super) fn remembered(&mut self, op: &Op, session: &mut Session, side: Side, number: usize, in_block: bool) -> Done {
        let demands = match op {
            Op::AlterTable(_) | Op::CreateIndex(_) | Op::AlterDomain(_) => true,
            Op::CreateTable(create) => create.partition_of.is_some(),
            _ => false,
        };
        let demanding = demands && self.catalog.knows_rows();
        if !demanding {
            let mark = self.catalog.mark();
            let done = self.repeated(op, session, side, number, in_block);
            match (op, &done.fate) {
                (Op::CreateTable(_), Fate::Done) => self.made_whole(mark),
                (Op::Drop(_), Fate::Done) => self.drop_rows(mark),
                _ => {}
            }
            return done;
        }
        let (mark, before) = (self.catalog.mark(), session.clone());
        let done = self.repeated(op, session, side, number, in_block);
        match self.check_rows(op, &done, side, mark) {
            Ok(()) => done,
            Err(failure) => {
                self.catalog.undo(mark);
                *session = before;
                Done::only(Fate::Failed(failure), done.remarks)
            }
        }
    }

    /// What is kept of a statement that is read again: not its rows unless somebody asks for them, and no more than once
    /// what it has in common with the one before.
    pub(super) fn in_short(&self, rows: Arc<RowUse>, run: &Run) -> Arc<RowUse> {
        if self.compares_rows || !rows.calls.is_empty() || rows.deleted.is_some() {
            return rows;
        }
        let same = |(_, last): &&(usize, Arc<RowUse>)| {
            last.inserted.is_none()
                && last.deleted.is_none()
                && (&last.reads, &last.writes, last.unbounded) == (&rows.reads, &rows.writes, rows.unbounded)
        };
        match run.rows.last().filter(same) {
            Some((_, last)) => last.clone(),
            None => Arc::new(RowUse { inserted: None, ..RowUse::clone(&rows) }),
        }
    }

    fn repeated(&mut self, op: &Op, session: &mut Session, side: Side, number: usize, in_block: bool) -> Done {
        if !self.memo.on {
            let done = self.statement(op, session, side, in_block);
            return self.shaken(op, done);
        }
        if op.is_row_statement() {
            self.at = Some(number).filter(|_| self.memo.rows);
            let done = self.statement(op, session, side, in_block);
            self.at = None;
            return done;
        }
        let program = matches!(op, Op::Do(_));
        let alike = !program && forbidden_in_block(op).is_none();
        let holds = |known: &&Known| {
            (alike || known.in_block == in_block)
                && *known.session == *session
                && (!program || self.would_run_alike(known))
                && self.catalog.would_read(&known.trace)
        };
        if let Some(Known { trace, outcome: Outcome::Whole(done, after), .. }) = self.memo.of(side, number).iter().rev().find(holds) {
            let mark = self.catalog.mark();
            self.catalog.do_again(trace);
            if let Some(after) = after {
                let start = session.transaction.start;
                session.clone_from(after.as_ref());
                session.transaction.start = start;
            }
            let done = if self.quiet && !self.catalog.knows_rows() { Done::only(done.fate.clone(), Vec::new()) } else { done.clone() };
            if !matches!(done.fate, Fate::Failed(_)) {
                self.shake_rows(op, mark);
            }
            return self.shaken(op, done);
        }
        let (mark, before, generation) = (self.catalog.mark(), session.clone(), self.catalog.generation());
        let rows = self.catalog.knows_rows();
        if let Some(known) = self.memo.of(side, number).last() {
            self.catalog.take_places(&known.trace);
        }
        self.catalog.start_trace();
        let done = self.statement(op, session, side, in_block);
        if let Some(known) = self.memo.of(side, number).last() {
            self.catalog.settle(&known.trace);
        }
        // A program that asks whether a name is there before it makes it does the same once that is known, or says that it doubts.
        let learns = !program || matches!(done.fate, Fate::Done);
        if let Some(trace) = self.catalog.end_trace(mark, generation, learns) {
            let after = (before != *session).then(|| Box::new(session.clone()));
            let guarded = alike && matches!(op, Op::Drop(_) | Op::AlterTable(_)) && matches!(done.fate, Fate::Done);
            let idle = guarded && trace.changes_nothing() && after.is_none() && before.is_fresh();
            self.memo.keep(side, number, (before, in_block), trace, Outcome::Whole(done.clone(), after), (idle, rows));
        }
        self.shaken(op, done)
    }

    /// Whether a program that reads the same does the same: nobody asks what it says on its way, and it finds no rows to shake.
    fn would_run_alike(&self, known: &Known) -> bool {
        let shakes = |id| self.catalog.keeps_rows(id);
        self.quiet && (!self.catalog.knows_rows() || (known.rows && !known.trace.changed().any(shakes)))
    }

    /// Shakes the rows that a program may have changed, of which no trace tells, and leaves out what rows cannot be in the way of.
    fn shaken(&mut self, op: &Op, mut done: Done) -> Done {
        match op {
            Op::Do(block) => self.shaken_by(&block.body),
            Op::AlterTable(alter) if !self.quiet => done.events.retain(|event| !self.null_passes(alter, event)),
            _ => {}
        }
        done
    }

    /// Analyses a row statement of a script, or says what was found when it read the same.
    pub(super) fn remembered_rows(
        &mut self,
        session: &mut Session,
        side: Side,
        number: usize,
        analyse: impl FnOnce(&mut Self, &mut Session) -> Analysed,
    ) -> Analysed {
        let holds = |known: &&Known| *known.session == *session && self.catalog.would_read(&known.trace);
        if let Some(Known { outcome: Outcome::Rows(result, doubts), .. }) = self.memo.of(side, number).iter().rev().find(holds) {
            return (result.clone().map(Some).map_err(Stop::from), doubts.clone());
        }
        let (mark, before, generation): (Mark, _, _) = (self.catalog.mark(), session.clone(), self.catalog.generation());
        self.catalog.start_trace();
        let (result, doubts) = analyse(self, session);
        if let Some(trace) = self.catalog.end_trace(mark, generation, false) {
            let outcome = match &result {
                Ok(Some(rows)) => Some(Outcome::Rows(Ok(rows.clone()), doubts.clone())),
                Err(Stop::Fail(failure)) => Some(Outcome::Rows(Err(failure.clone()), doubts.clone())),
                Ok(None) | Err(Stop::Missing(_) | Stop::Gap(_)) => None,
            };
            if let Some(outcome) = outcome {
                self.memo.keep(side, number, (before, false), trace, outcome, (false, false));
            }
        }
        (result, doubts)
    }
}
