//! Differences that are part of another: of a domain's constraints, and of the sequences of identity columns.

use super::{Change, DiffEntry};

/// Marks the entries of domain constraints until they are folded into their domain.
pub(super) const DOMAIN_CONSTRAINT: &str = "\u{2}";

/// Stands before a column's name where its identity's sequence is meant.
pub(super) const IDENTITY: &str = "\u{3}";

/// An identity's sequence is part of the column: that it counts differently is a changed column, once; that it is there or not the
/// column says itself.
pub(super) fn fold_identities(entries: &mut Vec<DiffEntry>) {
    let mut known: Vec<String> = entries.iter().filter(|entry| entry.kind == "column").map(|entry| entry.name.clone()).collect();
    known.sort_unstable();
    entries.retain_mut(|entry| {
        let Some(column) = entry.name.strip_prefix(IDENTITY).filter(|_| entry.kind == "column") else { return true };
        let keep = entry.change == Change::Changed && known.binary_search_by(|name| name.as_str().cmp(column)).is_err();
        entry.name = column.to_owned();
        keep
    });
}

/// A domain's constraint is part of the domain: its difference is a changed domain, once.
pub(super) fn fold_domains(entries: &mut Vec<DiffEntry>) {
    let mut folded: Vec<DiffEntry> = Vec::new();
    for mut entry in std::mem::take(entries) {
        if let Some(domain) =
            entry.name.strip_prefix(DOMAIN_CONSTRAINT).map(|name| name.rsplit_once('.').map_or(name, |(domain, _)| domain).to_owned())
        {
            if folded.iter().any(|other| other.kind == "domain" && other.name == domain) {
                continue;
            }
            entry.kind = "domain";
            entry.name = domain;
            entry.change = Change::Changed;
        }
        folded.push(entry);
    }
    *entries = folded;
}
