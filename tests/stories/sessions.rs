//! What was done in a shell comes into the ticket's thread: staff get one mail they can answer line by line, whoever asked
//! learns that somebody worked on it, and nobody learns more than that.

use super::town::letter::Letter;
use super::town::session::Work;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing};
use jiff::tz::TimeZone;
use std::process::Command;
use trackle::model::digest::{Days, Schedule};
use trackle::model::session::{Content, Ending, Thing};
use trackle::model::session_log::Side;
use trackle::pipeline::session::redaction::Wanted;

const FIRE: &str = "It is not mounted, please help.";
const FSTAB: &str = "# what is mounted\n/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 /home ext4 defaults 0 2\n";
const FSTAB_AFTER: &str = "# what is mounted\n/dev/sda1 / ext4 defaults,noatime 0 1\n\
                           /dev/sda2 /home ext4 defaults 0 2\nnas:/backup /backup nfs ro 0 0\n";

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

/// A ticket of Alice's with Ann's work in it: its number and the log as staff have it.
fn worked(town: &mut Town) -> (u32, Letter) {
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    town.session("ann", ticket, &work(town)).unwrap();
    let log = town.letter_to(STAFF);
    town.letter_to(ALICE);
    (ticket, log)
}

/// Shows T061, T082, T087, T088, T089, T093.
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
    let files: Vec<_> =
        letter.mail.attachments.iter().map(|file| (file.name.as_str(), file.media.as_str())).collect();
    assert_eq!(files, [("session-1.patch", "text/x-diff"), ("session-1-history.txt", "text/plain")]);
    letter.hides("+Hello");
    town.letter_to(ALICE).says("Ann Admin has worked on #1.");
    assert!(town.history(ticket).contains(&"worked".to_owned()));
    // it comes once
    let again = town.session("ann", ticket, &work(&town)).unwrap();
    assert_eq!((again.number, again.is_new), (taken.number, false));
    town.silence();
    // what is hidden is there all the same
    let log = town.log_of(taken.number);
    assert_eq!((log.filed.session.changes.len(), log.filed.ticket.0), (3, ticket));
    assert!(log.shows(0) && !log.shows(2));
    town.golden("a_session_comes_into_the_thread_of_its_ticket");
}

/// Shows T090, T091: whatever the admin chose, staff choose again, and the record stays.
#[test]
fn staff_show_and_hide_files_and_commands_by_answering() {
    let mut town = Town::new(believing());
    let (ticket, log) = worked(&mut town);
    town.answer(
        &log,
        BEN,
        "show /etc/motd\nhide /etc/cron.d/\nhide command 2\n\nThe motd is all over the place.",
    );
    let told = town.letter_to(STAFF);
    told.says("show, hide: done, by Ben Builder");
    told.says("Session 1 shows: /etc/motd.");
    told.says("+Hello");
    told.says("Session 1 no longer shows: command 2.");
    // what is said below a log stays among those who may see it
    town.nothing_for(ALICE);
    let now = town.log_of(1);
    assert_eq!([now.shows(0), now.shows(1), now.shows(2)], [true, false, true]);
    assert_eq!(now.overlay.hidden_commands.into_iter().collect::<Vec<_>>(), [1]);
    assert_eq!((now.filed.session.typed.len(), now.filed.session.changes.len()), (2, 3));
    // by its number it goes from anywhere, and it is taken back as all is
    town.write(ANN, "the log", "hide 1 motd /etc/fstab");
    town.letter_to(ANN).says("not understood");
    town.write(ANN, "the log", "hide 1 etc/motd /etc/fstab");
    town.letter_to(STAFF).says("Session 1 no longer shows: /etc/fstab, /etc/motd.");
    town.write(ANN, "the log", "undo");
    town.letter_to(STAFF);
    assert_eq!([0, 2].map(|place| town.log_of(1).shows(place)), [true, true]);
    for (order, why) in [
        ("hide /etc/nothing", "session 1 has no \"/etc/nothing\""),
        ("hide 7 /etc/motd", "there is no session 7"),
        ("hide commands 2-3", "session 1 has no \"command 3\""),
        ("show /etc/motd", "session 1 shows it so already"),
    ] {
        town.answer(&log, BEN, order);
        town.letter_to(BEN).says(why);
    }
    let history = town.history(ticket);
    assert_eq!(history.iter().filter(|what| what.starts_with("session ")).count(), 5);
    town.golden("staff_show_and_hide_files_and_commands_by_answering");
}

/// Ben's answer in the middle of the quoted log.
fn inline(log: &Letter, comments: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for line in log.text().trim_end().lines() {
        out.push_str(&format!("> {line}\n"));
        for (_, words) in comments.iter().filter(|(begin, _)| line.starts_with(begin)) {
            out.push_str(&format!("\n{words}\n\n"));
        }
    }
    out
}

/// Shows T086, T092: a log is enriched by whoever knows more.
#[test]
fn a_comment_below_a_quoted_line_stands_at_that_line() {
    let mut town = Town::new(believing());
    let (ticket, log) = worked(&mut town);
    let said = inline(
        &log,
        &[("-/dev/sda1", "Why noatime?"), ("+nas", "Read only, good."), ("The backup", "Again?")],
    );
    let mut draft = log.answered_by(BEN, "");
    draft.body = format!("Thank you!\n\nOn Mon, Mar 2, 2026 at 9:00 AM Help desk wrote:\n\n{said}");
    town.send(draft);
    let told = town.letter_to(STAFF);
    told.says("comment: done, by Ben Builder <ben@desk.example>");
    told.says("Session 1, /etc/fstab, line 2 before: | -/dev/sda1 / ext4 defaults 0 1 Why noatime?");
    told.says("Session 1, /etc/fstab, line 4: | +nas:/backup /backup nfs ro 0 0 Read only, good.");
    told.says("Thank you! Again?");
    town.nothing_for(ALICE);
    let now = town.log_of(1);
    let at: Vec<_> =
        now.overlay.annotations.iter().map(|a| (a.spot.side, a.spot.line, a.text.as_str())).collect();
    assert_eq!(at, [(Side::Old, 2, "Why noatime?"), (Side::New, 4, "Read only, good.")]);
    assert_eq!(now.overlay.annotations[0].by, "Ben");
    // what could be meant twice is told to be text
    town.answer(&log, ANN, "> +no such line\nWhat about this?");
    let told = town.letter_to(STAFF);
    told.says("What was said below \"+no such line\" is text: session 1 has no such line, or several.");
    told.says("> +no such line What about this?");
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "annotated").count(), 2);
    town.golden("a_comment_below_a_quoted_line_stands_at_that_line");
}

#[test]
fn outlooks_quotes_without_marks_are_understood() {
    let mut town = Town::new(believing());
    let (_, log) = worked(&mut town);
    let quoted = log
        .text()
        .replace("nfs ro 0 0\n", "nfs ro 0 0\n\nShould that not be soft?\n\n")
        .replace('\n', "\r\n");
    let mut draft = log.answered_by(BEN, "");
    draft.body = format!(
        "Fine with me.\n\n-----Original Message-----\nFrom: Help desk <help@desk.example>\nSent: Monday, March 2, 2026 \
         9:00 AM\nTo: staff@desk.example\nSubject: Re: [#1] Backup\n\n{quoted}"
    );
    town.send(draft);
    let told = town.letter_to(STAFF);
    told.says("Session 1, /etc/fstab, line 4: | +nas:/backup /backup nfs ro 0 0 Should that not be soft?");
    told.says("Fine with me.");
    assert_eq!(town.log_of(1).overlay.annotations.len(), 1);
    town.nothing_for(ALICE);
}

/// Gmail breaks long lines of what it quotes, and sends HTML along.
#[test]
fn gmails_broken_quotes_are_understood() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let long = "option ".repeat(20);
    let work = Work::before(town.now()).file("/etc/x.conf", Some("a\n"), Some(&format!("a\n{long}\nb\n")));
    town.session("ann", ticket, &work).unwrap();
    let log = town.letter_to(STAFF);
    town.letter_to(ALICE);
    let quoted = "> @@ -1 +1,3 @@\r\n>  a\r\n> +option option option option option option option option option\r\n> option \
                  option option option option option option option option option\r\n> option\r\n\r\nSo many?\r\n\r\n> +b\r\n";
    let wire = format!(
        "--=-alt\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\r\nHello Ann,\r\n\r\nOn Mon, Mar 2, 2026 at 9:00 AM \
         Help desk <help@desk.example> wrote:\r\n\r\n{quoted}\r\n--=-alt\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n\r\n\
         <div>Hello Ann,</div>\r\n--=-alt--"
    );
    town.send(log.answered_by(BEN, "").content("multipart/alternative; boundary=\"=-alt\"", &wire));
    town.letter_to(STAFF).says("Session 1, /etc/x.conf, line 2:");
    let log = town.log_of(1);
    assert_eq!((log.overlay.annotations.len(), log.overlay.annotations[0].text.as_str()), (1, "So many?"));
}

/// Shows T027, T083: others learn that somebody worked on it, and can reach no more.
#[test]
fn nobody_but_staff_reaches_a_log() {
    let mut town = Town::new(believing());
    let (ticket, log) = worked(&mut town);
    for (from, order) in
        [(ALICE, "!show 1 /etc/fstab"), (MALLORY, "!show 1 /etc/fstab"), (ALICE, "!hide 7 /etc/motd")]
    {
        town.write(from, "a log", order);
        let letters = town.letters();
        assert!(letters.iter().all(|letter| letter.to == from), "{order}");
        assert!(letters.iter().all(|letter| !letter.text().contains("noatime")), "{order}");
    }
    assert!(town.log_of(1).overlay.files.is_empty());
    // whoever gets hold of a log's letter comments on nothing
    town.answer(&log, CARLA, "> +nas:/backup /backup nfs ro 0 0\n\nHa!");
    town.letters();
    assert!(town.log_of(1).overlay.annotations.is_empty());
    town.write(ALICE, "search: noatime", "");
    assert!(town.letters().iter().all(|letter| !letter.text().contains("fstab")));
    assert_eq!(town.state_of(ticket), "open");
}

#[test]
fn of_a_private_ticket_nobody_is_told_and_a_site_may_tell_nobody_at_all() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Backup", FIRE);
    town.answer(&news, ANN, "private");
    town.letters();
    town.session("ann", ticket, &work(&town)).unwrap();
    town.letter_to(STAFF);
    town.silence();
    let mut robot = believing();
    robot.policy.tell_worked = false;
    let mut town = Town::new(robot);
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    town.session("ann", ticket, &work(&town)).unwrap();
    town.letter_to(STAFF);
    town.silence();
}

#[test]
fn of_a_session_that_was_given_up_nothing_is_kept_but_the_fact() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let mut given_up = work(&town);
    given_up.session.ending = Ending::Discarded;
    town.session("ann", ticket, &given_up).unwrap();
    town.silence();
    let log = town.log_of(1);
    assert!(log.is_discarded() && log.filed.session.changes.is_empty() && log.filed.session.typed.is_empty());
    assert_eq!(town.history(ticket).last().map(String::as_str), Some("worked"));
    // nor is anybody but staff told of one that changed nothing
    town.session("ann", ticket, &Work::before(town.now()).id("idle").typed("df -h")).unwrap();
    town.letter_to(STAFF).says("for 25 minutes, from 2026-03-02 08:35: nothing changed.");
    town.silence();
}

/// Shows T093: what may not be seen is named, and so is what no witness saw.
#[test]
fn what_is_withheld_is_told_and_never_mailed() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let work = Work::before(town.now())
        .file("/etc/shadow", Some("root:$6$aa\n"), Some("root:$6$bb\n"))
        .but(|change| {
            for thing in change.before.iter_mut().chain(change.after.iter_mut()) {
                thing.content = Content::Withheld("shadow".into());
            }
        })
        .file("/etc/app.conf", Some("a\n"), Some("a\napi_key = AKIAQ3EGRZ7VVLKXN5PA\n"))
        .but(|change| change.after.as_mut().unwrap().mode = 0o600)
        .typed("mysql -u root -phunter2secret shop");
    town.session("ann", ticket, &work).unwrap();
    let log = town.letter_to(STAFF);
    town.letter_to(ALICE);
    log.says("M /etc/shadow (content withheld: shadow)");
    log.says("mode 0644 -> 0600");
    for secret in ["$6$", "AKIAQ3EGRZ7VVLKXN5PA", "hunter2secret"] {
        let bytes = town.disk();
        assert!(!log.text().contains(secret), "{secret}");
        assert!(
            log.mail.attachments.iter().all(|f| !String::from_utf8_lossy(&f.bytes).contains(secret)),
            "{secret}"
        );
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
}

/// What was missed is taken out afterwards: from everything that is here, and what is not is named.
#[test]
fn what_is_redacted_is_gone_from_the_disk_and_what_is_out_is_named() {
    const SECRET: &str = "Summer in Kiruna";
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let conf = format!("phrase {SECRET}\nport 1\n");
    let work = Work::before(town.now())
        .remark(&format!("The phrase is {SECRET}."))
        .typed(&format!("unlock {SECRET}"))
        .file("/etc/app.conf", Some("port 1\n"), Some(&conf))
        .file("/etc/other.conf", None, Some("harmless\n"));
    town.session("ann", ticket, &work).unwrap();
    town.session("ann", ticket, &Work { session: work.session.clone(), ..work.clone() }.id("next")).unwrap();
    let log = town.letters().into_iter().find(|letter| letter.kind() == "session_log").unwrap();
    let answer = town.answer(&log, BEN, &format!("> +phrase {SECRET}\nIs {SECRET} not a secret?"));
    town.letter_to(STAFF);
    let found = |town: &Town| town.disk().windows(SECRET.len()).filter(|w| *w == SECRET.as_bytes()).count();
    assert!(found(&town) > 0);
    let pattern = || Wanted::Pattern(regex::bytes::Regex::new(SECRET).unwrap());
    assert_eq!(town.redact("ben", 7, &pattern()).unwrap_err(), "there is no session 7");
    for session in [1, 2] {
        let done = town.redact("ben", session, &pattern()).unwrap();
        assert!(done.places >= 4, "{done:?}");
        assert_eq!(done.others, if session == 1 { vec![2] } else { vec![] });
        assert_eq!(done.mails, [town.intake_of(&answer)]);
        // the log of either session, and the letter that told of the comment
        assert!(session == 2 || done.letters.iter().all(|letter| letter.recipient == STAFF && !letter.waits));
        town.letter_to(STAFF).says(&format!("places of session {session} taken out."));
    }
    assert_eq!(found(&town), 0);
    let log = town.log_of(1);
    assert_eq!(log.filed.session.typed[0].line, "unlock «redacted:by-hand»");
    assert_eq!(log.overlay.annotations[0].spot.quoted, "+phrase «redacted:by-hand»");
    assert_eq!(town.redact("ben", 1, &pattern()).unwrap().places, 0);
    // all that was kept of a file
    let done = town.redact("ben", 1, &Wanted::File("/etc/other.conf".into())).unwrap();
    assert_eq!((done.places, done.others), (1, vec![2]));
    town.letter_to(STAFF);
    let after = town.log_of(1).filed.session.changes[1].after.clone().unwrap();
    assert_eq!(after.content, Content::Withheld("redacted by hand".into()));
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "redacted").count(), 3);
    town.silence();
}

/// Shows T085: a log is found from its ticket, by its words, and by staff alone.
#[test]
fn sessions_are_found_by_what_was_typed_and_changed() {
    let mut town = Town::new(believing());
    let (ticket, _) = worked(&mut town);
    for words in ["noatime", "mount -a", "cron.d backup", "nas:/backup nfs"] {
        town.write(ANN, &format!("search: {words}"), "");
        town.letter_to(ANN).says("#1 (open) Backup");
    }
    town.write(ANN, "search: noatime", "");
    town.letter_to(ANN).says("session 1:");
    town.write(ANN, "how is it", "show 1");
    let shown = town.letter_to(ANN);
    shown.says("Session 1 on web1, 25 minutes: 3 files changed. The backup was not mounted.");
    for words in ["noatime", "mounted"] {
        town.write(ALICE, &format!("search: {words}"), "");
        assert!(town.letters().iter().all(|letter| !letter.text().contains("#1 (")), "{words}");
    }
    assert_eq!(town.state_of(ticket), "open");
}

/// Shows T061, T139: the morning's digest tells of it, and whoever gathers news reads one sentence.
#[test]
fn digests_and_gathered_news_tell_that_somebody_worked() {
    let mut town = Town::new(believing());
    town.digest = Schedule {
        days: Days::Daily,
        at: "07:00".parse().unwrap(),
        zone: TimeZone::UTC,
        own: true,
        news: true,
        ..Schedule::never()
    };
    town.restart();
    town.silence();
    let (ticket, _, receipt) = town.opened(CARLA, "Backup", FIRE);
    town.answer(&receipt, CARLA, "digest daily");
    town.letter_to(CARLA);
    town.session("ann", ticket, &work(&town)).unwrap();
    town.letter_to(STAFF);
    town.silence();
    town.later(24);
    town.letter_to(CARLA).says("Ann Admin has worked on it.");
    let told = town.letters();
    let of = |kind: &str| told.iter().find(|letter| letter.kind() == kind).unwrap();
    of("digest").says("Ann Admin #1 worked on at web1, 3 files changed: Backup");
    of("own").says("worked on at web1, 3 files changed");
}

/// What was changed between two sessions is told with the next one.
#[test]
fn what_changed_between_two_sessions_is_an_event_of_its_own() {
    let mut town = Town::new(believing());
    let (ticket, _) = worked(&mut town);
    town.later(1);
    let by_hand = FSTAB_AFTER.replace("ro", "rw");
    let next = Work::before(town.now()).id("next").file("/etc/fstab", Some(&by_hand), Some(FSTAB)).file(
        "/etc/motd",
        Some("Hello\n"),
        None,
    );
    town.session("ben", ticket, &next).unwrap();
    let log = town.letter_to(STAFF);
    log.says("Changed without a session before: /etc/fstab (content, since session 1).");
    town.letter_to(ALICE);
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "undocumented").count(), 1);
}

/// A member who follows with everything gets the log at his own address, and answers it there.
#[test]
fn whoever_follows_in_full_gets_the_log_too() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Backup", FIRE);
    town.answer(&news, BEN, "subscribe full");
    town.letters();
    town.session("ann", ticket, &work(&town)).unwrap();
    let (own, list) = (town.letter_to(BEN), town.letter_to(STAFF));
    town.letter_to(ALICE);
    assert_eq!((own.kind(), own.id(), own.text()), ("session_log", list.id(), list.text()));
    town.answer(&own, BEN, "> +nas:/backup /backup nfs ro 0 0\nGood.");
    town.letter_to(STAFF).says("Session 1, /etc/fstab, line 4:");
    town.silence();
    // that the list does not take one of its readers is the list's affair
    town.send(list.bounced());
    town.letters();
}

/// At the machine the same is done by the same door.
#[test]
fn a_log_is_edited_at_the_machine_as_by_mail() {
    let mut town = Town::new(believing());
    worked(&mut town);
    town.display("ben", 1, "/etc/motd", true).unwrap();
    let told = town.letter_to(STAFF);
    told.says("show: done, by Ben Builder <ben@desk.example> (on desk, uid 1000)");
    told.says("+Hello");
    assert!(town.log_of(1).shows(2));
    for (session, file, why) in [
        (1, "/etc/motd", "session 1 shows it so already"),
        (1, "/etc/passwd", "session 1 has no \"/etc/passwd\""),
        (7, "/etc/motd", "there is no session 7"),
    ] {
        assert_eq!(town.display("ben", session, file, true).unwrap_err(), why);
    }
}

/// What an upgrade of a web server does: settings here and there, and pages by the hundred.
fn upgrade(town: &Town) -> Work {
    let page = |n: usize| (0..12).map(|line| format!("line {line} of page {n}\n")).collect::<String>();
    let mut work = Work::before(town.now())
        .remark("Moved to the new templates.")
        .typed("./upgrade /srv/www")
        .file("/etc/cron.d/pages", None, Some("5 * * * * www /usr/local/bin/pages\n"))
        .file("/etc/hosts", Some("127.0.0.1 localhost\n"), Some("127.0.0.1 localhost web1\n"));
    for n in 0..30 {
        let old = format!("server {{ listen {n}; }}\n");
        let path = format!("/etc/nginx/sites/site{n}.conf");
        work = work.file(&path, Some(&old), Some(&old.replace(';', " ssl;")));
    }
    for n in 0..1_965 {
        let (path, old) =
            (format!("/srv/www/{}/page{n}.html", ["blog", "shop", "wiki/a", "wiki/b"][n % 4]), page(n));
        let new = old.replace("line 3", "row 3");
        work = match n % 20 {
            17 => work.file(&path, None, Some(&new)),
            18 => work.file(&path, Some(&old), None),
            _ => work.file(&path, Some(&old), Some(&new)).but(|change| change.shown = n % 20 != 19),
        };
    }
    work.file("/usr/local/bin/pages", Some("#!/bin/sh\n"), Some("#!/bin/sh\nexec pages\n")).but(|change| {
        change.after.as_mut().unwrap().mode = 0o755;
    })
}

/// The bytes that a file of a session holds at one of its ends.
fn held<'a>(work: &'a Work, thing: Option<&Thing>) -> Option<&'a [u8]> {
    let Content::Hash(name) = &thing?.content else { return None };
    work.contents.get(name).map(Vec::as_slice)
}

/// A mail for people and for their servers, whatever was done.
#[test]
fn two_thousand_files_make_one_mail_that_can_be_read() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let work = upgrade(&town);
    town.session("ann", ticket, &work).unwrap();
    let log = town.letter_to(STAFF);
    town.letter_to(ALICE);
    log.says("1998 files changed");
    log.says("/srv/www/blog/: ");
    log.says("(file by file in session-1-history.txt)");
    log.says("All of it is in session-1.patch.");
    assert!(log.text().lines().count() < 420, "{}", log.text().lines().count());
    assert!(log.bytes.len() < 2_000_000, "{}", log.bytes.len());
    assert!(log.bytes.split(|byte| *byte == b'\n').all(|line| line.len() < 998));
    // whoever has the files of before makes those of after with what is attached
    let dir = tempfile::tempdir().unwrap();
    let shown = || work.session.changes.iter().filter(|change| change.shown);
    for change in shown() {
        let path = dir.path().join(&change.path.shown()[1..]);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        held(&work, change.before.as_ref())
            .into_iter()
            .for_each(|bytes| std::fs::write(&path, bytes).unwrap());
    }
    std::fs::write(dir.path().join("p"), &log.mail.attachments[0].bytes).unwrap();
    let patch = Command::new("patch").args(["-p1", "-s", "-i", "p"]).current_dir(&dir).output().unwrap();
    assert!(patch.status.success(), "{patch:?}");
    for change in shown() {
        let now = std::fs::read(dir.path().join(&change.path.shown()[1..])).ok();
        assert_eq!(now.as_deref(), held(&work, change.after.as_ref()), "{}", change.path);
    }
    town.golden("two_thousand_files_make_one_mail_that_can_be_read");
    // one order hides what is below a directory
    town.answer(&log, BEN, "hide /srv/www/");
    town.letter_to(STAFF).says("Session 1 no longer shows: /srv/www/");
    let now = town.log_of(1);
    assert!(now.changes().all(|(place, change)| now.shows(place) != change.path.0.starts_with(b"/srv/www/")));
}

/// What no mail can carry is named, with where it is.
#[test]
fn a_patch_that_is_too_much_for_a_mail_says_so() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let mut work = Work::before(town.now());
    for n in 0..500 {
        let text = |of: &str| (0..400).map(|line| format!("{of} {line} of {n}\n")).collect::<String>();
        work = work.file(&format!("/srv/www/{n:03}.html"), Some(&text("line")), Some(&text("row")));
    }
    town.session("ann", ticket, &work).unwrap();
    let log = town.letter_to(STAFF);
    town.letter_to(ALICE);
    log.says(
        "session-1.patch holds more of it, and all of it is printed by `trackle session show 1 --patch`.",
    );
    assert!(log.bytes.len() < 4_000_000, "{}", log.bytes.len());
    let patch = String::from_utf8_lossy(&log.mail.attachments[0].bytes);
    assert!(
        patch.contains("# /srv/www/499.html: ") || patch.contains(" more files: trackle session show 1"),
        "{patch:.300}"
    );
}
