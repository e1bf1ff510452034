//! Standard output and standard error.

use crate::args::Color;
use std::io::{ErrorKind, IsTerminal, Write};

/// Whether standard output takes colours.
pub fn colored(color: Color) -> bool {
    wanted(color, std::io::stdout().is_terminal())
}

fn wanted(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

fn set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The columns of the terminal, as far as the environment says.
pub fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&columns| columns >= 40).unwrap_or(120)
}

/// Writes to standard output; a reader that went away, as `head` does, is no error.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = anstream::AutoStream::new(std::io::stdout(), anstream::ColorChoice::AlwaysAnsi);
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Says on standard error why the work could not be done.
pub fn complain(message: &str, color: Color) {
    say("error", "1;31", message, color);
}

/// Says on standard error what is odd.
pub fn remark(message: &str, color: Color) {
    say("warning", "1;33", message, color);
}

fn say(word: &str, paint: &str, message: &str, color: Color) {
    let mut err = std::io::stderr().lock();
    let colored = wanted(color, std::io::stderr().is_terminal());
    let word = if colored { format!("\u{1b}[{paint}m{word}\u{1b}[0m") } else { word.to_owned() };
    // There is nobody left to tell when standard error is gone.
    let _ = writeln!(err, "{word}: {message}");
}
