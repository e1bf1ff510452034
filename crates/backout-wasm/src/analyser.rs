//! A checker that lives as long as its worker, and the last report, to be rendered in other ways.

use crate::input;
use backout::layout;
use backout::report::picture::{self, Kind};
use backout::report::{Report, html, json, junit, markdown, sarif, words};
use backout::runner::Runner;
use backout::source::Source;
use backout::{Checker, Input, Shape, Teller};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Judges texts; keeps what a second call can use.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Analyser {
    checker: Checker,
    /// The last check.
    last: Option<(Input, Report)>,
    /// The last check of a folder, while one of its migrations is judged by itself: who comes back to it need not wait.
    folder: Option<(Input, Report)>,
    /// The last check with the details that pictures are drawn of; made when somebody asks for one.
    detailed: Option<Report>,
}

/// A report with the words that the formats for people put beside each answer.
#[derive(Debug, Serialize)]
struct Told<'a> {
    report: &'a Report,
    /// For each migration, by the answers' keys.
    proofs: Vec<BTreeMap<&'static str, String>>,
    hangs_on_runner: bool,
}

/// The texts of one migration of a history.
#[derive(Debug, Serialize)]
struct Opened {
    forward: Option<String>,
    rollback: Option<String>,
    /// The forwards before it, as the schema that it runs on.
    baseline: Option<String>,
    runner: Option<&'static str>,
}

#[wasm_bindgen]
impl Analyser {
    /// One that knows nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges an input like the package's; gives JSON. The error says what is wrong with the input.
    pub fn check(&mut self, input: &JsValue) -> Result<String, String> {
        self.judge(input::read(input).map_err(|problem| problem.to_string())?)
    }

    /// Writes the last report in one of the formats that the page offers.
    pub fn render(&mut self, format: &str) -> Result<String, String> {
        Ok(match format {
            "json" => json::render(self.report()?),
            "sarif" => sarif::render(self.report()?),
            "junit" => junit::render(self.report()?),
            "markdown" => markdown::render(self.report()?),
            "html" => html::render(self.detailed()?),
            _ => return Err(format!("there is no format `{format}` here")),
        })
    }

    /// Draws the pictures of one migration of the last report; JSON, a list. `id` begins the ids in the drawings.
    pub fn pictures(&mut self, migration: usize, id: &str) -> Result<String, String> {
        let report = self.detailed()?;
        let chosen = report.migrations.get(migration).ok_or_else(|| format!("there is no migration number {migration}"))?;
        let drawn = Kind::ALL.into_iter().filter_map(|kind| picture::draw(kind, chosen, id).map(|picture| (kind, picture)));
        let drawn = drawn.map(|(kind, picture)| {
            json!({"kind": kind.id(), "title": kind.title(), "svg": picture.svg, "summary": picture.summary, "items": picture.items()})
        });
        Ok(serde_json::Value::from_iter(drawn).to_string())
    }
}

/// The texts of one migration of a folder, ready for the editors; JSON. Nothing is judged for it, so that any worker can.
#[wasm_bindgen]
pub fn open(folder: &JsValue, migration: usize) -> Result<String, String> {
    opened(&input::read(folder).map_err(|problem| problem.to_string())?, migration)
}

fn opened(input: &Input, migration: usize) -> Result<String, String> {
    let Shape::Plan { layout, read } = input.shape else { return Err("this is a pair and no folder".to_owned()) };
    let plan = read(&input.sources, layout);
    let chosen = plan.migrations.get(migration).ok_or_else(|| format!("there is no migration number {migration}"))?;
    let text = |part: Option<&layout::Part>| {
        let part = part?;
        let source = input.sources.get(part.source)?;
        Some(part_text(part, source))
    };
    let mut before = Vec::new();
    before.extend(input.baseline.as_ref().map(|source| source.text.clone()));
    before.extend(text(chosen.baseline.as_ref()));
    if plan.history {
        for earlier in plan.migrations.iter().take(migration) {
            if let Some(sql) = text(earlier.forward.as_ref()) {
                before.push(format!("-- {}\n{}\n", earlier.id.replace(['\n', '\r'], " "), sql.trim_end()));
            }
        }
    }
    let opened = Opened {
        forward: text(chosen.forward.as_ref()),
        rollback: text(chosen.rollback.as_ref()),
        // Each script is a session of its own: what it set does not reach the next.
        baseline: (!before.is_empty()).then(|| before.join("\nRESET ALL;\n\n")),
        runner: input.options.runner.or(plan.recognised.then_some(plan.runner)).map(Runner::id),
    };
    serde_json::to_string(&opened).map_err(|error| error.to_string())
}

/// Takes a pasted text apart if it holds both scripts; JSON, with `texts` null if it does not.
#[wasm_bindgen]
pub fn sides(text: &str) -> String {
    let Some(pasted) = layout::pasted(text) else {
        return json!({"texts": null, "layout": "plain", "runner": null, "migrations": 0}).to_string();
    };
    let both = |migration: &&layout::PastedMigration| migration.forward.is_some() && migration.rollback.is_some();
    let own = |script: &Option<layout::PastedScript>| script.as_ref().map_or(String::new(), |script| script.text.clone());
    let texts = pasted
        .migrations
        .iter()
        .find(both)
        .map(|first| json!({"forward": own(&first.forward), "rollback": own(&first.rollback), "baseline": own(&first.baseline)}));
    let (layout, runner) = (pasted.layout.id, pasted.runner.map(Runner::id));
    json!({"texts": texts, "layout": layout, "runner": runner, "migrations": pasted.migrations.len()}).to_string()
}

impl Analyser {
    fn judge(&mut self, input: Input) -> Result<String, String> {
        if self.last.as_ref().is_some_and(|(last, _)| is_folder(last)) {
            self.folder = self.last.take();
        }
        let known = self.folder.take_if(|(known, _)| is_folder(&input) && same(known, &input));
        let report = known.map_or_else(|| self.watched(&input), |(_, report)| report);
        let proofs = report.migrations.iter().map(|migration| {
            let answers = migration.answers.each();
            answers.into_iter().map(|(key, _, verity, because)| (key, words::proof(migration, key, verity, because))).collect()
        });
        let hangs_on_runner = report.migrations.iter().any(|migration| words::hangs_on_runner(&report, migration));
        let told = Told { report: &report, proofs: proofs.collect(), hangs_on_runner };
        let told = serde_json::to_string(&told).map_err(|error| error.to_string());
        self.last = Some((input, report));
        self.detailed = None;
        told
    }

    /// Judges, and tells the worker how far that is.
    fn watched(&mut self, input: &Input) -> Report {
        let mut at = 0;
        let share = self.checker.share_watched(input, 0, 1, move |_, of| {
            at += 1;
            judging(at, of);
        });
        self.checker.join(input, vec![share])
    }

    fn detailed(&mut self) -> Result<&Report, String> {
        let (input, _) = self.last.as_ref().ok_or_else(nothing_checked)?;
        if self.detailed.is_none() {
            let mut input = input.clone();
            input.options.details = Some(Teller::ALL);
            self.detailed = Some(self.checker.check(&input));
        }
        self.detailed.as_ref().ok_or_else(nothing_checked)
    }

    fn report(&self) -> Result<&Report, String> {
        self.last.as_ref().map(|(_, report)| report).ok_or_else(nothing_checked)
    }
}

fn is_folder(input: &Input) -> bool {
    matches!(input.shape, Shape::Plan { .. })
}

/// Whether a folder is asked about as it was before.
fn same(one: &Input, other: &Input) -> bool {
    let settings = |input: &Input| {
        let backout::Options { runner, server_version, strict, assume_new, .. } = input.options;
        (runner, server_version, strict, assume_new)
    };
    settings(one) == settings(other) && one.baseline == other.baseline && one.sources == other.sources
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
extern "C" {
    /// The worker's own: which migration of how many is judged now.
    #[wasm_bindgen(js_name = backoutJudging)]
    fn judging(at: usize, of: usize);
}

#[cfg(not(target_arch = "wasm32"))]
fn judging(_: usize, _: usize) {}

fn nothing_checked() -> String {
    "nothing has been checked yet".to_owned()
}

/// One direction of a migration without the other direction's lines around it.
fn part_text(part: &layout::Part, source: &Source) -> String {
    let text = part.text(source);
    let pieces: Vec<_> =
        part.chunks.iter().map(|chunk| chunk.of(text).trim_matches(['\n', '\r'])).filter(|piece| !piece.trim().is_empty()).collect();
    let mut joined = pieces.join("\n");
    if !joined.is_empty() {
        joined.push('\n');
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use backout::Options;
    use backout::source::Source;

    fn judged(input: Input) -> (Analyser, serde_json::Value) {
        let mut analyser = Analyser::new();
        let told = analyser.judge(input).expect("a report has no cycles");
        (analyser, serde_json::from_str(&told).expect("it is JSON"))
    }

    #[test]
    fn a_pair_is_judged_and_told() {
        let side = |text: &str| Some(Source { path: String::new(), text: text.to_owned() });
        let (forward, rollback) = (side("CREATE TABLE a (id int);\nCREATE VIEW v AS SELECT id FROM a;"), side("DROP TABLE a;"));
        let (mut analyser, told) = judged(Input::pair(forward, rollback, None, Options::default()));
        assert_eq!(told["report"]["migrations"][0]["verdict"], "unsafe");
        assert_eq!(told["proofs"][0]["rollback_runs"], "2BP01 at statement 1");
        assert!(analyser.render("markdown").is_ok_and(|text| text.contains("would not work")));
        assert!(analyser.render("parchment").is_err());
        let drawn: serde_json::Value = serde_json::from_str(&analyser.pictures(0, "p").expect("there is a migration")).expect("it is JSON");
        assert!(
            drawn.as_array().is_some_and(|list| list.iter().all(|one| one["svg"].as_str().is_some_and(|svg| svg.starts_with("<svg")))),
            "{drawn}"
        );
    }

    #[test]
    fn a_migration_of_a_history_opens_on_what_came_before() {
        let goose = |number: u8, up: &str, down: &str| Source {
            path: format!("0000{number}_x.sql"),
            text: format!("-- +goose Up\n{up}\n-- +goose Down\n{down}\n"),
        };
        let files =
            vec![goose(1, "CREATE TABLE a (id int);", "DROP TABLE a;"), goose(2, "ALTER TABLE a ADD b int;", "ALTER TABLE a DROP b;")];
        let input = Input::folder(files, None, None, Options::default());
        let opened = |at| opened(&input, at).map(|json| serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON"));
        assert!(opened(2).is_err());
        let opened = opened(1).expect("there are two");
        assert_eq!(opened["forward"], "ALTER TABLE a ADD b int;\n");
        assert_eq!(opened["rollback"], "ALTER TABLE a DROP b;\n");
        assert_eq!(opened["baseline"], "-- 00001_x\nCREATE TABLE a (id int);\n");
        assert_eq!(opened["runner"], "goose");
    }

    #[test]
    fn a_runner_that_nothing_shows_stays_assumed() {
        let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let files = || vec![file("a/up.sql", "CREATE TABLE a ();\nCREATE TABLE b ();"), file("a/down.sql", "DROP TABLE b;\nDROP TABLE a;")];
        let folder = |options| Input::folder(files(), None, None, options);
        let told = |options| judged(folder(options)).1;
        assert_eq!(opened(&folder(Options::default()), 0).as_deref().map(|json| json.contains("\"runner\":null")), Ok(true));
        let assumed = told(Options::default());
        assert_eq!((&assumed["report"]["migrations"][0]["verdict"], &assumed["hangs_on_runner"]), (&json!("safe"), &json!(true)));
        let named = told(Options { runner: Some(Runner::PsqlStop), ..Options::default() });
        assert_eq!((&named["report"]["migrations"][0]["verdict"], &named["hangs_on_runner"]), (&json!("unsafe"), &json!(false)));
    }

    #[test]
    fn who_comes_back_to_a_folder_finds_its_report() {
        let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let files = |down: &str| vec![file("1_a.up.sql", "CREATE TABLE a (id int);"), file("1_a.down.sql", down)];
        let folder = |down: &str, options| Input::folder(files(down), None, None, options);
        let pair = || Input::pair(Some(file("forward.sql", "CREATE TABLE b ();")), None, None, Options::default());
        let (mut analyser, first) = judged(folder("DROP TABLE a;", Options::default()));
        let mut ask = |input: Input| {
            let told = analyser.judge(input).expect("a report has no cycles");
            (serde_json::from_str::<serde_json::Value>(&told).expect("it is JSON"), analyser.folder.is_some())
        };
        assert_eq!(ask(pair()).0["report"]["migrations"][0]["verdict"], "missing");
        assert!(ask(pair()).1);
        assert_eq!(ask(folder("DROP TABLE a;", Options::default())), (first, false));
        // What was changed is judged anew.
        ask(pair());
        let strict = Options { strict: true, ..Options::default() };
        assert_eq!(ask(folder("DROP TABLE a;", strict)).0["report"]["migrations"][0]["verdict"], "unsafe");
        assert_eq!(ask(folder("DROP TABLE b;", strict)).0["report"]["migrations"][0]["verdict"], "unsafe");
    }
}
