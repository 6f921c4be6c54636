//! Is it known already? One short mail with the tickets that were found: all that is known of them for staff who are
//! proven, numbers, titles and states for everybody else. Within the limits of automatic mail, never to a robot.

use super::Case;
use crate::model::decision::{Decision, End, Reply};

/// Answers with the hits, which were looked up with what the sender may see.
pub fn search(words: &str, case: Case<'_>) -> Decision {
    if case.sender.is_none() || !case.may_answer() {
        return Decision::end(End::Applied, format!("searched; not answered ({})", case.nature.why));
    }
    let mut decision = Decision::end(End::Applied, format!("searched: {} found", case.known.hits.len()));
    decision.replies.push(reply(words, case));
    decision
}

/// The letter. Words that nobody vouches for are not mailed to the address they claim to come from.
pub(super) fn reply(words: &str, case: Case<'_>) -> Reply {
    let words = if case.vouched.is_some() { words.to_owned() } else { String::new() };
    let full = case.vouched.is_some_and(|v| v.login().is_some());
    Reply::Found { words, hits: case.known.hits.clone(), full }
}
