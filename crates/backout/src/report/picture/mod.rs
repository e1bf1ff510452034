//! Three pictures of a judged migration, as SVG and as plain text: what undoes what, what hangs on what, and what happens
//! from each half-applied state.
//!
//! Pure functions of a [`MigrationReport`] that was made with details ([`crate::Options::details`]). The drawings take their
//! colours from CSS variables (`--backout-ink`, `--backout-paper`, `--backout-faint`, `--backout-yes`, `--backout-no`,
//! `--backout-open`), and have light and dark ones of their own where a page sets none.
//! Whatever stands for a statement carries `data-side`, `data-statement` and `data-line`.

mod coverage;
mod ladder;
mod order;
mod place;
mod svg;
#[cfg(test)]
mod tests;

use super::MigrationReport;
use super::details::{DetailsReport, StepReport};
use super::junit::escaped;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Each statement of the forward, joined to what undoes it.
    Coverage,
    /// The objects and what they need, with the drop that breaks one.
    Order,
    /// The rollback from each half-applied forward.
    Ladder,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Coverage, Kind::Order, Kind::Ladder];

    /// Its name in files and addresses.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Coverage => "coverage",
            Kind::Order => "order",
            Kind::Ladder => "ladder",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Coverage => "What undoes what",
            Kind::Order => "What hangs on what",
            Kind::Ladder => "From each half-applied state",
        }
    }
}

/// A picture and the same in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// One `<svg>` element that needs nothing else.
    pub svg: String,
    /// What it shows in one sentence.
    pub summary: String,
    /// What it shows, one line for each part of it.
    pub text: Vec<Part>,
}

impl Picture {
    /// What it shows as the items of a list in HTML. What stands for a statement is a button, which tells of it as the drawing does.
    pub fn items(&self) -> String {
        let item = |part: &Part| {
            let words = escaped(&part.words);
            match part.at {
                Some((side, line)) => {
                    format!("<li><button type=\"button\" class=\"jump\" data-side=\"{side}\" data-line=\"{line}\">{words}</button></li>")
                }
                None => format!("<li>{words}</li>"),
            }
        };
        self.text.iter().map(item).collect()
    }
}

/// A part of a picture in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it shows.
    pub words: String,
    /// The statement that it stands for, as far as it stands for one: `forward` or `rollback`, and the line in the script.
    pub at: Option<(&'static str, u32)>,
}

impl Part {
    /// One that stands for no statement.
    fn plain(words: String) -> Self {
        Self { words, at: None }
    }
}

/// Draws a picture; none for a report without details, or when there is nothing to draw. `id` begins the ids in the drawing, so
/// that several can stand on one page.
pub fn draw(kind: Kind, migration: &MigrationReport, id: &str) -> Option<Picture> {
    let details = migration.details.as_ref()?;
    if details.forward.is_empty() && details.rollback.is_empty() {
        return None;
    }
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let id = format!("{}{id}-{}", if id.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "p" }, kind.id());
    match kind {
        Kind::Coverage => Some(coverage::draw(migration, details, &id)),
        Kind::Order => order::draw(details, &id),
        Kind::Ladder => ladder::draw(migration, details, &id),
    }
}

/// How a part of a picture is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tone {
    Good,
    Bad,
    Open,
    Calm,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Open => "open",
            Tone::Calm => "calm",
        }
    }

    /// A sign beside the colour, for those who do not tell colours apart.
    fn sign(self) -> &'static str {
        match self {
            Tone::Good => "✓",
            Tone::Bad => "✗",
            Tone::Open => "?",
            Tone::Calm => "·",
        }
    }
}

/// A name without the schema that everybody expects.
fn short(name: &str) -> &str {
    name.strip_prefix("public.").unwrap_or(name)
}

/// A touch in a few characters.
fn sign(deed: &str) -> &'static str {
    match deed {
        "makes" => "+",
        "drops" => "−",
        "writes" => "✎",
        _ => "~",
    }
}

/// What a statement does, in one line.
fn doing(step: &StepReport) -> String {
    let told: Vec<_> = step
        .touches
        .iter()
        .take(3)
        .map(|touch| match touch.deed {
            "writes" => format!("✎ rows of {}", short(&touch.name)),
            deed => format!("{} {} {}", sign(deed), touch.kind, short(&touch.name)),
        })
        .collect();
    let beyond = step.touches.len().saturating_sub(3) + step.more;
    match (told.is_empty(), beyond) {
        (true, _) => step.sql.clone(),
        (false, 0) => told.join(", "),
        (false, beyond) => format!("{}, {beyond} more", told.join(", ")),
    }
}

/// The line of a statement.
fn line_of(details: &DetailsReport, side: &str, statement: usize) -> u32 {
    let steps = if side == "forward" { &details.forward } else { &details.rollback };
    statement.checked_sub(1).and_then(|at| steps.get(at)).map_or(0, |step| step.line)
}
