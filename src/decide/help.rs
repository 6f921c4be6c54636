//! How does this work? One short mail with what can be said to the robot, or how one word is said; the same for everybody
//! in a class.

use super::Case;
use crate::command::{Does, Order, Question, Verb};
use crate::model::decision::{Decision, End, Reply};

/// Answers with the help letter, within the limits of automatic mail.
pub fn help(case: Case<'_>) -> Decision {
    if case.sender.is_none() || !case.may_answer() {
        return Decision::end(End::Applied, format!("asked for help; not answered ({})", case.nature.why));
    }
    let mut decision = Decision::end(End::Applied, "asked for help");
    decision.replies.push(reply(&case.reading.orders, case));
    decision
}

/// The letter, about the word that the first line which asks for help names.
pub(super) fn reply(orders: &[Order], case: Case<'_>) -> Reply {
    let asks = |o: &&Order| matches!(o.verb.does, Does::Ask(Question::Help));
    let word = orders.iter().find(asks).and_then(|o| o.words.first());
    Reply::Help { staff: case.is_staff(), verb: word.and_then(|w| Verb::of(w)).map(|v| v.word) }
}
