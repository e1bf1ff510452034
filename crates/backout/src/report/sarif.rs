//! The report as SARIF 2.1.0, with fingerprints, rules and what was ignored in the source.

use super::fingerprint::fingerprints;
use super::{At, FindingReport, FixReport, Report};
use crate::rules::{self, Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One run.
pub fn render(report: &Report) -> String {
    let results: Vec<_> = fingerprints(report).into_iter().map(|(finding, fingerprint)| result(report, finding, &fingerprint)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "semanticVersion": report.tool.version,
                "rules": rules::all().iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    super::json::indented(&log.to_string())
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "help": { "text": rule.page.trim(), "markdown": rule.page.trim() },
        "defaultConfiguration": { "level": rule.severity.id() },
        "properties": { "tags": [rule.heading.id()] },
    })
}

fn result(report: &Report, finding: &FindingReport, fingerprint: &str) -> Value {
    let text = finding.help.as_ref().map_or(finding.message.clone(), |help| format!("{}\n{help}", finding.message));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity.id(),
        "message": { "text": text },
        "locations": finding.at.iter().map(|at| location(report, at)).collect::<Vec<_>>(),
        "partialFingerprints": { "backout/v1": fingerprint },
    });
    if let Some(index) = rules::all().iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|other| {
            let mut place = location(report, &other.at);
            place["message"] = json!({ "text": other.message });
            place
        });
        result["relatedLocations"] = Value::Array(related.collect());
    }
    if let Some(fix) = &finding.fix {
        let changes = changes(report, fix);
        result["fixes"] = json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]);
    }
    if let Some(reason) = &finding.suppressed {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    result
}

/// The replacements of a fix, file by file.
fn changes(report: &Report, fix: &FixReport) -> Vec<Value> {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let region = json!({ "deletedRegion": region(&edit.at), "insertedContent": { "text": edit.text } });
        files.entry(&edit.at.path).or_default().push(region);
    }
    let change = |(path, replacements): (&str, Vec<Value>)| json!({ "artifactLocation": { "uri": uri(&report.located(path)) }, "replacements": replacements });
    files.into_iter().map(change).collect()
}

fn region(at: &At) -> Value {
    json!({ "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column })
}

fn location(report: &Report, at: &At) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&report.located(&at.path)) },
        "region": region(at),
    } })
}

/// A path as a relative reference: what a URI cannot hold is written in percent.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
