//! The program that the kernel runs before each system call of a process under the second witness (seccomp(2), classic
//! BPF): it stops the calls that change files ([`super::calls`]), of the opening ones only those whose flags say writing,
//! and lets all others pass. The library's own calls carry the session's cookie in the sixth argument, which none of these
//! calls uses, and pass: what the library has seen need not be seen twice. io_uring is refused as if the kernel had none,
//! since what is asked for through it is no system call; programs fall back.
//!
//! For each machine: the number is compared with each of the table, then come the few endings that it jumps to. Nothing
//! but number and machine is read before one matches, so that the kernel remembers that all other calls just pass.

use super::calls::{Act, MACHINES, Machine, WRITING, X32};

/// One instruction, as the kernel has it (`struct sock_filter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Instruction {
    pub code: u16,
    pub on_true: u8,
    pub on_false: u8,
    pub k: u32,
}

impl Instruction {
    /// As it lies in memory, for a page that others read ([`super::state::FILTER_START`]).
    pub fn word(self) -> u64 {
        let [low, high] = self.code.to_ne_bytes();
        let [a, b, c, d] = self.k.to_ne_bytes();
        u64::from_ne_bytes([low, high, self.on_true, self.on_false, a, b, c, d])
    }
}

/// Room for the longest program.
pub const ROOM: usize = 160;

/// What becomes of a call (linux/seccomp.h).
const ALLOW: u32 = 0x7FFF_0000;
const NOTIFY: u32 = 0x7FC0_0000;
const ENOSYS: u32 = 0x0005_0000 | 38;

/// Instructions (linux/bpf_common.h).
const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const IF_EQUAL: u16 = 0x15;
const IF_BITS: u16 = 0x45;
const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const fn argument(n: u32) -> u32 {
    16 + 8 * n
}

/// Writes the program for the machine that this was built for; gives its instructions. A cookie of 0 stands for none.
/// `None` where no table fits the machine.
pub fn program(cookie: u64, room: &mut [Instruction; ROOM]) -> Option<&[Instruction]> {
    program_for(MACHINES, cookie, room)
}

fn program_for<'r>(
    machines: &[Machine],
    cookie: u64,
    room: &'r mut [Instruction; ROOM],
) -> Option<&'r [Instruction]> {
    let mut to = Writer { room, at: 0 };
    to.put(LOAD, ARCH, 0, 0)?;
    for machine in machines {
        // over the whole block, which is longer than a conditional jump reaches
        to.put(IF_EQUAL, machine.arch, 1, 0)?;
        let over = to.at;
        to.put(JUMP, 0, 0, 0)?;
        block(&mut to, machine, cookie)?;
        let length = to.at - over - 1;
        to.room.get_mut(over)?.k = u32::try_from(length).ok()?;
    }
    to.put(RETURN, ALLOW, 0, 0)?;
    let length = to.at;
    if machines.is_empty() { None } else { room.get(..length) }
}

/// The endings of a block, counted from the first instruction behind its comparisons.
mod ending {
    /// Falls in when nothing matched.
    pub const NONE: usize = 0;
    pub const FLAGS_IN_1: usize = NONE + 1;
    pub const FLAGS_IN_2: usize = FLAGS_IN_1 + 2;
    pub const COOKIE: usize = FLAGS_IN_2 + 2;
    pub const STOP: usize = COOKIE + 4;
    pub const PASS: usize = STOP + 1;
    pub const REFUSE: usize = PASS + 1;
}

fn block(to: &mut Writer<'_>, machine: &Machine, cookie: u64) -> Option<()> {
    use ending::{COOKIE, FLAGS_IN_1, FLAGS_IN_2, NONE, PASS, REFUSE, STOP};
    // arguments of 32 bits have no room for a cookie
    let stop = if machine.wide && cookie != 0 { COOKIE } else { STOP };
    to.put(LOAD, NUMBER, 0, 0)?;
    if machine.wide {
        to.put(AND, !X32, 0, 0)?;
    }
    let count = machine.calls.len();
    for (index, (number, act)) in machine.calls.iter().enumerate() {
        let ending = match act {
            Act::Open(_, 1) => FLAGS_IN_1,
            Act::Open(..) | Act::OpenHandle(_) => FLAGS_IN_2,
            Act::Refused => REFUSE,
            _ => stop,
        };
        to.put(IF_EQUAL, u32::from(*number), distance(index, count + ending)?, 0)?;
    }
    let (low, high) = (cookie as u32, (cookie >> 32) as u32);
    to.put(JUMP, u32::from(distance(NONE, PASS)?), 0, 0)?;
    for (begin, n) in [(FLAGS_IN_1, 1), (FLAGS_IN_2, 2)] {
        to.put(LOAD, argument(n), 0, 0)?;
        to.put(IF_BITS, WRITING, distance(begin + 1, stop)?, distance(begin + 1, PASS)?)?;
    }
    to.put(LOAD, argument(5), 0, 0)?;
    to.put(IF_EQUAL, low, 0, distance(COOKIE + 1, STOP)?)?;
    to.put(LOAD, argument(5) + 4, 0, 0)?;
    to.put(IF_EQUAL, high, distance(COOKIE + 3, PASS)?, distance(COOKIE + 3, STOP)?)?;
    to.put(RETURN, NOTIFY, 0, 0)?;
    to.put(RETURN, ALLOW, 0, 0)?;
    to.put(RETURN, ENOSYS, 0, 0)
}

/// How far an instruction jumps: from the one behind it.
fn distance(from: usize, to: usize) -> Option<u8> {
    u8::try_from(to.checked_sub(from + 1)?).ok()
}

struct Writer<'r> {
    room: &'r mut [Instruction; ROOM],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, code: u16, k: u32, on_true: u8, on_false: u8) -> Option<()> {
        *self.room.get_mut(self.at)? = Instruction { code, on_true, on_false, k };
        self.at += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::calls::{AARCH64, I386, X86_64};
    use super::*;

    const COOKIE: u64 = 0x1234_5678_9ABC_DEF0;

    /// What the kernel would make of a call.
    fn verdict(machines: &[Machine], cookie: u64, arch: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let mut room = [Instruction::default(); ROOM];
        let code = program_for(machines, cookie, &mut room).unwrap();
        let (mut at, mut word) = (0, 0u32);
        loop {
            let i = code[at];
            at += 1;
            match i.code {
                LOAD if i.k == NUMBER => word = number,
                LOAD if i.k == ARCH => word = arch,
                LOAD => {
                    let (n, high) = ((i.k - 16) / 8, (i.k - 16) % 8 == 4);
                    word = (arguments[n as usize] >> if high { 32 } else { 0 }) as u32;
                }
                AND => word &= i.k,
                JUMP => at += i.k as usize,
                IF_EQUAL => at += usize::from(if word == i.k { i.on_true } else { i.on_false }),
                IF_BITS => at += usize::from(if word & i.k != 0 { i.on_true } else { i.on_false }),
                RETURN => return i.k,
                other => panic!("code {other}"),
            }
        }
    }

    #[test]
    fn calls_that_change_are_stopped_and_others_pass() {
        const BOTH: &[Machine] = &[X86_64, I386];
        let (wide, narrow) = (X86_64.arch, I386.arch);
        let at = |flags: u64, sixth: u64| [0, 0, flags, 0, 0, sixth];
        for (arch, number, arguments, wanted) in [
            (wide, 257, at(0, 0), ALLOW),
            (wide, 257, at(0x8_0000, 0), ALLOW),
            (wide, 257, at(1, 0), NOTIFY),
            (wide, 257, at(0o1000, 7), NOTIFY),
            (wide, 257, at(1, COOKIE), ALLOW),
            (wide, 257, at(1, COOKIE & 0xFFFF_FFFF), NOTIFY),
            (wide, 257, at(1, COOKIE & !0xFFFF_FFFF), NOTIFY),
            (wide, 2, [0, 2, 0, 0, 0, 0], NOTIFY),
            (wide, 2, [0, 0, 2, 0, 0, 0], ALLOW),
            (wide, 87, at(0, 0), NOTIFY),
            (wide, 87, at(0, COOKIE), ALLOW),
            (wide, 87 | X32, at(0, 0), NOTIFY),
            (wide, 520 | X32, at(0, 0), NOTIFY),
            (wide, 425, at(0, COOKIE), ENOSYS),
            (wide, 0, at(1, 0), ALLOW),
            (wide, u32::MAX, at(1, 0), ALLOW),
            (narrow, 10, at(0, 0), NOTIFY),
            (narrow, 10, at(0, COOKIE), NOTIFY),
            (narrow, 5, [0, 1, 0, 0, 0, 0], NOTIFY),
            (narrow, 5, [0, 0, 1, 0, 0, 0], ALLOW),
            (narrow, 425, at(0, 0), ENOSYS),
            (narrow, 87, at(0, 0), ALLOW),
            (AARCH64.arch, 35, at(0, 0), ALLOW),
        ] {
            let found = verdict(BOTH, COOKIE, arch, number, arguments);
            assert_eq!(found, wanted, "{arch:x} {number} {arguments:x?}");
        }
        assert_eq!(verdict(&[AARCH64], COOKIE, AARCH64.arch, 35, at(0, 0)), NOTIFY);
    }

    #[test]
    fn without_a_cookie_nothing_passes_by_it() {
        let zeros = verdict(&[X86_64], 0, X86_64.arch, 87, [0; 6]);
        let flags = verdict(&[X86_64], 0, X86_64.arch, 257, [0, 0, 1, 0, 0, 0]);
        assert_eq!((zeros, flags), (NOTIFY, NOTIFY));
    }

    #[test]
    fn every_call_of_every_table_is_stopped() {
        for machine in [X86_64, I386, AARCH64] {
            for (number, act) in machine.calls {
                let found = verdict(&[machine], COOKIE, machine.arch, u32::from(*number), [u64::MAX; 6]);
                let wanted = if *act == Act::Refused { ENOSYS } else { NOTIFY };
                assert_eq!(found, wanted, "{:x} {number}", machine.arch);
            }
        }
    }

    #[test]
    fn a_machine_without_a_table_has_no_filter() {
        assert_eq!(program_for(&[], 1, &mut [Instruction::default(); ROOM]), None);
        assert!(program_for(&[X86_64, I386], 1, &mut [Instruction::default(); ROOM]).is_some());
    }
}
