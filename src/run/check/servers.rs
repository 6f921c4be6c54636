//! Where mail comes from and who carries it away: connected to and logged in at, all at the same time, each within a
//! deadline. Nothing is sent, nothing is marked.

use super::here::writable;
use crate::config::{Config, Courier, Done, Mailbox};
use crate::fault::{Fault, Outcome};
use crate::fetch::imap::{self, Imap};
use crate::model::server::{Security, Server};
use crate::send::courier::Delivery;
use crate::send::smtp::{self, Patience, Smtp};
use crate::show::checks::Check;
use crate::show::look::{count, size};
use crate::store;
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// For each server.
const DEADLINE: Duration = Duration::from_secs(10);
/// A server that takes less in one letter cannot carry attachments.
const SMALL: usize = 1_000_000;

/// Tries all of them.
///
/// # Errors
/// When no runtime can be started.
pub fn all(config: &Config) -> Outcome<Vec<Check>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|e| Fault::passing(format!("starting the runtime: {e}")))?;
    let checks = runtime.block_on(try_all(config));
    // a password command may still be running
    runtime.shutdown_background();
    Ok(checks)
}

async fn try_all(config: &Config) -> Vec<Check> {
    let mut running = Vec::new();
    let mut checks = Vec::new();
    let is_new = !config.robot.state.join(store::FILE).exists();
    if config.mailboxes.is_empty() {
        checks.push(Check::ok("mailbox", "none is fetched from: mail has to come by `trackle deliver`"));
    }
    for mailbox in &config.mailboxes {
        match mailbox {
            Mailbox::Maildir(m) => checks.push(maildir(&m.path)),
            Mailbox::Imap(m) => {
                checks.extend(in_the_clear("mailbox", &m.server));
                running.extend(
                    m.folders
                        .iter()
                        .map(|f| tokio::spawn(account(m.server.clone(), f.clone(), m.done.clone(), is_new))),
                );
            }
        }
    }
    match &config.courier {
        Courier::Maildir(path) => checks.push(letterbox(path)),
        Courier::Smtp(s) => {
            checks.extend(in_the_clear("courier", &s.server));
            running.push(tokio::spawn(relay(s.server.clone(), config.robot.address.domain().to_owned())));
        }
    }
    for task in running {
        let broke =
            |e: tokio::task::JoinError| vec![Check::wrong("servers", format!("trying one broke: {e}"))];
        checks.extend(task.await.unwrap_or_else(broke));
    }
    checks
}

/// Whether what is said to it stays on this machine.
pub fn is_here(server: &Server) -> bool {
    ["localhost", "127.0.0.1", "::1"].contains(&server.host.as_str())
}

/// A line without TLS, which the configuration asked for.
fn in_the_clear(item: &'static str, server: &Server) -> Option<Check> {
    let password = if server.login.is_some() { "the password and " } else { "" };
    let text = format!(
        "{password}all mail goes to {}:{} in the clear: set security = \"tls\"",
        server.host, server.port
    );
    (server.security == Security::Plain && !is_here(server)).then(|| Check::warning(item, text))
}

/// An IMAP account and one folder; `is_new`: no robot has read there yet.
async fn account(server: Server, folder: String, done: Done, is_new: bool) -> Vec<Check> {
    const ITEM: &str = "mailbox";
    let mut imap = Imap::new(server.clone(), &folder, imap::Done::Flag);
    let name = format!("{}:{}/{folder}", server.host, server.port);
    match within(imap.probe()).await {
        None => vec![Check::wrong(ITEM, silent(&name))],
        Some(Err(fault)) => vec![Check::wrong(ITEM, format!("folder {folder}: {}", fault.doing))],
        Some(Ok(probe)) => {
            let mut checks = told(&name, &probe, &done);
            checks.extend(there_already(&name, probe.mails).filter(|_| is_new));
            checks
        }
    }
}

/// What lies in a mailbox from the time before the robot is new mail to it.
fn there_already(name: &str, mails: u32) -> Option<Check> {
    let text = format!(
        "{name} holds {} from before the robot: when it starts it answers whoever sent them, so move away what is done",
        count(u64::from(mails), "mail")
    );
    (mails > 0).then(|| Check::warning("mailbox", text))
}

/// What an account can do, in words.
fn told(name: &str, probe: &imap::Probe, done: &Done) -> Vec<Check> {
    let when = if probe.idle {
        "tells of new mail at once"
    } else {
        "cannot tell of new mail, so it is asked again and again"
    };
    let mut checks = vec![Check::ok(
        "mailbox",
        format!("{name} lets us in, holds {}, {when}", count(u64::from(probe.mails), "mail")),
    )];
    let shown = match done {
        Done::Move(_) if probe.can_move => return checks,
        Done::Move(folder) if probe.keeps_flags => {
            format!("cannot move mail to {folder}: mail that is done gets a mark instead")
        }
        _ if probe.keeps_flags => return checks,
        _ => "keeps no marks: people cannot see which mail is done; Trackle knows by itself".into(),
    };
    checks.push(Check::warning("mailbox", format!("{name} {shown}")));
    checks
}

/// The outgoing server.
async fn relay(server: Server, our_name: String) -> Vec<Check> {
    const ITEM: &str = "courier";
    let patience = Patience { step: DEADLINE, ..Patience::default() };
    let smtp = Smtp::new(server.clone(), &our_name, patience);
    let name = format!("{}:{}", server.host, server.port);
    match within(smtp.probe()).await {
        None => vec![Check::wrong(ITEM, silent(&name))],
        Some(Err(delivery)) => vec![Check::wrong(ITEM, in_words(&name, &delivery))],
        Some(Ok(smtp::Probe { largest: Some(most), .. })) if most < SMALL => {
            let text =
                format!("{name} takes letters up to {} only: larger ones come back", size(most as u64));
            vec![Check::warning(ITEM, text)]
        }
        Some(Ok(_)) => {
            let login = if server.login.is_some() { "lets us in" } else { "listens to us without a login" };
            vec![Check::ok(ITEM, format!("{name} {login} (nothing was sent)"))]
        }
    }
}

fn in_words(name: &str, delivery: &Delivery) -> String {
    let (locked, text) = match delivery {
        Delivery::Locked(t) => ("does not let us in: ", t.text.as_str()),
        Delivery::Later(t) | Delivery::Away(t) | Delivery::Refused(t) | Delivery::Unknown(t) => {
            ("", t.text.as_str())
        }
        Delivery::Sent(said) => ("", said.as_str()),
    };
    // trouble with the line names the server, trouble with its answers does not
    if text.contains(name) { format!("{locked}{text}") } else { format!("{name} {locked}{text}") }
}

async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    timeout(DEADLINE, work).await.ok()
}

fn silent(name: &str) -> String {
    format!("{name} was not ready within {} seconds", DEADLINE.as_secs())
}

/// A Maildir that mail is fetched from.
fn maildir(path: &Path) -> Check {
    const ITEM: &str = "mailbox";
    let shown = path.display();
    if !path.exists() {
        return Check::warning(ITEM, format!("{shown} does not exist; `trackle serve` makes it"));
    }
    let places = [path.to_owned(), path.join("new"), path.join("cur")];
    let bad = places.iter().find_map(|p| writable(p).err().map(|e| format!("{}: {e}", p.display())));
    match bad {
        None => Check::ok(ITEM, format!("{shown} can be read and written")),
        Some(why) => Check::wrong(ITEM, format!("a Maildir that cannot be used: {why}")),
    }
}

/// A Maildir in the place of an outgoing server.
fn letterbox(path: &Path) -> Check {
    let above = path.ancestors().find(|p| p.exists()).unwrap_or(Path::new("/"));
    match writable(above) {
        Ok(()) => Check::warning(
            "courier",
            format!("letters are put into {} and reach nobody: for trials", path.display()),
        ),
        Err(e) => Check::wrong("courier", format!("letters cannot be put into {}: {e}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::server::Roots;
    use crate::show::checks::Verdict;

    fn server(host: &str, security: Security) -> Server {
        Server { host: host.into(), port: 1, security, roots: Roots::Bundled, login: None }
    }

    #[test]
    fn what_an_account_cannot_do_is_said() {
        let verdicts = |idle, can_move, keeps_flags, done: &Done| {
            let probe = imap::Probe { mails: 3, idle, can_move, keeps_flags };
            told("x", &probe, done).iter().map(|c| c.verdict).collect::<Vec<_>>()
        };
        let away = Done::Move("Done".into());
        for (can_move, keeps_flags, done, warned) in [
            (true, true, &Done::Flag, false),
            (true, false, &Done::Flag, true),
            (true, false, &away, false),
            (false, true, &away, true),
            (false, false, &away, true),
        ] {
            assert_eq!(verdicts(true, can_move, keeps_flags, done).contains(&Verdict::Warning), warned);
        }
        assert_eq!(verdicts(false, true, true, &Done::Flag), [Verdict::Ok]);
    }

    #[test]
    fn only_a_line_that_leaves_the_machine_needs_tls() {
        assert!(in_the_clear("x", &server("mail.example", Security::Plain)).is_some());
        assert!(in_the_clear("x", &server("127.0.0.1", Security::Plain)).is_none());
        assert!(in_the_clear("x", &server("mail.example", Security::StartTls)).is_none());
    }

    #[test]
    fn folders_are_looked_at_and_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in");
        assert_eq!(maildir(&path).verdict, Verdict::Warning);
        assert_eq!(letterbox(&path).verdict, Verdict::Warning);
        assert!(!path.exists());
        std::fs::create_dir(&path).unwrap();
        assert_eq!(maildir(&path).verdict, Verdict::Wrong);
        crate::drop::make(&path).unwrap();
        assert_eq!(maildir(&path).verdict, Verdict::Ok);
    }
}
