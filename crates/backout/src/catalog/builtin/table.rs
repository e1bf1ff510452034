//! Sorted text, read where it stands: lines found by halving, words marked with versions. Nothing is parsed ahead.

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
pub(super) struct Table(pub(super) &'static str);

/// What follows a line's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The name, without mark.
    pub(super) name: &'static str,
    rest: &'static str,
    version: u16,
}

impl Table {
    /// The line of that name, if `version` has it.
    pub(super) fn find(self, name: &str, version: u16) -> Option<Line> {
        let text = self.0;
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = text.as_bytes().get(low..middle)?.iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
            let end = text.get(start..)?.find('\n').map_or(text.len(), |at| start + at);
            let line = text.get(start..end)?;
            let (field, rest) = line.split_once('\t').unwrap_or((line, ""));
            let (key, versions) = split_mark(field);
            match key.cmp(name) {
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
                std::cmp::Ordering::Equal => return versions.contain(version).then_some(Line { name: key, rest, version }),
            }
        }
        None
    }

    /// All lines that `version` has, in order.
    pub(super) fn lines(self, version: u16) -> impl Iterator<Item = Line> + Clone {
        self.0.lines().filter_map(move |line| {
            let (field, rest) = line.split_once('\t').unwrap_or((line, ""));
            Some(Line { name: word_in(field, version)?, rest, version })
        })
    }
}

impl Line {
    /// The words after the name that its version has.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> + Clone {
        let version = self.version;
        self.rest.split(' ').filter(|word| !word.is_empty()).filter_map(move |word| word_in(word, version))
    }

    /// The second field, if its version has it, and a line of the third.
    pub(super) fn shift(self) -> Option<Self> {
        let (field, rest) = self.rest.split_once('\t').unwrap_or((self.rest, ""));
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
        for text in [super::super::FUNCTIONS, super::super::OPERATORS, super::super::TYPES, super::super::RELATIONS, super::super::SUPPORT]
        {
            for version in 13..=18 {
                for line in text.lines(version) {
                    assert!(text.find(line.name, version).is_some(), "{}", line.name);
                }
            }
            assert!(text.find("zzz", 17).is_none() && text.find("", 17).is_none() && text.find("aaa nothing", 17).is_none());
        }
    }
}
