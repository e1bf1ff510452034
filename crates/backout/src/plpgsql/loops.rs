//! Loops, and blocks that have a label.

use super::parser::{Parser, Res, Until};
use super::scan::{Datum, Item, Tok};
use super::*;
use crate::lexer::TokenKind;

/// What a loop variable was written as.
enum LoopVariable {
    /// A record.
    Record(Target),
    /// One variable or a list of them.
    Scalars(Vec<Target>),
    /// A name that is no variable yet.
    Fresh(Name),
}

impl Parser<'_> {
    /// A block or a loop after its label.
    pub(super) fn labelled(&mut self, label: Option<Name>) -> Res<StmtKind> {
        let seen = self.peek()?;
        let Tok::Key(key) = seen.tok else { return Err(self.syntax(seen.span)) };
        if matches!(key, "begin" | "declare") {
            let block = self.labelled_block(label)?;
            self.expect_semicolon()?;
            return Ok(StmtKind::Block(block));
        }
        if !matches!(key, "loop" | "while" | "for" | "foreach") {
            return Err(self.syntax(seen.span));
        }
        self.at = seen.next;
        self.scope.push(label.clone(), true);
        let kind = match key {
            "loop" => StmtKind::Loop { body: self.loop_body(label.as_ref())?, label },
            "while" => {
                let condition = self.expression_until(Until::Key("loop"), "LOOP")?;
                StmtKind::While { condition, body: self.loop_body(label.as_ref())?, label }
            }
            "for" => {
                let kind = self.for_control()?;
                StmtKind::For { kind, body: self.loop_body(label.as_ref())?, label }
            }
            _ => {
                let kind = self.for_each()?;
                StmtKind::For { kind, body: self.loop_body(label.as_ref())?, label }
            }
        };
        self.scope.pop();
        Ok(kind)
    }

    fn loop_body(&mut self, label: Option<&Name>) -> Res<Vec<Stmt>> {
        let body = self.inner()?;
        self.expect("end")?;
        self.expect("loop")?;
        self.end_label(label)?;
        self.expect_semicolon()?;
        Ok(body)
    }

    fn loop_variable(&mut self) -> Res<LoopVariable> {
        let seen = self.next()?;
        match &seen.tok {
            Tok::Datum(datum) => {
                let target = Target { names: datum.names.clone(), subscripts: Vec::new(), span: seen.span };
                if datum.shape == Shape::Record {
                    return Ok(LoopVariable::Record(target));
                }
                let mut targets = vec![target];
                if self.is_symbol(self.at, TokenKind::Comma, "") {
                    self.assignable(datum, seen.span)?;
                    self.more_targets(&mut targets)?;
                }
                Ok(LoopVariable::Scalars(targets))
            }
            Tok::Word(name, _) => {
                if self.is_symbol(self.at, TokenKind::Comma, "") {
                    return Err(self.not_variable(&seen));
                }
                Ok(LoopVariable::Fresh(name.clone()))
            }
            _ => Err(self.not_variable(&seen)),
        }
    }

    fn for_control(&mut self) -> Res<ForKind> {
        let start = self.at;
        let place = self.peek()?.span;
        let constant = matches!(self.peek()?.tok, Tok::Datum(Datum { constant: true, .. }));
        let variable = self.loop_variable()?;
        self.expect("in")?;
        let seen = self.peek()?;
        let rows = "loop variable of loop over rows must be a record variable or list of scalar variables";
        let targets_of = |parser: &Self, variable: LoopVariable| match variable {
            LoopVariable::Record(target) => Ok(vec![target]),
            LoopVariable::Scalars(targets) => Ok(targets),
            LoopVariable::Fresh(_) => Err(parser.error("42601", rows, place)),
        };
        let assignable = |parser: &Self| match &parser.see(start, true)?.tok {
            Tok::Datum(datum) if constant => parser.assignable(datum, place),
            _ => Ok(()),
        };
        if seen.tok_is("execute") {
            self.at = seen.next;
            let (query, end) = self.expression(&[Until::Key("loop"), Until::Key("using")], "LOOP or USING")?;
            assignable(self)?;
            let targets = targets_of(self, variable)?;
            let using = if end == Until::Key("using") { self.using(Until::Key("loop"), ", or LOOP")? } else { Vec::new() };
            return Ok(ForKind::Execute { targets, query, using });
        }
        if let Tok::Datum(Datum { names, shape: Shape::Cursor { bound }, .. }) = &seen.tok {
            let names = names.clone();
            self.at = seen.next;
            if matches!(&variable, LoopVariable::Scalars(targets) if targets.len() > 1) {
                return Err(self.error("42601", "cursor FOR loop must have only one target variable", place));
            }
            if !bound {
                return Err(self.error("42601", "cursor FOR loop must use a bound cursor variable", seen.span));
            }
            let args = self.cursor_args(Until::Key("loop"))?;
            let name = match variable {
                LoopVariable::Fresh(name) => name,
                LoopVariable::Record(target) => target.names.into_iter().next_back().unwrap_or_default(),
                LoopVariable::Scalars(targets) => {
                    targets.into_iter().next().and_then(|target| target.names.into_iter().next_back()).unwrap_or_default()
                }
            };
            self.scope.add(name.clone(), Item { shape: Shape::Record, constant: false });
            return Ok(ForKind::Cursor { variable: name, cursor: names.into_iter().next_back().unwrap_or_default(), args });
        }
        let reverse = self.is_key(&seen, "reverse");
        if reverse {
            self.at = seen.next;
        }
        let (mut first, end) = self.sql(&[Until::DotDot, Until::Key("loop")], "LOOP", Role::Expression)?;
        if end != Until::DotDot {
            if reverse {
                return Err(self.error("42601", "cannot specify REVERSE in query FOR loop", seen.span));
            }
            first.role = Role::Statement;
            self.checks.push(Check::Fragment(first));
            assignable(self)?;
            return Ok(ForKind::Query { targets: targets_of(self, variable)?, query: first });
        }
        self.checks.push(Check::Fragment(first));
        let (to, end) = self.expression(&[Until::Key("loop"), Until::Key("by")], "LOOP")?;
        let by = if end == Until::Key("by") { Some(self.expression_until(Until::Key("loop"), "LOOP")?) } else { None };
        let name = match variable {
            LoopVariable::Scalars(targets) if targets.len() > 1 => {
                return Err(self.error("42601", "integer FOR loop must have only one target variable", place));
            }
            LoopVariable::Fresh(name) => name,
            LoopVariable::Record(target) => target.names.into_iter().next_back().unwrap_or_default(),
            LoopVariable::Scalars(targets) => {
                targets.into_iter().next().and_then(|target| target.names.into_iter().next_back()).unwrap_or_default()
            }
        };
        self.scope.add(name.clone(), Item { shape: Shape::Scalar, constant: false });
        Ok(ForKind::Integer { variable: name, reverse, from: first, to, by })
    }

    fn for_each(&mut self) -> Res<ForKind> {
        let place = self.peek()?.span;
        let variable = self.loop_variable()?;
        let mut slice = 0;
        if self.eat("slice")? {
            let seen = self.next()?;
            if seen.tok != Tok::Integer {
                return Err(self.syntax(seen.span));
            }
            slice = self.integer_at(seen.span);
        }
        self.expect("in")?;
        self.expect("array")?;
        let array = self.expression_until(Until::Key("loop"), "LOOP")?;
        let targets = match variable {
            LoopVariable::Record(target) => vec![target],
            LoopVariable::Scalars(targets) => targets,
            LoopVariable::Fresh(_) => {
                return Err(self.error("42601", "loop variable of FOREACH must be a known variable or list of variables", place));
            }
        };
        Ok(ForKind::Each { targets, slice, array })
    }
}
