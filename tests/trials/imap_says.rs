//! B7, the second half: a mail server that says something wrong, once, at any of twelve steps, instead of its answer or
//! before it: wrong tags and stale ones, literals of any size, lines without end, parentheses without end, foreign mails,
//! numbers that change, flags that do not stay. At the next look, with a sound server, every mail is in one ticket, once, and
//! none ever carried our mark before its effects were on the disk. Where STARTTLS is wanted, no secret is said in the clear.

use crate::row::{Row, Trial};
use crate::town::{Town, believing};
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trackle::daemon::engine;
use trackle::daemon::intake::{self, Source};
use trackle::fetch::imap::{Done, Imap, Patience};
use trackle::fetch::mailbox::Mailbox;
use trackle::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};

/// The row: a trial is one script at one step.
pub const ROW: Row = Row {
    name: "B7S",
    about: "wrong words of a mail server lose and double nothing",
    unit: "scripts",
    amounts: [40, 1_200, 2_400],
    trial: |trial| scripts(trial, false),
    // marked first and fetched then
    control: |trial| scripts(trial, true),
};

/// Steps of a look: what the client says begins so; the greeting comes unasked.
const STEPS: [&str; 12] = [
    "",
    "CAPABILITY",
    "LOGIN",
    "SELECT",
    "UID FETCH 1:* (UID RFC822.SIZE",
    "UID FETCH 3,9 (UID BODY",
    "UID FETCH 3,9 (UID FLAGS",
    "UID STORE",
    "NOOP",
    "UID FETCH 1:* (UID RFC822.SIZE",
    "IDLE",
    "LOGOUT",
];
/// The steps before TLS.
const CLEAR: [usize; 3] = [0, 1, 2];

/// What it says; TAG is the tag of the command. Some end the conversation: it hangs up, is silent, or never ends.
const WRONG: [&str; 40] = [
    "CLOSE",
    "HUSH",
    "LINE",
    "FLOOD",
    "TAG NO not now\r\n",
    "TAG BAD what\r\n",
    "TAG OK\r\n",
    "TAG OK done\r\nTAG OK done\r\n",
    "TAG2 OK done\r\n",
    "T0 OK stale\r\n",
    "T99 OK early\r\n",
    "TAG OKAY done\r\n",
    "TAG\r\n",
    "\r\n",
    "\n",
    "\r",
    "what?\r\n",
    "\0\0\0\r\n",
    "* OK \u{fc}\u{2028}\r\n",
    "* BYE shutting down\r\n",
    "* PREAUTH welcome\r\n",
    "* NO trouble\r\n",
    "+ go on\r\n",
    "+\r\n",
    "* 0 EXISTS\r\n",
    "* 4294967295 EXISTS\r\n",
    "* 99999999999999 EXISTS\r\n",
    "* 1 EXPUNGE\r\n",
    "* OK [UIDVALIDITY 0] no\r\n",
    "* OK [UIDVALIDITY 9] other\r\n",
    "* OK [PERMANENTFLAGS ()] none\r\n",
    "* FLAGS ()\r\n",
    "* OK [ALERT] {10}\r\n",
    "* 1 FETCH (UID 77 BODY[] {4}\r\nfour)\r\n",
    "* 1 FETCH (UID 3 FLAGS ($TrackleDone))\r\n",
    "* 1 FETCH (UID 3 BODY[] {4294967295}\r\n",
    "* 1 FETCH (UID 3 BODY[] {-1}\r\n",
    "* 1 FETCH (UID 3 BODY[] {99999999999999999999}\r\n",
    "* 1 FETCH (UID 3 BODY[] NIL)\r\n",
    "NESTED",
];
const MAILS: [(u32, &str); 2] = [(3, "Printer"), (9, "Scanner")];
const SECRET: &str = "s3cret";

/// One thing that is wrong.
#[derive(Clone, Copy)]
struct Fault {
    step: usize,
    text: &'static str,
    /// It comes before the sound answer, not instead of it.
    also: bool,
    /// The client wants STARTTLS, which the server only promises.
    starttls: bool,
}

impl Fault {
    /// All of them, each once in a full round.
    fn numbered(n: u64) -> Fault {
        let all = (STEPS.len() + CLEAR.len()) * WRONG.len() * 2;
        let n = (n as usize).wrapping_mul(743) % all;
        let (place, text) = (n / (WRONG.len() * 2), WRONG[n / 2 % WRONG.len()]);
        let starttls = place >= STEPS.len();
        let step = if starttls { CLEAR[place - STEPS.len()] } else { place };
        Fault { step, text, also: n % 2 == 1, starttls }
    }

    fn told(self) -> String {
        let (when, tls) =
            (if self.also { "before" } else { "for" }, if self.starttls { ", STARTTLS" } else { "" });
        format!("{:?} {when} the answer to step {} ({}){tls}", self.text, self.step, STEPS[self.step])
    }
}

fn scripts(trial: &Trial<'_>, hasty: bool) -> Result<String, String> {
    for seed in trial.seeds() {
        let fault = Fault::numbered(seed);
        look(fault, hasty).map_err(|what| format!("seed {seed}, {}: {what}", fault.told()))?;
        trial.step();
    }
    Ok("every mail in one ticket, once; no mark too early, no secret in the clear".into())
}

/// What the server knows.
#[derive(Default)]
struct Known {
    marked: BTreeSet<u32>,
    heard: String,
    /// How often each step was come to.
    fault: Option<Fault>,
    lists: usize,
}

fn look(fault: Fault, hasty: bool) -> Result<(), String> {
    let town = Town::new(believing());
    let known = Arc::new(Mutex::new(Known { fault: Some(fault), ..Known::default() }));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let port = listen(Arc::clone(&known)).map_err(|e| e.to_string())?;
    let limit = Duration::from_secs(30);
    let one = async |starttls: bool, hasty: bool| {
        tokio::time::timeout(limit, daemon(&town, port, starttls, hasty))
            .await
            .map_err(|_| "it hangs".to_owned())?
    };
    let first = runtime.block_on(one(fault.starttls, hasty));
    if matches!(&first, Err(what) if what == "it hangs") {
        return Err("it hangs".into());
    }
    if fault.starttls && known.lock().unwrap().heard.contains(SECRET) {
        return Err("the secret was said in the clear".into());
    }
    for uid in known.lock().unwrap().marked.iter() {
        let row = "SELECT count(*) FROM intake WHERE uid = ?1 AND state NOT IN ('new','reading')";
        let ended: i64 =
            town.database().query_row(row, [uid.to_string()], |row| row.get(0)).map_err(|e| e.to_string())?;
        if ended == 0 {
            return Err(format!("mail {uid} carries our mark and was not handled"));
        }
    }
    known.lock().unwrap().fault = None;
    runtime.block_on(one(false, false)).map_err(|what| format!("the second look: {what}"))?;
    let mut texts: Vec<String> =
        (1..=town.tickets() as u32).flat_map(|number| town.said_in(number)).collect();
    texts.sort();
    let broken = town.broken_laws();
    town.abandon();
    let same = texts.iter().map(|text| text.trim()).eq(MAILS.map(|(_, subject)| said(subject)).iter());
    if same && broken.is_empty() { Ok(()) } else { Err(format!("{texts:?}, {broken:?}")) }
}

fn said(subject: &str) -> String {
    format!("It is about the {subject}.")
}

fn mail(subject: &str) -> String {
    format!(
        "From: {0}@town.example\r\nTo: help@desk.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@town.example>\r\n\
         Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n\r\n{1}\r\n",
        subject.to_lowercase(),
        said(subject)
    )
}

/// What the daemon does in two rounds.
async fn daemon(town: &Town, port: u16, starttls: bool, hasty: bool) -> Result<(), String> {
    let mut secret = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    writeln!(secret, "{SECRET}").map_err(|e| e.to_string())?;
    let secret = SecretSource::File(secret.path().to_owned());
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: if starttls { Security::StartTls } else { Security::Plain },
        roots: Roots::Bundled,
        login: Some(Login { user: "help".into(), mechanism: Mechanism::Password, secret }),
    };
    let mut imap = Imap::new(server, "INBOX", Done::Flag);
    let step = Duration::from_millis(400);
    imap.patience = Patience { step, command: step * 3, poll: Duration::from_millis(20), idle: step };
    if hasty && imap.list(None).await.is_ok() {
        let all: Vec<String> = MAILS.iter().map(|(uid, _)| uid.to_string()).collect();
        let _ = imap.mark(&all).await;
        imap.close().await;
    }
    let mut source = Source::Imap(Box::new(imap));
    let hub = town.hub();
    let taken = intake::take_in(hub, &mut source).await;
    if let (true, Err(fault)) = (hasty, &taken) {
        return Err(fault.doing.clone());
    }
    while engine::batch(hub).map_err(|fault| fault.doing)? > 0 {}
    let noted = intake::mark_done(hub, &mut source).await;
    let again = intake::take_in(hub, &mut source).await;
    while engine::batch(hub).map_err(|fault| fault.doing)? > 0 {}
    if let Source::Imap(imap) = &mut source {
        let _ = imap.wait(Duration::from_millis(20)).await;
    }
    source.close_politely().await;
    taken.and(noted.map(|()| 0)).and(again).map(drop).map_err(|fault| fault.doing)
}

fn listen(known: Arc<Mutex<Known>>) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let known = Arc::clone(&known);
            thread::spawn(move || serve(tcp, &known));
        }
    });
    Ok(port)
}

fn serve(mut tcp: TcpStream, known: &Mutex<Known>) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
    let starttls = known.lock().unwrap().fault.is_some_and(|fault| fault.starttls);
    respond(&mut tcp, known, 0, "*", "* OK hello\r\n")?;
    loop {
        let heard = hear(&mut tcp)?;
        known.lock().unwrap().heard.push_str(&heard);
        let (tag, command) = heard.split_once(' ').unwrap_or((&heard, ""));
        let (step, answer) = {
            let mut known = known.lock().unwrap();
            let step = match command {
                "STARTTLS" => 2,
                _ if command.starts_with(STEPS[4]) => {
                    known.lists += 1;
                    if known.lists == 1 { 4 } else { 9 }
                }
                _ => {
                    STEPS.iter().skip(1).position(|begin| command.starts_with(begin)).map_or(99, |at| at + 1)
                }
            };
            (step, answer(command, starttls, &mut known.marked))
        };
        let tagged = match command {
            "IDLE" => "+ idling\r\n".to_owned(),
            _ if heard == "DONE" => continue,
            _ => format!("{answer}{tag} OK done\r\n"),
        };
        respond(&mut tcp, known, step, tag, &tagged)?;
        if command == "IDLE" {
            hear(&mut tcp)?;
            write!(tcp, "{tag} OK done\r\n")?;
        }
        if command == "LOGOUT" || command == "STARTTLS" {
            return Ok(());
        }
    }
}

fn respond(tcp: &mut TcpStream, known: &Mutex<Known>, step: usize, tag: &str, sound: &str) -> io::Result<()> {
    let fault = known.lock().unwrap().fault.take_if(|fault| fault.step == step);
    let Some(fault) = fault else { return tcp.write_all(sound.as_bytes()) };
    let gone = || io::ErrorKind::ConnectionReset.into();
    match fault.text {
        "CLOSE" => return Err(gone()),
        "HUSH" => {
            while tcp.read(&mut [0; 512])? > 0 {}
            return Err(gone());
        }
        "LINE" => {
            while tcp.write_all(&[b'x'; 4096]).is_ok() {}
            return Err(gone());
        }
        "FLOOD" => (0..20_000).try_for_each(|_| tcp.write_all(b"* OK still here\r\n"))?,
        "NESTED" => write!(tcp, "* 1 FETCH (BODYSTRUCTURE {}{})\r\n", "(".repeat(2_000), ")".repeat(2_000))?,
        text => tcp.write_all(text.replace("TAG", tag).as_bytes())?,
    }
    if fault.also { tcp.write_all(sound.as_bytes()) } else { Ok(()) }
}

fn hear(tcp: &mut TcpStream) -> io::Result<String> {
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n") {
        let mut byte = [0];
        tcp.read_exact(&mut byte)?;
        heard.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&heard).trim_end().to_owned())
}

fn answer(command: &str, starttls: bool, marked: &mut BTreeSet<u32>) -> String {
    let words: Vec<&str> = command.splitn(4, ' ').collect();
    let one = |(at, (uid, subject)): (usize, &(u32, &str)), what: &str| {
        let (at, text) = (at + 1, mail(subject));
        let length = text.len();
        let flag = if marked.contains(uid) { "$TrackleDone" } else { "" };
        if what.contains("BODY.PEEK[]") {
            format!("* {at} FETCH (UID {uid} BODY[] {{{length}}}\r\n{text})\r\n")
        } else if what.contains("RFC822.SIZE") {
            let date = "02-Mar-2026 08:00:00 +0000";
            format!(
                "* {at} FETCH (UID {uid} RFC822.SIZE {length} INTERNALDATE \"{date}\" FLAGS ({flag}))\r\n"
            )
        } else {
            format!("* {at} FETCH (UID {uid} FLAGS ({flag}))\r\n")
        }
    };
    let is_in = |set: &str, uid: u32| {
        let to = |to: &str| to == "*" || to.parse().is_ok_and(|to: u32| uid <= to);
        set.split(',').any(|part| match part.split_once(':') {
            Some((from, end)) => from.parse().is_ok_and(|from: u32| from <= uid) && to(end),
            None => part.parse() == Ok(uid),
        })
    };
    match words[..] {
        ["CAPABILITY"] if starttls => "* CAPABILITY IMAP4rev1 STARTTLS IDLE AUTH=PLAIN\r\n".into(),
        ["CAPABILITY"] => "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n".into(),
        ["SELECT", ..] => format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n",
            MAILS.len()
        ),
        ["UID", "FETCH", set, what] => {
            let all = MAILS.iter().enumerate().filter(|(_, (uid, _))| is_in(set, *uid));
            all.map(|mail| one(mail, what)).collect()
        }
        ["UID", "STORE", set, what] if what.contains("$TrackleDone") => {
            marked.extend(MAILS.iter().map(|(uid, _)| *uid).filter(|uid| is_in(set, *uid)));
            String::new()
        }
        _ => String::new(),
    }
}
