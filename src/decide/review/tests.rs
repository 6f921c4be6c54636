//! Answers to a session's letter as mail programs write them, and where each comment belongs.

use super::quoted::runs;
use super::{Review, of_runs};
use crate::model::address::Address;
use crate::model::clues::Reviewed;
use crate::model::session::{Action, Change, Ending, Filed, Session, Witnesses, Worker};
use crate::model::session_log::{Diffed, Log, Overlay, Side};
use crate::model::ticket::Number;
use crate::read;
use jiff::Timestamp;

const FSTAB: &str = "--- a/etc/fstab
+++ b/etc/fstab
@@ -1,3 +1,4 @@
 # what is mounted
-/dev/sda1 / ext4 defaults 0 1
+/dev/sda1 / ext4 defaults,noatime 0 1
 /dev/sda2 /home ext4 defaults,nodev,nosuid,noexec,usrquota,grpquota,x-systemd.automount 0 2
+nas:/backup /backup nfs ro 0 0";
const HOOK: &str = "--- /dev/null
+++ b/srv/hook.sh
@@ -0,0 +1,6 @@
+if one; then
+\trun
+fi
+if two; then
+\trun
+fi
@@ -20,2 +26,2 @@
 fi
-# end
+# the end";

fn reviewed() -> Reviewed {
    let at = Timestamp::UNIX_EPOCH;
    let change = |path: &str, action| Change {
        path: path.into(),
        action,
        from: None,
        before: None,
        after: None,
        program: None,
        replaced: false,
        backup_of: None,
        others: false,
        shown: true,
        package: None,
        description: None,
    };
    let session = Session {
        id: "x".into(),
        host: "web1".into(),
        login: "root".into(),
        ticket: Some(1),
        started: at,
        ended: at,
        ending: Ending::Exit(0),
        directory: "/".into(),
        shell: "/bin/sh".into(),
        command: None,
        environment: vec![],
        witnesses: Witnesses::default(),
        typed: vec![],
        ran: vec![],
        changes: vec![change("/etc/fstab", Action::Modified), change("/srv/hook.sh", Action::Created)],
        remark: String::new(),
        tags: vec![],
        evidence: vec![],
    };
    let worker = Worker { address: Address::parse("a@x.example").unwrap(), name: "Ann".into() };
    let filed = Filed { number: 17, ticket: Number(1), worker, session };
    let diffed = |place, text: &str| Diffed {
        place,
        lines: text.lines().map(str::to_owned).collect(),
        ..Diffed::default()
    };
    Reviewed {
        log: Log { filed, event: 4, overlay: Overlay::default() },
        diffs: vec![diffed(0, FSTAB), diffed(1, HOOK)],
        letter: letter(),
        is_parent: true,
    }
}

/// The letter's text.
fn letter() -> String {
    format!(
        "Ann <a@x.example> worked on web1 as root for 25 minutes, from 2026-03-02\n08:35: 2 files changed.\n\n\
         The backup was not mounted.\n\n  $ vi /etc/fstab\n\n  M /etc/fstab (+2 -1)\n  A /srv/hook.sh (+6 -0)\n\n\
         {FSTAB}\n\n{HOOK}\n\n-- \n[#1] open, nobody's,\nasked by Bob\nSession 17.\n"
    )
}

fn answered(text: &str) -> Review {
    let mail = read::body(text);
    let reviewed = reviewed();
    of_runs(runs(&mail.pieces, &reviewed.letter), &reviewed, &[])
}

/// Comments as `path side line: text`.
fn placed(review: &Review) -> Vec<String> {
    let one = |(spot, text): &(crate::model::session_log::Spot, String)| {
        let side = if spot.side == Side::Old { "-" } else { "+" };
        format!("{} {side}{}: {text}", spot.path, spot.line)
    };
    review.comments.iter().map(one).collect()
}

/// The letter quoted, with words below the line that begins so.
fn quoted(mark: &str, comments: &[(&str, &str)]) -> String {
    let mut out = "Hi Ann,\n\nOn Mon, Mar 2, 2026 at 9:00 AM Help desk wrote:\n\n".to_owned();
    for line in letter().lines() {
        out.push_str(&format!("{mark}{line}\n"));
        for (_, words) in comments.iter().filter(|(begin, _)| line.starts_with(begin)) {
            out.push_str(&format!("\n{words}\n\n"));
        }
    }
    out
}

#[test]
fn comments_below_quoted_lines_find_them() {
    for mark in ["> ", ">", ">> ", "> > "] {
        let text = quoted(
            mark,
            &[
                ("-/dev/sda1", "Was that\nneeded?"),
                ("+nas", "Read only?"),
                (" # what", "Nice."),
                ("@@ -20", "Why here?"),
                ("  A /srv", "Mode?"),
            ],
        );
        let review = answered(&text);
        assert_eq!(
            placed(&review),
            [
                "/srv/hook.sh +0: Mode?",
                "/etc/fstab +1: Nice.",
                "/etc/fstab -2: Was that\nneeded?",
                "/etc/fstab +4: Read only?",
                "/srv/hook.sh +26: Why here?",
            ],
            "{mark}"
        );
        assert_eq!((review.rest.as_str(), review.unplaced.len()), ("Hi Ann,", 0), "{mark}");
    }
}

#[test]
fn the_same_line_is_told_by_what_stands_above_it() {
    for (quote, wanted) in [
        ("> +if one; then\n> +\trun\n> +fi\nOne.", Some("/srv/hook.sh +3: One.")),
        ("> +if two; then\n> +\trun\n> +fi\nTwo.", Some("/srv/hook.sh +6: Two.")),
        ("> +++ b/srv/hook.sh\n> [...]\n> +if two; then\n> +    run\nTwo.", Some("/srv/hook.sh +5: Two.")),
        ("> @@ -20,2 +26,2 @@\n> fi\nThree.", Some("/srv/hook.sh +26: Three.")),
        ("> +fi\nWhich?", None),
        ("> +\trun\n> +fi\nWhich?", None),
        ("> +no such line\nWhat?", None),
    ] {
        let review = answered(quote);
        let words = quote.lines().last().unwrap();
        match wanted {
            Some(wanted) => assert_eq!(placed(&review), [wanted], "{quote}"),
            None => {
                assert_eq!((review.comments.len(), review.unplaced.len()), (0, 1), "{quote}");
                assert_eq!(review.rest, format!("> {}\n{words}", review.unplaced[0]), "{quote}");
            }
        }
    }
}

#[test]
fn broken_lines_are_put_together() {
    let line = " /dev/sda2 /home ext4";
    for broken in [
        "> /dev/sda2 /home ext4\n> defaults,nodev,nosuid,noexec,usrquota,grpquota,x-systemd.automount 0 2\nQuota?",
        ">  /dev/sda2 /home ext4 defaults,nodev,nosuid,noexec,usrquota,grpquota,x-sys\n> temd.automount 0 2\nQuota?",
        "> /dev/sda2 /home ext4 defaults,nodev,nosuid,noexec,usrquota,grpquota,x-systemd.automount\n0 2\n> +nas:/backup \
         /backup nfs ro 0 0\nQuota?",
        "> /dev/sda2 /home ext4 defaults,nodev\nQuota?",
    ] {
        let review = answered(broken);
        let place = if broken.contains("+nas") { "/etc/fstab +4: Quota?" } else { "/etc/fstab +3: Quota?" };
        assert_eq!(placed(&review), [place], "{broken}, {line}");
    }
}

#[test]
fn outlook_marks_nothing_and_is_understood_by_the_letter() {
    let head = "Looks good otherwise.\n\nBen\n\n-----Original Message-----\nFrom: Help desk <help@x.example>\n\
                Sent: Monday, March 2, 2026 9:00 AM\nTo: staff@x.example\nSubject: Re: [#1] Backup\n\n";
    let body = letter().replace(" # what", "# what").replace("ro 0 0\n", "ro 0 0\n\n[Ben] Read only?\n\n");
    let review = answered(&format!("{head}{body}\nThis mail is confidential.\n"));
    assert_eq!(placed(&review), ["/etc/fstab +4: [Ben] Read only?"]);
    assert!(review.rest.starts_with("Looks good otherwise."), "{}", review.rest);
    assert!(!review.rest.contains("confidential"), "{}", review.rest);
}

#[test]
fn words_below_no_line_of_a_file_are_words() {
    for text in [
        "Fine.",
        "Fine.\n\nOn Mon, Mar 2, 2026 at 9:00 AM Help desk wrote:\n\n> +nas:/backup /backup nfs ro 0 0\n",
        "> The backup was not mounted.\n\nFine.",
        ">   $ vi /etc/fstab\n\nFine.",
        "> --- /dev/null\n\nFine.",
    ] {
        let review = answered(text);
        assert_eq!(
            (review.rest.as_str(), review.comments.len(), review.unplaced.len()),
            ("Fine.", 0, 0),
            "{text}"
        );
    }
}

/// A megabyte of the same quoted line, and of lines that nothing marks.
#[test]
fn hostile_quotes_take_no_longer_than_their_length_asks() {
    let many = format!("{}What?", "> +fi\n".repeat(150_000));
    assert_eq!(answered(&many).unplaced.len(), 1);
    let head = "-----Original Message-----\nFrom: a@x.example\nSent: Monday\nTo: b@x.example\nSubject: x\n\n";
    answered(&format!(
        "{head}+nas:/backup /backup nfs ro 0 0\n{}",
        "so many words in a line\n".repeat(40_000)
    ));
    let talk: String = (0..2_000).map(|n| format!("> +fi\n{n}?\n")).collect();
    assert_eq!(answered(&talk).comments.len(), 0);
}

/// Further ones are text, as all is that has no place.
#[test]
fn so_many_comments_find_their_places() {
    let most = crate::limits::ANNOTATIONS;
    for (n, placed) in [(most - 1, most - 1), (most, most), (most + 1, most)] {
        let talk: String =
            (0..n).map(|n| format!("> +nas:/backup /backup nfs ro 0 0\ncomment {n}\n")).collect();
        let review = answered(&talk);
        assert_eq!(review.comments.len(), placed, "{n}");
        let rest = if n > placed { format!("comment {placed}") } else { String::new() };
        assert_eq!((review.rest, review.unplaced.len()), (rest, 0), "{n}");
    }
}
