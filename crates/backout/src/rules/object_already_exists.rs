//! The rollback makes an object that is still there.

use super::{Findings, Heading, Meta, made, ordering};
use crate::finding::Severity;
use crate::op::Op;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
The rollback makes an object that is still there.

## Why it matters

The server refuses with 42P07, 42701, 42710, 42723 or 42P06 and the rollback stops there.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```

```sql rollback
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
```

## How to fix it

Drop what stands in the way first, or change it back with `ALTER` or `CREATE OR REPLACE`.
After a rename, constraints and indexes keep their old names: rename them too.

## When to ignore it

Never: the server refuses the statement.

## Source

PostgreSQL manual, [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    ordering::failing(judgement, findings, &["42P07", "42701", "42710", "42723", "42P06"], ordering::no_fix, |judgement, _, failure| {
        let script = judgement.rollback.as_ref();
        let statement = script.and_then(|script| script.statements.get(failure.statement.wrapping_sub(1)));
        let object = failure.failure.object.as_ref();
        match (object, statement.map(|statement| &*statement.op)) {
            // The server tells what is renamed, and not what is in its way.
            (Some((_, name)), Some(Op::Rename(_))) => {
                let kind = made::in_the_way(judgement, failure).map_or("what".to_owned(), |kind| format!("the {kind} that"));
                let message = format!("the name `{name}` is still taken when the rollback gives it to something else");
                (message, format!("drop or rename {kind} has this name first"), None)
            }
            _ => {
                let object = ordering::subject(failure, "the object");
                let message = format!("{object} is still there when the rollback makes it");
                (message, "drop or rename the one that is there first, or change it in place".to_owned(), None)
            }
        }
    });
}
