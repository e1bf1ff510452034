//! Statements that define objects.

use super::parser::{Parse, Parser};
use crate::op::Op;

/// Reads one statement that defines, changes or drops an object; none when the leading words are of no such statement.
pub(super) fn statement(_parser: &mut Parser) -> Parse<Option<Op>> {
    Ok(None)
}
