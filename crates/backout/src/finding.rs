//! A finding: one defect with its rule, place, reason and witness.
//!
//! Rules make findings, the report prints them. Nothing here knows SQL.

use crate::source::{LineIndex, Source, Span};
use litemap::LiteMap;

/// How bad a finding is, in SARIF's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Goes wrong under circumstances that happen.
    Warning,
    /// Goes wrong.
    Error,
}

impl Severity {
    /// The word in reports.
    pub fn id(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A range of bytes in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as reports call it.
    pub path: String,
    /// The bytes in the file.
    pub span: Span,
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where.
    pub at: Place,
}

/// The evidence of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A statement that would fail, and the error that the server would raise.
    Failure {
        /// The statement.
        at: Place,
        /// Which statement of its script, counted from 1.
        statement: usize,
        /// The error's SQLSTATE.
        sqlstate: &'static str,
        /// Its message in the server's words.
        message: String,
        /// The server's DETAIL.
        detail: Vec<String>,
        /// What ran before it, in words: `the first 2 statements of the forward`.
        after: Option<String>,
    },
    /// An object that is not as it was.
    Difference {
        /// The object's kind in the report's words.
        kind: &'static str,
        /// Its name.
        name: String,
        /// `missing`, `extra`, `changed` or `renamed`.
        change: &'static str,
        /// Its definition before.
        expected: Option<String>,
        /// Its definition now.
        found: Option<String>,
    },
}

/// A change of the text that removes the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an instruction.
    pub title: String,
    /// The bytes to replace, with the text to put there.
    pub edits: Vec<(Place, String)>,
}

/// One defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and why.
    pub message: String,
    /// What to do about it, as an instruction.
    pub help: Option<String>,
    /// Where; none when it is about the plan as a whole.
    pub at: Option<Place>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// The evidence.
    pub witness: Option<Witness>,
    /// A change that removes it.
    pub fix: Option<Fix>,
    /// The author's reason to ignore it, when the author said so.
    pub suppressed: Option<String>,
}

impl Finding {
    /// Says what to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Shows another place.
    pub fn related(&mut self, at: Place, message: impl Into<String>) -> &mut Self {
        self.related.push(Related { message: message.into(), at });
        self
    }

    /// Shows the evidence.
    pub fn witness(&mut self, witness: Witness) -> &mut Self {
        self.witness = Some(witness);
        self
    }

    /// Offers a change that removes it, if there is one.
    pub fn fix(&mut self, fix: Option<Fix>) -> &mut Self {
        self.fix = fix;
        self
    }

    /// Gives it another severity than its rule's default.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}

/// The texts that places lie in, with their lines.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    files: LiteMap<String, (String, LineIndex)>,
    /// Where the schema before makes routines and views, by kind and own name; nothing for those that it makes more than once.
    definitions: LiteMap<(&'static str, String), Option<Place>>,
}

impl Texts {
    /// The texts of `sources`, by path.
    pub fn new(sources: &[&Source]) -> Self {
        let files = sources.iter().map(|source| (source.path.clone(), (source.text.clone(), LineIndex::new(&source.text))));
        Self { files: files.collect(), definitions: LiteMap::new() }
    }

    /// Remembers where the schema before makes an object.
    pub fn define(&mut self, kind: &'static str, name: &str, place: Place) {
        self.definitions.entry((kind, name.to_owned())).and_modify(|place| *place = None).or_insert(Some(place));
    }

    /// The statement with which the schema before makes an object, if it is the only one of that name.
    pub fn definition(&self, kind: &'static str, name: &str) -> Option<&str> {
        self.definitions.get(&(kind, name.to_owned()))?.as_ref().map(|place| self.of(place))
    }

    /// The text of the file, or nothing.
    pub fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", |(text, _)| text)
    }

    /// The text at a place.
    pub fn of(&self, place: &Place) -> &str {
        place.span.of(self.text(&place.path))
    }

    /// The line and column at which a place begins, counted from 1.
    pub fn start(&self, place: &Place) -> (u32, u32) {
        self.line_column(&place.path, place.span.start)
    }

    /// The line and column at which a place ends, counted from 1; the column is one past the last character.
    pub fn end(&self, place: &Place) -> (u32, u32) {
        self.line_column(&place.path, place.span.end)
    }

    fn line_column(&self, path: &str, offset: u32) -> (u32, u32) {
        self.files.get(path).map_or((1, 1), |(text, index)| index.line_column(text, offset))
    }
}
