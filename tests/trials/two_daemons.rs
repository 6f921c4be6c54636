//! B15: two daemons are started at once on one state directory, again and again, while mail comes in. Exactly one of them
//! lives, the other says why it does not; and when the first is killed, its successor starts.

use crate::row::{Row, Trial};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The row.
pub const ROW: Row = Row {
    name: "B15",
    about: "of two daemons exactly one lives",
    unit: "races",
    amounts: [15, 500, 2_000],
    trial: |trial| races(trial, ["state", "state"]),
    // with a state each, nothing holds the second one back
    control: |trial| races(trial, ["state", "other"]),
};

/// How long the loser may take to give up.
const PATIENCE: Duration = Duration::from_secs(10);

fn races(trial: &Trial<'_>, states: [&str; 2]) -> Result<String, String> {
    let dir = crate::town::home();
    for (name, state) in ["one", "two"].iter().zip(states) {
        fs::write(dir.path().join(format!("{name}.toml")), config(state)).map_err(|e| e.to_string())?;
    }
    fs::create_dir_all(dir.path().join("in/new")).map_err(|e| e.to_string())?;
    let mut mails = 0;
    for seed in trial.seeds() {
        let name = format!("in/new/1795219200.M{seed}.x");
        let mail = format!(
            "From: p{seed}@example.net\nSubject: Race {seed}\nMessage-ID: <{seed}@example.net>\n\nGo.\n"
        );
        fs::write(dir.path().join(name), mail).map_err(|e| e.to_string())?;
        mails += 1;
        race(dir.path(), mails).map_err(|what| format!("race {seed}: {what}"))?;
        trial.step();
    }
    Ok(format!("{mails} mails, each handled once"))
}

fn config(state: &str) -> String {
    format!(
        "[robot]\naddress = \"help@example.org\"\nstate = \"{state}\"\n[staff]\nlist = \"team@example.org\"\n\
         [[staff.member]]\nlogin = \"ann\"\naddress = \"ann@example.org\"\n[[mailbox]]\nkind = \"maildir\"\npath = \"in\"\n\
         [courier]\nkind = \"maildir\"\npath = \"out\"\n"
    )
}

/// A daemon; killed when it is dropped.
struct Daemon(Child);

impl Daemon {
    fn start(dir: &Path, name: &str) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.arg("--config").arg(dir.join(format!("{name}.toml"))).args(["serve", "--quiet"]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        Daemon(command.env_remove("TRACKLE_LOG").spawn().expect("the program starts"))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn race(dir: &Path, mails: usize) -> Result<(), String> {
    let mut both = [Daemon::start(dir, "one"), Daemon::start(dir, "two")];
    let begun = Instant::now();
    let loser = loop {
        if let Some(at) = (0..2).find(|at| matches!(both[*at].0.try_wait(), Ok(Some(_)))) {
            break at;
        }
        if begun.elapsed() > PATIENCE {
            return Err("both live".into());
        }
        sleep(Duration::from_millis(5));
    };
    let mut said = String::new();
    let told = both[loser].0.stderr.take().map(|mut err| err.read_to_string(&mut said));
    if !matches!(told, Some(Ok(_))) || !said.contains("another trackle works on this state directory") {
        return Err(format!("the loser said {said:?}"));
    }
    // the winner works: the mail of this race is handled, once
    let begun = Instant::now();
    while handled(dir)? < mails {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{} of {mails} mails are handled", handled(dir)?));
        }
        sleep(Duration::from_millis(5));
    }
    match both[1 - loser].0.try_wait() {
        Ok(None) if handled(dir)? == mails => Ok(()),
        Ok(None) => Err("a mail was handled twice".into()),
        _ => Err("both gave up".into()),
    }
}

/// How many tickets there are.
fn handled(dir: &Path) -> Result<usize, String> {
    let path = dir.join("state/trackle.db");
    let db = rusqlite::Connection::open(path).map_err(|e| e.to_string())?;
    db.busy_timeout(PATIENCE).map_err(|e| e.to_string())?;
    db.query_row("SELECT count(*) FROM ticket", [], |row| row.get(0)).map_err(|e| e.to_string())
}
