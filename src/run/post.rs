//! The way from this host to the robot: what `host.toml` says, the key, the queue, and who takes bundles away. On the robot's
//! own machine nothing has to be said: its spool directory is the way. Used by every subcommand that hands a session in.

use super::line::Line;
use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::host::{Courier, FILE, Host};
use crate::daemon::SESSIONS;
use crate::fault::{Fault, Outcome};
use crate::model::bundle;
use crate::model::host::is_host;
use crate::model::session::Session;
use crate::record::hostkey::Signer;
use crate::record::queue::{Queue, Queued};
use crate::record::submit::{self, Outgoing, Way};
use crate::send::courier::{Courier as _, Delivery, Parcel};
use crate::send::smtp::{Patience, Smtp};
use crate::{drop, machine};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where the whole machine's configuration is.
pub const ETC: &str = "/etc/trackle";
/// The queue, below the directory for state.
const QUEUE: &str = "trackle/outgoing";

/// The way to the robot.
#[derive(Debug)]
pub struct Post {
    pub host: Host,
    /// What this host is called.
    pub name: String,
    /// The file that said so; `None` on the robot's own machine.
    pub file: Option<PathBuf>,
    queue: Queue,
}

/// What became of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    pub sent: u64,
    /// What still waits, and why the last of it was not taken.
    pub waiting: u64,
    pub trouble: Option<String>,
}

impl Post {
    /// The way from here: the user's own configuration, the machine's, or the robot's own spool. `None` when nobody has
    /// said where sessions go.
    ///
    /// # Errors
    /// A wrong configuration; a queue that cannot be made.
    pub fn here(robot: &Path) -> Result<Option<Post>, Failed> {
        let file = file();
        let host = match &file {
            Some(file) => {
                Host::read(file).map_err(|wrong| Failed { text: wrong.to_string(), code: exit::CONFIG })?
            }
            // whoever may not read it is not meant to write into the robot's directory either
            None if std::fs::File::open(robot).is_ok() => own(robot)?,
            None => return Ok(None),
        };
        let name = host.name.clone().unwrap_or_else(machine::host);
        let state = state_directory().ok_or_else(no_home)?;
        let queue = Queue::open(&state.join(QUEUE))?;
        Ok(Some(Post { host, name, file, queue }))
    }

    /// The same, where there has to be one.
    ///
    /// # Errors
    /// As [`Post::here`]; that there is none, and what to do.
    pub fn needed(robot: &Path) -> Result<Post, Failed> {
        Post::here(robot)?.ok_or_else(|| {
            failed(
                "nobody has said where sessions go from here: `trackle host enroll --robot help@example.org`",
            )
        })
    }

    /// Where sessions go: an address, or the place of the API.
    pub fn goal(&self) -> &str {
        match &self.host.courier {
            Courier::Api(gate) => &gate.url,
            _ => self.host.robot.as_str(),
        }
    }

    /// What waits or was sent.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Signs as this host. On the robot's own machine a key is made when it is needed.
    ///
    /// # Errors
    /// When there is no key, or it may not be read.
    pub fn signer(&self) -> Outcome<Signer> {
        let is_own = matches!(self.host.courier, Courier::Spool(_));
        if is_own && !self.host.key.exists() {
            return Signer::make(&self.host.key);
        }
        Signer::load(&self.host.key).map_err(|fault| match &self.file {
            Some(file) if file.starts_with(ETC) && !rustix::process::geteuid().is_root() => {
                Fault::lasting(format!(
                    "{}; a key of your own: `trackle host enroll --robot {}`",
                    fault.doing, self.host.robot
                ))
            }
            _ => fault,
        })
    }

    /// Seals a session into the queue: from now on it is not lost.
    ///
    /// # Errors
    /// When it cannot be sealed or kept.
    pub fn keep(&self, session: Session, contents: BTreeMap<String, Vec<u8>>) -> Outcome<Queued> {
        if !is_host(&self.name) {
            let text = format!("this machine is called {:?}: write a plain name into {FILE}", self.name);
            return Err(Fault::lasting(text));
        }
        let session = Session { host: self.name.clone(), ..session };
        self.queue.put(session, contents, &self.signer()?)
    }

    /// Sends what waits, in order, until nothing is taken any more.
    ///
    /// # Errors
    /// When the queue cannot be read or written.
    pub fn send(&self) -> Outcome<Sent> {
        let mut done = Sent::default();
        let Some(_turnstile) = self.queue.turnstile()? else {
            done.waiting = self.queue.waiting()?.len() as u64;
            done.trouble = Some("another `trackle submit` is sending".to_owned());
            return Ok(done);
        };
        let waiting = self.queue.waiting()?;
        let mut carrier = Carrier::new(&self.host)?;
        for queued in &waiting {
            let now = SystemClock.now();
            let bytes = self.queue.bytes(queued)?;
            match self.send_one(&mut carrier, queued, bytes) {
                Ok(()) => {
                    self.queue.taken(queued, now)?;
                    done.sent += 1;
                }
                Err(fault) => {
                    self.queue.not_taken(queued, &fault.doing);
                    done.trouble = Some(fault.doing);
                    // what is wrong with one bundle is not wrong with the next
                    if fault.again {
                        break;
                    }
                }
            }
        }
        done.waiting = waiting.len() as u64 - done.sent;
        Ok(done)
    }

    /// Sends a card.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn mail(&self, mail: &Outgoing) -> Outcome<()> {
        Carrier::new(&self.host)?.mail(mail)
    }

    /// Between whom mails go.
    pub fn way(&self) -> Way {
        let Host { from, robot, .. } = &self.host;
        Way { from: from.clone(), to: robot.clone(), host: self.name.clone(), now: SystemClock.now() }
    }

    fn send_one(&self, carrier: &mut Carrier<'_>, queued: &Queued, bytes: Vec<u8>) -> Outcome<()> {
        match carrier {
            Carrier::Spool(dir) => return spool(dir, &bytes),
            Carrier::Api(line) => {
                // as it is once this one is taken
                line.unsent = Some((self.queue.waiting()?.len() as u64).saturating_sub(1));
                return line.bytes("bundle", &bytes).map(drop);
            }
            Carrier::Sendmail(_) | Carrier::Smtp(..) => {}
        }
        let id = bundle::id_of(&bytes)
            .ok_or_else(|| Fault::lasting(format!("{} is damaged", queued.path.display())))?;
        carrier.mail(&self.way().bundle(&queued.session, &id, &bytes)?)
    }
}

/// Who takes mails away, for as long as there are any.
enum Carrier<'a> {
    Sendmail(&'a Path),
    Smtp(Box<Smtp>, tokio::runtime::Runtime),
    Spool(&'a Path),
    Api(Box<Line>),
}

impl<'a> Carrier<'a> {
    fn new(host: &'a Host) -> Outcome<Carrier<'a>> {
        Ok(match &host.courier {
            Courier::Sendmail(program) => Carrier::Sendmail(program),
            Courier::Spool(dir) => Carrier::Spool(dir),
            Courier::Api(gate) => Carrier::Api(Box::new(Line::of(gate)?)),
            Courier::Smtp(server) => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|e| Fault::passing(format!("starting the runtime: {e}")))?;
                let smtp = Smtp::new(server.as_ref().clone(), &machine::host(), Patience::default());
                Carrier::Smtp(Box::new(smtp), runtime)
            }
        })
    }

    fn mail(&mut self, mail: &Outgoing) -> Outcome<()> {
        match self {
            Carrier::Sendmail(program) => submit::sendmail(program, mail),
            Carrier::Spool(_) => {
                Err(Fault::lasting("sessions go into the robot's own directory: no mail leaves"))
            }
            Carrier::Api(_) => Err(Fault::lasting("this host speaks to the robot's API: no mail leaves")),
            Carrier::Smtp(smtp, runtime) => {
                let Outgoing { from, to, bytes } = mail.clone();
                let parcel = Parcel { id: 0, from, to, bytes };
                match runtime.block_on(smtp.carry(&parcel)) {
                    Delivery::Sent(_) => Ok(()),
                    Delivery::Refused(t) => Err(Fault::lasting(t.text)),
                    Delivery::Later(t) | Delivery::Away(t) | Delivery::Unknown(t) | Delivery::Locked(t) => {
                        Err(Fault::passing(t.text))
                    }
                }
            }
        }
    }
}

impl Drop for Carrier<'_> {
    fn drop(&mut self) {
        if let Carrier::Smtp(smtp, runtime) = self {
            runtime.block_on(smtp.close());
        }
    }
}

/// Puts a bundle where the robot looks; root's files are given to whoever the directory belongs to.
fn spool(dir: &Path, bytes: &[u8]) -> Outcome<()> {
    let path = drop::into_maildir(dir, bytes, &drop::unique(SystemClock.now()))?;
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let above = dir.ancestors().find_map(|dir| dir.metadata().ok().filter(|meta| meta.uid() != 0));
    let Some(owner) = above else { return Ok(()) };
    // the directories may just have been made
    let own = [dir.parent(), Some(dir)].into_iter().flatten().map(Path::to_owned);
    let inner = ["tmp", "new", "cur"].map(|name| dir.join(name));
    for path in own.chain(inner).chain([path]) {
        std::os::unix::fs::lchown(&path, Some(owner.uid()), Some(owner.gid()))
            .map_err(|e| Fault::passing(format!("giving {} to the robot: {e}", path.display())))?;
    }
    Ok(())
}

/// What holds on the robot's own machine.
fn own(robot: &Path) -> Result<Host, Failed> {
    let config = read_config(robot)?;
    let key = own_directory().unwrap_or_else(|| PathBuf::from(ETC)).join("host.key");
    Ok(Host {
        robot: config.robot.address.clone(),
        name: None,
        member: None,
        from: None,
        key,
        courier: Courier::Spool(config.robot.state.join(SESSIONS)),
    })
}

/// The configuration that is there: the user's own, or else the machine's.
pub fn file() -> Option<PathBuf> {
    let places = [own_directory(), Some(PathBuf::from(ETC))];
    places.into_iter().flatten().map(|dir| dir.join(FILE)).find(|file| file.exists())
}

/// Where this user's configuration is written: the whole machine's for root.
pub fn directory() -> Result<PathBuf, Failed> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from(ETC));
    }
    own_directory().ok_or_else(no_home)
}

/// As the XDG base directories are.
fn own_directory() -> Option<PathBuf> {
    below("XDG_CONFIG_HOME", ".config").map(|dir| dir.join("trackle"))
}

/// Where this user's state is, as the XDG base directories are.
pub fn state_directory() -> Option<PathBuf> {
    below("XDG_STATE_HOME", ".local/state")
}

#[allow(clippy::disallowed_methods)] // where a user's files are, is no part of the configuration
fn below(variable: &str, otherwise: &str) -> Option<PathBuf> {
    let path = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    path(variable).or_else(|| path("HOME").filter(|home| home.is_dir()).map(|home| home.join(otherwise)))
}

fn no_home() -> Failed {
    failed("there is no home directory where HOME says")
}

fn failed(text: &str) -> Failed {
    Failed { text: text.to_owned(), code: exit::FAILED }
}
