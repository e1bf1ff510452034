//! Routines that stay while a relation goes that their quoted bodies name: nothing fails until they are called.

use super::run::Run;
use super::{PlacedRemark, Remark, Side};
use crate::catalog::apply::Event;
use crate::catalog::object::{Body, ObjId, Object, RelKind, RoutineText};
use crate::catalog::{Catalog, Class, Names};
use crate::lexer::{self, Token, TokenKind};
use crate::op::{Name, RoutineBody};
use litemap::LiteMap;

/// The relations that the quoted bodies of routines name, as far as bodies were ever seen.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    /// Whoever looks one up asks the catalog whether it is still so.
    naming: LiteMap<Name, Vec<ObjId>>,
    begun: bool,
}

impl Bodies {
    /// What a forward dropped and a routine of the catalog after it names. Every forward that lasts is to be shown.
    pub fn broken(&mut self, catalog: &Catalog, run: &Run) -> Vec<PlacedRemark> {
        self.see(catalog, run);
        self.broken_by(catalog, run, Side::Forward)
    }

    /// The same of a rollback, which does not last: what it gave is forgotten.
    pub fn broken_in_trial(&mut self, catalog: &Catalog, run: &Run) -> Vec<PlacedRemark> {
        let begun = self.begun;
        let new = self.see(catalog, run);
        let remarks = self.broken_by(catalog, run, Side::Rollback);
        self.begun = begun;
        for (name, id) in new {
            if let Some(known) = self.naming.get_mut(&name) {
                known.retain(|known| *known != id);
            }
        }
        remarks
    }

    fn broken_by(&self, catalog: &Catalog, run: &Run, side: Side) -> Vec<PlacedRemark> {
        let dropped = run.events.iter().filter_map(|(statement, event)| match event {
            Event::Dropped(_, object, _) => match &object.body {
                Body::Relation(relation) if !matches!(relation.kind, RelKind::Index(_)) => Some((*statement, object)),
                _ => None,
            },
            _ => None,
        });
        let mut remarks = Vec::new();
        for (statement, relation) in dropped {
            let Some(naming) = self.naming.get(&relation.name).filter(|_| gone(catalog, relation)) else { continue };
            let schema = catalog.get(relation.parent).map(|schema| schema.name.clone()).unwrap_or_default();
            for id in naming {
                let Some((routine, text)) = catalog.get(*id).and_then(|routine| Some((routine, quoted(&routine.body)?))) else { continue };
                let names = |(qualifier, name): (Option<Name>, Name)| name == relation.name && qualifier.is_none_or(|it| it == schema);
                if routine.extension.is_none() && named(text).into_iter().any(names) {
                    let remark = Remark::BodyNamesDropped(catalog.qualified(*id), format!("{schema}.{}", relation.name));
                    remarks.push(PlacedRemark { remark, side, statement });
                }
            }
        }
        remarks
    }

    /// Reads the bodies that a run gave, and once those that were there before; gives what was not known.
    fn see(&mut self, catalog: &Catalog, run: &Run) -> Vec<(Name, ObjId)> {
        let given: Vec<ObjId> = if self.begun {
            let given = run.events.iter().filter_map(|(_, event)| match event {
                Event::Created(id) | Event::Altered(id) => Some(*id),
                _ => None,
            });
            given.collect()
        } else {
            catalog.members(Class::Schema, ObjId::NONE).flat_map(|schema| catalog.members(Class::Routine, schema)).collect()
        };
        self.begun = true;
        let mut new = Vec::new();
        for id in given {
            let Some(text) = catalog.get(id).and_then(|object| quoted(&object.body)) else { continue };
            for (_, name) in named(text) {
                let naming = self.naming.entry(name.clone()).or_default();
                if let Err(at) = naming.binary_search(&id) {
                    naming.insert(at, id);
                    new.push((name, id));
                }
            }
        }
        new
    }
}

/// No schema has a relation of this name.
fn gone(catalog: &Catalog, relation: &Object) -> bool {
    let mut schemas = catalog.members(Class::Schema, ObjId::NONE);
    !schemas.any(|schema| catalog.overloads(Class::Relation, schema, &relation.name).next().is_some())
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

/// The names that stand where a relation is read or written, each with its schema if that is said.
fn named(text: &str) -> Vec<(Option<Name>, Name)> {
    const BEFORE: [&str; 7] = ["FROM", "JOIN", "INTO", "UPDATE", "ONLY", "TABLE", "TRUNCATE"];
    let Ok(tokens) = lexer::tokenize(text) else { return Vec::new() };
    let ident = |at: usize| tokens.get(at).filter(|token| token.kind.is_ident()).map(|token| lexer::ident_value(text, *token));
    let before = |token: &Token| token.kind == TokenKind::Word && BEFORE.iter().any(|word| token.span.of(text).eq_ignore_ascii_case(word));
    let follows = tokens.iter().enumerate().filter(|(_, token)| before(token)).map(|(at, _)| at + 1);
    let name = |at: usize| match tokens.get(at + 1) {
        Some(dot) if dot.kind == TokenKind::Dot => Some((Some(ident(at)?), ident(at + 2)?)),
        _ => Some((None, ident(at)?)),
    };
    follows.filter_map(name).collect()
}
