//! golang-migrate: `1_name.up.sql` and `1_name.down.sql`, paired by version number whatever the rest of the name.
//!
//! It sends a file as one string. Two files with the same version and direction make it refuse the folder.

use super::{Entry, Layout, Migration, OrderKey, Part, Reading, names};
use crate::runner::Runner;
use crate::source::Source;
use litemap::LiteMap;

pub(super) const LAYOUT: Layout = Layout { id: "golang-migrate", runner: Runner::GolangMigrate, home, read };

fn home(source: &Source, _forced: bool) -> Option<(&str, u32)> {
    take_apart(names::file(&source.path)).map(|_| (names::folder(&source.path), 3))
}

/// Version, name without version, and whether it is the forward.
pub(super) fn take_apart(name: &str) -> Option<(u128, &str, bool)> {
    let (version, rest) = names::number(name)?;
    let stem = names::stem(rest)?;
    let (title, up) = match stem.strip_suffix(".up") {
        Some(title) => (title, true),
        None => (stem.strip_suffix(".down")?, false),
    };
    (title.is_empty() || title.starts_with('_')).then_some((version, title, up))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    Reading { migrations: pair(entries), ..Reading::default() }
}

/// Pairs the files of each version: those of the same name first, then as they come.
pub(super) fn pair(entries: &[Entry<'_>]) -> Vec<Migration> {
    let mut versions: LiteMap<u128, (Vec<&Entry<'_>>, Vec<&Entry<'_>>)> = LiteMap::new();
    for entry in entries {
        if let Some((version, _, up)) = take_apart(entry.name) {
            let sides = versions.entry(version).or_default();
            if up { sides.0.push(entry) } else { sides.1.push(entry) }
        }
    }
    let mut migrations = Vec::new();
    for (version, (mut ups, mut downs)) in versions {
        ups.sort_unstable_by_key(|entry| entry.name);
        downs.sort_unstable_by_key(|entry| entry.name);
        let mut alone = Vec::new();
        for up in ups {
            match downs.iter().position(|down| title(down) == title(up)) {
                Some(at) => migrations.push(migration(version, Some(up), Some(downs.remove(at)))),
                None => alone.push(up),
            }
        }
        let mut downs = downs.into_iter();
        for up in alone {
            migrations.push(migration(version, Some(up), downs.next()));
        }
        migrations.extend(downs.map(|down| migration(version, None, Some(down))));
    }
    migrations
}

fn title<'a>(entry: &Entry<'a>) -> &'a str {
    take_apart(entry.name).map_or("", |(_, title, _)| title)
}

fn migration(version: u128, forward: Option<&Entry<'_>>, rollback: Option<&Entry<'_>>) -> Migration {
    let name = forward.or(rollback).map_or("", |entry| entry.name);
    let id = names::stem(name).map(|stem| stem.trim_end_matches(".up").trim_end_matches(".down")).unwrap_or(name);
    Migration {
        id: id.to_owned(),
        forward: forward.map(Part::whole),
        rollback: rollback.map(Part::whole),
        baseline: None,
        order: OrderKey { number: version, text: String::new() },
    }
}
