//! Statements with marked fragments: what a defect may change is marked while the statement is written, and the marks are taken
//! out before anybody sees it.

const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// What a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The name of an object.
    Name,
    /// The schema in front of a name, with its dot.
    Schema,
    /// A type.
    Type,
    /// What can be left out without breaking the grammar: a constraint, a clause.
    Part,
    /// `IF EXISTS `.
    Guard,
    /// A value, such as a default or the text of a comment.
    Value,
    /// The text of a routine, or the condition of a view.
    Body,
    /// The argument types that a routine is dropped by.
    Arguments,
}

impl Mark {
    fn letter(self) -> char {
        match self {
            Mark::Name => 'N',
            Mark::Schema => 'S',
            Mark::Type => 'T',
            Mark::Part => 'P',
            Mark::Guard => 'G',
            Mark::Value => 'V',
            Mark::Body => 'B',
            Mark::Arguments => 'A',
        }
    }

    /// The text as a fragment of this kind.
    pub fn on(self, text: impl AsRef<str>) -> String {
        format!("{OPEN}{}{}{CLOSE}", self.letter(), text.as_ref())
    }
}

/// A name as SQL spells it, without a mark: roles belong to the cluster, and backout takes whichever is named to be there.
pub fn ident(name: &str) -> String {
    let simple =
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    let reserved = ["user", "order", "group", "table", "check", "end", "desc"];
    match simple && !reserved.contains(&name) {
        true => name.to_string(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A marked name.
pub fn name(name: &str) -> String {
    Mark::Name.on(ident(name))
}

/// Names, marked, with commas between.
pub fn names<S: AsRef<str>>(list: &[S]) -> String {
    list.iter().map(|each| name(each.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A marked string constant.
pub fn literal(text: &str) -> String {
    Mark::Value.on(format!("'{}'", text.replace('\'', "''")))
}

/// The statement without marks.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            OPEN => drop(letters.next()),
            CLOSE => {}
            letter => out.push(letter),
        }
    }
    out
}

/// The byte ranges of the fragments of a kind, marks included.
pub fn fragments(text: &str, mark: Mark) -> Vec<std::ops::Range<usize>> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            OPEN => open.push((at, letters.next().map_or(' ', |(_, letter)| letter))),
            CLOSE => {
                let Some((start, letter)) = open.pop() else { continue };
                if letter == mark.letter() {
                    found.push(start..at + CLOSE.len_utf8());
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_nest_and_vanish() {
        let part = Mark::Part.on(format!(" DEFAULT {}", literal("new")));
        let text = format!("ALTER TABLE {} ADD COLUMN {} {}{part}", name("order"), name("state"), Mark::Type.on("text"));
        assert_eq!(plain(&text), "ALTER TABLE \"order\" ADD COLUMN state text DEFAULT 'new'");
        assert_eq!(fragments(&text, Mark::Name).len(), 2);
        let mut without = text.clone();
        without.replace_range(fragments(&text, Mark::Part)[0].clone(), "");
        assert_eq!(plain(&without), "ALTER TABLE \"order\" ADD COLUMN state text");
    }
}
