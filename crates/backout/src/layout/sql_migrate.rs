//! sql-migrate: both directions in one file, parted by `-- +migrate Up` and `-- +migrate Down`, in any order and number.
//!
//! Like goose, it cuts statements at lines that end with a semicolon, unless StatementBegin and StatementEnd stand around them.

use super::lines::{ends_with_semicolon, lines};
use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, Refusal, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "sql-migrate", runner: Runner::SqlMigrate, home, read };

const COMMAND: &str = "-- +migrate ";

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    names::stem(names::file(&source.path))?;
    let weight = if source.text.contains(COMMAND) { 4 } else { 0 };
    (weight > 0 || forced).then(|| (names::folder(&source.path), weight))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        let file = File::read(&entry.source.text);
        for &(span, known) in &file.misspelled {
            let message = format!("sql-migrate knows no such command and goes on in the direction before: write `-- +migrate {known}`");
            reading.problem(PlanProblemKind::Misspelled, &entry.source.path, Some(span), message);
        }
        let part = |(chunks, no_transaction): (Vec<Span>, bool)| Part {
            no_transaction,
            refused: file.refused.clone(),
            ..Part::pieces(entry, chunks)
        };
        reading.migrations.push(Migration {
            id: names::stem(entry.name).unwrap_or(entry.name).to_owned(),
            forward: Some(part(file.up.unwrap_or_default())),
            rollback: file.down.map(part),
            baseline: None,
            // By number first, and all files without one after those with one.
            order: OrderKey { number: names::number(entry.name).map_or(u128::MAX, |(number, _)| number), text: entry.name.to_owned() },
        });
    }
    reading
}

/// The chunks of a direction, and whether it wants no transaction.
type Side = Option<(Vec<Span>, bool)>;

/// A file as sql-migrate reads it.
#[derive(Default)]
struct File {
    up: Side,
    down: Side,
    refused: Option<Refusal>,
    /// Commands that sql-migrate does not know for their spelling, and what they are taken for.
    misspelled: Vec<(Span, &'static str)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Nowhere,
    Up,
    Down,
}

impl File {
    fn refuse(&mut self, span: Span, message: &str) {
        let refusal = || Refusal { message: format!("sql-migrate refuses this file: {message}"), span };
        self.refused.get_or_insert_with(refusal);
    }

    /// The command that a word stands for. A misspelled one means nothing to sql-migrate, which goes on in the direction before; we
    /// read what its author meant and say so.
    fn meant<'a>(&mut self, word: &'a str, span: Span) -> &'a str {
        let bare = word.trim_end_matches([';', ':', '.']);
        match ["Up", "Down", "StatementBegin", "StatementEnd"].into_iter().find(|known| bare.eq_ignore_ascii_case(known)) {
            Some(known) if known != word => {
                self.misspelled.push((span, known));
                known
            }
            Some(_) | None => word,
        }
    }

    fn side(&mut self, at: At) -> Option<&mut (Vec<Span>, bool)> {
        match at {
            At::Nowhere => None,
            At::Up => Some(self.up.get_or_insert_default()),
            At::Down => Some(self.down.get_or_insert_default()),
        }
    }

    fn read(text: &str) -> Self {
        let mut file = Self::default();
        let mut at = At::Nowhere;
        let mut block: Option<Span> = None;
        let mut chunk: Option<Span> = None;
        let mut remarks: Option<Span> = None;
        for line in lines(text) {
            if line.text.starts_with("-- ") && !line.text.starts_with("-- +") {
                // sql-migrate leaves comments out, but they may speak to us.
                if chunk.is_none() && at != At::Nowhere {
                    let whole = Span::new(line.start, line.next);
                    remarks = Some(remarks.map_or(whole, |remarks| remarks.to(whole)));
                }
                continue;
            }
            let mut ended = false;
            if let Some(command) = line.text.strip_prefix(COMMAND) {
                let mut words = command.split_whitespace();
                let word = words.next().map(|word| file.meant(word, line.span()));
                match word {
                    Some(word @ ("Up" | "Down")) => {
                        if let Some(open) = chunk.take() {
                            if !open.of(text).trim().is_empty() {
                                file.refuse(open, "the last statement before this has no semicolon at the end of its line");
                            }
                            if let Some((chunks, _)) = file.side(at) {
                                chunks.push(open);
                            }
                        }
                        if let (Some(remarks), Some((chunks, _))) = (remarks.take(), file.side(at)) {
                            chunks.push(remarks);
                        }
                        at = if word == "Up" { At::Up } else { At::Down };
                        let none = words.any(|option| option == "notransaction");
                        if let Some((_, no_transaction)) = file.side(at) {
                            *no_transaction |= none;
                        }
                    }
                    Some("StatementBegin") if at != At::Nowhere => block = Some(line.span()),
                    Some("StatementEnd") if at != At::Nowhere => ended = block.take().is_some(),
                    Some(_) => {}
                    None => file.refuse(line.span(), "the command is incomplete"),
                }
            }
            if at == At::Nowhere {
                continue;
            }
            if !line.text.starts_with("-- +") {
                let whole = Span::new(line.start, line.next);
                if chunk.is_some() || !line.text.trim().is_empty() {
                    chunk = Some(chunk.or(remarks.take()).map_or(whole, |chunk| chunk.to(whole)));
                }
            }
            if ended || (block.is_none() && ends_with_semicolon(line.text)) {
                let chunk = chunk.take();
                if let (Some(chunk), Some((chunks, _))) = (chunk, file.side(at)) {
                    chunks.push(chunk);
                }
            }
        }
        if let Some(begin) = block {
            file.refuse(begin, "this StatementBegin has no StatementEnd");
        }
        if at == At::Nowhere {
            file.refuse(Span::new(0, 0), "it has no `-- +migrate Up` and no Down");
        }
        if let (Some(remarks), Some((chunks, _))) = (remarks, file.side(at)) {
            chunks.push(remarks);
        }
        if let Some(open) = chunk {
            file.refuse(open, "the last statement has no semicolon at the end of its line");
            if let Some((chunks, _)) = file.side(at) {
                chunks.push(open);
            }
        }
        file
    }
}
