//! The rollback deletes or changes rows beyond those that the forward inserted.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Touch};

pub(super) const PAGE: &str = r#"
The rollback deletes or changes rows beyond those that the forward inserted.

## Why it matters

`DELETE` without a key, or `TRUNCATE`, also takes the rows that were there before the forward and those written since by others.

## Reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql rollback
DELETE FROM settings;
```

## Not reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql rollback
DELETE FROM settings WHERE key = 'queue.size';
```

## How to fix it

Name in the WHERE clause the keys that the forward inserted.

## When to ignore it

When the table is known to hold nothing else.

## Source

PostgreSQL manual, [DELETE](https://www.postgresql.org/docs/current/sql-delete.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Scope, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for stray in judgement.local.strays.iter().filter(|stray| stray.touch == Touch::Rows) {
        let object = words::object(stray.kind, &stray.name);
        let message = if stray.certain {
            format!("the rollback touches rows of {object} that the forward did not insert")
        } else {
            format!("the rollback may touch rows of {object} that the forward did not insert")
        };
        let finding = findings.report(places::statement(judgement, Side::Rollback, stray.statement), message);
        finding.help("name in the WHERE clause the keys that the forward inserted");
        if !stray.certain {
            finding.severity(Severity::Warning);
        }
    }
}
