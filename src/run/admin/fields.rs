//! `trackle admin fields`: which values the fields of tickets may have, in the configuration, and which they have. A value that is
//! called otherwise is changed in the configuration first and then in the tickets, some at a time, each change an event; whoever is
//! killed in between calls it again, and it goes on. Nobody gets a letter.

mod change;

use super::file::{Changed, Sheet};
use super::settings::stuck;
use crate::config::Config;
use crate::config::change::{self as text, Place, Said};
use crate::model::fields::Field;
use crate::run::desk::As;
use crate::run::{Failed, exit, read_config};
use crate::show::look::count;
use crate::show::screen;
use crate::show::values::{self, Standing};
use crate::store::values::Used;
use change::Change;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin fields`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// For programs: one array with an object for each field.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "Such as:
  trackle admin fields
  trackle admin fields add priority someday --before low
  trackle admin fields rename component mail post --as ann
  trackle admin fields remove milestone 24.04 --move-to 26.04 --as ann";

/// What to do about values.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List the values of every field, and how many tickets have them.
    List {
        /// For programs: one array with an object for each field.
        #[arg(long)]
        json: bool,
    },
    /// Allow another value; the order matters for priority and severity, which go from the least to the most.
    Add {
        /// priority, severity, type, component or milestone.
        #[arg(value_name = "FIELD", value_parser = field)]
        field: Field,
        /// A few words.
        #[arg(value_name = "VALUE")]
        value: String,
        /// It comes before this one.
        #[arg(long, value_name = "VALUE")]
        before: Option<String>,
        /// It comes after this one [default: the last].
        #[arg(long, value_name = "VALUE", conflicts_with = "before")]
        after: Option<String>,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// Allow a value no longer. Tickets that have it keep it, unless it is said what they get instead.
    Remove {
        /// priority, severity, type, component or milestone.
        #[arg(value_name = "FIELD", value_parser = field)]
        field: Field,
        /// Which, in whatever case.
        #[arg(value_name = "VALUE")]
        value: String,
        /// What tickets that have it get instead.
        #[arg(long, value_name = "VALUE")]
        move_to: Option<String>,
        /// Ask nothing.
        #[arg(long)]
        yes: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        who: As,
    },
    /// Call a value otherwise, in the configuration and in all tickets that have it.
    Rename {
        /// priority, severity, type, component or milestone.
        #[arg(value_name = "FIELD", value_parser = field)]
        field: Field,
        /// What it is called now.
        #[arg(value_name = "OLD")]
        old: String,
        /// What it is called from now on.
        #[arg(value_name = "NEW")]
        new: String,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        who: As,
    },
}

/// A field that has a list of values.
fn field(word: &str) -> Result<Field, String> {
    let all = [Field::Priority, Field::Severity, Field::Type, Field::Component, Field::Milestone];
    let word = word.to_ascii_lowercase();
    all.into_iter().find(|field| field.word() == word).ok_or_else(|| {
        let words: Vec<&str> = all.into_iter().map(Field::word).collect();
        format!("one of {}", words.join(", "))
    })
}

/// Does it.
///
/// # Errors
/// A wrong configuration, a value that is not there or is there already, a file that cannot be changed, no yes.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        None => list(config, args.json),
        Some(What::List { json }) => list(config, *json),
        Some(What::Add { field, value, before, after, json }) => {
            let beside = match (before, after) {
                (Some(value), _) => Some((value, 0)),
                (_, Some(value)) => Some((value, 1)),
                _ => None,
            };
            add(config, *field, value, beside, *json)
        }
        Some(What::Remove { field, value, move_to, yes, json, who }) => {
            let change = Change { config, field: *field, from: value, json: *json, who };
            change.remove(move_to.as_deref(), *yes)
        }
        Some(What::Rename { field, old, new, json, who }) => {
            Change { config, field: *field, from: old, json: *json, who }.rename(new)
        }
    }
}

/// What the configuration allows.
fn allowed(config: &Config, field: Field) -> Vec<String> {
    config.fields.of(field).unwrap_or_default().to_vec()
}

fn place(field: Field) -> Place {
    Place { table: "fields".into(), at: 0, key: field.word().into() }
}

/// Where a value stands among others, in whatever case.
fn position(all: &[String], value: &str) -> Option<usize> {
    all.iter().position(|one| one.to_lowercase() == value.to_lowercase())
}

/// What tickets have, as far as there are any.
fn used(config: &Config, field: Field) -> Result<Vec<Used>, Failed> {
    match super::reader(config)? {
        Some(reader) => Ok(reader.look(|tx| tx.values_of(field))?),
        None => Ok(Vec::new()),
    }
}

fn list(config: &Path, json: bool) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let mut all = Vec::new();
    for field in [Field::Priority, Field::Severity, Field::Type, Field::Component, Field::Milestone] {
        all.push(Standing { field, allowed: allowed(&config, field), used: used(&config, field)? });
    }
    if json {
        screen::print_json(&values::json(&all))?
    } else {
        screen::print(&values::page(&all))?
    };
    Ok(ExitCode::SUCCESS)
}

fn add(
    config: &Path,
    field: Field,
    value: &str,
    beside: Option<(&String, usize)>,
    json: bool,
) -> Result<ExitCode, Failed> {
    let sheet = Sheet::open(config)?;
    let mut all = allowed(&sheet.config()?, field);
    if position(&all, value).is_some() {
        return Err(failed(format!("{value} is a {} already", field.word())));
    }
    let at = match beside {
        Some((other, more)) => position(&all, other).ok_or_else(|| unknown(field, other, &all))? + more,
        None => all.len(),
    };
    let was_open = all.is_empty();
    all.insert(at, value.trim().to_owned());
    let changed = write(&sheet, field, all, true)?;
    if was_open {
        let others = used(&sheet.config()?, field)?.into_iter().any(|used| used.value != value);
        let keep = if others { "; tickets that have others keep them" } else { "" };
        note(&format!(
            "until now every word was a {0}, from now on only what is listed is{keep}",
            field.word()
        ));
    }
    told(&changed, 0, json)
}

/// Writes the list, if it is another one.
fn write(sheet: &Sheet, field: Field, values: Vec<String>, is_new: bool) -> Result<Changed, Failed> {
    let text = if is_new {
        text::set(sheet.text(), &place(field), &Said::Words(values)).map_err(stuck)?
    } else {
        sheet.text().to_owned()
    };
    sheet.write(text)
}

/// Says what became of it.
fn told(changed: &Changed, moved: u64, json: bool) -> Result<ExitCode, Failed> {
    if json {
        let mut told = changed.json();
        if let Some(told) = told.as_object_mut() {
            told.insert("tickets".into(), json!(moved));
        }
        screen::print_json(&told)?;
        return Ok(changed.code());
    }
    let mut text = if changed.is_any() || moved == 0 { changed.words() } else { String::new() };
    if moved > 0 {
        text.push_str(&format!("{} changed; nobody gets a letter about it\n", count(moved, "ticket")));
    }
    screen::print(&text)?;
    Ok(changed.code())
}

fn note(text: &str) {
    crate::run::complain(text);
}

fn unknown(field: Field, value: &str, all: &[String]) -> Failed {
    let word = field.word();
    if all.is_empty() {
        return failed(format!("no list of values is kept for {word}, and no ticket has {value}"));
    }
    failed(format!("{value} is no {word}; there are {}", all.join(", ")))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
