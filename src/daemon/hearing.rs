//! Hearing witnesses: in come mails that were read, with their bytes; each goes on with what DNS and gpg said of it.
//! Asks only where the answer can matter: gpg about the signature of a member whose key is on file, DNS about the
//! domain of a sender of whom no server of ours has said anything. Many are asked at the same time, and a batch waits
//! for all of them together no longer than [`BATCH`]: what was not said by then was not said.

use super::Hub;
use crate::model::mail::Mail;
use crate::model::robot::Robot;
use crate::witness::{Question, Witnesses};
use crate::{identify, read};
use futures_util::StreamExt;
use jiff::Timestamp;
use std::panic::catch_unwind;
use std::time::Duration;

/// Mails asked about at the same time.
const AT_ONCE: usize = 8;
/// For one batch of mails.
const BATCH: Duration = Duration::from_secs(30);

/// Asks about each mail. Blocks; never called from within a runtime's own threads.
pub fn hear(hub: &Hub, mails: Vec<(&[u8], &mut Mail)>, now: Timestamp) {
    ask(&hub.witnesses, &hub.house.robot, mails, now);
}

/// The same for whoever has no hub.
pub fn ask(witnesses: &Witnesses, robot: &Robot, mails: Vec<(&[u8], &mut Mail)>, now: Timestamp) {
    let wanted: Vec<_> = mails
        .into_iter()
        .filter_map(|(bytes, mail)| Some((question(witnesses, robot, bytes, mail, now)?, mail)))
        .collect();
    if wanted.is_empty() {
        return;
    }
    // a runtime of its own: what a killed child or a late answer leaves behind goes with it
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return tracing::warn!("asking about signatures: {e}"),
    };
    let work = futures_util::stream::iter(wanted).for_each_concurrent(AT_ONCE, |(question, mail)| async {
        mail.witness = witnesses.hear(question).await;
    });
    if runtime.block_on(async { tokio::time::timeout(BATCH, work).await }).is_err() {
        tracing::warn!("asking about signatures took longer than {} s", BATCH.as_secs());
    }
}

/// What there is to ask about a mail; `None` when nothing is.
fn question<'a>(
    witnesses: &Witnesses,
    robot: &Robot,
    bytes: &'a [u8],
    mail: &Mail,
    now: Timestamp,
) -> Option<Question<'a>> {
    let from = mail.sender()?;
    let member = robot.member(&from).filter(|member| witnesses.knows_keys_of(&member.login));
    // as in reading: bytes that break it break nothing else
    let claim = member.and_then(|_| catch_unwind(|| read::signed::claim(bytes)).ok().flatten());
    let open = witnesses.asks_dns() && identify::authentication::is_open(mail, &robot.trust);
    let domain = open.then(|| from.domain().to_ascii_lowercase());
    (claim.is_some() || domain.is_some()).then_some(Question { bytes, claim, domain, now })
}
