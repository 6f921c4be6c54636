//! The conversation: what is not said yet is asked, what was wrong is asked again. In: answers so far, the place, and somebody
//! who sits there or not; out: every answer, or what is missing. The terminal is behind [`Sitter`], so that a test can sit
//! there, too.

use super::answers::Answers;
use super::guesses::{self, Land};
use super::questions::Question;
use crate::run::{Failed, exit};
use std::io;

/// Whoever answers. `None` of them: he has gone.
pub trait Sitter {
    /// A line, without its end.
    ///
    /// # Errors
    /// When the terminal goes away.
    fn line(&mut self, prompt: &str) -> io::Result<Option<String>>;
    /// The same, while nothing of it is shown.
    ///
    /// # Errors
    /// As [`Sitter::line`].
    fn unseen(&mut self, prompt: &str) -> io::Result<Option<String>>;
    fn say(&mut self, text: &str);
}

/// What to do about a trial that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Again,
    Write,
}

/// Takes every guess that nobody has to be asked about, and asks for the rest.
///
/// # Errors
/// Exit code 2 with the flags that are missing when nobody sits there; when whoever did has gone.
pub fn fill(
    answers: &mut Answers,
    land: &Land,
    yes: bool,
    mut sitter: Option<&mut (dyn Sitter + '_)>,
) -> Result<(), Failed> {
    let mut missing = Vec::new();
    for question in Question::ASKED {
        if !question.is_open(answers) {
            continue;
        }
        let guess = guesses::guess(question, answers, land);
        let unasked = guess.filter(|_| yes || (sitter.is_none() && question.is_sure()));
        if unasked.is_some_and(|guess| question.take(&guess, answers).is_ok()) {
            continue;
        }
        let Some(sitter) = sitter.as_deref_mut() else {
            missing.push(question.flag());
            continue;
        };
        ask(question, answers, land, sitter)?;
        if question == Question::Member {
            others(answers, sitter)?;
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!("nobody can be asked, and these are missing:\n  {}", missing.join("\n  "));
    Err(Failed { text, code: exit::USAGE })
}

/// Asks until there is an answer that can be taken. What is answered already is kept with Enter.
///
/// # Errors
/// When whoever sat there has gone.
pub fn ask(
    question: Question,
    answers: &mut Answers,
    land: &Land,
    sitter: &mut (dyn Sitter + '_),
) -> Result<(), Failed> {
    let guess = question.present(answers).or_else(|| guesses::guess(question, answers, land));
    if let Some(hint) = guesses::hint(question, answers) {
        sitter.say(hint);
    }
    let prompt = match &guess {
        Some(guess) => format!("{} [{guess}]: ", question.words()),
        None => format!("{}: ", question.words()),
    };
    if question == Question::Member {
        answers.members.clear();
    }
    loop {
        let typed = if question.is_secret() { sitter.unseen(&prompt)? } else { sitter.line(&prompt)? }
            .ok_or_else(gone)?;
        let is_empty = typed.trim().is_empty();
        let taken = match &guess {
            _ if is_empty && question.is_secret() => {
                let elsewhere =
                    sitter.line("  File that has it, or !command that prints it: ")?.ok_or_else(gone)?;
                question.take_elsewhere(&elsewhere, answers)
            }
            // authorities of the system: as without an answer
            None if is_empty && question == Question::Roots => Ok(()),
            Some(guess) if is_empty => question.take(guess, answers),
            None if is_empty => Err("needs an answer".to_owned()),
            _ => question.take(&typed, answers),
        };
        match taken {
            Ok(()) => return Ok(()),
            Err(why) => sitter.say(&format!("  {why}")),
        }
    }
}

/// Further members, until an empty line.
fn others(answers: &mut Answers, sitter: &mut (dyn Sitter + '_)) -> Result<(), Failed> {
    loop {
        let typed = sitter.line("One more on staff (Enter: nobody): ")?.ok_or_else(gone)?;
        if typed.trim().is_empty() {
            return Ok(());
        }
        if let Err(why) = Question::Member.take(&typed, answers) {
            sitter.say(&format!("  {why}"));
        }
    }
}

/// Asks what to do about a trial that failed, and for the answers that may mend it.
///
/// # Errors
/// When whoever sat there has gone, or gives up.
pub fn correct(
    again: &[Question],
    answers: &mut Answers,
    land: &Land,
    sitter: &mut (dyn Sitter + '_),
) -> Result<Next, Failed> {
    let choice = if again.is_empty() { "Enter tries again" } else { "Enter corrects it" };
    loop {
        let typed =
            sitter.line(&format!("{choice}, w writes it as it is, q gives up: "))?.ok_or_else(gone)?;
        match typed.trim() {
            "" => break,
            "w" => return Ok(Next::Write),
            "q" => return Err(gone()),
            _ => sitter.say("  is none of Enter, w and q"),
        }
    }
    for question in again {
        ask(*question, answers, land, sitter)?;
        if *question == Question::Member {
            others(answers, sitter)?;
        }
    }
    Ok(Next::Again)
}

fn gone() -> Failed {
    Failed { text: "nothing was written".into(), code: exit::FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::init::answers::{Login, Password, Way};
    use std::collections::VecDeque;

    /// Somebody who types these lines; what he sees is kept.
    struct Script {
        lines: VecDeque<&'static str>,
        seen: String,
    }

    impl Script {
        fn of(lines: &[&'static str]) -> Script {
            Script { lines: lines.iter().copied().collect(), seen: String::new() }
        }
    }

    impl Sitter for Script {
        fn line(&mut self, prompt: &str) -> io::Result<Option<String>> {
            let line = self.lines.pop_front();
            self.seen.push_str(&format!("{prompt}{}\n", line.unwrap_or("")));
            Ok(line.map(str::to_owned))
        }
        fn unseen(&mut self, prompt: &str) -> io::Result<Option<String>> {
            self.seen.push_str(&format!("{prompt}\n"));
            Ok(self.lines.pop_front().map(str::to_owned))
        }
        fn say(&mut self, text: &str) {
            self.seen.push_str(&format!("{text}\n"));
        }
    }

    fn land() -> Land {
        Land {
            config: "/c".into(),
            state: "/var/lib/trackle".into(),
            domain: None,
            person: Some(("ann".into(), "Ann Lee".into())),
            knows: Box::new(|_| false),
        }
    }

    #[test]
    fn a_conversation_from_the_first_question_to_the_last() {
        let mut script = Script::of(&[
            "",
            "help",
            "help@team.example",
            "",
            "",
            "",
            "hunter2",
            "",
            "",
            "",
            "Ben",
            "ben Ben <ben@team.example>",
            "",
            "staff@team.example",
            "",
        ]);
        let mut answers = Answers::default();
        fill(&mut answers, &land(), false, Some(&mut script)).unwrap();
        assert!(script.lines.is_empty() && !script.seen.contains("hunter2"), "{}", script.seen);
        for words in [
            "  needs an answer\n",
            "\"help\" is no bare mail address",
            "IMAP server [imap.team.example]: \n",
            "Login there [help@team.example]: \n",
            "SMTP server that letters leave by [smtp.team.example]: \n",
            "login, name <address> [ann Ann Lee <ann@team.example>]: \n",
            "  needs a login, a name and an address",
        ] {
            assert!(script.seen.contains(words), "{words} in\n{}", script.seen);
        }
        assert_eq!(answers.way, Some(Way::Imap));
        assert_eq!(answers.smtp_login, Some(Login::As("help@team.example".into())));
        assert_eq!(answers.members.len(), 2);
        assert!(Question::ASKED.iter().all(|question| !question.is_open(&answers)));
        // nothing is asked twice
        fill(&mut answers, &land(), false, Some(&mut Script::of(&[]))).unwrap();
    }

    #[test]
    fn where_nobody_sits_it_is_said_what_is_missing() {
        let missing = |said: &[(Question, &str)], yes| {
            let mut answers = Answers::default();
            for (question, text) in said {
                question.take(text, &mut answers).unwrap();
            }
            fill(&mut answers, &land(), yes, None).map_err(|failed| (failed.code, failed.text))
        };
        let (code, text) = missing(&[], false).unwrap_err();
        assert_eq!(code, 2);
        for flag in ["--address", "--imap SERVER, --pipe or --maildir DIR", "--smtp", "--list", "--member"] {
            assert!(text.contains(flag), "{flag} in {text}");
        }
        assert!(!text.contains("--state"), "{text}");
        let address = (Question::Address, "help@team.example");
        let (_, text) = missing(&[address], true).unwrap_err();
        assert!(text.ends_with("missing:\n  --password-file FILE or --password-command COMMAND"), "{text}");
        assert!(missing(&[address, (Question::Way, "2")], true).is_ok());
    }

    #[test]
    fn only_what_was_wrong_is_asked_again() {
        let mut answers = Answers::default();
        Question::User.take("help", &mut answers).unwrap();
        let mut script = Script::of(&["x", "", "", "", "!pass show mail"]);
        let again = [Question::User, Question::Password];
        assert_eq!(correct(&again, &mut answers, &land(), &mut script).unwrap(), Next::Again);
        assert!(script.seen.contains("Login there [help]: "), "{}", script.seen);
        assert!(matches!(answers.password, Some(Password::Command(_))));
        assert_eq!(correct(&[], &mut answers, &land(), &mut Script::of(&["w"])).unwrap(), Next::Write);
        for typed in [&["q"][..], &[], &["", "help"]] {
            let failed = correct(&again, &mut answers, &land(), &mut Script::of(typed)).unwrap_err();
            assert_eq!((failed.code, failed.text.as_str()), (1, "nothing was written"));
        }
    }
}
