//! Types and domains.

use super::alter::{self, OWNER, RENAME, SCHEMA};
use super::constraint;
use super::parts::as_options;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    AlterComposite, AlterDomain, AlterEnum, ColumnConstraint, ColumnConstraintKind, CompositeAction, CreateDomain, CreateType,
    DomainAction, ObjectName, ObjectRef, Op, Reach, Rename, TableConstraintKind, TypeDefinition,
};

/// After `CREATE TYPE`.
pub(super) fn create(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    let kind = if p.word("AS") { create_as(p)? } else { base(p)? };
    Ok(Op::CreateType(Box::new(CreateType { name, kind })))
}

fn create_as(p: &mut Parser) -> Parse<TypeDefinition> {
    if p.word("ENUM") {
        p.expect_symbol('(')?;
        let labels = if p.is_symbol(0, ')') { Vec::new() } else { p.comma_list(Parser::string)? };
        p.expect_symbol(')')?;
        return Ok(TypeDefinition::Enum(labels));
    }
    if p.word("RANGE") {
        let elements = p.elements()?;
        let find = |name: &str| elements.iter().find(|element| element.name == name);
        let subtype = find("subtype").and_then(|element| element.ty.clone());
        let multirange = find("multirange_type_name").and_then(|element| element.object());
        return Ok(TypeDefinition::Range { subtype, multirange, options: as_options(&elements) });
    }
    p.expect_symbol('(')?;
    let attributes = if p.is_symbol(0, ')') { Vec::new() } else { p.comma_list(constraint::attribute)? };
    p.expect_symbol(')')?;
    Ok(TypeDefinition::Composite(attributes))
}

fn base(p: &mut Parser) -> Parse<TypeDefinition> {
    if !p.is_symbol(0, '(') {
        return Ok(TypeDefinition::Shell);
    }
    let elements = p.elements()?;
    let known = ["input", "output", "receive", "send", "typmod_in", "typmod_out", "analyze", "analyse", "subscript"];
    let functions = elements.iter().filter(|element| known.contains(&element.name.as_str())).filter_map(|element| element.object());
    Ok(TypeDefinition::Base { functions: functions.collect(), options: as_options(&elements) })
}

/// After `ALTER TYPE`.
pub(super) fn alter(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    if p.words(&["ADD", "VALUE"]) {
        return add_value(p, name);
    }
    if p.words(&["RENAME", "VALUE"]) {
        let from = p.string()?;
        p.expect_word("TO")?;
        return Ok(Op::AlterEnum(AlterEnum::RenameValue { name, from, to: p.string()? }));
    }
    if p.words(&["RENAME", "ATTRIBUTE"]) {
        let target = ObjectRef::Column { relation: name, column: p.ident()? };
        p.expect_word("TO")?;
        let to = p.ident()?;
        return Ok(Op::Rename(Box::new(Rename { target, kind: None, if_exists: false, to, behavior: p.behavior() })));
    }
    if p.version >= 17 && p.words(&["DROP", "VALUE"]) {
        p.string()?;
        return Err(p.reject("0A000", "dropping an enum value is not implemented", p.last_span()));
    }
    if p.is_word(0, "SET") && p.is_symbol(1, '(') {
        p.at += 1;
        p.elements()?;
        let reach = Reach::Names(vec![name.name]);
        p.gap_later("ALTER TYPE … SET of a base type's properties", reach);
        return Ok(Op::Nothing);
    }
    if p.is_one_of(0, &["ADD", "DROP", "ALTER"]) {
        let actions = p.comma_list(|p| {
            let mark = p.mark();
            let action = attribute_action(p)?;
            Ok((action, p.span_from(mark)))
        })?;
        return Ok(Op::AlterComposite(AlterComposite { name, actions }));
    }
    alter::common(p, ObjectRef::Type(name), RENAME | OWNER | SCHEMA)
}

fn add_value(p: &mut Parser, name: ObjectName) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let label = p.string()?;
    let place = match p.one_of(&["BEFORE", "AFTER"]) {
        Some(word) => Some((word == "BEFORE", p.string()?)),
        None => None,
    };
    Ok(Op::AlterEnum(AlterEnum::AddValue { name, if_not_exists, label, place }))
}

fn attribute_action(p: &mut Parser) -> Parse<CompositeAction> {
    let word = p.expect_one_of(&["ADD", "DROP", "ALTER"])?;
    p.expect_word("ATTRIBUTE")?;
    Ok(match word {
        "ADD" => {
            let column = constraint::attribute(p)?;
            CompositeAction::Add(column, p.behavior())
        }
        "DROP" => {
            let if_exists = p.if_exists();
            let name = p.ident()?;
            CompositeAction::Drop { if_exists, name, behavior: p.behavior() }
        }
        _ => {
            let name = p.ident()?;
            if p.word("SET") {
                p.expect_word("DATA")?;
            }
            p.expect_word("TYPE")?;
            let ty = p.type_name()?;
            let collation = p.opt_collate()?;
            CompositeAction::Type { name, ty, collation, behavior: p.behavior() }
        }
    })
}

/// After `CREATE DOMAIN`.
pub(super) fn create_domain(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    p.word("AS");
    let ty = p.type_name()?;
    let (constraints, collation) = constraint::column_constraints(p)?;
    for constraint in &constraints {
        domain_accepts(p, constraint);
    }
    Ok(Op::CreateDomain(Box::new(CreateDomain { name, ty, collation, constraints })))
}

fn domain_accepts(p: &mut Parser, constraint: &ColumnConstraint) {
    let (sqlstate, message) = match constraint.kind {
        ColumnConstraintKind::NotNull { .. }
        | ColumnConstraintKind::Null
        | ColumnConstraintKind::Default(_)
        | ColumnConstraintKind::Check { no_inherit: false, .. } => return,
        ColumnConstraintKind::Check { .. } => ("42P17", "check constraints for domains cannot be marked NO INHERIT"),
        ColumnConstraintKind::Unique { .. } => ("42601", "unique constraints not possible for domains"),
        ColumnConstraintKind::PrimaryKey { .. } => ("42601", "primary key constraints not possible for domains"),
        ColumnConstraintKind::References(_) => ("42601", "foreign key constraints not possible for domains"),
        ColumnConstraintKind::Generated { .. } => ("42601", "specifying GENERATED not supported for domains"),
        ColumnConstraintKind::Identity { .. } => ("0A000", "specifying IDENTITY not supported for domains"),
    };
    p.refuse_later(sqlstate, message, constraint.span);
}

/// After `ALTER DOMAIN`.
pub(super) fn alter_domain(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    if p.words(&["RENAME", "CONSTRAINT"]) {
        let target = ObjectRef::DomainConstraint { domain: name, name: p.ident()? };
        p.expect_word("TO")?;
        let to = p.ident()?;
        return Ok(Op::Rename(Box::new(Rename { target, kind: None, if_exists: false, to, behavior: Default::default() })));
    }
    if p.is_words(&["SET", "SCHEMA"]) || p.is_one_of(0, &["RENAME", "OWNER"]) {
        return alter::common(p, ObjectRef::Domain(name), RENAME | OWNER | SCHEMA);
    }
    let action = match p.expect_one_of(&["SET", "DROP", "ADD", "VALIDATE"])? {
        "SET" => {
            if p.expect_one_of(&["DEFAULT", "NOT"])? == "DEFAULT" {
                DomainAction::SetDefault(p.expr()?)
            } else {
                p.expect_word("NULL")?;
                DomainAction::SetNotNull
            }
        }
        "DROP" => match p.expect_one_of(&["DEFAULT", "NOT", "CONSTRAINT"])? {
            "DEFAULT" => DomainAction::DropDefault,
            "NOT" => {
                p.expect_word("NULL")?;
                DomainAction::DropNotNull
            }
            _ => {
                let if_exists = p.if_exists();
                let name = p.ident()?;
                DomainAction::DropConstraint { if_exists, name, behavior: p.behavior() }
            }
        },
        "ADD" => DomainAction::AddConstraint(domain_constraint(p)?),
        _ => {
            p.expect_word("CONSTRAINT")?;
            DomainAction::ValidateConstraint(p.ident()?)
        }
    };
    Ok(Op::AlterDomain(Box::new(AlterDomain { name, action })))
}

/// After `ADD`: the grammar reads any table constraint before 17, and `CHECK` and `NOT NULL` from 17 on.
fn domain_constraint(p: &mut Parser) -> Parse<ColumnConstraint> {
    let mark = p.mark();
    if p.version >= 17 {
        let name = if p.word("CONSTRAINT") { Some(p.name()?) } else { None };
        let (kind, what) = if p.word("CHECK") {
            (ColumnConstraintKind::Check { expr: p.parenthesised(Parser::expr)?, no_inherit: false }, "CHECK")
        } else {
            p.expect_words(&["NOT", "NULL"])?;
            (ColumnConstraintKind::NotNull { no_inherit: false }, "NOT NULL")
        };
        let written = constraint::attributes(p)?;
        let attributes = constraint::allowed(p, &written, what)?;
        return Ok(ColumnConstraint { name, kind, attributes, span: p.span_from(mark) });
    }
    let table = constraint::table_constraint(p)?;
    let refused = match table.kind {
        TableConstraintKind::Check { expr, no_inherit } => {
            let kind = ColumnConstraintKind::Check { expr, no_inherit };
            return Ok(ColumnConstraint { name: table.name, kind, attributes: table.attributes, span: table.span });
        }
        TableConstraintKind::Key { primary: false, .. } => "unique constraints not possible for domains",
        TableConstraintKind::Key { .. } => "primary key constraints not possible for domains",
        TableConstraintKind::Exclude { .. } => "exclusion constraints not possible for domains",
        TableConstraintKind::ForeignKey { .. } | TableConstraintKind::NotNull { .. } => "foreign key constraints not possible for domains",
    };
    p.refuse_later("42601", refused, table.span);
    let kind = ColumnConstraintKind::NotNull { no_inherit: false };
    Ok(ColumnConstraint { name: table.name, kind, attributes: table.attributes, span: table.span })
}
