//! Sessions in the database: kept whole, once, and looked up by indexes.

use super::*;
use crate::model::address::Address;
use crate::model::decision::{Change as Changed, Filing, Target, What};
use crate::model::session::{Action, Content, Ending, FilePath, Thing, Type, Witnesses};
use crate::model::ticket::State;
use crate::store::Store;
use crate::store::events::Cause;
use crate::store::tickets::SeenBy;
use jiff::Timestamp;

fn thing(name: &str) -> Thing {
    Thing {
        kind: Type::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 1,
        mtime: 7,
        links: 1,
        target: None,
        attributes: vec![("user.x".into(), "00ff".into())],
        content: Content::Hash(name.into()),
    }
}

fn session(id: &str, paths: &[&[u8]]) -> Session {
    let at = Timestamp::from_second(100).unwrap();
    let change = |path: &&[u8]| Change {
        path: FilePath::new(path),
        action: Action::Renamed,
        from: Some(FilePath::new(b"/from\xff")),
        before: Some(thing("1")),
        after: None,
        program: None,
        replaced: false,
        backup_of: None,
        others: true,
        shown: true,
        package: None,
        description: None,
    };
    Session {
        id: id.into(),
        host: "web1".into(),
        login: "root".into(),
        ticket: Some(1),
        started: at,
        ended: at,
        ending: Ending::Signal(9),
        directory: FilePath::new(b"/\xff"),
        shell: "/bin/sh".into(),
        command: Some("x".into()),
        environment: vec![("A".into(), "b".into())],
        witnesses: Witnesses::default(),
        typed: vec![],
        ran: vec![],
        changes: paths.iter().map(change).collect(),
        remark: "Remark".into(),
        tags: vec!["t".into()],
        evidence: vec![],
    }
}

/// A store with one ticket, and whoever worked on it.
fn with_ticket<T>(work: impl FnOnce(&Tx<'_>, &Person) -> Outcome<T>) -> T {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let done = store.transact(|tx| {
        let ann = tx.meet(&Address::parse("ann@x.example").unwrap(), "Ann", now)?;
        let cause = Cause { actor: "ann@x.example".into(), proof: "console".into(), intake: None, now };
        let opened = Changed { line: 0, what: What::Opened, remark: String::new() };
        let target = Target::New { title: "Printer".into(), state: State::Open };
        let filing = Filing { changes: vec![opened], ..Filing::of(target) };
        tx.file(&filing, None, &ann, &cause, SeenBy::default())?;
        work(tx, &ann)
    });
    done.unwrap()
}

#[test]
fn a_record_is_read_as_it_was_written() {
    with_ticket(|tx, ann| {
        let session = session("a", &[b"/etc/x", b"/\xff\n", b"/etc/y"]);
        let number = tx.add_session(&session, Number(1), ann)?;
        tx.session_filed(number, 1)?;
        let log = tx.session(number)?.unwrap();
        assert_eq!((log.filed.session, log.filed.worker.name.as_str()), (session, "Ann"));
        assert_eq!(tx.session_of("a")?, Some(number));
        assert_eq!(
            (tx.session_of_event(1)?, tx.session_of("b")?, tx.session(9)?),
            (Some(number), None, None)
        );
        Ok(())
    });
}

#[test]
fn the_same_bytes_are_kept_once_and_gone_with_the_last_who_has_them() {
    with_ticket(|tx, ann| {
        let add = |id: &str| tx.add_session(&session(id, &[b"/etc/x"]), Number(1), ann);
        let (one, two) = (add("a")?, add("b")?);
        let blobs = || -> u64 { tx.db.query_row("SELECT count(*) FROM blob", [], |row| row.get(0)).unwrap() };
        tx.keep_content(one, "1", b"same")?;
        tx.keep_content(two, "other name", b"same")?;
        assert_eq!((blobs(), tx.sharing(one, "1")?), (1, vec![two]));
        assert_eq!(tx.content(two, "other name")?.as_deref(), Some(&b"same"[..]));
        tx.drop_content(one, "1")?;
        assert_eq!((blobs(), tx.content(one, "1")?), (1, None));
        tx.drop_content(two, "other name")?;
        assert_eq!(blobs(), 0);
        Ok(())
    });
}

#[test]
fn paths_are_found_below_a_directory_and_where_they_went_from() {
    with_ticket(|tx, ann| {
        tx.add_session(
            &session("a", &[b"/etc/x", b"/etc", b"/etc.d/z", b"/etc0", b"/srv/y"]),
            Number(1),
            ann,
        )?;
        let below = |path: &str| -> Outcome<Vec<String>> {
            Ok(tx.touched(&path.into(), "web1", 10)?.iter().map(FilePath::shown).collect())
        };
        assert_eq!(below("/etc")?, ["/etc", "/etc/x"]);
        assert_eq!(below("/etc/")?, ["/etc", "/etc/x"]);
        assert_eq!(below("/")?.len(), 5);
        assert_eq!(tx.touched(&"/".into(), "web2", 10)?, []);
        assert_eq!(tx.touches(&FilePath::new(b"/from\xff"), Some("web1"), 10)?.len(), 5);
        assert_eq!(tx.touches(&"/etc/x".into(), None, 10)?.len(), 1);
        assert_eq!(tx.touches(&"/etc/x".into(), Some("web2"), 10)?, []);
        assert_eq!(tx.sessions(Some(Number(1)), 10)?.len(), 1);
        assert_eq!(tx.sessions(Some(Number(2)), 10)?, []);
        Ok(())
    });
}

/// SQLite says so itself: what a file went through is found without looking at every session.
#[test]
fn files_and_tickets_are_looked_up_by_indexes() {
    with_ticket(|tx, _| {
        for query in [
            "SELECT 1 FROM session_change c WHERE c.path = x'00' OR c.origin = x'00'",
            "SELECT 1 FROM session WHERE ticket = 1",
            "SELECT 1 FROM session WHERE event = 1",
            "SELECT 1 FROM session_content WHERE blob = 1",
            "SELECT 1 FROM annotation WHERE session = 1",
        ] {
            let mut plan = tx.db.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            let steps = plan.query_map([], |row| row.get::<_, String>(3))?;
            for step in
                steps.map(Result::unwrap).filter(|step| step.contains("SCAN") || step.contains("SEARCH"))
            {
                assert!(step.starts_with("SEARCH"), "{query}: {step}");
            }
        }
        Ok(())
    });
}
