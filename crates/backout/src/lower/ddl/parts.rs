//! Pieces that many defining statements share: lists of names, signatures of routines, definitions, options of foreign objects.

use crate::lexer::TokenKind;
use crate::lexer::keywords::Category;
use crate::lower::parser::{Parse, Parser, Stop};
use crate::op::{ArgMode, Expr, Ident, Name, ObjectName, Op, Options, Reach, RoleName, RoutineArg, Signature, SignatureArg, TypeName};
use crate::source::Span;

/// One element of a definition: `name = value`.
pub(super) struct Element {
    /// Its name.
    pub name: Name,
    /// Its value, normalised; `true` when none was written.
    pub text: String,
    /// The value where it is a type or the name of something.
    pub ty: Option<TypeName>,
}

impl Element {
    /// The value as the name of a function or type.
    pub fn object(&self) -> Option<ObjectName> {
        self.ty.as_ref().map(type_as_object)
    }
}

/// The name that a type's spelling stands for. Where a statement names a type to drop or change, the grammar reads any type.
pub(super) fn type_as_object(ty: &TypeName) -> ObjectName {
    ObjectName { schema: ty.schema.clone(), name: ty.name.clone(), span: ty.span }
}

/// The type that a relation's rows are of, named without modifiers.
pub(super) fn row_type(name: ObjectName) -> TypeName {
    let ObjectName { schema, name, span } = name;
    TypeName { schema, name, modifiers: Vec::new(), dimensions: 0, setof: false, of_column: None, span }
}

/// A name without a schema as an [`ObjectName`].
pub(super) fn bare(ident: Ident) -> ObjectName {
    ObjectName { schema: None, name: ident.name, span: ident.span }
}

/// A definition's elements as options.
pub(super) fn as_options(elements: &[Element]) -> Options {
    elements.iter().map(|element| (element.name.clone(), element.text.clone())).collect()
}

impl Parser<'_> {
    /// `IF EXISTS`, if written.
    pub(super) fn if_exists(&mut self) -> bool {
        self.words(&["IF", "EXISTS"])
    }

    /// `IF NOT EXISTS`, if written.
    pub(super) fn if_not_exists(&mut self) -> Parse<bool> {
        // No name is followed by NOT where this may stand.
        if !self.words(&["IF", "NOT"]) {
            return Ok(false);
        }
        self.expect_word("EXISTS")?;
        Ok(true)
    }

    /// The statement is valid, and we do not model it.
    pub(super) fn gap_later(&mut self, reason: &str, reach: Reach) {
        if self.gap.is_none()
            && let Stop::Gap(gap) = self.not_modelled(reason, reach)
        {
            self.gap = Some(*gap);
        }
    }

    /// An option is said twice.
    pub(super) fn conflicting(&mut self, span: Span) {
        self.refuse_later("42601", "conflicting or redundant options", span);
    }

    /// `a, b, …` of bare names.
    pub(super) fn name_list(&mut self) -> Parse<Vec<Ident>> {
        self.comma_list(Self::ident)
    }

    /// `a, s.b, …`.
    pub(super) fn object_names(&mut self) -> Parse<Vec<ObjectName>> {
        self.comma_list(Self::object_name)
    }

    /// `role, role, …`.
    pub(super) fn role_list(&mut self) -> Parse<Vec<RoleName>> {
        self.comma_list(Self::role)
    }

    /// `( name, … )`, if written.
    pub(super) fn opt_names(&mut self) -> Parse<Vec<Name>> {
        if self.is_symbol(0, '(') { self.names() } else { Ok(Vec::new()) }
    }

    /// `( name, … )` with places, if written.
    pub(super) fn opt_idents(&mut self) -> Parse<Vec<Ident>> {
        if self.is_symbol(0, '(') { self.idents() } else { Ok(Vec::new()) }
    }

    /// The grammar's `relation_expr`: `name`, `name *`, `ONLY name`, `ONLY (name)`. True for `ONLY`.
    pub(super) fn relation_expr(&mut self) -> Parse<(ObjectName, bool)> {
        if self.word("ONLY") {
            let name = if self.is_symbol(0, '(') { self.parenthesised(Self::object_name)? } else { self.object_name()? };
            return Ok((name, true));
        }
        let name = self.object_name()?;
        self.symbol('*');
        Ok((name, false))
    }

    /// `COLLATE any_name`, if written.
    pub(super) fn opt_collate(&mut self) -> Parse<Option<ObjectName>> {
        if self.word("COLLATE") { Ok(Some(self.object_name()?)) } else { Ok(None) }
    }

    /// `TABLESPACE name`, if written.
    pub(super) fn opt_tablespace(&mut self) -> Parse<Option<Name>> {
        if self.word("TABLESPACE") { Ok(Some(self.name()?)) } else { Ok(None) }
    }

    /// `WHERE (condition)` of exclusion constraints and publications, if written.
    pub(super) fn opt_parenthesised_where(&mut self) -> Parse<Option<Expr>> {
        if self.word("WHERE") { Ok(Some(self.parenthesised(Self::expr)?)) } else { Ok(None) }
    }

    /// `WITH [NO] DATA`, if written; true otherwise.
    pub(super) fn with_data(&mut self) -> bool {
        !self.words(&["WITH", "NO", "DATA"]) && {
            self.words(&["WITH", "DATA"]);
            true
        }
    }

    /// The grammar's `handler_name`: a name with any number of parts.
    pub(super) fn handler(&mut self) -> Parse<ObjectName> {
        self.object_name()
    }

    /// A name that may also be one of the words that name functions only, for statements that name a routine.
    fn routine_name(&mut self) -> Parse<ObjectName> {
        let mark = self.mark();
        let alone = !self.is_symbol(1, '.');
        if alone && self.is_symbol(1, '(') {
            // With arguments it must be a function's name: the server stumbles over the parenthesis after any other word.
            let col_name = self.keyword(0).is_some_and(|(category, _)| category == Category::ColName);
            if col_name {
                return Err(self.syntax_error_at(self.at + 1));
            }
        }
        let first = if alone { self.non_reserved_word()? } else { self.ident()? };
        self.object_name_rest(mark, first)
    }

    /// The grammar's `function_with_argtypes`.
    pub(super) fn signature(&mut self) -> Parse<Signature> {
        let name = self.routine_name()?;
        if !self.symbol('(') {
            return Ok(Signature { name, args: None });
        }
        let args = if self.is_symbol(0, ')') {
            Vec::new()
        } else {
            self.comma_list(|p| {
                let arg = p.routine_arg()?;
                Ok(SignatureArg { mode: arg.mode, ty: arg.ty })
            })?
        };
        self.expect_symbol(')')?;
        Ok(Signature { name, args: Some(args) })
    }

    /// The grammar's `aggregate_with_argtypes`.
    pub(super) fn aggregate_signature(&mut self) -> Parse<Signature> {
        let name = self.func_name()?;
        let args = self.aggregate_args()?;
        Ok(Signature { name, args: Some(args.into_iter().map(|arg| SignatureArg { mode: arg.mode, ty: arg.ty }).collect()) })
    }

    /// The grammar's `aggr_args`: `(*)`, `(types)`, `(types ORDER BY types)`.
    pub(super) fn aggregate_args(&mut self) -> Parse<Vec<RoutineArg>> {
        self.expect_symbol('(')?;
        if self.symbol('*') {
            self.expect_symbol(')')?;
            return Ok(Vec::new());
        }
        let arg = |p: &mut Self| {
            let mark = p.mark();
            let arg = p.routine_arg()?;
            if !matches!(arg.mode, ArgMode::In | ArgMode::Variadic) {
                return Err(p.reject("0A000", "aggregates cannot have output arguments", p.span_from(mark)));
            }
            Ok(arg)
        };
        let mut args = if self.is_word(0, "ORDER") { Vec::new() } else { self.comma_list(arg)? };
        if self.word("ORDER") {
            self.expect_word("BY")?;
            let mut ordered = self.comma_list(arg)?;
            // `(VARIADIC "any" ORDER BY VARIADIC "any")` is one argument to the catalog.
            if args.last().is_some_and(|arg| arg.mode == ArgMode::Variadic)
                && ordered.first().is_some_and(|arg| arg.mode == ArgMode::Variadic)
            {
                ordered.remove(0);
            }
            args.append(&mut ordered);
        }
        self.expect_symbol(')')?;
        Ok(args)
    }

    /// The grammar's `func_arg`, without a default.
    pub(super) fn routine_arg(&mut self) -> Parse<RoutineArg> {
        let mut mode = self.arg_mode();
        let mut name = None;
        if self.is_argument_name() {
            name = Some(self.type_function_name()?.name);
            if mode.is_none() {
                mode = self.arg_mode();
            }
        }
        let ty = self.func_type()?;
        Ok(RoutineArg { name, mode: mode.unwrap_or_default(), ty, default: None })
    }

    fn arg_mode(&mut self) -> Option<ArgMode> {
        match self.one_of(&["IN", "OUT", "INOUT", "VARIADIC"])? {
            "IN" if self.word("OUT") => Some(ArgMode::InOut),
            "OUT" => Some(ArgMode::Out),
            "INOUT" => Some(ArgMode::InOut),
            "VARIADIC" => Some(ArgMode::Variadic),
            _ => Some(ArgMode::In),
        }
    }

    /// Whether the next word is an argument's name, not its type: something that may be a type follows it.
    pub(super) fn is_argument_name(&self) -> bool {
        let names = match self.kind(0) {
            Some(TokenKind::QuotedIdent | TokenKind::UnicodeIdent) => true,
            Some(TokenKind::Word) => {
                self.keyword(0).is_some_and(|(category, _)| matches!(category, Category::Unreserved | Category::TypeFuncName))
            }
            _ => false,
        };
        if !names {
            return false;
        }
        match self.kind(1) {
            Some(TokenKind::QuotedIdent | TokenKind::UnicodeIdent) => true,
            Some(TokenKind::Word) => {
                self.is_one_of(1, &["IN", "VARIADIC"])
                    || (self.keyword(1).is_some_and(|(category, _)| category != Category::Reserved)
                        && !(self.is_word(0, "DOUBLE") && self.is_word(1, "PRECISION")))
            }
            _ => false,
        }
    }

    /// The grammar's `definition`: `(name = value, …)`.
    pub(super) fn elements(&mut self) -> Parse<Vec<Element>> {
        self.parenthesised_list(Self::definition_element)
    }

    fn definition_element(&mut self) -> Parse<Element> {
        let name = self.col_label()?.name;
        let (text, ty) = if self.symbol('=') { self.definition_value()? } else { ("true".to_owned(), None) };
        Ok(Element { name, text, ty })
    }

    /// A `def_arg`, as text and, where it is one, as a type.
    pub(super) fn definition_value(&mut self) -> Parse<(String, Option<TypeName>)> {
        let mark = self.mark();
        let is_type = match self.kind(0) {
            Some(TokenKind::QuotedIdent | TokenKind::UnicodeIdent) => true,
            Some(TokenKind::Word) => {
                let reserved = self.keyword(0).is_some_and(|(category, _)| category == Category::Reserved);
                let operator = self.is_word(0, "OPERATOR") && self.is_symbol(1, '(');
                !reserved && !operator && !self.is_word(0, "NONE")
            }
            _ => false,
        };
        if is_type {
            let ty = self.func_type()?;
            return Ok((self.normal_text(mark), Some(ty)));
        }
        Ok((self.def_arg()?, None))
    }

    /// `OPTIONS (name 'value', …)`, if written.
    pub(super) fn opt_generic_options(&mut self) -> Parse<Options> {
        if !self.is_word(0, "OPTIONS") || !self.is_symbol(1, '(') {
            return Ok(Options::new());
        }
        self.at += 1;
        self.parenthesised_list(|p| Ok((p.col_label()?.name, p.string()?)))
    }

    /// `OPTIONS ([ADD|SET|DROP] name ['value'], …)`. What is dropped stands as `drop name` with an empty value.
    pub(super) fn alter_generic_options(&mut self) -> Parse<Options> {
        self.expect_word("OPTIONS")?;
        self.parenthesised_list(|p| {
            // Each of the three words may itself be the name of an option: then a string follows.
            let verb = if p.is_string(1) { None } else { p.one_of(&["ADD", "SET", "DROP"]) };
            let name = p.col_label()?.name;
            if verb == Some("DROP") { Ok((format!("drop {name}").into(), String::new())) } else { Ok((name, p.string()?)) }
        })
    }

    /// `[NO] DEPENDS ON EXTENSION name`: the extension and `NO`.
    pub(super) fn depends_on_extension(&mut self) -> Parse<Option<(Ident, bool)>> {
        let remove = self.is_words(&["NO", "DEPENDS"]);
        if !remove && !self.is_word(0, "DEPENDS") {
            return Ok(None);
        }
        self.at += usize::from(remove);
        self.expect_words(&["DEPENDS", "ON", "EXTENSION"])?;
        Ok(Some((self.ident()?, remove)))
    }

    /// `BEGIN`-less statements that may stand within a rule.
    pub(super) fn inner_statement(&mut self, leading: &[&str]) -> Parse<Op> {
        if self.is_one_of(0, leading) || self.is_symbol(0, '(') { self.nested(Self::statement) } else { Err(self.syntax_error()) }
    }
}
