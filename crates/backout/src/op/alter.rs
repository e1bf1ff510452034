//! `ALTER TABLE` and the relations that share its actions.

use super::*;
use std::sync::Arc;

/// `ALTER TABLE|VIEW|MATERIALIZED VIEW|INDEX|SEQUENCE|FOREIGN TABLE name action, …`.
#[derive(Clone, Debug)]
pub struct AlterTable {
    /// Which keyword was written; the server then checks the kind (42809).
    pub kind: RelationKind,
    /// The relation.
    pub name: ObjectName,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `ONLY`.
    pub only: bool,
    /// The actions as written; the server runs them in its own order of passes.
    pub actions: Vec<(TableAction, Span)>,
}

impl AlterTable {
    /// Whether it could be about a view.
    pub fn fits_views(&self) -> bool {
        self.actions.iter().all(|(action, _)| action.fits_views())
    }
}

/// One action of `ALTER TABLE`.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum TableAction {
    AddColumn {
        if_not_exists: bool,
        column: ColumnDef,
    },
    DropColumn {
        if_exists: bool,
        name: Ident,
        behavior: Behavior,
    },
    AlterColumn {
        name: Ident,
        action: ColumnAction,
    },
    AddConstraint(TableConstraint),
    /// Which of the attributes were written is said beside them; the others stay.
    AlterConstraint {
        name: Ident,
        attributes: ConstraintAttributes,
        deferrability: bool,
        enforceability: bool,
        /// `[NO] INHERIT` (from 18).
        inherit: Option<bool>,
    },
    ValidateConstraint(Ident),
    DropConstraint {
        if_exists: bool,
        name: Ident,
        behavior: Behavior,
    },
    /// `ENABLE|DISABLE TRIGGER`; the name is none for `ALL` and `USER`.
    Trigger {
        name: Option<Ident>,
        user_only: bool,
        enabled: TriggerEnabled,
    },
    Rule {
        name: Ident,
        enabled: TriggerEnabled,
    },
    /// `ENABLE|DISABLE ROW LEVEL SECURITY`.
    RowSecurity(bool),
    /// `[NO] FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity(bool),
    ClusterOn(Ident),
    SetWithoutCluster,
    SetWithoutOids,
    SetAccessMethod(Option<Name>),
    SetTablespace(Name),
    SetLogged(bool),
    SetOptions(Options),
    ResetOptions(Vec<Name>),
    Inherit(ObjectName),
    NoInherit(ObjectName),
    OfType(TypeName),
    NotOf,
    Owner(RoleName),
    ReplicaIdentity(ReplicaIdentity),
    AttachPartition {
        name: ObjectName,
        bound: Arc<PartitionBound>,
    },
    DetachPartition {
        name: ObjectName,
        concurrently: bool,
        finalize: bool,
    },
    /// `ALTER INDEX … ATTACH PARTITION`.
    AttachIndex(ObjectName),
    /// `OPTIONS (…)` of a foreign table.
    ForeignOptions(Options),
}

impl TableAction {
    /// Whether every kind of relation takes it.
    pub fn fits_all(&self) -> bool {
        matches!(self, Self::Owner(_) | Self::SetOptions(_) | Self::ResetOptions(_) | Self::SetTablespace(_))
    }

    /// Whether views take it.
    pub fn fits_views(&self) -> bool {
        self.fits_all() || matches!(self, Self::AlterColumn { action: ColumnAction::SetDefault(_) | ColumnAction::DropDefault, .. })
    }
}

/// What happens to a column in `ALTER COLUMN`.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the operands of the manual's synopsis, in its words")]
pub enum ColumnAction {
    Type {
        ty: TypeName,
        collation: Option<ObjectName>,
        using: Option<Expr>,
    },
    SetDefault(Expr),
    DropDefault,
    SetNotNull,
    DropNotNull,
    SetExpression(Expr),
    DropExpression {
        if_exists: bool,
    },
    AddIdentity {
        always: bool,
        options: SequenceOptions,
    },
    /// `SET GENERATED …`, `SET sequence_option`, `RESTART`.
    SetIdentity {
        always: Option<bool>,
        options: SequenceOptions,
    },
    DropIdentity {
        if_exists: bool,
    },
    SetStatistics(i32),
    SetStorage(Name),
    SetCompression(Name),
    SetOptions(Options),
    ResetOptions(Vec<Name>),
    ForeignOptions(Options),
}

/// `REPLICA IDENTITY`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReplicaIdentity {
    /// `DEFAULT`.
    #[default]
    Default,
    /// `FULL`.
    Full,
    /// `NOTHING`.
    Nothing,
    /// `USING INDEX`.
    Index(Name),
}
