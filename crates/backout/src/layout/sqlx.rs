//! sqlx: `1_name.up.sql` with `1_name.down.sql`, or `1_name.sql` without a way back.
//!
//! A file that begins with `-- no-transaction` is run without one.

use super::{Entry, Layout, Migration, OrderKey, Part, Reading, golang_migrate, names, plain};
use crate::runner::Runner;
use crate::source::Source;

pub(super) const LAYOUT: Layout = Layout { id: "sqlx", runner: Runner::Sqlx, home, read };

const NO_TRANSACTION: &str = "-- no-transaction";

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let name = names::file(&source.path);
    let weight = match golang_migrate::take_apart(name) {
        Some(_) if source.text.starts_with(NO_TRANSACTION) => 4,
        Some(_) => 3,
        // `1_name.rollback.sql` would be a migration to sqlx too, but that is not what its author meant.
        None if !forced && plain::says_direction(name) => return None,
        None => simple(name).map(|_| 1)?,
    };
    Some((names::folder(&source.path), weight))
}

fn simple(name: &str) -> Option<(u128, &str)> {
    let (version, rest) = names::number(name)?;
    let stem = names::stem(rest)?;
    (stem.starts_with('_') && !stem.ends_with(".up") && !stem.ends_with(".down")).then_some((version, stem))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut migrations = golang_migrate::pair(entries);
    for entry in entries {
        if let Some((version, _)) = simple(entry.name) {
            migrations.push(Migration {
                id: names::stem(entry.name).unwrap_or(entry.name).to_owned(),
                forward: Some(Part::whole(entry)),
                rollback: None,
                baseline: None,
                order: OrderKey { number: version, text: String::new() },
            });
        }
    }
    for part in migrations.iter_mut().flat_map(|migration| [&mut migration.forward, &mut migration.rollback]).flatten() {
        let text = entries.iter().find(|entry| entry.index == part.source).map_or("", |entry| &entry.source.text);
        part.no_transaction = text.starts_with(NO_TRANSACTION);
    }
    Reading { migrations, ..Reading::default() }
}
