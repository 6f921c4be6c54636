//! The way to an SMTP server up to where it takes letters: connection, TLS, EHLO, login (RFC 5321, RFC 8314, RFC 3207
//! STARTTLS). A server comes in, a line and what it offers go out. Never goes on in the clear where the configuration
//! wants TLS, and believes nothing that was said before it.

use super::line::{Answer, Line};
use super::login;
use crate::fault::Fault;
use crate::model::server::{Security, Server};
use crate::send::courier::{Delivery, Trouble};
use crate::tls;
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use std::time::Duration;

/// What the server's EHLO answer offers.
#[derive(Debug, Default)]
pub struct Offers {
    pub starttls: bool,
    pub eight_bit: bool,
    /// `Some(0)` for a server without a fixed limit.
    pub size: Option<usize>,
    /// SASL mechanisms in the server's order, upper case.
    pub mechanisms: Vec<String>,
}

/// Connects, protects the line and logs in; every step may take `step`.
///
/// # Errors
/// What the failure means for every parcel: `Later`, `Away` or `Locked`.
pub async fn arrive(server: &Server, name: &ClientId, step: Duration) -> Result<(Line, Offers), Delivery> {
    // connection and TLS apart, for they fail in different ways
    let clear = Server { security: Security::Plain, ..server.clone() };
    let stream =
        tls::connect(&clear, step).await.map_err(|fault| Delivery::Away(Trouble::said(&fault.doing)))?;
    let mut line = Line::new(stream, format!("{}:{}", server.host, server.port), step);
    if server.security == Security::Tls {
        line = line.protected(server).await.map_err(|fault| unprotected(&fault))?;
    }
    wanted(line.hear().await, 220)?;
    let mut offers = hello(&mut line, name).await?;
    if server.security == Security::StartTls {
        line = protect(line, &offers, server).await?;
        // what was offered in the clear may have been said by anybody
        offers = hello(&mut line, name).await?;
    }
    if let Some(login) = &server.login {
        login::log_in(&mut line, &offers, login, step).await?;
    }
    Ok((line, offers))
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

async fn hello(line: &mut Line, name: &ClientId) -> Result<Offers, Delivery> {
    let answer = wanted(line.ask(Ehlo::new(name.clone())).await, 250)?;
    Ok(Offers::read(&answer))
}

/// STARTTLS, or a closed door: going on in the clear is what a man in the middle hopes for.
async fn protect(mut line: Line, offers: &Offers, server: &Server) -> Result<Line, Delivery> {
    let locked = |what: &str| {
        let text = format!("{}:{}: {what}; nothing was sent", server.host, server.port);
        Err(Delivery::Locked(Trouble::said(&text)))
    };
    if !offers.starttls {
        return locked("STARTTLS is not offered, or somebody on the way removed the offer");
    }
    wanted(line.ask(Starttls).await, 220)?;
    if !line.is_quiet() {
        return locked("the server went on in the clear after STARTTLS, or somebody on the way did");
    }
    line.protected(server).await.map_err(|fault| unprotected(&fault))
}

/// The answer with this code. Another one, before any letter was spoken of, is about us and not about a letter.
fn wanted(heard: Result<Answer, Fault>, code: u16) -> Result<Answer, Delivery> {
    let answer = heard.map_err(|fault| later(&fault))?;
    if answer.code == code {
        return Ok(answer);
    }
    Err(match answer.refusal() {
        Delivery::Refused(trouble) => Delivery::Locked(trouble),
        other => other,
    })
}

/// A line that broke while nothing can have been delivered.
pub fn later(fault: &Fault) -> Delivery {
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

#[cfg(test)]
mod tests {
    use super::*;

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
