//! The migration tool refuses the file.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
The migration tool refuses the file.

## Why it matters

What the tool does not read it does not run: the rollback is as good as missing.

## Reported

```text files
3_users.sql:
CREATE TABLE users (id int);
-- +goose Up
```

## Not reported

```text files
3_users.sql:
-- +goose Up
CREATE TABLE users (id int);
-- +goose Down
DROP TABLE users;
```

## How to fix it

Write the file as the tool wants it.

## When to ignore it

Never.

## Source

Documentation of the migration tool.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Error };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::Refused;

pub(super) const HELP: &str = "write the file as the tool reads it";
