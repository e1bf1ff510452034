//! A database's schema as a canonical text, read from the system catalogs, and the differences between two such texts.

use std::collections::{BTreeMap, BTreeSet};

use postgres::{Client, SimpleQueryMessage};

/// What an object is: its kind and its name, as a report's `differences` spell them.
type Key = (String, String);

/// One object of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The whole definition.
    definition: String,
    /// The definition without spaces, comments and case in a function's text; the same as `definition` for other kinds.
    loose: String,
    /// The object without which this one cannot be there, as "kind name"; hides this one when that one differs wholly.
    owner: String,
}

/// The schema of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    entries: BTreeMap<Key, Entry>,
    /// The columns of each table in their order.
    order: BTreeMap<String, Vec<String>>,
}

/// One difference between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `missing`, `extra`, `changed`, `renamed`, or `column-order` and `text`, which do not count as differing.
    pub change: &'static str,
    /// The kind of the object.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Definition before and after, for people.
    pub detail: String,
}

/// Reads the schema of the database that `client` is in.
pub fn take(client: &mut Client) -> Result<Snapshot, String> {
    read(client, &format!("SET search_path TO pg_catalog;\n{};\nRESET search_path", queries().join(";\n")))
}

/// What users make has this OID or a higher one (manual, "OID Assignment").
const FIRST_OF_USERS: u32 = 16384;

/// Kinds that no script can bring about without the word; the queries for the others are asked always.
const RARE: [&str; 16] = [
    "aggregate",
    "cast",
    "operator",
    "operator class",
    "operator family",
    "collation",
    "conversion",
    "text search configuration",
    "text search dictionary",
    "text search parser",
    "text search template",
    "subscription",
    "event trigger",
    "server",
    "language",
    "access method",
];

/// The kinds of objects that a snapshot shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// Every kind.
    All,
    /// Those that are not rare.
    Usual,
}

/// Makes ready for [`take_prepared`] in this session; gives what that one asks for.
pub fn prepare(client: &mut Client, kinds: Kinds) -> Result<String, String> {
    let mut queries = queries();
    queries.retain(|query| {
        let kind = query.split('\'').nth(1).unwrap_or_default();
        kinds == Kinds::All || !RARE.contains(&kind) && !["foreign-data wrapper", "user mapping", "extension", "setting"].contains(&kind)
    });
    let each = queries.iter().enumerate().map(|(at, query)| format!("PREPARE snapshot_{at} AS {query};\n"));
    let sql = format!("SET search_path TO pg_catalog;\n{}RESET search_path", each.collect::<String>());
    client.batch_execute(&sql).map_err(|error| format!("snapshot: {error:?}"))?;
    let each: String = (0..queries.len()).map(|at| format!("EXECUTE snapshot_{at};\n")).collect();
    Ok(format!("SET search_path TO pg_catalog;\n{each}RESET search_path"))
}

/// The same as [`take`], without planning the queries again.
pub fn take_prepared(client: &mut Client, prepared: &str) -> Result<Snapshot, String> {
    read(client, prepared)
}

fn read(client: &mut Client, sql: &str) -> Result<Snapshot, String> {
    let mut snapshot = Snapshot::default();
    let rows = client.simple_query(sql).map_err(|error| match error.as_db_error() {
        Some(db) => {
            let place = match db.position() {
                Some(postgres::error::ErrorPosition::Original(at)) => {
                    sql.chars().skip((*at as usize).saturating_sub(60)).take(100).collect()
                }
                _ => String::new(),
            };
            format!("snapshot: {} near {place:?}", db.message())
        }
        None => format!("snapshot: {error:?}"),
    })?;
    for row in rows {
        let SimpleQueryMessage::Row(row) = row else { continue };
        if row.len() < 4 {
            continue;
        }
        let cell = |at: usize| row.get(at).unwrap_or_default().to_string();
        let (kind, name, definition, owner) = (cell(0), cell(1).replace('"', ""), cell(2), cell(3).replace('"', ""));
        if kind == "column-order" {
            snapshot.order.insert(name, definition.split('\u{1}').map(str::to_string).collect());
            continue;
        }
        let loose = match kind.as_str() {
            "function" | "procedure" => squeeze(&definition),
            _ => definition.clone(),
        };
        snapshot.entries.insert((kind, name), Entry { definition, loose, owner });
    }
    Ok(snapshot)
}

/// What differs from `before` in `after`.
pub fn differences(before: &Snapshot, after: &Snapshot) -> Vec<Difference> {
    let mut found = Vec::new();
    let gone: BTreeSet<&Key> = before.entries.keys().filter(|key| !after.entries.contains_key(key)).collect();
    let new: BTreeSet<&Key> = after.entries.keys().filter(|key| !before.entries.contains_key(key)).collect();
    let one_sided: BTreeSet<String> = gone.iter().chain(&new).map(|key| format!("{} {}", key.0, key.1)).collect();
    let mut renamed: BTreeMap<&Key, &Key> = BTreeMap::new();
    for old in &gone {
        let Some(before_entry) = before.entries.get(*old) else { continue };
        let twin = new.iter().find(|name| {
            name.0 == old.0
                && matches!(name.0.as_str(), "index" | "constraint" | "sequence")
                && !renamed.values().any(|taken| taken == *name)
                && after
                    .entries
                    .get(**name)
                    .is_some_and(|entry| entry.definition == before_entry.definition && entry.owner == before_entry.owner)
        });
        if let Some(twin) = twin {
            renamed.insert(old, twin);
        }
    }
    let hidden = |entry: &Entry| !entry.owner.is_empty() && one_sided.contains(&entry.owner);
    for (key, entry) in &before.entries {
        let difference = |change, detail: String| Difference { change, kind: key.0.clone(), name: key.1.clone(), detail };
        match after.entries.get(key) {
            None if hidden(entry) => {}
            None => match renamed.get(key) {
                Some(twin) => found.push(difference("renamed", format!("is now {}", twin.1))),
                None => found.push(difference("missing", entry.definition.clone())),
            },
            Some(now) if now.definition == entry.definition || hidden(entry) || hidden(now) => {}
            Some(now) if now.loose == entry.loose => found.push(difference("text", String::new())),
            Some(now) => found.push(difference("changed", format!("{} -> {}", entry.definition, now.definition))),
        }
    }
    for (key, entry) in &after.entries {
        if !before.entries.contains_key(key) && !hidden(entry) && !renamed.values().any(|twin| *twin == key) {
            found.push(Difference { change: "extra", kind: key.0.clone(), name: key.1.clone(), detail: entry.definition.clone() });
        }
    }
    for (table, columns) in &before.order {
        let Some(now) = after.order.get(table) else { continue };
        let then: Vec<_> = columns.iter().filter(|column| now.contains(column)).collect();
        let now: Vec<_> = now.iter().filter(|column| columns.contains(column)).collect();
        if then != now {
            found.push(Difference { change: "column-order", kind: "table".into(), name: table.clone(), detail: String::new() });
        }
    }
    found.sort();
    found
}

/// A function's text without what does not change its meaning: spaces, comments, and case outside quotes.
fn squeeze(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '\'' || first == '"' {
            let end = rest[1..].find(first).map_or(rest.len(), |end| end + 2);
            out.push_str(&rest[..end]);
            end
        } else {
            if !first.is_whitespace() {
                out.extend(first.to_lowercase());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// A condition that leaves out what came with the server or belongs to an extension.
fn own(class: &str, oid: &str) -> String {
    format!("{oid} >= {FIRST_OF_USERS} AND {}", no_extension(class, oid))
}

/// A condition that leaves out what belongs to an extension.
fn no_extension(class: &str, oid: &str) -> String {
    format!("NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{class}'::regclass AND x.objid = {oid} AND x.deptype = 'e')")
}

/// A condition that leaves out the schemas of the system and of temporary objects.
fn ours(schema: &str) -> String {
    format!("{schema} !~ '^(pg_|information_schema$)'")
}

/// Every query of the snapshot; each gives kind, name, definition and owner.
fn queries() -> Vec<String> {
    let rel_own = own("pg_class", "c.oid");
    let ns = ours("n.nspname");
    let proc_own = own("pg_proc", "p.oid");
    let type_own = own("pg_type", "t.oid");
    // A relation's options, flags and owner; a column's default is deparsed, so spelling differences vanish.
    let relation_kind =
        "CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'matview' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite' ELSE 'table' END";
    vec![
        format!("SELECT 'schema', n.nspname, CASE WHEN n.nspname <> 'public' THEN pg_get_userbyid(n.nspowner) END, '' FROM pg_namespace n WHERE {ns} AND {}", no_extension("pg_namespace", "n.oid")),
        "SELECT 'extension', e.extname, e.extversion || ' in ' || n.nspname, '' FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace".into(),
        format!(
            "SELECT 'table', n.nspname||'.'||c.relname, concat_ws(' | ', c.relkind, c.relpersistence, 'rls='||c.relrowsecurity::text||c.relforcerowsecurity::text, \
             'ident='||c.relreplident::text, array_to_string(ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1), ','), \
             pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), \
             (SELECT 'inherits '||string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid), \
             (SELECT 'server '||s.srvname||' '||coalesce(f.ftoptions::text,'') FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid=f.ftserver WHERE f.ftrelid=c.oid), \
             CASE WHEN c.reloftype <> 0 THEN 'of '||format_type(c.reloftype, NULL) END, \
             (SELECT 'tablespace '||spcname FROM pg_tablespace WHERE oid = c.reltablespace), (SELECT 'am '||amname FROM pg_am WHERE oid = c.relam), \
             'owner '||pg_get_userbyid(c.relowner)), '' \
             FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace WHERE c.relkind IN ('r','p','f') AND {ns} AND {rel_own}"
        ),
        format!(
            "SELECT 'column', n.nspname||'.'||c.relname||'.'||a.attname, concat_ws(' | ', format_type(a.atttypid, a.atttypmod), \
             CASE WHEN a.attnotnull THEN 'NOT NULL' END, CASE WHEN a.attgenerated <> '' THEN 'generated '||a.attgenerated::text END, \
             'default '||pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attidentity <> '' THEN 'identity '||a.attidentity::text END, \
             (SELECT concat_ws(' ', 'counts', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle) FROM pg_sequence s JOIN pg_depend i ON i.classid='pg_class'::regclass AND i.objid=s.seqrelid AND i.deptype='i' WHERE i.refobjid=a.attrelid AND i.refobjsubid=a.attnum), \
             (SELECT 'collation '||k.collname FROM pg_collation k JOIN pg_type t ON t.oid=a.atttypid WHERE k.oid=a.attcollation AND a.attcollation <> t.typcollation), \
             CASE WHEN a.attstorage <> (SELECT typstorage FROM pg_type WHERE oid=a.atttypid) THEN 'storage '||a.attstorage::text END, \
             CASE WHEN coalesce(a.attstattarget, -1) <> -1 THEN 'statistics '||a.attstattarget::text END, \
             a.attoptions::text, a.attfdwoptions::text, 'compression '||nullif(to_jsonb(a)->>'attcompression', '')), \
             'table '||n.nspname||'.'||c.relname \
             FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace JOIN pg_attribute a ON a.attrelid=c.oid AND a.attrelid >= {FIRST_OF_USERS} LEFT JOIN pg_attrdef d ON d.adrelid=c.oid AND d.adnum=a.attnum \
             WHERE c.relkind IN ('r','p','f') AND a.attnum > 0 AND NOT a.attisdropped AND {ns} AND {rel_own}"
        ),
        format!(
            "SELECT 'column-order', n.nspname||'.'||c.relname, string_agg(a.attname, chr(1) ORDER BY a.attnum), '' \
             FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace JOIN pg_attribute a ON a.attrelid=c.oid AND a.attrelid >= {FIRST_OF_USERS} \
             WHERE c.relkind IN ('r','p','f') AND a.attnum > 0 AND NOT a.attisdropped AND {ns} AND {rel_own} GROUP BY 2"
        ),
        format!(
            "SELECT 'constraint', n.nspname||'.'||c.relname||'.'||k.conname, concat_ws(' ', pg_get_constraintdef(k.oid), \
             CASE WHEN k.contype='p' OR k.contype='u' OR k.contype='x' THEN (SELECT CASE WHEN i.indisclustered THEN 'clustered' END FROM pg_index i WHERE i.indexrelid=k.conindid) END, \
             CASE WHEN k.contype='p' OR k.contype='u' OR k.contype='x' THEN (SELECT array_to_string(x.reloptions, ',') FROM pg_class x WHERE x.oid=k.conindid) END), \
             'table '||n.nspname||'.'||c.relname \
             FROM pg_constraint k JOIN pg_class c ON c.oid=k.conrelid JOIN pg_namespace n ON n.oid=c.relnamespace \
             WHERE k.oid >= {FIRST_OF_USERS} AND k.contype NOT IN ('t','n') AND c.relkind IN ('r','p','f') AND {ns} AND {rel_own}"
        ),
        format!(
            "SELECT 'index', n.nspname||'.'||c.relname, concat_ws(' | ', regexp_replace(pg_get_indexdef(c.oid), 'INDEX \\S+ ON', 'INDEX ON'), \
             CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN i.indisclustered THEN 'clustered' END, CASE WHEN i.indisreplident THEN 'replident' END, \
             (SELECT 'of '||h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid=c.oid)), \
             'table '||tn.nspname||'.'||t.relname||'' \
             FROM pg_index i JOIN pg_class c ON c.oid=i.indexrelid AND i.indexrelid >= {FIRST_OF_USERS} JOIN pg_namespace n ON n.oid=c.relnamespace JOIN pg_class t ON t.oid=i.indrelid JOIN pg_namespace tn ON tn.oid=t.relnamespace \
             WHERE {ns} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid=c.oid AND k.contype IN ('p','u','x')) AND t.relkind <> 'm' AND {rel_own}"
        ),
        format!(
            "SELECT 'index', n.nspname||'.'||c.relname, regexp_replace(pg_get_indexdef(c.oid), 'INDEX \\S+ ON', 'INDEX ON'), 'matview '||tn.nspname||'.'||t.relname||'' \
             FROM pg_index i JOIN pg_class c ON c.oid=i.indexrelid AND i.indexrelid >= {FIRST_OF_USERS} JOIN pg_namespace n ON n.oid=c.relnamespace JOIN pg_class t ON t.oid=i.indrelid JOIN pg_namespace tn ON tn.oid=t.relnamespace \
             WHERE {ns} AND t.relkind='m' AND {rel_own}"
        ),
        format!(
            "SELECT 'sequence', n.nspname||'.'||c.relname, concat_ws(' ', format_type(s.seqtypid,NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, c.relpersistence, \
             (SELECT 'owned by '||tn.nspname||'.'||t.relname||'.'||a.attname FROM pg_depend d JOIN pg_class t ON t.oid=d.refobjid JOIN pg_namespace tn ON tn.oid=t.relnamespace JOIN pg_attribute a ON a.attrelid=t.oid AND a.attnum=d.refobjsubid \
              WHERE d.classid='pg_class'::regclass AND d.objid=c.oid AND d.deptype='a' AND d.refclassid='pg_class'::regclass), 'owner '||pg_get_userbyid(c.relowner)), \
             coalesce((SELECT 'table '||tn.nspname||'.'||t.relname FROM pg_depend d JOIN pg_class t ON t.oid=d.refobjid JOIN pg_namespace tn ON tn.oid=t.relnamespace \
              WHERE d.classid='pg_class'::regclass AND d.objid=c.oid AND d.deptype='a' AND d.refclassid='pg_class'::regclass LIMIT 1), '') \
             FROM pg_sequence s JOIN pg_class c ON c.oid=s.seqrelid JOIN pg_namespace n ON n.oid=c.relnamespace \
             WHERE {ns} AND {rel_own} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid='pg_class'::regclass AND d.objid=c.oid AND d.deptype='i')"
        ),
        format!(
            "SELECT {relation_kind}, n.nspname||'.'||c.relname, concat_ws(' | ', pg_get_viewdef(c.oid), array_to_string(c.reloptions, ','), \
             (SELECT string_agg(a.attname||' '||format_type(a.atttypid,a.atttypmod)||coalesce(' default '||pg_get_expr(d.adbin,d.adrelid),'')||coalesce(' statistics '||nullif(a.attstattarget,-1)::text,'')||coalesce(a.attoptions::text,''), ', ' ORDER BY a.attnum) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid=a.attrelid AND d.adnum=a.attnum WHERE a.attrelid=c.oid AND a.attnum>0), \
             CASE WHEN c.relkind='m' THEN 'populated='||c.relispopulated::text END, 'owner '||pg_get_userbyid(c.relowner)), '' \
             FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace WHERE c.relkind IN ('v','m') AND {ns} AND {rel_own}"
        ),
        format!(
            "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname||'.'||p.proname||'('||array_to_string(ARRAY(SELECT format_type(y, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(y, i) ORDER BY i), ',')||')', \
             pg_get_functiondef(p.oid)||' owner '||pg_get_userbyid(p.proowner), '' \
             FROM pg_proc p JOIN pg_namespace n ON n.oid=p.pronamespace WHERE p.prokind <> 'a' AND {ns} AND {proc_own} \
             AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid='pg_proc'::regclass AND i.objid=p.oid AND i.deptype='i')"
        ),
        format!(
            "SELECT 'aggregate', n.nspname||'.'||p.proname||'('||array_to_string(ARRAY(SELECT format_type(y, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(y, i) ORDER BY i), ',')||')', \
             concat_ws(' ', pg_get_function_result(p.oid), a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, format_type(a.aggtranstype,NULL), a.agginitval, a.aggsortop, p.provolatile, p.proparallel, 'owner '||pg_get_userbyid(p.proowner)), '' \
             FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid=p.oid JOIN pg_namespace n ON n.oid=p.pronamespace WHERE {ns} AND {proc_own}"
        ),
        format!(
            "SELECT 'trigger', n.nspname||'.'||c.relname||'.'||g.tgname, pg_get_triggerdef(g.oid)||' '||g.tgenabled::text, {relation_kind}||' '||n.nspname||'.'||c.relname \
             FROM pg_trigger g JOIN pg_class c ON c.oid=g.tgrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE NOT g.tgisinternal AND {ns}"
        ),
        format!(
            "SELECT 'rule', n.nspname||'.'||c.relname||'.'||r.rulename, pg_get_ruledef(r.oid)||' '||r.ev_enabled::text, {relation_kind}||' '||n.nspname||'.'||c.relname \
             FROM pg_rewrite r JOIN pg_class c ON c.oid=r.ev_class JOIN pg_namespace n ON n.oid=c.relnamespace WHERE r.rulename <> '_RETURN' AND {ns}"
        ),
        format!(
            "SELECT 'policy', n.nspname||'.'||c.relname||'.'||o.polname, concat_ws(' ', o.polcmd, o.polpermissive, ARRAY(SELECT CASE WHEN r=0 THEN 'public' ELSE pg_get_userbyid(r) END FROM unnest(o.polroles) r ORDER BY 1)::text, \
             'using '||pg_get_expr(o.polqual,o.polrelid), 'check '||pg_get_expr(o.polwithcheck,o.polrelid)), 'table '||n.nspname||'.'||c.relname \
             FROM pg_policy o JOIN pg_class c ON c.oid=o.polrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE {ns}"
        ),
        format!(
            "SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite' ELSE 'type' END, n.nspname||'.'||t.typname, concat_ws(' | ', \
             (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid=t.oid), \
             CASE WHEN t.typtype='d' THEN format_type(t.typbasetype,t.typtypmod)||CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END||coalesce(' default '||t.typdefault,'') END, \
             (SELECT string_agg(k.conname||' '||pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid=t.oid AND k.contype <> 'n'), \
             (SELECT string_agg(a.attname||' '||format_type(a.atttypid,a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE t.typtype='c' AND a.attrelid=t.typrelid AND a.attnum>0 AND NOT a.attisdropped), \
             (SELECT concat_ws(' ', format_type(r.rngsubtype,NULL), r.rngcanonical, r.rngsubdiff) FROM pg_range r WHERE r.rngtypid=t.oid), 'owner '||pg_get_userbyid(t.typowner)), '' \
             FROM pg_type t JOIN pg_namespace n ON n.oid=t.typnamespace LEFT JOIN pg_class c ON c.oid=t.typrelid \
             WHERE (t.typtype IN ('e','d','r') OR (t.typtype='c' AND c.relkind='c') OR (t.typtype='b' AND t.typelem=0)) AND {ns} AND {type_own}"
        ),
        "SELECT 'cast', format_type(k.castsource,NULL)||' as '||format_type(k.casttarget,NULL), concat_ws(' ', k.castmethod, k.castcontext, nullif(k.castfunc,0)::regprocedure), '' FROM pg_cast k WHERE NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid='pg_cast'::regclass AND i.objid=k.oid AND i.deptype='i') AND ".to_string() + &own("pg_cast", "k.oid"),
        format!(
            "SELECT 'operator', n.nspname||'.'||o.oprname||'('||format_type(nullif(o.oprleft,0),NULL)||','||format_type(o.oprright,NULL)||')', concat_ws(' ', o.oprcode, format_type(o.oprresult,NULL), o.oprcanmerge, o.oprcanhash, nullif(o.oprcom,0)::regoperator, nullif(o.oprnegate,0)::regoperator, o.oprrest, o.oprjoin), '' \
             FROM pg_operator o JOIN pg_namespace n ON n.oid=o.oprnamespace WHERE {ns} AND {}", own("pg_operator", "o.oid")
        ),
        format!("SELECT 'operator class', n.nspname||'.'||o.opcname||' using '||m.amname, concat_ws(' ', format_type(o.opcintype,NULL), o.opcdefault), '' FROM pg_opclass o JOIN pg_namespace n ON n.oid=o.opcnamespace JOIN pg_am m ON m.oid=o.opcmethod WHERE {ns} AND {}", own("pg_opclass", "o.oid")),
        format!("SELECT 'operator family', n.nspname||'.'||o.opfname||' using '||m.amname, '', '' FROM pg_opfamily o JOIN pg_namespace n ON n.oid=o.opfnamespace JOIN pg_am m ON m.oid=o.opfmethod WHERE {ns} AND {}", own("pg_opfamily", "o.oid")),
        format!("SELECT 'collation', n.nspname||'.'||k.collname, concat_ws(' ', k.collprovider, k.collisdeterministic, k.collcollate, k.collctype), '' FROM pg_collation k JOIN pg_namespace n ON n.oid=k.collnamespace WHERE {ns}"),
        format!("SELECT 'conversion', n.nspname||'.'||k.conname, concat_ws(' ', k.conforencoding, k.contoencoding, k.conproc, k.condefault), '' FROM pg_conversion k JOIN pg_namespace n ON n.oid=k.connamespace WHERE {ns}"),
        format!(
            "SELECT 'text search configuration', n.nspname||'.'||k.cfgname, (SELECT prsname FROM pg_ts_parser WHERE oid=k.cfgparser)||coalesce((SELECT string_agg(m.maptokentype::text||'>'||m.mapdict::regdictionary::text, ',' ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg=k.oid),''), '' \
             FROM pg_ts_config k JOIN pg_namespace n ON n.oid=k.cfgnamespace WHERE {ns} AND {}", own("pg_ts_config", "k.oid")
        ),
        format!("SELECT 'text search dictionary', n.nspname||'.'||k.dictname, concat_ws(' ', (SELECT tmplname FROM pg_ts_template WHERE oid=k.dicttemplate), k.dictinitoption), '' FROM pg_ts_dict k JOIN pg_namespace n ON n.oid=k.dictnamespace WHERE {ns} AND {}", own("pg_ts_dict", "k.oid")),
        format!("SELECT 'text search parser', n.nspname||'.'||k.prsname, '', '' FROM pg_ts_parser k JOIN pg_namespace n ON n.oid=k.prsnamespace WHERE {ns}"),
        format!("SELECT 'text search template', n.nspname||'.'||k.tmplname, '', '' FROM pg_ts_template k JOIN pg_namespace n ON n.oid=k.tmplnamespace WHERE {ns} AND {}", own("pg_ts_template", "k.oid")),
        format!("SELECT 'statistics object', n.nspname||'.'||s.stxname, regexp_replace(pg_get_statisticsobjdef(s.oid), 'STATISTICS \\S+', 'STATISTICS')||coalesce(' '||nullif(s.stxstattarget,-1)::text,''), 'table '||(SELECT tn.nspname||'.'||t.relname FROM pg_class t JOIN pg_namespace tn ON tn.oid=t.relnamespace WHERE t.oid=s.stxrelid) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid=s.stxnamespace WHERE {ns}"),
        "SELECT 'publication', p.pubname, concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot, (SELECT string_agg(r.prrelid::regclass::text, ',' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid=p.oid)), '' FROM pg_publication p".into(),
        "SELECT 'subscription', s.subname, concat_ws(' ', s.subenabled, s.subslotname, s.subpublications::text), '' FROM pg_subscription s JOIN pg_database d ON d.oid=s.subdbid AND d.datname=current_database()".into(),
        "SELECT 'event trigger', e.evtname, concat_ws(' ', e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags::text), '' FROM pg_event_trigger e".into(),
        "SELECT 'foreign-data wrapper', f.fdwname, concat_ws(' ', f.fdwoptions::text, nullif(f.fdwhandler,0)::regproc), '' FROM pg_foreign_data_wrapper f WHERE ".to_string() + &own("pg_foreign_data_wrapper", "f.oid"),
        "SELECT 'server', s.srvname, concat_ws(' ', s.srvtype, s.srvversion, s.srvoptions::text, f.fdwname), '' FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid=s.srvfdw".into(),
        "SELECT 'user mapping', coalesce(pg_get_userbyid(nullif(u.umuser,0)), 'public')||' on '||s.srvname, coalesce(u.umoptions::text,''), 'server '||s.srvname FROM pg_user_mapping u JOIN pg_foreign_server s ON s.oid=u.umserver".into(),
        "SELECT 'language', l.lanname, concat_ws(' ', l.lanpltrusted), '' FROM pg_language l WHERE ".to_string() + &own("pg_language", "l.oid"),
        "SELECT 'access method', a.amname, a.amtype::text, '' FROM pg_am a WHERE ".to_string() + &own("pg_am", "a.oid"),
        "SELECT 'role', r.rolname, concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolconfig::text, \
         (SELECT 'in '||string_agg(pg_get_userbyid(m.roleid), ',' ORDER BY pg_get_userbyid(m.roleid)) FROM pg_auth_members m WHERE m.member=r.oid)), '' FROM pg_roles r WHERE r.rolname !~ '^(pg_|postgres$)'".into(),
        "SELECT 'setting', coalesce(pg_get_userbyid(nullif(s.setrole,0)),'all'), s.setconfig::text, '' FROM pg_db_role_setting s JOIN pg_database d ON d.oid=s.setdatabase AND d.datname=current_database()".into(),
        // Grants to others than the owner; a revoke from PUBLIC shows as a missing default grant.
        format!(
            "SELECT 'grant', {relation_kind}||' '||n.nspname||'.'||c.relname||' to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type||CASE WHEN x.is_grantable THEN '*' ELSE '' END, ',' ORDER BY x.privilege_type), {relation_kind}||' '||n.nspname||'.'||c.relname \
             FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace, aclexplode(c.relacl) x WHERE x.grantee <> c.relowner AND {ns} AND {rel_own} GROUP BY 2, 4"
        ),
        format!(
            "SELECT 'grant', 'column '||n.nspname||'.'||c.relname||'.'||a.attname||' to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type||CASE WHEN x.is_grantable THEN '*' ELSE '' END, ',' ORDER BY x.privilege_type), {relation_kind}||' '||n.nspname||'.'||c.relname \
             FROM pg_attribute a JOIN pg_class c ON c.oid=a.attrelid JOIN pg_namespace n ON n.oid=c.relnamespace, aclexplode(a.attacl) x WHERE a.attrelid >= {FIRST_OF_USERS} AND {ns} AND {rel_own} AND NOT a.attisdropped GROUP BY 2, 4"
        ),
        format!(
            "SELECT 'grant', 'function '||n.nspname||'.'||p.proname||'('||array_to_string(ARRAY(SELECT format_type(y, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(y, i) ORDER BY i), ',')||') to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type||CASE WHEN x.is_grantable THEN '*' ELSE '' END, ',' ORDER BY x.privilege_type), \
             CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END||' '||n.nspname||'.'||p.proname||'('||array_to_string(ARRAY(SELECT format_type(y, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(y, i) ORDER BY i), ',')||')' \
             FROM pg_proc p JOIN pg_namespace n ON n.oid=p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee <> p.proowner AND {ns} AND {proc_own} AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid='pg_proc'::regclass AND i.objid=p.oid AND i.deptype='i') GROUP BY 2, 4"
        ),
        format!("SELECT 'grant', 'schema '||n.nspname||' to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type||CASE WHEN x.is_grantable THEN '*' ELSE '' END, ',' ORDER BY x.privilege_type), 'schema '||n.nspname FROM pg_namespace n, aclexplode(n.nspacl) x WHERE x.grantee <> n.nspowner AND {ns} GROUP BY 2, 4"),
        format!("SELECT 'grant', 'type '||n.nspname||'.'||t.typname||' to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type, ',' ORDER BY x.privilege_type), CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END||' '||n.nspname||'.'||t.typname FROM pg_type t JOIN pg_namespace n ON n.oid=t.typnamespace LEFT JOIN pg_class c ON c.oid=t.typrelid, aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) x WHERE (t.typtype IN ('e','d','r') OR (t.typtype='c' AND c.relkind='c')) AND x.grantee <> t.typowner AND {ns} AND {type_own} GROUP BY 2, 4"),
        "SELECT 'default-privileges', pg_get_userbyid(d.defaclrole)||' '||coalesce((SELECT nspname FROM pg_namespace WHERE oid=d.defaclnamespace),'all')||' '||d.defaclobjtype::text||' to '||coalesce(pg_get_userbyid(nullif(x.grantee,0)),'public'), string_agg(x.privilege_type, ',' ORDER BY x.privilege_type), '' FROM pg_default_acl d, aclexplode(d.defaclacl) x GROUP BY 2".into(),
        // Comments: names as the server identifies objects; those on a whole missing table go with it.
        format!(
            "SELECT 'comment', o.type||' '||o.identity, s.description, CASE WHEN s.classoid='pg_class'::regclass AND s.objsubid = 0 THEN (SELECT {relation_kind}||' '||n.nspname||'.'||c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace WHERE c.oid=s.objoid) \
             WHEN s.classoid='pg_class'::regclass THEN (SELECT 'table '||n.nspname||'.'||c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace WHERE c.oid=s.objoid) \
             WHEN s.classoid='pg_constraint'::regclass THEN (SELECT 'table '||n.nspname||'.'||c.relname FROM pg_constraint k JOIN pg_class c ON c.oid=k.conrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE k.oid=s.objoid) \
             WHEN s.classoid='pg_trigger'::regclass THEN (SELECT 'table '||n.nspname||'.'||c.relname FROM pg_trigger k JOIN pg_class c ON c.oid=k.tgrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE k.oid=s.objoid) \
             WHEN s.classoid='pg_policy'::regclass THEN (SELECT 'table '||n.nspname||'.'||c.relname FROM pg_policy k JOIN pg_class c ON c.oid=k.polrelid JOIN pg_namespace n ON n.oid=c.relnamespace WHERE k.oid=s.objoid) \
             WHEN s.classoid='pg_extension'::regclass THEN (SELECT 'extension '||e.extname FROM pg_extension e WHERE e.oid=s.objoid) \
             WHEN s.classoid='pg_type'::regclass AND (SELECT typtype='d' FROM pg_type WHERE oid=s.objoid) THEN 'domain '||o.identity \
             ELSE CASE WHEN o.type IN ('type', 'function', 'procedure', 'aggregate') THEN '' ELSE o.type||' '||o.identity END END \
             FROM pg_description s, pg_identify_object(s.classoid, s.objoid, s.objsubid) o WHERE s.objoid >= {FIRST_OF_USERS} AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid=s.classoid AND x.objid=s.objoid AND x.deptype='e') AND NOT (s.classoid='pg_extension'::regclass AND s.description=(SELECT comment FROM pg_available_extensions v JOIN pg_extension e ON e.extname=v.name WHERE e.oid=s.objoid)) AND coalesce(o.schema, '') !~ '^pg_'"
        ),
// The comment and the owner that initdb gives to the schema public are nobody's work.
        "SELECT 'comment', 'schema public', d, '' FROM pg_namespace n, obj_description(n.oid, 'pg_namespace') d WHERE n.nspname = 'public' AND d <> 'standard public schema'".into(),
    ]
}
