//! `trackle prompt` outside of a session, in shells that are set up for it, and on a host without a database.

use crate::site::{Site, err};
use crate::terminal::Terminal;
use std::fs;

/// Shows T118.
#[test]
fn outside_there_is_no_mark() {
    let site = Site::new();
    for words in [&["prompt"][..], &["prompt", "--format", "%t"], &["prompt", "--shell", "zsh"]] {
        let output =
            std::process::Command::new(env!("CARGO_BIN_EXE_trackle")).args(words).env_clear().output();
        let output = output.unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.len(), output.stderr.len()),
            (Some(1), 0, 0),
            "{words:?}"
        );
    }
    // a session that is over is none: its directory is gone
    let mut command = site.trackle(&["prompt"]);
    command.env("TRACKLE_SESSION", "abcdefghijklmnopqrstuvwxy2").env("TRACKLE_DIR", site.path("gone"));
    assert_eq!(command.output().unwrap().status.code(), Some(1));
}

/// Shows T116, T117, T119.
#[test]
fn a_line_of_settings_marks_every_shell() {
    for (shell, rc) in [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")] {
        let site = Site::new();
        let setup = site.run(&["prompt", "--setup", shell]);
        let setup = String::from_utf8_lossy(&setup.stdout).into_owned();
        let own = match shell {
            "fish" => "set -g fish_greeting\nfunction fish_prompt; echo -n 'own '; end\n",
            _ => "PS1='own '\n",
        };
        let rc = site.path("home").join(rc);
        fs::create_dir_all(rc.parent().unwrap()).unwrap();
        fs::write(rc, format!("{own}{setup}")).unwrap();
        let outside = Terminal::of(&site, shell);
        let text = outside.see("own");
        assert!(!text.contains("Trackle"), "{shell}: {text}");
        let inside = Terminal::working(&site, &format!("1 --shell {shell}"));
        inside.see("Trackle #1 own");
        inside.type_line("true");
        let text = inside.see_times("own", 2);
        assert!(!text.contains("Trackle #1 Trackle"), "{shell}: {text}");
    }
}

#[test]
fn a_host_without_a_database_keeps_sessions_until_they_can_be_sent() {
    let site = Site::new();
    fs::rename(site.path("trackle.toml"), site.path("elsewhere.toml")).unwrap();
    let settings = site.path("home/.config/trackle");
    fs::create_dir_all(&settings).unwrap();
    let host =
        "robot = \"help@example.org\"\nname = \"web1.example.org\"\nsendmail = \"/nowhere/sendmail\"\n";
    fs::write(settings.join("host.toml"), host).unwrap();
    let output = site.work("echo x > new", &[]);
    // without a key nothing is signed: the session stays as it is
    assert!(err(&output).contains("nobody else is kept from starting on it"), "{}", err(&output));
    assert!(err(&output).contains("nothing is lost"), "{}", err(&output));
    assert_eq!(site.left().len(), 1);
    let output = site.run(&["work", "-c", "true"]);
    assert!(err(&output).contains("name the ticket: this host does not see them"), "{}", err(&output));
    // with a place to put it, a key is made, and it is filed later
    let spool = site.path("spool");
    let host = format!("robot = \"help@example.org\"\n[courier]\nkind = \"maildir\"\npath = {spool:?}\n");
    fs::write(settings.join("host.toml"), host).unwrap();
    let name = site.left()[0].file_stem().unwrap().to_str().unwrap().to_owned();
    let output = site.run(&["attach", "1", &name]);
    assert!(err(&output).contains(" is on its way to help@example.org, for #1: 1 file."), "{}", err(&output));
    assert!(site.left().is_empty());
    assert_eq!(fs::read_dir(spool.join("new")).unwrap().count(), 1);
}
