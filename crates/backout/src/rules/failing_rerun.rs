//! The rollback fails when it is run a second time.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, fixes, ordering, places};
use crate::finding::Severity;
use crate::sim::{Failure, Judgement, Side};

pub(super) const PAGE: &str = r#"
The rollback fails when it is run a second time.

## Why it matters

In an incident nobody knows for sure what has already been run. A rollback that can be run again is the one that can be started without asking.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE users;
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE IF EXISTS users;
```

## How to fix it

Write `IF EXISTS` and `IF NOT EXISTS` where PostgreSQL has them, and a catalog query in a DO block where it has not.

## When to ignore it

When the migration tool keeps count of what was run, as most do: then the second run does not happen.

## Source

PostgreSQL manual, [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Idempotency, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let Some(failure) = ordering::own_failure(&judgement.rerun) else { return };
    if undoes_nothing(judgement) {
        return;
    }
    let message = format!("a second run of the rollback fails here with {}: {}", failure.failure.sqlstate, failure.failure.message);
    let severity = findings.decisive(false);
    let after = Some("the forward and the whole rollback".to_owned());
    let fix = fixes::guard_all(judgement, findings.texts, failure);
    let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message).fix(fix);
    finding.severity(severity).help(guard(&failure.failure)).witness(places::witness(judgement, Side::Rollback, failure, after));
}

/// How to make a statement run again, which fails because something is or is not there.
pub(super) fn guard(failure: &Failure) -> &'static str {
    let is = |kind: &str| failure.message.starts_with(kind);
    match failure.sqlstate {
        "42P01" | "42703" | "42704" | "42883" | "3F000" => "write IF EXISTS, or test in a DO block that the object is there",
        "42701" | "42P06" => "write IF NOT EXISTS",
        "42P07" => "write IF NOT EXISTS, for a view OR REPLACE, or drop the object with IF EXISTS first",
        "42710" if is("extension") => "write IF NOT EXISTS",
        "42723" => "write OR REPLACE, or drop the function with IF EXISTS first",
        // Types, constraints and policies have no IF NOT EXISTS.
        "42710" => "drop the object with IF EXISTS first, or test in a DO block that it is not there",
        "23505" => "write ON CONFLICT DO NOTHING",
        _ => "test in a DO block whether the change is still to be made",
    }
}
