//! Writes the tables of `crates/backout/src/catalog/builtin/`: what every PostgreSQL has.
//!
//! ```text
//! cargo run -p backout-tests --bin builtin -- crates/backout/src/catalog/builtin 'host=/run/pg13 user=postgres' 'host=/run/pg14 user=postgres' …
//! ```
//!
//! The first argument is the folder to write into, each further one the connection string of a
//! freshly initialised server, one per major version and all of 13 to 18; their order does not
//! matter. The contrib modules must be installed there. Nothing is left behind in the servers:
//! everything happens in a transaction that is rolled back.
//!
//! A fact is a word; the versions that have it are a suffix: none for all, `@15` since 15, `@-14` until 14,
//! `@14-16` for both.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs, process};

use backout::catalog::builtin::Builtin;
use postgres::{Client, NoTls};

const OLDEST: u16 = 13;
const NEWEST: u16 = 18;

type Problem = Box<dyn std::error::Error>;

/// One line's facts, in the order of first sight, with the versions that have each.
#[derive(Default)]
struct Facts {
    order: Vec<String>,
    versions: BTreeMap<String, BTreeSet<u16>>,
}

/// A table: line name → facts; the empty fact stands for the line itself.
#[derive(Default)]
struct Table(BTreeMap<String, Facts>);

impl Table {
    /// Notes one fact. `after` is the fact of the same version which it follows, where order matters.
    fn add_after(&mut self, line: &str, fact: &str, after: Option<&str>, version: u16) {
        let facts = self.0.entry(line.to_string()).or_default();
        if !facts.versions.contains_key(fact) {
            let place = after.and_then(|a| facts.order.iter().position(|f| f == a)).map_or(facts.order.len(), |at| at + 1);
            let place = if after.is_none() && !facts.order.is_empty() && !fact.is_empty() { facts.order.len() } else { place };
            facts.order.insert(place, fact.to_string());
        }
        facts.versions.entry(fact.to_string()).or_default().insert(version);
    }

    fn add(&mut self, line: &str, fact: &str, version: u16) {
        self.add_after(line, fact, None, version);
    }

    /// Sorted lines: name, a tab, the facts. `ordered` keeps the order of sight, else facts are sorted.
    fn text(&self, ordered: bool, all: &BTreeSet<u16>) -> String {
        let mut out = String::new();
        for (line, facts) in &self.0 {
            let mut words: Vec<&String> = facts.order.iter().filter(|f| !f.is_empty()).collect();
            if !ordered {
                words.sort();
            }
            let of_line: BTreeSet<u16> = facts.versions.values().flatten().copied().collect();
            let _ = write!(out, "{line}{}", mark(&of_line, all));
            for (index, word) in words.iter().enumerate() {
                out.push(if index == 0 { '\t' } else { ' ' });
                let versions = &facts.versions[*word];
                let _ = write!(out, "{word}{}", if *versions == of_line { String::new() } else { mark(versions, all) });
            }
            out.push('\n');
        }
        out
    }
}

impl Table {
    /// Names without facts, those with the same first bytes on one line: `abcd`, a tab, the rests.
    fn grouped(&self, all: &BTreeSet<u16>) -> String {
        let mut groups: BTreeMap<&str, String> = BTreeMap::new();
        for (name, facts) in &self.0 {
            let (head, rest) = name.split_at(name.len().min(4));
            let versions = facts.versions.values().flatten().copied().collect();
            let _ = write!(groups.entry(head).or_default(), " {rest}{}", mark(&versions, all));
        }
        groups.iter().map(|(head, rests)| format!("{head}\t{}\n", &rests[1..])).collect()
    }
}

/// The suffix for a set of versions. A fact that comes and goes and comes again does not occur.
fn mark(versions: &BTreeSet<u16>, all: &BTreeSet<u16>) -> String {
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return String::new() };
    assert!(all.range(first..=last).all(|v| versions.contains(v)), "versions with a hole: {versions:?}");
    match (*first > OLDEST, *last < NEWEST) {
        (false, false) => String::new(),
        (true, false) => format!("@{first}"),
        (false, true) => format!("@-{last}"),
        (true, true) => format!("@{first}-{last}"),
    }
}

/// A type's name in the tables: bare in pg_catalog and in an extension's schema, qualified in information_schema.
const TYPE_NAME: &str = "
create function pg_temp.tn(o oid) returns text language sql as $$
  select case when n.nspname = 'information_schema' then 'information_schema.' || t.typname::text else t.typname::text end
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid = o $$";

/// Which of pg_proc's functions are named only: support functions that no migration calls.
const SUPPORT: &str = "
create function pg_temp.inner(o oid) returns bool language sql as $$
  select exists (select from unnest(p.proargtypes || p.prorettype) a join pg_type t on t.oid = a
                 where t.typtype = 'p' and (t.typname in ('internal', 'cstring', 'language_handler') or t.typname like '%_handler'))
  from pg_proc p where p.oid = o $$;
create function pg_temp.dull(o oid) returns bool language sql as $$
  select coalesce(obj_description(p.oid, 'pg_proc'), '') ~ '^(implementation of|I/O|internal|aggregate |join selectivity|restriction selectivity|less-equal-greater|larger of|smaller of|hash$|statistics: )'
      or p.proname::text ~ '^(RI_FKey_|binary_upgrade_|pg_stat_get_|pg_replication_|pg_logical_|pg_show_|pg_get_shmem|pg_get_backend|pg_get_wal|pg_get_multixact|pg_control_|pg_ls_|pg_stat_reset|pg_backup|pg_cursor|pg_prepared|pg_available|pg_hba|pg_ident|pg_get_replication|pg_copy_|pg_timezone|pg_wal_|pg_current_wal|pg_last_|pg_restore_|pg_clear_|pg_partition_|pg_event_trigger_|pg_nextoid|pg_stop_making|pg_create_|pg_drop_|pg_describe|pg_identify|pg_input|pg_config|pg_stats_ext|_pg_)'
         and p.proname::text not in ('pg_input_is_valid', 'pg_event_trigger_dropped_objects', 'pg_event_trigger_ddl_commands', 'pg_event_trigger_table_rewrite_oid',
             'pg_event_trigger_table_rewrite_reason', 'pg_partition_tree', 'pg_partition_root', 'pg_partition_ancestors')
      or p.proname::text ~ '_(accum|combine|deserialize|serialize|transfn|finalfn|inv|in|out|recv|send|typmodin|typmodout|support|sortsupport|sel|joinsel|cmp|pattern_lt|pattern_le|pattern_gt|pattern_ge|pattern_eq|pattern_ne)$'
         and not exists (select from pg_aggregate g where g.aggfnoid = p.oid)
  from pg_proc p where p.oid = o $$";

/// name, names-only?, fact. A name that is described at all is described with all its callable overloads.
const FUNCTIONS: &str = "
select p.proname::text, pg_temp.inner(p.oid) or bool_and(pg_temp.inner(p.oid) or pg_temp.dull(p.oid)) over (partition by p.proname),
  coalesce((select string_agg(pg_temp.tn(a), ',' order by i) from unnest(p.proargtypes) with ordinality u(a, i)), '')
  || '>' || pg_temp.tn(p.prorettype)
  || coalesce(case when p.prokind = 'f' and (p.prorettype = 'record'::regtype or (select count(*) from unnest(p.proargmodes) m where m in ('o', 'b', 't')) = 1) and p.proname::text !~ '^pg_(stat|get|ls|show)' then
       '{' || (select string_agg(n || ':' || pg_temp.tn(t), ',' order by i) from unnest(p.proallargtypes, p.proargmodes, p.proargnames) with ordinality u(t, m, n, i)
               where m in ('o', 'b', 't')) || '}' end, '')
  || coalesce(':' || nullif(case p.provolatile when 'i' then '' else p.provolatile::text end
       || case p.prokind when 'f' then '' when 'a' then case (select aggkind from pg_aggregate g where g.aggfnoid = p.oid) when 'n' then 'a' else 'o' end else p.prokind::text end
       || case when p.proretset then 'r' else '' end
       || case when p.provariadic <> 0 then '*' else '' end
       || case when p.pronargdefaults > 0 then p.pronargdefaults::text else '' end, ''), '')
from pg_proc p where OBJECTS order by 1, 3";

/// name, fact. Types that belong to a relation and true array types are left out: their names follow from others.
const TYPES: &str = "
select pg_temp.tn(t.oid), t.typcategory::text || t.typtype::text
  || case when t.typispreferred then '!' else '' end
  || case when t.typcollation <> 0 then 'c' else '' end
  || case when t.typmodin <> 0 then 'm' else '' end
  || coalesce(case t.typtype when 'd' then '=' || pg_temp.tn(t.typbasetype)
                      when 'r' then '=' || (select pg_temp.tn(r.rngsubtype) from pg_range r where r.rngtypid = t.oid)
                      when 'm' then '=' || pg_temp.range_of(t.oid) end, '')
from pg_type t where not (t.typcategory = 'A' and t.typelem <> 0 and t.typname like '\\_%') and (t.typrelid = 0 or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
  and OBJECTS order by 1";

/// source, fact.
const CASTS: &str = "
select pg_temp.tn(castsource), pg_temp.tn(casttarget) || ':' || castcontext::text || castmethod::text from pg_cast where OBJECTS order by 1, 2";

/// operator, fact.
const OPERATORS: &str = "
select oprname::text, coalesce(pg_temp.tn(nullif(oprleft, 0)), '') || ',' || coalesce(pg_temp.tn(nullif(oprright, 0)), '') || '>' || pg_temp.tn(oprresult)
  || case p.provolatile when 'i' then '' else ':' || p.provolatile::text end
from pg_operator o join pg_proc p on p.oid = o.oprcode where OBJECTS order by 1, 2";

/// access method, fact.
const OPCLASSES: &str = "
select a.amname::text, o.opcname::text || ':' || pg_temp.tn(o.opcintype) || case when o.opcdefault then '*' else '' end
from pg_opclass o join pg_am a on a.oid = o.opcmethod where OBJECTS order by 1, 2";

/// relation, kind, column, type; in the order of columns.
const COLUMNS: &str = "
select case n.nspname when 'information_schema' then 'information_schema.' else '' end || c.relname::text, c.relkind::text, a.attname::text, pg_temp.tn(a.atttypid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'v') and n.nspname in ('pg_catalog', 'information_schema') and a.attnum > 0 and not a.attisdropped order by 1, a.attnum";

/// kind, name: the small lists. `MEMBER` stands for the restriction to an extension's members.
const NAMES: &[(&str, &str)] = &[
    ("am", "select amname::text from pg_am where OBJECTS"),
    ("language", "select lanname::text from pg_language where OBJECTS"),
    (
        "collation",
        "select collname::text from pg_collation where OBJECTS and (collname in ('default', 'C', 'POSIX') or collprovider = 'b' or collname in ('ucs_basic', 'unicode'))",
    ),
    ("ts-config", "select cfgname::text from pg_ts_config where OBJECTS"),
    ("ts-dictionary", "select dictname::text from pg_ts_dict where OBJECTS"),
    ("ts-parser", "select prsname::text from pg_ts_parser where OBJECTS"),
    ("ts-template", "select tmplname::text from pg_ts_template where OBJECTS"),
    ("fdw", "select fdwname::text from pg_foreign_data_wrapper where OBJECTS"),
    ("relation", "select relname::text from pg_class where relkind in ('r', 'v', 'm', 'f') and OBJECTS"),
    ("sequence", "select relname::text from pg_class where relkind = 'S' and OBJECTS"),
    ("event-trigger", "select evtname::text from pg_event_trigger where OBJECTS"),
    ("schema", "select nspname::text from pg_namespace where OBJECTS"),
];

/// The same, outside extensions only.
const CLUSTER: &[(&str, &str)] = &[
    ("role", "select rolname::text from pg_roles where rolname like 'pg\\_%'"),
    ("tablespace", "select spcname::text from pg_tablespace"),
];

/// parameter, context and type, as `set` minds them.
const SETTINGS: &str = "
select name, case context when 'user' then '' when 'superuser' then 'S' when 'internal' then 'I' else 'P' end
  || case vartype when 'bool' then 'b' when 'enum' then 'e' when 'integer' then 'i' when 'real' then 'r' else '' end from pg_settings order by 1";

/// Everything that the tables hold.
#[derive(Default)]
struct Tables {
    functions: Table,
    support: Table,
    types: Table,
    casts: Table,
    operators: Table,
    opclasses: Table,
    relations: Table,
    names: Table,
    settings: Table,
    extensions: BTreeMap<String, Extension>,
}

/// What one extension creates: the same tables, for its members.
#[derive(Default)]
struct Extension {
    versions: BTreeSet<u16>,
    requires: Table,
    functions: Table,
    types: Table,
    casts: Table,
    operators: Table,
    opclasses: Table,
    names: Table,
}

fn main() {
    if let Err(problem) = run() {
        eprintln!("builtin: {problem}");
        process::exit(2);
    }
}

fn run() -> Result<(), Problem> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("the folder to write into is missing; see the head of tests/src/bin/builtin.rs")?;
    let mut servers = Vec::new();
    for config in arguments {
        let mut client = Client::connect(&config, NoTls)?;
        let number: String = client.query_one("show server_version_num", &[])?.get(0);
        servers.push((number.parse::<u32>()? / 10000, client));
    }
    servers.sort_by_key(|(version, _)| *version);
    let all: BTreeSet<u16> = servers.iter().map(|(version, _)| *version as u16).collect();
    if all != (OLDEST..=NEWEST).collect() {
        return Err(format!("servers of the versions {OLDEST} to {NEWEST} are needed, {all:?} were given").into());
    }
    let mut tables = Tables::default();
    for (version, client) in &mut servers {
        // The newest server's order of columns is the one to insert the older ones into.
        read_server(client, *version as u16, &mut tables)?;
    }
    // A name is listed as support only where no call of it is described at all.
    for (name, facts) in &tables.support.0 {
        if let Some(described) = tables.functions.0.get_mut(name) {
            described.order.push("?".to_string());
            described.versions.insert("?".to_string(), facts.versions.values().flatten().copied().collect());
        }
    }
    // Those whose names are made of types' names are not listed.
    let described: BTreeSet<String> = tables.functions.0.keys().cloned().collect();
    let newest = Builtin::new(NEWEST);
    tables.support.0.retain(|name, _| !described.contains(name) && !newest.is_function_of_type(name));

    let write = |name: &str, text: String| -> Result<(), Problem> {
        println!("{name}: {} bytes", text.len());
        fs::write(format!("{folder}/{name}"), text).map_err(|problem| format!("{folder}/{name}: {problem}").into())
    };
    write("functions.txt", tables.functions.text(false, &all))?;
    write("support.txt", tables.support.grouped(&all))?;
    write("types.txt", tables.types.text(false, &all))?;
    write("casts.txt", tables.casts.text(false, &all))?;
    write("operators.txt", tables.operators.text(false, &all))?;
    write("opclasses.txt", tables.opclasses.text(false, &all))?;
    write("relations.txt", tables.relations.text(true, &all))?;
    write("names.txt", tables.names.text(false, &all))?;
    write("settings.txt", tables.settings.text(false, &all))?;
    write("extensions.txt", extensions_text(&tables.extensions, &all))
}

fn extensions_text(extensions: &BTreeMap<String, Extension>, all: &BTreeSet<u16>) -> String {
    let mut out = String::new();
    for (name, extension) in extensions {
        let _ = writeln!(out, "={name}{}", mark(&extension.versions, all));
        let sections = [
            ('q', &extension.requires),
            ('t', &extension.types),
            ('f', &extension.functions),
            ('c', &extension.casts),
            ('o', &extension.operators),
            ('k', &extension.opclasses),
            ('n', &extension.names),
        ];
        for (letter, table) in sections {
            for line in table.text(false, &extension.versions).lines() {
                let _ = writeln!(out, "{letter}{line}");
            }
        }
    }
    out
}

fn read_server(client: &mut Client, version: u16, tables: &mut Tables) -> Result<(), Problem> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute(TYPE_NAME)?;
    transaction.batch_execute(SUPPORT)?;
    let range_of = if version >= 14 { "pg_temp.tn((select rngtypid from pg_range where rngmultitypid = o))" } else { "null::text" };
    transaction.batch_execute(&format!("create function pg_temp.range_of(o oid) returns text language sql as $$ select {range_of} $$"))?;

    let catalog = |column: &str| format!("{column} = 'pg_catalog'::regnamespace");
    for row in transaction.query(&FUNCTIONS.replace("OBJECTS", &catalog("p.pronamespace")), &[])? {
        let (name, support, fact): (String, bool, String) = (row.get(0), row.get(1), row.get(2));
        if support {
            tables.support.add(&name, "", version);
        } else {
            tables.functions.add(&name, &fact, version);
        }
    }
    let both = "t.typnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";
    for (table, query, objects) in [
        (&mut tables.types, TYPES, both.to_string()),
        (&mut tables.casts, CASTS, "true".to_string()),
        (&mut tables.operators, OPERATORS, catalog("o.oprnamespace")),
        (&mut tables.opclasses, OPCLASSES, "true".to_string()),
    ] {
        for row in transaction.query(&query.replace("OBJECTS", &objects), &[])? {
            table.add(row.get(0), row.get(1), version);
        }
    }
    for (kind, query) in
        NAMES.iter().filter(|(kind, _)| !["relation", "sequence", "event-trigger", "schema", "fdw"].contains(kind)).chain(CLUSTER)
    {
        for row in transaction.query(&query.replace("OBJECTS", "true"), &[])? {
            tables.names.add(kind, row.get(0), version);
        }
    }
    for row in transaction.query(SETTINGS, &[])? {
        tables.settings.add(&row.get::<_, String>(0).to_lowercase(), row.get(1), version);
    }
    let mut before: Option<(String, String)> = None;
    for row in transaction.query(COLUMNS, &[])? {
        let (relation, kind, column, ty): (String, String, String, String) = (row.get(0), row.get(1), row.get(2), row.get(3));
        // The commonest types are single letters here: this table is the largest.
        let ty = match ty.as_str() {
            "oid" => "",
            "name" => ":n",
            "text" => ":t",
            "bool" => ":b",
            "int4" => ":4",
            "int8" => ":8",
            "information_schema.sql_identifier" => ":i",
            "information_schema.character_data" => ":c",
            "information_schema.cardinal_number" => ":d",
            "information_schema.yes_or_no" => ":y",
            other => &format!(":{other}"),
        };
        let fact = if watched(&relation) { "*".to_string() } else { format!("{column}{ty}") };
        let line = format!("{relation}\t{kind}");
        let after = before.as_ref().filter(|(r, _)| *r == line).map(|(_, f)| f.clone());
        tables.relations.add_after(&line, &fact, after.as_deref(), version);
        before = Some((line, fact));
    }
    let available: Vec<String> = transaction
        .query("select name::text from pg_available_extensions where name <> 'plpgsql' order by 1", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect();
    for name in available {
        let mut savepoint = transaction.transaction()?;
        // Procedural languages may lack their libraries; they then count as not described.
        if savepoint.batch_execute(&format!("create extension \"{name}\" cascade")).is_ok() {
            read_extension(&mut savepoint, &name, version, tables.extensions.entry(name.clone()).or_default())?;
        } else {
            eprintln!("builtin: extension {name} of version {version} cannot be created here and is left out");
        }
        savepoint.rollback()?;
    }
    transaction.rollback()?;
    Ok(())
}

/// Whether a relation is for people who watch a server: known, its columns not described.
fn watched(relation: &str) -> bool {
    let kept = ["pg_stat_activity", "pg_stat_user_tables", "pg_stat_all_tables", "pg_stat_user_indexes", "pg_stat_all_indexes"];
    let prefixes =
        ["pg_stat_", "pg_statio_", "pg_replication_", "pg_shmem", "pg_hba", "pg_ident", "pg_file", "pg_backend_", "pg_wait_", "pg_aios"];
    prefixes.iter().any(|prefix| relation.starts_with(prefix)) && !kept.contains(&relation)
        || relation.starts_with("information_schema._pg")
}

/// Extensions whose functions serve inspection or operators; they are known by name only.
const NAMES_ONLY: [&str; 10] =
    ["amcheck", "btree_gin", "btree_gist", "isn", "pageinspect", "pg_buffercache", "pg_visibility", "pg_walinspect", "pgstattuple", "seg"];

fn read_extension(transaction: &mut postgres::Transaction<'_>, name: &str, version: u16, extension: &mut Extension) -> Result<(), Problem> {
    extension.versions.insert(version);
    let oid: u32 = transaction.query_one("select oid from pg_extension where extname = $1", &[&name])?.get(0);
    let member = |alias: &str, class: &str| {
        format!(
            "{alias}oid in (select objid from pg_depend where deptype = 'e' and refclassid = 'pg_extension'::regclass and refobjid = {oid} and classid = '{class}'::regclass)"
        )
    };
    let facts = transaction.query_one(
        "select coalesce(v.requires::text[], '{}'), v.schema::text, v.relocatable from pg_available_extension_versions v join pg_extension e on e.extname = v.name and e.extversion = v.version where v.name = $1",
        &[&name],
    )?;
    for required in facts.get::<_, Vec<String>>(0) {
        extension.requires.add("requires", &required, version);
    }
    if let Some(schema) = facts.get::<_, Option<String>>(1) {
        extension.requires.add("schema", &schema, version);
    }
    if !facts.get::<_, bool>(2) {
        extension.requires.add("fixed", "", version);
    }
    for row in transaction.query(&FUNCTIONS.replace("OBJECTS", &member("p.", "pg_proc")), &[])? {
        let (function, support, fact): (String, bool, String) = (row.get(0), row.get(1), row.get(2));
        // Their access methods call these, and nobody else does.
        if support
            && ["gbt_", "gin_", "g_int", "g_cube_", "gseg_", "ghstore_", "gtrgm_", "_ltree_"]
                .iter()
                .any(|begin| function.starts_with(begin))
        {
            continue;
        }
        extension.functions.add(&function, if support || NAMES_ONLY.contains(&name) { "?" } else { &fact }, version);
    }
    for (table, query, objects) in [
        (&mut extension.types, TYPES, member("t.", "pg_type")),
        (&mut extension.casts, CASTS, member("", "pg_cast")),
        (&mut extension.operators, OPERATORS, member("o.", "pg_operator")),
        (&mut extension.opclasses, OPCLASSES, member("o.", "pg_opclass")),
    ] {
        for row in transaction.query(&query.replace("OBJECTS", &objects), &[])? {
            table.add(row.get(0), row.get(1), version);
        }
    }
    let classes = [
        ("am", "pg_am"),
        ("language", "pg_language"),
        ("collation", "pg_collation"),
        ("ts-config", "pg_ts_config"),
        ("ts-dictionary", "pg_ts_dict"),
        ("ts-parser", "pg_ts_parser"),
        ("ts-template", "pg_ts_template"),
        ("fdw", "pg_foreign_data_wrapper"),
        ("relation", "pg_class"),
        ("sequence", "pg_class"),
        ("event-trigger", "pg_event_trigger"),
        ("schema", "pg_namespace"),
    ];
    for (kind, query) in NAMES {
        let Some((_, class)) = classes.iter().find(|(k, _)| k == kind) else { continue };
        for row in transaction.query(&query.replace("OBJECTS", &member("", class)), &[])? {
            extension.names.add(kind, row.get(0), version);
        }
    }
    Ok(())
}
