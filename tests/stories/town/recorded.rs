//! A session that somebody worked in, put together by hand as a recorder hands it in.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use trackle::model::session::{Action, Change, Content, Ending, Session, Thing, Type, Typed, Witnesses};
use trackle::model::session_log::Contents;

/// A session and what its files held.
#[derive(Clone)]
pub struct Work {
    pub session: Session,
    pub contents: Contents,
}

impl Work {
    /// On web1, as root, for 25 minutes before that time, with nothing done yet.
    pub fn before(now: Timestamp) -> Work {
        let session = Session {
            id: "01jkqy8v3z5w9x7r2t4m6n8p0q".into(),
            host: "web1".into(),
            login: "root".into(),
            ticket: None,
            started: now - SignedDuration::from_mins(25),
            ended: now,
            ending: Ending::Exit(0),
            directory: "/root".into(),
            shell: "/bin/bash".into(),
            command: None,
            environment: vec![("LANG".into(), "C.UTF-8".into())],
            witnesses: Witnesses { by: vec!["preload library".into()], ..Witnesses::default() },
            typed: Vec::new(),
            ran: Vec::new(),
            changes: Vec::new(),
            remark: String::new(),
            tags: Vec::new(),
            evidence: Vec::new(),
        };
        Work { session, contents: Contents::new() }
    }

    pub fn id(mut self, id: &str) -> Work {
        self.session.id = format!("{id:0>26}");
        self
    }

    pub fn remark(mut self, words: &str) -> Work {
        self.session.remark = words.into();
        self
    }

    pub fn typed(mut self, line: &str) -> Work {
        let at = self.session.started + SignedDuration::from_mins(self.session.typed.len() as i64);
        self.session.typed.push(Typed { at, directory: "/root".into(), line: line.into(), status: Some(0) });
        self
    }

    /// A file that held the one text and then the other; `None`: it was not there.
    pub fn file(mut self, path: &str, before: Option<&str>, after: Option<&str>) -> Work {
        let action = match (before, after) {
            (None, _) => Action::Created,
            (_, None) => Action::Removed,
            _ => Action::Modified,
        };
        let change = Change {
            path: path.into(),
            action,
            from: None,
            before: before.map(|text| self.thing(text)),
            after: after.map(|text| self.thing(text)),
            program: Some("/usr/bin/vim".into()),
            replaced: false,
            backup_of: None,
            others: false,
            shown: true,
            package: None,
            description: None,
        };
        self.session.changes.push(change);
        self
    }

    /// Does something to the last change.
    pub fn but(mut self, alter: impl FnOnce(&mut Change)) -> Work {
        alter(self.session.changes.last_mut().unwrap());
        self
    }

    fn thing(&mut self, text: &str) -> Thing {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        self.contents.insert(hash.clone(), text.as_bytes().to_vec());
        Thing {
            kind: Type::File,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: text.len() as u64,
            mtime: 0,
            links: 1,
            target: None,
            attributes: Vec::new(),
            content: Content::Hash(hash),
        }
    }
}
