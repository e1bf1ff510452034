//! What a schema is made of.
//!
//! An object holds everything about itself, its outgoing dependencies included, so that replacing the object in its
//! slot is the only kind of change there is.

use super::template::{Piece, Template};
use crate::op::{ForeignKeyAction, GenericKind, Name, PartitionBound, Persistence, ReplicaIdentity, RoutineKind, TriggerEnabled};
use litemap::LiteMap;
use std::sync::Arc;

/// The number of an object's slot; never used again for another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjId(pub u32);

impl ObjId {
    /// The slot as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The parent of objects that have none.
    pub const NONE: ObjId = ObjId(u32::MAX);
}

/// A column's number within its relation, from 1; 0 is the relation as a whole.
pub type ColumnNumber = u16;

/// Where the numbers of presumed columns begin: their true place is not known.
pub const PRESUMED_COLUMNS: ColumnNumber = 10_000;

/// One object of the database.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its own name.
    pub name: Name,
    /// Its schema, or the table (or domain) of a constraint, trigger, rule, policy or default.
    pub parent: ObjId,
    /// What it is.
    pub body: Body,
    /// What it depends on.
    pub deps: Vec<Dep>,
    /// Its owner; empty for the role that runs the scripts.
    pub owner: Name,
    /// Its privileges, where they are not the built-in default.
    pub acl: Acl,
    /// Its comment.
    pub comment: Option<Arc<str>>,
    /// The extension that it belongs to.
    pub extension: Option<ObjId>,
    /// True when nothing in the input makes it and a script uses it.
    pub presumed: bool,
}

/// Privileges: grantee (`public` is the empty name) → privilege in capitals, with its column → grant option.
pub type Acl = LiteMap<(Name, Name, ColumnNumber), bool>;

/// What kind of thing an object is.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A schema.
    Schema,
    /// An extension.
    Extension(Extension),
    /// A table, view, index or sequence.
    Relation(Relation),
    /// A type that is no table's row type.
    Type(Type),
    /// A function, procedure or aggregate.
    Routine(Routine),
    /// A constraint of a table or domain.
    Constraint(Constraint),
    /// A column's default or generation expression.
    Default(ColumnDefault),
    /// A trigger.
    Trigger(Trigger),
    /// A rule (not the one that makes a view).
    Rule(Rule),
    /// A row security policy.
    Policy(Policy),
    /// An event trigger.
    EventTrigger(EventTrigger),
    /// A cast; its object's name is `source AS target`.
    Cast(Cast),
    /// An operator; its operand types are part of its key.
    Operator(Operator),
    /// A role, with what it was given beyond what every role has: attributes, settings, and roles that it is in.
    Role(RoleSettings),
    /// Privileges that new objects get; its object's name is `role schema objects`.
    DefaultPrivileges,
    /// Everything that is kept by name, text and references only.
    Generic(Generic),
}

/// Attributes, settings and memberships of a role: name → value. See [`crate::op::RoleOption`].
pub type RoleSettings = LiteMap<Name, String>;

/// Among what a role was given: it was perhaps there before the scripts, and had something then.
pub const PERHAPS: &str = "?";

/// What begins the privileges on databases and on what is the server's among what a role was given: they hold the role, and are not
/// compared.
pub const ELSEWHERE: &str = "ON ";

/// An outgoing dependency, as in `pg_depend`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dep {
    /// The referenced object.
    pub on: ObjId,
    /// The referenced column; 0 for the whole object.
    pub column: ColumnNumber,
    /// Which column of the dependent needs it; 0 for the whole dependent.
    pub own_column: ColumnNumber,
    /// What happens when the referenced object is dropped.
    pub kind: DepKind,
}

/// `deptype` of `pg_depend`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DepKind {
    /// `n`: blocks the drop without CASCADE.
    Normal,
    /// `a`: goes with it.
    Auto,
    /// `i`: part of it; cannot be dropped alone.
    Internal,
}

/// An extension.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// The version when it was written.
    pub version: Option<String>,
    /// True when its contents are not known to us.
    pub open: bool,
}

/// A resolved type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ty {
    /// The element type for arrays, else the type itself.
    pub base: TyBase,
    /// Type modifiers as `format_type` prints them within the parentheses; empty for none.
    pub modifiers: Name,
    /// An array of it.
    pub array: bool,
}

/// What a type refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TyBase {
    /// A type of pg_catalog, by its catalog name.
    Builtin(Name),
    /// A type, domain or row type of the schema.
    User(ObjId),
    /// A type that an extension of unknown contents, or nothing that we know, makes.
    Open(Name),
}

/// A relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// What kind it is, with what only this kind has.
    pub kind: RelKind,
    /// How long it lives.
    pub persistence: Persistence,
    /// Its columns in the order of their numbers, dropped ones included.
    pub columns: Vec<Arc<Column>>,
    /// Storage parameters.
    pub options: LiteMap<Name, String>,
    /// True for a presumed relation of which not all columns are known.
    pub open: bool,
}

/// The kinds of relations.
#[derive(Clone, Debug, PartialEq)]
pub enum RelKind {
    /// A table of any sort.
    Table(Table),
    /// A view.
    View(Template),
    /// A materialized view.
    MatView(Template),
    /// An index.
    Index(Index),
    /// A sequence.
    Sequence(Sequence),
}

/// What only tables have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The server of a foreign table.
    pub foreign: Option<Name>,
    /// `PARTITION BY`: the text of the key.
    pub partition_by: Option<Template>,
    /// The key has an expression that is no column.
    pub partition_by_expression: bool,
    /// The partitioned parent and the bound.
    pub partition_of: Option<(ObjId, Template)>,
    /// The bound, to be compared with others.
    pub bound: Option<Arc<PartitionBound>>,
    /// Parents by INHERITS.
    pub inherits: Vec<ObjId>,
    /// `ROW LEVEL SECURITY` enabled.
    pub row_security: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub force_row_security: bool,
    /// `REPLICA IDENTITY`.
    pub replica_identity: ReplicaIdentity,
    /// The composite type of a typed table.
    pub of_type: Option<ObjId>,
    /// The access method when it was written.
    pub access_method: Option<Name>,
    /// `ON COMMIT DROP`.
    pub on_commit_drop: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its number; those of presumed columns begin at [`PRESUMED_COLUMNS`].
    pub number: ColumnNumber,
    /// Its name; empty when dropped.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// `NOT NULL`, also by a primary key or identity.
    pub not_null: bool,
    /// Its default or generation expression.
    pub default: Option<ObjId>,
    /// Generated: stored (true) or virtual (false).
    pub generated: Option<bool>,
    /// Identity: always (true) or by default (false).
    pub identity: Option<bool>,
    /// `COLLATE`, when it is not the type's own.
    pub collation: Option<Name>,
    /// `STORAGE`, when it is not the type's own.
    pub storage: Option<Name>,
    /// `COMPRESSION`.
    pub compression: Option<Name>,
    /// `STATISTICS`; -1 is the default.
    pub statistics: i32,
    /// Attribute options, and those of foreign tables.
    pub options: LiteMap<Name, String>,
    /// Its comment.
    pub comment: Option<Arc<str>>,
    /// Defined here, not only inherited.
    pub local: bool,
    /// How many parents it comes from.
    pub inherited: u16,
    /// Gone, its number kept.
    pub dropped: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its table.
    pub table: ObjId,
    /// `UNIQUE`.
    pub unique: bool,
    /// Of a primary key.
    pub primary: bool,
    /// The access method.
    pub method: Name,
    /// Key columns and expressions.
    pub elements: Vec<IndexKey>,
    /// `INCLUDE` columns.
    pub include: Vec<ColumnNumber>,
    /// `WHERE`.
    pub filter: Option<Template>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// False after a failed CONCURRENTLY build, or `ON ONLY` a partitioned table.
    pub valid: bool,
    /// The table is clustered on it.
    pub clustered: bool,
    /// The partitioned index that it is attached to.
    pub partition_of: Option<ObjId>,
    /// The constraint that it serves.
    pub constraint: Option<ObjId>,
}

/// One key of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexKey {
    /// A column, or an expression.
    pub key: IndexKeyKind,
    /// `COLLATE`.
    pub collation: Option<Name>,
    /// The operator class when it is not the default.
    pub opclass: Option<Name>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, resolved.
    pub nulls_first: bool,
    /// The operator of an exclusion constraint.
    pub operator: Option<Name>,
}

/// What an index key is.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKeyKind {
    /// A column.
    Column(ColumnNumber),
    /// An expression.
    Expression(Template),
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// `int2`, `int4` or `int8`.
    pub ty: Name,
    /// `START`.
    pub start: i64,
    /// `INCREMENT`.
    pub increment: i64,
    /// `MINVALUE`.
    pub min: i64,
    /// `MAXVALUE`.
    pub max: i64,
    /// `CACHE`.
    pub cache: i64,
    /// `CYCLE`.
    pub cycle: bool,
    /// The column that owns it.
    pub owned_by: Option<(ObjId, ColumnNumber)>,
    /// It belongs to an identity column.
    pub identity: bool,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// What it demands.
    pub kind: ConstraintKind,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// False while `NOT VALID`.
    pub validated: bool,
    /// False when `NOT ENFORCED`.
    pub enforced: bool,
    /// Comes from a parent table.
    pub inherited: bool,
    /// Also defined on the table itself.
    pub local: bool,
}

impl Constraint {
    /// Of one that can wait for the end of the transaction: whether it does so if nobody says otherwise.
    pub fn can_wait(&self) -> Option<bool> {
        self.deferrable.then_some(self.initially_deferred)
    }

    /// Whether this foreign key of a partition can be its part of its parent's.
    pub fn can_be_part_of(&self, parents: &Constraint) -> bool {
        let key = |constraint: &Constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { columns, table, target, on_delete, set_columns, on_update, match_full } => {
                let refers = (columns.clone(), *table, target.clone());
                let acts = (*on_delete, set_columns.clone(), *on_update, *match_full);
                Some((refers, acts, constraint.can_wait(), constraint.enforced))
            }
            _ => None,
        };
        !self.inherited && self.validated && key(self) == key(parents)
    }
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `CHECK` of a table.
    Check {
        /// The condition.
        expr: Template,
        /// `NO INHERIT`.
        no_inherit: bool,
        /// The columns that it mentions.
        columns: Vec<ColumnNumber>,
    },
    /// `PRIMARY KEY`, `UNIQUE`, `EXCLUDE`: its index says the rest.
    Key {
        /// `PRIMARY KEY`.
        primary: bool,
        /// `EXCLUDE`.
        exclude: bool,
        /// The index.
        index: ObjId,
        /// The key columns (not of expressions).
        columns: Vec<ColumnNumber>,
    },
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The referencing columns.
        columns: Vec<ColumnNumber>,
        /// The referenced table.
        table: ObjId,
        /// The referenced columns; empty when a presumed table does not tell.
        target: Vec<ColumnNumber>,
        /// `ON DELETE`.
        on_delete: ForeignKeyAction,
        /// The columns of `ON DELETE SET NULL (…)`.
        set_columns: Vec<ColumnNumber>,
        /// `ON UPDATE`.
        on_update: ForeignKeyAction,
        /// `MATCH FULL`.
        match_full: bool,
    },
    /// `NOT NULL` as an object (from 18).
    NotNull {
        /// The column.
        column: ColumnNumber,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `CHECK` of a domain.
    Domain {
        /// The condition.
        expr: Template,
    },
    /// A constraint trigger's entry.
    Trigger,
}

/// A column's default or generation expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefault {
    /// The column.
    pub column: ColumnNumber,
    /// The expression.
    pub expr: Template,
}

/// A type that is no table's row type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// An enum with its labels in order; the stamp is the transaction that added the label, 0 when committed.
    Enum(Vec<Arc<str>>),
    /// A composite type.
    Composite(Vec<Arc<Column>>),
    /// A domain.
    Domain(Domain),
    /// A range with its subtype.
    Range {
        /// The subtype.
        subtype: Ty,
        /// All options, normalised.
        text: String,
    },
    /// The multirange of a range.
    Multirange(ObjId),
    /// A base type.
    Base(String),
    /// A shell type.
    Shell,
}

/// A domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// Its base type.
    pub ty: Ty,
    /// `COLLATE`.
    pub collation: Option<Name>,
    /// `NOT NULL`.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Template>,
}

/// A function, procedure or aggregate.
#[derive(Clone, Debug, PartialEq)]
pub struct Routine {
    /// Which of them.
    pub kind: RoutineKind,
    /// All arguments.
    pub args: Vec<Argument>,
    /// What it returns; none for procedures.
    pub returns: Option<Ty>,
    /// `SETOF`, `TABLE`.
    pub set: bool,
    /// The language.
    pub language: Name,
    /// The body as it is compared.
    pub body: RoutineText,
    /// `i`, `s` or `v`.
    pub volatility: char,
    /// Strictness, cost, settings and the rest: option name → value, defaults left out.
    pub properties: LiteMap<Name, String>,
}

/// The mode of an argument that stands for all that a presumed routine has: it was named without a list.
pub const UNLISTED: char = '?';

/// An argument of a routine.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name; may be empty.
    pub name: Name,
    /// `i`, `o`, `b` (INOUT), `v` (VARIADIC), `t` (TABLE), as in `pg_proc.proargmodes`; or [`UNLISTED`].
    pub mode: char,
    /// Its type.
    pub ty: Ty,
    /// Its default.
    pub default: Option<Template>,
}

/// The body of a routine.
#[derive(Clone, Debug, PartialEq)]
pub enum RoutineText {
    /// Quoted text; the operation it came from keeps the parsed form.
    Quoted(Arc<crate::op::CreateRoutine>),
    /// An SQL-standard body with its references.
    Parsed(Template),
    /// An aggregate's or another definition that is compared as text.
    Definition(String),
}

/// A trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The function.
    pub function: ObjId,
    /// Everything else, as text with its references: timing, events, columns, condition, arguments.
    pub definition: Template,
    /// Whether it fires.
    pub enabled: TriggerEnabled,
    /// The trigger of the partitioned parent that it was made for.
    pub parent: Option<ObjId>,
    /// Made by CREATE CONSTRAINT TRIGGER.
    pub constraint: bool,
}

impl Trigger {
    /// Whether `INSERT`, `UPDATE`, `DELETE` or `TRUNCATE` is among its events.
    pub fn fires_on(&self, event: &str) -> bool {
        let Some(Piece::Text(begin)) = self.definition.pieces.first() else { return false };
        let events = begin.split_whitespace().take_while(|word| !matches!(*word, "OF" | "FOR" | "FROM" | "REFERENCING" | "DEFERRABLE"));
        events.into_iter().any(|word| word == event)
    }

    /// Whether it fires when the rows have been written.
    pub fn fires_after(&self) -> bool {
        matches!(self.definition.pieces.first(), Some(Piece::Text(begin)) if begin.starts_with("AFTER "))
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Everything, as text with its references.
    pub definition: Template,
    /// Whether it fires.
    pub enabled: TriggerEnabled,
}

/// A policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// `PERMISSIVE`.
    pub permissive: bool,
    /// `ALL`, `SELECT`, …
    pub command: &'static str,
    /// The roles, sorted; `public` is the empty name.
    pub roles: Vec<Name>,
    /// `USING`.
    pub using: Option<Template>,
    /// `WITH CHECK`.
    pub check: Option<Template>,
}

/// An event trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTrigger {
    /// Event, tags and function as text with references.
    pub definition: Template,
    /// Whether it fires.
    pub enabled: TriggerEnabled,
}

/// A cast.
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// From.
    pub source: Ty,
    /// To.
    pub target: Ty,
    /// The way, as text with references.
    pub definition: Template,
    /// `e`, `a` or `i`.
    pub context: char,
}

/// An operator.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    /// The left operand's type.
    pub left: Option<Ty>,
    /// The right operand's type.
    pub right: Option<Ty>,
    /// What it returns, where known.
    pub returns: Option<Ty>,
    /// Everything else, as text with its references.
    pub definition: Template,
}

/// An object that is kept by name, text and references only.
#[derive(Clone, Debug, PartialEq)]
pub struct Generic {
    /// Its kind.
    pub kind: GenericKind,
    /// The access method, language or server that is part of its identity.
    pub method: Option<Name>,
    /// The definition and the changes made to it since, normalised.
    pub text: Template,
}
