//! Bodies of functions in language sql, validated as CREATE FUNCTION does it (`fmgr_sql_validator`, `check_sql_fn_retval`).

use super::{Apply, fail};
use crate::catalog::context::{Context, Outcome, Session};
use crate::catalog::object::{Argument, Body, RoutineText, Ty, TyBase, Type};
use crate::catalog::resolve::{ExprPlace, Scope, Shape, Verity};
use crate::catalog::template::Template;
use crate::op::{CreateRoutine, Op, RoutineBody};
use std::sync::Arc;

/// A column of a result with its type, where it is known.
type Columns = Vec<Option<Ty>>;

impl Apply<'_> {
    /// The body, as it is kept. One that is not text is validated, as CREATE FUNCTION does it.
    pub(super) fn body(&self, create: &Arc<CreateRoutine>, args: &[Argument], returns: Option<&Ty>) -> Outcome<RoutineText> {
        let result = SqlResult { create, args, returns };
        let validates = self.session.check_bodies && !result.is_polymorphic();
        match &create.body {
            RoutineBody::Quoted { .. } => Ok(RoutineText::Quoted(create.clone())),
            RoutineBody::Object(file, symbol) => Ok(RoutineText::Definition(format!("{file} {symbol}"))),
            RoutineBody::Return(expr) => {
                let template = self.context().expr(expr, &result.scope(), None, ExprPlace::Statement)?;
                if validates {
                    result.check(self, Some(&vec![template.ty.clone().map(text_if_untyped)]))?;
                }
                Ok(RoutineText::Parsed(template))
            }
            RoutineBody::Atomic(statements) => {
                let mut text = Template::default();
                let mut last = None;
                let scope = result.scope();
                for statement in statements.iter() {
                    let shape = self.context().statement(statement, Some(&scope))?;
                    text.append(&shape.template);
                    text.push("; ");
                    last = columns_of(statement, &shape);
                }
                if validates {
                    result.check(self, last.as_ref())?;
                }
                Ok(RoutineText::Parsed(text))
            }
            RoutineBody::Missing => Ok(RoutineText::Definition(String::new())),
        }
    }

    /// Validates a body that is text, as CREATE FUNCTION does it.
    pub(super) fn check_quoted_body(&self, create: &CreateRoutine, args: &[Argument], returns: Option<&Ty>) -> Outcome<()> {
        let RoutineBody::Quoted { statements: Some(statements), .. } = &create.body else { return Ok(()) };
        if create.language != "sql" || !self.session.check_bodies {
            return Ok(());
        }
        let result = SqlResult { create, args, returns };
        result.check_signature(self)?;
        // The whole body is parsed, even where types are not known yet.
        if let Some(Op::Invalid(rejection)) = statements.iter().find(|op| matches!(op, Op::Invalid(_))) {
            return Err(fail(rejection.sqlstate, rejection.message.clone()).into());
        }
        if result.is_polymorphic() {
            return Ok(());
        }
        // The settings of the function hold while its body is looked at.
        let own = self.session.within(&create.attributes);
        let last = self.check_sql_body(statements, &result.scope(), &own)?;
        result.check(self, last.as_ref())
    }

    /// Names in an SQL-language body must resolve when check_function_bodies is on. What the last statement yields, if it does.
    fn check_sql_body(&self, statements: &[Op], scope: &Scope<'_>, session: &Session) -> Outcome<Option<Columns>> {
        let context = Context { session, ..self.context() };
        let mut last = None;
        for statement in statements {
            last = match statement {
                Op::Select(_) | Op::Insert(_) | Op::Update(_) | Op::Delete(_) | Op::Merge(_) => {
                    columns_of(statement, &context.statement(statement, Some(scope))?)
                }
                Op::Gap(_) => Some(vec![None]),
                // What an earlier statement of the body makes is not there at validation: the server only parses these.
                _ => None,
            };
        }
        Ok(last)
    }
}

/// What a routine in language sql promises to return.
struct SqlResult<'a> {
    create: &'a CreateRoutine,
    args: &'a [Argument],
    returns: Option<&'a Ty>,
}

impl SqlResult<'_> {
    /// What a body can name besides what is there: the arguments.
    fn scope(&self) -> Scope<'static> {
        let inputs = self.args.iter().filter(|argument| matches!(argument.mode, 'i' | 'b' | 'v'));
        Scope::empty().with_arguments(inputs.map(|argument| (argument.name.clone(), Some(argument.ty.clone()))))
    }

    fn is_polymorphic(&self) -> bool {
        self.args.iter().any(|argument| is_polymorphic(&argument.ty)) || self.returns.is_some_and(is_polymorphic)
    }

    /// Pseudo-types that language sql does not take.
    fn check_signature(&self, apply: &Apply<'_>) -> Outcome<()> {
        let pseudo = |ty: &Ty| matches!(&ty.base, TyBase::Builtin(name) if !ty.array && matches!(name.as_str(), "trigger" | "event_trigger" | "internal" | "cstring" | "language_handler" | "fdw_handler" | "index_am_handler" | "table_am_handler" | "tsm_handler"));
        let refuse = |what: &str, ty: &Ty| {
            let shown = apply.context().format_type(ty, apply.catalog);
            Err(fail("42P13", format!("SQL functions cannot {what} type {shown}")).at(self.create.name.span).into())
        };
        if let Some(ty) = self.returns.filter(|ty| pseudo(ty)) {
            return refuse("return", ty);
        }
        match self.args.iter().find(|argument| pseudo(&argument.ty) || argument.ty.is("record")) {
            Some(argument) => refuse("have arguments of", &argument.ty),
            None => Ok(()),
        }
    }

    /// What the last statement yields must be what the routine returns; none when it yields nothing.
    fn check(&self, apply: &Apply<'_>, last: Option<&Columns>) -> Outcome<()> {
        let Some(returns) = self.returns else { return Ok(()) };
        if returns.is("void") || returns.is_open() {
            return Ok(());
        }
        let mismatch = |detail: String| {
            let shown = apply.context().format_type(returns, apply.catalog);
            let failure = fail("42P13", format!("return type mismatch in function declared to return {shown}"));
            Err(failure.detailed(vec![detail]).at(self.create.name.span).into())
        };
        let Some(columns) = last else {
            return mismatch("Function's final statement must be SELECT or INSERT/UPDATE/DELETE RETURNING.".into());
        };
        // More columns than are listed may come from what is not fully known.
        let known: Vec<&Ty> = columns.iter().flatten().collect();
        if known.len() < columns.len() {
            return Ok(());
        }
        let fits = |from: &Ty, to: &Ty| apply.context().assignable(from, to) != Verity::No;
        let shown = |ty: &Ty| apply.context().format_type(&Ty { modifiers: Default::default(), ..ty.clone() }, apply.catalog);
        let Some(row) = self.row(apply, returns) else {
            return match known[..] {
                [only] if fits(only, returns) => Ok(()),
                [only] => mismatch(format!("Actual return type is {}.", shown(only))),
                _ => mismatch("Final statement must return exactly one column.".into()),
            };
        };
        let Some(row) = row else { return Ok(()) };
        if let [only] = known[..]
            && (only.base == returns.base && only.array == returns.array || only.is("record") || only.is_open())
        {
            return Ok(());
        }
        for (at, ty) in known.iter().enumerate() {
            match row.get(at) {
                None => return mismatch("Final statement returns too many columns.".into()),
                Some(Some(wanted)) if !fits(ty, wanted) => {
                    let (found, wanted) = (shown(ty), shown(wanted));
                    return mismatch(format!("Final statement returns {found} instead of {wanted} at column {}.", at + 1));
                }
                Some(_) => {}
            }
        }
        if known.len() < row.len() {
            return mismatch("Final statement returns too few columns.".into());
        }
        Ok(())
    }

    /// The columns of the row that is returned: none when it is no row, the inner none when they are not fixed.
    fn row(&self, apply: &Apply<'_>, returns: &Ty) -> Option<Option<Columns>> {
        if returns.array {
            return None;
        }
        if returns.is("record") {
            let outs: Columns = self
                .args
                .iter()
                .filter(|argument| matches!(argument.mode, 'o' | 'b' | 't'))
                .map(|argument| Some(argument.ty.clone()))
                .collect();
            return Some((!outs.is_empty()).then_some(outs));
        }
        let object = apply.catalog.get(returns.object()?)?;
        let types = |columns: &mut dyn Iterator<Item = &Arc<crate::catalog::object::Column>>| {
            columns.map(|column| Some(column.ty.clone())).collect()
        };
        match &object.body {
            Body::Type(Type::Composite(columns)) => {
                Some((!object.presumed).then(|| types(&mut columns.iter().filter(|column| !column.dropped))))
            }
            Body::Relation(relation) => Some((!relation.open).then(|| types(&mut relation.live_columns()))),
            // A domain over a row type is read as that row.
            Body::Type(Type::Domain(domain)) => domain.ty.object().and_then(|_| self.row(apply, &domain.ty)).map(|_| None),
            _ => None,
        }
    }
}

/// What a statement yields, if it yields rows.
fn columns_of(op: &Op, shape: &Shape) -> Option<Columns> {
    let yields = match op {
        Op::Select(_) => true,
        Op::Insert(insert) => !insert.returning.is_empty(),
        Op::Update(update) => !update.returning.is_empty(),
        Op::Delete(delete) => !delete.returning.is_empty(),
        Op::Merge(_) => !shape.columns.is_empty(),
        _ => false,
    };
    let mut columns: Columns = shape.columns.iter().map(|(_, ty)| ty.clone().map(text_if_untyped)).collect();
    if shape.open {
        columns.push(None);
    }
    yields.then_some(columns)
}

/// Literals that nothing gives a type are text.
fn text_if_untyped(ty: Ty) -> Ty {
    if ty.is("unknown") { Ty::builtin("text") } else { ty }
}

fn is_polymorphic(ty: &Ty) -> bool {
    matches!(&ty.base, TyBase::Builtin(name) if name.starts_with("any"))
}
