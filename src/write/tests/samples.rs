//! What letters are about in these tests, and one letter of each kind.

use super::*;

/// What a search found.
pub(super) fn found(full: bool) -> Reply {
    let hit = |number, state, title: &str| Hit {
        number: Number(number),
        state,
        title: title.into(),
        snippet: "…the printer is on fire. It stands on the second floor, and the smoke comes…".into(),
    };
    let hits =
        vec![hit(12, State::Open, "Printer on fire"), hit(7, State::Closed, "bob@home.example cannot print")];
    Reply::Found { words: if full { "printer fire".into() } else { String::new() }, hits, full }
}

/// A mail that waits for Bob's yes.
pub(super) fn waiting(lines: &[&str], has_text: bool, about: Option<Number>) -> Waiting {
    let lines = lines.iter().map(|l| (*l).to_owned()).collect();
    Waiting { at: now(), subject: String::new(), lines, has_text, would: vec![], about }
}

/// What may ask for the same.
pub(super) fn likely() -> Vec<Hit> {
    let title = "Printer of bob@home.example smokes".into();
    vec![Hit { number: Number(7), state: State::Open, title, snippet: String::new() }]
}

/// A ticket that is shown.
pub(super) fn shown_so(sight: Sight) -> Reply {
    let said = |name: &str, address: &str, text: &str, staff_only| Spoken {
        at: now(),
        name: name.into(),
        address: address.into(),
        text: text.into(),
        cut: false,
        staff_only,
        files: Vec::new(),
    };
    let asked = Spoken {
        files: vec![("smoke.png".into(), 120_000)],
        ..said("", "bob@home.example", "The printer is on fire.\n\nWhat shall I do?", false)
    };
    let anna = said("Anna Lee", "anna@corp.example", "He smokes himself.", true);
    let said = if sight == Sight::Staff { vec![asked, Spoken { cut: true, ..anna }] } else { vec![asked] };
    let said = if sight == Sight::Title { Vec::new() } else { said };
    Reply::Shown { ticket: Number(12), sight, said, left_out: usize::from(sight == Sight::Staff) * 7 }
}

/// A list of two.
pub(super) fn listed(staff: bool) -> Reply {
    let line = |number, title: &str, owner: Option<&str>, marks: &[&str]| Listed {
        number: Number(number),
        state: State::Open,
        title: title.into(),
        owner: owner.map(str::to_owned),
        marks: marks.iter().map(|m| (*m).to_owned()).collect(),
        changed: now(),
    };
    let lines = vec![
        line(12, "Printer on fire", Some("anna"), &["high", "due Tue 1 Dec", "waits for #7"]),
        line(7, &"bob@home.example cannot print ".repeat(5), None, &[]),
    ];
    Reply::Listed { sort: Sort::Open, staff, listing: Listing { lines } }
}

/// One letter of each kind.
pub(super) fn all() -> Vec<Letter> {
    let view = || Box::new(view());
    let told = || Box::new(News { text: "Which one?".into(), changes: vec![close()], ..news() });
    let asked = || Box::new(asked());
    let answers = || Some(id("asked@home.example"));
    let line = NotRun { line: "close the window first".into(), why: Refusal::Unknown { nearest: None } };
    let reply = |reply, known: bool| About::Reply { reply, view: known.then(view), answers: answers() };
    vec![
        letter(
            Recipient::Sender(address("bob@home.example")),
            About::ConfirmTicket {
                code: "c17-abcdefghijklmnopqrst".into(),
                likely: likely(),
                answers: answers(),
            },
        ),
        to_bob(About::ConfirmMail {
            code: "c18-abcdefghijklmnopqrst".into(),
            mails: vec![waiting(&["close", "take 14"], true, Some(Number(12)))],
            answers: answers(),
        }),
        to_bob(About::Opened { view: view(), likely: likely() }),
        to_staff(About::StaffOpened { view: view(), news: asked(), likely: likely() }),
        to_staff(About::StaffChanged { view: view(), news: told() }),
        to_bob(About::Changed { view: view(), news: told() }),
        to_bob(reply(Reply::Help { staff: false, verb: None }, false)),
        to_bob(reply(found(false), false)),
        to_bob(reply(shown_so(Sight::Part), true)),
        to_bob(reply(listed(false), false)),
        to_bob(reply(Reply::Transcript { about: Some(Number(12)), lines: vec![line], has_text: true }, true)),
        to_bob(reply(Reply::Already { ticket: Some(Number(12)) }, true)),
        to_bob(reply(Reply::TooLate { ticket: None }, false)),
        to_bob(reply(Reply::Left { ticket: Some(Number(12)), by: None }, true)),
        to_bob(About::Followed { view: view(), level: Level::Short, others: vec![], answers: answers() }),
        letter(
            Recipient::Sender(address("eve@home.example")),
            About::Invited { code: "c19-abcdefghijklmnopqrst".into(), view: view(), by: "Anna Lee".into() },
        ),
        to_bob(About::Done {
            view: view(),
            deeds: Deeds { asked: vec![address("eve@home.example")], ..Deeds::default() },
            answers: answers(),
        }),
        to_bob(About::Requester { view: view(), by: "Anna Lee".into() }),
        to_bob(About::Suspended { warning: 1 }),
        to_staff(About::Complained { view: Some(view()), recipient: "bob@home.example".into() }),
        to_staff(quarantined()),
        to_staff(About::DiskFull { free: 12, wanted: 102 }),
        to_staff(mailbox(Upset::Another { mark: "$Trackle-k3x9".into() })),
        to_staff(host(Some("c20-abcdefghijklmnopqrst"))),
        letter(Recipient::Sender(address("anna@corp.example")), kept(None)),
        to_staff(About::Undelivered {
            view: Some(view()),
            recipient: "bob@home.example".into(),
            why: "550 5.1.1 no such user".into(),
        }),
        to_staff(About::Digest { digest: Box::new(digest()) }),
        to_bob(About::Roundup { roundup: Box::new(roundup()) }),
        letter(Recipient::Staff(address("anna@corp.example")), About::Own { own: Box::new(own()) }),
        to_staff(About::SessionLog { view: view(), told: Box::new(sessions::told()) }),
    ]
}

/// Two mails that could not be handled.
pub(super) fn quarantined() -> About {
    let stuck =
        |intake, size, print: &str, why: &str| Stuck { intake, size, print: print.into(), why: why.into() };
    let large = stuck(81, 26_400_000, "9f86d081884c", "larger than 26214400 bytes");
    let items = vec![large, stuck(82, 3_100, "60303ae22b99", "tried three times")];
    About::Quarantined { items, stopped: vec![stopped()] }
}

/// A mailbox with something odd.
pub(super) fn mailbox(upset: Upset) -> About {
    About::Mailbox { mailbox: "imap:help@mail.corp.example/INBOX".into(), upset }
}

/// A host that wants to be believed, or is.
pub(super) fn host(code: Option<&str>) -> About {
    let card = Card {
        name: "web1.corp.example".into(),
        login: Some("root".into()),
        member: Some("anna".into()),
        key: HostKey([1; 32]),
        program: "0.1.0".into(),
    };
    let by = if code.is_some() { "root@web1.corp.example" } else { "anna@corp.example" };
    About::Host { card: Box::new(card), code: code.map(str::to_owned), by: by.into() }
}

/// A session of Anna's on that host that was filed, or was not.
pub(super) fn kept(number: Option<u64>) -> About {
    let note = match number {
        Some(_) => "#12 is closed by now: answer its thread with `reopen` if that is wrong.".into(),
        None => "There is no ticket #99.".into(),
    };
    About::Kept {
        kept: Box::new(Kept {
            name: "Anna Lee".into(),
            host: "web1.corp.example".into(),
            started: now(),
            number,
            ticket: number.map(|_| Number(12)),
            notes: vec![note],
            mail: 81,
        }),
    }
}

/// Many mails that one rule holds.
pub(super) fn stopped() -> Stopped {
    let why = "bob@home.example sent more than 60 mails within an hour; if this one is wanted, let it through with \
               `trackle quarantine retry`";
    Stopped { why: why.into(), mails: (90..100).collect(), count: 31 }
}
