//! Names within an expression: columns, whole rows, variables, `*`.

use super::super::context::{Outcome, fail};
use super::super::object::{Column, ColumnNumber, ObjId, RelKind, Relation, Ty};
use super::super::template::{Mark, Piece};
use super::super::{Names, quote};
use super::expr::{ExprPlace, Resolver, Value};
use super::scope::{Columns, Scope, ScopeItem};
use crate::lexer::quote_ident;
use crate::op::Name;
use crate::source::Span;

/// A column that `*` stands for: its name, its type where that can be told, and where it is printed.
pub(super) struct StarColumn {
    pub(super) name: Name,
    pub(super) ty: Option<Ty>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A column that was found.
pub(super) struct FoundColumn {
    pub(super) ty: Option<Ty>,
    pub(super) source: Option<(ObjId, ColumnNumber)>,
}

/// What looking for a column in one relation yields.
enum Hit {
    None,
    One(FoundColumn),
    Several,
}

impl Resolver<'_, '_> {
    /// The relation of a scope's item, if it is one of the schema's.
    fn relation_of<'a>(&'a self, item: &'a ScopeItem<'_>) -> Option<(ObjId, &'a Relation)> {
        match &item.columns {
            Columns::Catalog(id) => Some((*id, self.context.catalog.relation(*id)?)),
            Columns::Relation(id, relation) => Some((*id, *relation)),
            Columns::List(_) => None,
        }
    }

    fn is_open(&self, item: &ScopeItem<'_>) -> bool {
        item.open || self.relation_of(item).is_some_and(|(_, relation)| relation.open)
    }

    /// A column of one relation, system columns excepted.
    fn hit(&self, item: &ScopeItem<'_>, name: &str) -> Hit {
        if let Columns::List(columns) = &item.columns {
            let mut same = columns.iter().filter(|column| column.name == name);
            return match (same.next(), same.next()) {
                (None, _) => Hit::None,
                (Some(column), None) => Hit::One(FoundColumn { ty: column.ty.clone(), source: column.source }),
                (Some(_), Some(_)) => Hit::Several,
            };
        }
        let Some((id, relation)) = self.relation_of(item) else { return Hit::None };
        match relation.column(name) {
            Some(column) => Hit::One(FoundColumn { ty: Some(column.ty.clone()), source: Some((id, column.number)) }),
            None => match sequence_column(relation, name) {
                Some(ty) => Hit::One(FoundColumn { ty: Some(Ty::builtin(ty)), source: None }),
                None => Hit::None,
            },
        }
    }

    /// A system column of a table.
    fn system_column(&self, item: &ScopeItem<'_>, name: &str) -> Option<Ty> {
        let ty = match name {
            "ctid" => "tid",
            "xmin" | "xmax" => "xid",
            "cmin" | "cmax" => "cid",
            "tableoid" => "oid",
            _ => return None,
        };
        let stored = match self.relation_of(item) {
            Some((_, relation)) => !matches!(relation.kind, RelKind::View(_)),
            None => item.open || item.system,
        };
        stored.then(|| Ty::builtin(ty))
    }

    /// A column reference, a whole row, or a variable.
    pub(super) fn column<'e>(&mut self, parts: &[Name], span: Span, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        match self.place {
            ExprPlace::Default | ExprPlace::ArgumentDefault | ExprPlace::DomainDefault => {
                return Err(fail("0A000", "cannot use column reference in DEFAULT expression").at(span).into());
            }
            ExprPlace::PartitionBound => {
                return Err(fail("0A000", "cannot use column reference in partition bound expression").at(span).into());
            }
            _ => {}
        }
        match parts {
            [name] => self.bare_column(name, span, scope, start),
            [.., alias, name] => {
                let schema = if parts.len() > 2 { parts.get(parts.len() - 3) } else { None };
                self.qualified_column(schema, alias, name, span, scope, start)
            }
            [] => Ok(self.value(start, None)),
        }
    }

    /// Whether a table of the query itself has a column of this name.
    pub(super) fn has_column(&self, scope: &Scope<'_>, name: &Name) -> bool {
        let seen = scope.items.iter().filter(|item| !item.blocked && !item.qualified_only && !item.hidden.contains(name));
        seen.into_iter().any(|item| !matches!(self.hit(item, name), Hit::None) || self.system_column(item, name).is_some())
    }

    fn bare_column<'e>(&mut self, name: &Name, span: Span, scope: &Scope<'_>, start: usize) -> Outcome<Value<'e>> {
        let ambiguous = || fail("42702", format!("column reference \"{name}\" is ambiguous")).at(span);
        let mut level = Some(scope);
        let mut depth = 0;
        let mut open = false;
        // Where a missing column would be presumed: in the innermost relation that may have it.
        let mut home: Option<(ObjId, bool)> = None;
        while let Some(current) = level {
            let mut found = None;
            let mut system = None;
            for item in current.items.iter().filter(|item| !item.blocked) {
                if item.qualified_only || item.hidden.contains(name) {
                    continue;
                }
                match self.hit(item, name) {
                    Hit::None => {}
                    Hit::Several => return Err(ambiguous().into()),
                    Hit::One(_) if found.is_some() => return Err(ambiguous().into()),
                    Hit::One(column) => found = Some((item, column)),
                }
                if system.is_none() {
                    system = self.system_column(item, name).map(|ty| (item, ty));
                }
                let item_open = self.is_open(item);
                match item.relation {
                    Some(id) if home.is_none_or(|(_, known_open)| item_open && !known_open) => home = Some((id, item_open)),
                    None if item_open => open = true,
                    _ => {}
                }
            }
            if let Some((item, column)) = found {
                if scope.is_exclusive(name) {
                    return Err(ambiguous().into());
                }
                self.outer += u32::from(depth > 0);
                self.push_column(item, &column, name, current);
                return Ok(self.value(start, column.ty));
            }
            if let Some((item, ty)) = system {
                self.mark(item, current);
                self.text(name.clone());
                return Ok(self.value(start, Some(ty)));
            }
            if let Some((_, ty)) = current.variables.iter().find(|(variable, _)| variable == name) {
                self.text(name.clone());
                return Ok(self.value(start, ty.clone()));
            }
            if let Some(item) = current.items.iter().find(|item| item.alias == *name && !item.blocked) {
                return Ok(self.whole_row(item, current, start));
            }
            level = current.parent;
            depth += 1;
        }
        if open {
            self.text(name.clone());
            return Ok(self.value(start, None));
        }
        if self.place == ExprPlace::TriggerWhen
            && scope.items.iter().any(|item| item.qualified_only && !matches!(self.hit(item, name), Hit::None))
        {
            // OLD and NEW both have it.
            return Err(ambiguous().into());
        }
        let failure = fail("42703", format!("column \"{name}\" does not exist")).at(span);
        match home {
            Some((id, _)) => Err(self.context.missing_column(id, name, failure.about("column", self.column_name(id, name)))),
            None => Err(failure.into()),
        }
    }

    fn qualified_column<'e>(
        &mut self,
        schema: Option<&Name>,
        alias: &Name,
        name: &Name,
        span: Span,
        scope: &Scope<'_>,
        start: usize,
    ) -> Outcome<Value<'e>> {
        let mut level = Some(scope);
        let mut depth = 0;
        while let Some(current) = level {
            if let Some(item) = current.items.iter().find(|item| !item.blocked && self.is_called(item, schema, alias)) {
                self.outer += u32::from(depth > 0);
                match self.hit(item, name) {
                    Hit::One(column) => {
                        self.push_column(item, &column, name, current);
                        return Ok(self.value(start, column.ty));
                    }
                    Hit::Several => {
                        return Err(fail("42702", format!("column reference \"{name}\" is ambiguous")).at(span).into());
                    }
                    Hit::None => {}
                }
                if let Some(ty) = self.system_column(item, name) {
                    self.text(format!("{}.", quote_ident(alias)));
                    self.mark(item, current);
                    self.text(name.clone());
                    return Ok(self.value(start, Some(ty)));
                }
                if let Some((function, ty)) = item.relation.and_then(|id| self.row_function(id, name)) {
                    self.out.push(Piece::Object(function));
                    self.fixed("(");
                    self.whole_row(item, current, start);
                    self.fixed(")");
                    return Ok(self.value(start, ty));
                }
                let failure = || fail("42703", format!("column {alias}.{name} does not exist")).at(span);
                let item_open = self.is_open(item);
                return match item.relation {
                    Some(id) => Err(self.context.missing_column(id, name, failure().about("column", self.column_name(id, name)))),
                    None if item_open => {
                        self.text(format!("{}.{}", quote_ident(alias), quote_ident(name)));
                        Ok(self.value(start, None))
                    }
                    None => Err(failure().into()),
                };
            }
            // A field of a variable, or a variable with its routine's name.
            if schema.is_none() {
                if let Some((_, ty)) = current.variables.iter().find(|(variable, _)| variable == alias) {
                    let field = ty.as_ref().and_then(|ty| self.context.attribute(ty, name)).map(|(_, _, ty)| ty);
                    self.text(format!("{}.{}", quote_ident(alias), quote_ident(name)));
                    return Ok(self.value(start, field));
                }
                if let Some((_, ty)) = current.variables.iter().find(|(variable, _)| variable == name) {
                    self.text(format!("{}.{}", quote_ident(alias), quote_ident(name)));
                    return Ok(self.value(start, ty.clone()));
                }
            }
            level = current.parent;
            depth += 1;
        }
        Err(self.no_relation(schema, alias, span, scope).into())
    }

    /// The error for a qualification that nothing in sight has.
    fn no_relation(&self, schema: Option<&Name>, alias: &Name, span: Span, scope: &Scope<'_>) -> crate::catalog::Failure {
        let mut level = Some(scope);
        while let Some(current) = level {
            let hidden = |item: &ScopeItem<'_>| {
                let own = item.relation.and_then(|id| self.context.catalog.get(id)).is_some_and(|object| object.name == *alias);
                (item.blocked && item.alias == *alias) || (item.aliased && own)
            };
            if current.items.iter().any(hidden) {
                return fail("42P01", format!("invalid reference to FROM-clause entry for table \"{alias}\"")).at(span);
            }
            level = current.parent;
        }
        let schema = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
        fail("42P01", format!("missing FROM-clause entry for table \"{schema}{alias}\"")).at(span)
    }

    /// Whether a qualification means an item.
    fn is_called(&self, item: &ScopeItem<'_>, schema: Option<&Name>, alias: &Name) -> bool {
        if item.alias != *alias {
            return false;
        }
        let Some(schema) = schema else { return true };
        if item.aliased {
            return false;
        }
        match item.relation.and_then(|id| self.context.catalog.get(id)) {
            Some(object) => self.context.catalog.object(object.parent).is_some_and(|parent| parent.name == *schema),
            None => item.schema.as_ref() == Some(schema),
        }
    }

    fn column_name(&self, relation: ObjId, name: &str) -> String {
        format!("{}.{}", self.context.catalog.qualified(relation), quote(name))
    }

    /// A column's reference; within a query of several relations with its relation.
    fn push_column(&mut self, item: &ScopeItem<'_>, column: &FoundColumn, name: &Name, scope: &Scope<'_>) {
        let several = scope.items.len() > 1 || self.queries > 1;
        if item.qualified_only || (several && self.queries > 0) {
            self.item_name(item);
            self.fixed(".");
        }
        self.mark(item, scope);
        match column.source {
            Some((id, number)) => self.out.push(Piece::Column(id, number)),
            None => {
                let name = quote_ident(name);
                self.text(name);
            }
        }
    }

    /// The name by which an item's columns are qualified: the relation's own, unless it has an alias.
    fn item_name(&mut self, item: &ScopeItem<'_>) {
        let own = |id: &ObjId| match &item.renamed {
            Some(name) => self.context.catalog.get(*id).is_some_and(|object| object.name == *name),
            None => !item.aliased && !item.qualified_only,
        };
        match item.relation.filter(own) {
            Some(id) => self.out.push(Piece::Object(id)),
            None => self.text(quote_ident(item.renamed.as_ref().unwrap_or(&item.alias))),
        }
    }

    /// Says within a query that a column of this item follows.
    fn mark(&mut self, item: &ScopeItem<'_>, scope: &Scope<'_>) {
        if self.queries > 0
            && let Some(at) = scope.items.iter().position(|other| std::ptr::eq(other, item))
        {
            self.out.push(Piece::Mark(Mark::Column(scope.level(), at as u16)));
        }
    }

    fn whole_row<'e>(&mut self, item: &ScopeItem<'_>, scope: &Scope<'_>, start: usize) -> Value<'e> {
        self.item_name(item);
        self.mark(item, scope);
        self.fixed(".*");
        // A function that returns a scalar is its own row.
        let ty = match (&item.columns, item.relation) {
            (_, Some(id)) => Some(Ty::user(id)),
            (Columns::List(columns), None) => match columns.as_slice() {
                [only] if item.scalar => only.ty.clone(),
                _ if item.open => None,
                _ => Some(Ty::builtin("record")),
            },
            _ => None,
        };
        self.value(start, ty)
    }

    /// The columns of an item in their order, as `*` sees them; the flag says that there may be more.
    pub(super) fn item_columns(&self, item: &ScopeItem<'_>) -> (Vec<(Name, FoundColumn)>, bool) {
        let of_column = |id: ObjId, column: &Column| {
            (column.name.clone(), FoundColumn { ty: Some(column.ty.clone()), source: Some((id, column.number)) })
        };
        let columns = match &item.columns {
            Columns::List(columns) => {
                columns.iter().map(|column| (column.name.clone(), FoundColumn { ty: column.ty.clone(), source: column.source })).collect()
            }
            Columns::Catalog(_) | Columns::Relation(..) => match self.relation_of(item) {
                Some((id, relation)) if !matches!(relation.kind, RelKind::Sequence(_)) => {
                    relation.live_columns().map(|column| of_column(id, column)).collect()
                }
                Some(_) => SEQUENCE_COLUMNS
                    .iter()
                    .map(|(name, ty)| (Name::from(*name), FoundColumn { ty: Some(Ty::builtin(ty)), source: None }))
                    .collect(),
                None => Vec::new(),
            },
        };
        (columns, self.is_open(item))
    }

    /// `*` or `t.*` in a select list: emits the columns with their names and returns them; the flag says that there may
    /// be more.
    pub(super) fn star(&mut self, parts: &[Name], scope: &Scope<'_>) -> Outcome<(Vec<StarColumn>, bool)> {
        let mut columns = Vec::new();
        let mut open = false;
        if let Some(alias) = parts.last() {
            let schema = if parts.len() > 1 { parts.get(parts.len() - 2) } else { None };
            let mut level = Some(scope);
            while let Some(current) = level {
                if let Some(item) = current.items.iter().find(|item| !item.blocked && self.is_called(item, schema, alias)) {
                    open |= self.expand(item, current, &|_| false, &mut columns);
                    return Ok((columns, open));
                }
                if current.variables.iter().any(|(variable, _)| variable == alias) {
                    self.text(format!("{}.*", quote_ident(alias)));
                    return Ok((columns, true));
                }
                level = current.parent;
            }
            return Err(self.no_relation(schema, alias, Span::default(), scope).into());
        }
        if scope.items.iter().all(|item| item.qualified_only) {
            return Err(fail("42601", "SELECT * with no tables specified is not valid").into());
        }
        let groups = scope.items.iter().map(|item| item.group).max().unwrap_or(0);
        for group in 0..=groups {
            let merged: Vec<&Name> = scope.merged.iter().filter(|(of, _)| *of == group).map(|(_, name)| name).collect();
            for name in &merged {
                let holder = scope
                    .items
                    .iter()
                    .find(|item| item.group == group && !item.hidden.contains(name) && !matches!(self.hit(item, name), Hit::None));
                if let Some(item) = holder
                    && let Hit::One(column) = self.hit(item, name)
                {
                    self.star_column(item, &column, name, scope, &mut columns);
                }
            }
            for item in scope.items.iter().filter(|item| item.group == group && !item.qualified_only) {
                open |= self.expand(item, scope, &|name| merged.contains(&name), &mut columns);
            }
        }
        Ok((columns, open))
    }

    fn expand(&mut self, item: &ScopeItem<'_>, scope: &Scope<'_>, skip: &dyn Fn(&Name) -> bool, columns: &mut Vec<StarColumn>) -> bool {
        let (all, open) = self.item_columns(item);
        for (name, column) in all {
            if !skip(&name) {
                self.star_column(item, &column, &name, scope, columns);
            }
        }
        if open {
            if !columns.is_empty() {
                self.fixed(", ");
            }
            self.item_name(item);
            self.fixed(".*");
        }
        open
    }

    fn star_column(&mut self, item: &ScopeItem<'_>, column: &FoundColumn, name: &Name, scope: &Scope<'_>, columns: &mut Vec<StarColumn>) {
        if !columns.is_empty() {
            self.fixed(", ");
        }
        let start = self.out.len();
        self.push_column(item, column, name, scope);
        let end = self.out.len();
        self.output_name(name);
        columns.push(StarColumn { name: name.clone(), ty: column.ty.clone(), start, end });
    }

    /// `t.*` as an operand: the whole row.
    pub(super) fn row_star<'e>(&mut self, parts: &[Name], scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        let Some(alias) = parts.last() else {
            return Err(fail("42601", "row expansion via \"*\" is not supported here").into());
        };
        let schema = if parts.len() > 1 { parts.get(parts.len() - 2) } else { None };
        let mut level = Some(scope);
        while let Some(current) = level {
            if let Some(item) = current.items.iter().find(|item| !item.blocked && self.is_called(item, schema, alias)) {
                return Ok(self.whole_row(item, current, start));
            }
            if current.variables.iter().any(|(variable, _)| variable == alias) {
                self.text(format!("{}.*", quote_ident(alias)));
                return Ok(self.value(start, None));
            }
            level = current.parent;
        }
        Err(self.no_relation(schema, alias, Span::default(), scope).into())
    }

    /// `t.*` in a list of expressions.
    pub(super) fn star_in_place(&mut self, parts: &[Name], scope: &Scope<'_>) -> Outcome<()> {
        match parts {
            [] => self.fixed("*"),
            _ => drop(self.star(parts, scope)?),
        }
        Ok(())
    }
}

const SEQUENCE_COLUMNS: [(&str, &str); 3] = [("last_value", "int8"), ("log_cnt", "int8"), ("is_called", "bool")];

/// The columns of every sequence.
fn sequence_column(relation: &Relation, name: &str) -> Option<&'static str> {
    matches!(relation.kind, RelKind::Sequence(_))
        .then(|| SEQUENCE_COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, ty)| *ty))
        .flatten()
}
