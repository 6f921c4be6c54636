//! What is set at a ticket, in a few words each, as letters and screens show it behind its state: `high`, `due Fri 27
//! Nov`, `waits for #15`. Nothing comes out when nothing is set. Values are as people typed them: who shows them cleans
//! them. Knows no clock: the day comes in.

use super::fields::{Field, Fields, Wait};
use super::links::{Link, Relation};
use super::ticket::{Number, State, Ticket};
use jiff::civil::Date;

/// Numbers named in one mark; the rest is counted.
const NAMED: usize = 4;

/// All marks of a ticket on that day, what hides or hurries it first.
pub fn marks(ticket: &Ticket, links: &[Link], today: Date) -> Vec<String> {
    let open = ticket.state == State::Open;
    let mut all = of_fields(&ticket.fields, open, today);
    all.extend(of_links(links, open));
    all.extend(ticket.tags.iter().map(|word| format!("+{word}")));
    all
}

/// Those of its fields; a day that is over is called so while the ticket is open.
pub fn of_fields(fields: &Fields, open: bool, today: Date) -> Vec<String> {
    let value = |field| fields.get(field).map(str::to_owned);
    let titled = |field: Field| fields.get(field).map(|v| format!("{} {v}", field.word()));
    let wait = fields.wait().filter(|w| open && w.holds(today));
    let marks = [
        fields.is_private().then(|| "private".to_owned()),
        value(Field::Priority),
        fields.due().map(|day| due(day, open, today)),
        wait.map(|w| waits(w, today)),
        titled(Field::Severity),
        value(Field::Type),
        value(Field::Component),
        titled(Field::Milestone),
    ];
    marks.into_iter().flatten().collect()
}

/// A field's value as people read it; what is not set is none.
pub fn value(field: Field, value: Option<&str>, today: Date) -> String {
    let day = |text: &str| text.parse().ok().map(|day| written(day, today));
    match (field, value) {
        (Field::Private, None) => "no".to_owned(),
        (_, None) => "none".to_owned(),
        (Field::Wait, Some("user")) => "the requester".to_owned(),
        (Field::Wait, Some("later")) => "yes".to_owned(),
        (Field::Due | Field::Wait, Some(text)) => day(text).unwrap_or_else(|| text.to_owned()),
        (_, Some(text)) => text.to_owned(),
    }
}

/// Whether its day is over and it is not done.
pub fn is_overdue(ticket: &Ticket, today: Date) -> bool {
    ticket.state == State::Open && ticket.fields.due().is_some_and(|day| day < today)
}

fn due(day: Date, open: bool, today: Date) -> String {
    let words = if open && day < today { "OVERDUE since" } else { "due" };
    format!("{words} {}", written(day, today))
}

fn waits(wait: Wait, today: Date) -> String {
    match wait {
        Wait::User => "waits for its requester".to_owned(),
        Wait::Until(day) => format!("waits until {}", written(day, today)),
        Wait::Later => "waits".to_owned(),
    }
}

/// `Fri 27 Nov`, with the year when it is another one.
fn written(day: Date, today: Date) -> String {
    let form = if day.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.strftime(form).to_string()
}

/// What other tickets have to do with how it stands; closed ones only where they have its matter now.
fn of_links(links: &[Link], open: bool) -> Vec<String> {
    let of = |relation, outward, all: bool| {
        let those = links.iter().filter(move |l| {
            l.relation == relation && l.outward == outward && (all || l.state == State::Open)
        });
        let numbers: Vec<Number> = those.map(|l| l.other).collect();
        (!numbers.is_empty()).then(|| format!("{} {}", relation.words(outward), listed(&numbers)))
    };
    let waits = |outward| if open { of(Relation::Depends, outward, false) } else { None };
    let marks = [
        waits(true),
        waits(false),
        of(Relation::Parent, true, true),
        of(Relation::Parent, false, false),
        of(Relation::Duplicate, true, true),
        of(Relation::Merged, true, true),
    ];
    marks.into_iter().flatten().collect()
}

/// `#12 #15 and 3 more`.
fn listed(numbers: &[Number]) -> String {
    let named: Vec<String> = numbers.iter().take(NAMED).map(Number::to_string).collect();
    let more = numbers.len() - named.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::person::Person;
    use jiff::Timestamp;

    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn ticket(fields: &[(Field, &str)]) -> Ticket {
        let address = Address::parse("bob@example.org").unwrap();
        let mut all = Fields::default();
        fields.iter().for_each(|(field, value)| all.set(*field, Some((*value).to_owned())));
        Ticket {
            number: Number(12),
            state: State::Open,
            title: "Printer".into(),
            requester: Person { id: 1, address, name: String::new(), confirmed: None, language: None },
            owner: None,
            fields: all,
            tags: vec![],
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        }
    }

    fn link(relation: Relation, outward: bool, other: u32, state: State) -> Link {
        let (title, private, held) = ("Other".into(), false, false);
        Link { relation, outward, other: Number(other), state, title, private, held }
    }

    #[test]
    fn each_field_has_its_words_and_nothing_set_has_none() {
        use Field::{Component, Due, Milestone, Priority, Private, Severity, Type, Wait};
        for (fields, words) in [
            (&[][..], ""),
            (&[(Priority, "high"), (Severity, "serious")], "high, severity serious"),
            (&[(Type, "bug"), (Component, "mail"), (Milestone, "autumn")], "bug, mail, milestone autumn"),
            (&[(Due, "2026-11-27")], "due Fri 27 Nov"),
            (&[(Due, "2026-11-21")], "due Sat 21 Nov"),
            (&[(Due, "2026-11-20")], "OVERDUE since Fri 20 Nov"),
            (&[(Due, "2027-01-04")], "due Mon 4 Jan 2027"),
            (&[(Wait, "user"), (Private, "yes")], "private, waits for its requester"),
            (&[(Wait, "2026-11-23")], "waits until Mon 23 Nov"),
            (&[(Wait, "2026-11-21")], ""),
            (&[(Wait, "later")], "waits"),
        ] {
            assert_eq!(marks(&ticket(fields), &[], TODAY).join(", "), words);
        }
        let mut closed = ticket(&[(Due, "2026-11-20"), (Wait, "later")]);
        closed.state = State::Closed;
        assert_eq!(marks(&closed, &[], TODAY), ["due Fri 20 Nov"]);
        assert!(!is_overdue(&closed, TODAY) && is_overdue(&ticket(&[(Due, "2026-11-20")]), TODAY));
    }

    #[test]
    fn values_are_read_by_people() {
        for (field, said, shown) in [
            (Field::Due, Some("2026-11-27"), "Fri 27 Nov"),
            (Field::Due, Some("soon"), "soon"),
            (Field::Due, None, "none"),
            (Field::Wait, Some("user"), "the requester"),
            (Field::Private, None, "no"),
            (Field::Title, Some("later"), "later"),
        ] {
            assert_eq!(value(field, said, TODAY), shown);
        }
    }

    #[test]
    fn others_are_named_while_they_matter() {
        use Relation::{Depends, Link as See, Merged, Parent};
        let links = [
            link(Depends, true, 15, State::Open),
            link(Depends, true, 16, State::Closed),
            link(Depends, false, 17, State::Open),
            link(Parent, true, 10, State::Closed),
            link(See, true, 3, State::Open),
            link(Merged, true, 9, State::Open),
        ];
        let mut tagged = ticket(&[]);
        tagged.tags = vec!["ink".into(), "paper".into()];
        let words = "waits for #15, needed by #17, part of #10, merged into #9, +ink, +paper";
        assert_eq!(marks(&tagged, &links, TODAY).join(", "), words);
        let parts: Vec<Link> = (20..26).map(|n| link(Parent, false, n, State::Open)).collect();
        assert_eq!(marks(&ticket(&[]), &parts, TODAY), ["has the part #20 #21 #22 #23 and 2 more"]);
    }
}
