//! The answers of the web endpoint: a page with one button, and a few lines of text. Nothing of a ticket stands in them but
//! its number, and nothing that came in with the request.

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    status: &'static str,
    media: &'static str,
    text: String,
    head_only: bool,
}

/// No scripts, no pictures, no frames, nobody told where the reader came from.
const FIELDS: &str = "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
                      Referrer-Policy: no-referrer\r\nX-Robots-Tag: noindex\r\n\
                      Content-Security-Policy: default-src 'none'; form-action 'self'; frame-ancestors 'none'\r\n";

impl Page {
    pub const NOT_FOUND: Page = plain("404 Not Found");
    pub const BAD: Page = plain("400 Bad Request");
    pub const LATER: Page = plain("503 Service Unavailable");

    /// Do you want that? Mail scanners follow links, so the link alone does nothing.
    pub fn question(ticket: Option<u32>) -> Page {
        let what = named(ticket);
        let text = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>No more mail</title>\n\
             <form method=\"post\">\n<p>Do you want to get no more mail about {what}?</p>\n\
             <input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\n\
             <button>No more mail about {what}</button>\n</form>\n</html>\n"
        );
        Page { status: "200 OK", media: "text/html; charset=utf-8", text, head_only: false }
    }

    /// It is done, now or before.
    pub fn done(ticket: Option<u32>) -> Page {
        let what = named(ticket);
        let text = format!("You get no more mail about {what}.\n");
        Page { text, ..plain("200 OK") }
    }

    /// Its head alone.
    pub fn head(self) -> Page {
        Page { head_only: true, ..self }
    }

    /// What goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let text = if self.text.is_empty() { format!("{}\n", self.status) } else { self.text.clone() };
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{FIELDS}\r\n",
            self.status,
            self.media,
            text.len()
        );
        if self.head_only { head.into_bytes() } else { (head + &text).into_bytes() }
    }
}

/// What there is no more mail about.
fn named(ticket: Option<u32>) -> String {
    ticket.map_or_else(|| "the tickets whose news come gathered".to_owned(), |number| format!("#{number}"))
}

const fn plain(status: &'static str) -> Page {
    Page { status, media: "text/plain; charset=utf-8", text: String::new(), head_only: false }
}
