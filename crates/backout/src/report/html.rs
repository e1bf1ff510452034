//! The report as one HTML file that needs nothing else: no script, nothing to load, light and dark and on paper.

use super::junit::escaped;
use super::picture::{self, Kind, Picture};
use super::words::{asked, count, proof, question};
use super::{At, FindingReport, MigrationReport, Report, WitnessReport};
use crate::finding::Severity;
use crate::rules::Verdict;
use std::fmt::Write;

/// Of more migrations than this, only those that are not safe get pictures.
const FEW: usize = 20;

/// Pictures beyond this many bytes are left out.
const MOST_DRAWN: usize = 4 << 20;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d1f23;--paper:#fff;--soft:#f5f6f8;--faint:#5d636d;--line:#d9dce1;--no:#b3261e;--yes:#1b6e3c;--open:#8a5a00;--mark:#ffe9a8}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e7e9ec;--paper:#17191c;--soft:#202327;--faint:#9aa0aa;--line:#363a41;--no:#ff8a80;--yes:#7bd79b;--open:#f0bf5e;--mark:#5a4a12}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:0;display:inline;overflow-wrap:anywhere}h3{font-size:1rem;margin:1.25rem 0 .5rem}
a{color:inherit}code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
.no,.unsafe,.error{color:var(--no)}.yes,.safe{color:var(--yes)}.unknown,.unproven,.missing,.warning{color:var(--open)}.faint{color:var(--faint)}
.badge{display:inline-block;border:1px solid;border-radius:1rem;padding:0 .6rem;font-weight:600;font-size:.875rem}
.badges{display:flex;flex-wrap:wrap;gap:.5rem;margin:.75rem 0 1.25rem}
.list{width:100%;border-collapse:collapse;margin:0 0 1.5rem}.list td,.list th{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.migration{border:1px solid var(--line);border-radius:.6rem;margin:1rem 0;padding:.85rem 1rem}
.migration>summary{cursor:pointer;display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:baseline}
.answers{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.4rem;margin:1rem 0;padding:0;list-style:none}
.answers li{background:var(--soft);border-radius:.4rem;padding:.4rem .7rem;border-left:4px solid var(--faint)}
.answers [data-answer=yes],.answers[data-answer=yes]{border-color:var(--yes)}.answers [data-answer=no]{border-color:var(--no)}.answers [data-answer=unknown]{border-color:var(--open)}
.answers small{display:block;color:var(--faint);overflow-wrap:anywhere}
.finding{border-left:4px solid var(--faint);padding:.1rem 0 .1rem .85rem;margin:1rem 0;overflow-wrap:anywhere}
.finding.error{border-color:var(--no)}.finding.warning{border-color:var(--open)}.finding{color:inherit}
.finding p{margin:.25rem 0}pre{background:var(--soft);border-radius:.4rem;padding:.6rem .8rem;margin:.5rem 0;white-space:pre-wrap}mark{background:var(--mark);color:inherit;border-radius:2px}
figure{margin:1rem 0;overflow-x:auto}figure svg{display:block;width:100%;max-width:46rem;min-width:22rem}figcaption{margin-top:.25rem}figcaption summary{cursor:pointer;color:var(--faint);font-size:.875rem}
.backout-picture{--backout-ink:var(--ink);--backout-paper:var(--paper);--backout-faint:var(--faint);--backout-yes:var(--yes);--backout-no:var(--no);--backout-open:var(--open)}
:target{outline:2px solid var(--open);outline-offset:2px}
@media print{body{max-width:none;padding:0}.migration,.finding,figure{break-inside:avoid-page}details::details-content{content-visibility:visible!important;height:auto!important}}
";

/// The file.
pub fn render(report: &Report) -> String {
    let title = title(report);
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    let _ = writeln!(out, "<title>{title} · backout</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>");
    let foot = format!("backout {} · PostgreSQL {} · run by {}", report.tool.version, report.server_version, report.runner);
    let strict = if report.strict { " · strict" } else { "" };
    let new = if report.assume_new { " · the forward's objects taken to be new" } else { "" };
    let _ = writeln!(out, "<p class=\"faint\">{}{strict}{new}</p>", escaped(&foot));
    let counted = Verdict::ALL.into_iter().filter(|verdict| report.summary.of(*verdict) > 0);
    let badges: String =
        counted.map(|verdict| format!("<span class=\"badge {0}\">{1} {0}</span>", verdict.id(), report.summary.of(verdict))).collect();
    let _ = writeln!(out, "<div class=\"badges\">{badges}</div>");
    for finding in &report.findings {
        finding_html(&mut out, report, finding);
    }
    if report.migrations.len() > 1 {
        contents(&mut out, report);
    }
    let mut drawn = 0;
    for (at, migration) in report.migrations.iter().enumerate() {
        migration_html(&mut out, report, migration, at + 1, &mut drawn);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn title(report: &Report) -> String {
    let summary = &report.summary;
    let many = report.migrations.len();
    match (summary.unsafe_, summary.unproven + summary.missing) {
        (0, 0) if many == 1 => "The rollback works".to_owned(),
        (0, 0) => "The rollbacks work".to_owned(),
        (0, _) if many == 1 => "The rollback is not proved to work".to_owned(),
        (0, open) => format!("{open} of {} not proved to work", count(many, "rollback")),
        (_, _) if many == 1 => "The rollback would not work".to_owned(),
        (bad, _) => format!("{bad} of {} would not work", count(many, "rollback")),
    }
}

/// What leads to each migration: its name where that can stand in an address, and its number.
fn anchor(migration: &MigrationReport, number: usize) -> String {
    let plain: String =
        migration.id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).take(80).collect();
    format!("m{number}-{plain}")
}

fn contents(out: &mut String, report: &Report) {
    out.push_str("<table class=\"list\">\n<tr><th>migration</th><th>verdict</th><th>why</th></tr>\n");
    for (at, migration) in report.migrations.iter().enumerate() {
        let errors: Vec<_> = migration.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        let why = match errors.as_slice() {
            [] => String::new(),
            [one] => prose(&one.message),
            [first, rest @ ..] => format!("{} (and {} more)", prose(&first.message), rest.len()),
        };
        let (anchor, verdict) = (anchor(migration, at + 1), migration.verdict.id());
        let _ = writeln!(
            out,
            "<tr><td><a href=\"#{anchor}\">{}</a></td><td class=\"{verdict}\">{verdict}</td><td>{why}</td></tr>",
            escaped(&migration.id)
        );
    }
    out.push_str("</table>\n");
}

fn migration_html(out: &mut String, report: &Report, migration: &MigrationReport, number: usize, drawn: &mut usize) {
    let many = report.migrations.len() > 1;
    let open = if many && migration.verdict == Verdict::Safe { "" } else { " open" };
    let (verdict, anchor) = (migration.verdict.id(), anchor(migration, number));
    let _ = writeln!(
        out,
        "<details class=\"migration\" id=\"{anchor}\" data-verdict=\"{verdict}\"{open}>\n<summary><h2>{}</h2> <span class=\"badge {verdict}\">{verdict}</span></summary>\n<ul class=\"answers\">",
        escaped(&migration.id)
    );
    for (key, heading, verity, because) in asked(migration) {
        let (answer, proof) = (verity.id(), proof(migration, key, verity, because));
        let proof = if proof.is_empty() { String::new() } else { format!(" · {}", escaped(&proof)) };
        let _ = writeln!(
            out,
            "<li data-question=\"{key}\" data-answer=\"{answer}\">{}: <b class=\"{answer}\">{answer}</b><small>{heading}{proof}</small></li>",
            question(key)
        );
    }
    out.push_str("</ul>\n");
    let mut findings: Vec<&FindingReport> = migration.findings.iter().collect();
    findings.sort_by_key(|finding| (finding.suppressed.is_some(), std::cmp::Reverse(finding.severity)));
    for finding in findings {
        finding_html(out, report, finding);
    }
    if report.migrations.len() <= FEW || migration.verdict != Verdict::Safe {
        for kind in Kind::ALL {
            let Some(picture) = picture::draw(kind, migration, &format!("m{number}")) else { continue };
            *drawn += picture.svg.len();
            if *drawn > MOST_DRAWN {
                let _ = writeln!(out, "<p class=\"faint\">{}: left out for length. {}</p>", kind.title(), escaped(&picture.summary));
                continue;
            }
            figure(out, kind, &picture);
        }
    }
    out.push_str("</details>\n");
}

fn figure(out: &mut String, kind: Kind, picture: &Picture) {
    let _ = writeln!(
        out,
        "<h3>{}</h3>\n<figure>\n{}<figcaption><details><summary>The same in words</summary>\n<ul>",
        kind.title(),
        picture.svg
    );
    for part in &picture.text {
        let _ = writeln!(out, "<li>{}</li>", escaped(&part.words));
    }
    out.push_str("</ul></details></figcaption>\n</figure>\n");
}

fn finding_html(out: &mut String, report: &Report, finding: &FindingReport) {
    let line = finding.at.as_ref().map_or(0, |at| at.line);
    let severity = finding.severity.id();
    let _ = writeln!(
        out,
        "<div class=\"finding {severity}\" data-rule=\"{0}\" data-line=\"{line}\">\n<p><b class=\"{severity}\">{severity}</b> {1} <code class=\"faint\">{0}</code></p>",
        finding.rule,
        prose(&finding.message),
    );
    if let Some(at) = &finding.at {
        let _ = writeln!(out, "<p class=\"faint\">{}:{}</p>", escaped(&report.located(&at.path)), at.line);
        if let Some(shown) = excerpt(report, at) {
            let _ = writeln!(out, "<pre>{shown}</pre>");
        }
    }
    match &finding.witness {
        Some(WitnessReport::Failure { sqlstate, error, detail, after, .. }) => {
            let after = after.as_ref().map(|after| format!("after {after}: ")).unwrap_or_default();
            let detail: String = detail.iter().take(8).map(|line| format!("\nDETAIL: {}", escaped(line))).collect();
            let _ = writeln!(out, "<pre>{}ERROR {sqlstate}: {}{detail}</pre>", escaped(&after), escaped(error));
        }
        Some(WitnessReport::Difference { expected: Some(expected), found: Some(found), .. })
            if !expected.is_empty() || !found.is_empty() =>
        {
            let _ = writeln!(out, "<pre>before: {}\nafter:  {}</pre>", escaped(expected), escaped(found));
        }
        Some(WitnessReport::Difference { .. }) | None => {}
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "<p><b>Help:</b> {}</p>", prose(help));
    }
    if let Some(reason) = &finding.suppressed {
        let _ = writeln!(out, "<p class=\"faint\">ignored: {}</p>", escaped(reason));
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
        let lines = |text: &str| escaped(&text.replace("\r\n", "\n").replace('\r', "\n"));
        format!("{}<mark>{}</mark>{}", lines(before), lines(marked), lines(after))
    })
}

/// Our sentences, with their backticks as code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }).collect()
}
