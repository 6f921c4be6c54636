//! How sure we are who sent a mail, as types: a change needs a [`Vouched`] person, which only `identify` makes
//! (held by `tests/house.rs`), so an unproven change does not compile.

use super::address::Address;
use std::fmt;

/// Strength of proof, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A From header and nothing else.
    None,
    /// Our own mail server says that the sender's domain sent it (RFC 8601, DMARC or aligned DKIM).
    Domain,
    /// It was handed to our own mail server by the sender, logged in, or from a trusted network.
    Submission,
    /// It answers a reply address that we gave to this person alone.
    Person,
    /// A code mailed to the registered address came back.
    Confirmed,
    /// What it asks is signed with OpenPGP by a key on file; only the signed words count.
    Signed,
    /// It came over HTTPS with a token that was made for this member and one host.
    Token,
    /// It was said at the machine, by somebody who may write the database.
    Console,
}

impl Proof {
    /// The word in the database and in `explain`.
    pub fn word(self) -> &'static str {
        match self {
            Proof::None => "none",
            Proof::Domain => "domain",
            Proof::Submission => "submission",
            Proof::Person => "person",
            Proof::Confirmed => "confirmed",
            Proof::Signed => "signed",
            Proof::Token => "token",
            Proof::Console => "console",
        }
    }
    /// The proof of that word.
    pub fn of(word: &str) -> Option<Proof> {
        let weak = [Proof::None, Proof::Domain, Proof::Submission, Proof::Person];
        let strong = [Proof::Confirmed, Proof::Signed, Proof::Token, Proof::Console];
        weak.into_iter().chain(strong).find(|proof| proof.word() == word)
    }
    /// For staff: a few words behind a name.
    pub fn words(self) -> &'static str {
        match self {
            Proof::None => "sender not proven",
            Proof::Domain => "proven by the sender's domain",
            Proof::Submission => "proven by our own mail server",
            Proof::Person => "proven by the reply address",
            Proof::Confirmed => "confirmed by mail",
            Proof::Signed => "signed by the sender's key",
            Proof::Token => "by a token",
            Proof::Console => "at the console",
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What `identify` says of a mail's sender.
#[derive(Debug, Clone)]
pub struct Sender {
    pub address: Address,
    /// Display name, cleaned; for show only.
    pub name: String,
    /// Login, when the address belongs to a staff member.
    pub staff: Option<String>,
    pub proof: Proof,
    /// The evidence in words.
    pub why: String,
}

impl Sender {
    /// How sure we are, for staff: a few words behind the name.
    pub fn proof_words(&self) -> String {
        // where somebody sat says more than that he did
        if self.proof >= Proof::Token { self.why.clone() } else { self.proof.words().into() }
    }
}

/// A sender with proof enough to change something.
#[derive(Debug, Clone)]
pub struct Vouched {
    sender: Sender,
}

impl Vouched {
    /// Only `identify::vouch` calls this.
    pub fn attest(sender: Sender) -> Vouched {
        Vouched { sender }
    }
    /// Who it is.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }
    /// Login, when this is a staff member.
    pub fn login(&self) -> Option<&str> {
        self.sender.staff.as_deref()
    }
}
