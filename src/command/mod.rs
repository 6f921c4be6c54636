//! Commands: what can be said to the robot in a line of a mail. In comes a line that [`line::read`] understood, out
//! comes what it changes in one ticket, or why not. Each verb is one file: its word, its help, who may, its effect,
//! its tests. A new verb is one file and one line in [`TABLE`].
//! Never changes anything itself and never runs a word that is only similar to a verb.

mod assign;
mod cc;
mod close;
mod component;
mod day;
mod depends;
mod describe;
mod digest;
mod drop;
mod due;
mod dup;
mod forms;
pub mod help;
mod hide;
pub mod line;
mod link;
mod list;
mod merge;
mod milestone;
mod mute;
mod note;
mod parent;
mod prio;
mod private;
mod remove;
mod reopen;
mod requester;
pub mod reveal;
mod search;
mod severity;
mod show;
mod split;
mod subscribe;
mod tag;
mod take;
mod title;
mod r#type;
mod undo;
mod unsubscribe;
mod wait;

use crate::model::decision::What;
use crate::model::links::Step;
use crate::model::perms::Class;
use crate::model::proof::Vouched;
use crate::model::refusal::Refusal;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State, View};
use forms::Form;
use jiff::civil::Date;
pub use line::{Order, Reading};

/// Every verb, in the order in which help shows them.
pub static TABLE: &[&Verb] = &[
    &close::VERB,
    &reopen::VERB,
    &take::VERB,
    &assign::VERB,
    &drop::VERB,
    &wait::VERB,
    &due::VERB,
    &prio::VERB,
    &severity::VERB,
    &r#type::VERB,
    &component::VERB,
    &milestone::VERB,
    &tag::VERB,
    &title::VERB,
    &describe::VERB,
    &note::VERB,
    &private::VERB,
    &dup::VERB,
    &link::VERB,
    &depends::VERB,
    &parent::VERB,
    &merge::VERB,
    &split::VERB,
    &requester::VERB,
    &cc::VERB,
    &remove::VERB,
    &subscribe::VERB,
    &unsubscribe::VERB,
    &mute::VERB,
    &digest::VERB,
    &show::VERB,
    &list::VERB,
    &reveal::VERB,
    &hide::VERB,
    &search::VERB,
    &undo::VERB,
    &help::VERB,
];

/// What a command does to one ticket; the caller has asked [`may`] before. Changes nothing, only says what to change.
pub type Act = fn(&Saying<'_>) -> Result<Vec<What>, Refusal>;

/// One command said about one ticket.
#[derive(Clone, Copy)]
pub struct Saying<'a> {
    pub order: &'a Order,
    /// The ticket, as the commands before this one leave it.
    pub view: &'a View,
    /// The other tickets that the mail names, as the commands before leave them.
    pub others: &'a [View],
    /// Where the relations of those tickets lead beyond them.
    pub steps: &'a [Step],
    pub vouched: &'a Vouched,
    pub robot: &'a Robot,
    /// The day that it is where the team works.
    pub today: Date,
}

impl Saying<'_> {
    /// Another ticket that the command names, if the sender may know of it.
    fn other(&self, number: Number) -> Result<&View, Refusal> {
        let known =
            |v: &&View| v.ticket.number == number && v.ticket.state != State::Unconfirmed && self.may_know(v);
        self.others.iter().find(known).ok_or(Refusal::NoTicket(number))
    }
    /// Refuses while somebody works on the ticket who is none of these.
    fn not_kept_out(&self, logins: &[&str]) -> Result<(), Refusal> {
        match &self.view.lock {
            Some(lock) if logins.iter().all(|login| lock.keeps_out(login)) => {
                Err(lock.refusal(self.view.ticket.number, self.robot))
            }
            _ => Ok(()),
        }
    }
    fn may_know(&self, view: &View) -> bool {
        self.vouched.login().is_some() || view.has_part(&self.vouched.sender().address)
    }
}

/// One word of the language.
#[derive(Debug)]
pub struct Verb {
    /// The word that help and the log use.
    pub word: &'static str,
    /// Other words for it; one may be two words.
    pub aliases: &'static [&'static str],
    /// What may follow it.
    pub form: Form,
    /// When a line counts that has no `!` in front.
    pub bare: Bare,
    /// How it is written, on one line.
    pub usage: &'static str,
    /// What it does, on one line.
    pub what: &'static str,
    pub who: Who,
    /// How much proof it takes.
    pub class: Class,
    pub does: Does,
}

impl Verb {
    /// The word and all its aliases.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.word).chain(self.aliases.iter().copied())
    }
    /// Who may use it, in words.
    pub fn who_may(&self) -> &'static str {
        match self.who {
            _ if self.class == Class::Open => "anybody",
            Who::Public => "anybody, unless it is private",
            Who::Anyone => "who has a part in it",
            Who::RequesterOrStaff => "staff, requester",
            Who::Staff => "staff",
        }
    }
    /// Whether it asks something of the robot and changes nothing.
    pub fn is_question(&self) -> bool {
        matches!(self.does, Does::Ask(_))
    }
    /// The verb of that word or alias.
    pub fn of(word: &str) -> Option<&'static Verb> {
        TABLE.iter().copied().find(|verb| verb.words().any(|known| known.eq_ignore_ascii_case(word)))
    }
}

/// When a line without `!` is read as a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    /// In the top block of anybody's mail.
    Anyone,
    /// In the top block of staff's mails: what follows the verb may be any word, and anybody may begin a sentence so.
    Staff,
    /// In a mail without other text, since "Help!" is also how people begin.
    Alone,
}

/// What a verb does.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// Changes each ticket that it names.
    Change(Act),
    /// Asks the robot something, which is answered to the sender alone.
    Ask(Question),
    /// Shows files and typed commands of a session's log from now on, or no longer.
    Display(bool),
    /// The text of the mail, and of the line, is for staff only.
    Note,
    /// The text of the mail tells from now on what the ticket is about.
    Describe,
    /// The text of the mail becomes a ticket of its own.
    Split,
    /// Takes back what the sender's last mail changed.
    Undo,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Help,
    Search,
    Show,
    List,
}

/// Whose order a verb follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, of every ticket that is not private.
    Public,
    /// Whoever has a part in the ticket.
    Anyone,
    RequesterOrStaff,
    Staff,
}

/// Whether this person may use that verb on that ticket. Whoever has no part in a ticket is not told that it exists.
pub fn may(verb: &Verb, view: &View, vouched: &Vouched) -> Result<(), Refusal> {
    let number = view.ticket.number;
    let address = &vouched.sender().address;
    let staff = vouched.login().is_some();
    let part = staff || view.has_part(address);
    match verb.who {
        // for everybody but its requester's confirmation it does not exist yet
        _ if view.ticket.state == State::Unconfirmed => Err(Refusal::NoTicket(number)),
        Who::Public if part || !view.ticket.fields.is_private() => Ok(()),
        _ if !part => Err(Refusal::NoTicket(number)),
        Who::Staff if !staff => Err(Refusal::StaffOnly),
        Who::RequesterOrStaff if !staff && view.ticket.requester.address != *address => {
            Err(Refusal::NotYours(number))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
