//! Process accounting (acct(5)): in come the bytes of an accounting file, out come the processes it tells of. The kernel writes
//! one record when a process ends; its name is cut at 15 bytes and it has no arguments. Versions 0 to 3 are read, of either
//! byte order. Anything else in the file is passed over and counted; a record that is cut at its end is waited for by nobody.

/// A process that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Of its program, at most 15 bytes; foreign bytes stand as U+FFFD.
    pub name: String,
    /// Versions 0 to 2 do not tell.
    pub pid: Option<u32>,
    pub parent: Option<u32>,
    pub uid: u32,
    pub gid: u32,
    /// Major number times 256 plus minor; 0 for none.
    pub tty: u16,
    /// Seconds since 1970.
    pub started: i64,
    /// Milliseconds from start to end, and of processor time for itself and within the kernel.
    pub elapsed: u64,
    pub user: u64,
    pub system: u64,
    /// As wait(2) gives it.
    pub status: u32,
    /// Started by fork and never became another program.
    pub forked: bool,
    /// Used the rights of root.
    pub privileged: bool,
    pub dumped_core: bool,
    pub killed: bool,
}

/// What a file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    pub processes: Vec<Process>,
    /// Bytes that are no record of a known version.
    pub unread: usize,
}

/// Clock ticks of a second, where a record does not say (AHZ).
const TICKS: u64 = 100;
/// The longest record.
const LONGEST: usize = 64;
/// Length of a record of version 1.
const SHORT: usize = 62;

/// Reads a file, or the rest of one from a record on.
pub fn processes(bytes: &[u8]) -> Accounts {
    let mut accounts = Accounts::default();
    let mut rest = bytes;
    while rest.len() >= SHORT {
        match record(rest) {
            Some((process, length)) => {
                accounts.processes.push(process);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                accounts.unread += LONGEST.min(rest.len());
                rest = rest.get(LONGEST..).unwrap_or_default();
            }
        }
    }
    accounts.unread += rest.len();
    accounts
}

impl Process {
    /// The status it ended with; `None` when a signal ended it.
    pub fn exit(&self) -> Option<u32> {
        (self.status & 0x7f == 0).then_some(self.status >> 8 & 0xff)
    }

    /// The signal that ended it.
    pub fn signal(&self) -> Option<u32> {
        Some(self.status & 0x7f).filter(|signal| *signal != 0)
    }

    /// `pts/3`, `tty1`; numbers of ptys above 255 run into the next major number.
    pub fn terminal(&self) -> Option<String> {
        let (major, minor) = (self.tty >> 8, self.tty & 0xff);
        match major {
            0 => None,
            136..=143 => Some(format!("pts/{}", (major - 136) * 256 + minor)),
            4 if minor < 64 => Some(format!("tty{minor}")),
            4 => Some(format!("ttyS{}", minor - 64)),
            _ => Some(format!("{major}:{minor}")),
        }
    }
}

/// Numbers of one byte order within a record.
struct Fields<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl Fields<'_> {
    fn take<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..at + N)?.try_into().ok()
    }
    fn half(&self, at: usize) -> Option<u16> {
        let bytes = self.take(at)?;
        Some(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }
    fn word(&self, at: usize) -> Option<u32> {
        let bytes = self.take(at)?;
        Some(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
    /// Thirteen bits of fraction, three of an exponent to base eight (comp_t).
    fn comp(&self, at: usize) -> Option<u64> {
        let comp = u64::from(self.half(at)?);
        Some((comp & 0x1fff) << (3 * (comp >> 13)))
    }
    /// Twenty bits of fraction without their leading one, five of an exponent to base two (comp2_t).
    fn comp2(&self, at: usize) -> Option<u64> {
        let high = u64::from(*self.bytes.get(at)?);
        let comp = high << 16 | u64::from(self.half(at + 1)?);
        let (fraction, exponent) = (comp & 0xf_ffff, comp >> 20);
        Some(if exponent == 0 { fraction } else { (fraction | 0x10_0000) << (exponent - 1) })
    }
    fn name(&self, at: usize, length: usize) -> Option<String> {
        let name = self.bytes.get(at..at + length)?;
        let name = name.split(|b| *b == 0).next().unwrap_or_default();
        Some(String::from_utf8_lossy(name).into_owned())
    }
}

/// The record at the beginning, and its length.
fn record(bytes: &[u8]) -> Option<(Process, usize)> {
    let version = *bytes.get(1)?;
    let fields = Fields { bytes, big: version & 0x80 != 0 };
    let (process, length) = match version & 0x7f {
        0 | 2 => (second(&fields)?, LONGEST),
        1 => (first(&fields)?, SHORT),
        3 => (third(&fields)?, LONGEST),
        _ => return None,
    };
    // a record of zeros, as a file system leaves them after a crash
    (process.started > 0 && bytes.len() >= length).then_some((process, length))
}

fn flags(process: Process, flags: u8) -> Process {
    let has = |bit: u8| flags & bit != 0;
    Process { forked: has(1), privileged: has(2), dumped_core: has(8), killed: has(16), ..process }
}

fn milliseconds(ticks: u64, per_second: u64) -> u64 {
    ticks.saturating_mul(1000) / per_second.max(1)
}

/// Versions 0 and 2.
fn second(fields: &Fields<'_>) -> Option<Process> {
    let hz = u64::from(fields.half(30)?);
    let hz = if hz == 0 { TICKS } else { hz };
    let newer = fields.bytes.get(1)? & 0x7f == 2;
    let (mut uid, mut gid) = (u32::from(fields.half(2)?), u32::from(fields.half(4)?));
    let (wide_uid, wide_gid) = (fields.word(56)?, fields.word(60)?);
    // version 0 has the wide numbers on most machines; they are believed where they agree
    if newer || (wide_uid & 0xffff == uid && wide_gid & 0xffff == gid) {
        (uid, gid) = (wide_uid, wide_gid);
    }
    let long = if newer { fields.comp2(53)? } else { 0 };
    let elapsed = if long > 0 { long } else { fields.comp(16)? };
    let process = Process {
        name: fields.name(36, 17)?,
        pid: None,
        parent: None,
        uid,
        gid,
        tty: fields.half(6)?,
        started: i64::from(fields.word(8)?),
        elapsed: milliseconds(elapsed, hz),
        user: milliseconds(fields.comp(12)?, hz),
        system: milliseconds(fields.comp(14)?, hz),
        status: fields.word(32)?,
        forked: false,
        privileged: false,
        dumped_core: false,
        killed: false,
    };
    Some(flags(process, *fields.bytes.first()?))
}

/// Version 1.
fn first(fields: &Fields<'_>) -> Option<Process> {
    let long = fields.comp2(51)?;
    let elapsed = if long > 0 { long } else { fields.comp(16)? };
    let process = Process {
        name: fields.name(34, 17)?,
        pid: None,
        parent: None,
        uid: fields.word(54)?,
        gid: fields.word(58)?,
        tty: fields.half(6)?,
        started: i64::from(fields.word(8)?),
        elapsed: milliseconds(elapsed, TICKS),
        user: milliseconds(fields.comp(12)?, TICKS),
        system: milliseconds(fields.comp(14)?, TICKS),
        status: fields.word(30)?,
        forked: false,
        privileged: false,
        dumped_core: false,
        killed: false,
    };
    Some(flags(process, *fields.bytes.first()?))
}

/// Version 3.
fn third(fields: &Fields<'_>) -> Option<Process> {
    let elapsed = f64::from(f32::from_bits(fields.word(28)?)) * 1000.0 / TICKS as f64;
    let process = Process {
        name: fields.name(48, 16)?,
        pid: Some(fields.word(16)?),
        parent: Some(fields.word(20)?),
        uid: fields.word(8)?,
        gid: fields.word(12)?,
        tty: fields.half(2)?,
        started: i64::from(fields.word(24)?),
        // a float that is no number, or below zero, becomes zero
        elapsed: elapsed as u64,
        user: milliseconds(fields.comp(32)?, TICKS),
        system: milliseconds(fields.comp(34)?, TICKS),
        status: fields.word(4)?,
        forked: false,
        privileged: false,
        dumped_core: false,
        killed: false,
    };
    Some(flags(process, *fields.bytes.first()?))
}

#[cfg(test)]
mod tests;
