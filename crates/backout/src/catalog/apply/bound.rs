//! Bounds of partitions: their text, and whether two of them overlap.

use super::{Apply, Stop, fail, gap};
use crate::catalog::context::Outcome;
use crate::catalog::decimal::Decimal;
use crate::catalog::object::{ColumnNumber, ObjId, RelKind, Table, Ty, TyBase};
use crate::catalog::resolve::{ExprPlace, Scope, Verity};
use crate::catalog::rows::Value as Known;
use crate::catalog::template::Template;
use crate::catalog::{Catalog, Names};
use crate::op::{Constant, Expr, GapKind, Name, PartitionBound, Reach};
use std::cmp::Ordering;

/// A value of a bound as far as two of them can be compared.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Least,
    Greatest,
    Null,
    Number(Decimal),
    /// A moment, written so that the order of the text is that of time.
    Moment(String),
    Text(String),
    /// Nothing that can be told from the text.
    Open,
}

/// What the columns of a key hold, as far as values of it are compared in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Dates and moments.
    Moment,
    /// Words.
    Text,
    /// Of a key that nobody has seen: what the bounds look like.
    Unseen,
    /// What is not compared here.
    Other,
}

impl Value {
    fn of(expr: &Expr, kind: Kind) -> Self {
        match expr {
            Expr::Column { parts, .. } if parts.len() == 1 && parts[0] == "minvalue" => Value::Least,
            Expr::Column { parts, .. } if parts.len() == 1 && parts[0] == "maxvalue" => Value::Greatest,
            Expr::Constant(Constant::Null) => Value::Null,
            Expr::Constant(Constant::Bool(value)) => Value::Text(value.to_string()),
            Expr::Constant(Constant::Number(text)) if matches!(kind, Kind::Number | Kind::Unseen) => number(text),
            Expr::Constant(Constant::String(text)) => match kind {
                Kind::Number => number(text),
                Kind::Moment => moment(text).map_or(Value::Open, Value::Moment),
                Kind::Text => Value::Text(text.clone()),
                Kind::Unseen => match moment(text) {
                    Some(moment) => Value::Moment(moment),
                    // Words that look otherwise may be the same number, and `t` is `true`.
                    None if text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_lowercase()) => Value::Text(text.clone()),
                    None => Value::Open,
                },
                Kind::Other => Value::Open,
            },
            Expr::Cast { expr, .. } => Value::of(expr, kind),
            Expr::Operator { name, left: None, right, .. } if name == "-" => match Value::of(right, kind) {
                Value::Number(value) => Value::Number(value.negated()),
                _ => Value::Open,
            },
            _ => Value::Open,
        }
    }

    fn known(value: &Known, kind: Kind) -> Self {
        match (value, kind) {
            (Known::Null, _) => Value::Null,
            (Known::Known(text), Kind::Number) => number(text),
            (Known::Known(text), Kind::Moment) => moment(text).map_or(Value::Open, Value::Moment),
            (Known::Known(text), Kind::Text) => Value::Text(text.to_string()),
            (Known::Known(_), Kind::Other | Kind::Unseen) | (Known::Unknown, _) => Value::Open,
        }
    }

    /// Which is less; none if the text does not tell.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Open, _) | (_, Value::Open) => None,
            (one, two) if one == two => Some(Ordering::Equal),
            (Value::Least, _) | (_, Value::Greatest) => Some(Ordering::Less),
            (Value::Greatest, _) | (_, Value::Least) => Some(Ordering::Greater),
            (Value::Number(one), Value::Number(two)) => Some(one.cmp(two)),
            (Value::Moment(one), Value::Moment(two)) => Some(one.cmp(two)),
            // Every collation has the same order for these.
            (Value::Text(one), Value::Text(two)) if [one, two].iter().all(|text| is_plain(text)) => Some(one.cmp(two)),
            _ => None,
        }
    }

    /// Whether the two are the same value.
    fn is(&self, other: &Self) -> Verity {
        match (self, other) {
            (Value::Open, _) | (_, Value::Open) => Verity::Maybe,
            (one, two) if one == two => Verity::Yes,
            _ => Verity::No,
        }
    }
}

/// Two numbers of more digits may be the same to a server that keeps them as floating point.
const EXACT: usize = 15;

fn number(text: &str) -> Value {
    match Decimal::read(text) {
        Some(value) if value.significant() <= EXACT => Value::Number(value),
        _ => Value::Open,
    }
}

/// A date or a time of the day in the common form, with all its parts.
fn moment(text: &str) -> Option<String> {
    let text = text.trim().replace('T', " ");
    let (date, time) = text.split_once(' ').unwrap_or((&text, ""));
    let digits = |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = date.split('-');
    let is_date = matches!((parts.next(), parts.next(), parts.next(), parts.next()), (Some(year), Some(month), Some(day), None) if digits(year, 4) && digits(month, 2) && digits(day, 2));
    let time = ["+00:00", "+00", "Z"].iter().find_map(|zone| time.strip_suffix(zone)).unwrap_or(time);
    let time = match time.len() {
        0 => "00:00:00".to_owned(),
        5 => format!("{time}:00"),
        _ => time.trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    let is_time = time.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let whole = if time.len() < 8 { format!("{time:0<8}") } else { time };
    (is_date && is_time).then(|| format!("{date} {whole}"))
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The lists of values compared column by column.
fn order(one: &[Value], two: &[Value]) -> Option<Ordering> {
    for (one, two) in one.iter().zip(two) {
        match one.compare(two)? {
            // What stands behind an infinite bound does not count.
            Ordering::Equal if matches!(one, Value::Least | Value::Greatest) => return Some(Ordering::Equal),
            Ordering::Equal => {}
            other => return Some(other),
        }
    }
    Some(Ordering::Equal)
}

fn values(list: &[Expr], kinds: &[Kind]) -> Vec<Value> {
    list.iter().enumerate().map(|(at, expr)| Value::of(expr, kinds.get(at).copied().unwrap_or(Kind::Other))).collect()
}

/// Whether a row can belong to both.
fn overlap(one: &PartitionBound, two: &PartitionBound, kinds: &[Kind]) -> Verity {
    match (one, two) {
        (PartitionBound::Default, PartitionBound::Default) => Verity::Yes,
        (PartitionBound::In(one), PartitionBound::In(two)) => {
            let kind = kinds.first().copied().unwrap_or(Kind::Other);
            let mut all = Verity::No;
            for one in one {
                for two in two {
                    match Value::of(one, kind).is(&Value::of(two, kind)) {
                        Verity::Yes => return Verity::Yes,
                        Verity::Maybe => all = Verity::Maybe,
                        Verity::No => {}
                    }
                }
            }
            all
        }
        (PartitionBound::Range(from, to), PartitionBound::Range(other_from, other_to)) => {
            let before = |one: &[Expr], two: &[Expr]| order(&values(one, kinds), &values(two, kinds));
            let (ends, begins) = (before(to, other_from), before(other_to, from));
            match (ends, begins) {
                (Some(Ordering::Less | Ordering::Equal), _) | (_, Some(Ordering::Less | Ordering::Equal)) => Verity::No,
                (Some(_), Some(_)) => Verity::Yes,
                _ => Verity::Maybe,
            }
        }
        (PartitionBound::Hash(modulus, remainder), PartitionBound::Hash(other, other_remainder)) => {
            let common = divisor(*modulus, *other).max(1);
            if remainder % common == other_remainder % common { Verity::Yes } else { Verity::No }
        }
        _ => Verity::No,
    }
}

/// Whether a partition takes a row with these values in the columns of the key.
pub fn admits(bound: &PartitionBound, key: &[Known], kinds: &[Kind]) -> Verity {
    let kind = |at: usize| kinds.get(at).copied().unwrap_or(Kind::Other);
    let values_of: Vec<Value> = key.iter().enumerate().map(|(at, value)| Value::known(value, kind(at))).collect();
    match bound {
        PartitionBound::In(list) => {
            let Some(value) = values_of.first() else { return Verity::Maybe };
            let each = list.iter().map(|item| Value::of(item, kind(0)).is(value));
            each.fold(Verity::No, |all, one| match (all, one) {
                (Verity::Yes, _) | (_, Verity::Yes) => Verity::Yes,
                (Verity::No, Verity::No) => Verity::No,
                _ => Verity::Maybe,
            })
        }
        PartitionBound::Range(..) if values_of.contains(&Value::Null) => Verity::No,
        PartitionBound::Range(from, to) => match (order(&values(from, kinds), &values_of), order(&values_of, &values(to, kinds))) {
            (Some(Ordering::Greater), _) | (_, Some(Ordering::Greater | Ordering::Equal)) => Verity::No,
            (Some(_), Some(_)) => Verity::Yes,
            _ => Verity::Maybe,
        },
        PartitionBound::Default | PartitionBound::Hash(..) => Verity::Maybe,
    }
}

fn divisor(one: u32, two: u32) -> u32 {
    let (mut one, mut two) = (one, two);
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

/// The columns of a partition key and what they hold; none of a key with expressions.
pub fn partition_key(catalog: &Catalog, parent: ObjId) -> Vec<(ColumnNumber, Kind)> {
    let Some(relation) = catalog.relation(parent) else { return Vec::new() };
    let RelKind::Table(Table { partition_by: Some(key), partition_by_expression: false, .. }) = &relation.kind else {
        return Vec::new();
    };
    let kind = |number: ColumnNumber| {
        let ty = relation.column_at(number).map(|column| &column.ty);
        match ty.map(|ty| &ty.base) {
            Some(TyBase::Builtin(name)) => match name.as_str() {
                "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => Kind::Number,
                "date" | "timestamp" | "timestamptz" => Kind::Moment,
                "text" | "varchar" | "bpchar" | "bool" | "name" => Kind::Text,
                _ => Kind::Other,
            },
            // The labels of an enum are compared by their place.
            _ => Kind::Other,
        }
    };
    key.references().filter(|(id, _)| *id == parent).map(|(_, number)| (number, kind(number))).collect()
}

/// A value of a whole type, which is the same number however it is written.
fn whole(value: &Expr, ty: &Ty) -> Option<i64> {
    match Value::of(value, Kind::Number) {
        Value::Number(number) if ["int2", "int4", "int8"].iter().any(|name| ty.is(name)) => number.rounded(),
        _ => None,
    }
}

/// The types of the columns of a partition key; none of a key with expressions, or of one that nobody has seen.
fn key_types(catalog: &Catalog, parent: ObjId) -> Vec<Ty> {
    let seen = |ty: &Ty| !matches!(ty.base, TyBase::Open(_));
    let ty = |(number, _)| catalog.relation(parent)?.column_at(number).map(|column| column.ty.clone()).filter(seen);
    partition_key(catalog, parent).into_iter().map_while(ty).collect()
}

impl Apply<'_> {
    /// Stops where the new bound is empty or takes rows that another partition has.
    pub(super) fn check_bound(&self, table: ObjId, parent: ObjId, bound: &PartitionBound) -> Outcome<()> {
        let mut kinds: Vec<Kind> = partition_key(self.catalog, parent).into_iter().map(|(_, kind)| kind).collect();
        if kinds.is_empty() && self.catalog.is_unseen(parent) {
            // As many as any key has columns.
            kinds = vec![Kind::Unseen; 32];
        }
        let name = |id: ObjId| self.catalog.get(id).map(|object| object.name.clone()).unwrap_or_default();
        if let PartitionBound::Range(from, to) = bound
            && matches!(order(&values(from, &kinds), &values(to, &kinds)), Some(Ordering::Equal | Ordering::Greater))
        {
            return Err(fail("42P17", format!("empty range bound specified for partition \"{}\"", name(table))).into());
        }
        let mut open = false;
        for sibling in self.partitions(parent).into_iter().filter(|sibling| *sibling != table) {
            let other = match self.catalog.relation(sibling).map(|relation| &relation.kind) {
                Some(RelKind::Table(Table { bound: Some(other), .. })) => other,
                _ => continue,
            };
            match overlap(bound, other, &kinds) {
                Verity::No => {}
                Verity::Maybe => open = true,
                Verity::Yes if matches!(bound, PartitionBound::Default) => {
                    let message = format!("partition \"{}\" conflicts with existing default partition \"{}\"", name(table), name(sibling));
                    return Err(fail("42P17", message).into());
                }
                Verity::Yes => {
                    let message = format!("partition \"{}\" would overlap partition \"{}\"", name(table), name(sibling));
                    return Err(fail("42P17", message).into());
                }
            }
        }
        if open {
            let reach = Reach::Names(vec![name(table)]);
            return Err(gap(GapKind::NotModelled, "whether the bounds of two partitions overlap", reach));
        }
        Ok(())
    }

    /// A bound as the server keeps it: its values are of the types of the key.
    pub(super) fn bound(&self, parent: ObjId, bound: &PartitionBound) -> Outcome<Template> {
        let mut text = Template::default();
        let types = key_types(self.catalog, parent);
        let listed = matches!(bound, PartitionBound::In(_));
        let mut list = |values: &[Expr]| -> Result<(), Stop> {
            text.push("(");
            for (at, value) in values.iter().enumerate() {
                let ty = types.get(if listed { 0 } else { at });
                text.push(if at > 0 { ", " } else { "" });
                match value {
                    Expr::Column { parts, .. } if parts.len() == 1 && matches!(parts[0].as_str(), "minvalue" | "maxvalue") => {
                        text.push(&parts[0].to_ascii_uppercase())
                    }
                    value => {
                        let read = self.context().expr(value, &Scope::empty(), ty, ExprPlace::PartitionBound)?;
                        match ty.and_then(|ty| whole(value, ty)) {
                            Some(number) => text.push(&number.to_string()),
                            None => text.append(&read),
                        }
                    }
                }
            }
            text.push(")");
            Ok(())
        };
        match bound {
            PartitionBound::Default => return Ok(Template::text("DEFAULT")),
            PartitionBound::In(values) => list(values)?,
            PartitionBound::Range(from, to) => {
                list(from)?;
                list(to)?;
            }
            PartitionBound::Hash(modulus, remainder) => {
                return Ok(Template::text(format!("WITH (modulus {modulus}, remainder {remainder})")));
            }
        }
        Ok(text)
    }

    /// A unique index of a partitioned table must hold its partition key.
    pub(super) fn check_key_of_partitions(&self, table: ObjId, columns: &[u16], what: &str) -> Outcome<()> {
        let Some(relation) = self.catalog.relation(table) else { return Ok(()) };
        let RelKind::Table(Table { partition_by: Some(key), partition_by_expression, .. }) = &relation.kind else { return Ok(()) };
        if *partition_by_expression {
            return Err(fail("0A000", format!("unsupported {what} constraint with partition key definition")).into());
        }
        let lacks = key.references().find(|(id, number)| *id == table && !columns.contains(number));
        let Some((_, number)) = lacks else { return Ok(()) };
        let column: Name = self.column_name(table, number).unwrap_or_default();
        let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let mut failure = fail("0A000", "unique constraint on partitioned table must include all partitioning columns");
        failure.detail =
            vec![format!("{what} constraint on table \"{name}\" lacks column \"{column}\" which is part of the partition key.")];
        Err(failure.about("table", self.catalog.qualified(table)).into())
    }
}
