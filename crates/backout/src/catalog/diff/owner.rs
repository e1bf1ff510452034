//! Owners that differ.

use super::collect::Entry;
use crate::catalog::Catalog;
use crate::catalog::object::{Body, RelKind, Relation};

/// Whether somebody else owns the object now.
///
/// Nobody says who runs the scripts. What is made again without an owner belongs to that role, and where all tables have one
/// owner, as in a dump of an application's schema, it is presumed to be the same role.
pub(super) fn owner_differs(catalog: &Catalog, then: &Entry, now: &Entry) -> bool {
    if then.owner == now.owner {
        return false;
    }
    let recreated = then.id != now.id && now.owner.is_empty();
    let mut tables = catalog.objects().filter(|(id, object)| {
        *id != now.id && matches!(&object.body, Body::Relation(Relation { kind: RelKind::Table(_), .. })) && !object.presumed
    });
    !(recreated && tables.all(|(_, object)| object.owner == then.owner))
}

/// Kinds whose owner is their own.
pub(super) fn is_owned(kind: &str) -> bool {
    matches!(
        kind,
        "schema"
            | "table"
            | "view"
            | "matview"
            | "sequence"
            | "function"
            | "procedure"
            | "aggregate"
            | "type"
            | "enum"
            | "domain"
            | "composite"
            | "range"
    )
}
