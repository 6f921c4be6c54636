//! Files: who may read what is secret, and write what is believed.

use super::super::facts::{Backups, File, Found, Role};
use super::days;
use crate::show::exposure::Row;
use crate::show::look::count;
use jiff::Timestamp;
use std::path::Path;

/// What systemd shows to a service alone (systemd.exec(5), LoadCredential=): not to be seen from outside.
const CREDENTIALS: &str = "/run/credentials";
/// A younger backup is a backup.
const FRESH_DAYS: i64 = 7;

/// How a file stands; nothing of one that is not there yet.
pub fn row(file: &File, robot: u32) -> Option<Row> {
    let (item, shown) = (file.item, file.path.display());
    let (uid, mode, loose) = match &file.found {
        _ if file.path.starts_with(CREDENTIALS) => {
            return Some(Row::closed(item, format!("{shown} is shown to the service alone")));
        }
        Found::Missing => return None,
        Found::Unseen(why) => return Some(Row::unseen(item, format!("{shown}: {why}"))),
        Found::There { uid, mode, loose } => (*uid, *mode, loose.as_deref()),
    };
    let told = worst(uid, mode, loose, file.role, robot);
    Some(match told {
        None if file.role == Role::Secret => Row::closed(item, format!("{shown} is for nobody else")),
        None => Row::closed(item, format!("{shown} can be changed by root or the robot alone")),
        Some(Trouble { tenths, state, bits }) => Row::open(
            item,
            tenths,
            format!("{shown} {state}"),
            match bits {
                Some(bits) => format!("chmod {bits} {shown}"),
                None => remedy(&file.path, loose, file.role, robot),
            },
        ),
    })
}

/// What is wrong with a file, the gravest only: what mends it is tried first, and the rest is told then.
struct Trouble {
    tenths: u8,
    state: String,
    /// What chmod(1) takes, where that mends it.
    bits: Option<&'static str>,
}

fn worst(uid: u32, mode: u32, loose: Option<&Path>, role: Role, robot: u32) -> Option<Trouble> {
    let trouble = |tenths, state: &str, bits| Some(Trouble { tenths, state: state.to_owned(), bits });
    if loose.is_some() {
        return trouble(9, "lies where anybody can put another in its place", None);
    }
    if uid != 0 && uid != robot {
        return trouble(9, &format!("belongs to uid {uid}, neither root nor the robot"), None);
    }
    let closed = if role == Role::Secret { "go-rwx" } else { "go-w" };
    let secret = role == Role::Secret;
    match mode {
        m if m & 0o002 != 0 => trouble(9, &format!("can be changed by anybody (mode {m:o})"), Some(closed)),
        m if secret && m & 0o004 != 0 => {
            trouble(9, &format!("can be read by anybody (mode {m:o})"), Some(closed))
        }
        m if m & 0o020 != 0 => trouble(3, &format!("can be changed by its group (mode {m:o})"), Some(closed)),
        m if secret && m & 0o040 != 0 => {
            trouble(3, &format!("can be read by its group (mode {m:o})"), Some(closed))
        }
        m if secret && m & 0o011 != 0 => {
            trouble(1, &format!("can be entered by others (mode {m:o})"), Some(closed))
        }
        _ => None,
    }
}

fn remedy(path: &Path, loose: Option<&Path>, role: Role, robot: u32) -> String {
    match loose {
        Some(above) => format!("chmod o-w {}", above.display()),
        None if role == Role::Secret => format!("chown '#{robot}' {}", path.display()),
        None => format!("chown root {}", path.display()),
    }
}

/// Whether there is a way back, and whether it is a way in.
pub fn backups(found: &Backups, now: Timestamp) -> Row {
    const ITEM: &str = "backups";
    let (directory, newest, readable) = match found {
        Backups::Unnamed => {
            let state = "nobody said where they are";
            return Row::open(ITEM, 1, state, "name their directory: --backups /backup");
        }
        Backups::Unseen(why) => return Row::unseen(ITEM, why.clone()),
        Backups::There { directory, newest, readable } => (directory.display(), newest, readable),
    };
    if let Some(first) = readable.first() {
        let state = format!(
            "{} in {directory} can be read by others, who then read all mail and forge confirmations",
            count(readable.len() as u64, "backup")
        );
        return Row::open(ITEM, 9, state, format!("chmod go-rwx {}, and the others", first.display()));
    }
    match newest.map(|at| days(at, now)) {
        None => {
            Row::open(ITEM, 2, format!("there is none in {directory}"), format!("trackle backup {directory}"))
        }
        Some(old) if old > FRESH_DAYS => {
            let state = format!("the newest in {directory} is {} old", count(old.unsigned_abs(), "day"));
            Row::open(ITEM, 2, state, format!("trackle backup {directory}, each night"))
        }
        Some(_) => Row::closed(ITEM, format!("there is a fresh one in {directory}, for nobody else")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_open_as_its_worst() {
        const ROBOT: u32 = 100;
        let of = |path: &str, role, found| row(&File { item: "x", path: path.into(), role, found }, ROBOT);
        let there = |uid, mode, loose: Option<&str>| Found::There { uid, mode, loose: loose.map(Into::into) };
        let (secret, trusted) = (Role::Secret, Role::Trusted);
        for (role, uid, mode, loose, tenths, remedy) in [
            (secret, ROBOT, 0o600, None, 0, None),
            (secret, 0, 0o400, None, 0, None),
            (secret, ROBOT, 0o700, None, 0, None),
            (secret, ROBOT, 0o644, None, 9, Some("chmod go-rwx /x")),
            (secret, ROBOT, 0o640, None, 3, Some("chmod go-rwx /x")),
            (secret, ROBOT, 0o711, None, 1, Some("chmod go-rwx /x")),
            (secret, 7, 0o600, None, 9, Some("chown '#100' /x")),
            (trusted, 0, 0o755, None, 0, None),
            (trusted, 0, 0o640, None, 0, None),
            (trusted, ROBOT, 0o644, None, 0, None),
            (trusted, 0, 0o664, None, 3, Some("chmod go-w /x")),
            (trusted, 0, 0o646, None, 9, Some("chmod go-w /x")),
            (trusted, 7, 0o644, None, 9, Some("chown root /x")),
            (trusted, 0, 0o644, Some("/up"), 9, Some("chmod o-w /up")),
        ] {
            let found = of("/x", role, there(uid, mode, loose)).unwrap();
            assert_eq!((found.tenths, found.remedy.as_deref()), (tenths, remedy), "{role:?} {uid} {mode:o}");
        }
        assert_eq!(of("/x", secret, Found::Missing), None);
        assert!(!of("/x", secret, Found::Unseen("no".into())).unwrap().seen);
        for found in [Found::Missing, Found::Unseen("no".into())] {
            let row = of("/run/credentials/trackle.service/mailbox", secret, found).unwrap();
            assert_eq!((row.tenths, row.seen), (0, true));
        }
    }

    #[test]
    fn a_backup_is_fresh_and_private() {
        let now = Timestamp::from_second(1_795_219_200).unwrap();
        let aged = |days: i64| Timestamp::from_second(1_795_219_200 - days * 86_400).unwrap();
        let there = |newest, readable: &[&str]| Backups::There {
            directory: "/b".into(),
            newest,
            readable: readable.iter().map(Into::into).collect(),
        };
        for (found, tenths) in [
            (Backups::Unnamed, 1),
            (there(None, &[]), 2),
            (there(Some(aged(0)), &[]), 0),
            (there(Some(aged(-3)), &[]), 0),
            (there(Some(aged(7)), &[]), 0),
            (there(Some(aged(8)), &[]), 2),
            (there(Some(aged(0)), &["/b/x.backup"]), 9),
        ] {
            assert_eq!(backups(&found, now).tenths, tenths, "{found:?}");
        }
        assert!(!backups(&Backups::Unseen("no".into()), now).seen);
    }
}
