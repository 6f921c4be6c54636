//! The screens as they look, held against `tests/screens`. After a change on purpose, run
//! `GOLDEN=write cargo test --lib show::console` and read the difference before you commit it.

use super::*;
use crate::model::decision::What;
use crate::model::fields::{Field, Fields};
use crate::model::following::{Follower, Level};
use crate::model::links::{Link, Relation};
use crate::model::lock::Lock;
use crate::model::person::Person;
use crate::model::ticket::{Description, State, Ticket, View};
use crate::store::history::Happened;
use crate::store::reports::Said;
use crate::store::sessions::Listed;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::path::PathBuf;

const NOW: i64 = 1_772_442_000;

fn at(ago: i64) -> Timestamp {
    Timestamp::from_second(NOW - ago).unwrap()
}

fn site() -> Site {
    Site {
        login: "ann".into(),
        own: vec![Address::parse("ann@desk.example").unwrap()],
        logins: vec!["ann".into(), "ben".into()],
        values: Values::default(),
        columns: Column::USUAL.to_vec(),
        palette: Palette { colour: false },
        look: Look::plain(),
    }
}

fn person(name: &str, address: &str) -> Person {
    Person {
        id: 1,
        address: Address::parse(address).unwrap(),
        name: name.into(),
        confirmed: None,
        language: None,
    }
}

fn ticket(number: u32, title: &str) -> Ticket {
    let mut fields = Fields::default();
    if number == 12 {
        fields.set(Field::Priority, Some("high".into()));
        fields.set(Field::Due, Some("2026-03-01".into()));
    }
    Ticket {
        number: Number(number),
        state: State::Open,
        title: title.into(),
        requester: person("Alice Moss", "alice@home.example"),
        owner: (number == 12).then(|| "ben".to_owned()),
        fields,
        tags: if number == 12 { vec!["ink".into(), "paper".into()] } else { Vec::new() },
        created: at(90_000),
        changed: at(60 * i64::from(number)),
    }
}

fn lock() -> Lock {
    Lock { login: "ben".into(), host: "files".into(), process: None, since: at(600), until: at(-600) }
}

/// What a stranger would have a terminal do.
const NASTY: &str = "\u{1b}[2J\u{202e}gnp.exe\u{202c} 東京 \u{7}end";

fn rows() -> Vec<Row> {
    let row = |number, title: &str, lock| Row { ticket: ticket(number, title), links: Vec::new(), lock };
    vec![
        row(7, NASTY, None),
        row(
            12,
            "Printer on the third floor pulls in two sheets at a time and then stops with a loud noise",
            None,
        ),
        row(15, "Backup of the file server", Some(lock())),
        row(16, "", None),
    ]
}

fn overview() -> Console {
    let mut console = Console::new(site());
    console.found(rows().iter().map(|row| row.ticket.number).collect());
    assert_eq!(console.missing(22).len(), 4);
    console.lines(rows());
    console
}

fn said(ago: i64, author: &str, text: &str, staff_only: bool) -> Said {
    Said {
        event: 1,
        mail: Some(1),
        at: at(ago),
        author: author.into(),
        text: text.into(),
        staff_only,
        attachments: Vec::new(),
    }
}

fn story() -> Story {
    let ticket = ticket(12, "Printer on the third floor");
    let follower = Follower { person: ticket.requester.clone(), level: Level::Short, suspended: false };
    let link = Link {
        relation: Relation::Depends,
        outward: true,
        other: Number(15),
        state: State::Open,
        title: "Backup".into(),
        private: false,
        held: false,
    };
    let view = View {
        ticket,
        followers: vec![follower],
        links: vec![link],
        named: Vec::new(),
        staff_thread: Vec::new(),
        outside_thread: Vec::new(),
        reopened_lately: 0,
        description: Description::First,
        lock: Some(lock()),
    };
    let long = "It pulls in two sheets at a time. ".repeat(6);
    let mut first = said(90_000, "Alice Moss", &format!("Hello,\n\n{long}\n\n> quoted\n{NASTY}"), false);
    first.attachments.push(("photo.jpg".into(), "image/jpeg".into(), 120_000));
    let happened = Happened {
        seq: 3,
        ticket: Some(12),
        mail: Some(1),
        message_id: None,
        line: 0,
        at: at(90_000),
        actor: "alice@home.example".into(),
        proof: "domain".into(),
        what: What::Opened.word().into(),
        detail: "{}".into(),
        hash: String::new(),
    };
    let session = Listed {
        number: 17,
        ticket: Number(12),
        title: String::new(),
        worker: "Ben".into(),
        host: "files".into(),
        login: "ben".into(),
        started: at(5_000),
        ended: at(4_000),
        files: 2,
    };
    Story {
        view,
        said: vec![first, said(60, "Ben", "The roller is worn.", true)],
        history: vec![happened],
        sessions: vec![session],
    }
}

fn detail() -> Console {
    let mut console = overview();
    console.story(story());
    console
}

/// What the screen is, without its colours.
fn screen(console: &mut Console, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| console.draw(frame, at(0))).unwrap();
    let shown = terminal.backend().to_string();
    let bare = |line: &str| {
        line.split("\" Hidden by").next().unwrap_or_default().trim_matches('"').trim_end().to_owned()
    };
    shown.lines().map(|line| bare(line) + "\n").collect()
}

#[allow(clippy::disallowed_methods)]
fn looks(name: &str, console: &mut Console, width: u16, height: u16) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(format!("{name}.txt"));
    let now = screen(console, width, height);
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &now).unwrap();
    }
    let then = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(now == then, "{name} is now\n{now}");
}

fn press(console: &mut Console, keys: &[Key]) -> Wish {
    keys.iter().fold(Wish::Nothing, |_, key| console.press(key.clone()))
}

/// Shows T094, T095, T096, T097, T098, T100, T101: two screens made for 80 columns and 24 lines, which say what works now.
#[test]
fn the_screens_look_so() {
    looks("overview", &mut overview(), 80, 24);
    looks("overview-wide", &mut overview(), 200, 60);
    looks("detail", &mut detail(), 80, 24);
    looks("detail-wide", &mut detail(), 200, 60);
    looks("detail-narrow", &mut detail(), 60, 30);
    let mut small = detail();
    press(&mut small, &vec![Key::Down; 14]);
    looks("detail-small", &mut small, 40, 10);
    let mut help = detail();
    press(&mut help, &[Key::Char('?')]);
    looks("help", &mut help, 80, 24);
    let mut empty = Console::new(site());
    empty.found(Vec::new());
    looks("overview-empty", &mut empty, 80, 24);
}

/// No size, however small, and no key ends the console.
#[test]
fn every_size_is_drawn() {
    let keys = [
        Key::Enter,
        Key::Char('?'),
        Key::Char(':'),
        Key::Char('s'),
        Key::Tab,
        Key::End,
        Key::PageDown,
        Key::Escape,
    ];
    for (width, height) in [(1, 1), (2, 2), (10, 3), (20, 5), (79, 10), (500, 200)] {
        for mut console in [overview(), detail()] {
            screen(&mut console, width, height);
            for key in &keys {
                console.press(key.clone());
                console.missing(height);
                screen(&mut console, width, height);
            }
        }
    }
}

/// Shows T099: a ticket is picked by keys, or made.
#[test]
fn a_ticket_is_picked_by_keys() {
    let mut console = overview();
    assert_eq!(press(&mut console, &[Key::Down, Key::Down, Key::Up, Key::Enter]), Wish::Open(Number(12)));
    assert_eq!(press(&mut console, &[Key::End, Key::Enter]), Wish::Open(Number(16)));
    assert_eq!(press(&mut console, &[Key::Home, Key::Char('w')]), Wish::Work(Number(7)));
    assert_eq!(press(&mut console, &[Key::Click(3)]), Wish::Open(Number(12)));
    assert_eq!(press(&mut console, &[Key::Click(30)]), Wish::Nothing);
    assert!(matches!(press(&mut console, &[Key::Char('c')]), Wish::Write(w) if w.purpose == Purpose::Create));
    assert_eq!(press(&mut console, &[Key::Char('q')]), Wish::Quit);
}

#[test]
fn the_list_is_narrowed_as_one_types() {
    let mut console = overview();
    assert_eq!(press(&mut console, &[Key::Char('/')]), Wish::Nothing);
    let wish = press(&mut console, &[Key::Char('q'), Key::Char('?')]);
    assert!(matches!(wish, Wish::Find(filter) if filter.text == "q?"), "letters are letters");
    console.found(Vec::new());
    looks("overview-found-nothing", &mut console, 80, 24);
    assert!(matches!(press(&mut console, &[Key::Escape]), Wish::Find(filter) if filter.text.is_empty()));
    assert!(matches!(press(&mut console, &[Key::Char('m')]), Wish::Find(filter) if filter.mine));
}

/// The cursor stays with its ticket when others come and go; at the top it shows what is new.
#[test]
fn what_changes_by_itself_moves_nothing_away() {
    let mut console = overview();
    press(&mut console, &[Key::Down]);
    console.found([16, 15, 7, 12].map(Number).to_vec());
    assert_eq!(press(&mut console, &[Key::Enter]), Wish::Open(Number(12)));
    let mut console = overview();
    console.found([16, 7].map(Number).to_vec());
    assert_eq!(press(&mut console, &[Key::Enter]), Wish::Open(Number(16)));
}

/// Shows T102, T103, T104, T105: fields above, the thread below; text is typed in place, values come from a chooser.
#[test]
fn fields_are_changed_in_place_and_saved_together() {
    let mut console = detail();
    press(&mut console, &[Key::Enter, Key::Control('u'), Key::Paste("Loud\nprinter\u{1b}[2J".into())]);
    looks("detail-typing", &mut console, 80, 24);
    press(&mut console, &[Key::Enter, Key::Down, Key::Down, Key::Enter]);
    looks("detail-choosing", &mut console, 80, 24);
    press(&mut console, &[Key::Char('a'), Key::Enter]);
    looks("detail-changed", &mut console, 80, 24);
    let Wish::Write(writing) = press(&mut console, &[Key::Char('s')]) else { panic!("it is not saved") };
    assert_eq!((writing.purpose, writing.about), (Purpose::Save, Some(Number(12))));
    assert_eq!(writing.commands, ["title: Loud printer[2J", "assign ann"]);
    assert_eq!(writing.seen.len(), 2);
    let Taken::Words(said) = writing.words("why") else { panic!("nothing is said") };
    console.done(&said, "done".into());
    assert_eq!(press(&mut console, &[Key::Char('s')]), Wish::Nothing);
}

/// Only a save of these changes ends them: whatever else is done beside them, they are still there.
#[test]
fn another_deed_is_no_save() {
    let mut console = detail();
    press(&mut console, &[Key::Enter, Key::Char('!'), Key::Enter]);
    for key in ['t', 'f', 'o'] {
        let Wish::Say(words) = press(&mut console, &[Key::Char(key)]) else { panic!("{key}") };
        console.done(&words, "done".into());
    }
    let comment = Words { about: Some(Number(12)), text: "I come.".into(), ..Words::default() };
    console.done(&comment, "text".into());
    press(&mut console, &[Key::Nothing]);
    assert!(screen(&mut console, 80, 24).contains("*Printer on the third fl"));
    let Wish::Write(save) = press(&mut console, &[Key::Char('s')]) else { panic!("it is not saved") };
    // nor is one that was begun before a further change
    let Taken::Words(said) = save.words("") else { panic!("nothing is said") };
    press(&mut console, &[Key::Enter, Key::Char('?'), Key::Enter]);
    console.done(&said, "set".into());
    assert!(matches!(press(&mut console, &[Key::Char('s')]), Wish::Write(_)));
}

/// What is seen is what stood there when the typing began, whatever comes meanwhile.
#[test]
fn who_types_has_seen_what_was_there_before() {
    for keys in [vec![Key::Enter, Key::Char('!')], vec![Key::Down, Key::Down, Key::Enter, Key::Char('a')]] {
        let mut console = detail();
        press(&mut console, &keys);
        let mut meanwhile = story();
        meanwhile.view.ticket.title = "Ben's title".into();
        meanwhile.view.ticket.owner = Some("carla".into());
        console.story(meanwhile);
        press(&mut console, &[Key::Enter]);
        let Wish::Write(save) = press(&mut console, &[Key::Char('s')]) else { panic!("{keys:?}") };
        let seen: Vec<&str> = save.seen.iter().map(|seen| seen.value.as_str()).collect();
        assert!(seen == ["Printer on the third floor"] || seen == ["ben"], "{seen:?}");
    }
}

/// A line that is refused is there to be mended, and what is being typed goes away only after a question.
#[test]
fn what_is_typed_is_not_typed_twice() {
    let mut console = detail();
    let line: Vec<Key> = ":take 9x".chars().map(Key::Char).collect();
    assert!(matches!(press(&mut console, &[line.as_slice(), &[Key::Enter]].concat()), Wish::Say(_)));
    console.refused();
    console.failed("take 9x: no such ticket".into());
    assert!(screen(&mut console, 80, 24).contains(":take 9x"));
    press(&mut console, &[Key::Escape]);
    looks("detail-dropping", &mut console, 80, 24);
    press(&mut console, &[Key::Char('n'), Key::Backspace]);
    assert!(matches!(press(&mut console, &[Key::Enter]), Wish::Say(words) if words.commands == ["take 9"]));
    console.done(&Words::default(), "done".into());
    console.refused();
    assert_eq!(press(&mut console, &[Key::Char('l'), Key::Char('l')]), Wish::Nothing, "nothing is typed");
    // a field
    press(&mut console, &[Key::Enter, Key::Char('!'), Key::Control('c')]);
    assert!(screen(&mut console, 80, 24).contains("Give up what you typed?"));
    press(&mut console, &[Key::Char('y')]);
    press(&mut console, &[Key::Enter, Key::Escape]);
    assert!(!screen(&mut console, 80, 24).contains("Give up"), "nothing was typed");
}

/// Where a text is kept is told until it was read; keys that were typed ahead are no answer.
#[test]
fn what_is_kept_is_told_until_it_was_read() {
    let mut console = detail();
    console.kept("it is locked; your text is in /tmp/x".into());
    assert_eq!(press(&mut console, &[Key::Char('j'), Key::Char('t'), Key::Char('q')]), Wish::Nothing);
    console.failed("another".into());
    looks("detail-kept", &mut console, 80, 24);
    press(&mut console, &[Key::Enter]);
    let shown = screen(&mut console, 80, 24);
    assert!(!shown.contains("/tmp/x") && !shown.contains("another") && !shown.contains("title: "), "{shown}");
}

/// Other tickets stand behind the same numbers: nothing that was typed for one goes to another.
#[test]
fn other_tickets_begin_with_the_list() {
    let mut console = detail();
    press(&mut console, &[Key::Enter, Key::Char('!'), Key::Enter, Key::Char(':'), Key::Char('x')]);
    assert_eq!(console.forget(), ["title: Printer on the third floor!", "x"]);
    assert_eq!(console.ticket(), None);
    assert_eq!(press(&mut console, &[Key::Enter]), Wish::Nothing, "no old number is opened");
}

/// A key that opens waits for what the keys before it look for; one that is a letter of it does not.
#[test]
fn keys_that_were_typed_ahead_wait_for_what_they_find() {
    let mut console = overview();
    for key in [Key::Enter, Key::Click(3), Key::Char('w'), Key::Down, Key::Char('j')] {
        assert!(!console.is_blind(&key), "{key:?}");
    }
    press(&mut console, &[Key::Char('/')]);
    for key in [Key::Char('w'), Key::Paste("x".into()), Key::Backspace] {
        assert!(console.is_blind(&key), "{key:?}");
    }
    assert!(!console.is_blind(&Key::Enter) && !console.is_blind(&Key::Down));
}

#[test]
fn a_list_that_is_not_whole_says_so() {
    let mut console = overview();
    press(&mut console, &[Key::Char('o')]);
    console.found((1..=1_000).map(Number).collect());
    assert!(screen(&mut console, 80, 24).contains("1 of the newest 1000 closed"));
    press(&mut console, &[Key::Char('o'), Key::Char('/'), Key::Char('x')]);
    console.found((1..=500).map(Number).collect());
    assert!(screen(&mut console, 80, 24).contains("1 of the best 500 open, found by \"x\""));
}

#[test]
fn nothing_is_given_up_without_asking() {
    let mut console = detail();
    press(&mut console, &[Key::Enter, Key::Char('!'), Key::Enter, Key::Escape]);
    assert_eq!(console.ticket(), Some(Number(12)));
    press(&mut console, &[Key::Char('n')]);
    assert_eq!(console.ticket(), Some(Number(12)));
    press(&mut console, &[Key::Control('c'), Key::Char('n')]);
    assert_eq!(console.ticket(), Some(Number(12)));
    assert!(
        matches!(press(&mut console, &[Key::Escape, Key::Char('s')]), Wish::Write(w) if w.purpose == Purpose::Save)
    );
    assert_eq!(press(&mut console, &[Key::Escape, Key::Char('y')]), Wish::Nothing);
    assert_eq!(console.ticket(), None);
    let mut console = detail();
    press(&mut console, &[Key::Enter, Key::Char('!'), Key::Enter, Key::Control('c')]);
    assert_eq!(press(&mut console, &[Key::Char('y')]), Wish::Quit);
    assert_eq!(press(&mut detail(), &[Key::Control('c')]), Wish::Quit);
}

/// Shows T110, T113: the shell begins from the ticket, and the ticket is there again afterwards.
#[test]
fn every_deed_is_a_key_away() {
    let mut console = detail();
    let says = |wish: Wish| match wish {
        Wish::Say(words) => words.commands.join("; "),
        other => panic!("{other:?}"),
    };
    assert_eq!(says(press(&mut console, &[Key::Char('t')])), "take");
    assert_eq!(says(press(&mut console, &[Key::Char('f')])), "subscribe");
    let typed: Vec<Key> = ":depends on 9".chars().map(Key::Char).chain([Key::Enter]).collect();
    assert_eq!(says(press(&mut console, &typed)), "depends on 9");
    for (key, purpose) in [('c', Purpose::Comment), ('n', Purpose::Note), ('x', Purpose::Close)] {
        assert!(matches!(press(&mut console, &[Key::Char(key)]), Wish::Write(w) if w.purpose == purpose));
    }
    assert_eq!(press(&mut console, &[Key::Char('w')]), Wish::Work(Number(12)));
    assert_eq!(console.ticket(), Some(Number(12)));
    assert_eq!(press(&mut console, &[Key::Char('l'), Key::Enter]), Wish::Log(17));
    looks("sessions", &mut console, 80, 24);
    press(&mut console, &[Key::Char('h')]);
    looks("history", &mut console, 80, 24);
}

/// What somebody else changes meanwhile is seen at once; what is being changed here stays.
#[test]
fn what_others_change_appears_by_itself() {
    let mut console = detail();
    press(&mut console, &[Key::Down, Key::Down, Key::Enter, Key::Char('a'), Key::Enter]);
    let mut story = story();
    story.view.ticket.fields.set(Field::Priority, Some("urgent".into()));
    console.story(story);
    let shown = screen(&mut console, 80, 24);
    assert!(shown.contains("urgent") && shown.contains("*ann"), "{shown}");
    console.failed("Ben changed the owner meanwhile: it is none now; nothing was overwritten".into());
    let shown = screen(&mut console, 80, 24);
    assert!(shown.contains("! Ben changed the owner meanwhile") && shown.contains("*ann"), "{shown}");
}
