//! The house rules that a compiler does not check: arrows between modules, sizes, forbidden things, registration.

use backout_tests::house::{File, files, named_after, root, rust};
use std::collections::{BTreeMap, BTreeSet};

/// Where the core lives.
const CORE: &str = "crates/backout/src";

/// Every Rust file of the workspace.
fn all_rust() -> Vec<File> {
    ["crates", "web", "tools", "tests", "bench"].into_iter().flat_map(rust).collect()
}

/// Fails with every complaint, not with the first.
fn none(complaints: Vec<String>, next_step: &str) {
    assert!(complaints.is_empty(), "\n{}\n{next_step}\n", complaints.join("\n"));
}

/// The module of the core that a file belongs to.
fn module(file: &File) -> String {
    let inside = file.path.strip_prefix(CORE).unwrap_or(&file.path).trim_start_matches('/');
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// The table of arrows in ARCHITECTURE.md: module → modules that it may import.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md stands in the top folder");
    let section =
        text.split("\n## ").find(|section| section.starts_with("Modules and arrows")).expect("it has a section `Modules and arrows`");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches('/').to_owned()).collect::<BTreeSet<_>>();
    let mut table = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').collect();
        let (Some(module), Some(may)) = (cells.get(1), cells.get(3)) else { panic!("a row has three cells: {row}") };
        let module = names(module).pop_first().unwrap_or_default();
        assert!(table.insert(module, names(may)).is_none(), "two rows for one module: {row}");
    }
    table
}

/// The arrows of the code, each with a file that has it. Tests may import what they need.
fn arrows(modules: &BTreeSet<String>) -> BTreeMap<(String, String), String> {
    let mut arrows = BTreeMap::new();
    for file in rust(CORE).iter().filter(|file| !file.is_test()) {
        let from = module(file);
        for name in named_after("crate", &file.code()) {
            // What is not a module is a name that `lib` exports.
            let to = if modules.contains(&name) { name } else { "lib".to_owned() };
            if from != to && from != "lib" {
                arrows.insert((from.clone(), to), file.path.clone());
            }
        }
    }
    arrows
}

#[test]
fn the_arrows_are_those_of_the_table() {
    let table = table();
    let modules: BTreeSet<String> = rust(CORE).iter().map(module).collect();
    let mut complaints = Vec::new();
    for module in modules.iter().filter(|module| !table.contains_key(*module)) {
        complaints.push(format!("`{module}` has no row in the table"));
    }
    for module in table.keys().filter(|module| !modules.contains(*module)) {
        complaints.push(format!("the table has a row for `{module}`, which does not exist"));
    }
    let arrows = arrows(&modules);
    for ((from, to), path) in &arrows {
        if table.get(from).is_some_and(|may| !may.contains(to)) {
            complaints.push(format!("`{from}` imports `{to}` in {path}, and the table does not allow it"));
        }
    }
    for (from, may) in table.iter().filter(|(from, _)| *from != "lib") {
        for to in may.iter().filter(|to| !arrows.contains_key(&(from.clone(), (*to).clone()))) {
            complaints.push(format!("the table lets `{from}` import `{to}`, and nothing uses that"));
        }
    }
    none(complaints, "A new arrow is a change of the design: mend the code, or the table in ARCHITECTURE.md with a word why.");
}

#[test]
fn the_arrows_make_no_circle() {
    let mut table = table();
    loop {
        let free: Vec<_> =
            table.iter().filter(|(_, may)| !may.iter().any(|to| table.contains_key(to))).map(|(from, _)| from.clone()).collect();
        if free.is_empty() {
            break;
        }
        table.retain(|from, _| !free.contains(from));
    }
    assert!(table.is_empty(), "these modules import each other in a circle, or something that does: {:?}", table.keys());
}

#[test]
fn a_module_is_named_from_the_crate_and_not_by_climbing() {
    let mut complaints = Vec::new();
    for file in rust(CORE).iter().filter(|file| !file.is_test()) {
        let depth = file.path.trim_start_matches(CORE).matches('/').count() - usize::from(file.path.ends_with("/mod.rs"));
        let climb = "super::".repeat(depth);
        for (at, line) in file.code().lines().enumerate().filter(|(_, line)| line.contains(&climb)) {
            complaints.push(format!("{}:{}: {}", file.path, at + 1, line.trim()));
        }
    }
    none(complaints, "Write crate::, so that the table of arrows sees it.");
}

#[test]
fn every_module_says_what_lives_in_it() {
    let silent = all_rust().into_iter().filter(|file| !file.text.starts_with("//! "));
    none(silent.map(|file| file.path).collect(), "Begin the file with `//!`: what lives here, what does not.");
}

#[test]
fn files_stay_short() {
    const LINES: usize = 800;
    let long = all_rust().into_iter().filter(|file| !file.is_test() && file.text.lines().count() > LINES);
    none(long.map(|file| file.path).collect(), "Past 500 lines a module becomes a folder.");
}

#[test]
fn nothing_is_put_off_or_hidden() {
    // In two parts each, so that this file does not hold what it looks for.
    let words = [("todo", "!("), ("unimplemented", "!("), ("#[", "ignore"), ("should_", "panic"), ("FIX", "ME"), ("dbg", "!(")];
    let mut complaints = Vec::new();
    for file in all_rust() {
        for word in words.map(|(start, end)| format!("{start}{end}")) {
            for (at, _) in file.text.lines().enumerate().filter(|(_, line)| line.contains(&word)) {
                complaints.push(format!("{}:{}: {word}", file.path, at + 1));
            }
        }
    }
    none(complaints, "Do it, or assert today's wrong result and say that it is wrong.");
}

#[test]
fn the_core_has_no_files_clock_threads_or_globals() {
    const OUTSIDE: [&str; 10] = ["fs", "net", "env", "time", "thread", "process", "io", "os", "random", "sync"];
    // Sharing a value is no global.
    const SHARED: [&str; 4] = ["std::sync::Arc", "std::sync::{Arc, Weak}", "std::env!", "std::io::empty"];
    const GLOBAL: [&str; 11] = [
        "static mut ",
        "thread_local!",
        "OnceLock",
        "OnceCell",
        "LazyLock",
        "LazyCell",
        "println!",
        "eprintln!",
        "unsafe {",
        "unsafe fn",
        "unsafe impl",
    ];
    let mut complaints = Vec::new();
    for file in rust(CORE).iter().filter(|file| !file.is_test()) {
        let code = SHARED.iter().fold(file.code(), |code, shared| code.replace(shared, ""));
        for name in named_after("std", &code).iter().filter(|name| OUTSIDE.contains(&name.as_str())) {
            complaints.push(format!("{}: std::{name}", file.path));
        }
        for word in GLOBAL.iter().filter(|word| code.contains(**word)) {
            complaints.push(format!("{}: {word}", file.path));
        }
    }
    none(complaints, "The core turns text into a report; files, flags, time and threads belong to crates/backout-cli.");
}

#[test]
fn the_core_depends_on_little() {
    depends("crates/backout", "What the core depends on", &CORE_DEPENDENCIES);
}

#[test]
fn the_command_line_depends_on_what_is_argued() {
    depends("crates/backout-cli", "What the command line depends on", &CLI_DEPENDENCIES);
}

/// Compares a manifest with the list, and the list with the section of ARCHITECTURE.md that argues for each.
fn depends(folder: &str, section: &str, wanted: &[&str]) {
    let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("the crate has a manifest");
    let list = manifest.split("\n[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let names: Vec<_> = list.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).filter(|name| !name.is_empty()).collect();
    assert_eq!(names, wanted, "a dependency needs an argument: put it into ARCHITECTURE.md and into this list");
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md stands in the top folder");
    let argued = page.split("\n## ").find(|part| part.starts_with(section)).unwrap_or_default();
    none(
        names.iter().filter(|name| !argued.contains(&format!("`{name}`"))).map(|name| (*name).to_owned()).collect(),
        &format!("Say in ARCHITECTURE.md, under `{section}`, why {folder} needs it."),
    );
}

/// What the core depends on.
const CORE_DEPENDENCIES: [&str; 7] = ["arcstr", "litemap", "rustc-hash", "serde", "serde_json", "annotate-snippets", "unicode-width"];

/// What the command line depends on.
const CLI_DEPENDENCIES: [&str; 7] = ["backout", "clap", "anstream", "ignore", "indicatif", "mimalloc", "serde_json"];

#[test]
fn every_file_is_part_of_its_crate() {
    let mut complaints = Vec::new();
    for file in
        ["crates/backout/src", "crates/backout-cli/src", "crates/backout-wasm/src", "web/src", "tests/src"].into_iter().flat_map(rust)
    {
        let Some((folder, name)) = file.path.rsplit_once('/') else { continue };
        if ["lib.rs", "main.rs"].contains(&name) || folder.ends_with("/bin") {
            continue;
        }
        let (folder, name) = match (name, folder.rsplit_once('/')) {
            ("mod.rs", Some((parent, name))) => (parent, name),
            _ => (folder, name.trim_end_matches(".rs")),
        };
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|parent| std::fs::read_to_string(root().join(folder).join(parent)));
        let mut words = parents.iter().flatten().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric() && letter != '_'));
        if !words.any(|word| word == name) {
            complaints.push(format!("{}: the module above does not name it", file.path));
        }
    }
    none(complaints, "Name it (rules in `rules!`, layouts in `layouts!`), or remove it.");
}

#[test]
fn every_rule_is_registered_under_the_name_of_its_file() {
    let registered: BTreeSet<String> = backout::rules::all().iter().map(|rule| rule.name.replace('-', "_")).collect();
    let rules = rust(&format!("{CORE}/rules")).into_iter().filter(|file| file.code().contains(" const PAGE: &str"));
    let files: BTreeSet<String> =
        rules.filter_map(|file| file.path.rsplit_once('/').map(|(_, name)| name.trim_end_matches(".rs").to_owned())).collect();
    assert_eq!(files, registered, "one file per rule, and one word in `rules!`");
}

#[test]
fn no_path_of_somebodys_machine() {
    let places = ["work", "farm", "root", "home"].map(|place| format!("/{place}/"));
    let mut complaints = Vec::new();
    for file in files("").iter().filter(|file| !file.path.ends_with(".lock")) {
        for (at, line) in file.text.lines().enumerate().filter(|(_, line)| places.iter().any(|place| names_path(line, place))) {
            complaints.push(format!("{}:{}: {}", file.path, at + 1, line.trim()));
        }
    }
    none(complaints, "Write the path relative to the repository.");
}

/// Whether the place begins an absolute path in the line, and is not a part of a longer one.
fn names_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-*/".contains(before)))
}

#[test]
fn the_page_of_tools_has_each_layout_and_each_runner() {
    let page = std::fs::read_to_string(root().join("docs/site/src/tools.md")).expect("the page of tools is there");
    let told: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name).collect();
    let layouts = backout::layout::Layout::all().iter().map(|layout| layout.id);
    let known: BTreeSet<&str> = layouts.chain(backout::runner::Runner::ALL.iter().map(|runner| runner.id())).collect();
    assert_eq!(told, known);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut complaints = Vec::new();
    for file in files("").iter().filter(|file| file.path.ends_with(".md")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            let local = !path.is_empty() && !path.contains("://") && !path.contains(' ');
            if local && !root().join(folder).join(path).exists() {
                complaints.push(format!("{}: {target}", file.path));
            }
        }
    }
    none(complaints, "Mend the link.");
}
