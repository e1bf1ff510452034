//! Comments that speak to a tool: which tool, and the words. What they mean is for `layout` and the rules to say.

use crate::source::Span;
use arcstr::ArcStr;

/// A comment that speaks to us or to a migration tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// To whom.
    pub tool: DirectiveTool,
    /// What follows the tool's name, at its spaces.
    pub words: Vec<ArcStr>,
    /// The whole comment.
    pub span: Span,
}

/// To whom a comment speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirectiveTool {
    /// `-- backout: irreversible the rows are gone`
    Backout,
    /// `-- +goose Up`
    Goose,
    /// `-- migrate:up transaction:false`, as words `up`, `transaction:false`
    Dbmate,
    /// `-- +migrate Down notransaction`
    SqlMigrate,
    /// `--rollback DROP TABLE t`
    Liquibase,
    /// `-- no-transaction` of sqlx
    Sqlx,
    /// `---- create above / drop below ----` of tern
    Tern,
}

/// The directive in a comment, which is given with its dashes or stars.
pub(super) fn read(comment: &str, span: Span) -> Option<Directive> {
    let inner = match comment.strip_prefix("--") {
        Some(inner) => inner,
        None => comment.strip_prefix("/*")?.strip_suffix("*/")?,
    };
    let body = inner.trim_matches(|letter: char| letter.is_ascii_whitespace());
    let of = |tool, rest: &str| Some(Directive { tool, words: rest.split_ascii_whitespace().map(ArcStr::from).collect(), span });
    // A cheap look first: nearly every comment is prose.
    match body.as_bytes().first()? {
        b'b' => body.strip_prefix("backout:").and_then(|rest| of(DirectiveTool::Backout, rest)),
        b'+' => match body.strip_prefix("+goose") {
            Some(rest) => of(DirectiveTool::Goose, rest),
            None => body.strip_prefix("+migrate ").and_then(|rest| of(DirectiveTool::SqlMigrate, rest)),
        },
        b'm' => body.strip_prefix("migrate:").and_then(|rest| of(DirectiveTool::Dbmate, rest)),
        b'r' => body.strip_prefix("rollback ").filter(|_| inner.starts_with('r')).and_then(|rest| of(DirectiveTool::Liquibase, rest)),
        b'n' => (body == "no-transaction").then(|| Directive { tool: DirectiveTool::Sqlx, words: Vec::new(), span }),
        b'-' => {
            body.starts_with("-- create above / drop below --").then(|| Directive { tool: DirectiveTool::Tern, words: Vec::new(), span })
        }
        _ => None,
    }
}
