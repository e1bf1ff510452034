//! Queries: `SELECT`, `VALUES`, `TABLE`, set operations, and everything around them.

mod from;
mod with;

use super::expr::Paren;
use super::parser::{Parse, Parser};
use crate::lexer::TokenKind;
use crate::op::{Cte, Expr, Name, Persistence, Query, QueryBody, Select, SelectItem};

/// How many set operations that cannot be flattened may follow each other.
const CHAIN_LIMIT: usize = 1000;

/// The words that begin a clause after the select list; all are reserved.
const AFTER_ITEMS: [&str; 15] = [
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "INTO",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "RETURNING",
];

impl Parser<'_> {
    /// The grammar's `SelectStmt` wherever it is not the statement itself: `INTO` is refused.
    pub fn query(&mut self) -> Parse<Query> {
        let into = self.into.take();
        let query = self.query_or_into()?;
        if let Some((_, span)) = self.into.take() {
            return Err(self.reject("42601", "SELECT ... INTO is not allowed here", span));
        }
        self.into = into;
        Ok(query)
    }

    /// A query that may say `INTO` in its first `SELECT`, which is then left in [`Parser::into`].
    pub fn query_or_into(&mut self) -> Parse<Query> {
        self.nested(|p| {
            let mark = p.mark();
            let (with, recursive) = p.with_clause()?;
            let mut query = p.query_without_with(mark)?;
            if !with.is_empty() {
                p.add_with(&mut query, with, recursive)?;
            }
            Ok(query)
        })
    }

    /// A query after its `WITH`.
    pub fn query_without_with(&mut self, mark: usize) -> Parse<Query> {
        let first = self.query_arm()?;
        self.query_rest(mark, first)
    }

    /// Puts a `WITH` clause before a query that was read without it.
    pub fn add_with(&mut self, query: &mut Query, with: Vec<Cte>, recursive: bool) -> Parse<()> {
        if !query.with.is_empty() {
            return Err(self.reject("42601", "multiple WITH clauses not allowed", query.span));
        }
        query.with = with;
        query.recursive = recursive;
        Ok(())
    }

    /// Whether a query goes on after its first arm.
    pub fn is_query_rest(&self) -> bool {
        self.is_one_of(0, &["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"])
    }

    /// What may follow the first arm of a query: set operations, `ORDER BY`, `LIMIT`, locking.
    pub fn query_rest(&mut self, mark: usize, first: QueryBody) -> Parse<Query> {
        let body = self.set_operations(first, 1)?;
        let mut query =
            Query { with: Vec::new(), recursive: false, body, order_by: Vec::new(), limit: Vec::new(), locking: false, span: self.here() };
        if self.word("ORDER") {
            self.expect_word("BY")?;
            query.order_by = self.sort_list()?;
        }
        self.limit_and_locking(&mut query)?;
        query.span = self.span_from(mark);
        // Parentheses around a whole query say nothing.
        if let QueryBody::Query(inner) = query.body {
            if query.order_by.is_empty() && query.limit.is_empty() && !query.locking {
                return Ok(*inner);
            }
            query.body = QueryBody::Query(inner);
        }
        Ok(query)
    }

    /// Set operations that bind at least as tightly as `min`: 1 for `UNION` and `EXCEPT`, 2 for `INTERSECT`.
    fn set_operations(&mut self, mut left: QueryBody, min: u8) -> Parse<QueryBody> {
        let mut links = 0;
        loop {
            let level = match self.peek_word(0) {
                word if word.eq_ignore_ascii_case("UNION") || word.eq_ignore_ascii_case("EXCEPT") => 1,
                word if word.eq_ignore_ascii_case("INTERSECT") => 2,
                _ => 0,
            };
            if level < min {
                return Ok(left);
            }
            let word = self.expect_one_of(&["UNION", "EXCEPT", "INTERSECT"])?;
            let all = self.word("ALL");
            if !all {
                self.word("DISTINCT");
            }
            let op = match (word, all) {
                ("UNION", false) => "UNION",
                ("UNION", true) => "UNION ALL",
                ("EXCEPT", false) => "EXCEPT",
                ("EXCEPT", true) => "EXCEPT ALL",
                (_, false) => "INTERSECT",
                (_, true) => "INTERSECT ALL",
            };
            let arm = self.query_arm()?;
            let right = if level == 1 { self.set_operations(arm, 2)? } else { arm };
            left = match left {
                QueryBody::Set { op: before, mut arms } if before == op => {
                    arms.push(right);
                    QueryBody::Set { op, arms }
                }
                left => {
                    links += 1;
                    if links > CHAIN_LIMIT {
                        return Err(self.limit("a very long chain of set operations"));
                    }
                    QueryBody::Set { op, arms: vec![left, right] }
                }
            };
        }
    }

    /// The grammar's `simple_select` without set operations, or `select_with_parens`.
    fn query_arm(&mut self) -> Parse<QueryBody> {
        if self.is_symbol(0, '(') {
            if !self.is_paren_query() {
                while self.symbol('(') {}
                return Err(self.syntax_error());
            }
            return match self.paren_arm()? {
                Paren::Query(query) => Ok(QueryBody::Query(query)),
                Paren::Exprs(_) => Err(self.syntax_error_at(self.at.saturating_sub(1))),
            };
        }
        if self.word("SELECT") {
            return Ok(QueryBody::Select(Box::new(self.select()?)));
        }
        if self.word("VALUES") {
            return Ok(QueryBody::Values(self.values()?));
        }
        if self.word("TABLE") {
            let name = self.relation()?;
            let mut select = Select::default();
            select.items.push(SelectItem { expr: Expr::Star(Vec::new()), alias: None });
            select.from.push(crate::op::FromItem::Relation { name, alias: None });
            return Ok(QueryBody::Select(Box::new(select)));
        }
        Err(self.syntax_error())
    }

    /// `(query)`, which may say `INTO` like what it stands for.
    fn paren_arm(&mut self) -> Parse<Paren> {
        if self.is_query(1) {
            let query = self.nested(|p| p.parenthesised(Self::query_or_into))?;
            return Ok(Paren::Query(Box::new(query)));
        }
        self.paren()
    }

    /// The rows after `VALUES`.
    fn values(&mut self) -> Parse<Vec<Vec<Expr>>> {
        let mut rows = self.comma_list(|p| {
            let mut row = p.parenthesised_list(Self::expr_or_default)?;
            // Scripts of rows are large, and rows are kept.
            row.shrink_to_fit();
            Ok(row)
        })?;
        rows.shrink_to_fit();
        Ok(rows)
    }

    /// Rows that are read and forgotten.
    pub fn insert_rows(&mut self) -> Parse<()> {
        self.comma_list(|p| p.parenthesised_list(Self::expr_or_default).map(|_| ()))?;
        Ok(())
    }

    /// An expression, or `DEFAULT` alone.
    pub fn expr_or_default(&mut self) -> Parse<Expr> {
        if self.is_word(0, "DEFAULT") && self.default_allowed {
            self.at += 1;
            return Ok(Expr::Default);
        }
        self.expr()
    }

    /// A `SELECT` after its keyword.
    fn select(&mut self) -> Parse<Select> {
        let mut select = Select::default();
        // A DEFAULT of INSERT's rows means nothing in here.
        let default_allowed = std::mem::replace(&mut self.default_allowed, false);
        if self.word("DISTINCT") {
            select.distinct = Some(if self.word("ON") { self.parenthesised_list(Self::expr)? } else { Vec::new() });
            select.items = self.select_items()?;
        } else {
            self.word("ALL");
            if !self.is_items_end() {
                select.items = self.select_items()?;
            }
        }
        if self.is_word(0, "INTO") {
            self.select_into(&mut select)?;
        }
        if self.word("FROM") {
            select.from = self.table_list()?;
        }
        if self.word("WHERE") {
            select.filter = Some(self.expr()?);
        }
        if self.word("GROUP") {
            self.expect_word("BY")?;
            if self.version >= 14 && !self.word("ALL") {
                self.word("DISTINCT");
            }
            self.group_by(&mut select.group_by)?;
        }
        if self.word("HAVING") {
            select.having = Some(self.expr()?);
        }
        if self.word("WINDOW") {
            loop {
                self.ident()?;
                self.expect_word("AS")?;
                select.windows.extend(self.window()?);
                if !self.symbol(',') {
                    break;
                }
            }
        }
        self.default_allowed = default_allowed;
        Ok(select)
    }

    fn is_items_end(&self) -> bool {
        match self.kind(0) {
            None | Some(TokenKind::RParen | TokenKind::Semicolon) => true,
            Some(TokenKind::Word) => self.is_one_of(0, &AFTER_ITEMS),
            _ => false,
        }
    }

    /// The grammar's `target_list`.
    pub fn select_items(&mut self) -> Parse<Vec<SelectItem>> {
        self.comma_list(|p| {
            if p.symbol('*') {
                return Ok(SelectItem { expr: Expr::Star(Vec::new()), alias: None });
            }
            let expr = p.expr()?;
            let alias = if p.word("AS") { Some(p.col_label()?.name) } else { p.bare_label()? };
            Ok(SelectItem { expr, alias })
        })
    }

    /// An alias without `AS`, if there is one.
    fn bare_label(&mut self) -> Parse<Option<Name>> {
        let bare = match self.kind(0) {
            Some(TokenKind::QuotedIdent | TokenKind::UnicodeIdent) => true,
            Some(TokenKind::Word) => self.keyword(0).is_some_and(|(_, bare)| bare),
            _ => false,
        };
        if bare { Ok(Some(self.col_label()?.name)) } else { Ok(None) }
    }

    /// `INTO [TEMPORARY|UNLOGGED] [TABLE] name`.
    fn select_into(&mut self, select: &mut Select) -> Parse<()> {
        let mark = self.mark();
        self.expect_word("INTO")?;
        let mut persistence = Persistence::Permanent;
        let local = self.is_one_of(0, &["LOCAL", "GLOBAL"]) && self.is_one_of(1, &["TEMPORARY", "TEMP"]);
        if local {
            self.at += 1;
        }
        if self.is_one_of(0, &["TEMPORARY", "TEMP"]) {
            self.at += 1;
            persistence = Persistence::Temporary;
        } else if self.is_word(0, "UNLOGGED") && (self.is_word(1, "TABLE") || self.is_ident(1)) {
            self.at += 1;
            persistence = Persistence::Unlogged;
        }
        self.word("TABLE");
        let name = self.object_name()?;
        let span = self.span_from(mark);
        if self.into.is_some() {
            return Err(self.reject("42601", "SELECT ... INTO is not allowed here", span));
        }
        select.into = Some(name);
        self.into = Some((persistence, span));
        Ok(())
    }

    /// The grammar's `group_by_list`; grouping sets are forms of their own.
    fn group_by(&mut self, exprs: &mut Vec<Expr>) -> Parse<()> {
        loop {
            let span = self.here();
            if self.is_symbol(0, '(') && self.is_symbol(1, ')') {
                self.at += 2;
                exprs.push(Expr::Row(Vec::new()));
            } else if self.is_one_of(0, &["CUBE", "ROLLUP"]) && self.is_symbol(1, '(') {
                let name = if self.is_word(0, "CUBE") { "cube" } else { "rollup" };
                self.at += 1;
                let list = self.parenthesised_list(Self::expr)?;
                exprs.push(super::expr::form(name, list, span));
            } else if self.words(&["GROUPING", "SETS"]) {
                let mut sets = Vec::new();
                self.nested(|p| p.parenthesised(|p| p.group_by(&mut sets)))?;
                exprs.push(super::expr::form("grouping sets", sets, span));
            } else {
                exprs.push(self.expr()?);
            }
            if !self.symbol(',') {
                return Ok(());
            }
        }
    }

    /// `LIMIT`, `OFFSET`, `FETCH` and `FOR UPDATE` in the orders that the grammar has.
    fn limit_and_locking(&mut self, query: &mut Query) -> Parse<()> {
        if self.is_word(0, "FOR") {
            let skips = self.locking(query)?;
            let ties = self.limits(query)?;
            self.skips_ties(skips, ties)
        } else {
            let ties = self.limits(query)?;
            let skips = self.locking(query)?;
            self.skips_ties(skips, ties)
        }
    }

    fn skips_ties(&self, skips: bool, ties: bool) -> Parse<()> {
        if skips && ties {
            return Err(self.reject("42601", "SKIP LOCKED and WITH TIES options cannot be used together", self.last_span()));
        }
        Ok(())
    }

    /// Whether it says `WITH TIES`.
    fn limits(&mut self, query: &mut Query) -> Parse<bool> {
        let mut ties = false;
        let (mut limit, mut offset) = (false, false);
        loop {
            if !limit && self.word("LIMIT") {
                limit = true;
                if !self.word("ALL") {
                    query.limit.push(self.expr()?);
                }
                if self.is_symbol(0, ',') {
                    let span = self.last_span();
                    return Err(self.reject("42601", "LIMIT #,# syntax is not supported", span));
                }
            } else if !limit && self.word("FETCH") {
                limit = true;
                ties = self.fetch(query)?;
            } else if !offset && self.word("OFFSET") {
                offset = true;
                let span = self.last_span();
                let skipped = self.expr()?;
                query.limit.push(super::expr::form("offset", vec![skipped], span));
                self.one_of(&["ROW", "ROWS"]);
            } else {
                return Ok(ties);
            }
        }
    }

    /// `FETCH FIRST n ROWS ONLY|WITH TIES` after its keyword.
    fn fetch(&mut self, query: &mut Query) -> Parse<bool> {
        self.expect_one_of(&["FIRST", "NEXT"])?;
        if !self.is_one_of(0, &["ROW", "ROWS"]) || self.is_one_of(1, &["ROW", "ROWS"]) {
            let sign = self.is_symbol(0, '+') || self.is_symbol(0, '-');
            let count = if sign { Expr::Constant(crate::op::Constant::Number(self.numeric()?)) } else { self.primary()? };
            query.limit.push(count);
        }
        self.expect_one_of(&["ROW", "ROWS"])?;
        if self.word("WITH") {
            self.expect_word("TIES")?;
            if query.order_by.is_empty() {
                let span = self.last_span();
                return Err(self.reject("42601", "WITH TIES cannot be specified without ORDER BY clause", span));
            }
            return Ok(true);
        }
        self.expect_word("ONLY")?;
        Ok(false)
    }

    /// Whether it says `SKIP LOCKED`.
    fn locking(&mut self, query: &mut Query) -> Parse<bool> {
        let mut skips = false;
        if self.is_words(&["FOR", "READ"]) {
            self.at += 2;
            self.expect_word("ONLY")?;
            return Ok(false);
        }
        while self.word("FOR") {
            query.locking = true;
            match self.expect_one_of(&["UPDATE", "SHARE", "NO", "KEY"])? {
                "NO" => self.expect_words(&["KEY", "UPDATE"])?,
                "KEY" => self.expect_word("SHARE")?,
                _ => {}
            }
            if self.word("OF") {
                self.comma_list(Self::object_name)?;
            }
            if self.word("SKIP") {
                self.expect_word("LOCKED")?;
                skips = true;
            } else {
                self.word("NOWAIT");
            }
        }
        Ok(skips)
    }
}
