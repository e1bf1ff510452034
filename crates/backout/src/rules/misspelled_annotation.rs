//! An annotation for the migration tool is misspelled.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
An annotation for the migration tool is misspelled.

## Why it matters

The tool takes it for a comment, and what follows runs in the wrong direction.

## Reported

```text files
-- +migrate Up
CREATE TABLE users (id int);
-- +migrate Donw
DROP TABLE users;
```

## Not reported

```text files
-- +migrate Up
CREATE TABLE users (id int);
-- +migrate Down
DROP TABLE users;
```

## How to fix it

Correct the annotation.

## When to ignore it

Never.

## Source

Documentation of the migration tool.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::Misspelled;

pub(super) const HELP: &str = "correct the annotation";
