//! Generated plans, asked of a server and of backout: where the two differ, by class, and the smallest plan of each class.

mod compare;
mod shrink;
mod tally;

pub use compare::{Class, Harm, Outcome, compare, cut};
pub use shrink::{shrink, story};
pub use tally::Tally;

use std::cell::Cell;

use crate::answers::ask;
use crate::generate::{Plan, plan, seeded};
use crate::oracle::{Inside, Kinds, Mode, Script, Server, measure};
use crate::story::{Story, lines};

thread_local! {
    static SEED: Cell<u64> = const { Cell::new(0) };
}

/// Says which plan it was when something panics: a release build cannot catch it.
pub fn name_the_plan_in_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |about| {
        eprintln!("in the plan of seed {}", SEED.get());
        usual(about);
    }));
}

/// A server with a session on it.
pub struct Bench<'a> {
    server: &'a Server,
    inside: Inside<'a>,
}

impl<'a> Bench<'a> {
    /// A bench on the server.
    pub fn new(server: &'a Server) -> Result<Self, String> {
        Ok(Self { server, inside: Inside::new(server, Kinds::Usual)? })
    }

    /// The server's version.
    pub fn version(&self) -> u16 {
        self.server.version
    }

    /// What the server and backout say of a plan; an error says that its baseline fails.
    pub fn judge(&mut self, plan: &Plan) -> Result<Outcome, String> {
        SEED.set(plan.seed);
        let script = |statements| Script { statements, mode: Mode::Autocommit };
        let (baseline, forward, rollback) = (script(plan.baseline()), script(plan.forward()), script(plan.rollback()));
        // Within a transaction of its own a script sees what deferred constraints wait for.
        let waits = [&baseline, &forward].iter().any(|script| script.statements.iter().any(|sql| sql.contains("INITIALLY DEFERRED")));
        let alone = plan.committed || waits && (forward.controls_transactions() || rollback.controls_transactions());
        let mut facts = match alone {
            true => measure(self.server, &baseline, &forward, &rollback),
            false => self.inside.measure(&baseline, &forward, &rollback),
        }?;
        if facts.has_internal_error() {
            // It may come of doing everything in one transaction.
            facts = measure(self.server, &baseline, &forward, &rollback)?;
        }
        let mut story = as_story(plan, self.server.version);
        let said = ask(&story).lines;
        story.baseline = None;
        let open = ask(&story).lines;
        Ok(compare(lines(&facts), said, open))
    }

    /// Judges the plan of a number, and the same with a defect.
    pub fn pair(&mut self, seed: u64, tally: &mut Tally) {
        let good = plan(seed, self.server.version);
        let outcome = match self.judge(&good) {
            Ok(outcome) => outcome,
            Err(error) => return tally.unusable(seed, &error),
        };
        tally.add(&good, &outcome);
        let Some(broken) = seeded(&good) else { return };
        match self.judge(&broken) {
            Ok(with_defect) => {
                tally.add(&broken, &with_defect);
                tally.defect(&broken, &outcome, &with_defect);
            }
            Err(error) => tally.unusable(seed, &error),
        }
    }
}

/// The plan as a story without a report.
pub fn as_story(plan: &Plan, version: u16) -> Story {
    let text = |statements: Vec<String>| statements.iter().map(|statement| format!("{statement};\n")).collect::<String>();
    let mut story = Story {
        file: "generated".into(),
        name: format!("Plan {}", plan.seed),
        baseline: Some(text(plan.baseline())),
        forward: text(plan.forward()),
        rollback: text(plan.rollback()),
        ..Story::default()
    };
    story.settings.insert("server".into(), version.to_string());
    story
}
