//! `ALTER TABLE` and what views, materialized views, indexes, sequences and foreign tables share with it.

use super::constraint::{self, is_table_constraint, table_constraint, word_or_default};
use super::parts::row_type;
use super::sequence;
use super::table::partition_bound;
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    AlterTable, Behavior, ColumnAction, Ident, ObjectName, ObjectRef, Op, RelationKind, Rename, ReplicaIdentity, SequenceOptions,
    TableAction, TriggerEnabled,
};
use crate::source::Span;
use std::sync::Arc;

/// After `ALTER` and the keyword of the kind (not `SEQUENCE`, which has options of its own).
pub(super) fn statement(p: &mut Parser, kind: RelationKind) -> Parse<Op> {
    if p.word("ALL") {
        return all_in_tablespace(p, kind);
    }
    let if_exists = p.if_exists();
    let (name, only) =
        if matches!(kind, RelationKind::Table | RelationKind::ForeignTable) { p.relation_expr()? } else { (p.object_name()?, false) };
    rest(p, kind, name, if_exists, only)
}

/// `ALL IN TABLESPACE a [OWNED BY roles] SET TABLESPACE b [NOWAIT]`: moves files, which no schema shows.
fn all_in_tablespace(p: &mut Parser, kind: RelationKind) -> Parse<Op> {
    if !matches!(kind, RelationKind::Table | RelationKind::Index | RelationKind::MatView) {
        return Err(p.syntax_error_at(p.at.saturating_sub(1)));
    }
    p.expect_words(&["IN", "TABLESPACE"])?;
    p.ident()?;
    if p.word("OWNED") {
        p.expect_word("BY")?;
        p.role_list()?;
    }
    p.expect_words(&["SET", "TABLESPACE"])?;
    p.ident()?;
    p.word("NOWAIT");
    Ok(Op::Nothing)
}

/// After the name.
pub(super) fn rest(p: &mut Parser, kind: RelationKind, name: ObjectName, if_exists: bool, only: bool) -> Parse<Op> {
    if p.word("RENAME") {
        return rename(p, kind, name, if_exists);
    }
    if p.is_words(&["SET", "SCHEMA"]) && kind != RelationKind::Index {
        p.at += 2;
        return Ok(Op::SetSchema { target: ObjectRef::Relation { kind, name }, if_exists, schema: p.ident()? });
    }
    if matches!(kind, RelationKind::Index | RelationKind::MatView)
        && let Some((extension, remove)) = p.depends_on_extension()?
    {
        return Ok(Op::DependsOnExtension { target: ObjectRef::Relation { kind, name }, extension, remove });
    }
    let actions = match partition_action(p, kind)? {
        Some(action) => vec![action],
        None => p.comma_list(|p| {
            let mark = p.mark();
            let action = action(p)?;
            Ok((action, p.span_from(mark)))
        })?,
    };
    if let [(TableAction::Owner(owner), _)] = actions.as_slice() {
        return Ok(Op::Owner { target: ObjectRef::Relation { kind, name }, if_exists, owner: owner.clone() });
    }
    Ok(Op::AlterTable(Box::new(AlterTable { kind, name, if_exists, only, actions })))
}

/// After `RENAME`.
fn rename(p: &mut Parser, kind: RelationKind, name: ObjectName, if_exists: bool) -> Parse<Op> {
    let behavior = Behavior::Restrict;
    if p.word("TO") {
        let target = ObjectRef::Relation { kind, name };
        return Ok(Op::Rename(Box::new(Rename { target, kind: Some(kind), if_exists, to: p.ident()?, behavior })));
    }
    if matches!(kind, RelationKind::Index | RelationKind::Sequence) {
        return Err(p.syntax_error());
    }
    let target = if kind == RelationKind::Table && p.word("CONSTRAINT") {
        ObjectRef::Constraint { table: name, name: p.ident()? }
    } else {
        p.word("COLUMN");
        ObjectRef::Column { relation: name, column: p.ident()? }
    };
    p.expect_word("TO")?;
    Ok(Op::Rename(Box::new(Rename { target, kind: Some(kind), if_exists, to: p.ident()?, behavior })))
}

/// `ATTACH PARTITION`, `DETACH PARTITION`: each is alone in its statement.
fn partition_action(p: &mut Parser, kind: RelationKind) -> Parse<Option<(TableAction, Span)>> {
    let mark = p.mark();
    let action = match kind {
        RelationKind::Index if p.word("ATTACH") => {
            p.expect_word("PARTITION")?;
            TableAction::AttachIndex(p.object_name()?)
        }
        RelationKind::Table if p.word("ATTACH") => {
            p.expect_word("PARTITION")?;
            let name = p.object_name()?;
            TableAction::AttachPartition { name, bound: Arc::new(partition_bound(p)?) }
        }
        RelationKind::Table if p.word("DETACH") => {
            p.expect_word("PARTITION")?;
            let name = p.object_name()?;
            let concurrently = p.version >= 14 && p.word("CONCURRENTLY");
            let finalize = p.version >= 14 && !concurrently && p.word("FINALIZE");
            TableAction::DetachPartition { name, concurrently, finalize }
        }
        _ => return Ok(None),
    };
    Ok(Some((action, p.span_from(mark))))
}

/// The grammar's `alter_table_cmd`.
fn action(p: &mut Parser) -> Parse<TableAction> {
    let words = &[
        "ADD", "DROP", "ALTER", "SET", "OWNER", "ENABLE", "DISABLE", "VALIDATE", "RESET", "REPLICA", "FORCE", "NO", "INHERIT", "CLUSTER",
        "OF", "NOT", "OPTIONS",
    ];
    if p.is_word(0, "OPTIONS") {
        return Ok(TableAction::ForeignOptions(p.alter_generic_options()?));
    }
    Ok(match p.expect_one_of(words)? {
        "ADD" => add(p)?,
        "DROP" => drop_part(p)?,
        "ALTER" => alter(p)?,
        "SET" => set(p)?,
        "OWNER" => {
            p.expect_word("TO")?;
            TableAction::Owner(p.role()?)
        }
        "ENABLE" => enable(p)?,
        "DISABLE" => disable(p)?,
        "VALIDATE" => {
            p.expect_word("CONSTRAINT")?;
            TableAction::ValidateConstraint(p.ident()?)
        }
        "RESET" => TableAction::ResetOptions(p.options()?.into_iter().map(|(name, _)| name).collect()),
        "REPLICA" => {
            p.expect_word("IDENTITY")?;
            TableAction::ReplicaIdentity(replica_identity(p)?)
        }
        "FORCE" => {
            p.expect_words(&["ROW", "LEVEL", "SECURITY"])?;
            TableAction::ForceRowSecurity(true)
        }
        "NO" => {
            if p.expect_one_of(&["FORCE", "INHERIT"])? == "FORCE" {
                p.expect_words(&["ROW", "LEVEL", "SECURITY"])?;
                TableAction::ForceRowSecurity(false)
            } else {
                TableAction::NoInherit(p.object_name()?)
            }
        }
        "INHERIT" => TableAction::Inherit(p.object_name()?),
        "CLUSTER" => {
            p.expect_word("ON")?;
            TableAction::ClusterOn(p.ident()?)
        }
        "OF" => TableAction::OfType(row_type(p.object_name()?)),
        _ => {
            p.expect_word("OF")?;
            TableAction::NotOf
        }
    })
}

fn add(p: &mut Parser) -> Parse<TableAction> {
    if is_table_constraint(p) {
        return Ok(TableAction::AddConstraint(table_constraint(p)?));
    }
    p.word("COLUMN");
    let if_not_exists = p.if_not_exists()?;
    Ok(TableAction::AddColumn { if_not_exists, column: constraint::column(p)? })
}

fn drop_part(p: &mut Parser) -> Parse<TableAction> {
    if p.word("CONSTRAINT") {
        let if_exists = p.if_exists();
        let name = p.ident()?;
        return Ok(TableAction::DropConstraint { if_exists, name, behavior: p.behavior() });
    }
    p.word("COLUMN");
    let if_exists = p.if_exists();
    let name = p.ident()?;
    Ok(TableAction::DropColumn { if_exists, name, behavior: p.behavior() })
}

fn alter(p: &mut Parser) -> Parse<TableAction> {
    if p.word("CONSTRAINT") {
        let name = p.ident()?;
        if p.version >= 18 && p.word("INHERIT") {
            let (attributes, deferrability, enforceability) = Default::default();
            return Ok(TableAction::AlterConstraint { name, attributes, deferrability, enforceability, inherit: Some(true) });
        }
        let written = constraint::attributes(p)?;
        if let Some(span) = written.not_valid() {
            let what = if p.version >= 18 {
                "constraints cannot be altered to be NOT VALID"
            } else {
                "FOREIGN KEY constraints cannot be marked NOT VALID"
            };
            return Err(p.reject("0A000", what, span));
        }
        if let Some(span) = written.no_inherit()
            && p.version < 18
        {
            return Err(p.reject("0A000", "FOREIGN KEY constraints cannot be marked NO INHERIT", span));
        }
        let (deferrability, enforceability) = (written.deferrability(), written.enforceability());
        let inherit = written.no_inherit().map(|_| false);
        let mut attributes = written.values();
        attributes.not_valid = false;
        return Ok(TableAction::AlterConstraint { name, attributes, deferrability, enforceability, inherit });
    }
    p.word("COLUMN");
    // An index's column may be named by its number, for statistics only.
    if !p.is_ident(0) && p.peek_text(0).starts_with(|first: char| first.is_ascii_digit()) {
        let mark = p.mark();
        let number = p.integer()?;
        if !(1..=i32::from(i16::MAX)).contains(&number) {
            p.refuse_later("22023", "column number must be in range from 1 to 32767", p.span_from(mark));
        }
        let name = Ident { name: number.to_string().into(), span: p.span_from(mark) };
        p.expect_words(&["SET", "STATISTICS"])?;
        return Ok(TableAction::AlterColumn { name, action: ColumnAction::SetStatistics(statistics_target(p)?) });
    }
    let name = p.ident()?;
    Ok(TableAction::AlterColumn { name, action: column_action(p)? })
}

/// A statistics target; `DEFAULT` (from 17) is -1.
pub(super) fn statistics_target(p: &mut Parser) -> Parse<i32> {
    if p.version >= 17 && p.word("DEFAULT") { Ok(-1) } else { p.signed_integer32() }
}

fn column_action(p: &mut Parser) -> Parse<ColumnAction> {
    if p.is_word(0, "OPTIONS") {
        return Ok(ColumnAction::ForeignOptions(p.alter_generic_options()?));
    }
    Ok(match p.expect_one_of(&["SET", "DROP", "TYPE", "ADD", "RESET", "RESTART"])? {
        "SET" => set_column(p)?,
        "DROP" => match p.expect_one_of(&["DEFAULT", "NOT", "EXPRESSION", "IDENTITY"])? {
            "DEFAULT" => ColumnAction::DropDefault,
            "NOT" => {
                p.expect_word("NULL")?;
                ColumnAction::DropNotNull
            }
            "EXPRESSION" => ColumnAction::DropExpression { if_exists: p.if_exists() },
            _ => ColumnAction::DropIdentity { if_exists: p.if_exists() },
        },
        "TYPE" => column_type(p)?,
        "ADD" => {
            p.expect_word("GENERATED")?;
            let always = constraint::generated_when(p)?;
            p.expect_words(&["AS", "IDENTITY"])?;
            ColumnAction::AddIdentity { always, options: sequence::parenthesised_options(p)? }
        }
        "RESET" => ColumnAction::ResetOptions(p.options()?.into_iter().map(|(name, _)| name).collect()),
        _ => {
            p.at -= 1;
            identity_options(p)?
        }
    })
}

fn column_type(p: &mut Parser) -> Parse<ColumnAction> {
    let ty = p.type_name()?;
    let collation = p.opt_collate()?;
    let using = if p.word("USING") { Some(p.expr()?) } else { None };
    Ok(ColumnAction::Type { ty, collation, using })
}

/// After `SET` of a column.
fn set_column(p: &mut Parser) -> Parse<ColumnAction> {
    if p.word("DEFAULT") {
        return Ok(ColumnAction::SetDefault(p.expr()?));
    }
    if p.word("NOT") {
        p.expect_word("NULL")?;
        return Ok(ColumnAction::SetNotNull);
    }
    if p.word("DATA") {
        p.expect_word("TYPE")?;
        return column_type(p);
    }
    if p.version >= 17 && p.word("EXPRESSION") {
        p.expect_word("AS")?;
        return Ok(ColumnAction::SetExpression(p.parenthesised(Parser::expr)?));
    }
    if p.word("STATISTICS") {
        return Ok(ColumnAction::SetStatistics(statistics_target(p)?));
    }
    if p.word("STORAGE") {
        return Ok(ColumnAction::SetStorage(if p.version >= 16 { word_or_default(p)? } else { p.name()? }));
    }
    if p.version >= 14 && p.word("COMPRESSION") {
        return Ok(ColumnAction::SetCompression(word_or_default(p)?));
    }
    if p.is_symbol(0, '(') {
        return Ok(ColumnAction::SetOptions(p.options()?));
    }
    p.at -= 1;
    identity_options(p)
}

/// `RESTART …`, `SET GENERATED …`, `SET option`, in any number.
fn identity_options(p: &mut Parser) -> Parse<ColumnAction> {
    let mut always = None;
    let mut options = SequenceOptions::default();
    loop {
        let mark = p.mark();
        if p.word("RESTART") {
            if options.restart.replace(sequence::restart(p)?).is_some() {
                p.conflicting(p.span_from(mark));
            }
        } else if p.word("SET") {
            if p.word("GENERATED") {
                if always.replace(constraint::generated_when(p)?).is_some() {
                    p.conflicting(p.span_from(mark));
                }
                continue;
            }
            let refused = p.one_of(&["AS", "RESTART", "OWNED"]);
            if let Some(word) = refused {
                p.at -= 1;
                let mut ignored = SequenceOptions::default();
                sequence::option(p, &mut ignored, true)?;
                let option = if word == "OWNED" { "owned_by".to_owned() } else { word.to_ascii_lowercase() };
                return Err(p.reject("42601", format!("sequence option \"{option}\" not supported here"), p.span_from(mark)));
            }
            sequence::option(p, &mut options, true)?;
        } else {
            return Ok(ColumnAction::SetIdentity { always, options });
        }
    }
}

/// After `SET` of a table.
fn set(p: &mut Parser) -> Parse<TableAction> {
    if p.is_symbol(0, '(') {
        return Ok(TableAction::SetOptions(p.options()?));
    }
    Ok(match p.expect_one_of(&["WITHOUT", "LOGGED", "UNLOGGED", "TABLESPACE", "ACCESS"])? {
        "WITHOUT" => {
            if p.expect_one_of(&["CLUSTER", "OIDS"])? == "CLUSTER" {
                TableAction::SetWithoutCluster
            } else {
                TableAction::SetWithoutOids
            }
        }
        "LOGGED" => TableAction::SetLogged(true),
        "UNLOGGED" => TableAction::SetLogged(false),
        "TABLESPACE" => TableAction::SetTablespace(p.name()?),
        _ => {
            if p.version < 15 {
                return Err(p.syntax_error_at(p.at.saturating_sub(1)));
            }
            p.expect_word("METHOD")?;
            if p.version >= 17 && p.word("DEFAULT") {
                TableAction::SetAccessMethod(None)
            } else {
                TableAction::SetAccessMethod(Some(p.name()?))
            }
        }
    })
}

fn enable(p: &mut Parser) -> Parse<TableAction> {
    let enabled = match p.one_of(&["ALWAYS", "REPLICA"]) {
        Some("ALWAYS") => TriggerEnabled::Always,
        Some(_) => TriggerEnabled::Replica,
        None => TriggerEnabled::Origin,
    };
    if p.word("RULE") {
        return Ok(TableAction::Rule { name: p.ident()?, enabled });
    }
    if enabled != TriggerEnabled::Origin {
        p.expect_word("TRIGGER")?;
        return Ok(TableAction::Trigger { name: Some(p.ident()?), user_only: false, enabled });
    }
    if p.word("ROW") {
        p.expect_words(&["LEVEL", "SECURITY"])?;
        return Ok(TableAction::RowSecurity(true));
    }
    p.expect_word("TRIGGER")?;
    trigger(p, enabled)
}

fn disable(p: &mut Parser) -> Parse<TableAction> {
    match p.expect_one_of(&["TRIGGER", "RULE", "ROW"])? {
        "TRIGGER" => trigger(p, TriggerEnabled::Disabled),
        "RULE" => Ok(TableAction::Rule { name: p.ident()?, enabled: TriggerEnabled::Disabled }),
        _ => {
            p.expect_words(&["LEVEL", "SECURITY"])?;
            Ok(TableAction::RowSecurity(false))
        }
    }
}

fn trigger(p: &mut Parser, enabled: TriggerEnabled) -> Parse<TableAction> {
    let all = p.one_of(&["ALL", "USER"]);
    let name = if all.is_some() { None } else { Some(p.ident()?) };
    Ok(TableAction::Trigger { name, user_only: all == Some("USER"), enabled })
}

fn replica_identity(p: &mut Parser) -> Parse<ReplicaIdentity> {
    Ok(match p.expect_one_of(&["NOTHING", "FULL", "DEFAULT", "USING"])? {
        "NOTHING" => ReplicaIdentity::Nothing,
        "FULL" => ReplicaIdentity::Full,
        "DEFAULT" => ReplicaIdentity::Default,
        _ => {
            p.expect_word("INDEX")?;
            ReplicaIdentity::Index(p.name()?)
        }
    })
}
