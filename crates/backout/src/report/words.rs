//! Words that the formats for people share.

use super::{Answers, FailureReport, MigrationReport, Report};
use crate::rules::Verdict;
use crate::sim::Verity;

/// A number with its noun.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// The question behind an answer's key, as a claim.
pub fn question(key: &str) -> &'static str {
    match key {
        "forward_runs" => "the forward runs",
        "rollback_runs" => "the rollback runs",
        "restores" => "it restores the schema",
        "redo" => "the forward runs again",
        "rerun" => "the rollback runs twice",
        "partial" => "it works half-applied",
        "local" => "it stays in its scope",
        "atomic" => "it is all or nothing",
        _ => "no old row is lost",
    }
}

/// The answers that people are told: where there is no rollback, what holds of one that does nothing tells them nothing.
pub(super) fn asked(migration: &MigrationReport) -> impl Iterator<Item = (&'static str, &'static str, Verity, Option<&str>)> {
    let missing = migration.verdict == Verdict::Missing;
    migration.answers.each().into_iter().filter(move |(key, ..)| !missing || *key == "forward_runs")
}

/// What an answer rests on, in a few words.
pub fn proof(migration: &MigrationReport, key: &str, verity: Verity, because: Option<&str>) -> String {
    if let Some(because) = because {
        return match migration.gaps.iter().find(|gap| gap.id == because) {
            Some(gap) => match &gap.at {
                Some(at) => format!("{} ({}:{})", gap.reason, at.path, at.line),
                None => gap.reason.clone(),
            },
            None => format!("because \"{}\" is {}", question(because), other(&migration.answers, because).id()),
        };
    }
    let answers = &migration.answers;
    match (key, verity) {
        ("forward_runs", Verity::No) => failed(answers.forward_runs.failure.as_ref(), ""),
        ("rollback_runs", Verity::No) => failed(answers.rollback_runs.failure.as_ref(), ""),
        ("rerun", Verity::No) => failed(answers.rerun.failure.as_ref(), ""),
        ("redo", Verity::No) => match &answers.redo.failure {
            Some(failure) => failed(Some(failure), ""),
            None => "to another schema".to_owned(),
        },
        ("restores", Verity::No) => count(answers.restores.differences.len(), "difference"),
        ("restores", Verity::Yes) if !answers.restores.except.is_empty() => format!("except {}", answers.restores.except.join(" and ")),
        ("partial", Verity::No) => partial(answers),
        ("partial", Verity::Yes) if answers.partial.resumes.answer == Verity::No => "a half-applied rollback does not run again".to_owned(),
        ("local", Verity::No) => count(answers.local.strays.len(), "thing") + " outside",
        ("atomic", Verity::Yes) => match answers.atomic.by {
            Some("runner") => "the runner makes the transaction".to_owned(),
            Some("script") => "BEGIN and COMMIT are in the script".to_owned(),
            Some("single-statement") => "a single statement".to_owned(),
            Some("implicit") => "sent as one string".to_owned(),
            Some(other) => other.to_owned(),
            None => String::new(),
        },
        ("atomic", Verity::No) => answers.atomic.breaks.first().map_or(String::new(), |found| broken(found.what, found.statement)),
        ("lossless", Verity::No) => {
            let old = answers.lossless.losses.iter().filter(|loss| !loss.own);
            let names: Vec<_> = old.map(|loss| loss.object.as_str()).take(3).collect();
            names.join(", ")
        }
        _ => String::new(),
    }
}

/// Whether the verdict would be unsafe if somebody had named the runner, which was assumed: half-applied states that only an assumed
/// runner can leave are warned of.
pub fn hangs_on_runner(report: &Report, migration: &MigrationReport) -> bool {
    let Answers { partial, atomic, .. } = &migration.answers;
    let after_forward = partial.prefixes.iter().any(|prefix| prefix.reachable && prefix.answer == Verity::No);
    let resumes = &partial.resumes;
    let after_rollback = atomic.answer == Verity::No && resumes.failure.is_some() && resumes.answer == Verity::No;
    let open = matches!(migration.verdict, Verdict::Safe | Verdict::Unproven);
    !report.runner_known && open && (after_forward || after_rollback)
}

fn broken(what: &str, statement: usize) -> String {
    match what {
        "no-transaction" => "each statement is committed alone".to_owned(),
        "unbalanced" => "BEGIN and COMMIT do not pair up".to_owned(),
        "outside" => format!("statement {statement} stands outside the transaction"),
        "commits-early" => format!("it commits at statement {statement}"),
        "forbids-transaction" => format!("statement {statement} cannot be in a transaction"),
        _ => "the file asks for no transaction".to_owned(),
    }
}

fn partial(answers: &Answers) -> String {
    let failing = |prefix: &&super::PrefixReport| prefix.applied && prefix.answer == Verity::No;
    let Some(first) = answers.partial.prefixes.iter().find(failing) else {
        return "it runs and does not restore".to_owned();
    };
    let reach = if answers.partial.reachable { "" } else { ", which the runner cannot leave" };
    failed(first.failure.as_ref(), &format!(" after {}{reach}", count(first.k, "statement")))
}

fn failed(failure: Option<&FailureReport>, more: &str) -> String {
    failure.map_or(String::new(), |failure| format!("{} at statement {}{more}", failure.sqlstate, failure.statement))
}

fn other(answers: &Answers, key: &str) -> Verity {
    answers.each().into_iter().find(|(of, ..)| *of == key).map_or(Verity::Unknown, |(_, _, verity, _)| verity)
}
