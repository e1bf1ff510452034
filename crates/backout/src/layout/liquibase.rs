//! Liquibase's formatted SQL: changesets with their rollbacks in comments behind them.
//!
//! A changeset is a migration. Its rollback is what follows `--rollback` on as many lines as there are, or a block comment that
//! begins with `liquibase rollback`.

use super::lines::{Line, lines};
use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "liquibase", runner: Runner::Liquibase, home, read };

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    names::stem(names::file(&source.path))?;
    let first = source.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let formatted = comment(first).is_some_and(|words| starts_with(words, "liquibase formatted sql"));
    (formatted || forced).then(|| (names::folder(&source.path), if formatted { 5 } else { 0 }))
}

/// What a line comment says.
fn comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("--").map(str::trim_start)
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// What stands after a word, if the text begins with it and a space.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = starts_with(text, word).then(|| text.get(word.len()..))??;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// A changeset while it is read.
struct Changeset<'a> {
    id: &'a str,
    attributes: &'a str,
    body: Span,
    /// The pieces of its rollback; nothing if it says nothing about one.
    rollback: Option<Vec<Span>>,
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        for (at, changeset) in changesets(&entry.source.text).into_iter().enumerate() {
            let attribute = |name: &str| {
                changeset
                    .attributes
                    .split_whitespace()
                    .find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
                    .map(|value| value.trim_matches('"'))
            };
            if attribute("dbms").is_some_and(|names| !names.split(',').any(|name| matches!(name.trim(), "postgresql" | "all"))) {
                let message = format!("the changeset `{}` is for another database, so it is not read", changeset.id);
                reading.problem(PlanProblemKind::Ignored, &entry.source.path, Some(changeset.body), message);
                continue;
            }
            let no_transaction = attribute("runInTransaction") == Some("false");
            let part = |part: Part| Part { no_transaction, ..part };
            reading.migrations.push(Migration {
                id: changeset.id.to_owned(),
                forward: Some(part(Part::pieces(entry, vec![changeset.body]))),
                rollback: changeset.rollback.as_deref().map(|keep| part(Part::masked(entry, keep))),
                baseline: None,
                order: OrderKey { number: 0, text: format!("{}\0{at:06}", entry.name) },
            });
        }
    }
    reading
}

fn changesets(text: &str) -> Vec<Changeset<'_>> {
    let mut found: Vec<Changeset<'_>> = Vec::new();
    // Inside a block comment that is a rollback.
    let mut block = false;
    for line in lines(text) {
        let end = line.next as u32;
        if let Some(words) = comment(line.text)
            && let Some(rest) = after(words, "changeset")
        {
            let (id, attributes) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            found.push(Changeset { id, attributes, body: Span::new(line.next, line.next), rollback: None });
            block = false;
            continue;
        }
        let Some(changeset) = found.last_mut() else { continue };
        changeset.body.end = end;
        if block {
            let closing = line.text.find("*/");
            block = closing.is_none();
            let end = closing.map_or(line.next, |at| line.start + at);
            changeset.rollback.get_or_insert_default().push(Span::new(line.start, end));
        } else if let Some(inner) = line.text.trim_start().strip_prefix("/*")
            && let Some(rest) = after(inner.trim_start(), "liquibase rollback")
        {
            let closing = rest.find("*/");
            block = closing.is_none();
            let own = closing.and_then(|at| rest.get(..at)).unwrap_or(rest);
            changeset.rollback.get_or_insert_default().extend(place(&line, own));
        } else if let Some(words) = comment(line.text)
            && let Some(rest) = after(words, "rollback")
        {
            let pieces = changeset.rollback.get_or_insert_default();
            if !matches!(rest.trim().trim_end_matches(';').to_ascii_lowercase().as_str(), "empty" | "not required") {
                pieces.extend(place(&line, rest));
            }
        }
    }
    found
}

/// Where a piece of a line's end stands.
fn place(line: &Line<'_>, piece: &str) -> Option<Span> {
    let at = line.text.rfind(piece).filter(|_| !piece.is_empty())?;
    Some(Span::new(line.start + at, line.start + at + piece.len()))
}
