//! What the mail server alone can give: one FETCH of all mails by a client that throws them away.

use crate::servers::PASSWORD;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use trackle::clock::instant;

/// How long one FETCH of every mail in the INBOX of `help` takes, from the command to the last byte.
pub fn bulk_fetch(port: u16) -> Duration {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut server = BufReader::with_capacity(1 << 18, stream);
    let password = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
    answer(&mut server, "* ");
    said(&mut server, "a", &format!("LOGIN help \"{password}\""));
    said(&mut server, "b", "EXAMINE INBOX");
    let begun = instant();
    said(&mut server, "c", "UID FETCH 1:* (UID BODY.PEEK[])");
    begun.elapsed()
}

fn said(server: &mut BufReader<TcpStream>, tag: &str, command: &str) {
    write!(server.get_mut(), "{tag} {command}\r\n").unwrap();
    answer(server, &format!("{tag} "));
}

/// Reads up to the line that begins so; literals are thrown away.
fn answer(server: &mut BufReader<TcpStream>, begins: &str) {
    let mut line = Vec::new();
    loop {
        line.clear();
        assert!(server.read_until(b'\n', &mut line).unwrap() > 0, "the server hung up");
        let text = String::from_utf8_lossy(&line);
        if let Some(length) = text.trim_end().strip_suffix('}').and_then(|t| t.rsplit_once('{')) {
            let literal = length.1.parse().unwrap();
            std::io::copy(&mut server.take(literal), &mut std::io::sink()).unwrap();
        } else if text.starts_with(begins) {
            assert!(text[begins.len()..].starts_with("OK"), "{text}");
            return;
        }
    }
}
