//! Small queries over a small catalog.

use super::*;
use crate::op::Op;
use expect_test::{Expect, expect};
use std::collections::BTreeMap;

/// A catalog of a few tables of text; a `?` before a row makes it doubtful, and `more` an open relation.
#[derive(Default)]
struct Small {
    relations: BTreeMap<&'static str, (Vec<&'static str>, Vec<Vec<Value>>, Option<Why>)>,
}

impl System for Small {
    fn scan(&self, relation: &ObjectName, _: &[(Name, Value)]) -> Scan {
        let name = match relation.schema.as_deref() {
            Some("information_schema") => format!("information_schema.{}", relation.name),
            _ => relation.name.to_string(),
        };
        match self.relations.get(name.as_str()) {
            Some((columns, rows, open)) => Scan {
                columns: Some(columns.iter().map(|&name| Name::from(name)).collect()),
                rows: rows.iter().map(|row| (row.clone(), None)).collect(),
                open: *open,
            },
            None => Scan { columns: None, rows: Vec::new(), open: Some(Why::Rows) },
        }
    }

    fn object(&self, kind: Reg, text: &str) -> Found {
        match (kind, text) {
            (Reg::Class, "users" | "public.users") => Found::Oid(16384),
            (Reg::Class, other) => Found::Missing(Raised::new("42P01", format!("relation \"{other}\" does not exist"))),
            _ => Found::Unknown(Why::NotModelled),
        }
    }

    fn print(&self, kind: Reg, oid: i64) -> Option<String> {
        (kind == Reg::Class && oid == 16384).then(|| "users".to_owned())
    }

    fn setting(&self, _: &str) -> Option<String> {
        None
    }

    fn version(&self) -> u16 {
        17
    }

    fn search_path(&self) -> Vec<Name> {
        vec!["public".into()]
    }
}

struct Here(Small);

impl Host for Here {
    fn system(&self) -> &dyn System {
        &self.0
    }

    fn variable(&self, parts: &[Name]) -> Option<Value> {
        match parts {
            [name] if name == "v" => Some(Value::Int(3)),
            [name] if name == "t" => Some(Value::text("users")),
            [record, field] if record == "r" && field == "f" => Some(Value::text("x")),
            _ => None,
        }
    }

    fn param(&self, _: u32) -> Option<Value> {
        None
    }

    fn call(&mut self, _: &Call, _: &[Value]) -> Evaluated<Option<Value>> {
        Ok(None)
    }
}

fn here() -> Here {
    let text = |text: &str| Value::text(text);
    let oid = |oid| Value::Oid(Reg::Oid, oid);
    let mut small = Small::default();
    small.relations.insert("pg_namespace", (vec!["oid", "nspname"], vec![vec![oid(1), text("public")], vec![oid(2), text("app")]], None));
    small.relations.insert(
        "pg_class",
        (
            vec!["oid", "relname", "relnamespace", "relkind"],
            vec![
                vec![oid(16384), text("users"), oid(1), text("r")],
                vec![oid(16385), text("users_pkey"), oid(1), text("i")],
                vec![oid(16386), text("orders"), oid(2), text("r")],
            ],
            None,
        ),
    );
    small.relations.insert(
        "information_schema.columns",
        (
            vec!["table_schema", "table_name", "column_name"],
            vec![vec![text("public"), text("users"), text("id")], vec![text("public"), text("users"), text("email")]],
            None,
        ),
    );
    small.relations.insert("pg_type", (vec!["oid", "typname"], vec![vec![oid(20000), text("mood")]], Some(Why::Open)));
    Here(small)
}

fn check(sql: &str, expect: Expect) {
    let printed = match crate::lower::statement(sql, 17) {
        Op::Select(query) => match rows(&mut here(), &query) {
            Ok(rows) => {
                let line = |(row, doubt): &(Vec<Value>, Option<Why>)| {
                    let mark = if doubt.is_some() { "? " } else { "" };
                    format!("{mark}{}\n", row.iter().map(show).collect::<Vec<_>>().join(" | "))
                };
                let open = rows.open.map_or(String::new(), |why| format!("… {why:?}\n"));
                format!("{}{open}", rows.rows.iter().map(line).collect::<String>())
            }
            Err(raised) => format!("{} {}\n", raised.sqlstate, raised.message),
        },
        other => format!("not a query: {other:?}\n"),
    };
    expect.assert_eq(&printed);
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Oid(_, oid) => format!("#{oid}"),
        Value::Unknown(why) => format!("{why:?}?"),
        Value::Partial(text, _) => text.replace(HOLE, "…"),
        other => other.print().ok().flatten().unwrap_or_else(|| format!("{other:?}")),
    }
}

#[test]
fn catalogs_are_joined_and_filtered() {
    check(
        "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'",
        expect![[r#"
            users | public
        "#]],
    );
    check(
        "SELECT count(*) FROM pg_catalog.pg_class, pg_namespace n WHERE n.oid = relnamespace AND relname LIKE 'users%'",
        expect![[r#"
        2
    "#]],
    );
    check(
        "SELECT n.nspname, c.relname FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'i' ORDER BY 1",
        expect![[r#"
            app | NULL
            public | users_pkey
        "#]],
    );
}

#[test]
fn existence_is_decided_where_the_catalog_is_closed() {
    check(
        "SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'email')",
        expect![[r#"
        t
    "#]],
    );
    check(
        "SELECT EXISTS (SELECT FROM information_schema.columns WHERE table_name = t AND column_name = 'phone')",
        expect![[r#"
        f
    "#]],
    );
    check(
        "SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood'), EXISTS (SELECT 1 FROM pg_type WHERE typname = 'other')",
        expect![[r#"
            t | Open?
        "#]],
    );
    check(
        "SELECT EXISTS (SELECT 1 FROM users WHERE email IS NULL), count(*) FROM users",
        expect![[r#"
        Rows? | Rows?
    "#]],
    );
}

#[test]
fn logic_has_three_values_and_unknown() {
    check(
        "SELECT NULL AND false, NULL OR true, NULL AND true, now() IS NULL OR true, now() IS NULL AND v = 3",
        expect![[r#"
        f | t | NULL | t | NotModelled?
    "#]],
    );
    check(
        "SELECT v IN (1, 2), v IN (1, NULL), v NOT IN (1, NULL), v = ANY (ARRAY[1, 3]), v BETWEEN 1 AND 3",
        expect![[r#"
        f | NULL | NULL | t | t
    "#]],
    );
    check(
        "SELECT CASE WHEN v > 2 THEN 'big' ELSE 'small' END, coalesce(NULL, r.f), nullif(v, 3), NULL IS DISTINCT FROM v",
        expect![[r#"
        big | x | NULL | t
    "#]],
    );
}

#[test]
fn statements_are_built_as_the_server_builds_them() {
    check(
        "SELECT format('ALTER TABLE %I.%I ADD %s int DEFAULT %L', 'public', 'My Table', 'c', 'it''s')",
        expect![[r#"
        ALTER TABLE public."My Table" ADD c int DEFAULT 'it''s'
    "#]],
    );
    check(
        "SELECT format('%2$s %1$s %s', 'a', 'b'), format('100%%'), format('%s', NULL)",
        expect![[r#"
        b a b | 100% | 
    "#]],
    );
    check(
        "SELECT format('%s')",
        expect![[r#"
        22023 too few arguments for format()
    "#]],
    );
    check(
        "SELECT 'DROP TABLE ' || quote_ident('order') || ' CASCADE', 'a' || NULL, 'DELETE FROM t WHERE at < ' || now()",
        expect![[r#"
        DROP TABLE "order" CASCADE | NULL | DELETE FROM t WHERE at < …
    "#]],
    );
    check(
        "SELECT concat('a', NULL, 1, true), concat_ws(', ', 'a', NULL, 'b'), array_to_string(ARRAY['x', 'y'], '-')",
        expect![[r#"
        a1t | a, b | x-y
    "#]],
    );
}

#[test]
fn texts_are_cut_and_matched() {
    check(
        "SELECT substring('abcdef' FROM 2 FOR 3), left('abc', -1), right('abc', 2), split_part('a.b.c', '.', 2), trim('  x '), upper('x')",
        expect![[r#"
            bcd | ab | bc | b | x | X
        "#]],
    );
    check(
        "SELECT 'users_email_idx' ~ '^users_.*_idx$', 'A' ~* 'a', 'x' SIMILAR TO 'y', regexp_replace('a1b2', '[0-9]', '', 'g')",
        expect![[r#"
            t | t | f | ab
        "#]],
    );
}

#[test]
fn names_of_objects_are_objects() {
    check(
        "SELECT relname FROM pg_class WHERE oid = 'public.users'::regclass",
        expect![[r#"
        users
    "#]],
    );
    check(
        "SELECT 'users'::regclass::text, to_regclass('nothing') IS NULL, 'users'::regclass = 16384::oid",
        expect![[r#"
        users | t | t
    "#]],
    );
    check(
        "SELECT 'nothing'::regclass",
        expect![[r#"
        42P01 relation "nothing" does not exist
    "#]],
    );
}

#[test]
fn rows_come_from_functions_values_and_other_queries() {
    check(
        "SELECT unnest(ARRAY['a', 'b'])",
        expect![[r#"
        a
        b
    "#]],
    );
    check(
        "SELECT x * 2 FROM generate_series(1, 3) AS x WHERE x <> 2",
        expect![[r#"
        2
        6
    "#]],
    );
    check(
        "WITH w(a) AS (VALUES (1), (2)) SELECT max(a), string_agg(a::text, ',' ORDER BY a DESC) FROM w",
        expect![[r#"
            2 | NotModelled?
        "#]],
    );
    check(
        "SELECT relkind, count(*) FROM pg_class GROUP BY relkind HAVING count(*) > 1",
        expect![[r#"
        r | 2
    "#]],
    );
    check(
        "SELECT 1 UNION SELECT 1 UNION SELECT 2 ORDER BY 1",
        expect![[r#"
        1
        2
    "#]],
    );
    check(
        "SELECT (SELECT relname FROM pg_class ORDER BY relname LIMIT 1), ARRAY(SELECT nspname FROM pg_namespace)",
        expect![[r#"
            NotModelled? | {public,app}
        "#]],
    );
    check(
        "SELECT (SELECT relname FROM pg_class)",
        expect![[r#"
        21000 more than one row returned by a subquery used as an expression
    "#]],
    );
}
