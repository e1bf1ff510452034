//! The two spellings of types: as SQL writes them and as `format_type` prints them.

use std::fmt::Write as _;

/// SQL's spellings of built-in types, sorted, with their names in `pg_type`.
const SPELLINGS: [(&str, &str); 34] = [
    ("bigint", "int8"),
    ("bit varying", "varbit"),
    ("boolean", "bool"),
    ("char", "bpchar"),
    ("char varying", "varchar"),
    ("character", "bpchar"),
    ("character varying", "varchar"),
    ("dec", "numeric"),
    ("decimal", "numeric"),
    ("double precision", "float8"),
    ("float", "float8"),
    ("int", "int4"),
    ("integer", "int4"),
    ("national char", "bpchar"),
    ("national char varying", "varchar"),
    ("national character", "bpchar"),
    ("national character varying", "varchar"),
    ("nchar", "bpchar"),
    ("nchar varying", "varchar"),
    ("real", "float4"),
    ("smallint", "int2"),
    ("time with time zone", "timetz"),
    ("time without time zone", "time"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    // The next ones stand for a type only in a column definition.
    ("bigserial", "int8"),
    ("serial", "int4"),
    ("serial2", "int2"),
    ("serial4", "int4"),
    ("serial8", "int8"),
    ("smallserial", "int2"),
    // Spellings of the type modifier's absence.
    ("interval", "interval"),
    ("numeric", "numeric"),
    ("varchar", "varchar"),
];

/// The name in `pg_type` of an unquoted, unqualified SQL spelling in lower case with single spaces: `integer` → `int4`.
///
/// A name that is no special spelling is its own. A quoted `"char"` is another type than `char`: do not ask for it.
/// `float(n)` is `float4` up to n = 24, which is the caller's to see.
#[must_use]
pub fn canonical_type_name(spelling: &str) -> &str {
    SPELLINGS.iter().find(|(known, _)| *known == spelling).map_or(spelling, |(_, name)| name)
}

/// A type as the server's `format_type` prints it: `format_type("_varchar", Some(24))` is `character varying(20)[]`.
///
/// `modifier` is `pg_attribute.atttypmod` with -1 for none; `None` prints the type as in signatures,
/// where only `character` and `bit` differ. Types that are not built in keep their name.
#[must_use]
pub fn format_type(name: &str, modifier: Option<i32>) -> String {
    let (element, array) = match name.strip_prefix('_') {
        Some(element) => (element, "[]"),
        None => (name, ""),
    };
    let mut out = String::new();
    let given = modifier.filter(|modifier| *modifier >= 0);
    let (head, tail) = match element {
        // Nor is bit then bit(1), and the server quotes its keyword.
        "bit" if modifier == Some(-1) => ("\"bit\"", ""),
        "bit" => ("bit", ""),
        "bool" => ("boolean", ""),
        // Without its modifier bpchar is not character(1).
        "bpchar" if modifier == Some(-1) => ("bpchar", ""),
        "bpchar" => ("character", ""),
        "char" => ("\"char\"", ""),
        "any" => ("\"any\"", ""),
        "float4" => ("real", ""),
        "float8" => ("double precision", ""),
        "int2" => ("smallint", ""),
        "int4" => ("integer", ""),
        "int8" => ("bigint", ""),
        "time" => ("time", " without time zone"),
        "timetz" => ("time", " with time zone"),
        "timestamp" => ("timestamp", " without time zone"),
        "timestamptz" => ("timestamp", " with time zone"),
        "varbit" => ("bit varying", ""),
        "varchar" => ("character varying", ""),
        other => (other, ""),
    };
    out.push_str(head);
    if let Some(modifier) = given {
        // Writing to a String cannot fail.
        let _ = match element {
            "bpchar" | "varchar" if modifier > 4 => write!(out, "({})", modifier - 4),
            "numeric" if modifier >= 4 => {
                let packed = modifier - 4;
                // The scale is eleven bits with a sign since 15; before, only 0 to 1000 occurs.
                let scale = ((packed & 0x7ff) ^ 1024) - 1024;
                write!(out, "({},{scale})", (packed >> 16) & 0xffff)
            }
            "bit" | "varbit" | "time" | "timetz" | "timestamp" | "timestamptz" => write!(out, "({modifier})"),
            "interval" => {
                out.push_str(interval_fields((modifier >> 16) & 0x7fff));
                match modifier & 0xffff {
                    0xffff => Ok(()),
                    precision => write!(out, "({precision})"),
                }
            }
            _ => Ok(()),
        };
    }
    out.push_str(tail);
    out.push_str(array);
    out
}

/// The fields of an interval's modifier: a mask of year, month, day, hour, minute and second.
fn interval_fields(mask: i32) -> &'static str {
    const YEAR: i32 = 1 << 2;
    const MONTH: i32 = 1 << 1;
    const DAY: i32 = 1 << 3;
    const HOUR: i32 = 1 << 10;
    const MINUTE: i32 = 1 << 11;
    const SECOND: i32 = 1 << 12;
    const YEAR_TO_MONTH: i32 = YEAR | MONTH;
    const DAY_TO_HOUR: i32 = DAY | HOUR;
    const DAY_TO_MINUTE: i32 = DAY | HOUR | MINUTE;
    const DAY_TO_SECOND: i32 = DAY | HOUR | MINUTE | SECOND;
    const HOUR_TO_MINUTE: i32 = HOUR | MINUTE;
    const HOUR_TO_SECOND: i32 = HOUR | MINUTE | SECOND;
    const MINUTE_TO_SECOND: i32 = MINUTE | SECOND;
    match mask {
        YEAR => " year",
        MONTH => " month",
        DAY => " day",
        HOUR => " hour",
        MINUTE => " minute",
        SECOND => " second",
        YEAR_TO_MONTH => " year to month",
        DAY_TO_HOUR => " day to hour",
        DAY_TO_MINUTE => " day to minute",
        DAY_TO_SECOND => " day to second",
        HOUR_TO_MINUTE => " hour to minute",
        HOUR_TO_SECOND => " hour to second",
        MINUTE_TO_SECOND => " minute to second",
        _ => "",
    }
}
