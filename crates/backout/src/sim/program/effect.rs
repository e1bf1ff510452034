//! What statements would do if they were executed: for branches of which it cannot be told.

use super::*;
use crate::lexer::{TokenKind, ident_value, string_value, tokenize};
use crate::op::Reach;
use crate::plpgsql::{ForKind, Level as Loudness, OpenKind, Raise, Stmt, StmtKind, Target};
use std::collections::BTreeSet;

/// What may happen.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    /// Names that statements on the schema mention.
    pub names: BTreeSet<Name>,
    /// The schema may change in a way that names do not bound.
    pub everything: bool,
    /// An error may be raised on purpose.
    pub raises: bool,
    /// What follows in the program may be skipped.
    pub returns: bool,
    /// What follows in the loop may be skipped.
    pub exits: bool,
    /// Variables that may change.
    pub assigned: Vec<Target>,
}

impl Effect {
    /// Whether the schema may change.
    pub fn reach(&self) -> Option<Reach> {
        if self.everything {
            Some(Reach::Everything)
        } else if self.names.is_empty() {
            None
        } else {
            Some(Reach::Names(self.names.iter().cloned().collect()))
        }
    }
}

impl Runner<'_> {
    pub(super) fn effect(&mut self, list: &[Stmt], effect: &mut Effect) {
        for stmt in list {
            self.effect_of(&stmt.kind, effect);
        }
    }

    fn effect_of(&mut self, kind: &StmtKind, effect: &mut Effect) {
        match kind {
            StmtKind::Block(block) => {
                self.effect(&block.body, effect);
                for handler in &block.handlers {
                    self.effect(&handler.body, effect);
                }
            }
            StmtKind::Assign { target, source } => {
                effect.assigned.push(target.clone());
                self.calls_of(source, effect);
            }
            StmtKind::If { arms, otherwise } => {
                for arm in arms {
                    self.calls_of(&arm.condition, effect);
                    self.effect(&arm.body, effect);
                }
                self.effect(otherwise, effect);
            }
            StmtKind::Case { arms, otherwise, .. } => {
                for arm in arms {
                    self.effect(&arm.body, effect);
                }
                self.effect(otherwise.as_deref().unwrap_or_default(), effect);
            }
            StmtKind::Loop { body, .. } | StmtKind::While { body, .. } => {
                let exits = effect.exits;
                self.effect(body, effect);
                effect.exits = exits;
            }
            StmtKind::For { kind, body, .. } => {
                match kind {
                    ForKind::Query { targets, .. } | ForKind::Execute { targets, .. } | ForKind::Each { targets, .. } => {
                        effect.assigned.extend(targets.iter().cloned());
                    }
                    ForKind::Integer { .. } | ForKind::Cursor { .. } => {}
                }
                let exits = effect.exits;
                self.effect(body, effect);
                effect.exits = exits;
            }
            // A label may lead out of several loops or blocks.
            StmtKind::Exit { label: Some(_), .. } | StmtKind::Return(_) => effect.returns = true,
            StmtKind::Exit { label: None, .. } => effect.exits = true,
            StmtKind::Raise(Raise { level, again, .. }) => effect.raises |= *again || *level == Loudness::Exception,
            StmtKind::Assert { .. } => effect.raises = true,
            StmtKind::Sql { statement, into } => {
                effect.assigned.extend(into.iter().flat_map(|into| into.targets.iter().cloned()));
                let op = self.fragment(statement);
                self.effect_of_op(&op, statement, effect);
            }
            StmtKind::Execute { query, into, .. } => {
                effect.assigned.extend(into.iter().flat_map(|into| into.targets.iter().cloned()));
                match self.value(query) {
                    Ok(Value::Text(text)) => self.effect_of_text(&text, effect),
                    Ok(Value::Partial(text, _)) if is_row_statement(&text) => {}
                    _ => effect.everything = true,
                }
            }
            StmtKind::Perform(fragment) | StmtKind::Call(fragment) => self.calls_of(fragment, effect),
            StmtKind::GetDiagnostics { items, .. } => effect.assigned.extend(items.iter().map(|(target, _)| target.clone())),
            StmtKind::Fetch { into, .. } => effect.assigned.extend(into.targets.iter().cloned()),
            StmtKind::Open { kind, .. } => match kind {
                OpenKind::Bound(_) | OpenKind::Query(_) | OpenKind::Execute { .. } => {}
            },
            StmtKind::Commit { .. } | StmtKind::Rollback { .. } => effect.everything = true,
            StmtKind::ReturnNext(_) | StmtKind::ReturnQuery(_) | StmtKind::ReturnExecute { .. } => {}
            StmtKind::Move { .. } | StmtKind::Close { .. } | StmtKind::Null => {}
        }
    }

    /// What a text of statements may do.
    pub(super) fn effect_of_text(&mut self, text: &str, effect: &mut Effect) {
        for span in self.engine.split(text) {
            let op = self.lower(span.of(text));
            if !changes_rows_only(&op) {
                words(span.of(text), effect);
            }
        }
    }

    fn effect_of_op(&mut self, op: &Op, fragment: &Fragment, effect: &mut Effect) {
        if changes_rows_only(op) {
            self.calls_of(fragment, effect);
            return;
        }
        let body = self.frames.last().map(|frame| frame.body.clone()).unwrap_or_else(|| "".into());
        words(&fragment.text(&body), effect);
    }

    /// Functions of the schema that an expression calls may do anything.
    pub(super) fn calls_of(&mut self, fragment: &Fragment, effect: &mut Effect) {
        let body = self.frames.last().map(|frame| frame.body.clone()).unwrap_or_else(|| "".into());
        let text = fragment.text(&body);
        let Ok(tokens) = tokenize(&text) else { return };
        for (at, token) in tokens.iter().enumerate() {
            let called = token.kind.is_ident() && tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::LParen);
            if !called {
                continue;
            }
            let qualified = at
                .checked_sub(2)
                .and_then(|at| tokens.get(at))
                .filter(|_| tokens.get(at - 1).is_some_and(|dot| dot.kind == TokenKind::Dot));
            let name = ObjectName {
                schema: qualified.map(|token| ident_value(&text, *token)),
                name: ident_value(&text, *token),
                span: token.span,
            };
            match self.engine.routine(&name, &[]) {
                Called::Opaque => effect.everything = true,
                Called::Routine(callee) => self.effect_of_callee(&callee, effect),
                Called::Builtin | Called::Missing(_) => {}
            }
        }
    }
}

impl Runner<'_> {
    /// What a routine may do; its own control flow and variables stay its own.
    pub(super) fn effect_of_callee(&mut self, callee: &Callee, effect: &mut Effect) {
        if self.calls >= CALLS {
            effect.everything = true;
            return;
        }
        let mut own = Effect::default();
        if callee.language == "sql" {
            own.everything = !callee.statements.iter().all(changes_rows_only);
        } else {
            match plpgsql::parse(&callee.body, &callee.context).outcome {
                Ok(block) => {
                    self.calls += 1;
                    self.frames.push(Frame::new(callee.body.clone(), Vec::new(), Vec::new()));
                    self.effect(&block.body, &mut own);
                    for handler in &block.handlers {
                        self.effect(&handler.body, &mut own);
                    }
                    self.frames.pop();
                    self.calls -= 1;
                }
                Err(_) => own.everything = true,
            }
        }
        effect.names.extend(own.names);
        effect.everything |= own.everything;
        effect.raises |= own.raises;
    }
}

/// Statements that leave the schema as it is.
pub(super) fn changes_rows_only(op: &Op) -> bool {
    matches!(
        op,
        Op::Insert(_)
            | Op::Update(_)
            | Op::Delete(_)
            | Op::Merge(_)
            | Op::Select(_)
            | Op::Copy(_)
            | Op::Truncate(_)
            | Op::Lock(_)
            | Op::Nothing
            | Op::SetConstraints { .. }
            | Op::Explain { .. }
            | Op::RefreshMatView { .. }
            | Op::Maintenance(_)
            // Roles belong to the cluster; which there are is open anyway.
            | Op::CreateRole(_)
            | Op::AlterRole { .. }
            | Op::GrantRole(_)
    )
}

/// Whether a text that is not wholly known changes rows at most.
pub(super) fn is_row_statement(text: &str) -> bool {
    let start = text.trim_start();
    let word: String = start.chars().take_while(char::is_ascii_alphabetic).collect();
    let rows = ["select", "insert", "update", "delete", "truncate", "lock", "analyze", "refresh", "copy", "merge"];
    rows.iter().any(|known| word.eq_ignore_ascii_case(known)) && !text.contains(';')
}

/// All names in a text, those in its strings included.
fn words(text: &str, effect: &mut Effect) {
    let Ok(tokens) = tokenize(text) else {
        effect.everything = true;
        return;
    };
    for (at, &token) in tokens.iter().enumerate() {
        // What a dot follows is a schema or a table that is named elsewhere too.
        let qualifies = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Dot);
        if token.kind.is_ident() && !qualifies {
            effect.names.insert(ident_value(text, token));
        } else if token.kind.is_string()
            && let Ok(inner) = string_value(text, token)
            && inner.len() < 200
            && let Ok(inner_tokens) = tokenize(&inner)
        {
            effect.names.extend(inner_tokens.into_iter().filter(|token| token.kind.is_ident()).map(|token| ident_value(&inner, token)));
        }
    }
}
