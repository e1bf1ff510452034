//! Whose SQL a text is when PostgreSQL does not accept it.

use crate::finding::{Place, Texts};
use crate::lexer::{Lexer, is_ident_start};

/// A system, the words that give it away wherever they stand, and those that do so where PostgreSQL stops reading.
const MARKS: [(&str, &str, &str); 4] = [
    ("Oracle", "varchar2 nvarchar2", "/"),
    ("SQL Server", "nvarchar", "[ identity go"),
    ("SQLite", "autoincrement", "rowid pragma"),
    ("MySQL or MariaDB", "auto_increment innodb", "` engine modify change after unsigned delimiter"),
];

/// The help for a statement that is plainly another system's; the place is where PostgreSQL stops reading it.
pub(super) fn help(texts: &Texts, at: &Place) -> Option<String> {
    let text = texts.text(&at.path);
    let rest = text.get(at.span.start as usize..)?;
    let line = rest.lines().next()?.trim();
    let stop = match line.split_at_checked(1)? {
        // Quotes about a name, and not a list in JSON.
        (quote @ ("[" | "`"), name) => quote.get(usize::from(!name.bytes().next().is_some_and(is_ident_start))..)?,
        ("/", _) => line,
        _ => Lexer::new(rest).next()?.0.span.of(rest),
    };
    let is = |marks: &str, word: &str| marks.split(' ').any(|mark| word.eq_ignore_ascii_case(mark));
    let mut words = Lexer::new(text).map(|(token, _)| token.span.of(text));
    let known = words.find_map(|word| MARKS.iter().find(|(_, words, _)| is(words, word)));
    let (system, ..) = known.or_else(|| MARKS.iter().find(|(.., stops)| is(stops, stop)))?;
    Some(format!("this looks like the SQL of {system}: backout knows PostgreSQL's only"))
}
