//! The answers of the web endpoint: a page with one button, and a few lines of text. Nothing of a ticket stands in them but
//! its number, and nothing that came in with the request.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    status: StatusCode,
    media: &'static str,
    text: String,
}

/// No scripts, no pictures, no frames, nobody told where the reader came from.
const FIELDS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
];

impl Page {
    pub const NOT_FOUND: Page = plain(StatusCode::NOT_FOUND);
    pub const BAD: Page = plain(StatusCode::BAD_REQUEST);
    pub const LATER: Page = plain(StatusCode::SERVICE_UNAVAILABLE);

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
        Page { status: StatusCode::OK, media: "text/html; charset=utf-8", text }
    }

    /// It is done, now or before.
    pub fn done(ticket: Option<u32>) -> Page {
        let what = named(ticket);
        let text = format!("You get no more mail about {what}.\n");
        Page { text, ..plain(StatusCode::OK) }
    }

    /// As it goes out.
    pub fn answer(self) -> Response {
        let text = if self.text.is_empty() { format!("{}\n", self.status) } else { self.text };
        (self.status, [(header::CONTENT_TYPE, self.media)], FIELDS, text).into_response()
    }
}

/// What there is no more mail about.
fn named(ticket: Option<u32>) -> String {
    ticket.map_or_else(|| "the tickets whose news come gathered".to_owned(), |number| format!("#{number}"))
}

const fn plain(status: StatusCode) -> Page {
    Page { status, media: "text/plain; charset=utf-8", text: String::new() }
}
