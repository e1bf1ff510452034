//! What a database holds beside the schema's objects: system relations with their columns and row types, the server's own
//! functions, and what installed extensions brought.

use super::tables::text;
use super::{Asked, INFORMATION_SCHEMA, Made, PG_CATALOG, SYSTEM_RELATIONS, View};
use crate::catalog::Class;
use crate::catalog::builtin::{Extension, SystemRelation};
use crate::catalog::object::{Body, ObjId};
use crate::sim::eval::{Reg, Value, Why};

impl View<'_> {
    /// The rows of this kind of a relation, as far as they may fit what is asked.
    pub(super) fn of_server(&self, relation: &str, asked: &Asked<'_>) -> Vec<(Made, Option<Why>)> {
        let mut rows = Vec::new();
        let (schema, name, id) = match relation {
            "pg_class" => ("relnamespace", "relname", "oid"),
            "pg_attribute" => ("", "", "attrelid"),
            "pg_type" => ("typnamespace", "typname", "oid"),
            "pg_proc" => ("pronamespace", "proname", "oid"),
            "pg_tables" => ("schemaname", "tablename", ""),
            "pg_views" => ("schemaname", "viewname", ""),
            "tables" | "views" | "columns" => ("table_schema", "table_name", ""),
            "routines" => ("routine_schema", "routine_name", ""),
            _ => return rows,
        };
        let elsewhere = asked.text(schema).is_some_and(|name| !matches!(name, "pg_catalog" | "information_schema"));
        if asked.object(id).is_some() {
            return rows;
        }
        if !elsewhere && asked.object(schema).is_none() {
            for (at, (home, system)) in self.builtin.system_relations().enumerate() {
                if !asked.other(name, system.name) {
                    self.of_relation(relation, asked, (at, home, system), &mut rows);
                }
            }
        }
        let Some(wanted) = asked.text(name) else { return rows };
        let brought = match relation {
            "pg_type" => |extension: &Extension, wanted: &str| extension.ty(wanted).is_some(),
            "pg_proc" | "routines" => |extension: &Extension, wanted: &str| extension.function_names().any(|name| name == wanted),
            _ => return rows,
        };
        let of_name = |home: ObjId| {
            let home = if id.is_empty() { self.name_of(home) } else { self.schema_value(home) };
            (vec![(name, text(wanted)), (schema, home)], None)
        };
        for extension in self.catalog.members(Class::Extension, ObjId::NONE) {
            let Some(object) = self.catalog.get(extension) else { continue };
            let Some(contents) = self.builtin.extension(&object.name) else { continue };
            let is_schema = |on: &ObjId| matches!(self.catalog.get(*on).map(|object| &object.body), Some(Body::Schema));
            if let Some(home) = object.deps.iter().map(|dep| dep.on).find(is_schema)
                && brought(&contents, wanted)
            {
                rows.push(of_name(home));
            }
        }
        // Each type has one of arrays of it.
        if let Some(element) = wanted.strip_prefix('_').filter(|_| relation == "pg_type") {
            for class in [Class::Type, Class::Relation] {
                for parent in self.catalog.members(Class::Schema, ObjId::NONE) {
                    rows.extend(self.catalog.overloads(class, parent, element).map(|_| of_name(parent)));
                }
            }
        }
        if relation == "routines" && self.builtin.function_known(wanted) {
            rows.push((vec![(name, text(wanted)), (schema, text("pg_catalog"))], None));
        }
        rows
    }

    /// What a system relation is in the relation that is asked.
    fn of_relation(
        &self,
        relation: &str,
        asked: &Asked<'_>,
        (at, home, system): (usize, &'static str, SystemRelation),
        rows: &mut Vec<(Made, Option<Why>)>,
    ) {
        let number = Value::Oid(Reg::Oid, SYSTEM_RELATIONS + at as i64);
        let namespace = || Value::Oid(Reg::Oid, if home == "pg_catalog" { PG_CATALOG } else { INFORMATION_SCHEMA });
        let row = match relation {
            "pg_class" => vec![
                ("oid", number),
                ("relname", text(system.name)),
                ("relnamespace", namespace()),
                ("relkind", text(if system.view { "v" } else { "r" })),
            ],
            "pg_type" => vec![("typname", text(system.name)), ("typnamespace", namespace()), ("typtype", text("c")), ("typrelid", number)],
            "pg_tables" if !system.view => vec![("schemaname", text(home)), ("tablename", text(system.name))],
            "pg_views" if system.view => vec![("schemaname", text(home)), ("viewname", text(system.name))],
            "views" if !system.view => return,
            "tables" | "views" => vec![
                ("table_schema", text(home)),
                ("table_name", text(system.name)),
                ("table_type", text(if system.view { "VIEW" } else { "BASE TABLE" })),
            ],
            "columns" | "pg_attribute" => {
                let name = if relation == "columns" { "column_name" } else { "attname" };
                for (place, column) in system.columns().enumerate().filter(|(_, column)| !asked.other(name, column.name)) {
                    let of = match relation {
                        "columns" => vec![("table_schema", text(home)), ("table_name", text(system.name))],
                        _ => vec![
                            ("attrelid", number.clone()),
                            ("attnum", Value::Int(place as i64 + 1)),
                            ("attisdropped", Value::Bool(false)),
                        ],
                    };
                    rows.push(([of, vec![(name, text(column.name))]].concat(), None));
                }
                return;
            }
            _ => return,
        };
        rows.push((row, None));
    }
}
