//! What a log does not show unless somebody wants it to: files that programs write for themselves. They are recorded like
//! all others; only the first sight of a log is spared them.

/// Whether the file at this absolute path is of that kind.
pub fn is_noise(path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let inside = |dir: &&[u8]| path.windows(dir.len()).any(|part| part == *dir);
    BELOW.iter().any(|dir| path.starts_with(dir))
        || INSIDE.iter().any(inside)
        || ENDINGS.iter().any(|end| name.ends_with(end) && name.len() > end.len())
        || NAMES.contains(&name)
        || (name.starts_with(b".") && name.ends_with(b"history"))
        || NUMBERED.iter().any(|(start, least)| numbered(name, start, *least))
}

/// Directories of the machine.
const BELOW: &[&[u8]] = &[
    b"/tmp/",
    b"/var/tmp/",
    b"/dev/",
    b"/proc/",
    b"/run/",
    b"/var/run/",
    b"/var/cache/",
    b"/var/log/",
    b"/var/lib/dpkg/",
    b"/var/lib/apt/",
    b"/var/lib/rpm/",
    b"/var/lib/dnf/",
    b"/var/lib/systemd/",
    b"/usr/share/mime/",
    b"/usr/share/icons/",
];

/// Directories of people and projects.
const INSIDE: &[&[u8]] = &[
    b"/.cache/",
    b"/.git/",
    b"/.hg/",
    b"/.svn/",
    b"/__pycache__/",
    b"/node_modules/",
    b"/.npm/",
    b"/.cargo/registry/",
    b"/.local/share/Trash/",
    b"/.local/share/recently-used",
    b"/.local/state/",
    b"/.vim/undo/",
    b"/.emacs.d/auto-save-list/",
    b"/.mozilla/",
];

const ENDINGS: &[&[u8]] =
    &[b".swp", b".swo", b".swx", b".pyc", b".o", b".log", b".pid", b".lock", b".tmp", b"~", b".part"];

/// States of programs. Their histories are known by how their names begin and end.
const NAMES: &[&[u8]] = &[
    b"fish_history",
    b"fish_variables",
    b".viminfo",
    b".viminfz.tmp",
    b".lesshst",
    b".wget-hsts",
    b".sudo_as_admin_successful",
    b".Xauthority",
    b".selected_editor",
    b"ld.so.cache",
    b"mimeinfo.cache",
    // our own, where somebody works on the robot's machine
    b"trackle.db",
    b"trackle.db-wal",
    b"trackle.db-shm",
];

/// Names of the program's own making: a beginning, and how many signs follow at least.
const NUMBERED: &[(&[u8], usize)] = &[(b".#", 1), (b".zcompdump", 0), (b".goutputstream-", 6), (b".nfs", 16)];

fn numbered(name: &[u8], start: &[u8], least: usize) -> bool {
    name.strip_prefix(start).is_some_and(|rest| rest.len() >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_for_themselves_is_not_shown() {
        for path in [
            "/home/ann/.cache/x/y",
            "/srv/site/.git/objects/12/3456",
            "/var/log/nginx/access.log",
            "/home/ann/.bash_history",
            "/etc/.fstab.swp",
            "/etc/fstab~",
            "/tmp/x",
            "/etc/ld.so.cache",
            "/home/ann/.zcompdump-host-5.9",
            "/srv/app/__pycache__/a.cpython-311.pyc",
        ] {
            assert!(is_noise(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn what_people_change_is_shown() {
        for path in [
            "/etc/fstab",
            "/etc/logrotate.d/nginx",
            "/home/ann/.bashrc",
            "/home/ann/.gitconfig",
            "/etc/tmpfiles.d/x.conf",
            "/srv/www/tmp/index.html",
            "/etc/.git",
            "/root/.ssh/authorized_keys",
            "/etc/~",
        ] {
            assert!(!is_noise(path.as_bytes()), "{path}");
        }
    }
}
