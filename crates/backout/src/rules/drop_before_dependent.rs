//! The rollback drops an object while something still depends on it.

use super::{Findings, Heading, Meta, fixes, ordering, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::Side;

pub(super) const PAGE: &str = r#"
The rollback drops an object while something still depends on it.

## Why it matters

The server refuses with 2BP01 and the rollback stops there, in the worst hour to find out.
A quoted function body is no dependency, so its tables can be dropped under it; views, foreign keys, defaults, triggers, policies, generated columns and SQL-standard bodies are.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE VIEW emails AS SELECT email FROM users;
ALTER TABLE users ADD COLUMN phone text;
CREATE VIEW phones AS SELECT phone FROM users;
```

```sql rollback
ALTER TABLE users DROP COLUMN phone;
DROP VIEW phones;
DROP VIEW emails;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE VIEW emails AS SELECT email FROM users;
ALTER TABLE users ADD COLUMN phone text;
CREATE VIEW phones AS SELECT phone FROM users;
```

```sql rollback
DROP VIEW phones;
ALTER TABLE users DROP COLUMN phone;
DROP VIEW emails;
```

## How to fix it

Undo in the reverse order: drop what depends on the object first.
`CASCADE` also makes the statement run, but it takes everything that depends on the object by then, not only what the forward made.

## When to ignore it

Never: the server refuses the statement.

## Source

PostgreSQL manual, [5.15 Dependency Tracking](https://www.postgresql.org/docs/current/ddl-depend.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    ordering::failing(judgement, findings, &["2BP01"], fixes::move_after, |judgement, findings, failure| {
        let object = ordering::subject(failure, "the object");
        let dependents: Vec<_> =
            failure.failure.detail.iter().filter_map(|line| line.split_once(" depends on ").map(|(who, _)| who)).collect();
        let message = match failure.failure.detail.as_slice() {
            [] => format!("cannot drop {object} while something depends on it"),
            // The server tells what to drop instead.
            [one] if let Some(whole) = one.strip_prefix("You can drop ").and_then(|rest| rest.strip_suffix(" instead.")) => {
                format!("cannot drop {object} here, because {whole} requires it")
            }
            [one] => format!("cannot drop {object} here, because {one}"),
            [one, more @ ..] => format!("cannot drop {object} here, because {one}, and {} more", ordering::things(more.len())),
        };
        let drop_of = |who| ordering::later_drop(judgement, findings.texts, failure.statement, who);
        let drops: Vec<(usize, &str)> = dependents.iter().filter_map(|&who| Some((drop_of(who)?, who))).collect();
        let last = drops.iter().max_by_key(|(number, _)| *number).copied();
        let kept = dependents.iter().find(|who| drops.iter().all(|(_, dropped)| dropped != *who));
        let help = match (kept, last) {
            (Some(who), _) => format!("drop {who} first, or change it so that it no longer needs {object}"),
            (None, Some((number, who))) => {
                let line = findings.line(&places::statement(judgement, Side::Rollback, number));
                let own = findings.line(&places::statement(judgement, Side::Rollback, failure.statement));
                let last = if drops.iter().any(|(other, _)| *other != number) { " as the last of them" } else { "" };
                if line == own {
                    format!("move this statement after the one that drops {who}{last}")
                } else {
                    format!("move this statement after line {line}, which drops {who}{last}")
                }
            }
            (None, None) => "drop what depends on it first".to_owned(),
        };
        let later = last.filter(|_| kept.is_none()).map(|(number, _)| number);
        (message, help, later.map(|number| (number, "what depends on it is dropped only here".to_owned())))
    });
}
