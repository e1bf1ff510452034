//! A statement of the rollback stands outside its transaction.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side};

pub(super) const PAGE: &str = r#"
A statement of the rollback stands outside its transaction.

## Why it matters

It is committed alone: when the transaction fails, it stays, and when it fails itself, the transaction has already been committed.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
BEGIN;
DROP TABLE users;
COMMIT;
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
BEGIN;
DROP TABLE teams;
DROP TABLE users;
COMMIT;
```

## How to fix it

Move the statement between BEGIN and COMMIT.

## When to ignore it

When the statement cannot run in a transaction.

## Source

PostgreSQL manual, [3.4 Transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html) and [BEGIN](https://www.postgresql.org/docs/current/sql-begin.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Atomicity, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if undoes_nothing(judgement) {
        return;
    }
    let severity = findings.decisive(false);
    for &(what, number) in &judgement.atomic.breaks {
        let message = match what {
            AtomicBreak::Outside => "this statement stands outside the transaction of the rollback, so it is committed alone".to_owned(),
            _ => continue,
        };
        let at = places::statement(judgement, Side::Rollback, number);
        findings.report(at, message).severity(severity).help("move it between BEGIN and COMMIT");
    }
}
