//! The keys that seal what letters ask back.

use super::settings::{admin, refused};
use super::{Site, json, mail, mode, out, run};
use std::fs;

/// The code that a letter asks back: the one of that number.
pub fn code(site: &Site, number: u32) -> String {
    let people = fs::read_dir(site.path("out")).unwrap().map(|person| person.unwrap().path().join("new"));
    let letters = people.filter(|new| new.is_dir()).flat_map(|new| fs::read_dir(new).unwrap());
    let texts: String = letters.map(|letter| fs::read_to_string(letter.unwrap().path()).unwrap()).collect();
    let begin = format!("c{number}-");
    let codes = texts.match_indices(&begin).map(|(at, _)| {
        let rest = texts[at + begin.len()..].chars();
        rest.take_while(|c| c.is_ascii_lowercase() || ('2'..='7').contains(c)).collect::<String>()
    });
    let code =
        codes.into_iter().find(|mark| mark.len() == 20).unwrap_or_else(|| panic!("no {begin} in {texts}"));
    begin + &code
}

/// The robot runs once over a mail that came later than others.
pub fn comes(site: &Site, name: &str, mail: &[u8]) {
    fs::write(site.path("in/new").join(name), mail).unwrap();
    site.takes(&[]);
}

/// Somebody's yes to that code, as the mail of that number.
pub fn yes(number: u32, code: &str) -> Vec<u8> {
    let mail = String::from_utf8(mail(number, "", "yes")).unwrap();
    mail.replace(&format!("Subject: Printer {number}"), &format!("Subject: Re: {code}")).into_bytes()
}

/// What waits for an answer still gets it after a new key, and no longer once the old one is forgotten.
#[test]
fn codes_of_an_old_key_hold_until_it_is_forgotten() {
    let site = Site::configured("");
    site.takes(&[&mail(1, "", "It smokes.")]);
    admin(&site, "keys rotate");
    comes(&site, "yes", &yes(2, &code(&site, 1)));
    assert!(out(&run(&site, &["list"])).contains("Printer 1"));
    let unproven = String::from_utf8(mail(4, "", "Loud.")).unwrap().replace("bob@", "eve@");
    comes(&site, "eve", unproven.as_bytes());
    let waits = code(&site, 2);
    admin(&site, "keys rotate --forget-old --yes");
    let late = String::from_utf8(yes(5, &waits)).unwrap().replace("bob@", "eve@");
    comes(&site, "late", late.as_bytes());
    assert!(!out(&run(&site, &["list"])).contains("Printer 4"));
}

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
