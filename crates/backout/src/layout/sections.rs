//! One text that holds both directions, parted by headings in comments, as people write them: `-- rollback`, `-- == DOWN ==`,
//! `/* Rollback */`, `-- 0001_users.down.sql`; or a Markdown document with fenced blocks.
//!
//! A heading is a comment of its own between statements, never a part of a string, a body or a name. A rollback that stands in
//! comments itself, as many write it below a forward, is read from there.

use super::lines::lines;
use super::{names, plain};
use crate::lexer::{Lexer, TokenKind};
use crate::source::Span;
use crate::split::{RawStatement, Script, Trivia, TriviaKind, split};
use litemap::LiteMap;

/// Which script a piece of the text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Baseline,
    Forward,
    Rollback,
}

/// One migration of a text, as pieces that are one script together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) name: Option<String>,
    pub(super) baseline: Vec<Span>,
    pub(super) forward: Vec<Span>,
    pub(super) rollback: Vec<Span>,
}

impl Sections {
    fn role(&mut self, role: Role) -> &mut Vec<Span> {
        match role {
            Role::Baseline => &mut self.baseline,
            Role::Forward => &mut self.forward,
            Role::Rollback => &mut self.rollback,
        }
    }
}

/// Longer lines are no headings.
const LONGEST: usize = 160;

/// The migrations of a text whose headings part it into both directions; nothing when they do not.
pub(super) fn read(text: &str) -> Vec<Sections> {
    // A cheap look first: nearly every text has no such line.
    if !lines(text).any(|line| heading(line.text).is_some_and(|heading| heading.role == Role::Rollback)) {
        return Vec::new();
    }
    let found = match fenced(text) {
        Some(found) => found,
        None => commented(text),
    };
    let both = found.iter().any(|it| !it.forward.is_empty() && !it.rollback.is_empty());
    if both { found } else { Vec::new() }
}

/// What a heading says.
#[derive(Debug, PartialEq, Eq)]
struct Heading<'a> {
    role: Role,
    /// The change that it names, as file names do.
    name: Option<String>,
    /// A statement on the same line: `-- rollback: DROP TABLE t;`
    inline: Option<&'a str>,
}

/// The heading that a line of a comment or of prose is.
fn heading(line: &str) -> Option<Heading<'_>> {
    if line.len() > LONGEST {
        return None;
    }
    let body = line.trim_matches(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, ';' | ')'));
    let first = body.find(|letter: char| !letter.is_ascii_alphabetic()).map_or(body, |end| &body[..end]);
    if let (Some(role), Some(rest)) = (role_of(&first.to_ascii_lowercase()), body.get(first.len()..))
        && let inline = rest.trim_start_matches(|letter: char| letter == ':' || letter.is_whitespace())
        && inline.len() < rest.len()
        && begins_statement(inline)
        && (inline.ends_with(';') || rest.starts_with(':') || line.trim_start().starts_with("--rollback"))
    {
        return Some(Heading { role, name: None, inline: Some(inline) });
    }
    let body = body.trim_end_matches([';', ')']);
    if let Some(path) = body.split_whitespace().next_back()
        && body.split_whitespace().count() <= 2
        && let Some((name, forward)) = plain::direction(path)
    {
        return Some(Heading { role: if forward { Role::Forward } else { Role::Rollback }, name: Some(name), inline: None });
    }
    let aside = body.find('(').map_or(body, |at| &body[..at]);
    let mut lower = aside.to_ascii_lowercase();
    for (apart, together) in
        [("roll back", "rollback"), ("roll-back", "rollback"), ("back out", "backout"), ("roll forward", "rollforward")]
    {
        lower = lower.replace(apart, together);
    }
    let mut words: Vec<&str> = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // `rollback for 0012 add users`
    if let Some(at) = words.iter().position(|word| matches!(*word, "for" | "of"))
        && at > 0
        && words.len() - at <= 5
        && words[..at].iter().any(|word| role_of(word).is_some())
    {
        words.truncate(at);
    }
    if words == ["migration"] {
        return Some(Heading { role: Role::Forward, name: None, inline: None });
    }
    let mut telling = words.iter().filter(|word| !is_noise(word));
    match (telling.next(), telling.next()) {
        (Some(word), None) => role_of(word).map(|role| Heading { role, name: None, inline: None }),
        _ => None,
    }
}

/// Words that a heading may have beside the one that counts.
const NOISE: [&str; 36] = [
    "migrations",
    "migration",
    "instructions",
    "instruction",
    "statements",
    "procedure",
    "direction",
    "commands",
    "scripts",
    "script",
    "section",
    "schema",
    "changes",
    "change",
    "manually",
    "manual",
    "revision",
    "below",
    "begin",
    "start",
    "starts",
    "here",
    "steps",
    "step",
    "part",
    "phase",
    "plan",
    "path",
    "code",
    "this",
    "the",
    "sql",
    "how",
    "to",
    "your",
    "database",
];

fn is_noise(word: &str) -> bool {
    NOISE.contains(&word) || word.len() == 1 || word.chars().all(|letter| letter.is_ascii_digit())
}

fn role_of(word: &str) -> Option<Role> {
    match word {
        "rollforward" => Some(Role::Forward),
        "baseline" => Some(Role::Baseline),
        word if plain::FORWARD.contains(&word) => Some(Role::Forward),
        word => plain::ROLLBACK.contains(&word).then_some(Role::Rollback),
    }
}

/// The words with which the statements of a migration begin.
const VERBS: [&str; 26] = [
    "drop", "alter", "create", "delete", "insert", "update", "truncate", "comment", "grant", "revoke", "begin", "commit", "set", "do",
    "select", "reindex", "refresh", "vacuum", "analyze", "lock", "call", "reset", "with", "security", "reassign", "rollback",
];

fn begins_statement(line: &str) -> bool {
    let end = line.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(line.len());
    let (word, rest) = (line.get(..end).unwrap_or_default(), line.get(end..).unwrap_or_default());
    rest.starts_with([' ', '\t', ';']) && VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word))
}

/// Where the pieces of a text go.
struct Sorter {
    found: Vec<Sections>,
    /// Those with a name.
    named: LiteMap<String, usize>,
    /// Which of them is being read.
    at: usize,
    role: Role,
}

impl Sorter {
    fn new() -> Self {
        Self { found: vec![Sections::default()], named: LiteMap::new(), at: 0, role: Role::Forward }
    }

    fn put(&mut self, span: Span) {
        let role = self.role;
        if span.start < span.end
            && let Some(sections) = self.found.get_mut(self.at)
        {
            sections.role(role).push(span);
        }
    }

    /// Goes on in the section that a heading opens: in the migration that it names, else in a new one when the one at hand has
    /// both directions already.
    fn open(&mut self, heading: &Heading<'_>) {
        let (role, last) = (heading.role, self.role);
        self.role = role;
        if let Some(&known) = heading.name.as_ref().and_then(|name| self.named.get(name)) {
            self.at = known;
            return;
        }
        let Some(current) = self.found.get_mut(self.at) else { return };
        let full = !current.forward.is_empty() && !current.rollback.is_empty();
        let named = heading.name.is_some() && current.name.is_some();
        let begins = role == Role::Baseline && !(current.forward.is_empty() && current.rollback.is_empty());
        if named || begins || (full && last != role) {
            self.found.push(Sections { name: heading.name.clone(), ..Sections::default() });
            self.at = self.found.len() - 1;
        } else if current.name.is_none() {
            current.name.clone_from(&heading.name);
        }
        if let Some(name) = &heading.name {
            self.named.insert(name.clone(), self.at);
        }
    }
}

/// A comment between statements, alone on its line.
struct Comment {
    span: Span,
    /// What its lines say, without dashes and stars.
    lines: Vec<Span>,
}

fn commented(text: &str) -> Vec<Sections> {
    let script = split(text);
    let comments = comments(text, &script);
    let mut sorter = Sorter::new();
    // From where the text goes to the section at hand.
    let mut from = 0;
    let mut at = 0;
    while let Some(comment) = comments.get(at) {
        at += 1;
        let first = comment.lines.iter().position(|line| !line.of(text).trim().is_empty()).unwrap_or(0);
        let Some(heading) = comment.lines.get(first).and_then(|line| heading(of_line(text, *line))) else { continue };
        let single = comment.lines.iter().skip(first + 1).all(|line| line.of(text).trim().is_empty());
        let inside = statements_between(&script, comment.span.start, comment.span.end) == 0 && inside_statement(&script, comment.span);
        if inside && !single {
            continue;
        }
        // The statements that stand in comments below the heading: in this one, and in those that follow.
        let mut written: Vec<Span> = comment.lines.iter().skip(first + 1).copied().collect();
        if let Some(inline) = heading.inline
            && let Some(line) = comment.lines.get(first)
        {
            let start = line.of(text).rfind(inline).map_or(line.end as usize, |offset| line.start as usize + offset);
            written.insert(0, Span::new(start, start + inline.len()));
        }
        let mut next = at;
        let mut end = comment.span.end;
        while let Some(other) = comments.get(next)
            && heading.role == Role::Rollback
            && statements_between(&script, end, other.span.start) == 0
            && !inside_statement(&script, other.span)
            && !other.lines.iter().any(|line| self::heading(of_line(text, *line)).is_some_and(|it| it.inline.is_none()))
        {
            written.extend(&other.lines);
            end = other.span.end;
            next += 1;
        }
        let pieces = statements_in_comments(text, &written);
        if !single && pieces.is_empty() {
            continue;
        }
        sorter.put(Span { start: from, end: comment.span.start });
        if pieces.is_empty() {
            sorter.open(&heading);
            from = comment.span.end;
        } else {
            // What stands in comments is the rollback; what is no comment below it is the forward again.
            let before = sorter.role;
            sorter.open(&heading);
            pieces.into_iter().for_each(|piece| sorter.put(piece));
            let goes_on = heading.role == Role::Rollback || before == Role::Forward;
            sorter.role = if goes_on { Role::Forward } else { before };
            if heading.inline.is_some() {
                // `--rollback DROP TABLE t;` belongs to the statement above it, and the next one is another change.
                sorter.found.push(Sections::default());
                sorter.at = sorter.found.len() - 1;
            }
            from = end;
            at = next;
        }
    }
    sorter.put(Span::new(from as usize, text.len()));
    let mut found = sorter.found;
    for sections in &mut found {
        for role in [Role::Baseline, Role::Forward, Role::Rollback] {
            let spans = sections.role(role);
            if !spans.iter().any(|span| says_something(text, &script, *span)) {
                spans.clear();
            }
        }
    }
    found.retain(|it| !(it.forward.is_empty() && it.rollback.is_empty() && it.baseline.is_empty()));
    found
}

/// Liquibase's `--rollback` without a space is told by its dashes, so a line is looked at with them.
fn of_line(text: &str, line: Span) -> &str {
    let dashed = Span { start: line.start.saturating_sub(2), end: line.end };
    let own = dashed.of(text);
    if own.starts_with("--") { own } else { line.of(text) }
}

/// The comments that may be headings: those between statements that stand alone on their lines, and those inside a statement that
/// lacks its semicolon.
fn comments(text: &str, script: &Script) -> Vec<Comment> {
    let between = script.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment).map(|trivia| trivia.span);
    let mut spans: Vec<Span> = between.chain(script.statements.iter().flat_map(|statement| torn(text, statement))).collect();
    spans.sort_unstable();
    spans.retain(|span| {
        let before = text.get(..span.start as usize).unwrap_or_default().trim_end_matches([' ', '\t', '\u{feff}']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    });
    spans.into_iter().map(|span| Comment { span, lines: comment_lines(text, span) }).collect()
}

/// The comments inside a statement after which another one seems to begin: the one before has no semicolon.
fn torn(text: &str, statement: &RawStatement) -> Vec<Span> {
    let own = statement.span.of(text);
    let base = statement.span.start;
    let (mut depth, mut found, mut waiting) = (0_i32, Vec::new(), Vec::new());
    for (token, _) in Lexer::new(own) {
        match token.kind {
            TokenKind::LParen | TokenKind::LBracket => depth += 1,
            TokenKind::RParen | TokenKind::RBracket => depth -= 1,
            TokenKind::LineComment | TokenKind::BlockComment if depth == 0 => {
                waiting.push(token.span.shifted(base));
                continue;
            }
            TokenKind::Whitespace => continue,
            // The body of a function in SQL: its statements are its own.
            TokenKind::Word if token.span.of(own).eq_ignore_ascii_case("atomic") => return Vec::new(),
            TokenKind::Word if begins_statement(own.get(token.span.start as usize..).unwrap_or_default()) => found.append(&mut waiting),
            _ => {}
        }
        waiting.clear();
    }
    found
}

/// The lines of a comment without dashes and stars; not the spaces around what they say.
fn comment_lines(text: &str, span: Span) -> Vec<Span> {
    let own = span.of(text);
    let (skip, cut) = if own.starts_with("/*") { (2, if own.ends_with("*/") { 2 } else { 0 }) } else { (2, 0) };
    let inner = own.get(skip..own.len().saturating_sub(cut)).unwrap_or_default();
    let base = span.start as usize + skip;
    lines(inner)
        .map(|line| {
            let body = line.text.trim_start().trim_start_matches('*').trim_start();
            let start = base + line.start + (line.text.len() - body.len());
            Span::new(start, start + body.trim_end().len())
        })
        .collect()
}

/// Statements that stand in comments: from a line that begins one to the line that ends in a semicolon. Prose between is left out.
fn statements_in_comments(text: &str, lines: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Vec<Span> = Vec::new();
    for &line in lines {
        let said = line.of(text).trim();
        if open.is_empty() && !begins_statement(said) {
            continue;
        }
        if said.is_empty() {
            open.clear();
            continue;
        }
        open.push(line);
        // What follows a semicolon on the line is a remark or another statement: both are SQL.
        if said.ends_with(';') || said.rsplit_once(';').is_some_and(|(_, rest)| rest.trim_start().starts_with("--")) {
            found.append(&mut open);
        }
    }
    // One last statement may lack its semicolon, when it is not a sentence.
    if let [line] = open.as_slice()
        && line.of(text).split_whitespace().next().is_some_and(|word| word.chars().all(|letter| letter.is_ascii_uppercase()))
    {
        found.push(*line);
    }
    found
}

fn statements_between(script: &Script, start: u32, end: u32) -> usize {
    let first = |at: u32| script.statements.partition_point(|statement| statement.span.start < at);
    first(end).saturating_sub(first(start))
}

fn inside_statement(script: &Script, span: Span) -> bool {
    let at = script.statements.partition_point(|statement| statement.span.end <= span.start);
    script.statements.get(at).is_some_and(|statement| statement.span.start < span.start)
}

/// Whether a piece holds a statement or a part of one, or a word to us.
fn says_something(text: &str, script: &Script, span: Span) -> bool {
    let at = script.statements.partition_point(|statement| statement.span.end <= span.start);
    script.statements.get(at).is_some_and(|statement| statement.span.start < span.end)
        || in_comment(script, span)
        || span.of(text).contains("backout: irreversible")
}

/// Whether a piece is a part of a comment: then it was taken out of it for what it says.
fn in_comment(script: &Script, span: Span) -> bool {
    let at = script.trivia.partition_point(|trivia| trivia.span.end <= span.start);
    let within = |trivia: &Trivia| trivia.kind == TriviaKind::Comment && trivia.span.start < span.start && span.end <= trivia.span.end;
    script.trivia.get(at).is_some_and(within)
}

/// The fenced blocks of a Markdown document, by the word after `sql` or by the heading above; nothing if it is no such document.
fn fenced(text: &str) -> Option<Vec<Sections>> {
    let fence = |line: &str| -> Option<(char, usize)> {
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let length = line.chars().take_while(|letter| *letter == mark).count();
        (length >= 3).then_some((mark, length))
    };
    let mut sorter = Sorter::new();
    let mut any = false;
    // The fence that is open, where its block begins, and whether the block is wanted.
    let mut open: Option<((char, usize), usize, bool)> = None;
    let mut section: Option<Role> = None;
    for line in lines(text) {
        let trimmed = line.text.trim();
        match (open, fence(trimmed)) {
            (Some((opening, start, wanted)), Some(closing)) if closing.0 == opening.0 && closing.1 >= opening.1 => {
                if wanted {
                    sorter.put(Span::new(start, line.start));
                }
                open = None;
            }
            (Some(_), _) => {}
            (None, Some(opening)) => {
                let mut info = trimmed.trim_start_matches(opening.0).split_whitespace();
                let language = info.next().unwrap_or_default().to_ascii_lowercase();
                let stated = info.next().and_then(|word| role_of(&word.to_ascii_lowercase()));
                let sql = matches!(language.as_str(), "" | "sql" | "postgres" | "postgresql" | "pgsql" | "plpgsql" | "psql");
                let role = stated.or(section);
                if let (true, Some(role)) = (sql, role) {
                    any = true;
                    sorter.open(&Heading { role, name: None, inline: None });
                }
                open = Some((opening, line.next, sql && role.is_some()));
            }
            (None, None) => {
                let heading_line = trimmed.starts_with('#') || trimmed.starts_with("**") || trimmed.ends_with(':');
                if heading_line && let Some(heading) = heading(trimmed) {
                    section = Some(heading.role);
                } else if trimmed.starts_with("# ") || trimmed.starts_with("## ") {
                    section = None;
                }
            }
        }
    }
    any.then_some(sorter.found)
}

/// What the migrations of a text are called: by the headings, else by the text and their number.
pub(super) fn title(sections: &Sections, stem: &str, at: usize) -> String {
    match &sections.name {
        Some(name) if !name.is_empty() => names::file(name.trim_end_matches('/')).to_owned(),
        _ if at == 0 => stem.to_owned(),
        _ => format!("{stem} ({})", at + 1),
    }
}
