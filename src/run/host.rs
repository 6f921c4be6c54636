//! `trackle host`: on a host, its key and its wish to be believed; on the robot's machine, which hosts are. A key never
//! leaves its host; what is mailed is its public half.

mod gate;

use super::account::Account;
use super::desk::{As, Sitting};
use super::post::{self, Post};
use super::{Failed, exit, hosts};
use crate::config::host::{self as config, FILE};
use crate::model::address::Address;
use crate::model::api::url;
use crate::model::bundle::HostKey;
use crate::model::host::{Card, Host, is_host, is_login};
use crate::record::hostkey::Signer;
use crate::show::screen;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle host`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What to do about a host.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Here: make this host's key, if it has none, and print its public half.
    Keygen {
        /// The file of the key [default: host.key in /etc/trackle for root, in ~/.config/trackle for others].
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Here: ask the robot to believe this host. By mail a member of staff has to say yes; with --url a token does.
    Enroll(Enroll),
    /// On the robot's machine: believe a host from now on.
    Add {
        /// What it is called.
        #[arg(value_name = "NAME", value_parser = host)]
        name: String,
        /// The public half of its key, as `trackle host keygen` prints it.
        #[arg(value_name = "KEY", value_parser = key)]
        key: HostKey,
        /// It signs the sessions of this one user of it [default: those of all].
        #[arg(long = "login", value_name = "USER", value_parser = login)]
        user: Option<String>,
        /// Who on staff works there, where its users are called otherwise.
        #[arg(long = "for", value_name = "LOGIN")]
        member: Option<String>,
        #[command(flatten)]
        who: As,
    },
    /// On the robot's machine: list the hosts that are believed, as `trackle hosts` does.
    List(hosts::Args),
    /// On the robot's machine: believe a host no longer. What came from it stays.
    Revoke {
        /// Its name or its key.
        #[arg(value_name = "HOST")]
        host: String,
        #[command(flatten)]
        who: As,
    },
}

/// How a host asks.
#[derive(Debug, clap::Args)]
pub struct Enroll {
    /// Speak to the robot's API there, by a token, and send no mail: https://desk.example.org.
    #[arg(long, value_name = "URL", value_parser = place)]
    pub url: Option<String>,
    /// The file with the token, which nobody else may read; it stays where it is [default: asked for, or read from
    /// standard input, and kept].
    #[arg(long, value_name = "FILE", requires = "url")]
    pub token_file: Option<PathBuf>,
    /// A file with the certificates of the authorities that are believed [default: the system's].
    #[arg(long, value_name = "FILE", requires = "url")]
    pub roots: Option<PathBuf>,
    /// The robot's address; kept in host.toml.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub robot: Option<Address>,
    /// What this host is called [default: its own name].
    #[arg(long, value_name = "NAME", value_parser = host)]
    pub name: Option<String>,
    /// Who on staff works here, when you are called otherwise on this host.
    #[arg(long = "as", value_name = "LOGIN", value_parser = login)]
    pub member: Option<String>,
    /// Whom the mail is from [default: what the local mail program says].
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub from: Option<Address>,
    /// Mail nothing: print what a sysadmin types on the robot's machine.
    #[arg(long)]
    pub print: bool,
}

/// Does it.
///
/// # Errors
/// A wrong configuration, a key that is there or is not, a mail that is not taken, a host that nobody knows.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        What::Keygen { key } => {
            let path = match key {
                Some(path) => path.clone(),
                None => post::directory()?.join("host.key"),
            };
            let signer = if path.exists() { Signer::load(&path)? } else { Signer::make(&path)? };
            screen::print(&format!("{}\n", signer.key()))?;
        }
        What::Enroll(wish) => match &wish.url {
            Some(url) => gate::enroll(url, wish)?,
            None => enroll(config, wish)?,
        },
        What::Add { name, key, user, member, who } => {
            let sitting = Sitting::down(config, who)?;
            let member = member.as_deref().map(|word| of_staff(&sitting, word)).transpose()?;
            let card = Card {
                name: name.clone(),
                login: user.clone(),
                member,
                key: *key,
                program: env!("CARGO_PKG_VERSION").to_owned(),
            };
            sitting.act(|desk, tx| desk.enroll(tx, &card).map(Ok))?;
            screen::print(&format!("{name}: sessions signed by {} are believed\n", key.print()))?;
        }
        What::List(args) => return hosts::run(config, args),
        What::Revoke { host, who } => {
            let sitting = Sitting::down(config, who)?;
            let found = one_of(&sitting, host)?;
            sitting.act(|desk, tx| desk.revoke(tx, &found.key).map(Ok))?;
            screen::print(&format!(
                "{}: nothing signed by {} is believed any more\n",
                found.name,
                found.key.print()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes what is missing here, and asks.
fn enroll(config: &Path, wish: &Enroll) -> Result<(), Failed> {
    let is_root = rustix::process::geteuid().is_root();
    // a user who is not the machine's has a key of his own, and a file beside it
    let mine = |file: &PathBuf| is_root || !file.starts_with(post::ETC);
    let file = post::file().filter(mine).map_or_else(|| begin(wish), Ok)?;
    let post = Post::needed(config)?;
    let other = |what: &str, said: &str| failed(format!("{} names another {what}: {said}", file.display()));
    if wish.robot.as_ref().is_some_and(|robot| *robot != post.host.robot) {
        return Err(other("robot", post.host.robot.as_str()));
    }
    if wish.name.as_ref().is_some_and(|name| *name != post.name) {
        return Err(other("name", &post.name));
    }
    let key = &post.host.key;
    let signer = if key.exists() { Signer::load(key)? } else { Signer::make(key)? };
    let login = if is_root { None } else { Some(Account::here().name).filter(|name| is_login(name)) };
    let member = wish.member.clone().or_else(|| post.host.member.clone());
    let card = Card {
        name: post.name.clone(),
        login,
        member,
        key: signer.key(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if !is_host(&card.name) {
        return Err(failed(format!("{:?} is no name of a host: say --name", card.name)));
    }
    if wish.print {
        let option = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" --{name} {value}")).unwrap_or_default()
        };
        let (login, member) = (option("login", &card.login), option("for", &card.member));
        screen::print(&format!("trackle host add {} {}{login}{member}\n", card.name, card.key))?;
        return Ok(());
    }
    let mail = post.way().card(&card, &signer.card(&card))?;
    post.mail(&mail).map_err(|why| {
        let Failed { text, code } = why.into();
        Failed { text: format!("{} was not asked: {text}; then say this once more", post.host.robot), code }
    })?;
    screen::print(&format!(
        "{}: asked {}, which asks its staff.\nThe key is spoken of as {}: whoever says yes compares that.\n",
        card.name,
        post.host.robot,
        card.key.print()
    ))?;
    Ok(())
}

/// Writes a new `host.toml`; gives where.
fn begin(wish: &Enroll) -> Result<PathBuf, Failed> {
    let machines = post::file().and_then(|file| config::Host::read(&file).ok()).map(|host| host.robot);
    let robot = wish.robot.clone().or(machines);
    let robot = robot.ok_or_else(|| failed("say where sessions go: --robot help@example.org".into()))?;
    let directory = post::directory()?;
    let file = directory.join(FILE);
    let written = write_new(&directory, &file, &settings(&robot, wish));
    written.map_err(|e| failed(format!("writing {}: {e}", file.display())))?;
    Ok(file)
}

/// The way where there is no local mail program, for whoever looks for it.
const SERVER: &str = "
# They leave by the local mail program. Where there is none, name your mail server, and whom mail from here is from:
# from = \"root@web1.example.org\"
# [courier]
# kind = \"smtp\"
# host = \"mail.example.org\"
# port = 587
# security = \"starttls\"
# user = \"web1\"
# password_file = \"/etc/trackle/mail.password\"
";

/// The text of a new `host.toml`.
fn settings(robot: &Address, wish: &Enroll) -> String {
    let mut text =
        format!("# Where sessions of this host go; `trackle submit` sends them.\nrobot = \"{robot}\"\n");
    let from = wish.from.as_ref().map(Address::to_string);
    for (name, value) in [("name", &wish.name), ("member", &wish.member), ("from", &from)] {
        if let Some(value) = value {
            text.push_str(&format!("{name} = \"{}\"\n", value.replace('\\', "\\\\").replace('"', "\\\"")));
        }
    }
    text + SERVER
}

fn write_new(directory: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(directory)?;
    OpenOptions::new().write(true).create_new(true).mode(0o644).open(file)?.write_all(text.as_bytes())
}

fn of_staff(sitting: &Sitting, word: &str) -> Result<String, Failed> {
    let found = sitting.robot().by_word(word);
    found
        .map(|member| member.login.clone())
        .map_err(|_| failed(format!("nobody on staff is called {word:?}")))
}

/// The one host that is meant.
fn one_of(sitting: &Sitting, word: &str) -> Result<Host, Failed> {
    let all = sitting.reader()?.hosts()?;
    let key = HostKey::parse(word);
    let meant = |host: &Host| Some(host.key) == key || host.name == word || host.key.print() == word;
    let mut found: Vec<Host> = all.into_iter().map(|standing| standing.host).filter(meant).collect();
    match (found.pop(), found.len()) {
        (Some(host), 0) => Ok(host),
        (None, _) => Err(failed(format!("no host is called {word:?}: see `trackle hosts`"))),
        (Some(_), more) => {
            Err(failed(format!("{} hosts are called {word:?}: name one by its key", more + 1)))
        }
    }
}

fn host(text: &str) -> Result<String, &'static str> {
    if is_host(text) { Ok(text.to_owned()) } else { Err("not a name of a host") }
}

fn login(text: &str) -> Result<String, &'static str> {
    if is_login(text) { Ok(text.to_owned()) } else { Err("not a user's name") }
}

fn key(text: &str) -> Result<HostKey, &'static str> {
    HostKey::parse(text).ok_or("not a host's key: ed25519: and 43 signs")
}

fn place(text: &str) -> Result<String, String> {
    url(text).map_err(|why| format!("{text:?} {why}"))
}

fn address(text: &str) -> Result<Address, &'static str> {
    Address::parse(text).ok_or("not a mail address")
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_shows_the_way_without_a_mail_program() {
        let robot = Address::parse("help@example.org").unwrap();
        let wish = Enroll {
            robot: None,
            name: None,
            member: Some("ann".into()),
            from: None,
            print: false,
            url: None,
            token_file: None,
            roots: None,
        };
        let text = settings(&robot, &wish);
        let base = Path::new("/etc/trackle");
        assert_eq!(config::Host::parse(&text, base).unwrap().member.as_deref(), Some("ann"));
        let (prose, lines) = text.split_once("from:\n").unwrap();
        let named = format!("{prose}from:\n{}", lines.replace("# ", ""));
        let host = config::Host::parse(&named, base).unwrap();
        assert!(matches!(host.courier, config::Courier::Smtp(server) if server.login.is_some()));
    }
}
