//! The backslash commands of `psql`: where they end and what they mean for a rollback.

use crate::source::Span;

/// A backslash command of `psql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// From its backslash to the end of its line, or to the next command on it.
    pub span: Span,
    /// What it does, as far as it matters here.
    pub kind: MetaKind,
    /// Its name without the backslash.
    pub name: String,
    /// Its arguments, quotes taken away; of `\copy` and `\!` the rest of the line as one.
    pub arguments: Vec<String>,
}

/// What a backslash command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetaKind {
    /// `\set ON_ERROR_STOP …`: whether the script stops at the first error from here on.
    OnErrorStop(bool),
    /// `\set AUTOCOMMIT …`: whether each statement commits itself from here on.
    Autocommit(bool),
    /// `\set name value`, `\unset`, `\getenv`, `\prompt`: a variable.
    Variable,
    /// `\i`, `\ir`: another file is executed here.
    Include,
    /// `\c`: everything after it happens in another database or as another user.
    Connect,
    /// `\copy`: rows, read or written by the client.
    Copy,
    /// `\if`, `\elif`, `\else`, `\endif`: what stands between may not run.
    Condition,
    /// `\gexec`: the result of the statement is executed.
    Execute,
    /// `\g`, `\gx`, `\gset`, `\watch`, …: sends the statement, like a semicolon.
    Send,
    /// `\q`: nothing after it runs.
    Quit,
    /// `\!`, `\cd`, `\lo_import`, …: something outside the database's schema.
    Outside,
    /// Output and settings: nothing that matters.
    Display,
    /// No command of `psql`: an error, which stops the script if errors do.
    Unknown,
}

impl MetaKind {
    /// Whether it executes the statement before it.
    pub fn sends(self) -> bool {
        match self {
            Self::Execute | Self::Send => true,
            Self::OnErrorStop(_)
            | Self::Autocommit(_)
            | Self::Variable
            | Self::Include
            | Self::Connect
            | Self::Copy
            | Self::Condition
            | Self::Quit
            | Self::Outside
            | Self::Display
            | Self::Unknown => false,
        }
    }
}

impl Meta {
    /// Whether a `\copy` reads rows from the lines after it.
    pub(super) fn reads_rows(&self) -> bool {
        let mut before = "";
        for word in self.arguments.iter().flat_map(|argument| argument.split_ascii_whitespace()) {
            if before.eq_ignore_ascii_case("from") && word.trim_end_matches(';').eq_ignore_ascii_case("stdin") {
                return true;
            }
            before = word;
        }
        false
    }
}

/// Reads the command at the start of `rest`, which begins with a backslash and stands at `start`.
pub(super) fn read(rest: &str, start: usize) -> Meta {
    let after = rest.get(1..).unwrap_or_default();
    let mut name_end = after.find(|letter: char| letter.is_ascii_whitespace() || letter == '\\').unwrap_or(after.len());
    // `\!` needs no space before its argument, and `\\` only parts commands.
    if after.starts_with(['!', '\\', '.', '?']) {
        name_end = 1;
    }
    let (name, tail) = after.split_at_checked(name_end).unwrap_or((after, ""));
    let (arguments, length) = if matches!(name, "copy" | "!") {
        let line = tail.get(..tail.find(['\n', '\r']).unwrap_or(tail.len())).unwrap_or(tail);
        (vec![line.trim().to_owned()], line.len())
    } else {
        arguments(tail)
    };
    Meta { span: Span::new(start, start + 1 + name_end + length), kind: kind(name, &arguments), name: name.to_owned(), arguments }
}

/// The arguments up to the end of the line or the next backslash, and how far they reach.
fn arguments(tail: &str) -> (Vec<String>, usize) {
    let mut found: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    let mut quote = None;
    let mut letters = tail.char_indices().peekable();
    let mut end = tail.len();
    while let Some((at, letter)) = letters.next() {
        match quote {
            _ if letter == '\n' || letter == '\r' => {
                end = at;
                break;
            }
            Some(open) if letter == open => {
                if letters.peek().is_some_and(|&(_, next)| next == open) {
                    letters.next();
                    current.get_or_insert_default().push(letter);
                } else {
                    quote = None;
                }
            }
            Some(_) => current.get_or_insert_default().push(letter),
            None if letter == '\'' || letter == '"' => {
                quote = Some(letter);
                current.get_or_insert_default();
            }
            None if letter == '\\' => {
                end = at;
                break;
            }
            None if letter.is_ascii_whitespace() => found.extend(current.take()),
            None => current.get_or_insert_default().push(letter),
        }
    }
    found.extend(current);
    (found, end)
}

fn kind(name: &str, arguments: &[String]) -> MetaKind {
    let first = arguments.first().map(String::as_str);
    match name {
        "set" | "unset" if first == Some("ON_ERROR_STOP") => MetaKind::OnErrorStop(name == "set" && on(arguments.get(1))),
        "set" if first == Some("AUTOCOMMIT") => MetaKind::Autocommit(on(arguments.get(1))),
        "set" | "unset" | "getenv" | "prompt" => MetaKind::Variable,
        "i" | "include" | "ir" | "include_relative" => MetaKind::Include,
        "c" | "connect" => MetaKind::Connect,
        "copy" => MetaKind::Copy,
        "if" | "elif" | "else" | "endif" => MetaKind::Condition,
        "gexec" => MetaKind::Execute,
        "g" | "gx" | "gset" | "gdesc" | "watch" | "crosstabview" | "bind" | "bind_named" | "parse" | "close_prepared" => MetaKind::Send,
        "q" | "quit" => MetaKind::Quit,
        "!" | "cd" | "setenv" | "s" | "w" | "write" | "e" | "edit" | "ef" | "ev" | "o" | "out" | "password" | "lo_import" | "lo_export"
        | "lo_unlink" => MetaKind::Outside,
        "a" | "C" | "conninfo" | "copyright" | "echo" | "encoding" | "errverbose" | "f" | "h" | "help" | "H" | "html" | "l" | "list"
        | "l+" | "p" | "print" | "pset" | "qecho" | "r" | "reset" | "restrict" | "unrestrict" | "sf" | "sf+" | "sv" | "sv+" | "t" | "T"
        | "timing" | "warn" | "x" | "z" | "?" | "\\" | "" | "." => MetaKind::Display,
        name if name.starts_with('d') || name.starts_with("lo_list") => MetaKind::Display,
        _ => MetaKind::Unknown,
    }
}

/// How `psql` reads a switch; a variable set to nothing is on.
fn on(value: Option<&String>) -> bool {
    let value = value.map(|value| value.trim_end_matches(';').to_ascii_lowercase()).unwrap_or_default();
    !matches!(value.as_str(), "off" | "of" | "0" | "false" | "fals" | "fal" | "fa" | "f" | "no" | "n")
}
