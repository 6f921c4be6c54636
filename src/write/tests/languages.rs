//! Letters in the language of their readers: what the shipped sets hold, which words are used when some are missing.

use super::*;
use crate::model::language::Language;
use crate::model::phrase;
use crate::write::letters::KINDS;
use crate::write::sets::{FOR_STAFF, SHIPPED};
use std::collections::BTreeSet;

/// Letters and phrases that a shipped set does not have (yet), as `de/left.txt` or `de: refused.html`: their readers get
/// the English ones. Empty is right; what stands here is owed.
const OWED: [&str; 0] = [];

fn in_language(letter: &Letter, wording: &Wording, code: &str) -> String {
    let at = Moment { language: Language::parse(code), ..moment() };
    shown(&freeze(letter, &robot(), wording, &at).unwrap())
}

fn with(files: &[(&str, &str)]) -> Wording {
    let wording = Wording::with(files.iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect());
    assert_eq!(wording.wrong, []);
    wording
}

fn reply(reply: Reply) -> Letter {
    to_bob(About::Reply { reply, view: None, answers: None })
}

fn left() -> Letter {
    reply(Reply::Left { ticket: Some(Number(12)), by: None })
}

#[test]
fn shipped_sets_are_whole_and_hold_nothing_unknown() {
    assert_eq!(Wording::built_in().wrong, []);
    let mut missing: Vec<String> = Vec::new();
    for set in SHIPPED {
        let code = set.first().unwrap().0.split('/').next().unwrap();
        let files: BTreeSet<&str> = set.iter().map(|(file, _)| *file).collect();
        let letters =
            KINDS.iter().filter(|k| !FOR_STAFF.contains(&k.name)).map(|k| format!("{code}/{}", k.file()));
        missing.extend(letters.filter(|file| !files.contains(file.as_str())));
        let (_, source) = set.iter().find(|(file, _)| file.ends_with("/phrases.toml")).unwrap();
        let lines = phrase::parse(source).unwrap();
        let has = |key: &str| lines.iter().any(|line| line.key == key);
        let keys = phrase::ENGLISH.keys();
        missing.extend(keys.filter(|key| !has(key)).map(|key| format!("{code}: {key}")));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail").join(code);
        let there = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        assert_eq!(there.map(|file| format!("{code}/{file}")).collect::<BTreeSet<_>>().len(), files.len());
        for line in lines.iter().filter(|line| phrase::ENGLISH.contains_key(&line.key)) {
            let gaps = |words: &str| phrase::gaps(words).map(str::to_owned).collect::<BTreeSet<_>>();
            assert_eq!(gaps(&line.words), gaps(&phrase::ENGLISH[&line.key]), "{code}: {}", line.key);
        }
    }
    assert_eq!(missing, OWED, "letters and phrases of shipped sets that are not translated");
}

/// A line that the wrapping would break leaves a word alone on the next one.
#[test]
fn templates_are_as_wide_as_letters() {
    for (file, text) in Wording::originals().into_iter().filter(|(file, _)| file.ends_with(".txt")) {
        let plain = text.lines().filter(|line| !line.contains('{'));
        let wide: Vec<&str> = plain.filter(|line| line.chars().count() > wrap::WIDTH).collect();
        assert_eq!(wide, [""; 0], "{file}");
    }
}

#[test]
fn a_letter_is_in_one_language() {
    let built_in = Wording::built_in();
    let why = Refusal::Already(Number(12), State::Closed);
    let line = NotRun { line: "close".into(), why };
    let transcript = reply(Reply::Transcript { about: None, lines: vec![line], has_text: false });
    for (letter, german, english) in [
        (transcript, "nicht ausgeführt: #12 ist schon geschlossen", "not run: #12 is closed already"),
        (left(), "Sie bekommen dazu keine Mail mehr", "You get no more mail about this"),
    ] {
        assert!(in_language(&letter, &built_in, "de").contains(german));
        assert!(in_language(&letter, &built_in, "en").contains(english));
        assert!(in_language(&letter, &built_in, "fr").contains(english));
    }
    // a set may lack a letter: then all of it is English, its phrases too
    let french = with(&[
        ("fr/left.txt", "Fin {{ ticket }}\n\nAu revoir.\n"),
        ("fr/phrases.toml", "[refused]\nunknown = \"commande inconnue\"\n"),
    ]);
    let line = NotRun { line: "fermer".into(), why: Refusal::Unknown { nearest: None } };
    let transcript = reply(Reply::Transcript { about: None, lines: vec![line], has_text: false });
    assert_eq!(in_language(&left(), &french, "fr"), "Fin #12\n\nAu revoir.\n");
    assert!(in_language(&transcript, &french, "fr").contains("not run: no such command"));
}

#[test]
fn the_sites_language_comes_before_english() {
    let mut german = Wording::built_in();
    german.language = Language::parse("de").unwrap();
    for (code, begins) in
        [("fr", "Re: [#12] Sie"), ("", "Re: [#12] Sie"), ("de", "Re: [#12] Sie"), ("en", "Re: [#12] You")]
    {
        assert!(in_language(&left(), &german, code).starts_with(begins), "{code}");
    }
    let staff = all().into_iter().filter(|l| matches!(l.to, Recipient::Staff(_)));
    for letter in staff {
        assert_eq!(shown(&frozen(&letter)), in_language(&letter, &german, ""));
    }
}

#[test]
fn a_site_changes_shipped_and_english_words() {
    let files = [
        ("de/left.txt", "Ende {{ ticket }}\n\nTschüss.\n"),
        ("de/phrases.toml", "[state]\nclosed = \"fertig\"\n"),
        ("phrases.toml", "[state]\nclosed = \"done\"\n"),
    ];
    let own = with(&files);
    assert_eq!(in_language(&left(), &own, "de"), "Ende #12\n\nTschüss.\n");
    let mut done = view();
    done.ticket.state = State::Closed;
    let view = Some(Box::new(done));
    let already = About::Reply { reply: Reply::Already { ticket: Some(Number(12)) }, view, answers: None };
    let already = to_bob(already);
    assert!(in_language(&already, &own, "de").contains("das wurde schon bestätigt: #12 ist fertig."));
    assert!(in_language(&already, &own, "").contains("#12 is done."));
    // a broken one leaves the shipped one in its place
    let broken = Wording::with(vec![("de/left.txt".to_owned(), "S\n\n{{ x }}".to_owned())]);
    assert_eq!(broken.wrong.len(), 1);
    assert!(in_language(&left(), &broken, "de").contains("Sie bekommen dazu keine Mail mehr"));
}
