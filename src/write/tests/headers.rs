//! The outside of letters: who may answer where, what belongs to what, what is automatic.

use super::*;

fn of(letter: &Letter, name: &str) -> Option<String> {
    field(&frozen(letter), name)
}

fn changed(news: News) -> Letter {
    to_bob(About::Changed { view: Box::new(view()), news: Box::new(news) })
}

#[test]
fn every_letter_is_from_us_to_one() {
    for letter in all() {
        let f = frozen(&letter);
        assert!(field(&f, "From").unwrap().ends_with("<help@corp.example>"));
        assert_eq!(field(&f, "To").unwrap(), letter.to.address().as_str());
        assert_eq!(field(&f, "Date").unwrap(), "Sat, 21 Nov 2026 08:15:00 +0000");
        assert_eq!(field(&f, "Message-ID").unwrap(), f.message_id.to_string());
        assert_eq!(field(&f, "X-Loop").unwrap(), "help@corp.example");
        assert_eq!(field(&f, "X-Trackle-Kind").unwrap(), f.kind);
        assert_eq!(field(&f, "X-Trackle-Chain").unwrap(), "41 0af90af90af90af9");
        assert!(robot().seal.open_message_id(&f.message_id).is_some());
        assert_eq!(f.bytes, frozen(&letter).bytes, "{}", f.kind);
        assert!(!String::from_utf8(f.bytes).unwrap().contains("flowed"));
    }
}

#[test]
fn an_id_that_decodes_to_something_else_is_not_repeated() {
    for (text, strict) in [
        ("<a@x.example>", true),
        ("<=?utf-8?q?=0D=0ABcc:_evil@x.example?=>", false),
        ("<a=b?c@x.example>", true),
        ("<a>", false),
    ] {
        assert_eq!(MessageId::parse(text).is_some_and(|id| id.is_strict()), strict, "{text}");
    }
}

#[test]
fn what_is_automatic_says_so() {
    for (letter, word) in all().iter().zip([
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "",
        "",
        "",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-replied",
        "auto-generated",
        "auto-replied",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-replied",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
        "auto-generated",
    ]) {
        let f = frozen(letter);
        assert_eq!(field(&f, "Auto-Submitted").unwrap_or_default(), word, "{}", f.kind);
        let gathered = matches!(f.kind, "news" | "own");
        assert_eq!(field(&f, "Precedence").is_some(), gathered, "{}", f.kind);
        let nobody_misses_it = word == "auto-replied" || ["invited", "suspended"].contains(&f.kind);
        assert_eq!(f.envelope_from.is_none(), nobody_misses_it, "{}", f.kind);
        let follows = ["changed", "followed", "requester", "news"].contains(&f.kind);
        assert_eq!(field(&f, "List-Id").is_some(), follows, "{}", f.kind);
        assert_eq!(field(&f, "List-Unsubscribe").is_some(), follows, "{}", f.kind);
        assert_eq!(field(&f, "List-Unsubscribe-Post"), None, "there is no web endpoint");
    }
    let machine = changed(News { changes: vec![close()], by_person: false, ..news() });
    assert_eq!(of(&machine, "Auto-Submitted").unwrap(), "auto-generated");
    assert_eq!(of(&machine, "Precedence").unwrap(), "bulk");
    let about = About::Digest { digest: Box::new(digest()) };
    let boss = letter(Recipient::Staff(address("boss@corp.example")), about);
    assert_eq!(of(&boss, "Precedence").unwrap(), "bulk");
}

#[test]
fn the_name_in_from_is_the_writers_on_the_staff_list_only() {
    let news = || News { actor: "Jörg \"J\" Weiß, Dr.".into(), text: "x".into(), ..news() };
    let staff = to_staff(About::StaffChanged { view: Box::new(view()), news: Box::new(news()) });
    let from = |l: &Letter| {
        let f = frozen(l);
        let mail = mailparse::parse_mail(&f.bytes).unwrap();
        let header = mail.headers.iter().find(|h| h.get_key_ref() == "From").unwrap();
        let one = mailparse::addrparse_header(header).unwrap().extract_single_info().unwrap();
        (one.display_name.unwrap_or_default(), one.addr)
    };
    let (name, addr) = from(&staff);
    assert!(name == "Jörg \"J\" Weiß, Dr. via Help desk", "{name}");
    assert_eq!(addr, "help@corp.example");
    assert_eq!(from(&changed(news())).0, "Help desk");
}

#[test]
fn answers_find_their_way_back() {
    for letter in all() {
        let f = frozen(&letter);
        let to = field(&f, "Reply-To");
        match f.kind {
            "confirm_ticket" => assert_eq!(to.unwrap(), "help+c17-abcdefghijklmnopqrst@corp.example"),
            "confirm_mail" => assert_eq!(to.unwrap(), "help+c18-abcdefghijklmnopqrst@corp.example"),
            "host" => assert_eq!(to.unwrap(), "help+c20-abcdefghijklmnopqrst@corp.example"),
            "invited" => assert_eq!(to.unwrap(), "help+c19-abcdefghijklmnopqrst@corp.example"),
            "staff_opened" | "staff_changed" | "session_log" | "undelivered" | "complained" => {
                assert_eq!(to.unwrap(), "help+12@corp.example");
            }
            "help" | "search" | "list" | "too_late" | "suspended" | "quarantined" | "disk_full"
            | "mailbox" | "digest" | "news" | "own" | "session_kept" => {
                assert_eq!(to, None);
            }
            _ => {
                let to = address(&to.unwrap());
                let robot = robot();
                let detail = robot.detail_of(&to).unwrap();
                assert_eq!(robot.seal.open_reply(detail, &bob().address, now()), Some(Number(12)));
                assert_eq!(robot.seal.open_reply(detail, &address("eve@x.example"), now()), None);
            }
        }
    }
}

#[test]
fn without_a_delimiter_nothing_needs_one() {
    let robot = Robot { delimiter: None, ..robot() };
    for letter in all() {
        let f = freeze(&letter, &robot, &Wording::built_in(), &moment()).unwrap();
        assert_eq!(field(&f, "Reply-To"), None);
        assert!(f.envelope_from.as_ref().is_none_or(|a| *a == robot.address));
        if f.kind == "changed" {
            // the gathered news are about no single ticket
            let ticket = (f.kind != "news").then_some(Number(12));
            let code = robot.seal.leave_code(ticket, 3);
            let url = format!("<mailto:help@corp.example?subject=unsubscribe%20{code}>");
            assert_eq!(field(&f, "List-Unsubscribe").unwrap(), url);
        }
    }
}

#[test]
fn reports_come_back_to_their_letter() {
    let letter = changed(news());
    let sender = frozen(&letter).envelope_from.unwrap();
    let robot = robot();
    let detail = robot.detail_of(&sender).unwrap();
    assert_eq!(detail, robot.seal.bounce_detail(40, &bob().address));
}

#[test]
fn the_list_gives_a_way_out() {
    let letter = changed(news());
    assert_eq!(of(&letter, "List-Id").unwrap(), "Help desk <trackle.corp.example>");
    let code = robot().seal.leave_code(Some(Number(12)), 3);
    let url = format!("<mailto:help+{code}@corp.example?subject=unsubscribe>");
    assert_eq!(of(&letter, "List-Unsubscribe").unwrap(), url);
    let named = Robot { name: "Hilfe, \"Büro\"".into(), ..robot() };
    let f = freeze(&letter, &named, &Wording::built_in(), &moment()).unwrap();
    assert_eq!(field(&f, "List-Id").unwrap(), "<trackle.corp.example>");
}

#[test]
fn threads_name_the_first_and_the_newest() {
    let own = frozen(&changed(news())).message_id;
    let many: Vec<MessageId> = (0..30).map(|n| id(&format!("m{n}@x.example"))).collect();
    let refs = |thread: &[MessageId], answers: Option<&str>| {
        let view = View { outside_thread: thread.to_vec(), staff_thread: vec![id("staff@x")], ..view() };
        let news = News { answers: answers.map(id), ..news() };
        let f = frozen(&to_bob(About::Changed { view: Box::new(view), news: Box::new(news) }));
        (field(&f, "In-Reply-To").unwrap_or_default(), field(&f, "References").unwrap_or_default())
    };
    let (parent, all) = refs(&many, None);
    assert_eq!(parent, "<m29@x.example>");
    let named: Vec<&str> = all.split_whitespace().collect();
    assert_eq!(named.len(), limits::LETTER_REFERENCES);
    assert_eq!((named[0], named[1], named[9]), ("<m0@x.example>", "<m21@x.example>", "<m29@x.example>"));
    // the mail that is answered comes last, and once
    assert_eq!(refs(&many[..2], Some("m0@x.example")).1, "<m1@x.example> <m0@x.example>");
    assert_eq!(refs(&many[..2], Some("new@x.example")).0, "<new@x.example>");
    // neither itself nor what is no Message-ID
    let odd = [own, id("no-at-sign"), id("two@at@signs")];
    assert_eq!(refs(&odd, Some("@")), (String::new(), String::new()));
    assert_eq!(refs(&[], None), (String::new(), String::new()));
    // ids of the greatest length still fit their lines
    let long: Vec<MessageId> = (0..30).map(|n| id(&format!("{n}{}@x.example", "x".repeat(230)))).collect();
    assert_eq!(refs(&long, None).1.split_whitespace().count(), limits::LETTER_REFERENCES);
}

#[test]
fn a_stranger_gets_no_mark_of_a_ticket() {
    let reply = || Reply::Transcript { about: Some(Number(12)), lines: Vec::new(), has_text: false };
    let to = |who: &str| {
        let about = About::Reply { reply: reply(), view: Some(Box::new(view())), answers: None };
        frozen(&letter(Recipient::Sender(address(who)), about))
    };
    for (who, known) in [("bob@home.example", true), ("anna@corp.example", true), ("eve@home.example", false)]
    {
        let f = to(who);
        assert_eq!(field(&f, "Reply-To").is_some(), known, "{who}");
        let opened = robot().seal.open_message_id(&f.message_id).unwrap();
        assert_eq!(opened.0.is_some(), known, "{who}");
    }
}

#[test]
fn staff_and_outsiders_have_threads_of_their_own() {
    let view = || View { staff_thread: vec![id("inside@x")], outside_thread: vec![id("out@x")], ..view() };
    let news = || Box::new(news());
    let staff = to_staff(About::StaffChanged { view: Box::new(view()), news: news() });
    assert_eq!(of(&staff, "References").unwrap(), "<inside@x>");
    let bob = to_bob(About::Changed { view: Box::new(view()), news: news() });
    assert_eq!(of(&bob, "References").unwrap(), "<out@x>");
    let reply = Reply::Already { ticket: Some(Number(12)) };
    let known = Some(Box::new(view()));
    let answer = to_bob(About::Reply { reply, view: known, answers: Some(id("his@x")) });
    assert_eq!(of(&answer, "References").unwrap(), "<his@x>");
}

/// RFC 8058 3.1: one https link beside the mail, and the field that makes it one click.
#[test]
fn a_link_to_press_stands_where_there_is_somebody_to_answer_it() {
    let robot = Robot { base_url: Some("https://desk.corp.example/t".into()), ..robot() };
    for letter in all() {
        let f = freeze(&letter, &robot, &WORDING, &moment()).unwrap();
        let (link, post) = (field(&f, "List-Unsubscribe"), field(&f, "List-Unsubscribe-Post"));
        assert_eq!(post, link.as_ref().map(|_| "List-Unsubscribe=One-Click".to_owned()), "{}", f.kind);
        if let Some(link) = link {
            // the gathered news are about no single ticket
            let ticket = (f.kind != "news").then_some(Number(12));
            let code = robot.seal.leave_code(ticket, 3);
            let both = format!(
                "<https://desk.corp.example/t/u/{code}>, <mailto:help+{code}@corp.example?subject=unsubscribe>"
            );
            assert_eq!(link, both);
        }
    }
}
