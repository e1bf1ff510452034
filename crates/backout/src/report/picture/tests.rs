//! The pictures in words, and what every drawing must be.

use super::{Kind, Part, Picture, draw};
use crate::runner::Runner;
use crate::source::Source;
use crate::{Input, Options, Teller, check};
use expect_test::{Expect, expect};

fn details() -> Options {
    Options { details: Some(Teller::ALL), ..Options::default() }
}

fn pair(forward: &str, rollback: &str, schema: &str) -> Input {
    let file = |path: &str, text: &str| Some(Source { path: path.into(), text: text.into() });
    Input::pair(file("up.sql", forward), file("down.sql", rollback), file("schema.sql", schema), details())
}

/// The pictures in words.
fn words(kind: Kind, input: &Input, expected: Expect) {
    let report = check(input);
    let picture = draw(kind, &report.migrations[0], "a").expect("there is a picture");
    let text: Vec<_> = picture.text.iter().map(|part| part.words.as_str()).collect();
    expected.assert_eq(&format!("{}\n{}\n", picture.summary, text.join("\n")));
}

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);";
const FORWARD: &str = "ALTER TABLE users ADD COLUMN email text;
CREATE INDEX users_email_idx ON users (email);
CREATE VIEW mailing_list AS SELECT id, email FROM users;
CREATE TABLE orders (id int PRIMARY KEY, user_id bigint REFERENCES users (id));
UPDATE users SET name = 'x';";

#[test]
fn each_statement_is_joined_to_what_undoes_it() {
    words(
        Kind::Coverage,
        &pair(FORWARD, "DROP VIEW mailing_list;\nALTER TABLE users DROP COLUMN email;\nDROP TABLE orders;", SCHEMA),
        expect![[r#"
            1 of 5 not certainly undone
            forward 1, line 1 (+ column users.email); undone by statement 2
            forward 2, line 2 (+ index users_email_idx); undone by statement 2
            forward 3, line 3 (+ view mailing_list); undone by statement 1
            forward 4, line 4 (+ table orders); undone by statement 3
            forward 5, line 5 (✎ rows of users); values older than the forward are lost: users
        "#]],
    );
}

#[test]
fn what_fails_undoes_nothing() {
    words(
        Kind::Coverage,
        &pair(FORWARD, "BEGIN;\nALTER TABLE users DROP COLUMN email;\nDROP VIEW mailing_list;\nDROP TABLE orders;\nCOMMIT;", SCHEMA),
        expect![[r#"
            4 of 5 forward statements not undone; 1 of 5 not certainly undone; 1 statement of the rollback fails
            forward 1, line 1 (+ column users.email); left behind: column users.email
            forward 2, line 2 (+ index users_email_idx); left behind: index users_email_idx
            forward 3, line 3 (+ view mailing_list); would be undone by statement 3
            forward 4, line 4 (+ table orders); would be undone by statement 4
            forward 5, line 5 (✎ rows of users); values older than the forward are lost: users
            rollback 2, line 2; fails with 2BP01
            rollback 3, line 3 (− view mailing_list); not reached
            rollback 4, line 4 (− table orders); not reached
        "#]],
    );
}

#[test]
fn what_an_error_ends_undoes_nothing_behind_it() {
    let rollback = "DROP TABLE orders;\nDROP TABLE customers;\nDROP VIEW mailing_list;";
    let with = |runner| {
        let mut input = pair(FORWARD, rollback, SCHEMA);
        input.options.runner = Some(runner);
        input
    };
    words(
        Kind::Coverage,
        &with(Runner::PsqlStop),
        expect![[r#"
        3 of 5 forward statements not undone; 1 of 5 not certainly undone; 1 statement of the rollback fails
        forward 1, line 1 (+ column users.email); left behind: column users.email
        forward 2, line 2 (+ index users_email_idx); left behind: index users_email_idx
        forward 3, line 3 (+ view mailing_list); would be undone by statement 3
        forward 4, line 4 (+ table orders); undone by statement 1
        forward 5, line 5 (✎ rows of users); values older than the forward are lost: users
        rollback 2, line 2; fails with 42P01
        rollback 3, line 3 (− view mailing_list); not reached
    "#]],
    );
    words(
        Kind::Coverage,
        &with(Runner::PsqlSingleTransaction),
        expect![[r#"
        4 of 5 forward statements not undone; 1 of 5 not certainly undone; 1 statement of the rollback fails
        forward 1, line 1 (+ column users.email); left behind: column users.email
        forward 2, line 2 (+ index users_email_idx); left behind: index users_email_idx
        forward 3, line 3 (+ view mailing_list); would be undone by statement 3
        forward 4, line 4 (+ table orders); would be undone by statement 1
        forward 5, line 5 (✎ rows of users); values older than the forward are lost: users
        rollback 1, line 1 (− table orders); taken back with its transaction
        rollback 2, line 2; fails with 42P01
        rollback 3, line 3 (− view mailing_list); not reached
    "#]],
    );
    words(
        Kind::Coverage,
        &with(Runner::Psql),
        expect![[r#"
        2 of 5 forward statements not undone; 1 of 5 not certainly undone; 1 statement of the rollback fails
        forward 1, line 1 (+ column users.email); left behind: column users.email
        forward 2, line 2 (+ index users_email_idx); left behind: index users_email_idx
        forward 3, line 3 (+ view mailing_list); undone by statement 3
        forward 4, line 4 (+ table orders); undone by statement 1
        forward 5, line 5 (✎ rows of users); values older than the forward are lost: users
        rollback 2, line 2; fails with 42P01
    "#]],
    );
}

#[test]
fn what_was_dropped_is_joined_to_what_makes_it_again() {
    words(
        Kind::Coverage,
        &pair(
            "DROP TABLE users;\nCREATE TYPE state AS ENUM ('on');",
            "DROP TYPE state;\nCREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\nCREATE TABLE other ();",
            SCHEMA,
        ),
        expect![[r#"
            1 of 2 not certainly undone; 1 beyond its scope
            forward 1, line 1 (− table users); undone by statement 2; rows older than the forward are lost: users
            forward 2, line 2 (+ enum state); undone by statement 1
            rollback 3, line 3 (+ table other); outside its scope: creates table other
        "#]],
    );
}

#[test]
fn a_blocked_drop_names_what_stands_in_the_way() {
    words(
        Kind::Order,
        &pair(FORWARD, "ALTER TABLE users DROP COLUMN email;\nDROP TABLE users;", SCHEMA),
        expect![[r#"
        2 objects cannot be dropped in this order
        statement 1 of the rollback cannot drop column users.email
        statement 2 of the rollback cannot drop table users
        view mailing_list needs column users.email, and stands in the way of its drop
        view mailing_list needs table users, and stands in the way of its drop
        table orders needs table users by orders_user_id_fkey, and stands in the way of its drop
        column users.email goes with table users
        index users_email_idx goes with column users.email
    "#]],
    );
}

#[test]
fn each_half_applied_state_is_a_rung() {
    words(
        Kind::Ladder,
        &pair(FORWARD, "DROP VIEW mailing_list;\nALTER TABLE users DROP COLUMN IF EXISTS email;\nDROP TABLE IF EXISTS orders;", SCHEMA),
        expect![[r#"
            Does not work from 2 of 4 half-applied states
            nothing applied: the rollback fails: 42P01 at statement 1 (view "mailing_list" does not exist)
            after 1 statement: the rollback fails: 42P01 at statement 1 (view "mailing_list" does not exist)
            after 2 statements: the rollback fails: 42P01 at statement 1 (view "mailing_list" does not exist)
            after 3 statements: the rollback runs and restores
            after 4 statements: the rollback runs and restores
            all applied: the rollback runs and restores
        "#]],
    );
}

#[test]
fn a_failing_forward_and_a_missing_rollback_are_told() {
    words(
        Kind::Coverage,
        &pair("CREATE TABLE users ();\nCREATE TABLE a ();", "DROP TABLE a;", SCHEMA),
        expect![[r#"
        The forward itself fails at statement 1
        forward 1, line 1; fails with 42P07
        forward 2, line 2 (+ table a); not judged
    "#]],
    );
    let mut input = pair("CREATE TABLE a ();", "", SCHEMA);
    input.sources.truncate(1);
    input.shape = crate::input::Shape::Pair { forward: Some(0), rollback: None };
    words(
        Kind::Coverage,
        &input,
        expect![[r#"
            No rollback: nothing undoes what the forward does (1 statement)
            forward 1, line 1 (+ table a); left behind: table a
        "#]],
    );
}

/// All pictures of an input.
fn pictures(input: &Input) -> Vec<Picture> {
    let report = check(input);
    Kind::ALL.into_iter().filter_map(|kind| draw(kind, &report.migrations[0], "1 <x>")).collect()
}

#[test]
fn what_users_wrote_stays_text() {
    let schema = "CREATE TABLE \"<script>alert('1')</script>&\" (id int);";
    let forward = "ALTER TABLE \"<script>alert('1')</script>&\" ADD \"]]>\" int;\nCREATE VIEW v AS SELECT \"]]>\" FROM \"<script>alert('1')</script>&\";";
    for picture in pictures(&pair(forward, "ALTER TABLE \"<script>alert('1')</script>&\" DROP \"]]>\";", schema)) {
        assert!(!picture.svg.contains("<script") && !picture.svg.contains("]]>"), "{}", picture.svg);
        assert!(picture.svg.contains("&lt;script&gt;"), "{}", picture.svg);
        assert!(!picture.items().contains("<script"), "{}", picture.items());
    }
}

#[test]
fn ids_are_of_one_picture_and_every_statement_is_there() {
    let drawn = pictures(&pair(FORWARD, "DROP VIEW mailing_list;", SCHEMA));
    assert_eq!(drawn.len(), 3);
    for picture in &drawn {
        let ids: Vec<&str> = picture.svg.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(ids.len() >= 3 && ids.iter().all(|id| id.starts_with(ids[0])), "{ids:?}");
        assert!(picture.svg.contains("max-width:100%") && picture.svg.contains(&format!("#{}{{", ids[0])), "{}", picture.svg);
        assert!(picture.svg.contains("role=\"img\"") && !picture.summary.is_empty() && !picture.text.is_empty());
    }
    for statement in 1..=5 {
        let mark = format!("data-side=\"forward\" data-statement=\"{statement}\" data-line=\"{statement}\"");
        assert!(drawn[0].svg.contains(&mark), "{mark}");
    }
}

#[test]
fn the_words_lead_to_the_statements_as_the_drawing_does() {
    let part = |at| Part { words: "a".to_owned(), at };
    let picture = Picture { svg: String::new(), summary: String::new(), text: vec![part(Some(("forward", 7))), part(None)] };
    assert_eq!(
        picture.items(),
        "<li><button type=\"button\" class=\"jump\" data-side=\"forward\" data-line=\"7\">a</button></li><li>a</li>"
    );
    let places = |rollback: &str| {
        let drawn = pictures(&pair("CREATE TABLE a ();\nCREATE TABLE b ();", rollback, ""));
        drawn.iter().map(|picture| picture.text.iter().map(|part| part.at).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let forward = |line| Some(("forward", line));
    assert_eq!(
        places("DROP TABLE a;\n\nDROP TABLE b;\nDROP TABLE users;"),
        [
            vec![forward(1), forward(2), Some(("rollback", 4))],
            vec![],
            vec![Some(("rollback", 1)), Some(("rollback", 3)), Some(("rollback", 4))]
        ]
    );
}

#[test]
fn a_large_pair_makes_a_picture_of_bounded_size() {
    let forward: String = (0..400).map(|n| format!("CREATE TABLE t{n} (id int PRIMARY KEY, u bigint REFERENCES users (id));\n")).collect();
    let rollback: String = (0..390).rev().map(|n| format!("DROP TABLE t{n};\n")).collect();
    for picture in pictures(&pair(&forward, &rollback, SCHEMA)) {
        assert!(picture.svg.len() < 100_000, "{}", picture.svg.len());
        assert!(picture.svg.contains("more ") || picture.svg.contains(" to "), "{}", picture.svg);
    }
}

#[test]
fn a_line_passes_between_the_cards() {
    let forward = "CREATE TABLE a (id int);\nCREATE INDEX i ON a (id);\nCREATE VIEW v AS SELECT id FROM a;\nCREATE VIEW w AS SELECT v.id FROM v JOIN a ON a.id = v.id;\nCREATE VIEW x AS SELECT w.id FROM w JOIN v ON v.id = w.id JOIN a ON a.id = w.id;";
    let report = crate::check(&pair(forward, "DROP TABLE a;", ""));
    let svg = draw(Kind::Order, &report.migrations[0], "p").expect("there are objects").svg;
    let value = |tag: &str, name: &str| -> f64 {
        let rest = tag.split_once(&format!(" {name}=\"")).expect("it has the attribute").1;
        rest.split('"').next().and_then(|value| value.parse().ok()).expect("it is a number")
    };
    let boxes: Vec<_> =
        svg.split("<rect class=\"box\"").skip(1).map(|tag| [value(tag, "x"), value(tag, "y"), value(tag, "width")]).collect();
    let mut passed = 0;
    for path in svg.split("class=\"flow").skip(1).filter_map(|flow| Some(flow.split_once(" d=\"M")?.1)) {
        // Where a curve ends, the line goes straight up past a row.
        for stop in path.split('"').next().unwrap_or_default().split('L').skip(1) {
            let numbers: Vec<f64> = stop.split([' ', 'C']).take(2).filter_map(|number| number.parse().ok()).collect();
            let [x, y] = numbers[..] else { panic!("no place in {stop}") };
            passed += 1;
            let hit = boxes.iter().find(|[left, top, wide]| *left < x && x < left + wide && (top - y).abs() < 1.0);
            assert_eq!(hit, None, "{x} {y}");
        }
    }
    assert!(passed > 2, "{svg}");
}
