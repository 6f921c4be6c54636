//! `trackle admin letters`: the letters and their phrases as text files, out of the program and into the site's own directory, and
//! back. What is taken in was tried on sample values before; what could not be used is refused with its line, and nothing is taken.

use super::ask::agreed;
use super::file;
use crate::config::Config;
use crate::run::{Failed, exit, read_config};
use crate::show::{safe, screen};
use crate::wording;
use crate::write::Wording;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle admin letters`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// For programs: one array with an object for each letter.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "Such as:
  mkdir /etc/trackle/letters; trackle admin set robot.letters /etc/trackle/letters
  trackle admin letters export ticket_opened          into that directory; then edit it
  trackle admin letters export --to drafts            all of them elsewhere
  trackle admin letters import drafts/ticket_opened.txt
  trackle admin letters reset ticket_opened           the built-in one again

Names are those of files: changed.txt, de/changed.txt, phrases.toml, or a whole folder such as de.";

/// What to do about letters.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List them: which are built in, which the site's own, which of those cannot be used.
    List {
        /// For programs: one array with an object for each letter.
        #[arg(long)]
        json: bool,
    },
    /// Write letters as they are now into text files, for editing.
    Export {
        /// Which; a folder means all in it [default: all].
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// The directory [default: robot.letters].
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// Write over files that are there.
        #[arg(long)]
        force: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// Take letters from text files, after they were tried.
    Import {
        /// Files called like letters, or directories of them.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// In whose language single files are, such as de [default: English].
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
        /// Write over the site's own letters of the same name.
        #[arg(long)]
        force: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// Have a built-in letter again.
    Reset {
        /// Which; a folder means all in it.
        #[arg(value_name = "NAME")]
        name: String,
        /// Ask nothing: the site's own one is lost.
        #[arg(long)]
        yes: bool,
    },
    /// Try the site's own ones; exit code 1 when one cannot be used.
    Check {
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
}

/// Texts by their names below a directory.
type Texts = BTreeMap<String, String>;

/// Does it.
///
/// # Errors
/// A wrong configuration, no directory for letters, letters that cannot be used, files that are there, no yes.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    match &args.what {
        None => list(&config, args.json),
        Some(What::List { json }) => list(&config, *json),
        Some(What::Export { names, to, force, json }) => {
            let written = export(&config, names, to.as_deref(), *force)?;
            let lines: String = written.iter().map(|file| format!("{}\n", file.display())).collect();
            told(&lines, &json!({ "files": written }), *json)
        }
        Some(What::Import { files, language, force, json }) => {
            let taken = import(&config, files, language.as_deref(), *force)?;
            let robot = file::tell(&config.robot.state);
            let lines: String = taken.iter().map(|name| format!("{name} is used\n")).collect();
            let both = format!("{lines}{}\n", robot.words());
            told(&both, &json!({ "letters": taken, "robot": robot.word() }), *json)?;
            Ok(robot.code())
        }
        Some(What::Reset { name, yes }) => reset(&config, name, *yes),
        Some(What::Check { json }) => check(&config, *json),
    }
}

/// Those of the program.
fn built_in() -> Texts {
    Wording::originals().into_iter().map(|(name, text)| (name, text.to_owned())).collect()
}

/// The site's own, and what cannot even be read.
fn own(config: &Config) -> Result<(Texts, Texts), Failed> {
    match config.robot.letters.as_deref().filter(|directory| directory.exists()) {
        Some(directory) => read(directory),
        None => Ok(Default::default()),
    }
}

fn read(directory: &Path) -> Result<(Texts, Texts), Failed> {
    let (mut texts, mut wrong) = (Texts::new(), Texts::new());
    for (name, text) in wording::files(directory)? {
        match text {
            Ok(text) => texts.insert(name, text),
            Err(what) => wrong.insert(name, what),
        };
    }
    Ok((texts, wrong))
}

/// What is wrong with letters, by their names.
fn tried(texts: &Texts) -> Texts {
    let wording = Wording::with(texts.clone().into_iter().collect());
    wording.wrong.iter().map(|wrong| (wrong.file.clone(), wrong.to_string())).collect()
}

fn list(config: &Config, json: bool) -> Result<ExitCode, Failed> {
    let (ours, (own, unread)) = (built_in(), own(config)?);
    let mut broken = tried(&own);
    broken.extend(unread);
    let mut all: Vec<(&String, &str)> = Vec::new();
    for name in ours.keys().chain(own.keys()).chain(broken.keys()) {
        let stands = match own.get(name) {
            _ if broken.contains_key(name) => "broken",
            None => "built in",
            Some(text) if ours.get(name) == Some(text) => "own, as built in",
            Some(_) => "own",
        };
        if !all.iter().any(|(known, _)| *known == name) {
            all.push((name, stands));
        }
    }
    all.sort();
    if json {
        let one = |(name, stands): &(&String, &str)| json!({ "name": name, "stands": stands, "why": broken.get(*name) });
        screen::print_json(&all.iter().map(one).collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    let line = |(name, stands): &(&String, &str)| {
        let why = broken.get(*name).map(|why| format!(": {why}")).unwrap_or_default();
        format!("{}\n", safe::line(&format!("{name:<24}  {stands}{why}")))
    };
    screen::print(&all.iter().map(line).collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

fn export(config: &Config, names: &[String], to: Option<&Path>, force: bool) -> Result<Vec<PathBuf>, Failed> {
    let to = to.map_or_else(|| directory(config), |to| Ok(to.to_owned()))?;
    let mut all = built_in();
    // elsewhere they are as people get them now
    if config.robot.letters.as_deref() != Some(to.as_path()) {
        all.extend(own(config)?.0);
    }
    let mut wanted = Texts::new();
    for name in names {
        let before = wanted.len();
        wanted.extend(
            all.iter().filter(|(known, _)| is_meant(name, known)).map(|(n, t)| (n.clone(), t.clone())),
        );
        if wanted.len() == before {
            return Err(unknown(name));
        }
    }
    if names.is_empty() {
        wanted = all;
    }
    take(&to, &wanted, force)?;
    Ok(wanted.keys().map(|name| to.join(name)).collect())
}

fn import(
    config: &Config,
    files: &[PathBuf],
    language: Option<&str>,
    force: bool,
) -> Result<Vec<String>, Failed> {
    let directory = directory(config)?;
    let mut new = Texts::new();
    for file in files {
        let (texts, wrong) = if file.is_dir() { read(file)? } else { (one(file, language)?, Texts::new()) };
        if let Some((name, why)) = wrong.first_key_value() {
            return Err(Failed { text: format!("{name}: {why}; nothing was taken"), code: exit::DATA });
        }
        new.extend(texts);
    }
    if new.is_empty() {
        return Err(failed("there are no letters: files end in .txt, phrases are in phrases.toml".into()));
    }
    let wrong: Vec<String> = tried(&new).into_values().collect();
    if !wrong.is_empty() {
        return Err(Failed { text: format!("{}\nnothing was taken", wrong.join("\n")), code: exit::DATA });
    }
    take(&directory, &new, force)?;
    Ok(new.into_keys().collect())
}

/// A single file, by its name.
fn one(file: &Path, language: Option<&str>) -> Result<Texts, Failed> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = language.map_or_else(|| name.to_string(), |code| format!("{code}/{name}"));
    let text = wording::text(file)
        .map_err(|why| Failed { text: format!("{}: {why}", file.display()), code: exit::DATA })?;
    Ok(Texts::from([(name, text)]))
}

fn reset(config: &Config, name: &str, yes: bool) -> Result<ExitCode, Failed> {
    let (directory, (own, wrong)) = (directory(config)?, own(config)?);
    let found: Vec<&String> = own.keys().chain(wrong.keys()).filter(|known| is_meant(name, known)).collect();
    if found.is_empty() {
        return Err(failed(format!("the site has no {name} of its own: see `trackle admin letters`")));
    }
    let ours = built_in();
    if found.iter().any(|name| ours.get(*name) != own.get(*name)) {
        let names: Vec<&str> = found.iter().map(|name| name.as_str()).collect();
        agreed(&format!("The site's own {} would be lost. Take the built-in words?", names.join(", ")), yes)?;
    }
    for name in &found {
        let path = directory.join(name);
        std::fs::remove_file(&path).map_err(|e| failed(format!("removing {}: {e}", path.display())))?;
    }
    let gone: String = found.iter().map(|name| format!("{name} is the built-in one again\n")).collect();
    let robot = file::tell(&config.robot.state);
    screen::print(&format!("{}{}\n", safe::block(&gone), robot.words()))?;
    Ok(robot.code())
}

fn check(config: &Config, json: bool) -> Result<ExitCode, Failed> {
    let (own, unread) = own(config)?;
    let mut wrong: Vec<String> = unread.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    wrong.extend(tried(&own).into_values());
    if json {
        screen::print_json(&json!({ "own": own.len() + unread.len(), "wrong": wrong }))?;
        return Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) });
    }
    if wrong.is_empty() {
        screen::print(&format!("{} of the site's own, all can be used\n", own.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Err(failed(format!("{}\nthe built-in words stand in their place", wrong.join("\n"))))
}

/// Says what was done.
fn told(words: &str, programs: &Value, json: bool) -> Result<ExitCode, Failed> {
    if json {
        screen::print_json(programs)?
    } else {
        screen::print(&safe::block(words))?
    };
    Ok(ExitCode::SUCCESS)
}

/// Whether a name means that file: `changed`, `changed.txt`, `de/changed`, or its folder.
fn is_meant(name: &str, known: &str) -> bool {
    let name = name.trim_end_matches('/');
    let bare = known.strip_suffix(".txt").or_else(|| known.strip_suffix(".toml"));
    name == known || bare == Some(name) || known.split_once('/').is_some_and(|(folder, _)| folder == name)
}

/// Where the site's own letters are.
fn directory(config: &Config) -> Result<PathBuf, Failed> {
    let none = "this site has no directory for letters: `trackle admin set robot.letters /etc/trackle/letters` names one";
    config.robot.letters.clone().ok_or_else(|| failed(none.into()))
}

/// Writes texts into a directory, each whole or not at all; first it is seen whether anything stands in the way.
fn take(to: &Path, texts: &Texts, force: bool) -> Result<(), Failed> {
    let stands = |(name, text): &(&String, &String)| {
        std::fs::read(to.join(name)).is_ok_and(|there| there != text.as_bytes())
    };
    if let Some((name, _)) = texts.iter().find(stands).filter(|_| !force) {
        let path = to.join(name);
        return Err(failed(format!(
            "{} is there and says something else: --force writes over it",
            path.display()
        )));
    }
    for (name, text) in texts {
        let path = to.join(name);
        let written = write(&path, text);
        written.map_err(|e| failed(format!("writing {}: {e}", path.display())))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    let mut file = tempfile::Builder::new().prefix(".").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    // the robot's user reads what root writes
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn unknown(name: &str) -> Failed {
    failed(format!("no letter is called {name}: see `trackle admin letters`"))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
