//! A function that stays names a table or view that is dropped.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Remark;

pub(super) const PAGE: &str = r#"
A function that stays names a table or view that is dropped.

## Why it matters

PostgreSQL records no dependency for a quoted function body, so the drop succeeds.
The function fails later, when it is called: in a trigger, that is every write to its table.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE logins (user_id int);
CREATE FUNCTION login_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM logins $$;
```

```sql rollback
DROP TABLE logins;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
CREATE TABLE logins (user_id int);
CREATE FUNCTION login_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM logins $$;
```

```sql rollback
DROP FUNCTION login_count();
DROP TABLE logins;
```

## How to fix it

Drop or replace the function in the same script.

## When to ignore it

When the function is never called.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for remark in &judgement.remarks {
        let Remark::BodyNamesDropped(routine, relation) = &remark.remark else { continue };
        let message = format!("`{routine}` stays and its body names `{relation}`, which is dropped here: calling it fails from then on");
        let finding = findings.report(places::statement(judgement, remark.side, remark.statement), message);
        finding.help(format!("drop or replace `{routine}` in the same script"));
    }
}
