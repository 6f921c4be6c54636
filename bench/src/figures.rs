//! Figures for `bench/run`: lines of `name value` appended to the file that TRACKLE_FIGURES names. Without it nothing is
//! written; a person reads what the programs print.

use std::fs::OpenOptions;
use std::io::Write;

/// Notes figures.
pub fn note(figures: &[(&str, f64)]) {
    let Some(file) = std::env::var_os("TRACKLE_FIGURES") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    for (name, value) in figures {
        writeln!(file, "{name} {value}").unwrap();
    }
}
