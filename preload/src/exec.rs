//! Programs that are started: the record says which, and the environment is mended.

use core::arch::naked_asm;
use core::ffi::{c_int, c_long, c_void};

use linux_raw_sys::errno::ENOSYS;
use linux_raw_sys::general::{AT_EMPTY_PATH, AT_FDCWD as HERE};

use crate::calls;
use crate::environment::{self, with};
use crate::filter;
use crate::foreign::{self, List, Name, Stream};
use crate::program::{self, Found};

type Pid = *mut c_int;
type Opaque = *const c_void;
const NO: c_int = ENOSYS as c_int;

calls! {
    execve(path: Name, argv: List, envp: List) -> c_int = -1; |real| {
        let way = program::becomes(Found::At(HERE, path), argv);
        with(envp, &mut |envp| {
            filter::goes(way, HERE, path, [argv, envp], 0);
            real(path, argv, envp)
        })
    };
    execvpe(file: Name, argv: List, envp: List) -> c_int = -1; |real| {
        program::becomes(Found::InPath(file), argv);
        with(envp, &mut |envp| real(file, argv, envp))
    };
    fexecve(fd: c_int, argv: List, envp: List) -> c_int = -1; |real| {
        let way = program::becomes(Found::Open(fd), argv);
        with(envp, &mut |envp| {
            filter::goes(way, fd, Name::EMPTY, [argv, envp], AT_EMPTY_PATH as c_int);
            real(fd, argv, envp)
        })
    };
    execveat(dir: c_int, path: Name, argv: List, envp: List, flags: c_int) -> c_int = -1; |real| {
        let way = program::becomes(Found::At(dir, path), argv);
        with(envp, &mut |envp| {
            filter::goes(way, dir, path, [argv, envp], flags);
            real(dir, path, argv, envp, flags)
        })
    };
    posix_spawn pidfd_spawn(pid: Pid, path: Name, actions: Opaque, how: Opaque, argv: List, envp: List) -> c_int = NO; |real| {
        program::starts(Found::At(HERE, path), argv);
        with(envp, &mut |envp| real(pid, path, actions, how, argv, envp))
    };
    posix_spawnp pidfd_spawnp(pid: Pid, file: Name, actions: Opaque, how: Opaque, argv: List, envp: List) -> c_int = NO; |real| {
        program::starts(Found::InPath(file), argv);
        with(envp, &mut |envp| real(pid, file, actions, how, argv, envp))
    };
    // Those that take the program's own environment give way to the one that takes a list, where a list has to be mended.
    execv(path: Name, argv: List) -> c_int = -1; |real| {
        if environment::is_own_whole() {
            let way = program::becomes(Found::At(HERE, path), argv);
            filter::goes(way, HERE, path, [argv, foreign::current()], 0);
            real(path, argv)
        } else {
            execve(path, argv, foreign::current())
        }
    };
    execvp(file: Name, argv: List) -> c_int = -1; |real| {
        if environment::is_own_whole() {
            program::becomes(Found::InPath(file), argv);
            real(file, argv)
        } else {
            execvpe(file, argv, foreign::current())
        }
    };
    system(command: Name) -> c_int = -1; |real| {
        let mut given = -1;
        environment::as_own(&mut || given = real(command));
        given
    };
    popen(command: Name, mode: Name) -> Stream = Stream::NONE; |real| {
        let mut given = Stream::NONE;
        environment::as_own(&mut || given = real(command, mode));
        given
    };
}

/// `syscall(SYS_execve, …)`.
pub extern "C" fn by_number(_number: c_long, path: Name, argv: List, envp: List) -> c_long {
    execve(path, argv, envp).into()
}

/// `syscall(SYS_execveat, …)`.
pub extern "C" fn at_by_number(
    _: c_long,
    dir: c_long,
    path: Name,
    argv: List,
    envp: List,
    flags: c_long,
) -> c_long {
    execveat(dir as c_int, path, argv, envp, flags as c_int).into()
}

/// Functions whose arguments are the list: what came in registers is put below what came on the stack, so that all lie in a
/// row, as the other functions take them. Rust has no way of its own to define such a function.
macro_rules! listed {
    ($($name:ident => $inner:path;)+) => {$(
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() {
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
        pub extern "C" fn $name() {
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
    };
}

listed! {
    execl => row;
    execlp => row_in_path;
    execle => row_and_environment;
}

extern "C" fn row(path: Name, argv: List) -> c_int {
    execv(path, argv)
}

extern "C" fn row_in_path(file: Name, argv: List) -> c_int {
    execvp(file, argv)
}

extern "C" fn row_and_environment(path: Name, argv: List) -> c_int {
    execve(path, argv, argv.behind())
}
