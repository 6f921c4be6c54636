//! One connection of a proxy: one request, one answer, and it is closed. In come bytes, out goes what the rooms behind the
//! paths answer. Speaks no TLS. HTTP/1.0 and 1.1 (RFC 9112); a body without a plain length is refused, since that is how
//! requests are smuggled past a proxy. What is longer or slower than a program is cut off.

use crate::limits;
use axum::Router;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// Fields in a head; proxies add a dozen.
const FIELDS: usize = 64;
/// What hyper needs at least for a head.
const BUFFER: usize = 8 * 1024;

/// Refuses what is no plain request before anything behind it sees it.
pub fn plain(rooms: Router) -> Router {
    rooms.layer(middleware::from_fn(only_plain))
}

async fn only_plain(request: Request, next: Next) -> Response {
    if is_plain(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::BAD_REQUEST.into_response()
    }
}

/// Whether its body has a plain length, or none; of two lengths that differ hyper takes none.
fn is_plain(fields: &HeaderMap) -> bool {
    let is_number = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let length = fields.get(CONTENT_LENGTH).is_none_or(|length| is_number(length.as_bytes()));
    length && !fields.contains_key(TRANSFER_ENCODING)
}

/// The length of a request's body, as it was told.
pub fn length(request: &Request) -> u64 {
    request.body().size_hint().exact().unwrap_or(u64::MAX)
}

/// Serves one connection: its head within [`limits::WEB_SECONDS`], all of it within that time. Broken ones are nobody's
/// trouble.
pub async fn serve<S>(stream: S, rooms: Router, patience: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(limits::WEB_SECONDS));
    server.keep_alive(false).max_headers(FIELDS).max_header_size(limits::WEB_HEADER);
    server.max_buf_size(BUFFER.max(limits::WEB_HEADER));
    let answer = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(rooms));
    if let Ok(Err(e)) = tokio::time::timeout(patience, answer).await {
        tracing::debug!("a web request broke off: {e}");
    }
}
