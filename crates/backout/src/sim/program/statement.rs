//! Statements of a program, one by one.

use super::effect::{Effect, is_row_statement, partial};
use super::*;
use crate::op::{GapKind, Reach};
use crate::plpgsql::{
    Arm, Condition, Declaration, DeclarationKind, ForKind, Into, Level as Loudness, Raise, Stmt, StmtKind, Target, condition_codes,
};
use crate::sim::eval::{HOLE, Rows, Truth};

/// Where execution goes on.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Flow {
    /// With the next statement.
    Next,
    /// After the loop or block with this label, or the innermost loop.
    Exit(Option<Name>),
    /// With the next round of the loop.
    Continue(Option<Name>),
    /// With the caller.
    Return,
}

/// What is raised by making something that is there: schemas, columns, objects, functions, relations.
const DUPLICATES: [&str; 5] = ["42P06", "42701", "42710", "42723", "42P07"];

impl Runner<'_> {
    pub(super) fn block(&mut self, block: &Block) -> Evaluated<Flow> {
        if let Some(frame) = self.frame() {
            frame.levels.push(Level { label: block.label.clone(), variables: Vec::new() });
        }
        let depth = self.frames.last().map_or(0, |frame| frame.levels.len());
        let result = self.block_inner(block);
        if let Some(frame) = self.frame() {
            frame.levels.truncate(depth.saturating_sub(1));
        }
        Ok(match result? {
            Flow::Exit(Some(label)) if block.label.as_ref() == Some(&label) => Flow::Next,
            other => other,
        })
    }

    fn block_inner(&mut self, block: &Block) -> Evaluated<Flow> {
        for declaration in &block.declarations {
            self.declare(declaration)?;
        }
        if block.handlers.is_empty() {
            return self.statements(&block.body);
        }
        let savepoint = self.engine.savepoint();
        let depth = self.frames.last().map_or(0, |frame| frame.levels.len());
        let conditions: Vec<Condition> = block.handlers.iter().flat_map(|handler| handler.conditions.iter().cloned()).collect();
        let guards = DUPLICATES.iter().any(|code| conditions.iter().any(|condition| condition.catches(code)));
        self.engine.catching(Some(conditions));
        self.guards += 1;
        let result = self.statements(&block.body);
        self.guards -= 1;
        self.engine.catching(None);
        let raised = match result {
            Ok(flow) => {
                if guards && self.engine.open_world() {
                    self.engine.may_have_existed(savepoint);
                }
                if self.engine.doubted_since(savepoint) {
                    self.doubted_block(block, savepoint);
                }
                return Ok(flow);
            }
            Err(raised) => raised,
        };
        let caught = block.handlers.iter().find(|handler| handler.conditions.iter().any(|condition| condition.catches(&raised.sqlstate)));
        let Some(handler) = caught else { return Err(raised) };
        self.engine.roll_back(savepoint);
        if let Some(frame) = self.frame() {
            frame.levels.truncate(depth);
            frame.caught.push(raised);
        }
        let result = self.statements(&handler.body);
        if let Some(frame) = self.frame() {
            frame.caught.pop();
        }
        result
    }

    /// It cannot be told whether the body of a block ran or a handler: what handlers may do becomes a gap. That no error comes out
    /// of a block that catches all errors is known all the same.
    fn doubted_block(&mut self, block: &Block, savepoint: usize) {
        let all = block.handlers.iter().any(|handler| handler.conditions.contains(&Condition::Name("others".into())));
        let mut effect = Effect::default();
        for handler in &block.handlers {
            self.effect(&handler.body, &mut effect);
        }
        if all && !effect.raises {
            self.engine.forgive(savepoint);
        }
        let bodies: Vec<&[Stmt]> = block.handlers.iter().map(|handler| handler.body.as_slice()).collect();
        let reach = effect.reach();
        if reach.is_some() || !effect.assigned.is_empty() || effect.returns {
            self.unknown_branches(&bodies, Why::Open);
        }
    }

    pub(super) fn declare(&mut self, declaration: &Declaration) -> Evaluated<()> {
        let mut variable = Variable { name: declaration.name.clone(), value: Value::Null, ty: None, alias: None };
        match &declaration.kind {
            DeclarationKind::Variable { ty, default, .. } => {
                let body = self.frames.last().map(|frame| frame.body.clone()).unwrap_or_else(|| "".into());
                if ty.kind == plpgsql::TypeKind::Named {
                    variable.ty = self.engine.lower_type(ty.span.of(&body)).ok();
                }
                if let Some(default) = default {
                    let value = self.value(default)?;
                    variable.value = self.converted(value, variable.ty.as_ref())?;
                } else if matches!(ty.kind, plpgsql::TypeKind::Row(_)) {
                    variable.value = Value::Record(Vec::new());
                }
            }
            DeclarationKind::Alias(names) => variable.alias = self.place(names).map(|(level, at, _)| (level, at)),
            DeclarationKind::Cursor { .. } => variable.value = Value::Unknown(Why::NotModelled),
        }
        if let Some(level) = self.frame().and_then(|frame| frame.levels.last_mut()) {
            level.variables.push(variable);
        }
        Ok(())
    }

    fn converted(&mut self, value: Value, ty: Option<&TypeName>) -> Evaluated<Value> {
        match ty {
            Some(ty) if !matches!(ty.name.as_str(), "record" | "refcursor") && ty.of_column.is_none() => match value {
                // The server builds rows of composite types from records; ours stay as they are.
                value @ (Value::Record(_) | Value::Partial(..)) => Ok(value),
                value => {
                    let known = value.clone();
                    match eval::cast(self, value, ty)? {
                        // What a cast to a type of the user's does is not known, but mostly it does nothing.
                        Value::Unknown(_) if known.why().is_none() => Ok(known),
                        value => Ok(value),
                    }
                }
            },
            _ => Ok(value),
        }
    }

    pub(super) fn statements(&mut self, list: &[Stmt]) -> Evaluated<Flow> {
        for (at, stmt) in list.iter().enumerate() {
            if let Some(why) = self.maybe_over() {
                self.unknown_branches(&[list.get(at..).unwrap_or_default()], why);
                return Ok(Flow::Next);
            }
            let Some(left) = self.steps.checked_sub(1) else {
                self.gap(GapKind::Limit, "the program takes too many steps", Reach::Everything, stmt.span);
                return Ok(Flow::Return);
            };
            self.steps = left;
            if let Some(frame) = self.frame() {
                frame.at = stmt.span;
            }
            let flow = self.statement(stmt)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, stmt: &Stmt) -> Evaluated<Flow> {
        match &stmt.kind {
            StmtKind::Block(block) => return self.block(block),
            StmtKind::Assign { target, source } => {
                let value = self.value(source)?;
                self.assign(target, value)?;
            }
            StmtKind::If { arms, otherwise } => return self.branch(arms, otherwise, None),
            StmtKind::Case { operand, arms, otherwise } => {
                let operand = operand.as_ref().map(|operand| self.value(operand)).transpose()?;
                if otherwise.is_none() {
                    // Without ELSE a CASE that finds nothing is an error.
                    let flow = self.branch(arms, &[], Some((operand, true)))?;
                    return Ok(flow);
                }
                return self.branch(arms, otherwise.as_deref().unwrap_or_default(), Some((operand, false)));
            }
            StmtKind::Loop { .. } | StmtKind::While { .. } | StmtKind::For { .. } => {
                let result = match &stmt.kind {
                    StmtKind::While { label, condition, body } => self.repeat(label.as_ref(), body, Some(condition)),
                    StmtKind::For { label, kind, body } => self.for_loop(label.as_ref(), kind, body),
                    StmtKind::Loop { label, body } => self.repeat(label.as_ref(), body, None),
                    _ => Ok(Flow::Next),
                };
                // Whatever was left was this loop.
                if let Some(frame) = self.frame() {
                    frame.maybe_left = None;
                }
                return result;
            }
            StmtKind::Exit { continues, label, when } => {
                let truth = match when {
                    Some(when) => self.value(when)?.truth(),
                    None => Truth::Known(Some(true)),
                };
                match truth {
                    Truth::Known(Some(true)) if *continues => return Ok(Flow::Continue(label.clone())),
                    Truth::Known(Some(true)) => return Ok(Flow::Exit(label.clone())),
                    Truth::Known(_) => {}
                    Truth::Unknown(why) if label.is_some() => self.maybe_end(why),
                    Truth::Unknown(why) => self.maybe_leave(why),
                }
            }
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value)?,
                    None => Value::Null,
                };
                if let Some(frame) = self.frame() {
                    frame.returned = value;
                }
                return Ok(Flow::Return);
            }
            StmtKind::ReturnNext(_) | StmtKind::ReturnQuery(_) | StmtKind::ReturnExecute { .. } => {
                if let Some(frame) = self.frame() {
                    frame.returned = Value::Unknown(Why::NotModelled);
                }
            }
            StmtKind::Raise(raise) => self.raise(raise)?,
            StmtKind::Assert { condition, message } => {
                if self.value(condition)?.truth() == Truth::Known(Some(false)) {
                    let message = match message {
                        Some(message) => self.text(message)?,
                        None => "assertion failed".to_owned(),
                    };
                    return Err(Raised::new("P0004", message));
                }
            }
            StmtKind::Sql { statement, into } => self.sql(statement, into.as_ref())?,
            StmtKind::Execute { query, into, using } => self.dynamic(query, into.as_ref(), using, stmt.span)?,
            StmtKind::Perform(fragment) => {
                let op = self.fragment(fragment);
                if let Op::Select(query) = &*op {
                    let rows = self.rows(query)?;
                    self.set_found(&rows);
                    self.hidden_calls(&rows, fragment);
                }
            }
            StmtKind::Call(fragment) => {
                let op = self.fragment(fragment);
                match &*op {
                    Op::Call(call) => {
                        let mut args = Vec::with_capacity(call.args.len());
                        for (_, arg) in &call.args {
                            args.push(eval::expression(self, arg)?);
                        }
                        Host::call(self, &call.name, &args)?;
                    }
                    other => self.execute(other)?,
                }
            }
            StmtKind::GetDiagnostics { stacked, items } => {
                let raised = self.frames.last().and_then(|frame| frame.caught.last().cloned());
                for (target, item) in items {
                    let value = match (item.as_str(), &raised) {
                        ("returned_sqlstate", Some(raised)) if *stacked => Value::text(raised.sqlstate.as_str()),
                        ("message_text", Some(raised)) if *stacked => Value::text(raised.message.as_str()),
                        ("row_count", _) => Value::Unknown(Why::Rows),
                        _ => Value::Unknown(Why::NotModelled),
                    };
                    self.assign(target, value)?;
                }
            }
            StmtKind::Fetch { into, .. } => {
                for target in &into.targets {
                    self.assign(target, Value::Unknown(Why::Rows))?;
                }
                self.found(Value::Unknown(Why::Rows));
            }
            StmtKind::Move { .. } => self.found(Value::Unknown(Why::Rows)),
            StmtKind::Open { .. } | StmtKind::Close { .. } | StmtKind::Null => {}
            StmtKind::Commit { .. } | StmtKind::Rollback { .. } => {
                let commit = matches!(stmt.kind, StmtKind::Commit { .. });
                if self.functions > 0 {
                    return Err(Raised::new("2D000", "invalid transaction termination"));
                }
                if self.guards > 0 {
                    let what = if commit { "commit" } else { "roll back" };
                    return Err(Raised::new("2D000", format!("cannot {what} while a subtransaction is active")));
                }
                if let Ran::Failed(raised) = self.engine.end_transaction(commit) {
                    return Err(raised);
                }
            }
        }
        Ok(Flow::Next)
    }

    /// The first arm whose condition holds; with an operand the conditions are lists of values.
    fn branch(&mut self, arms: &[Arm], otherwise: &[Stmt], case: Option<(Option<Value>, bool)>) -> Evaluated<Flow> {
        for (at, arm) in arms.iter().enumerate() {
            let truth = match &case {
                Some((Some(operand), _)) => self.is_one_of(operand, &arm.condition)?,
                _ => self.value(&arm.condition)?.truth(),
            };
            match truth {
                Truth::Known(Some(true)) => return self.statements(&arm.body),
                Truth::Known(_) => {}
                Truth::Unknown(why) => {
                    if why == Why::Open && arms.len() == 1 && case.is_none() && self.when_absent(arm, otherwise)? {
                        return Ok(Flow::Next);
                    }
                    let mut bodies: Vec<&[Stmt]> = arms.get(at..).unwrap_or_default().iter().map(|arm| arm.body.as_slice()).collect();
                    bodies.push(otherwise);
                    self.unknown_branches(&bodies, why);
                    return Ok(Flow::Next);
                }
            }
        }
        if let Some((_, true)) = case {
            return Err(Raised::new("20000", "case not found"));
        }
        self.statements(otherwise)
    }

    /// `IF NOT EXISTS (…) THEN CREATE …` where it is not known what exists: the same as `CREATE … IF NOT EXISTS`, done as if
    /// there were nothing. False when it is not that, and nothing has been done.
    fn when_absent(&mut self, arm: &Arm, otherwise: &[Stmt]) -> Evaluated<bool> {
        let mut other = Effect::default();
        self.effect(otherwise, &mut other);
        let idle = other.reach().is_none() && other.assigned.is_empty() && !other.raises && !other.returns && !other.exits;
        if !idle || !self.engine.open_world() {
            return Ok(false);
        }
        self.engine.assume_absent(true);
        let truth = self.value(&arm.condition).map(|value| value.truth());
        self.engine.assume_absent(false);
        if truth? != Truth::Known(Some(true)) {
            return Ok(false);
        }
        let savepoint = self.engine.savepoint();
        match self.statements(&arm.body) {
            Ok(Flow::Next) if !self.engine.doubted_since(savepoint) => {
                self.engine.may_have_existed(savepoint);
                Ok(true)
            }
            Ok(_) | Err(_) => {
                self.engine.roll_back(savepoint);
                self.engine.forgive(savepoint);
                Ok(false)
            }
        }
    }

    fn is_one_of(&mut self, operand: &Value, list: &Fragment) -> Evaluated<Truth> {
        let op = self.fragment(list);
        let Op::Select(query) = &*op else { return Ok(Truth::Unknown(Why::NotModelled)) };
        let rows = self.rows(query)?;
        let Some((row, _)) = rows.rows.first() else { return Ok(Truth::Unknown(rows.open.unwrap_or(Why::NotModelled))) };
        Ok(Truth::any(row.iter().map(|value| match eval::compare(operand, value) {
            Ok(ordering) => Truth::Known(ordering.map(|ordering| ordering.is_eq())),
            Err(why) => Truth::Unknown(why),
        })))
    }

    /// It cannot be told which of these run: what they may do becomes a gap, what they may assign becomes unknown.
    fn unknown_branches(&mut self, bodies: &[&[Stmt]], why: Why) {
        let mut effect = Effect::default();
        for body in bodies {
            self.effect(body, &mut effect);
        }
        let span = self.frames.last().map(|frame| frame.at).unwrap_or_default();
        let reason = match why {
            Why::Rows => "a condition that hangs on rows",
            Why::Open => "a condition that hangs on what was there before",
            Why::NotModelled => "a condition that the text does not decide",
            Why::Limit => "a condition that takes too long to decide",
        };
        let kind = if why == Why::Limit { GapKind::Limit } else { GapKind::Dynamic };
        if let Some(reach) = effect.reach() {
            self.gap(kind, reason, reach, span);
        } else if effect.raises {
            // An error on purpose.
            self.gap(kind, reason, Reach::Nothing, span);
        }
        for target in &effect.assigned {
            let _ = self.assign(target, Value::Unknown(why));
        }
        if effect.returns {
            self.maybe_end(why);
        }
        if effect.exits {
            self.maybe_leave(why);
        }
        self.found(Value::Unknown(why));
    }

    /// What follows may not be executed.
    fn maybe_end(&mut self, why: Why) {
        if let Some(frame) = self.frame() {
            frame.maybe_ended = frame.maybe_ended.max(Some(why));
        }
    }

    /// What follows in the loop may not be executed.
    fn maybe_leave(&mut self, why: Why) {
        if let Some(frame) = self.frame() {
            frame.maybe_left = frame.maybe_left.max(Some(why));
        }
    }

    fn maybe_over(&self) -> Option<Why> {
        self.frames.last().and_then(|frame| frame.maybe_ended.max(frame.maybe_left))
    }

    fn repeat(&mut self, label: Option<&Name>, body: &[Stmt], condition: Option<&Fragment>) -> Evaluated<Flow> {
        loop {
            let Some(left) = self.steps.checked_sub(1) else {
                let span = self.frames.last().map(|frame| frame.at).unwrap_or_default();
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

    fn for_loop(&mut self, label: Option<&Name>, kind: &ForKind, body: &[Stmt]) -> Evaluated<Flow> {
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
            let span = self.frames.last().map(|frame| frame.at).unwrap_or_default();
            self.gap(GapKind::Limit, "a loop takes too many rounds", Reach::Everything, span);
            return Ok(Some(Flow::Next));
        };
        self.steps = left;
        self.round(label, body)
    }

    fn over_rows(&mut self, label: Option<&Name>, targets: &[Target], rows: Rows, body: &[Stmt]) -> Evaluated<Flow> {
        let doubt = rows.doubt();
        if let Some(why) = doubt {
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

    fn found(&mut self, value: Value) {
        if let Some(frame) = self.frame() {
            frame.found = value;
        }
    }

    fn set_found(&mut self, rows: &Rows) {
        let found = if rows.rows.iter().any(|(_, doubt)| doubt.is_none()) {
            Value::Bool(true)
        } else {
            rows.doubt().map_or(Value::Bool(false), Value::Unknown)
        };
        self.found(found);
    }

    /// Functions that a query calls for rows that we do not know.
    fn hidden_calls(&mut self, rows: &Rows, fragment: &Fragment) {
        if rows.doubt().is_none() {
            return;
        }
        let mut effect = Effect::default();
        self.calls_of(fragment, &mut effect);
        if effect.everything {
            self.gap(GapKind::Dynamic, "a function is called for rows that are not known", Reach::Everything, fragment.span);
        }
    }

    fn sql(&mut self, fragment: &Fragment, into: Option<&Into>) -> Evaluated<()> {
        let op = self.fragment(fragment);
        match (&*op, into) {
            (Op::Invalid(rejection), _) => Err(Raised::new(rejection.sqlstate, rejection.message.clone())),
            (Op::Select(query), Some(into)) => {
                let rows = self.rows(query)?;
                self.hidden_calls(&rows, fragment);
                self.into(into, rows)
            }
            (Op::Select(query), None) => {
                self.rows(query)?;
                Err(Raised::new("42601", "query has no destination for result data"))
            }
            (other, into) => {
                self.execute(other)?;
                self.found(Value::Unknown(Why::Rows));
                for target in into.iter().flat_map(|into| &into.targets) {
                    self.assign(target, Value::Unknown(Why::Rows))?;
                }
                Ok(())
            }
        }
    }

    /// `INTO`: the first row, or NULLs.
    fn into(&mut self, into: &Into, rows: Rows) -> Evaluated<()> {
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
    fn assign_row(&mut self, targets: &[Target], columns: &[Name], row: Option<Vec<Value>>) -> Evaluated<()> {
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

    fn text(&mut self, fragment: &Fragment) -> Evaluated<String> {
        let value = self.value(fragment)?;
        Ok(self.shown(&value))
    }

    /// A value within a message.
    fn shown(&mut self, value: &Value) -> String {
        match value {
            Value::Partial(text, _) => text.replace(HOLE, "…"),
            value => match eval::print(self, value) {
                Ok(text) => text.unwrap_or_else(|| "<NULL>".to_owned()),
                Err(_) => "…".to_owned(),
            },
        }
    }

    fn raise(&mut self, raise: &Raise) -> Evaluated<()> {
        if raise.again {
            let caught = self.frames.last().and_then(|frame| frame.caught.last().cloned());
            return Err(
                caught.unwrap_or_else(|| Raised::new("0Z002", "RAISE without parameters cannot be used outside an exception handler"))
            );
        }
        let mut shown = Vec::with_capacity(raise.params.len());
        for param in &raise.params {
            shown.push(self.text(param)?);
        }
        let mut sqlstate: Option<Name> = match &raise.condition {
            Some(Condition::Name(name)) => condition_codes(name).next().map(Name::from),
            Some(Condition::Code(code)) => Some(code.clone()),
            None => None,
        };
        let mut message = raise.message.as_ref().map(|message| filled(message, &shown));
        for (option, fragment) in &raise.options {
            let value = self.text(fragment)?;
            match option.as_str() {
                "message" => message = Some(value),
                "errcode" if value.len() == 5 && value.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) => {
                    sqlstate = Some(value.into());
                }
                "errcode" => sqlstate = condition_codes(&value).next().map(Name::from),
                _ => {}
            }
        }
        if raise.level != Loudness::Exception {
            return Ok(());
        }
        let sqlstate = sqlstate.unwrap_or_else(|| "P0001".into());
        let message = message.unwrap_or_else(|| match &raise.condition {
            Some(Condition::Name(name)) => name.to_string(),
            _ => sqlstate.to_string(),
        });
        Err(Raised::new(&sqlstate, message))
    }

    /// `EXECUTE`
    fn dynamic(&mut self, query: &Fragment, into: Option<&Into>, using: &[Fragment], span: Span) -> Evaluated<()> {
        let text = self.value(query)?;
        let mut params = Vec::with_capacity(using.len());
        for fragment in using {
            params.push(self.value(fragment)?);
        }
        let text = match text {
            Value::Text(text) => text,
            Value::Null => return Err(Raised::new("22004", "query string argument of EXECUTE is null")),
            Value::Partial(text, _) if is_row_statement(&text) => return self.forget(into, Why::Rows),
            other => {
                let why = other.why().unwrap_or(Why::NotModelled);
                let mut effect = Effect::default();
                match &other {
                    Value::Partial(text, _) => partial(text, &mut effect),
                    _ => effect.everything = true,
                }
                let reach = effect.reach().unwrap_or(Reach::Everything);
                self.gap(GapKind::Dynamic, "EXECUTE of text that is not constant", reach, span);
                return self.forget(into, why);
            }
        };
        for part in self.engine.split(&text) {
            let op = self.engine.lower(part.of(&text));
            match &*op {
                Op::Invalid(rejection) => return Err(Raised::new(rejection.sqlstate, rejection.message.clone())),
                Op::Select(query) => {
                    let rows = self.with_params(params.clone(), |runner| runner.rows(query))?;
                    if let Some(into) = into {
                        self.into(into, rows)?;
                    }
                }
                Op::Transaction(_) => return Err(Raised::new("0A000", "EXECUTE of transaction commands is not implemented")),
                other => {
                    self.with_params(params.clone(), |runner| runner.execute(other))?;
                    self.forget(into, Why::Rows)?;
                }
            }
        }
        Ok(())
    }

    fn forget(&mut self, into: Option<&Into>, why: Why) -> Evaluated<()> {
        for target in into.iter().flat_map(|into| &into.targets) {
            self.assign(target, Value::Unknown(why))?;
        }
        Ok(())
    }

    /// Does something in a place where only `$1` and its like are variables.
    fn with_params<T>(&mut self, params: Vec<Value>, act: impl FnOnce(&mut Self) -> Evaluated<T>) -> Evaluated<T> {
        let at = self.frames.last().map(|frame| frame.at).unwrap_or_default();
        let frame = Frame { at, ..Frame::new("".into(), Vec::new(), params) };
        self.frames.push(frame);
        let result = act(self);
        self.frames.pop();
        result
    }
}

/// A format string with its parameters in place.
fn filled(message: &str, params: &[String]) -> String {
    let mut text = String::with_capacity(message.len());
    let mut params = params.iter();
    let mut chars = message.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
        } else if chars.next_if_eq(&'%').is_some() {
            text.push('%');
        } else {
            text.push_str(params.next().map_or("", String::as_str));
        }
    }
    text
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
