//! The functions of pg_catalog that migrations use, and aggregates.

use super::scalar::{join, relation};
use super::*;
use crate::lexer::quote_ident;
use crate::op::Call;

/// Longest list or text that a function may make here.
const LONGEST: usize = 10_000;

impl Evaluator<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Evaluated<Value> {
        let name = call.name.name.as_str();
        let schema = call.name.schema.as_deref();
        let builtin = matches!(schema, None | Some("pg_catalog" | "sql"));
        if call.over.is_some() {
            return Ok(Value::Unknown(Why::NotModelled));
        }
        if schema == Some("sql")
            && matches!(name, "desc" | "nulls first" | "desc nulls last" | "using")
            && let [(_, key)] = call.args.as_slice()
        {
            return self.expr(key);
        }
        if builtin && (call.star || is_aggregate(name)) {
            return self.aggregate(call);
        }
        if builtin && name == "coalesce" {
            for (_, arg) in &call.args {
                let value = self.expr(arg)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            return Ok(Value::Null);
        }
        let mut args = Vec::with_capacity(call.args.len());
        for (_, arg) in &call.args {
            args.push(self.expr(arg)?);
        }
        if call.variadic
            && let Some(Value::Array(list)) = args.pop()
        {
            args.extend(list);
        }
        // A type's name with one argument is a cast.
        if builtin && matches!(name, "text" | "varchar" | "name" | "int4" | "int8" | "bool" | "regclass") && args.len() == 1 {
            let ty = crate::op::TypeName {
                schema: None,
                name: name.into(),
                modifiers: Vec::new(),
                dimensions: 0,
                setof: false,
                of_column: None,
                span: call.name.span,
            };
            let value = args.pop().unwrap_or(Value::Null);
            return self.cast(value, &ty);
        }
        if builtin && let Some(value) = self.builtin(name, &args)? {
            return Ok(value.bounded());
        }
        self.asked = true;
        Ok(self.host.call(call, &args)?.unwrap_or(Value::Unknown(Why::NotModelled)))
    }

    /// A function that we know; none for all others.
    fn builtin(&mut self, name: &str, args: &[Value]) -> Evaluated<Option<Value>> {
        use Value::*;
        let unknown = || Unknown(args.iter().filter_map(Value::why).max().unwrap_or(Why::NotModelled));
        // These take NULL for what it is; all others give NULL for it.
        match name {
            "nullif" => {
                let [a, b] = args else { return Ok(None) };
                return Ok(Some(match relation("=", a, b) {
                    Truth::Known(Some(true)) => Null,
                    Truth::Known(_) => a.clone(),
                    Truth::Unknown(why) => Unknown(why),
                }));
            }
            "greatest" | "least" => return Ok(Some(extreme(args, name == "greatest"))),
            "concat" => {
                let pieces: Vec<_> = args.iter().map(|value| self.piece(value)).collect();
                return Ok(Some(join(pieces)));
            }
            "concat_ws" => return Ok(Some(self.concat_ws(args))),
            "format" => return Ok(Some(self.format(args)?)),
            "quote_nullable" if matches!(args, [Null]) => return Ok(Some(Value::text("NULL"))),
            "format_type" => {
                if let [Oid(_, oid), Null] = args {
                    return Ok(Some(self.host.system().format_type(*oid, None).map_or_else(unknown, Text)));
                }
            }
            "array_append" | "array_prepend" | "array_cat" | "array_remove" | "array_position" | "array_to_string" => {
                return Ok(Some(self.array_function(name, args)));
            }
            "num_nulls" | "num_nonnulls" if args.iter().all(|value| value.why().is_none()) => {
                let nulls = args.iter().filter(|value| value.is_null()).count();
                return Ok(Some(Int(if name == "num_nulls" { nulls } else { args.len() - nulls } as i64)));
            }
            _ => {}
        }
        let texts: Vec<Result<String, (String, Why)>> = args.iter().map(|value| self.piece(value)).collect();
        let text = |at: usize| texts.get(at).and_then(|text| text.as_ref().ok());
        let int = |at: usize| match args.get(at) {
            Some(Int(number)) => Some(*number),
            Some(Text(text)) => text.trim().parse().ok(),
            _ => None,
        };
        let value = match name {
            "quote_ident" => Some(quoted(&texts, quote_ident)),
            "quote_literal" | "quote_nullable" => Some(without_user(quoted(&texts, quote_literal))),
            "lower" | "upper" => {
                let fold = if name == "lower" { str::to_ascii_lowercase } else { str::to_ascii_uppercase };
                // The locale says how letters beyond ASCII are folded.
                let plain = |text: &str| text.chars().all(|c| c.is_ascii() || matches!(c, HOLE | DATABASE | USER));
                texts.first().and_then(|text| match text {
                    Ok(text) => plain(text).then(|| Text(fold(text))),
                    Err((text, why)) => plain(text).then(|| without_user(Value::Partial(fold(text), *why))),
                })
            }
            "initcap" => text(0).filter(|text| text.is_ascii()).map(|text| Text(capitalised(text))),
            "current_schemas" => None,
            // A negative number has as many digits as its type, which is not known here.
            "to_hex" => int(0).filter(|number| *number >= 0).map(|number| Text(format!("{number:x}"))),
            "chr" => {
                int(0).and_then(|code| char::from_u32(u32::try_from(code).ok()?)).filter(|code| *code != '\0').map(|code| Text(code.into()))
            }
            "ascii" => text(0).map(|text| Int(text.chars().next().map_or(0, |first| i64::from(u32::from(first))))),
            "translate" => match (text(0), text(1), text(2)) {
                (Some(text), Some(from), Some(to)) => Some(Text(translated(text, from, to))),
                _ => None,
            },
            "length" | "char_length" | "character_length" => text(0).map(|text| Int(text.chars().count() as i64)),
            "octet_length" => text(0).map(|text| Int(text.len() as i64)),
            "btrim" | "trim" => trimmed(text(0), args.len(), text(1), true, true),
            "ltrim" => trimmed(text(0), args.len(), text(1), true, false),
            "rtrim" => trimmed(text(0), args.len(), text(1), false, true),
            "replace" => match (text(0), text(1), text(2)) {
                (Some(text), Some(from), Some(to)) if !from.is_empty() => Some(Text(text.replace(from.as_str(), to))),
                (Some(text), Some(_), Some(_)) => Some(Text(text.clone())),
                _ => None,
            },
            "substr" | "substring" => match (text(0), int(1)) {
                (Some(text), Some(start)) if matches!(args.get(1), Some(Int(_))) => substring(text, start, args.get(2).map(|_| int(2)))?,
                (Some(string), None) if args.len() == 2 => text(1).and_then(|pattern| {
                    if pattern.contains('(') {
                        return None;
                    }
                    let found = pattern::find(string, pattern, false).ok()?;
                    Some(found.map_or(Null, |(start, end)| Text(string.chars().skip(start).take(end - start).collect())))
                }),
                _ => None,
            },
            "left" => match (text(0), int(1)) {
                (Some(text), Some(count)) => {
                    let length = text.chars().count() as i64;
                    let take = if count < 0 { (length + count).max(0) } else { count };
                    Some(Text(text.chars().take(take as usize).collect()))
                }
                _ => None,
            },
            "right" => match (text(0), int(1)) {
                (Some(text), Some(count)) => {
                    let length = text.chars().count() as i64;
                    let skip = if count < 0 { -count } else { (length - count).max(0) };
                    Some(Text(text.chars().skip(skip as usize).collect()))
                }
                _ => None,
            },
            "split_part" => match (text(0), text(1), int(2)) {
                (Some(text), Some(by), Some(at)) if !by.is_empty() && at > 0 => {
                    Some(Value::text(text.split(by.as_str()).nth(at as usize - 1).unwrap_or_default()))
                }
                _ => None,
            },
            "strpos" | "position" => match (text(0), text(1)) {
                (Some(text), Some(part)) => {
                    Some(Int(text.find(part.as_str()).and_then(|at| text.get(..at)).map_or(0, |before| before.chars().count() as i64 + 1)))
                }
                _ => None,
            },
            "starts_with" => text(0).zip(text(1)).map(|(text, start)| Bool(text.starts_with(start.as_str()))),
            "reverse" => text(0).map(|text| Text(text.chars().rev().collect())),
            "repeat" => match (text(0), int(1)) {
                (Some(text), Some(count)) if count >= 0 && (count as usize).saturating_mul(text.len()) <= LONGEST => {
                    Some(Text(text.repeat(count as usize)))
                }
                _ => None,
            },
            "lpad" | "rpad" => match (text(0), int(1)) {
                (Some(string), Some(width)) if (0..=LONGEST as i64).contains(&width) => {
                    pad(string, width as usize, if args.len() > 2 { text(2).map(String::as_str) } else { Some(" ") }, name == "lpad")
                }
                _ => None,
            },
            "abs" => match args.first() {
                Some(Numeric(number)) => Some(Numeric(number.trim_start_matches('-').into())),
                _ => int(0).and_then(i64::checked_abs).map(Int),
            },
            // How it begins may be all that is known of it.
            "json_typeof" | "jsonb_typeof" => match texts.first() {
                Some(Ok(text) | Err((text, _))) if text.starts_with('{') => Some(Value::text("object")),
                Some(Ok(text) | Err((text, _))) if text.starts_with('[') => Some(Value::text("array")),
                _ => None,
            },
            "mod" => int(0).zip(int(1)).filter(|&(_, by)| by != 0).and_then(|(number, by)| number.checked_rem(by)).map(Int),
            "string_to_array" => match (text(0), text(1)) {
                (Some(text), Some(by)) if !by.is_empty() && args.len() == 2 => {
                    Some(Array(if text.is_empty() { Vec::new() } else { text.split(by.as_str()).map(Value::text).collect() }))
                }
                _ => None,
            },
            "array_length" | "cardinality" | "array_upper" => match args.first() {
                Some(Array(list)) if list.is_empty() => Some(if name == "cardinality" { Int(0) } else { Null }),
                Some(Array(list)) => Some(Int(list.len() as i64)),
                _ => None,
            },
            "array_lower" => match args.first() {
                Some(Array(list)) => Some(if list.is_empty() { Null } else { Int(1) }),
                _ => None,
            },
            "current_user" | "current_role" => Some(Value::Partial(USER.into(), Why::NotModelled)),
            "current_database" | "current_catalog" => Some(Value::database()),
            "current_schema" => Some(self.host.system().search_path().first().map_or(Null, |name| Value::text(name.as_str()))),
            "to_regclass" | "to_regtype" | "to_regproc" | "to_regprocedure" | "to_regnamespace" => {
                let kind = match name {
                    "to_regclass" => Reg::Class,
                    "to_regtype" => Reg::Type,
                    "to_regnamespace" => Reg::Namespace,
                    _ => Reg::Proc,
                };
                text(0).map(|text| self.reg(kind, text).unwrap_or(Null))
            }
            "current_setting" => match text(0) {
                Some(setting) if setting == "server_version_num" => Some(Text(format!("{}0000", self.host.system().version()))),
                Some(setting) => self.host.system().setting(setting).map(Text),
                None => None,
            },
            "pg_table_is_visible" | "pg_type_is_visible" | "pg_function_is_visible" => self.visible(name, args.first()),
            "format_type" => match args {
                [Oid(_, oid), Int(modifier)] => self.host.system().format_type(*oid, i32::try_from(*modifier).ok()).map(Text),
                _ => None,
            },
            "regexp_replace" => regexp_replace(&texts),
            "similar_to_escape" if args.len() == 1 => text(0).map(|text| Text(pattern::similar(text))),
            "date_part" => text(0).zip(text(1)).and_then(|(field, moment)| date_part(field, moment)),
            _ => return Ok(None),
        };
        if args.iter().any(Value::is_null) {
            return Ok(Some(Null));
        }
        Ok(Some(value.unwrap_or_else(unknown)))
    }

    fn visible(&self, name: &str, oid: Option<&Value>) -> Option<Value> {
        let Some(Value::Oid(_, oid)) = oid else { return None };
        let kind = match name {
            "pg_table_is_visible" => Reg::Class,
            "pg_type_is_visible" => Reg::Type,
            _ => Reg::Proc,
        };
        // A name that had to be printed with its schema is not visible.
        let printed = self.host.system().print(kind, *oid)?;
        Some(Value::Bool(!printed.contains('.')))
    }

    fn concat_ws(&mut self, args: &[Value]) -> Value {
        let Some((by, rest)) = args.split_first() else { return Value::Unknown(Why::NotModelled) };
        if by.is_null() {
            return Value::Null;
        }
        let by = self.piece(by);
        let mut pieces = Vec::new();
        for value in rest.iter().filter(|value| !value.is_null()) {
            if !pieces.is_empty() {
                pieces.push(by.clone());
            }
            pieces.push(self.piece(value));
        }
        join(pieces)
    }

    /// `format(text, …)`
    pub(super) fn format(&mut self, args: &[Value]) -> Evaluated<Value> {
        let Some((template, rest)) = args.split_first() else { return Ok(Value::Unknown(Why::NotModelled)) };
        if template.is_null() {
            return Ok(Value::Null);
        }
        let template = match self.piece(template) {
            Ok(template) => template,
            Err((_, why)) => return Ok(Value::Unknown(why)),
        };
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut next = 0usize;
        let mut chars = template.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                plain.push(c);
                continue;
            }
            if chars.next_if_eq(&'%').is_some() {
                plain.push('%');
                continue;
            }
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if chars.next_if_eq(&'$').is_some() {
                next = match digits.parse::<usize>() {
                    Ok(number) if number > 0 => number - 1,
                    _ => return Err(Raised::new("22023", "format specifies argument 0, but arguments are numbered from 1")),
                };
            } else if !digits.is_empty() || matches!(chars.peek(), Some('-' | '*')) {
                // Padding to a width is for reports, not for statements.
                return Ok(Value::Unknown(Why::NotModelled));
            }
            let kind = chars.next();
            let Some(value) = rest.get(next) else {
                return Err(match kind {
                    Some('s' | 'I' | 'L') => Raised::new("22023", "too few arguments for format()"),
                    Some(other) => Raised::new("22023", format!("unrecognized format() type specifier \"{other}\"")),
                    None => Raised::new("22023", "unterminated format() type specifier"),
                });
            };
            next += 1;
            pieces.push(Ok(std::mem::take(&mut plain)));
            pieces.push(match (kind, value) {
                (Some('s'), Value::Null) => Ok(String::new()),
                (Some('s'), value) => self.piece(value),
                (Some('I'), Value::Null) => return Err(Raised::new("22004", "null values cannot be formatted as an SQL identifier")),
                (Some('I'), value) => self.piece(value).map(|text| quote_ident(&text)),
                (Some('L'), Value::Null) => Ok("NULL".to_owned()),
                (Some('L'), value) => match self.piece(value) {
                    Ok(text) => Ok(quote_literal(&text)),
                    Err((text, why)) => Err((quote_literal(&text), why)),
                },
                (Some(other), _) => return Err(Raised::new("22023", format!("unrecognized format() type specifier \"{other}\""))),
                (None, _) => return Err(Raised::new("22023", "unterminated format() type specifier")),
            });
        }
        pieces.push(Ok(plain));
        Ok(join(pieces))
    }

    fn array_function(&mut self, name: &str, args: &[Value]) -> Value {
        use Value::*;
        let unknown = || Unknown(args.iter().filter_map(Value::why).max().unwrap_or(Why::NotModelled));
        match (name, args) {
            ("array_append", [Array(list), item]) => Array(list.iter().chain([item]).cloned().collect()),
            ("array_append", [Null, item]) => Array(vec![item.clone()]),
            ("array_prepend", [item, Array(list)]) => Array([item].into_iter().chain(list).cloned().collect()),
            ("array_cat", [Array(a), Array(b)]) => Array(a.iter().chain(b).cloned().collect()),
            ("array_cat", [Null, other] | [other, Null]) => other.clone(),
            ("array_remove", [Array(list), item]) if item.why().is_none() && list.iter().all(|value| value.why().is_none()) => {
                Array(list.iter().filter(|other| relation("=", other, item) != Truth::Known(Some(true))).cloned().collect())
            }
            ("array_position", [Array(list), item]) if list.iter().chain([item]).all(|value| value.why().is_none()) => {
                let place = list.iter().position(|other| relation("=", other, item) == Truth::Known(Some(true)));
                place.map_or(Null, |at| Int(at as i64 + 1))
            }
            ("array_to_string", [Array(list), by]) => {
                let mut all = vec![by.clone()];
                all.extend(list.iter().cloned());
                self.concat_ws(&all)
            }
            ("array_to_string" | "array_position" | "array_remove", [Null, ..]) => Null,
            _ => unknown(),
        }
    }

    /// An aggregate over the group of the innermost row that has one.
    fn aggregate(&mut self, call: &Call) -> Evaluated<Value> {
        let Some(at) = self.frames.iter().rposition(|frame| frame.group.is_some()) else { return Ok(Value::Unknown(Why::NotModelled)) };
        let Some(group) = self.frames.get(at).and_then(|frame| frame.group.clone()) else { return Ok(Value::Unknown(Why::NotModelled)) };
        let inner = self.frames.split_off(at);
        let result = self.aggregate_rows(call, &group);
        self.frames.extend(inner);
        result
    }

    fn aggregate_rows(&mut self, call: &Call, group: &Group) -> Evaluated<Value> {
        let name = call.name.name.as_str();
        let mut list: Vec<(Value, Vec<Value>)> = Vec::new();
        let mut by = Value::Null;
        let mut doubt = group.open;
        for row in &group.rows {
            doubt = doubt.max(row.doubt);
            self.frames.push(Frame { row: row.clone(), group: None });
            let mut counts = true;
            if let Some(filter) = &call.filter {
                match self.truth(filter) {
                    Ok(Truth::Known(known)) => counts = known == Some(true),
                    Ok(Truth::Unknown(why)) => doubt = doubt.max(Some(why)),
                    Err(raised) => {
                        self.frames.pop();
                        return Err(raised);
                    }
                }
            }
            let values: Evaluated<Vec<Value>> = call.args.iter().map(|(_, arg)| self.expr(arg)).collect();
            let order = self.list(&call.order_by);
            self.frames.pop();
            if counts {
                let mut values = values?;
                if let [_, second] = values.as_slice() {
                    by = second.clone();
                }
                let first = if values.is_empty() { Value::Bool(true) } else { values.swap_remove(0) };
                list.push((first, order?));
            }
        }
        if let Some(why) = doubt {
            return Ok(Value::Unknown(why));
        }
        if name != "array_agg" {
            list.retain(|(value, _)| !value.is_null());
        }
        if name == "count" && !call.distinct {
            return Ok(Value::Int(list.len() as i64));
        }
        if let Some(why) = list.iter().flat_map(|(value, order)| order.iter().chain([value])).filter_map(Value::why).max() {
            return Ok(Value::Unknown(why));
        }
        if matches!(name, "array_agg" | "string_agg") && !call.order_by.is_empty() && list.len() > 1 {
            // The direction of ORDER BY is not kept.
            return Ok(Value::Unknown(Why::NotModelled));
        }
        let mut values: Vec<Value> = list.into_iter().map(|(value, _)| value).collect();
        if call.distinct {
            values.sort_by(|a, b| query::order(std::slice::from_ref(a), std::slice::from_ref(b)));
            values.dedup();
        }
        // Without ORDER BY the order is the server's own; ours is that of the catalog.
        Ok(match name {
            "count" => Value::Int(values.len() as i64),
            "array_agg" if values.is_empty() => Value::Null,
            "array_agg" => Value::Array(values),
            "string_agg" if values.is_empty() => Value::Null,
            "string_agg" => {
                let mut all = vec![by];
                all.extend(values);
                self.concat_ws(&all)
            }
            "min" => extreme(&values, false),
            "max" => extreme(&values, true),
            "sum" => {
                let mut sum = 0i64;
                for value in &values {
                    let Value::Int(number) = value else { return Ok(Value::Unknown(Why::NotModelled)) };
                    sum = sum.saturating_add(*number);
                }
                if values.is_empty() { Value::Null } else { Value::Int(sum) }
            }
            "bool_or" | "bool_and" | "every" if values.is_empty() => Value::Null,
            "bool_or" => Truth::any(values.iter().map(Value::truth)).value(),
            "bool_and" | "every" => Truth::all(values.iter().map(Value::truth)).value(),
            _ => Value::Unknown(Why::NotModelled),
        })
    }

    /// The rows of a function in FROM, if it is one whose rows we know.
    pub(super) fn row_source(&mut self, call: &Call) -> Evaluated<Result<Vec<Value>, Why>> {
        let name = call.name.name.as_str();
        let mut args = Vec::with_capacity(call.args.len());
        for (_, arg) in &call.args {
            args.push(self.expr(arg)?);
        }
        // One of the schema's does what it does, whatever rows it gives.
        if !gives_rows(name) && self.host.call(call, &args)?.is_some() {
            return Ok(Err(Why::NotModelled));
        }
        if let Some(why) = args.iter().filter(|value| !matches!(value, Value::Array(_))).filter_map(Value::why).max() {
            return Ok(Err(why));
        }
        Ok(match (name, args.as_slice()) {
            ("unnest", [Value::Array(list)]) => Ok(list.clone()),
            ("unnest", [Value::Null]) => Ok(Vec::new()),
            ("generate_series", [Value::Int(from), Value::Int(to)]) => series(*from, *to, 1),
            ("generate_series", [Value::Int(from), Value::Int(to), Value::Int(step)]) => series(*from, *to, *step),
            ("generate_subscripts", [Value::Array(list), Value::Int(1)]) => series(1, list.len() as i64, 1),
            ("regexp_split_to_table" | "string_to_table", [Value::Text(text), Value::Text(by)])
                if !by.is_empty() && by.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ',' | ';' | ' ')) =>
            {
                Ok(text.split(by.as_str()).map(Value::text).collect())
            }
            _ => Err(Why::NotModelled),
        })
    }
}

fn series(from: i64, to: i64, step: i64) -> Result<Vec<Value>, Why> {
    let mut list = Vec::new();
    let mut at = from;
    while step != 0 && if step > 0 { at <= to } else { at >= to } {
        if list.len() >= LONGEST {
            return Err(Why::Limit);
        }
        list.push(Value::Int(at));
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(list)
}

/// Aggregates that we know by name.
pub(super) fn is_aggregate(name: &str) -> bool {
    matches!(
        name,
        "count"
            | "min"
            | "max"
            | "sum"
            | "avg"
            | "bool_or"
            | "bool_and"
            | "every"
            | "string_agg"
            | "array_agg"
            | "json_agg"
            | "jsonb_agg"
            | "json_object_agg"
            | "jsonb_object_agg"
    )
}

/// Functions of pg_catalog that give several rows.
pub(super) fn gives_rows(name: &str) -> bool {
    matches!(
        name,
        "unnest"
            | "generate_series"
            | "generate_subscripts"
            | "regexp_split_to_table"
            | "string_to_table"
            | "regexp_matches"
            | "json_array_elements"
            | "jsonb_array_elements"
            | "json_array_elements_text"
            | "jsonb_array_elements_text"
            | "json_object_keys"
            | "jsonb_object_keys"
            | "json_each"
            | "jsonb_each"
            | "json_each_text"
            | "jsonb_each_text"
    )
}

fn extreme(values: &[Value], greatest: bool) -> Value {
    if let Some(why) = values.iter().filter_map(Value::why).max() {
        return Value::Unknown(why);
    }
    let mut best: Option<&Value> = None;
    for value in values.iter().filter(|value| !value.is_null()) {
        match best {
            None => best = Some(value),
            Some(other) => match relation(if greatest { ">" } else { "<" }, value, other) {
                Truth::Known(Some(true)) => best = Some(value),
                Truth::Known(_) => {}
                Truth::Unknown(why) => return Value::Unknown(why),
            },
        }
    }
    best.cloned().unwrap_or(Value::Null)
}

/// A text in which the current user is no longer named.
fn without_user(value: Value) -> Value {
    match value {
        Value::Partial(text, why) => Value::Partial(text.chars().map(|c| if c == USER { HOLE } else { c }).collect(), why),
        value => value,
    }
}

fn quoted(texts: &[Result<String, (String, Why)>], quote: fn(&str) -> String) -> Value {
    match texts.first() {
        Some(Ok(text)) => Value::Text(quote(text)),
        Some(Err((text, why))) => Value::Partial(text.clone(), *why),
        None => Value::Unknown(Why::NotModelled),
    }
}

/// `quote_literal`
pub(super) fn quote_literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!(" E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// Each word with a capital and the rest small; a word is letters and digits.
fn capitalised(text: &str) -> String {
    let mut within = false;
    let letter = |c: char| {
        let first = !std::mem::replace(&mut within, c.is_ascii_alphanumeric());
        if first { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    text.chars().map(letter).collect()
}

/// Each character of one list as that of the other in the same place; those without one are left out.
fn translated(text: &str, from: &str, to: &str) -> String {
    let other = |c: char| match from.chars().position(|known| known == c) {
        Some(at) => to.chars().nth(at),
        None => Some(c),
    };
    text.chars().filter_map(other).collect()
}

fn trimmed(text: Option<&String>, count: usize, set: Option<&String>, start: bool, end: bool) -> Option<Value> {
    let text = text?;
    let set = if count > 1 { set?.as_str() } else { " " };
    let mut rest = text.as_str();
    if start {
        rest = rest.trim_start_matches(|c| set.contains(c));
    }
    if end {
        rest = rest.trim_end_matches(|c| set.contains(c));
    }
    Some(Value::text(rest))
}

/// A field of a date or a moment that does not hang on the session's time zone.
fn date_part(field: &str, moment: &str) -> Option<Value> {
    if !is_moment(moment) || moment.ends_with("+00") {
        return None;
    }
    let part = match field {
        "year" => moment.get(..4),
        "month" => moment.get(5..7),
        "day" => moment.get(8..10),
        "hour" => moment.get(11..13),
        "minute" => moment.get(14..16),
        _ => None,
    };
    part?.parse().ok().map(Value::Int)
}

/// Characters from `start` (from 1), up to `count` of them.
fn substring(text: &str, start: i64, count: Option<Option<i64>>) -> Evaluated<Option<Value>> {
    let end = match count {
        None => i64::MAX,
        Some(None) => return Ok(None),
        Some(Some(count)) if count < 0 => return Err(Raised::new("22011", "negative substring length not allowed")),
        Some(Some(count)) => start.saturating_add(count),
    };
    let first = start.max(1);
    let take = end.saturating_sub(first).max(0);
    Ok(Some(Value::Text(text.chars().skip(first as usize - 1).take(usize::try_from(take).unwrap_or(usize::MAX)).collect())))
}

fn pad(text: &str, width: usize, fill: Option<&str>, left: bool) -> Option<Value> {
    let length = text.chars().count();
    if length >= width {
        return Some(Value::Text(text.chars().take(width).collect()));
    }
    let fill: String = fill?.chars().cycle().take(if fill?.is_empty() { 0 } else { width - length }).collect();
    Some(Value::Text(if left { format!("{fill}{text}") } else { format!("{text}{fill}") }))
}

/// Replaces the first match, or all with the flag `g`; groups in the replacement are beyond us.
fn regexp_replace(texts: &[Result<String, (String, Why)>]) -> Option<Value> {
    let plain: Vec<&String> = texts.iter().filter_map(|text| text.as_ref().ok()).collect();
    let (text, pattern, to, flags) = match plain.as_slice() {
        [text, pattern, to] if texts.len() == 3 => (text, pattern, to, ""),
        [text, pattern, to, flags] if texts.len() == 4 => (text, pattern, to, flags.as_str()),
        _ => return None,
    };
    if to.contains('\\') || flags.chars().any(|flag| !matches!(flag, 'g' | 'i')) || (flags.contains('g') && pattern.starts_with('^')) {
        return None;
    }
    let mut rest: Vec<char> = text.chars().collect();
    let mut done = String::new();
    for _ in 0..LONGEST {
        let left: String = rest.iter().collect();
        let Some((start, end)) = pattern::find(&left, pattern, flags.contains('i')).ok()? else {
            done.push_str(&left);
            return Some(Value::Text(done));
        };
        done.extend(rest.get(..start)?);
        done.push_str(to);
        if end == start {
            return None;
        }
        rest.drain(..end);
        if !flags.contains('g') {
            done.extend(rest);
            return Some(Value::Text(done));
        }
    }
    None
}
