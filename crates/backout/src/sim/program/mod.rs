//! Programs of PL/pgSQL, executed as far as they are decided.
//!
//! Variables have values or are unknown. A condition that is unknown makes a gap of what its branches would do to the
//! schema, never a guess; what hangs on rows of the user's tables is taken not to raise errors, as everywhere.
//! SQL statements are executed by the [`Engine`], which is the simulation's machine; text becomes operations through
//! the functions that it hands in.

mod assign;
mod effect;
mod loops;
mod raise;
mod refusal;
mod statement;

pub use refusal::refusal;

use super::eval::{self, Evaluated, Host, Raised, System, Value, Why};
use crate::op::{Call, Expr, Gap, Name, ObjectName, Op, Query, TypeName};
use crate::plpgsql::{self, Block, Check, Context, Fragment, Role, TypeKind};
use crate::source::Span;
use std::sync::Arc;

/// How many statements one program may execute.
const STEPS: u32 = 10_000;
/// How deep functions may call each other.
const CALLS: u16 = 12;

/// An argument as a call has it, with its name in named notation.
type Written = (Option<Name>, Expr);

/// What became of a statement.
#[derive(Clone, Debug)]
pub enum Ran {
    /// It ran.
    Done,
    /// It raised an error and left no trace.
    Failed(Raised),
    /// It cannot be told; it is taken to have run, and the engine has noted why.
    Doubtful,
}

/// A routine whose body can be executed.
#[derive(Clone, Debug)]
pub struct Callee {
    /// Its language: `plpgsql` or `sql`.
    pub language: Name,
    /// The body.
    pub body: Arc<str>,
    /// What the body is the body of.
    pub context: Context,
    /// The statements of a body in language sql.
    pub statements: Arc<[Op]>,
    /// It is not called where an argument is NULL.
    pub strict: bool,
}

/// A routine that a call means.
#[derive(Clone, Debug)]
pub enum Called {
    /// One of pg_catalog or of an extension: it does nothing to the schema.
    Builtin,
    /// One of the schema's.
    Routine(Box<Callee>),
    /// One of the schema's that cannot be executed here, or it cannot be told which.
    Opaque,
    /// There is none.
    Missing(Raised),
}

/// The names that expressions of a program may use beside those of relations.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Variables and labels.
    pub all: Vec<Name>,
    /// The variables whose name no column in sight may have (`plpgsql.variable_conflict`): 42702.
    pub exclusive: Vec<Name>,
}

/// What executes the statements of a program.
pub trait Engine: System {
    /// Executes a statement; `names` are what its expressions may use.
    fn execute(&mut self, op: &Op, names: &Names) -> Ran;
    /// Checks a query as parse analysis does, without executing it. `stays`: it is one that was lowered here and stays where it is,
    /// so that what is known of it can be remembered by its address.
    fn analyse(&mut self, query: &Query, names: &Names, stays: bool) -> Ran;
    /// Whether a declared type exists.
    fn check_type(&mut self, ty: &TypeName) -> Evaluated<()>;
    /// The program is at this statement of its body.
    fn arrive(&mut self, span: Span);
    /// Notes what cannot be told.
    fn note(&mut self, gap: Gap);
    /// A place to go back to.
    fn savepoint(&mut self) -> usize;
    /// Goes back to it.
    fn roll_back(&mut self, to: usize);
    /// Whether something since the savepoint cannot be told to have run.
    fn doubted_since(&self, savepoint: usize) -> bool;
    /// What could not be told since the savepoint does not matter: its errors are caught.
    fn forgive(&mut self, savepoint: usize);
    /// From here on these handlers catch what statements raise; none when the block is over.
    fn catching(&mut self, handlers: Option<Vec<plpgsql::Condition>>);
    /// Whether things may exist that no script shows.
    fn open_world(&self) -> bool;
    /// Answers questions as if nothing existed but what is known, or no longer.
    fn assume_absent(&mut self, assume: bool);
    /// What was made since the savepoint may have been there before, in another world.
    fn may_have_existed(&mut self, savepoint: usize);
    /// The program raises an error if rows are as they should not be.
    fn may_refuse(&mut self);
    /// The routine that a call means; without arguments any of that name.
    fn routine(&mut self, name: &ObjectName, args: &[Value]) -> Called;
    /// The names of a table's constraints, if all of them are known.
    fn constraints_of(&self, table: &ObjectName) -> Option<Vec<Name>>;
    /// Lowers a statement.
    fn lower(&mut self, text: &str) -> Arc<Op>;
    /// Lowers a type's name; otherwise what the server says of it, or nothing when that is not known.
    fn lower_type(&self, text: &str) -> Result<TypeName, Option<Raised>>;
    /// Cuts a text into statements.
    fn split(&self, text: &str) -> Vec<Span>;
    /// `COMMIT` (true) or `ROLLBACK` within the program.
    fn end_transaction(&mut self, commit: bool) -> Ran;
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct End {
    /// The error that it raised, and where in the body.
    pub failure: Option<(Raised, Span)>,
    /// What it returned.
    pub value: Value,
}

/// Executes the body of a `DO` or of a function.
pub fn run(engine: &mut dyn Engine, body: &str, context: &Context, args: Vec<Value>, compile: bool) -> End {
    let mut runner = Runner { engine, steps: STEPS, calls: 0, frames: Vec::new(), dry: false, borrowed: false, functions: 0, guards: 0 };
    runner.program(body, context, args, compile)
}

/// Calls a routine as `SELECT f(…)` or `CALL f(…)` does.
pub fn call(engine: &mut dyn Engine, callee: &Callee, args: Vec<Value>, notation: &[Written]) -> End {
    let mut runner = Runner { engine, steps: STEPS, calls: 0, frames: Vec::new(), dry: false, borrowed: false, functions: 0, guards: 0 };
    match runner.callee(callee, &args, notation) {
        Ok(value) => End { failure: None, value },
        Err(raised) => End { failure: Some((raised, Span::default())), value: Value::Unknown(Why::NotModelled) },
    }
}

/// Executes the functions that a query calls, for the rows that are known.
pub fn query(engine: &mut dyn Engine, query: &Query) -> Evaluated<()> {
    let mut runner = Runner { engine, steps: STEPS, calls: 0, frames: Vec::new(), dry: false, borrowed: false, functions: 0, guards: 0 };
    runner.borrowed = true;
    runner.frames.push(Frame::new("".into(), Vec::new(), Vec::new()));
    eval::rows(&mut runner, query).map(drop)
}

/// What a routine may do to the schema, if anything.
pub fn reach(engine: &mut dyn Engine, callee: &Callee) -> Option<crate::op::Reach> {
    let mut runner = Runner { engine, steps: STEPS, calls: 0, frames: Vec::new(), dry: false, borrowed: false, functions: 0, guards: 0 };
    let mut effect = effect::Effect::default();
    runner.effect_of_callee(callee, &mut effect);
    effect.reach()
}

/// What the server says of a body when it makes the function or runs the `DO`; the span is of the body.
///
/// The caller skips this where `check_function_bodies` is off.
pub fn compile(engine: &mut dyn Engine, body: &str, context: &Context) -> Result<Block, Refusal> {
    let parsed = plpgsql::parse(body, context);
    for check in &parsed.checks {
        match check {
            Check::Fragment(fragment) => {
                let (text, prefix) = sql_of(fragment, body);
                if let Op::Invalid(rejection) = &*engine.lower(&text) {
                    let at = rejection.span;
                    let span =
                        Span { start: at.start.saturating_sub(prefix), end: at.end.saturating_sub(prefix) }.shifted(fragment.span.start);
                    return Err(Refusal::Error(Raised::new(rejection.sqlstate, rejection.message.clone()), span));
                }
            }
            Check::Type(ty) => {
                let text = ty.span.of(body);
                let name = match &ty.kind {
                    TypeKind::Row(names) => match names.as_slice() {
                        [name] => format!("\"{}\"", name.replace('"', "\"\"")),
                        [schema, name] => format!("\"{}\".\"{}\"", schema.replace('"', "\"\""), name.replace('"', "\"\"")),
                        _ => continue,
                    },
                    TypeKind::Variable(_) => continue,
                    TypeKind::Named | TypeKind::Column(_) => text.to_owned(),
                };
                let found = match engine.lower_type(&name) {
                    Ok(name) => engine.check_type(&name),
                    Err(Some(raised)) => Err(raised),
                    Err(None) => Ok(()),
                };
                if let Err(mut raised) = found {
                    if matches!(ty.kind, TypeKind::Row(_)) && raised.sqlstate == "42704" {
                        raised = Raised::new("42P01", raised.message.replacen("type ", "relation ", 1));
                    } else if matches!(ty.kind, TypeKind::Column(_)) && context.version < 17 {
                        raised.sqlstate = "42601".into();
                    }
                    return Err(Refusal::Error(raised, ty.span));
                }
            }
            Check::Collation(_) => {}
        }
    }
    parsed.outcome.map_err(|error| {
        if error.limit {
            Refusal::Limit(error.message, error.span)
        } else {
            Refusal::Error(Raised::new(error.sqlstate, error.message), error.span)
        }
    })
}

/// Why a body is not compiled.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The server refuses it.
    Error(Raised, Span),
    /// It is beyond our bounds.
    Limit(String, Span),
}

/// The statement that a fragment is, and how many bytes of it are not the fragment's.
fn sql_of(fragment: &Fragment, body: &str) -> (String, u32) {
    let text = fragment.text(body);
    match fragment.role {
        Role::Expression => (format!("SELECT {text}"), 7),
        Role::Statement => (text.into_owned(), 0),
    }
}

/// A variable.
#[derive(Clone, Debug)]
struct Variable {
    name: Name,
    value: Value,
    /// What it is cast to on assignment.
    ty: Option<TypeName>,
    /// Level and place of the variable that it is another name of.
    alias: Option<(usize, usize)>,
}

/// One block's variables.
#[derive(Clone, Debug, Default)]
struct Level {
    label: Option<Name>,
    variables: Vec<Variable>,
}

/// One routine being executed.
struct Frame {
    body: Arc<str>,
    levels: Vec<Level>,
    args: Vec<Value>,
    found: Value,
    /// The error that a handler is dealing with.
    caught: Vec<Raised>,
    /// Why what follows may not be executed any more.
    maybe_ended: Option<Why>,
    /// The same within the innermost loop.
    maybe_left: Option<Why>,
    /// Where the program is.
    at: Span,
    returned: Value,
    /// No column in sight may have the name of a variable.
    exclusive: bool,
}

impl Frame {
    fn new(body: Arc<str>, levels: Vec<Level>, args: Vec<Value>) -> Self {
        Self {
            body,
            levels,
            args,
            found: Value::Bool(false),
            caught: Vec::new(),
            maybe_ended: None,
            maybe_left: None,
            at: Span::default(),
            returned: Value::Null,
            exclusive: false,
        }
    }
}

struct Runner<'e> {
    engine: &'e mut dyn Engine,
    steps: u32,
    calls: u16,
    frames: Vec<Frame>,
    /// Nothing is executed: only what might be is looked for.
    dry: bool,
    /// The statements at hand are a routine's own and go away with it.
    borrowed: bool,
    /// How many functions are being executed: none of them may end the transaction.
    functions: u32,
    /// How many blocks with handlers are being executed.
    guards: u32,
}

impl Runner<'_> {
    fn program(&mut self, body: &str, context: &Context, args: Vec<Value>, check: bool) -> End {
        let unknown = Value::Unknown(Why::NotModelled);
        let compiled = if check {
            compile(self.engine, body, context)
        } else {
            plpgsql::parse(body, context).outcome.map_err(|error| {
                if error.limit {
                    Refusal::Limit(error.message, error.span)
                } else {
                    Refusal::Error(Raised::new(error.sqlstate, error.message), error.span)
                }
            })
        };
        let block = match compiled {
            Ok(block) => block,
            Err(Refusal::Error(raised, span)) => return End { failure: Some((raised, span)), value: unknown },
            Err(Refusal::Limit(reason, span)) => {
                self.gap(crate::op::GapKind::Limit, &reason, crate::op::Reach::Everything, span);
                return End { failure: None, value: unknown };
            }
        };
        let mut level = Level { label: context.name.clone(), variables: Vec::new() };
        for (at, arg) in context.args.iter().enumerate() {
            let value = args.get(at).cloned().unwrap_or(Value::Null);
            let place = level.variables.len();
            level.variables.push(Variable { name: format!("${}", at + 1).into(), value, ty: None, alias: None });
            if let Some(name) = &arg.name {
                level.variables.push(Variable { name: name.clone(), value: Value::Null, ty: None, alias: Some((0, place)) });
            }
        }
        let exclusive = !block.settles_conflicts && self.engine.setting("plpgsql.variable_conflict").is_none();
        self.frames.push(Frame { exclusive, ..Frame::new(body.into(), vec![level], args) });
        let result = self.block(&block);
        let frame = self.frames.pop();
        let (at, value) = frame.map_or((Span::default(), unknown.clone()), |frame| {
            let doubtful = frame.maybe_ended.map(Value::Unknown);
            // What a function returns that returns nothing is printed as nothing.
            let nothing = matches!(context.returns, plpgsql::Returns::Void) && frame.returned.is_null();
            let returned = if nothing { Value::text("") } else { frame.returned };
            (frame.at, doubtful.unwrap_or(returned))
        });
        match result {
            Ok(_) => End { failure: None, value },
            Err(raised) => End { failure: Some((raised, at)), value: unknown },
        }
    }

    /// Calls a routine.
    fn callee(&mut self, callee: &Callee, args: &[Value], notation: &[Written]) -> Evaluated<Value> {
        if self.calls >= CALLS {
            self.gap(crate::op::GapKind::Limit, "functions call each other too deeply", crate::op::Reach::Everything, Span::default());
            return Ok(Value::Unknown(Why::Limit));
        }
        let args = self.bound(&callee.context, args, notation)?;
        if callee.strict && callee.context.args.iter().zip(&args).any(|(arg, value)| !arg.output && value.is_null()) {
            return Ok(Value::Null);
        }
        self.calls += 1;
        let function = u32::from(!matches!(callee.context.returns, plpgsql::Returns::Procedure(_)));
        self.functions += function;
        let result = if callee.language == "sql" {
            self.sql_routine(callee, args)
        } else {
            let at = self.frames.last().map(|frame| frame.at);
            let borrowed = std::mem::replace(&mut self.borrowed, false);
            let end = self.program(&callee.body, &callee.context, args, false);
            self.borrowed = borrowed;
            if let (Some(at), Some(frame)) = (at, self.frames.last_mut()) {
                frame.at = at;
            }
            match end.failure {
                Some((raised, _)) => Err(raised),
                // What a function that returns void yields is no NULL: as text it is empty.
                None if matches!(callee.context.returns, crate::plpgsql::Returns::Void) => Ok(Value::text("")),
                None => Ok(end.value),
            }
        };
        self.calls -= 1;
        self.functions -= function;
        result
    }

    /// The values of a routine's arguments: those that the call has in their places or by their names, else the defaults.
    fn bound(&mut self, context: &Context, args: &[Value], notation: &[Written]) -> Evaluated<Vec<Value>> {
        let called = |at: usize| notation.get(at).and_then(|(name, _)| name.as_ref());
        // CALL has a place for what a procedure gives back, too.
        let all = matches!(context.returns, plpgsql::Returns::Procedure(_));
        let (mut next, mut values) = (0, Vec::with_capacity(context.args.len()));
        for arg in &context.args {
            let named = (0..args.len()).find(|at| called(*at).is_some_and(|name| arg.name.as_ref() == Some(name)));
            if arg.variadic && named.is_none() && next < args.len() {
                // VARIADIC before an array gives it as it is, or has taken it apart.
                let rest = match args.get(next..).unwrap_or_default() {
                    [whole @ Value::Array(_)] => whole.clone(),
                    rest => Value::Array(rest.to_vec()),
                };
                next = args.len();
                values.push(self.converted(rest, arg.ty.as_ref())?);
                continue;
            }
            let given = match named.and_then(|at| args.get(at)) {
                None if (all || !arg.output) && called(next).is_none() => {
                    next += 1;
                    args.get(next - 1)
                }
                given => given,
            };
            values.push(match (given, &arg.default) {
                (Some(value), _) => self.converted(value.clone(), arg.ty.as_ref())?,
                (None, Some(default)) => eval::expression(self, default).unwrap_or(Value::Unknown(Why::NotModelled)),
                (None, None) => Value::Null,
            });
        }
        Ok(values)
    }

    fn sql_routine(&mut self, callee: &Callee, args: Vec<Value>) -> Evaluated<Value> {
        let mut level = Level { label: callee.context.name.clone(), variables: Vec::new() };
        for (at, arg) in callee.context.args.iter().enumerate() {
            if let Some(name) = &arg.name {
                let value = args.get(at).cloned().unwrap_or(Value::Null);
                level.variables.push(Variable { name: name.clone(), value, ty: None, alias: None });
            }
        }
        // Numbers mean inputs here.
        let inputs = args.into_iter().zip(&callee.context.args).filter(|(_, arg)| !arg.output).map(|(value, _)| value).collect();
        self.frames.push(Frame::new("".into(), vec![level], inputs));
        let mut value = Value::Null;
        let mut result = Ok(());
        let borrowed = std::mem::replace(&mut self.borrowed, true);
        for op in callee.statements.iter() {
            result = match op {
                Op::Select(query) => self.rows(query).map(|rows| {
                    value = first(&rows);
                }),
                other => self.execute(other),
            };
            if result.is_err() {
                break;
            }
        }
        self.borrowed = borrowed;
        self.frames.pop();
        result.map(|()| value)
    }

    fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    fn fragment(&mut self, fragment: &Fragment) -> Arc<Op> {
        let body = self.frames.last().map(|frame| frame.body.clone()).unwrap_or_else(|| "".into());
        let (text, _) = sql_of(fragment, &body);
        self.engine.lower(&text)
    }

    /// The statement that the program is at, in its own body.
    fn here(&self) -> Span {
        self.frames.last().map(|frame| frame.at).unwrap_or_default()
    }

    fn gap(&mut self, kind: crate::op::GapKind, reason: &str, reach: crate::op::Reach, span: Span) {
        // What stands in the body of a function that was called has its place where the call is.
        let span = if self.frames.len() > 1 { self.frames.first().map(|frame| frame.at).unwrap_or_default() } else { span };
        self.engine.note(Gap { kind, reason: reason.to_owned(), reach, span });
    }

    /// The names that expressions may use here.
    fn names(&self) -> Names {
        let mut names = Names::default();
        let Some(frame) = self.frames.last() else { return names };
        names.all.extend(["found".into(), "sqlerrm".into(), "sqlstate".into()]);
        for level in &frame.levels {
            names.all.extend(level.label.clone());
            for variable in &level.variables {
                names.all.push(variable.name.clone());
                if frame.exclusive {
                    names.exclusive.push(variable.name.clone());
                }
            }
        }
        names
    }

    /// The rows of a query, after the checks of parse analysis.
    fn rows(&mut self, query: &Query) -> Evaluated<eval::Rows> {
        // In a branch that may not run nothing is checked: what it names need not exist.
        if !self.dry {
            let names = self.names();
            if let Ran::Failed(raised) = self.engine.analyse(query, &names, !self.borrowed) {
                return Err(raised);
            }
        }
        eval::rows(self, query)
    }

    /// Executes an SQL statement.
    fn execute(&mut self, op: &Op) -> Evaluated<()> {
        let names = self.names();
        match self.engine.execute(op, &names) {
            Ran::Failed(raised) => Err(raised),
            Ran::Done | Ran::Doubtful => Ok(()),
        }
    }

    /// The value of an expression.
    fn value(&mut self, fragment: &Fragment) -> Evaluated<Value> {
        if fragment.span.start == fragment.span.end {
            return Err(Raised::new("42601", "query has no columns"));
        }
        let op = self.fragment(fragment);
        match &*op {
            Op::Select(query) => Ok(first(&self.rows(query)?)),
            Op::Invalid(rejection) => Err(Raised::new(rejection.sqlstate, rejection.message.clone())),
            _ => Ok(Value::Unknown(Why::NotModelled)),
        }
    }
}

/// The first column of the first row; NULL when there is none.
fn first(rows: &eval::Rows) -> Value {
    match (rows.doubt(), rows.rows.first()) {
        (Some(why), _) => Value::Unknown(why),
        (None, Some((row, _))) => row.first().cloned().unwrap_or(Value::Null),
        (None, None) => Value::Null,
    }
}

impl Host for Runner<'_> {
    fn system(&self) -> &dyn System {
        self.engine
    }

    fn variable(&self, parts: &[Name]) -> Option<Value> {
        let frame = self.frames.last()?;
        match parts {
            [name] if name == "found" => return Some(frame.found.clone()),
            [name] if name == "sqlerrm" => return frame.caught.last().map(|raised| Value::text(raised.message.as_str())),
            [name] if name == "sqlstate" => return frame.caught.last().map(|raised| Value::text(raised.sqlstate.as_str())),
            _ => {}
        }
        let name = parts.first()?;
        if let Some((level, at, taken)) = self.place(parts) {
            let variable = frame.levels.get(level)?.variables.get(at)?;
            return Some(fields(variable.value.clone(), parts.get(taken..).unwrap_or_default()));
        }
        name.strip_prefix('$').and_then(|number| self.param(number.parse().ok()?))
    }

    fn param(&self, number: u32) -> Option<Value> {
        let frame = self.frames.last()?;
        let name = format!("${number}");
        let own = frame.levels.first().and_then(|level| level.variables.iter().find(|variable| variable.name == name));
        match own {
            Some(variable) => Some(variable.value.clone()),
            None => frame.args.get((number as usize).checked_sub(1)?).cloned(),
        }
    }

    fn call(&mut self, call: &Call, args: &[Value]) -> Evaluated<Option<Value>> {
        if self.dry {
            return Ok(Some(Value::Unknown(Why::NotModelled)));
        }
        let name = &call.name;
        match self.engine.routine(name, args) {
            Called::Builtin => Ok(None),
            Called::Routine(callee) => self.callee(&callee, args, &call.args).map(Some),
            Called::Missing(raised) => Err(raised),
            Called::Opaque => {
                let reason = format!("what the function {} does is not known", name.name);
                self.gap(crate::op::GapKind::NotModelled, &reason, crate::op::Reach::Everything, self.here());
                Ok(Some(Value::Unknown(Why::NotModelled)))
            }
        }
    }
}

/// A field of a field.
fn fields(value: Value, names: &[Name]) -> Value {
    names.iter().fold(value, |value, name| match value {
        Value::Record(list) => {
            list.into_iter().find(|(other, _)| other == name).map_or(Value::Unknown(Why::NotModelled), |(_, value)| value)
        }
        Value::Null => Value::Null,
        other => Value::Unknown(other.why().unwrap_or(Why::NotModelled)),
    })
}

#[cfg(test)]
mod tests;
