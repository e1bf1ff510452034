//! Expressions, as far as resolving their references and comparing their meaning needs.
//!
//! `AND` and `OR` chains are flat, so that a chain of 100,000 terms is no deeper than one of two.

use super::{Name, ObjectName, Query};
use crate::source::Span;

/// A scalar expression.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A literal.
    Constant(Constant),
    /// A column reference: `c`, `t.c`, `s.t.c`; also a whole-row reference or a variable of a routine.
    Column {
        /// The parts as written, folded.
        parts: Vec<Name>,
        /// Where it stands in the statement.
        span: Span,
    },
    /// `*` or `t.*` where an expression may stand (`count(*)` is [`Call::star`]).
    Star(Vec<Name>),
    /// `$1`.
    Param(u32),
    /// `CAST(e AS t)`, `e::t`, `t 'literal'`.
    Cast {
        /// What is cast.
        expr: Box<Expr>,
        /// The target type.
        ty: Box<TypeName>,
    },
    /// A function call.
    Call(Box<Call>),
    /// A prefix or infix operator; `left` is none for a prefix operator.
    Operator {
        /// The operator's schema, from `OPERATOR(s.+)`.
        schema: Option<Name>,
        /// Its symbol; also `~~` for LIKE, `~~*` for ILIKE, and their `!` forms, as the parser of the server does.
        name: Name,
        /// The left operand.
        left: Option<Box<Expr>>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `a AND b AND c`.
    And(Vec<Expr>),
    /// `a OR b OR c`.
    Or(Vec<Expr>),
    /// `NOT e`.
    Not(Box<Expr>),
    /// `e IS [NOT] NULL|TRUE|FALSE|UNKNOWN|DOCUMENT|NORMALIZED`.
    Is {
        /// The operand.
        expr: Box<Expr>,
        /// The test in capitals, `NOT` included: `NOT NULL`.
        test: &'static str,
    },
    /// `a IS [NOT] DISTINCT FROM b`.
    IsDistinct {
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
        /// `NOT`.
        not: bool,
    },
    /// `e [NOT] BETWEEN [SYMMETRIC] a AND b`.
    Between {
        /// The operand.
        expr: Box<Expr>,
        /// The lower bound.
        low: Box<Expr>,
        /// The upper bound.
        high: Box<Expr>,
        /// `NOT`.
        not: bool,
        /// `SYMMETRIC`.
        symmetric: bool,
    },
    /// `e [NOT] IN (a, b)`.
    InList {
        /// The operand.
        expr: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// `NOT`.
        not: bool,
    },
    /// `e [NOT] IN (SELECT …)`.
    InQuery {
        /// The operand.
        expr: Box<Expr>,
        /// The query.
        query: Box<Query>,
        /// `NOT`.
        not: bool,
    },
    /// `e op ANY|SOME|ALL (array or query)`.
    Quantified {
        /// The operand.
        left: Box<Expr>,
        /// The operator.
        op: Name,
        /// `ALL`.
        all: bool,
        /// An array expression, or [`Expr::Subquery`].
        right: Box<Expr>,
    },
    /// `CASE`.
    Case {
        /// The operand of the short form.
        operand: Option<Box<Expr>>,
        /// Conditions and results.
        arms: Vec<(Expr, Expr)>,
        /// `ELSE`.
        otherwise: Option<Box<Expr>>,
    },
    /// `ARRAY[a, b]`.
    Array(Vec<Expr>),
    /// `ARRAY(SELECT …)`.
    ArrayQuery(Box<Query>),
    /// `ROW(a, b)` or `(a, b)`.
    Row(Vec<Expr>),
    /// `(SELECT …)`.
    Subquery(Box<Query>),
    /// `EXISTS (SELECT …)`.
    Exists(Box<Query>),
    /// `e[i]`, `e[a:b]`.
    Subscript {
        /// The array or json value.
        expr: Box<Expr>,
        /// The bounds; one for an element, up to two for a slice.
        bounds: Vec<Expr>,
        /// A slice.
        slice: bool,
    },
    /// `(e).f`, also `(e).*` with the field `*`.
    Field {
        /// The composite value.
        expr: Box<Expr>,
        /// The field.
        field: Name,
    },
    /// `e COLLATE c`.
    Collate {
        /// The operand.
        expr: Box<Expr>,
        /// The collation.
        collation: ObjectName,
    },
    /// `DEFAULT` as a value in INSERT and UPDATE.
    Default,
}

impl Expr {
    /// A key of ORDER BY without its direction, which is a form of its own around it where it is not the usual one:
    /// `desc`, `nulls first`, `desc nulls last`, `using` under the schema `sql`.
    pub fn sort_key(&self) -> (&Expr, Option<&str>) {
        if let Expr::Call(call) = self
            && call.name.schema.as_deref() == Some("sql")
            && matches!(call.name.name.as_str(), "desc" | "nulls first" | "desc nulls last" | "using")
            && let [(_, key)] = call.args.as_slice()
        {
            return (key, Some(call.name.name.as_str()));
        }
        (self, None)
    }
}

/// A literal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// `NULL`.
    Null,
    /// `TRUE`, `FALSE`.
    Bool(bool),
    /// An integer or decimal number, as written.
    Number(Name),
    /// A string of any spelling, decoded.
    String(String),
    /// `B'…'`, `X'…'` with their letter: `b101`, `x1f`.
    Bits(Name),
}

/// A function call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function. SQL's special forms carry the name of the function that the server's grammar makes of them
    /// (`EXTRACT` is `pg_catalog.extract`, `CURRENT_TIMESTAMP` and its like are nameless in the catalog and stand here
    /// in lower case under the schema `sql`, as do `coalesce`, `greatest`, `least`, `nullif`, `xmlelement` and such).
    pub name: ObjectName,
    /// The arguments, with their names in named notation.
    pub args: Vec<(Option<Name>, Expr)>,
    /// `f(*)`.
    pub star: bool,
    /// `f(DISTINCT …)`.
    pub distinct: bool,
    /// `f(VARIADIC array)`.
    pub variadic: bool,
    /// `ORDER BY` within the call, or `WITHIN GROUP`.
    pub order_by: Vec<Expr>,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Expr>,
    /// `OVER (…)`: the expressions of the window; none when there is no window.
    pub over: Option<Vec<Expr>>,
}

/// A type as it was written.
#[derive(Clone, Debug)]
pub struct TypeName {
    /// The schema, when it was written.
    pub schema: Option<Name>,
    /// The catalog's name for SQL's spellings (`int4` for `integer`, `varchar` for `character varying`, `bpchar` for
    /// `character`, `timestamptz`, …; `serial`, `bigserial` and `smallserial` stay), else the folded name.
    pub name: Name,
    /// Type modifiers as written: `255`, `10,2`, `point`; the fields of an interval.
    pub modifiers: Vec<Name>,
    /// `[]`, `ARRAY`: how many dimensions were written; the server keeps only that it is an array.
    pub dimensions: u8,
    /// `SETOF`.
    pub setof: bool,
    /// `t.c%TYPE`: the column, and `schema`/`name` are the table's.
    pub of_column: Option<Name>,
    /// Where it stands in the statement.
    pub span: Span,
}
