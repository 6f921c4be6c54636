//! The same words again and again: a vacation program that says in no header that it is one answers each letter of ours
//! with them, and each of its answers makes us write the next. In comes what was decided about a mail, out goes the same,
//! or that the mail is held. Only words count here, and only those that somebody would be told of: orders are never held,
//! nor is who repeats himself below one and the same letter.

use crate::decide::Case;
use crate::fault::Outcome;
use crate::limits;
use crate::model::decision::{Decision, Target};
use crate::store::Tx;
use crate::store::tickets::hour;
use sha2::{Digest, Sha256};

/// Bytes of a hash that tell one text from another of the same person.
const MARK: usize = 12;

/// Holds the mail when its sender has answered letters about the same ticket with the same words often enough.
pub(super) fn held(tx: &Tx<'_>, decision: Decision, case: Case<'_>) -> Outcome<Decision> {
    let Some(sender) = case.sender.filter(|_| !case.released && case.mail.attachments.is_empty()) else {
        return Ok(decision);
    };
    for filing in decision.filings.iter().filter(|filing| !filing.quiet && filing.changes.is_empty()) {
        let (Target::Known(ticket), Some(entry)) = (&filing.target, &filing.entry) else { continue };
        let whom = format!("{} {} {}", ticket.0, sender.address.key(), mark(&entry.text));
        let parent = case.mail.in_reply_to.first().or(case.mail.message_id.as_ref());
        let below = format!("{whom} {}", mark(parent.map_or("", |id| id.as_str())));
        let anew = tx.tally("words", &below, hour(case.now))? == 1;
        if anew && tx.tally("words", &whom, hour(case.now))? > limits::SAME_WORDS_PER_HOUR {
            let why = format!(
                "{} said the same about {ticket} in {} answers before, within this hour: perhaps their mail program \
                 answers by itself; if not, let it through with `trackle quarantine retry`",
                sender.address,
                limits::SAME_WORDS_PER_HOUR,
            );
            return Ok(Decision::stopped(why));
        }
    }
    Ok(decision)
}

/// The words of a text, white space and case aside.
fn mark(text: &str) -> String {
    let mut hash = Sha256::new();
    for word in text.split_whitespace() {
        hash.update(word.to_lowercase());
        hash.update([0]);
    }
    let hash = hash.finalize();
    hash.iter().take(MARK).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn words_count_and_nothing_else() {
        assert_eq!(mark("I am away.\n\nAnn"), mark(" i am  AWAY. ann\n"));
        assert_ne!(mark("I am away."), mark("I am a way."));
        assert_eq!(mark("").len(), 24);
    }
}
