//! Sessions that a host hands in: kept raw before they are answered, and then handled as those that come by mail. The token
//! lets them in; whether one is believed, its host's key says.

use super::{Api, Caller, Refused};
use crate::daemon::room;
use crate::fault::{Fault, Outcome};
use crate::model::api::Why;
use crate::model::bundle;
use crate::store::spool::Parcelled;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The mailbox in whose name they are kept. Not that of the robot's own spool, whose files need no key.
const MAILBOX: &str = "api";

pub(super) async fn submit(
    State(api): State<Arc<Api>>,
    Extension(_caller): Extension<Caller>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Why>), Refused> {
    if bundle::id_of(&bytes).is_none() {
        return Err(Refused::not(StatusCode::BAD_REQUEST, "that is no session"));
    }
    if bytes.len() > api.settings.largest {
        return Err(Refused::not(StatusCode::PAYLOAD_TOO_LARGE, "larger than any mail that is taken here"));
    }
    if room::lacking(&api.hub, bytes.len()).await?.is_some() {
        return Err(Refused::not(StatusCode::INSUFFICIENT_STORAGE, "the robot's disk is full"));
    }
    let kept: Outcome<()> = api
        .hub
        .transact(move |tx, hub| {
            let name = HEXLOWER.encode(&Sha256::digest(&bytes));
            let parcel = Parcelled::new(name, &bytes, Some(hub.now()), false);
            // the same one again changes nothing
            tx.keep(tx.mailbox(MAILBOX)?, &parcel, hub.now()).map(drop)
        })
        .await;
    kept.map_err(|fault: Fault| Refused::from(fault))?;
    api.hub.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(Why { why: "it is kept".into() })))
}
