//! COMMENT ON.

use super::{Apply, Event};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, Type};
use crate::op::{ObjectRef, RelationKind};
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn comment(&mut self, target: &ObjectRef, text: Option<&str>) -> Outcome<()> {
        let (id, column) = match target {
            ObjectRef::Relation { kind, name } => (self.commented_relation(*kind, name)?, 0),
            target => self.target(target)?,
        };
        let text: Option<Arc<str>> = text.filter(|text| !text.is_empty()).map(Arc::from);
        self.catalog.update(id, |object| {
            if column == 0 {
                object.comment = text;
                return;
            }
            let columns = match &mut object.body {
                Body::Relation(relation) => &mut relation.columns,
                Body::Type(Type::Composite(columns)) => columns,
                _ => return,
            };
            if let Some(found) = columns.iter_mut().find(|found| found.number == column) {
                Arc::make_mut(found).comment = text;
            }
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// COMMENT says `relation "x" does not exist` whatever the kind, and checks the kind afterwards.
    fn commented_relation(&self, kind: RelationKind, name: &crate::op::ObjectName) -> Outcome<crate::catalog::object::ObjId> {
        self.user_relation(name, kind)?;
        self.named_relation(kind, name)
    }
}
