//! `SET name TO value` and `RESET name` as parts of `ALTER ROLE`, `ALTER DATABASE` and routines.

use crate::lower::parser::{Parse, Parser};
use crate::op::Name;

/// After `SET`: the folded name and its value, several as one text; none for `DEFAULT` and `FROM CURRENT`.
pub(super) fn set(p: &mut Parser) -> Parse<(Name, Option<String>)> {
    let set = p.set_rest()?;
    Ok((set.name, set.values.map(|values| values.join(", "))))
}

/// After `RESET`: the name; none for `ALL`.
pub(super) fn reset(p: &mut Parser) -> Parse<Option<Name>> {
    let name = p.reset_rest()?;
    Ok(if name == "all" { None } else { Some(name) })
}
