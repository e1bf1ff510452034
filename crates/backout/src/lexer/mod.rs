//! PostgreSQL's lexical rules: text → tokens with byte spans.
//!
//! Knows chapter 4.1 of the manual and nothing of statements: where one ends is `split`'s business, what it says is `lower`'s.
//! The [`Lexer`] is total: it goes through any text, gives spaces and comments as tokens too, and names what the server would refuse.
//! [`tokenize`] is what a parser wants: meaningful tokens only, or the server's error.
//! The words that mean something to the grammar are listed in [`keywords`], since how a name is quoted depends on them.
//! Values (folded names, decoded strings, numbers) are computed on demand from the token's text; a token itself is twelve bytes.

pub mod keywords;
mod quote;
mod value;

pub use quote::{quote, quote_ident};
pub use value::{ident_value, integer_value, operator_value, param_value, string_value};

use crate::source::Span;
use std::ops::Range;

/// What a token is. Keywords are [`TokenKind::Word`]; only the grammar knows which of them mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Unquoted identifier or keyword, folded to lower case by [`ident_value`].
    Word,
    /// `"name"`
    QuotedIdent,
    /// `U&"name"`, together with its `UESCAPE '…'` if that follows.
    UnicodeIdent,
    /// `'text'`, with its continuations on later lines.
    String,
    /// `E'text'`
    EscapeString,
    /// `U&'text'`, together with its `UESCAPE '…'` if that follows.
    UnicodeString,
    /// `N'text'`
    NationalString,
    /// `$$text$$` or `$tag$text$tag$`
    DollarString,
    /// `B'0101'`
    BitString,
    /// `X'1f'`
    HexString,
    /// `42`, `1_000`, `0xff`, `0o17`, `0b11`
    Integer,
    /// `1.5`, `.5`, `1.`, `1e10`
    Decimal,
    /// `$1`
    Param,
    /// Any operator of one or more characters: `=`, `<>`, `->>`, `-`, and also `*` and `%`.
    Operator,
    /// `(`
    LParen,
    /// `)`
    RParen,
    /// `[`
    LBracket,
    /// `]`
    RBracket,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `..`, which only PL/pgSQL uses.
    DotDot,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `:=`
    ColonEquals,
    /// `=>`
    EqualsGreater,
    /// A character that begins no token of SQL (`\`, `{`, `}`, a lone `$`, control characters): a syntax error wherever it stands.
    Other,
    /// Spaces and line ends. Never in the answer of [`tokenize`].
    Whitespace,
    /// `-- comment` without its line end. Never in the answer of [`tokenize`].
    LineComment,
    /// `/* comment */`, nested. Never in the answer of [`tokenize`].
    BlockComment,
}

impl TokenKind {
    /// Spaces and comments.
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }

    /// Anything that may stand for a name: a word or a quoted identifier.
    pub fn is_ident(self) -> bool {
        matches!(self, Self::Word | Self::QuotedIdent | Self::UnicodeIdent)
    }

    /// A constant of type text, whatever its quotes; bit and hexadecimal strings are not.
    pub fn is_string(self) -> bool {
        matches!(self, Self::String | Self::EscapeString | Self::UnicodeString | Self::NationalString | Self::DollarString)
    }
}

/// A piece of text and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the text that was read.
    pub span: Span,
}

/// What the server's scanner refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexError {
    /// As the server words it, without its `at or near "…"`.
    pub message: &'static str,
    /// The offending token.
    pub span: Span,
    /// Nearly always 42601.
    pub sqlstate: &'static str,
}

impl LexError {
    fn syntax(message: &'static str, span: Span) -> Self {
        Self { message, span, sqlstate: "42601" }
    }
}

/// Whether the token is this keyword; `word` is plain ASCII in any case.
pub fn is_word(text: &str, token: Token, word: &str) -> bool {
    token.kind == TokenKind::Word && token.span.of(text).eq_ignore_ascii_case(word)
}

/// The tokens of `text` without spaces and comments, or the first thing that the server's scanner refuses.
///
/// ```
/// let tokens = backout::lexer::tokenize("DROP TABLE t -- gone").unwrap();
/// assert_eq!(tokens.len(), 3);
/// ```
pub fn tokenize(text: &str) -> Result<Vec<Token>, LexError> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5 + 4);
    // Set between the word UESCAPE and the string that must follow.
    let mut uescape = false;
    for (token, problem) in Lexer::new(text) {
        if let Some(message) = problem {
            return Err(LexError::syntax(message, token.span));
        }
        if token.kind.is_trivia() {
            continue;
        }
        if let Some(last) = tokens.last_mut()
            && matches!(last.kind, TokenKind::UnicodeIdent | TokenKind::UnicodeString)
        {
            if uescape {
                if !matches!(token.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString) {
                    return Err(LexError::syntax("UESCAPE must be followed by a simple string literal", token.span));
                }
                last.span.end = token.span.end;
                value::check(text, *last)?;
                uescape = false;
                // A second UESCAPE is a word like any other, which the guard below must not see: the token is closed.
                continue;
            }
            if is_word(text, token, "uescape") && !value::has_uescape(text, *last) {
                uescape = true;
                continue;
            }
            value::check(text, *last)?;
        }
        if token.kind == TokenKind::EscapeString {
            value::check(text, token)?;
        }
        tokens.push(token);
    }
    if uescape {
        return Err(LexError::syntax("UESCAPE must be followed by a simple string literal", Span::new(text.len(), text.len())));
    }
    if let Some(&last) = tokens.last()
        && matches!(last.kind, TokenKind::UnicodeIdent | TokenKind::UnicodeString)
    {
        value::check(text, last)?;
    }
    Ok(tokens)
}

/// Goes through a text token by token, spaces and comments included, so that the spans follow each other without a hole.
///
/// Beside each token stands what the server would say of it if it is malformed; an unterminated one reaches to the end of the text.
/// `UESCAPE` is not joined to the token before it here.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The plus and minus signs at the end of an operator that may not have them: each is an operator of its own.
    signs: Range<usize>,
}

/// Which bytes are digits of a radix.
type Digit = fn(u8) -> bool;

/// Kind, end and problem of a token.
type Scanned = (TokenKind, usize, Option<&'static str>);

impl<'a> Lexer<'a> {
    /// Begins at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, signs: 0..0 }
    }

    /// Begins at a byte of `text`, which must be the start of a character.
    pub fn at(text: &'a str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at: at.min(text.len()), signs: 0..0 }
    }

    /// Where the next token begins.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Goes on from another byte, the start of a character.
    pub fn jump(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    fn peek(&self, ahead: usize) -> u8 {
        byte(self.bytes, self.at + ahead)
    }

    /// The token at `self.at`: kind, end, problem.
    fn read(&mut self, first: u8) -> Scanned {
        use TokenKind::*;
        let (bytes, at) = (self.bytes, self.at);
        let one = |kind| (kind, at + 1, None);
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (Whitespace, run(bytes, at + 1, is_space), None),
            b'(' => one(LParen),
            b')' => one(RParen),
            b'[' => one(LBracket),
            b']' => one(RBracket),
            b',' => one(Comma),
            b';' => one(Semicolon),
            b'\'' => quoted(bytes, at + 1, String, false, "unterminated quoted string"),
            b'"' => delimited(bytes, at + 1, QuotedIdent),
            b'$' => self.dollar(),
            b':' => match self.peek(1) {
                b':' => (DoubleColon, at + 2, None),
                b'=' => (ColonEquals, at + 2, None),
                _ => one(Colon),
            },
            b'.' => match self.peek(1) {
                b'.' => (DotDot, at + 2, None),
                b'0'..=b'9' => self.number(),
                _ => one(Dot),
            },
            b'0'..=b'9' => self.number(),
            b'-' if self.peek(1) == b'-' => (LineComment, line_end(bytes, at), None),
            b'/' if self.peek(1) == b'*' => block_comment(bytes, at),
            b'e' | b'E' if self.peek(1) == b'\'' => quoted(bytes, at + 2, EscapeString, true, "unterminated quoted string"),
            b'n' | b'N' if self.peek(1) == b'\'' => quoted(bytes, at + 2, NationalString, false, "unterminated quoted string"),
            b'b' | b'B' if self.peek(1) == b'\'' => quoted(bytes, at + 2, BitString, false, "unterminated bit string literal"),
            b'x' | b'X' if self.peek(1) == b'\'' => quoted(bytes, at + 2, HexString, false, "unterminated hexadecimal string literal"),
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'\'' => {
                quoted(bytes, at + 3, UnicodeString, false, "unterminated quoted string")
            }
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'"' => delimited(bytes, at + 3, UnicodeIdent),
            _ if is_ident_start(first) => (Word, run(bytes, at + 1, is_ident_part), None),
            _ if is_operator(first) => self.operator(),
            _ => one(Other),
        }
    }

    /// `$1`, `$tag$…$tag$`, or a dollar that means nothing.
    fn dollar(&self) -> Scanned {
        let (bytes, at) = (self.bytes, self.at);
        match self.peek(1) {
            b'0'..=b'9' => {
                let end = run(bytes, at + 1, |byte| byte.is_ascii_digit());
                if is_ident_start(byte(bytes, end)) {
                    return (TokenKind::Param, run(bytes, end, is_ident_part), Some("trailing junk after parameter"));
                }
                (TokenKind::Param, end, None)
            }
            next => {
                let tag_end = if is_ident_start(next) { run(bytes, at + 1, |byte| is_ident_part(byte) && byte != b'$') } else { at + 1 };
                if byte(bytes, tag_end) != b'$' {
                    return (TokenKind::Other, at + 1, None);
                }
                let tag = &bytes[at..=tag_end];
                match find_tag(bytes, tag_end + 1, tag) {
                    Some(close) => (TokenKind::DollarString, close + tag.len(), None),
                    None => (TokenKind::DollarString, bytes.len(), Some("unterminated dollar-quoted string")),
                }
            }
        }
    }

    /// An integer or a decimal; `1..2` is an integer before `..`, and a letter may not follow.
    fn number(&self) -> Scanned {
        let (bytes, at) = (self.bytes, self.at);
        let mut kind = TokenKind::Integer;
        let radix: Option<(Digit, &'static str)> = match (byte(bytes, at), self.peek(1)) {
            (b'0', b'x' | b'X') => Some((|byte| byte.is_ascii_hexdigit(), "invalid hexadecimal integer")),
            (b'0', b'o' | b'O') => Some((|byte| matches!(byte, b'0'..=b'7'), "invalid octal integer")),
            (b'0', b'b' | b'B') => Some((|byte| matches!(byte, b'0' | b'1'), "invalid binary integer")),
            _ => None,
        };
        let mut end = at;
        if let Some((digit, invalid)) = radix {
            end = digits(bytes, at + 2, digit);
            if end == at + 2 {
                return (kind, run(bytes, end, is_ident_part), Some(invalid));
            }
        } else {
            let decimal = |byte: u8| byte.is_ascii_digit();
            if byte(bytes, at) != b'.' {
                end = run_digits(bytes, at, decimal);
            }
            if byte(bytes, end) == b'.' && !(byte(bytes, end + 1) == b'.' && end > at) {
                kind = TokenKind::Decimal;
                end += 1;
                if byte(bytes, end).is_ascii_digit() {
                    end = run_digits(bytes, end, decimal);
                }
            }
            if matches!(byte(bytes, end), b'e' | b'E') {
                let sign = usize::from(matches!(byte(bytes, end + 1), b'+' | b'-'));
                if byte(bytes, end + 1 + sign).is_ascii_digit() {
                    kind = TokenKind::Decimal;
                    end = run_digits(bytes, end + 1 + sign, decimal);
                }
            }
        }
        if is_ident_start(byte(bytes, end)) {
            return (kind, run(bytes, end, is_ident_part), Some("trailing junk after numeric literal"));
        }
        (kind, end, None)
    }

    /// The longest run of operator characters, cut before a comment, and before a trailing `+` or `-` unless the operator
    /// has one of the characters that no operator of the SQL standard has.
    fn operator(&mut self) -> Scanned {
        let (bytes, at) = (self.bytes, self.at);
        // A run of many signs is many operators: what was found out about it holds for the rest of it.
        if at < self.signs.start || at >= self.signs.end {
            let mut end = at + 1;
            while is_operator(byte(bytes, end)) && !matches!((bytes[end], byte(bytes, end + 1)), (b'-', b'-') | (b'/', b'*')) {
                end += 1;
            }
            let run = &bytes[at..end];
            let free = |byte: &u8| matches!(byte, b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%');
            if !matches!(bytes[end - 1], b'+' | b'-') || run.iter().any(free) {
                let kind = if run == b"=>" { TokenKind::EqualsGreater } else { TokenKind::Operator };
                return (kind, end, None);
            }
            let signs = run.iter().rev().take_while(|byte| matches!(byte, b'+' | b'-')).count();
            self.signs = end - signs..end;
            if signs < run.len() {
                let kind = if &bytes[at..end - signs] == b"=>" { TokenKind::EqualsGreater } else { TokenKind::Operator };
                return (kind, end - signs, None);
            }
        }
        (TokenKind::Operator, at + 1, None)
    }
}

impl Iterator for Lexer<'_> {
    type Item = (Token, Option<&'static str>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = *self.bytes.get(self.at)?;
        let (kind, end, problem) = self.read(first);
        let token = Token { kind, span: Span::new(self.at, end) };
        self.at = end;
        Some((token, problem))
    }
}

/// The byte at `at`, or 0 past the end; a real NUL means nothing to any rule either.
fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn run(bytes: &[u8], mut at: usize, part: impl Fn(u8) -> bool) -> usize {
    while at < bytes.len() && part(bytes[at]) {
        at += 1;
    }
    at
}

/// Digits with single underscores between them; the first byte is a digit.
fn run_digits(bytes: &[u8], at: usize, digit: impl Fn(u8) -> bool) -> usize {
    let end = run(bytes, at, &digit);
    digits(bytes, end, digit)
}

/// Digits, each with at most one underscore before it.
fn digits(bytes: &[u8], mut at: usize, digit: impl Fn(u8) -> bool) -> usize {
    loop {
        let skip = usize::from(byte(bytes, at) == b'_');
        if !digit(byte(bytes, at + skip)) {
            return at;
        }
        at += skip + 1;
    }
}

/// Whether a character is a letter or a digit; all beyond ASCII are taken for letters, as in identifiers.
pub fn is_word_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

/// What PostgreSQL calls a space.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Whether an unquoted identifier may begin with this byte; every byte of a multi-byte character may.
pub(crate) fn is_ident_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether an unquoted identifier may go on with this byte.
pub(crate) fn is_ident_part(byte: u8) -> bool {
    is_ident_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn is_operator(byte: u8) -> bool {
    matches!(byte, b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'=')
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    run(bytes, at, |byte| byte != b'\n' && byte != b'\r')
}

/// A comment with comments in it. One that is not closed reaches to the end.
fn block_comment(bytes: &[u8], at: usize) -> Scanned {
    let mut depth = 1usize;
    let mut end = at + 2;
    while end < bytes.len() {
        match (bytes[end], byte(bytes, end + 1)) {
            (b'/', b'*') => {
                depth += 1;
                end += 2;
            }
            (b'*', b'/') => {
                depth -= 1;
                end += 2;
                if depth == 0 {
                    return (TokenKind::BlockComment, end, None);
                }
            }
            _ => end += 1,
        }
    }
    (TokenKind::BlockComment, bytes.len(), Some("unterminated /* comment"))
}

/// A string in single quotes, from after its opening quote, with the parts that continue it on later lines.
fn quoted(bytes: &[u8], mut at: usize, kind: TokenKind, escapes: bool, unterminated: &'static str) -> Scanned {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            b'\'' if byte(bytes, at + 1) == b'\'' => at += 2,
            b'\'' => match continuation(bytes, at + 1) {
                Some(next) => at = next,
                None => return (kind, at + 1, None),
            },
            _ => at += 1,
        }
    }
    (kind, bytes.len(), Some(unterminated))
}

/// The byte after the quote that continues a string which was closed just before `at`: only spaces and `--` comments with a
/// line end among them may stand between.
fn continuation(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut newline = false;
    loop {
        match byte(bytes, at) {
            b'\n' | b'\r' => newline = true,
            b' ' | b'\t' | 0x0b | 0x0c => {}
            b'-' if byte(bytes, at + 1) == b'-' => {
                at = line_end(bytes, at);
                continue;
            }
            b'\'' if newline => return Some(at + 1),
            _ => return None,
        }
        at += 1;
    }
}

/// A name in double quotes, from after its opening quote.
fn delimited(bytes: &[u8], start: usize, kind: TokenKind) -> Scanned {
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'"' if byte(bytes, at + 1) == b'"' => at += 2,
            b'"' if at == start => return (kind, at + 1, Some("zero-length delimited identifier")),
            b'"' => return (kind, at + 1, None),
            _ => at += 1,
        }
    }
    (kind, bytes.len(), Some("unterminated quoted identifier"))
}

/// Where `tag`, which begins and ends with its only dollars, stands next.
/// Comparisons begin at dollars and end at the next one, so the whole search is linear.
fn find_tag(bytes: &[u8], mut at: usize, tag: &[u8]) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'$')?;
        if bytes[at..].starts_with(tag) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests;
