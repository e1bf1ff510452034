//! The report as the page reads it: the keys of the contract that it shows, and nothing judged anew.

use crate::questions::Question;
use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the analyser answers to a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Told {
    /// The report.
    pub report: Report,
    /// For each migration the words beside each answer, by the answers' keys.
    pub proofs: Vec<LiteMap<String, String>>,
    /// The assumed runner, if somebody named it, would make the verdict unsafe.
    pub hangs_on_runner: bool,
}

/// Everything that is said about a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Report {
    pub server_version: u32,
    pub runner: String,
    pub runner_known: bool,
    #[serde(default)]
    pub layout: Option<String>,
    pub migrations: Vec<Arc<Migration>>,
    pub findings: Vec<Arc<Finding>>,
    #[serde(default)]
    pub unwind: Option<Unwind>,
}

/// One migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Migration {
    pub id: String,
    pub forward: Option<Script>,
    pub rollback: Option<Script>,
    pub verdict: String,
    /// By the questions' keys.
    pub answers: LiteMap<String, Answer>,
    pub findings: Vec<Arc<Finding>>,
    pub gaps: Vec<Gap>,
}

/// A script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Script {
    pub path: String,
    pub statements: usize,
}

/// What all answers have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Answer {
    pub answer: String,
    #[serde(default)]
    pub error: Option<String>,
}

/// A defect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Finding {
    pub rule: String,
    pub severity: String,
    pub message: String,
    pub help: Option<String>,
    pub at: Option<At>,
    pub related: Vec<Related>,
    pub witness: Option<Witness>,
    pub fix: Option<Fix>,
    #[serde(default)]
    pub suppressed: Option<String>,
}

/// Another place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Related {
    pub message: String,
    pub at: At,
}

/// The evidence, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Witness {
    pub kind: String,
    pub sqlstate: Option<String>,
    pub error: Option<String>,
    pub detail: Vec<String>,
    pub after: Option<String>,
    pub expected: Option<String>,
    pub found: Option<String>,
}

/// A change of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Edit {
    pub at: At,
    pub text: String,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct At {
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub start: usize,
    pub end: usize,
}

/// What could not be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Gap {
    pub id: String,
    pub reason: String,
    pub at: Option<At>,
}

/// What happens when all rollbacks run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the keys of the contract, described in the core")]
pub struct Unwind {
    pub answer: String,
    #[serde(default)]
    pub stops_at: Option<String>,
    #[serde(default)]
    pub sqlstate: Option<String>,
}

impl Told {
    /// What it says of one migration alone.
    pub fn only(&self, index: usize) -> Self {
        let Report { server_version, runner_known, .. } = self.report;
        let migrations = self.report.migrations.get(index).cloned().into_iter().collect();
        let report = Report { server_version, runner: self.report.runner.clone(), runner_known, migrations, ..Report::default() };
        Self { report, hangs_on_runner: false, proofs: self.proofs.get(index).cloned().into_iter().collect() }
    }
}

impl Migration {
    /// Its answer to a question: `yes`, `no` or `unknown`.
    pub fn answer(&self, key: &str) -> &str {
        self.answers.get(key).map_or("unknown", |answer| &answer.answer)
    }

    /// Its answer as it is shown: nothing where a rollback that is not there would be praised.
    pub fn shown(&self, question: &Question) -> &str {
        match self.answer(question.key) {
            "yes" if question.of_rollback && matches!(self.verdict.as_str(), "missing" | "irreversible") => "",
            answer => answer,
        }
    }

    /// The first finding of the worst severity, the author's exceptions aside.
    pub fn worst(&self) -> Option<&Finding> {
        let open = || self.findings.iter().map(Arc::as_ref).filter(|finding| finding.suppressed.is_none());
        ["error", "warning", "note"].iter().find_map(|severity| open().find(|finding| finding.severity == *severity))
    }
}
