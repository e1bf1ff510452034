//! Changes of a schema, each with its inverse: a step alters the model and says what a forward and a rollback write.

mod access;
mod columns;
mod constraints;
mod objects;
mod parts;
mod routines;
mod tables;
mod types;
mod views;

use super::dice::Dice;
use super::model::Model;
use super::text::{Mark, name};

/// One change with its inverse.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// What it does, in two or three words.
    pub kind: &'static str,
    /// The statements of the forward.
    pub forward: Vec<String>,
    /// The statements of the rollback.
    pub rollback: Vec<String>,
    /// True when it can only be told apart with each statement committed.
    pub committed: bool,
}

impl Step {
    fn new(kind: &'static str, forward: Vec<String>, rollback: Vec<String>) -> Option<Self> {
        Some(Self { kind, forward, rollback, committed: false })
    }

    fn one(kind: &'static str, forward: String, rollback: String) -> Option<Self> {
        Self::new(kind, vec![forward], vec![rollback])
    }

    /// One statement that puts `new` in the place of `old`, and the same the other way round.
    fn swapped(kind: &'static str, old: &str, new: &str, statement: impl Fn(&str, &str) -> String) -> Option<Self> {
        Self::one(kind, statement(old, new), statement(new, old))
    }

    /// An object of a schema gets another name; `word` is what `ALTER` calls it, `guard` stands in the rollback.
    fn renamed(kind: &'static str, model: &Model, word: &str, guard: &str, schema: &str, old: &str, new: &str) -> Option<Self> {
        let statement = |guard: &str, from: &str, to: &str| format!("ALTER {word} {guard}{} RENAME TO {}", model.q(schema, from), name(to));
        Self::one(kind, statement("", old, new), statement(guard, new, old))
    }

    /// An object goes from one schema to another.
    fn moved(kind: &'static str, model: &Model, word: &str, own: &str, old: &str, new: &str) -> Option<Self> {
        Self::swapped(kind, old, new, |from, to| format!("ALTER {word} {} SET SCHEMA {}", model.q(from, own), name(to)))
    }
}

/// Makes a step, or finds that the model has nothing to make it with.
type Maker = fn(&mut Model, &mut Dice) -> Option<Step>;

/// Steps that only add: these make baselines. The number says how often.
const ADDING: [(usize, Maker); 24] = [
    (30, tables::create),
    (4, tables::create_partitioned),
    (2, tables::create_child),
    (6, columns::add),
    (6, constraints::add),
    (10, constraints::create_index),
    (8, views::create),
    (3, views::create_materialized),
    (8, routines::create),
    (2, routines::create_procedure),
    (8, routines::create_trigger),
    (2, routines::create_rule),
    (4, access::create_policy),
    (8, types::create_enum),
    (3, types::create_domain),
    (2, types::create_composite),
    (2, types::create_range),
    (4, objects::create_sequence),
    (6, access::comment),
    (6, access::grant),
    (2, objects::create_statistics),
    (2, objects::create_publication),
    (3, objects::insert_rows),
    (2, access::default_privileges),
];

/// Steps that change or take away what is there.
const CHANGING: [(usize, Maker); 62] = [
    (8, tables::drop),
    (5, tables::rename),
    (4, tables::move_away),
    (3, tables::detach),
    (2, tables::add_partition),
    (2, tables::disinherit),
    (10, columns::add),
    (9, columns::drop),
    (7, columns::rename),
    (8, columns::retype),
    (6, columns::redefault),
    (6, columns::not_null),
    (3, columns::identity),
    (2, columns::generated),
    (2, columns::degenerate),
    (3, columns::tune),
    (3, columns::replace),
    (3, columns::add_several),
    (8, constraints::add),
    (7, constraints::drop),
    (3, constraints::rename),
    (3, constraints::validate),
    (4, constraints::replace),
    (6, constraints::drop_index),
    (3, constraints::rename_index),
    (3, constraints::replace_index),
    (2, constraints::promote_index),
    (6, views::drop),
    (7, views::replace),
    (3, views::rename),
    (2, views::rename_column),
    (2, views::move_away),
    (2, views::tune),
    (6, routines::drop),
    (8, routines::replace),
    (3, routines::rename),
    (3, routines::alter),
    (2, routines::overload),
    (3, routines::retype),
    (3, routines::switch_trigger),
    (3, routines::rename_trigger),
    (4, routines::drop_attached),
    (3, access::alter_policy),
    (3, access::secure),
    (4, access::owner),
    (3, access::revoke),
    (3, access::uncomment),
    (5, types::add_value),
    (3, types::rename_value),
    (4, types::rebuild_enum),
    (3, types::rename),
    (2, types::move_away),
    (4, types::alter_domain),
    (3, types::alter_composite),
    (4, types::drop),
    (4, objects::alter_sequence),
    (3, objects::own_sequence),
    (3, objects::drop_sequence),
    (3, objects::create_schema),
    (2, objects::rename_schema),
    (4, objects::options),
    (3, objects::change_publication),
];

/// A step that adds something.
pub fn adding(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    attempt(&ADDING, model, dice)
}

/// A step that changes something.
pub fn changing(model: &mut Model, dice: &mut Dice) -> Option<Step> {
    attempt(&CHANGING, model, dice)
}

fn attempt(makers: &[(usize, Maker)], model: &mut Model, dice: &mut Dice) -> Option<Step> {
    let total: usize = makers.iter().map(|(weight, _)| weight).sum();
    for _ in 0..20 {
        let mut roll = dice.roll(total);
        for (weight, maker) in makers {
            if roll < *weight {
                // A step that gives up half-way must leave no trace.
                let before = model.clone();
                match maker(model, dice) {
                    Some(step) => return Some(step),
                    None => *model = before,
                }
                break;
            }
            roll -= weight;
        }
    }
    None
}

/// `IF EXISTS `, if the style guards.
fn guard(model: &Model, dice: &mut Dice) -> String {
    if dice.chance(model.style.guarded) { Mark::Guard.on("IF EXISTS ") } else { String::new() }
}

/// ` CASCADE`, if the style does.
fn cascade(model: &Model, dice: &mut Dice) -> &'static str {
    if dice.chance(model.style.cascade) { " CASCADE" } else { "" }
}

/// A DROP in the rollback.
fn undo(model: &Model, dice: &mut Dice, kind: &str, object: &str) -> String {
    let guard = guard(model, dice);
    format!("DROP {kind} {guard}{object}{}", cascade(model, dice))
}

/// An `ALTER TABLE … DROP …` in the rollback.
fn undo_part(model: &Model, dice: &mut Dice, table: &str, kind: &str, object: &str) -> String {
    let guard = guard(model, dice);
    format!("ALTER TABLE {table} DROP {kind} {guard}{object}{}", cascade(model, dice))
}
