//! Sqitch: `sqitch.plan` names the changes in order; each has `deploy/<name>.sql` and `revert/<name>.sql`.
//!
//! A change that is named again after a tag was reworked: the files of its earlier form are called `<name>@<tag>.sql`. Of several
//! tags between the two, it is the latest of which there is a deploy script.

use super::{Entry, Layout, Migration, OrderKey, Part, PlanProblemKind, Reading, names};
use crate::runner::Runner;
use crate::source::Source;
use litemap::LiteMap;

pub(super) const LAYOUT: Layout = Layout { id: "sqitch", runner: Runner::Sqitch, home, read };

const PLAN: &str = "sqitch.plan";

fn home(source: &Source, forced: bool) -> Option<(&str, u32)> {
    let path = source.path.as_str();
    if names::file(path) == PLAN {
        // Where there is a plan, there is no doubt.
        return Some((names::folder(path), 1_000_000));
    }
    names::stem(names::file(path))?;
    ["/deploy/", "/revert/", "/verify/"].into_iter().filter(|_| path.contains('/')).find_map(|folder| {
        let at = if path.starts_with(folder.trim_start_matches('/')) { 0 } else { path.find(folder)? };
        Some((path.get(..at)?, u32::from(forced)))
    })
}

fn read(entries: &[Entry<'_>]) -> Reading {
    let mut reading = Reading::default();
    let files: LiteMap<&str, &Entry<'_>> = entries.iter().map(|entry| (entry.name, entry)).collect();
    let plan = files.get(PLAN).map(|entry| entry.source.text.as_str());
    let names: Vec<String> = match plan {
        Some(plan) => changes(plan, |change| files.contains_key(format!("deploy/{change}.sql").as_str())),
        None => files.keys().filter_map(|name| names::stem(name.strip_prefix("deploy/")?)).map(str::to_owned).collect(),
    };
    let mut used: LiteMap<&str, ()> = LiteMap::new();
    for (at, name) in names.iter().enumerate() {
        let mut side = |folder: &str| {
            let entry = files.get(format!("{folder}/{name}.sql").as_str())?;
            used.insert(entry.name, ());
            Some(Part::whole(entry))
        };
        let (forward, rollback) = (side("deploy"), side("revert"));
        if forward.is_none() && rollback.is_none() {
            let message = format!("the plan names the change `{name}`, which has no deploy script");
            reading.problem(PlanProblemKind::Ignored, files.get(PLAN).map_or(PLAN, |entry| &entry.source.path), None, message);
            continue;
        }
        let order = OrderKey { number: 0, text: format!("{at:08}") };
        reading.migrations.push(Migration { id: name.clone(), forward, rollback, baseline: None, order });
    }
    for (name, entry) in &files {
        if (name.starts_with("deploy/") || name.starts_with("revert/")) && !used.contains_key(name) {
            let message = "the plan does not name this change, so it does not run";
            reading.problem(PlanProblemKind::Ignored, &entry.source.path, None, message);
        }
    }
    reading
}

/// The changes of a plan by the names of their files, in order.
fn changes(plan: &str, deploys: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // Where each name stands that has not been reworked yet, and which changes have a tag after them.
    let mut latest: LiteMap<&str, usize> = LiteMap::new();
    let mut tags: Vec<(usize, &str)> = Vec::new();
    for line in plan.lines() {
        let line = line.trim();
        let name = line.split_whitespace().next().unwrap_or_default();
        if name.is_empty() || name.starts_with(['%', '#', '-']) {
            continue;
        }
        if let Some(tag) = name.strip_prefix('@') {
            tags.push((found.len(), tag));
            continue;
        }
        let name = name.strip_prefix('+').unwrap_or(name);
        if let Some(earlier) = latest.insert(name, found.len())
            && let Some(change) = found.get_mut(earlier)
        {
            let mut between = tags.iter().rev().filter(|(after, _)| *after > earlier).map(|(_, tag)| format!("{name}@{tag}"));
            let latest = between.clone().next();
            if let Some(reworked) = between.find(|change| deploys(change)).or(latest) {
                *change = reworked;
            }
        }
        found.push(name.to_owned());
    }
    found
}
