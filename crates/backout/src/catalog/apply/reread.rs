//! What ALTER COLUMN TYPE reads again: indexes and checks over the column are rebuilt from their own text, which then
//! means what it means with the new type. So `coalesce(a, b)` comes out as `coalesce(a::bigint, b)`.

use super::Apply;
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, IndexKeyKind, ObjId, RelKind};
use crate::catalog::resolve::ExprPlace;
use crate::catalog::template::Template;
use crate::op::{AlterTable, ColumnAction, TableAction};

impl Apply<'_> {
    /// Reads the definitions again that use a column whose type this statement has changed.
    pub(super) fn read_again(&mut self, table: ObjId, alter: &AlterTable) -> Outcome<()> {
        let retyped: Vec<_> = alter
            .actions
            .iter()
            .filter_map(|(action, _)| match action {
                TableAction::AlterColumn { name, action: ColumnAction::Type { .. }, .. } => Some(&name.name),
                _ => None,
            })
            .collect();
        if retyped.is_empty() || self.catalog.read_expression.is_none() {
            return Ok(());
        }
        let mut tables = self.partitions(table);
        tables.push(table);
        for table in tables {
            let Some(relation) = self.catalog.relation(table) else { continue };
            let numbers: Vec<ColumnNumber> = retyped.iter().filter_map(|name| relation.column(name)).map(|column| column.number).collect();
            // The server takes constraints before indexes.
            self.read_checks_again(table, &numbers)?;
            self.read_indexes_again(table, &numbers)?;
        }
        Ok(())
    }

    fn read_indexes_again(&mut self, table: ObjId, numbers: &[ColumnNumber]) -> Outcome<()> {
        let uses = |template: &Template| template.references().any(|(on, column)| on == table && numbers.contains(&column));
        for id in self.indexes(table) {
            let Some((_, index)) = self.index(id) else { continue };
            let mut changed = index.clone();
            let used = changed.filter.iter().any(uses)
                || changed.elements.iter().any(|element| match &element.key {
                    IndexKeyKind::Column(column) => numbers.contains(column),
                    IndexKeyKind::Expression(template) => uses(template),
                });
            if !used {
                continue;
            }
            let mut any = false;
            for element in &mut changed.elements {
                if let IndexKeyKind::Expression(template) = &mut element.key
                    && let Some(new) = self.context().read_again(template, table, ExprPlace::Index)?
                {
                    *template = new;
                    any = true;
                }
            }
            if let Some(filter) = &mut changed.filter
                && let Some(new) = self.context().read_again(filter, table, ExprPlace::IndexPredicate)?
            {
                *filter = new;
                any = true;
            }
            if any {
                self.catalog.update_relation(id, |relation| relation.kind = RelKind::Index(changed));
            }
        }
        Ok(())
    }

    fn read_checks_again(&mut self, table: ObjId, numbers: &[ColumnNumber]) -> Outcome<()> {
        let uses = |template: &Template| template.references().any(|(on, column)| on == table && numbers.contains(&column));
        let checks: Vec<(ObjId, Template)> = self
            .constraints(table)
            .filter_map(|(id, constraint)| match &constraint.kind {
                ConstraintKind::Check { expr, .. } if uses(expr) => Some((id, expr.clone())),
                _ => None,
            })
            .collect();
        for (id, old) in checks {
            if let Some(new) = self.context().read_again(&old, table, ExprPlace::Check)? {
                self.catalog.update(id, |object| {
                    if let Body::Constraint(constraint) = &mut object.body
                        && let ConstraintKind::Check { expr, .. } = &mut constraint.kind
                    {
                        *expr = new;
                    }
                });
            }
        }
        Ok(())
    }
}
