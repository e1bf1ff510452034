//! An object is there after the rollback, but not as it was before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
An object is there after the rollback, but not as it was before the forward.

## Why it matters

A column that comes back without its NOT NULL or default, a type that stays wider, a policy with another expression: the old program meets a schema that it was not written for.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';
```

## How to fix it

Write the old definition in full, as `pg_dump --schema-only` from before the forward shows it.

## When to ignore it

When the new definition is kept on purpose, for example a wider type.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::DefinitionNotRestored) {
        let message = format!("{} is not as it was before the forward{}", coverage::named(difference), coverage::was_and_is(difference));
        coverage::report(judgement, findings, difference, message).help("put the old definition back in the rollback");
    }
}
