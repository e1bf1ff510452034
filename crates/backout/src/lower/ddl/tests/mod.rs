//! One line, one statement: what becomes of it, in a short form of `Debug` that leaves out places and what was not written.

mod alters;
mod creates;
mod others;
mod refused;

use crate::lower;
use crate::op::Op;
use expect_test::Expect;

/// Each line of `statements` is read as server 17 reads it.
fn check(statements: &str, expected: Expect) {
    check_version(17, statements, expected);
}

fn check_version(version: u16, statements: &str, expected: Expect) {
    let lines: Vec<_> = statements.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<_> = lines.iter().map(|line| short(&lower::statement(line, version), line)).collect();
    expected.assert_eq(&(found.join("\n") + "\n"));
}

fn short(op: &Op, text: &str) -> String {
    if let Op::Invalid(rejection) = op {
        return format!("{} {} @ {}", rejection.sqlstate, rejection.message, rejection.span.start);
    }
    if let Op::Gap(gap) = op {
        return format!("gap {} {:?}", gap.reason, gap.reach);
    }
    let mut lines: Vec<String> = Vec::new();
    let debug = format!("{op:#?}");
    let mut skipped = 0;
    for line in debug.lines().map(str::trim) {
        if skipped > 0 {
            skipped -= 1;
        } else if line.starts_with("span: Span {") || line == "Span {" {
            skipped = 3;
        } else if !line.ends_with(": None,") && !line.ends_with(": [],") && !line.ends_with(": false,") {
            lines.push(line.to_owned());
        }
    }
    let mut out = lines.join(" ");
    for (long, brief) in [(", }", " }"), (", )", ")"), (", ]", "]"), ("( ", "("), ("[ ", "[")] {
        out = out.replace(long, brief);
    }
    for (open, close) in [("Ident { name: \"", "\" }"), ("ObjectName { name: \"", "\" }"), ("Some(\"", "\")")] {
        out = unwrapped(&out, open, close);
    }
    assert!(!text.is_empty());
    out
}

/// `open name close` becomes `"name"`.
fn unwrapped(text: &str, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        match after.find('"').filter(|&end| after[end..].starts_with(close)) {
            Some(end) => {
                out.push_str(&format!("\"{}\"", &after[..end]));
                rest = &after[end + close.len()..];
            }
            None => {
                out.push_str(open);
                rest = after;
            }
        }
    }
    out + rest
}
