//! Rows or values from before the forward are lost.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
Rows or values from before the forward are lost.

## Why it matters

No rollback brings them back: the schema is restored, and the data is not. Only a backup has them.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
ALTER TABLE users RENAME COLUMN email TO contact;
```

```sql rollback
ALTER TABLE users RENAME COLUMN contact TO email;
```

## How to fix it

Copy the rows into a table of their own before they go and put them back in the rollback, or drop in a later migration when nothing needs them any more.

## When to ignore it

When the data is worthless, or a tried backup has it.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html) and [25 Backup and Restore](https://www.postgresql.org/docs/current/backup.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for loss in judgement.lossless.losses.iter().filter(|loss| !loss.own) {
        let script = if loss.by == Side::Forward { "forward" } else { "rollback" };
        let message = format!("the {script} loses data in `{1}` for good: {0}", loss.what, loss.object);
        findings
            .report(places::statement(judgement, loss.by, loss.statement), message)
            .help("copy them into a table of their own first, or be sure of a backup that was tried");
    }
}
