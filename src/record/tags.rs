//! Words that tell what a session was about. In: its changes, with their packages; out: a few words, the weightiest first and
//! at most a dozen. From the directory of settings (`/etc/postfix`), the kind of file (`/etc/fstab`), the package. Equal
//! changes give equal words, whatever the order.

use crate::model::session::{Change, FilePath};
use std::collections::BTreeMap;

/// Words of one session.
const MOST: usize = 12;
/// The longest word.
const LONGEST: usize = 30;

/// Where a path begins or what it is, and the word for that.
const PLACES: &[(&str, &str)] = &[
    ("/etc/fstab", "mounts"),
    ("/etc/crypttab", "disks"),
    ("/etc/mdadm", "disks"),
    ("/etc/lvm/", "disks"),
    ("/etc/exports", "nfs"),
    ("/etc/passwd", "accounts"),
    ("/etc/group", "accounts"),
    ("/etc/shadow", "accounts"),
    ("/etc/gshadow", "accounts"),
    ("/etc/subuid", "accounts"),
    ("/etc/subgid", "accounts"),
    ("/etc/sudoers", "sudo"),
    ("/etc/pam.d/", "pam"),
    ("/etc/security/", "pam"),
    ("/etc/ssh/", "ssh"),
    ("/etc/hosts", "network"),
    ("/etc/hostname", "network"),
    ("/etc/resolv.conf", "network"),
    ("/etc/network/", "network"),
    ("/etc/netplan/", "network"),
    ("/etc/NetworkManager/", "network"),
    ("/etc/systemd/network/", "network"),
    ("/etc/iptables", "firewall"),
    ("/etc/nftables", "firewall"),
    ("/etc/ufw/", "firewall"),
    ("/etc/firewalld/", "firewall"),
    ("/etc/cron", "cron"),
    ("/var/spool/cron/", "cron"),
    ("/etc/systemd/", "systemd"),
    ("/lib/systemd/", "systemd"),
    ("/usr/lib/systemd/", "systemd"),
    ("/etc/init.d/", "services"),
    ("/etc/ssl/", "tls"),
    ("/etc/letsencrypt/", "tls"),
    ("/etc/pki/", "tls"),
    ("/usr/local/share/ca-certificates/", "tls"),
    ("/etc/apt/", "apt"),
    ("/etc/yum", "packages"),
    ("/etc/dnf/", "packages"),
    ("/var/lib/dpkg/", "packages"),
    ("/var/lib/rpm/", "packages"),
    ("/boot/", "boot"),
    ("/etc/default/grub", "boot"),
    ("/etc/grub.d/", "boot"),
    ("/etc/initramfs-tools/", "boot"),
    ("/etc/modprobe.d/", "kernel"),
    ("/etc/modules", "kernel"),
    ("/etc/sysctl", "kernel"),
    ("/proc/sys/", "kernel"),
    ("/lib/modules/", "kernel"),
    ("/usr/lib/modules/", "kernel"),
    ("/etc/logrotate", "logs"),
    ("/etc/rsyslog", "logs"),
    ("/etc/aliases", "mail"),
    ("/var/www/", "web"),
    ("/srv/www/", "web"),
    ("/etc/mysql/", "mysql"),
    ("/etc/apache2/", "apache"),
    ("/etc/httpd/", "apache"),
    ("/etc/postgresql", "postgresql"),
];
/// Directories of `/etc` that say nothing.
const DULL: &[&str] = &[
    "default",
    "alternatives",
    "skel",
    "opt",
    "rc0.d",
    "rc1.d",
    "rc2.d",
    "rc3.d",
    "rc4.d",
    "rc5.d",
    "rc6.d",
    "rcs.d",
    "init.d",
    "conf.d",
    "profile.d",
    "ld.so.conf.d",
    "xdg",
    "local",
    "dpkg",
    "udev",
    "tmpfiles.d",
    "environment.d",
];
/// What others than the file itself wrote: it tells that something was installed, and no more.
const BOOKS: &[&str] =
    &["/var/lib/dpkg/", "/var/lib/rpm/", "/var/lib/apt/", "/var/log/", "/var/cache/", "/tmp/", "/run/"];

/// The words of a session.
pub fn of(changes: &[Change]) -> Vec<String> {
    let mut weights: BTreeMap<String, u32> = BTreeMap::new();
    for change in changes {
        let mut words = Vec::new();
        words.extend(of_place(&change.path));
        if !BOOKS.iter().any(|book| change.path.0.starts_with(book.as_bytes())) {
            words.extend(change.package.as_deref().map(of_package));
        }
        words.retain(|word| is_word(word));
        words.sort();
        words.dedup();
        for word in words {
            *weights.entry(word).or_default() += if change.shown { 10 } else { 1 };
        }
    }
    let mut words: Vec<(String, u32)> = weights.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.into_iter().take(MOST).map(|(word, _)| word).collect()
}

fn of_place(path: &FilePath) -> Option<String> {
    let path = std::str::from_utf8(&path.0).ok()?;
    if let Some((_, word)) = PLACES.iter().find(|(place, _)| path.starts_with(place)) {
        return Some((*word).to_owned());
    }
    let below = path.strip_prefix("/etc/").or_else(|| path.strip_prefix("/usr/local/etc/"))?;
    let (name, _) = below.split_once('/')?;
    let name = name.to_ascii_lowercase();
    (!DULL.contains(&name.as_str())).then(|| name.trim_end_matches(".d").to_owned())
}

/// `postgresql-15` is postgresql, `linux-image-6.1.0-18-amd64` the kernel, `libssl3` libssl.
fn of_package(package: &str) -> String {
    if package.starts_with("linux-image")
        || package.starts_with("linux-headers")
        || package.starts_with("kernel-")
    {
        return "kernel".to_owned();
    }
    let parts = package.split('-');
    let name = parts
        .take_while(|part| !part.starts_with(|c: char| c.is_ascii_digit()))
        .collect::<Vec<_>>()
        .join("-");
    let name = name.strip_suffix("-common").or_else(|| name.strip_suffix("-data")).unwrap_or(&name);
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-')).to_ascii_lowercase()
}

/// Short, of letters, digits and what packages have between them.
fn is_word(word: &str) -> bool {
    (2..=LONGEST).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::Action;

    fn changed(path: &str, package: Option<&str>) -> Change {
        Change {
            path: path.into(),
            action: Action::Modified,
            from: None,
            before: None,
            after: None,
            program: None,
            replaced: false,
            backup_of: None,
            others: false,
            shown: true,
            package: package.map(str::to_owned),
            description: None,
        }
    }

    #[test]
    fn a_session_is_told_by_a_few_words() {
        for (path, package, words) in [
            ("/etc/postfix/main.cf", Some("postfix"), &["postfix"][..]),
            ("/etc/postfix/master.cf", None, &["postfix"]),
            ("/etc/fstab", None, &["mounts"]),
            ("/etc/ssh/sshd_config", Some("openssh-server"), &["openssh-server", "ssh"]),
            ("/etc/postgresql/15/main/pg_hba.conf", Some("postgresql-15"), &["postgresql"]),
            ("/etc/cron.d/backup", None, &["cron"]),
            ("/boot/vmlinuz-6.1.0", Some("linux-image-6.1.0-18-amd64"), &["boot", "kernel"]),
            ("/usr/lib/x86_64-linux-gnu/libssl.so.3", Some("libssl3"), &["libssl"]),
            ("/etc/default/useradd", Some("passwd"), &["passwd"]),
            ("/etc/nginx/conf.d/x.conf", None, &["nginx"]),
            ("/home/ann/x", None, &[]),
            ("/etc/motd", None, &[]),
            ("/etc/Ünsinn/x", None, &[]),
        ] {
            assert_eq!(of(&[changed(path, package)]), words, "{path}");
        }
        let many: Vec<Change> = (0..50).map(|n| changed(&format!("/etc/part{n:02}x/y"), None)).collect();
        assert_eq!(of(&many).len(), MOST);
    }
}
