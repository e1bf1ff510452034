//! The rollback is not valid SQL for this server.

use super::{Findings, Heading, Meta, ordering, places, systems};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The rollback is not valid SQL for this server.

## Why it matters

The server refuses with 42601.
A rollback with a syntax error can never have been run, so nothing else about it has been tried either.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email,;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
```

## How to fix it

Correct the statement at the place that the message names.

## When to ignore it

Never. When the file is a template, say so to the tool that renders it and check the result.

## Source

PostgreSQL manual, [part VI, SQL commands](https://www.postgresql.org/docs/current/sql-commands.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    ordering::failing(judgement, findings, &["42601"], ordering::no_fix, |judgement, findings, failure| {
        let message = format!("the server does not accept this statement: {}", failure.failure.message);
        let help = systems::help(findings.texts, &places::failure(judgement, Side::Rollback, failure));
        (message, help.unwrap_or_else(|| "correct the statement".to_owned()), None)
    });
}
