//! The log of a session: one of an hour on web1, and what of it can be strange.

use super::*;
use crate::model::session::{
    Action, Change, Content, Ending, FilePath, Filed, Session, Thing, Type, Typed, Unseen, Witnesses, Worker,
};
use crate::model::session_log::{Diffed, Drifted, Log, Overlay, Told};

const FSTAB: &str = "--- a/etc/fstab\n+++ b/etc/fstab\n@@ -1,2 +1,3 @@\n # what is mounted\n-/dev/sda1 / ext4 \
                     defaults 0 1\n+/dev/sda1 / ext4 defaults,noatime 0 1\n+nas:/backup /backup nfs ro 0 0\n";

fn thing(mode: u32, content: Content) -> Thing {
    Thing {
        kind: Type::File,
        mode,
        uid: 0,
        gid: 0,
        size: 120,
        mtime: 0,
        links: 1,
        target: None,
        attributes: vec![],
        content,
    }
}

fn change(path: &[u8], before: Option<Thing>, after: Option<Thing>) -> Change {
    let action = match (&before, &after) {
        (None, _) => Action::Created,
        (_, None) => Action::Removed,
        _ => Action::Modified,
    };
    Change {
        path: FilePath::new(path),
        action,
        from: None,
        before,
        after,
        program: None,
        replaced: false,
        backup_of: None,
        others: false,
        shown: true,
        package: None,
        description: None,
    }
}

/// An hour on web1: a file with a difference, one whose content is nobody's business, and one that is hidden.
pub(super) fn told() -> Told {
    let started = now() - jiff::SignedDuration::from_mins(65);
    let typed =
        |line: &str| Typed { at: started, directory: "/root".into(), line: line.into(), status: None };
    let known = || Content::Hash("00".into());
    let secret = || Content::Withheld("shadow".into());
    let motd = Change {
        shown: false,
        ..change(b"/etc/motd", Some(thing(0o644, known())), Some(thing(0o600, known())))
    };
    let session = Session {
        id: "0".repeat(26),
        host: "web1".into(),
        login: "root".into(),
        ticket: Some(12),
        started,
        ended: now(),
        ending: Ending::Exit(0),
        directory: "/root".into(),
        shell: "/bin/bash".into(),
        command: None,
        environment: vec![],
        witnesses: Witnesses {
            by: vec!["preload library".into()],
            unseen: vec![Unseen { program: "/opt/agent".into(), why: "static".into(), times: 3 }],
            ..Witnesses::default()
        },
        typed: vec![typed("vi /etc/fstab"), typed("mount -a")],
        ran: vec![],
        changes: vec![
            change(b"/etc/fstab", Some(thing(0o644, known())), Some(thing(0o644, known()))),
            change(b"/etc/shadow", Some(thing(0o640, secret())), Some(thing(0o640, secret()))),
            motd,
        ],
        remark: "The backup was not mounted.".into(),
        tags: vec![],
        evidence: vec![],
    };
    let worker = Worker { address: address("anna@corp.example"), name: "Anna Lee".into() };
    let filed = Filed { number: 17, ticket: Number(12), worker, session };
    let file = |name: &str, media: &str| Attachment {
        name: name.into(),
        media: media.into(),
        bytes: b"x\n".to_vec(),
    };
    Told {
        log: Log { filed, event: 40, overlay: Overlay::default() },
        diffs: vec![diffed(FSTAB)],
        drifted: vec![Drifted { place: 0, after: 12, what: "content".into() }],
        left: 0,
        files: vec![
            file("session-17.patch", "text/x-diff"),
            file("session-17-history.txt", "text/plain; charset=utf-8"),
        ],
        address: address("anna@corp.example"),
    }
}

/// The same, with that text wherever a file, a shell or a host can put one.
pub(super) fn bad(text: &str) -> Told {
    let mut told = told();
    let filed = &mut told.log.filed;
    (filed.worker.name, filed.session.host, filed.session.login) = (text.into(), text.into(), text.into());
    filed.session.remark = text.into();
    for typed in &mut filed.session.typed {
        typed.line = text.into();
    }
    for change in &mut filed.session.changes {
        (change.path, change.description) = (FilePath::new(text.as_bytes()), Some(text.into()));
        change.from = Some(FilePath::new(text.as_bytes()));
    }
    let unseen = Unseen { program: FilePath::new(text.as_bytes()), why: text.into(), times: 1 };
    (filed.session.witnesses.by, filed.session.witnesses.unseen) = (vec![text.into()], vec![unseen]);
    told.diffs[0] = diffed(&format!("{FSTAB}+{text}\n"));
    told
}

fn diffed(text: &str) -> Diffed {
    let count = |sign| text.lines().skip(3).filter(|line| line.starts_with(sign)).count();
    let lines = text.lines().map(str::to_owned).collect();
    Diffed {
        place: 0,
        more: 0,
        patch: text.as_bytes().to_vec(),
        lines,
        added: count('+'),
        removed: count('-'),
    }
}

fn letter_of(told: Told) -> String {
    shown(&frozen(&to_staff(About::SessionLog { view: Box::new(view()), told: Box::new(told) })))
}

/// A file of so many lines that were all written anew.
fn rewritten(place: usize, lines: usize) -> Diffed {
    let body: String =
        (0..lines).map(|n| format!("-line {n} of an old file\n+line {n} of a new file\n")).collect();
    let text = format!("--- a/srv/file{place}\n+++ b/srv/file{place}\n@@ -1,{lines} +1,{lines} @@\n{body}");
    // as many as there are shown of a file anywhere
    let lines = text.lines().take(limits::DIFF_LINES).map(str::to_owned).collect();
    Diffed { place, lines, more: text.lines().count().saturating_sub(limits::DIFF_LINES), ..diffed(&text) }
}

#[test]
fn a_million_lines_and_a_thousand_files_make_a_letter_that_can_be_read() {
    let mut told = told();
    let one = told.log.filed.session.changes[0].clone();
    told.log.filed.session.changes =
        (0..2_000).map(|n| Change { path: format!("/srv/file{n}").into(), ..one.clone() }).collect();
    told.diffs = (0..2_000).map(|n| rewritten(n, if n == 0 { 1_000_000 } else { 20 })).collect();
    let letter = letter_of(told);
    assert!(letter.len() < 30_000, "{}", letter.len());
    for words in [
        ": 2000 files changed.",
        "  /srv/: 2000 modified (+1039980 -1039980)\n  (file by file in session-17-history.txt)\n",
        "(1999903 more lines of this file)\n",
        "All of it is in session-17.patch.\n",
    ] {
        assert!(letter.contains(words), "{words}\n{letter}");
    }
}

#[test]
fn a_difference_stands_as_it_is_but_for_what_a_mail_program_would_misread() {
    let mut told = told();
    let long = "x".repeat(2_000);
    told.diffs[0] = diffed(&format!(
        "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-- \n \tindented  and wide  \n+\u{1b}[31m\u{202e}{long}\n"
    ));
    let letter = letter_of(told);
    let cut = "x".repeat(500 - 7);
    assert!(
        letter.contains(&format!("\n--\n \tindented  and wide  \n+\\u{{1b}}[31m\\u{{202e}}{cut}…\n")),
        "{letter}"
    );
}
