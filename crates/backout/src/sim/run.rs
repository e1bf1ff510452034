//! Scripts executed on the catalog, statement by statement, with what surrounds them: sessions, transactions, savepoints.

use super::bodies::Bodies;
use super::demands::Conditions;
use super::memo::{Done, Memo};
use super::program::Names;
use super::tail::{State, Tails};
use super::{Failure, Remark, Script, Side, StatementFailure};
use crate::catalog::apply::{Apply, Event};
use crate::catalog::builtin::Builtin;
use crate::catalog::context::{Context, Session, Stop, Want, fail};
use crate::catalog::object::ObjId;
use crate::catalog::resolve::{RowUse, Scope};
use crate::catalog::rows::RowId;
use crate::catalog::session::configured;
use crate::catalog::{Catalog, GapId, Mark, quote};
use crate::op::{GapKind, Name, Op, Reach, Transaction};
use crate::source::Span;
use litemap::LiteMap;
use std::sync::Arc;

/// How a script is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything in one transaction of the runner's.
    Wrapped,
    /// Each statement commits itself unless the script begins a transaction; the first error stops it.
    Autocommit,
    /// As before, but errors do not stop it (`psql`).
    GoingOn,
    /// Several statements in one string, among them those of its own transactions: nothing in it stands outside of one.
    OneString,
    /// Each statement commits itself whatever the script says: how half-applied states come about.
    Committing,
}

/// What became of a statement.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It ran.
    Done,
    /// It failed.
    Failed(Failure),
    /// It cannot be told, because of this gap; it is taken to have run.
    Unknown(GapId),
}

/// A script's run.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    /// The first statement that fails.
    pub failure: Option<StatementFailure>,
    /// All that fail of a script that goes on.
    pub failures: Vec<StatementFailure>,
    /// The first gap that a statement's success hangs on.
    pub unknown: Option<GapId>,
    /// A statement may have done something else than what it was taken to do, and not only have been refused.
    pub blurred: bool,
    /// What was done, with the statement counted from 1.
    pub events: Vec<(usize, Event)>,
    /// Row statements with what they do.
    pub rows: Vec<(usize, Arc<RowUse>)>,
    /// Remarks.
    pub remarks: Vec<(usize, Remark)>,
    /// The state that it would have come to, when it was not run to its end.
    pub end: Option<State>,
}

/// A gap as the simulation keeps it; where it stands is added by who knows the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SimGap {
    pub kind: GapKind,
    pub reason: String,
    /// The migration by its number, the script, and the bytes in its file.
    pub at: Option<(usize, Side, Span)>,
    /// The file.
    pub path: String,
}

/// The statement that is being executed.
#[derive(Clone, Debug, Default)]
struct Place {
    path: String,
    /// Where the statement begins in the file.
    start: u32,
    span: Span,
}

/// The machine that executes scripts.
pub(super) struct Machine {
    pub catalog: Catalog,
    pub builtin: Builtin,
    /// The gaps of the migration at hand; those before `old` belong to the history.
    pub gaps: Vec<SimGap>,
    /// What is absent and nobody made is presumed when a forward uses it.
    pub history: bool,
    pub functions: Functions,
    /// The number of the migration at hand; none for the baseline.
    pub migration: usize,
    /// The names in the program that is being executed, if one is.
    pub names: Option<Names>,
    /// A query is only checked; the calls in it are its program's to make.
    pub only_analyse: bool,
    /// What the blocks around the statement catch.
    pub handlers: Vec<Vec<crate::plpgsql::Condition>>,
    /// The statements of programs by their text.
    pub lowered: LiteMap<Box<str>, Arc<Op>>,
    /// Where queries of programs stand that read nothing of the schema and are known to be good.
    pub analysed: LiteMap<usize, ()>,
    /// Programs that take too many steps.
    pub hopeless: LiteMap<Box<str>, ()>,
    /// How deep programs have started each other.
    pub depth: u16,
    /// What a forward does to rows is taken to have succeeded.
    pub trust_rows: bool,
    /// The runner begins a transaction and commits it, whatever the script does to it in between.
    pub runner_commits: bool,
    /// What the statements of the migration at hand came to.
    pub memo: Memo,
    /// How the runs of the rollback at hand went on.
    pub tails: Tails,
    /// What quoted bodies name.
    pub bodies: Bodies,
    /// The number of the row statement of a script that is being executed.
    pub at: Option<usize>,
    /// Nobody asks what the run at hand did: whether it succeeds is all.
    pub quiet: bool,
    /// A forward was taken to have succeeded although its rows say otherwise.
    pub contradicted: bool,
    /// Somebody asks which rows the scripts insert.
    pub compares_rows: bool,
    /// The forward runs again after the rollback.
    pub again: bool,
    /// What a statement about rows hangs on that is not known.
    pub hangs_on: Option<&'static str>,
    /// The first row of the migration at hand.
    pub first_row: RowId,
    /// A session that nothing was set in: what conditions of the schema are read in.
    pub resting: Session,
    /// Conditions of the schema as they were read.
    pub conditions: Conditions,
    /// The statement of a program that is being executed, within the script's statement.
    pub inside: Option<Span>,
    place: Place,
}

impl Machine {
    /// A machine over an empty database.
    pub fn new(version: u16, open_world: bool, history: bool, functions: Functions) -> Self {
        let mut catalog = Catalog::new(version, open_world);
        catalog.read_expression = Some(functions.expression);
        Self {
            catalog,
            builtin: Builtin::new(version),
            gaps: Vec::new(),
            history,
            functions,
            migration: 0,
            names: None,
            only_analyse: false,
            handlers: Vec::new(),
            lowered: LiteMap::new(),
            analysed: LiteMap::new(),
            hopeless: LiteMap::new(),
            depth: 0,
            trust_rows: true,
            runner_commits: false,
            memo: Memo::default(),
            tails: Tails::default(),
            bodies: Bodies::default(),
            at: None,
            quiet: false,
            contradicted: false,
            compares_rows: true,
            again: false,
            hangs_on: None,
            first_row: 0,
            resting: Session::default(),
            conditions: Conditions::default(),
            inside: None,
            place: Place::default(),
        }
    }
}

/// What turns text into operations: handed in, so that the simulation needs no parser.
#[derive(Clone, Copy)]
pub struct Functions {
    /// Lowers one statement.
    pub statement: fn(&str, u16) -> Op,
    /// Lowers one expression.
    pub expression: fn(&str, u16) -> Result<crate::op::Expr, Op>,
    /// Lowers a type's name.
    pub type_name: fn(&str, u16) -> Result<crate::op::TypeName, Op>,
    /// Cuts a text into statements.
    pub split: fn(&str) -> Vec<Span>,
}

/// A transaction that is open.
struct Open {
    begin: Mark,
    savepoints: Vec<(Name, Mark, Session)>,
    /// An error has happened: everything but its end fails (25P02).
    aborted: bool,
    /// How many events there were when it began.
    events: usize,
    /// The session when it began: ROLLBACK takes its settings back.
    session: Session,
}

impl Open {
    fn new(catalog: &Catalog, events: usize, session: &mut Session) -> Self {
        session.begin(catalog);
        Self { begin: catalog.mark(), savepoints: Vec::new(), aborted: false, events, session: session.clone() }
    }
}

/// More retries than any statement has missing parts.
const PRESUMPTIONS: usize = 500;

impl Machine {
    /// Forgets what was found out about programs: what a rollback's were found to be says nothing of a later forward's.
    pub fn forget_programs(&mut self) {
        self.hopeless.clear();
        self.lowered.clear();
        self.analysed.clear();
    }

    /// Executes a script in a session of its own. `skip` leaves the first statements out, `take` bounds how many run.
    pub fn script(&mut self, script: &Script, side: Side, mode: Mode, skip: usize, take: usize) -> Run {
        let mut session = Session::default();
        self.start_tail(script, side, mode);
        let run = self.script_in(&mut session, script, side, mode, skip, take);
        self.end_tail(&run);
        self.end_session(&mut session);
        run
    }

    /// The same in a session that goes on afterwards.
    pub fn script_in(&mut self, session: &mut Session, script: &Script, side: Side, mode: Mode, skip: usize, take: usize) -> Run {
        let mut run = Run::default();
        let mut open: Option<Open> = (mode == Mode::Wrapped).then(|| Open::new(&self.catalog, 0, session));
        for (at, statement) in script.statements.iter().enumerate().skip(skip).take(take) {
            if self.meet_tail(at, session, &mut run) {
                break;
            }
            let number = at + 1;
            if !open.as_ref().is_some_and(|open| open.aborted) && self.is_idle(session, side, number) {
                continue;
            }
            self.catalog.set_cause(cause(side, number));
            if self.place.path != script.path {
                self.place.path.clone_from(&script.path);
            }
            (self.place.start, self.place.span) = (statement.span.start, statement.span);
            if let Op::Transaction(control) = &*statement.op {
                if mode != Mode::Committing
                    && let Err(failure) = self.control(control, &mut open, session, &mut run)
                    && self.stop(failure, number, mode, &mut open, &mut run)
                {
                    break;
                }
                continue;
            }
            if open.as_ref().is_some_and(|open| open.aborted) {
                let failure = fail("25P02", "current transaction is aborted, commands ignored until end of transaction block");
                if self.stop(failure, number, mode, &mut open, &mut run) {
                    break;
                }
                continue;
            }
            let in_block = open.is_some() || mode == Mode::OneString && forbidden_in_block(&statement.op).is_some();
            if !in_block {
                session.begin(&self.catalog);
            }
            let done = self.remembered(&statement.whole(), session, side, number, in_block);
            let held = done.events.iter().any(|event| matches!(event, Event::MayBeHeld(_)));
            // Whether a statement about rows alone runs or not, it leaves the schema as it is.
            let rows_alone = statement.op.is_row_statement() && done.rows.as_ref().is_some_and(|uses| uses.calls.is_empty());
            run.blurred |= matches!(done.fate, Fate::Unknown(_)) && !held && !rows_alone;
            if !self.quiet {
                run.events.extend(done.events.into_iter().map(|event| (number, event)));
                if let Some(rows) = done.rows {
                    let rows = if statement.again.is_some() { self.in_short(rows, &run) } else { rows };
                    run.rows.push((number, rows));
                }
                run.remarks.extend(done.remarks.into_iter().map(|remark| (number, remark)));
            }
            match done.fate {
                Fate::Done => {}
                Fate::Unknown(gap) => {
                    run.unknown = run.unknown.or(Some(gap));
                    self.catalog.forget_all_rows();
                }
                Fate::Failed(failure) => {
                    if self.stop(failure, number, mode, &mut open, &mut run) {
                        break;
                    }
                }
            }
            if open.is_none() {
                self.commit(session);
            }
        }
        match open {
            // The runner's COMMIT ends whatever transaction is open; else one that the script left open goes with the connection.
            Some(_) if (mode == Mode::Wrapped || self.runner_commits) && run.failure.is_none() => self.commit(session),
            Some(open) => {
                self.catalog.undo(open.begin);
                run.events.truncate(open.events);
            }
            None => {}
        }
        run
    }

    /// A failure: notes it, and says whether the script stops here.
    fn stop(&mut self, failure: Failure, number: usize, mode: Mode, open: &mut Option<Open>, run: &mut Run) -> bool {
        let failure = StatementFailure { statement: number, failure };
        run.failure.get_or_insert_with(|| failure.clone());
        if mode != Mode::GoingOn {
            return true;
        }
        if let Some(open) = open {
            open.aborted = true;
        }
        run.failures.push(failure);
        false
    }

    fn control(&mut self, control: &Transaction, open: &mut Option<Open>, session: &mut Session, run: &mut Run) -> Result<(), Failure> {
        match control {
            Transaction::Begin { read_only } => {
                if open.is_none() {
                    *open = Some(Open::new(&self.catalog, run.events.len(), session));
                }
                session.transaction.read_only = read_only.unwrap_or(session.transaction.read_only);
                Ok(())
            }
            Transaction::Commit { chain } | Transaction::Rollback { chain } => {
                let ends = open.take();
                let commits = matches!(control, Transaction::Commit { .. });
                match ends {
                    Some(ended) if !commits || ended.aborted => {
                        self.catalog.undo(ended.begin);
                        run.events.truncate(ended.events);
                        *session = ended.session;
                    }
                    Some(_) | None => {}
                }
                let read_only = session.transaction.read_only;
                session.end();
                self.commit(session);
                if *chain {
                    *open = Some(Open::new(&self.catalog, run.events.len(), session));
                    session.transaction.read_only = read_only;
                }
                Ok(())
            }
            Transaction::Savepoint(name) => match open {
                Some(open) => {
                    open.savepoints.push((name.clone(), self.catalog.mark(), session.clone()));
                    Ok(())
                }
                None => Err(fail("25P01", "SAVEPOINT can only be used in transaction blocks")),
            },
            Transaction::Release(name) => match open {
                Some(open) => match open.savepoints.iter().rposition(|(known, ..)| known == name) {
                    Some(at) => {
                        open.savepoints.truncate(at);
                        Ok(())
                    }
                    None => Err(fail("3B001", format!("savepoint \"{name}\" does not exist"))),
                },
                None => Err(fail("25P01", "RELEASE SAVEPOINT can only be used in transaction blocks")),
            },
            Transaction::RollbackTo(name) => match open {
                Some(open) => match open.savepoints.iter().rposition(|(known, ..)| known == name) {
                    Some(at) => {
                        self.catalog.undo(open.savepoints[at].1);
                        *session = open.savepoints[at].2.clone();
                        open.savepoints.truncate(at + 1);
                        open.aborted = false;
                        Ok(())
                    }
                    None => Err(fail("3B001", format!("savepoint \"{name}\" does not exist"))),
                },
                None => Err(fail("25P01", "ROLLBACK TO SAVEPOINT can only be used in transaction blocks")),
            },
            Transaction::Characteristics { read_only, session: all } => {
                if let Some(read_only) = *read_only {
                    if *all {
                        session.read_only = read_only;
                    } else if open.is_some() {
                        session.transaction.read_only = read_only;
                    }
                }
                Ok(())
            }
            Transaction::Prepare | Transaction::Prepared => Ok(()),
        }
    }

    /// What COMMIT itself does: tables with ON COMMIT DROP go.
    fn commit(&mut self, session: &mut Session) {
        let Some(temporary) = session.temporary else { return };
        let members: Vec<ObjId> = self.catalog.members(crate::catalog::Class::Relation, temporary).collect();
        let gone: Vec<ObjId> = members
            .into_iter()
            .filter(|id| matches!(self.catalog.relation(*id).map(|relation| &relation.kind), Some(crate::catalog::object::RelKind::Table(table)) if table.on_commit_drop))
            .collect();
        let mut apply = Apply::new(&mut self.catalog, session, &self.builtin, false);
        for id in gone {
            apply.drop_whole(id);
        }
    }

    /// Drops what a session leaves behind.
    pub fn end_session(&mut self, session: &mut Session) {
        let Some(temporary) = session.temporary else { return };
        // Nothing waits any more that would keep a table.
        session.end();
        let mut apply = Apply::new(&mut self.catalog, session, &self.builtin, false);
        apply.drop_temporary();
        self.catalog.set(temporary, None);
    }

    /// Executes one statement; a failure leaves no trace.
    pub fn statement(&mut self, op: &Op, session: &mut Session, side: Side, in_block: bool) -> Done {
        let at = self.at.take();
        if let Op::Do(block) = op {
            let done = self.execute_do(block, session, side, in_block);
            if self.depth > 0 {
                self.shaken_by(&block.body);
            }
            return Done { fate: done.fate, events: done.events, rows: done.rows.map(Arc::new), remarks: done.remarks };
        }
        let mut mark = self.catalog.mark();
        let trusting = side == Side::Forward;
        let mut unknown: Option<GapId> = None;
        let mut remarks = Vec::new();
        for _ in 0..PRESUMPTIONS {
            let before = session.clone();
            let mut events = Vec::new();
            let outside = !in_block && self.depth == 0 && self.names.is_none();
            let mut analyse = |machine: &mut Self, session: &mut Session| {
                let mut apply = Apply::new(&mut machine.catalog, session, &machine.builtin, trusting);
                let result = match forbidden_in_block(op) {
                    Some(command) if in_block => Err(fail("25001", format!("{command} cannot run inside a transaction block")).into()),
                    _ if outside && matches!(op, Op::Lock(_)) => {
                        Err(fail("25P01", "LOCK TABLE can only be used in transaction blocks").into())
                    }
                    _ if apply.session.transaction.read_only && op.defining_command().is_some() => {
                        Err(read_only(&op.defining_command().unwrap_or_default()))
                    }
                    _ => perform(&mut apply, op, machine.names.as_ref()),
                };
                events = apply.events;
                (result.map(|rows| rows.map(Arc::new)), apply.doubts.into_inner())
            };
            let (result, doubts) = match at {
                Some(number) => self.remembered_rows(session, side, number, &mut analyse),
                None => analyse(self, session),
            };
            let result = result.and_then(|rows| self.allowed(session, op, rows));
            match result {
                Ok(rows) => {
                    if trusting && matches!(op, Op::Set(_)) {
                        self.presume_path(session, op);
                    }
                    if let Op::CreateRoutine(create) = op
                        && let Err(failure) = self.check_body(create, session, side)
                    {
                        self.catalog.undo(mark);
                        *session = before;
                        return Done::only(Fate::Failed(failure), remarks);
                    }
                    if let Some(catalog) = rows.as_ref().and_then(|uses| uses.catalog.as_ref()).filter(|_| !self.only_analyse) {
                        let fate = self.change_catalog(catalog, op, session, side, in_block);
                        let hung = unknown.or(doubts.gaps.first().copied().filter(|_| !trusting || matches!(fate, Fate::Failed(_))));
                        return Done::only(hung.map_or(fate, Fate::Unknown), remarks);
                    }
                    match &rows {
                        // What programs do to rows is not followed.
                        Some(uses) if self.depth == 0 && self.names.is_none() && !self.only_analyse => {
                            if let Err(failure) = self.change_rows(op, uses, side, session, !in_block) {
                                self.catalog.undo(mark);
                                *session = before;
                                let hung = unknown.or(doubts.gaps.first().copied());
                                return Done::only(hung.map_or(Fate::Failed(failure), Fate::Unknown), remarks);
                            }
                            events.extend(self.refusing(op, uses));
                            if let Some(what) = self.hangs_on.take().filter(|_| self.again || !trusting) {
                                unknown = Some(self.note_gap(GapKind::Presumed, format!("{what} is not known"), side, None));
                            }
                        }
                        _ => self.shake_rows(op, mark),
                    }
                    unknown = unknown.or(self.may_lack(op, &events, side));
                    let unfollowed = self.note_unfollowed(&events, side);
                    unknown = unknown.or(unfollowed.filter(|_| !trusting));
                    // A forward of a history is taken to have succeeded, whatever it hung on.
                    let held = events.iter().find_map(|event| match event {
                        Event::MayBeHeld(id) => Some(*id),
                        _ => None,
                    });
                    let mut hung = doubts.gaps.first().copied().filter(|_| !trusting);
                    let unseen = doubts.unseen.or(held.map(|id| {
                        let mut dropped = events.iter().filter_map(|event| match event {
                            Event::Dropped(gone, object, _) if *gone == id => Some(&object.name),
                            _ => None,
                        });
                        match dropped.next() {
                            Some(name) => format!("what depends on {}", quote(name)),
                            None if id == ObjId::NONE => "whether what is dropped exists, and what depends on it,".to_owned(),
                            None => "what depends on the dropped object".to_owned(),
                        }
                    }));
                    if let Some(what) = unseen.filter(|_| hung.is_none() && !trusting) {
                        let reason = format!("{what} is not known: neither the forward nor a schema shows it");
                        hung = Some(self.note_gap(GapKind::Presumed, reason, side, None));
                    }
                    let fate = match unknown.or(hung) {
                        Some(gap) => Fate::Unknown(gap),
                        None => Fate::Done,
                    };
                    if !self.only_analyse {
                        configured(op).iter().for_each(|set| session.set(set));
                    }
                    let called = rows.iter().flat_map(|rows| rows.calls.clone()).filter(|_| !self.only_analyse).collect::<Vec<_>>();
                    if called.is_empty() {
                        return Done { fate, events, rows, remarks };
                    }
                    let done = self.with_calls(op, called, fate, events, rows, remarks, session, side, in_block);
                    self.catalog.forget_all_rows();
                    if matches!(done.fate, Fate::Failed(_)) {
                        self.catalog.undo(mark);
                        *session = before;
                    }
                    return done;
                }
                Err(stop) => {
                    self.catalog.undo(mark);
                    *session = before;
                    match stop {
                        // IF EXISTS does nothing where what was presumed is not there.
                        Stop::Fail(failure) => match doubts.gaps.first().copied().or(unknown.filter(|_| op.has_if_exists())) {
                            Some(gap) => return Done::only(Fate::Unknown(gap), remarks),
                            None => {
                                let events = events.into_iter().filter(|event| matches!(event, Event::Blocked(_))).collect();
                                return Done { events, ..Done::only(Fate::Failed(failure), remarks) };
                            }
                        },
                        Stop::Gap(gap) => {
                            let id = self.note_gap(gap.kind, gap.reason, side, Some(gap.span));
                            self.catalog.doubt(id, gap.reach.clone());
                            let fate = if trusting || gap.reach == Reach::Nothing { Fate::Done } else { Fate::Unknown(id) };
                            // What a rollback does there cannot be told; that a forward ran is taken for granted.
                            return Done::only(fate, remarks);
                        }
                        Stop::Missing(missing) => {
                            let caught = self.handlers.iter().flatten().any(|condition| condition.catches(missing.failure.sqlstate));
                            if caught {
                                // A program that is ready for the error does not show that the thing was there.
                                let Some(gap) = missing.open else {
                                    return Done::only(Fate::Failed(missing.failure), remarks);
                                };
                                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                                let reason = format!("whether {kind} {name} exists is not known, and the program is ready for both");
                                let id = gap.unwrap_or_else(|| self.note_gap(GapKind::Presumed, reason, side, missing.failure.span));
                                let last = name.rsplit('.').next().unwrap_or_default().trim_matches('"');
                                self.catalog.doubt(id, Reach::Names(vec![last.into()]));
                                return Done::only(Fate::Unknown(id), remarks);
                            }
                            if let Some(name) = self.named_by_server(&missing.want, op) {
                                let reason = format!("whether the server named something {name} is not known");
                                let gap = self.note_gap(GapKind::Presumed, reason, side, missing.failure.span);
                                self.catalog.doubt(gap, Reach::Names(vec![name]));
                                return Done::only(if trusting { Fate::Done } else { Fate::Unknown(gap) }, remarks);
                            }
                            let presumable = match missing.open {
                                Some(_) => true,
                                None => self.trusts(side, &missing.want),
                            };
                            // What the forward may have made again has not always been there.
                            let made_again = self.again && !matches!(missing.want, Want::Column(..) | Want::Fact(..));
                            let tentative = !trusting || made_again;
                            if !presumable || matches!(missing.want, Want::Nothing) || !self.presume(&missing.want, op, tentative) {
                                return Done::only(Fate::Failed(missing.failure), remarks);
                            }
                            let object = missing.failure.object.clone();
                            if trusting {
                                // What is merely said of something is no object.
                                remarks.extend(object.map(|(kind, name)| Remark::Presumed(kind, name)));
                            } else {
                                let gap = match missing.open {
                                    Some(Some(gap)) => gap,
                                    _ => {
                                        let what = match object {
                                            Some((kind, name)) => format!("whether {kind} {name} exists is not known"),
                                            None => format!("whether it fails is not known ({})", missing.failure.message),
                                        };
                                        let reason = format!("{what}: neither the forward nor a schema shows it");
                                        self.note_gap(GapKind::Presumed, reason, side, missing.failure.span)
                                    }
                                };
                                unknown = unknown.or(Some(gap));
                                // What was presumed for this run stays when the statement is tried again.
                                mark = self.catalog.mark();
                            }
                        }
                    }
                }
            }
        }
        let id = self.note_gap(GapKind::Limit, "the statement needs too much that is not there".into(), side, None);
        Done::only(Fate::Unknown(id), remarks)
    }

    /// A read-only transaction changes rows of temporary tables only.
    fn allowed(&self, session: &Session, op: &Op, rows: Option<Arc<RowUse>>) -> Result<Option<Arc<RowUse>>, Stop> {
        let lasting =
            |id: &ObjId| self.catalog.relation(*id).is_some_and(|relation| relation.persistence != crate::op::Persistence::Temporary);
        match &rows {
            Some(uses) if session.transaction.read_only && uses.writes.iter().any(lasting) => {
                Err(read_only(op.row_command().unwrap_or_default()))
            }
            _ => Ok(rows),
        }
    }

    /// Executes the functions that a statement calls.
    #[allow(clippy::too_many_arguments, reason = "the parts of a statement's outcome")]
    fn with_calls(
        &mut self,
        op: &Op,
        called: Vec<crate::catalog::resolve::Called>,
        mut fate: Fate,
        mut events: Vec<Event>,
        rows: Option<Arc<RowUse>>,
        mut remarks: Vec<Remark>,
        session: &mut Session,
        side: Side,
        in_block: bool,
    ) -> Done {
        for call in called {
            let known = match op {
                Op::Select(query) => known_rows(query),
                _ => None,
            };
            if let Some(query) = known {
                let done = self.execute_query(query, session, side, in_block);
                events.extend(done.events);
                remarks.extend(done.remarks);
                fate = match (fate, done.fate) {
                    (_, Fate::Failed(failure)) => return Done::only(Fate::Failed(failure), remarks),
                    (Fate::Done, other) => other,
                    (fate, _) => fate,
                };
                // All of its calls have been made.
                break;
            }
            let done = self.execute_call(call.routine, &call.call, call.once, session, side, in_block);
            events.extend(done.events);
            remarks.extend(done.remarks);
            fate = match (fate, done.fate) {
                (_, Fate::Failed(failure)) => return Done::only(Fate::Failed(failure), remarks),
                (Fate::Done, other) => other,
                (fate, _) => fate,
            };
        }
        Done { fate, events, rows, remarks }
    }

    /// The number of a gap at the statement being executed; the same gap has one number.
    pub fn note_gap(&mut self, kind: GapKind, reason: String, side: Side, part: Option<Span>) -> GapId {
        // Places in the statements of programs are places in their texts, which may be written nowhere.
        let part = if self.names.is_some() { self.inside } else { part };
        let span = match part.filter(|part| part.end > part.start) {
            Some(part) => part.shifted(self.place.start),
            None => self.place.span,
        };
        let gap = SimGap { kind, reason, at: Some((self.migration, side, span)), path: self.place.path.clone() };
        match self.gaps.iter().position(|known| *known == gap) {
            Some(known) => known,
            None => {
                self.gaps.push(gap);
                self.gaps.len() - 1
            }
        }
    }
}

/// The stop of a statement that a read-only transaction refuses.
fn read_only(command: &str) -> Stop {
    fail("25006", format!("cannot execute {command} in a read-only transaction")).into()
}

/// A query whose rows do not come from the user's tables.
fn known_rows(query: &crate::op::Query) -> Option<&crate::op::Query> {
    use crate::op::query::{FromItem, QueryBody};
    fn literal(item: &FromItem) -> bool {
        match item {
            FromItem::Query { query, .. } => matches!(query.body, QueryBody::Values(_)) && query.with.is_empty(),
            FromItem::Function { .. } => true,
            FromItem::Relation { name, .. } => {
                matches!(name.schema.as_deref(), Some("pg_catalog" | "information_schema")) || name.name.starts_with("pg_")
            }
            FromItem::Join { left, right, .. } => literal(left) && literal(right),
            FromItem::Table { .. } => false,
        }
    }
    match &query.body {
        QueryBody::Select(select) if !select.from.is_empty() && select.from.iter().all(literal) => Some(query),
        _ => None,
    }
}

/// Executes an operation of any kind.
fn perform(apply: &mut Apply<'_>, op: &Op, names: Option<&Names>) -> Result<Option<RowUse>, Stop> {
    let scope = names.map(|names| Scope {
        variables: names.all.iter().map(|name| (name.clone(), None)).collect(),
        exclusive: &names.exclusive,
        ..Scope::default()
    });
    match op {
        Op::CreateTableAs(create) => apply.create_table_as(create, &scope.unwrap_or_default()).map(|()| None),
        Op::Insert(_) | Op::Update(_) | Op::Delete(_) | Op::Merge(_) | Op::Select(_) | Op::Copy(_) | Op::Truncate(_) | Op::Call(_) => {
            let context = Context { catalog: apply.catalog, session: apply.session, builtin: apply.builtin, doubts: &apply.doubts };
            context.row_statement_in(op, scope.as_ref()).map(Some)
        }
        Op::Explain { analyze, op } => {
            if *analyze {
                perform(apply, op, names)
            } else {
                let mark = apply.catalog.mark();
                let result = perform(apply, op, names);
                apply.catalog.undo(mark);
                result.map(|_| None)
            }
        }
        Op::Prepare { name, op } => {
            if apply.session.prepared.contains(&name.name) {
                return Err(fail("42P05", format!("prepared statement \"{}\" already exists", name.name)).at(name.span).into());
            }
            let mark = apply.catalog.mark();
            let result = perform(apply, op, names);
            apply.catalog.undo(mark);
            result?;
            apply.session.prepared.push(name.name.clone());
            Ok(None)
        }
        op => apply.run(op).map(|()| None),
    }
}

/// The command that cannot be in a transaction block, if the operation is one.
pub(super) fn forbidden_in_block(op: &Op) -> Option<&'static str> {
    match op {
        Op::CreateIndex(create) if create.concurrently => Some("CREATE INDEX CONCURRENTLY"),
        Op::Drop(drop) if drop.concurrently => Some("DROP INDEX CONCURRENTLY"),
        Op::Maintenance(maintenance) if maintenance.forbidden_in_transaction => Some(maintenance.command),
        Op::AlterTable(alter)
            if alter
                .actions
                .iter()
                .any(|(action, _)| matches!(action, crate::op::TableAction::DetachPartition { concurrently: true, .. })) =>
        {
            Some("ALTER TABLE ... DETACH CONCURRENTLY")
        }
        _ => None,
    }
}

/// The cause of a change: which script and statement.
pub(super) fn cause(side: Side, number: usize) -> u32 {
    let base = match side {
        Side::Forward => 1 << 30,
        Side::Rollback => 2 << 30,
    };
    base + number as u32
}

/// The script and statement of a cause.
pub(super) fn statement_of(cause: u32) -> Option<(Side, usize)> {
    match cause >> 30 {
        1 => Some((Side::Forward, (cause & ((1 << 30) - 1)) as usize)),
        2 => Some((Side::Rollback, (cause & ((1 << 30) - 1)) as usize)),
        _ => None,
    }
}
