//! The nine answers under their six headings, each with its proof and, when opened, what it means.

use crate::questions::QUESTIONS;
use crate::session::Session;
use leptos::prelude::*;

/// The list.
#[component]
pub fn Answers() -> impl IntoView {
    let session = expect_context::<Session>();
    let pair = Memo::new(move |_| session.pair());
    let rows = QUESTIONS.iter().enumerate().map(|(at, question)| {
        let first = at == 0 || QUESTIONS[at - 1].heading != question.heading;
        let answer = move || pair.with(|pair| pair.as_ref().map(|pair| pair.answer(question.key).to_owned()));
        let proof = Memo::new(move |_| {
            pair.with(Option::is_some)
                .then(|| session.told.with(|told| told.as_ref()?.proofs.first()?.get(question.key).cloned()))
                .flatten()
                .unwrap_or_default()
        });
        let error = move || pair.with(|pair| pair.as_ref()?.answers.get(question.key)?.error.clone());
        view! {
            <li data-first=first.then_some("")>
                <span class="check" aria-hidden="true">{first.then_some(question.heading)}</span>
                <details data-question=question.key data-answer=answer>
                    <summary>
                        <span class="mark" data-mark=move || answer().unwrap_or_default()></span>
                        <span class="claim">
                            {question.claim}
                            <span class="unseen">{move || answer().map_or(String::new(), |answer| format!(": {answer}"))}</span>
                            <span class="proof">{move || proof.get()}</span>
                        </span>
                    </summary>
                    <p class="meaning">{question.meaning}</p>
                    <p class="meaning error">{error}</p>
                </details>
            </li>
        }
    });
    view! { <ul class="answers" aria-label="The nine answers">{rows.collect_view()}</ul> }
}
