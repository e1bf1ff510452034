//! The rollback fails when it is started again after it stopped half-way.

use super::verdict::{stuck_after_rollback, undoes_nothing};
use super::{Findings, Heading, Meta, fixes, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side, Verity};

pub(super) const PAGE: &str = r#"
The rollback fails when it is started again after it stopped half-way.

## Why it matters

A rollback that was interrupted, by a lock timeout or a lost connection, has to be finished. Without a transaction the part that ran stays, and a statement that cannot run twice stops the second attempt.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
DROP TABLE users;
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE IF EXISTS teams;
DROP TABLE IF EXISTS users;
```

## How to fix it

Surround the rollback with `BEGIN` and `COMMIT`, or guard each statement so that it can run again.

## When to ignore it

When the runner executes the rollback in one transaction.

## Source

PostgreSQL manual, [3.4 Transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Idempotency, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let resumes = &judgement.partial.resumes;
    let (Verity::No, None, Some(failure)) = (resumes.answer.verity, resumes.answer.because, &resumes.failure) else { return };
    // All or nothing leaves no half-applied rollback; the state is in the report, but nothing is wrong.
    if undoes_nothing(judgement) || judgement.atomic.answer.verity == Verity::Yes {
        return;
    }
    let part = match resumes.j {
        Some(1) => "its first statement".to_owned(),
        Some(j) => format!("its first {j} statements"),
        None => "a part of it".to_owned(),
    };
    let error = format!("{}: {}", failure.failure.sqlstate, failure.failure.message);
    let message = format!("after {part} ran alone, the rollback started again fails here with {error}");
    let severity = findings.decisive(judgement.runner_known && stuck_after_rollback(judgement));
    let alone = judgement.atomic.breaks.iter().all(|(what, _)| *what == AtomicBreak::NoTransaction);
    let transaction = if alone { fixes::transaction(judgement, findings.texts) } else { None };
    let fix = transaction.or_else(|| fixes::guard_all(judgement, findings.texts, failure));
    let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message).fix(fix);
    finding.severity(severity).help("surround the rollback with BEGIN and COMMIT, or guard each statement so that it can run again");
    finding.witness(places::witness(judgement, Side::Rollback, failure, Some(format!("the forward and of the rollback {part}"))));
}
