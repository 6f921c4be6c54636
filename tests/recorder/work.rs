//! `trackle work` as people use it: their own shells, in a real terminal, before a real database.

use crate::site::{Site, changes, err, typed};
use crate::terminal::Terminal;
use std::fs;
use trackle::model::session::Ending;

/// Shows T061, T064.
#[test]
fn one_command_is_recorded_and_filed() {
    let site = Site::new();
    let output = site.work("echo /srv >> fstab; : > new; exit 3", &["--remark", "Room for images."]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(err(&output).starts_with("Trackle records this command for #1 (Printer).\n"), "{output:?}");
    assert!(output.stdout.is_empty());
    let session = site.session(1).unwrap();
    assert_eq!(changes(&session), ["Modified fstab", "Created new"]);
    assert_eq!(session.remark, "Room for images.");
    assert_eq!(
        (session.ticket, session.command.as_deref()),
        (Some(1), Some("echo /srv >> fstab; : > new; exit 3"))
    );
    assert!(session.started <= session.ended && !session.environment.is_empty());
    assert!(session.changes.iter().all(|change| change.after.is_some()));
    assert!(site.left().is_empty() && site.session(2).is_none());
    let shown = site.run(&["lock"]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout), "nobody works on a ticket\n");
}

/// Shows T089: every changed file is stored, and the log shows those that were picked.
#[test]
fn files_are_shown_and_hidden_without_a_terminal() {
    let site = Site::new();
    let output =
        site.work("echo a > a.conf; echo b > b.conf; echo c > c.log", &["--hide", "b.*", "--show", "*.log"]);
    assert!(err(&output).contains("3 files changed; the log shows 2 of them"), "{output:?}");
    assert_eq!(
        changes(&site.session(1).unwrap()),
        ["Created a.conf", "Created b.conf hidden", "Created c.log"]
    );
    site.work("echo x > x.conf", &["--discard"]);
    let session = site.session(2).unwrap();
    assert!(session.changes.is_empty() && session.command.is_none() && session.ran.is_empty());
}

/// Shows T062: whoever comes second is told who works on it, and since when.
#[test]
fn what_cannot_be_worked_on_is_told_before_anything_runs() {
    let site = Site::new();
    let refused = |words: &[&str], why: &str| {
        let output = site.run(words);
        assert!(err(&output).contains(why), "{words:?}: {}", err(&output));
        assert!(!output.status.success());
    };
    let touch = ["-c", "touch ran"];
    refused(&["work", "7", touch[0], touch[1]], "there is no ticket #7");
    refused(&["work", "x"], "not a ticket number");
    refused(&["work", "1", "--shell", "/no/shell", touch[0], touch[1]], "there is no shell /no/shell");
    refused(&["work", "1", "--as", "zoe", touch[0], touch[1]], "nobody on staff is called \"zoe\"");
    assert!(site.run(&["lock", "take", "1", "--as", "ben"]).status.success());
    refused(&["work", "1", touch[0], touch[1]], "Ben works on #1 since 2");
    assert!(site.run(&["lock", "release", "1", "--as", "ben"]).status.success());
    site.mail_to("help+1", "Re: [#1] Printer", "close");
    refused(&["work", "1", touch[0], touch[1]], "#1 is closed: reopen it first, or say --closed");
    assert!(!site.path("etc/ran").exists());
    assert!(site.work("touch ran", &["--closed"]).status.success());
    assert_eq!(changes(&site.session(1).unwrap()), ["Created ran"]);
}

#[test]
fn without_a_number_the_open_tickets_are_offered() {
    let site = Site::new();
    let output = site.run(&["work"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("#1  Printer"));
    let terminal = Terminal::working(&site, "-c 'echo done > ran'");
    terminal.see("Work on which ticket?");
    terminal.type_line("1");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("Session 1 is with #1: 1 file.");
    terminal.see("ended 0");
}

#[test]
fn a_recorder_that_cannot_record_says_so_and_asks() {
    let site = Site::new();
    fs::write(site.path("home/.local"), "in the way").unwrap();
    let output = site.work("touch ran", &[]);
    assert!(err(&output).starts_with("This cannot be recorded: "), "{output:?}");
    assert!(!output.status.success() && !site.path("etc/ran").exists());
    let output = site.work("touch ran", &["--untracked"]);
    assert!(output.status.success() && site.path("etc/ran").exists());
    assert!(site.session(1).is_none());
    let terminal = Terminal::working(&site, "1");
    terminal.see("Go on without a record? [y/N]");
    terminal.type_line("y");
    terminal.type_line("echo $((6*7)) without; exit");
    terminal.see("42 without");
    terminal.see("Nothing was recorded for #1");
}

const BASHRC: &str = "\
alias greet='echo hello from alias'
twice() { echo \"$1 $1\"; }
trap 'echo bye > ~/bye' EXIT
PROMPT_COMMAND='PS1=\"own:$? \"'
HISTCONTROL=ignoreboth
HISTFILE=~/.own_history
";

/// Shows T143, T163.
#[test]
fn bash_is_as_it_was_and_tells_what_is_typed() {
    let site = Site::new();
    fs::write(site.path("home/.bashrc"), BASHRC).unwrap();
    let terminal = Terminal::working(&site, "1");
    let first = terminal.see("Trackle #1 own:0");
    assert!(first.starts_with("Trackle records this shell for #1 (Printer); `exit` ends it"), "{first}");
    for (line, seen) in [
        ("greet", "hello from alias"),
        ("twice so", "so so"),
        (" echo sec''ret", "secret"),
        ("false | true; (exit 7)", "own:7"),
        ("echo \"after $?\"", "after 7"),
        ("cd ..", "own:0"),
        ("for n in 1 2; do", ">"),
        ("echo \"n=$n\"; done", "n=2"),
        ("PROMPT_COMMAND='PS1=\"other:$? \"'", "other:0"),
        ("sh -c 'exit 4'", "Trackle #1 other:4"),
        ("echo proc2 > etc/fstab", "other:0"),
    ] {
        terminal.type_line(line);
        terminal.see(seen);
    }
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert_eq!(
        typed(&session),
        [
            ("greet", Some(0)),
            ("twice so", Some(0)),
            ("false | true; (exit 7)", Some(7)),
            ("echo \"after $?\"", Some(0)),
            ("cd ..", Some(0)),
            ("for n in 1 2; do echo \"n=$n\"; done", Some(0)),
            ("PROMPT_COMMAND='PS1=\"other:$? \"'", Some(0)),
            ("sh -c 'exit 4'", Some(4)),
            ("echo proc2 > etc/fstab", Some(0)),
            ("exit", None),
        ]
    );
    assert!(session.typed[4].directory.shown().ends_with("/etc"));
    assert!(!session.typed[5].directory.shown().ends_with("/etc"));
    assert!(changes(&session).contains(&"Modified fstab".into()), "{:?}", changes(&session));
    assert!(changes(&session).contains(&"Created .own_history hidden".into()), "{:?}", changes(&session));
    assert!(site.read("home/.own_history").contains("greet"));
    assert!(!site.read("home/.own_history").contains("sec"));
    assert_eq!(site.read("home/bye"), "bye\n");
}

const ZSHRC: &str = "\
alias greet='echo hello from alias'
precmd() { STATUS=$? }
setopt promptsubst
PROMPT='own:$STATUS '
HISTFILE=${ZDOTDIR:-$HOME}/.own_history SAVEHIST=100
TRAPEXIT() { echo bye > ~/bye }
";

/// Shows T163.
#[test]
fn zsh_is_as_it_was_and_tells_what_is_typed() {
    let site = Site::new();
    fs::write(site.path("home/.zshenv"), "ENVIRONMENT=read\n").unwrap();
    fs::write(site.path("home/.zshrc"), ZSHRC).unwrap();
    let terminal = Terminal::working(&site, "1 --shell zsh");
    terminal.see("Trackle #1 own:0");
    for (line, seen) in [
        ("greet", "hello from alias"),
        (" echo sec''ret", "secret"),
        ("(exit 7)", "own:7"),
        ("echo \"after $? $ENVIRONMENT ${ZDOTDIR-none}\"", "after 7 read none"),
        ("cd ..", "own:0"),
        ("echo proc2 > etc/fstab", "own:0"),
    ] {
        terminal.type_line(line);
        terminal.see(seen);
    }
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert_eq!(
        typed(&session),
        [
            ("greet", Some(0)),
            ("(exit 7)", Some(7)),
            ("echo \"after $? $ENVIRONMENT ${ZDOTDIR-none}\"", Some(0)),
            ("cd ..", Some(0)),
            ("echo proc2 > etc/fstab", Some(0)),
            ("exit", None),
        ]
    );
    assert!(changes(&session).contains(&"Modified fstab".into()));
    assert!(site.read("home/.own_history").contains("greet"));
    assert_eq!(site.read("home/bye"), "bye\n");
}

const FISH: &str = "\
set -g fish_greeting
alias greet='echo hello from alias'
function fish_prompt
    set -l codes $status $pipestatus
    echo -n \"own:$codes \"
end
function bye --on-event fish_exit
    echo bye > ~/bye
end
";

/// Shows T163.
#[test]
fn fish_is_as_it_was_and_tells_what_is_typed() {
    let site = Site::new();
    fs::create_dir_all(site.path("home/.config/fish")).unwrap();
    fs::write(site.path("home/.config/fish/config.fish"), FISH).unwrap();
    let terminal = Terminal::working(&site, "1 --shell fish");
    terminal.see("Trackle #1 own:0 0");
    for (line, seen) in [
        ("greet", "hello from alias"),
        (" echo sec''ret", "secret"),
        ("sh -c 'exit 7' | true", "own:0 7 0"),
        ("sh -c 'exit 7'", "own:7 7"),
        ("cd ..", "own:0 0"),
        ("echo proc2 > etc/fstab", "own:0 0"),
    ] {
        terminal.type_line(line);
        terminal.see(seen);
    }
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert_eq!(
        typed(&session)[..5],
        [
            ("greet", Some(0)),
            ("sh -c 'exit 7' | true", Some(0)),
            ("sh -c 'exit 7'", Some(7)),
            ("cd ..", Some(0)),
            ("echo proc2 > etc/fstab", Some(0)),
        ]
    );
    assert!(session.typed[0].at.duration_since(session.started).abs().as_secs() < 100);
    assert!(changes(&session).contains(&"Modified fstab".into()));
    assert_eq!(site.read("home/bye"), "bye\n");
}

/// Shows T163.
#[test]
fn dash_is_marked_and_its_programs_are_recorded() {
    let site = Site::new();
    fs::write(site.path("home/.shrc"), "PS1='own '; trap 'echo bye > ~/bye' EXIT\n").unwrap();
    let config = site.path("trackle.toml").display().to_string();
    let line = format!("ENV='$HOME/.shrc' trackle --config '{config}' work 1 --shell dash");
    let terminal = Terminal::of(&site, &line);
    let shown = terminal.see("Trackle #1 own");
    assert!(shown.contains("dash does not tell what you type"), "{shown}");
    terminal.type_line("env | grep ENV; sed -i s/proc/dev/ fstab");
    terminal.see_times("own", 2);
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert!(session.typed.is_empty());
    assert!(session.ran.iter().any(|ran| ran.arguments == ["sed", "-i", "s/proc/dev/", "fstab"]));
    assert!(changes(&session).contains(&"Modified fstab".into()));
    assert_eq!(site.read("home/bye"), "bye\n");
}

/// Shows T119: whoever forgets which shell he is in starts no second session.
#[test]
fn a_shell_within_a_session_is_part_of_it() {
    let site = Site::new();
    site.mail("Mouse", "It squeaks.");
    let config = site.path("trackle.toml").display().to_string();
    let terminal = Terminal::working(&site, "1");
    terminal.see("Trackle #1");
    terminal.type_line(&format!("trackle --config '{config}' work 2"));
    terminal.see("you are at work on #1: `exit` that shell before you start on #2");
    terminal.type_line(&format!("trackle --config '{config}' work"));
    terminal.see("You are at work on #1 already: this shell is part of it");
    terminal.type_line("echo inner >> fstab; trackle prompt --format '<%t>'; exit");
    terminal.see("<#1>");
    terminal.type_line("echo outer >> fstab; exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert_eq!(changes(&session).iter().filter(|line| line.contains("fstab")).count(), 1);
    let lines: Vec<&str> = session.typed.iter().map(|typed| typed.line.as_str()).collect();
    assert!(
        lines.iter().any(|line| line.contains("inner")) && lines.iter().any(|line| line.contains("outer"))
    );
    assert!(site.session(2).is_none());
}

#[test]
fn new_windows_are_warned_of() {
    let site = Site::new();
    let config = site.path("trackle.toml").display().to_string();
    let line = format!("TMUX=x trackle --config '{config}' work 1 -c true --yes");
    Terminal::of(&site, &line).see("New windows of tmux are not part of it");
}

/// Shows T160: recording stops and goes on when somebody says so.
#[test]
fn nothing_is_stored_of_a_pause_and_nothing_after_off() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1");
    terminal.see("Trackle #1");
    for (line, seen) in [
        // a shell that changes nothing before the pause is recorded after it all the same
        ("trackle pause", "Trackle records nothing until"),
        ("echo two > two; /bin/echo hid''den", "hidden"),
        ("trackle prompt", "Trackle #1 paused"),
        ("trackle resume", "Trackle records again."),
        ("echo three > three; /bin/echo dis''played", "displayed"),
        ("/bin/echo a mist''ake", "a mistake"),
        ("trackle forget last", "The last command is forgotten"),
        ("trackle off", "Trackle records nothing in this session any more"),
        ("echo four > four; /bin/echo gone''by", "goneby"),
        ("trackle resume", "recording is off in this session, for good"),
    ] {
        terminal.type_line(line);
        terminal.see(seen);
    }
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    let changed = changes(&session);
    let has = |name: &str| changed.contains(&format!("Created {name}"));
    assert!(has("three") && !has("two") && !has("four"), "{changed:?}");
    let all = format!("{:?}", session);
    for word in ["hid''den", "hidden", "mistake", "mist''ake", "goneby", "gone''by"] {
        assert!(!all.contains(word), "{word} in {all}");
    }
    assert!(all.contains("displayed"));
    let notes = session.witnesses.notes.join("\n");
    for note in ["recording was paused from", "recording was turned off at", "1 typed command was taken out"]
    {
        assert!(notes.contains(note), "{notes}");
    }
}

/// Shows T089.
#[test]
fn files_are_picked_by_keys_however_many() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1 -c 'for n in $(seq 1000 2999); do echo $n > f$n; done'");
    terminal.see("Enter files it, p picks");
    terminal.press(&["p", "Enter"]);
    terminal.see("> [x] +");
    assert!(terminal.screen().contains("2000 files changed; the log shows 2000 of them"));
    // the first two off, the last one off, all of that seen at once
    terminal.press(&["Space", "Space", "G", "Space"]);
    terminal.see("the log shows 1997 of them");
    assert!(terminal.screen().contains("> [ ] + ") && terminal.screen().contains("f2999"));
    terminal.press(&["n"]);
    terminal.see("the log shows 0 of them");
    terminal.press(&["g", "Down", "Space"]);
    terminal.see("the log shows 1 of them");
    assert_eq!(terminal.screen().lines().count(), 24);
    terminal.press(&["Enter"]);
    terminal.see("Enter files it");
    terminal.press(&["r", "Enter"]);
    terminal.see("Remark");
    terminal.type_line("Many files.");
    terminal.see_times("Enter files it", 3);
    terminal.press(&["Enter"]);
    terminal.see("Session 1 is with #1: 2000 files.");
    let session = site.session(1).unwrap();
    let shown: Vec<String> = changes(&session).into_iter().filter(|line| !line.ends_with("hidden")).collect();
    assert_eq!(shown, ["Created f1001"]);
    assert_eq!(session.remark, "Many files.");
}

#[test]
fn a_dumb_terminal_has_a_numbered_list() {
    let site = Site::new();
    let config = site.path("trackle.toml").display().to_string();
    let line = format!("TERM=dumb trackle --config '{config}' work 1 -c 'touch a b c'");
    let terminal = Terminal::of(&site, &line);
    terminal.see("p picks");
    terminal.type_line("p");
    terminal.see("Turn which");
    terminal.type_line("2-3");
    terminal.see("2 [ ] +");
    terminal.press(&["Enter"]);
    terminal.see_times("Enter files it", 2);
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    assert_eq!(changes(&site.session(1).unwrap()), ["Created a", "Created b hidden", "Created c hidden"]);
}

/// Shows T145, T164: programs are recorded while the database is away, and what they changed is filed when it is back.
#[test]
fn what_cannot_be_filed_stays_and_is_filed_later() {
    let site = Site::new();
    site.mail("Mouse", "It squeaks.");
    // the database goes away while the command runs
    let output = site.work("echo x > new; mv ../state ../away; : > ../state", &[]);
    assert!(err(&output).contains("nothing is lost: the session is in"), "{}", err(&output));
    assert!(err(&output).contains("trackle attach 1 "), "{}", err(&output));
    fs::remove_file(site.path("state")).unwrap();
    fs::rename(site.path("away"), site.path("state")).unwrap();
    let left = site.left();
    assert_eq!(left.len(), 1);
    fs::write(site.path("etc/new"), "changed since").unwrap();
    let name = left[0].file_stem().unwrap().to_str().unwrap().to_owned();
    let listed = site.run(&["recover", "--list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains(&name), "{listed:?}");
    let unknown = site.run(&["attach", "2", "nosuch"]);
    assert!(err(&unknown).contains("there is no session \"nosuch\" here"));
    let attached = site.run(&["attach", "2", &name[..8]]);
    assert!(attached.status.success(), "{attached:?}");
    assert!(err(&attached).contains("Session 1 is with #2"), "{attached:?}");
    let session = site.session(1).unwrap();
    let new = session.changes.iter().find(|change| change.path.shown().ends_with("etc/new")).unwrap();
    assert_eq!(new.after.as_ref().unwrap().size, 2);
    assert!(site.left().is_empty());
}

#[test]
fn a_shell_that_is_killed_leaves_the_terminal_to_whoever_sits_there() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1");
    terminal.see("Trackle #1");
    terminal.type_line("echo x > new; kill -9 $$");
    terminal.see("Enter files it");
    terminal.type_line("r");
    terminal.see("Remark");
    terminal.type_line("It was killed.");
    terminal.see_times("Enter files it", 2);
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert_eq!((session.ending, session.remark.as_str()), (Ending::Signal(9), "It was killed."));
    assert!(session.changes.iter().any(|change| change.path.shown().ends_with("etc/new")));
    assert!(session.typed[0].line.starts_with("echo x > new"));
}

#[test]
fn a_difference_is_seen_before_it_is_picked() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1 -c 'echo tmpfs >> fstab'");
    terminal.see("Enter files it");
    terminal.press(&["p", "Enter"]);
    terminal.see("> [x] ~ ");
    terminal.press(&["d"]);
    terminal.see("+tmpfs");
    terminal.press(&["q"]);
    terminal.see("> [x] ~ ");
    terminal.press(&["Space", "Enter"]);
    terminal.see_times("Enter files it", 2);
    terminal.press(&["x", "Enter"]);
    terminal.see("Keep nothing but that you worked on it? [y/N]");
    terminal.type_line("n");
    terminal.see_times("Enter files it", 3);
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    assert_eq!(changes(&site.session(1).unwrap()), ["Modified fstab hidden"]);
}
