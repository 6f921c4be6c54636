//! The API: what hosts with a token may ask and do. In come requests that a proxy has taken the https off; out goes JSON. A
//! token stands for one member of staff at one host: reading goes by a read-only view of the database, everything else by
//! the same door as at the console, with the proof `token`. Says nothing of anything to whoever has none; no answer may be
//! kept by anybody on the way.

mod bundles;
mod desk;
mod sessions;
mod tickets;

use super::{Hub, off_the_loop};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::api::{UNSENT, Why};
use crate::model::column::Column;
use crate::model::person::Member;
use crate::model::token::{self, Grant};
use crate::store::Reader;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Between two notes that a host was heard of.
const NOTED: SignedDuration = SignedDuration::from_secs(60);

/// What the API needs beside the hub.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The state directory.
    pub state: PathBuf,
    /// The largest mail that is taken, and so the largest bundle.
    pub largest: usize,
    /// The columns of the console's overview.
    pub columns: Vec<Column>,
}

/// What all requests share.
struct Api {
    hub: Arc<Hub>,
    settings: Settings,
    view: Mutex<View>,
    /// By token.
    heard: Mutex<BTreeMap<i64, Heard>>,
}

/// The read-only view of the database, opened when somebody asks.
struct View {
    reader: Option<Reader>,
    /// Tells this view from every other one: when the robot started, and how often it was opened since.
    name: (i64, u64),
}

/// What was heard of a token.
#[derive(Clone)]
struct Heard {
    /// When the database was told, and of how many bundles.
    noted: Option<(Timestamp, Option<u64>)>,
    /// The minute that is counted, and requests in it.
    minute: i64,
    requests: u32,
}

/// Who asks.
#[derive(Clone)]
struct Caller(Arc<Grant>);

impl Caller {
    /// The member in whose name it is.
    fn member<'a>(&self, api: &'a Api) -> Result<&'a Member, Refused> {
        let known = api.hub.house.robot.by_login(&self.0.login);
        known.ok_or_else(|| Refused::not(StatusCode::FORBIDDEN, "whose token this is, is no longer on staff"))
    }
}

/// Why there is no answer.
struct Refused {
    status: StatusCode,
    why: String,
}

type Answer<T> = Result<Json<T>, Refused>;

impl Refused {
    fn not(status: StatusCode, why: impl Into<String>) -> Refused {
        Refused { status, why: why.into() }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        tracing::error!("answering a host: {fault}");
        // what is wrong with us is nobody else's business
        let status =
            if fault.again { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        Refused::not(status, "the robot cannot do that now; its log says why")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(Why { why: self.why })).into_response()
    }
}

/// All of it, to be put below its root.
pub fn rooms(hub: Arc<Hub>, settings: Settings) -> Router {
    let name = (hub.now().as_microsecond(), 0);
    let view = Mutex::new(View { reader: None, name });
    let api = Arc::new(Api { hub, settings, view, heard: Mutex::default() });
    let words = Router::new()
        .route("/site", get(tickets::site))
        .route("/version", get(tickets::version))
        .route("/find", post(tickets::find))
        .route("/lines", post(tickets::lines))
        .route("/list", post(tickets::list))
        .route("/tickets/{number}", get(tickets::story))
        .route("/locks", get(tickets::locks).post(desk::grip))
        .route("/say", post(desk::say))
        .route("/note", post(desk::note))
        .route("/host", post(desk::host))
        .route("/sessions", get(sessions::all))
        .route("/sessions/{number}", get(sessions::one))
        .layer(DefaultBodyLimit::max(limits::API_BODY));
    let bundles = Router::new()
        .route("/bundle", post(bundles::submit))
        .layer(DefaultBodyLimit::max(limits::API_BUNDLE));
    words
        .merge(bundles)
        .fallback(nothing)
        .layer(middleware::from_fn_with_state(Arc::clone(&api), admit))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            Duration::from_secs(limits::API_SECONDS),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            header::HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            header::HeaderValue::from_static("nosniff"),
        ))
        .with_state(api)
}

async fn nothing() -> Refused {
    Refused::not(StatusCode::NOT_FOUND, "there is no such thing here")
}

/// Lets in who has a token that counts.
async fn admit(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    match api.admitted(request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}

impl Api {
    async fn admitted(self: &Arc<Api>, fields: &HeaderMap) -> Result<Caller, Refused> {
        let unknown = || Refused::not(StatusCode::UNAUTHORIZED, "no token that is known here");
        let said = fields.get(header::AUTHORIZATION).and_then(|field| field.to_str().ok()).unwrap_or("");
        let hash = token::hash(said.strip_prefix("Bearer ").unwrap_or("").trim());
        let found = self.look(move |reader| reader.grant(&hash)).await?;
        let caller = Caller(Arc::new(found.ok_or_else(unknown)?));
        let (grant, now) = (&caller.0, self.hub.now());
        if !grant.holds(now) {
            let why = format!("the token of {} at {} is revoked", grant.login, grant.host);
            return Err(Refused::not(StatusCode::FORBIDDEN, why));
        }
        caller.member(self)?;
        self.hear(grant, fields, now).await?;
        Ok(caller)
    }

    /// Counts a request, and notes now and then that there are any.
    async fn hear(&self, grant: &Grant, fields: &HeaderMap, now: Timestamp) -> Result<(), Refused> {
        let minute = now.as_second().div_euclid(60);
        let unsent = fields.get(UNSENT).and_then(|f| f.to_str().ok()?.parse::<u32>().ok()).map(u64::from);
        let notes = {
            let mut all = self.heard();
            let heard = all.entry(grant.id).or_insert(Heard { noted: None, minute, requests: 0 });
            if heard.minute != minute {
                (heard.minute, heard.requests) = (minute, 0);
            }
            heard.requests = heard.requests.saturating_add(1);
            if heard.requests > limits::API_REQUESTS {
                let why = "too many requests within a minute: wait for the next one";
                return Err(Refused::not(StatusCode::TOO_MANY_REQUESTS, why));
            }
            let is_old = |(at, before): (Timestamp, Option<u64>)| {
                now.duration_since(at) >= NOTED || now < at || (unsent.is_some() && before != unsent)
            };
            let due = heard.noted.is_none_or(is_old);
            if due {
                heard.noted = Some((now, unsent.or(heard.noted.and_then(|(_, before)| before))));
            }
            due
        };
        if !notes {
            return Ok(());
        }
        let (id, program) = (grant.id, program(fields));
        self.hub.transact(move |tx, _| tx.token_seen(id, &program, unsent, now)).await?;
        Ok(())
    }

    fn heard(&self) -> MutexGuard<'_, BTreeMap<i64, Heard>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, beside whoever writes.
    async fn look<T: Send + 'static>(
        self: &Arc<Api>,
        work: impl FnOnce(&Reader) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let api = Arc::clone(self);
        off_the_loop(move || api.view().read(&api.settings.state, |reader, _| work(reader))).await
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    /// Reads; what fails is opened anew the next time, since a database that was put in its place is another one.
    fn read<T>(
        &mut self,
        state: &std::path::Path,
        work: impl FnOnce(&Reader, (i64, u64)) -> Outcome<T>,
    ) -> Outcome<T> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => {
                self.name.1 += 1;
                Reader::open(state)?
            }
        };
        let found = work(&reader, self.name)?;
        self.reader = Some(reader);
        Ok(found)
    }
}

/// The version of Trackle that asks.
fn program(fields: &HeaderMap) -> String {
    let said = fields.get(header::USER_AGENT).and_then(|field| field.to_str().ok()).unwrap_or("");
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || b".+-".contains(&b);
    let version = said.strip_prefix("trackle/").unwrap_or("");
    let right = (1..=40).contains(&version.len()) && version.bytes().all(is_sign);
    if right { version.to_owned() } else { "unknown".to_owned() }
}

#[cfg(test)]
mod tests;
