//! The rollback has no statement although the forward has one.

use super::verdict::{declared_irreversible, undoes_nothing};
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The rollback has no statement although the forward has one.

## Why it matters

The runner reports success, and nothing was taken back. Half of the real rollbacks that do not restore the schema are empty.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

```sql rollback
-- nothing to do
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE users;
```

## How to fix it

Write the rollback, or declare that there is none and why: `-- backout: irreversible <reason>` in the rollback.

## When to ignore it

Do not ignore it: declare the migration irreversible instead, so that the report says it.

## Source

Design of backout: a migration is a forward with its rollback.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if judgement.rollback.is_some() && undoes_nothing(judgement) && declared_irreversible(judgement).is_none() {
        let message = format!("the rollback of `{}` is empty: it runs and takes nothing back", judgement.id);
        let help = "write the rollback, or declare in it why there is none: `-- backout: irreversible <reason>`";
        findings.report(places::whole(judgement, Side::Rollback), message).help(help);
    }
}
