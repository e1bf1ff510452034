//! The forward does not run, so there is nothing to take back.

use super::{Findings, Heading, Meta, ordering, places, systems};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The forward does not run, so there is nothing to take back.

## Why it matters

What the rollback would do cannot be judged after a forward that fails.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
ALTER TABLE users ADD COLUMN id int;
```

```sql rollback
ALTER TABLE users DROP COLUMN id;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY);
```

```sql forward
ALTER TABLE users ADD COLUMN email text;
```

```sql rollback
ALTER TABLE users DROP COLUMN email;
```

## How to fix it

Correct the forward, or give the schema that it runs on with `--schema`.

## When to ignore it

When the text of the forward is known to differ from what was run.

## Source

PostgreSQL manual, [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let Some(failure) = ordering::own_failure(&judgement.forward_runs) else { return };
    let message = format!("the forward fails here with {}: {}", failure.failure.sqlstate, failure.failure.message);
    // In a history the forward did run somewhere, so the text is more likely to be incomplete than wrong.
    let severity = if judgement.pair { Severity::Error } else { Severity::Warning };
    let at = places::failure(judgement, Side::Forward, failure);
    // No schema helps against a syntax error.
    let help = match failure.failure.sqlstate {
        "42601" if matches!(judgement.runner, "goose" | "sql-migrate") => {
            "correct the forward; the tool cuts it at the ends of lines, and what is not to be cut stands between StatementBegin and StatementEnd"
        }
        "42601" => "correct the forward; it is read as PostgreSQL reads it",
        _ => "correct the forward, or give the schema that it runs on as the baseline",
    };
    let foreign = matches!(failure.failure.sqlstate, "42601" | "42704").then(|| systems::help(findings.texts, &at)).flatten();
    let finding = findings.report(at, message).help(foreign.unwrap_or_else(|| help.to_owned()));
    finding.severity(severity).witness(places::witness(judgement, Side::Forward, failure, None));
}
