//! Something that the forward or the rollback made is still there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes, words};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
Something that the forward or the rollback made is still there after the rollback.

## Why it matters

The schema is not the one before the forward: the next attempt fails with `already exists`, and everything else that reads the catalog sees an object that nobody expects.
Trigger functions, enum types and sequences do not go when their table goes.

## Reported

```sql forward
CREATE TYPE order_state AS ENUM ('open', 'paid');
CREATE TABLE orders (id int PRIMARY KEY, state order_state);
```

```sql rollback
DROP TABLE orders;
```

## Not reported

```sql forward
CREATE TYPE order_state AS ENUM ('open', 'paid');
CREATE TABLE orders (id int PRIMARY KEY, state order_state);
```

```sql rollback
DROP TABLE orders;
DROP TYPE order_state;
```

## How to fix it

Drop it in the rollback, after what depends on it.

## When to ignore it

When the object is kept on purpose, for example an extension that others use by now.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::ObjectLeftBehind) {
        let message = format!("{} is left behind: the rollback does not drop it", coverage::named(difference));
        let created_by_rollback = difference.forward_statement.is_none() && difference.rollback_statement.is_some();
        let message = if created_by_rollback {
            format!("{} was not there before the forward: the rollback makes it", coverage::named(difference))
        } else {
            message
        };
        let help = match words::drop_statement(difference.kind, &difference.name) {
            _ if created_by_rollback => "remove the statement that makes it".to_owned(),
            Some(sql) => format!("add `{sql}` to the rollback, after what depends on it is gone"),
            None => "drop it in the rollback".to_owned(),
        };
        let fix = if created_by_rollback { None } else { fixes::drop_left(judgement, findings.texts, difference) };
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
