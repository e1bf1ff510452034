//! Sequences (manual: CREATE SEQUENCE, ALTER SEQUENCE).

use super::{Apply, Event, fail};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Body, ColumnNumber, DepKind, ObjId, Object, RelKind, Relation, Sequence};
use crate::catalog::{Class, Key, Names, Presence};
use crate::op::{AlterSequence, CreateSequence, Name, OwnedBy, Persistence, RelationKind, SequenceOptions};
use litemap::LiteMap;

impl Apply<'_> {
    pub(super) fn create_sequence(&mut self, create: &CreateSequence) -> Outcome<()> {
        let schema = self.new_relation_schema(&create.name, create.persistence)?;
        if self.relation_name_taken(schema, &create.name, create.if_not_exists, "sequence")? {
            return Ok(());
        }
        let sequence = self.build_sequence(&create.options, "int8")?;
        let id = self.add_sequence(create.name.name.clone(), schema, create.persistence, sequence);
        self.own_sequence(id, &create.options)
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) -> Outcome<()> {
        let id = match self.named_relation(RelationKind::Sequence, &alter.name) {
            Ok(id) => id,
            Err(stop) if alter.if_exists => return self.forgive_relation(RelationKind::Sequence, stop),
            Err(stop) => return Err(stop),
        };
        // RESTART is about the next value alone.
        if !alter.options.only_restarts() {
            self.was_unknown(id);
        }
        self.change_sequence(id, &alter.options)?;
        self.own_sequence(id, &alter.options)
    }

    pub(super) fn change_sequence(&mut self, id: ObjId, options: &SequenceOptions) -> Outcome<()> {
        let Some(RelKind::Sequence(old)) = self.catalog.relation(id).map(|relation| relation.kind.clone()) else { return Ok(()) };
        let ty = self.sequence_type(options)?;
        let mut new = old.clone();
        if let Some(ty) = ty {
            let (old_low, old_high) = range(&old.ty);
            let (low, high) = range(&ty);
            // A bound that was the old type's own follows the type.
            if new.increment > 0 && new.max == old_high {
                new.max = high
            }
            if new.increment < 0 && new.min == old_low {
                new.min = low
            }
            new.ty = ty;
        }
        apply_options(&mut new, options, false);
        check_bounds(&new)?;
        if new != old {
            self.catalog.update_relation(id, |relation| relation.kind = RelKind::Sequence(new));
        }
        self.catalog.prove(id);
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// `OWNED BY`.
    fn own_sequence(&mut self, id: ObjId, options: &SequenceOptions) -> Outcome<()> {
        let owner = match &options.owned_by {
            None => return Ok(()),
            Some(OwnedBy::Nothing) => None,
            Some(OwnedBy::Column(table, column)) => {
                let relation = self.user_relation(table, RelationKind::Table)?;
                let ident = crate::op::Ident { name: column.clone(), span: table.span };
                let same_schema =
                    self.catalog.get(relation).map(|object| object.parent) == self.catalog.get(id).map(|object| object.parent);
                if !same_schema {
                    return Err(fail("55000", "sequence must be in same schema as table it is linked to").at(table.span).into());
                }
                Some((relation, self.column(relation, &ident)?))
            }
        };
        let identity =
            matches!(self.catalog.relation(id).map(|relation| &relation.kind), Some(RelKind::Sequence(sequence)) if sequence.identity);
        if identity {
            return Err(fail("0A000", "cannot change ownership of identity sequence").into());
        }
        self.set_sequence_owner(id, owner, DepKind::Auto);
        Ok(())
    }

    pub(super) fn set_sequence_owner(&mut self, id: ObjId, owner: Option<(ObjId, ColumnNumber)>, kind: DepKind) {
        self.catalog.update(id, |object| {
            object.deps.retain(|dep| dep.kind == DepKind::Normal);
            if let Some((table, column)) = owner {
                object.depend(table, column, kind);
            }
            if let Body::Relation(Relation { kind: RelKind::Sequence(sequence), .. }) = &mut object.body {
                sequence.owned_by = owner;
                sequence.identity = owner.is_some() && kind == DepKind::Internal;
            }
        });
    }

    pub(super) fn add_sequence(&mut self, name: Name, schema: ObjId, persistence: Persistence, sequence: Sequence) -> ObjId {
        let relation =
            Relation { kind: RelKind::Sequence(sequence), persistence, columns: Vec::new(), options: LiteMap::new(), open: false };
        self.add(Object::new(name, schema, Body::Relation(relation)))
    }

    pub(super) fn build_sequence(&self, options: &SequenceOptions, default_type: &str) -> Outcome<Sequence> {
        let ty = self.sequence_type(options)?.unwrap_or_else(|| default_type.into());
        let increment = options.increment.unwrap_or(1);
        if increment == 0 {
            return Err(fail("22023", "INCREMENT must not be zero").into());
        }
        let (low, high) = range(&ty);
        let (min, max) = if increment > 0 { (1, high) } else { (low, -1) };
        let mut sequence = Sequence { ty, start: 0, increment, min, max, cache: 1, cycle: false, owned_by: None, identity: false };
        apply_options(&mut sequence, options, true);
        check_bounds(&sequence)?;
        Ok(sequence)
    }

    fn sequence_type(&self, options: &SequenceOptions) -> Outcome<Option<Name>> {
        let Some(ty) = &options.ty else { return Ok(None) };
        match ty.name.as_str() {
            "int2" | "int4" | "int8" => Ok(Some(ty.name.clone())),
            _ => Err(fail("22023", "sequence type must be smallint, integer, or bigint").at(ty.span).into()),
        }
    }

    /// The schema of a new relation: the session's temporary one for temporary relations.
    pub(super) fn new_relation_schema(&mut self, name: &crate::op::ObjectName, persistence: Persistence) -> Outcome<ObjId> {
        let temporary = persistence == Persistence::Temporary || name.schema.as_deref() == Some("pg_temp");
        if !temporary {
            return self.context().creation_schema(name);
        }
        if name.schema.as_ref().is_some_and(|schema| schema != "pg_temp") {
            return Err(fail("42P16", "cannot create temporary relation in non-temporary schema").at(name.span).into());
        }
        Ok(self.temporary_schema())
    }

    /// The schema of a new object that is no relation.
    pub(super) fn creation_schema(&mut self, name: &crate::op::ObjectName) -> Outcome<ObjId> {
        if name.schema.as_deref() == Some("pg_temp") {
            return Ok(self.temporary_schema());
        }
        self.context().creation_schema(name)
    }

    /// The session's schema of temporary objects, made when it is first needed.
    fn temporary_schema(&mut self) -> ObjId {
        match self.session.temporary {
            Some(schema) => schema,
            None => {
                let schema = self.catalog.create(Object::new("pg_temp", ObjId::NONE, Body::Schema));
                self.session.temporary = Some(schema);
                schema
            }
        }
    }

    /// Whether a relation of that name stands in the way: with IF NOT EXISTS that is no error.
    pub(super) fn relation_name_taken(
        &mut self,
        schema: ObjId,
        name: &crate::op::ObjectName,
        if_not_exists: bool,
        kind: &'static str,
    ) -> Outcome<bool> {
        let key = Key::new(Class::Relation, schema, name.name.clone());
        match self.context().find(&key) {
            Presence::Present(id, doubt) => {
                let found = self.catalog.qualified(id);
                if if_not_exists {
                    self.events.push(Event::FoundObject(kind, found));
                    return Ok(true);
                }
                let failure = fail("42P07", format!("relation \"{}\" already exists", name.name)).about(kind, found).at(name.span);
                match doubt {
                    // It may be gone: then this runs. The outcome hangs on the gap either way.
                    Some(_) => {
                        self.catalog.set(id, None);
                        Ok(false)
                    }
                    None => Err(failure.into()),
                }
            }
            Presence::Open(_) if if_not_exists => {
                self.catalog.lasting_doubt(key, format!("whether {kind} {} was there before is not known", name.name));
                Ok(false)
            }
            Presence::Open(Some(gap)) => {
                self.context().note(gap);
                Ok(false)
            }
            Presence::Absent | Presence::Open(None) => {
                let types = self.context().find(&Key::new(Class::Type, schema, name.name.clone()));
                // A composite type is a relation, too.
                if let Presence::Present(id, None) = types
                    && matches!(
                        self.catalog.get(id).map(|object| &object.body),
                        Some(Body::Type(crate::catalog::object::Type::Composite(_)))
                    )
                {
                    let failure = fail("42P07", format!("relation \"{}\" already exists", name.name));
                    return Err(failure.about("composite", self.catalog.qualified(id)).at(name.span).into());
                }
                if let Presence::Present(id, None) = types
                    && kind != "index"
                    && !self.is_row_type(id)
                {
                    let failure = fail("42710", format!("type \"{}\" already exists", name.name));
                    return Err(failure.about("type", self.catalog.qualified(id)).at(name.span).into());
                }
                Ok(false)
            }
        }
    }
}

fn range(ty: &str) -> (i64, i64) {
    match ty {
        "int2" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "int4" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

fn apply_options(sequence: &mut Sequence, options: &SequenceOptions, new: bool) {
    let (low, high) = range(&sequence.ty);
    if let Some(increment) = options.increment {
        sequence.increment = increment;
    }
    let ascending = sequence.increment > 0;
    if let Some(max) = options.max {
        sequence.max = max.unwrap_or(if ascending { high } else { -1 });
    }
    if let Some(min) = options.min {
        sequence.min = min.unwrap_or(if ascending { 1 } else { low });
    }
    match options.start {
        Some(start) => sequence.start = start,
        None if new => sequence.start = if ascending { sequence.min } else { sequence.max },
        None => {}
    }
    if let Some(cache) = options.cache {
        sequence.cache = cache;
    }
    if let Some(cycle) = options.cycle {
        sequence.cycle = cycle;
    }
}

fn check_bounds(sequence: &Sequence) -> Outcome<()> {
    if sequence.increment == 0 {
        return Err(fail("22023", "INCREMENT must not be zero").into());
    }
    let (low, high) = range(&sequence.ty);
    let ty = match sequence.ty.as_str() {
        "int2" => "smallint",
        "int4" => "integer",
        _ => "bigint",
    };
    for (word, value) in [("MAXVALUE", sequence.max), ("MINVALUE", sequence.min)] {
        if !(low..=high).contains(&value) {
            return Err(fail("22023", format!("{word} ({value}) is out of range for sequence data type {ty}")).into());
        }
    }
    if sequence.min >= sequence.max {
        return Err(fail("22023", format!("MINVALUE ({}) must be less than MAXVALUE ({})", sequence.min, sequence.max)).into());
    }
    if sequence.start < sequence.min {
        return Err(fail("22023", format!("START value ({}) cannot be less than MINVALUE ({})", sequence.start, sequence.min)).into());
    }
    if sequence.start > sequence.max {
        return Err(fail("22023", format!("START value ({}) cannot be greater than MAXVALUE ({})", sequence.start, sequence.max)).into());
    }
    Ok(())
}
