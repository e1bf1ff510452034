//! Objects in the words of the server's messages (`getObjectDescription`).

use super::Apply;
use crate::catalog::context::generic_word;
use crate::catalog::object::{Body, ColumnNumber, ObjId, Type};
use crate::catalog::{Names, quote, relation_word};
use crate::op::RoutineKind;

impl Apply<'_> {
    /// `table users`, `column c of table t`, `constraint x on table t`, `function f(integer)`.
    pub(super) fn describe(&self, id: ObjId, column: ColumnNumber) -> String {
        let Some(object) = self.catalog.get(id) else { return "object".into() };
        let owner = || self.describe(object.parent, 0);
        match &object.body {
            Body::Relation(relation) => {
                let word = relation_word(relation);
                match relation.column_at(column) {
                    Some(column) => format!("column {} of {word} {}", quote(&column.name), self.visible_name(id)),
                    None => format!("{word} {}", self.visible_name(id)),
                }
            }
            Body::Schema => format!("schema {}", quote(&object.name)),
            Body::Extension(_) => format!("extension {}", quote(&object.name)),
            Body::Type(Type::Composite(columns)) if column != 0 => {
                let name = columns.iter().find(|found| found.number == column).map_or("?", |column| &column.name);
                format!("column {} of composite type {}", quote(name), self.visible_name(id))
            }
            Body::Type(_) => format!("type {}", self.visible_name(id)),
            Body::Routine(routine) => {
                let word = match routine.kind {
                    RoutineKind::Procedure => "procedure",
                    RoutineKind::Aggregate | RoutineKind::Function | RoutineKind::Routine => "function",
                };
                format!("{word} {}", self.signature(id))
            }
            Body::Constraint(_) => format!("constraint {} on {}", quote(&object.name), owner()),
            Body::Default(default) => format!("default value for {}", self.describe(object.parent, default.column)),
            Body::Trigger(_) => format!("trigger {} on {}", quote(&object.name), owner()),
            Body::Rule(_) => format!("rule {} on {}", quote(&object.name), owner()),
            Body::Policy(_) => format!("policy {} on {}", quote(&object.name), owner()),
            Body::EventTrigger(_) => format!("event trigger {}", quote(&object.name)),
            Body::Cast(_) => format!("cast from {}", object.name.replace(" AS ", " to ")),
            Body::Operator(_) => format!("operator {}", object.name),
            // The settings of a database, and what ALTER ROLE ALL sets.
            Body::Role(_) if object.name == "all" => "role ALL".into(),
            Body::Role(_) => format!("role {}", quote(&object.name)),
            Body::DefaultPrivileges => "default privileges".into(),
            Body::Generic(generic) => format!("{} {}", generic_word(generic.kind), self.visible_name(id)),
        }
    }

    /// The name as messages show it: with its schema only where the search path does not find it.
    pub(super) fn visible_name(&self, id: ObjId) -> String {
        let Some(object) = self.catalog.get(id) else { return "?".into() };
        let path = self.context().path();
        if path.contains(&object.parent) || self.catalog.get(object.parent).is_none() {
            quote(&object.name)
        } else {
            self.catalog.qualified(id)
        }
    }

    /// `f(integer, text)` with the schema where the search path does not find it.
    pub(super) fn signature(&self, id: ObjId) -> String {
        let args = match self.catalog.get(id).map(|object| &object.body) {
            Some(Body::Routine(routine)) => {
                routine.inputs().map(|argument| self.context().format_type(&argument.ty, self.catalog)).collect::<Vec<_>>().join(",")
            }
            _ => String::new(),
        };
        format!("{}({args})", self.visible_name(id))
    }
}
