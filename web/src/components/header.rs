//! Above and below: the name, the ways to other pages, sharing, theme; what is promised.

use crate::bridge;
use crate::browser;
use crate::route::Route;
use crate::session::{Notice, Session};
use backout_web_state::share as link;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// The formats that a report can be saved in: id, what people call it, ending, type.
const FORMATS: [(&str, &str, &str, &str); 5] = [
    ("markdown", "Markdown", "md", "text/markdown"),
    ("html", "HTML page", "html", "text/html"),
    ("json", "JSON", "json", "application/json"),
    ("sarif", "SARIF", "sarif", "application/sarif+json"),
    ("junit", "JUnit", "xml", "application/xml"),
];

/// The bar at the top.
#[component]
pub fn Header(route: RwSignal<Route>) -> impl IntoView {
    let current = move |of: Route| (route.get() == of).then_some("page");
    let in_rules = move || matches!(route.get(), Route::Rules | Route::Rule(_)).then_some("page");
    view! {
        <header class="top">
            <a class="skip" href="#/" on:click=|event| { event.prevent_default(); browser::focus("#verdict") }>"Skip to the verdict"</a>
            <a class="brand" href="#/" aria-current=move || current(Route::Home)>
                <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M12 8 5 15l7 7M6 15h13a7 7 0 0 1 0 14h-4" /></svg>
                <span>"backout"</span>
            </a>
            <p class="tagline">"Will this rollback work?"</p>
            <nav aria-label="Pages">
                <a href="#/examples" aria-current=move || current(Route::Examples)>"Examples"</a>
                <a href="#/rules" aria-current=in_rules>"Rules"</a>
            </nav>
            <div class="tools">
                <Share />
                <Save />
                <Theme />
            </div>
        </header>
    }
}

#[component]
fn Share() -> impl IntoView {
    let session = expect_context::<Session>();
    let share = move |_| match link::encode(&session.snapshot().state()) {
        _ if session.folder.with_untracked(Option::is_some) && session.opened.get_untracked().is_none() => {
            session.complain("A link carries one migration: open one of the history first, or save the report.");
        }
        Err(_) => session.complain("This is too large for a link. Save the report instead, or share a part of it."),
        Ok(fragment) => {
            browser::replace_fragment(&fragment);
            session.origin.set_value(fragment.clone());
            spawn_local(async move {
                let place = if browser::copy(&browser::address(&fragment)).await {
                    "in the clipboard and in the address bar"
                } else {
                    "in the address bar"
                };
                let long = if fragment.len() > 8000 { " It is long: some programs cut such links." } else { "" };
                let words = format!("The link is {place}. It carries your scripts in itself; no server keeps them.{long}");
                session.notice.set(Some(Notice { words, undo: None, bad: false }));
            });
        }
    };
    let nothing = move || session.texts.with(|texts| texts.is_blank()) && session.folder.with(Option::is_none);
    view! { <button type="button" class="share" disabled=nothing on:click=share>"Share"</button> }
}

#[component]
fn Save() -> impl IntoView {
    let session = expect_context::<Session>();
    let menu = NodeRef::<leptos::html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    window_event_listener(ev::click, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if menu.get_untracked().is_some_and(|menu| !menu.contains(target.as_ref())) {
            close();
        }
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            browser::focus(".menu summary");
        }
    };
    let render = move |format: &'static str, then: fn(Session, &'static str, String)| {
        close();
        spawn_local(async move {
            match bridge::analyse("render", &[format.into()], None, None).await {
                Ok(Some(text)) => then(session, format, text),
                Ok(None) => {}
                Err(refused) => session.complain(format!("There is no report to save: {}.", refused.message)),
            }
        });
    };
    let copy = move |format: &'static str| {
        render(format, |session, _, text| {
            spawn_local(async move {
                if browser::copy(&text).await {
                    session.notice.set(Some(Notice { words: "The report is in the clipboard.".to_owned(), undo: None, bad: false }));
                } else {
                    session.complain("The browser does not let the page write to the clipboard. Download the report instead.");
                }
            });
        });
    };
    let save = move |format: &'static str| {
        render(format, |_, format, text| {
            if let Some((_, _, ending, kind)) = FORMATS.iter().find(|(id, ..)| *id == format) {
                browser::download(&format!("backout-report.{ending}"), kind, &text);
            }
        });
    };
    view! {
        <details class="menu" node_ref=menu on:keydown=key>
            <summary>"Report"</summary>
            <div class="sheet">
                <button type="button" data-copy="markdown" on:click=move |_| copy("markdown")>"Copy as Markdown"</button>
                <button type="button" data-copy="json" on:click=move |_| copy("json")>"Copy as JSON"</button>
                <hr />
                {FORMATS.map(|(id, name, ..)| view! {
                    <button type="button" data-save=id on:click=move |_| save(id)>{format!("Download {name}")}</button>
                }).collect_view()}
            </div>
        </details>
    }
}

#[component]
fn Theme() -> impl IntoView {
    let theme =
        RwSignal::new(browser::remembered::<String>("theme").filter(|theme| theme == "light" || theme == "dark").unwrap_or_default());
    Effect::new(move || {
        browser::set_root("data-theme", &theme.get());
        browser::remember("theme", &theme.get());
    });
    let next = move |_| {
        theme.update(|theme| {
            *theme = match theme.as_str() {
                "" => "dark",
                "dark" => "light",
                _ => "",
            }
            .to_owned()
        })
    };
    let name = move || match theme.get().as_str() {
        "dark" => "dark",
        "light" => "light",
        _ => "as the system",
    };
    view! {
        <button type="button" class="theme" on:click=next aria-label=move || format!("Colours: {}", name()) title=move || format!("Colours: {}", name())>
            <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8.5" /><path class="half" d="M12 3.5a8.5 8.5 0 0 1 0 17z" /></svg>
        </button>
    }
}

/// What is promised, at the bottom.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="bottom">
            <p>"Nothing leaves this page: the analysis runs in your browser, and the page cannot send your SQL anywhere. It judges for PostgreSQL 13 to 18, from the text alone, without a database."</p>
            <p>
                {browser::documentation().map(|address| view! { <a href=address>"Documentation"</a>", " })}
                {concat!("backout ", env!("CARGO_PKG_VERSION"), ", MIT or Apache-2.0")}
            </p>
        </footer>
    }
}
