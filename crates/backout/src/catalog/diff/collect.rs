//! What one state has: an entry for everything that a report can name, with its definition.

use super::definition::*;
use super::fold::{DOMAIN_CONSTRAINT, IDENTITY};
use super::owner::is_owned;
use super::text::BODY;
use crate::catalog::Names;
use crate::catalog::context::report_kind;
use crate::catalog::object::{Body, ColumnNumber, ConstraintKind, ELSEWHERE, ObjId, Object, PRESUMED_COLUMNS, RelKind, Relation, Ty};
use crate::lexer::quote;
use crate::op::{GenericKind, Name};
use litemap::LiteMap;

/// What one state has under a kind and name.
pub(super) struct Entry {
    pub(super) definition: String,
    pub(super) id: ObjId,
    /// The table that hides it when the table itself differs in presence.
    pub(super) table: Option<String>,
    /// Presumed: its definition is not known.
    pub(super) open: bool,
    /// Its owner, for kinds that have one of their own; empty for the role that runs the scripts.
    pub(super) owner: Name,
}

impl Entry {
    /// The definition with the owner, for people.
    pub(super) fn shown(&self) -> String {
        let definition = self.definition.replace(BODY, " ");
        match self.owner.is_empty() {
            true => definition,
            false => format!("{definition} OWNER {}", self.owner),
        }
    }
}

/// An entry with its kind and name.
pub(super) type KeyedEntry = ((&'static str, String), Entry);

/// Entries by kind and name; of several with the same name the last counts.
pub(super) type Entries = LiteMap<(&'static str, String), Entry>;

/// The entries that one object makes; those of shared columns are left out.
pub(super) fn collect(names: &dyn Names, id: ObjId, object: &Object, shared: &[ColumnNumber], entries: &mut Vec<KeyedEntry>) {
    let kind = report_kind(&object.body);
    if is_temporary(names, object) {
        return;
    }
    let owner = || names.object(object.parent).map(|_| names.qualified(object.parent));
    // What `*` and LIKE stand for of a table of which not all is known.
    let star = matches!(&object.body, Body::Relation(relation) if relation.open);
    let mut add = |kind: &'static str, name: String, definition: String, table: Option<String>| {
        let open = object.presumed || star || definition.starts_with('?');
        // The usual superuser is the one that runs the scripts wherever the two are not told apart.
        let owner = if is_owned(kind) && object.owner != "postgres" { object.owner.clone() } else { Name::default() };
        entries.push(((kind, name), Entry { definition, id, table, open, owner }));
    };
    let qualified = names.qualified(id);
    match &object.body {
        Body::Relation(relation) => match &relation.kind {
            RelKind::Index(index) => {
                let clustered = if index.clustered { " CLUSTERED" } else { "" };
                let own = index.constraint.is_some();
                if !own {
                    add(
                        "index",
                        qualified.clone(),
                        format!("{}{clustered}", index_definition(names, relation, index)),
                        Some(names.qualified(index.table)),
                    );
                } else if index.clustered {
                    add(
                        "table",
                        format!("{} clustered", names.qualified(index.table)),
                        clustered.into(),
                        Some(names.qualified(index.table)),
                    );
                }
            }
            RelKind::Sequence(sequence) => {
                // The sequence of an identity column is the column's business.
                let owner =
                    sequence.owned_by.map(|(table, column)| format!("{}.{}", names.qualified(table), column_name(names, table, column)));
                let definition = sequence_definition(sequence, owner.as_deref());
                let hidden_by = sequence.owned_by.map(|(table, _)| names.qualified(table));
                match owner {
                    Some(column) if sequence.identity => {
                        add("column", format!("{IDENTITY}{column}"), identity_definition(sequence), hidden_by)
                    }
                    _ => add("sequence", qualified.clone(), definition, hidden_by),
                }
            }
            RelKind::View(template) | RelKind::MatView(template) => {
                add(kind, qualified.clone(), view_definition(names, relation, template), None);
            }
            RelKind::Table(_) => {
                add("table", qualified.clone(), table_definition(names, relation), None);
                let mut columns = Vec::new();
                for column in relation.live_columns().filter(|column| !shared.contains(&column.number)) {
                    let name = format!("{qualified}.{}", quote(&column.name));
                    let open = column.number >= PRESUMED_COLUMNS;
                    let (definition, table) = (column_definition(names, column), Some(qualified.clone()));
                    let entry = Entry { definition, id, table, open, owner: Name::default() };
                    columns.push((("column", name), entry));
                }
                entries.extend(columns);
            }
        },
        Body::Constraint(constraint) => {
            if matches!(constraint.kind, ConstraintKind::Trigger | ConstraintKind::NotNull { .. }) {
                return;
            }
            let Some(table) = owner() else { return };
            let domain = matches!(constraint.kind, ConstraintKind::Domain { .. });
            let definition = marked_constraint(names, object.parent, constraint);
            if domain {
                add("constraint", format!("{DOMAIN_CONSTRAINT}{qualified}"), definition, Some(table));
            } else {
                add("constraint", qualified.clone(), definition, Some(table));
            }
        }
        Body::Trigger(trigger) => {
            if trigger.parent.is_none() {
                let enabled = format!("{:?}", trigger.enabled);
                add("trigger", qualified.clone(), format!("{} {enabled}", names.print(&trigger.definition)), owner());
            }
        }
        Body::Rule(rule) => add("rule", qualified.clone(), format!("{} {:?}", names.print(&rule.definition), rule.enabled), owner()),
        Body::Policy(policy) => {
            let definition = policy_definition(names, policy);
            add("policy", qualified.clone(), definition, owner());
        }
        Body::Routine(routine) => {
            add(kind, full_name(names, id), routine_definition(names, routine), None);
        }
        Body::Type(ty) => {
            let Some(definition) = user_type_definition(names, ty) else { return };
            add(kind, qualified.clone(), definition, None);
        }
        Body::Schema => add(kind, qualified.clone(), String::new(), None),
        Body::Extension(extension) => {
            let homes = object.deps.iter().filter_map(|dep| names.object(dep.on)).filter(|on| matches!(on.body, Body::Schema));
            let homes = homes.filter(|home| home.name != "public").map(|home| format!("SCHEMA {}", quote(&home.name)));
            let definition: Vec<String> = extension.version.clone().into_iter().chain(homes).collect();
            add(kind, object.name.to_string(), definition.join(" "), None);
        }
        Body::EventTrigger(trigger) => {
            add(kind, qualified.clone(), format!("{} {:?}", names.print(&trigger.definition), trigger.enabled), None)
        }
        Body::Cast(cast) => add(kind, object.name.to_string(), format!("{} {}", names.print(&cast.definition), cast.context), None),
        Body::Operator(operator) => {
            let side = |ty: &Option<Ty>| ty.as_ref().map_or("NONE".into(), |ty| type_name(names, ty));
            add(kind, format!("{qualified}({},{})", side(&operator.left), side(&operator.right)), names.print(&operator.definition), None);
        }
        Body::Generic(generic) => {
            // Statistics go with their table.
            let table = match generic.kind {
                GenericKind::Statistics => {
                    object.deps.iter().find(|dep| names.object(dep.on).is_some_and(|on| matches!(on.body, Body::Relation(_))))
                }
                _ => None,
            };
            let definition = match generic.kind {
                GenericKind::Publication => publication_definition(names, &generic.text),
                _ => names.print(&generic.text),
            };
            // Classes and families of one name are told apart by the access method.
            let by_method = matches!(generic.kind, GenericKind::OperatorClass | GenericKind::OperatorFamily);
            let name = match generic.method.as_ref().filter(|_| by_method) {
                Some(method) => format!("{qualified} using {method}"),
                None => qualified.clone(),
            };
            add(kind, name, definition, table.map(|dep| names.qualified(dep.on)));
        }
        Body::DefaultPrivileges => {
            let text = object.acl.keys().map(|(role, privilege, _)| format!("{role}={privilege}")).collect::<Vec<_>>().join(",");
            add(kind, object.name.to_string(), text, None);
        }
        Body::Role(settings) => {
            let own = settings.iter().filter(|(name, _)| !name.starts_with(ELSEWHERE));
            let words = own.map(|(name, value)| if value.is_empty() { name.to_string() } else { format!("{name} = {value}") });
            add(kind, quote(&object.name), words.collect::<Vec<_>>().join(", "), None);
        }
        // Defaults belong to their column.
        Body::Default(_) => {}
    }
    collect_around(names, id, object, kind, entries);
}

/// Comments and privileges: each an entry of its own, hidden with what they are about.
fn collect_around(names: &dyn Names, id: ObjId, object: &Object, kind: &'static str, entries: &mut Vec<KeyedEntry>) {
    let columns = match &object.body {
        Body::Relation(relation) => relation.columns.as_slice(),
        _ => &[],
    };
    if object.comment.is_none() && object.acl.is_empty() && columns.iter().all(|column| column.comment.is_none()) {
        return;
    }
    let name = full_name(names, id);
    let table = match &object.body {
        Body::Relation(Relation { kind: RelKind::Index(index), .. }) => names.qualified(index.table),
        Body::Constraint(_) | Body::Trigger(_) | Body::Rule(_) | Body::Policy(_) => names.qualified(object.parent),
        _ => name.clone(),
    };
    let mut add = |kind: &'static str, name: String, definition: String| {
        let table = Some(table.clone());
        let open = object.presumed || kind == "grant" && definition.starts_with('?');
        entries.push(((kind, name), Entry { definition, id, table, open, owner: Name::default() }));
    };
    if let Some(comment) = &object.comment {
        add("comment", format!("{kind} {name}"), comment.to_string());
    }
    if let Body::Relation(relation) = &object.body {
        for column in relation.live_columns() {
            if let Some(comment) = &column.comment {
                add("comment", format!("column {name}.{}", quote(&column.name)), comment.to_string());
            }
        }
    }
    if !matches!(object.body, Body::DefaultPrivileges) {
        let mut by_role: Vec<((&Name, u16), Vec<String>)> = Vec::new();
        for ((role, privilege, column), option) in &object.acl {
            let privilege = format!("{privilege}{}", if *option { "*" } else { "" });
            match by_role.iter_mut().find(|(whose, _)| *whose == (role, *column)) {
                Some((_, privileges)) => privileges.push(privilege),
                None => by_role.push(((role, *column), vec![privilege])),
            }
        }
        for ((role, column), privileges) in by_role {
            let role = match role.as_str() {
                "" => "public",
                "-" => NOBODY,
                role => role,
            };
            let on = if column == 0 { format!("{kind} {name}") } else { format!("column {name}.{}", column_name(names, id, column)) };
            add("grant", format!("{on} to {role}"), privileges.join(","));
        }
    }
}

/// Whom a grant is said to be to which marks that everybody's was taken away.
pub(super) const NOBODY: &str = "nobody";

/// The comment or the privileges of an object that an entry of this kind and name is about.
pub fn around(names: &dyn Names, id: ObjId, kind: &'static str, name: &str) -> Option<String> {
    let object = names.object(id)?;
    let mut entries = Vec::new();
    collect_around(names, id, object, report_kind(&object.body), &mut entries);
    entries.into_iter().find(|((other, of), _)| *other == kind && of == name).map(|(_, entry)| entry.definition)
}

/// Whether it goes with the session.
pub fn is_temporary(names: &dyn Names, object: &Object) -> bool {
    let home = |id| names.object(id).is_some_and(|home: &Object| matches!(home.body, Body::Schema) && home.name == "pg_temp");
    (matches!(object.body, Body::Schema) && object.name == "pg_temp")
        || home(object.parent)
        || names.object(object.parent).is_some_and(|owner| home(owner.parent))
}

/// `schema.name`, of a routine `schema.f(integer,text)`.
pub fn full_name(names: &dyn Names, id: ObjId) -> String {
    names.qualified(id) + &names.object(id).map_or_else(String::new, |object| arguments(names, object))
}

/// The `(integer,text)` of a routine; nothing for anything else.
pub fn arguments(names: &dyn Names, object: &Object) -> String {
    let Body::Routine(routine) = &object.body else { return String::new() };
    let types = routine.inputs().map(|argument| match argument.ty.is("bpchar") {
        true => "character".into(),
        false => type_name(names, &Ty { modifiers: Name::default(), ..argument.ty.clone() }),
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}
