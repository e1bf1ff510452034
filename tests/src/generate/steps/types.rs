//! Types: enumerations, domains, composites, ranges.

use super::{Step, parts, undo};
use crate::generate::dice::Dice;
use crate::generate::model::{Model, Shape, Ty, Type};
use crate::generate::names::{ENUMS, SENTENCES, TYPES};
use crate::generate::text::{Mark, literal, name};

fn made(model: &mut Model, dice: &mut Dice, word: &str, shape: Shape, kind: &'static str) -> Option<Step> {
    let schema = model.schema(dice);
    let own = Type {
        id: model.number(),
        schema,
        name: model.reserve(word),
        shape,
        comment: if dice.chance(12) { dice.pick(&SENTENCES).map(|text| text.to_string()) } else { None },
        frozen: false,
    };
    let mut forward = model.create_type(&own);
    let called = model.q(&own.schema, &own.name);
    let word = if matches!(own.shape, Shape::Domain(..)) { "DOMAIN" } else { "TYPE" };
    if word == "TYPE" && dice.chance(8) {
        // The usual way to write IF NOT EXISTS where there is none.
        forward[0] = format!("DO $do$ BEGIN {}; EXCEPTION WHEN duplicate_object THEN NULL; END $do$", forward[0]);
    }
    let rollback = undo(model, dice, word, &called);
    model.types.push(own);
    Step::new(kind, forward, vec![rollback])
}

/// An enumeration is made.
pub fn create_enum(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (word, values) = dice.of(ENUMS);
    let values = values[..2 + dice.roll(3)].iter().map(|value| value.to_string()).collect();
    made(model, dice, word, Shape::Enum(values), "create enum")
}

/// A domain is made.
pub fn create_domain(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let word = dice.of(TYPES);
    let (family, check) =
        dice.of([("int", " CHECK (VALUE > 0)"), ("text", " CHECK (VALUE <> '')"), ("numeric", " CHECK (VALUE >= 0)"), ("text", "")]);
    let base = match dice.chance(10) {
        true => parts::own_type(model, dice).filter(|ty| ty.family != "composite").unwrap_or_else(|| parts::ty(dice, family)),
        false => parts::ty(dice, family),
    };
    let check = if base.own.is_some() { "" } else { check };
    let rest = format!("{}{check}", dice.of(["", "", " NOT NULL"]));
    let rest = if rest.contains("NOT NULL") && check.is_empty() { String::new() } else { rest.replace(" NOT NULL", "") };
    made(model, dice, word, Shape::Domain(base, rest), "create domain")
}

/// A composite type is made.
pub fn create_composite(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let word = dice.of(TYPES);
    let mut columns = Vec::new();
    while columns.len() < 2 {
        columns.extend(parts::column(model, dice, &columns));
    }
    let parts = columns.into_iter().map(|column| (column.name, column.ty)).collect();
    made(model, dice, word, Shape::Composite(parts), "create composite type")
}

/// A range type is made.
pub fn create_range(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let word = dice.of(["price_range", "shift_hours", "weight_span"]);
    let subtype = dice.of(["numeric", "time", "double precision", "text"]);
    made(model, dice, word, Shape::Range(subtype.into()), "create range type")
}

fn some(model: &Model, dice: &mut Dice, fits: fn(&Shape) -> bool) -> Option<Type> {
    let types: Vec<&Type> = model.types.iter().filter(|each| fits(&each.shape)).collect();
    dice.pick(&types).map(|each| (*each).clone())
}

fn word(own: &Type) -> &'static str {
    if matches!(own.shape, Shape::Domain(..)) { "DOMAIN" } else { "TYPE" }
}

/// A type that nothing needs is dropped.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |_| true)?;
    if own.frozen || model.is_needed(own.id) {
        return None;
    }
    let called = model.q(&own.schema, &own.name);
    let forward = super::tables::drop_text(dice, word(&own), &called);
    let rollback = model.create_type(&own);
    model.types.retain(|each| each.id != own.id);
    Step::new("drop type", vec![forward], rollback)
}

/// A value is added, which nothing takes back.
pub fn add_value(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |shape| matches!(shape, Shape::Enum(_)))?;
    let Shape::Enum(values) = &own.shape else { return None };
    let mut values = values.clone();
    let new = dice.of(["draft", "blocked", "it's over", "pending"]);
    if values.iter().any(|value| value == new) {
        return None;
    }
    let guard = if dice.chance(30) { "IF NOT EXISTS " } else { "" };
    let place = match (dice.roll(3), values.first()) {
        (0, Some(first)) => format!(" BEFORE '{}'", first.replace('\'', "''")),
        _ => String::new(),
    };
    match place.is_empty() {
        true => values.push(new.into()),
        false => values.insert(0, new.into()),
    }
    let called = model.q(&own.schema, &own.name);
    let forward = format!("ALTER TYPE {called} ADD VALUE {guard}{}{place}", literal(new));
    let now = model.types.iter_mut().find(|each| each.id == own.id)?;
    now.shape = Shape::Enum(values);
    now.frozen = true;
    // A comment is all that honest rollbacks write here.
    let rollback = if dice.chance(50) {
        vec![format!("COMMENT ON TYPE {called} IS {}", own.comment.as_ref().map_or("NULL".into(), |text| literal(text)))]
    } else {
        Vec::new()
    };
    let mut step = Step::new("add enum value", vec![forward], rollback)?;
    step.committed = true;
    Some(step)
}

/// A value is renamed.
pub fn rename_value(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |shape| matches!(shape, Shape::Enum(_)))?;
    let Shape::Enum(values) = &own.shape else { return None };
    let at = dice.roll(values.len());
    let old = values.get(at)?.clone();
    let new = format!("{old}_renamed");
    let mut values = values.clone();
    values[at] = new.clone();
    let called = model.q(&own.schema, &own.name);
    let now = model.types.iter_mut().find(|each| each.id == own.id)?;
    now.shape = Shape::Enum(values);
    now.frozen = true;
    model.freeze_readers(own.id);
    for table in model.tables.iter_mut() {
        // Defaults and conditions name the value by its text.
        table.frozen |= table.columns.iter().any(|column| column.ty.own == Some(own.id));
    }
    for view in model.views.iter_mut() {
        view.frozen |= view.body.contains(&format!("'{old}'"));
    }
    Step::swapped("rename enum value", &old, &new, |from, to| {
        format!("ALTER TYPE {called} RENAME VALUE {} TO {}", literal(from), literal(to))
    })
}

/// An enumeration is rebuilt with another list of values, and the column that has it is cast.
pub fn rebuild_enum(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |shape| matches!(shape, Shape::Enum(_)))?;
    let Shape::Enum(values) = &own.shape else { return None };
    let users: Vec<(usize, usize)> = model
        .tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| {
            table.columns.iter().enumerate().filter(|(_, column)| column.ty.own == Some(own.id)).map(move |(c, _)| (at, c))
        })
        .collect();
    let others = model.routines.iter().any(|routine| routine.arguments.iter().any(|(_, ty)| ty.own == Some(own.id)))
        || model.types.iter().any(|each| match &each.shape {
            Shape::Domain(ty, _) => ty.own == Some(own.id),
            Shape::Composite(list) => list.iter().any(|(_, ty)| ty.own == Some(own.id)),
            _ => false,
        });
    if others || users.len() > 1 || own.comment.is_some() || own.frozen {
        return None;
    }
    let mut new_values = values.clone();
    match values.len() > 2 && dice.chance(50) {
        true => drop_last(&mut new_values),
        false => new_values.push("extra_value".into()),
    }
    let (mut alter, mut default) = (None, None);
    if let Some((at, c)) = users.first() {
        let table = &model.tables[*at];
        let column = &table.columns[*c];
        if model.is_read(table.id, &column.name) || model.is_bound(table, &column.name) {
            return None;
        }
        alter = Some((model.q(&table.schema, &table.name), name(&column.name)));
        default = column.default.clone();
    }
    let called = model.q(&own.schema, &own.name);
    let aside = model.reserve(&format!("{}_old", own.name));
    let moved = model.q(&own.schema, &aside);
    let change = |values: &[String]| {
        let list: Vec<String> = values.iter().map(|value| literal(value)).collect();
        let mut all =
            vec![format!("ALTER TYPE {called} RENAME TO {}", name(&aside)), format!("CREATE TYPE {called} AS ENUM ({})", list.join(", "))];
        if let Some((table, column)) = &alter {
            if default.is_some() {
                all.push(format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"));
            }
            all.push(format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {called} USING {column}::text::{called}"));
            if let Some(default) = &default {
                all.push(format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {}", Mark::Value.on(default)));
            }
        }
        all.push(format!("DROP TYPE {moved}"));
        all
    };
    if default.as_ref().is_some_and(|text| !new_values.iter().any(|value| text.contains(&format!("'{value}'")))) {
        return None;
    }
    let step = Step::new("rebuild enum", change(&new_values), change(values));
    model.types.iter_mut().find(|each| each.id == own.id)?.shape = Shape::Enum(new_values);
    step
}

fn drop_last(values: &mut Vec<String>) {
    values.pop();
}

/// A type is renamed.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |_| true)?;
    let new = model.reserve(&format!("{}_kind", own.name));
    let word = if dice.chance(70) { word(&own) } else { "TYPE" };
    let step = Step::renamed("rename type", model, word, "", &own.schema, &own.name, &new);
    let now = model.types.iter_mut().find(|each| each.id == own.id)?;
    now.name = new;
    now.frozen = true;
    model.freeze_readers(own.id);
    step
}

/// A type moves to another schema.
pub fn move_away(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |_| true)?;
    let other = dice.pick(&model.schemas)?.clone();
    if other == own.schema {
        return None;
    }
    let step = Step::moved("move type", model, word(&own), &own.name, &own.schema, &other);
    let now = model.types.iter_mut().find(|each| each.id == own.id)?;
    now.schema = other;
    now.frozen = true;
    model.freeze_readers(own.id);
    step
}

/// A domain gets or loses a constraint or a default.
pub fn alter_domain(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |shape| matches!(shape, Shape::Domain(..)))?;
    let called = model.q(&own.schema, &own.name);
    let Shape::Domain(base, _) = &own.shape else { return None };
    let base = base.clone();
    model.types.iter_mut().find(|each| each.id == own.id)?.frozen = true;
    match (dice.roll(3), base.family) {
        (0, "int" | "numeric") => {
            let check = model.reserve("upper_bound");
            let guard = super::guard(model, dice);
            Step::one(
                "domain constraint",
                format!("ALTER DOMAIN {called} ADD CONSTRAINT {} CHECK (VALUE < 10000)", name(&check)),
                format!("ALTER DOMAIN {called} DROP CONSTRAINT {guard}{}", name(&check)),
            )
        }
        (1, "int" | "numeric") => {
            Step::one("domain default", format!("ALTER DOMAIN {called} SET DEFAULT 5"), format!("ALTER DOMAIN {called} DROP DEFAULT"))
        }
        _ => Step::one("domain not null", format!("ALTER DOMAIN {called} SET NOT NULL"), format!("ALTER DOMAIN {called} DROP NOT NULL")),
    }
}

/// A composite type gets or loses an attribute.
pub fn alter_composite(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let own = some(model, dice, |shape| matches!(shape, Shape::Composite(_)))?;
    let Shape::Composite(list) = &own.shape else { return None };
    let mut list = list.clone();
    let called = model.q(&own.schema, &own.name);
    let used = model.is_needed(own.id);
    let (kind, forward, rollback) = match dice.roll(3) {
        0 => {
            let (old, ty) = list.first()?.clone();
            list[0] = ("renamed_part".into(), ty);
            (
                "rename attribute",
                format!("ALTER TYPE {called} RENAME ATTRIBUTE {} TO renamed_part", name(&old)),
                format!("ALTER TYPE {called} RENAME ATTRIBUTE renamed_part TO {}", name(&old)),
            )
        }
        1 if !used => {
            let ty = Ty { text: "bigint".into(), family: "int", own: None };
            list.push(("further_part".into(), ty));
            (
                "add attribute",
                format!("ALTER TYPE {called} ADD ATTRIBUTE further_part {}", Mark::Type.on("bigint")),
                format!("ALTER TYPE {called} DROP ATTRIBUTE {}further_part", super::guard(model, dice)),
            )
        }
        2 if !used => {
            let (old, ty) = list.pop()?;
            (
                "drop attribute",
                format!("ALTER TYPE {called} DROP ATTRIBUTE {}", name(&old)),
                format!("ALTER TYPE {called} ADD ATTRIBUTE {} {}", name(&old), model.ty(&ty)),
            )
        }
        _ => return None,
    };
    let now = model.types.iter_mut().find(|each| each.id == own.id)?;
    now.shape = Shape::Composite(list);
    now.frozen = true;
    Step::one(kind, forward, rollback)
}
