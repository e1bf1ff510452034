//! A script asks for the status of a pipe, which is that of its last command.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A script asks for the status of a pipe, which is that of its last command.

## Why it matters

A restore that failed is taken for one that succeeded.

## Reported

```text files
pg_restore -d app backup.dump | tee restore.log
if [ $? -eq 0 ]; then echo restored; fi
```

## Not reported

```text files
set -o pipefail
pg_restore -d app backup.dump | tee restore.log
if [ $? -eq 0 ]; then echo restored; fi
```

## How to fix it

Write `set -o pipefail` before it, or ask `PIPESTATUS`.

## When to ignore it

Never.

## Source

Documentation of psql and of the shell.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Error };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::StatusOfPipe;

pub(super) const HELP: &str = "write set -o pipefail before it";
