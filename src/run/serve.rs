//! `trackle serve`: the daemon. `--once` takes in, handles and sends all there is, and ends: for cron, tests, benches.

use super::{Failed, exit, read_config};
use crate::clock::SystemClock;
use crate::daemon::{self, Ended, Hub};
use crate::fault::{Fault, Outcome};
use crate::journal::{self, Entry, Format};
use sd_notify::NotifyState;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::filter::LevelFilter;

/// Options of `trackle serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Take in, handle and send everything there is, then end.
    #[arg(long)]
    pub once: bool,
    /// Log warnings only.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Serves.
///
/// # Errors
/// A wrong configuration, a state directory in use or damaged; with `--once` also any mailbox or courier in trouble.
pub fn run(config: &Path, format: Format, args: &Args) -> Result<ExitCode, Failed> {
    let level = if args.quiet { LevelFilter::WARN } else { LevelFilter::INFO };
    let first = read_config(config)?;
    journal::start(format, level)?;
    let hub = daemon::open(&first, Arc::new(SystemClock))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(|e| Fault::passing(format!("starting the runtime: {e}")))?;
    if args.once {
        let ends = daemon::ends(&first)?;
        let troubles = runtime.block_on(daemon::once(&hub, ends))?;
        return match troubles.first() {
            None => Ok(ExitCode::SUCCESS),
            Some(_) => Err(Failed { text: troubles.join("\n"), code: exit::LATER }),
        };
    }
    runtime.block_on(serve(config, first, hub))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the loops, again after each reload, until told to stop.
async fn serve(path: &Path, mut config: crate::config::Config, mut hub: Arc<Hub>) -> Result<(), Failed> {
    let (tell, told) = watch::channel(None);
    // before anybody is told that we are ready: a signal that nobody listens for yet would be our end
    let signals = tokio::spawn(Signals::new()?.listen(tell.clone()));
    loop {
        let ends = daemon::ends(&config)?;
        Entry::Started { version: env!("CARGO_PKG_VERSION") }.note();
        let _ = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status("taking mail")]);
        let ended = daemon::run(&hub, ends, told.clone()).await?;
        if ended == Ended::Stop {
            let _ = sd_notify::notify(&[NotifyState::Stopping]);
            signals.abort();
            return Ok(());
        }
        // a stop that came meanwhile stays
        tell.send_if_modified(|told| told.take_if(|t| *t == Ended::Reload).is_some());
        match reload(path, &config) {
            // the lock on the database is kept all along
            Ok((new, house)) => match hub.into_store().await {
                Ok(store) => {
                    hub = Arc::new(Hub::new(store, house, Arc::new(SystemClock)));
                    config = new;
                    Entry::Reloaded.note();
                }
                Err(held) => {
                    hub = held;
                    Entry::NotReloaded { why: "a transaction is still under way; try again" }.note();
                }
            },
            Err(why) => Entry::NotReloaded { why: &why }.note(),
        }
    }
}

fn reload(
    path: &Path,
    old: &crate::config::Config,
) -> Result<(crate::config::Config, crate::pipeline::House), String> {
    let new = read_config(path).map_err(|failed| failed.text)?;
    if new.robot.state != old.robot.state {
        return Err("robot.state cannot change while running: stop and start instead".into());
    }
    let house = daemon::house(&new).map_err(|fault| fault.doing)?;
    // made once more when they are used: whether they can be made is the question here
    daemon::ends(&new).map_err(|fault| fault.doing)?;
    Ok((new, house))
}

/// What the world outside can tell the daemon.
struct Signals {
    term: Signal,
    int: Signal,
    hup: Signal,
}

impl Signals {
    /// From here on signals wait to be heard.
    fn new() -> Outcome<Signals> {
        let heard = |kind| signal(kind).map_err(|e| Fault::passing(format!("listening for signals: {e}")));
        Ok(Signals {
            term: heard(SignalKind::terminate())?,
            int: heard(SignalKind::interrupt())?,
            hup: heard(SignalKind::hangup())?,
        })
    }

    /// Turns them into what the loops understand.
    async fn listen(mut self, tell: watch::Sender<Option<Ended>>) {
        loop {
            let what = tokio::select! {
                _ = self.term.recv() => Ended::Stop,
                _ = self.int.recv() => Ended::Stop,
                _ = self.hup.recv() => Ended::Reload,
            };
            tell.send_replace(Some(what));
        }
    }
}
