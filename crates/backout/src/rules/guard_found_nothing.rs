//! `IF EXISTS` in the rollback finds nothing to drop.

use super::{Findings, Heading, Meta, coverage, fixes, ordering, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Remark, Side, Verity};

pub(super) const PAGE: &str = r#"
`IF EXISTS` in the rollback finds nothing to drop.

## Why it matters

The statement runs and undoes nothing. Most often the name or the signature is mistyped, and the object that was meant stays.
The guard hides the mistake that the server would otherwise report.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
DROP INDEX IF EXISTS user_email_idx;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text);
```

```sql forward
CREATE INDEX users_email_idx ON users (email);
```

```sql rollback
DROP INDEX IF EXISTS users_email_idx;
```

## How to fix it

Correct the name, or remove the statement when the object is already gone with its owner.

## When to ignore it

When the object may be left from an older version of the forward.

## Source

PostgreSQL manual, [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html) and its like.
"#;

pub(super) const META: Meta = Meta { heading: Heading::Idempotency, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    // Where everything is restored, nothing was mistyped that matters.
    if judgement.restores.answer.verity != Verity::No || judgement.restores.answer.because.is_some() {
        return;
    }
    for remark in judgement.remarks.iter().filter(|remark| remark.side == Side::Rollback) {
        let Remark::GuardFoundNothing(kind, name) = &remark.remark else { continue };
        if named_in_forward(judgement, findings, name) {
            continue;
        }
        let message = format!("IF EXISTS finds no {}: the statement runs and does nothing", words::object(kind, name));
        let meant = coverage::meant(judgement, kind, name);
        let fix = meant.and_then(|meant| fixes::rename(judgement, findings.texts, remark.statement, name, meant));
        let finding = findings.report(places::statement(judgement, Side::Rollback, remark.statement), message).fix(fix);
        match meant {
            Some(meant) => finding.help(format!("did you mean `{meant}`? it is left behind")),
            None => finding.help("correct the name, or remove the statement when the object goes with its owner"),
        };
    }
}

/// True when the forward names the object: then it was there, and went with its owner earlier in the rollback.
fn named_in_forward(judgement: &Judgement, findings: &Findings, name: &str) -> bool {
    let own = ordering::own_part(name);
    let statements = judgement.forward.as_ref().map_or(0, |forward| forward.statements.len());
    (1..=statements).any(|number| ordering::holds_word(findings.texts.of(&places::statement(judgement, Side::Forward, number)), own))
}
