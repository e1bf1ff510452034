//! The page as a whole: which part is shown, and what reaches it from outside.

use super::{answers, choices, editors, examples, findings, header, history, notice, pictures, rules, verdict};
use crate::route::Route;
use crate::session::Session;
use crate::state::Snapshot;
use crate::{bridge, browser};
use backout_web_state::share::{self, Broken};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    let route = RwSignal::new(Route::Home);
    let follow = move || {
        let fragment = browser::fragment();
        let page = fragment.trim_start_matches('#');
        let mut next = Route::of(&fragment);
        document().set_title(&next.title());
        // Back at where the texts came from: what was made of them since stays.
        let again = session.origin.with_value(|origin| origin == page);
        match share::decode(page) {
            Ok(_) if again => {}
            Ok(state) => {
                session.follow(state);
                session.origin.set_value(page.to_owned());
            }
            // The names of our own pages.
            Err(Broken::NoLink) if page.is_empty() || page.starts_with('/') => {}
            Err(broken) => session.complain(broken.to_string()),
        }
        let opened = session.opened.get_untracked();
        match &next {
            Route::Example(name) => {
                next = match backout_web_state::examples::find(name) {
                    Some(example) => {
                        if !again {
                            examples::open(session, &example);
                            session.origin.set_value(page.to_owned());
                        }
                        Route::Home
                    }
                    None => Route::Unknown,
                };
            }
            Route::Row(index) => {
                if session.folder.with_untracked(Option::is_some) && opened != Some(*index) {
                    session.open(*index);
                }
                next = Route::Home;
            }
            // Back from a row to the table.
            Route::Home if opened.is_some() && (page.is_empty() || page == "/") => session.close(),
            Route::Home | Route::Examples | Route::Rules | Route::Rule(_) | Route::Unknown => {}
        }
        if next == Route::Unknown {
            session.complain("There is no such page here.");
            next = Route::Home;
        }
        if route.get_untracked() != next {
            route.set(next);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    };
    // What a reload would lose.
    if let Ok(state) = share::decode(&browser::draft()) {
        let draft = Snapshot::of_draft(state);
        session.recognised.set(draft.recognised);
        session.put(draft.texts);
    }
    follow();
    window_event_listener(ev::hashchange, move |_| follow());
    window_event_listener(ev::pagehide, move |_| browser::keep_draft(&share::encode(&session.snapshot().draft()).unwrap_or_default()));
    session.run();
    bridge::load();
    let over = RwSignal::new(false);
    drop_files(session, over);
    let home = move || route.get() == Route::Home;
    let whole = move || session.folder.with(Option::is_some) && session.opened.get().is_none();
    view! {
        <header::Header route=route />
        <div class="drop" class:over=move || over.get() aria-hidden="true">
            <p>"Drop a script, both scripts, or the folder of your migrations"</p>
        </div>
        <main class="bench" hidden=move || !home()>
            <notice::Bar />
            <div class="work">
                <div class="desk">
                    <choices::Choices />
                    <div hidden=whole>
                        <history::Crumb />
                        <editors::Editors />
                    </div>
                    <div hidden=move || !whole()>
                        <history::Table />
                    </div>
                </div>
                <aside class="judgement" aria-label="Verdict and answers">
                    <verdict::Banner />
                    <answers::Answers />
                </aside>
                <div class="below">
                    <findings::Findings />
                    <pictures::Pictures />
                    <examples::Welcome />
                </div>
            </div>
        </main>
        <main class="page" hidden=move || route.get() != Route::Examples>
            <examples::Page />
        </main>
        <main class="page" hidden=move || !matches!(route.get(), Route::Rules | Route::Rule(_))>
            <rules::Page route=route />
        </main>
        <header::Footer />
    }
}

/// Files may be dropped anywhere.
fn drop_files(session: Session, over: RwSignal<bool>) {
    let has_files =
        |event: &web_sys::DragEvent| event.data_transfer().is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0));
    window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    window_event_listener(ev::dragleave, move |event| {
        // Leaving an element for one inside of it is not leaving the window.
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        over.set(false);
        if let Some(transfer) = event.data_transfer().filter(|_| has_files(&event)) {
            event.prevent_default();
            // The list of entries is gone after the event, so reading begins in it.
            let reading = bridge::read_drop(&transfer);
            spawn_local(async move { session.received(reading.await) });
        }
    });
}
