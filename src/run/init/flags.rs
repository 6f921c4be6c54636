//! The flags of `trackle init`: one for each answer. In: the command line; out: answers, by the same rules as those that are
//! typed. Paths are made whole; nothing else is looked at.

use super::answers::Answers;
use super::questions::Question;
use crate::run::{Failed, exit};
use std::io;
use std::path::PathBuf;

/// Options of `trackle init`.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub struct Args {
    /// The address that people write to.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// Mail lies in a mailbox at a provider: its IMAP server.
    #[arg(long, value_name = "SERVER", conflicts_with_all = ["pipe", "maildir"])]
    pub imap: Option<String>,
    /// This machine's mail server hands mail over, to `trackle deliver`.
    #[arg(long, conflicts_with = "maildir")]
    pub pipe: bool,
    /// Mail lies in a Maildir on this machine.
    #[arg(long, value_name = "DIR")]
    pub maildir: Option<PathBuf>,
    /// Who logs in at the IMAP server [default: the address].
    #[arg(long, value_name = "LOGIN")]
    pub user: Option<String>,
    /// The file whose first line is the password.
    #[arg(long, value_name = "FILE", conflicts_with = "password_command")]
    pub password_file: Option<PathBuf>,
    /// The command that prints the password, its words parted by blanks; no shell.
    #[arg(long, value_name = "COMMAND")]
    pub password_command: Option<String>,
    /// The folder that is read [default: INBOX].
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<String>,
    /// The server that letters leave by.
    #[arg(long, value_name = "SERVER")]
    pub smtp: Option<String>,
    /// Who logs in there, - for nobody [default: as for IMAP; nobody at 127.0.0.1:25].
    #[arg(long, value_name = "LOGIN", allow_hyphen_values = true)]
    pub smtp_user: Option<String>,
    /// Its password, where that is another one than the mailbox's.
    #[arg(long, value_name = "FILE", conflicts_with = "smtp_password_command")]
    pub smtp_password_file: Option<PathBuf>,
    /// The command that prints it.
    #[arg(long, value_name = "COMMAND")]
    pub smtp_password_command: Option<String>,
    /// The passwords are access tokens (XOAUTH2).
    #[arg(long)]
    pub tokens: bool,
    /// The authorities that signed the servers' certificates, a PEM file [default: the system's].
    #[arg(long, value_name = "FILE")]
    pub roots: Option<PathBuf>,
    /// Somebody on staff: 'ann Ann Lee <ann@example.org>'. Repeat it for each.
    #[arg(long, value_name = "MEMBER")]
    pub member: Vec<String>,
    /// The staff's mailing list, or one person.
    #[arg(long, value_name = "ADDRESS")]
    pub list: Option<String>,
    /// Where tickets and mails are kept [default: /var/lib/trackle for root, ~/.local/state/trackle for others].
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Mail to help+12@example.org does not arrive: letters ask for answers to the plain address.
    #[arg(long)]
    pub no_plus: bool,
    /// Take every guess; ask only for what cannot be guessed.
    #[arg(long, short)]
    pub yes: bool,
    /// Write over a configuration and passwords that are there.
    #[arg(long)]
    pub force: bool,
    /// Write it without trying anything out.
    #[arg(long)]
    pub untried: bool,
}

const MORE: &str =
    "A SERVER is written as mail.example.org, mail.example.org:143, or 'mail.example.org:1143 starttls'
(or tls, or plain). Without a port it is the usual one with TLS.

What is written: /etc/trackle/trackle.toml for root, ~/.config/trackle/trackle.toml for others, or
what --config says; beside it passwords that were typed, as mailbox.password and courier.password
(mode 0600).

Without any question:
  trackle init --address help@example.org --imap imap.example.org \\
    --password-file /etc/trackle/secret --smtp smtp.example.org \\
    --member 'ann Ann Lee <ann@example.org>' --list team@example.org

Exit code 0 when it was written, 1 when not, 2 when flags are missing and nobody can be asked.";

/// What stood behind flags.
///
/// # Errors
/// Exit code 2 with what is wrong with one.
pub fn answered(args: &Args) -> Result<Answers, Failed> {
    let mut answers = Answers { no_plus: args.no_plus, tokens: args.tokens, ..Answers::default() };
    let whole = |path: &Option<PathBuf>| -> io::Result<Option<String>> {
        let path = path.as_ref().map(std::path::absolute).transpose()?;
        Ok(path.map(|path| path.to_string_lossy().into_owned()))
    };
    let way = match (&args.imap, args.pipe, &args.maildir) {
        (Some(_), ..) => Some("1"),
        (_, true, _) => Some("2"),
        (.., Some(_)) => Some("3"),
        _ => None,
    };
    let said = [
        (Question::Address, args.address.clone()),
        (Question::Way, way.map(str::to_owned)),
        (Question::Imap, args.imap.clone()),
        (Question::User, args.user.clone()),
        (Question::Folder, args.folder.clone()),
        (Question::Maildir, whole(&args.maildir)?),
        (Question::Smtp, args.smtp.clone()),
        (Question::SmtpUser, args.smtp_user.clone()),
        (Question::List, args.list.clone()),
        (Question::State, whole(&args.state)?),
        (Question::Roots, whole(&args.roots)?),
    ];
    let members = args.member.iter().map(|member| (Question::Member, Some(member.clone())));
    for (question, text) in said.into_iter().chain(members) {
        if let Some(text) = text {
            question.take(&text, &mut answers).map_err(|why| wrong_flag(question, &why))?;
        }
    }
    let secrets = [
        (Question::Password, &args.password_file, &args.password_command),
        (Question::SmtpPassword, &args.smtp_password_file, &args.smtp_password_command),
    ];
    for (question, file, command) in secrets {
        let said = whole(file)?.or_else(|| command.as_ref().map(|command| format!("!{command}")));
        if let Some(text) = said {
            question.take_elsewhere(&text, &mut answers).map_err(|why| wrong_flag(question, &why))?;
        }
    }
    Ok(answers)
}

fn wrong_flag(question: Question, why: &str) -> Failed {
    Failed { text: format!("{}: {why}", question.flag()), code: exit::USAGE }
}
