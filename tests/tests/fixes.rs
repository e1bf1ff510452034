//! Applies every fix that is offered in every story, example and rule page, and checks the plan again: the finding is gone, the
//! verdict is not worse, and no answer is.
//!
//! `PRINT=1` prints each fix with the scripts after it.

use backout::finding::Severity;
use backout::report::{FindingReport, FixReport, MigrationReport};
use backout::source::Source;
use backout::{Input, Options, rules};
use backout_tests::story::stories;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A plan of three texts.
#[derive(Clone)]
struct Plan {
    name: String,
    texts: BTreeMap<&'static str, String>,
    options: Options,
}

impl Plan {
    fn check(&self) -> MigrationReport {
        let source = |path: &'static str| self.texts.get(path).map(|text| Source { path: path.to_owned(), text: text.clone() });
        let input = Input::pair(source("forward.sql"), source("rollback.sql"), source("baseline.sql"), self.options);
        backout::check(&input).migrations.remove(0)
    }

    /// The plan after a change.
    fn with(&self, fix: &FixReport) -> Self {
        let mut changed = self.clone();
        let mut last = None;
        for edit in fix.edits.iter().rev() {
            let text = changed.texts.iter_mut().find(|(path, _)| **path == edit.at.path).expect("a fix changes a text of the plan").1;
            let range = edit.at.start as usize..edit.at.end as usize;
            assert!(last.is_none_or(|last| edit.at.end <= last), "{}: edits are in order and do not overlap", self.name);
            assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end), "{}", self.name);
            last = Some(edit.at.start);
            text.replace_range(range, &edit.text);
        }
        changed
    }
}

fn plans() -> Vec<Plan> {
    let mut all = Vec::new();
    for story in stories("postgresql") {
        let mut options = Options { runner: story.settings.get("runner").and_then(|id| id.parse().ok()), ..Options::default() };
        for key in ["server", "server-from"] {
            options.server_version = story.settings.get(key).and_then(|version| version.parse().ok()).unwrap_or(options.server_version);
        }
        options.assume_new = story.settings.contains_key("assume-new");
        let mut texts = BTreeMap::from([("forward.sql", story.forward.clone()), ("rollback.sql", story.rollback.clone())]);
        texts.extend(story.baseline.clone().map(|text| ("baseline.sql", text)));
        all.push(Plan { name: story.place(), texts, options });
    }
    for rule in rules::all() {
        for heading in ["## Reported", "## Not reported"] {
            let mut texts = BTreeMap::new();
            let mut lines = rule.page.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
            while let Some(line) = lines.next() {
                let path = match line {
                    "```sql forward" => "forward.sql",
                    "```sql rollback" => "rollback.sql",
                    "```sql baseline" => "baseline.sql",
                    _ => continue,
                };
                texts.insert(path, lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect());
            }
            if !texts.is_empty() {
                all.push(Plan { name: format!("{} {heading}", rule.name), texts, options: Options::default() });
            }
        }
    }
    all
}

fn rank(word: &str) -> usize {
    ["yes", "safe", "unknown", "unproven", "no", "unsafe", "irreversible", "missing"].iter().position(|known| *known == word).unwrap_or(9)
        / 2
}

/// What is worse than before.
fn worse(before: &MigrationReport, after: &MigrationReport) -> Vec<String> {
    let mut found = Vec::new();
    if rank(after.verdict.id()) > rank(before.verdict.id()) {
        found.push(format!("the verdict turns from {} to {}", before.verdict.id(), after.verdict.id()));
    }
    for ((key, _, then, _), (_, _, now, because)) in before.answers.each().into_iter().zip(after.answers.each()) {
        if rank(now.id()) > rank(then.id()) {
            found.push(format!("{key} turns from {} to {} {}", then.id(), now.id(), because.unwrap_or_default()));
        }
    }
    let errors = |report: &MigrationReport| report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors(after) > errors(before) && found.is_empty() && before.answers.rollback_runs.answer.id() == "yes" {
        found.push("there are more errors".to_owned());
    }
    found
}

#[test]
fn every_fix_removes_its_finding_and_makes_nothing_worse() {
    let mut problems = String::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for plan in plans() {
        let before = plan.check();
        for finding in before.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            let count = counts.entry(finding.rule).or_default();
            count.1 += 1;
            let Some(fix) = &finding.fix else { continue };
            count.0 += 1;
            let changed = plan.with(fix);
            let after = changed.check();
            let same = |other: &&FindingReport| other.rule == finding.rule && other.message == finding.message;
            let mut wrong = worse(&before, &after);
            // A rollback that never commits does nothing, and that as often as one likes.
            wrong.retain(|what| finding.rule != "unbalanced-transaction" || what.starts_with("the verdict"));
            wrong.extend(after.findings.iter().find(same).map(|_| "the finding is still there".to_owned()));
            let scripts =
                || format!("{}--- rollback\n{}", changed.texts["forward.sql"], changed.texts.get("rollback.sql").map_or("", |text| text));
            if !wrong.is_empty() {
                let _ = writeln!(
                    problems,
                    "{}\n  {}: {}\n  fix: {}\n  {}\n{}",
                    plan.name,
                    finding.rule,
                    finding.message,
                    fix.title,
                    wrong.join("; "),
                    scripts()
                );
            } else if std::env::var_os("PRINT").is_some() {
                println!("{}\n  {}: {}\n  fix: {}\n{}", plan.name, finding.rule, finding.message, fix.title, scripts());
            }
        }
    }
    for (rule, (fixes, findings)) in &counts {
        println!("{rule:32} {fixes:4} of {findings:4} findings have a fix");
    }
    let (fixes, findings) = counts.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{fixes} of {findings} findings have a fix");
    assert!(problems.is_empty(), "{problems}");
    let fixed: BTreeSet<_> = counts.iter().filter(|(_, (fixes, _))| *fixes > 0).map(|(rule, _)| *rule).collect();
    assert!(fixed.len() >= 18, "fixes of these rules only: {fixed:?}");
}

/// The rollback after the first fix of a rule.
fn mended(rule: &str, forward: &str, rollback: &str) -> Option<String> {
    let texts = BTreeMap::from([("forward.sql", forward.to_owned()), ("rollback.sql", rollback.to_owned())]);
    let plan = Plan { name: rule.to_owned(), texts, options: Options::default() };
    let report = plan.check();
    let finding = report.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("{rule} reports nothing"));
    Some(plan.with(finding.fix.as_ref()?).texts["rollback.sql"].clone())
}

#[test]
fn what_is_put_in_fits_the_text_around_it() {
    let two = "CREATE TABLE a ();\nCREATE TABLE b ();";
    let mend = |rule, rollback| mended(rule, two, rollback).unwrap_or_default();
    // Without a semicolon, behind a comment, with the line ends of the file, on one line.
    assert_eq!(mend("no-transaction", "DROP TABLE b;\nDROP TABLE a"), "BEGIN;\nDROP TABLE b;\nDROP TABLE a;\nCOMMIT;");
    assert_eq!(
        mend("object-left-behind", "DROP TABLE /* c */ b -- d\n;\n"),
        "BEGIN;\nDROP TABLE /* c */ b -- d\n;\nDROP TABLE IF EXISTS public.a;\nCOMMIT;\n"
    );
    assert_eq!(mend("no-transaction", "DROP TABLE b;\r\nDROP TABLE a;\r\n"), "BEGIN;\r\nDROP TABLE b;\r\nDROP TABLE a;\r\nCOMMIT;\r\n");
    assert_eq!(mend("failing-rerun", "drop table\tb; drop table/* c */a;"), "drop table IF EXISTS\tb; drop table IF EXISTS/* c */a;");
    assert_eq!(mend("object-left-behind", "BEGIN; DROP TABLE b; COMMIT;"), "BEGIN; DROP TABLE b; DROP TABLE IF EXISTS public.a;\nCOMMIT;");
    let view = "CREATE TABLE a (id int);\nCREATE VIEW v AS SELECT id FROM a;";
    assert_eq!(mended("drop-before-dependent", view, "  DROP TABLE a; \nDROP VIEW v;").as_deref(), Some("DROP VIEW v;\nDROP TABLE a;"));
    assert_eq!(mended("drop-before-dependent", view, "DROP TABLE a; DROP VIEW v;").as_deref(), Some(" DROP VIEW v;\nDROP TABLE a;"));
    let named = "CREATE TABLE \"Größe\" (id int);\nCREATE TABLE c ();";
    let mended = mended("object-left-behind", named, "DROP TABLE c;");
    assert_eq!(mended.as_deref(), Some("BEGIN;\nDROP TABLE c;\nDROP TABLE IF EXISTS public.\"Größe\";\nCOMMIT;"));
}

#[test]
fn a_rollback_in_comments_has_no_fix() {
    let text = "CREATE TABLE a ();\nCREATE TABLE b ();\n-- Rollback:\n-- DROP TABLE b;\n-- DROP TABLE a;\n";
    let source = Source { path: "a.sql".to_owned(), text: text.to_owned() };
    let report = backout::check(&Input::text(source, None, None, Options::default()));
    assert!(report.all_findings().any(|finding| finding.rule == "failing-rerun"));
    assert!(report.all_findings().all(|finding| finding.fix.is_none()));
}
