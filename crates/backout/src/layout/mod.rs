//! Files → plan: which files are migrations, which rollback belongs to which forward, in which order, and what executes them.
//!
//! One file per migration tool; `layouts!` lists them. A layout says which files are its own and reads those of one folder.
//! The list of files comes in as data, so that a folder dropped on a page is read like one on disk.

mod dbmate;
mod diesel;
mod document;
mod flyway;
mod golang_migrate;
mod goose;
mod hasura;
mod lines;
mod liquibase;
mod names;
mod node_pg_migrate;
mod pasted;
mod plain;
mod pop;
mod sections;
mod sqitch;
mod sql_migrate;
mod sqlx;
mod tern;

pub use pasted::{Pasted, PastedMigration, PastedScript, pasted, text};

use crate::runner::{Runner, Sends};
use crate::source::{Source, Span};
use crate::split::{Script, StatementEnd, split_chunks};
use litemap::LiteMap;
use std::fmt;

macro_rules! layouts {
    ($($module:ident)*) => {
        /// Every layout, the more particular before the more general: of two that explain a folder equally well, the first is taken.
        static LAYOUTS: &[Layout] = &[$($module::LAYOUT),*];
    };
}

layouts!(sqitch liquibase goose dbmate sql_migrate tern node_pg_migrate flyway pop golang_migrate sqlx hasura diesel plain document);

/// How a migration tool names and arranges its files.
#[derive(Clone, Copy)]
pub struct Layout {
    /// The id in reports, on the command line and in the configuration.
    pub id: &'static str,
    /// What executes such files.
    pub runner: Runner,
    /// The folder to whose history a file belongs and how surely it is this layout's, 0 when it only might be.
    home: fn(&Source, forced: bool) -> Option<(&str, u32)>,
    /// Reads the files of one history.
    read: fn(&[Entry<'_>]) -> Reading,
}

impl Layout {
    /// Every layout.
    pub fn all() -> &'static [Self] {
        LAYOUTS
    }

    /// The layout with this id.
    pub fn named(id: &str) -> Option<Self> {
        LAYOUTS.iter().copied().find(|layout| layout.id == id)
    }
}

impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Layout {}

impl fmt::Debug for Layout {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.id)
    }
}

/// Migrations in the order in which they run, and what was noticed while reading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The layout that was recognised or demanded.
    pub layout: Layout,
    /// What executes files of this layout.
    pub runner: Runner,
    /// Whether the runner follows from a layout of a tool; loose scripts have a default only.
    pub recognised: bool,
    /// Whether each migration runs on the result of the one before. If not, each stands for itself.
    pub history: bool,
    /// The migrations.
    pub migrations: Vec<Migration>,
    /// What is odd about the files.
    pub problems: Vec<PlanProblem>,
}

/// A forward with its rollback; one of them may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// How reports call it.
    pub id: String,
    /// The script that changes the schema.
    pub forward: Option<Part>,
    /// The script that takes the change back.
    pub rollback: Option<Part>,
    /// The schema before this migration, where a loose pair has one beside it.
    pub baseline: Option<Part>,
    /// Where it stands among the others.
    pub order: OrderKey,
}

/// How tools order migrations: by a number where they have one, then by a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderKey {
    /// The version, if it is a number.
    pub number: u128,
    /// The version or the name, compared byte by byte.
    pub text: String,
}

/// One direction of a migration: a file, or the parts of a file that belong to this direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// An index into the sources.
    pub source: usize,
    /// The path of that source.
    pub path: String,
    /// The pieces of the file that the tool sends one by one; a single one for tools that send everything at once.
    pub chunks: Vec<Span>,
    /// Whether the file asks for no transaction around it.
    pub no_transaction: bool,
    /// Why the tool itself would not run this part at all.
    pub refused: Option<Refusal>,
    /// What to read instead of the source's text where statements stand inside comments or prose: as long as that text, and blank
    /// outside this part, so that every place is the same in both.
    pub masked: Option<String>,
}

/// Why a tool does not run a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the tool objects to, as a clause: lower case, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl Part {
    /// The whole of a source.
    fn whole(entry: &Entry<'_>) -> Self {
        Self::pieces(entry, vec![Span::new(0, entry.source.text.len())])
    }

    /// Some pieces of a source.
    fn pieces(entry: &Entry<'_>, chunks: Vec<Span>) -> Self {
        Self { source: entry.index, path: entry.source.path.clone(), chunks, no_transaction: false, refused: None, masked: None }
    }

    /// Pieces of a source that are one script together, with nothing of what stands between them.
    fn masked(entry: &Entry<'_>, keep: &[Span]) -> Self {
        let text = &entry.source.text;
        Self { masked: Some(lines::blank(text, keep)), ..Self::whole(entry) }
    }

    /// The text in which its statements stand.
    pub fn text<'a>(&'a self, source: &'a Source) -> &'a str {
        self.masked.as_deref().unwrap_or(&source.text)
    }

    /// Its statements, with spans in the whole file; [`Part::text`] is what they are spans of. Those that the tool sends in one
    /// string, though it cuts the file itself, end in [`StatementEnd::Joined`] but for the last.
    pub fn script(&self, source: &Source, runner: Runner) -> Script {
        let mut script = split_chunks(self.text(source), &self.chunks);
        if runner.facts().sends == Sends::Chunks {
            for pair in 1..script.statements.len() {
                let (before, after) = (script.statements[pair - 1].span.end, script.statements[pair].span.start);
                // The chunk in which the later one begins, if it begins before the earlier one ends.
                let chunk = self.chunks.partition_point(|chunk| chunk.end <= after);
                if self.chunks.get(chunk).is_some_and(|chunk| chunk.start < before) {
                    script.statements[pair - 1].end = StatementEnd::Joined;
                }
            }
        }
        script
    }

    /// From the first piece to the last.
    pub fn span(&self) -> Span {
        let first = self.chunks.first().copied().unwrap_or_default();
        first.to(self.chunks.last().copied().unwrap_or(first))
    }
}

/// What is odd about the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProblem {
    /// What sort of oddity.
    pub kind: PlanProblemKind,
    /// A clause: lower case, no full stop.
    pub message: String,
    /// The file or folder.
    pub path: String,
    /// Where in the file, if it is about a place.
    pub span: Option<Span>,
    /// Worth a note, however bad others of its kind are.
    pub minor: bool,
}

/// What sort of oddity a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanProblemKind {
    /// A statement of the schema that was given fails.
    SchemaFails,
    /// Two files claim the same version and direction.
    DuplicateVersion,
    /// The tool does not run this file.
    Refused,
    /// An annotation that the tool does not know for its spelling.
    Misspelled,
    /// A file that looks like a migration and is none.
    Ignored,
    /// A migration that is not SQL: what it does is not seen.
    NotSql,
    /// Another history, which was left out.
    LeftOut,
    /// Variables of the environment are filled in by the tool.
    Environment,
    /// SQL in a shell script that no psql is given.
    OutsidePsql,
    /// A psql that goes on after an error.
    ErrorsGoOn,
    /// The status of a pipe taken for that of its first command.
    StatusOfPipe,
    /// A backup whose name cannot have existed before.
    NeverThere,
    /// Nothing that looks like a migration was given.
    Nothing,
}

/// A file of a history.
struct Entry<'a> {
    index: usize,
    source: &'a Source,
    /// The path below the folder of the history.
    name: &'a str,
}

/// What a layout makes of the files of a history.
#[derive(Default)]
struct Reading {
    migrations: Vec<Migration>,
    problems: Vec<PlanProblem>,
    /// Whether the migrations stand for themselves instead of following each other.
    apart: bool,
}

impl Reading {
    fn problem(&mut self, kind: PlanProblemKind, path: &str, span: Option<Span>, message: impl Into<String>) {
        self.problems.push(PlanProblem { kind, message: message.into(), path: path.to_owned(), span, minor: false });
    }
}

/// Finds the migrations among files whose paths are relative to the folder that was given.
///
/// ```
/// use backout::{layout::plan, source::Source};
/// let file = |path: &str| Source { path: path.into(), text: String::new() };
/// let plan = plan(&[file("1_a.up.sql"), file("1_a.down.sql")], None);
/// assert_eq!(plan.layout.id, "golang-migrate");
/// assert_eq!(plan.migrations[0].id, "1_a");
/// ```
pub fn plan(sources: &[Source], forced: Option<Layout>) -> Plan {
    let candidates = candidates(sources, forced);
    let best = candidates.iter().max_by(|left, right| left.rank().cmp(&right.rank()));
    let (layout, folder) = match best {
        Some(best) => (best.layout, best.folder),
        None => (forced.unwrap_or(plain::LAYOUT), ""),
    };
    // Once the layout is known, its tool reads more than what made it known: a folder without a number, a file without annotations.
    let entries: Vec<Entry<'_>> = sources
        .iter()
        .enumerate()
        .filter(|(_, source)| (layout.home)(source, true).is_some_and(|(home, _)| home == folder))
        .map(|(index, source)| Entry { index, source, name: below(&source.path, folder) })
        .collect();
    let mut reading = (layout.read)(&entries);
    reading.migrations.sort_by(|left, right| left.order.cmp(&right.order).then_with(|| left.id.cmp(&right.id)));
    duplicates(&mut reading);
    refusals(&mut reading);
    left_out(&mut reading, &candidates, &entries, layout, folder);
    unread(&mut reading, sources, &entries, layout, folder);
    if reading.migrations.is_empty() {
        reading.problem(PlanProblemKind::Nothing, folder, None, "nothing here looks like a migration");
    }
    reading.problems.sort_by(|left, right| (left.kind, &left.path, left.span).cmp(&(right.kind, &right.path, right.span)));
    Plan {
        layout,
        runner: layout.runner,
        recognised: layout != plain::LAYOUT && layout != document::LAYOUT,
        history: !reading.apart,
        migrations: reading.migrations,
        problems: reading.problems,
    }
}

/// A folder as a layout sees it.
struct Candidate<'a> {
    layout: Layout,
    folder: &'a str,
    score: u32,
    /// Those that the layout is sure of to some degree.
    files: u32,
    /// Earlier in the list of layouts is better.
    place: usize,
}

impl Candidate<'_> {
    /// A folder that is surely a tool's is read as the tool reads it: itself and not what is below. Other databases' folders come last.
    fn rank(&self) -> (bool, bool, i32, u32, usize, std::cmp::Reverse<&str>) {
        let at_root = self.folder.is_empty() && self.layout != plain::LAYOUT && self.files > 0 && self.score >= 3 * self.files;
        (self.score > 0, at_root, names::database(self.folder), self.score, usize::MAX - self.place, std::cmp::Reverse(self.folder))
    }
}

fn candidates(sources: &[Source], forced: Option<Layout>) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    for (place, &layout) in LAYOUTS.iter().enumerate().filter(|(_, layout)| forced.is_none_or(|forced| forced == **layout)) {
        let mut folders: LiteMap<&str, (u32, u32)> = LiteMap::new();
        for source in sources {
            if let Some((folder, weight)) = (layout.home)(source, forced.is_some()) {
                let sums = folders.entry(folder).or_default();
                *sums = (sums.0 + weight, sums.1 + u32::from(weight > 0));
            }
        }
        found.extend(folders.into_iter().map(|(folder, (score, files))| Candidate { layout, folder, score, files, place }));
    }
    found
}

/// The path of a file below a folder.
fn below<'a>(path: &'a str, folder: &str) -> &'a str {
    path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'))
}

fn duplicates(reading: &mut Reading) {
    let mut problems = Vec::new();
    for pair in reading.migrations.windows(2) {
        let [earlier, later] = pair else { continue };
        let numbered = earlier.order.number != 0 && earlier.order.number == later.order.number && earlier.order.text == later.order.text;
        if !numbered {
            continue;
        }
        for (one, other) in [(&earlier.forward, &later.forward), (&earlier.rollback, &later.rollback)] {
            if let (Some(one), Some(other)) = (one, other)
                && one.path != other.path
            {
                problems.push((other.path.clone(), format!("version {} is also that of `{}`", later.order.number, one.path)));
            }
        }
    }
    for (path, message) in problems {
        reading.problem(PlanProblemKind::DuplicateVersion, &path, None, message);
    }
}

fn refusals(reading: &mut Reading) {
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    for part in reading.migrations.iter().flat_map(|migration| [&migration.forward, &migration.rollback]).flatten() {
        if let Some(refusal) = &part.refused
            && !seen.contains(&(&part.path, refusal.span))
        {
            seen.push((&part.path, refusal.span));
            problems.push((part.path.clone(), refusal.clone()));
        }
    }
    for (path, refusal) in problems {
        reading.problem(PlanProblemKind::Refused, &path, Some(refusal.span), refusal.message);
    }
}

/// Other histories below the folder that was given.
fn left_out(reading: &mut Reading, candidates: &[Candidate<'_>], entries: &[Entry<'_>], layout: Layout, folder: &str) {
    // A folder that holds a migration of ours is no history of its own, whatever else lies in it.
    let mut told: Vec<&str> = entries.iter().map(|entry| names::folder(&entry.source.path)).collect();
    for other in candidates {
        let particular = other.layout != plain::LAYOUT && other.score >= 3;
        if particular && layout != plain::LAYOUT && other.folder != folder && !told.contains(&other.folder) {
            told.push(other.folder);
            let name = if other.folder.is_empty() { "." } else { other.folder };
            let message = format!("another history of {} files in `{name}` is left out", other.files);
            // Nobody expects that another database's is judged.
            let minor = names::database(other.folder) < 0;
            let path = other.folder.to_owned();
            reading.problems.push(PlanProblem { kind: PlanProblemKind::LeftOut, message, path, span: None, minor });
        }
    }
}

/// Files beside the migrations that somebody may have taken for migrations.
fn unread(reading: &mut Reading, sources: &[Source], entries: &[Entry<'_>], layout: Layout, folder: &str) {
    let mut read = vec![false; sources.len()];
    for entry in entries {
        if let Some(read) = read.get_mut(entry.index) {
            *read = true;
        }
    }
    for (source, read) in sources.iter().zip(read) {
        if read || layout == plain::LAYOUT || names::folder(&source.path) != folder {
            continue;
        }
        let name = names::file(&source.path);
        let program = [".up.go", ".down.go", ".up.fizz", ".down.fizz", ".java", ".kt"].iter().any(|end| name.ends_with(end));
        if program {
            reading.problem(
                PlanProblemKind::NotSql,
                &source.path,
                None,
                "this migration is a program: what it does to the schema is not seen",
            );
        } else if name.ends_with(".sql") {
            let message = format!("this file is not named as {} names migrations, so it does not run", layout.id);
            reading.problem(PlanProblemKind::Ignored, &source.path, None, message);
        }
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod pasted_tests;
