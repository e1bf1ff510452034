//! What the rules of ordering share: the statement that fails, and the other statement that explains it.

use super::{Findings, places, words};
use crate::finding::{Fix, Texts};
use crate::lexer::is_word_part;
use crate::op::{GenericKind, ObjectName, ObjectRef, Op, RelationKind, TableAction};
use crate::sim::{Judgement, Runs, Script, Side, StatementFailure, Verity};

/// Message, help, and the other statement of the rollback with what happens there.
pub(super) type Wording = (String, String, Option<(usize, String)>);

/// A change that removes a failure.
pub(super) type Mend = fn(&Judgement, &Texts, &StatementFailure) -> Option<Fix>;

/// For failures that only their author can mend.
pub(super) fn no_fix(_: &Judgement, _: &Texts, _: &StatementFailure) -> Option<Fix> {
    None
}

/// Reports the failing statement of the rollback when its error is one of `states`.
pub(super) fn failing(
    judgement: &Judgement,
    findings: &mut Findings,
    states: &[&str],
    mend: Mend,
    word: impl Fn(&Judgement, &Findings, &StatementFailure) -> Wording,
) {
    let Some(failure) = own_failure(&judgement.rollback_runs) else { return };
    if !states.contains(&failure.failure.sqlstate) {
        return;
    }
    let (message, help, other) = word(judgement, findings, failure);
    let fix = mend(judgement, findings.texts, failure);
    let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message);
    finding.help(help).fix(fix).witness(places::witness(judgement, Side::Rollback, failure, None));
    if let Some((number, what)) = other {
        finding.related(places::statement(judgement, Side::Rollback, number), what);
    }
}

/// The failure that makes the answer a no of its own.
pub(super) fn own_failure(runs: &Runs) -> Option<&StatementFailure> {
    (runs.answer.verity == Verity::No && runs.answer.because.is_none()).then_some(runs.failure.as_ref()).flatten()
}

/// The object that an error is about.
pub(super) fn subject(failure: &StatementFailure, otherwise: &str) -> String {
    failure.failure.object.as_ref().map_or(otherwise.to_owned(), |(kind, name)| words::object(kind, name))
}

/// So many things.
pub(super) fn things(count: usize) -> String {
    if count == 1 { "one thing".to_owned() } else { format!("{count} things") }
}

/// The later statement of the rollback that drops `who`, such as `view recent_orders` or `constraint c on table t`.
pub(super) fn later_drop(judgement: &Judgement, texts: &Texts, failing: usize, who: &str) -> Option<usize> {
    let script = judgement.rollback.as_ref()?;
    let names: Vec<_> = who.split(" on ").filter_map(|part| part.split_whitespace().last()).map(last_part).collect();
    let later = script.statements.iter().enumerate().skip(failing);
    let mut drops = later.filter(|(_, statement)| takes_away(&statement.op));
    drops
        .find(|(index, _)| {
            let text = texts.of(&places::statement(judgement, Side::Rollback, index + 1));
            names.iter().any(|name| holds_word(text, name))
        })
        .map(|(index, _)| index + 1)
}

/// The earlier statement of the rollback that took the missing object away, with what it dropped.
pub(super) fn earlier_drop(judgement: &Judgement, failure: &StatementFailure) -> Option<(usize, String)> {
    let (kind, name) = failure.failure.object.as_ref()?;
    let rollback = judgement.rollback.as_ref()?;
    let own = own_part(name);
    let mut owners = Vec::new();
    match *kind {
        "index" => owners.extend(judgement.forward.as_ref().and_then(|forward| indexed_table(forward, own))),
        "column" | "constraint" | "trigger" | "policy" | "rule" => {
            owners.extend(words::owner_and_own(name).map(|(owner, _)| last_part(owner).to_owned()))
        }
        _ => {}
    }
    let before = rollback.statements.iter().enumerate().take(failure.statement.saturating_sub(1));
    before.rev().find_map(|(index, statement)| {
        let dropped = dropped_names(&statement.op);
        let what = dropped.into_iter().find(|(_, name)| name == own || owners.contains(name));
        what.map(|(kind, name)| (index + 1, words::object(kind, &name)))
    })
}

fn indexed_table(forward: &Script, index: &str) -> Option<String> {
    forward.statements.iter().find_map(|statement| match &*statement.op {
        Op::CreateIndex(create) if create.name.as_ref().is_some_and(|name| name.name == index) => Some(create.table.name.to_string()),
        _ => None,
    })
}

fn takes_away(op: &Op) -> bool {
    match op {
        Op::Drop(_) => true,
        Op::AlterTable(alter) => {
            alter.actions.iter().any(|(action, _)| matches!(action, TableAction::DropColumn { .. } | TableAction::DropConstraint { .. }))
        }
        _ => false,
    }
}

fn dropped_names(op: &Op) -> Vec<(&'static str, String)> {
    match op {
        Op::Drop(drop) => drop.targets.iter().filter_map(target).collect(),
        Op::AlterTable(alter) => {
            let dropped = alter.actions.iter().filter_map(|(action, _)| match action {
                TableAction::DropColumn { name, .. } => Some(("column", name.name.to_string())),
                TableAction::DropConstraint { name, .. } => Some(("constraint", name.name.to_string())),
                _ => None,
            });
            dropped.collect()
        }
        _ => Vec::new(),
    }
}

fn target(target: &ObjectRef) -> Option<(&'static str, String)> {
    let plain = |kind, name: &ObjectName| Some((kind, name.name.to_string()));
    match target {
        ObjectRef::Relation { kind: RelationKind::Table, name } => plain("table", name),
        ObjectRef::Relation { kind: RelationKind::View, name } => plain("view", name),
        ObjectRef::Relation { kind: RelationKind::MatView, name } => plain("matview", name),
        ObjectRef::Relation { kind: RelationKind::Index, name } => plain("index", name),
        ObjectRef::Relation { kind: RelationKind::Sequence, name } => plain("sequence", name),
        ObjectRef::Relation { kind: RelationKind::ForeignTable, name } => plain("foreign table", name),
        ObjectRef::Routine { signature, .. } => plain("function", &signature.name),
        ObjectRef::Type(name) | ObjectRef::Domain(name) => plain("type", name),
        ObjectRef::Generic { kind: GenericKind::Statistics, name, .. } => plain("statistics", name),
        ObjectRef::Trigger { name, .. } => Some(("trigger", name.name.to_string())),
        ObjectRef::Policy { name, .. } => Some(("policy", name.name.to_string())),
        ObjectRef::Rule { name, .. } => Some(("rule", name.name.to_string())),
        ObjectRef::Schema(name) => Some(("schema", name.name.to_string())),
        ObjectRef::Extension(name) => Some(("extension", name.name.to_string())),
        ObjectRef::Column { .. }
        | ObjectRef::Constraint { .. }
        | ObjectRef::DomainConstraint { .. }
        | ObjectRef::EventTrigger(_)
        | ObjectRef::Cast { .. }
        | ObjectRef::Operator { .. }
        | ObjectRef::Role(_)
        | ObjectRef::Database(_)
        | ObjectRef::LargeObject
        | ObjectRef::Generic { .. } => None,
    }
}

/// The own name in a dotted one.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"')
}

/// The same without the arguments of a routine.
pub(super) fn own_part(name: &str) -> &str {
    last_part(name.split('(').next().unwrap_or(name))
}

/// True when the text holds the word as a whole.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    let part = |c: char| is_word_part(c) || c == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back().is_none_or(|c| !part(c));
            before && text[at + word.len()..].chars().next().is_none_or(|c| !part(c))
        })
}
