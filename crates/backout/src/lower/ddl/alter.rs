//! What nearly everything can be altered in: its name, owner and schema.

use crate::lower::parser::{Parse, Parser};
use crate::op::{ObjectRef, Op, Rename};

/// `RENAME TO` is possible.
pub(super) const RENAME: u8 = 1;
/// `OWNER TO` is possible.
pub(super) const OWNER: u8 = 2;
/// `SET SCHEMA` is possible.
pub(super) const SCHEMA: u8 = 4;

/// `RENAME TO name`, `OWNER TO role`, `SET SCHEMA name`, as far as this kind of object has them.
pub(super) fn common(p: &mut Parser, target: ObjectRef, can: u8) -> Parse<Op> {
    if can & RENAME != 0 && p.word("RENAME") {
        p.expect_word("TO")?;
        let to = p.ident()?;
        return Ok(Op::Rename(Box::new(Rename { target, kind: None, if_exists: false, to, behavior: Default::default() })));
    }
    if can & OWNER != 0 && p.word("OWNER") {
        p.expect_word("TO")?;
        return Ok(Op::Owner { target, if_exists: false, owner: p.role()? });
    }
    if can & SCHEMA != 0 && p.word("SET") {
        p.expect_word("SCHEMA")?;
        return Ok(Op::SetSchema { target, if_exists: false, schema: p.ident()? });
    }
    Err(p.syntax_error())
}
