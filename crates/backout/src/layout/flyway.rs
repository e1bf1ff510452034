//! Flyway: `V1__name.sql` with `U1__name.sql`, paired by version; `R__name.sql` runs after them whenever it has changed.

use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, names};
use crate::runner::Runner;
use crate::source::Source;
use litemap::LiteMap;

pub(super) const LAYOUT: Layout = Layout { id: "flyway", runner: Runner::Flyway, home, read };

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name<'a> {
    Versioned(Vec<u128>),
    Undo(Vec<u128>),
    Baseline,
    Repeatable(&'a str),
}

fn home(source: &Source, _forced: bool) -> Option<(&str, u32)> {
    let name = names::file(&source.path);
    let folder = names::folder(&source.path);
    if name.strip_suffix(".conf").is_some_and(|script| take_apart(script).is_some()) {
        return Some((folder, 0));
    }
    take_apart(name).map(|_| (folder, 3))
}

/// The kind and version of a file. Versions are numbers parted by dots or single underscores; trailing zeros mean nothing.
fn take_apart(name: &str) -> Option<Name<'_>> {
    let stem = names::stem(name)?;
    let (prefix, rest) = stem.split_at_checked(1)?;
    let (version, title) = rest.split_once("__")?;
    if prefix == "R" {
        return version.is_empty().then_some(Name::Repeatable(title));
    }
    let mut numbers = Vec::new();
    for part in version.split(['.', '_']) {
        let (number, after) = names::number(part)?;
        if !after.is_empty() {
            return None;
        }
        numbers.push(number);
    }
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    match prefix {
        "V" => Some(Name::Versioned(numbers)),
        "U" => Some(Name::Undo(numbers)),
        "B" => Some(Name::Baseline),
        _ => None,
    }
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    let mut versions: LiteMap<Vec<u128>, (Option<Part>, Option<Part>)> = LiteMap::new();
    for entry in entries {
        let duplicate = |there: &Part| format!("`{}` has this version too", there.path);
        match take_apart(entry.name) {
            Some(Name::Versioned(version)) => {
                let side = &mut versions.entry(version).or_default().0;
                match side {
                    Some(there) => reading.problem(PlanProblemKind::DuplicateVersion, &entry.source.path, None, duplicate(there)),
                    None => *side = Some(part(entry, entries)),
                }
            }
            Some(Name::Undo(version)) => {
                let side = &mut versions.entry(version).or_default().1;
                match side {
                    Some(there) => reading.problem(PlanProblemKind::DuplicateVersion, &entry.source.path, None, duplicate(there)),
                    None => *side = Some(part(entry, entries)),
                }
            }
            Some(Name::Baseline) => {
                let message = "a baseline migration runs only in an empty database, instead of the versions up to it, so it is not read";
                reading.problem(PlanProblemKind::Ignored, &entry.source.path, None, message);
            }
            Some(Name::Repeatable(title)) => reading.migrations.push(Migration {
                id: names::stem(entry.name).unwrap_or(entry.name).to_owned(),
                forward: Some(part(entry, entries)),
                rollback: None,
                baseline: None,
                // After every version.
                order: OrderKey { number: u128::MAX, text: title.to_owned() },
            }),
            None => {}
        }
    }
    for (version, (forward, rollback)) in versions {
        let name = forward.as_ref().or(rollback.as_ref()).map_or("", |part| names::file(&part.path));
        let text: String = version.iter().map(|number| format!("{number:039}.")).collect();
        reading.migrations.push(Migration {
            id: names::stem(name).unwrap_or(name).to_owned(),
            forward,
            rollback,
            baseline: None,
            order: OrderKey { number: 0, text },
        });
    }
    reading
}

fn part(entry: &Entry<'_>, entries: &[Entry<'_>]) -> Part {
    let settings = entries.iter().find(|other| other.name.strip_suffix(".conf") == Some(entry.name));
    let off = |line: &str| line.split_once('=').is_some_and(|(key, value)| key.trim() == "executeInTransaction" && value.trim() == "false");
    Part { no_transaction: settings.is_some_and(|settings| settings.source.text.lines().any(off)), ..Part::whole(entry) }
}
