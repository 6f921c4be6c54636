//! What is never read: files that hold secrets by their place or name. In comes the path, absolute and without links, out
//! comes the rule that withholds what the file holds. The rule's name goes into the log in the place of the content; nothing
//! of it is stored, not even a hash, since that of a short secret is guessed.
//!
//! Asked within a hook, so it allocates nothing and looks at each byte of a path a few times at most. A name counts without
//! what editors, packagers and rotation put around it: `.id_rsa.swp`, `server.key.bak`, `shadow-`, `.env~` are what they
//! are copies of. Where a name leaves it open, as `server.pem` does, it is withheld; what is told to be public by its name
//! (`fullchain.pem`, `host_key.pub`) or its place (`/etc/ssl/certs`, the keyrings of apt) is not.
//!
//! The words stand in [`places`] and [`names`], and how they are compared in [`table`].

mod bare;
mod names;
mod places;
mod table;

use table::{Hash, LONGEST, Says, Signs, ends, holds, is, starts};

/// The rule that withholds what a file at this absolute path holds.
pub fn rule(path: &[u8]) -> Option<&'static str> {
    withheld(path).map(name)
}

/// Whether there is a rule that withholds what a file at this absolute path holds.
pub fn is_withheld(path: &[u8]) -> bool {
    withheld(path).is_some()
}

/// Whether what a file holds is told by size and hash alone, even if it looks like text: a database.
pub fn never_carried(path: &[u8]) -> bool {
    ends(bare::name(split(path).1), names::DATABASES).is_some()
}

/// A rule's name.
fn name(rule: Says) -> &'static str {
    match rule {
        Says::Browser => "browser profile",
        Says::Core => "core dump",
        Says::Database => "database",
        Says::Disk => "key of a disk",
        Says::Environment => "environment",
        Says::Gnupg => "gnupg",
        Says::History => "history",
        Says::Kerberos => "kerberos",
        Says::Kernel => "kernel",
        Says::Key | Says::Ssh | Says::Certificate => "private key",
        Says::KeyStore => "key store",
        Says::Kubernetes => "kubernetes",
        Says::Logins => "log of logins",
        Says::Loose => "secrets",
        Says::Mail => "mail",
        Says::Memory => "memory",
        Says::Network => "virtual network",
        Says::Passwords => "password store",
        Says::Print => "print jobs",
        Says::Services => "secrets of services",
        Says::Shadow => "shadow",
        Says::Sudoers => "sudoers",
        Says::Wallet => "wallet",
        Says::Wireless => "wireless network",
        Says::Credentials => "credentials",
        // words that are no rules by themselves
        _ => "private",
    }
}

fn withheld(path: &[u8]) -> Option<Says> {
    let mut signs = Signs::NONE;
    signs.add(path, places::TREES);
    if signs.has(Says::Open) {
        return None;
    }
    if signs.rule.is_some() {
        return signs.rule;
    }
    let (directory, whole) = split(path);
    let name = bare::name(whole);
    if ends(name, names::PUBLIC).is_some() {
        return None;
    }
    slashes(directory).for_each(|rest| signs.add(rest, places::PLACES));
    let found = within(signs, directory, name).or_else(|| named(signs, name));
    if found.is_some() || name == whole {
        return found;
    }
    named(signs, whole)
}

/// What the directories say.
fn within(signs: Signs, directory: &[u8], name: &[u8]) -> Option<Says> {
    let found = signs.rule.or_else(|| pair(directory, name))?;
    let open = match found {
        // a word for other things as well, among what packages bring
        Says::Loose => signs.is_packaged(),
        // all but what is known to be no key
        Says::Ssh => {
            signs.has(Says::KeySettings)
                || ends(name, names::SETTINGS).is_some()
                || is(name, names::NO_KEYS).is_some()
        }
        Says::Kubernetes => ends(name, names::ISSUED).is_some(),
        Says::Kerberos => ends(name, names::KERBEROS_SETTINGS).is_some(),
        _ => false,
    };
    (!open).then_some(found)
}

/// What directory and name say together.
fn pair(directory: &[u8], name: &[u8]) -> Option<Says> {
    let near = directory.len().saturating_sub(LONGEST);
    let mut ends_of = slashes(directory.get(near..)?);
    ends_of.find_map(|rest| Hash::NONE.over(rest).over(name).find(places::PAIRS)).or_else(|| {
        let kind = ends(directory, places::KINDS)?;
        let wanted = if kind == Says::Kubernetes { names::SETTINGS } else { places::SIGNING };
        ends(name, wanted).map(|_| kind)
    })
}

/// What the name says.
#[inline(never)]
fn named(signs: Signs, name: &[u8]) -> Option<Says> {
    // among what packages bring, such names are those of programs and examples
    let packaged = signs.is_packaged();
    let hidden = matches!(name, [b'.', ..]);
    if !packaged || hidden {
        let begins = || starts(name, names::STARTS).filter(|_| ends(name, names::EXAMPLES).is_none());
        if let found @ Some(_) = is(name, names::NAMES).or_else(begins) {
            return found;
        }
    }
    if hidden && let found @ Some(_) = ends(name, names::HISTORY) {
        return found;
    }
    if starts(name, names::WIRELESS).is_some() && ends(name, names::SETTINGS).is_some() {
        return Some(Says::Wireless);
    }
    if let Some(kind) = ends(name, names::KEYS)
        && (kind != Says::Loose || !packaged)
    {
        return is_key(kind, signs, name).then_some(Says::Key);
    }
    if let found @ Some(_) = ends(name, names::ENDS) {
        return found.filter(|_| !(signs.has(Says::Keyring) && ends(name, names::RINGS).is_some()));
    }
    if packaged || signs.has(Says::Settings) {
        return None;
    }
    let stem = name.split(|b| *b == b'.').next()?;
    let whole = stem.len() == name.len();
    let data = whole || ends(name, names::CONFIGURATION).is_some();
    is(stem, names::STEMS)
        .filter(|_| data)
        .or_else(|| ends(name, names::TAILS).filter(|_| whole))
        .filter(|_| !is_public(name))
}

/// Of a file whose ending is one of keys: whether it is none that is public by its name or place.
fn is_key(kind: Says, signs: Signs, name: &[u8]) -> bool {
    let public = is_public(name);
    match kind {
        Says::Certificate => {
            let open = public
                || holds(name, names::CERTIFICATE_WORDS)
                || starts(name, names::AUTHORITIES).is_some()
                || signs.is_packaged()
                || signs.has(Says::Certificates);
            !open || (!public && holds(name, names::KEY_WORDS))
        }
        Says::Key => !public && !signs.has(Says::Keyring) && !is_zone_key(name),
        // `host_key`, `api_key`, `deploy-key`: a whole name without ending
        _ => !public,
    }
}

/// DNSSEC (RFC 4034): `Kexample.org.+013+04711.key` is public unless its algorithm, the first number, is one of TSIG's, 157
/// and above.
fn is_zone_key(name: &[u8]) -> bool {
    let mut parts = name.split(|b| *b == b'+');
    let (Some([b'k' | b'K', ..]), Some(digits), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    digits.iter().all(u8::is_ascii_digit) && digits.len() <= 3 && (digits < b"157" || digits.len() < 3)
}

fn is_public(name: &[u8]) -> bool {
    holds(name, names::PUBLIC_WORDS)
}

/// The directory with the slash behind it, and the name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let at = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    path.split_at_checked(at).unwrap_or((path, &[]))
}

/// What is left of a directory from each of its slashes on.
fn slashes(directory: &[u8]) -> impl Iterator<Item = &[u8]> {
    let at = directory.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at);
    at.filter_map(|at| directory.get(at..))
}

#[cfg(test)]
mod tests;
