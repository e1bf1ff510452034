//! What a token stands for: folded names, decoded strings, numbers.
//!
//! Nothing here fails on a malformed token that the scanner let through; the server's complaint is a value.

use super::{LexError, Token, TokenKind, continuation};
use arcstr::ArcStr;

/// The longest name that the server keeps; the rest is cut with a notice.
const NAME_BYTES: usize = 63;

/// The name that an identifier or keyword stands for: folded to lower case unless quoted, unescaped, cut at 63 bytes.
/// Of any other token, its text.
pub fn ident_value(text: &str, token: Token) -> ArcStr {
    let raw = token.span.of(text);
    match token.kind {
        TokenKind::QuotedIdent => {
            let inner = inside(raw, "\"", '"');
            if inner.contains("\"\"") { cut(&inner.replace("\"\"", "\"")).into() } else { cut(inner).into() }
        }
        TokenKind::UnicodeIdent => cut(&unicode(raw, '"').unwrap_or_else(|_| raw.to_owned())).into(),
        TokenKind::Word => {
            let raw = cut(raw);
            // Only ASCII letters are folded: that is what a server with a multi-byte encoding does.
            if raw.bytes().any(|byte| byte.is_ascii_uppercase()) { raw.to_ascii_lowercase().into() } else { raw.into() }
        }
        _ => raw.into(),
    }
}

/// The text that a string constant of any kind stands for; of a bit or hexadecimal string, its digits.
///
/// ```
/// use backout::lexer::{string_value, tokenize};
/// let text = r"E'it\'s'";
/// assert_eq!(string_value(text, tokenize(text).unwrap()[0]).unwrap(), "it's");
/// ```
pub fn string_value(text: &str, token: Token) -> Result<String, LexError> {
    let raw = token.span.of(text);
    let error = |(message, sqlstate)| LexError { message, span: token.span, sqlstate };
    match token.kind {
        TokenKind::DollarString => {
            let tag = raw.get(1..).and_then(|rest| rest.find('$')).map_or(0, |at| at + 2);
            let end = raw.len().saturating_sub(tag).max(tag);
            Ok(raw.get(tag..end).unwrap_or_default().to_owned())
        }
        TokenKind::String => Ok(plain(raw, 0)),
        TokenKind::NationalString | TokenKind::BitString | TokenKind::HexString => Ok(plain(raw, 1)),
        TokenKind::EscapeString => escaped(raw).map_err(error),
        TokenKind::UnicodeString => unicode(raw, '\'').map_err(error),
        _ => Ok(raw.to_owned()),
    }
}

/// The number that an integer token stands for, if it fits 64 bits.
pub fn integer_value(text: &str, token: Token) -> Option<i64> {
    if token.kind != TokenKind::Integer {
        return None;
    }
    let raw = token.span.of(text);
    let (digits, radix) = match raw.as_bytes() {
        [b'0', b'x' | b'X', ..] => (raw.get(2..)?, 16),
        [b'0', b'o' | b'O', ..] => (raw.get(2..)?, 8),
        [b'0', b'b' | b'B', ..] => (raw.get(2..)?, 2),
        _ => (raw, 10),
    };
    if digits.contains('_') { i64::from_str_radix(&digits.replace('_', ""), radix).ok() } else { i64::from_str_radix(digits, radix).ok() }
}

/// The number of a `$1` parameter.
pub fn param_value(text: &str, token: Token) -> Option<u32> {
    if token.kind != TokenKind::Param {
        return None;
    }
    token.span.of(text).get(1..)?.parse().ok()
}

/// The operator as the server keeps it: `!=` is `<>`.
pub fn operator_value(text: &str, token: Token) -> &str {
    match token.span.of(text) {
        "!=" => "<>",
        other => other,
    }
}

/// Whether the server's scanner accepts what the token stands for.
pub(super) fn check(text: &str, token: Token) -> Result<(), LexError> {
    let raw = token.span.of(text);
    let wrong = match token.kind {
        TokenKind::EscapeString if raw.contains('\\') => escaped(raw).err(),
        TokenKind::UnicodeString => unicode(raw, '\'').err(),
        TokenKind::UnicodeIdent => unicode(raw, '"').err(),
        _ => None,
    };
    match wrong {
        Some((message, sqlstate)) => Err(LexError { message, span: token.span, sqlstate }),
        None => Ok(()),
    }
}

/// Whether a `U&` token has been joined with its UESCAPE already: only then it ends in a string that is not its own.
pub(super) fn has_uescape(text: &str, token: Token) -> bool {
    let quote = if token.kind == TokenKind::UnicodeIdent { '"' } else { '\'' };
    split_uescape(token.span.of(text), quote).1.is_some()
}

type Refusal = (&'static str, &'static str);

/// The text between the quotes of a name; an unclosed one has no second quote to take away.
fn inside<'a>(raw: &'a str, open: &str, close: char) -> &'a str {
    let inner = raw.strip_prefix(open).unwrap_or(raw);
    inner.strip_suffix(close).unwrap_or(inner)
}

fn cut(name: &str) -> &str {
    if name.len() <= NAME_BYTES {
        return name;
    }
    let mut end = NAME_BYTES;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name)
}

/// Goes through the characters of a quoted string from its opening quote at `open`, across continuations, with doubled quotes made
/// single; `escapes` skips what follows a backslash. Each piece given to `take` has no quote to unfold.
fn pieces<'a>(raw: &'a str, open: usize, escapes: bool, mut take: impl FnMut(&'a str)) {
    let bytes = raw.as_bytes();
    let mut start = open + 1;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => {
                take(raw.get(start..=at).unwrap_or_default());
                at += 2;
                start = at;
            }
            b'\'' => {
                take(raw.get(start..at).unwrap_or_default());
                match continuation(bytes, at + 1) {
                    Some(next) => {
                        at = next;
                        start = at;
                    }
                    None => return,
                }
            }
            _ => at += 1,
        }
    }
    take(raw.get(start..).unwrap_or_default());
}

fn plain(raw: &str, open: usize) -> String {
    let mut value = String::with_capacity(raw.len());
    pieces(raw, open, false, |piece| value.push_str(piece));
    value
}

fn escaped(raw: &str) -> Result<String, Refusal> {
    // Octal and hexadecimal escapes make bytes, which need not make sense before the end.
    let mut value: Vec<u8> = Vec::with_capacity(raw.len());
    let mut high = None;
    let mut wrong = None;
    pieces(raw, 1, true, |piece| {
        let bytes = piece.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let escape = bytes[at] == b'\\' && at + 1 < bytes.len();
            let unicode = escape && matches!(bytes[at + 1], b'u' | b'U');
            if high.is_some() && !unicode {
                wrong = wrong.or(Some(("invalid Unicode surrogate pair", "42601")));
                high = None;
            }
            if !escape {
                value.push(bytes[at]);
                at += 1;
                continue;
            }
            let letter = bytes[at + 1];
            at += 2;
            match letter {
                b'b' => value.push(8),
                b'f' => value.push(12),
                b'n' => value.push(b'\n'),
                b'r' => value.push(b'\r'),
                b't' => value.push(b'\t'),
                b'v' => value.push(11),
                b'0'..=b'7' => {
                    let (number, end) = number(bytes, at - 1, 3, 8);
                    at = end;
                    value.push((number & 0xff) as u8);
                }
                b'x' if bytes.get(at).is_some_and(u8::is_ascii_hexdigit) => {
                    let (number, end) = number(bytes, at, 2, 16);
                    at = end;
                    value.push((number & 0xff) as u8);
                }
                b'u' | b'U' => {
                    let digits = if letter == b'u' { 4 } else { 8 };
                    let (code, end) = number(bytes, at, digits, 16);
                    if end - at < digits {
                        wrong = wrong.or(Some(("invalid Unicode escape", "22025")));
                    }
                    at = end;
                    match join(&mut high, code) {
                        Ok(Some(letter)) => value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                        Ok(None) => {}
                        Err(message) => wrong = wrong.or(Some((message, "42601"))),
                    }
                }
                other => value.push(other),
            }
        }
    });
    if high.is_some() {
        wrong = wrong.or(Some(("invalid Unicode surrogate pair", "42601")));
    }
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    match String::from_utf8(value) {
        Ok(value) if !value.contains('\0') => Ok(value),
        _ => Err(("invalid byte sequence for encoding \"UTF8\"", "22021")),
    }
}

/// Up to `most` digits of `radix` from `at`: their number and where they end.
fn number(bytes: &[u8], at: usize, most: usize, radix: u32) -> (u32, usize) {
    let mut number = 0u32;
    let mut end = at;
    while end < at + most
        && let Some(digit) = bytes.get(end).and_then(|&byte| char::from(byte).to_digit(radix))
    {
        number = number.wrapping_mul(radix).wrapping_add(digit);
        end += 1;
    }
    (number, end)
}

/// A character from one escape, or from the second of a surrogate pair; nothing after the first of one.
fn join(high: &mut Option<u32>, code: u32) -> Result<Option<char>, &'static str> {
    match (high.take(), code) {
        (None, 0xd800..=0xdbff) => {
            *high = Some(code);
            Ok(None)
        }
        (Some(first), 0xdc00..=0xdfff) => Ok(char::from_u32(0x10000 + ((first - 0xd800) << 10) + (code - 0xdc00))),
        (None, 0xdc00..=0xdfff) | (Some(_), _) => Err("invalid Unicode surrogate pair"),
        (None, 0) => Err("invalid Unicode escape value"),
        (None, code) => char::from_u32(code).map(Some).ok_or("invalid Unicode escape value"),
    }
}

/// The `U&` token itself and the text after its closing quote, where UESCAPE may stand.
fn split_uescape(raw: &str, quote: char) -> (&str, Option<&str>) {
    let bytes = raw.as_bytes();
    let mut at = 3;
    while at < bytes.len() {
        if bytes[at] != quote as u8 {
            at += 1;
        } else if bytes.get(at + 1) == Some(&(quote as u8)) {
            at += 2;
        } else {
            match if quote == '\'' { continuation(bytes, at + 1) } else { None } {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    let end = (at + 1).min(raw.len());
    let rest = raw.get(end..).filter(|rest| !rest.is_empty());
    (raw.get(..end).unwrap_or(raw), rest)
}

fn unicode(raw: &str, quote: char) -> Result<String, Refusal> {
    let (own, rest) = split_uescape(raw, quote);
    let escape = match rest {
        None => '\\',
        // Between the token and its UESCAPE there may be comments, but the escape is the string at the very end.
        Some(rest) => match uescape(rest) {
            Some(character) => character,
            None => return Err(("invalid Unicode escape character", "42601")),
        },
    };
    let inner = if quote == '"' { inside(own.get(2..).unwrap_or_default(), "\"", '"').replace("\"\"", "\"") } else { plain(own, 2) };
    let mut value = String::with_capacity(inner.len());
    let mut high = None;
    let mut rest = inner.as_str();
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        if character != escape || rest.starts_with(escape) {
            if high.is_some() {
                return Err(("invalid Unicode surrogate pair", "42601"));
            }
            if character == escape {
                rest = rest.get(escape.len_utf8()..).unwrap_or_default();
            }
            value.push(character);
            continue;
        }
        let (digits, sign) = if rest.starts_with('+') { (6, 1) } else { (4, 0) };
        let (code, end) = number(rest.as_bytes(), sign, digits, 16);
        if end - sign < digits {
            return Err(("invalid Unicode escape", "42601"));
        }
        rest = rest.get(end..).unwrap_or_default();
        match join(&mut high, code) {
            Ok(Some(letter)) => value.push(letter),
            Ok(None) => {}
            Err(message) => return Err((message, "42601")),
        }
    }
    if high.is_some() {
        return Err(("invalid Unicode surrogate pair", "42601"));
    }
    Ok(value)
}

/// The escape character named by the text after a `U&` token, if it is one that the server takes.
fn uescape(rest: &str) -> Option<char> {
    let constant = |token: &Token| matches!(token.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString);
    let token = super::Lexer::new(rest).map(|(token, _)| token).filter(constant).last()?;
    let value = string_value(rest, token).ok()?;
    let mut characters = value.chars();
    let character = characters.next()?;
    let bad = character.is_ascii_hexdigit() || matches!(character, '+' | '\'' | '"') || character.is_ascii_whitespace();
    (characters.next().is_none() && character.is_ascii() && !bad).then_some(character)
}
