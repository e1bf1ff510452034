//! Statements.

use super::parser::{Parser, Res, Until};
use super::scan::{Datum, Seen, Tok};
use super::*;
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// Statements up to a word that begins none.
    pub(super) fn statements(&mut self) -> Res<Vec<Stmt>> {
        let mut list = Vec::new();
        loop {
            let seen = self.peek()?;
            match &seen.tok {
                Tok::Key("end" | "else" | "elsif" | "elseif" | "when" | "exception") | Tok::End => return Ok(list),
                _ => {}
            }
            let kind = self.statement(&seen)?;
            let end = self.span_at(self.at.saturating_sub(1));
            list.push(Stmt { span: seen.span.to(end), kind });
        }
    }

    /// A body within a statement, one level deeper.
    pub(super) fn inner(&mut self) -> Res<Vec<Stmt>> {
        self.enter(self.span_at(self.at))?;
        let list = self.statements()?;
        self.depth -= 1;
        Ok(list)
    }

    fn statement(&mut self, seen: &Seen) -> Res<StmtKind> {
        match &seen.tok {
            Tok::Symbol if seen.span.of(self.body) == "<<" => {
                let label = self.label()?;
                self.labelled(label)
            }
            Tok::Key("begin" | "declare" | "loop" | "while" | "for" | "foreach") => self.labelled(None),
            Tok::Datum(datum) => self.assignment(datum.clone(), seen),
            Tok::Word(..) | Tok::Dotted(_) => {
                let next = seen.next;
                let symbol = |kind, text| self.is_symbol(next, kind, text);
                if symbol(TokenKind::Operator, "=") || symbol(TokenKind::ColonEquals, "") || symbol(TokenKind::LBracket, "") {
                    return Err(self.not_variable(seen));
                }
                if symbol(TokenKind::Dot, "") && self.context.version >= 14 {
                    return Err(self.not_variable(seen));
                }
                self.sql_statement(seen)
            }
            Tok::Key("import" | "insert" | "merge") => self.sql_statement(seen),
            Tok::Key(key) => {
                let key: &str = key;
                self.at = seen.next;
                self.keyword_statement(key, seen)
            }
            Tok::End | Tok::String | Tok::Integer | Tok::Symbol => Err(self.syntax(seen.span)),
        }
    }

    /// A statement that begins with one of PL/pgSQL's own words, which has been taken.
    fn keyword_statement(&mut self, key: &str, seen: &Seen) -> Res<StmtKind> {
        match key {
            "if" => self.if_statement(),
            "case" => self.case_statement(),
            "exit" => self.exit(false, seen.span),
            "continue" => self.exit(true, seen.span),
            "return" => self.return_statement(),
            "raise" => self.raise(seen.span),
            "assert" => {
                let (condition, end) = self.expression(&[Until::Comma, Until::Semicolon], ", or ;")?;
                let message = if end == Until::Comma { Some(self.expression_until(Until::Semicolon, ";")?) } else { None };
                Ok(StmtKind::Assert { condition, message })
            }
            "execute" => self.execute(),
            "perform" => Ok(StmtKind::Perform(self.rest_of_statement()?)),
            "call" | "do" => {
                self.at -= 1;
                Ok(StmtKind::Call(self.statement_text()?))
            }
            "get" => self.get_diagnostics(),
            "open" => self.open(),
            "fetch" => self.fetch(),
            "move" => {
                self.direction()?;
                let (cursor, _) = self.cursor_variable()?;
                self.expect_semicolon()?;
                Ok(StmtKind::Move { cursor })
            }
            "close" => {
                let (cursor, _) = self.cursor_variable()?;
                self.expect_semicolon()?;
                Ok(StmtKind::Close { cursor })
            }
            "null" => {
                self.expect_semicolon()?;
                Ok(StmtKind::Null)
            }
            "commit" => Ok(StmtKind::Commit { chain: self.chain()? }),
            "rollback" => Ok(StmtKind::Rollback { chain: self.chain()? }),
            _ => Err(self.syntax(seen.span)),
        }
    }

    fn chain(&mut self) -> Res<bool> {
        let mut chain = false;
        if self.eat("and")? {
            chain = !self.eat("no")?;
            self.expect("chain")?;
        }
        self.expect_semicolon()?;
        Ok(chain)
    }

    fn assignment(&mut self, datum: Datum, seen: &Seen) -> Res<StmtKind> {
        self.at = seen.next;
        let mut target = Target { names: datum.names.clone(), subscripts: Vec::new(), span: seen.span };
        self.assignable(&datum, seen.span)?;
        loop {
            if self.is_symbol(self.at, TokenKind::LBracket, "") {
                self.at += 1;
                self.subscript(&mut target)?;
            } else if self.context.version >= 14
                && self.is_symbol(self.at, TokenKind::Dot, "")
                && let Some(part) = self.raw(self.at + 1).filter(|part| part.kind.is_ident())
            {
                target.names.push(crate::lexer::ident_value(self.body, part));
                self.at += 2;
            } else {
                break;
            }
            target.span = target.span.to(self.span_at(self.at - 1));
        }
        if !self.eat_assign()? {
            return Err(self.syntax(self.see(self.at, false)?.span));
        }
        if self.context.version >= 14 {
            // The server's grammar reads the target as well, where not every word is a name.
            let place = self.checks.len();
            let source = self.rest_of_statement()?;
            let whole = Fragment { span: target.span, role: Role::Expression, into: None };
            self.checks.insert(place, Check::Fragment(whole));
            return Ok(StmtKind::Assign { target, source });
        }
        Ok(StmtKind::Assign { target, source: self.expression_until(Until::Semicolon, ";")? })
    }

    /// `i]` or `a:b]`, either bound of which may be missing.
    fn subscript(&mut self, target: &mut Target) -> Res<()> {
        let mut depth = 0usize;
        let mut start = self.at;
        loop {
            let Some(token) = self.raw(self.at) else {
                let end = self.see(self.at, false)?;
                return Err(self.stumble("mismatched parentheses", end.span));
            };
            let ends = depth == 0 && matches!(token.kind, TokenKind::RBracket | TokenKind::Colon);
            if ends && self.at > start {
                let span = self.span_at(start).to(self.span_at(self.at - 1));
                let fragment = Fragment { span, role: Role::Expression, into: None };
                if self.context.version < 14 {
                    self.checks.push(Check::Fragment(fragment));
                }
                target.subscripts.push(fragment);
            }
            match token.kind {
                TokenKind::RBracket if ends => {
                    self.at += 1;
                    return Ok(());
                }
                TokenKind::Colon if ends => start = self.at + 1,
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return Err(self.stumble("mismatched parentheses", token.span)),
                },
                TokenKind::Semicolon => return Err(self.stumble("mismatched parentheses", token.span)),
                _ => {}
            }
            self.at += 1;
        }
    }

    fn if_statement(&mut self) -> Res<StmtKind> {
        let mut arms = Vec::new();
        loop {
            let condition = self.expression_until(Until::Key("then"), "THEN")?;
            arms.push(Arm { condition, body: self.inner()? });
            if !self.eat("elsif")? && !self.eat("elseif")? {
                break;
            }
        }
        let otherwise = if self.eat("else")? { self.inner()? } else { Vec::new() };
        self.expect("end")?;
        self.expect("if")?;
        self.expect_semicolon()?;
        Ok(StmtKind::If { arms, otherwise })
    }

    fn case_statement(&mut self) -> Res<StmtKind> {
        let operand = if self.eat("when")? { None } else { Some(self.expression_until(Until::Key("when"), "WHEN")?) };
        let mut arms = Vec::new();
        loop {
            let condition = self.expression_until(Until::Key("then"), "THEN")?;
            arms.push(Arm { condition, body: self.inner()? });
            if !self.eat("when")? {
                break;
            }
        }
        let otherwise = if self.eat("else")? { Some(self.inner()?) } else { None };
        self.expect("end")?;
        self.expect("case")?;
        self.expect_semicolon()?;
        Ok(StmtKind::Case { operand, arms, otherwise })
    }

    fn exit(&mut self, continues: bool, span: Span) -> Res<StmtKind> {
        let seen = self.peek()?;
        let mut label = None;
        if !seen.tok_is("when") && !self.is_symbol(self.at, TokenKind::Semicolon, "") {
            label = Some(self.any_identifier()?);
        }
        let when = if self.eat("when")? {
            Some(self.expression_until(Until::Semicolon, ";")?)
        } else {
            self.expect_semicolon()?;
            None
        };
        match &label {
            Some((name, place)) => match self.scope.label(name) {
                None => {
                    let message = format!("there is no label \"{name}\" attached to any block or loop enclosing this statement");
                    return Err(self.error("42601", message, *place));
                }
                Some(false) if continues => {
                    return Err(self.error("42601", format!("block label \"{name}\" cannot be used in CONTINUE"), *place));
                }
                Some(_) => {}
            },
            None if self.scope.in_loop() => {}
            None if continues => return Err(self.error("42601", "CONTINUE cannot be used outside a loop", span)),
            None => return Err(self.error("42601", "EXIT cannot be used outside a loop, unless it has a label", span)),
        }
        Ok(StmtKind::Exit { continues, label: label.map(|(name, _)| name), when })
    }

    fn return_statement(&mut self) -> Res<StmtKind> {
        let seen = self.peek()?;
        if seen.tok == Tok::End {
            return Err(self.stumble("unexpected end of function definition", seen.span));
        }
        if self.is_key(&seen, "next") {
            self.at = seen.next;
            return self.return_next(seen.span);
        }
        if self.is_key(&seen, "query") {
            self.at = seen.next;
            return self.return_query(seen.span);
        }
        let refusal = match self.context.returns {
            Returns::Set(_) => "RETURN cannot have a parameter in function returning set",
            Returns::Void | Returns::EventTrigger => "RETURN cannot have a parameter in function returning void",
            Returns::Procedure(false) => "RETURN cannot have a parameter in a procedure",
            Returns::Out | Returns::Procedure(true) => "RETURN cannot have a parameter in function with OUT parameters",
            Returns::Value | Returns::Trigger => return Ok(StmtKind::Return(Some(self.expression_until(Until::Semicolon, ";")?))),
        };
        if self.eat_symbol(TokenKind::Semicolon, "")? {
            return Ok(StmtKind::Return(None));
        }
        Err(self.error("42804", refusal, seen.span))
    }

    fn return_next(&mut self, span: Span) -> Res<StmtKind> {
        let Returns::Set(out) = self.context.returns else {
            return Err(self.error("42804", "cannot use RETURN NEXT in a non-SETOF function", span));
        };
        if out {
            if self.eat_symbol(TokenKind::Semicolon, "")? {
                return Ok(StmtKind::ReturnNext(None));
            }
            let place = self.peek()?.span;
            return Err(self.error("42804", "RETURN NEXT cannot have a parameter in function with OUT parameters", place));
        }
        Ok(StmtKind::ReturnNext(Some(self.expression_until(Until::Semicolon, ";")?)))
    }

    fn return_query(&mut self, span: Span) -> Res<StmtKind> {
        if !matches!(self.context.returns, Returns::Set(_)) {
            return Err(self.error("42804", "cannot use RETURN QUERY in a non-SETOF function", span));
        }
        if !self.eat("execute")? {
            return Ok(StmtKind::ReturnQuery(self.statement_text()?));
        }
        let (query, end) = self.expression(&[Until::Semicolon, Until::Key("using")], "; or USING")?;
        let using = if end == Until::Key("using") { self.using(Until::Semicolon, ", or ;")? } else { Vec::new() };
        Ok(StmtKind::ReturnExecute { query, using })
    }

    pub(super) fn is_semicolon(&self, seen: &Seen) -> bool {
        seen.tok == Tok::Symbol && seen.span.of(self.body) == ";"
    }

    fn execute(&mut self) -> Res<StmtKind> {
        let ends = [Until::Key("into"), Until::Key("using"), Until::Semicolon];
        let (query, mut end) = self.expression(&ends, "INTO or USING or ;")?;
        let mut into = None;
        let mut using = Vec::new();
        loop {
            match end {
                Until::Key("into") if into.is_none() => {
                    into = Some(self.read_into(true)?);
                    let seen = self.next()?;
                    end = if seen.tok_is("using") {
                        Until::Key("using")
                    } else if seen.tok_is("into") {
                        return Err(self.syntax(seen.span));
                    } else if self.is_semicolon(&seen) {
                        Until::Semicolon
                    } else {
                        return Err(self.syntax(seen.span));
                    };
                }
                Until::Key("using") if using.is_empty() => loop {
                    let ends = [Until::Comma, Until::Semicolon, Until::Key("into")];
                    let (fragment, which) = self.expression(&ends, ", or ; or INTO")?;
                    using.push(fragment);
                    if which != Until::Comma {
                        end = which;
                        break;
                    }
                },
                Until::Semicolon => return Ok(StmtKind::Execute { query, into, using }),
                Until::End => return Err(self.syntax(self.span_at(self.at))),
                _ => return Err(self.syntax(self.span_at(self.at.saturating_sub(1)))),
            }
        }
    }

    /// An SQL statement, which has not been taken yet.
    fn sql_statement(&mut self, first: &Seen) -> Res<StmtKind> {
        let start = self.at;
        let word = |index: usize| self.raw(index).filter(|token| token.kind == TokenKind::Word).map(|token| self.word_text(token.span));
        let imports = first.tok_is("import");
        // A routine with an SQL-standard body has semicolons of its own.
        let create = word(start).as_deref() == Some("create");
        let kind =
            if word(start + 1).as_deref() == Some("or") && word(start + 2).as_deref() == Some("replace") { start + 3 } else { start + 1 };
        let routine = self.context.version >= 14 && create && matches!(word(kind).as_deref(), Some("function" | "procedure"));
        let mut parens = 0usize;
        let mut begins = 0usize;
        let mut into: Option<(Into, Span)> = None;
        let mut before: Option<&'static str> = None;
        self.at = first.next;
        if let Tok::Key(key) = first.tok {
            before = Some(key);
        }
        loop {
            let Some(token) = self.raw(self.at) else {
                let end = self.see(self.at, false)?;
                return Err(self.stumble("unexpected end of function definition", end.span));
            };
            let key = self.key_at(self.at);
            match token.kind {
                TokenKind::LParen => parens += 1,
                TokenKind::RParen => parens = parens.saturating_sub(1),
                // Parentheses protect semicolons (CREATE RULE) since 14 only.
                TokenKind::Semicolon if begins == 0 && (parens == 0 || self.context.version < 14) => break,
                _ => {}
            }
            if routine && parens == 0 {
                match key {
                    Some("begin" | "case") => begins += 1,
                    Some("end") => begins = begins.saturating_sub(1),
                    _ => {}
                }
            }
            self.at += 1;
            if key == Some("into") && !imports && !matches!(before, Some("insert" | "merge")) {
                if into.is_some() {
                    return Err(self.stumble("INTO specified more than once", token.span));
                }
                let target = self.read_into(true)?;
                // The clause reaches to the token after it, as the server cuts it.
                let end = self.span_at(self.at.saturating_sub(1)).end;
                into = Some((target, Span { start: token.span.start, end }));
                before = None;
                continue;
            }
            before = key;
        }
        let span = self.span_at(start).to(self.span_at(self.at.saturating_sub(1)));
        self.at += 1;
        let (into, clause) = into.map_or((None, None), |(into, clause)| (Some(into), Some(clause)));
        let statement = Fragment { span, role: Role::Statement, into: clause };
        self.checks.push(Check::Fragment(statement));
        Ok(StmtKind::Sql { statement, into })
    }

    fn get_diagnostics(&mut self) -> Res<StmtKind> {
        let stacked = self.eat("stacked")?;
        if !stacked {
            self.eat("current")?;
        }
        self.expect("diagnostics")?;
        let current = ["row_count", "pg_context", "pg_routine_oid"];
        let of_error = [
            "pg_exception_context",
            "pg_exception_detail",
            "pg_exception_hint",
            "returned_sqlstate",
            "column_name",
            "constraint_name",
            "pg_datatype_name",
            "message_text",
            "table_name",
            "schema_name",
        ];
        let mut items: Vec<(Target, Name)> = Vec::new();
        loop {
            let seen = self.next()?;
            let Tok::Datum(datum) = &seen.tok else { return Err(self.not_variable(&seen)) };
            if datum.shape == Shape::Record {
                return Err(self.error("42601", format!("\"{}\" is not a scalar variable", datum.names.join(".")), seen.span));
            }
            self.assignable(datum, seen.span)?;
            let mut target = Target { names: datum.names.clone(), subscripts: Vec::new(), span: seen.span };
            if self.context.version < 14 && self.eat_symbol(TokenKind::LBracket, "")? {
                self.subscript(&mut target)?;
            }
            if !self.eat_assign()? {
                return Err(self.syntax(self.peek()?.span));
            }
            let item = self.next()?;
            let Some(name) = current.into_iter().chain(of_error).find(|name| self.is_key(&item, name)) else {
                return Err(self.stumble("unrecognized GET DIAGNOSTICS item", item.span));
            };
            items.push((target, name.into()));
            if self.eat_symbol(TokenKind::Comma, "")? {
                continue;
            }
            self.expect_semicolon()?;
            break;
        }
        for (target, name) in &items {
            if stacked == current.contains(&name.as_str()) {
                let area = if stacked { "STACKED" } else { "CURRENT" };
                let message = format!("diagnostics item {} is not allowed in GET {area} DIAGNOSTICS", name.to_ascii_uppercase());
                return Err(self.error("42601", message, target.span));
            }
        }
        Ok(StmtKind::GetDiagnostics { stacked, items })
    }
}
