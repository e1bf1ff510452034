//! The fuzz targets on what they begin with: our stories and examples, and what fuzzing found once.

use backout_tests::fuzz::{TARGETS, corpus};
use backout_tests::house::root;

/// Of a text that takes seconds on a fast machine too much is asked; how fast is a matter of `cargo bench-speed`.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(100);

#[test]
fn the_targets_take_their_corpus() {
    for (target, body) in TARGETS {
        let corpus = corpus(target);
        assert!(corpus.len() > 20, "{target} begins with {}", corpus.len());
        for (name, bytes) in corpus {
            let begin = std::time::Instant::now();
            let named = Named(target, name.clone());
            body(&bytes);
            drop(named);
            assert!(begin.elapsed() < PATIENCE, "{target} takes {:?} for {name}", begin.elapsed());
        }
    }
}

struct Named(&'static str, String);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}, {}", self.0, self.1);
        }
    }
}

#[test]
fn each_target_is_one_of_the_fuzz_crate() {
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("the manifest of the fuzz crate");
    for (target, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is missing in fuzz/Cargo.toml");
        assert!(root().join(format!("fuzz/targets/{target}.rs")).exists(), "{target}");
    }
}
