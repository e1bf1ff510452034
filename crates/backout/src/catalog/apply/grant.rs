//! GRANT, REVOKE, ALTER DEFAULT PRIVILEGES (manual chapter 5.7), and roles: which there are is open, what the scripts give them is
//! kept.

use super::{Apply, Event, fail};
use crate::catalog::context::Outcome;
use crate::catalog::object::{Acl, Body, ColumnNumber, ELSEWHERE, ObjId, Object, RelKind, Relation, RoleSettings};
use crate::catalog::{Class, Key, Presence, quote};
use crate::op::{
    Behavior, DefaultPrivileges, GapKind, GenericKind, Grant, GrantRole, GrantTarget, Ident, LATER_SEARCH_PATH, MEMBERSHIP, Name,
    ObjectRef, Reach, RelationKind, RoleName, RoleOption, RoutineKind, membership,
};
use crate::source::Span;

impl Apply<'_> {
    pub(super) fn grant(&mut self, grant: &Grant) -> Outcome<()> {
        let mut targets: Vec<ObjId> = Vec::new();
        let mut others: Vec<String> = Vec::new();
        match &grant.on {
            GrantTarget::Outside => return Ok(()),
            GrantTarget::Objects(objects) => {
                for object in objects {
                    let (id, _) = match object {
                        // GRANT … ON TABLE takes views and sequences too.
                        ObjectRef::Relation { kind: RelationKind::Table, name } => {
                            if self.context().system_relation(name).is_some() {
                                continue;
                            }
                            (self.user_relation(name, RelationKind::Table)?, 0)
                        }
                        ObjectRef::Routine { kind, signature } => match self.context().routine_ref(*kind, signature)? {
                            crate::catalog::resolve::RoutineRef::User(id) => (id, 0),
                            _ => continue,
                        },
                        ObjectRef::Schema(schema) if is_servers_own(schema) => {
                            others.push(format!("schema {}", schema.name));
                            continue;
                        }
                        ObjectRef::Database(database) => {
                            others.push(format!("database {}", database.name));
                            continue;
                        }
                        object => self.target(object)?,
                    };
                    targets.push(id);
                }
            }
            GrantTarget::AllInSchema(kind, schemas) => {
                for schema in schemas {
                    if is_servers_own(schema) {
                        others.push(format!("{} in schema {}", kind.to_ascii_lowercase(), schema.name));
                        continue;
                    }
                    let schema = self.context().schema(&schema.name, schema.span)?;
                    targets.extend(self.all_in(&kind.to_ascii_lowercase(), schema));
                    // There may be others, and they may have had it before.
                    if self.catalog.open_world && !self.are_made(&grant.grantees) {
                        self.was_unknown(schema);
                    }
                }
            }
        }
        self.check_roles(&grant.grantees)?;
        for id in targets {
            self.grant_on(id, grant)?;
        }
        for other in others {
            self.grant_elsewhere(&other, grant)?;
        }
        Ok(())
    }

    /// Privileges on a database and on what is the server's are no part of our schemas, but they hold the roles that have them: they
    /// are remembered with the role.
    fn grant_elsewhere(&mut self, on: &str, grant: &Grant) -> Outcome<()> {
        // The right to give a privilege on is not the privilege.
        if grant.grant_option && !grant.grant {
            return Ok(());
        }
        let all = grant.privileges.iter().all(|(name, _)| name.is_empty() || name == "ALL");
        let named = grant.privileges.iter().map(|(name, _)| name.as_str());
        let privileges: Vec<&str> = match (all, on.split(' ').next()) {
            (false, _) => named.collect(),
            (true, Some("database")) => vec!["CONNECT", "CREATE", "TEMPORARY"],
            (true, Some("schema")) => vec!["CREATE", "USAGE"],
            (true, _) => vec!["DELETE", "EXECUTE", "INSERT", "SELECT", "UPDATE", "USAGE"],
        };
        let value = grant.grant.then(String::new);
        let options: Vec<RoleOption> =
            privileges.iter().map(|privilege| (format!("{ELSEWHERE}{on}; {privilege}").into(), value.clone())).collect();
        for grantee in &grant.grantees {
            if let RoleName::Named(name) = grantee
                && let Some(id) = self.role(name, Span::default())?
            {
                self.give_role(id, &options);
            }
        }
        Ok(())
    }

    fn all_in(&self, kind: &str, schema: ObjId) -> Vec<ObjId> {
        let kind = kind.to_ascii_lowercase();
        match kind.as_str() {
            "tables" | "sequences" => {
                let sequences = kind == "sequences";
                let wanted = |id: &ObjId| match self.catalog.relation(*id).map(|relation| &relation.kind) {
                    Some(RelKind::Sequence(_)) => sequences,
                    Some(RelKind::Table(_) | RelKind::View(_) | RelKind::MatView(_)) => !sequences,
                    _ => false,
                };
                self.catalog.members(Class::Relation, schema).filter(wanted).collect()
            }
            _ => {
                let wanted = |id: &ObjId| match self.catalog.get(*id).map(|object| &object.body) {
                    Some(Body::Routine(routine)) => match kind.as_str() {
                        "functions" => routine.kind != RoutineKind::Procedure,
                        "procedures" => routine.kind == RoutineKind::Procedure,
                        _ => true,
                    },
                    _ => false,
                };
                self.catalog.members(Class::Routine, schema).filter(wanted).collect()
            }
        }
    }

    fn grant_on(&mut self, id: ObjId, grant: &Grant) -> Outcome<()> {
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        let mut acl = object.acl.clone();
        let all = all_privileges(&object);
        let named: Vec<(Name, Vec<Name>)> = if grant.privileges.iter().all(|(name, _)| name.is_empty() || name == "ALL") {
            let columns = grant.privileges.first().map(|(_, columns)| columns.clone()).unwrap_or_default();
            all.iter().map(|name| (Name::from(*name), columns.clone())).collect()
        } else {
            grant.privileges.clone()
        };
        for (privilege, columns) in &named {
            if !all.is_empty() && !all.contains(&privilege.as_str()) {
                if matches!(object.body, Body::Relation(_)) && matches!(privilege.as_str(), "USAGE" | "SELECT" | "UPDATE" | "MAINTAIN") {
                    continue;
                }
                return Err(fail(
                    "0LP01",
                    format!("invalid privilege type {privilege} for {}", crate::catalog::context::report_kind(&object.body)),
                )
                .into());
            }
            let mut numbers: Vec<ColumnNumber> = Vec::new();
            for column in columns {
                numbers.push(self.column(id, &Ident { name: column.clone(), span: Default::default() })?);
            }
            if columns.is_empty() {
                numbers.push(0);
                // What is taken of a table is taken of its columns, too.
                if !grant.grant {
                    numbers.extend(acl.keys().filter(|(_, of, column)| of == privilege && *column != 0).map(|(_, _, column)| *column));
                    numbers.dedup();
                }
            }
            for grantee in &grant.grantees {
                let role = role_name_or_public(grantee);
                let owns = match grantee {
                    RoleName::Current => role_name(grantee) == object.owner && self.session.role.is_empty(),
                    _ => !role.is_empty() && role == object.owner,
                };
                // The owner of a whole thing has everything of it.
                for &number in numbers.iter().filter(|number| **number != 0 || !(owns && grant.grant)) {
                    let everybodys = role.is_empty() && everybody_has(&object, privilege);
                    change(&mut acl, grant.grant, (role.clone(), privilege.clone(), number), grant.grant_option, everybodys);
                }
            }
        }
        if !self.are_made(&grant.grantees) {
            self.was_unknown(id);
        }
        // What is taken of something presumed may have been given.
        if acl != object.acl || (object.presumed && !grant.grant) {
            self.catalog.update(id, |object| object.acl = acl);
        }
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// Whether the scripts made all of these roles: then they have what the scripts gave them, and of others that is not known.
    fn are_made(&self, roles: &[RoleName]) -> bool {
        let made = |name| self.role(name, Span::default()).ok().flatten().and_then(|id| self.catalog.get(id)).filter(|role| !role.presumed);
        roles.iter().all(|role| matches!(role, RoleName::Named(name) if made(name).is_some()))
    }

    pub(super) fn default_privileges(&mut self, change_to: &DefaultPrivileges) -> Outcome<()> {
        self.check_roles(change_to.roles.iter().chain(&change_to.grantees))?;
        let mut schemas: Vec<Name> = Vec::new();
        for schema in &change_to.schemas {
            self.context().schema(&schema.name, schema.span)?;
            schemas.push(schema.name.clone());
        }
        if schemas.is_empty() {
            schemas.push(Name::default());
        }
        let roles: Vec<Name> =
            if change_to.roles.is_empty() { vec![self.session.role.clone()] } else { change_to.roles.iter().map(role_name).collect() };
        for role in &roles {
            for schema in &schemas {
                let name: Name = format!("{role} {schema} {}", change_to.on).into();
                let key = Key::new(Class::DefaultPrivileges, ObjId::NONE, name.clone());
                let found = match self.catalog.look_up(&key) {
                    Presence::Present(id, _) => Some(id),
                    Presence::Absent | Presence::Open(_) => None,
                };
                if found.is_none() && self.catalog.open_world && !self.are_made(&change_to.grantees) {
                    self.catalog.base_doubt(key.clone(), "what privileges were given by default before is not known".into());
                }
                let mut acl = found.and_then(|id| self.catalog.get(id)).map(|object| object.acl.clone()).unwrap_or_default();
                let all: &[&str] = match change_to.on.to_ascii_lowercase().as_str() {
                    "tables" => &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
                    "sequences" => &["USAGE", "SELECT", "UPDATE"],
                    "functions" | "routines" => &["EXECUTE"],
                    "types" => &["USAGE"],
                    _ => &["USAGE", "CREATE"],
                };
                let privileges: Vec<Name> = if change_to.privileges.iter().all(|name| name.is_empty() || name == "ALL") {
                    all.iter().map(|name| Name::from(*name)).collect()
                } else {
                    change_to.privileges.clone()
                };
                let plain = Object::new(name.clone(), ObjId::NONE, Body::DefaultPrivileges);
                for grantee in &change_to.grantees {
                    for privilege in &privileges {
                        let role = role_name_or_public(grantee);
                        // What holds for all schemas begins with what everybody has anyway.
                        let everybodys = role.is_empty() && schema.is_empty() && matches!(&*change_to.on, "FUNCTIONS" | "TYPES");
                        change(&mut acl, change_to.grant, (role, privilege.clone(), 0), change_to.grant_option, everybodys);
                    }
                }
                match found {
                    Some(id) if acl.is_empty() => self.catalog.set(id, None),
                    Some(id) => self.catalog.update(id, |object| object.acl = acl),
                    None if acl.is_empty() => self.catalog.prove_absent(key),
                    None => {
                        let mut object = plain;
                        object.acl = acl;
                        // In a schema it goes with the schema.
                        if let Presence::Present(home, _) = self.catalog.look_up(&Key::new(Class::Schema, ObjId::NONE, schema.clone())) {
                            object.depend(home, 0, crate::catalog::object::DepKind::Auto);
                        }
                        self.add(object);
                    }
                }
            }
        }
        Ok(())
    }

    /// A new object has what ALTER DEFAULT PRIVILEGES gave away beforehand, everywhere and in its schema, if it is the role that makes
    /// it whose default privileges these are.
    pub(super) fn give_default_privileges(&self, object: &mut Object) {
        let kind = match &object.body {
            Body::Relation(Relation { kind: RelKind::Table(_) | RelKind::View(_) | RelKind::MatView(_), .. }) => "TABLES",
            Body::Relation(Relation { kind: RelKind::Sequence(_), .. }) => "SEQUENCES",
            Body::Routine(_) => "FUNCTIONS",
            Body::Type(_) => "TYPES",
            Body::Schema => "SCHEMAS",
            _ => return,
        };
        let home = self.catalog.get(object.parent).map_or(Name::default(), |schema| schema.name.clone());
        let mut given: Vec<((bool, bool), Name, ObjId)> = Vec::new();
        for id in self.catalog.members(Class::DefaultPrivileges, ObjId::NONE) {
            let Some((role, schema, of)) = self.catalog.get(id).and_then(|object| parts_of_default(object)) else { continue };
            if of != kind || !(schema.is_empty() || schema == home && object.parent != ObjId::NONE) {
                continue;
            }
            if let Some(certain) = self.makes(role) {
                given.push(((certain, !schema.is_empty()), Name::from(role), id));
            }
        }
        // What is certain is said last, and a schema's after everyone's.
        let turns = [(false, false), (false, true), (true, false), (true, true)];
        let in_turn = turns.iter().flat_map(|turn| given.iter().filter(move |(at, ..)| at == turn));
        for ((certain, _), maker, id) in in_turn {
            for ((grantee, privilege, column), option) in self.catalog.get(*id).iter().flat_map(|found| &found.acl) {
                // What everybody has anyway is not written down; a schema may give back what was taken away everywhere. The maker
                // owns the object and has everything of it.
                let everybodys = grantee.is_empty() && everybody_has(object, privilege);
                if grantee == maker && !maker.is_empty() {
                    continue;
                }
                let key = (grantee.clone(), privilege.clone(), *column);
                if *certain {
                    change(&mut object.acl, true, key, *option, everybodys);
                    continue;
                }
                let key = if everybodys { revoked(privilege.clone(), *column) } else { key };
                if everybodys == object.acl.contains_key(&key) {
                    object.acl.insert(perhaps(key), *option);
                }
            }
        }
    }

    /// Whether what is made now belongs to a role (the empty name: the one that runs the scripts): certainly, perhaps, or not.
    ///
    /// Nobody says who runs the scripts. It is presumed to be the role that owns every table, and else the usual superuser, as where
    /// owners are compared.
    fn makes(&self, role: &str) -> Option<bool> {
        if !self.session.role.is_empty() {
            return (self.session.role == role).then_some(true);
        }
        if role.is_empty() {
            return Some(true);
        }
        let is_table = |object: &Object| matches!(&object.body, Body::Relation(Relation { kind: RelKind::Table(_), .. }));
        let mut owners = self.catalog.objects().filter(|(_, object)| is_table(object) && !object.presumed).map(|(_, object)| &object.owner);
        let first = owners.next().filter(|first| !first.is_empty());
        match first.filter(|first| owners.all(|owner| owner == *first)) {
            Some(owner) => (owner == role).then_some(true),
            None => Some(role == "postgres"),
        }
    }

    pub(super) fn create_role(&mut self, create: &crate::op::CreateRole) -> Outcome<()> {
        let key = Key::new(Class::Role, ObjId::NONE, create.name.name.clone());
        match self.context().find(&key) {
            Presence::Present(_, None) => {
                Err(fail("42710", format!("role \"{}\" already exists", create.name.name)).at(create.name.span).into())
            }
            _ => {
                let mut settings = RoleSettings::new();
                set_options(&mut settings, &create.options, false);
                self.add(Object::new(create.name.name.clone(), ObjId::NONE, Body::Role(settings)));
                Ok(())
            }
        }
    }
}

impl Apply<'_> {
    /// A role that the scripts made is not the one that runs them: what its sessions begin with is its own matter.
    pub(super) fn alter_role(&mut self, role: &RoleName, options: &[RoleOption]) -> Outcome<()> {
        self.check_roles([role])?;
        let usual = |path: &str| matches!(path, "public" | "$user, public");
        let elsewhere = |(name, value): &RoleOption| name.ends_with("SET search_path") && value.as_deref().is_some_and(|path| !usual(path));
        if options.iter().any(elsewhere) && !self.are_made(std::slice::from_ref(role)) {
            return Err(super::gap(GapKind::NotModelled, LATER_SEARCH_PATH, Reach::Everything));
        }
        self.set_role(role, options);
        Ok(())
    }

    /// `GRANT role TO role` and `REVOKE role FROM role`.
    pub(super) fn grant_role(&mut self, grant: &GrantRole) -> Outcome<()> {
        self.check_roles(grant.roles.iter().chain(&grant.members))?;
        if grant.option_only {
            return Ok(());
        }
        for (role, member) in grant.roles.iter().flat_map(|role| grant.members.iter().map(move |member| (role, member))) {
            if grant.grant
                && let (RoleName::Named(role), RoleName::Named(member)) = (role, member)
                && self.is_member(role, member, 0)
            {
                return Err(fail("0LP01", format!("role \"{role}\" is a member of role \"{member}\"")).about("role", quote(role)).into());
            }
        }
        let options: Vec<RoleOption> = grant.roles.iter().map(|role| (role.membership(), grant.grant.then(String::new))).collect();
        grant.members.iter().for_each(|member| self.set_role(member, &options));
        Ok(())
    }

    /// Whether a role is another one, or is in it, by whichever way is known.
    fn is_member(&self, role: &Name, of: &Name, depth: usize) -> bool {
        const DEEPEST: usize = 20;
        let known = || self.role(role, Span::default()).ok().flatten().and_then(|id| self.catalog.get(id));
        let groups = |object: &std::sync::Arc<Object>| match &object.body {
            Body::Role(settings) => settings.keys().filter_map(|key| key.strip_prefix(MEMBERSHIP)).map(Name::from).collect(),
            _ => Vec::new(),
        };
        role == of || depth < DEEPEST && known().map(groups).unwrap_or_default().iter().any(|group| self.is_member(group, of, depth + 1))
    }

    /// Nobody is in a role that is gone.
    pub(super) fn leave_role(&mut self, id: ObjId) {
        let Some(role) = self.catalog.get(id).filter(|object| matches!(object.body, Body::Role(_))) else { return };
        let membership = membership(&role.name);
        let is_in = |object: &Object| matches!(&object.body, Body::Role(settings) if settings.contains_key(&membership));
        let members: Vec<ObjId> = self.catalog.objects().filter(|(_, object)| is_in(object)).map(|(id, _)| id).collect();
        for member in members {
            self.catalog.update(member, |object| {
                if let Body::Role(settings) = &mut object.body {
                    settings.remove(&membership);
                }
            });
        }
    }

    /// The role of this name if it is known; else it is presumed: somebody made it, and it is not known what it was given.
    pub(super) fn role_or_presumed(&mut self, name: &Name) -> ObjId {
        match self.context().find(&Key::new(Class::Role, ObjId::NONE, name.clone())) {
            Presence::Present(id, _) => id,
            _ => self.catalog.presume(Object::new(name.clone(), ObjId::NONE, Body::Role(RoleSettings::new()))),
        }
    }

    /// A database belongs to a role, and to no other one.
    pub(super) fn own_database(&mut self, database: &Name, owner: &RoleName) {
        let key: Name = format!("{ELSEWHERE}database {database}; OWNER").into();
        let owns = |object: &Object| matches!(&object.body, Body::Role(settings) if settings.contains_key(&key));
        let before: Vec<ObjId> = self.catalog.objects().filter(|(_, object)| owns(object)).map(|(id, _)| id).collect();
        for id in before {
            self.give_role(id, &[(key.clone(), None)]);
        }
        if let RoleName::Named(name) = owner
            && let Ok(Some(id)) = self.role(name, Span::default())
        {
            self.give_role(id, &[(key, Some(String::new()))]);
        }
    }

    fn give_role(&mut self, id: ObjId, options: &[RoleOption]) {
        self.catalog.update(id, |object| {
            let presumed = object.presumed;
            if let Body::Role(settings) = &mut object.body {
                set_options(settings, options, presumed);
            }
        });
    }

    fn set_role(&mut self, role: &RoleName, options: &[RoleOption]) {
        let id = self.role_or_presumed(&match role {
            RoleName::Named(name) => name.clone(),
            RoleName::Current => "current_user".into(),
            RoleName::Public => "all".into(),
        });
        self.was_unknown(id);
        self.give_role(id, options);
    }

    /// `DROP OWNED`, `REASSIGN OWNED`: what roles that the scripts made own and may do, they have from the scripts.
    pub(super) fn owned(&mut self, roles: &[RoleName], reassign_to: Option<&RoleName>, behavior: Behavior) -> Outcome<()> {
        self.check_roles(roles.iter().chain(reassign_to))?;
        let mut names: Vec<Name> = Vec::new();
        for role in roles {
            match role {
                RoleName::Named(name) if self.are_made(std::slice::from_ref(role)) => names.push(name.clone()),
                _ => return Err(super::gap(GapKind::NotModelled, "what the roles own is not known", Reach::Everything)),
            }
        }
        let owned: Vec<ObjId> = self.catalog.objects().filter(|(_, object)| names.contains(&object.owner)).map(|(id, _)| id).collect();
        if let Some(owner) = reassign_to {
            let owner = role_name(owner);
            for id in owned {
                self.catalog.update(id, |object| object.owner = owner.clone());
            }
            return Ok(());
        }
        let held = |object: &Object| {
            object.acl.keys().any(|(grantee, _, _)| names.contains(grantee))
                || matches!(object.body, Body::Role(_)) && names.contains(&object.name)
                || matches!(&object.body, Body::Policy(policy) if policy.roles.iter().any(|role| names.contains(role)))
                || matches!(object.body, Body::DefaultPrivileges) && names.iter().any(|role| is_default_of(object, role))
        };
        let touched: Vec<ObjId> = self.catalog.objects().filter(|(_, object)| held(object)).map(|(id, _)| id).collect();
        let targets: Vec<(ObjId, ColumnNumber)> = owned.into_iter().map(|id| (id, 0)).collect();
        if !targets.is_empty() {
            self.drop_all(&targets, behavior)?;
        }
        for id in touched {
            let Some(object) = self.catalog.get(id) else { continue };
            let mut changed = Object::clone(object);
            changed.acl.retain(|(grantee, _, _), _| !names.contains(grantee));
            let gone = match &mut changed.body {
                Body::Role(settings) => {
                    settings.retain(|key, _| !key.starts_with(ELSEWHERE));
                    false
                }
                Body::Policy(policy) => {
                    policy.roles.retain(|role| !names.contains(role));
                    policy.roles.is_empty()
                }
                Body::DefaultPrivileges => changed.acl.is_empty() || names.iter().any(|role| is_default_of(object, role)),
                _ => false,
            };
            if gone {
                self.drop_whole(id);
            } else {
                self.events.push(Event::Altered(id));
                self.catalog.set(id, Some(std::sync::Arc::new(changed)));
            }
        }
        Ok(())
    }
}

/// What is taken away from a role of which not all is known it has had or not: that is kept.
fn set_options(settings: &mut RoleSettings, options: &[RoleOption], presumed: bool) {
    for (name, value) in options {
        match value {
            Some(value) => drop(settings.insert(name.clone(), value.clone())),
            None if name == "SET" || name.ends_with(" SET") => settings.retain(|key, _| !key.starts_with(name.as_str())),
            None if settings.remove(name).is_none() && presumed && !name.starts_with(ELSEWHERE) => {
                drop(settings.insert(name.clone(), "DEFAULT".to_owned()))
            }
            None => {}
        }
    }
}

/// The schemas of the server, which always are there; who may use them is no part of ours.
fn is_servers_own(schema: &Ident) -> bool {
    matches!(schema.name.as_str(), "pg_catalog" | "information_schema")
}

/// Whether default privileges are those of a role's objects.
pub(super) fn is_default_of(object: &Object, role: &str) -> bool {
    parts_of_default(object).is_some_and(|(of, ..)| of == role)
}

/// The role, the schema and the kind of objects that default privileges are for.
fn parts_of_default(object: &Object) -> Option<(&str, &str, &str)> {
    let mut parts = object.name.split(' ').filter(|_| matches!(object.body, Body::DefaultPrivileges));
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// What everybody may do with a new object of the kind.
fn everybody_has(object: &Object, privilege: &str) -> bool {
    matches!((&object.body, privilege), (Body::Routine(_), "EXECUTE") | (Body::Type(_), "USAGE"))
}

/// The mark that what everybody has by default was taken away.
fn revoked(privilege: Name, column: ColumnNumber) -> (Name, Name, ColumnNumber) {
    (Name::from("-"), privilege, column)
}

/// The mark of what the grantee has if it was given by default by a role that may or may not run the scripts. It begins the list of
/// the grantee's privileges, which is not known then.
fn perhaps((grantee, privilege, column): (Name, Name, ColumnNumber)) -> (Name, Name, ColumnNumber) {
    (grantee, format!("?{privilege}").into(), column)
}

fn change(acl: &mut Acl, grant: bool, key: (Name, Name, ColumnNumber), option: bool, everybodys: bool) {
    let revoked = revoked(key.1.clone(), key.2);
    acl.remove(&perhaps(if everybodys { revoked.clone() } else { key.clone() }));
    match (grant, everybodys) {
        (true, true) => drop(acl.remove(&revoked)),
        (true, false) => {
            let held = acl.entry(key).or_insert(false);
            *held |= option;
        }
        (false, true) => drop(acl.insert(revoked, false)),
        (false, false) => {
            if option {
                if let Some(held) = acl.get_mut(&key) {
                    *held = false;
                }
            } else {
                acl.remove(&key);
            }
        }
    }
}

fn all_privileges(object: &Object) -> &'static [&'static str] {
    match &object.body {
        Body::Relation(relation) => match relation.kind {
            RelKind::Sequence(_) => &["USAGE", "SELECT", "UPDATE"],
            _ => &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
        },
        Body::Schema => &["USAGE", "CREATE"],
        Body::Routine(_) => &["EXECUTE"],
        Body::Generic(generic) if generic.kind == GenericKind::Tablespace => &["CREATE"],
        _ => &["USAGE"],
    }
}

/// A role's name; empty for the one that runs the scripts.
pub(super) fn role_name(role: &RoleName) -> Name {
    match role {
        RoleName::Named(name) => name.clone(),
        RoleName::Current | RoleName::Public => Name::default(),
    }
}

/// A grantee's name; empty for PUBLIC, `current_user` for the one that runs the scripts.
pub(super) fn role_name_or_public(role: &RoleName) -> Name {
    match role {
        RoleName::Named(name) => name.clone(),
        RoleName::Current => "current_user".into(),
        RoleName::Public => Name::default(),
    }
}
