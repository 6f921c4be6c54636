//! Every letter as its receiver gets it, held against `tests/letters`. After a change of words on purpose, run
//! `GOLDEN=write cargo test --lib write::tests::letters` and read the difference before you commit it.

use super::*;
use std::path::PathBuf;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/letters").join(format!("{name}.txt"))
}

type Case = (String, Letter);

/// One letter of each kind, and what else they can say.
fn cases() -> Vec<Case> {
    let each = all().into_iter().map(|l| (envelope::kind(&l.about).to_owned(), l));
    each.chain(changes())
        .chain(following())
        .chain(odd())
        .chain(answers())
        .chain(troubles())
        .chain(digests())
        .collect()
}

fn case(name: &str, letter: Letter) -> Case {
    (name.to_owned(), letter)
}

fn standing(state: State, owner: Option<&str>) -> Box<View> {
    let mut view = view();
    view.ticket.state = state;
    view.ticket.owner = owner.map(str::to_owned);
    view.staff_thread = vec![id("trk.12.38.abc@corp.example")];
    Box::new(view)
}

fn changes() -> Vec<Case> {
    let file = |name: &str, bytes: usize| Attachment {
        name: name.into(),
        media: "text/plain".into(),
        bytes: vec![b'x'; bytes],
    };
    let closed = |remark: &str| {
        let take = change(1, What::Owner { from: None, to: Some("anna".into()) });
        let changes = vec![take, Change { remark: remark.into(), ..close() }];
        News { changes, answers: Some(id("anna-1@corp.example")), ..news() }
    };
    let whole = News {
        text: "I have put it out. Please use the one on the third floor until Monday.".into(),
        attachments: vec![file("report.txt", 12), file("film.mp4", limits::LETTER_ATTACHMENTS)],
        ..closed("")
    };
    let said = closed("It is out.");
    let text = News { text: "Which floor?".into(), ..news() };
    let reopen = change(1, What::State { from: State::Closed, to: State::Open });
    let again = News { changes: vec![reopen], ..asked() };
    let taken = change(1, What::Owner { from: None, to: Some("anna".into()) });
    let taken = News { changes: vec![taken], ..news() };
    let files = News { text: String::new(), attachments: vec![file("report.txt", 12)], ..asked() };
    let gone =
        What::Undelivered { recipient: "eve@home.example".into(), why: "550 5.1.1 no such user".into() };
    let fact = News { changes: vec![change(0, gone)], ..News::default() };
    let into = |relation| {
        let related = change(1, What::Related { relation, other: Number(7) });
        News { changes: vec![related, close()], ..news() }
    };
    let (dup, merged) = (into(Relation::Duplicate), into(Relation::Merged));
    let eve = Person {
        id: 4,
        address: address("eve@home.example"),
        name: String::new(),
        confirmed: None,
        language: None,
    };
    let done = || standing(State::Closed, Some("anna"));
    let open = || standing(State::Open, None);
    let nobody = Box::new(View { followers: Vec::new(), ..*open() });
    let staff = |view, news: &News| to_staff(About::StaffChanged { view, news: Box::new(news.clone()) });
    let short = |view, news: &News| About::Changed { view, news: Box::new(news.clone()) };
    vec![
        case("staff_changed-all", staff(done(), &whole)),
        case("changed-all", to_bob(short(done(), &whole))),
        case("staff_changed-remark", staff(done(), &said)),
        case("changed-remark", to_bob(short(done(), &said))),
        case("changed-subscriber", letter(Recipient::Person(eve), short(done(), &said))),
        case("staff_changed-text", staff(open(), &text)),
        case("staff_changed-nobody", staff(nobody, &said)),
        case("staff_changed-files", staff(open(), &files)),
        case("changed-files", to_bob(short(open(), &files))),
        case("staff_changed-fact", staff(open(), &fact)),
        case("changed-text", to_bob(short(open(), &text))),
        case("staff_changed-reopen", staff(open(), &again)),
        case("changed-reopen", to_bob(short(open(), &again))),
        case("changed-taken", to_bob(short(open(), &taken))),
        case("changed-duplicate", to_bob(short(done(), &dup))),
        case("changed-merged", to_bob(short(done(), &merged))),
        case("staff_changed-merged", staff(done(), &merged)),
    ]
}

fn following() -> Vec<Case> {
    let open = || standing(State::Open, None);
    let eve = || Person { id: 4, address: address("eve@home.example"), name: String::new(), ..bob() };
    let followed =
        |view, level| About::Followed { view, level, others: vec![Number(14), Number(15)], answers: None };
    let gone = About::Reply {
        reply: Reply::Left { ticket: Some(Number(12)), by: Some("Anna Lee".into()) },
        view: None,
        answers: None,
    };
    let nobody = About::Invited { code: "c19-abcdefghijklmnopqrst".into(), view: open(), by: String::new() };
    let people = |all: &[&str]| all.iter().map(|a| address(&format!("{a}@home.example"))).collect();
    let deeds = Deeds { asked: people(&["eve", "lee"]), passed: people(&["joe"]), removed: people(&["kim"]) };
    let full = News { changes: vec![close()], text: "It is out.".into(), ..news() };
    let anna = Person { id: 5, address: address("anna@corp.example"), name: "Anna Lee".into(), ..bob() };
    vec![
        case("followed-weekly", to_bob(followed(standing(State::Closed, None), Level::Weekly))),
        case("followed-muted", to_bob(followed(open(), Level::Muted))),
        case("left-removed", to_bob(gone)),
        case("done-all", to_bob(About::Done { view: open(), deeds, answers: None })),
        case("invited-nobody", to_bob(nobody)),
        case(
            "requester-old",
            letter(Recipient::Person(eve()), About::Requester { view: open(), by: "Anna Lee".into() }),
        ),
        case("suspended-last", to_bob(About::Suspended { warning: limits::SUSPENDED_WARNINGS })),
        case("host-enrolled", to_staff(host(None))),
        case("session_kept-filed", letter(Recipient::Sender(address("anna@corp.example")), kept(Some(17)))),
        case(
            "complained-unknown",
            to_staff(About::Complained { view: None, recipient: "bob@home.example".into() }),
        ),
        case(
            "staff_changed-full",
            letter(Recipient::Person(anna), About::StaffChanged { view: open(), news: Box::new(full) }),
        ),
    ]
}

fn odd() -> Vec<Case> {
    let mut odd = standing(State::Open, None);
    odd.ticket.title = format!("Hi\r\nBcc: all@corp.example\u{202e} {}", "long ".repeat(50));
    odd.ticket.requester.name = "Bob \"the, boss\" Hïll 👩‍🔧 with a name that goes on and on for ever".into();
    odd.followers = vec![follows(odd.ticket.requester.clone()), follows(odd.ticket.requester.clone())];
    let news = || Box::new(News { actor: odd.ticket.requester.name.clone(), ..asked() });
    vec![
        case(
            "staff_opened-odd",
            to_staff(About::StaffOpened { view: odd.clone(), news: news(), likely: vec![] }),
        ),
        case("changed-odd", to_bob(About::Changed { view: odd.clone(), news: news() })),
    ]
}

fn answers() -> Vec<Case> {
    let asked = |mails| About::ConfirmMail { code: "c18-abcdefghijklmnopqrst".into(), mails, answers: None };
    let question = |lines: &[&str], has_text, about| asked(vec![waiting(lines, has_text, about)]);
    let merge = Waiting {
        subject: "Re: [#12] Printer on fire".into(),
        would: vec![
            "#15 (It burns): merged into #12, closed".into(),
            "#12 (Printer on fire): bob@home.example follows it".into(),
        ],
        ..waiting(&["merge 15 into 12"], false, None)
    };
    let several = vec![waiting(&["close 12: done", "take 7"], true, Some(Number(12))), merge.clone()];
    let who = Refusal::WhoIs { word: "an".into(), close: vec!["anna".into(), "andy".into()] };
    let lines = vec![
        NotRun { line: "clsoe 12".into(), why: Refusal::Unknown { nearest: Some("close") } },
        NotRun { line: "assign an".into(), why: who },
    ];
    let reply = |reply| About::Reply { reply, view: None, answers: Some(id("asked@home.example")) };
    let nothing = Reply::Listed { sort: Sort::Waiting, staff: false, listing: Listing::default() };
    let unrun = Reply::Transcript { about: None, lines, has_text: false };
    vec![
        case("confirm_mail-text", to_bob(question(&[], true, Some(Number(12))))),
        case("confirm_mail-orders", to_bob(question(&["close 12: done"], false, None))),
        case("confirm_mail-grave", to_bob(asked(vec![merge]))),
        case("confirm_mail-several", to_bob(asked(several))),
        case("transcript-several", to_bob(reply(unrun))),
        case("already-unknown", to_bob(reply(Reply::Already { ticket: None }))),
        case("search-staff", to_bob(reply(found(true)))),
        case("search-nothing", to_bob(reply(Reply::Found { words: "x".into(), hits: vec![], full: true }))),
        case("help-staff", to_bob(reply(Reply::Help { staff: true, verb: None }))),
        case("help-verb", to_bob(reply(Reply::Help { staff: false, verb: Some("close") }))),
        case("show-staff", to_bob(standing_reply(shown_so(Sight::Staff)))),
        case("show-title", to_bob(standing_reply(shown_so(Sight::Title)))),
        case("list-staff", to_bob(reply(listed(true)))),
        case("list-nothing", to_bob(reply(nothing))),
    ]
}

/// About a ticket of which there is much to say.
fn standing_reply(reply: Reply) -> About {
    let mut view = standing(State::Open, Some("anna"));
    view.ticket.fields.set(Field::Priority, Some("high".into()));
    view.ticket.fields.set(Field::Type, Some("bug".into()));
    view.ticket.tags = vec!["fire".into(), "ink".into()];
    let link = |relation, outward, other| Link {
        relation,
        outward,
        other: Number(other),
        state: State::Open,
        title: "The cellar smells".into(),
        private: false,
        held: false,
    };
    view.links = vec![link(Relation::Depends, true, 7), link(Relation::Merged, false, 9)];
    About::Reply { reply, view: Some(view), answers: None }
}

fn troubles() -> Vec<Case> {
    let recipient = "bob@home.example".into();
    let undelivered = About::Undelivered { view: None, recipient, why: "no such user".into() };
    let doing =
        "IMAP mail.corp.example:993 as help: the server refused the login: [AUTHENTICATIONFAILED] failed";
    let one = Stuck { intake: 81, size: 900, print: "9f86d081884c".into(), why: "tried three times".into() };
    let held = Stopped { mails: vec![90], count: 1, ..stopped() };
    let all = to_bob(About::Reply {
        reply: Reply::Left { ticket: None, by: None },
        view: None,
        answers: Some(id("asked@home.example")),
    });
    vec![
        case("left-all", all),
        case("undelivered-unknown", to_staff(undelivered)),
        case("quarantined-one", to_staff(About::Quarantined { items: vec![one], stopped: vec![] })),
        case("mailbox-full", to_staff(mailbox(Upset::TooMuch { most: 2_000, left: 48_000 }))),
        case("mailbox-away", to_staff(mailbox(Upset::Away { minutes: 31, doing: doing.into() }))),
        case("mailbox-copied", to_staff(mailbox(Upset::Forgotten { count: 4 }))),
        case("quarantined-held", to_staff(About::Quarantined { items: vec![], stopped: vec![held] })),
    ]
}

fn digests() -> Vec<Case> {
    let digest = |digest| to_staff(About::Digest { digest: Box::new(digest) });
    let some = super::digest();
    let empty = Digest::nothing(some.since, some.now, some.zone);
    let many = |one: &Standing, count: u32| -> Vec<Standing> {
        let numbered = |n| Standing { number: Number(n), ..one.clone() };
        (one.number.0 * 1_000..).take(count as usize).map(numbered).collect()
    };
    let mut big = super::digest();
    big.fresh = many(&big.fresh[0], 30);
    big.ours = many(&big.ours[0], 65);
    big.old[0].title = "Please look at the file server, ".repeat(9);
    big.theirs = many(&big.theirs[0], 25);
    let lost = Lost { why: "host mail.home.example said: 550 5.1.1 ".repeat(4), ..big.lost[0].clone() };
    (big.lost, big.more_lost) = (vec![lost; limits::DIGEST_LINES], 40);
    (big.deeds, big.more_deeds) = (vec![big.deeds[1].clone(); limits::DIGEST_CHANGES], 40);
    (big.unconfirmed, big.held, big.quarantined) = (0, 1_200, 0);
    vec![case("digest-empty", digest(empty)), case("digest-big", digest(big))]
}

/// The letters in English, and those to people outside in the languages of the shipped sets.
fn written() -> Vec<(String, Frozen)> {
    let mut all: Vec<_> = cases().iter().map(|(name, letter)| (name.clone(), frozen(letter))).collect();
    for code in WORDING.languages() {
        let at = Moment { language: Language::parse(code), ..moment() };
        let cases = cases().into_iter().filter(|(_, l)| !matches!(l.to, Recipient::Staff(_)));
        all.extend(cases.map(|(name, letter)| {
            (format!("{code}/{name}"), freeze(&letter, &robot(), &WORDING, &at).unwrap())
        }));
    }
    all
}

/// `GOLDEN=write cargo test --lib` writes the letters anew; then read the difference.
#[test]
#[allow(clippy::disallowed_methods)]
fn letters_are_as_they_were_read() {
    let anew = std::env::var("GOLDEN").is_ok_and(|v| v == "write");
    for (name, frozen) in written() {
        let now = String::from_utf8(frozen.bytes).unwrap().replace("\r\n", "\n");
        if anew {
            std::fs::create_dir_all(file(&name).parent().unwrap()).unwrap();
            std::fs::write(file(&name), &now).unwrap();
        }
        let then = std::fs::read_to_string(file(&name)).unwrap_or_default();
        assert!(now == then, "{name} is now\n{now}");
    }
}

#[test]
fn no_letter_has_two_blank_lines_or_a_long_line() {
    for (name, frozen) in written() {
        let text = shown(&frozen);
        let (_, body) = text.split_once("\n\n").unwrap();
        assert!(
            !body.contains("\n\n\n") && !body.starts_with('\n') && !body.ends_with("\n\n"),
            "{name}\n{body}"
        );
        for line in body.lines().filter(|l| !l.starts_with("[#")) {
            assert!(line.chars().count() <= wrap::WIDTH, "{name}: {line}");
            assert!(line == "-- " || line.trim_end() == line, "{name}: {line:?}");
        }
    }
}
