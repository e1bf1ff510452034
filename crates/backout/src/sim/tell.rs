//! The runs that the details are read off.

use super::details::{Details, Ran, Told, details};
use super::judge::{Judge, as_differences};
use super::run::{Mode, Run};
use super::{Difference, Judgement, Script, Side, Task};
use crate::catalog::Mark;
use crate::catalog::context::Session;
use crate::catalog::diff::diff;
use crate::op::Op;
use litemap::LiteMap;

/// What tells the details of a judgement.
#[derive(Clone, Copy, Debug)]
pub struct Tell(pub(super) Telling);

type Telling = fn(&mut Judge<'_>, &Task, &mut Judgement, Mark, Option<(&Run, Option<&Run>)>);

impl Tell {
    /// All that there is to tell.
    pub const ALL: Self = Self(tell);
}

/// Tells what the statements do. The catalog is as the last of the runs left it; of a script that does not run, each
/// statement is tried alone, on a copy: what such a run learns is to change no answer.
fn tell(judge: &mut Judge<'_>, task: &Task, judgement: &mut Judgement, start: Mark, runs: Option<(&Run, Option<&Run>)>) {
    let forward_fails = judgement.forward_runs.failure.is_some();
    let try_forward = runs.is_none();
    let try_rollback = !forward_fails && runs.is_none_or(|(_, rollback)| rollback.is_none());
    let kept = (try_forward || try_rollback).then(|| (judge.machine.catalog.clone(), judge.machine.gaps.len()));
    let mut tried = |script: Option<&Script>, side: Side, wanted: bool| script.filter(|_| wanted).map(|script| judge.each(script, side));
    let forward = tried(task.forward.as_ref(), Side::Forward, try_forward);
    let rollback = tried(task.rollback.as_ref(), Side::Rollback, try_rollback);
    let differences: Vec<Difference> = if rollback.is_some() && !forward_fails && task.forward.is_some() {
        as_differences(&judge.machine.catalog, start, diff(&judge.machine.catalog, start).entries)
    } else {
        judgement.restores.differences.clone()
    };
    let told = Told {
        catalog: &judge.machine.catalog,
        start,
        forward: ran(
            task.forward.as_ref(),
            runs.map(|(run, _)| run),
            forward.as_ref(),
            judgement.forward_runs.failure.as_ref().map(|failure| (failure.statement, &failure.failure)),
        ),
        rollback: ran(
            task.rollback.as_ref(),
            runs.and_then(|(_, run)| run),
            rollback.as_ref(),
            judgement.rollback_runs.failure.as_ref().map(|failure| (failure.statement, &failure.failure)),
        ),
        differences: &differences,
        unknown: judge.unknown(task),
    };
    let goes_on = judge.mode(task.rollback.as_ref(), task.rollback_opts_out, true) == Mode::GoingOn;
    judgement.details = Some(Details { goes_on, ..details(&told) });
    if let Some((catalog, gaps)) = kept {
        judge.machine.catalog = catalog;
        judge.machine.gaps.truncate(gaps);
    }
}

impl Judge<'_> {
    /// Every statement of a script alone, each on what those before it left.
    fn each(&mut self, script: &Script, side: Side) -> (Run, LiteMap<usize, super::Failure>) {
        let mut session = Session::default();
        let mut whole = Run::default();
        let mut failures = LiteMap::new();
        // What is tried here happens to a copy of the catalog, and each step of it is told: nothing of it is for the memory.
        let memo = std::mem::take(&mut self.machine.memo);
        for at in 0..script.statements.len() {
            let run = self.machine.script_in(&mut session, script, side, Mode::Committing, at, 1);
            whole.events.extend(run.events);
            whole.rows.extend(run.rows);
            if let Some(failure) = run.failure {
                failures.insert(failure.statement, failure.failure);
            }
        }
        self.machine.memo = memo;
        (whole, failures)
    }

    /// The statements that a gap stands in.
    fn unknown(&self, task: &Task) -> Vec<(Side, usize)> {
        let mut unknown = Vec::new();
        for (side, span) in self.gaps.iter().filter(|gap| gap.path.is_none()).filter_map(|gap| gap.at) {
            let script = match side {
                Side::Forward => task.forward.as_ref(),
                Side::Rollback => task.rollback.as_ref(),
            };
            let Some(script) = script else { continue };
            let at = script.statements.partition_point(|statement| statement.span.end <= span.start);
            if script.statements.get(at).is_some_and(|statement| !matches!(*statement.op, Op::Transaction(_))) {
                unknown.push((side, at + 1));
            }
        }
        unknown
    }
}

fn ran<'a>(
    script: Option<&'a Script>,
    run: Option<&'a Run>,
    tried: Option<&'a (Run, LiteMap<usize, super::Failure>)>,
    failure: Option<(usize, &super::Failure)>,
) -> Option<Ran<'a>> {
    let (run, mut failures) = match (tried, run) {
        (Some((run, failures)), _) => (run, failures.clone()),
        (None, Some(run)) => (run, LiteMap::new()),
        (None, None) => (&EMPTY, LiteMap::new()),
    };
    if let Some((statement, failure)) = failure {
        // In its transaction it fails, whatever it does alone.
        failures.entry(statement).or_insert_with(|| failure.clone());
    }
    Some(Ran { script: script?, run, failures })
}

static EMPTY: Run = Run {
    failure: None,
    failures: Vec::new(),
    unknown: None,
    blurred: false,
    events: Vec::new(),
    rows: Vec::new(),
    remarks: Vec::new(),
    end: None,
};
