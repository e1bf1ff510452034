//! Text → statements with byte spans, and what stands between them.
//!
//! Total: every byte of the text belongs to exactly one statement or one piece of trivia, whatever the text is.
//! A statement ends where the server or `psql` ends it: not inside quotes, comments, `BEGIN ATOMIC … END` or the parentheses of
//! `CREATE RULE`. What it says is not looked at beyond its first words.
//! `psql`'s own commands, COPY data, templates and directives in comments are recognised here and given a meaning elsewhere.

mod directive;
mod meta;
mod template;

pub use directive::{Directive, DirectiveTool};
pub use meta::{Meta, MetaKind};
pub use template::{Template, TemplateKind};

use crate::lexer::{Lexer, Token, TokenKind, is_space};
use crate::source::Span;
use std::ops::Range;

/// A text taken apart. All spans are in the text that was given to [`split`], [`split_part`] or [`split_chunks`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The statements, in order.
    pub statements: Vec<RawStatement>,
    /// `psql`'s backslash commands, in order.
    pub metas: Vec<Meta>,
    /// Statements and backslash commands as they follow each other.
    pub items: Vec<Item>,
    /// Comments that speak to us or to a migration tool, in order, those inside statements too.
    pub directives: Vec<Directive>,
    /// Places that a template engine or `psql` fills in, in order.
    pub templates: Vec<Template>,
    /// What is neither statement nor part of one, in order.
    pub trivia: Vec<Trivia>,
    /// What is wrong with the text itself: at most one unterminated thing, and NUL bytes.
    pub problems: Vec<SplitProblem>,
}

/// One thing to be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// An index into [`Script::statements`].
    Statement(usize),
    /// An index into [`Script::metas`].
    Meta(usize),
}

/// The text of one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawStatement {
    /// From its first token to its last, without the semicolon and without comments around it.
    pub span: Span,
    /// What ends it.
    pub end: StatementEnd,
    /// Indices into [`Script::directives`]: those that stand after the statement before and not after this one's last token.
    pub directives: Range<usize>,
    /// Indices into [`Script::templates`]: those inside it.
    pub templates: Range<usize>,
    /// The rows that follow a `COPY … FROM stdin`, without the closing `\.`.
    pub copy_data: Option<Span>,
}

impl RawStatement {
    /// Its text.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        self.span.of(text)
    }

    /// The unquoted words it begins with, as written, up to the first token that is not one.
    ///
    /// ```
    /// let text = "create /* new */ table \"T\" ()";
    /// let script = backout::split::split(text);
    /// let words: Vec<_> = script.statements[0].first_words(text).collect();
    /// assert_eq!(words, ["create", "table"]);
    /// ```
    pub fn first_words<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.span.of(text);
        let tokens = Lexer::new(own).map(|(token, _)| token).filter(|token| !token.kind.is_trivia());
        tokens.take_while(|token| token.kind == TokenKind::Word).map(move |token| token.span.of(own))
    }
}

/// What ends a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementEnd {
    /// `;`
    Semicolon,
    /// `\;` of `psql`: the next statement is sent in the same string, so both are one implicit transaction.
    Joined,
    /// A backslash command that sends it, such as `\gexec`: an index into [`Script::metas`].
    Meta(usize),
    /// Nothing: the text is over.
    EndOfText,
}

/// A piece of text outside statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trivia {
    /// What it is.
    pub kind: TriviaKind,
    /// Where it stands.
    pub span: Span,
}

/// What a piece of text outside statements is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriviaKind {
    /// Spaces and line ends.
    Space,
    /// A comment of either form.
    Comment,
    /// `;` or `\;`
    Semicolon,
    /// A backslash command of `psql`.
    Meta,
    /// Rows after `COPY … FROM stdin`, with the closing `\.`.
    CopyData,
    /// Text outside the part that [`split_part`] was asked about.
    Outside,
}

/// Something wrong with the text before anything is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitProblem {
    /// As the server words it where the server has words.
    pub message: &'static str,
    /// From where it is wrong to where it stops being so.
    pub span: Span,
}

/// Takes a text apart.
///
/// ```
/// let script = backout::split::split("DROP TABLE a; -- then\nDROP TABLE b");
/// assert_eq!(script.statements.len(), 2);
/// ```
pub fn split(text: &str) -> Script {
    split_part(text, Span::new(0, text.len()))
}

/// Takes a part of a text apart, such as the rollback half of a file that holds both. Spans are in the whole text.
pub fn split_part(text: &str, part: Span) -> Script {
    split_chunks(text, &[part])
}

/// Takes apart the pieces of a text that a tool sends one by one; nothing reaches from one piece into the next.
/// Pieces are in order and do not overlap. Spans are in the whole text.
pub fn split_chunks(text: &str, chunks: &[Span]) -> Script {
    let mut splitter = Splitter::new(text);
    let mut at = 0;
    for chunk in chunks {
        let start = floor(text, chunk.start as usize).max(at);
        let end = floor(text, chunk.end as usize).max(start);
        splitter.trivia(TriviaKind::Outside, at, start);
        splitter.text = text.get(..end).unwrap_or(text);
        splitter.lexer = Lexer::at(splitter.text, start);
        splitter.run();
        at = end;
    }
    splitter.trivia(TriviaKind::Outside, at, text.len());
    splitter.script
}

/// The character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first words of a statement, as far as they decide where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// Nothing read yet.
    Start,
    /// After CREATE [OR [REPLACE]].
    Create,
    /// CREATE FUNCTION or PROCEDURE: its body may hold semicolons.
    Routine,
    /// CREATE RULE: its parentheses may hold semicolons.
    Rule,
    /// COPY, which may be followed by rows.
    Copy,
    /// Anything else.
    Plain,
}

struct Splitter<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    script: Script,
    finder: template::Finder,
    head: Head,
    /// Start of the first and end of the last token of the statement being read.
    span: Option<(usize, usize)>,
    /// Trivia since that end: inside the statement if it goes on, else outside.
    tail: Vec<Trivia>,
    directives: usize,
    templates: usize,
    parens: u32,
    brackets: u32,
    /// Open BEGIN ATOMIC and CASE of a routine's body.
    blocks: u32,
    previous: Option<Token>,
    from_stdin: bool,
    nul: bool,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            lexer: Lexer::new(text),
            script: Script::default(),
            finder: template::Finder::default(),
            head: Head::Start,
            span: None,
            tail: Vec::new(),
            directives: 0,
            templates: 0,
            parens: 0,
            brackets: 0,
            blocks: 0,
            previous: None,
            from_stdin: false,
            nul: false,
        }
    }

    fn run(&mut self) {
        self.finder = template::Finder::default();
        while let Some((token, problem)) = self.lexer.next() {
            let unterminated = problem.filter(|message| message.starts_with("unterminated"));
            if let Some(message) = unterminated {
                self.script.problems.push(SplitProblem { message, span: token.span });
            }
            match token.kind {
                // What never ends is sent to the server, which refuses it.
                TokenKind::BlockComment if unterminated.is_some() => self.token(token),
                TokenKind::Whitespace => self.between(TriviaKind::Space, token.span),
                TokenKind::LineComment | TokenKind::BlockComment => {
                    if let Some(directive) = directive::read(token.span.of(self.text), token.span) {
                        self.script.directives.push(directive);
                    }
                    self.between(TriviaKind::Comment, token.span);
                }
                TokenKind::Semicolon if self.ends_here() => self.semicolon(token.span, StatementEnd::Semicolon),
                TokenKind::Other if token.span.of(self.text) == "\\" && self.backslash(token) => {}
                TokenKind::Word
                | TokenKind::QuotedIdent
                | TokenKind::UnicodeIdent
                | TokenKind::String
                | TokenKind::EscapeString
                | TokenKind::UnicodeString
                | TokenKind::NationalString
                | TokenKind::DollarString
                | TokenKind::BitString
                | TokenKind::HexString
                | TokenKind::Integer
                | TokenKind::Decimal
                | TokenKind::Param
                | TokenKind::Operator
                | TokenKind::LParen
                | TokenKind::RParen
                | TokenKind::LBracket
                | TokenKind::RBracket
                | TokenKind::Comma
                | TokenKind::Semicolon
                | TokenKind::Dot
                | TokenKind::DotDot
                | TokenKind::Colon
                | TokenKind::DoubleColon
                | TokenKind::ColonEquals
                | TokenKind::EqualsGreater
                | TokenKind::Other => self.token(token),
            }
        }
        self.finish(StatementEnd::EndOfText);
    }

    /// Whether a semicolon ends the statement where the reading stands.
    fn ends_here(&self) -> bool {
        match self.head {
            Head::Routine => self.blocks == 0,
            Head::Rule => self.parens == 0,
            Head::Start | Head::Create | Head::Copy | Head::Plain => true,
        }
    }

    fn token(&mut self, token: Token) {
        let mut end = token.span.end as usize;
        let (start, in_array) = (token.span.start as usize, self.brackets > 0);
        if let Some(found) = self.finder.at(self.text, token, self.previous, in_array, self.parens > 0) {
            end = found.span.end as usize;
            self.lexer.jump(end);
            self.script.templates.push(found);
        } else {
            match token.kind {
                TokenKind::LParen => self.parens += 1,
                TokenKind::RParen => self.parens = self.parens.saturating_sub(1),
                TokenKind::LBracket => self.brackets += 1,
                TokenKind::RBracket => self.brackets = self.brackets.saturating_sub(1),
                TokenKind::Word => self.word(token.span.of(self.text)),
                TokenKind::Other if !self.nul && token.span.of(self.text) == "\0" => {
                    self.nul = true;
                    self.script
                        .problems
                        .push(SplitProblem { message: "invalid byte sequence for encoding \"UTF8\": 0x00", span: token.span });
                }
                _ if self.head == Head::Start => self.head = Head::Plain,
                _ => {}
            }
        }
        // What stood between the last token and this one belongs to the statement now.
        self.tail.clear();
        self.span = Some((self.span.map_or(start, |(first, _)| first), end));
        self.previous = Some(token);
    }

    fn word(&mut self, word: &str) {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        let after = |other: &str| {
            self.previous.is_some_and(|token| token.kind == TokenKind::Word && token.span.of(self.text).eq_ignore_ascii_case(other))
        };
        match self.head {
            Head::Start if is("create") => self.head = Head::Create,
            Head::Start if is("copy") => self.head = Head::Copy,
            Head::Create if is("or") || is("replace") => {}
            Head::Create if is("function") || is("procedure") => self.head = Head::Routine,
            Head::Create if is("rule") => self.head = Head::Rule,
            Head::Start | Head::Create => self.head = Head::Plain,
            Head::Copy => self.from_stdin |= is("stdin") && after("from"),
            Head::Routine if self.blocks == 0 => self.blocks = u32::from(is("atomic") && after("begin")),
            Head::Routine if is("case") => self.blocks += 1,
            Head::Routine if is("end") => self.blocks -= 1,
            Head::Routine | Head::Rule | Head::Plain => {}
        }
    }

    fn between(&mut self, kind: TriviaKind, span: Span) {
        let trivia = Trivia { kind, span };
        if self.span.is_some() { self.tail.push(trivia) } else { self.script.trivia.push(trivia) }
    }

    fn trivia(&mut self, kind: TriviaKind, start: usize, end: usize) {
        if start < end {
            self.script.trivia.push(Trivia { kind, span: Span::new(start, end) });
        }
    }

    fn semicolon(&mut self, span: Span, end: StatementEnd) {
        let rows = self.from_stdin;
        let finished = self.finish(end);
        self.trivia(TriviaKind::Semicolon, span.start as usize, span.end as usize);
        if rows && finished {
            let data = self.copy_rows();
            if let Some(statement) = self.script.statements.last_mut() {
                statement.copy_data = data;
            }
        }
    }

    /// Closes the statement that is being read, if any.
    fn finish(&mut self, end: StatementEnd) -> bool {
        self.head = Head::Start;
        (self.parens, self.brackets, self.blocks, self.from_stdin, self.previous) = (0, 0, 0, false, None);
        let Some((start, last)) = self.span.take() else { return false };
        self.script.trivia.append(&mut self.tail);
        let stop = self.script.directives.partition_point(|directive| (directive.span.start as usize) < last);
        let directives = self.directives..stop.max(self.directives);
        let templates = self.templates..self.script.templates.len();
        (self.directives, self.templates) = (directives.end, templates.end);
        self.script.items.push(Item::Statement(self.script.statements.len()));
        self.script.statements.push(RawStatement { span: Span::new(start, last), end, directives, templates, copy_data: None });
        true
    }

    /// Rows begin on the line after the statement and end with a line `\.`, or with the text.
    fn copy_rows(&mut self) -> Option<Span> {
        let bytes = self.text.as_bytes();
        let at = self.lexer.offset();
        let mut start = at;
        while bytes.get(start).is_some_and(|&byte| byte != b'\n') {
            start += 1;
        }
        let rest = self.text.get(at..start).unwrap_or_default();
        if start >= bytes.len() || !(rest.bytes().all(is_space) || rest.trim_start().starts_with("--")) {
            return None;
        }
        self.trivia(TriviaKind::Space, at, start + 1);
        let (rows, end) = rows(self.text, start + 1);
        self.trivia(TriviaKind::CopyData, start + 1, end);
        self.lexer.jump(end);
        Some(rows)
    }

    /// A backslash outside quotes: a command of `psql`, unless it stands inside a statement and sends nothing.
    fn backslash(&mut self, token: Token) -> bool {
        let start = token.span.start as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        if rest.starts_with("\\;") {
            self.lexer.jump(start + 2);
            self.semicolon(Span::new(start, start + 2), StatementEnd::Joined);
            return true;
        }
        let meta = meta::read(rest, start);
        if self.span.is_some() && !meta.kind.sends() {
            return false;
        }
        let end = meta.span.end as usize;
        let rows_follow = meta.kind == MetaKind::Copy && meta.reads_rows();
        self.finish(StatementEnd::Meta(self.script.metas.len()));
        self.script.items.push(Item::Meta(self.script.metas.len()));
        self.script.metas.push(meta);
        self.trivia(TriviaKind::Meta, start, end);
        self.lexer.jump(end);
        if rows_follow {
            self.copy_rows();
        }
        true
    }
}

/// The rows from `start` on, and where they end together with their `\.` line.
fn rows(text: &str, start: usize) -> (Span, usize) {
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        if line.trim_end_matches(['\n', '\r']) == "\\." {
            return (Span::new(start, at), at + line.len());
        }
        at += line.len();
    }
    (Span::new(start, at), at)
}

#[cfg(test)]
mod tests;
