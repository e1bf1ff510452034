//! What expressions, queries and row statements resolve to on a small catalog.

use crate::catalog::apply::Apply;
use crate::catalog::builtin::Builtin;
use crate::catalog::context::{Session, Stop};
use crate::catalog::object::{Body, RelKind};
use crate::catalog::{Catalog, Names};
use crate::lower;
use crate::op::Op;
use expect_test::{Expect, expect};

const SCHEMA: &str = "
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN email AS text;
CREATE TYPE pair AS (x int, y text);
CREATE SEQUENCE s;
CREATE TABLE account (id int PRIMARY KEY, email varchar(255) NOT NULL, name text, balance numeric(10,2) DEFAULT 0, status mood, made timestamptz DEFAULT now(), tags text[], doc jsonb, active boolean DEFAULT true, big bigint);
CREATE TABLE orders (id int PRIMARY KEY, account_id int REFERENCES account, total numeric, note text);
CREATE UNIQUE INDEX ON account (email);
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS 'begin return n * 2; end' IMMUTABLE;
CREATE FUNCTION over(n int) RETURNS int LANGUAGE plpgsql AS 'begin return n; end';
CREATE FUNCTION over(n text) RETURNS text LANGUAGE plpgsql AS 'begin return n; end';
CREATE FUNCTION listing(a int) RETURNS TABLE (p int, q text) LANGUAGE plpgsql AS 'begin end';
CREATE PROCEDURE proc(n int) LANGUAGE plpgsql AS 'begin end';
CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE VIEW v AS SELECT a.id, a.name FROM account a;
";

/// The schema, then one statement; what came of it.
fn run(sql: &str) -> String {
    let mut catalog = Catalog::new(17, false);
    catalog.read_expression = Some(lower::expression);
    let mut session = Session::default();
    let builtin = Builtin::new(17);
    let mut last = String::new();
    for statement in SCHEMA.split(";\n").chain(sql.split(";\n")) {
        let statement = statement.trim();
        if statement.is_empty() {
            continue;
        }
        let op = lower::statement(statement, 17);
        let before = catalog.objects().count();
        let mut apply = Apply::new(&mut catalog, &mut session, &builtin, true);
        let mut outcome = apply.run(&op);
        let mut used = String::new();
        if outcome.is_ok() && is_row(&op) {
            let found = apply.context().row_statement(&op);
            match found {
                Ok(found) => {
                    let name = |id| apply.catalog.object(id).map(|object| object.name.to_string()).unwrap_or_default();
                    let names = |ids: &[crate::catalog::object::ObjId]| ids.iter().map(|id| name(*id)).collect::<Vec<_>>().join(",");
                    used = format!("reads {} writes {}", names(&found.reads), names(&found.writes));
                    for call in &found.calls {
                        used.push_str(&format!(" calls {}{}", name(call.routine), if call.once { " once" } else { "" }));
                    }
                    for (word, rows) in [("inserts", &found.inserted), ("deletes", &found.deleted), ("updates", &found.updated)] {
                        if let Some(rows) = rows {
                            used.push_str(&format!(" {word} {:?} {:?}", rows.columns, rows.rows));
                        }
                    }
                    if found.unbounded {
                        used.push_str(" unbounded");
                    }
                }
                Err(stop) => outcome = Err(stop),
            }
        }
        last = match outcome {
            Ok(()) => {
                let mut text = used;
                for (_, object) in catalog.objects().skip(before) {
                    let template = match &object.body {
                        Body::Relation(relation) => match &relation.kind {
                            RelKind::View(template) | RelKind::MatView(template) => Some(template),
                            _ => None,
                        },
                        Body::Default(default) => Some(&default.expr),
                        Body::Constraint(constraint) => match &constraint.kind {
                            crate::catalog::object::ConstraintKind::Check { expr, .. } => Some(expr),
                            _ => None,
                        },
                        _ => None,
                    };
                    if let Some(template) = template {
                        if !text.is_empty() {
                            text.push('\n');
                        }
                        text.push_str(&catalog.print(template));
                    }
                }
                text
            }
            Err(stop) => match stop {
                Stop::Fail(failure) => format!("{} {}", failure.sqlstate, failure.message),
                Stop::Missing(missing) => format!("{} {}", missing.failure.sqlstate, missing.failure.message),
                Stop::Gap(gap) => format!("gap: {}", gap.reason),
            },
        };
        if SCHEMA.contains(statement) && !last.is_empty() && last.as_bytes()[0].is_ascii_digit() && last.as_bytes()[4].is_ascii_digit() {
            return format!("the schema fails: {statement}: {last}");
        }
    }
    last
}

fn is_row(op: &Op) -> bool {
    matches!(op, Op::Insert(_) | Op::Update(_) | Op::Delete(_) | Op::Select(_) | Op::Copy(_) | Op::Truncate(_) | Op::Call(_) | Op::Merge(_))
}

fn check(sql: &str, expected: Expect) {
    expected.assert_eq(&run(sql));
}

fn lines(sqls: &[&str]) -> String {
    sqls.iter().map(|sql| format!("{sql}\n    {}\n", run(sql).replace('\n', "\n    "))).collect()
}

#[test]
fn defaults() {
    expect![[r#"
        ALTER TABLE account ADD c int DEFAULT '0'
            0
        ALTER TABLE account ADD c bigint DEFAULT '0'
            '0'::bigint
        ALTER TABLE account ADD c bigint DEFAULT 0
            0
        ALTER TABLE account ADD c text DEFAULT 'a'
            'a'::text
        ALTER TABLE account ADD c varchar(10) DEFAULT 'a'
            'a'::character varying
        ALTER TABLE account ADD c mood DEFAULT 'sad'
            'sad'::public.mood
        ALTER TABLE account ADD c mood DEFAULT 'angry'
            22P02 invalid input value for enum mood: "angry"
        ALTER TABLE account ADD c email DEFAULT 'x'
            'x'::text
        ALTER TABLE account ADD c boolean DEFAULT 't'
            true
        ALTER TABLE account ADD c timestamp DEFAULT CURRENT_TIMESTAMP
            CURRENT_TIMESTAMP
        ALTER TABLE account ADD c text[] DEFAULT '{}'
            '{}'::text[]
        ALTER TABLE account ADD c text[] DEFAULT ARRAY['a', 'b']
            ARRAY['a'::text, 'b'::text]
        ALTER TABLE account ADD c int DEFAULT nextval('s')
            nextval('public.s'::regclass)
        ALTER TABLE account ADD c int DEFAULT nextval('public.s'::regclass)
            nextval('public.s'::regclass)
        ALTER TABLE account ADD c int DEFAULT nextval('nowhere')
            42P01 relation "nowhere" does not exist
        ALTER TABLE account ADD c int DEFAULT id
            0A000 cannot use column reference in DEFAULT expression
        ALTER TABLE account ADD c int DEFAULT (SELECT 1)
            0A000 cannot use subquery in DEFAULT expression
        ALTER TABLE account ADD c int DEFAULT now()
            42804 column "c" is of type integer but default expression is of type timestamp with time zone
        ALTER TABLE account ADD c int DEFAULT twice(2)
            public.twice(2)
        ALTER TABLE account ADD c int DEFAULT twice('2')
            public.twice(2)
        ALTER TABLE account ADD c int DEFAULT absent(2)
            42883 function absent(integer) does not exist
        ALTER TABLE account ADD c int DEFAULT -1
            -1
        ALTER TABLE account ADD c int DEFAULT 'abc'
            22P02 invalid input syntax for type integer: "abc"
        ALTER TABLE account ADD c int DEFAULT count(*)
            42803 aggregate functions are not allowed in DEFAULT expressions
        ALTER TABLE account ADD c uuid DEFAULT gen_random_uuid()
            gen_random_uuid()
        ALTER TABLE account ADD c interval DEFAULT '1 day'::interval + interval '2 hours'
            ('1 day'::interval + '02:00:00'::interval)
        ALTER TABLE account ADD c jsonb DEFAULT '{}'::jsonb
            '{}'::jsonb
    "#]]
    .assert_eq(&lines(&[
        "ALTER TABLE account ADD c int DEFAULT '0'",
        "ALTER TABLE account ADD c bigint DEFAULT '0'",
        "ALTER TABLE account ADD c bigint DEFAULT 0",
        "ALTER TABLE account ADD c text DEFAULT 'a'",
        "ALTER TABLE account ADD c varchar(10) DEFAULT 'a'",
        "ALTER TABLE account ADD c mood DEFAULT 'sad'",
        "ALTER TABLE account ADD c mood DEFAULT 'angry'",
        "ALTER TABLE account ADD c email DEFAULT 'x'",
        "ALTER TABLE account ADD c boolean DEFAULT 't'",
        "ALTER TABLE account ADD c timestamp DEFAULT CURRENT_TIMESTAMP",
        "ALTER TABLE account ADD c text[] DEFAULT '{}'",
        "ALTER TABLE account ADD c text[] DEFAULT ARRAY['a', 'b']",
        "ALTER TABLE account ADD c int DEFAULT nextval('s')",
        "ALTER TABLE account ADD c int DEFAULT nextval('public.s'::regclass)",
        "ALTER TABLE account ADD c int DEFAULT nextval('nowhere')",
        "ALTER TABLE account ADD c int DEFAULT id",
        "ALTER TABLE account ADD c int DEFAULT (SELECT 1)",
        "ALTER TABLE account ADD c int DEFAULT now()",
        "ALTER TABLE account ADD c int DEFAULT twice(2)",
        "ALTER TABLE account ADD c int DEFAULT twice('2')",
        "ALTER TABLE account ADD c int DEFAULT absent(2)",
        "ALTER TABLE account ADD c int DEFAULT -1",
        "ALTER TABLE account ADD c int DEFAULT 'abc'",
        "ALTER TABLE account ADD c int DEFAULT count(*)",
        "ALTER TABLE account ADD c uuid DEFAULT gen_random_uuid()",
        "ALTER TABLE account ADD c interval DEFAULT '1 day'::interval + interval '2 hours'",
        "ALTER TABLE account ADD c jsonb DEFAULT '{}'::jsonb",
    ]));
}

#[test]
fn checks() {
    expect![[r#"
        ALTER TABLE account ADD CHECK (email = 'x')
            (email::text = 'x'::text)
        ALTER TABLE account ADD CHECK (email::text = 'x'::text)
            (email::text = 'x'::text)
        ALTER TABLE account ADD CHECK (email IN ('a', 'b'))
            (email::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[]))
        ALTER TABLE account ADD CHECK (name IN ('a', 'b'))
            (name = ANY (ARRAY['a'::text, 'b'::text]))
        ALTER TABLE account ADD CHECK (name = ANY (ARRAY['a', 'b']))
            (name = ANY (ARRAY['a'::text, 'b'::text]))
        ALTER TABLE account ADD CHECK (name = ANY ('{a,b}'))
            (name = ANY ('{a,b}'::text[]))
        ALTER TABLE account ADD CHECK (id BETWEEN 1 AND 10)
            ((id >= 1) AND (id <= 10))
        ALTER TABLE account ADD CHECK (id >= 1 AND id <= 10)
            ((id >= 1) AND (id <= 10))
        ALTER TABLE account ADD CHECK (balance > 0)
            (balance > 0::numeric)
        ALTER TABLE account ADD CHECK (balance > 0.5)
            (balance > 0.5)
        ALTER TABLE account ADD CHECK (status = 'sad')
            (status = 'sad'::public.mood)
        ALTER TABLE account ADD CHECK (status IN ('sad', 'happy'))
            (status = ANY (ARRAY['sad'::public.mood, 'happy'::public.mood]))
        ALTER TABLE account ADD CHECK (status = 'angry')
            22P02 invalid input value for enum mood: "angry"
        ALTER TABLE account ADD CHECK (name LIKE '%x' OR active)
            ((name ~~ '%x'::text) OR active)
        ALTER TABLE account ADD CHECK (char_length(name) > 3)
            (char_length(name) > 3)
        ALTER TABLE account ADD CHECK (name ~ '^[a-z]+$' AND NOT active)
            ((name ~ '^[a-z]+$'::text) AND (NOT active))
        ALTER TABLE account ADD CHECK (id)
            42804 argument of CHECK must be type boolean, not type integer
        ALTER TABLE account ADD CHECK (id = name)
            42883 operator does not exist: integer = text
        ALTER TABLE account ADD CHECK (nowhere > 1)
            42703 column "nowhere" does not exist
        ALTER TABLE account ADD CHECK (account.nowhere > 1)
            42703 column account.nowhere does not exist
        ALTER TABLE account ADD CHECK (other.id > 1)
            42P01 missing FROM-clause entry for table "other"
        ALTER TABLE account ADD CHECK (twice(id) > 1)
            (public.twice(id) > 1)
        ALTER TABLE account ADD CHECK (twice(name) > 1)
            42883 function twice(text) does not exist
        ALTER TABLE account ADD CHECK (over(name) = over('x'))
            (public.over(name) = public.over('x'::text))
        ALTER TABLE account ADD CHECK (coalesce(name, 'x') <> '')
            (COALESCE(name, 'x'::text) <> ''::text)
        ALTER TABLE account ADD CHECK (doc->>'a' = 'b' AND doc ? 'x')
            (((doc ->> 'a'::text) = 'b'::text) AND (doc ? 'x'::text))
        ALTER TABLE account ADD CHECK ('a' = ANY(tags))
            ('a'::text = ANY (tags))
        ALTER TABLE account ADD CHECK (CASE WHEN id > 1 THEN 'a' ELSE name END IS NOT NULL)
            (CASE WHEN (id > 1) THEN 'a'::text ELSE name END IS NOT NULL)
        ALTER TABLE account ADD CHECK (made > '2020-01-01' AND made < now() + '1 day'::interval)
            ((made > '2020-01-01'::timestamp with time zone) AND (made < (now() + '1 day'::interval)))
        ALTER TABLE account ADD CHECK (id IN (SELECT id FROM orders))
            0A000 cannot use subquery in check constraint
        ALTER TABLE account ADD CHECK (array_length(tags, 1) > 0 AND cardinality(tags) < 5)
            ((array_length(tags, 1) > 0) AND (cardinality(tags) < 5))
        ALTER TABLE account ADD CHECK (num_nonnulls(id, name) = 1)
            (num_nonnulls(id, name) = 1)
    "#]]
    .assert_eq(&lines(&[
        "ALTER TABLE account ADD CHECK (email = 'x')",
        "ALTER TABLE account ADD CHECK (email::text = 'x'::text)",
        "ALTER TABLE account ADD CHECK (email IN ('a', 'b'))",
        "ALTER TABLE account ADD CHECK (name IN ('a', 'b'))",
        "ALTER TABLE account ADD CHECK (name = ANY (ARRAY['a', 'b']))",
        "ALTER TABLE account ADD CHECK (name = ANY ('{a,b}'))",
        "ALTER TABLE account ADD CHECK (id BETWEEN 1 AND 10)",
        "ALTER TABLE account ADD CHECK (id >= 1 AND id <= 10)",
        "ALTER TABLE account ADD CHECK (balance > 0)",
        "ALTER TABLE account ADD CHECK (balance > 0.5)",
        "ALTER TABLE account ADD CHECK (status = 'sad')",
        "ALTER TABLE account ADD CHECK (status IN ('sad', 'happy'))",
        "ALTER TABLE account ADD CHECK (status = 'angry')",
        "ALTER TABLE account ADD CHECK (name LIKE '%x' OR active)",
        "ALTER TABLE account ADD CHECK (char_length(name) > 3)",
        "ALTER TABLE account ADD CHECK (name ~ '^[a-z]+$' AND NOT active)",
        "ALTER TABLE account ADD CHECK (id)",
        "ALTER TABLE account ADD CHECK (id = name)",
        "ALTER TABLE account ADD CHECK (nowhere > 1)",
        "ALTER TABLE account ADD CHECK (account.nowhere > 1)",
        "ALTER TABLE account ADD CHECK (other.id > 1)",
        "ALTER TABLE account ADD CHECK (twice(id) > 1)",
        "ALTER TABLE account ADD CHECK (twice(name) > 1)",
        "ALTER TABLE account ADD CHECK (over(name) = over('x'))",
        "ALTER TABLE account ADD CHECK (coalesce(name, 'x') <> '')",
        "ALTER TABLE account ADD CHECK (doc->>'a' = 'b' AND doc ? 'x')",
        "ALTER TABLE account ADD CHECK ('a' = ANY(tags))",
        "ALTER TABLE account ADD CHECK (CASE WHEN id > 1 THEN 'a' ELSE name END IS NOT NULL)",
        "ALTER TABLE account ADD CHECK (made > '2020-01-01' AND made < now() + '1 day'::interval)",
        "ALTER TABLE account ADD CHECK (id IN (SELECT id FROM orders))",
        "ALTER TABLE account ADD CHECK (array_length(tags, 1) > 0 AND cardinality(tags) < 5)",
        "ALTER TABLE account ADD CHECK (num_nonnulls(id, name) = 1)",
    ]));
}

#[test]
fn queries() {
    expect![[r#"
        CREATE VIEW w AS SELECT * FROM account
            SELECT id, email, name, balance, status, made, tags, doc, active, big FROM public.account
        CREATE VIEW w AS SELECT a.*, o.total FROM account a JOIN orders o ON o.account_id = a.id WHERE o.total > 5 ORDER BY a.name
            SELECT a.id, a.email, a.name, a.balance, a.status, a.made, a.tags, a.doc, a.active, a.big, o.total FROM (public.account a JOIN public.orders o ON (o.account_id = a.id)) WHERE (o.total > 5::numeric) ORDER BY 3
        CREATE VIEW w AS SELECT name, count(*) FROM account GROUP BY name HAVING count(*) > 1
            SELECT name, count(*) FROM public.account GROUP BY 1 HAVING (count(*) > 1)
        CREATE VIEW w AS SELECT name, sum(balance) AS total, max(made) FROM account GROUP BY 1 ORDER BY total DESC
            SELECT name, sum(balance), max(made) FROM public.account GROUP BY 1 ORDER BY 2 DESC
        CREATE VIEW w AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t
            WITH RECURSIVE t AS (SELECT 1 AS "?column?" UNION ALL SELECT (t.n + 1) AS "?column?" FROM t WHERE (t.n < 5)) SELECT n FROM t
        CREATE VIEW w AS WITH x AS (SELECT id, name FROM account) SELECT x.name FROM x
            WITH x AS (SELECT public.account.id AS id, public.account.name AS name FROM public.account) SELECT name FROM x
        CREATE VIEW w AS SELECT id FROM account UNION SELECT account_id FROM orders
            SELECT id FROM public.account UNION SELECT account_id FROM public.orders
        CREATE VIEW w AS SELECT id FROM account UNION SELECT note FROM orders
            42804 UNION types integer and text cannot be matched
        CREATE VIEW w AS SELECT * FROM account JOIN orders USING (id)
            SELECT public.account.id, public.account.email, public.account.name, public.account.balance, public.account.status, public.account.made, public.account.tags, public.account.doc, public.account.active, public.account.big, public.orders.account_id, public.orders.total, public.orders.note FROM (public.account JOIN public.orders USING (id id id))
        CREATE VIEW w AS SELECT id FROM account, orders
            42702 column reference "id" is ambiguous
        CREATE VIEW w AS SELECT o.id FROM account a, orders b
            42P01 missing FROM-clause entry for table "o"
        CREATE VIEW w AS SELECT account.id FROM account a
            42P01 invalid reference to FROM-clause entry for table "account"
        CREATE VIEW w AS SELECT p, q FROM listing(1)
            SELECT p, q FROM public.listing(1)
        CREATE VIEW w AS SELECT g FROM generate_series(1, 3) g
            SELECT g FROM generate_series(1, 3) g
        CREATE VIEW w AS SELECT l.* FROM account a CROSS JOIN LATERAL listing(a.id) l
            SELECT l.p, l.q FROM (public.account a CROSS JOIN public.listing(id) l)
        CREATE VIEW w AS SELECT id, (SELECT count(*) FROM orders o WHERE o.account_id = a.id) FROM account a
            SELECT id, (SELECT count(*) AS count FROM public.orders o WHERE (o.account_id = a.id)) FROM public.account a
        CREATE VIEW w AS SELECT (ROW(1, 'a')::pair).y
            SELECT (ROW(1, 'a'::text)::public.pair).y
        CREATE VIEW w AS SELECT row_number() OVER (PARTITION BY name ORDER BY id) AS n, 'x' AS lit, NULL AS nothing FROM account
            SELECT row_number() OVER (name, ORDER BY(id)), 'x'::text, NULL::text FROM public.account
        CREATE VIEW w AS SELECT nowhere FROM account
            42703 column "nowhere" does not exist
        CREATE VIEW w AS SELECT 1 FROM nowhere
            42P01 relation "nowhere" does not exist
        CREATE VIEW w AS SELECT id FROM account WHERE count(*) > 1
            42803 aggregate functions are not allowed in WHERE
        CREATE VIEW w AS SELECT id FROM account ORDER BY 5
            42P10 ORDER BY position 5 is not in select list
        CREATE VIEW w AS SELECT x.column1, x.column2 FROM (VALUES (1, 'a'), (2, 'b')) x
            SELECT column1, column2 FROM (VALUES (1, 'a'::text), (2, 'b'::text)) x
        CREATE VIEW w AS SELECT relname, relkind FROM pg_class WHERE oid = 'account'::regclass
            SELECT relname, relkind FROM pg_catalog.pg_class WHERE (oid = 'public.account'::regclass::oid)
        CREATE VIEW w AS SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'
            SELECT table_name FROM information_schema.tables WHERE (table_schema::name = 'public'::name)
        CREATE VIEW w AS SELECT account FROM account
            SELECT public.account.* FROM public.account
        CREATE VIEW w AS SELECT name AS a, made::date, extract(year FROM made), coalesce(name, 'x'), CASE WHEN active THEN 1 END FROM account
            SELECT name, made::date, EXTRACT('year'::text, made), COALESCE(name, 'x'::text), CASE WHEN active THEN 1 END FROM public.account
        CREATE VIEW w AS SELECT tags[1], doc->'a', doc #>> '{a,b}', array_agg(id) OVER () FROM account
            42701 column "?column?" specified more than once
        CREATE VIEW w AS SELECT DISTINCT ON (name) name, id FROM account ORDER BY name, made
            SELECT DISTINCT ON (1) name, id FROM public.account ORDER BY 1, made
        CREATE VIEW w AS SELECT id FROM account ORDER BY id DESC, account.name NULLS FIRST, email ASC NULLS LAST
            SELECT id FROM public.account ORDER BY 1 DESC, name NULLS FIRST, email
        CREATE VIEW w AS SELECT id FROM account UNION SELECT id FROM orders ORDER BY id DESC
            SELECT id FROM public.account UNION SELECT id FROM public.orders ORDER BY 1 DESC
        CREATE VIEW w AS SELECT id FROM account LIMIT 5
            SELECT id FROM public.account LIMIT 5
        CREATE VIEW w AS SELECT id FROM account OFFSET 5
            SELECT id FROM public.account LIMIT OFFSET(5)
        CREATE VIEW w AS SELECT name AS n, count(*) FROM account GROUP BY ROLLUP (n, email)
            SELECT name, count(*) FROM public.account GROUP BY ROLLUP(1, email)
        CREATE VIEW w AS SELECT name, count(*) FROM account GROUP BY GROUPING SETS ((1), ())
            SELECT name, count(*) FROM public.account GROUP BY GROUPING SETS(1, ())
        CREATE VIEW w AS SELECT sum(id) OVER (PARTITION BY name ORDER BY id DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM account
            SELECT sum(id) OVER (name, ORDER BY(DESC(id)), 1, 'rows between 1 preceding and current row'::text) FROM public.account
        CREATE VIEW w AS SELECT array_agg(id ORDER BY id DESC) FROM account
            SELECT array_agg(id ORDER BY DESC(id)) FROM public.account
    "#]].assert_eq(&lines(&[
        "CREATE VIEW w AS SELECT * FROM account",
        "CREATE VIEW w AS SELECT a.*, o.total FROM account a JOIN orders o ON o.account_id = a.id WHERE o.total > 5 ORDER BY a.name",
        "CREATE VIEW w AS SELECT name, count(*) FROM account GROUP BY name HAVING count(*) > 1",
        "CREATE VIEW w AS SELECT name, sum(balance) AS total, max(made) FROM account GROUP BY 1 ORDER BY total DESC",
        "CREATE VIEW w AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t",
        "CREATE VIEW w AS WITH x AS (SELECT id, name FROM account) SELECT x.name FROM x",
        "CREATE VIEW w AS SELECT id FROM account UNION SELECT account_id FROM orders",
        "CREATE VIEW w AS SELECT id FROM account UNION SELECT note FROM orders",
        "CREATE VIEW w AS SELECT * FROM account JOIN orders USING (id)",
        "CREATE VIEW w AS SELECT id FROM account, orders",
        "CREATE VIEW w AS SELECT o.id FROM account a, orders b",
        "CREATE VIEW w AS SELECT account.id FROM account a",
        "CREATE VIEW w AS SELECT p, q FROM listing(1)",
        "CREATE VIEW w AS SELECT g FROM generate_series(1, 3) g",
        "CREATE VIEW w AS SELECT l.* FROM account a CROSS JOIN LATERAL listing(a.id) l",
        "CREATE VIEW w AS SELECT id, (SELECT count(*) FROM orders o WHERE o.account_id = a.id) FROM account a",
        "CREATE VIEW w AS SELECT (ROW(1, 'a')::pair).y",
        "CREATE VIEW w AS SELECT row_number() OVER (PARTITION BY name ORDER BY id) AS n, 'x' AS lit, NULL AS nothing FROM account",
        "CREATE VIEW w AS SELECT nowhere FROM account",
        "CREATE VIEW w AS SELECT 1 FROM nowhere",
        "CREATE VIEW w AS SELECT id FROM account WHERE count(*) > 1",
        "CREATE VIEW w AS SELECT id FROM account ORDER BY 5",
        "CREATE VIEW w AS SELECT x.column1, x.column2 FROM (VALUES (1, 'a'), (2, 'b')) x",
        "CREATE VIEW w AS SELECT relname, relkind FROM pg_class WHERE oid = 'account'::regclass",
        "CREATE VIEW w AS SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
        "CREATE VIEW w AS SELECT account FROM account",
        "CREATE VIEW w AS SELECT name AS a, made::date, extract(year FROM made), coalesce(name, 'x'), CASE WHEN active THEN 1 END FROM account",
        "CREATE VIEW w AS SELECT tags[1], doc->'a', doc #>> '{a,b}', array_agg(id) OVER () FROM account",
        "CREATE VIEW w AS SELECT DISTINCT ON (name) name, id FROM account ORDER BY name, made",
        "CREATE VIEW w AS SELECT id FROM account ORDER BY id DESC, account.name NULLS FIRST, email ASC NULLS LAST",
        "CREATE VIEW w AS SELECT id FROM account UNION SELECT id FROM orders ORDER BY id DESC",
        "CREATE VIEW w AS SELECT id FROM account LIMIT 5",
        "CREATE VIEW w AS SELECT id FROM account OFFSET 5",
        "CREATE VIEW w AS SELECT name AS n, count(*) FROM account GROUP BY ROLLUP (n, email)",
        "CREATE VIEW w AS SELECT name, count(*) FROM account GROUP BY GROUPING SETS ((1), ())",
        "CREATE VIEW w AS SELECT sum(id) OVER (PARTITION BY name ORDER BY id DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM account",
        "CREATE VIEW w AS SELECT array_agg(id ORDER BY id DESC) FROM account",
    ]));
}

#[test]
fn rows() {
    expect![[r#"
        INSERT INTO account (id, email) VALUES (1, 'a'), (2, 'b')
            reads  writes account inserts [1, 2] [[Some("1"), Some("a")], [Some("2"), Some("b")]]
        INSERT INTO account VALUES (1, 'a')
            reads  writes account inserts [1, 2] [[Some("1"), Some("a")]]
        INSERT INTO account (id) VALUES (1)
            23502 null value in column "email" of relation "account" violates not-null constraint
        INSERT INTO account (id, email) VALUES (1, NULL)
            23502 null value in column "email" of relation "account" violates not-null constraint
        INSERT INTO account (id, nowhere) VALUES (1, 'a')
            42703 column "nowhere" of relation "account" does not exist
        INSERT INTO account (id, id) VALUES (1, 1)
            42701 column "id" specified more than once
        INSERT INTO account (id, email) VALUES (1, 'a', 2)
            42601 INSERT has more expressions than target columns
        INSERT INTO account (id, email) VALUES (1)
            42601 INSERT has more target columns than expressions
        INSERT INTO account (id, email, status) VALUES (1, 'a', 'angry')
            22P02 invalid input value for enum mood: "angry"
        INSERT INTO account (id, email) SELECT id, note FROM orders
            reads orders writes account
        INSERT INTO account (id, email) SELECT note, note FROM orders
            42804 column "id" is of type integer but expression is of type text
        INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING
            reads  writes account inserts [1, 2] [[Some("1"), Some("a")]]
        INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (email) DO UPDATE SET name = excluded.name
            reads  writes account inserts [1, 2] [[Some("1"), Some("a")]]
        INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING
            42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification
        INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT nowhere DO NOTHING
            42704 constraint "nowhere" for table "account" does not exist
        INSERT INTO account (id, email, made) VALUES (1, 'a', now()) RETURNING id
            reads  writes account inserts [1, 2] [[Some("1"), Some("a")]]
        DELETE FROM account WHERE id IN (1, 2)
            reads  writes account deletes [1] [[Some("1")], [Some("2")]]
        DELETE FROM account WHERE id = 1 AND email = 'a'
            reads  writes account deletes [1, 2] [[Some("1"), Some("a")]]
        DELETE FROM account WHERE name LIKE 'x'
            reads  writes account
        DELETE FROM account
            reads  writes account unbounded
        DELETE FROM nowhere
            42P01 relation "nowhere" does not exist
        UPDATE account SET name = 'x' WHERE id = 1
            reads  writes account updates [1] [[Some("1")]]
        UPDATE account SET nowhere = 'x'
            42703 column "nowhere" of relation "account" does not exist
        UPDATE account SET id = 'x'::text
            42804 column "id" is of type integer but expression is of type text
        UPDATE account a SET name = o.note FROM orders o WHERE o.account_id = a.id
            reads orders writes account
        TRUNCATE account
            0A000 cannot truncate a table referenced in a foreign key constraint
        TRUNCATE account CASCADE
            reads  writes account,orders unbounded
        TRUNCATE orders
            reads  writes orders unbounded
        TRUNCATE v
            42809 "v" is not a table
        SELECT twice(3)
            reads  writes  calls twice once
        SELECT twice(id) FROM account
            reads account writes  calls twice
        SELECT proc(3)
            42809 proc(integer) is a procedure
        CALL proc(3)
            reads  writes  calls proc once
        CALL twice(3)
            42809 twice(integer) is not a procedure
        CALL nowhere(3)
            42883 procedure nowhere(integer) does not exist
        COPY account (id, nowhere) FROM STDIN
            42703 column "nowhere" of relation "account" does not exist
        SELECT setval('s', (SELECT max(id) FROM account))
            reads account writes 
        SELECT setval(pg_get_serial_sequence('account', 'id'), 1)
            reads  writes 
        MERGE INTO account a USING orders o ON a.id = o.account_id WHEN MATCHED THEN UPDATE SET name = o.note
            reads orders writes account
        WITH gone AS (DELETE FROM orders RETURNING id, note) INSERT INTO account (id, email) SELECT id, note FROM gone
            reads  writes orders,account unbounded
    "#]]
    .assert_eq(&lines(&[
        "INSERT INTO account (id, email) VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO account VALUES (1, 'a')",
        "INSERT INTO account (id) VALUES (1)",
        "INSERT INTO account (id, email) VALUES (1, NULL)",
        "INSERT INTO account (id, nowhere) VALUES (1, 'a')",
        "INSERT INTO account (id, id) VALUES (1, 1)",
        "INSERT INTO account (id, email) VALUES (1, 'a', 2)",
        "INSERT INTO account (id, email) VALUES (1)",
        "INSERT INTO account (id, email, status) VALUES (1, 'a', 'angry')",
        "INSERT INTO account (id, email) SELECT id, note FROM orders",
        "INSERT INTO account (id, email) SELECT note, note FROM orders",
        "INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING",
        "INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (email) DO UPDATE SET name = excluded.name",
        "INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING",
        "INSERT INTO account (id, email) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT nowhere DO NOTHING",
        "INSERT INTO account (id, email, made) VALUES (1, 'a', now()) RETURNING id",
        "DELETE FROM account WHERE id IN (1, 2)",
        "DELETE FROM account WHERE id = 1 AND email = 'a'",
        "DELETE FROM account WHERE name LIKE 'x'",
        "DELETE FROM account",
        "DELETE FROM nowhere",
        "UPDATE account SET name = 'x' WHERE id = 1",
        "UPDATE account SET nowhere = 'x'",
        "UPDATE account SET id = 'x'::text",
        "UPDATE account a SET name = o.note FROM orders o WHERE o.account_id = a.id",
        "TRUNCATE account",
        "TRUNCATE account CASCADE",
        "TRUNCATE orders",
        "TRUNCATE v",
        "SELECT twice(3)",
        "SELECT twice(id) FROM account",
        "SELECT proc(3)",
        "CALL proc(3)",
        "CALL twice(3)",
        "CALL nowhere(3)",
        "COPY account (id, nowhere) FROM STDIN",
        "SELECT setval('s', (SELECT max(id) FROM account))",
        "SELECT setval(pg_get_serial_sequence('account', 'id'), 1)",
        "MERGE INTO account a USING orders o ON a.id = o.account_id WHEN MATCHED THEN UPDATE SET name = o.note",
        "WITH gone AS (DELETE FROM orders RETURNING id, note) INSERT INTO account (id, email) SELECT id, note FROM gone",
    ]));
}

#[test]
fn extensions() {
    let with = |sql: &str| {
        format!(
            "CREATE EXTENSION citext;\nCREATE EXTENSION pg_trgm;\nCREATE EXTENSION \"uuid-ossp\";\nCREATE SCHEMA far;\nCREATE EXTENSION ltree SCHEMA far;\n{sql}"
        )
    };
    let all: String = [
        "ALTER TABLE account ADD c uuid DEFAULT uuid_generate_v4()",
        "ALTER TABLE account ADD c citext DEFAULT 'a'",
        "ALTER TABLE account ADD c ltree",
        "ALTER TABLE account ADD c far.ltree DEFAULT 'a.b'",
        "ALTER TABLE account ADD CHECK (similarity(name, 'x') > 0.5 AND name % 'x')",
        "ALTER TABLE account ADD CHECK (name::citext = 'x')",
        "ALTER TABLE account ADD CHECK (name::citext + 1 > 2)",
        "ALTER TABLE account ADD CHECK (far.nlevel('a') > 1)",
        "ALTER TABLE account ADD CHECK (nlevel('a') > 1)",
        "DROP FUNCTION uuid_generate_v4()",
    ]
    .iter()
    .map(|sql| format!("{sql}\n    {}\n", run(&with(sql))))
    .collect();
    expect![[r#"
        ALTER TABLE account ADD c uuid DEFAULT uuid_generate_v4()
            "uuid-ossp".uuid_generate_v4()
        ALTER TABLE account ADD c citext DEFAULT 'a'
            'a'::citext
        ALTER TABLE account ADD c ltree
            42704 type "ltree" does not exist
        ALTER TABLE account ADD c far.ltree DEFAULT 'a.b'
            'a.b'::ltree
        ALTER TABLE account ADD CHECK (similarity(name, 'x') > 0.5 AND name % 'x')
            ((pg_trgm.similarity(name, 'x'::text) > 0.5::double precision) AND (name % 'x'::text))
        ALTER TABLE account ADD CHECK (name::citext = 'x')
            (name::citext = 'x'::citext)
        ALTER TABLE account ADD CHECK (name::citext + 1 > 2)
            42883 operator does not exist: citext + integer
        ALTER TABLE account ADD CHECK (far.nlevel('a') > 1)
            (ltree.nlevel('a'::ltree) > 1)
        ALTER TABLE account ADD CHECK (nlevel('a') > 1)
            42883 function nlevel(unknown) does not exist
        DROP FUNCTION uuid_generate_v4()
            2BP01 cannot drop function uuid_generate_v4() because extension uuid-ossp requires it
    "#]]
    .assert_eq(&all);
}

#[test]
fn types_change_what_a_check_means() {
    let all: String = [
        "ALTER TABLE z ALTER a TYPE text",
        "ALTER TABLE z ALTER n TYPE numeric",
        "ALTER TABLE z ALTER n TYPE bigint",
        "ALTER TABLE z ALTER n TYPE bigint, ALTER m TYPE bigint",
    ]
    .iter()
    .map(|sql| {
        let table = "CREATE TABLE z (a varchar(20), n int, m int, CHECK (a IN ('x', 'y')), CHECK (n > 0), CHECK (coalesce(n, m) = 1))";
        let again = "CREATE VIEW zz AS SELECT 1 AS one FROM z";
        format!("{sql}\n    {}\n", checks_after(&format!("{table};\n{sql};\n{again}")))
    })
    .collect();
    expect![[r#"
        ALTER TABLE z ALTER a TYPE text
            (a = ANY (ARRAY['x'::character varying::text, 'y'::character varying::text]))
            (n > 0)
            (COALESCE(n, m) = 1)
        ALTER TABLE z ALTER n TYPE numeric
            (a::text = ANY (ARRAY['x'::character varying, 'y'::character varying]::text[]))
            (n > 0::numeric)
            (COALESCE(n, m::numeric) = 1::numeric)
        ALTER TABLE z ALTER n TYPE bigint
            (a::text = ANY (ARRAY['x'::character varying, 'y'::character varying]::text[]))
            (n > 0)
            (COALESCE(n, m::bigint) = 1)
        ALTER TABLE z ALTER n TYPE bigint, ALTER m TYPE bigint
            (a::text = ANY (ARRAY['x'::character varying, 'y'::character varying]::text[]))
            (n > 0)
            (COALESCE(n, m) = 1)
    "#]]
    .assert_eq(&all);
}

/// The checks of table `z` after some statements.
fn checks_after(sql: &str) -> String {
    let mut catalog = Catalog::new(17, false);
    catalog.read_expression = Some(lower::expression);
    let mut session = Session::default();
    let builtin = Builtin::new(17);
    for statement in sql.split(";\n") {
        let op = lower::statement(statement, 17);
        let mut apply = Apply::new(&mut catalog, &mut session, &builtin, true);
        apply.run(&op).expect("each statement runs");
    }
    let checks: Vec<String> = catalog
        .objects()
        .filter_map(|(_, object)| match &object.body {
            Body::Constraint(constraint) => match &constraint.kind {
                crate::catalog::object::ConstraintKind::Check { expr, .. } => Some(catalog.print(expr)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    checks.join("\n    ")
}

#[test]
fn deep_and_long_expressions() {
    let casts = format!("ALTER TABLE account ADD CHECK ((1{})::boolean)", "::int::text".repeat(400));
    assert_eq!(run(&casts), "gap: an expression nested too deeply");
    let nots = format!("ALTER TABLE account ADD CHECK ({} active)", "NOT ".repeat(120));
    assert!(run(&nots).starts_with("(NOT (NOT "));
    let chain = format!("ALTER TABLE account ADD CHECK (id{} > 0)", " + 1".repeat(900));
    assert!(run(&chain).starts_with("((((("));
    let wide = format!("ALTER TABLE account ADD CHECK (active{})", " OR active".repeat(50_000));
    assert!(run(&wide).starts_with("(active OR active"));
    let queries = format!("SELECT {}1{}", "(SELECT ".repeat(40), ")".repeat(40));
    assert_eq!(run(&queries), "reads  writes ");
}

#[test]
fn one_statement() {
    check("SELECT 1", expect!["reads  writes "]);
}
