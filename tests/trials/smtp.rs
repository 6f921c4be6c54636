//! B6: a server that breaks the line after every single byte of a conversation, in both directions, and one that says wrong
//! things at every step. A letter counts as sent only when the server has said so to the end; one that it may have taken is
//! never called refused; and the next try brings the same bytes.

use crate::row::{Row, Trial};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use trackle::model::address::Address;
use trackle::model::server::{Roots, Security, Server};
use trackle::send::courier::{Courier, Delivery, Parcel};
use trackle::send::smtp::{Patience, Smtp};

/// The row: its trials are all there are, whatever the tier.
pub const ROW: Row = Row {
    name: "B6",
    about: "a letter is sent when the server has said so, and not before",
    unit: "rounds over all bytes and steps",
    amounts: [1, 20, 100],
    trial: |trial| rounds(trial, false),
    // what may have been taken counts as sent
    control: |trial| rounds(trial, true),
};

const LETTER: &[u8] =
    b"Subject: Printer\r\nMessage-ID: <1@desk.example>\r\n\r\nIt is on fire.\r\n.a line with a dot\r\n";
/// What a sound server answers: greeting, EHLO, MAIL, RCPT, DATA, the letter's end.
const SOUND: [&str; 6] = [
    "220 mx.example ESMTP\r\n",
    "250-mx.example\r\n250 8BITMIME\r\n",
    "250 2.1.0 fine\r\n",
    "250 2.1.5 fine\r\n",
    "354 go on\r\n",
    "250 2.0.0 kept as 7\r\n",
];
const DOT: usize = 5;
/// What is no answer, or not the one that was asked for.
const WRONG: [&[u8]; 18] = [
    b"\r\n",
    b"\n",
    b"what?\r\n",
    b"999 never\r\n",
    b"25\r\n",
    b"2500 fine\r\n",
    b"250",
    b"250-and so on\r\n",
    b"250-one\r\n450 other\r\n",
    b"\0\0\0\0\r\n",
    b"\xff\xfe250 fine\r\n",
    b"150 soon\r\n",
    b"334 VXNlcm5hbWU6\r\n",
    b"421 4.3.2 closing\r\n",
    b"450 4.2.0 later\r\n",
    b"451 4.3.0 oops\r\n",
    b"550 5.7.1 no\r\n",
    b"554 5.6.0 never\r\n",
];

/// How a server ends a conversation before its time.
#[derive(Clone, Copy)]
enum Fault {
    None,
    /// After so many bytes, whoever said them.
    Cut(usize),
    /// At this step it says this, and waits.
    Says(usize, &'static [u8]),
    /// At this step it says nothing more.
    Silent(usize),
    /// At this step it says a line that has no end.
    Endless(usize),
}

/// What the server knows afterwards.
struct Seen {
    /// The whole letter, if it came to its end.
    taken: Option<Vec<u8>>,
    /// Its last answer was sent whole, and was a yes.
    promised: bool,
    /// Bytes said by both.
    bytes: usize,
}

fn rounds(trial: &Trial<'_>, hasty: bool) -> Result<String, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let carry = |fault| runtime.block_on(carried(fault));
    let (mut cuts, mut scripts) = (0_u64, 0_u64);
    for _ in trial.seeds() {
        let (delivery, seen) = carry(Fault::None)?;
        if !matches!(delivery, Delivery::Sent(_)) || seen.taken.as_deref() != Some(LETTER) {
            return Err(format!("a sound server: {delivery:?}"));
        }
        let faults = (0..seen.bytes).map(Fault::Cut);
        let said = (0..SOUND.len()).flat_map(|step| WRONG.iter().map(move |text| Fault::Says(step, text)));
        let rest = (0..SOUND.len()).flat_map(|step| [Fault::Silent(step), Fault::Endless(step)]);
        for fault in faults.chain(said).chain(rest) {
            let (delivery, seen) = carry(fault)?;
            judge(&delivery, &seen, hasty).map_err(|what| format!("{}: {what}", fault.told()))?;
            match fault {
                Fault::Cut(_) => cuts += 1,
                _ => scripts += 1,
            }
        }
        trial.step();
    }
    trial.tried(cuts + scripts);
    Ok(format!(
        "{cuts} cuts, {scripts} wrong answers: no letter called sent that was not promised, none given up"
    ))
}

impl Fault {
    fn told(self) -> String {
        match self {
            Fault::None => "a sound server".into(),
            Fault::Cut(at) => format!("cut after byte {at}"),
            Fault::Says(step, text) => format!("{:?} at step {step}", String::from_utf8_lossy(text)),
            Fault::Silent(step) => format!("silence at step {step}"),
            Fault::Endless(step) => format!("a line without end at step {step}"),
        }
    }
}

fn judge(delivery: &Delivery, seen: &Seen, hasty: bool) -> Result<(), String> {
    let sent = matches!(delivery, Delivery::Sent(_)) || hasty && matches!(delivery, Delivery::Unknown(_));
    if sent && !seen.promised {
        return Err(format!("it counts as sent and was not promised: {delivery:?}"));
    }
    if seen.promised && !matches!(delivery, Delivery::Sent(_) | Delivery::Unknown(_)) {
        return Err(format!("it was promised and counts as not sent: {delivery:?}"));
    }
    if seen.taken.as_ref().is_some_and(|bytes| bytes != LETTER) {
        return Err("other bytes arrived than were given".into());
    }
    Ok(())
}

/// One letter by a server with that fault. When it has not counted as sent, a sound one gets it to the byte.
async fn carried(fault: Fault) -> Result<(Delivery, Seen), String> {
    let (port, seen) = listen(fault).map_err(|e| e.to_string())?;
    let step = Duration::from_millis(150);
    let server = |port| Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::Plain,
        roots: Roots::System,
        login: None,
    };
    let patience = Patience { step, dot: step, idle: step };
    let parcel = Parcel {
        id: 1,
        from: None,
        to: Address::parse("bob@example.org").ok_or("an address")?,
        bytes: LETTER.to_vec(),
    };
    let mut smtp = Smtp::new(server(port), "desk.example", patience);
    let delivery = smtp.carry(&parcel).await;
    smtp.close().await;
    drop(smtp);
    let seen = seen.recv().map_err(|_| "the server died")?;
    if matches!(delivery, Delivery::Later(_) | Delivery::Unknown(_)) {
        let (port, again) = listen(Fault::None).map_err(|e| e.to_string())?;
        let patience = Patience { step: step * 20, dot: step * 20, idle: step };
        let second = Smtp::new(server(port), "desk.example", patience).carry(&parcel).await;
        let again = again.recv().map_err(|_| "the server died")?;
        if !matches!(second, Delivery::Sent(_)) || again.taken.as_deref() != Some(LETTER) {
            return Err(format!("{}: the second try ends {second:?}", fault.told()));
        }
    }
    Ok((delivery, seen))
}

fn listen(fault: Fault) -> io::Result<(u16, Receiver<Seen>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let (told, seen) = channel();
    thread::spawn(move || {
        let mut line = Line { tcp: listener.accept()?.0, bytes: 0, fault };
        line.tcp.set_nodelay(true)?;
        // whoever hangs up ends it
        line.tcp.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut known = Seen { taken: None, promised: false, bytes: 0 };
        let _ = serve(&mut line, &mut known);
        known.bytes = line.bytes;
        let _ = told.send(known);
        io::Result::Ok(())
    });
    Ok((port, seen))
}

/// The server's end of the line, which breaks when the fault says so.
struct Line {
    tcp: TcpStream,
    bytes: usize,
    fault: Fault,
}

impl Line {
    fn count(&mut self) -> io::Result<()> {
        if matches!(self.fault, Fault::Cut(at) if self.bytes >= at) {
            let _ = self.tcp.shutdown(std::net::Shutdown::Both);
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        self.bytes += 1;
        Ok(())
    }

    fn say(&mut self, text: &[u8]) -> io::Result<()> {
        for byte in text {
            self.count()?;
            self.tcp.write_all(&[*byte])?;
        }
        Ok(())
    }

    fn hear(&mut self, until: &[u8]) -> io::Result<Vec<u8>> {
        let mut heard = Vec::new();
        while !heard.ends_with(until) {
            self.count()?;
            let mut byte = [0];
            self.tcp.read_exact(&mut byte)?;
            heard.push(byte[0]);
        }
        Ok(heard)
    }

    /// Answers a step; gives whether it was the sound answer.
    fn answer(&mut self, step: usize) -> io::Result<bool> {
        match self.fault {
            Fault::Says(at, text) if at == step => {
                self.say(text)?;
                self.wait()?;
                Ok(text.starts_with(b"2") && text.ends_with(b"\r\n") && step != 4)
            }
            Fault::Silent(at) if at == step => self.wait().map(|()| false),
            Fault::Endless(at) if at == step => {
                while self.tcp.write_all(&[b'2'; 4096]).is_ok() {}
                Ok(false)
            }
            _ => self.say(SOUND[step].as_bytes()).map(|()| true),
        }
    }

    /// Until the other end has had enough.
    fn wait(&mut self) -> io::Result<()> {
        let mut rest = [0; 512];
        while self.tcp.read(&mut rest)? > 0 {}
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn serve(line: &mut Line, known: &mut Seen) -> io::Result<()> {
    line.answer(0)?;
    for step in 1..DOT {
        line.hear(b"\r\n")?;
        line.answer(step)?;
    }
    let mut letter = line.hear(b"\r\n.\r\n")?;
    letter.truncate(letter.len() - 3);
    known.taken = Some(unstuffed(&letter));
    known.promised = line.answer(DOT)?;
    line.hear(b"\r\n")?;
    line.say(b"221 bye\r\n")
}

/// RFC 5321 4.5.2: a dot at a line's begin was doubled.
fn unstuffed(letter: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in letter.split_inclusive(|b| *b == b'\n') {
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    bytes
}
