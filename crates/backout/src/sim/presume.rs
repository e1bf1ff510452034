//! Worlds: what must have been there for a forward to run is put where it has always been.

use super::Side;
use super::run::Machine;
use crate::catalog::apply::{Event, partitions};
use crate::catalog::context::{Fact, Session, Want, report_kind};
use crate::catalog::object::{
    Body, Column, Constraint, ConstraintKind, DepKind, Extension, Generic, Index, ObjId, Object, PERHAPS, Policy, RelKind, Relation,
    Routine, RoutineText, Rule, Sequence, Table, Trigger, Ty, Type, UNLISTED,
};
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Class, GapId, Key, Mark, Names as _, Presence, key_of, quote};
use crate::op::{GapKind, Name, ObjectRef, Op, Persistence, Reach, RelationKind, TriggerEnabled};
use std::sync::Arc;

/// What CREATE EXTENSION raises where the server does not have the extension: from PostgreSQL 15 on, and before.
const NOT_AVAILABLE: [&str; 2] = ["0A000", "58P01"];

impl Machine {
    /// Whether the server has an extension no script shows: where a program is ready for both, what it brings is in doubt.
    pub(super) fn may_lack(&mut self, op: &Op, events: &[Event], side: Side) -> Option<GapId> {
        let Op::CreateExtension(create) = op else { return None };
        let ready = self.handlers.iter().flatten().any(|condition| NOT_AVAILABLE.iter().any(|code| condition.catches(code)));
        if !ready || !events.iter().any(|event| matches!(event, Event::Created(_))) {
            return None;
        }
        let name = &create.name.name;
        let reason = format!("whether the server has extension {name} is not known, and the program is ready for both");
        let gap = self.note_gap(GapKind::Presumed, reason, side, None);
        let contents = self.builtin.extension(name);
        let types = contents.iter().flat_map(|contents| contents.types()).map(|(ty, _)| Name::from(ty));
        let functions = contents.iter().flat_map(|contents| contents.function_names()).map(Name::from);
        self.catalog.doubt(gap, Reach::Names(std::iter::once(name.clone()).chain(types).chain(functions).collect()));
        Some(gap)
    }

    /// Whether a forward of a history shows by its first run that this was there: nothing in the input tells of it.
    pub(super) fn trusts(&self, side: Side, want: &Want) -> bool {
        side == Side::Forward && self.history && !self.again && self.never_made(want)
    }

    /// Nothing in the input ever made or dropped it.
    fn never_made(&self, want: &Want) -> bool {
        let unknown = |class, parent, name: &Name| !self.catalog.was_named(&Key::new(class, parent, name.clone()));
        match want {
            Want::Schema(name) => unknown(Class::Schema, ObjId::NONE, name),
            Want::Relation(_, schema, name) => unknown(Class::Relation, *schema, name),
            Want::Column(relation, name) => self.catalog.column_open(*relation, name),
            Want::Type(schema, name) => unknown(Class::Type, *schema, name),
            Want::Routine(_, schema, name, _) => !self.catalog.any_was_named(Class::Routine, *schema, name),
            Want::Constraint(table, name) => self.is_presumed(*table) && unknown(Class::Constraint, *table, name),
            Want::Trigger(table, name) => self.is_presumed(*table) && unknown(Class::Trigger, *table, name),
            Want::Policy(table, name) => self.is_presumed(*table) && unknown(Class::Policy, *table, name),
            Want::Rule(table, name) => self.is_presumed(*table) && unknown(Class::Rule, *table, name),
            Want::Extension(name) => unknown(Class::Extension, ObjId::NONE, name),
            Want::Label(id, _) => self.is_presumed(*id),
            Want::Fact(relation, fact) => self.catalog.column_open(*relation, &fact.key()),
            Want::Other(key) => !self.catalog.was_named(key),
            Want::Nothing => false,
        }
    }

    fn is_presumed(&self, id: ObjId) -> bool {
        self.catalog.get(id).is_some_and(|object| object.presumed)
    }

    /// A forward that looks for names in a schema shows that it is there, when nothing says that it is not.
    pub(super) fn presume_path(&mut self, session: &Session, op: &Op) {
        for name in session.search_path.iter().filter(|name| !name.starts_with("pg_") && *name != "information_schema") {
            let key = Key::new(Class::Schema, ObjId::NONE, name.clone());
            if self.catalog.open_world && matches!(self.catalog.look_up(&key), Presence::Open(_)) {
                self.presume(&Want::Schema(name.clone()), op, false);
            }
        }
    }

    /// The name of what is wanted, if the server may have given it to something of a table that a script made after one that nobody has
    /// seen, or because a name was taken.
    pub(super) fn named_by_server(&self, want: &Want, op: &Op) -> Option<Name> {
        let catalog = &self.catalog;
        if !catalog.open_world {
            return None;
        }
        let of_index = matches!(op, Op::Rename(rename) if matches!(rename.target, ObjectRef::Relation { kind: RelationKind::Index, .. }));
        let like = |id: ObjId| {
            let open = catalog.relation(id).is_some_and(|relation| relation.open && matches!(relation.kind, RelKind::Table(_)));
            open && !self.is_presumed(id)
        };
        let (key, after) = match want {
            Want::Relation(kind, schema, name) if of_index || matches!(kind, RelationKind::Index | RelationKind::Sequence) => {
                let begins = |table: &Object| name.strip_prefix(table.name.as_str()).is_some_and(|rest| rest.starts_with('_'));
                let mut tables = catalog.members(Class::Relation, *schema).filter(|id| like(*id));
                let after = tables.any(|id| catalog.get(id).is_some_and(|table| begins(table)));
                (Key::new(Class::Relation, *schema, name.clone()), after)
            }
            Want::Constraint(table, name) => (Key::new(Class::Constraint, *table, name.clone()), like(*table)),
            _ => return None,
        };
        let plain = key.name.trim_end_matches(|c: char| c.is_ascii_digit());
        let numbered = plain != key.name && catalog.is_guessed(&Key { name: plain.into(), ..key.clone() });
        (after || numbered).then_some(key.name)
    }

    /// Notes what an event trigger may have done.
    pub(super) fn note_unfollowed(&mut self, events: &[Event], side: Side) -> Option<GapId> {
        let name = events.iter().find_map(|event| match event {
            Event::Unfollowed(name) => Some(name),
            _ => None,
        })?;
        let gap = self.note_gap(GapKind::NotModelled, format!("what event trigger {name} makes or drops is not followed"), side, None);
        self.catalog.doubt(gap, Reach::Everything);
        Some(gap)
    }

    /// Puts what is wanted into every state, or tentatively into this one; false when that makes no sense.
    pub(super) fn presume(&mut self, want: &Want, op: &Op, tentative: bool) -> bool {
        self.catalog.tentative = tentative;
        let done = self.put(want, op);
        self.catalog.tentative = false;
        done
    }

    fn put(&mut self, want: &Want, op: &Op) -> bool {
        let open = Ty::open;
        match want {
            Want::Schema(name) => drop(self.catalog.presume(Object::new(name.clone(), ObjId::NONE, Body::Schema))),
            Want::Relation(kind, schema, name) => {
                let (kind, sure) = kind_in(op, name, *kind);
                let relation = Relation {
                    kind: relation_of(kind),
                    persistence: Persistence::Permanent,
                    columns: Vec::new(),
                    options: Default::default(),
                    open: true,
                };
                let id = self.catalog.presume(Object::new(name.clone(), *schema, Body::Relation(relation)));
                if sure {
                    self.catalog.presume_fact(id, Fact::Kind(kind).key(), |_| ());
                }
            }
            Want::Column(relation, name) => self.presume_column(*relation, Column::new(0, name.clone(), open())),
            Want::Type(schema, name) => {
                let ty = match op {
                    Op::AlterComposite(_) => Type::Composite(Vec::new()),
                    Op::AlterDomain(_) => {
                        Type::Domain(crate::catalog::object::Domain { ty: open(), collation: None, not_null: false, default: None })
                    }
                    Op::AlterEnum(_) => Type::Enum(Vec::new()),
                    _ => Type::Base(String::new()),
                };
                self.catalog.presume(Object::new(name.clone(), *schema, Body::Type(ty)));
            }
            Want::Routine(kind, schema, name, args) => {
                let argument = |mode: char, ty: Option<&Ty>| crate::catalog::object::Argument {
                    name: Name::default(),
                    mode,
                    ty: ty.cloned().unwrap_or_else(open),
                    default: None,
                };
                let returns = if matches!(op, Op::CreateTrigger(_)) { Ty::builtin("trigger") } else { open() };
                let routine = Routine {
                    kind: if *kind == crate::op::RoutineKind::Routine { crate::op::RoutineKind::Function } else { *kind },
                    args: match args {
                        Some(args) => args.iter().map(|ty| argument('i', ty.as_ref())).collect(),
                        None => vec![argument(UNLISTED, None)],
                    },
                    returns: Some(returns),
                    set: false,
                    language: "plpgsql".into(),
                    body: RoutineText::Definition(String::new()),
                    volatility: 'v',
                    properties: Default::default(),
                };
                self.catalog.presume(Object::new(name.clone(), *schema, Body::Routine(routine)));
            }
            Want::Constraint(table, name) => {
                let expr = Template::text("?");
                let kind = match self.catalog.get(*table).map(|object| &object.body) {
                    Some(Body::Type(_)) => ConstraintKind::Domain { expr },
                    _ => ConstraintKind::Check { expr, no_inherit: true, columns: Vec::new() },
                };
                let constraint = Constraint {
                    kind,
                    deferrable: false,
                    initially_deferred: false,
                    validated: true,
                    enforced: true,
                    inherited: false,
                    local: true,
                };
                self.presume_member(name, *table, Body::Constraint(constraint));
            }
            Want::Trigger(table, name) => {
                let trigger = Trigger {
                    function: ObjId::NONE,
                    definition: Template::text("?"),
                    enabled: TriggerEnabled::Origin,
                    parent: None,
                    constraint: false,
                };
                self.presume_member(name, *table, Body::Trigger(trigger));
            }
            Want::Policy(table, name) => {
                let policy = Policy { permissive: true, command: "ALL", roles: Vec::new(), using: Some(Template::text("?")), check: None };
                self.presume_member(name, *table, Body::Policy(policy));
            }
            Want::Rule(table, name) => {
                self.presume_member(name, *table, Body::Rule(Rule { definition: Template::text("?"), enabled: TriggerEnabled::Origin }));
            }
            Want::Extension(name) => {
                self.catalog.presume(Object::new(name.clone(), ObjId::NONE, Body::Extension(Extension { version: None, open: true })));
            }
            Want::Label(id, label) => {
                let label: Arc<str> = Arc::from(label.as_str());
                self.catalog.amend(*id, |object| {
                    if let Body::Type(Type::Enum(labels)) = &mut object.body
                        && !labels.contains(&label)
                    {
                        labels.push(label.clone());
                    }
                });
            }
            Want::Fact(relation, fact) => self.presume_fact(*relation, *fact),
            Want::Other(key) => {
                let body = match key.class {
                    Class::EventTrigger => Body::EventTrigger(crate::catalog::object::EventTrigger {
                        definition: Template::text("?"),
                        enabled: TriggerEnabled::Origin,
                    }),
                    Class::Generic(kind) => Body::Generic(Generic {
                        kind,
                        method: Some(key.args.clone()).filter(|args| !args.is_empty()),
                        text: Template::text("?"),
                    }),
                    _ => return false,
                };
                self.catalog.presume(Object::new(key.name.clone(), key.parent, body));
            }
            Want::Nothing => return false,
        }
        true
    }

    /// What a program has made since the mark because it was not there may have been there in another world: what was made, columns,
    /// and values of enums.
    pub(super) fn may_have_been(&mut self, mark: Mark, made: &[ObjId]) {
        let catalog = &mut self.catalog;
        for &id in made {
            let Some(object) = catalog.get(id) else { continue };
            if matches!(object.body, Body::Role(_)) {
                // Of a role that is perhaps older it is not known what it was given.
                catalog.update(id, |role| {
                    role.presumed = true;
                    if let Body::Role(settings) = &mut role.body {
                        settings.insert(PERHAPS.into(), String::new());
                    }
                });
                if let Some(key) = catalog.get(id).and_then(|role| key_of(role)) {
                    catalog.forget_absent(&key);
                }
                continue;
            }
            // Its parts come with it.
            let whole = !made.contains(&object.parent) && object.deps.iter().all(|dep| !made.contains(&dep.on));
            if let Some(key) = key_of(object).filter(|_| whole && !catalog.assume_new) {
                let what = format!("whether {} {} was there before is not known", report_kind(&object.body), catalog.qualified(id));
                catalog.may_have_been(key, what);
            }
        }
        if !catalog.open_world {
            return;
        }
        let (mut columns, mut enums) = (Vec::new(), Vec::new());
        for (id, before, _) in catalog.replaced_since(mark) {
            let (Some(object), Some(before)) = (catalog.get(id).filter(|object| object.presumed), before) else { continue };
            let Some(key) = key_of(object) else { continue };
            match (&before.body, &object.body) {
                (Body::Relation(before), Body::Relation(now)) => {
                    let new = now.live_columns().filter(|column| before.column(&column.name).is_none());
                    columns.extend(new.map(|column| (key.clone(), id, column.name.clone())));
                }
                (Body::Type(Type::Enum(before)), Body::Type(Type::Enum(now))) if before.len() < now.len() => enums.push((key, id)),
                _ => {}
            }
        }
        for (key, id) in enums {
            let full = catalog.qualified(id);
            catalog.lasting_doubt(key, format!("whether enum type {full} had all its values before is not known"));
        }
        for (key, table, column) in columns {
            catalog.column_may_have_been(table, &column);
            let full = format!("{}.{}", catalog.qualified(table), quote(&column));
            catalog.lasting_doubt(key, format!("whether column {full} was there before is not known"));
        }
    }

    /// What inherits from the relation has had the column as well.
    fn presume_column(&mut self, relation: ObjId, column: Column) {
        let heir = Column { inherited: 1, local: false, ..column.clone() };
        self.catalog.presume_column(relation, column);
        let mut below = partitions(&self.catalog, relation);
        while let Some(child) = below.pop() {
            if self.catalog.relation(child).is_some_and(|child| child.column(&heir.name).is_none()) {
                self.catalog.presume_column(child, heir.clone());
                below.extend(partitions(&self.catalog, child));
            }
        }
    }

    /// What is not said by it (the kind of an identity, a bound) stays unknown.
    fn presume_fact(&mut self, relation: ObjId, fact: Fact) {
        // A column ready for an identity is fully said, and an index that was presumed is open by itself.
        if !matches!(fact, Fact::Identity(_, false) | Fact::Indexes(_) | Fact::Kind(_))
            && let Some(key) = self.catalog.get(relation).and_then(|object| key_of(object))
        {
            let reason = format!("what {} was like before is not known", self.catalog.qualified(relation));
            self.catalog.base_doubt(key, reason);
        }
        let parents: Vec<Name> = match fact {
            Fact::Inherits(parent) | Fact::Partition(parent) => {
                let columns = self.catalog.relation(parent).map(|parent| parent.live_columns().map(|column| column.name.clone()).collect());
                columns.unwrap_or_default()
            }
            _ => Vec::new(),
        };
        self.catalog.presume_fact(relation, fact.key(), |object| {
            match fact {
                Fact::Inherits(parent) => object.depend(parent, 0, DepKind::Normal),
                Fact::Partition(of) | Fact::Indexes(of) => object.depend(of, 0, DepKind::Auto),
                Fact::Publishes(table) => object.publish(table, 0),
                Fact::Identity(..) | Fact::Generated(_) | Fact::Kind(_) => {}
            }
            if let (Fact::Publishes(table), Body::Generic(found)) = (fact, &mut object.body) {
                found.text.pieces.push(Piece::Object(table));
            }
            let Body::Relation(found) = &mut object.body else { return };
            for column in &mut found.columns {
                let inherits = parents.contains(&column.name) && column.inherited == 0;
                match fact {
                    Fact::Identity(number, has) if number == column.number => {
                        let column = Arc::make_mut(column);
                        column.not_null = true;
                        column.identity = has.then_some(false);
                    }
                    Fact::Generated(number) if number == column.number => Arc::make_mut(column).generated = Some(true),
                    _ if inherits => Arc::make_mut(column).inherited = 1,
                    _ => {}
                }
            }
            if let Fact::Kind(kind) = fact {
                found.kind = relation_of(kind);
            }
            match (&mut found.kind, fact) {
                (RelKind::Table(table), Fact::Inherits(parent)) => table.inherits.push(parent),
                (RelKind::Table(table), Fact::Partition(parent)) => table.partition_of = Some((parent, Template::text("?"))),
                (RelKind::Index(index), Fact::Indexes(table)) => index.table = table,
                _ => {}
            }
        });
    }

    fn presume_member(&mut self, name: &Name, table: ObjId, body: Body) {
        let mut object = Object::new(name.clone(), table, body);
        object.depend(table, 0, DepKind::Auto);
        self.catalog.presume(object);
    }
}

/// The kind that a statement says of a relation it names, and whether it fits no other: what reads or writes rows takes views as well,
/// and so do forms of ALTER TABLE.
fn kind_in(op: &Op, name: &Name, expected: RelationKind) -> (RelationKind, bool) {
    use RelationKind::{MatView, Sequence, Table, View};
    match op {
        Op::AlterTable(alter) if alter.name.name == *name => (alter.kind, alter.kind != Table || !alter.fits_views()),
        Op::RefreshMatView { .. } => (MatView, true),
        Op::AlterSequence(alter) if alter.name.name == *name => (Sequence, true),
        Op::CreateTrigger(create) if create.timing == "INSTEAD OF" => (View, true),
        Op::CreateTrigger(create) => (expected, create.for_each_row),
        Op::CreatePolicy(create) => (expected, create.table.name == *name),
        Op::Drop(_) | Op::AlterTable(_) | Op::CreateTable(_) | Op::AlterGeneric(_) | Op::Truncate(_) | Op::AlterPolicy(_) => {
            (expected, true)
        }
        Op::Comment { target: ObjectRef::Relation { .. }, .. } => (expected, true),
        _ => (expected, expected != Table),
    }
}

fn relation_of(kind: RelationKind) -> RelKind {
    match kind {
        RelationKind::Table => RelKind::Table(Table::default()),
        RelationKind::ForeignTable => RelKind::Table(Table { foreign: Some("?".into()), ..Table::default() }),
        RelationKind::View => RelKind::View(Template::text("?")),
        RelationKind::MatView => RelKind::MatView(Template::text("?")),
        RelationKind::Index => RelKind::Index(Index {
            table: ObjId::NONE,
            unique: false,
            primary: false,
            method: "btree".into(),
            elements: Vec::new(),
            include: Vec::new(),
            filter: None,
            nulls_not_distinct: false,
            valid: true,
            clustered: false,
            partition_of: None,
            constraint: None,
        }),
        RelationKind::Sequence => RelKind::Sequence(Sequence {
            ty: "int8".into(),
            start: 1,
            increment: 1,
            min: 1,
            max: i64::MAX,
            cache: 1,
            cycle: false,
            owned_by: None,
            identity: false,
        }),
    }
}
