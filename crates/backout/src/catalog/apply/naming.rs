//! Names that the server makes (manual: CREATE TABLE, CREATE INDEX; `makeObjectName` in its source).

use super::Apply;
use crate::catalog::object::{Body, ObjId};
use crate::catalog::{Catalog, Class, Key, Presence, key_of, marks, quote};
use crate::op::Name;

/// The longest identifier in bytes (NAMEDATALEN - 1).
const LONGEST: usize = 63;

/// `name1_name2_label`, the two names cut so that it fits.
fn make(name1: &str, name2: Option<&str>, label: &str) -> String {
    let overhead = label.len() + usize::from(!label.is_empty()) + usize::from(name2.is_some());
    let room = LONGEST.saturating_sub(overhead);
    let (mut one, mut two) = (name1.len(), name2.map_or(0, str::len));
    while one + two > room {
        if one > two { one -= 1 } else { two -= 1 }
    }
    let mut made = cut(name1, one).to_owned();
    if let Some(name2) = name2 {
        made.push('_');
        made.push_str(cut(name2, two));
    }
    if !label.is_empty() {
        made.push('_');
        made.push_str(label);
    }
    made
}

/// The longest prefix of at most that many bytes that ends between characters.
fn cut(text: &str, mut bytes: usize) -> &str {
    bytes = bytes.min(text.len());
    while !text.is_char_boundary(bytes) {
        bytes -= 1;
    }
    &text[..bytes]
}

/// Joins column names as index and foreign key names do: until the result is as long as a name may be.
pub fn join_columns<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for column in columns {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
        if joined.len() > LONGEST {
            break;
        }
    }
    joined
}

impl Apply<'_> {
    /// A relation name that nothing in the schema has yet; for the index of a constraint, no constraint either.
    pub(super) fn choose_relation_name(&mut self, schema: ObjId, name1: &str, name2: Option<&str>, label: &str, constraint: bool) -> Name {
        self.choose(schema, Class::Relation, (name1, name2, label), |catalog, name| {
            relation_exists(catalog, schema, name) || (constraint && constraint_exists(catalog, schema, name))
        })
    }

    /// A constraint name that no constraint in the schema has yet, and none of those still to be made.
    pub(super) fn choose_constraint_name(&mut self, schema: ObjId, name1: &str, name2: Option<&str>, label: &str) -> Name {
        self.choose(schema, Class::Constraint, (name1, name2, label), |catalog, name| constraint_exists(catalog, schema, name))
    }

    fn choose(
        &mut self,
        schema: ObjId,
        class: Class,
        (name1, name2, label): (&str, Option<&str>, &str),
        taken: impl Fn(&Catalog, &str) -> bool,
    ) -> Name {
        let mut name = make(name1, name2, label);
        let mut pass = 0;
        while taken(self.catalog, &name) {
            pass += 1;
            name = make(name1, name2, &format!("{label}{pass}"));
        }
        if self.catalog.open_world && !self.catalog.assume_new && self.may_be_taken(schema, class, name1, &name) {
            self.catalog.guess_name(schema, &name);
        }
        name.into()
    }

    /// Whether something that we do not see may have the name that was made for something of `owner`: that was there before, or something
    /// of its name was.
    fn may_be_taken(&self, schema: ObjId, class: Class, owner: &str, name: &str) -> bool {
        let older =
            [Class::Relation, Class::Type].into_iter().find_map(|class| match self.catalog.look_up(&Key::new(class, schema, owner)) {
                Presence::Present(id, _) => Some(id).filter(|id| self.catalog.is_unseen(*id)),
                Presence::Absent | Presence::Open(_) => None,
            });
        let absent = |class, home| self.catalog.look_up(&Key::new(class, home, name)) == Presence::Absent;
        // A constraint of that name that was dropped took its index along.
        let free = older.is_some_and(|table| absent(Class::Constraint, table)) || (class == Class::Relation && absent(class, schema));
        !free && (older.is_some() || self.catalog.is_marked(schema, &marks::left(owner)))
    }

    /// Notes of an object that a script names: the server may have given it another name than the one we made for it.
    pub(super) fn note_guessed_name(&self, id: ObjId) {
        let Some(object) = self.catalog.get(id).filter(|object| self.catalog.open_world && !object.presumed) else { return };
        if key_of(object).is_some_and(|key| self.catalog.is_guessed(&key)) {
            self.context().note_unseen(format!("whether the server named it {} (the name may have been taken)", quote(&object.name)));
        }
    }
}

fn relation_exists(catalog: &Catalog, schema: ObjId, name: &str) -> bool {
    matches!(catalog.look_up(&Key::new(Class::Relation, schema, name)), Presence::Present(..))
}

fn constraint_exists(catalog: &Catalog, schema: ObjId, name: &str) -> bool {
    catalog.constraints_named(name).iter().any(|&id| {
        catalog
            .get(id)
            .and_then(|constraint| catalog.get(constraint.parent))
            .is_some_and(|owner| owner.parent == schema && !matches!(owner.body, Body::Schema))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_from_the_longer_part_first() {
        assert_eq!(make("t", Some("c"), "key"), "t_c_key");
        assert_eq!(make("t", None, "pkey"), "t_pkey");
        let long = make(&"a".repeat(60), Some(&"b".repeat(10)), "fkey");
        assert_eq!(long.len(), 63);
        assert!(long.ends_with("_bbbbbbbbbb_fkey"), "{long}");
        assert_eq!(make(&"é".repeat(40), None, "pkey").len(), 63);
    }
}
