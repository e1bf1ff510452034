//! `DROP` of everything.

use super::objects::simple_generic;
use super::parts::{bare, type_as_object};
use crate::lower::parser::{Parse, Parser};
use crate::op::{Behavior, Drop, GenericKind, Ident, Maintenance, Name, ObjectName, ObjectRef, Op, RelationKind, RoleName, RoutineKind};

/// After `DROP`.
pub(super) fn statement(p: &mut Parser) -> Parse<Op> {
    if let Some(op) = relations(p)? {
        return Ok(op);
    }
    if let Some(kind) = routine_kind(p) {
        let if_exists = p.if_exists();
        let signatures = p.comma_list(|p| if kind == RoutineKind::Aggregate { p.aggregate_signature() } else { p.signature() })?;
        let targets = signatures.into_iter().map(|signature| ObjectRef::Routine { kind, signature }).collect();
        return Ok(dropped(p, targets, if_exists));
    }
    if let Some(word) = p.one_of(&["TRIGGER", "POLICY", "RULE"]) {
        let if_exists = p.if_exists();
        let target = on_table(p, word)?;
        return Ok(dropped(p, vec![target], if_exists));
    }
    if let Some(word) = p.one_of(&["TYPE", "DOMAIN"]) {
        let if_exists = p.if_exists();
        let types = p.comma_list(Parser::type_name)?;
        let make = if word == "TYPE" { ObjectRef::Type } else { ObjectRef::Domain };
        let targets = types.iter().map(|ty| make(type_as_object(ty))).collect();
        return Ok(dropped(p, targets, if_exists));
    }
    if let Some(op) = outside_the_schema(p)? {
        return Ok(op);
    }
    if let Some(op) = special(p)? {
        return Ok(op);
    }
    if let Some((name_only, kind)) = simple_generic(p) {
        let if_exists = p.if_exists();
        let names = if name_only { p.name_list()?.into_iter().map(bare).collect() } else { p.object_names()? };
        let targets = names.into_iter().map(|name| kind.object(name)).collect();
        return Ok(dropped(p, targets, if_exists));
    }
    Err(p.syntax_error())
}

fn dropped(p: &mut Parser, targets: Vec<ObjectRef>, if_exists: bool) -> Op {
    let behavior = p.behavior();
    Op::Drop(Drop { targets, if_exists, concurrently: false, behavior })
}

/// Tables, views, materialized views, indexes, sequences, foreign tables.
fn relations(p: &mut Parser) -> Parse<Option<Op>> {
    let Some(kind) = relation_kind(p) else { return Ok(None) };
    let concurrently = kind == RelationKind::Index && p.word("CONCURRENTLY");
    let if_exists = p.if_exists();
    let names = p.object_names()?;
    let targets = names.into_iter().map(|name| ObjectRef::Relation { kind, name }).collect();
    let behavior = p.behavior();
    Ok(Some(Op::Drop(Drop { targets, if_exists, concurrently, behavior })))
}

/// The keyword of a kind of relation, if it comes next.
pub(super) fn relation_kind(p: &mut Parser) -> Option<RelationKind> {
    if p.words(&["MATERIALIZED", "VIEW"]) {
        return Some(RelationKind::MatView);
    }
    if p.words(&["FOREIGN", "TABLE"]) {
        return Some(RelationKind::ForeignTable);
    }
    Some(match p.one_of(&["TABLE", "INDEX", "VIEW", "SEQUENCE"])? {
        "TABLE" => RelationKind::Table,
        "INDEX" => RelationKind::Index,
        "VIEW" => RelationKind::View,
        _ => RelationKind::Sequence,
    })
}

/// The keyword of a kind of routine, if it comes next.
pub(super) fn routine_kind(p: &mut Parser) -> Option<RoutineKind> {
    Some(match p.one_of(&["FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"])? {
        "FUNCTION" => RoutineKind::Function,
        "PROCEDURE" => RoutineKind::Procedure,
        "ROUTINE" => RoutineKind::Routine,
        _ => RoutineKind::Aggregate,
    })
}

/// `name ON table`, after the keyword.
pub(super) fn on_table(p: &mut Parser, word: &str) -> Parse<ObjectRef> {
    let name = p.ident()?;
    p.expect_word("ON")?;
    let table = p.object_name()?;
    Ok(match word {
        "TRIGGER" => ObjectRef::Trigger { table, name },
        "POLICY" => ObjectRef::Policy { table, name },
        _ => ObjectRef::Rule { table, name },
    })
}

/// Roles, databases, tablespaces: what no schema holds.
fn outside_the_schema(p: &mut Parser) -> Parse<Option<Op>> {
    if p.is_words(&["USER", "MAPPING"]) && p.is_one_of(2, &["FOR", "IF"]) {
        p.at += 2;
        let if_exists = p.if_exists();
        let target = user_mapping(p)?;
        return Ok(Some(Op::Drop(Drop { targets: vec![target], if_exists, concurrently: false, behavior: Behavior::Restrict })));
    }
    if p.one_of(&["ROLE", "USER", "GROUP"]).is_some() {
        let if_exists = p.if_exists();
        let targets = p.comma_list(|p| {
            let span = p.here();
            Ok(match p.role()? {
                RoleName::Named(name) => ObjectRef::Role(Ident { name, span }),
                RoleName::Current | RoleName::Public => {
                    p.refuse_later("22023", "cannot use special role specifier in DROP ROLE", span);
                    ObjectRef::Role(Ident { name: Name::default(), span })
                }
            })
        })?;
        return Ok(Some(Op::Drop(Drop { targets, if_exists, concurrently: false, behavior: Behavior::Restrict })));
    }
    if p.word("DATABASE") {
        p.if_exists();
        p.ident()?;
        let with = p.word("WITH");
        if with || p.is_symbol(0, '(') {
            p.parenthesised_list(|p| p.expect_word("FORCE"))?;
        }
        return Ok(Some(Op::Maintenance(Maintenance { command: "DROP DATABASE", forbidden_in_transaction: true, needs: Vec::new() })));
    }
    if p.word("TABLESPACE") {
        p.if_exists();
        p.ident()?;
        return Ok(Some(Op::Maintenance(Maintenance { command: "DROP TABLESPACE", forbidden_in_transaction: true, needs: Vec::new() })));
    }
    if p.words(&["OWNED", "BY"]) {
        let roles = p.role_list()?;
        let behavior = p.behavior();
        return Ok(Some(Op::Owned { roles, reassign_to: None, behavior }));
    }
    Ok(None)
}

/// Kinds with a form of their own: casts, operators and their classes, transforms, subscriptions.
fn special(p: &mut Parser) -> Parse<Option<Op>> {
    if p.word("CAST") {
        let if_exists = p.if_exists();
        let target = cast(p)?;
        return Ok(Some(dropped(p, vec![target], if_exists)));
    }
    if p.word("TRANSFORM") {
        let if_exists = p.if_exists();
        let target = transform(p)?;
        return Ok(Some(dropped(p, vec![target], if_exists)));
    }
    if p.word("OPERATOR") {
        if let Some(kind) = operator_group(p) {
            let if_exists = p.if_exists();
            let target = operator_group_name(p, kind)?;
            return Ok(Some(dropped(p, vec![target], if_exists)));
        }
        let if_exists = p.if_exists();
        let targets = p.comma_list(operator)?;
        return Ok(Some(dropped(p, targets, if_exists)));
    }
    if p.word("SUBSCRIPTION") {
        let if_exists = p.if_exists();
        let name = bare(p.ident()?);
        let target = ObjectRef::Generic { kind: GenericKind::Subscription, name, method: None };
        return Ok(Some(dropped(p, vec![target], if_exists)));
    }
    Ok(None)
}

/// `(source AS target)`.
pub(super) fn cast(p: &mut Parser) -> Parse<ObjectRef> {
    p.expect_symbol('(')?;
    let source = p.type_name()?;
    p.expect_word("AS")?;
    let target = p.type_name()?;
    p.expect_symbol(')')?;
    Ok(ObjectRef::Cast { source: Box::new(source), target: Box::new(target) })
}

/// `FOR type LANGUAGE name`.
pub(super) fn transform(p: &mut Parser) -> Parse<ObjectRef> {
    p.expect_word("FOR")?;
    let ty = p.type_name()?;
    p.expect_word("LANGUAGE")?;
    let method = Some(p.name()?);
    Ok(ObjectRef::Generic { kind: GenericKind::Transform, name: type_as_object(&ty), method })
}

/// `FOR role SERVER name`. The mapping is known by its role and server.
pub(super) fn user_mapping(p: &mut Parser) -> Parse<ObjectRef> {
    let (name, server) = user_mapping_of(p)?;
    Ok(ObjectRef::Generic { kind: GenericKind::UserMapping, name, method: Some(server.name) })
}

/// `FOR role SERVER name`: the role as a name, and the server.
pub(super) fn user_mapping_of(p: &mut Parser) -> Parse<(ObjectName, Ident)> {
    p.expect_word("FOR")?;
    let span = p.here();
    let role: Name = if p.word("USER") {
        "current_user".into()
    } else {
        match p.role()? {
            RoleName::Named(name) => name,
            RoleName::Current => "current_user".into(),
            RoleName::Public => "public".into(),
        }
    };
    p.expect_word("SERVER")?;
    Ok((ObjectName { schema: None, name: role, span }, p.ident()?))
}

/// `CLASS` or `FAMILY` after `OPERATOR`. An operator's schema may be called so: then a dot follows.
pub(super) fn operator_group(p: &mut Parser) -> Option<GenericKind> {
    if p.is_symbol(1, '.') {
        return None;
    }
    match p.one_of(&["CLASS", "FAMILY"])? {
        "CLASS" => Some(GenericKind::OperatorClass),
        _ => Some(GenericKind::OperatorFamily),
    }
}

/// `name USING method`.
pub(super) fn operator_group_name(p: &mut Parser, kind: GenericKind) -> Parse<ObjectRef> {
    let name = p.object_name()?;
    p.expect_word("USING")?;
    Ok(ObjectRef::Generic { kind, name, method: Some(p.name()?) })
}

/// `operator (left, right)`.
pub(super) fn operator(p: &mut Parser) -> Parse<ObjectRef> {
    let name = p.any_operator()?;
    p.expect_symbol('(')?;
    let left = if p.word("NONE") { None } else { Some(p.type_name()?) };
    if left.is_some() && p.is_symbol(0, ')') {
        return Err(p.reject("42601", "missing argument", p.here()));
    }
    p.expect_symbol(',')?;
    let right = if left.is_some() && p.word("NONE") { None } else { Some(p.type_name()?) };
    p.expect_symbol(')')?;
    Ok(ObjectRef::Operator { name, left: left.map(Box::new), right: right.map(Box::new) })
}
