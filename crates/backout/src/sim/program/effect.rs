//! What statements would do if they were executed: for branches of which it cannot be told.

use super::*;
use crate::lexer::{TokenKind, ident_value, string_value, tokenize};
use crate::op::{Behavior, Reach, TableAction};
use crate::plpgsql::{ForKind, Level as Loudness, OpenKind, Raise, Stmt, StmtKind, Target};
use crate::sim::eval::{HOLE, USER};
use litemap::LiteMap;

/// What may happen.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    /// Names that statements on the schema mention.
    pub names: LiteMap<Name, ()>,
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
    /// Temporary tables that are made on the way.
    pub temporary: LiteMap<Name, ()>,
    /// `CREATE ROLE`.
    pub roles: Vec<Arc<Op>>,
}

impl Effect {
    /// Whether the schema may change.
    pub fn reach(&self) -> Option<Reach> {
        if self.everything {
            Some(Reach::Everything)
        } else if self.names.is_empty() {
            None
        } else {
            Some(Reach::Names(self.names.keys().cloned().collect()))
        }
    }
}

impl Runner<'_> {
    /// What a list may do that runs any number of times, or not at all.
    pub(super) fn effect(&mut self, list: &[Stmt], effect: &mut Effect) {
        let dry = std::mem::replace(&mut self.dry, true);
        let mut changed = Effect::default();
        assigned(list, &mut changed.assigned);
        let levels = self.frames.last().map(|frame| frame.levels.clone());
        // What an earlier round may have left is not known.
        for target in &changed.assigned {
            let _ = self.assign(target, Value::Unknown(Why::NotModelled));
        }
        for stmt in list {
            self.effect_of(&stmt.kind, effect);
        }
        if let (Some(frame), Some(levels)) = (self.frames.last_mut(), levels) {
            frame.levels = levels;
        }
        for target in &changed.assigned {
            let _ = self.assign(target, Value::Unknown(Why::NotModelled));
        }
        effect.assigned.extend(changed.assigned);
        self.dry = dry;
    }

    fn effect_of(&mut self, kind: &StmtKind, effect: &mut Effect) {
        match kind {
            StmtKind::Block(block) => self.effect_of_block(block, effect),
            StmtKind::Assign { target, source } => {
                self.calls_of(source, effect);
                let value = self.value(source).unwrap_or(Value::Unknown(Why::NotModelled));
                let _ = self.assign(target, value);
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
                if let Some(frame) = self.frame() {
                    let mut level = super::Level::default();
                    if let ForKind::Integer { variable, .. } | ForKind::Cursor { variable, .. } = kind {
                        let value = Value::Unknown(Why::NotModelled);
                        level.variables.push(Variable { name: variable.clone(), value, ty: None, alias: None });
                    }
                    frame.levels.push(level);
                }
                let exits = effect.exits;
                self.effect(body, effect);
                effect.exits = exits;
                if let Some(frame) = self.frame() {
                    frame.levels.pop();
                }
            }
            // A label may lead out of several loops or blocks.
            StmtKind::Exit { label: Some(_), .. } | StmtKind::Return(_) => effect.returns = true,
            StmtKind::Exit { label: None, .. } => effect.exits = true,
            StmtKind::Raise(Raise { level, again, .. }) => effect.raises |= *again || *level == Loudness::Exception,
            StmtKind::Assert { .. } => effect.raises = true,
            StmtKind::Sql { statement, .. } => {
                let op = self.fragment(statement);
                self.effect_of_op(&op, statement, effect);
            }
            StmtKind::Execute { query, .. } => {
                self.calls_of(query, effect);
                match self.value(query) {
                    Ok(Value::Text(text)) => self.effect_of_text(&text, effect),
                    Ok(Value::Partial(text, _)) => self.effect_of_partial(&text, effect),
                    _ => effect.everything = true,
                }
            }
            StmtKind::Perform(fragment) | StmtKind::Call(fragment) => self.calls_of(fragment, effect),
            StmtKind::GetDiagnostics { .. } => {}
            StmtKind::Fetch { .. } => {}
            StmtKind::Open { kind, .. } => match kind {
                OpenKind::Bound(_) | OpenKind::Query(_) | OpenKind::Execute { .. } => {}
            },
            // What was done so far stays done.
            StmtKind::Commit { .. } => {}
            StmtKind::Rollback { .. } => effect.everything = true,
            StmtKind::ReturnNext(_) | StmtKind::ReturnQuery(_) | StmtKind::ReturnExecute { .. } => {}
            StmtKind::Move { .. } | StmtKind::Close { .. } | StmtKind::Null => {}
        }
    }

    fn effect_of_block(&mut self, block: &Block, effect: &mut Effect) {
        let depth = self.frames.last().map_or(0, |frame| frame.levels.len());
        if let Some(frame) = self.frame() {
            frame.levels.push(super::Level { label: block.label.clone(), variables: Vec::new() });
        }
        for declaration in &block.declarations {
            if self.declare(declaration).is_err() {
                effect.raises = true;
            }
        }
        self.effect(&block.body, effect);
        for handler in &block.handlers {
            self.effect(&handler.body, effect);
        }
        if let Some(frame) = self.frame() {
            frame.levels.truncate(depth);
        }
    }

    /// What a text of statements may do.
    pub(super) fn effect_of_text(&mut self, text: &str, effect: &mut Effect) {
        for span in self.engine.split(text) {
            let op = self.engine.lower(span.of(text));
            if !changes_rows_only(&op) {
                words(span.of(text), effect);
            }
        }
    }

    fn effect_of_op(&mut self, op: &Arc<Op>, fragment: &Fragment, effect: &mut Effect) {
        if changes_rows_only(op) {
            if matches!(**op, Op::CreateRole(_)) {
                effect.roles.push(op.clone());
            }
            self.calls_of(fragment, effect);
            return;
        }
        match &**op {
            // These leave nothing behind that another session sees.
            Op::CreateTableAs(create) if create.persistence == crate::op::Persistence::Temporary => {
                effect.temporary.insert(create.name.name.clone(), ());
                return;
            }
            Op::CreateTable(create) if create.persistence == crate::op::Persistence::Temporary => {
                effect.temporary.insert(create.name.name.clone(), ());
                return;
            }
            Op::Drop(drop) => {
                let own = |target: &crate::op::ObjectRef| matches!(target, crate::op::ObjectRef::Relation { name, .. } if effect.temporary.contains_key(&name.name));
                if drop.targets.iter().all(own) {
                    return;
                }
            }
            _ => {}
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
    /// What a text may do of which parts are not known: names may have unknown parts too.
    pub(super) fn effect_of_partial(&mut self, text: &str, effect: &mut Effect) {
        if leaves_schemas(text) {
            return;
        }
        if let Some(constraints) = self.may_drop(text) {
            // One that is made again has the same name, or that with a number.
            effect.names.extend(constraints.iter().map(|name| (arcstr::format!("{name}{HOLE}"), ())));
            return;
        }
        let mut own = Effect::default();
        words(text, &mut own);
        effect.everything |= own.everything || own.names.keys().any(only_holes) || own.names.contains_key("cascade");
        effect.names.extend(own.names);
    }

    /// The constraints of a table of which a text drops one and does not say which.
    fn may_drop(&mut self, text: &str) -> Option<Vec<Name>> {
        const ANY: &str = "backout_any";
        let Op::AlterTable(alter) = &*self.engine.lower(&text.replace(HOLE, ANY)) else { return None };
        let [(TableAction::DropConstraint { name, behavior: Behavior::Restrict, .. }, _)] = &alter.actions[..] else { return None };
        let alone = text.matches(HOLE).count() == 1 && name.name == ANY && !text.contains([USER, ';']);
        alone.then(|| self.engine.constraints_of(&alter.name))?
    }

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
                    let dry = std::mem::replace(&mut self.dry, true);
                    let mut level = super::Level { label: callee.context.name.clone(), variables: Vec::new() };
                    for (at, arg) in callee.context.args.iter().enumerate() {
                        for name in [Some(format!("${}", at + 1).into()), arg.name.clone()].into_iter().flatten() {
                            let value = Value::Unknown(Why::NotModelled);
                            level.variables.push(Variable { name, value, ty: None, alias: None });
                        }
                    }
                    self.frames.push(Frame::new(callee.body.clone(), vec![level], Vec::new()));
                    self.effect_of_block(&block, &mut own);
                    self.frames.pop();
                    self.dry = dry;
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
    // What a procedure does is looked for in its body.
    (op.is_row_statement() && !matches!(op, Op::Call(_)))
        || matches!(
            op,
            Op::Lock(_)
                | Op::Nothing
                | Op::SetConstraints { .. }
                | Op::RefreshMatView { .. }
                | Op::Maintenance(_)
                // Roles belong to the cluster; which there are is open anyway.
                | Op::CreateRole(_)
                | Op::AlterRole { .. }
                | Op::GrantRole(_)
        )
}

/// Whether a text that is not wholly known leaves every schema as it is: it changes rows, or the database as a whole
/// (`GRANT … ON DATABASE`, `COMMENT ON DATABASE`, `ALTER DATABASE`).
pub(super) fn leaves_schemas(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let leaves = match words.first().map_or("", |first| first.trim_end_matches(|c: char| !c.is_ascii_alphabetic())) {
        "select" | "insert" | "update" | "delete" | "truncate" | "lock" | "analyze" | "refresh" | "copy" | "merge" => true,
        "grant" | "revoke" => words.windows(2).any(|pair| pair == ["on", "database"]),
        "comment" => words.get(1..3).is_some_and(|pair| pair == ["on", "database"]),
        // What is set for a database, the search path too, holds for all later sessions.
        "alter" => {
            let moves = |word: &String| word == "all" || word.trim_start_matches('"').starts_with("search_path");
            words.get(1).is_some_and(|word| word == "database") && !words.iter().any(moves)
        }
        _ => false,
    };
    leaves && !text.contains(';')
}

fn only_holes(name: &Name) -> bool {
    name.chars().all(|c| matches!(c, HOLE | USER))
}

/// Targets of all assignments in a list, however deep; nested blocks' own variables do no harm.
fn assigned(list: &[Stmt], targets: &mut Vec<Target>) {
    for stmt in list {
        match &stmt.kind {
            StmtKind::Block(block) => {
                assigned(&block.body, targets);
                block.handlers.iter().for_each(|handler| assigned(&handler.body, targets));
            }
            StmtKind::Assign { target, .. } => targets.push(target.clone()),
            StmtKind::If { arms, otherwise } => {
                arms.iter().for_each(|arm| assigned(&arm.body, targets));
                assigned(otherwise, targets);
            }
            StmtKind::Case { arms, otherwise, .. } => {
                arms.iter().for_each(|arm| assigned(&arm.body, targets));
                assigned(otherwise.as_deref().unwrap_or_default(), targets);
            }
            StmtKind::Loop { body, .. } | StmtKind::While { body, .. } => assigned(body, targets),
            StmtKind::For { kind, body, .. } => {
                if let ForKind::Query { targets: own, .. } | ForKind::Execute { targets: own, .. } | ForKind::Each { targets: own, .. } =
                    kind
                {
                    targets.extend(own.iter().cloned());
                }
                assigned(body, targets);
            }
            StmtKind::Sql { into: Some(into), .. } | StmtKind::Execute { into: Some(into), .. } | StmtKind::Fetch { into, .. } => {
                targets.extend(into.targets.iter().cloned());
            }
            StmtKind::GetDiagnostics { items, .. } => targets.extend(items.iter().map(|(target, _)| target.clone())),
            _ => {}
        }
    }
}

/// All names in a text, those in its strings included.
fn words(text: &str, effect: &mut Effect) {
    let Ok(tokens) = tokenize(text) else {
        effect.everything = true;
        return;
    };
    let program = tokens.first().is_some_and(|first| first.span.of(text).eq_ignore_ascii_case("do"));
    for (at, &token) in tokens.iter().enumerate() {
        // What a dot follows is a schema or a table that is named elsewhere too.
        let qualifies = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Dot);
        if token.kind.is_ident() && !qualifies {
            let name = ident_value(text, token);
            // The schema and the role of that name are hardly ever what a statement is about, and a key's CASCADE is about rows.
            let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.span.of(text));
            let of_key = name == "cascade" && ["delete", "update"].iter().any(|event| before.eq_ignore_ascii_case(event));
            if name != "public" && !of_key {
                effect.names.insert(name, ());
            }
        } else if token.kind.is_string()
            && let Ok(inner) = string_value(text, token)
            && inner.len() < 200
            && let Ok(inner_tokens) = tokenize(&inner)
        {
            let names = inner_tokens.into_iter().filter(|token| token.kind.is_ident()).map(|token| ident_value(&inner, token));
            // A string of which nothing is known is a value; only the text of a program is more.
            effect.names.extend(names.filter(|name| program || !only_holes(name)).map(|name| (name, ())));
        }
    }
}
