//! Who works on this machine: the user that the kernel knows, and what his environment says of his shell and his places.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The shell of those who have none.
const SHELL: &str = "/bin/sh";

/// A user of this machine.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub shell: OsString,
    /// Where programs are looked for.
    pub search: OsString,
    pub home: Option<PathBuf>,
}

impl Account {
    /// Whose process this is. `SHELL` counts for more than the user database, which knows only what is in its file.
    pub fn here() -> Account {
        let uid = rustix::process::geteuid().as_raw();
        let users = std::fs::read("/etc/passwd").unwrap_or_default();
        let known = known(&users, uid);
        let name = known.as_ref().map(|known| known.0.clone()).or_else(|| variable("LOGNAME"));
        let home =
            variable("HOME").or_else(|| known.as_ref().map(|known| known.1.clone())).map(PathBuf::from);
        // one that is not there ("/nonexistent") is not made
        let home = home.filter(|home| home.is_absolute() && home.is_dir());
        let shell =
            variable("SHELL").or_else(|| known.map(|known| known.2)).filter(|shell| !shell.is_empty());
        Account {
            name: name.map_or_else(|| uid.to_string(), |name| name.to_string_lossy().into_owned()),
            uid,
            shell: shell.unwrap_or_else(|| SHELL.into()),
            search: variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()),
            home,
        }
    }
}

/// What the user of that number is called.
pub fn name(uid: u32) -> Option<String> {
    let users = std::fs::read("/etc/passwd").unwrap_or_default();
    known(&users, uid).map(|(name, ..)| name.to_string_lossy().into_owned())
}

/// Name, home and shell of passwd(5).
fn known(users: &[u8], uid: u32) -> Option<(OsString, OsString, OsString)> {
    let wanted = uid.to_string();
    users.split(|byte| *byte == b'\n').find_map(|line| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let [name, _, number, _, _, home, shell] = fields[..] else { return None };
        let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
        (number == wanted.as_bytes()).then(|| (text(name), text(home), text(shell)))
    })
}

/// The full name of a user, as the first part of the comment field has it; empty where nobody wrote one.
pub fn full_name(login: &str) -> Option<String> {
    gecos(&std::fs::read("/etc/passwd").unwrap_or_default(), login)
}

/// The numbers of a user and of his group.
pub fn numbers(login: &str) -> Option<(u32, u32)> {
    let users = std::fs::read("/etc/passwd").unwrap_or_default();
    let text = String::from_utf8_lossy(&users);
    let fields: Vec<&str> = line_of(&text, login)?.split(':').collect();
    let [_, _, user, group, ..] = fields[..] else { return None };
    Some((user.parse().ok()?, group.parse().ok()?))
}

/// Old systems write `&` for the login.
fn gecos(users: &[u8], login: &str) -> Option<String> {
    let text = String::from_utf8_lossy(users);
    let comment = line_of(&text, login)?.split(':').nth(4)?;
    Some(comment.split(',').next()?.replace('&', login).trim().to_owned())
}

fn line_of<'a>(users: &'a str, login: &str) -> Option<&'a str> {
    users.lines().find(|line| line.split(':').next() == Some(login))
}

/// What the environment says.
#[allow(clippy::disallowed_methods)] // who works is no part of the configuration
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_database_is_read() {
        let users =
            b"root:x:0:0:root:/root:/bin/bash\nbroken\nann:x:1000:1000:Ann,,,:/home/ann:/usr/bin/zsh\n";
        let (name, home, shell) = known(users, 1000).unwrap();
        assert_eq!((name, home, shell), ("ann".into(), "/home/ann".into(), "/usr/bin/zsh".into()));
        assert_eq!(known(users, 5), None);
        assert_eq!(gecos(users, "ann").as_deref(), Some("Ann"));
        assert_eq!(gecos(b"b:x:1:1:Bob & Co,Room 1:/:/bin/sh\n", "b").as_deref(), Some("Bob b Co"));
        assert_eq!((gecos(users, "an"), gecos(users, "broken")), (None, None));
        assert_eq!(numbers("root"), Some((0, 0)));
        assert!(!Account::here().shell.is_empty());
    }
}
