//! What the formats for people and for code scanning look like, and what none of them may ever do.
//!
//! The golden files beside this one are written by `UPDATE_EXPECT=1 cargo test -p backout`.

use super::{Format, Report, human};
use crate::source::Source;
use crate::{Input, Options, Teller, check};
use expect_test::{ExpectFile, expect_file};
use serde_json::Value;

fn options() -> Options {
    Options { details: Some(Teller::ALL), ..Options::default() }
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.into(), text: text.into() }
}

/// A rollback that drops in the wrong order.
fn pair() -> Report {
    let forward = "ALTER TABLE users ADD COLUMN email text;\nCREATE INDEX users_email_idx ON users (email);\nCREATE VIEW mailing_list AS SELECT id, email FROM users;\n";
    let rollback = "BEGIN;\nALTER TABLE users DROP COLUMN email;\nDROP VIEW mailing_list;\nCOMMIT;\n";
    let schema = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);";
    check(&Input::pair(Some(source("up.sql", forward)), Some(source("down.sql", rollback)), Some(source("schema.sql", schema)), options()))
}

/// Four migrations with four verdicts.
fn history() -> Report {
    let files = vec![
        source("1_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY);\n"),
        source("1_users.down.sql", "DROP TABLE users;\n"),
        source("2_mood.up.sql", "CREATE TYPE mood AS ENUM ('calm');\nALTER TABLE users ADD mood mood;\n"),
        source("2_mood.down.sql", "-- backout: ignore no-transaction it is one statement\nALTER TABLE users DROP COLUMN mood;\n"),
        source("3_seed.up.sql", "INSERT INTO users (id) VALUES (1);\n"),
        source("4_gone.up.sql", "-- backout: irreversible nobody wants them back\nCREATE TABLE gone (id int);\n"),
        source("4_gone.down.sql", "-- backout: irreversible nobody wants them back\n"),
    ];
    check(&Input::folder(files, None, None, options()))
}

fn rendered(format: Format, report: &Report) -> String {
    let version = format!("backout {}", report.tool.version);
    format.render(report, &human::Options::default()).replace(&version, "backout VERSION")
}

fn golden(format: Format, report: &Report, expected: ExpectFile) {
    expected.assert_eq(&rendered(format, report));
}

#[test]
fn markdown_is_a_comment() {
    golden(Format::Markdown, &pair(), expect_file!["golden/pair.md"]);
    golden(Format::Markdown, &history(), expect_file!["golden/history.md"]);
}

#[test]
fn html_is_one_file() {
    golden(Format::Html, &pair(), expect_file!["golden/pair.html"]);
    let page = rendered(Format::Html, &history());
    for needed in [
        "id=\"m2-2_mood\"",
        "href=\"#m2-2_mood\"",
        "data-verdict=\"irreversible\"",
        "data-question=\"rollback_runs\"",
        "data-picture=\"coverage\"",
    ] {
        assert!(page.contains(needed), "{needed} is missing:\n{page}");
    }
    for never in ["<script", "<link", "<img", "src=", "@import", "url(http"] {
        assert!(!page.contains(never), "{never} is there");
    }
}

/// The results without the rules, which are as long as their pages.
#[test]
fn sarif_names_places_and_rules() {
    for (report, expected) in [(pair(), expect_file!["golden/pair.sarif.json"]), (history(), expect_file!["golden/history.sarif.json"])] {
        let log: Value = serde_json::from_str(&rendered(Format::Sarif, &report)).expect("it is JSON");
        assert_eq!(log["version"], "2.1.0");
        let runs = log["runs"].as_array().expect("there are runs");
        assert_eq!(runs.len(), 1);
        let rules = runs[0]["tool"]["driver"]["rules"].as_array().expect("there are rules");
        for rule in rules {
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
            assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
            assert!(is_level(&rule["defaultConfiguration"]["level"]), "{rule}");
        }
        let results = runs[0]["results"].as_array().expect("there are results");
        let mut fingerprints: Vec<&Value> = Vec::new();
        for result in results {
            let index = result["ruleIndex"].as_u64().expect("a rule has its place") as usize;
            assert_eq!(result["ruleId"], rules[index]["id"]);
            assert!(is_level(&result["level"]) && result["message"]["text"].is_string(), "{result}");
            fingerprints.extend(result["partialFingerprints"].as_object().expect("fingerprints").values());
            let related = result["relatedLocations"].as_array().into_iter().flatten();
            for place in result["locations"].as_array().expect("locations").iter().chain(related) {
                let place = &place["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().expect("a file");
                assert!(uri.is_ascii() && !uri.contains(' ') && !uri.starts_with('/'), "{uri}");
                let number = |key: &str| place["region"][key].as_u64().expect("a number");
                assert!(number("startLine") >= 1 && number("startColumn") >= 1, "{place}");
                assert!((number("endLine"), number("endColumn")) >= (number("startLine"), number("startColumn")), "{place}");
            }
            for suppression in result["suppressions"].as_array().into_iter().flatten() {
                assert_eq!(suppression["kind"], "inSource");
            }
        }
        let all = fingerprints.len();
        fingerprints.sort_by_key(|fingerprint| fingerprint.to_string());
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), all, "two results have one fingerprint");
        // Where a rule stands in the list changes with each new rule.
        let mut results = runs[0]["results"].clone();
        for result in results.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            result.remove("ruleIndex");
        }
        expected.assert_eq(&format!("{results:#}\n"));
    }
}

fn is_level(level: &Value) -> bool {
    ["none", "note", "warning", "error"].iter().any(|known| level == known)
}

/// Names that would be markup, mentions or links if they were not kept text.
#[test]
fn what_users_wrote_stays_text() {
    let table = "\"<img src=x onerror=alert(1)> @octocat #1 `code` **b** | <!-- --> https://example.org\"";
    let forward = format!("CREATE TABLE {table} (id int);\nCREATE VIEW v AS SELECT * FROM {table};\n");
    let rollback = format!("DROP TABLE {table};\n/* </pre><script>alert(2)</script> ``` */ DROP VIEW v;\n");
    let report = check(&Input::pair(Some(source("<b>.sql", &forward)), Some(source("a|b`.sql", &rollback)), None, options()));
    let page = rendered(Format::Html, &report);
    assert!(!page.contains("<img") && !page.contains("<script") && !page.contains("<b>.sql"), "{page}");
    let comment = rendered(Format::Markdown, &report);
    let mut fence: Option<&str> = None;
    for line in comment.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if line == open => fence = None,
            None if ticks >= 3 && line.ends_with("sql") => fence = Some(&line[..ticks]),
            Some(_) => {}
            None => {
                let outside = outside_of_code(line);
                assert!(!outside.contains("<img") && !outside.contains("@octocat") && !outside.contains("https://"), "{line}");
            }
        }
    }
    assert_eq!(fence, None, "{comment}");
}

/// A line of Markdown without its code spans.
fn outside_of_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        if rest[..start].ends_with('\\') {
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let inside = &rest[start + ticks..];
        let fence = "`".repeat(ticks);
        let mut from = 0;
        // A span ends at a run of just as many backticks.
        let end = loop {
            match inside[from..].find(&fence).map(|at| at + from) {
                Some(at) if inside[at + ticks..].starts_with('`') => {
                    from = at + ticks + inside[at + ticks..].len() - inside[at + ticks..].trim_start_matches('`').len()
                }
                other => break other,
            }
        };
        out.push_str(&rest[..start]);
        rest = end.map_or("", |end| &inside[end + ticks..]);
        assert!(end.is_some(), "a code span is not closed in {line}");
    }
    out + rest
}

#[test]
fn a_comment_fits_whatever_the_history_is() {
    let mut files = Vec::new();
    for number in 1..=300 {
        let long = "x".repeat(40);
        files.push(source(
            &format!("{number:04}_{long}.up.sql"),
            &format!("CREATE TABLE {long}{number} (id int);\nCREATE TYPE t{number} AS ENUM ('a');\n"),
        ));
        files.push(source(&format!("{number:04}_{long}.down.sql"), &format!("DROP TABLE {long}{number};\n")));
    }
    let comment = rendered(Format::Markdown, &check(&Input::folder(files, None, None, options())));
    assert!(comment.len() < 65_536, "{}", comment.len());
    assert!(comment.contains("and 200 more migrations") && comment.contains("left out for length"), "{comment}");
}
