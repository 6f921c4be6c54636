//! One log on a screen.

use super::*;
use crate::diff;
use crate::model::address::Address;
use crate::model::session::{
    Action, Content, Ending, Evidence, Filed, Session, Thing, Type, Typed, Unseen, Witnesses, Worker,
};
use crate::model::session_log::{Overlay, Side, Spot};
use crate::model::ticket::Number;
use jiff::Timestamp;

const OLD: &[u8] = b"one\nport = 22 # ssh\n\x1b[31mred\xff\nend\n";
const NEW: &[u8] = b"one\nport = 2222 # ssh\n\x1b[31mred\xff\nend\nmore\n";

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).unwrap()
}

fn session() -> Session {
    let thing = |mode| Thing {
        kind: Type::File,
        mode,
        uid: 0,
        gid: 0,
        size: 9,
        mtime: 0,
        links: 1,
        target: None,
        attributes: vec![],
        content: Content::Hash("00".into()),
    };
    let change = |path: &str, mode, shown| Change {
        path: path.into(),
        action: Action::Modified,
        from: None,
        before: Some(thing(0o644)),
        after: Some(thing(mode)),
        program: None,
        replaced: false,
        backup_of: None,
        others: false,
        shown,
        package: Some("ssh".into()),
        description: None,
    };
    let typed = |line: &str, status| Typed { at: at(1), directory: "/".into(), line: line.into(), status };
    Session {
        id: "x".into(),
        host: "web1".into(),
        login: "root".into(),
        ticket: None,
        started: at(0),
        ended: at(65),
        ending: Ending::Exit(2),
        directory: "/root".into(),
        shell: "/bin/bash".into(),
        command: None,
        environment: vec![],
        witnesses: Witnesses {
            by: vec!["preload library".into()],
            unseen: vec![Unseen { program: "/opt/\u{1b}x".into(), why: "static".into(), times: 1 }],
            ..Witnesses::default()
        },
        typed: vec![typed("vi \u{202e}x", Some(0)), typed("false", Some(1)), typed("ls", None)],
        ran: vec![],
        changes: vec![change("/etc/ssh/sshd_config", 0o600, true), change("/etc/motd", 0o644, false)],
        remark: "Another port.\u{7}".into(),
        tags: vec![],
        evidence: vec![Evidence { name: "acct.txt".into(), text: "one\ntwo\n".into() }],
    }
}

fn log() -> Log {
    let session = session();
    let worker = Worker { address: Address::parse("ann@x.example").unwrap(), name: "Ann".into() };
    let spot = |side, line| Spot { path: "/etc/ssh/sshd_config".into(), side, line, quoted: String::new() };
    let said = |side, line, text: &str| Annotation {
        at: at(70),
        by: "Ben".into(),
        place: 0,
        spot: spot(side, line),
        text: text.into(),
    };
    let annotations = vec![
        said(Side::New, 0, "Test it first."),
        said(Side::Old, 2, "Why?\nNo."),
        said(Side::New, 1, "Hm."),
        said(Side::New, 5, "Hm."),
    ];
    Log {
        filed: Filed { number: 17, ticket: Number(12), worker, session },
        event: 4,
        overlay: Overlay { annotations, hidden_commands: [2].into(), ..Overlay::default() },
    }
}

fn page(all: bool, look: &Look) -> String {
    let log = log();
    let owner = |uid: u32, gid: u32| format!("{uid}:{gid}");
    let diff = diff::of(&log.filed.session.changes[0], Some(OLD), Some(NEW), &owner);
    Screen { log: &log, diffs: &[(0, diff)], all }.page(look)
}

#[test]
fn a_log_is_told_from_its_head_to_its_lines() {
    let wanted = "\
session 17 of #12: Ann worked on web1 as root
1970-01-01 00:00 to 1970-01-01 01:05 (1 hour 5 minutes), in /root, /bin/bash
It ended with exit status 2.
Tracked by preload library.
Not seen: 1 program ran unseen, /opt/\\x1bx (static).

Another port.\\x07

typed
1  1970-01-01 00:01     (in /) vi \\u{202e}x
2  1970-01-01 00:01  1  false

evidence
acct.txt  2 lines

files
M  /etc/ssh/sshd_config  +2 -1, mode 0644 -> 0600, of ssh
1 not shown; --all shows them

    | Ben, 1970-01-01 01:10:
    | Test it first.
# /etc/ssh/sshd_config: permissions 0644 0:0 -> 0600 0:0
diff --git a/etc/ssh/sshd_config b/etc/ssh/sshd_config
old mode 100644
new mode 100600
--- a/etc/ssh/sshd_config
+++ b/etc/ssh/sshd_config
@@ -1,4 +1,5 @@
 one
    | Ben, 1970-01-01 01:10:
    | Hm.
-port = 22 # ssh
    | Ben, 1970-01-01 01:10:
    | Why?
    | No.
+port = 2222 # ssh
 \\x1b[31mred\\xff
 end
+more
    | Ben, 1970-01-01 01:10:
    | Hm.
";
    assert_eq!(page(false, &Look::plain()), wanted);
    let all = page(true, &Look::plain());
    assert!(all.contains("3  1970-01-01 00:01     ls\n") && all.contains("M  /etc/motd"), "{all}");
}

#[test]
fn in_colour_the_words_that_differ_stand_out() {
    let page = page(false, &Look { colour: true, ..Look::plain() });
    for painted in [
        "\u{1b}[31m-port = \u{1b}[0m\u{1b}[7;31m22\u{1b}[0m\u{1b}[31m # ssh\u{1b}[0m\n",
        "\u{1b}[32m+port = \u{1b}[0m\u{1b}[7;32m2222\u{1b}[0m\u{1b}[32m # ssh\u{1b}[0m\n",
        "\u{1b}[32m+more\u{1b}[0m\n",
    ] {
        assert!(page.contains(painted), "{page:?}");
    }
}

#[test]
fn programs_get_the_record_and_what_was_made_of_it() {
    let log = log();
    let json = Screen { log: &log, diffs: &[], all: false }.json();
    assert_eq!((&json["number"], &json["session"]["changes"][1]["shown"]), (&json!(17), &json!(false)));
    assert_eq!((&json["annotations"][1]["side"], &json["hidden_commands"][0]), (&json!("old"), &json!(3)));
}
