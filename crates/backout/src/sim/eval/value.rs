//! Values, and what is known of those that are not known.

use crate::catalog::decimal::Decimal;
use crate::op::Name;
use std::cmp::Ordering;

/// Why a value is not known; later ones weigh more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It hangs on rows of the user's tables, which are not simulated.
    Rows,
    /// It hangs on something that may have been there before, or on a gap.
    Open,
    /// It hangs on something that we do not model: the time, the session's user, a function.
    NotModelled,
    /// It would take too long to find out.
    Limit,
}

/// What an object identifier identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reg {
    /// `oid`, of whatever.
    Oid,
    /// `regclass`
    Class,
    /// `regtype`
    Type,
    /// `regproc`
    Proc,
    /// `regprocedure`
    Signature,
    /// `regnamespace`
    Namespace,
    /// `regrole`
    Role,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `NULL`
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number, as it is printed.
    Numeric(Name),
    /// Text, and whatever else is compared and printed as text: names, dates, json.
    Text(String),
    /// An object, by a number that only the catalog can read.
    Oid(Reg, i64),
    /// An array.
    Array(Vec<Value>),
    /// A row.
    Record(Vec<(Name, Value)>),
    /// Text with parts that are not known, each marked by [`HOLE`] or [`USER`]; or [`DATABASE`] alone.
    Partial(String, Why),
    /// It cannot be told.
    Unknown(Why),
}

pub use crate::op::{DATABASE, HOLE, USER};

/// The largest value that is followed, see [`Value::bounded`].
const LARGEST: usize = 1_000_000;

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// The name of the database.
    pub fn database() -> Self {
        Value::Partial(DATABASE.into(), Why::NotModelled)
    }

    /// Whether it is the name of the database.
    pub fn is_database(&self) -> bool {
        matches!(self, Value::Partial(text, _) if text.starts_with(DATABASE))
    }

    /// Why it is not known, if it is not.
    pub fn why(&self) -> Option<Why> {
        match self {
            Value::Unknown(why) | Value::Partial(_, why) => Some(*why),
            Value::Array(list) => list.iter().filter_map(Value::why).max(),
            Value::Record(fields) => fields.iter().filter_map(|(_, value)| value.why()).max(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Numeric(_) | Value::Text(_) | Value::Oid(..) => None,
        }
    }

    /// The value, unless it is too large to go on with: a loop may double it in each of its rounds.
    pub fn bounded(self) -> Self {
        if self.size() > LARGEST { Value::Unknown(Why::Limit) } else { self }
    }

    /// The bytes of its text and one for each value, about.
    fn size(&self) -> usize {
        match self {
            Value::Text(text) | Value::Partial(text, _) => text.len(),
            Value::Array(list) => list.iter().map(|value| value.size() + 1).sum(),
            Value::Record(fields) => fields.iter().map(|(_, value)| value.size() + 1).sum(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Numeric(_) | Value::Oid(..) | Value::Unknown(_) => 1,
        }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// As a condition.
    pub fn truth(&self) -> Truth {
        match self {
            Value::Bool(value) => Truth::Known(Some(*value)),
            Value::Null => Truth::Known(None),
            Value::Text(text) => match boolean(text) {
                Some(value) => Truth::Known(Some(value)),
                None => Truth::Unknown(Why::NotModelled),
            },
            Value::Int(number) => Truth::Known(Some(*number != 0)),
            other => Truth::Unknown(other.why().unwrap_or(Why::NotModelled)),
        }
    }

    /// As the server prints it, where that is known without the catalog; NULL is none.
    pub fn print(&self) -> Result<Option<String>, Why> {
        Ok(Some(match self {
            Value::Null => return Ok(None),
            Value::Bool(value) => if *value { "t" } else { "f" }.to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Numeric(number) => number.strip_suffix("e0").unwrap_or(number).to_owned(),
            Value::Text(text) => text.clone(),
            Value::Array(list) => {
                let mut parts = Vec::with_capacity(list.len());
                for value in list {
                    parts.push(match value.print()? {
                        None => "NULL".to_owned(),
                        Some(text) if matches!(value, Value::Array(_)) => text,
                        Some(text) => array_element(&text),
                    });
                }
                format!("{{{}}}", parts.join(","))
            }
            Value::Oid(..) => return Err(Why::NotModelled),
            Value::Record(_) | Value::Partial(..) | Value::Unknown(_) => return Err(self.why().unwrap_or(Why::NotModelled)),
        }))
    }
}

/// A truth value of three, or unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// True, false, or none for NULL.
    Known(Option<bool>),
    /// It cannot be told.
    Unknown(Why),
}

impl Truth {
    /// As a value.
    pub fn value(self) -> Value {
        match self {
            Truth::Known(Some(value)) => Value::Bool(value),
            Truth::Known(None) => Value::Null,
            Truth::Unknown(why) => Value::Unknown(why),
        }
    }

    /// `NOT`.
    pub fn negate(self) -> Truth {
        match self {
            Truth::Known(value) => Truth::Known(value.map(|value| !value)),
            Truth::Unknown(why) => Truth::Unknown(why),
        }
    }

    /// `AND` of many: false wins over unknown, unknown over NULL.
    pub fn all(list: impl IntoIterator<Item = Truth>) -> Truth {
        Self::fold(list, false)
    }

    /// `OR` of many.
    pub fn any(list: impl IntoIterator<Item = Truth>) -> Truth {
        Self::fold(list, true)
    }

    fn fold(list: impl IntoIterator<Item = Truth>, winner: bool) -> Truth {
        let mut unknown: Option<Why> = None;
        let mut null = false;
        for truth in list {
            match truth {
                Truth::Known(Some(value)) if value == winner => return truth,
                Truth::Known(Some(_)) => {}
                Truth::Known(None) => null = true,
                Truth::Unknown(why) => unknown = unknown.max(Some(why)),
            }
        }
        match unknown {
            Some(why) => Truth::Unknown(why),
            None if null => Truth::Known(None),
            None => Truth::Known(Some(!winner)),
        }
    }
}

/// What a text means as a truth value.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    match text.as_str() {
        "" => None,
        "on" | "1" => Some(true),
        "of" | "off" | "0" => Some(false),
        _ if "true".starts_with(&text) || "yes".starts_with(&text) => Some(true),
        _ if "false".starts_with(&text) || "no".starts_with(&text) => Some(false),
        _ => None,
    }
}

/// Whether a text is a date in the form that has the order of time.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// A float; its arithmetic is not that of numbers, which an exponent says.
pub fn float(text: &str) -> Value {
    Value::Numeric(format!("{text}e0").into())
}

/// Whether a text is a date or a moment in the form that has the order of time.
pub fn is_moment(text: &str) -> bool {
    let time = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b':' | b'.'));
    text.get(..10).is_some_and(is_date) && text.get(10..).is_some_and(|rest| time(rest.strip_suffix("+00").unwrap_or(rest)))
}

/// Compares two values of the same or of convertible types; none when one is NULL, an error when it cannot be told.
pub fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Why> {
    use Value::*;
    if let Some(why) = left.why().max(right.why()) {
        return Err(why);
    }
    Ok(Some(match (left, right) {
        (Null, _) | (_, Null) => return Ok(None),
        (Bool(a), Bool(b)) => a.cmp(b),
        (Int(a), Int(b)) => a.cmp(b),
        (Int(_) | Numeric(_), Int(_) | Numeric(_)) => number(left)?.cmp(&number(right)?),
        (Text(a), Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Oid(_, a), Oid(_, b)) => a.cmp(b),
        (Int(a), Text(b)) => a.cmp(&b.trim().parse().map_err(|_| Why::NotModelled)?),
        (Text(a), Int(b)) => a.trim().parse::<i64>().map_err(|_| Why::NotModelled)?.cmp(b),
        (Bool(a), Text(b)) => a.cmp(&boolean(b).ok_or(Why::NotModelled)?),
        (Text(a), Bool(b)) => boolean(a).ok_or(Why::NotModelled)?.cmp(b),
        (Array(a), Array(b)) => return compare_all(a.iter(), b.iter()),
        (Array(_), Text(text)) => match array_literal(text) {
            Some(other) => return compare(left, &Array(other)),
            None => return Err(Why::NotModelled),
        },
        (Text(text), Array(_)) => match array_literal(text) {
            Some(other) => return compare(&Array(other), right),
            None => return Err(Why::NotModelled),
        },
        (Record(a), Record(b)) => return compare_all(a.iter().map(|(_, value)| value), b.iter().map(|(_, value)| value)),
        _ => return Err(Why::NotModelled),
    }))
}

fn compare_all<'a>(left: impl Iterator<Item = &'a Value>, right: impl Iterator<Item = &'a Value>) -> Result<Option<Ordering>, Why> {
    let (left, right): (Vec<_>, Vec<_>) = (left.collect(), right.collect());
    for (a, b) in left.iter().zip(&right) {
        match (a, b) {
            // Within arrays two NULLs are equal.
            (Value::Null, Value::Null) => {}
            _ => match compare(a, b)? {
                Some(Ordering::Equal) => {}
                other => return Ok(other),
            },
        }
    }
    Ok(Some(left.len().cmp(&right.len())))
}

/// A number for comparison.
pub(super) fn number(value: &Value) -> Result<Decimal, Why> {
    match value {
        Value::Int(number) => Ok(Decimal::from(*number)),
        Value::Numeric(text) => Decimal::read(text).ok_or(Why::NotModelled),
        _ => Err(Why::NotModelled),
    }
}

/// A one-dimensional array from its text.
pub fn array_literal(text: &str) -> Option<Vec<Value>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut list = Vec::new();
    if inner.trim().is_empty() {
        return Some(list);
    }
    let mut rest = inner.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let mut element = String::new();
        if rest.next_if_eq(&'"').is_some() {
            loop {
                match rest.next()? {
                    '\\' => element.push(rest.next()?),
                    '"' => break,
                    other => element.push(other),
                }
            }
            while rest.next_if(|c| c.is_whitespace()).is_some() {}
            list.push(Value::Text(element));
        } else {
            while let Some(c) = rest.next_if(|&c| c != ',') {
                match c {
                    '{' | '}' | '"' => return None,
                    '\\' => element.push(rest.next()?),
                    other => element.push(other),
                }
            }
            let element = element.trim_end();
            list.push(if element.eq_ignore_ascii_case("null") { Value::Null } else { Value::text(element) });
        }
        match rest.next() {
            None => return Some(list),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

/// An element as it is printed within an array.
fn array_element(text: &str) -> String {
    let special = |c: char| matches!(c, '{' | '}' | ',' | '"' | '\\') || c.is_whitespace();
    if text.is_empty() || text.eq_ignore_ascii_case("null") || text.contains(special) {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted.push('"');
        return quoted;
    }
    text.to_owned()
}
