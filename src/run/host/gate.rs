//! `trackle host enroll --url`: a host is believed at once, since a member of staff who may make tokens gave it one. In come
//! the place of the robot's API and the token, from a file, standard input or the terminal; out goes the card, signed with
//! the host's key, and what answers is kept in `host.toml`. Nothing is written before the robot has said yes, but the key.

use super::{Enroll, failed, write_new};
use crate::config::host::{Courier, FILE, Gate, Host};
use crate::model::api::{Site, Why};
use crate::model::host::{Card, is_host, is_login};
use crate::model::token::Token;
use crate::record::hostkey::Signer;
use crate::run::account::Account;
use crate::run::line::{Line, read_token};
use crate::run::post;
use crate::run::{Failed, exit};
use crate::show::{safe, screen};
use rustix::termios::{self, LocalModes, OptionalActions};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The token's file, where it was not in one.
const TOKEN: &str = "token";
/// Bytes of what is read in search of a token.
const MOST: u64 = 200;

/// Enrolls this host there.
///
/// # Errors
/// A token that is none, a robot that does not answer or does not want it, a host that is set up otherwise.
pub fn enroll(url: &str, wish: &Enroll) -> Result<(), Failed> {
    for (name, given) in
        [("--print", wish.print), ("--from", wish.from.is_some()), ("--as", wish.member.is_some())]
    {
        if given {
            let text = format!("{name} says something of mail: beside --url the token says who it is");
            return Err(Failed { text, code: exit::USAGE });
        }
    }
    let is_root = rustix::process::geteuid().is_root();
    // a user who is not the machine's has a token of his own, and a file beside it
    let mine = |file: &PathBuf| is_root || !file.starts_with(post::ETC);
    let file = match post::file().filter(mine) {
        Some(file) => file,
        None => post::directory()?.join(FILE),
    };
    let directory = file.parent().unwrap_or(Path::new("/")).to_owned();
    let before = file.exists().then(|| Host::read(&file)).transpose();
    let before = before.map_err(|wrong| Failed { text: wrong.to_string(), code: exit::CONFIG })?;
    if let Some(before) = &before
        && !matches!(&before.courier, Courier::Api(gate) if gate.url == url)
    {
        return Err(failed(format!("{} names another way to the robot: take it away first", file.display())));
    }
    let kept = match &wish.token_file {
        Some(path) => std::path::absolute(path)?,
        None => directory.join(TOKEN),
    };
    let token = match &wish.token_file {
        Some(path) => read_token(path)?,
        None => asked()?,
    };
    let roots = wish.roots.as_deref().map(std::path::absolute).transpose()?;
    let roots = roots.or_else(|| match &before.as_ref()?.courier {
        Courier::Api(gate) => gate.roots.clone(),
        _ => None,
    });
    let gate = Gate { url: url.to_owned(), token: kept, roots };
    let line = Line::new(&gate, token.clone())?;
    let site: Site = line.get("site")?;
    let name = right(&site, wish)?;
    let key = before.map_or_else(|| directory.join("host.key"), |before| before.key);
    let signer = if key.exists() { Signer::load(&key)? } else { Signer::make(&key)? };
    let card = Card {
        name,
        login: Some(Account::here().name),
        member: Some(site.login.clone()).filter(|login| is_login(login)),
        key: signer.key(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let _: Why = line.bytes("host", signer.card(&card).as_bytes())?;
    if wish.token_file.is_none() {
        keep(&gate.token, &token)?;
    }
    if !file.exists() {
        let written = write_new(&directory, &file, &settings(&site, &card, &gate));
        written.map_err(|e| failed(format!("writing {}: {e}", file.display())))?;
    }
    Ok(screen::print(&format!(
        "{}: {} believes this host, and you are {} there.\nThe key is spoken of as {}.\n",
        card.name,
        safe::line(&gate.url),
        safe::line(&site.login),
        card.key.print()
    ))?)
}

/// What this host is called there, when the token is for it and for this user of it.
fn right(site: &Site, wish: &Enroll) -> Result<String, Failed> {
    let (name, login) = (wish.name.as_ref().unwrap_or(&site.host), Account::here().name);
    if *name != site.host {
        return Err(failed(format!("the token is for {}, not for {name}", safe::line(&site.host))));
    }
    if wish.robot.as_ref().is_some_and(|robot| *robot != site.robot) {
        return Err(failed(format!("the robot there is {}", site.robot)));
    }
    if let Some(user) = site.user.as_ref().filter(|user| **user != login) {
        return Err(failed(format!("the token is for {} of {name}, not for {login}", safe::line(user))));
    }
    if !is_login(&login) || !is_host(name) {
        return Err(failed(format!("{login:?} is no name of a user, or {name:?} none of a host")));
    }
    Ok(name.clone())
}

/// The token from standard input, or from whoever sits there; it does not appear on the terminal.
fn asked() -> Result<Token, Failed> {
    let mut input = std::io::stdin();
    let mut text = String::new();
    if input.is_terminal() {
        write!(std::io::stderr(), "Token: ")?;
        let before = termios::tcgetattr(&input).map_err(std::io::Error::from)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        termios::tcsetattr(&input, OptionalActions::Flush, &silent).map_err(std::io::Error::from)?;
        let read = input.read_line(&mut text);
        let _ = termios::tcsetattr(&input, OptionalActions::Now, &before);
        writeln!(std::io::stderr())?;
        read?;
    } else {
        input.by_ref().take(MOST).read_to_string(&mut text)?;
    }
    // never the text: it may be nearly one
    Token::parse(&text)
        .ok_or_else(|| failed("that is no token: one begins with trk_ and has 36 letters".into()))
}

/// Writes the token for nobody else to read; one that was there gives way.
fn keep(path: &Path, token: &Token) -> Result<(), Failed> {
    let doing = |e: std::io::Error| failed(format!("writing {}: {e}", path.display()));
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(doing)?;
    let aside: PathBuf = directory.join(format!(".{TOKEN}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(&aside);
    let mut file = opened.map_err(doing)?;
    let written = writeln!(file, "{}", token.reveal()).and_then(|()| file.sync_all());
    written.and_then(|()| std::fs::rename(&aside, path)).map_err(doing)
}

fn settings(site: &Site, card: &Card, gate: &Gate) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = format!(
        "# Where tickets of this host's users are, and where its sessions go.\nrobot = {}\nname = {}\n\n[api]\nurl = {}\n\
         token_file = {}\n",
        quoted(site.robot.as_str()),
        quoted(&card.name),
        quoted(&gate.url),
        quoted(&gate.token.to_string_lossy())
    );
    if let Some(roots) = &gate.roots {
        text.push_str(&format!("roots = {}\n", quoted(&roots.to_string_lossy())));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::bundle::HostKey;

    #[test]
    fn what_is_written_is_what_is_read() {
        let site = Site {
            robot: Address::parse("help@example.org").unwrap(),
            host: "web1".into(),
            user: None,
            login: "ann".into(),
            own: Vec::new(),
            members: Vec::new(),
            values: Default::default(),
            columns: Vec::new(),
        };
        let card = Card {
            name: "web1".into(),
            login: Some("root".into()),
            member: Some("ann".into()),
            key: HostKey([1; 32]),
            program: "0.1.0".into(),
        };
        for roots in [None, Some(PathBuf::from("/etc/a \"b\\c.pem"))] {
            let gate =
                Gate { url: "https://desk.example.org".into(), token: "/etc/trackle/token".into(), roots };
            let host = Host::parse(&settings(&site, &card, &gate), Path::new("/etc/trackle")).unwrap();
            assert_eq!((host.robot, host.name.as_deref()), (site.robot.clone(), Some("web1")));
            assert_eq!(host.courier, Courier::Api(gate));
        }
    }

    #[test]
    fn a_token_is_kept_for_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        for byte in [1, 2] {
            let token = Token::of(&[byte; 20]);
            keep(&path, &token).unwrap();
            assert_eq!(read_token(&path).unwrap(), token);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
