//! Triggers, event triggers, rules and policies.

use super::constraint;
use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    AlterPolicy, ConstraintAttributes, CreateEventTrigger, CreatePolicy, CreateRule, CreateTrigger, Expr, Ident, Name, ObjectName,
    ObjectRef, Op, Rename, RoleName, TriggerEnabled,
};

/// After `CREATE [OR REPLACE] TRIGGER`.
pub(super) fn create(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let name = p.ident()?;
    let timing = match p.expect_one_of(&["BEFORE", "AFTER", "INSTEAD"])? {
        "INSTEAD" => {
            p.expect_word("OF")?;
            "INSTEAD OF"
        }
        word => word,
    };
    let (events, update_of) = events(p)?;
    p.expect_word("ON")?;
    let table = p.object_name()?;
    let (old_table, new_table) = if p.word("REFERENCING") { transitions(p)? } else { (None, None) };
    let mut for_each_row = false;
    if p.word("FOR") {
        p.word("EACH");
        for_each_row = p.expect_one_of(&["ROW", "STATEMENT"])? == "ROW";
    }
    let when = when(p)?;
    let (function, args) = execute(p)?;
    Ok(Op::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        or_replace,
        constraint: false,
        timing,
        events,
        update_of,
        from: None,
        attributes: ConstraintAttributes::default(),
        old_table,
        new_table,
        for_each_row,
        when,
        function,
        args,
    })))
}

/// After `CREATE [OR REPLACE] CONSTRAINT TRIGGER`.
pub(super) fn create_constraint(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    if or_replace {
        return Err(p.reject("0A000", "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported", p.whole()));
    }
    let name = p.ident()?;
    p.expect_word("AFTER")?;
    let (events, update_of) = events(p)?;
    p.expect_word("ON")?;
    let table = p.object_name()?;
    let from = if p.word("FROM") { Some(p.object_name()?) } else { None };
    let written = constraint::attributes(p)?;
    let attributes = constraint::allowed(p, &written, "TRIGGER")?;
    p.expect_words(&["FOR", "EACH", "ROW"])?;
    let when = when(p)?;
    let (function, args) = execute(p)?;
    Ok(Op::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        or_replace,
        constraint: true,
        timing: "AFTER",
        events,
        update_of,
        from,
        attributes,
        old_table: None,
        new_table: None,
        for_each_row: true,
        when,
        function,
        args,
    })))
}

/// `INSERT OR UPDATE OF a, b OR …`, in the order of [`CreateTrigger::events`].
fn events(p: &mut Parser) -> Parse<(Vec<&'static str>, Vec<Ident>)> {
    const ORDER: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "TRUNCATE"];
    let mut found = [false; 4];
    let mut columns = Vec::new();
    loop {
        let span = p.here();
        let word = p.expect_one_of(&ORDER)?;
        if word == "UPDATE" && p.word("OF") {
            columns = p.name_list()?;
        }
        for (slot, event) in found.iter_mut().zip(ORDER) {
            if event == word && std::mem::replace(slot, true) {
                // After UPDATE the server has looked one token further, for OF.
                let span = if word == "UPDATE" { p.here() } else { span };
                let near = span.of(p.text);
                return Err(p.reject("42601", format!("duplicate trigger events specified at or near \"{near}\""), span));
            }
        }
        if !p.word("OR") {
            break;
        }
    }
    Ok((ORDER.into_iter().zip(found).filter(|&(_, found)| found).map(|(event, _)| event).collect(), columns))
}

/// After `REFERENCING`: the names of the old and the new table.
fn transitions(p: &mut Parser) -> Parse<(Option<Name>, Option<Name>)> {
    let (mut old, mut new) = (None, None);
    loop {
        let mark = p.mark();
        let which = p.expect_one_of(&["OLD", "NEW"])?;
        let what = p.expect_one_of(&["TABLE", "ROW"])?;
        p.word("AS");
        let name = p.name()?;
        if what == "ROW" {
            p.refuse_later("0A000", "ROW variable naming in the REFERENCING clause is not supported", p.span_from(mark));
        }
        let slot = if which == "OLD" { &mut old } else { &mut new };
        if slot.replace(name).is_some() {
            p.refuse_later("42P17", format!("{which} TABLE cannot be specified multiple times"), p.span_from(mark));
        }
        if !p.is_one_of(0, &["OLD", "NEW"]) {
            return Ok((old, new));
        }
    }
}

fn when(p: &mut Parser) -> Parse<Option<Expr>> {
    if p.word("WHEN") { Ok(Some(p.parenthesised(Parser::expr)?)) } else { Ok(None) }
}

/// `EXECUTE FUNCTION f(args)`.
fn execute(p: &mut Parser) -> Parse<(ObjectName, Vec<String>)> {
    p.expect_word("EXECUTE")?;
    p.expect_one_of(&["FUNCTION", "PROCEDURE"])?;
    let function = p.func_name()?;
    p.expect_symbol('(')?;
    if p.symbol(')') {
        return Ok((function, Vec::new()));
    }
    // The grammar takes a comma before the first argument as well.
    p.symbol(',');
    let args = p.comma_list(|p| match p.kind(0) {
        Some(TokenKind::Integer | TokenKind::Decimal) => Ok(p.numeric()?.to_string()),
        Some(kind) if kind.is_string() => p.string(),
        _ => Ok(p.col_label()?.name.to_string()),
    })?;
    p.expect_symbol(')')?;
    Ok((function, args))
}

/// After `CREATE EVENT TRIGGER`.
pub(super) fn create_event(p: &mut Parser) -> Parse<Op> {
    let name = p.ident()?;
    p.expect_word("ON")?;
    let event = p.col_label()?.name;
    let mut tags = Vec::new();
    if p.word("WHEN") {
        loop {
            let variable = p.ident()?;
            p.expect_word("IN")?;
            let mut values = p.parenthesised_list(Parser::string)?;
            if variable.name != "tag" {
                p.refuse_later("42601", format!("unrecognized filter variable \"{}\"", variable.name), variable.span);
            }
            if !tags.is_empty() {
                p.refuse_later("42601", "filter variable \"tag\" specified more than once", variable.span);
            }
            tags.append(&mut values);
            if !p.word("AND") {
                break;
            }
        }
    }
    p.expect_word("EXECUTE")?;
    p.expect_one_of(&["FUNCTION", "PROCEDURE"])?;
    let function = p.func_name()?;
    p.expect_symbol('(')?;
    p.expect_symbol(')')?;
    Ok(Op::CreateEventTrigger(CreateEventTrigger { name, event, tags, function }))
}

/// After `ALTER EVENT TRIGGER`.
pub(super) fn alter_event(p: &mut Parser) -> Parse<Op> {
    let name = p.ident()?;
    let enabled = match p.one_of(&["ENABLE", "DISABLE"]) {
        Some("DISABLE") => TriggerEnabled::Disabled,
        Some(_) => match p.one_of(&["REPLICA", "ALWAYS"]) {
            Some("REPLICA") => TriggerEnabled::Replica,
            Some(_) => TriggerEnabled::Always,
            None => TriggerEnabled::Origin,
        },
        None => return super::alter::common(p, ObjectRef::EventTrigger(name), super::alter::RENAME | super::alter::OWNER),
    };
    Ok(Op::AlterEventTrigger { name, enabled })
}

/// After `ALTER TRIGGER`.
pub(super) fn alter(p: &mut Parser) -> Parse<Op> {
    let target = super::drop::on_table(p, "TRIGGER")?;
    if let Some((extension, remove)) = p.depends_on_extension()? {
        return Ok(Op::DependsOnExtension { target, extension, remove });
    }
    super::alter::common(p, target, super::alter::RENAME)
}

/// After `CREATE [OR REPLACE] RULE`.
pub(super) fn create_rule(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let name = p.ident()?;
    p.expect_words(&["AS", "ON"])?;
    let event = p.expect_one_of(&["SELECT", "INSERT", "UPDATE", "DELETE"])?;
    p.expect_word("TO")?;
    let table = p.object_name()?;
    let filter = if p.word("WHERE") { Some(p.expr()?) } else { None };
    let mark = p.mark();
    p.expect_word("DO")?;
    let instead = p.one_of(&["INSTEAD", "ALSO"]) == Some("INSTEAD");
    let mut actions = Vec::new();
    if p.word("NOTHING") {
    } else if p.symbol('(') {
        // Statements may be missing between the semicolons.
        loop {
            if !p.is_symbol(0, ';') && !p.is_symbol(0, ')') {
                actions.push(rule_action(p)?);
            }
            if !p.symbol(';') {
                break;
            }
        }
        p.expect_symbol(')')?;
    } else {
        actions.push(rule_action(p)?);
    }
    let text = p.normal_text(mark);
    Ok(Op::CreateRule(Box::new(CreateRule { name, table, or_replace, event, filter, instead, actions, text })))
}

fn rule_action(p: &mut Parser) -> Parse<Op> {
    p.inner_statement(&["SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "NOTIFY"])
}

/// After `CREATE POLICY`.
pub(super) fn create_policy(p: &mut Parser) -> Parse<Op> {
    let name = p.ident()?;
    p.expect_word("ON")?;
    let table = p.object_name()?;
    let mut permissive = true;
    if p.word("AS") {
        let word = p.ident()?;
        permissive = match word.name.as_str() {
            "permissive" => true,
            "restrictive" => false,
            other => return Err(p.reject("42601", format!("unrecognized row security option \"{other}\""), word.span)),
        };
    }
    let command = if p.word("FOR") { p.expect_one_of(&["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"])? } else { "ALL" };
    let mut roles = if p.word("TO") { p.role_list()? } else { Vec::new() };
    if roles.contains(&RoleName::Public) {
        // PUBLIC is everybody, whoever else is named.
        roles.clear();
    }
    let (using, check) = policy_conditions(p)?;
    if command == "INSERT" && using.is_some() {
        p.refuse_later("42601", "only WITH CHECK expression allowed for INSERT", p.whole());
    }
    if matches!(command, "SELECT" | "DELETE") && check.is_some() {
        p.refuse_later("42601", "WITH CHECK cannot be applied to SELECT or DELETE", p.whole());
    }
    Ok(Op::CreatePolicy(Box::new(CreatePolicy { name, table, permissive, command, roles, using, check })))
}

fn policy_conditions(p: &mut Parser) -> Parse<(Option<Expr>, Option<Expr>)> {
    let using = if p.word("USING") { Some(p.parenthesised(Parser::expr)?) } else { None };
    let mut check = None;
    if p.word("WITH") {
        p.expect_word("CHECK")?;
        check = Some(p.parenthesised(Parser::expr)?);
    }
    Ok((using, check))
}

/// After `ALTER POLICY`.
pub(super) fn alter_policy(p: &mut Parser) -> Parse<Op> {
    let if_exists = p.if_exists();
    let name = p.ident()?;
    p.expect_word("ON")?;
    let table = p.object_name()?;
    if p.word("RENAME") {
        p.expect_word("TO")?;
        let target = ObjectRef::Policy { table, name };
        return Ok(Op::Rename(Box::new(Rename { target, kind: None, if_exists, to: p.ident()?, behavior: Default::default() })));
    }
    if if_exists {
        return Err(p.syntax_error());
    }
    let roles = if p.word("TO") { Some(p.role_list()?) } else { None };
    let (using, check) = policy_conditions(p)?;
    Ok(Op::AlterPolicy(Box::new(AlterPolicy { name, table, roles, using, check })))
}
