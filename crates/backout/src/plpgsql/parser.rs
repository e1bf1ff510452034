//! The parser's machinery: tokens one after the other, SQL up to a delimiter, targets, labels, errors.

use super::scan::{Datum, Item, Scope, Seen, Tok, reserved, unreserved};
use super::*;
use crate::lexer::{LexError, Token, TokenKind, ident_value, integer_value, string_value, tokenize};

/// Most targets in one INTO list, as on the server.
const MAX_TARGETS: usize = 1024;

pub(super) type Res<T> = Result<T, Box<PlError>>;

/// Where SQL within PL/pgSQL ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Semicolon,
    Comma,
    DotDot,
    Key(&'static str),
    /// The end of the body, where the server stops reading as well, and complains of what is missing afterwards.
    End,
}

/// Reads one body.
pub(super) struct Parser<'a> {
    pub body: &'a str,
    pub context: &'a Context,
    pub tokens: Vec<Token>,
    /// What the scanner refuses after the last token.
    lex_error: Option<LexError>,
    pub at: usize,
    pub scope: Scope,
    pub checks: Vec<Check>,
    pub depth: usize,
}

impl<'a> Parser<'a> {
    pub fn new(body: &'a str, context: &'a Context) -> Self {
        let (tokens, lex_error) = match tokenize(body) {
            Ok(tokens) => (tokens, None),
            // What stands before the malformed token is read first, and may be refused first.
            Err(error) => (body.get(..error.span.start as usize).and_then(|before| tokenize(before).ok()).unwrap_or_default(), Some(error)),
        };
        Self { body, context, tokens, lex_error, at: 0, scope: Scope::default(), checks: Vec::new(), depth: 0 }
    }

    pub fn run(mut self) -> Parsed {
        self.routine_scope();
        let outcome = self.function().map_err(|error| *error);
        Parsed { outcome, checks: self.checks }
    }

    /// The names that a routine has before its first block: arguments, `found`, and what triggers get.
    fn routine_scope(&mut self) {
        self.scope.push(Some(self.context.name.clone().unwrap_or_else(|| "inline_code_block".into())), false);
        for (at, arg) in self.context.args.iter().enumerate() {
            let item = Item { shape: arg.shape, constant: false };
            self.scope.add(format!("${}", at + 1).into(), item);
            if let Some(name) = &arg.name {
                self.scope.add(name.clone(), item);
            }
        }
        let scalar = Item { shape: Shape::Scalar, constant: false };
        match self.context.returns {
            Returns::Trigger => {
                for name in ["new", "old"] {
                    self.scope.add(name.into(), Item { shape: Shape::Record, constant: false });
                }
                for name in [
                    "tg_name",
                    "tg_when",
                    "tg_level",
                    "tg_op",
                    "tg_relid",
                    "tg_relname",
                    "tg_table_name",
                    "tg_table_schema",
                    "tg_nargs",
                    "tg_argv",
                ] {
                    self.scope.add(name.into(), scalar);
                }
            }
            Returns::EventTrigger => {
                self.scope.add("tg_event".into(), scalar);
                self.scope.add("tg_tag".into(), scalar);
            }
            Returns::Void | Returns::Procedure(_) | Returns::Value | Returns::Out | Returns::Set(_) => {}
        }
        self.scope.add("found".into(), scalar);
    }

    // Tokens.

    /// The raw token `ahead` of the next one.
    pub fn raw(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    /// Whether the raw token at `index` is this symbol.
    pub fn is_symbol(&self, index: usize, kind: TokenKind, text: &str) -> bool {
        self.raw(index).is_some_and(|token| token.kind == kind && (text.is_empty() || token.span.of(self.body) == text))
    }

    /// The place just after the last token.
    fn end_span(&self) -> Span {
        Span::new(self.body.len(), self.body.len())
    }

    pub fn span_at(&self, index: usize) -> Span {
        self.raw(index).map_or_else(|| self.end_span(), |token| token.span)
    }

    /// The reserved or unreserved keyword that the raw token is, variables aside.
    pub fn key_at(&self, index: usize) -> Option<&'static str> {
        let token = self.raw(index).filter(|token| token.kind == TokenKind::Word)?;
        let word = ident_value(self.body, token);
        reserved(&word).or_else(|| unreserved(&word, self.context.version))
    }

    /// What stands at `index` as the server's scanner gives it to the grammar; `look_up` says whether names may be variables.
    pub fn see(&self, index: usize, look_up: bool) -> Res<Seen> {
        let Some(token) = self.raw(index) else {
            if let Some(error) = &self.lex_error {
                return Err(self.lexical(error));
            }
            return Ok(Seen { tok: Tok::End, span: self.end_span(), next: index });
        };
        let seen = |tok, span, next| Ok(Seen { tok, span, next });
        let quoted = token.kind != TokenKind::Word;
        match token.kind {
            kind if kind.is_ident() || kind == TokenKind::Param => {}
            kind if kind.is_string() => return seen(Tok::String, token.span, index + 1),
            TokenKind::Integer => return seen(Tok::Integer, token.span, index + 1),
            _ => return seen(Tok::Symbol, token.span, index + 1),
        }
        let word = ident_value(self.body, token);
        if !quoted && let Some(key) = reserved(&word) {
            return seen(Tok::Key(key), token.span, index + 1);
        }
        let mut names = vec![word];
        let mut span = token.span;
        let mut next = index + 1;
        while names.len() < 3
            && self.is_symbol(next, TokenKind::Dot, "")
            && let Some(part) = self.raw(next + 1)
            && part.kind.is_ident()
            && !(part.kind == TokenKind::Word && reserved(&ident_value(self.body, part)).is_some())
        {
            names.push(ident_value(self.body, part));
            span = span.to(part.span);
            next += 2;
        }
        // At the start of a statement a name alone is a variable only where an assignment goes on.
        let assigns = self.is_symbol(next, TokenKind::ColonEquals, "")
            || self.is_symbol(next, TokenKind::LBracket, "")
            || self.is_symbol(next, TokenKind::Operator, "=");
        if look_up
            && (names.len() > 1 || !self.at_statement_start(index) || assigns)
            && let Some((item, taken)) = self.scope.look_up(&names)
            && (names.len() < 3 || taken == 2 || self.context.version >= 14)
        {
            // A part beyond the variable's own name is a field.
            let shape = if names.len() > taken { Shape::Scalar } else { item.shape };
            return seen(Tok::Datum(Datum { names, quoted, shape, constant: item.constant }), span, next);
        }
        if names.len() > 1 {
            return seen(Tok::Dotted(names), span, next);
        }
        let word = names.swap_remove(0);
        if !quoted && let Some(key) = unreserved(&word, self.context.version) {
            return seen(Tok::Key(key), span, next);
        }
        seen(Tok::Word(word, quoted), span, next)
    }

    fn at_statement_start(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).and_then(|before| self.raw(before)) else { return false };
        match before.kind {
            TokenKind::Semicolon => true,
            TokenKind::Word => matches!(ident_value(self.body, before).as_str(), "begin" | "then" | "else" | "loop"),
            _ => false,
        }
    }

    pub fn peek(&self) -> Res<Seen> {
        self.see(self.at, true)
    }

    pub fn next(&mut self) -> Res<Seen> {
        let seen = self.peek()?;
        self.at = seen.next;
        Ok(seen)
    }

    /// Whether the token is this keyword, also where a variable hides it.
    pub fn is_key(&self, seen: &Seen, key: &str) -> bool {
        match &seen.tok {
            Tok::Key(other) => *other == key,
            Tok::Datum(datum) => !datum.quoted && matches!(datum.names.as_slice(), [name] if name == key),
            Tok::End | Tok::Word(..) | Tok::Dotted(_) | Tok::String | Tok::Integer | Tok::Symbol => false,
        }
    }

    /// Takes the next token if it is this keyword.
    pub fn eat(&mut self, key: &str) -> Res<bool> {
        let seen = self.peek()?;
        let found = seen.tok_is(key);
        if found {
            self.at = seen.next;
        }
        Ok(found)
    }

    pub fn expect(&mut self, key: &str) -> Res<Span> {
        let seen = self.next()?;
        if seen.tok_is(key) { Ok(seen.span) } else { Err(self.syntax(seen.span)) }
    }

    /// Takes the next token if it is this symbol.
    pub fn eat_symbol(&mut self, kind: TokenKind, text: &str) -> Res<bool> {
        let found = self.is_symbol(self.at, kind, text);
        if found {
            self.at += 1;
        } else if self.at >= self.tokens.len() {
            self.peek()?;
        }
        Ok(found)
    }

    pub fn expect_semicolon(&mut self) -> Res<()> {
        if self.eat_symbol(TokenKind::Semicolon, "")? { Ok(()) } else { Err(self.syntax(self.peek()?.span)) }
    }

    /// `:=` or `=`.
    pub fn eat_assign(&mut self) -> Res<bool> {
        Ok(self.eat_symbol(TokenKind::ColonEquals, "")? || self.eat_symbol(TokenKind::Operator, "=")?)
    }

    /// A name where the grammar takes any: unreserved keywords and variables too.
    pub fn any_identifier(&mut self) -> Res<(Name, Span)> {
        let seen = self.next()?;
        match seen.tok {
            Tok::Word(name, _) => Ok((name, seen.span)),
            Tok::Key(key) if reserved(key).is_none() => Ok((self.word_text(seen.span), seen.span)),
            Tok::Datum(datum) if datum.names.len() == 1 => Ok((datum.names.into_iter().next().unwrap_or_default(), seen.span)),
            _ => Err(self.syntax(seen.span)),
        }
    }

    /// The folded text of an unquoted word.
    pub fn word_text(&self, span: Span) -> Name {
        ident_value(self.body, Token { kind: TokenKind::Word, span })
    }

    pub fn string_at(&self, span: Span) -> Res<String> {
        let token = self.tokens.iter().find(|token| token.span == span).copied();
        match token.map(|token| string_value(self.body, token)) {
            Some(Ok(text)) => Ok(text),
            Some(Err(error)) => Err(self.lexical(&error)),
            None => Ok(String::new()),
        }
    }

    pub fn integer_at(&self, span: Span) -> u32 {
        let token = Token { kind: TokenKind::Integer, span };
        integer_value(self.body, token).and_then(|value| u32::try_from(value).ok()).unwrap_or(0)
    }

    // Errors.

    pub fn error(&self, sqlstate: &'static str, message: impl std::convert::Into<String>, span: Span) -> Box<PlError> {
        Box::new(PlError { sqlstate, message: message.into(), span, limit: false })
    }

    fn lexical(&self, error: &LexError) -> Box<PlError> {
        self.error(error.sqlstate, near(error.message, error.span.of(self.body)), error.span)
    }

    /// A message of the grammar, with the token that it stumbled over.
    pub fn stumble(&self, message: &str, span: Span) -> Box<PlError> {
        self.error("42601", near(message, span.of(self.body)), span)
    }

    pub fn syntax(&self, span: Span) -> Box<PlError> {
        self.stumble("syntax error", span)
    }

    /// What the server says of a token that should have been a variable.
    pub fn not_variable(&self, seen: &Seen) -> Box<PlError> {
        match &seen.tok {
            Tok::Word(name, _) => self.error("42601", format!("\"{name}\" is not a known variable"), seen.span),
            Tok::Dotted(names) => {
                let name = names.iter().map(Name::as_str).collect::<Vec<_>>().join(".");
                self.error("42601", format!("\"{name}\" is not a known variable"), seen.span)
            }
            Tok::End | Tok::Key(_) | Tok::Datum(_) | Tok::String | Tok::Integer | Tok::Symbol => self.syntax(seen.span),
        }
    }

    pub fn assignable(&self, datum: &Datum, span: Span) -> Res<()> {
        if !datum.constant {
            return Ok(());
        }
        let name = datum.names.last().cloned().unwrap_or_default();
        Err(self.error("22005", format!("variable \"{name}\" is declared CONSTANT"), span))
    }

    pub fn enter(&mut self, span: Span) -> Res<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("blocks within blocks beyond {MAX_DEPTH} levels");
            return Err(Box::new(PlError { sqlstate: "54001", message, span, limit: true }));
        }
        Ok(())
    }

    // SQL within.

    /// Reads SQL up to a delimiter outside parentheses, and takes the delimiter too; answers which one it was.
    pub fn sql(&mut self, until: &[Until], expected: &str, role: Role) -> Res<(Fragment, Until)> {
        let start = self.at;
        let mut depth = 0usize;
        loop {
            let index = self.at;
            let Some(token) = self.raw(index) else {
                // The scanner's own complaint comes first.
                let end = self.see(index, false)?;
                if depth > 0 {
                    return Err(self.stumble("mismatched parentheses", end.span));
                }
                // The server compares with three delimiters, and an absent one is the same to it as the end.
                if until.len() >= 3 {
                    return Err(self.unended(depth, expected, role, end.span));
                }
                return Ok((self.piece(start, index, role, end.span)?, Until::End));
            };
            if depth == 0
                && let Some(&which) = until.iter().find(|&&until| self.ends(token, until))
            {
                self.at += 1;
                return Ok((self.piece(start, index, role, token.span)?, which));
            }
            match token.kind {
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return Err(self.stumble("mismatched parentheses", token.span)),
                },
                TokenKind::Semicolon => return Err(self.unended(depth, expected, role, token.span)),
                _ => {}
            }
            self.at += 1;
        }
    }

    /// The tokens from `start` up to `end`, of which there must be one.
    fn piece(&self, start: usize, end: usize, role: Role, stop: Span) -> Res<Fragment> {
        if end == start {
            let message = if role == Role::Expression { "missing expression" } else { "missing SQL statement" };
            return Err(self.stumble(message, stop));
        }
        let span = self.span_at(start).to(self.span_at(end - 1));
        Ok(Fragment { span, role, into: None })
    }

    fn unended(&self, depth: usize, expected: &str, role: Role, span: Span) -> Box<PlError> {
        if depth > 0 {
            return self.stumble("mismatched parentheses", span);
        }
        let what = if role == Role::Expression { "expression" } else { "statement" };
        self.error("42601", format!("missing \"{expected}\" at end of SQL {what}"), span)
    }

    fn ends(&self, token: Token, until: Until) -> bool {
        match until {
            Until::Semicolon => token.kind == TokenKind::Semicolon,
            Until::Comma => token.kind == TokenKind::Comma,
            Until::DotDot => token.kind == TokenKind::DotDot,
            Until::Key(key) => token.kind == TokenKind::Word && token.span.of(self.body).eq_ignore_ascii_case(key),
            Until::End => false,
        }
    }

    /// The same, and the grammar is to look at it.
    pub fn expression(&mut self, until: &[Until], expected: &str) -> Res<(Fragment, Until)> {
        let read = self.sql(until, expected, Role::Expression)?;
        self.checks.push(Check::Fragment(read.0));
        Ok(read)
    }

    /// An expression up to its semicolon, which from 14 on may be empty: the server's grammar then sees a statement around it.
    pub fn rest_of_statement(&mut self) -> Res<Fragment> {
        let ends = self.at >= self.tokens.len() || self.is_symbol(self.at, TokenKind::Semicolon, "");
        if self.context.version >= 14 && self.lex_error.is_none() && ends {
            let start = self.span_at(self.at).start;
            self.at += 1;
            return Ok(Fragment { span: Span { start, end: start }, role: Role::Expression, into: None });
        }
        self.expression_until(Until::Semicolon, ";")
    }

    pub fn expression_until(&mut self, until: Until, expected: &str) -> Res<Fragment> {
        Ok(self.expression(&[until], expected)?.0)
    }

    /// A statement up to its semicolon.
    pub fn statement_text(&mut self) -> Res<Fragment> {
        let (fragment, _) = self.sql(&[Until::Semicolon], ";", Role::Statement)?;
        self.checks.push(Check::Fragment(fragment));
        Ok(fragment)
    }

    /// `USING a, b` up to `last`, after the word USING.
    pub fn using(&mut self, last: Until, expected: &str) -> Res<Vec<Fragment>> {
        let mut list = Vec::new();
        loop {
            let (fragment, end) = self.expression(&[Until::Comma, last], expected)?;
            list.push(fragment);
            if end != Until::Comma {
                return Ok(list);
            }
        }
    }

    // Targets.

    /// What follows INTO.
    pub fn read_into(&mut self, strict: bool) -> Res<Into> {
        let strict = strict && self.eat("strict")?;
        let seen = self.next()?;
        let Tok::Datum(datum) = &seen.tok else { return Err(self.not_variable(&seen)) };
        self.assignable(datum, seen.span)?;
        let mut targets = vec![Target { names: datum.names.clone(), subscripts: Vec::new(), span: seen.span }];
        if datum.shape == Shape::Record {
            if self.is_symbol(self.at, TokenKind::Comma, "") {
                return Err(self.error("42601", "record variable cannot be part of multiple-item INTO list", seen.span));
            }
            return Ok(Into { strict, targets });
        }
        self.more_targets(&mut targets)?;
        Ok(Into { strict, targets })
    }

    /// `, b, c` of a list of scalar variables.
    pub fn more_targets(&mut self, targets: &mut Vec<Target>) -> Res<()> {
        while self.eat_symbol(TokenKind::Comma, "")? {
            let seen = self.next()?;
            if targets.len() >= MAX_TARGETS {
                return Err(self.error("54000", "too many INTO variables specified", seen.span));
            }
            let Tok::Datum(datum) = &seen.tok else { return Err(self.not_variable(&seen)) };
            self.assignable(datum, seen.span)?;
            if datum.shape == Shape::Record {
                let name = datum.names.join(".");
                return Err(self.error("42601", format!("\"{name}\" is not a scalar variable"), seen.span));
            }
            targets.push(Target { names: datum.names.clone(), subscripts: Vec::new(), span: seen.span });
        }
        Ok(())
    }
}

impl Seen {
    /// Whether it is this keyword and no variable hides it.
    pub fn tok_is(&self, key: &str) -> bool {
        matches!(self.tok, Tok::Key(other) if other == key)
    }
}

fn near(message: &str, token: &str) -> String {
    if token.is_empty() { format!("{message} at end of input") } else { format!("{message} at or near \"{token}\"") }
}
