//! The benchmark's synthetic history is right, so that the benchmark measures what real histories cost.

use backout::{Input, Options};
use backout_bench::{files, history};

#[test]
fn the_same_bytes_every_time() {
    assert_eq!(files(&history(40)), files(&history(40)));
}

#[test]
fn every_migration_is_right() {
    let report = backout::check(&Input::folder(files(&history(120)), None, None, Options::default()));
    let odd = report.migrations.iter().filter(|migration| migration.verdict.id() != "safe");
    let odd: Vec<_> = odd.map(|odd| format!("{}: {:#?}\n{:#?}", odd.id, odd.findings, odd.gaps)).collect();
    assert_eq!(report.migrations.len(), 120);
    assert!(odd.is_empty(), "{} are not safe; the first:\n{}", odd.len(), odd.first().map_or("", String::as_str));
}
