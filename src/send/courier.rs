//! Who carries letters away, as the daemon sees it: one parcel, one recipient, one outcome.
//! A courier never changes a byte of the letter and never tries again by itself.

use crate::model::address::Address;

/// A frozen letter with its envelope.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Number of the outbox row; only for logs.
    pub id: i64,
    /// Envelope sender; `None` is the null sender `<>`.
    pub from: Option<Address>,
    pub to: Address,
    /// The whole message, CRLF line ends.
    pub bytes: Vec<u8>,
}

/// What became of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took responsibility; its words.
    Sent(String),
    /// Not taken, may be later: 4xx, timeout before the final dot.
    Later(Trouble),
    /// Nobody answers where the server should be: what goes by it will go when it is back.
    Away(Trouble),
    /// Refused for good: 5xx.
    Refused(Trouble),
    /// The line broke after the final dot: perhaps delivered. Tried again with the same bytes.
    Unknown(Trouble),
    /// The server does not let us in (530, 535, TLS): nothing will go until somebody mends that.
    Locked(Trouble),
}

/// Why a parcel was not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// SMTP code, or 0 when it never came to one.
    pub code: u16,
    /// Enhanced status code (RFC 3463) such as `5.1.1`, or empty.
    pub status: String,
    /// One line for people, at most 300 characters, no control characters.
    pub text: String,
}

impl Trouble {
    /// Trouble that no server's answer tells of: a broken line, or something of ours. The text is made one line.
    pub fn said(text: &str) -> Trouble {
        Trouble { text: one_line(text), ..Trouble::default() }
    }
}

/// Text as `Trouble::text` and `Delivery::Sent` promise it.
pub(super) fn one_line(text: &str) -> String {
    text.trim().chars().take(TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Longest text kept of an answer, in characters.
const TEXT: usize = 300;

/// Carries parcels.
#[allow(async_fn_in_trait)] // used through the `Carrier` enum and generics only, always on our own runtime
pub trait Courier {
    /// Carries one parcel; keeps its connection open for the next.
    async fn carry(&mut self, parcel: &Parcel) -> Delivery;
    /// Makes sure that what was carried survives a power cut; asked before it is noted as sent.
    async fn settle(&mut self) -> Result<(), Trouble>;
    /// Ends the connection politely.
    async fn close(&mut self);
}
