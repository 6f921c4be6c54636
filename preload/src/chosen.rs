//! Functions that choose a name themselves: there was nothing under it, which is told when it is known.

use core::ffi::c_int;

use crate::calls;
use crate::foreign::Name;
use crate::keep;

calls! {
    mkstemp mkstemp64(template: Name) -> c_int = -1; |real| file(template, real(template));
    mkostemp mkostemp64(template: Name, flags: c_int) -> c_int = -1; |real| file(template, real(template, flags));
    mkstemps mkstemps64(template: Name, length: c_int) -> c_int = -1; |real| file(template, real(template, length));
    mkostemps mkostemps64(template: Name, length: c_int, flags: c_int) -> c_int = -1;
        |real| file(template, real(template, length, flags));
    mkdtemp(template: Name) -> Name = Name::NONE; |real| {
        let made = real(template);
        if made.bytes().is_some() {
            keep::made(made, None);
        }
        made
    };
}

fn file(name: Name, fd: c_int) -> c_int {
    if fd >= 0 {
        keep::made(name, Some(fd));
    }
    fd
}
