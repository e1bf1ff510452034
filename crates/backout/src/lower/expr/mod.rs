//! Expressions: operators and their precedences.
//!
//! One loop climbs the precedences of the manual's chapter 4.1.6; chains of the same operator go round in it instead of deeper,
//! and `AND` and `OR` stay flat, so only parentheses and their like use the stack.

mod call;
mod json;
mod primary;
mod special;

use super::parser::{Parse, Parser};
use crate::lexer::{self, TokenKind};
use crate::op::{Call, Constant, Expr, Name, ObjectName};
use crate::source::Span;

pub(super) use primary::Paren;

/// How tightly operators bind.
mod level {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const IS: u8 = 4;
    pub const COMPARE: u8 = 5;
    pub const LIKE: u8 = 6;
    pub const OTHER: u8 = 8;
    pub const ADD: u8 = 9;
    pub const MULTIPLY: u8 = 10;
    pub const POWER: u8 = 11;
    pub const AT: u8 = 12;
    pub const COLLATE: u8 = 13;
    pub const SIGN: u8 = 14;
    pub const CAST: u8 = 17;
}

/// How many links a chain of operators may have that becomes a tree as deep as it is long.
const CHAIN_LIMIT: usize = 1000;

/// What stands between two operands, or after one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Infix {
    Or,
    And,
    Is,
    IsNull,
    NotNull,
    In,
    Like,
    Between,
    Symbol,
    Qualified,
    At,
    Collate,
    Cast,
}

impl Parser<'_> {
    /// The grammar's `a_expr`.
    pub fn expr(&mut self) -> Parse<Expr> {
        self.operators(true, 0)
    }

    /// The grammar's `b_expr`.
    pub fn b_expr(&mut self) -> Parse<Expr> {
        self.operators(false, 0)
    }

    /// `expr, expr, …`
    pub fn expr_list(&mut self) -> Parse<Vec<Expr>> {
        self.comma_list(Self::expr)
    }

    /// An operand with all operators that bind at least as tightly as `min`; `full` for an `a_expr`.
    fn operators(&mut self, full: bool, min: u8) -> Parse<Expr> {
        self.nested(|p| {
            let left = p.prefix(full)?;
            p.infix(left, full, min)
        })
    }

    fn prefix(&mut self, full: bool) -> Parse<Expr> {
        match self.kind(0) {
            Some(TokenKind::Word) => {
                if full && self.is_word(0, "NOT") {
                    self.at += 1;
                    return Ok(Expr::Not(Box::new(self.operators(full, level::NOT)?)));
                }
                if self.is_word(0, "OPERATOR") && self.is_symbol(1, '(') {
                    return self.prefix_operator(full);
                }
                self.primary()
            }
            Some(TokenKind::Operator) => self.prefix_operator(full),
            _ => self.primary(),
        }
    }

    fn prefix_operator(&mut self, full: bool) -> Parse<Expr> {
        let (schema, name) = match self.peek_text(0) {
            sign @ ("+" | "-") => {
                let name = Name::from(sign);
                self.at += 1;
                let right = self.operators(full, level::SIGN)?;
                return Ok(match right {
                    Expr::Constant(Constant::Number(number)) if name == "-" => Expr::Constant(Constant::Number(negated(&number))),
                    Expr::Constant(Constant::Number(number)) => Expr::Constant(Constant::Number(number)),
                    right => Expr::Operator { schema: None, name, left: None, right: Box::new(right) },
                });
            }
            "*" | "/" | "%" | "^" | "<" | ">" | "=" | "<=" | ">=" | "<>" | "!=" => return Err(self.syntax_error()),
            _ => self.qualified_operator()?,
        };
        let right = Box::new(self.operators(full, level::OTHER + 1)?);
        Ok(Expr::Operator { schema, name, left: None, right })
    }

    /// `op` or `OPERATOR(schema.op)`.
    fn qualified_operator(&mut self) -> Parse<(Option<Name>, Name)> {
        if self.word("OPERATOR") {
            let operator = self.parenthesised(Self::any_operator)?;
            return Ok((operator.schema, operator.name));
        }
        Ok((None, self.all_op()?))
    }

    /// What comes next as an infix operator, and how tightly it binds.
    fn peek_infix(&self, full: bool) -> Option<(Infix, u8)> {
        match self.kind(0)? {
            TokenKind::DoubleColon => Some((Infix::Cast, level::CAST)),
            TokenKind::Operator => {
                let level = match self.peek_text(0) {
                    "+" | "-" => level::ADD,
                    "*" | "/" | "%" => level::MULTIPLY,
                    "^" => level::POWER,
                    "<" | ">" | "=" | "<=" | ">=" | "<>" | "!=" => level::COMPARE,
                    _ => level::OTHER,
                };
                Some((Infix::Symbol, level))
            }
            TokenKind::Word => {
                let word = self.peek_word(0);
                let is = |other: &str| word.eq_ignore_ascii_case(other);
                if !full {
                    return match word.as_bytes().first()?.to_ascii_lowercase() {
                        b'i' if is("IS") => Some((Infix::Is, level::IS)),
                        b'o' if is("OPERATOR") && self.is_symbol(1, '(') => Some((Infix::Qualified, level::OTHER)),
                        _ => None,
                    };
                }
                match word.as_bytes().first()?.to_ascii_lowercase() {
                    b'a' if is("AND") => Some((Infix::And, level::AND)),
                    b'a' if is("AT") => {
                        let zone = self.is_word(1, "TIME") || (self.version >= 17 && self.is_word(1, "LOCAL"));
                        zone.then_some((Infix::At, level::AT))
                    }
                    b'o' if is("OR") => Some((Infix::Or, level::OR)),
                    b'o' if is("OPERATOR") && self.is_symbol(1, '(') => Some((Infix::Qualified, level::OTHER)),
                    b'i' if is("IS") => Some((Infix::Is, level::IS)),
                    b'i' if is("ISNULL") => Some((Infix::IsNull, level::IS)),
                    b'i' if is("IN") => Some((Infix::In, level::LIKE)),
                    b'i' if is("ILIKE") => Some((Infix::Like, level::LIKE)),
                    b'l' if is("LIKE") => Some((Infix::Like, level::LIKE)),
                    b's' if is("SIMILAR") && self.is_word(1, "TO") => Some((Infix::Like, level::LIKE)),
                    b'b' if is("BETWEEN") => Some((Infix::Between, level::LIKE)),
                    b'c' if is("COLLATE") => Some((Infix::Collate, level::COLLATE)),
                    b'n' if is("NOTNULL") => Some((Infix::NotNull, level::IS)),
                    b'n' if is("NOT") => {
                        let next = self.peek_word(1);
                        let infix = match next.as_bytes().first()?.to_ascii_lowercase() {
                            b'b' if next.eq_ignore_ascii_case("BETWEEN") => Infix::Between,
                            b'i' if next.eq_ignore_ascii_case("IN") => Infix::In,
                            b'i' if next.eq_ignore_ascii_case("ILIKE") => Infix::Like,
                            b'l' if next.eq_ignore_ascii_case("LIKE") => Infix::Like,
                            b's' if next.eq_ignore_ascii_case("SIMILAR") && self.is_word(2, "TO") => Infix::Like,
                            _ => return None,
                        };
                        Some((infix, level::LIKE))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Goes on after the first operand.
    pub(super) fn infix(&mut self, mut left: Expr, full: bool, min: u8) -> Parse<Expr> {
        // A comparison and its like do not chain: after one, this level must not come again.
        let mut blocked = 0;
        let mut links = 0;
        while let Some((infix, level)) = self.peek_infix(full) {
            if level < min {
                break;
            }
            if level == blocked {
                return Err(self.syntax_error());
            }
            links += 1;
            if links > CHAIN_LIMIT && !matches!(infix, Infix::And | Infix::Or) {
                return Err(self.limit("a very long chain of operators"));
            }
            blocked = 0;
            left = match infix {
                Infix::And | Infix::Or => {
                    self.at += 1;
                    let right = self.operators(full, level + 1)?;
                    joined(left, right, infix == Infix::And)
                }
                Infix::Cast => {
                    self.at += 1;
                    let ty = self.type_name()?;
                    Expr::Cast { expr: Box::new(left), ty: Box::new(ty) }
                }
                Infix::Symbol | Infix::Qualified => self.symbol_operator(left, full, level, &mut blocked)?,
                Infix::Is => self.is_test(left, full, &mut blocked)?,
                Infix::IsNull | Infix::NotNull => {
                    self.at += 1;
                    Expr::Is { expr: Box::new(left), test: if infix == Infix::IsNull { "NULL" } else { "NOT NULL" } }
                }
                Infix::In => self.in_test(left)?,
                Infix::Like => self.like_test(left, &mut blocked)?,
                Infix::Between => {
                    blocked = level;
                    self.between(left)?
                }
                Infix::At => {
                    self.at += 1;
                    self.at_zone(left)?
                }
                Infix::Collate => {
                    self.at += 1;
                    Expr::Collate { expr: Box::new(left), collation: self.object_name()? }
                }
            };
        }
        Ok(left)
    }

    fn symbol_operator(&mut self, left: Expr, full: bool, level: u8, blocked: &mut u8) -> Parse<Expr> {
        let (schema, name) = self.qualified_operator()?;
        if full && self.is_one_of(0, &["ANY", "SOME", "ALL"]) && self.is_symbol(1, '(') {
            return self.quantified(left, name);
        }
        if self.version < 14 && level == level::OTHER && self.is_postfix_place() {
            return Ok(Expr::Operator { schema, name, left: None, right: Box::new(left) });
        }
        let right = Box::new(self.operators(full, level + 1)?);
        if level == level::COMPARE {
            *blocked = level;
        }
        Ok(Expr::Operator { schema, name, left: Some(Box::new(left)), right })
    }

    /// Whether no operand can follow, so that before server 14 the operator stands after its operand.
    fn is_postfix_place(&self) -> bool {
        match self.kind(0) {
            None | Some(TokenKind::RParen | TokenKind::RBracket | TokenKind::Comma | TokenKind::Semicolon) => true,
            Some(TokenKind::Word) => self.is_one_of(0, &["AS", "FROM", "WHERE", "AND", "OR", "GROUP", "ORDER", "THEN", "ELSE", "END"]),
            _ => false,
        }
    }

    /// `ANY (…)`, `SOME (…)`, `ALL (…)` after an operator.
    fn quantified(&mut self, left: Expr, op: Name) -> Parse<Expr> {
        let all = self.is_word(0, "ALL");
        self.at += 1;
        let right = match self.paren()? {
            Paren::Query(query) => Expr::Subquery(query),
            Paren::Exprs(mut list) => match (list.pop(), list.is_empty()) {
                (Some(only), true) => only,
                _ => return Err(self.syntax_error_at(self.at.saturating_sub(1))),
            },
        };
        Ok(Expr::Quantified { left: Box::new(left), op, all, right: Box::new(right) })
    }

    fn is_test(&mut self, left: Expr, full: bool, blocked: &mut u8) -> Parse<Expr> {
        self.at += 1;
        let not = self.word("NOT");
        let pick = |plain, negated| if not { negated } else { plain };
        if self.words(&["DISTINCT", "FROM"]) {
            let right = Box::new(self.operators(full, level::IS + 1)?);
            *blocked = level::IS;
            return Ok(Expr::IsDistinct { left: Box::new(left), right, not });
        }
        let test = if self.word("DOCUMENT") {
            pick("DOCUMENT", "NOT DOCUMENT")
        } else if !full {
            return Err(self.syntax_error());
        } else if let Some(word) = self.one_of(&["NULL", "TRUE", "FALSE", "UNKNOWN", "NORMALIZED"]) {
            match word {
                "NULL" => pick("NULL", "NOT NULL"),
                "TRUE" => pick("TRUE", "NOT TRUE"),
                "FALSE" => pick("FALSE", "NOT FALSE"),
                "UNKNOWN" => pick("UNKNOWN", "NOT UNKNOWN"),
                _ => pick("NORMALIZED", "NOT NORMALIZED"),
            }
        } else if self.one_of(&["NFC", "NFD", "NFKC", "NFKD"]).is_some() {
            self.expect_word("NORMALIZED")?;
            pick("NORMALIZED", "NOT NORMALIZED")
        } else if self.version >= 16 && self.word("JSON") {
            let test = match self.one_of(&["VALUE", "ARRAY", "OBJECT", "SCALAR"]) {
                Some("ARRAY") => pick("JSON ARRAY", "NOT JSON ARRAY"),
                Some("OBJECT") => pick("JSON OBJECT", "NOT JSON OBJECT"),
                Some("SCALAR") => pick("JSON SCALAR", "NOT JSON SCALAR"),
                _ => pick("JSON", "NOT JSON"),
            };
            self.json_uniqueness();
            test
        } else if self.version < 14 && self.is_word(0, "OF") && self.is_symbol(1, '(') {
            self.at += 1;
            self.parenthesised_list(Self::type_name)?;
            pick("OF", "NOT OF")
        } else {
            return Err(self.syntax_error());
        };
        Ok(Expr::Is { expr: Box::new(left), test })
    }

    fn in_test(&mut self, left: Expr) -> Parse<Expr> {
        let not = self.word("NOT");
        self.at += 1;
        let expr = Box::new(left);
        Ok(match self.paren()? {
            Paren::Query(query) => Expr::InQuery { expr, query, not },
            Paren::Exprs(list) => Expr::InList { expr, list, not },
        })
    }

    fn like_test(&mut self, left: Expr, blocked: &mut u8) -> Parse<Expr> {
        let mark = self.mark();
        let not = self.word("NOT");
        let kind = self.expect_one_of(&["LIKE", "ILIKE", "SIMILAR"])?;
        if kind == "SIMILAR" {
            self.expect_word("TO")?;
        }
        let span = self.span_from(mark);
        let name = Name::from(match (kind, not) {
            ("LIKE", false) => "~~",
            ("LIKE", true) => "!~~",
            ("ILIKE", false) => "~~*",
            ("ILIKE", true) => "!~~*",
            (_, false) => "~",
            (_, true) => "!~",
        });
        if kind != "SIMILAR" && self.is_one_of(0, &["ANY", "SOME", "ALL"]) && self.is_symbol(1, '(') {
            return self.quantified(left, name);
        }
        let mut pattern = self.operators(true, level::LIKE + 1)?;
        let function = if kind == "SIMILAR" { "similar_to_escape" } else { "like_escape" };
        if self.word("ESCAPE") {
            let escape = self.operators(true, level::LIKE + 1)?;
            pattern = builtin(function, vec![pattern, escape], span);
        } else if kind == "SIMILAR" {
            pattern = builtin(function, vec![pattern], span);
        }
        *blocked = level::LIKE;
        Ok(Expr::Operator { schema: None, name, left: Some(Box::new(left)), right: Box::new(pattern) })
    }

    fn between(&mut self, left: Expr) -> Parse<Expr> {
        let not = self.word("NOT");
        self.at += 1;
        let symmetric = self.word("SYMMETRIC");
        if !symmetric {
            self.word("ASYMMETRIC");
        }
        let low = Box::new(self.b_expr()?);
        self.expect_word("AND")?;
        let high = Box::new(self.operators(true, level::LIKE + 1)?);
        Ok(Expr::Between { expr: Box::new(left), low, high, not, symmetric })
    }

    /// After `AT`: `TIME ZONE e`, `LOCAL`.
    fn at_zone(&mut self, left: Expr) -> Parse<Expr> {
        let mark = self.mark();
        if self.word("LOCAL") {
            return Ok(builtin("timezone", vec![left], self.span_from(mark)));
        }
        self.expect_words(&["TIME", "ZONE"])?;
        let span = self.span_from(mark);
        let zone = self.operators(true, level::AT + 1)?;
        Ok(builtin("timezone", vec![zone, left], span))
    }
}

/// `left AND right`, flat.
fn joined(left: Expr, right: Expr, and: bool) -> Expr {
    match (left, and) {
        (Expr::And(mut terms), true) => {
            terms.push(right);
            Expr::And(terms)
        }
        (Expr::Or(mut terms), false) => {
            terms.push(right);
            Expr::Or(terms)
        }
        (left, true) => Expr::And(vec![left, right]),
        (left, false) => Expr::Or(vec![left, right]),
    }
}

fn negated(number: &str) -> Name {
    match number.strip_prefix('-') {
        Some(positive) => positive.into(),
        None => format!("-{number}").into(),
    }
}

/// A call of a function of the server that SQL spells in another way.
fn builtin(name: &'static str, args: Vec<Expr>, span: Span) -> Expr {
    call_of("pg_catalog", name, args, span)
}

/// A form of SQL that is no function of the catalog.
pub(super) fn form(name: &'static str, args: Vec<Expr>, span: Span) -> Expr {
    call_of("sql", name, args, span)
}

fn call_of(schema: &'static str, name: &'static str, args: Vec<Expr>, span: Span) -> Expr {
    let name = ObjectName { schema: Some(Name::from(schema)), name: Name::from(name), span };
    Expr::Call(Box::new(empty_call(name, args.into_iter().map(|arg| (None, arg)).collect())))
}

fn empty_call(name: ObjectName, args: Vec<(Option<Name>, Expr)>) -> Call {
    Call { name, args, star: false, distinct: false, variadic: false, order_by: Vec::new(), filter: None, over: None }
}

/// A string constant as an expression.
fn string_expr(value: String) -> Expr {
    Expr::Constant(Constant::String(value))
}

/// Whether a number of this spelling exists in the version's grammar: radixes and underscores came with 16.
pub(super) fn number_exists(text: &str, version: u16) -> bool {
    version >= 16 || !text.bytes().any(|byte| matches!(byte, b'_' | b'x' | b'X' | b'o' | b'O' | b'b' | b'B'))
}

/// The name of an identifier token.
fn ident_of(text: &str, token: lexer::Token) -> Name {
    lexer::ident_value(text, token)
}
