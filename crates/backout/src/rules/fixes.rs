//! Changes of the text that remove a finding, where there is one that is certain.
//!
//! A fix is a proposal and never judged here: a test applies every fix of every story and checks the plan again. Scripts that stand
//! in comments get none, because what is put there would have to be a comment too.

use super::{ordering, places, words};
use crate::finding::{Fix, Place, Texts};
use crate::lexer::{Lexer, Token, TokenKind, is_word};
use crate::op::{AlterEnum, ObjectRef, Op, TableAction, Transaction};
use crate::sim::{AtomicBreak, Change, Difference, Failure, Judgement, Script, Side, Statement, StatementFailure, Verity};
use crate::source::Span;

/// More edits are no quick fix any more.
const MOST_EDITS: usize = 200;

/// In longer scripts, and where more is wrong, the fixes would take longer than the check; nobody mends those click by click.
const MOST_STATEMENTS: usize = 2000;
const MOST_DIFFERENCES: usize = 200;

/// A script that can be edited, with its text.
#[derive(Clone, Copy)]
struct Editable<'a> {
    script: &'a Script,
    text: &'a str,
}

impl<'a> Editable<'a> {
    fn new(judgement: &'a Judgement, texts: &'a Texts, side: Side) -> Option<Self> {
        let script = places::script(judgement, side)?;
        if script.in_comments || script.statements.len() > MOST_STATEMENTS || judgement.restores.differences.len() > MOST_DIFFERENCES {
            return None;
        }
        Some(Self { script, text: texts.text(&script.path) })
    }

    fn statement(self, number: usize) -> Option<&'a Statement> {
        self.script.statements.get(number.checked_sub(1)?)
    }

    fn edit(self, start: u32, end: u32, text: impl Into<String>) -> (Place, String) {
        (Place { path: self.script.path.clone(), span: Span { start, end } }, text.into())
    }

    /// The end of a line as this text has it.
    fn newline(self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Behind the semicolon of a statement, and whether there is one.
    fn after(self, statement: &Statement) -> (u32, bool) {
        let rest = self.text.get(statement.span.end as usize..).unwrap_or_default();
        let next = Lexer::new(rest).map(|(token, _)| token).find(|token| !token.kind.is_trivia());
        match next {
            Some(token) if token.kind == TokenKind::Semicolon => (statement.span.end + token.span.end, true),
            _ => (statement.span.end, false),
        }
    }

    /// A statement with its semicolon, and with its whole line when it has it for itself.
    fn whole(self, statement: &Statement) -> Span {
        let (end, _) = self.after(statement);
        let before = self.text.get(..statement.span.start as usize).unwrap_or_default();
        let after = self.text.get(end as usize..).unwrap_or_default();
        let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
        let line = before.len() == indent || before.trim_end_matches([' ', '\t']).ends_with('\n');
        let blank = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        match (line, after.as_bytes().get(blank)) {
            (true, Some(b'\n')) => Span { start: statement.span.start - indent as u32, end: end + blank as u32 + 1 },
            _ => Span { start: statement.span.start, end },
        }
    }
}

fn fix(title: impl Into<String>, mut edits: Vec<(Place, String)>) -> Option<Fix> {
    edits.sort_by_key(|(place, _)| place.span);
    (!edits.is_empty() && edits.len() <= MOST_EDITS).then(|| Fix { title: title.into(), edits })
}

/// A statement of the rollback that can be edited.
pub(super) struct StatementEdits<'a> {
    rollback: Editable<'a>,
    base: u32,
    /// Its text.
    pub(super) own: &'a str,
}

/// A statement of the rollback, counted from 1, if it can be edited.
pub(super) fn edits_of<'a>(judgement: &'a Judgement, texts: &'a Texts, number: usize) -> Option<StatementEdits<'a>> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let statement = rollback.statement(number)?;
    Some(StatementEdits { rollback, base: statement.span.start, own: statement.span.of(rollback.text) })
}

impl StatementEdits<'_> {
    /// Replaces ranges of the statement's text.
    pub(super) fn fix(&self, title: String, edits: Vec<(u32, u32, String)>) -> Option<Fix> {
        let edits = edits.into_iter().map(|(start, end, text)| self.rollback.edit(self.base + start, self.base + end, text));
        fix(title, edits.collect())
    }
}

/// Adds statements to the end of the rollback: before the COMMIT that ends it, if one does.
pub(super) fn append(judgement: &Judgement, texts: &Texts, statements: &[String]) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let last = rollback.script.statements.last()?;
    let title = match statements {
        [one] if one.len() <= 120 && !one.contains('\n') => format!("add `{one}` to the rollback"),
        [_] => "add the statement to the rollback".to_owned(),
        several => format!("add {} statements to the rollback", several.len()),
    };
    let newline = rollback.newline();
    let text = statements.join(newline);
    // Where a transaction is ended in other ways, or not ended, nothing can be put behind it.
    let odd = |statement: &Statement| match &*statement.op {
        Op::Transaction(Transaction::Commit { chain }) => *chain,
        Op::Transaction(transaction) => {
            !matches!(transaction, Transaction::Begin { .. } | Transaction::Savepoint(_) | Transaction::Release(_))
        }
        _ => false,
    };
    let unbalanced = judgement.atomic.breaks.iter().any(|(what, _)| *what == AtomicBreak::Unbalanced);
    if unbalanced || rollback.script.statements.iter().any(odd) {
        return None;
    }
    if matches!(*last.op, Op::Transaction(Transaction::Commit { .. })) {
        return fix(title, vec![rollback.edit(last.span.start, last.span.start, format!("{text}{newline}"))]);
    }
    let (end, closed) = rollback.after(last);
    let close = if closed { "" } else { ";" };
    // What was all or nothing because it was one statement stays so.
    if judgement.atomic.by == Some("single-statement") {
        let first = rollback.script.statements.first()?.span.start;
        if concurrently(&last.op) || matches!(&*last.op, Op::Maintenance(work) if work.forbidden_in_transaction) {
            return None;
        }
        let edits = vec![
            rollback.edit(first, first, format!("BEGIN;{newline}")),
            rollback.edit(end, end, format!("{close}{newline}{text}{newline}COMMIT;")),
        ];
        return fix(format!("{title}, in one transaction"), edits);
    }
    let edit = rollback.edit(end, end, format!("{close}{newline}{text}"));
    fix(title, vec![edit])
}

/// Surrounds the rollback with BEGIN and COMMIT.
pub(super) fn transaction(judgement: &Judgement, texts: &Texts) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let statements = &rollback.script.statements;
    let (first, last) = (statements.first()?, statements.last()?);
    let alone = |op: &Op| match op {
        Op::Transaction(_) | Op::Gap(_) | Op::Invalid(_) | Op::Do(_) | Op::Call(_) => true,
        // A value that is new in the transaction cannot be used in it.
        Op::AlterEnum(AlterEnum::AddValue { .. }) => true,
        op => concurrently(op) || matches!(op, Op::Maintenance(work) if work.forbidden_in_transaction),
    };
    if statements.iter().any(|statement| alone(&statement.op)) {
        return None;
    }
    let newline = rollback.newline();
    let (end, closed) = rollback.after(last);
    let edits = vec![
        rollback.edit(first.span.start, first.span.start, format!("BEGIN;{newline}")),
        rollback.edit(end, end, format!("{}{newline}COMMIT;", if closed { "" } else { ";" })),
    ];
    fix("surround the rollback with BEGIN and COMMIT", edits)
}

/// Ends a transaction that the rollback begins and does not end.
pub(super) fn commit(judgement: &Judgement, texts: &Texts) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let of = |wanted: fn(&Transaction) -> bool| {
        let all = rollback.script.statements.iter();
        all.filter(|statement| matches!(&*statement.op, Op::Transaction(transaction) if wanted(transaction))).count()
    };
    let begins = of(|transaction| matches!(transaction, Transaction::Begin { .. }));
    let ends = of(|transaction| matches!(transaction, Transaction::Commit { .. } | Transaction::Rollback { .. }));
    if begins != 1 || ends != 0 {
        return None;
    }
    let (end, closed) = rollback.after(rollback.script.statements.last()?);
    let text = format!("{}{}COMMIT;", if closed { "" } else { ";" }, rollback.newline());
    fix("end the transaction with COMMIT", vec![rollback.edit(end, end, text)])
}

/// Moves a DROP behind the later statements that drop what depends on its object.
pub(super) fn move_after(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let dependents: Vec<&str> =
        failure.failure.detail.iter().filter_map(|line| line.split_once(" depends on ").map(|(who, _)| who)).collect();
    let drop_of = |who| ordering::later_drop(judgement, texts, failure.statement, who);
    let drops: Option<Vec<(usize, &str)>> = dependents.iter().map(|&who| Some((drop_of(who)?, who))).collect();
    let (target, last) = drops?.into_iter().max_by_key(|(number, _)| *number)?;
    let (failing, behind) = (rollback.statement(failure.statement)?, rollback.statement(target)?);
    if matches!(*behind.op, Op::Do(_)) {
        return None;
    }
    let own = rollback.whole(failing);
    let (end, closed) = rollback.after(behind);
    let moved = format!("{}{}{};", if closed { "" } else { ";" }, rollback.newline(), failing.span.of(rollback.text));
    let title = format!("move this statement behind the one that drops {last}");
    fix(title, vec![rollback.edit(own.start, own.end, ""), rollback.edit(end, end, moved)])
}

/// Takes a statement out of the rollback, if something is left then.
pub(super) fn remove(judgement: &Judgement, texts: &Texts, number: usize) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let own = rollback.statement(number)?;
    let single = match &*own.op {
        Op::Drop(drop) => drop.targets.len() == 1,
        Op::AlterTable(alter) => alter.actions.len() == 1,
        _ => false,
    };
    let changes = rollback.script.statements.iter().filter(|statement| !matches!(*statement.op, Op::Transaction(_) | Op::Set(_))).count();
    if !single || changes < 2 {
        return None;
    }
    let whole = rollback.whole(own);
    fix("remove this statement", vec![rollback.edit(whole.start, whole.end, "")])
}

/// Takes what only drops out of the rollback: it is gone already.
pub(super) fn remove_drop(judgement: &Judgement, texts: &Texts, number: usize) -> Option<Fix> {
    let script = places::script(judgement, Side::Rollback)?;
    let statement = script.statements.get(number.checked_sub(1)?)?;
    let drops = match &*statement.op {
        Op::Drop(_) => true,
        Op::AlterTable(alter) => {
            let drops = |action: &TableAction| matches!(action, TableAction::DropColumn { .. } | TableAction::DropConstraint { .. });
            alter.actions.iter().all(|(action, _)| drops(action))
        }
        _ => false,
    };
    if drops { remove(judgement, texts, number) } else { None }
}

fn concurrently(op: &Op) -> bool {
    match op {
        Op::Drop(drop) => drop.concurrently,
        Op::CreateIndex(create) => create.concurrently,
        _ => false,
    }
}

/// Leaves CONCURRENTLY out.
pub(super) fn without_concurrently(judgement: &Judgement, texts: &Texts, number: usize) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let statement = rollback.statement(number).filter(|statement| concurrently(&statement.op))?;
    let own = statement.span.of(rollback.text);
    let word = head(own).into_iter().find(|token| is_word(own, *token, "concurrently"))?;
    let blank = own.get(word.span.end as usize..)?;
    let blank = (blank.len() - blank.trim_start().len()) as u32;
    let span = word.span.shifted(statement.span.start);
    let title = "leave CONCURRENTLY out: the statement then locks the table while it runs";
    fix(title, vec![rollback.edit(span.start, span.end + blank, "")])
}

/// Replaces the name of an object in a statement.
pub(super) fn rename(judgement: &Judgement, texts: &Texts, number: usize, wrong: &str, right: &str) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let statement = rollback.statement(number)?;
    let own = statement.span.of(rollback.text);
    let (wrong, right) = (ordering::own_part(wrong), ordering::own_part(right));
    let found = |token: &Token| token.kind.is_ident() && token.span.of(own).trim_matches('"').eq_ignore_ascii_case(wrong);
    // Where only the schema or the arguments are wrong there is no other name to write.
    let token = Lexer::new(own).map(|(token, _)| token).find(found).filter(|_| wrong != right)?;
    let span = token.span.shifted(statement.span.start);
    fix(format!("write `{}`", words::sql(right)), vec![rollback.edit(span.start, span.end, words::sql(right))])
}

/// Takes out a comment, with its line.
pub(super) fn remove_comment(texts: &Texts, at: &Place) -> Option<Fix> {
    let text = texts.text(&at.path);
    let (before, after) = (text.get(..at.span.start as usize)?, text.get(at.span.end as usize..)?);
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let line = before.get(..before.len() - indent).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    let end = if line { after.find('\n').filter(|end| after.get(..*end).is_some_and(|rest| rest.trim().is_empty())) } else { None };
    let span = match end {
        Some(end) => Span { start: at.span.start - indent as u32, end: at.span.end + end as u32 + 1 },
        None => at.span,
    };
    fix("remove the comment", vec![(Place { path: at.path.clone(), span }, String::new())])
}

/// Writes another word in place of the first that is this one.
pub(super) fn replace_word(texts: &Texts, at: &Place, wrong: &str, right: &str) -> Option<Fix> {
    let offset = texts.of(at).find(wrong)? as u32;
    let start = at.span.start + offset;
    let span = Span { start, end: start + wrong.len() as u32 };
    fix(format!("write `{right}`"), vec![(Place { path: at.path.clone(), span }, right.to_owned())])
}

/// Guards the statement that fails so that it can run again.
pub(super) fn guard(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let edits = guards(rollback, failure.statement, Some(&failure.failure), &gone(rollback.script))?;
    fix(format!("write {}", edits.first()?.1.trim()), edits)
}

/// Guards every statement of the rollback that has a guard, if the one that fails has one.
pub(super) fn guard_all(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    let rollback = Editable::new(judgement, texts, Side::Rollback)?;
    let gone = gone(rollback.script);
    guards(rollback, failure.statement, Some(&failure.failure), &gone)?;
    let count = rollback.script.statements.len();
    let all: Vec<_> = (1..=count).filter_map(|number| guards(rollback, number, None, &gone)).flatten().take(MOST_EDITS + 1).collect();
    if all.len() == 1 || all.len() > MOST_EDITS {
        return guard(judgement, texts, failure);
    }
    let said = |words: &&str| all.iter().any(|(_, text)| text.contains(words));
    let words: Vec<&str> = ["IF EXISTS", "IF NOT EXISTS", "OR REPLACE"].into_iter().filter(said).collect();
    fix(format!("write {} in every statement of the rollback that takes it", words.join(" and ")), all)
}

/// The tables that the rollback takes away, by their own names: a second run does not find them.
fn gone(script: &Script) -> Vec<&str> {
    let targets = script.statements.iter().filter_map(|statement| match &*statement.op {
        Op::Drop(drop) => Some(&drop.targets),
        _ => None,
    });
    let names = targets.flatten().filter_map(|target| match target {
        ObjectRef::Relation { name, .. } => Some(name.name.as_str()),
        _ => None,
    });
    names.collect()
}

/// The edits that guard a statement; for one that fails, none unless they speak to that.
fn guards(rollback: Editable<'_>, number: usize, failure: Option<&Failure>, gone: &[&str]) -> Option<Vec<(Place, String)>> {
    const MISSING: &str = " IF EXISTS";
    const THERE: &str = " IF NOT EXISTS";
    const REPLACE: &str = " OR REPLACE";
    let statement = rollback.statement(number)?;
    let own = statement.span.of(rollback.text);
    let head = head(own);
    let state = failure.map(|failure| failure.sqlstate);
    let missing = state.is_none_or(|state| matches!(state, "42P01" | "42703" | "42704" | "42883" | "3F000"));
    let there = state.is_none_or(|state| matches!(state, "42P07" | "42701" | "42710" | "42723" | "42P06"));
    let words = |upto: &[&str]| after_words(own, &head, upto);
    let mut edits: Vec<(u32, &str)> = Vec::new();
    let mut put = |wanted: bool, at: Option<u32>, text: &'static str| edits.extend(at.filter(|_| wanted).map(|at| (at, text)));
    match &*statement.whole() {
        Op::Drop(drop) if !drop.if_exists => put(missing, after_kind(own, &head, 1), MISSING),
        Op::AlterTable(alter) => {
            // The table itself where it is the rollback that takes it away, or where it is what was not found.
            let itself = match failure {
                Some(failure) if failure.sqlstate == "42P01" => failure.span.is_none_or(|span| span == alter.name.span),
                _ => gone.contains(&alter.name.name.as_str()),
            };
            put(missing && itself && !alter.if_exists, after_kind(own, &head, 1), MISSING);
            for (action, span) in &alter.actions {
                let part = span.of(own);
                let tokens = self::head(part);
                let place = |at: Option<u32>| at.map(|at| at + span.start);
                let after = |verb: &str| after_words(part, &tokens, &[verb, "column"]).or_else(|| after_words(part, &tokens, &[verb]));
                match action {
                    TableAction::DropColumn { if_exists: false, .. } => put(missing, place(after("drop")), MISSING),
                    TableAction::DropConstraint { if_exists: false, .. } => {
                        put(missing, place(after_words(part, &tokens, &["drop", "constraint"])), MISSING);
                    }
                    TableAction::AddColumn { if_not_exists: false, .. } => put(there, place(after("add")), THERE),
                    _ => {}
                }
            }
        }
        Op::Rename(rename) if !rename.if_exists && matches!(rename.target, ObjectRef::Relation { .. }) => {
            put(missing, after_kind(own, &head, 1), MISSING);
        }
        Op::CreateTable(create) if !create.if_not_exists => put(there, words(&["*", "table"]), THERE),
        Op::CreateTableAs(create) if !create.if_not_exists => put(there, words(&["*", "table"]), THERE),
        Op::CreateMatView(create) if !create.if_not_exists => put(there, words(&["create", "materialized", "view"]), THERE),
        Op::CreateIndex(create) if !create.if_not_exists && create.name.is_some() => {
            put(there, words(&["*", "index", "concurrently"]).or_else(|| words(&["*", "index"])), THERE);
        }
        Op::CreateSequence(create) if !create.if_not_exists => put(there, words(&["*", "sequence"]), THERE),
        Op::CreateSchema(create) if !create.if_not_exists && create.elements.is_empty() => put(there, words(&["create", "schema"]), THERE),
        Op::CreateExtension(create) if !create.if_not_exists => put(there, words(&["create", "extension"]), THERE),
        Op::CreateView(create) if !create.or_replace => put(there, words(&["create"]), REPLACE),
        Op::CreateRoutine(create) if !create.or_replace => put(there, words(&["create"]), REPLACE),
        Op::CreateTrigger(create) if !create.or_replace && !create.constraint => put(there, words(&["create"]), REPLACE),
        Op::AlterEnum(AlterEnum::AddValue { if_not_exists: false, .. }) => put(there, words(&["*", "value"]), THERE),
        Op::Insert(insert) if insert.on_conflict.is_none() && insert.returning.is_empty() && insert.source.is_some() => {
            put(state == Some("23505"), Some(own.len() as u32), " ON CONFLICT DO NOTHING");
        }
        _ => {}
    }
    let base = statement.span.start;
    (!edits.is_empty()).then(|| edits.into_iter().map(|(at, text)| rollback.edit(base + at, base + at, text)).collect())
}

/// The first tokens of a statement, without comments.
pub(super) fn head(text: &str) -> Vec<Token> {
    Lexer::new(text).map(|(token, _)| token).filter(|token| !token.kind.is_trivia()).take(16).collect()
}

/// Where these words end, which the statement begins with; `*` is any number of words.
fn after_words(text: &str, head: &[Token], words: &[&str]) -> Option<u32> {
    let mut tokens = head.iter().peekable();
    let mut end = None;
    let mut any = false;
    for word in words {
        if *word == "*" {
            any = true;
            continue;
        }
        loop {
            let token = tokens.next().filter(|token| token.kind == TokenKind::Word)?;
            if is_word(text, *token, word) {
                end = Some(token.span.end);
                break;
            }
            if !any {
                return None;
            }
        }
        any = false;
    }
    // The word is not the name itself: something follows that is a part of the name's clause.
    tokens.peek().filter(|token| token.kind.is_ident() || token.kind == TokenKind::String).and(end)
}

/// Where the words for an object's kind end, which stand after the verb.
pub(super) fn after_kind(text: &str, head: &[Token], verb: usize) -> Option<u32> {
    let is = |at: usize, word: &str| head.get(at).is_some_and(|token| is_word(text, *token, word));
    let count = match () {
        () if is(verb, "text") && is(verb + 1, "search") => 3,
        () if is(verb, "foreign") && is(verb + 1, "data") => 3,
        () if is(verb, "foreign") || is(verb, "materialized") || is(verb, "event") || is(verb, "access") || is(verb, "procedural") => 2,
        () if is(verb, "user") && is(verb + 1, "mapping") => 2,
        () if is(verb, "operator") && (is(verb + 1, "class") || is(verb + 1, "family")) => 2,
        () if is(verb, "index") && is(verb + 1, "concurrently") => 2,
        () if is(verb, "owned") => return None,
        () => 1,
    };
    head.get(verb + count - 1).filter(|token| token.kind == TokenKind::Word).map(|token| token.span.end)
}

/// Nothing is to be done about what no statement touched: it is called otherwise because its schema is, and follows it back.
fn touched(difference: &Difference) -> Option<usize> {
    difference.forward_statement.or(difference.rollback_statement)
}

/// Drops in the rollback what the forward leaves behind: this object, and before it those that the forward built on it.
pub(super) fn drop_left(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    touched(difference)?;
    // Before the search below, which takes as long as there are differences.
    Editable::new(judgement, texts, Side::Rollback)?;
    let made = difference.forward_statement?;
    // What got a new name was there before: dropping it would lose it.
    let statement = judgement.forward.as_ref()?.statements.get(made.checked_sub(1)?)?;
    if matches!(&*statement.op, Op::Rename(_) | Op::SetSchema { .. }) {
        return None;
    }
    let mut chosen = vec![difference];
    let mut left: Vec<&Difference> = judgement.restores.differences.iter().filter(|other| other.change == Change::Extra).collect();
    left.sort_by_key(|other| other.forward_statement);
    // Among very many nobody would look for it.
    const MOST: usize = 50;
    for other in left.into_iter().take(MOST) {
        let Some(number) = other.forward_statement.filter(|number| *number > made) else { continue };
        let text = texts.of(&places::statement(judgement, Side::Forward, number));
        let own = |difference: &Difference| ordering::last_part(difference.name.split('(').next().unwrap_or(&difference.name)).to_owned();
        if chosen.iter().any(|known| ordering::holds_word(text, &own(known))) {
            chosen.push(other);
        }
    }
    let drop = |other: &&Difference| {
        let sql = words::drop_if_exists(other.kind, &other.name)?;
        let text = other.forward_statement.map_or("", |number| texts.of(&places::statement(judgement, Side::Forward, number)));
        // Its kind in reports is that of a table, its statement's is not.
        let foreign = head(text).get(1).is_some_and(|token| is_word(text, *token, "foreign"));
        Some(if foreign { sql.replacen("DROP TABLE", "DROP FOREIGN TABLE", 1) } else { sql })
    };
    let drops: Option<Vec<String>> = chosen.iter().rev().map(drop).collect();
    append(judgement, texts, &drops?)
}

/// Whether the rollback runs a second time, or from somewhere in between: then what is added must do so too.
fn runs_again(judgement: &Judgement) -> bool {
    [judgement.rerun.answer, judgement.partial.answer].iter().any(|answer| answer.verity == Verity::Yes)
}

/// Makes again in the rollback what was there before the forward.
pub(super) fn restore(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    touched(difference)?;
    Editable::new(judgement, texts, Side::Rollback)?;
    let own = ordering::last_part(&difference.name);
    if judgement.restores.differences.iter().any(|other| other.change == Change::Extra && ordering::last_part(&other.name) == own) {
        return None;
    }
    let again = runs_again(judgement);
    append(judgement, texts, &[words::create_statement(difference.kind, &difference.name, difference.expected.as_deref()?, again)?])
}

/// Makes a routine or a view again as the schema before makes it.
pub(super) fn define(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    touched(difference)?;
    let path = difference.name.split('(').next().unwrap_or(&difference.name);
    let (schema, own) = words::owner_and_own(path)?;
    let text = texts.definition(difference.kind, own.trim_matches('"'))?;
    let expected = difference.expected.as_deref()?;
    // It may have been changed since, or stand in a schema that only the script's search path names.
    let body = Lexer::new(text).map(|(token, _)| token).filter(|token| token.kind.is_string()).map(|token| token.span.of(text)).last();
    let same = match (difference.kind, difference.change) {
        ("view", Change::Missing) => true,
        ("function" | "procedure", _) => body.is_some_and(|body| expected.contains(inner(body).trim())),
        _ => false,
    };
    if !same || (schema != "public" && !ordering::holds_word(text, schema)) {
        return None;
    }
    let tokens = head(text);
    let create = tokens.first().filter(|token| is_word(text, **token, "create"))?;
    let or_replace = if tokens.get(1).is_some_and(|token| is_word(text, *token, "or")) { "" } else { " OR REPLACE" };
    let statement = format!("CREATE{or_replace}{};", text.get(create.span.end as usize..)?);
    let mut fix = append(judgement, texts, &[statement])?;
    fix.title = format!("make {} again as the baseline makes it", words::object(difference.kind, &difference.name));
    Some(fix)
}

/// What stands between the quotes of a constant.
fn inner(constant: &str) -> &str {
    let tag = constant.strip_prefix('$').and_then(|rest| rest.find('$')).map_or(1, |end| end + 2);
    constant.get(tag..constant.len().saturating_sub(tag)).unwrap_or_default()
}

/// The same for an object that is there with another definition.
pub(super) fn replace(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    touched(difference)?;
    let create = words::create_statement(difference.kind, &difference.name, difference.expected.as_deref()?, true)?;
    match difference.kind {
        "constraint" => append(judgement, texts, &[create]),
        "index" => append(judgement, texts, &[words::drop_if_exists("index", &difference.name)?, create]),
        _ => None,
    }
}

/// Gives back the name that an object had.
pub(super) fn rename_back(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    let own = words::sql(ordering::last_part(&difference.name));
    let found = difference.found.as_deref()?;
    let again = runs_again(judgement);
    let sql = match difference.kind {
        "index" | "sequence" | "table" | "view" => {
            format!("ALTER {} IF EXISTS {} RENAME TO {own};", difference.kind.to_ascii_uppercase(), words::sql(found))
        }
        // There is no guard for this one.
        "constraint" if !again => {
            let (table, now) = words::owner_and_own(found)?;
            format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {own};", words::sql(table), words::sql(now))
        }
        _ => return None,
    };
    append(judgement, texts, &[sql])
}

/// Sets the comment that was there.
pub(super) fn comment(judgement: &Judgement, texts: &Texts, difference: &Difference) -> Option<Fix> {
    let (kind, name) = difference.name.split_once(' ')?;
    if !matches!(kind, "table" | "column" | "view" | "index" | "sequence" | "schema" | "function" | "procedure" | "type" | "domain") {
        return None;
    }
    let text = difference.expected.as_ref().map_or("NULL".to_owned(), |text| words::string(text));
    append(judgement, texts, &[format!("COMMENT ON {} {} IS {text};", kind.to_ascii_uppercase(), words::sql(name))])
}
