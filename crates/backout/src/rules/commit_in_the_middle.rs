//! The rollback commits before its end.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side};

pub(super) const PAGE: &str = r#"
The rollback commits before its end.

## Why it matters

What stands before the COMMIT cannot be undone when something after it fails.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
BEGIN;
DROP TABLE teams;
COMMIT;
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

Keep one transaction from the first statement to the last.

## When to ignore it

When the parts are long and each restores a state that the program can live with.

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
            AtomicBreak::CommitsEarly => "the rollback commits here: what fails after this leaves the part before it".to_owned(),
            _ => continue,
        };
        let at = places::statement(judgement, Side::Rollback, number);
        findings.report(at, message).severity(severity).help("keep one transaction from the first statement to the last");
    }
}
