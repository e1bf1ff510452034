//! Scalar expressions.

use super::value::{array_literal, number};
use super::*;
use crate::catalog::resolve::{decimal, decimal_text, fitted, scaled};
use crate::op::{Constant, TypeName, fits};
use std::cmp::Ordering;

impl Evaluator<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Evaluated<Value> {
        if self.depth >= DEPTH || !self.step() {
            return Ok(Value::Unknown(Why::Limit));
        }
        self.depth += 1;
        let value = self.expr_inner(expr);
        self.depth -= 1;
        value
    }

    pub(super) fn truth(&mut self, expr: &Expr) -> Evaluated<Truth> {
        Ok(self.expr(expr)?.truth())
    }

    pub(super) fn list(&mut self, list: &[Expr]) -> Evaluated<Vec<Value>> {
        list.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr_inner(&mut self, expr: &Expr) -> Evaluated<Value> {
        Ok(match expr {
            Expr::Constant(constant) => match constant {
                Constant::Null => Value::Null,
                Constant::Bool(value) => Value::Bool(*value),
                Constant::Number(text) => number_value(text),
                Constant::String(text) => Value::text(text.as_str()),
                Constant::Bits(bits) => Value::text(bits.get(1..).unwrap_or_default()),
            },
            Expr::Column { parts, .. } => self.column(parts),
            Expr::Star(_) | Expr::Default => Value::Unknown(Why::NotModelled),
            Expr::Param(number) => self.host.param(*number).unwrap_or(Value::Unknown(Why::NotModelled)),
            Expr::Cast { expr, ty } => {
                let value = self.expr(expr)?;
                self.cast(value, ty)?
            }
            Expr::Call(call) => self.call(call)?,
            Expr::Operator { name, left, right, .. } => {
                let left = left.as_ref().map(|left| self.expr(left)).transpose()?;
                let right = self.expr(right)?;
                self.operator(name, left, right)?
            }
            Expr::And(list) => self.chain(list, false)?.value(),
            Expr::Or(list) => self.chain(list, true)?.value(),
            Expr::Not(inner) => self.truth(inner)?.negate().value(),
            Expr::Is { expr, test } => {
                let value = self.expr(expr)?;
                is_test(&value, test)
            }
            Expr::IsDistinct { left, right, not } => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let truth = match (left.is_null(), right.is_null()) {
                    (true, true) => Truth::Known(Some(false)),
                    (true, false) if right.why().is_none() => Truth::Known(Some(true)),
                    (false, true) if left.why().is_none() => Truth::Known(Some(true)),
                    _ => match compare(&left, &right) {
                        Ok(ordering) => Truth::Known(Some(ordering != Some(Ordering::Equal))),
                        Err(why) => Truth::Unknown(why),
                    },
                };
                (if *not { truth.negate() } else { truth }).value()
            }
            Expr::Between { expr, low, high, not, symmetric } => {
                let (value, low, high) = (self.expr(expr)?, self.expr(low)?, self.expr(high)?);
                let within = |low: &Value, high: &Value| Truth::all([relation(">=", &value, low), relation("<=", &value, high)]);
                let mut truth = within(&low, &high);
                if *symmetric {
                    truth = Truth::any([truth, within(&high, &low)]);
                }
                (if *not { truth.negate() } else { truth }).value()
            }
            Expr::InList { expr, list, not } => {
                let value = self.expr(expr)?;
                let mut truths = Vec::with_capacity(list.len());
                for item in list {
                    let item = self.expr(item)?;
                    truths.push(self.compare(&value, "=", &item)?);
                }
                let truth = Truth::any(truths);
                (if *not { truth.negate() } else { truth }).value()
            }
            Expr::InQuery { expr, query, not } => {
                let value = self.expr(expr)?;
                let truth = self.quantified(&value, "=", false, query)?;
                (if *not { truth.negate() } else { truth }).value()
            }
            Expr::Quantified { left, op, all, right } => {
                let value = self.expr(left)?;
                if let Expr::Subquery(query) = right.as_ref() {
                    return Ok(self.quantified(&value, op, *all, query)?.value());
                }
                let list = match self.expr(right)? {
                    Value::Array(list) => list,
                    Value::Null => return Ok(Value::Null),
                    Value::Text(text) => match array_literal(&text) {
                        Some(list) => list,
                        None => return Ok(Value::Unknown(Why::NotModelled)),
                    },
                    other => return Ok(Value::Unknown(other.why().unwrap_or(Why::NotModelled))),
                };
                let mut truths = Vec::with_capacity(list.len());
                for item in &list {
                    truths.push(self.compare(&value, op, item)?);
                }
                (if *all { Truth::all(truths) } else { Truth::any(truths) }).value()
            }
            Expr::Case { operand, arms, otherwise } => {
                let operand = operand.as_ref().map(|operand| self.expr(operand)).transpose()?;
                for (condition, result) in arms {
                    let truth = match &operand {
                        Some(operand) => {
                            let value = self.expr(condition)?;
                            self.compare(operand, "=", &value)?
                        }
                        None => self.truth(condition)?,
                    };
                    match truth {
                        Truth::Known(Some(true)) => return self.expr(result),
                        Truth::Known(_) => {}
                        Truth::Unknown(why) => return Ok(Value::Unknown(why)),
                    }
                }
                match otherwise {
                    Some(otherwise) => self.expr(otherwise)?,
                    None => Value::Null,
                }
            }
            Expr::Array(list) => Value::Array(self.list(list)?),
            Expr::ArrayQuery(query) => {
                let rows = self.subquery(query)?;
                match rows.doubt() {
                    Some(why) => Value::Unknown(why),
                    None => Value::Array(rows.rows.into_iter().filter_map(|(row, _)| row.into_iter().next()).collect()),
                }
            }
            Expr::Row(list) => {
                let values = self.list(list)?;
                Value::Record(values.into_iter().enumerate().map(|(at, value)| (format!("f{}", at + 1).into(), value)).collect())
            }
            Expr::Subquery(query) => {
                let rows = self.subquery(query)?;
                match (rows.doubt(), rows.rows.len()) {
                    (Some(why), _) => Value::Unknown(why),
                    (None, 0) => Value::Null,
                    (None, 1) => rows.rows.into_iter().next().and_then(|(row, _)| row.into_iter().next()).unwrap_or(Value::Null),
                    (None, _) => return Err(Raised::new("21000", "more than one row returned by a subquery used as an expression")),
                }
            }
            Expr::Exists(query) => {
                let rows = self.subquery(query)?;
                if rows.rows.iter().any(|(_, doubt)| doubt.is_none()) {
                    Value::Bool(true)
                } else {
                    rows.doubt().map_or(Value::Bool(false), Value::Unknown)
                }
            }
            Expr::Subscript { expr, bounds, slice } => {
                let value = self.expr(expr)?;
                let bounds = self.list(bounds)?;
                match (value, bounds.as_slice()) {
                    (Value::Array(list), [Value::Int(at)]) if !slice => {
                        usize::try_from(at - 1).ok().and_then(|at| list.get(at).cloned()).unwrap_or(Value::Null)
                    }
                    (Value::Null, _) => Value::Null,
                    (value, _) => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
                }
            }
            Expr::Field { expr, field } => field_of(self.expr(expr)?, field),
            Expr::Collate { expr, .. } => self.expr(expr)?,
        })
    }

    /// `AND` or `OR`; what cannot matter any more is not looked at, as an error in it would not be raised either.
    fn chain(&mut self, list: &[Expr], winner: bool) -> Evaluated<Truth> {
        let mut truths = Vec::with_capacity(list.len());
        for item in list {
            let truth = match self.truth(item) {
                // What is not known may have ended it before the error.
                Err(_) if truths.iter().any(|truth| matches!(truth, Truth::Unknown(_))) => Truth::Unknown(Why::NotModelled),
                truth => truth?,
            };
            if truth == Truth::Known(Some(winner)) {
                return Ok(truth);
            }
            truths.push(truth);
        }
        Ok(if winner { Truth::any(truths) } else { Truth::all(truths) })
    }

    fn quantified(&mut self, value: &Value, op: &str, all: bool, query: &Query) -> Evaluated<Truth> {
        let rows = self.subquery(query)?;
        let mut truths = Vec::with_capacity(rows.rows.len() + 1);
        for (row, doubt) in rows.rows {
            let item = if row.len() > 1 {
                Value::Record(row.into_iter().map(|value| (Name::default(), value)).collect())
            } else {
                row.into_iter().next().unwrap_or(Value::Null)
            };
            let truth = self.compare(value, op, &item)?;
            // A row that may not be there decides nothing, unless it would not have counted.
            truths.push(match (truth, doubt) {
                (Truth::Known(Some(value)), Some(why)) if value != all => Truth::Unknown(why),
                (truth, _) => truth,
            });
        }
        truths.extend(rows.open.map(Truth::Unknown));
        Ok(if all { Truth::all(truths) } else { Truth::any(truths) })
    }

    /// A comparison in which a text may stand for an object's name.
    fn compare(&mut self, left: &Value, op: &str, right: &Value) -> Evaluated<Truth> {
        Ok(self.operator(op, Some(left.clone()), right.clone())?.truth())
    }

    fn column(&mut self, parts: &[Name]) -> Value {
        for frame in self.frames.iter().rev() {
            if let Some(value) = in_row(&frame.row, parts) {
                return value;
            }
        }
        self.asked = true;
        self.host.variable(parts).unwrap_or(Value::Unknown(Why::NotModelled))
    }

    /// An operator, by the catalog's name.
    pub(super) fn operator(&mut self, name: &str, left: Option<Value>, right: Value) -> Evaluated<Value> {
        let Some(left) = left else {
            return Ok(match (name, right) {
                ("-", Value::Int(number)) => number.checked_neg().map_or(Value::Unknown(Why::NotModelled), Value::Int),
                ("-", Value::Numeric(text)) => match text.strip_prefix('-') {
                    Some(positive) => Value::Numeric(positive.into()),
                    None => Value::Numeric(format!("-{text}").into()),
                },
                ("+", value @ (Value::Int(_) | Value::Numeric(_))) => value,
                (_, Value::Null) => Value::Null,
                (_, value) => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            });
        };
        // Objects are compared with their names through the cast that the server puts around an untyped constant.
        let compares = matches!(name, "=" | "<>" | "<" | "<=" | ">" | ">=");
        let (left, right) = match (&left, &right) {
            _ if !compares => (left, right),
            (Value::Oid(kind, _), Value::Text(text)) => {
                let found = self.reg(*kind, text)?;
                (left, found)
            }
            (Value::Text(text), Value::Oid(kind, _)) => {
                let found = self.reg(*kind, text)?;
                (found, right)
            }
            _ => (left, right),
        };
        Ok(match name {
            "=" | "<>" | "<" | "<=" | ">" | ">=" => relation(name, &left, &right).value(),
            "||" => self.concatenate(left, right).bounded(),
            "~~" | "!~~" | "~~*" | "!~~*" | "~" | "!~" | "~*" | "!~*" => self.matches(name, &left, &right),
            "+" | "-" | "*" | "/" | "%" => arithmetic(name, &left, &right)?,
            "@>" | "<@" | "&&" => sets(name, &left, &right),
            _ if left.is_null() || right.is_null() => Value::Unknown(Why::NotModelled),
            _ => Value::Unknown(left.why().max(right.why()).unwrap_or(Why::NotModelled)),
        })
    }

    fn matches(&mut self, name: &str, left: &Value, right: &Value) -> Value {
        if left.is_null() || right.is_null() {
            return Value::Null;
        }
        let (text, pattern) = match (self.print(left), self.print(right)) {
            (Ok(Some(text)), Ok(Some(pattern))) => (text, pattern),
            (text, pattern) => return Value::Unknown(text.err().max(pattern.err()).unwrap_or(Why::NotModelled)),
        };
        let negated = name.starts_with('!');
        let ignore_case = name.ends_with('*');
        if ignore_case && !(text.is_ascii() && pattern.is_ascii()) {
            // The locale says which letters are the same.
            return Value::Unknown(Why::NotModelled);
        }
        let found = if name.contains("~~") {
            Ok(pattern::like(&text, &pattern, ignore_case))
        } else {
            pattern::find(&text, &pattern, ignore_case).map(|place| place.is_some())
        };
        found.map_or(Value::Unknown(Why::NotModelled), |found| Value::Bool(found != negated))
    }

    /// `||`
    pub(super) fn concatenate(&mut self, left: Value, right: Value) -> Value {
        match (left, right) {
            (Value::Array(mut a), Value::Array(b)) => {
                a.extend(b);
                Value::Array(a)
            }
            (Value::Array(mut a), b) => {
                a.push(b);
                Value::Array(a)
            }
            (a, Value::Array(mut b)) if !a.is_null() => {
                b.insert(0, a);
                Value::Array(b)
            }
            (Value::Null, _) | (_, Value::Null) => Value::Null,
            (a, b) => {
                // Through its cast to text a truth value is a word, unlike in format() and concat().
                let piece = |value: Value| match value {
                    Value::Bool(value) => Ok(if value { "true" } else { "false" }.to_owned()),
                    other => self.piece(&other),
                };
                join([piece(a), piece(b)])
            }
        }
    }

    /// A value as a part of a text.
    pub(super) fn piece(&self, value: &Value) -> Result<String, (String, Why)> {
        match value {
            Value::Partial(text, why) => Err((text.replace(DATABASE, &HOLE.to_string()), *why)),
            other => match self.print(other) {
                Ok(text) => Ok(text.unwrap_or_default()),
                Err(why) => Err((HOLE.to_string(), why)),
            },
        }
    }

    /// A value as the server prints it.
    pub(super) fn print(&self, value: &Value) -> Result<Option<String>, Why> {
        match value {
            Value::Oid(kind, oid) => self.host.system().print(*kind, *oid).map(Some).ok_or(Why::NotModelled),
            Value::Array(list) if list.iter().any(|item| matches!(item, Value::Oid(..))) => Err(Why::NotModelled),
            other => other.print(),
        }
    }

    /// The object of a name.
    pub(super) fn reg(&self, kind: Reg, text: &str) -> Evaluated<Value> {
        if let Ok(oid) = text.trim().parse::<i64>() {
            return Ok(Value::Oid(kind, oid));
        }
        if kind == Reg::Oid {
            return Ok(Value::Unknown(Why::NotModelled));
        }
        match self.host.system().object(kind, text) {
            Found::Oid(oid) => Ok(Value::Oid(kind, oid)),
            Found::Missing(raised) => Err(raised),
            Found::Unknown(why) => Ok(Value::Unknown(why)),
        }
    }

    /// What the server reads from a text as a value of a built-in type.
    fn read(&self, text: &str, ty: &TypeName) -> Evaluated<String> {
        let read = fitted(text, false, &ty.name, &ty.modifiers.join(","), self.host.system().version());
        read.map_err(|failure| Raised::new(failure.sqlstate, failure.message.as_str()))
    }

    pub(super) fn cast(&mut self, value: Value, ty: &TypeName) -> Evaluated<Value> {
        if value.is_null() {
            return Ok(value);
        }
        if ty.dimensions > 0 {
            let list = match value {
                Value::Text(text) if !text.trim_start().starts_with(['{', '[']) => {
                    return Err(Raised::new("22P02", format!("malformed array literal: \"{text}\"")));
                }
                Value::Text(text) => array_literal(&text),
                Value::Array(list) => Some(list),
                value => return Ok(Value::Unknown(value.why().unwrap_or(Why::NotModelled))),
            };
            let Some(list) = list else { return Ok(Value::Unknown(Why::NotModelled)) };
            let element = TypeName { dimensions: 0, ..ty.clone() };
            let mut elements = Vec::with_capacity(list.len());
            for value in list {
                elements.push(match value {
                    inner @ Value::Array(_) => inner,
                    value => self.cast(value, &element)?,
                });
            }
            return Ok(Value::Array(elements));
        }
        let kind = match ty.name.as_str() {
            "regclass" => Some(Reg::Class),
            "regtype" => Some(Reg::Type),
            "regproc" => Some(Reg::Proc),
            "regprocedure" => Some(Reg::Signature),
            "regnamespace" => Some(Reg::Namespace),
            "regrole" => Some(Reg::Role),
            "oid" => Some(Reg::Oid),
            _ => None,
        };
        if let Some(kind) = kind {
            return match value {
                Value::Text(text) => self.reg(kind, &text),
                Value::Oid(_, oid) | Value::Int(oid) => Ok(Value::Oid(kind, oid)),
                value => Ok(Value::Unknown(value.why().unwrap_or(Why::NotModelled))),
            };
        }
        Ok(match ty.name.as_str() {
            "varchar" | "bpchar" if !ty.modifiers.is_empty() => {
                let most = ty.modifiers.first().and_then(|most| most.trim().parse().ok()).unwrap_or(0);
                match self.print(&value) {
                    Ok(Some(text)) if ty.name == "varchar" => Value::Text(text.chars().take(most).collect()),
                    text => Value::Unknown(text.err().unwrap_or(Why::NotModelled)),
                }
            }
            "text" | "varchar" | "bpchar" | "name" | "citext" | "unknown" | "char" => match value {
                Value::Bool(value) => Value::text(if value { "true" } else { "false" }),
                value @ (Value::Text(_) | Value::Partial(..) | Value::Unknown(_)) => value,
                value => match self.print(&value) {
                    Ok(Some(text)) => Value::Text(text),
                    Ok(None) => Value::Null,
                    Err(why) => Value::Unknown(why),
                },
            },
            "int2" | "int4" | "int8" => match value {
                Value::Bool(value) => Value::Int(value.into()),
                Value::Int(_) => value,
                Value::Numeric(text) if text.ends_with(".5e0") => Value::Unknown(Why::NotModelled),
                Value::Numeric(_) => {
                    number(&value).ok().and_then(|number| number.rounded()).map_or(Value::Unknown(Why::NotModelled), Value::Int)
                }
                Value::Text(text) => self.read(&text, ty)?.parse().map_or(Value::Unknown(Why::NotModelled), Value::Int),
                Value::Oid(_, oid) => Value::Int(oid),
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            // A number keeps its scale.
            "numeric" if ty.modifiers.is_empty() && matches!(value, Value::Numeric(_)) => value,
            "numeric" | "float8" | "float4" => match value {
                Value::Text(_) | Value::Int(_) | Value::Numeric(_) => match self.print(&value) {
                    Ok(Some(text)) => match self.read(&text, ty)? {
                        text if decimal(&text).is_none() => Value::Unknown(Why::NotModelled),
                        text if ty.name != "numeric" => float(&text),
                        text => Value::Numeric(text.into()),
                    },
                    _ => Value::Unknown(Why::NotModelled),
                },
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            "bool" => match value {
                Value::Bool(_) => value,
                Value::Int(number) => Value::Bool(number != 0),
                Value::Text(text) => Value::Bool(self.read(&text, ty)? == "true"),
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            "date" | "timestamp" | "timestamptz" | "time" => match value {
                // What a moment is elsewhere hangs on the session's zone.
                Value::Text(text) if is_moment(&text) && text.ends_with("+00") && ty.name != "timestamptz" => {
                    Value::Unknown(Why::NotModelled)
                }
                Value::Text(text) => match self.read(&text, ty)? {
                    read if ty.name == "time" && read.len() == 8
                        || is_moment(&read) && (ty.name != "timestamptz" || read.ends_with("+00")) =>
                    {
                        Value::Text(read)
                    }
                    _ => Value::Unknown(Why::NotModelled),
                },
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            "json" | "jsonb" | "uuid" | "inet" | "cidr" | "macaddr" => match value {
                Value::Text(text) => Value::Text(self.read(&text, ty)?),
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            "interval" | "bytea" => match value {
                Value::Text(_) | Value::Unknown(_) => value,
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
            _ => match value {
                // A domain or an enum keeps its text; another type may print it in another way.
                value @ Value::Text(_) => value,
                value => Value::Unknown(value.why().unwrap_or(Why::NotModelled)),
            },
        })
    }
}

/// Pieces of a text, some of which may not be known.
pub(super) fn join(pieces: impl IntoIterator<Item = Result<String, (String, Why)>>) -> Value {
    let mut text = String::new();
    let mut doubt: Option<Why> = None;
    for piece in pieces {
        match piece {
            Ok(piece) => text.push_str(&piece),
            Err((piece, why)) => {
                text.push_str(&piece);
                doubt = doubt.max(Some(why));
            }
        }
    }
    match doubt {
        None => Value::Text(text),
        Some(why) => Value::Partial(text, why),
    }
}

/// A number as it was written.
pub fn number_value(text: &str) -> Value {
    match text.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::Numeric(text.into()),
    }
}

/// A field of a record.
pub(super) fn field_of(value: Value, field: &str) -> Value {
    match value {
        Value::Record(fields) => {
            fields.into_iter().find(|(name, _)| name == field).map_or(Value::Unknown(Why::NotModelled), |(_, value)| value)
        }
        Value::Null => Value::Null,
        other => Value::Unknown(other.why().unwrap_or(Why::NotModelled)),
    }
}

/// A column of a row, or the row of a relation as a whole.
fn in_row(row: &Row, parts: &[Name]) -> Option<Value> {
    let of = |part: &Part, name: &Name| match &part.columns {
        Some(columns) => columns.iter().position(|column| column == name).map(|at| part.values.get(at).cloned().unwrap_or(Value::Null)),
        None => None,
    };
    match parts {
        [name] => row.parts.iter().find_map(|part| of(part, name)).or_else(|| {
            let part = row.parts.iter().find(|part| part.alias == *name)?;
            let columns = part.columns.as_ref()?;
            Some(Value::Record(columns.iter().cloned().zip(part.values.iter().cloned()).collect()))
        }),
        [alias, name] | [_, alias, name] => {
            let part = row.parts.iter().find(|part| part.alias == *alias)?;
            Some(of(part, name).unwrap_or(Value::Unknown(Why::NotModelled)))
        }
        _ => None,
    }
}

/// `=` and its like.
pub(super) fn relation(name: &str, left: &Value, right: &Value) -> Truth {
    if left.is_null() || right.is_null() {
        return Truth::Known(None);
    }
    match (left.is_database(), right.is_database()) {
        (true, true) if matches!(name, "=" | "<>") => return Truth::Known(Some(name == "=")),
        (false, false) => {}
        _ => return Truth::Unknown(Why::NotModelled),
    }
    if let (Value::Partial(pattern, _), Value::Text(text)) | (Value::Text(text), Value::Partial(pattern, _)) = (left, right)
        && matches!(name, "=" | "<>")
        && !fits(pattern, text)
    {
        // Whatever its unknown parts are.
        return Truth::Known(Some(name == "<>"));
    }
    if let (Value::Text(a), Value::Text(b)) = (left, right)
        && !matches!(name, "=" | "<>")
        && !alike(a, b)
    {
        if is_moment(a) && is_moment(b) {
            // A date is its midnight.
            let begin = |text: &str| Value::text(text.strip_suffix(" 00:00:00").unwrap_or(text));
            return relation_of(name, compare(&begin(a), &begin(b)));
        }
        // Which is less is for the collation to say.
        return Truth::Unknown(Why::NotModelled);
    }
    relation_of(name, compare(left, right))
}

fn relation_of(name: &str, ordering: Result<Option<Ordering>, Why>) -> Truth {
    match ordering {
        Err(why) => Truth::Unknown(why),
        Ok(ordering) => Truth::Known(ordering.map(|ordering| match name {
            "=" => ordering == Ordering::Equal,
            "<>" => ordering != Ordering::Equal,
            "<" => ordering == Ordering::Less,
            "<=" => ordering != Ordering::Greater,
            ">" => ordering == Ordering::Greater,
            _ => ordering != Ordering::Less,
        })),
    }
}

/// Whether two texts have the same order in every collation: small letters and digits, and all else in the same places.
fn alike(a: &str, b: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    a == b
        || a.bytes().chain(b.bytes()).all(plain)
        || a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a == b || plain(a) && plain(b))
}

fn arithmetic(name: &str, left: &Value, right: &Value) -> Evaluated<Value> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    let zero = |value: &Value| number(value).is_ok_and(|number| number.is_zero());
    if matches!(name, "/" | "%") && zero(right) && matches!(left, Value::Int(_) | Value::Numeric(_)) {
        return Err(Raised::new("22012", "division by zero"));
    }
    let unknown = || Value::Unknown(left.why().max(right.why()).unwrap_or(Why::NotModelled));
    let result = match (left, right) {
        (Value::Int(a), Value::Int(b)) => match name {
            "+" => a.checked_add(*b),
            "-" => a.checked_sub(*b),
            "*" => a.checked_mul(*b),
            "/" => a.checked_div(*b),
            _ => a.checked_rem(*b),
        }
        .map(Value::Int),
        _ => fraction(name, left, right),
    };
    Ok(result.unwrap_or_else(unknown))
}

/// Arithmetic of numbers that are not both whole.
fn fraction(name: &str, left: &Value, right: &Value) -> Option<Value> {
    let read = |value: &Value| match value {
        Value::Int(number) => Some((*number, 0)),
        Value::Numeric(text) if !text.contains('e') => decimal(text),
        _ => None,
    };
    let ((a, a_scale), (b, b_scale)) = (read(left)?, read(right)?);
    if name == "*" {
        return Some(Value::Numeric(decimal_text(a.checked_mul(b)?, a_scale + b_scale).into()));
    }
    let scale = a_scale.max(b_scale);
    let (a, b) = (scaled(a, scale - a_scale)?, scaled(b, scale - b_scale)?);
    let sum = match name {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        _ => None,
    };
    sum.map(|sum| Value::Numeric(decimal_text(sum, scale).into()))
}

/// `@>`, `<@`, `&&` of arrays.
fn sets(name: &str, left: &Value, right: &Value) -> Value {
    let (Value::Array(a), Value::Array(b)) = (left, right) else {
        return Value::Unknown(left.why().max(right.why()).unwrap_or(Why::NotModelled));
    };
    let holds = |list: &[Value], item: &Value| Truth::any(list.iter().map(|other| relation("=", other, item)));
    match name {
        "@>" => Truth::all(b.iter().map(|item| holds(a, item))),
        "<@" => Truth::all(a.iter().map(|item| holds(b, item))),
        _ => Truth::any(a.iter().map(|item| holds(b, item))),
    }
    .value()
}

fn is_test(value: &Value, test: &str) -> Value {
    let (negated, test) = match test.strip_prefix("NOT ") {
        Some(test) => (true, test),
        None => (false, test),
    };
    let truth = match (test, value) {
        ("NULL", Value::Unknown(why)) => Truth::Unknown(*why),
        ("NULL", Value::Record(fields)) if negated => {
            return Truth::all(fields.iter().map(|(_, field)| is_test(field, "NOT NULL").truth())).value();
        }
        ("NULL", Value::Record(fields)) => Truth::all(fields.iter().map(|(_, field)| is_test(field, "NULL").truth())),
        ("NULL", value) => Truth::Known(Some(value.is_null())),
        ("TRUE" | "FALSE" | "UNKNOWN", value) => match value.truth() {
            Truth::Known(known) => Truth::Known(Some(match test {
                "TRUE" => known == Some(true),
                "FALSE" => known == Some(false),
                _ => known.is_none(),
            })),
            unknown => unknown,
        },
        _ => Truth::Unknown(Why::NotModelled),
    };
    (if negated { truth.negate() } else { truth }).value()
}
