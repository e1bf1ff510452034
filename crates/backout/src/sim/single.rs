//! Scalar subqueries, which may give one row at most (21000).

use super::rows::plain;
use super::run::Machine;
use crate::catalog::object::{ObjId, RelKind};
use crate::catalog::resolve::RowUse;
use crate::op::query::{FromItem, Query, QueryBody};
use crate::op::{Expr, Op, Persistence};

impl Machine {
    /// The table of which a scalar subquery finds more than one row among the values of an INSERT, where it is certainly evaluated.
    pub(super) fn crowded(&self, op: &Op, uses: &RowUse) -> Option<ObjId> {
        let (Op::Insert(insert), Some(&target)) = (op, uses.writes.first()) else { return None };
        let Some(Query { body: QueryBody::Values(rows), .. }) =
            insert.source.as_ref().filter(|_| insert.with.is_empty() && plain(&self.catalog, target))
        else {
            return None;
        };
        rows.iter().flatten().filter_map(scalar).find_map(|query| self.finds_two(query, uses))
    }

    fn finds_two(&self, query: &Query, uses: &RowUse) -> Option<ObjId> {
        let QueryBody::Select(select) = &query.body else { return None };
        let ([FromItem::Relation { name, .. }], Some(filter)) = (&*select.from, &select.filter) else { return None };
        let [item] = &*select.items else { return None };
        let simple = query.with.is_empty()
            && query.limit.is_empty()
            && select.distinct.is_none()
            && select.group_by.is_empty()
            && select.having.is_none()
            && matches!(item.expr, Expr::Column { .. } | Expr::Constant(_))
            && compares(filter);
        let named = |id: &&ObjId| {
            let schema = || self.catalog.get(**id).and_then(|object| self.catalog.get(object.parent));
            self.catalog.get(**id).is_some_and(|object| object.name == name.name)
                && name.schema.as_ref().is_none_or(|wanted| schema().is_some_and(|schema| schema.name == *wanted))
        };
        let mut tables = uses.reads.iter().filter(named);
        let (Some(&table), None) = (tables.next(), tables.next()) else { return None };
        // Who may not see a row does not find it, and a temporary table may lose it.
        let seen = self.catalog.relation(table).is_some_and(|relation| match &relation.kind {
            RelKind::Table(data) => !data.row_security && relation.persistence != Persistence::Temporary,
            _ => false,
        });
        let known = simple && seen && plain(&self.catalog, table) && self.catalog.doubt_about(table).is_none();
        let (found, _) = self.fitting(table, filter).filter(|_| known)?;
        (found.len() > 1).then_some(table)
    }
}

/// The subquery that a value is.
fn scalar(value: &Expr) -> Option<&Query> {
    match value {
        Expr::Subquery(query) => Some(query),
        Expr::Cast { expr, .. } => scalar(expr),
        _ => None,
    }
}

/// Columns held against constants.
fn compares(filter: &Expr) -> bool {
    match filter {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(compares),
        Expr::Operator { left: Some(left), right, .. } => matches!((&**left, &**right), (Expr::Column { .. }, Expr::Constant(_))),
        Expr::Is { expr, .. } => matches!(**expr, Expr::Column { .. }),
        _ => false,
    }
}
