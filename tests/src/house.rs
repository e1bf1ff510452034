//! The repository as the tidy tests read it: files, code without comments and tests, and the paths that code names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The top folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// One file of the repository.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the top folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The text files below a folder of the repository, in the order of their paths; built and fetched things are left out.
pub fn files(below: &str) -> Vec<File> {
    let root = root();
    let mut folders = vec![root.join(below)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}; is it gone? then mend the test", folder.display()));
        for entry in entries.filter_map(Result::ok) {
            let (path, name) = (entry.path(), entry.file_name());
            if ["target", ".git", "node_modules", "dist"].iter().any(|skipped| name == *skipped) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let path = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push(File { path, text });
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

/// The Rust files below a folder.
pub fn rust(below: &str) -> Vec<File> {
    files(below).into_iter().filter(|file| file.path.ends_with(".rs")).collect()
}

impl File {
    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return true;
        }
        let Some((folder, name)) = self.path.rsplit_once('/') else { return false };
        let declared = format!("#[cfg(test)]\nmod {};", name.trim_end_matches(".rs"));
        std::fs::read_to_string(root().join(folder).join("mod.rs")).is_ok_and(|above| above.contains(&declared))
    }

    /// The code without line comments, and without the tests at its end.
    pub fn code(&self) -> String {
        let body = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let mut code = String::new();
        for line in body.lines() {
            let comment = line.match_indices("//").find(|(at, _)| *at == 0 || line[..*at].ends_with(char::is_whitespace));
            code.push_str(comment.map_or(line, |(at, _)| &line[..at]));
            code.push('\n');
        }
        code
    }
}

/// The first segments that code names after `root::`: of `use root::{a, b::c}` and `root::d::e()` these are a, b and d.
pub fn named_after(root: &str, code: &str) -> BTreeSet<String> {
    let prefix = format!("{root}::");
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(&prefix) {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(members(group)),
            None => names.extend(first_word(rest)),
        }
    }
    names
}

/// The first segments of the members of a `use` group, whose brace is open.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut found) = (0usize, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' => {
                found.extend(first_word(group[start..at].trim_start()));
                break;
            }
            ',' if depth == 0 => {
                found.extend(first_word(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_groups_and_inline() {
        let code = "use crate::{a::{b, c}, d};\nuse crate::e::f;\nlet x = crate::g(y);\nuse mycrate::h; $crate::i!()";
        let names: Vec<_> = named_after("crate", code).into_iter().collect();
        assert_eq!(names, ["a", "d", "e", "g", "i"]);
    }

    #[test]
    fn comments_and_tests_are_no_code() {
        let text = "//! crate::a\nlet u = \"http://x\"; // crate::b\n#[cfg(test)]\nmod tests {\n crate::c }".to_owned();
        let file = File { path: "x.rs".to_owned(), text };
        assert_eq!(file.code(), "\nlet u = \"http://x\"; \n");
    }
}
