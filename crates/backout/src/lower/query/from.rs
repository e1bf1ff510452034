//! `FROM`: relations, subqueries, functions, joins.

use super::CHAIN_LIMIT;
use crate::lexer::TokenKind;
use crate::lexer::keywords::Category;
use crate::lower::parser::{Parse, Parser};
use crate::op::{Alias, Call, Expr, FromItem, JoinCondition, Name, ObjectName, Query, QueryBody, TypeName};

/// What a parenthesis in FROM holds.
enum Inner {
    Query(Box<Query>),
    Item(Box<FromItem>),
}

/// An alias with its column definitions.
type FunctionAlias = (Option<Alias>, Vec<(Name, TypeName)>);

impl Parser<'_> {
    /// The grammar's `table_list`.
    pub fn table_list(&mut self) -> Parse<Vec<FromItem>> {
        self.comma_list(Self::table_item)
    }

    /// The grammar's `table_ref`.
    pub fn table_item(&mut self) -> Parse<FromItem> {
        let first = self.table_primary()?;
        self.joins(first)
    }

    /// The grammar's `relation_expr`: `t`, `t *`, `ONLY t`, `ONLY (t)`.
    pub fn relation(&mut self) -> Parse<ObjectName> {
        if self.word("ONLY") {
            if self.is_symbol(0, '(') {
                return self.parenthesised(Self::object_name);
            }
            return self.object_name();
        }
        let name = self.object_name()?;
        self.symbol('*');
        Ok(name)
    }

    fn is_join(&self) -> bool {
        self.is_one_of(0, &["JOIN", "LEFT", "INNER", "CROSS", "RIGHT", "FULL", "NATURAL"])
    }

    /// The joins after a first item.
    fn joins(&mut self, mut left: FromItem) -> Parse<FromItem> {
        let mut links = 0;
        while self.is_join() {
            links += 1;
            if links > CHAIN_LIMIT {
                return Err(self.limit("a very long chain of joins"));
            }
            left = self.join(left)?;
        }
        Ok(left)
    }

    /// One join.
    fn join(&mut self, left: FromItem) -> Parse<FromItem> {
        let left = Box::new(left);
        if self.word("CROSS") {
            self.expect_word("JOIN")?;
            let right = Box::new(self.table_primary()?);
            return Ok(FromItem::Join { left, right, kind: "CROSS JOIN", on: JoinCondition::None, alias: None });
        }
        let natural = self.word("NATURAL");
        let kind = match self.one_of(&["LEFT", "RIGHT", "FULL", "INNER"]) {
            Some(word @ ("LEFT" | "RIGHT" | "FULL")) => {
                self.word("OUTER");
                match word {
                    "LEFT" => "LEFT JOIN",
                    "RIGHT" => "RIGHT JOIN",
                    _ => "FULL JOIN",
                }
            }
            _ => "JOIN",
        };
        self.expect_word("JOIN")?;
        let mut right = self.table_primary()?;
        if natural {
            return Ok(FromItem::Join { left, right: Box::new(right), kind, on: JoinCondition::Natural, alias: None });
        }
        // `a JOIN b JOIN c ON … ON …`: the inner join comes first.
        let mut links = 0;
        while self.is_join() {
            links += 1;
            if links > CHAIN_LIMIT {
                return Err(self.limit("a very long chain of joins"));
            }
            right = self.nested(|p| p.join(right))?;
        }
        let right = Box::new(right);
        if self.word("USING") {
            let columns = self.names()?;
            if self.version >= 14 && self.word("AS") {
                // Unlike an alias of the join, this one hides nothing and names the merged columns only.
                self.name()?;
                self.note_gap("an alias of USING");
            }
            return Ok(FromItem::Join { left, right, kind, on: JoinCondition::Using(columns), alias: None });
        }
        self.expect_word("ON")?;
        let on = JoinCondition::On(self.expr()?);
        Ok(FromItem::Join { left, right, kind, on, alias: None })
    }

    fn table_primary(&mut self) -> Parse<FromItem> {
        if self.is_symbol(0, '(') {
            return self.table_paren();
        }
        if self.word("LATERAL") {
            if self.is_symbol(0, '(') {
                if !self.is_paren_query() {
                    while self.symbol('(') {}
                    return Err(self.syntax_error());
                }
                return match self.table_inner()? {
                    Inner::Query(query) => self.subquery_item(query, true),
                    Inner::Item(_) => Err(self.syntax_error_at(self.at.saturating_sub(1))),
                };
            }
            return match self.function_item()? {
                Some(item) => Ok(item),
                None => Err(self.syntax_error()),
            };
        }
        if let Some(item) = self.function_item()? {
            return Ok(item);
        }
        if matches!(self.keyword(0), Some((Category::TypeFuncName, _))) {
            // It could only have named a function.
            self.at += 1;
            return Err(self.syntax_error());
        }
        let name = self.relation()?;
        let alias = self.alias()?;
        if self.word("TABLESAMPLE") {
            self.func_name()?;
            self.parenthesised_list(Self::expr)?;
            if self.word("REPEATABLE") {
                self.parenthesised(Self::expr)?;
            }
        }
        Ok(FromItem::Relation { name, alias })
    }

    /// A subquery or a join in parentheses.
    fn table_paren(&mut self) -> Parse<FromItem> {
        // Joins have large frames: such parentheses count twice.
        match self.nested(Self::table_inner)? {
            Inner::Query(query) => self.subquery_item(query, false),
            Inner::Item(item) => self.aliased_join(*item),
        }
    }

    fn aliased_join(&mut self, item: FromItem) -> Parse<FromItem> {
        let found = self.alias()?;
        Ok(match item {
            FromItem::Join { left, right, kind, on, alias } => FromItem::Join { left, right, kind, on, alias: found.or(alias) },
            other => other,
        })
    }

    fn subquery_item(&mut self, query: Box<Query>, lateral: bool) -> Parse<FromItem> {
        let mark = self.mark();
        let alias = self.alias()?;
        if alias.is_none() && self.version < 16 {
            let values = matches!(query.body, QueryBody::Values(_));
            let message = if values { "VALUES in FROM must have an alias" } else { "subquery in FROM must have an alias" };
            let span = if mark < self.tokens.len() { query.span } else { self.last_span() };
            return Err(self.reject("42601", message, span));
        }
        Ok(FromItem::Query { query, lateral, alias })
    }

    /// From `(` to `)`.
    fn table_inner(&mut self) -> Parse<Inner> {
        self.nested(|p| {
            if p.is_query(1) {
                let query = p.parenthesised(Self::query)?;
                return Ok(Inner::Query(Box::new(query)));
            }
            p.expect_symbol('(')?;
            let mark = p.mark();
            let first = if p.is_paren_query() {
                match p.nested(Self::table_inner)? {
                    Inner::Query(query) => {
                        if p.symbol(')') {
                            return Ok(Inner::Query(query));
                        }
                        if p.is_query_rest() {
                            let query = p.query_rest(mark, QueryBody::Query(query))?;
                            p.expect_symbol(')')?;
                            return Ok(Inner::Query(Box::new(query)));
                        }
                        p.subquery_item(query, false)?
                    }
                    Inner::Item(item) => p.aliased_join(*item)?,
                }
            } else {
                p.table_primary()?
            };
            let joined = p.is_join() || matches!(first, FromItem::Join { .. });
            let item = p.joins(first)?;
            if !joined {
                return Err(p.syntax_error());
            }
            p.expect_symbol(')')?;
            Ok(Inner::Item(Box::new(item)))
        })
    }

    /// The grammar's `opt_alias_clause`.
    pub fn alias(&mut self) -> Parse<Option<Alias>> {
        let named = self.word("AS");
        if !named && !self.is_ident(0) {
            return Ok(None);
        }
        let name = self.name()?;
        let columns = if self.is_symbol(0, '(') { self.names()? } else { Vec::new() };
        Ok(Some(Alias { name, columns }))
    }

    /// A function, `ROWS FROM`, `XMLTABLE` or `JSON_TABLE`, if one stands here.
    fn function_item(&mut self) -> Parse<Option<FromItem>> {
        if self.is_words(&["ROWS", "FROM"]) && self.is_symbol(2, '(') {
            return Ok(Some(self.rows_from()?));
        }
        let Some(kind) = self.kind(0) else { return Ok(None) };
        if !kind.is_ident() {
            return Ok(None);
        }
        if kind == TokenKind::Word {
            if self.is_word(0, "XMLTABLE") && self.is_symbol(1, '(') {
                return Ok(Some(self.xml_table()?));
            }
            if self.version >= 17 && self.is_word(0, "JSON_TABLE") && self.is_symbol(1, '(') {
                return Ok(Some(self.json_table()?));
            }
            match self.keyword(0) {
                Some((Category::Reserved, _)) => {
                    const FUNCTIONS: [&str; 13] = [
                        "CURRENT_DATE",
                        "CURRENT_TIME",
                        "CURRENT_TIMESTAMP",
                        "LOCALTIME",
                        "LOCALTIMESTAMP",
                        "CURRENT_ROLE",
                        "CURRENT_USER",
                        "SESSION_USER",
                        "SYSTEM_USER",
                        "USER",
                        "CURRENT_CATALOG",
                        "CAST",
                        "UNIQUE",
                    ];
                    if !self.is_one_of(0, &FUNCTIONS) {
                        return Ok(None);
                    }
                    return Ok(Some(self.function_call_item()?));
                }
                Some((Category::TypeFuncName, _)) if self.is_word(0, "CURRENT_SCHEMA") || self.is_words(&["COLLATION", "FOR"]) => {
                    return Ok(Some(self.function_call_item()?));
                }
                _ => {}
            }
        }
        let mut ahead = 1;
        while self.kind(ahead) == Some(TokenKind::Dot) {
            ahead += 2;
        }
        if !self.is_symbol(ahead, '(') {
            return Ok(None);
        }
        Ok(Some(self.function_call_item()?))
    }

    fn function_call_item(&mut self) -> Parse<FromItem> {
        let call = self.func_expr_windowless()?;
        let ordinality = self.words(&["WITH", "ORDINALITY"]);
        let (alias, columns) = self.function_alias()?;
        Ok(FromItem::Function { calls: apart(call), ordinality, alias, columns })
    }

    fn rows_from(&mut self) -> Parse<FromItem> {
        self.expect_words(&["ROWS", "FROM"])?;
        let calls = self.parenthesised_list(|p| {
            let call = p.func_expr_windowless()?;
            if p.word("AS") {
                p.column_definitions()?;
            }
            Ok(call)
        })?;
        let ordinality = self.words(&["WITH", "ORDINALITY"]);
        let (alias, columns) = self.function_alias()?;
        Ok(FromItem::Function { calls: calls.into_iter().flat_map(apart).collect(), ordinality, alias, columns })
    }

    /// The grammar's `func_alias_clause`.
    fn function_alias(&mut self) -> Parse<FunctionAlias> {
        let named = self.word("AS");
        if named && self.is_symbol(0, '(') {
            return Ok((None, self.column_definitions()?));
        }
        if !named && !self.is_ident(0) {
            return Ok((None, Vec::new()));
        }
        let name = self.name()?;
        if !self.is_symbol(0, '(') {
            return Ok((Some(Alias { name, columns: Vec::new() }), Vec::new()));
        }
        // Names alone are aliases, names with types are a definition.
        if self.is_ident(1) && matches!(self.kind(2), Some(TokenKind::Comma | TokenKind::RParen)) {
            let columns = self.names()?;
            return Ok((Some(Alias { name, columns }), Vec::new()));
        }
        let columns = self.column_definitions()?;
        Ok((Some(Alias { name, columns: Vec::new() }), columns))
    }

    /// The grammar's `TableFuncElementList` in parentheses.
    fn column_definitions(&mut self) -> Parse<Vec<(Name, TypeName)>> {
        self.parenthesised_list(|p| {
            let name = p.name()?;
            let ty = p.type_name()?;
            if p.word("COLLATE") {
                p.object_name()?;
            }
            Ok((name, ty))
        })
    }

    fn xml_table(&mut self) -> Parse<FromItem> {
        self.expect_word("XMLTABLE")?;
        self.expect_symbol('(')?;
        let mut exprs = Vec::new();
        if self.is_word(0, "XMLNAMESPACES") && self.is_symbol(1, '(') {
            self.at += 1;
            self.parenthesised_list(|p| {
                if p.word("DEFAULT") {
                    exprs.push(p.b_expr()?);
                } else {
                    exprs.push(p.b_expr()?);
                    p.expect_word("AS")?;
                    p.col_label()?;
                }
                Ok(())
            })?;
            self.expect_symbol(',')?;
        }
        exprs.push(self.primary()?);
        exprs.push(self.xml_passing()?);
        self.expect_word("COLUMNS")?;
        let columns = self.comma_list(|p| p.xml_column(&mut exprs))?;
        self.expect_symbol(')')?;
        let alias = self.alias()?;
        Ok(FromItem::Table { exprs, columns, alias })
    }

    fn xml_column(&mut self, exprs: &mut Vec<Expr>) -> Parse<Name> {
        let name = self.name()?;
        if self.words(&["FOR", "ORDINALITY"]) {
            return Ok(name);
        }
        let ty = self.type_name()?;
        // A cast of nothing keeps the type among what the item refers to.
        exprs.push(Expr::Cast { expr: Box::new(Expr::Constant(crate::op::Constant::Null)), ty: Box::new(ty) });
        loop {
            if self.word("DEFAULT") || self.word("PATH") {
                exprs.push(self.b_expr()?);
            } else if self.words(&["NOT", "NULL"]) || self.word("NULL") {
            } else {
                return Ok(name);
            }
        }
    }

    fn json_table(&mut self) -> Parse<FromItem> {
        self.expect_word("JSON_TABLE")?;
        self.expect_symbol('(')?;
        let mut exprs = Vec::new();
        self.json_value(&mut exprs)?;
        self.expect_symbol(',')?;
        exprs.push(self.expr()?);
        if self.word("AS") {
            self.name()?;
        }
        self.json_passing(&mut exprs)?;
        let mut columns = Vec::new();
        self.json_columns(&mut columns, &mut exprs)?;
        self.json_behaviors(&mut exprs)?;
        self.expect_symbol(')')?;
        let alias = self.alias()?;
        Ok(FromItem::Table { exprs, columns, alias })
    }

    fn json_columns(&mut self, columns: &mut Vec<Name>, exprs: &mut Vec<Expr>) -> Parse<()> {
        self.nested(|p| {
            p.expect_word("COLUMNS")?;
            p.parenthesised_list(|p| p.json_column(columns, exprs))?;
            Ok(())
        })
    }

    fn json_column(&mut self, columns: &mut Vec<Name>, exprs: &mut Vec<Expr>) -> Parse<()> {
        if self.is_word(0, "NESTED") && (self.is_word(1, "PATH") || self.is_string(1)) {
            self.at += 1;
            self.word("PATH");
            self.string()?;
            if self.word("AS") {
                self.name()?;
            }
            return self.json_columns(columns, exprs);
        }
        columns.push(self.name()?);
        if self.words(&["FOR", "ORDINALITY"]) {
            return Ok(());
        }
        let ty = self.type_name()?;
        exprs.push(Expr::Cast { expr: Box::new(Expr::Constant(crate::op::Constant::Null)), ty: Box::new(ty) });
        if !self.word("EXISTS") {
            self.json_format()?;
        }
        if self.word("PATH") {
            self.string()?;
        }
        self.json_wrapper()?;
        self.json_quotes()?;
        self.json_behaviors(exprs)
    }
}

/// `unnest` of several arrays stands for one call for each of them, as the server's analysis has it.
fn apart(call: Expr) -> Vec<Expr> {
    match call {
        Expr::Call(several)
            if several.name.name == "unnest"
                && several.name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
                && several.args.len() > 1
                && !several.variadic =>
        {
            several.args.iter().map(|arg| Expr::Call(Box::new(Call { args: vec![arg.clone()], ..Call::clone(&several) }))).collect()
        }
        call => vec![call],
    }
}
