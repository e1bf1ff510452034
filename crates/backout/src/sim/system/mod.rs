//! The catalog as scripts query it: `pg_class`, `information_schema` and their like, and names of objects.
//!
//! Rows are made from the objects that we know. Whether there may be others depends on what is asked: a name that is
//! known to be absent makes an open world closed for that question.

mod information;
mod server;
mod tables;

use super::eval::{Found, Raised, Reg, Scan, System, Value, Why};
use crate::catalog::builtin::Builtin;
use crate::catalog::context::{Context, Session, Stop};
use crate::catalog::object::{Body, Column, ColumnNumber, ObjId, Object, RelKind, Relation, Ty, TyBase};
use crate::catalog::{Catalog, Class, Key, Presence};
use crate::lexer::{TokenKind, ident_value, quote_ident, tokenize};
use crate::op::{Name, ObjectName};
use crate::source::Span;
use std::cell::RefCell;
use std::sync::Arc;

/// Object identifiers of the schema's objects begin here, as on the server.
const FIRST: i64 = 16_384;
/// Row types of relations have the relation's number and this.
const ROW_TYPES: i64 = 1 << 32;
/// Array types have their element type's and this.
const ARRAY_TYPES: i64 = 1 << 40;
/// Schemas that every database has.
const PG_CATALOG: i64 = 11;
const PG_TOAST: i64 = 99;
const INFORMATION_SCHEMA: i64 = 13_000;
/// System relations and built-in types are numbered in the order of our tables.
const SYSTEM_RELATIONS: i64 = 14_000;
const BUILTIN_TYPES: i64 = 15_000;

/// The catalog in the eyes of a session.
pub(super) struct View<'a> {
    pub catalog: &'a Catalog,
    pub session: &'a Session,
    pub builtin: &'a Builtin,
    /// What is not known to exist does not.
    pub assume_absent: bool,
}

/// A row as it is made: columns by name, the others are unknown.
type Made = Vec<(&'static str, Value)>;

/// What is asked of a relation.
struct Asked<'q> {
    equal: &'q [(Name, Value)],
}

impl<'q> Asked<'q> {
    fn text(&self, column: &str) -> Option<&'q str> {
        self.equal.iter().find_map(|(name, value)| match value {
            Value::Text(text) if name == column => Some(text.as_str()),
            _ => None,
        })
    }

    fn object(&self, column: &str) -> Option<ObjId> {
        self.equal.iter().find_map(|(name, value)| match value {
            Value::Oid(_, oid) if name == column => object_of(*oid),
            _ => None,
        })
    }

    /// Whether a name is not what is asked for.
    fn other(&self, column: &str, name: &str) -> bool {
        self.text(column).is_some_and(|wanted| wanted != name)
    }
}

/// Whether a column of `information_schema` names the database, in every row.
fn is_catalog(column: &str) -> bool {
    let of = column.strip_suffix("_catalog");
    column == "catalog_name"
        || of.is_some_and(|of| ["table", "constraint", "trigger", "event_object", "routine", "specific", "sequence"].contains(&of))
}

/// The slot of an object identifier.
pub(super) fn object_of(oid: i64) -> Option<ObjId> {
    if oid >= ARRAY_TYPES {
        return None;
    }
    let slot = if oid >= ROW_TYPES { oid - ROW_TYPES } else { oid };
    u32::try_from(slot.checked_sub(FIRST)?).ok().map(ObjId)
}

fn oid(id: ObjId) -> i64 {
    FIRST + i64::from(id.0)
}

fn oid_value(id: ObjId) -> Value {
    Value::Oid(Reg::Oid, oid(id))
}

impl<'a> View<'a> {
    fn schema_value(&self, id: ObjId) -> Value {
        oid_value(id)
    }

    fn name_of(&self, id: ObjId) -> Value {
        self.catalog.get(id).map_or(Value::Null, |object| Value::text(object.name.as_str()))
    }

    /// Why an object may not be there, or not be as we hold it.
    fn doubt(&self, id: ObjId) -> Option<Why> {
        self.catalog.doubt_about(id).map(|_| Why::Open)
    }

    /// Objects that the filter lets through.
    fn objects(&self, keep: impl Fn(&Object) -> bool) -> impl Iterator<Item = (ObjId, &'a Object)> {
        self.catalog.objects().map(|(id, object)| (id, object.as_ref())).filter(move |(_, object)| keep(object))
    }

    /// Objects of a name space that schemas have, or of the schemas themselves; where the query asks for one name, those alone.
    fn of_class(&self, class: Class, asked: &Asked<'_>, column: &str) -> Vec<(ObjId, &'a Object)> {
        let schemas = || self.catalog.members(Class::Schema, ObjId::NONE);
        let parents: Vec<ObjId> = if class == Class::Schema { vec![ObjId::NONE] } else { schemas().collect() };
        let ids = parents.iter().flat_map(|parent| match asked.text(column) {
            Some(name) => self.catalog.overloads(class, *parent, name).collect::<Vec<_>>(),
            None => self.catalog.members(class, *parent).collect(),
        });
        self.in_order(ids)
    }

    /// Constraints; where the query asks for one name, those alone.
    fn constraints(&self, asked: &Asked<'_>, column: &str) -> Vec<(ObjId, &'a Object)> {
        match asked.text(column) {
            Some(name) => self.in_order(self.catalog.constraints_named(name).iter().copied()),
            None => self.objects(|object| matches!(object.body, Body::Constraint(_))).collect(),
        }
    }

    /// The objects as the whole catalog lists them.
    fn in_order(&self, ids: impl Iterator<Item = ObjId>) -> Vec<(ObjId, &'a Object)> {
        let mut objects: Vec<_> = ids.filter_map(|id| Some((id, self.catalog.get(id)?.as_ref()))).collect();
        objects.sort_unstable_by_key(|(id, _)| *id);
        objects
    }

    fn relations(&self, asked: &Asked<'_>, column: &str) -> Vec<(ObjId, &'a Object, &'a Relation)> {
        let found = self.of_class(Class::Relation, asked, column).into_iter();
        found
            .filter_map(|(id, object)| match &object.body {
                Body::Relation(relation) => Some((id, object, relation)),
                _ => None,
            })
            .collect()
    }

    /// Why there may be more objects of a class: in a schema with a name, where those were asked for.
    fn open_named(&self, class: Class, schema: Option<ObjId>, name: Option<&str>) -> Option<Why> {
        let Some(name) = name else { return self.open_at_all() };
        let context_path;
        let schemas: &[ObjId] = match &schema {
            Some(schema) => std::slice::from_ref(schema),
            None => {
                context_path = self.path();
                &context_path
            }
        };
        let open = |schema: &ObjId| matches!(self.catalog.look_up(&Key::new(class, *schema, name)), Presence::Open(_));
        schemas.iter().any(open).then_some(Why::Open)
    }

    /// Why there may be more members of a table: with a name, where one was asked for.
    fn open_member(&self, class: Class, table: Option<ObjId>, name: Option<&str>) -> Option<Why> {
        match table {
            Some(table) => {
                let whole = self.catalog.get(table).is_some_and(|object| !object.presumed) && self.catalog.doubt_about(table).is_none();
                match name {
                    Some(name) => matches!(self.catalog.look_up(&Key::new(class, table, name)), Presence::Open(_)).then_some(Why::Open),
                    None => (!whole || self.any_doubt()).then_some(Why::Open),
                }
            }
            None => self.open_somewhere(class, name),
        }
    }

    /// Why a member of some table may have this name.
    fn open_somewhere(&self, class: Class, name: Option<&str>) -> Option<Why> {
        let in_doubt = |name: &str| matches!(self.catalog.look_up(&Key::new(class, self.catalog.public(), name)), Presence::Open(Some(_)));
        if self.catalog.open_world || self.any_doubt() || name.is_some_and(in_doubt) { Some(Why::Open) } else { None }
    }

    /// Why a table's columns may be more than we hold.
    fn open_columns(&self, table: Option<ObjId>, column: Option<&str>) -> Option<Why> {
        let Some(table) = table else { return self.open_at_all() };
        let relation = self.catalog.relation(table)?;
        if let Some(column) = column
            && relation.column(column).is_some()
        {
            return None;
        }
        (relation.open || self.catalog.doubt_about(table).is_some()).then_some(Why::Open)
    }

    fn open_at_all(&self) -> Option<Why> {
        (self.catalog.open_world || self.any_doubt()).then_some(Why::Open)
    }

    /// Whether some gap may have made things with names that we do not know.
    fn any_doubt(&self) -> bool {
        // No object is called like this, so that only a gap of unbounded reach answers.
        let nobody = Key::new(Class::Relation, self.catalog.public(), "\u{1}");
        matches!(self.catalog.look_up(&nobody), Presence::Open(Some(_)))
    }

    fn path(&self) -> Vec<ObjId> {
        let doubts = RefCell::default();
        let context = Context { catalog: self.catalog, session: self.session, builtin: self.builtin, doubts: &doubts };
        context.path()
    }

    /// The schema of a name, when it exists.
    fn schema(&self, name: &str) -> Option<ObjId> {
        match self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, name)) {
            Presence::Present(id, _) => Some(id),
            Presence::Absent | Presence::Open(_) => None,
        }
    }

    /// Schema and name that a question about a relation restricts, and whether the schema is one that does not exist.
    fn table_asked(&self, asked: &Asked<'_>, schema: &str, table: &str) -> (Option<ObjId>, Option<ObjId>) {
        let home = asked.text(schema).and_then(|name| self.schema(name));
        let found = asked.text(table).and_then(|name| {
            let schemas = home.map_or_else(|| self.path(), |home| vec![home]);
            schemas.into_iter().find_map(|schema| match self.catalog.look_up(&Key::new(Class::Relation, schema, name)) {
                Presence::Present(id, _) => Some(id),
                Presence::Absent | Presence::Open(_) => None,
            })
        });
        (home, found)
    }

    /// Why there may be more members of the table that was asked for by schema and name.
    fn open_member_named(&self, asked: &Asked<'_>, schema: &str, table: &str, class: Class, name: Option<&str>) -> Option<Why> {
        let (home, found) = self.table_asked(asked, schema, table);
        match (found, asked.text(table)) {
            (Some(found), _) => self.open_member(class, Some(found), name),
            (None, Some(table)) => self.open_named(Class::Relation, home, Some(table)),
            (None, None) => self.open_at_all(),
        }
    }

    fn type_value(&self, ty: &Ty) -> Value {
        match &ty.base {
            TyBase::User(id) if !ty.array => match self.catalog.get(*id).map(|object| &object.body) {
                Some(Body::Relation(_)) => Value::Oid(Reg::Oid, oid(*id) + ROW_TYPES),
                _ => oid_value(*id),
            },
            TyBase::Builtin(name) => {
                let array = if ty.array { ARRAY_TYPES } else { 0 };
                self.builtin_type(name).map_or(Value::Unknown(Why::NotModelled), |oid| Value::Oid(Reg::Oid, oid + array))
            }
            TyBase::User(_) => match self.type_value(&Ty { array: false, ..ty.clone() }) {
                Value::Oid(kind, oid) => Value::Oid(kind, oid + ARRAY_TYPES),
                other => other,
            },
            TyBase::Open(_) => Value::Unknown(Why::NotModelled),
        }
    }

    /// `atttypmod`
    fn type_modifier(&self, ty: &Ty) -> Value {
        if ty.modifiers.is_empty() {
            return Value::Int(-1);
        }
        let mut numbers = ty.modifiers.split(',').map(|number| number.trim().parse::<i64>());
        let name = match &ty.base {
            TyBase::Builtin(name) => name.as_str(),
            TyBase::User(_) | TyBase::Open(_) => "",
        };
        match (name, numbers.next(), numbers.next()) {
            ("varchar" | "bpchar", Some(Ok(length)), None) => Value::Int(length + 4),
            ("numeric", Some(Ok(precision)), scale) => {
                let scale = scale.and_then(Result::ok).unwrap_or(0);
                Value::Int(((precision << 16) | (scale & 0x7ff)) + 4)
            }
            ("timestamp" | "timestamptz" | "time" | "timetz" | "bit" | "varbit", Some(Ok(number)), None) => Value::Int(number),
            _ => Value::Unknown(Why::NotModelled),
        }
    }

    fn builtin_type(&self, name: &str) -> Option<i64> {
        self.builtin.type_names().position(|known| known == name).map(|at| BUILTIN_TYPES + at as i64)
    }

    fn live_columns(&self, relation: &'a Relation) -> impl Iterator<Item = &'a Arc<Column>> {
        relation.columns.iter().filter(|column| !column.dropped)
    }

    fn column_names(&self, table: ObjId, numbers: &[ColumnNumber]) -> Vec<Name> {
        let Some(relation) = self.catalog.relation(table) else { return Vec::new() };
        numbers.iter().filter_map(|number| relation.column_at(*number)).map(|column| column.name.clone()).collect()
    }

    /// The columns of a system relation in the server's order.
    fn columns_of(&self, schema: &str, name: &str) -> Option<Vec<Name>> {
        let relation = self.builtin.system_relation(schema, name)?;
        let mut columns: Vec<Name> = relation.columns().map(|column| Name::from(column.name)).collect();
        if columns.is_empty() {
            return None;
        }
        for hidden in ["oid", "tableoid", "ctid"] {
            if !columns.iter().any(|column| column == hidden) && relation.column(hidden).is_some() {
                columns.push(hidden.into());
            }
        }
        Some(columns)
    }

    fn user_relation(&self, name: &ObjectName) -> Scan {
        let doubts = RefCell::default();
        let context = Context { catalog: self.catalog, session: self.session, builtin: self.builtin, doubts: &doubts };
        let columns = match context.look_up(Class::Relation, name) {
            Ok((Presence::Present(id, _), _)) => self.catalog.relation(id).filter(|relation| !relation.open),
            _ => None,
        };
        let columns = columns.map(|relation| self.live_columns(relation).map(|column| column.name.clone()).collect());
        Scan { columns, rows: Vec::new(), open: Some(Why::Rows) }
    }
}

impl System for View<'_> {
    fn scan(&self, relation: &ObjectName, equal: &[(Name, Value)]) -> Scan {
        let information = relation.schema.as_deref() == Some("information_schema");
        let schema = if information { "information_schema" } else { "pg_catalog" };
        let system = matches!(relation.schema.as_deref(), None | Some("pg_catalog" | "information_schema"));
        let columns = if system { self.columns_of(schema, &relation.name) } else { None };
        let Some(columns) = columns else { return self.user_relation(relation) };
        let asked = Asked { equal };
        let found = if information { self.information(&relation.name, &asked) } else { self.table(&relation.name, &asked) };
        let Some((made, open)) = found else {
            return Scan { columns: Some(columns.into()), rows: Vec::new(), open: Some(Why::NotModelled) };
        };
        let of_server = self.of_server(&relation.name, &asked);
        let rows = made
            .into_iter()
            .chain(of_server)
            .map(|(row, doubt)| {
                let value = |column: &Name| {
                    let known = row.iter().find(|(name, _)| column == name).map(|(_, value)| value.clone());
                    known.unwrap_or_else(|| {
                        if information && is_catalog(column) { Value::database() } else { Value::Unknown(Why::NotModelled) }
                    })
                };
                (columns.iter().map(value).collect(), doubt)
            })
            .collect();
        let open = open.filter(|why| !(self.assume_absent && *why == Why::Open));
        Scan { columns: Some(columns.into()), rows, open }
    }

    fn object(&self, kind: Reg, text: &str) -> Found {
        let Some((name, rest)) = parse_name(text) else { return Found::Unknown(Why::NotModelled) };
        let doubts = RefCell::default();
        let context = Context { catalog: self.catalog, session: self.session, builtin: self.builtin, doubts: &doubts };
        let class = match kind {
            Reg::Class => Class::Relation,
            Reg::Type => Class::Type,
            Reg::Namespace => {
                return match self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, name.name.clone())) {
                    _ if name.name == "pg_catalog" => Found::Oid(PG_CATALOG),
                    _ if name.name == "information_schema" => Found::Oid(INFORMATION_SCHEMA),
                    Presence::Present(id, None) => Found::Oid(oid(id)),
                    Presence::Absent => Found::Missing(Raised::new("3F000", format!("schema \"{}\" does not exist", name.name))),
                    Presence::Present(..) | Presence::Open(_) => Found::Unknown(Why::Open),
                };
            }
            Reg::Proc | Reg::Signature => return self.routine(&context, text, &name),
            Reg::Role | Reg::Oid => return Found::Unknown(Why::NotModelled),
        };
        if kind == Reg::Class
            && let Some(crate::catalog::context::RelationRef::System(schema, system)) = context.system_relation(&name)
        {
            let place = self.builtin.system_relations().position(|(of, known)| of == schema && *known.name == *system);
            return place.map_or(Found::Unknown(Why::NotModelled), |at| Found::Oid(SYSTEM_RELATIONS + at as i64));
        }
        if kind == Reg::Type && name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog") {
            let canonical = crate::catalog::builtin::canonical_type_name(text.trim());
            if let Some(oid) = self.builtin_type(canonical) {
                return Found::Oid(oid);
            }
        }
        if rest {
            return Found::Unknown(Why::NotModelled);
        }
        let shown = text.trim();
        let missing = |sqlstate, what: &str| Found::Missing(Raised::new(sqlstate, format!("{what} \"{shown}\" does not exist")));
        match context.look_up(class, &name) {
            Ok((Presence::Present(id, None), _)) => Found::Oid(oid(id)),
            Ok((Presence::Absent, _)) if kind == Reg::Class => missing("42P01", "relation"),
            Ok((Presence::Absent, _)) => match context.look_up(Class::Relation, &name) {
                Ok((Presence::Present(id, None), _)) => Found::Oid(oid(id) + ROW_TYPES),
                Ok((Presence::Absent, _)) => missing("42704", "type"),
                _ => Found::Unknown(Why::Open),
            },
            Ok(_) => Found::Unknown(Why::Open),
            Err(Stop::Fail(failure)) => Found::Missing(Raised::new(failure.sqlstate, failure.message.as_str())),
            Err(Stop::Missing(stop)) if stop.open.is_none() => {
                Found::Missing(Raised::new(stop.failure.sqlstate, stop.failure.message.as_str()))
            }
            Err(Stop::Missing(_) | Stop::Gap(_)) => Found::Unknown(Why::Open),
        }
    }

    fn print(&self, kind: Reg, number: i64) -> Option<String> {
        if kind == Reg::Oid {
            return Some(number.to_string());
        }
        if number >= ARRAY_TYPES {
            return Some(format!("{}[]", self.print(kind, number - ARRAY_TYPES)?));
        }
        match number {
            PG_CATALOG => return Some("pg_catalog".to_owned()),
            INFORMATION_SCHEMA => return Some("information_schema".to_owned()),
            _ => {}
        }
        if (BUILTIN_TYPES..FIRST).contains(&number) {
            let name = self.builtin.type_names().nth(usize::try_from(number - BUILTIN_TYPES).ok()?)?;
            return Some(crate::catalog::builtin::format_type(name, None));
        }
        if (SYSTEM_RELATIONS..BUILTIN_TYPES).contains(&number) {
            let (_, relation) = self.builtin.system_relations().nth(usize::try_from(number - SYSTEM_RELATIONS).ok()?)?;
            return Some(relation.name.to_owned());
        }
        let id = object_of(number)?;
        let object = self.catalog.get(id)?;
        if kind == Reg::Namespace || kind == Reg::Role {
            return Some(quote_ident(&object.name));
        }
        let visible = self.path().iter().find_map(|schema| {
            let key = Key::new(class_of(&object.body)?, *schema, object.name.clone());
            match self.catalog.look_up(&key) {
                Presence::Present(found, _) => Some(found == id),
                Presence::Absent | Presence::Open(_) => None,
            }
        });
        if visible == Some(true) || (kind != Reg::Signature && matches!(object.body, Body::Routine(_))) {
            return Some(quote_ident(&object.name));
        }
        let schema = self.catalog.get(object.parent)?;
        if kind == Reg::Signature
            && let Body::Routine(routine) = &object.body
        {
            let args: Vec<String> =
                routine.inputs().map(|argument| crate::catalog::resolve::format_type(&argument.ty, self.catalog)).collect();
            return Some(format!("{}.{}({})", quote_ident(&schema.name), quote_ident(&object.name), args.join(",")));
        }
        Some(format!("{}.{}", quote_ident(&schema.name), quote_ident(&object.name)))
    }

    fn format_type(&self, number: i64, modifier: Option<i32>) -> Option<String> {
        let builtin = (BUILTIN_TYPES..FIRST).contains(&number);
        if number >= ARRAY_TYPES {
            return Some(format!("{}[]", self.format_type(number - ARRAY_TYPES, modifier)?));
        }
        match modifier {
            Some(modifier) if modifier >= 0 && builtin => {
                let name = self.builtin.type_names().nth(usize::try_from(number - BUILTIN_TYPES).ok()?)?;
                Some(crate::catalog::builtin::format_type(name, Some(modifier)))
            }
            Some(modifier) if modifier >= 0 => None,
            _ => self.print(Reg::Type, number),
        }
    }

    fn setting(&self, name: &str) -> Option<String> {
        match name {
            "search_path" => Some(self.session.search_path.join(", ")),
            "plpgsql.variable_conflict" => Some(self.session.variable_conflict.to_string()).filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    fn version(&self) -> u16 {
        self.catalog.version
    }

    fn search_path(&self) -> Vec<Name> {
        self.path().iter().filter_map(|id| self.catalog.get(*id)).map(|object| object.name.clone()).collect()
    }
}

impl View<'_> {
    fn routine(&self, context: &Context<'_>, text: &str, name: &ObjectName) -> Found {
        let schemas = match &name.schema {
            Some(schema) => self.schema(schema).into_iter().collect(),
            None => context.path(),
        };
        let all: Vec<ObjId> = schemas.iter().flat_map(|schema| self.catalog.overloads(Class::Routine, *schema, &name.name)).collect();
        match all.as_slice() {
            _ if self.open_at_all().is_some() => Found::Unknown(Why::Open),
            [one] if !text.contains('(') => Found::Oid(oid(*one)),
            [] if name.schema.is_none() && self.builtin.function_known(&name.name) => Found::Unknown(Why::NotModelled),
            [] => Found::Missing(Raised::new("42883", format!("function \"{}\" does not exist", text.trim()))),
            _ => Found::Unknown(Why::NotModelled),
        }
    }
}

fn class_of(body: &Body) -> Option<Class> {
    Some(match body {
        Body::Relation(_) => Class::Relation,
        Body::Type(_) => Class::Type,
        _ => return None,
    })
}

/// A name within a text; true when something follows it.
fn parse_name(text: &str) -> Option<(ObjectName, bool)> {
    let tokens = tokenize(text).ok()?;
    let first = tokens.first().filter(|token| token.kind.is_ident())?;
    let name = |schema, name, count: usize| (ObjectName { schema, name, span: Span::default() }, tokens.len() > count);
    match (tokens.get(1).map(|token| token.kind), tokens.get(2)) {
        (Some(TokenKind::Dot), Some(second)) if second.kind.is_ident() => {
            Some(name(Some(ident_value(text, *first)), ident_value(text, *second), 3))
        }
        _ => Some(name(None, ident_value(text, *first), 1)),
    }
}

/// The letter of `relkind`.
fn relkind(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelKind::Table(table) if table.foreign.is_some() => "f",
        RelKind::Table(table) if table.partition_by.is_some() => "p",
        RelKind::Table(_) => "r",
        RelKind::View(_) => "v",
        RelKind::MatView(_) => "m",
        RelKind::Index(_) => "i",
        RelKind::Sequence(_) => "S",
    }
}
