//! A migration has no rollback.

use super::verdict::{declared_irreversible, undoes_nothing};
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
A migration has no rollback.

## Why it matters

When it has to be taken back, somebody must write the rollback during the incident, and nobody will have tried it.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE users;
```

## How to fix it

Write the rollback, or declare that there is none and why: `-- backout: irreversible <reason>` in the forward.

## When to ignore it

Do not ignore it: declare the migration irreversible instead, so that the report says it.

## Source

Design of backout: a migration is a forward with its rollback.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if judgement.rollback.is_none() && undoes_nothing(judgement) && declared_irreversible(judgement).is_none() {
        let message = format!("`{}` has no rollback", judgement.id);
        let help = "write the rollback, or declare in the forward why there is none: `-- backout: irreversible <reason>`";
        findings.report(places::whole(judgement, Side::Forward), message).help(help);
    }
}
