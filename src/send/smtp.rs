//! Carries letters to an SMTP server for submission (RFC 6409) or to a local relay: parcels come in, what became of
//! each goes out. Keeps its connection between parcels. Never changes a byte, never carries a parcel over two
//! connections unless the first was dead before the letter was spoken of, never waits without a limit.
//!
//! Commands and SASL responses are lettre's. The conversation is our own: lettre 0.11's connection waits for ever,
//! buffers a line of any length, takes an answer in Latin-1 for a broken line, ends in a panic on an EHLO line of
//! blanks, and reads what was said in the clear before TLS as if it had been said under TLS.

mod arrive;
pub mod line;
mod login;
mod probe;
mod session;
mod words;

#[cfg(test)]
mod tests;

use super::courier::{Courier, Delivery, Parcel, Trouble};
use crate::limits;
use crate::model::server::{Mechanism, Server};
use lettre::transport::smtp::extension::ClientId;
pub use probe::Probe;
use session::{Session, State};
use std::net::Ipv4Addr;
use std::time::Duration;

/// How long the courier waits for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For each step: name, connection, handshake, each answer, each 64 KiB of a letter.
    pub step: Duration,
    /// For the answer to the final dot.
    pub dot: Duration,
    /// A connection that was idle for longer is not used again.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            step: Duration::from_secs(limits::SERVER_STEP),
            dot: Duration::from_secs(limits::SERVER_DOT),
            idle: Duration::from_secs(limits::SMTP_IDLE),
        }
    }
}

/// A courier to one server.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    name: ClientId,
    patience: Patience,
    kept: Option<Session>,
}

impl Smtp {
    /// `name` is who we say we are in EHLO: this machine's full name. What is none is replaced by an address literal
    /// (RFC 5321 4.1.4).
    pub fn new(server: Server, name: &str, patience: Patience) -> Smtp {
        Smtp { server, name: client_id(name), patience, kept: None }
    }

    /// Opens a session; a token that is refused may just have run out and is asked for once more.
    async fn open(&self) -> Result<Session, Delivery> {
        let tokens = self.server.login.as_ref().is_some_and(|login| login.mechanism == Mechanism::Xoauth2);
        match Session::open(&self.server, &self.name, &self.patience).await {
            Err(Delivery::Locked(trouble)) if tokens && trouble.code == 535 => {
                Session::open(&self.server, &self.name, &self.patience).await
            }
            opened => opened,
        }
    }

    /// Carries by this session and keeps it when it can carry more.
    async fn carry_by(&mut self, mut session: Session, parcel: &Parcel) -> (Delivery, State) {
        let delivery = session.deliver(parcel).await;
        let state = session.state;
        if state == State::Ready {
            self.kept = Some(session);
        }
        (delivery, state)
    }
}

impl Courier for Smtp {
    async fn carry(&mut self, parcel: &Parcel) -> Delivery {
        if let Some(why) = unsendable(&parcel.bytes) {
            return words::refused("5.6.0", why);
        }
        // taken, not borrowed: when this future is dropped half-way the connection goes with it
        if let Some(session) = self.kept.take().filter(|session| session.idle() <= self.patience.idle) {
            let (delivery, state) = self.carry_by(session, parcel).await;
            if state != State::Stale {
                return delivery;
            }
        }
        match self.open().await {
            Ok(session) => self.carry_by(session, parcel).await.0,
            Err(delivery) => delivery,
        }
    }

    async fn settle(&mut self) -> Result<(), Trouble> {
        // the server's yes was its promise
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(session) = self.kept.take() {
            session.quit().await;
        }
    }
}

/// What no server should be given: an end of line that one server sees and the next does not is how one letter
/// becomes two (SMTP smuggling).
fn unsendable(bytes: &[u8]) -> Option<&'static str> {
    let mut before = 0;
    for &b in bytes {
        if (b == b'\n') != (before == b'\r') {
            return Some(
                "the letter holds a CR or LF that is no line end: not sent, this is a fault of ours",
            );
        }
        before = b;
    }
    (before == b'\r').then_some("the letter ends in half a line end: not sent, this is a fault of ours")
}

fn client_id(name: &str) -> ClientId {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let Ok(ip) = name.parse() {
        ClientId::Ipv4(ip)
    } else if name.len() <= 253 && name.split('.').all(label) {
        ClientId::Domain(name.to_owned())
    } else {
        ClientId::Ipv4(Ipv4Addr::LOCALHOST)
    }
}
