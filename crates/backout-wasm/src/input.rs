//! From a plain JavaScript object to what the engine is asked; every refusal names the key and what to write there.

use crate::VERSIONS;
use backout::layout::Layout;
#[cfg(feature = "package")]
use backout::report::Format;
use backout::runner::Runner;
use backout::source::Source;
use backout::{Input, Options, Teller};
use js_sys::{Array, Object, Reflect};
use std::fmt;
use wasm_bindgen::{JsCast, JsValue};

/// More text than anybody pastes, and less than a browser tab can hold several times.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Whether files of folders are read: where they are not, no layout is in the module.
const FOLDERS: bool = cfg!(any(feature = "app", feature = "package"));

const ONLY_PAIRS: &str = "only pairs of a forward and a rollback are checked here; the package reads files";

/// What is wrong with the input.
pub struct Problem {
    key: String,
    message: String,
}

impl Problem {
    fn new(key: &str, message: impl Into<String>) -> Self {
        Self { key: key.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.key, self.message)
    }
}

/// Reads `{ forward, rollback, baseline, files, settings }`.
pub fn read(value: &JsValue) -> Result<Input, Problem> {
    let input = Keys::of(value, "input", &["forward", "rollback", "baseline", "schema", "files", "settings"])?;
    let settings = settings(&input.get("settings")?)?;
    let baseline = match (script(&input, "baseline")?, script(&input, "schema")?) {
        (Some(_), Some(_)) => return Err(Problem::new("input.schema", "this is another name of `baseline`: give one of them")),
        (baseline, schema) => baseline.or(schema),
    };
    let (forward, rollback) = (script(&input, "forward")?, script(&input, "rollback")?);
    let files = input.get("files")?;
    let read = if absent(&files) {
        if forward.is_none() && rollback.is_none() {
            return Err(Problem::new("input", "there is nothing to check: give `forward` and `rollback`, or `files`"));
        }
        if settings.layout.is_some() {
            return Err(Problem::new("input.settings.layout", "a layout says how `files` are arranged, and there are none"));
        }
        Input::pair(forward, rollback, baseline, settings.options)
    } else {
        if forward.is_some() || rollback.is_some() {
            return Err(Problem::new("input.files", "give either `files` or a pair of `forward` and `rollback`, not both"));
        }
        if !FOLDERS {
            return Err(Problem::new("input.files", ONLY_PAIRS));
        }
        Input::folder(folder(&files)?, settings.layout, baseline, settings.options)
    };
    let bytes: usize = read.sources.iter().chain(&read.baseline).map(|source| source.text.len()).sum();
    if bytes > MOST_BYTES {
        return Err(Problem::new("input", format!("the texts have {bytes} bytes, and more than {MOST_BYTES} are not read")));
    }
    Ok(read)
}

/// Reads the name of a format.
#[cfg(feature = "package")]
pub fn format(value: &JsValue) -> Result<Format, Problem> {
    let known = || Format::ALL.map(Format::id).join(", ");
    let Some(id) = value.as_string() else {
        return Err(Problem::new("format", format!("this is {}, and must be one of {}", kind(value), known())));
    };
    Format::ALL
        .into_iter()
        .find(|format| format.id() == id)
        .ok_or_else(|| Problem::new("format", format!("there is no format `{id}`: choose one of {}", known())))
}

struct Settings {
    options: Options,
    layout: Option<Layout>,
}

fn settings(value: &JsValue) -> Result<Settings, Problem> {
    let mut read = Settings { options: Options::default(), layout: None };
    if absent(value) {
        return Ok(read);
    }
    let given = Keys::of(value, "input.settings", &["runner", "serverVersion", "strict", "assumeNew", "details", "layout"])?;
    if let Some(id) = given.text("runner")? {
        read.options.runner = Some(id.parse::<Runner>().map_err(|error| Problem::new("input.settings.runner", error))?);
    }
    if let Some(id) = given.text("layout")? {
        read.layout = Some(layout(&id).map_err(|message| Problem::new("input.settings.layout", message))?);
    }
    let version = given.get("serverVersion")?;
    if !absent(&version) {
        let known = version.as_f64().and_then(|number| VERSIONS.into_iter().find(|known| f64::from(*known) == number));
        read.options.server_version = known.ok_or_else(|| {
            let (first, last) = (VERSIONS.start(), VERSIONS.end());
            Problem::new("input.settings.serverVersion", format!("this must be a whole number from {first} to {last}"))
        })?;
    }
    read.options.strict = given.switch("strict")?;
    read.options.assume_new = given.switch("assumeNew")?;
    if given.switch("details")? {
        read.options.details = Some(details().map_err(|message| Problem::new("input.settings.details", message))?);
    }
    Ok(read)
}

/// What tells the details: named where the package is built alone, so that the element has nothing of it.
#[cfg(feature = "package")]
fn details() -> Result<Teller, &'static str> {
    Ok(Teller::ALL)
}

#[cfg(not(feature = "package"))]
fn details() -> Result<Teller, &'static str> {
    Err("what the pictures are drawn of is not told here; the package tells it")
}

fn layout(id: &str) -> Result<Layout, String> {
    if !FOLDERS {
        return Err(ONLY_PAIRS.to_owned());
    }
    Layout::named(id).ok_or_else(|| {
        let known: Vec<_> = Layout::all().iter().map(|layout| layout.id).collect();
        format!("there is no layout `{id}`: choose one of {}", known.join(", "))
    })
}

fn folder(value: &JsValue) -> Result<Vec<Source>, Problem> {
    let Some(files) = items(value) else {
        return Err(Problem::new("input.files", format!("this is {}, and must be an array of {{ path, text }}", kind(value))));
    };
    files.iter().enumerate().map(|(at, file)| named(file, &format!("input.files[{at}]"), None)).collect()
}

/// A script: its text, or `{ path, text }`.
fn script(input: &Keys<'_>, key: &str) -> Result<Option<Source>, Problem> {
    let value = input.get(key)?;
    let place = format!("input.{key}");
    if absent(&value) {
        Ok(None)
    } else if let Some(text) = value.as_string() {
        Ok(Some(Source { path: format!("{key}.sql"), text: readable(text, &place)? }))
    } else if value.is_object() && items(&value).is_none() {
        named(&value, &place, Some(format!("{key}.sql"))).map(Some)
    } else {
        Err(Problem::new(&place, format!("this is {}, and must be the text of the script or {{ path, text }}", kind(&value))))
    }
}

fn named(value: &JsValue, place: &str, default: Option<String>) -> Result<Source, Problem> {
    let file = Keys::of(value, place, &["path", "text"])?;
    let path = file.text("path")?.filter(|path| !path.is_empty()).or(default);
    let path = path.ok_or_else(|| Problem::new(&format!("{place}.path"), "the path of the file is missing"))?;
    let text = file.text("text")?.ok_or_else(|| Problem::new(&format!("{place}.text"), "the text of the file is missing"))?;
    Ok(Source { path: path.replace('\\', "/"), text: readable(text, &format!("{place}.text"))? })
}

/// The text as a server would take it.
fn readable(text: String, place: &str) -> Result<String, Problem> {
    if text.contains('\0') {
        return Err(Problem::new(place, "there is a NUL character, which no server takes: remove it"));
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// An object with its known keys.
struct Keys<'a> {
    object: &'a JsValue,
    place: &'a str,
}

impl<'a> Keys<'a> {
    /// Refuses what is no plain object and keys that nobody reads: a misspelled setting must not pass for one that was obeyed.
    fn of(value: &'a JsValue, place: &'a str, known: &[&str]) -> Result<Self, Problem> {
        let object = (value.is_object() && items(value).is_none()).then(|| value.unchecked_ref::<Object>());
        let Some(object) = object else {
            return Err(Problem::new(place, format!("this is {}, and must be an object with {}", kind(value), known.join(", "))));
        };
        for key in Object::keys(object).iter().filter_map(|key| key.as_string()) {
            if !known.contains(&key.as_str()) {
                return Err(Problem::new(place, format!("there is no key `{key}`: the keys are {}", known.join(", "))));
            }
        }
        Ok(Self { object: value, place })
    }

    fn get(&self, key: &str) -> Result<JsValue, Problem> {
        Reflect::get(self.object, &JsValue::from_str(key)).map_err(|_| self.wrong(key, "this could not be read"))
    }

    fn text(&self, key: &str) -> Result<Option<String>, Problem> {
        let value = self.get(key)?;
        match value.as_string() {
            Some(text) => Ok(Some(text)),
            None if absent(&value) => Ok(None),
            None => Err(self.wrong(key, &format!("this is {}, and must be a string", kind(&value)))),
        }
    }

    fn switch(&self, key: &str) -> Result<bool, Problem> {
        let value = self.get(key)?;
        match value.as_bool() {
            Some(on) => Ok(on),
            None if absent(&value) => Ok(false),
            None => Err(self.wrong(key, &format!("this is {}, and must be true or false", kind(&value)))),
        }
    }

    fn wrong(&self, key: &str, message: &str) -> Problem {
        Problem::new(&format!("{}.{key}", self.place), message)
    }
}

/// The elements of an array.
fn items(array: &JsValue) -> Option<Vec<JsValue>> {
    Array::is_array(array).then(|| Array::from(array).iter().collect())
}

fn absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// What a value is, for a message.
fn kind(value: &JsValue) -> &'static str {
    if value.is_undefined() {
        "undefined"
    } else if value.is_null() {
        "null"
    } else if value.is_string() {
        "a string"
    } else if value.as_bool().is_some() {
        "true or false"
    } else if value.as_f64().is_some() {
        "a number"
    } else if value.is_function() {
        "a function"
    } else if items(value).is_some() {
        "an array"
    } else {
        "an object"
    }
}
