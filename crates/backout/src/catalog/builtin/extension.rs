//! What the contrib extensions create.

use super::{
    Cast, CastMethod, EXTENSIONS, NameKind, OpClass, Overload, TypeFacts, functions,
    table::{Line, Table},
    types,
};

/// The contents of one extension: a part of the text, whose lines start with a letter for their kind.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    /// Its name.
    pub name: &'static str,
    text: &'static str,
    version: u16,
}

/// Where the parts of the text begin, and where the text ends.
static PARTS: [u32; count(EXTENSIONS) + 1] = parts(EXTENSIONS);

const fn begins(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'=' && (at == 0 || bytes[at - 1] == b'\n')
}

const fn count(text: &str) -> usize {
    let (bytes, mut at, mut count) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        if begins(bytes, at) {
            count += 1;
        }
        at += 1;
    }
    count
}

const fn parts<const SIZE: usize>(text: &str) -> [u32; SIZE] {
    let (bytes, mut at, mut count) = (text.as_bytes(), 0, 0);
    let mut parts = [bytes.len() as u32; SIZE];
    while at < bytes.len() {
        if begins(bytes, at) {
            parts[count] = at as u32;
            count += 1;
        }
        at += 1;
    }
    parts
}

pub(super) fn find(name: &str, version: u16) -> Option<Extension> {
    // Its language is the server's own here.
    if name == "plpgsql" {
        return Some(Extension { name: "plpgsql", text: "", version });
    }
    PARTS.windows(2).find_map(|pair| {
        let [start, end] = pair else { return None };
        let part = EXTENSIONS.get(*start as usize + 1..*end as usize)?;
        if !part.starts_with(name) {
            return None;
        }
        let (head, text) = part.split_once('\n').unwrap_or((part, ""));
        // A table of one line reads the mark of the version.
        let line = Table::bare(head).find(name, version)?;
        Some(Extension { name: line.name, text, version })
    })
}

impl Extension {
    fn lines(self, kind: char) -> impl Iterator<Item = Line> + Clone {
        self.text
            .lines()
            .filter(move |line| line.starts_with(kind))
            .filter_map(move |line| Table::bare(line.get(1..)?).lines(self.version).next())
    }

    /// The extensions that it needs.
    pub fn requires(self) -> impl Iterator<Item = &'static str> + Clone {
        self.lines('q').filter(|line| line.name == "requires").flat_map(Line::words)
    }

    /// The schema that it must be in.
    #[must_use]
    pub fn schema(self) -> Option<&'static str> {
        self.lines('q').find(|line| line.name == "schema")?.words().next()
    }

    /// Whether `ALTER EXTENSION … SET SCHEMA` can move it.
    #[must_use]
    pub fn relocatable(self) -> bool {
        !self.lines('q').any(|line| line.name == "fixed")
    }

    /// The types, without their arrays. Other types are named as they would be in the extension's schema.
    pub fn types(self) -> impl Iterator<Item = (&'static str, TypeFacts)> + Clone {
        self.lines('t').filter_map(|line| Some((line.name, types::read(line)?)))
    }

    /// The facts of one of its types.
    #[must_use]
    pub fn ty(self, name: &str) -> Option<TypeFacts> {
        self.types().find(|(known, _)| *known == name).map(|(_, facts)| facts)
    }

    /// The names of all its functions, support functions included.
    pub fn function_names(self) -> impl Iterator<Item = &'static str> + Clone {
        self.lines('f').map(|line| line.name)
    }

    /// The described overloads of one function.
    pub fn functions(self, name: &str) -> impl Iterator<Item = Overload<'static>> + Clone {
        functions::overloads(self.lines('f').find(|line| line.name == name))
    }

    /// Whether all overloads of one function are described.
    #[must_use]
    pub fn function_described(self, name: &str) -> bool {
        self.lines('f').find(|line| line.name == name).is_none_or(|line| !line.words().any(|word| word == "?"))
    }

    /// The names of its operators.
    pub fn operator_names(self) -> impl Iterator<Item = &'static str> + Clone {
        self.lines('o').map(|line| line.name)
    }

    /// The operators of one name.
    pub fn operators(self, name: &str) -> impl Iterator<Item = Overload<'static>> + Clone {
        functions::overloads(self.lines('o').find(|line| line.name == name))
    }

    /// Its casts: source, target, context and method.
    pub fn casts(self) -> impl Iterator<Item = (&'static str, &'static str, Cast, CastMethod)> + Clone {
        self.lines('c').flat_map(|line| {
            line.words().filter_map(move |word| types::read_cast(word).map(|(to, cast, method)| (line.name, to, cast, method)))
        })
    }

    /// Its operator classes: access method and class.
    pub fn opclasses(self) -> impl Iterator<Item = (&'static str, OpClass)> + Clone {
        self.lines('k').flat_map(|line| line.words().filter_map(move |word| OpClass::read(word).map(|class| (line.name, class))))
    }

    /// Names of other things that it creates.
    pub fn names(self, kind: NameKind) -> impl Iterator<Item = &'static str> + Clone {
        self.lines('n').filter(move |line| line.name == kind.key()).flat_map(Line::words)
    }
}
