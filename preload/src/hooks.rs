//! Every function that is looked at on its way to libc: the whole list. glibc calls its own functions past the loader's
//! table, so each that a program may call has its own row, also where one is written with another. What is left alone, and
//! why, is in [`crate::left`].
//!
//! The arguments are counted from 0, as those of system calls are ([`trackle_wire::calls`]).

use trackle_wire::calls::Act::{
    Bind, Create, Link, Make, Metadata, Mount, Open, OpenHandle, OpenHow, Remove, Rename, Truncate,
};
use trackle_wire::calls::Follow::{Flags, No, Yes};
use trackle_wire::calls::Made::{self, Directory};
use trackle_wire::calls::Name::{self, At, Path};

use crate::act::Does::{Again, ByNumber, Call, Control, Opens, Root, Stream, Swap, Writes};
use crate::exec::Around::{Becomes, Lends, MakesDirectory, MakesFile, Own, Searches, Spawns};
use crate::open::Known;

crate::hooks! {
    looks {
        // Opening for writing. From then on the content may change at any time, so no write has to be looked at.
        open open64 __open __open64: Opens(Open(Path(0), 1));
        openat openat64: Opens(Open(At(0), 2));
        // what a fortified program calls where it gives no mode
        __open_2 __open64_2: Opens(Open(Path(0), 1));
        __openat_2 __openat64_2: Opens(Open(At(0), 2));
        openat2: Opens(OpenHow(At(0), 2));
        open_by_handle_at: Call(OpenHandle(2));
        creat creat64: Opens(Create(Path(0)));
        fopen fopen64: Stream;
        freopen freopen64: Again;
        truncate truncate64 acct: Call(Truncate(Path(0)));
        // it is opened in the child, where nobody looks
        posix_spawn_file_actions_addopen: Call(Open(Path(2), 3));

        // Names that are made, moved and taken away.
        rename: Call(Rename(Path(0), Path(1), None));
        renameat: Call(Rename(At(0), At(2), None));
        renameat2: Call(Rename(At(0), At(2), Some(4)));
        link: Call(Link(Path(0), Path(1), No));
        linkat: Call(Link(At(0), At(2), Flags(4)));
        unlink rmdir remove: Call(Remove(Path(0)));
        unlinkat: Call(Remove(At(0)));
        symlink: Call(Make(Path(1), Made::Link));
        symlinkat: Call(Make(At(1), Made::Link));
        mkdir: Call(Make(Path(0), Directory));
        mkdirat: Call(Make(At(0), Directory));
        mknod mkfifo: Call(Make(Path(0), Made::Other));
        mknodat mkfifoat: Call(Make(At(0), Made::Other));
        // as programs of before 2021 call them
        __xmknod: Call(Make(Path(1), Made::Other));
        __xmknodat: Call(Make(At(1), Made::Other));
        bind: Call(Bind(1));

        // Mode, owner and times: what needs no content kept.
        chmod: Call(Metadata(Path(0), Yes));
        lchmod: Call(Metadata(Path(0), No));
        fchmodat: Call(Metadata(At(0), Flags(3)));
        chown: Call(Metadata(Path(0), Yes));
        lchown: Call(Metadata(Path(0), No));
        fchownat: Call(Metadata(At(0), Flags(4)));
        fchmod fchown futimes futimens: Call(Metadata(Name::Open(0), Yes));
        utime utimes: Call(Metadata(Path(0), Yes));
        lutimes: Call(Metadata(Path(0), No));
        futimesat: Call(Metadata(At(0), Yes));
        utimensat: Call(Metadata(At(0), Flags(3)));

        // Extended attributes, and with them access control lists and capabilities.
        setxattr removexattr: Call(Metadata(Path(0), Yes));
        lsetxattr lremovexattr: Call(Metadata(Path(0), No));
        fsetxattr fremovexattr: Call(Metadata(Name::Open(0), Yes));
        ioctl: Control;

        // Files that libc writes by itself.
        updwtmp updwtmpx: Call(Truncate(Path(0)));
        logwtmp: Writes(Known::Past);
        login logout: Writes(Known::Logins);
        pututline pututxline: Writes(Known::Present);
        lckpwdf: Writes(Known::Lock);

        // What leaves no file behind, and what changes where names lead.
        mount: Call(Mount(Path(1), true));
        umount umount2: Call(Mount(Path(0), false));
        swapon: Swap(true);
        swapoff: Swap(false);
        chroot: Root;

        // System calls by number.
        syscall: ByNumber;
    }

    around {
        // Those that choose a name themselves.
        mkstemp mkstemp64 mkostemp mkostemp64 mkstemps mkstemps64 mkostemps mkostemps64: MakesFile;
        mkdtemp: MakesDirectory;

        // Those that start programs.
        execve: Becomes(Path(0), 1);
        fexecve: Becomes(Name::Open(0), 1);
        execveat: Becomes(At(0), 2);
        execvpe: Searches;
        posix_spawn pidfd_spawn: Spawns(false);
        posix_spawnp pidfd_spawnp: Spawns(true);
        execv: Own(Hook::execve);
        execvp: Own(Hook::execvpe);
        system popen: Lends;
    }
}
