//! Bodies of routines that differ in nothing that matters.

use crate::lexer::{TokenKind, tokenize};

/// Between the part of a routine's definition that is compared exactly and its body.
pub(super) const BODY: &str = "\u{1}";

/// Two routine definitions whose bodies differ in spaces, comments and case outside of quotes only.
pub(super) fn is_text_only(then: &str, now: &str) -> bool {
    match (then.split_once(BODY), now.split_once(BODY)) {
        (Some((head, body)), Some((other_head, other_body))) => head == other_head && plain_text(body) == plain_text(other_body),
        _ => false,
    }
}

/// A body without spaces, comments and case outside of quotes.
fn plain_text(body: &str) -> String {
    let Ok(tokens) = tokenize(body) else { return body.split_whitespace().collect::<Vec<_>>().join(" ") };
    let mut plain = String::new();
    for token in tokens {
        let text = token.span.of(body);
        match token.kind {
            TokenKind::Word => plain.push_str(&text.to_ascii_lowercase()),
            _ => plain.push_str(text),
        }
        plain.push(' ');
    }
    plain
}
