//! The loop that listens for a proxy, where there is one: for the page behind the links of letters (which may look a code
//! up, and end what its owner follows), and for hosts. A place that cannot be listened at is tried again; mail does not wait
//! for it.

use super::{Hub, api, stopped};
use crate::config::Listen;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::api::ROOT;
use crate::pipeline::leave;
use crate::web::{self, Answer, Desk, server};
use axum::Router;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

/// Between two tries to listen, and after a connection could not be taken.
const REST: Duration = Duration::from_secs(5);

/// Where to listen, and for what.
pub struct Web {
    pub listen: Listen,
    /// The page is there.
    pub page: bool,
    /// Hosts may speak to it.
    pub api: Option<api::Settings>,
}

/// Listens until told to stop.
pub async fn run(hub: Arc<Hub>, web: Web, mut stop: watch::Receiver<bool>) {
    let house = House::of(&hub, &web);
    loop {
        let served = async {
            match bind(&web.listen).await {
                Ok(door) => door.serve(&house).await,
                Err(fault) => tracing::error!("{fault}; trying again in {} s", REST.as_secs()),
            }
            sleep(REST).await;
        };
        tokio::select! { () = served => {}, () = stopped(&mut stop) => return }
    }
}

/// What is served, for how long a request, and how many at a time.
struct House {
    rooms: Router,
    patience: Duration,
    places: Arc<Semaphore>,
}

impl House {
    fn of(hub: &Arc<Hub>, web: &Web) -> House {
        let page = if web.page { web::pages(HubDesk(Arc::clone(hub))) } else { Router::new() };
        let (rooms, seconds) = match &web.api {
            None => (page, limits::WEB_SECONDS),
            Some(settings) => {
                let hosts = api::rooms(Arc::clone(hub), settings.clone());
                (page.nest(ROOT, hosts), limits::API_SECONDS)
            }
        };
        let places = Arc::new(Semaphore::new(limits::WEB_CONNECTIONS));
        House { rooms: server::plain(rooms), patience: Duration::from_secs(seconds), places }
    }
}

enum Door {
    Tcp(TcpListener),
    Unix(UnixListener),
}

async fn bind(listen: &Listen) -> Outcome<Door> {
    let trouble = |e: io::Error| Fault::passing(format!("listening for the web at {}: {e}", listen.named()));
    match listen {
        Listen::Tcp(address) => TcpListener::bind(address).await.map(Door::Tcp).map_err(trouble),
        Listen::Unix(path) => {
            clear(path).await.map_err(trouble)?;
            UnixListener::bind(path).map(Door::Unix).map_err(trouble)
        }
    }
}

/// Takes a socket away that nobody listens at any more; anything else at its place is left alone.
async fn clear(path: &Path) -> io::Result<()> {
    match tokio::fs::symlink_metadata(path).await {
        Ok(found) if found.file_type().is_socket() && UnixStream::connect(path).await.is_err() => {
            tokio::fs::remove_file(path).await
        }
        _ => Ok(()),
    }
}

impl Door {
    /// Takes connections until one cannot be taken.
    async fn serve(self, house: &House) {
        loop {
            // who finds no room waits in the system's own queue
            let Ok(place) = Arc::clone(&house.places).acquire_owned().await else { return };
            let taken: io::Result<Box<dyn Stream>> = match &self {
                Door::Tcp(door) => door.accept().await.map(|(stream, _)| Box::new(stream) as _),
                Door::Unix(door) => door.accept().await.map(|(stream, _)| Box::new(stream) as _),
            };
            let stream = match taken {
                Ok(stream) => stream,
                Err(e) => {
                    tracing::warn!("taking a web connection: {e}");
                    return;
                }
            };
            let (rooms, patience) = (house.rooms.clone(), house.patience);
            tokio::spawn(async move {
                server::serve(stream, rooms, patience).await;
                drop(place);
            });
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The robot behind the page.
#[derive(Clone)]
struct HubDesk(Arc<Hub>);

impl Desk for HubDesk {
    fn look(&self, code: &str) -> Answer {
        leave::ticket_of(&self.0.house, code)
            .map_or(Answer::Unknown, |ticket| Answer::Known(ticket.map(|n| n.0)))
    }

    async fn leave(&self, code: String) -> Answer {
        // a guess costs no transaction
        if self.look(&code) == Answer::Unknown {
            return Answer::Unknown;
        }
        let done = self.0.transact(move |tx, hub| leave::by_link(tx, &hub.house, &code, hub.now())).await;
        match done {
            Ok(Some(ticket)) => Answer::Known(ticket.map(|n| n.0)),
            Ok(None) => Answer::Unknown,
            Err(fault) => {
                tracing::error!("ending a subscription by link: {fault}");
                Answer::Later
            }
        }
    }
}
