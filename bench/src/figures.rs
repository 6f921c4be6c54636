//! Figures for `bench/run`: lines of `name value` appended to the file that TRACKLE_FIGURES names. Without it nothing is
//! written; a person reads what the programs print.

use std::fs::OpenOptions;
use std::io::Write;
use trackle::clock::instant;

/// How long the middle one of so many runs takes, in milliseconds.
pub fn median_ms(runs: usize, mut one: impl FnMut()) -> f64 {
    let mut took: Vec<f64> = (0..runs)
        .map(|_| {
            let begun = instant();
            one();
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_unstable_by(f64::total_cmp);
    took[runs / 2]
}

/// Notes figures.
pub fn note(figures: &[(&str, f64)]) {
    let Some(file) = std::env::var_os("TRACKLE_FIGURES") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    for (name, value) in figures {
        writeln!(file, "{name} {value}").unwrap();
    }
}
