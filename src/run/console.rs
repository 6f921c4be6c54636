//! `trackle console`: the tickets on the whole screen. Reads beside a running daemon, or from a robot elsewhere; every change
//! goes by the same door as a mailed command, in a transaction of its own. Keys and screens are `show::console`'s; here are
//! the terminal, the tickets, the editor and the shell. Tickets that go away are told, and what was typed is still there;
//! another database in the place of this one holds other tickets, and no word goes to one of them that was meant for a
//! ticket on the screen.

mod ground;
mod signals;
mod terminal;

use super::desk::{As, Sitting};
use super::note::words;
use super::tickets::Tickets;
use super::{Failed, exit};
use crate::clock::{Clock, SystemClock, instant};
use crate::fault::Outcome;
use crate::model::said::Words;
use crate::model::ticket::{Number, State};
use crate::show::console::{Console, Palette, Site, Taken, Wish, Writing};
use crate::show::screen::{self, print};
use crate::store;
use ground::Ground;
use signals::Asked;
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
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() || screen::is_dumb() {
        let text = "a console needs a terminal: `trackle list --json` is for programs".into();
        return Err(Failed { text, code: exit::USAGE });
    }
    let mut tickets = Tickets::of(config, &args.who)?;
    tickets.watch();
    let ground = ground(&tickets, config);
    let mut open = Open {
        console: Console::new(site(&tickets)),
        tickets,
        args,
        ground,
        config,
        version: None,
        finds: true,
    };
    if let Some(ticket) = args.ticket {
        open.open(ticket);
    }
    let left = open.until_left();
    // who leaves by a key has been asked about what he typed
    let typed = open.console.forget();
    if typed.is_empty() {
        return left.map(|()| ExitCode::SUCCESS);
    }
    let why = left.err().map_or_else(|| "the console was ended".to_owned(), |why| why.text);
    Err(Failed { text: format!("{why}{}", whereabouts(&typed.join("\n"))), code: exit::FAILED })
}

/// What the tickets of this machine stand on.
fn ground(tickets: &Tickets, config: &Path) -> Option<Ground> {
    let Tickets::Here(sitting, _) = tickets else { return None };
    Some(Ground::now(database(sitting), config))
}

fn database(sitting: &Sitting) -> PathBuf {
    sitting.config().robot.state.join(store::FILE)
}

/// Keeps a text, and says where it is.
fn whereabouts(text: &str) -> String {
    match words::keep(text) {
        Ok(Some(path)) => format!("; your text is in {}", path.display()),
        Ok(None) => String::new(),
        Err(e) => format!("; your text could not be kept: {e}"),
    }
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

/// What somebody wrote, as he wrote it; with the lines that he did not write himself when nothing else has them.
fn written_out(words: &Words, whole: bool) -> String {
    let is_begin = !words.title.is_empty() && words.text.starts_with(&words.title);
    let title = if is_begin { "" } else { &words.title };
    let lines = if whole { words.commands.join("\n") } else { String::new() };
    let parts = [lines.as_str(), title, &words.text].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// A console at work.
struct Open<'a> {
    console: Console,
    tickets: Tickets,
    args: &'a Args,
    /// `None`: the tickets are elsewhere.
    ground: Option<Ground>,
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
            match screen.asked()? {
                Some(Asked::Leave) => return Ok(()),
                Some(Asked::Stop | Asked::GoOn) => is_new = true,
                None => {}
            }
            if is_new || quiet >= MINUTE {
                self.read(screen.height());
                self.draw(&mut screen)?;
                quiet = 0;
            }
            let Some(key) = screen.key(if self.finds { Duration::ZERO } else { LOOK })? else {
                // nobody types: now there is time to look
                is_new = self.look();
                quiet += 1;
                continue;
            };
            is_new = true;
            // no key means a ticket of another list, or of another database
            if self.finds && !self.console.is_blind(&key) || self.is_other() {
                self.look();
                self.read(screen.height());
            }
            match self.console.press(key) {
                Wish::Quit => return Ok(()),
                wish => self.granted(wish, &mut screen)?,
            }
            if self.console.is_held() {
                screen.forget_keys()?;
            }
        }
    }

    fn granted(&mut self, wish: Wish, screen: &mut Screen) -> Result<(), Failed> {
        match wish {
            Wish::Quit | Wish::Nothing => {}
            Wish::Redraw => screen.clear()?,
            Wish::Find(_) => self.finds = true,
            Wish::Open(ticket) => self.open(ticket),
            Wish::Say(words) => self.say(&words, screen),
            Wish::Write(writing) => {
                let (written, back) = screen.aside(|| words::edited_from(&writing.template()))?;
                // without the terminal too, what was written is said
                self.written(&writing, written, screen);
                back?;
            }
            Wish::Work(ticket) => {
                let (done, back) = screen.aside(|| self.worked(ticket))?;
                self.back(done);
                back?;
            }
            Wish::Log(session) => {
                let (done, back) = screen.aside(|| self.own(&["session", "show", &session.to_string()]))?;
                self.back(done);
                back?;
            }
        }
        Ok(())
    }

    fn draw(&mut self, screen: &mut Screen) -> std::io::Result<()> {
        screen.draw(|frame| self.console.draw(frame, SystemClock.now()))
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
        let is_reconfigured = self.is_reconfigured();
        if is_reconfigured && let Err(why) = self.resit() {
            self.console.failed(why.text);
        }
        if self.is_other() {
            self.move_over("");
        }
        let version = self.tickets.version();
        let is_new = match &version {
            Ok(version) => self.version.as_ref() != Some(version),
            // a line that is down is told once, and looked at no more until it is back
            Err(_) => self.tickets.is_here() || self.version.is_some(),
        };
        if !is_new && !self.finds {
            return is_reconfigured;
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
            Ok(Some(story)) if story.view.ticket.state == State::Unconfirmed => {
                self.console
                    .failed(format!("{ticket} is not confirmed yet: `trackle show {ticket}` shows it"));
            }
            Ok(Some(story)) => self.console.story(story),
            Ok(None) => self.console.failed(format!("there is no ticket {ticket}")),
            Err(fault) => self.console.trouble(fault.doing),
        }
    }

    /// Says it by the door that mail comes by.
    fn say(&mut self, words: &Words, screen: &mut Screen) {
        self.console.tell("storing ...".into());
        // that it cannot be drawn will be seen soon enough
        let _ = self.draw(screen);
        if self.is_reconfigured()
            && let Err(why) = self.resit()
        {
            return self.unsaid(words, &why.text);
        }
        if self.is_other() {
            return self.move_over(&written_out(words, true));
        }
        match self.tickets.say(words) {
            Err(why) => self.unsaid(words, &why.text),
            Ok(heard) => {
                self.console.done(words, heard.why);
                self.finds = true;
                if let Some(ticket) = heard.ticket {
                    self.open(ticket);
                }
            }
        }
    }

    /// What somebody wrote is never lost.
    fn unsaid(&mut self, words: &Words, why: &str) {
        let kept = whereabouts(&written_out(words, false));
        if let Some(ticket) = words.about {
            self.open(ticket);
        }
        self.console.refused();
        if kept.is_empty() {
            self.console.failed(why.to_owned());
        } else {
            self.console.kept(format!("{why}{kept}"));
        }
    }

    fn is_reconfigured(&self) -> bool {
        self.ground.as_ref().is_some_and(Ground::is_reconfigured)
    }

    fn is_other(&self) -> bool {
        self.ground.as_ref().is_some_and(Ground::is_other)
    }

    /// Takes the configuration as it is now: whom a letter goes to is not what it was.
    fn resit(&mut self) -> Result<(), Failed> {
        let Tickets::Here(sitting, _) = &mut self.tickets else { return Ok(()) };
        **sitting = Sitting::down(self.config, &self.args.who)?;
        self.ground = self.ground.as_ref().map(|ground| ground.with_config(database(sitting)));
        self.console.resit(site(&self.tickets));
        Ok(())
    }

    /// Goes over to the database that is there now. What was meant for a ticket of the other one is kept, and not said.
    fn move_over(&mut self, unsaid: &str) {
        let ground = ground(&self.tickets, self.config);
        let Tickets::Here(sitting, held) = &mut self.tickets else { return };
        match sitting.reader() {
            Ok(reader) => {
                *held = reader;
                (self.ground, self.version, self.finds) = (ground, None, true);
            }
            Err(why) if unsaid.is_empty() => return self.console.failed(why.text),
            Err(_) => {}
        }
        let mut typed = self.console.forget();
        typed.retain(|line| !unsaid.lines().any(|said| said == line));
        typed.extend(Some(unsaid.to_owned()).filter(|unsaid| !unsaid.is_empty()));
        let kept = whereabouts(&typed.join("\n"));
        let what = "another database was put in the place of that one, and these are other tickets";
        self.console.kept(format!("{what}{kept}"));
    }

    fn written(&mut self, writing: &Writing, written: Result<Option<String>, Failed>, screen: &mut Screen) {
        let text = match written {
            Err(why) => return self.console.kept(why.text),
            Ok(None) => {
                return self.console.tell("the editor was left without saving: nothing was done".into());
            }
            Ok(Some(text)) => text,
        };
        match writing.words(&text) {
            Taken::Nothing => self.console.tell("no text: nothing was done".into()),
            Taken::Words(words) => self.say(&words, screen),
            Taken::Below => {
                let kept = whereabouts(&text);
                self.console.kept(format!("nothing was done: there are words below the line{kept}"));
            }
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
        // what it says of a failure is not to be wiped away
        if begun.elapsed() < READ || !status.success() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_said_is_kept_whole() {
        let new = Words { title: "No ink".into(), text: "On the\nsecond floor.".into(), ..Words::default() };
        assert_eq!(written_out(&new, false), "No ink\n\nOn the\nsecond floor.");
        let long = Words { title: "No".into(), text: "No ink".into(), ..Words::default() };
        assert_eq!(written_out(&long, false), "No ink");
        let lines = Words { commands: vec!["take".into(), "prio high".into()], ..Words::default() };
        assert_eq!(
            (written_out(&lines, false), written_out(&lines, true)),
            (String::new(), "take\nprio high".into())
        );
    }
}
