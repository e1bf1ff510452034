//! The editors: forward and rollback side by side, the baseline behind a tab.

use crate::bridge::{self, Wires};
use crate::browser;
use crate::report::{At, Finding, Fix, Told};
use crate::session::Session;
use crate::state::Side;
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;

/// More underlines than this help nobody.
const MOST: usize = 500;

/// All three.
#[component]
pub fn Editors() -> impl IntoView {
    let session = expect_context::<Session>();
    let shown = session.baseline_shown;
    let filled = move || session.texts.with(|texts| !texts.baseline.trim().is_empty());
    // The arrows go to the other tab, of two there is no further one.
    let key = move |event: web_sys::KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
            shown.update(|shown| *shown = !*shown);
            browser::focus(if shown.get_untracked() { "#tab-baseline" } else { "#tab-scripts" });
        }
    };
    let reached = move |reached: bool| if reached { "0" } else { "-1" };
    view! {
        <div class="tabs" role="tablist" aria-label="Texts" on:keydown=key>
            <button type="button" role="tab" id="tab-scripts" aria-controls="scripts" aria-selected=move || (!shown.get()).to_string()
                tabindex=move || reached(!shown.get()) on:click=move |_| shown.set(false)>"Scripts"</button>
            <button type="button" role="tab" id="tab-baseline" aria-controls="baseline" aria-selected=move || shown.get().to_string()
                tabindex=move || reached(shown.get()) on:click=move |_| shown.set(true)>
                "Baseline"<span class="dot" hidden=move || !filled()></span>
                <span class="unseen">{move || if filled() { " (filled)" } else { " (empty)" }}</span>
            </button>
        </div>
        <div class="pair" id="scripts" role="tabpanel" aria-labelledby="tab-scripts" hidden=move || shown.get()>
            <OneEditor side=Side::Forward hint="for example: ALTER TABLE users ADD COLUMN email text;" about="the migration" />
            <OneEditor side=Side::Rollback hint="for example: ALTER TABLE users DROP COLUMN email;" about="takes it back" />
        </div>
        <div class="alone" id="baseline" role="tabpanel" aria-labelledby="tab-baseline" hidden=move || !shown.get()>
            <OneEditor side=Side::Baseline hint="The schema before the forward, as pg_dump --schema-only writes it. Without it, an answer is yes or no only if it is so on every schema." about="the schema before" />
        </div>
    }
}

#[component]
fn OneEditor(side: Side, hint: &'static str, about: &'static str) -> impl IntoView {
    let session = expect_context::<Session>();
    let place = NodeRef::<leptos::html::Div>::new();
    let ready = RwSignal::new(false);
    Effect::new(move || {
        let Some(element) = place.get() else { return };
        let wires = Wires {
            change: Closure::new(move |text: String| {
                session.texts.update(|texts| *side.text_mut(texts) = text);
                if session.texts.with_untracked(|texts| texts.is_blank() && texts.baseline.is_empty()) {
                    session.recognised.set(None);
                }
            }),
            caret: Closure::new(move |line: u32| session.caret.set((side.id(), line))),
            paste: Closure::new(move |text: String| {
                if side != Side::Baseline {
                    session.pasted(session.snapshot(), text);
                }
            }),
        };
        spawn_local(async move {
            let text = session.texts.with_untracked(|texts| side.text(texts).to_owned());
            if let Some(editor) = bridge::make_editor(&element, side.label(), hint, &text, wires).await {
                session.attach(side, editor);
                ready.set(true);
            }
        });
    });
    // What the page put there, not what the user typed.
    Effect::new(move || {
        session.loaded.track();
        if ready.get() {
            let text = session.texts.with_untracked(|texts| side.text(texts).to_owned());
            session.with_editor(side, |editor| editor.set(&text));
        }
    });
    let marks = Memo::new(move |_| {
        let shown = session.folder.with(Option::is_none) || session.opened.get().is_some();
        let hidden = session.settings.with(|settings| settings.rules_off.clone());
        session.told.with(|told| match told {
            Some(told) if shown => marks(told, side, |rule| hidden.iter().any(|off| off == rule)),
            _ => "[]".to_owned(),
        })
    });
    // In the next frame: the verdict is shown before.
    Effect::new(move || {
        if ready.get() {
            marks.track();
            request_animation_frame(move || {
                if let Some(marks) = marks.try_get_untracked() {
                    session.with_editor(side, |editor| editor.mark(&marks));
                }
            });
        }
    });
    view! {
        <section class="editor" data-side=side.id() aria-label=format!("{} script", side.label())>
            <h2>{side.label()}<span>{about}</span></h2>
            <div class="code" node_ref=place data-ready=move || ready.get().then_some("")></div>
        </section>
    }
}

/// The findings in a script, as the editor underlines them.
fn marks<'a>(told: &'a Told, side: Side, hidden: impl Fn(&str) -> bool) -> String {
    let findings = told.report.findings.iter().chain(told.report.migrations.iter().flat_map(|migration| &migration.findings));
    let shown = findings.filter(|finding| finding.suppressed.is_none() && !hidden(&finding.rule));
    let here = |at: &'a Option<At>| at.as_ref().filter(|at| at.path == side.path());
    let list: Vec<_> = shown.filter_map(|finding| here(&finding.at).map(|at| mark(finding, at))).take(MOST).collect();
    serde_json::to_string(&list).unwrap_or_default()
}

/// What the editor is told of a finding.
#[derive(Serialize)]
struct Mark<'a> {
    at: &'a At,
    severity: &'a str,
    rule: &'a str,
    message: String,
    fix: Option<&'a Fix>,
}

fn mark<'a>(finding: &'a Finding, at: &'a At) -> Mark<'a> {
    let help = finding.help.as_ref().map_or(String::new(), |help| format!("\n{}", super::prose::plain(help)));
    Mark {
        at,
        severity: &finding.severity,
        rule: &finding.rule,
        message: format!("{}{help}", super::prose::plain(&finding.message)),
        // An editor changes its own text only.
        fix: finding.fix.as_ref().filter(|fix| fix.edits.iter().all(|edit| edit.at.path == at.path)),
    }
}
