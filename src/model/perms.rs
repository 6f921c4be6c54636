//! Who may, with what proof: the one table that says for each class of action and each level of proof what is to
//! happen. In come a class and a level (and, for [`judge`], the sender's part in it), out comes the [`Verdict`].
//! Pure: asks nobody, holds nothing. `trackle perms` prints this table; `decide` follows it.
//!
//! Where proof is short the table asks, it does not refuse: one mail to the registered address lists the exact lines,
//! and the answer to it is proof. That letter is also the alarm when somebody else wrote in a member's name. What a
//! machine sent is never asked about, since machines answer.

use super::proof::Proof;
use std::fmt;

/// What sort of thing is wanted, from the harmless to the grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A new ticket (a stranger's waits unconfirmed until one letter is answered), help, a search.
    Open,
    /// Mail about a ticket for oneself, begun or ended.
    Subscribe,
    /// Text for a ticket that one has a part in.
    Talk,
    /// A requester's own ticket closed or reopened.
    Own,
    /// What staff do all day: close, reopen, take, assign, drop.
    Work,
    /// What is hard to take back or touches many: deleting, merging, removing people, more than a handful of tickets.
    Heavy,
}

/// How sure we are who sent it: [`Proof`], and below all proof what no person sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A robot's mail: no proof makes it a person's.
    Automatic,
    None,
    Domain,
    Submission,
    Person,
    Confirmed,
    Signed,
}

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// At once.
    Do,
    /// As [`Verdict::Ask`], but an address that has answered before is not asked again.
    AskOnce,
    /// Held until the registered address has answered one mail that lists the exact lines.
    Ask,
    /// Kept for staff to see; changes nothing and is mailed on to nobody until they, or its sender, let it.
    Store,
    /// Not done. Whoever is proven is told why, anybody else nothing.
    Refuse,
}

/// The sender's part in what is wanted, as far as the address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Neither of the others.
    Stranger,
    /// Has a part in the ticket: subscribed, or written to about it.
    Party,
    /// Whose ticket it is.
    Requester,
    /// A member of staff.
    Staff,
}

use Verdict::{Ask, AskOnce, Do, Refuse, Store};

/// The table: for each class what happens at the levels from [`Level::Automatic`] to [`Level::Signed`].
#[rustfmt::skip]
const fn row(class: Class) -> [Verdict; 7] {
    match class {
        //                 automatic  none     domain   submission  person  confirmed  signed
        Class::Open      => [Refuse,  Do,      Do,      Do,         Do,     Do,        Do],
        Class::Subscribe => [Refuse,  Ask,     AskOnce, Do,         Do,     Do,        Do],
        Class::Talk      => [Store,   Store,   Do,      Do,         Do,     Do,        Do],
        Class::Own       => [Store,   Ask,     Do,      Do,         Do,     Do,        Do],
        Class::Work      => [Refuse,  Ask,     Do,      Do,         Do,     Do,        Do],
        Class::Heavy     => [Refuse,  Ask,     Ask,     Ask,        Ask,    Do,        Do],
    }
}

/// What happens to an action of that class at that level of proof, for one who may do it at all.
pub fn verdict(class: Class, level: Level) -> Verdict {
    let [automatic, none, domain, submission, person, confirmed, signed] = row(class);
    match level {
        Level::Automatic => automatic,
        Level::None => none,
        Level::Domain => domain,
        Level::Submission => submission,
        Level::Person => person,
        Level::Confirmed => confirmed,
        Level::Signed => signed,
    }
}

/// What happens when somebody with that part in it wants it: [`verdict`] for those who may. A stranger's text for
/// somebody else's ticket is kept for staff, however well proven; everything else is refused to those who may not.
pub fn judge(class: Class, role: Role, level: Level) -> Verdict {
    match verdict(class, level) {
        Refuse => Refuse,
        other if class.is_open_to(role) => other,
        _ if class == Class::Talk => Store,
        _ => Refuse,
    }
}

impl Class {
    /// From the harmless to the grave.
    pub const ALL: [Class; 6] =
        [Class::Open, Class::Subscribe, Class::Talk, Class::Own, Class::Work, Class::Heavy];

    /// One word, for the table.
    pub fn word(self) -> &'static str {
        match self {
            Class::Open => "open",
            Class::Subscribe => "subscribe",
            Class::Talk => "talk",
            Class::Own => "own",
            Class::Work => "work",
            Class::Heavy => "heavy",
        }
    }

    /// What belongs to it, in words.
    pub fn what(self) -> &'static str {
        match self {
            Class::Open => "a new ticket (a stranger's waits for one answered letter), help, search",
            Class::Subscribe => "mail about a ticket for oneself, begun or ended",
            Class::Talk => "text for a ticket",
            Class::Own => "closing and reopening one's own ticket",
            Class::Work => "changing tickets",
            Class::Heavy => "what is hard to take back or touches many tickets",
        }
    }

    /// Who may at all, in words.
    pub fn who(self) -> &'static str {
        match self {
            Class::Open | Class::Subscribe => "anybody",
            Class::Talk => "staff and those who have a part in the ticket",
            Class::Own => "staff and the requester",
            Class::Work | Class::Heavy => "staff",
        }
    }

    /// Whether that part is enough, given the proof.
    pub fn is_open_to(self, role: Role) -> bool {
        let least = match self {
            Class::Open | Class::Subscribe => Role::Stranger,
            Class::Talk => Role::Party,
            Class::Own => Role::Requester,
            Class::Work | Class::Heavy => Role::Staff,
        };
        role >= least
    }
}

impl Level {
    /// Weakest first.
    pub const ALL: [Level; 7] = [
        Level::Automatic,
        Level::None,
        Level::Domain,
        Level::Submission,
        Level::Person,
        Level::Confirmed,
        Level::Signed,
    ];

    /// One word; for proofs the one in the database.
    pub fn word(self) -> &'static str {
        match self {
            Level::Automatic => "automatic",
            Level::None => Proof::None.word(),
            Level::Domain => Proof::Domain.word(),
            Level::Submission => Proof::Submission.word(),
            Level::Person => Proof::Person.word(),
            Level::Confirmed => Proof::Confirmed.word(),
            Level::Signed => Proof::Signed.word(),
        }
    }

    /// What it takes, in words.
    pub fn what(self) -> &'static str {
        match self {
            Level::Automatic => "a robot sent it",
            Level::None => "a From address and nothing else",
            Level::Domain => {
                "our mail server, or a DKIM signature we checked, vouches for the sender's domain"
            }
            Level::Submission => "handed to our own mail server by the sender, logged in",
            Level::Person => "it answers a reply address that only this person was given",
            Level::Confirmed => "the sender answered a letter of ours about it",
            Level::Signed => "an OpenPGP signature by a key on file",
        }
    }
}

impl From<Proof> for Level {
    fn from(proof: Proof) -> Level {
        match proof {
            Proof::None => Level::None,
            Proof::Domain => Level::Domain,
            Proof::Submission => Level::Submission,
            Proof::Person => Level::Person,
            Proof::Confirmed => Level::Confirmed,
            // whoever may write the database could write that as well
            Proof::Signed | Proof::Token | Proof::Console => Level::Signed,
        }
    }
}

impl Verdict {
    /// Every one, as the legend shows them.
    pub const ALL: [Verdict; 5] = [Do, Ask, AskOnce, Store, Refuse];

    /// Short, for the table.
    pub fn word(self) -> &'static str {
        match self {
            Do => "do",
            AskOnce => "ask once",
            Ask => "ask",
            Store => "store",
            Refuse => "refuse",
        }
    }

    /// What it means, for the legend.
    pub fn what(self) -> &'static str {
        match self {
            Do => "at once",
            AskOnce => "the same, and the answer is remembered",
            Ask => "held until the sender answers one mail that lists the exact lines",
            Store => "kept for staff, mailed on to nobody",
            Refuse => "not done",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much is let happen; more proof must never lead to less.
    fn freedom(verdict: Verdict) -> u8 {
        match verdict {
            Refuse => 0,
            Store => 1,
            Ask => 2,
            AskOnce => 3,
            Do => 4,
        }
    }

    /// Shows T034: a privileged task needs proof.
    #[test]
    fn more_proof_never_leads_to_less_and_graver_things_never_need_less() {
        for class in Class::ALL {
            let row: Vec<u8> = Level::ALL.iter().map(|level| freedom(verdict(class, *level))).collect();
            assert!(row.is_sorted(), "{class:?}: {row:?}");
            assert_eq!(verdict(class, Level::Signed), Do);
        }
        for level in Level::ALL.into_iter().filter(|level| *level > Level::None) {
            let of = |class| freedom(verdict(class, level));
            assert!(of(Class::Open) >= of(Class::Own) && of(Class::Own) >= of(Class::Work));
            assert!(of(Class::Work) >= of(Class::Heavy), "{level:?}");
        }
    }

    #[test]
    fn a_robot_changes_nothing_and_is_never_asked() {
        for class in Class::ALL {
            assert!(matches!(verdict(class, Level::Automatic), Refuse | Store), "{class:?}");
        }
    }

    #[test]
    fn where_proof_is_short_staff_are_asked_and_not_refused() {
        for class in [Class::Work, Class::Heavy] {
            assert_eq!(judge(class, Role::Staff, Level::None), Ask);
            for role in [Role::Stranger, Role::Party, Role::Requester] {
                for level in Level::ALL {
                    assert_eq!(judge(class, role, level), Refuse, "{class:?} {role:?} {level:?}");
                }
            }
        }
        for level in [Level::Domain, Level::Submission, Level::Person] {
            assert_eq!(judge(Class::Heavy, Role::Staff, level), Ask);
        }
        assert_eq!(judge(Class::Heavy, Role::Staff, Level::Confirmed), Do);
    }

    #[test]
    fn a_stranger_never_talks_into_a_ticket() {
        for level in Level::ALL {
            assert_eq!(judge(Class::Talk, Role::Stranger, level), Store);
        }
        assert_eq!(judge(Class::Own, Role::Party, Level::Signed), Refuse);
        assert_eq!(judge(Class::Own, Role::Requester, Level::Domain), Do);
    }

    #[test]
    fn levels_are_the_proofs_in_their_order() {
        let proofs =
            [Proof::None, Proof::Domain, Proof::Submission, Proof::Person, Proof::Confirmed, Proof::Signed];
        let levels: Vec<Level> = proofs.into_iter().map(Level::from).collect();
        assert_eq!(levels, Level::ALL[1..]);
        assert!(proofs.is_sorted());
        assert!(proofs.iter().zip(&levels).all(|(proof, level)| proof.word() == level.word()));
    }
}
