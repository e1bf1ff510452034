//! Options, blocks and what they declare.

use super::parser::{Parser, Res, Until};
use super::scan::{Item, Seen, Tok};
use super::*;
use crate::lexer::{TokenKind, ident_value};

impl Parser<'_> {
    /// The whole body.
    pub(super) fn function(&mut self) -> Res<Block> {
        let mut settles_conflicts = false;
        while self.is_symbol(self.at, TokenKind::Operator, "#") {
            self.at += 1;
            settles_conflicts = self.option()?.unwrap_or(settles_conflicts);
        }
        let block = Block { settles_conflicts, ..self.block()? };
        self.eat_symbol(TokenKind::Semicolon, "")?;
        let seen = self.peek()?;
        if seen.tok != Tok::End {
            return Err(self.syntax(seen.span));
        }
        Ok(block)
    }

    /// `#option dump` and its like, after the `#`; of `#variable_conflict` whether a name may be a variable and a column.
    fn option(&mut self) -> Res<Option<bool>> {
        let seen = self.next()?;
        let value = self.next()?;
        let fine = match seen.tok {
            Tok::Key("option") => value.tok_is("dump"),
            Tok::Key("print_strict_params") => {
                let text = value.span.of(self.body);
                if matches!(value.tok, Tok::Word(..)) && !text.eq_ignore_ascii_case("on") && !text.eq_ignore_ascii_case("off") {
                    return Err(self.error("XX000", format!("unrecognized print_strict_params option {text}"), value.span));
                }
                matches!(value.tok, Tok::Word(..))
            }
            Tok::Key("variable_conflict") => match value.tok {
                Tok::Key("error") => return Ok(Some(false)),
                Tok::Key("use_variable" | "use_column") => return Ok(Some(true)),
                _ => false,
            },
            _ => return Err(self.syntax(seen.span)),
        };
        if fine { Ok(None) } else { Err(self.syntax(value.span)) }
    }

    /// `<<label>>`, if one stands here.
    pub(super) fn label(&mut self) -> Res<Option<Name>> {
        if !self.eat_symbol(TokenKind::Operator, "<<")? {
            return Ok(None);
        }
        let (name, _) = self.any_identifier()?;
        if !self.eat_symbol(TokenKind::Operator, ">>")? {
            return Err(self.syntax(self.peek()?.span));
        }
        Ok(Some(name))
    }

    /// A block from its label to the END with its label.
    pub(super) fn block(&mut self) -> Res<Block> {
        let label = self.label()?;
        self.labelled_block(label)
    }

    /// A block whose label has been read.
    pub(super) fn labelled_block(&mut self, label: Option<Name>) -> Res<Block> {
        self.enter(self.span_at(self.at))?;
        self.scope.push(label.clone(), false);
        let mut block = Block { label, ..Block::default() };
        if self.eat("declare")? {
            self.declarations(&mut block.declarations)?;
        }
        self.expect("begin")?;
        block.body = self.statements()?;
        if self.eat("exception")? {
            for name in ["sqlstate", "sqlerrm"] {
                self.scope.add(name.into(), Item { shape: Shape::Scalar, constant: true });
            }
            block.handlers.push(self.handler()?);
            while self.peek()?.tok_is("when") {
                block.handlers.push(self.handler()?);
            }
        }
        self.expect("end")?;
        self.end_label(block.label.as_ref())?;
        self.scope.pop();
        self.depth -= 1;
        Ok(block)
    }

    /// The label after END or END LOOP.
    pub(super) fn end_label(&mut self, label: Option<&Name>) -> Res<()> {
        let seen = self.peek()?;
        let has = match &seen.tok {
            Tok::Word(..) => true,
            Tok::Key(key) => super::scan::reserved(key).is_none(),
            Tok::Datum(_) => true,
            Tok::End | Tok::Dotted(_) | Tok::String | Tok::Integer | Tok::Symbol => false,
        };
        if !has {
            return Ok(());
        }
        let (name, span) = self.any_identifier()?;
        match label {
            None => Err(self.error("42601", format!("end label \"{name}\" specified for unlabeled block"), span)),
            Some(label) if *label != name => {
                Err(self.error("42601", format!("end label \"{name}\" differs from block's label \"{label}\""), span))
            }
            Some(_) => Ok(()),
        }
    }

    fn handler(&mut self) -> Res<Handler> {
        self.expect("when")?;
        let mut conditions = Vec::new();
        loop {
            let (name, span) = self.any_identifier()?;
            if name == "sqlstate" {
                conditions.push(Condition::Code(self.sqlstate_code()?));
            } else {
                self.known_condition(&name, span, true)?;
                conditions.push(Condition::Name(name));
            }
            if !self.eat("or")? {
                break;
            }
        }
        self.expect("then")?;
        Ok(Handler { conditions, body: self.statements()? })
    }

    pub(super) fn known_condition(&self, name: &str, span: Span, others: bool) -> Res<()> {
        if (others && name == "others") || condition_codes(name).next().is_some() {
            return Ok(());
        }
        Err(self.error("42704", format!("unrecognized exception condition \"{name}\""), span))
    }

    /// The string after SQLSTATE.
    pub(super) fn sqlstate_code(&mut self) -> Res<Name> {
        let seen = self.next()?;
        if seen.tok != Tok::String {
            return Err(self.syntax(seen.span));
        }
        let code = self.string_at(seen.span)?;
        if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
            return Err(self.stumble("invalid SQLSTATE code", seen.span));
        }
        Ok(code.into())
    }

    fn declarations(&mut self, list: &mut Vec<Declaration>) -> Res<()> {
        loop {
            // Names being declared are not looked up.
            let seen = self.see(self.at, false)?;
            let name = match &seen.tok {
                Tok::Key("begin") => return Ok(()),
                Tok::Key("declare") => {
                    self.at = seen.next;
                    continue;
                }
                Tok::Word(name, _) => name.clone(),
                Tok::Key(key) if super::scan::reserved(key).is_none() => (*key).into(),
                Tok::Symbol if seen.span.of(self.body) == "<<" => {
                    let span = seen.span;
                    self.label()?;
                    return Err(self.error("42601", "block label must be placed before DECLARE, not after", span));
                }
                _ => return Err(self.syntax(seen.span)),
            };
            self.at = seen.next;
            self.fresh(&name, seen.span)?;
            let (kind, item) = self.declaration(&name)?;
            self.scope.add(name.clone(), item);
            list.push(Declaration { name, span: seen.span, kind });
        }
    }

    fn fresh(&self, name: &str, span: Span) -> Res<()> {
        if self.scope.declares(name) { Err(self.stumble("duplicate declaration", span)) } else { Ok(()) }
    }

    fn unknown(&mut self) -> Res<Seen> {
        let seen = self.see(self.at, false)?;
        self.at = seen.next;
        Ok(seen)
    }

    /// What follows the name, up to the semicolon.
    fn declaration(&mut self, name: &Name) -> Res<(DeclarationKind, Item)> {
        let seen = self.see(self.at, false)?;
        if seen.tok_is("alias") {
            self.at = seen.next;
            return self.alias();
        }
        if seen.tok_is("cursor") || seen.tok_is("no") || seen.tok_is("scroll") {
            return self.cursor();
        }
        let constant = seen.tok_is("constant");
        if constant {
            self.at = seen.next;
        }
        let (ty, shape) = self.data_type()?;
        let mut collation = None;
        if self.see(self.at, false)?.tok_is("collate") {
            self.at += 1;
            let seen = self.unknown()?;
            match &seen.tok {
                Tok::Word(..) | Tok::Dotted(_) => {}
                Tok::Key(key) if super::scan::reserved(key).is_none() => {}
                _ => return Err(self.syntax(seen.span)),
            }
            self.checks.push(Check::Collation(seen.span));
            collation = Some(seen.span);
        }
        let mut not_null = false;
        if self.see(self.at, false)?.tok_is("not") {
            self.at += 1;
            let seen = self.unknown()?;
            if !seen.tok_is("null") {
                return Err(self.syntax(seen.span));
            }
            not_null = true;
        }
        let seen = self.see(self.at, false)?;
        let mut default = None;
        if self.eat_assign()? {
            default = Some(self.expression_until(Until::Semicolon, ";")?);
        } else if seen.tok_is("default") {
            self.at = seen.next;
            default = Some(self.expression_until(Until::Semicolon, ";")?);
        } else {
            self.expect_semicolon()?;
        }
        if not_null && default.is_none() {
            let message = format!("variable \"{name}\" must have a default value, since it's declared NOT NULL");
            return Err(self.error("22004", message, seen.span));
        }
        Ok((DeclarationKind::Variable { constant, ty, collation, not_null, default }, Item { shape, constant }))
    }

    fn alias(&mut self) -> Res<(DeclarationKind, Item)> {
        let seen = self.unknown()?;
        if !seen.tok_is("for") {
            return Err(self.syntax(seen.span));
        }
        let seen = self.unknown()?;
        let names = match &seen.tok {
            Tok::Word(name, _) => vec![name.clone()],
            Tok::Key(key) if super::scan::reserved(key).is_none() => vec![(*key).into()],
            Tok::Dotted(names) => names.clone(),
            _ => return Err(self.syntax(seen.span)),
        };
        // Only whole variables have aliases, not the fields of records.
        let found = self.scope.look_up(&names).filter(|&(_, taken)| taken == names.len());
        let Some((item, _)) = found else {
            return Err(self.error("42704", format!("variable \"{}\" does not exist", names.join(".")), seen.span));
        };
        self.expect_semicolon()?;
        Ok((DeclarationKind::Alias(names), item))
    }

    fn cursor(&mut self) -> Res<(DeclarationKind, Item)> {
        let mut seen = self.unknown()?;
        if seen.tok_is("no") {
            seen = self.unknown()?;
            if !seen.tok_is("scroll") {
                return Err(self.syntax(seen.span));
            }
        }
        if seen.tok_is("scroll") {
            seen = self.unknown()?;
        }
        if !seen.tok_is("cursor") {
            return Err(self.syntax(seen.span));
        }
        self.scope.push(None, false);
        let mut args = Vec::new();
        if self.eat_symbol(TokenKind::LParen, "")? {
            loop {
                let seen = self.unknown()?;
                let name: Name = match &seen.tok {
                    Tok::Word(name, _) => name.clone(),
                    Tok::Key(key) if super::scan::reserved(key).is_none() => (*key).into(),
                    _ => return Err(self.syntax(seen.span)),
                };
                self.fresh(&name, seen.span)?;
                let (ty, shape) = self.data_type()?;
                self.scope.add(name.clone(), Item { shape, constant: false });
                args.push((name, ty));
                if self.eat_symbol(TokenKind::RParen, "")? {
                    break;
                }
                if !self.eat_symbol(TokenKind::Comma, "")? {
                    return Err(self.syntax(self.see(self.at, false)?.span));
                }
            }
        }
        let seen = self.unknown()?;
        if !seen.tok_is("is") && !seen.tok_is("for") {
            return Err(self.syntax(seen.span));
        }
        let query = self.statement_text()?;
        self.scope.pop();
        Ok((DeclarationKind::Cursor { args, query }, Item { shape: Shape::Cursor { bound: true }, constant: false }))
    }

    /// A type up to what may follow it, which stays.
    fn data_type(&mut self) -> Res<(DataType, Shape)> {
        let start = self.at;
        if let Some(found) = self.copied_type()? {
            return Ok(found);
        }
        self.at = start;
        let mut depth = 0usize;
        loop {
            let seen = self.see(self.at, false)?;
            match &seen.tok {
                Tok::End if depth > 0 => return Err(self.stumble("mismatched parentheses", seen.span)),
                Tok::End => return Err(self.stumble("incomplete data type declaration", seen.span)),
                Tok::Key("collate" | "not" | "default") => break,
                Tok::Symbol => match self.raw(self.at).map(|token| token.kind) {
                    Some(TokenKind::Semicolon | TokenKind::ColonEquals) => break,
                    Some(TokenKind::Operator) if seen.span.of(self.body) == "=" => break,
                    Some(TokenKind::Comma | TokenKind::RParen) if depth == 0 => break,
                    Some(TokenKind::LParen) => depth += 1,
                    Some(TokenKind::RParen) => depth -= 1,
                    _ => {}
                },
                _ => {}
            }
            self.at = seen.next;
        }
        if self.at == start {
            return Err(self.stumble("missing data type declaration", self.span_at(start)));
        }
        let span = self.span_at(start).to(self.span_at(self.at - 1));
        let ty = DataType { span, kind: TypeKind::Named };
        self.checks.push(Check::Type(ty.clone()));
        Ok((ty, self.shape_of(start)))
    }

    /// What a written type is, from its first tokens.
    fn shape_of(&self, start: usize) -> Shape {
        let mut index = start;
        if self.raw(index).is_some_and(|token| ident_value(self.body, token) == "pg_catalog")
            && self.is_symbol(index + 1, TokenKind::Dot, "")
        {
            index += 2;
        }
        let array = self.tokens.get(index..self.at).unwrap_or_default().iter().any(|token| token.kind == TokenKind::LBracket);
        let qualified = self.is_symbol(index + 1, TokenKind::Dot, "");
        match self.raw(index) {
            Some(token) if token.kind.is_ident() && !qualified => Shape::of_type(&ident_value(self.body, token), array),
            _ if array => Shape::Scalar,
            _ => Shape::Unknown,
        }
    }

    /// What each version says of `x%TYPE` when there is no variable `x`.
    fn no_such_variable(&self, names: &[Name], span: Span, percent: Span) -> Box<PlError> {
        match self.context.version {
            ..=13 => self.error("42601", format!("invalid type name \"{}\"", span.of(self.body)), span),
            14..=16 => self.syntax(percent),
            _ => self.error("42704", format!("variable \"{}\" does not exist", names.join(".")), span),
        }
    }

    /// `x%TYPE`, `t.c%TYPE`, `t%ROWTYPE`.
    fn copied_type(&mut self) -> Res<Option<(DataType, Shape)>> {
        let seen = self.see(self.at, false)?;
        let names = match &seen.tok {
            Tok::Word(name, _) => vec![name.clone()],
            Tok::Key(key) if super::scan::reserved(key).is_none() => vec![(*key).into()],
            Tok::Dotted(names) => names.clone(),
            _ => return Ok(None),
        };
        if !self.is_symbol(seen.next, TokenKind::Operator, "%") {
            return Ok(None);
        }
        let word = self.see(seen.next + 1, false)?;
        let mut next = word.next;
        let mut array = false;
        if self.context.version >= 17 && (word.tok_is("type") || word.tok_is("rowtype")) {
            // Array decoration came with 17; before that it is left standing for the grammar to refuse.
            if self.see(next, false)?.tok_is("array") {
                next += 1;
                array = true;
            }
            while self.is_symbol(next, TokenKind::LBracket, "") {
                next += 1;
                if self.see(next, false)?.tok == Tok::Integer {
                    next += 1;
                }
                if !self.is_symbol(next, TokenKind::RBracket, "") {
                    return Err(self.stumble("syntax error, expected \"]\"", self.see(next, false)?.span));
                }
                next += 1;
                array = true;
            }
        }
        let span = seen.span.to(self.span_at(next - 1));
        let (kind, shape) = if word.tok_is("type") {
            match self.scope.look_up(&names).filter(|&(_, taken)| taken == names.len()) {
                // Whole records give their type from 17 on only.
                Some((item, _)) if item.shape == Shape::Record && self.context.version < 17 => {
                    return Err(self.no_such_variable(&names, span, self.span_at(seen.next)));
                }
                Some((item, _)) => (TypeKind::Variable(names), item.shape),
                // The type of a record's field is not known before the record is assigned.
                None if names.len() > 1 && self.scope.look_up(&names).is_some() => return Ok(None),
                None if names.len() == 1 => return Err(self.no_such_variable(&names, span, self.span_at(seen.next))),
                None => (TypeKind::Column(names), Shape::Unknown),
            }
        } else if word.tok_is("rowtype") {
            (TypeKind::Row(names), Shape::Record)
        } else {
            return Ok(None);
        };
        self.at = next;
        let ty = DataType { span, kind };
        if !matches!(ty.kind, TypeKind::Variable(_)) {
            self.checks.push(Check::Type(ty.clone()));
        }
        Ok(Some((ty, if array { Shape::Scalar } else { shape })))
    }
}
