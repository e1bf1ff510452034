//! How objects are called: printed names and templates, today's and those of an earlier moment.

use super::object::{Body, ObjId, Object, RelKind, Relation, Type};
use super::template::{Piece, Template};
use super::{Catalog, Changed, Mark};
use crate::lexer::{quote, quote_ident};
use litemap::LiteMap;
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;
use std::sync::Arc;

/// Today's objects or those of an earlier moment: what names are printed from.
pub trait Names {
    /// The object in a slot at that moment.
    fn object(&self, id: ObjId) -> Option<&Object>;

    /// A template with the names of that moment. Objects of schema public and pg_catalog are printed with their schema too.
    fn print(&self, template: &Template) -> String {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Column(id, number) => {
                    let column = self.object(*id).and_then(|object| match &object.body {
                        Body::Relation(relation) => relation.column_at(*number),
                        Body::Type(Type::Composite(columns)) => columns.iter().find(|column| column.number == *number),
                        _ => None,
                    });
                    text.push_str(&quote_ident(column.map_or("?", |column| &column.name)));
                }
                Piece::Object(id) => text.push_str(&self.written(*id)),
                Piece::Needs(_) | Piece::Mark(_) => {}
            }
        }
        text
    }

    /// `schema.name`, or `schema.table.name` for what belongs to a table; as reports name it.
    fn qualified(&self, id: ObjId) -> String {
        let mut path = String::new();
        self.path(id, quote, &mut path);
        path
    }

    /// The same as SQL has it.
    fn written(&self, id: ObjId) -> String {
        let mut path = String::new();
        self.path(id, quote_ident, &mut path);
        path
    }

    /// The names on the way to an object, each written by a function.
    fn path(&self, id: ObjId, write: fn(&str) -> String, to: &mut String) {
        let Some(object) = self.object(id) else { return to.push('?') };
        if self.object(object.parent).is_some() {
            self.path(object.parent, write, to);
            to.push('.');
        }
        to.push_str(&write(&object.name));
    }
}

impl Names for Catalog {
    fn object(&self, id: ObjId) -> Option<&Object> {
        self.get(id).map(Arc::as_ref)
    }
}

/// The catalog as it was at a mark.
pub struct Before<'a> {
    catalog: &'a Catalog,
    changed: HashMap<ObjId, Option<&'a Arc<Object>>, FxBuildHasher>,
}

impl<'a> Before<'a> {
    /// The state at the mark.
    pub fn new(catalog: &'a Catalog, mark: Mark) -> Self {
        let mut changed = HashMap::default();
        for (id, old, _) in catalog.replaced_since(mark) {
            changed.entry(id).or_insert(old);
        }
        Self { catalog, changed }
    }

    /// The state of which this is what has changed since.
    pub(super) fn of(catalog: &'a Catalog, changed: &LiteMap<ObjId, Changed<'a>>) -> Self {
        let changed = changed.iter().map(|(id, changed)| (*id, changed.before)).collect();
        Self { catalog, changed }
    }
}

impl Names for Before<'_> {
    fn object(&self, id: ObjId) -> Option<&Object> {
        match self.changed.get(&id) {
            Some(before) => before.map(Arc::as_ref),
            None => self.catalog.object(id),
        }
    }
}

/// The word for a relation's kind in the server's messages.
pub fn relation_word(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelKind::Table(table) if table.foreign.is_some() => "foreign table",
        RelKind::Table(_) => "table",
        RelKind::View(_) => "view",
        RelKind::MatView(_) => "materialized view",
        RelKind::Index(_) => "index",
        RelKind::Sequence(_) => "sequence",
    }
}
