//! What becomes of each piece of grammar, one line a case.

mod expressions;
mod statements;

use super::{expression, statement, type_name};
use crate::op::{Constant, Expr, Op, TypeName};
use expect_test::Expect;

/// Each line of `inputs` is read by `read`.
fn check_with(inputs: &str, expected: Expect, read: impl Fn(&str) -> String) {
    let lines = inputs.lines().map(str::trim).filter(|line| !line.is_empty());
    let found: Vec<_> = lines.map(|line| format!("{line}  →  {}\n", read(line))).collect();
    expected.assert_eq(&found.concat());
}

fn check_expr(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| match expression(line, 17) {
        Ok(expr) => show(&expr),
        Err(op) => short(&op),
    });
}

fn check_type(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| match type_name(line, 17) {
        Ok(ty) => show_type(&ty),
        Err(op) => short(&op),
    });
}

fn check(inputs: &str, expected: Expect) {
    check_with(inputs, expected, |line| short(&statement(line, 17)));
}

fn all(exprs: &[Expr]) -> String {
    exprs.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// An expression with all its parentheses.
fn show(expr: &Expr) -> String {
    let negated = |not: bool| if not { "not-" } else { "" };
    match expr {
        Expr::Constant(Constant::Null) => "null".to_owned(),
        Expr::Constant(Constant::Bool(value)) => value.to_string(),
        Expr::Constant(Constant::Number(number) | Constant::Bits(number)) => number.to_string(),
        Expr::Constant(Constant::String(text)) => format!("{text:?}"),
        Expr::Column { parts, .. } => parts.join("."),
        Expr::Star(parts) if parts.is_empty() => "*".to_owned(),
        Expr::Star(parts) => format!("{}.*", parts.join(".")),
        Expr::Param(number) => format!("${number}"),
        Expr::Cast { expr, ty } => format!("({} :: {})", show(expr), show_type(ty)),
        Expr::Call(call) => {
            let mut out = call.name.schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
            out.push_str(&call.name.name);
            let args = call.args.iter().map(|(name, arg)| match name {
                Some(name) => format!("{name}=>{}", show(arg)),
                None => show(arg),
            });
            out = format!("{out}({})", args.collect::<Vec<_>>().join(" "));
            for (flag, text) in [(call.star, " star"), (call.distinct, " distinct"), (call.variadic, " variadic")] {
                out.push_str(if flag { text } else { "" });
            }
            if !call.order_by.is_empty() {
                out = format!("{out} order[{}]", all(&call.order_by));
            }
            if let Some(filter) = &call.filter {
                out = format!("{out} filter[{}]", show(filter));
            }
            if let Some(over) = &call.over {
                out = format!("{out} over[{}]", all(over));
            }
            out
        }
        Expr::Operator { schema, name, left, right } => {
            let left = left.as_ref().map_or(String::new(), |left| format!("{} ", show(left)));
            let schema = schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
            format!("({left}{schema}{name} {})", show(right))
        }
        Expr::And(terms) => format!("(and {})", all(terms)),
        Expr::Or(terms) => format!("(or {})", all(terms)),
        Expr::Not(expr) => format!("(not {})", show(expr)),
        Expr::Is { expr, test } => format!("({} is {test})", show(expr)),
        Expr::IsDistinct { left, right, not } => format!("({} is-{}distinct {})", show(left), negated(*not), show(right)),
        Expr::Between { expr, low, high, not, symmetric } => {
            let kind = if *symmetric { "between-symmetric" } else { "between" };
            format!("({} {}{kind} {} {})", show(expr), negated(*not), show(low), show(high))
        }
        Expr::InList { expr, list, not } => format!("({} {}in [{}])", show(expr), negated(*not), all(list)),
        Expr::InQuery { expr, not, .. } => format!("({} {}in query)", show(expr), negated(*not)),
        Expr::Quantified { left, op, all, right } => format!("({} {op} {} {})", show(left), if *all { "all" } else { "any" }, show(right)),
        Expr::Case { operand, arms, otherwise } => {
            let operand = operand.as_ref().map_or(String::new(), |operand| format!(" {}", show(operand)));
            let arms: String = arms.iter().map(|(when, then)| format!(" [{} {}]", show(when), show(then))).collect();
            let otherwise = otherwise.as_ref().map_or(String::new(), |otherwise| format!(" else {}", show(otherwise)));
            format!("(case{operand}{arms}{otherwise})")
        }
        Expr::Array(list) => format!("array[{}]", all(list)),
        Expr::ArrayQuery(_) => "array(query)".to_owned(),
        Expr::Row(list) => format!("row[{}]", all(list)),
        Expr::Subquery(_) => "query".to_owned(),
        Expr::Exists(_) => "exists(query)".to_owned(),
        Expr::Subscript { expr, bounds, slice } => format!("{}[{}{}]", show(expr), if *slice { ":" } else { "" }, all(bounds)),
        Expr::Field { expr, field } => format!("{}->{field}", show(expr)),
        Expr::Collate { expr, collation } => format!("({} collate {})", show(expr), collation.name),
        Expr::Default => "default".to_owned(),
    }
}

fn show_type(ty: &TypeName) -> String {
    let schema = ty.schema.as_ref().map_or(String::new(), |schema| format!("{schema}."));
    let modifiers = if ty.modifiers.is_empty() { String::new() } else { format!("({})", ty.modifiers.join(",")) };
    let column = ty.of_column.as_ref().map_or(String::new(), |column| format!(".{column}%type"));
    let setof = if ty.setof { "setof " } else { "" };
    format!("{setof}{schema}{}{column}{modifiers}{}", ty.name, "[]".repeat(ty.dimensions.into()))
}

/// An operation without its places and without what is empty.
fn short(op: &Op) -> String {
    match op {
        Op::Invalid(rejection) => return format!("{} {} @ {}", rejection.sqlstate, rejection.message, rejection.span.start),
        Op::Gap(gap) => return format!("gap {} {:?}", gap.reason, gap.reach),
        _ => {}
    }
    let debug = format!("{op:#?}");
    let mut lines: Vec<&str> = Vec::new();
    let mut skipped = 0;
    for line in debug.lines().map(str::trim) {
        if skipped > 0 {
            skipped -= 1;
        } else if line.starts_with("span: Span {") || line == "Span {" {
            skipped = 3;
        } else if ![": None,", ": [],", ": false,", ": 0,"].iter().any(|empty| line.ends_with(empty)) {
            lines.push(line);
        }
    }
    let mut out = lines.join(" ");
    for (long, brief) in [(", }", " }"), (", )", ")"), (", ]", "]"), ("( ", "("), ("[ ", "[")] {
        out = out.replace(long, brief);
    }
    out
}
