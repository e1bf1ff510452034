//! Queries, changes of rows, sessions, and what versions differ in.

use super::{check, short};
use crate::lower::statement;
use crate::op::Op;
use expect_test::expect;

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
            insert into s.t as x (a, b[1], c.d) overriding system value values (1, default), (2, 'x') returning *  →  Insert(Insert { table: ObjectName { schema: Some("s"), name: "t" }, alias: Some("x"), columns: [("a"), ("b"), ("c")], overriding: true, source: Some(Query { body: Values([[Constant(Number("1")), Default], [Constant(Number("2")), Constant(String("x"))]]) }), returning: [SelectItem { expr: Star([]) }] })
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
