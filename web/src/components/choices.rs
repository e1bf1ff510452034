//! What the judgement depends on besides the texts: server version, runner, strictness; and the way to files.

use crate::bridge;
use crate::session::Session;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// What people call the runners; one that the analyser knows and this list does not is called by its id.
const RUNNERS: [(&str, &str); 16] = [
    ("psql", "psql"),
    ("psql-stop", "psql, stops at errors"),
    ("psql-single-transaction", "psql --single-transaction"),
    ("golang-migrate", "golang-migrate"),
    ("diesel", "Diesel"),
    ("sqlx", "sqlx"),
    ("goose", "goose"),
    ("dbmate", "dbmate"),
    ("sql-migrate", "sql-migrate"),
    ("hasura", "Hasura"),
    ("flyway", "Flyway"),
    ("sqitch", "Sqitch"),
    ("tern", "tern"),
    ("node-pg-migrate", "node-pg-migrate"),
    ("pop", "Pop"),
    ("liquibase", "Liquibase"),
];

/// What the settings decide: shown by a pointer that rests on one, and below the row for everyone else.
const RUN_BY: (&str, &str) =
    ("Run by", "What executes the scripts decides whether a script is one transaction, and so which half-applied states exist.");
/// Its name and what it means.
pub const STRICT: (&str, &str) =
    ("Strict", "A rollback that does not run twice, not from every half-applied state, or not in one transaction is unsafe too.");
/// Its name and what it means.
pub const NEW: (&str, &str) = ("Objects are new", "What the forward makes with IF NOT EXISTS was not there before.");

fn runner_name(id: &str) -> String {
    RUNNERS.iter().find(|(known, _)| *known == id).map_or(id, |(_, name)| name).to_owned()
}

/// The row of choices.
#[component]
pub fn Choices() -> impl IntoView {
    let session = expect_context::<Session>();
    let settings = session.settings;
    let recognised = move || {
        let runner = session.told.with(|told| told.as_ref().map(|told| told.report.runner.clone()));
        match (settings.with(|settings| settings.runner.is_none()), runner) {
            (true, Some(runner)) => format!("Recognise ({})", runner_name(&runner)),
            _ => "Recognise".to_owned(),
        }
    };
    let choose_version = move |event: web_sys::Event| {
        if let Ok(version) = event_target_value(&event).parse() {
            session.choose(&|settings| settings.server_version = version);
        }
    };
    let choose_runner = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        session.choose(&|settings| settings.runner = Some(value.clone()).filter(|value| !value.is_empty()));
    };
    view! {
        <form class="choices" aria-label="Settings" on:submit=|event| event.prevent_default()>
            <label>
                <span>"PostgreSQL"</span>
                <select name="server_version" on:change=choose_version>
                    {(13..=18).rev().map(|version| view! {
                        <option value=version selected=move || settings.with(|settings| settings.server_version == version)>{version}</option>
                    }).collect_view()}
                </select>
            </label>
            <label title=RUN_BY.1>
                <span>{RUN_BY.0}</span>
                <select name="runner" on:change=choose_runner>
                    <option value="" selected=move || settings.with(|settings| settings.runner.is_none())>{recognised}</option>
                    {RUNNERS.map(|(id, name)| view! {
                        <option value=id selected=move || settings.with(|settings| settings.runner.as_deref() == Some(id))>{name}</option>
                    }).collect_view()}
                </select>
            </label>
            <label class="tick" title=STRICT.1>
                <input type="checkbox" name="strict" prop:checked=move || settings.with(|settings| settings.strict)
                    on:change=move |event| session.choose(&|settings| settings.strict = event_target_checked(&event)) />
                <span>{STRICT.0}</span>
            </label>
            <label class="tick" title=NEW.1>
                <input type="checkbox" name="assume_new" prop:checked=move || settings.with(|settings| settings.assume_new)
                    on:change=move |event| session.choose(&|settings| settings.assume_new = event_target_checked(&event)) />
                <span>{NEW.0}</span>
            </label>
            <details class="about">
                <summary>"What these mean"</summary>
                <dl>{[RUN_BY, STRICT, NEW].map(|(name, words)| view! { <div><dt>{name}</dt><dd>{words}</dd></div> }).collect_view()}</dl>
            </details>
            <span class="space"></span>
            <span class="open">
                <Chooser name="files" label="Open files" folder=false />
                <Chooser name="folder" label="Open folder" folder=true />
            </span>
        </form>
    }
}

#[component]
fn Chooser(name: &'static str, label: &'static str, folder: bool) -> impl IntoView {
    let session = expect_context::<Session>();
    let input = NodeRef::<leptos::html::Input>::new();
    let read = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
        let Some(files) = input.files().filter(|files| files.length() > 0) else { return };
        let reading = bridge::read_chosen(&files);
        spawn_local(async move {
            session.received(reading.await);
            // The same files can be chosen again.
            input.set_value("");
        });
    };
    let open = move |_| {
        if let Some(input) = input.get() {
            input.click();
        }
    };
    // A name that the view's macro does not know.
    Effect::new(move || {
        if let Some(input) = input.get().filter(|_| folder) {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    view! {
        <button type="button" on:click=open>{label}</button>
        <input type="file" name=name aria-label=label multiple=true hidden=true node_ref=input on:change=read />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_runners_are_those_of_the_core() {
        let known: Vec<_> = backout::runner::Runner::ALL.into_iter().map(|runner| runner.id()).collect();
        assert_eq!(RUNNERS.map(|(id, _)| id).to_vec(), known);
        assert_eq!(runner_name("diesel"), "Diesel");
        assert_eq!(runner_name("new-one"), "new-one");
    }
}
