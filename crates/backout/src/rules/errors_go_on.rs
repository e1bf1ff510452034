//! A document lets psql go on after an error.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A document lets psql go on after an error.

## Why it matters

Without ON_ERROR_STOP psql runs the rest of a file on whatever state the error left, and its exit status is 0.

## Reported

```text files
psql -f rollback.sql
```

## Not reported

```text files
psql -v ON_ERROR_STOP=1 --single-transaction -f rollback.sql
```

## How to fix it

Give psql `-v ON_ERROR_STOP=1`, and `--single-transaction` where nothing forbids it.

## When to ignore it

When a statement is expected to fail.

## Source

Documentation of psql and of the shell.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::ErrorsGoOn;

pub(super) const HELP: &str = "give psql -v ON_ERROR_STOP=1";
