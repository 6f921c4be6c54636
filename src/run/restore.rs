//! `trackle restore`: a backup becomes the database again. Mails that came after it are taken in anew from the mailboxes;
//! letters that it still owed are held, since most were sent meanwhile.

use super::{Failed, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Mailbox};
use crate::daemon::{SESSIONS, SPOOL};
use crate::fault::Outcome;
use crate::fetch::maildir;
use crate::mint;
use crate::show::look::{age, count};
use crate::show::screen;
use crate::store::Tx;
use crate::store::backup::{self, How, Restored};
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle restore`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file that `trackle backup` made.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Put the database that is there aside and take the backup instead.
    #[arg(long)]
    pub replace: bool,
    /// Send the letters that were owed when the backup was made, though they may have been sent since.
    #[arg(long)]
    pub release: bool,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

/// Restores.
///
/// # Errors
/// A wrong configuration, a file that is no sound backup, a daemon that runs, a database that is there; then nothing has
/// happened.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let state = &config.robot.state;
    let now = SystemClock.now();
    let aside = format!(".before-{}", now.strftime("%Y-%m-%dT%H%M%SZ"));
    let how = How { release: args.release, aside: args.replace.then_some(&aside) };
    let found = backup::look(&args.file)?;
    let mut again = 0;
    let restored = backup::restore(&args.file, state, how, &super::console(now), |tx| {
        mint::take_back(state, &found.stamp.keys)?;
        again = bring_back(&config, tx)?;
        Ok(())
    })?;
    if args.json {
        screen::print_json(&json!({
            "made": found.stamp.made,
            "tickets": found.tickets,
            "mails": found.mails,
            "letters_held": restored.held,
            "mails_brought_back": again,
            "aside": restored.aside,
        }))?;
    } else {
        screen::print(&told(&restored, again, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Mails that Maildirs gave since the backup was made lie in a folder for what is done; an IMAP server shows us its own
/// again without being asked. Which those are, the backup knows.
fn bring_back(config: &Config, backup: &Tx<'_>) -> Outcome<u64> {
    let own = [SPOOL, SESSIONS].map(|spool| config.robot.state.join(spool));
    let theirs = config.mailboxes.iter().filter_map(|mailbox| match mailbox {
        Mailbox::Maildir(m) => Some(m.path.clone()),
        Mailbox::Imap(_) => None,
    });
    let mut again = 0;
    for path in own.into_iter().chain(theirs) {
        let done = maildir::done(&path)?;
        let unknown = backup.unknown_to(&maildir::name(&path), done)?;
        again += maildir::bring_back(&path, &unknown)?;
    }
    Ok(again)
}

fn told(restored: &Restored, again: u64, now: Timestamp) -> String {
    let found = &restored.backup;
    let made = Timestamp::from_second(found.stamp.made).unwrap_or(now);
    let mut text = format!(
        "Restored as of {} ({} ago, from {}): {}, {}.\n",
        screen::look().date(made),
        age(made, now),
        found.stamp.host,
        count(found.tickets, "ticket"),
        count(found.mails, "mail"),
    );
    if let Some(aside) = &restored.aside {
        text.push_str(&format!("The database that was there is {} now.\n", aside.display()));
    }
    if restored.held > 0 {
        text.push_str(&format!(
            "{} owed then may have been sent since and wait for your word: `trackle outbox`.\n",
            count(restored.held, "letter")
        ));
    }
    if again > 0 {
        text.push_str(&format!("{} that came since lie in their Maildir again.\n", count(again, "mail")));
    }
    if found.hosts > 0 {
        text.push_str(
            "Hosts and their tokens are those of then, also such as were revoked since: `trackle hosts`, \
                       `trackle admin token list`.\n",
        );
    }
    text.push_str("What came since is taken in again when `trackle serve` starts.\n");
    text
}
