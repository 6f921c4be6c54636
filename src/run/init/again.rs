//! How whoever left goes on where he was: the flags of all that he had answered, as a line for a shell. In: answers; out: that
//! line. A password that was typed is in none; it is asked for once more. Touches nothing.

use super::answers::{Answers, Password, Way};
use super::questions::Question;

/// The words behind `trackle init`; `None` when nothing was answered.
pub fn line(answers: &Answers) -> Option<String> {
    let mut words = Vec::new();
    let mut say = |flag: &str, value: String| words.extend([flag.to_owned(), quoted(&value)]);
    for question in Question::ASKED.into_iter().chain([Question::Folder, Question::Roots]) {
        let name = question.flag().split(' ').next().unwrap_or_default();
        match question {
            Question::Way | Question::Member | Question::Password | Question::SmtpPassword => {}
            Question::Imap | Question::User if answers.way != Some(Way::Imap) => {}
            Question::Maildir if answers.way != Some(Way::Maildir) => {}
            Question::Folder if answers.folder.is_none() => {}
            _ => {
                if let Some(value) = question.present(answers) {
                    say(name, value);
                }
            }
        }
    }
    for member in &answers.members {
        say("--member", member.to_string());
    }
    for (which, password) in [("", &answers.password), ("smtp-", &answers.smtp_password)] {
        match password {
            Some(Password::File(path)) => say(&format!("--{which}password-file"), path.display().to_string()),
            Some(Password::Command(line)) => say(&format!("--{which}password-command"), line.join(" ")),
            Some(Password::Typed(_)) | None => {}
        }
    }
    let set = [(answers.way == Some(Way::Pipe), "--pipe"), (answers.no_plus, "--no-plus")];
    for (_, flag) in set.into_iter().chain([(answers.tokens, "--tokens")]).filter(|(is_set, _)| *is_set) {
        words.push(flag.to_owned());
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// A word as every shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"@%+=:,./_-".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_answered_is_said_again_but_a_password() {
        let mut answers = Answers::default();
        assert_eq!(line(&answers), None);
        for (question, text) in [
            (Question::Address, "help@team.example"),
            (Question::Way, "1"),
            (Question::Imap, "mail.team.example:1143 starttls"),
            (Question::User, "help"),
            (Question::Password, "hunter2"),
            (Question::SmtpUser, "-"),
            (Question::Member, "ann Ann O'Hara <ann@team.example>"),
        ] {
            question.take(text, &mut answers).unwrap();
        }
        assert_eq!(
            line(&answers).unwrap(),
            "--address help@team.example --imap 'mail.team.example:1143 starttls' --user help --smtp-user - \
             --member 'ann Ann O'\\''Hara <ann@team.example>'"
        );
        Question::Password.take_elsewhere("!pass show mail", &mut answers).unwrap();
        assert!(line(&answers).unwrap().ends_with(" --password-command 'pass show mail'"));
        let pipe = Answers { way: Some(Way::Pipe), ..Answers::default() };
        assert_eq!(line(&pipe).unwrap(), "--pipe");
    }
}
