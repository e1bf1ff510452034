//! Bytes for `backout_tests::fuzz::cut`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backout_tests::fuzz::cut(data));
