//! What went wrong in the trial, and what to do: the remedy in words, and the questions whose answers may mend it. In: what
//! `trackle check` found, or complaints about the configuration; out: troubles. Reads words of servers only to choose what
//! is asked again; touches nothing.

use super::answers::{Answers, Login, Way};
use super::questions::Question;
use crate::config::Wrong;
use crate::model::server::Security;
use crate::show::checks::{Check, Verdict};
use crate::show::grid::{self, Column, plain};
use crate::show::look::Look;

/// One thing that keeps the robot from working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Such as `courier`.
    pub item: &'static str,
    /// What to do; empty when the complaint says it.
    pub remedy: &'static str,
    /// What to ask again; nothing when no answer would mend it.
    pub ask: Vec<Question>,
}

const NAME: &str = "Is the server's name right, and does this machine reach it? Other ports: SERVER:143 (STARTTLS), \
                    SERVER:993 (TLS); a firewall may be in between.";
const RELAY: &str = "Is the server's name right, and does this machine reach it? Other ports: SERVER:587 (STARTTLS), \
                     SERVER:465 (TLS), 127.0.0.1:25 for this machine's own; providers of lines often close 25.";
const SILENT: &str = "The server took the line and said nothing. One that wants TLS from the first byte waits so: say `tls` behind \
                      its name, such as SERVER:993 tls.";
const LOGIN: &str = "The server does not take this login with this password. Many want the whole address as login; with two \
                     factors an app password, made in the account's settings; some want IMAP to be allowed there first.";
const FOLDER: &str =
    "The login is right, but there is no such folder. Levels are parted by /, such as Help/New.";
const CERTIFICATE: &str = "The server could not prove who it is. Is its name here the one in its certificate? If an \
                           authority of your own signed it, name that one's file. No certificate is passed over.";
const NEEDS_LOGIN: &str = "The server wants a login first, or does not serve this machine.";
const NO_TLS: &str = "TLS does not begin there as it was tried. Say it behind the server's name: `SERVER:143 starttls`, \
                      `SERVER:993 tls`; `plain` protects nothing, not even the password.";
const SECRET: &str = "The password could not be had from there.";
const STATE: &str =
    "The robot keeps everything there and nobody else may look: name another directory, or mend this one.";
const MAILDIR: &str = "The robot reads there and moves what is done from new to cur: both need its rights.";
const ELSEWHERE: &str = "No answer here mends this: do what the line says.";

/// The troubles among what was found, each question once.
pub fn found(checks: &[Check], answers: &Answers) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = Vec::new();
    for check in checks.iter().filter(|check| check.verdict == Verdict::Wrong) {
        let trouble = of(check, answers);
        // one login for both servers: one answer mends both
        let is_again =
            trouble.remedy == LOGIN && answers.shares_login() && troubles.iter().any(|t| t.remedy == LOGIN);
        if !is_again && !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }
    troubles
}

/// What to do about them, a paragraph for each; nothing when nothing can be said.
pub fn advice(troubles: &[Trouble], look: &Look) -> String {
    // what mends several is said once
    let mut told: Vec<(String, &str)> = Vec::new();
    for trouble in troubles.iter().filter(|trouble| !trouble.remedy.is_empty()) {
        match told.iter_mut().find(|(_, remedy)| *remedy == trouble.remedy) {
            Some((items, _)) => items.push_str(&format!(", {}", trouble.item)),
            None => told.push((trouble.item.to_owned(), trouble.remedy)),
        }
    }
    let rows: Vec<_> = told.into_iter().map(|(items, remedy)| vec![plain(items), plain(remedy)]).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("\nWhat to do:\n{}\n", grid::lay(&[Column::Left, Column::Wrap], &rows, look))
}

fn of(check: &Check, answers: &Answers) -> Trouble {
    let says = |words: &str| check.text.contains(words);
    let (server, user, password) = match check.item {
        "mailbox" => (Question::Imap, Question::User, Question::Password),
        _ => (Question::Smtp, Question::SmtpUser, Question::SmtpPassword),
    };
    let trouble = |remedy, ask: &[Question]| Trouble { item: check.item, remedy, ask: ask.to_vec() };
    match check.item {
        "state" | "room" | "database" | "key" => trouble(STATE, &[Question::State]),
        "mailbox" if answers.way == Some(Way::Maildir) => trouble(MAILDIR, &[Question::Maildir]),
        "mailbox" | "courier"
            if says("reading the secret in") || says("password command") || says("the secret from") =>
        {
            let one = answers.shares_login() || check.item == "mailbox";
            trouble(SECRET, &[if one { Question::Password } else { password }])
        }
        "mailbox" if says("opening the folder") => trouble(FOLDER, &[Question::Folder]),
        "mailbox" | "courier" if says("certificate") => trouble(CERTIFICATE, &[server, Question::Roots]),
        "mailbox" | "courier" if says("TLS") || says("takes no password on this line") => {
            trouble(NO_TLS, &[server])
        }
        "mailbox" if says("refused the login") => trouble(LOGIN, &[user, password]),
        "courier" if says("does not let us in") && answers.smtp_login == Some(Login::Nobody) => {
            trouble(NEEDS_LOGIN, &[server, user])
        }
        "courier" if says("does not let us in") => trouble(LOGIN, &[user, password]),
        "mailbox" | "courier" if waits_for_tls(check, answers) => trouble(SILENT, &[server]),
        "mailbox" => trouble(NAME, &[server]),
        "courier" => trouble(RELAY, &[server]),
        _ => trouble(ELSEWHERE, &[]),
    }
}

/// A server that says nothing on a line without TLS.
fn waits_for_tls(check: &Check, answers: &Answers) -> bool {
    let end = if check.item == "mailbox" { &answers.imap } else { &answers.smtp };
    let is_silent = check.text.contains("was not ready within") || check.text.contains("kept silent");
    is_silent && end.as_ref().is_some_and(|end| end.security != Security::Tls)
}

/// What a configuration complains of that was made from these answers; each was good by itself.
pub fn complained(wrong: &Wrong) -> Vec<Trouble> {
    let ask = |field: &str| match field {
        "robot.address" => vec![Question::Address],
        "robot.state" => vec![Question::State],
        "staff.list" => vec![Question::List],
        "mailbox.path" => vec![Question::Maildir],
        "mailbox.user" => vec![Question::User],
        "mailbox.host" => vec![Question::Imap],
        "mailbox.folders" | "mailbox.done_folder" => vec![Question::Folder],
        "courier.host" => vec![Question::Smtp],
        "courier.user" => vec![Question::SmtpUser],
        field if field.starts_with("staff.member") => vec![Question::Member],
        _ => Vec::new(),
    };
    let mut troubles: Vec<Trouble> = Vec::new();
    for complaint in &wrong.complaints {
        let trouble = Trouble { item: "config", remedy: "", ask: ask(&complaint.field) };
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn imap(login: &str) -> Answers {
        let mut answers = Answers::default();
        for (question, text) in [(Question::Way, "1"), (Question::User, "help"), (Question::SmtpUser, login)]
        {
            question.take(text, &mut answers).unwrap();
        }
        answers
    }

    #[test]
    fn the_right_answer_is_asked_for_again() {
        use Question::*;
        for (item, text, remedy, ask) in [
            (
                "mailbox",
                "folder INBOX: IMAP h:993 as help: the server refused the login: [AUTHENTICATIONFAILED] no",
                LOGIN,
                &[User, Password][..],
            ),
            (
                "mailbox",
                "folder X: IMAP h:993 as help: the server refused opening the folder X: no such",
                FOLDER,
                &[Folder],
            ),
            ("mailbox", "folder X: IMAP: h:993: failed to lookup address information", NAME, &[Imap]),
            ("mailbox", "h:993/INBOX was not ready within 10 seconds", NAME, &[Imap]),
            (
                "mailbox",
                "folder X: IMAP: h:993: its certificate comes from an authority that is not among the system's",
                CERTIFICATE,
                &[Imap, Roots],
            ),
            ("mailbox", "folder X: IMAP: h:143: it does not speak TLS on this port", NO_TLS, &[Imap]),
            ("mailbox", "folder X: reading the secret in /x: No such file", SECRET, &[Password]),
            (
                "courier",
                "h:465 does not let us in: 535 5.7.8 authentication failed",
                LOGIN,
                &[SmtpUser, SmtpPassword],
            ),
            (
                "courier",
                "does not let us in: h:465: its certificate has expired",
                CERTIFICATE,
                &[Smtp, Roots],
            ),
            ("courier", "does not let us in: h:587: STARTTLS is not offered", NO_TLS, &[Smtp]),
            ("courier", "h:465: Connection refused", RELAY, &[Smtp]),
            ("state", "/x cannot be written", STATE, &[State]),
            ("clock", "it says 1970", ELSEWHERE, &[]),
        ] {
            let troubles = found(&[Check::wrong(item, text)], &imap("other"));
            assert_eq!(troubles, [Trouble { item, remedy, ask: ask.to_vec() }], "{text}");
        }
        // on a line without TLS a server that says nothing waits for it
        let mut silent = imap("-");
        Question::Imap.take("h:1143 starttls", &mut silent).unwrap();
        let troubles =
            found(&[Check::wrong("mailbox", "h:1143/INBOX was not ready within 10 seconds")], &silent);
        assert_eq!((troubles[0].remedy, troubles[0].ask.as_slice()), (SILENT, &[Imap][..]));
        let both = ["mailbox", "courier"].map(|item| Check::wrong(item, "h: its certificate has expired"));
        let told = advice(&found(&both, &imap("other")), &Look::plain());
        assert_eq!(told, format!("\nWhat to do:\nmailbox, courier  {CERTIFICATE}\n\n"));
        let refused = Check::wrong("courier", "h:25 does not let us in: 530 5.7.0 log in first");
        assert_eq!(found(&[refused], &imap("-"))[0].ask, [Smtp, SmtpUser]);
        let told = advice(&found(&[Check::wrong("state", "/x")], &imap("-")), &Look::plain());
        assert_eq!(told, format!("\nWhat to do:\nstate  {STATE}\n\n"));
        assert!(advice(&[], &Look::plain()).is_empty());
        assert!(found(&[Check::ok("mailbox", "x"), Check::warning("courier", "y")], &imap("-")).is_empty());
    }

    #[test]
    fn one_login_for_both_servers_is_asked_for_once() {
        let both = [
            Check::wrong("mailbox", "folder INBOX: IMAP h as help: the server refused the login: no"),
            Check::wrong("courier", "h:465 does not let us in: 535 no"),
        ];
        let ask = |login: &str| -> Vec<Question> {
            found(&both, &imap(login)).into_iter().flat_map(|trouble| trouble.ask).collect()
        };
        assert_eq!(ask("help"), [Question::User, Question::Password]);
        use Question::*;
        assert_eq!(ask("other"), [User, Password, SmtpUser, SmtpPassword]);
    }

    #[test]
    fn answers_that_do_not_go_together_are_asked_for_again() {
        let text = "[robot]\naddress = \"help@a.example\"\n[staff]\nlist = \"help@a.example\"\n[[staff.member]]\nlogin = \"a\"\n\
                    address = \"help@a.example\"\n[courier]\nkind = \"maildir\"\npath = \"x\"\n";
        let wrong = Config::parse(text, Path::new("/")).unwrap_err();
        let ask: Vec<Question> = complained(&wrong).into_iter().flat_map(|trouble| trouble.ask).collect();
        assert_eq!(ask, [Question::List, Question::Member]);
    }
}
