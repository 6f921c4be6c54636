//! B7: the line to the mailbox breaks after a byte, whoever said it, while mails are listed, fetched, handled and marked. At the
//! next look everything is taken in once, to the byte, and no mail ever carried our mark before its effects were on the disk.

use crate::row::{Row, Trial};
use crate::town::{Town, believing};
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trackle::daemon::intake::Source;
use trackle::daemon::{engine, intake};
use trackle::fetch::imap::{Done, Imap, Patience};
use trackle::fetch::mailbox::Mailbox;
use trackle::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};

/// The row.
pub const ROW: Row = Row {
    name: "B7",
    about: "a broken line to the mailbox loses and doubles nothing",
    unit: "cuts",
    amounts: [80, 6_000, 30_000],
    trial: |trial| cuts(trial, false),
    // marked first and fetched then
    control: |trial| cuts(trial, true),
};

/// The mails of the mailbox, by number.
const MAILS: [(u32, &str); 3] = [(3, "Printer"), (9, "Scanner"), (12, "Login")];

fn mail(subject: &str) -> String {
    format!(
        "From: {0}@town.example\r\nTo: help@desk.example\r\nSubject: {1}\r\nMessage-ID: <{1}@town.example>\r\n\
         Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n\r\nIt is about the {1}.\r\n",
        subject.to_lowercase(),
        subject
    )
}

fn cuts(trial: &Trial<'_>, hasty: bool) -> Result<String, String> {
    // a whole conversation, to know how long it is
    let whole = look(usize::MAX, hasty)?;
    for seed in trial.seeds() {
        // one after the other for a full round of them, and spread over all of it for fewer
        let at = (seed as usize).wrapping_mul(7_919) % whole;
        look(at, hasty).map_err(|what| format!("cut after byte {at} of {whole}: {what}"))?;
        trial.step();
    }
    Ok(format!(
        "in a conversation of {whole} bytes; every mail handled once, to the byte, and marked afterwards"
    ))
}

/// A look at the mailbox that is broken off after so many bytes, and one that is not. Gives how many bytes were said.
fn look(cut: usize, hasty: bool) -> Result<usize, String> {
    let town = Town::new(believing());
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let marked = Arc::new(Mutex::new(BTreeSet::new()));
    let said = runtime.block_on(broken(&town, cut, hasty, &marked))?;
    for uid in marked.lock().unwrap().iter() {
        let ended: bool = town
            .database()
            .query_row(
                "SELECT count(*) FROM intake WHERE uid = ?1 AND state NOT IN ('new','reading')",
                [uid.to_string()],
                |row| row.get(0),
            )
            .map_err(|e| e.to_string())?;
        if !ended {
            return Err(format!("mail {uid} carries our mark and was not handled"));
        }
    }
    runtime.block_on(broken(&town, usize::MAX, false, &marked))?;
    let marks = marked.lock().unwrap().len();
    let (tickets, ended, broken) = (town.tickets(), town.mails_ended(), town.broken_laws());
    let mut texts = (1..=tickets as u32).flat_map(|number| town.said_in(number)).collect::<Vec<_>>();
    texts.sort();
    town.abandon();
    let expected = MAILS.map(|(_, subject)| format!("It is about the {subject}."));
    let same = expected.iter().all(|text| texts.iter().filter(|t| t.trim() == text).count() == 1);
    if tickets != MAILS.len() || ended != MAILS.len() || marks != MAILS.len() || !same || !broken.is_empty() {
        return Err(format!("{tickets} tickets, {ended} mails, {marks} marks, {texts:?}, {broken:?}"));
    }
    Ok(said)
}

/// What the daemon does in a round, over a line that breaks.
async fn broken(
    town: &Town,
    cut: usize,
    hasty: bool,
    marked: &Arc<Mutex<BTreeSet<u32>>>,
) -> Result<usize, String> {
    let (port, said) = listen(cut, Arc::clone(marked)).map_err(|e| e.to_string())?;
    let mut secret = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    secret.write_all(b"s3cret\n").map_err(|e| e.to_string())?;
    let secret_file = SecretSource::File(secret.path().to_owned());
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::Plain,
        roots: Roots::Bundled,
        login: Some(Login { user: "help".into(), mechanism: Mechanism::Password, secret: secret_file }),
    };
    let mut imap = Imap::new(server, "INBOX", Done::Flag);
    let step = Duration::from_secs(2);
    imap.patience = Patience { step, command: step, poll: Duration::from_millis(50), idle: step };
    // the line breaks somewhere in here; whatever comes of that is no harm
    if hasty && let Ok(listing) = imap.list(None).await {
        let all: Vec<String> = listing.entries.iter().map(|entry| entry.uid.clone()).collect();
        let _ = imap.mark(&all).await;
    }
    let mut source = Source::Imap(Box::new(imap));
    let hub = town.hub();
    let taken = intake::take_in(hub, &mut source).await;
    engine::batch(hub).map_err(|fault| fault.doing)?;
    let noted = intake::mark_done(hub, &mut source).await;
    if cut == usize::MAX {
        taken.map_err(|fault| fault.doing)?;
        noted.map_err(|fault| fault.doing)?;
    }
    source.close_politely().await;
    drop(source);
    let said = *said.lock().unwrap();
    Ok(said)
}

/// A mailbox that keeps its marks from one connection to the next.
struct Line {
    tcp: TcpStream,
    said: Arc<Mutex<usize>>,
    cut: usize,
}

impl Line {
    fn count(&mut self) -> io::Result<()> {
        let mut said = self.said.lock().unwrap();
        if *said >= self.cut {
            let _ = self.tcp.shutdown(Shutdown::Both);
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        *said += 1;
        Ok(())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        for byte in text.as_bytes() {
            self.count()?;
            self.tcp.write_all(&[*byte])?;
        }
        Ok(())
    }

    fn hear(&mut self) -> io::Result<String> {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n") {
            self.count()?;
            let mut byte = [0];
            self.tcp.read_exact(&mut byte)?;
            heard.push(byte[0]);
        }
        Ok(String::from_utf8_lossy(&heard).trim_end().to_owned())
    }
}

fn listen(cut: usize, marked: Arc<Mutex<BTreeSet<u32>>>) -> io::Result<(u16, Arc<Mutex<usize>>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let said = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&said);
    thread::spawn(move || {
        // after a cut nobody answers any more
        while let Ok((tcp, _)) = listener.accept() {
            let _ = tcp.set_nodelay(true);
            let mut line = Line { tcp, said: Arc::clone(&counted), cut };
            if serve(&mut line, &marked).is_err() && *counted.lock().unwrap() >= cut {
                return;
            }
        }
    });
    Ok((port, said))
}

fn serve(line: &mut Line, marked: &Mutex<BTreeSet<u32>>) -> io::Result<()> {
    line.say("* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] hello\r\n")?;
    loop {
        let heard = line.hear()?;
        let (tag, command) = heard.split_once(' ').unwrap_or((&heard, ""));
        let untagged = answer(command, marked);
        line.say(&untagged)?;
        line.say(&format!("{tag} OK done\r\n"))?;
        if command == "LOGOUT" {
            return Ok(());
        }
    }
}

fn answer(command: &str, marked: &Mutex<BTreeSet<u32>>) -> String {
    let numbers = |set: &str| -> Vec<u32> {
        let known = MAILS.iter().map(|(uid, _)| *uid);
        let is_in = |uid: u32| {
            set.split(',').any(|part| match part.split_once(':') {
                Some((from, to)) => {
                    from.parse().is_ok_and(|from: u32| from <= uid)
                        && to.parse().map_or(to == "*", |to: u32| uid <= to)
                }
                None => part.parse() == Ok(uid),
            })
        };
        known.filter(|uid| is_in(*uid)).collect()
    };
    let words: Vec<&str> = command.splitn(4, ' ').collect();
    match words[..] {
        ["CAPABILITY"] => "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n".into(),
        ["SELECT", ..] => format!(
            "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n\
             * OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n",
            MAILS.len()
        ),
        ["UID", "FETCH", set, what] => {
            let one = |uid: u32| {
                let at = MAILS.iter().position(|(known, _)| *known == uid).unwrap_or(0);
                let text = mail(MAILS[at].1);
                if what.contains("BODY.PEEK[]") {
                    format!("* {} FETCH (UID {uid} BODY[] {{{}}}\r\n{text})\r\n", at + 1, text.len())
                } else {
                    let flag = if marked.lock().unwrap().contains(&uid) { "$TrackleDone" } else { "" };
                    format!(
                        "* {} FETCH (UID {uid} RFC822.SIZE {} INTERNALDATE \"02-Mar-2026 08:00:00 +0000\" FLAGS ({flag}))\r\n",
                        at + 1,
                        text.len()
                    )
                }
            };
            numbers(set).into_iter().map(one).collect()
        }
        ["UID", "STORE", set, what] if what.contains("$TrackleDone") => {
            marked.lock().unwrap().extend(numbers(set));
            String::new()
        }
        _ => String::new(),
    }
}
