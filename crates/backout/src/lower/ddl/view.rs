//! `CREATE VIEW` and `REFRESH MATERIALIZED VIEW`.

use crate::lower::parser::{Parse, Parser};
use crate::op::{CreateView, Op, Options, Persistence};

/// After `CREATE [OR REPLACE] [TEMPORARY]`, at `RECURSIVE` or `VIEW`.
pub(super) fn create(p: &mut Parser, or_replace: bool, persistence: Persistence) -> Parse<Op> {
    let recursive = p.word("RECURSIVE");
    p.expect_word("VIEW")?;
    let name = p.object_name()?;
    let columns = if recursive { p.names()? } else { p.opt_names()? };
    let mut options = if p.word("WITH") { p.options()? } else { Options::new() };
    p.expect_word("AS")?;
    let query = p.query()?;
    if let Some(check) = check_option(p)? {
        if recursive {
            return Err(p.reject("0A000", "WITH CHECK OPTION not supported on recursive views", p.last_span()));
        }
        options.push(("check_option".into(), check.to_owned()));
    }
    if persistence == Persistence::Unlogged {
        p.refuse_later("42601", "views cannot be unlogged because they do not have storage", p.whole());
    }
    let temporary = persistence == Persistence::Temporary;
    Ok(Op::CreateView(Box::new(CreateView { name, or_replace, temporary, recursive, columns, options, query })))
}

fn check_option(p: &mut Parser) -> Parse<Option<&'static str>> {
    if !p.word("WITH") {
        return Ok(None);
    }
    let local = match p.one_of(&["LOCAL", "CASCADED"]) {
        Some("LOCAL") => "local",
        _ => "cascaded",
    };
    p.expect_words(&["CHECK", "OPTION"])?;
    Ok(Some(local))
}

/// After `REFRESH`.
pub(super) fn refresh(p: &mut Parser) -> Parse<Op> {
    p.expect_words(&["MATERIALIZED", "VIEW"])?;
    let concurrently = p.word("CONCURRENTLY");
    let name = p.object_name()?;
    let with_data = p.with_data();
    if concurrently && !with_data {
        p.refuse_later("42601", "REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together", p.whole());
    }
    Ok(Op::RefreshMatView { name, concurrently, with_data })
}
