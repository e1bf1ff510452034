//! Queries and the statements that change rows.

use super::{Expr, Name, ObjectName, Op, TypeName};
use crate::source::Span;
use std::sync::Arc;

/// A query: `SELECT`, `VALUES`, `TABLE`, with everything around it.
#[derive(Clone, Debug)]
pub struct Query {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// The body.
    pub body: QueryBody,
    /// `ORDER BY`, see [`Expr::sort_key`].
    pub order_by: Vec<Expr>,
    /// `LIMIT`, `FETCH`; `OFFSET` is a form under the schema `sql`.
    pub limit: Vec<Expr>,
    /// `FOR UPDATE` and its like.
    pub locking: bool,
    /// Where it stands in the statement.
    pub span: Span,
}

/// One common table expression.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// Its column aliases.
    pub columns: Vec<Name>,
    /// What it is: a query or a statement that changes rows.
    pub body: Arc<Op>,
}

/// The body of a query.
#[derive(Clone, Debug)]
pub enum QueryBody {
    /// `SELECT`.
    Select(Box<Select>),
    /// `VALUES`.
    Values(Vec<Vec<Expr>>),
    /// A query in parentheses.
    Query(Box<Query>),
    /// `UNION`, `INTERSECT`, `EXCEPT` of two or more, all with the same operator and the same `ALL`.
    Set {
        /// In capitals: `UNION`, `UNION ALL`, `INTERSECT`, …
        op: &'static str,
        /// The arms.
        arms: Vec<QueryBody>,
    },
}

/// One `SELECT`.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// `DISTINCT`, with the expressions of `DISTINCT ON`.
    pub distinct: Option<Vec<Expr>>,
    /// The select list.
    pub items: Vec<SelectItem>,
    /// `INTO table` of SQL (in PL/pgSQL it never gets here).
    pub into: Option<ObjectName>,
    /// `FROM`.
    pub from: Vec<FromItem>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY`; `rollup`, `cube` and `grouping sets` are forms under the schema `sql`.
    pub group_by: Vec<Expr>,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// Expressions of the `WINDOW` clause.
    pub windows: Vec<Expr>,
}

/// One item of a select list.
#[derive(Clone, Debug)]
pub struct SelectItem {
    /// The expression; [`Expr::Star`] for `*` and `t.*`.
    pub expr: Expr,
    /// `AS alias`.
    pub alias: Option<Name>,
}

/// One item of `FROM`.
#[derive(Clone, Debug)]
pub enum FromItem {
    /// A table, view, or common table expression.
    Relation {
        /// Its name.
        name: ObjectName,
        /// Its alias.
        alias: Option<Alias>,
    },
    /// A subquery.
    Query {
        /// The query.
        query: Box<Query>,
        /// `LATERAL`.
        lateral: bool,
        /// Its alias.
        alias: Option<Alias>,
    },
    /// A function, or `ROWS FROM (…)`.
    Function {
        /// The calls.
        calls: Vec<Expr>,
        /// `WITH ORDINALITY`.
        ordinality: bool,
        /// Its alias.
        alias: Option<Alias>,
        /// A column definition list.
        columns: Vec<(Name, TypeName)>,
    },
    /// `XMLTABLE`, `JSON_TABLE`: named columns that we do not look into.
    Table {
        /// The expressions within.
        exprs: Vec<Expr>,
        /// The columns.
        columns: Vec<Name>,
        /// Its alias.
        alias: Option<Alias>,
    },
    /// A join.
    Join {
        /// The left side.
        left: Box<FromItem>,
        /// The right side.
        right: Box<FromItem>,
        /// In capitals: `JOIN`, `LEFT JOIN`, `RIGHT JOIN`, `FULL JOIN`, `CROSS JOIN`.
        kind: &'static str,
        /// Its condition.
        on: JoinCondition,
        /// An alias of the join.
        alias: Option<Alias>,
    },
}

/// How a join joins.
#[derive(Clone, Debug)]
pub enum JoinCondition {
    /// `CROSS JOIN`.
    None,
    /// `ON`.
    On(Expr),
    /// `USING (…)`.
    Using(Vec<Name>),
    /// `NATURAL`.
    Natural,
}

/// A table alias with its column aliases.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The alias.
    pub name: Name,
    /// The column aliases.
    pub columns: Vec<Name>,
}

/// `INSERT`.
#[derive(Clone, Debug)]
pub struct Insert {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// The target.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<Name>,
    /// The target columns with their places; empty when none were written.
    pub columns: Vec<(Name, Span)>,
    /// `OVERRIDING … VALUE`.
    pub overriding: bool,
    /// The rows; none for `DEFAULT VALUES`.
    pub source: Option<Query>,
    /// How many rows stand behind those of `source` that were read and left out, in a statement of many megabytes.
    pub more_rows: usize,
    /// `ON CONFLICT`.
    pub on_conflict: Option<Box<OnConflict>>,
    /// `RETURNING`.
    pub returning: Vec<SelectItem>,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug)]
pub struct OnConflict {
    /// The inference columns or expressions.
    pub target: Vec<Expr>,
    /// `WHERE` of the inference.
    pub target_filter: Option<Expr>,
    /// `ON CONSTRAINT`.
    pub constraint: Option<Name>,
    /// `DO UPDATE SET`; none for `DO NOTHING`.
    pub update: Option<Vec<Assignment>>,
    /// `WHERE` of the update.
    pub filter: Option<Expr>,
}

/// `SET column = value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The target columns; several for `(a, b) = …`.
    pub columns: Vec<(Name, Span)>,
    /// The value.
    pub value: Expr,
}

/// `UPDATE`.
#[derive(Clone, Debug)]
pub struct Update {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// The target.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<Name>,
    /// `SET`.
    pub assignments: Vec<Assignment>,
    /// `FROM`.
    pub from: Vec<FromItem>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<SelectItem>,
}

/// `DELETE`.
#[derive(Clone, Debug)]
pub struct Delete {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// The target.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<Name>,
    /// `USING`.
    pub using: Vec<FromItem>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<SelectItem>,
}

/// `MERGE`.
#[derive(Clone, Debug)]
pub struct Merge {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// The target.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<Name>,
    /// The source.
    pub using: FromItem,
    /// `ON`.
    pub on: Expr,
    /// Conditions and values of the `WHEN` clauses.
    pub exprs: Vec<Expr>,
    /// Columns assigned or inserted.
    pub columns: Vec<(Name, Span)>,
    /// True when a `WHEN` clause deletes.
    pub deletes: bool,
    /// `RETURNING`.
    pub returning: Vec<SelectItem>,
}

/// `COPY`.
#[derive(Clone, Debug)]
pub struct Copy {
    /// The table.
    pub table: Option<ObjectName>,
    /// Its columns.
    pub columns: Vec<(Name, Span)>,
    /// The query of `COPY (query) TO`.
    pub query: Option<Arc<Op>>,
    /// `FROM`.
    pub from: bool,
}

/// `TRUNCATE`.
#[derive(Clone, Debug)]
pub struct Truncate {
    /// The tables.
    pub tables: Vec<ObjectName>,
    /// `CASCADE`.
    pub behavior: super::Behavior,
    /// `RESTART IDENTITY`.
    pub restart_identity: bool,
}
