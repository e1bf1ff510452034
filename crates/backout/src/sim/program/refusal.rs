//! Trigger functions that refuse an event, whatever the row is.

use super::raise::error;
use crate::lexer::{TokenKind, string_value, tokenize};
use crate::plpgsql::{self, Context, Fragment, Level, Raise, Stmt, StmtKind};
use crate::sim::eval::Raised;

/// What a trigger function raises on this event, of which it is certain that it does: nothing before it hangs on the row.
pub fn refusal(body: &str, context: &Context, event: &str) -> Option<Raised> {
    let block = plpgsql::parse(body, context).outcome.ok()?;
    if !block.handlers.is_empty() {
        return None;
    }
    match walk(&block.body, body, event) {
        Way::Raises(raise) => Some(raised(raise, body)),
        Way::GoesOn | Way::Open => None,
    }
}

/// How a list of statements ends.
enum Way<'a> {
    Raises(&'a Raise),
    GoesOn,
    /// It returns, or does what is not followed here.
    Open,
}

fn walk<'a>(list: &'a [Stmt], body: &str, event: &str) -> Way<'a> {
    for stmt in list {
        match &stmt.kind {
            StmtKind::Raise(raise) if raise.again => return Way::Open,
            StmtKind::Raise(raise) if raise.level == Level::Exception => return Way::Raises(raise),
            StmtKind::Raise(_) | StmtKind::Null => {}
            StmtKind::If { arms, otherwise } => {
                let mut taken = Some(otherwise.as_slice());
                for arm in arms {
                    match asks(&arm.condition, body, event) {
                        Some(false) => {}
                        Some(true) => {
                            taken = Some(&arm.body);
                            break;
                        }
                        None => {
                            taken = None;
                            break;
                        }
                    }
                }
                match taken.map_or(Way::Open, |taken| walk(taken, body, event)) {
                    Way::GoesOn => {}
                    way => return way,
                }
            }
            _ => return Way::Open,
        }
    }
    Way::GoesOn
}

/// Whether a condition that asks for nothing but the event holds: `TG_OP = 'DELETE'`, `TG_OP IN ('UPDATE', 'DELETE')`.
fn asks(condition: &Fragment, body: &str, event: &str) -> Option<bool> {
    let text = condition.text(body);
    let tokens = tokenize(&text).ok()?;
    let mut named = false;
    let mut found = false;
    for token in &tokens {
        let written = token.span.of(&text);
        match token.kind {
            TokenKind::Word if written.eq_ignore_ascii_case("tg_op") => named = true,
            TokenKind::Word if ["in", "or"].iter().any(|word| written.eq_ignore_ascii_case(word)) => {}
            TokenKind::LParen | TokenKind::RParen | TokenKind::Comma => {}
            TokenKind::Operator if written == "=" => {}
            TokenKind::String => found |= string_value(&text, *token).ok()? == event,
            _ => return None,
        }
    }
    named.then_some(found)
}

fn raised(raise: &Raise, body: &str) -> Raised {
    let literal = |fragment: &Fragment| {
        let text = fragment.text(body);
        match tokenize(&text).ok()?.as_slice() {
            [token] if token.kind == TokenKind::String => string_value(&text, *token).ok(),
            _ => None,
        }
    };
    let options = raise.options.iter().filter_map(|(option, fragment)| Some((option.clone(), literal(fragment)?)));
    // What else is shown hangs on the row.
    error(raise, &vec!["…".to_owned(); raise.params.len()], options.collect())
}
