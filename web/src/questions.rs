//! The nine questions in plain words. The answers are the report's.

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Its key in the report.
    pub key: &'static str,
    /// The check that it belongs to.
    pub heading: &'static str,
    /// What a yes claims.
    pub claim: &'static str,
    /// Where there is no rollback there is nothing to ask.
    pub of_rollback: bool,
    /// What a yes means, for somebody who meets it for the first time; a clause.
    pub meaning: &'static str,
}

/// All of them, in the report's order.
pub const QUESTIONS: [Question; 9] = [
    Question {
        key: "forward_runs",
        heading: "Ordering",
        claim: "The forward runs",
        of_rollback: false,
        meaning: "every statement of the forward succeeds on the schema before it. If this fails there is nothing to roll back.",
    },
    Question {
        key: "rollback_runs",
        heading: "Ordering",
        claim: "The rollback runs",
        of_rollback: true,
        meaning: "right after the complete forward, every statement of the rollback succeeds: nothing is dropped while something depends on it, nothing is missing, and the server accepts the syntax.",
    },
    Question {
        key: "restores",
        heading: "Coverage",
        claim: "It restores the schema",
        of_rollback: false,
        meaning: "after the rollback the schema is the one before the forward: nothing left behind, nothing lost, nothing put back in another shape.",
    },
    Question {
        key: "redo",
        heading: "Coverage",
        claim: "The forward runs again",
        of_rollback: false,
        meaning: "after the rollback you can deploy the same forward a second time and arrive at the same schema.",
    },
    Question {
        key: "rerun",
        heading: "Idempotency",
        claim: "The rollback runs twice",
        of_rollback: true,
        meaning: "running the rollback a second time does no harm and raises no error. In an incident somebody will.",
    },
    Question {
        key: "partial",
        heading: "Idempotency",
        claim: "It works half-applied",
        of_rollback: true,
        meaning: "if the forward stopped after any of its statements, the whole rollback still runs and restores the schema.",
    },
    Question {
        key: "local",
        heading: "Scope",
        claim: "It stays in its scope",
        of_rollback: true,
        meaning: "the rollback touches only what the forward made or changed: no older object, no CASCADE that reaches further, no unbounded DELETE.",
    },
    Question {
        key: "atomic",
        heading: "Atomicity",
        claim: "It is all or nothing",
        of_rollback: true,
        meaning: "the rollback is one transaction: if a statement fails, nothing of it stays.",
    },
    Question {
        key: "lossless",
        heading: "Data",
        claim: "No old row is lost",
        of_rollback: false,
        meaning: "no row that is older than the forward disappears, neither by the forward nor by the rollback.",
    },
];

/// The verdicts with the words that count them, the worst first.
pub const VERDICTS: [(&str, &str); 5] =
    [("unsafe", "unsafe"), ("unproven", "unproven"), ("missing", "without rollback"), ("irreversible", "irreversible"), ("safe", "safe")];

/// A verdict in words: the word for the banner, and what it claims.
pub fn verdict(id: &str) -> (&'static str, &'static str) {
    match id {
        "safe" => ("Safe", "The rollback runs, restores the schema and stays within its scope."),
        "unsafe" => ("Unsafe", "This rollback does not do its job."),
        "unproven" => ("Unproven", "Neither success nor failure could be shown."),
        "irreversible" => ("Irreversible", "There is no rollback, and the author said why."),
        "missing" => ("No rollback", "Nothing takes this change back."),
        _ => ("", ""),
    }
}
