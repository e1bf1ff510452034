//! What happened last, with a way back.

use super::prose::prose;
use crate::browser;
use crate::session::Session;
use leptos::prelude::*;

/// The bar above the editors.
#[component]
pub fn Bar() -> impl IntoView {
    let session = expect_context::<Session>();
    // The button that was pressed is gone, and the focus must stand somewhere.
    let close = move || {
        session.notice.set(None);
        browser::focus("#verdict");
    };
    let undo = move |_| {
        if let Some(before) = session.notice.get_untracked().and_then(|notice| notice.undo) {
            session.restore(before);
        }
        close();
    };
    view! {
        <div class="notices" role="status" aria-live="polite">
            {move || session.notice.get().map(|notice| view! {
                <div class="notice" tabindex="-1" class:bad=notice.bad>
                    <p>{prose(&notice.words)}</p>
                    {notice.undo.is_some().then(|| view! { <button type="button" data-do="undo" on:click=undo>"Undo"</button> })}
                    <button type="button" data-do="dismiss" on:click=move |_| close()>"Dismiss"</button>
                </div>
            })}
        </div>
    }
}
