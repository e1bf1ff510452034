//! A statement of the rollback fails.

use super::{Findings, Heading, Meta, ordering, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
A statement of the rollback fails.

## Why it matters

The rollback stops there, and in a transaction everything before it is undone too.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
CREATE VIEW contacts AS SELECT id, email FROM users;
```

```sql forward
CREATE OR REPLACE VIEW contacts AS SELECT id, email, 1 AS version FROM users;
```

```sql rollback
CREATE OR REPLACE VIEW contacts AS SELECT id, email FROM users;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
CREATE VIEW contacts AS SELECT id, email FROM users;
```

```sql forward
CREATE OR REPLACE VIEW contacts AS SELECT id, email, 1 AS version FROM users;
```

```sql rollback
DROP VIEW contacts;
CREATE VIEW contacts AS SELECT id, email FROM users;
```

## How to fix it

The server's message, which the finding quotes, says what it refuses.

## When to ignore it

Never: the server refuses the statement.

## Source

PostgreSQL manual, [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

/// The errors that have rules of their own.
const OTHERS: [&str; 14] =
    ["2BP01", "42P01", "42703", "42704", "42883", "3F000", "42P07", "42701", "42710", "42723", "42P06", "42809", "42601", "25001"];

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let Some(failure) = ordering::own_failure(&judgement.rollback_runs) else { return };
    if OTHERS.contains(&failure.failure.sqlstate) {
        return;
    }
    let message = format!("this statement fails with {}: {}", failure.failure.sqlstate, failure.failure.message);
    let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message);
    finding.help(help(failure.failure.sqlstate, &failure.failure.message)).witness(places::witness(judgement, Side::Rollback, failure, None));
}

fn help(sqlstate: &str, message: &str) -> &'static str {
    match sqlstate {
        "42P16" => "drop the object and create it again, because it cannot be changed in place in this way",
        "42P13" => "drop the function first, because CREATE OR REPLACE cannot change its result or the names of its arguments",
        "42725" => "write the argument types, because several functions have this name",
        "0A000" if message.contains(" used by ") || message.contains(" used in ") => {
            "drop what uses it first, and create it again after this statement"
        }
        "0A000" if message.starts_with("dropping an enum value") => {
            "make another type without the value, move the columns to it, drop the old type and rename the new one"
        }
        "0A000" => "the server does not implement this: drop the object and make it again, or leave it as it is",
        "55P04" => "commit the new enum value before it is used",
        "55006" if message.contains("pending trigger events") => {
            "write SET CONSTRAINTS ALL IMMEDIATE before this statement, or commit the changes of rows first"
        }
        "55006" | "55000" => "change the object's state first",
        "25P02" => "remove the statement that fails before this one in the same transaction",
        "23505" => "remove the row that has this key first",
        "42830" => "make the unique constraint that the foreign key refers to first",
        "42804" | "42846" => "write USING with an expression that gives the new type",
        "0LP01" | "42501" => "run the rollback as the role that may do this",
        _ => "change the statement so that the server accepts it",
    }
}
