//! What row statements do to the system catalogs, and with them to the schema. One is understood: a DELETE that takes labels from
//! enum types, for which there is no other way.

use super::Side;
use super::embed::Bare;
use super::eval::{self, Value};
use super::program::Engine;
use super::run::{Fate, Machine};
use super::system::object_of;
use crate::catalog::object::{Body, Type};
use crate::catalog::session::Session;
use crate::op::query::{Alias, Delete, FromItem, Query, QueryBody, Select, SelectItem};
use crate::op::{Expr, Gap, GapKind, Name, Op, Reach};
use crate::source::Span;

impl Machine {
    /// A statement that changes a system catalog.
    pub(super) fn change_catalog(&mut self, catalog: &Name, op: &Op, session: &mut Session, side: Side, in_block: bool) -> Fate {
        let labels = match op {
            Op::Delete(delete) if catalog == "pg_enum" && delete.with.is_empty() && delete.using.is_empty() => Some(labels_of(delete)),
            _ => None,
        };
        let done = self.embedded(session, side, in_block, None, |engine| {
            if let Some(query) = &labels {
                let rows = eval::rows(&mut Bare(engine), query).map_err(|raised| (raised, Span::default()))?;
                let labels: Option<Vec<_>> = rows.rows.iter().map(|(row, _)| label(row)).collect();
                if let Some(labels) = labels.filter(|_| rows.doubt().is_none()) {
                    for (oid, gone) in labels {
                        let Some(id) = object_of(oid) else { continue };
                        engine.machine.catalog.update(id, |object| {
                            if let Body::Type(Type::Enum(labels)) = &mut object.body {
                                labels.retain(|label| **label != *gone);
                            }
                        });
                    }
                    return Ok(());
                }
            }
            let reason = format!("what a change of {catalog} does to the schema");
            engine.note(Gap { kind: GapKind::NotModelled, reason, reach: Reach::Everything, span: Span::default() });
            Ok(())
        });
        done.fate
    }
}

/// The types and labels of the rows that are deleted.
fn labels_of(delete: &Delete) -> Query {
    let item = |column: &str| SelectItem { expr: Expr::Column { parts: vec![column.into()], span: Span::default() }, alias: None };
    let alias = delete.alias.clone().map(|name| Alias { name, columns: Vec::new() });
    let select = Select {
        distinct: None,
        items: vec![item("enumtypid"), item("enumlabel")],
        into: None,
        from: vec![FromItem::Relation { name: delete.table.clone(), alias }],
        filter: delete.filter.clone(),
        group_by: Vec::new(),
        having: None,
        windows: Vec::new(),
    };
    Query {
        with: Vec::new(),
        recursive: false,
        body: QueryBody::Select(Box::new(select)),
        order_by: Vec::new(),
        limit: Vec::new(),
        locking: false,
        span: Span::default(),
    }
}

/// A row of `pg_enum`.
fn label(row: &[Value]) -> Option<(i64, &str)> {
    match row {
        [Value::Oid(_, oid), Value::Text(label)] => Some((*oid, label)),
        _ => None,
    }
}
