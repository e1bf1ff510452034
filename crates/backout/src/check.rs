//! From the input to the report: the parts in their order, and nothing else.

use crate::input::{Input, Shape};
use crate::layout::{self, Migration, Part, PlanProblem};
use crate::op::{GapKind, Op};
use crate::report::{self, Facts, Report};
use crate::runner::Runner;
use crate::sim::*;
use crate::source::Source;
use crate::split::DirectiveTool;
use crate::{lower, split};
use std::sync::Arc;

/// Judges the rollbacks of a plan.
///
/// ```
/// use backout::{Input, Options, source::Source};
/// let file = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
/// let (forward, rollback) = (file("up.sql", "CREATE TABLE a (id int)"), file("down.sql", "DROP TABLE a"));
/// let report = backout::check(&Input::pair(forward, rollback, None, Options::default()));
/// assert_eq!(report.migrations.len(), 1);
/// ```
pub fn check(input: &Input) -> Report {
    let options = input.options;
    let mut problems: Vec<PlanProblem> = Vec::new();
    let mut layout = None;
    let (runner, known, judgements) = match input.shape {
        Shape::Pair { forward, rollback } => {
            let runner = options.runner.unwrap_or_default();
            let whole = |index: usize| {
                input
                    .sources
                    .get(index)
                    .map(|source| script(&source.path, &source.text, split::split(&source.text), options.server_version))
            };
            let (forward, rollback) = (forward.and_then(whole), rollback.and_then(whole));
            let id = rollback.as_ref().or(forward.as_ref()).map_or(String::new(), |script| script.path.clone());
            (runner, options.runner.is_some(), vec![undecided(id, forward, rollback, true, runner, options.runner.is_some())])
        }
        Shape::Folder { layout: forced } => {
            let plan = layout::plan(&input.sources, forced);
            let runner = options.runner.unwrap_or(plan.runner);
            let known = options.runner.is_some() || plan.recognised;
            let read = |part: &Part| {
                let source = input.sources.get(part.source)?;
                Some(script(&source.path, part.text(source), part.script(source, runner), options.server_version))
            };
            let judged = plan.migrations.iter().map(|migration: &Migration| {
                let (forward, rollback) = (migration.forward.as_ref().and_then(read), migration.rollback.as_ref().and_then(read));
                undecided(migration.id.clone(), forward, rollback, false, runner, known)
            });
            let judged = judged.collect();
            problems = plan.problems;
            layout = Some(plan.layout.id);
            (runner, known, judged)
        }
    };
    let sources: Vec<Source> = input.sources.iter().chain(&input.baseline).cloned().collect();
    report::build(&Facts {
        judgements: &judgements,
        unwind: None,
        sources: &sources,
        problems: &problems,
        layout,
        server_version: u32::from(options.server_version),
        runner: runner.id(),
        runner_known: known,
        strict: options.strict,
        assume_new: options.assume_new,
    })
}

fn script(path: &str, text: &str, split: split::Script, version: u16) -> Script {
    let words_after = |directive: &split::Directive, count: usize| directive.words.get(count..).unwrap_or_default().join(" ");
    let first = |directive: &split::Directive| directive.words.first().map(|word| word.as_str().to_owned()).unwrap_or_default();
    let ours = || split.directives.iter().filter(|directive| directive.tool == DirectiveTool::Backout);
    let irreversible = ours().find(|directive| first(directive) == "irreversible").map(|directive| words_after(directive, 1));
    let statements = split.statements.iter().map(|raw| {
        let mine = split.directives.get(raw.directives.clone()).unwrap_or_default();
        let ignores =
            mine.iter().filter(|directive| directive.tool == DirectiveTool::Backout && first(directive) == "ignore").map(|directive| {
                Ignore {
                    rule: directive.words.get(1).map(|word| word.to_string()).unwrap_or_default(),
                    reason: words_after(directive, 2),
                    span: directive.span,
                }
            });
        Statement { span: raw.span, op: Arc::new(lower::statement(raw.span.of(text), version)), ignores: ignores.collect() }
    });
    Script { path: path.to_owned(), statements: statements.collect(), irreversible }
}

/// A judgement that decides nothing.
fn undecided(id: String, forward: Option<Script>, rollback: Option<Script>, pair: bool, runner: Runner, runner_known: bool) -> Judgement {
    let gaps = [(Side::Forward, &forward), (Side::Rollback, &rollback)].into_iter().flat_map(|(side, script)| {
        script.iter().flat_map(|script| &script.statements).filter_map(move |statement| match &*statement.op {
            Op::Gap(gap) => Some(PlacedGap {
                kind: gap.kind,
                reason: gap.reason.clone(),
                at: Some((side, gap.span.shifted(statement.span.start))),
                path: None,
            }),
            _ => None,
        })
    });
    let mut gaps: Vec<_> = gaps.collect();
    gaps.push(PlacedGap {
        kind: GapKind::NotModelled,
        reason: "the scripts are read and not yet played through".to_owned(),
        at: None,
        path: None,
    });
    let answer = Answer { verity: Verity::Unknown, because: Some(Because::Gap(gaps.len() - 1)) };
    let runs = || Runs { answer, failure: None };
    Judgement {
        id,
        forward,
        rollback,
        pair,
        forward_runs: runs(),
        rollback_runs: runs(),
        restores: Restores { answer, except: Vec::new(), differences: Vec::new() },
        redo: Redo { answer, failure: None, differences: Vec::new() },
        rerun: runs(),
        partial: Partial {
            answer,
            reachable: false,
            limited: false,
            resumes: Resumes { answer, j: None, failure: None },
            prefixes: Vec::new(),
        },
        local: Local { answer, strays: Vec::new() },
        atomic: Atomic { answer, by: None, breaks: Vec::new() },
        lossless: Lossless { answer, losses: Vec::new(), rows: Vec::new(), risks: Vec::new() },
        gaps,
        remarks: Vec::new(),
        runner: runner.id(),
        runner_known,
    }
}
