//! The system calls that change files, by machine and number: what each does, and which of its arguments name the file.
//! Both sides of the second witness use it: the filter ([`super::filter`]) stops these calls and no other, and the
//! supervisor reads their arguments by the same line. Not in here are calls on a descriptor that was opened for writing
//! (write, ftruncate, copy_file_range …), since that opening was seen, and those that set nothing but times.

/// How a call names a file: by which of its arguments, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The address of a path, seen from the working directory.
    Path(u8),
    /// The descriptor of a directory, and in the next argument the address of a path seen from there.
    At(u8),
    /// A descriptor of the file itself.
    Open(u8),
}

/// Whether the last part of a path is followed when it is a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    Yes,
    No,
    /// Unless the flags in this argument say AT_SYMLINK_NOFOLLOW.
    Flags(u8),
}

/// What is made under a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Directory,
    /// A symbolic link.
    Link,
    Other,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// the name stands at the same place in all
#[repr(u8)]
pub enum Act {
    /// Opens a file, for writing if the flags in this argument say so.
    Open(Name, u8),
    /// Opens a file in the way that the structure behind this argument tells (openat2).
    OpenHow(Name, u8),
    /// Opens a file that a handle names; matters if the flags in this argument say writing.
    OpenHandle(u8),
    /// Empties a file, or makes it (creat).
    Create(Name),
    /// Cuts or lengthens a file.
    Truncate(Name),
    /// Makes something under a new name.
    Make(Name, Made),
    /// Takes a name away.
    Remove(Name),
    /// Gives a file another name; with flags in this argument.
    Rename(Name, Name, Option<u8>),
    /// Gives a file one more name.
    Link(Name, Name, Follow),
    /// Changes mode, owner, or extended attributes.
    Metadata(Name, Follow),
    /// Binds a socket to the address behind this argument, which makes a file if it is a path.
    Bind(u8),
    /// Becomes another program, with the arguments whose address stands there.
    Exec(Name, u8),
    /// Mounts (true) or unmounts what lies at the path.
    Mount(Name, bool),
    /// Asks for a way around system calls; is told that the kernel has none (io_uring).
    Refused,
}

/// One machine's calls.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// As in `seccomp_data.arch` (linux/audit.h).
    pub arch: u32,
    /// Its addresses and arguments have 64 bits, so that there is room for the cookie.
    pub wide: bool,
    pub calls: &'static [(u16, Act)],
}

/// A bit in the number of a call that a program for x32 makes; the numbers are those of x86_64 otherwise, but for exec.
pub const X32: u32 = 0x4000_0000;
/// What `open` flags have in common that changes a file: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC. The same on every machine here.
pub const WRITING: u32 = 0o1 | 0o2 | 0o100 | 0o1000;

/// The machines whose programs this kernel may run, as far as their calls are seen. Programs for 32-bit ARM on a 64-bit
/// kernel are not seen: there is no such table.
#[cfg(target_arch = "x86_64")]
pub const MACHINES: &[Machine] = &[X86_64, I386];
#[cfg(target_arch = "aarch64")]
pub const MACHINES: &[Machine] = &[AARCH64];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub const MACHINES: &[Machine] = &[];

/// What a call does that the filter stopped.
pub fn act(arch: u32, number: u32) -> Option<Act> {
    let machine = MACHINES.iter().find(|m| m.arch == arch)?;
    let number = if machine.wide { number & !X32 } else { number };
    machine.calls.iter().find(|(n, _)| u32::from(*n) == number).map(|(_, act)| *act)
}

/// Whether the machine's addresses have 64 bits.
pub fn is_wide(arch: u32) -> bool {
    MACHINES.iter().any(|m| m.arch == arch && m.wide)
}

use Follow::{Flags, No, Yes};
use Made::{Directory, Link, Other};
use Name::{At, Path};

pub const X86_64: Machine = Machine { arch: 0xC000_003E, wide: true, calls: X86_64_CALLS };
pub const I386: Machine = Machine { arch: 0x4000_0003, wide: false, calls: I386_CALLS };
pub const AARCH64: Machine = Machine { arch: 0xC000_00B7, wide: true, calls: AARCH64_CALLS };

// the frequent ones first: a filter is read from the top
const X86_64_CALLS: &[(u16, Act)] = &[
    (257, Act::Open(At(0), 2)),                // openat
    (2, Act::Open(Path(0), 1)),                // open
    (59, Act::Exec(Path(0), 1)),               // execve
    (87, Act::Remove(Path(0))),                // unlink
    (263, Act::Remove(At(0))),                 // unlinkat
    (82, Act::Rename(Path(0), Path(1), None)), // rename
    (264, Act::Rename(At(0), At(2), None)),    // renameat
    (316, Act::Rename(At(0), At(2), Some(4))), // renameat2
    (83, Act::Make(Path(0), Directory)),       // mkdir
    (258, Act::Make(At(0), Directory)),        // mkdirat
    (90, Act::Metadata(Path(0), Yes)),         // chmod
    (91, Act::Metadata(Name::Open(0), Yes)),   // fchmod
    (268, Act::Metadata(At(0), Yes)),          // fchmodat
    (452, Act::Metadata(At(0), Flags(3))),     // fchmodat2
    (92, Act::Metadata(Path(0), Yes)),         // chown
    (93, Act::Metadata(Name::Open(0), Yes)),   // fchown
    (94, Act::Metadata(Path(0), No)),          // lchown
    (260, Act::Metadata(At(0), Flags(4))),     // fchownat
    (84, Act::Remove(Path(0))),                // rmdir
    (85, Act::Create(Path(0))),                // creat
    (437, Act::OpenHow(At(0), 2)),             // openat2
    (304, Act::OpenHandle(2)),                 // open_by_handle_at
    (76, Act::Truncate(Path(0))),              // truncate
    (86, Act::Link(Path(0), Path(1), No)),     // link
    (265, Act::Link(At(0), At(2), Flags(4))),  // linkat
    (88, Act::Make(Path(1), Link)),            // symlink
    (266, Act::Make(At(1), Link)),             // symlinkat
    (133, Act::Make(Path(0), Other)),          // mknod
    (259, Act::Make(At(0), Other)),            // mknodat
    (188, Act::Metadata(Path(0), Yes)),        // setxattr
    (189, Act::Metadata(Path(0), No)),         // lsetxattr
    (190, Act::Metadata(Name::Open(0), Yes)),  // fsetxattr
    (197, Act::Metadata(Path(0), Yes)),        // removexattr
    (198, Act::Metadata(Path(0), No)),         // lremovexattr
    (199, Act::Metadata(Name::Open(0), Yes)),  // fremovexattr
    (463, Act::Metadata(At(0), Flags(2))),     // setxattrat
    (466, Act::Metadata(At(0), Flags(2))),     // removexattrat
    (322, Act::Exec(At(0), 2)),                // execveat
    (49, Act::Bind(1)),                        // bind
    (165, Act::Mount(Path(1), true)),          // mount
    (166, Act::Mount(Path(0), false)),         // umount2
    (425, Act::Refused),                       // io_uring_setup
    (520, Act::Exec(Path(0), 1)),              // execve of x32
    (545, Act::Exec(At(0), 2)),                // execveat of x32
];

const I386_CALLS: &[(u16, Act)] = &[
    (295, Act::Open(At(0), 2)),
    (5, Act::Open(Path(0), 1)),
    (11, Act::Exec(Path(0), 1)),
    (10, Act::Remove(Path(0))),
    (301, Act::Remove(At(0))),
    (38, Act::Rename(Path(0), Path(1), None)),
    (302, Act::Rename(At(0), At(2), None)),
    (353, Act::Rename(At(0), At(2), Some(4))),
    (39, Act::Make(Path(0), Directory)),
    (296, Act::Make(At(0), Directory)),
    (15, Act::Metadata(Path(0), Yes)),
    (94, Act::Metadata(Name::Open(0), Yes)),
    (306, Act::Metadata(At(0), Yes)),
    (452, Act::Metadata(At(0), Flags(3))),
    (182, Act::Metadata(Path(0), Yes)),       // chown, of 16 bits
    (212, Act::Metadata(Path(0), Yes)),       // chown32
    (95, Act::Metadata(Name::Open(0), Yes)),  // fchown, of 16 bits
    (207, Act::Metadata(Name::Open(0), Yes)), // fchown32
    (16, Act::Metadata(Path(0), No)),         // lchown, of 16 bits
    (198, Act::Metadata(Path(0), No)),        // lchown32
    (298, Act::Metadata(At(0), Flags(4))),
    (40, Act::Remove(Path(0))),
    (8, Act::Create(Path(0))),
    (437, Act::OpenHow(At(0), 2)),
    (342, Act::OpenHandle(2)),
    (92, Act::Truncate(Path(0))),
    (193, Act::Truncate(Path(0))), // truncate64
    (9, Act::Link(Path(0), Path(1), No)),
    (303, Act::Link(At(0), At(2), Flags(4))),
    (83, Act::Make(Path(1), Link)),
    (304, Act::Make(At(1), Link)),
    (14, Act::Make(Path(0), Other)),
    (297, Act::Make(At(0), Other)),
    (226, Act::Metadata(Path(0), Yes)),
    (227, Act::Metadata(Path(0), No)),
    (228, Act::Metadata(Name::Open(0), Yes)),
    (235, Act::Metadata(Path(0), Yes)),
    (236, Act::Metadata(Path(0), No)),
    (237, Act::Metadata(Name::Open(0), Yes)),
    (463, Act::Metadata(At(0), Flags(2))),
    (466, Act::Metadata(At(0), Flags(2))),
    (358, Act::Exec(At(0), 2)),
    (361, Act::Bind(1)), // old programs bind by socketcall, which is not stopped
    (21, Act::Mount(Path(1), true)),
    (52, Act::Mount(Path(0), false)),
    (425, Act::Refused),
];

const AARCH64_CALLS: &[(u16, Act)] = &[
    (56, Act::Open(At(0), 2)),
    (221, Act::Exec(Path(0), 1)),
    (35, Act::Remove(At(0))),
    (38, Act::Rename(At(0), At(2), None)),
    (276, Act::Rename(At(0), At(2), Some(4))),
    (34, Act::Make(At(0), Directory)),
    (52, Act::Metadata(Name::Open(0), Yes)),
    (53, Act::Metadata(At(0), Yes)),
    (452, Act::Metadata(At(0), Flags(3))),
    (55, Act::Metadata(Name::Open(0), Yes)),
    (54, Act::Metadata(At(0), Flags(4))),
    (437, Act::OpenHow(At(0), 2)),
    (265, Act::OpenHandle(2)),
    (45, Act::Truncate(Path(0))),
    (37, Act::Link(At(0), At(2), Flags(4))),
    (36, Act::Make(At(1), Link)),
    (33, Act::Make(At(0), Other)),
    (5, Act::Metadata(Path(0), Yes)),
    (6, Act::Metadata(Path(0), No)),
    (7, Act::Metadata(Name::Open(0), Yes)),
    (14, Act::Metadata(Path(0), Yes)),
    (15, Act::Metadata(Path(0), No)),
    (16, Act::Metadata(Name::Open(0), Yes)),
    (463, Act::Metadata(At(0), Flags(2))),
    (466, Act::Metadata(At(0), Flags(2))),
    (281, Act::Exec(At(0), 2)),
    (200, Act::Bind(1)),
    (40, Act::Mount(Path(1), true)),
    (39, Act::Mount(Path(0), false)),
    (425, Act::Refused),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_number_stands_twice() {
        for machine in [X86_64, I386, AARCH64] {
            let numbers: BTreeSet<u16> = machine.calls.iter().map(|(n, _)| *n).collect();
            assert_eq!(numbers.len(), machine.calls.len(), "{:x}", machine.arch);
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_call_is_found_on_each_machine() {
        assert_eq!(act(X86_64.arch, 87), Some(Act::Remove(Path(0))));
        assert_eq!(act(X86_64.arch, 87 | X32), Some(Act::Remove(Path(0))));
        assert_eq!(act(I386.arch, 10), Some(Act::Remove(Path(0))));
        assert_eq!(act(X86_64.arch, 0), None);
        assert_eq!(act(AARCH64.arch, 35), None);
    }
}
