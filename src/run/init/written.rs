//! The text of the configuration: the example, with the answers in the place of its own. In: answers and where their
//! secrets are; out: a text that reads as well as the example, since every comment of it is still there. Holds no secret.
//! Touches nothing.

use super::answers::{Answers, Login, Member, Places, Way};
use super::end::End;
use super::guesses;
use super::page::{Page, quoted, quoted_path};
use crate::model::server::{SecretSource, Security};

/// What every site's file is made of.
pub const EXAMPLE: &str = include_str!("../../../config.example.toml");
/// The sentence of it that holds before anything is decided.
const UNDECIDED: &str = "# Lines without a # are what you must decide; change them and you are done.";
const DECIDED: &str = "# Lines without a # were decided with `trackle init`.";

/// The whole file.
pub fn text(answers: &Answers, places: &Places) -> String {
    let mut page = Page::of(&EXAMPLE.replace(UNDECIDED, DECIDED));
    robot(&mut page, answers);
    staff(&mut page, answers);
    match answers.way {
        Some(Way::Imap) => mailbox(&mut page, answers, places),
        Some(Way::Maildir) => {
            page.leave_out("[[mailbox]]");
            page.take_in("##[[mailbox]]", &["kind", "path"]);
            if let Some(path) = &answers.maildir {
                page.set("[[mailbox]]", "path", &quoted_path(path));
            }
        }
        Some(Way::Pipe) | None => page.leave_out("[[mailbox]]"),
    }
    courier(&mut page, answers, places);
    page.text()
}

fn robot(page: &mut Page, answers: &Answers) {
    const TABLE: &str = "[robot]";
    if let Some(address) = &answers.address {
        page.set(TABLE, "address", &quoted(address.as_str()));
    }
    if let Some(state) = &answers.state {
        page.set(TABLE, "state", &quoted_path(state));
    }
    if answers.no_plus || guesses::drops_details(answers) {
        page.set(TABLE, "plus_addressing", "false");
    }
}

fn staff(page: &mut Page, answers: &Answers) {
    const MEMBER: &str = "[[staff.member]]";
    if let Some(list) = &answers.list {
        page.set("[staff]", "list", &quoted(list.as_str()));
    }
    let Some((first, others)) = answers.members.split_first() else { return };
    for (key, value) in settings(first) {
        page.set(MEMBER, key, &value);
    }
    let blocks = others.iter().flat_map(|member| {
        let lines = settings(member).map(|(key, value)| format!("{key} = {value}"));
        [String::new(), MEMBER.to_owned()].into_iter().chain(lines)
    });
    page.add(MEMBER, blocks.collect());
}

fn settings(member: &Member) -> [(&'static str, String); 3] {
    [
        ("login", quoted(&member.login)),
        ("name", quoted(&member.name)),
        ("address", quoted(member.address.as_str())),
    ]
}

fn mailbox(page: &mut Page, answers: &Answers, places: &Places) {
    const TABLE: &str = "[[mailbox]]";
    if let Some(user) = &answers.user {
        page.set(TABLE, "user", &quoted(user));
    }
    if let Some(secret) = answers.mailbox_secret(places) {
        set_secret(page, TABLE, &secret);
    }
    if let Some(folder) = answers.folder.as_ref().filter(|folder| *folder != "INBOX") {
        page.set(TABLE, "folders", &format!("[{}]", quoted(folder)));
    }
    if let Some(end) = &answers.imap {
        set_server(page, TABLE, end, answers);
    }
}

fn courier(page: &mut Page, answers: &Answers, places: &Places) {
    const TABLE: &str = "[courier]";
    match &answers.smtp_login {
        Some(Login::As(user)) => page.set(TABLE, "user", &quoted(user)),
        _ => {
            page.unset(TABLE, "user");
            page.unset(TABLE, "password_file");
        }
    }
    if let Some(secret) = answers.courier_secret(places) {
        set_secret(page, TABLE, &secret);
    }
    if let Some(end) = &answers.smtp {
        set_server(page, TABLE, end, answers);
    }
}

/// Where it is, how the line is protected, and by whose certificates.
fn set_server(page: &mut Page, table: &str, end: &End, answers: &Answers) {
    page.set(table, "host", &quoted(&end.host));
    let security = match end.security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
        Security::Plain => "plain",
    };
    if end.security != Security::Tls {
        page.set(table, "security", &quoted(security));
    }
    if let Some(port) = end.port {
        page.set(table, "port", &port.to_string());
    }
    if let Some(roots) = answers.roots.as_ref().filter(|_| end.security != Security::Plain) {
        page.set(table, "roots", &quoted_path(roots));
    }
    let logs_in = table == "[[mailbox]]" || matches!(answers.smtp_login, Some(Login::As(_)));
    if logs_in && (answers.tokens || guesses::wants_token(end)) {
        page.set(table, "mechanism", &quoted("xoauth2"));
    }
}

fn set_secret(page: &mut Page, table: &str, secret: &SecretSource) {
    let (key, value) = match secret {
        SecretSource::File(path) => ("password_file", quoted_path(path)),
        SecretSource::Command(words) => {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            ("password_command", format!("[{}]", words.join(", ")))
        }
        SecretSource::Environment(name) => ("password_env", quoted(name)),
    };
    page.unset(table, "password_file");
    page.set(table, key, &value);
}

#[cfg(test)]
mod tests {
    use super::super::questions::Question;
    use super::*;
    use crate::config::{Config, Courier, Mailbox};
    use crate::model::server::{Mechanism, Roots};
    use std::path::Path;

    fn places() -> Places {
        Places {
            mailbox: "/etc/trackle/mailbox.password".into(),
            courier: "/etc/trackle/courier.password".into(),
        }
    }

    const TEAM: [(Question, &str); 4] = [
        (Question::Address, "hilfe@team.example"),
        (Question::Member, "ann Ann \"X\" L\\ee <ann@team.example>"),
        (Question::Member, "ben Ben <ben@team.example>"),
        (Question::List, "staff@team.example"),
    ];
    const IMAP: [(Question, &str); 4] = [
        (Question::Way, "1"),
        (Question::Imap, "imap.team.example"),
        (Question::User, "hilfe"),
        (Question::Password, "hunter2"),
    ];
    const LOCAL: [(Question, &str); 2] = [(Question::Smtp, "127.0.0.1:25"), (Question::SmtpUser, "-")];

    fn answered(parts: &[&[(Question, &str)]]) -> Answers {
        let mut answers = Answers::default();
        for (question, text) in parts.concat() {
            question.take(text, &mut answers).unwrap();
        }
        answers
    }

    /// The text and what it means. Whatever is written, every line of prose is still there, in its order.
    fn written(answers: &Answers) -> (String, Config) {
        let text = text(answers, &places());
        assert!(!text.contains("hunter2"));
        let mut lines = text.lines();
        let prose =
            EXAMPLE.lines().filter(|line| (line.starts_with("# ") || *line == "#") && *line != UNDECIDED);
        for line in prose {
            assert!(lines.any(|l| l == line), "{line} is not in\n{text}");
        }
        let config =
            Config::parse(&text, Path::new("/etc/trackle")).unwrap_or_else(|e| panic!("{e}\n{text}"));
        (text, config)
    }

    #[test]
    fn a_mailbox_at_a_provider() {
        let smtp = [(Question::Smtp, "smtp.team.example"), (Question::SmtpUser, "hilfe")];
        let (text, config) = written(&answered(&[&TEAM, &IMAP, &smtp]));
        assert!(text.contains(DECIDED), "{text}");
        let mut said = text.lines().filter(|line| !line.starts_with('#'));
        assert!(said.all(|line| !line.contains("example.org")), "{text}");
        assert_eq!(config.robot.address.as_str(), "hilfe@team.example");
        assert_eq!(config.robot.state, Path::new("/var/lib/trackle"));
        assert!(config.robot.plus_addressing);
        let [ann, ben] = config.staff.members.as_slice() else { panic!("{config:?}") };
        assert_eq!((ann.login.as_str(), ann.name.as_str()), ("ann", "Ann \"X\" L\\ee"));
        assert_eq!((ben.login.as_str(), ben.address.as_str()), ("ben", "ben@team.example"));
        let [Mailbox::Imap(imap)] = config.mailboxes.as_slice() else { panic!("{config:?}") };
        let file = || SecretSource::File("/etc/trackle/mailbox.password".into());
        let login = imap.server.login.clone().unwrap();
        assert_eq!((imap.server.host.as_str(), imap.server.port), ("imap.team.example", 993));
        assert_eq!(
            (login.user.as_str(), login.mechanism, login.secret),
            ("hilfe", Mechanism::Password, file())
        );
        let Courier::Smtp(smtp) = &config.courier else { panic!("{config:?}") };
        assert_eq!((smtp.server.port, smtp.server.login.clone().unwrap().secret), (465, file()));
    }

    #[test]
    fn everything_that_is_not_as_usual() {
        let odd = [
            (Question::Way, "1"),
            (Question::Imap, "localhost:1143 starttls"),
            (Question::User, "h \"x\""),
            (Question::Folder, "Help/New"),
            (Question::Roots, "/etc/ca.pem"),
            (Question::Smtp, "mx.team.example:587"),
            (Question::SmtpUser, "out"),
            (Question::SmtpPassword, "hunter2"),
            (Question::State, "/srv/state"),
        ];
        let mut answers = answered(&[&TEAM, &odd]);
        Question::Password.take_elsewhere("!pass show mail/help", &mut answers).unwrap();
        (answers.no_plus, answers.tokens) = (true, true);
        let (_, config) = written(&answers);
        assert_eq!(
            (config.robot.state.as_path(), config.robot.plus_addressing),
            (Path::new("/srv/state"), false)
        );
        let [Mailbox::Imap(imap)] = config.mailboxes.as_slice() else { panic!("{config:?}") };
        assert_eq!((imap.server.port, imap.server.security), (1143, Security::StartTls));
        assert_eq!(
            (imap.folders.as_slice(), &imap.server.roots),
            (["Help/New".to_owned()].as_slice(), &Roots::File("/etc/ca.pem".into()))
        );
        let login = imap.server.login.clone().unwrap();
        assert_eq!((login.user.as_str(), login.mechanism), ("h \"x\"", Mechanism::Xoauth2));
        assert_eq!(
            login.secret,
            SecretSource::Command(["pass", "show", "mail/help"].map(str::to_owned).to_vec())
        );
        let Courier::Smtp(smtp) = &config.courier else { panic!("{config:?}") };
        assert_eq!((smtp.server.port, smtp.server.security), (587, Security::StartTls));
        let login = smtp.server.login.clone().unwrap();
        assert_eq!((login.user.as_str(), login.secret), ("out", SecretSource::File(places().courier)));
    }

    #[test]
    fn mail_that_is_handed_over_or_lies_in_a_maildir() {
        let (text, config) = written(&answered(&[&TEAM, &[(Question::Way, "2")], &LOCAL]));
        assert!(
            config.mailboxes.is_empty() && text.contains("\n##[[mailbox]]\n##kind = \"imap\"\n"),
            "{text}"
        );
        let Courier::Smtp(smtp) = &config.courier else { panic!("{config:?}") };
        assert_eq!(
            (smtp.server.port, smtp.server.security, &smtp.server.login),
            (25, Security::Plain, &None)
        );
        let maildir = [(Question::Way, "3"), (Question::Maildir, "/var/mail/help/M")];
        let (text, config) = written(&answered(&[&TEAM, &maildir, &LOCAL]));
        let [Mailbox::Maildir(found)] = config.mailboxes.as_slice() else { panic!("{config:?}") };
        assert_eq!(found.path, Path::new("/var/mail/help/M"));
        assert!(
            text.contains("\n[[mailbox]]\nkind = \"maildir\"\npath = \"/var/mail/help/M\"\n##poll"),
            "{text}"
        );
    }

    #[test]
    fn a_provider_is_known_for_what_it_cannot_do() {
        let web = [
            (Question::Address, "help@web.de"),
            (Question::Member, "ann Ann <ann@web.de>"),
            (Question::List, "ann@web.de"),
        ];
        let (_, config) = written(&answered(&[&web, &IMAP, &LOCAL]));
        assert!(!config.robot.plus_addressing);
        let microsoft =
            [(Question::Way, "1"), (Question::Imap, "outlook.office365.com"), (Question::User, "u")];
        let mut answers = answered(&[&TEAM, &microsoft, &LOCAL]);
        Question::Password.take_elsewhere("!token", &mut answers).unwrap();
        let (_, config) = written(&answers);
        let [Mailbox::Imap(imap)] = config.mailboxes.as_slice() else { panic!("{config:?}") };
        assert_eq!(imap.server.login.clone().unwrap().mechanism, Mechanism::Xoauth2);
    }
}
