//! Random plans: a baseline, a forward, the rollback that takes it back, and the same rollback with one defect.
//!
//! A plan follows from a number alone. What is right or wrong about it is not decided here: that is asked of a server.

mod defect;
mod dice;
mod model;
mod names;
mod steps;
mod text;
mod write;

pub use defect::{KINDS, seeded};
pub use dice::Dice;

use model::{Model, Style};
use steps::Step;
use text::plain;

/// A generated plan; statements may hold marks, which [`Plan::baseline`] and its like take out.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The number it follows from.
    pub seed: u64,
    /// The kinds of its steps, in order.
    pub kinds: Vec<&'static str>,
    /// The kind of its defect, if it has one.
    pub defect: Option<&'static str>,
    /// True when a server must commit each statement to tell what happens.
    pub committed: bool,
    baseline: Vec<String>,
    forward: Vec<String>,
    rollback: Vec<String>,
    /// How many statements of the forward, and of the rollback, belong to each step.
    steps: Vec<(usize, usize)>,
    /// Statements that only the baseline's schema can lose: a rollback that reaches too far.
    strays: Vec<String>,
}

impl Plan {
    /// Plans with something less, the largest pieces first.
    pub fn smaller(&self) -> Vec<Plan> {
        let mut all = Vec::new();
        let lists: [fn(&mut Plan) -> &mut Vec<String>; 3] =
            [|plan| &mut plan.baseline, |plan| &mut plan.forward, |plan| &mut plan.rollback];
        let mut base = self.clone();
        base.steps.clear();
        base.strays.clear();
        for list in lists {
            let length = list(&mut base).len();
            let mut size = length / 2;
            if length == 1 {
                size = 1;
            }
            while size > 0 {
                for at in (0..length).step_by(size) {
                    let mut less = base.clone();
                    list(&mut less).drain(at..(at + size).min(length));
                    all.push(less);
                }
                size /= 2;
            }
        }
        for list in lists {
            for at in 0..list(&mut base).len() {
                for part in text::fragments(&list(&mut base)[at], text::Mark::Part) {
                    let mut less = base.clone();
                    list(&mut less)[at].replace_range(part, "");
                    all.push(less);
                }
            }
        }
        all
    }

    /// The statements of the baseline.
    pub fn baseline(&self) -> Vec<String> {
        self.baseline.iter().map(|text| plain(text)).collect()
    }

    /// The statements of the forward.
    pub fn forward(&self) -> Vec<String> {
        self.forward.iter().map(|text| plain(text)).collect()
    }

    /// The statements of the rollback.
    pub fn rollback(&self) -> Vec<String> {
        self.rollback.iter().map(|text| plain(text)).collect()
    }
}

/// The plan of a number, for a server of a version.
pub fn plan(seed: u64, version: u16) -> Plan {
    Plan { seed, ..written(Dice::new(seed), version, "") }
}

/// The plan that bytes decide step by step.
pub fn plan_of_bytes(bytes: &[u8], version: u16) -> Plan {
    let seed = bytes.iter().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    Plan { seed, ..written(Dice::of_bytes(bytes), version, "") }
}

/// The plan of a number with this before the name of everything but columns.
pub fn plan_with_prefix(seed: u64, version: u16, prefix: &'static str) -> Plan {
    Plan { seed, ..written(Dice::new(seed), version, prefix) }
}

fn written(mut dice: Dice, version: u16, prefix: &'static str) -> Plan {
    let mut model = Model::default();
    (model.version, model.prefix) = (version, prefix);
    let dice = &mut dice;
    model.style = Style {
        qualify: dice.chance(25),
        path: None,
        unnamed: dice.chance(50),
        inline: dice.chance(50),
        guarded: dice.of([0, 0, 30, 100]),
        cascade: dice.of([0, 0, 0, 0, 20]),
    };
    let mut baseline = Vec::new();
    for role in names::ROLES.iter().take(dice.roll(3)) {
        let role = model.reserve(role);
        model.roles.push(role.clone());
        baseline.push(format!("CREATE ROLE {role}"));
    }
    for _ in 0..dice.of([0, 0, 1, 1, 2]) {
        let schema = model.fresh(dice, &names::SCHEMAS);
        baseline.push(format!("CREATE SCHEMA {}", text::name(&schema)));
        model.schemas.push(schema);
    }
    for _ in 0..dice.of([0, 1, 3, 5, 8, 12]) {
        baseline.extend(steps::adding(&mut model, dice).into_iter().flat_map(|step| step.forward));
    }
    let before = model.clone();
    if dice.chance(15) {
        model.style.path = dice.pick(&model.schemas).cloned();
    }
    let wanted = dice.of([1, 1, 2, 2, 3, 3, 4, 6]);
    let mut made: Vec<Step> = Vec::new();
    for _ in 0..wanted {
        let step = if dice.chance(55) { steps::changing(&mut model, dice) } else { steps::adding(&mut model, dice) };
        made.extend(step);
    }
    let mut plan = Plan { baseline, ..Plan::default() };
    for step in &made {
        plan.kinds.push(step.kind);
        plan.committed |= step.committed;
        plan.forward.extend(step.forward.iter().cloned());
        plan.steps.push((step.forward.len(), step.rollback.len()));
    }
    for step in made.iter().rev() {
        plan.rollback.extend(step.rollback.iter().cloned());
    }
    // A new value of an enumeration is seen by the transaction that adds it only within limits.
    plan.committed &= made.len() > 1;
    let strays = before.tables.iter().map(|table| format!("DROP TABLE IF EXISTS {}", before.q(&table.schema, &table.name)));
    let views = before
        .views
        .iter()
        .filter(|view| !view.materialized)
        .map(|view| format!("DROP VIEW IF EXISTS {}", before.q(&view.schema, &view.name)));
    plan.strays = strays.chain(views).collect();
    dress(&mut plan, &model, dice);
    plan
}

/// What stands around the statements: a path, a transaction, a block.
fn dress(plan: &mut Plan, model: &Model, dice: &mut Dice) {
    if dice.chance(6) {
        let at = dice.roll(plan.rollback.len());
        if let Some(statement) = plan.rollback.get_mut(at)
            && !statement.contains("$do$")
        {
            *statement = match dice.roll(3) {
                0 => format!("DO $do$ BEGIN {statement}; END $do$"),
                1 => format!(
                    "DO $do$ BEGIN {statement}; EXCEPTION WHEN undefined_object OR undefined_table OR undefined_column OR undefined_function THEN NULL; END $do$"
                ),
                _ => format!("DO $do$ BEGIN EXECUTE $sql${statement}$sql$; END $do$"),
            };
        }
    }
    if let Some(path) = &model.style.path {
        let set = format!("SET search_path TO {}, public", text::ident(path));
        plan.forward.insert(0, set.clone());
        plan.rollback.insert(0, set);
        plan.steps.clear();
    }
    if dice.chance(8) {
        plan.rollback.insert(0, "BEGIN".into());
        plan.rollback.push("COMMIT".into());
        plan.steps.clear();
        if dice.chance(50) {
            plan.forward.insert(0, "BEGIN".into());
            plan.forward.push("COMMIT".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_plan() {
        for seed in 0..200 {
            let (one, two) = (plan(seed, 15), plan(seed, 15));
            assert_eq!(format!("{one:?}"), format!("{two:?}"));
            assert!(one.forward().iter().chain(&one.rollback()).all(|text| !text.contains(['\u{1}', '\u{2}'])), "{one:?}");
        }
    }
}
