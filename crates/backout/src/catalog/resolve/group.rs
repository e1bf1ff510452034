//! GROUP BY: what may stand beside the groups.

use super::super::context::{Outcome, fail};
use super::super::object::{Body, ColumnNumber, ConstraintKind, ObjId};
use super::super::template::Piece;
use super::super::{Class, quote};
use super::expr::Resolver;
use super::scope::Scope;
use std::ops::Range;

/// What a query is grouped by.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    /// The columns that are named in it.
    columns: Vec<(ObjId, ColumnNumber)>,
    /// Something in it is more than a column.
    other: bool,
}

impl Grouping {
    /// Adds one expression of the clause.
    pub(super) fn add(&mut self, pieces: &[Piece]) {
        let before = self.columns.len();
        self.columns.extend(pieces.iter().filter_map(|piece| match piece {
            Piece::Column(id, number) => Some((*id, *number)),
            Piece::Text(_) | Piece::Object(_) | Piece::Needs(_) => None,
        }));
        let named = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
        let plain = pieces.iter().all(|piece| !matches!(piece, Piece::Text(text) if !named(text)));
        self.other |= !plain || self.columns.len() != before + 1;
    }
}

/// How deep in parentheses a text leaves us; what stands in quotes does not count.
fn deeper(text: &str) -> i32 {
    let (mut depth, mut quoted) = (0, None);
    for c in text.chars() {
        match quoted {
            Some(by) if c == by => quoted = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quoted = Some(c),
            None => depth += i32::from(c == '(') - i32::from(c == ')'),
        }
    }
    depth
}

impl Resolver<'_, '_> {
    /// A column that stands beside the groups and is none of them needs the primary key by which they are made; without one
    /// the query is refused. What stands in parentheses may be the argument of an aggregate, and is let be.
    pub(super) fn check_grouped(&mut self, items: Range<usize>, grouping: &Grouping, scope: &Scope<'_>) -> Outcome<()> {
        let mut depth = 0_i32;
        let mut beside: Vec<(ObjId, ColumnNumber)> = Vec::new();
        for piece in self.out.get(items).unwrap_or_default() {
            match piece {
                Piece::Text(text) => depth += deeper(text),
                Piece::Column(id, number)
                    if depth == 0 && !grouping.columns.contains(&(*id, *number)) && !beside.iter().any(|(other, _)| other == id) =>
                {
                    beside.push((*id, *number));
                }
                Piece::Column(..) | Piece::Object(_) | Piece::Needs(_) => {}
            }
        }
        for (table, number) in beside {
            if let Some(key) = self.grouped_key(table, &grouping.columns) {
                self.out.push(Piece::Needs(key));
            } else if !grouping.other && self.is_certain(table, scope) {
                let alias = scope.items.iter().find(|item| item.relation == Some(table)).map(|item| item.alias.clone());
                let column = self.context.catalog.relation(table).and_then(|relation| relation.column_at(number));
                let column = column.map(|column| column.name.clone()).unwrap_or_default();
                let name = format!("{}.{}", quote(&alias.unwrap_or_default()), quote(&column));
                let message = format!("column \"{name}\" must appear in the GROUP BY clause or be used in an aggregate function");
                return Err(fail("42803", message).into());
            }
        }
        Ok(())
    }

    /// The primary key of a table, if these columns hold all of it.
    fn grouped_key(&self, table: ObjId, columns: &[(ObjId, ColumnNumber)]) -> Option<ObjId> {
        let catalog = self.context.catalog;
        catalog.members(Class::Constraint, table).find(|id| match catalog.get(*id).map(|object| &object.body) {
            Some(Body::Constraint(constraint)) => match &constraint.kind {
                ConstraintKind::Key { primary: true, columns: key, .. } => {
                    !constraint.deferrable && key.iter().all(|column| columns.contains(&(table, *column)))
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether the query and the relation are known well enough to refuse it.
    fn is_certain(&self, table: ObjId, scope: &Scope<'_>) -> bool {
        let catalog = self.context.catalog;
        let known = catalog.get(table).is_some_and(|object| !object.presumed)
            && catalog.relation(table).is_some_and(|relation| !relation.open)
            && catalog.doubt_about(table).is_none();
        let plain = scope.merged.is_empty() && scope.variables.is_empty() && scope.params.is_empty() && !scope.open_variables;
        known && plain && scope.parent.is_none() && scope.items.iter().any(|item| item.relation == Some(table))
    }
}
