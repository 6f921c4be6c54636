//! What sort of thing a mail is, as far as answering it goes. Decided in `identify/loops.rs`, once, in the order
//! of RFC 3834 section 2 and our own experience; everything later only looks at the answer.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person wrote it, as far as one can tell.
    Mail,
    /// A vacation message or another program's answer.
    AutoReply,
    Bounce,
    Delay,
    Success,
    /// An abuse report.
    Feedback,
    /// A read receipt.
    Receipt,
    /// A list manager's own business: moderation, subscription, probe.
    ListAdmin,
    /// A mail that we sent ourselves and that came back.
    Own,
}

impl Kind {
    /// The word for people; `explain --json` has one word for bounce and delay (`show/reading.rs`).
    pub fn word(self) -> &'static str {
        match self {
            Kind::Mail => "mail",
            Kind::AutoReply => "auto-reply",
            Kind::Bounce => "bounce",
            Kind::Delay => "delay",
            Kind::Success => "success",
            Kind::Feedback => "feedback",
            Kind::Receipt => "receipt",
            Kind::ListAdmin => "list-admin",
            Kind::Own => "own",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The answer of `identify::loops`: the kind, whether any automatic answer may be given, and the rule that said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nature {
    pub kind: Kind,
    /// No robot, list or null sender: an automatic answer may go out.
    pub may_answer: bool,
    /// The subject is one that vacation messages have: it never counts as a yes to a question.
    pub sounds_away: bool,
    /// The rule that decided, in words for `explain` and the log, such as `Auto-Submitted: auto-replied`.
    pub why: String,
}
