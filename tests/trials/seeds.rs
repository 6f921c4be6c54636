//! What the readers are tried on first: mails, fields and answers as they are really written, and some that were written to
//! do harm. `GOLDEN=write tests/battery --row B11` lays them into `fuzz/seeds`; what `fuzz/run` has found beside them
//! stays there.

use crate::chance::Chance;
use crate::hostile;
use crate::properties::machines::{SESSION, record};
use crate::properties::{NOW, ROBOT};
use crate::town::session::Work;
use std::fs;
use std::path::Path;
use trackle::command::TABLE;
use trackle::model::address::Address;
use trackle::model::bundle::{FRONT, SIGNATURE};
use trackle::model::ticket::Number;
use trackle::record::hostkey::Signer;
use trackle::record::seal::{Turn, seal};
use trackle_wire::record::NOT_PACKED;
use trackle_wire::{Kind, Record};

/// Bytes of one seed; more teach nothing new.
const LONGEST: usize = 3_000;

/// Writes the seeds of all targets.
pub fn write() {
    let letters = letters();
    let mails = (1..=40).map(|seed| hostile::mail(&mut Chance::new(seed), seed, seed % 5 == 0));
    let heads =
        letters.iter().map(|letter| letter.split(|b| *b == b'\n').take(20).collect::<Vec<_>>().join(&b'\n'));
    lay("mail", mails.chain(letters.iter().step_by(4).cloned()));
    lay("headers", heads.step_by(6).chain(lines(HEADERS)));
    lay("quotes", letters.iter().step_by(6).cloned().chain(lines(QUOTES)));
    lay("addresses", lines(ADDRESSES));
    lay("dates", lines(DATES));
    lay("results", lines(RESULTS));
    lay(
        "bounces",
        lines(BOUNCES).flat_map(|said| (0..3).map(move |frame| [&[frame], said.as_slice()].concat())),
    );
    lay("html", lines(PAGES));
    lay("commands", TABLE.iter().map(|verb| verb.usage.as_bytes().to_vec()).chain(lines(COMMANDS)));
    lay("imap", lines(IMAP));
    lay("smtp", lines(SMTP));
    lay("tokens", tokens().into_iter());
    lay("bundle", bundles().into_iter());
    lay("journal", journals().into_iter());
    lay("evidence", evidence().into_iter());
}

fn lay(target: &str, seeds: impl Iterator<Item = Vec<u8>>) {
    let dir = Path::new("fuzz/seeds").join(target);
    fs::create_dir_all(&dir).expect("a directory");
    for (n, mut seed) in seeds.enumerate() {
        seed.truncate(LONGEST);
        fs::write(dir.join(format!("written-{n:02}")), seed).expect("a file");
    }
}

fn lines(table: &'static [&'static str]) -> impl Iterator<Item = Vec<u8>> {
    table.iter().map(|text| text.as_bytes().to_vec())
}

/// All letters that the robot writes.
fn letters() -> Vec<Vec<u8>> {
    let mut files: Vec<_> =
        fs::read_dir("tests/letters").expect("letters").map(|e| e.expect("one").path()).collect();
    files.sort();
    files.into_iter().filter(|file| file.is_file()).map(|file| fs::read(file).expect("a letter")).collect()
}

fn tokens() -> Vec<Vec<u8>> {
    let (seal, ann) = (&ROBOT.seal, Address::parse("ann@desk.example").expect("an address"));
    let texts = [
        seal.message_id(Some(Number(12)), 40, "desk.example"),
        seal.message_id(None, 1, "desk.example"),
        seal.reply_detail(Number(12), &ann, NOW),
        seal.reply_detail(Number(12), &ann, NOW).to_uppercase(),
        seal.code(7, &ann, NOW),
        format!("Re: confirm {}", seal.code(1_234, &ann, NOW)),
        seal.leave_code(Some(Number(12)), 3),
        format!("unsubscribe {}", seal.leave_code(None, 3)),
        seal.bounce_detail(40, &ann),
    ];
    let bare = [
        "12",
        "12-close",
        "[#12] Printer",
        "c7-aaaaaaaaaaaaaaaaaaaa",
        "é12",
        "b.9.aaaaaaaaaaaaa",
        "4294967296",
    ];
    texts.into_iter().chain(bare.map(str::to_owned)).map(String::into_bytes).collect()
}

/// One bundle as it stands, and its records as a host would sign them.
fn bundles() -> Vec<Vec<u8>> {
    let signer = Signer::new(&[3; 32]).expect("a key");
    let work = Work::before(NOW).id(SESSION).typed("vi /etc/motd").remark("done");
    let empty = work.clone();
    let work = work.file("/etc/motd", Some("hello\n"), Some("Hello!\n")).file("/etc/gone", Some("x\n"), None);
    let mut all = Vec::new();
    for mut work in [empty, work] {
        work.session.login = "ann".into();
        let turn = Turn { sequence: 1, previous: None };
        let bytes = seal(work.session, work.contents, &turn, &signer).expect("a bundle").bytes;
        let length = usize::from(u16::from_le_bytes([bytes[FRONT - 2], bytes[FRONT - 1]]));
        let mut body = Vec::new();
        let mut packed = flate2::read::ZlibDecoder::new(&bytes[FRONT + length + SIGNATURE..]);
        std::io::Read::read_to_end(&mut packed, &mut body).expect("it is unpacked");
        all.push([&[0], bytes.as_slice()].concat());
        all.push([&[2], body.as_slice()].concat());
        all.push([&[1], &body[..body.len() - 37]].concat());
        assert!(record(&body).is_some());
    }
    all
}

/// Journals, and recipes of some.
fn journals() -> Vec<Vec<u8>> {
    let mut room = [0; 4096];
    let mut lane = Vec::new();
    for number in 0..3 {
        let (kind, path, second) = (Kind::Before as u16, b"/etc/fstab", b"");
        let record = Record {
            kind,
            number,
            pack: NOT_PACKED,
            size: 5,
            path,
            second,
            content: b"proc\n",
            ..Record::default()
        };
        lane.extend_from_slice(trackle_wire::put(&record, &mut room).expect("room"));
    }
    let torn = [&lane[..60], &lane].concat();
    let recipe = b"\x41\x05/etc/\xc5\x04torn\x01\x08TRK1dirt\x80\x00\x80\x03end".to_vec();
    vec![lane, torn, recipe, vec![0x41, 3, b'a', b'b', b'c'], b"TRK1\x70\0\0\0".repeat(20)]
}

/// What kernels keep of programs.
fn evidence() -> Vec<Vec<u8>> {
    let mut files: Vec<_> =
        fs::read_dir("tests/corpus/evidence").expect("evidence").map(|e| e.expect("one").path()).collect();
    files.sort();
    let read = files.into_iter().map(|file| fs::read(file).expect("evidence"));
    // records of processes have 64 bytes; lines of an audit log are cut wherever
    let card = b"trackle host 1\nhost: web1.example.org\nlogin: ann\nkey: x\nprogram: 0.1.0\nsignature: x\n"
        .to_vec();
    read.map(|bytes| bytes[..bytes.len().min(1024)].to_vec()).chain([card]).collect()
}

const HEADERS: &[&str] = &[
    "A: 1\r\n\t2\r\nB :2\r\n\r\nbody",
    "Subject: =?utf-8?q?caf=C3=A9?= =?utf-8?b?w6k=?=\nContent-Type: text/plain; charset*0=koi8; charset*1=-r\n\n",
    "A: 1\nstray\nX-a/\t(b): 2\n 3\nB: 2\n\nx",
    "Content-Disposition: attachment; filename*=utf-8''a%2fb%C3%A9.txt; filename=\"x\\\"y\"\n\n",
    "References: <a@b> <c@d>\n\t<e@f>\nIn-Reply-To: a@b (comment)\n\n",
];

const ADDRESSES: &[&str] = &[
    "ann@desk.example",
    "Ann <ann@desk.example>, \"Lee, Ann\" <ann@b.example>; c@d",
    "Lee, Ann <ann@b.example>",
    "staff: ann@a.example, ben@b.example;, x@y",
    "\"ann@desk.example\" <eve@evil.example>",
    "<@relay.example:ann@desk.example>",
    "=?utf-8?q?Ann=2C_eve=40evil.example?= <ann@desk.example>",
    "ann@desk.example (Ann (the \\) first))",
    "<mailto:ann@desk.example>",
    "\"a b\"@c.example, <a@b> <c@d>",
    "Ünï <ü@x.example>, undisclosed-recipients:;",
];

const DATES: &[&str] = &[
    "Thu, 1 Jan 2026 10:00:00 +0100",
    "1 Jan 26 10:00 EST",
    "Fri, 29 Feb 2028 23:59:60 -0000 (UTC)",
    "2026-01-01T10:00:00Z",
    "Thu,1 Jan 2026 10:00:00 +9959",
    "31 Dec 9999 23:59:59 -1200",
    "Thu Jan  1 10:00:00 2026",
];

const RESULTS: &[&str] = &[
    "mx.desk.example; dmarc=pass header.from=desk.example",
    "mx.desk.example 1; dkim=pass (2048-bit key) header.d=desk.example header.i=@desk.example; spf=pass smtp.mailfrom=\"ann@desk.example\"",
    "mx.desk.example; dmarc=fail header.from=desk.example\nmx.desk.example; dmarc=pass header.from=desk.example",
    "mx.evil.example (mx.desk.example); dmarc=pass header.from=desk.example",
    "mx.desk.example; none",
    "\"mx.desk.example\"; dkim/1=pass (a (b) \\) c) reason=\"x;y\" header.d = desk.example",
    "R from x by mx.evil.example with ESMTPS; x\nmx.desk.example; dmarc=pass header.from=desk.example",
    "R from pc ([203.0.113.9]) (Authenticated sender: ann@desk.example) by mx.desk.example (Postfix) with ESMTPSA id 1; x",
];

const BOUNCES: &[&str] = &[
    "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; alice@town.example\nAction: failed\nStatus: 5.1.1\n\
     Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n--b--\n",
    "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n\
     <alice@town.example>: host mx.town.example[192.0.2.1] said: 550 5.1.1\n    <alice@town.example>: User unknown\n",
    "Hi. This is the qmail-send program at town.example.\n\n<alice@town.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
     --- Below this line is a copy of the message.\n\nMessage-ID: <trk.1.2.aaaaaaaaaaaaa@desk.example>\nSubject: x\n",
    "Original-Recipient: rfc822;bob@home.example\nFinal-Recipient: x400; /S=bob/\nAction: delayed (x)\nStatus: 4.4.7 (y)\n\
     Will-Retry-Until: x\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <a@b>\n--b--\n",
];

const QUOTES: &[&str] = &[
    "Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Help desk <help@desk.example> wrote:\n> It burns.\n> -- \n> Ann\n",
    "Ja.\n\nAm 02.03.2026 um 10:00 schrieb Ann:\n> Es brennt.\n\n-- \nBen\nTel. 1\n",
    "Oui. Le lun. 2 mars 2026 à 10:00, Ann <ann@desk.example> a\nécrit :\n\n> feu\n",
    "see below\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Ben\nSubject: x\n\nold\n",
    "> a\nanswer\n> b\n\n________________________________\nVon: Ann\nGesendet: Montag\n\nalt\n",
    "---------- Forwarded message ---------\nFrom: a@b\nDate: x\nSubject: y\n\nz\n",
    "Sent from my iPhone\n\n> On 2 Mar 2026, at 10:00, Ann wrote:\n> \n>> deep\n",
];

const PAGES: &[&str] = &[
    "<p>Hello <b>you</b><br>there</p><blockquote type=cite>old<blockquote>older</blockquote></blockquote>",
    "<table><tr><td>1<td>2<tr><td colspan=9>3</table><ul><li>a<li>b<ol><li>c</ol></ul>",
    "<a href=\"https://x.example/?a=1&amp;b\">here</a><img alt='pic' src=cid:1><style>p{}</style><script>1<2</script>",
    "&lt;&#65;&#x1F600;&nbsp;&notanentity;&#0;&#xFFFFFFFF;<pre> a\n  b</pre><!-- c -- ><![CDATA[d]]>",
    "<div class=gmail_quote><div>On x wrote:</div></div><hr><h1>T</h1><p style='display:none'>hidden",
];

const COMMANDS: &[&str] = &[
    "!close 12 15: the cable was loose\nThanks!",
    "take 12\nassign ann 12\ndue friday 12\nstop\nclose 1",
    "!tag +ink -paper =x 12\n  close 1\n> take 1",
    "due 1.12.2026\nwait 3d 12",
    "merge 3 into 5\ndup 3 of 5\ndepends 3 on 5, 6",
    "digest weekly\nsearch: printer fire\n!show 12",
    "\u{feff}prio \u{201c}high\u{201d} 12\ntitle 12: No ink\u{a0}here",
    "cc 12 bob@example.org eve@example.org\nremove <bob@example.org>",
    "show /etc/motd\nhide 3 of session 5\nnote: aside",
];

const IMAP: &[&str] = &[
    "* OK [CAPABILITY IMAP4rev1 IDLE MOVE AUTH=PLAIN] hello\r\n* CAPABILITY IMAP4rev1 IDLE\r\nT1 OK done\r\n\
     * FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n\
     T2 OK [READ-WRITE] done\r\n* 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" FLAGS (\\Seen))\r\n\
     * 2 FETCH (FLAGS ($trackledone) UID 9 RFC822.SIZE 7)\r\nT3 OK done\r\n\
     * 1 FETCH (UID 3 BODY[] {5}\r\nhello)\r\n* 2 FETCH (UID 9 BODY[] \"abcdefg\")\r\nT4 OK done\r\n\
     * 1 FETCH (UID 3 BODY[]<0> {3}\r\nhel)\r\nT5 OK done\r\n+ idling\r\n* 3 EXISTS\r\nT6 OK done\r\n",
    "* OK hi\r\nT1 NO [ALERT] not now\r\nT2 BAD what\r\nT3 NO x\r\nT4 NO y\r\nT5 NO z\r\nT6 NO no idle\r\n",
    "* PREAUTH welcome\r\n",
    "* BYE too many connections\r\n",
    "* OK x\r\n* 1 FETCH (BODY[] {5}\r\na{9}\r)\r\nT1 OK [UIDNEXT 4294967295] x\r\n* 1 EXPUNGE\r\n* SEARCH 1 2 3\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 1)\r\nT2 OK\r\n",
];

const SMTP: &[&str] = &[
    "220 mx.example ESMTP\r\n250-mx.example\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 STARTTLS\r\n250 2.1.0 ok\r\n",
    "550 5.1.1 <x@y>: no such user\r\n451 4.7.1 (#4.7.1) greylisted\r\n535 5.7.8 no\r\n354 go on\r\n",
    "250-a\r\n251 b\r\n",
    "421\r\n",
    "550-5.7.26 Unauthenticated\r\n550 5.7.26 mail, see 10.0.0.1\n",
];
