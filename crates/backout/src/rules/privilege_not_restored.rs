//! Privileges are not what they were before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage};
use crate::finding::Severity;
use crate::sim::{Change, Judgement};

pub(super) const PAGE: &str = r#"
Privileges are not what they were before the forward.

## Why it matters

Grants go with the object that they are on: a table that is dropped and made again can be read by nobody but its owner until they are granted again, and a grant that stays is a door left open.

## Reported

```sql baseline
CREATE ROLE reporting;
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

```sql forward
DROP TABLE sales;
```

```sql rollback
CREATE TABLE sales (id int PRIMARY KEY);
```

## Not reported

```sql baseline
CREATE ROLE reporting;
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

```sql forward
DROP TABLE sales;
```

```sql rollback
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

## How to fix it

Grant again what went with the object, and revoke what the forward granted.

## When to ignore it

When privileges are managed outside of migrations.

## Source

PostgreSQL manual, [5.8 Privileges](https://www.postgresql.org/docs/current/ddl-priv.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::PrivilegeNotRestored) {
        let what = if difference.kind == "grant" {
            format!("the privileges on `{}`", difference.name)
        } else {
            format!("the default privileges `{}`", difference.name)
        };
        let message = match difference.change {
            Change::Missing => format!("{what} are not granted again"),
            Change::Extra => format!("{what} stay granted after the rollback"),
            Change::Changed | Change::Renamed => {
                format!("{what} are not what they were before the forward{}", coverage::was_and_is(difference))
            }
        };
        let help = if difference.change == Change::Extra {
            "revoke them in the rollback"
        } else {
            "grant in the rollback what was granted before"
        };
        coverage::report(judgement, findings, difference, message).help(help);
    }
}
