//! Names in a statement → objects, as a session sees them.
//!
//! A look-up either finds an object or *stops*: with the error that the server would raise, and with what was wanted,
//! so that the simulation can presume it where the input allows that it exists.

use super::builtin::Extension;
use super::object::{Body, ColumnNumber, ObjId, RelKind, Ty, Type};
use super::{Catalog, Class, GapId, Key, Presence, quote};
use crate::catalog::Failure;
use crate::op::{Name, ObjectName, RelationKind};
use crate::source::Span;
use std::cell::RefCell;

pub use super::failure::fail;
pub use super::session::{InTransaction, Session};

/// Why an operation goes no further.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The server raises this error.
    Fail(Failure),
    /// Something is not there.
    Missing(Box<Missing>),
    /// We cannot tell what would happen.
    Gap(Box<crate::op::Gap>),
}

/// Something that a statement needs and that is not there.
#[derive(Clone, Debug)]
pub struct Missing {
    /// What it is.
    pub want: Want,
    /// The error when it really is not there.
    pub failure: Failure,
    /// It may be there: in an open world (inner none), or by a gap.
    pub open: Option<Option<GapId>>,
}

/// A thing to presume.
#[derive(Clone, Debug)]
pub enum Want {
    /// A schema.
    Schema(Name),
    /// A relation of this kind in a schema.
    Relation(RelationKind, ObjId, Name),
    /// A column of a relation.
    Column(ObjId, Name),
    /// A type.
    Type(ObjId, Name),
    /// A function with this many arguments of these types, where known.
    Routine(crate::op::RoutineKind, ObjId, Name, Option<Vec<Option<Ty>>>),
    /// A constraint of a table.
    Constraint(ObjId, Name),
    /// A trigger of a table.
    Trigger(ObjId, Name),
    /// A policy of a table.
    Policy(ObjId, Name),
    /// A rule of a table.
    Rule(ObjId, Name),
    /// An extension.
    Extension(Name),
    /// An enum's label.
    Label(ObjId, String),
    /// Something that is said of a relation.
    Fact(ObjId, Fact),
    /// Any other object by its key.
    Other(Key),
    /// Nothing that could be presumed.
    Nothing,
}

/// What may hold of a presumed relation before anything says so.
#[derive(Clone, Copy, Debug)]
pub enum Fact {
    /// The column has an identity, or has none and is ready for one.
    Identity(ColumnNumber, bool),
    /// The column is generated.
    Generated(ColumnNumber),
    /// It inherits from a table.
    Inherits(ObjId),
    /// It is a partition of a table.
    Partition(ObjId),
    /// The publication has the table.
    Publishes(ObjId),
    /// The index is one of the table.
    Indexes(ObjId),
    /// It is of this kind: what named it first fits several.
    Kind(RelationKind),
}

impl Fact {
    /// The name under which it is remembered that this is known: no column has such a name.
    pub fn key(self) -> Name {
        match self {
            Fact::Identity(column, _) => arcstr::format!("\u{1}i{column}"),
            Fact::Generated(column) => arcstr::format!("\u{1}g{column}"),
            Fact::Kind(_) => arcstr::literal!("\u{1}k"),
            Fact::Inherits(of) | Fact::Partition(of) | Fact::Publishes(of) | Fact::Indexes(of) => arcstr::format!("\u{1}p{}", of.0),
        }
    }
}

/// The result of everything that can stop.
pub type Outcome<T> = Result<T, Stop>;

/// A relation that a name refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelationRef {
    /// One of the schema's.
    User(ObjId),
    /// One of pg_catalog or information_schema (schema and name).
    System(&'static str, Name),
}

/// What the outcome of a statement hangs on.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    /// Gaps.
    pub gaps: Vec<GapId>,
    /// Something that nothing shows, in words: "whether … is there".
    pub unseen: Option<String>,
}

/// The catalog as a session's statement sees it.
pub struct Context<'a> {
    /// The schema.
    pub catalog: &'a Catalog,
    /// The session.
    pub session: &'a Session,
    /// What every server has.
    pub builtin: &'a super::builtin::Builtin,
    /// What puts in doubt what was looked up.
    pub doubts: &'a RefCell<Doubts>,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Fail(failure)
    }
}

impl<'a> Context<'a> {
    /// Looks a key up; a doubt about what is found is noted.
    pub fn find(&self, key: &Key) -> Presence {
        let presence = self.catalog.look_up(key);
        if let Presence::Present(_, Some(gap)) = presence {
            self.note(gap);
        }
        presence
    }

    /// Notes that the statement's outcome hangs on a gap.
    pub fn note(&self, gap: GapId) {
        let mut doubts = self.doubts.borrow_mut();
        if !doubts.gaps.contains(&gap) {
            doubts.gaps.push(gap);
        }
    }

    /// Notes that the statement does something else in some worlds: what of them is not known.
    pub fn note_unseen(&self, what: String) {
        self.doubts.borrow_mut().unseen.get_or_insert(what);
    }

    /// The schemas that an unqualified name is looked for in, in their order, without pg_catalog.
    pub fn path(&self) -> Vec<ObjId> {
        let mut path: Vec<ObjId> = self.session.temporary.into_iter().collect();
        for name in self.session.search_path.iter() {
            if let Presence::Present(id, _) = self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, name.clone()))
                && !path.contains(&id)
            {
                path.push(id);
            }
        }
        path
    }

    /// A schema by its name.
    pub fn schema(&self, name: &Name, span: Span) -> Outcome<ObjId> {
        if name == "pg_temp"
            && let Some(temporary) = self.session.temporary
        {
            return Ok(temporary);
        }
        let key = Key::new(Class::Schema, ObjId::NONE, name.clone());
        let missing = || fail("3F000", format!("schema \"{name}\" does not exist")).about("schema", quote(name)).at(span);
        self.need(self.find(&key), || Want::Schema(name.clone()), missing)
    }

    /// Turns a presence into an object or the stop for its absence.
    pub fn need(&self, presence: Presence, want: impl FnOnce() -> Want, failure: impl FnOnce() -> Failure) -> Outcome<ObjId> {
        let open = match presence {
            Presence::Present(id, _) => return Ok(id),
            Presence::Absent => None,
            Presence::Open(gap) => Some(gap),
        };
        Err(Stop::Missing(Box::new(Missing { want: want(), failure: failure(), open })))
    }

    /// A failure for want of something that an extension would bring for the server's own types: one that may be installed unseen.
    pub fn unless_extended(&self, failure: Failure, brings: impl Fn(Extension) -> bool) -> Stop {
        // Those of contrib that extend types of the server (manual: "Additional Supplied Modules and Extensions").
        for name in ["btree_gin", "btree_gist", "pg_trgm", "intarray"] {
            let key = Key::new(Class::Extension, ObjId::NONE, name);
            if let Presence::Open(gap) = self.find(&key)
                && self.builtin.extension(name).is_some_and(&brings)
            {
                return Stop::Missing(Box::new(Missing { want: Want::Extension(name.into()), failure, open: Some(gap) }));
            }
        }
        failure.into()
    }

    /// Where a new object with this name goes.
    pub fn creation_schema(&self, name: &ObjectName) -> Outcome<ObjId> {
        match &name.schema {
            Some(schema) if schema == "pg_catalog" || schema == "information_schema" => {
                Err(fail("42501", format!("permission denied to create \"{schema}.{}\"", name.name)).at(name.span).into())
            }
            Some(schema) => self.schema(schema, name.span),
            None => self.default_schema(name),
        }
    }

    fn default_schema(&self, name: &ObjectName) -> Outcome<ObjId> {
        for schema in self.session.search_path.iter() {
            match self.find(&Key::new(Class::Schema, ObjId::NONE, schema.clone())) {
                Presence::Present(id, _) => return Ok(id),
                Presence::Absent => {}
                Presence::Open(open) => {
                    let failure = fail("3F000", "no schema has been selected to create in").at(name.span);
                    return Err(Stop::Missing(Box::new(Missing { want: Want::Schema(schema.clone()), failure, open: Some(open) })));
                }
            }
        }
        Err(fail("3F000", "no schema has been selected to create in").at(name.span).into())
    }

    /// What is known about an object of a class with a possibly qualified name: the first on the path.
    /// The schema is the one to presume it in when it is open.
    pub fn look_up(&self, class: Class, name: &ObjectName) -> Outcome<(Presence, ObjId)> {
        if let Some(schema) = &name.schema {
            let schema = self.schema(schema, name.span)?;
            return Ok((self.find(&Key::new(class, schema, name.name.clone())), schema));
        }
        let (mut open, mut home) = (None, None);
        for schema in self.path() {
            match self.find(&Key::new(class, schema, name.name.clone())) {
                found @ Presence::Present(..) => return Ok((found, schema)),
                Presence::Open(gap) => open = open.or(Some((gap, schema))),
                Presence::Absent => {}
            }
            home = home.or(Some(schema).filter(|_| Some(schema) != self.session.temporary));
        }
        Ok(match open {
            Some((gap, schema)) => (Presence::Open(gap), schema),
            None => (Presence::Absent, home.unwrap_or_else(|| self.catalog.public())),
        })
    }

    /// A relation by its name, whatever its kind.
    pub fn relation(&self, name: &ObjectName, expected: RelationKind) -> Outcome<RelationRef> {
        if let Some(system) = self.system_relation(name) {
            return Ok(system);
        }
        let missing = || {
            let shown = match &name.schema {
                Some(schema) => format!("{schema}.{}", name.name),
                None => name.name.to_string(),
            };
            let full = format!("{}.{}", quote(name.schema.as_deref().unwrap_or("public")), quote(&name.name));
            fail("42P01", format!("relation \"{shown}\" does not exist")).about(kind_id(expected), full).at(name.span)
        };
        let (presence, schema) = match self.look_up(Class::Relation, name) {
            Ok(found) => found,
            // The server looks a relation of a missing schema up without complaining about the schema.
            Err(Stop::Missing(stop)) if stop.open.is_none() => {
                return Err(Stop::Missing(Box::new(Missing { failure: missing(), ..*stop })));
            }
            Err(stop) => return Err(stop),
        };
        self.need(presence, || Want::Relation(expected, schema, name.name.clone()), missing).map(RelationRef::User)
    }

    /// A table on which triggers wait for the end of the transaction is left as it is (55006).
    pub fn refuse_pending(&self, table: ObjId, command: &str) -> Result<(), Failure> {
        if !self.session.transaction.pending.contains(&table) {
            return Ok(());
        }
        let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        Err(fail("55006", format!("cannot {command} \"{name}\" because it has pending trigger events")))
    }

    /// A relation of the schema; those of the system cannot be changed.
    pub fn user_relation(&self, name: &ObjectName, expected: RelationKind) -> Outcome<ObjId> {
        match self.relation(name, expected)? {
            RelationRef::User(id) => Ok(id),
            RelationRef::System(..) => {
                Err(fail("42501", format!("permission denied: \"{}\" is a system catalog", name.name)).at(name.span).into())
            }
        }
    }

    /// Whether a name refers to a relation of pg_catalog (unless something before it on the path hides it) or information_schema.
    pub fn system_relation(&self, name: &ObjectName) -> Option<RelationRef> {
        match name.schema.as_deref() {
            Some("pg_catalog") => {
                self.builtin.system_relation("pg_catalog", &name.name).map(|_| RelationRef::System("pg_catalog", name.name.clone()))
            }
            Some("information_schema") => self
                .builtin
                .system_relation("information_schema", &name.name)
                .map(|_| RelationRef::System("information_schema", name.name.clone())),
            Some(_) => None,
            None if !name.name.starts_with("pg_") => None,
            None => self.builtin.system_relation("pg_catalog", &name.name).map(|_| RelationRef::System("pg_catalog", name.name.clone())),
        }
    }
}

/// The report's word for a relation of this kind.
pub fn kind_id(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table | RelationKind::ForeignTable => "table",
        RelationKind::View => "view",
        RelationKind::MatView => "matview",
        RelationKind::Index => "index",
        RelationKind::Sequence => "sequence",
    }
}

/// The report's word for what an object is.
pub fn report_kind(body: &Body) -> &'static str {
    match body {
        Body::Schema => "schema",
        Body::Extension(_) => "extension",
        Body::Relation(relation) => match &relation.kind {
            RelKind::Table(_) => "table",
            RelKind::View(_) => "view",
            RelKind::MatView(_) => "matview",
            RelKind::Index(_) => "index",
            RelKind::Sequence(_) => "sequence",
        },
        Body::Type(Type::Enum(_)) => "enum",
        Body::Type(Type::Composite(_)) => "composite",
        Body::Type(Type::Domain(_)) => "domain",
        Body::Type(Type::Range { .. } | Type::Multirange(_)) => "range",
        Body::Type(Type::Base(_) | Type::Shell) => "type",
        Body::Routine(routine) => match routine.kind {
            crate::op::RoutineKind::Function | crate::op::RoutineKind::Routine => "function",
            crate::op::RoutineKind::Procedure => "procedure",
            crate::op::RoutineKind::Aggregate => "aggregate",
        },
        Body::Constraint(_) => "constraint",
        Body::Default(_) => "default",
        Body::Trigger(_) => "trigger",
        Body::Rule(_) => "rule",
        Body::Policy(_) => "policy",
        Body::EventTrigger(_) => "event trigger",
        Body::Cast(_) => "cast",
        Body::Operator(_) => "operator",
        Body::Role(_) => "role",
        Body::DefaultPrivileges => "default-privileges",
        Body::Generic(generic) => generic_word(generic.kind),
    }
}

/// The word for a generic kind, in the server's messages and our reports.
pub fn generic_word(kind: crate::op::GenericKind) -> &'static str {
    use crate::op::GenericKind as Kind;
    match kind {
        Kind::AccessMethod => "access method",
        Kind::Collation => "collation",
        Kind::Conversion => "conversion",
        Kind::ForeignDataWrapper => "foreign-data wrapper",
        Kind::ForeignServer => "server",
        Kind::Language => "language",
        Kind::OperatorClass => "operator class",
        Kind::OperatorFamily => "operator family",
        Kind::Publication => "publication",
        Kind::Statistics => "statistics object",
        Kind::Subscription => "subscription",
        Kind::Tablespace => "tablespace",
        Kind::TextSearchConfiguration => "text search configuration",
        Kind::TextSearchDictionary => "text search dictionary",
        Kind::TextSearchParser => "text search parser",
        Kind::TextSearchTemplate => "text search template",
        Kind::Transform => "transform",
        Kind::UserMapping => "user mapping",
    }
}
