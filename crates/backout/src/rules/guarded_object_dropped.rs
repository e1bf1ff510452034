//! The rollback drops an object that the forward made only if it was not there.

use super::{Findings, Heading, Meta, fixes, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Touch};

pub(super) const PAGE: &str = r#"
The rollback drops an object that the forward made only if it was not there.

## Why it matters

`IF NOT EXISTS` and `ON CONFLICT DO NOTHING` do nothing when the object is there.
The rollback cannot know whether they did, and then drops what was somebody else's.

## Reported

```sql baseline
CREATE TABLE audit_log (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE IF NOT EXISTS audit_log (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
DROP TABLE audit_log;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE audit_log (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE audit_log;
```

## How to fix it

Make the object without the guard, so that the forward fails when it is there already, or leave it alone in the rollback. When the objects were new, say so with `--assume-new`, or give the baseline.

## When to ignore it

When the object is known to be new wherever the forward runs.

## Source

PostgreSQL manual, [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Scope, severity: Severity::Error };

const UNGUARDED: &str = "make it without the guard in the forward, or do not drop it in the rollback";
const UNKNOWN: &str =
    "make it without the guard in the forward, give the schema from before it as the baseline, or say that the objects are new (--assume-new)";

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for stray in judgement.local.strays.iter().filter(|stray| stray.touch == Touch::DropsGuarded) {
        let object = words::object(stray.kind, &stray.name);
        // These have no IF NOT EXISTS: the forward says OR REPLACE.
        let replaced = matches!(stray.kind, "function" | "procedure" | "aggregate" | "view" | "trigger" | "rule");
        let (message, help) = if stray.certain {
            (format!("the forward made {object} only if it was not there, and it was: the rollback drops somebody else's"), UNGUARDED)
        } else if replaced {
            let message = format!("the forward makes {object} or replaces it: if it was there, the rollback drops somebody else's");
            (message, "put the earlier one back in the rollback, or give the schema from before the forward as the baseline")
        } else {
            (format!("the forward made {object} only if it was not there: if it was, the rollback drops somebody else's"), UNKNOWN)
        };
        let fix = if stray.certain { fixes::remove(judgement, findings.texts, stray.statement) } else { None };
        let finding = findings.report(places::statement(judgement, Side::Rollback, stray.statement), message).fix(fix);
        finding.help(help);
        if !stray.certain {
            finding.severity(Severity::Warning);
        }
    }
}
