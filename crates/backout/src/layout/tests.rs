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
            let source = &sources[part.source];
            let text = part.text(source);
            assert_eq!(text.len(), source.text.len(), "a masked text is as long as the source's");
            let script = part.script(source, plan.runner);
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
        if let Some(baseline) = &migration.baseline {
            let _ = write!(printed, " on {}", baseline.path);
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
            LeftOut mysql: another history of 3 files in `mysql` is left out
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

#[test]
fn flyway_pairs_versions_with_undo() {
    check(
        &[
            "V2__b.sql=DROP TABLE ${schema}.t;",
            "V1_1__a.sql",
            "U1.1__a.sql",
            "V10__c.sql",
            "V10__c.sql.conf=executeInTransaction=false",
            "R__views.sql",
            "V2_0__again.sql",
            "U9__gone.sql",
            "B1__base.sql",
            "V3__code.java",
        ],
        expect![[r#"
            flyway flyway
            V1_1__a: ↑V1_1__a.sql ↓U1.1__a.sql
            V2__b: ↑V2__b.sql [DROP TABLE ${schema}.t]
            U9__gone: ↓U9__gone.sql
            V10__c: ↑V10__c.sql no-transaction
            R__views: ↑R__views.sql
            DuplicateVersion V2_0__again.sql: `V2__b.sql` has this version too
            Ignored B1__base.sql: a baseline migration runs only in an empty database, instead of the versions up to it, so it is not read
            NotSql V3__code.java: this migration is a program: what it does to the schema is not seen
        "#]],
    );
}

#[test]
fn sqitch_follows_its_plan() {
    check(
        &[
            "sqitch.plan=%syntax-version=1.0.0|%project=shop||zebra 2020-01-01T00:00:00Z A <a@example.org> # first|app/users [zebra] 2020-01-02T00:00:00Z A <a@example.org>|@v1 2020-01-03T00:00:00Z A <a@example.org>|zebra [zebra@v1] 2020-01-04T00:00:00Z A <a@example.org>|lost 2020-01-05T00:00:00Z A <a@example.org>",
            "deploy/zebra.sql=BEGIN;|COMMIT;",
            "deploy/zebra@v1.sql",
            "revert/zebra.sql",
            "revert/zebra@v1.sql",
            "verify/zebra.sql",
            "deploy/app/users.sql",
            "revert/app/users.sql",
            "deploy/extra.sql",
        ],
        expect![[r#"
            sqitch sqitch
            zebra@v1: ↑deploy/zebra@v1.sql ↓revert/zebra@v1.sql
            app/users: ↑deploy/app/users.sql ↓revert/app/users.sql
            zebra: ↑deploy/zebra.sql [BEGIN] [COMMIT] ↓revert/zebra.sql
            Ignored deploy/extra.sql: the plan does not name this change, so it does not run
            Ignored sqitch.plan: the plan names the change `lost`, which has no deploy script
        "#]],
    );
}

#[test]
fn sqitch_names_a_reworked_change_by_the_latest_tag_that_has_a_script() {
    let plan = "sqitch.plan=%project=shop|a 2020-01-01T00:00:00Z A <a@b>|b 2020-01-01T00:00:00Z A <a@b>|@v1 2020-01-02T00:00:00Z A <a@b>|@v2 2020-01-03T00:00:00Z A <a@b>|@v3 2020-01-03T00:00:00Z A <a@b>|a [a@v2] 2020-01-04T00:00:00Z A <a@b>|b [b@v3] 2020-01-04T00:00:00Z A <a@b>";
    check(
        &[plan, "deploy/a@v2.sql", "revert/a@v2.sql", "deploy/a.sql", "revert/a.sql", "deploy/b.sql", "revert/b.sql", "revert/b@v3.sql"],
        expect![[r#"
            sqitch sqitch
            a@v2: ↑deploy/a@v2.sql ↓revert/a@v2.sql
            b@v3: ↓revert/b@v3.sql
            a: ↑deploy/a.sql ↓revert/a.sql
            b: ↑deploy/b.sql ↓revert/b.sql
        "#]],
    );
}

#[test]
fn tern_parts_files_by_a_line() {
    check(
        &[
            "001_a.sql=CREATE TABLE t ();|---- create above / drop below ----|DROP TABLE t;",
            "002_b.sql=---- tern: disable-tx ----|SELECT 1;|---- create above / drop below ----",
        ],
        expect![[r#"
            tern tern
            001_a: ↑001_a.sql [CREATE TABLE t ()] ↓001_a.sql [DROP TABLE t]
            002_b: ↑002_b.sql [SELECT 1] no-transaction ↓002_b.sql no-transaction
        "#]],
    );
}

#[test]
fn node_pg_migrate_parts_files_by_comments() {
    check(
        &[
            "1700000000000_a.sql=-- Up Migration|CREATE TABLE t ();|---- Down Migration|DROP TABLE t;",
            "1700000000001_b.sql=-- Up Migration|SELECT 1;",
        ],
        expect![[r#"
            node-pg-migrate node-pg-migrate
            1700000000000_a: ↑1700000000000_a.sql [CREATE TABLE t ()] ↓1700000000000_a.sql [DROP TABLE t]
            1700000000001_b: ↑1700000000001_b.sql [SELECT 1]
        "#]],
    );
}

#[test]
fn pop_names_the_database() {
    check(
        &["20200101_a.postgres.up.sql", "20200101_a.postgres.down.sql", "20200102_b.up.sql", "20200103_c.up.fizz"],
        expect![[r#"
        pop pop
        20200101_a.postgres: ↑20200101_a.postgres.up.sql ↓20200101_a.postgres.down.sql
        20200102_b: ↑20200102_b.up.sql
        NotSql 20200103_c.up.fizz: this migration is a program: what it does to the schema is not seen
    "#]],
    );
}

#[test]
fn liquibase_keeps_its_rollbacks_in_comments() {
    check(
        &[
            "changelog.sql=--liquibase formatted sql||--changeset ann:1 runInTransaction:false|CREATE TABLE t (a int);|--rollback DROP TABLE|--rollback   t;|--rollback SELECT 1;||--changeset ann:2|DROP INDEX i;|/* liquibase rollback|CREATE INDEX i ON t (a);|*/|--changeset ann:3|SELECT 3;|--rollback empty|--changeset ann:4 dbms:mysql|SELECT 4;|--changeset ann:5|SELECT 5;",
        ],
        expect![[r#"
            liquibase liquibase
            ann:1: ↑changelog.sql [CREATE TABLE t (a int)] no-transaction ↓changelog.sql [DROP TABLE|             t] [SELECT 1] no-transaction
            ann:2: ↑changelog.sql [DROP INDEX i] ↓changelog.sql [CREATE INDEX i ON t (a)]
            ann:3: ↑changelog.sql [SELECT 3] ↓changelog.sql
            ann:5: ↑changelog.sql [SELECT 5]
            Ignored changelog.sql at 308..318: the changeset `ann:4` is for another database, so it is not read
        "#]],
    );
}

#[test]
fn other_files_of_a_dropped_folder_change_nothing() {
    let histories: [&[&str]; 9] = [
        &["1_a.up.sql", "1_a.down.sql", "2_b.up.go"],
        &["1_a.sql=-- +goose Up|SELECT 1;|-- +goose Down|SELECT 2;"],
        &["db/1_a.sql=-- migrate:up|SELECT 1;|-- migrate:down|SELECT 2;"],
        &["1_a.sql=CREATE TABLE t ();", "2_b.sql=SELECT 1;"],
        &["V1__a.sql", "U1__a.sql"],
        &["sqitch.plan=%project=x|a 2020-01-01T00:00:00Z A <a@b>", "deploy/a.sql", "revert/a.sql", "verify/a.sql"],
        &["20200101000000_a/up.sql", "20200101000000_a/down.sql"],
        &["forward.sql", "rollback.sql", "baseline.sql"],
        &["change.sql=CREATE TABLE t ();|-- rollback|DROP TABLE t;"],
    ];
    let others = [
        "README.md=## Rollback||```sql|DROP TABLE t;|```",
        "up.md=-- migrate:up|-- migrate:down",
        "down.txt=-- +goose Up",
        "Makefile",
        "migrate",
        ".DS_Store",
        "src/main.rs",
        "web/src/up.ts",
        "package.json",
    ];
    let read = |files: &[&str]| {
        let source = |file: &&str| {
            let (path, text) = file.split_once('=').unwrap_or((file, ""));
            Source { path: path.to_owned(), text: text.replace('|', "\n") }
        };
        plan(&files.iter().map(source).collect::<Vec<_>>(), None)
    };
    for files in histories {
        let all: Vec<&str> = files.iter().chain(&others).copied().collect();
        assert_eq!(read(files), read(&all), "{files:?}");
    }
}
