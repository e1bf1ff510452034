//! `SET name TO value` and `RESET name` as parts of `ALTER ROLE`, `ALTER DATABASE` and routines.

use crate::lower::parser::{Parse, Parser};
use crate::op::{FROM_CURRENT, Name};

/// After `SET`: the folded name and its value, several as one text; none for `DEFAULT`.
pub(super) fn set(p: &mut Parser) -> Parse<(Name, Option<String>)> {
    let set = p.set_rest()?;
    if set.values.is_none() && p.last_span().of(p.text).eq_ignore_ascii_case("current") {
        return Ok((set.name, Some(FROM_CURRENT.to_owned())));
    }
    // A schema whose name looks like several is one all the same.
    let told = |value: &String| if set.name == "search_path" && value.contains(',') { format!("\"{value}\"") } else { value.clone() };
    let value = set.values.as_ref().map(|values| values.iter().map(told).collect::<Vec<_>>().join(", "));
    Ok((set.name, value))
}

/// After `RESET`: the name; none for `ALL`.
pub(super) fn reset(p: &mut Parser) -> Parse<Option<Name>> {
    let name = p.reset_rest()?;
    Ok(if name == "all" { None } else { Some(name) })
}
