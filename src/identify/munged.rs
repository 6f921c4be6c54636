//! Who wrote a mail into whose From the staff list put its own address, as lists do for domains whose DMARC policy
//! would have the copy thrown away (`Ann Lee via Staff <staff@example.org>`). In come the mail and the robot, out comes
//! the author, whom nothing proves: what he orders is asked about at his registered address.
//!
//! Only for the configured list, and only where the name that the list left in From is that of the address found: in
//! X-Original-From, or else Reply-To, or else Cc; failing these, of exactly one staff member. Reply-To alone names
//! nobody. There is no standard; Mailman, Sympa, mlmmj, Google Groups and Groups.io each write it their own way.

use super::name::shown;
use crate::model::address::{Address, Mailbox};
use crate::model::mail::Mail;
use crate::model::proof::{Proof, Sender};
use crate::model::robot::Robot;

/// Fields in which lists keep the first From.
const KEPT: [&str; 3] = ["X-Original-From", "Original-From", "X-Sender-From"];
/// Most characters of a name that are compared.
const NAME: usize = 200;
/// Most mailboxes that are looked at.
const MAILBOXES: usize = 100;

/// The author; `None` for a mail whose From is not the staff list's address, or that leaves open who wrote it.
pub fn author(mail: &Mail, robot: &Robot) -> Option<Sender> {
    if !robot.list_took_from(mail) {
        return None;
    }
    let shown = Shown::parse(&mail.from.first()?.name);
    let kept: Vec<Mailbox> = KEPT.iter().flat_map(|name| mail.headers_named(name)).map(mailbox).collect();
    let fields = [("X-Original-From", &kept), ("Reply-To", &mail.reply_to), ("Cc", &mail.cc)];
    // the first field that has the name decides, even when it leaves the author open
    let found =
        fields.iter().map(|(field, all)| (*field, fitting(&shown, all, robot))).find(|(_, f)| !f.is_empty());
    let (address, by) = match found {
        Some((field, addresses)) => (only(addresses)?, field),
        None => (member(&shown, robot)?, "the list of staff"),
    };
    let staff = robot.member(&address).map(|member| member.login.clone());
    let why = format!(
        "{} stands in From; by its name and {by} it is of {address}, which proves nothing",
        robot.list
    );
    Some(Sender { address, name: shown.name, staff, proof: Proof::None, why })
}

/// The addresses among these that the name in From belongs to.
fn fitting(shown: &Shown, all: &[Mailbox], robot: &Robot) -> Vec<Address> {
    let fits = all.iter().take(MAILBOXES).filter(|m| shown.is(m)).filter_map(Mailbox::address);
    fits.filter(|a| !robot.is_own(a) && !robot.reads_list(a)).collect()
}

/// The one that all of them are.
fn only(addresses: Vec<Address>) -> Option<Address> {
    let mut addresses = addresses.into_iter();
    let first = addresses.next()?;
    addresses.all(|other| other == first).then_some(first)
}

/// The one member of that name, at the registered address.
fn member(shown: &Shown, robot: &Robot) -> Option<Address> {
    let mut fits = robot.members.iter().filter(|m| {
        let registered = Mailbox { name: m.name.clone(), addr: m.address.to_string() };
        shown.is(&registered)
    });
    let one = fits.next().filter(|_| fits.next().is_none())?;
    Some(one.address.clone())
}

/// What a list leaves of the author in From's display name.
struct Shown {
    /// As written, for letters.
    name: String,
    /// The address, where the list puts it beside the name.
    address: Option<Address>,
}

impl Shown {
    /// Takes off what lists add: quotes, `via Staff`, and the address in brackets of some sort.
    fn parse(text: &str) -> Shown {
        let text: String = text.chars().take(NAME).collect();
        let mut name = text.as_str();
        for via in [" via ", " Via ", " por ", " über ", " durch "] {
            name = name.rfind(via).and_then(|at| name.get(..at)).unwrap_or(name);
        }
        let (mut bare, mut address) = (name.to_owned(), None);
        for (opens, closes) in [('<', '>'), ('[', ']'), ('(', ')')] {
            // what `via` cut off may have held the closing one
            if let Some((before, inside)) = name.split_once(opens)
                && let Some(found) = Address::parse(inside.split(closes).next().unwrap_or_default())
            {
                (bare, address) = (before.to_owned(), Some(found));
            }
        }
        let name = bare.trim_matches(|c: char| c.is_whitespace() || "'\"".contains(c)).to_owned();
        let address = address.or_else(|| Address::parse(&name));
        Shown { name: shown(&name), address }
    }

    /// Whether that mailbox is the author's: the address that the list showed, or the same name and no other address.
    fn is(&self, mailbox: &Mailbox) -> bool {
        match &self.address {
            Some(address) => mailbox.address().is_some_and(|a| a == *address),
            None => !self.name.is_empty() && folded(&self.name) == folded(&mailbox.name),
        }
    }
}

/// A name for comparing: case, quotes and white space do not count.
fn folded(name: &str) -> String {
    let plain: String = name.chars().take(NAME).filter(|c| !"'\"".contains(*c)).collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field that `read` does not take apart: `Ann Lee <ann@x.example>` or a bare address.
fn mailbox(value: &str) -> Mailbox {
    let value: String = value.chars().take(2 * NAME).collect();
    match value.rsplit_once('<') {
        Some((name, rest)) => Mailbox {
            name: name.trim().trim_matches('"').to_owned(),
            addr: rest.split('>').next().unwrap_or_default().trim().to_owned(),
        },
        None => Mailbox { name: String::new(), addr: value.trim().to_owned() },
    }
}

#[cfg(test)]
mod tests;
