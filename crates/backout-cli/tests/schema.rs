//! The report that the program prints is what `docs/report.schema.json` says, and nothing beyond it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn reports_are_as_published() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("docs/report.schema.json")).expect("docs/report.schema.json exists");
    let mut schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    forbid_others(&mut schema);
    let schema = jsonschema::validator_for(&schema).expect("the schema is one");
    let place = tempfile::tempdir().expect("a temporary folder");
    for (case, files) in cases().into_iter().enumerate() {
        let folder = place.path().join(case.to_string());
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("the file can be written");
        }
        let done = Command::new(env!("CARGO_BIN_EXE_backout"))
            .args(["check", "--format", "json", "--details"])
            .arg(&folder)
            .output()
            .expect("backout starts");
        let report: Value = serde_json::from_slice(&done.stdout).expect("the report is JSON");
        let errors: Vec<_> = schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "case {case} is not as docs/report.schema.json says; change both together:\n{}", errors.join("\n"));
    }
}

/// Published, keys may be added; here every key must be published.
fn forbid_others(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(forbid_others);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_others),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn cases() -> Vec<Vec<(&'static str, &'static str)>> {
    vec![
        vec![
            ("1_users.up.sql", "CREATE TABLE users (id int PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM users;"),
            ("1_users.down.sql", "DROP TABLE users;\nDROP VIEW v;"),
            ("2_teams.up.sql", "CREATE TABLE teams (id int);\nDO $$ BEGIN EXECUTE (SELECT 'SELECT 1'); END $$;"),
            ("2_teams.down.sql", "DROP TABLE IF EXISTS teams, users CASCADE;"),
            ("3_more.up.sql", "INSERT INTO teams (id) VALUES (1);\nALTER TABLE users ADD COLUMN email text NOT NULL;"),
            ("3_more.down.sql", ""),
            ("4_none.up.sql", "-- backout: irreversible it was a mistake to keep them\nDROP VIEW v;"),
            ("4_other.up.sql", "SELECT 1;"),
        ],
        vec![
            (
                "up.sql",
                "CREATE TABLE settings (key text PRIMARY KEY);\nINSERT INTO settings VALUES ('a');\nCREATE INDEX ON settings (key);",
            ),
            ("down.sql", "-- backout: ignore no-transaction one statement is enough\nDELETE FROM settings;\nDROP TABLE settings;"),
        ],
        vec![
            (
                "up.sql",
                "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a int REFERENCES a (id));\nINSERT INTO a VALUES (1);\nCREATE TYPE t AS ENUM ('x');",
            ),
            ("down.sql", "BEGIN;\nDROP TABLE a;\nDROP TABLE b;\nCOMMIT;"),
        ],
        vec![("down.sql", "DROP TABLE a;")],
    ]
}
