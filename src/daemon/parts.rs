//! What a configuration makes of the daemon: in comes the configuration, out come the places where mail comes from and
//! goes to, the robot with its words, its witnesses, and its database opened. Connects to nothing yet.

use super::Hub;
use super::api;
use super::intake::Source;
use super::web::Web;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::fault::{Fault, Outcome};
use crate::fetch::imap::{self, Imap};
use crate::fetch::maildir::Maildir;
use crate::mint;
use crate::pipeline::House;
use crate::send::{self, Carrier};
use crate::store::Store;
use crate::witness::Witnesses;
use crate::witness::openpgp::Key;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where `trackle deliver` puts mail, below the state directory.
pub const SPOOL: &str = "incoming";
/// Where sessions of this very machine are put, below the state directory: whoever may write there is believed.
pub const SESSIONS: &str = "spool/sessions";

/// Everything a configuration makes: where mail comes from, and who carries letters away.
pub struct Ends {
    pub sources: Vec<(Source, Duration)>,
    pub carrier: Carrier,
    /// Envelope sender that the outgoing server insists on, if it does.
    pub bounce_address: Option<crate::model::address::Address>,
    /// Where a proxy is listened for, if anything is to be had there.
    pub web: Option<Web>,
}

/// Makes the ends of a configuration; nothing is connected yet.
///
/// # Errors
/// When a Maildir cannot be opened or made.
pub fn ends(config: &Config) -> Outcome<Ends> {
    let maildir = |path: &Path| -> Outcome<Source> {
        let mut opened = Maildir::open(path)?;
        opened.largest = config.policy.mail_bytes;
        Ok(Source::Maildir(opened))
    };
    let spool = maildir(&config.robot.state.join(SPOOL))?;
    let sessions = maildir(&config.robot.state.join(SESSIONS))?;
    let mut sources = vec![(spool, Duration::from_secs(300)), (sessions, Duration::from_secs(300))];
    for mailbox in &config.mailboxes {
        match mailbox {
            config::Mailbox::Maildir(m) => sources.push((maildir(&m.path)?, m.poll)),
            config::Mailbox::Imap(m) => {
                for folder in &m.folders {
                    let done = match &m.done {
                        config::Done::Flag => imap::Done::Flag,
                        config::Done::Move(to) => imap::Done::Move(to.clone()),
                    };
                    let mut imap = Imap::new(m.server.clone(), folder, done);
                    imap.largest = config.policy.mail_bytes;
                    sources.push((Source::Imap(Box::new(imap)), m.poll));
                }
            }
        }
    }
    let (carrier, bounce_address) = match &config.courier {
        config::Courier::Maildir(path) => (Carrier::Maildir(send::maildir::Maildir::new(path.clone())), None),
        config::Courier::Smtp(s) => {
            let name = config.robot.address.domain();
            let smtp = send::smtp::Smtp::new(s.server.clone(), name, send::smtp::Patience::default());
            let insisted = (s.bounce_address != config.robot.address).then(|| s.bounce_address.clone());
            (Carrier::Smtp(Box::new(smtp)), insisted)
        }
    };
    Ok(Ends { sources, carrier, bounce_address, web: web(config) })
}

fn web(config: &Config) -> Option<Web> {
    let api = config.web.api.then(|| api::Settings {
        state: config.robot.state.clone(),
        largest: config.policy.mail_bytes,
        columns: config.console.columns.clone(),
    });
    let page = config.robot.base_url.is_some();
    (page || api.is_some()).then(|| Web { listen: config.web.listen.clone(), page, api })
}

/// The robot and its words, from a configuration. A replacement letter that is broken is logged and not used.
///
/// # Errors
/// When the key or the directory of letters cannot be read.
pub fn house(config: &Config) -> Outcome<House> {
    let robot = config.robot(mint::seal(&config.robot.state)?);
    let mut wording = crate::wording::read(config.robot.letters.as_deref())?;
    wording.language = config.robot.language.clone();
    for wrong in &wording.wrong {
        tracing::warn!("a letter of this site is not used: {wrong}");
    }
    Ok(House { robot, wording, digest: config.schedule() })
}

/// Whom a configuration lets us ask about signatures; nobody has been asked yet.
pub fn witnesses(config: &Config) -> Witnesses {
    let keys_of = |member: &config::Member| {
        let login = member.login.clone();
        member.keys.clone().into_iter().map(move |fingerprint| Key { fingerprint, login: login.clone() })
    };
    let keys = config.staff.members.iter().flat_map(keys_of).collect();
    Witnesses::new(config.identity.keyring.clone(), keys, config.identity.dkim)
}

/// Opens everything a configuration names.
///
/// # Errors
/// When the state directory is in use, damaged or cannot be made.
pub fn open(config: &Config, clock: Arc<dyn Clock>) -> Outcome<Arc<Hub>> {
    private_directory(&config.robot.state)?;
    let store = Store::open(&config.robot.state)?;
    Ok(Arc::new(Hub::new(store, house(config)?, clock).asking(witnesses(config))))
}

/// Makes the state directory, for nobody else to read.
fn private_directory(path: &Path) -> Outcome<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| Fault::passing(format!("making the state directory {}: {e}", path.display())))?;
    Ok(path.to_owned())
}
