//! `CREATE INDEX`, and the elements of indexes, exclusion constraints and partition keys.

use super::constraint::null_treatment;
use crate::lower::parser::{Parse, Parser};
use crate::op::{CreateIndex, Expr, IndexElement, Op, Options};

/// After `CREATE [UNIQUE] INDEX`.
pub(super) fn create(p: &mut Parser, unique: bool) -> Parse<Op> {
    let concurrently = p.word("CONCURRENTLY");
    let if_not_exists = p.if_not_exists()?;
    let name = if !if_not_exists && p.is_word(0, "ON") { None } else { Some(p.ident()?) };
    p.expect_word("ON")?;
    let (table, only) = p.relation_expr()?;
    let method = if p.word("USING") { p.name()? } else { "btree".into() };
    let elements = p.parenthesised_list(element)?;
    let include = if p.word("INCLUDE") { p.parenthesised_list(element)? } else { Vec::new() };
    let nulls_not_distinct = null_treatment(p)?;
    let options = if p.word("WITH") { p.options()? } else { Options::new() };
    let tablespace = p.opt_tablespace()?;
    let filter = if p.word("WHERE") { Some(p.expr()?) } else { None };
    Ok(Op::CreateIndex(Box::new(CreateIndex {
        name,
        table,
        only,
        unique,
        concurrently,
        if_not_exists,
        method,
        elements,
        include,
        nulls_not_distinct,
        options,
        tablespace,
        filter,
    })))
}

/// The grammar's `index_elem`.
pub(super) fn element(p: &mut Parser) -> Parse<IndexElement> {
    let mark = p.mark();
    let mut element = key_part(p)?;
    if element.opclass.is_some() && p.is_symbol(0, '(') {
        element.opclass_options = p.options()?;
    }
    if let Some(word) = p.one_of(&["ASC", "DESC"]) {
        element.descending = word == "DESC";
    }
    // NULLS may also be of NULLS [NOT] DISTINCT, but that follows the closing parenthesis.
    if p.word("NULLS") {
        element.nulls_first = Some(p.expect_one_of(&["FIRST", "LAST"])? == "FIRST");
    }
    element.span = p.span_from(mark);
    Ok(element)
}

/// A column or expression with its collation and operator class: all that a partition key has.
pub(super) fn key_part(p: &mut Parser) -> Parse<IndexElement> {
    let mark = p.mark();
    let expr = if p.is_symbol(0, '(') {
        p.parenthesised(Parser::expr)?
    } else if p.is_ident(0) && !p.is_symbol(1, '(') && !p.is_symbol(1, '.') {
        let ident = p.ident()?;
        Expr::Column { parts: vec![ident.name], span: ident.span }
    } else {
        p.func_expr_windowless()?
    };
    let collation = p.opt_collate()?;
    let opclass = if p.is_ident(0) && !p.is_word(0, "NULLS") { Some(p.object_name()?) } else { None };
    let (opclass_options, descending, nulls_first) = (Options::new(), false, None);
    Ok(IndexElement { expr, collation, opclass, opclass_options, descending, nulls_first, span: p.span_from(mark) })
}
