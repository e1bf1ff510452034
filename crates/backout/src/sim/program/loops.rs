//! Loops of a program, round by round.

use super::effect::Effect;
use super::statement::Flow;
use super::*;
use crate::op::{GapKind, Reach};
use crate::plpgsql::{ForKind, Stmt, Target};
use crate::sim::eval::{Rows, Truth};

/// Of more rows that may be there it is not looked what a loop does for each.
const CANDIDATES: usize = 1000;

impl Runner<'_> {
    pub(super) fn repeat(&mut self, label: Option<&Name>, body: &[Stmt], condition: Option<&Fragment>) -> Evaluated<Flow> {
        loop {
            let Some(left) = self.steps.checked_sub(1) else {
                let span = self.here();
                self.gap(GapKind::Limit, "a loop takes too many rounds", Reach::Everything, span);
                return Ok(Flow::Next);
            };
            self.steps = left;
            if let Some(condition) = condition {
                match self.value(condition)?.truth() {
                    Truth::Known(Some(true)) => {}
                    Truth::Known(_) => return Ok(Flow::Next),
                    Truth::Unknown(why) => {
                        self.unknown_branches(&[body], why);
                        return Ok(Flow::Next);
                    }
                }
            }
            if let Some(flow) = self.round(label, body)? {
                return Ok(flow);
            }
        }
    }

    /// One round; answers where to go when the loop is over.
    fn round(&mut self, label: Option<&Name>, body: &[Stmt]) -> Evaluated<Option<Flow>> {
        let flow = self.statements(body)?;
        if let Some(why) = self.maybe_over() {
            // Whether there is another round is not known either.
            self.unknown_branches(&[body], why);
            return Ok(Some(Flow::Next));
        }
        let own = |name: &Option<Name>| name.is_none() || name.as_ref() == label;
        Ok(match flow {
            Flow::Next => None,
            Flow::Continue(name) if own(&name) => None,
            Flow::Exit(name) if own(&name) => Some(Flow::Next),
            other => Some(other),
        })
    }

    pub(super) fn for_loop(&mut self, label: Option<&Name>, kind: &ForKind, body: &[Stmt]) -> Evaluated<Flow> {
        if let Some(frame) = self.frame() {
            frame.levels.push(Level { label: label.cloned(), variables: Vec::new() });
        }
        let depth = self.frames.last().map_or(0, |frame| frame.levels.len());
        let result = self.for_inner(label, kind, body);
        if let Some(frame) = self.frame() {
            frame.levels.truncate(depth.saturating_sub(1));
        }
        result
    }

    fn for_inner(&mut self, label: Option<&Name>, kind: &ForKind, body: &[Stmt]) -> Evaluated<Flow> {
        match kind {
            ForKind::Integer { variable, reverse, from, to, by } => {
                let from = self.value(from)?;
                let to = self.value(to)?;
                let by = by.as_ref().map(|by| self.value(by)).transpose()?.unwrap_or(Value::Int(1));
                self.own_variable(variable, Value::Null);
                let (Value::Int(from), Value::Int(to), Value::Int(by)) = (&from, &to, &by) else {
                    let why = [&from, &to, &by].into_iter().filter_map(Value::why).max().unwrap_or(Why::NotModelled);
                    self.own_variable(variable, Value::Unknown(why));
                    self.unknown_branches(&[body], why);
                    return Ok(Flow::Next);
                };
                if *by <= 0 {
                    return Err(Raised::new("22023", "BY value of FOR loop must be greater than zero"));
                }
                let mut at = *from;
                while if *reverse { at >= *to } else { at <= *to } {
                    self.own_variable(variable, Value::Int(at));
                    if let Some(flow) = self.counted_round(label, body)? {
                        return Ok(flow);
                    }
                    let next = if *reverse { at.checked_sub(*by) } else { at.checked_add(*by) };
                    match next {
                        Some(next) => at = next,
                        None => break,
                    }
                }
                Ok(Flow::Next)
            }
            ForKind::Query { targets, query } => {
                let op = self.fragment(query);
                let rows = match &*op {
                    Op::Select(query) => self.rows(query)?,
                    Op::Invalid(rejection) => return Err(Raised::new(rejection.sqlstate, rejection.message.clone())),
                    other => {
                        self.execute(other)?;
                        Rows::unknown(Why::Rows)
                    }
                };
                self.over_rows(label, targets, rows, body)
            }
            ForKind::Execute { targets, query, using } => {
                let mut params = Vec::with_capacity(using.len());
                for fragment in using {
                    params.push(self.value(fragment)?);
                }
                let rows = match self.value(query)? {
                    Value::Text(text) => {
                        let op = self.engine.lower(&text);
                        match &*op {
                            Op::Select(query) => self.with_params(params, |runner| runner.rows(query))?,
                            Op::Invalid(rejection) => return Err(Raised::new(rejection.sqlstate, rejection.message.clone())),
                            _ => Rows::unknown(Why::NotModelled),
                        }
                    }
                    other => Rows::unknown(other.why().unwrap_or(Why::NotModelled)),
                };
                self.over_rows(label, targets, rows, body)
            }
            ForKind::Cursor { variable, .. } => {
                self.own_variable(variable, Value::Unknown(Why::NotModelled));
                self.unknown_branches(&[body], Why::NotModelled);
                Ok(Flow::Next)
            }
            ForKind::Each { targets, slice, array } => {
                let list = match self.value(array)? {
                    Value::Array(list) if *slice == 0 => Ok(list),
                    Value::Null => return Err(Raised::new("22004", "FOREACH expression must not be null")),
                    other => Err(other.why().unwrap_or(Why::NotModelled)),
                };
                match list {
                    Ok(list) => {
                        let rows = list.into_iter().map(|value| (vec![value], None)).collect();
                        self.over_rows(label, targets, Rows { columns: vec!["value".into()], rows, open: None }, body)
                    }
                    Err(why) => self.over_rows(label, targets, Rows::unknown(why), body),
                }
            }
        }
    }

    fn counted_round(&mut self, label: Option<&Name>, body: &[Stmt]) -> Evaluated<Option<Flow>> {
        let Some(left) = self.steps.checked_sub(1) else {
            let span = self.here();
            self.gap(GapKind::Limit, "a loop takes too many rounds", Reach::Everything, span);
            return Ok(Some(Flow::Next));
        };
        self.steps = left;
        self.round(label, body)
    }

    fn over_rows(&mut self, label: Option<&Name>, targets: &[Target], rows: Rows, body: &[Stmt]) -> Evaluated<Flow> {
        let doubt = rows.doubt();
        if let Some(why) = doubt {
            if rows.open.is_none() && rows.rows.len() <= CANDIDATES {
                // Each round is for one of these rows, so that what it does is about their names.
                let mut effect = Effect::default();
                for (row, _) in rows.rows {
                    self.assign_row(targets, &rows.columns, Some(row))?;
                    self.effect(body, &mut effect);
                }
                self.unknown_effect(&effect, why);
                return Ok(Flow::Next);
            }
            for target in targets {
                self.assign(target, Value::Unknown(why))?;
            }
            self.unknown_branches(&[body], why);
            return Ok(Flow::Next);
        }
        let mut any = false;
        for (row, _) in rows.rows {
            any = true;
            self.assign_row(targets, &rows.columns, Some(row))?;
            if let Some(flow) = self.counted_round(label, body)? {
                self.found(Value::Bool(true));
                return Ok(flow);
            }
        }
        self.found(Value::Bool(any));
        Ok(Flow::Next)
    }

    /// A loop's own variable.
    fn own_variable(&mut self, name: &Name, value: Value) {
        if let Some(level) = self.frame().and_then(|frame| frame.levels.last_mut()) {
            match level.variables.iter_mut().find(|variable| variable.name == *name) {
                Some(variable) => variable.value = value,
                None => level.variables.push(Variable { name: name.clone(), value, ty: None, alias: None }),
            }
        }
    }
}
