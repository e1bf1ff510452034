//! goose: both directions in one file, parted by `-- +goose Up` and `-- +goose Down`.
//!
//! It cuts statements at lines that end with a semicolon, unless `-- +goose StatementBegin` and `StatementEnd` stand around them.
//! So we cut where it cuts, and what it would tear apart is torn apart here.

use super::lines::{Line, ends_with_semicolon, lines};
use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, Refusal, names};
use crate::runner::Runner;
use crate::source::{Source, Span};

pub(super) const LAYOUT: Layout = Layout { id: "goose", runner: Runner::Goose, home, read };

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let stem = names::stem(names::file(&source.path))?;
    let annotated = source.text.contains("+goose");
    let versioned = names::number(stem).is_some_and(|(_, rest)| rest.starts_with('_'));
    match (annotated, versioned) {
        (true, _) => Some((names::folder(&source.path), 4)),
        (false, true) if forced => Some((names::folder(&source.path), 0)),
        (false, _) => None,
    }
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    for entry in entries {
        let stem = names::stem(entry.name).unwrap_or(entry.name);
        let (version, rest) = names::number(stem).unwrap_or((0, stem));
        if entries.len() > 1 && !(version > 0 && rest.starts_with('_')) {
            let message = "goose wants a version number and an underscore before the name, so this file does not run";
            reading.problem(PlanProblemKind::Ignored, &entry.source.path, None, message);
            continue;
        }
        let file = File::read(&entry.source.text);
        if let Some(span) = file.environment {
            let message = "goose fills in variables of the environment here: what they hold is not seen";
            reading.problem(PlanProblemKind::Environment, &entry.source.path, Some(span), message);
        }
        let part =
            |chunks: Vec<Span>| Part { no_transaction: file.no_transaction, refused: file.refused.clone(), ..Part::pieces(entry, chunks) };
        reading.migrations.push(Migration {
            id: stem.to_owned(),
            forward: Some(part(file.up)),
            rollback: file.down.map(part),
            baseline: None,
            order: OrderKey { number: version, text: String::new() },
        });
    }
    reading
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Up,
    Down,
}

/// A file as goose reads it.
#[derive(Default)]
struct File {
    up: Vec<Span>,
    /// Nothing if there is no Down annotation.
    down: Option<Vec<Span>>,
    no_transaction: bool,
    environment: Option<Span>,
    refused: Option<Refusal>,
}

impl File {
    fn refuse(&mut self, span: Span, message: &str) {
        let refusal = || Refusal { message: format!("goose refuses this file: {message}"), span };
        self.refused.get_or_insert_with(refusal);
    }

    fn store(&mut self, at: At, chunk: Option<Span>) {
        let Some(chunk) = chunk else { return };
        match at {
            At::Up => self.up.push(chunk),
            At::Down => self.down.get_or_insert_default().push(chunk),
            At::Start => {}
        }
    }

    fn read(text: &str) -> Self {
        let mut file = Self::default();
        let mut at = At::Start;
        // The annotation that opened the block, while one is open.
        let mut block: Option<Span> = None;
        let mut chunk: Option<Span> = None;
        // Where the comments before the next statement begin: goose leaves them out, but they may speak to us.
        let mut remarks: Option<Span> = None;
        let mut substitute = false;
        for line in lines(text) {
            let trimmed = line.text.trim();
            if at == At::Start && trimmed.is_empty() {
                continue;
            }
            if trimmed.starts_with("--") && line.text.contains("+goose") {
                let before = at;
                file.annotation(&line, &mut at, &mut block, &mut chunk, &mut substitute, text);
                if before != at {
                    file.store(before, remarks.take());
                }
                continue;
            }
            let whole = Span::new(line.start, line.next);
            if chunk.is_none() && (trimmed.starts_with("--") || line.text.is_empty()) {
                remarks = Some(remarks.map_or(whole, |remarks| remarks.to(whole))).filter(|_| at != At::Start);
                continue;
            }
            if at == At::Start {
                file.refuse(line.span(), "a statement stands before its `-- +goose Up`");
                continue;
            }
            if substitute && line.text.contains('$') {
                file.environment.get_or_insert(line.span());
            }
            chunk = Some(chunk.or(remarks.take()).map_or(whole, |chunk| chunk.to(whole)));
            if block.is_none() && ends_with_semicolon(line.text) {
                file.store(at, chunk.take());
            }
        }
        if at == At::Start {
            file.refuse(Span::new(0, 0), "it has no `-- +goose Up`");
        }
        if let Some(begin) = block {
            file.refuse(begin, "this `-- +goose StatementBegin` has no StatementEnd");
        }
        file.unfinished(text, chunk);
        file.store(at, chunk.or(remarks));
        file
    }

    /// What is left over without a semicolon; goose minds only in the direction that it runs, but it runs both in the end.
    fn unfinished(&mut self, text: &str, chunk: Option<Span>) {
        if let Some(chunk) = chunk
            && lines(chunk.of(text)).any(|line| !line.text.trim().is_empty() && !line.text.trim().starts_with("--"))
        {
            self.refuse(chunk, "the statement has no semicolon at the end of its line");
        }
    }

    fn annotation(
        &mut self,
        line: &Line<'_>,
        at: &mut At,
        block: &mut Option<Span>,
        chunk: &mut Option<Span>,
        substitute: &mut bool,
        text: &str,
    ) {
        if line.text.starts_with([' ', '\t']) {
            self.refuse(line.span(), "there is a space before the annotation");
        }
        let words = line.text.replace("--", "").replacen("+goose", "", 1);
        match words.trim().to_ascii_uppercase().as_str() {
            "UP" => {
                if *at != At::Start {
                    self.refuse(line.span(), "it has a second `-- +goose Up`");
                }
                *at = At::Up;
            }
            "DOWN" => {
                if *at != At::Up {
                    self.refuse(line.span(), "a `-- +goose Down` does not follow the Up part");
                }
                self.unfinished(text, *chunk);
                if let Some(begin) = block.take() {
                    self.refuse(begin, "this `-- +goose StatementBegin` has no StatementEnd");
                }
                self.store(*at, chunk.take());
                *at = At::Down;
                self.down.get_or_insert_default();
            }
            "STATEMENTBEGIN" => {
                if block.is_some() || *at == At::Start {
                    self.refuse(line.span(), "a `-- +goose StatementBegin` stands in the wrong place");
                }
                *block = Some(line.span());
            }
            "STATEMENTEND" => {
                if block.take().is_none() {
                    self.refuse(line.span(), "a `-- +goose StatementEnd` has no StatementBegin");
                }
                self.store(*at, chunk.take());
            }
            "NO TRANSACTION" => self.no_transaction = true,
            "ENVSUB ON" => *substitute = true,
            "ENVSUB OFF" => *substitute = false,
            _ => self.refuse(line.span(), "it knows no such annotation"),
        }
    }
}
