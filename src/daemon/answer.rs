//! What became of a reload, for whoever asked for it by a signal, which brings no answer: a small file below the state directory
//! with the moment and, where nothing came of it, the reason. Written as a whole or not at all; who cannot read it waits in vain.

use jiff::Timestamp;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file's name below the state directory.
pub const FILE: &str = "trackle.reload";

/// What the robot said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Another one each time.
    moment: String,
    /// Why nothing came of it; empty when everything was read again.
    pub why: String,
}

/// Says what became of it. Where that cannot be written, the log has it all the same.
pub fn say(state: &Path, now: Timestamp, why: &str) {
    let aside = state.join(format!(".{FILE}"));
    let write = || {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&aside)?;
        file.write_all(format!("{now}\n{why}").as_bytes())?;
        std::fs::rename(&aside, state.join(FILE))
    };
    if let Err(e) = write() {
        tracing::warn!("saying what became of the reload: {e}");
    }
}

/// What was said last, as far as anything was and may be read.
pub fn heard(state: &Path) -> Option<Answer> {
    let text = std::fs::read_to_string(state.join(FILE)).ok()?;
    let (moment, why) = text.split_once('\n')?;
    Some(Answer { moment: moment.to_owned(), why: why.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_is_another_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(heard(dir.path()), None);
        let at = |nanos| Timestamp::from_nanosecond(nanos).unwrap();
        say(dir.path(), at(1), "");
        let first = heard(dir.path()).unwrap();
        assert_eq!(first.why, "");
        say(dir.path(), at(2), "two\nlines");
        let second = heard(dir.path()).unwrap();
        assert_eq!((second != first, second.why.as_str()), (true, "two\nlines"));
        say(&dir.path().join("gone"), at(3), "");
    }
}
