//! What is written in an editor: what stands in it before, and what comes of it afterwards. An empty text gives up; words
//! where none are taken are never dropped, nor sent by half.

use crate::model::said::{Seen, Words};
use crate::model::ticket::Number;

/// Below this line nothing is taken.
const CUT: &str = "# ------------------------ below this line nothing is kept ------------------------";

/// Characters of a title; as many as a subject keeps.
const TITLE: usize = 200;

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

/// What an editor gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    Words(Words),
    /// There is nothing to say.
    Nothing,
    /// Something was written below the line.
    Below,
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
                    "# {number} will be closed. The requester and followers read these words; saved without any it is \
                 closed\n# without a word. Left without saving it stays as it is.\n"
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
                    "# {number}: why this is changed, for staff only. Saved as it is it is changed without a word.\n{lines}"
                )
            }),
        };
        format!("{}{above}{CUT}\n{what}# You write as {}.\n", self.before, self.login)
    }

    /// What is said, when the editor gives this back.
    pub fn words(&self, written: &str) -> Taken {
        match self.above(written) {
            Some(text) => self.said(text).map_or(Taken::Nothing, Taken::Words),
            None => Taken::Below,
        }
    }

    /// What was written above the line, blank lines at its ends taken off; `None` when something was written below it.
    /// Without the line nothing of what stood below it is taken.
    fn above(&self, written: &str) -> Option<String> {
        let (template, text) = (self.template(), written.replace("\r\n", "\n"));
        let ours: Vec<&str> = template.lines().skip_while(|line| *line != CUT).collect();
        let is_ours = |line: &str| ours.contains(&line.trim_end());
        let lines: Vec<&str> = text.lines().collect();
        let Some(at) = lines.iter().position(|line| line.trim_end() == CUT) else {
            return Some(trimmed(&lines.into_iter().filter(|line| !is_ours(line)).collect::<Vec<_>>()));
        };
        let (above, below) = lines.split_at_checked(at)?;
        let is_empty = below.iter().all(|line| line.trim().is_empty() || is_ours(line));
        is_empty.then(|| trimmed(above))
    }

    fn said(&self, text: String) -> Option<Words> {
        let mut words = Words {
            about: self.about,
            commands: self.commands.clone(),
            seen: self.seen.clone(),
            ..Words::default()
        };
        match self.purpose {
            Purpose::Create => {
                (words.title, words.text) = titled(&text);
                return (!words.title.is_empty()).then_some(words);
            }
            Purpose::Close => words.commands.push("close".to_owned()),
            Purpose::Note => words.commands.push("note".to_owned()),
            Purpose::Describe if text == trimmed(&self.before.lines().collect::<Vec<_>>()) => return None,
            Purpose::Describe => words.commands.push("describe".to_owned()),
            Purpose::Save if !text.is_empty() => words.commands.push("note".to_owned()),
            Purpose::Comment | Purpose::Save => {}
        }
        let may_be_empty = matches!(self.purpose, Purpose::Close | Purpose::Save);
        words.text = text;
        (may_be_empty || !words.text.is_empty()).then_some(words)
    }
}

/// The first line and the rest; a line that is too long for a title begins the text as well.
fn titled(text: &str) -> (String, String) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title: String = first.trim().chars().take(TITLE).collect();
    let rest = if title.len() < first.trim().len() { text } else { rest };
    (title.trim_end().to_owned(), rest.trim_matches('\n').to_owned())
}

fn trimmed(lines: &[&str]) -> String {
    lines.join("\n").trim_matches('\n').trim_end().to_owned()
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
            assert_eq!(writing.words(&writing.template()), Taken::Nothing, "{purpose:?}");
        }
    }

    fn said(writing: &Writing, written: &str) -> Words {
        let Taken::Words(words) = writing.words(written) else { panic!("nothing is said by {written}") };
        words
    }

    #[test]
    fn words_below_the_line_are_not_dropped() {
        for purpose in [Purpose::Comment, Purpose::Close, Purpose::Save] {
            let writing = writing(purpose);
            for above in ["", "Hello,\n"] {
                let written = format!("{above}{}\nmore words\n", writing.template());
                assert_eq!(writing.words(&written), Taken::Below, "{purpose:?}");
            }
        }
        let writing = writing(Purpose::Comment);
        let few: String = writing.template().lines().take(3).map(|line| format!("{line}\n")).collect();
        assert_eq!(said(&writing, &format!("Hello\n{few}")).text, "Hello", "without our own words below");
    }

    #[test]
    fn without_the_line_our_own_words_are_not_sent() {
        for purpose in [Purpose::Comment, Purpose::Note, Purpose::Close, Purpose::Save] {
            let writing = writing(purpose);
            let ours = writing.template().replace(&format!("{CUT}\n"), "");
            assert_eq!(said(&writing, &format!("# mine\nHello{ours}more\n")).text, "# mine\nHello\n\nmore");
        }
        let writing = Writing::new(Purpose::Comment, Some(Number(3)), "ann");
        assert_eq!(writing.words(&writing.template().replace(CUT, "")), Taken::Nothing);
    }

    #[test]
    fn a_title_that_is_too_long_is_the_text_too() {
        let new = Writing::new(Purpose::Create, None, "ann");
        let long = "ü".repeat(201);
        let words = said(&new, &format!("{long}\n\nmore\n"));
        assert_eq!((words.title, words.text), ("ü".repeat(200), format!("{long}\n\nmore")));
        let words = said(&new, &format!("{}\nmore", "x".repeat(200)));
        assert_eq!((words.title.len(), words.text.as_str()), (200, "more"));
    }

    #[test]
    fn what_stands_above_the_line_is_taken_as_it_is() {
        let template = writing(Purpose::Note).template();
        let words = said(&writing(Purpose::Note), &format!("\n# a heading\n\n> close 12\n{template}"));
        assert_eq!(words.text, "# a heading\n\n> close 12");
        assert_eq!(words.commands, ["prio high", "note"]);
    }

    #[test]
    fn changes_need_no_words() {
        let save = writing(Purpose::Save);
        assert!(save.template().contains("#   prio high\n"));
        assert_eq!(said(&save, &save.template()).commands, ["prio high"]);
        assert_eq!(said(&save, "because").commands, ["prio high", "note"]);
        assert_eq!(said(&writing(Purpose::Close), "").commands, ["prio high", "close"]);
    }

    #[test]
    fn a_new_ticket_has_its_title_in_the_first_line() {
        let words = said(&Writing::new(Purpose::Create, None, "ann"), "No ink\n\nThe second floor.\n");
        assert_eq!((words.title.as_str(), words.text.as_str()), ("No ink", "The second floor."));
        assert_eq!(words.about, None);
    }
}
