//! Which statement it is.

use super::ddl;
use super::parser::{Parse, Parser};
use crate::op::Op;

impl Parser<'_> {
    /// One statement.
    pub fn statement(&mut self) -> Parse<Op> {
        match ddl::statement(self)? {
            Some(op) => Ok(op),
            None => Err(self.syntax_error()),
        }
    }
}
