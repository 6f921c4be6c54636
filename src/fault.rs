//! Our own failures: what we were doing, and whether trying again can help. Never shown to whoever sent a mail;
//! the sender's mistakes are `model::refusal::Refusal`.

use std::fmt;

/// A failure of ours or of a machine we depend on.
#[derive(Debug)]
pub struct Fault {
    /// What was being done and what happened, in one line fit for a log and for an administrator.
    pub doing: String,
    /// Trying the same thing later can succeed (a full disk, a broken line); `false` leads to quarantine.
    pub again: bool,
}

/// A result that can fail by our doing.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A failure that may pass.
    pub fn passing(doing: impl Into<String>) -> Fault {
        Fault { doing: doing.into(), again: true }
    }
    /// A failure that will be the same next time.
    pub fn lasting(doing: impl Into<String>) -> Fault {
        Fault { doing: doing.into(), again: false }
    }
    /// Says what was tried in front of what happened.
    pub fn while_(self, doing: &str) -> Fault {
        Fault { doing: format!("{doing}: {}", self.doing), again: self.again }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)
    }
}
impl std::error::Error for Fault {}

impl From<rusqlite::Error> for Fault {
    fn from(e: rusqlite::Error) -> Fault {
        // a constraint that fires is a mistake of ours and will fire again, as will a row that does not say what we
        // expect (that is no error of SQLite's, so it has no code); everything else may pass
        let code = e.sqlite_error_code();
        let again = code.is_some_and(|c| c != rusqlite::ErrorCode::ConstraintViolation);
        Fault { doing: format!("database: {e}"), again }
    }
}

impl From<std::io::Error> for Fault {
    fn from(e: std::io::Error) -> Fault {
        Fault::passing(e.to_string())
    }
}
