//! An object was presumed to exist, because the forward uses it and nothing made it.

use super::{Findings, Heading, Meta, places, systems, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Remark;

pub(super) const PAGE: &str = r#"
An object was presumed to exist, because the forward uses it and nothing made it.

## Why it matters

The forward did run somewhere, so the object was there. How it looked there is not known, and answers about it are unknown.

## Reported

```text files
1_team.up.sql:   ALTER TABLE users ADD COLUMN team text;
1_team.down.sql: ALTER TABLE users DROP COLUMN team;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
ALTER TABLE users ADD COLUMN team_id int;
```

```sql rollback
ALTER TABLE users DROP COLUMN team_id;
```

## How to fix it

Give the schema from before the first forward: `pg_dump --schema-only` writes it, `--schema FILE` reads it.

## When to ignore it

When the object is made outside of the migrations.

## Source

Design of backout: a forward presumes, a rollback does not.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Plan, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let help = "give the schema from before the first forward as the baseline";
    for remark in &judgement.remarks {
        let Remark::Presumed(kind, name) = &remark.remark else { continue };
        let message = format!("{} is presumed to exist, because nothing in the input makes it", words::object(kind, name));
        let at = places::statement(judgement, remark.side, remark.statement);
        let foreign = (*kind == "type").then(|| systems::help(findings.texts, &at)).flatten();
        findings.report(at, message).help(foreign.unwrap_or_else(|| help.to_owned()));
    }
}
