//! The console in a real terminal, beside a real database: typed at, pasted into, resized, without its database, and two of
//! them at one ticket.

use crate::robot::{Robot, Setup, code, complaint, drop_into};
use crate::screen::Screen;
use trackle::model::fields::Field;

/// What an editor does that writes this above what is there.
fn writes(text: &str) -> String {
    format!("printf '%s\\n' '{text}' | cat - \"$1\" >\"$1.new\" && cat \"$1.new\" >\"$1\" && rm \"$1.new\"\n")
}

/// A robot with tickets of these titles, the last one changed last.
fn with(titles: &[&str]) -> Robot {
    let robot = Robot::new(&Setup::local());
    for title in titles {
        let words = format!("\n\n{title}: please have a look.\n");
        let mail =
            format!("From: Anna Berg <anna@team.example>\nTo: help@team.example\nSubject: {title}{words}");
        drop_into(&robot.path("help"), &mail);
        let once = robot.once();
        assert_eq!(code(&once), 0, "{}", complaint(&once));
    }
    assert_eq!(robot.tickets().len(), titles.len());
    robot
}

fn console(robot: &Robot, login: &str, size: (u16, u16), editor: &str) -> Screen {
    let run = format!(
        "{} --config {} console --as {login}",
        env!("CARGO_BIN_EXE_trackle"),
        robot.path("trackle.toml").display()
    );
    Screen::open(&run, size, editor)
}

/// Shows T094, T095, T096, T097, T098, T099, T100, T101, T108, T109, T115: found, opened, changed, explained in an editor, over a plain terminal.
#[test]
fn a_ticket_is_found_changed_and_closed() {
    let robot = with(&["Printer on fire", "Scanner", "Backup"]);
    let screen = console(&robot, "bob", (80, 24), &writes("The roller was worn."));
    let list = screen.shows("1 of 3 open");
    assert!(list.starts_with(" Enter open  / find  c new  w work"), "{list}");
    let at = |words: &str| list.find(words).unwrap();
    assert!(at("Backup") < at("Scanner") && at("Scanner") < at("Printer"), "{list}");
    screen.types("/print");
    screen.shows("1 of 1 open, found by \"print\"");
    screen.keys(&["Enter", "Enter"]);
    screen.shows("Printer on fire: please have a look.");
    screen.keys(&["Down", "Down", "Enter"]);
    screen.shows("┌owner");
    screen.types("b");
    screen.keys(&["Enter"]);
    screen.shows("owner      *bob");
    screen.types("s");
    screen.shows("#1: assigned, text");
    screen.shows("(staff only)");
    screen.types("e");
    screen.shows("What it is about, as staff have put it");
    screen.types("x");
    screen.shows("state      closed");
    screen.keys(&["Escape"]);
    screen.shows("0 of 0 open, found by");
    screen.keys(&["Escape"]);
    screen.shows("of 2 open");
    screen.types("q");
    screen.shows("ended with 0");
    let view = robot.tickets().remove(0);
    assert_eq!(view.ticket.owner.as_deref(), Some("bob"));
    let shown = String::from_utf8(robot.run(&["show", "1"], b"").stdout).unwrap();
    assert_eq!(
        shown.matches("The roller was worn.").count(),
        4,
        "reason, description twice, closing words: {shown}"
    );
    robot.is_sound();
}

/// Shows T102, T104, T105, T106: another console, a mail or a command line: what others do appears by itself, and nothing of theirs is overwritten.
#[test]
fn two_consoles_at_one_ticket() {
    let robot = with(&["Printer on fire"]);
    let (one, two) =
        (console(&robot, "anna", (80, 24), &writes("")), console(&robot, "bob", (200, 60), &writes("why")));
    for (screen, key) in [(&one, "l"), (&two, "u")] {
        screen.shows("1 of 1 open");
        screen.keys(&["Enter", "Down", "Down", "Down", "Down", "Enter"]);
        screen.shows("┌priority");
        screen.keys(&[key, "Enter"]);
        screen.shows("s saves, with a reason");
    }
    one.types("s");
    one.shows("#1: set");
    two.shows("*urgent");
    two.types("s");
    let told = two.shows("Anna Berg changed the priority meanwhile: it is low now; nothing was overwritten");
    assert!(told.contains("*urgent") && told.contains("your text is in"), "{told}");
    assert_eq!(robot.tickets()[0].ticket.fields.get(Field::Priority), Some("low"));
    // a lock of somebody else's is seen without a key
    two.keys(&["Escape"]);
    two.types("y");
    assert_eq!(code(&robot.run(&["lock", "take", "1", "--as", "anna"], b"")), 0);
    let seen = two.shows("anna works");
    assert!(seen.lines().any(|line| line.starts_with("*     #1")), "{seen}");
    robot.is_sound();
}

/// Shows T103, T107: what is pasted is text, whatever it holds; what stands in mails steers no terminal.
#[test]
fn hostile_text_stays_text() {
    let robot = with(&["Printer \u{1b}[2J\u{1b}]0;gone\u{7} \u{202e}exe.gnp"]);
    let screen = console(&robot, "bob", (80, 24), &writes("x"));
    screen.shows("1 of 1 open");
    screen.keys(&["Enter", "Enter", "C-u"]);
    screen.pastes("one\ntwo\u{1b}[2J\rq\nx\n");
    screen.shows("title: one two[2Jq x");
    screen.keys(&["Enter"]);
    screen.types("s");
    screen.shows("#1: set");
    assert_eq!(robot.tickets()[0].ticket.title, "one two[2Jq x");
    // pasted where nothing is typed it is no key
    screen.pastes("xxqq\n");
    screen.types("h");
    screen.shows("[history");
    assert_eq!(robot.tickets()[0].ticket.state.word(), "open");
}

#[test]
fn another_size_is_drawn_at_once() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (200, 60), &writes("x"));
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("Printer on fire: please have a look.");
    for (width, height) in [(60, 30), (20, 5), (80, 24)] {
        screen.is_resized(width, height);
        screen.shows("title");
    }
    screen.shows("Printer on fire: please have a look.");
}

/// A database that goes away is told, and everything goes on when it is back.
#[test]
fn without_its_database_it_says_so() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), &writes("my words"));
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("please have a look.");
    let (here, away) = (robot.state(), robot.path("away"));
    std::fs::rename(&here, &away).unwrap();
    screen.types("c");
    screen.shows("your text is in");
    std::fs::rename(&away, &here).unwrap();
    screen.types("n");
    screen.shows("#1: text");
    screen.shows("my words");
}

/// Shows T110, T111, T112, T113: the shell begins from the ticket; its files are picked, and the ticket is there again.
#[test]
fn a_session_is_worked_from_the_ticket() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (100, 30), &writes("x"));
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("please have a look.");
    screen.types("w");
    screen.shows("Trackle records this shell for #1");
    let file = robot.path("changed.conf").display().to_string();
    screen.types(&format!("echo new > {file}"));
    screen.keys(&["Enter"]);
    screen.types("exit");
    screen.keys(&["Enter"]);
    screen.shows("changed.conf");
    screen.shows("Enter files it");
    screen.keys(&["Enter"]);
    screen.shows("[thread");
    screen.shows("sessions 1");
    screen.types("l");
    screen.keys(&["Enter"]);
    screen.shows("changed.conf");
}
