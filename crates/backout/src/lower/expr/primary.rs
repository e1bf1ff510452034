//! Operands: the grammar's `c_expr`.

use super::{empty_call, form, ident_of, number_exists, string_expr};
use crate::lexer::keywords::{Category, category};
use crate::lexer::{self, TokenKind};
use crate::lower::parser::{Parse, Parser};
use crate::op::{Constant, Expr, Name, ObjectName, Query, QueryBody, TypeName};

/// What a pair of parentheses holds.
pub(in crate::lower) enum Paren {
    /// A query, whatever the number of parentheses around it.
    Query(Box<Query>),
    /// Expressions, at least one.
    Exprs(Vec<Expr>),
}

/// The places within an array or json value that brackets name.
type Subscript = (Vec<Expr>, bool);

impl Parser<'_> {
    /// The grammar's `c_expr`.
    pub(in crate::lower) fn primary(&mut self) -> Parse<Expr> {
        let Some(&token) = self.tokens.get(self.at) else { return Err(self.syntax_error()) };
        match token.kind {
            TokenKind::Word => match self.keyword(0) {
                Some((Category::Unreserved, _)) => {
                    if self.is_word(0, "DOUBLE") && self.is_word(1, "PRECISION") {
                        return self.typed_literal();
                    }
                    self.named()
                }
                _ => self.special(),
            },
            TokenKind::QuotedIdent | TokenKind::UnicodeIdent => self.named(),
            TokenKind::Integer | TokenKind::Decimal => {
                let number = token.span.of(self.text);
                if !number_exists(number, self.version) {
                    let message = format!("trailing junk after numeric literal at or near \"{number}\"");
                    return Err(self.reject("42601", message, token.span));
                }
                self.at += 1;
                Ok(Expr::Constant(Constant::Number(number.into())))
            }
            TokenKind::BitString | TokenKind::HexString => {
                self.at += 1;
                let letter = if token.kind == TokenKind::BitString { 'b' } else { 'x' };
                let digits =
                    lexer::string_value(self.text, token).map_err(|error| self.reject(error.sqlstate, error.message, error.span))?;
                Ok(Expr::Constant(Constant::Bits(format!("{letter}{digits}").into())))
            }
            TokenKind::Param => {
                self.at += 1;
                let number = lexer::param_value(self.text, token).unwrap_or(0);
                self.indirection(Expr::Param(number))
            }
            TokenKind::LParen => self.parenthesised_expr(),
            kind if kind.is_string() => Ok(string_expr(self.string()?)),
            _ => Err(self.syntax_error()),
        }
    }

    /// What begins with a name: a column, a call, a typed literal.
    pub(super) fn named(&mut self) -> Parse<Expr> {
        let mark = self.mark();
        let Some(&first) = self.tokens.get(mark) else { return Err(self.syntax_error()) };
        self.at += 1;
        let mut parts = vec![ident_of(self.text, first)];
        while self.symbol('.') {
            if self.symbol('*') {
                if self.kind(0) == Some(TokenKind::Dot) {
                    return Err(self.reject("42601", "improper use of \"*\"", self.last_span()));
                }
                return Ok(Expr::Star(parts));
            }
            parts.push(self.col_label()?.name);
        }
        let span = self.span_from(mark);
        match self.kind(0) {
            Some(TokenKind::LParen) => {
                let name = self.object_name_of(parts, span)?;
                self.call(mark, name)
            }
            Some(kind) if kind.is_string() => {
                // A keyword that names columns only is no type.
                if parts.len() == 1
                    && first.kind == TokenKind::Word
                    && category(first.span.of(self.text), self.version).0 == Category::ColName
                {
                    return Err(self.syntax_error());
                }
                let name = self.object_name_of(parts, span)?;
                self.literal_of(name, Vec::new())
            }
            Some(TokenKind::LBracket) => self.indirection(Expr::Column { parts, span }),
            _ => Ok(Expr::Column { parts, span }),
        }
    }

    /// The string of `type 'string'`.
    pub(super) fn literal_of(&mut self, name: ObjectName, modifiers: Vec<Name>) -> Parse<Expr> {
        let value = self.string()?;
        let ObjectName { schema, name, span } = name;
        let ty = TypeName { schema, name, modifiers, dimensions: 0, setof: false, of_column: None, span };
        Ok(Expr::Cast { expr: Box::new(string_expr(value)), ty: Box::new(ty) })
    }

    /// `type 'string'` with a type that has keywords of its own.
    pub(super) fn typed_literal(&mut self) -> Parse<Expr> {
        let interval = self.is_word(0, "INTERVAL");
        if interval && self.is_string(1) {
            let mark = self.mark();
            self.at += 1;
            let span = self.span_from(mark);
            let value = self.string()?;
            let modifiers = self.interval_fields()?;
            let ty = TypeName {
                schema: None,
                name: arcstr::literal!("interval"),
                modifiers,
                dimensions: 0,
                setof: false,
                of_column: None,
                span,
            };
            return Ok(Expr::Cast { expr: Box::new(string_expr(value)), ty: Box::new(ty) });
        }
        let ty = self.simple_type()?;
        let value = self.string()?;
        Ok(Expr::Cast { expr: Box::new(string_expr(value)), ty: Box::new(ty) })
    }

    /// `[…]`, `.field`, `.*` after an operand.
    pub(super) fn indirection(&mut self, mut expr: Expr) -> Parse<Expr> {
        let mut links = 0;
        loop {
            links += 1;
            if links > super::CHAIN_LIMIT {
                return Err(self.limit("a very long chain of subscripts"));
            }
            if self.symbol('.') {
                let field = if self.symbol('*') { arcstr::literal!("*") } else { self.col_label()?.name };
                expr = Expr::Field { expr: Box::new(expr), field };
            } else if self.is_symbol(0, '[') {
                let (bounds, slice) = self.subscript()?;
                expr = Expr::Subscript { expr: Box::new(expr), bounds, slice };
            } else {
                return Ok(expr);
            }
        }
    }

    /// `[e]`, `[a:b]`.
    fn subscript(&mut self) -> Parse<Subscript> {
        self.expect_symbol('[')?;
        let mut bounds = Vec::new();
        if !self.is_symbol(0, ':') {
            bounds.push(self.expr()?);
        }
        let slice = self.symbol(':');
        if slice && !self.is_symbol(0, ']') {
            bounds.push(self.expr()?);
        }
        self.expect_symbol(']')?;
        Ok((bounds, slice))
    }

    /// `[…]` and `.field` of an assignment's target, which we do not look into.
    pub(in crate::lower) fn target_indirection(&mut self) -> Parse<()> {
        loop {
            if self.symbol('.') {
                if !self.symbol('*') {
                    self.col_label()?;
                }
            } else if self.is_symbol(0, '[') {
                self.subscript()?;
            } else {
                return Ok(());
            }
        }
    }

    /// Whether a query stands `ahead`, not counting parentheses before it.
    pub(in crate::lower) fn is_query(&self, ahead: usize) -> bool {
        let word = self.peek_word(ahead);
        match word.len() {
            4 => word.eq_ignore_ascii_case("WITH"),
            5 => word.eq_ignore_ascii_case("TABLE"),
            6 => word.eq_ignore_ascii_case("SELECT") || (word.eq_ignore_ascii_case("VALUES") && self.is_symbol(ahead + 1, '(')),
            _ => false,
        }
    }

    /// Whether a query follows the parentheses that come next.
    pub(in crate::lower) fn is_paren_query(&self) -> bool {
        let mut ahead = 0;
        while self.kind(ahead) == Some(TokenKind::LParen) {
            ahead += 1;
        }
        ahead > 0 && self.is_query(ahead)
    }

    /// `(query)` or `(e, …)`.
    pub(in crate::lower) fn paren(&mut self) -> Parse<Paren> {
        if !self.is_paren_query() {
            return Ok(Paren::Exprs(self.parenthesised_list(Self::expr)?));
        }
        self.nested(Self::paren_query)
    }

    /// Parentheses with a query at the beginning of what is in them, which need not be all.
    fn paren_query(&mut self) -> Parse<Paren> {
        self.expect_symbol('(')?;
        if self.is_query(0) {
            let query = self.query()?;
            self.expect_symbol(')')?;
            return Ok(Paren::Query(Box::new(query)));
        }
        let mark = self.mark();
        let first = match self.paren()? {
            Paren::Query(query) => {
                if self.symbol(')') {
                    return Ok(Paren::Query(query));
                }
                if self.is_query_rest() {
                    let query = self.query_rest(mark, QueryBody::Query(query))?;
                    self.expect_symbol(')')?;
                    return Ok(Paren::Query(Box::new(query)));
                }
                self.indirection(Expr::Subquery(query))?
            }
            Paren::Exprs(list) => {
                let row = self.grouped(list)?;
                self.indirection(row)?
            }
        };
        let mut list = vec![self.infix(first, true, 0)?];
        while self.symbol(',') {
            list.push(self.expr()?);
        }
        self.expect_symbol(')')?;
        Ok(Paren::Exprs(list))
    }

    /// One expression in parentheses is itself, several are a row.
    fn grouped(&mut self, mut list: Vec<Expr>) -> Parse<Expr> {
        if list.len() > 1 {
            return self.row(list);
        }
        list.pop().ok_or_else(|| self.syntax_error())
    }

    /// A row, or `row OVERLAPS row`.
    pub(super) fn row(&mut self, list: Vec<Expr>) -> Parse<Expr> {
        let mark = self.mark();
        if !self.word("OVERLAPS") {
            return Ok(Expr::Row(list));
        }
        let span = self.span_from(mark);
        self.word("ROW");
        let other = self.parenthesised_list(Self::expr)?;
        for (side, word) in [(&list, "left"), (&other, "right")] {
            if side.len() != 2 {
                let message = format!("wrong number of parameters on {word} side of OVERLAPS expression");
                return Err(self.reject("42601", message, span));
            }
        }
        let args = list.into_iter().chain(other).map(|arg| (None, arg)).collect();
        let name = ObjectName { schema: Some(arcstr::literal!("pg_catalog")), name: arcstr::literal!("overlaps"), span };
        Ok(Expr::Call(Box::new(empty_call(name, args))))
    }

    /// `(…)` as an operand.
    fn parenthesised_expr(&mut self) -> Parse<Expr> {
        match self.paren()? {
            Paren::Query(query) => self.indirection(Expr::Subquery(query)),
            Paren::Exprs(list) if list.len() > 1 => {
                let row = self.row(list)?;
                // Only a row in parentheses of its own has fields.
                Ok(row)
            }
            Paren::Exprs(list) => {
                let only = self.grouped(list)?;
                self.indirection(only)
            }
        }
    }

    /// `CASE`.
    pub(super) fn case(&mut self) -> Parse<Expr> {
        self.expect_word("CASE")?;
        let operand = if self.is_word(0, "WHEN") { None } else { Some(Box::new(self.expr()?)) };
        let mut arms = Vec::new();
        self.expect_word("WHEN")?;
        loop {
            let when = self.expr()?;
            self.expect_word("THEN")?;
            arms.push((when, self.expr()?));
            if !self.word("WHEN") {
                break;
            }
        }
        let otherwise = if self.word("ELSE") { Some(Box::new(self.expr()?)) } else { None };
        self.expect_word("END")?;
        Ok(Expr::Case { operand, arms, otherwise })
    }

    /// `ARRAY[…]`, `ARRAY(query)`.
    pub(super) fn array(&mut self) -> Parse<Expr> {
        self.expect_word("ARRAY")?;
        if self.is_symbol(0, '[') {
            return self.array_elements();
        }
        if !self.is_paren_query() {
            return Err(self.syntax_error());
        }
        match self.paren()? {
            Paren::Query(query) => Ok(Expr::ArrayQuery(query)),
            Paren::Exprs(_) => Err(self.syntax_error_at(self.at.saturating_sub(1))),
        }
    }

    fn array_elements(&mut self) -> Parse<Expr> {
        self.nested(|p| {
            p.expect_symbol('[')?;
            if p.symbol(']') {
                return Ok(Expr::Array(Vec::new()));
            }
            let list = if p.is_symbol(0, '[') { p.comma_list(Self::array_elements)? } else { p.expr_list()? };
            p.expect_symbol(']')?;
            Ok(Expr::Array(list))
        })
    }

    /// A query in parentheses after `EXISTS` and its like.
    pub(super) fn subquery(&mut self) -> Parse<Box<Query>> {
        if !self.is_paren_query() {
            self.expect_symbol('(')?;
            return Err(self.syntax_error());
        }
        match self.paren()? {
            Paren::Query(query) => Ok(query),
            Paren::Exprs(_) => Err(self.syntax_error_at(self.at.saturating_sub(1))),
        }
    }

    /// One of SQL's nameless functions, which stand without parentheses.
    pub(super) fn nameless(&mut self, name: &'static str) -> Parse<Expr> {
        let mark = self.mark();
        self.at += 1;
        let span = self.span_from(mark);
        let mut args = Vec::new();
        if matches!(name, "current_time" | "current_timestamp" | "localtime" | "localtimestamp") && self.symbol('(') {
            args.push(Expr::Constant(Constant::Number(self.integer()?.to_string().into())));
            self.expect_symbol(')')?;
        }
        Ok(form(name, args, span))
    }
}
