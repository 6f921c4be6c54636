//! Bytes for `html` of tests/trials/properties.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trackle_fuzz::holds("html", bytes));
