//! Our sentences: what stands in backticks is code, all else is text.

use leptos::prelude::*;

/// A sentence of the report.
pub fn prose(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| {
            let part = part.to_owned();
            if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
        })
        .collect_view()
}

/// A sentence without its backticks.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// A number with its noun.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
