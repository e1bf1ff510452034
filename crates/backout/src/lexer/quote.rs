//! How a name is written: the way back from [`ident_value`](super::ident_value).

use super::keywords::{Category, category};

/// A name as reports write it: in quotes when it is not plain lower case. A keyword stays as it is, `public.user`, since whoever
/// reads a report knows that it is a name.
pub fn quote(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { in_quotes(name) }
}

/// A name as SQL takes it wherever a name may stand, and as `quote_ident` and the definitions of a server have it: a keyword
/// is in quotes as well, unless it is an unreserved one.
///
/// ```
/// use backout::lexer::quote_ident;
/// assert_eq!(quote_ident("users"), "users");
/// assert_eq!(quote_ident("user"), "\"user\"");
/// assert_eq!(quote_ident("A \"name\""), "\"A \"\"name\"\"\"");
/// ```
pub fn quote_ident(name: &str) -> String {
    // What is a keyword to a newer server only is in quotes for an older one too: it names the same.
    if is_plain(name) && category(name, u16::MAX).0 == Category::Unreserved { name.to_owned() } else { in_quotes(name) }
}

/// Whether the scanner would read it as it stands.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_quoted_by_their_category() {
        let written = ["all", "left", "values", "json_table", "table_name", "year", "a$", "é", "", "_1", "1a"].map(quote_ident);
        let expected =
            ["\"all\"", "\"left\"", "\"values\"", "\"json_table\"", "table_name", "year", "\"a$\"", "\"é\"", "\"\"", "_1", "\"1a\""];
        assert_eq!(written, expected);
        assert_eq!(quote("all"), "all");
        assert_eq!(quote("All"), "\"All\"");
    }
}
