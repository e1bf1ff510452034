//! Types as they are written, with SQL's spellings resolved to the catalog's names.

use super::parser::{Parse, Parser};
use crate::lexer::TokenKind;
use crate::op::{Name, TypeName};
use crate::source::Span;

impl Parser<'_> {
    /// The grammar's `Typename`.
    pub fn type_name(&mut self) -> Parse<TypeName> {
        let mark = self.mark();
        let setof = self.word("SETOF");
        let mut ty = self.simple_type()?;
        ty.setof = setof;
        self.array_bounds(&mut ty)?;
        ty.span = self.span_from(mark);
        Ok(ty)
    }

    /// The grammar's `func_type`: also `t.c%TYPE`.
    pub fn func_type(&mut self) -> Parse<TypeName> {
        let mark = self.mark();
        let mut ahead = usize::from(self.is_word(0, "SETOF"));
        if self.kind(ahead).is_some_and(TokenKind::is_ident) && self.kind(ahead + 1) == Some(TokenKind::Dot) {
            while self.kind(ahead).is_some_and(TokenKind::is_ident) && self.kind(ahead + 1) == Some(TokenKind::Dot) {
                ahead += 2;
            }
            if self.is_symbol(ahead + 1, '%') && self.is_word(ahead + 2, "TYPE") {
                return self.column_type(mark);
            }
        }
        self.type_name()
    }

    /// `[SETOF] [s.]t.c%TYPE`.
    fn column_type(&mut self, mark: usize) -> Parse<TypeName> {
        let setof = self.word("SETOF");
        let mut parts = vec![self.type_function_name()?.name];
        while self.symbol('.') {
            parts.push(self.col_label()?.name);
        }
        let column = parts.pop();
        let span = self.span_from(mark);
        let table = self.object_name_of(parts, span)?;
        self.expect_symbol('%')?;
        self.expect_word("TYPE")?;
        let span = self.span_from(mark);
        Ok(TypeName { schema: table.schema, name: table.name, modifiers: Vec::new(), dimensions: 0, setof, of_column: column, span })
    }

    fn array_bounds(&mut self, ty: &mut TypeName) -> Parse<()> {
        if self.word("ARRAY") {
            ty.dimensions = 1;
            if self.symbol('[') {
                self.integer()?;
                self.expect_symbol(']')?;
            }
            return Ok(());
        }
        while self.symbol('[') {
            if !self.is_symbol(0, ']') {
                self.integer()?;
            }
            self.expect_symbol(']')?;
            ty.dimensions = ty.dimensions.saturating_add(1);
        }
        Ok(())
    }

    /// The grammar's `SimpleTypename`.
    pub fn simple_type(&mut self) -> Parse<TypeName> {
        let mark = self.mark();
        match self.keyword_type()? {
            Some((name, modifiers)) => Ok(self.plain_type(mark, name, modifiers)),
            None => self.generic_type(),
        }
    }

    fn plain_type(&self, mark: usize, name: &'static str, modifiers: Vec<Name>) -> TypeName {
        let span: Span = self.span_from(mark);
        TypeName { schema: None, name: Name::from(name), modifiers, dimensions: 0, setof: false, of_column: None, span }
    }

    /// The grammar's `GenericType`.
    fn generic_type(&mut self) -> Parse<TypeName> {
        let mark = self.mark();
        let first = self.type_function_name()?;
        let name = self.object_name_rest(mark, first)?;
        let modifiers = self.type_modifiers()?;
        let spelled = match (&name.schema, name.name.as_str()) {
            (None, "serial4") => arcstr::literal!("serial"),
            (None, "serial8") => arcstr::literal!("bigserial"),
            (None, "serial2") => arcstr::literal!("smallserial"),
            _ => name.name,
        };
        let span = self.span_from(mark);
        Ok(TypeName { schema: name.schema, name: spelled, modifiers, dimensions: 0, setof: false, of_column: None, span })
    }

    /// `(expr, …)`, if written.
    pub fn type_modifiers(&mut self) -> Parse<Vec<Name>> {
        if !self.is_symbol(0, '(') {
            return Ok(Vec::new());
        }
        self.parenthesised_list(|p| {
            let mark = p.mark();
            p.expr()?;
            Ok(p.normal_text(mark).into())
        })
    }

    /// `(integer)`, if written.
    fn length(&mut self) -> Parse<Vec<Name>> {
        if !self.symbol('(') {
            return Ok(Vec::new());
        }
        let length = self.integer()?;
        self.expect_symbol(')')?;
        Ok(vec![length.to_string().into()])
    }

    /// A type that is spelled with keywords of its own.
    pub fn keyword_type(&mut self) -> Parse<Option<(&'static str, Vec<Name>)>> {
        const WORDS: [&str; 20] = [
            "INT",
            "INTEGER",
            "SMALLINT",
            "BIGINT",
            "REAL",
            "FLOAT",
            "DOUBLE",
            "DECIMAL",
            "DEC",
            "NUMERIC",
            "BOOLEAN",
            "BIT",
            "CHARACTER",
            "CHAR",
            "VARCHAR",
            "NATIONAL",
            "NCHAR",
            "TIMESTAMP",
            "TIME",
            "INTERVAL",
        ];
        let Some(&word) = WORDS.iter().find(|word| self.is_word(0, word)) else {
            if self.version >= 17 && self.word("JSON") {
                return Ok(Some(("json", Vec::new())));
            }
            return Ok(None);
        };
        if word == "DOUBLE" && !self.is_word(1, "PRECISION") {
            return Ok(None);
        }
        self.at += 1;
        let plain = |name| Ok(Some((name, Vec::new())));
        match word {
            "INT" | "INTEGER" => plain("int4"),
            "SMALLINT" => plain("int2"),
            "BIGINT" => plain("int8"),
            "REAL" => plain("float4"),
            "BOOLEAN" => plain("bool"),
            "DOUBLE" => {
                self.at += 1;
                plain("float8")
            }
            "FLOAT" => {
                let mark = self.mark();
                if !self.symbol('(') {
                    return plain("float8");
                }
                let precision = self.integer()?;
                let span = self.here();
                self.expect_symbol(')')?;
                match precision {
                    ..=0 => Err(self.reject("22023", "precision for type float must be at least 1 bit", self.span_from(mark))),
                    1..=24 => plain("float4"),
                    25..=53 => plain("float8"),
                    54.. => Err(self.reject("22023", "precision for type float must be less than 54 bits", span)),
                }
            }
            "DECIMAL" | "DEC" | "NUMERIC" => Ok(Some(("numeric", self.type_modifiers()?))),
            "BIT" => {
                let varying = self.word("VARYING");
                let mut modifiers = self.type_modifiers()?;
                if modifiers.is_empty() && !varying {
                    modifiers.push(arcstr::literal!("1"));
                }
                Ok(Some((if varying { "varbit" } else { "bit" }, modifiers)))
            }
            "VARCHAR" => Ok(Some(("varchar", self.length()?))),
            "CHARACTER" | "CHAR" | "NCHAR" | "NATIONAL" => {
                if word == "NATIONAL" {
                    self.expect_one_of(&["CHARACTER", "CHAR"])?;
                }
                let varying = self.word("VARYING");
                let mut modifiers = self.length()?;
                if modifiers.is_empty() && !varying {
                    modifiers.push(arcstr::literal!("1"));
                }
                Ok(Some((if varying { "varchar" } else { "bpchar" }, modifiers)))
            }
            "TIMESTAMP" | "TIME" => {
                let modifiers = self.length()?;
                let zone = self.time_zone()?;
                let name = match (word, zone) {
                    ("TIME", false) => "time",
                    ("TIME", true) => "timetz",
                    (_, false) => "timestamp",
                    (_, true) => "timestamptz",
                };
                Ok(Some((name, modifiers)))
            }
            _ => {
                let mut modifiers = self.length()?;
                if modifiers.is_empty() {
                    modifiers = self.interval_fields()?;
                }
                Ok(Some(("interval", modifiers)))
            }
        }
    }

    /// `WITH TIME ZONE`; false for `WITHOUT TIME ZONE` and nothing.
    fn time_zone(&mut self) -> Parse<bool> {
        if self.words(&["WITH", "TIME"]) {
            self.expect_word("ZONE")?;
            return Ok(true);
        }
        if self.words(&["WITHOUT", "TIME"]) {
            self.expect_word("ZONE")?;
        }
        Ok(false)
    }

    /// `YEAR`, `DAY TO SECOND(3)` and their like, in lower case.
    pub fn interval_fields(&mut self) -> Parse<Vec<Name>> {
        let Some(from) = self.one_of(&["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"]) else { return Ok(Vec::new()) };
        let mut last = from;
        let mut text = from.to_ascii_lowercase();
        let to: &[&'static str] = match from {
            "YEAR" => &["MONTH"],
            "DAY" => &["HOUR", "MINUTE", "SECOND"],
            "HOUR" => &["MINUTE", "SECOND"],
            "MINUTE" => &["SECOND"],
            _ => &[],
        };
        if !to.is_empty() && self.is_word(0, "TO") {
            self.at += 1;
            last = self.expect_one_of(to)?;
            text = format!("{text} to {}", last.to_ascii_lowercase());
        }
        let mut fields = vec![Name::from(text)];
        if last == "SECOND" {
            fields.extend(self.length()?);
        }
        Ok(fields)
    }
}
