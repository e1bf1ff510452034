//! Publications and subscriptions.

use super::alter::{self, OWNER, RENAME};
use super::generic::Definition;
use super::parts::bare;
use crate::lower::parser::{Parse, Parser};
use crate::op::{GenericKind, Ident, Name, ObjectRef, Op, RelationKind};

/// After `CREATE PUBLICATION`.
pub(super) fn create_publication(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let mut definition = Definition::new(p, GenericKind::Publication, name);
    if p.word("FOR") && !p.words(&["ALL", "TABLES"]) {
        let mut objects = objects(p)?;
        definition.refer(&mut objects);
    }
    if p.word("WITH") {
        p.elements()?;
    }
    Ok(definition.create(p, false))
}

/// What a publication publishes: tables, and from 15 on their columns, conditions, and all tables of schemas.
fn objects(p: &mut Parser) -> Parse<Vec<ObjectRef>> {
    let mut refers = Vec::new();
    if p.version < 15 {
        p.expect_word("TABLE")?;
        let tables = p.comma_list(Parser::relation_expr)?;
        refers.extend(tables.into_iter().map(|(name, _)| ObjectRef::Relation { kind: RelationKind::Table, name }));
        return Ok(refers);
    }
    let mut schemas = None;
    p.comma_list(|p| {
        let mut said = true;
        if p.words(&["TABLES", "IN", "SCHEMA"]) {
            schemas = Some(true);
        } else if p.word("TABLE") {
            schemas = Some(false);
        } else {
            said = false;
        }
        // After a keyword comes what it says; without one the grammar reads either, and then complains about what does not fit.
        let span = p.here();
        let current = (schemas != Some(false) || !said) && p.word("CURRENT_SCHEMA");
        let (name, only) = match (current, said, schemas) {
            (true, ..) => (bare(Ident { name: Name::default(), span }), false),
            (false, true, Some(true)) => (bare(p.ident()?), false),
            _ => p.relation_expr()?,
        };
        let listed = !said || schemas == Some(false);
        let columns = if listed { p.opt_idents()? } else { Vec::new() };
        let refuse = |p: &Parser, message: &str| Err(p.reject("42601", message, span));
        let filter = if listed { p.opt_parenthesised_where()? } else { None };
        match schemas {
            None => refuse(p, "invalid publication object list"),
            Some(true) if !columns.is_empty() => refuse(p, "column specification not allowed for schema"),
            Some(true) if filter.is_some() => refuse(p, "WHERE clause not allowed for schema"),
            Some(true) if only || name.schema.is_some() => refuse(p, "invalid schema name"),
            Some(true) => {
                if !current {
                    refers.push(ObjectRef::Schema(Ident { name: name.name, span: name.span }));
                }
                Ok(())
            }
            Some(false) if current => refuse(p, "invalid table name"),
            Some(false) => {
                for column in columns {
                    refers.push(ObjectRef::Column { relation: name.clone(), column });
                }
                refers.push(ObjectRef::Relation { kind: RelationKind::Table, name });
                Ok(())
            }
        }
    })?;
    Ok(refers)
}

/// After `ALTER PUBLICATION`.
pub(super) fn alter_publication(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let kind = GenericKind::Publication;
    if p.is_one_of(0, &["RENAME", "OWNER"]) {
        return alter::common(p, ObjectRef::Generic { kind, name, method: None }, RENAME | OWNER);
    }
    let mut definition = Definition::new(p, kind, name);
    if p.expect_one_of(&["SET", "ADD", "DROP"])? == "SET" && p.is_symbol(0, '(') {
        p.elements()?;
        return Ok(definition.alter(p));
    }
    let mut objects = objects(p)?;
    definition.refer(&mut objects);
    Ok(definition.alter(p))
}

/// After `CREATE SUBSCRIPTION`.
pub(super) fn create_subscription(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let definition = Definition::new(p, GenericKind::Subscription, name);
    p.expect_word("CONNECTION")?;
    p.string()?;
    p.expect_word("PUBLICATION")?;
    p.name_list()?;
    if p.word("WITH") {
        p.elements()?;
    }
    Ok(definition.create(p, false))
}

/// After `ALTER SUBSCRIPTION`.
pub(super) fn alter_subscription(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let kind = GenericKind::Subscription;
    if p.is_one_of(0, &["RENAME", "OWNER"]) {
        return alter::common(p, ObjectRef::Generic { kind, name, method: None }, RENAME | OWNER);
    }
    let definition = Definition::new(p, kind, name);
    match p.expect_one_of(&["SET", "CONNECTION", "REFRESH", "ADD", "DROP", "ENABLE", "DISABLE", "SKIP"])? {
        "CONNECTION" => {
            p.string()?;
        }
        "ENABLE" | "DISABLE" => {}
        "SKIP" if p.version >= 15 => {
            p.elements()?;
        }
        "SET" if p.is_symbol(0, '(') => {
            p.elements()?;
        }
        word @ ("REFRESH" | "SET" | "ADD" | "DROP") if p.version >= 14 || matches!(word, "REFRESH" | "SET") => {
            p.expect_word("PUBLICATION")?;
            if word != "REFRESH" {
                p.name_list()?;
            }
            if p.word("WITH") {
                p.elements()?;
            }
        }
        _ => return Err(p.syntax_error_at(p.at.saturating_sub(1))),
    }
    Ok(definition.alter(p))
}
