//! Types, casts, functions and operators that every server has, asked by name.

use expect_test::{Expect, expect};

use super::*;

fn show(resolution: &Resolution) -> String {
    match resolution {
        Resolution::One(one) => format!("{} {:?}", one.result, one.volatility).to_lowercase(),
        Resolution::Ambiguous => "ambiguous".to_string(),
        Resolution::None => "none".to_string(),
        Resolution::Maybe { result } => format!("maybe {}", result.as_deref().unwrap_or("?")),
    }
}

/// One call or operation a line, `?` for an argument that cannot be told.
fn check(lines: &str, expected: Expect) {
    let catalog = Builtin::new(17);
    let told = |word: &str| if word == "?" { None } else { Some(word.to_string()) };
    let mut out = String::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let resolution = if let Some((name, arguments)) = line.strip_suffix(')').and_then(|line| line.split_once('(')) {
            let arguments: Vec<Option<String>> = arguments.split(',').map(str::trim).filter(|word| !word.is_empty()).map(told).collect();
            let arguments: Vec<Option<&str>> = arguments.iter().map(Option::as_deref).collect();
            catalog.resolve_function(name, &arguments)
        } else {
            match *line.split(' ').collect::<Vec<_>>() {
                [left, operator, right] => catalog.operator(operator, Some(told(left).as_deref()), told(right).as_deref()),
                [operator, right] => catalog.operator(operator, None, told(right).as_deref()),
                _ => panic!("write `name(types)` or `left operator right`: {line}"),
            }
        };
        out.push_str(&format!("{line} → {}\n", show(&resolution)));
    }
    expected.assert_eq(&out);
}

#[test]
fn calls() {
    check(
        "now()
         lower(unknown)
         lower(int4range)
         lower(int4)
         round(numeric, int4)
         round(float8, int4)
         abs(int2)
         abs(unknown)
         to_char(unknown, unknown)
         to_char(timestamptz, unknown)
         date(unknown)
         date(timestamptz)
         text(int4)
         coalesce_not(int4)
         concat(int4, text, bool)
         format(unknown, int4)
         make_interval(int4)
         nextval(unknown)
         array_append(_int4, int4)
         array_append(_int4, int8)
         array_append(_int4, text)
         array_append(unknown, unknown)
         unnest(_text)
         array_agg(int4)
         array_agg(?)
         count()
         count(point)
         sum(int4)
         sum(text)
         substr(varchar, int4)
         length(?)
         gen_random_uuid()
         gen_random_uuid(int4)
         int4pl(int4, int4)
         greatest_thing(?, ?)
         generate_series(int4, int8)
         generate_series(date, date, interval)
         percentile_cont(float8)
         set_config(unknown, unknown, bool)
         jsonb_build_object(unknown, int4)
         length(int4)",
        expect![[r#"
            now() → timestamptz stable
            lower(unknown) → text immutable
            lower(int4range) → int4 immutable
            lower(int4) → none
            round(numeric, int4) → numeric immutable
            round(float8, int4) → none
            abs(int2) → int2 immutable
            abs(unknown) → float8 immutable
            to_char(unknown, unknown) → ambiguous
            to_char(timestamptz, unknown) → text stable
            date(unknown) → date immutable
            date(timestamptz) → date stable
            text(int4) → text stable
            coalesce_not(int4) → none
            concat(int4, text, bool) → text stable
            format(unknown, int4) → text stable
            make_interval(int4) → interval immutable
            nextval(unknown) → int8 volatile
            array_append(_int4, int4) → _int4 immutable
            array_append(_int4, int8) → _int8 immutable
            array_append(_int4, text) → none
            array_append(unknown, unknown) → _text immutable
            unnest(_text) → text immutable
            array_agg(int4) → _int4 immutable
            array_agg(?) → maybe ?
            count() → int8 immutable
            count(point) → int8 immutable
            sum(int4) → int8 immutable
            sum(text) → none
            substr(varchar, int4) → text immutable
            length(?) → maybe ?
            gen_random_uuid() → uuid volatile
            gen_random_uuid(int4) → none
            int4pl(int4, int4) → maybe ?
            greatest_thing(?, ?) → none
            generate_series(int4, int8) → int8 immutable
            generate_series(date, date, interval) → timestamptz stable
            percentile_cont(float8) → maybe ?
            set_config(unknown, unknown, bool) → text volatile
            jsonb_build_object(unknown, int4) → jsonb stable
            length(int4) → none
        "#]],
    );
}

#[test]
fn operators() {
    check(
        "int4 + int4
         int4 + unknown
         int2 + int8
         date + int4
         date + interval
         timestamptz - timestamptz
         unknown || unknown
         text || int4
         int4 || int4
         _int4 || int4
         _int4 || _int8
         varchar = text
         int4 = text
         int4 = unknown
         json = json
         jsonb -> unknown
         jsonb ->> unknown
         unknown + unknown
         ? = int4
         ? @> ?
         - int4
         - text
         oid = int4
         regclass = unknown
         timestamp < timestamptz
         name = text
         uuid = text
         information_schema.sql_identifier = unknown
         int4range && int4range
         money * float8
         point = point
         int4 <=> int4",
        expect![[r#"
            int4 + int4 → int4 immutable
            int4 + unknown → int4 immutable
            int2 + int8 → int8 immutable
            date + int4 → date immutable
            date + interval → timestamp immutable
            timestamptz - timestamptz → interval immutable
            unknown || unknown → text immutable
            text || int4 → text stable
            int4 || int4 → none
            _int4 || int4 → _int4 immutable
            _int4 || _int8 → _int8 immutable
            varchar = text → bool immutable
            int4 = text → none
            int4 = unknown → bool immutable
            json = json → none
            jsonb -> unknown → jsonb immutable
            jsonb ->> unknown → text immutable
            unknown + unknown → ambiguous
            ? = int4 → maybe bool
            ? @> ? → maybe bool
            - int4 → int4 immutable
            - text → none
            oid = int4 → bool immutable
            regclass = unknown → bool immutable
            timestamp < timestamptz → bool stable
            name = text → bool immutable
            uuid = text → none
            information_schema.sql_identifier = unknown → bool immutable
            int4range && int4range → bool immutable
            money * float8 → money immutable
            point = point → none
            int4 <=> int4 → none
        "#]],
    );
}

#[test]
fn casts() {
    let catalog = Builtin::new(17);
    let mut out = String::new();
    for pair in [
        "int4 int8",
        "int8 int4",
        "int4 bool",
        "text int4",
        "int4 text",
        "varchar text",
        "text varchar",
        "json jsonb",
        "jsonb int4",
        "uuid text",
        "text uuid",
        "uuid int4",
        "_int4 _int8",
        "_text _uuid",
        "_uuid _text",
        "_uuid _int4",
        "unknown uuid",
        "timestamp timestamptz",
        "date int4",
        "information_schema.sql_identifier text",
        "public.mood text",
        "char int4",
        "_text text",
        "text _text",
        "int4range int4multirange",
    ] {
        if let Some((from, to)) = pair.split_once(' ') {
            out.push_str(&format!("{pair} {:?}\n", catalog.cast(from, to)));
        }
    }
    expect![[r#"
        int4 int8 Implicit
        int8 int4 Assignment
        int4 bool Explicit
        text int4 Explicit
        int4 text Assignment
        varchar text Implicit
        text varchar Implicit
        json jsonb Assignment
        jsonb int4 Explicit
        uuid text Assignment
        text uuid Explicit
        uuid int4 None
        _int4 _int8 Implicit
        _text _uuid Explicit
        _uuid _text Assignment
        _uuid _int4 None
        unknown uuid Implicit
        timestamp timestamptz Implicit
        date int4 None
        information_schema.sql_identifier text Implicit
        public.mood text Maybe
        char int4 Explicit
        _text text Assignment
        text _text Explicit
        int4range int4multirange Explicit
    "#]]
    .assert_eq(&out);
}

#[test]
fn spellings() {
    for (name, modifier, printed) in [
        ("int4", None, "integer"),
        ("_int4", Some(-1), "integer[]"),
        ("varchar", Some(24), "character varying(20)"),
        ("_varchar", Some(24), "character varying(20)[]"),
        ("bpchar", Some(5), "character(1)"),
        ("bpchar", None, "character"),
        ("bpchar", Some(-1), "bpchar"),
        ("numeric", Some((10 << 16 | 2) + 4), "numeric(10,2)"),
        ("numeric", Some((3 << 16 | 2046) + 4), "numeric(3,-2)"),
        ("timestamptz", Some(3), "timestamp(3) with time zone"),
        ("time", None, "time without time zone"),
        ("interval", Some(0x0006_ffff), "interval year to month"),
        ("interval", Some(0x7fff_0003), "interval(3)"),
        ("char", None, "\"char\""),
        ("xid8", None, "xid8"),
    ] {
        assert_eq!(format_type(name, modifier), printed);
    }
    assert_eq!(canonical_type_name("timestamp with time zone"), "timestamptz");
    assert_eq!(canonical_type_name("jsonb"), "jsonb");
}

#[test]
fn every_word_is_read() {
    for version in 13..=18 {
        let catalog = Builtin::new(version);
        for line in FUNCTIONS.lines(version).chain(OPERATORS.lines(version)) {
            for overload in functions::overloads(Some(line)) {
                for ty in overload.argument_types().chain([overload.result]).filter(|ty| !ty.is_empty()) {
                    assert!(catalog.ty(ty).is_some(), "{version}: {} names the type {ty}", line.name);
                }
            }
        }
        for (_, relation) in catalog.system_relations() {
            for column in relation.columns() {
                assert!(catalog.ty(column.ty).is_some(), "{version}: {}.{} is of type {}", relation.name, column.name, column.ty);
            }
        }
        for line in CASTS.lines(version) {
            assert!(catalog.ty(line.name).is_some(), "{version}: {}", line.name);
            assert!(
                line.words().all(|word| types::read_cast(word).is_some_and(|(to, ..)| catalog.ty(to).is_some())),
                "{version}: {}",
                line.name
            );
        }
    }
}

#[test]
fn versions_differ() {
    let (old, new) = (Builtin::new(13), Builtin::new(18));
    assert!(old.ty("int4multirange").is_none() && new.ty("int4multirange").is_some());
    assert!(!old.function_known("any_value") && new.function_known("any_value"));
    assert!(!Builtin::new(17).function_known("uuidv7") && new.function_known("uuidv7"));
    assert!(old.setting("transaction_timeout").is_none() && new.setting("transaction_timeout").is_some());
    assert!(Builtin::new(16).extension("adminpack").is_some() && Builtin::new(17).extension("adminpack").is_none());
}

#[test]
fn operator_classes() {
    let catalog = Builtin::new(17);
    let mut out = String::new();
    for pair in [
        "btree int4",
        "btree varchar",
        "btree json",
        "btree point",
        "btree _text",
        "btree xid",
        "gist int4",
        "gist int4range",
        "gist point",
        "gin jsonb",
        "gin text",
        "gin _varchar",
        "gin tsvector",
        "hash varchar",
        "hash xid",
        "brin timestamptz",
        "brin jsonb",
        "spgist text",
        "btree information_schema.cardinal_number",
        "btree public.mood",
        "btree oidvector",
    ] {
        if let Some((method, ty)) = pair.split_once(' ') {
            out.push_str(&format!("{pair} {:?}\n", catalog.default_opclass(method, ty)));
        }
    }
    expect![[r#"
        btree int4 Some(true)
        btree varchar Some(true)
        btree json Some(false)
        btree point Some(false)
        btree _text Some(true)
        btree xid Some(false)
        gist int4 Some(false)
        gist int4range Some(true)
        gist point Some(true)
        gin jsonb Some(true)
        gin text Some(false)
        gin _varchar Some(true)
        gin tsvector Some(true)
        hash varchar Some(true)
        hash xid Some(true)
        brin timestamptz Some(true)
        brin jsonb Some(false)
        spgist text Some(true)
        btree information_schema.cardinal_number Some(true)
        btree public.mood None
        btree oidvector Some(true)
    "#]]
    .assert_eq(&out);
}

#[test]
fn system_relations() {
    let catalog = Builtin::new(17);
    let class = catalog.system_relation("pg_catalog", "pg_class").expect("pg_class is there");
    assert_eq!(class.column("relname"), Some("name"));
    assert_eq!(class.column("oid"), Some("oid"));
    assert_eq!(class.column("ctid"), Some("tid"));
    assert_eq!(class.column("relmissing"), None);
    let columns = catalog.system_relation("information_schema", "columns").expect("columns is there");
    assert!(columns.view && columns.column("column_name") == Some("information_schema.sql_identifier"));
    assert!(catalog.system_relation("pg_catalog", "columns").is_none() && catalog.system_relation("public", "pg_class").is_none());
    assert!(catalog.system_relation("pg_catalog", "pg_stat_wal_receiver").is_some_and(|relation| !relation.is_described()));
}

#[test]
fn extensions() {
    let catalog = Builtin::new(17);
    let hstore = catalog.extension("hstore").expect("hstore is described");
    assert!(hstore.ty("hstore").is_some() && hstore.functions("akeys").next().is_some_and(|akeys| akeys.result == "_text"));
    assert!(hstore.casts().any(|(from, to, cast, _)| from == "hstore" && to == "json" && cast == Cast::Explicit));
    let trgm = catalog.extension("pg_trgm").expect("pg_trgm is described");
    assert!(trgm.opclasses().any(|(method, class)| method == "gin" && class.name == "gin_trgm_ops" && class.input == "text"));
    assert!(catalog.extension("uuid-ossp").is_some_and(|uuid| uuid.function_described("uuid_generate_v4")));
    assert!(catalog.extension("earthdistance").is_some_and(|earth| earth.requires().eq(["cube"])));
    assert!(catalog.extension("citext").is_some_and(|citext| citext.ty("citext").is_some_and(|facts| facts.category == 'S')));
    assert!(catalog.extension("postgis").is_none() && catalog.extension("vector").is_none());
    assert!(catalog.extension("pg_stat_statements").is_some_and(|e| e.names(NameKind::Relation).any(|name| name == "pg_stat_statements")));
}
