//! Settings and transactions: `SET`, `RESET`, `BEGIN`, `COMMIT`, `SAVEPOINT`, …

use super::parser::{Parse, Parser};
use crate::lexer::TokenKind;
use crate::op::{Name, Op, Set, Transaction};

impl Parser<'_> {
    /// `SET …`, also `SET TRANSACTION` and `SET CONSTRAINTS`.
    pub fn set(&mut self) -> Parse<Op> {
        self.expect_word("SET")?;
        if self.is_word(0, "CONSTRAINTS") && !self.is_symbol(1, '=') && !self.is_word(1, "TO") && !self.is_symbol(1, '.') {
            self.at += 1;
            let names = if self.word("ALL") { Vec::new() } else { self.comma_list(Self::object_name)? };
            let deferred = self.expect_one_of(&["DEFERRED", "IMMEDIATE"])? == "DEFERRED";
            return Ok(Op::SetConstraints { names, deferred });
        }
        if self.words(&["SESSION", "CHARACTERISTICS"]) {
            self.expect_words(&["AS", "TRANSACTION"])?;
            let read_only = self.transaction_modes(true)?;
            return Ok(Op::Transaction(Transaction::Characteristics { read_only, session: true }));
        }
        let local = self.is_word(0, "LOCAL") && !self.is_assignment(1);
        if local || (self.is_word(0, "SESSION") && !self.is_assignment(1) && !self.is_word(1, "AUTHORIZATION")) {
            self.at += 1;
        }
        if self.is_word(0, "TRANSACTION") && !self.is_assignment(1) {
            self.at += 1;
            let read_only = if self.word("SNAPSHOT") {
                self.string()?;
                None
            } else {
                self.transaction_modes(true)?
            };
            return Ok(Op::Transaction(Transaction::Characteristics { read_only, session: false }));
        }
        let mut set = self.set_rest()?;
        set.local = local;
        Ok(Op::Set(set))
    }

    /// Whether what stands before `ahead` is the name of a setting.
    fn is_assignment(&self, ahead: usize) -> bool {
        self.is_symbol(ahead, '=')
            || self.is_word(ahead, "TO")
            || self.is_symbol(ahead, '.')
            || self.is_words_at(ahead, &["FROM", "CURRENT"])
    }

    fn is_words_at(&self, ahead: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(more, word)| self.is_word(ahead + more, word))
    }

    /// The grammar's `set_rest_more`: what stands after `SET` also in `ALTER FUNCTION` and its like.
    pub fn set_rest(&mut self) -> Parse<Set> {
        let of = |name: &'static str, values| Ok(Set { name: Name::from(name), values, local: false });
        if !self.is_assignment(1) {
            if self.words(&["TIME", "ZONE"]) {
                let values = self.zone()?;
                return of("timezone", values);
            }
            if self.word("CATALOG") {
                let span = self.last_span();
                self.string()?;
                return Err(self.reject("0A000", "current database cannot be changed", span));
            }
            if self.word("SCHEMA") {
                let value = self.string()?;
                return of("search_path", Some(vec![value]));
            }
            if self.word("NAMES") {
                let values = if self.is_string(0) {
                    Some(vec![self.string()?])
                } else {
                    self.word("DEFAULT");
                    None
                };
                return of("client_encoding", values);
            }
            if self.word("ROLE") {
                let value = self.setting_word()?;
                return of("role", Some(vec![value]));
            }
            if self.words(&["SESSION", "AUTHORIZATION"]) {
                let values = if self.word("DEFAULT") { None } else { Some(vec![self.setting_word()?]) };
                return of("session authorization", values);
            }
            if self.words(&["XML", "OPTION"]) {
                let value = self.expect_one_of(&["DOCUMENT", "CONTENT"])?;
                return of("xmloption", Some(vec![value.to_ascii_lowercase()]));
            }
            if self.words(&["TRANSACTION", "SNAPSHOT"]) {
                let value = self.string()?;
                return of("transaction snapshot", Some(vec![value]));
            }
        }
        let name = self.setting_name()?;
        if self.words(&["FROM", "CURRENT"]) {
            // The value is the session's own, which is what a missing value says, too.
            return Ok(Set { name, values: None, local: false });
        }
        if !self.symbol('=') {
            self.expect_word("TO")?;
        }
        if self.word("DEFAULT") {
            return Ok(Set { name, values: None, local: false });
        }
        let values = self.comma_list(|p| match p.kind(0) {
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => Ok(p.numeric()?.to_string()),
            _ => p.boolean_or_string(),
        })?;
        Ok(Set { name, values: Some(values), local: false })
    }

    /// The name of a setting, folded: `search_path`, `plpgsql.variable_conflict`.
    pub fn setting_name(&mut self) -> Parse<Name> {
        let mut name = self.name()?;
        while self.symbol('.') {
            name = format!("{name}.{}", self.name()?).into();
        }
        Ok(if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name })
    }

    fn zone(&mut self) -> Parse<Option<Vec<String>>> {
        if self.one_of(&["DEFAULT", "LOCAL"]).is_some() {
            return Ok(None);
        }
        if self.word("INTERVAL") {
            if self.symbol('(') {
                self.integer()?;
                self.expect_symbol(')')?;
                return Ok(Some(vec![self.string()?]));
            }
            let value = self.string()?;
            let mark = self.mark();
            let fields = self.interval_fields()?;
            if fields.first().is_some_and(|fields| !matches!(fields.as_str(), "hour" | "hour to minute")) {
                let message = "time zone interval must be HOUR or HOUR TO MINUTE";
                return Err(self.reject("42601", message, self.span_from(mark)));
            }
            return Ok(Some(vec![value]));
        }
        match self.kind(0) {
            Some(TokenKind::Integer | TokenKind::Decimal | TokenKind::Operator) => Ok(Some(vec![self.numeric()?.to_string()])),
            Some(kind) if kind.is_string() => Ok(Some(vec![self.string()?])),
            _ => Ok(Some(vec![self.ident()?.name.to_string()])),
        }
    }

    /// The grammar's `NonReservedWord_or_Sconst`.
    pub fn setting_word(&mut self) -> Parse<String> {
        if self.is_string(0) { self.string() } else { Ok(self.non_reserved_word()?.name.to_string()) }
    }

    /// `RESET …`.
    pub fn reset(&mut self) -> Parse<Op> {
        self.expect_word("RESET")?;
        Ok(Op::Set(Set { name: self.reset_rest()?, values: None, local: false }))
    }

    /// The grammar's `reset_rest`: the setting's name, `all` for all of them.
    pub fn reset_rest(&mut self) -> Parse<Name> {
        if self.word("ALL") {
            return Ok(arcstr::literal!("all"));
        }
        if self.words(&["TIME", "ZONE"]) {
            return Ok(arcstr::literal!("timezone"));
        }
        if self.words(&["TRANSACTION", "ISOLATION"]) {
            self.expect_word("LEVEL")?;
            return Ok(arcstr::literal!("transaction_isolation"));
        }
        if self.words(&["SESSION", "AUTHORIZATION"]) {
            return Ok(arcstr::literal!("session authorization"));
        }
        self.setting_name()
    }

    /// `SHOW …`.
    pub fn show(&mut self) -> Parse<Op> {
        self.expect_word("SHOW")?;
        self.reset_rest()?;
        Ok(Op::Nothing)
    }

    /// The grammar's `transaction_mode_list`: whether it says `READ ONLY` or `READ WRITE`, the last word counting.
    fn transaction_modes(&mut self, required: bool) -> Parse<Option<bool>> {
        let mut first = required;
        let mut read_only = None;
        loop {
            let comma = !first && self.symbol(',');
            let mode = self.one_of(&["ISOLATION", "READ", "DEFERRABLE", "NOT"]);
            match mode {
                Some("ISOLATION") => {
                    self.expect_word("LEVEL")?;
                    match self.expect_one_of(&["READ", "REPEATABLE", "SERIALIZABLE"])? {
                        "READ" => {
                            self.expect_one_of(&["UNCOMMITTED", "COMMITTED"])?;
                        }
                        "REPEATABLE" => self.expect_word("READ")?,
                        _ => {}
                    }
                }
                Some("READ") => {
                    read_only = Some(self.expect_one_of(&["ONLY", "WRITE"])? == "ONLY");
                }
                Some("NOT") => self.expect_word("DEFERRABLE")?,
                Some(_) => {}
                None if first || comma => return Err(self.syntax_error()),
                None => return Ok(read_only),
            }
            first = false;
        }
    }

    /// `AND [NO] CHAIN`, if written.
    fn chain(&mut self) -> Parse<bool> {
        if !self.word("AND") {
            return Ok(false);
        }
        let no = self.word("NO");
        self.expect_word("CHAIN")?;
        Ok(!no)
    }

    /// A statement of transaction control, by its first word in capitals.
    pub fn transaction(&mut self, word: &str) -> Parse<Op> {
        self.at += 1;
        let transaction = match word {
            "BEGIN" => {
                self.one_of(&["WORK", "TRANSACTION"]);
                Transaction::Begin { read_only: self.transaction_modes(false)? }
            }
            "START" => {
                self.expect_word("TRANSACTION")?;
                Transaction::Begin { read_only: self.transaction_modes(false)? }
            }
            "COMMIT" | "ROLLBACK" if self.word("PREPARED") => {
                self.string()?;
                Transaction::Prepared
            }
            "COMMIT" | "END" => {
                self.one_of(&["WORK", "TRANSACTION"]);
                Transaction::Commit { chain: self.chain()? }
            }
            "ROLLBACK" => {
                self.one_of(&["WORK", "TRANSACTION"]);
                if self.word("TO") {
                    self.savepoint_word();
                    Transaction::RollbackTo(self.name()?)
                } else {
                    Transaction::Rollback { chain: self.chain()? }
                }
            }
            "ABORT" => {
                self.one_of(&["WORK", "TRANSACTION"]);
                Transaction::Rollback { chain: self.chain()? }
            }
            "SAVEPOINT" => Transaction::Savepoint(self.name()?),
            _ => {
                self.savepoint_word();
                Transaction::Release(self.name()?)
            }
        };
        Ok(Op::Transaction(transaction))
    }

    /// `SAVEPOINT` before a savepoint's name, which may be that word itself.
    fn savepoint_word(&mut self) {
        if self.is_word(0, "SAVEPOINT") && self.is_ident(1) {
            self.at += 1;
        }
    }
}
