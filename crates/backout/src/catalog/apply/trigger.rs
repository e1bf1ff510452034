//! Triggers, event triggers, rules and policies (manual pages of their CREATE commands).

use super::{Apply, Event, fail};
use crate::catalog::Failure;
use crate::catalog::context::{Outcome, Want};
use crate::catalog::object::{
    Body, ColumnNumber, Constraint, ConstraintKind, DepKind, EventTrigger, ObjId, Object, Policy, RelKind, Routine, RoutineText, Rule,
    Trigger,
};
use crate::catalog::resolve::{ExprPlace, Scope, TriggerFunction};
use crate::catalog::template::{Piece, Template};
use crate::catalog::{Class, Key, Names, Presence, quote};
use crate::lexer::{TokenKind, is_word, quote_ident, string_value, tokenize};
use crate::op::{
    AlterPolicy, CreateEventTrigger, CreatePolicy, CreateRule, CreateTrigger, Expr, Ident, Name, Op, RelationKind, RoutineBody,
    TriggerEnabled,
};

impl Apply<'_> {
    pub(super) fn create_trigger(&mut self, create: &CreateTrigger) -> Outcome<()> {
        let table = self.user_relation(&create.table, RelationKind::Table)?;
        let Some(object) = self.catalog.get(table).cloned() else { return Ok(()) };
        let Body::Relation(relation) = &object.body else { return Ok(()) };
        let refuse = |message: String, detail: &str| {
            let failure = fail("42809", message).about("table", self.catalog.qualified(table)).at(create.table.span);
            failure.detailed(vec![detail.into()])
        };
        match &relation.kind {
            RelKind::Table(_) if create.timing == "INSTEAD OF" => {
                let failure = refuse(format!("\"{}\" is a table", object.name), "Tables cannot have INSTEAD OF triggers.");
                self.other_kind(table, RelationKind::View, failure)?;
            }
            RelKind::View(_) if create.timing != "INSTEAD OF" && create.for_each_row => {
                return Err(
                    refuse(format!("\"{}\" is a view", object.name), "Views cannot have row-level BEFORE or AFTER triggers.").into()
                );
            }
            RelKind::Table(_) | RelKind::View(_) => {}
            RelKind::MatView(_) | RelKind::Index(_) | RelKind::Sequence(_) => {
                return Err(refuse(
                    format!("relation \"{}\" cannot have triggers", object.name),
                    "This operation is not supported for this kind of relation.",
                )
                .into());
            }
        }
        check_transition_tables(create, &relation.kind).map_err(|failure| failure.at(create.name.span))?;
        let mut definition = Template::text(format!("{} {}", create.timing, create.events.join(" OR ")));
        let mut columns: Vec<ColumnNumber> = Vec::new();
        for (at, column) in create.update_of.iter().enumerate() {
            let number = self.column(table, column)?;
            if columns.contains(&number) {
                return Err(fail("42701", format!("column \"{}\" specified more than once", column.name)).at(column.span).into());
            }
            columns.push(number);
            definition.push(if at == 0 { " OF " } else { ", " });
            definition.pieces.push(Piece::Column(table, number));
        }
        if let Some(from) = &create.from {
            let from = self.user_relation(from, RelationKind::Table)?;
            definition.push(" FROM ");
            definition.pieces.push(Piece::Object(from));
        }
        if create.attributes.deferrable || create.attributes.initially_deferred {
            definition.push(if create.attributes.initially_deferred { " DEFERRABLE INITIALLY DEFERRED" } else { " DEFERRABLE" });
        }
        for (word, name) in [("OLD", &create.old_table), ("NEW", &create.new_table)] {
            if let Some(name) = name {
                definition.push(&format!(" REFERENCING {word} TABLE AS {}", quote_ident(name)));
            }
        }
        definition.push(if create.for_each_row { " FOR EACH ROW" } else { " FOR EACH STATEMENT" });
        if let Some(when) = &create.when {
            let scope = Scope::empty().with_named("old", table).with_named("new", table);
            let when = self.context().expr(when, &scope, None, ExprPlace::TriggerWhen)?;
            self.check_when(create, table, &when).map_err(|failure| failure.at(create.name.span))?;
            definition.push(" WHEN (");
            definition.append(&when);
            definition.push(")");
        }
        let found = self.context().trigger_function(&create.function, false)?;
        let (function, extension) = match found {
            TriggerFunction::User(id) => (id, None),
            TriggerFunction::Extension(id) => (ObjId::NONE, Some(id)),
            TriggerFunction::Builtin | TriggerFunction::Open => (ObjId::NONE, None),
        };
        definition.push(" EXECUTE FUNCTION ");
        match found {
            TriggerFunction::User(id) => definition.pieces.push(Piece::Object(id)),
            _ => definition.push(&create.function.name),
        }
        definition
            .push(&format!("({})", create.args.iter().map(|arg| format!("'{}'", arg.replace('\'', "''"))).collect::<Vec<_>>().join(", ")));

        let key = Key::new(Class::Trigger, table, create.name.name.clone());
        let mut replaced = None;
        match self.context().find(&key) {
            Presence::Present(id, _) if create.or_replace && self.catalog.version >= 14 => {
                if matches!(self.catalog.get(id).map(|object| &object.body), Some(Body::Trigger(Trigger { constraint: true, .. }))) {
                    let message = format!("trigger \"{}\" for relation \"{}\" is a constraint trigger", create.name.name, object.name);
                    return Err(fail("42710", message).about("trigger", self.catalog.qualified(id)).at(create.name.span).into());
                }
                replaced = Some(id);
            }
            Presence::Present(_, None) => {
                let failure = fail("42710", format!("trigger \"{}\" for relation \"{}\" already exists", create.name.name, object.name));
                return Err(failure
                    .about("trigger", format!("{}.{}", self.catalog.qualified(table), quote(&create.name.name)))
                    .at(create.name.span)
                    .into());
            }
            Presence::Present(id, Some(_)) => replaced = Some(id),
            Presence::Open(_) if create.or_replace => {
                self.catalog.base_doubt(key, format!("whether trigger {} was there before is not known", create.name.name));
            }
            Presence::Absent | Presence::Open(_) => {}
        }
        let trigger = Trigger {
            function,
            definition: definition.clone(),
            enabled: TriggerEnabled::Origin,
            parent: None,
            constraint: create.constraint,
        };
        let mut made = Object::new(create.name.name.clone(), table, Body::Trigger(trigger));
        made.depend(table, 0, DepKind::Auto);
        made.depend(function, 0, DepKind::Normal);
        if let Some(extension) = extension {
            made.depend(extension, 0, DepKind::Normal);
        }
        for &column in &columns {
            made.depend(table, column, DepKind::Normal);
        }
        for (on, column) in definition.references() {
            if on != function && (on, column) != (table, 0) {
                made.depend(on, column, DepKind::Normal);
            }
        }
        let id = match replaced {
            Some(id) => {
                made.comment = self.catalog.get(id).and_then(|old| old.comment.clone());
                self.catalog.set(id, Some(std::sync::Arc::new(made)));
                self.events.push(Event::Altered(id));
                id
            }
            None => self.add(made),
        };
        if create.constraint && replaced.is_none() {
            let constraint = Constraint {
                kind: ConstraintKind::Trigger,
                deferrable: create.attributes.deferrable || create.attributes.initially_deferred,
                initially_deferred: create.attributes.initially_deferred,
                validated: true,
                enforced: true,
                inherited: false,
                local: true,
            };
            let mut entry = Object::new(create.name.name.clone(), table, Body::Constraint(constraint));
            entry.depend(id, 0, DepKind::Internal);
            self.catalog.create(entry);
        }
        let partitioned = matches!(&relation.kind, RelKind::Table(found) if found.partition_by.is_some());
        if partitioned && create.for_each_row {
            for child in self.partitions(table) {
                self.clone_trigger(id, table, child);
            }
        }
        Ok(())
    }

    /// What a condition cannot see when the trigger fires.
    fn check_when(&self, create: &CreateTrigger, table: ObjId, when: &Template) -> Result<(), Failure> {
        let pairs = || when.pieces.iter().zip(when.pieces.iter().skip(1));
        let names = |word: &'static str| {
            pairs().filter_map(move |pair| match pair {
                (Piece::Text(text), Piece::Column(on, number)) if *on == table && text.ends_with(word) => Some(*number),
                _ => None,
            })
        };
        let refuse = |message: String| Err(fail("42P17", message));
        if !create.for_each_row {
            return match names("old.").chain(names("new.")).next() {
                Some(_) => refuse("statement trigger's WHEN condition cannot reference column values".into()),
                None => Ok(()),
            };
        }
        for (event, word) in [("INSERT", "old."), ("DELETE", "new.")] {
            if create.events.contains(&event) && names(word).next().is_some() {
                return refuse(format!("{event} trigger's WHEN condition cannot reference {} values", word[..3].to_ascii_uppercase()));
            }
        }
        let relation = self.catalog.relation(table);
        let generated = |number| relation.and_then(|relation| relation.column_at(number)).is_some_and(|column| column.generated.is_some());
        match create.timing == "BEFORE" && names("new.").any(generated) {
            true => refuse("BEFORE trigger's WHEN condition cannot reference NEW generated columns".into()),
            false => Ok(()),
        }
    }

    /// The row triggers of a partitioned table, on a partition.
    pub(super) fn clone_triggers_to(&mut self, parent: ObjId, table: ObjId) {
        let triggers: Vec<ObjId> = self.catalog.members(Class::Trigger, parent).collect();
        for trigger in triggers {
            self.clone_trigger(trigger, parent, table);
        }
    }

    fn clone_trigger(&mut self, trigger: ObjId, parent: ObjId, table: ObjId) {
        let Some(object) = self.catalog.get(trigger).cloned() else { return };
        let Body::Trigger(found) = &object.body else { return };
        let row = found.definition.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("FOR EACH ROW")));
        let known = matches!(self.catalog.look_up(&Key::new(Class::Trigger, table, object.name.clone())), Presence::Present(..));
        if !row || known {
            return;
        }
        let definition = self.remap(&found.definition, parent, table);
        let copy = Trigger { definition, parent: Some(trigger), ..found.clone() };
        let function = copy.function;
        let mut made = Object::new(object.name.clone(), table, Body::Trigger(copy));
        made.depend(trigger, 0, DepKind::Internal);
        made.depend(table, 0, DepKind::Auto);
        made.depend(function, 0, DepKind::Normal);
        let id = self.catalog.create(made);
        for child in self.partitions(table) {
            self.clone_trigger(id, table, child);
        }
    }

    pub(super) fn create_event_trigger(&mut self, create: &CreateEventTrigger) -> Outcome<()> {
        if !matches!(create.event.as_str(), "ddl_command_start" | "ddl_command_end" | "sql_drop" | "table_rewrite" | "login") {
            return Err(fail("42601", format!("unrecognized event name \"{}\"", create.event)).at(create.name.span).into());
        }
        let tags: Vec<String> = create.tags.iter().map(|tag| tag.to_ascii_uppercase()).collect();
        if let Some(failure) = tags.iter().zip(&create.tags).find_map(|(tag, said)| refused_tag(tag, said)) {
            return Err(failure.at(create.name.span).into());
        }
        let key = Key::new(Class::EventTrigger, ObjId::NONE, create.name.name.clone());
        if let Presence::Present(_, None) = self.context().find(&key) {
            let failure = fail("42710", format!("event trigger \"{}\" already exists", create.name.name));
            return Err(failure.about("event trigger", quote(&create.name.name)).at(create.name.span).into());
        }
        let tags: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
        let mut definition = Template::text(format!("ON {} [{}] EXECUTE ", create.event, tags.join(", ")));
        let mut made = Object::new(create.name.name.clone(), ObjId::NONE, Body::Schema);
        match self.context().trigger_function(&create.function, true)? {
            TriggerFunction::User(id) => {
                definition.pieces.push(Piece::Object(id));
                made.depend(id, 0, DepKind::Normal);
            }
            TriggerFunction::Extension(id) => {
                definition.push(&create.function.name);
                made.depend(id, 0, DepKind::Normal);
            }
            TriggerFunction::Builtin | TriggerFunction::Open => definition.push(&create.function.name),
        }
        made.body = Body::EventTrigger(EventTrigger { definition, enabled: TriggerEnabled::Origin });
        self.add(made);
        Ok(())
    }

    /// Notes the event triggers that may refuse a statement, since their function raises an exception somewhere, and those that make or
    /// drop something.
    pub(super) fn note_event_triggers(&mut self, op: &Op) {
        let mut triggers = self.catalog.members(Class::EventTrigger, ObjId::NONE).peekable();
        let Some(command) = triggers.peek().and_then(|_| op.defining_command()) else { return };
        // They do not fire for themselves, nor for what all databases share (manual, "Event Trigger Firing Matrix").
        if command.ends_with("EVENT TRIGGER") || command.ends_with("ROLE") {
            return;
        }
        let mut unfollowed = Vec::new();
        for object in triggers.filter_map(|id| self.catalog.get(id)) {
            let Body::EventTrigger(EventTrigger { definition, enabled }) = &object.body else { continue };
            let said = self.catalog.print(definition);
            let fires = *enabled != TriggerEnabled::Disabled && (said.contains(" [] ") || said.contains(&format!("\"{command}\"")));
            let dropped = said.starts_with("ON sql_drop") && !command.starts_with("DROP") && !command.starts_with("ALTER");
            if !fires || dropped {
                continue;
            }
            let body = definition.references().find_map(|(id, _)| match &self.catalog.get(id)?.body {
                Body::Routine(Routine { body: RoutineText::Quoted(create), .. }) => match &create.body {
                    RoutineBody::Quoted { text, .. } => Some(text.as_str()),
                    _ => None,
                },
                _ => None,
            });
            let Some(body) = body else { continue };
            if body.to_ascii_lowercase().contains("raise exception") {
                self.context().note_unseen(format!("whether event trigger {} lets {command} through", quote(&object.name)));
            }
            if makes_or_drops(body) {
                unfollowed.push(Event::Unfollowed(quote(&object.name)));
            }
        }
        self.events.extend(unfollowed);
    }

    pub(super) fn alter_event_trigger(&mut self, name: &Ident, enabled: TriggerEnabled) -> Outcome<()> {
        let (id, _) = self.target(&crate::op::ObjectRef::EventTrigger(name.clone()))?;
        self.was_unknown(id);
        self.catalog.update(id, |object| {
            if let Body::EventTrigger(trigger) = &mut object.body {
                trigger.enabled = enabled;
            }
        });
        self.events.push(Event::Altered(id));
        Ok(())
    }

    pub(super) fn create_rule(&mut self, create: &CreateRule) -> Outcome<()> {
        let table = self.user_relation(&create.table, RelationKind::Table)?;
        let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        let key = Key::new(Class::Rule, table, create.name.name.clone());
        let mut replaced = None;
        match self.context().find(&key) {
            Presence::Present(id, _) if create.or_replace => replaced = Some(id),
            Presence::Present(_, None) => {
                let failure = fail("42710", format!("rule \"{}\" for relation \"{name}\" already exists", create.name.name));
                return Err(failure
                    .about("rule", format!("{}.{}", self.catalog.qualified(table), quote(&create.name.name)))
                    .at(create.name.span)
                    .into());
            }
            Presence::Present(id, Some(_)) => replaced = Some(id),
            Presence::Absent | Presence::Open(_) => {}
        }
        let mut definition = Template::text(format!("{}{}", create.event, if create.instead { " INSTEAD" } else { "" }));
        if let Some(filter) = &create.filter {
            let scope = Scope::relation(name.clone(), table).with_named("old", table).with_named("new", table);
            definition.push(" WHERE ");
            definition.append(&self.context().expr(filter, &scope, None, ExprPlace::Where)?);
        }
        definition.push(&create.text);
        let mut made = Object::new(create.name.name.clone(), table, Body::Schema);
        made.depend(table, 0, DepKind::Auto);
        let outer = Scope::empty().with_named("old", table).with_named("new", table);
        for action in &create.actions {
            if create.filter.is_some() && !action.is_row_statement() {
                let message = "rules with WHERE conditions can only have SELECT, INSERT, UPDATE, or DELETE actions";
                return Err(fail("42P17", message).into());
            }
            let action = self.context().statement(action, Some(&outer))?.template;
            made.depend_on_template(&action, table, DepKind::Normal, DepKind::Normal);
        }
        made.depend_on_template(&definition, table, DepKind::Normal, DepKind::Normal);
        made.body = Body::Rule(Rule { definition, enabled: TriggerEnabled::Origin });
        match replaced {
            Some(id) => {
                self.catalog.set(id, Some(std::sync::Arc::new(made)));
                self.events.push(Event::Altered(id));
            }
            None => drop(self.add(made)),
        }
        Ok(())
    }

    pub(super) fn create_policy(&mut self, create: &CreatePolicy) -> Outcome<()> {
        self.check_roles(&create.roles)?;
        let table = self.user_relation(&create.table, RelationKind::Table)?;
        let name = self.catalog.get(table).map(|object| object.name.clone()).unwrap_or_default();
        if !self.is_plain_table(table) {
            return Err(fail("42809", format!("\"{name}\" is not a table")).at(create.table.span).into());
        }
        let key = Key::new(Class::Policy, table, create.name.name.clone());
        if let Presence::Present(_, None) = self.context().find(&key) {
            let failure = fail("42710", format!("policy \"{}\" for table \"{name}\" already exists", create.name.name));
            return Err(failure
                .about("policy", format!("{}.{}", self.catalog.qualified(table), quote(&create.name.name)))
                .at(create.name.span)
                .into());
        }
        let bool_type = crate::catalog::object::Ty::builtin("bool");
        let using = create.using.as_ref().map(|expr| self.table_expr(table, expr, Some(&bool_type), ExprPlace::Policy)).transpose()?;
        let check = create.check.as_ref().map(|expr| self.table_expr(table, expr, Some(&bool_type), ExprPlace::Policy)).transpose()?;
        let policy = Policy { permissive: create.permissive, command: create.command, roles: role_names(&create.roles), using, check };
        let made = self.policy_object(create.name.name.clone(), table, policy);
        self.add(made);
        Ok(())
    }

    fn policy_object(&self, name: Name, table: ObjId, policy: Policy) -> Object {
        let mut made = Object::new(name, table, Body::Schema);
        made.depend(table, 0, DepKind::Auto);
        for expr in [&policy.using, &policy.check].into_iter().flatten() {
            made.depend_on_template(expr, table, DepKind::Normal, DepKind::Normal);
        }
        made.body = Body::Policy(policy);
        made
    }

    pub(super) fn alter_policy(&mut self, alter: &AlterPolicy) -> Outcome<()> {
        self.check_roles(alter.roles.iter().flatten())?;
        let bool_type = crate::catalog::object::Ty::builtin("bool");
        let table = self.user_relation(&alter.table, RelationKind::Table)?;
        let condition = |expr: &Option<Expr>| match expr {
            Some(expr) => self.table_expr(table, expr, Some(&bool_type), ExprPlace::Policy).map(Some),
            None => Ok(None),
        };
        let (using, check) = (condition(&alter.using)?, condition(&alter.check)?);
        let (id, _) = self.target(&crate::op::ObjectRef::Policy { table: alter.table.clone(), name: alter.name.clone() })?;
        self.was_unknown(id);
        let Some(object) = self.catalog.get(id).cloned() else { return Ok(()) };
        let Body::Policy(policy) = &object.body else { return Ok(()) };
        let mut policy = policy.clone();
        if let Some(roles) = &alter.roles {
            policy.roles = role_names(roles);
        }
        policy.using = using.or(policy.using);
        policy.check = check.or(policy.check);
        let mut made = self.policy_object(object.name.clone(), object.parent, policy);
        made.comment = object.comment.clone();
        self.catalog.set(id, Some(std::sync::Arc::new(made)));
        self.events.push(Event::Altered(id));
        Ok(())
    }

    /// A stop because a routine of the schema is not there.
    pub(super) fn missing_routine(&self, name: &crate::op::ObjectName) -> crate::catalog::context::Stop {
        let failure = fail("42883", format!("function {} does not exist", super::target::shown(name))).at(name.span);
        self.absent(Presence::Absent, Want::Nothing, failure)
    }
}

fn role_names(roles: &[crate::op::RoleName]) -> Vec<Name> {
    let mut names: Vec<Name> = roles.iter().map(super::grant::role_name_or_public).collect();
    if names.is_empty() {
        names.push(Name::default());
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// What the server refuses of `REFERENCING`, and of what stands before it.
fn check_transition_tables(create: &CreateTrigger, kind: &RelKind) -> Result<(), Failure> {
    let has = |event: &str| create.events.contains(&event);
    let instead = create.timing == "INSTEAD OF";
    let (sqlstate, message) = match () {
        () if instead && !create.for_each_row => ("0A000", "INSTEAD OF triggers must be FOR EACH ROW"),
        () if instead && create.when.is_some() => ("0A000", "INSTEAD OF triggers cannot have WHEN conditions"),
        () if instead && !create.update_of.is_empty() => ("0A000", "INSTEAD OF triggers cannot have column lists"),
        () if create.for_each_row && has("TRUNCATE") => ("0A000", "TRUNCATE FOR EACH ROW triggers are not supported"),
        () if create.old_table.is_none() && create.new_table.is_none() => return Ok(()),
        () if matches!(kind, RelKind::View(_)) => ("42809", "triggers on views cannot have transition tables"),
        () if create.timing != "AFTER" => ("42P17", "transition table name can only be specified for an AFTER trigger"),
        () if has("TRUNCATE") => ("42P17", "TRUNCATE triggers with transition tables are not supported"),
        () if create.events.len() > 1 => ("0A000", "transition tables cannot be specified for triggers with more than one event"),
        () if !create.update_of.is_empty() => ("0A000", "transition tables cannot be specified for triggers with column lists"),
        () if create.new_table.is_some() && !has("INSERT") && !has("UPDATE") => {
            ("42P17", "NEW TABLE can only be specified for an INSERT or UPDATE trigger")
        }
        () if create.old_table.is_some() && !has("DELETE") && !has("UPDATE") => {
            ("42P17", "OLD TABLE can only be specified for a DELETE or UPDATE trigger")
        }
        () if create.old_table == create.new_table => ("42P17", "OLD TABLE name and NEW TABLE name cannot be the same"),
        () => return Ok(()),
    };
    Err(fail(sqlstate, message))
}

/// What the server says of a command that event triggers do not fire on, or that is none (manual, "Event Trigger Firing Matrix").
fn refused_tag(tag: &str, said: &str) -> Option<Failure> {
    const DEFINED: &str = "|ACCESS METHOD|AGGREGATE|CAST|COLLATION|CONSTRAINT|CONVERSION|DOMAIN|EXTENSION|FOREIGN DATA WRAPPER|FOREIGN TABLE|\
        FUNCTION|INDEX|LANGUAGE|MATERIALIZED VIEW|OPERATOR|OPERATOR CLASS|OPERATOR FAMILY|POLICY|PROCEDURE|PUBLICATION|ROUTINE|RULE|SCHEMA|\
        SEQUENCE|SERVER|STATISTICS|SUBSCRIPTION|TABLE|TEXT SEARCH CONFIGURATION|TEXT SEARCH DICTIONARY|TEXT SEARCH PARSER|\
        TEXT SEARCH TEMPLATE|TRANSFORM|TRIGGER|TYPE|USER MAPPING|VIEW|TABLE AS|OWNED|DEFAULT PRIVILEGES|LARGE OBJECT|";
    const SHARED: &str = "|DATABASE|EVENT TRIGGER|ROLE|TABLESPACE|";
    const OTHERS: &str = "|COMMENT|GRANT|REVOKE|IMPORT FOREIGN SCHEMA|REFRESH MATERIALIZED VIEW|SECURITY LABEL|SELECT INTO|";
    let within = |list: &str, words: &str| list.contains(&format!("|{words}|"));
    let defined = tag.split_once(' ').filter(|(verb, _)| matches!(*verb, "CREATE" | "ALTER" | "DROP")).map(|(_, kind)| kind);
    match defined {
        Some(kind) if within(DEFINED, kind) => None,
        None if within(OTHERS, tag) => None,
        Some(kind) if within(SHARED, kind) => Some(fail("0A000", format!("event triggers are not supported for {tag}"))),
        None if matches!(tag, "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE TABLE" | "COPY" | "VACUUM" | "ANALYZE") => {
            Some(fail("0A000", format!("event triggers are not supported for {tag}")))
        }
        _ => Some(fail("42601", format!("filter value \"{said}\" not recognized for filter variable \"tag\""))),
    }
}

/// Whether a program makes or drops something, by a statement of its own or by EXECUTE of a text that begins so.
fn makes_or_drops(body: &str) -> bool {
    const VERBS: [&str; 2] = ["create", "drop"];
    let Ok(tokens) = tokenize(body) else { return false };
    let word = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| words.iter().any(|word| is_word(body, *token, word)));
    let begins = |at: usize| {
        let before = at.checked_sub(1);
        before.is_some_and(|before| tokens[before].kind == TokenKind::Semicolon || word(before, &["begin", "then", "loop", "else"]))
    };
    let executes = |at: usize| {
        let text = if word(at + 1, &["format"]) { at + 3 } else { at + 1 };
        let text = tokens.get(text).filter(|token| token.kind.is_string()).and_then(|token| string_value(body, *token).ok());
        let first = text.as_deref().and_then(|text| text.split_whitespace().next());
        word(at, &["execute"]) && first.is_some_and(|first| VERBS.iter().any(|verb| first.eq_ignore_ascii_case(verb)))
    };
    (0..tokens.len()).any(|at| begins(at) && word(at, &VERBS) || executes(at))
}
