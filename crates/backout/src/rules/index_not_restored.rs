//! An index that was there before the forward is not there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
An index that was there before the forward is not there after the rollback.

## Why it matters

Nothing fails when it is missing: queries become slow, in the hour after an incident.
A unique index is a rule about the data as well.

## Reported

```sql baseline
CREATE TABLE events (id int PRIMARY KEY, at timestamptz);
CREATE INDEX events_at_idx ON events (at);
```

```sql forward
DROP INDEX events_at_idx;
ALTER TABLE events ADD COLUMN day date;
```

```sql rollback
ALTER TABLE events DROP COLUMN day;
```

## Not reported

```sql baseline
CREATE TABLE events (id int PRIMARY KEY, at timestamptz);
CREATE INDEX events_at_idx ON events (at);
```

```sql forward
DROP INDEX events_at_idx;
ALTER TABLE events ADD COLUMN day date;
```

```sql rollback
CREATE INDEX events_at_idx ON events (at);
ALTER TABLE events DROP COLUMN day;
```

## How to fix it

Create the index again in the rollback, with its method, columns and predicate.

## When to ignore it

When the index was unused, as `pg_stat_user_indexes` says.

## Source

PostgreSQL manual, [11 Indexes](https://www.postgresql.org/docs/current/indexes.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::IndexNotRestored) {
        let message = format!("{} is not put back, so queries that use it become slow", coverage::named(difference));
        let help = match coverage::statement(difference) {
            Some(definition) => format!("create it again in the rollback: `{definition}`"),
            None => "create it again in the rollback".to_owned(),
        };
        let fix = fixes::restore(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
