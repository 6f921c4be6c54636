//! What is done in one folder: look, list, fetch, mark. Comes in: a [`Line`] that is logged in, and UIDs; goes out:
//! what the server said about exactly those UIDs. Never sets \Seen, never expunges, never uses sequence numbers,
//! never asks for BODYSTRUCTURE or ENVELOPE (their nesting is foreign). RFC 9051 sections 6.4 to 6.6, RFC 6851 (MOVE).

use super::names::{self, uid_set};
use super::strict::{Line, Trouble};
use crate::fetch::mailbox::{Entry, More};
use crate::limits;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, Status};
use jiff::{Timestamp, fmt::strtime};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The mark that says: taken, its effects are committed.
pub const DONE_FLAG: &str = "$TrackleDone";

/// What the flag begins with that tells by whom.
pub const BADGE: &str = "$Trackle-";
/// Longest badge of anybody; a server may send flags of any length.
const BADGE_BYTES: usize = 100;

/// A folder that is selected.
#[derive(Debug, Clone, Copy)]
pub struct Selected {
    /// UIDVALIDITY.
    pub epoch: u32,
    /// Our flag stays on a mail.
    pub keeps_flags: bool,
    /// UIDNEXT, when the folder was selected.
    pub next: Option<u32>,
    /// And any other one does.
    pub keeps_any: bool,
}

/// Mails by UID, with the sizes of the listing.
pub type Sizes = BTreeMap<u32, Option<u64>>;

/// A mail as far as a batch got it.
#[derive(Debug)]
pub enum Got {
    /// As long as the listing said.
    Whole(Vec<u8>),
    /// Another length than the listing said, or nothing where a body should be.
    Doubtful(Option<Vec<u8>>),
}

/// Selects a folder, its levels parted by `/`.
pub async fn select(line: &mut Line, folder: &str) -> Result<Selected, Trouble> {
    let separator = if folder.contains('/') { separator(line).await? } else { '/' };
    let name = names::folder(folder, separator);
    let (mut epoch, mut flags, mut any, mut next, mut told) = (None, true, true, None, false);
    line.exists = 0;
    line.command(&format!("SELECT {name}"), |r| {
        match r {
            Response::Data { status: Status::Ok, outcome } => match &outcome.code {
                Some(ResponseCode::UidValidity(n)) => epoch = Some(*n),
                Some(ResponseCode::UidNext(n)) => next = Some(*n),
                Some(ResponseCode::PermanentFlags(list)) => {
                    any = list.iter().any(|f| f == "\\*");
                    flags = any || list.iter().any(|f| f.eq_ignore_ascii_case(DONE_FLAG));
                }
                _ => {}
            },
            Response::MailboxData(MailboxDatum::Exists(_)) => told = true,
            _ => {}
        }
        Ok(())
    })
    .await?;
    match epoch {
        // a tagged OK alone is no proof that the folder was opened
        Some(epoch) if told && epoch > 0 => Ok(Selected { epoch, keeps_flags: flags, keeps_any: any, next }),
        _ => Err(Trouble::Lost("it opened the folder without saying what is in it".into())),
    }
}

/// Some mails of a folder, by UID, and what lies behind them.
#[derive(Debug, Default)]
pub struct Part {
    found: BTreeMap<u32, Entry>,
    /// The place of the last one in the folder.
    place: u32,
    pub more: Option<More>,
}

impl Part {
    /// The mails, in the order of their numbers.
    pub fn entries(self) -> Vec<Entry> {
        self.found.into_values().collect()
    }
}

/// Lists the mails with a UID above `after`, or the first part of them; flags among `ours` are our own badges. `next` is the
/// folder's UIDNEXT: what came since is never much.
pub async fn list(
    line: &mut Line,
    (after, next): (u32, Option<u32>),
    ours: &[String],
) -> Result<Part, Trouble> {
    // nothing can be above the last number, and an empty folder has no `*`
    let Some(first) = after.checked_add(1).filter(|_| line.exists > 0) else { return Ok(Part::default()) };
    let part = if line.exists > limits::IMAP_LISTED {
        first_part(line, (first, next), ours).await?
    } else {
        look(line, first..=u32::MAX, ours).await?
    };
    if after == 0 && part.found.is_empty() && line.exists > 0 {
        return Err(Trouble::Lost(format!("it has {} mails and lists none", line.exists)));
    }
    Ok(part)
}

/// The first mails from that number on. Where a range names no mail, the next one is looked for in one twice as wide: large
/// gaps cost few commands, and no answer has far more mails than the gap before it had numbers.
async fn first_part(
    line: &mut Line,
    (mut first, next): (u32, Option<u32>),
    ours: &[String],
) -> Result<Part, Trouble> {
    let mut width = limits::IMAP_LISTED;
    loop {
        let is_rest = next.is_some_and(|next| first >= next);
        let last = if is_rest { u32::MAX } else { first.saturating_add(width - 1) };
        let mut part = look(line, first..=last, ours).await?;
        if let Some((highest, _)) = part.found.last_key_value() {
            // not the end of the range: what comes meanwhile may get a number within it
            let (after, mails) = (u64::from(*highest), line.exists.saturating_sub(part.place) as usize);
            part.more = (mails > 0).then_some(More { after, mails });
            return Ok(part);
        }
        if last == u32::MAX {
            return Ok(part);
        }
        (first, width) = (last + 1, width.saturating_mul(2));
    }
}

async fn look(line: &mut Line, uids: RangeInclusive<u32>, ours: &[String]) -> Result<Part, Trouble> {
    let mut part = Part::default();
    let to = if *uids.end() == u32::MAX { "*".to_owned() } else { uids.end().to_string() };
    line.command(&format!("UID FETCH {}:{to} (UID RFC822.SIZE INTERNALDATE FLAGS)", uids.start()), |r| {
        // `n:*` holds the last mail even when it is below n
        if let Some((place, uid, entry)) = entry(r, ours).filter(|(_, uid, _)| uids.contains(uid)) {
            part.place = part.place.max(place);
            part.found.insert(uid, entry);
        }
        Ok(())
    })
    .await?;
    Ok(part)
}

/// Where a mail is in the folder, its number, and what is told of it.
fn entry(answer: &Response<'_>, ours: &[String]) -> Option<(u32, u32, Entry)> {
    let Response::Fetch(place, attributes) = answer else { return None };
    let (mut number, mut size, mut arrived, mut marked, mut another) = (None, None, None, false, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(n) => number = Some(*n),
            AttributeValue::Rfc822Size(n) => size = Some(u64::from(*n)),
            AttributeValue::InternalDate(text) => arrived = internal_date(text),
            AttributeValue::Flags(flags) => {
                marked = flags.iter().any(|f| f.eq_ignore_ascii_case(DONE_FLAG));
                another = flags.iter().find(|f| is_anothers(f, ours)).map(|f| f.to_string());
            }
            _ => {}
        }
    }
    // a flag that somebody sets meanwhile is told with a UID but without a size
    let (uid, size) = (number.filter(|n| *n > 0)?, size?);
    Some((*place, uid, Entry { uid: uid.to_string(), size: Some(size), arrived, marked, another }))
}

/// Whether a flag is the badge of another installation. An empty list of ours knows none.
fn is_anothers(flag: &str, ours: &[String]) -> bool {
    let badge = flag.get(..BADGE.len()).is_some_and(|start| start.eq_ignore_ascii_case(BADGE));
    let is_ours = || ours.iter().any(|own| own.eq_ignore_ascii_case(flag));
    badge && flag.len() <= BADGE_BYTES && !ours.is_empty() && !is_ours()
}

/// The badge of another installation on any of these mails.
pub async fn badges(line: &mut Line, uids: &[u32], ours: &[String]) -> Result<Option<String>, Trouble> {
    let Some(set) = uid_set(uids.iter().copied()) else { return Ok(None) };
    let mut found = None;
    line.command(&format!("UID FETCH {set} (UID FLAGS)"), |r| {
        let Response::Fetch(_, attributes) = r else { return Ok(()) };
        for attribute in attributes {
            if let AttributeValue::Flags(flags) = attribute {
                let another = flags.iter().find(|f| is_anothers(f, ours));
                found = found.take().or(another.map(|f| f.to_string()));
            }
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

/// `17-Jul-1996 02:44:25 -0700`, the day perhaps with a blank in front.
fn internal_date(text: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}

/// Fetches whole mails in one command. The sizes are those of the listing.
pub async fn fetch(line: &mut Line, sizes: &Sizes) -> Result<BTreeMap<u32, Got>, Trouble> {
    let Some(set) = uid_set(sizes.keys().copied()) else { return Ok(BTreeMap::new()) };
    let cap = limits::MAIL_BYTES as u64;
    // a server may count line ends as one byte and send two
    let largest = sizes.values().map(|s| s.unwrap_or(cap).min(cap)).max().unwrap_or(0);
    line.allow(largest.saturating_mul(2).saturating_add(1024).min(cap + cap / 8));
    // a server that sends more than it listed must not fill our memory
    let listed = sizes.values().fold(limits::IMAP_LINE as u64, |sum, s| sum.saturating_add(s.unwrap_or(cap)));
    let mut left = listed.saturating_mul(2);
    let mut got = BTreeMap::new();
    let done = line
        .command(&format!("UID FETCH {set} (UID BODY.PEEK[])"), |r| {
            if let Some((uid, body)) = body(r)
                && let Some(size) = sizes.get(&uid)
                && !got.contains_key(&uid)
            {
                let length = body.map_or(0, |b| b.len() as u64);
                left = left.checked_sub(length).ok_or("it sends far more mail than it listed")?;
                got.insert(uid, weigh(body, *size));
            }
            Ok(())
        })
        .await;
    line.allow(0);
    done.map(|()| got)
}

/// Fetches the beginning of a mail that is too large. `None`: it has vanished.
pub async fn fetch_head(line: &mut Line, uid: u32) -> Result<Option<Vec<u8>>, Trouble> {
    let mut head = None;
    line.allow(limits::HEAD_BYTES as u64);
    let done = line
        .command(&format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{}>)", limits::HEAD_BYTES), |r| {
            if let Some((n, bytes)) = body(r)
                && n == uid
            {
                head = Some(bytes.unwrap_or_default().to_vec());
            }
            Ok(())
        })
        .await;
    line.allow(0);
    done.map(|()| head)
}

/// The UID and the body in an answer that has both; `Some((_, None))` for a body of NIL.
fn body<'a>(answer: &'a Response<'_>) -> Option<(u32, Option<&'a [u8]>)> {
    let Response::Fetch(_, attributes) = answer else { return None };
    let (mut number, mut body) = (None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(n) => number = Some(*n),
            AttributeValue::BodySection { section: None, data, .. } => body = Some(data.as_deref()),
            _ => {}
        }
    }
    Some((number?, body?))
}

fn weigh(body: Option<&[u8]>, size: Option<u64>) -> Got {
    let Some(bytes) = body else { return Got::Doubtful(None) };
    let length = bytes.len() as u64;
    let lines = bytes.iter().filter(|b| **b == b'\n').count() as u64;
    let whole_ends = bytes.windows(2).filter(|two| two == b"\r\n").count() as u64;
    // some servers count one byte for a line end and send two, or the other way round; anything else is looked at twice
    let right =
        size.is_none_or(|size| [length, length - whole_ends, length + (lines - whole_ends)].contains(&size));
    if right && (length > 0 || size == Some(0)) {
        Got::Whole(bytes.to_vec())
    } else {
        Got::Doubtful(Some(bytes.to_vec()))
    }
}

/// Puts our flag on mails, and the badge that says whose it is.
pub async fn flag(line: &mut Line, uids: &[u32], badge: Option<&str>) -> Result<(), Trouble> {
    let Some(set) = uid_set(uids.iter().copied()) else { return Ok(()) };
    let badge = badge.map(|badge| format!(" {badge}")).unwrap_or_default();
    line.command(&format!("UID STORE {set} +FLAGS.SILENT ({DONE_FLAG}{badge})"), |_| Ok(())).await
}

/// Moves mails to another folder of the same account; `name` is on the wire's terms.
pub async fn move_to(line: &mut Line, uids: &[u32], name: &str) -> Result<(), Trouble> {
    let Some(set) = uid_set(uids.iter().copied()) else { return Ok(()) };
    line.command(&format!("UID MOVE {set} {name}"), |_| Ok(())).await
}

/// Finds or makes a folder; gives its name on the wire's terms. Tried as it stands, then below INBOX, which some
/// servers insist on.
pub async fn ensure(line: &mut Line, folder: &str) -> Result<String, Trouble> {
    let separator = separator(line).await?;
    let plain = names::folder(folder, separator);
    let below = names::folder(&format!("INBOX/{folder}"), separator);
    for name in [&plain, &below] {
        if exists(line, name).await? {
            return Ok(name.clone());
        }
    }
    match line.command(&format!("CREATE {plain}"), |_| Ok(())).await {
        Err(Trouble::Refused(_)) => {
            line.command(&format!("CREATE {below}"), |_| Ok(())).await.map(|()| below)
        }
        other => other.map(|()| plain),
    }
}

/// What parts levels of folder names here.
async fn separator(line: &mut Line) -> Result<char, Trouble> {
    let mut separator = '/';
    let asked = line.command("LIST \"\" \"\"", |r| {
        if let Response::MailboxData(MailboxDatum::List(data)) = r {
            // a backslash comes escaped
            separator = data.delimiter.as_deref().and_then(|d| d.chars().last()).unwrap_or('/');
        }
        Ok(())
    });
    match asked.await {
        Ok(()) | Err(Trouble::Refused(_)) => Ok(separator),
        Err(lost) => Err(lost),
    }
}

async fn exists(line: &mut Line, name: &str) -> Result<bool, Trouble> {
    let mut is_there = false;
    line.command(&format!("LIST \"\" {name}"), |r| {
        if let Response::MailboxData(MailboxDatum::List(data)) = r {
            // the name is a pattern here: `*` and `%` in it may find others, and a server may name as many as it likes
            is_there |= names::quoted(&data.name).as_deref() == Some(name);
        }
        Ok(())
    })
    .await?;
    Ok(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_arrival() {
        for (text, seconds) in [
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665)),
            (" 1-Jan-1970 00:00:00 +0000", Some(0)),
            ("01-Jan-1970 01:00:00 +0100", Some(0)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(internal_date(text).map(Timestamp::as_second), seconds, "{text}");
        }
    }

    #[test]
    fn a_badge_of_another_installation_has_a_sane_length() {
        let ours = ["$Trackle-ours".to_owned()];
        let long = format!("{BADGE}{}", "x".repeat(BADGE_BYTES));
        for (flag, found) in
            [("$trackle-theirs", true), ("$Trackle-Ours", false), ("$TrackleDone", false), (&long, false)]
        {
            assert_eq!(is_anothers(flag, &ours), found, "{flag}");
        }
    }

    #[test]
    fn a_body_is_weighed() {
        let whole = |body, size| matches!(weigh(body, size), Got::Whole(_));
        assert!(whole(Some(b"a\r\nb\r\n"), Some(6)));
        // counted with one byte for a line end, or with two
        assert!(whole(Some(b"a\r\nb\r\n"), Some(4)));
        assert!(whole(Some(b"a\nb\n"), Some(6)));
        assert!(whole(Some(b"abc"), None));
        assert!(whole(Some(b""), Some(0)));
        assert!(!whole(Some(b"a\r\nb\r\n"), Some(9)));
        assert!(!whole(Some(b"a\r\nb\r\n"), Some(3)));
        // one byte of it is missing, or there is one too many
        assert!(!whole(Some(b"a\r\nb\r\n"), Some(7)));
        assert!(!whole(Some(b"a\r\nb\r\n"), Some(5)));
        assert!(!whole(Some(b""), Some(2)));
        assert!(!whole(Some(b""), None));
        assert!(!whole(None, Some(0)));
    }
}
