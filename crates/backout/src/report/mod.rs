//! The report: what people and programs are told. One file per format; all of them render the same [`Report`].
//!
//! The keys are a contract, published as a JSON Schema in `docs/report.schema.json`. Nothing here judges anything.

mod build;
pub mod details;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod picture;
pub mod sarif;
#[cfg(test)]
mod tests;
pub mod words;

pub use build::{Facts, build};

use crate::finding::{Severity, Texts};
use crate::rules::Verdict;
use crate::sim::{Side, Verity};
use serde::{Serialize, Serializer};

/// The version of the report's keys.
pub const SCHEMA_VERSION: u32 = 1;

/// A way to write the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For a terminal, with code frames.
    Human,
    /// One object with the keys of the contract.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality artifact.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// For a comment on a pull request.
    Markdown,
    /// One file for a browser.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 8] =
        [Format::Human, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit, Format::Markdown, Format::Html];

    /// The word on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Html => "html",
        }
    }

    /// Writes the report; the options are for the terminal.
    pub fn render(self, report: &Report, options: &human::Options) -> String {
        match self {
            Format::Human => human::render(report, options),
            Format::Json => json::render(report),
            Format::Sarif => sarif::render(report),
            Format::Github => github::render(report),
            Format::Gitlab => gitlab::render(report),
            Format::Junit => junit::render(report),
            Format::Markdown => markdown::render(report),
            Format::Html => html::render(report),
        }
    }
}

/// Everything that is said about a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// The database's dialect.
    pub dialect: &'static str,
    /// The server's major version.
    pub server_version: u32,
    /// What executes the scripts.
    pub runner: &'static str,
    /// Whether the runner was stated or recognised, not defaulted.
    pub runner_known: bool,
    /// The layout of the files, when there were files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<&'static str>,
    /// Idempotency and atomicity decide the verdict too.
    pub strict: bool,
    /// The forward's objects were taken to be new because the user said so.
    pub assume_new: bool,
    /// The migrations in their order.
    pub migrations: Vec<MigrationReport>,
    /// What is wrong with the files as a whole.
    pub findings: Vec<FindingReport>,
    /// What happens when all rollbacks of a history run, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwind: Option<UnwindReport>,
    /// Counts.
    pub summary: Summary,
    /// The texts that places lie in, for code frames.
    #[serde(skip)]
    pub texts: Texts,
    /// The folder that paths are relative to, as other tools find it; empty when they are relative to the working folder.
    #[serde(skip)]
    pub root: String,
}

impl Report {
    /// A path as other tools find it.
    pub fn located(&self, path: &str) -> String {
        if self.root.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", self.root.trim_end_matches('/')) }
    }

    /// Every finding, those about the files first.
    pub fn all_findings(&self) -> impl Iterator<Item = &FindingReport> {
        self.findings.iter().chain(self.migrations.iter().flat_map(|migration| &migration.findings))
    }

    /// The worst severity among the findings that are not suppressed.
    pub fn worst(&self) -> Option<Severity> {
        self.all_findings().filter(|finding| finding.suppressed.is_none()).map(|finding| finding.severity).max()
    }
}

/// Name and version of this program.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

/// One migration.
#[derive(Clone, Debug, Serialize)]
pub struct MigrationReport {
    /// Its name.
    pub id: String,
    /// The forward script, if there is one.
    pub forward: Option<ScriptReport>,
    /// The rollback script, if there is one.
    pub rollback: Option<ScriptReport>,
    /// What to think of it.
    #[serde(serialize_with = "verdict")]
    pub verdict: Verdict,
    /// The nine answers.
    pub answers: Answers,
    /// What is wrong with it.
    pub findings: Vec<FindingReport>,
    /// What could not be understood or decided.
    pub gaps: Vec<GapReport>,
    /// What each statement does, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<details::DetailsReport>,
}

/// A script.
#[derive(Clone, Debug, Serialize)]
pub struct ScriptReport {
    /// Its file.
    pub path: String,
    /// How many statements it has.
    pub statements: usize,
    /// The statements' bytes in the file, from the first to one past the last.
    pub spans: Vec<(u32, u32)>,
}

/// The nine answers.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the questions stand in the judgement's fields of the same names")]
pub struct Answers {
    pub forward_runs: RunsReport,
    pub rollback_runs: RunsReport,
    pub restores: RestoresReport,
    pub redo: RedoReport,
    pub rerun: RunsReport,
    pub partial: PartialReport,
    pub local: LocalReport,
    pub atomic: AtomicReport,
    pub lossless: LosslessReport,
}

impl Answers {
    /// Every answer: its key, the heading that it stands under, the answer, and its reason if it has no proof of its own.
    pub fn each(&self) -> [(&'static str, &'static str, Verity, Option<&str>); 9] {
        [
            ("forward_runs", "ordering", self.forward_runs.answer, self.forward_runs.because.as_deref()),
            ("rollback_runs", "ordering", self.rollback_runs.answer, self.rollback_runs.because.as_deref()),
            ("restores", "coverage", self.restores.answer, self.restores.because.as_deref()),
            ("redo", "coverage", self.redo.answer, self.redo.because.as_deref()),
            ("rerun", "idempotency", self.rerun.answer, self.rerun.because.as_deref()),
            ("partial", "idempotency", self.partial.answer, self.partial.because.as_deref()),
            ("local", "scope", self.local.answer, self.local.because.as_deref()),
            ("atomic", "atomicity", self.atomic.answer, self.atomic.because.as_deref()),
            ("lossless", "data", self.lossless.answer, self.lossless.because.as_deref()),
        ]
    }
}

/// Whether a script runs.
#[derive(Clone, Debug, Serialize)]
pub struct RunsReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The statement that fails.
    #[serde(flatten)]
    pub failure: Option<FailureReport>,
}

/// A statement that fails.
#[derive(Clone, Debug, Serialize)]
pub struct FailureReport {
    /// The error's SQLSTATE.
    pub sqlstate: &'static str,
    /// Which statement of its script, counted from 1.
    pub statement: usize,
    /// The error's message in the server's words.
    pub error: String,
}

/// Whether the schema comes back.
#[derive(Clone, Debug, Serialize)]
pub struct RestoresReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What differs without making it a no: `column-order`, `text`.
    pub except: Vec<&'static str>,
    /// What differs.
    pub differences: Vec<DifferenceReport>,
}

/// One difference between two schemas.
#[derive(Clone, Debug, Serialize)]
pub struct DifferenceReport {
    /// The object's kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `missing`, `extra`, `changed` or `renamed`.
    pub change: &'static str,
    /// Its definition before.
    pub expected: Option<String>,
    /// Its definition after.
    pub found: Option<String>,
    /// The statement of the forward that made the difference, counted from 1.
    pub forward_statement: Option<usize>,
    /// The statement of the rollback that last touched it, counted from 1.
    pub rollback_statement: Option<usize>,
}

/// Whether the forward runs again.
#[derive(Clone, Debug, Serialize)]
pub struct RedoReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The statement of the forward that fails.
    #[serde(flatten)]
    pub failure: Option<FailureReport>,
    /// What is not the same after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<DifferenceReport>,
}

/// Half-applied scripts.
#[derive(Clone, Debug, Serialize)]
pub struct PartialReport {
    /// The answer about every k ≥ 1.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Whether the runner can leave any of the states.
    pub reachable: bool,
    /// Whether only the first and last of many states were tried.
    pub limited: bool,
    /// The half-applied rollback run again.
    pub resumes: ResumesReport,
    /// Each state that was tried.
    pub prefixes: Vec<PrefixReport>,
}

/// The half-applied rollback run again.
#[derive(Clone, Debug, Serialize)]
pub struct ResumesReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The first number of applied statements from which it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub j: Option<usize>,
    /// The statement that fails.
    #[serde(flatten)]
    pub failure: Option<FailureReport>,
}

/// The rollback after the first `k` statements of the forward.
#[derive(Clone, Debug, Serialize)]
pub struct PrefixReport {
    /// How many statements of the forward were applied.
    pub k: usize,
    /// Whether the rollback runs.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The statement that fails.
    #[serde(flatten)]
    pub failure: Option<FailureReport>,
    /// Whether it restores the schema.
    #[serde(serialize_with = "verity")]
    pub restores: Verity,
    /// Whether anything was done by then: of SET, BEGIN and SELECT nothing stays, and nobody needs the rollback.
    pub applied: bool,
    /// Whether the runner can leave this state.
    pub reachable: bool,
}

/// Whether the rollback keeps to what the forward made or changed.
#[derive(Clone, Debug, Serialize)]
pub struct LocalReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What lies outside.
    pub strays: Vec<StrayReport>,
}

/// One thing that the rollback reaches outside of its scope.
#[derive(Clone, Debug, Serialize)]
pub struct StrayReport {
    /// The object's kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `drops`, `cascades`, `alters`, `creates`, `drops-guarded` or `rows`.
    pub touch: &'static str,
    /// The statement of the rollback, counted from 1.
    pub statement: usize,
    /// False when it may be so in some worlds only.
    pub certain: bool,
}

/// Whether the rollback is all or nothing.
#[derive(Clone, Debug, Serialize)]
pub struct AtomicReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What makes it so: `runner`, `script`, `single-statement` or `implicit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    /// What breaks it.
    pub breaks: Vec<BreakReport>,
}

/// What breaks atomicity.
#[derive(Clone, Debug, Serialize)]
pub struct BreakReport {
    /// `no-transaction`, `unbalanced`, `outside`, `commits-early`, `forbids-transaction` or `opted-out`.
    pub what: &'static str,
    /// The statement of the rollback, counted from 1; 0 for the script as a whole.
    pub statement: usize,
}

/// What happens to rows.
#[derive(Clone, Debug, Serialize)]
pub struct LosslessReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What is lost.
    pub losses: Vec<LossReport>,
    /// Rows with literal keys that stay or are missing.
    pub rows: Vec<RowReport>,
    /// What may fail on rows.
    pub risks: Vec<RiskReport>,
}

/// Rows that are lost.
#[derive(Clone, Debug, Serialize)]
pub struct LossReport {
    /// The table or column.
    pub object: String,
    /// The script that loses them.
    #[serde(serialize_with = "side")]
    pub by: Side,
    /// Which rows.
    pub what: &'static str,
    /// Rows written since into the forward's own objects.
    pub own: bool,
    /// The statement of that script, counted from 1.
    pub statement: usize,
}

/// A row with a literal key that stays or is missing.
#[derive(Clone, Debug, Serialize)]
pub struct RowReport {
    /// The table.
    pub table: String,
    /// The key.
    pub key: String,
    /// `missing` or `extra`.
    pub change: &'static str,
    /// The statement of the forward, counted from 1.
    pub statement: usize,
}

/// What may fail on rows.
#[derive(Clone, Debug, Serialize)]
pub struct RiskReport {
    /// The object.
    pub object: String,
    /// `set-not-null`, `unique`, `foreign-key`, `check`, `cast`, `exclude`, `raise` or `update`.
    pub what: &'static str,
    /// The SQLSTATE that it would raise.
    pub sqlstate: &'static str,
    /// The script.
    #[serde(serialize_with = "side")]
    pub by: Side,
    /// The statement of that script, counted from 1.
    pub statement: usize,
}

/// A defect.
#[derive(Clone, Debug, Serialize)]
pub struct FindingReport {
    /// The rule that found it.
    pub rule: &'static str,
    /// How bad it is.
    #[serde(serialize_with = "severity")]
    pub severity: Severity,
    /// What is wrong and why.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub at: Option<At>,
    /// Other places that explain it.
    pub related: Vec<RelatedReport>,
    /// The evidence.
    pub witness: Option<WitnessReport>,
    /// A change of the text that removes it.
    pub fix: Option<FixReport>,
    /// The author's reason to ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// A place in a file; lines and columns count from 1, columns in characters, `start` and `end` in bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct At {
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub start: u32,
    pub end: u32,
}

/// Another place.
#[derive(Clone, Debug, Serialize)]
pub struct RelatedReport {
    /// What is there.
    pub message: String,
    /// Where.
    pub at: At,
}

/// The evidence.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum WitnessReport {
    /// A statement that would fail.
    Failure {
        /// Where it stands.
        at: At,
        /// Which statement of its script, counted from 1.
        statement: usize,
        /// Its text, cut when it is long.
        sql: String,
        /// The error's SQLSTATE.
        sqlstate: &'static str,
        /// Its message in the server's words.
        error: String,
        /// The server's DETAIL.
        detail: Vec<String>,
        /// What ran before it.
        after: Option<String>,
    },
    /// An object that is not as it was.
    Difference {
        /// The object's kind.
        object: &'static str,
        /// Its name.
        name: String,
        /// `missing`, `extra`, `changed` or `renamed`.
        change: &'static str,
        /// Its definition before.
        expected: Option<String>,
        /// Its definition now.
        found: Option<String>,
    },
}

/// A change of the text.
#[derive(Clone, Debug, Serialize)]
pub struct FixReport {
    /// What it does, as an instruction.
    pub title: String,
    /// The places to replace with the text to put there.
    pub edits: Vec<EditReport>,
}

/// One replacement.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct EditReport {
    pub at: At,
    pub text: String,
}

/// What could not be understood or decided.
#[derive(Clone, Debug, Serialize)]
pub struct GapReport {
    /// How answers refer to it.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// Where.
    pub at: Option<At>,
}

/// What happens when all rollbacks run, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct UnwindReport {
    /// The answer.
    #[serde(serialize_with = "verity")]
    pub answer: Verity,
    /// The answer or gap that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The migration whose rollback fails or is missing.
    pub stops_at: Option<String>,
    /// The statement that fails there.
    #[serde(flatten)]
    pub failure: Option<FailureReport>,
    /// What is left at the start.
    pub left_behind: Vec<DifferenceReport>,
}

/// Counts.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "each is the verdict of that name")]
pub struct Summary {
    pub safe: usize,
    #[serde(rename = "unsafe")]
    pub unsafe_: usize,
    pub unproven: usize,
    pub irreversible: usize,
    pub missing: usize,
    /// The statements of all scripts.
    pub statements: StatementCounts,
    /// The findings by severity.
    pub findings: FindingCounts,
}

impl Summary {
    /// How many migrations have that verdict.
    pub fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Safe => self.safe,
            Verdict::Unsafe => self.unsafe_,
            Verdict::Unproven => self.unproven,
            Verdict::Irreversible => self.irreversible,
            Verdict::Missing => self.missing,
        }
    }
}

/// How many statements were understood.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatementCounts {
    /// All of them.
    pub total: usize,
    /// Those that became operations.
    pub lowered: usize,
}

/// How many findings there are.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct FindingCounts {
    pub error: usize,
    pub warning: usize,
    pub note: usize,
    pub suppressed: usize,
}

impl Verity {
    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Verity::Yes => "yes",
            Verity::No => "no",
            Verity::Unknown => "unknown",
        }
    }
}

fn verity<S: Serializer>(verity: &Verity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(verity.id())
}

fn verdict<S: Serializer>(verdict: &Verdict, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(verdict.id())
}

fn severity<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.id())
}

fn side<S: Serializer>(side: &Side, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match side {
        Side::Forward => "forward",
        Side::Rollback => "rollback",
    })
}
