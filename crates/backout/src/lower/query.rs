//! Queries.

use super::parser::{Parse, Parser};
use crate::op::Query;

impl Parser<'_> {
    /// The grammar's `SelectStmt`.
    pub fn query(&mut self) -> Parse<Query> {
        Err(self.syntax_error())
    }
}
