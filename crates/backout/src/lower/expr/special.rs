//! The forms of SQL that begin with a keyword: `CASE`, `CAST`, `EXTRACT`, `TRIM`, `XMLELEMENT`, …

use super::{builtin, form, string_expr};
use crate::lexer::keywords::Category;
use crate::lower::parser::{Parse, Parser};
use crate::op::{Constant, Expr, Name};
use arcstr::ArcStr;

impl Parser<'_> {
    /// An operand that begins with a keyword which is not merely a name.
    pub(super) fn special(&mut self) -> Parse<Expr> {
        let raw = self.peek_word(0);
        let mut buffer = [0u8; 20];
        let word = match buffer.get_mut(..raw.len()) {
            Some(lower) => {
                lower.copy_from_slice(raw.as_bytes());
                lower.make_ascii_lowercase();
                std::str::from_utf8(lower).unwrap_or("")
            }
            None => "",
        };
        let category = self.keyword(0).map_or(Category::Unreserved, |found| found.0);
        match category {
            Category::Unreserved => self.named(),
            Category::Reserved => self.reserved(word),
            Category::TypeFuncName => self.function_word(word),
            Category::ColName if self.is_symbol(1, '(') => self.special_call(word),
            Category::ColName => self.column_word(word),
        }
    }

    fn reserved(&mut self, word: &str) -> Parse<Expr> {
        match word {
            "null" | "true" | "false" => {
                self.at += 1;
                Ok(Expr::Constant(if word == "null" { Constant::Null } else { Constant::Bool(word == "true") }))
            }
            "case" => self.nested(Self::case),
            "cast" => {
                self.at += 1;
                self.parenthesised(|p| {
                    let expr = Box::new(p.expr()?);
                    p.expect_word("AS")?;
                    Ok(Expr::Cast { expr, ty: Box::new(p.type_name()?) })
                })
            }
            "array" => self.array(),
            "current_date" => self.nameless("current_date"),
            "current_time" => self.nameless("current_time"),
            "current_timestamp" => self.nameless("current_timestamp"),
            "localtime" => self.nameless("localtime"),
            "localtimestamp" => self.nameless("localtimestamp"),
            "current_role" => self.nameless("current_role"),
            "current_user" => self.nameless("current_user"),
            "session_user" => self.nameless("session_user"),
            "system_user" => self.nameless("system_user"),
            "user" => self.nameless("current_user"),
            "current_catalog" => self.nameless("current_catalog"),
            "default" => {
                let span = self.here();
                self.at += 1;
                Err(self.reject("42601", "DEFAULT is not allowed in this context", span))
            }
            "unique" => {
                let span = self.here();
                self.at += 1;
                self.subquery()?;
                Err(self.reject("0A000", "UNIQUE predicate is not yet implemented", span))
            }
            _ => Err(self.syntax_error()),
        }
    }

    /// A word that names types and functions but no columns.
    fn function_word(&mut self, word: &str) -> Parse<Expr> {
        if word == "collation" && self.is_word(1, "FOR") {
            let mark = self.mark();
            self.at += 2;
            let span = self.span_from(mark);
            let expr = self.parenthesised(Self::expr)?;
            return Ok(builtin("pg_collation_for", vec![expr], span));
        }
        if self.is_symbol(1, '(') || self.is_string(1) {
            return self.named();
        }
        if word == "current_schema" {
            return self.nameless("current_schema");
        }
        self.at += 1;
        Err(self.syntax_error())
    }

    /// A word that may name a column, without a parenthesis after it.
    fn column_word(&mut self, word: &str) -> Parse<Expr> {
        let next_is = |words: &[&str]| self.is_one_of(1, words);
        let literal = match word {
            "int" | "integer" | "smallint" | "bigint" | "real" | "float" | "decimal" | "dec" | "numeric" | "boolean" | "varchar" => {
                self.is_string(1)
            }
            "json" => self.version >= 17 && self.is_string(1),
            "bit" | "char" | "character" | "nchar" => self.is_string(1) || next_is(&["VARYING"]),
            "national" => next_is(&["CHAR", "CHARACTER"]),
            "time" | "timestamp" => self.is_string(1) || (next_is(&["WITH", "WITHOUT"]) && self.is_word(2, "TIME")),
            "interval" => self.is_string(1),
            "row" => false,
            _ => false,
        };
        if literal { self.typed_literal() } else { self.named() }
    }

    /// A form with parentheses.
    fn special_call(&mut self, word: &str) -> Parse<Expr> {
        let mark = self.mark();
        match word {
            "int" | "integer" | "smallint" | "bigint" | "real" | "boolean" | "setof" | "inout" | "out" | "none" | "national"
            | "between" | "precision" | "values" | "xmlattributes" | "xmlnamespaces" | "xmltable" | "json_table" => {
                self.at += 1;
                return Err(self.syntax_error());
            }
            "float" | "decimal" | "dec" | "numeric" | "varchar" | "bit" | "char" | "character" | "nchar" | "time" | "timestamp"
            | "interval" => return self.typed_literal(),
            "json" | "json_array" | "json_arrayagg" | "json_object" | "json_objectagg" | "json_exists" | "json_query" | "json_scalar"
            | "json_serialize" | "json_value" => return self.json_form(word),
            _ => {}
        }
        self.at += 1;
        let span = self.last_span();
        match word {
            "exists" => Ok(Expr::Exists(self.subquery()?)),
            "row" => {
                self.expect_symbol('(')?;
                let list = if self.is_symbol(0, ')') { Vec::new() } else { self.expr_list()? };
                self.expect_symbol(')')?;
                self.row(list)
            }
            "coalesce" => Ok(form("coalesce", self.parenthesised_list(Self::expr)?, span)),
            "greatest" => Ok(form("greatest", self.parenthesised_list(Self::expr)?, span)),
            "least" => Ok(form("least", self.parenthesised_list(Self::expr)?, span)),
            "grouping" => Ok(form("grouping", self.parenthesised_list(Self::expr)?, span)),
            "xmlconcat" => Ok(form("xmlconcat", self.parenthesised_list(Self::expr)?, span)),
            "nullif" => self.parenthesised(|p| {
                let left = p.expr()?;
                p.expect_symbol(',')?;
                Ok(form("nullif", vec![left, p.expr()?], span))
            }),
            "merge_action" => {
                self.expect_symbol('(')?;
                self.expect_symbol(')')?;
                Ok(form("merge_action", Vec::new(), span))
            }
            "treat" => self.parenthesised(|p| {
                let expr = p.expr()?;
                p.expect_word("AS")?;
                let ty = p.type_name()?;
                let name = crate::op::ObjectName { schema: Some(arcstr::literal!("pg_catalog")), name: ty.name, span: ty.span };
                Ok(Expr::Call(Box::new(super::empty_call(name, vec![(None, expr)]))))
            }),
            "extract" => self.parenthesised(|p| p.extract(span)),
            "normalize" => self.parenthesised(|p| {
                let mut args = vec![p.expr()?];
                if p.symbol(',') {
                    let form = p.expect_one_of(&["NFC", "NFD", "NFKC", "NFKD"])?;
                    args.push(string_expr(form.to_owned()));
                }
                Ok(builtin("normalize", args, span))
            }),
            "overlay" => self.parenthesised(|p| p.overlay(mark)),
            "position" => self.parenthesised(|p| {
                if p.version < 14 && p.is_symbol(0, ')') {
                    return Ok(builtin("position", Vec::new(), span));
                }
                let part = p.b_expr()?;
                p.expect_word("IN")?;
                let whole = p.b_expr()?;
                Ok(builtin("position", vec![whole, part], span))
            }),
            "substring" => self.parenthesised(|p| p.substring(mark)),
            "trim" => self.parenthesised(|p| p.trim(span)),
            _ => self.xml_form(word, span),
        }
    }

    fn extract(&mut self, span: crate::source::Span) -> Parse<Expr> {
        if self.version < 14 && self.is_symbol(0, ')') {
            return Ok(builtin("date_part", Vec::new(), span));
        }
        let field = if self.is_string(0) {
            self.string()?
        } else {
            // Any identifier that is no keyword, or one of these.
            match self.keyword(0) {
                Some((Category::Unreserved, _)) | None => self.ident()?.name.to_string(),
                Some(_) => return Err(self.syntax_error()),
            }
        };
        self.expect_word("FROM")?;
        let source = self.expr()?;
        let name = if self.version < 14 { "date_part" } else { "extract" };
        Ok(builtin(name, vec![string_expr(field), source], span))
    }

    fn overlay(&mut self, mark: usize) -> Parse<Expr> {
        let span = self.tokens.get(mark).map_or_else(|| self.here(), |token| token.span);
        if self.is_symbol(0, ')') {
            return Ok(super::call_of("sql", "overlay", Vec::new(), span));
        }
        let first = self.argument()?;
        if first.0.is_some() || !self.is_word(0, "PLACING") {
            if self.version < 14 {
                return Err(self.syntax_error());
            }
            return self.plain_arguments("overlay", first, span);
        }
        let mut args = vec![first.1];
        self.expect_word("PLACING")?;
        args.push(self.expr()?);
        self.expect_word("FROM")?;
        args.push(self.expr()?);
        if self.word("FOR") {
            args.push(self.expr()?);
        }
        Ok(builtin("overlay", args, span))
    }

    /// The rest of the arguments of a form that is written like a call: such a name is looked up like any other.
    fn plain_arguments(&mut self, name: &'static str, first: (Option<ArcStr>, Expr), span: crate::source::Span) -> Parse<Expr> {
        let mut args = vec![first];
        while self.symbol(',') {
            args.push(self.argument()?);
        }
        let name = crate::op::ObjectName { schema: None, name: Name::from(name), span };
        Ok(Expr::Call(Box::new(super::empty_call(name, args))))
    }

    fn substring(&mut self, mark: usize) -> Parse<Expr> {
        let span = self.tokens.get(mark).map_or_else(|| self.here(), |token| token.span);
        if self.is_symbol(0, ')') {
            return Ok(super::call_of("pg_catalog", "substring", Vec::new(), span));
        }
        let first = self.argument()?;
        if first.0.is_some() || !self.is_one_of(0, &["FROM", "FOR", "SIMILAR"]) {
            return self.plain_arguments("substring", first, span);
        }
        let text = first.1;
        if self.version >= 14 && self.word("SIMILAR") {
            let pattern = self.expr()?;
            self.expect_word("ESCAPE")?;
            let escape = self.expr()?;
            let pattern = builtin("similar_to_escape", vec![pattern, escape], span);
            return Ok(builtin("substring", vec![text, pattern], span));
        }
        let one = || Expr::Constant(Constant::Number(arcstr::literal!("1")));
        let args = if self.word("FROM") {
            let from = self.expr()?;
            if self.word("FOR") { vec![text, from, self.expr()?] } else { vec![text, from] }
        } else {
            self.expect_word("FOR")?;
            let length = self.expr()?;
            let from = if self.word("FROM") { self.expr()? } else { one() };
            vec![text, from, length]
        };
        Ok(builtin("substring", args, span))
    }

    fn trim(&mut self, span: crate::source::Span) -> Parse<Expr> {
        let name = match self.one_of(&["BOTH", "LEADING", "TRAILING"]) {
            Some("LEADING") => "ltrim",
            Some("TRAILING") => "rtrim",
            _ => "btrim",
        };
        if self.word("FROM") {
            return Ok(builtin(name, self.expr_list()?, span));
        }
        let first = self.expr()?;
        if self.word("FROM") {
            let mut args = self.expr_list()?;
            args.push(first);
            return Ok(builtin(name, args, span));
        }
        let mut args = vec![first];
        while self.symbol(',') {
            args.push(self.expr()?);
        }
        Ok(builtin(name, args, span))
    }

    fn xml_form(&mut self, word: &str, span: crate::source::Span) -> Parse<Expr> {
        self.expect_symbol('(')?;
        let mut args = Vec::new();
        let name = match word {
            "xmlelement" => {
                self.expect_word("NAME")?;
                self.col_label()?;
                if self.symbol(',') {
                    if self.is_word(0, "XMLATTRIBUTES") && self.is_symbol(1, '(') {
                        self.at += 1;
                        self.parenthesised(|p| p.xml_attributes(&mut args))?;
                        if self.symbol(',') {
                            args.extend(self.expr_list()?);
                        }
                    } else {
                        args.extend(self.expr_list()?);
                    }
                }
                "xmlelement"
            }
            "xmlforest" => {
                self.xml_attributes(&mut args)?;
                "xmlforest"
            }
            "xmlexists" => {
                args.push(self.primary()?);
                args.push(self.xml_passing()?);
                self.expect_symbol(')')?;
                return Ok(builtin("xmlexists", args, span));
            }
            "xmlparse" => {
                self.expect_one_of(&["DOCUMENT", "CONTENT"])?;
                args.push(self.expr()?);
                if self.one_of(&["PRESERVE", "STRIP"]).is_some() {
                    self.expect_word("WHITESPACE")?;
                }
                "xmlparse"
            }
            "xmlpi" => {
                self.expect_word("NAME")?;
                self.col_label()?;
                if self.symbol(',') {
                    args.push(self.expr()?);
                }
                "xmlpi"
            }
            "xmlroot" => {
                args.push(self.expr()?);
                self.expect_symbol(',')?;
                self.expect_word("VERSION")?;
                if !self.words(&["NO", "VALUE"]) {
                    args.push(self.expr()?);
                }
                if self.symbol(',') {
                    self.expect_word("STANDALONE")?;
                    if self.expect_one_of(&["YES", "NO"])? == "NO" {
                        self.word("VALUE");
                    }
                }
                "xmlroot"
            }
            "xmlserialize" => {
                self.expect_one_of(&["DOCUMENT", "CONTENT"])?;
                let expr = Box::new(self.expr()?);
                self.expect_word("AS")?;
                let ty = self.simple_type()?;
                args.push(Expr::Cast { expr, ty: Box::new(ty) });
                if self.version >= 16 && !self.words(&["NO", "INDENT"]) {
                    self.word("INDENT");
                }
                "xmlserialize"
            }
            _ => return Err(self.syntax_error_at(self.at.saturating_sub(1))),
        };
        self.expect_symbol(')')?;
        Ok(form(name, args, span))
    }

    /// The grammar's `xml_attribute_list`.
    fn xml_attributes(&mut self, args: &mut Vec<Expr>) -> Parse<()> {
        let list = self.comma_list(|p| {
            let expr = p.expr()?;
            if p.word("AS") {
                p.col_label()?;
            }
            Ok(expr)
        })?;
        args.extend(list);
        Ok(())
    }

    /// `PASSING [BY REF|VALUE] c_expr [BY REF|VALUE]`.
    pub(in crate::lower) fn xml_passing(&mut self) -> Parse<Expr> {
        self.expect_word("PASSING")?;
        self.xml_mechanism()?;
        let expr = self.primary()?;
        self.xml_mechanism()?;
        Ok(expr)
    }

    fn xml_mechanism(&mut self) -> Parse<()> {
        if self.word("BY") {
            self.expect_one_of(&["REF", "VALUE"])?;
        }
        Ok(())
    }
}
