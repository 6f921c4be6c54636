//! What the first lines of a mail say of the ticket that it opens: `Type: bug`, `Severity: serious`, `private`, and from
//! staff what they would say of any ticket. A mail and the site's values come in; changes of the new ticket go out, and
//! the text without the lines that were taken. A value that the site does not have makes a line prose: it stays.

use super::Case;
use crate::command::{Does, Order, Saying, line};
use crate::limits;
use crate::model::decision::{Change, What};
use crate::model::fields::{Field, Fields};
use crate::model::mail::Mail;
use crate::model::person::Person;
use crate::model::proof::Sender;
use crate::model::refusal::{NotRun, Refusal};
use crate::model::robot::Robot;
use crate::model::ticket::{Description, Number, State, Ticket, View};

/// What anybody may say of a ticket of his own; with a colon, so that no sentence is taken for it.
const FOR_ALL: [(&str, Field); 4] = [
    ("type", Field::Type),
    ("severity", Field::Severity),
    ("component", Field::Component),
    ("private", Field::Private),
];
/// What only staff may.
const FOR_STAFF: [&str; 7] = ["prio", "milestone", "tag", "due", "wait", "take", "assign"];
/// Characters of a value where the site has no list: longer ones are prose.
const SHORT: usize = 40;

/// What a mail says of the ticket that it opens.
pub(super) struct Birth {
    pub changes: Vec<Change>,
    /// The mail's text without the lines that were taken.
    pub text: String,
    /// Orders of staff that cannot be run: then none of theirs is.
    pub not_run: Vec<NotRun>,
    /// There are orders of staff, and nobody vouches for them.
    pub needs_proof: bool,
}

/// A line at the top.
struct Line {
    /// In the text, from 0.
    at: usize,
    order: Order,
    field: Option<Field>,
}

/// Reads the top of the case's mail.
pub(super) fn birth(sender: &Sender, case: Case<'_>) -> Birth {
    let top = top(case.mail, case.is_staff());
    let mut view = blank(sender, case);
    let mut changes = Vec::new();
    let site = case.robot.values.private.then(|| (0, Field::Private, "yes".to_owned()));
    let address = kind_of_address(case).map(|kind| (0, Field::Type, kind));
    let said = top.iter().filter_map(|line| {
        let field = line.field?;
        Some((line.number(), field, value(field, &line.order, case.robot)?))
    });
    for (line, field, to) in site.into_iter().chain(address).chain(said) {
        let from = view.ticket.fields.get(field).map(str::to_owned);
        if from.as_ref() != Some(&to) {
            let what = What::Set { field, from, to: Some(to) };
            view.apply(&what);
            changes.push(Change { line, what, remark: String::new() });
        }
    }
    let orders: Vec<&Line> = top.iter().filter(|line| line.field.is_none()).collect();
    let needs_proof = case.vouched.is_none() && !orders.is_empty();
    let (done, not_run) = run(&orders, &mut view, case);
    let ran = not_run.is_empty();
    changes.extend(done);
    let text = without(case.mail, &top, |l| if l.field.is_some() { is_value(l, case.robot) } else { ran });
    Birth { changes, text, not_run, needs_proof }
}

/// What the orders of staff make of the new ticket, or why some cannot be run: then none is.
fn run(orders: &[&Line], view: &mut View, case: Case<'_>) -> (Vec<Change>, Vec<NotRun>) {
    let (mut done, mut not_run) = (Vec::new(), Vec::new());
    for line in orders {
        match act(&line.order, view, case) {
            Some(Ok(all)) => all.into_iter().for_each(|what| {
                view.apply(&what);
                done.push(Change { line: line.number(), what, remark: String::new() });
            }),
            Some(Err(why)) => not_run.push(NotRun::new(&line.order.text, why)),
            None => {}
        }
    }
    if !not_run.is_empty() {
        done.clear();
    }
    (done, not_run)
}

/// The text of a mail that opened a ticket for somebody who is not staff, without the lines that were taken.
pub(super) fn text(mail: &Mail, robot: &Robot) -> String {
    without(mail, &top(mail, false), |line| is_value(line, robot))
}

/// The lines at the top that say something of the ticket, whether the site has the value or not.
fn top(mail: &Mail, staff: bool) -> Vec<Line> {
    let first = |text: &str| text.lines().find(|l| !l.trim().is_empty()).map(str::to_owned);
    // what stands above the writer's own words is not his
    if mail.html_only || !mail.doubled.is_empty() || first(&mail.new_text()) != first(&mail.text) {
        return Vec::new();
    }
    let lines = mail.text.lines().enumerate().skip_while(|(_, text)| text.trim().is_empty());
    lines.take(limits::COMMANDS).map_while(|(at, text)| one(at, text, staff)).collect()
}

fn one(at: usize, text: &str, staff: bool) -> Option<Line> {
    let order = line::read(text, true).orders.pop()?;
    let field = FOR_ALL.iter().find(|(word, _)| *word == order.verb.word).map(|(_, field)| *field);
    let marked = field == Some(Field::Private) || order.text.contains(':');
    let allowed = match field {
        Some(_) => staff || marked,
        None => staff && FOR_STAFF.contains(&order.verb.word),
    };
    (allowed && order.named().next().is_none()).then_some(Line { at, order, field })
}

impl Line {
    /// As events count them.
    fn number(&self) -> u32 {
        u32::try_from(self.at).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// The value that a line gives its field, if the site has it.
fn value(field: Field, order: &Order, robot: &Robot) -> Option<String> {
    let said = order.words.first()?;
    match field {
        Field::Private => (said == "private").then(|| "yes".to_owned()),
        _ => robot.values.find(field, said).filter(|v| v.chars().count() <= SHORT),
    }
}

fn is_value(line: &Line, robot: &Robot) -> bool {
    line.field.is_some_and(|field| value(field, &line.order, robot).is_some())
}

/// The type in an address such as `help+bug@`, where the site has types.
fn kind_of_address(case: Case<'_>) -> Option<String> {
    let values = &case.robot.values;
    let listed = values.of(Field::Type).is_some_and(|all| !all.is_empty());
    let all = case.robot.addressed(case.mail);
    let mut details = all.iter().filter_map(|a| case.robot.detail_of(a)).filter(|d| listed && !d.is_empty());
    details.find_map(|detail| values.find(Field::Type, detail))
}

/// What an order of staff makes of the ticket so far.
fn act(order: &Order, view: &View, case: Case<'_>) -> Option<Result<Vec<What>, Refusal>> {
    let Does::Change(act) = order.verb.does else { return None };
    let (vouched, robot, today) = (case.vouched?, case.robot, case.today);
    Some(act(&Saying { order, view, others: &[], vouched, robot, today, steps: &[] }))
}

/// The ticket before anything is known of it.
fn blank(sender: &Sender, case: Case<'_>) -> View {
    let requester = case.known.person.clone().unwrap_or_else(|| Person {
        id: 0,
        address: sender.address.clone(),
        name: sender.name.clone(),
        confirmed: None,
        language: None,
    });
    View {
        ticket: Ticket {
            number: Number(0),
            state: State::Open,
            title: String::new(),
            requester,
            owner: None,
            fields: Fields::default(),
            tags: Vec::new(),
            created: case.now,
            changed: case.now,
        },
        followers: Vec::new(),
        links: Vec::new(),
        named: Vec::new(),
        staff_thread: Vec::new(),
        outside_thread: Vec::new(),
        reopened_lately: 0,
        description: Description::First,
        lock: None,
    }
}

fn without(mail: &Mail, top: &[Line], taken: impl Fn(&Line) -> bool) -> String {
    let gone: Vec<usize> = top.iter().filter(|line| taken(line)).map(|line| line.at).collect();
    if gone.is_empty() {
        return mail.text.trim().to_owned();
    }
    let kept: Vec<&str> =
        mail.text.lines().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, line)| line).collect();
    kept.join("\n").trim().to_owned()
}
