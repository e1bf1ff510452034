//! Which files make which migrations.

use super::*;
use expect_test::{Expect, expect};
use std::fmt::Write;

/// Each file as `path` or `path=text`; `|` in a text is a line end.
fn check(files: &[&str], expect: Expect) {
    check_as(files, None, expect);
}

fn check_as(files: &[&str], forced: Option<&str>, expect: Expect) {
    let sources: Vec<Source> = files
        .iter()
        .map(|file| {
            let (path, text) = file.split_once('=').unwrap_or((file, ""));
            Source { path: path.to_owned(), text: text.replace('|', "\n") }
        })
        .collect();
    let plan = plan(&sources, forced.and_then(Layout::named));
    let mut printed = format!("{} {}{}\n", plan.layout.id, plan.runner, if plan.history { "" } else { ", each for itself" });
    for migration in &plan.migrations {
        let _ = write!(printed, "{}:", migration.id);
        for (arrow, part) in [("↑", &migration.forward), ("↓", &migration.rollback)] {
            let Some(part) = part else { continue };
            let _ = write!(printed, " {arrow}{}", part.path);
            let text = &sources[part.source].text;
            let script = part.script(text, plan.runner);
            for statement in &script.statements {
                let joined = if statement.end == StatementEnd::Joined { "+" } else { "" };
                let _ = write!(printed, " [{}]{joined}", statement.text(text).replace('\n', "|"));
            }
            for directive in script.directives.iter().filter(|directive| directive.tool == crate::split::DirectiveTool::Backout) {
                let _ = write!(printed, " {{{}}}", directive.words.join(" "));
            }
            if part.no_transaction {
                printed.push_str(" no-transaction");
            }
        }
        if let Some(baseline) = migration.baseline {
            let _ = write!(printed, " on {}", sources[baseline].path);
        }
        printed.push('\n');
    }
    for problem in &plan.problems {
        let place = problem.span.map_or(String::new(), |span| format!(" at {}..{}", span.start, span.end));
        let _ = writeln!(printed, "{:?} {}{place}: {}", problem.kind, problem.path, problem.message);
    }
    expect.assert_eq(&printed);
}

#[test]
fn golang_migrate_pairs_by_version() {
    check(
        &[
            "10_b.up.sql",
            "10_bee.down.sql",
            "2_a.down.sql",
            "2_a.up.sql",
            "3.up.sql",
            "4_only.down.sql",
            "README.md",
            "seed.sql",
            "5_x.up.go",
        ],
        expect![[r#"
            golang-migrate golang-migrate
            2_a: ↑2_a.up.sql ↓2_a.down.sql
            3: ↑3.up.sql
            4_only: ↓4_only.down.sql
            10_b: ↑10_b.up.sql ↓10_bee.down.sql
            Ignored seed.sql: this file is not named as golang-migrate names migrations, so it does not run
            NotSql 5_x.up.go: this migration is a program: what it does to the schema is not seen
        "#]],
    );
}

#[test]
fn a_version_that_is_there_twice_is_told() {
    check(
        &["1_a.up.sql", "1_b.up.sql", "1_b.down.sql", "1_c.down.sql"],
        expect![[r#"
        golang-migrate golang-migrate
        1_a: ↑1_a.up.sql ↓1_c.down.sql
        1_b: ↑1_b.up.sql ↓1_b.down.sql
        DuplicateVersion 1_b.down.sql: version 1 is also that of `1_c.down.sql`
        DuplicateVersion 1_b.up.sql: version 1 is also that of `1_a.up.sql`
    "#]],
    );
}

#[test]
fn sqlx_has_migrations_without_a_way_back() {
    check(
        &["1_a.sql=CREATE TABLE t ();", "2_b.up.sql=-- no-transaction|CREATE INDEX CONCURRENTLY i ON t (a);", "2_b.down.sql"],
        expect![[r#"
            golang-migrate golang-migrate
            2_b: ↑2_b.up.sql [CREATE INDEX CONCURRENTLY i ON t (a)] ↓2_b.down.sql
            Ignored 1_a.sql: this file is not named as golang-migrate names migrations, so it does not run
        "#]],
    );
}

#[test]
fn diesel_orders_by_version_without_dashes() {
    check(
        &[
            "2020-01-02-000000_b/up.sql",
            "2020-01-02-000000_b/down.sql",
            "2020-01-02-000000_b/metadata.toml=run_in_transaction = false # index",
            "00000000000000_diesel_initial_setup/up.sql",
            "00000000000000_diesel_initial_setup/down.sql",
            "20191231000000_a/down.sql",
        ],
        expect![[r#"
            diesel diesel
            00000000000000_diesel_initial_setup: ↑00000000000000_diesel_initial_setup/up.sql ↓00000000000000_diesel_initial_setup/down.sql
            20191231000000_a: ↓20191231000000_a/down.sql
            2020-01-02-000000_b: ↑2020-01-02-000000_b/up.sql no-transaction ↓2020-01-02-000000_b/down.sql no-transaction
        "#]],
    );
}

#[test]
fn hasura_counts_milliseconds() {
    check(
        &["default/1590000000000_a/up.sql", "default/1590000000000_a/down.sql"],
        expect![[r#"
        hasura hasura
        1590000000000_a: ↑default/1590000000000_a/up.sql ↓default/1590000000000_a/down.sql
    "#]],
    );
}

#[test]
fn goose_cuts_at_line_ends() {
    check(
        &[
            "1_a.sql=-- +goose Up|-- a remark|CREATE TABLE t ();|SELECT 1; SELECT 2;|-- +goose StatementBegin|CREATE FUNCTION f() AS $$|BEGIN;|END $$;|SELECT 3;|-- +goose StatementEnd||-- +goose Down|DROP TABLE t;|",
            "2_b.sql=-- +goose NO TRANSACTION|-- +goose Up|CREATE FUNCTION f() AS $$|BEGIN;|END $$;|",
            "3_c.sql=-- +goose Up|DROP TABLE t|-- +goose Down|SELECT 1;",
            "4_d.sql=SELECT 1;|-- +goose Up|-- +goose ENVSUB ON|SELECT $HOME;|-- +goose Down",
        ],
        expect![[r#"
            goose goose
            1_a: ↑1_a.sql [CREATE TABLE t ()] [SELECT 1]+ [SELECT 2] [CREATE FUNCTION f() AS $$|BEGIN;|END $$]+ [SELECT 3] ↓1_a.sql [DROP TABLE t]
            2_b: ↑2_b.sql [CREATE FUNCTION f() AS $$|BEGIN;|] [END $$;|] no-transaction
            3_c: ↑3_c.sql [DROP TABLE t] ↓3_c.sql [SELECT 1]
            4_d: ↑4_d.sql [SELECT $HOME] ↓4_d.sql
            Refused 3_c.sql at 13..26: goose refuses this file: the statement has no semicolon at the end of its line
            Refused 4_d.sql at 0..9: goose refuses this file: a statement stands before its `-- +goose Up`
            Environment 4_d.sql at 43..56: goose fills in variables of the environment here: what they hold is not seen
        "#]],
    );
}

#[test]
fn sql_migrate_changes_direction_as_it_likes() {
    check(
        &[
            "2_b.sql=-- +migrate Up|CREATE TABLE t ();|-- +migrate Down notransaction|DROP TABLE t;|-- +migrate Up|CREATE TABLE u ();",
            "10_a.sql=-- +migrate Down|-- nothing|-- +migrate Up|-- +migrate StatementBegin|DO $$|BEGIN;|END $$;|-- +migrate StatementEnd",
            "first.sql=-- +migrate Up|SELECT 1",
            "3_c.sql=-- +migrate Up|SELECT 1;|-- +migrate Down;|SELECT 2;",
        ],
        expect![[r#"
            sql-migrate sql-migrate
            2_b: ↑2_b.sql [CREATE TABLE t ()] [CREATE TABLE u ()] ↓2_b.sql [DROP TABLE t] no-transaction
            3_c: ↑3_c.sql [SELECT 1] ↓3_c.sql [SELECT 2]
            10_a: ↑10_a.sql [DO $$|BEGIN;|END $$] ↓10_a.sql
            first: ↑first.sql [SELECT 1]
            Refused first.sql at 15..23: sql-migrate refuses this file: the last statement has no semicolon at the end of its line
            Misspelled 3_c.sql at 25..42: sql-migrate knows no such command and goes on in the direction before: write `-- +migrate Down`
        "#]],
    );
}

#[test]
fn dbmate_sections_are_migrations_of_their_own() {
    check(
        &[
            "1_a.sql=-- migrate:up transaction:false|CREATE INDEX CONCURRENTLY i ON t (a);|-- migrate:down|DROP INDEX i;|--migrate:up|SELECT 1;|-- migrate:down|SELECT 2;",
            "2_b.sql=CREATE TABLE t ();|-- migrate:up|SELECT 1;",
        ],
        expect![[r#"
            dbmate dbmate
            1_a: ↑1_a.sql [CREATE INDEX CONCURRENTLY i ON t (a)] no-transaction ↓1_a.sql [DROP INDEX i]
            1_a (2): ↑1_a.sql [SELECT 1] ↓1_a.sql [SELECT 2]
            2_b: ↑2_b.sql [SELECT 1]
            Refused 2_b.sql at 0..18: dbmate refuses this file: a statement stands before `-- migrate:up`
        "#]],
    );
}

#[test]
fn loose_pairs_find_each_other() {
    check(
        &[
            "forward.sql",
            "rollback.sql",
            "001_a.sql",
            "001_a.rollback.sql",
            "002_b_up.sql",
            "002_b_down.sql",
            "rollback_003_c.sql",
            "003_c.sql",
            "010_d.sql",
            "004_rollback_e.sql",
            "004_e.sql",
            "verify.sql",
        ],
        expect![[r#"
            plain psql-stop
            001_a: ↑001_a.sql ↓001_a.rollback.sql
            002_b: ↑002_b_up.sql ↓002_b_down.sql
            003_c: ↑003_c.sql ↓rollback_003_c.sql
            004_e: ↑004_e.sql ↓004_rollback_e.sql
            010_d: ↑010_d.sql
            forward: ↑forward.sql ↓rollback.sql
            Ignored verify.sql: this file is neither forward nor rollback by its name, so it is not read
        "#]],
    );
}

#[test]
fn folders_of_loose_pairs_stand_for_themselves() {
    check(
        &["a/forward.sql", "a/rollback.sql", "a/baseline.sql", "b/deploy.sql", "b/revert.sql", "c/up/1.sql", "c/down/1.sql"],
        expect![[r#"
            plain psql-stop, each for itself
            a: ↑a/forward.sql ↓a/rollback.sql on a/baseline.sql
            b: ↑b/deploy.sql ↓b/revert.sql
            c/1: ↑c/up/1.sql ↓c/down/1.sql
        "#]],
    );
}

#[test]
fn of_several_histories_one_is_taken() {
    check(
        &["mysql/1_a.up.sql", "mysql/2_b.up.sql", "mysql/2_b.down.sql", "postgres/1_a.up.sql", "postgres/1_a.down.sql"],
        expect![[r#"
            golang-migrate golang-migrate
            1_a: ↑postgres/1_a.up.sql ↓postgres/1_a.down.sql
            LeftOut mysql: another history of 3 files in `mysql` is left out: give that folder to check it
        "#]],
    );
}

#[test]
fn nothing_is_said_to_be_nothing() {
    check(
        &[],
        expect![[r#"
        plain psql-stop
        Nothing : nothing here looks like a migration
    "#]],
    );
    check_as(
        &["notes.sql"],
        Some("golang-migrate"),
        expect![[r#"
        golang-migrate golang-migrate
        Ignored notes.sql: this file is not named as golang-migrate names migrations, so it does not run
        Nothing : nothing here looks like a migration
    "#]],
    );
    check(
        &["notes.sql"],
        expect![[r#"
        plain psql-stop
        notes: ↑notes.sql
    "#]],
    );
}

#[test]
fn remarks_that_a_tool_leaves_out_still_speak_to_us() {
    check(
        &[
            "1_a.sql=-- +goose Up|-- backout: ignore x y|SELECT 1;|-- backout: ignore a b|-- +goose Down|-- backout: irreversible gone|",
            "2_b.sql=-- +goose Up|SELECT 1;|-- +goose Down|SELECT 2;|-- backout: irreversible gone",
        ],
        expect![[r#"
            goose goose
            1_a: ↑1_a.sql [SELECT 1] {ignore x y} {ignore a b} ↓1_a.sql {irreversible gone}
            2_b: ↑2_b.sql [SELECT 1] ↓2_b.sql [SELECT 2] {irreversible gone}
        "#]],
    );
    check(
        &["1_a.sql=-- +migrate Up|-- backout: ignore x y|SELECT 1;|-- backout: ignore a b|-- +migrate Down|-- backout: irreversible gone|"],
        expect![[r#"
            sql-migrate sql-migrate
            1_a: ↑1_a.sql [SELECT 1] {ignore x y} {ignore a b} ↓1_a.sql {irreversible gone}
        "#]],
    );
}
