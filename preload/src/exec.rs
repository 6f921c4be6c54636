//! Programs that are started: the environment is mended, and the record says which program it was.

use core::arch::naked_asm;
use core::ffi::{c_int, c_void};

use linux_raw_sys::errno::ENOSYS;
use linux_raw_sys::general as k;

use crate::environment;
use crate::foreign::{self, List, Name, Stream};
use crate::hook;
use crate::program::{
    self,
    Named::{At, Searched},
};

type Pid = *mut c_int;
type Opaque = *const c_void;
const NO: c_int = ENOSYS as c_int;

hook! {
    execve(path: Name, argv: List, envp: List) -> c_int = -1;
        around (|real| {
            let way = program::becomes(At(k::AT_FDCWD, path), argv);
            environment::with(envp, |envp| {
                program::goes(way, k::AT_FDCWD, path, [argv, envp], 0);
                real(path, argv, envp)
            })
        })
    execvpe(file: Name, argv: List, envp: List) -> c_int = -1;
        around (|real| {
            program::becomes(Searched(file), argv);
            environment::with(envp, |envp| real(file, argv, envp))
        })
    fexecve(fd: c_int, argv: List, envp: List) -> c_int = -1;
        around (|real| {
            let way = program::becomes(At(fd, Name::EMPTY), argv);
            environment::with(envp, |envp| {
                program::goes(way, fd, Name::EMPTY, [argv, envp], k::AT_EMPTY_PATH as c_int);
                real(fd, argv, envp)
            })
        })
    execveat(dir: c_int, path: Name, argv: List, envp: List, flags: c_int) -> c_int = -1;
        around (|real| {
            let way = program::becomes(At(dir, path), argv);
            environment::with(envp, |envp| {
                program::goes(way, dir, path, [argv, envp], flags);
                real(dir, path, argv, envp, flags)
            })
        })
    posix_spawn(pid: Pid, path: Name, actions: Opaque, attributes: Opaque, argv: List, envp: List) -> c_int = NO;
        around (|real| {
            program::starts(At(k::AT_FDCWD, path), argv);
            environment::with(envp, |envp| real(pid, path, actions, attributes, argv, envp))
        })
    posix_spawnp(pid: Pid, file: Name, actions: Opaque, attributes: Opaque, argv: List, envp: List) -> c_int = NO;
        around (|real| {
            program::starts(Searched(file), argv);
            environment::with(envp, |envp| real(pid, file, actions, attributes, argv, envp))
        })
    // Those that take the program's own environment give way to the one that takes a list, where a list has to be mended.
    execv(path: Name, argv: List) -> c_int = -1;
        around (|real| {
            if environment::is_own_whole() {
                let way = program::becomes(At(k::AT_FDCWD, path), argv);
                program::goes(way, k::AT_FDCWD, path, [argv, foreign::current()], 0);
                real(path, argv)
            } else {
                execve(path, argv, foreign::current())
            }
        })
    execvp(file: Name, argv: List) -> c_int = -1;
        around (|real| {
            if environment::is_own_whole() {
                program::becomes(Searched(file), argv);
                real(file, argv)
            } else {
                execvpe(file, argv, foreign::current())
            }
        })
    system(command: Name) -> c_int = -1;
        around (|real| environment::as_own(|| real(command)))
    popen(command: Name, mode: Name) -> Stream = Stream::NONE;
        around (|real| environment::as_own(|| real(command, mode)))
}

/// Functions whose arguments are the list: what came in registers is put below what came on the stack, so that all lie in a
/// row, as the other functions take them. Rust has no way of its own to define such a function.
macro_rules! listed {
    ($($name:ident => $inner:path;)+) => {$(
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        extern "C" fn $name() {
            naked_asm!(
                "pop rax",
                "push r9", "push r8", "push rcx", "push rdx", "push rsi",
                "mov rsi, rsp",
                "push rax",
                "call {inner}",
                "pop rcx", "add rsp, 40", "push rcx",
                "ret",
                inner = sym $inner,
            )
        }

        #[cfg(target_arch = "aarch64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        extern "C" fn $name() {
            naked_asm!(
                "sub sp, sp, #80",
                "stp x29, x30, [sp]",
                "str x1, [sp, #24]", "stp x2, x3, [sp, #32]", "stp x4, x5, [sp, #48]", "stp x6, x7, [sp, #64]",
                "add x1, sp, #24",
                "bl {inner}",
                "ldp x29, x30, [sp]",
                "add sp, sp, #80",
                "ret",
                inner = sym $inner,
            )
        })+

        /// The names that are taken so.
        #[allow(dead_code)]
        pub const LISTED: &[&str] = &[$(stringify!($name)),+];
    };
}

listed! {
    execl => row;
    execlp => row_looked_for;
    execle => row_and_environment;
}

extern "C" fn row(path: Name, argv: List) -> c_int {
    execv(path, argv)
}

extern "C" fn row_looked_for(file: Name, argv: List) -> c_int {
    execvp(file, argv)
}

extern "C" fn row_and_environment(path: Name, argv: List) -> c_int {
    execve(path, argv, argv.behind())
}
