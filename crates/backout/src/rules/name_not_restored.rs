//! An object has another name after the rollback than before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
An object has another name after the rollback than before the forward.

## Why it matters

A rename keeps the names of everything that belongs to the object, so making a table anew next to a renamed one yields `_pkey1` and its like.
Later scripts that name the constraint or the index then fail.

## Reported

```sql baseline
CREATE TABLE users (id int CONSTRAINT users_pk PRIMARY KEY);
```

```sql forward
ALTER TABLE users RENAME CONSTRAINT users_pk TO users_pkey;
CREATE TABLE log (id int);
```

```sql rollback
DROP TABLE log;
```

## Not reported

```sql baseline
CREATE TABLE users (id int CONSTRAINT users_pk PRIMARY KEY);
```

```sql forward
ALTER TABLE users RENAME CONSTRAINT users_pk TO users_pkey;
CREATE TABLE log (id int);
```

```sql rollback
DROP TABLE log;
ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_pk;
```

## How to fix it

Rename it back, or write the name where the object is made.

## When to ignore it

When nothing names the object, which is hard to know.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::NameNotRestored) {
        let message = match coverage::short(&difference.found) {
            Some(found) => format!("{} is called `{found}` after the rollback", coverage::named(difference)),
            None => format!("{} has another name after the rollback", coverage::named(difference)),
        };
        let fix = fixes::rename_back(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help("rename it back in the rollback").fix(fix);
    }
}
