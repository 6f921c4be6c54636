//! `trackle demo`: the main job on an embedded default. A temporary directory with Maildirs in and out, the daemon's
//! own code, and a short play: a request, its confirmation, the staff thread, a vacation message that is rightly
//! ignored, a command, a follow-up with a file, a recorded shell whose changes stand in the thread, the end. Needs no
//! server, no root, no configuration.

mod people;
mod print;
mod shell;

use super::{Failed, exit};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::daemon::{self, Ended, Hub};
use crate::drop;
use crate::fault::{Fault, Outcome};
use crate::model::ticket::Number;
use crate::store::Reader;
use people::{ALICE, ANNA, Mailed, Person, Written};
use print::Screen;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Options of `trackle demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Play in this directory (made when missing) instead of a new one below the system's temporary directory.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Go on serving the directory after the play, until interrupted.
    #[arg(long)]
    pub serve: bool,
}

/// Plays.
///
/// # Errors
/// When the directory cannot be used, or holds something that is not an earlier play's.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    let base = match &args.keep {
        Some(dir) => dir.clone(),
        // it outlives the play, to be opened with a mail program; the system clears its temporary directory by itself
        None => tempfile::Builder::new().prefix("trackle-demo-").tempdir()?.keep(),
    };
    let stage = Stage::set(&base)?;
    let mut screen = Screen::new();
    screen.title("Trackle, a short play: one request from the first mail to the last");
    play(&stage, &mut screen)?;
    screen.threads(&stage.threads()?);
    screen.closing(&stage.base, &stage.config_path, args.serve);
    if args.serve {
        stage.serve()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The directory with everything in it.
struct Stage {
    base: PathBuf,
    config_path: PathBuf,
    config: Config,
    hub: Arc<Hub>,
    runtime: Runtime,
}

const CONFIG: &str = r#"# Written by `trackle demo`. Mail comes from one Maildir and goes into others; no server is used.
[robot]
address = "help@demo.example"
name = "Help desk"
state = "state"

[staff]
list = "staff@demo.example"

[[staff.member]]
login = "anna"
name = "Anna Berg"
address = "anna@demo.example"

[[staff.member]]
login = "bob"
name = "Bob Stone"
address = "bob@demo.example"

[[mailbox]]
kind = "maildir"
path = "help"

[courier]
kind = "maildir"
path = "mail"

[identity]
# The demo's people send through a mail server that says who they are, as yours can.
authserv_id = ["mx.demo.example"]
mx_hosts = ["mx.demo.example"]
"#;

impl Stage {
    fn set(base: &Path) -> Result<Stage, Failed> {
        let taken = base.read_dir().is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            let text = format!("{} is not empty; the demo wants a directory of its own", base.display());
            return Err(Failed { text, code: exit::FAILED });
        }
        std::fs::create_dir_all(base)?;
        let base = base.canonicalize()?;
        let config_path = base.join("trackle.toml");
        std::fs::write(&config_path, CONFIG)?;
        let config = super::read_config(&config_path)?;
        let hub = daemon::open(&config, Arc::new(SystemClock))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Stage { base, config_path, config, hub, runtime })
    }

    /// Puts a mail where the robot looks, lets the robot work, and gives the letters that came of it.
    fn send(&self, mail: &Written) -> Outcome<Vec<Mailed>> {
        let before = self.letters()?;
        drop::into_maildir(&self.base.join("help"), mail.bytes.as_bytes(), &drop::unique(self.hub.now()))?;
        self.carry(&before)
    }

    /// Lets the robot work; gives the letters that were not there before.
    fn carry(&self, before: &[Mailed]) -> Outcome<Vec<Mailed>> {
        let ends = daemon::ends(&self.config)?;
        let troubles = self.runtime.block_on(daemon::once(&self.hub, ends))?;
        if let Some(trouble) = troubles.first() {
            return Err(Fault::lasting(trouble.clone()));
        }
        let after = self.letters()?;
        Ok(after.into_iter().filter(|l| !before.iter().any(|b| b.path == l.path)).collect())
    }

    /// Every letter that the robot has sent so far, in the order of its sending.
    fn letters(&self) -> Outcome<Vec<Mailed>> {
        let mut all = Vec::new();
        let Ok(boxes) = self.base.join("mail").read_dir() else { return Ok(all) };
        for mailbox in boxes.flatten() {
            let Ok(new) = mailbox.path().join("new").read_dir() else { continue };
            for file in new.flatten() {
                all.push(Mailed::read(&file.path(), &mailbox.file_name().to_string_lossy())?);
            }
        }
        all.sort_by(|a, b| (a.order(), &a.to).cmp(&(b.order(), &b.to)));
        Ok(all)
    }

    /// The letters by mailbox, for the closing view.
    fn threads(&self) -> Outcome<Vec<(String, Vec<Mailed>)>> {
        let mut boxes: Vec<(String, Vec<Mailed>)> = Vec::new();
        for letter in self.letters()? {
            match boxes.iter_mut().find(|(name, _)| *name == letter.to) {
                Some((_, letters)) => letters.push(letter),
                None => boxes.push((letter.to.clone(), vec![letter])),
            }
        }
        Ok(boxes)
    }

    fn serve(&self) -> Result<(), Failed> {
        let ended = self.runtime.block_on(async {
            let (tell, told) = watch::channel(None);
            let mut int = signal(SignalKind::interrupt()).map_err(Fault::from)?;
            let mut term = signal(SignalKind::terminate()).map_err(Fault::from)?;
            tokio::spawn(async move {
                tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} }
                tell.send_replace(Some(Ended::Stop));
            });
            daemon::run(&self.hub, daemon::ends(&self.config)?, told).await
        })?;
        debug_assert_eq!(ended, Ended::Stop);
        Ok(())
    }
}

/// The play itself.
fn play(stage: &Stage, screen: &mut Screen) -> Result<(), Failed> {
    screen.scene("A request", "Alice has never written here before.");
    let request = ALICE.write("Printer on the 3rd floor", REQUEST, stage.hub.now());
    let question = one(step(stage, screen, &request)?, ALICE)?;

    screen.scene("The confirmation", "Nobody was disturbed yet. Alice presses reply; that is all.");
    let told = step(stage, screen, &ALICE.answer(&question, "Yes, that was me.", stage.hub.now()))?;
    let (thread, opened) = (one_of(&told, "staff@demo.example")?, one_of(&told, ALICE.address)?);

    screen.scene(
        "A robot",
        "Alice's mail program says she is at lunch. Robots are not answered, and open nothing.",
    );
    let away = ALICE.vacation(&opened, stage.hub.now());
    step(stage, screen, &away)?;

    screen.scene(
        "Somebody takes it",
        "Anna reads the staff list, and answers. Her first lines are for Trackle.",
    );
    let taken = step(stage, screen, &ANNA.answer(&thread, TAKE, stage.hub.now()))?;
    let news = one_of(&taken, ALICE.address)?;

    screen.scene("A follow-up", "Alice answers the mail she got, with a picture.");
    let photo = ALICE.answer_with_file(&news, PHOTO_TEXT, stage.hub.now());
    let passed_on = step(stage, screen, &photo)?;
    let last = one_of(&passed_on, "staff@demo.example")?;

    screen.scene(
        "The work itself",
        "Anna changes a file in a recorded shell. Nobody writes down what she did; it stands in the thread.",
    );
    let before = stage.letters()?;
    screen.typed(shell::TYPED, &shell::work(stage)?);
    screen.letters(&stage.carry(&before)?);

    screen.scene("The end", "Anna closes it, with words for Alice.");
    let close = "close: The roller was worn; there is a new one in it now.";
    step(stage, screen, &ANNA.answer(&last, close, stage.hub.now()))?;

    let reader = Reader::open(&stage.config.robot.state)?;
    screen.ticket(reader.view(Number(1), SystemClock.now())?.as_ref(), &reader.history(Number(1))?);
    Ok(())
}

const REQUEST: &str = "Hello,\n\nthe printer next to room 3.12 pulls in two sheets at a time and then stops.\n\
    Could somebody have a look? I need forty pages by Thursday.\n\nAlice\n";
const TAKE: &str = "take\nprio high\n\nOn my way with a new roller.";
const PHOTO_TEXT: &str = "Thank you! Here is what the last page looked like.";

/// Sends a mail, shows it, and shows what came of it.
fn step(stage: &Stage, screen: &mut Screen, mail: &Written) -> Result<Vec<Mailed>, Failed> {
    screen.mail(mail);
    let letters = stage.send(mail)?;
    screen.letters(&letters);
    Ok(letters)
}

fn one(letters: Vec<Mailed>, to: Person) -> Result<Mailed, Failed> {
    one_of(&letters, to.address)
}

fn one_of(letters: &[Mailed], to: &str) -> Result<Mailed, Failed> {
    letters.iter().find(|l| l.to == to).cloned().ok_or_else(|| Failed {
        text: format!("the play went wrong: no letter to {to}; please report this as a defect"),
        code: exit::FAILED,
    })
}
