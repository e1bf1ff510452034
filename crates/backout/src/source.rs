//! Named texts, byte ranges in them, and the way from a byte to a line.
//!
//! Nothing here knows SQL.

use std::ops::Range;

/// A range of bytes in a text: a statement's own text or a whole script, as the holder says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`; offsets beyond 4 GiB are cut, input of that size is refused earlier.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(end).unwrap_or(u32::MAX) }
    }

    /// The same range in a text in which this one's text begins at `base`.
    pub fn shifted(self, base: u32) -> Self {
        Self { start: self.start.saturating_add(base), end: self.end.saturating_add(base) }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Span) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As a range of `usize`, to slice with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `text` in this range, or nothing when the range does not fit.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}

/// A text with a name, as people gave it: a file with its path, or a pasted script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How reports call it: a path with `/`, relative to the folder that was given.
    pub path: String,
    /// The text; the rim has decoded it and stripped a byte order mark.
    pub text: String,
}

/// Where lines begin, to turn byte offsets into line and column.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads the line starts of `text`; a line ends with LF, CRLF or a lone CR.
    pub fn new(text: &str) -> Self {
        if !text.contains('\r') {
            return Self { starts: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect() };
        }
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, &byte)| byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        Self { starts }
    }

    /// Line and column of a byte, both counted from 1; the column counts characters.
    pub fn line_column(&self, text: &str, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts[line - 1] as usize;
        let mut end = (offset as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let column = text.get(start..end).map_or(0, |before| before.chars().count());
        (line as u32, column as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_in_every_way() {
        let text = "é\r\nb\rc\nd";
        let index = LineIndex::new(text);
        let places: Vec<_> = text.char_indices().map(|(at, _)| index.line_column(text, at as u32)).collect();
        assert_eq!(places, [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1)]);
    }
}
