//! A log that a real kernel and a real auditd wrote, and lines that could stand in one.

use super::*;

const LOG: &[u8] = include_bytes!("../../../tests/corpus/evidence/audit-enriched.log");

fn all(text: &[u8]) -> Log {
    log(text, 0, i64::MAX)
}

/// `created /srv/x by /usr/bin/y`, as often as it is told.
fn told() -> Vec<String> {
    touched(&all(LOG).events)
        .iter()
        .map(|t| {
            let other = t.other.as_ref().map(|other| format!(" -> {other}")).unwrap_or_default();
            let failed = if t.failed { " (failed)" } else { "" };
            format!("{} {}{other} by {}{failed}", t.what.word(), t.path, t.program)
        })
        .collect()
}

#[test]
fn a_real_log_tells_what_was_done_to_files() {
    let log = all(LOG);
    assert_eq!((log.events.len(), log.unread), (69, 0));
    let told = told();
    assert_eq!(told.len(), 39, "{told:#?}");
    for line in [
        "made directory /srv/lab/exp/watched/sub by /usr/bin/mkdir",
        "created /srv/lab/exp/watched/name with space.txt by",
        "created /srv/lab/exp/watched/new\\x0aline by",
        "created /srv/lab/exp/watched/ünï.txt by",
        "mode of /srv/lab/exp/watched/a.txt by /usr/bin/chmod",
        "owner of /srv/lab/exp/watched/a.txt by /usr/bin/chown",
        "linked /srv/lab/exp/watched/hard -> ",
        "removed /srv/lab/exp/watched/link by /usr/bin/rm",
        "removed /srv/lab/exp/watched/d by /usr/bin/rmdir",
        // known by its inode only
        "owner of /srv/lab/exp/watched/sub/sed",
        "attributes of /srv/lab/exp/watched/sub/sed",
        "created /srv/lab/exp/watched/static.txt by /srv/lab/exp/st",
        "executed /usr/bin/cat by /usr/bin/cat",
    ] {
        assert!(told.iter().any(|t| t.starts_with(line)), "{line}\n{told:#?}");
    }
    assert!(told.iter().any(|t| t.starts_with("renamed /srv/lab/exp/watched/sub/sed")
        && t.contains("-> /srv/lab/exp/watched/sub/")));
    assert!(told.iter().any(|t| t.ends_with("(failed)") && t.contains("/srv/lab/exp/watched")));
    assert!(log.events.iter().any(|e| e.about.as_deref() == Some("config_change remove_rule trackle_w")));
    assert!(log.events.iter().any(|e| e.call == "command" && e.arguments.join(" ").contains("viasudo")));
    assert!(log.events.iter().any(
        |e| e.call == "execve" && e.arguments.first().is_some_and(|a| a == "cat" || a.ends_with("/cat"))
    ));
}

#[test]
fn records_of_one_event_meet_wherever_they_stand() {
    let lines: Vec<&[u8]> = LOG.split(|b| *b == b'\n').collect();
    let backwards: Vec<u8> = lines.iter().rev().copied().collect::<Vec<_>>().join(&b'\n');
    let (forth, back) = (all(LOG), all(&backwards));
    assert_eq!(forth.events.len(), back.events.len());
    assert_eq!(touched(&forth.events).len(), touched(&back.events).len());
}

#[test]
fn only_strings_are_decoded() {
    let text = b"node=web1 type=SYSCALL msg=audit(10.005:7): arch=c000003e syscall=2 success=no exit=-13 a0=41 ppid=1 pid=2 auid=1000 uid=0 ses=3 comm=612062 exe=\"/bin/x\" key=(null)\n\
        node=web1 type=PATH msg=audit(10.005:7): item=0 name=\"DEADBEEF\" inode=5 dev=fe:00 nametype=NORMAL\n\
        node=web1 type=CWD msg=audit(10.005:7): cwd=2F746D702F6120\n\
        type=PATH msg=audit(10.005:7): item=0 name=\"other\" nametype=NORMAL\n\
        type=EXECVE msg=audit(11.000:8): argc=2 a0=\"x\" a1=612062\n\
        type=SYSCALL msg=audit(11.000:8): arch=c00000b7 syscall=221 success=yes pid=2 uid=4294967295 auid=4294967295\n\
        nonsense\ntype=X msg=audit(99999999999999999999.0:1): a=b\n";
    let log = all(text);
    assert_eq!((log.events.len(), log.unread), (3, 2));
    let event = &log.events[0];
    assert_eq!(
        (event.call.as_str(), event.failed, event.login, event.session),
        ("open", true, Some(1000), Some(3))
    );
    assert_eq!(touched(&log.events)[0].path, "/tmp/a /DEADBEEF".into());
    assert_eq!(log.events[2].arguments, ["x", "a b"]);
    assert_eq!((log.events[2].call.as_str(), log.events[2].login), ("execve", None));
    assert_eq!(super::log(text, 11, 11).events.len(), 1);
}

#[test]
fn any_bytes_are_a_log() {
    for end in (0..LOG.len()).step_by(97) {
        let log = all(&LOG[..end]);
        let _ = touched(&log.events);
    }
    let long = [b"type=PATH msg=audit(1.0:1): ".as_slice(), &b"a=b ".repeat(100_000)].concat();
    assert_eq!(all(&long).unread, 1);
    let quotes = b"type=PATH msg=audit(1.0:1): msg='a=\"b c=\\'".to_vec();
    assert_eq!(all(&quotes).events.len(), 1);
}
