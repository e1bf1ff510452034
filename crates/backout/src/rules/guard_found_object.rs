//! `IF NOT EXISTS` in the forward finds the object already there.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Remark, Side};

pub(super) const PAGE: &str = r#"
`IF NOT EXISTS` in the forward finds the object already there.

## Why it matters

The statement does nothing, so the object may have another definition than the one written here, and it is not the forward's to drop.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email text);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
```

## How to fix it

Remove the statement, or change the object with `ALTER`.

## When to ignore it

When the script is meant to run on databases that differ.

## Source

PostgreSQL manual, [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Idempotency, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for remark in judgement.remarks.iter().filter(|remark| remark.side == Side::Forward) {
        let Remark::GuardFoundObject(kind, name) = &remark.remark else { continue };
        let message = format!("IF NOT EXISTS finds {} already there: the statement does nothing", words::object(kind, name));
        let finding = findings.report(places::statement(judgement, Side::Forward, remark.statement), message);
        finding.help("remove the statement, or change the object with ALTER; the rollback must not drop it");
    }
}
