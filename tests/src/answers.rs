//! What backout answers to a story, in the words of a report block.

use std::collections::BTreeMap;

use backout::source::Source;
use backout::{Input, Options};
use serde_json::Value;

use crate::story::{Mark, Story};

/// The lines of a report block and the findings, as backout has them.
pub struct Said {
    /// The lines by their first word.
    pub lines: BTreeMap<String, String>,
    /// The findings that have a place in a script.
    pub marks: Vec<Mark>,
    /// The report itself.
    pub report: Value,
}

/// Asks backout about a story.
pub fn ask(story: &Story) -> Said {
    let source = |name: &str, text: &str| Source { path: format!("{name}.sql"), text: text.to_string() };
    let mut options = Options::default();
    if let Some(runner) = story.settings.get("runner") {
        options.runner = Some(runner.parse().unwrap_or_else(|_| panic!("{}: unknown runner {runner:?}", story.place())));
    }
    for key in ["server", "server-from"] {
        if let Some(version) = story.settings.get(key).and_then(|version| version.parse().ok()) {
            options.server_version = version;
        }
    }
    options.assume_new = story.settings.contains_key("assume-new");
    let baseline = story.baseline.as_ref().map(|text| source("baseline", text));
    let input = Input::pair(Some(source("forward", &story.forward)), Some(source("rollback", &story.rollback)), baseline, options);
    let report = serde_json::to_value(backout::check(&input)).unwrap_or_else(|error| panic!("{}: {error}", story.place()));
    let migration = report["migrations"][0].clone();
    let (marks, unplaced) = findings(&migration);
    let mut lines = lines(&migration);
    if !unplaced.is_empty() {
        lines.insert("findings".into(), unplaced.join(", "));
    }
    Said { lines, marks, report }
}

fn findings(migration: &Value) -> (Vec<Mark>, Vec<String>) {
    let mut marks = Vec::new();
    let mut unplaced = Vec::new();
    for finding in migration["findings"].as_array().into_iter().flatten() {
        let (rule, severity) = (text(&finding["rule"]), text(&finding["severity"]));
        let at = &finding["at"];
        match (at["path"].as_str(), at["line"].as_u64()) {
            (Some(path), Some(line)) if at["end"].as_u64() > at["start"].as_u64() => {
                let script = path.trim_end_matches(".sql").to_string();
                marks.push(Mark { script, line: line as usize, severity, rule });
            }
            _ => unplaced.push(format!("{severity}: {rule}")),
        }
    }
    marks.sort();
    marks.dedup();
    unplaced.sort();
    unplaced.dedup();
    (marks, unplaced)
}

fn lines(migration: &Value) -> BTreeMap<String, String> {
    let answers = &migration["answers"];
    let mut lines = BTreeMap::new();
    lines.insert("verdict".to_string(), text(&migration["verdict"]));
    for word in ["forward_runs", "rollback_runs", "rerun", "redo", "restores"] {
        let answer = &answers[word];
        let mut line = outcome(answer, &text(&answer["answer"]));
        let differences = differences(answer);
        if !differences.is_empty() {
            line = format!("{line}: {}", differences.join("; "));
        }
        let except: Vec<&str> = answer["except"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !except.is_empty() && line == "yes" {
            line = format!("{line} except {}", except.join(", "));
        }
        lines.insert(word.into(), line);
    }
    let prefixes = answers["partial"]["prefixes"].as_array().into_iter().flatten().map(|prefix| {
        let answer = text(&prefix["answer"]);
        let said = match (answer.as_str(), prefix["restores"].as_str()) {
            ("yes", Some("yes")) => "yes".into(),
            ("yes", Some("no")) => "runs".into(),
            ("yes", _) => "unknown".into(),
            _ => outcome(prefix, &answer),
        };
        format!("{}:{said}", prefix["k"])
    });
    let prefixes: Vec<String> = prefixes.collect();
    if !prefixes.is_empty() {
        lines.insert("partial".into(), prefixes.join(", "));
    }
    let resumes = &answers["partial"]["resumes"];
    let after = resumes["j"].as_u64().map_or(String::new(), |j| format!(" after {j}"));
    lines.insert("resumes".into(), format!("{}{after}", text(&resumes["answer"])));
    for word in ["local", "atomic", "lossless"] {
        lines.insert(word.into(), outcome(&answers[word], &text(&answers[word]["answer"])));
    }
    lines
}

fn outcome(answer: &Value, word: &str) -> String {
    match (answer["sqlstate"].as_str(), answer["statement"].as_u64(), answer["because"].as_str()) {
        (Some(sqlstate), Some(statement), _) => format!("{word} {sqlstate} at {statement}"),
        (_, _, Some(because)) if !because.starts_with("gap") && word == "no" => format!("{word} because {because}"),
        _ => word.to_string(),
    }
}

fn differences(answer: &Value) -> Vec<String> {
    let mut found: Vec<String> = answer["differences"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|difference| {
            format!("{} {} {}", text(&difference["change"]), text(&difference["kind"]), text(&difference["name"]).replace('"', ""))
        })
        .collect();
    found.sort();
    found
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// Whether two lines of a report block say the same; names of grants and comments may be spelled differently.
pub fn same(said: &str, wanted: &str) -> bool {
    let loose = |line: &str| -> Vec<String> {
        let (head, list) = line.split_once(": ").unwrap_or((line, ""));
        let mut parts: Vec<String> = list
            .split("; ")
            .map(|part| {
                let words: Vec<&str> = part.splitn(3, ' ').collect();
                match words.as_slice() {
                    [change, kind @ ("grant" | "comment" | "default-privileges"), _] => format!("{change} {kind}"),
                    _ => part.to_string(),
                }
            })
            .collect();
        parts.push(head.to_string());
        parts.sort();
        parts.dedup();
        parts
    };
    // Worlds may agree in the answer and differ in its code.
    let open = |said: &str, wanted: &str| said == wanted || (wanted.ends_with(":no") && said.starts_with(wanted));
    let (parts, expected): (Vec<&str>, Vec<&str>) = (said.split(", ").collect(), wanted.split(", ").collect());
    if parts.len() == expected.len() && parts.iter().zip(&expected).all(|(said, wanted)| open(said, wanted)) {
        return true;
    }
    said == wanted || (said.contains(": ") && wanted.contains(": ") && loose(said) == loose(wanted))
}
