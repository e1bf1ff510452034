//! Expressions.

use super::super::context::{Context, Outcome};
use super::super::object::Ty;
use super::super::template::Template;
use super::scope::Scope;
use crate::op::Expr;

/// Where an expression stands, which decides what it may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ExprPlace {
    Default,
    Check,
    DomainCheck,
    DomainDefault,
    Index,
    IndexPredicate,
    Generated,
    PartitionKey,
    PartitionBound,
    Policy,
    TriggerWhen,
    ArgumentDefault,
    /// `USING` of `ALTER COLUMN TYPE`.
    Using,
    /// An item of a select list, `ORDER BY`, `RETURNING`.
    Statement,
    /// A condition: `WHERE`.
    Where,
    /// A join's condition.
    JoinOn,
    /// `HAVING`.
    Having,
    /// `GROUP BY`.
    GroupBy,
    /// `VALUES`.
    Values,
    /// `SET c = …`.
    Assignment,
    /// `LIMIT`, `OFFSET`.
    Limit,
    /// An argument of `CALL` or `EXECUTE`.
    CallArgument,
    /// A function in `FROM`.
    FromFunction,
}

impl Context<'_> {
    /// An expression with its references resolved, normalised.
    pub fn expr(&self, expr: &Expr, _scope: &Scope<'_>, expected: Option<&Ty>, _place: ExprPlace) -> Outcome<Template> {
        Ok(Template { ty: expected.cloned(), ..Template::text(format!("{expr:?}")) })
    }
}
