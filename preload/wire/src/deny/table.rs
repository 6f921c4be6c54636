//! Tables of words, of which the compiler leaves nothing but their hashes: the library that asks them is loaded into every
//! program of a session, and what it weighs is paid by each. In comes a name or a path, out comes what the word says that it
//! is, begins or ends with. Small and capital letters are the same. That a name that is no word has the hash of one happens
//! once in some hundred thousand names; it is withheld then, which is the safe side.

// what counts indices runs in the compiler only: a wrong one does not compile
#![allow(clippy::indexing_slicing)]

/// What a word says of what it is found in: for most the rule by which that is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Browser,
    Core,
    Credentials,
    Database,
    Disk,
    Environment,
    Gnupg,
    History,
    Kerberos,
    Kernel,
    Key,
    KeyStore,
    Kubernetes,
    Logins,
    /// A word for other things as well.
    Loose,
    Mail,
    Memory,
    Network,
    Passwords,
    Print,
    Services,
    Shadow,
    Ssh,
    Sudoers,
    Wallet,
    Wireless,
    /// The ending of a certificate, or of a key.
    Certificate,
    /// The mark of a copy.
    Copy,
    /// The mark of a copy that an editor made for the time being.
    Edited,
    /// No more than that it is one of the list.
    Listed,
    // What follows are remarks on a place, of which several may hold at once ([`Signs`]).
    /// A tree that is open below one that is not.
    Open,
    /// What packages bring, the same on all machines.
    Packaged,
    /// What the host's own people bring, within a tree of those.
    Local,
    /// Certificates.
    Certificates,
    /// Keys that everybody is to have.
    Keyring,
    /// Settings that speak of secrets and hold none.
    Settings,
    /// The same among keys.
    KeySettings,
}

impl Says {
    /// The bit of a remark.
    const fn bit(self) -> u8 {
        match (self as u8).checked_sub(Says::Open as u8) {
            Some(at) => 1 << at,
            None => 0,
        }
    }
}

/// What is said of a place.
#[derive(Clone, Copy)]
pub(super) struct Signs {
    /// The first rule that withholds what is there.
    pub rule: Option<Says>,
    remarks: u8,
}

impl Signs {
    pub(super) const NONE: Signs = Signs { rule: None, remarks: 0 };

    /// Whether there is this remark.
    pub(super) fn has(self, remark: Says) -> bool {
        self.remarks & remark.bit() != 0
    }

    /// Among what packages bring.
    pub(super) fn is_packaged(self) -> bool {
        self.has(Says::Packaged) && !self.has(Says::Local)
    }

    /// Adds all that a table says of the beginning of these bytes.
    #[inline(never)]
    pub(super) fn add(&mut self, bytes: &[u8], table: Table) {
        let mut hash = Hash::NONE;
        for byte in bytes.iter().take(LONGEST) {
            hash = hash.with(*byte);
            match hash.find(table) {
                Some(remark) if remark.bit() != 0 => self.remarks |= remark.bit(),
                found => self.rule = self.rule.or(found),
            }
        }
    }
}

/// A word: its hash, and what it says.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub(super) struct Entry {
    hash: u32,
    says: Says,
}

/// Words in the order of their hashes.
pub(super) type Table = &'static [Entry];

/// In the source: words with blanks between them, and what they say.
pub(super) type Words<'w> = (Says, &'w str);

/// The longest word.
pub(super) const LONGEST: usize = 48;

/// A sum over bytes (FNV-1a), without their case.
#[derive(Clone, Copy)]
pub(super) struct Hash(u32);

impl Hash {
    pub(super) const NONE: Hash = Hash(0x811C_9DC5);

    #[inline]
    const fn with(self, byte: u8) -> Hash {
        Hash((self.0 ^ byte.to_ascii_lowercase() as u32).wrapping_mul(0x0100_0193))
    }

    /// What the sum is behind these bytes.
    pub(super) fn over(self, bytes: &[u8]) -> Hash {
        bytes.iter().fold(self, |hash, byte| hash.with(*byte))
    }

    /// What a table has with this sum.
    #[inline(never)]
    pub(super) fn find(self, table: Table) -> Option<Says> {
        // sums are spread evenly, so it stands near here if it does
        let near = (u64::from(self.0) * table.len() as u64) >> 32;
        let (mut before, mut behind) = table.split_at_checked(near as usize)?;
        while let [front @ .., entry] = before
            && entry.hash >= self.0
        {
            (before, behind) = (front, table.get(front.len()..)?);
        }
        let entry = behind.iter().find(|entry| entry.hash >= self.0)?;
        (entry.hash == self.0).then_some(entry.says)
    }
}

/// What a table has of just these bytes.
#[inline(never)]
pub(super) fn is(bytes: &[u8], table: Table) -> Option<Says> {
    Hash::NONE.over(bytes).find(table)
}

/// What a table says of the beginning of these bytes.
#[inline(never)]
pub(super) fn starts(bytes: &[u8], table: Table) -> Option<Says> {
    run(bytes, table, FRONT).map(|(says, _)| says)
}

/// What a table of endings says of the end of these bytes, and how long the ending is.
#[inline(never)]
pub(super) fn ending(bytes: &[u8], table: Table) -> Option<(Says, usize)> {
    run(bytes, table, BACK)
}

/// The same without the length.
#[inline(never)]
pub(super) fn ends(bytes: &[u8], table: Table) -> Option<Says> {
    ending(bytes, table).map(|(says, _)| says)
}

/// What a table says of some part of a name.
#[inline(never)]
pub(super) fn holds(name: &[u8], table: Table) -> bool {
    const MOST: usize = 8;
    (0..name.len()).any(|at| {
        let rest = name.get(at..).unwrap_or_default();
        starts(rest.get(..MOST).unwrap_or(rest), table).is_some()
    })
}

#[inline(never)]
fn run(bytes: &[u8], table: Table, from_end: bool) -> Option<(Says, usize)> {
    let mut hash = Hash::NONE;
    for length in 1..=LONGEST {
        let at = if from_end { bytes.len().wrapping_sub(length) } else { length - 1 };
        hash = hash.with(*bytes.get(at)?);
        if let Some(says) = hash.find(table) {
            return Some((says, length));
        }
    }
    None
}

/// How many words there are.
pub(super) const fn count(lists: &[Words<'_>]) -> usize {
    let (mut list, mut count) = (0, 0);
    while list < lists.len() {
        let bytes = lists[list].1.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            count += (bytes[at] != b' ' && (at == 0 || bytes[at - 1] == b' ')) as usize;
            at += 1;
        }
        list += 1;
    }
    count
}

/// The table of these words; read from their ends on, it is one of endings.
pub(super) const fn entries<const COUNT: usize>(lists: &[Words<'_>], from_end: bool) -> [Entry; COUNT] {
    let mut to = [Entry { hash: 0, says: Says::Listed }; COUNT];
    let (mut list, mut count) = (0, 0);
    while list < lists.len() {
        let (says, text) = lists[list];
        let (bytes, mut at) = (text.as_bytes(), 0);
        while at < bytes.len() {
            let mut end = at;
            while end < bytes.len() && bytes[end] != b' ' {
                end += 1;
            }
            if end > at {
                assert!(end - at <= LONGEST);
                insert(&mut to, count, Entry { hash: sum(bytes, at, end, from_end).0, says });
                count += 1;
            }
            at = end + 1;
        }
        list += 1;
    }
    to
}

const fn sum(bytes: &[u8], at: usize, end: usize, from_end: bool) -> Hash {
    let (mut hash, mut n) = (Hash::NONE, 0);
    while n < end - at {
        hash = hash.with(if from_end { bytes[end - 1 - n] } else { bytes[at + n] });
        n += 1;
    }
    hash
}

/// Puts an entry among the first ones, which are in order.
const fn insert(to: &mut [Entry], count: usize, entry: Entry) {
    let mut at = count;
    while at > 0 && to[at - 1].hash > entry.hash {
        to[at] = to[at - 1];
        at -= 1;
    }
    assert!(at == 0 || to[at - 1].hash != entry.hash, "a word stands twice, or two have one hash");
    to[at] = entry;
}

/// Tables of beginnings and whole names, or of endings.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident $from:ident $([$says:ident $words:expr])+;)+) => {$(
        $(#[$about])*
        pub(super) const $name: $crate::deny::table::Table = {
            const LISTS: &[$crate::deny::table::Words<'static>] = &[$(($crate::deny::table::Says::$says, $words)),+];
            static TABLE: [$crate::deny::table::Entry; $crate::deny::table::count(LISTS)] =
                $crate::deny::table::entries(LISTS, $crate::deny::table::$from);
            &TABLE
        };
    )+};
}

/// For [`words`]: the words are compared from their first sign on.
pub(super) const FRONT: bool = false;
/// For [`words`]: from their last one on.
pub(super) const BACK: bool = true;

pub(super) use words;
