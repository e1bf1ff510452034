//! SQL/JSON: constructors (from server 16) and query functions (from 17).

use super::{empty_call, form};
use crate::lexer::TokenKind;
use crate::lower::parser::{Parse, Parser};
use crate::op::{Expr, ObjectName};

impl Parser<'_> {
    /// One of the forms, from its keyword on.
    pub(super) fn json_form(&mut self, word: &str) -> Parse<Expr> {
        self.at += 1;
        let span = self.last_span();
        self.expect_symbol('(')?;
        let mut args = Vec::new();
        let mut aggregate = false;
        let name = match word {
            "json" => {
                self.json_value(&mut args)?;
                self.json_uniqueness();
                "json"
            }
            "json_scalar" => {
                args.push(self.expr()?);
                "json_scalar"
            }
            "json_serialize" => {
                self.json_value(&mut args)?;
                self.json_returning()?;
                "json_serialize"
            }
            "json_object" => {
                if let Some(call) = self.json_object(&mut args)? {
                    return Ok(call);
                }
                "json_object"
            }
            "json_array" => {
                self.json_array(&mut args)?;
                "json_array"
            }
            "json_objectagg" => {
                aggregate = true;
                args.push(self.expr()?);
                if !self.symbol(':') {
                    self.expect_word("VALUE")?;
                }
                self.json_value(&mut args)?;
                self.json_null()?;
                self.json_uniqueness();
                self.json_returning()?;
                "json_objectagg"
            }
            "json_arrayagg" => {
                aggregate = true;
                self.json_value(&mut args)?;
                if self.words(&["ORDER", "BY"]) {
                    args.extend(self.sort_list()?);
                }
                self.json_null()?;
                self.json_returning()?;
                "json_arrayagg"
            }
            _ => {
                self.json_value(&mut args)?;
                self.expect_symbol(',')?;
                args.push(self.expr()?);
                self.json_passing(&mut args)?;
                if word != "json_exists" {
                    self.json_returning()?;
                }
                if word == "json_query" {
                    self.json_wrapper()?;
                    self.json_quotes()?;
                }
                self.json_behaviors(&mut args)?;
                match word {
                    "json_exists" => "json_exists",
                    "json_query" => "json_query",
                    _ => "json_value",
                }
            }
        };
        self.expect_symbol(')')?;
        let mut expr = form(name, args, span);
        if let (true, Expr::Call(call)) = (aggregate, &mut expr) {
            self.filter_and_over(call)?;
        }
        Ok(expr)
    }

    /// What is between the parentheses of `JSON_OBJECT`; a call of the old function of that name is its own answer.
    fn json_object(&mut self, args: &mut Vec<Expr>) -> Parse<Option<Expr>> {
        let span = self.last_span();
        if self.is_symbol(0, ')') {
            return Ok(None);
        }
        if self.json_returning()? {
            return Ok(None);
        }
        let first = self.argument()?;
        if first.0.is_some() || matches!(self.kind(0), Some(TokenKind::Comma | TokenKind::RParen)) {
            let mut list = vec![first];
            while self.symbol(',') {
                list.push(self.argument()?);
            }
            self.expect_symbol(')')?;
            let name = ObjectName { schema: Some(arcstr::literal!("pg_catalog")), name: arcstr::literal!("json_object"), span };
            return Ok(Some(Expr::Call(Box::new(empty_call(name, list)))));
        }
        args.push(first.1);
        loop {
            if !self.symbol(':') {
                self.expect_word("VALUE")?;
            }
            self.json_value(args)?;
            if !self.symbol(',') {
                break;
            }
            args.push(self.expr()?);
        }
        self.json_null()?;
        self.json_uniqueness();
        self.json_returning()?;
        Ok(None)
    }

    fn json_array(&mut self, args: &mut Vec<Expr>) -> Parse<()> {
        if self.is_query(0) || self.is_paren_query() && self.is_whole_query() {
            let query = self.query()?;
            args.push(Expr::Subquery(Box::new(query)));
            self.json_format()?;
            self.json_returning()?;
            return Ok(());
        }
        if !self.is_symbol(0, ')') && !self.is_word(0, "RETURNING") {
            loop {
                self.json_value(args)?;
                if !self.symbol(',') {
                    break;
                }
            }
            self.json_null()?;
        }
        self.json_returning()?;
        Ok(())
    }

    /// Whether the parenthesis that comes next closes before the end of what surrounds it.
    fn is_whole_query(&self) -> bool {
        let mut depth = 0usize;
        for ahead in 0.. {
            match self.kind(ahead) {
                Some(TokenKind::LParen) => depth += 1,
                Some(TokenKind::RParen) => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return matches!(self.kind(ahead + 1), Some(TokenKind::RParen))
                            || self.is_one_of(
                                ahead + 1,
                                &["RETURNING", "FORMAT", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "OFFSET", "FETCH"],
                            );
                    }
                }
                None => return false,
                _ => {}
            }
        }
        false
    }

    /// `expr [FORMAT JSON [ENCODING name]]`.
    pub(in crate::lower) fn json_value(&mut self, args: &mut Vec<Expr>) -> Parse<()> {
        args.push(self.expr()?);
        self.json_format()
    }

    pub(in crate::lower) fn json_format(&mut self) -> Parse<()> {
        if self.words(&["FORMAT", "JSON"]) && self.word("ENCODING") {
            let encoding = self.ident()?;
            if !["utf8", "utf16", "utf32"].iter().any(|known| encoding.name.eq_ignore_ascii_case(known)) {
                return Err(self.reject("22023", format!("unrecognized JSON encoding: {}", encoding.name), encoding.span));
            }
        }
        Ok(())
    }

    fn json_returning(&mut self) -> Parse<bool> {
        let found = self.word("RETURNING");
        if found {
            self.type_name()?;
            self.json_format()?;
        }
        Ok(found)
    }

    fn json_null(&mut self) -> Parse<()> {
        if self.one_of(&["NULL", "ABSENT"]).is_some() {
            self.expect_words(&["ON", "NULL"])?;
        }
        Ok(())
    }

    /// `WITH|WITHOUT UNIQUE [KEYS]`, if written.
    pub(super) fn json_uniqueness(&mut self) {
        if self.words(&["WITH", "UNIQUE"]) || self.words(&["WITHOUT", "UNIQUE"]) {
            self.word("KEYS");
        }
    }

    /// `PASSING value AS name, …`, if written.
    pub(in crate::lower) fn json_passing(&mut self, args: &mut Vec<Expr>) -> Parse<()> {
        if !self.word("PASSING") {
            return Ok(());
        }
        loop {
            self.json_value(args)?;
            self.expect_word("AS")?;
            self.col_label()?;
            if !self.symbol(',') {
                return Ok(());
            }
        }
    }

    /// `WITH|WITHOUT … WRAPPER`, if written.
    pub(in crate::lower) fn json_wrapper(&mut self) -> Parse<()> {
        if self.is_word(0, "WITHOUT") && self.is_one_of(1, &["WRAPPER", "ARRAY"]) {
            self.at += 1;
        } else if self.is_word(0, "WITH") && self.is_one_of(1, &["WRAPPER", "ARRAY", "CONDITIONAL", "UNCONDITIONAL"]) {
            self.at += 1;
            self.one_of(&["CONDITIONAL", "UNCONDITIONAL"]);
        } else {
            return Ok(());
        }
        self.word("ARRAY");
        self.expect_word("WRAPPER")
    }

    /// `KEEP|OMIT QUOTES`, if written.
    pub(in crate::lower) fn json_quotes(&mut self) -> Parse<()> {
        if self.one_of(&["KEEP", "OMIT"]).is_some() {
            self.expect_word("QUOTES")?;
            if self.words(&["ON", "SCALAR"]) {
                self.expect_word("STRING")?;
            }
        }
        Ok(())
    }

    /// `… ON EMPTY`, `… ON ERROR`, if written.
    pub(in crate::lower) fn json_behaviors(&mut self, args: &mut Vec<Expr>) -> Parse<()> {
        for turn in 0..2 {
            if self.word("DEFAULT") {
                args.push(self.expr()?);
            } else if let Some(word) = self.one_of(&["ERROR", "NULL", "TRUE", "FALSE", "UNKNOWN", "EMPTY"]) {
                if word == "EMPTY" {
                    self.one_of(&["ARRAY", "OBJECT"]);
                }
            } else {
                return Ok(());
            }
            self.expect_word("ON")?;
            if turn == 1 {
                self.expect_word("ERROR")?;
            } else if self.expect_one_of(&["EMPTY", "ERROR"])? == "ERROR" {
                return Ok(());
            }
        }
        Ok(())
    }
}
