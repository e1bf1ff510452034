//! Something that was there before the forward is not there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
Something that was there before the forward is not there after the rollback.

## Why it matters

What the forward dropped, alone or together with its owner, the rollback must make again: the old program needs it.
Triggers, policies, indexes and constraints go with their table, and views go with `CASCADE`.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
CREATE VIEW accounts AS SELECT id FROM users;
```

```sql forward
DROP VIEW accounts;
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
CREATE VIEW accounts AS SELECT id FROM users;
```

```sql forward
DROP VIEW accounts;
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
CREATE VIEW accounts AS SELECT id FROM users;
```

## How to fix it

Make it again in the rollback, with the definition that it had.

## When to ignore it

When it was unused and is gone for good: then the migration has no full rollback, and the reason belongs into the file.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::ObjectNotRestored) {
        let message = format!("{} was there before the forward and is not put back", coverage::named(difference));
        let help = match coverage::statement(difference) {
            Some(definition) => format!("make it again in the rollback: `{definition}`"),
            None => "make it again in the rollback, with the definition that it had".to_owned(),
        };
        let fix = fixes::restore(judgement, findings.texts, difference);
        let fix = fix.or_else(|| fixes::define(judgement, findings.texts, difference));
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
