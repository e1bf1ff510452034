//! The names that an expression may use: relations with their columns, and variables.

use super::super::object::{ColumnNumber, ObjId, Relation, Ty};
use crate::op::Name;

/// The relations that stand in `FROM`, the variables, and the scope around.
#[derive(Clone, Debug, Default)]
pub struct Scope<'s> {
    /// The relations, in their order.
    pub items: Vec<ScopeItem<'s>>,
    /// Columns that `JOIN … USING` and `NATURAL JOIN` merged, with their part of the `FROM` list, in the order of `*`.
    pub merged: Vec<(usize, Name)>,
    /// Arguments and variables of a routine.
    pub variables: Vec<(Name, Option<Ty>)>,
    /// Those of them whose name no column in sight may have.
    pub exclusive: &'s [Name],
    /// The arguments of a routine by number, `$1` first.
    pub params: Vec<Option<Ty>>,
    /// The column that the expression is for, in messages.
    pub target: Option<Name>,
    /// The scope of the query around.
    pub parent: Option<&'s Scope<'s>>,
}

/// One relation of a scope.
#[derive(Clone, Debug)]
pub struct ScopeItem<'s> {
    /// The name by which its columns are qualified; empty for a relation without a name.
    pub alias: Name,
    /// The schema of a relation that was named without an alias.
    pub schema: Option<Name>,
    /// The relation itself, for a reference to its whole row.
    pub relation: Option<ObjId>,
    /// Its columns.
    pub columns: Columns<'s>,
    /// More columns may exist than are listed.
    pub open: bool,
    /// Columns that are found only when qualified: those that a join merged into another item's.
    pub hidden: Vec<Name>,
    /// Nothing is found here without a qualification (`excluded`, `OLD`, `NEW`, the parts of an aliased join).
    pub qualified_only: bool,
    /// It stands in another part of the same `FROM` and cannot be used here.
    pub blocked: bool,
    /// The alias was written, so that it is not the relation's own name.
    pub aliased: bool,
    /// Its rows are what a function returns that is no row: a reference to the whole row is its only column.
    pub scalar: bool,
    /// It is a system table, which has system columns.
    pub system: bool,
    /// The name behind which the server put a number, because a query around uses it: it prints both names as one.
    pub renamed: Option<Name>,
    /// Which part of the `FROM` list it belongs to.
    pub group: usize,
}

/// The columns of a scope's relation.
#[derive(Clone, Debug)]
pub enum Columns<'s> {
    /// Those of a relation of the catalog.
    Catalog(ObjId),
    /// Those of a relation that is being made.
    Relation(ObjId, &'s Relation),
    /// Any others.
    List(Vec<ScopeColumn>),
}

/// A column of a scope's relation.
#[derive(Clone, Debug)]
pub struct ScopeColumn {
    /// Its name.
    pub name: Name,
    /// Its type, where it can be told.
    pub ty: Option<Ty>,
    /// The column of the schema that it is.
    pub source: Option<(ObjId, ColumnNumber)>,
}

impl<'s> Scope<'s> {
    /// Whether a variable in sight has a name that no column may have.
    pub fn is_exclusive(&self, name: &Name) -> bool {
        self.exclusive.contains(name) || self.parent.is_some_and(|parent| parent.is_exclusive(name))
    }

    /// A scope without relations.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A scope of one relation of the catalog, under this name.
    pub fn relation(alias: impl Into<Name>, id: ObjId) -> Self {
        Self { items: vec![ScopeItem::new(alias, Columns::Catalog(id))], ..Self::default() }
    }

    /// A scope of one relation that is being made.
    pub fn of(alias: impl Into<Name>, id: ObjId, relation: &'s Relation) -> Self {
        Self { items: vec![ScopeItem::new(alias, Columns::Relation(id, relation))], ..Self::default() }
    }

    /// How many scopes stand around it.
    pub(super) fn level(&self) -> u16 {
        std::iter::successors(self.parent, |scope| scope.parent).count() as u16
    }

    /// Adds a relation that is found only under its name, as `OLD` and `NEW` are.
    pub fn with_named(mut self, alias: impl Into<Name>, id: ObjId) -> Self {
        self.items.push(ScopeItem { qualified_only: true, ..ScopeItem::new(alias, Columns::Catalog(id)) });
        self
    }

    /// Says which column the expression is for.
    pub fn for_column(mut self, name: impl Into<Name>) -> Self {
        self.target = Some(name.into());
        self
    }

    /// Adds a variable.
    pub fn with_variable(mut self, name: impl Into<Name>, ty: Option<Ty>) -> Self {
        self.variables.push((name.into(), ty));
        self
    }

    /// Adds a routine's arguments, by name and by number.
    pub fn with_arguments(mut self, arguments: impl IntoIterator<Item = (Name, Option<Ty>)>) -> Self {
        for (name, ty) in arguments {
            self.params.push(ty.clone());
            if !name.is_empty() {
                self.variables.push((name, ty));
            }
        }
        self
    }
}

impl<'s> ScopeItem<'s> {
    /// A relation under a name.
    pub fn new(alias: impl Into<Name>, columns: Columns<'s>) -> Self {
        let relation = match &columns {
            Columns::Catalog(id) | Columns::Relation(id, _) => Some(*id),
            Columns::List(_) => None,
        };
        let alias = alias.into();
        Self {
            alias,
            schema: None,
            relation,
            columns,
            open: false,
            hidden: Vec::new(),
            qualified_only: false,
            blocked: false,
            aliased: false,
            scalar: false,
            system: false,
            renamed: None,
            group: 0,
        }
    }
}
