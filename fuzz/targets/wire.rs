#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mctui_fuzz::properties::wire::check(data));
