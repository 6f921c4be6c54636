//! One Received field, as far as it tells who took a mail from whom (RFC 5321 4.4, and what Postfix, Exim, Sendmail,
//! Exchange and Dovecot make of it). Never says whether the field is true: whoever writes a mail can write these too.

use std::net::IpAddr;

/// One step of a mail's way. The name that the client gave for itself is never used.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The server that wrote the field.
    pub by: Option<String>,
    /// The protocol, upper case, such as `ESMTPSA`.
    pub with: String,
    /// There is a `from`: it came over a connection, it was not handed over by a program on the same machine.
    pub from_elsewhere: bool,
    /// The client's address, as the server saw it.
    pub client: Option<IpAddr>,
    /// The name under which the client logged in, where the server says it.
    pub login: Option<String>,
}

impl Hop {
    /// Reads the clauses up to the date.
    pub fn parse(value: &str) -> Hop {
        let mut hop = Hop::default();
        let mut from = ("", Vec::new());
        let mut clause = Clause::None;
        let mut expects_value = false;
        for token in tokens(value) {
            match token {
                Token::Comment(text) if clause == Clause::From => from.1.push(text),
                Token::Comment(_) => {}
                Token::Word(word) if expects_value => {
                    expects_value = false;
                    match clause {
                        Clause::From => from.0 = word,
                        Clause::By if hop.by.is_none() => {
                            hop.by = Some(word.trim_end_matches('.').to_ascii_lowercase());
                        }
                        Clause::With if hop.with.is_empty() => hop.with = word.to_ascii_uppercase(),
                        _ => {}
                    }
                }
                Token::Word(word) => {
                    if let Some(next) = Clause::of(word) {
                        expects_value = true;
                        clause = next;
                        hop.from_elsewhere |= next == Clause::From;
                    }
                }
            }
        }
        hop.client = client(from.0, from.1.first().copied().unwrap_or(""));
        // only here: what stands after `for` and in `envelope-from` is the client's own words
        hop.login = from.1.iter().find_map(|comment| login(comment));
        hop
    }

    /// Handed from one program of a mail server to the next: says nothing of where the mail came from.
    pub fn is_final_delivery(&self) -> bool {
        self.with.starts_with("LMTP")
    }

    /// The client had logged in (RFC 3848, RFC 6531).
    pub fn is_submission(&self) -> bool {
        matches!(self.with.as_str(), "ESMTPA" | "ESMTPSA" | "UTF8SMTPA" | "UTF8SMTPSA")
    }
}

/// `Authenticated sender: ann@x.example` (Postfix with `smtpd_sasl_authenticated_header`).
fn login(comment: &str) -> Option<String> {
    const SAYS: &str = "authenticated sender:";
    let (start, name) = comment.trim().split_at_checked(SAYS.len())?;
    start.eq_ignore_ascii_case(SAYS).then(|| name.trim().to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    None,
    From,
    By,
    With,
    Other,
}

impl Clause {
    fn of(word: &str) -> Option<Clause> {
        let known = [
            ("from", Clause::From),
            ("by", Clause::By),
            ("with", Clause::With),
            ("via", Clause::Other),
            ("id", Clause::Other),
            ("for", Clause::Other),
        ];
        known.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, clause)| *clause)
    }
}

/// The address in `helo (name [192.0.2.1])` (Postfix, Sendmail), `name ([192.0.2.1] helo=x)` and
/// `[192.0.2.1] (helo=x)` (Exim), `helo (192.0.2.1)` (Exchange). What the client chose itself, the word after `from`
/// in all but Exim's second form and all after `helo=`, is not looked at.
fn client(word: &str, comment: &str) -> Option<IpAddr> {
    if let Some((before, _)) = comment.split_once("helo=") {
        return match before.split_once('[') {
            Some((_, rest)) => address(rest.split_once(']')?.0),
            None => address(word.strip_prefix('[')?.split_once(']')?.0),
        };
    }
    match comment.split_once('[') {
        None => address(comment.trim()),
        Some((_, rest)) => {
            let (inner, after) = rest.split_once(']')?;
            if after.contains('[') { None } else { address(inner) }
        }
    }
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("ipv6:") => text.get(5..)?,
        _ => text,
    };
    bare.parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

enum Token<'a> {
    Word(&'a str),
    /// Without its outer parentheses.
    Comment(&'a str),
}

/// Words and outermost comments up to the semicolon before the date.
fn tokens(value: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut depth, mut escaped, mut start) = (0usize, false, None);
    for (at, c) in value.char_indices().chain([(value.len(), ';')]) {
        match c {
            _ if escaped => escaped = false,
            '\\' if depth > 0 => escaped = true,
            ')' if depth > 1 => depth -= 1,
            ')' if depth == 1 => {
                depth = 0;
                found.extend(start.take().and_then(|from| value.get(from..at)).map(Token::Comment));
            }
            '(' if depth > 0 => depth += 1,
            _ if depth > 0 => {}
            '(' | ';' | ' ' | '\t' | '\r' | '\n' => {
                found.extend(start.take().and_then(|from| value.get(from..at)).map(Token::Word));
                if c == '(' {
                    (depth, start) = (1, Some(at + 1));
                } else if c == ';' {
                    break;
                }
            }
            _ => start = start.or(Some(at)),
        }
    }
    found
}
