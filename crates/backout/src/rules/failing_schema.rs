//! A statement of the schema fails.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A statement of the schema that was given fails.

## Why it matters

What it was to make is missing in the model, so the answers are about another database than yours.
What the statement names is in doubt, and the answers that hang on it are unknown.

## Reported

```sql baseline
CREATE TABLE users (id integr PRIMARY KEY);
```

```sql forward
CREATE TABLE teams (id integer);
```

```sql rollback
DROP TABLE teams;
```

## Not reported

```sql baseline
CREATE TABLE users (id integer PRIMARY KEY);
```

```sql forward
CREATE TABLE teams (id integer);
```

```sql rollback
DROP TABLE teams;
```

## How to fix it

Give the schema as `pg_dump --schema-only` writes it, from a server of the version that is named.

## When to ignore it

When nothing that the migration touches hangs on the statement.

## Source

PostgreSQL manual, Appendix A, PostgreSQL Error Codes.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::SchemaFails;

pub(super) const HELP: &str = "give the schema as `pg_dump --schema-only` writes it";
