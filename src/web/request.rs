//! What a request asks for. Bytes come in, bounded by whoever reads them; a head, and then one of four things, goes out.
//! HTTP/1.0 and 1.1 (RFC 9112), the parts that a mail program's request has; a body without a plain length is refused.

use httparse::{EMPTY_HEADER, Header, Request, Status};

/// Fields in a head; proxies add a dozen.
const FIELDS: usize = 64;
/// Longest code that we give out, with room.
const CODE: usize = 80;
/// The one line of the body (RFC 8058 3.2).
const WORD: &str = "List-Unsubscribe=One-Click";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The page with the button.
    Look { code: String, head_only: bool },
    /// The button was pressed.
    Leave { code: String },
    /// Something that is not here.
    Nothing,
    /// Not as it should be.
    Wrong,
}

/// The head of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Its own bytes.
    pub length: usize,
    /// Those of the body.
    pub body: usize,
    method: String,
    code: Option<String>,
}

impl Head {
    /// Reads a head; nothing yet when it goes on.
    ///
    /// # Errors
    /// When it is none, or its body has no plain length.
    pub fn read(bytes: &[u8]) -> Result<Option<Head>, ()> {
        let mut fields = [EMPTY_HEADER; FIELDS];
        let mut request = Request::new(&mut fields);
        let Status::Complete(length) = request.parse(bytes).map_err(|_| ())? else { return Ok(None) };
        let is = |field: &Header<'_>, name: &str| field.name.eq_ignore_ascii_case(name);
        if request.headers.iter().any(|h| is(h, "transfer-encoding")) {
            return Err(());
        }
        let mut lengths = request.headers.iter().filter(|h| is(h, "content-length"));
        let body = match (lengths.next(), lengths.next()) {
            (None, _) => 0,
            (Some(one), None) => number(one.value).ok_or(())?,
            // two lengths are how requests are smuggled past a proxy
            (Some(_), Some(_)) => return Err(()),
        };
        let code = request.path.and_then(code).map(str::to_owned);
        Ok(Some(Head { length, body, method: request.method.unwrap_or("").to_owned(), code }))
    }

    /// What it asks for, with that body.
    pub fn asked(&self, body: &[u8]) -> Asked {
        let Some(code) = self.code.clone() else { return Asked::Nothing };
        match self.method.as_str() {
            "GET" => Asked::Look { code, head_only: false },
            "HEAD" => Asked::Look { code, head_only: true },
            "POST" if is_one_click(body) => Asked::Leave { code },
            _ => Asked::Wrong,
        }
    }
}

fn number(value: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(value).ok()?.trim();
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The code of a path `/u/CODE`, whatever a proxy left in front of it.
fn code(path: &str) -> Option<&str> {
    let path = path.split(['?', '#']).next()?;
    let (before, code) = path.rsplit_once('/')?;
    let is_code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let right = !code.is_empty() && code.len() <= CODE && code.bytes().all(is_code);
    (before.ends_with("/u") && right).then_some(code)
}

/// Whether the body says so, as a form of either kind (RFC 8058 3.2 allows both).
fn is_one_click(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let part = || {
        let (_, after) = text.split_once("name=\"List-Unsubscribe\"")?;
        let (_, value) = after.split_once("\r\n\r\n")?;
        value.lines().next()
    };
    text.trim().split('&').any(|pair| pair == WORD) || part() == Some("One-Click")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(request: &str) -> Asked {
        let head = Head::read(request.as_bytes()).unwrap().unwrap();
        let body = &request.as_bytes()[head.length..];
        assert_eq!(head.body, body.len(), "{request}");
        head.asked(body)
    }

    #[test]
    fn one_path_is_there() {
        let code = || "u12-3-abc".to_owned();
        for path in ["/u/u12-3-abc", "/desk/u/u12-3-abc", "/u/u12-3-abc?x=1", "//u/u12-3-abc"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            assert_eq!(asked(&request), Asked::Look { code: code(), head_only: false }, "{path}");
        }
        let head = asked("HEAD /u/u12-3-abc HTTP/1.0\r\n\r\n");
        assert_eq!(head, Asked::Look { code: code(), head_only: true });
        for path in ["/", "/u/", "/u", "/x/u12-3-abc", "/u/../x", "/u/U12", "/u/%75", "*", "/u/a/b"] {
            assert_eq!(asked(&format!("GET {path} HTTP/1.1\r\n\r\n")), Asked::Nothing, "{path}");
        }
        let long = "a".repeat(CODE + 1);
        assert_eq!(asked(&format!("GET /u/{long} HTTP/1.1\r\n\r\n")), Asked::Nothing);
        assert_ne!(asked(&format!("GET /u/{} HTTP/1.1\r\n\r\n", &long[1..])), Asked::Nothing);
    }

    #[test]
    fn only_the_word_in_the_body_leaves() {
        let post = |body: &str| {
            asked(&format!("POST /u/u12 HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
        };
        let form =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for body in [WORD, "a=b&List-Unsubscribe=One-Click", form, "List-Unsubscribe=One-Click\r\n"] {
            assert_eq!(post(body), Asked::Leave { code: "u12".into() }, "{body}");
        }
        for body in
            ["", "List-Unsubscribe=", "List-Unsubscribe=One-Clicks", &form.replace("One-", "Two-"), "ü"]
        {
            assert_eq!(post(body), Asked::Wrong, "{body}");
        }
        for method in ["PUT", "DELETE", "OPTIONS"] {
            assert_eq!(asked(&format!("{method} /u/u12 HTTP/1.1\r\n\r\n")), Asked::Wrong);
        }
    }

    #[test]
    fn a_body_has_one_plain_length() {
        for fields in [
            "Content-Length: 3\r\nContent-Length: 3\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Content-Length: +3\r\n",
            "Content-Length: 3, 3\r\n",
            "Content-Length: 99999999999999999999999\r\n",
        ] {
            assert_eq!(
                Head::read(format!("POST /u/u12 HTTP/1.1\r\n{fields}\r\n").as_bytes()),
                Err(()),
                "{fields}"
            );
        }
        assert_eq!(Head::read(b"POST /u/u12 HTTP/1.1\r\nContent-"), Ok(None));
        assert_eq!(Head::read(b"\x16\x03\x01\x02"), Err(()));
        let many = "X: y\r\n".repeat(FIELDS + 1);
        assert_eq!(Head::read(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes()), Err(()));
    }
}
