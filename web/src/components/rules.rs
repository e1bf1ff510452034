//! The rules' pages, from the rules' own text.

use crate::bridge;
use crate::browser;
use crate::route::Route;
use crate::rule_page::Rule;
use crate::session::Session;
use crate::state::Snapshot;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The list of rules, or one of them.
#[component]
pub fn Page(route: RwSignal<Route>) -> impl IntoView {
    let session = expect_context::<Session>();
    let rules = RwSignal::new(Vec::<Rule>::new());
    Effect::new(move || {
        let wanted = matches!(route.get(), Route::Rules | Route::Rule(_));
        if wanted && rules.with_untracked(Vec::is_empty) {
            spawn_local(async move {
                if let Ok(Some(json)) = bridge::analyse("rules", &[], None, None).await {
                    rules.set(serde_json::from_str(&json).unwrap_or_default());
                }
            });
        }
    });
    let html = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| match route.get() {
        Route::Rule(name) => rules.with(|rules| rules.iter().find(|rule| rule.name == name).cloned()),
        _ => None,
    });
    Effect::new(move || {
        let Some(rule) = chosen.get() else { return html.set(String::new()) };
        spawn_local(async move { html.set(bridge::to_html(&rule.page).await) });
    });
    view! {
        {move || match (route.get(), chosen.get()) {
            (Route::Rule(_), Some(rule)) => one(session, &rule, html).into_any(),
            (Route::Rule(name), None) if rules.with(|rules| !rules.is_empty()) => view! {
                <article><h1>"No such rule"</h1><p>"There is no rule "<code>{name}</code>". "<a href="#/rules">"All rules"</a></p></article>
            }.into_any(),
            (Route::Rules, _) => list(session, rules).into_any(),
            _ => ().into_any(),
        }}
    }
}

fn one(session: Session, rule: &Rule, html: RwSignal<String>) -> impl IntoView + use<> {
    let open = |heading: &'static str, label: &'static str| {
        let texts = rule.example(heading)?;
        let words = format!("The example of {}.", rule.name);
        let go = move |_| {
            session.show(Snapshot { texts: texts.clone(), ..Snapshot::default() }.state(), words.clone());
            session.origin.set_value(String::new());
            browser::go("/");
        };
        Some(view! { <button type="button" data-example=heading on:click=go>{label}</button> })
    };
    view! {
        <article class="rule" data-rule-page=rule.name.clone()>
            <p class="back"><a href="#/rules">"← All rules"</a></p>
            <h1><code>{rule.name.clone()}</code></h1>
            <p class="facts"><span class="severity" data-severity=rule.severity.clone()>{rule.severity.clone()}</span>{rule.heading.clone()}</p>
            <div class="prose" inner_html=move || html.get()></div>
            <p class="actions">
                {open("Reported", "Open this example")}
                {open("Not reported", "Open the corrected one")}
                {switch(session, rule.name.clone())}
            </p>
        </article>
    }
}

/// Whether the findings of a rule are shown.
fn switch(session: Session, name: String) -> impl IntoView {
    let (of, set) = (name.clone(), name.clone());
    let turn = move |event| {
        let on = event_target_checked(&event);
        session.choose(&|settings| {
            settings.rules_off.retain(|rule| *rule != set);
            if !on {
                settings.rules_off.push(set.clone());
                settings.rules_off.sort_unstable();
            }
        });
    };
    view! {
        <label class="tick">
            <input type="checkbox" name=format!("rule-{name}") prop:checked=move || session.settings.with(|settings| !settings.rules_off.contains(&of)) on:change=turn />
            <span>"Show its findings"</span>
        </label>
    }
}

fn list(session: Session, rules: RwSignal<Vec<Rule>>) -> impl IntoView {
    const HEADINGS: [(&str, &str); 7] = [
        ("ordering", "Ordering"),
        ("coverage", "Coverage"),
        ("idempotency", "Idempotency"),
        ("scope", "Scope"),
        ("atomicity", "Atomicity"),
        ("data", "Data"),
        ("plan", "The plan as a whole"),
    ];
    let group = move |(id, title): (&'static str, &'static str)| {
        let of: Vec<_> = rules.get().into_iter().filter(|rule| rule.heading == id).collect();
        let rows = of.into_iter().map(|rule| {
            view! {
                <li>
                    <a href=format!("#/rules/{}", rule.name)><code>{rule.name.clone()}</code></a>
                    <span>{super::prose::prose(&rule.summary)}</span>
                    {switch(session, rule.name)}
                </li>
            }
        });
        view! { <section><h2>{title}</h2><ul class="rules">{rows.collect_view()}</ul></section> }
    };
    view! {
        <article>
            <h1>"Rules"</h1>
            <p>"What backout looks for. A rule that you turn off is not shown any more; what it found still counts for the verdict."</p>
            {move || HEADINGS.map(group).collect_view()}
        </article>
    }
}
