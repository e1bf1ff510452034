//! What must hold of every plan, whatever it says: laws, tried on generated plans.

use backout_tests::answers::ask;
use backout_tests::differential::{as_story, cut};
use backout_tests::generate::{Plan, plan, seeded};
use backout_tests::story::Story;

/// How many numbers.
const NUMBERS: u64 = 150;

/// Tries a law on plans without and with a defect.
fn holds(law: impl Fn(&Plan, &Story)) {
    for seed in 1..=NUMBERS {
        let good = plan(seed, 17);
        for each in seeded(&good).into_iter().chain([good]) {
            law(&each, &as_story(&each, 17));
        }
    }
}

#[test]
fn the_same_plan_gives_the_same_report() {
    holds(|plan, story| {
        assert_eq!(ask(story).report.to_string(), ask(story).report.to_string(), "seed {}", plan.seed);
    });
}

#[test]
fn a_table_that_nobody_names_changes_no_answer() {
    holds(|plan, story| {
        let mut with = story.clone();
        with.baseline = Some(format!("{}CREATE TABLE unrelated_things (id int);\n", story.baseline.clone().unwrap_or_default()));
        // A publication of all tables and the owner of all tables do see it.
        if !story.forward.contains("ALL TABLES") && !story.forward.contains("OWNER") {
            assert_eq!(ask(&with).lines, ask(story).lines, "seed {}", plan.seed);
        }
    });
}

#[test]
fn a_half_applied_forward_is_a_shorter_forward() {
    holds(|plan, story| {
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
                assert_eq!(said, expected, "seed {} after {k} statements", plan.seed);
            }
        }
    });
}
