//! The unique indexes and foreign keys that rows are held against, and when a violation shows.

use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, Index, IndexKeyKind, ObjId, RelKind};
use crate::catalog::session::Deferral;
use crate::catalog::{Catalog, Class};
use crate::op::{ForeignKeyAction, Name};

/// A unique index of columns alone.
pub(super) struct Unique {
    pub name: Name,
    pub columns: Vec<ColumnNumber>,
    pub primary: bool,
    /// As [`Constraint::can_wait`](crate::catalog::object::Constraint::can_wait) says.
    pub can_wait: Option<bool>,
    /// It certainly is there.
    pub sure: bool,
}

/// A foreign key that references a table.
pub(super) struct Reference {
    pub name: Name,
    pub child: ObjId,
    pub columns: Vec<ColumnNumber>,
    pub target: Vec<ColumnNumber>,
    pub on_delete: ForeignKeyAction,
    pub on_update: ForeignKeyAction,
    /// What it does to rows that refer to others is done, deferrable or not.
    pub enforced: bool,
    /// Every row obeys it when it is checked.
    pub certain: bool,
    /// As [`Constraint::can_wait`](crate::catalog::object::Constraint::can_wait) says.
    pub can_wait: Option<bool>,
}

/// When the constraints are checked that a row statement may violate.
#[derive(Clone, Copy)]
pub(super) struct Checks {
    pub deferral: Deferral,
    /// The statement is a transaction of its own, and so nothing waits for longer.
    pub alone: bool,
}

impl Checks {
    /// Whether a violation is certainly an error of the statement.
    pub fn at_once(self, can_wait: Option<bool>) -> bool {
        self.alone || self.deferral.at_once(can_wait)
    }

    /// The same of what a foreign key does when a row goes or changes that it refers to: RESTRICT never waits.
    pub fn guards(self, reference: &Reference, action: ForeignKeyAction) -> bool {
        reference.certain && (action == ForeignKeyAction::Restrict || self.at_once(reference.can_wait))
    }
}

/// Whether a foreign key's action changes the referencing rows.
pub(super) fn acts(action: ForeignKeyAction) -> bool {
    !matches!(action, ForeignKeyAction::NoAction | ForeignKeyAction::Restrict)
}

/// The unique indexes of a table that are of columns alone, oldest first.
pub(super) fn uniques(catalog: &Catalog, table: ObjId) -> Vec<Unique> {
    let of_constraints = catalog.members(Class::Constraint, table).filter_map(|id| match &catalog.get(id)?.body {
        Body::Constraint(constraint) => match &constraint.kind {
            ConstraintKind::Key { index, exclude: false, .. } => Some((*index, constraint.can_wait())),
            _ => None,
        },
        _ => None,
    });
    let of_table = catalog.dependents(table).iter().map(|&id| (id, None));
    let mut found: Vec<(ObjId, Option<bool>)> = of_constraints.chain(of_table).collect();
    found.sort_unstable_by_key(|(id, can_wait)| (*id, can_wait.is_none()));
    found.dedup_by_key(|(id, _)| *id);
    found
        .into_iter()
        .filter_map(|(id, can_wait)| {
            let RelKind::Index(index) = &catalog.relation(id)?.kind else { return None };
            let columns = columns_of(index).filter(|_| index.table == table && index.unique && index.valid && index.filter.is_none())?;
            let name = catalog.get(id)?.name.clone();
            Some(Unique { name, columns, primary: index.primary, can_wait, sure: catalog.doubt_about(id).is_none() })
        })
        .collect()
}

fn columns_of(index: &Index) -> Option<Vec<ColumnNumber>> {
    index
        .elements
        .iter()
        .map(|element| match element.key {
            IndexKeyKind::Column(column) => Some(column),
            IndexKeyKind::Expression(_) => None,
        })
        .collect()
}

/// The foreign keys that reference a table.
pub(super) fn references(catalog: &Catalog, table: ObjId) -> Vec<Reference> {
    let mut found: Vec<Reference> = catalog
        .dependents(table)
        .iter()
        .filter_map(|&id| {
            let object = catalog.get(id)?;
            let Body::Constraint(constraint) = &object.body else { return None };
            let ConstraintKind::ForeignKey { columns, table: parent, target, on_delete, on_update, .. } = &constraint.kind else {
                return None;
            };
            (*parent == table).then(|| Reference {
                name: object.name.clone(),
                child: object.parent,
                columns: columns.clone(),
                target: target.clone(),
                on_delete: *on_delete,
                on_update: *on_update,
                enforced: constraint.enforced,
                certain: constraint.validated
                    && constraint.enforced
                    && !target.is_empty()
                    && target.len() == columns.len()
                    && catalog.doubt_about(id).is_none(),
                can_wait: constraint.can_wait(),
            })
        })
        .collect();
    found.sort_unstable_by(|a, b| (a.child, &a.name).cmp(&(b.child, &b.name)));
    found.dedup_by(|a, b| a.child == b.child && a.name == b.name);
    found
}
