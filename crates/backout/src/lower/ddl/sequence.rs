//! Sequences and their options, which identity columns share.

use super::alter_table;
use crate::lower::parser::{Parse, Parser};
use crate::op::Op;
use crate::op::{AlterSequence, CreateSequence, OwnedBy, Persistence, RelationKind, SequenceOptions};

/// After `CREATE [TEMPORARY|UNLOGGED] SEQUENCE`.
pub(super) fn create(p: &mut Parser, persistence: Persistence) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let name = p.object_name()?;
    let options = options(p, false)?;
    if persistence == Persistence::Unlogged && p.version < 15 {
        p.refuse_later("0A000", "unlogged sequences are not supported", p.whole());
    }
    Ok(Op::CreateSequence(Box::new(CreateSequence { name, persistence, if_not_exists, options })))
}

/// After `ALTER SEQUENCE`: options, or what all relations share.
pub(super) fn alter(p: &mut Parser) -> Parse<Op> {
    let if_exists = p.if_exists();
    let name = p.object_name()?;
    if !is_option(p) {
        return alter_table::rest(p, RelationKind::Sequence, name, if_exists, false);
    }
    let options = options(p, false)?;
    Ok(Op::AlterSequence(Box::new(AlterSequence { name, if_exists, options })))
}

/// `( options )` of an identity column, if written.
pub(super) fn parenthesised_options(p: &mut Parser) -> Parse<SequenceOptions> {
    if !p.symbol('(') {
        return Ok(SequenceOptions::default());
    }
    if !is_option(p) {
        return Err(p.syntax_error());
    }
    let options = options(p, true)?;
    p.expect_symbol(')')?;
    Ok(options)
}

fn is_option(p: &Parser) -> bool {
    p.is_one_of(0, &["AS", "CACHE", "CYCLE", "INCREMENT", "MAXVALUE", "MINVALUE", "OWNED", "SEQUENCE", "START", "RESTART"])
        || (p.version >= 15 && p.is_one_of(0, &["LOGGED", "UNLOGGED"]))
        || (p.is_word(0, "NO") && !p.is_one_of(1, &["INHERIT", "FORCE"]))
}

fn options(p: &mut Parser, identity: bool) -> Parse<SequenceOptions> {
    let mut options = SequenceOptions::default();
    while is_option(p) {
        option(p, &mut options, identity)?;
    }
    Ok(options)
}

/// One option into `options`.
pub(super) fn option(p: &mut Parser, options: &mut SequenceOptions, identity: bool) -> Parse<()> {
    let mark = p.mark();
    let no = p.word("NO");
    let words: &[&'static str] = if no {
        &["CYCLE", "MAXVALUE", "MINVALUE"]
    } else {
        &["AS", "CACHE", "CYCLE", "INCREMENT", "MAXVALUE", "MINVALUE", "OWNED", "SEQUENCE", "START", "RESTART", "LOGGED", "UNLOGGED"]
    };
    let word = p.expect_one_of(words)?;
    let twice = match word {
        "AS" => options.ty.replace(p.type_name()?).is_some(),
        "CACHE" => options.cache.replace(p.signed_integer()?).is_some(),
        "CYCLE" => options.cycle.replace(!no).is_some(),
        "INCREMENT" => {
            p.word("BY");
            options.increment.replace(p.signed_integer()?).is_some()
        }
        "MAXVALUE" => {
            let value = if no { None } else { Some(p.signed_integer()?) };
            options.max.replace(value).is_some()
        }
        "MINVALUE" => {
            let value = if no { None } else { Some(p.signed_integer()?) };
            options.min.replace(value).is_some()
        }
        "OWNED" => {
            p.expect_word("BY")?;
            options.owned_by.replace(owner(p)?).is_some()
        }
        "SEQUENCE" => {
            p.expect_word("NAME")?;
            let name = p.object_name()?;
            if !identity {
                p.refuse_later("42601", "invalid sequence option SEQUENCE NAME", p.span_from(mark));
            }
            options.name.replace(name).is_some()
        }
        "START" => {
            p.word("WITH");
            options.start.replace(p.signed_integer()?).is_some()
        }
        "RESTART" => options.restart.replace(restart(p)?).is_some(),
        // LOGGED and UNLOGGED of an identity's sequence: it is as durable as its table unless said otherwise, which no query can see.
        _ => {
            if !identity {
                p.refuse_later("XX000", format!("option \"{}\" not recognized", word.to_ascii_lowercase()), p.span_from(mark));
            }
            false
        }
    };
    if twice {
        p.conflicting(p.span_from(mark));
    }
    Ok(())
}

/// `[[WITH] number]` after `RESTART`.
pub(super) fn restart(p: &mut Parser) -> Parse<Option<i64>> {
    let with = p.word("WITH");
    let number = p.is_symbol(0, '-') || p.is_symbol(0, '+') || p.peek_text(0).starts_with(|first: char| first.is_ascii_digit());
    if with || number { Ok(Some(p.signed_integer()?)) } else { Ok(None) }
}

/// After `OWNED BY`: `NONE`, `table.column`, `schema.table.column`.
fn owner(p: &mut Parser) -> Parse<OwnedBy> {
    let mark = p.mark();
    let mut parts = vec![p.ident()?];
    while p.symbol('.') {
        parts.push(p.col_label()?);
    }
    let span = p.span_from(mark);
    let column = parts.pop();
    match (column, parts.last().map(|last| last.span)) {
        (Some(column), Some(last)) => {
            let span = parts.first().map_or(last, |first| first.span.to(last));
            Ok(OwnedBy::Column(p.object_name_of(parts.into_iter().map(|part| part.name).collect(), span)?, column.name))
        }
        (Some(column), None) if column.name == "none" => Ok(OwnedBy::Nothing),
        _ => {
            p.refuse_later("42601", "invalid OWNED BY option", span);
            Ok(OwnedBy::Nothing)
        }
    }
}
