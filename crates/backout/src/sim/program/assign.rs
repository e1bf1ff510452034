//! Variables and what is put into them: values, rows, fields and elements.

use super::*;
use crate::plpgsql::{Into, Target};
use crate::sim::eval::Rows;

impl Runner<'_> {
    /// `INTO`: the first row, or NULLs.
    pub(super) fn into(&mut self, into: &Into, rows: Rows) -> Evaluated<()> {
        self.set_found(&rows);
        if let Some(why) = rows.doubt() {
            for target in &into.targets {
                self.assign(target, Value::Unknown(why))?;
            }
            return Ok(());
        }
        if into.strict && rows.rows.is_empty() {
            return Err(Raised::new("P0002", "query returned no rows"));
        }
        if into.strict && rows.rows.len() > 1 {
            return Err(Raised::new("P0003", "query returned more than one row"));
        }
        let row = rows.rows.into_iter().next().map(|(row, _)| row);
        self.assign_row(&into.targets, &rows.columns, row)
    }

    /// Puts a row into its targets; a record takes it whole.
    pub(super) fn assign_row(&mut self, targets: &[Target], columns: &[Name], row: Option<Vec<Value>>) -> Evaluated<()> {
        if let [target] = targets
            && self.is_record(target)
        {
            let values = row.unwrap_or_else(|| vec![Value::Null; columns.len()]);
            let mut values = values.into_iter();
            let record = match (columns, values.len()) {
                // A column that is a record itself fills a record variable of its type.
                ([_], 1) => match values.next() {
                    Some(record @ Value::Record(_)) => record,
                    Some(value) => Value::Record(columns.iter().cloned().zip([value]).collect()),
                    None => Value::Record(Vec::new()),
                },
                _ => Value::Record(columns.iter().cloned().zip(values).collect()),
            };
            return self.assign(target, record);
        }
        let mut values = row.unwrap_or_default().into_iter();
        for target in targets {
            let value = values.next().unwrap_or(Value::Null);
            self.assign(target, value)?;
        }
        Ok(())
    }

    /// Whether a target takes whole rows: a variable declared as one, or of no type that we know to be a scalar's.
    fn is_record(&self, target: &Target) -> bool {
        if target.names.len() != 1 {
            return false;
        }
        let Some(frame) = self.frames.last() else { return false };
        let name = target.names.first();
        let variable =
            frame.levels.iter().rev().flat_map(|level| level.variables.iter().rev()).find(|variable| Some(&variable.name) == name);
        variable.is_some_and(|variable| match &variable.ty {
            Some(ty) => ty.name == "record",
            None => matches!(variable.value, Value::Record(_)),
        })
    }

    pub(super) fn assign(&mut self, target: &Target, value: Value) -> Evaluated<()> {
        let Some((level, at, taken)) = self.place(&target.names) else { return Ok(()) };
        let ty = self.frames.last().and_then(|frame| frame.levels.get(level)?.variables.get(at)?.ty.clone());
        let whole = target.names.len() == taken && target.subscripts.is_empty();
        let value = if whole { self.converted(value, ty.as_ref())? } else { value };
        let mut subscripts = Vec::new();
        for subscript in &target.subscripts {
            subscripts.push(self.value(subscript)?);
        }
        if let Some(variable) = self.frame().and_then(|frame| frame.levels.get_mut(level)?.variables.get_mut(at)) {
            put(&mut variable.value, target.names.get(taken..).unwrap_or_default(), &subscripts, value);
        }
        Ok(())
    }

    /// Level, place and number of names of a variable; of an alias, those of what it stands for.
    pub(super) fn place(&self, names: &[Name]) -> Option<(usize, usize, usize)> {
        let frame = self.frames.last()?;
        let name = names.first()?;
        for (at, level) in frame.levels.iter().enumerate().rev() {
            let own = level.variables.iter().rposition(|variable| variable.name == *name).map(|place| (place, 1));
            let labelled = || {
                let second = names.get(1)?;
                let place = level.variables.iter().rposition(|variable| variable.name == *second)?;
                (level.label.as_ref() == Some(name)).then_some((place, 2))
            };
            if let Some((place, taken)) = own.or_else(labelled) {
                let alias = level.variables.get(place).and_then(|variable| variable.alias);
                let (at, place) = alias.unwrap_or((at, place));
                return Some((at, place, taken));
            }
        }
        None
    }
}

/// Puts a value into a field or an element.
fn put(place: &mut Value, names: &[Name], subscripts: &[Value], value: Value) {
    if let Some((field, rest)) = names.split_first() {
        if !matches!(place, Value::Record(_)) {
            if place.why().is_some() {
                return;
            }
            *place = Value::Record(Vec::new());
        }
        if let Value::Record(fields) = place {
            if !fields.iter().any(|(name, _)| name == field) {
                fields.push((field.clone(), Value::Null));
            }
            if let Some((_, inner)) = fields.iter_mut().find(|(name, _)| name == field) {
                put(inner, rest, subscripts, value);
            }
        }
        return;
    }
    match subscripts {
        [] => *place = value,
        [Value::Int(at)] => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            match (place, usize::try_from(at - 1)) {
                (Value::Array(list), Ok(at)) if at < list.len() => {
                    if let Some(element) = list.get_mut(at) {
                        *element = value;
                    }
                }
                (Value::Array(list), Ok(at)) if at == list.len() => list.push(value),
                (place, _) => *place = Value::Unknown(Why::NotModelled),
            }
        }
        _ => *place = Value::Unknown(Why::NotModelled),
    }
}
