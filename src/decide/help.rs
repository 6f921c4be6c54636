//! How does this work? One short mail with what can be said to the robot, the same for everybody in a class.

use super::Case;
use crate::model::decision::{Decision, End, Reply};

/// Answers with the help letter, within the limits of automatic mail.
pub fn help(case: Case<'_>) -> Decision {
    if case.sender.is_none() || !case.may_answer() {
        return Decision::end(End::Applied, format!("asked for help; not answered ({})", case.nature.why));
    }
    let mut decision = Decision::end(End::Applied, "asked for help");
    decision.replies.push(Reply::Help { staff: case.is_staff() });
    decision
}
