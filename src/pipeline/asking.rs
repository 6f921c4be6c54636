//! The question about a held mail: in comes a decision to ask, out goes one letter that lists the exact lines. When
//! earlier mails of the same person still wait, the letter lists theirs as well, and one yes is enough; the code of an
//! earlier letter still lets go what that one listed, and nothing more.

use super::carry_out::Work;
use crate::fault::Outcome;
use crate::limits;
use crate::model::clues::Purpose;
use crate::model::decision::{Ask, Change, Decision, What};
use crate::model::letter::{About, Letter, Waiting};
use jiff::SignedDuration;

impl Work<'_> {
    /// A held mail that waits for its sender's yes.
    pub(super) fn ask_about_mail(&self, decision: &Decision, owed: &mut Vec<Letter>) -> Outcome<()> {
        // one who is not asked now has nothing to answer; the mail is held all the same
        let (Some(Ask::Mail { lines, has_text, would, about, mail_it: true }), Some(sender)) =
            (&decision.ask, self.case.sender)
        else {
            return Ok(());
        };
        let (case, now) = (self.case, self.case.now);
        // the question goes to the registered address, which need not be the one the mail claims to come from
        let member = sender.staff.as_deref().and_then(|login| case.robot.by_login(login));
        let registered = member.map_or(&sender.address, |m| &m.address);
        let person = self.tx.meet(registered, &sender.name, now)?;
        let waiting = Waiting {
            at: now,
            // anybody may have written it, for us to mail it to a stranger
            subject: if member.is_some() { case.mail.subject.clone() } else { String::new() },
            lines: lines.clone(),
            has_text: *has_text,
            would: would.clone(),
            about: *about,
        };
        let mut earlier = self.tx.waiting(person.id, now)?;
        let all: usize = earlier.iter().map(|(_, w)| w.lines.len()).sum::<usize>() + lines.len();
        if all > limits::COMMANDS {
            earlier.clear();
        }
        let asked = Change { line: 0, what: What::Asked, remark: String::new() };
        let event = self.tx.add_event(&self.cause(), *about, &asked)?;
        let expires = now + SignedDuration::from_hours(limits::CONFIRM_COMMAND_HOURS);
        let id = self.tx.ask(Purpose::Mail, *about, &person, &self.cause(), expires)?;
        self.tx.asked(id, event)?;
        self.tx.bundle(id, &waiting, earlier.iter().map(|(id, _)| *id))?;
        let question = About::ConfirmMail {
            code: self.house.robot.seal.code(id, &person.address, expires),
            mails: earlier.into_iter().map(|(_, waiting)| waiting).chain([waiting]).collect(),
            answers: case.mail.message_id.clone(),
        };
        owed.push(self.question(&person, event, question)?);
        Ok(())
    }
}
