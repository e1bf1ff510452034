//! Literals and what becomes of them where a type is known.

use super::super::builtin::NameKind;
use super::super::builtin::{TypeKind, Volatility};
use super::super::context::{Missing, Outcome, Stop, Want, fail, generic_word};
use super::super::object::{Body, Ty, TyBase, Type};
use super::super::template::Piece;
use super::super::{Class, Key, Presence};
use super::expr::{Resolver, Value, integer_value, number_type};
use super::input::input;
use super::types::format_bare;
use crate::op::{Constant, GenericKind, Name, ObjectName, RelationKind};
use crate::source::Span;
use std::borrow::Cow;

impl Resolver<'_, '_> {
    /// A literal; strings and NULL wait for a type.
    pub(super) fn constant<'e>(&mut self, constant: &'e Constant) -> Value<'e> {
        let start = self.out.len();
        let (text, ty): (Name, Ty) = match constant {
            Constant::Number(number) if self.silent => (Name::default(), number_type(number)),
            Constant::String(_) if self.silent => (Name::default(), Ty::builtin("unknown")),
            Constant::Null => (arcstr::literal!("NULL"), Ty::builtin("unknown")),
            Constant::Bool(value) => (Name::from(if *value { "true" } else { "false" }), Ty::builtin("bool")),
            Constant::Number(number) => number_text(number),
            Constant::String(string) => (quoted(string).into(), Ty::builtin("unknown")),
            Constant::Bits(bits) => {
                let (letter, digits) = bits.split_at_checked(1).unwrap_or(("b", ""));
                (format!("'{}'::bit", binary(letter, digits)).into(), Ty::builtin("bit"))
            }
        };
        self.out.push(Piece::Text(text));
        let waits = matches!(constant, Constant::Null | Constant::String(_));
        Value { ty: Some(ty), start, end: self.out.len(), literal: waits.then_some(constant) }
    }

    /// Brings a value into a type: a literal is read as that type, anything else is cast as the server would by itself.
    /// What stands behind the value moves.
    pub(super) fn coerce(&mut self, value: &Value<'_>, target: &Ty) -> Outcome<()> {
        if self.is_polymorphic(target) {
            return Ok(());
        }
        match value.literal {
            Some(Constant::Null) if self.silent => Ok(()),
            Some(Constant::Null) => {
                let pieces = self.suffix(target);
                self.out.splice(value.end..value.end, pieces);
                Ok(())
            }
            Some(Constant::String(text)) => {
                let pieces = self.literal(text, target)?;
                self.out.splice(value.start..value.end, pieces);
                Ok(())
            }
            _ => {
                if let Some(ty) = &value.ty
                    && !ty.is("unknown")
                    && (ty.base != target.base || ty.array != target.array)
                {
                    self.cast_volatility(ty, target);
                    let plain = Ty { modifiers: Name::default(), ..target.clone() };
                    let pieces = self.suffix(&plain);
                    self.out.splice(value.end..value.end, pieces);
                }
                Ok(())
            }
        }
    }

    pub(super) fn is_polymorphic(&self, ty: &Ty) -> bool {
        match &ty.base {
            TyBase::Builtin(name) => name.starts_with("any") || matches!(name.as_str(), "unknown" | "record" | "internal" | "cstring"),
            TyBase::User(_) | TyBase::Open(_) => false,
        }
    }

    /// A string read as a value of a type.
    fn literal(&mut self, text: &str, target: &Ty) -> Outcome<Vec<Piece>> {
        let plain = |text: &str| vec![Piece::Text(text.into())];
        let TyBase::Builtin(name) = &target.base else { return self.literal_of_schema(text, target) };
        if target.array {
            let trimmed = text.trim();
            if !trimmed.starts_with(['{', '[']) || !trimmed.ends_with('}') {
                return Err(fail("22P02", format!("malformed array literal: \"{text}\"")).into());
            }
            let element = Ty { array: false, ..target.clone() };
            for value in elements(text).unwrap_or_default() {
                self.literal(value, &element)?;
            }
            return Ok(self.typed(text, target));
        }
        match name.as_str() {
            "regclass" => self.regclass(text, target),
            "regconfig" => self.registered(text, target, GenericKind::TextSearchConfiguration, NameKind::TsConfig),
            "regdictionary" => self.registered(text, target, GenericKind::TextSearchDictionary, NameKind::TsDictionary),
            _ => {
                let value = input(text, name, self.context.catalog.version)?;
                let trimmed = text.trim();
                let number = || trimmed.chars().all(|c| c.is_ascii_digit() || c == '.') && trimmed.contains('.') && trimmed.len() > 1;
                Ok(match name.as_str() {
                    "bool" => plain(&value),
                    "int4" if value.parse::<i64>().is_ok() => plain(&value),
                    "numeric" if target.modifiers.is_empty() && number() => plain(&number_text(trimmed).0),
                    "numeric" => self.typed(trimmed, target),
                    "interval" if target.modifiers.is_empty() => self.typed(&interval_text(trimmed).unwrap_or(value), target),
                    "float4" | "float8" | "bpchar" => self.typed(text, target),
                    _ => self.typed(&value, target),
                })
            }
        }
    }

    /// `'text'::type`.
    fn typed(&self, text: &str, target: &Ty) -> Vec<Piece> {
        if self.silent {
            return Vec::new();
        }
        let mut pieces = vec![Piece::Text(quoted(text).into())];
        pieces.extend(self.suffix(target));
        pieces
    }

    /// A string read as a type of the schema: a label of an enum must be one.
    fn literal_of_schema(&mut self, text: &str, target: &Ty) -> Outcome<Vec<Piece>> {
        if let TyBase::User(id) = target.base
            && let Some(object) = self.context.catalog.get(id)
            && let Body::Type(Type::Enum(labels)) = &object.body
        {
            let known = |value: &str| labels.iter().any(|label| label.as_ref() == value);
            let missing = if target.array {
                elements(text).and_then(|list| list.into_iter().find(|value| !known(value)))
            } else {
                (!known(text)).then_some(text)
            };
            if let Some(value) = missing {
                let failure = fail(
                    "22P02",
                    format!("invalid input value for enum {}: \"{value}\"", format_bare(&Ty::user(id), self.context.catalog)),
                );
                let open = if object.presumed { Some(None) } else { self.context.catalog.doubt_about(id).map(Some) };
                return Err(Stop::Missing(Box::new(Missing { want: Want::Label(id, value.to_owned()), failure, open })));
            }
            let fresh = |value: &str| self.context.session.transaction.labels.iter().any(|(of, label)| *of == id && **label == *value);
            let used = if target.array {
                elements(text).and_then(|list| list.into_iter().find(|value| fresh(value)))
            } else {
                fresh(text).then_some(text)
            };
            if let Some(value) = used {
                let name = format_bare(&Ty::user(id), self.context.catalog);
                return Err(fail("55P04", format!("unsafe use of new value \"{value}\" of enum type {name}")).into());
            }
        }
        Ok(self.typed(text, target))
    }

    /// `'s'::regclass`: the relation itself.
    fn regclass(&mut self, text: &str, target: &Ty) -> Outcome<Vec<Piece>> {
        use super::super::context::RelationRef;
        let Some(name) = relation_name(text) else { return Ok(self.typed(text, target)) };
        // Of a name alone it is not known what has it.
        let kind = if self.counts { RelationKind::Sequence } else { RelationKind::Table };
        match self.context.relation(&name, kind)? {
            RelationRef::User(id) => {
                let text = |text| Piece::Text(Name::from(text));
                Ok(vec![text("'"), Piece::Object(id), text("'::regclass")])
            }
            RelationRef::System(..) => Ok(self.typed(text, target)),
        }
    }

    /// `'s'::regconfig` and its like: the object itself.
    fn registered(&mut self, text: &str, target: &Ty, kind: GenericKind, list: NameKind) -> Outcome<Vec<Piece>> {
        let Some(name) = relation_name(text) else { return Ok(self.typed(text, target)) };
        let context = self.context;
        let system = name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog") && context.builtin.named(list, &name.name);
        if system || name.schema.as_deref() == Some("pg_catalog") {
            return Ok(self.typed(text, target));
        }
        let (presence, schema) = context.look_up(Class::Generic(kind), &name)?;
        let piece = |text| Piece::Text(Name::from(text));
        match presence {
            Presence::Present(id, _) => {
                let ty = if kind == GenericKind::TextSearchConfiguration { "'::regconfig" } else { "'::regdictionary" };
                Ok(vec![piece("'"), Piece::Object(id), piece(ty)])
            }
            Presence::Absent
                if !context.open_extension()
                    && !context.installed().any(|extension| extension.names(list).any(|known| known == name.name)) =>
            {
                let key = Key::new(Class::Generic(kind), schema, name.name.clone());
                let failure = fail("42704", format!("{} \"{text}\" does not exist", generic_word(kind)));
                Err(Stop::Missing(Box::new(Missing { want: Want::Other(key), failure, open: None })))
            }
            Presence::Absent | Presence::Open(_) => Ok(self.typed(text, target)),
        }
    }

    /// Notes what a cast of something that is no literal costs.
    pub(super) fn cast_volatility(&mut self, from: &Ty, to: &Ty) {
        if from.is_open() || to.is_open() {
            return;
        }
        let (from, to) = (self.context.without_domain(from), self.context.without_domain(to));
        let kind = |ty: &Ty| self.context.facts(ty).map(|facts| facts.kind);
        let name = |ty: &Ty| match &ty.base {
            TyBase::Builtin(name) if !ty.array => Some(name.clone()),
            _ => None,
        };
        let to_text = name(&to).is_some_and(|to| matches!(to.as_str(), "text" | "varchar" | "bpchar"));
        let from_text = name(&from).is_some_and(|from| matches!(from.as_str(), "text" | "varchar" | "bpchar"));
        let shaped = |ty: &Ty| ty.array || matches!(kind(ty), Some(TypeKind::Composite | TypeKind::Range | TypeKind::Multirange));
        let stable = match (name(&from).as_deref(), name(&to).as_deref()) {
            _ if (from_text && shaped(&to)) || (to_text && shaped(&from)) => true,
            (Some(a), Some(b)) if from_text || to_text => {
                let other = if from_text { b } else { a };
                matches!(other, "date" | "timestamp" | "timestamptz" | "money" | "regclass" | "regproc" | "regtype" | "regprocedure")
                    || from_text && matches!(other, "time" | "timetz" | "interval")
            }
            (Some(a), Some(b)) => {
                a == "timestamptz" && matches!(b, "date" | "timestamp" | "time" | "timetz")
                    || b == "timestamptz" && matches!(a, "date" | "timestamp")
                    || (a == "money" || b == "money") && a != b
            }
            _ => (from_text && kind(&to) == Some(TypeKind::Enum)) || (to_text && kind(&from) == Some(TypeKind::Enum)),
        };
        if stable {
            self.volatility = self.volatility.max(Volatility::Stable);
        }
    }
}

/// `'text'`, with its quotes doubled.
pub fn quoted(text: &str) -> String {
    let body = if text.contains('\'') { Cow::Owned(text.replace('\'', "''")) } else { Cow::Borrowed(text) };
    format!("'{body}'")
}

/// A number as the server prints it.
fn number_text(number: &str) -> (Name, Ty) {
    let ty = number_type(number);
    let plain = number.strip_prefix('+').unwrap_or(number);
    let text = match integer_value(plain) {
        Some(value) if ty.is("int4") => value.to_string(),
        Some(value) => format!("'{value}'::{}", if ty.is("int8") { "bigint" } else { "numeric" }),
        None => {
            let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
            let digits = digits.replace('_', "");
            let zero = if digits.starts_with('.') { "0" } else { "" };
            let digits = digits.strip_suffix('.').unwrap_or(&digits);
            format!("{sign}{zero}{digits}")
        }
    };
    (text.into(), ty)
}

/// An interval of whole numbers as the server prints it; none where it is written in any other way.
fn interval_text(text: &str) -> Option<String> {
    let (mut months, mut days, mut seconds) = (0_u32, 0_u32, 0_u32);
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
            return None;
        }
        let unit = match word.get(digits.len()..)? {
            "" if word.contains(':') => "s",
            "" => words.next()?,
            unit => unit,
        };
        let (mut count, mut parts) = (0_u32, 0);
        for part in digits.split(':') {
            count = count.checked_mul(60)?.checked_add(part.parse().ok()?)?;
            parts += 1;
        }
        // Of two numbers the first are hours.
        let scale = if parts == 2 { 60 } else { 1 };
        let (to, scale) = match unit.to_ascii_lowercase().trim_end_matches('s') {
            "year" | "yr" | "y" => (&mut months, 12),
            "month" | "mon" => (&mut months, 1),
            "week" | "w" => (&mut days, 7),
            "day" | "d" => (&mut days, 1),
            "hour" | "hr" | "h" => (&mut seconds, 3600),
            "minute" | "min" => (&mut seconds, 60),
            "second" | "sec" | "" => (&mut seconds, scale),
            _ => return None,
        };
        *to = to.checked_add(count.checked_mul(scale)?)?;
    }
    let mut out = String::new();
    for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if count > 0 {
            out.push_str(&format!("{count} {unit}{} ", if count == 1 { "" } else { "s" }));
        }
    }
    if seconds > 0 || out.is_empty() {
        out.push_str(&format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    Some(out.trim_end().to_owned())
}

/// What the server reads as true and false: any beginning of the words that is not ambiguous.
pub(super) fn bool_value(text: &str) -> Option<bool> {
    let word = text.to_ascii_lowercase();
    if word.is_empty() {
        return None;
    }
    let begins = |full: &str| full.starts_with(word.as_str());
    if begins("true") || begins("yes") || word == "on" || word == "1" {
        Some(true)
    } else if begins("false") || begins("no") || word == "off" || word == "of" || word == "0" {
        Some(false)
    } else {
        None
    }
}

/// The relation that a string names as `regclass` reads it; none for numbers and what is no name.
pub(super) fn relation_name(text: &str) -> Option<ObjectName> {
    let mut parts: Vec<Name> = Vec::new();
    let mut rest = text.trim();
    if rest.is_empty() || rest == "-" || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            parts.push(quoted.get(..end)?.into());
            rest = quoted.get(end + 1..)?;
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            parts.push(rest.get(..end)?.trim().to_ascii_lowercase().into());
            rest = rest.get(end..)?;
        }
        match rest.trim_start().strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None if rest.trim().is_empty() => break,
            None => return None,
        }
    }
    let name = parts.pop()?;
    Some(ObjectName { schema: parts.pop(), name, span: Span::default() })
}

/// The elements of an array literal in its plainest form; none where quotes or nesting would have to be read.
fn elements(text: &str) -> Option<Vec<&str>> {
    let body = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    if body.contains(['"', '\\', '{', '}']) {
        return None;
    }
    Some(body.split(',').map(str::trim).filter(|element| !element.is_empty() && !element.eq_ignore_ascii_case("null")).collect())
}

/// The digits of a bit string, of `B'…'` or `X'…'`.
fn binary(letter: &str, digits: &str) -> String {
    if !letter.eq_ignore_ascii_case("x") {
        return digits.to_owned();
    }
    digits.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| format!("{digit:04b}")).collect()
}
