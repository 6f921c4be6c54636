//! What has been answered so far, and what an answer's words mean: passwords, members, addresses. In: text that somebody
//! typed, or that stood behind a flag; out: values that the configuration takes, or what is wrong with the text. Touches
//! nothing; a password that was typed is never shown.

use super::end::End;
use crate::model::address::Address;
use crate::model::server::SecretSource;
use std::fmt;
use std::path::{Path, PathBuf};

/// Every answer; `None` until it is given.
#[derive(Debug, Default)]
pub struct Answers {
    pub address: Option<Address>,
    pub way: Option<Way>,
    pub imap: Option<End>,
    pub user: Option<String>,
    pub password: Option<Password>,
    /// `INBOX` where nobody says otherwise.
    pub folder: Option<String>,
    pub maildir: Option<PathBuf>,
    pub smtp: Option<End>,
    pub smtp_login: Option<Login>,
    /// Of its own; otherwise the mailbox's.
    pub smtp_password: Option<Password>,
    pub members: Vec<Member>,
    pub list: Option<Address>,
    pub state: Option<PathBuf>,
    /// A PEM file of certificate authorities.
    pub roots: Option<PathBuf>,
    /// Letters ask for answers to the plain address.
    pub no_plus: bool,
    /// Secrets are access tokens.
    pub tokens: bool,
}

/// How mail arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Imap,
    /// By `trackle deliver`.
    Pipe,
    Maildir,
}

/// Who logs in at the outgoing server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    Nobody,
    As(String),
}

/// A password or token, or where it is found.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    Typed(String),
    File(PathBuf),
    Command(Vec<String>),
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«password»")
    }
}

/// Somebody on staff: `ann Ann Lee <ann@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub login: String,
    pub name: String,
    pub address: Address,
}

/// Where passwords that were typed lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub mailbox: PathBuf,
    pub courier: PathBuf,
}

impl Answers {
    /// Where the mailbox's secret is found.
    pub fn mailbox_secret(&self, places: &Places) -> Option<SecretSource> {
        self.password.as_ref().map(|password| password.source(&places.mailbox))
    }

    /// Where the courier's secret is found; `None` when nobody logs in there.
    pub fn courier_secret(&self, places: &Places) -> Option<SecretSource> {
        match (&self.smtp_login, &self.smtp_password) {
            (Some(Login::As(_)), Some(password)) => Some(password.source(&places.courier)),
            (Some(Login::As(_)), None) => self.mailbox_secret(places),
            _ => None,
        }
    }

    /// What was typed, with the place where it has to lie.
    pub fn typed<'a>(&'a self, places: &'a Places) -> impl Iterator<Item = (&'a Path, &'a str)> {
        let both = [(&self.password, &places.mailbox), (&self.smtp_password, &places.courier)];
        both.into_iter().filter_map(|(password, place)| match password {
            Some(Password::Typed(text)) => Some((place.as_path(), text.as_str())),
            _ => None,
        })
    }

    /// Whether one login serves for both servers, so that its password is asked for once.
    pub fn shares_login(&self) -> bool {
        let same = match &self.smtp_login {
            Some(Login::As(user)) => self.user.as_ref() == Some(user),
            _ => false,
        };
        self.way == Some(Way::Imap) && same && self.smtp_password.is_none()
    }
}

impl Password {
    fn source(&self, place: &Path) -> SecretSource {
        match self {
            Password::Typed(_) => SecretSource::File(place.to_owned()),
            Password::File(path) => SecretSource::File(path.clone()),
            Password::Command(words) => SecretSource::Command(words.clone()),
        }
    }

    /// A file's path, or a command behind an exclamation mark.
    ///
    /// # Errors
    /// When it is neither.
    pub fn elsewhere(text: &str) -> Result<Password, String> {
        match text.trim().strip_prefix('!') {
            Some(command) => {
                let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
                if words.is_empty() {
                    return Err("needs a command, such as !pass show mail/help".into());
                }
                Ok(Password::Command(words))
            }
            None => path(text).map(Password::File),
        }
    }
}

impl Member {
    /// Reads one: a login, a name, an address in angle brackets.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Member, String> {
        const FORM: &str = "needs a login, a name and an address: ann Ann Lee <ann@example.org>";
        let (words, address) = text.trim().strip_suffix('>').and_then(|t| t.rsplit_once('<')).ok_or(FORM)?;
        let (login, name) = words.trim().split_once(char::is_whitespace).unwrap_or((words.trim(), ""));
        if !is_login(login) {
            return Err(format!(
                "{login:?} cannot be a login: it begins with a small letter and has small letters, digits and . _ - only"
            ));
        }
        let name = if name.trim().is_empty() { login } else { name.trim() };
        Ok(Member { login: login.to_owned(), name: line(name)?, address: bare_address(address)? })
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} <{}>", self.login, self.name, self.address)
    }
}

/// The word for `assign`, as the configuration takes it.
pub fn is_login(word: &str) -> bool {
    word.len() <= 32
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

/// A bare mail address.
///
/// # Errors
/// When it is none.
pub fn bare_address(text: &str) -> Result<Address, String> {
    Address::parse(text).ok_or_else(|| format!("{text:?} is no bare mail address such as help@example.org"))
}

/// One line for people to read.
///
/// # Errors
/// When it is empty, too long or has control characters.
pub fn line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err("must be one line of 1 to 100 characters".into());
    }
    Ok(text.to_owned())
}

/// A whole path.
///
/// # Errors
/// When it does not begin at the root.
pub fn path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    if !text.starts_with('/') || text.chars().any(char::is_control) {
        return Err("write the whole path, from / on".into());
    }
    Ok(PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_from_one_line() {
        let read = |text: &str| Member::parse(text).map(|m| m.to_string());
        for (text, shown) in [
            ("ann Ann Lee <ann@example.org>", Some("ann Ann Lee <ann@example.org>")),
            (" b.stone-2  Bob  <Bob@Example.org> ", Some("b.stone-2 Bob <Bob@Example.org>")),
            ("ann <ann@example.org>", Some("ann ann <ann@example.org>")),
            ("ann", None),
            ("Ann Lee <ann@example.org>", None),
            ("12 Ann <ann@example.org>", None),
            ("ann Ann <nobody>", None),
            ("ann A\u{7}n <ann@example.org>", None),
            ("", None),
        ] {
            assert_eq!(read(text).ok().as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let answers = Answers { password: Some(Password::Typed("hunter2".into())), ..Answers::default() };
        assert!(!format!("{answers:?}").contains("hunter2"));
        let words = ["pass", "show", "mail/help"].map(str::to_owned).to_vec();
        for (text, found) in [
            ("/etc/secret", Some(Password::File("/etc/secret".into()))),
            ("!pass show mail/help", Some(Password::Command(words))),
            ("!", None),
            ("secret", None),
            ("", None),
        ] {
            assert!(Password::elsewhere(text).ok() == found, "{text}");
        }
    }

    #[test]
    fn one_login_serves_for_both_servers() {
        let places = Places { mailbox: "/m".into(), courier: "/c".into() };
        let mut answers = Answers {
            way: Some(Way::Imap),
            user: Some("help".into()),
            password: Some(Password::Typed("a".into())),
            smtp_login: Some(Login::As("help".into())),
            ..Answers::default()
        };
        assert!(answers.shares_login());
        assert_eq!(answers.courier_secret(&places), Some(SecretSource::File("/m".into())));
        answers.smtp_password = Some(Password::Typed("b".into()));
        assert!(!answers.shares_login());
        assert_eq!(answers.courier_secret(&places), Some(SecretSource::File("/c".into())));
        let typed: Vec<_> = answers.typed(&places).collect();
        assert_eq!(typed, [(Path::new("/m"), "a"), (Path::new("/c"), "b")]);
        answers.smtp_login = Some(Login::Nobody);
        assert_eq!(answers.courier_secret(&places), None);
    }
}
