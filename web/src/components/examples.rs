//! The examples as cards.

use super::prose::prose;
use crate::session::Session;
use backout_web_state::examples::{self, Example};
use leptos::prelude::*;

/// Puts an example into the editors.
pub fn open(session: Session, example: &Example) {
    session.show(example.state.clone(), format!("{}. {}", example.title, example.story));
}

#[component]
fn Cards() -> impl IntoView {
    let session = expect_context::<Session>();
    // Whoever presses a card wants it as it was, and not what he made of it before.
    let afresh = move |_| session.origin.set_value(String::new());
    let cards = examples::all().into_iter().map(|example| {
        view! {
            <li>
                <a class="card" href=format!("#/examples/{}", example.id) on:click=afresh>
                    <strong>{example.title}</strong>
                    <span>{prose(&example.story)}</span>
                </a>
            </li>
        }
    });
    view! { <ul class="cards">{cards.collect_view()}</ul> }
}

/// On a page with nothing in the editors.
#[component]
pub fn Welcome() -> impl IntoView {
    let session = expect_context::<Session>();
    let blank = move || session.texts.with(|texts| texts.is_blank()) && session.folder.with(Option::is_none);
    view! {
        <section class="welcome" aria-labelledby="welcome-title" hidden=move || !blank()>
            <h2 id="welcome-title">"Or see what goes wrong in practice"</h2>
            <Cards />
        </section>
    }
}

/// The page of examples.
#[component]
pub fn Page() -> impl IntoView {
    view! {
        <article>
            <h1>"Examples"</h1>
            <p>"The classic mistakes, one each, and a rollback that makes none of them. Each opens in the editors; change it there until the verdict turns."</p>
            <Cards />
        </article>
    }
}
