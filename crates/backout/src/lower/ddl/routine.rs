//! Functions, procedures and aggregates.

use super::parts::{Element, as_options};
use crate::lexer::TokenKind;
use crate::lower;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    AlterRoutine, ArgMode, CreateAggregate, CreateRoutine, Name, ObjectRef, Op, Rename, RoutineArg, RoutineAttributes, RoutineBody,
    RoutineKind, Signature, TypeName,
};
use crate::split;
use std::sync::Arc;

/// After `CREATE [OR REPLACE] FUNCTION|PROCEDURE`.
pub(super) fn create(p: &mut Parser, or_replace: bool, procedure: bool) -> Parse<Op> {
    let name = p.func_name()?;
    let mut args = create_args(p)?;
    let mut returns = None;
    let mut returns_table = false;
    if !procedure && !p.is_word(1, "NULL") && p.word("RETURNS") {
        if p.word("TABLE") {
            returns_table = true;
            let mut columns = p.parenthesised_list(|p| {
                let name = Some(p.type_function_name()?.name);
                Ok(RoutineArg { name, mode: ArgMode::Table, ty: p.func_type()?, default: None })
            })?;
            args.append(&mut columns);
        } else {
            returns = Some(p.func_type()?);
        }
    }
    let mut written = Written::default();
    let first = p.mark();
    while create_item(p, &mut written, procedure)? {}
    if p.version < 14 && p.mark() == first {
        return Err(p.syntax_error());
    }
    let sql_body = if p.version >= 14 { sql_body(p)? } else { None };
    let (language, body) = written.body(p, sql_body);
    Ok(Op::CreateRoutine(Arc::new(CreateRoutine {
        procedure,
        name,
        or_replace,
        args,
        returns,
        returns_table,
        language,
        body,
        attributes: written.attributes,
    })))
}

/// `(args)` with their defaults.
fn create_args(p: &mut Parser) -> Parse<Vec<RoutineArg>> {
    p.expect_symbol('(')?;
    if p.symbol(')') {
        return Ok(Vec::new());
    }
    let args = p.comma_list(|p| {
        let mut arg = p.routine_arg()?;
        if p.word("DEFAULT") || p.symbol('=') {
            arg.default = Some(p.expr()?);
        }
        Ok(arg)
    })?;
    p.expect_symbol(')')?;
    Ok(args)
}

/// What has been read of a routine's properties.
#[derive(Default)]
struct Written {
    attributes: RoutineAttributes,
    language: Option<Name>,
    quoted: Option<RoutineBody>,
    transforms: bool,
}

/// One item of the grammar's `createfunc_opt_list`; false when none comes next.
fn create_item(p: &mut Parser, written: &mut Written, procedure: bool) -> Parse<bool> {
    let mark = p.mark();
    let Some(word) = p.one_of(&["AS", "LANGUAGE", "TRANSFORM", "WINDOW"]) else {
        return common_item(p, &mut written.attributes, procedure);
    };
    let twice = match word {
        "AS" => {
            let (text, offset) = p.string_with_offset()?;
            let body =
                if p.symbol(',') { RoutineBody::Object(text, p.string()?) } else { RoutineBody::Quoted { text, offset, statements: None } };
            written.quoted.replace(body).is_some()
        }
        "LANGUAGE" => {
            let language = p.setting_word()?.into();
            written.language.replace(language).is_some()
        }
        "TRANSFORM" => {
            let mut types = p.comma_list(|p| {
                p.expect_words(&["FOR", "TYPE"])?;
                p.type_name()
            })?;
            written.attributes.transforms.append(&mut types);
            std::mem::replace(&mut written.transforms, true)
        }
        _ => {
            if procedure {
                p.refuse_later("42P13", INVALID_IN_PROCEDURE, p.span_from(mark));
            }
            written.attributes.window.replace(true).is_some()
        }
    };
    if twice {
        p.conflicting(p.span_from(mark));
    }
    Ok(true)
}

const INVALID_IN_PROCEDURE: &str = "invalid attribute in procedure definition";

/// One item of the grammar's `common_func_opt_item`; false when none comes next.
fn common_item(p: &mut Parser, attributes: &mut RoutineAttributes, procedure: bool) -> Parse<bool> {
    let mark = p.mark();
    let words = &[
        "IMMUTABLE",
        "STABLE",
        "VOLATILE",
        "STRICT",
        "CALLED",
        "RETURNS",
        "SECURITY",
        "EXTERNAL",
        "LEAKPROOF",
        "NOT",
        "COST",
        "ROWS",
        "SUPPORT",
        "PARALLEL",
        "SET",
        "RESET",
    ];
    let Some(word) = p.one_of(words) else { return Ok(false) };
    let twice = match word {
        "IMMUTABLE" => attributes.volatility.replace('i').is_some(),
        "STABLE" => attributes.volatility.replace('s').is_some(),
        "VOLATILE" => attributes.volatility.replace('v').is_some(),
        "STRICT" => attributes.strict.replace(true).is_some(),
        "CALLED" => {
            p.expect_words(&["ON", "NULL", "INPUT"])?;
            attributes.strict.replace(false).is_some()
        }
        "RETURNS" => {
            p.expect_words(&["NULL", "ON", "NULL", "INPUT"])?;
            attributes.strict.replace(true).is_some()
        }
        "SECURITY" | "EXTERNAL" => {
            if word == "EXTERNAL" {
                p.expect_word("SECURITY")?;
            }
            let definer = p.expect_one_of(&["DEFINER", "INVOKER"])? == "DEFINER";
            attributes.security_definer.replace(definer).is_some()
        }
        "LEAKPROOF" => attributes.leakproof.replace(true).is_some(),
        "NOT" => {
            p.expect_word("LEAKPROOF")?;
            attributes.leakproof.replace(false).is_some()
        }
        "COST" => attributes.cost.replace(p.numeric()?).is_some(),
        "ROWS" => attributes.rows.replace(p.numeric()?).is_some(),
        "SUPPORT" => attributes.support.replace(p.object_name()?).is_some(),
        "PARALLEL" => {
            let value = p.ident()?;
            let letter = match value.name.as_str() {
                "safe" => 's',
                "restricted" => 'r',
                "unsafe" => 'u',
                _ => {
                    p.refuse_later("42601", "parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE", value.span);
                    'u'
                }
            };
            attributes.parallel.replace(letter).is_some()
        }
        "SET" => {
            let setting = super::settings::set(p)?;
            attributes.settings.push(setting);
            false
        }
        _ => {
            match super::settings::reset(p)? {
                Some(name) => attributes.settings.push((name, None)),
                None => attributes.reset_all = true,
            }
            false
        }
    };
    if procedure && !matches!(word, "SECURITY" | "EXTERNAL" | "SET" | "RESET") {
        p.refuse_later("42P13", INVALID_IN_PROCEDURE, p.span_from(mark));
    }
    if twice {
        p.conflicting(p.span_from(mark));
    }
    Ok(true)
}

/// `RETURN expr` or `BEGIN ATOMIC … END`, if written.
fn sql_body(p: &mut Parser) -> Parse<Option<RoutineBody>> {
    if p.word("RETURN") {
        return Ok(Some(RoutineBody::Return(Box::new(p.expr()?))));
    }
    if !p.word("BEGIN") {
        return Ok(None);
    }
    p.expect_word("ATOMIC")?;
    let mut statements = Vec::new();
    while !p.word("END") {
        if p.symbol(';') {
            continue;
        }
        let statement = if p.word("RETURN") { returned(p)? } else { p.nested(Parser::statement)? };
        statements.push(statement);
        p.expect_symbol(';')?;
    }
    Ok(Some(RoutineBody::Atomic(statements.into())))
}

/// `RETURN expr` within `BEGIN ATOMIC`: a query of that expression.
fn returned(p: &mut Parser) -> Parse<Op> {
    use crate::op::query::{Query, QueryBody, Select, SelectItem};
    let mark = p.mark();
    let item = SelectItem { expr: p.expr()?, alias: None };
    let body = QueryBody::Select(Box::new(Select { items: vec![item], ..Select::default() }));
    let (with, order_by, limit) = Default::default();
    Ok(Op::Select(Box::new(Query { with, recursive: false, body, order_by, limit, locking: false, span: p.span_from(mark) })))
}

impl Written {
    /// Language and body, as the server makes them of what was written.
    fn body(&mut self, p: &mut Parser, sql_body: Option<RoutineBody>) -> (Name, RoutineBody) {
        let mut refuse = |message: &str| p.refuse_later("42P13", message, p.whole());
        let language = self.language.take().unwrap_or_else(|| {
            if sql_body.is_none() {
                refuse("no language specified");
            }
            "sql".into()
        });
        let body = match (self.quoted.take(), sql_body) {
            (quoted, Some(body)) => {
                if quoted.is_some() {
                    refuse("duplicate function body specified");
                } else if language != "sql" {
                    refuse("inline SQL function body only valid for language SQL");
                }
                body
            }
            (None, None) => RoutineBody::Missing,
            (Some(RoutineBody::Quoted { text, offset, .. }), None) => {
                let statements = if language == "sql" && !p.in_body { body_statements(&text, p.version) } else { None };
                RoutineBody::Quoted { text, offset, statements: statements.map(Into::into) }
            }
            (Some(body), None) => {
                if matches!(body, RoutineBody::Object(..)) && !matches!(language.as_str(), "c" | "internal") {
                    refuse(&format!("only one AS item needed for language \"{language}\""));
                }
                body
            }
        };
        (language, body)
    }
}

/// Bodies longer than this are not read: what they say is rows, if anything.
const BODY_BYTES: usize = 200_000;

/// The statements of a body in language sql, when all of them are understood; of one that the grammar refuses, that alone.
fn body_statements(text: &str, version: u16) -> Option<Vec<Op>> {
    if text.len() > BODY_BYTES {
        return None;
    }
    let script = split::split(text);
    if !script.problems.is_empty() || !script.templates.is_empty() || !script.metas.is_empty() {
        return None;
    }
    let mut ops: Vec<Op> = script.statements.iter().map(|raw| lower::statement_of_body(raw.text(text), version)).collect();
    match ops.iter().position(|op| matches!(op, Op::Invalid(_))) {
        Some(refused) => Some(vec![ops.swap_remove(refused)]),
        None if ops.iter().any(|op| matches!(op, Op::Gap(_))) => None,
        None => Some(ops),
    }
}

/// After `ALTER FUNCTION|PROCEDURE|ROUTINE|AGGREGATE`.
pub(super) fn alter(p: &mut Parser, kind: RoutineKind) -> Parse<Op> {
    let signature = if kind == RoutineKind::Aggregate { p.aggregate_signature()? } else { p.signature()? };
    let target = |signature: Signature| ObjectRef::Routine { kind, signature };
    if p.word("RENAME") {
        p.expect_word("TO")?;
        let to = p.ident()?;
        return Ok(Op::Rename(Box::new(Rename {
            target: target(signature),
            kind: None,
            if_exists: false,
            to,
            behavior: Default::default(),
        })));
    }
    if p.word("OWNER") {
        p.expect_word("TO")?;
        return Ok(Op::Owner { target: target(signature), if_exists: false, owner: p.role()? });
    }
    // SET SCHEMA 'name' is a setting, SET SCHEMA name moves the routine.
    if p.is_words(&["SET", "SCHEMA"]) && !p.is_string(2) && !p.is_word(2, "TO") && !p.is_symbol(2, '=') {
        p.at += 2;
        return Ok(Op::SetSchema { target: target(signature), if_exists: false, schema: p.ident()? });
    }
    if kind == RoutineKind::Aggregate {
        return Err(p.syntax_error());
    }
    if let Some((extension, remove)) = p.depends_on_extension()? {
        return Ok(Op::DependsOnExtension { target: target(signature), extension, remove });
    }
    let mut attributes = RoutineAttributes::default();
    let procedure = kind == RoutineKind::Procedure;
    if !common_item(p, &mut attributes, procedure)? {
        return Err(p.syntax_error());
    }
    while common_item(p, &mut attributes, procedure)? {}
    p.word("RESTRICT");
    Ok(Op::AlterRoutine(Box::new(AlterRoutine { kind, signature, attributes })))
}

/// After `CREATE [OR REPLACE] AGGREGATE`.
pub(super) fn create_aggregate(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let name = p.func_name()?;
    // The old spelling has everything in one list, its input as BASETYPE.
    let old = p.is_symbol(0, '(') && p.kind(1).is_some_and(TokenKind::is_ident) && p.is_symbol(2, '=');
    let mut args = if old { Vec::new() } else { p.aggregate_args()? };
    let elements = p.elements()?;
    if old && let Some(ty) = elements.iter().find(|element| element.name == "basetype").and_then(|element| element.ty.clone()) {
        let any = ty.schema.is_none() && ty.name == "any";
        if !any {
            args.push(RoutineArg { name: None, mode: ArgMode::In, ty, default: None });
        }
    }
    let functions =
        elements.iter().filter(|element| is_function(element)).filter_map(|element| Some((element.name.clone(), element.object()?)));
    let functions = functions.collect();
    let state: Option<TypeName> =
        elements.iter().find(|element| matches!(element.name.as_str(), "stype" | "stype1")).and_then(|element| element.ty.clone());
    let options = as_options(&elements);
    Ok(Op::CreateAggregate(Box::new(CreateAggregate { name, or_replace, args, functions, state, options })))
}

fn is_function(element: &Element) -> bool {
    let known = ["sfunc", "sfunc1", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mfinalfunc"];
    known.contains(&element.name.as_str())
}
