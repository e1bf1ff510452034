//! What the server calls a statement, in its messages and command tags.

use super::{GenericKind, ObjectRef, Op, RelationKind, RoutineKind};
use std::borrow::Cow;

impl Op {
    /// The command tag of a statement that a read-only transaction refuses before it looks at any object; none for what it
    /// allows, and for row statements, whose tables decide.
    pub fn defining_command(&self) -> Option<Cow<'static, str>> {
        let plain = |tag: &'static str| Some(Cow::Borrowed(tag));
        let on = |verb: &str, target: &ObjectRef| Some(Cow::Owned(format!("{verb} {}", target.kind_in_tags())));
        match self {
            Op::CreateSchema(_) => plain("CREATE SCHEMA"),
            Op::CreateTable(create) if create.foreign.is_some() => plain("CREATE FOREIGN TABLE"),
            Op::CreateTable(_) => plain("CREATE TABLE"),
            Op::CreateTableAs(_) => plain("CREATE TABLE AS"),
            Op::AlterTable(alter) => Some(format!("ALTER {}", alter.kind.in_tags()).into()),
            Op::CreateIndex(_) => plain("CREATE INDEX"),
            Op::CreateSequence(_) => plain("CREATE SEQUENCE"),
            Op::AlterSequence(_) => plain("ALTER SEQUENCE"),
            Op::CreateView(_) => plain("CREATE VIEW"),
            Op::CreateMatView(_) => plain("CREATE MATERIALIZED VIEW"),
            Op::RefreshMatView { .. } => plain("REFRESH MATERIALIZED VIEW"),
            Op::CreateRoutine(create) if create.procedure => plain("CREATE PROCEDURE"),
            Op::CreateRoutine(_) => plain("CREATE FUNCTION"),
            Op::AlterRoutine(alter) => Some(format!("ALTER {}", alter.kind.in_tags()).into()),
            Op::CreateAggregate(_) => plain("CREATE AGGREGATE"),
            Op::CreateTrigger(_) => plain("CREATE TRIGGER"),
            Op::CreateEventTrigger(_) => plain("CREATE EVENT TRIGGER"),
            Op::AlterEventTrigger { .. } => plain("ALTER EVENT TRIGGER"),
            Op::CreateRule(_) => plain("CREATE RULE"),
            Op::CreatePolicy(_) => plain("CREATE POLICY"),
            Op::AlterPolicy(_) => plain("ALTER POLICY"),
            Op::CreateType(_) => plain("CREATE TYPE"),
            Op::AlterEnum(_) | Op::AlterComposite(_) => plain("ALTER TYPE"),
            Op::CreateDomain(_) => plain("CREATE DOMAIN"),
            Op::AlterDomain(_) => plain("ALTER DOMAIN"),
            Op::CreateExtension(_) => plain("CREATE EXTENSION"),
            Op::AlterExtension(_) => plain("ALTER EXTENSION"),
            Op::CreateCast(_) => plain("CREATE CAST"),
            Op::CreateOperator(_) => plain("CREATE OPERATOR"),
            Op::CreateRole(_) => plain("CREATE ROLE"),
            Op::AlterRole { .. } => plain("ALTER ROLE"),
            Op::CreateGeneric(create) => Some(format!("CREATE {}", create.kind.in_tags()).into()),
            Op::AlterGeneric(alter) => Some(format!("ALTER {}", alter.kind.in_tags()).into()),
            Op::Drop(drop) => drop.targets.first().and_then(|target| on("DROP", target)),
            Op::Owned { reassign_to: Some(_), .. } => plain("REASSIGN OWNED"),
            Op::Owned { .. } => plain("DROP OWNED"),
            Op::Rename(rename) => on("ALTER", &rename.target),
            Op::Owner { target, .. } | Op::SetSchema { target, .. } | Op::DependsOnExtension { target, .. } => on("ALTER", target),
            Op::Comment { .. } => plain("COMMENT"),
            Op::SecurityLabel { .. } => plain("SECURITY LABEL"),
            Op::Grant(grant) => plain(if grant.grant { "GRANT" } else { "REVOKE" }),
            Op::GrantRole(grant) => plain(if grant.grant { "GRANT ROLE" } else { "REVOKE ROLE" }),
            Op::DefaultPrivileges(_) => plain("ALTER DEFAULT PRIVILEGES"),
            Op::Truncate(_) => plain("TRUNCATE TABLE"),
            Op::Many(ops) => ops.iter().find_map(Op::defining_command),
            Op::Maintenance(maintenance) if matches!(maintenance.command.split(' ').next(), Some("CREATE" | "DROP")) => {
                plain(maintenance.command)
            }
            Op::Explain { analyze: true, op } => match **op {
                Op::CreateTableAs(_) | Op::CreateMatView(_) | Op::RefreshMatView { .. } => op.defining_command(),
                _ => None,
            },
            Op::Invalid(_)
            | Op::Gap(_)
            | Op::Nothing
            | Op::Insert(_)
            | Op::Update(_)
            | Op::Delete(_)
            | Op::Merge(_)
            | Op::Select(_)
            | Op::Copy(_)
            | Op::Lock(_)
            | Op::Call(_)
            | Op::Explain { .. }
            | Op::Prepare { .. }
            | Op::Execute { .. }
            | Op::Deallocate { .. }
            | Op::Do(_)
            | Op::Set(_)
            | Op::SetConstraints { .. }
            | Op::Discard { .. }
            | Op::Transaction(_)
            | Op::Maintenance(_) => None,
        }
    }

    /// Whether it does nothing where the object is not there that it is about.
    pub fn has_if_exists(&self) -> bool {
        match self {
            Op::Rename(rename) => rename.if_exists,
            Op::AlterTable(alter) => alter.if_exists,
            Op::AlterSequence(alter) => alter.if_exists,
            Op::AlterGeneric(alter) => alter.if_exists,
            Op::Drop(drop) => drop.if_exists,
            Op::Owner { if_exists, .. } | Op::SetSchema { if_exists, .. } => *if_exists,
            _ => false,
        }
    }

    /// Whether it leaves the schema alone, the functions that it calls excepted: a statement about rows.
    pub fn is_row_statement(&self) -> bool {
        matches!(
            self,
            Op::Insert(_)
                | Op::Update(_)
                | Op::Delete(_)
                | Op::Merge(_)
                | Op::Select(_)
                | Op::Copy(_)
                | Op::Truncate(_)
                | Op::Call(_)
                | Op::Explain { .. }
        )
    }

    /// The command tag of a statement that changes rows.
    pub fn row_command(&self) -> Option<&'static str> {
        match self {
            Op::Insert(_) => Some("INSERT"),
            Op::Update(_) => Some("UPDATE"),
            Op::Delete(_) => Some("DELETE"),
            Op::Merge(_) => Some("MERGE"),
            Op::Copy(_) => Some("COPY FROM"),
            Op::Select(_) => Some("SELECT"),
            Op::Explain { analyze: true, op } => op.row_command(),
            _ => None,
        }
    }
}

impl RelationKind {
    fn in_tags(self) -> &'static str {
        match self {
            RelationKind::Table => "TABLE",
            RelationKind::View => "VIEW",
            RelationKind::MatView => "MATERIALIZED VIEW",
            RelationKind::Index => "INDEX",
            RelationKind::Sequence => "SEQUENCE",
            RelationKind::ForeignTable => "FOREIGN TABLE",
        }
    }
}

impl RoutineKind {
    fn in_tags(self) -> &'static str {
        match self {
            RoutineKind::Function => "FUNCTION",
            RoutineKind::Procedure => "PROCEDURE",
            RoutineKind::Aggregate => "AGGREGATE",
            RoutineKind::Routine => "ROUTINE",
        }
    }
}

impl GenericKind {
    fn in_tags(self) -> &'static str {
        match self {
            GenericKind::AccessMethod => "ACCESS METHOD",
            GenericKind::Collation => "COLLATION",
            GenericKind::Conversion => "CONVERSION",
            GenericKind::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
            GenericKind::ForeignServer => "SERVER",
            GenericKind::Language => "LANGUAGE",
            GenericKind::OperatorClass => "OPERATOR CLASS",
            GenericKind::OperatorFamily => "OPERATOR FAMILY",
            GenericKind::Publication => "PUBLICATION",
            GenericKind::Statistics => "STATISTICS",
            GenericKind::Subscription => "SUBSCRIPTION",
            GenericKind::Tablespace => "TABLESPACE",
            GenericKind::TextSearchConfiguration => "TEXT SEARCH CONFIGURATION",
            GenericKind::TextSearchDictionary => "TEXT SEARCH DICTIONARY",
            GenericKind::TextSearchParser => "TEXT SEARCH PARSER",
            GenericKind::TextSearchTemplate => "TEXT SEARCH TEMPLATE",
            GenericKind::Transform => "TRANSFORM",
            GenericKind::UserMapping => "USER MAPPING",
        }
    }
}

impl ObjectRef {
    fn kind_in_tags(&self) -> &'static str {
        match self {
            ObjectRef::Relation { kind, .. } => kind.in_tags(),
            ObjectRef::Column { .. } | ObjectRef::Constraint { .. } => "TABLE",
            ObjectRef::DomainConstraint { .. } | ObjectRef::Domain(_) => "DOMAIN",
            ObjectRef::Trigger { .. } => "TRIGGER",
            ObjectRef::Rule { .. } => "RULE",
            ObjectRef::Policy { .. } => "POLICY",
            ObjectRef::Routine { kind, .. } => kind.in_tags(),
            ObjectRef::Type(_) => "TYPE",
            ObjectRef::Schema(_) => "SCHEMA",
            ObjectRef::Extension(_) => "EXTENSION",
            ObjectRef::EventTrigger(_) => "EVENT TRIGGER",
            ObjectRef::Cast { .. } => "CAST",
            ObjectRef::Operator { .. } => "OPERATOR",
            ObjectRef::Role(_) => "ROLE",
            ObjectRef::Database(_) => "DATABASE",
            ObjectRef::LargeObject => "LARGE OBJECT",
            ObjectRef::Generic { kind, .. } => kind.in_tags(),
        }
    }
}
