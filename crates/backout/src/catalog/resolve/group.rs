//! GROUP BY: what may stand beside the groups.

use super::super::Class;
use super::super::context::{Outcome, fail};
use super::super::object::{Body, ColumnNumber, ConstraintKind, ObjId};
use super::super::template::{Mark, Piece};
use super::expr::Resolver;
use super::scope::{Scope, ScopeItem};
use crate::op::Name;
use std::ops::Range;

/// What a query is grouped by.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    /// The columns, each with its item of `FROM`.
    columns: Vec<(u16, Piece)>,
    /// Everything that is more than a column.
    others: Vec<Vec<Piece>>,
    /// It names an item of the select list that is not kept apart.
    unclear: bool,
}

impl Grouping {
    /// Adds one expression of the clause.
    pub(super) fn add(&mut self, pieces: &[Piece]) {
        match pieces {
            [Piece::Mark(Mark::Column(_, item)), column] => self.columns.push((*item, column.clone())),
            [_, Piece::Text(dot), Piece::Mark(Mark::Column(_, item)), column] if dot == "." => self.columns.push((*item, column.clone())),
            [] => self.unclear = true,
            pieces => self.others.push(pieces.to_vec()),
        }
    }
}

impl Resolver<'_, '_> {
    /// Lays marks around an aggregate, or around what may be one. It belongs to the innermost query that its arguments name a
    /// column of.
    pub(super) fn mark_aggregate(&mut self, certain: bool, start: usize, scope: &Scope<'_>) {
        let own = scope.level();
        let levels = self.out.get(start..).unwrap_or_default().iter().filter_map(|piece| match piece {
            Piece::Mark(Mark::Column(level, _)) if *level <= own => Some(*level),
            _ => None,
        });
        let level = levels.max().unwrap_or(own);
        self.aggregates |= certain && level == own;
        self.out.insert(start, Piece::Mark(Mark::Aggregate(level)));
        self.out.push(Piece::Mark(Mark::End));
    }

    /// A column that stands beside the groups and is none of them needs the primary key by which they are made; without one
    /// the query is refused.
    pub(super) fn check_grouped(&mut self, ranges: &[Range<usize>], grouping: &Grouping, scope: &Scope<'_>) -> Outcome<()> {
        if grouping.unclear {
            return Ok(());
        }
        let level = scope.level();
        let mut beside: Vec<(u16, Piece)> = Vec::new();
        for range in ranges {
            let mut rest = self.out.get(range.clone()).unwrap_or_default();
            // How many aggregates are open, when one of them is this query's or one around it.
            let mut within = 0_u32;
            while let Some((piece, after)) = rest.split_first() {
                if within == 0
                    && let Some(other) = grouping.others.iter().find(|other| rest.starts_with(other))
                {
                    rest = rest.get(other.len()..).unwrap_or_default();
                    continue;
                }
                rest = after;
                match piece {
                    Piece::Mark(Mark::Aggregate(of)) if within > 0 || *of <= level => within += 1,
                    Piece::Mark(Mark::Aggregate(_)) => {}
                    Piece::Mark(Mark::End) => within = within.saturating_sub(1),
                    _ if within > 0 => {}
                    Piece::Mark(Mark::Column(of, item)) if *of == level => {
                        let Some(column) = after.first() else { continue };
                        let column = (*item, column.clone());
                        if !grouping.columns.contains(&column) && !beside.contains(&column) {
                            beside.push(column);
                        }
                    }
                    _ => {}
                }
            }
        }
        for (item, column) in beside {
            let Some(item) = scope.items.get(usize::from(item)).map(|found| (item, found)) else { continue };
            if let Some(key) = self.grouped_key(item, &grouping.columns) {
                self.out.push(Piece::Needs(key));
            } else if self.is_certain(item.1) {
                let name = self.piece_name(&column);
                if scope.merged.iter().any(|(_, merged)| *merged == name) {
                    // Which side a merged column is depends on the join.
                    continue;
                }
                let name = format!("{}.{}", item.1.alias, name.trim_matches('"'));
                let message = format!("column \"{name}\" must appear in the GROUP BY clause or be used in an aggregate function");
                return Err(fail("42803", message).into());
            }
        }
        Ok(())
    }

    fn piece_name(&self, piece: &Piece) -> Name {
        match piece {
            Piece::Column(id, number) => {
                let relation = self.context.catalog.relation(*id);
                relation.and_then(|relation| relation.column_at(*number)).map(|column| column.name.clone()).unwrap_or_default()
            }
            Piece::Text(text) => text.clone(),
            _ => Name::default(),
        }
    }

    /// The primary key of an item's table, if the groups' columns hold all of it.
    fn grouped_key(&self, (at, item): (u16, &ScopeItem<'_>), columns: &[(u16, Piece)]) -> Option<ObjId> {
        let catalog = self.context.catalog;
        let table = item.relation?;
        let grouped = |column: &ColumnNumber| columns.contains(&(at, Piece::Column(table, *column)));
        catalog.members(Class::Constraint, table).find(|id| match catalog.get(*id).map(|object| &object.body) {
            Some(Body::Constraint(constraint)) => match &constraint.kind {
                ConstraintKind::Key { primary: true, columns: key, .. } => !constraint.deferrable && key.iter().all(grouped),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether an item of `FROM` is known well enough to say that no primary key stands for its columns.
    fn is_certain(&self, item: &ScopeItem<'_>) -> bool {
        let catalog = self.context.catalog;
        // The catalogs have primary keys, too.
        !item.system
            && item.relation.is_none_or(|table| {
                catalog.get(table).is_some_and(|object| !object.presumed)
                    && catalog.relation(table).is_some_and(|relation| !relation.open)
                    && catalog.doubt_about(table).is_none()
            })
    }
}
