//! The author declared that the migration cannot be taken back.

use super::verdict::{declared_irreversible, undoes_nothing};
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The author declared that the migration cannot be taken back.

## Why it matters

It is a decision, not a defect, but whoever rolls back past it must know.

## Reported

```sql forward
-- backout: irreversible the old keys were leaked and must not come back
CREATE TABLE api_keys (id int PRIMARY KEY);
```

## Not reported

```sql forward
CREATE TABLE api_keys (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE api_keys;
```

## How to fix it

Nothing is to be fixed; make sure that the restore from a backup is tried instead.

## When to ignore it

When the note is not wanted in the report.

## Source

Design of backout: irreversibility is declared, with a reason.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if !undoes_nothing(judgement) {
        return;
    }
    if let Some(reason) = declared_irreversible(judgement) {
        let message = format!("`{}` cannot be taken back: {reason}", judgement.id);
        findings
            .report(places::whole(judgement, Side::Forward), message)
            .help("plan the restore from a backup for the case that this must be undone");
    }
}
