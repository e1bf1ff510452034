//! The browser: address, storage, clipboard, downloads, theme. Nothing else of the page names `web_sys`, elements of events aside.

use gloo_storage::{LocalStorage, Storage};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The fragment of the address, `#` included.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Goes to a fragment without a new entry in the history.
pub fn replace_fragment(fragment: &str) {
    let path = window().location().pathname().unwrap_or_default() + &window().location().search().unwrap_or_default();
    let address = if fragment.is_empty() { path } else { format!("{path}#{fragment}") };
    let _ = window().history().and_then(|history| history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)));
}

/// The address of this page with another fragment.
pub fn address(fragment: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    format!("{}#{fragment}", href.split('#').next().unwrap_or_default())
}

/// Where the documentation stands, if it stands beside the page: its build says so.
pub fn documentation() -> Option<String> {
    document().query_selector("meta[name=documentation]").ok()??.get_attribute("content")
}

/// What was remembered under a name.
pub fn remembered<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    LocalStorage::get(format!("backout.{name}")).ok()
}

/// Remembers; a browser that does not let us is no reason to complain.
pub fn remember<T: serde::Serialize>(name: &str, value: &T) {
    let _ = LocalStorage::set(format!("backout.{name}"), value);
}

/// The fragment for what was here when the page was left, in this tab.
pub fn draft() -> String {
    let storage = window().session_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item("backout.draft").ok().flatten()).unwrap_or_default()
}

/// Keeps it.
pub fn keep_draft(fragment: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.set_item("backout.draft", fragment);
    }
}

/// Goes to a fragment, as a press on a link does.
pub fn go(fragment: &str) {
    let _ = window().location().set_hash(fragment);
}

/// Goes one entry back in the history.
pub fn back() {
    let _ = window().history().and_then(|history| history.back());
}

/// Sets an attribute of the page's root element; an empty value takes it away.
pub fn set_root(attribute: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = if value.is_empty() { root.remove_attribute(attribute) } else { root.set_attribute(attribute, value) };
    }
}

/// Puts a text into the clipboard.
pub async fn copy(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// Saves a text as a file.
pub fn download(name: &str, kind: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let bag = web_sys::BlobPropertyBag::new();
    bag.set_type(kind);
    let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &bag) else { return };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&address);
}

/// Moves the focus to the first element of a selector.
pub fn focus(selector: &str) {
    let _ = first(selector).map(|element| element.focus());
}

/// Presses it.
pub fn press(selector: &str) {
    let _ = first(selector).map(|element| element.click());
}

fn first(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Marks, in the pictures, the statement that holds a line of a script: the last one that begins at or before it.
pub fn choose(side: &str, line: u32) {
    let all = |selector: &str| document().query_selector_all(selector).ok();
    let element = |list: &web_sys::NodeList, at: u32| list.get(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok());
    if let Some(old) = all("[data-chosen]") {
        for at in 0..old.length() {
            let _ = element(&old, at).map(|element| element.remove_attribute("data-chosen"));
        }
    }
    let Some(statements) = all(".drawing [data-side][data-line]") else { return };
    let line_of = |element: &web_sys::Element| element.get_attribute("data-line").and_then(|line| line.parse::<u32>().ok());
    let mine: Vec<_> = (0..statements.length())
        .filter_map(|at| element(&statements, at))
        .filter(|element| element.get_attribute("data-side").as_deref() == Some(side))
        .collect();
    let Some(begin) = mine.iter().filter_map(line_of).filter(|begin| *begin <= line).max() else { return };
    for element in mine.iter().filter(|element| line_of(element) == Some(begin)) {
        let _ = element.set_attribute("data-chosen", "");
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::*;
    use backout_web_state::Settings;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn what_is_remembered_comes_back_and_nothing_else_does() {
        let settings = Settings { strict: true, runner: Some("goose".to_owned()), ..Settings::default() };
        remember("test", &settings);
        assert_eq!(remembered::<Settings>("test"), Some(settings));
        assert_eq!(remembered::<Settings>("never"), None);
        remember("test", &"no settings");
        assert_eq!(remembered::<Settings>("test"), None);
    }

    #[wasm_bindgen_test]
    fn a_fragment_is_replaced_and_taken_away() {
        replace_fragment("1.abc");
        assert_eq!(fragment(), "#1.abc");
        assert!(address("1.def").ends_with("#1.def"));
        replace_fragment("");
        assert_eq!(fragment(), "");
    }

    #[wasm_bindgen_test]
    fn an_attribute_of_the_root_is_set_and_taken_away() {
        let value = || document().document_element().and_then(|root| root.get_attribute("data-test"));
        set_root("data-test", "x");
        assert_eq!(value().as_deref(), Some("x"));
        set_root("data-test", "");
        assert_eq!(value(), None);
    }

    #[wasm_bindgen_test]
    fn the_caret_chooses_the_statement_that_it_is_in() {
        let body = document().body().expect("the page has a body");
        let drawing = document().create_element("div").expect("an element");
        drawing.set_class_name("drawing");
        drawing.set_inner_html("<i data-side=\"rollback\" data-line=\"1\"></i><i data-side=\"rollback\" data-line=\"4\"></i><i data-side=\"forward\" data-line=\"2\"></i>");
        body.append_child(&drawing).expect("it is on the page");
        let chosen = |side: &str, line: u32| {
            choose(side, line);
            let lines = document().query_selector_all("[data-chosen]").expect("a list");
            (0..lines.length())
                .filter_map(|at| lines.get(at)?.dyn_into::<web_sys::Element>().ok()?.get_attribute("data-line"))
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen("rollback", 3), ["1"]);
        assert_eq!(chosen("rollback", 9), ["4"]);
        assert_eq!(chosen("forward", 2), ["2"]);
        assert!(chosen("forward", 1).is_empty());
        drawing.remove();
    }
}
