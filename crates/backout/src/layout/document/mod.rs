//! Documents: runbooks and guides in Markdown, and shell scripts, with the SQL that stands in fenced blocks, in `psql -c` and in
//! here-documents. Each section that changes something is a rollback of its own, without its forward.
//!
//! Fences and the words of a shell are read here: the libraries that read all of Markdown and all of a shell's grammar would
//! add a third to what a browser loads, for what takes a page.

mod shell;

use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, lines, names};
use crate::runner::Runner;
use crate::source::{Source, Span};
use crate::split::split;

pub(super) const LAYOUT: Layout = Layout { id: "document", runner: Runner::PsqlStop, home, read };

/// Longer headings are cut.
const LONGEST: usize = 100;

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    kind(&source.path)?;
    let weight = u32::from(!sections(&source.path, &source.text).0.is_empty());
    (forced || weight > 0).then_some(("", weight))
}

/// What a file is by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Markdown,
    Shell,
}

fn kind(path: &str) -> Option<Kind> {
    let (_, extension) = names::file(path).rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" | "txt" => Some(Kind::Markdown),
        "sh" | "bash" => Some(Kind::Shell),
        _ => None,
    }
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading { apart: true, ..Reading::default() };
    for (file, entry) in entries.iter().enumerate() {
        let (found, problems) = sections(&entry.source.path, &entry.source.text);
        for (at, section) in found.into_iter().enumerate() {
            let id = if section.title.is_empty() { names::file(&entry.source.path).to_owned() } else { section.title };
            reading.migrations.push(Migration {
                id,
                forward: None,
                rollback: Some(Part::pieces(entry, section.pieces)),
                baseline: None,
                order: OrderKey { number: 0, text: format!("{file:06}{at:06}") },
            });
        }
        for (kind, span, message) in problems {
            reading.problem(kind, &entry.source.path, Some(span), message);
        }
    }
    reading
}

/// A section of a document with its SQL.
struct Section {
    title: String,
    pieces: Vec<Span>,
}

type Problem = (PlanProblemKind, Span, String);

/// The sections that change something, and what is wrong with the commands around their SQL.
fn sections(path: &str, text: &str) -> (Vec<Section>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let blocks = match kind(path) {
        Some(Kind::Markdown) => blocks(text),
        Some(Kind::Shell) => vec![Block { title: String::new(), shell: true, span: Span::new(0, text.len()) }],
        None => Vec::new(),
    };
    for block in blocks {
        let pieces = if block.shell {
            let read = shell::read(text, block.span);
            problems.extend(read.problems);
            read.pieces
        } else {
            vec![block.span]
        };
        match found.last_mut() {
            Some(Section { title, pieces: known }) if *title == block.title => known.extend(pieces),
            _ => found.push(Section { title: block.title, pieces }),
        }
    }
    found.retain(|section| section.pieces.iter().any(|piece| changes(piece.of(text))));
    (found, problems)
}

/// Whether any statement does more than ask.
fn changes(sql: &str) -> bool {
    let script = split(sql);
    script.statements.iter().any(|statement| {
        let own = statement.span.of(sql);
        let end = own.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(own.len());
        let word = own.get(..end).unwrap_or_default().to_ascii_lowercase();
        !matches!(
            word.as_str(),
            "" | "select" | "show" | "explain" | "analyze" | "vacuum" | "set" | "table" | "values" | "begin" | "commit"
        ) || own.contains("pg_terminate")
    })
}

/// A fenced block.
struct Block {
    /// The heading above it.
    title: String,
    shell: bool,
    span: Span,
}

/// The blocks of a Markdown document that hold SQL or commands; and transactions that are written out between the paragraphs.
fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut title = String::new();
    // The fence that is open, where its block begins, and whether it holds SQL, commands or something else.
    let mut open: Option<(char, usize, usize, Option<bool>)> = None;
    // Where a transaction begins outside of fences.
    let mut begun: Option<usize> = None;
    for line in lines::lines(text) {
        let trimmed = line.text.trim();
        let mark = trimmed.chars().next().filter(|mark| matches!(mark, '`' | '~')).unwrap_or(' ');
        let length = trimmed.chars().take_while(|letter| *letter == mark).count();
        if let Some((opening, least, start, shell)) = open {
            if mark == opening && length >= least && trimmed.chars().all(|letter| letter == mark) {
                if let Some(shell) = shell {
                    found.push(Block { title: title.clone(), shell, span: Span::new(start, line.start) });
                }
                open = None;
            }
        } else if mark != ' ' && length >= 3 {
            let language =
                trimmed.trim_start_matches(mark).trim_start().split([' ', '{', ',']).next().unwrap_or_default().to_ascii_lowercase();
            let shell = match language.as_str() {
                "sql" | "postgres" | "postgresql" | "pgsql" | "plpgsql" | "psql" => Some(false),
                "sh" | "bash" | "shell" | "zsh" | "console" => Some(true),
                _ => None,
            };
            open = Some((mark, length, line.next, shell));
            begun = None;
        } else if trimmed.starts_with('#') && trimmed.trim_start_matches('#').starts_with(' ') {
            title = heading(trimmed);
        } else if trimmed.eq_ignore_ascii_case("begin;") {
            begun = begun.or(Some(line.start));
        } else if trimmed.eq_ignore_ascii_case("commit;")
            && let Some(start) = begun.take()
        {
            found.push(Block { title: title.clone(), shell: false, span: Span::new(start, line.next) });
        }
    }
    found
}

/// What a heading says, without its marks.
fn heading(line: &str) -> String {
    let said = line.trim_matches(|letter: char| letter == '#' || letter.is_whitespace()).replace(['`', '*'], "");
    said.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
