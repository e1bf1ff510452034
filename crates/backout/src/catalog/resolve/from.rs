//! `FROM`: relations, subqueries, functions, joins.

use super::super::builtin::NameKind;
use super::super::context::{Outcome, RelationRef, fail};
use super::super::object::{Body, ObjId, RelKind, Ty, Type};
use super::super::template::Piece;
use super::call::Callee;
use super::expr::{ExprPlace, Resolver};
use super::query::{CteEntry, Rows, column_name};
use super::scope::{Columns, Scope, ScopeColumn, ScopeItem};
use super::types::builtin_ty;
use crate::lexer::quote_ident;
use crate::op::query::{Alias, JoinCondition};
use crate::op::{Expr, FromItem, Name, ObjectName, RelationKind, TypeName};

/// Relations of extensions whose contents are not described.
const OPEN_RELATIONS: [&str; 5] = ["spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"];

impl Resolver<'_, '_> {
    /// The list of `FROM` or `USING`, added to a scope.
    pub(super) fn read_list<'s>(&mut self, list: &[FromItem], scope: &mut Scope<'s>, outer: Option<&Scope<'_>>) -> Outcome<()> {
        let first = scope.items.iter().map(|item| item.group + 1).max().unwrap_or(0);
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            self.read_item(item, scope, outer, first + at)?;
        }
        Ok(())
    }

    /// One item of `FROM`.
    pub(super) fn read_item(&mut self, item: &FromItem, scope: &mut Scope<'_>, outer: Option<&Scope<'_>>, group: usize) -> Outcome<()> {
        match item {
            FromItem::Relation { name, alias } => {
                let mut item = self.read_relation(name, alias.as_ref())?;
                item.group = group;
                self.add(scope, item)
            }
            FromItem::Query { query, lateral, alias } => {
                self.fixed(if *lateral { "LATERAL (" } else { "(" });
                let rows = if *lateral { self.query(query, Some(scope))? } else { self.query(query, outer)? };
                self.fixed(")");
                if alias.is_none() && self.context.catalog.version < 16 {
                    return Err(fail("42601", "subquery in FROM must have an alias").at(query.span).into());
                }
                let item = self.aliased(rows, alias.as_ref(), group)?;
                self.add(scope, item)
            }
            FromItem::Function { calls, ordinality, alias, columns } => {
                let mut rows = self.read_functions(calls, alias.as_ref(), columns, scope)?;
                if *ordinality {
                    self.fixed(" WITH ORDINALITY");
                    rows.columns.push((arcstr::literal!("ordinality"), Some(Ty::builtin("int8")), None));
                }
                let name = match (alias, calls.first()) {
                    (Some(alias), _) => alias.name.clone(),
                    (None, Some(call)) => column_name(call, self.context.catalog.version),
                    (None, None) => Name::default(),
                };
                let plain = calls.len() == 1 && columns.is_empty();
                let scalar = plain && matches!(rows.columns.as_slice(), [(_, _, None)]);
                // The server prints a function with its alias and its columns whether they were written or not.
                let own = |alias: &Alias| {
                    alias.columns.iter().enumerate().all(|(at, name)| rows.columns.get(at).is_some_and(|own| own.0 == *name))
                };
                let own_columns = alias.as_ref().is_none_or(own);
                let own_name = plain && calls.first().is_some_and(|call| column_name(call, self.context.catalog.version) == name);
                let columns = rows.columns.into_iter().map(|(name, ty, source)| ScopeColumn { name, ty, source }).collect();
                let mut item = ScopeItem { open: rows.open, group, scalar, aliased: true, ..ScopeItem::new(name, Columns::List(columns)) };
                if let Some(alias) = alias {
                    self.rename(&mut item, alias)?;
                    if !own_columns {
                        self.alias_text(alias);
                    } else if !own_name {
                        self.text(format!(" {}", quote_ident(&alias.name)));
                    }
                }
                self.add(scope, item)
            }
            FromItem::Table { exprs, columns, alias } => {
                self.fixed("TABLE(");
                for expr in exprs {
                    self.eval_at(expr, scope, ExprPlace::FromFunction)?;
                    self.fixed(", ");
                }
                self.fixed(")");
                let columns = columns.iter().map(|name| (name.clone(), None)).collect();
                let item = self.aliased(Rows { columns, open: false }, alias.as_ref(), group)?;
                self.add(scope, item)
            }
            FromItem::Join { left, right, kind, on, alias } => self.enter(|resolver| {
                let first = scope.items.len();
                resolver.fixed("(");
                resolver.read_item(left, scope, outer, group)?;
                resolver.text(format!(" {kind} "));
                let middle = scope.items.len();
                resolver.read_item(right, scope, outer, group)?;
                resolver.join_condition(on, scope, first, middle, group)?;
                resolver.fixed(")");
                match alias {
                    Some(alias) => resolver.join_alias(alias, scope, first, group),
                    None => Ok(()),
                }
            }),
        }
    }

    /// Adds an item to a scope in which no other has its name.
    fn add<'s>(&mut self, scope: &mut Scope<'s>, mut item: ScopeItem<'s>) -> Outcome<()> {
        item.renamed = self.before_number(&item.alias);
        let same = |other: &ScopeItem<'_>| {
            other.alias == item.alias && !other.alias.is_empty() && (other.aliased || item.aliased || other.relation == item.relation)
        };
        if scope.items.iter().any(|other| same(other) && !other.qualified_only) {
            return Err(fail("42712", format!("table name \"{}\" specified more than once", item.alias)).into());
        }
        scope.items.push(item);
        Ok(())
    }

    /// The name before `_1` and its like, where a query around uses that name: the server tells the two apart by a number, and what it
    /// prints is the same query.
    fn before_number(&self, alias: &str) -> Option<Name> {
        let (name, number) = alias.rsplit_once('_')?;
        let around = self.names.get(..self.own_names).unwrap_or_default();
        let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (numbered && around.iter().any(|other| other == name)).then(|| Name::from(name))
    }

    fn alias_text(&mut self, alias: &Alias) {
        let mut text = format!(" {}", quote_ident(&self.before_number(&alias.name).unwrap_or_else(|| alias.name.clone())));
        if !alias.columns.is_empty() {
            let columns: Vec<String> = alias.columns.iter().map(|name| quote_ident(name)).collect();
            text.push_str(&format!("({})", columns.join(", ")));
        }
        self.text(text);
    }

    /// A subquery's or similar rows under an alias.
    fn aliased(&mut self, mut rows: Rows, alias: Option<&Alias>, group: usize) -> Outcome<ScopeItem<'static>> {
        if let Some(alias) = alias {
            self.name_columns(&mut rows, &alias.columns, &alias.name, "table")?;
            self.alias_text(alias);
        }
        let columns = rows.columns.into_iter().map(|(name, ty)| ScopeColumn { name, ty, source: None }).collect();
        let name = alias.map(|alias| alias.name.clone()).unwrap_or_default();
        Ok(ScopeItem { open: rows.open, group, aliased: true, ..ScopeItem::new(name, Columns::List(columns)) })
    }

    /// Gives an item's columns the names of its alias.
    fn rename(&mut self, item: &mut ScopeItem<'_>, alias: &Alias) -> Outcome<()> {
        if alias.columns.is_empty() {
            return Ok(());
        }
        let (columns, open) = self.item_columns(item);
        if alias.columns.len() > columns.len() && !open {
            let message =
                format!("table \"{}\" has {} columns available but {} columns specified", alias.name, columns.len(), alias.columns.len());
            return Err(fail("42P10", message).into());
        }
        let mut list: Vec<ScopeColumn> =
            columns.into_iter().map(|(name, found)| ScopeColumn { name, ty: found.ty, source: found.source }).collect();
        for (at, name) in alias.columns.iter().enumerate() {
            match list.get_mut(at) {
                Some(column) => column.name = name.clone(),
                None => list.push(ScopeColumn { name: name.clone(), ty: None, source: None }),
            }
        }
        item.open = open;
        item.columns = Columns::List(list);
        Ok(())
    }

    fn read_relation(&mut self, name: &ObjectName, alias: Option<&Alias>) -> Outcome<ScopeItem<'static>> {
        let shown = alias.map_or_else(|| name.name.clone(), |alias| alias.name.clone());
        if name.schema.is_none()
            && let Some(CteEntry { rows, .. }) = self.ctes.iter().rev().find(|cte| cte.name == name.name)
        {
            let rows = rows.clone();
            let text = quote_ident(&name.name);
            self.text(text);
            let mut item = self.aliased(rows, alias, 0)?;
            item.alias = shown;
            return Ok(item);
        }
        let mut item = self.relation_item(name, &shown)?;
        item.schema = name.schema.clone();
        item.aliased = alias.is_some();
        if let Some(alias) = alias {
            self.rename(&mut item, alias)?;
            let own = self.before_number(&alias.name).is_some_and(|before| before == name.name);
            if !own || !alias.columns.is_empty() {
                self.alias_text(alias);
            }
        }
        Ok(item)
    }

    /// A relation under a name.
    fn relation_item(&mut self, name: &ObjectName, shown: &Name) -> Outcome<ScopeItem<'static>> {
        let found = match self.context.relation(name, RelationKind::Table) {
            Ok(found) => found,
            Err(stop) => {
                if self.extension_relation(&name.name) {
                    let text = quote_ident(&name.name);
                    self.text(text);
                    return Ok(ScopeItem { open: true, ..ScopeItem::new(shown.clone(), Columns::List(Vec::new())) });
                }
                return Err(stop);
            }
        };
        match found {
            RelationRef::User(id) => {
                self.readable(id, name)?;
                if !self.uses.reads.contains(&id) {
                    self.uses.reads.push(id);
                }
                self.out.push(Piece::Object(id));
                Ok(ScopeItem::new(shown.clone(), Columns::Catalog(id)))
            }
            RelationRef::System(schema, relation) => {
                self.text(format!("{schema}.{}", quote_ident(&relation)));
                Ok(self.system_item(schema, &relation, shown))
            }
        }
    }

    fn readable(&self, id: ObjId, name: &ObjectName) -> Outcome<()> {
        if let Some(relation) = self.context.catalog.relation(id)
            && matches!(relation.kind, RelKind::Index(_))
        {
            let message = if self.context.catalog.version < 16 {
                format!("\"{}\" is an index", name.name)
            } else {
                format!("cannot open relation \"{}\"", name.name)
            };
            return Err(fail("42809", message).at(name.span).into());
        }
        Ok(())
    }

    /// A relation of pg_catalog or information_schema.
    pub(super) fn system_item(&self, schema: &str, relation: &str, shown: &Name) -> ScopeItem<'static> {
        let Some(found) = self.context.builtin.system_relation(schema, relation) else {
            return ScopeItem { open: true, ..ScopeItem::new(shown.clone(), Columns::List(Vec::new())) };
        };
        let columns =
            found.columns().map(|column| ScopeColumn { name: column.name.into(), ty: Some(builtin_ty(column.ty)), source: None }).collect();
        let open = !found.is_described();
        let mut item = ScopeItem { open, schema: Some(schema.into()), ..ScopeItem::new(shown.clone(), Columns::List(columns)) };
        if !found.view && !open {
            // Tables have system columns, which `*` does not show.
            item.system = true;
        }
        item
    }

    /// Whether an installed extension makes a relation of this name.
    fn extension_relation(&self, name: &str) -> bool {
        let known = self.context.installed().any(|extension| {
            extension.names(NameKind::Relation).any(|known| known == name) || extension.names(NameKind::Sequence).any(|known| known == name)
        });
        known || (OPEN_RELATIONS.contains(&name) && self.context.open_extension())
    }

    /// Functions side by side.
    fn read_functions(
        &mut self,
        calls: &[Expr],
        alias: Option<&Alias>,
        definitions: &[(Name, TypeName)],
        scope: &Scope<'_>,
    ) -> Outcome<FunctionRows> {
        let mut rows = FunctionRows { columns: Vec::new(), open: false };
        let single = calls.len() == 1;
        if !single {
            self.fixed("ROWS FROM(");
        }
        for (at, expr) in calls.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            let place = std::mem::replace(&mut self.place, ExprPlace::FromFunction);
            let callee = match expr {
                Expr::Call(call) => self.call_found(call, scope).map(|(value, callee)| (value.ty, Some(callee))),
                other => self.eval(other, scope).map(|value| (value.ty, None)),
            };
            self.place = place;
            let (ty, callee) = callee?;
            let plain = match alias {
                Some(alias) if single => alias.name.clone(),
                _ => column_name(expr, self.context.catalog.version),
            };
            if definitions.is_empty() {
                self.function_columns(ty, callee.as_ref(), plain, &mut rows)?;
                continue;
            }
            for (name, ty) in definitions {
                rows.columns.push((name.clone(), Some(self.context.ty(ty)?), None));
            }
        }
        if !single {
            self.fixed(")");
        }
        if !definitions.is_empty() {
            let listed: Vec<String> = rows
                .columns
                .iter()
                .map(|(name, ty, _)| {
                    let ty = ty.as_ref().map(|ty| super::types::format_type(ty, self.context.catalog)).unwrap_or_default();
                    format!("{} {ty}", quote_ident(name))
                })
                .collect();
            self.text(format!(" AS ({})", listed.join(", ")));
        }
        Ok(rows)
    }

    /// The columns that a function yields.
    fn function_columns(&self, ty: Option<Ty>, callee: Option<&Callee>, plain: Name, rows: &mut FunctionRows) -> Outcome<()> {
        let routine = callee.and_then(|callee| callee.routine).and_then(|id| self.context.routine_at(id));
        if let Some(routine) = routine {
            let outputs: Vec<_> = routine.args.iter().filter(|argument| matches!(argument.mode, 'o' | 'b' | 't')).collect();
            let composite = |ty: &Ty| self.composite_columns(ty).is_some();
            match outputs.as_slice() {
                [] => {}
                [only] if composite(&only.ty) => {}
                [only] => {
                    let name = if only.name.is_empty() { plain } else { only.name.clone() };
                    rows.columns.push((name, Some(only.ty.clone()), None));
                    return Ok(());
                }
                several => {
                    for (at, output) in several.iter().enumerate() {
                        let name = if output.name.is_empty() { format!("column{}", at + 1).into() } else { output.name.clone() };
                        rows.columns.push((name, Some(output.ty.clone()), None));
                    }
                    return Ok(());
                }
            }
        }
        if let Some(callee) = callee
            && !callee.columns.is_empty()
        {
            rows.columns.extend(callee.columns.iter().map(|(name, ty)| (name.clone(), Some(ty.clone()), None)));
            return Ok(());
        }
        match &ty {
            Some(ty) if ty.is("record") => {
                let own = callee.and_then(|callee| callee.routine).and_then(|id| self.context.catalog.get(id));
                if own.is_some_and(|object| !object.presumed) {
                    return Err(fail("42601", "a column definition list is required for functions returning \"record\"").into());
                }
                rows.open = true;
            }
            Some(ty) => match self.composite_columns(ty) {
                Some((columns, open)) => {
                    rows.columns.extend(columns);
                    rows.open |= open;
                }
                None => {
                    rows.columns.push((plain, Some(ty.clone()), None));
                    // What nobody has seen may yield columns of its own.
                    rows.open |= ty.is_open();
                }
            },
            None => {
                rows.columns.push((plain, None, None));
                rows.open = true;
            }
        }
        Ok(())
    }

    /// The columns of a composite type; the flag says that there may be more.
    fn composite_columns(&self, ty: &Ty) -> Option<(Vec<FunctionColumn>, bool)> {
        if ty.array {
            return None;
        }
        let id = ty.object()?;
        let (columns, open) = match &self.context.catalog.get(id)?.body {
            Body::Relation(relation) => (&relation.columns, relation.open),
            Body::Type(Type::Composite(columns)) => (columns, false),
            _ => return None,
        };
        let live = columns.iter().filter(|column| !column.dropped);
        Some((live.map(|column| (column.name.clone(), Some(column.ty.clone()), Some((id, column.number)))).collect(), open))
    }

    fn join_condition(&mut self, on: &JoinCondition, scope: &mut Scope<'_>, first: usize, middle: usize, group: usize) -> Outcome<()> {
        match on {
            JoinCondition::None => Ok(()),
            JoinCondition::On(expr) => {
                self.fixed(" ON ");
                // Only the two sides of the join are in sight.
                let blocked: Vec<bool> = scope.items.iter().map(|item| item.blocked).collect();
                for item in scope.items.iter_mut().take(first) {
                    item.blocked = true;
                }
                let outcome = self.filter(expr, scope, ExprPlace::JoinOn);
                for (item, before) in scope.items.iter_mut().zip(blocked) {
                    item.blocked = before;
                }
                outcome
            }
            JoinCondition::Using(names) => {
                self.fixed(" USING (");
                for name in names {
                    self.merge(name, scope, first, middle, true)?;
                }
                self.fixed(")");
                scope.merged_front(group, names);
                Ok(())
            }
            JoinCondition::Natural => {
                let mut names: Vec<Name> = Vec::new();
                for item in scope.items.get(first..middle).unwrap_or_default() {
                    for (name, _) in self.item_columns(item).0 {
                        let right = scope.items.get(middle..).unwrap_or_default();
                        let in_right = right
                            .iter()
                            .any(|item| self.item_columns(item).0.iter().any(|(other, _)| *other == name && !item.hidden.contains(other)));
                        if in_right && !item.hidden.contains(&name) && !names.contains(&name) {
                            names.push(name);
                        }
                    }
                }
                self.fixed(" USING (");
                for name in &names {
                    self.merge(name, scope, first, middle, false)?;
                }
                self.fixed(")");
                scope.merged_front(group, &names);
                Ok(())
            }
        }
    }

    /// Merges a column of both sides: from now on it is the left one's.
    fn merge(&mut self, name: &Name, scope: &mut Scope<'_>, first: usize, middle: usize, written: bool) -> Outcome<()> {
        let text = quote_ident(name);
        self.text(text);
        for (side, range) in [("left", first..middle), ("right", middle..scope.items.len())] {
            let mut found = 0;
            let mut open = false;
            let mut home = None;
            let mut number = None;
            for at in range.clone() {
                let Some(item) = scope.items.get_mut(at) else { continue };
                if item.hidden.contains(name) {
                    continue;
                }
                let (columns, item_open) = self.item_columns(item);
                open |= item_open;
                home = home.or(item.relation);
                if let Some((_, column)) = columns.iter().find(|(column, _)| column == name) {
                    found += 1;
                    number = number.or(column.source);
                    if side == "right" {
                        item.hidden.push(name.clone());
                    }
                }
            }
            if let Some((id, number)) = number {
                // The join condition refers to the column.
                self.fixed(" ");
                self.out.push(Piece::Column(id, number));
            }
            if found > 1 {
                return Err(fail("42702", format!("common column name \"{name}\" appears more than once in {side} table")).into());
            }
            if found == 0 && written {
                let failure = fail("42703", format!("column \"{name}\" specified in USING clause does not exist in {side} table"));
                match home {
                    Some(id) => return Err(self.context.missing_column(id, name, failure)),
                    None if open => {}
                    None => return Err(failure.into()),
                }
            }
        }
        Ok(())
    }

    /// `(a JOIN b …) AS j`: only j is in sight.
    fn join_alias(&mut self, alias: &Alias, scope: &mut Scope<'_>, first: usize, group: usize) -> Outcome<()> {
        let mut list = Vec::new();
        let mut open = false;
        let merged: Vec<Name> = scope.merged.iter().filter(|(of, _)| *of == group).map(|(_, name)| name.clone()).collect();
        let items: Vec<ScopeItem<'_>> = scope.items.drain(first..).collect();
        for item in &items {
            let (columns, item_open) = self.item_columns(item);
            open |= item_open;
            for (name, found) in columns {
                if !item.hidden.contains(&name) {
                    list.push(ScopeColumn { name, ty: found.ty, source: found.source });
                }
            }
        }
        list.sort_by_key(|column| merged.iter().position(|name| *name == column.name).unwrap_or(usize::MAX));
        scope.merged.retain(|(of, _)| *of != group);
        let mut item = ScopeItem { open, group, aliased: true, ..ScopeItem::new(alias.name.clone(), Columns::List(list)) };
        self.rename(&mut item, alias)?;
        self.alias_text(alias);
        scope.items.push(item);
        Ok(())
    }
}

/// A column of a function's rows, with the column of the schema that it comes from.
type FunctionColumn = (Name, Option<Ty>, Option<(ObjId, u16)>);

/// The rows of functions in `FROM`.
struct FunctionRows {
    columns: Vec<FunctionColumn>,
    open: bool,
}

impl Scope<'_> {
    /// Puts merged columns before those that were merged within the join.
    fn merged_front(&mut self, group: usize, names: &[Name]) {
        self.merged.retain(|(of, name)| *of != group || !names.contains(name));
        let at = self.merged.iter().position(|(of, _)| *of == group).unwrap_or(self.merged.len());
        for (offset, name) in names.iter().enumerate() {
            self.merged.insert(at + offset, (group, name.clone()));
        }
    }
}

/// The names of the relations that items of `FROM` bring.
pub(super) fn names_of(items: &[FromItem], names: &mut Vec<Name>) {
    for item in items {
        let (alias, own) = match item {
            FromItem::Relation { name, alias } => (alias, Some(&name.name)),
            FromItem::Query { alias, .. } | FromItem::Function { alias, .. } | FromItem::Table { alias, .. } => (alias, None),
            FromItem::Join { left, right, alias, .. } => {
                names_of(std::slice::from_ref(left), names);
                names_of(std::slice::from_ref(right), names);
                (alias, None)
            }
        };
        names.extend(alias.as_ref().map(|alias| &alias.name).or(own).cloned());
    }
}
