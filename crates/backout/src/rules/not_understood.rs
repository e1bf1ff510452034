//! A part of the text could not be understood or decided.

use super::{Findings, Heading, Meta, placeholder, places};
use crate::finding::Severity;
use crate::op::GapKind;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A part of the text could not be understood or decided.

## Why it matters

What backout does not understand it does not call fine: answers that depend on it are unknown, and this says why.

## Reported

```sql baseline
CREATE TABLE to_run (statement text);
```

```sql forward
DO $$ BEGIN EXECUTE (SELECT string_agg(statement, ';') FROM to_run); END $$;
```

```sql rollback
SELECT 1;
```

## Not reported

```sql forward
DO $$ BEGIN EXECUTE 'CREATE TABLE users (id int)'; END $$;
```

```sql rollback
DROP TABLE users;
```

## How to fix it

Write what the statement does as plain SQL where that is possible.

## When to ignore it

When the part is known to be harmless.

## Source

Design of backout: a gap is a value, and every unknown names its gap.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for gap in &judgement.gaps {
        match gap.kind {
            GapKind::Syntax | GapKind::NotModelled | GapKind::Dynamic | GapKind::Limit => {}
            GapKind::Presumed | GapKind::NoForward => continue,
        }
        if placeholder::is_placeholder(gap) {
            continue;
        }
        let message = format!("this could not be decided: {}", gap.reason);
        let help = match gap.kind {
            GapKind::Dynamic if gap.reason.starts_with("the file ") => "put the text of that file in its place",
            GapKind::Dynamic if gap.reason.contains('\\') => "write as plain SQL what the command does",
            GapKind::Dynamic => "write the statement with constant names, so that it can be followed",
            GapKind::Limit if gap.reason.ends_with("not there") => "give the schema from before the first forward as the baseline",
            GapKind::Limit => "split what is too large, or check by hand what depends on it",
            GapKind::Syntax | GapKind::NotModelled | GapKind::Presumed | GapKind::NoForward => "check what depends on it by hand",
        };
        findings.report(places::gap(judgement, gap), message).help(help);
    }
}
