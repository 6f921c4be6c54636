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
        assert!(!Account::here().shell.is_empty());
    }
}
