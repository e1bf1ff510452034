//! Applies every fix that is offered in every story, example and rule page, and checks the plan again: the finding is gone, the
//! verdict is not worse, and no answer is.
//!
//! Some of each rule are executed on a real server too, and all of them with `FIXES=all`.
//!
//! `PRINT=1` prints each fix with the scripts after it.

use backout::finding::Severity;
use backout::report::{FindingReport, FixReport, MigrationReport};
use backout::source::Source;
use backout::{Input, Options, rules};
use backout_tests::oracle::{Mode, Oracle, Script, Server};
use backout_tests::story::{Story, lines, stories};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Mutex;

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

impl Plan {
    fn of(story: &Story) -> Self {
        let mut options = Options { runner: story.settings.get("runner").and_then(|id| id.parse().ok()), ..Options::default() };
        for key in ["server", "server-from"] {
            options.server_version = story.settings.get(key).and_then(|version| version.parse().ok()).unwrap_or(options.server_version);
        }
        options.assume_new = story.settings.contains_key("assume-new");
        let mut texts = BTreeMap::from([("forward.sql", story.forward.clone()), ("rollback.sql", story.rollback.clone())]);
        texts.extend(story.baseline.clone().map(|text| ("baseline.sql", text)));
        Plan { name: story.place(), texts, options }
    }
}

fn plans() -> Vec<Plan> {
    let mut all: Vec<Plan> = stories("postgresql").iter().map(Plan::of).collect();
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

/// A fix of a defect in what the rollback does, and what backout says of the plan after it.
struct Mended {
    story: Story,
    rollback: String,
    rule: &'static str,
    runs: &'static str,
    restores: &'static str,
}

fn mended_stories() -> Vec<Mended> {
    let mut found = Vec::new();
    let mut of_rule: BTreeMap<&str, usize> = BTreeMap::new();
    let most = if std::env::var("FIXES").is_ok_and(|value| value == "all") { usize::MAX } else { 2 };
    for story in stories("postgresql") {
        // Where there is no schema before, the story stands for many; where backout is known to be wrong, its fix is too.
        if (story.baseline.is_none() && !story.worlds.is_empty()) || !story.wrong().is_empty() {
            continue;
        }
        let plan = Plan::of(&story);
        for finding in plan.check().findings {
            let Some(fix) = &finding.fix else { continue };
            let heading = rules::find(finding.rule).map_or(rules::Heading::Plan, |rule| rule.heading);
            // The other headings are about second runs and half-applied scripts.
            if matches!(heading, rules::Heading::Ordering | rules::Heading::Coverage | rules::Heading::Scope) {
                let count = of_rule.entry(finding.rule).or_default();
                *count += 1;
                if *count > most {
                    continue;
                }
                let changed = plan.with(fix);
                let answers = changed.check().answers;
                let (runs, restores) = (answers.rollback_runs.answer.id(), answers.restores.answer.id());
                let rollback = changed.texts["rollback.sql"].clone();
                found.push(Mended { story: story.clone(), rollback, rule: finding.rule, runs, restores });
            }
        }
    }
    found
}

#[test]
fn a_server_runs_what_the_fixes_make() {
    let all = mended_stories();
    let (next, problems, tried) = (Mutex::new(all.iter()), Mutex::new(Vec::new()), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
                let mut oracle = Oracle::new(&server).unwrap_or_else(|error| panic!("{error}"));
                loop {
                    let Some(mended) = next.lock().expect("no thread panics while it holds this").next() else { break };
                    let story = &mended.story;
                    if !story.fits(server.version) {
                        continue;
                    }
                    let baseline = Script::new(story.baseline.as_deref().unwrap_or_default(), Mode::Autocommit);
                    let rollback = Script::new(&mended.rollback, story.mode());
                    let facts = oracle.measure(&baseline, &story.forward_script(), &rollback);
                    let told = lines(&facts.unwrap_or_else(|error| panic!("{}: {error}", story.place())));
                    *tried.lock().expect("no thread panics while it holds this") += 1;
                    for (word, said) in [("rollback_runs", mended.runs), ("restores", mended.restores)] {
                        let fact = &told[word];
                        if said != "unknown" && !fact.starts_with(said) {
                            let Mended { rule, rollback, .. } = mended;
                            let line =
                                format!("{}: {rule}: {word} is {said} to backout, and the server says {fact}\n{rollback}", story.place());
                            problems.lock().expect("no thread panics while it holds this").push(line);
                        }
                    }
                }
            });
        }
    });
    let tried = tried.into_inner().expect("the threads have ended");
    println!("{tried} rollbacks with a fix were run on a server");
    let problems = problems.into_inner().expect("the threads have ended");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(tried > 20, "only {tried} fixes were tried");
}
