//! `trackle console`: the tickets on the whole screen. Reads beside a running daemon, or from a robot elsewhere; every change
//! goes by the same door as a mailed command, in a transaction of its own. Keys and screens are `show::console`'s; here are
//! the terminal, the tickets, the editor and the shell. Tickets that go away are told, and what was typed is still there.

mod terminal;

use super::desk::As;
use super::note::words;
use super::tickets::Tickets;
use super::{Failed, exit};
use crate::clock::{Clock, SystemClock, instant};
use crate::fault::Outcome;
use crate::model::said::Words;
use crate::model::ticket::Number;
use crate::show::console::{Console, Palette, Site, Wish, Writing};
use crate::show::screen::{self, print};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use terminal::Screen;

/// Between two looks whether somebody else has written.
const LOOK: Duration = Duration::from_millis(500);
/// Looks after which the screen is drawn anew, since what it says of times is old.
const MINUTE: u32 = 120;
/// Whatever was shown for less was not read.
const READ: Duration = Duration::from_millis(500);
/// Sessions of a ticket that are named.
const SESSIONS: usize = 200;

/// Options of `trackle console`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Begin with this ticket.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Option<Number>,
    #[command(flatten)]
    pub who: As,
}

/// Shows it until whoever sits there leaves.
///
/// # Errors
/// A wrong configuration, nobody on staff of that name, no database, no terminal.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        let text = "a console needs a terminal: `trackle list --json` is for programs".into();
        return Err(Failed { text, code: exit::USAGE });
    }
    let mut tickets = Tickets::of(config, &args.who)?;
    tickets.watch();
    let mut open =
        Open { console: Console::new(site(&tickets)), tickets, config, version: None, finds: true };
    if let Some(ticket) = args.ticket {
        open.open(ticket);
    }
    open.until_left()?;
    Ok(ExitCode::SUCCESS)
}

fn site(tickets: &Tickets) -> Site {
    let look = screen::look();
    let palette = Palette { colour: look.colour };
    match tickets {
        Tickets::Here(sitting, _) => {
            let (member, robot) = (sitting.member(), sitting.robot());
            Site {
                login: member.login.clone(),
                own: member.addresses().cloned().collect(),
                logins: robot.members.iter().map(|member| member.login.clone()).collect(),
                values: robot.values.clone(),
                columns: sitting.config().console.columns.clone(),
                palette,
                look,
            }
        }
        Tickets::There(far) => Site {
            login: far.site.login.clone(),
            own: far.site.own.clone(),
            logins: far.site.members.iter().map(|(login, _)| login.clone()).collect(),
            values: far.site.values.clone(),
            columns: far.site.columns.clone(),
            palette,
            look,
        },
    }
}

/// A console at work.
struct Open<'a> {
    console: Console,
    tickets: Tickets,
    config: &'a Path,
    /// What the tickets were like when they were read; `None`: they could not be.
    version: Option<String>,
    /// What is looked for has changed.
    finds: bool,
}

impl Open<'_> {
    fn until_left(&mut self) -> Result<(), Failed> {
        let mut screen = Screen::take()?;
        self.look();
        let (mut is_new, mut quiet) = (true, 0);
        loop {
            if is_new || quiet >= MINUTE {
                self.read(screen.height());
                screen.draw(|frame| self.console.draw(frame, SystemClock.now()))?;
                quiet = 0;
            }
            let Some(key) = screen.key(if self.finds { Duration::ZERO } else { LOOK })? else {
                // nobody types: now there is time to look
                is_new = self.look();
                quiet += 1;
                continue;
            };
            is_new = true;
            match self.console.press(key) {
                Wish::Quit => return Ok(()),
                Wish::Redraw => screen.clear()?,
                Wish::Write(writing) => {
                    let written = screen.aside(|| words::edited_from(&writing.template()))?;
                    self.written(&writing, written);
                }
                Wish::Work(ticket) => {
                    let done = screen.aside(|| self.worked(ticket))?;
                    self.back(done);
                }
                Wish::Log(session) => {
                    let done = screen.aside(|| self.own(&["session", "show", &session.to_string()]))?;
                    self.back(done);
                }
                wish => self.granted(wish),
            }
        }
    }

    /// What needs no terminal.
    fn granted(&mut self, wish: Wish) {
        match wish {
            Wish::Find(_) => self.finds = true,
            Wish::Open(ticket) => self.open(ticket),
            Wish::Say(words) => self.say(&words),
            _ => {}
        }
    }

    /// Reads the lines that are to be seen.
    fn read(&mut self, height: u16) {
        let missing = self.console.missing(height.saturating_sub(2));
        if !missing.is_empty() {
            let lines = self.tickets.lines(&missing);
            self.with(lines, Console::lines);
        }
    }

    /// Reads again what somebody else has changed since, and what is looked for. Gives whether there was anything.
    fn look(&mut self) -> bool {
        let version = self.tickets.version();
        let is_new = match &version {
            Ok(version) => self.version.as_ref() != Some(version),
            // a line that is down is told once, and looked at no more until it is back
            Err(_) => self.tickets.is_here() || self.version.is_some(),
        };
        if !is_new && !self.finds {
            return false;
        }
        self.version = version.ok();
        self.finds = false;
        let found = self.tickets.find(self.console.filter());
        self.with(found, Console::found);
        self.console.outdated();
        if let Some(ticket) = self.console.ticket() {
            self.open(ticket);
        }
        true
    }

    fn open(&mut self, ticket: Number) {
        match self.tickets.story(ticket, SESSIONS) {
            Ok(Some(story)) => self.console.story(story),
            Ok(None) => self.console.failed(format!("there is no ticket {ticket}")),
            Err(fault) => self.console.trouble(fault.doing),
        }
    }

    /// Says it by the door that mail comes by.
    fn say(&mut self, words: &Words) {
        match self.tickets.say(words) {
            Err(why) => self.unsaid(words, &why.text),
            Ok(heard) => {
                self.console.done(heard.why);
                self.finds = true;
                if let Some(ticket) = heard.ticket {
                    self.open(ticket);
                }
            }
        }
    }

    /// What somebody wrote is never lost.
    fn unsaid(&mut self, words: &Words, why: &str) {
        let kept = match words::keep(&words.text) {
            Ok(Some(path)) => format!("; your text is in {}", path.display()),
            Ok(None) => String::new(),
            Err(e) => format!("; your text could not be kept: {e}"),
        };
        if let Some(ticket) = words.about {
            self.open(ticket);
        }
        self.console.failed(format!("{why}{kept}"));
    }

    fn written(&mut self, writing: &Writing, written: Result<String, Failed>) {
        match written.map(|text| writing.words(&text)) {
            Err(why) => self.console.failed(why.text),
            Ok(None) => self.console.tell("no text: nothing was done".into()),
            Ok(Some(words)) => self.say(&words),
        }
    }

    fn worked(&self, ticket: Number) -> Result<(), Failed> {
        self.own(&["work", &ticket.0.to_string(), "--as", self.tickets.login()])
    }

    /// Runs this very program with other words.
    fn own(&self, words: &[&str]) -> Result<(), Failed> {
        let program: PathBuf = std::env::current_exe()?;
        let (mut command, begun) = (Command::new(&program), instant());
        command.arg("--config").arg(self.config).args(words);
        if words.first() == Some(&"session") {
            // here a short page has to wait for a key as well
            command.env("LESS", "R");
        }
        let status = command.status()?;
        if begun.elapsed() < READ {
            print("\nEnter goes back. ")?;
            std::io::stdin().lines().next();
        }
        if status.success() {
            return Ok(());
        }
        Err(Failed { text: format!("`trackle {}` ended with {status}", words.join(" ")), code: exit::FAILED })
    }

    fn back(&mut self, done: Result<(), Failed>) {
        self.finds = true;
        if let Err(why) = done {
            self.console.failed(why.text);
        }
    }

    fn with<T>(&mut self, read: Outcome<T>, take: impl FnOnce(&mut Console, T)) {
        match read {
            Ok(read) => take(&mut self.console, read),
            Err(fault) => self.console.trouble(fault.doing),
        }
    }
}
