//! Objects as `COMMENT ON`, `SECURITY LABEL` and `ALTER EXTENSION` name them.

use super::drop::{cast, on_table, operator, operator_group, operator_group_name, relation_kind, routine_kind, transform};
use super::parts::{bare, type_as_object};
use crate::lower::parser::{Parse, Parser};
use crate::op::{GenericKind, Ident, Name, ObjectName, ObjectRef, Op, RoutineKind};

/// A kind whose objects are named by nothing but a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Simple {
    /// One we keep by name and text.
    Generic(GenericKind),
    /// A schema.
    Schema,
    /// An extension.
    Extension,
    /// An event trigger.
    EventTrigger,
}

impl Simple {
    /// The object of this kind and name.
    pub fn object(self, name: ObjectName) -> ObjectRef {
        let ident = |name: ObjectName| Ident { name: name.name, span: name.span };
        match self {
            Simple::Generic(kind) => ObjectRef::Generic { kind, name, method: None },
            Simple::Schema => ObjectRef::Schema(ident(name)),
            Simple::Extension => ObjectRef::Extension(ident(name)),
            Simple::EventTrigger => ObjectRef::EventTrigger(ident(name)),
        }
    }
}

/// The keywords of a kind that `DROP`, `COMMENT ON` and their like name by a bare name (true) or a qualified one.
pub(super) fn simple_generic(p: &mut Parser) -> Option<(bool, Simple)> {
    use GenericKind::*;
    let bare = |kind| Some((true, Simple::Generic(kind)));
    let qualified = |kind| Some((false, Simple::Generic(kind)));
    if let Some(word) = p.one_of(&["SCHEMA", "EXTENSION", "COLLATION", "CONVERSION", "STATISTICS", "LANGUAGE", "PUBLICATION", "SERVER"]) {
        return match word {
            "SCHEMA" => Some((true, Simple::Schema)),
            "EXTENSION" => Some((true, Simple::Extension)),
            "COLLATION" => qualified(Collation),
            "CONVERSION" => qualified(Conversion),
            "STATISTICS" => qualified(Statistics),
            "LANGUAGE" => bare(Language),
            "PUBLICATION" => bare(Publication),
            _ => bare(ForeignServer),
        };
    }
    if p.words(&["EVENT", "TRIGGER"]) {
        return Some((true, Simple::EventTrigger));
    }
    if p.words(&["PROCEDURAL", "LANGUAGE"]) {
        return bare(Language);
    }
    if p.words(&["ACCESS", "METHOD"]) {
        return bare(AccessMethod);
    }
    if p.words(&["FOREIGN", "DATA", "WRAPPER"]) {
        return bare(ForeignDataWrapper);
    }
    text_search(p).and_then(qualified)
}

/// `TEXT SEARCH CONFIGURATION|DICTIONARY|PARSER|TEMPLATE`.
pub(super) fn text_search(p: &mut Parser) -> Option<GenericKind> {
    if !p.is_words(&["TEXT", "SEARCH"]) || !p.is_one_of(2, &["CONFIGURATION", "DICTIONARY", "PARSER", "TEMPLATE"]) {
        return None;
    }
    p.at += 2;
    Some(match p.one_of(&["CONFIGURATION", "DICTIONARY", "PARSER", "TEMPLATE"])? {
        "CONFIGURATION" => GenericKind::TextSearchConfiguration,
        "DICTIONARY" => GenericKind::TextSearchDictionary,
        "PARSER" => GenericKind::TextSearchParser,
        _ => GenericKind::TextSearchTemplate,
    })
}

/// Which statement names the object: each knows other kinds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Comment,
    Label,
    Extension,
}

fn object(p: &mut Parser, place: Place) -> Parse<ObjectRef> {
    if let Some(kind) = relation_kind(p) {
        return Ok(ObjectRef::Relation { kind, name: p.object_name()? });
    }
    if let Some(kind) = routine_kind(p) {
        let signature = if kind == RoutineKind::Aggregate { p.aggregate_signature()? } else { p.signature()? };
        return Ok(ObjectRef::Routine { kind, signature });
    }
    if place != Place::Extension && p.word("COLUMN") {
        return column(p);
    }
    if let Some(word) = p.one_of(&["TYPE", "DOMAIN"]) {
        let name = type_as_object(&p.type_name()?);
        return Ok(if word == "TYPE" { ObjectRef::Type(name) } else { ObjectRef::Domain(name) });
    }
    if let Some((name_only, kind)) = simple_generic(p) {
        let name = if name_only { bare(p.ident()?) } else { p.object_name()? };
        return Ok(kind.object(name));
    }
    if let Some(word) = p.one_of(&["ROLE", "DATABASE", "TABLESPACE", "SUBSCRIPTION"]) {
        let name = p.ident()?;
        let generic = |kind, name| ObjectRef::Generic { kind, name: bare(name), method: None };
        return Ok(match word {
            "ROLE" => ObjectRef::Role(name),
            "DATABASE" => ObjectRef::Database(name),
            "TABLESPACE" => generic(GenericKind::Tablespace, name),
            _ => generic(GenericKind::Subscription, name),
        });
    }
    if place != Place::Extension && p.words(&["LARGE", "OBJECT"]) {
        p.numeric()?;
        return Ok(ObjectRef::LargeObject);
    }
    if place == Place::Comment {
        if p.word("CONSTRAINT") {
            return constraint(p);
        }
        if let Some(word) = p.one_of(&["TRIGGER", "POLICY", "RULE"]) {
            return on_table(p, word);
        }
    }
    if place != Place::Label {
        if p.word("CAST") {
            return cast(p);
        }
        if p.word("TRANSFORM") {
            return transform(p);
        }
        if p.word("OPERATOR") {
            return match operator_group(p) {
                Some(kind) => operator_group_name(p, kind),
                None => operator(p),
            };
        }
    }
    Err(p.syntax_error())
}

/// `relation.column` with its schema or without.
fn column(p: &mut Parser) -> Parse<ObjectRef> {
    let mark = p.mark();
    let mut parts = vec![p.ident()?];
    while p.symbol('.') {
        parts.push(p.col_label()?);
    }
    let whole = p.span_from(mark);
    match (parts.pop(), parts.last().map(|last| last.span)) {
        (Some(column), Some(last)) => {
            let span = p.tokens.get(mark).map_or(whole, |token| token.span.to(last));
            let relation = p.object_name_of(parts.into_iter().map(|part| part.name).collect(), span)?;
            Ok(ObjectRef::Column { relation, column })
        }
        (Some(column), None) => {
            p.refuse_later("42601", "column name must be qualified", whole);
            Ok(ObjectRef::Column { relation: bare(column.clone()), column })
        }
        (None, _) => Err(p.syntax_error()),
    }
}

/// `name ON [DOMAIN] table`.
fn constraint(p: &mut Parser) -> Parse<ObjectRef> {
    let name = p.ident()?;
    p.expect_word("ON")?;
    if p.is_word(0, "DOMAIN") && p.is_ident(1) {
        p.at += 1;
        return Ok(ObjectRef::DomainConstraint { domain: p.object_name()?, name });
    }
    Ok(ObjectRef::Constraint { table: p.object_name()?, name })
}

/// After `COMMENT`.
pub(super) fn comment(p: &mut Parser) -> Parse<Op> {
    p.expect_word("ON")?;
    let target = object(p, Place::Comment)?;
    p.expect_word("IS")?;
    Ok(Op::Comment { target, text: string_or_null(p)? })
}

/// After `SECURITY`.
pub(super) fn security_label(p: &mut Parser) -> Parse<Op> {
    p.expect_word("LABEL")?;
    let provider: Option<Name> = if p.word("FOR") { Some(p.setting_word()?.into()) } else { None };
    p.expect_word("ON")?;
    let target = object(p, Place::Label)?;
    p.expect_word("IS")?;
    Ok(Op::SecurityLabel { target, provider, label: string_or_null(p)? })
}

/// After `ALTER EXTENSION name ADD|DROP`.
pub(super) fn member(p: &mut Parser) -> Parse<ObjectRef> {
    object(p, Place::Extension)
}

fn string_or_null(p: &mut Parser) -> Parse<Option<String>> {
    if p.word("NULL") { Ok(None) } else { Ok(Some(p.string()?)) }
}
