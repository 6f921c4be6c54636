//! The linker's options of the library: nothing of the C compiler's start files and few segments, since every program of
//! a session loads it once more.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for option in
        ["-nostartfiles", "-Wl,-z,noseparate-code", "-Wl,--hash-style=gnu", "-Wl,-soname,libtrackle.so"]
    {
        println!("cargo:rustc-cdylib-link-arg={option}");
    }
}
