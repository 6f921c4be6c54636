//! From a stopped call to what the journal says of it. In: a notice; out: records in the ledger, written before the call
//! goes on. Whatever cannot be found out is left to the call itself: one that names nothing fails by itself, and what we
//! may not see is told as lost, once for each program. Nothing here fails, and nothing changes anything but the ledger.

use super::ledger::Ledger;
use super::original::{self, reopen, tell_kind};
use super::target::{Spot, Target};
use rustix::fs::{AtFlags, FileType, OFlags, RenameFlags};
use std::io::{self, Read};
use std::os::fd::AsFd;
use trackle_kernel::memory;
use trackle_kernel::notice::Notice;
use trackle_wire::aspect::Aspect;
use trackle_wire::calls::{self, Act, Follow, Made, Name};
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::state::flag as page;
use trackle_wire::{Kind, Record, elf};

/// Bytes of a program's arguments that are written down; more are passed over.
const ARGUMENTS: usize = 64 << 10;

/// Writes down what a call is about to change. `waits` tells whether the caller still waits: what was read of a process
/// that is gone may be another's.
pub fn hear(ledger: &Ledger, notice: &Notice, waits: impl Fn() -> bool) {
    let Some(act) = calls::act(notice.arch, notice.number) else { return };
    let target = match Target::of(notice) {
        Ok(target) => target,
        Err(e) => return lost(ledger, &notice.thread.to_string().into_bytes(), notice.thread, &e),
    };
    let witness = Witness { ledger, notice, target, waits };
    if let Err(e) = witness.act(act)
        && (witness.waits)()
    {
        lost(ledger, &witness.target.program(), witness.target.process(), &e);
    }
}

/// What could not be seen; but a call that fails by itself is none.
fn lost(ledger: &Ledger, path: &[u8], pid: u32, e: &io::Error) {
    if e.kind() == io::ErrorKind::PermissionDenied {
        tell_lost(ledger, path, pid, b"its memory or its directories may not be read");
    }
}

fn tell_lost(ledger: &Ledger, path: &[u8], pid: u32, why: &[u8]) {
    ledger.once(path, Aspect::Lost, || {
        let kind = Kind::Lost as u16;
        ledger.append(&Record { pid, path, second: why, ..plain(kind) });
        true
    });
}

fn plain(kind: u16) -> Record<'static> {
    Record { kind, flags: flag::SECOND_WITNESS, pack: NOT_PACKED, ..Record::default() }
}

struct Witness<'a, W> {
    ledger: &'a Ledger,
    notice: &'a Notice,
    target: Target<'a>,
    waits: W,
}

impl<W: Fn() -> bool> Witness<'_, W> {
    fn act(&self, act: Act) -> io::Result<()> {
        match act {
            Act::Open(name, flags) => self.open(name, self.argument(flags)),
            Act::OpenHow(name, how) => {
                let mut flags = [0; 8];
                memory::read(self.notice.thread, self.target.argument(how), &mut flags)?;
                self.open(name, u64::from_le_bytes(flags) as u32)
            }
            Act::OpenHandle(_) => {
                let (program, why) = (self.target.program(), b"it opened a file by its handle");
                tell_lost(self.ledger, &program, self.target.process(), why);
                Ok(())
            }
            Act::Create(name) => self.open(name, (OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC).bits()),
            Act::Truncate(name) => self.if_there(name, true, false),
            Act::Make(name, made) => self.make(name, made),
            Act::Remove(name) => self.remove(name),
            Act::Rename(from, to, flags) => self.rename(from, to, flags),
            Act::Link(from, to, flags) => self.link(from, to, flags),
            Act::Metadata(name, follow) => self.if_there(name, self.follows(follow), true),
            Act::Bind(address) => self.bind(address),
            Act::Exec(name, arguments) => self.exec(name, arguments),
            Act::Mount(name, mounts) => self.mount(name, mounts),
            Act::Refused => Ok(()),
        }
    }

    /// Flags have 32 bits.
    fn argument(&self, index: u8) -> u32 {
        self.target.argument(index) as u32
    }

    fn follows(&self, follow: Follow) -> bool {
        match follow {
            Follow::Yes => true,
            Follow::No => false,
            Follow::Flags(index) => self.argument(index) & AtFlags::SYMLINK_NOFOLLOW.bits() == 0,
        }
    }

    fn keep(&self, spot: &Spot, metadata: bool) {
        original::keep(self.ledger, spot, metadata, || {
            if !(self.waits)() {
                return None;
            }
            let process = self.target.process();
            if self.target.is_elsewhere() && !is_ours_too(spot) {
                tell_lost(self.ledger, &spot.path, process, b"it lies in another tree of mounts");
                return None;
            }
            Some(process)
        });
    }

    fn open(&self, name: Name, flags: u32) -> io::Result<()> {
        let flags = OFlags::from_bits_retain(flags);
        if flags.intersects(OFlags::PATH) || flags.contains(OFlags::TMPFILE) {
            return Ok(());
        }
        let new = flags.contains(OFlags::CREATE | OFlags::EXCL);
        let follow = !new && !flags.contains(OFlags::NOFOLLOW);
        let Some(spot) = self.target.spot(name, follow)? else { return Ok(()) };
        let kept = match spot.kind() {
            None => flags.contains(OFlags::CREATE),
            Some(kind) => kind == FileType::RegularFile && !new,
        };
        if kept {
            self.keep(&spot, false);
        }
        Ok(())
    }

    fn if_there(&self, name: Name, follow: bool, metadata: bool) -> io::Result<()> {
        if let Some(spot) = self.target.spot(name, follow)?.filter(|s| s.object.is_some()) {
            self.keep(&spot, metadata);
        }
        Ok(())
    }

    fn make(&self, name: Name, made: Made) -> io::Result<()> {
        let Some(spot) = self.target.spot(name, false)?.filter(|s| s.object.is_none()) else { return Ok(()) };
        self.keep(&spot, false);
        match made {
            Made::Link => tell_kind(self.ledger, &spot.path, FileType::Symlink),
            Made::Directory => tell_kind(self.ledger, &spot.path, FileType::Directory),
            Made::Other => {}
        }
        Ok(())
    }

    fn remove(&self, name: Name) -> io::Result<()> {
        let Some(spot) = self.target.spot(name, false)?.filter(|s| s.object.is_some()) else { return Ok(()) };
        self.keep(&spot, false);
        if spot.kind() == Some(FileType::Directory) {
            self.ledger.moves(false);
        }
        Ok(())
    }

    fn rename(&self, from: Name, to: Name, flags: Option<u8>) -> io::Result<()> {
        let flags = RenameFlags::from_bits_retain(flags.map_or(0, |index| self.argument(index)));
        let (Some(from), Some(to)) = (self.target.spot(from, false)?, self.target.spot(to, false)?) else {
            return Ok(());
        };
        if from.object.is_none() || (flags.contains(RenameFlags::NOREPLACE) && to.object.is_some()) {
            return Ok(());
        }
        let used = self.ledger.is_known(&to.path, Aspect::Whole);
        self.keep(&from, false);
        self.keep(&to, false);
        let exchange = flags.contains(RenameFlags::EXCHANGE);
        let flags = if exchange { flag::EXCHANGED } else { 0 };
        let file = from.object.as_ref().map(|(_, stat)| (stat.st_dev, stat.st_ino)).unwrap_or_default();
        self.tell(
            Record { flags, dev: file.0, ino: file.1, ..plain(Kind::Moved as u16) },
            &from.path,
            &to.path,
        );
        let kinds = [from.kind(), to.kind()];
        for (there, path) in kinds.iter().zip([&to.path, &from.path]) {
            there.iter().for_each(|there| tell_kind(self.ledger, path, *there));
        }
        if kinds.contains(&Some(FileType::Directory)) {
            self.ledger.moves(used || exchange);
        }
        Ok(())
    }

    fn link(&self, from: Name, to: Name, flags: Follow) -> io::Result<()> {
        let follow = match flags {
            Follow::Flags(index) => self.argument(index) & AtFlags::SYMLINK_FOLLOW.bits() != 0,
            _ => false,
        };
        let Some(to) = self.target.spot(to, false)?.filter(|s| s.object.is_none()) else { return Ok(()) };
        let Some(from) = self.target.spot(from, follow)? else {
            // a file without a name (O_TMPFILE) gets its first
            self.keep(&to, false);
            return Ok(());
        };
        if from.object.is_none() {
            return Ok(());
        }
        self.keep(&from, true);
        // its content is kept at the first change through either name, unless it was by now
        let settled = self.ledger.is_known(&from.path, Aspect::Whole);
        self.keep(&to, !settled);
        self.tell(plain(Kind::Linked as u16), &from.path, &to.path);
        Ok(())
    }

    /// A socket with a path makes a file.
    fn bind(&self, address: u8) -> io::Result<()> {
        const FAMILY: usize = 2;
        const UNIX: u16 = 1;
        let length = usize::try_from(self.target.argument(address + 1)).unwrap_or(0).min(FAMILY + 108);
        let mut bytes = vec![0; length];
        memory::read(self.notice.thread, self.target.argument(address), &mut bytes)?;
        let Some((family, path)) = bytes.split_at_checked(FAMILY) else { return Ok(()) };
        let path = path.split(|b| *b == 0).next().unwrap_or_default();
        if family != UNIX.to_ne_bytes() || path.is_empty() {
            return Ok(());
        }
        if let Some(spot) = self.target.find(None, path, false)?.filter(|s| s.object.is_none()) {
            self.keep(&spot, false);
        }
        Ok(())
    }

    fn exec(&self, name: Name, arguments: u8) -> io::Result<()> {
        if self.ledger.flags() & page::PROGRAMS == 0 {
            return Ok(());
        }
        let Some(spot) = self.target.spot(name, true)? else { return Ok(()) };
        let Some((program, stat)) = &spot.object else { return Ok(()) };
        if spot.kind() != Some(FileType::RegularFile) || stat.st_mode & 0o111 == 0 {
            return Ok(());
        }
        let mut begin = Vec::new();
        let read = reopen(program.as_fd()).and_then(|f| f.take(elf::BEGIN as u64).read_to_end(&mut begin));
        let is_static = read.is_ok() && elf::loading(&begin) == elf::Loading::Static;
        let flags = flag::SECOND_WITNESS | if is_static { flag::STATIC } else { 0 };
        let (second, directory) = (self.arguments(arguments)?, self.target.directory());
        let record = Record {
            flags,
            pid: self.target.process(),
            path: &spot.path,
            second: &second,
            extra: &directory,
            ..plain(Kind::Started as u16)
        };
        if (self.waits)() {
            self.ledger.append(&record);
        }
        Ok(())
    }

    /// A program's arguments, each with its NUL.
    fn arguments(&self, index: u8) -> io::Result<Vec<u8>> {
        let narrow = !calls::is_wide(self.notice.arch) || self.notice.number & calls::X32 != 0;
        let width = if narrow { 4 } else { 8 };
        let mut all = Vec::new();
        let mut at = self.target.argument(index);
        while all.len() < ARGUMENTS && at != 0 {
            let mut pointer = [0; 8];
            let room = pointer.get_mut(..width).unwrap_or_default();
            if memory::read(self.notice.thread, at, room)? != width || pointer == [0; 8] {
                break;
            }
            let longest = ARGUMENTS - all.len();
            match memory::text(self.notice.thread, u64::from_le_bytes(pointer), longest) {
                Ok(text) => all.extend(text),
                Err(e) if e.kind() == io::ErrorKind::InvalidData => all.extend_from_slice(b"..."),
                Err(e) => return Err(e),
            }
            all.push(0);
            at += width as u64;
        }
        Ok(all)
    }

    fn mount(&self, name: Name, mounts: bool) -> io::Result<()> {
        let Some(spot) = self.target.spot(name, true)? else { return Ok(()) };
        let what = if mounts {
            let source = self.target.text(0).unwrap_or_default();
            [b"mounted ", &source[..]].concat()
        } else {
            b"unmounted".to_vec()
        };
        if !self.target.is_elsewhere() {
            self.tell(plain(Kind::Done as u16), &spot.path, &what);
        }
        Ok(())
    }

    fn tell(&self, head: Record<'_>, path: &[u8], second: &[u8]) {
        let own = self.ledger.is_own(path) || self.ledger.is_own(second);
        if own || !(self.waits)() {
            return;
        }
        let (flags, pid) = (flag::SECOND_WITNESS | head.flags, self.target.process());
        self.ledger.append(&Record { flags, pid, path, second, ..head });
    }
}

/// Whether the name means the same to us, although the process sees other mounts.
fn is_ours_too(spot: &Spot) -> bool {
    let there = spot.object.as_ref().map(|(object, _)| object);
    let Some(there) = there.or(spot.parent.as_ref()) else { return false };
    let path = if spot.object.is_some() {
        &spot.path[..]
    } else {
        let end = spot.path.iter().rposition(|b| *b == b'/').unwrap_or(0).max(1);
        spot.path.get(..end).unwrap_or_default()
    };
    let (Ok(there), Ok(ours)) = (rustix::fs::fstat(there), rustix::fs::lstat(path)) else { return false };
    (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
}
