//! From runs to the nine answers.

use super::data::{Moments, Told, account, rounds};
use super::memo::Memo;
use super::run::{Machine, Mode, Run, forbidden_in_block, statement_of};
use super::tail::Tails;
use super::*;
use crate::catalog::apply::Event;
use crate::catalog::context::{Session, report_kind};
use crate::catalog::diff::{Diff, DiffEntry, diff, narrow_causes};
use crate::catalog::object::{Body, ObjId, PRESUMED_COLUMNS, RelKind};
use crate::catalog::{Before, Catalog, GapId, Mark, Names, quote};
use crate::op::{Op, Reach, Transaction};
use crate::runner::{Runner, Sends};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Tell what each statement does.
    pub details: bool,
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
    done: Vec<(String, Option<(Script, Mode)>, bool)>,
    start: Mark,
}

impl Simulation {
    /// A database with the baseline in it. What stops a statement of the baseline is kept as a gap: a dump is taken as it is.
    pub fn new(settings: Settings, functions: Functions, baseline: Option<&Script>) -> Self {
        let mut machine = Machine::new(settings.version, settings.open_world, settings.history, functions);
        machine.migration = usize::MAX;
        machine.catalog.assume_new = settings.assume_new;
        if let Some(baseline) = baseline {
            machine.script(baseline, Side::Forward, Mode::GoingOn, 0, usize::MAX);
        }
        machine.catalog.forget_journal();
        let start = machine.catalog.mark();
        Self { machine, settings, done: Vec::new(), start }
    }

    /// Judges a migration on the state that the earlier ones left, and leaves the state after its forward.
    pub fn judge(&mut self, task: Task) -> Judgement {
        self.machine.migration = self.done.len();
        let statements = [&task.forward, &task.rollback].into_iter().flatten().map(|script| script.statements.len()).sum();
        self.machine.memo = Memo::new(statements);
        self.machine.tails = Tails::new();
        let mut judge = Judge { machine: &mut self.machine, settings: self.settings, gaps: Vec::new(), map: Vec::new() };
        let judgement = judge.judge(&task);
        let mode = judge.mode(task.rollback.as_ref(), task.rollback_opts_out, true);
        let irreversible = task.rollback.as_ref().is_some_and(|script| script.irreversible.is_some());
        self.done.push((task.id, task.rollback.map(|script| (script, mode)), irreversible));
        judgement
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
        for (at, (id, rollback, _)) in self.done.iter().enumerate().rev() {
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

impl Judge<'_> {
    fn judge(&mut self, task: &Task) -> Judgement {
        let m0 = self.machine.catalog.mark();
        let row0 = self.machine.catalog.next_row();
        // In a history the forward did run on whatever rows there were.
        self.machine.trust_rows = !task.pair;
        let forward_mode = self.mode(task.forward.as_ref(), task.forward_opts_out, false);
        let rollback_mode = self.mode(task.rollback.as_ref(), task.rollback_opts_out, true);
        let forward_run = task.forward.as_ref().map(|script| self.run(script, Side::Forward, forward_mode));
        let forward_runs = self.forward_runs(task, forward_run.as_ref(), m0);
        let mut judgement = self.blank(task, forward_runs);
        if judgement.forward_runs.answer.verity == Verity::No {
            // Its rollback has nothing to take back: everything else hangs on that.
            self.machine.catalog.undo(m0);
            self.tell(task, &mut judgement, m0, None);
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
        let moments = Moments { before: m0, before_row: row0, after: m1, after_row: self.machine.catalog.next_row() };
        let forward = task.forward.as_ref().zip(forward_run.as_ref());
        let forward_made = self.made_since(m0);
        if let Some(run) = &forward_run {
            judgement.remarks.extend(remarks(run, Side::Forward));
            judgement.remarks.extend(self.machine.bodies.broken(&self.machine.catalog, run, Side::Forward));
            self.losses(run, Side::Forward, m0, &forward_made, &mut judgement.lossless);
        }
        let Some(rollback) = task.rollback.as_ref().filter(|rollback| !rollback.statements.is_empty() || task.forward.is_none()) else {
            // No statement takes anything back: what the forward did is what differs.
            self.row_account(&mut judgement, moments, forward.map(|(script, run)| Told { script, run }), None);
            self.without_rollback(task, &mut judgement, m0);
            self.tell(task, &mut judgement, m0, forward_run.as_ref().map(|forward| (forward, None)));
            if let Some(forward) = &task.forward {
                self.machine.catalog.undo(m0);
                self.prefixes(&mut judgement.partial, task, forward, &Script::default(), forward_mode, m0);
                self.machine.catalog.undo(m0);
                self.try_out(forward, Side::Forward, forward_mode);
            }
            judgement.gaps = std::mem::take(&mut self.gaps);
            return judgement;
        };

        let run = self.run(rollback, Side::Rollback, rollback_mode);
        judgement.rollback_runs = self.runs(&run);
        judgement.remarks.extend(remarks(&run, Side::Rollback));
        judgement.remarks.extend(self.machine.bodies.broken(&self.machine.catalog, &run, Side::Rollback));
        let m2 = self.machine.catalog.mark();
        if task.forward.is_none() {
            self.row_account(&mut judgement, moments, None, Some(Told { script: rollback, run: &run }));
            self.alone(&mut judgement, rollback, &run);
        } else if judgement.rollback_runs.answer.verity == Verity::No {
            let premise = because("rollback_runs", Verity::No);
            self.row_account(&mut judgement, moments, forward.map(|(script, run)| Told { script, run }), None);
            self.depend(&mut judgement, premise);
        } else {
            let differences = diff(&self.machine.catalog, m0);
            judgement.restores = self.restores(&differences, m0, judgement.rollback_runs.answer);
            let ran = forward.map(|(script, run)| Told { script, run });
            let rows = self.row_account(&mut judgement, moments, ran, Some(Told { script: rollback, run: &run }));
            judgement.local = self.local(&differences, &run, forward_run.as_ref(), rows, m1);
            self.losses(&run, Side::Rollback, m0, &forward_made, &mut judgement.lossless);
            if let Some(forward) = &task.forward {
                judgement.redo = self.redo(forward, forward_mode, m1, m2, judgement.rollback_runs.answer);
            }
            let again = self.try_out(rollback, Side::Rollback, rollback_mode);
            judgement.rerun = self.runs(&again);
            let premise = judgement.rollback_runs.answer;
            if premise.verity == Verity::Unknown && self.settings.open_world {
                judgement.redo = Redo { answer: premise, failure: None, differences: Vec::new() };
                judgement.rerun = Runs { answer: premise, failure: None };
            }
            self.machine.catalog.undo(m2);
        }
        self.answer_lossless(&mut judgement.lossless, m0);
        let whole = judgement.rollback_runs.failure.is_none();
        if !whole {
            self.machine.catalog.undo(m1);
        }
        self.tell(task, &mut judgement, m0, forward_run.as_ref().map(|forward| (forward, Some(&run).filter(|_| whole))));

        self.machine.catalog.undo(m1);
        judgement.partial.resumes = self.resumes(rollback, rollback_mode, judgement.rollback_runs.answer);
        if let Some(forward) = &task.forward {
            self.machine.catalog.undo(m0);
            self.prefixes(&mut judgement.partial, task, forward, rollback, rollback_mode, m0);
            self.machine.catalog.undo(m0);
            // The history goes on from the state after the forward.
            self.try_out(forward, Side::Forward, forward_mode);
        }
        judgement.atomic = self.atomic(rollback, rollback_mode, task.rollback_opts_out);
        judgement.gaps = std::mem::take(&mut self.gaps);
        judgement
    }

    fn run(&mut self, script: &Script, side: Side, mode: Mode) -> Run {
        self.machine.script(script, side, mode, 0, usize::MAX)
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

    /// What surrounds a script.
    fn mode(&self, script: Option<&Script>, opts_out: bool, rollback: bool) -> Mode {
        let facts = self.settings.runner.facts();
        let has = |test: fn(&Op) -> bool| script.is_some_and(|script| script.statements.iter().any(|statement| test(&statement.op)));
        let controls =
            has(|op| matches!(op, Op::Transaction(Transaction::Begin { .. } | Transaction::Commit { .. } | Transaction::Rollback { .. })));
        if self.settings.runner == Runner::PsqlSingleTransaction {
            return Mode::Wrapped;
        }
        // Several statements in one string are one implicit transaction; a script with its own transactions rules itself.
        let one_string = facts.sends == Sends::WholeScript && script.is_some_and(|script| script.statements.len() > 1);
        if ((facts.wraps && !opts_out) || one_string) && !controls {
            return Mode::Wrapped;
        }
        if facts.goes_on && rollback { Mode::GoingOn } else { Mode::Autocommit }
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
            let gap = self.gap_without_place(crate::op::GapKind::NoForward, "the rollback was given without its forward".into());
            return Runs { answer: Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) }, failure: None };
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
                let here = found.at.filter(|(migration, _, _)| *migration == self.machine.migration);
                PlacedGap {
                    kind: found.kind,
                    reason: found.reason.clone(),
                    at: here.map(|(_, side, span)| (side, span)),
                    path: Some(found.path.clone()).filter(|_| here.is_none()),
                }
            }
            None => PlacedGap { kind: crate::op::GapKind::NotModelled, reason: "not known".into(), at: None, path: None },
        };
        self.gaps.push(placed);
        self.map.push((gap, self.gaps.len() - 1));
        self.gaps.len() - 1
    }

    fn gap_without_place(&mut self, kind: crate::op::GapKind, reason: String) -> usize {
        let gap = PlacedGap { kind, reason, at: None, path: None };
        match self.gaps.iter().position(|known| *known == gap) {
            Some(known) => known,
            None => {
                self.gaps.push(gap);
                self.gaps.len() - 1
            }
        }
    }

    fn made_since(&self, mark: Mark) -> BTreeSet<ObjId> {
        self.machine.catalog.changed_since(mark).into_iter().filter(|(_, changed)| changed.before.is_none()).map(|(id, _)| id).collect()
    }

    fn without_rollback(&mut self, task: &Task, judgement: &mut Judgement, m0: Mark) {
        let differences = diff(&self.machine.catalog, m0);
        let yes = Answer { verity: Verity::Yes, because: None };
        judgement.restores = self.restores(&differences, m0, yes);
        self.answer_lossless(&mut judgement.lossless, m0);
        if let Some(forward) = &task.forward {
            let mode = self.mode(Some(forward), task.forward_opts_out, false);
            let end = self.machine.catalog.mark();
            judgement.redo = self.redo(forward, mode, end, end, yes);
        }
        judgement.atomic.by = Some("single-statement");
    }

    /// A rollback without its forward: what can be said of its own statements.
    fn alone(&mut self, judgement: &mut Judgement, rollback: &Script, run: &Run) {
        let gap = self.gap_without_place(crate::op::GapKind::NoForward, "the rollback was given without its forward".into());
        let unknown = Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) };
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
        let none = BTreeSet::new();
        self.losses(run, Side::Rollback, end, &none, &mut judgement.lossless);
    }

    fn restores(&mut self, differences: &Diff, m0: Mark, premise: Answer) -> Restores {
        let mut except: Vec<(&'static str, String)> = Vec::new();
        except.extend(differences.column_order.iter().map(|table| ("column-order", table.clone())));
        except.extend(differences.text.iter().map(|name| ("text", name.clone())));
        let answer = match self.same(differences, m0) {
            // Where worlds differ in whether it runs, they differ in what hangs on that.
            _ if premise.verity == Verity::Unknown && self.settings.open_world => premise,
            Same::Yes => premise,
            Same::No => Answer { verity: Verity::No, because: None },
            Same::Doubted(gap) => self.yes_unless(Some(gap)),
            Same::Unknown(reason) => {
                let gap = self.gap_without_place(crate::op::GapKind::Presumed, reason);
                Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) }
            }
        };
        Restores { answer, except, differences: as_differences(&self.machine.catalog, m0, differences.entries.clone()) }
    }

    /// Whether anything stands in the way of an answer that the two states alone give.
    fn has_doubts_since(&self, mark: Mark) -> bool {
        let catalog = &self.machine.catalog;
        catalog.doubts_since(mark).next().is_some() || (catalog.has_base_doubts() && !self.settings.assume_new)
    }

    /// Whether the schema is that of the mark, in every world.
    fn same(&self, differences: &Diff, m0: Mark) -> Same {
        let catalog = &self.machine.catalog;
        let reaches: Vec<(GapId, &Reach)> = catalog.open_doubts_since(m0);
        let base = if self.settings.assume_new { Vec::new() } else { catalog.base_doubts_since(m0) };
        let doubtful = |entry: &DiffEntry| {
            entry.open
                || reaches.iter().any(|(_, reach)| touches(reach, &entry.name))
                || base.iter().any(|(key, _)| touches(&Reach::Names(vec![key.name.clone()]), &entry.name))
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

    fn redo(&mut self, forward: &Script, mode: Mode, m1: Mark, m2: Mark, premise: Answer) -> Redo {
        let trusted = std::mem::replace(&mut self.machine.trust_rows, false);
        let run = self.try_out(forward, Side::Forward, mode);
        self.machine.trust_rows = trusted;
        let redo = match run.failure {
            Some(failure) => Redo { answer: Answer { verity: Verity::No, because: None }, failure: Some(failure), differences: Vec::new() },
            None => {
                let differences = diff(&self.machine.catalog, m1);
                let doubt = self.machine.catalog.doubts_since(m1).map(|(gap, _)| gap).next();
                let gap = run.unknown.or(doubt);
                let answer = match (differences.entries.is_empty(), gap) {
                    (_, Some(gap)) => self.yes_unless(Some(gap)),
                    (true, None) => premise,
                    (false, None) => Answer { verity: Verity::No, because: None },
                };
                Redo { answer, failure: None, differences: as_differences(&self.machine.catalog, m1, differences.entries) }
            }
        };
        self.machine.catalog.undo(m2);
        redo
    }

    fn resumes(&mut self, rollback: &Script, mode: Mode, premise: Answer) -> Resumes {
        if premise.verity == Verity::No {
            return Resumes { answer: because("rollback_runs", Verity::No), j: None, failure: None };
        }
        let start = self.machine.catalog.mark();
        let mut unknown = None;
        let mut session = Session::default();
        for j in 1..rollback.statements.len().min(prefixes_tried(rollback)) {
            let step = self.step(&mut session, rollback, Side::Rollback, j - 1);
            if step.failure.is_some() {
                break;
            }
            let here = self.machine.catalog.mark();
            self.machine.end_session(&mut session.clone());
            let run = self.try_out(rollback, Side::Rollback, mode);
            self.machine.catalog.undo(here);
            if run.failure.is_some() {
                self.machine.catalog.undo(start);
                return Resumes { answer: Answer { verity: Verity::No, because: None }, j: Some(j), failure: run.failure };
            }
            unknown = unknown.or(run.unknown);
        }
        self.machine.catalog.undo(start);
        let total = rollback.statements.len();
        if unknown.is_none() && total > prefixes_tried(rollback) {
            let reason = format!("only {} of {total} half-applied rollbacks were tried", prefixes_tried(rollback));
            let gap = self.gap_without_place(crate::op::GapKind::Limit, reason);
            return Resumes { answer: Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) }, j: None, failure: None };
        }
        // Where worlds differ in whether it runs at all, they differ in whether it runs then.
        let hangs = premise.verity == Verity::Unknown && self.settings.open_world;
        Resumes { answer: if hangs { premise } else { self.yes_unless(unknown) }, j: None, failure: None }
    }

    fn prefixes(&mut self, partial: &mut Partial, task: &Task, forward: &Script, rollback: &Script, mode: Mode, m0: Mark) {
        let total = forward.statements.len();
        let most = prefixes_tried(rollback);
        partial.limited = total > most;
        let wanted = |k: usize| total <= most || k < most / 2 || k + most / 2 >= total;
        let stops = self.reachable_states(task, forward);
        let mut applied = true;
        let mut session = Session::default();
        let mut last: Option<(Mark, u32, Session, Prefix)> = None;
        let mut ends: BTreeMap<u64, Same> = BTreeMap::new();
        for k in 0..total {
            if k > 0 {
                let step = self.step(&mut session, forward, Side::Forward, k - 1);
                applied &= step.failure.is_none();
            }
            if !wanted(k) {
                continue;
            }
            let here = self.machine.catalog.mark();
            let reachable = applied && stops.contains(&k);
            let generation = self.machine.catalog.generation();
            if let Some((mark, then, before, prefix)) = &last
                && (*mark, *then) == (here, generation)
                && *before == session
            {
                // The statement has changed nothing: neither will its rollback come to anything else.
                partial.prefixes.push(Prefix { k, reachable, ..prefix.clone() });
                continue;
            }
            self.machine.end_session(&mut session.clone());
            let mut run = self.try_out(rollback, Side::Rollback, mode);
            if run.failure.is_none() && run.end.is_some_and(|end| !ends.contains_key(&end.0) || self.has_doubts_since(m0)) {
                // Nobody has looked at that end yet.
                self.machine.catalog.undo(here);
                self.machine.end_session(&mut session.clone());
                let tails = std::mem::take(&mut self.machine.tails);
                run = self.try_out(rollback, Side::Rollback, mode);
                self.machine.tails = tails;
            }
            let runs = self.runs(&run);
            let restores = match runs.answer.verity {
                Verity::No => Verity::No,
                verity => {
                    // Where doubts have been noted, they decide by the way that was taken and not by its end.
                    let doubtful = self.has_doubts_since(m0);
                    let end = run.end.unwrap_or_else(|| self.machine.catalog.state()).0;
                    let same = |judge: &Self| judge.same(&diff(&judge.machine.catalog, m0), m0);
                    let same = match doubtful {
                        true => same(self),
                        false => ends.entry(end).or_insert_with(|| same(self)).clone(),
                    };
                    match same {
                        Same::Yes => verity,
                        Same::No => Verity::No,
                        Same::Doubted(_) | Same::Unknown(_) => Verity::Unknown,
                    }
                }
            };
            self.machine.catalog.undo(here);
            let prefix = Prefix { k, answer: runs.answer, failure: runs.failure, restores, reachable };
            // A run that presumed something leaves it behind.
            last = Some((here, generation, session.clone(), prefix.clone()));
            partial.prefixes.push(prefix);
        }
        partial.reachable = partial.prefixes.iter().any(|prefix| prefix.k > 0 && prefix.reachable);
        let later = || partial.prefixes.iter().filter(|prefix| prefix.k > 0);
        let unknown = later().find(|prefix| prefix.answer.verity == Verity::Unknown).map(|prefix| prefix.answer);
        partial.answer = if later().any(|prefix| prefix.answer.verity == Verity::No || prefix.restores == Verity::No) {
            Answer { verity: Verity::No, because: None }
        } else if let Some(unknown) = unknown {
            unknown
        } else if partial.limited {
            let gap = self.gap_without_place(crate::op::GapKind::Limit, format!("only {most} of {total} half-applied forwards were tried"));
            Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) }
        } else {
            Answer { verity: Verity::Yes, because: None }
        };
    }

    /// The half-applied states that the runner can leave behind: after how many statements something is committed while
    /// something else is not.
    fn reachable_states(&self, task: &Task, forward: &Script) -> BTreeSet<usize> {
        let mode = self.mode(Some(forward), task.forward_opts_out, false);
        if mode == Mode::Wrapped {
            return BTreeSet::new();
        }
        let mut open = false;
        let mut states = BTreeSet::new();
        for (at, statement) in forward.statements.iter().enumerate() {
            match &*statement.op {
                Op::Transaction(Transaction::Begin { .. }) => open = true,
                Op::Transaction(Transaction::Commit { .. } | Transaction::Rollback { .. }) => open = false,
                _ => {}
            }
            if !open && at + 1 < forward.statements.len() {
                states.insert(at + 1);
            }
        }
        states
    }

    fn local(&mut self, differences: &Diff, run: &Run, forward: Option<&Run>, rows: Vec<Stray>, m1: Mark) -> Local {
        let mut strays: Vec<Stray> = Vec::new();
        {
            let at_m1 = Before::new(&self.machine.catalog, m1);
            let found: BTreeSet<&str> = forward
                .iter()
                .flat_map(|run| &run.events)
                .filter_map(|(_, event)| match event {
                    Event::FoundObject(_, name) => Some(name.as_str()),
                    _ => None,
                })
                .collect();
            for entry in &differences.entries {
                if entry.open || self.belongs_to_changed(entry, differences) {
                    continue;
                }
                if matches!(entry.kind, "comment" | "grant" | "default-privileges") {
                    strays.extend(self.around(entry, &at_m1));
                    continue;
                }
                let by_forward = entry.causes.iter().any(|cause| matches!(statement_of(*cause), Some((Side::Forward, _))));
                let statement = entry.causes.iter().rev().find_map(|cause| match statement_of(*cause) {
                    Some((Side::Rollback, statement)) => Some(statement),
                    _ => None,
                });
                let Some(statement) = statement else { continue };
                let cascaded = run.events.iter().any(|(_, event)| match event {
                    Event::Dropped(id, _, true) => entry.ids.contains(id),
                    Event::DroppedColumn(id, _, true) => entry.ids.contains(id) && entry.kind == "column",
                    _ => false,
                });
                let there_after_forward = match entry.kind {
                    "column" => {
                        let name = entry.name.rsplit('.').next().unwrap_or("");
                        entry.ids.iter().any(|id| match at_m1.object(*id).map(|object| &object.body) {
                            Some(Body::Relation(relation)) => relation.live_columns().any(|column| quote(&column.name) == name),
                            _ => false,
                        })
                    }
                    _ => entry.ids.iter().any(|id| at_m1.object(*id).is_some()),
                };
                let touch = match entry.change {
                    Change::Missing if there_after_forward && found.contains(entry.name.as_str()) => Touch::DropsGuarded,
                    Change::Missing if there_after_forward && cascaded => Touch::Cascades,
                    Change::Missing if there_after_forward => Touch::Drops,
                    Change::Changed | Change::Renamed if !by_forward => Touch::Alters,
                    Change::Extra if !by_forward => Touch::Creates,
                    Change::Missing | Change::Changed | Change::Renamed | Change::Extra => continue,
                };
                strays.push(Stray { kind: entry.kind, name: entry.name.clone(), touch, statement, certain: true });
            }
        }
        if !self.settings.assume_new {
            for (_, event) in forward.iter().flat_map(|run| &run.events) {
                let Event::MayHaveExisted(id) = event else { continue };
                let dropped = run.events.iter().find_map(|(statement, event)| match event {
                    Event::Dropped(gone, object, _) if gone == id => {
                        Some((*statement, report_kind(&object.body), object.name.clone(), object.parent))
                    }
                    _ => None,
                });
                if let Some((statement, kind, name, parent)) = dropped {
                    let schema = self.machine.catalog.get(parent).map(|schema| format!("{}.", quote(&schema.name))).unwrap_or_default();
                    strays.push(Stray {
                        kind,
                        name: format!("{schema}{}", quote(&name)),
                        touch: Touch::DropsGuarded,
                        statement,
                        certain: false,
                    });
                }
            }
        }
        strays.extend(self.older(run, m1));
        strays.extend(rows);
        let doubt = self.machine.catalog.open_doubts_since(m1).first().map(|(gap, _)| *gap);
        let answer = if strays.iter().any(|stray| stray.certain) {
            Answer { verity: Verity::No, because: None }
        } else if let Some(stray) = strays.first() {
            let reason = format!("whether {} {} was there before the forward is not known", stray.kind, stray.name);
            let gap = self.gap_without_place(crate::op::GapKind::Presumed, reason);
            Answer { verity: Verity::Unknown, because: Some(Because::Gap(gap)) }
        } else {
            self.yes_unless(doubt.or(run.unknown))
        };
        Local { answer, strays }
    }

    /// A sequence that the rollback makes for a column of a table that the forward changed.
    fn belongs_to_changed(&self, entry: &DiffEntry, differences: &Diff) -> bool {
        let owner = |id: &ObjId| match self.machine.catalog.relation(*id).map(|relation| &relation.kind) {
            Some(RelKind::Sequence(sequence)) => sequence.owned_by.map(|(table, _)| table),
            _ => None,
        };
        let by_forward = |entry: &DiffEntry| entry.causes.iter().any(|cause| matches!(statement_of(*cause), Some((Side::Forward, _))));
        entry.change == Change::Extra
            && entry
                .ids
                .iter()
                .filter_map(owner)
                .any(|table| differences.entries.iter().any(|other| other.ids.contains(&table) && by_forward(other)))
    }

    /// What only the rollback names, and drops: where it is there at all, it is older than the forward.
    fn older(&self, run: &Run, m1: Mark) -> Vec<Stray> {
        let at_m1 = Before::new(&self.machine.catalog, m1);
        let mut strays = Vec::new();
        for (statement, event) in &run.events {
            let (kind, name) = match event {
                // What a gap may have made is not older for certain.
                Event::Dropped(_, object, false) if self.machine.catalog.was_doubted(&object.name) => continue,
                Event::DroppedColumn(id, ..) if self.machine.catalog.doubt_about(*id).is_some() => continue,
                Event::Dropped(id, object, false) if object.presumed && at_m1.object(*id).is_none() => {
                    let schema = self.machine.catalog.get(object.parent).map(|schema| format!("{}.", quote(&schema.name)));
                    (report_kind(&object.body), format!("{}{}", schema.unwrap_or_default(), quote(&object.name)))
                }
                Event::DroppedColumn(id, number, false) if *number >= PRESUMED_COLUMNS => {
                    let there = at_m1.object(*id).is_some_and(|object| match &object.body {
                        Body::Relation(relation) => relation.column_at(*number).is_some(),
                        _ => false,
                    });
                    if there {
                        continue;
                    }
                    ("column", format!("a column of {}", self.machine.catalog.qualified(*id)))
                }
                _ => continue,
            };
            strays.push(Stray { kind, name, touch: Touch::Drops, statement: *statement, certain: true });
        }
        strays
    }

    /// A comment or a privilege that was there before, outlived the forward and is gone with the rollback.
    fn around(&self, entry: &DiffEntry, at_m1: &Before<'_>) -> Option<Stray> {
        let by = |side: Side| move |cause: &&u32| matches!(statement_of(**cause), Some((of, _)) if of == side);
        let statement = entry.causes.iter().rev().find(by(Side::Rollback)).and_then(|cause| statement_of(*cause))?.1;
        let [id] = entry.ids[..] else { return None };
        // What goes with its object is the object's matter.
        self.machine.catalog.get(id)?;
        let (before, after) = (entry.expected.as_deref()?, crate::catalog::diff::around(at_m1, id, entry.kind, &entry.name)?);
        let now = entry.found.as_deref().unwrap_or_default();
        let has = |list: &str, privilege: &str| list.split(',').any(|other| other == privilege);
        let lost = match entry.kind {
            "comment" => before == after,
            "grant" => before.split(',').any(|privilege| has(&after, privilege) && !has(now, privilege)),
            _ => false,
        };
        lost.then(|| Stray { kind: entry.kind, name: entry.name.clone(), touch: Touch::Drops, statement, certain: true })
    }

    /// What the scripts did to rows.
    fn row_account(
        &mut self,
        judgement: &mut Judgement,
        moments: Moments,
        forward: Option<Told<'_>>,
        rollback: Option<Told<'_>>,
    ) -> Vec<Stray> {
        let account = account(self.machine, moments, forward, rollback);
        judgement.lossless.rows = account.differences;
        judgement.lossless.losses.extend(account.losses);
        account.strays
    }

    fn losses(&mut self, run: &Run, side: Side, m0: Mark, made: &BTreeSet<ObjId>, lossless: &mut Lossless) {
        let before = Before::new(&self.machine.catalog, m0);
        let holds_rows = |body: &Body| matches!(body, Body::Relation(relation) if matches!(&relation.kind, RelKind::Table(table) if table.foreign.is_none()) && relation.persistence != crate::op::Persistence::Temporary);
        for (statement, event) in &run.events {
            let (object, own) = match event {
                Event::Dropped(id, object, _) if holds_rows(&object.body) => {
                    let schema = self.machine.catalog.get(object.parent).map(|schema| quote(&schema.name)).unwrap_or_default();
                    (format!("{schema}.{}", quote(&object.name)), made.contains(id))
                }
                Event::DroppedColumn(id, number, _) => {
                    let Some(holder) = self.machine.catalog.get(*id).filter(|holder| holds_rows(&holder.body)) else { continue };
                    let _ = holder;
                    let old = before.object(*id).and_then(|object| match &object.body {
                        Body::Relation(relation) => {
                            relation.column_at(*number).filter(|column| !column.dropped).map(|column| column.name.clone())
                        }
                        _ => None,
                    });
                    let table = self.machine.catalog.qualified(*id);
                    match old {
                        None if *number >= PRESUMED_COLUMNS => (format!("{table} (a column that was there before)"), false),
                        Some(name) => (format!("{table}.{}", quote(&name)), false),
                        None => (format!("{table} (a column that the forward added)"), true),
                    }
                }
                Event::MayFail(object, what, sqlstate, table) => {
                    // Only rows that exist can be in the way: of a table that the same run makes there are none.
                    let fresh = side == Side::Forward && made.contains(table);
                    if !fresh {
                        lossless.risks.push(Risk { object: object.clone(), what, sqlstate, by: side, statement: *statement });
                    }
                    continue;
                }
                Event::Narrowed(id, number) => {
                    let fresh = side == Side::Forward && made.contains(id);
                    if !fresh {
                        let name = self
                            .machine
                            .catalog
                            .relation(*id)
                            .and_then(|relation| relation.column_at(*number))
                            .map(|column| column.name.clone())
                            .unwrap_or_default();
                        let now = self.machine.catalog.relation(*id).and_then(|relation| relation.column_at(*number));
                        let old = match before.object(*id).map(|object| &object.body) {
                            Some(Body::Relation(relation)) => relation.column_at(*number),
                            _ => None,
                        };
                        if side == Side::Forward
                            && let (Some(old), Some(now)) = (old, now)
                            && rounds(&old.ty, &now.ty)
                        {
                            lossless.losses.push(Loss {
                                object: format!("{}.{}", self.machine.catalog.qualified(*id), quote(&name)),
                                by: side,
                                what: "digits of older values",
                                own: false,
                                statement: *statement,
                            });
                        }
                        lossless.risks.push(Risk {
                            object: format!("{}.{}", self.machine.catalog.qualified(*id), quote(&name)),
                            what: "cast",
                            sqlstate: "22P02",
                            by: side,
                            statement: *statement,
                        });
                    }
                    continue;
                }
                _ => continue,
            };
            // What a script makes and drops itself held nothing.
            if own && side == Side::Forward {
                continue;
            }
            let what = if own { "rows written since" } else { "rows older than the forward" };
            lossless.losses.push(Loss { object, by: side, what, own, statement: *statement });
        }
    }

    fn answer_lossless(&mut self, lossless: &mut Lossless, m0: Mark) {
        if lossless.answer.verity == Verity::Unknown {
            return;
        }
        let doubt = self.machine.catalog.open_doubts_since(m0).first().map(|(gap, _)| *gap);
        lossless.answer = if lossless.losses.iter().any(|loss| !loss.own) {
            Answer { verity: Verity::No, because: None }
        } else {
            self.yes_unless(doubt)
        };
    }

    fn atomic(&self, rollback: &Script, mode: Mode, opts_out: bool) -> Atomic {
        let mut breaks: Vec<(AtomicBreak, usize)> = Vec::new();
        let mut open: Option<usize> = None;
        let mut transactions = 0;
        let mut outside: Option<usize> = None;
        let mut unended = false;
        let many =
            rollback.statements.iter().filter(|statement| !matches!(&*statement.op, Op::Transaction(_) | Op::Nothing | Op::Set(_))).count()
                > 1;
        for (at, statement) in rollback.statements.iter().enumerate() {
            let number = at + 1;
            match &*statement.op {
                Op::Transaction(Transaction::Begin { .. }) => {
                    if open.is_some() {
                        breaks.push((AtomicBreak::Unbalanced, number));
                    }
                    open = Some(number);
                }
                Op::Transaction(Transaction::Commit { chain } | Transaction::Rollback { chain }) => {
                    if open.is_none() {
                        breaks.push((AtomicBreak::Unbalanced, number));
                    }
                    if transactions == 1 {
                        breaks.push((AtomicBreak::CommitsEarly, number));
                    }
                    transactions += 1;
                    open = Some(number).filter(|_| *chain);
                }
                Op::Nothing | Op::Set(_) => {}
                op => {
                    if forbidden_in_block(op).is_some() {
                        breaks.push((AtomicBreak::ForbidsTransaction, number));
                    } else if open.is_none() {
                        outside = outside.or(Some(number));
                    }
                }
            }
        }
        if let Some(begin) = open {
            breaks.push((AtomicBreak::Unbalanced, begin));
            unended = true;
        }
        let by = match mode {
            Mode::Wrapped => Some(if self.settings.runner.facts().wraps { "runner" } else { "implicit" }),
            _ if transactions > 0 && !unended => Some("script"),
            _ if !many => Some("single-statement"),
            _ => None,
        };
        match by {
            Some("script") => {
                if let Some(number) = outside {
                    breaks.push((AtomicBreak::Outside, number));
                }
            }
            None => {
                let forbidden = breaks.iter().any(|(kind, _)| *kind == AtomicBreak::ForbidsTransaction);
                if opts_out {
                    breaks.push((AtomicBreak::OptedOut, 0));
                } else if !forbidden && transactions == 0 && !unended {
                    breaks.push((AtomicBreak::NoTransaction, 0));
                }
            }
            Some(_) => {}
        }
        if by == Some("single-statement") {
            breaks.retain(|(kind, _)| *kind == AtomicBreak::Unbalanced);
        }
        let verity = if breaks.is_empty() { Verity::Yes } else { Verity::No };
        Atomic { answer: Answer { verity, because: None }, by: by.filter(|_| verity == Verity::Yes), breaks }
    }
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
    entries.into_iter().map(difference).collect()
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
