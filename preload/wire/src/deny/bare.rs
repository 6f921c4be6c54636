//! The name a file would have without what copies it: in comes a name, out comes the part of it that says what it holds.
//! Editors, packagers, log rotation, configuration tools and hands write copies beside the original; a copy of a secret is
//! one.

use super::table::{Says, ending, starts, words};

words! {
    /// Endings of copies.
    ENDINGS BACK
        [Copy "~ - + # .bak .backup .bk .bkp .old .orig .original .save .saved .new .tmp .temp .copy .edit .lock .prev \
            .previous .disabled .off .dpkg-old .dpkg-new .dpkg-dist .dpkg-tmp .dpkg-bak .dpkg-remove .dpkg-backup \
            .ucf-old .ucf-new .ucf-dist .rpmnew .rpmsave .rpmorig .pacnew .pacsave .gz .xz .bz2 .zst .lz4 .zip .gpg \
            .asc .age .enc .part .filepart .b64 .base64"]
        [Edited ".swp .swo .swn .swx .un .kate-swp"];
    /// Beginnings of names that have a dot of their own, without it.
    DOTTED FRONT
        [Listed "netrc pgpass my.cnf mylogin.cnf env git-credentials vault htpasswd npmrc pypirc password passwd smbcred \
            s3cfg boto authinfo credentials fetchmailrc msmtprc mbsyncrc docker Xauth ICEauth viminfo hist zhist \
            getmailrc offlineimaprc cifs terraformrc databricks erlang lesshst htdigest yarnrc rediscli bash_history"];
}

/// How often something is taken off.
const ROUNDS: usize = 5;
/// Signs that tools put behind a dot for a copy that is to be renamed (mkstemp(3), rsync(1)).
const DRAWN: usize = 6;

#[inline(never)]
pub(super) fn name(mut name: &[u8]) -> &[u8] {
    if let [b'#', inner @ .., b'#'] = name {
        name = inner;
    }
    if let [b'.', b'#', inner @ ..] = name {
        name = inner;
    }
    let mut hidden = false;
    for _ in 0..ROUNDS {
        let Some((shorter, temporary)) = shorter(name) else { break };
        name = shorter;
        hidden |= temporary;
    }
    // a hidden copy of a file that is not hidden: `.id_rsa.swp`; `.netrc.swp` of one that is has two dots (`..netrc.swp`) or,
    // from some editors, the one
    match name {
        [b'.', rest @ ..] if hidden && (matches!(rest, [b'.', ..]) || starts(rest, DOTTED).is_none()) => rest,
        _ => name,
    }
}

/// Without its last mark of a copy, and whether an editor or a tool in the middle of its work set it.
fn shorter(name: &[u8]) -> Option<(&[u8], bool)> {
    // the first sign is never one of an ending
    if let Some((says, length)) = ending(name.get(1..)?, ENDINGS) {
        return Some((name.get(..name.len() - length)?, says == Says::Edited));
    }
    // `.1`, `.2026-11-21`, `-20261121`, `.12345.2026-11-21@10:00:00`
    let at = name.iter().rposition(|b| matches!(b, b'.' | b'-' | b'_')).filter(|at| *at > 0)?;
    let (front, back) = name.split_at_checked(at)?;
    let tail = back.get(1..)?;
    if !tail.is_empty() && tail.iter().all(|b| b.is_ascii_digit() || matches!(b, b'@' | b':' | b'T' | b'Z')) {
        // `id_ed25519` and `privkey-1` end in digits that are no date
        return (matches!(back, [b'.', ..]) || tail.len() >= 2).then_some((front, false));
    }
    let drawn = tail.len() == DRAWN
        && matches!(back, [b'.', ..])
        && tail.iter().all(u8::is_ascii_alphanumeric)
        && tail.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (drawn && matches!(name, [b'.', ..])).then_some((front, true))
}
