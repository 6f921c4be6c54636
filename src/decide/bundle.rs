//! A session that a host has sent: whether it is to be filed, with which ticket, and as whose work. In: what is known of the
//! bundle and of its host; out: the member of staff and the ticket, or why it is set aside. Files nothing itself.

use crate::model::bundle::Bundle;
use crate::model::host::{Brought, Host, Unfiled};
use crate::model::person::Member;
use crate::model::robot::Robot;
use crate::model::ticket::Number;

/// A bundle that is believed, with whose work it is.
#[derive(Debug, Clone, Copy)]
pub struct Believed<'a> {
    pub bundle: &'a Bundle,
    pub member: &'a Member,
}

/// Believes a bundle, or says why not.
///
/// # Errors
/// Why it is set aside.
pub fn believed<'a>(brought: &'a Brought, robot: &'a Robot) -> Result<Believed<'a>, Unfiled> {
    match brought {
        Brought::Unreadable(why) => Err(Unfiled::Refused(why.clone())),
        Brought::Stranger(cover) => Err(Unfiled::Stranger { host: cover.host.clone(), key: cover.key }),
        Brought::Known { host, opened, .. } => {
            let bundle = opened.as_deref().map_err(|why| Unfiled::Refused(why.clone()))?;
            if let Some(host) = host {
                signs(host, bundle)?;
            }
            let login = &bundle.session.login;
            let nobody = || Unfiled::Nobody { login: login.clone(), host: bundle.session.host.clone() };
            let member = worker(login, host.as_ref(), robot).ok_or_else(nobody)?;
            Ok(Believed { bundle, member })
        }
    }
}

/// The ticket that it is for.
///
/// # Errors
/// When it names none.
pub fn ticket(bundle: &Bundle) -> Result<Number, Unfiled> {
    let wanted = bundle.session.ticket.ok_or(Unfiled::NoTicket)?;
    u32::try_from(wanted).ok().filter(|n| *n > 0).map(Number).ok_or(Unfiled::UnknownTicket(wanted))
}

/// Whether that host may sign that bundle.
fn signs(host: &Host, bundle: &Bundle) -> Result<(), Unfiled> {
    let session = &bundle.session;
    if host.revoked.is_some() {
        return Err(Unfiled::Revoked { host: host.name.clone() });
    }
    if host.name != session.host {
        return Err(Unfiled::OtherHost { key: host.name.clone(), says: session.host.clone() });
    }
    match &host.login {
        Some(login) if *login != session.login => {
            Err(Unfiled::OtherUser { key: login.clone(), says: session.login.clone() })
        }
        _ => Ok(()),
    }
}

/// The member of staff behind a user of a host. Whose key it is counts where the user's own name means nobody: `root` is
/// whoever the host was enrolled for.
fn worker<'r>(login: &str, host: Option<&Host>, robot: &'r Robot) -> Option<&'r Member> {
    let exact = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let own = |m: &&Member| m.login.eq_ignore_ascii_case(word) || m.words.contains(&lower);
        robot.members.iter().find(own)
    };
    let named = host.and_then(|host| host.member.as_deref());
    // a key of one user alone is that of the member whom it was enrolled for
    let one = host.is_some_and(|host| host.login.is_some()).then_some(named).flatten();
    one.and_then(exact).or_else(|| exact(login)).or_else(|| named.and_then(exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::bundle::HostKey;
    use crate::model::robot::Policy;
    use crate::model::seal::Seal;
    use jiff::Timestamp;

    fn robot() -> Robot {
        let address = |text: &str| Address::parse(text).unwrap();
        let member = |login: &str, words: &[&str]| Member {
            login: login.into(),
            name: login.into(),
            address: address(&format!("{login}@desk.example")),
            aliases: Vec::new(),
            words: words.iter().map(|w| (*w).to_owned()).collect(),
        };
        Robot {
            address: address("help@desk.example"),
            name: "Help".into(),
            aliases: Vec::new(),
            delimiter: Some('+'),
            returns: true,
            base_url: None,
            list: address("staff@desk.example"),
            also: Vec::new(),
            members: vec![member("ann", &["anna"]), member("ben", &[])],
            trust: Default::default(),
            policy: Policy::default(),
            values: Default::default(),
            seal: Seal::new(vec![[0; 32]]),
        }
    }

    fn host(login: Option<&str>, member: Option<&str>) -> Host {
        Host {
            key: HostKey([1; 32]),
            name: "web1".into(),
            login: login.map(str::to_owned),
            member: member.map(str::to_owned),
            enrolled: Timestamp::UNIX_EPOCH,
            by: String::new(),
            revoked: None,
        }
    }

    #[test]
    fn a_user_of_a_host_is_a_member_of_staff() {
        let robot = robot();
        for (login, only, member, who) in [
            ("ann", None, None, Some("ann")),
            ("Anna", None, None, Some("ann")),
            ("an", None, None, None),
            ("root", None, None, None),
            ("root", None, Some("ben"), Some("ben")),
            ("ann", None, Some("ben"), Some("ann")),
            ("ann", Some("ann"), Some("ben"), Some("ben")),
            ("root", Some("root"), Some("gone"), None),
        ] {
            let found = worker(login, Some(&host(only, member)), &robot).map(|m| m.login.as_str());
            assert_eq!(found, who, "{login} {only:?} {member:?}");
        }
        assert!(worker("ann", None, &robot).is_some());
    }
}
