//! The linker's options of the library: nothing of the C compiler's start files and few segments, since every program of
//! a session loads it once more.

#![allow(clippy::print_stdout, clippy::disallowed_methods)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=link.ld");
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rustc-cdylib-link-arg=-Wl,--no-eh-frame-hdr,-T,{here}/link.ld");
    for option in [
        "-nostartfiles",
        "-Wl,-z,noseparate-code",
        "-Wl,-z,norelro",
        "-Wl,--no-rosegment",
        "-Wl,--hash-style=gnu",
        "-Wl,-soname,libtrackle.so",
        "-Wl,--build-id=none",
        "-Wl,--icf=all",
    ] {
        println!("cargo:rustc-cdylib-link-arg={option}");
    }
}
