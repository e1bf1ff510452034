//! A file looks like a migration and is none.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
A file looks like a migration and is none.

## Why it matters

The tool does not run it, which is easily taken for a change that was made.

## Reported

```text files
1_users.up.sql
1_users.down.sql
2-teams.sql
```

## Not reported

```text files
1_users.up.sql
1_users.down.sql
```

## How to fix it

Name the file as the tool names migrations, or move it to another folder.

## When to ignore it

When the file is there for another purpose.

## Source

Documentation of the migration tool.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::Ignored;

pub(super) const HELP: &str = "name it as the tool names migrations, or move it elsewhere";
