//! Who is told what, once it is decided and done. Staff get the long form, requester and subscribers the short one,
//! each one copy; nobody the change he made himself, nobody what the mail itself brought him already.

use super::{Case, birth, receipts, text_of};
use crate::model::address::Address;
use crate::model::decision::{Change, Filed, What};
use crate::model::following::Level;
use crate::model::letter::{About, Letter, News, Recipient};
use crate::model::mail::Mail;
use crate::model::person::Person;
use crate::model::proof::Sender;

/// The letters that a filing owes. `before` are the mails of a ticket that is confirmed only now, the first one first.
pub fn letters(filed: &Filed, before: &[Mail], case: Case<'_>) -> Vec<Letter> {
    let mut letters = receipts::letters(filed, case);
    if !filed.quiet {
        letters.extend(if is_split(&filed.changes) {
            split(filed, case)
        } else if is_birth(&filed.changes) {
            birth(filed, before, case)
        } else {
            news(filed, case)
        });
    }
    letters
}

fn is_birth(changes: &[Change]) -> bool {
    changes.iter().any(|c| matches!(c.what, What::Opened | What::Confirmed))
}

/// A command made it, out of another one.
fn is_split(changes: &[Change]) -> bool {
    changes.iter().any(|c| c.what == What::Opened && c.line > 0)
}

/// A ticket that a member of staff took out of another one: staff get the first mail of its thread, and whose it is
/// learns of it like of anything else.
fn split(filed: &Filed, case: Case<'_>) -> Vec<Letter> {
    let view = || Box::new(filed.view.clone());
    let news = News {
        actor: actor(case),
        actor_address: case.sender.map(|s| s.address.to_string()).unwrap_or_default(),
        proof: case.sender.map(|s| s.proof_words()).unwrap_or_default(),
        changes: filed.changes.clone(),
        text: filed.entry.as_ref().map_or_else(String::new, |e| e.text.clone()),
        attachments: case.mail.attachments.clone(),
        by_person: true,
        answers: None,
        noted: false,
    };
    let likely = filed.likely.clone();
    let about = About::StaffOpened { view: view(), news: Box::new(news.clone()), likely };
    let mut letters = to_staff(filed, case, &about);
    for person in outsiders(filed, case) {
        let news = Box::new(for_all(filed, news.clone(), case));
        letters.push(letter(filed, Recipient::Person(person), About::Changed { view: view(), news }));
    }
    letters
}

/// A ticket that staff learn of: the first mail of its thread, and a word to its requester.
fn birth(filed: &Filed, before: &[Mail], case: Case<'_>) -> Vec<Letter> {
    let requester = &filed.view.ticket.requester;
    let written = before.iter().chain(filed.entry.as_ref().map(|_| case.mail));
    let text = whole_text(before, filed.entry.as_ref().map_or("", |e| e.text.as_str()), case);
    let news = News {
        actor: requester.called(),
        actor_address: requester.address.to_string(),
        proof: if before.is_empty() {
            case.sender.map(|s| s.proof_words()).unwrap_or_default()
        } else {
            "address confirmed".into()
        },
        changes: filed.changes.clone(),
        text,
        noted: false,
        attachments: written.flat_map(|m| m.attachments.iter().cloned()).collect(),
        by_person: true,
        answers: None,
    };
    let mut letters = to_staff(
        filed,
        case,
        &About::StaffOpened {
            view: Box::new(filed.view.clone()),
            news: Box::new(news),
            likely: filed.likely.clone(),
        },
    );
    if case.may_answer() && !case.robot.reads_list(&requester.address) {
        letters.push(letter(
            filed,
            Recipient::Person(requester.clone()),
            // the question that was answered has named them already
            About::Opened {
                view: Box::new(filed.view.clone()),
                likely: if before.is_empty() { filed.likely.clone() } else { Vec::new() },
            },
        ));
    }
    letters
}

/// The first mail's text, and what was added before and with the confirmation.
fn whole_text(before: &[Mail], with: &str, case: Case<'_>) -> String {
    let Some((first, later)) = before.split_first() else { return with.to_owned() };
    let mut text = birth::text(first, case.robot);
    let added = later.iter().map(|mail| text_of(mail, &mail.new_text())).chain([with.to_owned()]);
    for added in added.filter(|t| !t.is_empty()) {
        text.push_str("\n\nAdded later:\n\n");
        text.push_str(&added);
    }
    text
}

/// Something happened to a ticket.
fn news(filed: &Filed, case: Case<'_>) -> Vec<Letter> {
    let text = filed.entry.as_ref().map_or_else(String::new, |e| e.text.clone());
    let said = |c: &Change| !c.remark.is_empty() || matches!(c.what, What::Annotated { .. });
    let by_person = !text.is_empty() || filed.changes.iter().any(said);
    let list_has_it = list_has(case);
    let told = News {
        actor: actor(case),
        actor_address: case.sender.map(|s| s.address.to_string()).unwrap_or_default(),
        proof: case.sender.map(|s| s.proof_words()).unwrap_or_default(),
        changes: filed.changes.clone(),
        text: if list_has_it { String::new() } else { text.clone() },
        noted: case.is_staff() && filed.entry.as_ref().is_some_and(|e| e.staff_only),
        attachments: if list_has_it { Vec::new() } else { case.mail.attachments.clone() },
        by_person: by_person && !list_has_it,
        answers: case.mail.message_id.clone().filter(|_| list_has_it && is_in_thread(filed, case)),
    };
    let mut letters = Vec::new();
    if !(list_has_it && filed.changes.is_empty()) {
        let about = About::StaffChanged { view: Box::new(filed.view.clone()), news: Box::new(told.clone()) };
        letters.extend(to_staff(filed, case, &about));
    }
    letters.extend(in_full(filed, case, &News { text, by_person, ..whole(&told, case) }));
    let short = News { answers: None, by_person, ..for_all(filed, told, case) };
    let concerns = short.changes.iter().any(|c| c.what.concerns_followers() || !c.remark.is_empty());
    if !concerns && short.text.is_empty() && short.attachments.is_empty() {
        return letters;
    }
    for person in outsiders(filed, case).into_iter().filter(|person| !is_full(filed, person, case)) {
        let about = About::Changed { view: Box::new(filed.view.clone()), news: Box::new(short.clone()) };
        letters.push(letter(filed, Recipient::Person(person), about));
    }
    letters
}

/// What of the mail is everybody's who follows the ticket: its text and the names of its files, where they are filed there
/// and are no note. What a mail about one ticket brings is no business of those who follow another that it commands.
fn for_all(filed: &Filed, news: News, case: Case<'_>) -> News {
    match filed.entry.as_ref().filter(|entry| !entry.staff_only) {
        Some(entry) => News { text: entry.text.clone(), attachments: case.mail.attachments.clone(), ..news },
        None => News { text: String::new(), attachments: Vec::new(), ..news },
    }
}

/// What staff who follow with everything are told: all of it, whatever the readers of the list have.
fn whole(told: &News, case: Case<'_>) -> News {
    News { attachments: case.mail.attachments.clone(), answers: None, ..told.clone() }
}

/// The long form for staff who follow the ticket with everything, at their own addresses.
fn in_full(filed: &Filed, case: Case<'_>, news: &News) -> Vec<Letter> {
    let about = About::StaffChanged { view: Box::new(filed.view.clone()), news: Box::new(news.clone()) };
    let readers = outsiders(filed, case).into_iter().filter(|person| is_full(filed, person, case));
    readers.map(|person| letter(filed, Recipient::Person(person), about.clone())).collect()
}

/// Whether that follower gets the long form. It is for staff: whoever is that no longer gets the short one.
fn is_full(filed: &Filed, person: &Person, case: Case<'_>) -> bool {
    filed.view.level_of(&person.address) == Some(Level::Full) && case.robot.member(&person.address).is_some()
}

/// Whether the mail is part of the ticket's own thread: one that answers a digest is not, whatever it commands.
fn is_in_thread(filed: &Filed, case: Case<'_>) -> bool {
    let mut answered = case.mail.in_reply_to.iter().chain(&case.mail.references);
    answered.any(|id| filed.view.staff_thread.contains(id) || filed.view.outside_thread.contains(id))
}

/// The staff list and the further addresses, each once.
fn to_staff(filed: &Filed, case: Case<'_>, about: &About) -> Vec<Letter> {
    let also = case.robot.also.iter().filter(|a| **a != case.robot.list);
    let all = std::iter::once(&case.robot.list).chain(also);
    all.map(|address| letter(filed, Recipient::Staff(address.clone()), about.clone())).collect()
}

/// Subscribers who have to be told: not the actor, not who got the mail itself, not who reads the staff list there.
fn outsiders(filed: &Filed, case: Case<'_>) -> Vec<Person> {
    let is_actor = |p: &Person| is_actor(&p.address, case);
    let has_it = |p: &Person| was_sent_to(case.mail, |a| is_same(a, &p.address, case));
    let subscribers = filed.view.subscribers();
    subscribers
        .filter(|p| !is_actor(p) && !has_it(p) && !case.robot.reads_list(&p.address))
        .cloned()
        .collect()
}

/// Whether that is one of the addresses of whoever wrote the mail.
pub fn is_actor(who: &Address, case: Case<'_>) -> bool {
    case.sender.is_some_and(|s| is_same(&s.address, who, case))
}

/// The same address, or two addresses of one staff member.
fn is_same(one: &Address, other: &Address, case: Case<'_>) -> bool {
    one == other || case.robot.member(one).is_some_and(|m| m.writes_from(other))
}

pub fn actor(case: Case<'_>) -> String {
    let Some(sender) = case.sender else { return "somebody".into() };
    match &sender.staff {
        Some(login) => case.robot.called(login),
        None if sender.name.is_empty() => sender.address.local().to_owned(),
        None => sender.name.clone(),
    }
}

/// Whether the readers of the staff list got the mail itself: a member sent it there, or the list put its own address
/// into From. Only members can be sure to post: a list that refuses an outsider's copy must not hide his words. A list
/// that writes each reader's address into To is told by its other marks.
pub fn list_has(case: Case<'_>) -> bool {
    let robot = case.robot;
    let by_list = case.mail.sender().is_some_and(|from| robot.reads_list(&from));
    let posts = |s: &Sender| s.staff.is_some() || by_list;
    case.sender.is_some_and(posts)
        && (was_sent_to(case.mail, |a| robot.reads_list(a)) || robot.list_carried(case.mail))
}

/// Whether the mail itself went to such an address.
pub fn was_sent_to(mail: &Mail, is: impl Fn(&Address) -> bool) -> bool {
    mail.to.iter().chain(&mail.cc).filter_map(|m| m.address()).any(|a| is(&a))
}

fn letter(filed: &Filed, to: Recipient, about: About) -> Letter {
    Letter { to, about, event: filed.event, not_before: None }
}
