//! What is never read: files that hold secrets by their place or name. The rule's name goes into the log in the place of
//! what the file held; nothing of it is stored, not even a hash, since that of a short secret is guessed.

/// The rule that withholds what a file at this absolute path holds.
pub fn rule(path: &[u8]) -> Option<&'static str> {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    PATHS.iter().find(|(start, _)| path.starts_with(start)).map(|(_, rule)| *rule).or_else(|| {
        let inside = |dir: &[u8]| path.windows(dir.len()).any(|part| part == dir);
        DIRECTORIES
            .iter()
            .find(|(dir, _)| inside(dir))
            .or_else(|| ENDINGS.iter().find(|(end, _)| name.ends_with(end)))
            .or_else(|| NAMES.iter().find(|(whole, _)| name == *whole))
            .map(|(_, rule)| *rule)
    })
}

/// Whether what a file holds is told by size and hash alone, even if it looks like text: a database.
pub fn never_carried(path: &[u8]) -> bool {
    [&b".sqlite"[..], b".sqlite3", b".db"].iter().any(|end| path.ends_with(end))
}

type Rules = &'static [(&'static [u8], &'static str)];

const PATHS: Rules = &[(b"/etc/shadow", "shadow"), (b"/etc/gshadow", "shadow")];
const DIRECTORIES: Rules = &[(b"/.gnupg/", "gnupg"), (b"/ssl/private/", "private key")];
const ENDINGS: Rules = &[(b".key", "private key"), (b"_key", "private key"), (b".p12", "key store")];
const NAMES: Rules =
    &[(b".netrc", "credentials"), (b".pgpass", "credentials"), (b"id_ed25519", "private key")];
