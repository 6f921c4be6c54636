//! One SMTP session that carries one parcel after the other (RFC 5321, RFC 1870 SIZE, RFC 6152 8BITMIME). Comes in:
//! parcels; goes out: what became of each. Never ends a letter twice, never calls delivered what the server did not
//! take, never calls undelivered what it may have taken.

use super::Patience;
use super::arrive::{self, Offers, later};
use super::line::{Answer, Line};
use super::words::refused;
use crate::clock;
use crate::model::server::Server;
use crate::send::courier::{Delivery, Parcel, Trouble};
use lettre::Address as Path;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use std::time::{Duration, Instant};

/// How much of a letter is written under one deadline.
const PIECE: usize = 64 * 1024;

/// How long a server may take to say goodbye: the daemon is waiting to end.
const GOODBYE: Duration = Duration::from_secs(5);

/// What a session is good for after a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The next parcel.
    Ready,
    /// Nothing; but the parcel was not begun, so a fresh session may try it at once.
    Stale,
    /// Nothing.
    Spent,
}

/// A server that listens to us.
#[derive(Debug)]
pub struct Session {
    line: Line,
    offers: Offers,
    dot: Duration,
    used: Instant,
    pub state: State,
}

impl Session {
    /// Connects, protects the line and logs in.
    ///
    /// # Errors
    /// What the failure means for every parcel: `Later` or `Locked`.
    pub async fn open(server: &Server, name: &ClientId, patience: &Patience) -> Result<Session, Delivery> {
        let (line, offers) = arrive::arrive(server, name, patience.step).await?;
        Ok(Session { line, offers, dot: patience.dot, used: clock::instant(), state: State::Ready })
    }

    /// What the server said it can do.
    pub fn offers(&self) -> &Offers {
        &self.offers
    }

    /// How long nothing was said.
    pub fn idle(&self) -> Duration {
        self.used.elapsed()
    }

    /// Carries one parcel; `state` tells what the session is good for afterwards.
    pub async fn deliver(&mut self, parcel: &Parcel) -> Delivery {
        let delivery = match self.envelope(parcel).await {
            Ok(()) => self.letter(&parcel.bytes).await,
            Err(delivery) => delivery,
        };
        self.used = clock::instant();
        delivery
    }

    /// Says goodbye.
    pub async fn quit(mut self) {
        // whatever the server has to say to that changes nothing any more
        let _ = tokio::time::timeout(GOODBYE, self.line.ask(Quit)).await;
    }

    /// MAIL, RCPT and DATA, up to the server's "go on".
    async fn envelope(&mut self, parcel: &Parcel) -> Result<(), Delivery> {
        let mut parameters = Vec::new();
        if let Some(limit) = self.offers.size {
            if limit > 0 && parcel.bytes.len() > limit {
                return Err(refused(
                    "5.3.4",
                    &format!("larger than the {limit} bytes that the server takes"),
                ));
            }
            parameters.push(MailParameter::Size(parcel.bytes.len()));
        }
        if !parcel.bytes.is_ascii() {
            if !self.offers.eight_bit {
                return Err(refused("5.6.3", "holds 8-bit text and the server takes none"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        // lettre's own check of an address is laxer than the one these have passed
        let path = |local: &str, domain: &str| Path::new_dangerous(local, domain);
        let from = parcel.from.as_ref().map(|from| path(from.local(), from.domain()));
        let to = path(parcel.to.local(), parcel.to.domain());

        self.ask(Mail::new(from, parameters), 200..300, State::Stale).await?;
        self.ask(Rcpt::new(to, Vec::new()), 200..300, State::Stale).await?;
        self.ask(Data, 354..355, State::Spent).await
    }

    /// Asks for an answer in the range; any other leaves the session `Ready` for the next parcel, and a broken line
    /// or a goodbye leaves it as `broken` says.
    async fn ask(
        &mut self,
        command: impl std::fmt::Display,
        range: std::ops::Range<u16>,
        broken: State,
    ) -> Result<(), Delivery> {
        match self.line.ask(command).await {
            Ok(answer) if range.contains(&answer.code) => Ok(()),
            Ok(answer) => {
                self.state = if answer.code == 421 { broken } else { self.reset(&answer).await };
                Err(answer.refusal())
            }
            Err(fault) => {
                self.state = broken;
                Err(later(&fault))
            }
        }
    }

    /// The letter itself. Before its last byte is handed over nothing can have been delivered; after it, everything.
    async fn letter(&mut self, bytes: &[u8]) -> Delivery {
        for piece in dotted(bytes).chunks(PIECE) {
            if let Err(fault) = self.line.say(piece).await {
                self.state = State::Spent;
                // a server that closes in mid-letter may have said why
                return match self.line.hear().await {
                    Ok(answer) if answer.code >= 400 => answer.refusal(),
                    _ => later(&fault),
                };
            }
        }
        match self.line.answer(self.dot).await {
            Ok(answer) if (200..300).contains(&answer.code) => Delivery::Sent(answer.text()),
            Ok(answer) if answer.code >= 400 => {
                self.state = if answer.code == 421 { State::Spent } else { self.reset(&answer).await };
                answer.refusal()
            }
            Ok(answer) => {
                self.state = State::Spent;
                Delivery::Unknown(answer.trouble())
            }
            Err(fault) => {
                self.state = State::Spent;
                Delivery::Unknown(Trouble::said(&fault.doing))
            }
        }
    }

    /// Makes the server forget a parcel that it did not take.
    async fn reset(&mut self, answer: &Answer) -> State {
        if answer.code < 400 || !self.line.is_quiet() {
            return State::Spent;
        }
        match self.line.ask(Rset).await {
            Ok(answer) if answer.code == 250 => State::Ready,
            _ => State::Spent,
        }
    }
}

/// The letter as it goes over the line: a dot in front of each line that begins with one, and the final dot (RFC
/// 5321 4.5.2). The bytes have CRLF line ends only; `smtp::unsendable` saw to that.
fn dotted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 8);
    let mut at_start = true;
    for &b in bytes {
        if at_start && b == b'.' {
            out.push(b'.');
        }
        out.push(b);
        at_start = b == b'\n';
    }
    out.extend_from_slice(if at_start { b".\r\n" } else { b"\r\n.\r\n" });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_at_the_start_of_lines_only() {
        for (letter, sent) in [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("..\r\n", "...\r\n.\r\n"),
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a.\r\n.b.\r\n\r\n", "a.\r\n..b.\r\n\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(dotted(letter.as_bytes())).unwrap(), sent, "{letter:?}");
        }
    }
}
