//! Types as they are written.

use super::parser::{Parse, Parser};
use crate::op::TypeName;

impl Parser<'_> {
    /// The grammar's `Typename`.
    pub fn type_name(&mut self) -> Parse<TypeName> {
        Err(self.syntax_error())
    }

    /// The grammar's `func_type`: also `SETOF t` and `t.c%TYPE`.
    pub fn func_type(&mut self) -> Parse<TypeName> {
        self.type_name()
    }
}
