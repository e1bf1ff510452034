//! Roles, databases, tablespaces and the server's own settings: what no schema holds.

use super::alter::{self, OWNER, RENAME};
use super::parts::bare;
use super::settings;
use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::{AlterGeneric, CreateRole, GenericKind, LATER_SEARCH_PATH, Maintenance, Name, ObjectRef, Op, Reach, Rename, RoleName};

/// After `CREATE ROLE|USER|GROUP`. What a role may do is no part of a schema.
pub(super) fn create(p: &mut Parser) -> Parse<Op> {
    let name = p.role_id()?;
    p.word("WITH");
    while option(p, true)? {}
    Ok(Op::CreateRole(CreateRole { name }))
}

/// One option of a role; false when none comes next.
fn option(p: &mut Parser, create: bool) -> Parse<bool> {
    if p.words(&["CONNECTION", "LIMIT"]) {
        p.signed_integer32()?;
        return Ok(true);
    }
    if p.words(&["VALID", "UNTIL"]) {
        p.string()?;
        return Ok(true);
    }
    if p.word("UNENCRYPTED") {
        p.expect_word("PASSWORD")?;
        p.string()?;
        return Err(p.reject("0A000", "UNENCRYPTED PASSWORD is no longer supported", p.last_span()));
    }
    if p.word("ENCRYPTED") {
        p.expect_word("PASSWORD")?;
        p.string()?;
        return Ok(true);
    }
    if p.word("PASSWORD") {
        if !p.word("NULL") {
            p.string()?;
        }
        return Ok(true);
    }
    if create {
        if p.word("SYSID") {
            p.integer()?;
            return Ok(true);
        }
        if p.one_of(&["ADMIN", "ROLE"]).is_some() {
            p.role_list()?;
            return Ok(true);
        }
        if p.word("IN") {
            p.expect_one_of(&["ROLE", "GROUP"])?;
            p.role_list()?;
            return Ok(true);
        }
    }
    if p.word("USER") {
        p.role_list()?;
        return Ok(true);
    }
    if !matches!(p.kind(0), Some(TokenKind::Word | TokenKind::QuotedIdent)) || !p.is_ident(0) {
        return Ok(false);
    }
    let option = p.ident()?;
    let known = [
        "superuser",
        "nosuperuser",
        "createrole",
        "nocreaterole",
        "replication",
        "noreplication",
        "createdb",
        "nocreatedb",
        "login",
        "nologin",
        "bypassrls",
        "nobypassrls",
        "inherit",
        "noinherit",
    ];
    if known.contains(&option.name.as_str()) {
        return Ok(true);
    }
    Err(p.reject("42601", format!("unrecognized role option \"{}\"", option.name), option.span))
}

/// After `ALTER ROLE|USER` (not `USER MAPPING`).
pub(super) fn alter(p: &mut Parser) -> Parse<Op> {
    if p.is_word(1, "RENAME") {
        let from = p.role_id()?;
        p.expect_words(&["RENAME", "TO"])?;
        let to = p.role_id()?;
        return Ok(Op::Rename(Box::new(Rename {
            target: ObjectRef::Role(from),
            kind: None,
            if_exists: false,
            to,
            behavior: Default::default(),
        })));
    }
    let role = if p.word("ALL") { RoleName::Public } else { p.role()? };
    let database = p.is_words(&["IN", "DATABASE"]);
    if database {
        p.at += 2;
        p.ident()?;
    }
    if let Some(search_path) = setting(p)? {
        return Ok(Op::AlterRole { role, search_path });
    }
    if database || role == RoleName::Public {
        return Err(p.syntax_error());
    }
    p.word("WITH");
    while option(p, false)? {}
    Ok(Op::AlterRole { role, search_path: false })
}

/// `SET …` or `RESET …`, if written: whether later sessions may see another schema.
fn setting(p: &mut Parser) -> Parse<Option<bool>> {
    let (name, value): (Name, Option<String>) = if p.word("SET") {
        settings::set(p)?
    } else if p.word("RESET") {
        match settings::reset(p)? {
            Some(name) => (name, None),
            None => return Ok(Some(false)),
        }
    } else {
        return Ok(None);
    };
    let usual = value.as_deref().is_none_or(|value| matches!(value, "public" | "$user, public"));
    Ok(Some(name == "search_path" && !usual))
}

/// After `ALTER GROUP`.
pub(super) fn alter_group(p: &mut Parser) -> Parse<Op> {
    if p.is_word(1, "RENAME") {
        return alter(p);
    }
    let role = p.role()?;
    p.expect_one_of(&["ADD", "DROP"])?;
    p.expect_word("USER")?;
    p.role_list()?;
    Ok(Op::AlterRole { role, search_path: false })
}

/// After `CREATE DATABASE`.
pub(super) fn create_database(p: &mut Parser) -> Parse<Op> {
    p.ident()?;
    p.word("WITH");
    while database_option(p)? {}
    Ok(Op::Maintenance(Maintenance { command: "CREATE DATABASE", forbidden_in_transaction: true, needs: Vec::new() }))
}

fn database_option(p: &mut Parser) -> Parse<bool> {
    let known = p.words(&["CONNECTION", "LIMIT"])
        || p.one_of(&["ENCODING", "LOCATION", "OWNER", "TABLESPACE", "TEMPLATE"]).is_some()
        || (matches!(p.kind(0), Some(TokenKind::Word | TokenKind::QuotedIdent)) && p.is_ident(0) && p.ident().is_ok());
    if !known {
        return Ok(false);
    }
    p.symbol('=');
    if p.word("DEFAULT") {
        return Ok(true);
    }
    match p.kind(0) {
        Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => {
            p.signed_integer32()?;
        }
        _ => {
            p.boolean_or_string()?;
        }
    }
    Ok(true)
}

/// After `ALTER DATABASE`.
pub(super) fn alter_database(p: &mut Parser) -> Parse<Op> {
    let name = p.ident()?;
    if p.is_one_of(0, &["RENAME", "OWNER"]) && !p.is_symbol(1, '=') {
        return alter::common(p, ObjectRef::Database(name), RENAME | OWNER);
    }
    if p.is_words(&["SET", "TABLESPACE"]) {
        p.at += 2;
        p.ident()?;
        return Ok(Op::Maintenance(Maintenance { command: "ALTER DATABASE", forbidden_in_transaction: true, needs: Vec::new() }));
    }
    if p.version >= 15 && p.words(&["REFRESH", "COLLATION", "VERSION"]) {
        return Ok(Op::Nothing);
    }
    if let Some(search_path) = setting(p)? {
        if search_path {
            p.gap_later(LATER_SEARCH_PATH, Reach::Everything);
        }
        return Ok(Op::Nothing);
    }
    p.word("WITH");
    while database_option(p)? {}
    Ok(Op::Nothing)
}

/// After `CREATE TABLESPACE`.
pub(super) fn create_tablespace(p: &mut Parser) -> Parse<Op> {
    p.ident()?;
    if p.word("OWNER") {
        p.role()?;
    }
    p.expect_word("LOCATION")?;
    p.string()?;
    if p.word("WITH") {
        p.options()?;
    }
    Ok(Op::Maintenance(Maintenance { command: "CREATE TABLESPACE", forbidden_in_transaction: true, needs: Vec::new() }))
}

/// After `ALTER TABLESPACE`.
pub(super) fn alter_tablespace(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let kind = GenericKind::Tablespace;
    let mark = p.mark();
    if p.one_of(&["SET", "RESET"]).is_some() {
        p.options()?;
        let text = p.normal_text(mark);
        return Ok(Op::AlterGeneric(Box::new(AlterGeneric { kind, name, method: None, if_exists: false, refers: Vec::new(), text })));
    }
    alter::common(p, ObjectRef::Generic { kind, name, method: None }, RENAME | OWNER)
}

/// After `ALTER SYSTEM`.
pub(super) fn alter_system(p: &mut Parser) -> Parse<Op> {
    if p.expect_one_of(&["SET", "RESET"])? == "SET" {
        settings::set(p)?;
    } else {
        settings::reset(p)?;
    }
    Ok(Op::Maintenance(Maintenance { command: "ALTER SYSTEM", forbidden_in_transaction: true, needs: Vec::new() }))
}
