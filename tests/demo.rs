//! The play that the README shows first, run as a newcomer runs it: the program itself, no server, no configuration.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::process::Command;
use trackle::read;
use trackle::store::Reader;

#[test]
fn the_demo_plays_one_request_from_the_first_mail_to_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let stage = dir.path().join("play");
    let out =
        Command::new(env!("CARGO_BIN_EXE_trackle")).arg("demo").arg("--keep").arg(&stage).output().unwrap();
    let screen = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{screen}{}", String::from_utf8_lossy(&out.stderr));
    assert!(!screen.contains('\x1b'), "no colour where nobody looks");

    let mut rest = screen.as_str();
    for line in [
        "━━ A request",
        "Please confirm your request [c1-",
        "━━ The confirmation",
        "[#1] Printer on the 3rd floor",
        "━━ A robot",
        "Trackle keeps the mail, and says nothing to anybody.",
        "━━ Somebody takes it",
        "Anna Berg takes care of #1 now.",
        "━━ A follow-up",
        "(with page 40.png, 67 bytes)",
        "━━ The work itself",
        "trackle work 1 -c",
        "worked on",
        "$ sed -i ",
        "-retries = 0",
        "+retries = 2",
        "━━ The end",
        "Anna Berg has closed #1.",
        "#1 Printer on the 3rd floor · closed · owner anna",
        "mutt -f ",
    ] {
        let at = rest
            .find(line)
            .unwrap_or_else(|| panic!("{line:?} is missing, or comes too early, in:\n{screen}"));
        rest = &rest[at + line.len()..];
    }

    let found = Reader::open(&stage.join("state")).unwrap().audit(&mut |_, _, _| {}).unwrap();
    assert_eq!((found.broken.len(), found.mails["applied"], found.mails["ignored"]), (0, 5, 1), "{found:?}");
    assert_eq!(thread(&stage.join("mail/staff@demo.example/new")), 5);
    assert_eq!(thread(&stage.join("mail/alice@home.example/new")), 5);

    let again =
        Command::new(env!("CARGO_BIN_EXE_trackle")).arg("demo").arg("--keep").arg(&stage).output().unwrap();
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not empty"));
}

/// The letters of a mailbox, each readable; all but the first refer to one before.
fn thread(new: &std::path::Path) -> usize {
    let mails: Vec<_> = new
        .read_dir()
        .unwrap()
        .map(|file| read::mail(&std::fs::read(file.unwrap().path()).unwrap()).unwrap())
        .collect();
    let ids: Vec<_> = mails.iter().filter_map(|m| m.message_id.clone()).collect();
    assert_eq!(ids.len(), mails.len());
    let begins = mails.iter().filter(|m| !m.references.iter().any(|id| ids.contains(id)));
    // a requester's box begins twice: with the question, and with the ticket
    assert!(begins.count() <= 2);
    mails.len()
}
