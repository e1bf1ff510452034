//! A migration is a program and not SQL.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A migration is a program and not SQL.

## Why it matters

What it does to the schema is not seen, so what follows may differ from what is said here.

## Reported

```text files
5_users.up.go
```

## Not reported

```text files
5_users.up.sql
```

## How to fix it

Give the schema as it is after the program with `--schema`.

## When to ignore it

When the program changes rows only.

## Source

Design of backout: it reads SQL.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::NotSql;

pub(super) const HELP: &str = "give the schema from after it as the baseline when it changes the schema";
