//! Expressions, types, queries and the smaller statements: what becomes of each, one line a case.

use super::{expression, statement, type_name};
use crate::op::{Constant, Expr, Op, TypeName};
use expect_test::{Expect, expect};

/// Each line of `inputs` is read by `read`.
fn check_with(inputs: &str, expected: Expect, read: impl Fn(&str) -> String) {
    let lines = inputs.lines().map(str::trim).filter(|line| !line.is_empty());
    let found: Vec<_> = lines.map(|line| format!("{line}  →  {}\n", read(line))).collect();
    expected.assert_eq(&found.concat());
}

fn check_expr(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| match expression(line, 17) {
        Ok(expr) => show(&expr),
        Err(op) => short(&op),
    });
}

fn check_type(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| match type_name(line, 17) {
        Ok(ty) => show_type(&ty),
        Err(op) => short(&op),
    });
}

fn check(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| short(&statement(line, 17)));
}

fn all(exprs: &[Expr]) -> String {
    exprs.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// An expression with all its parentheses.
fn show(expr: &Expr) -> String {
    let negated = |not: bool| if not { "not-" } else { "" };
    match expr {
        Expr::Constant(Constant::Null) => "null".to_owned(),
        Expr::Constant(Constant::Bool(value)) => value.to_string(),
        Expr::Constant(Constant::Number(number) | Constant::Bits(number)) => number.to_string(),
        Expr::Constant(Constant::String(text)) => format!("{text:?}"),
        Expr::Column { parts, .. } => parts.join("."),
        Expr::Star(parts) if parts.is_empty() => "*".to_owned(),
        Expr::Star(parts) => format!("{}.*", parts.join(".")),
        Expr::Param(number) => format!("${number}"),
        Expr::Cast { expr, ty } => format!("({} :: {})", show(expr), show_type(ty)),
        Expr::Call(call) => {
            let mut out = call.name.schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
            out.push_str(&call.name.name);
            let args = call.args.iter().map(|(name, arg)| match name {
                Some(name) => format!("{name}=>{}", show(arg)),
                None => show(arg),
            });
            out = format!("{out}({})", args.collect::<Vec<_>>().join(" "));
            for (flag, text) in [(call.star, " star"), (call.distinct, " distinct"), (call.variadic, " variadic")] {
                out.push_str(if flag { text } else { "" });
            }
            if !call.order_by.is_empty() {
                out = format!("{out} order[{}]", all(&call.order_by));
            }
            if let Some(filter) = &call.filter {
                out = format!("{out} filter[{}]", show(filter));
            }
            if let Some(over) = &call.over {
                out = format!("{out} over[{}]", all(over));
            }
            out
        }
        Expr::Operator { schema, name, left, right } => {
            let left = left.as_ref().map_or(String::new(), |left| format!("{} ", show(left)));
            let schema = schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
            format!("({left}{schema}{name} {})", show(right))
        }
        Expr::And(terms) => format!("(and {})", all(terms)),
        Expr::Or(terms) => format!("(or {})", all(terms)),
        Expr::Not(expr) => format!("(not {})", show(expr)),
        Expr::Is { expr, test } => format!("({} is {test})", show(expr)),
        Expr::IsDistinct { left, right, not } => format!("({} is-{}distinct {})", show(left), negated(*not), show(right)),
        Expr::Between { expr, low, high, not, symmetric } => {
            let kind = if *symmetric { "between-symmetric" } else { "between" };
            format!("({} {}{kind} {} {})", show(expr), negated(*not), show(low), show(high))
        }
        Expr::InList { expr, list, not } => format!("({} {}in [{}])", show(expr), negated(*not), all(list)),
        Expr::InQuery { expr, not, .. } => format!("({} {}in query)", show(expr), negated(*not)),
        Expr::Quantified { left, op, all, right } => format!("({} {op} {} {})", show(left), if *all { "all" } else { "any" }, show(right)),
        Expr::Case { operand, arms, otherwise } => {
            let operand = operand.as_ref().map_or(String::new(), |operand| format!(" {}", show(operand)));
            let arms: String = arms.iter().map(|(when, then)| format!(" [{} {}]", show(when), show(then))).collect();
            let otherwise = otherwise.as_ref().map_or(String::new(), |otherwise| format!(" else {}", show(otherwise)));
            format!("(case{operand}{arms}{otherwise})")
        }
        Expr::Array(list) => format!("array[{}]", all(list)),
        Expr::ArrayQuery(_) => "array(query)".to_owned(),
        Expr::Row(list) => format!("row[{}]", all(list)),
        Expr::Subquery(_) => "query".to_owned(),
        Expr::Exists(_) => "exists(query)".to_owned(),
        Expr::Subscript { expr, bounds, slice } => format!("{}[{}{}]", show(expr), if *slice { ":" } else { "" }, all(bounds)),
        Expr::Field { expr, field } => format!("{}->{field}", show(expr)),
        Expr::Collate { expr, collation } => format!("({} collate {})", show(expr), collation.name),
        Expr::Default => "default".to_owned(),
    }
}

fn show_type(ty: &TypeName) -> String {
    let schema = ty.schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
    let modifiers = if ty.modifiers.is_empty() { String::new() } else { format!("({})", ty.modifiers.join(",")) };
    let column = ty.of_column.as_ref().map_or(String::new(), |column| format!(".{column}%type"));
    let setof = if ty.setof { "setof " } else { "" };
    format!("{setof}{schema}{}{column}{modifiers}{}", ty.name, "[]".repeat(ty.dimensions.into()))
}

/// An operation without its places and without what is empty.
fn short(op: &Op) -> String {
    match op {
        Op::Invalid(rejection) => return format!("{} {} @ {}", rejection.sqlstate, rejection.message, rejection.span.start),
        Op::Gap(gap) => return format!("gap {} {:?}", gap.reason, gap.reach),
        _ => {}
    }
    let debug = format!("{op:#?}");
    let mut lines: Vec<&str> = Vec::new();
    let mut skipped = 0;
    for line in debug.lines().map(str::trim) {
        if skipped > 0 {
            skipped -= 1;
        } else if line.starts_with("span: Span {") || line == "Span {" {
            skipped = 3;
        } else if ![": None,", ": [],", ": false,", ": 0,"].iter().any(|empty| line.ends_with(empty)) {
            lines.push(line);
        }
    }
    let mut out = lines.join(" ");
    for (long, brief) in [(", }", " }"), (", )", ")"), (", ]", "]"), ("( ", "("), ("[ ", "[")] {
        out = out.replace(long, brief);
    }
    out
}

#[test]
fn operators_bind_as_the_manual_says() {
    check_expr(
        "a or b and c or d
        a and b and c and (d and e)
        not a = b and c
        not not a is null
        a = b is null
        a < b + c * d ^ e ^ f
        - a ^ 2
        - 1
        - - 1
        -1::int
        @ a + b
        a || b -> c
        a + b || c
        a operator(s.+) b * c
        a between 1 and 2 and b
        a not between symmetric b + 1 and c or d
        a in (1, 2) = b
        a not in (select 1)
        a like b || 'x' escape '!' and c
        a not ilike b
        a similar to 'x'
        a = any (array[1]) = b
        a like any (b)
        a <> all (select 1)
        a is not distinct from b + 1
        a is not true is false
        a isnull
        a notnull and b
        a at time zone 'x' + b
        a at time zone 'x' at local
        a collate \"C\" < b
        a::int::text
        a::int[] [1]
        x.a[1][2:3].b
        (x).y.z
        (x).*
        (select 1).a
        ((select 1) + 1) * 2
        ((select 1) union (select 2))
        ((a), (b))
        a < b < c
        a is distinct from b is null
        a like b like c
        a = b = c
        a -- b
        (a, b) overlaps (c, d)
        a != b
        a <> -1
        not like 'x'
        $1 + $2",
        expect![[r#"
            a or b and c or d  →  (or a (and b c) d)
            a and b and c and (d and e)  →  (and a b c (and d e))
            not a = b and c  →  (and (not (a = b)) c)
            not not a is null  →  (not (not (a is NULL)))
            a = b is null  →  ((a = b) is NULL)
            a < b + c * d ^ e ^ f  →  (a < (b + (c * ((d ^ e) ^ f))))
            - a ^ 2  →  ((- a) ^ 2)
            - 1  →  -1
            - - 1  →  1
            -1::int  →  (- (1 :: int4))
            @ a + b  →  (@ (a + b))
            a || b -> c  →  ((a || b) -> c)
            a + b || c  →  ((a + b) || c)
            a operator(s.+) b * c  →  (a s.+ (b * c))
            a between 1 and 2 and b  →  (and (a between 1 2) b)
            a not between symmetric b + 1 and c or d  →  (or (a not-between-symmetric (b + 1) c) d)
            a in (1, 2) = b  →  ((a in [1 2]) = b)
            a not in (select 1)  →  (a not-in query)
            a like b || 'x' escape '!' and c  →  (and (a ~~ pg_catalog.like_escape((b || "x") "!")) c)
            a not ilike b  →  (a !~~* b)
            a similar to 'x'  →  (a ~ pg_catalog.similar_to_escape("x"))
            a = any (array[1]) = b  →  ((a = any array[1]) = b)
            a like any (b)  →  (a ~~ any b)
            a <> all (select 1)  →  (a <> all query)
            a is not distinct from b + 1  →  (a is-not-distinct (b + 1))
            a is not true is false  →  ((a is NOT TRUE) is FALSE)
            a isnull  →  (a is NULL)
            a notnull and b  →  (and (a is NOT NULL) b)
            a at time zone 'x' + b  →  (pg_catalog.timezone("x" a) + b)
            a at time zone 'x' at local  →  pg_catalog.timezone(pg_catalog.timezone("x" a))
            a collate "C" < b  →  ((a collate C) < b)
            a::int::text  →  ((a :: int4) :: text)
            a::int[] [1]  →  (a :: int4[][])
            x.a[1][2:3].b  →  x.a[1][:2 3]->b
            (x).y.z  →  x->y->z
            (x).*  →  x->*
            (select 1).a  →  query->a
            ((select 1) + 1) * 2  →  ((query + 1) * 2)
            ((select 1) union (select 2))  →  query
            ((a), (b))  →  row[a b]
            a < b < c  →  42601 syntax error at or near "<" @ 6
            a is distinct from b is null  →  42601 syntax error at or near "is" @ 21
            a like b like c  →  42601 syntax error at or near "like" @ 9
            a = b = c  →  42601 syntax error at or near "=" @ 6
            a -- b  →  a
            (a, b) overlaps (c, d)  →  pg_catalog.overlaps(a b c d)
            a != b  →  (a <> b)
            a <> -1  →  (a <> -1)
            not like 'x'  →  (not ("x" :: like))
            $1 + $2  →  ($1 + $2)
        "#]],
    );
}

#[test]
fn forms_of_sql_become_calls() {
    check_expr(
        "case when a then b end
        case a when 1 then 'x' when 2 then 'y' else null end
        cast(a as numeric(10, 2))
        extract(epoch from now())
        extract('year' from a)
        overlay(a placing b from 1 for 2)
        position('a' in b)
        position(a in b || c)
        substring(a from 1 for 2)
        substring(a for 2)
        substring(a, 1, 2)
        substring(a from '[a-z]')
        substring(a similar b escape c)
        trim(a)
        trim(leading from a)
        trim(both 'x' from a)
        normalize(a, NFC)
        treat(a as text)
        coalesce(a, b, 1)
        nullif(a, b)
        greatest(a, b)
        current_timestamp
        current_timestamp(3)
        localtime
        current_user
        user
        current_schema
        session_user
        grouping(a, b)
        array[1, 2]
        array[[1, 2], [3, 4]]
        array[]::int[]
        array(select 1)
        row(1, 2)
        row()
        (1, 2)
        exists (select 1)
        interval '1 day'
        interval '1' day to second(3)
        interval(3) '1 day'
        date '2020-01-01'
        timestamp with time zone 'now'
        timestamp(3) 'now'
        double precision '1'
        varchar(3) 'abc'
        s.t 'x'
        geometry(point, 4326) 'x'
        json '{}'
        b'101'
        x'1f'
        E'a\\nb'
        1.5e3
        0x1f
        true
        null
        xmlelement(name a, xmlattributes(b as c), d)
        xmlexists('x' passing by ref a)
        json_object('a': 1, 'b' value 2 null on null)
        json_object('{a,b}')
        json_array(select 1)
        json_array(1, 2 absent on null)
        json_value(a, '$.x' passing 1 as y returning int default 0 on empty error on error)
        json_query(a, '$' with conditional array wrapper keep quotes)
        json_exists(a, '$')
        json_arrayagg(a order by b)
        a is json object with unique keys
        a is nfc normalized
        collation for (a)
        merge_action()",
        expect![[r#"
            case when a then b end  →  (case [a b])
            case a when 1 then 'x' when 2 then 'y' else null end  →  (case a [1 "x"] [2 "y"] else null)
            cast(a as numeric(10, 2))  →  (a :: numeric(10,2))
            extract(epoch from now())  →  pg_catalog.extract("epoch" now())
            extract('year' from a)  →  pg_catalog.extract("year" a)
            overlay(a placing b from 1 for 2)  →  pg_catalog.overlay(a b 1 2)
            position('a' in b)  →  pg_catalog.position(b "a")
            position(a in b || c)  →  pg_catalog.position((b || c) a)
            substring(a from 1 for 2)  →  pg_catalog.substring(a 1 2)
            substring(a for 2)  →  pg_catalog.substring(a 1 2)
            substring(a, 1, 2)  →  substring(a 1 2)
            substring(a from '[a-z]')  →  pg_catalog.substring(a "[a-z]")
            substring(a similar b escape c)  →  pg_catalog.substring(a pg_catalog.similar_to_escape(b c))
            trim(a)  →  pg_catalog.btrim(a)
            trim(leading from a)  →  pg_catalog.ltrim(a)
            trim(both 'x' from a)  →  pg_catalog.btrim(a "x")
            normalize(a, NFC)  →  pg_catalog.normalize(a "NFC")
            treat(a as text)  →  pg_catalog.text(a)
            coalesce(a, b, 1)  →  sql.coalesce(a b 1)
            nullif(a, b)  →  sql.nullif(a b)
            greatest(a, b)  →  sql.greatest(a b)
            current_timestamp  →  sql.current_timestamp()
            current_timestamp(3)  →  sql.current_timestamp(3)
            localtime  →  sql.localtime()
            current_user  →  sql.current_user()
            user  →  sql.current_user()
            current_schema  →  sql.current_schema()
            session_user  →  sql.session_user()
            grouping(a, b)  →  sql.grouping(a b)
            array[1, 2]  →  array[1 2]
            array[[1, 2], [3, 4]]  →  array[array[1 2] array[3 4]]
            array[]::int[]  →  (array[] :: int4[])
            array(select 1)  →  array(query)
            row(1, 2)  →  row[1 2]
            row()  →  row[]
            (1, 2)  →  row[1 2]
            exists (select 1)  →  exists(query)
            interval '1 day'  →  ("1 day" :: interval)
            interval '1' day to second(3)  →  ("1" :: interval(day to second,3))
            interval(3) '1 day'  →  ("1 day" :: interval(3))
            date '2020-01-01'  →  ("2020-01-01" :: date)
            timestamp with time zone 'now'  →  ("now" :: timestamptz)
            timestamp(3) 'now'  →  ("now" :: timestamp(3))
            double precision '1'  →  ("1" :: float8)
            varchar(3) 'abc'  →  ("abc" :: varchar(3))
            s.t 'x'  →  ("x" :: s.t)
            geometry(point, 4326) 'x'  →  ("x" :: geometry(point,4326))
            json '{}'  →  ("{}" :: json)
            b'101'  →  b101
            x'1f'  →  x1f
            E'a\nb'  →  "a\nb"
            1.5e3  →  1.5e3
            0x1f  →  0x1f
            true  →  true
            null  →  null
            xmlelement(name a, xmlattributes(b as c), d)  →  sql.xmlelement(b d)
            xmlexists('x' passing by ref a)  →  pg_catalog.xmlexists("x" a)
            json_object('a': 1, 'b' value 2 null on null)  →  sql.json_object("a" 1 "b" 2)
            json_object('{a,b}')  →  pg_catalog.json_object("{a,b}")
            json_array(select 1)  →  sql.json_array(query)
            json_array(1, 2 absent on null)  →  sql.json_array(1 2)
            json_value(a, '$.x' passing 1 as y returning int default 0 on empty error on error)  →  sql.json_value(a "$.x" 1 0)
            json_query(a, '$' with conditional array wrapper keep quotes)  →  sql.json_query(a "$")
            json_exists(a, '$')  →  sql.json_exists(a "$")
            json_arrayagg(a order by b)  →  sql.json_arrayagg(a b)
            a is json object with unique keys  →  (a is JSON OBJECT)
            a is nfc normalized  →  (a is NORMALIZED)
            collation for (a)  →  pg_catalog.pg_collation_for(a)
            merge_action()  →  sql.merge_action()
        "#]],
    );
}

#[test]
fn calls_have_everything() {
    check_expr(
        "f()
        s.f(a, b)
        f(a => 1, b := 2)
        f(variadic a)
        f(a, variadic b)
        f(distinct a order by b desc nulls last, c)
        f(all a)
        count(*)
        count(t.*)
        count(*) filter (where a > 1)
        sum(a) over (partition by b order by c rows between unbounded preceding and 1 following exclude ties)
        rank() over w
        percentile_cont(0.5) within group (order by a)
        left(a, 1)
        values(1)
        int(1)
        f(
        f(a,)
        f(a b)
        count(* from t)
        d.s.f(1)
        default",
        expect![[r#"
            f()  →  f()
            s.f(a, b)  →  s.f(a b)
            f(a => 1, b := 2)  →  f(a=>1 b=>2)
            f(variadic a)  →  f(a) variadic
            f(a, variadic b)  →  f(a b) variadic
            f(distinct a order by b desc nulls last, c)  →  f(a) distinct order[sql.desc nulls last(b) c]
            f(all a)  →  f(a)
            count(*)  →  count() star
            count(t.*)  →  count(t.*)
            count(*) filter (where a > 1)  →  count() star filter[(a > 1)]
            sum(a) over (partition by b order by c rows between unbounded preceding and 1 following exclude ties)  →  sum(a) over[b sql.order by(c) 1 "rows between unbounded preceding and 1 following exclude ties"]
            rank() over w  →  rank() over[]
            percentile_cont(0.5) within group (order by a)  →  percentile_cont(0.5) order[a]
            left(a, 1)  →  left(a 1)
            values(1)  →  42601 syntax error at or near "(" @ 6
            int(1)  →  42601 syntax error at or near "(" @ 3
            f(  →  42601 syntax error at end of input @ 2
            f(a,)  →  42601 syntax error at or near ")" @ 4
            f(a b)  →  42601 syntax error at or near "b" @ 4
            count(* from t)  →  42601 syntax error at or near "from" @ 8
            d.s.f(1)  →  gap a name that says its database Names(["f"])
            default  →  42601 DEFAULT is not allowed in this context @ 0
        "#]],
    );
}

#[test]
fn types_have_one_name() {
    check_type(
        "int
        INTEGER
        bigint
        smallint
        int4
        decimal(10, 2)
        numeric
        float
        float(24)
        float(25)
        float(54)
        real
        double precision
        boolean
        char
        char(3)
        character varying(255)
        character varying
        varchar
        varchar(10)
        national character varying(3)
        nchar
        text
        \"char\"
        bit
        bit(3)
        bit varying
        bit varying(5)
        timestamp
        timestamp(3) without time zone
        timestamp with time zone
        timestamptz(6)
        time with time zone
        time(0)
        interval
        interval(3)
        interval year to month
        interval day to second(3)
        interval minute to hour
        serial
        serial8
        public.citext
        pg_catalog.int4
        int[]
        int[3][]
        text array
        text array[4]
        setof text
        setof t.c%type
        t.c%type
        s.t.c%TYPE
        geometry(Point, 4326)
        \"Mixed\"
        json
        varchar()
        varchar(a)
        double
        select",
        expect![[r#"
            int  →  int4
            INTEGER  →  int4
            bigint  →  int8
            smallint  →  int2
            int4  →  int4
            decimal(10, 2)  →  numeric(10,2)
            numeric  →  numeric
            float  →  float8
            float(24)  →  float4
            float(25)  →  float8
            float(54)  →  22023 precision for type float must be less than 54 bits @ 8
            real  →  float4
            double precision  →  float8
            boolean  →  bool
            char  →  bpchar(1)
            char(3)  →  bpchar(3)
            character varying(255)  →  varchar(255)
            character varying  →  varchar
            varchar  →  varchar
            varchar(10)  →  varchar(10)
            national character varying(3)  →  varchar(3)
            nchar  →  bpchar(1)
            text  →  text
            "char"  →  char
            bit  →  bit(1)
            bit(3)  →  bit(3)
            bit varying  →  varbit
            bit varying(5)  →  varbit(5)
            timestamp  →  timestamp
            timestamp(3) without time zone  →  timestamp(3)
            timestamp with time zone  →  timestamptz
            timestamptz(6)  →  timestamptz(6)
            time with time zone  →  timetz
            time(0)  →  time(0)
            interval  →  interval
            interval(3)  →  interval(3)
            interval year to month  →  interval(year to month)
            interval day to second(3)  →  interval(day to second,3)
            interval minute to hour  →  42601 syntax error at or near "hour" @ 19
            serial  →  serial
            serial8  →  bigserial
            public.citext  →  public.citext
            pg_catalog.int4  →  pg_catalog.int4
            int[]  →  int4[]
            int[3][]  →  int4[][]
            text array  →  text[]
            text array[4]  →  text[]
            setof text  →  setof text
            setof t.c%type  →  setof t.c%type
            t.c%type  →  t.c%type
            s.t.c%TYPE  →  s.t.c%type
            geometry(Point, 4326)  →  geometry(point,4326)
            "Mixed"  →  Mixed
            json  →  json
            varchar()  →  42601 syntax error at or near ")" @ 8
            varchar(a)  →  42601 syntax error at or near "a" @ 8
            double  →  double
            select  →  42601 syntax error at or near "select" @ 0
        "#]],
    );
}

#[test]
fn queries() {
    check(
        "select
        select 1 a, b as select, t.*, *
        select distinct on (a) a from only t as x (y) where z group by grouping sets ((a), rollup (b, c), ()) having d
        select a from t1 left join t2 using (x) cross join lateral f(1) with ordinality as g(h, i) natural join t3
        select 1 from t1 join t2 using (x) as j
        select a from t1 join t2 join t3 on x on y
        select a from (select 1) s, (values (1)) v(w), rows from (f(1), g(2) as (a int)) r
        select a from f() as (b int, c text collate \"C\")
        select a from t tablesample system (10) repeatable (1)
        select 1 union all select 2 union all select 3
        select 1 union select 2 intersect select 3 except select 4
        (select 1) limit 2
        ((select 1))
        select a from t order by b desc, c using < limit 1 offset 2 for update of t skip locked
        select a from t offset 1 rows fetch first 5 rows only
        with recursive a (b) as not materialized (select 1), c as (delete from d returning *) select 2
        with a as (select 1) search depth first by b set c cycle d set e using f select 1
        table t
        values (1, 2), (3, 4)
        select 1 into temp table t from u
        select 1 union select 2 into t
        select a.b.c.d from t
        select * from d.s.t
        select 1 limit 1, 2
        select a from xmltable('/a' passing b columns c int path 'd', e for ordinality) as x
        select a from json_table(b, '$' columns (c int path '$.c', nested path '$.d' columns (e text))) as x
        select 1 from t where a in (select b from c) window w as (partition by d)
        select (select 1)
        select a b c
        select from t
        select distinct from t
        select 1 year
        select 1 as year
        select * from (select 1)",
        expect![[r#"
            select  →  Select(Query { body: Select(Select { }) })
            select 1 a, b as select, t.*, *  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")), alias: Some("a") }, SelectItem { expr: Column { parts: ["b"] }, alias: Some("select") }, SelectItem { expr: Star(["t"]) }, SelectItem { expr: Star([]) }] }) })
            select distinct on (a) a from only t as x (y) where z group by grouping sets ((a), rollup (b, c), ()) having d  →  Select(Query { body: Select(Select { distinct: Some([Column { parts: ["a"] }]), items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Relation { name: ObjectName { name: "t" }, alias: Some(Alias { name: "x", columns: ["y"] }) }], filter: Some(Column { parts: ["z"] }), group_by: [Call(Call { name: ObjectName { schema: Some("sql"), name: "grouping sets" }, args: [(None, Column { parts: ["a"] }), (None, Call(Call { name: ObjectName { schema: Some("sql"), name: "rollup" }, args: [(None, Column { parts: ["b"] }), (None, Column { parts: ["c"] })] })), (None, Row([]))] })], having: Some(Column { parts: ["d"] }) }) })
            select a from t1 left join t2 using (x) cross join lateral f(1) with ordinality as g(h, i) natural join t3  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Join { left: Join { left: Join { left: Relation { name: ObjectName { name: "t1" } }, right: Relation { name: ObjectName { name: "t2" } }, kind: "LEFT JOIN", on: Using(["x"]) }, right: Function { calls: [Call(Call { name: ObjectName { name: "f" }, args: [(None, Constant(Number("1")))] })], ordinality: true, alias: Some(Alias { name: "g", columns: ["h", "i"] }) }, kind: "CROSS JOIN" }, right: Relation { name: ObjectName { name: "t3" } }, kind: "JOIN", on: Natural }] }) })
            select 1 from t1 join t2 using (x) as j  →  gap an alias of USING Names(["j", "join", "t1", "t2", "x"])
            select a from t1 join t2 join t3 on x on y  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Join { left: Relation { name: ObjectName { name: "t1" } }, right: Join { left: Relation { name: ObjectName { name: "t2" } }, right: Relation { name: ObjectName { name: "t3" } }, kind: "JOIN", on: On(Column { parts: ["x"] }) }, kind: "JOIN", on: On(Column { parts: ["y"] }) }] }) })
            select a from (select 1) s, (values (1)) v(w), rows from (f(1), g(2) as (a int)) r  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Query { query: Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }, alias: Some(Alias { name: "s" }) }, Query { query: Query { body: Values([[Constant(Number("1"))]]) }, alias: Some(Alias { name: "v", columns: ["w"] }) }, Function { calls: [Call(Call { name: ObjectName { name: "f" }, args: [(None, Constant(Number("1")))] }), Call(Call { name: ObjectName { name: "g" }, args: [(None, Constant(Number("2")))] })], alias: Some(Alias { name: "r" }) }] }) })
            select a from f() as (b int, c text collate "C")  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Function { calls: [Call(Call { name: ObjectName { name: "f" } })], columns: [("b", TypeName { name: "int4" }), ("c", TypeName { name: "text" })] }] }) })
            select a from t tablesample system (10) repeatable (1)  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Relation { name: ObjectName { name: "t" } }] }) })
            select 1 union all select 2 union all select 3  →  Select(Query { body: Set { op: "UNION ALL", arms: [Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }), Select(Select { items: [SelectItem { expr: Constant(Number("2")) }] }), Select(Select { items: [SelectItem { expr: Constant(Number("3")) }] })] } })
            select 1 union select 2 intersect select 3 except select 4  →  Select(Query { body: Set { op: "EXCEPT", arms: [Set { op: "UNION", arms: [Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }), Set { op: "INTERSECT", arms: [Select(Select { items: [SelectItem { expr: Constant(Number("2")) }] }), Select(Select { items: [SelectItem { expr: Constant(Number("3")) }] })] }] }, Select(Select { items: [SelectItem { expr: Constant(Number("4")) }] })] } })
            (select 1) limit 2  →  Select(Query { body: Query(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }), limit: [Constant(Number("2"))] })
            ((select 1))  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) })
            select a from t order by b desc, c using < limit 1 offset 2 for update of t skip locked  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Relation { name: ObjectName { name: "t" } }] }), order_by: [Call(Call { name: ObjectName { schema: Some("sql"), name: "desc" }, args: [(None, Column { parts: ["b"] })] }), Column { parts: ["c"] }], limit: [Constant(Number("1")), Call(Call { name: ObjectName { schema: Some("sql"), name: "offset" }, args: [(None, Constant(Number("2")))] })], locking: true })
            select a from t offset 1 rows fetch first 5 rows only  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Relation { name: ObjectName { name: "t" } }] }), limit: [Call(Call { name: ObjectName { schema: Some("sql"), name: "offset" }, args: [(None, Constant(Number("1")))] }), Constant(Number("5"))] })
            with recursive a (b) as not materialized (select 1), c as (delete from d returning *) select 2  →  Select(Query { with: [Cte { name: "a", columns: ["b"], body: Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) }, Cte { name: "c", body: Delete(Delete { table: ObjectName { name: "d" }, returning: [SelectItem { expr: Star([]) }] }) }], recursive: true, body: Select(Select { items: [SelectItem { expr: Constant(Number("2")) }] }) })
            with a as (select 1) search depth first by b set c cycle d set e using f select 1  →  gap SEARCH or CYCLE of a common table expression that does not name its columns Names(["a", "b", "by", "c", "cycle", "d", "depth", "e", "f", "first", "search", "set"])
            table t  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Star([]) }], from: [Relation { name: ObjectName { name: "t" } }] }) })
            values (1, 2), (3, 4)  →  Select(Query { body: Values([[Constant(Number("1")), Constant(Number("2"))], [Constant(Number("3")), Constant(Number("4"))]]) })
            select 1 into temp table t from u  →  CreateTableAs(CreateTableAs { name: ObjectName { name: "t" }, persistence: Temporary, query: Some(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }], from: [Relation { name: ObjectName { name: "u" } }] }) }), with_data: true })
            select 1 union select 2 into t  →  42601 INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT @ 24
            select a.b.c.d from t  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a", "b", "c", "d"] } }], from: [Relation { name: ObjectName { name: "t" } }] }) })
            select * from d.s.t  →  gap a name that says its database Names(["t"])
            select 1 limit 1, 2  →  42601 LIMIT #,# syntax is not supported @ 15
            select a from xmltable('/a' passing b columns c int path 'd', e for ordinality) as x  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Table { exprs: [Constant(String("/a")), Column { parts: ["b"] }, Cast { expr: Constant(Null), ty: TypeName { name: "int4" } }, Constant(String("d"))], columns: ["c", "e"], alias: Some(Alias { name: "x" }) }] }) })
            select a from json_table(b, '$' columns (c int path '$.c', nested path '$.d' columns (e text))) as x  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["a"] } }], from: [Table { exprs: [Column { parts: ["b"] }, Constant(String("$")), Cast { expr: Constant(Null), ty: TypeName { name: "int4" } }, Cast { expr: Constant(Null), ty: TypeName { name: "text" } }], columns: ["c", "e"], alias: Some(Alias { name: "x" }) }] }) })
            select 1 from t where a in (select b from c) window w as (partition by d)  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }], from: [Relation { name: ObjectName { name: "t" } }], filter: Some(InQuery { expr: Column { parts: ["a"] }, query: Query { body: Select(Select { items: [SelectItem { expr: Column { parts: ["b"] } }], from: [Relation { name: ObjectName { name: "c" } }] }) } }), windows: [Column { parts: ["d"] }] }) })
            select (select 1)  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Subquery(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) }] }) })
            select a b c  →  42601 syntax error at or near "c" @ 11
            select from t  →  Select(Query { body: Select(Select { from: [Relation { name: ObjectName { name: "t" } }] }) })
            select distinct from t  →  42601 syntax error at or near "from" @ 16
            select 1 year  →  42601 syntax error at or near "year" @ 9
            select 1 as year  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")), alias: Some("year") }] }) })
            select * from (select 1)  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Star([]) }], from: [Query { query: Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) } }] }) })
        "#]],
    );
}

#[test]
fn statements_that_change_rows() {
    check(
        "insert into s.t as x (a, b[1], c.d) overriding system value values (1, default), (2, 'x') returning *
        insert into t default values
        insert into t select 1
        insert into t (select 1)
        insert into t (a) (select 1) on conflict do nothing
        insert into t values (1) on conflict (a, lower(b) collate \"C\" text_ops) where c do update set d = excluded.d where e
        insert into t values (1) on conflict on constraint c do update set (a, b) = (select 1, 2)
        insert into t values (1) on conflict do update set a = 1
        with x as (select 1) insert into t table x
        update only t x set a = default, (b, c) = row (1, default), d[1] = 2 from u where x.a = u.a returning x.a as b
        update t set a = 1 where current of c
        delete from t using u where t.a = u.a
        delete from t
        merge into t using u on a = b when matched and c then update set d = 1 when not matched then insert (e) values (default) when not matched by source then delete
        truncate table only a, b restart identity cascade
        copy t (a, b) from stdin with (format csv, header true, force_null (a))
        copy t from '/x' csv header delimiter ',' where a > 1
        copy (select 1) to stdout
        copy t to program 'x' where a
        lock table t in access exclusive mode nowait
        call s.p(1, a => 2)
        explain analyze delete from t
        explain (analyze, costs off) select 1
        explain create table t as select 1
        explain create table t (a int)
        prepare p (int) as select $1
        execute p (1)
        deallocate prepare all
        declare c no scroll cursor with hold for select 1
        fetch forward 5 from c
        move all in c
        close c",
        expect![[r#"
            insert into s.t as x (a, b[1], c.d) overriding system value values (1, default), (2, 'x') returning *  →  Insert(Insert { table: ObjectName { schema: Some("s"), name: "t" }, alias: Some("x"), columns: [("a"), ("b"), ("c")], source: Some(Query { body: Values([[Constant(Number("1")), Default], [Constant(Number("2")), Constant(String("x"))]]) }), returning: [SelectItem { expr: Star([]) }] })
            insert into t default values  →  Insert(Insert { table: ObjectName { name: "t" } })
            insert into t select 1  →  Insert(Insert { table: ObjectName { name: "t" }, source: Some(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) })
            insert into t (select 1)  →  Insert(Insert { table: ObjectName { name: "t" }, source: Some(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) })
            insert into t (a) (select 1) on conflict do nothing  →  Insert(Insert { table: ObjectName { name: "t" }, columns: [("a")], source: Some(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }), on_conflict: Some(OnConflict { }) })
            insert into t values (1) on conflict (a, lower(b) collate "C" text_ops) where c do update set d = excluded.d where e  →  Insert(Insert { table: ObjectName { name: "t" }, source: Some(Query { body: Values([[Constant(Number("1"))]]) }), on_conflict: Some(OnConflict { target: [Column { parts: ["a"] }, Call(Call { name: ObjectName { name: "lower" }, args: [(None, Column { parts: ["b"] })] })], target_filter: Some(Column { parts: ["c"] }), update: Some([Assignment { columns: [("d")], value: Column { parts: ["excluded", "d"] } }]), filter: Some(Column { parts: ["e"] }) }) })
            insert into t values (1) on conflict on constraint c do update set (a, b) = (select 1, 2)  →  Insert(Insert { table: ObjectName { name: "t" }, source: Some(Query { body: Values([[Constant(Number("1"))]]) }), on_conflict: Some(OnConflict { constraint: Some("c"), update: Some([Assignment { columns: [("a"), ("b")], value: Subquery(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }, SelectItem { expr: Constant(Number("2")) }] }) }) }]) }) })
            insert into t values (1) on conflict do update set a = 1  →  42601 ON CONFLICT DO UPDATE requires inference specification or constraint name @ 28
            with x as (select 1) insert into t table x  →  Insert(Insert { with: [Cte { name: "x", body: Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) }], table: ObjectName { name: "t" }, source: Some(Query { body: Select(Select { items: [SelectItem { expr: Star([]) }], from: [Relation { name: ObjectName { name: "x" } }] }) }) })
            update only t x set a = default, (b, c) = row (1, default), d[1] = 2 from u where x.a = u.a returning x.a as b  →  Update(Update { table: ObjectName { name: "t" }, alias: Some("x"), assignments: [Assignment { columns: [("a")], value: Default }, Assignment { columns: [("b"), ("c")], value: Row([Constant(Number("1")), Default]) }, Assignment { columns: [("d")], value: Constant(Number("2")) }], from: [Relation { name: ObjectName { name: "u" } }], filter: Some(Operator { name: "=", left: Some(Column { parts: ["x", "a"] }), right: Column { parts: ["u", "a"] } }), returning: [SelectItem { expr: Column { parts: ["x", "a"] }, alias: Some("b") }] })
            update t set a = 1 where current of c  →  Update(Update { table: ObjectName { name: "t" }, assignments: [Assignment { columns: [("a")], value: Constant(Number("1")) }], filter: Some(Constant(Bool(true))) })
            delete from t using u where t.a = u.a  →  Delete(Delete { table: ObjectName { name: "t" }, using: [Relation { name: ObjectName { name: "u" } }], filter: Some(Operator { name: "=", left: Some(Column { parts: ["t", "a"] }), right: Column { parts: ["u", "a"] } }) })
            delete from t  →  Delete(Delete { table: ObjectName { name: "t" } })
            merge into t using u on a = b when matched and c then update set d = 1 when not matched then insert (e) values (default) when not matched by source then delete  →  Merge(Merge { table: ObjectName { name: "t" }, using: Relation { name: ObjectName { name: "u" } }, on: Operator { name: "=", left: Some(Column { parts: ["a"] }), right: Column { parts: ["b"] } }, exprs: [Column { parts: ["c"] }, Constant(Number("1")), Default], columns: [("d"), ("e")], deletes: true })
            truncate table only a, b restart identity cascade  →  Truncate(Truncate { tables: [ObjectName { name: "a" }, ObjectName { name: "b" }], behavior: Cascade, restart_identity: true })
            copy t (a, b) from stdin with (format csv, header true, force_null (a))  →  Copy(Copy { table: Some(ObjectName { name: "t" }), columns: [("a"), ("b")], from: true })
            copy t from '/x' csv header delimiter ',' where a > 1  →  Copy(Copy { table: Some(ObjectName { name: "t" }), from: true })
            copy (select 1) to stdout  →  Copy(Copy { query: Some(Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) })) })
            copy t to program 'x' where a  →  42601 WHERE clause not allowed with COPY TO @ 22
            lock table t in access exclusive mode nowait  →  Lock([ObjectName { name: "t" }])
            call s.p(1, a => 2)  →  Call(Call { name: ObjectName { schema: Some("s"), name: "p" }, args: [(None, Constant(Number("1"))), (Some("a"), Constant(Number("2")))] })
            explain analyze delete from t  →  Explain { analyze: true, op: Delete(Delete { table: ObjectName { name: "t" } }) }
            explain (analyze, costs off) select 1  →  Explain { analyze: true, op: Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }) }
            explain create table t as select 1  →  Explain { op: CreateTableAs(CreateTableAs { name: ObjectName { name: "t" }, persistence: Permanent, query: Some(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) }), with_data: true }) }
            explain create table t (a int)  →  42601 syntax error at or near "table" @ 15
            prepare p (int) as select $1  →  Prepare { name: Ident { name: "p" }, op: Select(Query { body: Select(Select { items: [SelectItem { expr: Param(1) }] }) }) }
            execute p (1)  →  Execute { name: Ident { name: "p" } }
            deallocate prepare all  →  Deallocate { }
            declare c no scroll cursor with hold for select 1  →  Select(Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) })
            fetch forward 5 from c  →  Nothing
            move all in c  →  Nothing
            close c  →  Nothing
        "#]],
    );
}

#[test]
fn sessions_and_transactions() {
    check(
        "set search_path = a, \"B\", 'c'
        set local search_path to default
        set session a.b = 1
        set time zone 'UTC'
        set time zone interval '1' hour
        set schema 'x'
        set names 'utf8'
        set role none
        set session authorization default
        set constraints all deferred
        set constraints a, s.b immediate
        set transaction isolation level serializable, read only
        set session characteristics as transaction read write
        reset all
        reset search_path
        show search_path
        begin
        begin isolation level repeatable read
        start transaction read only, deferrable
        commit and chain
        end work
        rollback
        abort
        savepoint a
        release savepoint a
        rollback to a
        prepare transaction 'x'
        rollback prepared 'x'
        discard temp
        do $$ begin end $$
        do language plpgsql 'x'
        do language plpgsql
        vacuum (full) t
        vacuum
        analyze
        analyze verbose t (a)
        cluster t using i
        reindex (verbose) index concurrently i
        reindex schema s
        checkpoint
        listen a
        notify a, 'b'
        load 'x'
        set search_path
        bgin
        ;
        commit;
        commit; commit
        'x'",
        expect![[r#"
            set search_path = a, "B", 'c'  →  Set(Set { name: "search_path", values: Some(["a", "B", "c"]) })
            set local search_path to default  →  Set(Set { name: "search_path", local: true })
            set session a.b = 1  →  Set(Set { name: "a.b", values: Some(["1"]) })
            set time zone 'UTC'  →  Set(Set { name: "timezone", values: Some(["UTC"]) })
            set time zone interval '1' hour  →  Set(Set { name: "timezone", values: Some(["1"]) })
            set schema 'x'  →  Set(Set { name: "search_path", values: Some(["x"]) })
            set names 'utf8'  →  Set(Set { name: "client_encoding", values: Some(["utf8"]) })
            set role none  →  Set(Set { name: "role", values: Some(["none"]) })
            set session authorization default  →  Set(Set { name: "session authorization" })
            set constraints all deferred  →  SetConstraints { deferred: true }
            set constraints a, s.b immediate  →  SetConstraints { names: [ObjectName { name: "a" }, ObjectName { schema: Some("s"), name: "b" }] }
            set transaction isolation level serializable, read only  →  Transaction(Characteristics { read_only: Some(true) })
            set session characteristics as transaction read write  →  Transaction(Characteristics { read_only: Some(false), session: true })
            reset all  →  Set(Set { name: "all" })
            reset search_path  →  Set(Set { name: "search_path" })
            show search_path  →  Nothing
            begin  →  Transaction(Begin { })
            begin isolation level repeatable read  →  Transaction(Begin { })
            start transaction read only, deferrable  →  Transaction(Begin { read_only: Some(true) })
            commit and chain  →  Transaction(Commit { chain: true })
            end work  →  Transaction(Commit { })
            rollback  →  Transaction(Rollback { })
            abort  →  Transaction(Rollback { })
            savepoint a  →  Transaction(Savepoint("a"))
            release savepoint a  →  Transaction(Release("a"))
            rollback to a  →  Transaction(RollbackTo("a"))
            prepare transaction 'x'  →  Transaction(Prepare)
            rollback prepared 'x'  →  Transaction(Prepared)
            discard temp  →  Discard { temp: true }
            do $$ begin end $$  →  Do(Do { language: "plpgsql", body: " begin end ", offset: Some(5) })
            do language plpgsql 'x'  →  Do(Do { language: "plpgsql", body: "x", offset: Some(21) })
            do language plpgsql  →  42601 no inline code specified @ 0
            vacuum (full) t  →  Maintenance(Maintenance { command: "VACUUM", forbidden_in_transaction: true, needs: [Relation { kind: Table, name: ObjectName { name: "t" } }] })
            vacuum  →  Maintenance(Maintenance { command: "VACUUM", forbidden_in_transaction: true })
            analyze  →  Nothing
            analyze verbose t (a)  →  Maintenance(Maintenance { command: "ANALYZE", needs: [Relation { kind: Table, name: ObjectName { name: "t" } }] })
            cluster t using i  →  Maintenance(Maintenance { command: "CLUSTER", needs: [Relation { kind: Table, name: ObjectName { name: "t" } }, Relation { kind: Index, name: ObjectName { name: "i" } }] })
            reindex (verbose) index concurrently i  →  Maintenance(Maintenance { command: "REINDEX", forbidden_in_transaction: true, needs: [Relation { kind: Index, name: ObjectName { name: "i" } }] })
            reindex schema s  →  Maintenance(Maintenance { command: "REINDEX", forbidden_in_transaction: true, needs: [Schema(Ident { name: "s" })] })
            checkpoint  →  Nothing
            listen a  →  Nothing
            notify a, 'b'  →  Nothing
            load 'x'  →  Nothing
            set search_path  →  42601 syntax error at end of input @ 15
            bgin  →  42601 syntax error at or near "bgin" @ 0
            ;  →  Nothing
            commit;  →  Transaction(Commit { })
            commit; commit  →  42601 syntax error at or near ";" @ 6
            'x'  →  42601 syntax error at or near "'x'" @ 0
        "#]],
    );
}

#[test]
fn versions_differ() {
    for (version, sql, fits) in [
        (13, "select 5 !", true),
        (14, "select 5 !", false),
        (13, "select 1 name", false),
        (14, "select 1 name", true),
        (14, "merge into t using u on true when matched then do nothing", false),
        (15, "merge into t using u on true when matched then do nothing", true),
        (15, "select 1 from (select 1)", false),
        (16, "select 1 from (select 1)", true),
        (15, "select 1_000", false),
        (16, "select 1_000", true),
        (15, "select system_user from t", true),
        (16, "select json_array(1)", true),
        (16, "select json_value(a, '$' returning int)", false),
        (17, "select json_value(a, '$' returning int)", true),
        (17, "delete from t returning with (old as o) o.*", false),
        (18, "delete from t returning with (old as o) o.*", true),
    ] {
        let op = statement(sql, version);
        assert_eq!(!matches!(op, Op::Invalid(_)), fits, "{version}: {sql}: {}", short(&op));
    }
}
