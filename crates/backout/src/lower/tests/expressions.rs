//! Expressions and types.

use super::{check_expr, check_type};
use expect_test::expect;

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
