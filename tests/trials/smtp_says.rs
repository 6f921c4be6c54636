//! B6, the second half: an outgoing server that says something wrong, once, at any of twelve steps of a session that logs in
//! and carries two letters; and one that promises STARTTLS and says something wrong then. A letter counts as sent only when
//! it was promised, none is given up but by a clear no to itself, no secret is said in the clear, and the next try, by a sound
//! server, brings what was not sent to the byte.

use crate::row::{Row, Trial};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trackle::model::address::Address;
use trackle::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};
use trackle::send::courier::{Courier, Delivery, Parcel};
use trackle::send::smtp::{Patience, Smtp};

/// The row: a trial is one script at one step.
pub const ROW: Row = Row {
    name: "B6S",
    about: "wrong words of an outgoing server lose no letter",
    unit: "scripts",
    amounts: [60, 600, 1_200],
    trial: |trial| scripts(trial, false),
    // what may have been taken counts as sent
    control: |trial| scripts(trial, true),
};

/// What a sound server says: greeting, EHLO, AUTH, two letters of four steps, QUIT.
const SOUND: [&str; 12] = [
    "220 mx.example ESMTP\r\n",
    "250-mx.example\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
    "235 2.7.0 in\r\n",
    "250 2.1.0 fine\r\n",
    "250 2.1.5 fine\r\n",
    "354 go on\r\n",
    "250 2.0.0 kept\r\n",
    "250 2.1.0 fine\r\n",
    "250 2.1.5 fine\r\n",
    "354 go on\r\n",
    "250 2.0.0 kept\r\n",
    "221 2.0.0 bye\r\n",
];
/// The steps before TLS: greeting, EHLO, STARTTLS.
const CLEAR: usize = 3;
/// Of the letters, the step that promises it.
const PROMISES: [usize; 2] = [6, 10];

/// What it says instead.
const WRONG: [&[u8]; 40] = [
    b"CLOSE",
    b"HUSH",
    b"LINE",
    b"LINES",
    b"DRIP",
    b"\r\n",
    b"\n",
    b"\r",
    b"what?\r\n",
    b"999 never\r\n",
    b"000 nothing\r\n",
    b"25\r\n",
    b"2500 fine\r\n",
    b"250",
    b"250 no end\r",
    b"250-and so on\r\n",
    b"250-one\r\n450 other\r\n",
    b"450-one\r\n250 other\r\n",
    b"250_fine\r\n",
    b" 250 fine\r\n",
    b"-250 fine\r\n",
    b"\0\0\0\0\r\n",
    b"\xff\xfe250 fine\r\n",
    b"150 soon\r\n",
    b"334 VXNlcm5hbWU6\r\n",
    b"421 4.3.2 closing\r\n",
    b"432 4.7.12 a password transition\r\n",
    b"450 4.2.0 later\r\n",
    b"451 4.3.0 oops\r\n",
    b"452 4.3.1 full\r\n",
    b"454 4.7.0 no TLS now\r\n",
    b"500 5.5.1 what\r\n",
    b"502 5.5.1 not here\r\n",
    b"530 5.7.0 log in\r\n",
    b"535 5.7.8 who?\r\n",
    b"550 5.1.1 nobody\r\n",
    b"550 5.7.1 no\r\n",
    b"552 5.2.2 full\r\n",
    b"554 5.6.0 never\r\n",
    b"220 ready\r\n220 and more in the clear\r\n",
];
const SECRET: &str = "s3cret";

#[derive(Clone, Copy)]
struct Fault {
    step: usize,
    text: &'static [u8],
    starttls: bool,
}

impl Fault {
    /// All of them, each once in a full round.
    fn numbered(n: u64) -> Fault {
        let all = (SOUND.len() + CLEAR) * WRONG.len();
        let n = (n as usize).wrapping_mul(371) % all;
        let (place, text) = (n / WRONG.len(), WRONG[n % WRONG.len()]);
        let starttls = place >= SOUND.len();
        Fault { step: if starttls { place - SOUND.len() } else { place }, text, starttls }
    }

    fn told(self) -> String {
        let tls = if self.starttls { ", STARTTLS" } else { "" };
        format!("{:?} at step {}{tls}", String::from_utf8_lossy(self.text), self.step)
    }

    /// It is a clear no for good.
    fn is_no(self) -> bool {
        self.text.starts_with(b"5")
    }

    /// Its first digit says that all is done, whatever the others mean (RFC 5321 4.2.1), and what stands behind it is no
    /// part of it.
    fn is_yes(self) -> bool {
        let line = self.text.split(|b| *b == b'\r').next().unwrap_or_default();
        let [b'2', b, c, b' ', ..] = line else { return false };
        b.is_ascii_digit() && c.is_ascii_digit() && self.text.len() > line.len() + 1
    }
}

/// What the server knows.
#[derive(Default)]
struct Known {
    fault: Option<Fault>,
    starttls: bool,
    letters: Vec<Vec<u8>>,
    promised: [bool; 2],
    clear: String,
}

fn scripts(trial: &Trial<'_>, hasty: bool) -> Result<String, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    for seed in trial.seeds() {
        let fault = Fault::numbered(seed);
        let limit = Duration::from_secs(60);
        let one = async { tokio::time::timeout(limit, session(fault, hasty)).await };
        runtime
            .block_on(one)
            .unwrap_or_else(|_| Err("it hangs".into()))
            .map_err(|what| format!("seed {seed}, {}: {what}", fault.told()))?;
        trial.step();
    }
    Ok("no letter called sent that was not promised, none lost, no secret in the clear".into())
}

fn letter(n: usize) -> Vec<u8> {
    format!("Subject: Printer {n}\r\nMessage-ID: <{n}@desk.example>\r\n\r\nIt is on fire.\r\n.\r\n..dots\r\n")
        .into_bytes()
}

async fn session(fault: Fault, hasty: bool) -> Result<(), String> {
    let known =
        Arc::new(Mutex::new(Known { fault: Some(fault), starttls: fault.starttls, ..Known::default() }));
    let mut smtp = client(listen(&known).map_err(|e| e.to_string())?, fault.starttls, 250)?;
    let mut unsent = Vec::new();
    for n in 0..2 {
        let delivery = smtp.carry(&parcel(n)?).await;
        let promised = known.lock().unwrap().promised[n];
        let sent = matches!(delivery, Delivery::Sent(_)) || hasty && matches!(delivery, Delivery::Unknown(_));
        if sent && !promised {
            return Err(format!("letter {n} counts as sent and was not promised: {delivery:?}"));
        }
        if promised && !matches!(delivery, Delivery::Sent(_) | Delivery::Unknown(_)) {
            return Err(format!("letter {n} was promised and counts as not sent: {delivery:?}"));
        }
        if matches!(delivery, Delivery::Refused(_)) && !fault.is_no() {
            return Err(format!("letter {n} is given up, which nobody said: {delivery:?}"));
        }
        if !sent {
            unsent.push(n);
        }
    }
    smtp.close().await;
    if fault.starttls && !known.lock().unwrap().clear.is_empty() {
        return Err(format!("said in the clear: {:?}", known.lock().unwrap().clear));
    }
    let sound = Arc::new(Mutex::new(Known::default()));
    let mut smtp = client(listen(&sound).map_err(|e| e.to_string())?, false, 5_000)?;
    for n in &unsent {
        let delivery = smtp.carry(&parcel(*n)?).await;
        if !matches!(delivery, Delivery::Sent(_)) {
            return Err(format!("the second try of letter {n}: {delivery:?}"));
        }
    }
    smtp.close().await;
    let came = [&known, &sound].map(|known| known.lock().unwrap().letters.clone()).concat();
    match (0..2).all(|n| came.contains(&letter(n)))
        && came.iter().all(|one| (0..2).any(|n| *one == letter(n)))
    {
        true => Ok(()),
        false => Err("a letter is missing, or other bytes arrived than were given".into()),
    }
}

fn parcel(n: usize) -> Result<Parcel, String> {
    let to = Address::parse("bob@example.org").ok_or("an address")?;
    Ok(Parcel { id: n as i64, from: None, to, bytes: letter(n) })
}

fn client(port: u16, starttls: bool, millis: u64) -> Result<Smtp, String> {
    let secret = SecretSource::Command(vec!["echo".into(), SECRET.into()]);
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: if starttls { Security::StartTls } else { Security::Plain },
        roots: Roots::Bundled,
        login: Some(Login { user: "help".into(), mechanism: Mechanism::Password, secret }),
    };
    let step = Duration::from_millis(millis);
    Ok(Smtp::new(server, "desk.example", Patience { step, dot: step, idle: step }))
}

fn listen(known: &Arc<Mutex<Known>>) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let known = Arc::clone(known);
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
    respond(&mut tcp, known, 0)?;
    // which letter it is, and how far this one has come
    let (mut which, mut to_come) = (0, "");
    loop {
        let heard = String::from_utf8_lossy(&hear(&mut tcp, b"\r\n")?).into_owned();
        let verb = heard.split([' ', '\r']).next().unwrap_or("").to_ascii_uppercase();
        let starttls = known.lock().unwrap().starttls;
        if starttls && !matches!(verb.as_str(), "EHLO" | "STARTTLS" | "QUIT") {
            known.lock().unwrap().clear.push_str(&heard);
        }
        let step = match verb.as_str() {
            "EHLO" => 1,
            "AUTH" | "STARTTLS" => 2,
            "MAIL" => {
                // the second letter has steps of its own, the first one again has not
                which = usize::from(to_come == "second");
                3 + 4 * which
            }
            "RCPT" => 4 + 4 * which,
            "DATA" => {
                if !respond(&mut tcp, known, 5 + 4 * which)? {
                    continue;
                }
                let mut letter = hear(&mut tcp, b"\r\n.\r\n")?;
                letter.truncate(letter.len() - 3);
                let letter = unstuffed(&letter);
                let n = usize::from(letter == self::letter(1));
                {
                    // known before it is said, since the client may be faster than we are
                    let mut known = known.lock().unwrap();
                    known.letters.push(letter);
                    known.promised[n] |=
                        known.fault.is_none_or(|fault| fault.step != PROMISES[which] || fault.is_yes());
                }
                respond(&mut tcp, known, PROMISES[which])?;
                to_come = "second";
                continue;
            }
            "QUIT" => 11,
            _ => {
                tcp.write_all(b"250 2.0.0 fine\r\n")?;
                continue;
            }
        };
        respond(&mut tcp, known, step)?;
        if verb == "QUIT" || (starttls && verb == "STARTTLS") {
            return Ok(());
        }
    }
}

/// Gives whether it was the sound answer.
fn respond(tcp: &mut TcpStream, known: &Mutex<Known>, step: usize) -> io::Result<bool> {
    let (fault, starttls) = {
        let mut known = known.lock().unwrap();
        (known.fault.take_if(|fault| fault.step == step), known.starttls)
    };
    let gone = || io::ErrorKind::ConnectionReset.into();
    let Some(fault) = fault else {
        let sound = match step {
            1 if starttls => "250-mx.example\r\n250 STARTTLS\r\n",
            2 if starttls => "220 ready\r\n",
            _ => SOUND[step],
        };
        return tcp.write_all(sound.as_bytes()).map(|()| true);
    };
    match fault.text {
        b"CLOSE" => return Err(gone()),
        b"HUSH" => {
            while tcp.read(&mut [0; 512])? > 0 {}
            return Err(gone());
        }
        b"LINE" => {
            while tcp.write_all(&[b'2'; 4096]).is_ok() {}
            return Err(gone());
        }
        b"LINES" => {
            while tcp.write_all(b"250-more\r\n").is_ok() {}
            return Err(gone());
        }
        b"DRIP" => {
            while tcp.write_all(b"2").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
            return Err(gone());
        }
        text => tcp.write_all(text)?,
    }
    Ok(false)
}

fn hear(tcp: &mut TcpStream, until: &[u8]) -> io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    while !heard.ends_with(until) {
        let mut byte = [0];
        tcp.read_exact(&mut byte)?;
        heard.push(byte[0]);
    }
    Ok(heard)
}

/// RFC 5321 4.5.2: a dot at a line's begin was doubled.
fn unstuffed(letter: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in letter.split_inclusive(|b| *b == b'\n') {
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    bytes
}
