//! The cursor over a statement's tokens, and the small pieces of grammar that all statements share.
//!
//! A statement is read by plain functions over [`Parser`]; each takes what it understands and otherwise stops with the
//! server's own error ([`Stop::Reject`]) or with what we do not know ([`Stop::Gap`]). Nothing here goes back over the tokens
//! more than a bounded number of times.

use crate::lexer::keywords::{Category, category};
use crate::lexer::{self, Token, TokenKind};
use crate::op::{Behavior, Gap, GapKind, Ident, Name, ObjectName, Options, Persistence, Reach, Rejection, RoleName};
use crate::source::Span;

/// Why reading a statement ends early. Boxed: every piece of grammar hands it up, and hardly a statement comes to one.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// The server would not accept it.
    Reject(Box<Rejection>),
    /// We do not understand it.
    Gap(Box<Gap>),
}

/// What reading a piece of grammar gives.
pub(crate) type Parse<T> = Result<T, Stop>;

/// How deep parentheses, queries and operators may nest. The server goes deeper, but nobody writes that by hand.
const DEPTH_LIMIT: u32 = 128;

/// The cursor.
pub(crate) struct Parser<'a> {
    /// The statement's text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The next token.
    pub at: usize,
    /// How deep we are.
    pub depth: u32,
    /// The server's major version.
    pub version: u16,
    /// `INTO` of the query that is being read, with its place.
    pub into: Option<(Persistence, Span)>,
    /// Whether `DEFAULT` may stand for a value: in the rows of an INSERT.
    pub default_allowed: bool,
    /// What we do not know although it is valid: the answer, if the rest of the statement is valid as well.
    pub gap: Option<Gap>,
    /// What the server says once its grammar has accepted the statement: the answer, if the grammar accepts the rest as well.
    pub refusal: Option<Rejection>,
    /// Whether this is a statement of a routine's quoted body: then the bodies within are not read.
    pub in_body: bool,
}

impl<'a> Parser<'a> {
    /// Begins at the first token.
    pub fn new(text: &'a str, tokens: Vec<Token>, version: u16) -> Self {
        Self { text, tokens, at: 0, depth: 0, version, into: None, default_allowed: false, gap: None, refusal: None, in_body: false }
    }

    // --- looking ---

    /// The kind of the token `ahead` of the cursor.
    pub fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| token.kind)
    }

    /// The text of the unquoted word `ahead` of the cursor, as written; empty when something else stands there.
    pub fn peek_word(&self, ahead: usize) -> &'a str {
        match self.tokens.get(self.at + ahead) {
            Some(token) if token.kind == TokenKind::Word => token.span.of(self.text),
            _ => "",
        }
    }

    /// The text of the token `ahead` of the cursor, whatever it is; empty at the end.
    pub fn peek_text(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.span.of(self.text))
    }

    /// Whether this keyword stands `ahead` of the cursor.
    pub fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.peek_word(ahead).eq_ignore_ascii_case(word)
    }

    /// Whether these keywords come next.
    pub fn is_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.is_word(ahead, word))
    }

    /// Whether one of these keywords stands `ahead` of the cursor.
    pub fn is_one_of(&self, ahead: usize, words: &[&str]) -> bool {
        let found = self.peek_word(ahead);
        !found.is_empty() && words.iter().any(|word| found.eq_ignore_ascii_case(word))
    }

    /// Whether this symbol stands `ahead` of the cursor: a punctuation character or an operator of one character.
    pub fn is_symbol(&self, ahead: usize, symbol: char) -> bool {
        let Some(token) = self.tokens.get(self.at + ahead) else { return false };
        match token.kind {
            TokenKind::LParen => symbol == '(',
            TokenKind::RParen => symbol == ')',
            TokenKind::LBracket => symbol == '[',
            TokenKind::RBracket => symbol == ']',
            TokenKind::Comma => symbol == ',',
            TokenKind::Dot => symbol == '.',
            TokenKind::Colon => symbol == ':',
            TokenKind::Semicolon => symbol == ';',
            TokenKind::Operator => token.span.end - token.span.start == 1 && token.span.of(self.text).starts_with(symbol),
            _ => false,
        }
    }

    /// Whether nothing is left.
    pub fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The category of the word `ahead`, and whether it may be a bare alias; none when no word stands there.
    pub fn keyword(&self, ahead: usize) -> Option<(Category, bool)> {
        let word = self.peek_word(ahead);
        if word.is_empty() { None } else { Some(category(word, self.version)) }
    }

    // --- taking ---

    /// Takes this keyword if it comes next.
    pub fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    /// Takes these keywords if all of them come next.
    pub fn words(&mut self, words: &[&str]) -> bool {
        let found = self.is_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    /// Takes this keyword, which must come next.
    pub fn expect_word(&mut self, word: &str) -> Parse<()> {
        if self.word(word) { Ok(()) } else { Err(self.syntax_error()) }
    }

    /// Takes these keywords, which must come next; the error names the first that does not.
    pub fn expect_words(&mut self, words: &[&str]) -> Parse<()> {
        words.iter().try_for_each(|word| self.expect_word(word))
    }

    /// Takes the one of these keywords that comes next.
    pub fn one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let found = self.peek_word(0);
        if found.is_empty() {
            return None;
        }
        let word = words.iter().find(|word| found.eq_ignore_ascii_case(word)).copied()?;
        self.at += 1;
        Some(word)
    }

    /// Takes one of these keywords, which must come next.
    pub fn expect_one_of(&mut self, words: &[&'static str]) -> Parse<&'static str> {
        self.one_of(words).ok_or_else(|| self.syntax_error())
    }

    /// Takes this symbol if it comes next.
    pub fn symbol(&mut self, symbol: char) -> bool {
        let found = self.is_symbol(0, symbol);
        self.at += usize::from(found);
        found
    }

    /// Takes this symbol, which must come next.
    pub fn expect_symbol(&mut self, symbol: char) -> Parse<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.syntax_error()) }
    }

    /// Takes a token of this kind if it comes next.
    pub fn take(&mut self, kind: TokenKind) -> Option<Token> {
        let token = self.tokens.get(self.at).copied().filter(|token| token.kind == kind)?;
        self.at += 1;
        Some(token)
    }

    /// `item, item, …`, at least one.
    pub fn comma_list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let mut list = vec![item(self)?];
        while self.symbol(',') {
            list.push(item(self)?);
        }
        Ok(list)
    }

    /// `(inner)`.
    pub fn parenthesised<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.expect_symbol('(')?;
        let inner = inner(self)?;
        self.expect_symbol(')')?;
        Ok(inner)
    }

    /// `(item, item, …)`, at least one.
    pub fn parenthesised_list<T>(&mut self, item: impl FnMut(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        self.parenthesised(|p| p.comma_list(item))
    }

    /// Goes one level deeper for `inner`.
    pub fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= DEPTH_LIMIT {
            return Err(self.limit("nested too deeply"));
        }
        self.depth += 1;
        let inner = inner(self);
        self.depth -= 1;
        inner
    }

    /// Nothing may follow.
    pub fn expect_end(&mut self) -> Parse<()> {
        if self.is_end() { Ok(()) } else { Err(self.syntax_error()) }
    }

    // --- places ---

    /// The next token, to be given to [`Parser::span_from`].
    pub fn mark(&self) -> usize {
        self.at
    }

    /// From the marked token to the last one taken.
    pub fn span_from(&self, mark: usize) -> Span {
        let Some(first) = self.tokens.get(mark) else { return self.here() };
        match self.tokens.get(mark..self.at).and_then(<[Token]>::last) {
            Some(last) => first.span.to(last.span),
            None => Span { start: first.span.start, end: first.span.start },
        }
    }

    /// The next token's place, or the end of the text.
    pub fn here(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::new(self.text.len(), self.text.len()), |token| token.span)
    }

    /// The last taken token's place.
    pub fn last_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Span::default(), |token| token.span)
    }

    /// The text from the marked token to the last one taken in canonical spelling: one space between tokens except around
    /// parentheses, dots, commas and casts, words folded, strings and quoted names as written.
    pub fn normal_text(&self, mark: usize) -> String {
        let tokens = self.tokens.get(mark..self.at).unwrap_or_default();
        normal_text(self.text, tokens)
    }

    // --- errors ---

    /// The server's complaint about the next token.
    pub fn syntax_error(&self) -> Stop {
        self.syntax_error_at(self.at)
    }

    /// The server's complaint about the token at this index.
    pub fn syntax_error_at(&self, at: usize) -> Stop {
        match self.tokens.get(at) {
            Some(token) => self.reject("42601", format!("syntax error at or near \"{}\"", token.span.of(self.text)), token.span),
            None => {
                let end = Span::new(self.text.len(), self.text.len());
                self.reject("42601", "syntax error at end of input".to_owned(), end)
            }
        }
    }

    /// A refusal in the server's words that comes after the grammar's: reading goes on, and the first one counts.
    pub fn refuse_later(&mut self, sqlstate: &'static str, message: impl Into<String>, span: Span) {
        if self.refusal.is_none() {
            self.refusal = Some(Rejection { sqlstate, message: message.into(), span });
        }
    }

    /// A refusal in the server's words.
    pub fn reject(&self, sqlstate: &'static str, message: impl Into<String>, span: Span) -> Stop {
        Stop::Reject(Box::new(Rejection { sqlstate, message: message.into(), span }))
    }

    /// A valid statement that we do not model.
    pub fn not_modelled(&self, reason: impl Into<String>, reach: Reach) -> Stop {
        Stop::Gap(Box::new(Gap { kind: GapKind::NotModelled, reason: reason.into(), reach, span: self.whole() }))
    }

    /// Remembers something valid that we do not model; the rest of the statement is still read for what the server would refuse.
    pub fn note_gap(&mut self, reason: &'static str) {
        if self.gap.is_none() {
            let reach = names_in(self.text, &self.tokens);
            self.gap = Some(Gap { kind: GapKind::NotModelled, reason: reason.to_owned(), reach, span: self.whole() });
        }
    }

    /// A statement beyond a bound that keeps us fast; it may have touched whatever its text names.
    pub fn limit(&self, reason: impl Into<String>) -> Stop {
        Stop::Gap(Box::new(Gap {
            kind: GapKind::Limit,
            reason: reason.into(),
            reach: names_in(self.text, &self.tokens),
            span: self.whole(),
        }))
    }

    /// The whole statement.
    pub fn whole(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::new(0, self.text.len()),
        }
    }

    // --- names ---

    fn ident_if(&mut self, accepts: impl Fn(Category) -> bool) -> Parse<Ident> {
        let Some(&token) = self.tokens.get(self.at) else { return Err(self.syntax_error()) };
        let fits = match token.kind {
            TokenKind::QuotedIdent | TokenKind::UnicodeIdent => true,
            TokenKind::Word => accepts(category(token.span.of(self.text), self.version).0),
            _ => false,
        };
        if !fits {
            return Err(self.syntax_error());
        }
        self.at += 1;
        Ok(Ident { name: lexer::ident_value(self.text, token), span: token.span })
    }

    /// The grammar's `ColId`: a name of a column, table and most other things.
    pub fn ident(&mut self) -> Parse<Ident> {
        self.ident_if(|category| matches!(category, Category::Unreserved | Category::ColName))
    }

    /// The grammar's `ColId`, without its place.
    pub fn name(&mut self) -> Parse<Name> {
        Ok(self.ident()?.name)
    }

    /// Whether a `ColId` stands `ahead`.
    pub fn is_ident(&self, ahead: usize) -> bool {
        match self.kind(ahead) {
            Some(TokenKind::QuotedIdent | TokenKind::UnicodeIdent) => true,
            Some(TokenKind::Word) => {
                matches!(category(self.peek_word(ahead), self.version).0, Category::Unreserved | Category::ColName)
            }
            _ => false,
        }
    }

    /// The grammar's `type_function_name`: an unqualified name of a type or function.
    pub fn type_function_name(&mut self) -> Parse<Ident> {
        self.ident_if(|category| matches!(category, Category::Unreserved | Category::TypeFuncName))
    }

    /// The grammar's `NonReservedWord`.
    pub fn non_reserved_word(&mut self) -> Parse<Ident> {
        self.ident_if(|category| category != Category::Reserved)
    }

    /// The grammar's `ColLabel`: any word at all.
    pub fn col_label(&mut self) -> Parse<Ident> {
        self.ident_if(|_| true)
    }

    /// A parenthesised list of `ColId`.
    pub fn idents(&mut self) -> Parse<Vec<Ident>> {
        self.parenthesised_list(Self::ident)
    }

    /// A parenthesised list of `ColId`, without their places.
    pub fn names(&mut self) -> Parse<Vec<Name>> {
        self.parenthesised_list(Self::name)
    }

    /// The grammar's `qualified_name` and `any_name`: of a relation, a type after `DROP`, a collation, …
    pub fn object_name(&mut self) -> Parse<ObjectName> {
        let mark = self.mark();
        let first = self.ident()?;
        self.object_name_rest(mark, first)
    }

    /// The grammar's `func_name`: like [`Parser::object_name`], but alone it may be of the words that name functions only.
    pub fn func_name(&mut self) -> Parse<ObjectName> {
        let mark = self.mark();
        let first = if self.is_symbol(1, '.') { self.ident()? } else { self.type_function_name()? };
        self.object_name_rest(mark, first)
    }

    /// The parts after the first of a qualified name.
    pub fn object_name_rest(&mut self, mark: usize, first: Ident) -> Parse<ObjectName> {
        if !self.is_symbol(0, '.') {
            return Ok(ObjectName { schema: None, name: first.name, span: first.span });
        }
        let mut parts = vec![first.name];
        while self.symbol('.') {
            parts.push(self.col_label()?.name);
        }
        self.object_name_of(parts, self.span_from(mark))
    }

    /// A name of its parts: more than a schema and a name is more than we can resolve, more than three parts more than the server can.
    pub fn object_name_of(&mut self, mut parts: Vec<Name>, span: Span) -> Parse<ObjectName> {
        match (parts.len(), parts.pop(), parts.pop()) {
            (1 | 2, Some(name), schema) => Ok(ObjectName { schema, name, span }),
            (3, Some(name), schema) => {
                self.gap.get_or_insert_with(|| Gap {
                    kind: GapKind::NotModelled,
                    reason: "a name that says its database".to_owned(),
                    reach: Reach::Names(vec![name.clone()]),
                    span,
                });
                Ok(ObjectName { schema, name, span })
            }
            _ => Err(self.reject("42601", format!("improper qualified name (too many dotted names): {}", span.of(self.text)), span)),
        }
    }

    /// `schema.operator` or `operator`, without parentheses.
    pub fn any_operator(&mut self) -> Parse<ObjectName> {
        let mark = self.mark();
        let mut parts = Vec::new();
        while self.kind(0) != Some(TokenKind::Operator) {
            parts.push(self.ident()?.name);
            self.expect_symbol('.')?;
        }
        parts.push(self.all_op()?);
        self.object_name_of(parts, self.span_from(mark))
    }

    /// An operator symbol. `=>` is not one.
    pub fn all_op(&mut self) -> Parse<Name> {
        match self.take(TokenKind::Operator) {
            Some(token) => Ok(lexer::operator_value(self.text, token).into()),
            None => Err(self.syntax_error()),
        }
    }

    /// The grammar's `RoleSpec`.
    pub fn role(&mut self) -> Parse<RoleName> {
        if self.one_of(&["CURRENT_USER", "SESSION_USER"]).is_some() || (self.version >= 14 && self.word("CURRENT_ROLE")) {
            return Ok(RoleName::Current);
        }
        let ident = self.non_reserved_word()?;
        match ident.name.as_str() {
            "public" => Ok(RoleName::Public),
            "none" => Err(self.reject("42939", "role name \"none\" is reserved", ident.span)),
            _ => Ok(RoleName::Named(ident.name)),
        }
    }

    /// The grammar's `RoleId`: the name of a role that is made or renamed.
    pub fn role_id(&mut self) -> Parse<Ident> {
        let mark = self.mark();
        if self.one_of(&["CURRENT_USER", "SESSION_USER"]).is_some() || (self.version >= 14 && self.word("CURRENT_ROLE")) {
            let span = self.span_from(mark);
            let word = span.of(self.text).to_ascii_uppercase();
            return Err(self.reject("42939", format!("{word} cannot be used as a role name here"), span));
        }
        let ident = self.non_reserved_word()?;
        match ident.name.as_str() {
            "public" | "none" => Err(self.reject("42939", format!("role name \"{}\" is reserved", ident.name), ident.span)),
            _ => Ok(ident),
        }
    }

    // --- values ---

    /// A string constant of any spelling, decoded.
    pub fn string(&mut self) -> Parse<String> {
        Ok(self.string_with_offset()?.0)
    }

    /// A string constant, decoded, and where its text begins in the statement when its bytes stand there unchanged.
    pub fn string_with_offset(&mut self) -> Parse<(String, Option<u32>)> {
        let Some(&token) = self.tokens.get(self.at).filter(|token| token.kind.is_string()) else { return Err(self.syntax_error()) };
        let value = lexer::string_value(self.text, token).map_err(|error| self.reject(error.sqlstate, error.message, error.span))?;
        self.at += 1;
        let raw = token.span.of(self.text);
        let opening = match token.kind {
            TokenKind::DollarString => raw.get(1..).and_then(|rest| rest.find('$')).map(|at| at + 2),
            TokenKind::String if raw.get(1..raw.len().saturating_sub(1)) == Some(value.as_str()) => Some(1),
            _ => None,
        };
        let offset = opening.and_then(|opening| u32::try_from(opening).ok()).map(|opening| token.span.start + opening);
        Ok((value, offset))
    }

    /// Whether a string constant stands `ahead`.
    pub fn is_string(&self, ahead: usize) -> bool {
        self.kind(ahead).is_some_and(TokenKind::is_string)
    }

    /// The grammar's `Iconst`: an unsigned integer of 32 bits.
    pub fn integer(&mut self) -> Parse<i32> {
        let value =
            self.tokens.get(self.at).and_then(|&token| lexer::integer_value(self.text, token)).and_then(|value| i32::try_from(value).ok());
        match value {
            Some(value) => {
                self.at += 1;
                Ok(value)
            }
            None => Err(self.syntax_error()),
        }
    }

    /// The grammar's `SignedIconst`.
    pub fn signed_integer32(&mut self) -> Parse<i32> {
        let negative = self.symbol('-');
        if !negative {
            self.symbol('+');
        }
        let value = self.integer()?;
        Ok(if negative { -value } else { value })
    }

    /// The grammar's `NumericOnly`, as written.
    pub fn numeric(&mut self) -> Parse<Name> {
        let negative = self.symbol('-');
        if !negative {
            self.symbol('+');
        }
        match self.tokens.get(self.at) {
            Some(token) if matches!(token.kind, TokenKind::Integer | TokenKind::Decimal) => {
                self.at += 1;
                let digits = token.span.of(self.text);
                Ok(if negative { format!("-{digits}").into() } else { digits.into() })
            }
            _ => Err(self.syntax_error()),
        }
    }

    /// A `NumericOnly` that must be an integer of 64 bits.
    pub fn signed_integer(&mut self) -> Parse<i64> {
        let mark = self.mark();
        let negative = self.symbol('-');
        if !negative {
            self.symbol('+');
        }
        let Some(&token) = self.tokens.get(self.at).filter(|token| matches!(token.kind, TokenKind::Integer | TokenKind::Decimal)) else {
            return Err(self.syntax_error());
        };
        self.at += 1;
        let value = match lexer::integer_value(self.text, token) {
            Some(value) => Some(if negative { -value } else { value }),
            None if negative && token.span.of(self.text) == "9223372036854775808" => Some(i64::MIN),
            None => None,
        };
        value.ok_or_else(|| {
            let span = self.span_from(mark);
            let text = span.of(self.text);
            let out_of_range = token.kind == TokenKind::Integer;
            let (sqlstate, message) = if out_of_range {
                ("22003", format!("value \"{text}\" is out of range for type bigint"))
            } else {
                ("22P02", format!("invalid input syntax for type bigint: \"{text}\""))
            };
            self.reject(sqlstate, message, span)
        })
    }

    /// `TRUE`, `FALSE`, `ON`, a word, a string or a number: the value of many small options, folded.
    pub fn boolean_or_string(&mut self) -> Parse<String> {
        if let Some(word) = self.one_of(&["TRUE", "FALSE", "ON"]) {
            return Ok(word.to_ascii_lowercase());
        }
        if self.is_string(0) {
            return self.string();
        }
        Ok(self.non_reserved_word()?.name.to_string())
    }

    /// `CASCADE` or `RESTRICT`, if written.
    pub fn behavior(&mut self) -> Behavior {
        if self.word("CASCADE") {
            return Behavior::Cascade;
        }
        self.word("RESTRICT");
        Behavior::Restrict
    }

    /// `(name [= value], …)`: the grammar's `reloptions` and `definition`.
    pub fn options(&mut self) -> Parse<Options> {
        self.parenthesised_list(|p| {
            let mut name = p.col_label()?.name;
            if p.symbol('.') {
                name = format!("{name}.{}", p.col_label()?.name).into();
            }
            let value = if p.symbol('=') { p.def_arg()? } else { "true".to_owned() };
            Ok((name, value))
        })
    }

    /// The grammar's `def_arg`, normalised: a type or word, an operator, a number, a string (decoded) or `NONE`.
    pub fn def_arg(&mut self) -> Parse<String> {
        let mark = self.mark();
        match self.kind(0) {
            Some(TokenKind::Integer | TokenKind::Decimal) => return Ok(self.numeric()?.to_string()),
            Some(TokenKind::Operator)
                if matches!(self.peek_text(0), "+" | "-")
                    && self.kind(1).is_some_and(|kind| matches!(kind, TokenKind::Integer | TokenKind::Decimal)) =>
            {
                return Ok(self.numeric()?.to_string());
            }
            Some(TokenKind::Operator) => return Ok(self.all_op()?.to_string()),
            Some(kind) if kind.is_string() => return self.string(),
            Some(TokenKind::Word) => {
                if self.is_word(0, "OPERATOR") && self.is_symbol(1, '(') {
                    self.at += 1;
                    self.parenthesised(Self::any_operator)?;
                    return Ok(self.normal_text(mark));
                }
                if self.keyword(0).is_some_and(|(category, _)| category == Category::Reserved) || self.is_word(0, "NONE") {
                    return Ok(self.col_label()?.name.to_string());
                }
            }
            _ => {}
        }
        self.func_type()?;
        Ok(self.normal_text(mark))
    }

    /// The grammar's `opt_boolean_or_string` list of `EXPLAIN`, `VACUUM` and their like: `(name [value], …)`.
    pub fn utility_options(&mut self) -> Parse<Options> {
        self.parenthesised_list(|p| {
            let name = if p.one_of(&["ANALYZE", "ANALYSE"]).is_some() { "analyze".into() } else { p.non_reserved_word()?.name };
            let value = match p.kind(0) {
                None | Some(TokenKind::Comma | TokenKind::RParen) => "true".to_owned(),
                Some(TokenKind::Word) if !p.is_one_of(0, &["TRUE", "FALSE", "ON"]) => p.non_reserved_word()?.name.to_string(),
                Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => p.numeric()?.to_string(),
                _ => p.boolean_or_string()?,
            };
            Ok((name, value))
        })
    }
}

/// Whether the token may name something in some version.
pub(crate) fn is_name(text: &str, token: Token) -> bool {
    token.kind.is_ident() && (token.kind != TokenKind::Word || category(token.span.of(text), 13).0 != Category::Reserved)
}

/// Every name that the text says, as the reach of a gap: nothing else can be touched by a statement that is no call of a routine.
pub(crate) fn names_in(text: &str, tokens: &[Token]) -> Reach {
    let mut names: litemap::LiteMap<Name, ()> = litemap::LiteMap::new();
    for &token in tokens.iter().filter(|&&token| is_name(text, token)) {
        names.insert(lexer::ident_value(text, token), ());
        if names.len() > 10_000 {
            return Reach::Everything;
        }
    }
    Reach::Names(names.keys().cloned().collect())
}

/// The tokens in canonical spelling.
pub(crate) fn normal_text(text: &str, tokens: &[Token]) -> String {
    use TokenKind::{Comma, Dot, DoubleColon, LBracket, LParen, RBracket, RParen, Semicolon, Word};
    let mut out = String::new();
    let mut tight = true;
    for (at, token) in tokens.iter().enumerate() {
        let raw = token.span.of(text);
        let closes = matches!(token.kind, RParen | RBracket | LBracket | Comma | Dot | DoubleColon | Semicolon);
        let call = token.kind == LParen && at > 0 && tokens.get(at - 1).is_some_and(|before| before.kind.is_ident());
        if !tight && !closes && !call {
            out.push(' ');
        }
        if token.kind == Word {
            out.push_str(&raw.to_ascii_lowercase())
        } else {
            out.push_str(raw)
        }
        tight = matches!(token.kind, LParen | LBracket | Dot | DoubleColon);
    }
    out
}
