//! From a mail's clues to facts: what the database knows of them. A fixed number of indexed look-ups a mail.

use super::changes::read as read_change;
use super::tickets::{day, hour};
use super::{Tx, time};
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::clues::{Clues, Counts, Known, LastMail, Outgoing, Pending, Purpose};
use crate::model::decision::What;
use crate::model::links::{Relation, Step};
use crate::model::robot::Robot;
use crate::model::seal::Seal;
use crate::model::ticket::{Number, View};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// Foreign Message-IDs looked up for one mail.
const FOREIGN: usize = 20;
/// Words of events that commands make and that can be taken back.
const CHANGES: &str =
    "'closed','reopened','assigned','dropped','set','described','tagged','related','unrelated','requester',
                       'subscribed','unsubscribed','follows','session shown','session hidden'";
/// Most changes of one mail that can be taken back.
const TAKEN_BACK: i64 = 500;
/// Tickets looked at for one mail.
const VIEWS: usize = 30;
/// Steps of relations looked at for one mail: far more than anybody's plans have.
const STEPS: usize = 500;

impl Tx<'_> {
    /// Everything that routing and deciding will want to know of the mail of that intake row.
    pub fn look_up(
        &self,
        clues: &Clues,
        sender: Option<&Address>,
        robot: &Robot,
        now: Timestamp,
        intake: i64,
    ) -> Outcome<Known> {
        let (seal, policy) = (&robot.seal, &robot.policy);
        let mut known = Known::default();
        if let Some(sender) = sender {
            known.person = self.person(sender)?;
            known.counts = self.counts(sender, now)?;
        }
        if let Some((id, mark)) = &clues.code {
            let pending = self.pending(*id)?;
            known.pending = pending.filter(|p| seal.code_holds(mark, p.id, &p.person.address, p.expires));
            known.bad_code = known.pending.is_none();
        }
        if let Some((_, person)) = clues.leave {
            known.leaver = self.person_numbered(person)?;
        }
        let gathers = match clues.leave {
            Some((None, person)) => Some(person),
            _ => known.person.as_ref().filter(|_| clues.gathered).map(|p| p.id),
        };
        if let Some(person) = gathers {
            known.gathered = self.gathered(person)?;
        }
        for id in clues.foreign.iter().take(FOREIGN) {
            known.by_id = self.ticket_of(id, known.person.as_ref())?;
            if known.by_id.is_some() {
                break;
            }
        }
        known.outgoing = self.reported_letter(clues, seal)?;
        known.last = self.last_mail(&clues.undo, intake)?;
        known.steps = self.steps(&clues.commanded)?;
        for number in &clues.sessions {
            known.sessions.extend(self.session(*number)?);
        }
        known.answers_warning = self.is_letter(clues.apart_event, "suspended")?;
        for notice in ["quarantined", "disk_full", "mailbox", "host", "session_kept"] {
            known.answers_notice |= self.is_letter(clues.apart_event, notice)?;
        }
        if let Some(card) = &clues.card {
            known.host = self.host(&card.key)?;
            known.hosts_today = self.count("hosts", "", day(now))?;
        }
        let mut waiting = candidates(clues, &known);
        waiting.extend(known.gathered.iter().filter(|n| !waiting.contains(n)).copied().collect::<Vec<_>>());
        let mut at = 0;
        while let Some(number) = waiting.get(at).copied() {
            at += 1;
            let view = self.view(number, now)?;
            // whatever comes for a ticket that went into another one goes there
            let into = view.as_ref().and_then(View::merged_into);
            waiting.extend(into.filter(|n| !waiting.contains(n) && waiting.len() < VIEWS));
            known.views.extend(view);
            if self.count("news", &number.0.to_string(), hour(now))? >= policy.news_per_ticket_hour {
                known.busy.push(number);
            }
        }
        Ok(known)
    }

    /// Where relations lead from these tickets, each step once, the nearest first.
    fn steps(&self, from: &[Number]) -> Outcome<Vec<Step>> {
        if from.is_empty() {
            return Ok(Vec::new());
        }
        let numbers: Vec<String> = from.iter().take(VIEWS).map(|n| n.0.to_string()).collect();
        let mut rows = self.db.prepare_cached(&format!(
            "WITH RECURSIVE walk (kind, ticket, other) AS (
               SELECT kind, ticket, other FROM relation
                 WHERE ticket IN (SELECT value FROM json_each(?1)) AND kind != 'link'
               UNION SELECT r.kind, r.ticket, r.other FROM walk w JOIN relation r
                 ON r.ticket = w.other AND r.kind = w.kind LIMIT {STEPS}
             ) SELECT ticket, kind, other FROM walk"
        ))?;
        let found = rows.query_map([format!("[{}]", numbers.join(","))], |row| {
            let relation = Relation::of(&row.get::<_, String>(1)?).unwrap_or(Relation::Link);
            Ok(Step { from: Number(row.get(0)?), relation, to: Number(row.get(2)?) })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How often that sender did what lately; in one look, since every mail asks.
    fn counts(&self, sender: &Address, now: Timestamp) -> Outcome<Counts> {
        let mut look = self.db.prepare_cached(
            "SELECT coalesce((SELECT count FROM tally WHERE what = 'mails' AND whom = ?1 AND bucket = ?2), 0),
               coalesce((SELECT count FROM tally WHERE what = 'mails of the day' AND whom = ?1 AND bucket = ?3), 0),
               coalesce((SELECT count FROM tally WHERE what = 'tickets' AND whom = ?1 AND bucket = ?2), 0),
               coalesce((SELECT count FROM tally WHERE what = 'wrong codes' AND whom = ?1 AND bucket = ?2), 0),
               coalesce((SELECT count FROM tally WHERE what = 'automatic' AND whom = ?1 AND bucket = ?3), 0),
               (SELECT count(*) FROM (SELECT 1 FROM pending p JOIN person o ON o.id = p.person
                WHERE o.address = ?1 AND p.answered IS NULL AND p.expires > ?4 AND p.event > 0 LIMIT 100))",
        )?;
        let counts = look.query_row(params![sender.key(), hour(now), day(now), now.as_second()], |row| {
            Ok(Counts {
                mails_this_hour: row.get(0)?,
                mails_today: row.get(1)?,
                tickets_this_hour: row.get(2)?,
                wrong_codes: row.get(3)?,
                automatic_today: row.get(4)?,
                questions_open: row.get(5)?,
            })
        })?;
        Ok(counts)
    }

    /// Whether that event caused a letter of that kind.
    fn is_letter(&self, event: Option<i64>, kind: &str) -> Outcome<bool> {
        let Some(event) = event else { return Ok(false) };
        let found = self
            .db
            .prepare_cached("SELECT 1 FROM outbox WHERE event = ?1 AND kind = ?2")?
            .exists(params![event, kind])?;
        Ok(found)
    }

    /// The last mail from one of these addresses before that one that changed something, unless that was taken back
    /// already: an order that waited for its yes means what was last when it was written.
    fn last_mail(&self, actors: &[Address], before: i64) -> Outcome<Option<LastMail>> {
        let keys = serde_json::json!(actors.iter().map(Address::key).collect::<Vec<_>>()).to_string();
        let mut last = None;
        for actor in actors {
            let found: Option<i64> = self
                .db
                .prepare_cached(&format!(
                    "SELECT e.intake FROM event e WHERE e.actor = ?1 AND e.intake < ?3 AND e.ticket IS NOT NULL
                     AND e.what IN ({CHANGES}) AND NOT (e.what = 'set' AND e.line = 0)
                     AND NOT EXISTS (SELECT 1 FROM event u WHERE u.actor IN (SELECT value FROM json_each(?2))
                                     AND u.seq > e.seq AND u.what = 'undid'
                                     AND u.intake IS NOT NULL AND u.detail = '{{\"mail\":' || e.intake || '}}')
                     AND NOT EXISTS (SELECT 1 FROM event u WHERE u.intake = e.intake AND u.what = 'undid')
                     ORDER BY e.seq DESC LIMIT 1"
                ))?
                .query_row(params![actor.key(), keys, before], |row| row.get(0))
                .optional()?;
            last = last.max(found);
        }
        let Some(mail) = last else { return Ok(None) };
        let mut rows = self.db.prepare_cached(
            "SELECT ticket, what, detail, seq FROM event WHERE intake = ?1 AND ticket IS NOT NULL
             AND NOT (what IN ('set','opened') AND line = 0) ORDER BY seq LIMIT ?2",
        )?;
        let found = rows.query_map(params![mail, TAKEN_BACK + 1], |row| {
            Ok((Number(row.get(0)?), row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?))
        })?;
        // what is taken back must not bring back who was erased
        let masks = self.masks()?;
        let mut changes = Vec::new();
        for row in found {
            let (number, what, detail, event) = row?;
            changes.extend(read_change(&what, &masks.detail(&detail, event)).map(|what| (number, what)));
        }
        if changes.len() as i64 > TAKEN_BACK {
            // all or nothing: so many are not taken back by a word
            changes.clear();
        }
        let since = self.changed_since(mail, &changes)?;
        Ok(Some(LastMail { mail, changes, since }))
    }

    /// Who changed the tickets of a mail after it, by another mail.
    fn changed_since(&self, mail: i64, changes: &[(Number, What)]) -> Outcome<Vec<(Number, Address)>> {
        let masks = self.masks()?;
        let numbers: BTreeSet<Number> = changes.iter().map(|(number, _)| *number).collect();
        let mut since = Vec::new();
        for number in numbers {
            let actor: Option<(i64, String)> = self
                .db
                .prepare_cached(&format!(
                    "SELECT seq, actor FROM event WHERE ticket = ?1 AND intake != ?2 AND what IN ({CHANGES})
                     AND seq > (SELECT max(seq) FROM event WHERE intake = ?2) ORDER BY seq DESC LIMIT 1"
                ))?
                .query_row(params![number.0, mail], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let actor = actor.map(|(event, actor)| masks.text(&actor, event));
            since.extend(actor.and_then(|a| Address::parse(&a)).map(|a| (number, a)));
        }
        Ok(since)
    }

    /// The question of that number.
    pub fn pending(&self, id: i64) -> Outcome<Option<Pending>> {
        let row = self
            .db
            .prepare_cached(
                "SELECT purpose, ticket, person, intake, expires, answered FROM pending WHERE id = ?1",
            )?
            .query_row([id], |row| {
                let purpose = Purpose::of(&row.get::<_, String>(0)?);
                let ticket: Option<u32> = row.get(1)?;
                Ok((purpose, ticket, row.get(2)?, row.get(3)?, row.get(4)?, row.get::<_, Option<i64>>(5)?))
            })
            .optional()?;
        let Some((purpose, ticket, person, intake, expires, answered)) = row else { return Ok(None) };
        let Some(person) = self.person_numbered(person)? else { return Ok(None) };
        let bundled = self.bundled(id, person.id)?;
        Ok(Some(Pending {
            bundled,
            id,
            purpose,
            ticket: ticket.map(Number),
            person,
            intake,
            expires: time(expires),
            answered: answered.map(time),
        }))
    }

    /// The letter a report is about: by the return path it came to, else by the Message-ID it quotes.
    fn reported_letter(&self, clues: &Clues, seal: &Seal) -> Outcome<Option<Outgoing>> {
        let (event, mark) = match (&clues.bounce, clues.reported) {
            (Some((event, mark)), _) => (*event, Some(mark)),
            (None, Some(event)) => (event, None),
            (None, None) => return Ok(None),
        };
        let mut rows = self.db.prepare_cached(
            "SELECT o.id, e.ticket, o.recipient,
                    o.envelope_from IS NULL OR o.kind IN ('undelivered','quarantined','mailbox','complained'),
                    o.kind IN ('staff_opened','staff_changed','session_log','digest','undelivered','quarantined',
                               'mailbox','complained')
             FROM outbox o JOIN event e ON e.seq = o.event WHERE o.event = ?1",
        )?;
        let letters = rows
            .query_map([event], |row| {
                let ticket = row.get::<_, Option<u32>>(1)?.map(Number);
                let letter = Outgoing {
                    id: row.get(0)?,
                    ticket,
                    recipient: row.get(2)?,
                    proven: mark.is_some(),
                    returned: false,
                    automatic: row.get(3)?,
                };
                Ok((letter, row.get(4)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let reader = clues.returned.map(|(_, person)| self.person_numbered(person)).transpose()?.flatten();
        let returned = |letter: &Outgoing, recipient: &Address| {
            clues.returned.is_some_and(|(ticket, _)| ticket == letter.ticket)
                && reader.as_ref().is_some_and(|reader| reader.address == *recipient)
        };
        let meant = |(letter, to_staff): &&(Outgoing, bool)| {
            let Some(recipient) = Address::parse(&letter.recipient) else { return false };
            match mark {
                Some(mark) => seal.bounce_holds(event, &recipient, mark),
                // the quoted Message-ID names the event only: whose letter it was the report has to say. One reader of
                // the staff list who cannot be reached is the list's to deal with
                None if clues.failed.is_empty() => letters.len() == 1 || returned(letter, &recipient),
                None => clues.failed.contains(&recipient) || (letters.len() == 1 && !to_staff),
            }
        };
        let found = letters.iter().find(meant).map(|(letter, _)| letter.clone());
        Ok(found.map(|letter| {
            let returned = Address::parse(&letter.recipient).is_some_and(|to| returned(&letter, &to));
            Outgoing { returned, ..letter }
        }))
    }
}

/// Every ticket that a clue names, each once, strongest first.
fn candidates(clues: &Clues, known: &Known) -> Vec<Number> {
    let mut all: Vec<Number> = Vec::new();
    let pending = known.pending.as_ref().and_then(|p| p.ticket);
    let leave = clues.leave.and_then(|(ticket, _)| ticket);
    let last = known.last.iter().flat_map(|l| l.changes.iter().map(|(number, _)| *number));
    let reported = known.outgoing.as_ref().and_then(|letter| letter.ticket);
    let of_sessions = known.sessions.iter().map(|log| log.filed.ticket);
    let one = [pending, leave, reported, clues.reply, known.by_id, clues.plus, clues.footer, clues.tag];
    for number in clues
        .ours
        .iter()
        .copied()
        .chain(one.into_iter().flatten())
        .chain(clues.commanded.iter().copied())
        .chain(last)
        .chain(of_sessions)
    {
        if !all.contains(&number) && all.len() < VIEWS {
            all.push(number);
        }
    }
    all
}
