//! Holds the report blocks of the stories against a real server: a "yes" or "no" of a story must be what the server does.
//!
//! `STORY=part` picks stories, `PRINT=1` prints the server's facts, and `UPDATE_EXPECT=server` writes them into the stories
//! (lines that say "unknown" stay).

use std::collections::BTreeMap;
use std::sync::Mutex;

use backout_tests::oracle::{Facts, Mode, Oracle, Script, Server, fits_one_transaction, measure};
use backout_tests::story::{self, Story, join, lines, stories};

/// How many servers share the work.
const SERVERS: usize = 2;

#[test]
fn the_stories_say_what_a_server_does() {
    let all = stories("postgresql");
    let next = Mutex::new(all.iter());
    let results = Mutex::new(BTreeMap::new());
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SERVERS.min(all.len()) {
            scope.spawn(|| {
                let problem = |error: String| problems.lock().expect("no thread panics while it holds this").push(error);
                let server = match Server::start() {
                    Ok(server) => server,
                    Err(error) => return problem(error),
                };
                let mut oracle = match Oracle::new(&server) {
                    Ok(oracle) => oracle,
                    Err(error) => return problem(error),
                };
                loop {
                    let Some(story) = next.lock().expect("no thread panics while it holds this").next() else { break };
                    if !story.fits(server.version) {
                        continue;
                    }
                    match facts(story, |world, forward, rollback| oracle.measure(world, forward, rollback)) {
                        Ok(found) => {
                            results.lock().expect("no thread panics while it holds this").insert((story.file.clone(), story.line), found);
                        }
                        Err(error) => problem(format!("{}: {error}", story.place())),
                    }
                }
            });
        }
    });
    let results = results.into_inner().expect("the threads have ended");
    let mut problems = problems.into_inner().expect("the threads have ended");
    let update = std::env::var("UPDATE_EXPECT").is_ok_and(|value| value == "server");
    let print = std::env::var_os("PRINT").is_some();
    let mut updates: BTreeMap<String, BTreeMap<usize, BTreeMap<String, String>>> = BTreeMap::new();
    for story in &all {
        let Some((facts, detail)) = results.get(&(story.file.clone(), story.line)) else { continue };
        let mut wanted = story.report.clone();
        let mut wrong = Vec::new();
        for (word, fact) in facts {
            let said = story.report.get(word).map_or("", String::as_str);
            let fails = |word: &str| story.report.get(word).is_some_and(|line| line != "yes");
            let unasked =
                said.is_empty() && ((word == "resumes" && fails("rollback_runs")) || (word == "partial" && fails("forward_runs")));
            if unasked || agrees(word, said, fact) {
                continue;
            }
            wrong.push(format!("  {word}: the story says {said:?}, the server {fact:?}"));
            wanted.insert(word.clone(), fact.clone());
        }
        if print {
            println!("{}\n{}{detail}", story.place(), facts.iter().map(|(word, line)| format!("  {word} {line}\n")).collect::<String>());
        }
        if wrong.is_empty() {
            continue;
        }
        match update {
            true => drop(updates.entry(story.file.clone()).or_default().insert(story.line, wanted)),
            false => problems.push(format!("{}\n{}", story.place(), wrong.join("\n"))),
        }
    }
    for (file, reports) in &updates {
        story::write("postgresql", file, reports);
    }
    assert!(
        problems.is_empty(),
        "{} stories differ from the server (UPDATE_EXPECT=server writes its facts):\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// Whether what a story says may stand beside what the server did.
fn agrees(word: &str, said: &str, fact: &str) -> bool {
    // Worlds that all say no may say so for different reasons.
    if said == fact || said.starts_with("unknown") || (fact == "no" && said.starts_with("no")) {
        return true;
    }
    if word != "partial" {
        return false;
    }
    let (said, fact): (Vec<&str>, Vec<&str>) = (said.split(", ").collect(), fact.split(", ").collect());
    said.len() >= fact.len() && fact.iter().zip(&said).all(|(fact, said)| fact == said || said.ends_with(":unknown"))
}

/// The databases that a story may begin with.
fn worlds(story: &Story) -> Vec<Script> {
    let baseline = |sql: &str| Script::new(sql, Mode::Autocommit);
    match (&story.baseline, story.worlds.is_empty()) {
        (Some(sql), _) => vec![baseline(sql)],
        (None, true) => vec![baseline("")],
        (None, false) => story.worlds.iter().map(|sql| baseline(sql)).collect(),
    }
}

type Told = (BTreeMap<String, String>, String);

fn facts(story: &Story, mut measure: impl FnMut(&Script, &Script, &Script) -> Result<Facts, String>) -> Result<Told, String> {
    let mut each = Vec::new();
    let mut detail = String::new();
    for world in &worlds(story) {
        let facts = measure(world, &story.forward_script(), &story.rollback_script())?;
        for failure in [
            facts.forward_runs.as_ref().err(),
            facts.rollback_runs.as_ref().and_then(|runs| runs.as_ref().err()),
            facts.rerun.as_ref().and_then(|runs| runs.as_ref().err()),
            facts.redo.as_ref().and_then(|runs| runs.as_ref().err()),
        ] {
            detail.extend(failure.map(|failure| format!("    {}: {}\n", failure.sqlstate, failure.message)));
        }
        for difference in facts.left.iter().flatten() {
            detail.push_str(&format!("    {} {} {}: {}\n", difference.change, difference.kind, difference.name, difference.detail));
        }
        each.push(lines(&facts));
    }
    Ok((join(&each), detail))
}

#[test]
fn one_transaction_shows_what_databases_of_their_own_show() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let mut oracle = Oracle::new(&server).unwrap_or_else(|error| panic!("{error}"));
    let all = stories("postgresql");
    let within = |story: &&Story| {
        let (forward, rollback) = (story.forward_script(), story.rollback_script());
        story.fits(server.version) && worlds(story).iter().all(|world| fits_one_transaction(&[world, &forward, &rollback]))
    };
    // `EVERY=1` compares all of them, which takes a quarter of an hour.
    let every = std::env::var("EVERY").ok().and_then(|number| number.parse().ok()).unwrap_or(40);
    let some: Vec<&Story> = all.iter().filter(within).step_by(every).collect();
    assert!(some.len() > 10, "{} stories are compared", some.len());
    for story in some {
        let fast = facts(story, |world, forward, rollback| oracle.measure(world, forward, rollback));
        let slow = facts(story, |world, forward, rollback| measure(&server, world, forward, rollback));
        assert_eq!(fast, slow, "{}", story.place());
    }
}

#[test]
fn the_examples_are_as_good_and_as_bad_as_their_names() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut plans: Vec<_> = std::fs::read_dir(&folder).expect("the examples are there").flatten().map(|entry| entry.path()).collect();
    plans.retain(|plan| plan.is_dir());
    plans.sort();
    let mut problems = Vec::new();
    for plan in &plans {
        let name = plan.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let script = |file: &str| Script::new(&std::fs::read_to_string(plan.join(file)).unwrap_or_default(), Mode::Autocommit);
        let facts = measure(&server, &script("baseline.sql"), &script("forward.sql"), &script("rollback.sql"));
        let facts = facts.unwrap_or_else(|error| panic!("{name}: {error}"));
        let told = lines(&facts);
        let good = told["rollback_runs"] == "yes" && told["restores"].starts_with("yes") && told["redo"] == "yes";
        if told["forward_runs"] != "yes" || good != name.ends_with("-good") {
            problems.push(format!("{name}: {told:#?}"));
        }
        if std::env::var_os("PRINT").is_some() {
            println!("{name}: {told:#?}");
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
