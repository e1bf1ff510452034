//! DROP: what goes along, what stands in the way (manual chapter 5.14, `findDependentObjects` in the server's source).

use super::{Apply, Blocked, Event};
use crate::catalog::context::{Outcome, Stop, fail, report_kind};
use crate::catalog::object::{Body, ColumnNumber, DepKind, ObjId, RelKind, Relation, Type};
use crate::catalog::{Class, EVERY, Failure, Key, Names};
use crate::op::{Behavior, Drop, GenericKind, Name, ObjectRef, RelationKind, RoutineKind};
use litemap::LiteMap;

/// Something that goes, and how it was reached.
struct Doomed {
    id: ObjId,
    column: ColumnNumber,
    /// Named by the statement, or part of what goes; else only CASCADE takes it.
    silent: bool,
    /// From where it was first reached.
    from: Option<usize>,
}

/// Where in a list of what goes an object or column stands.
type Places = LiteMap<(ObjId, ColumnNumber), usize>;

impl Apply<'_> {
    pub(super) fn drop_objects(&mut self, drop: &Drop) -> Outcome<()> {
        let mut targets = Vec::new();
        for target in &drop.targets {
            let found = self.dropped(target);
            let found = match target {
                // A role that nobody shows is there, or it could not be dropped.
                ObjectRef::Role(role) if !drop.if_exists => found.map(|_| (self.role_or_presumed(&role.name), 0)),
                _ => found,
            };
            match found {
                Ok(found) => {
                    self.check_droppable(target, found.0)?;
                    if self.catalog.open_world {
                        self.drop_unseen(target, found.0, drop.behavior);
                    }
                    if found.0 != ObjId::NONE && !targets.contains(&found) {
                        targets.push(found);
                    }
                }
                Err(stop) if drop.if_exists => self.forgive(target, stop, drop.behavior)?,
                Err(stop) => return Err(stop),
            }
        }
        if drop.concurrently && targets.len() > 1 {
            return Err(fail("0A000", "DROP INDEX CONCURRENTLY does not support dropping multiple objects").into());
        }
        if drop.concurrently
            && let Some((object, index)) = targets.first().and_then(|(id, _)| self.index(*id))
        {
            if self.is_partitioned(index.table) {
                return Err(fail("0A000", format!("cannot drop partitioned index \"{}\" concurrently", object.name)).into());
            }
            if !object.presumed && self.may_be_partitioned(index.table) {
                self.context().note_unseen(format!("whether table {} is partitioned", self.catalog.qualified(index.table)));
            }
        }
        self.drop_all(&targets, drop.behavior)
    }

    /// What goes along with something dropped that nobody has seen.
    fn drop_unseen(&mut self, target: &ObjectRef, id: ObjId, behavior: Behavior) {
        if self.may_be_held(id) {
            match behavior {
                Behavior::Restrict => self.events.push(Event::MayBeHeld(id)),
                Behavior::Cascade => {
                    let key = Key::new(Class::Relation, id, EVERY);
                    self.catalog.base_doubt(key.clone(), format!("what depended on {} is not known", self.describe(id, 0)));
                    self.catalog.prove_absent(key);
                }
            }
        }
        // A routine named without arguments is the only one of its name.
        if matches!(target, ObjectRef::Routine { signature, .. } if signature.args.is_none())
            && let Some(key) = self.key_of_target(target)
        {
            self.catalog.prove_absent(key);
        }
    }

    /// Something presumed that others which we do not see may depend on.
    fn may_be_held(&self, id: ObjId) -> bool {
        self.catalog.get(id).is_some_and(|object| {
            // What IF NOT EXISTS or OR REPLACE made may be older and have dependents that we do not see.
            let may_be_older =
                !self.catalog.assume_new && crate::catalog::key_of(object).is_some_and(|key| self.catalog.is_base_doubted(&key));
            (object.presumed || may_be_older)
                && match &object.body {
                    Body::Relation(relation) => !matches!(relation.kind, RelKind::Index(_)),
                    Body::Schema | Body::Type(_) | Body::Routine(_) | Body::Extension(_) => true,
                    _ => false,
                }
        })
    }

    /// `IF EXISTS` silences what is not there: the object, its table, its schema, an argument type. Not a wrong kind.
    fn forgive(&mut self, target: &ObjectRef, stop: Stop, behavior: Behavior) -> Outcome<()> {
        match stop {
            Stop::Missing(missing) => {
                let (kind, name) = missing.failure.object.clone().unwrap_or(("object", String::new()));
                if missing.open.is_some() {
                    // In one world it is dropped, in the other it was not there: afterwards it is gone in both.
                    let key = self.key_of_target(target);
                    let own = name.split('(').next().and_then(|path| path.rsplit('.').next()).unwrap_or_default().trim_matches('"');
                    let placeless = || self.catalog.open_world.then(|| Key::new(Class::Relation, ObjId::NONE, own));
                    if let Some(key) = key.clone().or_else(placeless) {
                        self.catalog.base_doubt(key, format!("whether {kind} {name} was there before is not known"));
                    }
                    if let Some(key) = key {
                        self.catalog.prove_absent(key);
                    }
                    let held = match target {
                        ObjectRef::Relation { kind, .. } => *kind != RelationKind::Index,
                        ObjectRef::Schema(_) | ObjectRef::Type(_) | ObjectRef::Domain(_) | ObjectRef::Extension(_) => true,
                        ObjectRef::Routine { .. } => true,
                        _ => false,
                    };
                    if held && behavior == Behavior::Restrict && self.catalog.open_world {
                        self.events.push(Event::MayBeHeld(ObjId::NONE));
                    }
                }
                self.events.push(Event::FoundNothing(kind, name, missing.open.is_none()));
                Ok(())
            }
            stop => Err(stop),
        }
    }

    /// What may never be dropped alone: a part of something else.
    fn check_droppable(&self, target: &ObjectRef, id: ObjId) -> Outcome<()> {
        let Some(object) = self.catalog.get(id) else { return Ok(()) };
        if matches!(object.body, Body::Role(_)) {
            return self.check_role(&object.name.clone());
        }
        if matches!((target, &object.body), (ObjectRef::Type(_) | ObjectRef::Domain(_), Body::Relation(_))) {
            // A row type goes with its relation only.
            let relation = self.describe(id, 0);
            let message = format!("cannot drop type {} because {relation} requires it", object.name);
            return Err(fail("2BP01", message).about("type", self.catalog.qualified(id)).into());
        }
        if let ObjectRef::Routine { kind: RoutineKind::Function, signature } = target
            && let Some(failure) = self.is_aggregate(id)
        {
            return Err(failure.at(signature.name.span).into());
        }
        let owner = object.deps.iter().find(|dep| dep.kind == DepKind::Internal && dep.own_column == 0 && dep.on != id);
        let attached = match &object.body {
            Body::Relation(Relation { kind: RelKind::Index(index), .. }) => index.partition_of.map(|parent| (parent, 0)),
            _ => None,
        };
        let owner = owner.map(|dep| (dep.on, dep.column)).or(attached).or(object.extension.map(|extension| (extension, 0)));
        let Some((owner, column)) = owner else { return Ok(()) };
        let named = matches!(target, ObjectRef::Constraint { .. });
        if named {
            return Ok(());
        }
        let (this, that) = (self.describe(id, 0), self.describe(owner, column));
        let failure =
            fail("2BP01", format!("cannot drop {this} because {that} requires it")).detailed(vec![format!("You can drop {that} instead.")]);
        Err(failure.about(report_kind(&object.body), self.catalog.qualified(id)).into())
    }

    /// A role that owns something or holds privileges cannot be dropped (2BP01).
    fn check_role(&self, role: &crate::op::Name) -> Outcome<()> {
        let hold = |(id, object): (ObjId, &std::sync::Arc<crate::catalog::object::Object>)| {
            let this = || self.describe(id, 0);
            match &object.body {
                _ if object.owner == *role => Some(format!("owner of {}", this())),
                Body::DefaultPrivileges if super::grant::is_default_of(object, role) => Some(format!("owner of {}", this())),
                Body::Policy(policy) if policy.roles.contains(role) => Some(format!("target of {}", this())),
                Body::Generic(mapping) if mapping.kind == GenericKind::UserMapping && object.name == *role => {
                    Some(format!("owner of {}", this()))
                }
                _ if object.acl.keys().any(|(grantee, _, _)| grantee == role) => Some(format!("privileges for {}", this())),
                Body::Role(settings) if object.name == *role => {
                    let on = settings.keys().find_map(|key| key.strip_prefix(crate::catalog::object::ELSEWHERE));
                    on.map(|on| match on.split_once("; ") {
                        Some((on, "OWNER")) => format!("owner of {on}"),
                        Some((on, _)) => format!("privileges for {on}"),
                        None => on.to_owned(),
                    })
                }
                _ => None,
            }
        };
        let held: Vec<String> = self.catalog.objects().filter_map(hold).collect();
        if held.is_empty() {
            return Ok(());
        }
        let failure = fail("2BP01", format!("role \"{role}\" cannot be dropped because some objects depend on it"));
        Err(failure.detailed(held).about("role", role.to_string()).into())
    }

    /// Drops objects and columns with everything that goes along.
    pub(super) fn drop_all(&mut self, targets: &[(ObjId, ColumnNumber)], behavior: Behavior) -> Outcome<()> {
        let (doomed, places) = self.closure(targets);
        let blockers: Vec<&Doomed> = doomed.iter().filter(|doomed| !doomed.silent).collect();
        if behavior == Behavior::Restrict && !blockers.is_empty() {
            let holders = blockers.iter().map(|gone| (gone.id, gone.column)).collect();
            let failure = self.blocked(targets, &doomed, &blockers);
            self.events.push(Event::Blocked(Box::new(Blocked { targets: targets.to_vec(), holders })));
            return Err(failure.into());
        }
        for gone in doomed.iter().filter(|gone| gone.column == 0) {
            self.context().refuse_pending(gone.id, "DROP TABLE")?;
            self.leave_role(gone.id);
        }
        // Dependents go before what they depend on, so that the journal reads like the server's order.
        for gone in doomed.iter().rev() {
            self.remove(gone.id, gone.column, !gone.silent, &places);
        }
        Ok(())
    }

    /// Everything that goes when the targets go, and the place of each.
    fn closure(&self, targets: &[(ObjId, ColumnNumber)]) -> (Vec<Doomed>, Places) {
        let mut doomed: Vec<Doomed> = Vec::new();
        let mut places = Places::new();
        for &(id, column) in targets {
            places.insert((id, column), doomed.len());
            doomed.push(Doomed { id, column, silent: true, from: None });
        }
        let mut next = 0;
        while next < doomed.len() {
            let (id, column, silent_here) = (doomed[next].id, doomed[next].column, doomed[next].silent);
            if let Some(Body::Schema) = self.catalog.get(id).map(|object| &object.body) {
                for member in self.schema_members(id) {
                    if places.try_insert((member, 0), doomed.len()).is_none() {
                        doomed.push(Doomed { id: member, column: 0, silent: false, from: Some(next) });
                    }
                }
            }
            for &dependent in self.catalog.dependents(id) {
                let Some(object) = self.catalog.get(dependent) else { continue };
                for dep in object.deps.iter().filter(|dep| dep.on == id && (column == 0 || dep.column == column)) {
                    let place = (dependent, dep.own_column);
                    if place == (id, column) || (dependent == id && dep.own_column == 0) {
                        continue;
                    }
                    let silent = dep.kind != DepKind::Normal;
                    let known = places.get(&place).or_else(|| places.get(&(dependent, 0))).copied();
                    match known {
                        Some(at) => {
                            if silent && silent_here && !doomed[at].silent && doomed[at].column == dep.own_column {
                                doomed[at].silent = true;
                            }
                        }
                        None => {
                            places.insert(place, doomed.len());
                            doomed.push(Doomed { id: dependent, column: dep.own_column, silent, from: Some(next) });
                        }
                    }
                }
            }
            next += 1;
        }
        // What is part of something that only CASCADE takes is not itself in the way.
        (doomed, places)
    }

    /// Everything that lives in a schema.
    fn schema_members(&self, schema: ObjId) -> Vec<ObjId> {
        self.catalog.in_schema(schema)
    }

    fn blocked(&self, targets: &[(ObjId, ColumnNumber)], doomed: &[Doomed], blockers: &[&Doomed]) -> Failure {
        let detail = |gone: &&Doomed| {
            let from = gone.from.map(|at| self.describe(doomed[at].id, doomed[at].column)).unwrap_or_default();
            format!("{} depends on {from}", self.describe(gone.id, gone.column))
        };
        let message = match targets {
            [(id, column)] => format!("cannot drop {} because other objects depend on it", self.describe(*id, *column)),
            _ => "cannot drop desired object(s) because other objects depend on them".into(),
        };
        let failure = fail("2BP01", message).detailed(blockers.iter().map(detail).collect());
        match targets.first().and_then(|&(id, column)| Some((id, column, self.catalog.get(id)?))) {
            Some((id, 0, object)) => failure.about(report_kind(&object.body), self.catalog.qualified(id)),
            Some((id, column, _)) => {
                let name = self.column_name(id, column).unwrap_or_default();
                failure.about("column", format!("{}.{}", self.catalog.qualified(id), crate::catalog::quote(&name)))
            }
            None => failure,
        }
    }

    /// Takes one object or column out of the catalog.
    fn remove(&mut self, id: ObjId, column: ColumnNumber, cascade: bool, doomed: &Places) {
        let Some(object) = self.catalog.get(id).cloned() else { return };
        if column != 0 && matches!(object.body, Body::Generic(_)) {
            return self.unpublish(id, column);
        }
        if column != 0 {
            let mut name = Name::default();
            self.catalog.update(id, |object| {
                object.deps.retain(|dep| dep.own_column != column);
                object.acl.retain(|(_, _, at), _| *at != column);
                let columns = match &mut object.body {
                    Body::Relation(relation) => &mut relation.columns,
                    Body::Type(Type::Composite(columns)) => columns,
                    _ => return,
                };
                for found in columns.iter_mut().filter(|found| found.number == column) {
                    let found = std::sync::Arc::make_mut(found);
                    found.dropped = true;
                    name = std::mem::take(&mut found.name);
                    found.default = None;
                    found.comment = None;
                }
            });
            self.events.push(Event::DroppedColumn(id, column, cascade, name));
            return;
        }
        match &object.body {
            // A column need not be told of what goes with its table.
            Body::Default(_) if doomed.contains_key(&(object.parent, 0)) => {}
            Body::Default(default) => {
                self.catalog.update_column(object.parent, default.column, |column| {
                    column.default = None;
                    column.generated = None;
                });
            }
            Body::Relation(relation) => {
                if let RelKind::Index(index) = &relation.kind {
                    let replica = crate::op::ReplicaIdentity::Index(object.name.clone());
                    let table = index.table;
                    let used = self
                        .catalog
                        .relation(table)
                        .is_some_and(|table| matches!(&table.kind, RelKind::Table(table) if table.replica_identity == replica));
                    if used {
                        self.catalog.update_relation(table, |relation| {
                            if let RelKind::Table(table) = &mut relation.kind {
                                table.replica_identity = crate::op::ReplicaIdentity::Nothing;
                            }
                        });
                    }
                }
            }
            _ => {}
        }
        self.events.push(Event::Dropped(id, object, cascade));
        self.catalog.set(id, None);
    }

    /// Drops one object with everything that hangs on it.
    pub(crate) fn drop_whole(&mut self, id: ObjId) {
        // With CASCADE nothing stands in the way.
        let _ = self.drop_all(&[(id, 0)], Behavior::Cascade);
    }

    /// Drops the session's temporary objects.
    pub(crate) fn drop_temporary(&mut self) {
        if let Some(schema) = self.session.temporary {
            let members: Vec<_> = self.catalog.in_schema(schema).into_iter().map(|id| (id, 0)).collect();
            // Temporary objects never stand in their own way.
            let _ = self.drop_all(&members, Behavior::Cascade);
        }
    }
}
