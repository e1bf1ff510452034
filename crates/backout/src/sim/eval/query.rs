//! Queries: FROM, WHERE, GROUP BY and the rest over rows that are known in part.

use super::function::{gives_rows, is_aggregate};
use super::*;
use crate::op::query::{Alias, FromItem, JoinCondition, QueryBody, Select, SelectItem};
use crate::op::{Call, Constant, Op};
use std::cmp::Ordering;

/// Most rows that one query may hold here.
const MAX_ROWS: usize = 50_000;

/// What is joined so far.
#[derive(Clone, Debug, Default)]
struct Joined {
    rows: Vec<Row>,
    open: Option<Why>,
}

impl Evaluator<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Evaluated<Rows> {
        if self.depth >= DEPTH {
            return Ok(Rows::unknown(Why::Limit));
        }
        self.depth += 1;
        let ctes = self.ctes.len();
        let rows = self.query_inner(query);
        self.ctes.truncate(ctes);
        self.depth -= 1;
        rows
    }

    /// A query within an expression.
    pub(super) fn subquery(&mut self, query: &Query) -> Evaluated<Rows> {
        if self.settled.is_none() || !self.frames.is_empty() {
            return self.query(query);
        }
        let place = std::ptr::from_ref(query).addr();
        let mut settled = self.settled.iter().flat_map(|settled| settled.iter());
        if let Some((_, rows)) = settled.find(|(known, _)| *known == place) {
            return Ok(rows.clone());
        }
        let before = std::mem::take(&mut self.asked);
        let rows = self.query(query)?;
        if let Some(settled) = self.settled.as_mut().filter(|_| !self.asked) {
            settled.push((place, rows.clone()));
        }
        self.asked |= before;
        Ok(rows)
    }

    fn query_inner(&mut self, query: &Query) -> Evaluated<Rows> {
        for cte in &query.with {
            let mut rows = match cte.body.as_ref() {
                Op::Select(inner) if !query.recursive => self.query(inner)?,
                _ => Rows::unknown(Why::NotModelled),
            };
            for (at, name) in cte.columns.iter().enumerate() {
                match rows.columns.get_mut(at) {
                    Some(column) => *column = name.clone(),
                    None => rows.columns.push(name.clone()),
                }
            }
            self.ctes.push((cte.name.clone(), Arc::new(rows)));
        }
        let mut rows = match &query.body {
            QueryBody::Select(select) => self.select(select, &query.order_by)?,
            body => {
                let rows = self.body(body)?;
                sort_by_output(rows, &query.order_by)
            }
        };
        if !query.limit.is_empty() {
            self.limit(&mut rows, &query.limit)?;
        }
        Ok(rows)
    }

    fn body(&mut self, body: &QueryBody) -> Evaluated<Rows> {
        Ok(match body {
            QueryBody::Select(select) => self.select(select, &[])?,
            QueryBody::Query(query) => self.query(query)?,
            QueryBody::Values(lists) => {
                let mut rows = Rows::default();
                for list in lists {
                    let values = self.list(list)?;
                    rows.columns = (1..=values.len()).map(|at| format!("column{at}").into()).collect();
                    rows.rows.push((values, None));
                }
                rows
            }
            QueryBody::Set { op, arms } => {
                let mut all: Option<Rows> = None;
                for arm in arms {
                    let rows = self.body(arm)?;
                    all = Some(match all {
                        None => rows,
                        Some(all) => combine(op, all, rows),
                    });
                }
                all.unwrap_or_default()
            }
        })
    }

    /// Keeps the rows that LIMIT and OFFSET leave; the server's grammar gives them as a list in which their order is lost
    /// to us, so that only a lone constant is understood.
    fn limit(&mut self, rows: &mut Rows, limit: &[Expr]) -> Evaluated<()> {
        let mut counts = Vec::new();
        for expr in limit {
            counts.push(self.expr(expr)?);
        }
        match counts.as_slice() {
            // Which rows come first is known only where it does not matter: directions of ORDER BY are not kept.
            [Value::Int(count)] if rows.doubt().is_none() && (*count >= rows.rows.len() as i64 || all_alike(&rows.rows)) => {
                rows.rows.truncate(usize::try_from(*count).unwrap_or(0));
            }
            [Value::Int(count)] if *count > 0 && rows.rows.iter().any(|(_, doubt)| doubt.is_none()) => {
                // Some row stays, but none of them need be the one.
                let why = rows.doubt().unwrap_or(Why::NotModelled);
                rows.open = rows.open.max(Some(why));
                let certain = rows.rows.iter().position(|(_, doubt)| doubt.is_none());
                for (at, (values, doubt)) in rows.rows.iter_mut().enumerate() {
                    if Some(at) == certain {
                        values.iter_mut().for_each(|value| *value = Value::Unknown(why));
                    } else {
                        *doubt = Some(why);
                    }
                }
            }
            [Value::Null] => {}
            _ => {
                let why = rows.doubt().unwrap_or(Why::NotModelled);
                rows.open = Some(why);
                for (_, doubt) in &mut rows.rows {
                    *doubt = Some(why);
                }
            }
        }
        Ok(())
    }

    fn select(&mut self, select: &Select, order_by: &[Expr]) -> Evaluated<Rows> {
        let mut conjuncts = Vec::new();
        if let Some(filter) = &select.filter {
            conjoin(filter, &mut conjuncts);
        }
        let mut joined = Joined { rows: vec![Row::default()], open: None };
        for item in &select.from {
            joined = self.join(joined, item, &conjuncts)?;
        }
        if let Some(filter) = &select.filter {
            joined.rows = self.filter(joined.rows, filter)?;
        }
        let grouped = !select.group_by.is_empty()
            || select.having.is_some()
            || select.items.iter().any(|item| has_aggregate(&item.expr))
            || order_by.iter().any(has_aggregate);
        let mut open = joined.open;
        let frames: Vec<Frame> = if grouped {
            self.groups(select, joined, &mut open)?
        } else {
            joined.rows.into_iter().map(|row| Frame { row, group: None }).collect()
        };
        let mut output: Vec<(Vec<Value>, Vec<Value>, Option<Why>)> = Vec::with_capacity(frames.len());
        let mut columns = Vec::new();
        for frame in frames {
            let mut doubt = frame.row.doubt;
            self.frames.push(frame);
            let made = self.output_row(select, order_by, &mut doubt);
            let several = match &made {
                Ok(Some(_)) => self.several(select),
                Ok(None) | Err(_) => Ok(None),
            };
            self.frames.pop();
            if let Some((names, values, keys)) = made? {
                columns = names;
                match several? {
                    None => output.push((values, keys, doubt)),
                    Some((_, Err(why))) => open = open.max(Some(why)),
                    Some((at, Ok(list))) => {
                        for value in list {
                            let mut row = values.clone();
                            if let Some(place) = row.get_mut(at) {
                                *place = value;
                            }
                            output.push((row, keys.clone(), doubt));
                        }
                    }
                }
            }
        }
        if columns.is_empty() {
            columns = select.items.iter().map(column_name).collect();
        }
        if let Some(on) = &select.distinct {
            if !on.is_empty() && output.len() > 1 {
                open = open.max(Some(Why::NotModelled));
            } else if on.is_empty() {
                let mut seen: Vec<Vec<Value>> = Vec::new();
                output.retain(|(values, _, doubt)| {
                    let new = doubt.is_some() || !seen.contains(values);
                    if new {
                        seen.push(values.clone());
                    }
                    new
                });
            }
        }
        if !order_by.is_empty() {
            output.sort_by(|(_, a, _), (_, b, _)| order(a, b));
        }
        Ok(Rows { columns, rows: output.into_iter().map(|(values, _, doubt)| (values, doubt)).collect(), open })
    }

    /// The item of the select list that gives several rows, with them.
    #[allow(clippy::type_complexity, reason = "a place and its values")]
    fn several(&mut self, select: &Select) -> Evaluated<Option<(usize, Result<Vec<Value>, Why>)>> {
        for (at, item) in select.items.iter().enumerate() {
            if let Expr::Call(call) = &item.expr
                && gives_rows(&call.name.name)
            {
                return Ok(Some((at, self.row_source(call)?)));
            }
        }
        Ok(None)
    }

    /// Names, values and sort keys of one row of the result; none when HAVING drops it.
    #[allow(clippy::type_complexity, reason = "three lists that are taken apart at once")]
    fn output_row(
        &mut self,
        select: &Select,
        order_by: &[Expr],
        doubt: &mut Option<Why>,
    ) -> Evaluated<Option<(Vec<Name>, Vec<Value>, Vec<Value>)>> {
        if let Some(having) = &select.having {
            match self.truth(having)? {
                Truth::Known(Some(true)) => {}
                Truth::Known(_) => return Ok(None),
                Truth::Unknown(why) => *doubt = (*doubt).max(Some(why)),
            }
        }
        let mut names = Vec::new();
        let mut values = Vec::new();
        for item in &select.items {
            if let Expr::Star(qualifier) = &item.expr {
                let row = self.frames.last().map(|frame| frame.row.clone()).unwrap_or_default();
                for part in row.parts.iter().filter(|part| qualifier.last().is_none_or(|alias| *alias == part.alias)) {
                    names.extend(part.columns.iter().flat_map(|columns| columns.iter().cloned()));
                    values.extend(part.values.iter().cloned());
                }
                continue;
            }
            names.push(column_name(item));
            values.push(match &item.expr {
                Expr::Call(call) if gives_rows(&call.name.name) => Value::Null,
                expr => self.expr(expr)?,
            });
        }
        let mut keys = Vec::with_capacity(order_by.len());
        for key in order_by {
            let (key, _) = key.sort_key();
            let value = match key {
                Expr::Constant(Constant::Number(number)) => {
                    number.parse::<usize>().ok().and_then(|at| values.get(at.wrapping_sub(1)).cloned())
                }
                Expr::Column { parts, .. } if parts.len() == 1 => {
                    names.iter().position(|name| Some(name) == parts.first()).and_then(|at| values.get(at).cloned())
                }
                _ => None,
            };
            keys.push(match value {
                Some(value) => value,
                None => self.expr(key)?,
            });
        }
        Ok(Some((names, values, keys)))
    }

    /// One frame for each group.
    fn groups(&mut self, select: &Select, joined: Joined, open: &mut Option<Why>) -> Evaluated<Vec<Frame>> {
        if select.group_by.is_empty() {
            // The one group is there even when no row is; what is not known shows in the aggregates.
            let row = Row { doubt: None, ..joined.rows.first().cloned().unwrap_or_default() };
            *open = None;
            let group = Group { rows: joined.rows, open: joined.open };
            return Ok(vec![Frame { row, group: Some(Arc::new(group)) }]);
        }
        let mut groups: Vec<(Vec<Value>, Vec<Row>)> = Vec::new();
        for row in joined.rows {
            self.frames.push(Frame { row: row.clone(), group: None });
            let key = self.list(&select.group_by);
            self.frames.pop();
            let key = key?;
            match groups.iter_mut().find(|(other, _)| *other == key) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        Ok(groups
            .into_iter()
            .map(|(_, rows)| {
                // A group is certain when one of its rows is.
                let doubt = if rows.iter().any(|row| row.doubt.is_none()) { None } else { rows.iter().filter_map(|row| row.doubt).max() };
                let row = Row { doubt, ..rows.first().cloned().unwrap_or_default() };
                Frame { row, group: Some(Arc::new(Group { rows, open: joined.open })) }
            })
            .collect())
    }

    fn filter(&mut self, rows: Vec<Row>, filter: &Expr) -> Evaluated<Vec<Row>> {
        let mut kept = Vec::with_capacity(rows.len());
        for mut row in rows {
            self.frames.push(Frame { row: row.clone(), group: None });
            let truth = self.truth(filter);
            self.frames.pop();
            match truth? {
                Truth::Known(Some(true)) => kept.push(row),
                Truth::Known(_) => {}
                Truth::Unknown(why) => {
                    row.doubt = row.doubt.max(Some(why));
                    kept.push(row);
                }
            }
        }
        Ok(kept)
    }

    /// Each row so far with each row of an item.
    fn join(&mut self, joined: Joined, item: &FromItem, conjuncts: &[&Expr]) -> Evaluated<Joined> {
        if let FromItem::Join { left, right, kind, on, .. } = item {
            return match *kind {
                "JOIN" | "CROSS JOIN" | "LEFT JOIN" => {
                    let joined = self.join(joined, left, conjuncts)?;
                    self.join_on(joined, right, on, *kind == "LEFT JOIN", conjuncts)
                }
                "RIGHT JOIN" => {
                    let joined = self.join(joined, right, conjuncts)?;
                    self.join_on(joined, left, on, true, conjuncts)
                }
                _ => Ok(Joined { rows: Vec::new(), open: Some(Why::NotModelled) }),
            };
        }
        self.join_on(joined, item, &JoinCondition::None, false, conjuncts)
    }

    fn join_on(&mut self, joined: Joined, item: &FromItem, on: &JoinCondition, outer: bool, conjuncts: &[&Expr]) -> Evaluated<Joined> {
        let mut wanted: Vec<&Expr> = Vec::new();
        if let JoinCondition::On(condition) = on {
            conjoin(condition, &mut wanted);
        }
        if !outer {
            wanted.extend(conjuncts);
        }
        let mut result = Joined { rows: Vec::new(), open: joined.open };
        for row in joined.rows {
            if !self.step() || result.rows.len() > MAX_ROWS {
                return Ok(Joined { rows: Vec::new(), open: Some(Why::Limit) });
            }
            self.frames.push(Frame { row: row.clone(), group: None });
            let found = self.item(item, &wanted, on, &row);
            self.frames.pop();
            let found = found?;
            let mut matched = false;
            let mut doubt = found.open;
            for right in found.rows {
                let mut both = row.clone();
                both.parts.extend(right.parts);
                both.doubt = both.doubt.max(right.doubt);
                if let JoinCondition::On(condition) = on {
                    let Some(kept) = self.filter(vec![both], condition)?.pop() else { continue };
                    both = kept;
                }
                matched |= both.doubt.is_none();
                doubt = doubt.max(both.doubt);
                result.rows.push(both);
            }
            if outer && !matched {
                let mut alone = row;
                alone.parts.extend(self.nulls(item));
                alone.doubt = alone.doubt.max(doubt);
                result.rows.push(alone);
            }
            result.open = result.open.max(found.open);
        }
        Ok(result)
    }

    /// The all-NULL side of an outer join.
    fn nulls(&mut self, item: &FromItem) -> Vec<Part> {
        match item {
            FromItem::Relation { name, alias } => {
                let columns = match self.cte(name) {
                    Some(rows) => Some(rows.columns.clone().into()),
                    None => self.host.system().scan(name, &[]).columns,
                };
                let count = columns.as_ref().map_or(0, |columns: &Arc<[Name]>| columns.len());
                let alias_name = alias.as_ref().map_or(&name.name, |alias| &alias.name).clone();
                vec![Part { alias: alias_name, columns, values: vec![Value::Null; count].into() }]
            }
            FromItem::Query { alias, .. } | FromItem::Function { alias, .. } | FromItem::Table { alias, .. } => {
                let name = alias.as_ref().map(|alias| alias.name.clone()).unwrap_or_default();
                vec![Part { alias: name, columns: None, values: Vec::new().into() }]
            }
            FromItem::Join { left, right, .. } => {
                let mut parts = self.nulls(left);
                parts.extend(self.nulls(right));
                parts
            }
        }
    }

    fn cte(&self, name: &ObjectName) -> Option<Arc<Rows>> {
        if name.schema.is_some() {
            return None;
        }
        self.ctes.iter().rev().find(|(other, _)| *other == name.name).map(|(_, rows)| rows.clone())
    }

    /// The rows of one item, in the light of the row on its left.
    fn item(&mut self, item: &FromItem, wanted: &[&Expr], on: &JoinCondition, left: &Row) -> Evaluated<Joined> {
        match item {
            FromItem::Relation { name, alias } => {
                if let Some(rows) = self.cte(name) {
                    return Ok(as_item(&rows, alias.as_ref(), &name.name));
                }
                let alias_name = alias.as_ref().map_or(&name.name, |alias| &alias.name);
                let mut equal = Vec::new();
                for conjunct in wanted {
                    self.equality(conjunct, alias_name, name, &mut equal);
                }
                if let JoinCondition::Using(columns) = on {
                    for column in columns {
                        let value = left.parts.iter().rev().find_map(|part| {
                            let at = part.columns.as_ref()?.iter().position(|other| other == column)?;
                            part.values.get(at).cloned()
                        });
                        equal.extend(value.filter(|value| value.why().is_none()).map(|value| (column.clone(), value)));
                    }
                }
                let scan = self.host.system().scan(name, &equal);
                let using: &[Name] = if let JoinCondition::Using(columns) = on { columns } else { &[] };
                let mut rows = Joined { rows: Vec::new(), open: scan.open };
                if matches!(on, JoinCondition::Natural) {
                    rows.open = Some(Why::NotModelled);
                }
                for (values, doubt) in scan.rows {
                    if !self.step() {
                        return Ok(Joined { rows: Vec::new(), open: Some(Why::Limit) });
                    }
                    let fits = using.iter().all(|column| {
                        let at = scan.columns.as_ref().and_then(|columns| columns.iter().position(|other| other == column));
                        let own = at.and_then(|at| values.get(at));
                        let other = equal.iter().find(|(name, _)| name == column).map(|(_, value)| value);
                        own.zip(other).is_none_or(|(own, other)| scalar::relation("=", own, other) == Truth::Known(Some(true)))
                    });
                    if fits {
                        rows.rows.push(part(alias.as_ref(), alias_name, scan.columns.clone(), values, doubt));
                    }
                }
                Ok(rows)
            }
            FromItem::Query { query, alias, .. } => {
                let rows = self.query(query)?;
                Ok(as_item(&rows, alias.as_ref(), &Name::default()))
            }
            FromItem::Function { calls, ordinality, alias, .. } => {
                let [Expr::Call(call)] = calls.as_slice() else { return Ok(Joined { rows: Vec::new(), open: Some(Why::NotModelled) }) };
                let name = alias.as_ref().map_or(&call.name.name, |alias| &alias.name).clone();
                let mut columns = vec![name.clone()];
                if *ordinality {
                    columns.push("ordinality".into());
                }
                let mut rows = Rows { columns, ..Rows::default() };
                match self.row_source(call)? {
                    Ok(values) => {
                        for (at, value) in values.into_iter().enumerate() {
                            let mut row = vec![value];
                            if *ordinality {
                                row.push(Value::Int(at as i64 + 1));
                            }
                            rows.rows.push((row, None));
                        }
                    }
                    Err(why) => rows.open = Some(why),
                }
                Ok(as_item(&rows, alias.as_ref(), &name))
            }
            FromItem::Table { .. } => Ok(Joined { rows: Vec::new(), open: Some(Why::NotModelled) }),
            FromItem::Join { .. } => {
                let alone = Joined { rows: vec![Row::default()], open: None };
                self.join(alone, item, wanted)
            }
        }
    }

    /// `column = value` of a relation, where the value is known without it.
    fn equality(&mut self, conjunct: &Expr, alias: &Name, relation: &ObjectName, equal: &mut Vec<(Name, Value)>) {
        let Expr::Operator { name, left: Some(left), right, .. } = conjunct else { return };
        if name != "=" {
            return;
        }
        for (own, other) in [(left, right), (right, left)] {
            let Some(column) = own_column(own, alias, relation) else { continue };
            if column.1 && self.reads(other) {
                continue;
            }
            // What names the relation itself is not known before its rows are.
            let before = self.steps;
            let names_itself = mentions(other, alias);
            let value = if names_itself { None } else { self.expr(other).ok() };
            self.steps = before;
            if let Some(value) = value.filter(|value| value.why().is_none()) {
                equal.push((column.0, value));
                return;
            }
        }
    }

    /// Whether an expression has unqualified columns, which may be the relation's own.
    fn reads(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Column { parts, .. } => parts.len() == 1 && self.host.variable(parts).is_none(),
            Expr::Cast { expr, .. } | Expr::Collate { expr, .. } => self.reads(expr),
            Expr::Constant(_) | Expr::Param(_) => false,
            Expr::Call(call) => call.args.iter().any(|(_, arg)| self.reads(arg)),
            Expr::Subquery(_) => false,
            _ => true,
        }
    }
}

/// The column of this relation that an expression is; true when it does not say so.
fn own_column(expr: &Expr, alias: &Name, relation: &ObjectName) -> Option<(Name, bool)> {
    match expr {
        Expr::Cast { expr, ty } if matches!(ty.name.as_str(), "text" | "name" | "varchar") => own_column(expr, alias, relation),
        Expr::Column { parts, .. } => match parts.as_slice() {
            [name] => Some((name.clone(), true)),
            [qualifier, name] if qualifier == alias => Some((name.clone(), false)),
            [schema, table, name] if Some(schema) == relation.schema.as_ref() && *table == relation.name => Some((name.clone(), false)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression may speak of this alias; a subquery may.
fn mentions(expr: &Expr, alias: &Name) -> bool {
    match expr {
        Expr::Column { parts, .. } => parts.len() > 1 && parts.iter().any(|part| part == alias),
        Expr::Cast { expr, .. } | Expr::Collate { expr, .. } => mentions(expr, alias),
        Expr::Constant(_) | Expr::Param(_) => false,
        Expr::Call(call) => call.args.iter().any(|(_, arg)| mentions(arg, alias)),
        Expr::Operator { left, right, .. } => left.as_ref().is_some_and(|left| mentions(left, alias)) || mentions(right, alias),
        Expr::Subquery(_) => true,
        _ => true,
    }
}

/// The terms of an AND.
fn conjoin<'e>(expr: &'e Expr, terms: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(list) => list.iter().for_each(|item| conjoin(item, terms)),
        other => terms.push(other),
    }
}

fn part(alias: Option<&Alias>, name: &Name, columns: Option<Arc<[Name]>>, values: Vec<Value>, doubt: Option<Why>) -> Row {
    let columns = match (alias, columns) {
        (Some(alias), Some(columns)) if !alias.columns.is_empty() => {
            Some(columns.iter().enumerate().map(|(at, column)| alias.columns.get(at).unwrap_or(column).clone()).collect())
        }
        (_, columns) => columns,
    };
    Row { parts: vec![Part { alias: name.clone(), columns, values: values.into() }], doubt }
}

/// The rows of a subquery as an item of FROM.
fn as_item(rows: &Rows, alias: Option<&Alias>, name: &Name) -> Joined {
    let name = alias.map_or(name, |alias| &alias.name);
    let columns: Arc<[Name]> = rows.columns.clone().into();
    let list = rows.rows.iter().map(|(values, doubt)| part(alias, name, Some(columns.clone()), values.clone(), *doubt));
    Joined { rows: list.collect(), open: rows.open }
}

fn column_name(item: &SelectItem) -> Name {
    item.alias.clone().unwrap_or_else(|| name_of(&item.expr))
}

/// The name that the server gives to a column of the result.
fn name_of(expr: &Expr) -> Name {
    match expr {
        Expr::Column { parts, .. } => parts.last().cloned().unwrap_or_default(),
        Expr::Call(call) => call.name.name.clone(),
        Expr::Field { field, .. } => field.clone(),
        Expr::Collate { expr, .. } | Expr::Subscript { expr, .. } => name_of(expr),
        Expr::Cast { expr, ty } => match name_of(expr) {
            name if name == "?column?" => ty.name.clone(),
            name => name,
        },
        Expr::Exists(_) => "exists".into(),
        Expr::Array(_) | Expr::ArrayQuery(_) => "array".into(),
        Expr::Row(_) => "row".into(),
        Expr::Case { .. } => "case".into(),
        Expr::Subquery(query) => match &query.body {
            QueryBody::Select(select) => select.items.first().map_or_else(|| "?column?".into(), column_name),
            _ => "?column?".into(),
        },
        _ => "?column?".into(),
    }
}

/// Whether an aggregate stands in an expression, not counting those of subqueries.
fn has_aggregate(expr: &Expr) -> bool {
    let any = |list: &[Expr]| list.iter().any(has_aggregate);
    match expr {
        Expr::Call(call) => is_aggregate_call(call) || call.args.iter().any(|(_, arg)| has_aggregate(arg)),
        Expr::Cast { expr, .. } | Expr::Collate { expr, .. } | Expr::Not(expr) | Expr::Is { expr, .. } | Expr::Field { expr, .. } => {
            has_aggregate(expr)
        }
        Expr::Operator { left, right, .. } => left.as_ref().is_some_and(|left| has_aggregate(left)) || has_aggregate(right),
        Expr::And(list) | Expr::Or(list) | Expr::Array(list) | Expr::Row(list) => any(list),
        Expr::IsDistinct { left, right, .. } => has_aggregate(left) || has_aggregate(right),
        Expr::Between { expr, low, high, .. } => has_aggregate(expr) || has_aggregate(low) || has_aggregate(high),
        Expr::InList { expr, list, .. } => has_aggregate(expr) || any(list),
        Expr::InQuery { expr, .. } => has_aggregate(expr),
        Expr::Quantified { left, right, .. } => has_aggregate(left) || has_aggregate(right),
        Expr::Subscript { expr, bounds, .. } => has_aggregate(expr) || any(bounds),
        Expr::Case { operand, arms, otherwise } => {
            operand.as_ref().is_some_and(|operand| has_aggregate(operand))
                || arms.iter().any(|(condition, result)| has_aggregate(condition) || has_aggregate(result))
                || otherwise.as_ref().is_some_and(|otherwise| has_aggregate(otherwise))
        }
        Expr::Constant(_)
        | Expr::Column { .. }
        | Expr::Star(_)
        | Expr::Param(_)
        | Expr::ArrayQuery(_)
        | Expr::Subquery(_)
        | Expr::Exists(_)
        | Expr::Default => false,
    }
}

fn is_aggregate_call(call: &Call) -> bool {
    call.over.is_none() && matches!(call.name.schema.as_deref(), None | Some("pg_catalog")) && (call.star || is_aggregate(&call.name.name))
}

/// Rows in the order of their sort keys; NULL comes last, what cannot be compared stays as it is.
pub(super) fn order(left: &[Value], right: &[Value]) -> Ordering {
    for (a, b) in left.iter().zip(right) {
        let ordering = match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => rank(a).cmp(&rank(b)).then_with(|| compare(a, b).ok().flatten().unwrap_or(Ordering::Equal)),
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

/// Keeps kinds of values apart, so that sorting has one answer.
fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 9,
        Value::Bool(_) => 0,
        Value::Int(_) | Value::Numeric(_) => 1,
        Value::Text(_) => 2,
        Value::Oid(..) => 3,
        Value::Array(_) => 4,
        Value::Record(_) => 5,
        Value::Partial(..) | Value::Unknown(_) => 6,
    }
}

/// Whether all rows are the same.
fn all_alike(rows: &[(Vec<Value>, Option<Why>)]) -> bool {
    rows.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a == b))
}

fn sort_by_output(mut rows: Rows, order_by: &[Expr]) -> Rows {
    if order_by.is_empty() {
        return rows;
    }
    let places: Vec<Option<usize>> = order_by
        .iter()
        .map(|key| match key.sort_key().0 {
            Expr::Constant(Constant::Number(number)) => number.parse::<usize>().ok().map(|at| at.wrapping_sub(1)),
            Expr::Column { parts, .. } => rows.columns.iter().position(|name| Some(name) == parts.last()),
            _ => None,
        })
        .collect();
    let keys = |row: &[Value]| -> Vec<Value> {
        places.iter().map(|place| place.and_then(|at| row.get(at)).cloned().unwrap_or(Value::Null)).collect()
    };
    rows.rows.sort_by(|(a, _), (b, _)| order(&keys(a), &keys(b)));
    rows
}

fn combine(op: &str, mut left: Rows, right: Rows) -> Rows {
    let doubt = left.doubt().max(right.doubt());
    if op == "UNION ALL" || op == "UNION" {
        left.rows.extend(right.rows);
        left.open = left.open.max(right.open);
        if op == "UNION" {
            let mut seen: Vec<Vec<Value>> = Vec::new();
            left.rows.retain(|(values, doubt)| {
                let new = doubt.is_some() || !seen.contains(values);
                if new {
                    seen.push(values.clone());
                }
                new
            });
        }
        return left;
    }
    if let Some(why) = doubt {
        return Rows { columns: left.columns, ..Rows::unknown(why) };
    }
    if op.ends_with("ALL") {
        return Rows { columns: left.columns, ..Rows::unknown(Why::NotModelled) };
    }
    let keep = op.starts_with("INTERSECT");
    left.rows.retain(|(values, _)| right.rows.iter().any(|(other, _)| other == values) == keep);
    left.rows.dedup();
    left
}
