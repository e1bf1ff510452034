//! Reading annotated files as the tools do: line by line, with no eye for quotes.

use crate::source::Span;

/// A line of a text without its line end.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    /// Where the next line begins.
    pub(super) next: usize,
}

impl Line<'_> {
    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |whole| {
        let start = at;
        at += whole.len();
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        Line { text: line.strip_suffix('\r').unwrap_or(line), start, next: at }
    })
}

/// Whether the last word before a `--` word ends with a semicolon: this is where goose and sql-migrate cut.
pub(super) fn ends_with_semicolon(line: &str) -> bool {
    line.split_whitespace().take_while(|word| !word.starts_with("--")).last().is_some_and(|word| word.ends_with(';'))
}

/// The text with everything outside `keep` turned into spaces, byte for byte, line ends excepted.
pub(super) fn blank(text: &str, keep: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in keep.iter().chain([&Span::new(text.len(), text.len())]) {
        for byte in text.get(at..span.start as usize).unwrap_or_default().bytes() {
            masked.push(if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' });
        }
        masked.push_str(span.of(text));
        at = span.end as usize;
    }
    masked
}
