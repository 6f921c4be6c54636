//! The loop that listens for the web endpoint, where there is one, and what it may do: look a code up, and end what its
//! owner follows. A place that cannot be listened at is tried again; mail does not wait for it.

use super::{Hub, stopped};
use crate::config::Listen;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::pipeline::leave;
use crate::web::{self, Answer, Desk};
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

/// What a request gets.
const PATIENCE: Duration = Duration::from_secs(limits::WEB_SECONDS);

/// Listens until told to stop.
pub async fn run(hub: Arc<Hub>, listen: Listen, mut stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(limits::WEB_CONNECTIONS));
    loop {
        let served = async {
            match bind(&listen).await {
                Ok(door) => door.serve(&hub, &room).await,
                Err(fault) => tracing::error!("{fault}; trying again in {} s", REST.as_secs()),
            }
            sleep(REST).await;
        };
        tokio::select! { () = served => {}, () = stopped(&mut stop) => return }
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
    async fn serve(self, hub: &Arc<Hub>, room: &Arc<Semaphore>) {
        loop {
            // who finds no room waits in the system's own queue
            let Ok(place) = Arc::clone(room).acquire_owned().await else { return };
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
            let desk = HubDesk(Arc::clone(hub));
            tokio::spawn(async move {
                web::serve(stream, desk, PATIENCE).await;
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
