//! Makes a plan smaller as long as it stays in its class, and writes it as a story.

use super::compare::{Class, Outcome};
use super::{Bench, as_story};
use crate::generate::Plan;
use crate::story::{WORDS, compress};

/// How many runs a plan is worth.
const TRIES: usize = 150;

/// The smallest plan found that is still in the class.
pub fn shrink(bench: &mut Bench, plan: &Plan, class: &Class) -> Plan {
    let mut best = plan.clone();
    let mut tries = 0;
    loop {
        let mut smaller = None;
        for candidate in best.smaller() {
            tries += 1;
            if tries > TRIES {
                return best;
            }
            if bench.judge(&candidate).is_ok_and(|outcome| outcome.classes.iter().any(|(each, _)| each == class)) {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            Some(candidate) => best = candidate,
            None => return best,
        }
    }
}

/// The plan as a story whose report is the server's, with a `wrong:` for what backout says otherwise.
pub fn story(plan: &Plan, outcome: &Outcome, title: &str, version: u16) -> String {
    let story = as_story(plan, version);
    let wrong: Vec<&str> = WORDS.into_iter().filter(|word| outcome.classes.iter().any(|((_, class), _)| class.starts_with(word))).collect();
    let mut text = format!(
        "## {title}\n\nSeed {}, steps: {}{}.\n\n",
        plan.seed,
        plan.kinds.join(", "),
        plan.defect.map_or(String::new(), |kind| format!("; defect: {kind}"))
    );
    if !wrong.is_empty() {
        text.push_str(&format!("wrong: {}\n\n", wrong.join(", ")));
    }
    if let Some(baseline) = story.baseline.as_ref() {
        text.push_str(&format!("```sql baseline\n{baseline}```\n\n"));
    }
    text.push_str(&format!("```sql forward\n{}```\n\n```sql rollback\n{}```\n\n```text report\n", story.forward, story.rollback));
    for word in WORDS {
        if let Some(line) = outcome.facts.get(word) {
            let line = if word == "partial" { compress(line) } else { line.clone() };
            text.push_str(&format!("{word} {line}\n"));
        }
    }
    text.push_str("```\n");
    for (_, detail) in &outcome.classes {
        for line in detail.lines() {
            text.push_str(&format!("<!-- {line} -->\n"));
        }
    }
    text
}
