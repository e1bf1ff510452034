//! A value that the forward added to an enum type is still there after the rollback.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, words};
use crate::finding::Severity;
use crate::sim::Judgement;

pub(super) const PAGE: &str = r#"
A value that the forward added to an enum type is still there after the rollback.

## Why it matters

PostgreSQL has no statement that removes a value from an enum type, so a rollback that wants the old type back must build it anew.

## Reported

```sql baseline
CREATE TYPE mood AS ENUM ('sad', 'happy');
```

```sql forward
ALTER TYPE mood ADD VALUE 'calm';
CREATE TABLE diary (id int);
```

```sql rollback
DROP TABLE diary;
```

## Not reported

```sql baseline
CREATE TYPE mood AS ENUM ('sad', 'happy');
```

```sql forward
ALTER TYPE mood ADD VALUE 'calm';
```

```sql rollback
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('sad', 'happy');
DROP TYPE mood_old;
```

## How to fix it

Rename the type, create it with the old values, move every column over with `ALTER COLUMN … TYPE mood USING column::text::mood`, and drop the renamed one.
Rows that already use the new value must be changed first.

## When to ignore it

When an additional value harms nobody, which is usual: write the reason down.

## Source

PostgreSQL manual, [8.7 Enumerated Types](https://www.postgresql.org/docs/current/datatype-enum.html) and [ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::EnumValueLeftBehind) {
        let labels: Vec<_> = coverage::new_labels(difference).iter().map(|label| format!("'{label}'")).collect();
        let values = if labels.len() == 1 { "value" } else { "values" };
        let message =
            format!("{} keeps the {values} {}: an enum value cannot be dropped", coverage::named(difference), words::list(&labels));
        let name = words::sql(&difference.name);
        let help = format!(
            "rename {name}, create it with the old values, convert its columns with `USING …::text::{name}`, and drop the renamed type"
        );
        coverage::report(judgement, findings, difference, message).help(help);
    }
}
