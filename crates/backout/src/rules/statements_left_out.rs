//! The rollback says in a comment that statements are left out.

use super::{Findings, Heading, Meta};
use crate::finding::{Place, Severity};
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
The rollback says in a comment that statements are left out.

## Why it matters

Whoever runs the script in the worst hour has to know what was meant, and to write it then.

## Reported

```sql forward
ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (email <> '');
ALTER TABLE teams ADD CONSTRAINT teams_name_check CHECK (name <> '');
```

```sql rollback
ALTER TABLE users DROP CONSTRAINT users_email_check;
-- ... continue for all constraints
```

## Not reported

```sql forward
ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (email <> '');
ALTER TABLE teams ADD CONSTRAINT teams_name_check CHECK (name <> '');
```

```sql rollback
ALTER TABLE users DROP CONSTRAINT users_email_check;
ALTER TABLE teams DROP CONSTRAINT teams_name_check;
```

## How to fix it

Write every statement.

## When to ignore it

Never; a comment that means something else need not begin with an ellipsis.

## Source

Rollback guides in the wild end in such comments.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let Some(rollback) = &judgement.rollback else { return };
    for &span in &rollback.left_out {
        let place = Place { path: rollback.path.clone(), span };
        findings.report(place, "statements are left out here, so the rollback is not complete").help("write every statement of the rollback");
    }
}
