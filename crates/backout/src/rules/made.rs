//! What the forward makes, by the words of its own statements: so that a DROP which misses it can be put right.

use super::fixes::{after_kind, edits_of, head};
use super::{ordering, words};
use crate::finding::{Fix, Texts};
use crate::lexer::{Lexer, TokenKind};
use crate::op::{Name, ObjectName, Op};
use crate::sim::{Judgement, StatementFailure};

/// An object that the forward makes.
struct Made {
    /// The words for its kind in a DROP.
    kind: &'static str,
    /// The schema, where the forward names one.
    schema: Option<Name>,
    name: Name,
}

/// What the forward makes, in its order.
fn made(judgement: &Judgement) -> Vec<Made> {
    let mut path: Option<Name> = None;
    let mut found = Vec::new();
    for statement in judgement.forward.iter().flat_map(|forward| forward.statements.iter()) {
        let (kind, name): (_, &ObjectName) = match &*statement.op {
            Op::Set(set) if set.name == "search_path" => {
                path = set.values.as_ref().and_then(|values| values.first()).map(Name::from);
                continue;
            }
            Op::CreateTable(create) => ("TABLE", &create.name),
            Op::CreateTableAs(create) => ("TABLE", &create.name),
            Op::CreateMatView(create) => ("MATERIALIZED VIEW", &create.name),
            Op::CreateView(create) => ("VIEW", &create.name),
            Op::CreateSequence(create) => ("SEQUENCE", &create.name),
            Op::CreateRoutine(create) => (if create.procedure { "PROCEDURE" } else { "FUNCTION" }, &create.name),
            Op::CreateType(create) => ("TYPE", &create.name),
            Op::CreateDomain(create) => ("DOMAIN", &create.name),
            _ => continue,
        };
        found.push(Made { kind, schema: name.schema.clone().or_else(|| path.clone()), name: name.name.clone() });
    }
    found
}

/// The only thing of that name that the forward makes.
fn only<'a>(made: &'a [Made], own: &str) -> Option<&'a Made> {
    let mut named = made.iter().filter(|made| made.name == own);
    named.next().filter(|_| named.next().is_none())
}

/// The own name of what an error is about.
fn missed(failure: &StatementFailure) -> Option<(&'static str, &str)> {
    let (kind, name) = failure.failure.object.as_ref()?;
    Some((kind, ordering::own_part(name)))
}

/// The kind of what the forward makes where the rollback cannot make or rename anything, in words.
pub(super) fn in_the_way(judgement: &Judgement, failure: &StatementFailure) -> Option<String> {
    let (_, own) = missed(failure)?;
    Some(only(&made(judgement), own)?.kind.to_ascii_lowercase())
}

/// Names what the forward made: in the schema in which it made it, or without the slip of the pen.
pub(super) fn right_name(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    let (kind, own) = missed(failure)?;
    if !matches!(kind, "table" | "view" | "matview" | "sequence") {
        return None;
    }
    let made = made(judgement);
    let edits = edits_of(judgement, texts, failure.statement)?;
    let named = |token: &crate::lexer::Token, text: &str| token.kind == TokenKind::Word && token.span.of(text).eq_ignore_ascii_case(own);
    let tokens: Vec<_> = Lexer::new(edits.own).map(|(token, _)| token).filter(|token| !token.kind.is_trivia()).collect();
    let at = tokens.iter().position(|token| named(token, edits.own))?;
    let token = tokens.get(at)?;
    // A name with a schema is meant as it stands.
    if at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.kind == TokenKind::Dot) {
        return None;
    }
    if let Some(found) = only(&made, own) {
        let name = words::sql(&format!("{}.{own}", found.schema.as_ref().filter(|schema| *schema != "public")?));
        return edits.fix(format!("write `{name}`, where the forward made it"), vec![(token.span.start, token.span.end, name)]);
    }
    // What the rollback names elsewhere is not what is meant here.
    let statements = judgement.rollback.as_ref().map_or(0, |rollback| rollback.statements.len());
    let elsewhere = |name: &str| {
        (1..=statements).any(|number| edits_of(judgement, texts, number).is_some_and(|other| ordering::holds_word(other.own, name)))
    };
    let free = made.iter().filter(|made| made.schema.as_deref().is_none_or(|schema| schema == "public"));
    let meant = words::nearest(own, free.map(|made| made.name.as_str())).filter(|name| !elsewhere(name))?;
    let name = words::sql(only(&made, meant)?.name.as_str());
    edits.fix(format!("write `{name}`, as the forward calls it"), vec![(token.span.start, token.span.end, name)])
}

/// Names the kind of what the forward made.
pub(super) fn right_kind(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    let (_, own) = missed(failure)?;
    let made = made(judgement);
    let found = only(&made, own)?;
    let statement = judgement.rollback.as_ref()?.statements.get(failure.statement.checked_sub(1)?)?;
    let Op::Drop(drop) = &*statement.op else { return None };
    let edits = edits_of(judgement, texts, failure.statement)?;
    let tokens = head(edits.own);
    let (start, end) = (tokens.get(1)?.span.start, after_kind(edits.own, &tokens, 1)?);
    // A foreign table is made as a table, and dropped with its own words.
    if drop.targets.len() != 1 || drop.concurrently {
        return None;
    }
    let foreign =
        found.kind == "TABLE" && edits.own.get(start as usize..end as usize).is_some_and(|words| words.eq_ignore_ascii_case("table"));
    let kind = if foreign { "FOREIGN TABLE" } else { found.kind };
    edits.fix(format!("write `DROP {kind}`"), vec![(start, end, kind.to_owned())])
}
