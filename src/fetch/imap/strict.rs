//! One command to an IMAP server, and its answer believed only when whole. Comes in: a command without line end;
//! goes out: `Ok` after a tagged OK of our own tag, or what went wrong. Of the IMAP library only the parser is
//! used, since its commands take a lost connection for success. Never waits without a deadline, never leaves half
//! an answer for the next command: a connection in doubt is [`Trouble::Lost`]. RFC 9051 sections 2.2 and 7.

use super::guard::Guard;
use crate::limits;
use crate::tls::Stream;
use async_imap::Client;
use async_imap::imap_proto::{MailboxDatum, Outcome, Response, ResponseCode, Status};
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Trouble {
    /// The server said NO or BAD; the connection is in order.
    Refused(String),
    /// The connection cannot be used any more.
    Lost(String),
}

/// How long a server may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Without a byte from it, and for one short answer.
    pub step: Duration,
    /// For the whole answer to one command, however steadily it comes.
    pub command: Duration,
    /// Between two looks when it cannot tell of new mail.
    pub poll: Duration,
    /// One IDLE.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            step: Duration::from_secs(limits::SERVER_STEP),
            command: Duration::from_secs(limits::IMAP_COMMAND),
            poll: Duration::from_secs(limits::IMAP_POLL),
            idle: Duration::from_secs(limits::IDLE_MINUTES * 60),
        }
    }
}

/// A connection that speaks IMAP.
#[derive(Debug)]
pub struct Line {
    pub(super) client: Client<Guard<Stream>>,
    pub patience: Patience,
    tags: u32,
    /// Answers that were read.
    read: u64,
    /// The tag of a command whose answer has not been read to its end.
    pub(super) open: Option<String>,
    /// The open command is an IDLE.
    pub(super) idling: bool,
    /// Mails in the selected folder, as told last.
    pub exists: u32,
    /// The folder has grown since this was last set to `false`.
    pub grown: bool,
    /// What the server said when it last asked a command to go on.
    pub question: String,
    /// What the server can do, upper case, as told last; empty when it has not said.
    pub can: Vec<String>,
}

/// What is made of an answer; an error ends the connection.
pub type Heard = Result<(), &'static str>;

impl Line {
    pub fn new(stream: Stream, patience: Patience) -> Line {
        Line {
            client: Client::new(Guard::new(stream, patience.step)),
            patience,
            tags: 0,
            read: 0,
            open: None,
            idling: false,
            exists: 0,
            grown: false,
            question: String::new(),
            can: Vec::new(),
        }
    }

    /// Whether the server offered this.
    pub fn offers(&self, capability: &str) -> bool {
        self.can.iter().any(|c| c == capability)
    }

    /// The largest literal that the next answers may hold; ordinary ones need few.
    pub fn allow(&mut self, bytes: u64) {
        self.client.get_mut().literal = bytes.max(limits::IMAP_LINE as u64);
    }

    /// Reads the greeting. One that logs us in unasked is refused: nobody can know as whom (and STARTTLS would be
    /// over, which an attacker likes).
    pub async fn greeting(&mut self) -> Result<(), Trouble> {
        let mut end = Ok(());
        let limit = self.patience.command;
        let next = self.next(|r| {
            end = match r {
                Response::Data { status: Status::Ok, .. } => Ok(()),
                Response::Data { status: Status::PreAuth, .. } => {
                    Err(Trouble::Lost("it logs us in without asking (PREAUTH), which is not safe".into()))
                }
                _ => Err(Trouble::Lost("it did not greet".into())),
            };
        });
        timeout(limit, next).await.unwrap_or_else(|_| Err(Trouble::Lost("it did not greet".into())))?;
        end
    }

    /// Runs a command. `on` is shown each untagged answer.
    pub async fn command<F>(&mut self, text: &str, on: F) -> Result<(), Trouble>
    where
        F: FnMut(&Response<'_>) -> Heard + Send,
    {
        self.dialogue(text, VecDeque::new(), on).await
    }

    /// Runs a command that the server asks to go on: each time it does, the next of `answers` is sent, after the
    /// last one an empty line.
    pub async fn dialogue<F>(&mut self, text: &str, answers: VecDeque<String>, on: F) -> Result<(), Trouble>
    where
        F: FnMut(&Response<'_>) -> Heard + Send,
    {
        let limit = self.patience.command;
        self.end_idle().await?;
        timeout(limit, async {
            let tag = self.say(text).await?;
            self.hear(&tag, answers, on).await
        })
        .await
        .unwrap_or_else(|_| Err(Trouble::Lost(format!("no whole answer within {} seconds", limit.as_secs()))))
    }

    /// The bare connection, for TLS. Fails when the server has said more than was asked: that came in the clear.
    pub fn into_stream(self) -> Result<Stream, Trouble> {
        if self.client.get_ref().answers() != (self.read, false) {
            return Err(Trouble::Lost("it sent something ahead of TLS: somebody may sit in between".into()));
        }
        Ok(self.client.into_inner().into_inner())
    }

    pub(super) async fn say(&mut self, text: &str) -> Result<String, Trouble> {
        if text.contains(['\r', '\n', '\0']) {
            return Err(Trouble::Lost("a command of ours had a line end in it".into()));
        }
        self.tags = self.tags.wrapping_add(1);
        let tag = format!("T{}", self.tags);
        self.open = Some(tag.clone());
        self.write(&format!("{tag} {text}\r\n")).await?;
        Ok(tag)
    }

    pub(super) async fn write(&mut self, text: &str) -> Result<(), Trouble> {
        let stream = self.client.get_mut();
        let sent = async { stream.write_all(text.as_bytes()).await.and(stream.flush().await) };
        match timeout(self.patience.step, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(Trouble::Lost(e.to_string())),
            Err(_) => Err(Trouble::Lost("it does not take what we send".into())),
        }
    }

    /// Reads up to the tagged answer.
    pub(super) async fn hear<F>(
        &mut self,
        tag: &str,
        mut answers: VecDeque<String>,
        mut on: F,
    ) -> Result<(), Trouble>
    where
        F: FnMut(&Response<'_>) -> Heard + Send,
    {
        let mut questions = answers.len() + usize::from(!answers.is_empty());
        for _ in 0..limits::IMAP_UNTAGGED {
            let mut end = None;
            let mut asked = None;
            self.next(|r| match r {
                Response::Done { tag: t, status, outcome } => end = Some(ended(t.0 == tag, status, outcome)),
                Response::Continue(outcome) => asked = Some(words(outcome)),
                other => end = on(other).err().map(|e| Err(Trouble::Lost(e.into()))),
            })
            .await?;
            if let Some(end) = end {
                if !matches!(end, Err(Trouble::Lost(_))) {
                    self.open = None;
                }
                return end;
            }
            if let Some(question) = asked {
                self.question = question;
                questions = questions
                    .checked_sub(1)
                    .ok_or_else(|| Trouble::Lost("it asked for more than we say".into()))?;
                let answer = answers.pop_front().unwrap_or_default();
                self.write(&format!("{answer}\r\n")).await?;
            }
        }
        Err(Trouble::Lost("its answer does not end".into()))
    }

    /// Reads one answer, keeps what concerns the folder, and shows it to `see`.
    pub(super) async fn next(&mut self, see: impl FnOnce(&Response<'_>)) -> Result<(), Trouble> {
        // the parser has a few unwraps for what no honest server says
        let answer = AssertUnwindSafe(self.client.read_response()).catch_unwind().await;
        let answer = match answer {
            Ok(Ok(Some(answer))) => answer,
            Ok(Ok(None)) => return Err(Trouble::Lost("it closed the connection".into())),
            Ok(Err(e)) => return Err(Trouble::Lost(broken(&e))),
            Err(_) => return Err(Trouble::Lost("its answer makes no sense".into())),
        };
        self.read += 1;
        let parsed = answer.parsed();
        match parsed {
            Response::MailboxData(MailboxDatum::Exists(n)) => {
                self.grown |= *n > self.exists;
                self.exists = *n;
            }
            Response::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            Response::Data { status: Status::Bye, outcome } => {
                return Err(Trouble::Lost(format!("it said goodbye: {}", words(outcome))));
            }
            _ => {}
        }
        if let Some(can) = capabilities(parsed) {
            self.can = can;
        }
        see(parsed);
        Ok(())
    }
}

fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it closed the connection".into(),
        // the parser quotes all that it had in hand: mail, and without end
        io::ErrorKind::Other => "its answer is not IMAP".into(),
        _ => clean(&error.to_string()),
    }
}

pub(super) fn ended(ours: bool, status: &Status, outcome: &Outcome<'_>) -> Result<(), Trouble> {
    match status {
        _ if !ours => Err(Trouble::Lost("it answered a command that was not given".into())),
        Status::Ok => Ok(()),
        _ => Err(Trouble::Refused(words(outcome))),
    }
}

/// The capabilities that an answer tells, as a list or in a code.
fn capabilities(answer: &Response<'_>) -> Option<Vec<String>> {
    use async_imap::imap_proto::Capability;
    let (Response::Capabilities(list)
    | Response::Data { outcome: Outcome { code: Some(ResponseCode::Capabilities(list)), .. }, .. }
    | Response::Done { outcome: Outcome { code: Some(ResponseCode::Capabilities(list)), .. }, .. }) = answer
    else {
        return None;
    };
    let name = |c: &Capability<'_>| match c {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(name) => format!("AUTH={}", name.to_ascii_uppercase()),
        Capability::Atom(name) => name.to_ascii_uppercase(),
    };
    // RFC 3501 9: a capability is an atom, and that is ASCII
    Some(list.iter().map(name).filter(|name| name.is_ascii()).collect())
}

/// What the server says to people: one line, at most 200 characters.
fn words(outcome: &Outcome<'_>) -> String {
    clean(outcome.information.as_deref().unwrap_or("(nothing)"))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect::<String>().trim().to_owned()
}
