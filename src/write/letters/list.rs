//! `list`: tickets, one line each. Staff are told who has it and when it is due, everybody else how it stands. A list that
//! is too long for a letter goes with it as a file, whole.

use super::{Words, signed};
use crate::limits;
use crate::model::robot::Robot;
use crate::model::shown::{Listed, Listing, Sort};
use crate::write::attached::Files;
use crate::write::clean;
use crate::write::voice::Voice;
use crate::write::wrap::WIDTH;
use serde::Serialize;

/// The file with all of them.
const FILE: &str = "list.txt";
/// Columns of a line behind its indentation.
const ROOM: usize = WIDTH - 2;
/// Columns of what stands behind the title.
const TAIL: usize = 44;
/// Columns of an owner's name.
const OWNER: usize = 20;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/list.txt")]
pub(super) struct List {
    robot: String,
    address: String,
    /// The word that was said: open, mine, waiting, due, new, closed, milestone NAME.
    sort: String,
    some: bool,
    lines: Vec<String>,
    has_more: bool,
    more: String,
    /// Where those stand that the letter leaves out.
    file: String,
    staff: bool,
    /// All of them, when the letter leaves some out.
    #[serde(skip)]
    whole: Vec<String>,
}

impl List {
    pub fn of(robot: &Robot, say: &Voice<'_>, sort: &Sort, listing: &Listing, staff: bool) -> List {
        let line = |listed: &Listed| if staff { for_staff(robot, say, listed) } else { for_all(say, listed) };
        let mut lines: Vec<String> = listing.lines.iter().map(line).collect();
        let whole = if lines.len() > limits::LISTED { lines.clone() } else { Vec::new() };
        lines.truncate(limits::LISTED);
        let more = listing.lines.len() - lines.len();
        List {
            robot: signed(robot),
            address: robot.address.to_string(),
            sort: match sort {
                Sort::Milestone(name) => format!("{} {}", sort.word(), clean::title(name)),
                _ => sort.word().to_owned(),
            },
            some: !listing.lines.is_empty(),
            lines,
            has_more: more > 0,
            more: more.to_string(),
            file: FILE.into(),
            staff,
            whole,
        }
    }

    /// The whole list, when the letter leaves some of it out.
    pub fn file(&self) -> Files<'static> {
        if self.whole.is_empty() {
            Files::default()
        } else {
            Files::of_text(FILE, self.whole.join("\n") + "\n")
        }
    }
}

/// `#12 Printer on fire — Anna Lee, high, due Fri 27 Nov, waits for #15`.
fn for_staff(robot: &Robot, say: &Voice<'_>, listed: &Listed) -> String {
    let owner = listed.owner.as_ref().map(|login| cut(&clean::name(&robot.called(login)), OWNER));
    let tail: Vec<String> = owner.into_iter().chain(listed.marks.iter().map(|m| clean::words(m))).collect();
    let tail = if tail.is_empty() { String::new() } else { format!(" — {}", cut(&tail.join(", "), TAIL)) };
    let head = format!("{} ", listed.number);
    let room = ROOM.saturating_sub(head.chars().count() + tail.chars().count());
    format!("{head}{}{tail}", cut(&say.title(&listed.title), room))
}

/// `#12 (open) Printer on fire`.
fn for_all(say: &Voice<'_>, listed: &Listed) -> String {
    let title = say.title(&clean::without_addresses(&listed.title));
    cut(&format!("{} ({}) {title}", listed.number, say.say(listed.state.phrase())), ROOM)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

impl Words for List {
    const KIND: &'static str = "list";
    const SOURCE: &'static str = include_str!("../../../templates/mail/list.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|all| List {
            robot: "Help".into(),
            address: "help@x.example".into(),
            sort: "open".into(),
            some: all,
            lines: if all { vec!["#12 Title".into(), "#13 Title".into()] } else { Vec::new() },
            has_more: all,
            more: if all { "3".into() } else { String::new() },
            file: FILE.into(),
            staff: all,
            whole: Vec::new(),
        })
    }
}
