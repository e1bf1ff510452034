//! What the fuzz targets do with bytes, and what they begin with.
//!
//! The targets of `fuzz/` only call these functions; `tests/fuzz.rs` runs them on the corpus, and on what was found once.

use std::fs;

use backout::lower;
use backout::op::Op;
use backout::report::{Format, human};
use backout::runner::Runner;
use backout::source::Source;
use backout::split::split;
use backout::{Checker, Input, Options, Teller};

use crate::differential::as_story;
use crate::generate::{plan_of_bytes, seeded};
use crate::house::root;
use crate::laws;
use crate::story::stories;

/// The targets by name.
pub const TARGETS: [(&str, fn(&[u8])); 4] = [("split", cut), ("lower", understand), ("check", judge), ("plans", play)];

/// No text is longer: what is long is a matter of the benchmark.
const LONGEST: usize = 64 * 1024;

/// Parts the texts of one input: no text holds this byte.
const BETWEEN: u8 = 0xff;

/// Any text is cut into statements, and nothing of it is lost.
pub fn cut(data: &[u8]) {
    let text = text(data);
    laws::splitting_and_joining_is_the_text(&text);
    laws::a_statement_is_one_statement(&text);
}

/// Any statement, of any version, is understood or refused, and what is refused lies within it.
pub fn understand(data: &[u8]) {
    let (&[first], data) = data.split_first_chunk::<1>().unwrap_or((&[0], data));
    let (version, text) = (version(first), text(data));
    for statement in split(&text).statements {
        let statement = statement.span.of(&text);
        let end = statement.len() as u32;
        match lower::statement(statement, version) {
            Op::Invalid(rejection) => {
                assert!(rejection.span.start <= rejection.span.end && rejection.span.end <= end, "{rejection:?} in {statement:?}");
                assert_eq!(rejection.sqlstate.len(), 5);
            }
            Op::Gap(gap) => assert!(gap.span.start <= gap.span.end && gap.span.end <= end, "{gap:?} in {statement:?}"),
            _ => {}
        }
    }
    drop(lower::expression(&text, version));
    drop(lower::type_name(&text, version));
}

/// Any texts are judged: a pair with or without a baseline, one text that holds both, or files; and the report is written in every
/// format.
pub fn judge(data: &[u8]) {
    let (&[first, second], data) = data.split_first_chunk::<2>().unwrap_or((&[0, 0], data));
    let mut texts = data.split(|byte| *byte == BETWEEN).map(text);
    let mut source = |path: &str| texts.next().map(|text| Source { path: path.into(), text });
    let options = Options {
        runner: Runner::ALL.get(usize::from(second & 31)).copied(),
        server_version: version(first),
        strict: second & 32 != 0,
        assume_new: second & 64 != 0,
        details: (second & 128 != 0).then_some(Teller::ALL),
    };
    let input = match first / 6 % 4 {
        0 | 1 => Input::pair(source("up.sql"), source("down.sql"), source("schema.sql"), options),
        2 => Input::text(
            source("pasted.sql").unwrap_or_else(|| Source { path: "pasted.sql".into(), text: String::new() }),
            None,
            source("schema.sql"),
            options,
        ),
        _ => {
            let paths = ["1_a.up.sql", "1_a.down.sql", "2_b.up.sql", "2_b.down.sql", "3/up.sql", "3/down.sql", "notes.md", "run.sh"];
            Input::folder(paths.iter().map_while(|path| source(path)).collect(), None, None, options)
        }
    };
    let mut checker = Checker::new();
    let report = checker.check(&input);
    let written: Vec<String> = Format::ALL.iter().map(|format| format.render(&report, &human::Options::default())).collect();
    let again = checker.check(&input);
    assert_eq!(Format::Json.render(&again, &human::Options::default()), Format::Json.render(&report, &human::Options::default()));
    assert!(written.iter().all(|text| text.len() < 64 << 20), "a report of more than 64 MB");
    let text = |path: &str| input.sources.iter().chain(&input.baseline).find(|source| source.path == path).map_or("", |found| &found.text);
    for finding in report.all_findings() {
        if let Some(at) = &finding.at {
            assert!(text(&at.path).get(at.start as usize..at.end as usize).is_some(), "{finding:?}");
        }
    }
}

/// Any plan that the generator can write keeps the laws.
pub fn play(data: &[u8]) {
    let plan = plan_of_bytes(data, laws::VERSION);
    for plan in seeded(&plan).into_iter().chain([plan]) {
        let mut story = as_story(&plan, laws::VERSION);
        laws::the_same_plan_gives_the_same_report(&story);
        laws::an_unrelated_table_changes_no_answer(&story);
        laws::a_half_applied_forward_is_a_shorter_forward(&plan, &story);
        laws::answers_do_not_depend_on_what_else_is_asked(&story);
        story.baseline = None;
        laws::the_same_plan_gives_the_same_report(&story);
    }
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(&data[..data.len().min(LONGEST)]).into_owned()
}

fn version(byte: u8) -> u16 {
    13 + u16::from(byte % 6)
}

/// What a target begins with: our stories, the examples, and what was found once.
pub fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (at, story) in stories("postgresql").iter().enumerate() {
        let name = format!("story-{at:04}");
        let texts = [Some(&story.forward), Some(&story.rollback), story.baseline.as_ref()];
        let texts: Vec<&[u8]> = texts.into_iter().flatten().map(|text| text.as_bytes()).collect();
        let version = story.settings.get("server").and_then(|text| text.parse::<u8>().ok()).unwrap_or(17).saturating_sub(13);
        match target {
            "split" => all.push((name, texts.join(&b'\n'))),
            "lower" => all.push((name, [&[version], &*texts.join(&b'\n')].concat())),
            "check" => all.push((name, [&[version, 31], &*texts.join(&BETWEEN)].concat())),
            _ => {}
        }
    }
    if target == "check" {
        let documents = crate::house::files("examples").into_iter().chain(crate::house::files("docs"));
        for (at, file) in documents.filter(|file| file.path.ends_with(".md") || file.path.ends_with(".sql")).enumerate() {
            // As one text that holds both directions.
            all.push((format!("example-{at:04}"), [&[16, 31], file.text.as_bytes()].concat()));
        }
    }
    if target == "plans" {
        let bytes = |from: u8| (0..200u8).map(|at| at.wrapping_mul(from).wrapping_add(from)).collect();
        all.extend((0..64).map(|from| (format!("bytes-{from:04}"), bytes(from * 4 + 1))));
    }
    let folder = root().join("fuzz/found").join(target);
    for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let bytes = fs::read(file.path()).unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
        all.push((file.file_name().to_string_lossy().into_owned(), bytes));
    }
    all.sort();
    all
}
