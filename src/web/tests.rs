//! Whole requests over a connection in memory, at the edges of what is taken.

use super::*;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// Knows the code `u12-3-abc` and notes who leaves.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Desk for Notes {
    fn look(&self, code: &str) -> Answer {
        if code == "u12-3-abc" { Answer::Known(Some(12)) } else { Answer::Unknown }
    }
    async fn leave(&self, code: String) -> Answer {
        let answer = self.look(&code);
        self.0.lock().unwrap().push(code);
        answer
    }
}

/// The answer to these bytes, and how many left.
async fn said(request: &[u8]) -> (String, usize) {
    within(request, Duration::from_secs(600)).await
}

async fn within(request: &[u8], patience: Duration) -> (String, usize) {
    let notes = Notes::default();
    let (mut ours, theirs) = duplex(64 * 1024);
    ours.write_all(request).await.unwrap();
    let mut answer = String::new();
    let rooms = server::plain(pages(notes.clone()));
    let (_, got) = tokio::join!(server::serve(theirs, rooms, patience), ours.read_to_string(&mut answer));
    got.unwrap();
    let left = notes.0.lock().unwrap().len();
    (answer, left)
}

#[tokio::test]
async fn a_look_asks_and_a_press_leaves() {
    let (page, left) = said(b"GET /u/u12-3-abc HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(
        page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("<button>No more mail about #12<"),
        "{page}"
    );
    assert_eq!(left, 0, "whoever only looks stays");
    let (head, left) = said(b"HEAD /u/u12-3-abc HTTP/1.1\r\n\r\n").await;
    assert!(head.ends_with("\r\n\r\n") && left == 0);
    let body = "List-Unsubscribe=One-Click";
    let post = format!("POST /u/u12-3-abc HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (done, left) = said(post.as_bytes()).await;
    assert!(done.ends_with("You get no more mail about #12.\n") && left == 1, "{done}");
    let (none, _) = said(post.replace("u12-", "u13-").as_bytes()).await;
    assert!(none.starts_with("HTTP/1.1 404 "), "{none}");
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_one_byte_less_is_not() {
    let padded = |length: usize| {
        let (start, end) = ("GET /u/u12-3-abc HTTP/1.1\r\nX: ", "\r\n\r\n");
        format!("{start}{}{end}", "y".repeat(length - start.len() - end.len()))
    };
    let most = limits::WEB_HEADER;
    for (length, status) in [(most - 1, "200"), (most, "200"), (most + 1, "431")] {
        let (answer, _) = said(padded(length).as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length}: {answer}");
    }
    let most = limits::WEB_BODY;
    for (length, status, leaves) in [(most - 1, "200", 1), (most, "200", 1), (most + 1, "400", 0)] {
        let body = format!("{:a<length$}", "List-Unsubscribe=One-Click&");
        let post = format!("POST /u/u12-3-abc HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}");
        let (answer, left) = said(post.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && left == leaves, "{length}: {answer}");
    }
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    for silent in ["", "GET /u/u12-3-abc HT", "POST /u/u12-3-abc HTTP/1.1\r\nContent-Length: 26\r\n\r\nList"]
    {
        let soon = within(silent.as_bytes(), Duration::from_millis(20)).await;
        assert_eq!(soon, (String::new(), 0), "{silent}");
    }
    for wrong in ["\r\n\r\n\r\n\r\n\0", "SSH-2.0-x\r\n", "GET / HTTP/2.0\r\n\r\n", "\u{16}\u{3}\u{1}"] {
        let (answer, left) = said(wrong.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && left == 0, "{wrong:?}: {answer}");
    }
}

#[tokio::test]
async fn a_body_has_one_plain_length() {
    for fields in [
        "Content-Length: 26\r\nContent-Length: 27\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 26\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 26\r\n",
        "Content-Length: +26\r\n",
        "Content-Length: 26, 26\r\n",
        "Content-Length: 99999999999999999999999\r\n",
    ] {
        let post = format!("POST /u/u12-3-abc HTTP/1.1\r\n{fields}\r\nList-Unsubscribe=One-Click");
        let (answer, left) = said(post.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && left == 0, "{fields}: {answer}");
    }
    let many = "X: y\r\n".repeat(65);
    let (answer, _) = said(format!("GET /u/u12-3-abc HTTP/1.1\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn nobody_on_the_way_keeps_an_answer() {
    let (answer, _) = said(b"GET /u/u12-3-abc HTTP/1.1\r\n\r\n").await;
    let answer = answer.to_lowercase();
    for field in ["cache-control: no-store", "connection: close", "default-src 'none'", "nosniff", "noindex"]
    {
        assert!(answer.contains(field), "{field}: {answer}");
    }
}
