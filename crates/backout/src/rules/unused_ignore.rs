//! A comment ignores a rule that reports nothing there.

use super::{Findings, Heading, Meta, fixes, places};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A comment ignores a rule that reports nothing there.

## Why it matters

It hides the next real finding of that rule at this statement.

## Reported

```sql forward
CREATE TABLE users (id int);
```

```sql rollback
-- backout: ignore missing-object it was there once
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

Remove the comment.

## When to ignore it

Never: remove the comment instead.

## Source

Design of backout: what is ignored stays visible.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for (at, ignore) in places::ignores(judgement) {
        let known = super::find(&ignore.rule).is_some();
        if known && !ignore.reason.is_empty() && !findings.was_used(&at.path, ignore) {
            let message = format!("`{}` reports nothing here, so there is nothing to ignore", ignore.rule);
            let fix = fixes::remove_comment(findings.texts, &at);
            findings.report(at, message).help("remove the comment").fix(fix);
        }
    }
}
