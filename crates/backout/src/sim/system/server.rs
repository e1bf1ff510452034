//! What a database holds beside the schema's objects: system relations with their columns and row types, the server's own
//! functions, and what installed extensions brought.

use super::tables::text;
use super::{Asked, INFORMATION_SCHEMA, Made, PG_CATALOG, SYSTEM_RELATIONS, View, relkind};
use crate::catalog::object::{Body, ObjId};
use crate::catalog::{Class, Key, Presence};
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
        // Of all that there is only what is asked for by its name: whoever asks for many leaves these out by one condition or another.
        let names = [name, "column_name", "attname"].into_iter().filter_map(|column| asked.text(column));
        if asked.object(id).is_some() || names.count() == 0 {
            return rows;
        }
        // Relations of pg_catalog say it by number.
        let by_number = relation.starts_with("pg_") && !schema.ends_with("name");
        let elsewhere = asked.text(schema).is_some_and(|name| !matches!(name, "pg_catalog" | "information_schema"));
        // Most names are of nothing that is the server's, and there is much of that.
        let is_one = |name| ["pg_catalog", "information_schema"].iter().any(|home| self.builtin.system_relation(home, name).is_some());
        if !elsewhere && asked.object(schema).is_none() && asked.text(name).is_none_or(is_one) {
            for (at, (home, system)) in self.builtin.system_relations().enumerate() {
                let other_kind = match relation {
                    "pg_tables" => system.view,
                    "pg_views" | "views" => !system.view,
                    "pg_proc" | "routines" => true,
                    _ => false,
                };
                if other_kind || asked.other(name, system.name) {
                    continue;
                }
                let number = Value::Oid(Reg::Oid, SYSTEM_RELATIONS + at as i64);
                let namespace = match (by_number, home) {
                    (true, "pg_catalog") => Value::Oid(Reg::Oid, PG_CATALOG),
                    (true, _) => Value::Oid(Reg::Oid, INFORMATION_SCHEMA),
                    (false, _) => text(home),
                };
                // What the relation has no column for is left out.
                let mut row: Made = vec![(name, text(system.name)), (schema, namespace)];
                let column = match relation {
                    "columns" => "column_name",
                    "pg_attribute" => {
                        row.push(("attrelid", number));
                        "attname"
                    }
                    "pg_type" => {
                        row.push(("typtype", text("c")));
                        ""
                    }
                    "pg_class" => {
                        row.push(("oid", number));
                        row.push(("relkind", text(if system.view { "v" } else { "r" })));
                        ""
                    }
                    _ => {
                        row.push(("table_type", text(if system.view { "VIEW" } else { "BASE TABLE" })));
                        ""
                    }
                };
                if column.is_empty() {
                    rows.push((row, None));
                    continue;
                }
                for found in system.columns().filter(|found| !asked.other(column, found.name)) {
                    let mut row = row.clone();
                    row.push((column, text(found.name)));
                    rows.push((row, None));
                }
            }
        }
        let Some(wanted) = asked.text(name).filter(|_| matches!(relation, "pg_type" | "pg_proc" | "routines")) else { return rows };
        for home in self.homes_of(relation == "pg_type", wanted) {
            let home = if by_number { self.schema_value(home) } else { self.name_of(home) };
            let row: Made = vec![(name, text(wanted)), (schema, home)];
            // A function may have several overloads.
            rows.extend((relation != "pg_type").then(|| (row.clone(), Some(Why::NotModelled))));
            rows.push((row, None));
        }
        if relation == "routines" && self.builtin.function_known(wanted) {
            let row: Made = vec![(name, text(wanted)), (schema, text("pg_catalog"))];
            rows.push((row.clone(), Some(Why::NotModelled)));
            rows.push((row, None));
        }
        rows
    }

    /// The schemas in which extensions brought a type, or functions, of this name; of a type also those that hold what it is an array of.
    fn homes_of(&self, ty: bool, wanted: &str) -> Vec<ObjId> {
        let mut homes: Vec<ObjId> = Vec::new();
        for extension in self.catalog.members(Class::Extension, ObjId::NONE) {
            let Some(object) = self.catalog.get(extension) else { continue };
            let Some(contents) = self.builtin.extension(&object.name) else { continue };
            let brought = if ty { contents.ty(wanted).is_some() } else { contents.function_names().any(|name| name == wanted) };
            let is_schema = |on: &ObjId| matches!(self.catalog.get(*on).map(|object| &object.body), Some(Body::Schema));
            homes.extend(object.deps.iter().map(|dep| dep.on).filter(is_schema).filter(|_| brought));
        }
        if let Some(element) = wanted.strip_prefix('_').filter(|_| ty) {
            for parent in self.catalog.members(Class::Schema, ObjId::NONE) {
                let made = |class| match self.catalog.look_up(&Key::new(class, parent, element)) {
                    Presence::Present(id, _) => !matches!(self.catalog.relation(id).map(relkind), Some("i" | "I" | "S")),
                    Presence::Absent | Presence::Open(_) => false,
                };
                if made(Class::Type) || made(Class::Relation) {
                    homes.push(parent);
                }
            }
        }
        homes
    }
}
