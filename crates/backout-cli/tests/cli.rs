//! Runs the command lines in `tests/cli/*.md` and in README.md and compares what they print.
//!
//! A case is a heading. Its `file NAME` and `sql NAME` blocks are written into an empty folder, its `console` blocks run there: a line that
//! begins with `$ ` is a command (`backout …`, with `< FILE` for standard input), what follows is its standard output, then its
//! standard error behind `! `, then `? CODE` unless the exit code is 0. `UPDATE_EXPECT=1` writes the files anew.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn command_lines_print_what_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).expect("tests/cli exists").map(|entry| entry.expect("an entry").path()).collect();
    paths.push(folder.join("../../README.md"));
    paths.sort();
    let mut failures = String::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "md")) {
        let expected = std::fs::read_to_string(path).expect("a case file is text");
        let actual = run(&expected);
        if actual == expected {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path, &actual).expect("a case file can be written");
        } else {
            let _ = writeln!(failures, "{} differs:\n{}", path.display(), first_difference(&expected, &actual));
        }
    }
    assert!(failures.is_empty(), "{failures}\nlook at the differences; if they are right, run again with UPDATE_EXPECT=1");
}

/// The case file with every output as it is now.
fn run(text: &str) -> String {
    let mut out = String::new();
    let mut place = tempfile::tempdir().expect("a temporary folder");
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        if line.starts_with("## ") {
            place = tempfile::tempdir().expect("a temporary folder");
        }
        // Output that holds fences stands between longer ones.
        let word = line.trim_start_matches('`');
        let fence = &line[..line.len() - word.len()];
        if fence.len() < 3 || word.is_empty() {
            continue;
        }
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != fence).collect();
        if let Some(name) = word.strip_prefix("file ").or_else(|| word.strip_prefix("sql ").filter(|name| name.ends_with(".sql"))) {
            let path = place.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
            std::fs::write(path, unescaped(&(block.join("\n") + "\n"))).expect("the file can be written");
            let _ = writeln!(out, "{}", block.join("\n"));
        } else if word == "console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                let _ = writeln!(out, "$ {command}");
                out.push_str(&execute(command, place.path()));
            }
        } else {
            let _ = writeln!(out, "{}", block.join("\n"));
        }
        let _ = writeln!(out, "{fence}");
    }
    out
}

/// Bytes that Markdown cannot hold are written as `\xFF`.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits after \\x"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

fn execute(command: &str, place: &Path) -> String {
    let (command, input) = command.split_once(" < ").map_or((command, None), |(command, input)| (command, Some(input)));
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("backout"), "a command begins with backout: {command}");
    let stdin = input.map_or(Stdio::null(), |input| std::fs::File::open(place.join(input)).expect("the input exists").into());
    let mut process = Command::new(env!("CARGO_BIN_EXE_backout"));
    process.args(words).current_dir(place).stdin(stdin).env_remove("COLUMNS").env("NO_COLOR", "1");
    let done = process.output().expect("backout starts");
    let mut out = String::from_utf8(done.stdout).expect("standard output is UTF-8").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    for line in String::from_utf8(done.stderr).expect("standard error is UTF-8").lines() {
        let _ = writeln!(out, "{}", format!("! {line}").trim_end());
    }
    match done.status.code() {
        Some(0) => {}
        code => {
            let _ = writeln!(out, "? {}", code.unwrap_or(-1));
        }
    }
    out
}

fn first_difference(expected: &str, actual: &str) -> String {
    let mut pairs = expected.lines().zip(actual.lines()).enumerate();
    match pairs.find(|(_, (left, right))| left != right) {
        Some((at, (left, right))) => format!("  line {}\n  expected: {left}\n  actual:   {right}", at + 1),
        None => "  one is longer than the other".to_owned(),
    }
}
