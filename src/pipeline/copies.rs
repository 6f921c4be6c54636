//! One mail is one mail, by however many roads it comes: in come a mail and the database, out comes the earlier mail that
//! it is a copy of. The same Message-ID (RFC 5322 3.6.4) is not enough, since anybody can use it again; the same words
//! belong to it. What a mailing list writes around a mail belongs to neither.

use crate::fault::Outcome;
use crate::model::mail::{Mail, MessageId, PieceKind};
use crate::model::robot::Robot;
use crate::model::witness::{OpenPgp, Signed};
use crate::read;
use crate::store::Tx;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Characters that the staff list may write around a mail without our knowing its footer for one.
const AROUND: usize = 2_000;

/// The earlier mail that this one is a copy of: the same bytes, or the same Message-ID with the same content by
/// another route. The same Message-ID with other content is another mail. A copy that is held, since a list put its own
/// address into From or broke the proof, gives way to the real one.
pub(super) fn seen_before(
    tx: &Tx<'_>,
    robot: &Robot,
    (intake, mail, print): (i64, &Mail, &[u8; 32]),
    proven: bool,
    now: Timestamp,
) -> Outcome<Option<i64>> {
    if let Some(earlier) = tx.same_bytes(intake)? {
        return Ok(Some(earlier));
    }
    if let Some((id, print)) = signature(mail)
        && let Some(earlier) = tx.seen(&id, &print, intake)?
    {
        return Ok(Some(earlier));
    }
    let Some(id) = &mail.message_id else { return Ok(None) };
    let earlier = match tx.seen(id, print, intake)? {
        None => around(tx, robot, (intake, mail))?,
        seen => seen,
    };
    match earlier {
        Some(earlier) if tx.give_way(earlier, intake, proven, now)? => Ok(None),
        earlier => Ok(earlier),
    }
}

/// Keeps what later mails are held against.
pub(super) fn remember(tx: &Tx<'_>, intake: i64, mail: &Mail, print: &[u8; 32]) -> Outcome<()> {
    if let Some((id, print)) = signature(mail) {
        tx.remember(&id, &print, intake)?;
    }
    match &mail.message_id {
        Some(id) => tx.remember(id, print, intake),
        None => Ok(()),
    }
}

/// A signature as a name and a print: what a member has signed once runs once, in whatever mail it comes again.
fn signature(mail: &Mail) -> Option<(MessageId, [u8; 32])> {
    match &mail.witness.openpgp {
        OpenPgp::Good(Signed { part: None, mark, .. }) => {
            Some((MessageId::parse("signature@openpgp.invalid")?, *mark))
        }
        _ => None,
    }
}

/// An earlier mail of this Message-ID that is the same but for some words around it, in the copy of the two that came
/// over the staff list: a footer that does not look like one.
fn around(tx: &Tx<'_>, robot: &Robot, (intake, mail): (i64, &Mail)) -> Outcome<Option<i64>> {
    let Some(id) = &mail.message_id else { return Ok(None) };
    for earlier in tx.same_id(id, intake)? {
        // one that cannot be read any more is no copy of anything
        let Ok(other) = read::mail(&tx.raw_of(earlier)?) else { continue };
        let same = |copy: &Mail, plain: &Mail| robot.list_carried(copy) && holds(copy, plain);
        if same(mail, &other) || same(&other, mail) {
            return Ok(Some(earlier));
        }
    }
    Ok(None)
}

/// Whether a list's copy says what the other says, and little else.
fn holds(copy: &Mail, plain: &Mail) -> bool {
    let date = |mail: &Mail| mail.header("date").unwrap_or_default().trim().to_owned();
    let (longer, shorter) = (words(copy).join(" "), words(plain).join(" "));
    date(copy) == date(plain)
        && files(copy) == files(plain)
        && longer.len() <= shorter.len() + AROUND
        && !shorter.is_empty()
        && longer.contains(&shorter)
}

/// What a mail says, whatever lists have added around it: its date, its own text, its named files.
pub(super) fn print(mail: &Mail) -> [u8; 32] {
    let mut said = mail.header("date").unwrap_or("").trim().as_bytes().to_vec();
    for word in words(mail) {
        said.push(0);
        said.extend_from_slice(word.as_bytes());
    }
    for file in files(mail) {
        said.push(1);
        said.extend_from_slice(&file);
    }
    Sha256::digest(&said).into()
}

fn words(mail: &Mail) -> Vec<&str> {
    let own = mail.pieces.iter().filter(|p| !matches!(p.kind, PieceKind::Footer | PieceKind::Signature));
    own.flat_map(|p| p.text.split_whitespace()).collect()
}

fn files(mail: &Mail) -> Vec<[u8; 32]> {
    let named = mail.attachments.iter().filter(|a| !a.name.is_empty());
    named.map(|file| Sha256::digest(&file.bytes).into()).collect()
}
