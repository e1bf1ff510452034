//! Small programs on a small engine, which knows names and nothing else.

use super::*;
use crate::op::{ObjectRef, TypeDefinition};
use crate::sim::eval::{Found, Reg, Scan};
use expect_test::{Expect, expect};
use std::collections::BTreeMap;

#[derive(Default)]
struct Names {
    /// Everything that exists.
    known: Vec<Name>,
    log: Vec<String>,
    routines: BTreeMap<Name, Callee>,
}

impl System for Names {
    fn scan(&self, relation: &ObjectName, _: &[(Name, Value)]) -> Scan {
        let (columns, make): (&[&str], fn(&Name) -> Vec<Value>) = match relation.name.as_str() {
            "pg_type" => (&["typname"], |name| vec![Value::text(name.as_str())]),
            "pg_tables" => (&["schemaname", "tablename"], |name| vec![Value::text("public"), Value::text(name.as_str())]),
            _ => return Scan { columns: None, rows: Vec::new(), open: Some(Why::Rows) },
        };
        Scan {
            columns: Some(columns.iter().map(|&name| Name::from(name)).collect()),
            rows: self.known.iter().map(|name| (make(name), None)).collect(),
            open: None,
        }
    }

    fn object(&self, _: Reg, _: &str) -> Found {
        Found::Unknown(Why::NotModelled)
    }

    fn print(&self, _: Reg, _: i64) -> Option<String> {
        None
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

impl Engine for Names {
    fn constraints_of(&self, _: &ObjectName) -> Option<Vec<Name>> {
        None
    }

    fn execute(&mut self, op: &Op, _: &super::Names) -> Ran {
        let (verb, name) = match op {
            Op::CreateTable(create) => ("create", create.name.name.clone()),
            Op::CreateType(create) if matches!(create.kind, TypeDefinition::Enum(_)) => ("create", create.name.name.clone()),
            Op::Drop(drop) => match drop.targets.first() {
                Some(ObjectRef::Relation { name, .. } | ObjectRef::Type(name)) => ("drop", name.name.clone()),
                _ => ("drop", "?".into()),
            },
            Op::AlterTable(alter) => ("alter", alter.name.name.clone()),
            Op::Insert(insert) => ("insert", insert.table.name.clone()),
            other => ("run", format!("{other:?}").chars().take(30).collect::<String>().into()),
        };
        match verb {
            "create" if self.known.contains(&name) => return Ran::Failed(Raised::new("42P07", format!("{name} already exists"))),
            "create" => self.known.push(name.clone()),
            "drop" if !self.known.contains(&name) => return Ran::Failed(Raised::new("42P01", format!("{name} does not exist"))),
            "drop" => self.known.retain(|other| *other != name),
            _ => {}
        }
        self.log.push(format!("{verb} {name}"));
        Ran::Done
    }

    fn analyse(&mut self, _: &Query, _: &super::Names, _: bool) -> Ran {
        Ran::Done
    }

    fn check_type(&mut self, _: &TypeName) -> Evaluated<()> {
        Ok(())
    }

    fn arrive(&mut self, _: crate::source::Span) {}

    fn note(&mut self, gap: Gap) {
        self.log.push(format!("gap: {} {:?}", gap.reason, gap.reach));
    }

    fn savepoint(&mut self) -> usize {
        self.known.len()
    }

    fn roll_back(&mut self, to: usize) {
        self.known.truncate(to);
        self.log.push("rolled back".to_owned());
    }

    fn doubted_since(&self, _: usize) -> bool {
        false
    }

    fn forgive(&mut self, _: usize) {}

    fn catching(&mut self, _: Option<Vec<plpgsql::Condition>>) {}

    fn open_world(&self) -> bool {
        false
    }

    fn assume_absent(&mut self, _: bool) {}

    fn may_have_existed(&mut self, _: usize) {}

    fn may_refuse(&mut self) {
        self.log.push("may refuse".to_owned());
    }

    fn routine(&mut self, name: &ObjectName, _: &[Value]) -> Called {
        match self.routines.get(&name.name) {
            Some(callee) => Called::Routine(Box::new(callee.clone())),
            None => Called::Builtin,
        }
    }

    fn lower(&mut self, text: &str) -> Arc<Op> {
        Arc::new(crate::lower::statement(text, 17))
    }

    fn lower_type(&self, text: &str) -> Result<TypeName, Option<Raised>> {
        crate::lower::type_name(text, 17).map_err(|_| None)
    }

    fn split(&self, text: &str) -> Vec<Span> {
        vec![Span::new(0, text.len())]
    }

    fn end_transaction(&mut self, _: bool) -> Ran {
        Ran::Done
    }
}

fn check(body: &str, expect: Expect) {
    let mut engine = Names { known: vec!["users".into(), "orders".into()], ..Names::default() };
    engine.routines.insert(
        "make".into(),
        Callee {
            language: "plpgsql".into(),
            body: "BEGIN EXECUTE format('CREATE TABLE %I ()', $1); RETURN $1; END".into(),
            context: Context {
                name: Some("make".into()),
                args: vec![plpgsql::Arg {
                    name: None,
                    shape: plpgsql::Shape::Scalar,
                    ty: None,
                    variadic: false,
                    output: false,
                    default: None,
                }],
                returns: plpgsql::Returns::Value,
                ..Context::inline(17)
            },
            statements: Arc::default(),
            strict: false,
        },
    );
    let end = run(&mut engine, body, &Context::inline(17), Vec::new(), true);
    let mut printed = engine.log.join("\n");
    if !printed.is_empty() {
        printed.push('\n');
    }
    if let Some((raised, span)) = end.failure {
        printed += &format!("{} {} in {}\n", raised.sqlstate, raised.message, span.of(body));
    }
    expect.assert_eq(&printed);
}

#[test]
fn a_condition_on_the_catalog_is_decided() {
    check(
        "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF; IF NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 'users') THEN CREATE TABLE users (); END IF; END",
        expect![[r#"
            create mood
        "#]],
    );
}

#[test]
fn a_handler_goes_back_to_its_savepoint() {
    check(
        "BEGIN BEGIN CREATE TABLE a (); CREATE TABLE users (); EXCEPTION WHEN duplicate_table THEN CREATE TABLE b (); END; CREATE TABLE c (); END",
        expect![[r#"
            create a
            rolled back
            create b
            create c
        "#]],
    );
    check(
        "BEGIN DROP TABLE a; EXCEPTION WHEN duplicate_table THEN NULL; END",
        expect![[r#"
        42P01 a does not exist in DROP TABLE a;
    "#]],
    );
    check(
        "BEGIN DROP TABLE a; EXCEPTION WHEN others THEN RAISE EXCEPTION 'no: % (%)', SQLERRM, SQLSTATE USING ERRCODE = 'unique_violation'; END",
        expect![[r#"
            rolled back
            23505 no: a does not exist (42P01) in RAISE EXCEPTION 'no: % (%)', SQLERRM, SQLSTATE USING ERRCODE = 'unique_violation';
        "#]],
    );
}

#[test]
fn loops_over_the_catalog_and_constants_run() {
    check(
        "DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables ORDER BY 1 LOOP EXECUTE 'ALTER TABLE ' || quote_ident(r.tablename) || ' ADD x int'; END LOOP; END",
        expect![[r#"
            alter orders
            alter users
        "#]],
    );
    check(
        "DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP CONTINUE WHEN t = 'a'; EXECUTE format('CREATE TABLE %I ()', t); END LOOP; END",
        expect![[r#"
            create b
        "#]],
    );
    check(
        "BEGIN FOR i IN REVERSE 3..1 BY 2 LOOP EXECUTE 'CREATE TABLE p' || i || ' ()'; END LOOP; END",
        expect![[r#"
        create p3
        create p1
    "#]],
    );
    check(
        "DECLARE i int := 0; BEGIN LOOP i := i + 1; EXIT WHEN i > 2; EXECUTE 'CREATE TABLE p' || i || ' ()'; END LOOP; END",
        expect![[r#"
            create p1
            create p2
        "#]],
    );
    check(
        "BEGIN LOOP NULL; END LOOP; END",
        expect![[r#"
        gap: the program takes too many steps Everything
    "#]],
    );
}

#[test]
fn what_hangs_on_rows_is_not_guessed() {
    check(
        "BEGIN IF EXISTS (SELECT 1 FROM users WHERE email IS NULL) THEN RAISE EXCEPTION 'no'; END IF; CREATE TABLE a (); END",
        expect![[r#"
            may refuse
            create a
        "#]],
    );
    check(
        "BEGIN IF EXISTS (SELECT 1 FROM users) THEN CREATE TABLE a (); ELSE DROP TABLE orders; END IF; END",
        expect![[r#"
        gap: a condition that hangs on rows Names(["a", "create", "drop", "orders", "table"])
    "#]],
    );
    check(
        "DECLARE n int; BEGIN SELECT count(*) INTO n FROM users; IF n > 0 THEN RETURN; END IF; CREATE TABLE a (); END",
        expect![[r#"
        gap: a condition that hangs on rows Names(["a", "create", "table"])
    "#]],
    );
    check(
        "DECLARE r record; BEGIN FOR r IN SELECT * FROM users LOOP INSERT INTO orders VALUES (r.id); END LOOP; CREATE TABLE a (); END",
        expect![[r#"
            create a
        "#]],
    );
    check(
        "DECLARE r record; BEGIN FOR r IN SELECT tablename AS name FROM pg_tables WHERE tablename IN (SELECT old FROM users) LOOP EXECUTE 'DROP TABLE ' || r.name; END LOOP; END",
        expect![[r#"
            gap: a condition that hangs on rows Names(["drop", "orders", "table", "users"])
        "#]],
    );
    check(
        "DECLARE r record; BEGIN FOR r IN SELECT name FROM users LOOP EXECUTE 'DROP TABLE ' || r.name; END LOOP; END",
        expect![[r#"
        gap: a condition that hangs on rows Everything
    "#]],
    );
}

#[test]
fn dynamic_text_is_executed_when_it_is_known() {
    check(
        "DECLARE t text := 'a'; n int; BEGIN EXECUTE 'CREATE TABLE ' || t || ' ()'; EXECUTE 'SELECT $1 + 1' INTO n USING 2; IF n = 3 THEN DROP TABLE a; END IF; END",
        expect![[r#"
            create a
            drop a
        "#]],
    );
    check(
        "BEGIN EXECUTE 'DELETE FROM users WHERE at < ' || quote_literal(now()); EXECUTE 'DROP TABLE ' || current_user; END",
        expect![[r#"
            gap: EXECUTE of text that is not constant Everything
        "#]],
    );
    check(
        "DECLARE name text := lower('Orders_' || now()); BEGIN IF NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = name) THEN EXECUTE format('CREATE TABLE %s (at date DEFAULT %L)', name, now()); END IF; END",
        expect![[r#"
            gap: EXECUTE of text that is not constant Names(["at", "create", "date", "default", "orders_￼", "table"])
        "#]],
    );
    check(
        "BEGIN EXECUTE NULL; END",
        expect![[r#"
        22004 query string argument of EXECUTE is null in EXECUTE NULL;
    "#]],
    );
    check(
        "BEGIN EXECUTE 'CREATE TABEL x ()'; END",
        expect![[r#"
        42601 syntax error at or near "TABEL" in EXECUTE 'CREATE TABEL x ()';
    "#]],
    );
}

#[test]
fn functions_are_called() {
    check(
        "DECLARE t text; BEGIN PERFORM make('a'); t := make('b'); SELECT make('users') INTO t; END",
        expect![[r#"
        create a
        create b
        42P07 users already exists in SELECT make('users') INTO t;
    "#]],
    );
}

#[test]
fn variables_hide_each_other() {
    check(
        "<<o>> DECLARE t text := 'a'; u ALIAS FOR t; BEGIN DECLARE t text := 'b'; BEGIN o.t := o.t || t; u := u || 'c'; EXECUTE format('CREATE TABLE %s ()', o.t || t); END; END",
        expect![[r#"
            create abcb
        "#]],
    );
    check(
        "DECLARE r record; a text[]; BEGIN SELECT 'x' AS f, 2 AS g INTO r; a[1] := r.f; a := a || 'y'::text; EXECUTE format('CREATE TABLE %s%s%s ()', a[1], a[2], r.g); END",
        expect![[r#"
            create xy2
        "#]],
    );
    check(
        "BEGIN CASE 2 WHEN 1, 2 THEN CREATE TABLE a (); ELSE NULL; END CASE; CASE WHEN false THEN NULL; END CASE; END",
        expect![[r#"
        create a
        20000 case not found in CASE WHEN false THEN NULL; END CASE;
    "#]],
    );
    check(
        "BEGIN SELECT 1; END",
        expect![[r#"
        42601 query has no destination for result data in SELECT 1;
    "#]],
    );
}
