//! What the page holds: plain values, without a browser. What a link carries and the examples are in `web/state`.

use backout_web_state::{Settings, State};
use serde::{Deserialize, Serialize};

/// The texts in the editors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// The script that changes the schema.
    pub forward: String,
    /// The script that takes the change back.
    pub rollback: String,
    /// The schema before.
    pub baseline: String,
}

impl Texts {
    /// Nothing to judge.
    pub fn is_blank(&self) -> bool {
        self.forward.trim().is_empty() && self.rollback.trim().is_empty()
    }
}

/// One of the editors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The script that changes the schema.
    Forward,
    /// The script that takes the change back.
    Rollback,
    /// The schema before.
    Baseline,
}

impl Side {
    /// All of them.
    pub const ALL: [Side; 3] = [Side::Forward, Side::Rollback, Side::Baseline];

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            Side::Forward => "Forward",
            Side::Rollback => "Rollback",
            Side::Baseline => "Baseline",
        }
    }

    /// Its word in pictures and attributes.
    pub fn id(self) -> &'static str {
        match self {
            Side::Forward => "forward",
            Side::Rollback => "rollback",
            Side::Baseline => "baseline",
        }
    }

    /// The file that the analyser calls it.
    pub fn path(self) -> &'static str {
        match self {
            Side::Forward => "forward.sql",
            Side::Rollback => "rollback.sql",
            Side::Baseline => "baseline.sql",
        }
    }

    /// The side of a file or a word.
    pub fn of(name: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.path() == name || side.id() == name)
    }

    /// Its text.
    pub fn text(self, texts: &Texts) -> &str {
        match self {
            Side::Forward => &texts.forward,
            Side::Rollback => &texts.rollback,
            Side::Baseline => &texts.baseline,
        }
    }

    /// Its text, to be changed.
    pub fn text_mut(self, texts: &mut Texts) -> &mut String {
        match self {
            Side::Forward => &mut texts.forward,
            Side::Rollback => &mut texts.rollback,
            Side::Baseline => &mut texts.baseline,
        }
    }
}

impl Texts {
    /// With the changes made, given as the file, its bytes and what to put there; none if one does not fit.
    pub fn with(&self, edits: &[(&str, std::ops::Range<usize>, &str)]) -> Option<Texts> {
        let mut texts = self.clone();
        let mut edits = edits.to_vec();
        // From the end, so that the places of those before stay right.
        edits.sort_by_key(|(_, range, _)| std::cmp::Reverse((range.start, range.end)));
        for (path, range, new) in edits {
            let text = Side::of(path)?.text_mut(&mut texts);
            text.get(range.clone())?;
            text.replace_range(range, new);
        }
        Some(texts)
    }
}

/// A file of a dropped folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Below the folder.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A dropped folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// How it is called.
    pub name: String,
    /// What is in it.
    pub files: Vec<File>,
}

/// A runbook, a guide or a program rather than a script: by its name, or by fences around its SQL.
pub fn is_document(path: &str, text: &str) -> bool {
    let fence = |line: &str| {
        let line = line.trim_start();
        let language = line.strip_prefix("```").or_else(|| line.strip_prefix("~~~")).unwrap_or_default().trim_start();
        ["sql", "postgres", "pgsql", "psql", "sh", "bash"].iter().any(|known| language.starts_with(known))
    };
    [".md", ".markdown", ".sh", ".bash"].iter().any(|ending| path.ends_with(ending)) || text.lines().any(fence)
}

/// With what is out of bounds put right; it may come from an older version of the page or from a link.
pub fn sane(mut settings: Settings) -> Settings {
    if !(13..=18).contains(&settings.server_version) {
        settings.server_version = Settings::default().server_version;
    }
    settings.runner =
        settings.runner.filter(|runner| runner.len() < 40 && runner.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    settings.rules_off.retain(|rule| rule.len() < 80);
    settings
}

/// Everything that makes the page what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The editors.
    pub texts: Texts,
    /// The history, if one was dropped.
    pub folder: Option<Folder>,
    /// The migration of the history that is open.
    pub opened: Option<usize>,
    /// What executes the scripts, by their annotations or their history.
    pub recognised: Option<String>,
    /// What was chosen.
    pub settings: Settings,
}

impl Snapshot {
    /// What a link holds of it: the editors and the choices. What was recognised is stated there.
    pub fn state(self) -> State {
        let Texts { forward, rollback, baseline } = self.texts;
        let settings = Settings { runner: self.settings.runner.or(self.recognised), ..self.settings };
        State { forward, rollback, baseline, settings }
    }

    /// What a reload brings back: the editors, and what was recognised of them. The choices are remembered elsewhere.
    pub fn draft(mut self) -> State {
        self.settings.runner = None;
        self.state()
    }

    /// The page of a draft.
    pub fn of_draft(state: State) -> Self {
        let Self { texts, settings, .. } = Self::of(state);
        Self { texts, recognised: settings.runner, ..Self::default() }
    }

    /// The page of a link or an example.
    pub fn of(state: State) -> Self {
        let State { forward, rollback, baseline, settings } = state;
        Self { texts: Texts { forward, rollback, baseline }, settings: sane(settings), ..Self::default() }
    }
}

/// The input for the analyser: of a folder, or of the editors' texts.
pub fn request(snapshot: &Snapshot) -> Option<String> {
    let Snapshot { texts, folder, opened, recognised, settings } = snapshot;
    let whole = folder.as_ref().filter(|_| opened.is_none());
    let settings = serde_json::json!({
        "runner": settings.runner.as_ref().or(recognised.as_ref().filter(|_| whole.is_none())),
        "serverVersion": settings.server_version,
        "strict": settings.strict,
        "assumeNew": settings.assume_new,
    });
    if let Some(folder) = whole {
        return Some(serde_json::json!({"files": folder.files, "settings": settings}).to_string());
    }
    let text = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    (!texts.is_blank()).then(|| {
        let (forward, rollback, baseline) = (text(&texts.forward), text(&texts.rollback), text(&texts.baseline));
        serde_json::json!({"forward": forward, "rollback": rollback, "baseline": baseline, "settings": settings}).to_string()
    })
}

/// What no server reads, in words, before it is sent anywhere.
pub fn unreadable(snapshot: &Snapshot) -> Option<String> {
    let nul = |text: &str| text.contains('\0');
    let place = match snapshot.folder.as_ref().filter(|_| snapshot.opened.is_none()) {
        Some(folder) => folder.files.iter().find(|file| nul(&file.text))?.path.as_str(),
        None => Side::ALL.into_iter().find(|side| nul(side.text(&snapshot.texts)))?.label(),
    };
    Some(format!("{place} holds a NUL character, which PostgreSQL takes in no script. Remove it, or save the text as UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_blank_page_asks_nothing() {
        assert_eq!(request(&Snapshot::default()), None);
        let texts = Texts { rollback: "DROP TABLE a;".to_owned(), ..Texts::default() };
        let asked = request(&Snapshot { texts, ..Snapshot::default() }).unwrap_or_default();
        assert!(asked.contains(r#""forward":null"#) && asked.contains("DROP TABLE a;"), "{asked}");
    }

    #[test]
    fn a_draft_keeps_what_was_recognised_and_not_what_was_chosen() {
        let texts = Texts { forward: "CREATE TABLE a ();".to_owned(), ..Texts::default() };
        let settings = Settings { runner: Some("psql".to_owned()), ..Settings::default() };
        let page = Snapshot { texts: texts.clone(), recognised: Some("goose".to_owned()), settings, ..Snapshot::default() };
        let again = Snapshot::of_draft(page.draft());
        assert_eq!(again, Snapshot { texts, recognised: Some("goose".to_owned()), ..Snapshot::default() });
    }

    #[test]
    fn a_text_that_no_server_reads_is_named() {
        let texts = Texts { rollback: "DROP TABLE a;\0".to_owned(), ..Texts::default() };
        let mut page = Snapshot { texts, ..Snapshot::default() };
        assert!(unreadable(&page).is_some_and(|words| words.starts_with("Rollback holds a NUL character")));
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        page.folder = Some(Folder { name: String::new(), files: vec![file("1.sql", "SELECT 1;"), file("2.sql", "\0S\0E")] });
        assert!(unreadable(&page).is_some_and(|words| words.starts_with("2.sql holds")));
        assert_eq!(unreadable(&Snapshot::default()), None);
    }

    #[test]
    fn settings_out_of_bounds_are_put_right() {
        let odd = Settings { server_version: 8, runner: Some("<b>".to_owned()), ..Settings::default() };
        assert_eq!(sane(odd), Settings::default());
    }

    #[test]
    fn changes_are_made_from_the_end_and_only_where_they_fit() {
        let texts = Texts { forward: "é;".to_owned(), rollback: "DROP TABLE a;\nDROP VIEW v;".to_owned(), baseline: String::new() };
        let swapped = texts.with(&[("rollback.sql", 0..14, ""), ("rollback.sql", 26..26, "\nDROP TABLE a;"), ("forward.sql", 2..3, "")]);
        assert_eq!(swapped.map(|texts| (texts.forward, texts.rollback)), Some(("é".to_owned(), "DROP VIEW v;\nDROP TABLE a;".to_owned())));
        assert_eq!(texts.with(&[("forward.sql", 1..3, "")]), None);
        assert_eq!(texts.with(&[("other.sql", 0..0, "")]), None);
    }

    #[test]
    fn a_document_is_known_by_its_name_or_its_fences() {
        assert!(is_document("docs/runbook.md", "") && is_document("", "# Undo\n\n  ```sql\nDROP TABLE a;\n```\n"));
        assert!(!is_document("a.sql", "-- ```\nDROP TABLE a;\n") && !is_document("", "```\nno SQL\n```"));
    }

    #[test]
    fn each_side_is_found_by_its_file_and_its_word() {
        for side in Side::ALL {
            assert_eq!((Side::of(side.path()), Side::of(side.id())), (Some(side), Some(side)));
        }
        assert_eq!(Side::of("etc/passwd"), None);
    }
}
