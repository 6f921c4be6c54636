//! What stands in a body, for whom: text as it was written, files, and nothing that is not the reader's.

use super::*;

#[test]
fn an_unproven_address_gets_nothing_of_the_mail() {
    let ask = |answers| {
        letter(
            Recipient::Sender(address("bob@home.example")),
            About::ConfirmTicket { code: "c17-abc".into(), likely: vec![], answers },
        )
    };
    let without_threads = |f: Frozen| {
        let text = String::from_utf8(f.bytes).unwrap();
        text.lines().filter(|l| !l.contains("spam@evil.example")).collect::<Vec<_>>().join("\n")
    };
    let (some, none) = (frozen(&ask(Some(id("spam@evil.example")))), frozen(&ask(None)));
    assert_eq!(without_threads(some), without_threads(none));
}

#[test]
fn outsiders_see_no_address_and_no_proof() {
    let news = News {
        actor: "anna@corp.example".into(),
        changes: vec![close(), change(2, What::Owner { from: None, to: Some("anna".into()) })],
        ..news()
    };
    let f = frozen(&to_bob(About::Changed { view: Box::new(view()), news: Box::new(news) }));
    let text = shown(&f);
    assert!(!text.contains('@') && !text.contains("mail server") && !text.contains("->"), "{text}");
}

#[test]
fn nothing_in_a_transcript_can_be_run() {
    let lines = ["close 12", "a\nclose 12", "!close 12", "12 close\r\nclose"];
    let lines = lines.map(|l| NotRun { line: l.into(), why: Refusal::StaffOnly }).to_vec();
    let reply = Reply::Transcript { about: None, lines, has_text: false };
    let text = shown(&frozen(&to_bob(About::Reply { reply, view: None, answers: None })));
    for line in text.lines().filter(|l| l.contains("close")) {
        assert!(line.starts_with("  | "), "{line}");
    }
}

#[test]
fn text_stays_as_it_was_written() {
    let wide =
        format!("> {}\n\n    code {{{{ x }}}}\n{}\n", "q ".repeat(80).trim_end(), "w ".repeat(90).trim_end());
    let news = News { text: wide.clone(), ..news() };
    for about in [
        About::StaffOpened { view: Box::new(view()), news: Box::new(news.clone()), likely: vec![] },
        About::StaffChanged { view: Box::new(view()), news: Box::new(news.clone()) },
        About::Changed { view: Box::new(view()), news: Box::new(news.clone()) },
    ] {
        let text = shown(&frozen(&to_staff(about)));
        assert!(text.contains(wide.trim()), "{text}");
    }
}

#[test]
fn long_text_is_attached() {
    let text = "läng\n".repeat(limits::LETTER_TEXT / 5);
    let news = News { text: text.clone(), ..news() };
    let f = frozen(&to_bob(About::Changed { view: Box::new(view()), news: Box::new(news) }));
    assert!(shown(&f).contains("attached as text.txt"));
    let mail = mailparse::parse_mail(&f.bytes).unwrap();
    assert_eq!(mail.subparts[1].ctype.mimetype, "text/plain");
    assert_eq!(mail.subparts[1].get_body().unwrap(), text);
}

#[test]
fn staff_get_the_files_and_others_their_names() {
    let file =
        |name: &str, bytes: Vec<u8>| Attachment { name: name.into(), media: "application/pdf".into(), bytes };
    let big = limits::LETTER_ATTACHMENTS;
    let odd: Vec<u8> = (0..=255).collect();
    let attachments = vec![file("a ü \"b\".pdf", odd.clone()), file("film.mp4", vec![0; big])];
    let news = News { text: "See there.".into(), attachments, ..news() };
    let staff = frozen(&to_staff(About::StaffOpened {
        view: Box::new(view()),
        news: Box::new(news.clone()),
        likely: vec![],
    }));
    let mail = mailparse::parse_mail(&staff.bytes).unwrap();
    assert_eq!(mail.subparts.len(), 2);
    assert_eq!(mail.subparts[1].get_body_raw().unwrap(), odd);
    let disposition = mail.subparts[1].get_content_disposition();
    assert_eq!(disposition.params["filename"], "a ü _b_.pdf");
    assert!(shown(&staff).contains("Too big to be attached, kept with the ticket:\n  film.mp4 (10.4 MB)\n"));
    let bob = frozen(&to_bob(About::Changed { view: Box::new(view()), news: Box::new(news) }));
    assert!(mailparse::parse_mail(&bob.bytes).unwrap().subparts.is_empty());
    assert!(shown(&bob).contains("It came with 2 files: a ü _b_.pdf (256 bytes), film.mp4 (10.4 MB);"));
}
