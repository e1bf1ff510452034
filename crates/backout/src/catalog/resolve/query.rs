//! Queries: their names resolved, their columns, their normalised text.

use super::super::context::{Context, Outcome, Stop, fail};
use super::super::object::Ty;
use super::super::template::{Mark, Piece, Template};
use super::column::StarColumn;
use super::expr::{ExprPlace, Resolver, Value, integer_value, merged};
use super::from::names_of;
use super::group::Grouping;
use super::rows::RowUse;
use super::scope::Scope;
use crate::lexer::quote_ident;
use crate::op::query::{Cte, QueryBody};
use crate::op::{Constant, Expr, Name, Op, Query, Select, SelectItem};
use crate::source::Span;
use std::borrow::Cow;

/// How many levels of expressions a query counts for.
const QUERY_LEVELS: u32 = 3;

/// What a query yields.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Its columns with their types, where they can be told.
    pub columns: Vec<(Name, Option<Ty>)>,
    /// Its normalised text with all references.
    pub template: Template,
    /// More columns may exist than are listed: a relation that is not fully known was read with `*`.
    pub open: bool,
    /// What it reads and calls.
    pub uses: RowUse,
}

/// The columns of rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) columns: Vec<(Name, Option<Ty>)>,
    /// There may be more.
    pub(super) open: bool,
}

/// A common table expression in sight.
#[derive(Clone, Debug)]
pub(super) struct CteEntry {
    pub(super) name: Name,
    pub(super) rows: Rows,
}

impl Context<'_> {
    /// A query with its references resolved, normalised.
    pub fn query(&self, query: &Query, outer: Option<&Scope<'_>>) -> Outcome<Shape> {
        self.shape(false, |resolver| resolver.query(query, outer))
    }

    /// A view's query: its columns have the names of the view, and not those that the query gives them.
    pub fn view_query(&self, query: &Query, outer: Option<&Scope<'_>>) -> Outcome<Shape> {
        self.shape(true, |resolver| resolver.query(query, outer))
    }

    /// The statements of an SQL-standard body or of a rule, with their references resolved, normalised.
    pub fn statement(&self, op: &Op, outer: Option<&Scope<'_>>) -> Outcome<Shape> {
        self.shape(false, |resolver| resolver.row_op(op, outer))
    }

    fn shape<'c>(&'c self, of_view: bool, read: impl FnOnce(&mut Resolver<'_, 'c>) -> Outcome<Rows>) -> Outcome<Shape> {
        let mut resolver = Resolver::new(self, ExprPlace::Statement);
        resolver.of_view = of_view;
        let rows = read(&mut resolver)?;
        let template = Template { pieces: merged(resolver.out), ty: None };
        Ok(Shape { columns: rows.columns, open: rows.open, template, uses: resolver.uses })
    }
}

/// Literals of a select list that wait for a type, with the numbers of their columns.
pub(super) type Untyped = Vec<(usize, Constant)>;

/// An item of a select list as it stands in the text, for `ORDER BY` and `GROUP BY` to refer to.
struct Printed {
    start: usize,
    end: usize,
    name: Name,
}

impl Resolver<'_, '_> {
    /// A query within anything else; literals without a type are text.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        let mut rows = self.query_with(query, outer, None)?;
        for (_, ty) in &mut rows.columns {
            if ty.as_ref().is_some_and(|ty| ty.is("unknown")) {
                *ty = Some(Ty::builtin("text"));
            }
        }
        Ok(rows)
    }

    /// A query; `recursive` is the common table expression that it defines and may refer to itself.
    pub(super) fn query_with(&mut self, query: &Query, outer: Option<&Scope<'_>>, recursive: Option<usize>) -> Outcome<Rows> {
        let place = std::mem::replace(&mut self.place, ExprPlace::Statement);
        let ctes = self.ctes.len();
        self.queries += 1;
        let rows = self.enter(|resolver| {
            resolver.with(&query.with, query.recursive, outer)?;
            resolver.body(&query.body, Some(query), outer, recursive)
        });
        self.queries -= 1;
        self.ctes.truncate(ctes);
        self.place = place;
        rows
    }

    /// `WITH`.
    pub(super) fn with(&mut self, with: &[Cte], recursive: bool, outer: Option<&Scope<'_>>) -> Outcome<()> {
        if with.is_empty() {
            return Ok(());
        }
        self.fixed(if recursive { "WITH RECURSIVE " } else { "WITH " });
        let first = self.ctes.len();
        if recursive {
            // All of them are in sight of each other.
            for cte in with {
                let columns = cte.columns.iter().map(|name| (name.clone(), None)).collect();
                self.ctes.push(CteEntry { name: cte.name.clone(), rows: Rows { columns, open: true } });
            }
        }
        for (at, cte) in with.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            if with.iter().take(at).any(|other| other.name == cte.name) {
                return Err(fail("42712", format!("WITH query name \"{}\" specified more than once", cte.name)).into());
            }
            self.text(format!("{} AS (", quote_ident(&cte.name)));
            let mut rows = match cte.body.as_ref() {
                Op::Select(query) => {
                    let mut rows = self.query_with(query, outer, recursive.then_some(first + at))?;
                    for (_, ty) in &mut rows.columns {
                        if ty.as_ref().is_some_and(|ty| ty.is("unknown")) {
                            *ty = Some(Ty::builtin("text"));
                        }
                    }
                    rows
                }
                op => self.row_op(op, outer)?,
            };
            self.fixed(")");
            self.name_columns(&mut rows, &cte.columns, &cte.name, "WITH query")?;
            let entry = CteEntry { name: cte.name.clone(), rows };
            match self.ctes.get_mut(first + at) {
                Some(place) if recursive => *place = entry,
                _ => self.ctes.push(entry),
            }
        }
        self.fixed(" ");
        Ok(())
    }

    /// Gives columns the names of an alias.
    pub(super) fn name_columns(&mut self, rows: &mut Rows, names: &[Name], alias: &str, what: &str) -> Outcome<()> {
        if names.is_empty() {
            return Ok(());
        }
        let count = rows.columns.len();
        if names.len() > count && !rows.open {
            let message = format!("{what} \"{alias}\" has {count} columns available but {} columns specified", names.len());
            return Err(fail("42P10", message).into());
        }
        for (at, name) in names.iter().enumerate() {
            match rows.columns.get_mut(at) {
                Some((column, _)) => *column = name.clone(),
                None => rows.columns.push((name.clone(), None)),
            }
        }
        Ok(())
    }

    fn body(&mut self, body: &QueryBody, query: Option<&Query>, outer: Option<&Scope<'_>>, recursive: Option<usize>) -> Outcome<Rows> {
        match body {
            QueryBody::Select(select) => self.select(select, query, outer),
            QueryBody::Values(rows) => {
                let rows = self.values(rows, outer)?;
                self.order_output(query, &rows)?;
                self.limit(query, outer)?;
                Ok(rows)
            }
            QueryBody::Query(inner) => {
                self.fixed("(");
                let rows = self.query_with(inner, outer, recursive)?;
                self.fixed(")");
                self.order_output(query, &rows)?;
                self.limit(query, outer)?;
                Ok(rows)
            }
            QueryBody::Set { op, arms } => {
                let rows = self.set(op, arms, outer, recursive)?;
                self.order_output(query, &rows)?;
                self.limit(query, outer)?;
                Ok(rows)
            }
        }
    }

    fn set(&mut self, op: &'static str, arms: &[QueryBody], outer: Option<&Scope<'_>>, recursive: Option<usize>) -> Outcome<Rows> {
        let mut result: Option<Rows> = None;
        // The first arm's literals wait for the second arm.
        let mut waiting = (0, Vec::new());
        for arm in arms {
            let arm = without_parentheses(arm);
            if result.is_some() {
                self.fixed(" ");
                self.fixed(op);
                self.fixed(" ");
            }
            let start = self.out.len();
            self.arm = matches!(arm, QueryBody::Select(_));
            let rows = self.enter(|resolver| resolver.body(arm, None, outer, None))?;
            self.arm = false;
            let untyped = std::mem::take(&mut self.untyped);
            let Some(known) = &mut result else {
                waiting = (start, untyped);
                if let Some(entry) = recursive.and_then(|at| self.ctes.get_mut(at)) {
                    // The other arms see what the first one yields, under the names of the alias.
                    let names: Vec<Name> = entry.rows.columns.iter().map(|(name, _)| name.clone()).collect();
                    entry.rows = rows.clone();
                    for ((name, ty), alias) in entry.rows.columns.iter_mut().zip(names.into_iter().map(Some).chain(std::iter::repeat(None)))
                    {
                        if let Some(alias) = alias {
                            *name = alias;
                        }
                        if ty.as_ref().is_some_and(|ty| ty.is("unknown")) {
                            *ty = Some(Ty::builtin("text"));
                        }
                    }
                }
                result = Some(rows);
                continue;
            };
            if known.columns.len() != rows.columns.len() && !known.open && !rows.open {
                let word = op.split(' ').next().unwrap_or(op);
                return Err(fail("42601", format!("each {word} query must have the same number of columns")).into());
            }
            let word: &'static str = op.split(' ').next().unwrap_or(op);
            for ((_, ty), (_, other)) in known.columns.iter_mut().zip(rows.columns) {
                let branches = [ty.take(), other].map(|ty| Value { ty, start: 0, end: 0, literal: None });
                *ty = if known.open || rows.open { None } else { self.common_ty(word, &branches)? };
            }
            known.open |= rows.open;
            // From the last to the first, so that the places of the others stay.
            self.settle(start, untyped, known)?;
            let (start, untyped) = std::mem::take(&mut waiting);
            self.settle(start, untyped, known)?;
        }
        Ok(result.unwrap_or_default())
    }

    /// Gives the literals of an arm, which is printed from `start` on, the types of their columns.
    fn settle(&mut self, start: usize, untyped: Untyped, columns: &Rows) -> Outcome<()> {
        let mut end = self.out.len();
        for (column, literal) in untyped.iter().rev() {
            let mark = |piece: &Piece| matches!(piece, Piece::Mark(Mark::Untyped));
            let Some(at) = self.out.get(start..end).and_then(|arm| arm.iter().rposition(mark)).map(|at| start + at) else { break };
            self.out.remove(at);
            let ty = columns.columns.get(*column).and_then(|(_, ty)| ty.clone()).unwrap_or_else(|| Ty::builtin("text"));
            let value = Value { ty: Some(Ty::builtin("unknown")), start: at.saturating_sub(1), end: at, literal: Some(literal) };
            self.coerce(&value, &Ty { modifiers: Name::default(), ..ty })?;
            end = at;
        }
        Ok(())
    }

    /// `VALUES`.
    fn values(&mut self, lists: &[Vec<Expr>], outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        let scope = Scope { parent: outer, ..Scope::default() };
        let spread = self.spread(lists, &scope)?;
        let open = spread.is_none();
        let lists = spread.unwrap_or(Cow::Borrowed(lists));
        let width = lists.first().map_or(0, Vec::len);
        if !open && lists.iter().any(|list| list.len() != width) {
            return Err(fail("42601", "VALUES lists must all be the same length").into());
        }
        self.fixed("VALUES ");
        let mut types: Vec<Option<Ty>> = Vec::new();
        let mut literals: Vec<(usize, Value<'_>)> = Vec::new();
        for (row, list) in lists.iter().enumerate() {
            self.fixed(if row > 0 { ", (" } else { "(" });
            for (at, expr) in list.iter().enumerate() {
                if at > 0 {
                    self.fixed(", ");
                }
                let value = self.eval_at(expr, &scope, ExprPlace::Values)?;
                let ty = value.ty.clone();
                if value.literal.is_some() {
                    literals.push((at, value));
                }
                match types.get_mut(at) {
                    None => types.push(ty),
                    Some(known) if *known == ty => {}
                    Some(known) => {
                        let branches = [known.take(), ty].map(|ty| Value { ty, start: 0, end: 0, literal: None });
                        let both_unknown = branches.iter().all(Value::is_unknown);
                        let common = if both_unknown { Some(Ty::builtin("unknown")) } else { self.common_ty("VALUES", &branches)? };
                        if let Some(place) = types.get_mut(at) {
                            *place = common;
                        }
                    }
                }
            }
            self.fixed(")");
        }
        // What stands behind a value moves when it is brought into its column's type.
        for (at, value) in literals.iter().rev() {
            if let Some(ty) = types.get(*at).and_then(Option::as_ref) {
                let text = Ty::builtin("text");
                self.coerce(value, if ty.is("unknown") { &text } else { ty })?;
            }
        }
        let columns = types.into_iter().enumerate().map(|(at, ty)| (Name::from(format!("column{}", at + 1)), ty)).collect();
        Ok(Rows { columns, open })
    }

    /// Lists of VALUES with each `t.*` taken apart into its columns; none when these are not known.
    pub(super) fn spread<'l>(&mut self, lists: &'l [Vec<Expr>], scope: &Scope<'_>) -> Outcome<Option<Cow<'l, [Vec<Expr>]>>> {
        let is_star = |expr: &Expr| match expr {
            Expr::Star(_) => true,
            Expr::Field { field, .. } => field == "*",
            _ => false,
        };
        if !lists.iter().flatten().any(is_star) {
            return Ok(Some(Cow::Borrowed(lists)));
        }
        let mut spread = Vec::with_capacity(lists.len());
        for list in lists {
            let mut row = Vec::new();
            for expr in list {
                let Expr::Star(parts) = expr else {
                    if is_star(expr) {
                        return Ok(None);
                    }
                    row.push(expr.clone());
                    continue;
                };
                let mark = self.out.len();
                let (columns, open) = self.star(parts, scope)?;
                self.out.truncate(mark);
                if open {
                    return Ok(None);
                }
                let column = |name: Name| Expr::Column { parts: parts.iter().cloned().chain([name]).collect(), span: Span::default() };
                row.extend(columns.into_iter().map(|star| column(star.name)));
            }
            spread.push(row);
        }
        Ok(Some(Cow::Owned(spread)))
    }

    fn select(&mut self, select: &Select, query: Option<&Query>, outer: Option<&Scope<'_>>) -> Outcome<Rows> {
        let arm = std::mem::take(&mut self.arm);
        let mut scope = Scope { parent: outer, ..Scope::default() };
        let before = std::mem::take(&mut self.out);
        let around = self.aggregates;
        let own_names = std::mem::replace(&mut self.own_names, self.names.len());
        if !self.collect {
            names_of(&select.from, &mut self.names);
        }
        self.read_list(&select.from, &mut scope, outer)?;
        self.aggregates = false;
        let from = std::mem::replace(&mut self.out, before);
        let scope = scope;
        self.fixed("SELECT ");
        let items_start = self.out.len();
        if select.distinct.is_some() {
            self.fixed("DISTINCT ");
        }
        let list_start = self.out.len();
        let once = self.queries == 1 && select.from.is_empty() && select.filter.is_none();
        let (rows, mut printed, untyped) = self.items(&select.items, &scope, once, arm)?;
        if let Some(on) = select.distinct.as_ref().filter(|on| !on.is_empty()) {
            self.distinct_on(on, &scope, list_start, &mut printed, &rows)?;
        }
        let items_end = self.out.len();
        if !from.is_empty() {
            self.fixed(" FROM ");
            self.out.extend(from);
        }
        if let Some(filter) = &select.filter {
            self.fixed(" WHERE ");
            self.filter(filter, &scope, ExprPlace::Where)?;
        }
        let mut grouping = Grouping::default();
        if !select.group_by.is_empty() {
            self.fixed(" GROUP BY ");
            // A list in parentheses is the same list.
            let keys = select.group_by.iter().flat_map(|key| match key {
                Expr::Row(keys) if !keys.is_empty() => keys.as_slice(),
                key => std::slice::from_ref(key),
            });
            for (at, key) in keys.enumerate() {
                if at > 0 {
                    self.fixed(", ");
                }
                self.group_key(key, &scope, &printed, &rows, &mut grouping)?;
            }
        }
        let having_start = self.out.len();
        if let Some(having) = &select.having {
            self.fixed(" HAVING ");
            self.filter(having, &scope, ExprPlace::Having)?;
        }
        if !select.windows.is_empty() {
            self.fixed(" WINDOW ");
            self.list(&select.windows, &scope)?;
        }
        if let Some(query) = query
            && !query.order_by.is_empty()
        {
            self.fixed(" ORDER BY ");
            for (at, expr) in query.order_by.iter().enumerate() {
                if at > 0 {
                    self.fixed(", ");
                }
                self.sort_key(expr, &scope, &printed, &rows, "ORDER BY", ExprPlace::Statement)?;
            }
        }
        if !select.group_by.is_empty() || select.having.is_some() || self.aggregates {
            self.check_grouped(&[items_start..items_end, having_start..self.out.len()], &grouping, &scope)?;
        }
        self.aggregates = around;
        self.limit(query, outer)?;
        self.untyped = untyped;
        self.names.truncate(self.own_names);
        self.own_names = own_names;
        Ok(rows)
    }

    /// A select list or `RETURNING`; in an arm of a `UNION` literals wait for their types.
    fn items(&mut self, items: &[SelectItem], scope: &Scope<'_>, once: bool, arm: bool) -> Outcome<(Rows, Vec<Printed>, Untyped)> {
        let mut rows = Rows::default();
        let mut printed = Vec::with_capacity(items.len());
        let mut untyped = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            if let Expr::Star(parts) = &item.expr {
                let (columns, open) = self.star(parts, scope)?;
                rows.open |= open;
                for StarColumn { name, ty, start, end } in columns {
                    printed.push(Printed { start, end, name: name.clone() });
                    rows.columns.push((name, ty));
                }
                continue;
            }
            self.once = once;
            let start = self.out.len();
            let value = self.eval_at(&item.expr, scope, ExprPlace::Statement)?;
            self.once = false;
            let ty = value.ty.clone();
            let waits = value.literal.filter(|_| arm && value.is_unknown());
            if waits.is_none() {
                self.untyped_as_text(&value)?;
            }
            let end = self.out.len();
            if let Some(literal) = waits {
                self.out.push(Piece::Mark(Mark::Untyped));
                untyped.push((rows.columns.len(), literal.clone()));
            }
            if let Expr::Field { field, .. } = &item.expr
                && field == "*"
            {
                rows.open = true;
                continue;
            }
            let name = item.alias.clone().unwrap_or_else(|| column_name(&item.expr, self.context.catalog.version));
            self.output_name(&name);
            printed.push(Printed { start, end, name: name.clone() });
            rows.columns.push((name, ty));
        }
        Ok((rows, printed, untyped))
    }

    /// The name of an output column, where anybody sees it.
    pub(super) fn output_name(&mut self, name: &Name) {
        if !self.of_view || self.queries > 1 {
            self.text(format!(" AS {}", quote_ident(name)));
        }
    }

    /// `RETURNING`.
    pub(super) fn returning(&mut self, items: &[SelectItem], scope: &Scope<'_>) -> Outcome<Rows> {
        if items.is_empty() {
            return Ok(Rows::default());
        }
        self.fixed(" RETURNING ");
        let (mut rows, ..) = self.items(items, scope, false, false)?;
        for (_, ty) in &mut rows.columns {
            if ty.as_ref().is_some_and(|ty| ty.is("unknown")) {
                *ty = Some(Ty::builtin("text"));
            }
        }
        Ok(rows)
    }

    /// `DISTINCT ON`, whose expressions are found as those of `ORDER BY` are, and stand before the select list.
    fn distinct_on(&mut self, on: &[Expr], scope: &Scope<'_>, list_start: usize, printed: &mut [Printed], rows: &Rows) -> Outcome<()> {
        let list_end = self.out.len();
        self.fixed("ON (");
        for (at, expr) in on.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            self.sort_key(expr, scope, printed, rows, "DISTINCT ON", ExprPlace::Statement)?;
        }
        self.fixed(") ");
        let length = self.out.len() - list_end;
        if let Some(list) = self.out.get_mut(list_start..) {
            list.rotate_right(length);
        }
        for item in printed {
            item.start += length;
            item.end += length;
        }
        Ok(())
    }

    /// An expression of `ORDER BY`, `DISTINCT ON` or `GROUP BY`: an output column by name or number, or an expression.
    fn sort_key(
        &mut self,
        expr: &Expr,
        scope: &Scope<'_>,
        printed: &[Printed],
        rows: &Rows,
        clause: &str,
        place: ExprPlace,
    ) -> Outcome<()> {
        if let (key, Some(direction)) = expr.sort_key() {
            self.enter(|resolver| resolver.sort_key(key, scope, printed, rows, clause, place))?;
            self.text(format!(" {}", direction.to_ascii_uppercase()));
            return Ok(());
        }
        if let Expr::Constant(Constant::Number(number)) = expr {
            return self.position(number, rows, clause);
        }
        if let Expr::Column { parts, span } = expr
            && let [name] = parts.as_slice()
            && let Some(at) = printed.iter().position(|item| item.name == *name)
        {
            // Only GROUP BY prefers an input column's name to the output's, and no whole row's.
            let mark = self.out.len();
            let input = (clause == "GROUP BY" && self.has_column(scope, name)).then(|| self.column(parts, *span, scope));
            self.out.truncate(mark);
            match input {
                Some(Ok(_)) => {}
                Some(Err(Stop::Fail(failure))) if failure.sqlstate == "42702" => return Err(failure.into()),
                None | Some(Err(_)) => {
                    self.text((at + 1).to_string());
                    return Ok(());
                }
            }
        }
        let start = self.out.len();
        let value = self.eval_at(expr, scope, place)?;
        self.untyped_as_text(&value)?;
        let same = printed.iter().position(|item| item.end > item.start && self.out.get(item.start..item.end) == self.out.get(start..));
        if let Some(at) = same {
            self.out.truncate(start);
            self.text((at + 1).to_string());
        }
        Ok(())
    }

    /// An expression of `GROUP BY`, or a set of them.
    fn group_key(&mut self, key: &Expr, scope: &Scope<'_>, printed: &[Printed], rows: &Rows, grouping: &mut Grouping) -> Outcome<()> {
        let (word, keys): (String, Vec<&Expr>) = match key {
            Expr::Call(call)
                if call.name.schema.as_deref() == Some("sql") && matches!(call.name.name.as_str(), "rollup" | "cube" | "grouping sets") =>
            {
                (call.name.name.to_ascii_uppercase(), call.args.iter().map(|(_, key)| key).collect())
            }
            Expr::Row(keys) => (String::new(), keys.iter().collect()),
            key => {
                let start = self.out.len();
                self.sort_key(key, scope, printed, rows, "GROUP BY", ExprPlace::GroupBy)?;
                let pieces = self.out.get(start..).unwrap_or_default();
                // An item of the select list is printed as its position.
                let item = match pieces {
                    [Piece::Text(text)] => text.parse::<usize>().ok().and_then(|at| printed.get(at.wrapping_sub(1))),
                    _ => None,
                };
                grouping.add(item.and_then(|item| self.out.get(item.start..item.end)).unwrap_or(pieces));
                return Ok(());
            }
        };
        self.text(format!("{word}("));
        for (at, key) in keys.into_iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            self.enter(|resolver| resolver.group_key(key, scope, printed, rows, grouping))?;
        }
        self.fixed(")");
        Ok(())
    }

    fn position(&mut self, number: &str, rows: &Rows, clause: &str) -> Outcome<()> {
        let at = integer_value(number);
        match at {
            Some(at) if at >= 1 && (rows.open || at <= rows.columns.len() as i128) => {
                self.text(at.to_string());
                Ok(())
            }
            Some(at) => Err(fail("42P10", format!("{clause} position {at} is not in select list")).into()),
            None => Err(fail("42601", format!("non-integer constant in {clause}")).into()),
        }
    }

    /// `ORDER BY` of what is no plain SELECT: only its columns.
    fn order_output(&mut self, query: Option<&Query>, rows: &Rows) -> Outcome<()> {
        let Some(query) = query else { return Ok(()) };
        if query.order_by.is_empty() {
            return Ok(());
        }
        self.fixed(" ORDER BY ");
        for (at, expr) in query.order_by.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            let (expr, direction) = expr.sort_key();
            match expr {
                Expr::Constant(Constant::Number(number)) => self.position(number, rows, "ORDER BY")?,
                Expr::Column { parts, span } => {
                    let name = parts.last().cloned().unwrap_or_default();
                    match rows.columns.iter().position(|(column, _)| *column == name) {
                        Some(at) => self.text((at + 1).to_string()),
                        None if rows.open => self.text(name),
                        None => return Err(fail("42703", format!("column \"{name}\" does not exist")).at(*span).into()),
                    }
                }
                other => {
                    let columns = rows
                        .columns
                        .iter()
                        .map(|(name, ty)| super::scope::ScopeColumn { name: name.clone(), ty: ty.clone(), source: None })
                        .collect();
                    let mut item = super::scope::ScopeItem::new("", super::scope::Columns::List(columns));
                    item.open = rows.open;
                    let scope = Scope { items: vec![item], ..Scope::default() };
                    self.eval_at(other, &scope, ExprPlace::Statement)?;
                }
            }
            if let Some(direction) = direction {
                self.text(format!(" {}", direction.to_ascii_uppercase()));
            }
        }
        Ok(())
    }

    fn limit(&mut self, query: Option<&Query>, outer: Option<&Scope<'_>>) -> Outcome<()> {
        let Some(query) = query else { return Ok(()) };
        let scope = Scope { parent: outer, ..Scope::default() };
        // OFFSET is kept as a call; the server prints it first.
        let is_offset =
            |expr: &&Expr| matches!(expr, Expr::Call(call) if call.name.schema.as_deref() == Some("sql") && call.name.name == "offset");
        let (offsets, limits) = (query.limit.iter().filter(is_offset), query.limit.iter().filter(|expr| !is_offset(expr)));
        for expr in offsets.chain(limits) {
            self.fixed(" LIMIT ");
            let value = self.eval_at(expr, &scope, ExprPlace::Limit)?;
            if value.is_unknown() {
                self.coerce(&value, &Ty::builtin("int8"))?;
            }
        }
        if query.locking {
            self.fixed(" FOR UPDATE");
        }
        Ok(())
    }

    /// Goes one level deeper; beyond the bound the answer is a gap.
    pub(super) fn enter<T>(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.deeper(QUERY_LEVELS)?;
        let result = inner(self);
        self.depth -= QUERY_LEVELS;
        result
    }
}

/// An arm of a set operation without parentheses that the server drops: around one query with nothing after it.
fn without_parentheses(mut arm: &QueryBody) -> &QueryBody {
    while let QueryBody::Query(inner) = arm
        && inner.with.is_empty()
        && inner.order_by.is_empty()
        && inner.limit.is_empty()
        && !inner.locking
        && !matches!(inner.body, QueryBody::Set { .. })
    {
        arm = &inner.body;
    }
    arm
}

/// The name that the server gives to a column without an alias.
pub(super) fn column_name(expr: &Expr, version: u16) -> Name {
    figure(expr, version).1.unwrap_or_else(|| arcstr::literal!("?column?"))
}

/// A name and how strong a claim it has: a cast's type gives way to a function's or column's name within.
fn figure(expr: &Expr, version: u16) -> (u8, Option<Name>) {
    let fixed = |strength, name| (strength, Some(Name::from(name)));
    match expr {
        Expr::Column { parts, .. } => (2, parts.last().cloned()),
        Expr::Cast { expr, ty } => {
            let (strength, name) = figure(expr, version);
            if strength <= 1 { (1, Some(ty.name.clone())) } else { (strength, name) }
        }
        Expr::Call(call) => match (call.name.schema.as_deref(), call.name.name.as_str()) {
            (Some("sql"), "current_role") => fixed(2, "current_role"),
            (Some("pg_catalog"), "extract") if version < 14 => fixed(2, "date_part"),
            _ => (2, Some(call.name.name.clone())),
        },
        Expr::Case { otherwise, .. } => {
            let (strength, name) = otherwise.as_deref().map_or((0, None), |expr| figure(expr, version));
            if strength <= 1 { fixed(1, "case") } else { (strength, name) }
        }
        // The one test that is a function.
        Expr::Is { test: "NORMALIZED", .. } => fixed(2, "is_normalized"),
        Expr::Array(_) | Expr::ArrayQuery(_) => fixed(2, "array"),
        Expr::Row(_) => fixed(2, "row"),
        Expr::Exists(_) => fixed(2, "exists"),
        Expr::Subquery(query) => match &query.body {
            QueryBody::Select(select) => match select.items.first() {
                Some(SelectItem { alias: Some(alias), .. }) => (2, Some(alias.clone())),
                Some(SelectItem { expr, .. }) => figure(expr, version),
                None => (0, None),
            },
            _ => (0, None),
        },
        Expr::Field { field, .. } => (2, Some(field.clone())),
        Expr::Subscript { expr, .. } | Expr::Collate { expr, .. } => figure(expr, version),
        _ => (0, None),
    }
}
