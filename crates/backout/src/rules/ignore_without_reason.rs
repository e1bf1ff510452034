//! A comment ignores a rule and does not say why.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A comment ignores a rule and does not say why.

## Why it matters

Whoever reads it later cannot know whether the reason still holds. Without a reason nothing is ignored.

## Reported

```sql forward
CREATE TABLE users (id int);
```

```sql rollback
-- backout: ignore failing-rerun
DROP TABLE users;
```

## Not reported

```sql forward
CREATE TABLE users (id int);
```

```sql rollback
-- backout: ignore failing-rerun the tool keeps count
DROP TABLE users;
```

## How to fix it

Write the reason after the rule's name: `-- backout: ignore rule-name reason`.

## When to ignore it

Never: write the reason instead.

## Source

Design of backout: what is ignored stays visible.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for (at, ignore) in places::ignores(judgement) {
        if ignore.reason.is_empty() && super::find(&ignore.rule).is_some() {
            let message = format!("the reason to ignore `{}` is missing, so it is not ignored", ignore.rule);
            findings.report(at, message).help(format!("write it after the name: `-- backout: ignore {} <reason>`", ignore.rule));
        }
    }
}
