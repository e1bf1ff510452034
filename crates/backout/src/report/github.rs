//! The report as workflow commands of GitHub Actions, which become annotations on the changed lines.

use super::{FindingReport, Report};
use crate::finding::Severity;
use std::fmt::Write;

/// One line for each finding that is not suppressed.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in report.all_findings().filter(|finding| finding.suppressed.is_none()) {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = finding.at.as_ref().map_or(String::new(), |at| {
            // Columns make sense to GitHub only within one line.
            let columns = if at.line == at.end_line { format!(",col={},endColumn={}", at.column, at.end_column) } else { String::new() };
            format!("file={},line={},endLine={}{columns},", property(&report.located(&at.path)), at.line, at.end_line)
        });
        let _ = writeln!(out, "::{command} {place}title={}::{}", property(finding.rule), data(&text(finding)));
    }
    out
}

fn text(finding: &FindingReport) -> String {
    finding.help.as_ref().map_or(finding.message.clone(), |help| format!("{}\n{help}", finding.message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
