//! Everything else that defines, drops, names or grants.

use super::check;
use expect_test::expect;

#[test]
fn drops() {
    check(
        r#"
        DROP TABLE a, s.b CASCADE
        DROP TABLE IF EXISTS t
        DROP INDEX CONCURRENTLY IF EXISTS i
        DROP MATERIALIZED VIEW v
        DROP FOREIGN TABLE f
        DROP FUNCTION f, g(), h(int, OUT text, a double precision) CASCADE
        DROP PROCEDURE IF EXISTS p(INOUT int)
        DROP AGGREGATE a(*), b(int ORDER BY int)
        DROP TRIGGER IF EXISTS t ON s.t CASCADE
        DROP RULE r ON t
        DROP POLICY p ON t
        DROP TYPE mood, s.other
        DROP DOMAIN IF EXISTS d
        DROP SCHEMA a, b CASCADE
        DROP EXTENSION IF EXISTS e
        DROP EVENT TRIGGER e
        DROP CAST (int AS text)
        DROP OPERATOR s.+ (int, int), ! (NONE, int)
        DROP OPERATOR CLASS o USING btree
        DROP OPERATOR FAMILY IF EXISTS s.o USING gist
        DROP TRANSFORM FOR hstore LANGUAGE plperl
        DROP TEXT SEARCH CONFIGURATION c
        DROP COLLATION c
        DROP STATISTICS s.x
        DROP LANGUAGE l
        DROP SERVER x CASCADE
        DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER x
        DROP FOREIGN DATA WRAPPER w
        DROP PUBLICATION p
        DROP SUBSCRIPTION s
        DROP ACCESS METHOD m
        DROP ROLE a, b
        DROP DATABASE IF EXISTS d WITH (FORCE)
        DROP TABLESPACE t
        DROP OWNED BY a CASCADE
        REASSIGN OWNED BY a, CURRENT_USER TO b
        "#,
        expect![[r#"
            Drop(Drop { targets: [Relation { kind: Table, name: "a" }, Relation { kind: Table, name: ObjectName { schema: "s", name: "b" } }], behavior: Cascade })
            Drop(Drop { targets: [Relation { kind: Table, name: "t" }], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [Relation { kind: Index, name: "i" }], if_exists: true, concurrently: true, behavior: Restrict })
            Drop(Drop { targets: [Relation { kind: MatView, name: "v" }], behavior: Restrict })
            Drop(Drop { targets: [Relation { kind: ForeignTable, name: "f" }], behavior: Restrict })
            Drop(Drop { targets: [Routine { kind: Function, signature: Signature { name: "f" } }, Routine { kind: Function, signature: Signature { name: "g", args: Some([]) } }, Routine { kind: Function, signature: Signature { name: "h", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }, SignatureArg { mode: Out, ty: TypeName { name: "text", dimensions: 0 } }, SignatureArg { mode: In, ty: TypeName { name: "float8", dimensions: 0 } }]) } }], behavior: Cascade })
            Drop(Drop { targets: [Routine { kind: Procedure, signature: Signature { name: "p", args: Some([SignatureArg { mode: InOut, ty: TypeName { name: "int4", dimensions: 0 } }]) } }], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [Routine { kind: Aggregate, signature: Signature { name: "a", args: Some([]) } }, Routine { kind: Aggregate, signature: Signature { name: "b", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }, SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) } }], behavior: Restrict })
            Drop(Drop { targets: [Trigger { table: ObjectName { schema: "s", name: "t" }, name: "t" }], if_exists: true, behavior: Cascade })
            Drop(Drop { targets: [Rule { table: "t", name: "r" }], behavior: Restrict })
            Drop(Drop { targets: [Policy { table: "t", name: "p" }], behavior: Restrict })
            Drop(Drop { targets: [Type("mood"), Type(ObjectName { schema: "s", name: "other" })], behavior: Restrict })
            Drop(Drop { targets: [Domain("d")], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [Schema("a"), Schema("b")], behavior: Cascade })
            Drop(Drop { targets: [Extension("e")], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [EventTrigger("e")], behavior: Restrict })
            Drop(Drop { targets: [Cast { source: TypeName { name: "int4", dimensions: 0 }, target: TypeName { name: "text", dimensions: 0 } }], behavior: Restrict })
            Drop(Drop { targets: [Operator { name: ObjectName { schema: "s", name: "+" }, left: Some(TypeName { name: "int4", dimensions: 0 }), right: Some(TypeName { name: "int4", dimensions: 0 }) }, Operator { name: "!", right: Some(TypeName { name: "int4", dimensions: 0 }) }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: OperatorClass, name: "o", method: "btree" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: OperatorFamily, name: ObjectName { schema: "s", name: "o" }, method: "gist" }], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Transform, name: "hstore", method: "plperl" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: TextSearchConfiguration, name: "c" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Collation, name: "c" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Statistics, name: ObjectName { schema: "s", name: "x" } }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Language, name: "l" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: ForeignServer, name: "x" }], behavior: Cascade })
            Drop(Drop { targets: [Generic { kind: UserMapping, name: "current_user", method: "x" }], if_exists: true, behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: ForeignDataWrapper, name: "w" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Publication, name: "p" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: Subscription, name: "s" }], behavior: Restrict })
            Drop(Drop { targets: [Generic { kind: AccessMethod, name: "m" }], behavior: Restrict })
            Drop(Drop { targets: [Role("a"), Role("b")], behavior: Restrict })
            Maintenance(Maintenance { command: "DROP DATABASE", forbidden_in_transaction: true })
            Maintenance(Maintenance { command: "DROP TABLESPACE", forbidden_in_transaction: true })
            Owned { roles: [Named("a")], behavior: Cascade }
            Owned { roles: [Named("a"), Current], reassign_to: Some(Named("b")), behavior: Restrict }
        "#]],
    );
}

#[test]
fn comments_and_labels() {
    check(
        r#"
        COMMENT ON TABLE t IS 'a'
        COMMENT ON COLUMN s.t.c IS NULL
        COMMENT ON CONSTRAINT c ON s.t IS 'a'
        COMMENT ON CONSTRAINT c ON DOMAIN d IS 'a'
        COMMENT ON FUNCTION f(int) IS 'a'
        COMMENT ON AGGREGATE a(*) IS 'a'
        COMMENT ON TRIGGER a ON t IS 'a'
        COMMENT ON TYPE s.t IS 'a'
        COMMENT ON SCHEMA s IS E'a\n'
        COMMENT ON EXTENSION e IS 'a'
        COMMENT ON DATABASE d IS 'a'
        COMMENT ON LARGE OBJECT 5 IS 'a'
        COMMENT ON OPERATOR + (int, int) IS 'a'
        COMMENT ON CAST (int AS text) IS 'a'
        SECURITY LABEL FOR 'dummy' ON TABLE t IS 'secret'
        SECURITY LABEL ON ROLE r IS NULL
        "#,
        expect![[r#"
            Comment { target: Relation { kind: Table, name: "t" }, text: "a" }
            Comment { target: Column { relation: ObjectName { schema: "s", name: "t" }, column: "c" } }
            Comment { target: Constraint { table: ObjectName { schema: "s", name: "t" }, name: "c" }, text: "a" }
            Comment { target: DomainConstraint { domain: "d", name: "c" }, text: "a" }
            Comment { target: Routine { kind: Function, signature: Signature { name: "f", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) } }, text: "a" }
            Comment { target: Routine { kind: Aggregate, signature: Signature { name: "a", args: Some([]) } }, text: "a" }
            Comment { target: Trigger { table: "t", name: "a" }, text: "a" }
            Comment { target: Type(ObjectName { schema: "s", name: "t" }), text: "a" }
            Comment { target: Schema("s"), text: "a\n" }
            Comment { target: Extension("e"), text: "a" }
            Comment { target: Database("d"), text: "a" }
            Comment { target: LargeObject, text: "a" }
            Comment { target: Operator { name: "+", left: Some(TypeName { name: "int4", dimensions: 0 }), right: Some(TypeName { name: "int4", dimensions: 0 }) }, text: "a" }
            Comment { target: Cast { source: TypeName { name: "int4", dimensions: 0 }, target: TypeName { name: "text", dimensions: 0 } }, text: "a" }
            SecurityLabel { target: Relation { kind: Table, name: "t" }, provider: "dummy", label: "secret" }
            SecurityLabel { target: Role("r") }
        "#]],
    );
}

#[test]
fn privileges() {
    check(
        r#"
        GRANT SELECT, UPDATE (a, b) ON s.t TO alice, PUBLIC WITH GRANT OPTION
        GRANT ALL PRIVILEGES ON SCHEMA a, b TO GROUP c GRANTED BY CURRENT_USER
        GRANT ALL ON ALL TABLES IN SCHEMA s TO a
        GRANT EXECUTE ON FUNCTION f(int), left TO a
        GRANT USAGE ON SEQUENCE s TO a
        GRANT USAGE ON TYPE t TO a
        GRANT USAGE ON FOREIGN SERVER x TO a
        GRANT SET ON PARAMETER a.b TO c
        GRANT SELECT ON schema TO a
        REVOKE GRANT OPTION FOR SELECT ON t FROM a CASCADE
        REVOKE ALL ON t FROM PUBLIC
        GRANT a, b TO c WITH ADMIN OPTION
        GRANT a TO c WITH INHERIT TRUE, SET FALSE GRANTED BY d
        REVOKE ADMIN OPTION FOR a FROM b CASCADE
        ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s, r GRANT SELECT ON TABLES TO b WITH GRANT OPTION
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC
        "#,
        expect![[r#"
            Grant(Grant { grant: true, privileges: [("SELECT", []), ("UPDATE", ["a", "b"])], on: Objects([Relation { kind: Table, name: ObjectName { schema: "s", name: "t" } }]), grantees: [Named("alice"), Public], grant_option: true, behavior: Restrict })
            Grant(Grant { grant: true, on: Objects([Schema("a"), Schema("b")]), grantees: [Named("c")], behavior: Restrict })
            Grant(Grant { grant: true, on: AllInSchema("TABLES", ["s"]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("EXECUTE", [])], on: Objects([Routine { kind: Function, signature: Signature { name: "f", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) } }, Routine { kind: Function, signature: Signature { name: "left" } }]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("USAGE", [])], on: Objects([Relation { kind: Sequence, name: "s" }]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("USAGE", [])], on: Objects([Type("t")]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("USAGE", [])], on: Objects([Generic { kind: ForeignServer, name: "x" }]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("SET", [])], on: Outside, grantees: [Named("c")], behavior: Restrict })
            Grant(Grant { grant: true, privileges: [("SELECT", [])], on: Objects([Relation { kind: Table, name: "schema" }]), grantees: [Named("a")], behavior: Restrict })
            Grant(Grant { privileges: [("SELECT", [])], on: Objects([Relation { kind: Table, name: "t" }]), grantees: [Named("a")], grant_option: true, behavior: Cascade })
            Grant(Grant { on: Objects([Relation { kind: Table, name: "t" }]), grantees: [Public], behavior: Restrict })
            GrantRole(GrantRole { grant: true, roles: [Named("a"), Named("b")], members: [Named("c")] })
            GrantRole(GrantRole { grant: true, roles: [Named("a")], members: [Named("c")] })
            GrantRole(GrantRole { roles: [Named("a")], members: [Named("b")], option_only: true })
            DefaultPrivileges(DefaultPrivileges { roles: [Named("a")], schemas: ["s", "r"], grant: true, privileges: ["SELECT"], on: "TABLES", grantees: [Named("b")], grant_option: true })
            DefaultPrivileges(DefaultPrivileges { privileges: ["EXECUTE"], on: "FUNCTIONS", grantees: [Public] })
        "#]],
    );
}

#[test]
fn schemas_and_extensions() {
    check(
        r#"
        CREATE SCHEMA s
        CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION a
        CREATE SCHEMA AUTHORIZATION a CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1 GRANT SELECT ON t TO b
        CREATE SCHEMA AUTHORIZATION CURRENT_USER
        CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA s VERSION '1.1' CASCADE
        ALTER EXTENSION e UPDATE TO '2'
        ALTER EXTENSION e ADD FUNCTION f(int)
        CREATE LANGUAGE plperl
        CREATE TRUSTED PROCEDURAL LANGUAGE l HANDLER h INLINE i VALIDATOR v
        IMPORT FOREIGN SCHEMA a LIMIT TO (b) FROM SERVER c INTO d
        "#,
        expect![[r#"
            CreateSchema(CreateSchema { name: "s" })
            CreateSchema(CreateSchema { name: "s", if_not_exists: true, owner: Some(Named("a")) })
            CreateSchema(CreateSchema { name: "a", owner: Some(Named("a")), elements: [CreateTable(CreateTable { name: "t", persistence: Permanent, elements: [Column(ColumnDef { name: "a", ty: Some(TypeName { name: "int4", dimensions: 0 }) })] }), CreateView(CreateView { name: "v", query: Query { body: Select(Select { items: [SelectItem { expr: Constant(Number("1")) }] }) } }), Grant(Grant { grant: true, privileges: [("SELECT", [])], on: Objects([Relation { kind: Table, name: "t" }]), grantees: [Named("b")], behavior: Restrict })] })
            gap a schema that is named after the current user Everything
            CreateExtension(CreateExtension { name: "uuid-ossp", if_not_exists: true, schema: "s", version: "1.1", cascade: true })
            AlterExtension(Update { name: "e", version: "2" })
            AlterExtension(Member { name: "e", add: true, target: Routine { kind: Function, signature: Signature { name: "f", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) } } })
            CreateExtension(CreateExtension { name: "plperl" })
            CreateGeneric(CreateGeneric { kind: Language, name: "l", refers: [Routine { kind: Function, signature: Signature { name: "h" } }, Routine { kind: Function, signature: Signature { name: "i" } }, Routine { kind: Function, signature: Signature { name: "v" } }], text: "handler h inline i validator v" })
            gap IMPORT FOREIGN SCHEMA Everything
        "#]],
    );
}

#[test]
fn operators_and_casts() {
    check(
        r#"
        CREATE CAST (int AS mood) WITH FUNCTION f(int) AS ASSIGNMENT
        CREATE CAST (int AS mood) WITHOUT FUNCTION
        CREATE CAST (a AS b) WITH INOUT AS IMPLICIT
        CREATE OPERATOR s.=== (LEFTARG = box, RIGHTARG = box, FUNCTION = area_equal, COMMUTATOR = ===, NEGATOR = OPERATOR(s.!==), HASHES)
        CREATE OPERATOR CLASS o DEFAULT FOR TYPE int USING btree FAMILY f AS OPERATOR 1 <, OPERATOR 3 = (int, int) FOR SEARCH, FUNCTION 1 btint4cmp(int, int), STORAGE int
        CREATE OPERATOR FAMILY o USING gist
        ALTER OPERATOR FAMILY o USING gist DROP OPERATOR 1 (int, int)
        ALTER OPERATOR + (int, int) SET (RESTRICT = f)
        "#,
        expect![[r#"
            CreateCast(CreateCast { source: TypeName { name: "int4", dimensions: 0 }, target: TypeName { name: "mood", dimensions: 0 }, function: Some(Signature { name: "f", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) }), context: 'a' })
            CreateCast(CreateCast { source: TypeName { name: "int4", dimensions: 0 }, target: TypeName { name: "mood", dimensions: 0 }, context: 'e' })
            CreateCast(CreateCast { source: TypeName { name: "a", dimensions: 0 }, target: TypeName { name: "b", dimensions: 0 }, inout: true, context: 'i' })
            CreateOperator(CreateOperator { name: ObjectName { schema: "s", name: "===" }, function: "area_equal", left: Some(TypeName { name: "box", dimensions: 0 }), right: Some(TypeName { name: "box", dimensions: 0 }), options: [("leftarg", "box"), ("rightarg", "box"), ("function", "area_equal"), ("commutator", "==="), ("negator", "operator(s.!==)"), ("hashes", "true")] })
            CreateGeneric(CreateGeneric { kind: OperatorClass, name: "o", method: "btree", refers: [Type("int4"), Generic { kind: OperatorFamily, name: "f", method: "btree" }, Operator { name: "=", left: Some(TypeName { name: "int4", dimensions: 0 }), right: Some(TypeName { name: "int4", dimensions: 0 }) }, Routine { kind: Function, signature: Signature { name: "btint4cmp", args: Some([SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }, SignatureArg { mode: In, ty: TypeName { name: "int4", dimensions: 0 } }]) } }, Type("int4")], text: "default for type int using btree family f as operator 1 <, operator 3 = (int, int) for search, function 1 btint4cmp(int, int), storage int" })
            CreateGeneric(CreateGeneric { kind: OperatorFamily, name: "o", method: "gist", text: "using gist" })
            AlterGeneric(AlterGeneric { kind: OperatorFamily, name: "o", method: "gist", text: "drop operator 1 (int, int)" })
            gap ALTER OPERATOR … SET Names(["+"])
        "#]],
    );
}

#[test]
fn generic_objects() {
    check(
        r#"
        CREATE COLLATION IF NOT EXISTS c (locale = 'de_DE')
        CREATE COLLATION c FROM "C"
        CREATE DEFAULT CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f
        CREATE TEXT SEARCH CONFIGURATION s.c (COPY = pg_catalog.english)
        ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word, asciiword WITH unaccent, english_stem
        CREATE STATISTICS s (ndistinct) ON a, (b + 1), lower(c) FROM t
        CREATE STATISTICS ON a, b FROM t
        ALTER STATISTICS s SET STATISTICS 5
        CREATE PUBLICATION p FOR ALL TABLES
        CREATE PUBLICATION p FOR TABLE a (x, y) WHERE (x > 1), b, TABLES IN SCHEMA s WITH (publish = 'insert')
        ALTER PUBLICATION p DROP TABLE a
        CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)
        CREATE FOREIGN DATA WRAPPER w HANDLER h NO VALIDATOR OPTIONS (a 'b')
        CREATE SERVER IF NOT EXISTS x TYPE 't' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h')
        ALTER SERVER x OPTIONS (SET host 'i')
        CREATE USER MAPPING FOR PUBLIC SERVER x OPTIONS (user 'u')
        CREATE TRANSFORM FOR hstore LANGUAGE plperl (FROM SQL WITH FUNCTION f(internal), TO SQL WITH FUNCTION g(internal))
        CREATE ACCESS METHOD m TYPE INDEX HANDLER h
        "#,
        expect![[r#"
            CreateGeneric(CreateGeneric { kind: Collation, name: "c", if_not_exists: true, text: "(locale = 'de_DE')" })
            CreateGeneric(CreateGeneric { kind: Collation, name: "c", refers: [Generic { kind: Collation, name: "C" }], text: "from \"C\"" })
            CreateGeneric(CreateGeneric { kind: Conversion, name: "c", refers: [Routine { kind: Function, signature: Signature { name: "f" } }], text: "for 'UTF8' to 'LATIN1' from f" })
            CreateGeneric(CreateGeneric { kind: TextSearchConfiguration, name: ObjectName { schema: "s", name: "c" }, refers: [Generic { kind: TextSearchConfiguration, name: ObjectName { schema: "pg_catalog", name: "english" } }], text: "(copy = pg_catalog.english)" })
            AlterGeneric(AlterGeneric { kind: TextSearchConfiguration, name: "c", refers: [Generic { kind: TextSearchDictionary, name: "unaccent" }, Generic { kind: TextSearchDictionary, name: "english_stem" }], text: "alter mapping for word, asciiword with unaccent, english_stem" })
            CreateGeneric(CreateGeneric { kind: Statistics, name: "s", refers: [Relation { kind: Table, name: "t" }, Column { relation: "t", column: "a" }], text: "(ndistinct) on a, (b + 1), lower(c)" })
            CreateGeneric(CreateGeneric { kind: Statistics, name: "", refers: [Relation { kind: Table, name: "t" }, Column { relation: "t", column: "a" }, Column { relation: "t", column: "b" }], text: "on a, b" })
            AlterGeneric(AlterGeneric { kind: Statistics, name: "s", text: "set statistics 5" })
            CreateGeneric(CreateGeneric { kind: Publication, name: "p", text: "for all tables" })
            CreateGeneric(CreateGeneric { kind: Publication, name: "p", refers: [Column { relation: "a", column: "x" }, Column { relation: "a", column: "y" }, Relation { kind: Table, name: "a" }, Relation { kind: Table, name: "b" }, Schema("s")], text: "for table a(x, y) where(x > 1), b, tables in schema s with(publish = 'insert')" })
            AlterGeneric(AlterGeneric { kind: Publication, name: "p", refers: [Relation { kind: Table, name: "a" }], text: "drop table a" })
            CreateGeneric(CreateGeneric { kind: Subscription, name: "s", text: "connection 'host=x' publication p with(connect = false)" })
            CreateGeneric(CreateGeneric { kind: ForeignDataWrapper, name: "w", refers: [Routine { kind: Function, signature: Signature { name: "h" } }], text: "handler h no validator options(a 'b')" })
            CreateGeneric(CreateGeneric { kind: ForeignServer, name: "x", if_not_exists: true, refers: [Generic { kind: ForeignDataWrapper, name: "w" }], text: "type 't' version '1' foreign data wrapper w options(host 'h')" })
            AlterGeneric(AlterGeneric { kind: ForeignServer, name: "x", text: "options(set host 'i')" })
            CreateGeneric(CreateGeneric { kind: UserMapping, name: "public", method: "x", refers: [Generic { kind: ForeignServer, name: "x" }], text: "options(user 'u')" })
            CreateGeneric(CreateGeneric { kind: Transform, name: "hstore", method: "plperl", refers: [Type("hstore"), Routine { kind: Function, signature: Signature { name: "f", args: Some([SignatureArg { mode: In, ty: TypeName { name: "internal", dimensions: 0 } }]) } }, Routine { kind: Function, signature: Signature { name: "g", args: Some([SignatureArg { mode: In, ty: TypeName { name: "internal", dimensions: 0 } }]) } }], text: "(from sql with function f(internal), to sql with function g(internal))" })
            CreateGeneric(CreateGeneric { kind: AccessMethod, name: "m", refers: [Routine { kind: Function, signature: Signature { name: "h" } }], text: "type index handler h" })
        "#]],
    );
}

#[test]
fn roles_databases_and_the_system() {
    check(
        r#"
        CREATE ROLE a WITH LOGIN PASSWORD 'x' CONNECTION LIMIT 5 IN ROLE b VALID UNTIL 'infinity'
        CREATE USER a
        ALTER ROLE a SUPERUSER
        ALTER ROLE a IN DATABASE d SET work_mem = '1MB'
        ALTER ROLE ALL SET search_path = s
        ALTER GROUP a ADD USER b
        CREATE DATABASE d OWNER = a ENCODING 'UTF8'
        ALTER DATABASE d SET search_path TO "$user", public
        ALTER DATABASE d SET TABLESPACE x
        CREATE TABLESPACE x LOCATION '/x'
        ALTER SYSTEM SET work_mem = '1MB'
        ALTER EVENT TRIGGER e ENABLE ALWAYS
        "#,
        expect![[r#"
            CreateRole(CreateRole { name: "a", options: [("LOGIN", ""), ("CONNECTION LIMIT", "5"), ("IN ROLE b", ""), ("VALID UNTIL", "infinity")] })
            CreateRole(CreateRole { name: "a", options: [("LOGIN", "")] })
            AlterRole { role: Named("a"), options: [("SUPERUSER", "")] }
            AlterRole { role: Named("a"), options: [("IN DATABASE d SET work_mem", "1MB")] }
            AlterRole { role: Public, options: [("SET search_path", "s")] }
            GrantRole(GrantRole { grant: true, roles: [Named("a")], members: [Named("b")] })
            Maintenance(Maintenance { command: "CREATE DATABASE", forbidden_in_transaction: true })
            AlterRole { role: Public, options: [("IN DATABASE d SET search_path", "$user, public")] }
            Maintenance(Maintenance { command: "ALTER DATABASE", forbidden_in_transaction: true })
            Maintenance(Maintenance { command: "CREATE TABLESPACE", forbidden_in_transaction: true })
            Maintenance(Maintenance { command: "ALTER SYSTEM", forbidden_in_transaction: true })
            AlterEventTrigger { name: "e", enabled: Always }
        "#]],
    );
}
