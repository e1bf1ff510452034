//! The commands of a shell script, as far as they hand SQL to `psql`, and what goes wrong on the way.

use super::Problem;
use crate::layout::PlanProblemKind;
use crate::source::Span;

/// How many commands before one are looked at.
const BACK: usize = 500;

/// What a block of commands holds.
#[derive(Default)]
pub(super) struct Read {
    /// The SQL that it sends.
    pub pieces: Vec<Span>,
    pub problems: Vec<Problem>,
}

/// A word of a command.
struct Word {
    /// Without quotes.
    text: String,
    /// What stands between the quotes, where the whole word is quoted; else the word.
    span: Span,
    /// The shell fills something in.
    expands: bool,
}

/// A command, up to what ends it.
#[derive(Default)]
struct Command {
    words: Vec<Word>,
    /// The text that is given to it, and whether the shell fills something in.
    here: Option<(Span, bool)>,
    /// Its output goes into the next command.
    piped: bool,
    /// It stands in parentheses.
    inner: bool,
    start: usize,
    end: usize,
}

/// Reads the commands of a block; spans are in the whole text.
pub(super) fn read(text: &str, block: Span) -> Read {
    let commands = commands(text, block);
    let whole = block.of(text);
    let mut read = Read::default();
    let fails_in_pipes = whole.contains("pipefail") || whole.contains("PIPESTATUS");
    for (at, command) in commands.iter().enumerate() {
        let span = Span::new(command.start, command.end);
        let next = commands.get(at + 1);
        if let Some(place) = command.words.iter().take(12).position(|word| named(word, "psql")) {
            psql(command, place, span, text, &mut read);
        } else if outside(command) {
            let said = span.of(text).split_whitespace().take(5).collect::<Vec<_>>().join(" ");
            let message = format!("`{said}` stands outside of psql: the shell looks for a program of that name");
            read.problems.push((PlanProblemKind::OutsidePsql, first_line(text, span), message));
        }
        let database = command.words.iter().take(12).find(|word| ["psql", "pg_restore", "pg_dump"].iter().any(|tool| named(word, tool)));
        if let (Some(tool), true, false, Some(last)) = (database, command.piped, fails_in_pipes, next)
            && commands.get(at + 2).is_some_and(|after| after.words.iter().any(|word| word.text.contains("$?")))
        {
            let into = last.words.first().map(|word| word.text.clone()).unwrap_or_default();
            let message = format!("`$?` after the pipe is the status of `{into}`, so a failure of `{}` goes unnoticed", base(&tool.text));
            read.problems.push((PlanProblemKind::StatusOfPipe, first_line(text, span), message));
        }
        if let Some((variable, path)) = never_there(&commands, at, text) {
            let message = format!("`{path}` is named after the moment at which ${variable} is set, so no earlier backup has this name");
            read.problems.push((PlanProblemKind::NeverThere, first_line(text, span), message));
        }
    }
    read
}

/// A call of psql: what it is given, and whether it goes on after errors.
fn psql(command: &Command, place: usize, span: Span, text: &str, read: &mut Read) {
    let mut stops = false;
    let mut files = false;
    let mut given: Vec<(Span, bool)> = Vec::new();
    let mut words = command.words.iter().skip(place + 1);
    while let Some(word) = words.next() {
        let option = word.text.as_str();
        let value =
            |prefix: &str| option.strip_prefix(prefix).filter(|rest| !rest.is_empty()).map(|rest| word.span.end - rest.len() as u32);
        match option {
            "-c" | "--command" => given.extend(words.next().map(|sql| (sql.span, sql.expands))),
            "-f" | "--file" => {
                files = true;
                words.next();
            }
            "-1" | "--single-transaction" => stops = true,
            _ if option.contains("ON_ERROR_STOP") => stops = true,
            _ => match value("--command=") {
                // The quotes end the word.
                Some(start) if !text.get(..word.span.end as usize).is_some_and(|it| it.ends_with(['"', '\''])) => {
                    given.push((Span { start, end: word.span.end }, word.expands));
                }
                Some(_) | None => files |= option.starts_with("--file="),
            },
        }
    }
    let several = command.here.is_some_and(|(span, _)| span.of(text).matches(';').count() > 1);
    if (files || several) && !stops {
        let message = "psql goes on after an error here: what follows runs on a state that nobody foresaw, and the exit status is 0";
        read.problems.push((PlanProblemKind::ErrorsGoOn, first_line(text, span), message.to_owned()));
    }
    for (sql, expands) in given.into_iter().chain(command.here) {
        let said = sql.of(text);
        if expands && said.contains(['$', '`', '\\']) {
            let message = "the shell fills in a part of this SQL, so it is not read";
            read.problems.push((PlanProblemKind::Environment, first_line(text, sql), message.to_owned()));
        } else {
            read.pieces.push(sql);
        }
    }
}

/// Whether a command is a statement that was meant for the database.
fn outside(command: &Command) -> bool {
    let word = |at: usize| command.words.get(at).map_or("", |word| word.text.as_str());
    if command.inner {
        // Of a query that is outside as a whole.
        return false;
    }
    let second = word(1);
    match word(0) {
        "DROP" | "CREATE" | "ALTER" | "TRUNCATE" => second.len() > 1 && second.chars().all(|letter| letter.is_ascii_uppercase()),
        "DELETE" => second == "FROM",
        "INSERT" => second == "INTO",
        "SELECT" => command.words.len() > 1,
        "UPDATE" => word(2) == "SET",
        _ => false,
    }
}

/// The variable and path of a file that is read and has a name that did not exist before.
fn never_there(commands: &[Command], at: usize, text: &str) -> Option<(String, String)> {
    let command = commands.get(at)?;
    let reads = command.words.iter().take(12).any(|word| named(word, "psql") || named(word, "pg_restore"));
    let path = command.words.iter().rev().find(|word| word.expands && word.text.contains('/')).filter(|_| reads)?;
    let earlier = commands.get(at.saturating_sub(BACK)..at)?;
    let variable = earlier.iter().flat_map(|command| &command.words).find_map(|word| {
        let (name, value) = word.text.split_once('=')?;
        let used = path.text.contains(&format!("${{{name}}}")) || path.text.contains(&format!("${name}"));
        (value.contains("$(date") && !name.is_empty() && used).then(|| name.to_owned())
    })?;
    let writes = |command: &Command| {
        let own = Span::new(command.start, command.end).of(text);
        command.words.iter().any(|word| word.text == path.text)
            && (own.contains('>')
                || command.words.iter().any(|word| ["pg_dump", "pg_dumpall", "cp", "mv", "tee"].iter().any(|tool| named(word, tool))))
    };
    (!earlier.iter().any(writes)).then(|| (variable, path.text.clone()))
}

fn named(word: &Word, tool: &str) -> bool {
    !word.expands && base(&word.text) == tool
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn first_line(text: &str, span: Span) -> Span {
    let own = span.of(text);
    let end = own.find('\n').unwrap_or(own.len());
    Span::new(span.start as usize, span.start as usize + own.get(..end).unwrap_or_default().trim_end().len())
}

/// Cuts a block into commands, as a shell does: quotes, comments, here-documents, and what ends a command.
fn commands(text: &str, block: Span) -> Vec<Command> {
    let end = block.end as usize;
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let mut at = block.start as usize;
    let mut found: Vec<Command> = Vec::new();
    let mut command = Command::default();
    // Here-documents that begin with the next line: the word that ends them, and for which command.
    let mut waiting: Vec<(String, bool, bool)> = Vec::new();
    let finish = |command: &mut Command, piped: bool, found: &mut Vec<Command>| {
        if !command.words.is_empty() || command.here.is_some() {
            command.piped = piped;
            found.push(std::mem::take(command));
        }
    };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b'\\' if bytes.get(at + 1) == Some(&b'\r') && bytes.get(at + 2) == Some(&b'\n') => at += 3,
            b'\n' => {
                at += 1;
                for (word, strip, expands) in waiting.drain(..) {
                    let (body, next) = here_document(text, at, end, &word, strip);
                    command.here = Some((body, expands));
                    at = next;
                }
                finish(&mut command, false, &mut found);
            }
            b'#' => at += bytes.get(at..).unwrap_or_default().iter().take_while(|byte| **byte != b'\n').count(),
            b';' | b'(' | b')' => {
                finish(&mut command, false, &mut found);
                command.inner = byte == b'(';
                at += 1;
            }
            b'|' | b'&' => {
                let pipe = byte == b'|' && bytes.get(at + 1) != Some(&b'|');
                // A here-document belongs to the command before the sign.
                if waiting.is_empty() {
                    finish(&mut command, pipe, &mut found);
                }
                at += 1;
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') && bytes.get(at + 2) != Some(&b'<') => {
                at += 2;
                let strip = bytes.get(at) == Some(&b'-');
                at += usize::from(strip);
                while matches!(bytes.get(at), Some(b' ' | b'\t')) {
                    at += 1;
                }
                let (word, next, quoted) = self::word(text, at, end);
                waiting.push((word.text, strip, !quoted));
                at = next.max(at + 1);
            }
            // `2>&1` ends no command.
            b'<' | b'>' => at += 1 + usize::from(bytes.get(at + 1) == Some(&b'&')),
            _ => {
                if command.words.is_empty() {
                    command.start = at;
                }
                let (word, next, _) = self::word(text, at, end);
                at = next.max(at + 1);
                command.end = at;
                command.words.push(word);
            }
        }
    }
    finish(&mut command, false, &mut found);
    found
}

/// The word that begins here, where it ends, and whether any of it is quoted.
fn word(text: &str, start: usize, end: usize) -> (Word, usize, bool) {
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let mut at = start;
    let (mut expands, mut quoted) = (false, false);
    let mut plain: Vec<u8> = Vec::new();
    // The quotes around the whole word, if it has some.
    let mut inner: Option<(usize, usize)> = None;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b';' | b'|' | b'&' | b'<' | b'>' | b')' => break,
            b'(' if at == start => break,
            b'\'' | b'"' => {
                let from = at + 1;
                let mut close = from;
                while let Some(&inside) = bytes.get(close) {
                    if inside == byte {
                        break;
                    }
                    let escaped = byte == b'"' && inside == b'\\' && close + 1 < end;
                    expands |= byte == b'"' && matches!(inside, b'$' | b'`' | b'\\');
                    close += if escaped { 2 } else { 1 };
                }
                let close = close.min(end);
                inner = if at == start { Some((from, close)) } else { None };
                quoted = true;
                plain.extend_from_slice(bytes.get(from..close).unwrap_or_default());
                at = (close + 1).min(end);
            }
            b'\\' => {
                quoted = true;
                inner = None;
                plain.extend(bytes.get(at + 1));
                at += 2;
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                expands = true;
                let mut depth = 0;
                let from = at;
                while let Some(&inside) = bytes.get(at) {
                    depth += i32::from(inside == b'(') - i32::from(inside == b')');
                    at += 1;
                    if inside == b')' && depth == 0 {
                        break;
                    }
                }
                plain.extend_from_slice(bytes.get(from..at).unwrap_or_default());
                inner = None;
            }
            _ => {
                expands |= matches!(byte, b'$' | b'`');
                inner = None;
                plain.push(byte);
                at += 1;
            }
        }
    }
    let at = at.min(end);
    let span = match inner {
        Some((from, close)) if close + 1 == at => Span::new(from, close),
        _ => Span::new(start, at),
    };
    (Word { text: String::from_utf8_lossy(&plain).into_owned(), span, expands }, at, quoted)
}

/// The lines up to the word that ends a here-document, and where the commands go on.
fn here_document(text: &str, start: usize, end: usize, word: &str, strip: bool) -> (Span, usize) {
    let mut at = start;
    for line in text.get(start..end).unwrap_or_default().split_inclusive('\n') {
        let own = line.trim_end_matches(['\n', '\r']);
        // In a list of a document the whole block is indented.
        let own = if strip || own.starts_with(' ') { own.trim_start() } else { own };
        if own == word {
            return (Span::new(start, at), at + line.len());
        }
        at += line.len();
    }
    (Span::new(start, end), end)
}
