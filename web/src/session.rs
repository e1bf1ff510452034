//! The page's life: what is in the editors goes to the analyser, what it answers is shown.

use crate::bridge::{self, Editor, Refused};
use crate::browser;
use crate::report::{Fix, Migration, Told};
use crate::route::Route;
use crate::state::{File, Folder, Side, Snapshot, Texts, is_document, request, sane, unreadable};
use backout_web_state::{Settings, State};
use leptos::prelude::*;
use litemap::LiteMap;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// What the analyser is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// The report on the page is older than the texts.
    Working,
    /// The report belongs to the texts.
    Ready,
    /// It gave up on these texts; the next change tries again.
    Failed(Refused),
}

/// Something that happened, with a way back.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// In words.
    pub words: String,
    /// What was there before, when it can be brought back.
    pub undo: Option<Snapshot>,
    /// Something went wrong.
    pub bad: bool,
}

/// Everything that changes. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    /// The editors' texts.
    pub texts: RwSignal<Texts>,
    /// Counts what was put into the editors by the page.
    pub loaded: RwSignal<u32>,
    /// A dropped history.
    pub folder: RwSignal<Option<Arc<Folder>>>,
    /// The migration of the history that is in the editors.
    pub opened: RwSignal<Option<usize>>,
    /// What executes the scripts, by their annotations or their history.
    pub recognised: RwSignal<Option<String>>,
    /// What was chosen.
    pub settings: RwSignal<Settings>,
    /// The last answer.
    pub told: RwSignal<Option<Arc<Told>>>,
    /// The judged pair; none while a history is shown.
    pub pair: Memo<Option<Arc<Migration>>>,
    /// Of the history, while a migration of it is open.
    pub history: RwSignal<Option<Arc<Told>>>,
    /// Of the history, only the rows with this verdict are shown; empty for all.
    pub only: RwSignal<&'static str>,
    /// What the analyser is doing.
    pub activity: RwSignal<Activity>,
    /// What happened last.
    pub notice: RwSignal<Option<Notice>>,
    /// The editor and the line with the caret.
    pub caret: RwSignal<(&'static str, u32)>,
    /// The baseline's tab is shown.
    pub baseline_shown: RwSignal<bool>,
    /// The fragment of the address that the texts came from. Who comes back to it finds what he has made of them.
    pub origin: StoredValue<String>,
    editors: StoredValue<LiteMap<&'static str, Editor>, LocalStorage>,
    asked: StoredValue<u32>,
}

impl Session {
    /// A page with nothing on it.
    pub fn new() -> Self {
        let (folder, opened, told) = (RwSignal::new(None::<Arc<Folder>>), RwSignal::new(None), RwSignal::new(None::<Arc<Told>>));
        let pair = Memo::new(move |_| {
            let whole = folder.with(Option::is_some) && opened.with(Option::is_none);
            told.with(|told| told.as_ref().filter(|_| !whole)?.report.migrations.first().cloned())
        });
        Self {
            texts: RwSignal::default(),
            loaded: RwSignal::default(),
            folder,
            opened,
            recognised: RwSignal::default(),
            settings: RwSignal::new(sane(browser::remembered::<Settings>("settings").unwrap_or_default())),
            told,
            pair,
            history: RwSignal::default(),
            only: RwSignal::default(),
            activity: RwSignal::new(Activity::Ready),
            notice: RwSignal::default(),
            caret: RwSignal::new(("", 0)),
            baseline_shown: RwSignal::default(),
            origin: StoredValue::default(),
            editors: StoredValue::new_local(LiteMap::new()),
            asked: StoredValue::new(0),
        }
    }

    /// Begins to judge whenever something changes.
    pub fn run(self) {
        Effect::new(move || {
            let snapshot = self.watched();
            self.ask(&snapshot);
        });
        Effect::new(move || {
            let state = self.activity.with(|activity| if *activity == Activity::Working { "working" } else { "ready" });
            browser::set_root("data-state", state);
        });
    }

    /// The state, so that whoever asks is told when it changes.
    fn watched(self) -> Snapshot {
        Snapshot {
            texts: self.texts.get(),
            folder: self.folder.with(|folder| folder.as_deref().cloned()),
            opened: self.opened.get(),
            recognised: self.recognised.get(),
            settings: Settings { rules_off: Default::default(), ..self.settings.get() },
        }
    }

    /// The whole state, for a link or a way back.
    pub fn snapshot(self) -> Snapshot {
        Snapshot {
            texts: self.texts.get_untracked(),
            folder: self.folder.with_untracked(|folder| folder.as_deref().cloned()),
            opened: self.opened.get_untracked(),
            recognised: self.recognised.get_untracked(),
            settings: self.settings.get_untracked(),
        }
    }

    /// The state as a way back, if there is anything to lose.
    fn way_back(self) -> Option<Snapshot> {
        Some(self.snapshot()).filter(|before| !before.texts.is_blank() || before.folder.is_some())
    }

    /// Changes the settings, and remembers the change; what a link brought along is not remembered.
    pub fn choose(self, change: &dyn Fn(&mut Settings)) {
        self.settings.update(change);
        let mut own = sane(browser::remembered("settings").unwrap_or_default());
        change(&mut own);
        browser::remember("settings", &own);
    }

    /// Puts a state on the page.
    pub fn restore(self, snapshot: Snapshot) {
        batch(|| {
            self.history.set(None);
            self.folder.set(snapshot.folder.map(Arc::new));
            self.opened.set(snapshot.opened);
            self.recognised.set(snapshot.recognised);
            self.settings.set(snapshot.settings);
            self.put(snapshot.texts);
        });
    }

    /// Puts texts into the editors.
    pub fn put(self, texts: Texts) {
        self.baseline_shown.set(false);
        self.texts.set(texts);
        self.loaded.update(|count| *count += 1);
    }

    /// Puts what a link carries on the page, with a way back if something is lost by it.
    pub fn follow(self, state: State) {
        let after = Snapshot::of(state);
        let undo = self.way_back().filter(|before| before.texts != after.texts);
        self.restore(after);
        let words = "The scripts of the link have taken the place of what was here.".to_owned();
        self.notice.set(undo.map(|before| Notice { words, undo: Some(before), bad: false }));
    }

    /// Puts a pair on the page, with a way back if something is lost by it.
    pub fn show(self, state: State, words: String) {
        let undo = self.way_back();
        batch(|| {
            self.folder.set(None);
            self.opened.set(None);
            self.history.set(None);
            self.recognised.set(state.settings.runner.clone());
            self.put(Snapshot::of(state).texts);
        });
        self.notice.set(Some(Notice { words, undo, bad: false }));
    }

    /// Says that something went wrong.
    pub fn complain(self, words: impl Into<String>) {
        self.notice.set(Some(Notice { words: words.into(), undo: None, bad: true }));
    }

    fn ask(self, snapshot: &Snapshot) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        let Some(request) = request(snapshot) else {
            self.told.set(None);
            self.activity.set(Activity::Ready);
            return;
        };
        if let Some(message) = unreadable(snapshot) {
            self.told.set(None);
            self.activity.set(Activity::Failed(Refused { kind: "text".to_owned(), message }));
            return;
        }
        self.activity.set(Activity::Working);
        let folder = snapshot.folder.is_some() && snapshot.opened.is_none();
        let limit = folder.then_some(60_000);
        spawn_local(async move {
            let answer = bridge::analyse("check", &[request.into()], limit, Some("check")).await;
            let answer = match answer {
                // A later request took its place, or the session is over.
                Ok(None) => return,
                Ok(Some(json)) => {
                    serde_json::from_str::<Told>(&json).map_err(|error| Refused { kind: "lost".to_owned(), message: error.to_string() })
                }
                Err(refused) => Err(refused),
            };
            let latest = self.asked.try_get_value() == Some(number);
            match answer {
                Ok(told) => {
                    let told = Arc::new(told);
                    if folder {
                        self.history.set(Some(told.clone()));
                    }
                    // One that is late is better than none, unless it is about something else than what is shown by now.
                    if folder == self.whole() && (latest || self.activity.get_untracked() == Activity::Working) {
                        self.told.set(Some(told));
                    }
                    if latest {
                        self.activity.set(Activity::Ready);
                    }
                }
                Err(refused) if latest => {
                    self.told.set(None);
                    if folder {
                        self.history.set(None);
                    }
                    self.activity.set(Activity::Failed(refused));
                }
                Err(_) => {}
            }
        });
    }

    /// A history is shown as a whole.
    fn whole(self) -> bool {
        self.folder.with_untracked(Option::is_some) && self.opened.get_untracked().is_none()
    }

    /// Tries again what failed.
    pub fn retry(self) {
        let snapshot = self.snapshot();
        self.ask(&snapshot);
    }

    /// Keeps an editor, to be told what to show.
    pub fn attach(self, side: Side, editor: Editor) {
        self.editors.update_value(|editors| {
            editors.insert(side.id(), editor);
        });
    }

    /// Does something with an editor, if it is there yet.
    pub fn with_editor(self, side: Side, act: impl FnOnce(&Editor)) {
        self.editors.with_value(|editors| {
            if let Some(editor) = editors.get(side.id()) {
                act(editor);
            }
        });
    }

    /// Shows a place in its editor.
    pub fn reveal(self, side: Side, line: u32, column: u32, end_line: u32, end_column: u32) {
        self.baseline_shown.set(side == Side::Baseline);
        request_animation_frame(move || self.with_editor(side, |editor| editor.reveal(line, column, end_line, end_column)));
    }

    /// Changes the texts as a finding proposes.
    pub fn apply(self, fix: &Fix) {
        let before = self.snapshot();
        let edits: Vec<_> = fix.edits.iter().map(|edit| (edit.at.path.as_str(), edit.at.start..edit.at.end, edit.text.as_str())).collect();
        match before.texts.with(&edits).filter(|_| self.activity.get_untracked() == Activity::Ready) {
            Some(texts) => {
                self.put(texts);
                self.notice.set(Some(Notice { words: format!("Done: {}.", fix.title), undo: Some(before), bad: false }));
                // The button goes with its finding, and the focus would fall to the top of the page.
                request_animation_frame(|| browser::focus(".notice"));
            }
            None => self.complain("The scripts have changed since; look at the finding again."),
        }
    }

    /// A text took the place of everything that was there before: if it holds both scripts, it is taken apart.
    pub fn pasted(self, before: Snapshot, text: String) {
        spawn_local(async move {
            let Ok(Some(json)) = bridge::analyse("sides", &[text.as_str().into()], None, None).await else { return };
            let Ok(sides) = serde_json::from_str::<Sides>(&json) else { return };
            let Some(texts) = sides.texts else {
                if is_document("", &text) {
                    self.received(Ok(Folder {
                        name: "The pasted text".to_owned(),
                        files: vec![File { path: "pasted.md".to_owned(), text }],
                    }));
                }
                return;
            };
            if sides.migrations > 1 {
                let words = format!("The text holds {} migrations: each is a row.", sides.migrations);
                let folder = Folder { name: "The pasted text".to_owned(), files: vec![File { path: "pasted.sql".to_owned(), text }] };
                return self.open_folder(folder, words, Some(before));
            }
            let what =
                if sides.layout == "plain" { "both scripts".to_owned() } else { format!("both scripts in {}'s format", sides.layout) };
            batch(|| {
                self.recognised.set(sides.runner);
                self.put(texts);
            });
            let lost = if before.texts.is_blank() { "" } else { " Undo brings back what was in both editors." };
            self.notice.set(Some(Notice {
                words: format!("The text held {what}, so it was taken apart.{lost}"),
                undo: Some(before),
                bad: false,
            }));
        });
    }

    /// Files were dropped or chosen.
    pub fn received(self, read: Result<Folder, String>) {
        match read {
            Err(words) => self.complain(words),
            Ok(folder) if folder.files.iter().all(|file| file.text.trim().is_empty()) => {
                self.complain("There is no SQL in what was dropped.");
            }
            Ok(mut folder) => {
                if let [file] = folder.files.as_mut_slice()
                    && !is_document(&file.path, &file.text)
                {
                    let text = std::mem::take(&mut file.text);
                    self.one_file(text);
                    return;
                }
                let undo = self.way_back();
                let words = match folder.files.len() {
                    1 => "This is a document: the SQL of each of its sections is judged alone.".to_owned(),
                    files => format!("{files} files were read. Nothing of them leaves this page."),
                };
                self.open_folder(folder, words, undo);
            }
        }
    }

    /// Files take the place of everything that was there before.
    fn open_folder(self, folder: Folder, words: String, undo: Option<Snapshot>) {
        batch(|| {
            self.history.set(None);
            self.only.set("");
            self.told.set(None);
            self.opened.set(None);
            self.put(Texts::default());
            self.folder.set(Some(Arc::new(folder)));
        });
        // The address of the editors names something else by now, perhaps a row of the history before.
        if !matches!(Route::of(&browser::fragment()), Route::Examples | Route::Rules | Route::Rule(_)) {
            browser::replace_fragment("");
        }
        self.notice.set(Some(Notice { words, undo, bad: false }));
    }

    /// A single file is the rollback of the forward that is there, both scripts in one, or a forward.
    fn one_file(self, text: String) {
        let before = self.snapshot();
        let mut texts = before.texts.clone();
        let (side, words) = if texts.forward.trim().is_empty() || !texts.rollback.trim().is_empty() {
            (Side::Forward, "The file is in the left editor.")
        } else {
            (Side::Rollback, "The file is in the right editor.")
        };
        *side.text_mut(&mut texts) = text.clone();
        self.show(Snapshot { texts, ..Snapshot::default() }.state(), words.to_owned());
        self.pasted(before, text);
    }

    /// Opens a migration of the history in the editors.
    pub fn open(self, index: usize) {
        // From the folder itself, whatever the analyser was asked since.
        let Some(folder) = request(&Snapshot { opened: None, ..self.snapshot() }) else { return };
        self.activity.set(Activity::Working);
        spawn_local(async move {
            match bridge::analyse("open", &[folder.into(), (index as u32).into()], None, None).await {
                Ok(Some(json)) => {
                    let Ok(opened) = serde_json::from_str::<Opened>(&json) else { return };
                    // Somebody may have gone on since: to another row, which is on its way, or away from all.
                    match Route::of(&browser::fragment()) {
                        Route::Row(now) if now != index => return,
                        Route::Row(_) if self.folder.with_untracked(Option::is_some) => {}
                        _ => return self.retry(),
                    }
                    batch(|| {
                        self.opened.set(Some(index));
                        // What the history says of it, until it is judged by itself.
                        self.told.set(self.history.with_untracked(|told| told.as_deref().map(|told| Arc::new(told.only(index)))));
                        self.recognised.set(opened.runner);
                        self.put(Texts {
                            forward: opened.forward.unwrap_or_default(),
                            rollback: opened.rollback.unwrap_or_default(),
                            baseline: opened.baseline.unwrap_or_default(),
                        });
                    });
                    self.notice.set(None);
                    browser::focus("#verdict");
                }
                Ok(None) => {}
                Err(refused) => {
                    self.complain(refused.message);
                    // What was asked before may have been dropped for this.
                    self.retry();
                }
            }
        });
    }

    /// Back to the table of the history, to the row that was left.
    pub fn close(self) {
        let row = self.opened.get_untracked().unwrap_or_default();
        request_animation_frame(move || browser::focus(&format!("[data-row='{row}'] button")));
        batch(|| {
            self.opened.set(None);
            self.told.set(self.history.get_untracked());
        });
    }

    /// Away from the history, to empty editors.
    pub fn leave(self) {
        let undo = Some(self.snapshot());
        batch(|| {
            self.folder.set(None);
            self.history.set(None);
            self.told.set(None);
        });
        self.notice.set(Some(Notice { words: "The history is closed.".to_owned(), undo, bad: false }));
    }
}

/// A text taken apart.
#[derive(serde::Deserialize)]
struct Sides {
    texts: Option<Texts>,
    layout: String,
    runner: Option<String>,
    migrations: usize,
}

/// A migration of a history.
#[derive(serde::Deserialize)]
struct Opened {
    forward: Option<String>,
    rollback: Option<String>,
    baseline: Option<String>,
    runner: Option<String>,
}
