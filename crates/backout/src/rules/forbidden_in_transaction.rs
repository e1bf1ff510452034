//! A statement of the rollback cannot run in a transaction.

use super::{Findings, Heading, Meta, fixes, ordering, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side};

pub(super) const PAGE: &str = r#"
A statement of the rollback cannot run in a transaction.

## Why it matters

`CREATE INDEX CONCURRENTLY`, `DROP INDEX CONCURRENTLY`, `VACUUM`, `ALTER SYSTEM`, `CREATE DATABASE` and their like fail with 25001 in a transaction block.
Outside of one the rollback cannot be all or nothing.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
BEGIN;
DROP INDEX CONCURRENTLY users_email_idx;
COMMIT;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
BEGIN;
DROP INDEX users_email_idx;
COMMIT;
```

## How to fix it

Keep the statement in a script of its own that runs without a transaction, or leave CONCURRENTLY out.

## When to ignore it

When the lock is worse than the missing transaction, and the statement stands alone.

## Source

PostgreSQL manual, [CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html) and [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Atomicity, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let help = "keep the statement in a script of its own that runs without a transaction, or leave CONCURRENTLY out";
    let failure = ordering::own_failure(&judgement.rollback_runs).filter(|failure| failure.failure.sqlstate == "25001");
    if let Some(failure) = failure {
        let message = format!("this statement cannot run in a transaction: {}", failure.failure.message);
        let fix = fixes::without_concurrently(judgement, findings.texts, failure.statement);
        let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message).fix(fix);
        finding.severity(Severity::Error).help(help).witness(places::witness(judgement, Side::Rollback, failure, None));
    }
    let severity = findings.decisive(false);
    for &(what, number) in &judgement.atomic.breaks {
        if what != AtomicBreak::ForbidsTransaction || failure.is_some_and(|failure| failure.statement == number) {
            continue;
        }
        let message = "this statement cannot run in a transaction, so the rollback cannot be all or nothing";
        let fix = fixes::without_concurrently(judgement, findings.texts, number);
        findings.report(places::statement(judgement, Side::Rollback, number), message).severity(severity).help(help).fix(fix);
    }
}
