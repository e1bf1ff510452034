//! Rows written since the forward are lost by the rollback.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
Rows written since the forward are lost by the rollback.

## Why it matters

What people entered into the forward's own tables and columns goes with them. That is what a rollback means, but somebody has to know it before it starts.

## Reported

```sql forward
CREATE TABLE invoices (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE invoices;
```

## Not reported

```sql baseline
CREATE TABLE invoices (id int PRIMARY KEY, due date);
```

```sql forward
CREATE INDEX invoices_due_idx ON invoices (due);
```

```sql rollback
DROP INDEX invoices_due_idx;
```

## How to fix it

Export the rows before the rollback when they are worth keeping.

## When to ignore it

When the objects are new and hold nothing of value yet.

## Source

PostgreSQL manual, [COPY](https://www.postgresql.org/docs/current/sql-copy.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for loss in judgement.lossless.losses.iter().filter(|loss| loss.own) {
        let script = if loss.by == Side::Forward { "forward" } else { "rollback" };
        let message = format!("the {script} loses data in `{1}`: {0}", loss.what, loss.object);
        findings.report(places::statement(judgement, loss.by, loss.statement), message).help("export them first if they are worth keeping");
    }
}
