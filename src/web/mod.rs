//! The web: one server ([`server`]) for all that a proxy hands on, and here the page behind the link of a letter: one
//! button, one effect. In come requests; out go answers, and the code of whoever presses the button or whose mail program
//! presses it for him (RFC 8058). Knows no ticket and no database, keeps nothing between two requests, sets no cookie.

mod page;
mod request;
pub mod server;

use crate::limits;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use page::Page;
use request::Asked;
use std::future::Future;
use std::time::Duration;

/// What is known of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is for that ticket, or for all whose news come gathered; or was pressed, and is done.
    Known(Option<u32>),
    /// We never gave it out.
    Unknown,
    /// Not now.
    Later,
}

/// What stands behind the page.
pub trait Desk: Clone + Send + Sync + 'static {
    /// Looks the code up; changes nothing.
    fn look(&self, code: &str) -> Answer;
    /// Ends what the code's owner follows.
    fn leave(&self, code: String) -> impl Future<Output = Answer> + Send;
}

/// The page, at whatever path a proxy left in front of it.
pub fn pages<D: Desk>(desk: D) -> Router {
    Router::new().fallback(asked::<D>).with_state(desk)
}

async fn asked<D: Desk>(State(desk): State<D>, request: Request) -> Response {
    let page = match receive(request).await {
        Some(asked) => answered(asked, &desk).await,
        None => Page::BAD,
    };
    page.answer()
}

async fn answered(asked: Asked, desk: &impl Desk) -> Page {
    match asked {
        Asked::Look { code } => match desk.look(&code) {
            Answer::Known(ticket) => Page::question(ticket),
            Answer::Unknown => Page::NOT_FOUND,
            Answer::Later => Page::LATER,
        },
        Asked::Leave { code } => match desk.leave(code).await {
            Answer::Known(ticket) => Page::done(ticket),
            Answer::Unknown => Page::NOT_FOUND,
            Answer::Later => Page::LATER,
        },
        Asked::Nothing => Page::NOT_FOUND,
        Asked::Wrong => Page::BAD,
    }
}

/// Reads a request; `None` when its body is too long, or too slow.
async fn receive(request: Request) -> Option<Asked> {
    if server::length(&request) > limits::WEB_BODY as u64 {
        return None;
    }
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, limits::WEB_BODY);
    let body = tokio::time::timeout(Duration::from_secs(limits::WEB_SECONDS), body).await.ok()?.ok()?;
    Some(Asked::of(head.method.as_str(), head.uri.path(), &body))
}

#[cfg(test)]
mod tests;
