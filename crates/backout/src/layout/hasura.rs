//! Hasura: a folder per migration named `<milliseconds>_name`, with `up.sql` and `down.sql`, below a folder per database.

use super::{Entry, Layout, OrderKey, Reading, diesel, names};
use crate::runner::Runner;
use crate::source::Source;

pub(super) const LAYOUT: Layout = Layout { id: "hasura", runner: Runner::Hasura, home, read };

/// Hasura's versions are milliseconds since 1970; Diesel's have 14 digits or dashes.
const DIGITS: usize = 13;

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let (home, folder, name) = diesel::step(&source.path)?;
    let (_, rest) = names::number(folder)?;
    let fits = folder.len() - rest.len() == DIGITS && (rest.is_empty() || rest.starts_with('_'));
    (matches!(name, "up.sql" | "down.sql") && (fits || forced)).then_some((home, 3))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading { migrations: diesel::folders(entries), ..Reading::default() };
    for migration in &mut reading.migrations {
        migration.order = OrderKey { number: names::number(&migration.id).map_or(0, |(number, _)| number), text: String::new() };
    }
    reading
}
