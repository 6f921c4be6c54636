//! Builds the library that is carried within the program: a cargo of its own, since it has a profile of its own (no
//! unwinder) and must not be linked into the program. `TRACKLE_PRELOAD_SO` names one that is built already.

// a build that cannot go on says why and ends
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: [&str; 7] = [
    "preload/src",
    "preload/build.rs",
    "preload/link.ld",
    "preload/Cargo.toml",
    "preload/wire/src",
    "preload/wire/Cargo.toml",
    "Cargo.lock",
];

fn main() {
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    println!("cargo:rerun-if-env-changed=TRACKLE_PRELOAD_SO");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let carried = out.join("libtrackle.so");
    let built = match env::var_os("TRACKLE_PRELOAD_SO") {
        Some(path) => path.into(),
        None => build(&out.join("library")),
    };
    std::fs::copy(&built, &carried)
        .unwrap_or_else(|e| panic!("copying the library {}: {e}", built.display()));
}

fn build(to: &Path) -> PathBuf {
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo
        .args([
            "build",
            "--locked",
            "--profile",
            "preload",
            "--package",
            "trackle-preload",
            "--target",
            &target,
        ])
        .arg("--target-dir")
        .arg(to)
        .current_dir(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    // what the outer build was told is not meant for the library: other flags, clippy in the compiler's place
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_TARGET_DIR"] {
        cargo.env_remove(name);
    }
    let done = cargo.status().expect("cargo starts a second time");
    assert!(done.success(), "building the library that records: {done}");
    to.join(target).join("preload").join("libtrackle_preload.so")
}
