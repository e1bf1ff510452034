//! A row that the forward inserted is still there after the rollback.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, fixes, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Change, Side};

pub(super) const PAGE: &str = r#"
A row that the forward inserted is still there after the rollback.

## Why it matters

The old program may act on it, and the forward fails with 23505 when it is applied again.

## Reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10'), ('queue.retry', '3');
```

```sql rollback
DELETE FROM settings WHERE key = 'queue.size';
```

## Not reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10'), ('queue.retry', '3');
```

```sql rollback
DELETE FROM settings WHERE key IN ('queue.size', 'queue.retry');
```

## How to fix it

Delete by key what the forward inserted.

## When to ignore it

When the row is wanted in any case.

## Source

PostgreSQL manual, [DELETE](https://www.postgresql.org/docs/current/sql-delete.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if undoes_nothing(judgement) {
        return;
    }
    for row in judgement.lossless.rows.iter().filter(|row| row.change == Change::Extra) {
        let message = format!("the row with {} stays in `{}`: the rollback does not delete it", row.key, row.table);
        let fix = fixes::append(judgement, findings.texts, &[format!("DELETE FROM {} WHERE {};", words::sql(&row.table), row.key)]);
        findings
            .report(places::statement(judgement, Side::Forward, row.statement), message)
            .help("delete the row by its key in the rollback")
            .fix(fix);
    }
}
