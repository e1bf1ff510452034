//! Progress is for terminals: what the program prints has the same bytes wherever standard error goes.
//!
//! A file that nobody has written yet holds the program for as long as the test wants. The terminal is that of `script`, which belongs
//! to every Linux; what stands in the line is tested beside the code.

#![cfg(target_os = "linux")]

use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// A migration whose rollback is a pipe: whoever reads it waits.
fn folder() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(place.path().join("1_a.up.sql"), "CREATE TABLE a (id int);\n").expect("a file can be written");
    let made = Command::new("mkfifo").arg(place.path().join("pipe")).status().expect("mkfifo starts");
    assert!(made.success(), "mkfifo makes a pipe");
    std::os::unix::fs::symlink("pipe", place.path().join("1_a.down.sql")).expect("a link can be made");
    place
}

/// Lets the program go on.
fn go_on(place: &Path) {
    std::fs::write(place.join("pipe"), "DROP TABLE b;\n").expect("the pipe can be written");
}

/// Runs `backout check` on a terminal, with the report in a file.
fn on_a_terminal(flags: &str, place: &Path) -> Child {
    let command = format!("'{}' check --color never {flags} > report.txt", env!("CARGO_BIN_EXE_backout"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--flush", "--command", &command, "/dev/null"]).current_dir(place);
    script.env("TERM", "xterm").env_remove("CI").env("SHELL", "/bin/sh");
    script.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("`script` starts; it is in Debian's package bsdutils")
}

/// What comes, as it comes.
fn listen(child: &mut Child) -> Receiver<u8> {
    let (send, receive) = mpsc::channel();
    let out = BufReader::new(child.stdout.take().expect("it has a standard output"));
    std::thread::spawn(move || out.bytes().map_while(Result::ok).try_for_each(|byte| send.send(byte)));
    receive
}

#[test]
fn a_terminal_shows_progress_until_the_report() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let place = folder();
    let mut child = on_a_terminal("", place.path());
    let bytes = listen(&mut child);
    let (start, mut shown) = (Instant::now(), Vec::new());
    while !String::from_utf8_lossy(&shown).contains("1_a.down.sql") {
        let left = PATIENCE.checked_sub(start.elapsed());
        let byte = left.and_then(|left| bytes.recv_timeout(left).ok());
        shown.push(byte.unwrap_or_else(|| panic!("the terminal shows no progress: {:?}", String::from_utf8_lossy(&shown))));
    }
    go_on(place.path());
    shown.extend(&bytes);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.ends_with("\r\u{1b}[2K"), "the line is cleared at the end: {shown:?}");
    assert_eq!(std::fs::read_to_string(place.path().join("report.txt")).expect("there is a report"), piped(""));
}

#[test]
fn quiet_shows_no_progress() {
    let place = folder();
    let mut child = on_a_terminal("--quiet", place.path());
    let bytes = listen(&mut child);
    // Longer than it takes for progress to appear; on a busy machine this proves less, and it never fails for that.
    let shown: Vec<u8> = bytes.recv_timeout(Duration::from_millis(1500)).into_iter().collect();
    go_on(place.path());
    assert_eq!(shown.into_iter().chain(&bytes).collect::<Vec<_>>(), b"");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(std::fs::read_to_string(place.path().join("report.txt")).expect("there is a report"), piped("--quiet"));
}

/// The report when standard error is a pipe, which stays empty however long it takes.
fn piped(flags: &str) -> String {
    let place = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_backout"));
    command.args(["check", "--color", "never"]).args(flags.split_whitespace()).current_dir(place.path()).env_remove("CI");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("backout starts");
    std::thread::sleep(Duration::from_millis(1500));
    assert!(child.try_wait().expect("it can be waited for").is_none(), "backout waits for its rollback");
    go_on(place.path());
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    String::from_utf8(done.stdout).expect("the report is UTF-8")
}
