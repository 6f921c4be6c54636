//! What is never read: files that hold secrets by their place or name. In comes the path, absolute and without links, out
//! comes the rule that withholds what the file holds. The rule's name goes into the log in the place of the content; nothing
//! of it is stored, not even a hash, since that of a short secret is guessed.
//!
//! Asked within a hook, so it allocates nothing and looks at each byte of a path a few times at most. A name counts without
//! what editors, packagers and rotation put around it: `.id_rsa.swp`, `server.key.bak`, `shadow-`, `.env~` are what they
//! are copies of. Where a name leaves it open, as `server.pem` does, it is withheld; what is told to be public by its name
//! (`fullchain.pem`, `host_key.pub`) or its place (`/etc/ssl/certs`, the keyrings of apt) is not.

mod bare;
mod tables;

use tables::*;

/// The rule that withholds what a file at this absolute path holds.
pub fn rule(path: &[u8]) -> Option<&'static str> {
    if PUBLIC_TREES.iter().any(|tree| path.starts_with(tree)) {
        return None;
    }
    if let Some((_, rule)) = TREES.iter().find(|(tree, _)| fits(path, tree)) {
        return Some(rule);
    }
    let (directory, whole) = split(path);
    let name = bare::name(whole);
    if ends(name, b".pub") {
        return None;
    }
    within(directory, name)
        .or_else(|| named(directory, name))
        .or_else(|| named(directory, whole).filter(|_| name != whole))
}

/// Whether what a file holds is told by size and hash alone, even if it looks like text: a database.
pub fn never_carried(path: &[u8]) -> bool {
    let name = bare::name(split(path).1);
    DATABASES.iter().any(|end| ends(name, end))
}

/// What the directories say.
fn within(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    let mut parts = directory.split(|b| *b == b'/').filter(|part| !part.is_empty());
    let found = parts
        .find_map(|part| find(DIRECTORIES, |word| is(part, word)))
        .or_else(|| slashes(directory).find_map(|rest| find(PLACES, |place| fits(rest, place))))
        .or_else(|| pair(directory, name));
    match found {
        // a word for other things as well, among what packages bring
        Some(LOOSE) if is_packaged(directory) => None,
        Some("ssh") => ssh(directory, name),
        Some("kubernetes") if ends(name, b".crt") => None,
        Some("kerberos") if ends(name, b".conf") || ends(name, b".acl") => None,
        found => found,
    }
}

/// What directory and name say together.
fn pair(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    let (_, _, rule) = PAIRS.iter().find(|(place, word, _)| {
        let named = word.strip_prefix(b"*").map_or_else(|| is(name, word), |end| ends(name, end));
        named && (directory.ends_with(place) || directory == *place)
    })?;
    Some(rule)
}

/// What is in a directory `.ssh`: all but what is known to be no key.
fn ssh(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    let known: [&[u8]; 7] = [
        b"authorized_keys",
        b"authorized_keys2",
        b"known_hosts",
        b"known_hosts2",
        b"config",
        b"rc",
        b"allowed_signers",
    ];
    let settings = contains(directory, b"/config.d/") || ends(name, b".conf");
    (!settings && !known.iter().any(|known| is(name, known))).then_some("private key")
}

/// What the name says.
fn named(directory: &[u8], name: &[u8]) -> Option<&'static str> {
    // among what packages bring, such names are those of programs and examples
    let packaged = is_packaged(directory);
    let own = !packaged || name.starts_with(b".");
    if own && let Some(rule) = find(NAMES, |word| is(name, word)) {
        return Some(rule);
    }
    let variables = starts(name, b".env") && matches!(name.get(4), None | Some(b'.' | b'-' | b'_' | b'r'));
    if variables || ends(name, b".env") {
        return (!is_sample(name)).then_some("environment");
    }
    if own && let Some(rule) = find(STARTS, |start| starts(name, start)).filter(|_| !is_sample(name)) {
        return Some(rule);
    }
    if name.starts_with(b".") && HISTORY.iter().any(|end| ends(name, end)) {
        return Some("history");
    }
    if starts(name, b"wpa_supplicant") && ends(name, b".conf") {
        return Some("wireless network");
    }
    if let Some(found) = key_or_certificate(directory, name) {
        return found;
    }
    if let found @ Some(_) = find(ENDS, |end| ends(name, end)) {
        return found.filter(|_| !(ends(name, b".keyring") && is_keyring(directory)));
    }
    if packaged || contains(directory, b"/pam.d/") || contains(directory, b"/pam-configs/") {
        return None;
    }
    let stem = name.split(|b| *b == b'.').next().unwrap_or_default();
    let whole = stem.len() == name.len();
    let data = whole || CONFIGURATION.iter().any(|end| ends(name, end));
    find(STEMS, |word| data && is(stem, word))
        .or_else(|| find(TAILS, |tail| whole && ends(name, tail)))
        .filter(|_| !public_words(name))
}

/// Files whose ending is one of keys: `Some(None)` for those that are public by their name or place.
fn key_or_certificate(directory: &[u8], name: &[u8]) -> Option<Option<&'static str>> {
    let withheld = |it: bool| Some(it.then_some("private key"));
    if ends(name, b".key") {
        // DNSSEC (RFC 4034): K<zone>+<algorithm>+<tag>.key is public unless the algorithm is one of TSIG's, 157 and above
        let zone_key = starts(name, b"k") && algorithm(name).is_some_and(|algorithm| algorithm < 157);
        return withheld(!(is_keyring(directory) || zone_key || public_words(name)));
    }
    if ends(name, b".pem") || ends(name, b".der") {
        let public = public_words(name);
        let key = !public && KEY_WORDS.iter().any(|word| contains_any_case(name, word));
        let certificate = CERTIFICATE_WORDS.iter().any(|word| contains_any_case(name, word))
            || AUTHORITIES.iter().any(|start| starts(name, start));
        let place = is_packaged(directory) || PUBLIC_PLACES.iter().any(|place| contains(directory, place));
        return withheld(key || !(public || certificate || place));
    }
    // `host_key`, `api_key`, `deploy-key`: a whole name without ending
    if (ends(name, b"_key") || ends(name, b"-key")) && !is_packaged(directory) {
        return withheld(!public_words(name));
    }
    None
}

/// The number behind the first `+` of `Kexample.org.+013+04711.key`.
fn algorithm(name: &[u8]) -> Option<u32> {
    let mut parts = name.split(|b| *b == b'+');
    let digits = parts.nth(1)?;
    parts.next()?;
    let next = |all: u32, b: &u8| b.is_ascii_digit().then(|| all.saturating_mul(10) + u32::from(b - b'0'));
    digits.iter().try_fold(0, next)
}

/// A place of keys that everybody is to have.
fn is_keyring(directory: &[u8]) -> bool {
    KEYRINGS.iter().any(|place| contains(directory, place))
}

fn public_words(name: &[u8]) -> bool {
    PUBLIC_WORDS.iter().any(|word| contains_any_case(name, word))
}

/// `credentials.example`: what shows how the file is written.
fn is_sample(name: &[u8]) -> bool {
    EXAMPLES.iter().any(|end| ends(name, end))
}

/// What packages bring, the same on all machines.
fn is_packaged(directory: &[u8]) -> bool {
    let local = [&b"/usr/local/"[..], b"/usr/etc/", b"/usr/home/"];
    let usr = [&b"/usr/"[..], b"/lib/", b"/bin/", b"/sbin/", b"/var/lib/dpkg/", b"/nix/store/", b"/snap/"];
    usr.iter().any(|tree| directory.starts_with(tree))
        && !local.iter().any(|tree| directory.starts_with(tree))
}

/// The directory with the slash behind it, and the name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let at = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    path.split_at_checked(at).unwrap_or((path, &[]))
}

fn find(rules: Rules, fits: impl Fn(&[u8]) -> bool) -> Option<&'static str> {
    rules.iter().find(|(word, _)| fits(word)).map(|(_, rule)| *rule)
}

/// Two bytes that differ in more than their case. What follows is asked hundreds of times for one path, so it looks at one
/// byte before it compares all.
fn differ(one: Option<&u8>, other: Option<&u8>) -> bool {
    one.map(u8::to_ascii_lowercase) != other.map(u8::to_ascii_lowercase)
}

fn is(name: &[u8], word: &[u8]) -> bool {
    name.len() == word.len() && !differ(name.first(), word.first()) && name.eq_ignore_ascii_case(word)
}

fn starts(name: &[u8], start: &[u8]) -> bool {
    !differ(name.first(), start.first()) && name.get(..start.len()).is_some_and(|front| is(front, start))
}

fn ends(name: &[u8], end: &[u8]) -> bool {
    !differ(name.last(), end.last())
        && name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|back| is(back, end))
}

/// Whether a directory holds these parts, the slashes around them included.
fn contains(directory: &[u8], place: &[u8]) -> bool {
    slashes(directory).any(|rest| fits(rest, place))
}

/// What is left of a directory from each of its slashes on.
fn slashes(directory: &[u8]) -> impl Iterator<Item = &[u8]> {
    let at = directory.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at);
    at.filter_map(|at| directory.get(at..))
}

fn fits(rest: &[u8], place: &[u8]) -> bool {
    rest.get(1) == place.get(1) && rest.starts_with(place)
}

fn contains_any_case(name: &[u8], word: &[u8]) -> bool {
    name.windows(word.len()).any(|part| is(part, word))
}

#[cfg(test)]
mod tests;
