//! What members of staff do to a ticket on the machine, beside a running daemon or without one: they take its lock, give
//! it back, break somebody else's, and write down what they did. In come a member, a ticket and the facts about locks'
//! processes; out go rows and owed letters, all within one transaction, or why nothing was done. Writing something down
//! is a session of no length: it takes the lock by itself and gives it back with the text.

mod right;
pub mod said;
mod sessions;

use super::owing::freeze;
use super::{House, bundles};
use crate::decide::by_hand;
use crate::fault::Outcome;
use crate::limits;
use crate::model::bundle::HostKey;
use crate::model::decision::{Change, Entry, Filed, Filing, Target, What};
use crate::model::host::Card;
use crate::model::lock::{Lock, Process, Turn};
use crate::model::person::Member;
use crate::model::proof::Proof;
use crate::model::refusal::Refusal;
use crate::model::ticket::{Number, State, View};
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::tickets::SeenBy;
use jiff::{SignedDuration, Timestamp};

/// A member of staff at the machine.
#[derive(Clone)]
pub struct Desk<'a> {
    pub house: &'a House,
    pub member: &'a Member,
    /// Who sits there by the machine's word, for the letters: `on desk, uid 1000`.
    pub seat: &'a str,
    pub host: &'a str,
    /// How he is known: whoever may write the database is believed, and whoever brings a token.
    pub proof: Proof,
    /// The process that takes locks.
    pub process: Option<Process>,
    /// Whether the process of a lock is seen alive.
    pub lives: fn(&Lock) -> bool,
    pub now: Timestamp,
}

/// What was done, or why it was not.
pub type Done<T> = Outcome<Result<T, Refusal>>;

impl Desk<'_> {
    /// Starts to work on a ticket: the lock is this process's, unless the member has it already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn start(&self, tx: &Tx<'_>, ticket: Number) -> Done<()> {
        self.take(tx, ticket, self.process.clone(), self.lease())
    }

    /// Takes the lock of a ticket by hand, or moves its end.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hold(&self, tx: &Tx<'_>, ticket: Number, length: SignedDuration) -> Done<()> {
        let until = self.now.saturating_add(length).unwrap_or(Timestamp::MAX);
        if let Err(why) = self.take(tx, ticket, None, until)? {
            return Ok(Err(why));
        }
        tx.renew_lock(ticket, &self.member.login, until)?;
        Ok(Ok(()))
    }

    /// Stops working on a ticket without a word: gives back the lock that this process took.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stop(&self, tx: &Tx<'_>, ticket: Number) -> Outcome<()> {
        if self.is_here(tx, ticket)? {
            tx.end_lock(ticket, Turn::Released, &self.cause())?;
        }
        Ok(())
    }

    /// Gives back the lock that another process of this machine took, which is gone. Gives whether it had it still.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stop_for(&self, tx: &Tx<'_>, ticket: Number, gone: &Process) -> Outcome<bool> {
        let held = tx.lock(ticket)?;
        if !held.is_some_and(|lock| lock.host == self.host && lock.process.as_ref() == Some(gone)) {
            return Ok(false);
        }
        Ok(tx.end_lock(ticket, Turn::Released, &self.cause())?.is_some())
    }

    /// Says that this process still works on a ticket, if it is this one that has the lock. Where the member had it by
    /// another session of his, and gave it back with that, it is this one's from now on; a lock that was broken or ran out
    /// stays so.
    ///
    /// # Errors
    /// Those of the database.
    pub fn renew(&self, tx: &Tx<'_>, ticket: Number) -> Outcome<()> {
        if self.is_here(tx, ticket)? {
            tx.renew_lock(ticket, &self.member.login, self.lease())?;
        } else if tx.lock(ticket)?.is_none()
            && tx.last_turn(ticket)? == Some((Turn::Released, self.member.login.clone()))
        {
            // whoever has come in between is not kept out
            let _ = self.start(tx, ticket)?;
        }
        Ok(())
    }

    /// Gives the member's lock back, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn release(&self, tx: &Tx<'_>, ticket: Number) -> Done<()> {
        match tx.lock(ticket)? {
            Some(lock) if lock.keeps_out(&self.member.login) => {
                Ok(Err(lock.refusal(ticket, &self.house.robot)))
            }
            _ => {
                tx.end_lock(ticket, Turn::Released, &self.cause())?;
                Ok(Ok(()))
            }
        }
    }

    /// Breaks whoever's lock it is, and tells staff, its holder among them. One's own is just given back. Gives the lock, if
    /// there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn break_lock(&self, tx: &Tx<'_>, ticket: Number) -> Done<Option<Lock>> {
        let Some(view) = self.view(tx, ticket)? else { return Ok(Err(Refusal::NoTicket(ticket))) };
        let Some(lock) = view.lock.clone() else { return Ok(Ok(None)) };
        let turn = if lock.keeps_out(&self.member.login) { Turn::Broken } else { Turn::Released };
        let event = tx.end_lock(ticket, turn, &self.cause())?;
        if let (Some(event), Turn::Broken) = (event, turn) {
            let what = What::Lock { turn, holder: lock.login.clone() };
            let changes = vec![Change { line: 0, what, remark: String::new() }];
            let view = View { lock: None, ..view };
            self.tell(tx, &Filed { view, event, changes, entry: None, quiet: false, likely: Vec::new() })?;
        }
        Ok(Ok(Some(lock)))
    }

    /// Writes something down: for staff only, unless it is public. The lock is taken for it, and what this process
    /// took is given back with it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note(&self, tx: &Tx<'_>, ticket: Number, text: &str, public: bool) -> Done<()> {
        if let Err(why) = self.start(tx, ticket)? {
            return Ok(Err(why));
        }
        let author = tx.meet(&self.member.address, &self.member.name, self.now)?;
        let entry = Entry { text: text.to_owned(), staff_only: !public };
        let filing = Filing { entry: Some(entry), ..Filing::of(Target::Known(ticket)) };
        let mut filed = tx.file(&filing, None, &author, &self.cause(), SeenBy::default())?;
        self.stop(tx, ticket)?;
        filed.view.lock = tx.lock(ticket)?;
        self.tell(tx, &filed)?;
        Ok(Ok(()))
    }

    /// Believes what a host signs from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn enroll(&self, tx: &Tx<'_>, card: &Card) -> Outcome<()> {
        bundles::enroll(tx, self.house, card, self.member.address.as_str(), &self.cause())
    }

    /// Believes it no longer. Gives whether it was believed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke(&self, tx: &Tx<'_>, key: &HostKey) -> Outcome<bool> {
        tx.revoke(key, &self.cause())
    }

    /// Whether this process took the lock.
    fn is_here(&self, tx: &Tx<'_>, ticket: Number) -> Outcome<bool> {
        let own = |lock: &Lock| lock.login == self.member.login && lock.process == self.process;
        Ok(self.process.is_some() && tx.lock(ticket)?.as_ref().is_some_and(own))
    }

    fn lease(&self) -> Timestamp {
        self.now + SignedDuration::from_secs(limits::LOCK_LEASE)
    }

    fn take(&self, tx: &Tx<'_>, ticket: Number, process: Option<Process>, until: Timestamp) -> Done<()> {
        let held = match self.known(tx, ticket)? {
            Err(why) => return Ok(Err(why)),
            Ok(view) => view.lock,
        };
        let wanted = Lock {
            login: self.member.login.clone(),
            host: self.host.to_owned(),
            process,
            since: self.now,
            until,
        };
        let lives = held.as_ref().is_some_and(self.lives);
        let in_the_way = tx.take_lock(ticket, &wanted, lives, &self.cause())?;
        Ok(in_the_way.map_or(Ok(()), |lock| Err(lock.refusal(ticket, &self.house.robot))))
    }

    /// The ticket, if staff know of it and it still goes on by itself.
    fn known(&self, tx: &Tx<'_>, ticket: Number) -> Done<View> {
        Ok(match self.view(tx, ticket)? {
            None => Err(Refusal::NoTicket(ticket)),
            Some(view) => match view.merged_into() {
                Some(into) => Err(Refusal::Merged(ticket, into)),
                None => Ok(view),
            },
        })
    }

    /// The ticket, if staff know of it.
    fn view(&self, tx: &Tx<'_>, ticket: Number) -> Outcome<Option<View>> {
        Ok(tx.view(ticket, self.now)?.filter(|view| view.ticket.state != State::Unconfirmed))
    }

    fn tell(&self, tx: &Tx<'_>, filed: &Filed) -> Outcome<()> {
        for letter in by_hand::letters(filed, self.member, self.seat, &self.house.robot) {
            freeze(tx, self.house, &letter, self.now)?;
        }
        Ok(())
    }

    fn cause(&self) -> Cause {
        Cause {
            actor: self.member.address.key(),
            proof: self.proof.word().into(),
            intake: None,
            now: self.now,
        }
    }
}

/// Ends locks that hold nobody back any more. Gives whether there were any.
///
/// # Errors
/// Those of the database.
pub fn end_stale(tx: &Tx<'_>, lives: fn(&Lock) -> bool, now: Timestamp) -> Outcome<bool> {
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let mut ended = false;
    for (ticket, lock) in tx.locks()? {
        if lock.is_stale(lives(&lock), now) {
            ended |= tx.end_lock(ticket, Turn::Expired, &cause)?.is_some();
        }
    }
    Ok(ended)
}
