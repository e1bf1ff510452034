//! The statements that change rows: `INSERT`, `UPDATE`, `DELETE`, `MERGE`, `COPY`, `TRUNCATE`.

use super::parser::{Parse, Parser};
use crate::lexer::TokenKind;
use crate::op::query::{Assignment, OnConflict};
use crate::op::{Copy, Cte, Delete, Expr, Insert, Merge, Name, ObjectName, Op, SelectItem, Truncate, Update};
use crate::source::Span;

/// A column that is written to.
type Target = (Name, Span);

impl Parser<'_> {
    /// `INSERT` after its `WITH`.
    pub fn insert(&mut self, with: Vec<Cte>) -> Parse<Op> {
        self.expect_words(&["INSERT", "INTO"])?;
        let table = self.object_name()?;
        let alias = if self.word("AS") { Some(self.name()?) } else { None };
        let mut columns = Vec::new();
        if self.is_symbol(0, '(') && !self.is_paren_query() {
            self.no_double_paren()?;
            columns = self.parenthesised_list(Self::target)?;
        }
        let (mut source, mut overriding) = (None, false);
        if columns.is_empty() && self.word("DEFAULT") {
            self.expect_word("VALUES")?;
        } else {
            overriding = self.overriding()?;
            let allowed = std::mem::replace(&mut self.default_allowed, true);
            source = Some(self.query()?);
            self.default_allowed = allowed;
        }
        let on_conflict = if self.word("ON") { Some(Box::new(self.on_conflict()?)) } else { None };
        let returning = self.returning()?;
        Ok(Op::Insert(Box::new(Insert { with, table, alias, columns, overriding, source, more_rows: 0, on_conflict, returning })))
    }

    /// `((`, where only a query could go on so, but none follows.
    pub fn no_double_paren(&mut self) -> Parse<()> {
        if self.is_symbol(1, '(') {
            while self.symbol('(') {}
            return Err(self.syntax_error());
        }
        Ok(())
    }

    fn overriding(&mut self) -> Parse<bool> {
        let found = self.word("OVERRIDING");
        if found {
            self.expect_one_of(&["USER", "SYSTEM"])?;
            self.expect_word("VALUE")?;
        }
        Ok(found)
    }

    /// A column with subscripts and fields that we do not look into.
    fn target(&mut self) -> Parse<Target> {
        let column = self.ident()?;
        self.target_indirection()?;
        Ok((column.name, column.span))
    }

    fn on_conflict(&mut self) -> Parse<OnConflict> {
        let mark = self.mark();
        self.expect_word("CONFLICT")?;
        let mut conflict = OnConflict { target: Vec::new(), target_filter: None, constraint: None, update: None, filter: None };
        if self.is_symbol(0, '(') {
            conflict.target = self.parenthesised_list(Self::conflict_element)?;
            if self.word("WHERE") {
                conflict.target_filter = Some(self.expr()?);
            }
        } else if self.word("ON") {
            self.expect_word("CONSTRAINT")?;
            conflict.constraint = Some(self.name()?);
        }
        let span = self.span_from(mark);
        self.expect_word("DO")?;
        if self.expect_one_of(&["NOTHING", "UPDATE"])? == "UPDATE" {
            self.expect_word("SET")?;
            conflict.update = Some(self.assignments()?);
            if self.word("WHERE") {
                conflict.filter = Some(self.expr()?);
            }
            if conflict.target.is_empty() && conflict.constraint.is_none() {
                let message = "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                return Err(self.reject("42601", message, span));
            }
        }
        Ok(conflict)
    }

    /// An `index_elem` of `ON CONFLICT`.
    fn conflict_element(&mut self) -> Parse<Expr> {
        let expr = if self.is_symbol(0, '(') {
            self.parenthesised(Self::expr)?
        } else if self.is_ident(0) && !self.is_symbol(1, '(') && !self.is_symbol(1, '.') {
            let column = self.ident()?;
            Expr::Column { parts: vec![column.name], span: column.span }
        } else {
            self.func_expr_windowless()?
        };
        if self.word("COLLATE") {
            self.object_name()?;
        }
        if self.is_ident(0) && !self.is_one_of(0, &["NULLS"]) {
            self.object_name()?;
            if self.is_symbol(0, '(') {
                self.options()?;
            }
        }
        if self.one_of(&["ASC", "DESC"]).is_some() {
            return Err(self.reject("42P10", "ASC/DESC is not allowed in ON CONFLICT clause", self.last_span()));
        }
        if self.word("NULLS") {
            self.expect_one_of(&["FIRST", "LAST"])?;
            return Err(self.reject("42P10", "NULLS FIRST/LAST is not allowed in ON CONFLICT clause", self.last_span()));
        }
        Ok(expr)
    }

    /// The grammar's `set_clause_list`.
    pub fn assignments(&mut self) -> Parse<Vec<Assignment>> {
        self.comma_list(|p| {
            let columns = if p.is_symbol(0, '(') { p.parenthesised_list(Self::target)? } else { vec![p.target()?] };
            p.expect_symbol('=')?;
            Ok(Assignment { columns, value: p.assigned()? })
        })
    }

    /// The right side of an assignment, in which `DEFAULT` may stand, also in a row.
    fn assigned(&mut self) -> Parse<Expr> {
        if self.word("DEFAULT") {
            return Ok(Expr::Default);
        }
        let row = if self.is_word(0, "ROW") { 1 } else { 0 };
        if self.is_symbol(row, '(') && self.row_has_default(row) {
            self.at += row;
            let allowed = std::mem::replace(&mut self.default_allowed, true);
            let list = self.parenthesised_list(Self::expr_or_default)?;
            self.default_allowed = allowed;
            return Ok(Expr::Row(list));
        }
        self.expr()
    }

    /// Whether `DEFAULT` is an element of the row that begins `ahead`.
    fn row_has_default(&self, ahead: usize) -> bool {
        let mut depth = 0usize;
        for at in ahead.. {
            match self.kind(at) {
                Some(TokenKind::LParen) => depth += 1,
                Some(TokenKind::RParen) if depth <= 1 => return false,
                Some(TokenKind::RParen) => depth -= 1,
                // A column may have this name, behind that of its table.
                Some(TokenKind::Word) if depth == 1 && self.is_word(at, "DEFAULT") => {
                    let begins = matches!(self.kind(at - 1), Some(TokenKind::LParen | TokenKind::Comma));
                    if begins && matches!(self.kind(at + 1), Some(TokenKind::RParen | TokenKind::Comma)) {
                        return true;
                    }
                }
                None => return false,
                _ => {}
            }
        }
        false
    }

    /// `RETURNING …`, if written.
    fn returning(&mut self) -> Parse<Vec<SelectItem>> {
        if !self.word("RETURNING") {
            return Ok(Vec::new());
        }
        if self.version >= 18 && self.is_word(0, "WITH") {
            self.at += 1;
            self.parenthesised_list(|p| {
                p.expect_one_of(&["OLD", "NEW"])?;
                p.expect_word("AS")?;
                p.name()
            })?;
        }
        self.select_items()
    }

    /// The grammar's `relation_expr_opt_alias`.
    fn target_relation(&mut self) -> Parse<(ObjectName, Option<Name>)> {
        let table = self.relation()?;
        let named = self.word("AS");
        let alias = if named || (self.is_ident(0) && !self.is_word(0, "SET")) { Some(self.name()?) } else { None };
        Ok((table, alias))
    }

    /// `WHERE …`, if written; the condition of `WHERE CURRENT OF cursor` is nothing that we know.
    fn where_or_current(&mut self) -> Parse<Option<Expr>> {
        if !self.word("WHERE") {
            return Ok(None);
        }
        if self.words(&["CURRENT", "OF"]) {
            self.name()?;
            return Ok(Some(Expr::Constant(crate::op::Constant::Bool(true))));
        }
        Ok(Some(self.expr()?))
    }

    /// `UPDATE` after its `WITH`.
    pub fn update(&mut self, with: Vec<Cte>) -> Parse<Op> {
        self.expect_word("UPDATE")?;
        let (table, alias) = self.target_relation()?;
        self.expect_word("SET")?;
        let assignments = self.assignments()?;
        let from = if self.word("FROM") { self.table_list()? } else { Vec::new() };
        let filter = self.where_or_current()?;
        let returning = self.returning()?;
        Ok(Op::Update(Box::new(Update { with, table, alias, assignments, from, filter, returning })))
    }

    /// `DELETE` after its `WITH`.
    pub fn delete(&mut self, with: Vec<Cte>) -> Parse<Op> {
        self.expect_words(&["DELETE", "FROM"])?;
        let (table, alias) = self.target_relation()?;
        let using = if self.word("USING") { self.table_list()? } else { Vec::new() };
        let filter = self.where_or_current()?;
        let returning = self.returning()?;
        Ok(Op::Delete(Box::new(Delete { with, table, alias, using, filter, returning })))
    }

    /// `MERGE` after its `WITH`.
    pub fn merge(&mut self, with: Vec<Cte>) -> Parse<Op> {
        self.expect_words(&["MERGE", "INTO"])?;
        let (table, alias) = self.target_relation()?;
        self.expect_word("USING")?;
        let using = self.table_item()?;
        self.expect_word("ON")?;
        let on = self.expr()?;
        let mut merge =
            Merge { with, table, alias, using, on, exprs: Vec::new(), columns: Vec::new(), deletes: false, returning: Vec::new() };
        self.expect_word("WHEN")?;
        loop {
            self.merge_when(&mut merge)?;
            if !self.word("WHEN") {
                break;
            }
        }
        if self.version >= 17 {
            merge.returning = self.returning()?;
        }
        Ok(Op::Merge(Box::new(merge)))
    }

    /// One clause after `WHEN`.
    fn merge_when(&mut self, merge: &mut Merge) -> Parse<()> {
        let mut matched = !self.word("NOT");
        self.expect_word("MATCHED")?;
        if !matched && self.version >= 17 && self.word("BY") {
            matched = self.expect_one_of(&["SOURCE", "TARGET"])? == "SOURCE";
        }
        if self.word("AND") {
            merge.exprs.push(self.expr()?);
        }
        self.expect_word("THEN")?;
        if self.word("DO") {
            return self.expect_word("NOTHING");
        }
        if matched {
            if self.expect_one_of(&["UPDATE", "DELETE"])? == "DELETE" {
                merge.deletes = true;
                return Ok(());
            }
            self.expect_word("SET")?;
            for assignment in self.assignments()? {
                merge.columns.extend(assignment.columns);
                merge.exprs.push(assignment.value);
            }
            return Ok(());
        }
        self.expect_word("INSERT")?;
        if self.word("DEFAULT") {
            return self.expect_word("VALUES");
        }
        if self.is_symbol(0, '(') {
            merge.columns.extend(self.parenthesised_list(Self::target)?);
        }
        self.overriding()?;
        self.expect_word("VALUES")?;
        let allowed = std::mem::replace(&mut self.default_allowed, true);
        merge.exprs.extend(self.parenthesised_list(Self::expr_or_default)?);
        self.default_allowed = allowed;
        Ok(())
    }

    /// `TRUNCATE`.
    pub fn truncate(&mut self) -> Parse<Op> {
        self.expect_word("TRUNCATE")?;
        self.word("TABLE");
        let tables = self.comma_list(Self::relation)?;
        let restart_identity = self.is_word(0, "RESTART");
        if self.one_of(&["RESTART", "CONTINUE"]).is_some() {
            self.expect_word("IDENTITY")?;
        }
        Ok(Op::Truncate(Truncate { tables, behavior: self.behavior(), restart_identity }))
    }

    /// `LOCK`.
    pub fn lock(&mut self) -> Parse<Op> {
        self.expect_word("LOCK")?;
        self.word("TABLE");
        let tables = self.comma_list(Self::relation)?;
        if self.word("IN") {
            match self.expect_one_of(&["ACCESS", "ROW", "SHARE", "EXCLUSIVE"])? {
                "ACCESS" | "ROW" => {
                    self.expect_one_of(&["SHARE", "EXCLUSIVE"])?;
                }
                "SHARE" if self.one_of(&["UPDATE", "ROW"]).is_some() => self.expect_word("EXCLUSIVE")?,
                _ => {}
            }
            self.expect_word("MODE")?;
        }
        self.word("NOWAIT");
        Ok(Op::Lock(tables))
    }

    /// `COPY`.
    pub fn copy(&mut self) -> Parse<Op> {
        self.expect_word("COPY")?;
        if self.is_symbol(0, '(') {
            let query = self.nested(|p| p.parenthesised(Self::preparable))?;
            self.expect_word("TO")?;
            self.copy_file(false)?;
            self.word("WITH");
            self.copy_options()?;
            return Ok(Op::Copy(Box::new(Copy { table: None, columns: Vec::new(), query: Some(query.into()), from: false })));
        }
        if self.is_word(0, "BINARY") {
            self.at += 1;
        }
        let table = self.object_name()?;
        let columns =
            if self.is_symbol(0, '(') { self.idents()?.into_iter().map(|column| (column.name, column.span)).collect() } else { Vec::new() };
        let from = self.expect_one_of(&["FROM", "TO"])? == "FROM";
        self.copy_file(from)?;
        if self.is_words(&["USING", "DELIMITERS"]) {
            self.at += 1;
        }
        if self.word("DELIMITERS") {
            self.string()?;
        }
        self.word("WITH");
        self.copy_options()?;
        if self.word("WHERE") {
            let span = self.last_span();
            self.expr()?;
            if !from {
                return Err(self.reject("42601", "WHERE clause not allowed with COPY TO", span));
            }
        }
        Ok(Op::Copy(Box::new(Copy { table: Some(table), columns, query: None, from })))
    }

    fn copy_file(&mut self, _from: bool) -> Parse<()> {
        let program = self.word("PROGRAM");
        if self.is_one_of(0, &["STDIN", "STDOUT"]) {
            self.at += 1;
            if program {
                return Err(self.reject("42601", "STDIN/STDOUT not allowed with PROGRAM", self.last_span()));
            }
            return Ok(());
        }
        self.string()?;
        Ok(())
    }

    fn copy_options(&mut self) -> Parse<()> {
        if self.is_symbol(0, '(') {
            self.parenthesised_list(Self::copy_option)?;
            return Ok(());
        }
        loop {
            if self.one_of(&["BINARY", "FREEZE", "CSV", "HEADER"]).is_some() {
                continue;
            }
            if self.one_of(&["DELIMITER", "NULL", "QUOTE", "ESCAPE"]).is_some() {
                self.word("AS");
                self.string()?;
            } else if self.word("ENCODING") {
                self.string()?;
            } else if self.word("FORCE") {
                match self.expect_one_of(&["QUOTE", "NOT", "NULL"])? {
                    "QUOTE" if self.symbol('*') => continue,
                    "NOT" => {
                        self.expect_word("NULL")?;
                        if self.version >= 17 && self.symbol('*') {
                            continue;
                        }
                    }
                    "NULL" if self.version >= 17 && self.symbol('*') => continue,
                    _ => {}
                }
                self.comma_list(Self::name)?;
            } else {
                return Ok(());
            }
        }
    }

    fn copy_option(&mut self) -> Parse<()> {
        self.col_label()?;
        match self.kind(0) {
            None | Some(TokenKind::Comma | TokenKind::RParen) => {}
            Some(TokenKind::LParen) => {
                self.parenthesised_list(Self::boolean_or_string)?;
            }
            Some(TokenKind::Integer | TokenKind::Decimal) => {
                self.numeric()?;
            }
            Some(TokenKind::Operator) => {
                if !self.symbol('*') {
                    self.numeric()?;
                }
            }
            Some(TokenKind::Word) if self.version >= 16 && self.is_word(0, "DEFAULT") => self.at += 1,
            _ => {
                self.boolean_or_string()?;
            }
        }
        Ok(())
    }
}
