//! Names of objects in DROP, COMMENT, GRANT and their like, and all objects that are not relations.

use super::*;
use std::sync::Arc;

/// A role as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleName {
    /// A name.
    Named(Name),
    /// `CURRENT_USER`, `CURRENT_ROLE`, `SESSION_USER`.
    Current,
    /// `PUBLIC`.
    Public,
}

impl RoleName {
    /// What being in this role is called among the options of its members.
    pub fn membership(&self) -> Name {
        match self {
            Self::Named(name) => membership(name),
            Self::Current | Self::Public => membership("CURRENT_USER"),
        }
    }
}

/// What being in a role of this name is called.
pub fn membership(role: &str) -> Name {
    format!("{MEMBERSHIP}{role}").into()
}

/// What begins the memberships among what a role was given.
pub const MEMBERSHIP: &str = "IN ROLE ";

/// The kinds of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RelationKind {
    Table,
    View,
    MatView,
    Index,
    Sequence,
    ForeignTable,
}

/// The kinds of routines; `Routine` is what `DROP ROUTINE` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RoutineKind {
    Function,
    Procedure,
    Aggregate,
    Routine,
}

/// Object kinds that we keep by name, text and references only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum GenericKind {
    AccessMethod,
    Collation,
    Conversion,
    ForeignDataWrapper,
    ForeignServer,
    Language,
    OperatorClass,
    OperatorFamily,
    Publication,
    Statistics,
    Subscription,
    Tablespace,
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
    Transform,
    UserMapping,
}

/// Any object, as DROP, COMMENT, ALTER … RENAME and their like name it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are named as in the manual's synopses")]
pub enum ObjectRef {
    Relation {
        kind: RelationKind,
        name: ObjectName,
    },
    Column {
        relation: ObjectName,
        column: Ident,
    },
    Constraint {
        table: ObjectName,
        name: Ident,
    },
    DomainConstraint {
        domain: ObjectName,
        name: Ident,
    },
    Trigger {
        table: ObjectName,
        name: Ident,
    },
    Rule {
        table: ObjectName,
        name: Ident,
    },
    Policy {
        table: ObjectName,
        name: Ident,
    },
    Routine {
        kind: RoutineKind,
        signature: Signature,
    },
    /// `TYPE`: any type; the server refuses a domain only where it says `DOMAIN` of something else.
    Type(ObjectName),
    Domain(ObjectName),
    Schema(Ident),
    Extension(Ident),
    EventTrigger(Ident),
    Cast {
        source: Box<TypeName>,
        target: Box<TypeName>,
    },
    Operator {
        name: ObjectName,
        left: Option<Box<TypeName>>,
        right: Option<Box<TypeName>>,
    },
    Role(Ident),
    Database(Ident),
    LargeObject,
    /// Operator classes and families carry their access method, transforms their type's name and language, user mappings their role and server.
    Generic {
        kind: GenericKind,
        name: ObjectName,
        method: Option<Name>,
    },
}

/// A routine as DROP, COMMENT and ALTER name it.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its name.
    pub name: ObjectName,
    /// The argument types as written; none without parentheses.
    pub args: Option<Vec<SignatureArg>>,
}

/// One argument of a signature.
#[derive(Clone, Debug)]
pub struct SignatureArg {
    /// IN, OUT, …
    pub mode: ArgMode,
    /// Its type.
    pub ty: TypeName,
}

/// The modes of arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ArgMode {
    #[default]
    In,
    Out,
    InOut,
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// `CREATE FUNCTION`, `CREATE PROCEDURE`.
#[derive(Clone, Debug)]
pub struct CreateRoutine {
    /// A procedure; else a function.
    pub procedure: bool,
    /// Its name.
    pub name: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// The arguments, columns of `RETURNS TABLE` last with their mode.
    pub args: Vec<RoutineArg>,
    /// `RETURNS type`; none for procedures, `RETURNS TABLE` and OUT arguments alone.
    pub returns: Option<TypeName>,
    /// `RETURNS TABLE`.
    pub returns_table: bool,
    /// The language; `sql` for an SQL-standard body when none was written.
    pub language: Name,
    /// The body.
    pub body: RoutineBody,
    /// Volatility, strictness and the rest.
    pub attributes: RoutineAttributes,
}

/// A statement is read once: the same routine is the same one.
impl PartialEq for CreateRoutine {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// An argument of a routine.
#[derive(Clone, Debug)]
pub struct RoutineArg {
    /// Its name.
    pub name: Option<Name>,
    /// IN, OUT, …
    pub mode: ArgMode,
    /// Its type.
    pub ty: TypeName,
    /// `DEFAULT`.
    pub default: Option<Expr>,
}

/// The body of a routine.
#[derive(Clone, Debug)]
pub enum RoutineBody {
    /// `AS 'text'`: quoted, no dependency is recorded.
    Quoted {
        /// The decoded text.
        text: String,
        /// Where the decoded text begins in the statement, when its bytes stand there unchanged (dollar quotes).
        offset: Option<u32>,
        /// What it says when it is in language sql and parses; the statements in order.
        statements: Option<Arc<[Op]>>,
    },
    /// `AS 'file', 'symbol'`.
    Object(String, String),
    /// `RETURN expr`.
    Return(Box<Expr>),
    /// `BEGIN ATOMIC … END`.
    Atomic(Arc<[Op]>),
    /// No body was written (the server refuses it).
    Missing,
}

/// Properties of a routine; none is the default in CREATE, unchanged in ALTER.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is named as in the manual's CREATE FUNCTION")]
pub struct RoutineAttributes {
    /// `i`, `s` or `v`.
    pub volatility: Option<char>,
    pub strict: Option<bool>,
    pub security_definer: Option<bool>,
    pub leakproof: Option<bool>,
    pub window: Option<bool>,
    /// `u`, `r` or `s`.
    pub parallel: Option<char>,
    pub cost: Option<Name>,
    pub rows: Option<Name>,
    pub support: Option<ObjectName>,
    /// `SET name TO value`, folded and normalised, or [`FROM_CURRENT`]; none for `RESET name`.
    pub settings: Vec<(Name, Option<String>)>,
    /// `RESET ALL`.
    pub reset_all: bool,
    /// `TRANSFORM FOR TYPE`.
    pub transforms: Vec<TypeName>,
}

/// `ALTER FUNCTION` with properties.
#[derive(Clone, Debug)]
pub struct AlterRoutine {
    /// Which keyword was written.
    pub kind: RoutineKind,
    /// Which routine.
    pub signature: Signature,
    /// What changes.
    pub attributes: RoutineAttributes,
}

/// `CREATE AGGREGATE`.
#[derive(Clone, Debug)]
pub struct CreateAggregate {
    /// Its name.
    pub name: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// The arguments.
    pub args: Vec<RoutineArg>,
    /// The functions it is built of, by option name (`sfunc`, `finalfunc`, …).
    pub functions: Vec<(Name, ObjectName)>,
    /// `STYPE`.
    pub state: Option<TypeName>,
    /// All options, normalised.
    pub options: Options,
}

/// `CREATE TYPE`.
#[derive(Clone, Debug)]
pub struct CreateType {
    /// Its name.
    pub name: ObjectName,
    /// What it is.
    pub kind: TypeDefinition,
}

/// What kind of type `CREATE TYPE` makes.
#[derive(Clone, Debug)]
pub enum TypeDefinition {
    /// `AS ENUM`.
    Enum(Vec<String>),
    /// `AS (…)`.
    Composite(Vec<ColumnDef>),
    /// `AS RANGE`.
    Range {
        /// `SUBTYPE`.
        subtype: Option<TypeName>,
        /// `MULTIRANGE_TYPE_NAME`.
        multirange: Option<ObjectName>,
        /// All options, normalised.
        options: Options,
    },
    /// `(INPUT = …)`.
    Base {
        /// The support functions.
        functions: Vec<ObjectName>,
        /// All options, normalised.
        options: Options,
    },
    /// A shell type.
    Shell,
}

/// `ALTER TYPE` of an enum.
#[derive(Clone, Debug)]
pub enum AlterEnum {
    /// `ADD VALUE`.
    AddValue {
        /// The enum.
        name: ObjectName,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// The label.
        label: String,
        /// `BEFORE` (true) or `AFTER` (false) a label.
        place: Option<(bool, String)>,
    },
    /// `RENAME VALUE`.
    RenameValue {
        /// The enum.
        name: ObjectName,
        /// The old label.
        from: String,
        /// The new label.
        to: String,
    },
}

/// `ALTER TYPE … {ADD|DROP|ALTER} ATTRIBUTE`.
#[derive(Clone, Debug)]
pub struct AlterComposite {
    /// The composite type.
    pub name: ObjectName,
    /// The actions.
    pub actions: Vec<(CompositeAction, Span)>,
}

/// One action on a composite type.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum CompositeAction {
    Add(ColumnDef, Behavior),
    Drop { if_exists: bool, name: Ident, behavior: Behavior },
    Type { name: Ident, ty: TypeName, collation: Option<ObjectName>, behavior: Behavior },
}

/// `CREATE DOMAIN`.
#[derive(Clone, Debug)]
pub struct CreateDomain {
    /// Its name.
    pub name: ObjectName,
    /// The base type.
    pub ty: TypeName,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// NOT NULL, NULL, DEFAULT, CHECK.
    pub constraints: Vec<ColumnConstraint>,
}

/// `ALTER DOMAIN`.
#[derive(Clone, Debug)]
pub struct AlterDomain {
    /// The domain.
    pub name: ObjectName,
    /// What happens to it.
    pub action: DomainAction,
}

/// What happens to a domain.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum DomainAction {
    SetDefault(Expr),
    DropDefault,
    SetNotNull,
    DropNotNull,
    AddConstraint(ColumnConstraint),
    DropConstraint { if_exists: bool, name: Ident, behavior: Behavior },
    ValidateConstraint(Ident),
}

/// `CREATE EXTENSION`.
#[derive(Clone, Debug)]
pub struct CreateExtension {
    /// Its name.
    pub name: Ident,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `SCHEMA`.
    pub schema: Option<Ident>,
    /// `VERSION`.
    pub version: Option<String>,
    /// `CASCADE`.
    pub cascade: bool,
}

/// `ALTER EXTENSION`.
#[derive(Clone, Debug)]
pub enum AlterExtension {
    /// `UPDATE [TO version]`.
    Update {
        /// The extension.
        name: Ident,
        /// The version.
        version: Option<String>,
    },
    /// `ADD|DROP object`.
    Member {
        /// The extension.
        name: Ident,
        /// `ADD`.
        add: bool,
        /// The object.
        target: ObjectRef,
    },
}

/// `CREATE CAST`.
#[derive(Clone, Debug)]
pub struct CreateCast {
    /// From.
    pub source: Box<TypeName>,
    /// To.
    pub target: Box<TypeName>,
    /// `WITH FUNCTION`.
    pub function: Option<Signature>,
    /// `WITH INOUT`.
    pub inout: bool,
    /// `e`, `a` (AS ASSIGNMENT) or `i` (AS IMPLICIT).
    pub context: char,
}

/// `CREATE OPERATOR`.
#[derive(Clone, Debug)]
pub struct CreateOperator {
    /// Its name.
    pub name: ObjectName,
    /// The function.
    pub function: Option<ObjectName>,
    /// The left type.
    pub left: Option<TypeName>,
    /// The right type.
    pub right: Option<TypeName>,
    /// All options, normalised.
    pub options: Options,
}

/// `CREATE ROLE`.
#[derive(Clone, Debug)]
pub struct CreateRole {
    /// Its name.
    pub name: Ident,
    /// What it is given.
    pub options: Vec<RoleOption>,
}

/// An attribute of a role (`LOGIN`), a setting that its sessions begin with (`SET work_mem`), or a role that it is in (`IN ROLE a`),
/// and its value; none for what a role has when nobody says anything. The name `SET` stands for all settings.
pub type RoleOption = (Name, Option<String>);

/// `CREATE` of an object that we keep by name, text and references only.
#[derive(Clone, Debug)]
pub struct CreateGeneric {
    /// Its kind.
    pub kind: GenericKind,
    /// Its name; generated names of statistics are made by the catalog when it is empty.
    pub name: ObjectName,
    /// The access method, language or server that is part of its identity.
    pub method: Option<Name>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// What it refers to, with the columns where they matter (statistics, publications).
    pub refers: Vec<ObjectRef>,
    /// The definition, spaces and case normalised.
    pub text: String,
}

/// `ALTER` of such an object.
#[derive(Clone, Debug)]
pub struct AlterGeneric {
    /// Its kind.
    pub kind: GenericKind,
    /// Its name.
    pub name: ObjectName,
    /// The access method, language or server that is part of its identity.
    pub method: Option<Name>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// What it refers to from now on as well.
    pub refers: Vec<ObjectRef>,
    /// The change, spaces and case normalised.
    pub text: String,
}

/// `ALTER … RENAME`.
#[derive(Clone, Debug)]
pub struct Rename {
    /// What.
    pub target: ObjectRef,
    /// `ALTER TABLE|VIEW|…` written before `RENAME COLUMN`: the kind that was said.
    pub kind: Option<RelationKind>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// The new name.
    pub to: Ident,
    /// `CASCADE` of `RENAME ATTRIBUTE`.
    pub behavior: Behavior,
}

/// `GRANT` and `REVOKE` of privileges.
#[derive(Clone, Debug)]
pub struct Grant {
    /// `GRANT`; false for `REVOKE`.
    pub grant: bool,
    /// The privileges in capitals with their columns; empty for `ALL`.
    pub privileges: Vec<(Name, Vec<Name>)>,
    /// On what.
    pub on: GrantTarget,
    /// To or from whom.
    pub grantees: Vec<RoleName>,
    /// `WITH GRANT OPTION`, `GRANT OPTION FOR`.
    pub grant_option: bool,
    /// `CASCADE` of REVOKE.
    pub behavior: Behavior,
}

/// What privileges are about.
#[derive(Clone, Debug)]
pub enum GrantTarget {
    /// Named objects.
    Objects(Vec<ObjectRef>),
    /// `ALL TABLES|SEQUENCES|FUNCTIONS|PROCEDURES|ROUTINES IN SCHEMA`.
    AllInSchema(Name, Vec<Ident>),
    /// Parameters, large objects and other things outside the schema.
    Outside,
}

/// `GRANT role TO role`.
#[derive(Clone, Debug)]
pub struct GrantRole {
    /// `GRANT`; false for `REVOKE`.
    pub grant: bool,
    /// The roles.
    pub roles: Vec<RoleName>,
    /// The members.
    pub members: Vec<RoleName>,
    /// Only an option of the membership is revoked.
    pub option_only: bool,
}

/// `ALTER DEFAULT PRIVILEGES`.
#[derive(Clone, Debug)]
pub struct DefaultPrivileges {
    /// `FOR ROLE`; empty for the current one.
    pub roles: Vec<RoleName>,
    /// `IN SCHEMA`; empty for all.
    pub schemas: Vec<Ident>,
    /// `GRANT`; false for `REVOKE`.
    pub grant: bool,
    /// The privileges in capitals; empty for `ALL`.
    pub privileges: Vec<Name>,
    /// `TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES`, `SCHEMAS`.
    pub on: Name,
    /// To or from whom.
    pub grantees: Vec<RoleName>,
    /// `WITH GRANT OPTION`, `GRANT OPTION FOR`.
    pub grant_option: bool,
}

/// `DO`.
#[derive(Clone, Debug)]
pub struct Do {
    /// The language; `plpgsql` unless written.
    pub language: Name,
    /// The decoded body.
    pub body: String,
    /// Where the decoded body begins in the statement, when its bytes stand there unchanged (dollar quotes).
    pub offset: Option<u32>,
}

/// `SET` and `RESET`.
#[derive(Clone, Debug)]
pub struct Set {
    /// The setting, folded; `all` for `RESET ALL`; `role`, `session authorization`, `timezone` for their own forms.
    pub name: Name,
    /// The values; none for `DEFAULT` and `RESET`.
    pub values: Option<Vec<String>>,
    /// `LOCAL`.
    pub local: bool,
}

/// Stands for the value of `SET name FROM CURRENT`: the session's own.
pub const FROM_CURRENT: &str = "from current";

/// Transaction control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`.
    Begin {
        /// `READ ONLY` (true) or `READ WRITE`.
        read_only: Option<bool>,
    },
    /// `COMMIT`, `END`; with `AND CHAIN`.
    Commit {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `ROLLBACK`, `ABORT`.
    Rollback {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `SAVEPOINT`.
    Savepoint(Name),
    /// `RELEASE`.
    Release(Name),
    /// `ROLLBACK TO`.
    RollbackTo(Name),
    /// `PREPARE TRANSACTION`.
    Prepare,
    /// `COMMIT PREPARED`, `ROLLBACK PREPARED`.
    Prepared,
    /// `SET TRANSACTION`, `SET SESSION CHARACTERISTICS`.
    Characteristics {
        /// `READ ONLY` (true) or `READ WRITE`.
        read_only: Option<bool>,
        /// `SESSION`: for all transactions to come.
        session: bool,
    },
}

/// A statement that leaves the schema as it is.
#[derive(Clone, Debug)]
pub struct Maintenance {
    /// The command in capitals: `VACUUM`, `REINDEX`, `CLUSTER`, `CREATE DATABASE`, …
    pub command: &'static str,
    /// True when it cannot run in a transaction block (25001).
    pub forbidden_in_transaction: bool,
    /// What must exist.
    pub needs: Vec<ObjectRef>,
}
