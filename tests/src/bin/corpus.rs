//! Writes what the fuzz targets begin with into `fuzz/corpus/`.

use backout_tests::fuzz::{TARGETS, corpus};
use backout_tests::house::root;

fn main() -> std::io::Result<()> {
    for (target, _) in TARGETS {
        let folder = root().join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        for (name, bytes) in corpus(target) {
            std::fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
