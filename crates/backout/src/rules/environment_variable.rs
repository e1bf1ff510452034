//! The migration tool fills in variables of the environment.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
The migration tool fills in variables of the environment.

## Why it matters

What they hold is not seen, so what the statement does is not known.

## Reported

```text files
-- +goose ENVSUB ON
GRANT SELECT ON users TO ${READER};
```

## Not reported

```text files
GRANT SELECT ON users TO reader;
```

## How to fix it

Check the script with the values filled in.

## When to ignore it

When the value does not matter to the schema.

## Source

Documentation of goose.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::Environment;

pub(super) const HELP: &str = "check the script with the values filled in";
