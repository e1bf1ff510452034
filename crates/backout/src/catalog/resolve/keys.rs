//! Rows that a statement names by literals.

use super::super::object::{ColumnNumber, ObjId, Relation, Ty, TyBase};
use super::input::{decimal, decimal_text, fitted, input};
use super::rows::LiteralRows;
use crate::op::{Constant, Expr, Name};
use std::sync::Arc;

/// More rows than this are not compared key by key.
const MOST_ROWS: usize = 5_000;

/// The rows of `INSERT … VALUES`: the columns of which every row gives a literal.
pub(super) fn literal_rows(
    table: ObjId,
    columns: &[(Name, Option<(ColumnNumber, Ty)>)],
    lists: &[Vec<Expr>],
    on_conflict: bool,
) -> Option<LiteralRows> {
    if lists.len() > MOST_ROWS {
        return None;
    }
    let width = lists.first()?.len().min(columns.len());
    let given = columns.get(..width)?;
    let literal = |at: usize| lists.iter().all(|list| list.get(at).is_some_and(is_literal));
    let kept: Vec<(usize, ColumnNumber, &Ty)> = given
        .iter()
        .enumerate()
        .filter_map(|(at, (_, column))| column.as_ref().map(|(number, ty)| (at, *number, ty)))
        .filter(|(at, ..)| literal(*at))
        .collect();
    if kept.is_empty() {
        return None;
    }
    let value = |expr: &Expr, ty: &Ty| {
        let text = literal_value(expr, Some(ty))??;
        match &ty.base {
            TyBase::Builtin(name) if name == "numeric" && !ty.modifiers.is_empty() && !ty.array => {
                Some(fitted(&text, true, name, &ty.modifiers, u16::MAX).unwrap_or(text).into())
            }
            _ => Some(text.into()),
        }
    };
    let row = |list: &Vec<Expr>| kept.iter().map(|(at, _, ty)| value(list.get(*at)?, ty)).collect();
    Some(LiteralRows {
        table,
        columns: kept.iter().map(|(_, number, _)| *number).collect(),
        rows: lists.iter().map(row).collect(),
        on_conflict,
    })
}

/// The rows that a WHERE names by literal keys and nothing else.
pub(super) fn literal_keys(table: ObjId, relation: &Relation, filter: &Expr) -> Option<LiteralRows> {
    let mut columns: Vec<ColumnNumber> = Vec::new();
    let mut rows: Vec<Vec<Option<Arc<str>>>> = vec![Vec::new()];
    let terms: &[Expr] = match filter {
        Expr::And(terms) => terms,
        single => std::slice::from_ref(single),
    };
    for term in terms {
        let (column, values) = key_values(relation, term)?;
        if columns.contains(&column) || rows.len().saturating_mul(values.len()) > MOST_ROWS {
            return None;
        }
        columns.push(column);
        rows = rows
            .into_iter()
            .flat_map(|row| {
                values.iter().map(move |value| {
                    let mut row = row.clone();
                    row.push(Some(value.clone()));
                    row
                })
            })
            .collect();
    }
    (!columns.is_empty()).then_some(LiteralRows { table, columns, rows, on_conflict: false })
}

/// `c = literal`, `c IN (literals)`, and the same joined by OR.
fn key_values(relation: &Relation, term: &Expr) -> Option<(ColumnNumber, Vec<Arc<str>>)> {
    match term {
        Expr::Operator { name, left: Some(left), right, .. } if name == "=" => {
            let ((number, ty), value) = match (column(relation, left), column(relation, right)) {
                (Some(column), None) => (column, right),
                (None, Some(column)) => (column, left),
                _ => return None,
            };
            Some((number, vec![literal_value(value, Some(ty))??.into()]))
        }
        Expr::InList { expr, list, not: false } => values_of(relation, expr, list),
        Expr::Quantified { left, op, all: false, right } if op == "=" => match right.as_ref() {
            Expr::Array(list) => values_of(relation, left, list),
            Expr::Cast { expr, .. } => match expr.as_ref() {
                Expr::Array(list) => values_of(relation, left, list),
                _ => None,
            },
            _ => None,
        },
        Expr::Or(terms) => {
            let mut all: Option<(ColumnNumber, Vec<Arc<str>>)> = None;
            for term in terms {
                let plain = !matches!(term, Expr::Or(_));
                let (number, values) = plain.then(|| key_values(relation, term)).flatten()?;
                match &mut all {
                    None => all = Some((number, values)),
                    Some((known, list)) if *known == number => list.extend(values),
                    Some(_) => return None,
                }
            }
            all
        }
        _ => None,
    }
}

fn values_of(relation: &Relation, expr: &Expr, list: &[Expr]) -> Option<(ColumnNumber, Vec<Arc<str>>)> {
    let (number, ty) = column(relation, expr)?;
    let values: Option<Vec<Arc<str>>> = list.iter().map(|item| literal_value(item, Some(ty)).flatten().map(Arc::from)).collect();
    Some((number, values?))
}

/// The column that an expression is.
fn column<'r>(relation: &'r Relation, expr: &Expr) -> Option<(ColumnNumber, &'r Ty)> {
    let expr = match expr {
        // A cast to text or the like leaves the key what it is.
        Expr::Cast { expr, .. } if matches!(expr.as_ref(), Expr::Column { .. }) => expr,
        other => other,
    };
    let Expr::Column { parts, .. } = expr else { return None };
    relation.column(parts.last()?).map(|column| (column.number, &column.ty))
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Constant(_) => true,
        Expr::Cast { expr, .. } => matches!(expr.as_ref(), Expr::Constant(_)),
        _ => false,
    }
}

/// The value of a literal as text that is the same for the same value; the inner option is none for NULL.
pub fn literal_value(expr: &Expr, ty: Option<&Ty>) -> Option<Option<String>> {
    let text = match expr {
        Expr::Constant(Constant::Null) => return Some(None),
        Expr::Constant(Constant::Bool(value)) => value.to_string(),
        Expr::Constant(Constant::Number(number)) => number.to_string(),
        Expr::Constant(Constant::String(string)) => string.clone(),
        Expr::Constant(Constant::Bits(bits)) => bits.to_string(),
        Expr::Cast { expr, .. } if matches!(expr.as_ref(), Expr::Constant(_)) => return literal_value(expr, ty),
        _ => return None,
    };
    Some(Some(canonical(text, ty)))
}

/// A value's text in the form that is the same for the same value.
pub fn canonical(text: String, ty: Option<&Ty>) -> String {
    match ty.map(|ty| (&ty.base, ty.array)) {
        // What is no number, moment or the like is what it says, and JSON is not worth reading again.
        Some((TyBase::Builtin(name), false)) if !matches!(name.as_str(), "text" | "varchar" | "json" | "jsonb") => {
            match (input(&text, name, u16::MAX), decimal(&text)) {
                (Ok(value), _) => value,
                (Err(_), Some((value, scale))) => decimal_text(value, scale),
                (Err(_), None) => text,
            }
        }
        _ => text,
    }
}
