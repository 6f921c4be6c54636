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
        "-Wl,--hash-style=gnu",
        "-Wl,-soname,libtrackle.so",
        "-Wl,--build-id=none",
        "-Wl,-z,lazy",
    ] {
        println!("cargo:rustc-cdylib-link-arg={option}");
    }
    // words of lld, which the compiler brings along for this target and not for others
    if std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,--no-rosegment,--icf=all");
    }
}
