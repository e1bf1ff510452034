//! A failed CONCURRENTLY build leaves an invalid index behind.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Remark;

pub(super) const PAGE: &str = r#"
A failed CONCURRENTLY build leaves an invalid index behind.

## Why it matters

`CREATE INDEX CONCURRENTLY` that fails half-way leaves an index that is maintained and never used, and `IF NOT EXISTS` then skips the second attempt.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
DROP INDEX IF EXISTS users_mail_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);
```

```sql rollback
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
DROP INDEX users_email_idx;
```

## How to fix it

Write `DROP INDEX CONCURRENTLY IF EXISTS` before the build.

## When to ignore it

When somebody looks at the index after the migration.

## Source

PostgreSQL manual, [CREATE INDEX, building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for remark in &judgement.remarks {
        let Remark::InvalidIndexMayStay(index) = &remark.remark else { continue };
        let message = format!("if this build fails half-way, `{index}` stays as an invalid index");
        let finding = findings.report(places::statement(judgement, remark.side, remark.statement), message);
        finding.help(format!("add `DROP INDEX CONCURRENTLY IF EXISTS {};` before it", words::sql(index)));
    }
}
