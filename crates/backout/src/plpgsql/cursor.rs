//! Cursors: `OPEN`, `FETCH` and `MOVE`.

use super::parser::{Parser, Res, Until};
use super::scan::Tok;
use super::*;
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// A cursor by its variable; whether it is bound is none when the variable's type is not known here.
    pub(super) fn cursor_variable(&mut self) -> Res<(Name, Option<bool>)> {
        let seen = self.next()?;
        let Tok::Datum(datum) = &seen.tok else { return Err(self.not_variable(&seen)) };
        let name = datum.names.last().cloned().unwrap_or_default();
        if self.is_symbol(self.at, TokenKind::LBracket, "") || datum.shape == Shape::Record {
            return Err(self.error("42804", "cursor variable must be a simple variable", seen.span));
        }
        match datum.shape {
            Shape::Cursor { bound } => Ok((name, Some(bound))),
            Shape::Unknown => Ok((name, None)),
            Shape::Scalar | Shape::Record => {
                Err(self.error("42804", format!("variable \"{name}\" must be of type cursor or refcursor"), seen.span))
            }
        }
    }

    /// `(a, b)` of a bound cursor up to a delimiter, which is taken.
    pub(super) fn cursor_args(&mut self, until: Until) -> Res<Option<Fragment>> {
        let (args, _) = if self.is_symbol(self.at, TokenKind::LParen, "") {
            let expected = if until == Until::Semicolon { ";" } else { "LOOP" };
            self.sql(&[until], expected, Role::Expression)?
        } else {
            match until {
                Until::Key(key) => {
                    self.expect(key)?;
                }
                Until::Semicolon | Until::Comma | Until::DotDot | Until::End => self.expect_semicolon()?,
            }
            return Ok(None);
        };
        Ok(Some(args))
    }

    pub(super) fn open(&mut self) -> Res<StmtKind> {
        let (cursor, bound) = self.cursor_variable()?;
        if bound == Some(true) {
            return Ok(StmtKind::Open { cursor, kind: OpenKind::Bound(self.cursor_args(Until::Semicolon)?) });
        }
        self.eat("no")?;
        self.eat("scroll")?;
        let seen = self.next()?;
        if !seen.tok_is("for") {
            return Err(self.stumble("syntax error, expected \"FOR\"", seen.span));
        }
        if !self.eat("execute")? {
            return Ok(StmtKind::Open { cursor, kind: OpenKind::Query(self.statement_text()?) });
        }
        let (query, end) = self.expression(&[Until::Key("using"), Until::Semicolon], "USING or ;")?;
        let using = if end == Until::Key("using") { self.using(Until::Semicolon, ", or ;")? } else { Vec::new() };
        Ok(StmtKind::Open { cursor, kind: OpenKind::Execute { query, using } })
    }

    pub(super) fn fetch(&mut self) -> Res<StmtKind> {
        let many = self.direction()?;
        let (cursor, _) = self.cursor_variable()?;
        self.expect("into")?;
        let into = self.read_into(false)?;
        let place = self.span_at(self.at);
        self.expect_semicolon()?;
        if many {
            return Err(self.error("0A000", "FETCH statement cannot return multiple rows", place));
        }
        Ok(StmtKind::Fetch { cursor, into })
    }

    /// The direction of FETCH or MOVE with its FROM; answers whether it may give several rows.
    pub(super) fn direction(&mut self) -> Res<bool> {
        let seen = self.peek()?;
        let from = [Until::Key("from"), Until::Key("in")];
        let mut many = false;
        let mut check_from = true;
        if seen.tok == Tok::End {
            return Err(self.stumble("unexpected end of function definition", seen.span));
        }
        let known = ["next", "prior", "first", "last", "absolute", "relative", "all", "forward", "backward", "from", "in"];
        // Variables that hide these words are still read as the words.
        match known.into_iter().find(|word| self.is_key(&seen, word)) {
            Some("next" | "prior" | "first" | "last") => self.at = seen.next,
            Some("absolute" | "relative") => {
                self.at = seen.next;
                self.expression(&from, "FROM or IN")?;
                check_from = false;
            }
            Some("all") => {
                self.at = seen.next;
                many = true;
            }
            Some("forward" | "backward") => {
                self.at = seen.next;
                let after = self.peek()?;
                if after.tok_is("from") || after.tok_is("in") {
                    self.at = after.next;
                    check_from = false;
                } else if after.tok_is("all") {
                    self.at = after.next;
                    many = true;
                } else {
                    self.expression(&from, "FROM or IN")?;
                    many = true;
                    check_from = false;
                }
            }
            Some(_) => {
                self.at = seen.next;
                check_from = false;
            }
            None => {
                check_from = false;
                if !matches!(seen.tok, Tok::Datum(_)) {
                    self.expression(&from, "FROM or IN")?;
                    many = true;
                }
            }
        }
        if check_from {
            let seen = self.next()?;
            if !seen.tok_is("from") && !seen.tok_is("in") {
                return Err(self.stumble("expected FROM or IN", seen.span));
            }
        }
        Ok(many)
    }
}
