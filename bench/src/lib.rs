//! What the benches share: realistic mail, a database with a past, a robot of our own, and real mail servers.
//! `cargo bench -p trackle-benches` runs all benches, `-- --quick` a rough look; `cargo run --release -p
//! trackle-benches --bin ingest` measures the program itself against a real Dovecot.

pub mod figures;
pub mod history;
pub mod mailgen;
pub mod process;
pub mod site;
pub mod yardstick;

/// The servers that the tests start.
#[allow(dead_code)] // the tests use more of it
#[path = "../../tests/real"]
mod real {
    pub mod servers;
    pub mod sink;
}
pub use real::{servers, sink};

/// A number as people read it.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tells a throughput in the words of the house.
pub fn tell(what: &str, mails: u64, took: std::time::Duration) {
    let rate = mails as f64 / took.as_secs_f64();
    println!(
        "{what}: {} mails/s ({} mails in {:.2} s)",
        grouped(rate as u64),
        grouped(mails),
        took.as_secs_f64()
    );
}
