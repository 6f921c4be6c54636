//! What a host may read: the site, tickets in lists and one by one, locks, and whether anything is new.

use super::{Answer, Api, Caller, Refused};
use crate::limits;
use crate::model::api::Site;
use crate::model::filter::Filter;
use crate::model::lock::Lock;
use crate::model::ticket::Number;
use crate::show::ticket::Story;
use crate::store::lists::{Asked, Line, Yardstick};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use std::sync::Arc;

pub(super) async fn site(State(api): State<Arc<Api>>, Extension(caller): Extension<Caller>) -> Answer<Site> {
    let (member, robot) = (caller.member(&api)?, &api.hub.house.robot);
    Ok(Json(Site {
        robot: robot.address.clone(),
        host: caller.0.host.clone(),
        user: caller.0.user.clone(),
        login: member.login.clone(),
        own: member.addresses().cloned().collect(),
        members: robot.members.iter().map(|m| (m.login.clone(), m.name.clone())).collect(),
        values: robot.values.clone(),
        columns: api.settings.columns.clone(),
    }))
}

/// Words that are others when anything has changed.
pub(super) async fn version(State(api): State<Arc<Api>>) -> Answer<String> {
    let work = {
        let api = Arc::clone(&api);
        move || {
            api.view().read(&api.settings.state, |reader, (started, opened)| {
                Ok(format!("{started}.{opened}.{}", reader.version()?))
            })
        }
    };
    Ok(Json(crate::daemon::off_the_loop(work).await?))
}

pub(super) async fn find(
    State(api): State<Arc<Api>>,
    Extension(caller): Extension<Caller>,
    Json(filter): Json<Filter>,
) -> Answer<Vec<Number>> {
    Ok(Json(api.look(move |reader| reader.find(&filter, &caller.0.login)).await?))
}

pub(super) async fn lines(State(api): State<Arc<Api>>, Json(wanted): Json<Vec<Number>>) -> Answer<Vec<Line>> {
    if wanted.len() > limits::API_LINES {
        let why = format!("at most {} lines at a time", limits::API_LINES);
        return Err(Refused::not(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(Json(api.look(move |reader| reader.lines(&wanted)).await?))
}

pub(super) async fn list(State(api): State<Arc<Api>>, Json(mut asked): Json<Asked>) -> Answer<Vec<Line>> {
    asked.most = asked.most.min(limits::API_LIST);
    let hub = Arc::clone(&api.hub);
    let list = move |reader: &crate::store::Reader| {
        let by = Yardstick { values: &hub.house.robot.values, today: hub.house.digest.today(hub.now()) };
        reader.list(asked.which(), by)
    };
    Ok(Json(api.look(list).await?))
}

pub(super) async fn story(State(api): State<Arc<Api>>, Path(number): Path<u32>) -> Answer<Story> {
    let now = api.hub.now();
    let story =
        api.look(move |reader| Story::read(reader, Number(number), limits::API_SESSIONS, now)).await?;
    story
        .map(Json)
        .ok_or_else(|| Refused::not(StatusCode::NOT_FOUND, format!("there is no ticket #{number}")))
}

pub(super) async fn locks(State(api): State<Arc<Api>>) -> Answer<Vec<(Number, Lock)>> {
    Ok(Json(api.look(|reader| reader.look(|tx| tx.locks())).await?))
}
