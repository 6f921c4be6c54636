//! The tree of a mail's MIME parts (RFC 2045, 2046), transfer encoding undone, charsets not yet.

use crate::model::mail::Header;

/// One part. A `message/rfc822` part has exactly one child: the mail inside it, with that mail's own headers.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// `type/subtype`, lower case; `text/plain` when absent or broken.
    pub media: String,
    /// Parameters of Content-Type, names lower case, values decoded (RFC 2231).
    pub params: Vec<(String, String)>,
    /// `inline`, `attachment` or empty.
    pub disposition: String,
    /// File name as the mail gave it, decoded, not yet made safe; empty when it gave none.
    pub name: String,
    /// The part's own headers: the mail's for the root, the forwarded mail's for the child of `message/rfc822`.
    pub headers: Vec<Header>,
    /// Transfer encoding undone; empty for multiparts.
    pub body: Vec<u8>,
    pub parts: Vec<Part>,
}

impl Part {
    /// The first header of that name, not decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
    /// A parameter of Content-Type.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    /// This part and all below it, in the order they stand in the mail.
    pub fn walk(&self) -> Vec<&Part> {
        let mut all = vec![self];
        for part in &self.parts {
            all.extend(part.walk());
        }
        all
    }
}
