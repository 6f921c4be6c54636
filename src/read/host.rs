//! Reading a host's card (layout in `model::host`). In: bytes that came by mail; out: the card, if the key on it has
//! signed it. That only shows that whoever sent it has the key: whether it is to be believed somebody else says.

use crate::limits;
use crate::model::bundle::{HostKey, Refused};
use crate::model::host::{CARD, CARD_CONTEXT, Card, is_host, is_login};
use data_encoding::BASE64_NOPAD;
use ring::signature::{ED25519, UnparsedPublicKey};

/// Reads a card. Line ends may be either.
///
/// # Errors
/// It is none, or not signed by its own key.
pub fn card(bytes: &[u8]) -> Result<Card, Refused> {
    const DAMAGED: Refused = Refused::Damaged("the host's card");
    if bytes.len() > limits::BUNDLE_COVER {
        return Err(Refused::TooBig("the host's card"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DAMAGED)?.replace("\r\n", "\n");
    let mut lines = text.trim_end_matches('\n').lines();
    if lines.next() != Some(CARD) {
        return Err(DAMAGED);
    }
    let mut next = lines.next();
    let mut value = |name: &str| {
        let found = next.and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
        if found.is_some() {
            next = lines.next();
        }
        found.map(str::to_owned)
    };
    let name = value("host").filter(|name| is_host(name));
    let (login, member) = (value("login"), value("member"));
    let key = value("key").and_then(|key| HostKey::parse(&key));
    let program = value("program").filter(|p| p.len() <= 40 && p.bytes().all(|b| b.is_ascii_graphic()));
    let signature = value("signature").and_then(|text| BASE64_NOPAD.decode(text.as_bytes()).ok());
    let (Some(name), Some(key), Some(program), Some(signature)) = (name, key, program, signature) else {
        return Err(DAMAGED);
    };
    if next.is_some() || [&login, &member].into_iter().flatten().any(|login| !is_login(login)) {
        return Err(DAMAGED);
    }
    let card = Card { name, login, member, key, program };
    let message = [CARD_CONTEXT, card.lines().as_bytes()].concat();
    let holds = UnparsedPublicKey::new(&ED25519, &key.0).verify(&message, &signature).is_ok();
    if holds { Ok(card) } else { Err(Refused::Forged) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    fn signed(login: Option<&str>) -> (Card, String) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
        let card = Card {
            name: "web1.example.org".into(),
            login: login.map(str::to_owned),
            member: Some("ann".into()),
            key: HostKey(pair.public_key().as_ref().try_into().unwrap()),
            program: "0.1.0".into(),
        };
        let signature = pair.sign(&[CARD_CONTEXT, card.lines().as_bytes()].concat());
        let text = format!("{}signature: {}\n", card.lines(), BASE64_NOPAD.encode(signature.as_ref()));
        (card, text)
    }

    #[test]
    fn a_card_is_read_as_it_was_signed() {
        for login in [None, Some("ann")] {
            let (card, text) = signed(login);
            assert_eq!(super::card(text.as_bytes()), Ok(card.clone()));
            assert_eq!(super::card(text.replace('\n', "\r\n").as_bytes()), Ok(card));
        }
    }

    #[test]
    fn no_sign_of_it_can_be_another() {
        let (card, text) = signed(Some("bob"));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_ne!(super::card(&bytes), Ok(card.clone()), "{at}");
            let cut = super::card(&text.as_bytes()[..at]);
            assert!(cut.is_err() || text[at..].trim_matches('\n').is_empty(), "{at}");
        }
        for wrong in [text.replace("bob", "ann"), text.replace("login: bob\n", ""), format!("{text}more")] {
            assert!(super::card(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let long = format!("{text}{}", " ".repeat(5000));
        assert_eq!(super::card(long.as_bytes()), Err(Refused::TooBig("the host's card")));
    }
}
