//! ALTER COLUMN TYPE: what it is refused for, and what it takes along.

use super::super::{Apply, Event, fail};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, IndexKeyKind, ObjId, RelKind, Relation, Ty, TyBase};
use crate::catalog::resolve::{ExprPlace, Verity};
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Failure, Names, quote};
use crate::op::{Expr, Name, TypeName};
use crate::source::Span;
use std::sync::Arc;

impl Apply<'_> {
    pub(super) fn alter_type(
        &mut self,
        table: ObjId,
        number: ColumnNumber,
        new: &Ty,
        collation: Option<Name>,
        using: Option<&Expr>,
        span: Span,
    ) -> Outcome<()> {
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        let full = format!("{}.{}", self.catalog.qualified(table), quote(&column.name));
        let print = |apply: &Self, ty: &Ty| apply.context().format_type(ty, apply.catalog);
        self.refuse_typed(table, "cannot alter column type of typed table", span)?;
        if self.in_partition_key(table, number) {
            let relation = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
            let message =
                format!("cannot alter column \"{}\" because it is part of the partition key of relation \"{relation}\"", column.name);
            return Err(fail("42P16", message).at(span).into());
        }
        match using {
            Some(expr) => {
                let template = self.table_expr(table, expr, None, ExprPlace::Using)?;
                // A bare literal takes the new type.
                let literal = matches!(expr, Expr::Constant(_));
                if let Some(from) = template.ty.as_ref().filter(|_| !literal)
                    && self.context().assignable(from, new) == Verity::No
                {
                    let message = format!(
                        "result of USING clause for column \"{}\" cannot be cast automatically to type {}",
                        column.name,
                        print(self, new)
                    );
                    return Err(fail("42804", message).about("column", full).at(span).into());
                }
                self.events.push(Event::Narrowed(table, number, "22P02"));
            }
            None => {
                if self.context().assignable(&column.ty, new) == Verity::No {
                    let message = format!("column \"{}\" cannot be cast automatically to type {}", column.name, print(self, new));
                    return Err(fail("42804", message).about("column", full).at(span).into());
                }
                if let Some(sqlstate) = self.narrows(&column.ty, new) {
                    self.events.push(Event::Narrowed(table, number, sqlstate));
                }
            }
        }
        if let Some(failure) = self.type_is_held(table, number) {
            return Err(failure.about("column", full).at(span).into());
        }
        if let Some(Body::Default(default)) = column.default.and_then(|id| self.catalog.get(id)).map(|object| object.body.clone()) {
            let from = default.expr.ty.clone();
            if let Some(from) = from
                && self.context().assignable(&from, new) == Verity::No
            {
                let what = if column.generated.is_some() { "generation expression" } else { "default" };
                let message = format!("{what} for column \"{}\" cannot be cast automatically to type {}", column.name, print(self, new));
                return Err(fail("42804", message).about("column", full).at(span).into());
            }
        }
        for index in self.indexes(table) {
            let Some((_, found)) = self.index(index) else { continue };
            for key in found.elements.iter().filter(|key| matches!(key.key, IndexKeyKind::Column(column) if column == number)) {
                match &key.opclass {
                    Some(class) => self.check_opclass(class, &found.method, new)?,
                    None => self.default_opclass(new, &found.method)?,
                }
            }
        }
        self.check_foreign_types(table, number, new, span)?;
        self.check_row_type_users(table, table, "table", 0)?;
        self.doubt_rebuilt(table, number, &column.ty, new);
        let (ty, base) = (new.clone(), self.context().without_domain(new));
        let mut deps = crate::catalog::object::Object::new(Name::default(), ObjId::NONE, Body::Schema);
        self.depend_on_type(&mut deps, number, &ty);
        self.depend_on_collation(&mut deps, number, collation.as_ref());
        self.catalog.update(table, |object| {
            object.deps.retain(|dep| dep.own_column != number || dep.on == table);
            for dep in deps.deps {
                object.depend_column(dep.own_column, dep.on, dep.column, dep.kind);
            }
            if let Body::Relation(relation) = &mut object.body
                && let Some(column) = relation.columns.iter_mut().find(|column| column.number == number)
            {
                let column = Arc::make_mut(column);
                column.ty = ty;
                column.collation = collation;
                column.storage = None;
                column.compression = None;
            }
        });
        if let Some(sequence) = self.identity_sequence(table, number)
            && let TyBase::Builtin(name) = &base.base
        {
            let ty =
                TypeName { schema: None, name: name.clone(), modifiers: Vec::new(), dimensions: 0, setof: false, of_column: None, span };
            self.change_sequence(sequence, &crate::op::SequenceOptions { ty: Some(ty), ..Default::default() })?;
        }
        Ok(())
    }

    /// What keeps a column's type: views, rules, policies, triggers, generated columns, SQL-standard bodies.
    pub(super) fn type_is_held(&self, table: ObjId, number: ColumnNumber) -> Option<Failure> {
        for &dependent in self.catalog.dependents(table) {
            let object = self.catalog.get(dependent)?;
            let Some(dep) =
                object.deps.iter().find(|dep| dep.on == table && dep.column == number && !(dependent == table && dep.own_column == number))
            else {
                continue;
            };
            let what = match &object.body {
                Body::Relation(Relation { kind: RelKind::View(_) | RelKind::MatView(_), .. }) => {
                    let detail = format!("rule _RETURN on {} depends on {}", self.describe(dependent, 0), self.describe(table, number));
                    return Some(fail("0A000", "cannot alter type of a column used by a view or rule").detailed(vec![detail]));
                }
                Body::Rule(_) => "cannot alter type of a column used by a view or rule",
                Body::Trigger(_) => "cannot alter type of a column used in a trigger definition",
                Body::Policy(_) => "cannot alter type of a column used in a policy definition",
                Body::Routine(_) => "cannot alter type of a column used by a function or procedure",
                Body::Relation(_) if dependent == table && dep.own_column != 0 => {
                    "cannot alter type of a column used by a generated column"
                }
                _ => continue,
            };
            let detail = format!("{} depends on {}", self.describe(dependent, dep.own_column), self.describe(table, number));
            return Some(fail("0A000", what).detailed(vec![detail]));
        }
        None
    }

    /// Expressions over a column are parsed anew from their printed form when its type changes: what was an implicit cast
    /// then stands there for good, so that the type's way back does not bring the old text back. Which casts there are is
    /// the server's business; the text is in doubt.
    pub(super) fn doubt_rebuilt(&mut self, table: ObjId, number: ColumnNumber, old: &Ty, new: &Ty) {
        if old.base == new.base && old.array == new.array {
            return;
        }
        // Whether it is null can be asked of any type.
        let is_null = |next: Option<&Piece>| match next {
            Some(Piece::Text(text)) => [" IS NULL", " IS NOT NULL"].iter().any(|test| text.starts_with(test)),
            _ => false,
        };
        let reads = |template: &Template| {
            let mut pieces = template.pieces.iter().enumerate();
            pieces.any(|(at, piece)| *piece == Piece::Column(table, number) && !is_null(template.pieces.get(at + 1)))
        };
        let both = |family: &[&str]| [old, new].iter().all(|ty| !ty.array && family.iter().any(|name| ty.is(name)));
        // Between text and varchar all casts are to text, which reading again finds needless or makes, unless there are others or
        // something of the schema is called.
        let texts = both(&["text", "varchar"]);
        // A cast that these need is read again as the server reads it.
        let numeric = both(&["int2", "int4", "int8", "numeric"]);
        let operators = if numeric {
            "<>=+-*/"
        } else if both(&["date", "timestamp", "timestamptz"]) || both(&["float4", "float8"]) {
            "<>="
        } else {
            ""
        };
        let keeps = |template: &Template| {
            texts && self.is_plain_text(template, table) || !operators.is_empty() && is_of_operators(template, table, operators)
        };
        let reads = |template: &Template| reads(template) && !keeps(template);
        let rebuilt = |id: &ObjId| match self.catalog.get(*id).map(|object| &object.body) {
            Some(Body::Relation(Relation { kind: RelKind::Index(index), .. })) => {
                let expression = |key: &IndexKeyKind| matches!(key, IndexKeyKind::Expression(expr) if reads(expr));
                index.filter.as_ref().is_some_and(reads) || index.elements.iter().any(|key| expression(&key.key))
            }
            Some(Body::Constraint(constraint)) => matches!(&constraint.kind, ConstraintKind::Check { expr, .. } if reads(expr)),
            _ => false,
        };
        let ids: Vec<ObjId> = self.catalog.dependents(table).iter().copied().filter(rebuilt).collect();
        for id in ids {
            let name = self.catalog.qualified(id);
            self.catalog.update(id, |_| {});
            let reason = format!("whether the expression of {name} reads the same after its column changed type is not known");
            self.catalog.base_doubt_of(id, reason);
        }
    }

    /// Whether an expression is of the table's columns and the server's functions alone, and all its casts are to text, but for
    /// those that literals got from a varchar column.
    fn is_plain_text(&self, template: &Template, table: ObjId) -> bool {
        let text = self.catalog.print(template);
        let casts = |to: &str| text.matches(to).count();
        let literals = casts("'::character varying") - casts("'::character varying(");
        template.references().all(|(on, column)| on == table && column != 0) && casts("::") == casts("::text") + literals
    }

    /// Foreign keys over a column must still have an equality operator after its type changes.
    pub(super) fn check_foreign_types(&self, table: ObjId, number: ColumnNumber, new: &Ty, span: Span) -> Outcome<()> {
        let mut holders: Vec<ObjId> = self.constraints(table).map(|(id, _)| id).collect();
        holders.extend(self.catalog.dependents(table).iter().copied());
        for id in holders {
            let Some(object) = self.catalog.get(id) else { continue };
            let Body::Constraint(constraint) = &object.body else { continue };
            let ConstraintKind::ForeignKey { columns, table: target, target: targets, .. } = &constraint.kind else { continue };
            for (&from, &to) in columns.iter().zip(targets) {
                let ty = |of: ObjId, column: ColumnNumber| {
                    if of == table && column == number {
                        Some(new.clone())
                    } else {
                        self.catalog.relation(of)?.column_at(column).map(|column| column.ty.clone())
                    }
                };
                if let (Some(one), Some(two)) = (ty(object.parent, from), ty(*target, to))
                    && self.context().comparable(&one, &two) == Verity::No
                {
                    let message = format!("foreign key constraint \"{}\" cannot be implemented", object.name);
                    return Err(fail("42804", message).about("constraint", self.catalog.qualified(id)).at(span).into());
                }
            }
        }
        Ok(())
    }
}

/// Whether an expression is of the table's columns, whole numbers, these operators and conditions alone, and casts no column.
fn is_of_operators(template: &Template, table: ObjId, operators: &str) -> bool {
    let known = |word: &str| {
        let logic = matches!(word, "AND" | "OR" | "NOT" | "IS" | "NULL" | "ANY" | "ALL" | "ARRAY");
        logic || matches!(word, "smallint" | "integer" | "bigint" | "numeric") || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let of_number = |before: &str| before.trim_end_matches([')', '\'']).ends_with(|c: char| c.is_ascii_digit());
    template.pieces.iter().all(|piece| match piece {
        Piece::Text(text) => {
            text.split(|c: char| !c.is_ascii_alphanumeric()).all(known)
                && text.chars().all(|c| c.is_ascii_alphanumeric() || " (),.[]:'".contains(c) || operators.contains(c))
                && text.match_indices("::").all(|(at, _)| of_number(&text[..at]))
        }
        Piece::Column(on, column) => *on == table && *column != 0,
        _ => false,
    })
}
