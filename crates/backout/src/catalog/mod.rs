//! The state of a database's schema: objects in slots, their names, their dependencies, and a journal to go back.
//!
//! There is one way to change it, [`Catalog::set`], which replaces the object in a slot and writes the journal. What
//! the journal holds since a mark is also all that [`diff`] looks at, so that comparing two states costs what changed.
//!
//! A name is *present*, *absent* or *open*. In a closed world (a history from empty, or a baseline) a name that nobody
//! made is absent. In an open one it is open until a statement proves it present or absent. A gap puts every name in
//! its reach in doubt until a later statement proves it again.

pub mod apply;
pub mod builtin;
pub mod context;
pub mod decimal;
pub mod diff;
mod failure;
pub mod history;
pub mod marks;
mod names;
pub mod object;
pub mod resolve;
pub mod rows;
pub mod session;
mod store;
pub mod template;
pub mod trace;

pub use crate::lexer::quote;
pub use failure::{Failure, ServerError};
pub use names::{Before, Names, relation_word};
pub use store::{Catalog, Changed};
pub use trace::Trace;

use crate::op::{GenericKind, Name};
use object::{Body, Column, ColumnNumber, Dep, DepKind, ObjId, Object, Relation};
use std::sync::Arc;
use template::Template;

/// The name spaces of the server's catalogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Class {
    Schema,
    Extension,
    Relation,
    /// What is known of columns that a relation which is not fully known has or lacks.
    Column,
    Type,
    Routine,
    Constraint,
    Trigger,
    Rule,
    Policy,
    EventTrigger,
    Cast,
    Operator,
    Role,
    DefaultPrivileges,
    Generic(GenericKind),
}

/// What makes a name unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The name space.
    pub class: Class,
    /// The schema or table.
    pub parent: ObjId,
    /// The name.
    pub name: Name,
    /// Argument types of routines and operators, the method of operator classes.
    pub args: Name,
}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // Few writes are what makes it fast.
        let class = match self.class {
            Class::Generic(kind) => 32 + kind as u64,
            Class::Schema => 0,
            Class::Extension => 1,
            Class::Relation => 2,
            Class::Type => 3,
            Class::Routine => 4,
            Class::Constraint => 5,
            Class::Trigger => 6,
            Class::Rule => 7,
            Class::Policy => 8,
            Class::EventTrigger => 9,
            Class::Cast => 10,
            Class::Operator => 11,
            Class::Role => 12,
            Class::DefaultPrivileges => 13,
            Class::Column => 14,
        };
        state.write_u64(class << 32 | u64::from(self.parent.0));
        state.write(self.name.as_bytes());
        if !self.args.is_empty() {
            state.write(self.args.as_bytes());
        }
    }
}

/// What stands in a key for all: the arguments of a routine that was named without them, or whatever belongs to something unseen.
pub const EVERY: &str = "*";

impl Key {
    /// The key of an object without arguments.
    pub fn new(class: Class, parent: ObjId, name: impl Into<Name>) -> Self {
        Self { class, parent, name: name.into(), args: Name::default() }
    }
}

/// Which statement changes the catalog: 0 is the time before, then script and statement as the simulation counts them.
pub type Cause = u32;

/// Whether a statement of this script, 1 for the forward and 2 for the rollback, is the cause.
pub(crate) fn is_by(cause: Cause, script: Cause) -> bool {
    cause >> 30 == script
}

/// A place in the journal to go back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(usize);

/// The number of a gap, as the simulation counts them.
pub type GapId = usize;
/// Lowers an expression of a server's version.
pub type ReadExpression = fn(&str, u16) -> Result<crate::op::Expr, crate::op::Op>;
/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// An object; with the gap that may have changed it since.
    Present(ObjId, Option<GapId>),
    /// Nothing.
    Absent,
    /// It cannot be told: the world is open (none) or a gap may have made it.
    Open(Option<GapId>),
}

impl Object {
    /// An object with nothing around it.
    pub fn new(name: impl Into<Name>, parent: ObjId, body: Body) -> Self {
        Self {
            name: name.into(),
            parent,
            body,
            deps: Vec::new(),
            owner: Name::default(),
            acl: object::Acl::new(),
            comment: None,
            extension: None,
            presumed: false,
        }
    }

    /// Adds a dependency unless it is there.
    pub fn depend(&mut self, on: ObjId, column: ColumnNumber, kind: DepKind) {
        self.depend_column(0, on, column, kind);
    }

    /// Adds a dependency of one of its columns unless it is there.
    pub fn depend_column(&mut self, own_column: ColumnNumber, on: ObjId, column: ColumnNumber, kind: DepKind) {
        let dep = Dep { on, column, own_column, kind };
        if on != ObjId::NONE && !self.deps.contains(&dep) {
            self.deps.push(dep);
        }
    }

    /// A publication's member is a part of it, like a column of a table, that goes with what it publishes; a column that it lists is held.
    pub fn publish(&mut self, member: ObjId, column: ColumnNumber) {
        let known = self.deps.iter().find(|dep| dep.on == member).map(|dep| dep.own_column);
        let place = known.unwrap_or_else(|| self.deps.iter().map(|dep| dep.own_column).max().unwrap_or_default() + 1);
        self.depend_column(place, member, column, if column == 0 { DepKind::Auto } else { DepKind::Normal });
    }

    /// Depends on everything that a template refers to; its own table's columns with `own`, all else with `other`.
    pub fn depend_on_template(&mut self, template: &Template, table: ObjId, own: DepKind, other: DepKind) {
        for (on, column) in template.references() {
            let kind = if on == table { own } else { other };
            if on != table || column != 0 {
                self.depend(on, column, kind);
            }
        }
    }
}

impl Relation {
    /// The column with this name that is not dropped.
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.live_columns().find(|column| column.name == name)
    }

    /// The column with this number.
    pub fn column_at(&self, number: ColumnNumber) -> Option<&Arc<Column>> {
        let direct = self.columns.get(usize::from(number).wrapping_sub(1)).filter(|column| column.number == number);
        direct.or_else(|| self.columns.iter().find(|column| column.number == number))
    }

    /// The columns that are not dropped.
    pub fn live_columns(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.columns.iter().filter(|column| !column.dropped)
    }

    /// The number that the next column gets.
    pub fn next_number(&self) -> ColumnNumber {
        next_number(&self.columns)
    }
}

/// The number that the next column of a list gets.
pub(crate) fn next_number(columns: &[Arc<Column>]) -> ColumnNumber {
    let highest = columns.iter().map(|column| column.number).filter(|&number| number < object::PRESUMED_COLUMNS).max();
    highest.unwrap_or(0) + 1
}

/// The key under which an object is found; none for defaults, which their column holds.
pub fn key_of(object: &Object) -> Option<Key> {
    let plain = |class| Some(Key { class, parent: object.parent, name: object.name.clone(), args: Name::default() });
    let with = |class, args: String| Some(Key { class, parent: object.parent, name: object.name.clone(), args: args.into() });
    match &object.body {
        Body::Schema => plain(Class::Schema),
        Body::Extension(_) => plain(Class::Extension),
        Body::Relation(_) => plain(Class::Relation),
        Body::Type(_) => plain(Class::Type),
        Body::Routine(routine) => with(Class::Routine, routine.key_args()),
        Body::Constraint(_) => plain(Class::Constraint),
        Body::Default(_) => None,
        Body::Trigger(_) => plain(Class::Trigger),
        Body::Rule(_) => plain(Class::Rule),
        Body::Policy(_) => plain(Class::Policy),
        Body::EventTrigger(_) => plain(Class::EventTrigger),
        Body::Cast(_) => plain(Class::Cast),
        Body::Operator(operator) => with(
            Class::Operator,
            [&operator.left, &operator.right].map(|ty| ty.as_ref().map(object::Ty::key).unwrap_or_default()).join(","),
        ),
        Body::Role(_) => plain(Class::Role),
        Body::DefaultPrivileges => plain(Class::DefaultPrivileges),
        Body::Generic(generic) => with(Class::Generic(generic.kind), generic.method.clone().unwrap_or_default().to_string()),
    }
}

impl object::Routine {
    /// The input types as they make a signature unique; a star where nothing tells them.
    pub fn key_args(&self) -> String {
        if self.is_unlisted() {
            return EVERY.to_owned();
        }
        self.inputs().map(|argument| argument.ty.key()).collect::<Vec<_>>().join(",")
    }

    /// Whether nothing tells its arguments.
    pub fn is_unlisted(&self) -> bool {
        self.args.iter().any(|argument| argument.mode == object::UNLISTED)
    }

    /// The arguments of a call (for procedures OUT arguments are part of the signature since 14).
    pub fn inputs(&self) -> impl Iterator<Item = &object::Argument> {
        self.args.iter().filter(|argument| matches!(argument.mode, 'i' | 'b' | 'v'))
    }
}

impl object::Ty {
    /// A type of pg_catalog without modifiers.
    pub fn builtin(name: &str) -> Self {
        Self { base: object::TyBase::Builtin(name.into()), modifiers: Name::default(), array: false }
    }

    /// A type of the schema without modifiers.
    pub fn user(id: ObjId) -> Self {
        Self { base: object::TyBase::User(id), modifiers: Name::default(), array: false }
    }

    /// A type of which nothing is known.
    pub fn open() -> Self {
        Self { base: object::TyBase::Open("?".into()), modifiers: Name::default(), array: false }
    }

    /// The type without its modifiers, as text that is the same for the same type.
    pub fn key(&self) -> String {
        let array = if self.array { "[]" } else { "" };
        match &self.base {
            object::TyBase::Builtin(name) => format!("{name}{array}"),
            object::TyBase::User(id) => format!("#{}{array}", id.0),
            object::TyBase::Open(name) => format!("?{name}{array}"),
        }
    }

    /// The object that it refers to.
    pub fn object(&self) -> Option<ObjId> {
        match self.base {
            object::TyBase::User(id) => Some(id),
            object::TyBase::Builtin(_) | object::TyBase::Open(_) => None,
        }
    }
}
