//! What mail servers say. The bytes are all that the server will ever say, in whatever order we ask: nothing hangs, nothing
//! panics, and what is told of it is printable and short.

use super::is_plain;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::runtime::{Builder, Runtime};
use trackle::fetch::imap::folder::{self, Got};
use trackle::fetch::imap::strict::{Line, Patience, Trouble};
use trackle::limits;
use trackle::send::courier::Delivery;
use trackle::send::smtp::line;
use trackle::tls::Stream;

/// Room for what we say.
const OURS: usize = 16 * 1024;

/// A line at whose other end these bytes were said and nothing more will be.
async fn said(bytes: &[u8]) -> (Stream, DuplexStream) {
    let (near, mut far) = tokio::io::duplex(bytes.len() + OURS);
    far.write_all(bytes).await.expect("room for all of it");
    far.shutdown().await.expect("an end");
    (Stream::Within(near), far)
}

fn run(work: impl Future<Output = ()>) {
    thread_local! {
        static RUNTIME: RefCell<Runtime> =
            RefCell::new(Builder::new_current_thread().enable_time().build().expect("a runtime"));
    }
    RUNTIME.with_borrow(|runtime| runtime.block_on(work));
}

/// One visit to an IMAP server.
pub fn imap(bytes: &[u8]) {
    run(async {
        let (stream, _far) = said(bytes).await;
        let mut line = Line::new(stream, Patience::default());
        if let Err(Trouble::Lost(why) | Trouble::Refused(why)) = visit(&mut line).await {
            is_plain(&why, &[]);
            assert!(why.chars().count() <= 300, "{why}");
        }
        assert!(line.can.iter().all(|word| !word.contains(char::is_lowercase)), "{:?}", line.can);
    });
}

/// What the server refuses is left out.
fn unless_lost<T>(result: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match result {
        Ok(got) => Ok(Some(got)),
        Err(Trouble::Refused(_)) => Ok(None),
        Err(lost) => Err(lost),
    }
}

async fn visit(line: &mut Line) -> Result<(), Trouble> {
    line.greeting().await?;
    unless_lost(line.command("CAPABILITY", |_| Ok(())).await)?;
    if let Some(selected) = unless_lost(folder::select(line, "INBOX").await)? {
        assert!(selected.epoch > 0);
    }
    let listed = unless_lost(folder::list(line, (2, None), &[]).await)?.unwrap_or_default();
    let mut sizes: BTreeMap<u32, Option<u64>> = BTreeMap::from([(3, Some(5)), (9, None)]);
    for entry in listed.entries() {
        let uid = entry.uid.parse().expect("a UID");
        assert!(uid > 2, "{uid} was not asked for");
        sizes.insert(uid, entry.size);
    }
    for (uid, got) in unless_lost(folder::fetch(line, &sizes).await)?.unwrap_or_default() {
        let Got::Whole(bytes) = got else { continue };
        let listed = sizes[&uid];
        // a line end may count as one byte or as two
        let (length, lines) = (bytes.len() as u64, bytes.iter().filter(|b| **b == b'\n').count() as u64);
        assert!(listed.is_none_or(|size| size.abs_diff(length) <= lines), "{uid}: {length} of {listed:?}");
    }
    if let Some(head) = unless_lost(folder::fetch_head(line, 3).await)?.flatten() {
        assert!(head.len() <= limits::HEAD_BYTES);
    }
    if line.begin_idle().await? {
        line.idle(Duration::from_secs(60)).await?;
        line.end_idle().await?;
    }
    Ok(())
}

/// The answers of an SMTP server.
pub fn smtp(bytes: &[u8]) {
    run(async {
        let (stream, _far) = said(bytes).await;
        let step = Duration::from_secs(60);
        let mut line = line::Line::new(stream, "fake".into(), step);
        let mut answers = 0;
        while let Ok(answer) = line.hear().await {
            answers += 1;
            assert!((200..600).contains(&answer.code) && answer.lines.len() <= limits::SMTP_LINES);
            assert!(answer.lines.iter().all(|line| line.bytes().all(|b| b == b' ' || b.is_ascii_graphic())));
            assert!(answer.text().len() <= 300);
            let (Delivery::Later(trouble) | Delivery::Refused(trouble) | Delivery::Locked(trouble)) =
                answer.refusal()
            else {
                panic!("a refusal that is none")
            };
            let class = (answer.code / 100).to_string();
            assert!(trouble.status.is_empty() || trouble.status.starts_with(&class), "{trouble:?}");
        }
        // each answer has taken a line of its own
        assert!(answers <= bytes.iter().filter(|b| **b == b'\n').count());
    });
}
