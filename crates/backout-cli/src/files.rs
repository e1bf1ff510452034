//! From paths to named texts.

use crate::error::Error;
use crate::progress::Progress;
use backout::source::Source;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What was read, and what was odd about it.
#[derive(Debug, Default)]
pub struct Files {
    /// The texts, in the order of their paths.
    pub sources: Vec<Source>,
    /// Remarks for standard error.
    pub remarks: Vec<String>,
    /// Programs were seen, which migrations may be.
    pub programs: bool,
}

/// Reads a file that was named itself, or standard input for `-`.
pub fn read(path: &Path) -> Result<Source, Error> {
    let stdin = path.as_os_str() == "-";
    let mut bytes = Vec::new();
    let outcome =
        if stdin { std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()) } else { std::fs::read(path).map(|read| bytes = read) };
    outcome.map_err(|error| Error::read(path, error))?;
    let name = if stdin { "<stdin>".to_owned() } else { slashed(path) };
    let text = decode(&bytes).map_err(|(line, what)| Error::Text { path: name.clone(), line, what })?;
    Ok(Source { path: name, text })
}

/// Reads the files below the paths; the names are relative to the folder when there is only one.
pub fn gather(paths: &[PathBuf], progress: &mut Progress) -> Result<Files, Error> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut files = Files::default();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|error| Error::read(path, error))?;
        if about.is_dir() {
            let base = if paths.len() == 1 { path.as_path() } else { Path::new("") };
            walk(path, base, &mut files, progress)?;
        } else {
            files.sources.push(read(path)?);
        }
    }
    files.sources.sort_by(|left, right| left.path.cmp(&right.path));
    files.sources.dedup_by(|left, right| left.path == right.path);
    Ok(files)
}

/// Files whose text matters.
const TEXTS: [&str; 4] = ["sql", "toml", "plan", "conf"];
/// Files that may be migrations, whose text we do not read.
const PROGRAMS: [&str; 8] = ["go", "py", "js", "ts", "rb", "rs", "exs", "fizz"];

fn walk(folder: &Path, base: &Path, files: &mut Files, progress: &mut Progress) -> Result<(), Error> {
    progress.begin("reading");
    let mut texts = Vec::new();
    let mut programs = Vec::new();
    // A folder that is named itself is wanted, whatever a .gitignore above it says.
    let walker =
        ignore::WalkBuilder::new(folder).parents(folder == Path::new(".")).sort_by_file_path(|left, right| left.cmp(right)).build();
    for entry in walker {
        let entry = entry.map_err(|error| Error::Other(format!("cannot read below `{}`: {error}", folder.display())))?;
        if !entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink()) {
            continue;
        }
        match entry.path().extension().and_then(|extension| extension.to_str()) {
            Some(extension) if TEXTS.contains(&extension) => texts.push(entry.into_path()),
            Some(extension) if PROGRAMS.contains(&extension) => programs.push(entry.into_path()),
            _ => {}
        }
    }
    files.programs |= !programs.is_empty();
    // Their names matter only beside SQL files: a project is full of them.
    let with_sql: BTreeSet<_> =
        texts.iter().filter(|path| path.extension().is_some_and(|it| it == "sql")).filter_map(|path| path.parent()).collect();
    for path in &programs {
        if path.parent().is_some_and(|parent| with_sql.contains(parent)) {
            files.sources.push(Source { path: relative(path, base), text: String::new() });
        }
    }
    let mut counter = progress.counter();
    for path in &texts {
        let name = relative(path, base);
        counter.next(&name, texts.len());
        let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
        let text = match decode(&bytes) {
            Ok(text) => text,
            // One odd file among many must not stop the others.
            Err((line, what)) => {
                files.remarks.push(format!("{}:{line}: {what}", path.display()));
                String::from_utf8_lossy(&bytes).into_owned()
            }
        };
        files.sources.push(Source { path: name, text });
    }
    Ok(())
}

fn relative(path: &Path, base: &Path) -> String {
    slashed(path.strip_prefix(base).unwrap_or(path))
}

/// A path with `/`, without a leading `./`.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") };
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

/// The text without a byte order mark, or the line and what is wrong there.
fn decode(bytes: &[u8]) -> Result<String, (usize, &'static str)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "this file is UTF-16: save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let line = |at: usize| 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err((line(at), "there is a NUL byte, which no server takes: remove it"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err((line(error.valid_up_to()), "this is not UTF-8: save the file as UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_stripped_and_what_no_server_takes_is_placed() {
        assert_eq!(decode(b"\xef\xbb\xbfSELECT 1"), Ok("SELECT 1".to_owned()));
        assert_eq!(decode(b"a\nb\0").map_err(|(line, _)| line), Err(2));
        assert_eq!(decode(b"a\n\n\xe4").map_err(|(line, _)| line), Err(3));
        assert!(decode(b"\xff\xfeS\0").is_err());
    }
}
