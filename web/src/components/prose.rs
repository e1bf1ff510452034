//! Our sentences: what stands in backticks is code, all else is text.

use leptos::prelude::*;

/// A sentence of the report.
pub fn prose(text: &str) -> impl IntoView + use<> {
    let parts = parts(text).into_iter().enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }).collect_view()
}

/// A sentence without its backticks.
pub fn plain(text: &str) -> String {
    parts(text).concat()
}

/// Text and code in turns. A backtick without a second one is a letter: the server quotes those of other dialects.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = text.split('`').map(str::to_owned).collect();
    if parts.len().is_multiple_of(2) {
        let last = parts.pop().unwrap_or_default();
        if let Some(part) = parts.last_mut() {
            part.push('`');
            part.push_str(&last);
        }
    }
    parts
}

/// A number with its noun.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_lone_backtick_is_a_letter() {
        assert_eq!(plain("`a` is no `b`"), "a is no b");
        assert_eq!(plain("`a`: syntax error at or near \"`\""), "a: syntax error at or near \"`\"");
        assert_eq!(parts("`"), ["`"]);
    }
}
