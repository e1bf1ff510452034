//! Which partition a known row belongs to: rows for which there is none (23514), and those that a partition's bounds do
//! not admit.

use super::Failure;
use super::rows::value_of;
use super::run::Machine;
use crate::catalog::apply::bound::{Kind, admits, partition_key};
use crate::catalog::apply::partitions;
use crate::catalog::context::fail;
use crate::catalog::object::{ColumnNumber, ObjId, RelKind, Table};
use crate::catalog::resolve::{LiteralRows, Verity};
use crate::catalog::rows::Value;
use crate::op::PartitionBound;
use std::sync::Arc;

/// Partitions of partitions are followed as deep as this.
const DEEPEST: usize = 8;

/// Where a row of a partitioned table goes.
enum Way {
    To(ObjId),
    Nowhere,
    Unknown,
}

impl Machine {
    /// Puts rows into the partitions that they belong to; those for which there is none stop the statement.
    pub(super) fn route(&mut self, table: ObjId, rows: &LiteralRows) -> Result<(), Failure> {
        let columns: Arc<[ColumnNumber]> = rows.columns.clone().into();
        for row in &rows.rows {
            let values: Vec<Value> =
                row.iter().zip(columns.iter()).map(|(value, column)| value_of(value.as_ref(), self.is_time(table, *column))).collect();
            let given = |column: ColumnNumber| columns.iter().position(|known| *known == column).and_then(|at| values.get(at)).cloned();
            match self.way(table, &given) {
                Way::To(leaf) => {
                    let Some(numbers) = columns.iter().map(|&column| self.column_in(table, column, leaf)).collect::<Option<Vec<_>>>()
                    else {
                        continue;
                    };
                    self.catalog.add_row(leaf, numbers.into(), values);
                }
                Way::Nowhere => {
                    let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
                    return Err(fail("23514", format!("no partition of relation \"{name}\" found for row")));
                }
                Way::Unknown => {}
            }
        }
        Ok(())
    }

    /// The number that a column has in another table of the family.
    fn column_in(&self, table: ObjId, column: ColumnNumber, other: ObjId) -> Option<ColumnNumber> {
        let name = &self.catalog.relation(table)?.column_at(column)?.name;
        self.catalog.relation(other)?.column(name).map(|column| column.number)
    }

    fn bound_of(&self, table: ObjId) -> Option<(ObjId, &PartitionBound)> {
        match self.catalog.relation(table).map(|relation| &relation.kind) {
            Some(RelKind::Table(Table { partition_of: Some((parent, _)), bound: Some(bound), .. })) => Some((*parent, bound)),
            _ => None,
        }
    }

    fn is_partitioned(&self, table: ObjId) -> bool {
        matches!(self.catalog.relation(table).map(|relation| &relation.kind), Some(RelKind::Table(found)) if found.partition_by.is_some())
    }

    fn way(&self, root: ObjId, given: &dyn Fn(ColumnNumber) -> Option<Value>) -> Way {
        let mut table = root;
        for _ in 0..DEEPEST {
            if !self.is_partitioned(table) {
                return Way::To(table);
            }
            let unknown = |id: ObjId| {
                self.catalog.doubt_about(id).is_some()
                    || self.catalog.get(id).is_none_or(|object| object.presumed)
                    || self.catalog.relation(id).is_none_or(|relation| relation.open)
            };
            let key = partition_key(&self.catalog, table);
            let children = partitions(&self.catalog, table);
            if key.is_empty() || unknown(table) || children.iter().any(|child| unknown(*child)) {
                return Way::Unknown;
            }
            let kinds: Vec<Kind> = key.iter().map(|(_, kind)| *kind).collect();
            let value = |column: ColumnNumber| {
                let number = self.column_in(table, column, root)?;
                let column = self.catalog.relation(root)?.column_at(number)?;
                let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
                given(number).or((!filled).then_some(Value::Null))
            };
            let values: Vec<Value> = key.iter().map(|(column, _)| value(*column).unwrap_or(Value::Unknown)).collect();
            let (mut into, mut rest) = (None, None);
            for child in children {
                match self.bound_of(child) {
                    Some((_, PartitionBound::Default)) => rest = Some(child),
                    Some((_, bound)) => match admits(bound, &values, &kinds) {
                        Verity::Yes => into = Some(child),
                        Verity::Maybe => return Way::Unknown,
                        Verity::No => {}
                    },
                    None => return Way::Unknown,
                }
            }
            match into.or(rest) {
                Some(child) => table = child,
                None => return Way::Nowhere,
            }
        }
        Way::Unknown
    }

    /// A row of a table that became a partition, or of the default partition beside it, does not fit the bounds.
    pub(super) fn outside_bounds(&self, table: ObjId) -> Option<Failure> {
        let (parent, bound) = self.bound_of(table)?;
        let key = partition_key(&self.catalog, parent);
        let kinds: Vec<Kind> = key.iter().map(|(_, kind)| *kind).collect();
        if key.is_empty() || self.catalog.doubt_about(table).is_some() {
            return None;
        }
        let fits = |holder: ObjId, bound: &PartitionBound, wanted: Verity| {
            self.catalog.rows_of(holder).any(|(_, row)| {
                let value = |(column, _): &(ColumnNumber, Kind)| {
                    self.column_in(parent, *column, holder).map_or(Value::Unknown, |number| row.value(number).clone())
                };
                admits(bound, &key.iter().map(value).collect::<Vec<Value>>(), &kinds) == wanted
            })
        };
        let name = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        let violated = || fail("23514", format!("partition constraint of relation \"{}\" is violated by some row", name(table)));
        for sibling in partitions(&self.catalog, parent).into_iter().filter(|sibling| *sibling != table) {
            match self.bound_of(sibling) {
                Some((_, PartitionBound::Default)) if fits(sibling, bound, Verity::Yes) => {
                    let default = name(sibling);
                    let message = format!("updated partition constraint for default partition \"{default}\" would be violated by some row");
                    return Some(fail("23514", message));
                }
                Some((_, other)) if matches!(bound, PartitionBound::Default) && fits(table, other, Verity::Yes) => return Some(violated()),
                _ => {}
            }
        }
        fits(table, bound, Verity::No).then(violated)
    }
}
