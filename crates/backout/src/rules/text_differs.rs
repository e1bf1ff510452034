//! The text of a function or a view differs after the rollback, in spaces, comments or letter case only.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The text of a function or a view differs after the rollback, in spaces, comments or letter case only.

## Why it matters

It does the same. Tools that compare texts see a difference.

## Reported

```sql baseline
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
```

```sql forward
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;
```

```sql rollback
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ select  1 $$;
```

## Not reported

```sql baseline
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
```

```sql forward
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;
```

```sql rollback
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
```

## How to fix it

Copy the old text letter by letter.

## When to ignore it

When nothing compares the texts.

## Source

PostgreSQL manual, [CREATE FUNCTION](https://www.postgresql.org/docs/current/sql-createfunction.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Note };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if judgement.restores.answer.because.is_some() || undoes_nothing(judgement) {
        return;
    }
    for (_, name) in judgement.restores.except.iter().filter(|(what, _)| *what == "text") {
        let message = format!("the text of `{name}` comes back with other spaces, comments or letter case");
        findings.report(places::whole(judgement, Side::Rollback), message).help("copy the old text if tools compare it");
    }
}
