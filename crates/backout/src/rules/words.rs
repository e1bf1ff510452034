//! How messages call things, and the SQL that help texts suggest.

use crate::lexer::quote_ident;

/// The kind in words.
pub(super) fn kind(kind: &str) -> &str {
    match kind {
        "matview" => "materialized view",
        "enum" => "enum type",
        "composite" => "composite type",
        "range" => "range type",
        "default-privileges" => "default privileges",
        "row" => "row",
        other => other,
    }
}

/// An object in words: table `public.users`.
pub(super) fn object(kind_id: &str, name: &str) -> String {
    format!("{} `{name}`", kind(kind_id))
}

/// Several things in words: a, b and c.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A dotted name as SQL wants it: parts are quoted where it has to be, if they are not yet; an argument list stays.
pub(super) fn sql(name: &str) -> String {
    let (path, args) = name.find('(').map_or((name, ""), |at| name.split_at(at));
    let parts: Vec<_> = parts(path).into_iter().map(quoted).collect();
    format!("{}{args}", parts.join("."))
}

/// The parts of a dotted name; dots within quotes are letters.
fn parts(name: &str) -> Vec<&str> {
    let (mut found, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, letter) in name.char_indices() {
        match letter {
            '"' => inside = !inside,
            '.' if !inside => {
                found.push(&name[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&name[start..]);
    found
}

fn quoted(part: &str) -> String {
    let already = part.len() > 2 && part.starts_with('"') && part.ends_with('"');
    if already { part.to_owned() } else { quote_ident(part) }
}

/// The last part of a dotted name and what stands before it.
pub(super) fn owner_and_own(name: &str) -> Option<(&str, &str)> {
    let own = parts(name).pop()?;
    Some((name.get(..name.len().checked_sub(own.len() + 1)?)?, own))
}

/// The statement that drops an object, where one is known by kind and name alone.
pub(super) fn drop_statement(kind: &str, name: &str) -> Option<String> {
    let plain = |word: &str| Some(format!("DROP {word} {};", sql(name)));
    match kind {
        "table" | "view" | "sequence" | "function" | "procedure" | "aggregate" | "schema" | "extension" | "index" | "domain"
        | "publication" | "statistics" | "collation" | "server" | "role" => plain(&kind.to_ascii_uppercase()),
        "matview" => plain("MATERIALIZED VIEW"),
        "enum" | "composite" | "range" | "type" => plain("TYPE"),
        "column" => owner_and_own(name).map(|(table, own)| format!("ALTER TABLE {} DROP COLUMN {};", sql(table), sql(own))),
        "constraint" => owner_and_own(name).map(|(table, own)| format!("ALTER TABLE {} DROP CONSTRAINT {};", sql(table), sql(own))),
        "trigger" | "rule" | "policy" => {
            owner_and_own(name).map(|(table, own)| format!("DROP {} {} ON {};", kind.to_ascii_uppercase(), sql(own), sql(table)))
        }
        _ => None,
    }
}

/// The same with `IF EXISTS`.
pub(super) fn drop_if_exists(kind: &str, name: &str) -> Option<String> {
    let plain = drop_statement(kind, name)?;
    let words = match kind {
        "column" => " DROP COLUMN ",
        "constraint" => " DROP CONSTRAINT ",
        "matview" => "DROP MATERIALIZED VIEW ",
        _ => {
            let (verb, rest) = plain.split_once(' ')?;
            let (word, rest) = rest.split_once(' ')?;
            return Some(format!("{verb} {word} IF EXISTS {rest}"));
        }
    };
    Some(plain.replacen(words, &format!("{words}IF EXISTS "), 1))
}

/// The statement that makes an object with the definition that the catalog prints, where a definition is all that it takes;
/// with `again` one that can be run again, where there is such a one.
pub(super) fn create_statement(kind: &str, name: &str, definition: &str, again: bool) -> Option<String> {
    let definition = definition.trim();
    // A question mark stands where the definition is not known. A list that is cast as a whole is read with its members cast, so
    // that this text does not make what it was printed from.
    if definition.contains('?') || definition.contains("]::text[]") {
        return None;
    }
    let owned = || owner_and_own(name).map(|(owner, own)| (sql(owner), sql(own)));
    match kind {
        "index" => {
            let (_, own) = owner_and_own(name)?;
            let (unique, rest) = definition.strip_prefix("UNIQUE ").map_or(("", definition), |rest| ("UNIQUE ", rest));
            let rest = rest.strip_prefix("INDEX ON ")?;
            Some(format!("CREATE {unique}INDEX {}{} ON {rest};", if again { "IF NOT EXISTS " } else { "" }, sql(own)))
        }
        "constraint" => {
            let (table, own) = owned()?;
            let definition = match definition.split_once(' ') {
                Some(("EXCLUDE", rest)) => format!("EXCLUDE USING {rest}"),
                // The index of a key has a method, but its clause has no word for it.
                _ => definition.replacen(
                    " btree (",
                    " (",
                    usize::from(definition.starts_with("UNIQUE") || definition.starts_with("PRIMARY")),
                ),
            };
            let guard = if again { format!("DROP CONSTRAINT IF EXISTS {own}, ") } else { String::new() };
            Some(format!("ALTER TABLE {table} {guard}ADD CONSTRAINT {own} {definition};"))
        }
        // A sequence of its own may be missing as well.
        "column" if !definition.contains("nextval(") => {
            let (table, own) = owned()?;
            Some(format!("ALTER TABLE {table} ADD COLUMN {}{own} {definition};", if again { "IF NOT EXISTS " } else { "" }))
        }
        "trigger" => {
            let (table, own) = owned()?;
            let (event, rest) = definition.strip_suffix(" Origin")?.split_once(" FOR EACH ")?;
            let or_replace = if again { "OR REPLACE " } else { "" };
            Some(format!("CREATE {or_replace}TRIGGER {own} {event} ON {table} FOR EACH {rest};"))
        }
        "extension" => Some(format!("CREATE EXTENSION {}{};", if again { "IF NOT EXISTS " } else { "" }, sql(name))),
        _ => None,
    }
}

/// A text as a constant of SQL.
pub(super) fn string(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// Numbers as ranges: `1-3, 5`.
pub(super) fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let run = |&(first, last): &(usize, usize)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

/// The candidate with the fewest edits from `word`, when they are few enough for a slip.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = word.len().max(6) / 3;
    candidates
        .map(|candidate| (edits(word, candidate), candidate))
        .min()
        .filter(|&(edits, _)| edits <= most)
        .map(|(_, candidate)| candidate)
}

fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(100).enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let edit = (before + usize::from(x != *y)).min(*cell + 1).min(left + 1);
            before = *cell;
            *cell = edit;
            left = edit;
        }
        row[0] = i + 1;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_sql_needs_it() {
        assert_eq!(sql("public.user"), "public.\"user\"");
        assert_eq!(sql("public.Users"), "public.\"Users\"");
        assert_eq!(sql("public.f(integer, text)"), "public.f(integer, text)");
        assert_eq!(sql("public.\"A.b\""), "public.\"A.b\"");
        assert_eq!(owner_and_own("public.\"A.b\""), Some(("public", "\"A.b\"")));
        assert_eq!(owner_and_own("citext"), None);
    }

    #[test]
    fn ranges_are_short() {
        assert_eq!(ranges(&[1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8");
    }

    #[test]
    fn a_slip_finds_the_rule() {
        assert_eq!(super::super::nearest("colum-not-restored").map(|rule| rule.name), Some("column-not-restored"));
        assert!(super::super::nearest("nonsense").is_none());
    }
}
