//! `SET name TO value` and `RESET name` as parts of `ALTER ROLE`, `ALTER DATABASE` and routines.

use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::Name;

/// The grammar's `set_rest_more`, after `SET`: the folded name and its normalised value; none for `DEFAULT`.
pub(super) fn set(p: &mut Parser) -> Parse<(Name, Option<String>)> {
    if p.words(&["TIME", "ZONE"]) {
        let value = zone(p)?;
        return Ok(("timezone".into(), value));
    }
    if p.is_word(0, "CATALOG") && p.is_string(1) {
        return Err(p.reject("0A000", "current database cannot be changed", p.here()));
    }
    if p.is_word(0, "SCHEMA") && p.is_string(1) {
        p.at += 1;
        return Ok(("search_path".into(), Some(p.string()?)));
    }
    if p.is_word(0, "NAMES") && !p.is_word(1, "TO") && !p.is_symbol(1, '=') {
        p.at += 1;
        let value = if p.is_string(0) { Some(p.string()?) } else { None };
        if value.is_none() {
            p.word("DEFAULT");
        }
        return Ok(("client_encoding".into(), value));
    }
    if p.is_word(0, "ROLE") && !p.is_word(1, "TO") && !p.is_symbol(1, '=') {
        p.at += 1;
        return Ok(("role".into(), Some(p.word_or_string()?.into())));
    }
    if p.words(&["SESSION", "AUTHORIZATION"]) {
        let value = if p.word("DEFAULT") { None } else { Some(p.word_or_string()?.into()) };
        return Ok(("session authorization".into(), value));
    }
    if p.words(&["XML", "OPTION"]) {
        return Ok(("xmloption".into(), Some(p.expect_one_of(&["DOCUMENT", "CONTENT"])?.to_ascii_lowercase())));
    }
    let name = variable(p)?;
    if p.words(&["FROM", "CURRENT"]) {
        return Ok((name, Some("FROM CURRENT".to_owned())));
    }
    if !p.word("TO") {
        p.expect_symbol('=')?;
    }
    if p.word("DEFAULT") {
        return Ok((name, None));
    }
    let values = p.comma_list(value)?;
    Ok((name, Some(values.join(", "))))
}

/// After `RESET`: the name; none for `ALL`.
pub(super) fn reset(p: &mut Parser) -> Parse<Option<Name>> {
    if p.word("ALL") {
        return Ok(None);
    }
    if p.words(&["TIME", "ZONE"]) {
        return Ok(Some("timezone".into()));
    }
    if p.words(&["SESSION", "AUTHORIZATION"]) {
        return Ok(Some("session authorization".into()));
    }
    Ok(Some(variable(p)?))
}

/// `name` or `class.name`.
fn variable(p: &mut Parser) -> Parse<Name> {
    let mut name = p.name()?;
    while p.symbol('.') {
        name = format!("{name}.{}", p.name()?).into();
    }
    Ok(name)
}

/// One value of a setting.
fn value(p: &mut Parser) -> Parse<String> {
    match p.kind(0) {
        Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => Ok(p.numeric()?.into()),
        _ => p.boolean_or_string(),
    }
}

fn zone(p: &mut Parser) -> Parse<Option<String>> {
    if p.one_of(&["DEFAULT", "LOCAL"]).is_some() {
        return Ok(None);
    }
    if p.is_word(0, "INTERVAL") {
        let mark = p.mark();
        p.expr()?;
        return Ok(Some(p.normal_text(mark)));
    }
    match p.kind(0) {
        Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => Ok(Some(p.numeric()?.into())),
        Some(kind) if kind.is_string() => Ok(Some(p.string()?)),
        _ => Ok(Some(p.ident()?.name.into())),
    }
}
