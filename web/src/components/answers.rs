//! The nine answers under their six headings, each with its proof and, when opened, what it means; of a history how many
//! migrations have which.

use super::verdict::sentence;
use crate::questions::{QUESTIONS, Question};
use crate::report::Report;
use crate::session::Session;
use leptos::prelude::*;

/// The list.
#[component]
pub fn Answers() -> impl IntoView {
    let session = expect_context::<Session>();
    let pair = session.pair;
    let rows = QUESTIONS.iter().enumerate().map(|(at, question)| {
        let first = at == 0 || QUESTIONS[at - 1].heading != question.heading;
        let answer = move || pair.with(|pair| pair.as_ref().map(|pair| pair.answer(question.key).to_owned()));
        let whole = Memo::new(move |_| {
            let none = pair.with(Option::is_none);
            session.told.with(|told| told.as_ref().filter(|_| none).map(|told| tally(&told.report, question)))
        });
        let shown = move || pair.with(|pair| pair.as_ref().map(|pair| pair.shown(question).to_owned()));
        let mark = move || shown().or_else(|| whole.get().map(|(mark, _)| mark.to_owned())).unwrap_or_default();
        let proof = Memo::new(move |_| {
            if let Some((_, words)) = whole.get() {
                return words;
            }
            if shown().is_some_and(|shown| shown.is_empty()) {
                return "there is no rollback".to_owned();
            }
            session.told.with(|told| told.as_ref()?.proofs.first()?.get(question.key).cloned()).unwrap_or_default()
        });
        let error = move || pair.with(|pair| pair.as_ref()?.answers.get(question.key)?.error.clone());
        let meaning = move || match answer().as_deref() {
            Some("no" | "unknown") => format!("Yes would mean: {}", question.meaning),
            _ => sentence(question.meaning),
        };
        view! {
            <li data-first=first.then_some("")>
                <span class="check" aria-hidden="true">{first.then_some(question.heading)}</span>
                <details data-question=question.key data-answer=answer>
                    <summary>
                        <span class="mark" data-mark=mark></span>
                        <span class="claim">
                            {question.claim}
                            <span class="unseen">{move || shown().filter(|shown| !shown.is_empty()).map(|shown| format!(": {shown}"))}</span>
                            <span class="proof">{move || proof.get()}</span>
                        </span>
                    </summary>
                    <p class="meaning error">{error}</p>
                    <p class="meaning">{meaning}</p>
                </details>
            </li>
        }
    });
    view! { <ul class="answers" aria-label="The nine answers">{rows.collect_view()}</ul> }
}

/// Of all migrations of a history: the worst answer, and how many have which.
fn tally(report: &Report, question: &Question) -> (&'static str, String) {
    let all = report.migrations.len();
    let of = |answer: &str| report.migrations.iter().filter(|migration| migration.shown(question) == answer).count();
    let (yes, no, none) = (of("yes"), of("no"), of(""));
    let open = all - yes - no - none;
    let mark = match (yes, no, open) {
        (0, 0, 0) => "",
        (_, 0, 0) => "yes",
        (_, 0, _) => "unknown",
        _ => "no",
    };
    let mut words = if all == 0 { String::new() } else { format!("{yes} of {all} yes") };
    for (number, word) in [(no, "no"), (open, "unknown"), (none, "without rollback")] {
        if number > 0 {
            words.push_str(&format!(", {number} {word}"));
        }
    }
    (mark, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Answer, Migration};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_history_has_the_worst_answer_and_the_count_of_each() {
        let migration = |answer: &str| {
            let answers = QUESTIONS.map(|question| (question.key.to_owned(), Answer { answer: answer.to_owned(), error: None }));
            Migration { verdict: "missing".to_owned(), answers: answers.into_iter().collect(), ..Migration::default() }
        };
        let of = |key: &str, answers: &[&str]| {
            let report = Report { migrations: answers.iter().map(|answer| migration(answer).into()).collect(), ..Report::default() };
            QUESTIONS.iter().find(|question| question.key == key).map(|question| tally(&report, question)).unwrap_or_default()
        };
        assert_eq!(of("redo", &["yes", "no", "unknown", "yes"]), ("no", "2 of 4 yes, 1 no, 1 unknown".to_owned()));
        assert_eq!(of("redo", &["yes", "unknown"]), ("unknown", "1 of 2 yes, 1 unknown".to_owned()));
        assert_eq!(of("redo", &["yes"]), ("yes", "1 of 1 yes".to_owned()));
        assert_eq!(of("redo", &[]), ("", String::new()));
        assert_eq!(of("rerun", &["yes", "no"]), ("no", "0 of 2 yes, 1 no, 1 without rollback".to_owned()));
        assert_eq!(of("rerun", &["yes"]), ("", "0 of 1 yes, 1 without rollback".to_owned()));
    }
}
