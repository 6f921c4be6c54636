//! A mail server as somebody types it. In: `mail.example.org`, `mail.example.org:143`, `[::1]:1143 plain`; out: host, port and
//! security, or what is wrong with the text. Touches nothing. Ports after RFC 8314 and RFC 6409.

use crate::model::address::Address;
use crate::model::server::Security;
use std::fmt;
use std::net::IpAddr;

/// One end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub host: String,
    /// `None`: the one that belongs to the security.
    pub port: Option<u16>,
    pub security: Security,
}

impl End {
    /// Reads one. Without a word for the security the port tells it (RFC 8314, RFC 6409): 143 and 587 are STARTTLS, 25
    /// is in the clear on this machine; all others are TLS.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<End, String> {
        let mut words = text.split_whitespace();
        let (Some(place), security, None) = (words.next(), words.next(), words.next()) else {
            return Err("needs a server's name, such as mail.example.org or mail.example.org:993".into());
        };
        if place.contains("://") {
            return Err(format!("{place:?} is no server's name: leave out what stands before it, and ://"));
        }
        let (host, port) = split(place)?;
        let host = host.to_ascii_lowercase();
        let is_name = Address::parse(&format!("x@{host}")).is_some() && !host.contains('@');
        if host.parse::<IpAddr>().is_err() && !is_name {
            return Err(format!("{host:?} is no server's name such as mail.example.org"));
        }
        let here = is_here(&host);
        let security = match (security, port) {
            (Some("tls"), _) => Security::Tls,
            (Some("starttls"), _) => Security::StartTls,
            (Some("plain"), _) => Security::Plain,
            (Some(other), _) => return Err(format!("{other:?} is none of tls, starttls and plain")),
            (None, Some(25)) if here => Security::Plain,
            (None, Some(25 | 143 | 587)) => Security::StartTls,
            (None, _) => Security::Tls,
        };
        Ok(End { host, port, security })
    }

    /// On this machine.
    pub fn is_here(&self) -> bool {
        is_here(&self.host)
    }
}

fn is_here(host: &str) -> bool {
    ["localhost", "127.0.0.1", "::1"].contains(&host)
}

fn split(place: &str) -> Result<(&str, Option<u16>), String> {
    let number = |text: &str| match text.parse::<u16>() {
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(format!("{text:?} is no port: 1 to 65535")),
    };
    if place.parse::<IpAddr>().is_ok() {
        return Ok((place, None));
    }
    if let Some((inner, rest)) = place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(port) => Ok((inner, number(port)?)),
            None => Ok((inner, None)),
        };
    }
    match place.rsplit_once(':') {
        Some((host, port)) => Ok((host, number(port)?)),
        None => Ok((place, None)),
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) if self.host.contains(':') => write!(f, "[{}]:{port}", self.host)?,
            Some(port) => write!(f, "{}:{port}", self.host)?,
            None => f.write_str(&self.host)?,
        }
        match self.security {
            // as the port says
            security if End::parse(&self.bare()).is_ok_and(|end| end.security == security) => Ok(()),
            Security::Tls => f.write_str(" tls"),
            Security::StartTls => f.write_str(" starttls"),
            Security::Plain => f.write_str(" plain"),
        }
    }
}

impl End {
    fn bare(&self) -> String {
        match self.port {
            Some(port) => format!("[{}]:{port}", self.host),
            None => format!("[{}]", self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_and_shown_as_they_were_typed() {
        let end = |host: &str, port, security| Some(End { host: host.into(), port, security });
        for (text, read, shown) in [
            ("mail.example.org", end("mail.example.org", None, Security::Tls), ""),
            (
                "Mail.example.org:993",
                end("mail.example.org", Some(993), Security::Tls),
                "mail.example.org:993",
            ),
            ("mail.example.org:143", end("mail.example.org", Some(143), Security::StartTls), ""),
            ("mail.example.org:587", end("mail.example.org", Some(587), Security::StartTls), ""),
            ("mail.example.org:25", end("mail.example.org", Some(25), Security::StartTls), ""),
            ("127.0.0.1:25", end("127.0.0.1", Some(25), Security::Plain), ""),
            ("localhost:1143 starttls", end("localhost", Some(1143), Security::StartTls), ""),
            ("localhost:143 starttls", end("localhost", Some(143), Security::StartTls), "localhost:143"),
            ("mail.example.org plain", end("mail.example.org", None, Security::Plain), ""),
            ("::1", end("::1", None, Security::Tls), ""),
            ("[::1]:25", end("::1", Some(25), Security::Plain), ""),
            ("", None, ""),
            ("https://mail.example.org", None, ""),
            ("mail.example.org:0", None, ""),
            ("mail.example.org:99999", None, ""),
            ("mail.example.org ssl", None, ""),
            ("mail.example.org tls now", None, ""),
            ("help@example.org", None, ""),
        ] {
            let found = End::parse(text);
            assert_eq!(found.clone().ok(), read, "{text}: {found:?}");
            if let Some(end) = read {
                assert_eq!(end.to_string(), if shown.is_empty() { text } else { shown });
            }
        }
    }
}
