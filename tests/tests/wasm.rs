//! The core compiles for the browser.

use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

#[test]
fn the_core_compiles_for_wasm() {
    let library = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().expect("rustc runs");
    let library = String::from_utf8_lossy(&library.stdout);
    assert!(Path::new(library.trim()).is_dir(), "Rust has no library for {TARGET}; run: rustup target add {TARGET}");

    // A target folder of its own: the one in use is locked by the cargo that runs this test.
    let checked = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--locked", "--package", "backout", "--target", TARGET, "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm"))
        .current_dir(backout_tests::house::root())
        .output()
        .expect("cargo runs");
    assert!(checked.status.success(), "the core must compile for {TARGET}:\n{}", String::from_utf8_lossy(&checked.stderr));
}
