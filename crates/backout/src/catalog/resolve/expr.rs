//! Expressions: references found, types inferred, spelling normalised.
//!
//! The text that comes out distinguishes what the server's own deparsing distinguishes: spelling, parentheses and
//! what the parser makes the same (`IN` and `= ANY`, `BETWEEN` and two comparisons) vanish, casts of literals and of
//! operands that the server adds are written out.

use super::super::builtin::{Cast, CommonType, Volatility, common_type};
use super::super::context::{Context, Outcome, Stop, fail};
use super::super::object::{Body, ObjId, Ty, TyBase, Type};
use super::super::template::{Piece, Template};
use super::query::{CteEntry, Untyped};
use super::rows::RowUse;
use super::scope::Scope;
use super::source::{type_key, type_of_key};
use super::types::format_bare;
use crate::op::{Constant, Expr, Gap, GapKind, Name, Reach};
use crate::source::Span;
use arcstr::ArcStr;

/// Where an expression stands, which decides what it may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ExprPlace {
    Default,
    Check,
    DomainCheck,
    DomainDefault,
    Index,
    IndexPredicate,
    Generated,
    PartitionKey,
    PartitionBound,
    Policy,
    TriggerWhen,
    ArgumentDefault,
    /// `USING` of `ALTER COLUMN TYPE`.
    Using,
    /// An item of a select list, `ORDER BY`, `RETURNING`.
    Statement,
    /// A condition: `WHERE`.
    Where,
    /// A join's condition.
    JoinOn,
    /// `HAVING`.
    Having,
    /// `GROUP BY`.
    GroupBy,
    /// `VALUES`.
    Values,
    /// `SET c = …`.
    Assignment,
    /// `LIMIT`, `OFFSET`.
    Limit,
    /// An argument of `CALL` or `EXECUTE`.
    CallArgument,
    /// A function in `FROM`.
    FromFunction,
}

impl ExprPlace {
    /// What the server calls the place, in the plural, where it forbids aggregates; none where they are allowed.
    pub(super) fn plural(self) -> Option<&'static str> {
        Some(match self {
            ExprPlace::Default | ExprPlace::DomainDefault | ExprPlace::ArgumentDefault => "DEFAULT expressions",
            ExprPlace::Check | ExprPlace::DomainCheck => "check constraints",
            ExprPlace::Index => "index expressions",
            ExprPlace::IndexPredicate => "index predicates",
            ExprPlace::Generated => "column generation expressions",
            ExprPlace::PartitionKey => "partition key expressions",
            ExprPlace::PartitionBound => "partition bound",
            ExprPlace::Policy => "policy expressions",
            ExprPlace::TriggerWhen => "trigger WHEN conditions",
            ExprPlace::Using => "transform expressions",
            ExprPlace::Where => "WHERE",
            ExprPlace::JoinOn => "JOIN conditions",
            ExprPlace::GroupBy => "GROUP BY",
            ExprPlace::Values => "VALUES",
            ExprPlace::Assignment => "UPDATE",
            ExprPlace::Limit => "LIMIT",
            ExprPlace::CallArgument => "CALL arguments",
            ExprPlace::FromFunction => "functions in FROM",
            ExprPlace::Statement | ExprPlace::Having => return None,
        })
    }

    /// What the server calls the place where it forbids subqueries.
    fn without_subquery(self) -> Option<&'static str> {
        Some(match self {
            ExprPlace::Default | ExprPlace::DomainDefault | ExprPlace::ArgumentDefault => "DEFAULT expression",
            ExprPlace::Check | ExprPlace::DomainCheck => "check constraint",
            ExprPlace::Index => "index expression",
            ExprPlace::IndexPredicate => "index predicate",
            ExprPlace::Generated => "column generation expression",
            ExprPlace::PartitionKey => "partition key expression",
            ExprPlace::PartitionBound => "partition bound",
            ExprPlace::TriggerWhen => "trigger WHEN condition",
            ExprPlace::Using => "transform expression",
            ExprPlace::CallArgument => "CALL argument",
            _ => return None,
        })
    }

    /// The clause whose condition must be boolean.
    fn condition(self) -> Option<&'static str> {
        Some(match self {
            ExprPlace::Check | ExprPlace::DomainCheck => "CHECK",
            ExprPlace::IndexPredicate | ExprPlace::Where => "WHERE",
            ExprPlace::Policy => "POLICY",
            ExprPlace::TriggerWhen => "WHEN",
            ExprPlace::JoinOn => "JOIN/ON",
            ExprPlace::Having => "HAVING",
            _ => return None,
        })
    }
}

/// How deep expressions may nest in each other.
const DEPTH: u32 = 200;

/// One run of the analysis.
pub(super) struct Resolver<'r, 'c> {
    pub(super) context: &'r Context<'c>,
    pub(super) out: Vec<Piece>,
    pub(super) place: ExprPlace,
    /// Common table expressions in sight, innermost last.
    pub(super) ctes: Vec<CteEntry>,
    pub(super) uses: RowUse,
    /// Whether calls are to be noted in `uses`.
    pub(super) collect: bool,
    /// Nobody reads what the literal at hand prints as.
    pub(super) silent: bool,
    /// Whether the expression stands directly in the select list of a query without FROM.
    pub(super) once: bool,
    /// Whether the expression is an argument of a function that takes a sequence.
    pub(super) counts: bool,
    /// The highest volatility of what is certainly called.
    pub(super) volatility: Volatility,
    /// An aggregate of the query at hand was called.
    pub(super) aggregates: bool,
    /// The next query is an arm of a `UNION` or its like, which gives its literals their types.
    pub(super) arm: bool,
    /// What waits for a type in the last such arm.
    pub(super) untyped: Untyped,
    /// The names of relations in all queries around and in the one at hand, whose own begin at `own_names`.
    pub(super) names: Vec<Name>,
    pub(super) own_names: usize,
    /// How many references went to a query around.
    pub(super) outer: u32,
    /// Within a query, where columns may need their relation's name.
    pub(super) queries: u32,
    /// The outermost query is a view's.
    pub(super) of_view: bool,
    pub(super) depth: u32,
}

/// What an expression became: a range of pieces with a type.
pub(super) struct Value<'e> {
    /// The type; none when it cannot be told. An untyped literal is of type `unknown`.
    pub(super) ty: Option<Ty>,
    /// Where its pieces begin.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
    /// The literal that still waits for its type.
    pub(super) literal: Option<&'e Constant>,
}

impl Value<'_> {
    /// The type by the name that the built-in rules use.
    pub(super) fn key(&self) -> Option<ArcStr> {
        self.ty.as_ref().map(type_key)
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.ty.as_ref().is_some_and(|ty| ty.is("unknown"))
    }
}

impl Context<'_> {
    /// An expression with its references resolved, normalised; with `expected` it is brought into that type as an
    /// assignment would.
    pub fn expr(&self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Ty>, place: ExprPlace) -> Outcome<Template> {
        let mut resolver = Resolver::new(self, place);
        let ty = resolver.top(expr, scope, expected)?;
        Ok(Template { pieces: merged(resolver.out), ty })
    }

    /// The expression that a template's text means today; none when it means the same, or cannot be read. Where it compares
    /// what has no such operator any more, the server refuses it.
    pub fn read_again(&self, template: &Template, table: ObjId, place: ExprPlace) -> Outcome<Option<Template>> {
        use super::super::Names;
        let text = self.catalog.print(template);
        let Some(Ok(expr)) = self.catalog.read_expression.map(|read| read(&text, self.catalog.version)) else { return Ok(None) };
        match self.expr(&expr, &self.table_scope(table), None, place) {
            // SQL's own forms are printed in capitals and read as plain calls: that is no change.
            Ok(new) => Ok((!self.catalog.print(&new).eq_ignore_ascii_case(&text)).then_some(new)),
            Err(stop) => {
                let (mut failure, known) = match stop {
                    Stop::Fail(failure) => (failure, true),
                    Stop::Missing(missing) => (missing.failure, missing.open.is_none()),
                    Stop::Gap(_) => return Ok(None),
                };
                let said = &failure.message;
                let refuses =
                    said.starts_with("operator does not exist") || said.contains("must be type boolean") || self.lacks_overload(said);
                if !known || !refuses {
                    return Ok(None);
                }
                // It stands nowhere in the statement.
                failure.span = None;
                Err(failure.into())
            }
        }
    }

    /// Whether it is said that a function of the server's own does not exist for these types.
    fn lacks_overload(&self, message: &str) -> bool {
        let name = message.strip_prefix("function ").and_then(|rest| rest.split_once('(')).map(|(name, _)| name);
        let own = |name: &str| self.builtin.functions(name.trim_start_matches("pg_catalog.")).next().is_some();
        message.ends_with("does not exist") && name.is_some_and(own)
    }

    /// An expression that stands alone, as a default does.
    pub fn expr_alone(&self, expr: &Expr, expected: Option<&Ty>, place: ExprPlace) -> Outcome<Template> {
        self.expr(expr, &Scope::empty(), expected, place)
    }

    /// The scope of an expression over the columns of one relation.
    pub fn table_scope(&self, table: ObjId) -> Scope<'static> {
        Scope::relation(self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default(), table)
    }
}

/// Pieces with neighbouring text joined, and without marks.
pub(super) fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len() / 2 + 1);
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(&part),
            Piece::Mark(_) => {}
            other => {
                if !text.is_empty() {
                    merged.push(Piece::Text(text.as_str().into()));
                    text.clear();
                }
                merged.push(other);
            }
        }
    }
    if !text.is_empty() {
        merged.push(Piece::Text(text.into()));
    }
    merged
}

impl<'r, 'c> Resolver<'r, 'c> {
    pub(super) fn new(context: &'r Context<'c>, place: ExprPlace) -> Self {
        Self {
            context,
            out: Vec::new(),
            place,
            ctes: Vec::new(),
            uses: RowUse::default(),
            collect: false,
            silent: false,
            once: false,
            counts: false,
            volatility: Volatility::Immutable,
            aggregates: false,
            arm: false,
            untyped: Vec::new(),
            names: Vec::new(),
            own_names: 0,
            outer: 0,
            queries: 0,
            of_view: false,
            depth: 0,
        }
    }

    /// A whole expression, with the rules of its place.
    fn top(&mut self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Ty>) -> Outcome<Option<Ty>> {
        let value = self.eval(expr, scope)?;
        if let Some(clause) = self.place.condition() {
            self.condition(&value, clause)?;
        }
        self.immutable()?;
        let ty = match expected {
            Some(target) if self.place.condition().is_none() => {
                self.assigned(&value, target, scope)?;
                // An implicit cast is no part of a default: ALTER TYPE makes it anew from what is below it.
                let own = value.ty.clone().filter(|_| self.place == ExprPlace::Default && value.literal.is_none() && !value.is_unknown());
                own.or_else(|| Some(target.clone()))
            }
            _ => {
                let mut ty = value.ty.clone();
                if value.is_unknown() {
                    self.coerce(&value, &Ty::builtin("text"))?;
                    // What a literal is cast to is the caller's to say where it converts a column.
                    ty = (self.place != ExprPlace::Using).then(|| Ty::builtin("text"));
                }
                ty
            }
        };
        self.immutable()?;
        Ok(ty)
    }

    /// What is kept in an index or a generated column must not depend on anything else.
    fn immutable(&self) -> Outcome<()> {
        let message = match self.place {
            _ if self.volatility == Volatility::Immutable => return Ok(()),
            ExprPlace::Index => "functions in index expression must be marked IMMUTABLE",
            ExprPlace::IndexPredicate => "functions in index predicate must be marked IMMUTABLE",
            ExprPlace::PartitionKey => "functions in partition key expression must be marked IMMUTABLE",
            ExprPlace::Generated => "generation expression is not immutable",
            _ => return Ok(()),
        };
        Err(fail("42P17", message).into())
    }

    /// Brings a value into a column's type; what cannot be assigned is an error where that is certain.
    pub(super) fn assigned(&mut self, value: &Value<'_>, target: &Ty, scope: &Scope<'_>) -> Outcome<()> {
        if value.literal.is_some() || value.is_unknown() {
            let plain = Ty { modifiers: Name::default(), ..self.context.without_domain(target) };
            self.coerce(value, &plain)?;
            return Ok(());
        }
        let Some(ty) = &value.ty else { return Ok(()) };
        if matches!(self.context.cast(ty, target), Cast::Explicit | Cast::None) {
            let column = scope.target.as_ref().map(|name| format!("column \"{name}\"")).unwrap_or_else(|| "column".into());
            let (to, from) = (format_bare(target, self.context.catalog), format_bare(ty, self.context.catalog));
            let message = match self.place {
                ExprPlace::Default | ExprPlace::DomainDefault | ExprPlace::Generated => {
                    format!("{column} is of type {to} but default expression is of type {from}")
                }
                ExprPlace::ArgumentDefault => format!("argument of DEFAULT must be type {to}, not type {from}"),
                ExprPlace::Using => {
                    let column = scope.target.as_deref().unwrap_or_default();
                    format!("result of USING clause for column \"{column}\" cannot be cast automatically to type {to}")
                }
                _ => format!("{column} is of type {to} but expression is of type {from}"),
            };
            return Err(fail("42804", message).into());
        }
        Ok(())
    }

    /// A condition must be boolean.
    pub(super) fn condition(&mut self, value: &Value<'_>, clause: &str) -> Outcome<()> {
        if value.is_unknown() {
            self.coerce(value, &Ty::builtin("bool"))?;
            return Ok(());
        }
        let Some(ty) = &value.ty else { return Ok(()) };
        if matches!(self.context.cast(ty, &Ty::builtin("bool")), Cast::Assignment | Cast::Explicit | Cast::None) {
            let shown = format_bare(ty, self.context.catalog);
            return Err(fail("42804", format!("argument of {clause} must be type boolean, not type {shown}")).into());
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: impl Into<Name>) {
        self.out.push(Piece::Text(text.into()));
    }

    pub(super) fn fixed(&mut self, text: &'static str) {
        self.out.push(Piece::Text(Name::from(text)));
    }

    pub(super) fn value<'e>(&self, start: usize, ty: Option<Ty>) -> Value<'e> {
        Value { ty, start, end: self.out.len(), literal: None }
    }

    pub(super) fn bool_value<'e>(&self, start: usize) -> Value<'e> {
        self.value(start, Some(Ty::builtin("bool")))
    }

    /// An expression with its place within a query.
    pub(super) fn eval_at<'e>(&mut self, expr: &'e Expr, scope: &Scope<'_>, place: ExprPlace) -> Outcome<Value<'e>> {
        let before = std::mem::replace(&mut self.place, place);
        let value = self.eval(expr, scope);
        self.place = before;
        value
    }

    /// A condition of a query.
    pub(super) fn filter(&mut self, expr: &Expr, scope: &Scope<'_>, place: ExprPlace) -> Outcome<()> {
        let value = self.eval_at(expr, scope, place)?;
        self.condition(&value, place.condition().unwrap_or("WHERE"))
    }

    pub(super) fn eval<'e>(&mut self, expr: &'e Expr, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.deeper(1)?;
        let value = self.eval_inner(expr, scope);
        self.depth -= 1;
        value
    }

    /// Counts levels of nesting; a query is worth several.
    pub(super) fn deeper(&mut self, levels: u32) -> Outcome<()> {
        if self.depth + levels > DEPTH {
            let reason = "an expression nested too deeply".to_owned();
            return Err(Stop::Gap(Box::new(Gap { kind: GapKind::Limit, reason, reach: Reach::Everything, span: Span::default() })));
        }
        self.depth += levels;
        Ok(())
    }

    fn eval_inner<'e>(&mut self, expr: &'e Expr, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        // Only what stands at the very top of a select list is called exactly once.
        let once = std::mem::replace(&mut self.once, false);
        match expr {
            Expr::Constant(constant) => Ok(self.constant(constant)),
            Expr::Column { parts, span } => self.column(parts, *span, scope),
            Expr::Star(parts) => self.row_star(parts, scope),
            Expr::Param(number) => {
                self.text(format!("${number}"));
                let ty = scope_param(scope, *number);
                Ok(self.value(start, ty))
            }
            Expr::Cast { expr, ty } => self.cast(expr, ty, scope),
            Expr::Call(call) => {
                self.once = once;
                self.call(call, scope)
            }
            Expr::Operator { .. } => self.operator_chain(expr, scope),
            Expr::And(terms) => self.junction(terms, "AND", scope),
            Expr::Or(terms) => self.junction(terms, "OR", scope),
            Expr::Not(inner) => self.not(inner, scope),
            Expr::Is { expr, test } => self.is(expr, test, scope),
            Expr::IsDistinct { left, right, not } => {
                let start = self.out.len();
                // The server keeps a negation of its own.
                self.fixed(if *not { "(NOT " } else { "" });
                let value = self.comparison("=", " IS DISTINCT FROM ", left, right, scope)?;
                self.fixed(if *not { ")" } else { "" });
                Ok(self.value(start, value.ty))
            }
            Expr::Between { expr, low, high, not, symmetric } => self.between(expr, low, high, *not, *symmetric, scope),
            Expr::InList { expr, list, not } => self.in_list(expr, list, *not, scope),
            Expr::InQuery { expr, query, not } => self.in_query(expr, query, *not, scope),
            Expr::Quantified { left, op, all, right } => self.quantified(left, op, *all, right, scope),
            Expr::Case { operand, arms, otherwise } => self.case(operand.as_deref(), arms, otherwise.as_deref(), scope),
            Expr::Array(elements) => self.array(elements, None, scope),
            Expr::ArrayQuery(query) => self.array_query(query, scope),
            Expr::Row(items) => self.row(items, scope),
            Expr::Subquery(query) => self.subquery(query, scope),
            Expr::Exists(query) => self.exists(query, scope),
            Expr::Subscript { expr, bounds, slice } => self.subscript(expr, bounds, *slice, scope),
            Expr::Field { expr, field } => self.field(expr, field, scope),
            Expr::Collate { expr, collation } => self.collate(expr, collation, scope),
            Expr::Default => {
                self.fixed("DEFAULT");
                Ok(self.value(start, None))
            }
        }
    }

    /// Expressions with commas between them.
    pub(super) fn list(&mut self, items: &[Expr], scope: &Scope<'_>) -> Outcome<()> {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            if let Expr::Star(parts) = item {
                self.star_in_place(parts, scope)?;
            } else {
                let value = self.eval(item, scope)?;
                self.untyped_as_text(&value)?;
            }
        }
        Ok(())
    }

    fn junction<'e>(&mut self, terms: &'e [Expr], word: &'static str, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        for (at, term) in terms.iter().enumerate() {
            if at > 0 {
                self.fixed(" ");
                self.fixed(word);
                self.fixed(" ");
            }
            let value = self.eval(term, scope)?;
            self.condition(&value, word)?;
        }
        self.fixed(")");
        Ok(self.bool_value(start))
    }

    pub(super) fn no_subquery(&self) -> Outcome<()> {
        match self.place.without_subquery() {
            Some(place) => Err(fail("0A000", format!("cannot use subquery in {place}")).into()),
            None => Ok(()),
        }
    }

    /// A literal that nothing gives a type is text.
    pub(super) fn untyped_as_text(&mut self, value: &Value<'_>) -> Outcome<()> {
        if value.is_unknown() && value.literal.is_some() {
            self.coerce(value, &Ty::builtin("text"))?;
        }
        Ok(())
    }

    /// `CAST(e AS t)`.
    fn cast<'e>(&mut self, inner: &'e Expr, written: &'e crate::op::TypeName, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        let target = self.context.ty(written)?;
        // The elements of a written array take the type of the cast. In what the server prints, one around an array of another type is
        // its own, of an IN list: it is there before anybody reads the print.
        let printed = |elements: &[Expr]| {
            self.context.catalog.reads_print
                && elements.iter().all(|element| matches!(element, Expr::Cast { ty, .. } if ty.name != written.name))
        };
        if let Expr::Array(elements) = inner
            && target.array
            && !printed(elements)
        {
            let element = Ty { array: false, ..target.clone() };
            self.array(elements, Some(&element), scope)?;
            return Ok(self.value(start, Some(target)));
        }
        let value = self.eval(inner, scope)?;
        if value.is_unknown() {
            self.coerce(&value, &target)?;
            return Ok(self.value(start, Some(target)));
        }
        if let Some(from) = &value.ty {
            if from.base == target.base && from.array == target.array && (target.modifiers.is_empty() || target.modifiers == from.modifiers)
            {
                return Ok(Value { ty: Some(target), ..value });
            }
            if self.context.cast(from, &target) == Cast::None {
                let (from, to) = (format_bare(from, self.context.catalog), format_bare(&target, self.context.catalog));
                return Err(fail("42846", format!("cannot cast type {from} to {to}")).at(written.span).into());
            }
            self.cast_volatility(from, &target);
        }
        self.type_suffix(&target);
        Ok(self.value(start, Some(target)))
    }

    /// `::type`.
    pub(super) fn type_suffix(&mut self, ty: &Ty) {
        let pieces = self.suffix(ty);
        self.out.extend(pieces);
    }

    /// The pieces of `::type`.
    pub(super) fn suffix(&self, ty: &Ty) -> Vec<Piece> {
        match ty.base {
            TyBase::User(id) => {
                let mut pieces = vec![Piece::Text(arcstr::literal!("::")), Piece::Object(id)];
                let rest = match (ty.modifiers.is_empty(), ty.array) {
                    (true, false) => return pieces,
                    (true, true) => "[]".to_owned(),
                    (false, array) => format!("({}){}", ty.modifiers, if array { "[]" } else { "" }),
                };
                pieces.push(Piece::Text(rest.into()));
                pieces
            }
            TyBase::Builtin(_) | TyBase::Open(_) => {
                vec![Piece::Text(format!("::{}", super::types::format_type(ty, self.context.catalog)).into())]
            }
        }
    }

    /// The type that several branches share; literals among them take it.
    pub(super) fn common(&mut self, what: &str, branches: &[Value<'_>]) -> Outcome<Option<Ty>> {
        let ty = self.common_ty(what, branches)?;
        self.coerce_all(ty.as_ref(), branches)?;
        Ok(ty)
    }

    pub(super) fn coerce_all(&mut self, ty: Option<&Ty>, branches: &[Value<'_>]) -> Outcome<()> {
        let Some(ty) = ty else { return Ok(()) };
        let plain = Ty { modifiers: Name::default(), ..ty.clone() };
        // From the last to the first, so that the places of the others stay.
        branches.iter().rev().try_for_each(|branch| self.coerce(branch, &plain))
    }

    /// The type that several branches share.
    pub(super) fn common_ty(&self, what: &str, branches: &[Value<'_>]) -> Outcome<Option<Ty>> {
        let Some(first) = branches.first() else { return Ok(None) };
        if let Some(ty) = &first.ty
            && !first.is_unknown()
            && branches.iter().all(|branch| branch.ty.as_ref() == Some(ty))
        {
            return Ok(Some(ty.clone()));
        }
        let mut keys = Vec::with_capacity(branches.len());
        for branch in branches {
            match branch.key() {
                Some(key) => keys.push(key),
                None => return Ok(None),
            }
        }
        let names: Vec<&str> = keys.iter().map(ArcStr::as_str).collect();
        match common_type(self.context, &names) {
            CommonType::Maybe => Ok(None),
            CommonType::One(key) => Ok(Some(type_of_key(&key))),
            CommonType::None => {
                let mut kinds = branches.iter().filter_map(|branch| branch.ty.as_ref()).filter(|ty| !ty.is("unknown"));
                let first = kinds.next();
                let clash = kinds.find(|ty| {
                    let category = |ty: &Ty| self.context.facts(&self.context.without_domain(ty)).map(|facts| facts.category);
                    first.map(category) != Some(category(ty))
                });
                let shown = |ty: Option<&Ty>| ty.map(|ty| format_bare(ty, self.context.catalog)).unwrap_or_default();
                let message = format!("{what} types {} and {} cannot be matched", shown(first), shown(clash));
                Err(fail("42804", message).into())
            }
        }
    }
}

impl Context<'_> {
    /// A field of a composite type or of a relation's row type.
    pub(super) fn attribute(&self, ty: &Ty, field: &str) -> Option<(ObjId, u16, Ty)> {
        if ty.array {
            return None;
        }
        let id = ty.object()?;
        let column = match &self.catalog.get(id)?.body {
            Body::Relation(relation) => relation.column(field)?,
            Body::Type(Type::Composite(columns)) => columns.iter().find(|column| !column.dropped && column.name == field)?,
            _ => return None,
        };
        Some((id, column.number, column.ty.clone()))
    }
}

fn scope_param(scope: &Scope<'_>, number: u32) -> Option<Ty> {
    let mut level = Some(scope);
    while let Some(scope) = level {
        if let Some(ty) = scope.params.get((number as usize).wrapping_sub(1)) {
            return ty.clone();
        }
        level = scope.parent;
    }
    None
}

/// The type of a number as it is written.
pub(super) fn number_type(number: &str) -> Ty {
    match integer_value(number) {
        Some(value) if i32::try_from(value).is_ok() => Ty::builtin("int4"),
        Some(value) if i64::try_from(value).is_ok() => Ty::builtin("int8"),
        _ => Ty::builtin("numeric"),
    }
}

/// The value of an integer as it is written, in any radix.
pub(super) fn integer_value(number: &str) -> Option<i128> {
    let plain: String = number.chars().filter(|c| *c != '_').collect();
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |digits| (-1, digits));
    let (radix, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        _ => (10, digits),
    };
    i128::from_str_radix(digits, radix).ok().map(|value| value * sign)
}
