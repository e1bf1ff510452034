//! The folder holds another history, which was not checked.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
The folder holds another history, which was not checked.

## Why it matters

Histories of different databases or tools follow each other nowhere, so one was chosen: nothing is said about the other.

## Reported

```text files
postgres/1_users.up.sql
mysql/1_users.up.sql
```

## Not reported

```text files
1_users.up.sql
```

## How to fix it

Give the folder that is meant.

## When to ignore it

When the other history is not meant.

## Source

Design of backout: one call judges one history.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::LeftOut;

pub(super) const HELP: &str = "give that folder to check it";
