//! A statement may fail on rows that exist by then.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A statement may fail on rows that exist by then.

## Why it matters

The schema allows it and the rows decide: NOT NULL, UNIQUE, CHECK, a foreign key or a narrower type are tested against every row when the statement runs.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL);
```

```sql forward
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
```

```sql rollback
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL);
```

```sql forward
ALTER TABLE users ALTER COLUMN email SET DEFAULT '';
```

```sql rollback
ALTER TABLE users ALTER COLUMN email DROP DEFAULT;
```

## How to fix it

Repair the rows first in the same script: fill the NULLs, remove the duplicates, write `USING` for the conversion.

## When to ignore it

When the rows are known to fit.

## Source

PostgreSQL manual, [5.5 Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for risk in &judgement.lossless.risks {
        let (what, help) = match risk.what {
            "set-not-null" => ("SET NOT NULL", "fill the rows that are NULL first"),
            "unique" => ("UNIQUE", "remove the duplicates first"),
            "foreign-key" => ("the foreign key", "remove the rows that refer to nothing first"),
            "check" => ("CHECK", "repair the rows that do not fit first"),
            "cast" => ("the conversion", "write USING with an expression that fits every value"),
            "exclude" => ("EXCLUDE", "remove the rows that conflict first"),
            "raise" => ("", "repair the rows that it tests first"),
            "update" => ("", "drop the constraint before it"),
            other => (other, "repair the rows first"),
        };
        let message = match risk.what {
            "raise" => format!("{} fails with {} if rows written by then do not fit", risk.object, risk.sqlstate),
            "update" => format!("what the statement sets does not fit `{}`: it fails with {} if it finds a row", risk.object, risk.sqlstate),
            _ => format!("{what} on `{}` fails with {} if rows written by then do not fit", risk.object, risk.sqlstate),
        };
        findings.report(places::statement(judgement, risk.by, risk.statement), message).help(help);
    }
}
