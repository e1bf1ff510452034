//! The rows of pg_catalog.

use super::*;
use crate::catalog::object::{ConstraintKind, Type};
use crate::op::{Persistence, ReplicaIdentity, RoutineKind, TriggerEnabled};

/// Rows, why each may not be there, and why there may be others.
pub(super) type Answer = (Vec<(Made, Option<Why>)>, Option<Why>);

pub(super) fn text(text: &str) -> Value {
    Value::text(text)
}

fn numbers(list: &[ColumnNumber]) -> Value {
    Value::Array(list.iter().map(|number| Value::Int(i64::from(*number))).collect())
}

fn fires(enabled: TriggerEnabled) -> Value {
    text(match enabled {
        TriggerEnabled::Origin => "O",
        TriggerEnabled::Disabled => "D",
        TriggerEnabled::Replica => "R",
        TriggerEnabled::Always => "A",
    })
}

impl View<'_> {
    /// The rows of a relation of pg_catalog; none when we do not model it.
    pub(super) fn table(&self, name: &str, asked: &Asked<'_>) -> Option<Answer> {
        Some(match name {
            "pg_namespace" => self.pg_namespace(asked),
            "pg_class" => self.pg_class(asked),
            "pg_attribute" => self.pg_attribute(asked),
            "pg_attrdef" => self.pg_attrdef(asked),
            "pg_type" => self.pg_type(asked),
            "pg_enum" => self.pg_enum(asked),
            "pg_constraint" => self.pg_constraint(asked),
            "pg_index" => self.pg_index(asked),
            "pg_indexes" => self.pg_indexes(asked),
            "pg_proc" => self.pg_proc(asked),
            "pg_trigger" => self.pg_trigger(asked),
            "pg_policy" | "pg_policies" => self.pg_policies(asked, name),
            "pg_rules" => self.pg_rules(asked),
            "pg_tables" | "pg_views" | "pg_matviews" | "pg_sequences" => self.relation_views(asked, name),
            "pg_extension" => self.pg_extension(asked),
            "pg_inherits" => self.pg_inherits(),
            "pg_roles" | "pg_authid" | "pg_user" | "pg_group" => self.roles(asked, name),
            "pg_language" => self.pg_language(asked),
            "pg_publication" => self.generic(asked, crate::op::GenericKind::Publication, "pubname"),
            "pg_event_trigger" => self.pg_event_trigger(asked),
            _ => return None,
        })
    }

    fn pg_namespace(&self, asked: &Asked<'_>) -> Answer {
        let mut rows: Vec<(Made, Option<Why>)> =
            [("pg_catalog", PG_CATALOG), ("information_schema", INFORMATION_SCHEMA), ("pg_toast", PG_TOAST)]
                .into_iter()
                .map(|(name, number)| (vec![("oid", Value::Oid(Reg::Oid, number)), ("nspname", text(name))], None))
                .collect();
        for (id, object) in self.of_class(Class::Schema, asked, "nspname") {
            rows.push((
                vec![("oid", oid_value(id)), ("nspname", text(&object.name)), ("nspacl", Value::Unknown(Why::NotModelled))],
                self.doubt(id),
            ));
        }
        let open = match asked.text("nspname") {
            Some(name) => {
                matches!(self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, name)), Presence::Open(_)).then_some(Why::Open)
            }
            None if asked.equal.iter().any(|(name, _)| name == "oid") => None,
            None => self.open_at_all(),
        };
        (rows, open)
    }

    fn pg_class(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("oid");
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, "relname") {
            if wanted.is_some_and(|wanted| wanted != id) {
                continue;
            }
            let table = match &relation.kind {
                RelKind::Table(table) => Some(table),
                RelKind::View(_) | RelKind::MatView(_) | RelKind::Index(_) | RelKind::Sequence(_) => None,
            };
            let mut row = vec![
                ("oid", oid_value(id)),
                ("relname", text(&object.name)),
                ("relnamespace", self.schema_value(object.parent)),
                ("relkind", text(relkind(relation))),
                (
                    "relpersistence",
                    text(match relation.persistence {
                        Persistence::Permanent => "p",
                        Persistence::Temporary => "t",
                        Persistence::Unlogged => "u",
                    }),
                ),
                ("relnatts", Value::Int(relation.columns.len() as i64)),
                ("relispartition", Value::Bool(table.is_some_and(|table| table.partition_of.is_some()))),
                ("relrowsecurity", Value::Bool(table.is_some_and(|table| table.row_security))),
                ("relforcerowsecurity", Value::Bool(table.is_some_and(|table| table.force_row_security))),
            ];
            if !matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_)) {
                row.push(("reltype", Value::Oid(Reg::Oid, oid(id) + ROW_TYPES)));
            }
            if let Some(table) = table {
                row.push((
                    "relreplident",
                    text(match table.replica_identity {
                        ReplicaIdentity::Default => "d",
                        ReplicaIdentity::Full => "f",
                        ReplicaIdentity::Nothing => "n",
                        ReplicaIdentity::Index(_) => "i",
                    }),
                ));
            }
            rows.push((row, self.doubt(id)));
        }
        let open = match wanted {
            Some(_) => None,
            None => self.open_named(Class::Relation, asked.object("relnamespace"), asked.text("relname")),
        };
        (rows, open)
    }

    fn pg_attribute(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("attrelid");
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Relation(_) | Body::Type(Type::Composite(_)))) {
            if wanted.is_some_and(|wanted| wanted != id) {
                continue;
            }
            let columns = match &object.body {
                Body::Relation(relation) => &relation.columns,
                Body::Type(Type::Composite(columns)) => columns,
                _ => continue,
            };
            for column in columns.iter().filter(|column| !asked.other("attname", &column.name)) {
                let row = vec![
                    ("attrelid", oid_value(id)),
                    ("attname", if column.dropped { Value::Unknown(Why::NotModelled) } else { text(&column.name) }),
                    ("attnum", Value::Int(i64::from(column.number))),
                    ("atttypid", self.type_value(&column.ty)),
                    ("atttypmod", self.type_modifier(&column.ty)),
                    ("attnotnull", Value::Bool(column.not_null)),
                    ("atthasdef", Value::Bool(column.default.is_some())),
                    ("attisdropped", Value::Bool(column.dropped)),
                    ("attidentity", text(column.identity.map_or("", |always| if always { "a" } else { "d" }))),
                    ("attgenerated", text(column.generated.map_or("", |stored| if stored { "s" } else { "v" }))),
                    ("attislocal", Value::Bool(column.local)),
                    ("attinhcount", Value::Int(i64::from(column.inherited))),
                ];
                rows.push((row, self.doubt(id)));
            }
        }
        (rows, self.open_columns(wanted, asked.text("attname")))
    }

    fn pg_attrdef(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("adrelid");
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Default(_))) {
            let Body::Default(default) = &object.body else { continue };
            if wanted.is_none_or(|wanted| wanted == object.parent) {
                let row =
                    vec![("oid", oid_value(id)), ("adrelid", oid_value(object.parent)), ("adnum", Value::Int(i64::from(default.column)))];
                rows.push((row, self.doubt(object.parent)));
            }
        }
        (rows, self.open_columns(wanted, None))
    }

    fn pg_type(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.equal.iter().find_map(|(name, value)| match value {
            Value::Oid(_, oid) if name == "oid" => Some(*oid),
            _ => None,
        });
        let mut rows: Vec<(Made, Option<Why>)> = Vec::new();
        for (at, name) in self.builtin.type_names().enumerate() {
            let number = BUILTIN_TYPES + at as i64;
            if (wanted == Some(number) || asked.text("typname") == Some(name)) && !name.contains('.') {
                let row = vec![
                    ("oid", Value::Oid(Reg::Oid, number)),
                    ("typname", text(name)),
                    ("typnamespace", Value::Oid(Reg::Oid, PG_CATALOG)),
                    ("typrelid", Value::Oid(Reg::Oid, 0)),
                ];
                rows.push((row, None));
            }
        }
        let relations = self.of_class(Class::Relation, asked, "typname");
        for (id, object) in self.of_class(Class::Type, asked, "typname").into_iter().chain(relations) {
            let (number, letter, relid, base) = match &object.body {
                Body::Type(ty) => {
                    let (letter, base) = match ty {
                        Type::Enum(_) => ("e", None),
                        Type::Composite(_) => ("c", None),
                        Type::Domain(domain) => ("d", Some(self.type_value(&domain.ty))),
                        Type::Range { .. } => ("r", None),
                        Type::Multirange(_) => ("m", None),
                        Type::Base(_) => ("b", None),
                        Type::Shell => ("p", None),
                    };
                    (oid(id), letter, None, base)
                }
                Body::Relation(relation) if !matches!(relation.kind, RelKind::Index(_) | RelKind::Sequence(_)) => {
                    (oid(id) + ROW_TYPES, "c", Some(oid(id)), None)
                }
                _ => continue,
            };
            if wanted.is_some_and(|wanted| wanted != number) {
                continue;
            }
            let row = vec![
                ("oid", Value::Oid(Reg::Oid, number)),
                ("typname", text(&object.name)),
                ("typnamespace", self.schema_value(object.parent)),
                ("typtype", text(letter)),
                ("typcategory", text(if letter == "e" { "E" } else { "C" })),
                ("typisdefined", Value::Bool(letter != "p")),
                ("typrelid", Value::Oid(Reg::Oid, relid.unwrap_or(0))),
                ("typbasetype", base.unwrap_or(Value::Oid(Reg::Oid, 0))),
            ];
            rows.push((row, self.doubt(id)));
        }
        let open = match wanted {
            Some(_) => None,
            None => self.open_named(Class::Type, asked.object("typnamespace"), asked.text("typname")),
        };
        (rows, open)
    }

    fn pg_enum(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("enumtypid");
        let mut rows = Vec::new();
        let presumed = |id| self.catalog.get(id).is_some_and(|object| object.presumed);
        let mut open = match wanted {
            Some(id) => presumed(id).then_some(Why::Open),
            None => self.open_at_all(),
        };
        for (id, object) in self.objects(|object| matches!(object.body, Body::Type(Type::Enum(_)))) {
            let Body::Type(Type::Enum(labels)) = &object.body else { continue };
            if wanted.is_some_and(|wanted| wanted != id) {
                continue;
            }
            if wanted.is_some() && (object.presumed || self.doubt(id).is_some()) {
                open = Some(Why::Open);
            }
            for (at, label) in labels.iter().enumerate().filter(|(_, label)| !asked.other("enumlabel", label)) {
                let row = vec![("enumtypid", oid_value(id)), ("enumlabel", text(label)), ("enumsortorder", Value::Int(at as i64 + 1))];
                rows.push((row, self.doubt(id)));
            }
        }
        (rows, open)
    }

    fn pg_constraint(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("conrelid");
        let mut rows = Vec::new();
        for (id, object) in self.constraints(asked, "conname") {
            let Body::Constraint(constraint) = &object.body else { continue };
            if wanted.is_some_and(|wanted| wanted != object.parent) {
                continue;
            }
            let none = Value::Oid(Reg::Oid, 0);
            let on_table = !matches!(constraint.kind, ConstraintKind::Domain { .. });
            let home = self.catalog.get(object.parent).map(|table| table.parent);
            let mut row = vec![
                ("oid", oid_value(id)),
                ("conname", text(&object.name)),
                ("connamespace", home.map_or(Value::Null, oid_value)),
                ("contype", text(contype(&constraint.kind))),
                ("condeferrable", Value::Bool(constraint.deferrable)),
                ("condeferred", Value::Bool(constraint.initially_deferred)),
                ("convalidated", Value::Bool(constraint.validated)),
                ("conenforced", Value::Bool(constraint.enforced)),
                ("conrelid", if on_table { oid_value(object.parent) } else { none.clone() }),
                ("contypid", if on_table { none.clone() } else { oid_value(object.parent) }),
                ("conislocal", Value::Bool(constraint.local)),
            ];
            match &constraint.kind {
                ConstraintKind::Key { index, columns, .. } => {
                    row.push(("conindid", oid_value(*index)));
                    row.push(("conkey", numbers(columns)));
                    row.push(("confrelid", none));
                    row.push(("confkey", Value::Null));
                }
                ConstraintKind::ForeignKey { columns, table, target, .. } => {
                    row.push(("conkey", numbers(columns)));
                    row.push(("confrelid", oid_value(*table)));
                    row.push(("confkey", numbers(target)));
                }
                ConstraintKind::Check { columns, .. } => {
                    row.push(("conkey", numbers(columns)));
                    row.push(("confrelid", none));
                    row.push(("confkey", Value::Null));
                }
                ConstraintKind::NotNull { column, .. } => {
                    row.push(("conkey", numbers(&[*column])));
                    row.push(("confrelid", none));
                    row.push(("confkey", Value::Null));
                }
                ConstraintKind::Domain { .. } | ConstraintKind::Trigger => row.push(("confrelid", none)),
            }
            rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
        }
        let open = self.open_member(Class::Constraint, wanted, asked.text("conname"));
        (rows, open)
    }

    fn pg_index(&self, asked: &Asked<'_>) -> Answer {
        let (wanted, table) = (asked.object("indexrelid"), asked.object("indrelid"));
        let mut rows = Vec::new();
        for (id, _, relation) in self.relations(asked, "") {
            let RelKind::Index(index) = &relation.kind else { continue };
            if wanted.is_some_and(|wanted| wanted != id) || table.is_some_and(|table| table != index.table) {
                continue;
            }
            let keys = index.elements.iter().map(|element| match &element.key {
                crate::catalog::object::IndexKeyKind::Column(number) => Value::Int(i64::from(*number)),
                crate::catalog::object::IndexKeyKind::Expression(_) => Value::Int(0),
            });
            let row = vec![
                ("indexrelid", oid_value(id)),
                ("indrelid", oid_value(index.table)),
                ("indnatts", Value::Int((index.elements.len() + index.include.len()) as i64)),
                ("indnkeyatts", Value::Int(index.elements.len() as i64)),
                ("indisunique", Value::Bool(index.unique)),
                ("indisprimary", Value::Bool(index.primary)),
                ("indisvalid", Value::Bool(index.valid)),
                ("indkey", Value::Array(keys.chain(index.include.iter().map(|number| Value::Int(i64::from(*number)))).collect())),
            ];
            rows.push((row, self.doubt(id)));
        }
        let open = match (wanted, table) {
            (Some(_), _) => None,
            (None, table) => self.open_member(Class::Constraint, table, None),
        };
        (rows, open)
    }

    fn pg_indexes(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, "indexname") {
            let RelKind::Index(index) = &relation.kind else { continue };
            let row = vec![
                ("schemaname", self.name_of(object.parent)),
                ("tablename", self.name_of(index.table)),
                ("indexname", text(&object.name)),
            ];
            rows.push((row, self.doubt(id)));
        }
        let home = asked.text("schemaname").and_then(|name| self.schema(name));
        let open = match asked.text("indexname") {
            Some(name) => self.open_named(Class::Relation, home, Some(name)),
            None => self.open_member_named(asked, "schemaname", "tablename", Class::Constraint, None),
        };
        (rows, open)
    }

    fn pg_proc(&self, asked: &Asked<'_>) -> Answer {
        let wanted = asked.object("oid");
        let mut rows = Vec::new();
        for (id, object) in self.of_class(Class::Routine, asked, "proname") {
            let Body::Routine(routine) = &object.body else { continue };
            if wanted.is_some_and(|wanted| wanted != id) {
                continue;
            }
            let row = vec![
                ("oid", oid_value(id)),
                ("proname", text(&object.name)),
                ("pronamespace", self.schema_value(object.parent)),
                ("prokind", text(prokind(routine.kind))),
                ("pronargs", Value::Int(routine.inputs().count() as i64)),
                ("proretset", Value::Bool(routine.set)),
                ("provolatile", text(routine.volatility.encode_utf8(&mut [0; 4]))),
            ];
            rows.push((row, self.doubt(id)));
        }
        if let Some(name) = asked.text("proname")
            && self.builtin.function_known(name)
        {
            let row = vec![("proname", text(name)), ("pronamespace", Value::Oid(Reg::Oid, PG_CATALOG))];
            rows.push((row, None));
        }
        let open = match (wanted, asked.text("proname")) {
            (Some(_), _) => None,
            (None, name) => self.open_named(Class::Routine, asked.object("pronamespace"), name),
        };
        (rows, open)
    }

    fn pg_trigger(&self, asked: &Asked<'_>) -> Answer {
        let table = asked.object("tgrelid");
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Trigger(_)) && !asked.other("tgname", &object.name)) {
            let Body::Trigger(trigger) = &object.body else { continue };
            if table.is_some_and(|table| table != object.parent) {
                continue;
            }
            let row = vec![
                ("oid", oid_value(id)),
                ("tgrelid", oid_value(object.parent)),
                ("tgname", text(&object.name)),
                ("tgfoid", oid_value(trigger.function)),
                ("tgenabled", fires(trigger.enabled)),
                ("tgisinternal", Value::Bool(false)),
            ];
            rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
        }
        // A foreign key has triggers of its own on both sides, whose names are made of numbers.
        let of_keys = asked.text("tgname").is_none_or(|name| name.starts_with("RI_ConstraintTrigger_"));
        for (id, object) in self.objects(|object| matches!(object.body, Body::Constraint(_))).filter(|_| of_keys) {
            let Body::Constraint(constraint) = &object.body else { continue };
            let ConstraintKind::ForeignKey { table: parent, .. } = &constraint.kind else { continue };
            for (side, of) in [("a", *parent), ("c", object.parent)].into_iter().filter(|(_, of)| table.is_none_or(|table| table == *of)) {
                let name = Value::Partial(format!("RI_ConstraintTrigger_{side}_{}", crate::sim::eval::HOLE), Why::NotModelled);
                let row = vec![
                    ("tgrelid", oid_value(of)),
                    ("tgname", name),
                    ("tgenabled", text("O")),
                    ("tgisinternal", Value::Bool(true)),
                    ("tgconstraint", oid_value(id)),
                ];
                rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
            }
        }
        (rows, self.open_member(Class::Trigger, table, asked.text("tgname")))
    }

    fn pg_policies(&self, asked: &Asked<'_>, view: &str) -> Answer {
        let name = if view == "pg_policy" { "polname" } else { "policyname" };
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Policy(_)) && !asked.other(name, &object.name)) {
            let Body::Policy(policy) = &object.body else { continue };
            let home = self.catalog.get(object.parent).map(|table| table.parent);
            let row = vec![
                ("polname", text(&object.name)),
                ("polrelid", oid_value(object.parent)),
                ("polpermissive", Value::Bool(policy.permissive)),
                ("schemaname", home.map_or(Value::Null, |home| self.name_of(home))),
                ("tablename", self.name_of(object.parent)),
                ("policyname", text(&object.name)),
                ("permissive", text(if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" })),
                ("cmd", text(policy.command)),
            ];
            rows.push((row, self.doubt(id).max(self.doubt(object.parent))));
        }
        let open = if view == "pg_policy" {
            self.open_member(Class::Policy, asked.object("polrelid"), asked.text(name))
        } else {
            self.open_member_named(asked, "schemaname", "tablename", Class::Policy, asked.text(name))
        };
        (rows, open)
    }

    fn pg_rules(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Rule(_)) && !asked.other("rulename", &object.name)) {
            let home = self.catalog.get(object.parent).map(|table| table.parent);
            let row = vec![
                ("schemaname", home.map_or(Value::Null, |home| self.name_of(home))),
                ("tablename", self.name_of(object.parent)),
                ("rulename", text(&object.name)),
            ];
            rows.push((row, self.doubt(id)));
        }
        (rows, self.open_member_named(asked, "schemaname", "tablename", Class::Rule, asked.text("rulename")))
    }

    fn relation_views(&self, asked: &Asked<'_>, view: &str) -> Answer {
        let (column, kinds): (&'static str, &[&str]) = match view {
            "pg_tables" => ("tablename", &["r", "p"]),
            "pg_views" => ("viewname", &["v"]),
            "pg_matviews" => ("matviewname", &["m"]),
            _ => ("sequencename", &["S"]),
        };
        let mut rows = Vec::new();
        for (id, object, relation) in self.relations(asked, column) {
            if !kinds.contains(&relkind(relation)) {
                continue;
            }
            let mut row = vec![("schemaname", self.name_of(object.parent)), (column, text(&object.name))];
            if let RelKind::Table(table) = &relation.kind {
                row.push(("rowsecurity", Value::Bool(table.row_security)));
            }
            rows.push((row, self.doubt(id)));
        }
        let home = asked.text("schemaname").and_then(|name| self.schema(name));
        (rows, self.open_named(Class::Relation, home, asked.text(column)))
    }

    fn pg_extension(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Extension(_)) && !asked.other("extname", &object.name)) {
            let Body::Extension(extension) = &object.body else { continue };
            let version = extension.version.as_ref().map_or(Value::Unknown(Why::NotModelled), |version| text(version));
            rows.push((vec![("oid", oid_value(id)), ("extname", text(&object.name)), ("extversion", version)], self.doubt(id)));
        }
        let open = match asked.text("extname") {
            Some(name) => {
                matches!(self.catalog.look_up(&Key::new(Class::Extension, ObjId::NONE, name)), Presence::Open(_)).then_some(Why::Open)
            }
            None => self.open_at_all(),
        };
        (rows, open)
    }

    fn pg_inherits(&self) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Relation(_))) {
            let Body::Relation(Relation { kind: RelKind::Table(table), .. }) = &object.body else { continue };
            let parents = table.partition_of.iter().map(|(parent, _)| *parent).chain(table.inherits.iter().copied());
            for (at, parent) in parents.enumerate() {
                let row = vec![("inhrelid", oid_value(id)), ("inhparent", oid_value(parent)), ("inhseqno", Value::Int(at as i64 + 1))];
                rows.push((row, self.doubt(id)));
            }
        }
        (rows, self.open_at_all())
    }

    /// Roles belong to the cluster: others than those that the scripts make may exist.
    fn roles(&self, asked: &Asked<'_>, view: &str) -> Answer {
        let column = match view {
            "pg_user" => "usename",
            "pg_group" => "groname",
            _ => "rolname",
        };
        let mut rows: Vec<(Made, Option<Why>)> = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::Role(_)) && !asked.other(column, &object.name)) {
            rows.push((vec![("oid", oid_value(id)), (column, text(&object.name))], self.doubt(id)));
        }
        for name in self.builtin.names(crate::catalog::builtin::NameKind::Role) {
            rows.push((vec![(column, text(name))], None));
        }
        (rows, Some(Why::NotModelled))
    }

    fn pg_language(&self, asked: &Asked<'_>) -> Answer {
        let mut rows: Vec<(Made, Option<Why>)> = Vec::new();
        for name in self.builtin.names(crate::catalog::builtin::NameKind::Language) {
            rows.push((vec![("lanname", text(name))], None));
        }
        let known = asked.text("lanname").is_some_and(|name| rows.iter().any(|(row, _)| row.iter().any(|(_, value)| *value == text(name))));
        (rows, if known { None } else { Some(Why::NotModelled) })
    }

    fn generic(&self, asked: &Asked<'_>, kind: crate::op::GenericKind, column: &'static str) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self
            .objects(|object| matches!(&object.body, Body::Generic(generic) if generic.kind == kind) && !asked.other(column, &object.name))
        {
            rows.push((vec![("oid", oid_value(id)), (column, text(&object.name))], self.doubt(id)));
        }
        let open = match asked.text(column) {
            Some(name) => {
                matches!(self.catalog.look_up(&Key::new(Class::Generic(kind), ObjId::NONE, name)), Presence::Open(_)).then_some(Why::Open)
            }
            None => self.open_at_all(),
        };
        (rows, open)
    }

    fn pg_event_trigger(&self, asked: &Asked<'_>) -> Answer {
        let mut rows = Vec::new();
        for (id, object) in self.objects(|object| matches!(object.body, Body::EventTrigger(_)) && !asked.other("evtname", &object.name)) {
            rows.push((vec![("oid", oid_value(id)), ("evtname", text(&object.name))], self.doubt(id)));
        }
        (rows, self.open_at_all())
    }
}

/// The letter of `contype`.
pub(super) fn contype(kind: &ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::Check { .. } | ConstraintKind::Domain { .. } => "c",
        ConstraintKind::Key { primary: true, .. } => "p",
        ConstraintKind::Key { exclude: true, .. } => "x",
        ConstraintKind::Key { .. } => "u",
        ConstraintKind::ForeignKey { .. } => "f",
        ConstraintKind::NotNull { .. } => "n",
        ConstraintKind::Trigger => "t",
    }
}

/// The letter of `prokind`.
fn prokind(kind: RoutineKind) -> &'static str {
    match kind {
        RoutineKind::Procedure => "p",
        RoutineKind::Aggregate => "a",
        RoutineKind::Function | RoutineKind::Routine => "f",
    }
}
