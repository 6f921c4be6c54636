//! Answering: threads that each take one notice after the other from a listener, hear what the call is about to change and
//! let it go on. Whatever happens in between, the call goes on: by the thread, by the watch over slow threads, or by the
//! other supervisor when this process is killed.

use super::ledger::Ledger;
use super::testimony;
use crate::clock::instant;
use rustix::event::{PollFd, PollFlags, poll};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Relaxed, Release};
use std::time::{Duration, Instant};
use trackle_kernel::notice::{Desk, Notice, is_waiting, let_pass};

/// How long a call may wait for us. What takes longer (a file system that hangs) goes on unrecorded.
pub const DEADLINE: Duration = Duration::from_secs(3);
/// For each thread: it reads files into memory of its own.
const STACK: usize = 256 << 10;

/// What the threads of a supervisor share.
#[derive(Debug)]
pub struct Office {
    /// `None` where the session's directory is gone: calls are just let pass.
    pub ledger: Option<Ledger>,
    pub desk: Desk,
    /// Which places of the desk have a thread.
    taken: Vec<AtomicBool>,
    opened: Instant,
}

/// Where stopped calls are heard of.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The number by which both supervisors know it; not 0.
    pub number: u64,
    pub end: Arc<OwnedFd>,
    /// It is that of the whole session.
    pub whole: bool,
}

impl Office {
    pub fn open(ledger: Option<Ledger>, desk: Desk) -> Office {
        let taken = desk.places().map(|_| AtomicBool::new(false)).collect();
        Office { ledger, desk, taken, opened: instant() }
    }

    /// How many more listeners there is room for.
    pub fn room(&self) -> usize {
        self.taken.iter().filter(|t| !t.load(Relaxed)).count()
    }

    /// Whether there is nothing to be recorded any more.
    pub fn is_closed(&self) -> bool {
        use trackle_wire::state::flag::CLOSED;
        self.ledger.as_ref().is_none_or(|l| l.flags() & CLOSED != 0)
    }

    /// Hears a call and lets it go on.
    pub fn answer(&self, listener: BorrowedFd<'_>, notice: &Notice) {
        // on a desk that another has left may lie what he answered: the memory behind it holds something else by now
        if let Some(ledger) = self.ledger.as_ref().filter(|l| l.is_on() && is_waiting(listener, notice.id)) {
            // a mistake of ours in one call must not leave this one waiting, nor all later ones
            let heard = || testimony::hear(ledger, notice, || is_waiting(listener, notice.id));
            let _ = catch_unwind(AssertUnwindSafe(heard));
        }
        // whoever is gone by now needs no answer
        let _ = let_pass(listener, notice.id);
    }

    /// Lets those go on that have waited too long.
    pub fn hurry(&self, listeners: &[Listener]) {
        let now = self.now();
        for place in self.desk.places() {
            let late = place.since().is_some_and(|since| since + DEADLINE.as_millis() as u64 <= now);
            let Some((number, notice)) = place.left().filter(|_| late) else { continue };
            if let Some(listener) = listeners.iter().find(|l| l.number == number)
                && let_pass(listener.end.as_fd(), notice.id).is_ok()
                && let Some(ledger) = &self.ledger
            {
                ledger.missed();
            }
        }
    }

    fn leave(&self, place: usize) {
        if let Some(taken) = self.taken.get(place) {
            taken.store(false, Release);
        }
    }

    /// Milliseconds, never 0.
    fn now(&self) -> u64 {
        self.opened.elapsed().as_millis() as u64 + 1
    }
}

/// Starts a thread that answers what a listener hears, on a free place of the desk. `alone`: there is no other for this
/// listener.
///
/// # Errors
/// When there is no place, or the machine has no more threads.
pub fn start(office: &Arc<Office>, listener: &Listener, alone: bool) -> io::Result<()> {
    let free = |taken: &AtomicBool| taken.compare_exchange(false, true, AcqRel, Relaxed).is_ok();
    let place = office.taken.iter().position(free).ok_or(io::ErrorKind::QuotaExceeded)?;
    let (theirs, listener) = (Arc::clone(office), listener.clone());
    let thread = std::thread::Builder::new().name("answer".into()).stack_size(STACK);
    let started = thread.spawn(move || {
        work(&theirs, &listener, place, alone);
        theirs.leave(place);
    });
    started.map(drop).inspect_err(|_| office.leave(place))
}

fn work(office: &Office, listener: &Listener, place: usize, alone: bool) {
    let Some(place) = office.desk.place(place) else { return };
    let end = listener.end.as_fd();
    // older kernels do not wake a taker when the last caller is gone: a thread that is alone asks before it waits
    while !alone || is_heard(end) {
        match place.take(end, listener.number) {
            Ok(notice) => {
                place.begin(office.now());
                office.answer(end, &notice);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            // the caller was killed while it waited; or they all are gone
            Err(e) if e.kind() == io::ErrorKind::NotFound && !is_over(end) => {}
            Err(_) => break,
        }
    }
    place.clear();
}

/// Waits for a call; `false` when there can be no more.
fn is_heard(end: BorrowedFd<'_>) -> bool {
    loop {
        let mut ends = [PollFd::from_borrowed_fd(end, PollFlags::IN)];
        match poll(&mut ends, None) {
            Ok(_) => return ends.iter().any(|e| e.revents().contains(PollFlags::IN)),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Whether nobody is left who could call.
pub fn is_over(end: BorrowedFd<'_>) -> bool {
    let mut ends = [PollFd::from_borrowed_fd(end, PollFlags::empty())];
    let now = rustix::fs::Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut ends, Some(&now)).is_ok() && ends.iter().any(|e| e.revents().contains(PollFlags::HUP))
}
