//! Waiting for mail without asking for it. Comes in: a [`Line`] with a folder selected; goes out: that the folder
//! has grown, or that the time is over. Never waits for a server that refuses or that has gone. IDLE, RFC 2177.

use super::strict::{Line, Trouble, ended};
use crate::limits;
use async_imap::imap_proto::Response;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::timeout;

impl Line {
    /// Starts an IDLE (RFC 2177). `Ok(false)`: the server does not want to.
    pub async fn begin_idle(&mut self) -> Result<bool, Trouble> {
        self.end_idle().await?;
        let limit = self.patience.step;
        timeout(limit, self.ask_idle())
            .await
            .unwrap_or_else(|_| Err(Trouble::Lost("it does not come to IDLE".into())))
    }

    async fn ask_idle(&mut self) -> Result<bool, Trouble> {
        let tag = self.say("IDLE").await?;
        for _ in 0..limits::IMAP_UNTAGGED {
            let mut end = None;
            let mut begun = false;
            self.next(|r| match r {
                Response::Continue(_) => begun = true,
                Response::Done { tag: t, status, outcome } => end = Some(ended(t.0 == tag, status, outcome)),
                _ => {}
            })
            .await?;
            if begun {
                self.idling = true;
                return Ok(true);
            }
            match end {
                Some(Err(lost @ Trouble::Lost(_))) => return Err(lost),
                // an OK without a wait is as good as a NO
                Some(_) => {
                    self.open = None;
                    return Ok(false);
                }
                None => {}
            }
        }
        Err(Trouble::Lost("it does not come to IDLE".into()))
    }

    /// Waits in IDLE until the folder has grown, for `limit` at most.
    pub async fn idle(&mut self, limit: Duration) -> Result<(), Trouble> {
        // silence is what IDLE is for
        self.client.get_mut().wait(limit + self.patience.step);
        let news = timeout(limit, async {
            let mut unasked = 0;
            while !self.grown {
                unasked += 1;
                if unasked > limits::IMAP_UNTAGGED {
                    return Err(Trouble::Lost("it does not stop talking in IDLE".into()));
                }
                let mut ended = false;
                self.next(|r| ended = matches!(r, Response::Done { .. })).await?;
                if ended {
                    return Err(Trouble::Lost("it ended IDLE by itself".into()));
                }
            }
            Ok(())
        })
        .await;
        news.unwrap_or(Ok(()))
    }

    /// Ends an IDLE, also one whose waiting was given up half-way.
    pub async fn end_idle(&mut self) -> Result<(), Trouble> {
        let Some(tag) = self.open.clone() else { return Ok(()) };
        if !self.idling {
            return Err(Trouble::Lost("an earlier command was given up half-way".into()));
        }
        let limit = self.patience.step;
        self.client.get_mut().wait(limit);
        timeout(limit, async {
            self.write("DONE\r\n").await?;
            self.idling = false;
            self.hear(&tag, VecDeque::new(), |_| Ok(())).await
        })
        .await
        .unwrap_or_else(|_| Err(Trouble::Lost("it does not end IDLE".into())))
    }
}
