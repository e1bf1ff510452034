//! Asks backout about every story and compares its report with the report block and its findings with the marks.
//!
//! A setting `wrong: restores, redo` in a story names what backout gets wrong today (`findings` for the marks); what is right
//! by now is printed, so that somebody takes the word out. `STORY=part` picks stories. `UPDATE_EXPECT=1` fills the report lines that a story does not say yet;
//! `UPDATE_EXPECT=all` overwrites those that differ, too. Read the diff. `PRINT=1` prints what is wrong today.

use std::collections::{BTreeMap, BTreeSet};

use backout_tests::answers::{ask, same};
use backout_tests::story::{self, WORDS, stories};

#[test]
fn backout_says_what_the_stories_say() {
    let update = std::env::var("UPDATE_EXPECT").unwrap_or_default();
    let mut problems = Vec::new();
    let mut updates: BTreeMap<String, BTreeMap<usize, BTreeMap<String, String>>> = BTreeMap::new();
    let all = stories("postgresql");
    for story in &all {
        let said = ask(story);
        let mut wanted = story.report.clone();
        let mut wrong = Vec::new();
        let mut today = Vec::new();
        let known = story.wrong();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for word in WORDS {
            let (Some(line), before) = (said.lines.get(word), story.report.get(word)) else {
                if story.report.contains_key(word) && known.contains(word) {
                    seen.insert(word.into());
                } else if let Some(before) = story.report.get(word) {
                    wrong.push(format!("  {word}: expected {before}\n  {word}: backout says nothing"));
                }
                continue;
            };
            if before.is_some_and(|before| same(line, before)) {
                continue;
            }
            if known.contains(word) {
                seen.insert(word.into());
                today.push(format!("  {word}: expected {}\n  {word}: backout  {line}", before.map_or("(nothing)", String::as_str)));
                continue;
            }
            // Nobody resumes a rollback that fails from the start, or asks for the halves of a forward that fails.
            let fails = |word: &str| story.report.get(word).is_some_and(|line| line != "yes");
            if before.is_none() && ((word == "resumes" && fails("rollback_runs")) || (word == "partial" && fails("forward_runs"))) {
                continue;
            }
            let fill = (before.is_none() && update == "1") || update == "all";
            if fill {
                wanted.insert(word.into(), line.clone());
            } else {
                let before = before.map_or("(nothing)", String::as_str);
                wrong.push(format!("  {word}: expected {before}\n  {word}: backout  {line}"));
            }
        }
        let lost = story.marks.iter().filter(|mark| !said.marks.contains(mark)).map(|mark| ("not found", mark));
        let new = said.marks.iter().filter(|mark| !story.marks.contains(mark)).map(|mark| ("not marked", mark));
        for (what, mark) in lost.chain(new) {
            match known.contains("findings") {
                true => {
                    seen.insert("findings".into());
                    today.push(format!("  {what}: {}:{} {}: {}", mark.script, mark.line, mark.severity, mark.rule));
                }
                false => wrong.push(format!("  {what}: {}:{} {}: {}", mark.script, mark.line, mark.severity, mark.rule)),
            }
        }
        for word in known.difference(&seen) {
            println!("{}: {word} is right now; take the word out of the story's setting \"wrong\"", story.place());
        }
        if !today.is_empty() && std::env::var_os("PRINT").is_some() {
            let answers = &said.report["migrations"][0]["answers"];
            let errors = ["forward_runs", "rollback_runs"].map(|word| answers[word]["error"].as_str().unwrap_or_default());
            println!("{}\n{}\n  {}", story.place(), today.join("\n"), errors.join(" "));
        }
        if wanted != story.report {
            updates.entry(story.file.clone()).or_default().insert(story.line, wanted);
        }
        if !wrong.is_empty() {
            problems.push(format!("{}\n{}", story.place(), wrong.join("\n")));
        }
    }
    for (file, reports) in &updates {
        story::write("postgresql", file, reports);
    }
    assert!(problems.is_empty(), "{} of {} stories differ:\n{}", problems.len(), all.len(), problems.join("\n"));
}
