//! Laws: what must hold of every plan and every text, whatever it says. A law that does not hold is a panic.

use backout::catalog::Catalog;
use backout::catalog::apply::Apply;
use backout::catalog::builtin::Builtin;
use backout::catalog::session::Session;
use backout::lower;
use backout::report::json;
use backout::split::split;
use backout::{Checker, Input};

use crate::answers::ask;
use crate::differential::{as_story, cut};
use crate::generate::{Plan, plan_with_prefix, seeded};
use crate::story::Story;

/// The version that laws are tried for.
pub const VERSION: u16 = 17;

/// Statements and what stands between them, put in order, are the text.
pub fn splitting_and_joining_is_the_text(text: &str) {
    let script = split(text);
    let mut spans: Vec<_> = script.statements.iter().map(|statement| statement.span).collect();
    spans.extend(script.trivia.iter().map(|trivia| trivia.span));
    spans.sort();
    let joined: String = spans.iter().map(|span| span.of(text)).collect();
    assert_eq!(joined, text, "a hole, an overlap or a cut character");
    assert!(spans.iter().all(|span| span.start < span.end), "an empty piece of {text:?}");
}

/// What was split is split no further.
pub fn a_statement_is_one_statement(text: &str) {
    for statement in split(text).statements {
        let alone = statement.span.of(text);
        // The rows behind COPY are not SQL, and a text that was cut off ends differently.
        if statement.copy_data.is_none() && statement.templates.is_empty() {
            let again = split(alone);
            // `<%` opens a template where a line begins, and here one begins that did not.
            let begins = again.templates.first().is_some_and(|template| template.span.start == 0);
            assert!(again.statements.len() <= 1 || begins, "{} statements in {alone:?}", again.statements.len());
        }
    }
}

/// The same input gives the same bytes.
pub fn the_same_plan_gives_the_same_report(story: &Story) {
    assert_eq!(ask(story).report.to_string(), ask(story).report.to_string());
}

/// The report is the same in however many shares a plan is judged.
pub fn shares_change_no_report(input: &Input) {
    let shared = |of: usize| {
        let shares = (0..of).map(|at| Checker::new().share(input, at, of)).collect();
        json::render(&Checker::new().join(input, shares))
    };
    let whole = json::render(&Checker::new().check(input));
    for of in [1, 2, 3, 7] {
        let shared = shared(of);
        let differs = whole.lines().zip(shared.lines()).find(|(whole, shared)| whole != shared);
        assert!(whole == shared, "in {of} shares the report is another one: {differs:?}");
    }
}

/// A table that nobody names changes no answer.
pub fn an_unrelated_table_changes_no_answer(story: &Story) {
    let mut with = story.clone();
    with.baseline = Some(format!("{}CREATE TABLE unrelated_things (id int);\n", story.baseline.clone().unwrap_or_default()));
    // A publication of all tables and the owner of all tables do see it.
    if !story.forward.contains("ALL TABLES") && !story.forward.contains("OWNER") {
        assert_eq!(ask(&with).lines, ask(story).lines);
    }
}

/// The rollback after the first statements of a forward is the rollback of a shorter forward.
pub fn a_half_applied_forward_is_a_shorter_forward(plan: &Plan, story: &Story) {
    let forward = plan.forward();
    let whole = ask(story).lines;
    let Some(partial) = whole.get("partial").filter(|_| !forward.iter().any(|statement| statement == "BEGIN")) else { return };
    for (k, said) in cut(partial) {
        let mut shorter = story.clone();
        shorter.forward = forward.iter().take(k).map(|statement| format!("{statement};\n")).collect();
        let lines = ask(&shorter).lines;
        let expected = match (lines["rollback_runs"].as_str(), &lines["restores"]) {
            ("yes", restores) if restores.starts_with("yes") => "yes".to_string(),
            ("yes", restores) if restores.starts_with("no") => "runs".into(),
            ("yes", _) => "unknown".into(),
            (fails, _) => fails.into(),
        };
        // A forward of nothing is no forward: that question is not asked.
        if k > 0 {
            assert_eq!(said, expected, "after {k} statements");
        }
    }
}

/// What a run changes is taken back before the next: a plan says the same of its rollback when more is asked.
pub fn answers_do_not_depend_on_what_else_is_asked(story: &Story) {
    let mut twice = story.clone();
    twice.forward.push_str("SELECT 1;\n");
    let (once, twice) = (ask(story).lines, ask(&twice).lines);
    for word in ["forward_runs", "rollback_runs", "restores", "rerun", "redo", "resumes", "local", "lossless"] {
        assert_eq!(once.get(word), twice.get(word), "{word}");
    }
}

/// The name that the law of names puts before all others.
const PREFIX: &str = "zq_";

/// Other names change no answer.
pub fn other_names_change_no_answer(plan: &Plan) {
    let renamed = plan_with_prefix(plan.seed, VERSION, PREFIX);
    for (plan, renamed) in [(Some(plan.clone()), Some(renamed.clone())), (seeded(plan), seeded(&renamed))] {
        let (Some(plan), Some(renamed)) = (plan, renamed) else { continue };
        let text = |plan: &Plan| {
            let story = as_story(plan, VERSION);
            format!("{}{}{}", story.baseline.unwrap_or_default(), story.forward, story.rollback).replace(PREFIX, "").replace('"', "")
        };
        // A name that became too long, or a slip that hit the new part of it, makes another plan.
        if text(&plan) != text(&renamed) {
            continue;
        }
        let (before, mut after) = (ask(&as_story(&plan, VERSION)).lines, ask(&as_story(&renamed, VERSION)).lines);
        after.values_mut().for_each(|line| *line = line.replace(PREFIX, ""));
        assert_eq!(unquoted(before), unquoted(after), "seed {}", plan.seed);
    }
}

fn unquoted(mut lines: std::collections::BTreeMap<String, String>) -> std::collections::BTreeMap<String, String> {
    for line in lines.values_mut() {
        // Which names need quotes and in which order they stand depends on the names.
        let (head, list) = line.split_once(": ").map_or((line.as_str(), ""), |(head, list)| (head, list));
        let mut parts: Vec<String> = list.split("; ").map(|part| part.replace('"', "")).collect();
        parts.sort();
        *line = format!("{head}: {}", parts.join("; "));
    }
    lines
}

/// What statements did to the catalog can be taken back, and then it is as it was.
pub fn undoing_returns_the_catalog(story: &Story) {
    let mut catalog = Catalog::new(VERSION, false);
    let builtin = Builtin::new(VERSION);
    let apply = |catalog: &mut Catalog, text: &str| {
        let mut session = Session::default();
        for statement in split(text).statements {
            let op = lower::statement(statement.span.of(text), VERSION);
            let before = catalog.mark();
            let mut apply = Apply::new(&mut *catalog, &mut session, &builtin, true);
            if apply.run(&op).is_err() {
                catalog.undo(before);
            }
        }
    };
    apply(&mut catalog, story.baseline.as_deref().unwrap_or_default());
    let (before, mark) = (told(&catalog), catalog.mark());
    apply(&mut catalog, &story.forward);
    apply(&mut catalog, &story.rollback);
    catalog.undo(mark);
    assert_eq!(told(&catalog), before);
}

/// Every object with what it is and what depends on it. What was presumed has always been there, and undoing leaves it.
fn told(catalog: &Catalog) -> String {
    let mut told = String::new();
    for (id, object) in catalog.objects().filter(|(_, object)| !object.presumed) {
        let mut dependents = catalog.dependents(id).to_vec();
        dependents.sort();
        told.push_str(&format!("{id:?} {object:?} {dependents:?}\n"));
    }
    told
}
