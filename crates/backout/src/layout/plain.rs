//! Loose scripts: files whose names say which direction they are, in any folder, with no tool behind them.
//!
//! `forward.sql` with `rollback.sql`, `up` with `down`, `deploy` with `revert`; `x.sql` with `x.rollback.sql`, `x_down.sql`,
//! `rollback_x.sql`; `up/x.sql` with `down/x.sql`; or one file that holds both below headings in comments. Pairs of one folder follow each other, folders stand for themselves.

use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, names, sections};
use crate::runner::Runner;
use crate::source::{Source, Span};
use litemap::LiteMap;

pub(super) const LAYOUT: Layout = Layout { id: "plain", runner: Runner::PsqlStop, home, read };

pub(super) const FORWARD: [&str; 9] = ["forward", "up", "deploy", "apply", "upgrade", "migrate", "do", "forwards", "install"];
pub(super) const ROLLBACK: [&str; 10] =
    ["rollback", "down", "revert", "undo", "backout", "downgrade", "backward", "backwards", "reverse", "uninstall"];
/// Files beside the scripts that are neither direction.
const ASIDE: [&str; 16] = [
    "baseline",
    "schema",
    "structure",
    "dump",
    "seed",
    "seeds",
    "fixtures",
    "verify",
    "check",
    "test",
    "tests",
    "data",
    "setup",
    "teardown",
    "queries",
    "sample",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Forward,
    Rollback,
    /// The name says nothing.
    Neither,
}

fn home(source: &Source, _forced: bool) -> Option<(&str, u32)> {
    names::stem(names::file(&source.path))?;
    let weight = if says_direction(&source.path) || !sections::read(&source.text).is_empty() { 2 } else { 0 };
    Some(("", weight))
}

/// Whether a file's name says that it is one direction of a change.
pub(super) fn says_direction(name: &str) -> bool {
    take_apart(name).is_some_and(|(_, side)| side != Side::Neither)
}

/// What a file is called without the word that says its direction, and whether that is the forward.
pub(super) fn direction(path: &str) -> Option<(String, bool)> {
    take_apart(path).filter(|(_, side)| *side != Side::Neither).map(|(name, side)| (name, side == Side::Forward))
}

/// The migrations of a file that holds both directions; none when it does not.
pub(super) fn sections(entry: &Entry<'_>, stem: &str) -> Vec<Migration> {
    // Scripts of several pieces are copies of the text: so many that they take no memory to speak of.
    const MOST: usize = 64 << 20;
    let found = sections::read(&entry.source.text);
    let copies = found
        .iter()
        .map(|both| [!both.baseline.is_empty(), both.forward.len() > 1, both.rollback.len() > 1])
        .map(|copies| copies.into_iter().filter(|it| *it).count())
        .sum::<usize>();
    if copies.saturating_mul(entry.source.text.len()) > MOST {
        return Vec::new();
    }
    let part = |keep: &Vec<Span>| match keep.as_slice() {
        [] => None,
        [one] => Some(Part::pieces(entry, vec![*one])),
        several => Some(Part::masked(entry, several)),
    };
    let migrations = found.iter().enumerate().map(|(at, both)| Migration {
        id: sections::title(both, stem, at),
        forward: part(&both.forward),
        rollback: part(&both.rollback),
        // A baseline is read as a whole.
        baseline: (!both.baseline.is_empty()).then(|| Part::masked(entry, &both.baseline)),
        order: OrderKey { number: 0, text: format!("{}\0{at:06}", natural(entry.name)) },
    });
    migrations.collect()
}

/// What a path is called without the word that says its direction, and that direction. Nothing for files that are neither.
fn take_apart(path: &str) -> Option<(String, Side)> {
    let stem = names::stem(names::file(path))?.to_ascii_lowercase();
    let folder = names::folder(path);
    let side = |word: &str| {
        if ROLLBACK.contains(&word) { Some(Side::Rollback) } else { FORWARD.contains(&word).then_some(Side::Forward) }
    };
    let joined = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    if let Some(side) = side(&stem) {
        return Some((joined(""), side));
    }
    if ASIDE.contains(&stem.as_str()) {
        return None;
    }
    let is_separator = |letter: char| matches!(letter, '.' | '_' | '-');
    if let Some((before, last)) = stem.rsplit_once(is_separator)
        && let Some(side) = side(last)
    {
        return Some((joined(before.trim_end_matches(is_separator)), side));
    }
    if let Some((first, after)) = stem.split_once(is_separator)
        && let Some(side) = side(first)
    {
        // `do` and `up` begin ordinary names too often.
        if first.len() > 2 || side == Side::Rollback {
            return Some((joined(after.trim_start_matches(is_separator)), side));
        }
    }
    // `001_rollback_orders.sql`
    if let Some(word) = stem.split(is_separator).find(|word| word.len() > 4 && ROLLBACK.contains(word))
        && let Some(at) = stem.find(word)
    {
        let (before, after) = (stem.get(..at)?, stem.get(at + word.len()..)?);
        let name = format!("{before}{}", after.trim_start_matches(is_separator));
        return Some((joined(&name), Side::Rollback));
    }
    if let Some(side) = side(&names::file(folder).to_ascii_lowercase()) {
        let above = names::folder(folder);
        return Some((if above.is_empty() { stem } else { format!("{above}/{stem}") }, side));
    }
    Some((joined(&stem), Side::Neither))
}

#[derive(Default)]
struct Pair<'a> {
    forward: Vec<&'a Entry<'a>>,
    rollback: Vec<&'a Entry<'a>>,
    neither: Vec<&'a Entry<'a>>,
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    let mut pairs: LiteMap<String, Pair<'_>> = LiteMap::new();
    let mut baselines: LiteMap<&str, &Entry<'_>> = LiteMap::new();
    for entry in entries {
        match take_apart(entry.name) {
            Some((base, side)) => {
                let pair = pairs.entry(base).or_default();
                match side {
                    Side::Forward => pair.forward.push(entry),
                    Side::Rollback => pair.rollback.push(entry),
                    Side::Neither => pair.neither.push(entry),
                }
            }
            None if names::file(entry.name).eq_ignore_ascii_case("baseline.sql") => {
                baselines.insert(names::folder(entry.name), entry);
            }
            None => {
                let message = "this file is neither forward nor rollback by its name, so it is not read";
                reading.problem(PlanProblemKind::Ignored, &entry.source.path, None, message);
            }
        }
    }
    let mut folders: LiteMap<String, usize> = LiteMap::new();
    for (base, mut pair) in pairs {
        // A plain name is the forward where nothing else says to be it.
        if pair.forward.is_empty() && !pair.neither.is_empty() {
            pair.forward.push(pair.neither.remove(0));
        }
        for spare in pair.neither.iter().chain(pair.forward.iter().skip(1)).chain(pair.rollback.iter().skip(1)) {
            let message = "another file is this direction of the same change already, so this one is not read";
            reading.problem(PlanProblemKind::Ignored, &spare.source.path, None, message);
        }
        let (forward, rollback) = (pair.forward.first(), pair.rollback.first());
        let Some(entry) = forward.or(rollback) else { continue };
        let folder = names::folder(entry.name);
        let id = base.trim_end_matches('/');
        let id = if id.is_empty() { names::stem(names::file(entry.name)).unwrap_or(entry.name) } else { id };
        *folders.entry(names::folder(&base).to_owned()).or_default() += 1;
        let number = names::number(names::file(&base)).map_or(u128::MAX, |(number, _)| number);
        let order = OrderKey { number: if names::folder(&base).is_empty() { number } else { 0 }, text: natural(&base) };
        if rollback.is_none() || forward.is_none() {
            let both = sections(entry, id);
            if !both.is_empty() {
                let numbered = both.into_iter().enumerate().map(|(at, migration)| {
                    let baseline = migration.baseline.clone().or_else(|| baselines.get(folder).map(|entry| Part::whole(entry)));
                    Migration { order: OrderKey { text: format!("{}\0{at:06}", order.text), ..order.clone() }, baseline, ..migration }
                });
                reading.migrations.extend(numbered);
                continue;
            }
        }
        reading.migrations.push(Migration {
            id: id.to_owned(),
            forward: forward.map(|entry| Part::whole(entry)),
            rollback: rollback.map(|entry| Part::whole(entry)),
            baseline: baselines.get(folder).map(|entry| Part::whole(entry)),
            order,
        });
    }
    // A schema before it stands beside a pair that is judged for itself.
    let alone = matches!(reading.migrations.as_slice(), [only] if only.baseline.is_some());
    reading.apart = folders.len() > 1 || alone;
    reading
}

/// A text that sorts as people count: `2_b` before `10_a`.
fn natural(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 16);
    let mut rest = name;
    while let Some(letter) = rest.chars().next() {
        if letter.is_ascii_digit() {
            let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            key.push_str(&format!("{:0>20}", digits));
            rest = after;
        } else {
            key.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    key
}
