//! A command of a shell script is SQL that no psql is given.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A command of a shell script is SQL that no psql is given.

## Why it matters

The shell looks for a program of that name and finds none, so the statement never runs.

## Reported

```text files
psql -c 'DROP VIEW totals;'
DROP VIEW sales;
```

## Not reported

```text files
psql -c 'DROP VIEW totals; DROP VIEW sales;'
```

## How to fix it

Hand it to psql, by `-c` or in a here-document.

## When to ignore it

Never.

## Source

Documentation of psql and of the shell.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Error };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::OutsidePsql;

pub(super) const HELP: &str = "hand it to psql, by -c or in a here-document";
