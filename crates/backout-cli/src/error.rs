//! Why the work could not be done, naming the file and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the work could not be done.
#[derive(Debug)]
pub enum Error {
    /// A file or folder could not be read.
    Read(PathBuf, std::io::Error),
    /// A file could not be written.
    Write(PathBuf, std::io::Error),
    /// A file is not text that a server would take.
    Text {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: usize,
        /// What is there and what to do.
        what: &'static str,
    },
    /// Anything else, as a sentence part with what to do.
    Other(String),
}

impl Error {
    /// A file or folder that could not be read.
    pub fn read(path: &Path, error: std::io::Error) -> Self {
        Self::Read(path.to_owned(), error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Read(path, error) => write!(to, "cannot read `{}`: {}", path.display(), plain(error)),
            Error::Write(path, error) => write!(to, "cannot write `{}`: {}", path.display(), plain(error)),
            Error::Text { path, line, what } => write!(to, "{path}:{line}: {what}"),
            Error::Other(message) => to.write_str(message),
        }
    }
}

fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}
