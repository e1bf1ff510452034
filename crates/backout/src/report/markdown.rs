//! The report as Markdown, for a comment on a pull request.

use super::words::{count, proof, question};
use super::{FindingReport, MigrationReport, Report};
use crate::finding::Severity;
use crate::rules::Verdict;
use std::fmt::Write;

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 60_000;

/// A heading, a table of what is not safe, and the findings folded away.
pub fn render(report: &Report) -> String {
    let summary = &report.summary;
    let mut out = String::new();
    let title = match (summary.unsafe_, summary.unproven + summary.missing) {
        (0, 0) => "The rollbacks work".to_owned(),
        (0, open) => format!("{} without a proved rollback", count(open, "migration")),
        (bad, _) => format!("{} would not work", count(bad, "rollback")),
    };
    let _ = writeln!(out, "## {title}\n");
    let counted = Verdict::ALL.into_iter().filter(|verdict| summary.of(*verdict) > 0);
    let verdicts: Vec<_> = counted.map(|verdict| format!("{} {}", summary.of(verdict), verdict.id())).collect();
    let _ = writeln!(out, "{}: {}.\n", count(report.migrations.len(), "migration"), verdicts.join(", "));
    let open: Vec<_> = report.migrations.iter().filter(|migration| migration.verdict != Verdict::Safe).collect();
    if !open.is_empty() {
        out.push_str("| migration | verdict | why |\n|---|---|---|\n");
        for migration in &open {
            let _ = writeln!(out, "| {} | {} | {} |", cell(&code(&migration.id)), migration.verdict.id(), cell(&why(migration)));
        }
        out.push('\n');
    }
    let mut untold = 0;
    for migration in &report.migrations {
        if out.len() > MOST {
            untold += 1;
            continue;
        }
        let mut told = String::new();
        details(&mut told, report, migration, report.migrations.len() > 1);
        if out.len() + told.len() > MOST { untold += 1 } else { out.push_str(&told) }
    }
    if untold > 0 {
        let _ = writeln!(out, "The details of {} are left out for length.\n", count(untold, "migration"));
    }
    let _ = writeln!(out, "<sub>backout {} · PostgreSQL {} · {}</sub>", report.tool.version, report.server_version, report.runner);
    out
}

fn why(migration: &MigrationReport) -> String {
    let errors: Vec<_> = migration.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    match errors.as_slice() {
        [] => migration.findings.first().map_or(String::new(), |finding| finding.message.clone()),
        [one] => one.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
    }
}

/// Of one migration everything that is wrong; of many only what is told with errors.
fn details(out: &mut String, report: &Report, migration: &MigrationReport, many: bool) {
    let least = if many { Severity::Error } else { Severity::Note };
    let told: Vec<_> = migration.findings.iter().filter(|finding| finding.suppressed.is_none() && finding.severity >= least).collect();
    let bad = told.iter().any(|finding| finding.severity > Severity::Note);
    if !bad && migration.verdict == Verdict::Safe {
        return;
    }
    let _ = writeln!(out, "<details><summary>{}: {}</summary>\n", html(&migration.id), migration.verdict.id());
    for (key, heading, verity, because) in migration.answers.each() {
        let proof = proof(migration, key, verity, because);
        let colon = if proof.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "- {heading}: {} **{}**{colon}{}", question(key), verity.id(), inline(&proof));
    }
    out.push('\n');
    for finding in told {
        finding_text(out, report, finding);
    }
    out.push_str("</details>\n\n");
}

fn finding_text(out: &mut String, report: &Report, finding: &FindingReport) {
    let _ = writeln!(out, "**{}** `{}`: {}", finding.severity.id(), finding.rule, inline(&finding.message));
    if let Some(at) = &finding.at {
        let _ = writeln!(out, "{}, line {}", code(&report.located(&at.path)), at.line);
        let text = report.texts.text(&at.path);
        let before = text.get(..at.start as usize).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if !line.trim().is_empty() && line.len() <= 300 {
            // A fence longer than any run of backticks in the line.
            let fence = "`".repeat(longest_run(line).max(2) + 1);
            let _ = writeln!(out, "\n{fence}sql\n{line}\n{fence}");
        }
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "\nHelp: {}", inline(help));
    }
    out.push('\n');
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    format!("{fence}{text}{fence}")
}

/// Text in a table cell stays in its cell.
fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}

/// Our sentences hold code in backticks; nothing in them is to become markup of another kind.
fn inline(text: &str) -> String {
    html(text).replace(['\n', '\r'], " ")
}

fn html(text: &str) -> String {
    // Within backticks Markdown shows entities as they are, so only what could open a tag outside of them is changed.
    let mut inside = false;
    let parts = text.split_inclusive('`').map(|part| {
        let shown = if inside { part.to_owned() } else { part.replace('<', "&lt;").replace('@', "@\u{200b}") };
        inside ^= part.ends_with('`');
        shown
    });
    parts.collect()
}
