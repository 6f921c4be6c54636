//! `mailbox`: to staff, what a mailbox shows that only a person can set right. Names the mailbox and no mail of it.

use super::{Words, signed};
use crate::model::letter::Upset;
use crate::model::robot::Robot;
use crate::write::clean;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/mailbox.txt")]
pub(super) struct Mailbox {
    robot: String,
    mailbox: String,
    /// More mails came than may within an hour.
    too_much: bool,
    most: String,
    /// Another Trackle marks mails there.
    another: bool,
    mark: String,
    /// Our mark is on mails that we do not know.
    forgotten: bool,
    /// Mails that were left, or that are not known.
    count: String,
    /// It cannot be used.
    away: bool,
    minutes: String,
    doing: String,
}

impl Mailbox {
    pub fn of(robot: &Robot, mailbox: &str, upset: &Upset) -> Mailbox {
        let said = Mailbox { robot: signed(robot), mailbox: clean::words(mailbox), ..Mailbox::default() };
        match upset {
            Upset::TooMuch { most, left } => {
                Mailbox { too_much: true, most: most.to_string(), count: left.to_string(), ..said }
            }
            Upset::Another { mark } => Mailbox { another: true, mark: clean::words(mark), ..said },
            Upset::Forgotten { count } => Mailbox { forgotten: true, count: count.to_string(), ..said },
            Upset::Away { minutes, doing } => {
                Mailbox { away: true, minutes: minutes.to_string(), doing: clean::words(doing), ..said }
            }
        }
    }
}

impl Words for Mailbox {
    const KIND: &'static str = "mailbox";
    const SOURCE: &'static str = include_str!("../../../templates/mail/mailbox.txt");
    fn samples() -> [Self; 2] {
        let said = || Mailbox {
            robot: "Help".into(),
            mailbox: "maildir:/var/mail/help".into(),
            most: "2000".into(),
            mark: "$Trackle-ab12".into(),
            count: "7".into(),
            minutes: "30".into(),
            doing: "the server refused the login".into(),
            ..Mailbox::default()
        };
        let rest = Mailbox { another: true, forgotten: true, away: true, ..said() };
        [Mailbox { too_much: true, ..said() }, rest]
    }
}
