//! Tables of header fields as servers write them and as forgers would. Ours is mx.x.example; From is
//! ann@corp.example throughout.

use super::proof;
use crate::model::address::Address;
use crate::model::mail::{Header, Mail};
use crate::model::network::Network;
use crate::model::proof::Proof;
use crate::model::robot::Trust;
use proptest::prelude::*;

const IN: &str = "Received: from out.corp.example (out.corp.example [203.0.113.9]) by mx.x.example (Postfix) with \
    ESMTPS id 4F; Fri, 20 Nov 2026 10:00:00 +0000";

fn trust() -> Trust {
    Trust {
        authserv_ids: vec!["mx.x.example".into()],
        mx_hosts: vec!["mx.x.example".into(), "store.x.example".into()],
        domains: vec![],
        networks: vec!["192.0.2.0/24".parse::<Network>().unwrap(), "2001:db8::/32".parse().unwrap()],
    }
}

/// A mail of these fields, each `Name: value`.
fn mail(fields: &[&str]) -> Mail {
    let header = |field: &&str| {
        let (name, value) = field.split_once(':').unwrap();
        Header { name: name.into(), value: value.trim().into() }
    };
    Mail { headers: fields.iter().map(header).collect(), ..Mail::default() }
}

fn judged(fields: &[&str], trust: &Trust) -> (Proof, String) {
    proof(&mail(fields), &Address::parse("ann@corp.example").unwrap(), trust)
}

/// Values of one Authentication-Results field directly below our own Received.
const PROVE: &[&str] = &[
    "mx.x.example; dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc=pass header.from=Corp.Example",
    "MX.X.EXAMPLE; DMARC=PASS HEADER.FROM=corp.example",
    "mx.x.example; dmarc=pass header.from=ann@corp.example",
    "mx.x.example; dmarc=pass header.from=\"corp.example\"",
    "\"mx.x.example\"; dmarc=pass header.from=corp.example",
    "mx.x.example 1; dmarc=pass header.from=corp.example",
    "mx.x.example (our own (really)) 1 ; dmarc=pass header.from=corp.example",
    "(x) mx.x.example; dmarc=pass header.from=corp.example",
    "mx.x.example;dmarc=pass header.from=corp.example;",
    "mx.x.example;;  ; dmarc=pass header.from=corp.example ; ",
    "mx.x.example; dmarc = pass header.from = corp.example",
    "mx.x.example; dmarc/1=pass header.from=corp.example",
    "mx.x.example; dmarc=pass (dmarc=fail) header.from=corp.example",
    "mx.x.example; dmarc=pass (p=none dis=none \\) ; dmarc=fail) header.from=corp.example",
    "mx.x.example; dmarc=pass(p=REJECT) header.from=corp.example",
    "mx.x.example; dmarc=pass reason=\"a; dmarc=fail\" header.from=corp.example",
    "mx.x.example; dmarc=pass reason=\"\" header.from=corp.example",
    "mx.x.example; dmarc=pass action=none header.from=corp.example;compauth=pass reason=100",
    "mx.x.example;\r\n\tdmarc=pass\r\n\theader.from=corp.example",
    "mx.x.example; spf=pass smtp.mailfrom=b+ann=corp.example@list.example; dmarc=pass header.from=corp.example",
    "mx.x.example; spf=none smtp.mailfrom=<>; dmarc=pass header.from=corp.example",
    "mx.x.example; dkim=pass header.d=corp.example",
    "mx.x.example; dkim=pass (2048-bit key; unprotected) header.d=CORP.example header.i=@corp.example header.b=\"a/b=\"",
    "mx.x.example; dkim=fail header.d=list.example; dkim=pass header.d=corp.example",
    "mx.x.example; dkim=pass header.d=corp.example; dmarc=none header.from=corp.example",
    "mx.x.example; dkim=pass header.d=corp.example; dmarc=bestguesspass header.from=corp.example",
    "mx.x.example; spf=fail smtp.mailfrom=evil.example; dkim=pass header.d=corp.example",
    "mx.x.example; notdkim=fail; dkim/9=fail; dkim=pass header.d=corp.example",
];

const PROVE_NOTHING: &[&str] = &[
    "",
    "mx.x.example",
    "mx.x.example; none",
    "mx.x.example; none; ",
    // a name that another server would not know for its own
    "\"mx.x.exampl\"e; dmarc=pass header.from=corp.example",
    "mx.x.\"example\"; dmarc=pass header.from=corp.example",
    "\"mx.x\\.example\"; dmarc=pass header.from=corp.example",
    "\"mx.x.example\"1; dmarc=pass header.from=corp.example",
    // another's word
    "mx.evil.example; dmarc=pass header.from=corp.example",
    "mx.x.example.evil.example; dmarc=pass header.from=corp.example",
    "evil.mx.x.example; dmarc=pass header.from=corp.example",
    "mx.x.exampl; dmarc=pass header.from=corp.example",
    "mx.x.example/evil; dmarc=pass header.from=corp.example",
    "evil (mx.x.example); dmarc=pass header.from=corp.example",
    "evil; mx.x.example; dmarc=pass header.from=corp.example",
    "(mx.x.example;) evil; dmarc=pass header.from=corp.example",
    "; mx.x.example; dmarc=pass header.from=corp.example",
    // versions
    "mx.x.example 2; dmarc=pass header.from=corp.example",
    "mx.x.example 1 1; dmarc=pass header.from=corp.example",
    "mx.x.example 01; dmarc=pass header.from=corp.example",
    "mx.x.example 1.0; dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc/2=pass header.from=corp.example",
    "mx.x.example; dkim/2=pass header.d=corp.example",
    // words that only look like it
    "mx.x.example; notdkim=pass header.d=corp.example",
    "mx.x.example; x-dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc=passed header.from=corp.example",
    "mx.x.example; dmarc=pass.header.from=corp.example",
    "mx.x.example; dmarc=(pass) header.from=corp.example",
    "mx.x.example; dmarc=(pass)fail header.from=corp.example",
    "mx.x.example; dmarc=pa(x)ss header.from=corp.example",
    "mx.x.example; \"dmarc=pass header.from=corp.example\"",
    "mx.x.example; \"dmarc\"=pass header.from=corp.example",
    "mx.x.example; dmarc=\"pass\" header.from=corp.example",
    "mx.x.example; (dmarc=pass header.from=corp.example)",
    "mx.x.example; spf=pass reason=\"; dmarc=pass header.from=corp.example\"",
    "mx.x.example; spf=pass dmarc=pass header.from=corp.example",
    // broken
    "mx.x.example; dmarc=pass header.from=corp.example (",
    "mx.x.example; dmarc=pass header.from=corp.example \"",
    "mx.x.example; dmarc=pass header.from=corp.example )",
    "mx.x.example; dmarc=pass header.from=corp.example; dkim",
    "mx.x.example; dmarc=pass header.from=corp.example junk",
    "mx.x.example; dmarc=pass header.from=corp.example; spf=pass smtp.mailfrom=",
    "mx.x.example dmarc=pass header.from=corp.example",
    "mx.x.example, dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc=pass header.from=corp.example\0",
    // a return path that was printed without its quotes
    "mx.x.example; spf=pass smtp.mailfrom=a; dmarc=pass header.from=corp.example x@evil.example; dmarc=none",
    "mx.x.example; spf=pass smtp.mailfrom=a; dmarc=pass header.from=corp.example@evil.example",
    "mx.x.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=corp.example x=\"@evil.example",
    // other domains
    "mx.x.example; dmarc=pass header.from=evil.example",
    "mx.x.example; dmarc=pass",
    "mx.x.example; dmarc=pass from=corp.example",
    "mx.x.example; dmarc=pass header.from=corp.example header.from=evil.example",
    "mx.x.example; dmarc=pass header.from=sub.corp.example",
    "mx.x.example; dmarc=pass header.from=example",
    "mx.x.example; dmarc=pass header.from=corp.example.evil.example",
    "mx.x.example; dkim=pass header.d=evil.example",
    "mx.x.example; dkim=pass header.d=evil.example header.i=@corp.example",
    "mx.x.example; dkim=pass header.i=@corp.example",
    "mx.x.example; dkim=pass header.d=corp.example header.d=evil.example",
    "mx.x.example; dkim=pass policy.d=corp.example",
    // not enough, or against itself
    "mx.x.example; spf=pass smtp.mailfrom=ann@corp.example; dkim=none; dmarc=none",
    "mx.x.example; spf=pass smtp.mailfrom=corp.example",
    "mx.x.example; arc=pass (as.1.corp.example=pass) header.d=corp.example",
    "mx.x.example; auth=pass smtp.auth=ann@corp.example",
    "mx.x.example; dmarc=fail header.from=corp.example",
    "mx.x.example; dmarc=none header.from=corp.example",
    "mx.x.example; dmarc=temperror header.from=corp.example; dkim=pass header.d=corp.example",
    "mx.x.example; dmarc=fail header.from=corp.example; dkim=pass header.d=corp.example",
    "mx.x.example; dmarc=fail header.from=corp.example; dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc=none header.from=corp.example; dmarc=pass header.from=corp.example",
    "mx.x.example; dmarc=pass header.from=corp.example; dmarc=pass header.from=evil.example",
    "mx.x.example; dkim=none; dkim=pass header.d=corp.example",
    "mx.x.example; dkim=fail header.d=corp.example",
    "mx.x.example; dkim=neutral header.d=corp.example; dmarc=bestguesspass header.from=corp.example",
];

#[test]
fn one_field() {
    for value in PROVE {
        let (proof, why) = judged(&[IN, &format!("Authentication-Results: {value}")], &trust());
        assert_eq!(proof, Proof::Domain, "{value}: {why}");
        assert!(why.ends_with("=pass for corp.example by mx.x.example") || why.contains("MX.X"), "{why}");
    }
    for value in PROVE_NOTHING {
        let (proof, why) = judged(&[IN, &format!("Authentication-Results: {value}")], &trust());
        assert_eq!(proof, Proof::None, "{value}: {why}");
        assert!(!why.is_empty());
    }
}

const PASS: &str = "Authentication-Results: mx.x.example; dmarc=pass header.from=corp.example";
const FAIL: &str = "Authentication-Results: mx.x.example; dmarc=fail header.from=corp.example";
const SPF: &str = "authentication-results: mx.x.example; spf=pass smtp.mailfrom=corp.example";
const THEIRS: &str = "Authentication-Results: out.corp.example; dmarc=pass header.from=corp.example";
const HOP: &str = "Received: from laptop (laptop [198.51.100.7]) by out.corp.example with ESMTPSA id 1; now";
const LMTP: &str =
    "Received: from store.x.example by store.x.example with LMTP id 2 (envelope-from <a@b>); now";

#[test]
fn the_place_of_a_field() {
    let cases: &[(&[&str], Proof)] = &[
        (&[PASS, IN, HOP], Proof::Domain),
        (&[IN, PASS, HOP], Proof::Domain),
        (&["Return-Path: <a@b>", LMTP, IN, "X-Spam: no", PASS, HOP], Proof::Domain),
        (&[LMTP, PASS, IN, SPF, HOP], Proof::Domain),
        (&[IN, PASS, SPF, HOP], Proof::Domain),
        (&[IN, PASS, PASS, HOP], Proof::Domain),
        (&[IN, THEIRS, PASS, HOP], Proof::Domain),
        // below the first server that is not ours
        (&[IN, HOP, PASS], Proof::None),
        (&[IN, SPF, HOP, PASS], Proof::None),
        (&[HOP, IN, PASS], Proof::None),
        (&[IN, THEIRS, HOP], Proof::None),
        // forged beside the true one, above and below it
        (&[IN, FAIL, PASS, HOP], Proof::None),
        (&[IN, PASS, FAIL, HOP], Proof::None),
        (&[FAIL, IN, PASS, HOP], Proof::None),
        (&[IN, "Authentication-Results: mx.x.example; dkim=none", PASS, HOP], Proof::Domain),
        (&[IN, PASS, "Authentication-Results: mx.x.example; dmarc=fail (", HOP], Proof::None),
        // no server of ours took it in
        (&[PASS], Proof::None),
        (&[PASS, HOP], Proof::None),
        (&["Received: from a (b [192.0.2.1]) (by mx.x.example) by evil.example; now", PASS], Proof::None),
        (&["Received: by evil.example; by mx.x.example with ESMTP; now", PASS], Proof::None),
        // fields of other names
        (&[IN, &PASS.replacen("Authentication", "X-Authentication", 1), HOP], Proof::None),
        (&[IN, &PASS.replacen("Authentication", "ARC-Authentication", 1), HOP], Proof::None),
    ];
    for (fields, expected) in cases {
        let (proof, why) = judged(fields, &trust());
        assert_eq!(proof, *expected, "{fields:#?}: {why}");
    }
}

#[test]
fn nobody_is_trusted_unasked() {
    assert_eq!(judged(&[IN, PASS], &Trust::default()).0, Proof::None);
    let hosts = Trust { authserv_ids: vec![], ..trust() };
    assert_eq!(judged(&[IN, PASS], &hosts).0, Proof::None);
    // without the names of our servers only what stands above every Received counts
    let ids = Trust { mx_hosts: vec![], ..trust() };
    assert_eq!(judged(&[PASS, IN], &ids).0, Proof::Domain);
    assert_eq!(judged(&[IN, PASS], &ids).0, Proof::None);
    assert_eq!(judged(&[PASS], &ids).0, Proof::None);
}

/// The clauses up to the date, as several servers write them.
const SUBMITTED: &[&str] = &[
    // Postfix with smtpd_sasl_authenticated_header
    "from [10.0.0.5] (unknown [203.0.113.9]) (using TLSv1.3 with cipher X (256/256 bits)) (No client certificate \
     requested) (Authenticated sender: ann@corp.example) by mx.x.example (Postfix) with ESMTPSA id 4F for <help@x.example>",
    "from x (y [203.0.113.9]) (Authenticated sender: Ann@Corp.example) by MX.x.example (Postfix) with esmtpa id 1",
    "from by (y [203.0.113.9]) (authenticated sender: ann@corp.example) by mx.x.example. with UTF8SMTPSA id 1",
    // from a trusted network: Postfix, Sendmail, Exim (three ways), Exchange
    "from web (web.x.example [192.0.2.7]) by mx.x.example (Postfix) with ESMTP id 1",
    "from web (web.x.example [IPv6:2001:db8::7]) by mx.x.example (Postfix) with ESMTP id 1",
    "from web (IDENT:www@web.x.example [192.0.2.7] (may be forged)) by mx.x.example (8.17/8.17) with SMTP id 1",
    "from web.x.example ([192.0.2.7] helo=web) by mx.x.example with esmtp (Exim 4.96) (envelope-from <a@b>) id 1",
    "from [192.0.2.7] (helo=[203.0.113.9]) by mx.x.example with esmtp (Exim 4.96) id 1",
    "from web.x.example ([192.0.2.7]:4711 helo=web) by mx.x.example with esmtps (TLS1.3) tls X (Exim 4.96) id 1",
    "from WEB.x.example (192.0.2.7) by mx.x.example (192.0.2.2) with Microsoft SMTP Server (version=TLS1_2) id 15.1",
];

const NOT_SUBMITTED: &[&str] = &[
    "from x (y [203.0.113.9]) (Authenticated sender: bob@corp.example) by mx.x.example with ESMTPSA id 1",
    "from x (y [203.0.113.9]) (Authenticated sender: ann) by mx.x.example with ESMTPSA id 1",
    "from x (y [203.0.113.9]) (Authenticated sender: ann@corp.example) by mx.x.example with ESMTPS id 1",
    "from x (y [203.0.113.9]) (Authenticated sender: ann@corp.example) by evil.example with ESMTPSA id 1",
    "from x (y [203.0.113.9]) (x (Authenticated sender: ann@corp.example)) by mx.x.example with ESMTPSA id 1",
    "from x (y [203.0.113.9]) by mx.x.example with ESMTPSA id 1 for <\"(Authenticated sender: ann@corp.example)\"@x>",
    "from x (y [203.0.113.9]) by mx.x.example with ESMTP id 1 (with ESMTPSA) (Authenticated sender: ann@corp.example)",
    // what the client says of itself
    "from [192.0.2.7] (unknown [203.0.113.9]) by mx.x.example (Postfix) with ESMTP id 1",
    "from [203.0.113.9] (helo=[192.0.2.7]) by mx.x.example with esmtp (Exim 4.96) id 1",
    "from evil ([203.0.113.9] helo=[192.0.2.7]) by mx.x.example with esmtp (Exim 4.96) id 1",
    "from [192.0.2.7] by mx.x.example with ESMTP id 1",
    "from 192.0.2.7 (evil.example) by mx.x.example with ESMTP id 1",
    "from x ([192.0.2.7] [203.0.113.9]) by mx.x.example with ESMTP id 1",
    "from x (y [192.0.2.7.evil]) by mx.x.example with ESMTP id 1",
    "from x (y [192.0.2.7]) by evil.example with ESMTP id 1",
    "from x (y [192.0.2.7]) by",
    "from x (y [192.0.2.7]",
    "by mx.x.example (Postfix, from userid 33) id 1",
    "",
];

#[test]
fn handed_over() {
    for (values, expected) in [(SUBMITTED, Proof::Submission), (NOT_SUBMITTED, Proof::None)] {
        for value in values {
            let (proof, why) =
                judged(&[&format!("Received: {value}; Fri, 20 Nov 2026 10:00 +0000")], &trust());
            assert_eq!(proof, expected, "{value}: {why}");
        }
    }
}

#[test]
fn only_the_first_step_into_our_servers_counts() {
    let login = &format!("Received: {}; now", SUBMITTED[0]);
    let inside = &format!("Received: {}; now", SUBMITTED[3]);
    let relay =
        "Received: from mx.x.example (mx.x.example [192.0.2.5]) by store.x.example with ESMTP id 3; now";
    let local = "Received: by web.x.example (Postfix, from userid 33) id 9; now";
    let bare = "Received: from a (a [203.0.113.9]) by mx.x.example with ESMTPSA id 1; now";
    let auth = "Authentication-Results: mx.x.example; auth=pass smtp.auth=ann@corp.example";
    let other = "Authentication-Results: mx.x.example; auth=pass smtp.auth=bob@corp.example";
    let cases: &[(&[&str], Proof)] = &[
        (&[LMTP, login], Proof::Submission),
        (&[login, HOP], Proof::Submission),
        (&[LMTP, inside], Proof::Submission),
        (&[inside, local], Proof::Submission),
        (&[relay, inside], Proof::Submission),
        // our own server passing on a stranger's mail stands in a trusted network too
        (&[relay, IN], Proof::None),
        (&[relay, IN, inside], Proof::None),
        (&[inside, HOP], Proof::None),
        (&[IN, login], Proof::None),
        (&[HOP, login], Proof::None),
        (&[bare, auth], Proof::Submission),
        (&[bare, other], Proof::None),
        (&[bare, auth, other], Proof::None),
        (&[bare, HOP, auth], Proof::None),
        (&[IN, auth], Proof::None),
    ];
    for (fields, expected) in cases {
        let (proof, why) = judged(fields, &trust());
        assert_eq!(proof, *expected, "{fields:#?}: {why}");
    }
}

proptest! {
    /// Whatever stands in the fields, nothing breaks; without our server's word nothing is proven.
    #[test]
    fn nothing_breaks(one in "(mx.x.example|[ ;=()\\\\\"a./]|dmarc=pass|header.from=corp.example|\\PC){0,30}",
                      two in "(from|by|with|mx.x.example|[ ;()\\[\\]\\\\a]|192.0.2.7|\\PC){0,30}") {
        let (a, b) = (format!("Authentication-Results: {one}"), format!("Received: {two}"));
        let _ = judged(&[&b, IN, &a], &trust());
        prop_assert_eq!(judged(&[HOP, &a, &b], &trust()).0, Proof::None);
    }
}
