//! A history is judged in shares, each of which only plays through what is before it: nothing that judging does may be seen by
//! later migrations.

use std::fs;
use std::path::Path;

use backout::source::Source;
use backout::{Checker, Input, Options, Teller};
use backout_bench::{files, history};
use backout_tests::generate::{plan, seeded};
use backout_tests::house::root;
use backout_tests::laws;
use backout_tests::story::stories;

/// A history of golang-migrate.
fn of_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Input {
    let file = |at: usize, side: &str, text: &str| Source { path: format!("{:06}_change.{side}.sql", at + 1), text: text.to_owned() };
    let pairs = pairs.into_iter().enumerate();
    let files = pairs.flat_map(|(at, (forward, rollback))| [file(at, "up", forward), file(at, "down", rollback)]);
    Input::folder(files.collect(), None, None, Options { details: Some(Teller::ALL), ..Options::default() })
}

/// In any number of shares the report is the same, and says this of the forward of the last migration.
fn last_forward<const N: usize>(pairs: [(&str, &str); N], runs: &str) {
    let input = of_pairs(pairs);
    laws::shares_change_no_report(&input);
    let report = Checker::new().check(&input);
    let said = report.migrations.last().map(|last| last.answers.forward_runs.answer.id());
    assert_eq!(said, Some(runs), "{:#?}", report.migrations.last().map(|last| &last.findings));
}

#[test]
fn the_synthetic_history() {
    laws::shares_change_no_report(&Input::folder(files(&history(90)), None, None, Options::default()));
}

#[test]
fn generated_plans_one_after_the_other() {
    for first in (0..40).map(|block| block * 8) {
        let plans: Vec<_> = (first..first + 8).map(|seed| plan(seed, laws::VERSION)).map(|good| seeded(&good).unwrap_or(good)).collect();
        let text = |statements: Vec<String>| statements.join(";\n") + ";\n";
        let scripts: Vec<_> = plans.iter().map(|plan| (text(plan.forward()), text(plan.rollback()))).collect();
        laws::shares_change_no_report(&of_pairs(scripts.iter().map(|(forward, rollback)| (&**forward, &**rollback))));
        // The same with what the plans expect to be there.
        let scripts: Vec<_> =
            plans.iter().flat_map(|plan| [(text(plan.baseline()), String::new()), (text(plan.forward()), text(plan.rollback()))]).collect();
        laws::shares_change_no_report(&of_pairs(scripts.iter().map(|(forward, rollback)| (&**forward, &**rollback))));
    }
}

#[test]
fn the_stories_of_a_file_one_after_the_other() {
    let stories = stories("postgresql");
    for file in stories.chunk_by(|one, other| one.file == other.file) {
        for part in file.chunks(40) {
            laws::shares_change_no_report(&of_pairs(part.iter().map(|story| (&*story.forward, &*story.rollback))));
        }
    }
}

#[test]
fn the_examples() {
    let mut sources = Vec::new();
    for folder in fs::read_dir(root().join("examples")).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let name = folder.file_name().map(Path::new).map(|name| name.display().to_string()).unwrap_or_default();
        for file in ["baseline.sql", "forward.sql", "rollback.sql"] {
            sources.extend(text(file).map(|text| Source { path: format!("{name}/{file}"), text }));
        }
    }
    assert!(!sources.is_empty(), "no examples were found");
    // Each for itself, and all as one history.
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    laws::shares_change_no_report(&Input::folder(sources.clone(), None, None, Options::default()));
    let text = |path: &str| sources.iter().find(|source| source.path == path).map(|source| source.text.as_str());
    let folders = sources.iter().filter_map(|source| source.path.strip_suffix("/forward.sql"));
    let scripts = folders.flat_map(|folder| {
        let of = |file: &str| text(&format!("{folder}/{file}")).unwrap_or_default();
        [(of("baseline.sql"), ""), (of("forward.sql"), of("rollback.sql"))]
    });
    laws::shares_change_no_report(&of_pairs(scripts));
}

#[test]
fn what_only_a_rollback_makes_is_presumed_by_a_later_forward() {
    last_forward(
        [
            ("CREATE TABLE account (id int);", "DROP TABLE account; CREATE COLLATION german (locale = 'de_DE');"),
            ("CREATE TABLE invoice (id int);", "DROP TABLE invoice;"),
            ("ALTER COLLATION german RENAME TO deutsch;", "ALTER COLLATION deutsch RENAME TO german;"),
        ],
        "yes",
    );
}

#[test]
fn what_only_a_forward_that_runs_again_presumes_is_made_by_a_later_one() {
    let again = "DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'account') THEN ALTER TABLE archive ADD note text; END IF;
    END $$;";
    last_forward(
        [
            ("CREATE TABLE account (id int);", "DROP TABLE account;"),
            (again, "DROP TABLE account;"),
            ("CREATE TABLE archive (id int);", "DROP TABLE archive;"),
        ],
        "yes",
    );
}

#[test]
fn a_program_that_a_rollback_cannot_end_is_tried_again_by_a_later_forward() {
    let endless = "DO $$ BEGIN
        WHILE EXISTS (SELECT 1 FROM pg_class WHERE relname = 'account') LOOP NULL; END LOOP;
        CREATE TABLE finished (id int);
    END $$;";
    last_forward(
        [
            ("CREATE TABLE account (id int);", endless),
            ("DROP TABLE account;", "CREATE TABLE account (id int);"),
            (endless, "DROP TABLE finished;"),
        ],
        "yes",
    );
}

#[test]
fn what_an_earlier_gap_puts_in_doubt_stays_in_doubt() {
    last_forward(
        [
            ("CREATE TABLE carts (id int);", "DROP TABLE carts;"),
            ("CREATE TABLE {{ schema }}.carts (id int);", ""),
            ("DO $$ BEGIN IF EXISTS (SELECT 1 FROM flags WHERE enabled) THEN DROP TABLE carts; END IF; END $$;", "SELECT 1;"),
            ("CREATE TABLE orders (id int);", "DROP TABLE orders;"),
            ("CREATE TABLE orders (id int);", "\\i drop_orders.sql"),
        ],
        "unknown",
    );
}
