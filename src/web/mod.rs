//! The web endpoint: one page, one button, one effect. In come connections of a proxy; out go answers, and the code of
//! whoever presses the button or whose mail program presses it for him (RFC 8058). Knows no ticket and no database, keeps
//! nothing between two requests, speaks no TLS, sets no cookie. What is longer or slower than a mail program is cut off.

mod page;
mod request;

use crate::limits;
use page::Page;
use request::{Asked, Head};
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

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
pub trait Desk: Clone + Send + 'static {
    /// Looks the code up; changes nothing.
    fn look(&self, code: &str) -> Answer;
    /// Ends what the code's owner follows.
    fn leave(&self, code: String) -> impl Future<Output = Answer> + Send;
}

/// Serves one connection: one request, one answer, within that time. Broken ones are nobody's trouble.
pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, desk: impl Desk, patience: Duration) {
    let answer = async {
        let page = match receive(&mut stream).await {
            Some(asked) => answered(asked, &desk).await,
            None => Page::BAD,
        };
        stream.write_all(&page.bytes()).await?;
        stream.shutdown().await
    };
    if let Ok(Err(e)) = tokio::time::timeout(patience, answer).await {
        tracing::debug!("a web request broke off: {e}");
    }
}

async fn answered(asked: Asked, desk: &impl Desk) -> Page {
    match asked {
        Asked::Look { code, head_only } => {
            let page = match desk.look(&code) {
                Answer::Known(ticket) => Page::question(ticket),
                Answer::Unknown => Page::NOT_FOUND,
                Answer::Later => Page::LATER,
            };
            if head_only { page.head() } else { page }
        }
        Asked::Leave { code } => match desk.leave(code).await {
            Answer::Known(ticket) => Page::done(ticket),
            Answer::Unknown => Page::NOT_FOUND,
            Answer::Later => Page::LATER,
        },
        Asked::Nothing => Page::NOT_FOUND,
        Asked::Wrong => Page::BAD,
    }
}

/// Reads a request, as far as it is one of ours; `None` when it is none at all, or too long.
async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut bytes = Vec::with_capacity(1024);
    let head = loop {
        let mut some = [0; 1024];
        let got = stream.read(&mut some).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(some.get(..got)?);
        match Head::read(bytes.get(..bytes.len().min(limits::WEB_HEADER))?) {
            Ok(Some(head)) => break head,
            Ok(None) if bytes.len() < limits::WEB_HEADER => {}
            _ => return None,
        }
    };
    if head.body > limits::WEB_BODY {
        return None;
    }
    let whole = head.length + head.body;
    while bytes.len() < whole {
        let mut some = [0; 1024];
        let got = stream.read(&mut some).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(some.get(..got)?);
    }
    Some(head.asked(bytes.get(head.length..whole)?))
}

#[cfg(test)]
mod tests;
