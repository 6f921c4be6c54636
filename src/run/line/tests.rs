//! What a robot that is none answers, and what is done with it.

use super::*;
use crate::model::token::BYTES;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// Somebody who listens once, notes what he was asked, and answers so.
fn stranger(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (Line, JoinHandle<String>) {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", door.local_addr().unwrap());
    let gate = Gate { url, token: "/nowhere".into(), roots: None };
    let listens = std::thread::spawn(move || {
        let (mut stream, _) = door.accept().unwrap();
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).unwrap();
        answer(&mut stream);
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    (Line::new(&gate, Token::of(&[1; BYTES])).unwrap(), listens)
}

fn says(text: &'static str) -> impl FnOnce(&mut TcpStream) + Send + 'static {
    move |stream| drop(stream.write_all(text.as_bytes()))
}

#[test]
fn what_is_no_answer_is_told_without_the_token() {
    for (answer, again, told) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{", false, "no answer of a robot"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[0]", false, "no answer of a robot"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n[4294967296]", false, "no answer of a robot"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1e9]", false, "no answer of a robot"),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", true, "502"),
        ("HTTP/1.1 429 Slow\r\nContent-Length: 13\r\n\r\n{\"why\":\"wait\"}", true, "429"),
        ("HTTP/1.1 409 No\r\nContent-Length: 13\r\n\r\n{\"why\":\"busy\"}", false, ""),
        ("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false, "302"),
        ("SSH-2.0-x\r\n", true, "http"),
        ("", true, "http"),
    ] {
        let (line, listens) = stranger(says(answer));
        let fault = line.get::<Vec<crate::model::ticket::Number>>("find").unwrap_err();
        assert_eq!(fault.again, again, "{answer}: {fault}");
        assert!(fault.doing.contains(told), "{answer}: {fault}");
        assert!(!fault.doing.contains("trk_"), "{fault}");
        let asked = listens.join().unwrap();
        assert!(asked.starts_with("GET /api/1/find HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("authorization: bearer trk_"), "{asked}");
    }
}

#[test]
fn an_endless_answer_ends() {
    let (line, listens) = stranger(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\"");
        let more = vec![b'a'; 1 << 20];
        // until nobody takes any more
        while stream.write_all(&more).is_ok() {}
    });
    let fault = line.get::<String>("version").unwrap_err();
    assert!(fault.again && !fault.doing.contains("aaa"), "{fault}");
    listens.join().unwrap();
}

#[test]
fn a_token_that_others_could_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("token"), dir.path().join("link"));
    assert!(read_token(&file).unwrap_err().doing.contains("there is none"));
    std::fs::write(&file, format!("{}\n", Token::of(&[1; BYTES]).reveal())).unwrap();
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o640);
    assert!(read_token(&file).unwrap_err().doing.contains("chmod 600"));
    mode(0o600);
    assert_eq!(read_token(&file).unwrap(), Token::of(&[1; BYTES]));
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert!(read_token(&link).is_err());
    std::fs::write(&file, "trk_nearly\n").unwrap();
    let fault = read_token(&file).unwrap_err();
    assert!(fault.doing.contains("holds none") && !fault.doing.contains("nearly"), "{fault}");
}
