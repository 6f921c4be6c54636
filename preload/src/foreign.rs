//! Reading what the program points at. That its pointers are good is the contract of the functions whose place we take:
//! a call with a bad one would have failed or ended the program as well.

use core::ffi::{CStr, c_char};

use crate::hook::Argument;
use crate::room::PATH;

/// A name as the program gives it to libc; may be none.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Name(*const c_char);

/// A list of names, ended by a null pointer; may be none.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct List(*const Name);

impl Name {
    /// Its bytes, if there is one and the kernel would take it for a path.
    #[inline]
    pub fn path<'a>(self) -> Option<&'a [u8]> {
        self.bytes().filter(|bytes| bytes.len() < PATH)
    }

    /// Its bytes, if there is one.
    #[inline]
    pub fn bytes<'a>(self) -> Option<&'a [u8]> {
        // addresses in the first page are numbers that went astray: the real function says so
        // SAFETY: a name that is given to libc ends with a NUL and lives as long as the call
        (self.0.addr() >= 4096).then(|| unsafe { CStr::from_ptr(self.0) }.to_bytes())
    }

    /// The first word of a structure that stands in a name's place.
    pub fn first_word(self) -> u64 {
        // SAFETY: the caller gives the function a structure there that begins with such a word
        if self.0.addr() < 4096 { 0 } else { unsafe { self.0.cast::<u64>().read_unaligned() } }
    }

    /// One of ours.
    pub const fn of_text(text: &'static CStr) -> Name {
        Name(text.as_ptr())
    }

    /// As the kernel takes it.
    pub fn address(self) -> usize {
        self.0.expose_provenance()
    }

    /// As libc takes it.
    pub fn pointer(self) -> *const c_char {
        self.0
    }

    /// The working directory.
    pub const HERE: Name = Name(c".".as_ptr());
    /// No name.
    pub const NONE: Name = Name(core::ptr::null());
    /// A name without a letter.
    pub const EMPTY: Name = Name(c"".as_ptr());

    /// One that stands at an address, with a NUL behind it.
    pub fn at(address: usize) -> Name {
        Name(core::ptr::with_exposed_provenance(address))
    }

    /// A name of ours for the time of a call; a NUL stands in it.
    pub fn lent(text: &[u8]) -> Name {
        Name(text.as_ptr().cast())
    }
}

impl Argument for Name {
    fn of(word: usize) -> Name {
        Name::at(word)
    }
}

impl Argument for List {
    fn of(word: usize) -> List {
        List(core::ptr::with_exposed_provenance(word))
    }
}

/// The name that a socket is to have in the file system (`struct sockaddr_un`).
pub fn socket_path<'a>(address: usize, length: u32) -> Option<&'a [u8]> {
    const FAMILY: usize = size_of::<u16>();
    let length =
        usize::try_from(length).ok().filter(|length| (FAMILY + 2..=FAMILY + 108).contains(length))?;
    let all: *const u8 = core::ptr::with_exposed_provenance(address);
    // SAFETY: the caller gives bind(2) so many bytes
    let all = (address >= 4096).then(|| unsafe { core::slice::from_raw_parts(all, length) })?;
    let (family, path) = all.split_first_chunk()?;
    let path = path.split(|b| *b == 0).next()?;
    (u16::from_ne_bytes(*family) == AF_UNIX && !path.is_empty()).then_some(path)
}

const AF_UNIX: u16 = 1;

impl List {
    /// A list of ours for the time of a call; it ends with [`Name::NONE`].
    pub fn lent(names: &[Name]) -> List {
        List(names.as_ptr())
    }

    /// As the kernel takes it.
    pub fn address(self) -> usize {
        self.0.expose_provenance()
    }

    /// Its names one after the other.
    pub fn names<'a>(self) -> impl Iterator<Item = &'a [u8]> {
        self.pointers().filter_map(Name::bytes)
    }

    /// Its names as they are.
    pub fn pointers(self) -> impl Iterator<Item = Name> {
        let mut at = self;
        core::iter::from_fn(move || {
            let name = at.first()?;
            at = at.next();
            Some(name)
        })
    }

    /// The list that stands behind the end of this one.
    pub fn behind(self) -> List {
        let mut at = self;
        while at.first().is_some() {
            at = at.next();
        }
        // SAFETY: the caller put a pointer behind the null that ends the arguments
        let list = unsafe { at.0.add(1) };
        // SAFETY: the same
        let list = unsafe { *list };
        List(list.0.cast())
    }

    fn first(self) -> Option<Name> {
        // SAFETY: a list that is given to libc has a pointer at each place up to the null that ends it
        (self.0.addr() >= 4096).then(|| unsafe { *self.0 }).filter(|name| !name.0.is_null())
    }

    fn next(self) -> List {
        // SAFETY: there was a name, so the list goes on
        List(unsafe { self.0.add(1) })
    }
}

unsafe extern "C" {
    static mut environ: List;
}

/// The program's environment as it is now.
pub fn current() -> List {
    // SAFETY: libc has it; who calls this is a hook, which stands for a libc function, or has asked for libc
    unsafe { environ }
}

/// Gives the program another environment for the time of a call, and tells which it had. A thread that looks into the
/// environment meanwhile finds the same variables and ours.
pub fn lend(list: List) -> List {
    let own = current();
    // SAFETY: the list lives until the call has ended, and is taken away then
    unsafe { environ = list };
    own
}

/// Gives the program its own environment back. A thread that changed it meanwhile keeps its change.
pub fn give_back(lent: List, own: List) {
    if current().0 == lent.0 {
        // SAFETY: it is the program's own again
        unsafe { environ = own };
    }
}
