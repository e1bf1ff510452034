//! What the server accepts and refuses, each case tried on servers of version 13 to 18.

use super::*;
use expect_test::{Expect, expect};

fn check_in(context: &Context, body: &str, expect: Expect) {
    let parsed = parse(body, context);
    let mut printed = String::new();
    for check in &parsed.checks {
        printed += &match check {
            Check::Fragment(fragment) => format!("{:?} {}\n", fragment.role, fragment.text(body).trim_end()).to_lowercase(),
            Check::Type(ty) => format!("type {}\n", ty.span.of(body)),
            Check::Collation(span) => format!("collation {}\n", span.of(body)),
        };
    }
    if let Err(error) = parsed.outcome {
        printed += &format!("{} {} at {}..{}\n", error.sqlstate, error.message, error.span.start, error.span.end);
    }
    expect.assert_eq(&printed);
}

fn check(body: &str, expect: Expect) {
    check_in(&Context::inline(17), body, expect);
}

fn check_13(body: &str, expect: Expect) {
    check_in(&Context::inline(13), body, expect);
}

fn returning(returns: Returns) -> Context {
    Context { returns, ..Context::inline(17) }
}

#[test]
fn declarations_name_types_and_defaults() {
    check(
        r#"DECLARE n constant int := 1; t text COLLATE "C" NOT NULL DEFAULT 'x'; r users%ROWTYPE; c users.id%TYPE; m n%TYPE; a ALIAS FOR t; l numeric(10, 2)[]; BEGIN END"#,
        expect![[r#"
            type int
            expression 1
            type text
            collation "C"
            expression 'x'
            type users%ROWTYPE
            type users.id%TYPE
            type numeric(10, 2)[]
        "#]],
    );
}

#[test]
fn a_cursor_has_arguments_and_a_query() {
    check(
        "DECLARE c NO SCROLL CURSOR (a int, b text) FOR SELECT a, b; BEGIN FOR r IN c (1, 'x') LOOP r.a := 1; END LOOP; END",
        expect![[r#"
            type int
            type text
            statement select a, b
            expression r.a
            expression 1
        "#]],
    );
}

#[test]
fn a_missing_semicolon_is_found_where_the_server_finds_it() {
    check(
        "BEGIN IF true THEN PERFORM 1; END; END",
        expect![[r#"
        expression true
        expression 1
        42601 syntax error at or near ";" at 33..34
    "#]],
    );
    check(
        "BEGIN SELECT 1 END",
        expect![[r#"
        42601 unexpected end of function definition at end of input at 18..18
    "#]],
    );
    check(
        "DECLARE x int; BEGIN x := 1; END x",
        expect![[r#"
        type int
        expression x
        expression 1
        42601 end label "x" specified for unlabeled block at 33..34
    "#]],
    );
    check(
        "BEGIN RAISE NOTICE 'a' END",
        expect![[r#"
        42601 syntax error at or near "END" at 23..26
    "#]],
    );
    check(
        "BEGIN NULL; END; SELECT 1",
        expect![[r#"
        42601 syntax error at or near "SELECT" at 17..23
    "#]],
    );
}

#[test]
fn an_assignment_needs_a_variable() {
    check(
        "BEGIN x := 1; END",
        expect![[r#"
        42601 "x" is not a known variable at 6..7
    "#]],
    );
    check(
        "BEGIN new.x := 1; END",
        expect![[r#"
        42601 "new.x" is not a known variable at 6..11
    "#]],
    );
    check(
        "DECLARE x CONSTANT int := 1; BEGIN x := 2; END",
        expect![[r#"
        type int
        expression 1
        22005 variable "x" is declared CONSTANT at 35..36
    "#]],
    );
    check(
        "DECLARE x int; BEGIN DECLARE y int; BEGIN y := 1; END; y := 2; END",
        expect![[r#"
        type int
        type int
        expression y
        expression 1
        42601 "y" is not a known variable at 55..56
    "#]],
    );
    check_in(
        &returning(Returns::Trigger),
        "BEGIN new.updated_at := now(); RETURN new; END",
        expect![[r#"
        expression new.updated_at
        expression now()
        expression new
    "#]],
    );
}

#[test]
fn fields_and_elements_are_assigned_from_14_on() {
    let body = "DECLARE r record; BEGIN r.a.b := 1; r.c[1] := 2; END";
    check(
        body,
        expect![[r#"
        type record
        expression r.a.b
        expression 1
        expression r.c[1]
        expression 2
    "#]],
    );
    check_13(
        body,
        expect![[r#"
        type record
        42601 "r.a.b" is not a known variable at 24..29
    "#]],
    );
}

#[test]
fn into_is_cut_out_of_its_statement() {
    check(
        "DECLARE n int; r record; BEGIN SELECT 1 INTO STRICT n FROM t; INSERT INTO t VALUES (1) RETURNING * INTO r; END",
        expect![[r#"
        type int
        type record
        statement select 1               from t
        statement insert into t values (1) returning *
    "#]],
    );
    check(
        "BEGIN SELECT 1 INTO n; END",
        expect![[r#"
        42601 "n" is not a known variable at 20..21
    "#]],
    );
    check(
        "DECLARE r record; n int; BEGIN SELECT 1 INTO n, r; END",
        expect![[r#"
        type record
        type int
        42601 "r" is not a scalar variable at 48..49
    "#]],
    );
}

#[test]
fn loops_of_every_kind() {
    check(
        "DECLARE r record; n int; BEGIN FOR i IN REVERSE 3..1 BY 2 LOOP NULL; END LOOP; FOR r IN SELECT 1 LOOP EXIT WHEN r.a; END LOOP; FOR r IN EXECUTE 'SELECT 1' USING 1, 2 LOOP NULL; END LOOP; FOREACH n SLICE 1 IN ARRAY ARRAY[1] LOOP CONTINUE; END LOOP; WHILE n < 1 LOOP NULL; END LOOP; <<l>> LOOP EXIT l; END LOOP l; END",
        expect![[r#"
            type record
            type int
            expression 3
            expression 1
            expression 2
            statement select 1
            expression r.a
            expression 'select 1'
            expression 1
            expression 2
            expression array[1]
            expression n < 1
        "#]],
    );
    check(
        "BEGIN FOR r IN SELECT 1 LOOP NULL; END LOOP; END",
        expect![[r#"
        statement select 1
        42601 loop variable of loop over rows must be a record variable or list of scalar variables at 10..11
    "#]],
    );
    check(
        "BEGIN EXIT; END",
        expect![[r#"
        42601 EXIT cannot be used outside a loop, unless it has a label at 6..10
    "#]],
    );
    check(
        "<<b>> BEGIN LOOP CONTINUE b; END LOOP; END",
        expect![[r#"
        42601 block label "b" cannot be used in CONTINUE at 26..27
    "#]],
    );
    check(
        "BEGIN FOR i IN 1..2 LOOP NULL; END LOOP i; END",
        expect![[r#"
        expression 1
        expression 2
        42601 end label "i" specified for unlabeled block at 40..41
    "#]],
    );
}

#[test]
fn conditions_of_handlers_are_known_by_name() {
    check("BEGIN NULL; EXCEPTION WHEN undefined_table OR SQLSTATE '42P07' THEN NULL; WHEN others THEN RAISE; END", expect![[""]]);
    check(
        "BEGIN NULL; EXCEPTION WHEN undefined_tabel THEN NULL; END",
        expect![[r#"
        42704 unrecognized exception condition "undefined_tabel" at 27..42
    "#]],
    );
}

#[test]
fn raise_counts_its_parameters() {
    check(
        "BEGIN RAISE EXCEPTION 'a % b %%', 1 USING ERRCODE = '42P01', HINT = 'h'; RAISE SQLSTATE '22012'; RAISE division_by_zero; END",
        expect![[r#"
            expression 1
            expression '42p01'
            expression 'h'
        "#]],
    );
    check(
        "BEGIN RAISE NOTICE 'a %'; END",
        expect![[r#"
        42601 too few parameters specified for RAISE at 6..11
    "#]],
    );
    check(
        "BEGIN RAISE NOTICE 'a', 1; END",
        expect![[r#"
        expression 1
        42601 too many parameters specified for RAISE at 6..11
    "#]],
    );
}

#[test]
fn what_may_be_returned_depends_on_the_routine() {
    check(
        "BEGIN RETURN 1; END",
        expect![[r#"
        42804 RETURN cannot have a parameter in function returning void at 13..14
    "#]],
    );
    check_in(
        &returning(Returns::Value),
        "BEGIN RETURN; END",
        expect![[r#"
        42601 missing expression at or near ";" at 12..13
    "#]],
    );
    check_in(
        &returning(Returns::Value),
        "BEGIN RETURN NEXT 1; END",
        expect![[r#"
        42804 cannot use RETURN NEXT in a non-SETOF function at 13..17
    "#]],
    );
    check_in(
        &returning(Returns::Set(false)),
        "BEGIN RETURN NEXT 1; RETURN QUERY SELECT 1; RETURN QUERY EXECUTE 'SELECT $1' USING 1; RETURN; END",
        expect![[r#"
            expression 1
            statement select 1
            expression 'select $1'
            expression 1
        "#]],
    );
}

#[test]
fn dynamic_sql_takes_into_and_using_in_any_order() {
    check(
        "DECLARE n int; BEGIN EXECUTE 'a' INTO n USING 1, 2; EXECUTE 'b' USING 1 INTO STRICT n; EXECUTE format('c', 1); END",
        expect![[r#"
            type int
            expression 'a'
            expression 1
            expression 2
            expression 'b'
            expression 1
            expression format('c', 1)
        "#]],
    );
    check(
        "DECLARE n int; BEGIN EXECUTE 'a' INTO n INTO n; END",
        expect![[r#"
        type int
        expression 'a'
        42601 syntax error at or near "INTO" at 40..44
    "#]],
    );
}

#[test]
fn a_routine_with_a_standard_body_keeps_its_semicolons() {
    check(
        "BEGIN CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; END",
        expect![[r#"
        statement create function f() returns int begin atomic select 1; select 2; end
    "#]],
    );
    check(
        "BEGIN CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); END",
        expect![[r#"
        statement create rule r as on insert to t do (select 1; select 2)
    "#]],
    );
}

#[test]
fn what_the_scanner_refuses_comes_in_its_turn() {
    check(
        "BEGIN x := 1; SELECT 'a; END",
        expect![[r#"
        42601 "x" is not a known variable at 6..7
    "#]],
    );
    check(
        "BEGIN SELECT 'a; END",
        expect![[r#"
        42601 unterminated quoted string at or near "'a; END" at 13..20
    "#]],
    );
}

#[test]
fn depth_is_bounded() {
    let body = "BEGIN ".repeat(5000);
    check(
        &body,
        expect![[r#"
        54001 blocks within blocks beyond 100 levels at 600..605
    "#]],
    );
}
