//! What proves the sender of a mail that the staff list carried. In come the mail, its From and the robot; out come
//! proof and reason, as from `authentication`, but without the word of the list's own last step.
//!
//! A list sends each copy anew: its server signs for its domain, hands it in from a network that is trusted, and takes
//! out fields as it likes. Where its domain is the sender's too, our server finds all of that right for whatever
//! somebody posted under a member's name. What counts is what was found when the post first came in, below the Received
//! field of that last step (RFC 5321 4.4: each server adds its own on top).

use super::authentication;
use super::received::Hop;
use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::proof::Proof;
use crate::model::robot::{Robot, Trust};

/// The proof that our own servers give, and why in words.
pub fn proof(mail: &Mail, from: &Address, robot: &Robot) -> (Proof, String) {
    if !robot.list_carried(mail) {
        return authentication::proof(mail, from, &robot.trust);
    }
    let posted = authentication::proof(&before_the_list(mail), from, &robot.trust);
    if posted.0 > Proof::None {
        return posted;
    }
    // a signature of another domain cannot be the list's, wherever the list stands
    let nowhere = Trust { networks: Vec::new(), ..robot.trust.clone() };
    let arrived = authentication::proof(mail, from, &nowhere);
    if arrived.0 == Proof::Domain && !are_akin(from.domain(), robot.list.domain()) {
        return arrived;
    }
    (Proof::None, format!("it came over {}, and before: {}", robot.list, posted.1))
}

/// Its header fields below those of the step from the list to us.
fn before_the_list(mail: &Mail) -> Mail {
    let is_step = |name: &str, value: &str| {
        name.eq_ignore_ascii_case("Received") && !Hop::parse(value).is_final_delivery()
    };
    let step = mail.headers.iter().position(|h| is_step(&h.name, &h.value));
    let below = step.and_then(|at| mail.headers.get(at + 1..)).unwrap_or_default();
    Mail { headers: below.to_vec(), ..Mail::default() }
}

/// Whether DMARC may take one for the other (RFC 7489 3.1: relaxed alignment goes by the organisation's domain; what
/// that is stands in a long list, so the last two labels have to do, which at worst asks once more).
fn are_akin(one: &str, other: &str) -> bool {
    let organisation = |domain: &str| {
        let mut labels: Vec<String> = domain.rsplit('.').take(2).map(str::to_ascii_lowercase).collect();
        labels.reverse();
        labels.join(".")
    };
    organisation(one) == organisation(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mail::Header;
    use crate::model::robot::Policy;
    use crate::model::seal::Seal;

    const ANN: &str = "ann@x.example";
    const PASS: &str = "mx.x.example; dmarc=pass header.from=x.example";
    const FAIL: &str = "mx.x.example; dmarc=fail header.from=x.example";
    const BY_LIST: &str =
        "from lists.x.example (lists.x.example [198.51.100.1]) by mx.x.example with ESMTP; now";
    const POSTED: &str = "from a (a [203.0.113.9]) by mx.x.example with ESMTP; now";
    const STORED: &str = "from mx.x.example by mx.x.example with LMTP; now";

    fn robot(list: &str) -> Robot {
        Robot {
            address: Address::parse("help@x.example").unwrap(),
            name: "Help".into(),
            aliases: vec![],
            delimiter: Some('+'),
            returns: true,
            base_url: None,
            list: Address::parse(list).unwrap(),
            also: vec![],
            members: vec![],
            trust: Trust {
                authserv_ids: vec!["mx.x.example".into()],
                mx_hosts: vec!["mx.x.example".into()],
                networks: vec!["198.51.100.0/24".parse().unwrap()],
                ..Trust::default()
            },
            policy: Policy::default(),
            values: crate::model::fields::Values::default(),
            seal: Seal::new(vec![[7; 32]]),
        }
    }

    fn proven(list: &str, from: &str, fields: &[&str]) -> (Proof, String) {
        let id = format!("<{}>", list.replace('@', "."));
        let name =
            |value: &str| if value.starts_with("from ") { "Received" } else { "Authentication-Results" };
        let mut headers: Vec<Header> =
            fields.iter().map(|v| Header { name: name(v).into(), value: (*v).into() }).collect();
        headers.push(Header { name: "List-Id".into(), value: id });
        let mail = Mail { headers, ..Mail::default() };
        proof(&mail, &Address::parse(from).unwrap(), &robot(list))
    }

    #[test]
    fn the_lists_own_step_proves_nobody() {
        let list = "staff@x.example";
        for (fields, expected) in [
            // posted with proof
            (&[STORED, PASS, BY_LIST, PASS, POSTED][..], Proof::Domain),
            (&[STORED, BY_LIST, PASS, POSTED], Proof::Domain),
            // posted without: the list's signature is of the same domain
            (&[STORED, PASS, BY_LIST, FAIL, POSTED], Proof::None),
            (&[STORED, PASS, BY_LIST, POSTED], Proof::None),
            (&[PASS, BY_LIST, POSTED], Proof::None),
            // a list that takes the first Received out, in a network of ours
            (&[STORED, PASS, BY_LIST], Proof::None),
            (&[STORED, PASS], Proof::None),
            (&[], Proof::None),
        ] {
            let (proof, why) = proven(list, ANN, fields);
            assert_eq!(proof, expected, "{fields:?}: {why}");
        }
        let why = proven(list, ANN, &[STORED, PASS, BY_LIST, FAIL, POSTED]).1;
        assert_eq!(why, "it came over staff@x.example, and before: dmarc=fail by mx.x.example");
    }

    #[test]
    fn a_signature_that_cannot_be_the_lists_counts() {
        for (list, expected) in [
            ("staff@lists.y.example", Proof::Domain),
            ("staff@lists.x.example", Proof::None),
            ("staff@X.Example", Proof::None),
        ] {
            let (proof, why) = proven(list, ANN, &[STORED, PASS, BY_LIST]);
            // not that it came from the list's network
            assert_eq!(proof, expected, "{list}: {why}");
        }
    }

    #[test]
    fn what_the_list_did_not_carry_is_judged_as_ever() {
        let headers = [("Authentication-Results", PASS), ("Received", POSTED)];
        let headers = headers.iter().map(|(n, v)| Header { name: (*n).into(), value: (*v).into() }).collect();
        let mail = Mail { headers, ..Mail::default() };
        let proof = proof(&mail, &Address::parse(ANN).unwrap(), &robot("staff@x.example"));
        assert_eq!(proof.0, Proof::Domain);
    }
}
