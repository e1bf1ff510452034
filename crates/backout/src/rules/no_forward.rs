//! A rollback was given without its forward.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
A rollback was given without its forward.

## Why it matters

Whether it runs depends on what the forward made, so only what the rollback says about itself can be judged.

## Reported

```sql rollback
DROP TABLE users;
```

## Not reported

```sql forward
CREATE TABLE users (id int);
```

```sql rollback
DROP TABLE users;
```

## How to fix it

Give the forward too: `--forward FILE`, or put it beside the rollback.

## When to ignore it

When there is no forward, as with a script that only cleans up.

## Source

Design of backout: a rollback is judged against its forward.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if judgement.forward.is_none() && judgement.rollback.is_some() {
        let message = format!("`{}` is a rollback without its forward, so what it takes back is not known", judgement.id);
        findings.report(places::whole(judgement, Side::Rollback), message).help("give the forward too");
    }
}
