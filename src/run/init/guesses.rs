//! What stands in brackets behind a question: guesses from the answers before it, from this machine, and from a small table
//! of providers. In: answers, and what is known of the place; out: a text that the question would take. Asks nobody itself:
//! whether a name is known in the network is told by whoever calls.

use super::answers::{Answers, Member, Way, is_login};
use super::end::End;
use super::questions::Question;
use crate::model::address::Address;
use std::path::{Path, PathBuf};

/// Where this runs, and for whom.
pub struct Land {
    /// The file that is written.
    pub config: PathBuf,
    /// Where state goes unless somebody says otherwise.
    pub state: PathBuf,
    /// The domain of this machine's mail, if it has one.
    pub domain: Option<String>,
    /// Login and full name of whoever sits there; nobody for root himself.
    pub person: Option<(String, String)>,
    /// Whether a server's name has an address.
    pub knows: Box<dyn Fn(&str) -> bool>,
}

impl Land {
    /// Where relative paths of the configuration start.
    pub fn base(&self) -> &Path {
        self.config.parent().unwrap_or(Path::new("/"))
    }
}

/// A provider whose servers' names do not follow from the address.
struct Provider {
    /// Parted by blanks.
    domains: &'static str,
    imap: &'static str,
    smtp: &'static str,
    /// Whether mail to `help+12@…` arrives.
    plus: bool,
    /// What has to be done there first; empty when nothing has.
    first: &'static str,
}

const APP: &str = "It takes an app password only, which is made in the account's settings.";
const ALLOW: &str = "IMAP has to be allowed in the account's settings first.";
const TOKEN: &str =
    "Microsoft takes access tokens and no passwords: press Enter and name a command that prints one.";

#[rustfmt::skip]
const PROVIDERS: [Provider; 16] = [
    Provider { domains: "gmail.com googlemail.com", imap: "imap.gmail.com", smtp: "smtp.gmail.com", plus: true, first: APP },
    // before the other one of Microsoft: whoever has a domain of his own there is a tenant
    Provider { domains: "onmicrosoft.com", imap: "outlook.office365.com", smtp: "smtp.office365.com:587", plus: true, first: TOKEN },
    Provider { domains: "outlook.com hotmail.com live.com msn.com", imap: "outlook.office365.com", smtp: "smtp-mail.outlook.com:587", plus: true, first: TOKEN },
    Provider { domains: "icloud.com me.com mac.com", imap: "imap.mail.me.com", smtp: "smtp.mail.me.com:587", plus: true, first: APP },
    Provider { domains: "yahoo.com yahoo.de yahoo.co.uk yahoo.fr ymail.com rocketmail.com", imap: "imap.mail.yahoo.com", smtp: "smtp.mail.yahoo.com", plus: false, first: APP },
    Provider { domains: "aol.com", imap: "imap.aol.com", smtp: "smtp.aol.com", plus: false, first: APP },
    Provider { domains: "fastmail.com fastmail.fm", imap: "imap.fastmail.com", smtp: "smtp.fastmail.com", plus: true, first: APP },
    Provider { domains: "zoho.com zohomail.com", imap: "imap.zoho.com", smtp: "smtp.zoho.com", plus: true, first: ALLOW },
    Provider { domains: "yandex.com yandex.ru", imap: "imap.yandex.com", smtp: "smtp.yandex.com", plus: true, first: APP },
    Provider { domains: "gmx.de gmx.net gmx.at gmx.ch", imap: "imap.gmx.net", smtp: "mail.gmx.net", plus: false, first: ALLOW },
    Provider { domains: "gmx.com gmx.us", imap: "imap.gmx.com", smtp: "mail.gmx.com", plus: false, first: ALLOW },
    Provider { domains: "web.de", imap: "imap.web.de", smtp: "smtp.web.de:587", plus: false, first: ALLOW },
    Provider { domains: "t-online.de", imap: "secureimap.t-online.de", smtp: "securesmtp.t-online.de", plus: false, first: "It takes the password for mail programs, which is made in the account's settings." },
    Provider { domains: "posteo.de posteo.net", imap: "posteo.de", smtp: "posteo.de", plus: true, first: "" },
    Provider { domains: "mailbox.org", imap: "imap.mailbox.org", smtp: "smtp.mailbox.org", plus: true, first: "" },
    Provider { domains: "riseup.net", imap: "mail.riseup.net", smtp: "mail.riseup.net", plus: true, first: "" },
];

fn provider(domain: &str) -> Option<&'static Provider> {
    let domain = domain.to_ascii_lowercase();
    // a tenant's own domain there lies below it
    let fits =
        |known: &str| domain == known || (known == "onmicrosoft.com" && domain.ends_with(".onmicrosoft.com"));
    PROVIDERS.iter().find(|p| p.domains.split(' ').any(fits))
}

/// The provider at whose server mail is fetched, whatever the address.
fn host_of(end: &End) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|p| p.imap == end.host)
}

/// A server that takes access tokens and no passwords.
pub fn wants_token(end: &End) -> bool {
    host_of(end).is_some_and(|p| p.first == TOKEN)
        || ["smtp-mail.outlook.com", "smtp.office365.com"].contains(&&*end.host)
}

/// Whether mail to `help+12@…` is known not to arrive.
pub fn drops_details(answers: &Answers) -> bool {
    let domain = answers.address.as_ref().map(Address::domain).and_then(provider);
    domain.or_else(|| answers.imap.as_ref().and_then(host_of)).is_some_and(|p| !p.plus)
}

/// What whoever is asked should know before.
pub fn hint(question: Question, answers: &Answers) -> Option<&'static str> {
    match question {
        Question::Way => Some(
            "  1  it lies in a mailbox at a provider: fetched by IMAP\n  \
             2  this machine's mail server hands it over: a line in /etc/aliases\n  \
             3  it lies in a Maildir on this machine",
        ),
        Question::Password => {
            answers.imap.as_ref().and_then(host_of).map(|p| p.first).filter(|first| !first.is_empty())
        }
        Question::Member => Some(
            "Whoever is on staff may command the robot by mail: first you, the others follow. A short login, a name, an \
             address:\n  ann Ann Lee <ann@example.org>",
        ),
        Question::List => Some("Each ticket is a thread on staff's list, and they answer it there."),
        _ => None,
    }
}

/// The guess, if there is a good one.
pub fn guess(question: Question, answers: &Answers, land: &Land) -> Option<String> {
    let domain = answers.address.as_ref().map(Address::domain);
    match question {
        Question::Address => land.domain.as_ref().map(|domain| format!("help@{domain}")),
        Question::Way => Some("1".into()),
        Question::Imap => Some(imap(domain?, land)),
        Question::User => answers.address.as_ref().map(ToString::to_string),
        Question::Maildir => answers.address.as_ref().map(|a| format!("/var/mail/{}/Maildir", a.local())),
        Question::Smtp => Some(smtp(domain?, answers, land)),
        Question::SmtpUser => Some(smtp_user(answers)),
        Question::Member => member(domain?, land),
        // a team of one has no list
        Question::List => answers.members.first().map(|m| m.address.to_string()),
        Question::State => Some(land.state.display().to_string()),
        Question::Folder => Some("INBOX".into()),
        Question::Password | Question::SmtpPassword | Question::Roots => None,
    }
}

fn imap(domain: &str, land: &Land) -> String {
    provider(domain).map_or_else(|| known(domain, ["imap", "mail"], land), |p| p.imap.to_owned())
}

fn smtp(domain: &str, answers: &Answers, land: &Land) -> String {
    if answers.way != Some(Way::Imap) {
        return "127.0.0.1:25".into();
    }
    let end = answers.imap.as_ref();
    let by_domain = provider(domain).filter(|p| end.is_none_or(|end| end.host == p.imap));
    let provider = by_domain.or_else(|| end.and_then(host_of));
    match (provider, end.map(|end| end.host.as_str())) {
        (Some(p), _) => p.smtp.to_owned(),
        // a provider's two servers have like names
        (None, Some(host)) => match host.strip_prefix("imap.") {
            Some(rest) => format!("smtp.{rest}"),
            None => host.to_owned(),
        },
        (None, None) => known(domain, ["smtp", "mail"], land),
    }
}

/// The first of these names that has an address, or the first.
fn known<const N: usize>(domain: &str, names: [&str; N], land: &Land) -> String {
    let all = names.map(|name| format!("{name}.{domain}"));
    let found = all.iter().find(|host| (land.knows)(host)).or(all.first());
    found.cloned().unwrap_or_default()
}

fn smtp_user(answers: &Answers) -> String {
    let is_relay =
        answers.smtp.as_ref().is_some_and(|end| end.is_here() && matches!(end.port, None | Some(25)));
    let address = answers.address.as_ref().map(ToString::to_string);
    let user = answers.user.clone().filter(|_| answers.way == Some(Way::Imap)).or(address);
    user.filter(|_| !is_relay).unwrap_or_else(|| "-".into())
}

fn member(domain: &str, land: &Land) -> Option<String> {
    let (login, name) = land.person.as_ref()?;
    let login = login.to_ascii_lowercase();
    let address = Address::parse(&format!("{login}@{domain}")).filter(|_| is_login(&login))?;
    let name = if name.trim().is_empty() { login.clone() } else { name.trim().to_owned() };
    Some(Member { login, name, address }.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn land(known: &'static [&'static str]) -> Land {
        Land {
            config: "/c".into(),
            state: "/s".into(),
            domain: None,
            person: Some(("Ann".into(), "Ann Lee".into())),
            knows: Box::new(move |host| known.contains(&host)),
        }
    }

    fn answered(said: &[(Question, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (question, text) in said {
            question.take(text, &mut answers).unwrap();
        }
        answers
    }

    #[test]
    fn servers_are_guessed_from_the_address() {
        for (address, known, imap, smtp) in [
            ("help@gmail.com", &[][..], "imap.gmail.com", "smtp.gmail.com"),
            ("help@GMX.de", &[], "imap.gmx.net", "mail.gmx.net"),
            ("help@team.onmicrosoft.com", &[], "outlook.office365.com", "smtp.office365.com:587"),
            ("help@notonmicrosoft.com", &[], "imap.notonmicrosoft.com", "smtp.notonmicrosoft.com"),
            ("help@example.org", &[], "imap.example.org", "smtp.example.org"),
            ("help@example.org", &["mail.example.org"], "mail.example.org", "mail.example.org"),
            (
                "help@example.org",
                &["imap.example.org", "mail.example.org"],
                "imap.example.org",
                "smtp.example.org",
            ),
        ] {
            let land = land(known);
            let mut answers = answered(&[(Question::Address, address), (Question::Way, "1")]);
            assert_eq!(guess(Question::Imap, &answers, &land).as_deref(), Some(imap), "{address}");
            Question::Imap.take(imap, &mut answers).unwrap();
            assert_eq!(guess(Question::Smtp, &answers, &land).as_deref(), Some(smtp), "{address}");
        }
    }

    /// A guess that its question would not take helps nobody.
    #[test]
    fn every_provider_is_sound() {
        let mut seen = std::collections::HashSet::new();
        for p in &PROVIDERS {
            assert!(End::parse(p.imap).is_ok_and(|end| end.to_string() == p.imap), "{}", p.imap);
            assert!(End::parse(p.smtp).is_ok_and(|end| end.to_string() == p.smtp), "{}", p.smtp);
            for domain in p.domains.split(' ') {
                assert!(Address::parse(&format!("x@{domain}")).is_some() && seen.insert(domain), "{domain}");
            }
            let (imap, smtp) = (End::parse(p.imap).unwrap(), End::parse(p.smtp).unwrap());
            assert_eq!((wants_token(&imap), wants_token(&smtp)), (p.first == TOKEN, p.first == TOKEN));
        }
    }

    #[test]
    fn the_rest_follows_from_what_is_known() {
        let land = land(&[]);
        for (said, question, text) in [
            (&[][..], Question::Address, None),
            (&[], Question::Imap, None),
            (&[(Question::Address, "help@a.example")], Question::User, Some("help@a.example")),
            (&[(Question::Address, "help@a.example")], Question::Member, Some("ann Ann Lee <ann@a.example>")),
            (&[(Question::Member, "ben Ben <ben@a.example>")], Question::List, Some("ben@a.example")),
            (
                &[(Question::Address, "help@a.example"), (Question::Way, "2")],
                Question::Smtp,
                Some("127.0.0.1:25"),
            ),
            (
                &[(Question::Address, "help@a.example"), (Question::Smtp, "127.0.0.1:25")],
                Question::SmtpUser,
                Some("-"),
            ),
            (
                &[(Question::Address, "help@a.example"), (Question::Smtp, "mx.a.example")],
                Question::SmtpUser,
                Some("help@a.example"),
            ),
            (
                &[(Question::Way, "1"), (Question::User, "u7"), (Question::Smtp, "mx.a.example")],
                Question::SmtpUser,
                Some("u7"),
            ),
        ] {
            assert_eq!(guess(question, &answered(said), &land).as_deref(), text, "{question:?}");
        }
        assert!(drops_details(&answered(&[(Question::Address, "help@web.de")])));
        assert!(drops_details(&answered(&[
            (Question::Address, "help@a.example"),
            (Question::Imap, "imap.web.de")
        ])));
        assert!(!drops_details(&answered(&[(Question::Address, "help@a.example")])));
    }
}
