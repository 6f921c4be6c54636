//! Sessions that were worked on other machines: a host that staff know is believed, and what it signed is filed once,
//! whatever the mail on its way does to it. What is not believed is kept whole, and said.

use super::town::host::Host;
use super::town::session::Work;
use super::town::{ALICE, ANN, BEN, MALLORY, STAFF, Town, believing, plain};
use jiff::SignedDuration;
use trackle::store::Reader;

const FIRE: &str = "It is on fire, please come.";

/// One file changed by ann.
fn work(town: &Town) -> Work {
    let mut work = Work::before(town.now()).file("/etc/motd", Some("hello\n"), Some("Hello!\n"));
    work.session.login = "ann".into();
    work
}

/// A town with a ticket and a host that is believed.
fn with_host() -> (Town, u32, Host) {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let host = Host::new("web1", 3);
    town.enroll(&host.card(None, None));
    (town, ticket, host)
}

/// Shows T165, T171: what was done on another machine stands in the thread of the one database.
#[test]
fn a_host_is_enrolled_and_its_session_comes_into_the_thread() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let host = Host::new("web1", 3);
    let card = host.card(None, None);
    let asked = town.ask_to_enroll(&host, &card);
    let question = town.letter_to(STAFF);
    assert_eq!(question.kind(), "host");
    question.says(&card.key.print());
    assert_eq!(town.end_of_uid(&asked).0, "held");
    // staff talk about it, a stranger tries, and one of staff says yes
    let talk = town.answer(&question, BEN, "Is that the new one?");
    town.ended(&talk, "ignored");
    let stranger = town.answer(&question, MALLORY, "yes");
    town.ended(&stranger, "held");
    let forged = town.send(question.answered_by(ANN, "yes").forged());
    town.ended(&forged, "held");
    town.answer(&question, BEN, "yes");
    let told = town.letter_to(STAFF);
    told.says("What web1 signs is filed with its tickets from now on; ben@desk.example said yes.");
    assert_eq!(town.end_of_uid(&asked).0, "applied");
    let hosts = Reader::open(&town.state()).unwrap().hosts().unwrap();
    assert_eq!((hosts.len(), hosts[0].host.by.as_str(), hosts[0].bundles), (1, BEN, 0));

    let sealed = host.seal(&work(&town), u64::from(ticket));
    let mail = town.submit(&host, &sealed);
    let log = town.letter_to(STAFF);
    assert_eq!((log.kind(), log.ticket()), ("session_log", ticket));
    log.says("Hello!");
    town.letter_to(ALICE).says("has worked on #1");
    assert_eq!(town.end_of_uid(&mail), ("applied".into(), "session 1".into()));
    let hosts = Reader::open(&town.state()).unwrap().hosts().unwrap();
    assert_eq!((hosts[0].bundles, hosts[0].missing(), hosts[0].seen), (1, 0, Some(town.now())));
    town.silence();
    town.golden("a_host_is_enrolled_and_its_session_comes_into_the_thread");
}

#[test]
fn staff_say_yes_to_a_host_in_time_or_not_at_all() {
    let most = trackle::limits::CONFIRM_HOST_HOURS;
    for (hours, is_believed) in [(most - 1, true), (most, true), (most + 1, false)] {
        let mut town = Town::new(believing());
        let host = Host::new("web1", 3);
        town.ask_to_enroll(&host, &host.card(None, None));
        let question = town.letter_to(STAFF);
        let asked = town.now();
        town.set_clock(asked + SignedDuration::from_hours(hours) - SignedDuration::from_secs(1));
        town.answer(&question, BEN, "yes");
        town.letters();
        let hosts = Reader::open(&town.state()).unwrap().hosts().unwrap();
        assert_eq!(hosts.len(), usize::from(is_believed), "after {hours} hours");
    }
}

/// Shows T165.
#[test]
fn the_same_session_is_filed_once_however_it_comes() {
    let (mut town, ticket, host) = with_host();
    let sealed = host.seal(&work(&town), u64::from(ticket));
    town.submit(&host, &sealed);
    town.letters();
    // sent again, sent again tomorrow, handed on by somebody else, put into the spool as well
    let again = town.submit(&host, &sealed);
    town.later(24);
    let late = town.submit(&host, &sealed);
    let by_hand = town.send(
        super::town::draft::Draft::new(MALLORY, "look", "what I found").attach("session-x.trackle", &sealed),
    );
    let spooled = town.spool(&sealed);
    town.silence();
    for uid in [again, late, by_hand.uid, spooled] {
        assert_eq!(town.end_of_uid(&uid).0, "duplicate");
    }
    // the same session, sealed anew
    let other = Host::new("web1", 3);
    other.seal(&work(&town).id("other"), None);
    let anew = other.seal(&work(&town), u64::from(ticket));
    assert_ne!(anew, sealed);
    let anew = town.submit(&host, &anew);
    town.silence();
    assert_eq!(town.end_of_uid(&anew), ("duplicate".into(), "session 1 was filed before".into()));
    assert_eq!(town.sessions(), 1);
    // what is taken out of a session is taken out of every mail that brought it
    let id = work(&town).session.id;
    let erased = town.hub().store().transact(|tx| tx.erase_bundles(&id, 1)).unwrap();
    assert_eq!(erased.len(), 6);
    let reader = Reader::open(&town.state()).unwrap();
    for mail in erased {
        assert!(reader.raw_of(mail).unwrap().starts_with(b"Subject: erased\n"));
    }
}

#[test]
fn what_is_forged_cut_bombed_or_from_tomorrow_is_set_aside_and_said() {
    let (mut town, ticket, host) = with_host();
    let ticket = u64::from(ticket);
    let sealed = host.seal(&work(&town), ticket);
    let mut turned = sealed.clone();
    let last = turned.len() - 1;
    turned[last] ^= 1;
    let mut cover = sealed.clone();
    cover[20] ^= 1;
    let mut tomorrow = work(&town).id("tomorrow");
    tomorrow.session.ended = town.now() + SignedDuration::from_hours(24);
    let bad = [
        (turned, "it is damaged"),
        (cover, "it is damaged"),
        (sealed[..sealed.len() / 2].to_vec(), "it is cut off"),
        (sealed[..9].to_vec(), "it is cut off"),
        (b"PK\x03\x04".to_vec(), "it is no bundle of Trackle"),
        (host.seal(&tomorrow, ticket), "it is from the future, by about 24 hours: "),
        ([sealed.as_slice(), b"more"].concat(), "it is damaged"),
        (
            Host::new("web1", 9).seal(&work(&town).id("stranger"), ticket),
            "is the key of no host that is enrolled",
        ),
        (
            Host::new("web2", 3).seal(&work(&town).id("other"), ticket),
            "it is signed by web1 and says that it is from web2",
        ),
    ];
    let count = bad.len();
    for (bytes, why) in bad {
        let uid = town.submit(&host, &bytes);
        let told = town.letter_to(STAFF);
        assert_eq!(told.kind(), "quarantined");
        let (state, said) = town.end_of_uid(&uid);
        assert!(state == "quarantined" && said.contains(why), "{state}: {said}, not {why}");
    }
    assert_eq!(town.sessions(), 0);
    town.silence();
    town.expect_quarantined(count);
}

/// What a clock says that is hours behind or ahead neither keeps a session out for good nor makes one of two that nobody did.
#[test]
fn a_clock_that_is_wrong_by_hours_does_not_spoil_the_order() {
    let (mut town, ticket, host) = with_host();
    let ticket = u64::from(ticket);
    let days = ["", "Mon\n", "Tue\n", "Wed\n", "Thu\n"];
    for (at, clock) in [0, -5, 0, 5].into_iter().enumerate() {
        town.later(1);
        let shown = town.now() + SignedDuration::from_hours(clock);
        let mut work =
            Work::before(shown).id(&at.to_string()).file("/etc/motd", Some(days[at]), Some(days[at + 1]));
        work.session.login = "ann".into();
        let sealed = host.seal(&work, ticket);
        let uid = town.submit(&host, &sealed);
        let told = town.letter_to(STAFF);
        if clock <= 0 {
            assert_eq!((told.kind(), town.sessions()), ("session_log", at as u64 + 1));
            assert!(!told.text().contains("Changed without a session"), "{}", told.text());
            town.letters();
            continue;
        }
        told.says("it is from the future, by about 5 hours");
        town.later(5);
        town.retry_uid(&uid);
        let log = town.letter_to(STAFF);
        assert_eq!((log.kind(), town.sessions()), ("session_log", 4));
        assert!(!log.text().contains("Changed without a session"), "{}", log.text());
    }
    town.letters();
}

#[test]
fn a_session_that_waited_for_its_host_goes_on() {
    let mut town = Town::new(plain());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let host = Host::new("web1", 3);
    let sealed = host.seal(&work(&town), u64::from(ticket));
    let uid = town.submit(&host, &sealed);
    town.letter_to(STAFF).says("see `trackle hosts`");
    town.ask_to_enroll(&host, &host.card(None, None));
    let question = town.letter_to(STAFF);
    town.answer(&question, ANN, "yes");
    assert_eq!(town.letter_to(STAFF).kind(), "session_log");
    assert_eq!(town.end_of_uid(&uid).0, "applied");
    town.letters();
    // what is revoked is not believed any more, what came before stays
    town.revoke(&host.card(None, None));
    let next = host.seal(&work(&town).id("next"), u64::from(ticket));
    let next = town.submit(&host, &next);
    town.letter_to(STAFF).says("web1 is believed no longer");
    assert_eq!((town.end_of_uid(&next).0.as_str(), town.sessions()), ("quarantined", 1));
    town.expect_quarantined(1);
}

#[test]
fn whose_work_it_was_is_known_or_asked_for() {
    let (mut town, ticket, host) = with_host();
    let ticket = u64::from(ticket);
    let as_root = |town: &Town, id: &str| {
        let mut work = work(town).id(id);
        work.session.login = "root".into();
        work
    };
    let nobody = host.seal(&as_root(&town, "1"), ticket);
    let nobody = town.submit(&host, &nobody);
    town.letter_to(STAFF).says("nobody on staff is called that");
    town.enroll(&host.card(None, Some("ben")));
    town.retry_uid(&nobody);
    town.letter_to(STAFF).says("Ben Builder");
    town.letters();
    // ann's own key there signs for nobody else
    let own = Host::new("web1", 4);
    town.enroll(&own.card(Some("ann"), Some("ann")));
    let theirs = own.seal(&as_root(&town, "2"), ticket);
    town.submit(&own, &theirs);
    town.letter_to(STAFF).says("it is signed with the key of ann and says that root worked");
    let hers = own.seal(&work(&town).id("3"), ticket);
    town.submit(&own, &hers);
    town.letter_to(STAFF).says("Ann Admin");
    town.letters();
    town.expect_quarantined(1);
}

#[test]
fn a_ticket_that_went_on_without_it_takes_a_session_and_says_so() {
    let (mut town, ticket, host) = with_host();
    let begun = work(&town);
    town.send(super::town::draft::Draft::new(BEN, "done", &format!("close {ticket}")));
    town.letters();
    town.later(5);
    let closed = host.seal(&begun, u64::from(ticket));
    town.submit(&host, &closed);
    let told = town.letter_to(ANN);
    assert_eq!(told.kind(), "session_kept");
    told.says("#1 is closed by now");
    assert_eq!(town.letter_to(STAFF).kind(), "session_log");
    town.letters();
    assert_eq!(town.state_of(ticket), "closed");
    town.hold("ben", ticket, 4).unwrap();
    let locked = host.seal(&begun.clone().id("locked"), u64::from(ticket));
    town.submit(&host, &locked);
    town.letter_to(ANN).says("Ben Builder works on #1 now, since 2026-03-02 ");
    town.letters();
    // and one that never was
    for (id, wanted, why) in [("a", Some(99), "There is no ticket #99."), ("b", None, "It is for no ticket")]
    {
        let lost = host.seal(&begun.clone().id(id), wanted);
        let lost = town.submit(&host, &lost);
        let told = town.letter_to(ANN);
        told.says(why);
        told.says("trackle quarantine retry");
        assert_eq!(town.letter_to(STAFF).kind(), "quarantined");
        assert_eq!(town.end_of_uid(&lost).0, "quarantined");
    }
    assert_eq!(town.sessions(), 2);
    town.expect_quarantined(2);
}

#[test]
fn on_the_robots_own_machine_the_spool_is_enough() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", FIRE);
    let here = Host::new("desk", 5);
    let sealed = here.seal(&work(&town), u64::from(ticket));
    let uid = town.spool(&sealed);
    let log = town.letter_to(STAFF);
    assert_eq!((log.kind(), log.ticket()), ("session_log", ticket));
    town.letters();
    assert_eq!(town.end_of_uid(&uid).0, "applied");
    // a cut one is set aside there too
    town.spool(&sealed[..200]);
    assert_eq!(town.letter_to(STAFF).kind(), "quarantined");
    town.expect_quarantined(1);
}

#[test]
fn nobody_floods_staff_with_hosts() {
    let mut town = Town::new(plain());
    let mut asked = String::new();
    for key in 0..12 {
        let host = Host::new(&format!("evil{key}"), 100 + key);
        asked = town.ask_to_enroll(&host, &host.card(None, None));
    }
    let last = asked;
    let letters = town.letters();
    let asked = letters.iter().filter(|letter| letter.kind() == "host").count();
    assert_eq!(asked, usize::try_from(trackle::limits::HOSTS_PER_DAY).unwrap());
    assert_eq!(letters.iter().filter(|letter| letter.kind() == "quarantined").count(), 1);
    // a card that somebody else's key signed is an ordinary mail with a file
    let (a, b) = (Host::new("a", 1), Host::new("b", 2));
    town.ask_to_enroll(&a, &b.card(None, None));
    assert!(town.letters().iter().all(|letter| letter.kind() != "host"));
    assert_eq!(Reader::open(&town.state()).unwrap().hosts().unwrap(), []);
    // the last one was ours: whoever sits at the robot's machine may say so
    town.retry_uid(&last);
    town.letter_to(STAFF).says("the console said yes");
    assert_eq!(Reader::open(&town.state()).unwrap().hosts().unwrap()[0].host.name, "evil11");
}

/// The list of a team of one is that one's own address: questions to her stay what they are.
#[test]
fn a_team_whose_list_is_a_person_says_yes_to_both_kinds_of_question() {
    let mut robot = plain();
    robot.list = trackle::model::address::Address::parse(ANN).unwrap();
    let mut town = Town::new(robot);
    let host = Host::new("web1", 3);
    town.ask_to_enroll(&host, &host.card(None, None));
    let question = town.letter_to(ANN);
    town.write(ALICE, "Backup", FIRE);
    let confirm = town.letter_to(ALICE);
    town.answer(&confirm, ALICE, "yes");
    town.letters();
    town.write(ANN, "done", "close 1");
    let order = town.letter_to(ANN);
    assert_eq!(order.kind(), "confirm_mail");
    town.answer(&order, ANN, "");
    town.letters();
    assert_eq!(town.state_of(1), "closed");
    town.answer(&question, ANN, "Yes!");
    town.letter_to(ANN).says("What web1 signs is filed");
    town.letters();
}
