//! What is written in an editor: what stands in it before, and what comes of it afterwards. An empty text gives up.

use crate::model::said::{Seen, Words};
use crate::model::ticket::Number;

/// Below this line nothing is taken.
const CUT: &str = "# ------------------------ below this line nothing is kept ------------------------";

/// What the words are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// For requester and followers as well.
    Comment,
    /// For staff only.
    Note,
    /// The closing words, which go to the requester.
    Close,
    /// What a ticket is about, for staff.
    Describe,
    /// A new ticket: its title and text.
    Create,
    /// Why fields were changed; for staff only, and may be empty.
    Save,
}

/// Words that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    pub purpose: Purpose,
    pub about: Option<Number>,
    /// Lines that say what is changed as well.
    pub commands: Vec<String>,
    pub seen: Vec<Seen>,
    /// What stands in the editor already.
    pub before: String,
    /// Whose name stands in it.
    pub(super) login: String,
}

impl Writing {
    pub(super) fn new(purpose: Purpose, about: Option<Number>, login: &str) -> Writing {
        Writing {
            purpose,
            about,
            commands: Vec::new(),
            seen: Vec::new(),
            before: String::new(),
            login: login.to_owned(),
        }
    }

    /// What the editor is opened with.
    pub fn template(&self) -> String {
        let number = self.about.map(|number| number.to_string()).unwrap_or_default();
        let (above, what) = match self.purpose {
            Purpose::Comment => ("\n\n", format!("# {number}: goes to requester, followers and staff.\n")),
            Purpose::Note => ("\n\n", format!("# {number}: for staff only.\n")),
            Purpose::Close => (
                "\n\n",
                format!(
                    "# {number} will be closed. The requester and followers read these words; without any it is closed \
                 without a word.\n"
                ),
            ),
            Purpose::Describe => (
                "\n",
                format!("# {number}: what it is about, for staff. The text before stays in the thread.\n"),
            ),
            Purpose::Create => (
                "\n\n\n",
                "# The first line is the title; what stands below it is what is asked for. Lines such as `Type: bug` or\n\
                 # `prio high` at its top say what it is, as in a mail.\n"
                    .to_owned(),
            ),
            Purpose::Save => ("\n\n", {
                let lines: String = self.commands.iter().map(|line| format!("#   {line}\n")).collect();
                format!(
                    "# {number}: why this is changed, for staff only. It is changed without a word too.\n{lines}"
                )
            }),
        };
        format!("{}{above}{CUT}\n{what}# You write as {}.\n", self.before, self.login)
    }

    /// What is said, when the editor gives this back; `None` when there is nothing to say.
    pub fn words(&self, written: &str) -> Option<Words> {
        let text = kept(written);
        let mut words = Words {
            about: self.about,
            commands: self.commands.clone(),
            seen: self.seen.clone(),
            ..Words::default()
        };
        match self.purpose {
            Purpose::Create => {
                let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
                words.title = title.trim().to_owned();
                words.text = rest.trim_matches('\n').to_owned();
                return (!words.title.is_empty()).then_some(words);
            }
            Purpose::Close => words.commands.push("close".to_owned()),
            Purpose::Note => words.commands.push("note".to_owned()),
            Purpose::Describe if text == kept(&self.before) => return None,
            Purpose::Describe => words.commands.push("describe".to_owned()),
            Purpose::Save if !text.is_empty() => words.commands.push("note".to_owned()),
            Purpose::Comment | Purpose::Save => {}
        }
        let may_be_empty = matches!(self.purpose, Purpose::Close | Purpose::Save);
        words.text = text;
        (may_be_empty || !words.text.is_empty()).then_some(words)
    }
}

/// What was written above the line, blank lines at its ends taken off.
fn kept(written: &str) -> String {
    let text = written.replace("\r\n", "\n");
    let above = text.lines().take_while(|line| *line != CUT).collect::<Vec<_>>().join("\n");
    above.trim_matches('\n').trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writing(purpose: Purpose) -> Writing {
        Writing { commands: vec!["prio high".into()], ..Writing::new(purpose, Some(Number(3)), "ann") }
    }

    #[test]
    fn an_untouched_template_says_nothing() {
        for purpose in [Purpose::Comment, Purpose::Note, Purpose::Create] {
            let writing = Writing::new(purpose, None, "ann");
            assert_eq!(writing.words(&writing.template()), None, "{purpose:?}");
        }
    }

    #[test]
    fn what_stands_above_the_line_is_taken_as_it_is() {
        let template = writing(Purpose::Note).template();
        let words =
            writing(Purpose::Note).words(&format!("\n# a heading\n\n> close 12\n{template}")).unwrap();
        assert_eq!(words.text, "# a heading\n\n> close 12");
        assert_eq!(words.commands, ["prio high", "note"]);
    }

    #[test]
    fn changes_need_no_words() {
        let save = writing(Purpose::Save);
        assert!(save.template().contains("#   prio high\n"));
        assert_eq!(save.words(&save.template()).unwrap().commands, ["prio high"]);
        assert_eq!(save.words("because").unwrap().commands, ["prio high", "note"]);
        assert_eq!(writing(Purpose::Close).words("").unwrap().commands, ["prio high", "close"]);
    }

    #[test]
    fn a_new_ticket_has_its_title_in_the_first_line() {
        let words =
            Writing::new(Purpose::Create, None, "ann").words("No ink\n\nThe second floor.\n").unwrap();
        assert_eq!((words.title.as_str(), words.text.as_str()), ("No ink", "The second floor."));
        assert_eq!(words.about, None);
    }
}
