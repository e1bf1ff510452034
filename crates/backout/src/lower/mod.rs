//! A statement's text → one operation of [`crate::op`], by PostgreSQL's own grammar.
//!
//! One module per family of statements, all over the cursor of `parser`. What the server's grammar refuses becomes
//! [`Op::Invalid`] in the server's words, what it accepts and we do not model becomes [`Op::Gap`].

#![allow(clippy::result_large_err, reason = "what could not be read is the answer, and callers keep it as they keep any operation")]

mod ddl;
mod dml;
mod expr;
mod large;
mod parser;
mod query;
mod session;
mod statement;
mod types;

use crate::lexer::{self, LexError, Token, TokenKind};
use crate::op::{Expr, Op, Reach, Rejection, TypeName};
use parser::{Parse, Parser, Stop};

/// Reads one statement as a server of this major version would. Never fails: what it cannot read is the answer.
pub fn statement(text: &str, version: u16) -> Op {
    if text.len() > large::USUAL_BYTES { large::statement(text, version) } else { usual(text, version) }
}

/// Reads a statement of the quoted body of a routine, but not the bodies of the routines that it may make in turn.
fn statement_of_body(text: &str, version: u16) -> Op {
    read(text, version, true)
}

/// What a statement can have made or changed, whatever became of it: no more than its text names.
pub(crate) fn reach(text: &str) -> Reach {
    lexer::tokenize(text).map_or(Reach::Everything, |tokens| parser::names_in(text, &tokens))
}

fn usual(text: &str, version: u16) -> Op {
    read(text, version, false)
}

fn read(text: &str, version: u16, in_body: bool) -> Op {
    let tokens = match lexer::tokenize(text) {
        Ok(tokens) => tokens,
        Err(error) => return refused_before(text, &error, version).unwrap_or_else(|| refused(text, &error)),
    };
    let mut parser = Parser::new(text, tokens, version);
    parser.in_body = in_body;
    parsed(&mut parser)
}

fn parsed(parser: &mut Parser) -> Op {
    while parser.tokens.last().is_some_and(|token| token.kind == TokenKind::Semicolon) {
        parser.tokens.pop();
    }
    if parser.tokens.is_empty() {
        return Op::Nothing;
    }
    let op = parser.statement().and_then(|op| parser.expect_end().map(|()| op));
    match (op, parser.refusal.take(), parser.gap.take()) {
        (Ok(_), Some(refusal), _) => Op::Invalid(refusal),
        (Ok(_), None, Some(gap)) => Op::Gap(gap),
        (op, _, _) => op.unwrap_or_else(stopped),
    }
}

/// The server reads a token only when it needs it, so that an error before a malformed token is the one that it reports.
fn refused_before(text: &str, error: &LexError, version: u16) -> Option<Op> {
    let before = text.get(..error.span.start as usize)?;
    let mut parser = Parser::new(before, lexer::tokenize(before).ok()?, version);
    match parsed(&mut parser) {
        Op::Invalid(rejection) if (rejection.span.end as usize) < before.len() || rejection.span.start < rejection.span.end => {
            Some(Op::Invalid(rejection))
        }
        _ => None,
    }
}

/// Reads an expression; otherwise [`Op::Invalid`] or [`Op::Gap`].
pub fn expression(text: &str, version: u16) -> Result<Expr, Op> {
    whole(text, version, |parser| parser.expr())
}

/// Reads a type; otherwise [`Op::Invalid`] or [`Op::Gap`].
pub fn type_name(text: &str, version: u16) -> Result<TypeName, Op> {
    whole(text, version, |parser| parser.func_type())
}

fn whole<T>(text: &str, version: u16, read: impl FnOnce(&mut Parser) -> Parse<T>) -> Result<T, Op> {
    let mut parser = Parser::new(text, tokens(text)?, version);
    let value = read(&mut parser).and_then(|value| parser.expect_end().map(|()| value));
    match (value, parser.gap.take()) {
        (Ok(_), Some(gap)) => Err(Op::Gap(gap)),
        (value, _) => value.map_err(stopped),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Op> {
    lexer::tokenize(text).map_err(|error| refused(text, &error))
}

fn refused(text: &str, error: &LexError) -> Op {
    let near = error.span.of(text);
    Op::Invalid(Rejection { sqlstate: error.sqlstate, message: format!("{} at or near \"{near}\"", error.message), span: error.span })
}

fn stopped(stop: Stop) -> Op {
    match stop {
        Stop::Reject(rejection) => Op::Invalid(*rejection),
        Stop::Gap(gap) => Op::Gap(*gap),
    }
}

#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;
