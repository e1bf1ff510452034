//! A column that the forward added is still there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes, words};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A column that the forward added is still there after the rollback.

## Why it matters

The schema is not the one before the forward: the next attempt fails with 42701, and an insert from the old program fails when the column is NOT NULL.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users ADD COLUMN phone text, ADD COLUMN country text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users ADD COLUMN phone text, ADD COLUMN country text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone, DROP COLUMN country;
```

## How to fix it

Drop the column in the rollback.

## When to ignore it

When the column is kept for its data on purpose.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::ColumnLeftBehind) {
        let message = format!("{} is still there after the rollback", coverage::named(difference));
        let help = words::drop_statement(difference.kind, &difference.name)
            .map_or("drop the column in the rollback".to_owned(), |sql| format!("add `{sql}` to the rollback"));
        let fix = fixes::drop_left(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
