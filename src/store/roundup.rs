//! What followers and members are told once a day or a week: who has gathered news coming, which news those are, and
//! what was done in a member's name. Nothing for staff only is in a follower's news, and no address of anybody.

use super::changes::read as read_change;
use super::tickets::person;
use super::{Tx, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::person::{Member, Person};
use crate::model::robot::Robot;
use crate::model::roundup::{Act, Piece, Say, Told};
use crate::model::sought::NAME;
use crate::model::ticket::{Number, State};
use jiff::Timestamp;
use rusqlite::{Row, params};

/// Tickets of one follower that a look goes through.
const TICKETS: usize = 1_000;
/// Characters of a text that a roundup may want to show.
const TEXT: i64 = 1_000;
/// Changes of one ticket that a roundup looks at, the newest.
const CHANGES: i64 = 200;

/// Which news: whose, gathered how, after which event.
#[derive(Debug, Clone, Copy)]
pub struct Gathering<'a> {
    pub person: &'a Person,
    pub level: Level,
    pub since: i64,
}

impl Tx<'_> {
    /// Those who gather news so and have not had those of that period, or of a later one; at most
    /// [`limits::ROUNDUPS`]. Nobody to whom letters do not arrive.
    pub fn gatherers(&self, level: Level, kind: &str, period: &str) -> Outcome<Vec<Person>> {
        let mut rows = self.db.prepare_cached(GATHERERS)?;
        let found =
            rows.query_map(params![level.word(), kind, period, limits::ROUNDUPS], |row| person(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The tickets whose news somebody gathers, at most [`TICKETS`].
    pub fn gathered(&self, person: i64) -> Outcome<Vec<Number>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT ticket FROM subscription WHERE person = ?1 AND ended IS NULL AND level IN ('daily','weekly')
             ORDER BY ticket LIMIT {TICKETS}"
        ))?;
        let found = rows.query_map([person], |row| row.get(0).map(Number))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// When somebody began to gather news so, if that is written down: the newest event of it.
    pub fn gathers_since(&self, person: &Person) -> Outcome<Option<Timestamp>> {
        let mut newest = None;
        for ticket in self.gathered(person.id)? {
            newest = newest.max(self.followed(ticket, &person.address, 0)?.map(|(_, at)| at));
        }
        Ok(newest)
    }

    /// Tickets with news, and how many more there are.
    pub fn news(&self, robot: &Robot, of: Gathering<'_>) -> Outcome<(Vec<Told>, u64)> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT s.ticket, t.title, t.state FROM subscription s CROSS JOIN ticket t ON t.number = s.ticket
             WHERE s.person = ?1 AND s.level = ?2 AND s.ended IS NULL AND t.state != 'unconfirmed'
             AND EXISTS (SELECT 1 FROM event e WHERE e.ticket = s.ticket AND e.seq > ?3)
             ORDER BY s.ticket LIMIT {TICKETS}"
        ))?;
        let found = rows.query_map(params![of.person.id, of.level.word(), of.since], |row| {
            Ok((Number(row.get(0)?), row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let (mut told, mut more) = (Vec::new(), 0);
        for row in found {
            let (number, title, state) = row?;
            let mut news = self.pieces(robot, number, of)?;
            let left_out = news.len().saturating_sub(limits::ROUNDUP_NEWS);
            if news.is_empty() {
                continue;
            }
            if told.len() == limits::DIGEST_LINES {
                more += 1;
                continue;
            }
            news.drain(..left_out);
            let state = State::of(&state).unwrap_or(State::Open);
            told.push(Told { number, title, state, news, more: left_out as u64 });
        }
        Ok((told, more))
    }

    /// What others did and said in one ticket, oldest first.
    fn pieces(&self, robot: &Robot, number: Number, of: Gathering<'_>) -> Outcome<Vec<Piece>> {
        // what came before he gathered its news he was told at once, or not at all
        let since = self.followed(number, &of.person.address, of.since)?.map_or(of.since, |(event, _)| event);
        let mut all = self.changed(robot, number, of.person, since)?;
        all.extend(self.wrote(robot, number, of.person, since)?);
        all.sort_by_key(|(event, _)| *event);
        Ok(all.into_iter().map(|(_, piece)| piece).collect())
    }

    /// The last event after that one by which somebody follows a ticket as he does now.
    fn followed(&self, number: Number, who: &Address, since: i64) -> Outcome<Option<(i64, Timestamp)>> {
        let mut rows = self.db.prepare_cached(
            "SELECT seq, at, json_extract(detail, '$.who') FROM event
             WHERE ticket = ?1 AND seq > ?2 AND what IN ('subscribed','follows') ORDER BY seq DESC",
        )?;
        let mut rows = rows.query(params![number.0, since])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, Option<String>>(2)?.and_then(|w| Address::parse(&w)).as_ref() == Some(who) {
                return Ok(Some((row.get(0)?, time(row.get(1)?))));
            }
        }
        Ok(None)
    }

    fn changed(
        &self,
        robot: &Robot,
        number: Number,
        reader: &Person,
        since: i64,
    ) -> Outcome<Vec<(i64, Piece)>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT e.seq, e.at, CASE WHEN p.id IS NULL THEN '' ELSE e.actor END, coalesce(p.name, ''), e.what, e.detail,
               EXISTS (SELECT 1 FROM field f
                 WHERE f.ticket = json_extract(e.detail, '$.other') AND f.name = 'private')
             FROM event e LEFT JOIN person p ON p.address = e.actor WHERE e.ticket = ?1 AND e.seq > ?2
             AND e.proof != 'imported' AND e.what IN ('closed','reopened','assigned','dropped','set','related','worked')
             ORDER BY e.seq DESC LIMIT {CHANGES}"
        ))?;
        let masks = self.masks()?;
        let tells_work = robot.policy.tell_worked && !self.fields(number)?.is_private();
        let mut rows = rows.query(params![number.0, since])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let (event, what): (i64, String) = (row.get(0)?, row.get(4)?);
            let detail = masks.detail(&row.get::<_, String>(5)?, event);
            let hidden = row.get(6)?;
            let Some(what) = read_change(&what, &detail) else { continue };
            let remark = super::digest::remark(&detail);
            let concerns = what.concerns_followers() || !remark.is_empty();
            let concerns = concerns && (tells_work || !matches!(what, What::Worked { .. }));
            let said: String = row.get(2)?;
            let actor = masks.text(&said, event);
            // whoever was erased and writes again is somebody else in what was before
            let name = if actor == said { row.get(3)? } else { NAME.to_owned() };
            if let Some((at, who)) = by_another(robot, reader, row, (&actor, name))?.filter(|_| concerns) {
                all.push((row.get(0)?, Piece { at, who, say: Say::Changed { what, remark, hidden } }));
            }
        }
        Ok(all)
    }

    fn wrote(
        &self,
        robot: &Robot,
        number: Number,
        reader: &Person,
        since: i64,
    ) -> Outcome<Vec<(i64, Piece)>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT e.event, e.at, coalesce(p.spelled, ''), coalesce(p.name, ''), substr(e.text, 1, {TEXT}),
               (SELECT count(*) FROM attachment a WHERE a.entry = e.id)
             FROM entry e LEFT JOIN person p ON p.id = e.author
             WHERE e.ticket = ?1 AND e.event > ?2 AND e.staff_only = 0
             AND NOT EXISTS (SELECT 1 FROM event v WHERE v.seq = e.event AND v.proof = 'imported') ORDER BY e.id DESC LIMIT {CHANGES}"
        ))?;
        let mut rows = rows.query(params![number.0, since])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let say = Say::Wrote { text: row.get(4)?, files: row.get(5)? };
            let (author, name): (String, String) = (row.get(2)?, row.get(3)?);
            if let Some((at, who)) = by_another(robot, reader, row, (&author, name))? {
                all.push((row.get(0)?, Piece { at, who, say }));
            }
        }
        Ok(all)
    }

    /// What was done in a member's name after that event, by mail or at the machine, and how much more.
    pub fn own(&self, member: &Member, since: i64) -> Outcome<(Vec<Act>, u64)> {
        let masks = self.masks()?;
        let mut all: Vec<(i64, Act)> = Vec::new();
        for address in member.addresses() {
            let mut rows = self.db.prepare_cached(
                "SELECT e.seq, e.at, e.ticket, t.title, e.what, e.detail, e.proof
                 FROM event e CROSS JOIN ticket t ON t.number = e.ticket
                 WHERE e.actor = ?1 AND e.seq > ?2 AND e.proof != 'imported' ORDER BY e.seq",
            )?;
            let mut rows = rows.query(params![address.key(), since])?;
            while let Some(row) = rows.next()? {
                let what: String = row.get(4)?;
                let what = match what.as_str() {
                    "opened" => Some(What::Opened),
                    "commented" => Some(What::Commented),
                    word => read_change(word, &masks.detail(&row.get::<_, String>(5)?, row.get(0)?)),
                };
                let Some(what) = what else { continue };
                let (at, number) = (time(row.get(1)?), Number(row.get(2)?));
                all.push((row.get(0)?, Act { at, number, title: row.get(3)?, what, proof: row.get(6)? }));
            }
        }
        all.sort_by_key(|(event, _)| *event);
        let more = all.len().saturating_sub(limits::DIGEST_CHANGES) as u64;
        Ok((all.into_iter().take(limits::DIGEST_CHANGES).map(|(_, act)| act).collect(), more))
    }
}

/// The condition of the index `subscription_digest` stands in it word for word.
const GATHERERS: &str = "SELECT DISTINCT p.id, p.spelled, p.name, p.confirmed, p.language
    FROM subscription s CROSS JOIN person p ON p.id = s.person
    WHERE s.level IN ('daily','weekly') AND s.ended IS NULL AND s.level = ?1 AND p.suspended IS NULL
    AND NOT EXISTS (SELECT 1 FROM period_sent d WHERE d.kind = ?2 AND d.recipient = p.address AND d.period >= ?3)
    ORDER BY s.person LIMIT ?4";

/// When a row's second column is, and who did it as a reader may call him, unless it was the reader: by his address and
/// his name.
fn by_another(
    robot: &Robot,
    reader: &Person,
    row: &Row<'_>,
    (address, name): (&str, String),
) -> Outcome<Option<(Timestamp, String)>> {
    let actor = Address::parse(address);
    let member = actor.as_ref().and_then(|a| robot.member(a));
    let own =
        actor.as_ref() == Some(&reader.address) || member.is_some_and(|m| m.writes_from(&reader.address));
    let who = match (member, actor) {
        (Some(member), _) => member.name.clone(),
        (None, Some(_)) if !name.is_empty() => name,
        (None, Some(address)) => address.local().to_owned(),
        (None, None) => robot.name.clone(),
    };
    Ok((!own).then_some((time(row.get(1)?), who)))
}
