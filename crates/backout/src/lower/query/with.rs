//! `WITH`.

use crate::lower::parser::{Parse, Parser};
use crate::op::{Cte, Op};

impl Parser<'_> {
    /// `WITH [RECURSIVE] …`, if written.
    pub fn with_clause(&mut self) -> Parse<(Vec<Cte>, bool)> {
        if !self.word("WITH") {
            return Ok((Vec::new(), false));
        }
        let recursive = self.is_ident(1) && self.word("RECURSIVE");
        let default_allowed = std::mem::replace(&mut self.default_allowed, false);
        let list = self.comma_list(Self::cte)?;
        self.default_allowed = default_allowed;
        Ok((list, recursive))
    }

    fn cte(&mut self) -> Parse<Cte> {
        let name = self.name()?;
        let mut columns = if self.is_symbol(0, '(') { self.names()? } else { Vec::new() };
        self.expect_word("AS")?;
        if self.word("NOT") {
            self.expect_word("MATERIALIZED")?;
        } else {
            self.word("MATERIALIZED");
        }
        let body = self.nested(|p| p.parenthesised(Self::preparable))?;
        if self.version >= 14 {
            self.search_and_cycle(&mut columns)?;
        }
        Ok(Cte { name, columns, body: body.into() })
    }

    /// `SEARCH …` and `CYCLE …`; the columns that they add belong to the table if it names its columns.
    fn search_and_cycle(&mut self, columns: &mut Vec<crate::op::Name>) -> Parse<()> {
        let mut added = Vec::new();
        if self.word("SEARCH") {
            self.expect_one_of(&["DEPTH", "BREADTH"])?;
            self.expect_words(&["FIRST", "BY"])?;
            self.comma_list(Self::name)?;
            self.expect_word("SET")?;
            added.push(self.name()?);
        }
        if self.word("CYCLE") {
            self.comma_list(Self::name)?;
            self.expect_word("SET")?;
            added.push(self.name()?);
            if self.word("TO") {
                self.primary()?;
                self.expect_word("DEFAULT")?;
                self.primary()?;
            }
            self.expect_word("USING")?;
            added.push(self.name()?);
        }
        if columns.is_empty() && !added.is_empty() {
            // The columns of the query would have to come before these, and they are not known here.
            self.note_gap("SEARCH or CYCLE of a common table expression that does not name its columns");
        }
        columns.extend(added);
        Ok(())
    }

    /// The grammar's `PreparableStmt`: a query or a statement that changes rows.
    pub fn preparable(&mut self) -> Parse<Op> {
        let mark = self.mark();
        let (with, recursive) = self.with_clause()?;
        match self.peek_word(0) {
            word if word.eq_ignore_ascii_case("INSERT") => self.insert(with),
            word if word.eq_ignore_ascii_case("UPDATE") => self.update(with),
            word if word.eq_ignore_ascii_case("DELETE") => self.delete(with),
            word if word.eq_ignore_ascii_case("MERGE") && self.version >= 15 => self.merge(with),
            _ => {
                let into = self.into.take();
                let mut query = self.query_without_with(mark)?;
                if let Some((_, span)) = self.into.take() {
                    return Err(self.reject("42601", "SELECT ... INTO is not allowed here", span));
                }
                self.into = into;
                if !with.is_empty() {
                    self.add_with(&mut query, with, recursive)?;
                }
                Ok(Op::Select(Box::new(query)))
            }
        }
    }
}
