//! Invitations on their way: whom a filing invites comes in, letters with a code go out. Each address is asked once about
//! a ticket, has few questions open, and hears of one a day: what is too much for today comes tomorrow, or not at all.

use super::carry_out::Work;
use crate::decide::{self, announce, invite};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::Purpose;
use crate::model::decision::{Change, Filed, What};
use crate::model::letter::{About, Deeds, Letter, Recipient};
use crate::model::mail::Mail;
use crate::model::ticket::State;
use crate::store::tickets::day;
use jiff::SignedDuration;

impl Work<'_> {
    /// Owes the letters to those whom commands of this filing invite, and to those whom the first mail of a ticket names
    /// that staff learn of now. `before` are the mails of a ticket that is confirmed only now.
    pub(super) fn invitations(&self, filed: &Filed, before: &[Mail], owed: &mut Vec<Letter>) -> Outcome<()> {
        let case = self.case;
        if filed.view.ticket.state == State::Unconfirmed {
            return Ok(());
        }
        let mut deeds = Deeds::default();
        for change in &filed.changes {
            match &change.what {
                What::Invited { who } => {
                    let letter = self.invitation(filed, who, (filed.event, announce::actor(case)))?;
                    let told = if letter.is_some() { &mut deeds.asked } else { &mut deeds.passed };
                    told.push(who.clone());
                    owed.extend(letter);
                }
                What::Follows { who, to: None, .. } if change.line > 0 && !announce::is_actor(who, case) => {
                    deeds.removed.push(who.clone());
                }
                _ => {}
            }
        }
        owed.extend(self.receipt(filed, deeds));
        // a command that takes a ticket out of another one names nobody
        let born = |c: &Change| c.line == 0 && matches!(c.what, What::Opened | What::Confirmed);
        let is_born = filed.changes.iter().any(born);
        let confirmed = filed.changes.iter().any(|change| matches!(change.what, What::Confirmed));
        // a From header alone, though it be of somebody we know, has us write to nobody else
        if !is_born || !(confirmed || case.vouched.is_some()) {
            return Ok(());
        }
        let requester = &filed.view.ticket.requester;
        for who in invite::named(before.first().unwrap_or(case.mail), &filed.view, case.robot) {
            let what = What::Invited { who: who.clone() };
            let change = Change { line: 0, what, remark: String::new() };
            let number = filed.view.ticket.number;
            if let Some(mut letter) = self.invitation(filed, &who, (0, requester.called()))? {
                letter.event = self.tx.add_event(&self.cause(), Some(number), &change)?;
                owed.push(letter);
            }
        }
        Ok(())
    }

    /// A word to whoever did that, when he hears of it in no other way.
    fn receipt(&self, filed: &Filed, deeds: Deeds) -> Option<Letter> {
        let (case, event) = (self.case, filed.event);
        let is_told = deeds == Deeds::default() || (!filed.quiet && deeds.passed.is_empty());
        let sender = case.sender.filter(|_| !is_told && case.may_answer())?;
        let (view, answers) = (Box::new(filed.view.clone()), case.mail.message_id.clone());
        let about = About::Done { view, deeds, answers };
        Some(Letter { to: Recipient::Sender(sender.address.clone()), about, event, not_before: None })
    }

    /// The letter to one of them, unless he was asked already or was asked enough.
    fn invitation(
        &self,
        filed: &Filed,
        who: &Address,
        (event, by): (i64, String),
    ) -> Outcome<Option<Letter>> {
        let (tx, now, number) = (self.tx, self.case.now, filed.view.ticket.number);
        let person = tx.meet(who, "", now)?;
        let (open, same) = tx.questions_to(person.id, number.0, now)?;
        let automatic = tx.count("automatic", &who.key(), day(now))?;
        let is_too_much = same > 0
            || open >= limits::CONFIRMATIONS_PER_ADDRESS
            || automatic >= decide::automatic_per_day(self.case.robot, false)
            || tx.is_suspended(who)?;
        if is_too_much {
            return Ok(None);
        }
        let today = tx.tally("invitations", &who.key(), day(now))?;
        let late = SignedDuration::from_hours(24 * i64::from(today.saturating_sub(1)));
        let expires = now + late + SignedDuration::from_hours(24 * limits::INVITATION_DAYS);
        let id = tx.ask(Purpose::Follow, Some(number), &person, &self.cause(), expires)?;
        tx.asked(id, if event == 0 { filed.event } else { event })?;
        let code = self.house.robot.seal.code(id, who, expires);
        let about = About::Invited { code, view: Box::new(filed.view.clone()), by };
        let not_before = (!late.is_zero()).then(|| now + late);
        Ok(Some(Letter { to: Recipient::Sender(who.clone()), about, event, not_before }))
    }
}
