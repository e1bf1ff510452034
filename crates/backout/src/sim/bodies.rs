//! Routines that stay while a relation goes that their quoted bodies name: nothing fails until they are called.

use super::run::Run;
use super::{PlacedRemark, Remark, Side};
use crate::catalog::apply::Event;
use crate::catalog::object::{Body, RelKind, RoutineText};
use crate::catalog::{Catalog, Names};
use crate::lexer::{self, Token, TokenKind};
use crate::op::{Name, RoutineBody};
use std::collections::BTreeSet;

/// What a run dropped and a routine of the catalog after it names.
pub(super) fn broken(catalog: &Catalog, run: &Run, side: Side) -> Vec<PlacedRemark> {
    let dropped = run.events.iter().filter_map(|(statement, event)| match event {
        Event::Dropped(_, object, _) => match &object.body {
            Body::Relation(relation) if !matches!(relation.kind, RelKind::Index(_)) => Some((*statement, object)),
            _ => None,
        },
        _ => None,
    });
    let dropped: Vec<_> = dropped.collect();
    if dropped.is_empty() {
        return Vec::new();
    }
    let there: BTreeSet<&Name> =
        catalog.objects().filter(|(_, object)| matches!(object.body, Body::Relation(_))).map(|(_, object)| &object.name).collect();
    let mut remarks = Vec::new();
    for (statement, relation) in dropped.into_iter().filter(|(_, relation)| !there.contains(&relation.name)) {
        let schema = catalog.get(relation.parent).map(|schema| schema.name.clone()).unwrap_or_default();
        for (id, routine) in catalog.objects() {
            let Some(text) = quoted(&routine.body) else { continue };
            if routine.extension.is_none() && names(text, &schema, &relation.name) {
                let remark = Remark::BodyNamesDropped(catalog.qualified(id), format!("{schema}.{}", relation.name));
                remarks.push(PlacedRemark { remark, side, statement });
            }
        }
    }
    remarks
}

/// The quoted body of a routine in a language that names relations.
fn quoted(body: &Body) -> Option<&str> {
    let Body::Routine(routine) = body else { return None };
    let RoutineText::Quoted(create) = &routine.body else { return None };
    match &create.body {
        RoutineBody::Quoted { text, .. } if matches!(routine.language.as_str(), "sql" | "plpgsql") => Some(text),
        _ => None,
    }
}

/// True when the text names the relation where a relation is read or written.
fn names(text: &str, schema: &str, relation: &str) -> bool {
    const BEFORE: [&str; 7] = ["FROM", "JOIN", "INTO", "UPDATE", "ONLY", "TABLE", "TRUNCATE"];
    // Most bodies name other things; reading their tokens is for those that hold the letters.
    if !text.to_ascii_lowercase().contains(&relation.to_ascii_lowercase()) {
        return false;
    }
    let Ok(tokens) = lexer::tokenize(text) else { return false };
    let is = |token: &Token, name: &str| token.kind.is_ident() && lexer::ident_value(text, *token) == name;
    let follows = |at: Option<usize>| {
        let before = at.and_then(|at| tokens.get(at));
        before
            .is_some_and(|token| token.kind == TokenKind::Word && BEFORE.iter().any(|word| token.span.of(text).eq_ignore_ascii_case(word)))
    };
    tokens.iter().enumerate().any(|(at, token)| {
        let dotted = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|token| token.kind == TokenKind::Dot);
        is(token, relation)
            && if dotted {
                let qualifier = at.checked_sub(2).and_then(|before| tokens.get(before));
                qualifier.is_some_and(|token| is(token, schema)) && follows(at.checked_sub(3))
            } else {
                follows(at.checked_sub(1))
            }
    })
}
