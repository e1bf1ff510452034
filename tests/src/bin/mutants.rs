//! Changes the stories a little and holds backout against a server on what comes out.
//!
//! `cargo run -p backout-tests --bin mutants -- COUNT [SEED]`. Each mutant drops, doubles, swaps, guards, cascades or borrows a
//! statement of a story. Prints every mutant on which backout decides and the server says otherwise; "unknown" is counted only.

use std::collections::BTreeMap;

use backout_tests::answers::{ask, same};
use backout_tests::oracle::{Mode, Oracle, Script, Server, pieces};
use backout_tests::story::{Story, lines, stories};

/// A small generator of numbers: the same seed gives the same mutants.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().unwrap_or(1));
    let (count, seed) = (arguments.next().unwrap_or(200), arguments.next().unwrap_or(1));
    let all: Vec<Story> = stories("postgresql").into_iter().filter(usable).collect();
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let mut oracle = Oracle::new(&server).unwrap_or_else(|error| panic!("{error}"));
    let mut dice = Dice(seed.wrapping_mul(2_654_435_761).wrapping_add(12345));
    let (mut decided, mut unknown, mut wrong) = (0, 0, 0);
    for _ in 0..count {
        let mut story = all[dice.roll(all.len())].clone();
        let donor = all[dice.roll(all.len())].clone();
        mutate(&mut story, &donor, &mut dice);
        let script = |sql: &str| Script::new(sql, Mode::Autocommit);
        let baseline = story.baseline.clone().unwrap_or_default();
        story.baseline = Some(if baseline.is_empty() { "-- an empty database\n".into() } else { baseline });
        let facts =
            oracle.measure(&script(story.baseline.as_deref().unwrap_or_default()), &story.forward_script(), &story.rollback_script());
        let Ok(facts) = facts else { continue };
        let facts = lines(&facts);
        let said = std::panic::catch_unwind(|| ask(&story).lines);
        let Ok(said) = said else {
            println!("PANIC\n{}", show(&story));
            continue;
        };
        let mut differences = Vec::new();
        for word in ["forward_runs", "rollback_runs", "restores", "redo", "rerun", "partial"] {
            let (Some(fact), Some(line)) = (facts.get(word), said.get(word)) else { continue };
            match verdict(word, line, fact) {
                None => unknown += 1,
                Some(true) => decided += 1,
                Some(false) => {
                    wrong += 1;
                    differences.push(format!("{word}: server {fact}\n{:>width$}: backout {line}", "", width = word.len()));
                    // What follows from a wrong answer says nothing new.
                    break;
                }
            }
        }
        if !differences.is_empty() {
            println!("{}{}\n", show(&story), differences.join("\n"));
        }
    }
    println!("{decided} decided and right, {unknown} unknown, {wrong} wrong");
}

/// None for unknown, otherwise whether the line agrees with the fact.
fn verdict(word: &str, line: &str, fact: &str) -> Option<bool> {
    if line.starts_with("unknown") {
        return None;
    }
    if word == "partial" {
        let cut = |line: &str| -> BTreeMap<String, String> {
            line.split(", ").filter_map(|each| each.split_once(':')).map(|(k, rest)| (k.to_string(), rest.to_string())).collect()
        };
        let said = cut(line);
        let mut open = false;
        for (k, fact) in cut(fact) {
            match said.get(&k).map(String::as_str) {
                Some("unknown") | None => open = true,
                Some(line) if line != fact => return Some(false),
                Some(_) => {}
            }
        }
        return if open { None } else { Some(true) };
    }
    Some(same(line, fact))
}

fn usable(story: &Story) -> bool {
    story.worlds.is_empty()
        && story.wrong().is_empty()
        && story.settings.is_empty()
        && !story.file.starts_with("gaps")
        && !story.report.values().any(|line| line.starts_with("unknown"))
}

fn mutate(story: &mut Story, donor: &Story, dice: &mut Dice) {
    let mut forward = plain(&story.forward);
    let mut rollback = plain(&story.rollback);
    for _ in 0..=dice.roll(2) {
        let on_rollback = dice.roll(3) > 0;
        let target = if on_rollback { &mut rollback } else { &mut forward };
        let length = target.len();
        match dice.roll(7) {
            0 if length > 1 => drop(target.remove(dice.roll(length))),
            1 if length > 1 => {
                let at = dice.roll(length - 1);
                target.swap(at, at + 1);
            }
            2 if length > 0 => {
                let at = dice.roll(length);
                let copy = target[at].clone();
                target.insert(at + 1, copy);
            }
            3 if length > 0 => {
                let at = dice.roll(length);
                guard(&mut target[at]);
            }
            4 if length > 0 => {
                let at = dice.roll(length);
                if target[at].to_ascii_uppercase().starts_with("DROP") {
                    target[at].push_str(" CASCADE");
                }
            }
            5 => {
                // The baseline comes along with the borrowed statements, so that they have something to stand on.
                let borrowed = plain(if dice.roll(2) == 0 { &donor.forward } else { &donor.rollback });
                if !borrowed.is_empty() {
                    target.insert(dice.roll(length + 1), borrowed[dice.roll(borrowed.len())].clone());
                }
            }
            _ => {
                let extra = plain(donor.baseline.as_deref().unwrap_or_default());
                let mut baseline = plain(story.baseline.as_deref().unwrap_or_default());
                baseline.extend(extra);
                story.baseline = Some(text(&baseline));
                forward.extend(plain(&donor.forward));
                let mut both = plain(&donor.rollback);
                both.append(&mut rollback);
                rollback = both;
            }
        }
    }
    story.forward = text(&forward);
    story.rollback = text(&rollback);
}

/// The statements without marks and comments at their ends.
fn plain(sql: &str) -> Vec<String> {
    pieces(sql)
        .into_iter()
        .map(|statement| {
            let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
            lines.map(|line| line.split(" -- ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
        })
        .filter(|statement| !statement.trim().is_empty())
        .collect()
}

fn text(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

/// Puts in a guard, or takes it out.
fn guard(statement: &mut String) {
    for guard in ["IF EXISTS ", "IF NOT EXISTS "] {
        if let Some(at) = statement.find(guard) {
            statement.replace_range(at..at + guard.len(), "");
            return;
        }
    }
    let kinds =
        ["TABLE", "VIEW", "INDEX", "FUNCTION", "TYPE", "SEQUENCE", "TRIGGER", "SCHEMA", "POLICY", "COLUMN", "CONSTRAINT", "EXTENSION"];
    for (verb, guard) in [("DROP", "IF EXISTS"), ("CREATE", "IF NOT EXISTS"), ("ADD", "IF NOT EXISTS")] {
        for kind in kinds {
            let from = format!("{verb} {kind} ");
            if let Some(at) = statement.find(&from) {
                statement.insert_str(at + from.len(), &format!("{guard} "));
                return;
            }
        }
    }
}

fn show(story: &Story) -> String {
    format!(
        "---- {}\n-- baseline\n{}-- forward\n{}-- rollback\n{}",
        story.place(),
        story.baseline.as_deref().unwrap_or_default(),
        story.forward,
        story.rollback
    )
}
