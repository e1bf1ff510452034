//! Roles, databases, tablespaces and the server's own settings: what no schema holds.

use super::alter::{self, OWNER, RENAME};
use super::parts::bare;
use super::settings;
use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::{AlterGeneric, CreateRole, GenericKind, GrantRole, Maintenance, Name, ObjectRef, Op, Rename, RoleName, RoleOption};

/// After `CREATE ROLE|USER|GROUP`.
pub(super) fn create(p: &mut Parser, login: bool) -> Parse<Op> {
    let name = p.role_id()?;
    p.word("WITH");
    let mut options = Vec::new();
    if login {
        options.push(("LOGIN".into(), Some(String::new())));
    }
    while option(p, true, &mut options)? {}
    Ok(Op::CreateRole(CreateRole { name, options }))
}

/// The attributes of a role that its options name, each with what takes it away.
const ATTRIBUTES: [(&str, &str); 7] = [
    ("SUPERUSER", "NOSUPERUSER"),
    ("CREATEROLE", "NOCREATEROLE"),
    ("REPLICATION", "NOREPLICATION"),
    ("CREATEDB", "NOCREATEDB"),
    ("LOGIN", "NOLOGIN"),
    ("BYPASSRLS", "NOBYPASSRLS"),
    // What a role has when nobody says anything is the other way round.
    ("NOINHERIT", "INHERIT"),
];

/// One option of a role; false when none comes next. Of passwords it is not told how they differ.
fn option(p: &mut Parser, create: bool, options: &mut Vec<RoleOption>) -> Parse<bool> {
    if p.words(&["CONNECTION", "LIMIT"]) {
        let limit = p.signed_integer32()?;
        options.push(("CONNECTION LIMIT".into(), (limit != -1).then(|| limit.to_string())));
        return Ok(true);
    }
    if p.words(&["VALID", "UNTIL"]) {
        options.push(("VALID UNTIL".into(), Some(p.string()?)));
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
            options.extend(p.role_list()?.iter().map(|role| (role.membership(), Some(String::new()))));
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
    let known = ATTRIBUTES.iter().find_map(|(has, has_not)| {
        let is = |word: &str| option.name.eq_ignore_ascii_case(word);
        (is(has) || is(has_not)).then(|| (Name::from(*has), is(has).then(String::new)))
    });
    let Some(known) = known else {
        return Err(p.reject("42601", format!("unrecognized role option \"{}\"", option.name), option.span));
    };
    options.push(known);
    Ok(true)
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
    let database = if p.words(&["IN", "DATABASE"]) { Some(p.ident()?.name) } else { None };
    if let Some(option) = setting(p, database.as_ref())? {
        return Ok(Op::AlterRole { role, options: vec![option] });
    }
    if database.is_some() || role == RoleName::Public {
        return Err(p.syntax_error());
    }
    p.word("WITH");
    let mut options = Vec::new();
    while option(p, false, &mut options)? {}
    Ok(Op::AlterRole { role, options })
}

/// `SET …` or `RESET …`, if written.
fn setting(p: &mut Parser, database: Option<&Name>) -> Parse<Option<RoleOption>> {
    let (name, value): (Name, Option<String>) = if p.word("SET") {
        settings::set(p)?
    } else if p.word("RESET") {
        (settings::reset(p)?.unwrap_or_default(), None)
    } else {
        return Ok(None);
    };
    let mut key = format!("SET {name}");
    if let Some(database) = database {
        key = format!("IN DATABASE {database} {key}");
    }
    Ok(Some((key.trim_end().into(), value)))
}

/// After `ALTER GROUP`.
pub(super) fn alter_group(p: &mut Parser) -> Parse<Op> {
    if p.is_word(1, "RENAME") {
        return alter(p);
    }
    let role = p.role()?;
    let grant = p.expect_one_of(&["ADD", "DROP"])? == "ADD";
    p.expect_word("USER")?;
    Ok(Op::GrantRole(GrantRole { grant, roles: vec![role], members: p.role_list()?, option_only: false }))
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
    if let Some(option) = setting(p, Some(&name.name))? {
        return Ok(Op::AlterRole { role: RoleName::Public, options: vec![option] });
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
