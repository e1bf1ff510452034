//! Bytes for `backout_tests::fuzz::play`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backout_tests::fuzz::play(data));
