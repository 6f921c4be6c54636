//! One SMTP session: opened, protected and logged in by `open`, then one parcel after the other (RFC 5321, RFC 3207
//! STARTTLS, RFC 4954 AUTH, RFC 1870 SIZE, RFC 6152 8BITMIME). Never says a password before the line is as protected
//! as the configuration asks, never ends a letter twice, never calls delivered what the server did not take.

use super::line::{Answer, Line};
use super::words::refused;
use super::{Patience, login};
use crate::clock;
use crate::fault::Fault;
use crate::model::server::{Security, Server};
use crate::send::courier::{Delivery, Parcel, Trouble};
use crate::tls;
use lettre::Address as Path;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use std::time::{Duration, Instant};

/// How much of a letter is written under one deadline.
const PIECE: usize = 64 * 1024;

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

/// What the server's EHLO answer offers.
#[derive(Debug, Default)]
pub struct Offers {
    starttls: bool,
    eight_bit: bool,
    /// `Some(0)` for a server without a fixed limit.
    size: Option<usize>,
    /// SASL mechanisms in the server's order, upper case.
    pub mechanisms: Vec<String>,
}

impl Session {
    /// Connects, protects the line and logs in.
    ///
    /// # Errors
    /// What the failure means for every parcel: `Later` or `Locked`.
    pub async fn open(server: &Server, name: &ClientId, patience: &Patience) -> Result<Session, Delivery> {
        let clear = Server { security: Security::Plain, ..server.clone() };
        let mut stream = tls::connect(&clear, patience.step).await.map_err(|fault| later(&fault))?;
        if server.security == Security::Tls {
            stream =
                tls::upgrade(stream, server, patience.step).await.map_err(|fault| unprotected(&fault))?;
        }
        let mut line = Line::new(stream, patience.step);
        let greeting = about(server, line.hear().await)?;
        wanted(greeting, 220).map_err(nobody_listens)?;
        let mut offers = hello(&mut line, server, name).await?;
        if server.security == Security::StartTls {
            line = protect(line, &offers, server, patience).await?;
            // what was offered in the clear may have been said by anybody
            offers = hello(&mut line, server, name).await?;
        }
        if let Some(login) = &server.login {
            login::log_in(&mut line, &offers, login, patience.step).await?;
        }
        Ok(Session { line, offers, dot: patience.dot, used: clock::instant(), state: State::Ready })
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
        let _ = self.line.ask(Quit).await;
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

impl Offers {
    /// Reads an EHLO answer; keywords count in any case (RFC 5321 2.4).
    fn read(answer: &Answer) -> Offers {
        let mut offers = Offers::default();
        for line in answer.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()) {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SIZE") => offers.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
                Some("AUTH") => offers.mechanisms.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }
}

async fn hello(line: &mut Line, server: &Server, name: &ClientId) -> Result<Offers, Delivery> {
    let answer = about(server, line.ask(Ehlo::new(name.clone())).await)?;
    let answer = wanted(answer, 250).map_err(nobody_listens)?;
    Ok(Offers::read(&answer))
}

/// STARTTLS, or a closed door: going on in the clear is what a man in the middle hopes for.
async fn protect(
    mut line: Line,
    offers: &Offers,
    server: &Server,
    patience: &Patience,
) -> Result<Line, Delivery> {
    let locked = |what: &str| {
        let text = format!("{}:{} {what}; nothing was sent", server.host, server.port);
        Err(Delivery::Locked(Trouble::said(&text)))
    };
    if !offers.starttls {
        return locked("does not offer STARTTLS, or somebody on the way removed the offer");
    }
    let answer = about(server, line.ask(Starttls).await)?;
    wanted(answer, 220).map_err(nobody_listens)?;
    if !line.is_quiet() {
        return locked("went on talking in the clear after STARTTLS, or somebody on the way did");
    }
    let stream = tls::upgrade(line.into_stream(), server, patience.step).await;
    Ok(Line::new(stream.map_err(|fault| unprotected(&fault))?, patience.step))
}

/// A line that broke before the server let us in, named.
fn about(server: &Server, answer: Result<Answer, Fault>) -> Result<Answer, Delivery> {
    answer.map_err(|fault| later(&fault.while_(&format!("{}:{}", server.host, server.port))))
}

fn wanted(answer: Answer, code: u16) -> Result<Answer, Answer> {
    if answer.code == code { Ok(answer) } else { Err(answer) }
}

/// A refusal before any letter was spoken of is about us, not about a letter.
fn nobody_listens(answer: Answer) -> Delivery {
    match answer.refusal() {
        Delivery::Refused(trouble) => Delivery::Locked(trouble),
        other => other,
    }
}

fn later(fault: &Fault) -> Delivery {
    Delivery::Later(Trouble::said(&fault.doing))
}

/// TLS did not come about: a line that broke in the handshake may hold next time, a certificate wants a person.
fn unprotected(fault: &Fault) -> Delivery {
    let passing = ["no answer to the TLS handshake", "the TLS handshake broke off"];
    if passing.iter().any(|words| fault.doing.contains(words)) {
        later(fault)
    } else {
        Delivery::Locked(Trouble::said(&fault.doing))
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

    #[test]
    fn offers_are_read_in_any_case() {
        let lines =
            ["mail.example", "size 35882577", "8bitmime", "StartTLS", "AUTH login PLAIN", "  ", "AUTH x"];
        let offers = Offers::read(&Answer { code: 250, lines: lines.map(str::to_owned).to_vec() });
        assert!(offers.starttls && offers.eight_bit);
        assert_eq!(offers.size, Some(35_882_577));
        assert_eq!(offers.mechanisms, ["LOGIN", "PLAIN", "X"]);
        for (line, size) in [("SIZE", Some(0)), ("SIZE x", Some(0)), ("SIZES 1", None)] {
            let answer = Answer { code: 250, lines: vec!["h".to_owned(), line.to_owned()] };
            assert_eq!(Offers::read(&answer).size, size, "{line}");
        }
    }
}
