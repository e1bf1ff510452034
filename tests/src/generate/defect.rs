//! One defect of a named kind, put into the rollback of a plan, or into its forward where only half of it was applied.

use super::Plan;
use super::dice::Dice;
use super::text::{Mark, fragments, plain};

/// Puts a defect into the plan, if there is a place for it.
type Seeder = fn(&mut Plan, &mut Dice) -> Option<()>;

/// The kinds of defects.
pub const KINDS: [(&str, Seeder); 19] = [
    ("dropped line", dropped_line),
    ("forgotten step", forgotten_step),
    ("swapped order", swapped_order),
    ("forward order", forward_order),
    ("wrong name", wrong_name),
    ("wrong name behind a guard", wrong_name_guarded),
    ("wrong schema", wrong_schema),
    ("missing guard", missing_guard),
    ("changed type", changed_type),
    ("lost constraint or clause", lost_part),
    ("changed value", changed_value),
    ("changed body or condition", changed_body),
    ("wrong signature", wrong_signature),
    ("wrong kind", wrong_kind),
    ("half-applied forward", half_forward),
    ("doubled line", doubled_line),
    ("added cascade", added_cascade),
    ("reaches further", reaches_further),
    ("misspelled", misspelled),
];

/// The plan with one defect; which one follows from the plan's number.
pub fn seeded(plan: &Plan) -> Option<Plan> {
    let mut dice = Dice::new(plan.seed ^ 0x5eed_5eed);
    for _ in 0..12 {
        let (kind, seeder) = dice.of(KINDS);
        let mut broken = plan.clone();
        let changed = |broken: &Plan| broken.rollback() != plan.rollback() || broken.forward() != plan.forward();
        if seeder(&mut broken, &mut dice).is_some() && changed(&broken) {
            broken.defect = Some(kind);
            broken.steps.clear();
            return Some(broken);
        }
    }
    None
}

/// Whether the statement is one of the plan's own, not what stands around.
fn is_own(statement: &str) -> bool {
    statement != "BEGIN" && statement != "COMMIT" && !statement.starts_with("SET ")
}

fn own(list: &[String]) -> Vec<usize> {
    (0..list.len()).filter(|at| is_own(&list[*at])).collect()
}

fn dropped_line(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let at = *dice.pick(&own(&plan.rollback))?;
    plan.rollback.remove(at);
    Some(())
}

fn forgotten_step(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let step = dice.roll(plan.steps.len());
    let (_, mine) = *plan.steps.get(step)?;
    // The rollback has the steps in the opposite order.
    let before: usize = plan.steps.get(step + 1..)?.iter().map(|(_, rollback)| rollback).sum();
    plan.rollback.drain(before..before + mine);
    Some(())
}

fn swapped_order(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let own = own(&plan.rollback);
    let (a, b) = (*dice.pick(&own)?, *dice.pick(&own)?);
    plan.rollback.swap(a, b);
    Some(())
}

fn forward_order(plan: &mut Plan, _: &mut Dice) -> Option<()> {
    let own = own(&plan.rollback);
    let (first, last) = (*own.first()?, *own.last()?);
    plan.rollback[first..=last].reverse();
    Some(())
}

/// Puts another text in the place of a fragment of the rollback.
fn replace(
    plan: &mut Plan,
    dice: &mut Dice,
    mark: Mark,
    fits: fn(&str) -> bool,
    new: impl Fn(&str, &mut Dice) -> Option<String>,
) -> Option<()> {
    let places: Vec<(usize, std::ops::Range<usize>)> = plan
        .rollback
        .iter()
        .enumerate()
        .filter(|(_, statement)| fits(statement))
        .flat_map(|(at, statement)| fragments(statement, mark).into_iter().map(move |range| (at, range)))
        .collect();
    let (at, range) = dice.pick(&places)?.clone();
    let old = plain(&plan.rollback[at][range.clone()]);
    let text = new(&old, dice)?;
    plan.rollback[at].replace_range(range, &text);
    Some(())
}

fn any(_: &str) -> bool {
    true
}

fn guarded(statement: &str) -> bool {
    !fragments(statement, Mark::Guard).is_empty()
}

/// A name with a slip, quoted or not as it was.
fn slip(old: &str, dice: &mut Dice) -> String {
    let (bare, quoted) = match old.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(bare) => (bare, true),
        None => (old, false),
    };
    let new = match dice.roll(4) {
        0 => format!("{bare}s"),
        1 => format!("{bare}_new"),
        2 if bare.len() > 3 => bare[..bare.len() - 1].to_string(),
        _ => format!("x_{bare}"),
    };
    if quoted { format!("\"{new}\"") } else { new }
}

fn wrong_name(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    replace(plan, dice, Mark::Name, |statement| !guarded(statement), |old, dice| Some(slip(old, dice)))
}

fn wrong_name_guarded(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    replace(plan, dice, Mark::Name, guarded, |old, dice| Some(slip(old, dice)))
}

fn wrong_schema(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    replace(plan, dice, Mark::Schema, any, |old, _| Some(if old == "public." { String::new() } else { "public.".into() }))
}

fn missing_guard(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    replace(plan, dice, Mark::Guard, any, |_, _| Some(String::new()))
}

fn changed_type(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let new = |old: &str, dice: &mut Dice| {
        let others = ["integer", "bigint", "text", "varchar(20)", "numeric(8,2)", "boolean", "timestamptz", "date", "uuid", "jsonb"];
        // The nearest neighbour is the likeliest slip.
        Some(match old {
            "timestamptz" | "timestamp with time zone" => "timestamp".into(),
            "integer" | "int" | "int4" if dice.chance(60) => "bigint".into(),
            "varchar(100)" => "varchar(255)".into(),
            "numeric(12,2)" => "numeric(10,2)".into(),
            _ => dice.of(others).to_string(),
        })
        .filter(|new: &String| new != old)
    };
    replace(plan, dice, Mark::Type, any, new)
}

fn lost_part(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    replace(plan, dice, Mark::Part, any, |_, _| Some(String::new()))
}

fn changed_value(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let new = |old: &str, _: &mut Dice| match old {
        "false" => Some("true".into()),
        "true" => Some("false".into()),
        "now()" | "CURRENT_TIMESTAMP" => Some("'2020-01-01'".into()),
        old if old.starts_with("SELECT") && old.len() > 6 => Some("SELECT".into()),
        "SELECT" => Some("SELECT, TRUNCATE".into()),
        old if old.parse::<f64>().is_ok() => Some(format!("1{}", old.trim_start_matches('-'))),
        old if old.starts_with('\'') && old.ends_with('\'') && old.len() > 2 => Some(format!("{}x'", &old[..old.len() - 1])),
        _ => None,
    };
    replace(plan, dice, Mark::Value, any, new)
}

fn changed_body(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let new = |old: &str, _: &mut Dice| {
        let pairs = [
            (">= 0", "> 0"),
            ("> 0", ">= 0"),
            ("SELECT 42", "SELECT 43"),
            ("a + b", "a - b"),
            ("IS NOT NULL", "IS NULL"),
            ("<> ''", "<> 'x'"),
            ("< 40", "< 50"),
            ("BETWEEN 0 AND 1000", "BETWEEN 1 AND 1000"),
            ("<> 7", "<> 8"),
            ("NULL; END", "NULL; NULL; END"),
            ("RETURN NEW", "RETURN OLD"),
            ("2000-01-01", "2001-01-01"),
            ("IS TRUE", "IS FALSE"),
            ("NOT ", ""),
            ("* 2", "* 3"),
            (" DESC NULLS LAST", ""),
            ("lower(", "upper("),
            (", ", "||"),
            ("< 20", "< 21"),
        ];
        pairs.iter().find(|(from, _)| old.contains(from)).map(|(from, to)| old.replacen(from, to, 1))
    };
    replace(plan, dice, Mark::Body, any, new)
}

fn wrong_signature(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let new = |old: &str, dice: &mut Dice| {
        Some(if old == "()" { dice.of(["(integer)", "(text)"]).to_string() } else { dice.of(["()", "(text, text)"]).to_string() })
    };
    replace(plan, dice, Mark::Arguments, any, new)
}

fn wrong_kind(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let pairs = [
        ("DROP VIEW", "DROP TABLE"),
        ("DROP TABLE", "DROP VIEW"),
        ("DROP MATERIALIZED VIEW", "DROP VIEW"),
        ("DROP FUNCTION", "DROP PROCEDURE"),
        ("DROP PROCEDURE", "DROP FUNCTION"),
        ("DROP INDEX", "DROP TABLE"),
        ("DROP SEQUENCE", "DROP TABLE"),
        ("DROP DOMAIN", "DROP TYPE"),
        ("DROP TYPE", "DROP DOMAIN"),
        ("DROP CONSTRAINT", "DROP COLUMN"),
        ("DROP COLUMN", "DROP CONSTRAINT"),
    ];
    let places: Vec<(usize, (&str, &str))> = plan
        .rollback
        .iter()
        .enumerate()
        .flat_map(|(at, statement)| pairs.iter().filter(move |(from, _)| statement.contains(from)).map(move |pair| (at, *pair)))
        .collect();
    let (at, (from, to)) = *dice.pick(&places)?;
    plan.rollback[at] = plan.rollback[at].replacen(from, to, 1);
    Some(())
}

fn half_forward(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let own = own(&plan.forward);
    if own.len() < 2 {
        return None;
    }
    let at = *dice.pick(&own)?;
    plan.forward.remove(at);
    Some(())
}

fn doubled_line(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let at = *dice.pick(&own(&plan.rollback))?;
    plan.rollback.insert(at, plan.rollback[at].clone());
    Some(())
}

fn added_cascade(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let fits = |statement: &String| {
        (statement.starts_with("DROP ") || statement.contains(" DROP CO")) && !statement.contains("CASCADE") && !statement.contains(',')
    };
    let places: Vec<usize> = (0..plan.rollback.len()).filter(|at| fits(&plan.rollback[*at])).collect();
    let at = *dice.pick(&places)?;
    plan.rollback[at].push_str(" CASCADE");
    // In the place of the first statement it has the most to reach.
    if dice.chance(60) {
        let first = *own(&plan.rollback).first()?;
        plan.rollback.swap(at, first);
    }
    Some(())
}

fn reaches_further(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let stray = dice.pick(&plan.strays)?.clone();
    let at = *dice.pick(&own(&plan.rollback))?;
    plan.rollback.insert(at, if dice.chance(40) { format!("{stray} CASCADE") } else { stray });
    Some(())
}

fn misspelled(plan: &mut Plan, dice: &mut Dice) -> Option<()> {
    let words = [
        ("TABLE ", "TABEL "),
        ("CONSTRAINT ", "CONSTRIANT "),
        ("DROP ", "DORP "),
        ("COLUMN ", "COLUNM "),
        ("ADD ", "ADDD "),
        (")", ""),
        (";", ";;"),
        (" ON ", " "),
        ("VIEW ", "VEIW "),
        (" TO ", " AS "),
        (" IS ", " "),
    ];
    let places: Vec<(usize, (&str, &str))> = plan
        .rollback
        .iter()
        .enumerate()
        .filter(|(_, statement)| is_own(statement))
        .flat_map(|(at, statement)| words.iter().filter(move |(from, _)| statement.contains(from)).map(move |pair| (at, *pair)))
        .collect();
    let (at, (from, to)) = *dice.pick(&places)?;
    plan.rollback[at] = plan.rollback[at].replacen(from, to, 1);
    Some(())
}
