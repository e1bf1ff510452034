//! What a body of PL/pgSQL says: blocks, declarations, statements.
//!
//! Expressions and SQL statements stay text: a [`Fragment`] is a range of the body.

use crate::op::Name;
use crate::source::Span;
use std::borrow::Cow;

/// What a fragment of SQL is, which says how to parse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What may follow `SELECT`: an expression, often with a `FROM` clause.
    Expression,
    /// A whole SQL statement.
    Statement,
}

/// A piece of SQL within the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Where it stands in the body.
    pub span: Span,
    /// What it is.
    pub role: Role,
    /// The `INTO` clause within, which is PL/pgSQL and not SQL.
    pub into: Option<Span>,
}

impl Fragment {
    /// Its text, with spaces in place of the `INTO` clause, so that offsets in it are offsets from `span.start`.
    pub fn text<'a>(&self, body: &'a str) -> Cow<'a, str> {
        let text = self.span.of(body);
        let Some(into) = self.into else { return Cow::Borrowed(text) };
        let (start, end) = (into.start.saturating_sub(self.span.start) as usize, into.end.saturating_sub(self.span.start) as usize);
        match (text.get(..start), text.get(end..)) {
            (Some(before), Some(after)) => Cow::Owned(format!("{before}{}{after}", " ".repeat(end - start))),
            _ => Cow::Borrowed(text),
        }
    }
}

/// `[<<label>>] [DECLARE …] BEGIN … [EXCEPTION …] END`.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its label.
    pub label: Option<Name>,
    /// `DECLARE`, in order.
    pub declarations: Vec<Declaration>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// `EXCEPTION WHEN …`; empty when there is none.
    pub handlers: Vec<Handler>,
    /// `#variable_conflict use_variable` or `use_column` stands before it: a name may be a variable and a column.
    pub settles_conflicts: bool,
}

/// One declaration.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The name.
    pub name: Name,
    /// Where the name stands.
    pub span: Span,
    /// What is declared.
    pub kind: DeclarationKind,
}

/// What a declaration declares.
#[derive(Clone, Debug)]
pub enum DeclarationKind {
    /// A variable.
    Variable {
        /// `CONSTANT`.
        constant: bool,
        /// Its type.
        ty: DataType,
        /// `COLLATE`, where the collation's name stands.
        collation: Option<Span>,
        /// `NOT NULL`.
        not_null: bool,
        /// The initial value.
        default: Option<Fragment>,
    },
    /// `name ALIAS FOR other`.
    Alias(Vec<Name>),
    /// A bound cursor.
    Cursor {
        /// Its arguments.
        args: Vec<(Name, DataType)>,
        /// Its query.
        query: Fragment,
    },
}

/// A type in a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataType {
    /// All of it, as written.
    pub span: Span,
    /// What kind of type it is.
    pub kind: TypeKind,
}

/// How a declaration names its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// Any type, `record` and `refcursor` included: its text is for the grammar.
    Named,
    /// `variable%TYPE` of a variable in scope.
    Variable(Vec<Name>),
    /// `table.column%TYPE`: schema, table, column.
    Column(Vec<Name>),
    /// `table%ROWTYPE`.
    Row(Vec<Name>),
}

/// `WHEN condition OR … THEN …`.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// What an exception handler catches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A name, `others` included.
    Name(Name),
    /// `SQLSTATE 'code'`.
    Code(Name),
}

impl Condition {
    /// Whether it catches an error of this SQLSTATE.
    pub fn catches(&self, sqlstate: &str) -> bool {
        match self {
            Condition::Name(name) => super::condition_catches(name, sqlstate),
            Condition::Code(code) => super::code_catches(code, sqlstate),
        }
    }
}

/// What is assigned to: a variable, a field of a record, an element of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name as written, folded: `v`, `rec.field`, `block.v`; `$1` for a parameter by number.
    pub names: Vec<Name>,
    /// Subscripts in order; a slice has two bounds in one.
    pub subscripts: Vec<Fragment>,
    /// Where it stands.
    pub span: Span,
}

/// `INTO [STRICT] target, …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Into {
    /// `STRICT`.
    pub strict: bool,
    /// The targets; a single one may be a record that takes the whole row.
    pub targets: Vec<Target>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// All of it, the semicolon included.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// A condition, and the statements that run when it holds.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The condition; in the short form of `CASE` a list of values.
    pub condition: Fragment,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// What a `FOR` loop goes through.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum ForKind {
    Integer { variable: Name, reverse: bool, from: Fragment, to: Fragment, by: Option<Fragment> },
    Query { targets: Vec<Target>, query: Fragment },
    Execute { targets: Vec<Target>, query: Fragment, using: Vec<Fragment> },
    Cursor { variable: Name, cursor: Name, args: Option<Fragment> },
    Each { targets: Vec<Target>, slice: u32, array: Fragment },
}

/// What a cursor is opened for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum OpenKind {
    /// A bound cursor with its arguments.
    Bound(Option<Fragment>),
    Query(Fragment),
    Execute {
        query: Fragment,
        using: Vec<Fragment>,
    },
}

/// What a statement is.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum StmtKind {
    Block(Block),
    Assign {
        target: Target,
        source: Fragment,
    },
    If {
        arms: Vec<Arm>,
        otherwise: Vec<Stmt>,
    },
    Case {
        operand: Option<Fragment>,
        arms: Vec<Arm>,
        otherwise: Option<Vec<Stmt>>,
    },
    Loop {
        label: Option<Name>,
        body: Vec<Stmt>,
    },
    While {
        label: Option<Name>,
        condition: Fragment,
        body: Vec<Stmt>,
    },
    For {
        label: Option<Name>,
        kind: ForKind,
        body: Vec<Stmt>,
    },
    /// `EXIT`, or `CONTINUE`.
    Exit {
        continues: bool,
        label: Option<Name>,
        when: Option<Fragment>,
    },
    Return(Option<Fragment>),
    ReturnNext(Option<Fragment>),
    ReturnQuery(Fragment),
    ReturnExecute {
        query: Fragment,
        using: Vec<Fragment>,
    },
    Raise(Raise),
    Assert {
        condition: Fragment,
        message: Option<Fragment>,
    },
    /// An SQL statement.
    Sql {
        statement: Fragment,
        into: Option<Into>,
    },
    /// `EXECUTE` of text.
    Execute {
        query: Fragment,
        into: Option<Into>,
        using: Vec<Fragment>,
    },
    Perform(Fragment),
    /// `CALL` and `DO`, keyword included.
    Call(Fragment),
    GetDiagnostics {
        stacked: bool,
        items: Vec<(Target, Name)>,
    },
    Open {
        cursor: Name,
        kind: OpenKind,
    },
    Fetch {
        cursor: Name,
        into: Into,
    },
    Move {
        cursor: Name,
    },
    Close {
        cursor: Name,
    },
    Null,
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
}

/// How loud a `RAISE` is; only [`Level::Exception`] is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Level {
    Debug,
    Log,
    Info,
    Notice,
    Warning,
    Exception,
}

/// `RAISE`.
#[derive(Clone, Debug)]
pub struct Raise {
    /// How loud.
    pub level: Level,
    /// A lone `RAISE`, which raises the caught error again.
    pub again: bool,
    /// The format string.
    pub message: Option<String>,
    /// What its `%` stand for.
    pub params: Vec<Fragment>,
    /// A condition in place of a message.
    pub condition: Option<Condition>,
    /// `USING option = value`, in lower case.
    pub options: Vec<(Name, Fragment)>,
}
