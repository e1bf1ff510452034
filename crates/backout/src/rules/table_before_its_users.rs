//! A rollback that stands alone drops tables before the views and functions that may need them.

use super::{Findings, Heading, Meta, places};
use crate::finding::Severity;
use crate::op::{Behavior, ObjectRef, Op, RelationKind};
use crate::sim::{Judgement, Side};

pub(super) const PAGE: &str = r#"
A rollback that was given alone drops a table before views or functions that it drops later.

## Why it matters

A view needs the tables that it reads, and a function the row types of its arguments.
While they are there, `DROP TABLE` without `CASCADE` fails with 2BP01, and `IF EXISTS` does not help.
Without the forward nobody can see which view reads which table, but an order that takes the views first is right in every case.

## Reported

```sql rollback
DROP TABLE IF EXISTS invoices;
DROP VIEW IF EXISTS open_invoices;
```

## Not reported

```sql rollback
DROP VIEW IF EXISTS open_invoices;
DROP TABLE IF EXISTS invoices;
```

## How to fix it

Drop in this order: triggers, views, functions, tables, types.

## When to ignore it

When none of the views and functions uses the table.

## Source

PostgreSQL manual, chapter 5.14 "Dependency Tracking".
"#;

pub(super) const META: Meta = Meta { heading: Heading::Ordering, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let (None, Some(rollback)) = (&judgement.forward, &judgement.rollback) else { return };
    let mut first: Option<(usize, String)> = None;
    for (at, statement) in rollback.statements.iter().enumerate() {
        let Op::Drop(drop) = &*statement.op else { continue };
        for target in &drop.targets {
            match target {
                ObjectRef::Relation { kind: RelationKind::Table, name } if drop.behavior == Behavior::Restrict && first.is_none() => {
                    first = Some((at + 1, name.name.to_string()));
                }
                ObjectRef::Relation { kind: kind @ (RelationKind::View | RelationKind::MatView), name } => {
                    let word = if *kind == RelationKind::View { "view" } else { "materialized view" };
                    return report(judgement, findings, first, word, &name.name);
                }
                ObjectRef::Routine { signature, .. } if first.is_some() => {
                    return report(judgement, findings, first, "function", &signature.name.name);
                }
                _ => {}
            }
        }
    }
}

fn report(judgement: &Judgement, findings: &mut Findings, first: Option<(usize, String)>, word: &str, user: &str) {
    if let Some((statement, table)) = first {
        let message = format!("the table `{table}` is dropped before the {word} `{user}`, which keeps it from being dropped if it uses the table");
        let place = places::statement(judgement, Side::Rollback, statement);
        findings.report(place, message).help("drop triggers, views and functions before the tables that they use");
    }
}
