//! Where statements end, what stands between them, and the law that no byte is lost.

use super::*;
use expect_test::{Expect, expect};
use std::fmt::Write;

fn check(input: &str, expect: Expect) {
    let script = split(input);
    covers(input, &script);
    let mut printed = String::new();
    for item in &script.items {
        match *item {
            Item::Statement(at) => {
                let statement = &script.statements[at];
                let _ = write!(printed, "{:?} {:?}", statement.text(input), statement.end);
                for directive in &script.directives[statement.directives.clone()] {
                    let _ = write!(printed, " {:?} {}", directive.tool, directive.words.join(" "));
                }
                for template in &script.templates[statement.templates.clone()] {
                    let _ = write!(printed, " {:?} {}", template.kind, template.name);
                }
                if let Some(rows) = statement.copy_data {
                    let _ = write!(printed, " rows {:?}", rows.of(input));
                }
                printed.push('\n');
            }
            Item::Meta(at) => {
                let meta = &script.metas[at];
                let _ = writeln!(printed, "\\{} {:?} {:?}", meta.name, meta.kind, meta.arguments);
            }
        }
    }
    for problem in &script.problems {
        let _ = writeln!(printed, "{} at {}..{}", problem.message, problem.span.start, problem.span.end);
    }
    expect.assert_eq(&printed);
}

/// Statements and trivia, put in order, are the text.
fn covers(input: &str, script: &Script) {
    let mut spans: Vec<Span> = script.statements.iter().map(|statement| statement.span).collect();
    spans.extend(script.trivia.iter().map(|trivia| trivia.span));
    spans.sort();
    let mut at = 0;
    for span in spans {
        assert_eq!(span.start, at, "a hole or an overlap at {at} of {input:?}: {script:?}");
        assert!(span.end > at && input.is_char_boundary(span.end as usize), "an empty or cut piece at {at} of {input:?}");
        at = span.end;
    }
    assert_eq!(at as usize, input.len(), "the end of {input:?} is lost");
}

#[test]
fn semicolons_end_statements_outside_quotes_and_comments() {
    check(
        "-- first\nDROP TABLE a; /* ; */ SELECT ';' /* in */ , $$;$$ -- after ;\n;;\nSELECT 1",
        expect![[r#"
            "DROP TABLE a" Semicolon
            "SELECT ';' /* in */ , $$;$$" Semicolon
            "SELECT 1" EndOfText
        "#]],
    );
}

#[test]
fn bodies_of_routines_and_rules_hold_semicolons() {
    check(
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;",
        expect![[r#"
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END" Semicolon
            "SELECT 3" Semicolon
        "#]],
    );
    check(
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); BEGIN; END;",
        expect![[r#"
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)" Semicolon
            "BEGIN" Semicolon
            "END" Semicolon
        "#]],
    );
    check(
        "CREATE TABLE t (a int; SELECT 1; CREATE TABLE \"function\" (\"begin\" int, atomic int);",
        expect![[r#"
            "CREATE TABLE t (a int" Semicolon
            "SELECT 1" Semicolon
            "CREATE TABLE \"function\" (\"begin\" int, atomic int)" Semicolon
        "#]],
    );
}

#[test]
fn rows_follow_copy() {
    check(
        "COPY public.t (a, b) FROM stdin;\n1\t'x;\n2\t\\N\n\\.\nSELECT 1;\nCOPY t TO STDOUT;\nCOPY t FROM STDIN WITH (FORMAT csv);\nrest",
        expect![[r#"
            "COPY public.t (a, b) FROM stdin" Semicolon rows "1\t'x;\n2\t\\N\n"
            "SELECT 1" Semicolon
            "COPY t TO STDOUT" Semicolon
            "COPY t FROM STDIN WITH (FORMAT csv)" Semicolon rows "rest"
        "#]],
    );
}

#[test]
fn backslash_commands_stand_alone() {
    check(
        "\\set ON_ERROR_STOP on\n\\set ON_ERROR_STOP 0\n\\i 'a b.sql'\n\\c other\n\\copy t from stdin\n1\n\\.\n\\if :x \\echo 'it''s' \\endif\nSELECT 'DROP TABLE t' \\gexec\nSELECT 1\\; SELECT 2;\n\\nonsense\n\\q",
        expect![[r#"
            \set OnErrorStop(true) ["ON_ERROR_STOP", "on"]
            \set OnErrorStop(false) ["ON_ERROR_STOP", "0"]
            \i Include ["a b.sql"]
            \c Connect ["other"]
            \copy Copy ["t from stdin"]
            \if Condition [":x"]
            \echo Display ["it's"]
            \endif Condition []
            "SELECT 'DROP TABLE t'" Meta(8)
            \gexec Execute []
            "SELECT 1" Joined
            "SELECT 2" Semicolon
            \nonsense Unknown []
            \q Quit []
        "#]],
    );
}

#[test]
fn templates_are_places_and_not_syntax_errors() {
    check(
        "GRANT ALL ON t TO {{ .User; }}; DROP SCHEMA ${flyway:schema}; SELECT %(a)s, :v, :'s', :\"i\", x::int, a[1:n], 'x' % (y);\n<% if x %>\nSELECT a <% b, b %> a;",
        expect![[r#"
            "GRANT ALL ON t TO {{ .User; }}" Semicolon Braces .User;
            "DROP SCHEMA ${flyway:schema}" Semicolon Dollar flyway:schema
            "SELECT %(a)s, :v, :'s', :\"i\", x::int, a[1:n], 'x' % (y)" Semicolon Percent a PsqlVariable v PsqlVariable s PsqlVariable i
            "<% if x %>\nSELECT a <% b, b %> a" Semicolon Angle if x
        "#]],
    );
}

#[test]
fn directives_belong_to_the_next_statement() {
    check(
        "-- backout: ignore row-left-behind seeds stay\n-- a remark\nINSERT INTO t VALUES (1); -- backout: irreversible rows are gone\n-- +goose Down\n--rollback DROP TABLE t;\nDROP TABLE\n-- migrate:down transaction:false\nt;\n-- +migrate Up notransaction",
        expect![[r#"
            "INSERT INTO t VALUES (1)" Semicolon Backout ignore row-left-behind seeds stay
            "DROP TABLE\n-- migrate:down transaction:false\nt" Semicolon Backout irreversible rows are gone Goose Down Liquibase DROP TABLE t; Dbmate down transaction:false
        "#]],
    );
}

#[test]
fn what_is_not_closed_is_one_problem() {
    check(
        "SELECT 1; SELECT 'a; SELECT 2;",
        expect![[r#"
            "SELECT 1" Semicolon
            "SELECT 'a; SELECT 2;" EndOfText
            unterminated quoted string at 17..30
        "#]],
    );
    check(
        "DROP TABLE t /* open; SELECT 1;",
        expect![[r#"
            "DROP TABLE t /* open; SELECT 1;" EndOfText
            unterminated /* comment at 13..31
        "#]],
    );
    check(
        "SELECT \0\0;",
        expect![[r#"
            "SELECT \0\0" Semicolon
            invalid byte sequence for encoding "UTF8": 0x00 at 7..8
        "#]],
    );
}

#[test]
fn a_part_keeps_the_places_of_the_whole() {
    let text = "-- up\nSELECT 1;\n-- down\nSELECT 2;\nSELECT 3;";
    let script = split_part(text, Span::new(16, 34));
    covers(text, &script);
    let statements: Vec<_> = script.statements.iter().map(|statement| statement.text(text)).collect();
    assert_eq!(statements, ["SELECT 2"]);
}

/// Fragments that open, close and confuse, put together at random: no byte may be lost.
#[test]
fn every_byte_belongs_somewhere() {
    const FRAGMENTS: [&str; 44] = [
        "'",
        "\"",
        "$$",
        "$a$",
        "$a",
        "/*",
        "*/",
        "--",
        "\n",
        ";",
        "\\",
        "\\;",
        "\\.",
        "\\gexec",
        "\\i x",
        "\\copy t from stdin",
        "{{",
        "}}",
        "${",
        "}",
        "%(",
        ")s",
        "<%",
        "%>",
        ":x",
        ":'",
        "(",
        ")",
        "[",
        "]",
        "é",
        "😀",
        "\0",
        "\r\n",
        " ",
        "COPY t FROM stdin;",
        "CREATE FUNCTION f()",
        "BEGIN ATOMIC",
        "END",
        "CASE",
        "CREATE RULE",
        "E'",
        "U&\"",
        "1e",
    ];
    let mut seed = 12345u32;
    for length in 1..400usize {
        let mut text = String::new();
        for _ in 0..length % 40 + 1 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(FRAGMENTS[(seed >> 16) as usize % FRAGMENTS.len()]);
        }
        covers(&text, &split(&text));
    }
}

/// Each would take minutes if anything were searched for again and again.
#[test]
fn long_texts_take_time_in_proportion() {
    let many = |piece: &str, times: usize| piece.repeat(times);
    let texts = [
        many(";", 300_000),
        format!("SELECT '{}'", many("x", 3_000_000)),
        many("/*", 100_000),
        many("$a", 20_000),
        many("$a ", 20_000),
        many("{{", 100_000),
        many("<%=", 100_000),
        many("\n<% ", 100_000),
        many("'a' \n", 100_000),
        many("\\x ", 100_000),
        many("COPY t FROM stdin;\n", 20_000),
        many("${aaaa", 100_000),
    ];
    for text in texts {
        covers(&text, &split(&text));
    }
}
