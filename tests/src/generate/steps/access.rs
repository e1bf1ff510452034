//! Comments, privileges, owners, row security.

use super::{Step, guard, parts};
use crate::generate::dice::Dice;
use crate::generate::model::{Attached, Model, Place, Routine, Table};
use crate::generate::names::SENTENCES;
use crate::generate::text::{Mark, ident, literal, name};

fn is(text: &Option<String>) -> String {
    text.as_ref().map_or("NULL".into(), |text| literal(text))
}

/// A comment is written on something.
pub fn comment(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let new = dice.pick(&SENTENCES).map(|text| text.to_string());
    change(model, dice, new)
}

/// A comment is taken away.
pub fn uncomment(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    change(model, dice, None)
}

fn change(model: &mut Model, dice: &mut Dice, new: Option<String>) -> Option<Step> {
    let set = |target: String, old: &mut Option<String>| {
        if *old == new {
            return None;
        }
        let step = Step::one("comment", format!("COMMENT ON {target} IS {}", is(&new)), format!("COMMENT ON {target} IS {}", is(old)));
        *old = new.clone();
        step
    };
    let snapshot = model.clone();
    let roll = dice.roll(9);
    if roll < 5 {
        let at = dice.roll(model.tables.len());
        let table = model.tables.get_mut(at)?;
        let on = snapshot.q(&table.schema, &table.name);
        return match roll {
            0 | 1 => set(format!("TABLE {on}"), &mut table.comment),
            2 => {
                let at = dice.roll(table.columns.len());
                let column = table.columns.get_mut(at)?;
                set(format!("COLUMN {on}.{}", name(&column.name)), &mut column.comment)
            }
            3 => {
                let at = dice.roll(table.constraints.len());
                let constraint = table.constraints.get_mut(at)?;
                set(format!("CONSTRAINT {} ON {on}", name(&constraint.name)), &mut constraint.comment)
            }
            _ => {
                let schema = table.schema.clone();
                let at = dice.roll(table.indexes.len());
                let index = table.indexes.get_mut(at)?;
                set(format!("INDEX {}", snapshot.q(&schema, &index.name)), &mut index.comment)
            }
        };
    }
    match roll {
        5 => {
            let at = dice.roll(model.views.len());
            let view = model.views.get_mut(at)?;
            let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            set(format!("{kind} {}", snapshot.q(&view.schema, &view.name)), &mut view.comment)
        }
        6 => {
            let at = dice.roll(model.routines.len());
            let routine = model.routines.get_mut(at)?;
            set(snapshot.signature(routine), &mut routine.comment)
        }
        7 => {
            let at = dice.roll(model.types.len());
            let own = model.types.get_mut(at)?;
            let kind = if matches!(own.shape, crate::generate::model::Shape::Domain(..)) { "DOMAIN" } else { "TYPE" };
            set(format!("{kind} {}", snapshot.q(&own.schema, &own.name)), &mut own.comment)
        }
        _ => {
            let at = dice.roll(model.tables.len());
            let table = model.tables.get_mut(at)?;
            let on = snapshot.q(&table.schema, &table.name);
            let each = table.attached.iter_mut().find(|each| each.kind != "statistics")?;
            set(format!("{} {} ON {on}", each.kind.to_uppercase(), name(&each.name)), &mut each.comment)
        }
    }
}

fn role(model: &Model, dice: &mut Dice) -> Option<String> {
    dice.pick(&model.roles).cloned()
}

/// A privilege is given.
pub fn grant(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let role = role(model, dice)?;
    match dice.roll(6) {
        0..=2 => {
            let table = parts::table(model, dice)?;
            if table.grants.iter().any(|(each, _)| *each == role) {
                return None;
            }
            let on = model.q(&table.schema, &table.name);
            let privileges = dice.of(["SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE", "INSERT, UPDATE"]);
            let word = dice.of(["", "TABLE "]);
            model.table_mut(table.id)?.grants.push((role.clone(), privileges.into()));
            Step::one(
                "grant on table",
                format!("GRANT {privileges} ON {word}{on} TO {}", ident(&role)),
                format!("REVOKE {} ON {word}{on} FROM {}", Mark::Value.on(privileges), ident(&role)),
            )
        }
        3 => {
            let routines: Vec<Routine> =
                model.routines.iter().filter(|each| !each.grants.iter().any(|(to, _)| *to == role)).cloned().collect();
            let routine = dice.pick(&routines)?.clone();
            let signature = model.signature(&routine);
            model.routines.iter_mut().find(|each| each.id == routine.id)?.grants.push((role.clone(), "EXECUTE".into()));
            Step::one(
                "grant on routine",
                format!("GRANT EXECUTE ON {signature} TO {}", ident(&role)),
                format!("REVOKE EXECUTE ON {signature} FROM {}", ident(&role)),
            )
        }
        4 => {
            let schema = dice.pick(&model.schemas)?.clone();
            let privilege = dice.of(["USAGE", "CREATE"]);
            Step::one(
                "grant on schema",
                format!("GRANT {privilege} ON SCHEMA {} TO {}", name(&schema), ident(&role)),
                format!("REVOKE {privilege} ON SCHEMA {} FROM {}", name(&schema), ident(&role)),
            )
        }
        _ => {
            let table = parts::table(model, dice)?;
            let column = dice.pick(&table.columns)?.clone();
            let on = model.q(&table.schema, &table.name);
            let c = name(&column.name);
            model.table_mut(table.id)?.frozen = true;
            Step::one(
                "grant on column",
                format!("GRANT UPDATE ({c}) ON {on} TO {}", ident(&role)),
                format!("REVOKE UPDATE ({c}) ON {on} FROM {}", ident(&role)),
            )
        }
    }
}

/// A privilege is taken away.
pub fn revoke(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let tables: Vec<Table> = model.tables.iter().filter(|table| !table.grants.is_empty()).cloned().collect();
    let table = dice.pick(&tables)?.clone();
    let (role, privileges) = dice.pick(&table.grants)?.clone();
    let on = model.q(&table.schema, &table.name);
    model.table_mut(table.id)?.grants.retain(|(each, _)| *each != role);
    let what = if dice.chance(40) { "ALL".to_string() } else { privileges.clone() };
    // Privileges of columns go with those of the table.
    model.table_mut(table.id)?.frozen = true;
    Step::one(
        "revoke on table",
        format!("REVOKE {what} ON {on} FROM {}", ident(&role)),
        format!("GRANT {} ON {on} TO {}", Mark::Value.on(&privileges), ident(&role)),
    )
}

/// Privileges of what is made later.
pub fn default_privileges(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let role = role(model, dice)?;
    let schema = match dice.pick(&model.schemas) {
        Some(schema) if dice.chance(70) => format!(" IN SCHEMA {}", name(schema)),
        _ => String::new(),
    };
    let (privilege, kind) = dice.of([("SELECT", "TABLES"), ("USAGE", "SEQUENCES"), ("EXECUTE", "FUNCTIONS"), ("USAGE", "TYPES")]);
    Step::one(
        "default privileges",
        format!("ALTER DEFAULT PRIVILEGES{schema} GRANT {privilege} ON {kind} TO {}", ident(&role)),
        format!("ALTER DEFAULT PRIVILEGES{schema} REVOKE {privilege} ON {kind} FROM {}", ident(&role)),
    )
}

/// Something gets another owner.
pub fn owner(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let role = role(model, dice)?;
    let target = match dice.roll(4) {
        0 => {
            let routine = dice.pick(&model.routines)?.clone();
            model.routines.iter_mut().find(|each| each.id == routine.id)?.frozen = true;
            model.signature(&routine)
        }
        1 => {
            let view = dice.pick(&model.views)?.clone();
            model.views.iter_mut().find(|each| each.id == view.id)?.frozen = true;
            format!("{} {}", if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" }, model.q(&view.schema, &view.name))
        }
        2 => {
            let own = dice.pick(&model.types)?.clone();
            model.types.iter_mut().find(|each| each.id == own.id)?.frozen = true;
            let kind = if matches!(own.shape, crate::generate::model::Shape::Domain(..)) { "DOMAIN" } else { "TYPE" };
            format!("{kind} {}", model.q(&own.schema, &own.name))
        }
        _ => {
            let table = parts::table(model, dice)?;
            model.table_mut(table.id)?.frozen = true;
            format!("TABLE {}", model.q(&table.schema, &table.name))
        }
    };
    Step::one("owner", format!("ALTER {target} OWNER TO {}", ident(&role)), format!("ALTER {target} OWNER TO {}", "CURRENT_USER"))
}

/// Row security is switched on.
pub fn secure(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let on = model.q(&table.schema, &table.name);
    model.table_mut(table.id)?.secured = !table.secured;
    let text = |on_off: bool| format!("ALTER TABLE {on} {} ROW LEVEL SECURITY", if on_off { "ENABLE" } else { "DISABLE" });
    Step::one("row security", text(!table.secured), text(table.secured))
}

/// A policy is made.
pub fn create_policy(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let tables: Vec<Table> = model.tables.iter().filter(|table| !matches!(table.place, Place::Part(..))).cloned().collect();
    let table = dice.pick(&tables)?.clone();
    let column = dice.pick(&table.columns)?.clone();
    let condition = parts::condition(model, dice, &column, "")?;
    let to = match role(model, dice) {
        Some(role) if dice.chance(50) => Mark::Part.on(format!(" TO {}", ident(&role))),
        _ => String::new(),
    };
    let command = dice.of(["", " FOR SELECT", " FOR UPDATE", " FOR DELETE", " AS RESTRICTIVE"]);
    let policy = Attached {
        kind: "policy",
        name: model.reserve(&format!("{}_{}", table.name.to_lowercase().replace(' ', "_"), dice.of(["visible", "own_rows", "tenant"]))),
        rest: format!("ON {{table}}{command}{to} USING ({})", Mark::Body.on(condition)),
        columns: vec![column.name],
        needs: Vec::new(),
        disabled: false,
        comment: None,
    };
    let on = model.q(&table.schema, &table.name);
    let mut forward = vec![model.attached(&table, &policy)];
    let mut rollback = vec![format!("DROP POLICY {}{} ON {on}", guard(model, dice), name(&policy.name))];
    let now = model.table_mut(table.id)?;
    now.attached.push(policy);
    if !table.secured && dice.chance(60) {
        now.secured = true;
        forward.insert(0, format!("ALTER TABLE {on} ENABLE ROW LEVEL SECURITY"));
        rollback.push(format!("ALTER TABLE {on} DISABLE ROW LEVEL SECURITY"));
    }
    Step::new("create policy", forward, rollback)
}

/// A policy gets another condition.
pub fn alter_policy(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let all: Vec<(Table, Attached)> = model
        .tables
        .iter()
        .flat_map(|table| table.attached.iter().filter(|each| each.kind == "policy").map(move |each| (table.clone(), each.clone())))
        .collect();
    let (table, policy) = dice.pick(&all)?.clone();
    let on = model.q(&table.schema, &table.name);
    let old = policy.rest.split_once(" USING ")?.1.to_string();
    let rest = policy.rest.replace(&old, "(true)");
    let now = model.table_mut(table.id)?.attached.iter_mut().find(|each| each.name == policy.name)?;
    now.rest = rest;
    now.columns.clear();
    Step::one(
        "alter policy",
        format!("ALTER POLICY {} ON {on} USING (true)", name(&policy.name)),
        format!("ALTER POLICY {} ON {on} USING {old}", name(&policy.name)),
    )
}
