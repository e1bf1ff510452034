//! From runs to the nine answers.

mod atomic;
mod loss;
mod partial;
mod scope;

use super::data::{Moments, Told};
use super::memo::Memo;
use super::run::{Machine, Mode, Run, forbidden_in_block, statement_of};
use super::tail::{State, Tails};
use super::*;
use crate::catalog::apply::Event;
use crate::catalog::context::Session;
use crate::catalog::diff::{Diff, DiffEntry, diff, narrow_causes};
use crate::catalog::object::ObjId;
use crate::catalog::rows::RowId;
use crate::catalog::{Catalog, GapId, Key, Mark};
use crate::op::{Gap, GapKind, Op, Reach, Transaction};
use crate::runner::{Runner, Sends};
use crate::source::Span;
use std::sync::Arc;

/// Forwards of up to this many statements have every prefix run; longer ones the first and last half as many.
const ALL_PREFIXES: usize = 200;

/// How many statements the half-applied states of one migration may cost together: a rollback of a million statements is not
/// run two hundred times.
const STATEMENTS_FOR_PREFIXES: usize = 500_000;

/// How many half-applied states are tried below a rollback.
fn prefixes_tried(rollback: &Script) -> usize {
    (STATEMENTS_FOR_PREFIXES / rollback.statements.len().max(1)).clamp(10, ALL_PREFIXES)
}

/// What stands around the scripts.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The server's major version.
    pub version: u16,
    /// What executes the scripts.
    pub runner: Runner,
    /// It was stated or recognised.
    pub runner_known: bool,
    /// What the forward makes with IF NOT EXISTS was not there before.
    pub assume_new: bool,
    /// Neither a baseline nor a history shows what was there before.
    pub open_world: bool,
    /// A history, whose forwards did run somewhere: what they use and nobody made is presumed.
    pub history: bool,
    /// Tells what each statement does, if that was asked for.
    pub tell: Option<Tell>,
}

/// One migration to be judged.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub id: String,
    /// The forward, if it has one.
    pub forward: Option<Script>,
    /// The rollback, if it has one.
    pub rollback: Option<Script>,
    /// The forward asks for no transaction.
    pub forward_opts_out: bool,
    /// The rollback asks for no transaction.
    pub rollback_opts_out: bool,
    /// Given as a pair of scripts, not as part of a folder.
    pub pair: bool,
}

/// A database that migrations are judged on, one after the other.
pub struct Simulation {
    machine: Machine,
    settings: Settings,
    /// The rollbacks of the migrations so far, for unwinding.
    done: Vec<(String, Option<(Script, Mode)>)>,
    start: Mark,
    refused: Vec<StatementFailure>,
}

/// The errors of what is there already.
const IS_THERE: [&str; 5] = ["42P06", "42P07", "42710", "42723", "42701"];

impl Simulation {
    /// A database with the baseline in it. What a statement of it that fails was to make may be there all the same: the names are in
    /// doubt that `reach` finds at its place.
    pub fn new(settings: Settings, functions: Functions, baseline: Option<&Script>, reach: impl Fn(Span) -> Reach) -> Self {
        let mut machine = Machine::new(settings.version, settings.open_world, settings.history, functions);
        machine.migration = usize::MAX;
        machine.catalog.assume_new = settings.assume_new;
        machine.runner_commits = settings.runner.facts().wraps;
        let mut refused = Vec::new();
        machine.catalog.reads_print = true;
        if let Some(baseline) = baseline {
            refused = machine.script(baseline, Side::Forward, Mode::GoingOn, 0, usize::MAX).failures;
            refused.retain(|failure| !IS_THERE.contains(&failure.failure.sqlstate));
            let doubt = |failure: &StatementFailure| {
                let statement = baseline.statements.get(failure.statement.checked_sub(1)?)?;
                let reason = format!("a statement of the schema fails: {}", failure.failure.message);
                let reach = if statement.op.is_row_statement() { Reach::Nothing } else { reach(statement.span) };
                let op = Op::Gap(Gap { kind: GapKind::NotModelled, reason, reach, span: Span::default() });
                Some(Statement { op: Arc::new(op), ..statement.clone() })
            };
            let doubts = Script { statements: refused.iter().filter_map(doubt).collect(), ..baseline.clone() };
            machine.script(&doubts, Side::Forward, Mode::GoingOn, 0, usize::MAX);
        }
        machine.catalog.reads_print = false;
        machine.catalog.forget_journal();
        let start = machine.catalog.mark();
        Self { machine, settings, done: Vec::new(), start, refused }
    }

    /// The statements of the baseline that fail, other than because what they make is there.
    pub fn refused(&self) -> &[StatementFailure] {
        &self.refused
    }

    /// Judges a migration on the state that the earlier ones left, and leaves the state after its forward: in a history the
    /// very one that [`Simulation::pass`] leaves.
    pub fn judge(&mut self, task: Task) -> Judgement {
        let statements = [&task.forward, &task.rollback].into_iter().flatten().map(|script| script.statements.len()).sum();
        self.machine.memo = Memo::new(statements);
        self.machine.tails = Tails::new();
        let mut judge = self.begin();
        let played = judge.play(&task);
        let gaps = judge.machine.gaps.len();
        if judge.settings.history {
            judge.machine.catalog.begin_trial();
        }
        let judgement = judge.judge(&task, played);
        if judge.settings.history {
            judge.machine.catalog.end_trial();
            judge.machine.gaps.truncate(gaps);
        }
        self.end(task);
        judgement
    }

    /// Goes on to the state after a migration's forward without judging it.
    pub fn pass(&mut self, task: Task) {
        self.machine.memo = Memo::default();
        self.machine.tails = Tails::default();
        self.begin().play(&task);
        self.end(task);
    }

    fn begin(&mut self) -> Judge<'_> {
        self.machine.migration = self.done.len();
        self.machine.forget_programs();
        Judge { machine: &mut self.machine, settings: self.settings, gaps: Vec::new(), map: Vec::new() }
    }

    fn end(&mut self, task: Task) {
        let mode = mode(self.settings.runner, task.rollback.as_ref(), task.rollback_opts_out, true);
        self.done.push((task.id, task.rollback.map(|script| (script, mode))));
    }

    /// Runs all rollbacks, newest first, down to the start.
    pub fn unwind(&mut self) -> Option<Unwind> {
        if self.done.is_empty() {
            return None;
        }
        let end = self.machine.catalog.mark();
        self.machine.memo = Memo::default();
        self.machine.tails = Tails::default();
        let mut unknown = None;
        for (at, (id, rollback)) in self.done.iter().enumerate().rev() {
            self.machine.migration = at;
            let failure = match rollback {
                Some((script, mode)) => {
                    let run = self.machine.script(script, Side::Rollback, *mode, 0, usize::MAX);
                    unknown = unknown.or(run.unknown);
                    if run.failure.is_none() {
                        continue;
                    }
                    run.failure
                }
                None => None,
            };
            self.machine.catalog.undo(end);
            let answer = Answer { verity: Verity::No, because: None };
            return Some(Unwind { answer, stops_at: Some(id.clone()), failure, left_behind: Vec::new() });
        }
        let left = diff(&self.machine.catalog, self.start);
        let left_behind = as_differences(&self.machine.catalog, self.start, left.entries);
        self.machine.catalog.undo(end);
        let verity = match (left_behind.is_empty(), unknown) {
            (_, Some(_)) => Verity::Unknown,
            (true, None) => Verity::Yes,
            (false, None) => Verity::No,
        };
        Some(Unwind { answer: Answer { verity, because: None }, stops_at: None, failure: None, left_behind })
    }
}

/// One judgement being made.
pub(super) struct Judge<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) settings: Settings,
    pub(super) gaps: Vec<PlacedGap>,
    /// Which gap of the machine became which of the judgement's.
    map: Vec<(GapId, usize)>,
}

/// A forward that was played.
struct Played {
    /// Before it.
    before: Mark,
    before_row: RowId,
    start: Moment,
    mode: Mode,
    run: Option<Run>,
    runs: Runs,
    /// Routines whose bodies name what it dropped.
    broken: Vec<PlacedRemark>,
}

impl Judge<'_> {
    /// Plays the forward as the history goes on; one that fails leaves nothing.
    fn play(&mut self, task: &Task) -> Played {
        self.machine.catalog.begin_migration();
        let before = self.machine.catalog.mark();
        let before_row = self.machine.catalog.next_row();
        let start = self.moment();
        self.machine.contradicted = false;
        self.machine.hangs_on = None;
        self.machine.first_row = before_row;
        // In a history the forward did run on whatever rows there were.
        self.machine.trust_rows = !task.pair;
        let deletes = |script: &Script| script.statements.iter().any(|statement| matches!(&*statement.op, Op::Delete(_)));
        self.machine.compares_rows = task.forward.as_ref().is_some_and(deletes);
        let mode = self.mode(task.forward.as_ref(), task.forward_opts_out, false);
        let run = task.forward.as_ref().map(|script| self.run(script, Side::Forward, mode));
        let runs = self.forward_runs(task, run.as_ref(), before);
        let mut broken = Vec::new();
        if runs.answer.verity == Verity::No {
            self.machine.catalog.undo(before);
        } else if let Some(run) = &run {
            broken = self.machine.bodies.broken(&self.machine.catalog, run);
        }
        Played { before, before_row, start, mode, run, runs, broken }
    }

    fn judge(&mut self, task: &Task, played: Played) -> Judgement {
        let Played { before: m0, before_row: row0, start, mode: forward_mode, run: forward_run, runs, broken } = played;
        let rollback_mode = self.mode(task.rollback.as_ref(), task.rollback_opts_out, true);
        let mut judgement = self.blank(task, runs);
        if judgement.forward_runs.answer.verity == Verity::No {
            // Its rollback has nothing to take back: everything else hangs on that.
            self.told(task, &mut judgement, m0, None);
            let premise = because("forward_runs", Verity::No);
            judgement.rollback_runs.answer = premise;
            self.depend(&mut judgement, premise);
            if let Some(rollback) = task.rollback.as_ref().filter(|rollback| !rollback.statements.is_empty()) {
                let mode = self.mode(Some(rollback), task.rollback_opts_out, true);
                judgement.atomic = self.atomic(rollback, mode, task.rollback_opts_out);
            }
            judgement.gaps = std::mem::take(&mut self.gaps);
            return judgement;
        }
        let m1 = self.machine.catalog.mark();
        let after = self.moment();
        let moments = Moments { before: m0, before_row: row0, after: m1, after_row: self.machine.catalog.next_row() };
        let forward = task.forward.as_ref().zip(forward_run.as_ref());
        let forward_made = self.made_since(m0);
        if let Some(run) = &forward_run {
            judgement.remarks.extend(remarks(run, Side::Forward));
            judgement.remarks.extend(broken);
            self.losses(run, Side::Forward, m0, &forward_made, &mut judgement.lossless);
        }
        let Some(rollback) = task.rollback.as_ref().filter(|rollback| !rollback.statements.is_empty() || task.forward.is_none()) else {
            // No statement takes anything back: what the forward did is what differs.
            self.row_account(&mut judgement, moments, forward.map(|(script, run)| Told { script, run }), None);
            self.without_rollback(task, &mut judgement, m0);
            self.told(task, &mut judgement, m0, forward_run.as_ref().map(|forward| (forward, None)));
            if let Some(forward) = &task.forward {
                self.machine.catalog.take_back(m0);
                self.prefixes(&mut judgement.partial, task, forward, &Script::default(), forward_mode, m0);
            }
            judgement.gaps = std::mem::take(&mut self.gaps);
            return judgement;
        };

        let run = self.run(rollback, Side::Rollback, rollback_mode);
        judgement.rollback_runs = self.runs(&run);
        judgement.remarks.extend(remarks(&run, Side::Rollback));
        judgement.remarks.extend(self.machine.bodies.broken_in_trial(&self.machine.catalog, &run));
        let m2 = self.machine.catalog.mark();
        if task.forward.is_none() {
            self.row_account(&mut judgement, moments, None, Some(Told { script: rollback, run: &run }));
            self.alone(&mut judgement, rollback, &run);
        } else if judgement.rollback_runs.answer.verity == Verity::No {
            let premise = because("rollback_runs", Verity::No);
            self.row_account(&mut judgement, moments, forward.map(|(script, run)| Told { script, run }), None);
            self.depend(&mut judgement, premise);
        } else {
            let doubtful = self.has_doubts_since(m0) || forward_run.as_ref().is_some_and(|run| run.unknown.is_some());
            let back = !doubtful && start == self.moment();
            let differences = if back { Diff::default() } else { diff(&self.machine.catalog, m0) };
            judgement.restores = self.restores(&differences, m0, judgement.rollback_runs.answer, !run.blurred);
            let ran = forward.map(|(script, run)| Told { script, run });
            let rows = self.row_account(&mut judgement, moments, ran, Some(Told { script: rollback, run: &run }));
            judgement.local = self.local(&differences, &run, forward_run.as_ref(), rows, (m0, m1));
            self.losses(&run, Side::Rollback, m0, &forward_made, &mut judgement.lossless);
            if back && !self.machine.contradicted {
                // Where everything is as it was before, the forward does what it did.
                judgement.redo.answer = judgement.rollback_runs.answer;
            } else if let Some(forward) = &task.forward {
                judgement.redo = self.redo(forward, forward_mode, [m0, m1, m2], after, judgement.rollback_runs.answer);
            }
            let again = self.try_out(rollback, Side::Rollback, rollback_mode);
            judgement.rerun = self.runs(&again);
            let premise = judgement.rollback_runs.answer;
            if premise.verity == Verity::Unknown {
                let open = self.settings.open_world;
                if open {
                    judgement.redo = Redo { answer: premise, failure: None, differences: Vec::new() };
                }
                if open || judgement.rerun.answer.verity == Verity::Yes {
                    judgement.rerun = Runs { answer: premise, failure: None };
                }
            }
            self.machine.catalog.undo(m2);
        }
        self.answer_lossless(&mut judgement.lossless, task, m0);
        let whole = judgement.rollback_runs.failure.is_none();
        if !whole {
            self.machine.catalog.undo(m1);
        }
        self.told(task, &mut judgement, m0, forward_run.as_ref().map(|forward| (forward, Some(&run).filter(|_| whole))));

        self.machine.catalog.undo(m1);
        judgement.partial.resumes = self.resumes(rollback, rollback_mode, judgement.rollback_runs.answer);
        if let Some(forward) = &task.forward {
            self.machine.catalog.take_back(m0);
            self.prefixes(&mut judgement.partial, task, forward, rollback, rollback_mode, m0);
        }
        judgement.atomic = self.atomic(rollback, rollback_mode, task.rollback_opts_out);
        judgement.gaps = std::mem::take(&mut self.gaps);
        judgement
    }

    fn run(&mut self, script: &Script, side: Side, mode: Mode) -> Run {
        self.machine.script(script, side, mode, 0, usize::MAX)
    }

    fn moment(&self) -> Moment {
        (self.machine.catalog.state(), self.machine.catalog.generation())
    }

    /// Runs a script of which only is asked whether it succeeds.
    fn try_out(&mut self, script: &Script, side: Side, mode: Mode) -> Run {
        let loud = std::mem::replace(&mut self.machine.quiet, true);
        let run = self.run(script, side, mode);
        self.machine.quiet = loud;
        run
    }

    /// Executes one statement of a script and commits it.
    fn step(&mut self, session: &mut Session, script: &Script, side: Side, at: usize) -> Run {
        let loud = std::mem::replace(&mut self.machine.quiet, true);
        let run = self.machine.script_in(session, script, side, Mode::Committing, at, 1);
        self.machine.quiet = loud;
        run
    }

    pub(super) fn mode(&self, script: Option<&Script>, opts_out: bool, rollback: bool) -> Mode {
        mode(self.settings.runner, script, opts_out, rollback)
    }

    /// Tells what the statements do, if that was asked for.
    fn told(&mut self, task: &Task, judgement: &mut Judgement, start: Mark, runs: Option<(&Run, Option<&Run>)>) {
        if let Some(tell) = self.settings.tell {
            tell.0(self, task, judgement, start, runs);
        }
    }

    /// The judgement before anything is known.
    fn blank(&self, task: &Task, forward_runs: Runs) -> Judgement {
        let yes = Answer { verity: Verity::Yes, because: None };
        let runs = || Runs { answer: yes, failure: None };
        Judgement {
            id: task.id.clone(),
            forward: task.forward.clone(),
            rollback: task.rollback.clone(),
            pair: task.pair,
            forward_runs,
            rollback_runs: runs(),
            restores: Restores { answer: yes, except: Vec::new(), differences: Vec::new() },
            redo: Redo { answer: yes, failure: None, differences: Vec::new() },
            rerun: runs(),
            partial: Partial {
                answer: yes,
                reachable: false,
                limited: false,
                resumes: Resumes { answer: yes, j: None, failure: None },
                prefixes: Vec::new(),
            },
            local: Local { answer: yes, strays: Vec::new() },
            atomic: Atomic { answer: yes, by: None, breaks: Vec::new() },
            lossless: Lossless { answer: yes, losses: Vec::new(), rows: Vec::new(), risks: Vec::new() },
            gaps: Vec::new(),
            remarks: Vec::new(),
            runner: self.settings.runner.id(),
            runner_known: self.settings.runner_known,
            details: None,
        }
    }

    /// Answers that have this one as their premise.
    fn depend(&mut self, judgement: &mut Judgement, premise: Answer) {
        judgement.restores.answer = premise;
        judgement.redo.answer = premise;
        judgement.rerun.answer = premise;
        judgement.partial.answer = premise;
        judgement.partial.resumes.answer = premise;
        judgement.local.answer = premise;
    }

    fn forward_runs(&mut self, task: &Task, run: Option<&Run>, m0: Mark) -> Runs {
        let Some(run) = run else {
            let answer = self.not_known(crate::op::GapKind::NoForward, "the rollback was given without its forward".into());
            return Runs { answer, failure: None };
        };
        if run.failure.is_some() {
            return Runs { answer: Answer { verity: Verity::No, because: None }, failure: run.failure.clone() };
        }
        // In a history it did run somewhere; of a pasted pair a gap leaves it open.
        let doubt = self.machine.catalog.doubts_since(m0).map(|(gap, _)| gap).next().filter(|_| task.pair);
        let answer = self.yes_unless(run.unknown.or(doubt));
        Runs { answer, failure: None }
    }

    fn runs(&mut self, run: &Run) -> Runs {
        match &run.failure {
            Some(failure) => Runs { answer: Answer { verity: Verity::No, because: None }, failure: Some(failure.clone()) },
            None => Runs { answer: self.yes_unless(run.unknown), failure: None },
        }
    }

    fn yes_unless(&mut self, gap: Option<GapId>) -> Answer {
        match gap {
            Some(gap) => Answer { verity: Verity::Unknown, because: Some(Because::Gap(self.local_gap(gap))) },
            None => Answer { verity: Verity::Yes, because: None },
        }
    }

    /// The number of the machine's gap in this judgement.
    fn local_gap(&mut self, gap: GapId) -> usize {
        if let Some((_, known)) = self.map.iter().find(|(machine, _)| *machine == gap) {
            return *known;
        }
        let placed = match self.machine.gaps.get(gap) {
            Some(found) => {
                let here = found.at.is_some_and(|(migration, _, _)| migration == self.machine.migration);
                PlacedGap {
                    kind: found.kind,
                    reason: found.reason.clone(),
                    at: found.at.map(|(_, side, span)| (side, span)),
                    path: Some(found.path.clone()).filter(|_| !here),
                }
            }
            None => PlacedGap { kind: crate::op::GapKind::NotModelled, reason: "not known".into(), at: None, path: None },
        };
        self.gaps.push(placed);
        self.map.push((gap, self.gaps.len() - 1));
        self.gaps.len() - 1
    }

    /// "Unknown" for a reason that stands at no place of the scripts.
    fn not_known(&mut self, kind: crate::op::GapKind, reason: String) -> Answer {
        let gap = PlacedGap { kind, reason, at: None, path: None };
        let at = self.gaps.iter().position(|known| *known == gap).unwrap_or(self.gaps.len());
        if at == self.gaps.len() {
            self.gaps.push(gap);
        }
        Answer { verity: Verity::Unknown, because: Some(Because::Gap(at)) }
    }

    fn made_since(&self, mark: Mark) -> Vec<ObjId> {
        // A slot that is changed was empty only where its object is being made: no number is used for anything else.
        let made = self.machine.catalog.replaced_since(mark).filter(|(_, before, _)| before.is_none());
        let mut made: Vec<ObjId> = made.map(|(id, ..)| id).collect();
        made.sort_unstable();
        made
    }

    fn without_rollback(&mut self, task: &Task, judgement: &mut Judgement, m0: Mark) {
        let differences = diff(&self.machine.catalog, m0);
        let yes = Answer { verity: Verity::Yes, because: None };
        judgement.restores = self.restores(&differences, m0, yes, true);
        self.answer_lossless(&mut judgement.lossless, task, m0);
        if let Some(forward) = &task.forward {
            let mode = self.mode(Some(forward), task.forward_opts_out, false);
            let (end, after) = (self.machine.catalog.mark(), self.moment());
            judgement.redo = self.redo(forward, mode, [m0, end, end], after, yes);
        }
        judgement.atomic.by = Some("single-statement");
    }

    /// A rollback without its forward: what can be said of its own statements.
    fn alone(&mut self, judgement: &mut Judgement, rollback: &Script, run: &Run) {
        let unknown = self.not_known(crate::op::GapKind::NoForward, "the rollback was given without its forward".into());
        judgement.restores.answer = unknown;
        judgement.redo.answer = unknown;
        judgement.partial.answer = unknown;
        judgement.local.answer = unknown;
        judgement.lossless.answer = unknown;
        if judgement.rollback_runs.answer.verity == Verity::Yes {
            // It runs in some world; whether the forward makes that world is not known.
            judgement.rollback_runs.answer = unknown;
        }
        let end = self.machine.catalog.mark();
        let again = self.try_out(rollback, Side::Rollback, Mode::Autocommit);
        judgement.rerun = self.runs(&again);
        self.machine.catalog.undo(end);
        self.losses(run, Side::Rollback, end, &[], &mut judgement.lossless);
    }

    fn restores(&mut self, differences: &Diff, m0: Mark, premise: Answer, sure: bool) -> Restores {
        let mut except: Vec<(&'static str, String)> = Vec::new();
        except.extend(differences.column_order.iter().map(|table| ("column-order", table.clone())));
        except.extend(differences.text.iter().map(|name| ("text", name.clone())));
        let answer = match self.same(differences, m0, false) {
            // In a world where it does not run it does not restore either.
            Same::No if sure => Answer { verity: Verity::No, because: None },
            // Where worlds differ in whether it runs, they differ in what hangs on that.
            _ if premise.verity == Verity::Unknown && self.settings.open_world => premise,
            Same::No => Answer { verity: Verity::No, because: None },
            Same::Yes => premise,
            Same::Doubted(gap) => self.yes_unless(Some(gap)),
            Same::Unknown(reason) => self.not_known(crate::op::GapKind::Presumed, reason),
        };
        Restores { answer, except, differences: as_differences(&self.machine.catalog, m0, differences.entries.clone()) }
    }

    /// Whether anything stands in the way of an answer that the two states alone give.
    fn has_doubts_since(&self, mark: Mark) -> bool {
        let catalog = &self.machine.catalog;
        catalog.doubts_since(mark).next().is_some() || (catalog.has_base_doubts() && !self.settings.assume_new)
    }

    /// What decides something since the mark and may have been there or not.
    fn base_doubts(&self, mark: Mark, lasting: bool) -> Vec<(&Key, &str)> {
        if self.settings.assume_new { Vec::new() } else { self.machine.catalog.base_doubts_since(mark, lasting) }
    }

    /// Whether the schema is that of the mark, in every world.
    fn same(&self, differences: &Diff, m0: Mark, lasting: bool) -> Same {
        let catalog = &self.machine.catalog;
        let reaches: Vec<(GapId, &Reach)> = catalog.open_doubts_since(m0);
        let base = self.base_doubts(m0, lasting);
        let doubtful = |entry: &DiffEntry| {
            entry.open || reaches.iter().any(|(_, reach)| touches(reach, &entry.name)) || base.iter().any(|(key, _)| names(key, entry))
        };
        if differences.entries.iter().any(|entry| !doubtful(entry)) {
            Same::No
        } else if let Some((gap, _)) = reaches.first() {
            Same::Doubted(*gap)
        } else if let Some((_, reason)) = base.first() {
            Same::Unknown((*reason).to_owned())
        } else if let Some(entry) = differences.entries.first() {
            Same::Unknown(format!("what {} {} was like before is not known", entry.kind, entry.name))
        } else {
            Same::Yes
        }
    }

    /// The forward again, which should come to the state that it came to the first time.
    fn redo(&mut self, forward: &Script, mode: Mode, [m0, m1, m2]: [Mark; 3], after: Moment, premise: Answer) -> Redo {
        let trusted = std::mem::replace(&mut self.machine.trust_rows, false);
        self.machine.again = true;
        let run = self.try_out(forward, Side::Forward, mode);
        self.machine.again = false;
        self.machine.trust_rows = trusted;
        let redo = match run.failure {
            Some(failure) => Redo { answer: Answer { verity: Verity::No, because: None }, failure: Some(failure), differences: Vec::new() },
            None => {
                let alike = same_objects(self.moment(), after);
                let differences = if alike { Diff::default() } else { diff(&self.machine.catalog, m1) };
                let doubt = self.machine.catalog.doubts_since(m1).map(|(gap, _)| gap).next();
                let gap = run.unknown.or(doubt);
                // A doubt that the forward left is about what the second run is held against. In an open world it is presumed alike
                // by both runs.
                let same = self.same(&differences, if self.settings.open_world { m1 } else { m0 }, true);
                let answer = match (gap, same) {
                    (Some(gap), _) => self.yes_unless(Some(gap)),
                    (None, Same::Unknown(reason)) if self.settings.open_world || !differences.entries.is_empty() => {
                        self.not_known(crate::op::GapKind::Presumed, reason)
                    }
                    _ if differences.entries.is_empty() => premise,
                    (None, Same::Doubted(gap)) => self.yes_unless(Some(gap)),
                    _ => Answer { verity: Verity::No, because: None },
                };
                Redo { answer, failure: None, differences: as_differences(&self.machine.catalog, m1, differences.entries) }
            }
        };
        self.machine.catalog.undo(m2);
        redo
    }
}

/// What surrounds a script.
fn mode(runner: Runner, script: Option<&Script>, opts_out: bool, rollback: bool) -> Mode {
    let facts = runner.facts();
    let has = |test: fn(&Op) -> bool| script.is_some_and(|script| script.statements.iter().any(|statement| test(&statement.op)));
    let controls =
        has(|op| matches!(op, Op::Transaction(Transaction::Begin { .. } | Transaction::Commit { .. } | Transaction::Rollback { .. })));
    if runner == Runner::PsqlSingleTransaction {
        return Mode::Wrapped;
    }
    // Several statements in one string are one implicit transaction; a script with its own transactions rules itself.
    let one_string = facts.sends == Sends::WholeScript && script.is_some_and(|script| script.statements.len() > 1);
    if ((facts.wraps && !opts_out) || one_string) && !controls {
        return Mode::Wrapped;
    }
    if one_string {
        return Mode::OneString;
    }
    if facts.goes_on && rollback { Mode::GoingOn } else { Mode::Autocommit }
}

/// A state, and what is presumed in all of them.
type Moment = (State, u32);

/// Whether two moments have the same objects, be their rows what they may.
fn same_objects(one: Moment, other: Moment) -> bool {
    one.0.0 == other.0.0 && one.1 == other.1
}

/// Whether two states are the same.
#[derive(Clone, Debug)]
enum Same {
    Yes,
    No,
    /// A gap stands in the way.
    Doubted(GapId),
    /// Something about the schema before is not known.
    Unknown(String),
}

fn because(question: &'static str, verity: Verity) -> Answer {
    Answer { verity, because: Some(Because::Question(question)) }
}

/// Whether a difference is about what has this name.
fn names(key: &Key, entry: &DiffEntry) -> bool {
    touches(&Reach::Names(vec![key.name.clone()]), &entry.name)
}

/// Whether something within reach is called so, or belongs to what is.
fn touches(reach: &Reach, name: &str) -> bool {
    name.split(['.', '(', ')', ',', ' ']).any(|part| reach.covers(part.trim_matches('"')))
}

fn remarks(run: &Run, side: Side) -> Vec<PlacedRemark> {
    let mut placed: Vec<PlacedRemark> =
        run.remarks.iter().map(|(statement, remark)| PlacedRemark { remark: remark.clone(), side, statement: *statement }).collect();
    for (statement, event) in &run.events {
        let remark = match event {
            Event::FoundNothing(kind, name, true) => Remark::GuardFoundNothing(kind, name.clone()),
            Event::FoundObject(kind, name) => Remark::GuardFoundObject(kind, name.clone()),
            _ => continue,
        };
        placed.push(PlacedRemark { remark, side, statement: *statement });
    }
    placed
}

/// The differences with the statements that made them.
pub(super) fn as_differences(catalog: &Catalog, mark: Mark, mut entries: Vec<DiffEntry>) -> Vec<Difference> {
    narrow_causes(catalog, mark, &mut entries);
    entries.into_iter().map(|entry| difference(entry.in_words())).collect()
}

fn difference(entry: DiffEntry) -> Difference {
    let find = |side: Side, mut causes: Box<dyn Iterator<Item = &u32> + '_>| {
        causes.find_map(|cause| match statement_of(*cause) {
            Some((of, statement)) if of == side => Some(statement),
            _ => None,
        })
    };
    let forward_statement = find(Side::Forward, Box::new(entry.causes.iter()));
    let rollback_statement = find(Side::Rollback, Box::new(entry.causes.iter().rev()));
    Difference {
        kind: entry.kind,
        name: entry.name,
        change: entry.change,
        expected: entry.expected,
        found: entry.found,
        forward_statement,
        rollback_statement,
    }
}
