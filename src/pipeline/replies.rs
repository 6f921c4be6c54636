//! Direct answers: in come the replies of a decision, out go letters to the sender alone. What a reply tells of tickets is
//! read when all else is done, so that it tells how they stand then.

use super::carry_out::Work;
use crate::fault::Outcome;
use crate::model::decision::{Change, Decision, Reply, What};
use crate::model::letter::{About, Letter, Recipient};
use crate::model::request::Request;
use crate::model::shown::Sight;
use crate::model::ticket::Number;
use crate::store::listing::{Reader, Site};

impl Work<'_> {
    /// Letters to the sender alone.
    pub(super) fn replies(
        &self,
        request: &Request,
        decision: &Decision,
        ticket: Option<Number>,
        owed: &mut Vec<Letter>,
    ) -> Outcome<()> {
        for reply in &decision.replies {
            let to = match (request, self.case.sender) {
                (Request::Leave { person, .. }, _) => person.address.clone(),
                (_, Some(sender)) => sender.address.clone(),
                (_, None) => continue,
            };
            let answered = Change { line: 0, what: What::Answered, remark: String::new() };
            let event = self.tx.add_event(&self.cause(), ticket, &answered)?;
            let reply = self.looked_up(reply)?;
            let about = match &reply {
                Reply::Transcript { about, .. } => *about,
                Reply::Already { ticket } | Reply::TooLate { ticket } | Reply::Left { ticket, .. } => *ticket,
                Reply::Help { .. } => ticket,
                Reply::Shown { ticket, .. } => Some(*ticket),
                Reply::Found { .. } | Reply::Listed { .. } => None,
            };
            let view = about.map(|n| self.tx.view(n, self.case.now)).transpose()?.flatten();
            let answers = self.case.mail.message_id.clone();
            let about = About::Reply { reply, view: view.map(Box::new), answers };
            owed.push(Letter { to: Recipient::Sender(to), about, event, not_before: None });
        }
        Ok(())
    }

    /// A reply with what it tells of tickets: read when all else is done, so that it tells how they stand then.
    fn looked_up(&self, reply: &Reply) -> Outcome<Reply> {
        let case = self.case;
        Ok(match reply {
            Reply::Shown { ticket, sight, .. } if *sight != Sight::Title => {
                let (said, left_out) = self.tx.conversation(*ticket, *sight == Sight::Staff)?;
                Reply::Shown { ticket: *ticket, sight: *sight, said, left_out }
            }
            Reply::Listed { sort, staff, .. } => {
                let login = case.sender.and_then(|s| s.staff.as_deref()).filter(|_| *staff);
                let person = case.sender.map(|s| self.tx.person(&s.address)).transpose()?.flatten();
                let reader = match (login, person) {
                    (Some(login), _) => Reader::Staff(login),
                    (None, person) => Reader::Person(person.map_or(0, |p| p.id)),
                };
                let site = Site { values: &case.robot.values, today: case.today, now: case.now };
                let listing = self.tx.listing(sort, reader, site)?;
                Reply::Listed { sort: sort.clone(), staff: *staff, listing }
            }
            other => other.clone(),
        })
    }
}
