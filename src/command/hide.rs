//! `hide`: what changed in those files is no longer shown in a session's log; it stays in the record.

use super::{Bare, Does, Verb, Who, reveal};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "hide",
    aliases: &[],
    form: reveal::files,
    bare: Bare::Staff,
    usage: "hide [SESSION] /FILE …",
    what: "shows those files of a session no longer, or commands 3-5",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Display(false),
};

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn is_for_staff_who_name_a_file() {
        for (text, staff, found) in
            [("hide /etc/motd", true, 1), ("hide /etc/motd", false, 0), ("hide and seek", true, 0)]
        {
            assert_eq!(line::read(text, staff).orders.len(), found, "{text}");
        }
    }
}
