//! `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`.

use super::drop::routine_kind;
use super::parts::bare;
use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    Behavior, DefaultPrivileges, GenericKind, Grant, GrantRole, GrantTarget, Ident, Name, ObjectRef, Op, RelationKind, RoleName,
    RoutineKind,
};
use crate::source::Span;

/// One privilege or role of a list, as it was written.
struct Privilege {
    name: Name,
    columns: Vec<Name>,
    span: Span,
}

/// After `GRANT`.
pub(super) fn grant(p: &mut Parser) -> Parse<Op> {
    let privileges = privileges(p)?;
    if privileges.is_some() && !p.is_word(0, "ON") && !p.is_word(0, "TO") {
        return Err(p.syntax_error());
    }
    let Some(privileges) = on_something(p, privileges)? else { return Err(p.syntax_error()) };
    match privileges {
        Listed::Roles(roles) => {
            p.expect_word("TO")?;
            let members = p.role_list()?;
            role_options(p)?;
            granted_by(p, true)?;
            Ok(Op::GrantRole(GrantRole { grant: true, roles, members, option_only: false }))
        }
        Listed::Privileges(privileges) => {
            let on = target(p)?;
            p.expect_word("TO")?;
            let grantees = grantees(p)?;
            let grant_option = grant_option(p)?;
            granted_by(p, false)?;
            Ok(Op::Grant(Grant { grant: true, privileges, on, grantees, grant_option, behavior: Behavior::Restrict }))
        }
    }
}

/// After `REVOKE`.
pub(super) fn revoke(p: &mut Parser) -> Parse<Op> {
    let grant_option = p.words(&["GRANT", "OPTION", "FOR"]);
    // ADMIN OPTION FOR; from 16 also INHERIT and SET. Only roles have them.
    let role_option =
        !grant_option && p.is_words(&[p.peek_word(0), "OPTION", "FOR"]) && (p.is_word(0, "ADMIN") || (p.version >= 16 && p.is_ident(0)));
    if role_option {
        p.at += 3;
    }
    let privileges = privileges(p)?;
    let Some(privileges) = on_something(p, privileges)? else { return Err(p.syntax_error()) };
    match privileges {
        Listed::Roles(roles) if !grant_option => {
            p.expect_word("FROM")?;
            let members = p.role_list()?;
            granted_by(p, true)?;
            p.behavior();
            Ok(Op::GrantRole(GrantRole { grant: false, roles, members, option_only: role_option }))
        }
        Listed::Privileges(privileges) if !role_option => {
            let on = target(p)?;
            p.expect_word("FROM")?;
            let grantees = grantees(p)?;
            granted_by(p, false)?;
            let behavior = p.behavior();
            Ok(Op::Grant(Grant { grant: false, privileges, on, grantees, grant_option, behavior }))
        }
        Listed::Roles(_) => Err(p.syntax_error()),
        Listed::Privileges(_) => Err(p.syntax_error_at(p.at.saturating_sub(1))),
    }
}

/// What a list turned out to be.
enum Listed {
    Roles(Vec<RoleName>),
    Privileges(Vec<(Name, Vec<Name>)>),
}

/// `ALL [PRIVILEGES] [(columns)]` is none, with the columns; else the list.
fn privileges(p: &mut Parser) -> Parse<Option<Vec<Privilege>>> {
    if p.word("ALL") {
        p.word("PRIVILEGES");
        let mark = p.mark();
        let columns = p.opt_names()?;
        if columns.is_empty() {
            return Ok(None);
        }
        return Ok(Some(vec![Privilege { name: "ALL".into(), columns, span: p.span_from(mark) }]));
    }
    let list = p.comma_list(|p| {
        let span = p.here();
        if p.version >= 15 && p.words(&["ALTER", "SYSTEM"]) {
            return Ok(Privilege { name: "ALTER SYSTEM".into(), columns: Vec::new(), span });
        }
        let name = match p.one_of(&["SELECT", "REFERENCES", "CREATE"]) {
            Some(word) => word.to_ascii_lowercase().into(),
            None => p.name()?,
        };
        Ok(Privilege { name, columns: p.opt_names()?, span })
    })?;
    Ok(Some(list))
}

/// Takes `ON`, if written: then they are privileges, else roles.
fn on_something(p: &mut Parser, privileges: Option<Vec<Privilege>>) -> Parse<Option<Listed>> {
    let on = p.word("ON");
    let Some(privileges) = privileges else {
        return Ok(if on { Some(Listed::Privileges(Vec::new())) } else { None });
    };
    if on {
        return Ok(Some(Listed::Privileges(known_privileges(p, privileges))));
    }
    let mut roles = Vec::new();
    for privilege in privileges {
        if !privilege.columns.is_empty() {
            p.refuse_later("0LP01", "column names cannot be included in GRANT/REVOKE ROLE", privilege.span);
        }
        roles.push(RoleName::Named(privilege.name));
    }
    Ok(Some(Listed::Roles(roles)))
}

fn known_privileges(p: &mut Parser, privileges: Vec<Privilege>) -> Vec<(Name, Vec<Name>)> {
    let mut known = Vec::with_capacity(privileges.len());
    for privilege in privileges {
        let name = privilege.name.to_ascii_uppercase();
        let since = match name.as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" | "REFERENCES" | "TRIGGER" | "EXECUTE" | "USAGE" | "CREATE"
            | "TEMPORARY" | "TEMP" | "CONNECT" | "RULE" | "ALL" => 0,
            "SET" | "ALTER SYSTEM" => 15,
            "MAINTAIN" => 17,
            _ => u16::MAX,
        };
        if p.version < since {
            p.refuse_later("42601", format!("unrecognized privilege type \"{}\"", privilege.name), privilege.span);
        }
        // RULE is accepted and means nothing since 8.2.
        if name != "RULE" {
            known.push((if name == "TEMP" { "TEMPORARY".into() } else { name.into() }, privilege.columns));
        }
    }
    known
}

/// After `ON`.
fn target(p: &mut Parser) -> Parse<GrantTarget> {
    if p.word("ALL") {
        let words = &["TABLES", "SEQUENCES", "FUNCTIONS", "PROCEDURES", "ROUTINES"];
        let what = p.expect_one_of(words)?;
        p.expect_words(&["IN", "SCHEMA"])?;
        return Ok(GrantTarget::AllInSchema(what.into(), p.name_list()?));
    }
    // Words that are no reserved ones may be the name of a table: then no other name follows.
    if !p.is_ident(1) && !p.is_words(&["LARGE", "OBJECT"]) && !p.is_words(&["FOREIGN"]) && !p.is_word(0, "TABLE") {
        // A function's name may be a word that names functions only.
        let routine =
            p.is_one_of(0, &["FUNCTION", "PROCEDURE", "ROUTINE"]) && p.kind(1) == Some(TokenKind::Word) && !p.is_one_of(1, &["TO", "FROM"]);
        if !routine {
            return relations(p, RelationKind::Table);
        }
    }
    if p.word("TABLE") {
        return relations(p, RelationKind::Table);
    }
    if p.word("SEQUENCE") {
        return relations(p, RelationKind::Sequence);
    }
    if p.word("FOREIGN") {
        let kind = if p.expect_one_of(&["DATA", "SERVER"])? == "DATA" {
            p.expect_word("WRAPPER")?;
            GenericKind::ForeignDataWrapper
        } else {
            GenericKind::ForeignServer
        };
        return generic(p, kind);
    }
    if let Some(kind) = routine_kind_of(p) {
        let signatures = p.comma_list(Parser::signature)?;
        return Ok(GrantTarget::Objects(signatures.into_iter().map(|signature| ObjectRef::Routine { kind, signature }).collect()));
    }
    if p.words(&["LARGE", "OBJECT"]) {
        p.comma_list(Parser::numeric)?;
        return Ok(GrantTarget::Outside);
    }
    if p.version >= 15 && p.word("PARAMETER") {
        p.comma_list(|p| {
            p.ident()?;
            while p.symbol('.') {
                p.ident()?;
            }
            Ok(())
        })?;
        return Ok(GrantTarget::Outside);
    }
    let Some(word) = p.one_of(&["SCHEMA", "DATABASE", "TABLESPACE", "LANGUAGE", "TYPE", "DOMAIN"]) else {
        return relations(p, RelationKind::Table);
    };
    Ok(match word {
        "SCHEMA" => names(p, ObjectRef::Schema)?,
        "DATABASE" => names(p, ObjectRef::Database)?,
        "TABLESPACE" => generic(p, GenericKind::Tablespace)?,
        "LANGUAGE" => generic(p, GenericKind::Language)?,
        "TYPE" => GrantTarget::Objects(p.object_names()?.into_iter().map(ObjectRef::Type).collect()),
        _ => GrantTarget::Objects(p.object_names()?.into_iter().map(ObjectRef::Domain).collect()),
    })
}

fn routine_kind_of(p: &mut Parser) -> Option<RoutineKind> {
    if p.is_word(0, "AGGREGATE") { None } else { routine_kind(p) }
}

fn relations(p: &mut Parser, kind: RelationKind) -> Parse<GrantTarget> {
    Ok(GrantTarget::Objects(p.object_names()?.into_iter().map(|name| ObjectRef::Relation { kind, name }).collect()))
}

fn names(p: &mut Parser, make: fn(Ident) -> ObjectRef) -> Parse<GrantTarget> {
    Ok(GrantTarget::Objects(p.name_list()?.into_iter().map(make).collect()))
}

fn generic(p: &mut Parser, kind: GenericKind) -> Parse<GrantTarget> {
    let objects = p.name_list()?.into_iter().map(|name| ObjectRef::Generic { kind, name: bare(name), method: None });
    Ok(GrantTarget::Objects(objects.collect()))
}

/// `[GROUP] role, …`.
fn grantees(p: &mut Parser) -> Parse<Vec<RoleName>> {
    p.comma_list(|p| {
        p.word("GROUP");
        p.role()
    })
}

fn grant_option(p: &mut Parser) -> Parse<bool> {
    if !p.word("WITH") {
        return Ok(false);
    }
    p.expect_words(&["GRANT", "OPTION"])?;
    Ok(true)
}

/// `WITH ADMIN OPTION`, from 16 `WITH ADMIN|INHERIT|SET TRUE|FALSE|OPTION, …`. Only the membership is compared, not its options.
fn role_options(p: &mut Parser) -> Parse<()> {
    if !p.word("WITH") {
        return Ok(());
    }
    if p.version < 16 {
        return p.expect_words(&["ADMIN", "OPTION"]);
    }
    p.comma_list(|p| {
        let option = p.col_label()?;
        if !matches!(option.name.as_str(), "admin" | "inherit" | "set") {
            p.refuse_later("42601", format!("unrecognized role option \"{}\"", option.name), option.span);
        }
        p.expect_one_of(&["OPTION", "TRUE", "FALSE"])?;
        Ok(())
    })?;
    Ok(())
}

/// `GRANTED BY role`: of roles always, of privileges from 14 on.
fn granted_by(p: &mut Parser, roles: bool) -> Parse<()> {
    if (roles || p.version >= 14) && p.word("GRANTED") {
        p.expect_word("BY")?;
        p.role()?;
    }
    Ok(())
}

/// After `ALTER DEFAULT PRIVILEGES`.
pub(super) fn default_privileges(p: &mut Parser) -> Parse<Op> {
    let mut roles = Vec::new();
    let mut schemas = Vec::new();
    loop {
        let mark = p.mark();
        if p.word("FOR") {
            p.expect_one_of(&["ROLE", "USER"])?;
            if !roles.is_empty() {
                p.conflicting(p.span_from(mark));
            }
            roles = p.role_list()?;
        } else if p.word("IN") {
            p.expect_word("SCHEMA")?;
            if !schemas.is_empty() {
                p.conflicting(p.span_from(mark));
            }
            schemas = p.name_list()?;
        } else {
            break;
        }
    }
    let grant = p.expect_one_of(&["GRANT", "REVOKE"])? == "GRANT";
    let mut grant_option = !grant && p.words(&["GRANT", "OPTION", "FOR"]);
    let privileges = match privileges(p)? {
        None => Vec::new(),
        Some(list) => known_privileges(p, list),
    };
    p.expect_word("ON")?;
    let words = &["TABLES", "FUNCTIONS", "ROUTINES", "SEQUENCES", "TYPES", "SCHEMAS"];
    let on: Name = if p.version >= 18 && p.word("LARGE") {
        p.expect_word("OBJECTS")?;
        "LARGE OBJECTS".into()
    } else {
        // ROUTINES is the standard's word for what FUNCTIONS says here.
        match p.expect_one_of(words)? {
            "ROUTINES" => "FUNCTIONS".into(),
            word => word.into(),
        }
    };
    p.expect_word(if grant { "TO" } else { "FROM" })?;
    let grantees = grantees(p)?;
    if grant {
        grant_option = self::grant_option(p)?;
    } else {
        p.behavior();
    }
    if privileges.iter().any(|(_, columns)| !columns.is_empty()) {
        p.refuse_later("0LP01", "default privileges cannot be set for columns", p.whole());
    }
    let privileges = privileges.into_iter().map(|(name, _)| name).collect();
    Ok(Op::DefaultPrivileges(DefaultPrivileges { roles, schemas, grant, privileges, on, grantees, grant_option }))
}
