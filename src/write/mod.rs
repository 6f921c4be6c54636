//! Writing: what somebody will be told becomes bytes that never change again. A [`Letter`], the robot and the wording
//! come in; a [`Frozen`] letter goes out, the same for the same input to the byte. Reads no file and no clock, knows
//! no random number, sends nothing. Words stand in `templates/mail`, headers in `envelope.rs`.

mod attached;
mod body;
mod clean;
mod envelope;
mod letters;
mod recheck;
mod sets;
mod thread;
mod voice;
mod wording;
mod wrap;

pub use wording::{Wording, Wrong};

use crate::fault::Outcome;
use crate::model::language::Language;
use crate::model::letter::{Chain, Frozen, Letter};
use crate::model::robot::Robot;
use envelope::Envelope;
use jiff::Timestamp;

/// When and for whom a letter is written: by the clock, by how far the history has come, and in what language.
#[derive(Debug, Clone)]
pub struct Moment {
    pub now: Timestamp,
    pub chain: Chain,
    /// Its reader's; `None` for the language of the site.
    pub language: Option<Language>,
}

/// Writes a letter. Fails only by a mistake of ours: the letter that came out is read again, and one that is not what
/// it should be goes nowhere.
pub fn freeze(letter: &Letter, robot: &Robot, wording: &Wording, at: &Moment) -> Outcome<Frozen> {
    let kind = envelope::kind(&letter.about);
    let frozen = written(letter, robot, wording, at);
    frozen.map_err(|f| f.while_(&format!("writing {kind} of event {}", letter.event)))
}

fn written(letter: &Letter, robot: &Robot, wording: &Wording, at: &Moment) -> Outcome<Frozen> {
    let envelope = Envelope::new(letter, robot, at)?;
    let voice = wording.voice(envelope::kind(&letter.about), at.language.as_ref());
    let (text, files) = letters::words(letter, robot, &voice)?;
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    let head = envelope.head(subject)?;
    let body = wrap::prose(body.trim_matches('\n'));
    let bytes = body::assembled(head, &body, &files, &envelope.message_id, letter.to.address())?;
    Ok(Frozen {
        kind: envelope::kind(&letter.about),
        to: letter.to.address().clone(),
        envelope_from: envelope.sender(),
        message_id: envelope.message_id,
        event: letter.event,
        bytes,
        not_before: letter.not_before,
    })
}

#[cfg(test)]
mod tests;
