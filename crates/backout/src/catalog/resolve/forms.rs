//! The forms of expressions that are neither names, calls nor operators: tests, CASE, arrays, rows, subqueries, fields.

use super::super::builtin::TypeKind;
use super::super::context::{Outcome, Stop, fail};
use super::super::object::{Body, ObjId, Ty, TyBase, Type};
use super::super::template::Piece;
use super::expr::{Resolver, Value};
use super::scope::Scope;
use super::types::format_bare;
use crate::op::{Constant, Expr, Name, Query};

/// Types that have no parts.
const WHOLE: &[&str] = &[
    "bool",
    "bpchar",
    "bytea",
    "date",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
];

impl Resolver<'_, '_> {
    pub(super) fn not<'e>(&mut self, inner: &'e Expr, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(NOT ");
        let value = self.eval(inner, scope)?;
        self.condition(&value, "NOT")?;
        self.fixed(")");
        Ok(self.bool_value(start))
    }

    pub(super) fn is<'e>(&mut self, expr: &'e Expr, test: &'static str, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        let value = self.eval(expr, scope)?;
        if matches!(test.trim_start_matches("NOT "), "TRUE" | "FALSE" | "UNKNOWN") {
            self.condition(&value, &format!("IS {test}"))?;
        } else {
            self.untyped_as_text(&value)?;
        }
        self.fixed(" IS ");
        self.fixed(test);
        self.fixed(")");
        Ok(self.bool_value(start))
    }

    pub(super) fn row<'e>(&mut self, items: &'e [Expr], scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("ROW(");
        self.list(items, scope)?;
        self.fixed(")");
        Ok(self.value(start, Some(Ty::builtin("record"))))
    }

    pub(super) fn array_query<'e>(&mut self, query: &'e Query, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.no_subquery()?;
        let start = self.out.len();
        self.fixed("ARRAY(");
        let rows = self.query(query, Some(scope))?;
        self.fixed(")");
        let element = rows.columns.into_iter().next().and_then(|(_, ty)| ty);
        Ok(self.value(start, element.map(|ty| Ty { array: true, ..ty })))
    }

    pub(super) fn subquery<'e>(&mut self, query: &'e Query, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.no_subquery()?;
        let start = self.out.len();
        self.fixed("(");
        let rows = self.query(query, Some(scope))?;
        self.fixed(")");
        if rows.columns.len() > 1 {
            return Err(fail("42601", "subquery must return only one column").at(query.span).into());
        }
        let ty = rows.columns.into_iter().next().filter(|_| !rows.open).and_then(|(_, ty)| ty);
        Ok(self.value(start, ty))
    }

    pub(super) fn exists<'e>(&mut self, query: &'e Query, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.no_subquery()?;
        let start = self.out.len();
        self.fixed("EXISTS(");
        self.query(query, Some(scope))?;
        self.fixed(")");
        Ok(self.bool_value(start))
    }

    pub(super) fn collate<'e>(&mut self, expr: &'e Expr, collation: &crate::op::ObjectName, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        let value = self.eval(expr, scope)?;
        let mut ty = value.ty.clone();
        if value.is_unknown() {
            self.coerce(&value, &Ty::builtin("text"))?;
            ty = Some(Ty::builtin("text"));
        }
        if let Some(known) = &ty
            && let Some(facts) = self.context.facts(known)
            && !facts.collatable
            && facts.kind != TypeKind::Pseudo
        {
            let shown = format_bare(known, self.context.catalog);
            return Err(fail("42804", format!("collations are not supported by type {shown}")).at(collation.span).into());
        }
        self.fixed(" COLLATE ");
        self.collation(collation);
        self.fixed(")");
        Ok(self.value(start, ty))
    }

    pub(super) fn case<'e>(
        &mut self,
        operand: Option<&'e Expr>,
        arms: &'e [(Expr, Expr)],
        otherwise: Option<&'e Expr>,
        scope: &Scope<'_>,
    ) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("CASE");
        let mut operand_ty = None;
        if let Some(operand) = operand {
            self.fixed(" ");
            let value = self.eval(operand, scope)?;
            self.untyped_as_text(&value)?;
            operand_ty = Some(if value.is_unknown() { Some(Ty::builtin("text")) } else { value.ty });
        }
        let mut results = Vec::with_capacity(arms.len() + 1);
        for (when, then) in arms {
            self.fixed(" WHEN ");
            let value = self.eval(when, scope)?;
            match &operand_ty {
                None => self.condition(&value, "CASE/WHEN")?,
                Some(left) => {
                    self.resolve_operator_between("=", left.as_ref(), &value)?;
                }
            }
            self.fixed(" THEN ");
            results.push(self.eval(then, scope)?);
        }
        let before_else = self.out.len();
        if let Some(otherwise) = otherwise {
            self.fixed(" ELSE ");
            results.push(self.eval(otherwise, scope)?);
        }
        // The server lets ELSE lead the search for the common type.
        if otherwise.is_some() {
            results.rotate_right(1);
        }
        let ty = self.common_ty("CASE", &results)?;
        if otherwise.is_some() {
            results.rotate_left(1);
        }
        // ELSE NULL is what holds without it.
        if otherwise.is_some_and(is_null) {
            self.out.truncate(before_else);
            results.pop();
        }
        self.coerce_all(ty.as_ref(), &results)?;
        self.fixed(" END");
        Ok(self.value(start, ty))
    }

    /// `ARRAY[…]`, whose elements take the type of a cast around it.
    pub(super) fn array<'e>(&mut self, elements: &'e [Expr], element: Option<&Ty>, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("ARRAY[");
        let mut values = Vec::with_capacity(elements.len());
        for (at, item) in elements.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            values.push(match (item, element) {
                (Expr::Array(inner), Some(element)) => self.array(inner, Some(element), scope)?,
                _ => self.eval(item, scope)?,
            });
        }
        let ty = match element {
            Some(element) => {
                for value in values.iter().rev() {
                    if value.ty.as_ref().is_none_or(|ty| !ty.array) {
                        self.coerce(value, element)?;
                    }
                }
                Some(Ty { array: true, ..element.clone() })
            }
            None if values.is_empty() => {
                return Err(fail("42P18", "cannot determine type of empty array").into());
            }
            None => self.common("ARRAY", &values)?.map(|ty| Ty { array: true, ..ty }),
        };
        self.fixed("]");
        if values.is_empty()
            && let Some(ty) = &ty
        {
            self.type_suffix(ty);
        }
        Ok(self.value(start, ty))
    }

    pub(super) fn subscript<'e>(&mut self, expr: &'e Expr, bounds: &'e [Expr], slice: bool, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        let value = self.eval(expr, scope)?;
        self.fixed(")[");
        for (at, bound) in bounds.iter().enumerate() {
            if at > 0 {
                self.fixed(":");
            }
            let bound = self.eval(bound, scope)?;
            if bound.is_unknown() {
                let json = value.ty.as_ref().is_some_and(|ty| ty.is("jsonb"));
                self.coerce(&bound, &Ty::builtin(if json { "text" } else { "int4" }))?;
            }
        }
        self.fixed(if slice { ":]" } else { "]" });
        let base = value.ty.map(|ty| self.context.without_domain(&ty));
        let ty = match base {
            Some(ty) if ty.array && slice => Some(ty),
            Some(ty) if ty.array => Some(Ty { array: false, ..ty }),
            Some(ty) if ty.is("jsonb") => Some(ty),
            Some(ty) if matches!(&ty.base, TyBase::Builtin(name) if WHOLE.contains(&name.as_str())) => {
                let shown = super::types::format_type(&Ty { modifiers: Name::default(), ..ty }, self.context.catalog);
                let why = if self.context.catalog.version < 14 { "it is not an array" } else { "it does not support subscripting" };
                return Err(fail("42804", format!("cannot subscript type {shown} because {why}")).into());
            }
            _ => None,
        };
        Ok(self.value(start, ty))
    }

    /// `(e).f`.
    pub(super) fn field<'e>(&mut self, expr: &'e Expr, field: &Name, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        self.fixed("(");
        let value = self.eval(expr, scope)?;
        self.fixed(").");
        if field == "*" {
            self.fixed("*");
            return Ok(self.value(start, None));
        }
        let Some(ty) = value.ty.as_ref().map(|ty| self.context.without_domain(ty)) else {
            self.text(field.clone());
            return Ok(self.value(start, None));
        };
        let found = self.context.attribute(&ty, field);
        match found {
            Some((id, number, ty)) => {
                self.out.push(Piece::Column(id, number));
                Ok(self.value(start, Some(ty)))
            }
            None => {
                // `(row).f` may also be a call of f.
                if let Some(failure) = self.no_field(&ty, field) {
                    return Err(failure);
                }
                self.text(field.clone());
                Ok(self.value(start, None))
            }
        }
    }

    /// The stop for a field that a row type certainly lacks.
    pub(super) fn no_field(&self, ty: &Ty, field: &Name) -> Option<Stop> {
        let context = self.context;
        let id = ty.object().filter(|_| !ty.array)?;
        let object = context.catalog.get(id)?;
        let failure = || fail("42703", format!("column \"{field}\" not found in data type {}", object.name));
        if self.row_function(id, field).is_some() || context.builtin.function_known(field) || context.open_extension() {
            return None;
        }
        match &object.body {
            Body::Relation(_) => Some(context.missing_column(id, field, failure())),
            Body::Type(Type::Composite(_)) if !object.presumed && context.catalog.doubt_about(id).is_none() => Some(failure().into()),
            _ => None,
        }
    }

    /// A function of the schema that takes a row of this type, so that it can be written like a column.
    pub(super) fn row_function(&self, relation: ObjId, name: &str) -> Option<(ObjId, Option<Ty>)> {
        use super::super::Class;
        self.context.path().into_iter().find_map(|schema| {
            self.context.catalog.overloads(Class::Routine, schema, name).find_map(|id| {
                let routine = self.context.routine_at(id)?;
                let mut inputs = routine.inputs();
                let takes_row = inputs.next().is_some_and(|input| input.ty.object() == Some(relation) || input.ty.is("record"));
                (takes_row && inputs.next().is_none()).then(|| (id, routine.returns.clone()))
            })
        })
    }

    /// The name of a collation; those that are not of the schema depend on the operating system.
    pub(super) fn collation(&mut self, collation: &crate::op::ObjectName) {
        use super::super::{Class, Presence};
        if let Ok((Presence::Present(id, _), _)) = self.context.look_up(Class::Generic(crate::op::GenericKind::Collation), collation) {
            self.out.push(Piece::Object(id));
        } else {
            let name = crate::lexer::quote_ident(&collation.name);
            self.text(name);
        }
    }
}

/// NULL, perhaps with a type.
fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Cast { expr, .. } => is_null(expr),
        expr => matches!(expr, Expr::Constant(Constant::Null)),
    }
}
