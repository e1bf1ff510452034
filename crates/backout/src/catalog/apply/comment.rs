//! COMMENT ON.

use super::{Apply, Event};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, PRESUMED_COLUMNS, Type};
use crate::op::ObjectRef;
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn comment(&mut self, target: &ObjectRef, text: Option<&str>) -> Outcome<()> {
        let (id, column) = match target {
            ObjectRef::Relation { kind, name } => (self.opened_relation(*kind, name)?, 0),
            target => self.target(target)?,
        };
        if column == 0 || column >= PRESUMED_COLUMNS {
            self.was_unknown(id);
        }
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
}
