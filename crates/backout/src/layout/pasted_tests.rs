//! Which pasted texts are taken apart, and how.

use super::*;
use expect_test::{Expect, expect};
use std::fmt::Write;

fn check(text: &str, expect: Expect) {
    let Some(pasted) = pasted(text) else { return expect.assert_eq("nothing\n") };
    let mut printed = format!("{} {}\n", pasted.layout.id, pasted.runner.map_or("-", Runner::id));
    for migration in &pasted.migrations {
        let _ = writeln!(printed, "{:?}", migration.id);
        for (arrow, script) in [("=", &migration.baseline), ("↑", &migration.forward), ("↓", &migration.rollback)] {
            let Some(script) = script else { continue };
            let _ = writeln!(printed, "{arrow} {:?}", script.text);
            let pieces: Vec<&str> = script.spans.iter().map(|span| span.of(text)).collect();
            assert!(pieces.iter().all(|piece| !piece.is_empty()), "each span lies in the text");
            let flat = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(flat(&pieces.concat()), flat(&script.text), "the spans are the script");
            if script.no_transaction {
                let _ = writeln!(printed, "  no transaction");
            }
            if let Some(refusal) = &script.refused {
                let _ = writeln!(printed, "  {}", refusal.message);
            }
        }
    }
    expect.assert_eq(&printed);
}

#[test]
fn tools() {
    check(
        "-- +goose Up\nCREATE TABLE a ();\n\n-- +goose Down\nDROP TABLE a;\n",
        expect![[r#"
        goose goose
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n-- +goose Down\nSELECT 2;",
        expect![[r#"
            goose psql-stop
            ""
            ↑ "SELECT 1;\n"
              no transaction
            ↓ "SELECT 2;\n"
              no transaction
        "#]],
    );
    check(
        "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE b ();\n-- migrate:down\nDROP TABLE b;",
        expect![[r#"
            dbmate dbmate
            ""
            ↑ "CREATE TABLE a ();\n"
            ↓ "DROP TABLE a;\n"
            ""
            ↑ "CREATE TABLE b ();\n"
            ↓ "DROP TABLE b;\n"
        "#]],
    );
    check(
        "-- +migrate Up\nCREATE TABLE a ();\n-- +migrate Down\nDROP TABLE a;",
        expect![[r#"
        sql-migrate sql-migrate
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a ();\n--rollback DROP TABLE a;\n\n--changeset ann:2\nCREATE TABLE b ();\n--rollback DROP TABLE b;",
        expect![[r#"
            liquibase liquibase
            "ann:1"
            ↑ "CREATE TABLE a ();\n"
            ↓ "DROP TABLE a;\n"
            "ann:2"
            ↑ "CREATE TABLE b ();\n"
            ↓ "DROP TABLE b;\n"
        "#]],
    );
    check(
        "CREATE TABLE a ();\n---- create above / drop below ----\nDROP TABLE a;",
        expect![[r#"
        tern tern
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "-- Up Migration\nCREATE TABLE a ();\n-- Down Migration\nDROP TABLE a;",
        expect![[r#"
        node-pg-migrate node-pg-migrate
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
}

#[test]
fn headings() {
    for (up, down) in [
        ("-- forward", "-- rollback"),
        ("-- up", "-- down"),
        ("--UP--", "--DOWN--"),
        ("-- ===== Migrate =====", "-- ===== Revert ====="),
        ("/* Deploy */", "/*\n * Undo\n */"),
        ("-- 1. Forward migration", "-- 2. Rollback script:"),
        ("-- Migration", "-- Roll back (run manually)"),
        ("-- migrations/0007_a.up.sql", "-- migrations/0007_a.down.sql"),
        ("-- FORWARD\r", "-- ROLLBACK\r"),
        ("-- ↑ up", "-- ↓ down"),
        ("", "-- How to roll back this migration"),
        ("", "-- Rollback for 0007 add a"),
    ] {
        let text = format!("{up}\nCREATE TABLE a (b text DEFAULT '-- down');\n{down}\nDROP TABLE a;\n");
        let pasted = pasted(&text).unwrap_or_else(|| panic!("{text}"));
        let only = &pasted.migrations[0];
        let text = |script: &Option<PastedScript>| script.as_ref().map_or(String::new(), |script| script.text.clone());
        assert_eq!(text(&only.forward).trim(), "CREATE TABLE a (b text DEFAULT '-- down');", "{up} {down}");
        assert_eq!(text(&only.rollback).trim(), "DROP TABLE a;", "{up} {down}");
        assert_eq!(pasted.migrations.len(), 1);
    }
}

#[test]
fn what_is_no_heading() {
    for text in [
        "",
        "-- rollback",
        "-- up\nSELECT 1;",
        "SELECT 1; -- rollback\nSELECT 2;",
        "SELECT '\n-- rollback\n';\nSELECT 2;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n-- rollback\nDROP TABLE a;\nEND $$;",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\n-- rollback\nSELECT 1;\nEND;",
        "SELECT \"\n-- rollback\n\";\nSELECT 2;",
        "CREATE TABLE a (\n-- down\nb int);\nSELECT 2;",
        "/* no\n-- rollback\n*/\nSELECT 2;",
        "SELECT 1;\n-- no rollback\nSELECT 2;",
        "SELECT 1;\n-- end of rollback\nSELECT 2;",
        "SELECT 1;\n-- rollback is not possible here\nSELECT 2;",
        "COPY a FROM stdin;\n-- rollback\n\\.\nSELECT 1;",
        "SELECT 1;\n-- rollback: not needed\n",
    ] {
        assert_eq!(pasted(text), None, "{text}");
    }
}

#[test]
fn a_rollback_in_comments() {
    check(
        "CREATE TABLE a ();\n\n-- Rollback:\n-- DROP TABLE a;\n",
        expect![[r#"
        plain -
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "-- Rollback:\n--   run this by hand\n--   ALTER TABLE a\n--     DROP COLUMN b;\n--   DROP TABLE c; -- last\n\nCREATE TABLE c ();\n",
        expect![[r#"
            plain -
            ""
            ↑ "CREATE TABLE c ();\n"
            ↓ "ALTER TABLE a\nDROP COLUMN b;\nDROP TABLE c; -- last\n"
        "#]],
    );
    check(
        "CREATE TABLE a ();\n/*\n * ROLLBACK\n *\n * DROP TABLE a;\n */\n",
        expect![[r#"
        plain -
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "CREATE TABLE a ();\n--rollback DROP TABLE a;\nCREATE TABLE b ();\n-- rollback: DROP TABLE b;\n",
        expect![[r#"
            plain -
            ""
            ↑ "CREATE TABLE a ();\n"
            ↓ "DROP TABLE a;\n"
            ""
            ↑ "CREATE TABLE b ();\n"
            ↓ "DROP TABLE b;\n"
        "#]],
    );
}

#[test]
fn several_migrations_and_a_baseline() {
    check(
        "-- up\nSELECT 1;\n-- down\nSELECT 2;\n-- up\nSELECT 3;\n-- down\nSELECT 4;",
        expect![[r#"
        plain -
        ""
        ↑ "SELECT 1;\n"
        ↓ "SELECT 2;\n"
        ""
        ↑ "SELECT 3;\n"
        ↓ "SELECT 4;\n"
    "#]],
    );
    check(
        "-- a.up.sql\nSELECT 1;\n-- b.up.sql\nSELECT 2;\n-- b.down.sql\nSELECT 3;\n-- a.down.sql\nSELECT 4;",
        expect![[r#"
        plain -
        "a"
        ↑ "SELECT 1;\n"
        ↓ "SELECT 4;\n"
        "b"
        ↑ "SELECT 2;\n"
        ↓ "SELECT 3;\n"
    "#]],
    );
    check(
        "-- baseline\nCREATE TABLE a ();\n-- forward\nDROP TABLE a;\n-- rollback\nCREATE TABLE a ();\n",
        expect![[r#"
        plain -
        ""
        = "CREATE TABLE a ();\n"
        ↑ "DROP TABLE a;\n"
        ↓ "CREATE TABLE a ();\n"
    "#]],
    );
    check(
        "-- rollback\nDROP TABLE a;\n-- forward\nCREATE TABLE a ();\n",
        expect![[r#"
        plain -
        ""
        ↑ "CREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
    check(
        "SET search_path = app;\n-- up\nCREATE TABLE a ();\n-- down\nDROP TABLE a;\n",
        expect![[r#"
        plain -
        ""
        ↑ "SET search_path = app;\nCREATE TABLE a ();\n"
        ↓ "DROP TABLE a;\n"
    "#]],
    );
}

#[test]
fn odd_texts() {
    // Without a semicolon the heading stands inside the statement.
    check(
        "CREATE TABLE a ()\n-- rollback\nDROP TABLE a",
        expect![[r#"
        plain -
        ""
        ↑ "CREATE TABLE a ()\n"
        ↓ "DROP TABLE a\n"
    "#]],
    );
    check(
        "\u{feff}-- up\r\nCREATE TABLE é ();\r\n-- down\r\nDROP TABLE é;\r\n",
        expect![[r#"
        plain -
        ""
        ↑ "CREATE TABLE é ();\n"
        ↓ "DROP TABLE é;\n"
    "#]],
    );
    check(
        "-- up\n-- backout: irreversible the rows are gone\nDROP TABLE a;\n-- down\n",
        expect![[r#"
        nothing
    "#]],
    );
    check(
        "-- down\n-- backout: irreversible the rows are gone\n-- up\nDROP TABLE a;\n",
        expect![[r#"
        plain -
        ""
        ↑ "DROP TABLE a;\n"
        ↓ "-- backout: irreversible the rows are gone\n"
    "#]],
    );
}

#[test]
fn markdown() {
    check(
        "# Add a\n\n## Migration\n\n```sql\nCREATE TABLE a ();\n```\n\nText.\n\n## Rollback\n\n```sql\nDROP TABLE a;\n```\n\n```bash\npsql\n```\n",
        expect![[r#"
            plain -
            ""
            ↑ "CREATE TABLE a ();\n"
            ↓ "DROP TABLE a;\n"
        "#]],
    );
    check(
        "```sql baseline\nSELECT 1;\n```\n```sql forward\nSELECT 2;\n```\n~~~sql rollback\nSELECT 3;\n~~~\n",
        expect![[r#"
        plain -
        ""
        = "SELECT 1;\n"
        ↑ "SELECT 2;\n"
        ↓ "SELECT 3;\n"
    "#]],
    );
}

#[test]
fn a_folder_of_files_that_hold_both() {
    let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    let both = "CREATE TABLE a ();\n-- rollback\nDROP TABLE a;\n";
    let plan = plan(&[file("x/2_b.sql", both), file("x/10_c.sql", both), file("x/1_a.sql", both)], None);
    assert_eq!(plan.layout.id, "plain");
    let ids: Vec<_> = plan.migrations.iter().map(|migration| (migration.id.as_str(), migration.rollback.is_some())).collect();
    assert_eq!(ids, [("x/1_a", true), ("x/2_b", true), ("x/10_c", true)]);
    assert!(plan.history);
}

#[test]
fn many_headings_take_no_long_time() {
    let text = "-- up\n-- down\n".repeat(50_000);
    assert_eq!(pasted(&text), None);
    let text = "-- up\nSELECT 1;\n-- down\nSELECT 2;\n".repeat(20_000);
    assert_eq!(pasted(&text).map(|pasted| pasted.migrations.len()), Some(20_000));
}
