//! Bytes for `backout_tests::fuzz::understand`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backout_tests::fuzz::understand(data));
