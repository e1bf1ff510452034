//! node-pg-migrate's SQL files: both directions in one file, after `-- Up Migration` and `-- Down Migration`.

use super::lines::lines;
use super::{Entry, Layout, Migration, OrderKey, Part, Reading, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "node-pg-migrate", runner: Runner::NodePgMigrate, home, read };

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    names::stem(names::file(&source.path))?;
    // Most comments say something else, and then no line need be looked at.
    let hinted = source.text.split('-').skip(1).any(|comment| said(comment).is_some());
    let annotated = hinted && lines(&source.text).any(|line| direction(line.text).is_some());
    (annotated || forced).then(|| (names::folder(&source.path), if annotated { 4 } else { 0 }))
}

/// Whether a comment opens a forward or a rollback.
fn direction(line: &str) -> Option<bool> {
    said(line.trim_start().strip_prefix("--")?)
}

/// The direction that the text of a comment names.
fn said(comment: &str) -> Option<bool> {
    let mut words = comment.trim_start_matches(|letter: char| letter == '-' || letter.is_whitespace()).split_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    if !second.get(.."migration".len()).is_some_and(|word| word.eq_ignore_ascii_case("migration")) {
        return None;
    }
    if first.eq_ignore_ascii_case("up") { Some(true) } else { first.eq_ignore_ascii_case("down").then_some(false) }
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        let text = &entry.source.text;
        let mark = |up: bool| lines(text).find(|line| direction(line.text) == Some(up));
        let (up, down) = (mark(true), mark(false));
        // The tool takes what follows each comment, to the other one if that comes later.
        let start = up.as_ref().map_or(0, |line| line.next);
        let end = down.as_ref().map_or(text.len(), |line| if line.start >= start { line.start } else { text.len() });
        let rollback = down.map(|line| {
            let end = up.as_ref().map_or(text.len(), |up| if up.start >= line.next { up.start } else { text.len() });
            Part::pieces(entry, vec![Span::new(line.next, end)])
        });
        reading.migrations.push(Migration {
            id: names::stem(entry.name).unwrap_or(entry.name).to_owned(),
            forward: Some(Part::pieces(entry, vec![Span::new(start, end)])),
            rollback,
            baseline: None,
            order: OrderKey { number: names::number(entry.name).map_or(0, |(number, _)| number), text: entry.name.to_owned() },
        });
    }
    reading
}
