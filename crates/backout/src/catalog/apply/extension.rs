//! Extensions. What an installed one contains is asked of the built-in tables, or open.

use super::{Apply, Event, fail};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, DepKind, Extension, ObjId, Object};
use crate::catalog::{Class, Key, Presence, quote};
use crate::op::{AlterExtension, CreateExtension, Name};

impl Apply<'_> {
    pub(super) fn create_extension(&mut self, create: &CreateExtension) -> Outcome<()> {
        let name = &create.name.name;
        let key = Key::new(Class::Extension, ObjId::NONE, name.clone());
        let mut may_have_existed = false;
        match self.context().find(&key) {
            Presence::Present(..) if create.if_not_exists => {
                self.events.push(Event::FoundObject("extension", quote(name)));
                return Ok(());
            }
            Presence::Present(_, None) => {
                return Err(fail("42710", format!("extension \"{name}\" already exists"))
                    .about("extension", quote(name))
                    .at(create.name.span)
                    .into());
            }
            Presence::Open(_) if create.if_not_exists => {
                may_have_existed = true;
                self.catalog.lasting_doubt(key, format!("whether extension {name} was there before is not known"));
            }
            Presence::Present(..) | Presence::Open(_) | Presence::Absent => {}
        }
        let schema = match &create.schema {
            Some(schema) => self.context().schema(&schema.name, schema.span)?,
            None => self.context().path().first().copied().unwrap_or(self.catalog.public()),
        };
        let contents = self.builtin.extension(name);
        let mut needed: Vec<ObjId> = Vec::new();
        for required in contents.iter().flat_map(|contents| contents.requires()) {
            let required_key = Key::new(Class::Extension, ObjId::NONE, required);
            match self.context().find(&required_key) {
                Presence::Present(id, _) => needed.push(id),
                Presence::Open(_) => {}
                Presence::Absent if create.cascade => needed.push(self.add_extension(required.into(), None, schema)),
                Presence::Absent => {
                    return Err(fail("42704", format!("required extension \"{required}\" is not installed"))
                        .about("extension", quote(name))
                        .at(create.name.span)
                        .into());
                }
            }
        }
        let id = self.add_extension(name.clone(), create.version.clone(), schema);
        for on in needed {
            self.catalog.update(id, |object| object.depend(on, 0, DepKind::Normal));
        }
        if may_have_existed {
            self.events.push(Event::MayHaveExisted(id));
        }
        Ok(())
    }

    fn add_extension(&mut self, name: Name, version: Option<String>, schema: ObjId) -> ObjId {
        let open = self.builtin.extension(&name).is_none();
        let mut object = Object::new(name, ObjId::NONE, Body::Extension(Extension { version, open }));
        object.depend(schema, 0, DepKind::Normal);
        self.add(object)
    }

    pub(super) fn alter_extension(&mut self, alter: &AlterExtension) -> Outcome<()> {
        match alter {
            AlterExtension::Update { name, version } => {
                let (id, _) = self.target(&crate::op::ObjectRef::Extension(name.clone()))?;
                self.was_unknown(id);
                if let Some(version) = version.clone() {
                    self.catalog.update(id, |object| {
                        if let Body::Extension(extension) = &mut object.body {
                            extension.version = Some(version);
                        }
                    });
                }
                self.events.push(Event::Altered(id));
                Ok(())
            }
            AlterExtension::Member { name, add, target } => {
                let (extension, _) = self.target(&crate::op::ObjectRef::Extension(name.clone()))?;
                let (id, _) = self.target(target)?;
                let add = *add;
                self.catalog.update(id, |object| {
                    object.extension = Some(extension).filter(|_| add);
                    object.deps.retain(|dep| dep.on != extension);
                    if add {
                        object.depend(extension, 0, DepKind::Internal);
                    }
                });
                self.events.push(Event::Altered(id));
                Ok(())
            }
        }
    }
}
