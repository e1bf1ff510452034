//! Pop (soda): `20200101_name.up.sql` and `.down.sql`, or with the database in the name: `20200101_name.postgres.up.sql`.
//!
//! Fizz files are programs; the rim need not give them, and what they do is not seen.

use super::{Entry, Layout, Reading, golang_migrate, names};
use crate::runner::Runner;
use crate::source::Source;

pub(super) const LAYOUT: Layout = Layout { id: "pop", runner: Runner::Pop, home, read };

const OTHERS: [&str; 5] = [".mysql", ".sqlite", ".sqlite3", ".mariadb", ".cockroach"];

fn home(source: &Source, _forced: bool) -> Option<(&str, u32)> {
    let (_, title, _) = golang_migrate::take_apart(names::file(&source.path))?;
    if OTHERS.iter().any(|other| title.ends_with(other)) {
        return None;
    }
    // Only the database's name tells these files from golang-migrate's, so without one they are less surely Pop's.
    let named = title.ends_with(".postgres") || title.ends_with(".postgresql") || title.ends_with(".pg");
    Some((names::folder(&source.path), if named { 5 } else { 2 }))
}

fn read(entries: &[Entry<'_>]) -> Reading {
    Reading { migrations: golang_migrate::pair(entries), ..Reading::default() }
}
