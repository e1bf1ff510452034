//! Relations as they are made: tables, columns, constraints, indexes, sequences, views, triggers, rules, policies.

use super::{Behavior, Expr, Ident, Name, ObjectName, Op, Query, RoleName, TypeName};
use crate::source::Span;
use std::sync::Arc;

/// `key = value` options of `WITH (…)`, values as written and folded; a lone key has `true`.
pub type Options = Vec<(Name, String)>;

/// How long a relation lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Persistence {
    /// Ordinary.
    #[default]
    Permanent,
    /// `UNLOGGED`.
    Unlogged,
    /// `TEMPORARY`.
    Temporary,
}

/// `CREATE TABLE`.
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: ObjectName,
    /// `TEMPORARY`, `UNLOGGED`.
    pub persistence: Persistence,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Columns, constraints and LIKE clauses in their order.
    pub elements: Vec<TableElement>,
    /// `INHERITS`.
    pub inherits: Vec<ObjectName>,
    /// `PARTITION OF parent bound`.
    pub partition_of: Option<(ObjectName, Arc<PartitionBound>)>,
    /// `PARTITION BY`.
    pub partition_by: Option<PartitionBy>,
    /// `OF type`.
    pub of_type: Option<TypeName>,
    /// `WITH (…)`.
    pub options: Options,
    /// `ON COMMIT DROP`.
    pub on_commit_drop: bool,
    /// `USING method`.
    pub access_method: Option<Name>,
    /// `TABLESPACE`.
    pub tablespace: Option<Name>,
    /// `SERVER` of a foreign table, with its options.
    pub foreign: Option<(Name, Options)>,
}

/// An element between the parentheses of `CREATE TABLE`.
#[derive(Clone, Debug)]
pub enum TableElement {
    /// A column.
    Column(ColumnDef),
    /// A table constraint.
    Constraint(TableConstraint),
    /// `LIKE table INCLUDING …`.
    Like(LikeClause),
}

/// A column definition. In `OF type` and `PARTITION OF` it may lack its type.
#[derive(Clone, Debug)]
pub struct ColumnDef {
    /// Its name.
    pub name: Name,
    /// Its type; none for `c WITH OPTIONS …`.
    pub ty: Option<TypeName>,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// `STORAGE`.
    pub storage: Option<Name>,
    /// `COMPRESSION`.
    pub compression: Option<Name>,
    /// `OPTIONS (…)` of a foreign table's column.
    pub foreign_options: Options,
    /// Its constraints in their order.
    pub constraints: Vec<ColumnConstraint>,
    /// The whole definition.
    pub span: Span,
}

/// A constraint written at a column.
#[derive(Clone, Debug)]
pub struct ColumnConstraint {
    /// `CONSTRAINT name`.
    pub name: Option<Name>,
    /// What it demands.
    pub kind: ColumnConstraintKind,
    /// `DEFERRABLE`, `NOT VALID` and their like.
    pub attributes: ConstraintAttributes,
    /// Where it stands.
    pub span: Span,
}

/// What a column constraint demands.
#[derive(Clone, Debug)]
pub enum ColumnConstraintKind {
    /// `NOT NULL`.
    NotNull {
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `NULL`.
    Null,
    /// `DEFAULT`.
    Default(Expr),
    /// `CHECK`.
    Check {
        /// The condition.
        expr: Expr,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `UNIQUE`.
    Unique {
        /// `NULLS NOT DISTINCT`.
        nulls_not_distinct: bool,
        /// `WITH (…)`.
        options: Options,
    },
    /// `PRIMARY KEY`.
    PrimaryKey {
        /// `WITH (…)`.
        options: Options,
    },
    /// `REFERENCES`.
    References(ForeignKey),
    /// `GENERATED ALWAYS AS (expr) STORED|VIRTUAL`.
    Generated {
        /// The expression.
        expr: Expr,
        /// `STORED`; false for `VIRTUAL`.
        stored: bool,
    },
    /// `GENERATED … AS IDENTITY`.
    Identity {
        /// `ALWAYS`; false for `BY DEFAULT`.
        always: bool,
        /// The options of its sequence.
        options: SequenceOptions,
    },
}

/// What may follow any constraint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConstraintAttributes {
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// `NOT VALID`.
    pub not_valid: bool,
    /// `NOT ENFORCED`.
    pub not_enforced: bool,
}

/// A table constraint.
#[derive(Clone, Debug)]
pub struct TableConstraint {
    /// `CONSTRAINT name`.
    pub name: Option<Name>,
    /// What it demands.
    pub kind: TableConstraintKind,
    /// `DEFERRABLE`, `NOT VALID` and their like.
    pub attributes: ConstraintAttributes,
    /// Where it stands.
    pub span: Span,
}

/// What a table constraint demands.
#[derive(Clone, Debug)]
pub enum TableConstraintKind {
    /// `CHECK`.
    Check {
        /// The condition.
        expr: Expr,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
    /// `UNIQUE` and `PRIMARY KEY`.
    Key {
        /// `PRIMARY KEY`.
        primary: bool,
        /// The columns.
        columns: Vec<Ident>,
        /// `INCLUDE`.
        include: Vec<Ident>,
        /// `NULLS NOT DISTINCT`.
        nulls_not_distinct: bool,
        /// `WITHOUT OVERLAPS` at the last column.
        without_overlaps: bool,
        /// `USING INDEX name`: the columns are the index's.
        using_index: Option<Ident>,
        /// `WITH (…)`.
        options: Options,
    },
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The referencing columns.
        columns: Vec<Ident>,
        /// What they refer to.
        key: ForeignKey,
    },
    /// `EXCLUDE`.
    Exclude {
        /// The access method; `gist` unless written (the server's default is btree's own name).
        method: Option<Name>,
        /// Elements with their operators.
        elements: Vec<(IndexElement, ObjectName)>,
        /// `INCLUDE`.
        include: Vec<Ident>,
        /// `WHERE`.
        filter: Option<Expr>,
        /// `WITH (…)`.
        options: Options,
    },
    /// `NOT NULL column` (from 18).
    NotNull {
        /// The column.
        column: Ident,
        /// `NO INHERIT`.
        no_inherit: bool,
    },
}

/// `REFERENCES …`.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The referenced table.
    pub table: ObjectName,
    /// The referenced columns; empty: its primary key.
    pub columns: Vec<Ident>,
    /// `ON DELETE`.
    pub on_delete: ForeignKeyAction,
    /// The columns of `ON DELETE SET NULL (…)`.
    pub set_columns: Vec<Name>,
    /// `ON UPDATE`.
    pub on_update: ForeignKeyAction,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// `PERIOD` at the last column (from 18).
    pub period: bool,
}

/// What a foreign key does when the referenced row goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForeignKeyAction {
    /// `NO ACTION`.
    #[default]
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

/// `LIKE table INCLUDING …`.
#[derive(Clone, Debug)]
pub struct LikeClause {
    /// The table.
    pub table: ObjectName,
    /// What is included; `ALL` is resolved.
    pub including: LikeOptions,
    /// Where it stands.
    pub span: Span,
}

/// What `LIKE` copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as in the manual's CREATE TABLE")]
pub struct LikeOptions {
    pub comments: bool,
    pub compression: bool,
    pub constraints: bool,
    pub defaults: bool,
    pub generated: bool,
    pub identity: bool,
    pub indexes: bool,
    pub statistics: bool,
    pub storage: bool,
}

/// `PARTITION BY`.
#[derive(Clone, Debug)]
pub struct PartitionBy {
    /// `range`, `list` or `hash`.
    pub strategy: Name,
    /// The key.
    pub key: Vec<IndexElement>,
}

/// The bound of a partition.
#[derive(Clone, Debug)]
pub enum PartitionBound {
    /// `DEFAULT`.
    Default,
    /// `FOR VALUES IN (…)`.
    In(Vec<Expr>),
    /// `FOR VALUES FROM (…) TO (…)`; `MINVALUE` and `MAXVALUE` are columns of that name.
    Range(Vec<Expr>, Vec<Expr>),
    /// `FOR VALUES WITH (MODULUS m, REMAINDER r)`.
    Hash(u32, u32),
}

/// A statement is read once: the same bound is the same one.
impl PartialEq for PartitionBound {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// `CREATE TABLE … AS`, `SELECT … INTO`, `CREATE MATERIALIZED VIEW`.
#[derive(Clone, Debug)]
pub struct CreateTableAs {
    /// Its name.
    pub name: ObjectName,
    /// `TEMPORARY`, `UNLOGGED`.
    pub persistence: Persistence,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// The column names.
    pub columns: Vec<Name>,
    /// The query; none for `EXECUTE prepared`.
    pub query: Option<Query>,
    /// False for `WITH NO DATA`.
    pub with_data: bool,
    /// `WITH (…)`.
    pub options: Options,
    /// `ON COMMIT DROP`.
    pub on_commit_drop: bool,
    /// `USING method`.
    pub access_method: Option<Name>,
    /// `TABLESPACE`.
    pub tablespace: Option<Name>,
}

/// `CREATE INDEX`.
#[derive(Clone, Debug)]
pub struct CreateIndex {
    /// Its name; the server makes one otherwise.
    pub name: Option<Ident>,
    /// The table.
    pub table: ObjectName,
    /// `ONLY`.
    pub only: bool,
    /// `UNIQUE`.
    pub unique: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `USING method`; `btree` unless written.
    pub method: Name,
    /// The columns and expressions.
    pub elements: Vec<IndexElement>,
    /// `INCLUDE`.
    pub include: Vec<IndexElement>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITH (…)`.
    pub options: Options,
    /// `TABLESPACE`.
    pub tablespace: Option<Name>,
    /// `WHERE`.
    pub filter: Option<Expr>,
}

/// A column or expression of an index, an exclusion constraint or a partition key.
#[derive(Clone, Debug)]
pub struct IndexElement {
    /// A bare column is [`Expr::Column`].
    pub expr: Expr,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// The operator class.
    pub opclass: Option<ObjectName>,
    /// Its parameters.
    pub opclass_options: Options,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`; none when not written.
    pub nulls_first: Option<bool>,
    /// Where it stands.
    pub span: Span,
}

/// The options of a sequence; none is the default, or in ALTER unchanged.
#[derive(Clone, Debug, Default)]
pub struct SequenceOptions {
    /// `AS type`.
    pub ty: Option<TypeName>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`; the inner none is `NO MINVALUE`.
    pub min: Option<Option<i64>>,
    /// `MAXVALUE`; the inner none is `NO MAXVALUE`.
    pub max: Option<Option<i64>>,
    /// `START WITH`.
    pub start: Option<i64>,
    /// `RESTART [WITH]`.
    pub restart: Option<Option<i64>>,
    /// `CACHE`.
    pub cache: Option<i64>,
    /// `[NO] CYCLE`.
    pub cycle: Option<bool>,
    /// `OWNED BY table.column`, or `OWNED BY NONE`.
    pub owned_by: Option<OwnedBy>,
    /// `SEQUENCE NAME` of an identity column.
    pub name: Option<ObjectName>,
}

impl SequenceOptions {
    /// Whether nothing but the next value changes.
    pub fn only_restarts(&self) -> bool {
        let Self { ty, increment, min, max, start, restart, cache, cycle, owned_by, name } = self;
        let bounds = increment.is_some() || min.is_some() || max.is_some() || start.is_some() || cache.is_some() || cycle.is_some();
        restart.is_some() && !bounds && ty.is_none() && owned_by.is_none() && name.is_none()
    }
}

/// `OWNED BY`.
#[derive(Clone, Debug)]
pub enum OwnedBy {
    /// `NONE`.
    Nothing,
    /// A column.
    Column(ObjectName, Name),
}

/// `CREATE SEQUENCE`.
#[derive(Clone, Debug)]
pub struct CreateSequence {
    /// Its name.
    pub name: ObjectName,
    /// `TEMPORARY`, `UNLOGGED`.
    pub persistence: Persistence,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Its options.
    pub options: SequenceOptions,
}

/// `ALTER SEQUENCE` with options.
#[derive(Clone, Debug)]
pub struct AlterSequence {
    /// Its name.
    pub name: ObjectName,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// What changes.
    pub options: SequenceOptions,
}

/// `CREATE VIEW`.
#[derive(Clone, Debug)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `RECURSIVE`.
    pub recursive: bool,
    /// The column names.
    pub columns: Vec<Name>,
    /// `WITH (…)`, `check_option` from `WITH … CHECK OPTION` included.
    pub options: Options,
    /// The query.
    pub query: Query,
}

/// When a trigger fires, and whether.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TriggerEnabled {
    /// `ENABLE`.
    #[default]
    Origin,
    /// `DISABLE`.
    Disabled,
    /// `ENABLE REPLICA`.
    Replica,
    /// `ENABLE ALWAYS`.
    Always,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug)]
pub struct CreateTrigger {
    /// Its name.
    pub name: Ident,
    /// The table or view.
    pub table: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `CONSTRAINT`.
    pub constraint: bool,
    /// `BEFORE`, `AFTER` or `INSTEAD OF`.
    pub timing: &'static str,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, in this order.
    pub events: Vec<&'static str>,
    /// `UPDATE OF`.
    pub update_of: Vec<Ident>,
    /// `FROM table` of a constraint trigger.
    pub from: Option<ObjectName>,
    /// `DEFERRABLE` and its like.
    pub attributes: ConstraintAttributes,
    /// `REFERENCING OLD TABLE AS`, `NEW TABLE AS`.
    pub old_table: Option<Name>,
    /// `NEW TABLE AS`.
    pub new_table: Option<Name>,
    /// `FOR EACH ROW`.
    pub for_each_row: bool,
    /// `WHEN`.
    pub when: Option<Expr>,
    /// The function.
    pub function: ObjectName,
    /// Its arguments, as strings.
    pub args: Vec<String>,
}

/// `CREATE EVENT TRIGGER`.
#[derive(Clone, Debug)]
pub struct CreateEventTrigger {
    /// Its name.
    pub name: Ident,
    /// The event.
    pub event: Name,
    /// `WHEN TAG IN (…)`.
    pub tags: Vec<String>,
    /// The function.
    pub function: ObjectName,
}

/// `CREATE RULE`.
#[derive(Debug)]
pub struct CreateRule {
    /// Its name.
    pub name: Ident,
    /// The table or view.
    pub table: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub event: &'static str,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `INSTEAD`.
    pub instead: bool,
    /// The commands; empty for `NOTHING`.
    pub actions: Vec<Op>,
    /// The text from `DO` on, spaces and case normalised.
    pub text: String,
}

/// `CREATE POLICY`.
#[derive(Clone, Debug)]
pub struct CreatePolicy {
    /// Its name.
    pub name: Ident,
    /// The table.
    pub table: ObjectName,
    /// `AS RESTRICTIVE`: false.
    pub permissive: bool,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: &'static str,
    /// `TO`; empty for everybody.
    pub roles: Vec<RoleName>,
    /// `USING`.
    pub using: Option<Expr>,
    /// `WITH CHECK`.
    pub check: Option<Expr>,
}

/// `ALTER POLICY`.
#[derive(Clone, Debug)]
pub struct AlterPolicy {
    /// Its name.
    pub name: Ident,
    /// The table.
    pub table: ObjectName,
    /// `TO`.
    pub roles: Option<Vec<RoleName>>,
    /// `USING`.
    pub using: Option<Expr>,
    /// `WITH CHECK`.
    pub check: Option<Expr>,
}

/// `CREATE SCHEMA`.
#[derive(Debug)]
pub struct CreateSchema {
    /// Its name; the role's when only `AUTHORIZATION` was written.
    pub name: Ident,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `AUTHORIZATION`.
    pub owner: Option<RoleName>,
    /// The elements made in it.
    pub elements: Vec<Op>,
}

/// `DROP` of anything.
#[derive(Clone, Debug)]
pub struct Drop {
    /// What.
    pub targets: Vec<super::ObjectRef>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `CONCURRENTLY` (indexes).
    pub concurrently: bool,
    /// `CASCADE`.
    pub behavior: Behavior,
}
