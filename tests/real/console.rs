//! The console in a real terminal, beside a real database: typed at, pasted into, resized, without its database, and two of
//! them at one ticket.

use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::screen::Screen;
use rustix::process::{Signal, test_kill_process};
use std::thread::sleep;
use std::time::Duration;
use trackle::model::fields::Field;

/// What an editor does that writes this above what is there.
fn writes(text: &str) -> String {
    format!("printf '%s\\n' '{text}' | cat - \"$1\" >\"$1.new\" && cat \"$1.new\" >\"$1\" && rm \"$1.new\"\n")
}

/// A robot with tickets of these titles, the last one changed last.
fn with(titles: &[&str]) -> Robot {
    let robot = Robot::new(&Setup::local());
    for title in titles {
        takes(&robot, title);
    }
    assert_eq!(robot.tickets().len(), titles.len());
    robot
}

/// A mail comes, and becomes a ticket.
fn takes(robot: &Robot, title: &str) {
    let words = format!("\n\n{title}: please have a look.\n");
    let mail = format!("From: Anna Berg <anna@team.example>\nTo: help@team.example\nSubject: {title}{words}");
    drop_into(&robot.path("help"), &mail);
    let once = robot.once();
    assert_eq!(code(&once), 0, "{}", complaint(&once));
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
    two.hides("your text is in");
    two.keys(&["Escape"]);
    two.shows("Give up one change");
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
    screen.keys(&["Enter"]);
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
    screen.shows("(END)");
    // what ends other programs is for the pager
    screen.keys(&["C-c"]);
    // what was shown for less is held for a key
    sleep(Duration::from_millis(600));
    screen.types("q");
    screen.shows("[sessions");
}

/// What an editor does that waits until a file is there, and then writes this.
fn writes_after(file: &std::path::Path, text: &str) -> String {
    format!("echo the editor waits; while [ ! -e {} ]; do sleep 0.05; done\n{}", file.display(), writes(text))
}

/// The text that was kept, by what the screen says of it.
fn kept(screen: &Screen) -> String {
    let screen = screen.shows(".txt");
    let joined = screen.replace('\n', "");
    let name = joined.split("your text is in").nth(1).and_then(|rest| rest.split(".txt").next());
    let path = format!("{}.txt", name.unwrap_or_else(|| panic!("{screen}")).trim());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    text
}

/// An editor that is left without saving has said nothing: no ticket is closed by `:q!`.
#[test]
fn an_editor_that_is_left_does_nothing() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), "true\n");
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    for key in ["x", "c", "e"] {
        screen.shows("please have a look.");
        screen.types(key);
        screen.shows("the editor was left without saving: nothing was done");
        screen.keys(&["Down"]);
        screen.hides("the editor was left");
    }
    assert_eq!(robot.tickets()[0].ticket.state.word(), "open");
}

/// Another database has other tickets under the same numbers: what was written for one of them goes to none of those.
#[test]
fn words_stay_when_the_database_is_another() {
    let robot = with(&["Printer on fire"]);
    let backup = robot.path("backup.trackle").display().to_string();
    let done = robot.run(&["backup", &backup], b"");
    assert_eq!(code(&done), 0, "{}", complaint(&done));
    takes(&robot, "Scanner");
    let go = robot.path("go");
    let one = console(&robot, "bob", (80, 24), &writes_after(&go, "words for the scanner"));
    let two = console(&robot, "anna", (80, 24), "true\n");
    for screen in [&one, &two] {
        screen.shows("1 of 2 open");
        screen.keys(&["Enter"]);
        screen.shows("Scanner: please have a look.");
    }
    two.keys(&["Enter"]);
    two.types("!");
    two.keys(&["Enter"]);
    two.shows("one change not saved");
    one.types("c");
    one.shows("the editor waits");
    let done = robot.run(&["restore", "--replace", &backup], b"");
    assert_eq!(code(&done), 0, "{}", complaint(&done));
    std::fs::remove_dir_all(robot.path("help")).unwrap();
    takes(&robot, "Backup");
    assert_eq!(robot.tickets()[1].ticket.title, "Backup");
    two.shows("another database was put in the place");
    assert_eq!(kept(&two), "title: Scanner!\n");
    std::fs::write(&go, "").unwrap();
    one.shows("another database was put in the place");
    assert_eq!(kept(&one), "words for the scanner\n");
    one.keys(&["Enter"]);
    one.shows("1 of 2 open");
    one.keys(&["Enter"]);
    one.shows("Backup: please have a look.");
    assert!(!one.now().contains("words for the scanner"));
    robot.is_sound();
}

/// Keys that are typed ahead act on what the keys before them find.
#[test]
fn who_types_ahead_means_what_he_finds() {
    let robot = with(&["Printer on fire", "Scanner", "Backup", "Copier"]);
    let screen = console(&robot, "bob", (80, 24), "true\n");
    screen.shows("1 of 4 open");
    screen.types("/#2\r\rt");
    screen.shows("#2: assigned");
    screen.shows("Scanner: please have a look.");
    let owners: Vec<bool> = robot.tickets().iter().map(|view| view.ticket.owner.is_some()).collect();
    assert_eq!(owners, [false, true, false, false]);
}

/// A new ticket that cannot be stored is kept with its title, and where it is is told until it was read.
#[test]
fn a_ticket_that_cannot_be_stored_is_kept() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), &writes("No ink\n\nOn the second floor."));
    screen.shows("1 of 1 open");
    let db = rusqlite::Connection::open(robot.state().join("trackle.db")).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    screen.types("c");
    screen.shows("storing ...");
    screen.types("jj");
    screen.shows("your text is in");
    screen.types("j");
    assert_eq!(kept(&screen), "No ink\n\nOn the second floor.\n");
    db.execute_batch("ROLLBACK").unwrap();
    screen.shows("your text is in");
    screen.keys(&["Enter"]);
    screen.hides("your text is in");
    screen.types("c");
    screen.shows("#2 No ink");
}

/// Words below the line are neither dropped nor sent, and a line that is refused is not typed again.
#[test]
fn what_is_refused_is_not_lost() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), "echo 'my words' >>\"$1\"\n");
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("please have a look.");
    screen.types("c");
    screen.shows("there are words below the line");
    assert!(kept(&screen).contains("\nmy words\n"));
    screen.keys(&["Enter"]);
    screen.hides("below the line");
    screen.types(":prio huge");
    screen.keys(&["Enter"]);
    screen.shows("! prio huge:");
    screen.keys(&["BSpace", "BSpace", "BSpace", "BSpace"]);
    screen.types("high");
    screen.shows(":prio high");
    screen.keys(&["Enter"]);
    screen.shows("#1: set");
}

/// Whatever ends it, or stops it for a while: the terminal is given back, and what was typed is kept.
#[test]
fn the_terminal_is_given_back() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), "true\n");
    screen.shows("1 of 1 open");
    assert_eq!(screen.is_taken(), "1 1");
    screen.signals(Signal::TSTP);
    screen.is_given_back();
    screen.signals(Signal::CONT);
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("please have a look.");
    assert_eq!(screen.is_taken(), "1 1");
    screen.keys(&["Enter"]);
    screen.types("!");
    screen.signals(Signal::TERM);
    screen.shows("your text is in");
    assert_eq!(kept(&screen), "title: Printer on fire!\n");
    screen.shows("ended with 1");
    screen.is_given_back();
}

/// Who reads from a terminal that is gone reads nothing for ever: the console ends, and does not try.
#[test]
fn a_terminal_that_goes_away_takes_the_console_along() {
    let robot = with(&["Printer on fire"]);
    let keeping = tempfile::tempdir().unwrap();
    let config = robot.path("trackle.toml").display().to_string();
    let run = format!(
        "TMPDIR={} {} --config {config} console --as bob 1",
        keeping.path().display(),
        env!("CARGO_BIN_EXE_trackle")
    );
    let screen = Screen::open(&run, (80, 24), "true\n");
    screen.shows("please have a look.");
    screen.keys(&["Enter"]);
    screen.types("!");
    screen.shows("Printer on fire!");
    let program = screen.goes_away();
    let gone = || test_kill_process(program).is_err().then_some(());
    assert!(wait_until(gone).is_some(), "it still runs");
    let kept = std::fs::read_dir(keeping.path()).unwrap().next().expect("what was typed is kept").unwrap();
    assert_eq!(std::fs::read_to_string(kept.path()).unwrap(), "title: Printer on fire!\n");
}

#[test]
fn where_nothing_can_be_shown_nothing_is_begun() {
    let robot = with(&["Printer on fire"]);
    let config = robot.path("trackle.toml").display().to_string();
    let run = format!("TERM=dumb {} --config {config} console --as bob", env!("CARGO_BIN_EXE_trackle"));
    Screen::open(&run, (80, 24), "true\n").shows("a console needs a terminal");
}

/// What is not confirmed is no ticket yet, and is not shown as one.
#[test]
fn an_unconfirmed_ticket_is_not_shown() {
    let robot = Robot::new(&Setup::local());
    let mail = "From: Eve <eve@elsewhere.example>\nTo: help@team.example\nSubject: Scanner\n\nPlease look.\n";
    drop_into(&robot.path("help"), mail);
    assert_eq!(code(&robot.once()), 0);
    assert_eq!(robot.tickets()[0].ticket.state.word(), "unconfirmed");
    let config = robot.path("trackle.toml").display().to_string();
    let run = format!("{} --config {config} console --as bob 1", env!("CARGO_BIN_EXE_trackle"));
    let screen = Screen::open(&run, (80, 24), "true\n");
    screen.shows("#1 is not confirmed yet");
    screen.types("/1");
    screen.shows("0 of 0 open, found by \"1\"");
}

/// What the configuration says by now holds for a console that has been open since before.
#[test]
fn a_console_goes_by_the_configuration_as_it_is() {
    let robot = with(&["Printer on fire"]);
    let screen = console(&robot, "bob", (80, 24), &writes("for the new list"));
    screen.shows("changed");
    robot.reconfigure("staff@team.example", "crew@team.example");
    robot.reconfigure("[courier]", "[console]\ncolumns = [\"number\", \"title\", \"requester\"]\n[courier]");
    screen.shows("requester");
    screen.keys(&["Enter"]);
    screen.shows("please have a look.");
    screen.types("n");
    screen.shows("#1: text");
    let owed = String::from_utf8(robot.run(&["outbox", "--json"], b"").stdout).unwrap();
    assert!(owed.contains("crew@team.example"), "{owed}");
    // one that is wrong is told, and nothing goes by the old one
    robot.reconfigure("[courier]", "[carrier]");
    screen.types("n");
    screen.shows("your text is in");
    assert_eq!(kept(&screen), "for the new list\n");
}
