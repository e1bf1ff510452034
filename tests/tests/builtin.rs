//! The built-in catalog against a real server: the same calls, operators, casts, operator classes and columns.
//!
//! The server only parses and analyses what it is asked: nothing runs.

use std::collections::BTreeSet;

use backout::catalog::builtin::{
    Builtin, Cast, CastMethod, FunctionKind, Resolution, TypeFacts, TypeKind, TypeSource, base_type, cast, default_opclass_of, format_type,
    resolve_call, resolve_operator,
};
use backout_tests::oracle::Server;
use postgres::{Client, error::SqlState};

/// What the server makes of one query: its first column's type, or the error's code and message.
fn ask(client: &mut Client, sql: &str) -> Result<String, (String, String)> {
    match client.prepare(sql) {
        Ok(statement) => Ok(statement.columns().first().map_or(String::new(), |column| column.type_().name().to_string())),
        Err(error) => match error.as_db_error() {
            Some(db) => Err((db.code().code().to_string(), db.message().to_string())),
            None => panic!("{sql}: {error:?}"),
        },
    }
}

/// A generator of the same numbers on every run.
struct Dice(u64);

impl Dice {
    /// The same throws each time, others for another `BACKOUT_SEED`.
    fn new() -> Self {
        Self(std::env::var("BACKOUT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }

    fn pick<'a>(&mut self, list: &'a [String]) -> &'a str {
        &list[self.below(list.len())]
    }
}

/// The built-in types and some of the test's own, in the schema `made`.
struct Types(Builtin);

const MADE: &str = "create schema made; create type made.mood as enum ('sad', 'ok'); create domain made.positive as int4; create domain made.label as text;
    create domain made.short as made.label; create domain made.list as int4[]; create type made.pair as (a int4, b text);
    create type made.floats as range (subtype = float8)";

impl TypeSource for Types {
    fn ty(&self, name: &str) -> Option<TypeFacts> {
        let domain = |of: &str| {
            let category = TypeSource::ty(self, of).map_or('U', |facts| facts.category);
            TypeFacts { category, ..TypeFacts::made(TypeKind::Domain, Some(of.into())) }
        };
        match name {
            "made.mood" => Some(TypeFacts::made(TypeKind::Enum, None)),
            "made.positive" => Some(domain("int4")),
            "made.label" => Some(domain("text")),
            "made.short" => Some(domain("made.label")),
            "made.list" => Some(domain("_int4")),
            "made.pair" => Some(TypeFacts::made(TypeKind::Composite, None)),
            "made.floats" => Some(TypeFacts::made(TypeKind::Range, Some("float8".into()))),
            _ if name.starts_with("_made.") => Some(TypeFacts::made(TypeKind::Array, name.get(1..).map(Into::into))),
            _ => self.0.ty(name),
        }
    }

    fn cast_entry(&self, from: &str, to: &str) -> Option<(Cast, CastMethod)> {
        self.0.cast_entry(from, to)
    }

    fn multirange_of(&self, range: &str) -> Option<arcstr::ArcStr> {
        self.0.multirange_of(range)
    }
}

/// A type's name for SQL. `char` is a keyword, and so are others.
fn quoted(ty: &str) -> String {
    match (ty.strip_prefix("information_schema."), ty.strip_prefix("_made."), ty.strip_prefix("made.")) {
        (Some(name), ..) => format!("information_schema.\"{name}\""),
        (_, Some(name), _) => format!("made.{name}[]"),
        (_, _, Some(name)) => format!("made.{name}"),
        _ => format!("pg_catalog.\"{ty}\""),
    }
}

fn value(ty: &str) -> String {
    if ty == "unknown" { "null".to_string() } else { format!("null::{}", quoted(ty)) }
}

/// Types that values can have: the real ones, and some arrays and rows.
fn pool(catalog: Builtin) -> Vec<String> {
    let mut pool: Vec<String> = catalog
        .type_names()
        .filter(|name| catalog.ty(name).is_some_and(|facts| facts.kind != TypeKind::Pseudo))
        .map(String::from)
        .collect();
    for element in [
        "int2",
        "int4",
        "int8",
        "text",
        "varchar",
        "bpchar",
        "name",
        "uuid",
        "numeric",
        "date",
        "timestamptz",
        "jsonb",
        "int4range",
        "oid",
        "aclitem",
    ] {
        pool.push(format!("_{element}"));
    }
    pool.push("pg_class".to_string());
    for made in ["mood", "positive", "label", "short", "list", "pair", "floats"] {
        pool.push(format!("made.{made}"));
    }
    pool.extend(["_made.mood".to_string(), "_made.positive".to_string(), "_made.pair".to_string()]);
    pool
}

/// Compares one answer with the server's; what differs goes into the list.
fn compare(
    catalog: Builtin,
    sql: &str,
    ours: &Resolution,
    theirs: &Result<String, (String, String)>,
    counts: &mut [usize; 2],
    wrong: &mut Vec<String>,
) {
    let types = Types(catalog);
    // The server says of the test's own types only their names.
    let same = |ours: &str, theirs: &str| base_type(&types, ours).replace("made.", "").replace("information_schema.", "") == *theirs;
    let agrees = match (ours, theirs) {
        (Resolution::One(one), Ok(ty)) => same(&one.result, ty),
        // Found, and then wrong for another reason: a window function without OVER, a procedure, a set in a wrong place.
        (Resolution::One(_), Err((code, _))) => code != SqlState::UNDEFINED_FUNCTION.code() && code != SqlState::AMBIGUOUS_FUNCTION.code(),
        (Resolution::None, Err((code, _))) => code == SqlState::UNDEFINED_FUNCTION.code(),
        (Resolution::Ambiguous, Err((code, _))) => code == SqlState::AMBIGUOUS_FUNCTION.code(),
        (Resolution::Ambiguous | Resolution::None, Ok(_)) => false,
        (Resolution::Maybe { result: Some(result) }, Ok(ty)) => same(result, ty),
        (Resolution::Maybe { .. }, _) => true,
    };
    counts[usize::from(matches!(ours, Resolution::Maybe { .. }))] += 1;
    if !agrees {
        wrong.push(format!("{sql}\n    ours   {ours:?}\n    server {theirs:?}"));
    }
}

fn report(wrong: &[String], what: &str, counts: [usize; 2]) {
    println!("{what}: {} decided, {} open, {} wrong", counts[0], counts[1], wrong.len());
    assert!(wrong.is_empty(), "{what} that differ:\n{}", wrong.iter().take(25).cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_server_agrees() {
    let server = Server::start().expect("a server is needed");
    let mut client = server.connect("postgres").expect("the new server takes sessions");
    client.batch_execute(MADE).expect("the types can be made");
    let catalog = Builtin::new(server.version);
    let calls = calls(catalog, &mut client);
    let operators = operators(catalog, &mut client);
    let casts = casts(catalog, &mut client);
    report(&calls.0, "calls", calls.1);
    report(&operators.0, "operators", operators.1);
    report(&casts.0, "casts", casts.1);
    classes(catalog, &mut client);
    columns(catalog, &mut client);
    printed(catalog, &mut client);
}

/// Each overload with values near what it wants: exact, one replaced, all replaced, literals.
fn calls(catalog: Builtin, client: &mut Client) -> (Vec<String>, [usize; 2]) {
    let (mut dice, pool, mut wrong, mut counts) = (Dice::new(), pool(catalog), Vec::new(), [0, 0]);
    for name in catalog.function_names() {
        for overload in catalog.functions(name) {
            if overload.kind == FunctionKind::OrderedSetAggregate {
                continue;
            }
            for round in 0..6 {
                let mut arguments: Vec<String> = Vec::new();
                for declared in overload.argument_types() {
                    let near = match declared {
                        "any" | "anyelement" | "anynonarray" | "anycompatible" | "anycompatiblenonarray" => dice.pick(&pool).to_string(),
                        "anyarray" | "anycompatiblearray" => ["_int4", "_text", "_varchar", "_int8", "_int2"][dice.below(5)].to_string(),
                        "anyrange" | "anycompatiblerange" => ["int4range", "daterange", "numrange"][dice.below(3)].to_string(),
                        "anymultirange" | "anycompatiblemultirange" => ["int4multirange", "datemultirange"][dice.below(2)].to_string(),
                        _ if catalog.ty(declared).is_none_or(|facts| facts.kind == TypeKind::Pseudo) => "unknown".to_string(),
                        declared => declared.to_string(),
                    };
                    let replace = match round {
                        0 => false,
                        1 | 2 => dice.below(2) == 0,
                        3 => true,
                        _ => dice.below(3) == 0,
                    };
                    arguments.push(match (replace, round) {
                        (false, _) => near,
                        (true, 1 | 3) => "unknown".to_string(),
                        (true, _) => dice.pick(&pool).to_string(),
                    });
                }
                if round == 4 && overload.defaults + usize::from(overload.variadic) > 0 {
                    arguments.truncate(arguments.len() - 1);
                }
                if round == 5 {
                    let more = if overload.variadic { arguments.last().cloned() } else { Some(dice.pick(&pool).to_string()) };
                    arguments.extend(more);
                }
                let given: Vec<Option<&str>> = arguments.iter().map(|ty| Some(ty.as_str())).collect();
                let values: Vec<String> = arguments.iter().map(|ty| value(ty)).collect();
                let over = if overload.kind == FunctionKind::Window { " over ()" } else { "" };
                // count(*) is a form of its own.
                if name == "count" && values.is_empty() {
                    continue;
                }
                let sql = format!("select \"{name}\"({}){over}", values.join(", "));
                let ours = resolve_call(&Types(catalog), Some(name), catalog.functions(name), &given);
                compare(catalog, &sql, &ours, &ask(client, &sql), &mut counts, &mut wrong);
            }
        }
    }
    (wrong, counts)
}

/// Each operator with the operands of its own, of others, and literals.
fn operators(catalog: Builtin, client: &mut Client) -> (Vec<String>, [usize; 2]) {
    let (mut dice, mut pool, mut wrong, mut counts) = (Dice::new(), pool(catalog), Vec::new(), [0, 0]);
    pool.extend((0..10).map(|_| "unknown".to_string()));
    for name in catalog.operator_names() {
        let mut pairs: Vec<(Option<String>, String)> = Vec::new();
        for overload in catalog.operators(name) {
            let mut sides = overload.argument_types();
            let (Some(left), Some(right)) = (sides.next(), sides.next()) else { continue };
            if right.is_empty() {
                continue;
            }
            let mut near = |ty: &str| {
                let known = catalog.ty(ty).is_some_and(|facts| facts.kind != TypeKind::Pseudo);
                if known && dice.below(3) > 0 { ty.to_string() } else { dice.pick(&pool).to_string() }
            };
            for _ in 0..4 {
                pairs.push(((!left.is_empty()).then(|| near(left)), near(right)));
            }
        }
        for _ in 0..60 {
            pairs.push((Some(dice.pick(&pool).to_string()), dice.pick(&pool).to_string()));
        }
        for (left, right) in pairs {
            let sql = match &left {
                Some(left) => format!("select ({}) operator(pg_catalog.{name}) ({})", value(left), value(&right)),
                None => format!("select operator(pg_catalog.{name}) ({})", value(&right)),
            };
            let ours =
                resolve_operator(&Types(catalog), catalog.operators(name), left.as_ref().map(|left| Some(left.as_str())), Some(&right));
            compare(catalog, &sql, &ours, &ask(client, &sql), &mut counts, &mut wrong);
        }
    }
    (wrong, counts)
}

/// Pairs of types: the cast as written, in an assignment and in a call.
fn casts(catalog: Builtin, client: &mut Client) -> (Vec<String>, [usize; 2]) {
    let (pool, mut wrong, mut counts) = (pool(catalog), Vec::new(), [0, 0]);
    for (number, ty) in pool.iter().enumerate() {
        let setup = format!(
            "create function pg_temp.takes_{number}({0}) returns int language sql as 'select 1'; create temp table holds_{number} (x {0})",
            quoted(ty)
        );
        client.batch_execute(&setup).unwrap_or_else(|error| panic!("{setup}: {error:?}"));
    }
    for (row, from) in pool.iter().enumerate() {
        for (number, to) in pool.iter().enumerate().filter(|(column, _)| (row + column) % 3 == 0) {
            let ours = cast(&Types(catalog), from, to);
            let theirs = if ask(client, &format!("select pg_temp.takes_{number}({})", value(from))).is_ok() {
                Cast::Implicit
            } else if ask(client, &format!("insert into holds_{number} select {}", value(from))).is_ok() {
                Cast::Assignment
            } else if ask(client, &format!("select {}::{}", value(from), quoted(to))).is_ok() {
                Cast::Explicit
            } else {
                Cast::None
            };
            counts[usize::from(ours == Cast::Maybe)] += 1;
            if ours != Cast::Maybe && ours != theirs {
                wrong.push(format!("{from} to {to}: ours {ours:?}, server {theirs:?}"));
            }
        }
    }
    (wrong, counts)
}

/// Which types can be indexed without naming an operator class.
fn classes(catalog: Builtin, client: &mut Client) {
    let mut wrong = Vec::new();
    for (number, ty) in pool(catalog).iter().enumerate() {
        for method in ["btree", "hash", "gin", "gist", "spgist", "brin"] {
            let done = client.batch_execute(&format!("begin; create index on holds_{number} using {method} (x)"));
            client.batch_execute("rollback").expect("a transaction can be left");
            let theirs = match done {
                Ok(()) => true,
                Err(error) if error.code() == Some(&SqlState::UNDEFINED_OBJECT) => false,
                // Rows cannot be columns of an index, whatever the classes are.
                Err(_) => continue,
            };
            let classes = catalog.opclasses(method).filter(|class| class.default).map(|class| class.input);
            let ours = default_opclass_of(&Types(catalog), classes, ty);
            if ours != Some(theirs) {
                wrong.push(format!("{method} {ty}: ours {ours:?}, server {theirs}"));
            }
        }
    }
    report(&wrong, "operator classes", [0, 0]);
}

/// The system relations, column by column.
fn columns(catalog: Builtin, client: &mut Client) {
    let mut wrong = Vec::new();
    for (schema, relation) in catalog.system_relations().filter(|(_, relation)| relation.is_described()) {
        let rows = client
            .query(
                "select a.attname::text, case t.typnamespace when 'information_schema'::regnamespace then 'information_schema.' else '' end || t.typname::text
                 from pg_attribute a join pg_type t on t.oid = a.atttypid
                 where attrelid = format('%I.%I', $1::text, $2::text)::regclass and attnum > 0",
                &[&schema, &relation.name],
            )
            .expect("the relation is there");
        // Some versions reordered columns; the table keeps one order for all.
        let theirs: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let ours: BTreeSet<(String, String)> = relation.columns().map(|column| (column.name.to_string(), column.ty.to_string())).collect();
        if ours != theirs {
            wrong.push(format!("{schema}.{}\n    ours   {ours:?}\n    server {theirs:?}", relation.name));
        }
    }
    report(&wrong, "system relations", [0, 0]);
}

/// How types are printed, with and without modifiers.
fn printed(catalog: Builtin, client: &mut Client) {
    let mut wrong = Vec::new();
    for ty in catalog.type_names() {
        for modifier in [None, Some(-1), Some(4), Some(5), Some(10 << 16 | 6), Some(7 << 16 | 0x7ff)] {
            let takes = catalog.ty(ty).is_some_and(|facts| facts.takes_modifier);
            // An interval's modifier is a mask, of which these are no sensible values.
            // Nor are negative scales before 15.
            let odd = ty == "interval" || ty == "numeric" && catalog.version() < 15 && modifier == Some(7 << 16 | 0x7ff);
            if modifier.is_some_and(|modifier| modifier >= 0) && (!takes || odd) {
                continue;
            }
            let theirs: String = client
                .query_one(&format!("select format_type('{}'::regtype, $1)", quoted(ty)), &[&modifier])
                .expect("format_type answers")
                .get(0);
            let ours = format_type(ty, modifier);
            if ours != theirs {
                wrong.push(format!("{ty} {modifier:?}: ours {ours}, server {theirs}"));
            }
        }
    }
    report(&wrong, "printed types", [0, 0]);
}
