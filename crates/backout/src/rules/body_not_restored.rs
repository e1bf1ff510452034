//! A function or a view has another body after the rollback than before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A function or a view has another body after the rollback than before the forward.

## Why it matters

`CREATE OR REPLACE` overwrites the old body, and only the rollback can bring it back: without it the new program stays in the database under the old name.

## Reported

```sql baseline
CREATE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 0.19 $$;
```

```sql forward
CREATE OR REPLACE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 0.20 $$;
CREATE TABLE tax_log (id int);
```

```sql rollback
DROP TABLE tax_log;
```

## Not reported

```sql baseline
CREATE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 0.19 $$;
```

```sql forward
CREATE OR REPLACE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 0.20 $$;
CREATE TABLE tax_log (id int);
```

```sql rollback
DROP TABLE tax_log;
CREATE OR REPLACE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 0.19 $$;
```

## How to fix it

Replace it in the rollback with the text from before the forward.

## When to ignore it

When the new body is a correction that must stay.

## Source

PostgreSQL manual, [CREATE FUNCTION](https://www.postgresql.org/docs/current/sql-createfunction.html) and [CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::BodyNotRestored) {
        let message = format!("{} keeps a body that it did not have before the forward", coverage::named(difference));
        let fix = fixes::define(judgement, findings.texts, difference);
        let help = "replace it in the rollback with its text from before the forward";
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}
