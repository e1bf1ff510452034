//! Columns and constraints, wherever they are written: `CREATE TABLE`, `ALTER TABLE`, domains, composite types.

use super::sequence;
use crate::lower::parser::{Parse, Parser, Stop};
use crate::op::{
    ColumnConstraint, ColumnConstraintKind, ColumnDef, ConstraintAttributes, ForeignKey, ForeignKeyAction, Ident, IndexElement, Name,
    ObjectName, Options, TableConstraint, TableConstraintKind,
};
use crate::source::Span;

/// The grammar's `columnDef`.
pub(super) fn column(p: &mut Parser) -> Parse<ColumnDef> {
    let mark = p.mark();
    let name = p.name()?;
    let ty = p.type_name()?;
    // Storage and compression say how values are kept, not what they are.
    let storage = if p.version >= 16 && p.word("STORAGE") { Some(word_or_default(p)?) } else { None };
    let compression = if p.version >= 14 && p.word("COMPRESSION") { Some(word_or_default(p)?) } else { None };
    let foreign_options = p.opt_generic_options()?;
    let (constraints, collation) = column_constraints(p)?;
    Ok(ColumnDef { name, ty: Some(ty), collation, storage, compression, foreign_options, constraints, span: p.span_from(mark) })
}

/// `ColId` or `DEFAULT`.
pub(super) fn word_or_default(p: &mut Parser) -> Parse<Name> {
    if p.word("DEFAULT") { Ok("default".into()) } else { p.name() }
}

/// A column of a typed table or partition: `name [WITH OPTIONS] constraints`.
pub(super) fn typed_column(p: &mut Parser) -> Parse<ColumnDef> {
    let mark = p.mark();
    let name = p.name()?;
    if p.word("WITH") {
        p.expect_word("OPTIONS")?;
    }
    let (constraints, collation) = column_constraints(p)?;
    let (storage, compression, foreign_options) = (None, None, Options::new());
    Ok(ColumnDef { name, ty: None, collation, storage, compression, foreign_options, constraints, span: p.span_from(mark) })
}

/// An attribute of a composite type: `name type [COLLATE c]`.
pub(super) fn attribute(p: &mut Parser) -> Parse<ColumnDef> {
    let mark = p.mark();
    let name = p.name()?;
    let ty = Some(p.type_name()?);
    let collation = p.opt_collate()?;
    let (storage, compression, foreign_options) = (None, None, Options::new());
    Ok(ColumnDef { name, ty, collation, storage, compression, foreign_options, constraints: Vec::new(), span: p.span_from(mark) })
}

/// What has been said of a column so far, to refuse what contradicts itself.
#[derive(Default)]
struct Said {
    null: bool,
    not_null: bool,
    default: bool,
    identity: bool,
    generated: bool,
    deferrable: bool,
    initially: bool,
    enforced: bool,
}

/// The grammar's `ColQualList`: constraints and the collation.
pub(super) fn column_constraints(p: &mut Parser) -> Parse<(Vec<ColumnConstraint>, Option<ObjectName>)> {
    // Mostly there is none or one: a list grows by four, and these are large.
    let mut constraints: Vec<ColumnConstraint> = Vec::new();
    let mut collation = None;
    let mut said = Said::default();
    loop {
        let mark = p.mark();
        if p.word("CONSTRAINT") {
            let name = Some(p.name()?);
            let Some(kind) = column_constraint(p)? else { return Err(p.syntax_error()) };
            let span = p.span_from(mark);
            contradiction(p, &mut said, &kind, span);
            constraints.reserve_exact(1);
            constraints.push(ColumnConstraint { name, kind, attributes: ConstraintAttributes::default(), span: p.span_from(mark) });
            said.deferrable = false;
            said.initially = false;
            said.enforced = false;
        } else if p.word("COLLATE") {
            let name = p.object_name()?;
            if collation.is_some() {
                p.refuse_later("42601", "multiple COLLATE clauses not allowed", p.span_from(mark));
            }
            collation = Some(name);
        } else if let Some(word) = column_attribute(p) {
            let span = p.span_from(mark);
            apply_attribute(p, &mut said, constraints.last_mut(), word, span);
        } else if let Some(kind) = column_constraint(p)? {
            let span = p.span_from(mark);
            contradiction(p, &mut said, &kind, span);
            constraints.reserve_exact(1);
            constraints.push(ColumnConstraint { name: None, kind, attributes: ConstraintAttributes::default(), span: p.span_from(mark) });
            said.deferrable = false;
            said.initially = false;
            said.enforced = false;
        } else if p.is_one_of(0, &["NOT", "INITIALLY"]) {
            return Err(p.syntax_error_at(p.at + 1));
        } else {
            return Ok((constraints, collation));
        }
    }
}

fn contradiction(p: &mut Parser, said: &mut Said, kind: &ColumnConstraintKind, span: Span) {
    let twice = |flag: &mut bool| std::mem::replace(flag, true);
    let message = match kind {
        ColumnConstraintKind::Null => {
            said.null = true;
            said.not_null.then_some("conflicting NULL/NOT NULL declarations")
        }
        ColumnConstraintKind::NotNull { .. } => {
            said.not_null = true;
            said.null.then_some("conflicting NULL/NOT NULL declarations")
        }
        ColumnConstraintKind::Default(_) => twice(&mut said.default).then_some("multiple default values specified"),
        ColumnConstraintKind::Identity { .. } => twice(&mut said.identity).then_some("multiple identity specifications"),
        ColumnConstraintKind::Generated { .. } => twice(&mut said.generated).then_some("multiple generation clauses specified"),
        ColumnConstraintKind::Check { .. }
        | ColumnConstraintKind::Unique { .. }
        | ColumnConstraintKind::PrimaryKey { .. }
        | ColumnConstraintKind::References(_) => None,
    };
    if let Some(message) = message {
        p.refuse_later("42601", message, span);
    }
}

/// What may follow a constraint of a column, and belongs to it.
fn column_attribute(p: &mut Parser) -> Option<&'static str> {
    if p.words(&["NOT", "DEFERRABLE"]) {
        return Some("NOT DEFERRABLE");
    }
    if p.word("DEFERRABLE") {
        return Some("DEFERRABLE");
    }
    if p.words(&["INITIALLY", "DEFERRED"]) {
        return Some("INITIALLY DEFERRED");
    }
    if p.words(&["INITIALLY", "IMMEDIATE"]) {
        return Some("INITIALLY IMMEDIATE");
    }
    if p.version >= 18 {
        if p.words(&["NOT", "ENFORCED"]) {
            return Some("NOT ENFORCED");
        }
        if p.word("ENFORCED") {
            return Some("ENFORCED");
        }
    }
    None
}

fn apply_attribute(p: &mut Parser, said: &mut Said, last: Option<&mut ColumnConstraint>, word: &'static str, span: Span) {
    let enforcement = word.ends_with("ENFORCED");
    let fits = last.as_ref().is_some_and(|last| match last.kind {
        ColumnConstraintKind::Check { .. } => enforcement,
        ColumnConstraintKind::References(_) => true,
        ColumnConstraintKind::Unique { .. } | ColumnConstraintKind::PrimaryKey { .. } => !enforcement,
        _ => false,
    });
    let Some(last) = last.filter(|_| fits) else {
        return p.refuse_later("42601", format!("misplaced {word} clause"), span);
    };
    let attributes = &mut last.attributes;
    let (flag, what) = match word {
        "DEFERRABLE" | "NOT DEFERRABLE" => (&mut said.deferrable, "DEFERRABLE/NOT DEFERRABLE"),
        "INITIALLY DEFERRED" | "INITIALLY IMMEDIATE" => (&mut said.initially, "INITIALLY IMMEDIATE/DEFERRED"),
        _ => (&mut said.enforced, "ENFORCED/NOT ENFORCED"),
    };
    if std::mem::replace(flag, true) {
        return p.refuse_later("42601", format!("multiple {what} clauses not allowed"), span);
    }
    let undeferrable = "constraint declared INITIALLY DEFERRED must be DEFERRABLE";
    match word {
        "DEFERRABLE" => attributes.deferrable = true,
        "NOT DEFERRABLE" if attributes.initially_deferred => p.refuse_later("42601", undeferrable, span),
        "INITIALLY DEFERRED" => {
            if said.deferrable && !attributes.deferrable {
                p.refuse_later("42601", undeferrable, span);
            }
            attributes.deferrable = true;
            attributes.initially_deferred = true;
        }
        "NOT ENFORCED" => {
            attributes.not_enforced = true;
            attributes.not_valid = true;
        }
        _ => {}
    }
}

/// The grammar's `ColConstraintElem`, if one comes next.
fn column_constraint(p: &mut Parser) -> Parse<Option<ColumnConstraintKind>> {
    if p.is_words(&["NOT", "NULL"]) {
        p.at += 2;
        let no_inherit = p.version >= 18 && p.words(&["NO", "INHERIT"]);
        return Ok(Some(ColumnConstraintKind::NotNull { no_inherit }));
    }
    let Some(word) = p.one_of(&["NULL", "UNIQUE", "PRIMARY", "CHECK", "DEFAULT", "GENERATED", "REFERENCES"]) else { return Ok(None) };
    Ok(Some(match word {
        "NULL" => ColumnConstraintKind::Null,
        "UNIQUE" => {
            let nulls_not_distinct = null_treatment(p)?;
            ColumnConstraintKind::Unique { nulls_not_distinct, options: key_storage(p)? }
        }
        "PRIMARY" => {
            p.expect_word("KEY")?;
            ColumnConstraintKind::PrimaryKey { options: key_storage(p)? }
        }
        "CHECK" => {
            let expr = p.parenthesised(Parser::expr)?;
            ColumnConstraintKind::Check { expr, no_inherit: no_inherit(p)? }
        }
        "DEFAULT" => ColumnConstraintKind::Default(p.b_expr()?),
        "GENERATED" => generated(p)?,
        _ => ColumnConstraintKind::References(references(p)?),
    }))
}

/// `NO INHERIT`, if written. Nothing else that follows a constraint begins with `NO`.
fn no_inherit(p: &mut Parser) -> Parse<bool> {
    if !p.word("NO") {
        return Ok(false);
    }
    p.expect_word("INHERIT")?;
    Ok(true)
}

/// `NULLS [NOT] DISTINCT`, if written: true with `NOT`.
pub(super) fn null_treatment(p: &mut Parser) -> Parse<bool> {
    if p.version < 15 || !p.word("NULLS") {
        return Ok(false);
    }
    let not = p.word("NOT");
    p.expect_word("DISTINCT")?;
    Ok(not)
}

/// `WITH (…)` and `USING INDEX TABLESPACE name` after a key. The tablespace does not matter to the schema.
fn key_storage(p: &mut Parser) -> Parse<Options> {
    let options = if p.word("WITH") { p.options()? } else { Options::new() };
    if p.word("USING") {
        p.expect_words(&["INDEX", "TABLESPACE"])?;
        p.ident()?;
    }
    Ok(options)
}

/// `ALWAYS` (true) or `BY DEFAULT`.
pub(super) fn generated_when(p: &mut Parser) -> Parse<bool> {
    if p.word("ALWAYS") {
        return Ok(true);
    }
    p.expect_words(&["BY", "DEFAULT"])?;
    Ok(false)
}

/// After `GENERATED`.
fn generated(p: &mut Parser) -> Parse<ColumnConstraintKind> {
    let mark = p.mark();
    let always = generated_when(p)?;
    let when = p.span_from(mark);
    p.expect_word("AS")?;
    if p.word("IDENTITY") {
        return Ok(ColumnConstraintKind::Identity { always, options: sequence::parenthesised_options(p)? });
    }
    let expr = p.parenthesised(Parser::expr)?;
    // From 18 the keyword may be left out, and means VIRTUAL.
    let stored =
        if p.version >= 18 { p.one_of(&["STORED", "VIRTUAL"]) == Some("STORED") } else { p.expect_word("STORED").map(|()| true)? };
    if !always {
        return Err(p.reject("42601", "for a generated column, GENERATED ALWAYS must be specified", when));
    }
    Ok(ColumnConstraintKind::Generated { expr, stored })
}

/// After `REFERENCES`.
fn references(p: &mut Parser) -> Parse<ForeignKey> {
    let table = p.object_name()?;
    let mut key = ForeignKey {
        table,
        columns: Vec::new(),
        on_delete: ForeignKeyAction::NoAction,
        set_columns: Vec::new(),
        on_update: ForeignKeyAction::NoAction,
        match_full: false,
        period: false,
    };
    if p.is_symbol(0, '(') {
        (key.columns, key.period) = key_columns(p)?;
    }
    let mark = p.mark();
    if p.word("MATCH") {
        match p.expect_one_of(&["FULL", "PARTIAL", "SIMPLE"])? {
            "FULL" => key.match_full = true,
            "PARTIAL" => return Err(p.reject("0A000", "MATCH PARTIAL not yet implemented", p.span_from(mark))),
            _ => {}
        }
    }
    let (mut update, mut delete) = (false, false);
    while p.is_word(0, "ON") {
        let mark = p.mark();
        let at_delete = if !delete && p.is_word(1, "DELETE") {
            true
        } else if !update && p.is_word(1, "UPDATE") {
            false
        } else {
            // Each may be written once; the server stumbles over the second ON when both were.
            return Err(p.syntax_error_at(if update && delete { p.at } else { p.at + 1 }));
        };
        p.at += 2;
        let (action, columns) = key_action(p)?;
        if at_delete {
            delete = true;
            key.on_delete = action;
            key.set_columns = columns;
        } else {
            update = true;
            key.on_update = action;
            if !columns.is_empty() {
                let what = if action == ForeignKeyAction::SetNull { "SET NULL" } else { "SET DEFAULT" };
                let message = format!("a column list with {what} is only supported for ON DELETE actions");
                return Err(p.reject("0A000", message, p.span_from(mark)));
            }
        }
    }
    Ok(key)
}

fn key_action(p: &mut Parser) -> Parse<(ForeignKeyAction, Vec<Name>)> {
    Ok(match p.expect_one_of(&["NO", "RESTRICT", "CASCADE", "SET"])? {
        "NO" => {
            p.expect_word("ACTION")?;
            (ForeignKeyAction::NoAction, Vec::new())
        }
        "RESTRICT" => (ForeignKeyAction::Restrict, Vec::new()),
        "CASCADE" => (ForeignKeyAction::Cascade, Vec::new()),
        _ => {
            let action =
                if p.expect_one_of(&["NULL", "DEFAULT"])? == "NULL" { ForeignKeyAction::SetNull } else { ForeignKeyAction::SetDefault };
            let columns = if p.version >= 15 { p.opt_names()? } else { Vec::new() };
            (action, columns)
        }
    })
}

/// `(a, b, PERIOD c)`; the period from 18.
fn key_columns(p: &mut Parser) -> Parse<(Vec<Ident>, bool)> {
    let mut period = false;
    let columns = p.parenthesised(|p| {
        let mut columns = vec![p.ident()?];
        while p.symbol(',') {
            if p.version >= 18 && p.is_word(0, "PERIOD") && p.is_ident(1) {
                p.at += 1;
                period = true;
                columns.push(p.ident()?);
                break;
            }
            columns.push(p.ident()?);
        }
        Ok(columns)
    })?;
    Ok((columns, period))
}

/// Whether a table constraint comes next, not a column.
pub(super) fn is_table_constraint(p: &Parser) -> bool {
    p.is_one_of(0, &["CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN"])
        || (p.is_word(0, "EXCLUDE") && (p.is_symbol(1, '(') || p.is_word(1, "USING")))
        || (p.version >= 18 && p.is_words(&["NOT", "NULL"]))
}

/// The grammar's `TableConstraint`.
pub(super) fn table_constraint(p: &mut Parser) -> Parse<TableConstraint> {
    let mark = p.mark();
    let name = if p.word("CONSTRAINT") { Some(p.name()?) } else { None };
    let (mut kind, what) = table_constraint_kind(p)?;
    let written = attributes(p)?;
    let attributes = allowed(p, &written, what)?;
    match &mut kind {
        TableConstraintKind::Check { no_inherit, .. } | TableConstraintKind::NotNull { no_inherit, .. } => {
            *no_inherit = written.no_inherit.is_some();
        }
        TableConstraintKind::Key { .. } | TableConstraintKind::ForeignKey { .. } | TableConstraintKind::Exclude { .. } => {}
    }
    Ok(TableConstraint { name, kind, attributes, span: p.span_from(mark) })
}

fn table_constraint_kind(p: &mut Parser) -> Parse<(TableConstraintKind, &'static str)> {
    if p.word("CHECK") {
        let expr = p.parenthesised(Parser::expr)?;
        return Ok((TableConstraintKind::Check { expr, no_inherit: false }, "CHECK"));
    }
    if p.version >= 18 && p.words(&["NOT", "NULL"]) {
        return Ok((TableConstraintKind::NotNull { column: p.ident()?, no_inherit: false }, "NOT NULL"));
    }
    if p.word("UNIQUE") {
        return Ok((key(p, false)?, "UNIQUE"));
    }
    if p.word("PRIMARY") {
        p.expect_word("KEY")?;
        return Ok((key(p, true)?, "PRIMARY KEY"));
    }
    if p.word("FOREIGN") {
        p.expect_word("KEY")?;
        let (columns, period) = key_columns(p)?;
        p.expect_word("REFERENCES")?;
        let mut key = references(p)?;
        key.period |= period;
        return Ok((TableConstraintKind::ForeignKey { columns, key }, "FOREIGN KEY"));
    }
    if p.word("EXCLUDE") {
        return Ok((exclude(p)?, "EXCLUDE"));
    }
    Err(p.syntax_error())
}

/// After `UNIQUE` or `PRIMARY KEY`.
fn key(p: &mut Parser, primary: bool) -> Parse<TableConstraintKind> {
    let mut columns = Vec::new();
    let mut include = Vec::new();
    let mut options = Options::new();
    let mut without_overlaps = false;
    if p.word("USING") {
        p.expect_word("INDEX")?;
        let using_index = Some(p.ident()?);
        return Ok(TableConstraintKind::Key {
            primary,
            columns,
            include,
            nulls_not_distinct: false,
            without_overlaps,
            using_index,
            options,
        });
    }
    let nulls_not_distinct = !primary && null_treatment(p)?;
    p.parenthesised(|p| {
        columns = p.name_list()?;
        if p.version >= 18 && p.word("WITHOUT") {
            p.expect_word("OVERLAPS")?;
            without_overlaps = true;
        }
        Ok(())
    })?;
    if p.word("INCLUDE") {
        include = p.idents()?;
    }
    options.append(&mut key_storage(p)?);
    Ok(TableConstraintKind::Key { primary, columns, include, nulls_not_distinct, without_overlaps, using_index: None, options })
}

/// After `EXCLUDE`.
fn exclude(p: &mut Parser) -> Parse<TableConstraintKind> {
    let method = if p.word("USING") { Some(p.name()?) } else { None };
    let elements: Vec<(IndexElement, ObjectName)> = p.parenthesised_list(|p| {
        let element = super::index::element(p)?;
        p.expect_word("WITH")?;
        let operator = if p.is_word(0, "OPERATOR") && p.is_symbol(1, '(') {
            p.at += 1;
            p.parenthesised(Parser::any_operator)?
        } else {
            p.any_operator()?
        };
        Ok((element, operator))
    })?;
    let include = if p.word("INCLUDE") { p.idents()? } else { Vec::new() };
    let options = key_storage(p)?;
    let filter = p.opt_parenthesised_where()?;
    Ok(TableConstraintKind::Exclude { method, elements, include, filter, options })
}

/// What was written after a table constraint: the place of each.
#[derive(Default)]
pub(super) struct Written {
    deferrable: Option<Span>,
    not_deferrable: Option<Span>,
    initially_deferred: Option<Span>,
    initially_immediate: Option<Span>,
    not_valid: Option<Span>,
    no_inherit: Option<Span>,
    enforced: Option<Span>,
    not_enforced: Option<Span>,
}

/// The grammar's `ConstraintAttributeSpec`.
pub(super) fn attributes(p: &mut Parser) -> Parse<Written> {
    let mut written = Written::default();
    loop {
        let mark = p.mark();
        let slot = if p.words(&["NOT", "DEFERRABLE"]) {
            &mut written.not_deferrable
        } else if p.word("DEFERRABLE") {
            &mut written.deferrable
        } else if p.words(&["INITIALLY", "IMMEDIATE"]) {
            &mut written.initially_immediate
        } else if p.words(&["INITIALLY", "DEFERRED"]) {
            &mut written.initially_deferred
        } else if p.words(&["NOT", "VALID"]) {
            &mut written.not_valid
        } else if p.words(&["NO", "INHERIT"]) {
            &mut written.no_inherit
        } else if p.version >= 18 && p.words(&["NOT", "ENFORCED"]) {
            &mut written.not_enforced
        } else if p.version >= 18 && p.word("ENFORCED") {
            &mut written.enforced
        } else if p.is_one_of(0, &["NOT", "INITIALLY"]) {
            return Err(p.syntax_error_at(p.at + 1));
        } else {
            return Ok(written);
        };
        let span = p.span_from(mark);
        *slot = Some(span);
        if written.deferrable.is_some() && written.not_deferrable.is_some()
            || written.initially_deferred.is_some() && written.initially_immediate.is_some()
            || written.enforced.is_some() && written.not_enforced.is_some()
        {
            return Err(p.reject("42601", "conflicting constraint properties", span));
        }
        if written.not_deferrable.is_some() && written.initially_deferred.is_some() {
            return Err(p.reject("42601", "constraint declared INITIALLY DEFERRED must be DEFERRABLE", span));
        }
    }
}

/// The attributes, if constraints of this kind may have them.
pub(super) fn allowed(p: &Parser, written: &Written, what: &str) -> Parse<ConstraintAttributes> {
    let refuse = |span: Span, word: &str| -> Stop { p.reject("0A000", format!("{what} constraints cannot be marked {word}"), span) };
    let deferrable = matches!(what, "UNIQUE" | "PRIMARY KEY" | "EXCLUDE" | "FOREIGN KEY" | "TRIGGER");
    if let Some(span) = written.deferrable.or(written.initially_deferred).filter(|_| !deferrable) {
        return Err(refuse(span, "DEFERRABLE"));
    }
    if let Some(span) = written.not_valid.filter(|_| !matches!(what, "CHECK" | "FOREIGN KEY" | "NOT NULL")) {
        return Err(refuse(span, "NOT VALID"));
    }
    if let Some(span) = written.no_inherit.filter(|_| !matches!(what, "CHECK" | "NOT NULL")) {
        return Err(refuse(span, "NO INHERIT"));
    }
    if let Some(span) = written.not_enforced.filter(|_| !matches!(what, "CHECK" | "FOREIGN KEY")) {
        return Err(refuse(span, "NOT ENFORCED"));
    }
    if let Some(span) = written.enforced.filter(|_| !matches!(what, "CHECK" | "FOREIGN KEY")) {
        return Err(refuse(span, "ENFORCED"));
    }
    Ok(written.values())
}

impl Written {
    /// The attributes without asking who may have them.
    pub fn values(&self) -> ConstraintAttributes {
        ConstraintAttributes {
            deferrable: self.deferrable.is_some() || self.initially_deferred.is_some(),
            initially_deferred: self.initially_deferred.is_some(),
            // What is not enforced has not been validated either.
            not_valid: self.not_valid.is_some() || self.not_enforced.is_some(),
            not_enforced: self.not_enforced.is_some(),
        }
    }

    /// Whether anything was said about deferring.
    pub fn deferrability(&self) -> bool {
        self.deferrable.or(self.not_deferrable).or(self.initially_deferred).or(self.initially_immediate).is_some()
    }

    /// Whether anything was said about enforcing.
    pub fn enforceability(&self) -> bool {
        self.enforced.or(self.not_enforced).is_some()
    }

    /// `NOT VALID`.
    pub fn not_valid(&self) -> Option<Span> {
        self.not_valid
    }

    /// `NO INHERIT`.
    pub fn no_inherit(&self) -> Option<Span> {
        self.no_inherit
    }
}
