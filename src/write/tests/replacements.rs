//! A site's own words instead of ours.

use super::*;
use crate::write::letters::KINDS;

fn with(file: &str, text: &str) -> Wording {
    Wording::with(vec![(file.to_owned(), text.to_owned())])
}

#[test]
fn a_copied_template_says_the_same() {
    let copies = Wording::originals().into_iter().map(|(file, text)| (file, text.to_owned())).collect();
    let copied = Wording::with(copies);
    assert_eq!(copied.wrong, []);
    let german = Moment { language: Language::parse("de"), ..moment() };
    for (letter, at) in
        all().into_iter().flat_map(|letter| [(letter.clone(), moment()), (letter, german.clone())])
    {
        let (ours, theirs) = (
            freeze(&letter, &robot(), &Wording::built_in(), &at).unwrap(),
            freeze(&letter, &robot(), &copied, &at).unwrap(),
        );
        assert_eq!(shown(&ours), shown(&theirs));
        assert_eq!(ours.bytes, theirs.bytes);
    }
    for kind in &KINDS {
        let mut both = minijinja::Environment::new();
        both.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        both.add_template("x", kind.source).unwrap();
        for sample in (kind.samples)() {
            let theirs = both.get_template("x").unwrap().render(&sample.values).unwrap();
            assert_eq!(sample.built_in.unwrap(), theirs, "{}", kind.name);
        }
    }
}

#[test]
fn there_is_one_template_for_each_letter() {
    let mut kinds: Vec<&str> = all().iter().map(|l| envelope::kind(&l.about)).collect();
    assert_eq!(kinds, KINDS.iter().map(|k| k.name).collect::<Vec<_>>());
    kinds.sort_unstable();
    let mut files: Vec<String> = Vec::new();
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
    for entry in std::fs::read_dir(dir).unwrap() {
        files.push(entry.unwrap().file_name().into_string().unwrap());
    }
    files.retain(|file| file.ends_with(".txt"));
    files.sort_unstable();
    assert_eq!(files, kinds.iter().map(|k| format!("{k}.txt")).collect::<Vec<_>>());
}

#[test]
fn own_words_are_used_where_there_are_some() {
    let text = "AW: [{{ ticket }}] {{ title }}\n\n{% if closed %}{{ actor }} hat {{ ticket }} geschlossen — schön!\n{% endif %}{% if has_text %}{{ text }}{% endif %}";
    let german = with("changed.txt", text);
    let view = Box::new(view());
    let news = Box::new(News { changes: vec![close()], text: "Bitte.".into(), ..news() });
    let letter = to_bob(About::Changed { view: view.clone(), news });
    let frozen = freeze(&letter, &robot(), &german, &moment()).unwrap();
    assert_eq!(
        shown(&frozen),
        "AW: [#12] Printer on fire\n\nAnna Lee hat #12 geschlossen — schön!\nBitte.\n"
    );
    let opened =
        freeze(&to_bob(About::Opened { view, likely: vec![] }), &robot(), &german, &moment()).unwrap();
    assert!(shown(&opened).contains("Your request has reached the team"));
}

#[test]
fn broken_ones_are_refused_with_file_and_line() {
    for (file, text, said) in [
        (
            "left.txt",
            "S\n\n{{ titel }}\n",
            "left.txt, line 3: there is no titel in this letter, but by, has_by, has_ticket, robot, ticket",
        ),
        (
            "changed.txt",
            "S\n\nx\n{% if closed %}{% else %}{{ clsoed }}{% endif %}",
            "changed.txt, line 4: there is no clsoed",
        ),
        ("changed.txt", "S\n\na\n{% if closed %}", "changed.txt, line 4: "),
        ("changed.txt", "S\n\na {{ title", "changed.txt, line 3: "),
        ("help.txt", "S\n\n{% for v in verbs %}{{ v.word }}{% endfor %}", "help.txt, line 3: "),
        ("help.txt", "S\n\n{% include 'left.txt' %}", "help.txt, line 3: "),
        ("left.txt", "\n\ntext", "left.txt, line 1: the first line is the subject"),
        (
            "left.txt",
            "{% if ticket %}\n{% endif %}\n\ntext",
            "left.txt, line 1: the first line is the subject",
        ),
        ("left.txt", "S\ntext", "left.txt, line 2: a blank line"),
        ("left.txt", "S\n\n \n", "left.txt, line 3: there is no text"),
        ("left.txt", "S\n\ntext\u{2}", "left.txt, line 3: a control character"),
        ("confirm_ticket.txt", "S\n\nAnswer!\n", "confirm_ticket.txt, line 1: {{ code }} must stand"),
        ("confirm_mail.txt", "S\n\nAnswer!\n", "confirm_mail.txt, line 1: {{ code }} must stand"),
        ("change.txt", "S\n\ntext", "change.txt: no letter of that name; there are confirm_ticket.txt, "),
        ("fr/left.txt", "S\n\n{{ titel }}\n", "fr/left.txt, line 3: there is no titel in this letter"),
        ("en/left.txt", "S\n\ntext", "en/left.txt: English letters stand in the directory itself"),
        ("fr-CA/left.txt", "S\n\ntext", "fr-CA/left.txt: letters of that language are looked for in fr/"),
        ("old/er/left.txt", "S\n\ntext", "old/er/left.txt: no letter of that name"),
        ("french/left.txt", "S\n\ntext", "french/left.txt: french is no code of a language"),
        ("phrases.toml", "[state]\nopen = 1", "phrases.toml, line 2: invalid type"),
        ("fr/phrases.toml", "[state]\nopne = \"x\"", "fr/phrases.toml, line 2: no letter says state.opne"),
        (
            "fr/phrases.toml",
            "[refused]\nno_ticket = \"pas de {billet}\"",
            "fr/phrases.toml, line 2: there is nothing to put into {billet}",
        ),
        ("fr/phrases.toml", "[state]\nopen = \"\"", "fr/phrases.toml, line 2: it must be one line"),
        ("fr/phrases.toml", "[state]\nopen = \"a\\nb\"", "fr/phrases.toml, line 2: it must be one line"),
        (
            "fr/phrases.toml",
            "[usage]\nclose = \"fermer\"",
            "fr/phrases.toml, line 2: it must begin with close: commands are English",
        ),
    ] {
        let wording = with(file, text);
        let wrong: Vec<String> = wording.wrong.iter().map(ToString::to_string).collect();
        assert!(matches!(&wrong[..], [one] if one.starts_with(said)), "{wrong:?}");
        for letter in all() {
            let ours = freeze(&letter, &robot(), &Wording::built_in(), &moment()).unwrap();
            assert_eq!(freeze(&letter, &robot(), &wording, &moment()).unwrap().bytes, ours.bytes);
        }
    }
}

#[test]
fn line_ends_of_other_systems_do() {
    let wording = with("left.txt", "S {{ ticket }}\r\n\r\ntext\r\n");
    assert_eq!(wording.wrong, []);
    let left =
        About::Reply { reply: Reply::Left { ticket: Some(Number(12)), by: None }, view: None, answers: None };
    assert_eq!(shown(&freeze(&to_bob(left), &robot(), &wording, &moment()).unwrap()), "S #12\n\ntext\n");
}

#[test]
fn one_that_fails_later_gives_way_to_ours() {
    let wording = with("help.txt", "S\n\n{% if one %}{{ what }}{% else %}x{% endif %}");
    let help = || About::Reply { reply: Reply::Help { staff: false, verb: None }, view: None, answers: None };
    assert_eq!(shown(&freeze(&to_bob(help()), &robot(), &wording, &moment()).unwrap()), "S\n\nx\n");
    let fails = "S\n\n{% if robot == 'Help' %}x{% else %}{{ robot / 0 }}{% endif %}";
    let shown = shown(&freeze(&to_bob(help()), &robot(), &with("help.txt", fails), &moment()).unwrap());
    assert!(shown.starts_with("How to write to Help desk"), "{shown}");
}
