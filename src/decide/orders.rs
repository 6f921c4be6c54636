//! The commands of a mail: what all of them change, or which of them cannot be run. All are looked at before any runs,
//! each as the ones before it leave its ticket; when one cannot be run none is.

use super::{Case, display, undo};
use crate::command::{self, Does, Order, Question, Saying};
use crate::limits;
use crate::model::decision::{Change, Entry, Filing, Target, What};
use crate::model::fields::{self, Field};
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::proof::Vouched;
use crate::model::refusal::{NotRun, Refusal};
use crate::model::ticket::{Description, Number, State, View};
use std::collections::BTreeSet;

/// The commands of one mail on their way.
pub(super) struct Run<'a> {
    case: Case<'a>,
    vouched: &'a Vouched,
    /// The ticket that the mail is about.
    about: Option<Number>,
    /// The tickets as the commands so far leave them.
    views: Vec<View>,
    filings: Vec<Filing>,
    not_run: Vec<NotRun>,
    /// Tickets that are to be shown, so far.
    shown: usize,
}

/// What all orders would change, or every line that cannot be run.
pub(super) fn run(
    orders: &[Order],
    about: Option<Number>,
    vouched: &Vouched,
    case: Case<'_>,
) -> Result<Vec<Filing>, Vec<NotRun>> {
    let views = case.known.views.clone();
    let mut run = Run { case, vouched, about, views, filings: Vec::new(), not_run: Vec::new(), shown: 0 };
    for order in orders {
        match order.verb.does {
            Does::Ask(Question::Show) => run.show(order),
            Does::Ask(_) => {}
            Does::Undo => run.undo(order),
            Does::Change(act) => run.change(order, act),
            Does::Note => run.note(order),
            Does::Describe => run.describe(order),
            Does::Split => run.split(order),
            Does::Display(shown) => run.display(order, shown),
        }
    }
    if run.not_run.is_empty() { Ok(run.filings) } else { Err(run.not_run) }
}

/// The gravest class among commands: more tickets than one means to change by a slip are grave by themselves.
pub(super) fn class(orders: &[Order], case: Case<'_>) -> Class {
    let changing = orders.iter().filter(|o| !o.verb.is_question());
    let tickets: BTreeSet<Number> = changing.flat_map(|o| o.tickets.iter().copied()).collect();
    let gravest = orders.iter().map(|o| o.verb.class).max().unwrap_or(Class::Open);
    let takes_back = orders.iter().any(|o| matches!(o.verb.does, Does::Undo)) && undo::is_grave(case);
    if tickets.len() > limits::TICKETS_UNASKED || takes_back { Class::Heavy } else { gravest }
}

/// Every class among commands, each once, the gravest last: a graver one may ask for less proof than a lesser one.
pub(super) fn classes(orders: &[Order], case: Case<'_>) -> BTreeSet<Class> {
    orders.iter().map(|o| o.verb.class).chain([class(orders, case)]).collect()
}

/// Whether the text of the mail is for staff only, or belongs to a ticket of its own.
pub(super) fn takes_text(orders: &[Order]) -> bool {
    orders.iter().any(|o| matches!(o.verb.does, Does::Split))
}

/// Whether the text of the mail is for staff only.
pub(super) fn is_note(orders: &[Order], about: Number) -> bool {
    let of = |o: &&Order| o.tickets.is_empty() || o.tickets.contains(&about);
    orders.iter().filter(of).any(|o| matches!(o.verb.does, Does::Note | Does::Describe))
}

impl Run<'_> {
    /// The tickets that an order is about: those that it names, or the mail's, or all whose news its sender gathers.
    fn tickets(&mut self, order: &Order) -> Vec<Number> {
        if self.about.is_none() && order.is_about_all_gathered() && !self.case.known.gathered.is_empty() {
            return self.case.known.gathered.clone();
        }
        if order.tickets.is_empty() && self.about.is_none() {
            self.refuse(order, Refusal::WhichTicket);
        }
        if order.tickets.is_empty() { self.about.into_iter().collect() } else { order.tickets.clone() }
    }

    fn refuse(&mut self, order: &Order, why: Refusal) {
        self.not_run.push(NotRun::new(&order.text, why));
    }

    fn change(&mut self, order: &Order, act: command::Act) {
        for number in self.tickets(order) {
            match self.act(order, act, number) {
                Ok(all) => {
                    for what in all {
                        self.follow_on(number, order, &what);
                        self.note_change(number, order, what);
                    }
                }
                // of all that are gathered some may come so already
                Err(Refusal::SoAlready(_)) if order.is_about_all_gathered() && self.about.is_none() => {}
                Err(why) => self.refuse(order, why),
            }
        }
    }

    fn act(&self, order: &Order, act: command::Act, number: Number) -> Result<Vec<What>, Refusal> {
        let view = self.known(order, number)?;
        let case = &self.case;
        act(&Saying {
            order,
            view,
            others: &self.views,
            steps: &case.known.steps,
            vouched: self.vouched,
            robot: case.robot,
            today: case.today,
        })
    }

    /// The ticket, if the sender may use that verb on it. One that he has no part in is told apart from one that does
    /// not exist by nobody.
    fn known(&self, order: &Order, number: Number) -> Result<&View, Refusal> {
        let view = self.views.iter().find(|v| v.ticket.number == number).ok_or(Refusal::NoTicket(number))?;
        command::may(order.verb, view, self.vouched)?;
        match view.merged_into() {
            // its own relation can be ended, nothing else is to happen to it
            Some(into) if order.words.is_empty() || order.verb.word != "merge" => {
                let target = self.views.iter().find(|v| v.ticket.number == into);
                let hidden = target.is_some_and(|v| command::may(order.verb, v, self.vouched).is_err());
                Err(if hidden {
                    Refusal::Already(number, State::Closed)
                } else {
                    Refusal::Merged(number, into)
                })
            }
            _ => Ok(view),
        }
    }

    /// One change of one ticket; the view carries it, so that the next order sees it.
    fn note_change(&mut self, number: Number, order: &Order, what: What) {
        if let Some(view) = self.views.iter_mut().find(|v| v.ticket.number == number) {
            view.apply(&what);
        }
        let told = matches!(what, What::State { .. } | What::Owner { .. } | What::Set { .. });
        let remark = if told && order.verb.word != "title" { order.remark.clone() } else { String::new() };
        let change = Change { line: order.line, what, remark };
        let filing = self.filing(number);
        filing.changes.push(change);
        filing.quiet = filing.entry.is_none() && filing.changes.iter().all(|c| is_private(&c.what));
    }

    fn filing(&mut self, number: Number) -> &mut Filing {
        let target = Target::Known(number);
        let at = self.filings.iter().position(|f| f.target == target).unwrap_or_else(|| {
            self.filings.push(Filing::of(target));
            self.filings.len() - 1
        });
        // it was found or pushed the line before
        #[allow(clippy::indexing_slicing)]
        &mut self.filings[at]
    }

    /// Whoever follows a ticket that went elsewhere follows that one.
    fn follow_on(&mut self, number: Number, order: &Order, what: &What) {
        let What::Related { relation: Relation::Duplicate | Relation::Merged, other } = what else { return };
        let find = |n: Number| self.views.iter().find(|v| v.ticket.number == n);
        let (Some(from), Some(to)) = (find(number), find(*other)) else { return };
        // nobody comes into a private ticket so but staff, who know of it
        let may = |who| !to.ticket.fields.is_private() || self.case.robot.member(who).is_some();
        let new = from.followers.iter().map(|f| (&f.person.address, f.level));
        let new = new.filter(|(who, _)| to.level_of(who).is_none() && may(who));
        let joins: Vec<What> =
            new.map(|(who, level)| What::Follows { who: who.clone(), from: None, to: Some(level) }).collect();
        for join in joins {
            self.note_change(*other, order, join);
        }
    }

    /// A ticket that is shown is one that the sender may know of; a merged one as well.
    fn show(&mut self, order: &Order) {
        let all = self.tickets(order);
        self.shown = self.shown.saturating_add(all.len());
        if self.shown > limits::SHOWN_TICKETS {
            return self.refuse(order, Refusal::ShowsAtMost(limits::SHOWN_TICKETS));
        }
        for number in all {
            let view = self.views.iter().find(|v| v.ticket.number == number);
            let known = view.ok_or(Refusal::NoTicket(number));
            if let Err(why) = known.and_then(|view| command::may(order.verb, view, self.vouched)) {
                self.refuse(order, why);
            }
        }
    }

    /// Text for staff only: the line's goes to each ticket that it names; the mail's own is filed with the mail.
    fn note(&mut self, order: &Order) {
        let rest = self.case.reading.rest.trim();
        if order.remark.is_empty() && rest.is_empty() && self.case.mail.attachments.is_empty() {
            return self.refuse(order, Refusal::NoText);
        }
        for number in self.tickets(order) {
            if let Err(why) = self.known(order, number).map(|_| ()) {
                self.refuse(order, why);
                continue;
            }
            let with_mail = self.about == Some(number) || self.about.is_none();
            let text = [order.remark.as_str(), if with_mail { rest } else { "" }];
            let text = text.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n");
            self.filing(number).entry = Some(Entry { text, staff_only: true });
            self.filing(number).quiet = false;
        }
    }

    /// The mail's text tells staff from now on what each of these tickets is about.
    fn describe(&mut self, order: &Order) {
        let rest = self.case.reading.rest.trim();
        if rest.is_empty() {
            return self.refuse(order, Refusal::NoText);
        }
        for number in self.tickets(order) {
            let from = match self.known(order, number) {
                Ok(view) => view.description,
                Err(why) => {
                    self.refuse(order, why);
                    continue;
                }
            };
            self.note_change(number, order, What::Described { from, to: Description::This });
            self.filing(number).entry = Some(Entry { text: rest.to_owned(), staff_only: true });
        }
    }

    /// The mail's text as a ticket of its own, of the same requester.
    fn split(&mut self, order: &Order) {
        let rest = self.case.reading.rest.trim();
        let Some(number) = self.about else { return self.refuse(order, Refusal::WhichTicket) };
        let from = match self.known(order, number) {
            Ok(view) => view.ticket.clone(),
            Err(why) => return self.refuse(order, why),
        };
        if rest.is_empty() {
            return self.refuse(order, Refusal::NoText);
        }
        let hidden = from.fields.is_private() || self.case.robot.values.private;
        let private = What::Set { field: Field::Private, from: None, to: Some("yes".into()) };
        let title = if order.remark.is_empty() { from.title.clone() } else { order.remark.clone() };
        let title = title.chars().take(fields::LONGEST).collect();
        let link = What::Related { relation: Relation::Link, other: number };
        let change = |line, what| Change { line, what, remark: String::new() };
        let mut changes = vec![change(order.line, What::Opened), change(order.line, link)];
        changes.extend(hidden.then(|| change(0, private)));
        self.filings.push(Filing {
            entry: Some(Entry { text: rest.to_owned(), staff_only: false }),
            changes,
            requester: Some(from.requester),
            ..Filing::of(Target::New { title, state: State::Open })
        });
    }

    /// Files and typed commands of a session's log are shown from now on, or no longer.
    fn display(&mut self, order: &Order, shown: bool) {
        match display::change(order, shown, self.case) {
            Ok((number, what)) => match self.known(order, number).map(|_| ()) {
                Ok(()) => self.note_change(number, order, what),
                Err(why) => self.refuse(order, why),
            },
            Err(why) => self.refuse(order, why),
        }
    }

    fn undo(&mut self, order: &Order) {
        match undo::undo(&self.views, self.vouched, self.case) {
            Ok(all) => {
                for (number, what) in all {
                    self.note_change(number, order, what);
                }
            }
            Err(why) => self.refuse(order, why),
        }
    }
}

/// A change that is between the robot and whom it is about: nobody else is told.
fn is_private(what: &What) -> bool {
    matches!(what, What::Follows { .. } | What::Invited { .. })
}
