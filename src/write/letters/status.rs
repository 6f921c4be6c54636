//! What the letters about a ticket have in common: how it stands, who did something and how sure we are, the text of
//! the mail and its files. News come in; cleaned values go out.

use crate::limits;
use crate::model::letter::News;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::attached::{Carried, Files};
use crate::write::clean;

/// How a ticket stands, for staff.
pub(super) struct Standing {
    pub ticket: String,
    pub title: String,
    pub state: String,
    /// `nobody's`, or `Anna Lee's`.
    pub owner: String,
    /// Name and address.
    pub requester: String,
    /// What to call the requester.
    pub called: String,
}

impl Standing {
    pub fn of(robot: &Robot, view: &View) -> Standing {
        let t = &view.ticket;
        Standing {
            ticket: t.number.to_string(),
            title: clean::title(&t.title),
            state: t.state.word().to_owned(),
            owner: match &t.owner {
                Some(login) => format!("{}'s", clean::name(&robot.called(login))),
                None => "nobody's".to_owned(),
            },
            requester: written(&t.requester.name, t.requester.address.as_str()),
            called: clean::name(&t.requester.called()),
        }
    }
}

/// `Alice Lee <alice@x.example>`, or what there is of it.
pub(super) fn written(name: &str, address: &str) -> String {
    let (name, address) = (clean::name(name), clean::words(address));
    match (name.is_empty(), address.is_empty()) {
        (true, _) => address,
        (false, true) => name,
        (false, false) => format!("{name} <{address}>"),
    }
}

/// Who did it, for staff.
pub(super) fn who(robot: &Robot, news: &News) -> String {
    let who = written(&news.actor, &news.actor_address);
    if who.is_empty() { super::signed(robot) } else { who }
}

/// Who did it, for others: never an address.
pub(super) fn actor(robot: &Robot, news: &News) -> String {
    let name = clean::name(&news.actor);
    if name.is_empty() { super::signed(robot) } else { name }
}

/// How sure we are, in words that need no manual.
pub(super) fn proof(news: &News) -> String {
    match news.proof.as_str() {
        "none" => "address not proven".to_owned(),
        "domain" => "vouched for by their mail server".to_owned(),
        "submission" => "logged in to our mail server".to_owned(),
        "person" => "by their own reply address".to_owned(),
        "confirmed" => "confirmed by mail".to_owned(),
        other => clean::words(other),
    }
}

/// The text as a letter shows it; one that is too long is attached.
pub(super) fn text(news: &News) -> String {
    if is_long(news) {
        format!("(The text is long. It is attached as {TEXT_FILE}.)")
    } else {
        clean::verbatim(&clean::text(&news.text))
    }
}

/// Files for staff: everything that fits.
pub(super) fn files(news: &News) -> Files<'_> {
    let mut files = text_file(news);
    let more = Files::fitting(&news.attachments);
    files.carried.extend(more.carried);
    files.left = more.left;
    files
}

/// Files for others: only a text that is too long for a letter.
pub(super) fn text_file(news: &News) -> Files<'_> {
    let mut files = Files::default();
    if is_long(news) {
        let media = "text/plain; charset=utf-8";
        files.carried.push(Carried { name: TEXT_FILE.to_owned(), media, bytes: news.text.as_bytes() });
    }
    files
}

const TEXT_FILE: &str = "text.txt";

fn is_long(news: &News) -> bool {
    news.text.len() > limits::LETTER_TEXT
}

/// Words for requester and subscribers that came with commands, each once.
pub(super) fn remarks(news: &News) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for change in &news.changes {
        let remark = clean::text(&change.remark);
        if !remark.is_empty() && !all.contains(&remark) {
            all.push(remark);
        }
    }
    all
}
