//! Text → value of a built-in type: what the server refuses to read, the form that is the same for the same value, and
//! what a column of the type keeps of it.
//!
//! What is not certainly refused is left as it is.

use super::super::Failure;
use super::super::context::fail;
use super::expr::integer_value;
use super::types::builtin_name;

/// How deep a value may be that is read to the end: a reader of JSON has a bound, and the server's is another.
const DEEPEST_READ: usize = 100;

/// Whether the server reads it as JSON.
fn is_json(text: &str) -> bool {
    let depth = text.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    match depth > DEEPEST_READ {
        true => text.starts_with(['{', '[', '"']),
        false => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
    }
}

/// JSON as jsonb prints it, as far as its spaces go: it keeps none of those that were written.
fn jsonb_text(text: &str) -> String {
    let mut printed = String::with_capacity(text.len() + 8);
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            _ if quoted => {
                quoted = escaped || letter != '"';
                escaped = !escaped && letter == '\\';
                printed.push(letter);
            }
            ' ' | '\t' | '\n' | '\r' => {}
            ',' => printed.push_str(", "),
            ':' => printed.push_str(": "),
            _ => {
                quoted = letter == '"';
                printed.push(letter);
            }
        }
    }
    printed
}

/// Whether it looks like a list or an object: no number, moment or address does.
fn is_bracketed(text: &str) -> bool {
    text.starts_with(['[', '{', '"'])
}

/// Whether the server may read it as a number: digits with a point and an exponent, a word, from 16 on other radixes.
fn is_number(text: &str, version: u16) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    if matches!(number.as_str(), "nan" | "inf" | "infinity") || version >= 16 && (number.contains('_') || number.starts_with("0")) {
        return true;
    }
    let (mantissa, exponent) = number.split_once('e').map_or((number.as_str(), "0"), |(mantissa, exponent)| (mantissa, exponent));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    !(whole.is_empty() && part.is_empty()) && digits(whole) && digits(part) && !exponent.is_empty() && digits(exponent)
}

/// Whether a date, time or interval has neither digits nor one of the words that stand for a moment.
fn says_no_time(text: &str) -> bool {
    let moments = ["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs"];
    let moment = |word: &str| moments.iter().any(|moment| word.eq_ignore_ascii_case(moment));
    !text.contains(|c: char| c.is_ascii_digit()) && !text.split(|c: char| !c.is_ascii_alphabetic()).any(moment)
}

/// Whether a date or time that is written in digits ends in a letter that is neither a zone nor a unit.
fn has_odd_letter(text: &str) -> bool {
    let mut letters = text.chars().rev();
    let last = letters.next().is_some_and(|last| last.is_ascii_alphabetic() && !"dhjmstyz".contains(last.to_ascii_lowercase()));
    last && text.starts_with(|first: char| first.is_ascii_digit()) && letters.next().is_some_and(|before| before.is_ascii_digit())
}

/// Whether it has the 32 digits of a UUID, with hyphens between fours of them at most.
fn is_uuid(text: &str) -> bool {
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let (mut digits, mut hyphen) = (0, true);
    for byte in inner.bytes() {
        match byte {
            b'-' if !hyphen && digits % 4 == 0 && digits < 32 => hyphen = true,
            _ if byte.is_ascii_hexdigit() => (digits, hyphen) = (digits + 1, false),
            _ => return false,
        }
    }
    digits == 32
}

/// Whether it may be an address, with the bits of its network or without.
fn is_address(text: &str, network: bool) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let six = address.contains(':');
    let most = if six { 128 } else { 32 };
    bits.is_none_or(|bits| bits.parse::<u32>().is_ok_and(|bits| bits <= most))
        && match six {
            true => address.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.')),
            false => {
                address.split('.').all(|octet| octet.parse::<u32>().is_ok_and(|octet| octet < 256))
                    && (network || bits.is_some() || address.split('.').count() == 4)
            }
        }
}

/// A number of at most so many digits at the beginning of a text, which then begins behind it.
fn digits(text: &mut &str, most: usize) -> Option<u32> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(length)?;
    *text = rest;
    number.parse().ok()
}

fn eat(text: &mut &str, what: char) -> bool {
    match text.strip_prefix(what) {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}

/// A date or time in the form that has the order of time; an error where a part of it is out of range. None is any form
/// but that of ISO 8601, and what depends on the session's time zone.
fn moment(text: &str, ty: &str) -> Option<Result<String, ()>> {
    let mut rest = text;
    let (mut good, mut shown) = (true, String::new());
    if ty != "time" {
        let year = digits(&mut rest, 4)?;
        let four = text.len() - rest.len() == 4;
        let dashed = eat(&mut rest, '-');
        let month = digits(&mut rest, 2)?;
        let second = eat(&mut rest, '-');
        let day = digits(&mut rest, 2)?;
        if !four || second != dashed || !dashed && text.len() - rest.len() != 8 {
            return None;
        }
        let last = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        good = year > 0 && (1..13).contains(&month) && (1..=last).contains(&day);
        shown = format!("{year:04}-{month:02}-{day:02}");
    }
    let mut zone = None;
    let mut time = [0; 3];
    let mut part = "";
    if ty == "time" || !rest.is_empty() {
        if ty != "time" && !(eat(&mut rest, ' ') || eat(&mut rest, 'T')) {
            return None;
        }
        time[0] = digits(&mut rest, 2)?;
        if !eat(&mut rest, ':') {
            return None;
        }
        time[1] = digits(&mut rest, 2)?;
        if eat(&mut rest, ':') {
            time[2] = digits(&mut rest, 2)?;
        }
        if eat(&mut rest, '.') {
            let all = rest;
            digits(&mut rest, 6)?;
            part = all.get(..all.len() - rest.len())?.trim_end_matches('0');
        }
        // Midnight may be 24 o'clock, and a leap second is one of the next minute.
        if time[0] == 24 || time[2] == 60 {
            return None;
        }
        good &= time[0] < 24 && time[1] < 60 && time[2] < 60;
        let rest = rest.trim_start();
        zone = Some(matches!(rest, "Z" | "z" | "UTC" | "+00" | "+00:00"));
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':');
        if zone == Some(false) && (rest.starts_with(|c: char| c.is_ascii_digit()) || !rest.chars().all(numeric)) {
            return None;
        }
    }
    if !good {
        return Some(Err(()));
    }
    if ty != "date" {
        let space = if shown.is_empty() { "" } else { " " };
        let [hour, minute, second] = time;
        shown = format!("{shown}{space}{hour:02}:{minute:02}:{second:02}");
        if !part.is_empty() {
            shown = format!("{shown}.{part}");
        }
    }
    match ty {
        "timestamptz" if zone != Some(true) => None,
        "timestamptz" => Some(Ok(shown + "+00")),
        _ => Some(Ok(shown)),
    }
}

/// A number by its digits and how many of them stand behind the point; none where they are too many.
pub fn decimal(text: &str) -> Option<(i64, u32)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text, 0i32),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let value: i64 = [whole, part].concat().parse().ok()?;
    match i32::try_from(part.len()).ok()?.checked_sub(exponent)? {
        scale @ 0..=18 => Some((value, scale as u32)),
        scale @ -18..0 => Some((scaled(value, scale.unsigned_abs())?, 0)),
        _ => None,
    }
}

/// With so many more digits behind the point.
pub fn scaled(value: i64, more: u32) -> Option<i64> {
    value.checked_mul(10i64.checked_pow(more)?)
}

/// A number as it is printed, without zeros at the end of its fraction.
pub fn decimal_text(mut value: i64, mut scale: u32) -> String {
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    let mut text = format!("{:0width$}", value.unsigned_abs(), width = scale as usize + 1);
    if scale > 0 {
        text.insert(text.len() - scale as usize, '.');
    }
    if value < 0 {
        text.insert(0, '-');
    }
    text
}

/// Rounded to so many digits behind the point, halves away from zero.
fn rounded(value: i64, scale: u32, to: u32) -> Option<i64> {
    if scale <= to {
        return scaled(value, to - scale);
    }
    let unit = 10i64.checked_pow(scale - to)?;
    Some(value.checked_add(unit / 2 * value.signum())? / unit)
}

/// What a text is as a value of a type, in the form that is the same for the same value as far as that is known; the error
/// where the server refuses to read it.
pub fn input(text: &str, name: &str, version: u16) -> Result<String, Failure> {
    let trimmed = text.trim();
    let invalid = |sqlstate: &'static str| {
        let shown = builtin_name(name, "");
        let shown = shown.strip_suffix(" without time zone").unwrap_or(&shown);
        fail(sqlstate, format!("invalid input syntax for type {shown}: \"{text}\""))
    };
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let wrong = match name {
        "bool" => match super::literal::bool_value(trimmed) {
            Some(value) => return Ok(value.to_string()),
            None => true,
        },
        "int2" | "int4" | "int8" => match integer_value(trimmed.strip_prefix('+').unwrap_or(trimmed)) {
            Some(value) => return whole(value, name, Some(text)),
            // Radixes and underscores came with 16.
            None => {
                version < 16
                    || !digits.starts_with(|c: char| c.is_ascii_digit())
                    || !digits.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            }
        },
        "numeric" => !is_number(trimmed, version),
        // Floats are read as C reads them, and may be hexadecimal.
        "float4" | "float8" => !is_number(trimmed, 18),
        "inet" | "cidr" => !is_address(trimmed, name == "cidr"),
        "macaddr" => trimmed.is_empty() || is_bracketed(trimmed),
        "uuid" => !is_uuid(trimmed),
        "json" | "jsonb" if !is_json(trimmed) => return Err(fail("22P02", "invalid input syntax for type json")),
        "timestamp" | "timestamptz" | "date" | "time" | "timetz" | "interval"
            if says_no_time(trimmed) || has_odd_letter(trimmed) || is_bracketed(trimmed) =>
        {
            return Err(invalid("22007"));
        }
        "timestamp" | "timestamptz" | "date" | "time" => {
            return match moment(trimmed, name) {
                Some(read) => read.map_err(|()| fail("22008", format!("date/time field value out of range: \"{text}\""))),
                None => Ok(text.into()),
            };
        }
        _ => false,
    };
    if wrong {
        return Err(invalid("22P02"));
    }
    Ok(match name {
        "numeric" | "float4" | "float8" => match decimal(trimmed) {
            Some((value, scale)) => decimal_text(value, scale),
            None => trimmed.into(),
        },
        "uuid" => trimmed.to_ascii_lowercase(),
        "json" => trimmed.into(),
        "jsonb" => jsonb_text(trimmed),
        "bpchar" => text.trim_end_matches(' ').into(),
        _ => text.into(),
    })
}

/// A whole number of a type that has bounds, read from a text or not.
fn whole(value: i128, name: &str, text: Option<&str>) -> Result<String, Failure> {
    let bits = match name {
        "int2" => 15,
        "int4" => 31,
        _ => 63,
    };
    if value >> bits == value >> 127 {
        return Ok(value.to_string());
    }
    let shown = builtin_name(name, "");
    Err(fail(
        "22003",
        match text {
            Some(text) => format!("value \"{text}\" is out of range for type {shown}"),
            None => format!("{shown} out of range"),
        },
    ))
}

/// What a column of a type keeps of a value: it must fit within the type's bounds. `number` says that the value is a number
/// that becomes one of the type, and no text that is read as one.
pub fn fitted(text: &str, number: bool, name: &str, modifiers: &str, version: u16) -> Result<String, Failure> {
    if number
        && matches!(name, "int2" | "int4" | "int8")
        && let Some(value) =
            integer_value(text).or_else(|| decimal(text).and_then(|(value, scale)| rounded(value, scale, 0)).map(i128::from))
    {
        return whole(value, name, None);
    }
    let mut kept = input(text, name, version)?;
    match name {
        "varchar" | "bpchar" => {
            if let Ok(most) = modifiers.parse::<usize>()
                && let Some((at, _)) = text.char_indices().nth(most)
            {
                if text.get(at..).is_some_and(|over| over.contains(|c| c != ' ')) {
                    return Err(fail("22001", format!("value too long for type {}", builtin_name(name, modifiers))));
                }
                kept.truncate(at);
            }
        }
        "numeric" => {
            let (precision, scale) = modifiers.split_once(',').unwrap_or((modifiers, "0"));
            if let (Ok(precision), Ok(scale), Some((value, digits))) = (precision.parse(), scale.parse(), decimal(&kept)) {
                match (rounded(value, digits, scale), 10i64.checked_pow(precision)) {
                    (Some(value), Some(bound)) if value.abs() < bound => kept = decimal_text(value, scale),
                    (_, Some(_)) => return Err(fail("22003", "numeric field overflow")),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    Ok(kept)
}
