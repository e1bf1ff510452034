//! Rows that a table certainly holds: those that the scripts inserted with literal values and that nothing can have
//! taken away since. A row that is not here may be there all the same.
//!
//! Changes go into the catalog's journal, so that rows come and go with the schema.

use super::object::{ColumnNumber, ObjId};
use super::store::Change;
use super::trace::mix;
use super::{Catalog, Cause, Mark};
use litemap::LiteMap;
use rustc_hash::{FxBuildHasher, FxHasher};
use std::collections::{BTreeMap, HashMap, btree_map};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The number of a row; never used again for another row, whatever is undone.
pub type RowId = u32;

/// No more rows than this are kept of a table; losing certainty is always right.
const MOST_ROWS: usize = 20_000;

/// No more rows than this are kept of those of a table that may be there or not.
const MOST_GHOSTS: usize = 200;

/// No more lookups than this are kept of a table.
const MOST_LOOKUPS: usize = 16;

/// What is known about a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// It is this one, as text that is the same for the same value.
    Known(Arc<str>),
    /// It is NULL.
    Null,
    /// Nothing.
    Unknown,
}

/// A row that is certainly there.
#[derive(Clone, Debug)]
pub struct Row {
    /// The columns of which something is known.
    pub columns: Arc<[ColumnNumber]>,
    /// Their values.
    pub values: Vec<Value>,
    /// The statement that inserted it.
    pub cause: Cause,
    /// Tells it from what it was before something of it was forgotten.
    serial: u32,
}

impl Row {
    /// A row that no statement wrote.
    pub fn imagined(columns: Arc<[ColumnNumber]>, values: Vec<Value>) -> Self {
        Self { columns, values, cause: 0, serial: 0 }
    }

    /// What is known about the value of a column.
    pub fn value(&self, column: ColumnNumber) -> &Value {
        self.columns.iter().position(|&known| known == column).and_then(|at| self.values.get(at)).unwrap_or(&Value::Unknown)
    }

    /// Whether it stands for rows of which nothing is known.
    fn is_stranger(&self) -> bool {
        self.columns.is_empty()
    }

    /// A number that rows with the same known values of these columns share; none if one is unknown or NULL.
    fn key_number(&self, columns: &[ColumnNumber]) -> Option<u64> {
        key_number(columns.iter().map(|&column| match self.value(column) {
            Value::Known(value) => Some(&**value),
            Value::Null | Value::Unknown => None,
        }))
    }

    /// Whether one of these columns may have any value.
    fn is_open(&self, columns: &[ColumnNumber]) -> bool {
        columns.iter().any(|&column| *self.value(column) == Value::Unknown)
    }

    fn has_key(&self, columns: &[ColumnNumber], key: &[Arc<str>]) -> bool {
        columns.iter().zip(key).all(|(&column, part)| matches!(self.value(column), Value::Known(value) if value == part))
    }

    /// The known values of these columns; none if one is unknown or NULL.
    pub fn key(&self, columns: &[ColumnNumber]) -> Option<Vec<Arc<str>>> {
        columns
            .iter()
            .map(|&column| match self.value(column) {
                Value::Known(value) => Some(value.clone()),
                Value::Null | Value::Unknown => None,
            })
            .collect()
    }
}

/// A number that the same values share; none if one of them is none.
fn key_number<'v>(values: impl Iterator<Item = Option<&'v str>>) -> Option<u64> {
    let mut hasher = FxHasher::default();
    for value in values {
        value?.hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// The rows of all tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Boxed: a table may come between others.
    tables: LiteMap<ObjId, Box<TableRows>>,
    next: RowId,
    /// The sum of all rows: the same sum means the same rows.
    sum: u64,
    serial: u32,
    /// Tables that hold no rows but those that are known.
    whole: LiteMap<ObjId, ()>,
    whole_sum: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct TableRows {
    rows: Group,
    /// Rows that were certain and may be there still.
    ghosts: Group,
    sum: u64,
}

/// Rows by their numbers, and by the values of columns for which somebody asked.
#[derive(Clone, Debug, Default)]
struct Group {
    /// Shared, so that a table whose rows all become doubtful, and its undoing, cost nothing.
    all: Arc<BTreeMap<RowId, Arc<Row>>>,
    lookups: Vec<Lookup>,
}

/// Rows by the values of some columns; made when first asked for.
#[derive(Clone, Debug)]
struct Lookup {
    columns: Vec<ColumnNumber>,
    /// By [`Row::key_number`]: not all of a list need have the same key.
    keys: HashMap<u64, Vec<RowId>, FxBuildHasher>,
    /// Rows of which a value is unknown.
    open: Vec<RowId>,
}

/// One step of the journal.
#[derive(Clone, Debug)]
pub(super) enum RowChange {
    Row {
        table: ObjId,
        id: RowId,
        old: Option<Arc<Row>>,
        certain: bool,
        cause: Cause,
    },
    /// Boxed: the journal has an entry for each change, and few are of this kind.
    Table {
        table: ObjId,
        old: Box<TableRows>,
    },
    Ghost {
        table: ObjId,
        id: RowId,
        old: Option<Arc<Row>>,
    },
    Whole {
        table: ObjId,
        old: bool,
    },
}

impl Lookup {
    fn add(&mut self, id: RowId, row: &Row) {
        match row.key_number(&self.columns) {
            Some(key) => put(self.keys.entry(key).or_default(), id),
            None if row.is_open(&self.columns) => put(&mut self.open, id),
            None => {}
        }
    }

    fn remove(&mut self, id: RowId, row: &Row) {
        take(&mut self.open, id);
        if let Some(key) = row.key_number(&self.columns)
            && let Some(list) = self.keys.get_mut(&key)
        {
            take(list, id);
            if list.is_empty() {
                self.keys.remove(&key);
            }
        }
    }
}

/// Into a list in order.
fn put(list: &mut Vec<RowId>, id: RowId) {
    if let Err(at) = list.binary_search(&id) {
        list.insert(at, id);
    }
}

/// Out of a list in order.
fn take(list: &mut Vec<RowId>, id: RowId) {
    if let Ok(at) = list.binary_search(&id) {
        list.remove(at);
    }
}

/// What a row that is there adds to the sum.
fn row_mark(id: RowId, row: &Row) -> u64 {
    mix(u64::from(id) << 32 | u64::from(row.serial))
}

/// What a row that may be there adds to the sum.
fn ghost_mark(id: RowId, row: &Row) -> u64 {
    !row_mark(id, row)
}

impl Group {
    fn replace(&mut self, id: RowId, new: Option<Arc<Row>>) -> Option<Arc<Row>> {
        let rows = Arc::make_mut(&mut self.all);
        let old = match &new {
            Some(row) => rows.insert(id, row.clone()),
            None => rows.remove(&id),
        };
        for lookup in &mut self.lookups {
            if let (Some(old), Some(new)) = (&old, &new)
                && lookup.columns.iter().all(|&column| old.value(column) == new.value(column))
            {
                continue;
            }
            if let Some(old) = &old {
                lookup.remove(id, old);
            }
            if let Some(new) = &new {
                lookup.add(id, new);
            }
        }
        old
    }

    /// The rows that have these values, and those of which one is unknown.
    fn by_key(&mut self, columns: &[ColumnNumber], key: &[Arc<str>]) -> (Vec<RowId>, Vec<RowId>) {
        /// Of so many rows a lookup costs more than asking each.
        const FEW: usize = 200;
        if self.all.len() <= FEW && !self.lookups.iter().any(|lookup| lookup.columns == columns) {
            let (mut found, mut open) = (Vec::new(), Vec::new());
            for (&id, row) in &*self.all {
                if row.has_key(columns, key) {
                    found.push(id);
                } else if row.is_open(columns) {
                    open.push(id);
                }
            }
            return (found, open);
        }
        let rows = self.all.clone();
        let lookup = self.lookup(columns);
        let number = key_number(key.iter().map(|part| Some(&**part)));
        let mut found = number.and_then(|number| lookup.keys.get(&number)).cloned().unwrap_or_default();
        found.retain(|id| rows.get(id).is_some_and(|row| row.has_key(columns, key)));
        (found, lookup.open.clone())
    }

    fn lookup(&mut self, columns: &[ColumnNumber]) -> &Lookup {
        let at = match self.lookups.iter().position(|lookup| lookup.columns == columns) {
            Some(at) => at,
            None => {
                if self.lookups.len() >= MOST_LOOKUPS {
                    self.lookups.clear();
                }
                let mut lookup = Lookup { columns: columns.to_vec(), keys: HashMap::default(), open: Vec::new() };
                for (id, row) in &*self.all {
                    lookup.add(*id, row);
                }
                self.lookups.push(lookup);
                self.lookups.len() - 1
            }
        };
        &self.lookups[at]
    }
}

impl TableRows {
    /// All rows are ghosts.
    fn doubted(&self) -> Self {
        let mut ghosts = self.rows.all.clone();
        if !self.ghosts.all.is_empty() {
            Arc::make_mut(&mut ghosts).extend(self.ghosts.all.iter().map(|(id, row)| (*id, row.clone())));
        }
        // A ghost's mark is its row's with every bit turned, and two of them cancel out.
        let turned = if self.rows.all.len() % 2 == 1 { u64::MAX } else { 0 };
        Self { ghosts: Group { all: ghosts, lookups: Vec::new() }, sum: self.sum ^ turned, ..Self::default() }
    }
}

impl Rows {
    /// Undoes a change; gives the one that does it again.
    pub(super) fn undo(&mut self, change: RowChange) -> RowChange {
        match change {
            RowChange::Row { table, id, old, certain, cause } => {
                RowChange::Row { table, id, old: self.replace(table, id, old), certain, cause }
            }
            RowChange::Table { table, old } => {
                self.sum ^= old.sum;
                let gone = self.tables.insert(table, old).unwrap_or_default();
                self.sum ^= gone.sum;
                RowChange::Table { table, old: gone }
            }
            RowChange::Ghost { table, id, old } => RowChange::Ghost { table, id, old: self.set_ghost(table, id, old) },
            RowChange::Whole { table, old } => {
                self.set_whole(table, old);
                RowChange::Whole { table, old: !old }
            }
        }
    }

    /// The tables of which rows are, or were, known.
    pub(super) fn followed(&self) -> impl Iterator<Item = ObjId> {
        self.tables.iter().map(|(id, _)| *id)
    }

    /// Of no other tables rows were ever known.
    pub(super) fn follow_only(&mut self, tables: &[ObjId]) {
        if self.tables.len() > tables.len() {
            self.tables.retain(|id, _| tables.binary_search(id).is_ok());
        }
    }

    fn set_whole(&mut self, table: ObjId, whole: bool) {
        let changed = if whole { self.whole.insert(table, ()).is_none() } else { self.whole.remove(&table).is_some() };
        if changed {
            self.whole_sum ^= mix(u64::from(table.0) << 32 | u64::from(u32::MAX));
        }
    }

    /// Puts another row, or none, into the place of one; gives what was there.
    fn replace(&mut self, table: ObjId, id: RowId, new: Option<Arc<Row>>) -> Option<Arc<Row>> {
        self.exchange(table, id, new, |table| &mut table.rows, row_mark)
    }

    /// The same among the rows that may be there.
    fn set_ghost(&mut self, table: ObjId, id: RowId, new: Option<Arc<Row>>) -> Option<Arc<Row>> {
        self.exchange(table, id, new, |table| &mut table.ghosts, ghost_mark)
    }

    fn exchange(
        &mut self,
        table: ObjId,
        id: RowId,
        new: Option<Arc<Row>>,
        group: fn(&mut TableRows) -> &mut Group,
        mark: fn(RowId, &Row) -> u64,
    ) -> Option<Arc<Row>> {
        let table = self.tables.entry(table).or_default();
        let marked = |row: Option<&Arc<Row>>| row.map_or(0, |row| mark(id, row));
        let mut marks = marked(new.as_ref());
        let old = group(table).replace(id, new);
        marks ^= marked(old.as_ref());
        table.sum ^= marks;
        self.sum ^= marks;
        old
    }

    fn next_serial(&mut self) -> u32 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    /// A number that tells what is known of rows from all else that ever is.
    pub(super) fn sum(&self) -> u64 {
        self.sum ^ self.whole_sum
    }
}

/// Rows of a table with their numbers, oldest first.
#[derive(Clone, Debug)]
pub struct Kept<'a>(Option<btree_map::Range<'a, RowId, Arc<Row>>>);

impl<'a> Iterator for Kept<'a> {
    type Item = (RowId, &'a Arc<Row>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.as_mut()?.next().map(|(id, row)| (*id, row))
    }
}

impl Catalog {
    /// The number that the next row gets: rows with lower numbers are older.
    pub fn next_row(&self) -> RowId {
        self.rows.next
    }

    /// Whether any row is, or was, certain.
    pub fn knows_rows(&self) -> bool {
        !self.rows.tables.is_empty()
    }

    /// Whether anything is known of rows, if only that there are none.
    pub fn follows_rows(&self) -> bool {
        self.knows_rows() || !self.rows.whole.is_empty()
    }

    /// Whether rows of this table are, or were, known.
    pub fn keeps_rows(&self, table: ObjId) -> bool {
        self.rows.tables.contains_key(&table)
    }

    /// The tables of which rows are known.
    pub fn tables_with_rows(&self) -> impl Iterator<Item = ObjId> + '_ {
        self.rows.tables.iter().filter(|(_, table)| !table.rows.all.is_empty()).map(|(id, _)| *id)
    }

    /// The certain rows of a table.
    pub fn rows_of(&self, table: ObjId) -> Kept<'_> {
        self.rows_since(table, 0)
    }

    /// How many rows of a table are certain.
    pub fn count_rows(&self, table: ObjId) -> usize {
        self.rows.tables.get(&table).map_or(0, |table| table.rows.all.len())
    }

    /// The certain rows of a table from this number on.
    pub fn rows_since(&self, table: ObjId, first: RowId) -> Kept<'_> {
        Kept(self.rows.tables.get(&table).map(|table| table.rows.all.range(first..)))
    }

    /// Whether a table certainly holds no row but those that are known: the scripts made it.
    pub fn is_whole(&self, table: ObjId) -> bool {
        self.rows.whole.contains_key(&table)
    }

    /// Says whether a table holds no rows but those that are known.
    pub fn set_whole(&mut self, table: ObjId, whole: bool) {
        let old = self.is_whole(table);
        if old != whole {
            self.rows.set_whole(table, whole);
            self.journal.push(Change::Rows(RowChange::Whole { table, old }));
        }
    }

    /// Of no table all rows are known any more.
    pub fn forget_whole(&mut self) {
        while let Some(table) = self.rows.whole.first().map(|(table, _)| *table) {
            self.set_whole(table, false);
        }
    }

    /// A certain row.
    pub fn row(&self, table: ObjId, id: RowId) -> Option<&Arc<Row>> {
        self.rows.tables.get(&table)?.rows.all.get(&id)
    }

    /// The certain rows that have these values, and those that may have them because a value is unknown.
    pub fn rows_by_key(&mut self, table: ObjId, columns: &[ColumnNumber], key: &[Arc<str>]) -> (Vec<RowId>, Vec<RowId>) {
        self.rows.tables.get_mut(&table).map(|table| table.rows.by_key(columns, key)).unwrap_or_default()
    }

    /// The rows that were certain, may be there still, and have these values.
    pub fn ghosts_by_key(&mut self, table: ObjId, columns: &[ColumnNumber], key: &[Arc<str>]) -> Vec<RowId> {
        self.rows.tables.get_mut(&table).map(|table| table.ghosts.by_key(columns, key).0).unwrap_or_default()
    }

    /// A row is certainly there from now on.
    pub fn add_row(&mut self, table: ObjId, columns: Arc<[ColumnNumber]>, values: Vec<Value>) {
        if self.rows.tables.get(&table).is_some_and(|table| table.rows.all.len() >= MOST_ROWS) {
            return self.set_whole(table, false);
        }
        let id = self.rows.next;
        self.rows.next = self.rows.next.saturating_add(1);
        let serial = self.rows.next_serial();
        self.rows.replace(table, id, Some(Arc::new(Row { columns, values, cause: self.cause, serial })));
        self.journal.push(Change::Rows(RowChange::Row { table, id, old: None, certain: true, cause: self.cause }));
    }

    /// Rows of which nothing is known may be there: what inserts them is not followed.
    pub fn add_strangers(&mut self, table: ObjId) {
        let id = self.rows.next;
        self.rows.next = self.rows.next.saturating_add(1);
        let serial = self.rows.next_serial();
        let row = Row { columns: Arc::default(), values: Vec::new(), cause: self.cause, serial };
        self.set_ghost(table, id, Some(Arc::new(row)));
    }

    /// The statements that may have inserted such rows.
    pub fn strangers_of(&self, table: ObjId) -> impl Iterator<Item = RowId> {
        self.ghosts_of(table).filter(|(_, row)| row.is_stranger()).map(|(id, _)| id)
    }

    /// A row is gone, or (not certain) may be.
    pub fn remove_row(&mut self, table: ObjId, id: RowId, certain: bool) {
        if self.row(table, id).is_none() {
            return;
        }
        let Some(old) = self.rows.replace(table, id, None) else { return };
        let gone = old.clone();
        self.journal.push(Change::Rows(RowChange::Row { table, id, old: Some(old), certain, cause: self.cause }));
        if !certain {
            self.set_ghost(table, id, Some(gone));
        }
    }

    fn set_ghost(&mut self, table: ObjId, id: RowId, row: Option<Arc<Row>>) {
        let old = self.rows.set_ghost(table, id, row);
        self.journal.push(Change::Rows(RowChange::Ghost { table, id, old }));
    }

    /// Rows of a table that were certain and may be there still.
    pub fn ghosts_of(&self, table: ObjId) -> Kept<'_> {
        Kept(self.rows.tables.get(&table).map(|table| table.ghosts.all.range(0..)))
    }

    /// A row that may have been there is not, or is one of those that are certain.
    pub fn lay_ghost(&mut self, table: ObjId, id: RowId) {
        self.set_ghost(table, id, None);
    }

    /// Values of a row are others now, or (unknown) not known any more.
    pub fn set_values(&mut self, table: ObjId, id: RowId, values: &[(ColumnNumber, Value)]) {
        let Some(row) = self.row(table, id) else { return };
        if values.iter().all(|(column, value)| row.value(*column) == value) {
            return;
        }
        let mut row = Row::clone(row);
        for (column, value) in values {
            match row.columns.iter().position(|known| known == column) {
                Some(at) => row.values[at] = value.clone(),
                None if *value == Value::Unknown => {}
                None => {
                    row.columns = row.columns.iter().copied().chain([*column]).collect();
                    row.values.push(value.clone());
                }
            }
        }
        row.serial = self.rows.next_serial();
        let old = self.rows.replace(table, id, Some(Arc::new(row)));
        self.journal.push(Change::Rows(RowChange::Row { table, id, old, certain: false, cause: self.cause }));
    }

    /// Each row of the table that was certain may be there or not.
    pub fn doubt_rows(&mut self, table: ObjId) {
        if let Some(old) = self.rows.tables.get(&table).filter(|old| !old.rows.all.is_empty()) {
            self.set_table(table, old.doubted());
        }
    }

    /// No row of the table is certain any more.
    pub fn forget_rows(&mut self, table: ObjId) {
        self.set_whole(table, false);
        let Some(old) = self.rows.tables.get(&table).filter(|old| !old.rows.all.is_empty()) else { return };
        let mut ghosts = old.ghosts.all.clone();
        let known = Arc::make_mut(&mut ghosts);
        known.extend(old.rows.all.iter().rev().take(MOST_GHOSTS).map(|(id, row)| (*id, row.clone())));
        // Who inserts or deletes mostly means rows that came lately.
        let mut over = known.len().saturating_sub(MOST_GHOSTS);
        if over > 0 {
            known.retain(|_, row| {
                let kept = over == 0 || row.is_stranger();
                over -= usize::from(!kept);
                kept
            });
        }
        let sum = ghosts.iter().fold(0, |sum, (id, row)| sum ^ ghost_mark(*id, row));
        self.set_table(table, TableRows { ghosts: Group { all: ghosts, lookups: Vec::new() }, sum, ..TableRows::default() });
    }

    /// No row of the table is there any more, as far as they are known.
    pub fn clear_rows(&mut self, table: ObjId) {
        self.set_whole(table, false);
        if self.rows.tables.get(&table).is_some_and(|table| table.sum != 0) {
            self.set_table(table, TableRows::default());
        }
    }

    fn set_table(&mut self, table: ObjId, new: TableRows) {
        self.rows.sum ^= new.sum;
        let old = self.rows.tables.insert(table, Box::new(new)).unwrap_or_default();
        self.rows.sum ^= old.sum;
        self.journal.push(Change::Rows(RowChange::Table { table, old }));
    }

    /// No row is certain any more.
    pub fn forget_all_rows(&mut self) {
        self.forget_whole();
        let tables: Vec<ObjId> = self.tables_with_rows().collect();
        for table in tables {
            self.forget_rows(table);
        }
    }

    /// The rows that came, went or changed since the mark, each with what it was. One that may have gone is not among them.
    pub fn rows_changed_since(&self, mark: Mark) -> impl Iterator<Item = (ObjId, RowId, Option<&Arc<Row>>)> {
        self.journal.get(mark.0..).unwrap_or_default().iter().filter_map(|change| match change {
            Change::Rows(RowChange::Row { table, id, old, certain, .. }) if *certain || self.row(*table, *id).is_some() => {
                Some((*table, *id, old.as_ref()))
            }
            _ => None,
        })
    }

    /// The rows that statements since the mark certainly took away.
    pub fn rows_deleted_since(&self, mark: Mark) -> impl Iterator<Item = (ObjId, RowId, &Arc<Row>, Cause)> {
        self.journal.get(mark.0..).unwrap_or_default().iter().filter_map(|change| match change {
            Change::Rows(RowChange::Row { table, id, old: Some(old), certain: true, cause }) => Some((*table, *id, old, *cause)),
            _ => None,
        })
    }
}
