//! The keys that seal what letters ask back.

use super::settings::{admin, refused};
use super::{Site, json, mode, run};
use std::fs;

#[test]
fn a_new_key_seals_and_old_ones_are_forgotten_only_when_it_is_said() {
    let site = Site::configured("");
    assert_eq!(refused(&site, "keys").0, 1);
    assert!(!site.path("state").exists());
    site.takes(&[]);
    let first = admin(&site, "keys");
    assert!(first.ends_with("  signs\n") && first.lines().count() == 1, "{first}");
    let told = admin(&site, "keys rotate");
    assert_eq!(
        told,
        "the newest key signs, 2 are believed\nno robot runs: it will read this when it starts\n"
    );
    let file = site.path("state/seal.key");
    let keys = fs::read_to_string(&file).unwrap();
    assert_eq!((keys.lines().count(), mode(&file)), (2, 0o600));
    let listed = run(&site, &["admin", "keys", "--json"]);
    assert!(keys.lines().all(|key| !String::from_utf8_lossy(&listed.stdout).contains(key)));
    assert_eq!((&json(&listed)[0]["signs"], &json(&listed)[1]["signs"]), (&true.into(), &false.into()));
    let (code, why) = refused(&site, "keys forget");
    assert!(code == 1 && why.contains("confirmation codes that wait for an answer"), "{why}");
    assert_eq!(refused(&site, "keys rotate --forget-old").0, 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), keys);
    admin(&site, "keys forget --yes");
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), keys.lines().next().unwrap());
    admin(&site, "keys forget");
    admin(&site, "keys rotate --forget-old --yes");
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1);
}
