//! The rollback fails when only a part of the forward was applied.

use super::failing_rerun::guard;
use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, fixes, places, words};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, StatementFailure, Verity};

pub(super) const PAGE: &str = r#"
The rollback fails when only a part of the forward was applied.

## Why it matters

A forward that stops half-way is the very case that rollbacks are kept for.
When the runner does not wrap the script in a transaction, the statements before the failure stay, and the rollback names objects that the later ones would have made.

## Reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE teams;
DROP TABLE IF EXISTS users;
```

## Not reported

```sql forward
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id int PRIMARY KEY);
```

```sql rollback
DROP TABLE IF EXISTS teams;
DROP TABLE IF EXISTS users;
```

## How to fix it

Guard each statement of the rollback with `IF EXISTS` or `IF NOT EXISTS`, or run the forward in one transaction so that no half-applied state can be left.

## When to ignore it

When the runner applies the forward in one transaction: the state cannot be left.

## Source

PostgreSQL manual, [3.4 Transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Idempotency, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    if undoes_nothing(judgement) || judgement.partial.answer.because.is_some() {
        return;
    }
    let mut causes: Vec<(&StatementFailure, Vec<usize>, bool)> = Vec::new();
    let mut unrestored = Vec::new();
    for prefix in judgement.partial.prefixes.iter().filter(|prefix| prefix.applied) {
        match &prefix.failure {
            Some(failure) if prefix.answer.verity == Verity::No => {
                let is = |other: &StatementFailure| {
                    let said = |of: &StatementFailure| (of.statement, of.failure.sqlstate);
                    said(other) == said(failure) && other.failure.message == failure.failure.message
                };
                match causes.iter_mut().find(|(other, ..)| is(other)) {
                    Some((_, ks, reachable)) => {
                        ks.push(prefix.k);
                        *reachable |= prefix.reachable;
                    }
                    None => causes.push((failure, vec![prefix.k], prefix.reachable)),
                }
            }
            _ if prefix.answer.verity == Verity::Yes && prefix.restores == Verity::No => unrestored.push(prefix.k),
            _ => {}
        }
    }
    for (failure, ks, reachable) in causes {
        let applied = applied(&ks);
        let error = format!("{}: {}", failure.failure.sqlstate, failure.failure.message);
        let message = format!("with only {applied} of the forward applied, the rollback fails here with {error}");
        let severity = severity(judgement, findings, reachable);
        let fix = fixes::guard(judgement, findings.texts, failure);
        let finding = findings.report(places::failure(judgement, Side::Rollback, failure), message).fix(fix);
        finding.severity(severity).help(help(judgement, reachable, guard(&failure.failure)));
        finding.witness(places::witness(judgement, Side::Rollback, failure, Some(format!("{applied} of the forward"))));
        if let Some(&k) = ks.last() {
            finding.related(places::statement(judgement, Side::Forward, k), "the forward was applied up to here");
        }
    }
    // Where the complete forward is not restored either, its own findings say so.
    if let (Some(&first), Verity::Yes) = (unrestored.first(), judgement.restores.answer.verity) {
        let message =
            format!("with only {} of the forward applied, the rollback runs and does not restore the schema", applied(&unrestored));
        let severity = severity(judgement, findings, false);
        let finding = findings.report(places::statement(judgement, Side::Forward, first), message);
        finding.severity(severity).help("let the rollback test what is there before it changes it");
    }
}

fn applied(ks: &[usize]) -> String {
    match ks {
        [1] => "the first statement".to_owned(),
        [k] => format!("the first {k} statements"),
        ks => format!("the first {} statements", words::ranges(ks)),
    }
}

fn severity(judgement: &Judgement, findings: &Findings, reachable: bool) -> Severity {
    match (judgement.runner_known, reachable) {
        (true, false) if !findings.strict => Severity::Note,
        (known, reachable) => findings.decisive(known && reachable),
    }
}

fn help(judgement: &Judgement, reachable: bool, guard: &str) -> String {
    if judgement.runner_known && !reachable {
        format!("{} cannot leave this state; to be safe elsewhere, {guard}", judgement.runner)
    } else {
        format!("{guard}, or apply the forward in one transaction")
    }
}
