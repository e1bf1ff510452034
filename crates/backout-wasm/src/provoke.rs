//! What can go wrong with an analyser, on demand: tests of pages ask for it, nothing else does.

use wasm_bindgen::prelude::wasm_bindgen;

/// Panics, never ends, or takes all memory.
#[wasm_bindgen]
pub fn provoke(how: &str) -> Result<(), String> {
    match how {
        "panic" => panic!("provoked"),
        "loop" => loop {
            std::hint::spin_loop();
        },
        "memory" => {
            let mut taken: Vec<Vec<u8>> = Vec::new();
            loop {
                taken.push(vec![1; 64 << 20]);
                std::hint::black_box(&taken);
            }
        }
        _ => Err(format!("nothing is known of `{how}`")),
    }
}
