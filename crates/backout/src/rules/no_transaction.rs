//! Nothing makes the rollback one transaction.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, fixes, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{AtomicBreak, Side};

pub(super) const PAGE: &str = r#"
Nothing makes the rollback one transaction.

## Why it matters

When a statement fails, what ran before it stays. The schema is then neither the old one nor the new one, and neither program runs on it.

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
BEGIN;
DROP TABLE teams;
DROP TABLE users;
COMMIT;
```

## How to fix it

Surround the rollback with `BEGIN` and `COMMIT`, or run it with `psql --single-transaction`.

## When to ignore it

When a statement in it cannot run in a transaction; keep such a statement in a script of its own.

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
            AtomicBreak::NoTransaction => {
                format!("nothing makes the rollback one transaction: with {} each statement is committed alone", judgement.runner)
            }
            AtomicBreak::OptedOut => "the file asks for no transaction, so each statement of the rollback is committed alone".to_owned(),
            _ => continue,
        };
        let at = places::statement(judgement, Side::Rollback, number);
        let fix = if what == AtomicBreak::NoTransaction { fixes::transaction(judgement, findings.texts) } else { None };
        findings
            .report(at, message)
            .fix(fix)
            .severity(severity)
            .help(if judgement.runner.starts_with("psql") {
                "surround the rollback with BEGIN and COMMIT, or run it with `psql --single-transaction`"
            } else {
                "surround the rollback with BEGIN and COMMIT"
            });
    }
}
