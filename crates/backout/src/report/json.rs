//! The report as one JSON object, and JSON indented for readers.

use super::Report;

/// The object, indented, with a line end.
pub fn render(report: &Report) -> String {
    match serde_json::to_string(report) {
        Ok(text) => indented(&text),
        // Strings, numbers and lists only: there is nothing that could not be written.
        Err(error) => format!("{{\"error\": \"{error}\"}}\n"),
    }
}

/// JSON without spaces, indented by two as serde_json does it, with a line end.
///
/// From its text, as a second formatter would be a second copy of all code that writes a report.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        for _ in 0..depth {
            out.push_str("  ");
        }
    };
    // The bracket that has just been opened: an empty list stays on its line.
    let mut opened = false;
    for letter in json.chars() {
        let closes = !in_string && matches!(letter, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        if opened != closes && (opened || closes) {
            line(&mut out, depth);
        }
        opened = !in_string && matches!(letter, '{' | '[');
        out.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' => depth += 1,
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn it_is_indented_as_serde_json_does_it() {
        let texts = [
            r#"{"a":[],"b":{},"c":[1,[2],{"d":null}],"e":"{[,:]}","f":"\"[\\","g\\":"é\n"}"#,
            "[]",
            "[[],[[]]]",
            r#""[""#,
            "[{},{\"a\":[[],1]}]",
        ];
        for text in texts {
            let value: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
            assert_eq!(indented(&value.to_string()), format!("{value:#}\n"), "{text}");
        }
    }
}
