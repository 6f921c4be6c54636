//! Bytes for `bounces` of tests/trials/properties.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trackle_fuzz::holds("bounces", bytes));
