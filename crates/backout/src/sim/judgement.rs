//! What the simulation found out about one migration: the nine answers, each with its proof.
//!
//! These are facts, not findings: rules word them, the report prints them.

pub use crate::catalog::Failure;
pub use crate::catalog::diff::Change;

use super::details::Details;
use crate::op::{GapKind, Op};
use crate::source::Span;
use std::sync::Arc;

/// A script with each statement understood.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// How reports call the file.
    pub path: String,
    /// The statements in their order.
    pub statements: Arc<[Statement]>,
    /// The author's `-- backout: irreversible <reason>`, if it stands here.
    pub irreversible: Option<String>,
    /// Its statements stand in comments of the file, so that nothing can be put between them as it is.
    pub in_comments: bool,
    /// Comments that begin with an ellipsis: statements that the author left out.
    pub left_out: Vec<Span>,
}

/// One statement of a script.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its bytes in the file.
    pub span: Span,
    /// What it asks of the database; spans within are relative to `span.start`. Of a statement that is read again each time
    /// this tells the kind and no more: see [`Statement::whole`].
    pub op: Arc<Op>,
    /// Where the statement is read again.
    pub again: Option<Arc<Again>>,
    /// Rules that a comment before it says to ignore, with the reason and the comment's place.
    pub ignores: Vec<Ignore>,
}

/// A script whose statements about rows are too many to keep: they would be most of the memory, and reading one is a tenth
/// of executing it.
#[derive(Debug)]
pub struct Again {
    /// The file.
    pub text: Box<str>,
    /// The server's major version.
    pub version: u16,
    /// Reads a statement.
    pub read: fn(&str, u16) -> Op,
}

impl Statement {
    /// What it asks of the database, to the last row.
    pub fn whole(&self) -> Arc<Op> {
        match &self.again {
            Some(again) => Arc::new((again.read)(self.span.of(&again.text), again.version)),
            None => self.op.clone(),
        }
    }
}

/// `-- backout: ignore rule reason`.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rule's name as written.
    pub rule: String,
    /// The reason; empty when none was given.
    pub reason: String,
    /// The comment in the file.
    pub span: Span,
}

/// Which of the two scripts of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The script that changes the schema.
    Forward,
    /// The script that takes the change back.
    Rollback,
}

/// Yes, no, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verity {
    /// It holds in every world that the input allows.
    Yes,
    /// It fails in every world.
    No,
    /// Neither could be shown.
    Unknown,
}

/// Why an answer is what it is, when it has no proof of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Another answer is its premise, by its key in the report.
    Question(&'static str),
    /// The gap with this index in [`Judgement::gaps`].
    Gap(usize),
}

/// An answer with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub verity: Verity,
    /// Its reason; always there when unknown.
    pub because: Option<Because>,
}

/// A statement that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFailure {
    /// Which statement of its script, counted from 1.
    pub statement: usize,
    /// The error.
    pub failure: Failure,
}

/// Whether a script runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    /// The answer.
    pub answer: Answer,
    /// The first statement that fails.
    pub failure: Option<StatementFailure>,
}

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The object's kind in the report's words: `table`, `column`, `matview`, …
    pub kind: &'static str,
    /// Its name: `schema.table.column`, `schema.f(integer)`, …; before the change when it was renamed.
    pub name: String,
    /// How it differs.
    pub change: Change,
    /// Its definition before; none when it was not there.
    pub expected: Option<String>,
    /// Its definition now; none when it is not there. The new name when it was renamed.
    pub found: Option<String>,
    /// The statement of the forward that made or changed it, counted from 1.
    pub forward_statement: Option<usize>,
    /// The statement of the rollback that last touched it, counted from 1.
    pub rollback_statement: Option<usize>,
}

/// Whether the schema comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restores {
    /// The answer.
    pub answer: Answer,
    /// What differs without making it a no: `column-order` (with the tables) and `text` (with the routines or views).
    pub except: Vec<(&'static str, String)>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Whether the forward runs again after the rollback, to the same schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redo {
    /// The answer.
    pub answer: Answer,
    /// The statement of the forward that fails.
    pub failure: Option<StatementFailure>,
    /// What is not the same after it.
    pub differences: Vec<Difference>,
}

/// The rollback on the state after the first `k` statements of the forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// How many statements of the forward were applied.
    pub k: usize,
    /// Whether the whole rollback runs from there.
    pub answer: Answer,
    /// The statement of the rollback that fails.
    pub failure: Option<StatementFailure>,
    /// Whether it then restores the schema.
    pub restores: Verity,
    /// Whether anything was done by then: of SET, BEGIN and SELECT nothing stays, and nobody needs the rollback.
    pub applied: bool,
    /// Whether the runner can leave this state.
    pub reachable: bool,
}

/// Half-applied scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// About every prefix of which something stays.
    pub answer: Answer,
    /// True when any prefix is reachable.
    pub reachable: bool,
    /// True when only the first and last 100 prefixes were run.
    pub limited: bool,
    /// The half-applied rollback run again from its beginning.
    pub resumes: Resumes,
    /// Every prefix that was run.
    pub prefixes: Vec<Prefix>,
}

/// The rollback run again after its first `j` statements were applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumes {
    /// The answer.
    pub answer: Answer,
    /// The first `j` from which it fails.
    pub j: Option<usize>,
    /// The statement that fails there.
    pub failure: Option<StatementFailure>,
}

/// How the rollback touches something that the forward did not make or change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// Drops it.
    Drops,
    /// Drops it by CASCADE.
    Cascades,
    /// Changes it.
    Alters,
    /// Makes something that was not there before the forward.
    Creates,
    /// Drops what the forward made only if it was not there (`IF NOT EXISTS`).
    DropsGuarded,
    /// Deletes or changes rows beyond those that the forward inserted.
    Rows,
}

/// One thing that the rollback reaches outside of its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The object's kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub touch: Touch,
    /// The statement of the rollback, counted from 1.
    pub statement: usize,
    /// False when it may be so in some worlds only.
    pub certain: bool,
    /// False when nothing but the rollback names it.
    pub shown: bool,
}

/// Whether the rollback keeps to what the forward made or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// The answer.
    pub answer: Answer,
    /// What lies outside.
    pub strays: Vec<Stray>,
}

/// What breaks atomicity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AtomicBreak {
    /// Nothing surrounds the statements.
    NoTransaction,
    /// The script begins and does not end its transaction, or ends one that it did not begin.
    Unbalanced,
    /// A statement stands outside the script's transaction.
    Outside,
    /// A COMMIT stands in the middle.
    CommitsEarly,
    /// A statement that cannot run in a transaction block.
    ForbidsTransaction,
    /// The file says that it wants no transaction.
    OptedOut,
}

/// Whether the rollback is all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atomic {
    /// The answer.
    pub answer: Answer,
    /// What makes it so: `runner`, `script`, `single-statement`, `implicit`.
    pub by: Option<&'static str>,
    /// What breaks it, with the statement, counted from 1 (0: the script as a whole).
    pub breaks: Vec<(AtomicBreak, usize)>,
}

/// Rows that are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The table or column.
    pub object: String,
    /// Which script loses them.
    pub by: Side,
    /// Which rows: `rows older than the forward`, `rows written since`, `values of the column`, …
    pub what: &'static str,
    /// True when they are rows written since into the forward's own objects.
    pub own: bool,
    /// The statement, counted from 1 in its script.
    pub statement: usize,
}

/// A row with a literal key that stays or is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    /// The table.
    pub table: String,
    /// The key as written: `key = 'queue.worker.enabled'`.
    pub key: String,
    /// Missing or extra.
    pub change: Change,
    /// The statement of the forward that inserted or deleted it, counted from 1.
    pub statement: usize,
}

/// An operation that may fail on rows that exist by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The object.
    pub object: String,
    /// `set-not-null`, `unique`, `foreign-key`, `check`, `cast`, `exclude`, `raise`.
    pub what: &'static str,
    /// The SQLSTATE that it would raise.
    pub sqlstate: &'static str,
    /// Which script.
    pub by: Side,
    /// The statement, counted from 1 in its script.
    pub statement: usize,
}

/// What happens to rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lossless {
    /// The answer: no only when rows older than the forward are lost.
    pub answer: Answer,
    /// What is lost.
    pub losses: Vec<Loss>,
    /// Rows with literal keys that stay or are missing.
    pub rows: Vec<RowDifference>,
    /// What may fail on rows.
    pub risks: Vec<Risk>,
}

/// A gap with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedGap {
    /// Its kind.
    pub kind: GapKind,
    /// Why.
    pub reason: String,
    /// The script it stands in and where; none for the input as a whole.
    pub at: Option<(Side, Span)>,
    /// The path of the file when it is another one: the baseline, an earlier migration.
    pub path: Option<String>,
}

/// Something worth a remark that no answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// `IF EXISTS` found nothing: the statement runs and undoes nothing. Kind and name.
    GuardFoundNothing(&'static str, String),
    /// `IF NOT EXISTS` found the object: the statement does nothing. Kind and name.
    GuardFoundObject(&'static str, String),
    /// A quoted body of a routine that survives names a relation that is dropped: routine, relation.
    BodyNamesDropped(String, String),
    /// An object was presumed to exist because a forward uses it.
    Presumed(&'static str, String),
}

/// A remark with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedRemark {
    /// What.
    pub remark: Remark,
    /// Which script.
    pub side: Side,
    /// The statement, counted from 1.
    pub statement: usize,
}

/// All that is known about one migration.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The migration's name.
    pub id: String,
    /// The forward, if it has one.
    pub forward: Option<Script>,
    /// The rollback, if it has one.
    pub rollback: Option<Script>,
    /// Given as a pair of scripts, not as part of a folder.
    pub pair: bool,
    /// Does the forward run on the baseline?
    pub forward_runs: Runs,
    /// Does the rollback run after the complete forward?
    pub rollback_runs: Runs,
    /// Is the schema after the rollback the schema before the forward?
    pub restores: Restores,
    /// Does the forward run again after the rollback, to the same schema?
    pub redo: Redo,
    /// Does the rollback run a second time?
    pub rerun: Runs,
    /// From every half-applied forward, and after a half-applied rollback?
    pub partial: Partial,
    /// Does the rollback touch only what the forward made or changed?
    pub local: Local,
    /// All or nothing?
    pub atomic: Atomic,
    /// Which rows are lost?
    pub lossless: Lossless,
    /// What could not be understood or decided, in the order of its numbers.
    pub gaps: Vec<PlacedGap>,
    /// Remarks.
    pub remarks: Vec<PlacedRemark>,
    /// The runner that executes it, by its id.
    pub runner: &'static str,
    /// True when the runner was stated or recognised.
    pub runner_known: bool,
    /// What each statement does, when it was asked for.
    pub details: Option<Details>,
}

/// What happens when all rollbacks of a history run, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwind {
    /// The answer.
    pub answer: Answer,
    /// The migration whose rollback fails or is missing.
    pub stops_at: Option<String>,
    /// The statement that fails there.
    pub failure: Option<StatementFailure>,
    /// What is left at the start of the history.
    pub left_behind: Vec<Difference>,
}
