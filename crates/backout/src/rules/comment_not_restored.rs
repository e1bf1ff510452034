//! A comment on an object is not what it was before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::{Change, Judgement};

pub(super) const PAGE: &str = r#"
A comment on an object is not what it was before the forward.

## Why it matters

A comment goes with its object. Documentation, and tools that read comments (PostGraphile and Hasura among them), change with it.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
COMMENT ON TABLE users IS 'people who can log in';
```

```sql forward
COMMENT ON TABLE users IS 'people';
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
COMMENT ON TABLE users IS 'people who can log in';
```

```sql forward
COMMENT ON TABLE users IS 'people';
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
COMMENT ON TABLE users IS 'people who can log in';
```

## How to fix it

Set the old comment in the rollback.

## When to ignore it

When comments carry no meaning for anything.

## Source

PostgreSQL manual, [COMMENT](https://www.postgresql.org/docs/current/sql-comment.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::CommentNotRestored) {
        let message = match difference.change {
            Change::Missing => format!("the comment on `{}` is not put back", difference.name),
            Change::Extra => format!("the comment on `{}` stays after the rollback", difference.name),
            Change::Changed | Change::Renamed => format!("the comment on `{}` is not the one from before the forward", difference.name),
        };
        let fix = fixes::comment(judgement, findings.texts, difference);
        coverage::report(judgement, findings, difference, message).help("set the old comment in the rollback").fix(fix);
    }
}
