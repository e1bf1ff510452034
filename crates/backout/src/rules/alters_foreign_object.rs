//! The rollback changes something that the forward neither made nor changed.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Stray, Touch};

pub(super) const PAGE: &str = r#"
The rollback changes something that the forward neither made nor changed.

## Why it matters

It was not part of the change, so taking the change back must leave it alone. Afterwards the schema is one that never existed.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
CREATE TABLE teams (id int PRIMARY KEY, name text);
```

```sql forward
ALTER TABLE users ADD COLUMN phone text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
ALTER TABLE teams ALTER COLUMN name SET NOT NULL;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
CREATE TABLE teams (id int PRIMARY KEY, name text);
```

```sql forward
ALTER TABLE users ADD COLUMN phone text;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
```

## How to fix it

Move the statement into a migration of its own.

## When to ignore it

When the statement repairs something that belongs to the same change.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Scope, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let told = |stray: &Stray| {
        let differences = &judgement.restores.differences;
        stray.touch == Touch::Creates && differences.iter().any(|difference| difference.kind == stray.kind && difference.name == stray.name)
    };
    let strays = judgement.local.strays.iter().filter(|stray| matches!(stray.touch, Touch::Alters | Touch::Creates));
    for stray in strays.filter(|stray| !told(stray)) {
        let object = words::object(stray.kind, &stray.name);
        let message = match (stray.touch, stray.certain) {
            (Touch::Creates, _) => format!("the rollback makes {object}, which was not there before the forward"),
            (_, true) => format!("the rollback changes {object}, which the forward does not touch"),
            (_, false) => format!("the rollback may change {object}, which the forward does not touch"),
        };
        let finding = findings.report(places::statement(judgement, Side::Rollback, stray.statement), message);
        finding.help("remove the statement, or move it into a migration of its own");
        if !stray.certain {
            finding.severity(Severity::Warning);
        }
    }
}
