//! The name a file would have without what copies it: in comes a name, out comes the part of it that says what it holds.
//! Editors, packagers, log rotation, configuration tools and hands write copies beside the original; a copy of a secret is
//! one.

use super::table::words;

words! {
    /// Endings of copies.
    const ENDINGS = [
        b"~", b"-", b"+", b"#", b".bak", b".backup", b".bk", b".bkp", b".old", b".orig", b".original",
        b".save", b".saved", b".new", b".tmp", b".temp", b".copy", b".edit", b".lock", b".prev",
        b".previous", b".disabled", b".off", b".swp", b".swo", b".swn", b".swx", b".un", b".kate-swp",
        b".dpkg-old", b".dpkg-new", b".dpkg-dist", b".dpkg-tmp", b".dpkg-bak", b".dpkg-remove",
        b".dpkg-backup", b".ucf-old", b".ucf-new", b".ucf-dist", b".rpmnew", b".rpmsave", b".rpmorig",
        b".pacnew", b".pacsave", b".gz", b".xz", b".bz2", b".zst", b".lz4", b".zip", b".gpg", b".asc",
        b".age", b".enc", b".part", b".filepart", b".b64", b".base64",
    ];
    /// Names that have a dot of their own, without it.
    const DOTTED = [
        b"netrc", b"pgpass", b"my.cnf", b"mylogin.cnf", b"env", b"git-credentials", b"vault",
        b"htpasswd", b"npmrc", b"pypirc", b"password", b"passwd", b"smbcred", b"s3cfg", b"boto",
        b"authinfo", b"credentials", b"fetchmailrc", b"msmtprc", b"mbsyncrc", b"docker", b"Xauth",
        b"ICEauth", b"viminfo", b"hist", b"zhist", b"getmailrc", b"offlineimaprc", b"cifs",
        b"terraformrc", b"databricks", b"erlang", b"lesshst", b"htdigest", b"yarnrc", b"rediscli",
        b"bash_history",
    ];
}
/// How often something is taken off.
const ROUNDS: usize = 5;
/// Signs that tools put behind a dot for a copy that is to be renamed (mkstemp(3), rsync(1)).
const DRAWN: usize = 6;

pub(super) fn name(mut name: &[u8]) -> &[u8] {
    if let Some(inner) = name.strip_prefix(b"#").and_then(|rest| rest.strip_suffix(b"#")) {
        name = inner;
    }
    name = name.strip_prefix(b".#").unwrap_or(name);
    let mut hidden = false;
    for _ in 0..ROUNDS {
        let Some((shorter, temporary)) = shorter(name) else { break };
        name = shorter;
        hidden |= temporary;
    }
    // a hidden copy of a file that is not hidden: `.id_rsa.swp`; `.netrc.swp` of one that is has two dots (`..netrc.swp`) or,
    // from some editors, the one
    match name.strip_prefix(b".") {
        Some(rest) if hidden && (rest.starts_with(b".") || !is_dotted(rest)) => rest,
        _ => name,
    }
}

/// Names that have a dot of their own.
fn is_dotted(rest: &[u8]) -> bool {
    DOTTED.any(|known| rest.starts_with(known))
}

/// Without this ending, as below.
fn copied<'n>(name: &'n [u8], end: &[u8]) -> Option<(&'n [u8], bool)> {
    let at = name.len().checked_sub(end.len()).filter(|at| *at > 0)?;
    let (front, back) = name.split_at_checked(at)?;
    let edited = end.starts_with(b".sw") || end.starts_with(b".un") || end == b".kate-swp";
    super::is(back, end).then_some((front, edited))
}

/// Without its last mark of a copy, and whether an editor or a tool in the middle of its work set it.
fn shorter(name: &[u8]) -> Option<(&[u8], bool)> {
    let mut found = None;
    ENDINGS.any(|end| {
        found = copied(name, end);
        found.is_some()
    });
    if found.is_some() {
        return found;
    }
    // `.1`, `.2026-11-21`, `-20261121`, `.12345.2026-11-21@10:00:00`
    let at = name.iter().rposition(|b| matches!(b, b'.' | b'-' | b'_')).filter(|at| *at > 0)?;
    let (front, back) = name.split_at_checked(at)?;
    let tail = back.get(1..)?;
    if !tail.is_empty() && tail.iter().all(|b| b.is_ascii_digit() || matches!(b, b'@' | b':' | b'T' | b'Z')) {
        // `id_ed25519` and `privkey-1` end in digits that are no date
        return (back.first() == Some(&b'.') || tail.len() >= 2).then_some((front, false));
    }
    let drawn = tail.len() == DRAWN
        && back.first() == Some(&b'.')
        && tail.iter().all(u8::is_ascii_alphanumeric)
        && tail.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (drawn && name.first() == Some(&b'.')).then_some((front, true))
}
