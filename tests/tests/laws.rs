//! What must hold of every plan and every text, tried on generated plans and on the stories.

use backout_tests::differential::as_story;
use backout_tests::generate::{Dice, Plan, plan, seeded};
use backout_tests::laws;
use backout_tests::story::{Story, stories};

/// How many numbers.
const NUMBERS: u64 = 150;

/// Tries a law on plans without and with a defect.
fn holds(law: impl Fn(&Plan, &Story)) {
    for seed in 1..=NUMBERS {
        let good = plan(seed, laws::VERSION);
        for each in seeded(&good).into_iter().chain([good]) {
            let _seed = Named(format!("seed {seed}"));
            law(&each, &as_story(&each, laws::VERSION));
        }
    }
}

/// Says what was tried when a law does not hold.
struct Named(String);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the law does not hold of {}", self.0);
        }
    }
}

/// The scripts of the stories, whole and with pieces cut out, doubled and put elsewhere.
fn texts(law: impl Fn(&str)) {
    let mut dice = Dice::new(7);
    for story in stories("postgresql") {
        for text in [&story.forward, &story.rollback].into_iter().chain(&story.baseline) {
            let _name = Named(story.place());
            law(text);
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            for _ in 0..20 {
                let mut at: Vec<usize> = (0..3).map(|_| ends[dice.roll(ends.len())]).collect();
                at.sort_unstable();
                let (a, b, c) = (at[0], at[1], at[2]);
                law(&format!("{}{}", &text[..a], &text[b..]));
                law(&format!("{}{}{}{}", &text[..a], &text[b..c], &text[a..b], &text[c..]));
                law(&format!("{}{}{}", &text[..b], dice.of(["'", "\"", "$$", "/*", "--", ";", "\\", "(", "$a$", "E'"]), &text[b..]));
            }
        }
    }
}

#[test]
fn splitting_and_joining_returns_the_text() {
    texts(laws::splitting_and_joining_is_the_text);
}

#[test]
fn a_statement_is_split_no_further() {
    texts(laws::a_statement_is_one_statement);
}

#[test]
fn the_same_plan_gives_the_same_report() {
    holds(|_, story| laws::the_same_plan_gives_the_same_report(story));
}

#[test]
fn a_table_that_nobody_names_changes_no_answer() {
    holds(|_, story| laws::an_unrelated_table_changes_no_answer(story));
}

#[test]
fn a_half_applied_forward_is_a_shorter_forward() {
    holds(laws::a_half_applied_forward_is_a_shorter_forward);
}

#[test]
fn what_else_is_asked_changes_no_answer() {
    holds(|_, story| laws::answers_do_not_depend_on_what_else_is_asked(story));
}

#[test]
fn other_names_change_no_answer() {
    holds(|plan, _| {
        if plan.defect.is_none() {
            laws::other_names_change_no_answer(plan);
        }
    });
}

#[test]
fn undoing_returns_the_catalog() {
    holds(|_, story| laws::undoing_returns_the_catalog(story));
    for story in stories("postgresql") {
        let _name = Named(story.place());
        laws::undoing_returns_the_catalog(&story);
    }
}
