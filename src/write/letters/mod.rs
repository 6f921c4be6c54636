//! One file for each letter: what it tells, as plain values for its template in `templates/mail`. An intention comes
//! in; words and files go out. Values are cleaned here, at the one place where they enter a letter.

mod already;
mod changed;
mod complained;
mod confirm_mail;
mod confirm_ticket;
mod deeds;
mod digest;
mod disk_full;
mod done;
mod followed;
mod help;
mod host;
mod invited;
mod left;
mod likely;
mod lines;
mod list;
mod news;
mod own;
mod quarantined;
mod related;
mod requester;
mod returned;
mod search;
mod session_kept;
mod session_log;
mod show;
mod staff_changed;
mod staff_opened;
mod status;
mod suspended;
mod ticket_opened;
mod too_late;
mod transcript;
mod undelivered;

use super::attached::Files;
use super::envelope::is_known_to;
use super::voice::Voice;
use super::wrap;
use crate::fault::{Fault, Outcome};
use crate::model::decision::Reply;
use crate::model::letter::{About, Letter};
use crate::model::robot::Robot;
use crate::model::ticket::View;

/// The values of one template. Only strings, truths and lists of them, so that both template engines see the same.
pub(super) trait Words: askama::Template + serde::Serialize + Sized {
    /// The letter's name, which is the template's too.
    const KIND: &'static str;
    /// The built-in template as it was written.
    const SOURCE: &'static str;
    /// Values to try a replacement on: everything there, and nothing that may be missing.
    fn samples() -> [Self; 2];
    /// The code that has to stand in the letter.
    fn code(&self) -> Option<&str> {
        None
    }
}

/// A kind of letter.
pub(super) struct Kind {
    pub name: &'static str,
    pub source: &'static str,
    pub samples: fn() -> Vec<Sample>,
}

/// Values to try a template on.
pub(super) struct Sample {
    pub values: minijinja::Value,
    pub code: Option<String>,
    /// What the built-in template makes of them.
    #[cfg(test)]
    pub built_in: Option<String>,
}

impl Kind {
    const fn of<W: Words>() -> Kind {
        Kind { name: W::KIND, source: W::SOURCE, samples: samples::<W> }
    }
    /// The file of its template.
    pub fn file(&self) -> String {
        format!("{}.txt", self.name)
    }
}

fn samples<W: Words>() -> Vec<Sample> {
    let sample = |words: W| Sample {
        values: minijinja::Value::from(minijinja::value::Serde(&words)),
        code: words.code().map(str::to_owned),
        #[cfg(test)]
        built_in: words.render().ok(),
    };
    W::samples().into_iter().map(sample).collect()
}

/// Every letter there is.
pub(super) const KINDS: [Kind; 29] = [
    Kind::of::<confirm_ticket::ConfirmTicket>(),
    Kind::of::<confirm_mail::ConfirmMail>(),
    Kind::of::<ticket_opened::TicketOpened>(),
    Kind::of::<staff_opened::StaffOpened>(),
    Kind::of::<staff_changed::StaffChanged>(),
    Kind::of::<changed::Changed>(),
    Kind::of::<help::Help>(),
    Kind::of::<search::Search>(),
    Kind::of::<show::Show>(),
    Kind::of::<list::List>(),
    Kind::of::<transcript::Transcript>(),
    Kind::of::<already::Already>(),
    Kind::of::<too_late::TooLate>(),
    Kind::of::<left::Left>(),
    Kind::of::<followed::Followed>(),
    Kind::of::<invited::Invited>(),
    Kind::of::<done::Done>(),
    Kind::of::<requester::Requester>(),
    Kind::of::<suspended::Suspended>(),
    Kind::of::<complained::Complained>(),
    Kind::of::<quarantined::Quarantined>(),
    Kind::of::<disk_full::DiskFull>(),
    Kind::of::<host::Host>(),
    Kind::of::<session_kept::SessionKept>(),
    Kind::of::<undelivered::Undelivered>(),
    Kind::of::<digest::Digest>(),
    Kind::of::<news::News>(),
    Kind::of::<own::Own>(),
    Kind::of::<session_log::SessionLog>(),
];

/// Subject line and text of a letter, and the files that go with it.
pub(super) fn words<'a>(letter: &'a Letter, robot: &Robot, say: &Voice<'_>) -> Outcome<(String, Files<'a>)> {
    let alone = |text: Outcome<String>| text.map(|text| (text, Files::default()));
    match &letter.about {
        About::ConfirmTicket { code, likely, .. } => {
            alone(say.rendered(&confirm_ticket::ConfirmTicket::of(robot, say, code, likely)))
        }
        About::ConfirmMail { code, mails, .. } => {
            let to = letter.to.address();
            alone(say.rendered(&confirm_mail::ConfirmMail::of(robot, say, code, mails, to)))
        }
        About::Opened { view, likely } => {
            alone(say.rendered(&ticket_opened::TicketOpened::of(robot, say, view, likely)))
        }
        About::StaffOpened { view, news, likely } => {
            let files = status::files(news);
            let words = staff_opened::StaffOpened::of((robot, say), view, news, &files, likely);
            Ok((say.rendered(&words)?, files))
        }
        About::StaffChanged { view, news } => {
            let files = status::files(news);
            Ok((say.rendered(&staff_changed::StaffChanged::of(robot, say, view, news, &files))?, files))
        }
        About::Changed { view, news } => Ok((
            say.rendered(&changed::Changed::of(robot, say, letter.to.address(), view, news))?,
            status::text_file(news),
        )),
        About::Reply { reply: Reply::Listed { sort, staff, listing }, .. } => {
            let words = list::List::of(robot, say, sort, listing, *staff);
            Ok((say.rendered(&words)?, words.file()))
        }
        About::Reply { reply, view, .. } => alone(of_reply(letter, (reply, view.as_deref()), robot, say)),
        About::Followed { .. }
        | About::Invited { .. }
        | About::Done { .. }
        | About::Requester { .. }
        | About::Suspended { .. }
        | About::Complained { .. } => alone(of_following(letter, robot, say)),
        About::Quarantined { items, stopped } if items.is_empty() && stopped.is_empty() => {
            Err(Fault::lasting("there is no mail in quarantine to tell of"))
        }
        About::Quarantined { items, stopped } => {
            alone(say.rendered(&quarantined::Quarantined::of(robot, items, stopped)))
        }
        About::DiskFull { free, wanted } => {
            alone(say.rendered(&disk_full::DiskFull::of(robot, *free, *wanted)))
        }
        About::Undelivered { view, recipient, why } => {
            let about = returned::Returned::of(robot, view.as_deref(), recipient, why);
            alone(say.rendered(&undelivered::Undelivered(about)))
        }
        About::Digest { digest } => {
            let words = digest::Digest::of(robot, digest);
            let whole = words.whole(robot, digest).map(|all| say.rendered(&all)).transpose()?;
            let file = whole.map(|text| Files::of_text(digest::FILE, wrap::prose(&text)));
            Ok((say.rendered(&words)?, file.unwrap_or_default()))
        }
        About::Roundup { roundup } => alone(say.rendered(&news::News::of(robot, say, roundup))),
        About::SessionLog { view, told } => {
            let files = Files::fitting(&told.files);
            Ok((say.rendered(&session_log::SessionLog::of(robot, say, view, told))?, files))
        }
        About::Host { card, code, by } => {
            alone(say.rendered(&host::Host::of(robot, card, code.as_deref(), by)))
        }
        About::Kept { kept } => alone(say.rendered(&session_kept::SessionKept::of(robot, kept))),
        About::Own { own } => alone(say.rendered(&own::Own::of(robot, own))),
    }
}

/// The letters that answer one person: what was asked for, and what was not run.
fn of_reply(
    letter: &Letter,
    (reply, view): (&Reply, Option<&View>),
    robot: &Robot,
    say: &Voice<'_>,
) -> Outcome<String> {
    let standing = view.map(|v| &v.ticket);
    // under a subject of its own it would begin a conversation of its own
    let title = view.filter(|v| is_known_to(v, letter.to.address(), robot));
    let title = title.map(|v| say.title(&v.ticket.title)).unwrap_or_default();
    match reply {
        Reply::Help { staff, verb } => say.rendered(&help::Help::of(robot, say, *staff, *verb)),
        Reply::Found { words, hits, full } => {
            say.rendered(&search::Search::of(robot, say, words, hits, *full))
        }
        Reply::Shown { sight, said, left_out, .. } => {
            let view = view.ok_or_else(|| Fault::lasting("a ticket to show is gone"))?;
            say.rendered(&show::Show::of(robot, say, view, *sight, (said, *left_out)))
        }
        Reply::Listed { .. } => Err(Fault::lasting("a list is written with its file")),
        Reply::Transcript { about, lines, has_text } => {
            say.rendered(&transcript::Transcript::of((robot, say), *about, title, lines, *has_text))
        }
        Reply::Already { ticket } => {
            say.rendered(&already::Already::of((robot, say), *ticket, title, standing.map(|t| t.state)))
        }
        Reply::TooLate { ticket } => say.rendered(&too_late::TooLate::of(robot, *ticket)),
        Reply::Left { ticket, by } => say.rendered(&left::Left::of(robot, *ticket, by.as_deref())),
    }
}

/// The letters about who follows what, and whom mail reaches.
fn of_following(letter: &Letter, robot: &Robot, say: &Voice<'_>) -> Outcome<String> {
    match &letter.about {
        About::Followed { view, level, others, .. } => {
            say.rendered(&followed::Followed::of(robot, say, view, *level, others))
        }
        About::Invited { code, view, by } => say.rendered(&invited::Invited::of(robot, say, code, view, by)),
        About::Done { view, deeds, .. } => say.rendered(&done::Done::of(robot, say, view, deeds)),
        About::Requester { view, by } => {
            let to = letter.to.address();
            say.rendered(&requester::Requester::of(robot, say, to, view, by))
        }
        About::Suspended { warning } => say.rendered(&suspended::Suspended::of(robot, *warning)),
        About::Complained { view, recipient } => say
            .rendered(&complained::Complained(returned::Returned::of(robot, view.as_deref(), recipient, ""))),
        _ => Err(Fault::lasting("a letter about something else")),
    }
}

/// A line and what is said about it, or a file and its size: pairs in lists.
#[derive(Debug, Clone, serde::Serialize)]
struct Pair {
    text: String,
    why: String,
}

/// `#12`, or nothing.
fn tag(ticket: Option<crate::model::ticket::Number>) -> String {
    ticket.map(|n| n.to_string()).unwrap_or_default()
}

/// What the robot is called at the end of a letter.
fn signed(robot: &Robot) -> String {
    let name = super::clean::name(&robot.name);
    if name.is_empty() { robot.address.to_string() } else { name }
}
