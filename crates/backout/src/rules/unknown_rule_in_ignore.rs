//! A comment ignores a rule that does not exist.

use super::{Findings, Heading, Meta, fixes, places};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A comment ignores a rule that does not exist.

## Why it matters

It has no effect, and what it was meant for is reported.

## Reported

```sql forward
CREATE TABLE users (id int);
```

```sql rollback
-- backout: ignore failing-reruns the tool keeps count
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

Correct the name; `backout rules` lists them all.

## When to ignore it

Never: correct the name instead.

## Source

Design of backout: what is ignored stays visible.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for (at, ignore) in places::ignores(judgement) {
        if super::find(&ignore.rule).is_some() {
            continue;
        }
        let message = format!("there is no rule `{}`", ignore.rule);
        let help = super::nearest(&ignore.rule)
            .map_or("see `backout rules` for all of them".to_owned(), |rule| format!("did you mean `{}`?", rule.name));
        let fix = super::nearest(&ignore.rule).and_then(|rule| fixes::replace_word(findings.texts, &at, &ignore.rule, rule.name));
        findings.report(at, message).help(help).fix(fix);
    }
}
