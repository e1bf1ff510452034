//! How fast and how small: backout beside `sqlparser`'s bare parse of the same statements, growth, and memory.
//!
//! `cargo bench-speed` measures a synthetic history of 366 migrations, `cargo bench-speed FOLDER` any folder of migrations.

use backout::op::Op;
use backout::source::Source;
use backout::{Checker, Input, Options, lower, split};
use backout_bench::{files, history, pair};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long each thing is measured, and how often at least; the best run counts, since everything else is the machine's.
const MEASURED: Duration = Duration::from_millis(800);
const RUNS: usize = 5;

fn main() {
    // `cargo test --benches` runs this without the flag, and then there is nothing to test.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench" || argument == "memory") {
        return;
    }
    if arguments.iter().any(|argument| argument == "memory") {
        return memory();
    }
    match arguments.iter().find(|argument| !argument.starts_with("--")) {
        Some(folder) => compare(folder, folder_files(Path::new(folder))),
        None => {
            compare("synthetic history", files(&history(366)));
            growth();
            peak();
        }
    }
}

/// Reading and judging a folder beside the bare parse of its statements.
fn compare(name: &str, sources: Vec<Source>) {
    let scripts: Vec<split::Script> = sources.iter().map(|source| split::split(&source.text)).collect();
    let with_text = sources.iter().zip(&scripts);
    let texts: Vec<&str> = with_text.flat_map(|(source, script)| script.statements.iter().map(|raw| raw.span.of(&source.text))).collect();
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    let input = Input::folder(sources.clone(), None, None, Options::default());
    let report = Checker::new().check(&input);
    println!("{name}: {} migrations, {} statements, {} KB", report.migrations.len(), texts.len(), bytes / 1000);
    let summary = &report.summary;
    println!(
        "  verdicts: {} safe, {} unsafe, {} unproven, {} irreversible, {} missing\n",
        summary.safe, summary.unsafe_, summary.unproven, summary.irreversible, summary.missing
    );

    let yardstick = best(|| texts.iter().filter(|text| foreign_parse(text)).count());
    let line = |what: &str, time: Duration| {
        println!("  {what:<34}{:>10.2} ms{:>8.2} ×", time.as_secs_f64() * 1e3, time.as_secs_f64() / yardstick.as_secs_f64());
    };
    let refused = texts.iter().filter(|text| !foreign_parse(text)).count();
    line(&format!("sqlparser alone ({refused} refused)"), yardstick);
    line("split", best(|| sources.iter().map(|source| split::split(&source.text).statements.len()).sum::<usize>()));
    line("lower", best(|| texts.iter().filter(|text| matches!(lower::statement(text, 17), Op::Gap(_))).count()));
    line("whole check, every prefix", best(|| Checker::new().check(&input).migrations.len()));
    let mut checker = Checker::new();
    line("the same again, one checker", best(|| checker.check(&input).migrations.len()));
    println!();
}

/// Ten times the statements in one pair.
fn growth() {
    println!("growth: one pair of scripts");
    let mut before: Option<Duration> = None;
    for wanted in [100, 1_000, 10_000] {
        let mut all = history(wanted / 3);
        let mut statements = 0;
        all.retain(|migration| {
            statements += migration.forward.len() + migration.rollback.len();
            statements <= wanted
        });
        let (forward, rollback) = pair(&all);
        let input = Input::pair(Some(forward), Some(rollback), None, Options::default());
        let time = best(|| Checker::new().check(&input).migrations.len());
        let times = before.map(|before| format!("{:>8.1} times the time", time.as_secs_f64() / before.as_secs_f64())).unwrap_or_default();
        println!("  {wanted:>6} statements{:>24.2} ms{times}", time.as_secs_f64() * 1e3);
        before = Some(time);
    }
    println!();
}

/// The most memory that a process held which judged a script of 10 MB; another process, so that nothing else is counted.
fn peak() {
    let output = std::env::current_exe().and_then(|program| std::process::Command::new(program).arg("memory").output());
    match output {
        Ok(output) => println!("{}", String::from_utf8_lossy(&output.stdout).trim_end()),
        Err(error) => println!("memory: not measured: {error}"),
    }
}

fn memory() {
    let mut forward = "CREATE TABLE reading (id bigint PRIMARY KEY, sensor text NOT NULL, value numeric);\n".to_owned();
    let mut row = 0;
    while forward.len() < 10_000_000 {
        row += 1;
        forward += &format!("INSERT INTO reading (id, sensor, value) VALUES ({row}, 'sensor number {row}', {row}.25);\n");
    }
    let source = |path: &str, text: String| Some(Source { path: path.to_owned(), text });
    let input = Input::pair(source("forward.sql", forward), source("rollback.sql", "DROP TABLE reading;".into()), None, Options::default());
    let start = Instant::now();
    let report = Checker::new().check(&input);
    let time = start.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("not known on this system", str::trim);
    println!("memory: a script of 10 MB, {} statements: {peak} at most, {:.2} s", report.summary.statements.total, time.as_secs_f64());
}

/// Whether the yardstick takes the statement.
fn foreign_parse(text: &str) -> bool {
    Parser::new(&PostgreSqlDialect {}).try_with_sql(text).and_then(|mut parser| parser.parse_statements()).is_ok()
}

/// The shortest time of several runs.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let (start, mut best, mut runs) = (Instant::now(), Duration::MAX, 0);
    while runs < RUNS || start.elapsed() < MEASURED {
        let run = Instant::now();
        std::hint::black_box(work());
        best = best.min(run.elapsed());
        runs += 1;
        if start.elapsed() > MEASURED * 10 {
            break;
        }
    }
    best
}

/// The texts below a folder, with paths relative to it.
fn folder_files(folder: &Path) -> Vec<Source> {
    let mut folders = vec![PathBuf::from(folder)];
    let mut sources = Vec::new();
    while let Some(at) = folders.pop() {
        for path in std::fs::read_dir(&at).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql" || extension == "toml" || extension == "plan")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources
}
