//! What was done in a shell comes into the ticket's thread: staff get one mail they can answer line by line, whoever asked
//! learns that somebody worked on it, and nobody learns more than that.

use super::town::session::Work;
use super::town::{ALICE, STAFF, Town, believing};

const FIRE: &str = "It is on fire, please come.";
const FSTAB: &str = "# what is mounted\n/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 /home ext4 defaults 0 2\n";
const FSTAB_AFTER: &str = "# what is mounted\n/dev/sda1 / ext4 defaults,noatime 0 1\n/dev/sda2 /home ext4 defaults 0 2\nnas:/backup /backup nfs ro 0 0\n";

/// Ann's work: two commands, a file changed, one made, one hidden.
fn work(town: &Town) -> Work {
    Work::before(town.now())
        .remark("The backup was not mounted.")
        .typed("vi /etc/fstab")
        .typed("mount -a")
        .file("/etc/fstab", Some(FSTAB), Some(FSTAB_AFTER))
        .file("/etc/cron.d/backup", None, Some("0 3 * * * root /usr/local/bin/backup\n"))
        .file("/etc/motd", Some("hello\n"), Some("Hello\n"))
        .but(|change| change.shown = false)
}

/// Shows T061, T082.
#[test]
fn a_session_comes_into_the_thread_of_its_ticket() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Backup", FIRE);
    let taken = town.session("ann", ticket, &work(&town)).unwrap();
    assert!(taken.is_new);
    let letter = town.letter_to(STAFF);
    assert_eq!(
        (letter.kind(), letter.ticket(), letter.header("In-Reply-To")),
        ("session_log", ticket, news.id())
    );
    town.letter_to(ALICE).says("Ann Admin has worked on #1.");
    // it comes once
    let again = town.session("ann", ticket, &work(&town)).unwrap();
    assert_eq!((again.number, again.is_new), (taken.number, false));
    town.silence();
    // what was done is part of a thing of its own as well
    let other = town.session("ann", ticket, &work(&town).id("other")).unwrap();
    town.letters();
    let log = town.log_of(other.number);
    assert_eq!((log.filed.session.changes.len(), log.filed.ticket.0), (3, ticket));
    town.golden("a_session_comes_into_the_thread_of_its_ticket");
}
