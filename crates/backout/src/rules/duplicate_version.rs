//! Two files claim the same version.

use super::{Heading, Meta};
use crate::finding::Severity;
use crate::layout::PlanProblemKind;

pub(super) const PAGE: &str = r#"
Two files claim the same version.

## Why it matters

Migration tools find a rollback by its version, so they run one of the two or refuse both.

## Reported

```text files
7_users.up.sql
7_users.down.sql
7_teams.up.sql
7_teams.down.sql
```

## Not reported

```text files
7_users.up.sql
7_users.down.sql
8_teams.up.sql
8_teams.down.sql
```

## How to fix it

Give one of them the next free version.

## When to ignore it

When one of the two is never run.

## Source

Documentation of golang-migrate, sqlx, goose and dbmate.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) const KIND: PlanProblemKind = PlanProblemKind::DuplicateVersion;

pub(super) const HELP: &str = "give one of them a version of its own";
