//! When a letter is tried again: a delivery and three times come in, what to do next goes out. Pure arithmetic:
//! it reads no clock, draws no random number and stores nothing.
//!
//! The spans are Postfix's: 300 s to 4000 s between tries, five days in all. An answer in the 5xx range is believed
//! only where its words are exact (RFC 3463, RFC 5248): servers say 5xx to plenty of things that pass in an hour.

use super::courier::{Delivery, Trouble};
use crate::limits;
use jiff::{SignedDuration, Timestamp};

/// What to do with a letter after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is the server's now.
    Done,
    /// Try this letter again then, with the same bytes.
    At(Timestamp),
    /// Never try this letter again.
    GiveUp { why: Why },
    /// Nothing goes by this courier before then, this letter or another; staff are told by another road.
    LockCourier { until: Timestamp },
    /// Nobody is there: this letter again at `at`, the others at `others`, when somebody may be back.
    Away { at: Timestamp, others: Timestamp },
}

/// Why a letter is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody lives at the address: its bounce score rises.
    Address,
    /// This letter is not taken; another one to the same address may be. Staff are told.
    Letter,
    /// It was tried for `limits::RETRY_DAYS`.
    Time,
}

/// Between the first tries; doubled until `LONGEST`.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);
const LONGEST: SignedDuration = SignedDuration::from_mins(67);
/// How long a refusal without a clear reason is taken for one that passes.
const DOUBT: SignedDuration = SignedDuration::from_hours(24);
/// How long a courier rests that found nobody there.
const AWAY: SignedDuration = SignedDuration::from_mins(1);
/// How long a courier rests that the server did not let in.
const LOCK: SignedDuration = SignedDuration::from_mins(15);
/// How far the caller may stretch or shorten a wait, so that letters do not march in step.
const JITTER: f64 = 0.2;

/// Decides after a try. `tries` counts the one just made; `jitter` is a share of the wait, cut to -0.2..0.2.
pub fn next(delivery: &Delivery, tries: u32, queued: Timestamp, now: Timestamp, jitter: f64) -> Next {
    let days = (SignedDuration::from_hours(24 * limits::RETRY_DAYS), Why::Time);
    let (end, why) = match delivery {
        Delivery::Sent(_) => return Next::Done,
        // A locked door says nothing about the letter: however old, it gets one more try when the door is open.
        Delivery::Locked(_) => return Next::LockCourier { until: later(now, LOCK) },
        Delivery::Later(_) | Delivery::Away(_) | Delivery::Unknown(_) => days,
        Delivery::Refused(trouble) => match meaning(trouble) {
            Meaning::NoSuchAddress => return Next::GiveUp { why: Why::Address },
            Meaning::NotThisLetter => return Next::GiveUp { why: Why::Letter },
            Meaning::MailboxFull => days,
            Meaning::Unclear => (DOUBT, Why::Letter),
        },
    };
    let at = later(now, wait(tries, jitter));
    match delivery {
        _ if now >= later(queued, end) => Next::GiveUp { why },
        Delivery::Away(_) => Next::Away { at, others: later(now, AWAY) },
        _ => Next::At(at),
    }
}

/// What a delivery adds to the bounce score of its address, in half points (Mailman's scores are 1.0 and 0.5). A full
/// mailbox counts once a day; the caller sees to that.
pub fn half_points(delivery: &Delivery) -> u8 {
    match delivery {
        Delivery::Refused(trouble) => match meaning(trouble) {
            Meaning::NoSuchAddress => 2,
            Meaning::MailboxFull => 1,
            Meaning::NotThisLetter | Meaning::Unclear => 0,
        },
        Delivery::Later(trouble) if trouble.status == "4.2.2" => 1,
        _ => 0,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    NoSuchAddress,
    MailboxFull,
    NotThisLetter,
    Unclear,
}

/// What a 5xx answer means. The enhanced status speaks first, being the exacter of the two.
fn meaning(trouble: &Trouble) -> Meaning {
    let status = trouble.status.as_str();
    match status {
        // the sender's address, ours, is what they dislike: the recipient is not to blame
        "5.1.7" | "5.1.8" => Meaning::NotThisLetter,
        "5.2.1" => Meaning::NoSuchAddress,
        "5.2.2" => Meaning::MailboxFull,
        // too large, for the mailbox or for the server
        "5.2.3" | "5.3.4" => Meaning::NotThisLetter,
        _ if status.starts_with("5.1.") => Meaning::NoSuchAddress,
        _ if status.starts_with("5.6.") || status.starts_with("5.7.") => Meaning::NotThisLetter,
        _ if matches!(trouble.code, 552 | 554) => Meaning::NotThisLetter,
        _ => Meaning::Unclear,
    }
}

/// 5, 10, 20, 40 and then every 67 minutes, give or take `jitter`.
fn wait(tries: u32, jitter: f64) -> SignedDuration {
    let doublings = tries.saturating_sub(1).min(16);
    let plain = SHORTEST.saturating_mul(1 << doublings).min(LONGEST);
    let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(-JITTER, JITTER) };
    SignedDuration::from_secs_f64((plain.as_secs_f64() * (1.0 + jitter)).round())
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUED: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn after(seconds: i64) -> Timestamp {
        QUEUED + SignedDuration::from_secs(seconds)
    }

    fn trouble(code: u16, status: &str) -> Trouble {
        Trouble { code, status: status.to_owned(), text: String::new() }
    }

    #[test]
    fn where_nobody_answers_the_others_do_not_knock() {
        let away = Delivery::Away(trouble(0, ""));
        assert_eq!(next(&away, 2, QUEUED, QUEUED, 0.0), Next::Away { at: after(600), others: after(60) });
        let late = after(5 * 86_400);
        assert_eq!(next(&away, 9, QUEUED, late, 0.0), Next::GiveUp { why: Why::Time });
        assert_eq!(half_points(&away), 0);
    }

    #[test]
    fn waits_double_and_then_stay() {
        let soft = Delivery::Later(trouble(451, ""));
        for (tries, minutes) in
            [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (5, 67), (6, 67), (100, 67), (u32::MAX, 67)]
        {
            assert_eq!(next(&soft, tries, QUEUED, QUEUED, 0.0), Next::At(after(60 * minutes)), "{tries}");
        }
    }

    #[test]
    fn jitter_stretches_by_a_fifth_at_most() {
        let soft = Delivery::Unknown(trouble(0, ""));
        for (jitter, seconds) in [
            (-0.2, 240),
            (0.2, 360),
            (0.1, 330),
            (-9.0, 240),
            (9.0, 360),
            (f64::NAN, 300),
            (f64::INFINITY, 360),
            (f64::NEG_INFINITY, 240),
        ] {
            assert_eq!(next(&soft, 1, QUEUED, QUEUED, jitter), Next::At(after(seconds)), "{jitter}");
        }
    }

    #[test]
    fn five_days_and_one_day_end_on_the_second() {
        const DAY: i64 = 24 * 3600;
        let soft = Delivery::Later(trouble(421, "4.3.2"));
        let lost = Delivery::Unknown(trouble(0, ""));
        let full = Delivery::Refused(trouble(552, "5.2.2"));
        let vague = Delivery::Refused(trouble(550, "5.0.0"));
        for (delivery, end, why) in [
            (&soft, 5 * DAY, Why::Time),
            (&lost, 5 * DAY, Why::Time),
            (&full, 5 * DAY, Why::Time),
            (&vague, DAY, Why::Letter),
        ] {
            assert!(matches!(next(delivery, 9, QUEUED, after(end - 1), 0.0), Next::At(_)), "{delivery:?}");
            assert_eq!(next(delivery, 9, QUEUED, after(end), 0.0), Next::GiveUp { why }, "{delivery:?}");
            assert_eq!(next(delivery, 9, QUEUED, after(end + 1), 0.0), Next::GiveUp { why }, "{delivery:?}");
        }
    }

    #[test]
    fn refusals_mean_what_their_status_says() {
        let address = Next::GiveUp { why: Why::Address };
        let letter = Next::GiveUp { why: Why::Letter };
        let again = Next::At(after(300));
        for (code, status, expected, score) in [
            (550, "5.1.1", address, 2),
            (550, "5.1.10", address, 2),
            (553, "5.1.8", letter, 0),
            (553, "5.1.7", letter, 0),
            (550, "5.2.1", address, 2),
            (552, "5.2.2", again, 1),
            (550, "5.2.2", again, 1),
            (552, "5.2.3", letter, 0),
            (552, "5.3.4", letter, 0),
            (552, "", letter, 0),
            (554, "", letter, 0),
            (554, "5.5.0", letter, 0),
            (554, "5.1.1", address, 2),
            (550, "5.7.1", letter, 0),
            (550, "5.7.26", letter, 0),
            (0, "5.6.0", letter, 0),
            (551, "", again, 0),
            (553, "", again, 0),
            (550, "", again, 0),
            (550, "5.0.0", again, 0),
            (503, "5.5.0", again, 0),
            (501, "5.5.4", again, 0),
            (550, "5.4.1", again, 0),
            (550, "5.10.1", again, 0),
        ] {
            let delivery = Delivery::Refused(trouble(code, status));
            assert_eq!(next(&delivery, 1, QUEUED, QUEUED, 0.0), expected, "{code} {status}");
            assert_eq!(half_points(&delivery), score, "{code} {status}");
        }
        assert_eq!(half_points(&Delivery::Later(trouble(452, "4.2.2"))), 1);
        assert_eq!(half_points(&Delivery::Later(trouble(452, "4.2.1"))), 0);
    }

    #[test]
    fn a_lock_stops_the_courier_and_gives_nothing_up() {
        let locked = Delivery::Locked(trouble(535, "5.7.8"));
        let month = after(30 * 24 * 3600);
        assert_eq!(
            next(&locked, 1, QUEUED, month, 0.2),
            Next::LockCourier { until: month + SignedDuration::from_mins(15) }
        );
        assert_eq!(half_points(&locked), 0);
        assert_eq!(next(&Delivery::Sent(String::new()), 9, QUEUED, month, 0.0), Next::Done);
    }

    #[test]
    fn a_clock_that_jumps_breaks_nothing() {
        let soft = Delivery::Later(trouble(451, ""));
        assert_eq!(next(&soft, 1, QUEUED, Timestamp::MIN, 0.0), {
            Next::At(Timestamp::MIN + SignedDuration::from_mins(5))
        });
        assert_eq!(next(&soft, 1, Timestamp::MAX, Timestamp::MAX, 0.0), Next::GiveUp { why: Why::Time });
    }
}
