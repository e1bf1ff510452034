//! `RAISE`.

use super::parser::{Parser, Res, Until};
use super::scan::Tok;
use super::*;
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn raise(&mut self, span: Span) -> Res<StmtKind> {
        let mut raise =
            Raise { level: Level::Exception, again: false, message: None, params: Vec::new(), condition: None, options: Vec::new() };
        let mut seen = self.next()?;
        if self.is_semicolon(&seen) {
            raise.again = true;
            return Ok(StmtKind::Raise(raise));
        }
        let levels = [
            ("exception", Level::Exception),
            ("warning", Level::Warning),
            ("notice", Level::Notice),
            ("info", Level::Info),
            ("log", Level::Log),
            ("debug", Level::Debug),
        ];
        if let Some((_, level)) = levels.iter().find(|(word, _)| self.is_key(&seen, word)) {
            raise.level = *level;
            seen = self.next()?;
        }
        if seen.tok == Tok::End {
            return Err(self.stumble("unexpected end of function definition", seen.span));
        }
        let mut options = seen.tok_is("using");
        if seen.tok == Tok::String {
            raise.message = Some(self.string_at(seen.span)?);
            let after = self.next()?;
            options = after.tok_is("using");
            let mut more = self.is_symbol(after.next.saturating_sub(1), TokenKind::Comma, "");
            if !options && !more && !self.is_semicolon(&after) {
                return Err(self.syntax(after.span));
            }
            while more {
                let ends = [Until::Comma, Until::Semicolon, Until::Key("using")];
                let (param, end) = self.expression(&ends, ", or ; or USING")?;
                raise.params.push(param);
                more = end == Until::Comma;
                options = end == Until::Key("using");
            }
        } else if !options {
            if self.is_key(&seen, "sqlstate") {
                raise.condition = Some(Condition::Code(self.sqlstate_code()?));
            } else {
                let name: Name = match &seen.tok {
                    Tok::Word(name, _) => name.clone(),
                    Tok::Key(key) if super::scan::reserved(key).is_none() => (*key).into(),
                    _ => return Err(self.syntax(seen.span)),
                };
                self.known_condition(&name, seen.span, false)?;
                raise.condition = Some(Condition::Name(name));
            }
            let after = self.next()?;
            options = after.tok_is("using");
            if !options && !self.is_semicolon(&after) {
                return Err(self.syntax(after.span));
            }
        }
        if options {
            self.raise_options(&mut raise)?;
        }
        let wanted = raise.message.as_deref().map_or(0, placeholders);
        match raise.params.len().cmp(&wanted) {
            std::cmp::Ordering::Greater => Err(self.error("42601", "too many parameters specified for RAISE", span)),
            std::cmp::Ordering::Less => Err(self.error("42601", "too few parameters specified for RAISE", span)),
            std::cmp::Ordering::Equal => Ok(StmtKind::Raise(raise)),
        }
    }

    fn raise_options(&mut self, raise: &mut Raise) -> Res<()> {
        let known = ["errcode", "message", "detail", "hint", "column", "constraint", "datatype", "table", "schema"];
        loop {
            let seen = self.next()?;
            if seen.tok == Tok::End {
                return Err(self.stumble("unexpected end of function definition", seen.span));
            }
            let Some(option) = known.into_iter().find(|option| self.is_key(&seen, option)) else {
                return Err(self.stumble("unrecognized RAISE statement option", seen.span));
            };
            if !self.eat_assign()? {
                return Err(self.stumble("syntax error, expected \"=\"", self.peek()?.span));
            }
            let (value, end) = self.expression(&[Until::Comma, Until::Semicolon], ", or ;")?;
            raise.options.push((option.into(), value));
            if end == Until::Semicolon {
                return Ok(());
            }
        }
    }
}

/// How many values a format string takes: `%%` is a percent sign.
fn placeholders(message: &str) -> usize {
    let mut bytes = message.bytes().peekable();
    let mut count = 0;
    while let Some(byte) = bytes.next() {
        if byte == b'%' && bytes.next_if_eq(&b'%').is_none() {
            count += 1;
        }
    }
    count
}
