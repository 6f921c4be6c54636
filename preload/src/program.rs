//! What is told of a program that is started: which, with what arguments, where, and whether anything of it will be seen.

use core::ffi::c_int;

use linux_raw_sys::general as k;
use trackle_wire::record::NOT_PACKED;
use trackle_wire::{Kind, Record, state};

use crate::foreign::{List, Name};
use crate::path;
use crate::session;
use crate::sys;
use crate::text::{PATH, Text};
use crate::write;

/// A program is to be started from this path.
pub fn starts(dir: c_int, name: Name, argv: List) {
    let Some(mut session) = session::now().filter(|s| s.flags & state::flag::PROGRAMS != 0) else { return };
    let mut room = Text::new();
    let name = name.path().unwrap_or_default();
    let found = if name.is_empty() { None } else { path::absolute(&session, &mut room, dir, name) };
    let end = found.map_or(0, |path| path.end());
    let arguments = room.len();
    for argument in argv.names() {
        if room.push(argument).and_then(|()| room.push(b"\0")).is_none() {
            break;
        }
    }
    let cwd = room.len();
    if let Ok(length @ 1..) = room.fill(PATH, sys::getcwd) {
        room.cut(cwd + length - 1);
    }
    let mut record = Record { kind: Kind::Started as u16, pack: NOT_PACKED, ..Record::default() };
    let _ = k::AT_FDCWD;
    record.path = room.between(0, end);
    record.second = room.between(arguments, cwd);
    record.extra = room.from(cwd);
    write::record(&mut session, &mut record);
}

/// A program is to be started that is looked for in PATH.
pub fn is_looked_for(file: Name, argv: List) {
    starts(k::AT_FDCWD, file, argv);
}
