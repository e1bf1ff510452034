//! The rollback drops something that the forward did not make.

use super::{Findings, Heading, Meta, coverage, fixes, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Touch};

pub(super) const PAGE: &str = r#"
The rollback drops something that the forward did not make.

## Why it matters

It was there before the forward, so the old program and others use it: taking the change back must not take more than the change.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE sessions (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
DROP TABLE sessions;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE sessions (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
```

## How to fix it

Remove the statement. When the object has to be made anew, make it again in the same rollback.

## When to ignore it

When the object is known to be unused.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Scope, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for stray in judgement.local.strays.iter().filter(|stray| stray.touch == Touch::Drops) {
        let object = words::object(stray.kind, &stray.name);
        let message = match (stray.shown, stray.certain) {
            (true, true) => format!("{object} was there before the forward, and the rollback drops it"),
            (true, false) => format!("{object} may have been there before the forward, and the rollback drops it"),
            (false, true) => format!("nothing here makes {object}, which the rollback drops: if there is one, it is older than the forward"),
            (false, false) => format!("nothing here makes {object}, which the rollback drops if there is one"),
        };
        let meant = if stray.shown { None } else { coverage::meant(judgement, stray.kind, &stray.name) };
        // What was meant under another name is not to go, and with the right one it is a guess what else changes.
        let certain = stray.certain && meant.is_none();
        let fix = if certain { fixes::remove(judgement, findings.texts, stray.statement) } else { None };
        let finding = findings.report(places::statement(judgement, Side::Rollback, stray.statement), message).fix(fix);
        finding.help(match meant {
            Some(meant) => format!("did you mean `{meant}`? it is left behind"),
            None if stray.shown => {
                "remove the statement, or give the schema from before the forward as the baseline if the object was new".to_owned()
            }
            None => "correct the name or remove the statement, or give the schema from before the forward as the baseline".to_owned(),
        });
        if !stray.certain {
            finding.severity(Severity::Warning);
        }
    }
}
