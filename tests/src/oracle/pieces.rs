//! Cutting a script into statements, without backout's own splitter: the oracle must not share its mistakes.

/// The statements of a script, without their semicolons; psql's backslash lines are left out.
pub fn pieces(sql: &str) -> Vec<String> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut depth = 0usize;
    let mut code = String::new();
    while at < bytes.len() {
        let rest = &sql[at..];
        let next = match bytes[at] {
            b'-' if rest.starts_with("--") => at + rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => at + comment(rest),
            b'\'' => at + quoted(rest, b'\'', code.ends_with(['e', 'E'])),
            b'"' => at + quoted(rest, b'"', false),
            b'$' => at + dollar(rest),
            b'\\' if code.trim().is_empty() => {
                let end = at + rest.find('\n').unwrap_or(rest.len());
                start = end;
                end
            }
            b'(' => {
                depth += 1;
                at + 1
            }
            b')' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            b';' if depth == 0 && !inside_body(&code) => {
                push(&mut found, &sql[start..at], &code);
                start = at + 1;
                code.clear();
                at += 1;
                continue;
            }
            _ => at + rest.chars().next().map_or(1, char::len_utf8),
        };
        let text = &sql[at..next];
        match bytes[at] {
            b'\\' if code.trim().is_empty() => {}
            b'-' | b'/' if next > at + 1 => code.push(' '),
            b'\'' | b'"' => code.push_str("''"),
            b'$' if next > at + 1 => code.push_str("''"),
            _ => code.push_str(text),
        }
        at = next;
    }
    push(&mut found, &sql[start.min(sql.len())..], &code);
    found
}

fn push(found: &mut Vec<String>, text: &str, code: &str) {
    if !code.trim().is_empty() {
        found.push(text.trim().to_string());
    }
}

/// Whether a SQL-standard function body has begun and not ended.
fn inside_body(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    if words.first() != Some(&"create") {
        return false;
    }
    let Some(begin) = words.windows(2).position(|two| two == ["begin", "atomic"]) else { return false };
    let mut open = 1i32;
    for word in &words[begin + 2..] {
        match *word {
            "case" => open += 1,
            "end" => open -= 1,
            _ => {}
        }
    }
    open > 0
}

fn comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        if rest.as_bytes()[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.as_bytes()[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn quoted(rest: &str, quote: u8, escapes: bool) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn dollar(rest: &str) -> usize {
    let Some(end) = rest[1..].find('$') else { return 1 };
    let tag = &rest[..end + 2];
    let name = &tag[1..tag.len() - 1];
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') || name.starts_with(|c: char| c.is_ascii_digit()) {
        return 1;
    }
    rest[tag.len()..].find(tag).map_or(rest.len(), |close| close + 2 * tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_quotes_bodies_and_comments_do_not_end_a_statement() {
        let sql = "\\set x 1\nSELECT ';', \"a;b\" /* ; */; -- ;\nDO $a$ ; $a$;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;\nDROP TABLE t";
        let found = pieces(sql);
        assert_eq!(found.len(), 4, "{found:#?}");
    }
}
