//! Functions and procedures, and what calls them: triggers; rules stand here, too.

use super::{Step, guard, parts, undo};
use crate::generate::dice::Dice;
use crate::generate::model::{Attached, Model, Place, Routine, Table, Ty};
use crate::generate::names::{ROUTINES, SENTENCES};
use crate::generate::text::{Mark, ident, name};

fn new(model: &mut Model, dice: &mut Dice) -> Routine {
    let schema = model.schema(dice);
    Routine {
        id: model.number(),
        schema,
        name: model.fresh(dice, &ROUTINES),
        procedure: false,
        arguments: Vec::new(),
        middle: String::new(),
        returns: String::new(),
        body: String::new(),
        needs: Vec::new(),
        grants: Vec::new(),
        comment: None,
        frozen: false,
    }
}

fn quoted(text: &str) -> String {
    format!("AS $${}$$", Mark::Body.on(text))
}

fn made(model: &mut Model, dice: &mut Dice, routine: Routine, kind: &'static str) -> Option<Step> {
    let mut forward = model.create_routine(&routine, false);
    if dice.chance(30) {
        forward[0] = forward[0].replacen("CREATE ", "CREATE OR REPLACE ", 1);
    }
    let rollback = undo_routine(model, dice, &routine);
    model.routines.push(routine);
    Step::new(kind, forward, vec![rollback])
}

fn undo_routine(model: &Model, dice: &mut Dice, routine: &Routine) -> String {
    let signature = model.signature(routine);
    let (kind, rest) = signature.split_once(' ').unwrap_or((&signature, ""));
    undo(model, dice, kind, rest)
}

/// A function without triggers.
fn some_function(model: &mut Model, dice: &mut Dice) -> Option<Routine> {
    let mut routine = new(model, dice);
    let volatility = dice.of([" IMMUTABLE", " STABLE", "", " STRICT", " SECURITY DEFINER", " PARALLEL SAFE", " COST 50"]);
    let int = Ty { text: dice.of(["integer", "int", "bigint"]).into(), family: "int", own: None };
    match dice.roll(8) {
        0 => {
            routine.arguments = vec![("a".into(), int.clone()), ("b".into(), int.clone())];
            routine.returns = int.text;
            routine.middle = format!(" LANGUAGE sql{volatility}");
            routine.body = quoted(" SELECT a + b ");
        }
        1 => {
            routine.returns = "bigint".into();
            let table = parts::table(model, dice)?;
            let from = model.q(&table.schema, &table.name);
            if model.version >= 14 && dice.chance(60) {
                routine.middle = " LANGUAGE sql".into();
                routine.body = format!("BEGIN ATOMIC SELECT count(*) FROM {from}; END");
                routine.needs = vec![table.id];
            } else {
                routine.middle = " LANGUAGE sql STABLE".into();
                routine.body = quoted(&format!(" SELECT count(*) FROM {from} "));
                routine.needs = vec![table.id];
            }
        }
        2 => {
            routine.arguments = vec![("given".into(), parts::ty(dice, "text"))];
            routine.returns = "text".into();
            routine.middle = " LANGUAGE plpgsql".into();
            routine.body = quoted(" BEGIN IF given = '' THEN RETURN NULL; END IF; RETURN lower(given); END ");
        }
        3 => {
            let table = parts::table(model, dice)?;
            let from = model.q(&table.schema, &table.name);
            routine.returns = format!("SETOF {from}");
            routine.middle = " LANGUAGE sql STABLE".into();
            routine.body = quoted(&format!(" SELECT * FROM {from} "));
            routine.needs = vec![table.id];
        }
        4 => {
            let own = parts::own_type(model, dice)?;
            routine.arguments = vec![("wanted".into(), own)];
            routine.returns = "boolean".into();
            routine.middle = format!(" LANGUAGE sql{volatility}");
            routine.body = quoted(" SELECT wanted IS NOT NULL ");
        }
        5 => {
            routine.arguments = vec![("since".into(), parts::ty(dice, "time"))];
            routine.returns = "TABLE (id integer, label text)".into();
            routine.middle = " LANGUAGE sql STABLE".into();
            routine.body = quoted(" SELECT 1, 'x'::text WHERE since IS NOT NULL ");
        }
        6 if model.version >= 14 => {
            routine.arguments = vec![("amount".into(), parts::ty(dice, "numeric"))];
            routine.returns = "numeric".into();
            routine.middle = " LANGUAGE sql IMMUTABLE".into();
            routine.body = "RETURN amount * 1.2".into();
        }
        _ => {
            routine.returns = "integer".into();
            routine.middle = format!(" LANGUAGE sql{volatility}");
            routine.body = quoted(" SELECT 42 ");
        }
    }
    if dice.chance(12) {
        routine.comment = dice.pick(&SENTENCES).map(|text| text.to_string());
    }
    Some(routine)
}

/// A function is made.
pub fn create(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some_function(model, dice)?;
    made(model, dice, routine, "create function")
}

/// A procedure is made.
pub fn create_procedure(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let mut routine = new(model, dice);
    routine.procedure = true;
    if dice.chance(60) {
        routine.arguments = vec![("days".into(), parts::ty(dice, "int"))];
    }
    routine.middle = " LANGUAGE plpgsql".into();
    routine.body = quoted(" BEGIN NULL; END ");
    made(model, dice, routine, "create procedure")
}

/// A function gets a namesake with other arguments.
pub fn overload(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let base = dice.pick(&model.routines)?.clone();
    let int = |column: &(String, Ty)| column.1.family == "int";
    if base.arguments.len() > 1 || base.arguments.iter().any(int) || model.routines.iter().filter(|each| each.name == base.name).count() > 1
    {
        return None;
    }
    let id = model.number();
    let procedure = base.procedure;
    let routine = Routine {
        id,
        arguments: vec![("n".into(), Ty { text: "integer".into(), family: "int", own: None })],
        returns: if procedure { String::new() } else { "integer".into() },
        middle: " LANGUAGE sql".into(),
        body: quoted(" SELECT n "),
        needs: Vec::new(),
        grants: Vec::new(),
        comment: None,
        ..base
    };
    let forward = model.create_routine(&routine, false);
    let rollback = undo_routine(model, dice, &routine);
    model.routines.push(routine);
    Step::new("overload routine", forward, vec![rollback])
}

fn some(model: &Model, dice: &mut Dice) -> Option<Routine> {
    dice.pick(&model.routines).cloned()
}

/// A routine is dropped.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some(model, dice)?;
    if routine.frozen || model.is_needed(routine.id) {
        return None;
    }
    let signature = model.signature(&routine);
    let (kind, rest) = signature.split_once(' ')?;
    // A name is enough when there is only one of it.
    let single = model.routines.iter().filter(|each| each.name == routine.name).count() == 1;
    let rest = if single && dice.chance(20) { model.q(&routine.schema, &routine.name) } else { rest.to_string() };
    let forward = super::tables::drop_text(dice, kind, &rest);
    let rollback = model.create_routine(&routine, false);
    model.routines.retain(|each| each.id != routine.id);
    Step::new("drop routine", vec![forward], rollback)
}

/// A routine gets another body or other attributes.
pub fn replace(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some(model, dice)?;
    if routine.frozen || !routine.body.starts_with("AS $$") {
        return None;
    }
    let mut new = routine.clone();
    match dice.roll(3) {
        0 => new.body = routine.body.replacen("$$", "$$ /* revised */", 1),
        1 if routine.middle.contains("IMMUTABLE") => new.middle = routine.middle.replace("IMMUTABLE", "STABLE"),
        _ if routine.middle.contains("plpgsql") => new.body = routine.body.replacen(" BEGIN ", " BEGIN PERFORM 1; ", 1),
        _ => new.body = routine.body.replacen("SELECT ", "SELECT ALL ", 1),
    }
    let forward = model.create_routine(&new, true);
    let rollback = model.create_routine(&routine, true);
    *model.routines.iter_mut().find(|each| each.id == routine.id)? = new;
    Step::new("replace routine", forward, rollback)
}

/// A function returns another type, which takes a DROP.
pub fn retype(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some(model, dice)?;
    if routine.frozen
        || routine.returns != "integer"
        || model.is_needed(routine.id)
        || routine.comment.is_some()
        || !routine.grants.is_empty()
    {
        return None;
    }
    let mut new = routine.clone();
    new.returns = "bigint".into();
    let signature = model.signature(&routine);
    let mut forward = vec![format!("DROP {signature}")];
    forward.extend(model.create_routine(&new, false));
    let mut rollback = vec![undo_routine(model, dice, &routine)];
    rollback.extend(model.create_routine(&routine, false));
    *model.routines.iter_mut().find(|each| each.id == routine.id)? = new;
    Step::new("retype function", forward, rollback)
}

/// A routine is renamed or moved.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some(model, dice)?;
    let old = model.signature(&routine);
    let mut new = routine.clone();
    let (kind, forward, back) = match dice.pick(&model.schemas) {
        Some(schema) if *schema != routine.schema && dice.chance(40) => {
            new.schema = schema.clone();
            ("move routine", format!("SET SCHEMA {}", name(schema)), format!("SET SCHEMA {}", name(&routine.schema)))
        }
        _ => {
            new.name = model.reserve(&format!("{}_v2", routine.name));
            ("rename routine", format!("RENAME TO {}", name(&new.name)), format!("RENAME TO {}", name(&routine.name)))
        }
    };
    new.frozen = true;
    let renamed = model.signature(&new);
    model.freeze_readers(routine.id);
    *model.routines.iter_mut().find(|each| each.id == routine.id)? = new;
    Step::one(kind, format!("ALTER {old} {forward}"), format!("ALTER {renamed} {back}"))
}

/// An attribute of a routine changes.
pub fn alter(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let routine = some(model, dice)?;
    let signature = model.signature(&routine);
    let plain = !["IMMUTABLE", "STABLE", "SECURITY", "PARALLEL", "COST", "STRICT"].iter().any(|word| routine.middle.contains(word));
    let (to, back) = match dice.roll(4) {
        0 => ("SET search_path = public", "RESET search_path"),
        1 if plain => ("SECURITY DEFINER", "SECURITY INVOKER"),
        2 if plain && !routine.procedure && routine.returns != "trigger" => ("STABLE", "VOLATILE"),
        3 if plain && !routine.procedure => ("COST 500", "COST 100"),
        _ => return None,
    };
    model.routines.iter_mut().find(|each| each.id == routine.id)?.frozen = true;
    Step::one("alter routine", format!("ALTER {signature} {to}"), format!("ALTER {signature} {back}"))
}

/// A trigger is made, with its function if there is none.
pub fn create_trigger(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let tables: Vec<Table> = model.tables.iter().filter(|table| matches!(table.place, Place::Alone)).cloned().collect();
    let table = dice.pick(&tables)?.clone();
    let functions: Vec<Routine> = model.routines.iter().filter(|routine| routine.returns == "trigger").cloned().collect();
    let mut forward = Vec::new();
    let mut rollback = Vec::new();
    let function = match dice.pick(&functions) {
        Some(function) if dice.chance(60) => function.clone(),
        _ => {
            let mut function = new(model, dice);
            function.returns = "trigger".into();
            function.middle = " LANGUAGE plpgsql".into();
            function.body = quoted(dice.of([" BEGIN RETURN NEW; END ", " BEGIN RAISE NOTICE 'changed'; RETURN NEW; END "]));
            let step = made(model, dice, function.clone(), "create function")?;
            forward.extend(step.forward);
            rollback.extend(step.rollback);
            function
        }
    };
    let column = dice.pick(&table.columns)?.clone();
    let mut columns = Vec::new();
    let event = match dice.roll(5) {
        0 => {
            columns.push(column.name.clone());
            format!("BEFORE UPDATE OF {}", ident(&column.name))
        }
        1 => "AFTER INSERT OR UPDATE".into(),
        2 => "AFTER DELETE".into(),
        3 => "BEFORE INSERT".into(),
        _ => "BEFORE UPDATE".into(),
    };
    let call = model.q(&function.schema, &function.name);
    let condition = match dice.chance(15)
        && event.contains("UPDATE")
        && !event.contains("INSERT")
        && parts::sorts(&column)
        && column.generated.is_none()
    {
        true => {
            columns.push(column.name.clone());
            let c = ident(&column.name);
            Mark::Part.on(format!(" WHEN (OLD.{c} IS DISTINCT FROM NEW.{c})"))
        }
        false => String::new(),
    };
    let word = dice.of(["FUNCTION", "FUNCTION", "PROCEDURE"]);
    let trigger = Attached {
        kind: "trigger",
        name: model.reserve(&format!("{}_{}", table.name.to_lowercase().replace(' ', "_"), dice.of(["touch", "audit", "guard", "sync"]))),
        rest: format!("{event} ON {{table}} FOR EACH ROW{condition} EXECUTE {word} {call}()"),
        columns,
        needs: vec![function.id],
        disabled: false,
        comment: None,
    };
    forward.push(model.attached(&table, &trigger));
    let on = model.q(&table.schema, &table.name);
    let drop = format!("DROP TRIGGER {}{} ON {on}", guard(model, dice), name(&trigger.name));
    rollback.insert(0, drop);
    model.table_mut(table.id)?.attached.push(trigger);
    Step::new("create trigger", forward, rollback)
}

/// A rule is made.
pub fn create_rule(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let rule = Attached {
        kind: "rule",
        name: model.reserve(&format!("{}_protected", table.name.to_lowercase().replace(' ', "_"))),
        rest: format!("AS ON {} TO {{table}} DO INSTEAD NOTHING", dice.of(["DELETE", "UPDATE"])),
        columns: Vec::new(),
        needs: Vec::new(),
        disabled: false,
        comment: None,
    };
    let forward = model.attached(&table, &rule);
    let on = model.q(&table.schema, &table.name);
    let rollback = format!("DROP RULE {}{} ON {on}", guard(model, dice), name(&rule.name));
    model.table_mut(table.id)?.attached.push(rule);
    Step::one("create rule", forward, rollback)
}

fn some_attached(model: &Model, dice: &mut Dice, kind: &str) -> Option<(Table, Attached)> {
    let all: Vec<(Table, Attached)> = model
        .tables
        .iter()
        .flat_map(|table| table.attached.iter().map(move |each| (table, each)))
        .filter(|(_, each)| kind.is_empty() || each.kind == kind)
        .map(|(table, each)| (table.clone(), each.clone()))
        .collect();
    dice.pick(&all).cloned()
}

/// A trigger is switched off or on.
pub fn switch_trigger(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, trigger) = some_attached(model, dice, "trigger")?;
    let on = model.q(&table.schema, &table.name);
    let text = |word: &str| format!("ALTER TABLE {on} {word} TRIGGER {}", name(&trigger.name));
    let now = model.table_mut(table.id)?.attached.iter_mut().find(|each| each.name == trigger.name)?;
    now.disabled = !trigger.disabled;
    match trigger.disabled {
        true => Step::one("enable trigger", text("ENABLE"), text("DISABLE")),
        false => Step::one("disable trigger", text("DISABLE"), text("ENABLE")),
    }
}

/// A trigger, policy or rule is renamed.
pub fn rename_trigger(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, old) = some_attached(model, dice, "")?;
    if old.kind == "statistics" {
        return None;
    }
    let new = model.reserve(&format!("{}_again", old.name));
    let on = model.q(&table.schema, &table.name);
    let word = old.kind.to_uppercase();
    let step = Step::swapped("rename trigger, rule or policy", &old.name, &new, |from, to| {
        format!("ALTER {word} {} ON {on} RENAME TO {}", name(from), name(to))
    });
    model.table_mut(table.id)?.attached.iter_mut().find(|each| each.name == old.name)?.name = new;
    step
}

/// A trigger, policy, rule or statistics object is dropped.
pub fn drop_attached(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, old) = some_attached(model, dice, "")?;
    if table.frozen || old.comment.is_some() {
        return None;
    }
    let on = model.q(&table.schema, &table.name);
    let forward = match old.kind {
        "statistics" => format!("DROP STATISTICS {}", model.q(&table.schema, &old.name)),
        kind => format!("DROP {} {} ON {on}", kind.to_uppercase(), name(&old.name)),
    };
    let mut rollback = vec![model.attached(&table, &old)];
    if old.disabled {
        rollback.push(format!("ALTER TABLE {on} DISABLE TRIGGER {}", name(&old.name)));
    }
    model.table_mut(table.id)?.attached.retain(|each| each.name != old.name);
    Step::new("drop trigger, rule or policy", vec![forward], rollback)
}
