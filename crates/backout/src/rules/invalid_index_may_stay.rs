//! A failed CONCURRENTLY build leaves an invalid index, which IF NOT EXISTS then skips.

use super::{Findings, Heading, Meta, places, words};
use crate::finding::Severity;
use crate::op::{ObjectRef, Op, RelationKind};
use crate::sim::{Judgement, Side};

pub(super) const PAGE: &str = r#"
A failed CONCURRENTLY build leaves an invalid index, which IF NOT EXISTS then skips.

## Why it matters

`CREATE INDEX CONCURRENTLY` that fails half-way leaves an index that is maintained and never used, and `IF NOT EXISTS` then skips the second attempt.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
DROP INDEX IF EXISTS users_mail_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);
```

```sql rollback
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
DROP INDEX users_email_idx;
```

## How to fix it

Write `DROP INDEX CONCURRENTLY IF EXISTS` before the build.

## When to ignore it

When somebody looks at the index after the migration.

## Source

PostgreSQL manual, [CREATE INDEX, building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Data, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for side in [Side::Forward, Side::Rollback] {
        let Some(script) = places::script(judgement, side) else { continue };
        for (index, statement) in script.statements.iter().enumerate() {
            let Op::CreateIndex(create) = &*statement.op else { continue };
            let Some(name) = create.name.as_ref().filter(|_| create.concurrently && create.if_not_exists) else { continue };
            let cleaned = script.statements.iter().take(index).any(|earlier| drops(&earlier.op, &name.name));
            if cleaned {
                continue;
            }
            let message = format!(
                "if an earlier build of `{0}` failed half-way, an invalid index `{0}` is there and IF NOT EXISTS skips this",
                name.name
            );
            let finding = findings.report(places::statement(judgement, side, index + 1), message);
            finding.help(format!("add `DROP INDEX CONCURRENTLY IF EXISTS {};` before it", words::sql(&name.name)));
        }
    }
}

fn drops(op: &Op, index: &str) -> bool {
    let Op::Drop(drop) = op else { return false };
    drop.targets.iter().any(|target| matches!(target, ObjectRef::Relation { kind: RelationKind::Index, name } if name.name == index))
}
