//! The verdict of a migration: from its answers alone, never from what was suppressed.

use crate::sim::{Judgement, Script, Verity};

/// What to think of a migration's rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It works.
    Safe,
    /// It does not.
    Unsafe,
    /// Neither could be shown.
    Unproven,
    /// There is none, and the author said why.
    Irreversible,
    /// There is none.
    Missing,
}

impl Verdict {
    /// All of them, in the order of the report's summary.
    pub const ALL: [Verdict; 5] = [Verdict::Safe, Verdict::Unsafe, Verdict::Unproven, Verdict::Irreversible, Verdict::Missing];

    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Safe => "safe",
            Verdict::Unsafe => "unsafe",
            Verdict::Unproven => "unproven",
            Verdict::Irreversible => "irreversible",
            Verdict::Missing => "missing",
        }
    }
}

/// The verdict; `strict` lets idempotency and atomicity decide too.
pub fn verdict(judgement: &Judgement, strict: bool) -> Verdict {
    if undoes_nothing(judgement) {
        return if declared_irreversible(judgement).is_some() { Verdict::Irreversible } else { Verdict::Missing };
    }
    let mut premises = vec![judgement.rollback_runs.answer.verity, judgement.restores.answer.verity, judgement.local.answer.verity];
    if judgement.pair && judgement.forward.is_some() {
        premises.push(judgement.forward_runs.answer.verity);
    }
    let strictly_no =
        strict && [judgement.rerun.answer, judgement.partial.answer, judgement.atomic.answer].iter().any(|a| a.verity == Verity::No);
    if premises.contains(&Verity::No) || strictly_no || stuck_halfway(judgement) {
        Verdict::Unsafe
    } else if premises.contains(&Verity::Unknown) || judgement.forward.is_none() {
        Verdict::Unproven
    } else {
        Verdict::Safe
    }
}

/// True when there is a forward to undo and no statement that would.
pub(super) fn undoes_nothing(judgement: &Judgement) -> bool {
    let statements = |script: &Option<Script>| script.as_ref().map_or(0, |script| script.statements.len());
    statements(&judgement.forward) > 0 && statements(&judgement.rollback) == 0
}

/// The author's reason why there is no rollback.
pub(super) fn declared_irreversible(judgement: &Judgement) -> Option<&str> {
    [&judgement.rollback, &judgement.forward]
        .into_iter()
        .filter_map(|script| script.as_ref()?.irreversible.as_deref())
        .find(|reason| !reason.trim().is_empty())
}

/// True when the runner was stated or recognised and can leave a half-applied state that the rollback cannot get out of.
pub(super) fn stuck_halfway(judgement: &Judgement) -> bool {
    judgement.runner_known && (stuck_after_forward(judgement) || stuck_after_rollback(judgement))
}

/// A half-applied forward that this runner can leave stops the rollback.
pub(super) fn stuck_after_forward(judgement: &Judgement) -> bool {
    judgement.partial.prefixes.iter().any(|prefix| prefix.reachable && prefix.answer.verity == Verity::No)
}

/// A half-applied rollback that this runner can leave stops the rollback.
pub(super) fn stuck_after_rollback(judgement: &Judgement) -> bool {
    let resumes = &judgement.partial.resumes;
    judgement.atomic.answer.verity == Verity::No && resumes.failure.is_some() && resumes.answer.verity == Verity::No
}
