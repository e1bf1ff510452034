//! The functions of `js/bridge.js`: the analyser's client, the editor and Markdown, as the page calls them.

use crate::state::Folder;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/js/bridge.js")]
extern "C" {
    fn warm();
    fn ask(call: &str, args: Array, limit: Option<u32>, replaces: Option<&str>) -> Promise;
    fn editor(parent: &web_sys::Element, options: &Object) -> Promise;
    fn markdown(text: &str) -> Promise;
    fn dropped(transfer: &web_sys::DataTransfer) -> Promise;
    fn chosen(files: &web_sys::FileList) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// One editor.
    #[derive(Clone, Debug)]
    pub type Editor;
    /// Replaces its text.
    #[wasm_bindgen(method)]
    pub fn set(this: &Editor, text: &str);
    /// Underlines findings, given as JSON.
    #[wasm_bindgen(method)]
    pub fn mark(this: &Editor, findings: &str);
    /// Puts the caret on a place and shows it.
    #[wasm_bindgen(method)]
    pub fn reveal(this: &Editor, line: u32, column: u32, end_line: u32, end_column: u32);
    /// Lights a line up; 0 for none.
    #[wasm_bindgen(method)]
    pub fn light(this: &Editor, line: u32);
}

/// Why the analyser has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `request`, `lost`, `slow` or `unavailable`.
    pub kind: String,
    /// In words.
    pub message: String,
}

/// Starts to load the analyser and the editor.
pub fn load() {
    warm();
}

/// Asks the analyser; nothing when a later request of the same word took its place.
pub async fn analyse(call: &str, args: &[JsValue], limit: Option<u32>, replaces: Option<&str>) -> Result<Option<String>, Refused> {
    let args: Array = args.iter().collect();
    match JsFuture::from(ask(call, args, limit, replaces)).await {
        Ok(value) => Ok(value.as_string()),
        Err(error) => {
            let word = |key: &str| Reflect::get(&error, &key.into()).ok().and_then(|value| value.as_string());
            let message = word("message").unwrap_or_else(|| "it cannot be loaded".to_owned());
            Err(Refused { kind: word("kind").unwrap_or_else(|| "unavailable".to_owned()), message })
        }
    }
}

/// What an editor tells the page.
pub struct Wires {
    /// The user changed the text.
    pub change: Closure<dyn FnMut(String)>,
    /// The caret went to a line.
    pub caret: Closure<dyn FnMut(u32)>,
    /// A text was pasted over everything.
    pub paste: Closure<dyn FnMut(String)>,
}

/// Makes an editor in `parent`. The closures live as long as the page: editors are never taken away.
pub async fn make_editor(parent: &web_sys::Element, label: &str, hint: &str, text: &str, wires: Wires) -> Option<Editor> {
    let options = Object::new();
    let set = |key: &str, value: &JsValue| Reflect::set(&options, &key.into(), value).is_ok();
    set("label", &label.into());
    set("hint", &hint.into());
    set("text", &text.into());
    set("onchange", wires.change.into_js_value().unchecked_ref::<Function>());
    set("oncaret", wires.caret.into_js_value().unchecked_ref::<Function>());
    set("onpaste", wires.paste.into_js_value().unchecked_ref::<Function>());
    JsFuture::from(editor(parent, &options)).await.ok().map(JsCast::unchecked_into)
}

/// Markdown of ours as HTML.
pub async fn to_html(text: &str) -> String {
    JsFuture::from(markdown(text)).await.ok().and_then(|html| html.as_string()).unwrap_or_default()
}

/// The files of a drop. The reading begins at once: what was dropped is gone after the event.
pub fn read_drop(transfer: &web_sys::DataTransfer) -> impl Future<Output = Result<Folder, String>> + use<> {
    let reading = JsFuture::from(dropped(transfer));
    async move { folder(reading.await) }
}

/// The files of a chooser.
pub fn read_chosen(files: &web_sys::FileList) -> impl Future<Output = Result<Folder, String>> + use<> {
    let reading = JsFuture::from(chosen(files));
    async move { folder(reading.await) }
}

fn folder(read: Result<JsValue, JsValue>) -> Result<Folder, String> {
    let json = read.map_err(|error| {
        let message = Reflect::get(&error, &"message".into()).ok().and_then(|message| message.as_string());
        message.unwrap_or_else(|| "the files cannot be read".to_owned())
    })?;
    serde_json::from_str(&json.as_string().unwrap_or_default()).map_err(|error| error.to_string())
}
