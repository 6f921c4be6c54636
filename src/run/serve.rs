//! `trackle serve`: the daemon. `--once` takes in, handles and sends all there is, and ends: for cron, tests, benches.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::daemon::{self, Ended, Ends, Hub, answer};
use crate::fault::{Fault, Outcome};
use crate::journal::{self, Entry, Format};
use crate::pipeline::House;
use crate::store::Reader;
use sd_notify::NotifyState;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::filter::LevelFilter;

/// Options of `trackle serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Take in, handle and send everything there is, then end.
    #[arg(long)]
    pub once: bool,
    /// Log warnings only.
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "Under systemd: systemctl enable --now trackle. From cron, each minute:
  * * * * * trackle serve --once --quiet

Exit code 75 when --once leaves something for later.";

/// Serves.
///
/// # Errors
/// A wrong configuration, a state directory in use or damaged; with `--once` also any mailbox or courier in trouble.
pub fn run(config: &Path, format: Format, args: &Args) -> Result<ExitCode, Failed> {
    let level = if args.quiet { LevelFilter::WARN } else { LevelFilter::INFO };
    let first = read_config(config)?;
    journal::start(format, level)?;
    leave_no_core();
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

/// A core file would hold mail, passwords and keys (core(5)). Where even that is not allowed, there was a limit already.
fn leave_no_core() {
    let nothing = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, nothing);
}

/// What a reload has made ready before anything of the old configuration is given up.
struct Ready {
    config: Config,
    house: House,
    ends: Ends,
}

/// The newest reload that waits to take the place of what runs.
type Next = Arc<Mutex<Option<Ready>>>;

/// Runs the loops, again after each reload, until told to stop.
async fn serve(path: &Path, mut config: Config, mut hub: Arc<Hub>) -> Result<(), Failed> {
    let (tell, told) = watch::channel(None);
    let next = Next::default();
    let mut ends = daemon::ends(&config)?;
    let state = config.robot.state.clone();
    // before anybody is told that we are ready: a signal that nobody listens for yet would be our end
    let listen = Signals::new()?.listen(tell.clone(), path.to_owned(), state, Arc::clone(&next));
    let signals = tokio::spawn(listen);
    let damage = Arc::new(Mutex::new(None));
    let mut is_checked = hub.store().is_checked();
    loop {
        Entry::Started { version: env!("CARGO_PKG_VERSION") }.note();
        let _ = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status("taking mail")]);
        if !std::mem::replace(&mut is_checked, true) {
            check_beside(config.robot.state.clone(), tell.clone(), Arc::clone(&damage));
        }
        let ended = daemon::run(&hub, ends, told.clone()).await?;
        if let Some(fault) = damage.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(Failed::from(fault));
        }
        if ended == Ended::Stop {
            let _ = sd_notify::notify(&[NotifyState::Stopping]);
            signals.abort();
            return Ok(());
        }
        // a stop that came meanwhile stays; what comes after this finds the loops running again
        tell.send_if_modified(|told| told.take_if(|t| *t == Ended::Reload).is_some());
        let ready = next.lock().unwrap_or_else(PoisonError::into_inner).take();
        // the lock on the database is kept all along
        let Some(ready) = ready else {
            ends = daemon::ends(&config)?;
            continue;
        };
        match hub.into_store().await {
            Ok(store) => {
                let asking = daemon::witnesses(&ready.config);
                hub = Arc::new(Hub::new(store, ready.house, Arc::new(SystemClock)).asking(asking));
                (config, ends) = (ready.config, ready.ends);
                Entry::Reloaded.note();
                answer::say(&config.robot.state, SystemClock.now(), "");
            }
            Err(held) => {
                (hub, ends) = (held, daemon::ends(&config)?);
                not_reloaded(&config.robot.state, "a transaction is still under way; try again");
            }
        }
    }
}

/// Checks the form of a large database while the robot works, and stops the robot when the file is damaged. On a thread
/// of its own, which no stop has to wait for.
fn check_beside(state: PathBuf, tell: watch::Sender<Option<Ended>>, damage: Arc<Mutex<Option<Fault>>>) {
    std::thread::spawn(move || {
        let Err(fault) = Reader::open(&state).and_then(|reader| reader.check_form()) else { return };
        let fault = fault.while_(&format!("checking the database in {}", state.display()));
        tracing::error!("{fault}");
        if fault.again {
            return;
        }
        *damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        tell.send_replace(Some(Ended::Stop));
    });
}

/// Makes everything that a changed configuration needs; until that has succeeded the old one runs on.
fn reload(path: &Path, state: &Path) -> Result<Ready, String> {
    let config = read_config(path).map_err(|failed| failed.text)?;
    if config.robot.state != state {
        return Err("robot.state cannot change while running: stop and start instead".into());
    }
    let house = daemon::house(&config).map_err(|fault| fault.doing)?;
    let ends = daemon::ends(&config).map_err(|fault| fault.doing)?;
    Ok(Ready { config, house, ends })
}

/// Says in the log, and to whoever asked, why everything runs on as it was.
fn not_reloaded(state: &Path, why: &str) {
    Entry::NotReloaded { why }.note();
    answer::say(state, SystemClock.now(), why);
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

    /// Turns them into what the loops understand; a reload that cannot be made ready is logged and no more.
    async fn listen(mut self, tell: watch::Sender<Option<Ended>>, path: PathBuf, state: PathBuf, next: Next) {
        loop {
            let what = tokio::select! {
                _ = self.term.recv() => Ended::Stop,
                _ = self.int.recv() => Ended::Stop,
                _ = self.hup.recv() => match reload(&path, &state) {
                    Ok(ready) => {
                        *next.lock().unwrap_or_else(PoisonError::into_inner) = Some(ready);
                        Ended::Reload
                    }
                    Err(why) => {
                        not_reloaded(&state, &why);
                        continue;
                    }
                },
            };
            tell.send_replace(Some(what));
        }
    }
}
