//! dbmate: both directions in one file, parted by `-- migrate:up` and `-- migrate:down`, each with options.
//!
//! A file may hold several such pairs; each is run in a transaction of its own, so each is a migration here.

use super::lines::lines;
use super::{Entry, Layout, Migration, OrderKey, Part, Reading, Refusal, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "dbmate", runner: Runner::Dbmate, home, read };

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let stem = names::stem(names::file(&source.path))?;
    let annotated = source.text.contains("migrate:up") && lines(&source.text).any(|line| block(line.text).is_some());
    match annotated {
        true => Some((names::folder(&source.path), 4)),
        false if forced && names::number(stem).is_some() => Some((names::folder(&source.path), 0)),
        false => None,
    }
}

/// Whether a line opens a forward or a rollback, and whether that wants no transaction.
fn block(line: &str) -> Option<(bool, bool)> {
    let rest = line.strip_prefix("--")?.trim_start().strip_prefix("migrate:")?;
    let (up, options) = match rest.strip_prefix("up") {
        Some(options) => (true, options),
        None => (false, rest.strip_prefix("down")?),
    };
    let parted = options.is_empty() || options.starts_with(char::is_whitespace);
    parted.then(|| (up, options.split_whitespace().any(|option| option == "transaction:false")))
}

/// One direction of a pair.
struct Half {
    span: Span,
    no_transaction: bool,
}

/// A forward with the rollback that follows it.
struct Section {
    up: Half,
    down: Option<Half>,
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        let (sections, refused) = sections(&entry.source.text);
        let part =
            |half: &Half| Part { no_transaction: half.no_transaction, refused: refused.clone(), ..Part::pieces(entry, vec![half.span]) };
        let stem = names::stem(entry.name).unwrap_or(entry.name);
        for (at, section) in sections.iter().enumerate() {
            reading.migrations.push(Migration {
                id: if at == 0 { stem.to_owned() } else { format!("{stem} ({})", at + 1) },
                forward: Some(part(&section.up)),
                rollback: section.down.as_ref().map(part),
                baseline: None,
                // dbmate orders files by their names; the sections of one file follow each other.
                order: OrderKey { number: 0, text: format!("{}\0{at:06}", entry.name) },
            });
        }
    }
    reading
}

fn sections(text: &str) -> (Vec<Section>, Option<Refusal>) {
    let mut sections: Vec<Section> = Vec::new();
    let mut refused: Option<Refusal> = None;
    let mut refuse = |span: Span, message: &str| {
        refused.get_or_insert_with(|| Refusal { message: format!("dbmate refuses this file: {message}"), span });
    };
    for line in lines(text) {
        let end = line.next as u32;
        match block(line.text) {
            Some((true, no_transaction)) => {
                if let Some(Section { up, down: None }) = sections.last() {
                    refuse(up.span, "this `-- migrate:up` has no `-- migrate:down`");
                }
                sections.push(Section { up: Half { span: Span::new(line.start, line.next), no_transaction }, down: None });
            }
            Some((false, no_transaction)) => match sections.last_mut() {
                Some(section) if section.down.is_none() => {
                    section.down = Some(Half { span: Span::new(line.start, line.next), no_transaction });
                }
                Some(_) => refuse(line.span(), "a second `-- migrate:down` follows the same `-- migrate:up`"),
                None => refuse(line.span(), "`-- migrate:down` stands before `-- migrate:up`"),
            },
            None => match sections.last_mut() {
                Some(Section { down: Some(half), .. } | Section { up: half, down: None }) => half.span.end = end,
                None if line.text.trim().is_empty() || line.text.trim_start().starts_with("--") => {}
                None => refuse(line.span(), "a statement stands before `-- migrate:up`"),
            },
        }
    }
    match sections.last() {
        None => refuse(Span::new(0, 0), "it has no `-- migrate:up`"),
        Some(Section { up, down: None }) => refuse(up.span, "it has no `-- migrate:down`"),
        Some(_) => {}
    }
    (sections, refused)
}
