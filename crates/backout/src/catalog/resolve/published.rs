//! What a publication asks of the rows that it publishes (manual: Publication, "replica identity").

use super::expr::Resolver;
use crate::catalog::Class;
use crate::catalog::context::{Outcome, fail};
use crate::catalog::object::{Body, Constraint, ConstraintKind, Generic, ObjId, RelKind, Table};
use crate::catalog::template::Piece;
use crate::op::{GenericKind, Persistence, ReplicaIdentity};
use crate::source::Span;

impl Resolver<'_, '_> {
    /// Changed and deleted rows are published by what identifies them; a table that has nothing of the kind is refused, however few
    /// rows it has. Which partitions a condition leaves is not known.
    pub(super) fn check_published(&self, table: ObjId, verb: &'static str, filtered: bool, span: Span) -> Outcome<()> {
        let catalog = self.context.catalog;
        let class = Class::Generic(GenericKind::Publication);
        let publications: Vec<&Generic> = catalog
            .members(class, ObjId::NONE)
            .filter_map(|id| match &catalog.get(id).filter(|object| !object.presumed)?.body {
                Body::Generic(publication) => Some(publication).filter(|publication| publishes(publication, verb)),
                _ => None,
            })
            .collect();
        if !self.collect || publications.is_empty() || catalog.members(Class::Rule, table).next().is_some() {
            return Ok(());
        }
        let mut changed = vec![table];
        let mut next = 0;
        while let Some(&of) = changed.get(next) {
            let child = |id: &ObjId| {
                self.table(*id).is_some_and(|table| {
                    table.inherits.contains(&of) || !filtered && table.partition_of.as_ref().is_some_and(|(parent, _)| *parent == of)
                })
            };
            let children: Vec<ObjId> = catalog.dependents(of).iter().copied().filter(child).filter(|id| !changed.contains(id)).collect();
            changed.extend(children);
            next += 1;
        }
        let published = |id: ObjId| publications.iter().any(|publication| self.has_member(publication, id));
        let Some(bare) = changed.into_iter().find(|id| self.lacks_identity(*id) && published(*id)) else { return Ok(()) };
        let name = catalog.get(bare).map(|object| object.name.clone()).unwrap_or_default();
        let message = match verb {
            "delete" => format!("cannot delete from table \"{name}\" because it does not have a replica identity and publishes deletes"),
            _ => format!("cannot update table \"{name}\" because it does not have a replica identity and publishes updates"),
        };
        Err(fail("55000", message).at(span).into())
    }

    fn table(&self, id: ObjId) -> Option<&Table> {
        match &self.context.catalog.relation(id)?.kind {
            RelKind::Table(table) => Some(table),
            _ => None,
        }
    }

    fn has_member(&self, publication: &Generic, id: ObjId) -> bool {
        let catalog = self.context.catalog;
        let mut above = Some(id);
        while let Some(id) = above {
            let schema = catalog.get(id).map(|object| object.parent);
            let listed = |piece: &Piece| matches!(piece, Piece::Object(member) if *member == id || Some(*member) == schema);
            if publication.text.pieces.iter().any(listed) {
                return true;
            }
            above = self.table(id).and_then(|table| table.partition_of.as_ref()).map(|(parent, _)| *parent);
        }
        said(publication).contains("for all tables")
    }

    /// Whether nothing identifies the rows of a permanent table: no key at once, no FULL, no index.
    fn lacks_identity(&self, id: ObjId) -> bool {
        let catalog = self.context.catalog;
        let (Some(object), Some(relation), Some(table)) = (catalog.get(id), catalog.relation(id), self.table(id)) else { return false };
        if object.presumed || relation.open || relation.persistence != Persistence::Permanent || table.partition_by.is_some() {
            return false;
        }
        let key = |id: ObjId| match catalog.get(id).map(|object| &object.body) {
            Some(Body::Constraint(Constraint { kind: ConstraintKind::Key { primary, .. }, deferrable, .. })) => *primary && !*deferrable,
            _ => false,
        };
        match table.replica_identity {
            ReplicaIdentity::Full | ReplicaIdentity::Index(_) => false,
            ReplicaIdentity::Nothing => true,
            ReplicaIdentity::Default => !catalog.members(Class::Constraint, id).any(key),
        }
    }
}

/// What is written of a publication beside its members, in small letters.
fn said(publication: &Generic) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_ascii_lowercase(),
        _ => String::new(),
    };
    publication.text.pieces.iter().map(text).collect()
}

/// Whether the option `publish`, as it was last set, has the verb in it.
fn publishes(publication: &Generic, verb: &str) -> bool {
    let said = said(publication);
    let set = said.rmatch_indices("publish").find_map(|(at, word)| said.get(at + word.len()..)?.trim_start().strip_prefix('='));
    let value = set.and_then(|set| set.trim_start().strip_prefix('\'')?.split('\'').next());
    value.is_none_or(|value| value.contains(verb))
}
