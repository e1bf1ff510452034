//! tern: `001_name.sql`, both directions in one file, parted by a line `---- create above / drop below ----`.

use super::lines::lines;
use super::{Entry, Layout, Migration, OrderKey, Part, Reading, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "tern", runner: Runner::Tern, home, read };

const BORDER: &str = "---- create above / drop below ----";
const NO_TRANSACTION: &str = "---- tern: disable-tx ----";

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let (_, rest) = names::number(names::file(&source.path))?;
    names::stem(rest).filter(|rest| rest.starts_with('_'))?;
    // Short words are found faster than long ones.
    let weight = if source.text.contains("create above") && source.text.contains(BORDER) { 4 } else { 0 };
    (weight > 0 || forced).then(|| (names::folder(&source.path), weight))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        let text = &entry.source.text;
        let border = lines(text).find(|line| line.text.trim() == BORDER);
        let no_transaction = lines(text).any(|line| line.text.trim() == NO_TRANSACTION);
        let part = |start: usize, end: usize| Part { no_transaction, ..Part::pieces(entry, vec![Span::new(start, end)]) };
        reading.migrations.push(Migration {
            id: names::stem(entry.name).unwrap_or(entry.name).to_owned(),
            forward: Some(part(0, border.as_ref().map_or(text.len(), |line| line.start))),
            rollback: border.map(|line| part(line.next, text.len())),
            baseline: None,
            order: OrderKey { number: names::number(entry.name).map_or(0, |(number, _)| number), text: String::new() },
        });
    }
    reading
}
