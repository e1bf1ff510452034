//! Which statement it is, and the small ones.

use super::ddl;
use super::parser::{Parse, Parser};
use crate::op::{CreateTableAs, ObjectName};
use crate::op::{Do, Maintenance, Name, ObjectRef, Op, Persistence, Query, QueryBody, RelationKind, Transaction};

impl Parser<'_> {
    /// One statement.
    pub fn statement(&mut self) -> Parse<Op> {
        let raw = self.peek_word(0);
        let mut buffer = [0u8; 12];
        let word = match buffer.get_mut(..raw.len()) {
            Some(upper) => {
                upper.copy_from_slice(raw.as_bytes());
                upper.make_ascii_uppercase();
                std::str::from_utf8(upper).unwrap_or("")
            }
            None => "",
        };
        match word {
            "CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "REVOKE" => self.object_statement(),
            "SELECT" | "VALUES" | "TABLE" => self.select_statement(),
            "WITH" => self.with_statement(),
            "INSERT" => self.insert(Vec::new()),
            "UPDATE" => self.update(Vec::new()),
            "DELETE" => self.delete(Vec::new()),
            "MERGE" if self.version >= 15 => self.merge(Vec::new()),
            "DO" => self.do_block(),
            "SET" => self.set(),
            "RESET" => self.reset(),
            "SHOW" => self.show(),
            "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE" => self.transaction(word),
            "TRUNCATE" => self.truncate(),
            "COPY" => self.copy(),
            "LOCK" => self.lock(),
            "CALL" => {
                self.at += 1;
                let mark = self.mark();
                let name = self.func_name()?;
                Ok(Op::Call(self.application(mark, name)?))
            }
            "EXPLAIN" => self.explain(),
            "PREPARE" => self.prepare(),
            "EXECUTE" => self.execute(),
            "DEALLOCATE" => {
                self.at += 1;
                if self.is_word(0, "PREPARE") && (self.is_ident(1) || self.is_word(1, "ALL")) {
                    self.at += 1;
                }
                let name = if self.word("ALL") { None } else { Some(self.ident()?) };
                Ok(Op::Deallocate { name })
            }
            "DECLARE" => self.declare(),
            "FETCH" | "MOVE" => self.fetch_cursor(),
            "CLOSE" => {
                self.at += 1;
                if !self.word("ALL") {
                    self.ident()?;
                }
                Ok(Op::Nothing)
            }
            "LISTEN" => {
                self.at += 1;
                self.ident()?;
                Ok(Op::Nothing)
            }
            "UNLISTEN" => {
                self.at += 1;
                if !self.symbol('*') {
                    self.ident()?;
                }
                Ok(Op::Nothing)
            }
            "NOTIFY" => {
                self.at += 1;
                self.ident()?;
                if self.symbol(',') {
                    self.string()?;
                }
                Ok(Op::Nothing)
            }
            "DISCARD" => {
                self.at += 1;
                let what = self.expect_one_of(&["ALL", "TEMP", "TEMPORARY", "PLANS", "SEQUENCES"])?;
                Ok(Op::Discard { temp: matches!(what, "ALL" | "TEMP" | "TEMPORARY"), all: what == "ALL" })
            }
            "LOAD" => {
                self.at += 1;
                self.string()?;
                Ok(Op::Nothing)
            }
            "CHECKPOINT" => {
                self.at += 1;
                if self.version >= 19 && self.is_symbol(0, '(') {
                    self.utility_options()?;
                }
                Ok(Op::Nothing)
            }
            "VACUUM" => self.vacuum(),
            "ANALYZE" | "ANALYSE" => self.analyze(),
            "CLUSTER" => self.cluster(),
            "REINDEX" => self.reindex(),
            _ if self.is_symbol(0, '(') => self.select_statement(),
            _ => self.object_statement(),
        }
    }

    /// What defines objects.
    fn object_statement(&mut self) -> Parse<Op> {
        let mark = self.mark();
        match ddl::statement(self)? {
            Some(op) => Ok(op),
            None => {
                self.at = mark;
                Err(self.syntax_error())
            }
        }
    }

    /// A query as a statement; one that says `INTO` makes a table.
    fn select_statement(&mut self) -> Parse<Op> {
        let query = self.query_or_into()?;
        self.selected(query)
    }

    fn selected(&mut self, mut query: Query) -> Parse<Op> {
        let Some((persistence, span)) = self.into.take() else { return Ok(Op::Select(Box::new(query))) };
        match first_into(&mut query.body) {
            Some(name) => Ok(Op::CreateTableAs(Box::new(into_table(name, persistence, query)))),
            None => Err(self.reject("42601", "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT", span)),
        }
    }

    fn with_statement(&mut self) -> Parse<Op> {
        let mark = self.mark();
        let (with, recursive) = self.with_clause()?;
        match self.peek_word(0) {
            word if word.eq_ignore_ascii_case("INSERT") => self.insert(with),
            word if word.eq_ignore_ascii_case("UPDATE") => self.update(with),
            word if word.eq_ignore_ascii_case("DELETE") => self.delete(with),
            word if word.eq_ignore_ascii_case("MERGE") && self.version >= 15 => self.merge(with),
            _ => {
                let mut query = self.query_without_with(mark)?;
                self.add_with(&mut query, with, recursive)?;
                self.selected(query)
            }
        }
    }

    fn do_block(&mut self) -> Parse<Op> {
        self.expect_word("DO")?;
        let span = self.last_span();
        let mut body = None;
        let mut language = None;
        loop {
            let repeated = if self.is_string(0) {
                body.replace(self.string_with_offset()?).is_some()
            } else if self.word("LANGUAGE") {
                language.replace(self.setting_word()?).is_some()
            } else if body.is_none() && language.is_none() {
                return Err(self.syntax_error());
            } else {
                break;
            };
            if repeated {
                return Err(self.reject("42601", "conflicting or redundant options", self.last_span()));
            }
        }
        let Some((body, offset)) = body else { return Err(self.reject("42601", "no inline code specified", span)) };
        Ok(Op::Do(Do { language: language.map_or(arcstr::literal!("plpgsql"), Name::from), body, offset }))
    }

    fn explain(&mut self) -> Parse<Op> {
        self.expect_word("EXPLAIN")?;
        let mut analyze = false;
        if self.is_symbol(0, '(') && !self.is_paren_query() {
            self.no_double_paren()?;
            for (name, value) in self.utility_options()? {
                if name == "analyze" {
                    analyze = matches!(value.as_str(), "true" | "on" | "1");
                }
            }
        } else {
            analyze = self.one_of(&["ANALYZE", "ANALYSE"]).is_some();
            self.word("VERBOSE");
        }
        let word = self.peek_word(0).to_ascii_uppercase();
        let fits = match word.as_str() {
            "SELECT" | "VALUES" | "TABLE" | "WITH" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "DECLARE" | "EXECUTE" => true,
            "CREATE" | "REFRESH" => true,
            _ => self.is_symbol(0, '('),
        };
        if !fits {
            return Err(self.syntax_error());
        }
        let mark = self.mark();
        let op = self.nested(Self::statement)?;
        if word == "CREATE" && !matches!(op, Op::CreateTableAs(_) | Op::CreateMatView(_) | Op::Gap(_)) {
            return Err(self.syntax_error_at(mark + 1));
        }
        Ok(Op::Explain { analyze, op: Box::new(op) })
    }

    fn prepare(&mut self) -> Parse<Op> {
        self.expect_word("PREPARE")?;
        if self.is_word(0, "TRANSACTION") && self.is_string(1) {
            self.at += 2;
            return Ok(Op::Transaction(Transaction::Prepare));
        }
        let name = self.ident()?;
        if self.is_symbol(0, '(') {
            self.parenthesised_list(Self::type_name)?;
        }
        self.expect_word("AS")?;
        let op = Box::new(self.preparable()?);
        Ok(Op::Prepare { name, op })
    }

    fn execute(&mut self) -> Parse<Op> {
        self.expect_word("EXECUTE")?;
        let name = self.ident()?;
        if self.is_symbol(0, '(') {
            self.parenthesised_list(Self::expr)?;
        }
        Ok(Op::Execute { name })
    }

    fn declare(&mut self) -> Parse<Op> {
        self.expect_word("DECLARE")?;
        self.ident()?;
        loop {
            if self.words(&["NO", "SCROLL"]) || self.one_of(&["SCROLL", "BINARY", "INSENSITIVE"]).is_some() {
                continue;
            }
            if self.version < 14 || !self.word("ASENSITIVE") {
                break;
            }
        }
        self.expect_word("CURSOR")?;
        if self.one_of(&["WITH", "WITHOUT"]).is_some() {
            self.expect_word("HOLD")?;
        }
        self.expect_word("FOR")?;
        Ok(Op::Select(Box::new(self.query()?)))
    }

    /// `FETCH` and `MOVE`: which cursors exist is nothing of the schema.
    fn fetch_cursor(&mut self) -> Parse<Op> {
        self.at += 1;
        let counted = match self.one_of(&["NEXT", "PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE", "FORWARD", "BACKWARD", "ALL"]) {
            Some("ABSOLUTE" | "RELATIVE") => {
                self.signed_integer32()?;
                true
            }
            Some("FORWARD" | "BACKWARD") => {
                if !self.word("ALL")
                    && (self.is_symbol(0, '-') || self.is_symbol(0, '+') || !self.is_ident(0))
                    && !self.is_one_of(0, &["FROM", "IN"])
                {
                    self.signed_integer32()?;
                }
                true
            }
            Some(_) => true,
            None => {
                if !self.is_ident(0) && !self.is_one_of(0, &["FROM", "IN"]) {
                    self.signed_integer32()?;
                }
                true
            }
        };
        if counted {
            self.one_of(&["FROM", "IN"]);
        }
        self.ident()?;
        Ok(Op::Nothing)
    }

    /// The grammar's `vacuum_relation_list`, if written.
    fn vacuum_relations(&mut self) -> Parse<Vec<ObjectRef>> {
        if self.is_end() {
            return Ok(Vec::new());
        }
        self.comma_list(|p| {
            let name = if p.version >= 18 { p.relation()? } else { p.object_name()? };
            if p.is_symbol(0, '(') {
                p.names()?;
            }
            Ok(ObjectRef::Relation { kind: RelationKind::Table, name })
        })
    }

    fn vacuum(&mut self) -> Parse<Op> {
        self.expect_word("VACUUM")?;
        if self.is_symbol(0, '(') {
            self.utility_options()?;
        } else {
            self.word("FULL");
            self.word("FREEZE");
            self.word("VERBOSE");
            self.one_of(&["ANALYZE", "ANALYSE"]);
        }
        let needs = self.vacuum_relations()?;
        Ok(Op::Maintenance(Maintenance { command: "VACUUM", forbidden_in_transaction: true, needs }))
    }

    fn analyze(&mut self) -> Parse<Op> {
        self.at += 1;
        if self.is_symbol(0, '(') {
            self.utility_options()?;
        } else {
            self.word("VERBOSE");
        }
        let needs = self.vacuum_relations()?;
        if needs.is_empty() {
            return Ok(Op::Nothing);
        }
        Ok(Op::Maintenance(Maintenance { command: "ANALYZE", forbidden_in_transaction: false, needs }))
    }

    fn cluster(&mut self) -> Parse<Op> {
        self.expect_word("CLUSTER")?;
        if self.version >= 14 && self.is_symbol(0, '(') {
            self.utility_options()?;
        } else {
            self.word("VERBOSE");
        }
        let mut needs = Vec::new();
        if !self.is_end() {
            let name = self.object_name()?;
            if name.schema.is_none() && self.word("ON") {
                let table = self.object_name()?;
                needs.push(ObjectRef::Relation { kind: RelationKind::Table, name: table });
                needs.push(ObjectRef::Relation { kind: RelationKind::Index, name });
            } else {
                needs.push(ObjectRef::Relation { kind: RelationKind::Table, name: name.clone() });
                if self.word("USING") {
                    // The index lives in the table's schema.
                    let index = self.ident()?;
                    let name = ObjectName { schema: name.schema, name: index.name, span: index.span };
                    needs.push(ObjectRef::Relation { kind: RelationKind::Index, name });
                }
            }
        }
        Ok(Op::Maintenance(Maintenance { command: "CLUSTER", forbidden_in_transaction: needs.is_empty(), needs }))
    }

    fn reindex(&mut self) -> Parse<Op> {
        self.expect_word("REINDEX")?;
        if self.is_symbol(0, '(') {
            self.utility_options()?;
        }
        let kind = self.expect_one_of(&["INDEX", "TABLE", "SCHEMA", "SYSTEM", "DATABASE"])?;
        let concurrently = self.word("CONCURRENTLY");
        let mut needs = Vec::new();
        match kind {
            "INDEX" => needs.push(ObjectRef::Relation { kind: RelationKind::Index, name: self.object_name()? }),
            "TABLE" => needs.push(ObjectRef::Relation { kind: RelationKind::Table, name: self.object_name()? }),
            "SCHEMA" => needs.push(ObjectRef::Schema(self.ident()?)),
            _ if self.version >= 16 && self.is_end() => {}
            _ => {
                self.ident()?;
            }
        }
        let forbidden_in_transaction = concurrently || !matches!(kind, "INDEX" | "TABLE");
        Ok(Op::Maintenance(Maintenance { command: "REINDEX", forbidden_in_transaction, needs }))
    }
}

/// The name after `INTO` in the first `SELECT` of a query.
fn first_into(body: &mut QueryBody) -> Option<ObjectName> {
    let mut body = body;
    loop {
        body = match body {
            QueryBody::Select(select) => return select.into.take(),
            QueryBody::Values(_) => return None,
            QueryBody::Query(query) => &mut query.body,
            QueryBody::Set { arms, .. } => arms.first_mut()?,
        };
    }
}

fn into_table(name: ObjectName, persistence: Persistence, query: Query) -> CreateTableAs {
    CreateTableAs {
        name,
        persistence,
        if_not_exists: false,
        columns: Vec::new(),
        query: Some(query),
        with_data: true,
        options: Vec::new(),
        on_commit_drop: false,
        access_method: None,
        tablespace: None,
    }
}
