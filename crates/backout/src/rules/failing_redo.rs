//! The forward does not run again after the rollback.

use super::verdict::undoes_nothing;
use super::{Findings, Heading, Meta, coverage, places};
use crate::finding::Severity;
use crate::sim::Judgement;
use crate::sim::{Side, Verity};

pub(super) const PAGE: &str = r#"
The forward does not run again after the rollback.

## Why it matters

After a rollback the corrected migration is applied again. What the rollback leaves behind stands in its way then.

## Reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql rollback
SELECT 1;
```

## Not reported

```sql baseline
CREATE TABLE settings (key text PRIMARY KEY, value text);
```

```sql forward
INSERT INTO settings (key, value) VALUES ('queue.size', '10');
```

```sql rollback
DELETE FROM settings WHERE key = 'queue.size';
```

## How to fix it

Take back in the rollback what the message names.

## When to ignore it

When the forward will never be applied again.

## Source

PostgreSQL manual, [appendix A, error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Warning };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    let redo = &judgement.redo;
    // What the rollback leaves is told by the rules about differences; only what they do not tell is told here.
    if redo.answer.verity != Verity::No
        || redo.answer.because.is_some()
        || judgement.restores.answer.verity == Verity::No
        || undoes_nothing(judgement)
    {
        return;
    }
    if let Some(failure) = &redo.failure {
        let message = format!(
            "the forward fails here with {} when it is applied again after the rollback: {}",
            failure.failure.sqlstate, failure.failure.message
        );
        let after = Some("the forward and the rollback".to_owned());
        let finding = findings.report(places::failure(judgement, Side::Forward, failure), message);
        finding.help("take back in the rollback what stands in the way").witness(places::witness(judgement, Side::Forward, failure, after));
    } else if let Some(difference) = redo.differences.first() {
        let message =
            format!("applying the forward again leads to another schema: {} is {}", coverage::named(difference), difference.change.id());
        findings
            .report(places::whole(judgement, Side::Forward), message)
            .help("take back in the rollback everything that the forward does");
    }
}
