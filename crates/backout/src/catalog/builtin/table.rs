//! Sorted text, read where it stands: lines found by an index that the compiler makes, words marked with versions.

/// The versions of which a fact is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Versions {
    since: u16,
    until: u16,
}

impl Versions {
    const ALL: Self = Self { since: 0, until: u16::MAX };

    fn contain(self, version: u16) -> bool {
        self.since <= version && version <= self.until
    }
}

/// Splits `word@15`, `word@-14` and `word@14-16` into the word and its versions.
///
/// Operators may hold `@` themselves, but never a digit.
fn split_mark(word: &str) -> (&str, Versions) {
    let unmarked = (word, Versions::ALL);
    if !matches!(word.as_bytes().last(), Some(b'0'..=b'9')) {
        return unmarked;
    }
    let Some((head, mark)) = word.rsplit_once('@') else { return unmarked };
    let (since, until) = match mark.split_once('-') {
        None => (mark.parse().ok(), Some(u16::MAX)),
        Some(("", until)) => (Some(0), until.parse().ok()),
        Some((since, until)) => (since.parse().ok(), until.parse().ok()),
    };
    match (since, until) {
        (Some(since), Some(until)) => (head, Versions { since, until }),
        _ => unmarked,
    }
}

/// The word without its mark, if it holds in `version`.
fn word_in(word: &'static str, version: u16) -> Option<&'static str> {
    let (word, versions) = split_mark(word);
    versions.contain(version).then_some(word)
}

/// One table: lines sorted by their first field; fields are parted by tabs, words by spaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    text: &'static str,
    /// Where the lines begin, plus one, in the order of their names' hashes; empty where lines are found by halving.
    index: &'static [u32],
}

/// A table of a file, with its index.
macro_rules! table {
    ($file:literal) => {{
        const TEXT: &str = include_str!($file);
        static INDEX: [u32; table::index_size(TEXT)] = table::index(TEXT);
        Table::new(TEXT, &INDEX)
    }};
}
pub(super) use table;

/// How many places an index needs: a power of two, at most half of them taken.
pub(super) const fn index_size(text: &str) -> usize {
    let (bytes, mut at, mut lines) = (text.as_bytes(), 0, 1_usize);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    (lines * 2).next_power_of_two()
}

/// The index of a table: its lines by the hashes of their names.
pub(super) const fn index<const SIZE: usize>(text: &str) -> [u32; SIZE] {
    let bytes = text.as_bytes();
    let mut index = [0; SIZE];
    let mut start = 0;
    while start < bytes.len() {
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'\t' && bytes[end] != b'\n' {
            end += 1;
        }
        let mut slot = hash(bytes, start, without_mark(bytes, start, end)) % SIZE;
        while index[slot] != 0 {
            slot = (slot + 1) % SIZE;
        }
        index[slot] = start as u32 + 1;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        start = end + 1;
    }
    index
}

/// The end of a word without the mark that [`split_mark`] takes off.
const fn without_mark(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut at = end;
    let (mut digits, mut dashes) = (0, 0);
    while at > start {
        at -= 1;
        match bytes[at] {
            b'0'..=b'9' => digits += 1,
            b'-' if dashes == 0 && digits > 0 => dashes = 1,
            b'@' if digits > 0 => return at,
            _ => return end,
        }
    }
    end
}

/// FNV-1a.
const fn hash(bytes: &[u8], start: usize, end: usize) -> usize {
    let (mut hash, mut at) = (0x811c_9dc5_u32, start);
    while at < end {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash as usize
}

/// What follows a line's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The name, without mark.
    pub(super) name: &'static str,
    /// The text after it; this line is only the first of it.
    rest: &'static str,
    version: u16,
}

/// What is before a mark and what is after it; of a line that has no such mark, the line alone.
///
/// Byte by byte: what is looked for is near, and a search that is made for long texts takes longer.
fn cut(text: &'static str, mark: u8) -> (&'static str, &'static str) {
    let end = text.bytes().position(|byte| byte == mark || byte == b'\n').unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    (head, rest.strip_prefix(char::from(mark)).unwrap_or_default())
}

impl Table {
    /// A table with its index.
    pub(super) const fn new(text: &'static str, index: &'static [u32]) -> Self {
        Self { text, index }
    }

    /// A table without an index.
    pub(super) const fn bare(text: &'static str) -> Self {
        Self { text, index: &[] }
    }

    /// The line of that name, if `version` has it.
    pub(super) fn find(self, name: &str, version: u16) -> Option<Line> {
        if self.index.is_empty() {
            return self.find_by_halving(name, version);
        }
        let mut slot = hash(name.as_bytes(), 0, name.len());
        loop {
            slot %= self.index.len();
            let start = (*self.index.get(slot)?).checked_sub(1)? as usize;
            let line = self.text.get(start..)?;
            // Most lines that share a place with another begin with other letters.
            if line.starts_with(name) {
                let (field, rest) = cut(line, b'\t');
                let (key, versions) = split_mark(field);
                if key == name {
                    return versions.contain(version).then_some(Line { name: key, rest, version });
                }
            }
            slot += 1;
        }
    }

    fn find_by_halving(self, name: &str, version: u16) -> Option<Line> {
        let text = self.text;
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = text.get(low..middle)?.rfind('\n').map_or(low, |at| low + at + 1);
            let (field, rest) = cut(text.get(start..)?, b'\t');
            let (key, versions) = split_mark(field);
            match key.cmp(name) {
                std::cmp::Ordering::Less => low = text.get(middle..)?.find('\n').map_or(high, |at| middle + at + 1),
                std::cmp::Ordering::Greater => high = start,
                std::cmp::Ordering::Equal => return versions.contain(version).then_some(Line { name: key, rest, version }),
            }
        }
        None
    }

    /// All lines that `version` has, in order.
    pub(super) fn lines(self, version: u16) -> impl Iterator<Item = Line> + Clone {
        self.text.lines().filter_map(move |line| {
            let (field, rest) = cut(line, b'\t');
            Some(Line { name: word_in(field, version)?, rest, version })
        })
    }
}

/// Words that a version has. A type of its own, as they are walked through in very many places.
#[derive(Clone, Debug)]
pub struct Words {
    rest: &'static str,
    version: u16,
}

impl Iterator for Words {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        while !self.rest.is_empty() {
            let (word, rest) = cut(self.rest, b' ');
            self.rest = rest;
            if let Some(word) = Some(word).filter(|word| !word.is_empty()).and_then(|word| word_in(word, self.version)) {
                return Some(word);
            }
        }
        None
    }
}

impl Line {
    /// The words after the name that its version has.
    pub(super) fn words(self) -> Words {
        Words { rest: self.rest, version: self.version }
    }

    /// The second field, if its version has it, and a line of the third.
    pub(super) fn shift(self) -> Option<Self> {
        let (field, rest) = cut(self.rest, b'\t');
        Some(Self { name: word_in(field, self.version)?, rest, version: self.version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        assert_eq!(split_mark("x@15"), ("x", Versions { since: 15, until: u16::MAX }));
        assert_eq!(split_mark("!@-13"), ("!", Versions { since: 0, until: 13 }));
        assert_eq!(split_mark("x@14-16"), ("x", Versions { since: 14, until: 16 }));
        assert_eq!(split_mark("@-@"), ("@-@", Versions::ALL));
        assert_eq!(split_mark("@>"), ("@>", Versions::ALL));
    }

    #[test]
    fn every_line_is_found() {
        for text in [
            super::super::FUNCTIONS,
            super::super::OPERATORS,
            super::super::TYPES,
            super::super::RELATIONS,
            super::super::SUPPORT,
            super::super::SETTINGS,
            super::super::CASTS,
            super::super::OPCLASSES,
            super::super::NAMES,
        ] {
            for version in 13..=18 {
                for line in text.lines(version) {
                    assert!(text.find(line.name, version).is_some(), "{}", line.name);
                }
            }
            assert!(text.find("zzz", 17).is_none() && text.find("", 17).is_none() && text.find("aaa nothing", 17).is_none());
        }
    }
}
