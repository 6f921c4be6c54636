//! What is asked: each question with its words, its flag, when it has to be asked, and what takes its answer. In: answers
//! so far and a text; out: the next answer, or what is wrong with the text. Touches nothing.

use super::answers::{Answers, Login, Member, Password, Way, bare_address, line, path};
use super::end::End;

/// One thing that has to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Address,
    Way,
    Imap,
    User,
    Password,
    Folder,
    Maildir,
    Smtp,
    SmtpUser,
    SmtpPassword,
    Member,
    List,
    State,
    Roots,
}

impl Question {
    /// In their order. The folder and the authorities are asked for only when the guess turns out to be wrong.
    pub const ASKED: [Question; 12] = [
        Question::Address,
        Question::Way,
        Question::Imap,
        Question::User,
        Question::Password,
        Question::Maildir,
        Question::Smtp,
        Question::SmtpUser,
        Question::SmtpPassword,
        Question::Member,
        Question::List,
        Question::State,
    ];

    /// As somebody is asked.
    pub fn words(self) -> &'static str {
        match self {
            Question::Address => "Address that people write to",
            Question::Way => "How its mail arrives: 1, 2 or 3",
            Question::Imap => "IMAP server",
            Question::User => "Login there",
            Question::Password => "Password (is not shown)",
            Question::Folder => "Folder",
            Question::Maildir => "Directory with cur, new and tmp",
            Question::Smtp => "SMTP server that letters leave by",
            Question::SmtpUser => "Login there (- for none)",
            Question::SmtpPassword => "Password there (is not shown)",
            Question::Member => "On staff, first you: login, name <address>",
            Question::List => "Staff's mailing list, or one person",
            Question::State => "Directory for tickets and mails",
            Question::Roots => "File of the authority that signed its certificate (PEM)",
        }
    }

    /// What answers it on the command line.
    pub fn flag(self) -> &'static str {
        match self {
            Question::Address => "--address help@example.org",
            Question::Way => "--imap SERVER, --pipe or --maildir DIR",
            Question::Imap => "--imap SERVER",
            Question::User => "--user LOGIN",
            Question::Password => "--password-file FILE or --password-command COMMAND",
            Question::Folder => "--folder FOLDER",
            Question::Maildir => "--maildir DIR",
            Question::Smtp => "--smtp SERVER",
            Question::SmtpUser => "--smtp-user LOGIN",
            Question::SmtpPassword => "--smtp-password-file FILE or --smtp-password-command COMMAND",
            Question::Member => "--member 'ann Ann Lee <ann@example.org>'",
            Question::List => "--list team@example.org",
            Question::State => "--state DIR",
            Question::Roots => "--roots FILE",
        }
    }

    /// Whether it has to be asked, as far as is known.
    pub fn is_open(self, a: &Answers) -> bool {
        let imap = a.way == Some(Way::Imap);
        match self {
            Question::Address => a.address.is_none(),
            Question::Way => a.way.is_none(),
            Question::Imap => imap && a.imap.is_none(),
            Question::User => imap && a.user.is_none(),
            Question::Password => imap && a.password.is_none(),
            Question::Maildir => a.way == Some(Way::Maildir) && a.maildir.is_none(),
            Question::Smtp => a.smtp.is_none(),
            Question::SmtpUser => a.smtp_login.is_none(),
            Question::SmtpPassword => {
                matches!(a.smtp_login, Some(Login::As(_))) && a.smtp_password.is_none() && !a.shares_login()
            }
            Question::Member => a.members.is_empty(),
            Question::List => a.list.is_none(),
            Question::State => a.state.is_none(),
            Question::Folder | Question::Roots => false,
        }
    }

    /// Whether the guess is so good that nobody has to say yes to it where nobody can be asked.
    pub fn is_sure(self) -> bool {
        matches!(self, Question::User | Question::SmtpUser | Question::State)
    }

    /// Whether what is typed stays off the screen.
    pub fn is_secret(self) -> bool {
        matches!(self, Question::Password | Question::SmtpPassword)
    }

    /// The answer as it stands, to be kept with Enter; a secret is typed anew.
    pub fn present(self, a: &Answers) -> Option<String> {
        match self {
            Question::Address => a.address.as_ref().map(ToString::to_string),
            Question::Way => a.way.map(|way| way_number(way).to_owned()),
            Question::Imap => a.imap.as_ref().map(ToString::to_string),
            Question::User => a.user.clone(),
            Question::Folder => Some(a.folder.clone().unwrap_or_else(|| "INBOX".into())),
            Question::Maildir => a.maildir.as_ref().map(|p| p.display().to_string()),
            Question::Smtp => a.smtp.as_ref().map(ToString::to_string),
            Question::SmtpUser => a.smtp_login.as_ref().map(|login| match login {
                Login::Nobody => "-".to_owned(),
                Login::As(user) => user.clone(),
            }),
            Question::Member => a.members.first().map(ToString::to_string),
            Question::List => a.list.as_ref().map(ToString::to_string),
            Question::State => a.state.as_ref().map(|p| p.display().to_string()),
            Question::Roots => a.roots.as_ref().map(|p| p.display().to_string()),
            Question::Password | Question::SmtpPassword => None,
        }
    }

    /// Takes an answer. A member is added to those that are there.
    ///
    /// # Errors
    /// What is wrong with it, for whoever typed it.
    pub fn take(self, text: &str, a: &mut Answers) -> Result<(), String> {
        match self {
            Question::Address => a.address = Some(bare_address(text)?),
            Question::Way => a.way = Some(way(text)?),
            Question::Imap => a.imap = Some(End::parse(text)?),
            Question::User => a.user = Some(line(text)?),
            Question::Password => a.password = Some(typed(text)?),
            Question::Folder => a.folder = Some(line(text)?),
            Question::Maildir => a.maildir = Some(path(text)?),
            Question::Smtp => a.smtp = Some(End::parse(text)?),
            Question::SmtpUser => {
                let login = line(text)?;
                a.smtp_login = Some(if login == "-" { Login::Nobody } else { Login::As(login) });
            }
            Question::SmtpPassword => a.smtp_password = Some(typed(text)?),
            Question::Member => a.members.push(Member::parse(text)?),
            Question::List => {
                let list = bare_address(text)?;
                if a.address.as_ref().is_some_and(|own| own.key() == list.key()) {
                    return Err("that is the robot's own address: it would write to itself".into());
                }
                a.list = Some(list);
            }
            Question::State => a.state = Some(path(text)?),
            Question::Roots => a.roots = Some(path(text)?),
        }
        Ok(())
    }

    /// Takes a file's path or a command in the place of a secret.
    ///
    /// # Errors
    /// As [`Password::elsewhere`].
    pub fn take_elsewhere(self, text: &str, a: &mut Answers) -> Result<(), String> {
        let found = Some(Password::elsewhere(text)?);
        match self {
            Question::SmtpPassword => a.smtp_password = found,
            _ => a.password = found,
        }
        Ok(())
    }
}

fn way(text: &str) -> Result<Way, String> {
    match text.trim() {
        "1" => Ok(Way::Imap),
        "2" => Ok(Way::Pipe),
        "3" => Ok(Way::Maildir),
        _ => Err("is none of 1, 2 and 3".into()),
    }
}

fn way_number(way: Way) -> &'static str {
    match way {
        Way::Imap => "1",
        Way::Pipe => "2",
        Way::Maildir => "3",
    }
}

/// What is sent as it is, but for blanks at its end: only a file's first line counts.
fn typed(text: &str) -> Result<Password, String> {
    let text = text.trim_end();
    if text.is_empty() || text.contains(['\n', '\r', '\0']) {
        return Err("needs one line".into());
    }
    Ok(Password::Typed(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The questions of one way, each answered as soon as it comes.
    fn asked(answers: &[(Question, &str)]) -> Vec<Question> {
        let mut so_far = Answers::default();
        let mut asked = Vec::new();
        for question in Question::ASKED {
            if question.is_open(&so_far) {
                asked.push(question);
                let text = answers.iter().find(|a| a.0 == question).expect("an answer").1;
                question.take(text, &mut so_far).expect("a good answer");
                assert!(!question.is_open(&so_far), "{question:?}");
            }
        }
        asked
    }

    #[test]
    fn only_what_matters_is_asked() {
        use Question::*;
        let rest = [
            (Address, "help@example.org"),
            (Imap, "imap.example.org"),
            (User, "help"),
            (Password, "x"),
            (Maildir, "/m"),
            (Smtp, "smtp.example.org"),
            (SmtpPassword, "y"),
            (Member, "ann Ann <ann@example.org>"),
            (List, "team@example.org"),
            (State, "/s"),
        ];
        for (way, login, these) in [
            ("1", "help", &[Address, Way, Imap, User, Password, Smtp, SmtpUser, Member, List, State][..]),
            (
                "1",
                "out",
                &[Address, Way, Imap, User, Password, Smtp, SmtpUser, SmtpPassword, Member, List, State],
            ),
            ("2", "-", &[Address, Way, Smtp, SmtpUser, Member, List, State]),
            ("2", "help", &[Address, Way, Smtp, SmtpUser, SmtpPassword, Member, List, State]),
            ("3", "-", &[Address, Way, Maildir, Smtp, SmtpUser, Member, List, State]),
        ] {
            let all: Vec<_> = rest.iter().copied().chain([(Way, way), (SmtpUser, login)]).collect();
            assert_eq!(asked(&all), these, "{way} {login}");
        }
    }

    #[test]
    fn an_answer_that_is_kept_is_the_same_again() {
        for (question, text) in [
            (Question::Address, "help@example.org"),
            (Question::Way, "2"),
            (Question::Imap, "imap.example.org:143"),
            (Question::User, "help"),
            (Question::Folder, "Help/New"),
            (Question::Maildir, "/var/mail/help"),
            (Question::Smtp, "127.0.0.1:25"),
            (Question::SmtpUser, "-"),
            (Question::SmtpUser, "help"),
            (Question::Member, "ann Ann Lee <ann@example.org>"),
            (Question::List, "team@example.org"),
            (Question::State, "/var/lib/x"),
            (Question::Roots, "/etc/ca.pem"),
        ] {
            let mut answers = Answers::default();
            question.take(text, &mut answers).unwrap();
            assert_eq!(question.present(&answers).as_deref(), Some(text));
            assert!(question.take("\u{7}", &mut answers).is_err(), "{question:?}");
            assert!(question.take("", &mut answers).is_err(), "{question:?}");
        }
    }
}
