//! Calls of functions, with everything that may stand in and after their parentheses.

use super::empty_call;
use crate::lexer::TokenKind;
use crate::lexer::keywords::Category;
use crate::lower::parser::{Parse, Parser};
use crate::op::{Call, Expr, Name, ObjectName};

/// An argument with its name.
type Arg = (Option<Name>, Expr);

impl Parser<'_> {
    /// From the parenthesis after a function's name; `mark` is the name's first token.
    pub(super) fn call(&mut self, mark: usize, name: ObjectName) -> Parse<Expr> {
        let call = self.application(mark, name)?;
        self.after_call(call)
    }

    /// What may follow the parentheses of a call. Apart from [`Parser::call`] to keep the frames of nested calls small.
    #[inline(never)]
    fn after_call(&mut self, mut call: Box<Call>) -> Parse<Expr> {
        // `func_name(args) 'string'` is a constant of a type with modifiers.
        if self.is_string(0) && !call.star && !call.distinct && !call.variadic && !call.args.is_empty() {
            let wrong = if call.args.iter().any(|(name, _)| name.is_some()) {
                Some("type modifier cannot have parameter name")
            } else if !call.order_by.is_empty() {
                Some("type modifier cannot have ORDER BY")
            } else {
                None
            };
            if let Some(message) = wrong {
                return Err(self.reject("42601", message, call.name.span));
            }
            let modifiers = call.args.iter().map(|(_, arg)| modifier_text(arg)).collect();
            return self.literal_of(call.name, modifiers);
        }
        if self.is_word(0, "WITHIN") && self.is_word(1, "GROUP") {
            self.at += 2;
            let span = self.last_span();
            let conflict = if !call.order_by.is_empty() {
                Some("cannot use multiple ORDER BY clauses with WITHIN GROUP")
            } else if call.distinct {
                Some("cannot use DISTINCT with WITHIN GROUP")
            } else if call.variadic {
                Some("cannot use VARIADIC with WITHIN GROUP")
            } else {
                None
            };
            if let Some(message) = conflict {
                return Err(self.reject("42601", message, span));
            }
            call.order_by = self.parenthesised(|p| {
                p.expect_words(&["ORDER", "BY"])?;
                p.sort_list()
            })?;
        }
        self.filter_and_over(&mut call)?;
        Ok(Expr::Call(call))
    }

    /// The grammar's `func_application`.
    pub fn application(&mut self, mark: usize, name: ObjectName) -> Parse<Box<Call>> {
        if name.schema.is_none() && self.tokens.get(mark).is_some_and(|token| token.kind == TokenKind::Word) {
            let word = self.tokens.get(mark).map_or("", |token| token.span.of(self.text));
            let category = crate::lexer::keywords::category(word, self.version).0;
            if !matches!(category, Category::Unreserved | Category::TypeFuncName) {
                return Err(self.syntax_error());
            }
        }
        let mut call = Box::new(empty_call(name, Vec::new()));
        self.arguments(&mut call)?;
        Ok(call)
    }

    /// From `(` to `)`.
    fn arguments(&mut self, call: &mut Call) -> Parse<()> {
        self.expect_symbol('(')?;
        if self.symbol(')') {
            return Ok(());
        }
        if self.symbol('*') {
            self.expect_symbol(')')?;
            call.star = true;
            return Ok(());
        }
        let distinct = self.word("DISTINCT");
        let all = !distinct && self.word("ALL");
        call.distinct = distinct;
        loop {
            if !distinct && !all && self.word("VARIADIC") {
                call.variadic = true;
                call.args.push(self.argument()?);
                break;
            }
            call.args.push(self.argument()?);
            if !self.symbol(',') {
                break;
            }
        }
        if self.word("ORDER") {
            self.expect_word("BY")?;
            call.order_by = self.sort_list()?;
        }
        self.expect_symbol(')')
    }

    /// The grammar's `func_arg_expr`.
    pub(super) fn argument(&mut self) -> Parse<Arg> {
        if matches!(self.kind(1), Some(TokenKind::ColonEquals | TokenKind::EqualsGreater)) && self.kind(0).is_some_and(TokenKind::is_ident)
        {
            let name = self.type_function_name()?.name;
            self.at += 1;
            return Ok((Some(name), self.expr()?));
        }
        Ok((None, self.expr()?))
    }

    /// `FILTER (…)` and `OVER …`, if written.
    pub(super) fn filter_and_over(&mut self, call: &mut Call) -> Parse<()> {
        if self.is_word(0, "FILTER") && self.is_symbol(1, '(') {
            self.at += 1;
            call.filter = Some(self.parenthesised(|p| {
                p.expect_word("WHERE")?;
                p.expr()
            })?);
        }
        if self.is_word(0, "OVER") && (self.is_symbol(1, '(') || self.is_ident(1)) {
            self.at += 1;
            call.over = Some(if self.is_symbol(0, '(') {
                self.window()?
            } else {
                self.ident()?;
                Vec::new()
            });
        }
        Ok(())
    }

    /// The grammar's `window_specification`: its expressions.
    pub fn window(&mut self) -> Parse<Vec<Expr>> {
        self.expect_symbol('(')?;
        if self.is_ident(0) && !self.is_one_of(0, &["PARTITION", "RANGE", "ROWS", "GROUPS"]) {
            self.ident()?;
        }
        let mut exprs = Vec::new();
        if self.word("PARTITION") {
            self.expect_word("BY")?;
            exprs.extend(self.expr_list()?);
        }
        if self.word("ORDER") {
            self.expect_word("BY")?;
            let span = self.last_span();
            let keys = self.sort_list()?;
            exprs.push(super::form("order by", keys, span));
        }
        let mark = self.mark();
        if self.one_of(&["RANGE", "ROWS", "GROUPS"]).is_some() {
            self.frame(&mut exprs)?;
            let text = self.normal_text(mark).to_ascii_lowercase();
            exprs.push(super::string_expr(text));
        }
        self.expect_symbol(')')?;
        Ok(exprs)
    }

    fn frame(&mut self, exprs: &mut Vec<Expr>) -> Parse<()> {
        let mark = self.mark();
        let between = self.word("BETWEEN");
        let start = self.frame_bound(exprs)?;
        let end = if between {
            self.expect_word("AND")?;
            Some(self.frame_bound(exprs)?)
        } else {
            None
        };
        // The order of bounds: unbounded preceding, preceding, current row, following, unbounded following.
        let wrong = match (start, end) {
            (4, _) => Some("frame start cannot be UNBOUNDED FOLLOWING"),
            (_, Some(0)) => Some("frame end cannot be UNBOUNDED PRECEDING"),
            (3, None) => Some("frame starting from following row cannot end with current row"),
            (2, Some(1)) => Some("frame starting from current row cannot have preceding rows"),
            (3, Some(1 | 2)) => Some("frame starting from following row cannot have preceding rows"),
            _ => None,
        };
        if let Some(message) = wrong {
            return Err(self.reject("42P20", message, self.span_from(mark)));
        }
        if self.word("EXCLUDE") {
            match self.expect_one_of(&["CURRENT", "GROUP", "TIES", "NO"])? {
                "CURRENT" => self.expect_word("ROW")?,
                "NO" => self.expect_word("OTHERS")?,
                _ => {}
            }
        }
        Ok(())
    }

    fn frame_bound(&mut self, exprs: &mut Vec<Expr>) -> Parse<u8> {
        if self.is_word(0, "UNBOUNDED") && self.is_one_of(1, &["PRECEDING", "FOLLOWING"]) {
            self.at += 1;
            return Ok(if self.expect_one_of(&["PRECEDING", "FOLLOWING"])? == "PRECEDING" { 0 } else { 4 });
        }
        if self.words(&["CURRENT", "ROW"]) {
            return Ok(2);
        }
        exprs.push(self.expr()?);
        Ok(if self.expect_one_of(&["PRECEDING", "FOLLOWING"])? == "PRECEDING" { 1 } else { 3 })
    }

    /// The grammar's `sortby_list`.
    pub fn sort_list(&mut self) -> Parse<Vec<Expr>> {
        self.comma_list(|p| {
            let mark = p.mark();
            let expr = p.expr()?;
            let mut using = None;
            let mut descending = false;
            if p.word("USING") {
                using = Some(if p.word("OPERATOR") { p.parenthesised(Self::any_operator)?.name } else { p.all_op()? });
            } else {
                descending = p.one_of(&["ASC", "DESC"]) == Some("DESC");
            }
            let nulls = if p.word("NULLS") { Some(p.expect_one_of(&["FIRST", "LAST"])?) } else { None };
            let span = p.span_from(mark);
            // Only what is not the usual way is kept.
            let direction = match (using.as_deref(), descending, nulls) {
                (Some("<"), ..) => "",
                (Some(">"), ..) => "desc",
                (Some(_), ..) => "using",
                (None, false, Some("FIRST")) => "nulls first",
                (None, true, Some("LAST")) => "desc nulls last",
                (None, true, _) => "desc",
                (None, false, _) => "",
            };
            Ok(if direction.is_empty() { expr } else { super::form(direction, vec![expr], span) })
        })
    }

    /// The grammar's `func_expr_windowless`: a call or one of SQL's special forms, as in FROM and in an index.
    pub fn func_expr_windowless(&mut self) -> Parse<Expr> {
        let mark = self.mark();
        let word = self.peek_word(0);
        let plain = word.is_empty()
            || self.is_symbol(1, '.')
            || matches!(self.keyword(0), Some((Category::Unreserved | Category::TypeFuncName, _)));
        let form = self.is_word(0, "COLLATION") || (self.is_word(0, "CURRENT_SCHEMA") && !self.is_symbol(1, '('));
        if plain && !form {
            let name = self.func_name()?;
            return Ok(Expr::Call(self.application(mark, name)?));
        }
        match self.special()? {
            call @ Expr::Call(_) => Ok(call),
            // CAST and TREAT are functions to the grammar, too.
            cast @ Expr::Cast { .. } if self.tokens.get(mark).is_some_and(|&token| crate::lexer::is_word(self.text, token, "CAST")) => {
                Ok(cast)
            }
            _ => Err(self.syntax_error_at(mark)),
        }
    }
}

/// A type modifier that was read as an argument.
fn modifier_text(expr: &Expr) -> Name {
    use crate::op::Constant;
    match expr {
        Expr::Constant(Constant::Number(number)) => number.clone(),
        Expr::Constant(Constant::String(text)) => text.as_str().into(),
        Expr::Column { parts, .. } => parts.join(".").into(),
        _ => arcstr::literal!("?"),
    }
}
