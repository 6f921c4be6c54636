//! Where the tickets are: in the database of this machine, or behind the API of a robot elsewhere, as `host.toml` says. In
//! come questions and what a member does, out go the same answers from both. Whoever sits at a screen does not wait for a
//! line that is down: somebody else looks after it, and answers are refused at once until it is back.

use super::desk::{As, Sitting};
use super::line::Line;
use super::post::{self, Post};
use super::{Failed, denied, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::host::Courier;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::api::{self, Gone, Grip, Heard, Note, Turn};
use crate::model::filter::Filter;
use crate::model::lock::Lock;
use crate::model::said::Words;
use crate::model::ticket::Number;
use crate::show::ticket::Story;
use crate::store::Reader;
use crate::store::lists::{Asked, Line as Row, Yardstick};
use crate::store::sessions::Listed;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Between two questions whether anything is new.
const LOOK: Duration = Duration::from_secs(2);

/// The tickets, and who looks at them.
pub enum Tickets {
    Here(Box<Sitting>, Reader),
    There(Box<Far>),
}

/// Tickets behind the API.
pub struct Far {
    pub line: Line,
    pub site: api::Site,
    /// What is known of the line, while somebody looks after it.
    watch: Option<Arc<Mutex<Watch>>>,
}

/// What was seen last.
struct Watch {
    /// What the tickets were like, or why nobody knows.
    seen: Outcome<String>,
    /// Nobody wants to know any more.
    over: bool,
}

/// The way to the API, where this user may not read the robot's own files and `host.toml` names one.
///
/// # Errors
/// A wrong configuration, a token that cannot be read.
pub fn far(config: &Path) -> Result<Option<(Post, Line)>, Failed> {
    let is_here = match std::fs::File::open(config) {
        Ok(_) => denied::owner(&read_config(config)?.robot.state).is_none(),
        Err(_) => false,
    };
    if is_here || post::file().is_none() {
        return Ok(None);
    }
    let Some(post) = Post::here(config)? else { return Ok(None) };
    let Courier::Api(gate) = &post.host.courier else { return Ok(None) };
    let unsent = post.queue().waiting()?.len() as u64;
    let mut line = Line::of(gate)?;
    line.unsent = Some(unsent);
    Ok(Some((post, line)))
}

impl Tickets {
    /// Those of this machine, or of where `host.toml` points.
    ///
    /// # Errors
    /// A wrong configuration, nobody on staff of that name, no database, no answer.
    pub fn of(config: &Path, who: &As) -> Result<Tickets, Failed> {
        let Some((_, line)) = far(config)? else {
            let sitting = Sitting::down(config, who)?;
            let reader = sitting.reader()?;
            return Ok(Tickets::Here(Box::new(sitting), reader));
        };
        Ok(Tickets::There(Box::new(Far::open(line, who)?)))
    }

    /// In whose name it is.
    pub fn login(&self) -> &str {
        match self {
            Tickets::Here(sitting, _) => &sitting.member().login,
            Tickets::There(far) => &far.site.login,
        }
    }

    /// Has somebody look after a line.
    pub fn watch(&mut self) {
        if let Tickets::There(far) = self {
            far.watch();
        }
    }

    /// Words that are others when anything has changed.
    ///
    /// # Errors
    /// When the tickets cannot be seen now.
    pub fn version(&mut self) -> Outcome<String> {
        match self {
            Tickets::Here(sitting, reader) => {
                let version = reader.version();
                if version.is_err()
                    && let Ok(new) = sitting.reader()
                {
                    // a database that was put in its place is another one
                    *reader = new;
                }
                version.map(|version| version.to_string())
            }
            Tickets::There(far) => far.version(),
        }
    }

    /// Whether looking costs nothing.
    pub fn is_here(&self) -> bool {
        matches!(self, Tickets::Here(..))
    }

    /// Those that are looked for.
    ///
    /// # Errors
    /// Those of the database, or of the line.
    pub fn find(&self, filter: &Filter) -> Outcome<Vec<Number>> {
        match self {
            Tickets::Here(sitting, reader) => reader.find(filter, &sitting.member().login),
            Tickets::There(far) => far.up()?.post("find", filter),
        }
    }

    /// Lines of these tickets.
    ///
    /// # Errors
    /// Those of the database, or of the line.
    pub fn lines(&self, wanted: &[Number]) -> Outcome<Vec<Row>> {
        match self {
            Tickets::Here(_, reader) => reader.lines(wanted),
            Tickets::There(far) => {
                let most = wanted.get(..limits::API_LINES).unwrap_or(wanted);
                far.up()?.post("lines", &most)
            }
        }
    }

    /// One ticket, with at most so many sessions.
    ///
    /// # Errors
    /// Those of the database, or of the line; that there is none is `None` only here.
    pub fn story(&self, ticket: Number, sessions: usize) -> Outcome<Option<Story>> {
        match self {
            Tickets::Here(_, reader) => Story::read(reader, ticket, sessions, SystemClock.now()),
            Tickets::There(far) => far.up()?.get(&format!("tickets/{}", ticket.0)).map(Some),
        }
    }

    /// Says something as by mail.
    ///
    /// # Errors
    /// Why nothing was done.
    pub fn say(&self, words: &Words) -> Result<Heard, Failed> {
        match self {
            Tickets::Here(sitting, _) => match sitting.say(words)? {
                Ok(trace) => Ok(Heard { ticket: trace.ticket, why: trace.why }),
                Err(why) => Err(Failed { text: why.to_string(), code: exit::FAILED }),
            },
            Tickets::There(far) => Ok(far.line.post("say", words)?),
        }
    }
}

/// The tickets of a list, open ones the most important first.
///
/// # Errors
/// A wrong configuration, no database, no answer.
pub fn list(config: &Path, asked: &Asked) -> Result<Vec<Row>, Failed> {
    if let Some((_, line)) = far(config)? {
        return Ok(line.post("list", asked)?);
    }
    let config = read_config(config)?;
    let by = Yardstick { values: &config.fields, today: config.schedule().today(SystemClock.now()) };
    Ok(Reader::open(&config.robot.state)?.list(asked.which(), by)?)
}

/// Sessions, the newest first.
///
/// # Errors
/// As [`list`].
pub fn sessions(config: &Path, ticket: Option<Number>, most: usize) -> Result<Vec<Listed>, Failed> {
    let Some((_, line)) = far(config)? else {
        return Ok(Reader::open(&read_config(config)?.robot.state)?.sessions(ticket, most)?);
    };
    let mut all: Vec<Listed> = match ticket {
        None => line.get("sessions")?,
        Some(ticket) => line.get::<Story>(&format!("tickets/{}", ticket.0))?.sessions,
    };
    all.truncate(most);
    Ok(all)
}

/// Every lock.
///
/// # Errors
/// As [`list`].
pub fn locks(config: &Path) -> Result<Vec<(Number, Lock)>, Failed> {
    match far(config)? {
        Some((_, line)) => Ok(line.get("locks")?),
        None => Ok(Reader::open(&read_config(config)?.robot.state)?.look(|tx| tx.locks())?),
    }
}

impl Far {
    /// Asks who is there, and in whose name one speaks.
    ///
    /// # Errors
    /// No answer; a token of somebody else than was named.
    pub fn open(mut line: Line, who: &As) -> Result<Far, Failed> {
        let site: api::Site = line.get("site")?;
        // that was said, and is another number before long
        line.unsent = None;
        if let Some(login) = who.login.as_ref().filter(|login| **login != site.login) {
            let text =
                format!("the token of this host is {}'s, so --as {login} counts for nothing", site.login);
            return Err(Failed { text, code: exit::USAGE });
        }
        Ok(Far { line, site, watch: None })
    }

    /// Does something with a lock. Gives the one that was broken.
    ///
    /// # Errors
    /// Why nothing was done.
    pub fn grip(
        &self,
        ticket: Number,
        process: Option<crate::model::lock::Process>,
        turn: Turn,
    ) -> Outcome<Option<Lock>> {
        self.line.post("locks", &Grip { ticket, process, turn }).map(|gone: Gone| gone.lock)
    }

    /// Writes something down.
    ///
    /// # Errors
    /// Why nothing was done.
    pub fn note(&self, note: &Note) -> Outcome<()> {
        self.line.post("note", note).map(|_: api::Why| ())
    }

    /// What a member is called.
    pub fn called(&self, login: &str) -> String {
        let member = self.site.members.iter().find(|(known, _)| known == login);
        member.map_or_else(|| login.to_owned(), |(_, name)| name.clone())
    }

    fn watch(&mut self) {
        let watch = Arc::new(Mutex::new(Watch { seen: self.line.get("version"), over: false }));
        let (line, shared) = (self.line.clone(), Arc::clone(&watch));
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK);
                if held(&shared).over {
                    return;
                }
                let seen = line.get("version");
                held(&shared).seen = seen;
            }
        });
        self.watch = Some(watch);
    }

    fn version(&self) -> Outcome<String> {
        match &self.watch {
            None => self.line.get("version"),
            Some(watch) => match &held(watch).seen {
                Ok(version) => Ok(version.clone()),
                Err(fault) => Err(Fault { doing: fault.doing.clone(), again: fault.again }),
            },
        }
    }

    /// The line, unless it is known to be down.
    fn up(&self) -> Outcome<&Line> {
        if self.watch.is_some() {
            self.version()?;
        }
        Ok(&self.line)
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            held(watch).over = true;
        }
    }
}

fn held(watch: &Mutex<Watch>) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}
