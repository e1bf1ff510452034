//! The text holds a placeholder that a tool fills in before the script runs.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::op::GapKind;
use crate::sim::Judgement;
use crate::sim::PlacedGap;

pub(super) const PAGE: &str = r#"
The text holds a placeholder that a tool fills in before the script runs.

## Why it matters

What will stand there decides what the statement does, so answers that depend on it are unknown.

## Reported

```sql forward
CREATE TABLE {{ schema }}.users (id int);
```

```sql rollback
DROP TABLE {{ schema }}.users;
```

## Not reported

```sql forward
CREATE SCHEMA app;
CREATE TABLE app.users (id int);
```

```sql rollback
DROP TABLE app.users;
DROP SCHEMA app;
```

## How to fix it

Check the rendered scripts instead of the templates.

## When to ignore it

When the placeholder stands for a value that does not matter.

## Source

Design of backout: a placeholder is a gap, never a syntax error.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for gap in judgement.gaps.iter().filter(|gap| is_placeholder(gap)) {
        let message = format!("a placeholder stands here, and what will replace it is not known: {}", gap.reason);
        let at = places::gap(judgement, gap);
        let help = match findings.texts.of(&at).starts_with(':') {
            true => "write the value of the variable in its place",
            false => "check the rendered script instead of the template",
        };
        findings.report(at, message).help(help);
    }
}

/// True when the gap is a place that a template engine or psql fills in.
pub(super) fn is_placeholder(gap: &PlacedGap) -> bool {
    gap.kind == GapKind::Syntax && (gap.reason.contains("placeholder") || gap.reason.contains("template"))
}
