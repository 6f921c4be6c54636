//! The last lines of `trackle init`: what is left to be done elsewhere, and how the robot is started. In: answers, and how
//! this machine is set up; out: text. Touches nothing.

use super::again::quoted;
use super::answers::{Answers, Way};
use super::guesses;
use crate::run::post::ETC;
use std::path::{Path, PathBuf};

/// How this machine is set up.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The configuration that was written.
    pub config: PathBuf,
    /// It is the one that every command finds by itself.
    pub is_found: bool,
    /// This program.
    pub program: PathBuf,
    pub is_root: bool,
    /// The user that the service runs as exists.
    pub has_user: bool,
    /// The service is known to systemd.
    pub has_unit: bool,
}

impl Machine {
    /// The program as it is called from now on.
    fn trackle(&self) -> String {
        if self.is_found { "trackle".into() } else { format!("trackle --config {}", word(&self.config)) }
    }

    /// Whether systemd serves: its unit names that file.
    fn is_service(&self) -> bool {
        self.is_machines() && self.is_root
    }

    /// Whether every user's commands find it.
    fn is_machines(&self) -> bool {
        self.is_found && self.config.starts_with(ETC)
    }
}

/// All of them.
pub fn lines(answers: &Answers, machine: &Machine) -> String {
    let mut text = String::new();
    text.push_str(&match answers.way {
        Some(Way::Imap) => provider(answers),
        Some(Way::Maildir) => aliases(answers, machine, false),
        Some(Way::Pipe) | None => aliases(answers, machine, true),
    });
    text.push('\n');
    text.push_str(&start(answers, machine));
    if let (Some(address), Some(list)) = (&answers.address, &answers.list) {
        text.push_str(&format!(
            "\nThen write to {address} from an address that is not staff's. One mail comes back; answer it, and the ticket \
             is on {list}.\n"
        ));
    }
    text.push_str(&format!(
        "\n`{} check mail` tries with one mail whether all of that arrives, and whether the mail server may be believed: then \
         staff's commands run without asking back.\n",
        machine.trackle()
    ));
    text
}

/// What is set at a provider.
fn provider(answers: &Answers) -> String {
    let address = answers.address.as_ref().map_or("", |a| a.as_str());
    let list = answers.list.as_ref().map_or("", |a| a.as_str());
    let folder = answers.folder.as_deref().unwrap_or("INBOX");
    let mut text = String::from("In the settings of the mail account and of the list:\n");
    text.push_str(&format!(
        "  - mail to {address} lies in the folder {folder}, with no filter that moves it elsewhere\n"
    ));
    text.push_str(&match detail(answers) {
        Some(example) => {
            format!(
                "  - mail to {example} arrives there, too; where it does not, set plus_addressing = false\n"
            )
        }
        None => "  - nothing for answers: letters ask for them to the plain address\n".to_owned(),
    });
    text.push_str(&format!(
        "  - {address} may post to {list}, and is subscribed to it if answers go there\n"
    ));
    text
}

/// What root sets on this machine.
fn aliases(answers: &Answers, machine: &Machine, pipe: bool) -> String {
    let name = answers.address.as_ref().map_or("help", |a| a.local());
    let mut text = String::from("Root puts into /etc/aliases, and runs `newaliases`:\n");
    if pipe {
        let program = word(&machine.program);
        let config = if machine.is_machines() {
            String::new()
        } else {
            format!(" --config {}", word(&machine.config))
        };
        text.push_str(&format!("  {name}: \"|{program}{config} deliver\"\n"));
    } else {
        let path = answers.maildir.as_ref().map_or_else(String::new, |p| p.display().to_string());
        let path = format!("{}/", path.trim_end_matches('/'));
        let path = if path.contains(char::is_whitespace) { format!("\"{path}\"") } else { path };
        text.push_str(&format!("  {name}: {path}\n"));
    }
    let deed = if pipe { "That has to run as" } else { "That has to be written by" };
    let (user, privs) =
        if machine.is_service() { ("trackle", "trackle") } else { ("the user that serves", "USER") };
    text.push_str(&format!(
        "{deed} {user}, who owns the tickets. Postfix does it as its default_privs, as for every program and file in \
         /etc/aliases:\n  postconf -e default_privs={privs}\n"
    ));
    if let Some(example) = detail(answers) {
        text.push_str(&format!(
            "Mail to {example} has to arrive, too; for Postfix:\n  postconf -e recipient_delimiter=+\n"
        ));
    }
    text
}

/// A path as a shell takes it; Postfix gives a program with such signs to one.
fn word(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn detail(answers: &Answers) -> Option<String> {
    if answers.no_plus || guesses::drops_details(answers) {
        return None;
    }
    answers.address.as_ref()?.with_detail('+', "12").map(|a| a.to_string())
}

fn start(answers: &Answers, machine: &Machine) -> String {
    let trackle = machine.trackle();
    if !machine.is_service() {
        let mut text =
            format!("Start it:\n  {trackle} serve\nor each minute from cron:\n  {trackle} serve --once\n");
        if !machine.is_found {
            let config = word(&machine.config);
            text.push_str(&format!("Every command wants to be told of it: --config {config}\n"));
        }
        return text;
    }
    let mut text = String::from("Start it:\n");
    if !machine.has_unit {
        text.push_str("  install -m 644 dist/trackle.service /etc/systemd/system/\n");
    }
    if !machine.has_user {
        text.push_str(
            "  install -D -m 644 dist/trackle.sysusers /etc/sysusers.d/trackle.conf && systemd-sysusers\n",
        );
        text.push_str("  chgrp trackle /etc/trackle /etc/trackle/trackle.toml\n");
        if answers.typed(&super::files::places(&machine.config)).next().is_some() {
            text.push_str("  chown trackle: /etc/trackle/*.password\n");
        }
    }
    if let Some(path) = answers.maildir.as_ref().filter(|_| answers.way == Some(Way::Maildir)) {
        let path = path.display();
        text.push_str(&format!(
            "  systemctl edit trackle      (two lines: [Service] and ReadWritePaths={path})\n"
        ));
    }
    text.push_str(
        "  systemctl enable --now trackle\nor by hand, as the user that serves:\n  trackle serve\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::super::questions::Question;
    use super::*;

    fn answers(way: &str) -> Answers {
        let mut answers = Answers::default();
        for (question, text) in [
            (Question::Address, "help@team.example"),
            (Question::List, "staff@team.example"),
            (Question::Maildir, "/var/mail/help/"),
            (Question::Password, "hunter2"),
            (Question::Way, way),
        ] {
            question.take(text, &mut answers).unwrap();
        }
        answers
    }

    fn root() -> Machine {
        Machine {
            config: "/etc/trackle/trackle.toml".into(),
            is_found: true,
            program: "/usr/local/bin/trackle".into(),
            is_root: true,
            has_user: true,
            has_unit: true,
        }
    }

    #[test]
    fn what_is_left_to_do_depends_on_the_way() {
        for (way, machine, has, has_not) in [
            (
                "1",
                root(),
                &[
                    "folder INBOX",
                    "help+12@team.example",
                    "help@team.example may post to staff@team.example",
                    "systemctl enable",
                ][..],
                &["aliases", "--config", "chown", "dist/"][..],
            ),
            (
                "2",
                root(),
                &[
                    "  help: \"|/usr/local/bin/trackle deliver\"\n",
                    "default_privs=trackle",
                    "recipient_delimiter=+",
                ],
                &["folder"],
            ),
            (
                "3",
                root(),
                &["  help: /var/mail/help/\n", "default_privs=trackle", "ReadWritePaths=/var/mail/help/"],
                &["deliver"],
            ),
            (
                "2",
                Machine { config: "/srv/my desk/t.toml".into(), is_found: false, ..root() },
                &[
                    "|/usr/local/bin/trackle --config '/srv/my desk/t.toml' deliver\"",
                    "--config '/srv/my desk/t.toml' serve",
                ],
                &[],
            ),
            (
                "1",
                Machine { has_user: false, has_unit: false, ..root() },
                &[
                    "dist/trackle.service",
                    "systemd-sysusers",
                    "chown trackle: /etc/trackle/*.password",
                    "chgrp trackle",
                ],
                &[],
            ),
            (
                "2",
                Machine { config: "/home/ann/.config/trackle/trackle.toml".into(), is_root: false, ..root() },
                &[
                    "|/usr/local/bin/trackle --config /home/ann/.config/trackle/trackle.toml deliver\"",
                    "\n  trackle serve\n",
                ],
                &["systemctl", "Every command"],
            ),
            (
                "2",
                Machine { config: "/home/ann/t.toml".into(), is_found: false, is_root: false, ..root() },
                &[
                    "trackle --config /home/ann/t.toml deliver\"",
                    "  trackle --config /home/ann/t.toml serve\n",
                ],
                &["systemctl"],
            ),
        ] {
            let text = lines(&answers(way), &machine);
            assert!(!text.contains("hunter2"));
            for words in has {
                assert!(text.contains(words), "{words} in\n{text}");
            }
            for words in has_not {
                assert!(!text.contains(words), "{words} in\n{text}");
            }
        }
        let plain = Answers { no_plus: true, ..answers("1") };
        assert!(!lines(&plain, &root()).contains("+12"));
    }
}
