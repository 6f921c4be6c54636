//! What comes once in a period: the staff's digest, a follower's news, what was done in a member's name.

use super::*;

/// What Bob finds on a Monday.
pub(super) fn roundup() -> Roundup {
    let piece = |who: &str, say| Piece { at: now(), who: who.into(), say };
    let remark = "It is out. Please use the one on the third floor until Monday, when the new one comes.";
    let what = What::State { from: State::Open, to: State::Closed };
    let closed = Say::Changed { what, remark: remark.into(), hidden: false };
    let taken = What::Owner { from: None, to: Some("anna".into()) };
    let taken = Say::Changed { what: taken, remark: String::new(), hidden: false };
    let asked =
        Say::Wrote { text: "Hello,\n\nit is slow here too, on all floors.\n\nCarla".into(), files: 1 };
    let told = |number, title: &str, state, news| Told {
        number: Number(number),
        title: title.into(),
        state,
        news,
        more: 0,
    };
    Roundup {
        level: Level::Weekly,
        now: now(),
        zone: jiff::tz::TimeZone::UTC,
        person: 3,
        tickets: vec![
            told(
                12,
                "Printer on fire",
                State::Closed,
                vec![piece("Anna Lee", taken), piece("Anna Lee", closed)],
            ),
            told(13, "Wiki is slow", State::Open, vec![piece("Carla", asked)]),
        ],
        more: 0,
    }
}

/// What Anna finds in the morning.
pub(super) fn own() -> Own {
    let act = |hours: i64, number, title: &str, what, proof: &str| Act {
        at: now() - jiff::SignedDuration::from_hours(hours),
        number: Number(number),
        title: title.into(),
        what,
        proof: proof.into(),
    };
    let closed = What::State { from: State::Open, to: State::Closed };
    let due = What::Set { field: Field::Due, from: None, to: Some("2026-11-27".into()) };
    let follows = What::Follows { who: address("anna@corp.example"), from: None, to: Some(Level::Daily) };
    Own {
        since: now() - jiff::SignedDuration::from_hours(24),
        now: now(),
        zone: jiff::tz::TimeZone::UTC,
        login: "anna".into(),
        acts: vec![
            act(20, 12, "Printer on fire", closed, "submission"),
            act(19, 10, "Laptop for the new colleague", due, "confirmed"),
            act(5, 13, "Wiki is slow", What::Commented, "none"),
            act(4, 13, "Wiki is slow", follows, "domain"),
        ],
        more: 0,
    }
}

/// A line of a digest.
pub(super) fn standing(number: u32, title: &str, owner: Option<&str>, hours: i64) -> Standing {
    Standing {
        number: Number(number),
        title: title.into(),
        owner: owner.map(str::to_owned),
        since: now() - jiff::SignedDuration::from_hours(hours),
        fields: Fields::default(),
        ties: Ties::default(),
        points: 0,
    }
}

impl Standing {
    pub(super) fn with(mut self, field: Field, value: &str) -> Standing {
        self.fields.set(field, Some(value.into()));
        self
    }
}

/// What a small team finds in the morning.
pub(super) fn digest() -> Digest {
    let deed = |number, title: &str, what, actor: &str, name: &str| Deed {
        number: Number(number),
        title: title.into(),
        what,
        actor: actor.into(),
        name: name.into(),
    };
    let taken = What::Owner { from: None, to: Some("anna".into()) };
    let again = What::State { from: State::Closed, to: State::Open };
    let closed = What::State { from: State::Open, to: State::Closed };
    let high = What::Set { field: Field::Priority, from: None, to: Some("high".into()) };
    let mut fire = standing(12, "Printer on fire", Some("anna"), 73).with(Field::Priority, "high");
    fire.ties = Ties { needed_by: vec![Number(16)], part_of: Some(Number(3)), ..Ties::default() };
    let mut ink = standing(16, "New toner for the printer on the second floor", None, 50);
    ink.ties.waits_for = vec![Number(12)];
    Digest {
        fresh: vec![standing(14, "The projector in room 2 shows green only", None, 5)],
        due: vec![
            standing(11, "Certificate of the wiki", Some("anna"), 200).with(Field::Due, "2026-11-19"),
            standing(10, "Laptop for the new colleague", None, 80).with(Field::Due, "2026-11-27"),
        ],
        old: vec![standing(3, "A second key for the archive", Some("anna"), 24 * 40)],
        ours: vec![fire, standing(13, "Wiki is slow", None, 30)],
        theirs: vec![standing(9, "No mail since Friday", Some("anna"), 25).with(Field::Private, "yes")],
        blocked: vec![ink],
        put_off: vec![
            standing(4, "Chairs", None, 90).with(Field::Wait, "2026-11-23"),
            standing(5, "Tables", None, 90).with(Field::Wait, "later"),
        ],
        deeds: vec![
            deed(12, "Printer on fire", taken, "anna@corp.example", ""),
            deed(7, "New laptop", again, "bob@home.example", "Bob Hill"),
            deed(8, "Door code", closed, "anna@corp.example", "Anna"),
            deed(12, "Printer on fire", high, "anna@corp.example", ""),
        ],
        lost: vec![Lost {
            number: Some(Number(8)),
            recipient: "carla@home.example".into(),
            why: "550 5.1.1 no such user".into(),
        }],
        unconfirmed: 2,
        held: 1,
        quarantined: 1,
        stopped: vec![stopped()],
        ..Digest::nothing(
            now() - jiff::SignedDuration::from_hours(26),
            now(),
            jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(),
        )
    }
}
