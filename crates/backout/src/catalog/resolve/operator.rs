//! Operators, and the tests that the server's parser makes of them.

use super::super::builtin::{Extension, Overload, Resolution, Resolved, TypeSource, Volatility, resolve_operator};
use super::super::context::{Context, Missing, Outcome, Stop, Want, fail};
use super::super::object::{Body, ObjId, Ty, TyBase};
use super::super::template::Piece;
use super::super::{Class, Key, Presence};
use super::expr::{Resolver, Value};
use super::scope::Scope;
use super::source::{WHOLLY_OPEN, type_key, type_of_key};
use super::types::format_bare;
use crate::op::{Expr, Name};
use arcstr::ArcStr;

/// The operator that is meant.
pub(super) struct Found {
    pub(super) result: Option<Ty>,
    /// The declared operand types, where they are known.
    pub left: Option<Ty>,
    right: Option<Ty>,
    /// The operator, if it is one of the schema's.
    id: Option<ObjId>,
}

impl Found {
    /// The type of the left operand once it is what the operator takes.
    pub(super) fn left_taken(&self, given: &Ty, context: &Context<'_>) -> Option<Ty> {
        self.result.as_ref()?;
        let base = context.without_domain(given);
        Some(match &self.left {
            Some(taken) if taken.base != base.base && !matches!(&taken.base, TyBase::Builtin(name) if name.starts_with("any")) => {
                taken.clone()
            }
            _ => base,
        })
    }

    fn of(arguments: &str, result: &str, id: Option<ObjId>) -> Self {
        let (left, right) = arguments.split_once(',').unwrap_or(("", ""));
        let ty = |key: &str| (!key.is_empty()).then(|| type_of_key(key));
        Self { result: ty(result), left: ty(left), right: ty(right), id }
    }
}

impl Resolver<'_, '_> {
    /// An operator with its operands; the left operand of a chain is gone into without recursion.
    pub(super) fn operator_chain<'e>(&mut self, expr: &'e Expr, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        if let Expr::Operator { name, left: Some(left), right, .. } = expr
            && let (Expr::Row(_), Expr::Subquery(query)) = (&**left, &**right)
        {
            return self.row_query(left, &format!(" {name} ("), query, false, scope);
        }
        let start = self.out.len();
        let mut links = Vec::new();
        let mut inner = expr;
        while let Expr::Operator { schema, name, left, right } = inner {
            links.push((schema.as_ref(), name, right));
            match left {
                Some(left) => inner = left,
                None => break,
            }
        }
        for _ in &links {
            self.fixed("(");
        }
        let prefix = matches!(inner, Expr::Operator { .. });
        let mut left = if prefix { None } else { Some(self.eval(inner, scope)?) };
        for (schema, name, right) in links.into_iter().rev() {
            let at = self.out.len();
            self.text(if left.is_some() { format!(" {name} ") } else { format!("{name} ") });
            let right = self.eval(right, scope)?;
            let found = self.apply(schema, name, left.as_ref(), &right, at)?;
            self.fixed(")");
            left = Some(self.value(start, found.result));
        }
        Ok(left.unwrap_or_else(|| self.value(start, None)))
    }

    /// Finds an operator between two values that stand one behind the other, and brings them into its types.
    fn apply(&mut self, schema: Option<&Name>, name: &Name, left: Option<&Value<'_>>, right: &Value<'_>, at: usize) -> Outcome<Found> {
        let found = self.find_operator(schema, name, left.map(Value::key), right.key())?;
        self.operand(right, found.right.as_ref(), left.and_then(|left| left.ty.as_ref()))?;
        let mut grown = 0;
        if let Some(left) = left {
            let before = self.out.len();
            self.operand(left, found.left.as_ref(), right.ty.as_ref())?;
            grown = self.out.len() - before;
        }
        if let Some(id) = found.id {
            let text = |text| Piece::Text(Name::from(text));
            self.out.splice(at + grown..at + grown + 1, [text(" OPERATOR("), Piece::Object(id), text(") ")]);
        }
        Ok(found)
    }

    /// Brings an operand into its declared type; a polymorphic one takes the other operand's.
    pub(super) fn operand(&mut self, value: &Value<'_>, declared: Option<&Ty>, other: Option<&Ty>) -> Outcome<()> {
        match declared {
            Some(declared) if !self.is_polymorphic(declared) => self.coerce(value, declared),
            Some(_) if value.literal.is_some() => match other {
                Some(other) if !other.is("unknown") => {
                    let plain = Ty { modifiers: Name::default(), ..self.context.without_domain(other) };
                    self.coerce(value, &plain)
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The operator between a type and a value, which is brought into the type.
    pub(super) fn resolve_operator_between(&mut self, name: &str, left: Option<&Ty>, right: &Value<'_>) -> Outcome<Found> {
        let found = self.find_operator(None, &name.into(), Some(left.map(type_key)), right.key())?;
        self.operand(right, found.right.as_ref(), left)?;
        Ok(found)
    }

    /// `(left op right)`, where the text for the operator may be another one.
    pub(super) fn comparison<'e>(
        &mut self,
        name: &'static str,
        text: &'static str,
        left: &'e Expr,
        right: &'e Expr,
        scope: &Scope<'_>,
    ) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        let left = self.eval(left, scope)?;
        let at = self.out.len();
        self.fixed(text);
        let right = self.eval(right, scope)?;
        let found = self.apply(None, &Name::from(name), Some(&left), &right, at)?;
        self.fixed(")");
        let bool_result = Some(Ty::builtin("bool"));
        Ok(self.value(start, if found.result.is_some() { bool_result } else { None }))
    }

    /// `BETWEEN` is two comparisons.
    pub(super) fn between<'e>(
        &mut self,
        expr: &'e Expr,
        low: &'e Expr,
        high: &'e Expr,
        not: bool,
        symmetric: bool,
        scope: &Scope<'_>,
    ) -> Outcome<Value<'e>> {
        let start = self.out.len();
        let (first, second, between) = match (not, symmetric) {
            (false, false) => (">=", "<=", ") AND ("),
            (true, false) => ("<", ">", ") OR ("),
            (false, true) => (">=", "<=", ") SYMMETRIC ("),
            (true, true) => ("<", ">", ") NOT SYMMETRIC ("),
        };
        self.fixed("((");
        let value = self.eval(expr, scope)?;
        let copy: Vec<Piece> = self.out.get(value.start..value.end).unwrap_or_default().to_vec();
        let at = self.out.len();
        self.text(format!(" {first} "));
        let bound = self.eval(low, scope)?;
        self.apply(None, &first.into(), Some(&value), &bound, at)?;
        self.fixed(between);
        let again = Value { ty: value.ty.clone(), start: self.out.len(), end: self.out.len() + copy.len(), literal: value.literal };
        self.out.extend(copy);
        let at = self.out.len();
        self.text(format!(" {second} "));
        let bound = self.eval(high, scope)?;
        self.apply(None, &second.into(), Some(&again), &bound, at)?;
        self.fixed("))");
        Ok(self.value(start, Some(Ty::builtin("bool"))))
    }

    /// `IN (a, b)` is `= ANY (ARRAY[a, b])`, and of one element a comparison.
    pub(super) fn in_list<'e>(&mut self, expr: &'e Expr, list: &'e [Expr], not: bool, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let name = if not { "<>" } else { "=" };
        if let [only] = list {
            return self.comparison(name, if not { " <> " } else { " = " }, expr, only, scope);
        }
        let start = self.out.len();
        self.fixed("(");
        let left = self.eval(expr, scope)?;
        let operator_at = self.out.len();
        self.fixed(if not { " <> ALL (" } else { " = ANY (" });
        let array_start = self.out.len();
        self.fixed("ARRAY[");
        let mut items = Vec::with_capacity(list.len());
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            items.push(self.eval(item, scope)?);
        }
        let items_end = self.out.len();
        // The left side counts among the branches of the common type.
        let left_ty = left.ty.clone();
        items.insert(0, left);
        let common = self.common_ty("IN", &items);
        let left = items.remove(0);
        let columns = self.out.get(array_start..items_end).unwrap_or_default().iter().any(|piece| matches!(piece, Piece::Column(..)));
        match common {
            Ok(Some(common)) if !columns => {
                let common = Ty { modifiers: Name::default(), ..self.context.without_domain(&common) };
                let found = self.find_operator(None, &Name::from(name), Some(left.key()), Some(type_key(&common)))?;
                self.fixed("]");
                if let Some(declared) = &found.right
                    && !self.is_polymorphic(declared)
                    && (declared.base != common.base || declared.array != common.array)
                {
                    let array = Ty { array: true, modifiers: Name::default(), ..declared.clone() };
                    self.type_suffix(&array);
                }
                for item in items.iter().rev() {
                    self.coerce(item, &common)?;
                }
                self.operand(&left, found.left.as_ref(), Some(&common))?;
                if let (Some(_), Some(piece)) = (found.id, self.out.get(operator_at)) {
                    // An operator of the schema makes the list depend on it; the text stays.
                    let _ = piece;
                }
            }
            _ => {
                // Each element is compared on its own.
                for item in items.iter().rev() {
                    let found = self.find_operator(None, &Name::from(name), Some(left_ty.as_ref().map(type_key)), item.key())?;
                    self.operand(item, found.right.as_ref(), left_ty.as_ref())?;
                }
                self.fixed("]");
            }
        }
        self.fixed("))");
        Ok(self.value(start, Some(Ty::builtin("bool"))))
    }

    /// `e IN (SELECT …)`; `NOT IN` is kept as its negation, unlike that of a list.
    pub(super) fn in_query<'e>(&mut self, expr: &'e Expr, query: &'e crate::op::Query, not: bool, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.row_query(expr, " = ANY (", query, not, scope)
    }

    /// A value or a row compared with those of a query, which has as many columns.
    fn row_query<'e>(
        &mut self,
        expr: &'e Expr,
        operator: &str,
        query: &'e crate::op::Query,
        not: bool,
        scope: &Scope<'_>,
    ) -> Outcome<Value<'e>> {
        self.no_subquery()?;
        let start = self.out.len();
        self.fixed(if not { "(NOT (" } else { "(" });
        let left = self.eval(expr, scope)?;
        self.text(operator.to_owned());
        let rows = self.query(query, Some(scope))?;
        self.fixed(if not { ")))" } else { "))" });
        let columns = if rows.open { Vec::new() } else { rows.columns };
        let width = if let Expr::Row(items) = expr { items.len() } else { 1 };
        if columns.len() > width && !columns.is_empty() {
            return Err(fail("42601", "subquery has too many columns").at(query.span).into());
        }
        if columns.len() < width && !columns.is_empty() {
            return Err(fail("42601", "subquery has too few columns").at(query.span).into());
        }
        if width == 1
            && let Some((_, ty)) = columns.into_iter().next()
        {
            let found = self.find_operator(None, &arcstr::literal!("="), Some(left.key()), ty.as_ref().map(type_key))?;
            self.operand(&left, found.left.as_ref(), ty.as_ref())?;
        }
        Ok(self.value(start, Some(Ty::builtin("bool"))))
    }

    /// `e op ANY (array or query)`.
    pub(super) fn quantified<'e>(
        &mut self,
        left: &'e Expr,
        op: &Name,
        all: bool,
        right: &'e Expr,
        scope: &Scope<'_>,
    ) -> Outcome<Value<'e>> {
        let word = if all { "ALL" } else { "ANY" };
        let start = self.out.len();
        if let Expr::Subquery(query) = right {
            self.no_subquery()?;
            self.fixed("(");
            let left = self.eval(left, scope)?;
            self.text(format!(" {op} {word} ("));
            let rows = self.query(query, Some(scope))?;
            self.fixed("))");
            if let [(_, ty)] = rows.columns.as_slice()
                && !rows.open
            {
                let found = self.find_operator(None, op, Some(left.key()), ty.as_ref().map(type_key))?;
                self.operand(&left, found.left.as_ref(), ty.as_ref())?;
            }
            return Ok(self.value(start, Some(Ty::builtin("bool"))));
        }
        self.fixed("(");
        let left = self.eval(left, scope)?;
        self.text(format!(" {op} {word} ("));
        let array = self.eval(right, scope)?;
        let ty = array.ty.as_ref().map(|ty| self.context.without_domain(ty));
        let element = match &ty {
            Some(ty) if ty.array => Some(Ty { array: false, modifiers: Name::default(), ..ty.clone() }),
            Some(ty) if ty.is("unknown") => Some(ty.clone()),
            Some(ty) if ty.is("oidvector") => Some(Ty::builtin("oid")),
            Some(ty) if ty.is("int2vector") => Some(Ty::builtin("int2")),
            Some(ty) if self.context.facts(ty).is_some() => {
                return Err(fail("42809", "op ANY/ALL (array) requires array on right side").into());
            }
            _ => None,
        };
        let found = self.find_operator(None, op, Some(left.key()), element.as_ref().map(type_key))?;
        let declared = match &found.right {
            Some(declared) if self.is_polymorphic(declared) => left.ty.clone(),
            declared => declared.clone(),
        };
        if let Some(declared) = declared
            && !declared.array
            && !declared.is("unknown")
        {
            self.coerce(&array, &Ty { array: true, modifiers: Name::default(), ..declared })?;
        }
        self.operand(&left, found.left.as_ref(), element.as_ref())?;
        self.fixed("))");
        Ok(self.value(start, Some(Ty::builtin("bool"))))
    }

    /// Which operator is meant; the outer option of `left` is none for a prefix operator, inner ones are types that
    /// cannot be told.
    pub(super) fn find_operator(
        &mut self,
        schema: Option<&Name>,
        name: &Name,
        left: Option<Option<ArcStr>>,
        right: Option<ArcStr>,
    ) -> Outcome<Found> {
        let name = if name == "!=" { arcstr::literal!("<>") } else { name.clone() };
        let (left_name, right_name) = (left.as_ref().map(Option::as_deref), right.as_deref());
        let foreign = |ty: Option<&str>| ty.is_some_and(|ty| ty.starts_with(['#', '?']) || ty.starts_with("_#") || ty.starts_with("_?"));
        let catalog = self.context.catalog;
        // Between types that every server has, or of which nothing is known, the answer is the same each time, unless the schema
        // has operators or casts of its own.
        let changes = |ty: Option<&str>| foreign(ty) && ty != Some(WHOLLY_OPEN);
        let settled = schema.is_none_or(|schema| schema == "pg_catalog")
            && !changes(left_name.flatten())
            && !changes(right_name)
            && catalog.members(Class::Cast, ObjId::NONE).next().is_none();
        let key = (name.clone(), left.clone(), right.clone());
        let remembered = if settled { catalog.operators.borrow().get(&key).cloned() } else { None };
        let made = self.operators_of_schema(schema, &name)?;
        if let Some(Resolution::One(found)) = &remembered
            && made.is_empty()
        {
            self.called(&name, found, left_name.flatten(), right_name);
            return Ok(Found::of(&found.arguments, &found.result, None));
        }
        let mut extended = self.operators_of_extensions(schema, &name, foreign(left_name.flatten()) || foreign(right_name));
        let builtin =
            schema.is_none_or(|schema| schema == "pg_catalog").then(|| self.context.builtin.operators(&name)).into_iter().flatten();
        let mut resolution = Resolution::None;
        if made.is_empty() && extended.is_empty() {
            resolution = match remembered {
                Some(known) => known,
                None => resolve_operator(self.context, builtin.clone(), left_name, right_name),
            };
            if settled {
                catalog.operators.borrow_mut().entry(key).or_insert_with(|| resolution.clone());
            }
            if resolution == Resolution::None {
                // Extensions have operators on the types of every server, too.
                extended = self.operators_of_extensions(schema, &name, true);
            }
        }
        if !made.is_empty() || !extended.is_empty() {
            let of = |entry: &'_ (ArcStr, ArcStr, Option<ObjId>)| (entry.0.clone(), entry.1.clone());
            let texts: Vec<(ArcStr, ArcStr)> = made.iter().chain(&extended).map(of).collect();
            let others = texts.iter().map(|(arguments, result)| Overload::new(arguments, result, Volatility::Immutable));
            resolution = resolve_operator(self.context, builtin.map(super::call::among).chain(others), left_name, right_name);
        }
        match resolution {
            Resolution::One(found) => {
                let id = made.iter().find(|(arguments, ..)| *arguments == found.arguments).and_then(|(_, _, id)| *id);
                if id.is_none() {
                    self.called(&name, &found, left_name.flatten(), right_name);
                }
                Ok(Found::of(&found.arguments, &found.result, id))
            }
            Resolution::Maybe { result } => {
                let id = match made.as_slice() {
                    [(_, _, id)] if self.context.builtin.operators(&name).next().is_none() => *id,
                    _ => None,
                };
                Ok(Found { result: result.map(|key| type_of_key(&key)), left: None, right: None, id })
            }
            Resolution::Ambiguous => {
                let shown = self.operator_signature(&name, left_name, right_name);
                Err(fail("42725", format!("operator is not unique: {shown}")).into())
            }
            Resolution::None => self.no_operator(schema, &name, left_name, right_name),
        }
    }

    fn operator_signature(&self, name: &str, left: Option<Option<&str>>, right: Option<&str>) -> String {
        let shown = |key: Option<&str>| key.map(|key| format_bare(&type_of_key(key), self.context.catalog)).unwrap_or_default();
        match left {
            Some(left) => format!("{} {name} {}", shown(left), shown(right)),
            None => format!("{name} {}", shown(right)),
        }
    }

    /// Notes what an operator of the server costs. Text joined with something else is that as text: the server puts the
    /// operator's body in its place.
    fn called(&mut self, name: &str, found: &Resolved, left: Option<&str>, right: Option<&str>) {
        let mut takes = found.arguments.split(',');
        let other = match (takes.next(), takes.next()) {
            (Some("anynonarray"), Some("text")) if name == "||" => left,
            (Some("text"), Some("anynonarray")) if name == "||" => right,
            _ => None,
        };
        let Some(other) = other else { return self.volatility = self.volatility.max(found.volatility) };
        self.cast_volatility(&type_of_key(other), &Ty::builtin("text"));
    }

    fn no_operator(&mut self, schema: Option<&Name>, name: &Name, left: Option<Option<&str>>, right: Option<&str>) -> Outcome<Found> {
        let unknown = Found { result: None, left: None, right: None, id: None };
        let known = |ty: Option<&str>| ty.is_some_and(|ty| TypeSource::ty(self.context, ty).is_some());
        if self.context.open_extension() || !known(right) || left.is_some_and(|left| !known(left)) || schema.is_some() {
            return Ok(unknown);
        }
        let failure = fail("42883", format!("operator does not exist: {}", self.operator_signature(name, left, right)));
        let brings = |extension: Extension| extension.operator_names().any(|operator| operator == name);
        let failure = match self.context.unless_extended(failure, brings) {
            Stop::Fail(failure) => failure,
            stop => return Err(stop),
        };
        let args = arcstr::format!("{},{}", left.flatten().unwrap_or(""), right.unwrap_or(""));
        for &schema in &self.context.path() {
            let key = Key { class: Class::Operator, parent: schema, name: name.clone(), args: args.clone() };
            if let Presence::Open(gap) = self.context.catalog.look_up(&key) {
                return Err(Stop::Missing(Box::new(Missing { want: Want::Other(key), failure, open: Some(gap) })));
            }
        }
        Err(failure.into())
    }

    /// The operators of a name that the schema has: argument types, result, object.
    fn operators_of_schema(&self, schema: Option<&Name>, name: &str) -> Outcome<Vec<(ArcStr, ArcStr, Option<ObjId>)>> {
        let mut found = Vec::new();
        let parents = match schema {
            Some(schema) if schema == "pg_catalog" => Vec::new(),
            Some(schema) => vec![self.context.schema(schema, crate::source::Span::default())?],
            None => self.context.path(),
        };
        for parent in parents {
            for id in self.context.catalog.overloads(Class::Operator, parent, name) {
                if let Some(object) = self.context.catalog.get(id)
                    && let Body::Operator(operator) = &object.body
                {
                    let side = |ty: &Option<Ty>| ty.as_ref().map(type_key).unwrap_or_default();
                    let arguments = arcstr::format!("{},{}", side(&operator.left), side(&operator.right));
                    found.push((arguments, side(&operator.returns), Some(id)));
                }
            }
        }
        Ok(found)
    }

    /// The operators of a name that installed extensions have, where one may be meant.
    fn operators_of_extensions(&self, schema: Option<&Name>, name: &str, foreign: bool) -> Vec<(ArcStr, ArcStr, Option<ObjId>)> {
        let known = self.context.builtin.operators(name).next().is_some();
        if known && !foreign {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (_, extension) in self.context.installed_in(schema) {
            for overload in extension.operators(name) {
                let mut sides = overload.arguments.split(',').map(|ty| self.context.extension_type_key(ty));
                let arguments = arcstr::format!("{},{}", sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
                found.push((arguments, self.context.extension_type_key(overload.result), None));
            }
        }
        found
    }
}
