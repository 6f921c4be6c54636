//! What a host may do in its member's name: say words, write notes, hold locks, and be believed with its key. Each is one
//! transaction, by the door of `pipeline::by_hand`.

use super::{Answer, Api, Caller, Refused};
use crate::fault::Outcome;
use crate::limits;
use crate::machine;
use crate::model::api::{Gone, Grip, Heard, Note, Turn, Why};
use crate::model::host::Card;
use crate::model::lock::Process;
use crate::model::proof::Proof;
use crate::model::refusal::Refusal;
use crate::model::said::Words;
use crate::pipeline::by_hand::{Desk, Done};
use crate::read;
use crate::store::Tx;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::SignedDuration;
use std::sync::Arc;

/// Longest word for when a process started.
const STARTED: usize = 64;

pub(super) async fn say(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    Json(words): Json<Words>,
) -> Answer<Heard> {
    let said = api.acts(caller, None, move |desk, tx| desk.say(tx, &words)).await?;
    match said {
        Ok(trace) => Ok(Json(Heard { ticket: trace.ticket, why: trace.why })),
        Err(unsaid) => Err(Refused::not(StatusCode::CONFLICT, unsaid.to_string())),
    }
}

pub(super) async fn note(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    Json(note): Json<Note>,
) -> Answer<Why> {
    let Note { ticket, text, public, process } = note;
    done(api.acts(caller, process, move |desk, tx| desk.note(tx, ticket, &text, public)).await?)?;
    Ok(Json(Why { why: "noted".into() }))
}

pub(super) async fn grip(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    Json(grip): Json<Grip>,
) -> Answer<Gone> {
    let Grip { ticket, process, turn } = grip;
    if let Turn::Take(seconds) = turn
        && !(1..=limits::LOCK_LONGEST_HOURS * 3600).contains(&seconds)
    {
        return Err(Refused::not(
            StatusCode::BAD_REQUEST,
            "a lock lasts more than nothing, and not for ever",
        ));
    }
    let none = |done: Done<()>| Ok(done?.map(|()| None));
    let held = move |desk: &Desk<'_>, tx: &Tx<'_>| match turn {
        Turn::Start => none(desk.start(tx, ticket)),
        Turn::Take(seconds) => none(desk.hold(tx, ticket, SignedDuration::from_secs(seconds))),
        Turn::Release => none(desk.release(tx, ticket)),
        Turn::Renew => none(desk.renew(tx, ticket).map(Ok)),
        Turn::Stop => none(desk.stop(tx, ticket).map(Ok)),
        Turn::Break => desk.break_lock(tx, ticket),
    };
    Ok(Json(Gone { lock: done(api.acts(caller, process, held).await?)? }))
}

/// Believes the key of the token's host, since a member who may give tokens gave this one: for the sessions of one user
/// there, as the token's member and as nobody else.
pub(super) async fn host(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    bytes: Bytes,
) -> Answer<Why> {
    let wrong = |why: String| Refused::not(StatusCode::BAD_REQUEST, why);
    let card = read::host::card(&bytes).map_err(|why| wrong(why.to_string()))?;
    let grant = Arc::clone(&caller.0);
    if card.name != grant.host {
        return Err(wrong(format!("the token is for {}, and this is {}", grant.host, card.name)));
    }
    let is_his = card.login.is_some() && (grant.user.is_none() || card.login == grant.user);
    if !is_his {
        let user = grant.user.as_deref().unwrap_or("one user");
        return Err(wrong(format!("the token is for {user} of {}", grant.host)));
    }
    let print = card.key.print();
    let card = Card { member: Some(grant.login.clone()), ..card };
    let known = api
        .acts(caller, None, move |desk, tx| {
            let known = tx.host(&card.key)?;
            // whoever was shown the door comes in by a sysadmin's word, not by an old token
            if known.as_ref().is_some_and(|host| host.revoked.is_some()) {
                return Ok(Err(()));
            }
            let same = |host: &crate::model::host::Host| {
                (&host.name, &host.login, &host.member) == (&card.name, &card.login, &card.member)
            };
            if !known.as_ref().is_some_and(same) {
                desk.enroll(tx, &card)?;
            }
            Ok(Ok(()))
        })
        .await?;
    match known {
        Ok(()) => Ok(Json(Why { why: print })),
        Err(()) => Err(Refused::not(
            StatusCode::FORBIDDEN,
            format!("{print} is believed no longer: a sysadmin says otherwise with `trackle host add`"),
        )),
    }
}

fn done<T>(done: Result<T, Refusal>) -> Result<T, Refused> {
    done.map_err(|why| Refused::not(StatusCode::CONFLICT, why.to_string()))
}

impl Api {
    /// Does something in the caller's name, in one transaction; letters that are owed for it go.
    async fn acts<T: Send + 'static>(
        &self,
        caller: Caller,
        process: Option<Process>,
        work: impl FnOnce(&Desk<'_>, &Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let is_right = |p: &Process| {
            (1..=STARTED).contains(&p.started.len())
                && p.started.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        if process.as_ref().is_some_and(|process| !is_right(process)) {
            return Err(Refused::not(StatusCode::BAD_REQUEST, "no process"));
        }
        let member = caller.member(self)?.clone();
        let grant = caller.0;
        let acted = self.hub.transact(move |tx, hub| {
            let desk = Desk {
                house: &hub.house,
                member: &member,
                seat: &format!("on {}, by token", grant.host),
                host: &grant.host,
                proof: Proof::Token,
                process,
                lives: machine::lives,
                now: hub.now(),
            };
            work(&desk, tx)
        });
        let acted = acted.await?;
        self.hub.letters.notify_one();
        self.hub.mail.notify_one();
        Ok(acted)
    }
}
