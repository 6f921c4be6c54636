//! What is taken out of a session afterwards leaves with no letter that has not left yet: not with one that waits for its
//! server, and not with one that a restored backup holds.

use super::town::session::Work;
use super::town::{ALICE, STAFF, Town, believing};
use trackle::pipeline::session::redaction::Wanted;
use trackle::store::events::Cause;

const SECRET: &str = "Summer in Kiruna";

fn wanted() -> Wanted {
    Wanted::Pattern(regex::bytes::Regex::new(SECRET).unwrap())
}

#[test]
fn a_letter_that_has_not_left_no_longer_brings_what_was_taken_out() {
    for state in ["waiting", "held"] {
        let mut town = Town::new(believing());
        let (ticket, _, _) = town.opened(ALICE, "Backup", "It is not mounted, please help.");
        let conf = format!("phrase {SECRET}\nport 1\n");
        let work = Work::before(town.now())
            .remark(&format!("The phrase is {SECRET}."))
            .typed(&format!("unlock {SECRET}"))
            .file("/etc/app.conf", Some("port 1\n"), Some(&conf));
        if state == "waiting" {
            town.nail_up(STAFF);
        }
        town.session("ann", ticket, &work).unwrap();
        if state == "held" {
            let hold = "UPDATE outbox SET state = 'held', said = 'kept back' WHERE kind = 'session_log'";
            assert_eq!(town.database().execute(hold, []).unwrap(), 1);
        }
        let found = |town: &Town| town.disk().windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
        assert!(found(&town));

        let done = town.redact("ben", 1, &wanted()).unwrap();
        let letters: Vec<_> = done.letters.iter().map(|l| (l.kind.as_str(), l.waits)).collect();
        assert_eq!(letters, [("session_log", true)], "{state}");
        assert!(!found(&town), "{state}");

        // nobody can let it go any more, by its number or all of them
        let cause = Cause { actor: "root".into(), proof: "console".into(), intake: None, now: town.now() };
        let hub = std::sync::Arc::clone(town.hub());
        assert!(hub.store().transact(|tx| tx.held_letters()).unwrap().is_empty());
        assert!(hub.store().transact(|tx| tx.release_held(&[done.letters[0].id], &cause)).is_err());
        if state == "waiting" {
            town.settle();
            town.open_up(STAFF);
            town.later(6);
        }
        let letters = town.letters();
        assert!(letters.iter().all(|letter| letter.kind() != "session_log"), "{state}");
        for letter in &letters {
            letter.hides(SECRET);
        }
        // that something was taken out is told
        assert!(
            letters.iter().any(|letter| letter.to == STAFF && letter.text().contains("taken out")),
            "{state}"
        );
    }
}

/// Nor does one that is damaged keep anything from being taken out: what it holds nobody can say, so it goes as well.
#[test]
fn a_damaged_letter_is_taken_out_too() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", "It is not mounted, please help.");
    town.session("ann", ticket, &Work::before(town.now()).typed(&format!("unlock {SECRET}"))).unwrap();
    let damage =
        "UPDATE outbox SET packed = CAST(substr(packed, 1, 99) || x'01' || substr(packed, 101) AS BLOB), state = 'held'
                  WHERE kind = 'session_log'";
    assert_eq!(town.database().execute(damage, []).unwrap(), 1);
    let done = town.redact("ben", 1, &wanted()).unwrap();
    assert_eq!(done.letters.len(), 1);
    assert!(!town.disk().windows(SECRET.len()).any(|w| w == SECRET.as_bytes()));
    let letters = town.letters();
    assert!(letters.iter().all(|letter| letter.kind() != "session_log"));
}
