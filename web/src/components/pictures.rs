//! The pictures of the core, linked with the editors in both directions.

use crate::bridge;
use crate::browser;
use crate::session::{Activity, Session};
use crate::state::Side;
use leptos::prelude::*;
use serde::Deserialize;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// Of more statements than this the pictures are drawn on demand only: they would hold up the next verdict.
const MOST: usize = 250;

/// Pause after the last keystroke before pictures are drawn.
const PAUSE: Duration = Duration::from_millis(250);

/// One picture.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Picture {
    kind: String,
    title: String,
    svg: String,
    /// The same in words, as items of a list in HTML.
    items: String,
}

/// The section.
#[component]
pub fn Pictures() -> impl IntoView {
    let session = expect_context::<Session>();
    let drawn = RwSignal::new(Vec::<Picture>::new());
    let asked = StoredValue::new(0_u32);
    let draw = move || {
        let number = asked.get_value();
        spawn_local(async move {
            let answer = bridge::analyse("pictures", &[0.into(), "drawn".into()], None, Some("pictures")).await;
            let list = answer.ok().flatten().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
            if asked.get_value() == number {
                drawn.set(list);
            }
        });
    };
    let pair = session.pair;
    let statements = move || {
        pair.with(|pair| {
            let of = |script: &Option<crate::report::Script>| script.as_ref().map_or(0, |script| script.statements);
            pair.as_ref().map_or(0, |pair| of(&pair.forward) + of(&pair.rollback))
        })
    };
    Effect::new(move || {
        let (ready, pair) = (session.activity.get() == Activity::Ready, pair.get());
        let number = asked.get_value() + 1;
        asked.set_value(number);
        if pair.is_none() || statements() > MOST {
            drawn.set(Vec::new());
        } else if ready {
            set_timeout(
                move || {
                    if asked.get_value() == number {
                        draw();
                    }
                },
                PAUSE,
            );
        }
    });
    // From the editors to the pictures: what the caret is in.
    Effect::new(move || {
        let (side, line) = session.caret.get();
        drawn.track();
        browser::choose(side, line);
    });
    view! {
        <section class="pictures" aria-labelledby="pictures-title" hidden=move || pair.with(Option::is_none)>
            <h2 id="pictures-title">"Pictures"</h2>
            <button type="button" hidden=move || { drawn.with(|drawn| !drawn.is_empty()) || statements() <= MOST } on:click=move |_| draw()>
                {move || format!("Draw the pictures of {} statements", statements())}
            </button>
            <div class="drawings">{move || drawn.get().into_iter().map(|picture| one(session, picture)).collect_view()}</div>
        </section>
    }
}

fn one(session: Session, picture: Picture) -> impl IntoView {
    let Picture { kind, title, svg, items } = picture;
    let file = svg.clone();
    let name_of = title.clone();
    let name = format!("backout-{kind}.svg");
    // From a picture to the editors: a press goes to the statement, and pointing lights it up.
    let place = |event: &web_sys::Event| {
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        let statement = target.closest("[data-side][data-line]").ok().flatten()?;
        let side = Side::of(&statement.get_attribute("data-side")?)?;
        Some((side, statement.get_attribute("data-line")?.parse::<u32>().ok()?))
    };
    let go = move |event: web_sys::MouseEvent| {
        if let Some((side, line)) = place(&event) {
            session.reveal(side, line, 1, line, 1);
        }
    };
    let light = move |event: web_sys::MouseEvent| {
        let at = place(&event);
        for side in [Side::Forward, Side::Rollback] {
            let line = at.filter(|(of, _)| *of == side).map_or(0, |(_, line)| line);
            session.with_editor(side, |editor| editor.light(line));
        }
    };
    view! {
        <figure data-drawn=kind>
            <figcaption><h3>{title}</h3></figcaption>
            <div class="drawing" tabindex="0" role="group" aria-label=name_of inner_html=svg on:click=go on:mouseover=light on:mouseleave=light></div>
            <details>
                <summary>"In words"</summary>
                <ul inner_html=items on:click=go></ul>
            </details>
            <button type="button" class="jump" on:click=move |_| browser::download(&name, "image/svg+xml", &file)>"Save as SVG"</button>
        </figure>
    }
}
