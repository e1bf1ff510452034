//! A table has its columns in another order after the rollback.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
A table has its columns in another order after the rollback.

## Why it matters

A column that is added back comes last. Programs that name their columns do not notice; `SELECT *`, `INSERT` without a column list and `COPY` do.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text, phone text);
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text, phone text);
```

```sql forward
ALTER TABLE users DROP COLUMN phone;
```

```sql rollback
ALTER TABLE users ADD COLUMN phone text;
```

## How to fix it

Name the columns wherever rows are read or written; PostgreSQL cannot put a column anywhere but last.

## When to ignore it

When every program names its columns.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if judgement.restores.answer.because.is_some() || undoes_nothing(judgement) {
        return;
    }
    for (_, name) in judgement.restores.except.iter().filter(|(what, _)| *what == "column-order") {
        let message = format!("the columns of `{name}` come back in another order: a column that is added comes last");
        findings
            .report(places::whole(judgement, Side::Rollback), message)
            .help("check that nothing relies on the order, such as `INSERT` without a column list");
    }
}
