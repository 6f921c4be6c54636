//! The supervisor's process. In: a session's directory, and on standard input the line to whoever started it; out: nothing
//! but the ledger and answers. The first to start is on duty; it starts a second, which holds the same listeners and the
//! same desk and waits for the first to die ([`stand_by`]). Ends when no program is left that it could hear of and either
//! the session is closed or nobody is left who could start one.

use super::answer::{self, Listener, Office};
use super::hand;
use super::join::address;
use super::ledger::Ledger;
use crate::clock::instant;
use crate::fault::{Fault, Outcome};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{MemfdFlags, Timespec};
use rustix::process::PidfdFlags;
use std::fs::Permissions;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trackle_kernel::notice::{Desk, hand_over_directly};
use trackle_wire::state::flag;

/// What a supervisor says first to a program that calls.
pub const HELLO: u8 = b'H';
/// With a listener: it hears the whole session, or one static program and what that starts.
pub const WHOLE: u8 = b'W';
/// What it says when it has the listener.
const TAKEN: u8 = b'A';

/// Calls that are answered at the same time; more callers wait, and more programs go unseen.
const PLACES: usize = 96;
/// Threads for the listener of a whole session: while one keeps a big original the others answer.
const THREADS: usize = 4;
/// How often it looks whether somebody waits too long, or it can go.
const TICK: Duration = Duration::from_secs(1);
/// How long a program that called may take to hand over its listener.
const PATIENCE: Duration = Duration::from_secs(2);
/// A second supervisor is not started more often than this.
const PAUSE: Duration = Duration::from_millis(50);

/// What one supervisor tells the other, each with a descriptor, and the recorder the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// The desk, as a file.
    Desk,
    /// The socket where programs call.
    Door,
    /// A process to stay for (a pidfd).
    Stay,
    /// A listener by its number, and whether it is that of the whole session.
    Listener(u64, bool),
    /// That listener hears nothing any more. No descriptor.
    Over(u64),
    /// Both may go. No descriptor.
    End,
}

impl Message {
    /// Kind, number, and the one that is true or not.
    pub fn bytes(self) -> [u8; 10] {
        let (kind, number, whole) = match self {
            Message::Desk => (b'D', 0, false),
            Message::Door => (b'S', 0, false),
            Message::Stay => (b'P', 0, false),
            Message::Listener(number, whole) => (b'L', number, whole),
            Message::Over(number) => (b'O', number, false),
            Message::End => (b'E', 0, false),
        };
        let mut bytes = [kind; 10];
        let (_, rest) = bytes.split_at_mut(1);
        let all = number.to_le_bytes().into_iter().chain([u8::from(whole)]);
        rest.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        bytes
    }

    fn read(bytes: [u8; 10]) -> Option<Message> {
        let [kind, number @ .., whole] = bytes;
        let number = u64::from_le_bytes(number);
        Some(match kind {
            b'D' => Message::Desk,
            b'S' => Message::Door,
            b'P' => Message::Stay,
            b'L' => Message::Listener(number, whole != 0),
            b'O' => Message::Over(number),
            b'E' => Message::End,
            _ => return None,
        })
    }
}

/// What a supervisor holds, on duty or waiting.
#[derive(Debug)]
pub struct Duty {
    dir: PathBuf,
    desk: OwnedFd,
    door: UnixListener,
    listeners: Vec<Listener>,
    /// The number of the latest listener.
    last: u64,
    /// Processes that may start programs which call at the door.
    stays: Vec<OwnedFd>,
}

/// Is the first supervisor of a session.
///
/// # Errors
/// When it cannot begin; afterwards it has none.
pub fn serve(dir: &Path) -> Outcome<()> {
    begin(c"trackle-witness");
    let fault = |e: io::Error| Fault::lasting(format!("the second witness: {e}"));
    let recorder = std::io::stdin().as_fd().try_clone_to_owned().map_err(fault)?;
    let desk = rustix::fs::memfd_create("desk", MemfdFlags::CLOEXEC).map_err(|e| fault(e.into()))?;
    rustix::fs::ftruncate(&desk, Desk::bytes(PLACES) as u64).map_err(|e| fault(e.into()))?;
    let (_dir, path) = address(dir).map_err(fault)?;
    let door = UnixListener::bind(&path).map_err(fault)?;
    // nobody else may call: he would be sent away, but why should he come in
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(fault)?;
    let stays = rustix::process::getppid()
        .and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok())
        .into_iter()
        .collect();
    let duty = Duty { dir: dir.to_owned(), desk, door, listeners: Vec::new(), last: 0, stays };
    Watch::of(duty).map_err(fault)?.keep(Some(recorder));
    Ok(())
}

/// Is the second supervisor, until the first dies.
///
/// # Errors
/// When it cannot begin.
pub fn stand_by(dir: &Path) -> Outcome<()> {
    begin(c"second-witness");
    let fault = |e: io::Error| Fault::lasting(format!("the second witness: {e}"));
    let first = std::io::stdin().as_fd().try_clone_to_owned().map_err(fault)?;
    let mut door = None;
    let mut desk = None;
    let (mut listeners, mut last, mut stays) = (Vec::new(), 0, Vec::new());
    loop {
        let mut bytes = [0; 10];
        let (count, with) = match hand::receive(first.as_fd(), &mut bytes, TICK) {
            Ok(got) => got,
            Err(e) if matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => continue,
            Err(_) => break,
        };
        match (Message::read(bytes), with) {
            _ if count == 0 => break,
            (Some(Message::End), _) => return Ok(()),
            (Some(Message::Over(number)), _) => listeners.retain(|l: &Listener| l.number != number),
            (Some(Message::Desk), with) => desk = with,
            (Some(Message::Door), Some(with)) => door = Some(UnixListener::from(with)),
            (Some(Message::Stay), Some(with)) => stays.push(with),
            (Some(Message::Listener(number, whole)), Some(with)) => {
                listeners.push(Listener { number, end: Arc::new(with), whole });
                last = last.max(number);
            }
            _ => {}
        }
    }
    // the first is dead, or was never quite there
    let (Some(door), Some(desk)) = (door, desk) else { return Ok(()) };
    let duty = Duty { dir: dir.to_owned(), desk, door, listeners, last, stays };
    Watch::of(duty).map_err(fault)?.keep(None);
    Ok(())
}

/// The two have different names, and neither the recorder's, so that nobody takes them all by one name.
fn begin(name: &std::ffi::CStr) {
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(name);
}

/// A supervisor on duty.
struct Watch {
    duty: Duty,
    office: Arc<Office>,
    second: Option<(OwnedFd, Child)>,
    tried: Option<Instant>,
    /// Programs that called and have not handed over their listener yet.
    callers: Vec<(UnixStream, Instant)>,
}

impl Watch {
    fn of(duty: Duty) -> io::Result<Watch> {
        let desk = Desk::at(duty.desk.as_fd(), PLACES)?;
        let uid = rustix::process::geteuid().as_raw();
        let office = Arc::new(Office::open(Ledger::open(&duty.dir, uid).ok(), desk));
        duty.door.set_nonblocking(true)?;
        Ok(Watch { duty, office, second: None, tried: None, callers: Vec::new() })
    }

    fn keep(mut self, mut recorder: Option<OwnedFd>) {
        self.clear_desk();
        for listener in self.duty.listeners.clone() {
            self.employ(&listener);
        }
        self.start_second();
        if let Some(ledger) = &self.office.ledger {
            ledger.cookie();
            ledger.set(flag::WITNESS);
        }
        if let Some(recorder) = &recorder {
            let _ = hand::send(recorder.as_fd(), &[HELLO], None);
        }
        while !self.is_over() {
            self.wait(recorder.as_ref());
            if recorder.as_ref().is_some_and(|r| !self.told(r.as_fd())) {
                recorder = None;
            }
            self.look_after_second();
            self.open_door();
            self.take_listeners();
            self.drop_those_over();
            self.office.hurry(&self.duty.listeners);
        }
        self.tell_second(Message::End, None);
    }

    /// Answers what another supervisor died over.
    fn clear_desk(&self) {
        for place in self.office.desk.places() {
            let Some((number, notice)) = place.left() else { continue };
            if let Some(listener) = self.duty.listeners.iter().find(|l| l.number == number) {
                self.office.answer(listener.end.as_fd(), &notice);
            }
            place.clear();
        }
    }

    fn is_over(&self) -> bool {
        let idle = self.duty.listeners.is_empty() && self.callers.is_empty();
        idle && (self.duty.stays.is_empty() || self.office.is_closed())
    }

    /// Until something happens, or a tick is over.
    fn wait(&self, recorder: Option<&OwnedFd>) {
        let mut ends = vec![PollFd::new(&self.duty.door, PollFlags::IN)];
        let also =
            recorder.into_iter().chain(self.second.as_ref().map(|(line, _)| line)).chain(&self.duty.stays);
        ends.extend(also.map(|end| PollFd::new(end, PollFlags::IN)));
        ends.extend(self.callers.iter().map(|(caller, _)| PollFd::new(caller, PollFlags::IN)));
        ends.extend(self.duty.listeners.iter().map(|l| PollFd::new(&*l.end, PollFlags::empty())));
        let tick = if self.second.is_none() { PAUSE } else { TICK };
        let _ = poll(&mut ends, Timespec::try_from(tick).ok().as_ref());
    }

    /// What the recorder says; `false` when it is gone.
    fn told(&mut self, recorder: BorrowedFd<'_>) -> bool {
        let mut bytes = [0; 10];
        match hand::receive(recorder, &mut bytes, Duration::ZERO) {
            Ok((0, _)) => false,
            Ok((_, Some(process))) if Message::read(bytes) == Some(Message::Stay) => {
                self.tell_second(Message::Stay, Some(process.as_fd()));
                self.duty.stays.push(process);
                true
            }
            Ok(_) => true,
            Err(e) => matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock),
        }
    }

    fn tell_second(&mut self, message: Message, with: Option<BorrowedFd<'_>>) {
        if let Some((line, _)) = &self.second
            && hand::send(line.as_fd(), &message.bytes(), with).is_err()
        {
            self.second_is_dead();
        }
    }

    fn second_is_dead(&mut self) {
        if let Some((_, mut child)) = self.second.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn look_after_second(&mut self) {
        let is_dead = self.second.as_mut().is_some_and(|(_, child)| !matches!(child.try_wait(), Ok(None)));
        if is_dead {
            self.second_is_dead();
        }
        if self.second.is_none() && self.tried.is_none_or(|t| t.elapsed() > PAUSE) {
            self.start_second();
        }
    }

    /// Starts the other supervisor. All that we hold is on its line before it lives, so that it never lives without.
    fn start_second(&mut self) {
        self.tried = Some(instant());
        let Ok((line, theirs)) = super::pair() else { return };
        if self.hand_over(line.as_fd()).is_err() {
            return;
        }
        // the program may have been replaced meanwhile: the other is to be the same as we
        let mut command = super::supervisor(Path::new("/proc/self/exe"), &self.duty.dir);
        if let Ok(child) = command.arg("--standby").stdin(Stdio::from(theirs)).spawn() {
            self.second = Some((line, child));
        }
    }

    fn hand_over(&self, line: BorrowedFd<'_>) -> io::Result<()> {
        let give = |message: Message, with: BorrowedFd<'_>| hand::send(line, &message.bytes(), Some(with));
        give(Message::Desk, self.duty.desk.as_fd())?;
        give(Message::Door, self.duty.door.as_fd())?;
        self.duty.stays.iter().try_for_each(|process| give(Message::Stay, process.as_fd()))?;
        self.duty.listeners.iter().try_for_each(|l| give(Message::Listener(l.number, l.whole), l.end.as_fd()))
    }

    /// Lets in who calls: programs of this user, as many as there is room for.
    fn open_door(&mut self) {
        while let Ok((caller, _)) = self.duty.door.accept() {
            let is_room = self.office.room() > self.callers.len();
            if is_room && hand::is_ours(&caller) && hand::send(caller.as_fd(), &[HELLO], None).is_ok() {
                self.callers.push((caller, instant()));
            }
        }
    }

    /// Takes the listeners that callers hand over.
    fn take_listeners(&mut self) {
        for (caller, since) in std::mem::take(&mut self.callers) {
            let mut word = [0];
            match hand::receive(caller.as_fd(), &mut word, Duration::ZERO) {
                Ok((1, Some(end))) => {
                    self.take(end, word == [WHOLE]);
                    let _ = hand::send(caller.as_fd(), &[TAKEN], None);
                }
                Err(e) if e.kind() == io::ErrorKind::TimedOut && since.elapsed() < PATIENCE => {
                    self.callers.push((caller, since));
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, end: OwnedFd, whole: bool) {
        self.duty.last += 1;
        let number = self.duty.last;
        hand_over_directly(end.as_fd());
        self.tell_second(Message::Listener(number, whole), Some(end.as_fd()));
        let listener = Listener { number, end: Arc::new(end), whole };
        self.employ(&listener);
        self.duty.listeners.push(listener);
        if let Some(ledger) = &self.office.ledger {
            ledger.set(if whole { flag::FILTER } else { flag::AROUND });
        }
    }

    /// Threads for a listener.
    fn employ(&mut self, listener: &Listener) {
        let threads = if listener.whole { THREADS } else { 1 };
        for _ in 0..threads {
            // the first has its place since the caller was let in; more are for speed
            let _ = answer::start(&self.office, listener, !listener.whole);
        }
    }

    /// Forgets listeners that hear nothing any more, and processes that are gone.
    fn drop_those_over(&mut self) {
        let over: Vec<u64> =
            self.duty.listeners.iter().filter(|l| answer::is_over(l.end.as_fd())).map(|l| l.number).collect();
        for number in over {
            self.duty.listeners.retain(|l| l.number != number);
            self.tell_second(Message::Over(number), None);
        }
        self.duty.stays.retain(|process| !hand::readable(process.as_fd(), Duration::ZERO).unwrap_or(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_back() {
        for message in [
            Message::Desk,
            Message::Door,
            Message::Stay,
            Message::Listener(0x0102_0304_0506_0708, true),
            Message::Listener(7, false),
            Message::Over(u64::MAX),
            Message::End,
        ] {
            assert_eq!(Message::read(message.bytes()), Some(message));
        }
        assert_eq!(Message::read([0; 10]), None);
    }
}
