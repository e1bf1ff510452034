//! A script restores a file that is named after the moment at which the script runs.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A script restores a file that is named after the moment at which the script runs.

## Why it matters

No earlier backup can have that name, so nothing is restored.

## Reported

```text files
STAMP=$(date +%s)
psql -f backup_dir/data_$STAMP.sql
```

## Not reported

```text files
psql -f "$1"
```

## How to fix it

Take the name of the backup from whoever made it.

## When to ignore it

Never.

## Source

Documentation of psql and of the shell.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Error };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::NeverThere;

pub(super) const HELP: &str = "take the name of the backup from whoever made it";
