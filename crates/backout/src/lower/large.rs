//! Statements of many megabytes: an `INSERT … VALUES` is read row by row and keeps its first rows, anything else beyond
//! the bound is a gap.

use super::parser::{Parser, Stop, is_name};
use super::{parsed, refused, refused_before, stopped};
use crate::lexer::{self, LexError, Lexer, Token, TokenKind};
use crate::op::{Gap, GapKind, Op, Reach};
use crate::source::Span;
use litemap::LiteMap;

/// Texts up to this many bytes are read as they are.
pub(super) const USUAL_BYTES: usize = TOKEN_LIMIT;

/// How many tokens a statement may have.
const TOKEN_LIMIT: usize = 500_000;

/// How many rows of a large `INSERT` are kept.
const KEPT_ROWS: usize = 2_000;

/// How many bytes of rows are read at a time.
const CHUNK_BYTES: usize = 100_000;

/// How many names a gap's reach may list.
const REACH_LIMIT: usize = 10_000;

/// Reads a statement of more than [`USUAL_BYTES`].
pub(super) fn statement(text: &str, version: u16) -> Op {
    let mut cursor = Cursor::new(text);
    if cursor.next().is_some_and(|token| lexer::is_word(text, token, "INSERT"))
        && let Some(rows) = cursor.find_values()
    {
        return insert(text, version, &mut cursor, rows).unwrap_or_else(|op| *op);
    }
    counted(text, version)
}

fn counted(text: &str, version: u16) -> Op {
    let tokens = Lexer::new(text).filter(|(token, _)| !token.kind.is_trivia()).take(TOKEN_LIMIT + 1).count();
    if tokens > TOKEN_LIMIT { too_large(text) } else { super::usual(text, version) }
}

/// The answer for a statement with too many tokens: it may have touched whatever it names.
fn too_large(text: &str) -> Op {
    let mut names: LiteMap<crate::op::Name, ()> = LiteMap::new();
    let idents = Lexer::new(text).map(|(token, _)| token).filter(|&token| is_name(text, token));
    for token in idents {
        names.insert(lexer::ident_value(text, token), ());
        if names.len() > REACH_LIMIT {
            break;
        }
    }
    let reach = if names.len() > REACH_LIMIT { Reach::Everything } else { Reach::Names(names.keys().cloned().collect()) };
    let reason = "a statement of more than 500,000 tokens".to_owned();
    Op::Gap(Gap { kind: GapKind::Limit, reason, reach, span: Span::new(0, text.len()) })
}

/// An `INSERT` whose first row begins at the byte `rows`.
fn insert(text: &str, version: u16, cursor: &mut Cursor, rows: usize) -> Result<Op, Box<Op>> {
    let mut count = 0;
    let mut more = 0;
    // What the parser will see as one statement ends here; later rows are read in chunks and left out.
    let mut kept_end = rows;
    let mut chunk = None;
    let end = loop {
        let Some(row) = cursor.row() else { return Ok(counted(text, version)) };
        count += 1;
        let end = row.end as usize;
        if count <= KEPT_ROWS {
            kept_end = end;
        } else {
            more += 1;
            let start = *chunk.get_or_insert(row.start as usize);
            if end - start > CHUNK_BYTES {
                check_rows(text, version, start, end)?;
                chunk = None;
            }
        }
        match cursor.next() {
            Some(token) if token.kind == TokenKind::Comma => {}
            _ => break end,
        }
    };
    if let Some(start) = chunk {
        check_rows(text, version, start, end)?;
    }
    let mut tokens = tokens_of(text, version, 0, kept_end)?;
    tokens.extend(tokens_of(text, version, end, text.len())?);
    if tokens.len() > TOKEN_LIMIT {
        return Ok(too_large(text));
    }
    let mut op = parsed(&mut Parser::new(text, tokens, version));
    if let Op::Insert(insert) = &mut op {
        insert.more_rows = more;
    }
    Ok(op)
}

/// Reads the rows between two bytes and forgets them.
fn check_rows(text: &str, version: u16, start: usize, end: usize) -> Result<(), Box<Op>> {
    let mut parser = Parser::new(text, tokens_of(text, version, start, end)?, version);
    parser.default_allowed = true;
    let rows = parser.insert_rows().and_then(|()| parser.expect_end());
    rows.map_err(|stop| match stop {
        Stop::Gap(gap) if gap.kind == GapKind::Limit => Box::new(too_large(text)),
        stop => Box::new(stopped(stop)),
    })
}

/// The tokens between two bytes, with their places in the whole text.
fn tokens_of(text: &str, version: u16, start: usize, end: usize) -> Result<Vec<Token>, Box<Op>> {
    let mut tokens = lexer::tokenize(text.get(start..end).unwrap_or("")).map_err(|error| {
        let error = LexError { span: error.span.shifted(start as u32), ..error };
        Box::new(if start == 0 {
            refused_before(text, &error, version).unwrap_or_else(|| refused(text, &error))
        } else {
            refused(text, &error)
        })
    })?;
    for token in &mut tokens {
        token.span = token.span.shifted(start as u32);
    }
    Ok(tokens)
}

/// Goes through the tokens of the text without keeping them.
struct Cursor<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, lexer: Lexer::new(text) }
    }

    fn next(&mut self) -> Option<Token> {
        self.lexer.by_ref().map(|(token, _)| token).find(|token| !token.kind.is_trivia())
    }

    /// Goes behind the first `VALUES` outside parentheses and gives the place after it.
    fn find_values(&mut self) -> Option<usize> {
        let mut depth = 0usize;
        for _ in 0..10_000 {
            let token = self.next()?;
            match token.kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth = depth.saturating_sub(1),
                TokenKind::Word if depth == 0 && lexer::is_word(self.text, token, "VALUES") => return Some(token.span.end as usize),
                _ => {}
            }
        }
        None
    }

    /// Goes behind a row in parentheses.
    fn row(&mut self) -> Option<Span> {
        let first = self.next()?;
        if first.kind != TokenKind::LParen {
            return None;
        }
        let mut depth = 1usize;
        while depth > 0 {
            let token = self.next()?;
            match token.kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(first.span.to(token.span));
            }
        }
        None
    }
}
