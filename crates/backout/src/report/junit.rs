//! The report as JUnit's XML: one test for each migration, which fails when its rollback does not work.

use super::words::count;
use super::{MigrationReport, Report};
use crate::finding::Severity;
use crate::rules::Verdict;
use std::fmt::Write;

/// One suite.
pub fn render(report: &Report) -> String {
    let summary = &report.summary;
    let (tests, failures) = (report.migrations.len(), summary.unsafe_);
    let skipped = summary.unproven + summary.irreversible + summary.missing;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">");
    let _ = writeln!(out, "  <testsuite name=\"backout\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\" errors=\"0\">");
    for migration in &report.migrations {
        test(&mut out, report, migration);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn test(out: &mut String, report: &Report, migration: &MigrationReport) {
    let _ = write!(out, "    <testcase classname=\"rollback\" name=\"{}\"", escaped(&migration.id));
    match migration.verdict {
        Verdict::Safe => out.push_str("/>\n"),
        Verdict::Unsafe => {
            let errors: Vec<_> = migration.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
            let first = errors.first().map_or("the rollback does not work", |finding| finding.message.as_str());
            let mut text = String::new();
            for finding in &errors {
                let place =
                    finding.at.as_ref().map_or(String::new(), |at| format!("{}:{}:{}: ", report.located(&at.path), at.line, at.column));
                let _ = writeln!(text, "{place}{} [{}]", finding.message, finding.rule);
                if let Some(help) = &finding.help {
                    let _ = writeln!(text, "  help: {help}");
                }
            }
            let _ = writeln!(out, ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>", escaped(first), escaped(&text));
        }
        Verdict::Unproven | Verdict::Irreversible | Verdict::Missing => {
            let why = match migration.verdict {
                Verdict::Unproven => format!("unproven, with {}", count(migration.gaps.len(), "gap")),
                verdict => verdict.id().to_owned(),
            };
            let _ = writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", escaped(&why));
        }
    }
}

/// Text as XML holds it; control characters, which it cannot hold, become a replacement character.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
