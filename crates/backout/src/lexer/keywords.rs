//! PostgreSQL's keywords and what each may stand for.
//!
//! A word that is not in the list may be any name, whether the grammar knows it as an unreserved keyword or not; only
//! server 13, where a bare alias must not be a keyword of any kind, needs the others.

/// Where a keyword may stand as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Anywhere.
    Unreserved,
    /// Of a column or table, not of a function or type.
    ColName,
    /// Of a function or type, not of a column or table.
    TypeFuncName,
    /// Only as a label.
    Reserved,
}

use Category::*;

/// What `word` is to the grammar of a server version, and whether it may be an alias without `AS`.
pub fn category(word: &str, version: u16) -> (Category, bool) {
    let mut buffer = [0u8; 20];
    let Some(lower) = buffer.get_mut(..word.len()) else { return (Unreserved, true) };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let lower = &*lower;
    let found = lower.first().and_then(|first| {
        let letter = first.wrapping_sub(b'a') as usize;
        let same = KEYWORDS.get(usize::from(*STARTS.get(letter)?)..usize::from(*STARTS.get(letter + 1)?))?;
        same.binary_search_by(|entry| entry.0.as_bytes().cmp(lower)).ok().and_then(|at| same.get(at))
    });
    let (category, bare) = match found {
        Some(&(_, category, bare, since)) if version >= since => (category, bare),
        _ => (Unreserved, true),
    };
    if version >= 14 {
        return (category, bare);
    }
    let keyword =
        found.is_some_and(|entry| version >= entry.3) || UNRESERVED_13.split_ascii_whitespace().any(|entry| entry.as_bytes() == lower);
    (category, !keyword)
}

/// Where the keywords of each letter begin: every word of every statement is looked up, and most are no keyword.
static STARTS: [u16; 27] = {
    let mut starts = [0; 27];
    let mut at = 0;
    while at < KEYWORDS.len() {
        let letter = KEYWORDS[at].0.as_bytes()[0] - b'a';
        at += 1;
        starts[letter as usize + 1] = at as u16;
    }
    let mut letter = 1;
    while letter < 27 {
        if starts[letter] == 0 {
            starts[letter] = starts[letter - 1];
        }
        letter += 1;
    }
    starts
};

/// Keyword, category, usable as a bare alias (from 14), first version. Sorted.
#[rustfmt::skip]
static KEYWORDS: &[(&str, Category, bool, u16)] = &[
    ("all", Reserved, true, 0),
    ("analyse", Reserved, true, 0),
    ("analyze", Reserved, true, 0),
    ("and", Reserved, true, 0),
    ("any", Reserved, true, 0),
    ("array", Reserved, false, 0),
    ("as", Reserved, false, 0),
    ("asc", Reserved, true, 0),
    ("asymmetric", Reserved, true, 0),
    ("authorization", TypeFuncName, true, 0),
    ("between", ColName, true, 0),
    ("bigint", ColName, true, 0),
    ("binary", TypeFuncName, true, 0),
    ("bit", ColName, true, 0),
    ("boolean", ColName, true, 0),
    ("both", Reserved, true, 0),
    ("case", Reserved, true, 0),
    ("cast", Reserved, true, 0),
    ("char", ColName, false, 0),
    ("character", ColName, false, 0),
    ("check", Reserved, true, 0),
    ("coalesce", ColName, true, 0),
    ("collate", Reserved, true, 0),
    ("collation", TypeFuncName, true, 0),
    ("column", Reserved, true, 0),
    ("concurrently", TypeFuncName, true, 0),
    ("constraint", Reserved, true, 0),
    ("create", Reserved, false, 0),
    ("cross", TypeFuncName, true, 0),
    ("current_catalog", Reserved, true, 0),
    ("current_date", Reserved, true, 0),
    ("current_role", Reserved, true, 0),
    ("current_schema", TypeFuncName, true, 0),
    ("current_time", Reserved, true, 0),
    ("current_timestamp", Reserved, true, 0),
    ("current_user", Reserved, true, 0),
    ("day", Unreserved, false, 0),
    ("dec", ColName, true, 0),
    ("decimal", ColName, true, 0),
    ("default", Reserved, true, 0),
    ("deferrable", Reserved, true, 0),
    ("desc", Reserved, true, 0),
    ("distinct", Reserved, true, 0),
    ("do", Reserved, true, 0),
    ("else", Reserved, true, 0),
    ("end", Reserved, true, 0),
    ("except", Reserved, false, 0),
    ("exists", ColName, true, 0),
    ("extract", ColName, true, 0),
    ("false", Reserved, true, 0),
    ("fetch", Reserved, false, 0),
    ("filter", Unreserved, false, 0),
    ("float", ColName, true, 0),
    ("for", Reserved, false, 0),
    ("foreign", Reserved, true, 0),
    ("freeze", TypeFuncName, true, 0),
    ("from", Reserved, false, 0),
    ("full", TypeFuncName, true, 0),
    ("grant", Reserved, false, 0),
    ("greatest", ColName, true, 0),
    ("group", Reserved, false, 0),
    ("grouping", ColName, true, 0),
    ("having", Reserved, false, 0),
    ("hour", Unreserved, false, 0),
    ("ilike", TypeFuncName, true, 0),
    ("in", Reserved, true, 0),
    ("initially", Reserved, true, 0),
    ("inner", TypeFuncName, true, 0),
    ("inout", ColName, true, 0),
    ("int", ColName, true, 0),
    ("integer", ColName, true, 0),
    ("intersect", Reserved, false, 0),
    ("interval", ColName, true, 0),
    ("into", Reserved, false, 0),
    ("is", TypeFuncName, true, 0),
    ("isnull", TypeFuncName, false, 0),
    ("join", TypeFuncName, true, 0),
    ("json", ColName, true, 17),
    ("json_array", ColName, true, 16),
    ("json_arrayagg", ColName, true, 16),
    ("json_exists", ColName, true, 17),
    ("json_object", ColName, true, 16),
    ("json_objectagg", ColName, true, 16),
    ("json_query", ColName, true, 17),
    ("json_scalar", ColName, true, 17),
    ("json_serialize", ColName, true, 17),
    ("json_table", ColName, true, 17),
    ("json_value", ColName, true, 17),
    ("lateral", Reserved, true, 0),
    ("leading", Reserved, true, 0),
    ("least", ColName, true, 0),
    ("left", TypeFuncName, true, 0),
    ("like", TypeFuncName, true, 0),
    ("limit", Reserved, false, 0),
    ("localtime", Reserved, true, 0),
    ("localtimestamp", Reserved, true, 0),
    ("merge_action", ColName, true, 17),
    ("minute", Unreserved, false, 0),
    ("month", Unreserved, false, 0),
    ("national", ColName, true, 0),
    ("natural", TypeFuncName, true, 0),
    ("nchar", ColName, true, 0),
    ("none", ColName, true, 0),
    ("normalize", ColName, true, 0),
    ("not", Reserved, true, 0),
    ("notnull", TypeFuncName, false, 0),
    ("null", Reserved, true, 0),
    ("nullif", ColName, true, 0),
    ("numeric", ColName, true, 0),
    ("offset", Reserved, false, 0),
    ("on", Reserved, false, 0),
    ("only", Reserved, true, 0),
    ("or", Reserved, true, 0),
    ("order", Reserved, false, 0),
    ("out", ColName, true, 0),
    ("outer", TypeFuncName, true, 0),
    ("over", Unreserved, false, 0),
    ("overlaps", TypeFuncName, false, 0),
    ("overlay", ColName, true, 0),
    ("placing", Reserved, true, 0),
    ("position", ColName, true, 0),
    ("precision", ColName, false, 0),
    ("primary", Reserved, true, 0),
    ("real", ColName, true, 0),
    ("references", Reserved, true, 0),
    ("returning", Reserved, false, 0),
    ("right", TypeFuncName, true, 0),
    ("row", ColName, true, 0),
    ("second", Unreserved, false, 0),
    ("select", Reserved, true, 0),
    ("session_user", Reserved, true, 0),
    ("setof", ColName, true, 0),
    ("similar", TypeFuncName, true, 0),
    ("smallint", ColName, true, 0),
    ("some", Reserved, true, 0),
    ("substring", ColName, true, 0),
    ("symmetric", Reserved, true, 0),
    ("system_user", Reserved, true, 16),
    ("table", Reserved, true, 0),
    ("tablesample", TypeFuncName, true, 0),
    ("then", Reserved, true, 0),
    ("time", ColName, true, 0),
    ("timestamp", ColName, true, 0),
    ("to", Reserved, false, 0),
    ("trailing", Reserved, true, 0),
    ("treat", ColName, true, 0),
    ("trim", ColName, true, 0),
    ("true", Reserved, true, 0),
    ("union", Reserved, false, 0),
    ("unique", Reserved, true, 0),
    ("user", Reserved, true, 0),
    ("using", Reserved, true, 0),
    ("values", ColName, true, 0),
    ("varchar", ColName, true, 0),
    ("variadic", Reserved, true, 0),
    ("varying", Unreserved, false, 0),
    ("verbose", TypeFuncName, true, 0),
    ("when", Reserved, true, 0),
    ("where", Reserved, false, 0),
    ("window", Reserved, false, 0),
    ("with", Reserved, false, 0),
    ("within", Unreserved, false, 0),
    ("without", Unreserved, false, 0),
    ("xmlattributes", ColName, true, 0),
    ("xmlconcat", ColName, true, 0),
    ("xmlelement", ColName, true, 0),
    ("xmlexists", ColName, true, 0),
    ("xmlforest", ColName, true, 0),
    ("xmlnamespaces", ColName, true, 0),
    ("xmlparse", ColName, true, 0),
    ("xmlpi", ColName, true, 0),
    ("xmlroot", ColName, true, 0),
    ("xmlserialize", ColName, true, 0),
    ("xmltable", ColName, true, 0),
    ("year", Unreserved, false, 0),
];

/// The unreserved keywords of server 13 that are not in the list.
const UNRESERVED_13: &str = "\
    abort absolute access action add admin after aggregate also alter always assertion assignment at attach attribute backward before \
    begin by cache call called cascade cascaded catalog chain characteristics checkpoint class close cluster columns comment comments \
    commit committed configuration conflict connection constraints content continue conversion copy cost csv cube current cursor cycle \
    data database deallocate declare defaults deferred definer delete delimiter delimiters depends detach dictionary disable discard \
    document domain double drop each enable encoding encrypted enum escape event exclude excluding exclusive execute explain \
    expression extension external family first following force forward function functions generated global granted groups handler \
    header hold identity if immediate immutable implicit import include including increment index indexes inherit inherits inline \
    input insensitive insert instead invoker isolation key label language large last leakproof level listen load local location lock \
    locked logged mapping match materialized maxvalue method minvalue mode move name names new next nfc nfd nfkc nfkd no normalized \
    nothing notify nowait nulls object of off oids old operator option options ordinality others overriding owned owner parallel \
    parser partial partition passing password plans policy preceding prepare prepared preserve prior privileges procedural procedure \
    procedures program publication quote range read reassign recheck recursive ref referencing refresh reindex relative release rename \
    repeatable replace replica reset restart restrict returns revoke role rollback rollup routine routines rows rule savepoint schema \
    schemas scroll search security sequence sequences serializable server session set sets share show simple skip snapshot sql stable \
    standalone start statement statistics stdin stdout storage stored strict strip subscription support sysid system tables tablespace \
    temp template temporary text ties transaction transform trigger truncate trusted type types uescape unbounded uncommitted \
    unencrypted unknown unlisten unlogged until update vacuum valid validate validator value version view views volatile whitespace \
    work wrapper write xml yes zone \
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_versions_differ() {
        assert!(KEYWORDS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(category("SELECT", 17), (Reserved, true));
        assert_eq!(category("system_user", 15), (Unreserved, true));
        assert_eq!(category("system_user", 16), (Reserved, true));
        assert_eq!(category("Day", 14), (Unreserved, false));
        assert_eq!(category("name", 13), (Unreserved, false));
    }
}
