//! The report as GitLab's code quality artifact.

use super::Report;
use super::fingerprint::fingerprints;
use crate::finding::Severity;
use serde_json::{Value, json};

/// A list of issues.
pub fn render(report: &Report) -> String {
    let issues = fingerprints(report).into_iter().filter(|(finding, _)| finding.suppressed.is_none());
    let issues = issues.map(|(finding, fingerprint)| {
        let severity = match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        let (path, begin, end) = finding.at.as_ref().map_or((String::new(), 1, 1), |at| (report.located(&at.path), at.line, at.end_line));
        json!({
            "description": finding.message, "check_name": finding.rule, "fingerprint": fingerprint, "severity": severity,
            "content": { "body": finding.help.as_deref().unwrap_or_default() },
            "location": { "path": path, "lines": { "begin": begin, "end": end } },
        })
    });
    super::json::indented(&Value::Array(issues.collect()).to_string())
}
