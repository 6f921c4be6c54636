//! `trackle init`: the first run. It asks what has to be decided, tries all of it by the code of `trackle check`, lets
//! whoever sits there mend what does not work, and writes the configuration. Each answer has a flag; where nobody sits,
//! flags are all there is. Sends nothing, and writes nothing before it has been tried.

mod again;
mod answers;
mod end;
mod files;
mod flags;
mod guesses;
mod last;
mod page;
mod prose;
mod questions;
mod talk;
mod terminal;
mod trouble;
mod written;

use super::account::{self, Account};
use super::{Failed, check, exit, post};
use crate::config::Config;
use crate::show::checks::{self, Check};
use crate::show::{safe, screen};
use answers::Answers;
pub use flags::Args;
use guesses::Land;
use last::Machine;
use questions::Question;
use std::io;
use std::net::ToSocketAddrs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use talk::{Next, Sitter};
use terminal::Terminal;
use trouble::Trouble;

/// For a name in the network, while somebody waits for a question.
const PATIENCE: Duration = Duration::from_millis(400);

/// Asks, tries, writes.
///
/// # Errors
/// A configuration that is there, a flag that is wrong, flags that are missing, a trial that failed where nobody can mend it,
/// files that cannot be written.
pub fn run(config: Option<&Path>, args: &Args) -> Result<ExitCode, Failed> {
    let land = land(config)?;
    files::ready(&land.config, args.force)?;
    let mut answers = flags::answered(args)?;
    let mut terminal = Terminal::here();
    if let Some(terminal) = &mut terminal {
        let tried = if args.untried { "" } else { ", after it has been tried" };
        terminal.say(&format!(
            "This writes {}{tried}.\nEnter takes what stands in [brackets]; Ctrl-C ends it.\n",
            land.config.display()
        ));
    }
    let talked = talk(&mut answers, &land, args, terminal.as_mut().map(|t| t as &mut dyn Sitter));
    // what was typed once is not typed twice
    talked.map_err(|failed| match again::line(&answers).filter(|_| terminal.is_some()) {
        Some(flags) => {
            Failed { text: format!("{}; to go on:\n  {}", failed.text, call(config, &flags)), ..failed }
        }
        None => failed,
    })?;
    let places = files::places(&land.config);
    let text = written::text(&answers, &places);
    // untried or not: what the robot would refuse to read is no configuration
    Config::parse(&text, land.base())
        .map_err(|wrong| Failed { text: wrong.to_string(), code: exit::DATA })?;
    let passwords: Vec<_> = answers.typed(&places).collect();
    files::write(&land.config, &text, &passwords, args.force)?;
    let mut text = format!("\nWritten: {}\n", land.config.display());
    for (path, _) in &passwords {
        text.push_str(&format!("         {} (a password)\n", path.display()));
    }
    text.push_str(&format!("\n{}", last::lines(&answers, &machine(&land.config))));
    screen::print(&prose::wrapped(&safe::block(&text), screen::look().width))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks, and tries.
fn talk(
    answers: &mut Answers,
    land: &Land,
    args: &Args,
    mut sitter: Option<&mut (dyn Sitter + '_)>,
) -> Result<(), Failed> {
    talk::fill(answers, land, args.yes, sitter.as_deref_mut())?;
    if args.untried { Ok(()) } else { mended(answers, land, sitter) }
}

/// As it is called with these flags.
fn call(config: Option<&Path>, flags: &str) -> String {
    let config = config.map(|path| format!("--config {} ", again::quoted(&path.to_string_lossy())));
    format!("trackle {}init {flags}", config.unwrap_or_default())
}

/// Tries until nothing is wrong, or whoever sits there wants it as it is.
fn mended(
    answers: &mut Answers,
    land: &Land,
    mut sitter: Option<&mut (dyn Sitter + '_)>,
) -> Result<(), Failed> {
    loop {
        let troubles = tried(answers, land, sitter.as_deref_mut())?;
        if troubles.is_empty() {
            return Ok(());
        }
        let Some(sitter) = sitter.as_deref_mut() else {
            let text =
                "nothing was written: mend what is wrong, or write it all the same with --untried".into();
            return Err(Failed { text, code: exit::FAILED });
        };
        let mut again: Vec<Question> = Vec::new();
        for question in troubles.into_iter().flat_map(|trouble| trouble.ask) {
            if !again.contains(&question) {
                again.push(question);
            }
        }
        if talk::correct(&again, answers, land, sitter)? == Next::Write {
            return Ok(());
        }
    }
}

/// One trial: what was found is shown, with the remedies.
fn tried(
    answers: &Answers,
    land: &Land,
    sitter: Option<&mut (dyn Sitter + '_)>,
) -> Result<Vec<Trouble>, Failed> {
    if let Some(sitter) = sitter {
        sitter.say("\nTrying all of it, for ten seconds at most; nothing is sent …");
    }
    let kept = files::keep()?;
    for (path, password) in answers.typed(&kept.places) {
        std::fs::write(path, password)?;
    }
    let troubles = match Config::parse(&written::text(answers, &kept.places), land.base()) {
        Err(wrong) => {
            let complaints = wrong.complaints.iter();
            let found = complaints.map(|c| Check::wrong("config", format!("{}: {}", c.field, c.text)));
            tell(&found.collect::<Vec<_>>())?;
            trouble::complained(&wrong)
        }
        Ok(config) => {
            let found = check::tried(&config)?;
            tell(&found)?;
            trouble::found(&found, answers)
        }
    };
    screen::print(&trouble::advice(&troubles, &screen::look()))?;
    Ok(troubles)
}

fn tell(found: &[Check]) -> io::Result<()> {
    screen::print(&checks::page(found, &screen::look()))
}

/// Where this runs.
fn land(config: Option<&Path>) -> Result<Land, Failed> {
    let config = match config {
        Some(path) => std::path::absolute(path)?,
        None => post::directory()?.join("trackle.toml"),
    };
    let is_root = rustix::process::geteuid().is_root();
    let state = post::state_directory().filter(|_| !is_root).map(|dir| dir.join("trackle"));
    // whoever became root is somebody
    let login = if is_root { account::variable("SUDO_USER") } else { Some(Account::here().name.into()) };
    let login = login.and_then(|login| login.into_string().ok()).filter(|login| login != "root");
    Ok(Land {
        config,
        state: state.unwrap_or_else(|| PathBuf::from("/var/lib/trackle")),
        domain: mail_domain(),
        person: login.map(|login| {
            let name = account::full_name(&login).unwrap_or_default();
            (login, name)
        }),
        knows: Box::new(is_known),
    })
}

/// As Debian's mail servers have it.
fn mail_domain() -> Option<String> {
    let text = std::fs::read_to_string("/etc/mailname").ok()?;
    let domain = text.trim();
    // a bare host name is nobody's mail domain
    answers::bare_address(&format!("help@{domain}"))
        .ok()
        .filter(|_| domain.contains('.'))
        .map(|_| domain.to_owned())
}

/// Whether a host has an address; who does not answer soon, knows none.
fn is_known(host: &str) -> bool {
    let (tell, told) = mpsc::channel();
    let place = (host.to_owned(), 993);
    std::thread::spawn(move || {
        tell.send(place.to_socket_addrs().is_ok_and(|mut found| found.next().is_some()))
    });
    told.recv_timeout(PATIENCE).unwrap_or(false)
}

fn machine(config: &Path) -> Machine {
    const UNITS: [&str; 3] = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
    Machine {
        config: config.to_owned(),
        is_found: config == super::found(),
        program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/usr/local/bin/trackle")),
        is_root: rustix::process::geteuid().is_root(),
        has_user: account::numbers(files::ROBOT).is_some(),
        has_unit: UNITS.iter().any(|dir| Path::new(dir).join("trackle.service").exists()),
    }
}
