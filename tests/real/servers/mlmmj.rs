//! A mailing list on mlmmj behind the private Postfix, as an administrator sets one up by hand: a folder of one-word
//! files, run by a user without privileges for each mail that comes. The list's address is `staff@`; copies go back to
//! Postfix by SMTP, with return paths of the list.

use super::{DOMAIN, Servers, ids};
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who runs the list's programs.
pub const RUNS_AS: &str = "mail";
/// The folders that mlmmj expects (mlmmj-make-ml, which asks questions, makes the same).
const FOLDERS: [&str; 14] = [
    "incoming",
    "queue",
    "queue/discarded",
    "archive",
    "text",
    "subconf",
    "unsubconf",
    "bounce",
    "control",
    "moderation",
    "subscribers.d",
    "digesters.d",
    "requeue",
    "nomailsubs.d",
];
/// What the package brings; one of them is in every language.
const TEXTS: &str = "/usr/share/mlmmj/text.skel";

/// How a list is set up: a file below `control` for each, its content behind it (an empty one is a switch).
pub type Controls<'a> = &'a [(&'a str, &'a str)];

impl Servers {
    /// Both servers, and the list `staff@` with these readers; its letters are in that language.
    pub fn with_list(readers: &[&str], controls: Controls, language: &str) -> Servers {
        let mut servers = Servers::imap_only();
        let found = Path::new("/usr/bin/mlmmj-receive").exists();
        assert!(found, "mlmmj is missing: run tests/install (package mlmmj)");
        servers.make_list(readers, controls, language);
        servers.start_postfix();
        servers
    }

    /// Where the list lives.
    pub fn list(&self) -> PathBuf {
        self.path("mlmmj/staff")
    }

    fn make_list(&self, readers: &[&str], controls: Controls, language: &str) {
        let list = self.list();
        for folder in FOLDERS {
            fs::create_dir_all(list.join(folder)).unwrap();
        }
        let write = |name: &str, text: &str| fs::write(list.join(name), text).unwrap();
        write("index", "");
        write("control/listaddress", &format!("staff@{DOMAIN}\n"));
        write("control/owner", &format!("anna@{DOMAIN}\n"));
        write("control/relayhost", "127.0.0.1\n");
        write("control/smtpport", &format!("{}\n", self.smtp_port));
        write("control/smtphelo", &format!("lists.{DOMAIN}\n"));
        controls.iter().for_each(|(name, text)| write(&format!("control/{name}"), text));
        for text in fs::read_dir(Path::new(TEXTS).join(language)).unwrap().map(Result::unwrap) {
            fs::copy(text.path(), list.join("text").join(text.file_name())).unwrap();
        }
        own(&list);
        for reader in readers {
            let mut command = Command::new("/usr/bin/mlmmj-sub");
            command.args(["-s", "-f", "-L"]).arg(&list).arg("-a").arg(format!("{reader}@{DOMAIN}"));
            let done = command.output().unwrap();
            assert!(done.status.success(), "mlmmj-sub {reader}: {}", String::from_utf8_lossy(&done.stderr));
        }
        // what it was told as root
        own(&list);
    }
}

/// mlmmj runs for nobody but the owner of its folder.
fn own(path: &Path) {
    let (uid, gid) = ids(RUNS_AS);
    chown(path, Some(uid), Some(gid)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().map(Result::unwrap).for_each(|entry| own(&entry.path()));
    }
}
