//! Constraints and indexes.

use super::{Step, guard, parts, undo, undo_part};
use crate::generate::dice::Dice;
use crate::generate::model::{Column, Constraint, Demand, Index, Model, Place, Table};
use crate::generate::text::{ident, literal, name};

fn own(model: &Model, table: &Table) -> String {
    model.q(&table.schema, &table.name)
}

/// A table that stands alone, which can have keys of any kind.
fn alone(model: &Model, dice: &mut Dice) -> Option<Table> {
    let tables: Vec<&Table> = model.tables.iter().filter(|table| matches!(table.place, Place::Alone | Place::Child(_))).collect();
    dice.pick(&tables).map(|table| (*table).clone())
}

/// A constraint on a table, and whether it is named by us.
fn some(model: &mut Model, dice: &mut Dice, table: &Table) -> Option<Constraint> {
    let column = dice.pick(&table.columns)?.clone();
    let (demand, columns, suffix) = match dice.roll(10) {
        0..=2 if parts::sorts(&column) => {
            let mut columns = vec![column.name.clone()];
            let others: Vec<&Column> = table.columns.iter().filter(|other| other.name != column.name && parts::sorts(other)).collect();
            if dice.chance(35) {
                columns.extend(dice.pick(&others).map(|other| other.name.clone()));
            }
            (Demand::Unique, columns, "key")
        }
        3..=5 => (Demand::Check(parts::condition(model, dice, &column, "")?), vec![column.name.clone()], "check"),
        6 if column.ty.family == "range" && column.ty.own.is_none() => (Demand::Exclude, vec![column.name.clone()], "excl"),
        7 if !table.constraints.iter().any(|each| each.demand == Demand::Primary)
            && column.not_null
            && parts::sorts(&column)
            && table.rows == 0 =>
        {
            (Demand::Primary, vec![column.name.clone()], "pkey")
        }
        _ => {
            let others: Vec<Table> = model.tables.iter().filter(|other| other.place == Place::Alone).cloned().collect();
            let other = dice.pick(&others)?.clone();
            let keys: Vec<&Constraint> = other
                .constraints
                .iter()
                .filter(|each| each.columns.len() == 1 && matches!(each.demand, Demand::Primary | Demand::Unique) && each.suffix.is_empty())
                .collect();
            let key = dice.pick(&keys)?.columns.first()?.clone();
            let target = other.columns.iter().find(|each| each.name == key)?.ty.clone();
            let fitting: Vec<&Column> = table.columns.iter().filter(|each| each.ty == target && each.generated.is_none()).collect();
            let column = dice.pick(&fitting)?;
            let action = dice.of(["", "", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE RESTRICT", " MATCH FULL"]);
            (Demand::Foreign(other.id, vec![key], action.into()), vec![column.name.clone()], "fkey")
        }
    };
    if table.rows > 1 && !matches!(demand, Demand::Check(_)) {
        return None;
    }
    let mut words: Vec<&str> = vec![&table.name];
    if suffix != "pkey" {
        words.extend(columns.iter().map(String::as_str));
    }
    words.push(suffix);
    let generated = parts::generated(&words);
    let (name, is_generated) = match dice.chance(50) && model.take(&generated) {
        true => (generated, true),
        false => {
            (model.reserve(&format!("{}_{}_{suffix}", dice.of(["chk", "own", "app"]), columns[0].to_lowercase().replace(' ', "_"))), false)
        }
    };
    let suffix = match &demand {
        Demand::Foreign(..) => dice.of(["", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]),
        Demand::Unique => dice.of(["", "", "", " DEFERRABLE"]),
        _ => "",
    };
    Some(Constraint { name, generated: is_generated, demand, columns, suffix: suffix.into(), comment: None })
}

/// A constraint is added.
pub fn add(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = alone(model, dice)?;
    let constraint = some(model, dice, &table)?;
    let on = own(model, &table);
    let mut forward = vec![format!("ALTER TABLE {on} ADD {}", model.constraint(&constraint))];
    if matches!(constraint.demand, Demand::Check(_) | Demand::Foreign(..)) && dice.chance(20) {
        forward[0].push_str(" NOT VALID");
        forward.push(format!("ALTER TABLE {on} VALIDATE CONSTRAINT {}", name(&constraint.name)));
    }
    let rollback = undo_part(model, dice, &on, "CONSTRAINT", &name(&constraint.name));
    model.table_mut(table.id)?.constraints.push(constraint);
    Step::new("add constraint", forward, vec![rollback])
}

/// A constraint that nothing needs.
fn free(model: &Model, dice: &mut Dice) -> Option<(Table, Constraint)> {
    let table = alone(model, dice)?;
    let constraint = dice.pick(&table.constraints)?.clone();
    let needed = matches!(constraint.demand, Demand::Primary | Demand::Unique)
        && (model.is_needed(table.id) || constraint.columns.iter().any(|column| model.is_read(table.id, column)));
    (!needed && !table.frozen).then_some((table, constraint))
}

/// A constraint is dropped.
pub fn drop(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, constraint) = free(model, dice)?;
    let on = own(model, &table);
    let guard = if dice.chance(20) { "IF EXISTS " } else { "" };
    let forward = format!("ALTER TABLE {on} DROP CONSTRAINT {guard}{}", name(&constraint.name));
    let mut rollback = vec![format!("ALTER TABLE {on} ADD {}", model.constraint(&constraint))];
    if let Some(comment) = &constraint.comment {
        rollback.push(format!("COMMENT ON CONSTRAINT {} ON {on} IS {}", name(&constraint.name), literal(comment)));
    }
    model.table_mut(table.id)?.constraints.retain(|each| each.name != constraint.name);
    Step::new("drop constraint", vec![forward], rollback)
}

/// A constraint is dropped and another put in its place.
pub fn replace(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, constraint) = free(model, dice)?;
    if constraint.comment.is_some() {
        return None;
    }
    let on = own(model, &table);
    let mut new = constraint.clone();
    match &mut new.demand {
        Demand::Check(expression) => *expression = format!("{expression} OR {} IS NULL", ident(constraint.columns.first()?)),
        Demand::Foreign(_, _, action) => *action = if action.is_empty() { " ON DELETE CASCADE".into() } else { String::new() },
        Demand::Unique => new.suffix = if new.suffix.is_empty() { " DEFERRABLE".into() } else { String::new() },
        Demand::Primary | Demand::Exclude => return None,
    }
    let (old_text, new_text) = (model.constraint(&constraint), model.constraint(&new));
    let c = name(&constraint.name);
    let (forward, rollback) = match dice.chance(40) {
        true => (
            vec![format!("ALTER TABLE {on} DROP CONSTRAINT {c}, ADD {new_text}")],
            vec![format!("ALTER TABLE {on} DROP CONSTRAINT {c}, ADD {old_text}")],
        ),
        false => (
            vec![format!("ALTER TABLE {on} DROP CONSTRAINT {c}"), format!("ALTER TABLE {on} ADD {new_text}")],
            vec![undo_part(model, dice, &on, "CONSTRAINT", &c), format!("ALTER TABLE {on} ADD {old_text}")],
        ),
    };
    let now = model.table_mut(table.id)?;
    now.constraints.retain(|each| each.name != constraint.name);
    now.constraints.push(new);
    Step::new("replace constraint", forward, rollback)
}

/// A constraint is renamed.
pub fn rename(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = alone(model, dice)?;
    let constraint = dice.pick(&table.constraints)?.clone();
    let new = model.reserve(&format!("{}_renamed", constraint.columns.first()?.to_lowercase().replace(' ', "_")));
    let on = own(model, &table);
    let step = Step::swapped("rename constraint", &constraint.name, &new, |from, to| {
        format!("ALTER TABLE {on} RENAME CONSTRAINT {} TO {}", name(from), name(to))
    });
    let now = model.table_mut(table.id)?.constraints.iter_mut().find(|each| each.name == constraint.name)?;
    now.name = new;
    now.generated = false;
    step
}

/// A constraint is added without looking at the rows, and validated by a later statement.
pub fn validate(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = alone(model, dice)?;
    let constraint = some(model, dice, &table)?;
    if !matches!(constraint.demand, Demand::Check(_) | Demand::Foreign(..)) {
        return None;
    }
    let on = own(model, &table);
    let forward = format!("ALTER TABLE {on} ADD {} NOT VALID", model.constraint(&constraint));
    let rollback = undo_part(model, dice, &on, "CONSTRAINT", &name(&constraint.name));
    let now = model.table_mut(table.id)?;
    now.constraints.push(constraint);
    now.frozen = true;
    Step::one("add constraint not valid", forward, rollback)
}

/// An index on a table.
fn some_index(model: &mut Model, dice: &mut Dice, table: &Table) -> Option<Index> {
    let column = dice.pick(&table.columns)?.clone();
    let c = ident(&column.name);
    let others: Vec<&Column> = table.columns.iter().filter(|other| other.name != column.name && parts::sorts(other)).collect();
    let mut columns = vec![column.name.clone()];
    let mut words = vec![column.name.clone()];
    let own_text = column.ty.own.is_none() && column.ty.family == "text";
    let (method, keys) = match (column.ty.family, dice.roll(6)) {
        ("json", _) if column.ty.text == "jsonb" && column.ty.own.is_none() => (" USING gin", c),
        ("array", 0..=2) if column.ty.own.is_none() => (" USING gin", c),
        _ if !parts::sorts(&column) => return None,
        (_, 0) if own_text => {
            words = vec!["lower".into()];
            ("", format!("lower({c})"))
        }
        (_, 1) => ("", format!("{c} DESC NULLS LAST")),
        (_, 2) if column.ty.family != "range" => (" USING hash", c),
        (_, 3 | 4) => match dice.pick(&others) {
            Some(other) => {
                columns.push(other.name.clone());
                words.push(other.name.clone());
                ("", format!("{c}, {}", ident(&other.name)))
            }
            None => ("", c),
        },
        _ => ("", c),
    };
    let unique = method.is_empty() && table.rows < 2 && matches!(table.place, Place::Alone) && dice.chance(25);
    let condition = match dice.chance(20) {
        true => {
            let other = dice.pick(&table.columns)?.clone();
            // Conditions must not change with time or settings.
            let fits = other.ty.own.is_none() && ["int", "text", "bool", "numeric"].contains(&other.ty.family);
            if fits {
                columns.push(other.name.clone());
            }
            if fits { parts::condition(model, dice, &other, "") } else { None }
        }
        false => None,
    };
    let suffix = match dice.roll(12) {
        0 if method.is_empty() => " WITH (fillfactor = 90)".to_string(),
        1 if method.is_empty() && unique => match dice.pick(&others) {
            Some(other) if !columns.contains(&other.name) => {
                columns.push(other.name.clone());
                words.push(other.name.clone());
                format!(" INCLUDE ({})", ident(&other.name))
            }
            _ => String::new(),
        },
        2 if unique && model.version >= 15 => " NULLS NOT DISTINCT".into(),
        _ => String::new(),
    };
    let mut parts: Vec<&str> = vec![&table.name];
    parts.extend(words.iter().map(String::as_str));
    parts.push("idx");
    let generated = parts::generated(&parts);
    let (name, is_generated) = match dice.chance(60) && model.take(&generated) {
        true => (generated, true),
        false => (model.reserve(&format!("{}_{}", dice.of(["idx", "by", "ix"]), words[0].to_lowercase().replace(' ', "_"))), false),
    };
    Some(Index { name, generated: is_generated, unique, method: method.into(), keys, columns, condition, suffix, comment: None })
}

/// An index is made.
pub fn create_index(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let index = some_index(model, dice, &table)?;
    let mut forward = model.index(&index, &own(model, &table));
    if !(index.generated && model.style.unnamed) && dice.chance(model.style.guarded / 3) {
        forward = forward.replacen("INDEX ", "INDEX IF NOT EXISTS ", 1);
    }
    let named = model.q(&table.schema, &index.name);
    let rollback = undo(model, dice, "INDEX", &named);
    model.table_mut(table.id)?.indexes.push(index);
    Step::one("create index", forward, rollback)
}

fn free_index(model: &Model, dice: &mut Dice) -> Option<(Table, Index)> {
    let table = parts::table(model, dice)?;
    let index = dice.pick(&table.indexes)?.clone();
    (!table.frozen).then_some((table, index))
}

/// An index is dropped.
pub fn drop_index(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, index) = free_index(model, dice)?;
    let named = model.q(&table.schema, &index.name);
    let forward = super::tables::drop_text(dice, "INDEX", &named);
    let mut rollback = vec![model.index(&index, &own(model, &table))];
    if let Some(comment) = &index.comment {
        rollback.push(format!("COMMENT ON INDEX {named} IS {}", literal(comment)));
    }
    model.table_mut(table.id)?.indexes.retain(|each| each.name != index.name);
    Step::new("drop index", vec![forward], rollback)
}

/// An index is dropped and made in another way under its name.
pub fn replace_index(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let (table, index) = free_index(model, dice)?;
    if index.comment.is_some() || model.style.unnamed {
        return None;
    }
    let named = model.q(&table.schema, &index.name);
    let on = own(model, &table);
    let other = some_index(model, dice, &table)?;
    let new = Index { name: index.name.clone(), generated: false, ..other };
    let forward = vec![format!("DROP INDEX {named}"), model.index(&new, &on)];
    let rollback = vec![undo(model, dice, "INDEX", &named), model.index(&index, &on)];
    let now = model.table_mut(table.id)?;
    now.indexes.retain(|each| each.name != index.name);
    now.indexes.push(new);
    Step::new("replace index", forward, rollback)
}

/// An index is renamed.
pub fn rename_index(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = parts::table(model, dice)?;
    let index = dice.pick(&table.indexes)?.clone();
    let new = model.reserve(&format!("{}_v2", index.columns.first()?.to_lowercase().replace(' ', "_")));
    let guard = guard(model, dice);
    let step = Step::renamed("rename index", model, "INDEX", &guard, &table.schema, &index.name, &new);
    let now = model.table_mut(table.id)?.indexes.iter_mut().find(|each| each.name == index.name)?;
    now.name = new;
    now.generated = false;
    step
}

/// A unique index becomes a constraint.
pub fn promote_index(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let table = alone(model, dice)?;
    let column = dice.pick(&table.columns)?.clone();
    if !parts::sorts(&column) || table.rows > 1 {
        return None;
    }
    let on = own(model, &table);
    let index = model.reserve(&format!("{}_unique", column.name.to_lowercase().replace(' ', "_")));
    let forward = vec![
        format!("CREATE UNIQUE INDEX {} ON {on} ({})", name(&index), name(&column.name)),
        format!("ALTER TABLE {on} ADD CONSTRAINT {} UNIQUE USING INDEX {}", name(&index), name(&index)),
    ];
    let rollback = undo_part(model, dice, &on, "CONSTRAINT", &name(&index));
    let columns = vec![column.name];
    let constraint = Constraint { name: index, generated: false, demand: Demand::Unique, columns, suffix: String::new(), comment: None };
    model.table_mut(table.id)?.constraints.push(constraint);
    Step::new("constraint from index", forward, vec![rollback])
}
