//! The examples on the rules' pages: what is called reported is reported, what is called silent is silent.

use backout::source::Source;
use backout::{Input, Options, rules};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Wrong today: the engine does not see these yet. A rule leaves this list when its example is reported.
const NOT_SEEN_YET: &[&str] = &[];

#[test]
fn examples_are_reported_or_silent_as_their_headings_say() {
    let mut failures = String::new();
    for rule in rules::all() {
        for (heading, wanted) in [("## Reported", true), ("## Not reported", false)] {
            let Some(scripts) = scripts(rule.page, heading) else { continue };
            let report = backout::check(&input(&scripts));
            let reported = report.all_findings().any(|finding| finding.rule == rule.name);
            let wanted = wanted && !NOT_SEEN_YET.contains(&rule.name);
            if reported != wanted {
                let found: Vec<_> = report.all_findings().map(|finding| finding.rule).collect();
                let _ = writeln!(failures, "{}: the example under \"{heading}\" gives {found:?}", rule.name);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}correct the page, the check, or the engine");
}

fn input(scripts: &BTreeMap<&str, String>) -> Input {
    let source = |kind: &str| scripts.get(kind).map(|text| Source { path: format!("{kind}.sql"), text: text.clone() });
    Input::pair(source("forward"), source("rollback"), source("baseline"), Options::default())
}

/// The SQL blocks below a heading, by the word after `sql`; none when the example is not in SQL.
fn scripts<'a>(page: &'a str, heading: &str) -> Option<BTreeMap<&'a str, String>> {
    let mut lines = page.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
    let mut found = BTreeMap::new();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```sql ") {
            let text: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            found.insert(kind, text);
        }
    }
    (!found.is_empty()).then_some(found)
}
