//! Triggers that wait for the end of the transaction: what foreign keys still have to check keeps a table from being altered,
//! dropped, truncated or indexed (55006).

use super::rows::plain;
use super::run::Machine;
use crate::catalog::context::Session;
use crate::catalog::object::{Body, ColumnNumber, Constraint, ConstraintKind, ObjId};
use crate::catalog::rows::{Row, Value};
use crate::catalog::{Class, Mark};
use crate::op::{ForeignKeyAction, Op};
use std::sync::Arc;

impl Machine {
    /// Notes the tables on which a check of a deferred foreign key certainly waits since the mark, as the server queues it:
    /// for each new row of the referencing table, for each of its keys that changes, and for each row of the referenced
    /// table that goes or changes its key.
    pub(super) fn note_pending(&self, op: &Op, mark: Mark, session: &mut Session) {
        // With ON CONFLICT the row may have been there.
        let proposed = matches!(op, Op::Insert(insert) if insert.on_conflict.is_some());
        for (table, id, old) in self.catalog.rows_changed_since(mark) {
            if session.transaction.pending.contains(&table) || !plain(&self.catalog, table) || self.catalog.doubt_about(table).is_some() {
                continue;
            }
            let new = self.catalog.row(table, id);
            let own = self.catalog.members(Class::Constraint, table);
            let waits = own.chain(self.catalog.dependents(table).iter().copied()).any(|key| {
                let Some(object) = self.catalog.get(key).filter(|_| self.catalog.doubt_about(key).is_none()) else { return false };
                match &object.body {
                    Body::Constraint(constraint) if is_deferred(constraint, session) => {
                        let referencing = object.parent == table && waits_to_refer(constraint, old, new, proposed);
                        referencing || waits_for_references(constraint, table, old, new)
                    }
                    _ => false,
                }
            });
            if waits {
                session.transaction.pending.push(table);
            }
        }
    }
}

fn is_deferred(constraint: &Constraint, session: &Session) -> bool {
    constraint.enforced && session.transaction.deferral.waits(constraint.can_wait())
}

/// Whether the check of a row that refers to another waits.
fn waits_to_refer(constraint: &Constraint, old: Option<&Arc<Row>>, new: Option<&Arc<Row>>, proposed: bool) -> bool {
    let ConstraintKind::ForeignKey { columns, .. } = &constraint.kind else { return false };
    match (old, new) {
        (None, Some(_)) => !proposed,
        (Some(old), Some(new)) => new.key(columns).is_some() && differs(old, new, columns),
        (_, None) => false,
    }
}

/// Whether the check waits that nothing refers to a row any more: actions other than NO ACTION never wait.
fn waits_for_references(constraint: &Constraint, table: ObjId, old: Option<&Arc<Row>>, new: Option<&Arc<Row>>) -> bool {
    let ConstraintKind::ForeignKey { table: parent, target, on_delete, on_update, .. } = &constraint.kind else { return false };
    let Some(old) = old.filter(|old| *parent == table && !target.is_empty() && old.key(target).is_some()) else { return false };
    match new {
        None => *on_delete == ForeignKeyAction::NoAction,
        Some(new) => *on_update == ForeignKeyAction::NoAction && differs(old, new, target),
    }
}

/// Whether a column certainly has another value.
fn differs(old: &Row, new: &Row, columns: &[ColumnNumber]) -> bool {
    let known = |row: &Row, column| Some(row.value(column).clone()).filter(|value| *value != Value::Unknown);
    columns.iter().any(|&column| known(old, column).zip(known(new, column)).is_some_and(|(old, new)| old != new))
}
