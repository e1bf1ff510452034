//! Statements of a program, one by one.

use super::effect::{Effect, leaves_schemas};
use super::*;
use crate::lexer::is_word_part;
use crate::op::{GapKind, Reach, TableAction};
use crate::plpgsql::{Arm, Condition, Declaration, DeclarationKind, Into, Stmt, StmtKind};
use crate::sim::eval::{HOLE, Rows, Truth, USER};

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
                if guards {
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

    /// It cannot be told whether the body of a block ran or a handler: what either may do becomes a gap. That no error comes out of
    /// a block that catches all errors is known all the same.
    fn doubted_block(&mut self, block: &Block, savepoint: usize) {
        let all = block.handlers.iter().any(|handler| handler.conditions.contains(&Condition::Name("others".into())));
        let mut effect = Effect::default();
        for handler in &block.handlers {
            self.effect(&handler.body, &mut effect);
        }
        if all && !effect.raises {
            self.engine.forgive(savepoint);
        }
        self.effect(&block.body, &mut effect);
        let bodies: Vec<&[Stmt]> =
            std::iter::once(&block.body).chain(block.handlers.iter().map(|handler| &handler.body)).map(Vec::as_slice).collect();
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

    pub(super) fn converted(&mut self, value: Value, ty: Option<&TypeName>) -> Evaluated<Value> {
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
            if self.frames.len() == 1 {
                self.engine.arrive(stmt.span);
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
                        Host::call(self, call, &args)?;
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
                // Rows are taken not to be in the way: what a script refuses to run on is not there.
                Truth::Unknown(Why::Rows) if refuses(&arm.body) => self.engine.may_refuse(),
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
    pub(super) fn unknown_branches(&mut self, bodies: &[&[Stmt]], why: Why) {
        let mut effect = Effect::default();
        for body in bodies {
            self.effect(body, &mut effect);
        }
        self.unknown_effect(&effect, why);
    }

    /// It cannot be told whether this happens.
    pub(super) fn unknown_effect(&mut self, effect: &Effect, why: Why) {
        let span = self.here();
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
        for role in &effect.roles {
            // Made if it was not there: now there is one.
            let savepoint = self.engine.savepoint();
            if let Ran::Done = self.engine.execute(role, &Names::default()) {
                self.engine.may_have_existed(savepoint);
            }
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

    pub(super) fn maybe_over(&self) -> Option<Why> {
        self.frames.last().and_then(|frame| frame.maybe_ended.max(frame.maybe_left))
    }

    pub(super) fn found(&mut self, value: Value) {
        if let Some(frame) = self.frame() {
            frame.found = value;
        }
    }

    pub(super) fn set_found(&mut self, rows: &Rows) {
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
            // The database's name does not matter to a role that is given something on it.
            Value::Partial(text, _) if is_about_database(&text) => text.replace(HOLE, "current_database"),
            Value::Partial(text, _) if leaves_schemas(&text) => return self.forget(into, Why::Rows),
            Value::Partial(text, _) if self.names_user(&text) => text.replace(USER, "current_user"),
            // Where a sequence goes on is no part of the schema.
            Value::Partial(text, _) if restarts(&text) => text.replace(HOLE, "1"),
            other => {
                let why = other.why().unwrap_or(Why::NotModelled);
                let mut effect = Effect::default();
                match &other {
                    Value::Partial(text, _) => self.effect_of_partial(text, &mut effect),
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

    /// Whether the current user is all that is not known of a text, and stands where a role does: as a word of its own.
    fn names_user(&mut self, text: &str) -> bool {
        let joins = |c: char| is_word_part(c) || matches!(c, '_' | '$' | '"' | '\'' | '.' | USER);
        let alone = |(at, user): (usize, &str)| {
            let (before, after) = (text.get(..at), text.get(at + user.len()..));
            !before.is_some_and(|before| before.ends_with(joins)) && !after.is_some_and(|after| after.starts_with(joins))
        };
        if text.contains(HOLE) || !text.contains(USER) || !text.match_indices(USER).all(alone) {
            return false;
        }
        let text = text.replace(USER, "current_user");
        self.engine.split(&text).into_iter().all(|part| match &*self.engine.lower(part.of(&text)) {
            Op::Grant(_) | Op::GrantRole(_) | Op::DefaultPrivileges(_) | Op::AlterRole { .. } | Op::Owner { .. } => true,
            Op::AlterTable(alter) => alter.actions.iter().all(|(action, _)| matches!(action, TableAction::Owner(_))),
            _ => false,
        })
    }

    fn forget(&mut self, into: Option<&Into>, why: Why) -> Evaluated<()> {
        for target in into.iter().flat_map(|into| &into.targets) {
            self.assign(target, Value::Unknown(why))?;
        }
        Ok(())
    }

    /// Does something in a place where only `$1` and its like are variables.
    pub(super) fn with_params<T>(&mut self, params: Vec<Value>, act: impl FnOnce(&mut Self) -> Evaluated<T>) -> Evaluated<T> {
        let at = self.here();
        let frame = Frame { at, ..Frame::new("".into(), Vec::new(), params) };
        self.frames.push(frame);
        let result = act(self);
        self.frames.pop();
        result
    }
}

/// Whether a list does nothing but raise an error.
fn refuses(body: &[Stmt]) -> bool {
    let raises = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Raise(raise) => Some(!raise.again && raise.level == plpgsql::Level::Exception),
        _ => None,
    };
    body.iter().all(|stmt| raises(stmt).is_some()) && body.last().and_then(raises) == Some(true)
}

/// Whether a text is one GRANT or REVOKE on a database of which only the name is not known.
fn is_about_database(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let Some(at) = words.windows(2).position(|pair| pair == ["on", "database"]) else { return false };
    let open = |mark| words.iter().enumerate().filter(move |(_, word)| word.contains(mark)).map(|(place, _)| place);
    matches!(words.first().map(String::as_str), Some("grant" | "revoke")) && open(HOLE).eq([at + 2]) && open(USER).next().is_none()
}

/// Whether all that is not known of a text is the number at its end with which a sequence begins again.
fn restarts(text: &str) -> bool {
    let Some(before) = text.trim_end().trim_end_matches(';').strip_suffix(HOLE) else { return false };
    let before = before.trim_end().to_ascii_lowercase();
    !before.contains([HOLE, USER]) && [" restart", " restart with"].iter().any(|word| before.ends_with(word))
}
