//! The promises of tests/trials/properties for the programs in `targets/`: bytes from libFuzzer in, a crash when one of them
//! is broken.

#[path = "../../tests/trials/properties/mod.rs"]
mod properties;

use std::sync::Once;

/// Panics when these bytes show that something of that name does not hold.
pub fn holds(name: &'static str, bytes: &[u8]) {
    static QUIET: Once = Once::new();
    // libFuzzer's own hook would end us at a panic that is caught, as those of the IMAP parser are
    QUIET.call_once(|| {
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    });
    let target = properties::TARGETS.iter().find(|target| target.name == name);
    (target.expect("such a target").holds)(bytes);
}
