//! Places in a text that something else fills in before the database sees it.
//!
//! Only outside quotes: inside them braces and percent signs are ordinary text far more often than not.

use crate::lexer::{Token, TokenKind, is_ident_part, is_ident_start};
use crate::source::Span;

/// A place that is filled in before the database sees the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Whose habit it is.
    pub kind: TemplateKind,
    /// The place with its delimiters.
    pub span: Span,
    /// What stands between the delimiters.
    pub name: String,
}

/// Whose habit a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// `{{ name }}` and `{% if x %}`: Go, Jinja, Liquid, Handlebars.
    Braces,
    /// `${name}`: Flyway, envsubst, shells.
    Dollar,
    /// `%(name)s`: Python.
    Percent,
    /// `<%= name %>`: ERB, EJS.
    Angle,
    /// `:name`, `:'name'`, `:"name"`, `:{?name}`: `psql`.
    PsqlVariable,
}

/// Looks for templates, and remembers which closing delimiters no longer come, so that a text full of opening ones stays cheap.
#[derive(Debug, Default)]
pub(super) struct Finder {
    no_braces: bool,
    no_tags: bool,
    no_angle: bool,
}

impl Finder {
    /// The template that begins with `token`, if one does.
    pub(super) fn at(&mut self, text: &str, token: Token, previous: Option<Token>, in_array: bool, in_parens: bool) -> Option<Template> {
        let start = token.span.start as usize;
        match token.kind {
            TokenKind::Colon if !in_array => psql(text, start, previous, in_parens),
            TokenKind::Other => {
                let rest = text.get(start..)?;
                if rest.starts_with("{{") {
                    closed(rest, start, 2, "}}", &mut self.no_braces, TemplateKind::Braces)
                } else if rest.starts_with("{%") {
                    closed(rest, start, 2, "%}", &mut self.no_tags, TemplateKind::Braces)
                } else if rest.starts_with("${") {
                    named(rest, start, 2, "}", TemplateKind::Dollar)
                } else {
                    None
                }
            }
            TokenKind::Operator => {
                let rest = text.get(start..)?;
                if rest.starts_with("%(") {
                    named(rest, start, 2, ")s", TemplateKind::Percent).or_else(|| named(rest, start, 2, ")d", TemplateKind::Percent))
                } else if rest.starts_with("<%") && (matches!(rest.as_bytes().get(2), Some(b'=' | b'-' | b'#')) || line_begins(text, start))
                {
                    // Elsewhere `<%` is the word similarity operator of pg_trgm.
                    closed(rest, start, 2, "%>", &mut self.no_angle, TemplateKind::Angle)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

fn line_begins(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with('\n')
}

/// A template that reaches to its closing delimiter, whatever stands between.
fn closed(rest: &str, start: usize, open: usize, close: &str, never: &mut bool, kind: TemplateKind) -> Option<Template> {
    if *never {
        return None;
    }
    let Some(at) = rest.get(open..)?.find(close) else {
        *never = true;
        return None;
    };
    let name = rest.get(open..open + at)?.trim().to_owned();
    Some(Template { kind, span: Span::new(start, start + open + at + close.len()), name })
}

/// A template around nothing but a name.
fn named(rest: &str, start: usize, open: usize, close: &str, kind: TemplateKind) -> Option<Template> {
    let inner = rest.as_bytes().get(open..)?;
    // Names longer than this are no names; the bound keeps a text of nothing but openings linear.
    let length = inner.iter().take(128).take_while(|&&byte| is_ident_part(byte) || matches!(byte, b'.' | b':' | b'-')).count();
    let name = rest.get(open..open + length)?;
    if length == 0 || !rest.get(open + length..)?.starts_with(close) {
        return None;
    }
    Some(Template { kind, span: Span::new(start, start + open + length + close.len()), name: name.to_owned() })
}

fn psql(text: &str, start: usize, previous: Option<Token>, in_parens: bool) -> Option<Template> {
    // `JSON_OBJECT('key':value)` looks the same.
    if in_parens && previous.is_some_and(|token| token.kind.is_string() && token.span.end as usize == start) {
        return None;
    }
    let bytes = text.as_bytes();
    let at = start + 1;
    let (name_start, close) = match bytes.get(at)? {
        b'\'' => (at + 1, "'"),
        b'"' => (at + 1, "\""),
        b'{' if bytes.get(at + 1) == Some(&b'?') => (at + 2, "}"),
        &byte if is_ident_start(byte) => (at, ""),
        _ => return None,
    };
    let length = bytes.get(name_start..)?.iter().take(128).take_while(|&&byte| is_ident_part(byte) && byte != b'$').count();
    let name = text.get(name_start..name_start + length)?;
    if length == 0 || !text.get(name_start + length..)?.starts_with(close) {
        return None;
    }
    Some(Template { kind: TemplateKind::PsqlVariable, span: Span::new(start, name_start + length + close.len()), name: name.to_owned() })
}
