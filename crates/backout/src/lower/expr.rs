//! Expressions.

use super::parser::{Parse, Parser};
use crate::op::Expr;

impl Parser<'_> {
    /// The grammar's `a_expr`.
    pub fn expr(&mut self) -> Parse<Expr> {
        Err(self.syntax_error())
    }

    /// The grammar's `b_expr`.
    pub fn b_expr(&mut self) -> Parse<Expr> {
        Err(self.syntax_error())
    }
}
