//! Bytes for `backout_tests::fuzz::judge`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backout_tests::fuzz::judge(data));
