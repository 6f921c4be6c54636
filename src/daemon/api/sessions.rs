//! Sessions that a host may read of: the newest ones, and the log of one as a page. Reading a log is written down.

use super::{Answer, Api, Caller, Refused};
use crate::diff::Diff;
use crate::fault::Outcome;
use crate::limits;
use crate::model::proof::Proof;
use crate::model::session_log::Log;
use crate::pipeline::session;
use crate::show::look::Look;
use crate::show::session::Screen;
use crate::store::events::Cause;
use crate::store::sessions::Listed;
use crate::store::{Reader, Tx};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use std::sync::Arc;

pub(super) async fn all(State(api): State<Arc<Api>>) -> Answer<Vec<Listed>> {
    Ok(Json(api.look(|reader| reader.sessions(None, limits::API_SESSIONS)).await?))
}

/// What the log shows, without colour.
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<u64>,
) -> Answer<String> {
    let missing = || Refused::not(StatusCode::NOT_FOUND, format!("there is no session {number}"));
    let (log, page) = api.look(move |reader| page(reader, number)).await?.ok_or_else(missing)?;
    let actor = caller.member(&api)?.address.key();
    let read = move |tx: &Tx<'_>, hub: &crate::daemon::Hub| {
        let cause = Cause { actor, proof: Proof::Token.word().into(), intake: None, now: hub.now() };
        tx.log_was_read(&log, "shown", &cause)
    };
    api.hub.transact(read).await?;
    Ok(Json(page))
}

fn page(reader: &Reader, number: u64) -> Outcome<Option<(Log, String)>> {
    let Some(log) = reader.session(number)? else { return Ok(None) };
    let diffs: Vec<(usize, Diff)> = reader.look(|tx| {
        let shown = log.changes().filter(|(place, _)| log.shows(*place));
        shown.map(|(place, change)| Ok((place, session::diff(tx, number, change)?))).collect::<Outcome<_>>()
    })?;
    let page = Screen { log: &log, diffs: &diffs, all: false }.page(&Look::plain());
    Ok(Some((log, page)))
}
