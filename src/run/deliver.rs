//! `trackle deliver`: one mail on standard input, into the spool that the daemon reads. Needs no database and no
//! running daemon; is done when the mail is safely on disk. Exit codes after `sysexits.h`: 75 when the mail system
//! should try again, 65 when trying again cannot help.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::daemon::SPOOL;
use crate::fetch::pipe::{self, Envelope};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle deliver`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The address the mail was sent to, with its detail; default: $ORIGINAL_RECIPIENT or $RECIPIENT.
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// The envelope sender, `<>` for none; default: $SENDER.
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<String>,
}

const EXAMPLES: &str = "In /etc/aliases, run as the user that serves:
  help: \"|/usr/local/bin/trackle deliver\"

Exit code 0 when the mail is safely on disk, 65 when it is empty or too large, 75 when the mail
server should try again.";

/// Takes the mail.
///
/// # Errors
/// When it cannot be stored (75), when it is empty or too large (65), when the configuration is wrong (75 too: the
/// mail must not be lost because of it).
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config).map_err(|f| Failed { code: exit::LATER, ..f })?;
    let to = args.to.clone().or_else(|| variable("ORIGINAL_RECIPIENT")).or_else(|| variable("RECIPIENT"));
    let from = args.from.clone().or_else(|| variable("SENDER"));
    let mut envelope = Envelope::new(to.as_deref(), from.as_deref());
    envelope.largest = Some(config.policy.mail_bytes);
    let spool = config.robot.state.join(SPOOL);
    match pipe::deliver(&spool, std::io::stdin().lock(), &envelope, SystemClock.now()) {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(fault) => {
            let code = if fault.again { exit::LATER } else { exit::DATA };
            Err(Failed { text: fault.doing, code })
        }
    }
}

/// Postfix and Exim tell a pipe its envelope through the environment.
#[allow(clippy::disallowed_methods)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}
