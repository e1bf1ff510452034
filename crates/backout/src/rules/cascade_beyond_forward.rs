//! `CASCADE` in the rollback takes something that the forward did not make.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Touch};

pub(super) const PAGE: &str = r#"
`CASCADE` in the rollback takes something that the forward did not make.

## Why it matters

CASCADE drops whatever depends on the object at that moment, and does not say what until it is gone.
What was there before the forward does not come back.

## Reported

```sql baseline
CREATE SCHEMA app;
CREATE TABLE app.users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE app.teams (id int PRIMARY KEY);
```

```sql rollback
DROP SCHEMA app CASCADE;
```

## Not reported

```sql baseline
CREATE SCHEMA app;
CREATE TABLE app.users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE app.teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE app.teams CASCADE;
```

## How to fix it

Drop by name what the forward made, in the reverse order, without CASCADE: then the server refuses instead of taking more.

## When to ignore it

When everything below the object belongs to the forward in a way that the text does not show.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Scope, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for stray in judgement.local.strays.iter().filter(|stray| stray.touch == Touch::Cascades) {
        let object = words::object(stray.kind, &stray.name);
        let message = if stray.certain {
            format!("CASCADE reaches {object}, which was there before the forward")
        } else {
            format!("CASCADE may reach {object}, which may have been there before the forward")
        };
        let finding = findings.report(places::statement(judgement, Side::Rollback, stray.statement), message);
        finding.help("drop by name what the forward made, without CASCADE");
        if !stray.certain {
            finding.severity(Severity::Warning);
        }
    }
}
