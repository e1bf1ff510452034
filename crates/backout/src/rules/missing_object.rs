//! The rollback names an object that is not there when the statement runs.

use super::{Findings, Heading, Meta, fixes, made, ordering, places};
use crate::finding::{Fix, Severity, Texts};
use crate::sim::{Judgement, Side, StatementFailure};

pub(super) const PAGE: &str = r#"
The rollback names an object that is not there when the statement runs.

## Why it matters

The server refuses with 42P01, 42703, 42704, 42883 or 3F000 and the rollback stops there.
Most often the object went with its owner one statement earlier: an index, a constraint, a trigger or an owned sequence goes when its table goes.

## Reported

```sql baseline

```

```sql forward
CREATE TABLE invoices (id int PRIMARY KEY, due date);
CREATE INDEX invoices_due_idx ON invoices (due);
```

```sql rollback
DROP TABLE invoices;
DROP INDEX invoices_due_idx;
```

## Not reported

```sql baseline

```

```sql forward
CREATE TABLE invoices (id int PRIMARY KEY, due date);
CREATE INDEX invoices_due_idx ON invoices (due);
```

```sql rollback
DROP INDEX invoices_due_idx;
DROP TABLE invoices;
```

## How to fix it

Remove the statement when the object is already gone, move it before the statement that takes the object away, or correct the name or the signature.

## When to ignore it

Never: the server refuses the statement.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html) and [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    ordering::failing(judgement, findings, &["42P01", "42703", "42704", "42883", "3F000"], mend, |judgement, findings, failure| {
        let object = ordering::subject(failure, "an object");
        match ordering::earlier_drop(judgement, failure) {
            Some((number, what)) => {
                let line = findings.line(&places::statement(judgement, Side::Rollback, number));
                let message = format!("{object} is already gone here: line {line} dropped {what}");
                let help = format!("remove this statement, or move it before line {line}");
                (message, help, Some((number, format!("{object} goes here"))))
            }
            None => {
                let message = format!("{object} does not exist when this statement runs: {}", failure.failure.message);
                (message, "correct the name or the signature, or remove the statement".to_owned(), None)
            }
        }
    });
}

/// What went with its owner need not be dropped.
fn mend(judgement: &Judgement, texts: &Texts, failure: &StatementFailure) -> Option<Fix> {
    match ordering::earlier_drop(judgement, failure) {
        Some(_) => fixes::remove_drop(judgement, texts, failure.statement),
        None => made::right_name(judgement, texts, failure),
    }
}
