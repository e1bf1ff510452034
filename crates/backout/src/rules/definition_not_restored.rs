//! An object is there after the rollback, but not as it was before the forward.

use super::coverage::Class;
use super::{Findings, Heading, Meta, coverage, fixes, words};
use crate::finding::Severity;
use crate::sim::{Difference, Judgement};

pub(super) const PAGE: &str = r#"
An object is there after the rollback, but not as it was before the forward.

## Why it matters

A column that comes back without its NOT NULL or default, a type that stays wider, a policy with another expression: the old program meets a schema that it was not written for.

## Reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text;
```

## Not reported

```sql baseline
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL DEFAULT '');
```

```sql forward
ALTER TABLE users DROP COLUMN email;
```

```sql rollback
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';
```

## How to fix it

Write the old definition in full, as `pg_dump --schema-only` from before the forward shows it.

## When to ignore it

When the new definition is kept on purpose, for example a wider type.

## Source

PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html).
"#;

pub(super) const META: Meta = Meta { heading: Heading::Coverage, severity: Severity::Error };

pub(super) fn check(judgement: &Judgement, findings: &mut Findings) {
    for difference in coverage::differences(judgement, Class::DefinitionNotRestored) {
        let message = format!("{} is not as it was before the forward{}", coverage::named(difference), coverage::was_and_is(difference));
        let help = match repairs(difference) {
            Some(sql) if difference.kind == "column" => format!("add `{sql}` to the rollback, or write it where the column is added"),
            Some(sql) => format!("add `{sql}` to the rollback"),
            None => "put the old definition back in the rollback".to_owned(),
        };
        let fix = match repairs(difference) {
            Some(sql) => fixes::append(judgement, findings.texts, &[sql]),
            None => fixes::replace(judgement, findings.texts, difference),
        };
        coverage::report(judgement, findings, difference, message).help(help).fix(fix);
    }
}

/// The `ALTER TABLE` that makes a column or a table what it was, when that is all that differs.
fn repairs(difference: &Difference) -> Option<String> {
    match difference.kind {
        "column" => column_repairs(difference),
        "table" => row_security(difference),
        _ => None,
    }
}

/// Puts the switches of row security where they were, when nothing else differs.
fn row_security(difference: &Difference) -> Option<String> {
    const SWITCHES: [(&str, [&str; 2]); 2] = [
        ("FORCE ROW LEVEL SECURITY", ["NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"]),
        ("ROW LEVEL SECURITY", ["DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"]),
    ];
    let (mut expected, mut found) = (difference.expected.clone()?, difference.found.clone()?);
    let mut actions = Vec::new();
    for (switch, [off, on]) in SWITCHES {
        let (wanted, now) = (expected.contains(switch), found.contains(switch));
        if wanted != now {
            actions.push(if wanted { on } else { off });
        }
        (expected, found) = (expected.replacen(switch, "", 1), found.replacen(switch, "", 1));
    }
    let alike = expected.split_whitespace().eq(found.split_whitespace());
    (alike && !actions.is_empty()).then(|| format!("ALTER TABLE {} {};", words::sql(&difference.name), actions.join(", ")))
}

/// The `ALTER TABLE` that makes a column what it was, when type, NOT NULL and default are all that differs.
fn column_repairs(difference: &Difference) -> Option<String> {
    let (table, column) = words::owner_and_own(&difference.name)?;
    let (expected, found) = (Column::read(difference.expected.as_deref()?)?, Column::read(difference.found.as_deref()?)?);
    // A question mark stands where a type is not known, and a sequence may not be there any more.
    if expected.ty.contains('?') || expected.default.is_some_and(|default| default.contains("nextval(")) {
        return None;
    }
    let mut actions = Vec::new();
    let column = words::sql(column);
    if expected.ty != found.ty {
        // A default of the other type may not turn into one of this type by itself.
        if found.default.is_some() {
            actions.push(format!("ALTER COLUMN {column} DROP DEFAULT"));
        }
        actions.push(format!("ALTER COLUMN {column} TYPE {0} USING {column}::{0}", expected.ty));
    }
    match (expected.default, found.default) {
        (Some(wanted), now) if now != Some(wanted) || expected.ty != found.ty => actions.push(format!("ALTER COLUMN {column} SET DEFAULT {wanted}")),
        (None, Some(_)) if expected.ty == found.ty => actions.push(format!("ALTER COLUMN {column} DROP DEFAULT")),
        _ => {}
    }
    if expected.not_null != found.not_null {
        actions.push(format!("ALTER COLUMN {column} {} NOT NULL", if expected.not_null { "SET" } else { "DROP" }));
    }
    (!actions.is_empty()).then(|| format!("ALTER TABLE {} {};", words::sql(table), actions.join(", ")))
}

/// A column's definition in the order in which the catalog prints it.
struct Column<'a> {
    ty: &'a str,
    not_null: bool,
    default: Option<&'a str>,
}

impl<'a> Column<'a> {
    fn read(definition: &'a str) -> Option<Self> {
        let (rest, default) = definition.split_once(" DEFAULT ").map_or((definition, None), |(rest, default)| (rest, Some(default)));
        let (ty, not_null) = rest.strip_suffix(" NOT NULL").map_or((rest, false), |ty| (ty, true));
        // Generated and identity columns, and what else is said in capitals, need more than these three.
        let said = |text: &str| text.split('"').step_by(2).any(|part| part.bytes().any(|byte| byte.is_ascii_uppercase()));
        let plain = !said(ty) && !default.is_some_and(|default| default.contains("GENERATED"));
        plain.then_some(Self { ty, not_null, default })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Change;

    #[test]
    fn a_column_is_repaired_where_it_differs() {
        let difference = Difference {
            kind: "column",
            name: "public.users.email".to_owned(),
            change: Change::Changed,
            expected: Some("text NOT NULL DEFAULT ''::text".to_owned()),
            found: Some("text".to_owned()),
            forward_statement: None,
            rollback_statement: None,
        };
        let sql = "ALTER TABLE public.users ALTER COLUMN email SET DEFAULT ''::text, ALTER COLUMN email SET NOT NULL;";
        assert_eq!(repairs(&difference).as_deref(), Some(sql));
    }
}
