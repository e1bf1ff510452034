//! Diesel: a folder per migration with `up.sql`, `down.sql` and sometimes `metadata.toml`.
//!
//! The version is the folder's name up to the first underscore, without its dashes, compared as text.

use super::{Entry, Layout, Migration, OrderKey, Part, Reading, names};
use crate::runner::Runner;
use crate::source::Source;
use litemap::LiteMap;

pub(super) const LAYOUT: Layout = Layout { id: "diesel", runner: Runner::Diesel, home, read };

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let (home, folder, name) = step(&source.path)?;
    if folder.starts_with('.') || !(forced || folder.starts_with(|letter: char| letter.is_ascii_digit())) {
        return None;
    }
    match name {
        "up.sql" | "down.sql" => Some((home, 3)),
        "metadata.toml" => Some((home, 0)),
        _ => None,
    }
}

/// The folder of the history, the folder of the migration and the file's name.
pub(super) fn step(path: &str) -> Option<(&str, &str, &str)> {
    let inner = names::folder(path);
    (!inner.is_empty()).then(|| (names::folder(inner), names::file(inner), names::file(path)))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading { migrations: folders(entries), ..Reading::default() };
    for migration in &mut reading.migrations {
        let version = migration.id.split('_').next().unwrap_or_default().replace('-', "");
        // Diesel keeps migrations in a map by version; the folder's name only makes the order of a broken history certain.
        migration.order = OrderKey { number: 0, text: format!("{version}\0{}", migration.id) };
    }
    for entry in entries {
        if let Some((_, folder, "metadata.toml")) = step(entry.name)
            && asks_for_none(&entry.source.text)
            && let Some(migration) = reading.migrations.iter_mut().find(|migration| migration.id == folder)
        {
            for part in [&mut migration.forward, &mut migration.rollback].into_iter().flatten() {
                part.no_transaction = true;
            }
        }
    }
    reading
}

/// Whether the metadata turns the transaction off. A file without the key turns it off too: Diesel's default for it is false.
fn asks_for_none(toml: &str) -> bool {
    let mut value = toml.lines().filter_map(|line| {
        let (key, value) = line.split('#').next().unwrap_or_default().split_once('=')?;
        (key.trim() == "run_in_transaction").then(|| value.trim())
    });
    value.next_back() != Some("true")
}

/// One migration per folder that has an `up.sql` or a `down.sql`.
pub(super) fn folders(entries: &[Entry<'_>]) -> Vec<Migration> {
    let mut found: LiteMap<&str, (Option<Part>, Option<Part>)> = LiteMap::new();
    for entry in entries {
        let folder = names::folder(entry.name);
        match names::file(entry.name) {
            "up.sql" => found.entry(folder).or_default().0 = Some(Part::whole(entry)),
            "down.sql" => found.entry(folder).or_default().1 = Some(Part::whole(entry)),
            _ => {}
        }
    }
    let migration = |(folder, (forward, rollback)): (&str, _)| Migration {
        id: folder.to_owned(),
        forward,
        rollback,
        baseline: None,
        order: OrderKey { number: 0, text: folder.to_owned() },
    };
    found.into_iter().map(migration).collect()
}
