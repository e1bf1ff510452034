//! Columns as CREATE TABLE and ADD COLUMN make them: type, serial and identity sequences, defaults.

use super::constraint::Rows;
use super::{Apply, fail};
use crate::catalog::Class;
use crate::catalog::builtin::TypeKind;
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, Column, ColumnDefault, ColumnNumber, DepKind, ObjId, Object, RelKind, Ty, TyBase};
use crate::catalog::resolve::{ExprPlace, Scope, fitted};
use crate::catalog::template::{Piece, Template};
use crate::op::{
    ColumnConstraintKind, ColumnDef, Constant, ConstraintAttributes, Expr, ForeignKey, Ident, Name, Options, Persistence, SequenceOptions,
    TableConstraint, TableConstraintKind,
};
use crate::source::Span;
use litemap::LiteMap;
use std::sync::Arc;

/// A column definition taken apart: the column itself and what is made for it afterwards.
pub(super) struct NewColumn<'a> {
    pub column: Column,
    /// The sequence of a serial type, by its type.
    pub serial: Option<&'static str>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<(bool, &'a SequenceOptions)>,
    /// `DEFAULT`.
    pub default: Option<&'a Expr>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<(&'a Expr, bool)>,
    /// CHECK, key and foreign key constraints in the table's form.
    pub constraints: Vec<TableConstraint>,
}

impl NewColumn<'_> {
    /// Whether the rows that are there get a value other than NULL, a domain's own default aside.
    pub fn is_filled(&self) -> bool {
        match self.default {
            Some(expr) => !matches!(expr, Expr::Constant(Constant::Null)),
            None => self.serial.is_some() || self.identity.is_some() || self.generated.is_some(),
        }
    }

    /// The rows that its constraints meet when it is added.
    pub fn rows(&self) -> Rows {
        let may_have_default = self.default.is_none() && !matches!(self.column.ty.base, TyBase::Builtin(_));
        if self.is_filled() || may_have_default { Rows::Any } else { Rows::NullInColumn }
    }
}

impl Column {
    /// A column with nothing but its type.
    pub fn new(number: ColumnNumber, name: Name, ty: Ty) -> Self {
        Self {
            number,
            name,
            ty,
            not_null: false,
            default: None,
            generated: None,
            identity: None,
            collation: None,
            storage: None,
            compression: None,
            statistics: -1,
            options: LiteMap::new(),
            comment: None,
            local: true,
            inherited: 0,
            dropped: false,
        }
    }
}

impl Apply<'_> {
    /// No column is of a type that has no values to store.
    pub(super) fn refuse_pseudo(&self, column: &str, ty: &Ty, span: Span) -> Outcome<()> {
        match &ty.base {
            TyBase::Builtin(name) if !ty.array && self.builtin.ty(name).is_some_and(|facts| facts.kind == TypeKind::Pseudo) => {
                Err(fail("42P16", format!("column \"{column}\" has pseudo-type {name}")).at(span).into())
            }
            _ => Ok(()),
        }
    }

    /// Resolves a column definition. `table` is the relation's name for messages.
    pub(super) fn new_column<'a>(&self, def: &'a ColumnDef, table: &str, number: ColumnNumber) -> Outcome<NewColumn<'a>> {
        let context = self.context();
        let serial = def.ty.as_ref().filter(|ty| ty.schema.is_none()).and_then(|ty| serial_type(&ty.name));
        let ty = match (&def.ty, serial) {
            (Some(written), Some(_)) if written.dimensions > 0 => {
                return Err(fail("0A000", "array of serial is not implemented").at(written.span).into());
            }
            (Some(_), Some(base)) => Ty::builtin(base),
            (Some(written), None) => {
                let ty = context.ty(written)?;
                self.refuse_pseudo(&def.name, &ty, written.span)?;
                ty
            }
            (None, _) => Ty::builtin("text"),
        };
        if is_system_column(&def.name) {
            return Err(fail("42701", format!("column name \"{}\" conflicts with a system column name", def.name)).at(def.span).into());
        }
        let mut column = Column::new(number, def.name.clone(), ty);
        column.not_null = serial.is_some();
        column.collation = self.collation(def.collation.as_ref())?;
        column.storage = def.storage.clone();
        if let Some(method) = &def.compression {
            self.check_compression(&column.ty, method).map_err(|failure| failure.at(def.span))?;
        }
        column.compression = def.compression.clone().filter(|method| method != "default");
        let mut new = NewColumn { column, serial, identity: None, default: None, generated: None, constraints: Vec::new() };
        let (mut said_null, mut said_not_null) = (false, false);
        let conflict = |what: &str, span: Span| fail("42601", format!("{what} for column \"{}\" of table \"{table}\"", def.name)).at(span);
        let me = || Ident { name: def.name.clone(), span: def.span };
        for constraint in &def.constraints {
            let mut push = |kind| {
                new.constraints.push(TableConstraint {
                    name: constraint.name.clone(),
                    kind,
                    attributes: constraint.attributes,
                    span: constraint.span,
                });
            };
            match &constraint.kind {
                ColumnConstraintKind::NotNull { .. } => {
                    if said_null {
                        return Err(conflict("conflicting NULL/NOT NULL declarations", constraint.span).into());
                    }
                    said_not_null = true;
                    new.column.not_null = true;
                    if self.catalog.version >= 18 {
                        push(TableConstraintKind::NotNull { column: me(), no_inherit: false });
                    }
                }
                ColumnConstraintKind::Null => {
                    if said_not_null || serial.is_some() {
                        return Err(conflict("conflicting NULL/NOT NULL declarations", constraint.span).into());
                    }
                    said_null = true;
                }
                ColumnConstraintKind::Default(expr) => {
                    if new.default.is_some() || serial.is_some() {
                        return Err(conflict("multiple default values specified", constraint.span).into());
                    }
                    new.default = Some(expr);
                }
                ColumnConstraintKind::Generated { expr, stored } => {
                    new.generated = Some((expr, *stored));
                    new.column.generated = Some(*stored);
                }
                ColumnConstraintKind::Identity { always, options } => {
                    if new.identity.is_some() {
                        return Err(conflict("multiple identity specifications", constraint.span).into());
                    }
                    new.column.not_null = true;
                    new.column.identity = Some(*always);
                    new.identity = Some((*always, options));
                }
                ColumnConstraintKind::Check { expr, no_inherit } => {
                    push(TableConstraintKind::Check { expr: expr.clone(), no_inherit: *no_inherit })
                }
                ColumnConstraintKind::Unique { nulls_not_distinct, options } => push(key(me(), false, *nulls_not_distinct, options)),
                ColumnConstraintKind::PrimaryKey { options } => push(key(me(), true, false, options)),
                ColumnConstraintKind::References(target) => {
                    push(TableConstraintKind::ForeignKey { columns: vec![me()], key: ForeignKey::clone(target) })
                }
            }
        }
        let kinds = [new.default.is_some() || serial.is_some(), new.generated.is_some(), new.identity.is_some()];
        if kinds.iter().filter(|kind| **kind).count() > 1 {
            let what = match kinds {
                [true, true, _] => "both default and generation expression specified",
                [true, _, true] => "both default and identity specified",
                _ => "both identity and generation expression specified",
            };
            return Err(conflict(what, def.span).into());
        }
        Ok(new)
    }

    /// What a column's type, and its collation, make the relation depend on.
    pub(super) fn depend_on_type(&self, object: &mut Object, column: ColumnNumber, ty: &Ty) {
        match &ty.base {
            TyBase::User(id) => object.depend_column(column, *id, 0, DepKind::Normal),
            TyBase::Open(name) => {
                if let Some(extension) = self.extension_of_type(name) {
                    object.depend_column(column, extension, 0, DepKind::Normal);
                }
            }
            TyBase::Builtin(_) => {}
        }
    }

    /// The extension that a type outside of the schema comes from: one that is known to have it, else the only one
    /// whose contents are not known.
    fn extension_of_type(&self, name: &str) -> Option<ObjId> {
        let mut open = Vec::new();
        for id in self.catalog.members(Class::Extension, ObjId::NONE) {
            let object = self.catalog.get(id)?;
            match self.builtin.extension(&object.name) {
                Some(contents) if contents.ty(name).is_some() => return Some(id),
                Some(_) => {}
                None => open.push(id),
            }
        }
        match open[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Makes the sequence, default or generation expression of a column that is already in its table.
    pub(super) fn finish_column(&mut self, table: ObjId, new: &NewColumn<'_>) -> Outcome<()> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(()) };
        let number = new.column.number;
        let persistence = match &object.body {
            Body::Relation(relation) => relation.persistence,
            _ => Persistence::Permanent,
        };
        if let Some(base) = new.serial {
            let sequence = self.build_sequence(&SequenceOptions::default(), base)?;
            let name = self.choose_relation_name(object.parent, &object.name, Some(&new.column.name), "seq", false);
            let id = self.add_sequence(name, object.parent, persistence, sequence);
            self.set_sequence_owner(id, Some((table, number)), DepKind::Auto);
            self.set_default(table, number, nextval(id));
        }
        if let Some((_, options)) = new.identity {
            self.add_identity(table, number, options)?;
        }
        if let Some(expr) = new.default {
            self.set_default_expr(table, number, expr)?;
        }
        if let Some((expr, stored)) = new.generated {
            let template = self.table_expr(table, expr, Some(&new.column.ty), ExprPlace::Generated)?;
            self.check_generated(table, &template)?;
            self.set_default(table, number, template);
            self.catalog.update_column(table, number, |column| column.generated = Some(stored));
        }
        Ok(())
    }

    /// A generated column cannot be computed from another.
    pub(super) fn check_generated(&self, table: ObjId, template: &Template) -> Outcome<()> {
        let relation = self.catalog.relation(table);
        let generated = |number| relation.and_then(|relation| relation.column_at(number)).filter(|column| column.generated.is_some());
        match template.references().find_map(|(on, number)| generated(number).filter(|_| on == table)) {
            Some(column) => {
                Err(fail("42P17", format!("cannot use generated column \"{}\" in column generation expression", column.name)).into())
            }
            None => Ok(()),
        }
    }

    /// Makes the sequence of an identity column.
    pub(super) fn add_identity(&mut self, table: ObjId, number: ColumnNumber, options: &SequenceOptions) -> Outcome<()> {
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(()) };
        let Body::Relation(relation) = &object.body else { return Ok(()) };
        let Some(column) = relation.column_at(number) else { return Ok(()) };
        let base = identity_base(column)?;
        let sequence = self.build_sequence(options, &base)?;
        let (schema, name) = match &options.name {
            Some(name) => (self.context().creation_schema(name)?, name.name.clone()),
            None => (object.parent, self.choose_relation_name(object.parent, &object.name, Some(&column.name), "seq", false)),
        };
        let id = self.add_sequence(name, schema, relation.persistence, sequence);
        self.set_sequence_owner(id, Some((table, number)), DepKind::Internal);
        Ok(())
    }

    /// `SET DEFAULT expr`; a NULL that need not be brought into the column's type is no default at all.
    pub(super) fn set_default_expr(&mut self, table: ObjId, number: ColumnNumber, expr: &Expr) -> Outcome<()> {
        let Some(column) = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).cloned() else { return Ok(()) };
        let scope = Scope::empty().for_column(column.name.clone());
        let template = self.context().expr(expr, &scope, Some(&column.ty), ExprPlace::Default)?;
        self.check_default_type(&column, &template)?;
        self.clear_default(table, number);
        if !self.is_null_default(&column.ty, expr) {
            self.set_default(table, number, template);
        }
        Ok(())
    }

    /// Whether the server keeps no default: NULL is a constant of the type, and no function brings it to the type's length
    /// (`AddRelationNewConstraints` in its source).
    fn is_null_default(&self, ty: &Ty, expr: &Expr) -> bool {
        let null = |expr: &Expr| matches!(expr, Expr::Constant(Constant::Null));
        let from = match expr {
            Expr::Cast { expr, ty } if null(expr) => self.context().ty(ty).ok(),
            expr if null(expr) => None,
            _ => return false,
        };
        if self.context().without_domain(ty) != *ty {
            return false;
        }
        // A literal gets the fields and the precision of an interval at once.
        if ty.is("interval") {
            return from.is_none_or(|from| from.is("interval") && (ty.modifiers.is_empty() || from.modifiers == ty.modifiers));
        }
        ty.modifiers.is_empty() && from.is_none_or(|from| from == *ty)
    }

    /// A new column's default is computed at once: one that does not fit into it is refused, which otherwise waits for a row.
    pub(super) fn check_default_fits(&self, column: &Column, default: Option<&Expr>) -> Outcome<()> {
        let (text, number) = match default {
            Some(Expr::Constant(Constant::String(text))) => (text.as_str(), false),
            Some(Expr::Constant(Constant::Number(number))) => (&**number, true),
            _ => return Ok(()),
        };
        let ty = self.context().without_domain(&column.ty);
        if let (TyBase::Builtin(name), false) = (&ty.base, ty.array) {
            fitted(text, number, name, &ty.modifiers, self.catalog.version)?;
        }
        Ok(())
    }

    fn check_default_type(&self, column: &Column, template: &Template) -> Outcome<()> {
        let Some(from) = &template.ty else { return Ok(()) };
        let context = self.context();
        if context.assignable(from, &column.ty) == crate::catalog::resolve::Verity::No {
            let (to, from) = (context.format_type(&column.ty, self.catalog), context.format_type(from, self.catalog));
            let message = format!("column \"{}\" is of type {to} but default expression is of type {from}", column.name);
            return Err(fail("42804", message).into());
        }
        Ok(())
    }

    /// Takes a column's default away.
    pub(super) fn clear_default(&mut self, table: ObjId, number: ColumnNumber) {
        let old = self.catalog.relation(table).and_then(|relation| relation.column_at(number)).and_then(|column| column.default);
        if let Some(old) = old {
            self.catalog.set(old, None);
            self.catalog.update_column(table, number, |column| column.default = None);
        }
    }

    /// Gives a column a default (or generation expression) that is already resolved.
    pub(super) fn set_default(&mut self, table: ObjId, number: ColumnNumber, expr: Template) {
        let mut object = Object::new(Name::default(), table, Body::Default(ColumnDefault { column: number, expr: expr.clone() }));
        object.depend(table, number, DepKind::Auto);
        for (on, column) in expr.references() {
            if on == table && column != 0 {
                // A generation expression: the generated column itself depends on the columns that it reads.
                self.catalog.update(table, |object| object.depend_column(number, table, column, DepKind::Normal));
            } else if on != table {
                object.depend(on, column, DepKind::Normal);
            }
        }
        let id = self.catalog.create(object);
        self.catalog.update_column(table, number, |column| column.default = Some(id));
    }

    /// An expression over the columns of one table.
    pub(super) fn table_expr(&self, table: ObjId, expr: &Expr, expected: Option<&Ty>, place: ExprPlace) -> Outcome<Template> {
        let context = self.context();
        let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        context.expr(expr, &Scope::relation(name, table), expected, place)
    }

    /// Adds columns to a relation that exists.
    pub(super) fn append_column(&mut self, table: ObjId, column: Column) {
        let ty = column.ty.clone();
        let number = column.number;
        let mut deps = Object::new(Name::default(), ObjId::NONE, Body::Schema);
        self.depend_on_type(&mut deps, number, &ty);
        self.depend_on_collation(&mut deps, number, column.collation.as_ref());
        self.catalog.update(table, |object| {
            for dep in deps.deps {
                object.depend_column(dep.own_column, dep.on, dep.column, dep.kind);
            }
            if let Body::Relation(relation) = &mut object.body {
                relation.columns.push(Arc::new(column));
            }
        });
    }

    /// A collation of the schema keeps what uses it.
    pub(super) fn depend_on_collation(&self, object: &mut Object, column: ColumnNumber, collation: Option<&Name>) {
        let Some(collation) = collation else { return };
        let class = Class::Generic(crate::op::GenericKind::Collation);
        for schema in self.context().path() {
            let key = crate::catalog::Key::new(class, schema, collation.clone());
            if let crate::catalog::Presence::Present(id, _) = self.catalog.look_up(&key) {
                object.depend_column(column, id, 0, DepKind::Normal);
                return;
            }
        }
    }

    /// Whether the relation is a table that holds rows of its own.
    pub(super) fn is_plain_table(&self, id: ObjId) -> bool {
        matches!(self.catalog.relation(id).map(|relation| &relation.kind), Some(RelKind::Table(_)))
    }
}

/// `nextval('schema.sequence'::regclass)`.
pub(super) fn nextval(sequence: ObjId) -> Template {
    let pieces = vec![Piece::Text("nextval('".into()), Piece::Object(sequence), Piece::Text("'::regclass)".into())];
    Template { pieces, ty: Some(Ty::builtin("int8")) }
}

fn key(column: Ident, primary: bool, nulls_not_distinct: bool, options: &Options) -> TableConstraintKind {
    TableConstraintKind::Key {
        primary,
        columns: vec![column],
        include: Vec::new(),
        nulls_not_distinct,
        without_overlaps: false,
        using_index: None,
        options: options.clone(),
    }
}

/// The type of an identity column's sequence.
pub(super) fn identity_base(column: &Column) -> Outcome<Name> {
    match &column.ty.base {
        TyBase::Builtin(name) if !column.ty.array && matches!(name.as_str(), "int2" | "int4" | "int8") => Ok(name.clone()),
        TyBase::Open(_) => Ok("int8".into()),
        TyBase::Builtin(_) | TyBase::User(_) => Err(fail("22023", "identity column type must be smallint, integer, or bigint").into()),
    }
}

/// Attributes of a constraint that nothing was said about.
pub(super) const PLAIN: ConstraintAttributes =
    ConstraintAttributes { deferrable: false, initially_deferred: false, not_valid: false, not_enforced: false };

fn serial_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "serial" | "serial4" => "int4",
        "bigserial" | "serial8" => "int8",
        "smallserial" | "serial2" => "int2",
        _ => return None,
    })
}

pub(super) fn is_system_column(name: &str) -> bool {
    matches!(name, "tableoid" | "cmax" | "xmax" | "cmin" | "xmin" | "ctid")
}
