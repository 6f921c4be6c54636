//! `trackle admin get`, `set` and `unset`: the settings of the configuration one by one, those that it says nothing of with their
//! defaults. What the program knows of them stands in `config.example.toml`. No password is a setting.

use super::file::{Changed, Sheet};
use crate::config::change::{self, Place, Said};
use crate::config::known::{self, Known};
use crate::run::{Failed, exit};
use crate::show::{safe, screen};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin get`.
#[derive(Debug, clap::Args)]
#[command(after_help = GET)]
pub struct Get {
    /// Such as robot.name, mailbox.2.host, staff.member.ann.name, or a whole section such as policy [default: all].
    #[arg(value_name = "SETTING")]
    pub setting: Option<String>,
    /// For programs: one array with an object for each setting.
    #[arg(long)]
    pub json: bool,
}

const GET: &str = "Such as:
  trackle admin get policy               a section, with defaults
  trackle admin get robot.name           the value alone; exit code 1 when there is none";

/// Options of `trackle admin set`.
#[derive(Debug, clap::Args)]
#[command(after_help = SET)]
pub struct Set {
    /// Such as robot.name or mailbox.2.host.
    #[arg(value_name = "SETTING")]
    pub setting: String,
    /// What it is to be; a list takes several, or [] for none.
    #[arg(value_name = "VALUE", required = true)]
    pub values: Vec<String>,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

const SET: &str = "Such as:
  trackle admin set robot.name 'Help desk'
  trackle admin set digest.to ann@example.org bob@example.org
  trackle admin set policy.confirm_tickets false

All else in the file stays as it is, comments too. A change that would make the configuration wrong is refused; after
another one a robot that runs is told to read it again.";

/// Options of `trackle admin unset`.
#[derive(Debug, clap::Args)]
pub struct Unset {
    /// Such as robot.name: its default holds again.
    #[arg(value_name = "SETTING")]
    pub setting: String,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

/// Shows settings.
///
/// # Errors
/// A configuration that cannot be read, no such setting.
pub fn get(config: &Path, args: &Get) -> Result<ExitCode, Failed> {
    let text = std::fs::read_to_string(config)
        .map_err(|e| Failed { text: format!("reading {}: {e}", config.display()), code: exit::CONFIG })?;
    let section = args.setting.as_deref();
    let all = match section {
        Some(name) if !is_section(name) => {
            let (known, place) = named(&text, name)?;
            let stands = Stands::of(&text, &known, place, name.to_owned())?;
            if args.json {
                screen::print_json(&stands.json())?;
                return Ok(ExitCode::SUCCESS);
            }
            let value = stands.said.or(known.default);
            let Some(value) = value else { return Err(failed(format!("{name} is not set"))) };
            screen::print(&bare(&value))?;
            return Ok(ExitCode::SUCCESS);
        }
        section => every(&text, section)?,
    };
    if args.json {
        screen::print_json(&all.iter().map(Stands::json).collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    let lines: String = all.iter().map(|stands| format!("{}\n", safe::line(&stands.line()))).collect();
    screen::print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Changes a setting.
///
/// # Errors
/// No such setting, a value that it cannot have, a file that cannot be changed.
pub fn set(config: &Path, args: &Set) -> Result<ExitCode, Failed> {
    let sheet = Sheet::open(config)?;
    let (known, place) = named(sheet.text(), &args.setting)?;
    let value = value(&known, &args.values)?;
    let text = change::set(sheet.text(), &place, &value).map_err(stuck)?;
    tell(&sheet.write(text)?, args.json)
}

/// Has its default hold again.
///
/// # Errors
/// No such setting, one that has to be there, a file that cannot be changed.
pub fn unset(config: &Path, args: &Unset) -> Result<ExitCode, Failed> {
    let sheet = Sheet::open(config)?;
    let (_, place) = named(sheet.text(), &args.setting)?;
    let text = change::unset(sheet.text(), &place).map_err(stuck)?;
    tell(&sheet.write(text)?, args.json)
}

/// Says what was changed.
pub fn tell(changed: &Changed, json: bool) -> Result<ExitCode, Failed> {
    if json {
        screen::print_json(&changed.json())?
    } else {
        screen::print(&changed.words())?
    };
    Ok(changed.code())
}

/// The text of a configuration that cannot be changed as it is.
pub fn stuck(why: change::Stuck) -> Failed {
    Failed { text: why.0, code: exit::CONFIG }
}

/// How a setting stands.
struct Stands {
    name: String,
    said: Option<Said>,
    default: Option<Said>,
    about: String,
}

impl Stands {
    fn of(text: &str, known: &Known, place: Place, name: String) -> Result<Stands, Failed> {
        let said = change::said(text, &place).map_err(stuck)?;
        Ok(Stands { name, said, default: known.default.clone(), about: known.about.clone() })
    }

    fn line(&self) -> String {
        match (&self.said, &self.default) {
            (Some(said), _) => format!("{} = {said}", self.name),
            (None, Some(default)) => format!("#{} = {default}", self.name),
            (None, None) => format!("##{}", self.name),
        }
    }

    fn json(&self) -> Value {
        let value = |said: &Option<Said>| match said {
            None => Value::Null,
            Some(Said::Word(word)) => json!(word),
            Some(Said::Number(number)) => json!(number),
            Some(Said::Flag(flag)) => json!(flag),
            Some(Said::Words(words)) => json!(words),
        };
        let stands = if self.said.is_some() { &self.said } else { &self.default };
        json!({
            "setting": self.name,
            "value": value(stands),
            "is_set": self.said.is_some(),
            "default": value(&self.default),
            "about": self.about,
        })
    }
}

/// A value alone; a list has a line for each.
fn bare(value: &Said) -> String {
    match value {
        Said::Word(word) => format!("{}\n", safe::line(word)),
        Said::Words(words) => words.iter().map(|word| format!("{}\n", safe::line(word))).collect(),
        Said::Number(_) | Said::Flag(_) => format!("{value}\n"),
    }
}

fn is_section(name: &str) -> bool {
    known::all().iter().any(|known| known.table == name)
}

/// All settings of a section, or all that there are, each as often as there are tables with it.
fn every(text: &str, section: Option<&str>) -> Result<Vec<Stands>, Failed> {
    let mut all = Vec::new();
    let known = known::all();
    let mut tables: Vec<&str> = known.iter().map(|known| known.table.as_str()).collect();
    tables.dedup();
    for table in tables.into_iter().filter(|table| section.is_none_or(|section| section == *table)) {
        let settings: Vec<&Known> = known.iter().filter(|known| known.table == table).collect();
        let is_repeated = settings.iter().any(|known| known.is_repeated());
        let count = if is_repeated { change::count(text, table).map_err(stuck)? } else { 1 };
        for at in 0..count {
            for known in &settings {
                let place = Place { table: table.to_owned(), at, key: known.key.clone() };
                let name =
                    if is_repeated { format!("{table}.{}.{}", at + 1, known.key) } else { known.name() };
                all.push(Stands::of(text, known, place, name)?);
            }
        }
    }
    Ok(all)
}

/// The setting of that name: one of several tables is told by its number, a member also by the login.
fn named(text: &str, name: &str) -> Result<(Known, Place), Failed> {
    let nothing =
        || failed(format!("there is no setting {name}: `trackle admin get` lists them{}", hint(name)));
    let (above, key) = name.rsplit_once('.').ok_or_else(nothing)?;
    let all = known::all();
    let find = |table: &str| all.iter().find(|known| known.table == table && known.key == key).cloned();
    let place = |table: &str, at| Place { table: table.to_owned(), at, key: key.to_owned() };
    if let Some(known) = find(above) {
        let count = if known.is_repeated() { change::count(text, above).map_err(stuck)? } else { 1 };
        return match count {
            1 => Ok((known, place(above, 0))),
            0 => Err(failed(format!("there is no [[{above}]] in the configuration"))),
            more => {
                Err(failed(format!("there are {more} of [[{above}]]: say which, such as {above}.1.{key}")))
            }
        };
    }
    let (table, which) = above.rsplit_once('.').ok_or_else(nothing)?;
    let known = find(table).filter(Known::is_repeated).ok_or_else(nothing)?;
    let count = change::count(text, table).map_err(stuck)?;
    let login = |at: &usize| {
        let place = Place { table: table.to_owned(), at: *at, key: "login".into() };
        matches!(change::said(text, &place), Ok(Some(Said::Word(login))) if login.eq_ignore_ascii_case(which))
    };
    let number =
        which.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < count);
    match number.or_else(|| (0..count).find(login)) {
        Some(at) => Ok((known, place(table, at))),
        None => Err(failed(format!("there is no {which} among the {count} of [[{table}]]"))),
    }
}

fn hint(name: &str) -> &'static str {
    if name.ends_with("password") {
        "; no password is one: say where it is found with password_file, password_command or password_env"
    } else {
        ""
    }
}

/// What was typed, as such a setting has it.
fn value(known: &Known, typed: &[String]) -> Result<Said, Failed> {
    let name = known.name();
    let usage = |text: String| Failed { text, code: exit::USAGE };
    if let Said::Words(_) = known.example {
        return match typed {
            [none] if none == "[]" => Ok(Said::Words(Vec::new())),
            words => Ok(Said::Words(words.to_vec())),
        };
    }
    let [one] = typed else {
        return Err(usage(format!("{name} takes one value, in quotes if it has blanks")));
    };
    match known.example {
        Said::Number(_) => {
            let number = one.parse().map(Said::Number);
            number.map_err(|_| usage(format!("{name} is a number, not {one:?}")))
        }
        Said::Flag(_) => match one.as_str() {
            "true" | "yes" | "on" => Ok(Said::Flag(true)),
            "false" | "no" | "off" => Ok(Said::Flag(false)),
            _ => Err(usage(format!("{name} is true or false, not {one:?}"))),
        },
        _ => Ok(Said::Word(one.clone())),
    }
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
