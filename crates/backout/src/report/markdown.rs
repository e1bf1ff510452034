//! The report as Markdown, for a comment on a pull request: the verdict first, what it rests on folded away.
//!
//! What users wrote stays text: it stands in code spans, or with all that could become markup, a link or a mention taken
//! apart. The comment stays below the length that GitHub takes.

use super::picture::{self, Kind};
use super::words::{asked, count, proof, question};
use super::{FindingReport, MigrationReport, Report, WitnessReport};
use crate::finding::Severity;
use crate::rules::Verdict;
use crate::sim::Verity;
use std::fmt::Write;

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 60_000;

/// More migrations than this are not listed.
const MOST_ROWS: usize = 100;

/// Longer sentences are cut: the server's words may quote a whole statement.
const LONGEST: usize = 300;

/// The comment.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", title(report));
    let many = report.migrations.len() > 1;
    if many {
        let counted = Verdict::ALL.into_iter().filter(|verdict| report.summary.of(*verdict) > 0);
        let verdicts: Vec<_> = counted.map(|verdict| format!("{} {}", report.summary.of(verdict), verdict.id())).collect();
        let _ = writeln!(out, "{}: {}.\n", count(report.migrations.len(), "migration"), verdicts.join(", "));
        table(&mut out, report);
    } else if let Some(migration) = report.migrations.first() {
        let why = why(migration);
        let colon = if why.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "{} is **{}**{colon}{}\n", code(&migration.id), migration.verdict.id(), prose(&why));
    }
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let mut told = String::new();
        finding_text(&mut told, report, finding);
        if out.len() + told.len() <= MOST {
            out.push_str(&told);
        }
    }
    let mut untold = 0;
    for migration in &report.migrations {
        if many && migration.verdict == Verdict::Safe {
            continue;
        }
        let mut told = String::new();
        if untold == 0 {
            details(&mut told, report, migration, many);
        }
        if untold > 0 || out.len() + told.len() > MOST { untold += 1 } else { out.push_str(&told) }
    }
    if untold > 0 {
        let _ = writeln!(out, "The details of {} are left out for length.\n", count(untold, "migration"));
    }
    let _ = writeln!(out, "<sub>backout {} · PostgreSQL {} · {}</sub>", report.tool.version, report.server_version, report.runner);
    out
}

/// The verdict on all of it.
fn title(report: &Report) -> String {
    let summary = &report.summary;
    let all = report.migrations.len();
    let of = |number: usize| if all == 1 { "The rollback".to_owned() } else { format!("{number} of {}", count(all, "rollback")) };
    let open = summary.unproven + summary.missing;
    match (summary.unsafe_, open) {
        (0, 0) if all == 1 && summary.irreversible == 1 => "⚪ The migration is declared irreversible".to_owned(),
        (0, 0) if all == 1 => "✅ The rollback works".to_owned(),
        (0, 0) => "✅ The rollbacks work".to_owned(),
        (0, _) if all == 1 && summary.missing == 1 => "⚠️ There is no rollback".to_owned(),
        (0, open) => format!("⚠️ {} {} not proved to work", of(open), if open == 1 { "is" } else { "are" }),
        (bad, _) => format!("❌ {} would not work", of(bad)),
    }
}

/// What is not safe, with the reason.
fn table(out: &mut String, report: &Report) {
    let open: Vec<_> = report.migrations.iter().filter(|migration| migration.verdict != Verdict::Safe).collect();
    if open.is_empty() {
        return;
    }
    out.push_str("| | migration | verdict | why |\n|---|---|---|---|\n");
    for migration in open.iter().take(MOST_ROWS) {
        let (sign, verdict) = (sign(migration.verdict), migration.verdict.id());
        let _ = writeln!(out, "| {sign} | {} | {verdict} | {} |", cell(&code(&migration.id)), cell(&prose(&why(migration))));
    }
    out.push('\n');
    if open.len() > MOST_ROWS {
        let _ = writeln!(out, "and {}.\n", count(open.len() - MOST_ROWS, "more migration"));
    }
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "✅",
        Verdict::Unsafe => "❌",
        Verdict::Unproven | Verdict::Missing => "⚠️",
        Verdict::Irreversible => "⚪",
    }
}

/// The worst that is said of a migration, in one sentence.
fn why(migration: &MigrationReport) -> String {
    let told = |least: Severity| migration.findings.iter().filter(move |finding| finding.suppressed.is_none() && finding.severity >= least);
    let errors = told(Severity::Error).count();
    let first = match migration.verdict {
        Verdict::Safe => return String::new(),
        Verdict::Unsafe | Verdict::Unproven | Verdict::Irreversible | Verdict::Missing => {
            told(Severity::Error).next().or(told(Severity::Note).max_by_key(|finding| finding.severity))
        }
    };
    let more = if errors > 1 { format!(" (and {} more)", count(errors - 1, "error")) } else { String::new() };
    let open = || migration.gaps.first().map(|gap| gap.reason.clone()).unwrap_or_default();
    format!("{}{more}", cut(&first.map_or_else(open, |finding| finding.message.clone())))
}

/// What is known of a migration, folded.
fn details(out: &mut String, report: &Report, migration: &MigrationReport, many: bool) {
    // Of many only what is wrong with them.
    let least = if many { Severity::Warning } else { Severity::Note };
    let mut told: Vec<_> = migration.findings.iter().filter(|finding| finding.suppressed.is_none() && finding.severity >= least).collect();
    told.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if many {
        let _ = writeln!(out, "<details><summary><b>{}</b>: {}</summary>\n", html(&migration.id), migration.verdict.id());
    }
    for finding in told {
        finding_text(out, report, finding);
    }
    if !matches!(migration.verdict, Verdict::Missing | Verdict::Irreversible) {
        answers(out, migration);
    }
    if many {
        out.push_str("</details>\n\n");
    }
}

/// What is known of a rollback that there is.
fn answers(out: &mut String, migration: &MigrationReport) {
    out.push_str("<details><summary>The nine answers</summary>\n\n| question | answer | because |\n|---|---|---|\n");
    for (key, _, verity, because) in asked(migration) {
        let sign = match verity {
            Verity::Yes => "✅ yes",
            Verity::No => "❌ no",
            Verity::Unknown => "❔ unknown",
        };
        let _ = writeln!(out, "| {} | {sign} | {} |", question(key), cell(&prose(&cut(&proof(migration, key, verity, because)))));
    }
    out.push_str("\n</details>\n\n");
    if migration.verdict != Verdict::Safe
        && let Some(drawn) = picture::draw(Kind::Coverage, migration, "")
    {
        let _ = writeln!(out, "<details><summary>What undoes what: {}</summary>\n", html(&drawn.summary));
        for part in drawn.text.iter().take(MOST_ROWS) {
            let _ = writeln!(out, "- {}", prose(&part.words));
        }
        out.push_str("\n</details>\n\n");
    }
}

/// A finding, folded to its sentence.
fn finding_text(out: &mut String, report: &Report, finding: &FindingReport) {
    let sign = match finding.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Note => "ℹ️",
    };
    let _ = writeln!(out, "<details><summary>{sign} {}</summary>\n", html(&cut(&finding.message)));
    let _ = write!(out, "{} `{}`", finding.severity.id(), finding.rule);
    if let Some(at) = &finding.at {
        let _ = write!(out, " at {}, line {}", code(&report.located(&at.path)), at.line);
        let text = report.texts.text(&at.path);
        let before = text.get(..at.start as usize).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if !line.trim().is_empty() && line.len() <= LONGEST {
            // A fence longer than any run of backticks in the line.
            let fence = "`".repeat(longest_run(line).max(2) + 1);
            let _ = write!(out, "\n\n{fence}sql\n{line}\n{fence}");
        }
    }
    out.push('\n');
    if let Some(WitnessReport::Failure { sqlstate, error, after, .. }) = &finding.witness {
        let after = after.as_ref().map(|after| format!(", after {after}")).unwrap_or_default();
        let _ = writeln!(out, "\nThe server would say{}: {}", prose(&after), code(&cut(&format!("ERROR {sqlstate}: {error}"))));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "\n**Help:** {}", prose(&cut(help)));
    }
    out.push_str("\n</details>\n\n");
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        // A code span that is cut is closed.
        Some((at, _)) if text[..at].matches('`').count() % 2 == 1 => format!("{}…`", &text[..at]),
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A text as code, in one line.
fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Text in a table cell stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Our sentences hold code between backticks; all else in them is plain.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let part = |(at, part): (usize, &&str)| {
        // Every second part is code, if a backtick ends it.
        if at % 2 == 1 && at < last && !part.trim().is_empty() { code(part) } else { plain(part) }
    };
    parts.iter().enumerate().map(part).collect()
}

/// Text in which nothing becomes markup, a link or a mention.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // Mentions, references to issues, addresses.
            '@' | '#' | ':' => {
                out.push(c);
                out.push('\u{200b}');
            }
            _ => out.push(c),
        }
    }
    // A colon before a space ends no address and begins no sign.
    out.replace(":\u{200b} ", ": ").replace("www.", "www\u{200b}.")
}

/// The same where only HTML is read: in a summary.
fn html(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let part = |(at, part): (usize, &&str)| {
        let text = one_line(part).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}");
        if at % 2 == 1 && at < last { format!("<code>{text}</code>") } else { text }
    };
    parts.iter().enumerate().map(part).collect()
}
