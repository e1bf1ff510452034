//! A row that the forward deleted is not there after the rollback.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Change, Side};

pub(super) const PAGE: &str = r#"
A row that the forward deleted is not there after the rollback.

## Why it matters

The old program may need it: settings, permissions and other rows with known keys are part of the program.

## Reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql forward
DELETE FROM settings WHERE key = 'queue.size';
```

```sql rollback
SELECT 1;
```

## Not reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql forward
DELETE FROM settings WHERE key = 'queue.size';
```

```sql rollback
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

## How to fix it

Insert in the rollback what the forward deleted by key.

## When to ignore it

When the row is wanted gone in any case.

## Source

PostgreSQL manual, [INSERT](https://www.postgresql.org/docs/current/sql-insert.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if undoes_nothing(judgement) {
        return;
    }
    for row in judgement.lossless.rows.iter().filter(|row| row.change != Change::Extra) {
        let message = format!("the row with {} is not put back into `{}`", row.key, row.table);
        findings.report(places::statement(judgement, Side::Forward, row.statement), message).help("insert the row again in the rollback");
    }
}
