//! Privileges are not what they were before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes, words};
use crate::finding::Severity;
use crate::sim::{Change, Difference, Judgement};

pub(super) const PAGE: &str = r#"
Privileges are not what they were before the forward.

## Why it matters

Grants go with the object that they are on: a table that is dropped and made again can be read by nobody but its owner until they are granted again, and a grant that stays is a door left open.

## Reported

```sql baseline
CREATE ROLE reporting;
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

```sql forward
DROP TABLE sales;
```

```sql rollback
CREATE TABLE sales (id int PRIMARY KEY);
```

## Not reported

```sql baseline
CREATE ROLE reporting;
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

```sql forward
DROP TABLE sales;
```

```sql rollback
CREATE TABLE sales (id int PRIMARY KEY);
GRANT SELECT ON sales TO reporting;
```

## How to fix it

Grant again what went with the object, and revoke what the forward granted.

## When to ignore it

When privileges are managed outside of migrations.

## Source

PostgreSQL manual, [5.8 Privileges](https://www.postgresql.org/docs/current/ddl-priv.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::PrivilegeNotRestored) {
        let grant = Grant::read(difference);
        let what = match &grant {
            Some(grant) => format!("the privileges of `{}` on {} `{}`", grant.grantee, grant.kind, grant.object),
            None => format!("the {} `{}`", if difference.kind == "grant" { "privileges" } else { "default privileges" }, difference.name),
        };
        let message = match difference.change {
            Change::Missing => format!("{what} are not granted again"),
            Change::Extra => format!("{what} stay granted after the rollback"),
            Change::Changed | Change::Renamed => {
                format!("{what} are not what they were before the forward{}", coverage::was_and_is(difference))
            }
        };
        let repair = grant.and_then(|grant| grant.repair(difference));
        let fix = repair.as_ref().and_then(|sql| fixes::append(judgement, findings.texts, std::slice::from_ref(sql)));
        let help = match repair {
            Some(sql) => format!("add `{sql}` to the rollback"),
            None if difference.change == Change::Extra => "revoke them in the rollback".to_owned(),
            None => "grant in the rollback what was granted before".to_owned(),
        };
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}

/// Whose privileges on what.
struct Grant<'a> {
    kind: &'a str,
    object: &'a str,
    grantee: &'a str,
}

impl<'a> Grant<'a> {
    /// From a name such as `table public.users to reporting`.
    fn read(difference: &'a Difference) -> Option<Self> {
        let name = if difference.kind == "grant" { difference.name.as_str() } else { return None };
        let (rest, grantee) = name.rsplit_once(" to ")?;
        let (kind, object) = rest.split_once(' ')?;
        Some(Self { kind, object, grantee })
    }

    /// The statements that make the privileges what they were, where a list of plain words says what they were.
    fn repair(&self, difference: &Difference) -> Option<String> {
        let kind = match self.kind {
            "table" | "view" | "matview" => "TABLE",
            "sequence" => "SEQUENCE",
            "schema" => "SCHEMA",
            "function" => "FUNCTION",
            "procedure" => "PROCEDURE",
            _ => return None,
        };
        let (before, now) = (words_of(&difference.expected)?, words_of(&difference.found)?);
        let lost: Vec<_> = before.iter().copied().filter(|word| !now.contains(word)).collect();
        let gained: Vec<_> = now.iter().copied().filter(|word| !before.contains(word)).collect();
        let grantee = if self.grantee == "PUBLIC" { "PUBLIC".to_owned() } else { words::sql(self.grantee) };
        let on = format!("ON {kind} {}", words::sql(self.object));
        let grant = (!lost.is_empty()).then(|| format!("GRANT {} {on} TO {grantee};", lost.join(", ")));
        let revoke = (!gained.is_empty()).then(|| format!("REVOKE {} {on} FROM {grantee};", gained.join(", ")));
        let statements: Vec<_> = grant.into_iter().chain(revoke).collect();
        (!statements.is_empty()).then(|| statements.join(" "))
    }
}

/// The privileges in a definition; none when there is more to them than names, such as columns or the grant option.
fn words_of(definition: &Option<String>) -> Option<Vec<&str>> {
    let words: Vec<_> = definition.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    words.iter().all(|word| word.chars().all(|c| c.is_ascii_uppercase())).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_granted_is_granted_again() {
        let difference = Difference {
            kind: "grant",
            name: "table public.sales to reporting".to_owned(),
            change: Change::Changed,
            expected: Some("DELETE,SELECT".to_owned()),
            found: Some("SELECT,UPDATE".to_owned()),
            forward_statement: None,
            rollback_statement: None,
        };
        let sql = "GRANT DELETE ON TABLE public.sales TO reporting; REVOKE UPDATE ON TABLE public.sales FROM reporting;";
        assert_eq!(Grant::read(&difference).and_then(|grant| grant.repair(&difference)).as_deref(), Some(sql));
    }
}
