//! A constraint that was there before the forward is not there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A constraint that was there before the forward is not there after the rollback.

## Why it matters

Nothing fails when it is missing, and from then on the database accepts rows that it must not.
A constraint goes with its column, and `DROP COLUMN` silently takes the multi-column ones too.

## Reported

```sql baseline
CREATE TABLE bookings (room int, day date, guest text, UNIQUE (room, day));
```

```sql forward
ALTER TABLE bookings DROP COLUMN room;
```

```sql rollback
ALTER TABLE bookings ADD COLUMN room int;
```

## Not reported

```sql baseline
CREATE TABLE bookings (room int, day date, guest text, UNIQUE (room, day));
```

```sql forward
ALTER TABLE bookings DROP COLUMN room;
```

```sql rollback
ALTER TABLE bookings ADD COLUMN room int;
ALTER TABLE bookings ADD UNIQUE (room, day);
```

## How to fix it

Add the constraint back under its old name.

## When to ignore it

When the constraint was wrong, so that it must not come back.

## Source

PostgreSQL manual, [5.5 Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::ConstraintNotRestored) {
        let message = format!("{} is not put back, so rows that it would refuse are accepted from then on", coverage::named(difference));
        let help = match coverage::statement(difference) {
            Some(sql) => format!("add it back in the rollback: `{sql}`"),
            None => "add the constraint back in the rollback".to_owned(),
        };
        let fix = fixes::restore(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
