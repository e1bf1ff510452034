//! `CREATE TABLE` in all its forms.

use super::constraint::{column, is_table_constraint, table_constraint, typed_column};
use super::index;
use super::parts::row_type;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    CreateTable, CreateTableAs, Ident, LikeClause, LikeOptions, Name, ObjectName, Op, Options, PartitionBound, PartitionBy, Persistence,
    TableElement,
};
use std::sync::Arc;

/// `TEMPORARY`, `UNLOGGED` and their spellings, if written.
pub(super) fn persistence(p: &mut Parser) -> Parse<Persistence> {
    let scoped = p.one_of(&["LOCAL", "GLOBAL"]).is_some();
    if p.one_of(&["TEMPORARY", "TEMP"]).is_some() {
        return Ok(Persistence::Temporary);
    }
    if scoped {
        return Err(p.syntax_error());
    }
    Ok(if p.word("UNLOGGED") { Persistence::Unlogged } else { Persistence::Permanent })
}

/// After `CREATE [TEMPORARY|UNLOGGED] TABLE`.
pub(super) fn create(p: &mut Parser, persistence: Persistence) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let name = p.object_name()?;
    if is_create_as(p) {
        return create_as(p, name, persistence, if_not_exists);
    }
    let mut table = empty(name, persistence, if_not_exists);
    body(p, &mut table)?;
    if table.partition_of.is_none() && table.of_type.is_none() && p.word("INHERITS") {
        table.inherits = p.parenthesised_list(Parser::object_name)?;
    }
    if p.word("PARTITION") {
        table.partition_by = Some(partition_by(p)?);
    }
    storage(p)?.into_table(&mut table);
    Ok(Op::CreateTable(Box::new(table)))
}

/// After `CREATE FOREIGN TABLE`.
pub(super) fn create_foreign(p: &mut Parser) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let mut table = empty(p.object_name()?, Persistence::Permanent, if_not_exists);
    if p.is_word(0, "OF") {
        return Err(p.syntax_error());
    }
    body(p, &mut table)?;
    if table.partition_of.is_none() && p.word("INHERITS") {
        table.inherits = p.parenthesised_list(Parser::object_name)?;
    }
    p.expect_word("SERVER")?;
    let server = p.name()?;
    table.foreign = Some((server, p.opt_generic_options()?));
    Ok(Op::CreateTable(Box::new(table)))
}

fn empty(name: ObjectName, persistence: Persistence, if_not_exists: bool) -> CreateTable {
    CreateTable {
        name,
        persistence,
        if_not_exists,
        elements: Vec::new(),
        inherits: Vec::new(),
        partition_of: None,
        partition_by: None,
        of_type: None,
        options: Options::new(),
        on_commit_drop: false,
        access_method: None,
        tablespace: None,
        foreign: None,
    }
}

/// The columns and constraints, or the type or parent that they come from.
fn body(p: &mut Parser, table: &mut CreateTable) -> Parse<()> {
    if p.word("OF") {
        table.of_type = Some(row_type(p.object_name()?));
        if p.is_symbol(0, '(') {
            table.elements = p.parenthesised_list(typed_element)?;
        }
        return Ok(());
    }
    if p.word("PARTITION") {
        p.expect_word("OF")?;
        let parent = p.object_name()?;
        if p.is_symbol(0, '(') {
            table.elements = p.parenthesised_list(typed_element)?;
        }
        table.partition_of = Some((parent, Arc::new(partition_bound(p)?)));
        return Ok(());
    }
    p.expect_symbol('(')?;
    if !p.symbol(')') {
        table.elements = p.comma_list(element)?;
        p.expect_symbol(')')?;
    }
    Ok(())
}

fn element(p: &mut Parser) -> Parse<TableElement> {
    if is_table_constraint(p) {
        return Ok(TableElement::Constraint(table_constraint(p)?));
    }
    if p.is_word(0, "LIKE") {
        return Ok(TableElement::Like(like(p)?));
    }
    Ok(TableElement::Column(column(p)?))
}

fn typed_element(p: &mut Parser) -> Parse<TableElement> {
    if is_table_constraint(p) {
        return Ok(TableElement::Constraint(table_constraint(p)?));
    }
    Ok(TableElement::Column(typed_column(p)?))
}

fn like(p: &mut Parser) -> Parse<LikeClause> {
    let mark = p.mark();
    p.expect_word("LIKE")?;
    let table = p.object_name()?;
    let mut including = LikeOptions::default();
    while let Some(verb) = p.one_of(&["INCLUDING", "EXCLUDING"]) {
        let words =
            &["ALL", "COMMENTS", "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY", "INDEXES", "STATISTICS", "STORAGE", "COMPRESSION"];
        let before = words.len() - usize::from(p.version < 14);
        let word = p.expect_one_of(words.get(..before).unwrap_or(words))?;
        let all = word == "ALL";
        let slots = [
            ("COMMENTS", &mut including.comments),
            ("COMPRESSION", &mut including.compression),
            ("CONSTRAINTS", &mut including.constraints),
            ("DEFAULTS", &mut including.defaults),
            ("GENERATED", &mut including.generated),
            ("IDENTITY", &mut including.identity),
            ("INDEXES", &mut including.indexes),
            ("STATISTICS", &mut including.statistics),
            ("STORAGE", &mut including.storage),
        ];
        for (name, slot) in slots {
            if all || name == word {
                *slot = verb == "INCLUDING";
            }
        }
    }
    Ok(LikeClause { table, including, span: p.span_from(mark) })
}

/// After `PARTITION` of `PARTITION BY`.
fn partition_by(p: &mut Parser) -> Parse<PartitionBy> {
    p.expect_word("BY")?;
    let strategy = p.ident()?;
    let key = p.parenthesised_list(index::key_part)?;
    if !matches!(strategy.name.as_str(), "range" | "list" | "hash") {
        p.refuse_later("22023", format!("unrecognized partitioning strategy \"{}\"", strategy.name), strategy.span);
    }
    Ok(PartitionBy { strategy: strategy.name, key })
}

/// The grammar's `PartitionBoundSpec`.
pub(super) fn partition_bound(p: &mut Parser) -> Parse<PartitionBound> {
    if p.word("DEFAULT") {
        return Ok(PartitionBound::Default);
    }
    p.expect_words(&["FOR", "VALUES"])?;
    Ok(match p.expect_one_of(&["IN", "FROM", "WITH"])? {
        "IN" => PartitionBound::In(p.parenthesised_list(Parser::expr)?),
        "FROM" => {
            let from = p.parenthesised_list(Parser::expr)?;
            p.expect_word("TO")?;
            PartitionBound::Range(from, p.parenthesised_list(Parser::expr)?)
        }
        _ => hash_bound(p)?,
    })
}

fn hash_bound(p: &mut Parser) -> Parse<PartitionBound> {
    let at = p.here();
    let (mut modulus, mut remainder) = (None, None);
    p.parenthesised_list(|p| {
        let Ident { name, span } = p.non_reserved_word()?;
        let value = p.integer()?;
        let slot = match name.as_str() {
            "modulus" => &mut modulus,
            "remainder" => &mut remainder,
            _ => return Err(p.reject("42601", format!("unrecognized hash partition bound specification \"{name}\""), span)),
        };
        match slot.replace(value) {
            Some(_) => Err(p.reject("42710", format!("{name} for hash partition provided more than once"), span)),
            None => Ok(()),
        }
    })?;
    let required = |value: Option<i32>, what: &str| {
        value
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| p.reject("42601", format!("{what} for hash partition must be specified"), at))
    };
    Ok(PartitionBound::Hash(required(modulus, "modulus")?, required(remainder, "remainder")?))
}

/// What may follow the body of a table.
struct Storage {
    access_method: Option<Name>,
    options: Options,
    on_commit_drop: bool,
    tablespace: Option<Name>,
}

impl Storage {
    fn into_table(self, table: &mut CreateTable) {
        table.access_method = self.access_method;
        table.options = self.options;
        table.on_commit_drop = self.on_commit_drop;
        table.tablespace = self.tablespace;
    }
}

fn storage(p: &mut Parser) -> Parse<Storage> {
    let access_method = if p.word("USING") { Some(p.name()?) } else { None };
    let mut options = Options::new();
    if p.word("WITH") {
        options = p.options()?;
    } else if p.word("WITHOUT") {
        p.expect_word("OIDS")?;
    }
    let on_commit_drop = p.word("ON") && on_commit(p)?;
    let tablespace = p.opt_tablespace()?;
    Ok(Storage { access_method, options, on_commit_drop, tablespace })
}

/// After `ON`: true for `COMMIT DROP`. What happens to rows at commit is no part of the schema.
fn on_commit(p: &mut Parser) -> Parse<bool> {
    p.expect_word("COMMIT")?;
    let word = p.expect_one_of(&["DROP", "DELETE", "PRESERVE"])?;
    if word != "DROP" {
        p.expect_word("ROWS")?;
    }
    Ok(word == "DROP")
}

/// Whether the statement is `CREATE TABLE … AS`: a list of bare names, or no list at all.
fn is_create_as(p: &Parser) -> bool {
    if p.is_symbol(0, '(') {
        return p.is_ident(1) && (p.is_symbol(2, ',') || p.is_symbol(2, ')'));
    }
    p.is_one_of(0, &["AS", "USING", "WITH", "ON", "TABLESPACE", "WITHOUT"])
}

fn create_as(p: &mut Parser, name: ObjectName, persistence: Persistence, if_not_exists: bool) -> Parse<Op> {
    let columns = p.opt_names()?;
    let Storage { access_method, options, on_commit_drop, tablespace } = storage(p)?;
    p.expect_word("AS")?;
    let query = if p.word("EXECUTE") {
        p.ident()?;
        if p.is_symbol(0, '(') {
            p.parenthesised_list(Parser::expr)?;
        }
        None
    } else {
        Some(p.query()?)
    };
    let with_data = p.with_data();
    Ok(Op::CreateTableAs(Box::new(CreateTableAs {
        name,
        persistence,
        if_not_exists,
        columns,
        query,
        with_data,
        options,
        on_commit_drop,
        access_method,
        tablespace,
    })))
}

/// After `CREATE [UNLOGGED] MATERIALIZED VIEW`.
pub(super) fn create_materialized_view(p: &mut Parser, persistence: Persistence) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let name = p.object_name()?;
    let columns = p.opt_names()?;
    let access_method = if p.word("USING") { Some(p.name()?) } else { None };
    let options = if p.word("WITH") { p.options()? } else { Options::new() };
    let tablespace = p.opt_tablespace()?;
    p.expect_word("AS")?;
    let query = Some(p.query()?);
    let with_data = p.with_data();
    Ok(Op::CreateMatView(Box::new(CreateTableAs {
        name,
        persistence,
        if_not_exists,
        columns,
        query,
        with_data,
        options,
        on_commit_drop: false,
        access_method,
        tablespace,
    })))
}
