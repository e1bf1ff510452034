//! The rollback names an object as something that it is not.

use super::{Findings, Heading, Meta, made, ordering};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
The rollback names an object as something that it is not.

## Why it matters

`DROP VIEW` of a materialized view, `DROP TABLE` of a view and their like fail with 42809, and `IF EXISTS` does not help.

## Reported

```sql baseline
CREATE TABLE orders (id int PRIMARY KEY, total numeric);
```

```sql forward
CREATE MATERIALIZED VIEW order_totals AS SELECT sum(total) AS total FROM orders;
```

```sql rollback
DROP VIEW IF EXISTS order_totals;
```

## Not reported

```sql baseline
CREATE TABLE orders (id int PRIMARY KEY, total numeric);
```

```sql forward
CREATE MATERIALIZED VIEW order_totals AS SELECT sum(total) AS total FROM orders;
```

```sql rollback
DROP MATERIALIZED VIEW IF EXISTS order_totals;
```

## How to fix it

Say what the object is: the word after `DROP` or `ALTER` must name its kind.

## When to ignore it

Never: the server refuses the statement.

## Source

PostgreSQL manual, [DROP VIEW](https://www.postgresql.org/docs/current/sql-dropview.html) and its like.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    ordering::failing(judgement, findings, &["42809"], made::right_kind, |_, _, failure| {
        let object = ordering::subject(failure, "the object");
        let message = format!("{object} is of another kind than this statement says: {}", failure.failure.message);
        (message, "name the kind that the object has".to_owned(), None)
    });
}
