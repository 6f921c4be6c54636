//! What others said of a mail's bytes when they were asked: DNS about a DKIM signature, gpg about an OpenPGP one.
//! Plain data, made before anybody thinks about the mail, since thinking rooms ask nobody. Only what follows from it,
//! the proof, is ever stored. `identify` says what it is worth.

use super::mail::Mail;
use jiff::Timestamp;

/// All that was said of one mail.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    pub dkim: Dkim,
    pub openpgp: OpenPgp,
}

/// Whether the domain of From signed the mail (RFC 6376), by our own look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Dkim {
    /// It was not looked at: not configured, no signature of that domain, nobody to ask.
    #[default]
    NotAsked,
    /// From, Date, Message-ID and the whole body are signed by this domain, lower case.
    Passed(String),
    /// Why its signatures prove nothing.
    Failed(String),
}

/// Whether a person signed what the mail says (RFC 9580, RFC 3156).
#[derive(Debug, Clone, Default)]
pub enum OpenPgp {
    /// Not signed, or no keys are on file.
    #[default]
    NotAsked,
    Good(Signed),
    /// Why its signature proves nothing.
    Bad(String),
}

/// A good signature.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Login of the member of staff whose key it is.
    pub login: String,
    /// When it was made, by the signer's clock.
    pub made: Timestamp,
    /// What tells this signature from every other: a hash of the key, the time and the signed bytes. The armour around
    /// it can be written in many ways, this cannot.
    pub mark: [u8; 32],
    /// What is signed, read alone. `None`: the mail itself holds nothing else any more.
    pub part: Option<Box<Mail>>,
}

/// A part of a mail that carries an OpenPGP signature: a claim, until gpg has looked at it.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The very bytes that are signed, in the form they were signed in (CRLF line ends).
    pub data: Vec<u8>,
    /// The armoured signature.
    pub signature: Vec<u8>,
    /// What those bytes say, and nothing else of the mail. Its headers are those of the part.
    pub content: Mail,
}
