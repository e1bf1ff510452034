//! Measures what a server does with the migrations of a folder, one line of JSON for each.
//!
//! `cargo run --release -p backout-tests --bin folders -- FOLDER [LAYOUT [BASELINE]]` plays the history from an empty database (or from
//! the baseline), chain by chain: the forward, its rollback, the rollback again, the forward again, and the rollback after every
//! half-applied forward, each from an exact copy of the state before it. After a forward that fails the chain goes on from the state
//! before. Which files belong together is what backout's layouts say; how they are cut into statements is not.

use std::path::Path;
use std::process::ExitCode;

use backout::layout::{Layout, Part, plan};
use backout::source::Source;
use backout_tests::oracle::{Difference, Failure, History, Mode, Script, Server, Step, pieces};
use serde_json::{Value, json};

/// More differences than these are only counted.
const SHOWN: usize = 40;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        eprintln!("usage: folders FOLDER [LAYOUT [BASELINE]]");
        return ExitCode::from(2);
    };
    match run(Path::new(folder), arguments.get(1).map(String::as_str), arguments.get(2).map(String::as_str)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(folder: &Path, layout: Option<&str>, baseline: Option<&str>) -> Result<(), String> {
    let forced = match layout {
        Some(name) => Some(Layout::named(name).ok_or_else(|| format!("there is no layout named {name}"))?),
        None => None,
    };
    let mut sources = Vec::new();
    read(folder, folder, &mut sources)?;
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    let plan = plan(&sources, forced);
    for problem in &plan.problems {
        eprintln!("{:?} {}: {}", problem.kind, problem.path, problem.message);
    }
    let server = Server::start()?;
    let mut history = History::new(&server)?;
    if let Some(path) = baseline {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        history.baseline(&Script::new(&text, Mode::Autocommit))?;
    }
    for migration in &plan.migrations {
        let Some(forward) = &migration.forward else { continue };
        let up = script(forward, &sources);
        let down = migration.rollback.as_ref().map(|part| script(part, &sources));
        let step = history.step(&up, down.as_ref())?;
        let mut line = json!({
            "layout": plan.layout.id, "server": server.version.to_string(),
            "up_path": forward.path, "down_path": migration.rollback.as_ref().map(|part| &part.path),
            "up_statements": up.statements.len(), "down_statements": down.as_ref().map_or(0, |down| down.statements.len()),
            "up_mode": mode(&up), "down_mode": down.as_ref().map(mode),
        });
        if let Some(line) = line.as_object_mut() {
            line.extend(facts(&step));
        }
        println!("{line}");
    }
    Ok(())
}

fn read(root: &Path, folder: &Path, into: &mut Vec<Source>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(root, &path, into)?;
        } else if let Ok(bytes) = std::fs::read(&path) {
            let below = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            into.push(Source { path: below, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
    }
    Ok(())
}

/// One transaction, unless the file controls its transactions, asks for none, or has a statement that cannot be in one.
fn script(part: &Part, sources: &[Source]) -> Script {
    let text = sources.get(part.source).map_or("", |source| part.text(source));
    let statements = part.chunks.iter().flat_map(|chunk| pieces(chunk.of(text))).collect();
    let mut script = Script { statements, mode: Mode::Transaction };
    let concurrently = script.statements.iter().any(|statement| {
        let words: Vec<String> = statement.to_ascii_lowercase().split_whitespace().map(str::to_owned).collect();
        words.iter().any(|word| word == "concurrently") && words.iter().any(|word| ["index", "reindex", "refresh"].contains(&word.as_str()))
    });
    if part.no_transaction || concurrently || script.controls_transactions() {
        script.mode = Mode::Autocommit;
    }
    script
}

fn mode(script: &Script) -> &'static str {
    match script.mode {
        Mode::Transaction => "tx",
        _ => "autocommit",
    }
}

fn facts(step: &Step) -> serde_json::Map<String, Value> {
    let mut line = serde_json::Map::new();
    let mut put = |key: &str, value: Value| {
        line.insert(key.to_owned(), value);
    };
    put("up_ok", json!(step.forward.is_ok()));
    put("up_error", error(&step.forward));
    put("chain_intact", json!(step.intact));
    let Some(rollback) = &step.rollback else { return line };
    put("down_ok", json!(rollback.is_ok()));
    put("down_error", error(rollback));
    put("restored", json!(step.left.as_deref().map(restored)));
    let left = step.left.as_deref().unwrap_or_default();
    put("diff", left.iter().take(SHOWN).map(difference).collect());
    put("diff_total", json!(left.len()));
    if let Some(twice) = &step.twice {
        put("down_twice_ok", json!(twice.is_ok()));
        put("down_twice_error", error(twice));
    }
    if let Some((redo, differs)) = &step.redo {
        put("redo_ok", json!(redo.is_ok()));
        put("redo_error", error(redo));
        put("redo_same", json!(restored(differs)));
        put("redo_diff", differs.iter().take(SHOWN).map(difference).collect());
    }
    let partial = step.partial.iter().enumerate();
    put("partial", partial.map(|(k, runs)| json!({ "k": k, "ok": runs.is_ok(), "error": error(runs) })).collect());
    line
}

fn error(outcome: &Result<(), Failure>) -> Value {
    match outcome {
        Ok(()) => Value::Null,
        Err(failure) => json!({
            "sqlstate": failure.sqlstate, "message": failure.message, "statement_index": failure.statement, "statement_kind": null,
        }),
    }
}

fn difference(difference: &Difference) -> Value {
    json!({ "kind": difference.kind, "name": difference.name, "change": difference.change, "detail": difference.detail })
}

/// How much of a schema is back.
fn restored(left: &[Difference]) -> &'static str {
    let has = |change: &str| left.iter().any(|difference| difference.change == change);
    if has("missing") || has("extra") || has("changed") {
        "no"
    } else if has("renamed") {
        "names-only"
    } else if has("text") {
        "text-only"
    } else if has("column-order") {
        "column-order-only"
    } else {
        "yes"
    }
}
