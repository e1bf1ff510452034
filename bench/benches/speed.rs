//! How fast and how small: backout beside `sqlparser`'s bare parse of the same statements, growth, and memory.
//!
//! Growth and memory are measured in a process for each run, as in CI: what is judged a second time is found in the
//! processor's caches as far as it is small, and its growth would be that of the caches.
//!
//! `cargo bench-speed` measures a synthetic history of 366 migrations, `cargo bench-speed FOLDER` any folder of migrations.
//! With `--at-most 4` it fails when the whole check takes more than four times what `sqlparser` takes.

use backout::op::Op;
use backout::source::Source;
use backout::{Checker, Input, Options, lower, split};
use backout_bench::{files, history, pair};
use mimalloc::MiMalloc;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// As in the command line; `sqlparser` profits as well.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long each thing is measured, and how often at least; the best run counts, since everything else is the machine's.
const MEASURED: Duration = Duration::from_millis(800);
const RUNS: usize = 5;

fn main() {
    // `cargo test --benches` runs this without the flag, and then there is nothing to test.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["memory", what] => return memory(what),
        ["once", what, statements] => return println!("{}", once_of(what, statements.parse().unwrap_or(0)).as_nanos()),
        _ if !arguments.iter().any(|argument| argument == "--bench") => return,
        _ => {}
    }
    let at_most = arguments.iter().position(|argument| argument == "--at-most");
    let bound: Option<f64> = at_most.and_then(|at| arguments.get(at + 1)?.parse().ok());
    let mut given =
        arguments.iter().enumerate().filter(|(at, argument)| !argument.starts_with("--") && at_most.is_none_or(|most| *at != most + 1));
    let times = match given.next() {
        Some((_, folder)) => compare(folder, folder_files(Path::new(folder))),
        None => {
            let times = compare("synthetic history", files(&history(366)));
            GROWING.iter().for_each(|(what, title)| growth(what, title));
            println!("memory, the most that a process of its own held");
            MEMORY.iter().for_each(|what| peak(what));
            times
        }
    };
    if let Some(bound) = bound
        && times > bound
    {
        eprintln!("the whole check takes {times:.2} times the time of sqlparser, more than {bound}");
        std::process::exit(1);
    }
}

/// Scripts of which the memory is measured.
const MEMORY: [&str; 2] = ["script", "pair"];

/// Reading and judging a folder beside the bare parse of its statements; how many times that the whole takes.
fn compare(name: &str, sources: Vec<Source>) -> f64 {
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
    line("whole check, on two threads", best(|| on_two_threads(&input)));
    let mut checker = Checker::new();
    line("the same again, one checker", best(|| checker.check(&input).migrations.len()));
    // A busy machine slows both down: measured in turns, their ratio holds.
    let in_turns: Vec<(f64, f64)> = (0..9)
        .map(|_| {
            let parse = once(|| texts.iter().filter(|text| foreign_parse(text)).count()).as_secs_f64();
            let check = once(|| Checker::new().check(&input).migrations.len());
            let threads = once(|| on_two_threads(&input));
            (check.as_secs_f64() / parse, threads.as_secs_f64() / parse)
        })
        .collect();
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut ratios: Vec<f64> = in_turns.iter().map(of).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or_default()
    };
    let ratio = middle(|(check, _)| *check);
    println!("  whole check, measured in turns{ratio:>26.2} ×");
    println!("  the same, on two threads{:>32.2} ×\n", middle(|(_, threads)| *threads));
    ratio
}

/// The whole check, half of it on another thread, as the command line does it with two processors.
fn on_two_threads(input: &Input) -> usize {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| Checker::new().share(input, 1, 2));
        let mut checker = Checker::new();
        let first = checker.share(input, 0, 2);
        let shares = std::iter::once(first).chain(other.join()).collect();
        checker.join(input, shares).migrations.len()
    })
}

/// What grows, and what it is called.
const GROWING: [(&str, &str); 4] = [
    ("file", "one file"),
    ("files", "many files, a history with rollbacks"),
    ("pair", "one pair, every half-applied state"),
    ("rows", "one pair of n INSERT and n DELETE by key"),
];

/// Ten times the statements.
fn growth(what: &str, title: &str) {
    println!("growth: {title}");
    let mut before: Option<Duration> = None;
    for statements in [1_000, 10_000, 100_000] {
        let number = statements.to_string();
        let Some(time) = least(|| child(&["once", what, &number])?.trim().parse().ok().map(Duration::from_nanos)) else {
            println!("  {statements:>6} statements: not measured");
            continue;
        };
        let times = before.map(|before| format!("{:>8.1} times the time", time.as_secs_f64() / before.as_secs_f64())).unwrap_or_default();
        println!("  {statements:>6} statements{:>24.2} ms{times}", time.as_secs_f64() * 1e3);
        before = Some(time);
    }
    println!();
}

/// How long it takes to judge something once.
fn once_of(what: &str, wanted: usize) -> Duration {
    let input = if what == "rows" { keyed(wanted / 2) } else { made(what, wanted) };
    once(|| Checker::new().check(&input).migrations.len())
}

/// The made history up to so many statements, in one of the forms in which migrations come.
fn made(what: &str, wanted: usize) -> Input {
    let mut all = history(wanted / 3);
    let mut statements = 0;
    all.retain(|migration| {
        statements += migration.forward.len() + migration.rollback.len();
        statements <= wanted
    });
    if what == "files" {
        return Input::folder(files(&all), None, None, Options::default());
    }
    let (forward, rollback) = pair(&all);
    Input::pair(Some(forward), Some(rollback).filter(|_| what == "pair"), None, Options::default())
}

/// What this program prints in a process of its own.
fn child(arguments: &[&str]) -> Option<String> {
    let output = std::env::current_exe().and_then(|program| std::process::Command::new(program).args(arguments).output());
    Some(String::from_utf8_lossy(&output.ok()?.stdout).into_owned())
}

fn keyed(rows: usize) -> Input {
    let forward: String = (0..rows).map(|at| format!("INSERT INTO setting (key, value) VALUES ('key {at}', 'value {at}');\n")).collect();
    let rollback: String = (0..rows).rev().map(|at| format!("DELETE FROM setting WHERE key = 'key {at}';\n")).collect();
    let source = |path: &str, text: String| Some(Source { path: path.to_owned(), text });
    let schema = Source { path: "schema.sql".into(), text: "CREATE TABLE setting (key text PRIMARY KEY, value text);".into() };
    Input::pair(source("forward.sql", forward), source("rollback.sql", rollback), Some(schema), Options::default())
}

/// The most memory that a process held which judged something large.
fn peak(what: &str) {
    println!("  {}", child(&["memory", what]).as_deref().map_or("not measured", str::trim_end));
}

fn memory(what: &str) {
    let source = |path: &str, text: String| Some(Source { path: path.to_owned(), text });
    let (name, input) = if what == "pair" {
        ("one pair", made("pair", 10_000))
    } else {
        let mut forward = "CREATE TABLE reading (id bigint PRIMARY KEY, sensor text NOT NULL, value numeric);\n".to_owned();
        let mut row = 0;
        while forward.len() < 10_000_000 {
            row += 1;
            forward += &format!("INSERT INTO reading (id, sensor, value) VALUES ({row}, 'sensor number {row}', {row}.25);\n");
        }
        let rollback = source("rollback.sql", "DROP TABLE reading;".into());
        ("a script of 10 MB", Input::pair(source("forward.sql", forward), rollback, None, Options::default()))
    };
    let start = Instant::now();
    let report = Checker::new().check(&input);
    let time = start.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("not known on this system", str::trim);
    println!("{name}, {} statements: {peak}, {:.2} s", report.summary.statements.total, time.as_secs_f64());
}

/// Whether the yardstick takes the statement.
fn foreign_parse(text: &str) -> bool {
    Parser::new(&PostgreSqlDialect {}).try_with_sql(text).and_then(|mut parser| parser.parse_statements()).is_ok()
}

fn once<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

/// The shortest time of several runs.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    least(|| Some(once(&mut work))).unwrap_or(Duration::MAX)
}

/// The least of several measurements; none if one fails.
fn least(mut measure: impl FnMut() -> Option<Duration>) -> Option<Duration> {
    let (start, mut least, mut runs) = (Instant::now(), Duration::MAX, 0);
    // What takes long is measured once or twice.
    while runs < RUNS && start.elapsed() < MEASURED * 6 || start.elapsed() < MEASURED {
        least = least.min(measure()?);
        runs += 1;
    }
    Some(least)
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
