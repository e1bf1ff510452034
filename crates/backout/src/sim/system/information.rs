//! The rows of information_schema.

use super::tables::{Answer, contype};
use super::*;
use crate::catalog::object::ConstraintKind;
use crate::op::RoutineKind;

fn text(text: &str) -> Value {
    Value::text(text)
}

fn yes_or_no(yes: bool) -> Value {
    text(if yes { "YES" } else { "NO" })
}

impl View<'_> {
    /// The rows of a relation of information_schema; none when we do not model it.
    pub(super) fn information(&self, name: &str, asked: &Asked<'_>) -> Option<Answer> {
        Some(match name {
            "schemata" => self.schemata(asked),
            "tables" | "views" => self.tables(asked, name == "views"),
            "columns" => self.columns(asked),
            "sequences" => self.sequences(asked),
            "table_constraints" => self.table_constraints(asked),
            "key_column_usage" | "constraint_column_usage" | "constraint_table_usage" | "referential_constraints" => {
                self.constraint_columns(asked, name)
            }
            "check_constraints" => self.check_constraints(asked),
            "routines" => self.routines(asked),
            "triggers" => self.triggers(asked),
            _ => return None,
        })
    }

    fn schemata(&self, asked: &Asked<'_>) -> Answer {
        let mut rows: Vec<(Made, Option<Why>)> =
            ["pg_catalog", "information_schema", "pg_toast"].into_iter().map(|name| (vec![("schema_name", text(name))], None)).collect();
        for (id, object) in self.of_class(Class::Schema, asked, "schema_name") {
            rows.push((vec![("schema_name", text(&object.name))], self.doubt(id)));
        }
        let open = match asked.text("schema_name") {
            Some(name) => {
                matches!(self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, name)), Presence::Open(_)).then_some(Why::Open)
            }
            None => self.open_at_all(),
        };
        (rows, open)
    }

    fn tables(&self, asked: &Asked<'_>, views: bool) -> Answer {
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, "table_name") {
            let kind = match relkind(relation) {
                "v" => "VIEW",
                "f" => "FOREIGN",
                "r" | "p" if relation.persistence == crate::op::Persistence::Temporary => "LOCAL TEMPORARY",
                "r" | "p" => "BASE TABLE",
                _ => continue,
            };
            if views && kind != "VIEW" {
                continue;
            }
            let row = vec![("table_schema", self.name_of(object.parent)), ("table_name", text(&object.name)), ("table_type", text(kind))];
            rows.push((row, self.doubt(id)));
        }
        let home = asked.text("table_schema").and_then(|name| self.schema(name));
        (rows, self.open_named(Class::Relation, home, asked.text("table_name")))
    }

    fn columns(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, "table_name") {
            if matches!(relkind(relation), "i" | "S" | "m") {
                continue;
            }
            for column in self.live_columns(relation).filter(|column| !asked.other("column_name", &column.name)) {
                let (data_type, udt) = self.type_names(&column.ty);
                let length = match (&column.ty.base, column.ty.array) {
                    (TyBase::Builtin(name), false) if matches!(name.as_str(), "varchar" | "bpchar") => {
                        column.ty.modifiers.parse().map_or(Value::Null, Value::Int)
                    }
                    _ => Value::Null,
                };
                let has_default = column.default.is_some() && column.generated.is_none();
                let row = vec![
                    ("table_schema", self.name_of(object.parent)),
                    ("table_name", text(&object.name)),
                    ("column_name", text(&column.name)),
                    ("ordinal_position", Value::Int(i64::from(column.number))),
                    ("column_default", if has_default { self.default_text(column) } else { Value::Null }),
                    ("is_nullable", yes_or_no(!column.not_null && !self.of_domain_without_null(&column.ty))),
                    ("data_type", data_type),
                    ("udt_name", udt),
                    ("character_maximum_length", length),
                    ("is_identity", yes_or_no(column.identity.is_some())),
                    ("is_generated", text(if column.generated.is_some() { "ALWAYS" } else { "NEVER" })),
                ];
                rows.push((row, self.doubt(id)));
            }
        }
        let (home, found) = self.table_asked(asked, "table_schema", "table_name");
        let open = match (found, asked.text("table_name")) {
            (Some(found), _) => self.open_columns(Some(found), asked.text("column_name")),
            (None, table) => self.open_named(Class::Relation, home, table),
        };
        (rows, open)
    }

    fn of_domain_without_null(&self, ty: &Ty) -> bool {
        let object = ty.object().filter(|_| !ty.array).and_then(|id| self.catalog.get(id));
        matches!(object.map(|object| &object.body), Some(Body::Type(crate::catalog::object::Type::Domain(domain))) if domain.not_null)
    }

    /// A default as text: of numbers it is known, of all else only that it is not NULL.
    fn default_text(&self, column: &Column) -> Value {
        let printed = column.default.and_then(|id| match &self.catalog.get(id)?.body {
            Body::Default(default) => Some(crate::catalog::Names::print(self.catalog, &default.expr)),
            _ => None,
        });
        match printed {
            Some(printed) if printed.parse::<i64>().is_ok() => Value::Text(printed),
            _ => Value::Partial(crate::sim::eval::HOLE.to_string(), Why::NotModelled),
        }
    }

    /// `data_type` and `udt_name`.
    fn type_names(&self, ty: &Ty) -> (Value, Value) {
        match &ty.base {
            TyBase::Builtin(name) if ty.array => (text("ARRAY"), Value::Text(format!("_{name}"))),
            TyBase::Builtin(name) => (Value::Text(crate::catalog::builtin::format_type(name, None)), text(name)),
            TyBase::User(id) => match self.catalog.get(*id) {
                Some(object) => match &object.body {
                    Body::Type(crate::catalog::object::Type::Domain(domain)) if !ty.array => self.type_names(&domain.ty),
                    _ if ty.array => (text("ARRAY"), Value::Text(format!("_{}", object.name))),
                    _ => (text("USER-DEFINED"), text(&object.name)),
                },
                None => (Value::Unknown(Why::NotModelled), Value::Unknown(Why::NotModelled)),
            },
            TyBase::Open(_) => (Value::Unknown(Why::Open), Value::Unknown(Why::Open)),
        }
    }

    fn sequences(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, "sequence_name") {
            // Those of identity columns are left out.
            if matches!(&relation.kind, RelKind::Sequence(sequence) if !sequence.identity) {
                rows.push((vec![("sequence_schema", self.name_of(object.parent)), ("sequence_name", text(&object.name))], self.doubt(id)));
            }
        }
        let home = asked.text("sequence_schema").and_then(|name| self.schema(name));
        (rows, self.open_named(Class::Relation, home, asked.text("sequence_name")))
    }

    fn table_constraints(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.constraints(asked, "constraint_name") {
            let Body::Constraint(constraint) = &object.body else { continue };
            let kind = match contype(&constraint.kind) {
                "p" => "PRIMARY KEY",
                "u" => "UNIQUE",
                "f" => "FOREIGN KEY",
                "c" if !matches!(constraint.kind, ConstraintKind::Domain { .. }) => "CHECK",
                "n" => "CHECK",
                _ => continue,
            };
            let home = self.catalog.get(object.parent).map_or(Value::Null, |table| self.name_of(table.parent));
            let row = vec![
                ("constraint_schema", home.clone()),
                ("constraint_name", text(&object.name)),
                ("table_schema", home),
                ("table_name", self.name_of(object.parent)),
                ("constraint_type", text(kind)),
                ("is_deferrable", yes_or_no(constraint.deferrable)),
                ("initially_deferred", yes_or_no(constraint.initially_deferred)),
            ];
            rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
        }
        // Up to 17 a column that is NOT NULL has a row without a constraint, whose name is made of numbers.
        let of_columns = self.catalog.version < 18 && asked.text("constraint_name").is_none_or(|name| name.ends_with("_not_null"));
        for (id, object, relation) in self.relations(asked, "table_name").into_iter().filter(|_| of_columns) {
            if !matches!(relkind(relation), "r" | "p" | "f") {
                continue;
            }
            for _ in self.live_columns(relation).filter(|column| column.not_null) {
                let home = self.name_of(object.parent);
                let row = vec![
                    ("constraint_schema", home.clone()),
                    ("constraint_name", Value::Partial(format!("{}_not_null", crate::sim::eval::HOLE), Why::NotModelled)),
                    ("table_schema", home),
                    ("table_name", text(&object.name)),
                    ("constraint_type", text("CHECK")),
                    ("is_deferrable", yes_or_no(false)),
                    ("initially_deferred", yes_or_no(false)),
                ];
                rows.push((row, self.doubt(id)));
            }
        }
        (rows, self.open_member_named(asked, "table_schema", "table_name", Class::Constraint, asked.text("constraint_name")))
    }

    /// The conditions themselves are not told.
    fn check_constraints(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.constraints(asked, "constraint_name") {
            let Body::Constraint(constraint) = &object.body else { continue };
            if !matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::Domain { .. } | ConstraintKind::NotNull { .. }) {
                continue;
            }
            let home = self.catalog.get(object.parent).map_or(Value::Null, |owner| self.name_of(owner.parent));
            let clause = Value::Partial(crate::sim::eval::HOLE.to_string(), Why::NotModelled);
            let row = vec![("constraint_schema", home), ("constraint_name", text(&object.name)), ("check_clause", clause)];
            rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
        }
        // The names of those that stand for NOT NULL up to 17 are made of numbers.
        let numbered = asked.text("constraint_name").is_none_or(|name| name.ends_with("_not_null")) && self.catalog.version < 18;
        (rows, self.open_at_all().or(numbered.then_some(Why::NotModelled)))
    }

    fn constraint_columns(&self, asked: &Asked<'_>, view: &str) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.constraints(asked, "constraint_name") {
            let Body::Constraint(constraint) = &object.body else { continue };
            let home = self.catalog.get(object.parent).map_or(Value::Null, |table| self.name_of(table.parent));
            let doubt = self.doubt(id).max(self.doubt(object.parent));
            let (own, other, table): (&[ColumnNumber], &[ColumnNumber], ObjId) = match &constraint.kind {
                ConstraintKind::Key { columns, .. } => (columns, columns, object.parent),
                ConstraintKind::ForeignKey { columns, table, target, .. } => (columns, target, *table),
                ConstraintKind::Check { columns, .. } if view != "constraint_table_usage" => (&[], columns, object.parent),
                ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. } | ConstraintKind::Domain { .. } | ConstraintKind::Trigger => {
                    continue;
                }
            };
            let base = vec![("constraint_schema", home.clone()), ("constraint_name", text(&object.name))];
            match view {
                "key_column_usage" => {
                    for (at, column) in self.column_names(object.parent, own).iter().enumerate() {
                        let mut row = base.clone();
                        row.push(("table_schema", home.clone()));
                        row.push(("table_name", self.name_of(object.parent)));
                        row.push(("column_name", text(column)));
                        row.push(("ordinal_position", Value::Int(at as i64 + 1)));
                        rows.push((row, doubt));
                    }
                }
                "referential_constraints" => {
                    if let ConstraintKind::ForeignKey { on_delete, on_update, .. } = &constraint.kind {
                        let rule = |action: &crate::op::ForeignKeyAction| {
                            text(match action {
                                crate::op::ForeignKeyAction::NoAction => "NO ACTION",
                                crate::op::ForeignKeyAction::Restrict => "RESTRICT",
                                crate::op::ForeignKeyAction::Cascade => "CASCADE",
                                crate::op::ForeignKeyAction::SetNull => "SET NULL",
                                crate::op::ForeignKeyAction::SetDefault => "SET DEFAULT",
                            })
                        };
                        let mut row = base.clone();
                        row.push(("delete_rule", rule(on_delete)));
                        row.push(("update_rule", rule(on_update)));
                        rows.push((row, doubt));
                    }
                }
                _ => {
                    let target_home = self.catalog.get(table).map_or(Value::Null, |table| self.name_of(table.parent));
                    let columns = if view == "constraint_table_usage" { vec![Name::default()] } else { self.column_names(table, other) };
                    for column in columns {
                        let mut row = base.clone();
                        row.push(("table_schema", target_home.clone()));
                        row.push(("table_name", self.name_of(table)));
                        row.push(("column_name", text(&column)));
                        rows.push((row, doubt));
                    }
                }
            }
        }
        (rows, self.open_member_named(asked, "table_schema", "table_name", Class::Constraint, asked.text("constraint_name")))
    }

    fn routines(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.of_class(Class::Routine, asked, "routine_name") {
            let Body::Routine(routine) = &object.body else { continue };
            let kind = match routine.kind {
                RoutineKind::Procedure => text("PROCEDURE"),
                RoutineKind::Aggregate => Value::Null,
                RoutineKind::Function | RoutineKind::Routine => text("FUNCTION"),
            };
            let home = self.name_of(object.parent);
            let row = vec![
                ("specific_schema", home.clone()),
                ("routine_schema", home),
                ("routine_name", text(&object.name)),
                ("specific_name", Value::Text(format!("{}_{}", object.name, oid(id)))),
                ("routine_type", kind),
            ];
            rows.push((row, self.doubt(id)));
        }
        let home = asked.text("routine_schema").and_then(|name| self.schema(name));
        (rows, self.open_named(Class::Routine, home, asked.text("routine_name")))
    }

    fn triggers(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Trigger(_)) && !asked.other("trigger_name", &object.name)) {
            let Body::Trigger(trigger) = &object.body else { continue };
            let home = self.catalog.get(object.parent).map_or(Value::Null, |table| self.name_of(table.parent));
            // A row for each event; of TRUNCATE there is none. Of one that nobody has seen the events are not known.
            for event in ["INSERT", "DELETE", "UPDATE"].into_iter().filter(|event| object.presumed || trigger.fires_on(event)) {
                let row = vec![
                    ("trigger_schema", home.clone()),
                    ("trigger_name", text(&object.name)),
                    ("event_manipulation", if object.presumed { Value::Unknown(Why::Open) } else { text(event) }),
                    ("event_object_schema", home.clone()),
                    ("event_object_table", self.name_of(object.parent)),
                ];
                rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
            }
        }
        let open = self.open_member_named(asked, "event_object_schema", "event_object_table", Class::Trigger, asked.text("trigger_name"));
        (rows, open)
    }
}
