//! Our vocabulary: what a statement asks of the database, with the spelling differences of SQL already resolved.
//!
//! One statement becomes one [`Op`]. Names are folded and cut as the server does; expressions and queries are kept as
//! trees ([`expr`], [`query`]) so that the catalog can resolve what they refer to. All spans are byte ranges within the
//! statement's own text, so that a lowered statement can be used again wherever the same text stands.
//!
//! Nothing here knows how a statement is parsed, and nothing here knows a catalog.

pub mod alter;
mod command;
pub mod expr;
pub mod object;
pub mod query;
pub mod table;

use crate::source::Span;
use arcstr::ArcStr;
use std::sync::Arc;

pub use alter::{AlterTable, ColumnAction, ReplicaIdentity, TableAction};
pub use expr::{Call, Constant, Expr, TypeName};
pub use object::*;
pub use query::{Alias, Copy, Cte, Delete, FromItem, Insert, JoinCondition, Merge, Query, QueryBody, Select, SelectItem, Truncate, Update};
pub use table::*;

/// An identifier as the catalog holds it: folded unless quoted, cut at 63 bytes.
pub type Name = ArcStr;

/// A possibly schema-qualified name.
#[derive(Clone, Debug)]
pub struct ObjectName {
    /// The schema, when it was written.
    pub schema: Option<Name>,
    /// The object's own name.
    pub name: Name,
    /// Where it stands in the statement.
    pub span: Span,
}

/// A name with its place.
#[derive(Clone, Debug)]
pub struct Ident {
    /// The folded name.
    pub name: Name,
    /// Where it stands in the statement.
    pub span: Span,
}

/// What happens to dependent objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// Refuse while something depends on it (also when nothing was written).
    #[default]
    Restrict,
    /// Take the dependents too.
    Cascade,
}

/// One statement, understood.
#[derive(Debug)]
pub enum Op {
    /// The server would not accept this text (mostly 42601, or 0A000 and 42P16 where the grammar itself says so).
    Invalid(Rejection),
    /// We could not understand it.
    Gap(Gap),
    /// A statement without effect on the schema that cannot fail because of it (`ANALYZE`, `CHECKPOINT`, `SHOW`, `LOCK` of nothing, …).
    Nothing,

    /// `CREATE SCHEMA`.
    CreateSchema(CreateSchema),
    /// `CREATE [FOREIGN] TABLE`, with `PARTITION OF` and `OF type`.
    CreateTable(Box<CreateTable>),
    /// `CREATE TABLE … AS`, `SELECT … INTO`.
    CreateTableAs(Box<CreateTableAs>),
    /// `ALTER TABLE` and its like on views, indexes, sequences (the actions that PostgreSQL shares between them).
    AlterTable(Box<AlterTable>),
    /// `CREATE INDEX`.
    CreateIndex(Box<CreateIndex>),
    /// `CREATE SEQUENCE`.
    CreateSequence(Box<CreateSequence>),
    /// `ALTER SEQUENCE` with options.
    AlterSequence(Box<AlterSequence>),
    /// `CREATE VIEW`.
    CreateView(Box<CreateView>),
    /// `CREATE MATERIALIZED VIEW`.
    CreateMatView(Box<CreateTableAs>),
    /// `REFRESH MATERIALIZED VIEW`.
    RefreshMatView {
        /// The materialized view.
        name: ObjectName,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// False for `WITH NO DATA`.
        with_data: bool,
    },
    /// `CREATE FUNCTION` and `CREATE PROCEDURE`.
    CreateRoutine(Arc<CreateRoutine>),
    /// `ALTER FUNCTION|PROCEDURE|ROUTINE` with changes of its properties.
    AlterRoutine(Box<AlterRoutine>),
    /// `CREATE AGGREGATE`.
    CreateAggregate(Box<CreateAggregate>),
    /// `CREATE TRIGGER`.
    CreateTrigger(Box<CreateTrigger>),
    /// `CREATE EVENT TRIGGER`.
    CreateEventTrigger(CreateEventTrigger),
    /// `ALTER EVENT TRIGGER … ENABLE|DISABLE`.
    AlterEventTrigger {
        /// The event trigger.
        name: Ident,
        /// How it fires from now on.
        enabled: TriggerEnabled,
    },
    /// `CREATE RULE`.
    CreateRule(Box<CreateRule>),
    /// `CREATE POLICY`.
    CreatePolicy(Box<CreatePolicy>),
    /// `ALTER POLICY` (not its renaming).
    AlterPolicy(Box<AlterPolicy>),
    /// `CREATE TYPE`.
    CreateType(Box<CreateType>),
    /// `ALTER TYPE` of an enum.
    AlterEnum(AlterEnum),
    /// `ALTER TYPE … {ADD|DROP|ALTER} ATTRIBUTE`.
    AlterComposite(AlterComposite),
    /// `CREATE DOMAIN`.
    CreateDomain(Box<CreateDomain>),
    /// `ALTER DOMAIN`.
    AlterDomain(Box<AlterDomain>),
    /// `CREATE EXTENSION`.
    CreateExtension(CreateExtension),
    /// `ALTER EXTENSION`.
    AlterExtension(Box<AlterExtension>),
    /// `CREATE CAST`.
    CreateCast(Box<CreateCast>),
    /// `CREATE OPERATOR`.
    CreateOperator(Box<CreateOperator>),
    /// `CREATE ROLE|USER|GROUP`.
    CreateRole(CreateRole),
    /// `ALTER ROLE` with options or settings.
    AlterRole {
        /// The role; `PUBLIC` stands for all.
        role: RoleName,
        /// What becomes different.
        options: Vec<RoleOption>,
    },
    /// `CREATE` of an object kind that we keep by name, text and references only.
    CreateGeneric(Box<CreateGeneric>),
    /// `ALTER` of such an object (not rename, owner, schema).
    AlterGeneric(Box<AlterGeneric>),

    /// `DROP` of anything.
    Drop(Drop),
    /// `DROP OWNED`, `REASSIGN OWNED`.
    Owned {
        /// Whose.
        roles: Vec<RoleName>,
        /// The new owner; none for `DROP OWNED`.
        reassign_to: Option<RoleName>,
        /// `CASCADE`.
        behavior: Behavior,
    },
    /// `ALTER … RENAME`.
    Rename(Box<Rename>),
    /// `ALTER … OWNER TO`.
    Owner {
        /// What.
        target: ObjectRef,
        /// `IF EXISTS`.
        if_exists: bool,
        /// The new owner.
        owner: RoleName,
    },
    /// `ALTER … SET SCHEMA`.
    SetSchema {
        /// What.
        target: ObjectRef,
        /// `IF EXISTS`.
        if_exists: bool,
        /// The new schema.
        schema: Ident,
    },
    /// `ALTER … [NO] DEPENDS ON EXTENSION`.
    DependsOnExtension {
        /// What.
        target: ObjectRef,
        /// The extension.
        extension: Ident,
        /// `NO DEPENDS`.
        remove: bool,
    },
    /// `COMMENT ON`.
    Comment {
        /// What.
        target: ObjectRef,
        /// The text; none for `NULL`.
        text: Option<String>,
    },
    /// `SECURITY LABEL`.
    SecurityLabel {
        /// What.
        target: ObjectRef,
        /// The label provider.
        provider: Option<Name>,
        /// The label; none for `NULL`.
        label: Option<String>,
    },
    /// `GRANT`, `REVOKE` of privileges.
    Grant(Grant),
    /// `GRANT role TO role`, `REVOKE role FROM role`.
    GrantRole(GrantRole),
    /// `ALTER DEFAULT PRIVILEGES`.
    DefaultPrivileges(DefaultPrivileges),

    /// `INSERT`.
    Insert(Box<Insert>),
    /// `UPDATE`.
    Update(Box<Update>),
    /// `DELETE`.
    Delete(Box<Delete>),
    /// `MERGE`.
    Merge(Box<Merge>),
    /// `SELECT`, `VALUES`, `TABLE`, `WITH`.
    Select(Box<Query>),
    /// `COPY`.
    Copy(Box<Copy>),
    /// `TRUNCATE`.
    Truncate(Truncate),
    /// `LOCK TABLE`.
    Lock(Vec<ObjectName>),
    /// `CALL`.
    Call(Box<Call>),
    /// `EXPLAIN`: what it explains is checked, and executed when it says `ANALYZE`.
    Explain {
        /// `ANALYZE`.
        analyze: bool,
        /// The explained statement.
        op: Box<Op>,
    },
    /// `PREPARE name AS …`.
    Prepare {
        /// The name of the prepared statement.
        name: Ident,
        /// The prepared statement.
        op: Box<Op>,
    },
    /// `EXECUTE name(…)`.
    Execute {
        /// The name of the prepared statement.
        name: Ident,
    },
    /// `DEALLOCATE`.
    Deallocate {
        /// The name; none for `ALL`.
        name: Option<Ident>,
    },

    /// `DO`.
    Do(Do),
    /// `SET`, `RESET`.
    Set(Set),
    /// `SET CONSTRAINTS`.
    SetConstraints {
        /// The constraints; empty for `ALL`.
        names: Vec<ObjectName>,
        /// `DEFERRED`.
        deferred: bool,
    },
    /// `DISCARD ALL|PLANS|SEQUENCES|TEMP`.
    Discard {
        /// True for `ALL` and `TEMP`.
        temp: bool,
        /// True for `ALL`.
        all: bool,
    },
    /// Transaction control.
    Transaction(Transaction),
    /// `VACUUM`, `CLUSTER`, `REINDEX`, `ANALYZE table`, `CREATE/DROP DATABASE`, `ALTER SYSTEM`, `CREATE/DROP TABLESPACE`: leaves the schema as it is, may be forbidden in a transaction.
    Maintenance(Maintenance),
    /// Several operations from one statement (`CREATE SCHEMA` with elements is the schema's own; this one is for spellings such as `IMPORT`).
    Many(Vec<Op>),
}

/// Text that the server would refuse before it looks at any object.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// The error's SQLSTATE.
    pub sqlstate: &'static str,
    /// The message as the server words it.
    pub message: String,
    /// The offending token.
    pub span: Span,
}

/// Something in the text that we could not parse or do not model; a value, never an exception.
#[derive(Clone, Debug)]
pub struct Gap {
    /// What kind of not-knowing it is.
    pub kind: GapKind,
    /// Why, as a sentence part: "EXECUTE of text that is not constant".
    pub reason: String,
    /// What it may have touched.
    pub reach: Reach,
    /// Where it stands in the statement.
    pub span: Span,
}

/// The kinds of gaps, as reports name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// Text that we cannot parse although it may be valid.
    Syntax,
    /// A statement or option that we parse and do not model.
    NotModelled,
    /// Text that is built at run time.
    Dynamic,
    /// An object that nothing in the input makes and that was presumed.
    Presumed,
    /// Input beyond a bound that keeps us fast.
    Limit,
    /// A rollback was given without its forward.
    NoForward,
}

impl GapKind {
    /// The kind's name in reports.
    pub fn id(self) -> &'static str {
        match self {
            GapKind::Syntax => "syntax",
            GapKind::NotModelled => "not-modelled",
            GapKind::Dynamic => "dynamic",
            GapKind::Presumed => "presumed",
            GapKind::Limit => "limit",
            GapKind::NoForward => "no-forward",
        }
    }
}

/// Stands for an unknown part of a text: in a name it makes the name a pattern.
pub const HOLE: char = '\u{FFFC}';

/// Stands for the name of the database, wherever that is all of a text.
pub const DATABASE: char = '\u{FFFA}';

/// Why nothing is known after a default for the sessions of a role or a database: the scripts may run in one.
pub const LATER_SEARCH_PATH: &str = "a search_path for later sessions";

/// Stands for the name of the current user: an unknown part that is the same wherever it stands.
pub const USER: char = '\u{FFFB}';

impl Reach {
    /// Whether something of this name is within reach.
    pub fn covers(&self, name: &str) -> bool {
        match self {
            Reach::Nothing => false,
            Reach::Names(names) => names.iter().any(|reached| fits(reached, name)),
            Reach::Everything => true,
        }
    }
}

/// Whether a name fits one that may have holes.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split([HOLE, USER]);
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// What a gap may have touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing of the schema (rows at most).
    Nothing,
    /// Only objects with one of these names, in any schema.
    Names(Vec<Name>),
    /// It cannot be told.
    Everything,
}
