//! The rollback begins a transaction and does not end it, or ends one that it did not begin.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, fixes, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side};

pub(super) const PAGE: &str = r#"
The rollback begins a transaction and does not end it, or ends one that it did not begin.

## Why it matters

A transaction that nobody commits is undone when the connection closes: the rollback seems to run and takes nothing back. A COMMIT too many ends the runner's own transaction.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
BEGIN;
DROP TABLE teams;
DROP TABLE users;
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

Write one COMMIT for each BEGIN, and none of both where the runner already makes the transaction.

## When to ignore it

Never.

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
            AtomicBreak::Unbalanced => "the transaction of the rollback is not balanced: BEGIN and COMMIT do not pair up".to_owned(),
            _ => continue,
        };
        let at = places::statement(judgement, Side::Rollback, number);
        let fix = fixes::commit(judgement, findings.texts);
        findings
            .report(at, message)
            .fix(fix)
            .severity(severity)
            .help("write one COMMIT for each BEGIN, and neither where the runner makes the transaction");
    }
}
