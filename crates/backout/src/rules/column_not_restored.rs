//! A column that was there before the forward is not there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A column that was there before the forward is not there after the rollback.

## Why it matters

The old program reads and writes the column. Its values are gone with the forward in any case, but without the column every statement that names it fails.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
ALTER TABLE users ADD COLUMN phone text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
ALTER TABLE users ADD COLUMN phone text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';
```

## How to fix it

Add the column back with its type, default and NOT NULL, and with the indexes and constraints that went with it.

## When to ignore it

When nothing has read the column for long: then say so.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::ColumnNotRestored) {
        let message = format!("{} is still missing after the rollback", coverage::named(difference));
        let help = match coverage::statement(difference) {
            Some(sql) => format!("add the column back in the rollback: `{sql}`"),
            None => "add the column back in the rollback".to_owned(),
        };
        let fix = fixes::restore(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
