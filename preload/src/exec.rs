//! What is done around functions of libc: those that start programs, since the record says which and their environment is
//! mended, and those that choose a name themselves, which is known only afterwards. The real function is called once, with
//! the caller's arguments but for the environment; `errno` is what it left.

use core::arch::naked_asm;
use core::ffi::{c_int, c_long};

use linux_raw_sys::errno::ENOSYS;
use linux_raw_sys::general::{AT_EMPTY_PATH, AT_FDCWD as HERE};
use trackle_wire::calls::Name as Which;

use crate::environment::{self, with};
use crate::foreign::{self, List, Name};
use crate::hook::{self, Argument, Words, word};
use crate::hooks::{self, Hook};
use crate::keep;
use crate::program::{self, Found, Way};
use crate::sys;

/// What is done around a function.
#[derive(Clone, Copy)]
pub enum Around {
    /// It makes a file of a template, and gives its descriptor.
    MakesFile,
    /// It makes a directory of a template, and gives that.
    MakesDirectory,
    /// The process becomes the program that is named so; where the arguments are, with the environment behind them.
    Becomes(Which, u8),
    /// The same, with the program looked for in PATH.
    Searches,
    /// A new process runs a program, looked for in PATH if so.
    Spawns(bool),
    /// It takes the program's own environment, and gives way to this one, which takes a list, where that has to be mended.
    Own(Hook),
    /// It starts a shell with the program's own environment.
    Lends,
}

/// Around a function.
pub extern "C" fn around(hook: u32, words: &mut Words) -> usize {
    let row = (hook as usize).checked_sub(hooks::LOOKS.len()).and_then(|row| hooks::AROUND.get(row));
    let address = hook::found(hook);
    let Some(row) = row.filter(|_| address != 0) else { return lacking(row) };
    let near = Found { dir: HERE, name: Name::of(word(words, 0)), in_path: false };
    match *row {
        Around::MakesFile => {
            let fd = hook::call(address, words);
            keep::made(near.name, Some(fd as c_int));
            fd
        }
        Around::MakesDirectory => {
            let made = hook::call(address, words);
            keep::made(Name::of(made), None);
            made
        }
        Around::Becomes(Which::At(_), argv) => {
            let found = Found { dir: word(words, 0) as c_int, name: Name::of(word(words, 1)), ..near };
            becomes(address, found, argv, words)
        }
        Around::Becomes(Which::Open(_), argv) => {
            let found = Found { dir: word(words, 0) as c_int, name: Name::EMPTY, ..near };
            becomes(address, found, argv, words)
        }
        Around::Becomes(_, argv) => becomes(address, near, argv, words),
        Around::Searches => becomes(address, Found { in_path: true, ..near }, 1, words),
        Around::Spawns(in_path) => {
            let found = Found { name: Name::of(word(words, 1)), in_path, ..near };
            program::starts(found, List::of(word(words, 4)));
            with(List::of(word(words, 5)), Real { address, words, envp: 5, direct: None })
        }
        Around::Own(other) => {
            let own = foreign::current();
            if let Some(envp) = words.get_mut(2) {
                *envp = own.address();
            }
            if !environment::is_whole(own) {
                return around(other as u32, words);
            }
            let found = Found { in_path: matches!(other, Hook::execvpe), ..near };
            becomes(address, found, 1, words)
        }
        Around::Lends => with(foreign::current(), Real { address, words, envp: 0, direct: None }),
    }
}

/// What a function gives that this libc has not.
fn lacking(row: Option<&Around>) -> usize {
    let failed = hook::missing();
    match row {
        Some(Around::MakesDirectory) => 0,
        Some(Around::Spawns(_)) => ENOSYS as usize,
        _ => failed as usize,
    }
}

fn becomes(address: usize, found: Found, argv: u8, words: &mut Words) -> usize {
    let way = program::becomes(found, List::of(word(words, argv)));
    let direct = Some(found).filter(|_| way == Way::Direct);
    with(List::of(word(words, argv + 1)), Real { address, words, envp: argv + 1, direct })
}

/// A real function that is to be called with another environment.
pub struct Real<'w> {
    address: usize,
    words: &'w mut Words,
    /// Which argument that is; 0: the function takes the program's own.
    envp: u8,
    /// The program that the process becomes without libc, if that can be.
    direct: Option<Found>,
}

impl Real<'_> {
    /// Calls it.
    pub fn call(self, list: List) -> usize {
        if self.envp == 0 {
            let own = foreign::lend(list);
            let given = hook::call(self.address, self.words);
            foreign::give_back(list, own);
            return given;
        }
        if let Some(place) = self.words.get_mut(usize::from(self.envp)) {
            *place = list.address();
        }
        if let Some(found) = self.direct {
            let flags = match (found.name.path(), self.envp) {
                (Some(b""), 2) => AT_EMPTY_PATH,
                (_, 3) => word(self.words, 4) as u32,
                _ => 0,
            };
            let argv = List::of(word(self.words, self.envp - 1));
            // it comes back when it fails, so that libc says why
            sys::become_program(found.dir, found.name, argv, list, flags);
        }
        hook::call(self.address, self.words)
    }
}

/// `syscall(SYS_execve, …)`.
pub extern "C" fn by_number(_number: c_long, path: usize, argv: usize, envp: usize) -> usize {
    around(Hook::execve as u32, &mut [path, argv, envp, 0, 0, 0])
}

/// `syscall(SYS_execveat, …)`.
pub extern "C" fn at_by_number(
    _: c_long,
    dir: usize,
    path: usize,
    argv: usize,
    envp: usize,
    flags: usize,
) -> usize {
    around(Hook::execveat as u32, &mut [dir, path, argv, envp, flags, 0])
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

extern "C" fn row(path: usize, argv: usize) -> usize {
    around(Hook::execv as u32, &mut [path, argv, 0, 0, 0, 0])
}

extern "C" fn row_in_path(file: usize, argv: usize) -> usize {
    around(Hook::execvp as u32, &mut [file, argv, 0, 0, 0, 0])
}

extern "C" fn row_and_environment(path: usize, argv: usize) -> usize {
    around(Hook::execve as u32, &mut [path, argv, List::of(argv).behind().address(), 0, 0, 0])
}
