//! The report as one HTML file that needs nothing else.

use super::junit::escaped;
use super::words::{count, proof, question};
use super::{At, FindingReport, MigrationReport, Report};
use crate::rules::Verdict;
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light dark;--no:#b3261e;--yes:#1b6e3c;--open:#8a5a00;--line:#8884}\
@media(prefers-color-scheme:dark){:root{--no:#ff8a80;--yes:#7bd79b;--open:#f0bf5e}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:0;display:inline}\
details,section{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:.75rem 0}\
.no,.unsafe,.error{color:var(--no)}.yes,.safe{color:var(--yes)}.unknown,.unproven,.missing,.warning{color:var(--open)}\
table{border-collapse:collapse;margin:.5rem 0}td{padding:.1rem 1rem .1rem 0;vertical-align:top}\
pre{overflow-x:auto;padding:.5rem;border-left:3px solid var(--line)}mark{background:#f6d36577;color:inherit}\
.finding{border-top:1px solid var(--line);padding-top:.5rem;margin-top:.75rem}.at{opacity:.7}";

/// The file.
pub fn render(report: &Report) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>backout</title>");
    let _ = writeln!(out, "<style>{STYLE}</style></head>\n<body><h1>Will the rollbacks work?</h1>");
    let counted = Verdict::ALL.into_iter().filter(|verdict| report.summary.of(*verdict) > 0);
    let verdicts = counted.map(|verdict| format!("<b class=\"{0}\">{1} {0}</b>", verdict.id(), report.summary.of(verdict)));
    let verdicts: Vec<_> = verdicts.collect();
    let _ = writeln!(out, "<p>{}: {}</p>", count(report.migrations.len(), "migration"), verdicts.join(", "));
    for finding in &report.findings {
        finding_html(&mut out, report, finding);
    }
    for migration in &report.migrations {
        migration_html(&mut out, report, migration);
    }
    let foot = format!("backout {} · PostgreSQL {} · {}", report.tool.version, report.server_version, report.runner);
    let _ = writeln!(out, "<p class=\"at\">{}</p></body></html>", escaped(&foot));
    out
}

fn migration_html(out: &mut String, report: &Report, migration: &MigrationReport) {
    let open = if migration.verdict == Verdict::Safe { "" } else { " open" };
    let verdict = migration.verdict.id();
    let _ = writeln!(
        out,
        "<details{open} data-verdict=\"{verdict}\"><summary><h2>{}</h2> <b class=\"{verdict}\">{verdict}</b></summary>\n<table>",
        escaped(&migration.id)
    );
    for (key, heading, verity, because) in migration.answers.each() {
        let (answer, proof) = (verity.id(), escaped(&proof(migration, key, verity, because)));
        let _ = writeln!(
            out,
            "<tr data-question=\"{key}\" data-answer=\"{answer}\"><td>{heading}</td><td>{}</td><td class=\"{answer}\">{answer}</td><td>{proof}</td></tr>",
            question(key)
        );
    }
    out.push_str("</table>\n");
    for finding in &migration.findings {
        finding_html(out, report, finding);
    }
    out.push_str("</details>\n");
}

fn finding_html(out: &mut String, report: &Report, finding: &FindingReport) {
    let line = finding.at.as_ref().map_or(0, |at| at.line);
    let severity = finding.severity.id();
    let _ = writeln!(
        out,
        "<div class=\"finding\" data-rule=\"{}\" data-line=\"{line}\"><b class=\"{severity}\">{severity}</b> {} <code>{}</code>",
        finding.rule,
        prose(&finding.message),
        finding.rule
    );
    if let Some(at) = &finding.at {
        let _ = writeln!(out, "<div class=\"at\">{}:{}</div>", escaped(&report.located(&at.path)), at.line);
        if let Some(shown) = excerpt(report, at) {
            let _ = writeln!(out, "<pre>{shown}</pre>");
        }
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "<div>{}</div>", prose(help));
    }
    if let Some(reason) = &finding.suppressed {
        let _ = writeln!(out, "<div class=\"at\">ignored: {}</div>", escaped(reason));
    }
    out.push_str("</div>\n");
}

/// The place and the rest of its lines, the place marked.
fn excerpt(report: &Report, at: &At) -> Option<String> {
    const MOST: usize = 2000;
    let text = report.texts.text(&at.path);
    let (start, end) = (at.start as usize, at.end as usize);
    let from = text.get(..start)?.rfind('\n').map_or(0, |line| line + 1);
    let to = end + text.get(end..)?.find('\n').unwrap_or(text.len() - end);
    let marked = text.get(start..end)?;
    (to - from <= MOST && to > from).then(|| {
        let (before, after) = (text.get(from..start).unwrap_or_default(), text.get(end..to).unwrap_or_default());
        format!("{}<mark>{}</mark>{}", escaped(before), escaped(marked), escaped(after))
    })
}

/// Our sentences, with their backticks as code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }).collect()
}
