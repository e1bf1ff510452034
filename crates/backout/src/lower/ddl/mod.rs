//! Statements that define objects: `CREATE`, `ALTER`, `DROP`, `COMMENT`, `GRANT` and their like, by PostgreSQL's grammar.
//!
//! One file per family of objects. Each function begins behind the leading words that chose it.

mod alter;
mod alter_table;
mod constraint;
mod drop;
mod generic;
mod grant;
mod index;
mod objects;
mod parts;
mod replication;
mod role;
mod routine;
mod sequence;
mod settings;
mod table;
mod trigger;
mod types;
mod view;

#[cfg(test)]
mod tests;

use super::parser::{Parse, Parser};
use crate::op::{GenericKind, ObjectRef, Op, Persistence};
use alter::{OWNER, RENAME, SCHEMA};

/// Reads one statement that defines, changes or drops an object; none when the leading words are of no such statement.
pub(super) fn statement(p: &mut Parser) -> Parse<Option<Op>> {
    let words = &["CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "REFRESH", "SECURITY", "IMPORT", "REASSIGN"];
    Ok(Some(match p.one_of(words) {
        None => return Ok(None),
        Some("CREATE") => create(p)?,
        Some("ALTER") => alter_something(p)?,
        Some("DROP") => drop::statement(p)?,
        Some("COMMENT") => objects::comment(p)?,
        Some("GRANT") => grant::grant(p)?,
        Some("REVOKE") => grant::revoke(p)?,
        Some("REFRESH") => view::refresh(p)?,
        Some("SECURITY") => objects::security_label(p)?,
        Some("IMPORT") => generic::import(p)?,
        Some(_) => reassign(p)?,
    }))
}

/// After `REASSIGN`.
fn reassign(p: &mut Parser) -> Parse<Op> {
    p.expect_words(&["OWNED", "BY"])?;
    let roles = p.role_list()?;
    p.expect_word("TO")?;
    Ok(Op::Owned { roles, reassign_to: Some(p.role()?), behavior: Default::default() })
}

/// After `CREATE`.
fn create(p: &mut Parser) -> Parse<Op> {
    if p.word("OR") {
        p.expect_word("REPLACE")?;
        return create_or_replace(p);
    }
    if p.is_one_of(0, &["TABLE", "TEMPORARY", "TEMP", "LOCAL", "GLOBAL", "UNLOGGED", "SEQUENCE", "VIEW", "RECURSIVE", "MATERIALIZED"]) {
        return create_relation(p);
    }
    if p.word("UNIQUE") {
        p.expect_word("INDEX")?;
        return index::create(p, true);
    }
    if p.word("INDEX") {
        return index::create(p, false);
    }
    if p.is_one_of(
        0,
        &["FUNCTION", "PROCEDURE", "AGGREGATE", "TRIGGER", "CONSTRAINT", "RULE", "TRANSFORM", "LANGUAGE", "TRUSTED", "PROCEDURAL"],
    ) {
        return replaceable(p, false);
    }
    let words = &[
        "TYPE",
        "EXTENSION",
        "SCHEMA",
        "POLICY",
        "DOMAIN",
        "ROLE",
        "USER",
        "GROUP",
        "CAST",
        "OPERATOR",
        "COLLATION",
        "CONVERSION",
        "DEFAULT",
        "STATISTICS",
        "PUBLICATION",
        "SUBSCRIPTION",
        "SERVER",
        "FOREIGN",
        "EVENT",
        "ACCESS",
        "DATABASE",
        "TABLESPACE",
        "TEXT",
        "ASSERTION",
    ];
    match p.expect_one_of(words)? {
        "TYPE" => types::create(p),
        "EXTENSION" => generic::create_extension(p),
        "SCHEMA" => generic::create_schema(p),
        "POLICY" => trigger::create_policy(p),
        "DOMAIN" => types::create_domain(p),
        "USER" if is_mapping(p) => generic::create_user_mapping(p),
        "ROLE" | "GROUP" => role::create(p, false),
        "USER" => role::create(p, true),
        "CAST" => generic::create_cast(p),
        "OPERATOR" => generic::create_operator(p),
        "COLLATION" => generic::create_collation(p),
        "CONVERSION" => generic::create_conversion(p),
        "DEFAULT" => {
            p.expect_word("CONVERSION")?;
            generic::create_conversion(p)
        }
        "STATISTICS" => generic::create_statistics(p),
        "PUBLICATION" => replication::create_publication(p),
        "SUBSCRIPTION" => replication::create_subscription(p),
        "SERVER" => generic::create_server(p),
        "FOREIGN" => {
            if p.expect_one_of(&["TABLE", "DATA"])? == "TABLE" {
                return table::create_foreign(p);
            }
            p.expect_word("WRAPPER")?;
            generic::create_wrapper(p)
        }
        "EVENT" => {
            p.expect_word("TRIGGER")?;
            trigger::create_event(p)
        }
        "ACCESS" => {
            p.expect_word("METHOD")?;
            generic::create_access_method(p)
        }
        "DATABASE" => role::create_database(p),
        "TABLESPACE" => role::create_tablespace(p),
        "TEXT" => {
            p.at -= 1;
            generic::create_text_search(p)
        }
        _ => {
            p.ident()?;
            p.expect_word("CHECK")?;
            p.parenthesised(Parser::expr)?;
            Err(p.reject("0A000", "CREATE ASSERTION is not yet implemented", p.whole()))
        }
    }
}

/// Takes `MAPPING` of `USER MAPPING`. A role may be called so: then no `FOR` follows.
fn is_mapping(p: &mut Parser) -> bool {
    p.is_one_of(1, &["FOR", "IF"]) && p.word("MAPPING")
}

/// Relations but for indexes and foreign tables: what may be temporary.
fn create_relation(p: &mut Parser) -> Parse<Op> {
    if p.is_word(0, "MATERIALIZED") || p.is_words(&["UNLOGGED", "MATERIALIZED"]) {
        let persistence = if p.word("UNLOGGED") { Persistence::Unlogged } else { Persistence::Permanent };
        p.expect_words(&["MATERIALIZED", "VIEW"])?;
        return table::create_materialized_view(p, persistence);
    }
    let persistence = table::persistence(p)?;
    if p.word("TABLE") {
        return table::create(p, persistence);
    }
    if p.word("SEQUENCE") {
        return sequence::create(p, persistence);
    }
    view::create(p, false, persistence)
}

/// After `CREATE OR REPLACE`.
fn create_or_replace(p: &mut Parser) -> Parse<Op> {
    if p.is_one_of(0, &["TEMPORARY", "TEMP", "LOCAL", "GLOBAL", "UNLOGGED", "VIEW", "RECURSIVE"]) {
        let persistence = table::persistence(p)?;
        return view::create(p, true, persistence);
    }
    replaceable(p, true)
}

/// What `OR REPLACE` is known to, but for views.
fn replaceable(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let words = &["FUNCTION", "PROCEDURE", "AGGREGATE", "TRIGGER", "CONSTRAINT", "RULE", "TRANSFORM", "LANGUAGE", "TRUSTED", "PROCEDURAL"];
    let word = p.expect_one_of(words)?;
    if or_replace && p.version < 14 && matches!(word, "TRIGGER" | "CONSTRAINT") {
        return Err(p.syntax_error_at(p.at.saturating_sub(1)));
    }
    match word {
        "FUNCTION" => routine::create(p, or_replace, false),
        "PROCEDURE" => routine::create(p, or_replace, true),
        "AGGREGATE" => routine::create_aggregate(p, or_replace),
        "TRIGGER" => trigger::create(p, or_replace),
        "CONSTRAINT" => {
            p.expect_word("TRIGGER")?;
            trigger::create_constraint(p, or_replace)
        }
        "RULE" => trigger::create_rule(p, or_replace),
        "TRANSFORM" => generic::create_transform(p, or_replace),
        word => {
            if word == "TRUSTED" {
                p.word("PROCEDURAL");
            }
            if word != "LANGUAGE" {
                p.expect_word("LANGUAGE")?;
            }
            generic::create_language(p, or_replace)
        }
    }
}

/// After `ALTER`.
fn alter_something(p: &mut Parser) -> Parse<Op> {
    if p.word("SEQUENCE") {
        return sequence::alter(p);
    }
    if let Some(kind) = drop::relation_kind(p) {
        return alter_table::statement(p, kind);
    }
    if let Some(kind) = drop::routine_kind(p) {
        return routine::alter(p, kind);
    }
    let generic = |kind, name| ObjectRef::Generic { kind, name, method: None };
    let words = &[
        "TYPE",
        "DOMAIN",
        "EXTENSION",
        "SCHEMA",
        "TRIGGER",
        "POLICY",
        "RULE",
        "DEFAULT",
        "ROLE",
        "USER",
        "GROUP",
        "DATABASE",
        "OPERATOR",
        "COLLATION",
        "CONVERSION",
        "STATISTICS",
        "PUBLICATION",
        "SUBSCRIPTION",
        "SERVER",
        "FOREIGN",
        "EVENT",
        "TABLESPACE",
        "TEXT",
        "SYSTEM",
        "LANGUAGE",
        "PROCEDURAL",
        "LARGE",
    ];
    match p.expect_one_of(words)? {
        "TYPE" => types::alter(p),
        "DOMAIN" => types::alter_domain(p),
        "EXTENSION" => generic::alter_extension(p),
        "SCHEMA" => {
            let target = ObjectRef::Schema(p.ident()?);
            alter::common(p, target, RENAME | OWNER)
        }
        "TRIGGER" => trigger::alter(p),
        "POLICY" => trigger::alter_policy(p),
        "RULE" => {
            let target = drop::on_table(p, "RULE")?;
            alter::common(p, target, RENAME)
        }
        "DEFAULT" => {
            p.expect_word("PRIVILEGES")?;
            grant::default_privileges(p)
        }
        "USER" if is_mapping(p) => generic::alter_user_mapping(p),
        "ROLE" | "USER" => role::alter(p),
        "GROUP" => role::alter_group(p),
        "DATABASE" => role::alter_database(p),
        "OPERATOR" => generic::alter_operator(p),
        "COLLATION" => {
            let name = p.object_name()?;
            // A collation's version is the library's, not the schema's.
            if p.words(&["REFRESH", "VERSION"]) {
                return Ok(generic::Definition::new(p, GenericKind::Collation, name).alter(p));
            }
            alter::common(p, generic(GenericKind::Collation, name), RENAME | OWNER | SCHEMA)
        }
        "CONVERSION" => {
            let target = generic(GenericKind::Conversion, p.object_name()?);
            alter::common(p, target, RENAME | OWNER | SCHEMA)
        }
        "STATISTICS" => generic::alter_statistics(p),
        "PUBLICATION" => replication::alter_publication(p),
        "SUBSCRIPTION" => replication::alter_subscription(p),
        "SERVER" => generic::alter_server(p),
        "FOREIGN" => {
            p.expect_words(&["DATA", "WRAPPER"])?;
            generic::alter_wrapper(p)
        }
        "EVENT" => {
            p.expect_word("TRIGGER")?;
            trigger::alter_event(p)
        }
        "TABLESPACE" => role::alter_tablespace(p),
        "TEXT" => {
            p.at -= 1;
            generic::alter_text_search(p)
        }
        "SYSTEM" => role::alter_system(p),
        word @ ("LANGUAGE" | "PROCEDURAL") => {
            if word == "PROCEDURAL" {
                p.expect_word("LANGUAGE")?;
            }
            let target = generic(GenericKind::Language, parts::bare(p.ident()?));
            alter::common(p, target, RENAME | OWNER)
        }
        _ => {
            p.expect_word("OBJECT")?;
            p.numeric()?;
            alter::common(p, ObjectRef::LargeObject, OWNER)
        }
    }
}
