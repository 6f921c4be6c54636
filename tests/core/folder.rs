//! A folder of an IMAP account that any number of programs look into: mails, numbers and flags stay from one connection to
//! the next. Says only what it is asked; a script can make it say something else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One mail of it.
#[derive(Clone)]
pub struct Lying {
    pub bytes: String,
    /// `01-Jan-2026 00:00:00 +0000`.
    pub date: String,
    pub flags: BTreeSet<String>,
}

/// What lies in it.
#[derive(Default)]
pub struct Inside {
    pub mails: BTreeMap<u32, Lying>,
    pub validity: u32,
    /// It gives no body of these.
    pub hollow: BTreeSet<u32>,
    /// It keeps no flags.
    pub forgetful: bool,
    /// Every listing that was asked for: its numbers.
    pub listed: Vec<String>,
}

/// The folder and its door.
#[derive(Clone)]
pub struct Folder {
    pub inside: Arc<Mutex<Inside>>,
    pub port: u16,
}

impl Folder {
    pub fn new() -> Folder {
        Folder::at(0)
    }

    /// The same at a port; 0 is any.
    pub fn at(port: u16) -> Folder {
        let inside = Arc::new(Mutex::new(Inside { validity: 7, ..Inside::default() }));
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::clone(&inside);
        std::thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let inside = Arc::clone(&served);
                std::thread::spawn(move || serve(tcp, &inside));
            }
        });
        Folder { inside, port }
    }

    /// Puts a mail into it, under that number, as of that second of 2026: before anybody looked into it.
    pub fn put(&self, uid: u32, mail: &str, second: u32) {
        self.lay(uid, mail, (2026, second));
    }

    /// The same of a year that nobody has looked into it in.
    pub fn put_later(&self, uid: u32, mail: &str, second: u32) {
        self.lay(uid, mail, (2036, second));
    }

    fn lay(&self, uid: u32, mail: &str, (year, second): (u32, u32)) {
        let lying = Lying {
            bytes: mail.replace('\n', "\r\n"),
            date: format!("01-Jan-{year} 00:{:02}:{:02} +0000", second / 60, second % 60),
            flags: BTreeSet::new(),
        };
        self.inside.lock().unwrap().mails.insert(uid, lying);
    }

    /// Every flag on it.
    pub fn flags(&self, uid: u32) -> Vec<String> {
        self.inside.lock().unwrap().mails[&uid].flags.iter().cloned().collect()
    }
}

fn serve(tcp: TcpStream, inside: &Mutex<Inside>) -> io::Result<()> {
    let mut out = tcp.try_clone()?;
    out.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")?;
    for line in BufReader::new(tcp).lines() {
        let line = line?;
        let (tag, said) = line.split_once(' ').unwrap_or((&line, ""));
        let mut answer = answer(said, &mut inside.lock().unwrap());
        answer.push_str(&format!("{tag} OK done\r\n"));
        out.write_all(answer.as_bytes())?;
        if said == "LOGOUT" {
            break;
        }
    }
    Ok(())
}

fn answer(said: &str, inside: &mut Inside) -> String {
    let words: Vec<&str> = said.splitn(4, ' ').collect();
    match words[..] {
        ["SELECT", ..] => format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY {}] ok\r\n* OK [PERMANENTFLAGS ({})] ok\r\n",
            inside.mails.len(),
            inside.validity,
            if inside.forgetful { "" } else { "\\*" }
        ),
        ["NOOP"] => format!("* {} EXISTS\r\n", inside.mails.len()),
        ["UID", "FETCH", set, what] => {
            if what.contains("RFC822.SIZE") {
                inside.listed.push(set.to_owned());
            }
            let found = inside.mails.iter().enumerate().filter(|(_, (uid, _))| is_in(set, **uid));
            let shown = |(at, (uid, mail)): (usize, (&u32, &Lying))| {
                let hollow = inside.hollow.contains(uid) && what.contains("BODY");
                if hollow {
                    format!("* {} FETCH (UID {uid} BODY[] NIL)\r\n", at + 1)
                } else {
                    shown(at + 1, *uid, mail, what)
                }
            };
            found.map(shown).collect()
        }
        ["UID", "STORE", set, what] => {
            assert!(!inside.forgetful, "it was told");
            let flags = what.split_once('(').map_or("", |(_, flags)| flags.trim_end_matches(')'));
            for (_, mail) in inside.mails.iter_mut().filter(|(uid, _)| is_in(set, **uid)) {
                mail.flags.extend(flags.split(' ').map(str::to_owned));
            }
            String::new()
        }
        _ => String::new(),
    }
}

fn shown(at: usize, uid: u32, mail: &Lying, what: &str) -> String {
    let flags: Vec<&str> = mail.flags.iter().map(String::as_str).collect();
    let (flags, length) = (flags.join(" "), mail.bytes.len());
    if what.contains("BODY.PEEK[]") {
        format!("* {at} FETCH (UID {uid} BODY[] {{{length}}}\r\n{})\r\n", mail.bytes)
    } else if what.contains("RFC822.SIZE") {
        let date = &mail.date;
        format!("* {at} FETCH (UID {uid} RFC822.SIZE {length} INTERNALDATE \"{date}\" FLAGS ({flags}))\r\n")
    } else {
        format!("* {at} FETCH (UID {uid} FLAGS ({flags}))\r\n")
    }
}

/// Whether a set such as `3:5,9` or `4:*` has the number.
fn is_in(set: &str, uid: u32) -> bool {
    let below = |to: &str| to == "*" || to.parse().is_ok_and(|to: u32| uid <= to);
    set.split(',').any(|part| match part.split_once(':') {
        Some((from, to)) => from.parse().is_ok_and(|from: u32| from <= uid) && below(to),
        None => part.parse() == Ok(uid),
    })
}
