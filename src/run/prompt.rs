//! `trackle prompt`: the mark in front of a prompt, so that nobody forgets that his shell is recorded. Outside of a session it
//! prints nothing and answers with exit code 1, before anything else of the program starts, since it runs for every
//! prompt.

use super::{Failed, exit};
use crate::record::shell::PAUSED;
use crate::show::screen;
use clap::ValueEnum;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The word of the paper, and the ticket.
const FORMAT: &str = "%gTrackle%( %t%)%( %p%)%r ";

/// Options of `trackle prompt`.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMAT_HELP)]
pub struct Args {
    /// What is printed [default: bold green "Trackle", the ticket and a blank].
    #[arg(long, value_name = "TEXT")]
    pub format: Option<String>,
    /// Tell that shell which signs take no room on the screen.
    #[arg(long, value_name = "SHELL")]
    pub shell: Option<Dialect>,
    /// Print the one line for that shell's settings that marks its prompt.
    #[arg(long, value_name = "SHELL")]
    pub setup: Option<Dialect>,
}

const FORMAT_HELP: &str = "In TEXT, %t is the ticket (#42), %n its number, %s the session's name, %p the word \"paused\" while
nothing is recorded, %g bold green, %r plain again, %% a percent sign. What stands between %( and %)
is left out when a ticket or word in it is. Without colour (NO_COLOR, or TERM is \"dumb\") %g and %r
are nothing.

The exit code is 0 within a session and 1 outside. Shells that `trackle work` starts are marked without any setting.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    Bash,
    Zsh,
    Fish,
}

/// The session that the environment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    pub id: String,
    /// Its directory, which is there for as long as it is recorded.
    pub dir: PathBuf,
    pub ticket: Option<u64>,
}

impl Inside {
    /// The session of this process, while it is not over.
    pub fn now() -> Option<Inside> {
        let id = variable(trackle_wire::SESSION)?.into_string().ok()?;
        if !trackle_wire::id::is_valid(id.as_bytes()) {
            return None;
        }
        let named = variable(trackle_wire::DIR).map(PathBuf::from);
        let dir = named.unwrap_or_else(|| Path::new(trackle_wire::SESSIONS).join(&id));
        let ticket = variable(trackle_wire::TICKET).and_then(|number| number.to_str()?.parse().ok());
        dir.is_dir().then_some(Inside { id, dir, ticket })
    }
}

/// Whether these words only ask for a mark that there is none of: nothing else of the program need start.
pub fn is_nothing(words: impl Iterator<Item = OsString>) -> bool {
    let mut words = words.skip(1);
    let asked = words.next().is_some_and(|word| word == "prompt");
    asked && words.all(|word| is_plain(&word)) && Inside::now().is_none()
}

/// Words that change only what is printed within a session.
fn is_plain(word: &OsStr) -> bool {
    let word = word.as_bytes();
    !word.starts_with(b"-") || word.starts_with(b"--format") || word.starts_with(b"--shell")
}

/// Prints it.
///
/// # Errors
/// When it cannot be written.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    if let Some(shell) = args.setup {
        screen::print(setup(shell))?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(inside) = Inside::now() else { return Ok(ExitCode::from(exit::FAILED)) };
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    let colour = !dumb && variable("NO_COLOR").is_none();
    let format = args.format.as_deref().unwrap_or(FORMAT);
    let paused = inside.dir.join(PAUSED).exists();
    screen::print(&Mark { inside: &inside, paused, colour, shell: args.shell }.fill(format))?;
    Ok(ExitCode::SUCCESS)
}

/// What marks the prompt of every new shell.
fn setup(shell: Dialect) -> &'static str {
    match shell {
        Dialect::Bash => "PS1='$(trackle prompt --shell bash)'\"$PS1\"\n",
        Dialect::Zsh => "setopt prompt_subst; PROMPT='$(trackle prompt --shell zsh)'\"$PROMPT\"\n",
        // the user's own is called first, since it may look at the status of the last command
        Dialect::Fish => {
            "functions -c fish_prompt own_prompt; function fish_prompt; set -l lines (own_prompt); \
             string join \\n -- (trackle prompt; or echo)$lines[1] $lines[2..]; end\n"
        }
    }
}

struct Mark<'a> {
    inside: &'a Inside,
    paused: bool,
    colour: bool,
    shell: Option<Dialect>,
}

impl Mark<'_> {
    fn fill(&self, format: &str) -> String {
        let (mut text, mut group, mut full) = (String::new(), None, true);
        let mut signs = format.chars();
        while let Some(sign) = signs.next() {
            let word = if sign == '%' { signs.next() } else { None };
            match (sign, word) {
                ('%', Some('(')) => (group, full) = (Some(text.len()), true),
                ('%', Some(')')) => {
                    if let Some(start) = group.take().filter(|_| !full) {
                        text.truncate(start);
                    }
                }
                ('%', Some(letter)) => match self.word(letter) {
                    Some(word) => text.push_str(&word),
                    None => full = false,
                },
                (sign, _) => text.push(sign),
            }
        }
        text
    }

    fn word(&self, letter: char) -> Option<String> {
        match letter {
            't' => self.inside.ticket.map(|number| format!("#{number}")),
            'n' => self.inside.ticket.map(|number| number.to_string()),
            's' => Some(self.inside.id.clone()),
            'p' => self.paused.then(|| "paused".to_owned()),
            'g' => Some(self.escape("\x1b[1;32m")),
            'r' => Some(self.escape("\x1b[0m")),
            '%' => Some("%".to_owned()),
            other => Some(format!("%{other}")),
        }
    }

    /// Signs without width, as the shell wants them told apart. Bash looks for `\[` before it runs the command in a prompt, so
    /// what comes from there is marked as readline has it.
    fn escape(&self, sequence: &str) -> String {
        match self.shell {
            _ if !self.colour => String::new(),
            Some(Dialect::Bash) => format!("\x01{sequence}\x02"),
            Some(Dialect::Zsh) => format!("%{{{sequence}%}}"),
            Some(Dialect::Fish) | None => sequence.to_owned(),
        }
    }
}

#[allow(clippy::disallowed_methods)] // the session of a process is told by its environment
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(format: &str, ticket: Option<u64>, paused: bool, shell: Option<Dialect>) -> String {
        let inside = Inside { id: "abc".into(), dir: "/".into(), ticket };
        Mark { inside: &inside, paused, colour: true, shell }.fill(format)
    }

    #[test]
    fn the_mark_is_bold_and_green_and_names_the_ticket() {
        assert_eq!(mark(FORMAT, Some(42), false, None), "\x1b[1;32mTrackle #42\x1b[0m ");
        assert_eq!(mark(FORMAT, None, false, None), "\x1b[1;32mTrackle\x1b[0m ");
        assert_eq!(mark(FORMAT, Some(42), true, None), "\x1b[1;32mTrackle #42 paused\x1b[0m ");
        let inside = Inside { id: "abc".into(), dir: "/".into(), ticket: Some(7) };
        let plain = Mark { inside: &inside, paused: false, colour: false, shell: Some(Dialect::Zsh) };
        assert_eq!(plain.fill(FORMAT), "Trackle #7 ");
    }

    #[test]
    fn shells_are_told_what_takes_no_room() {
        let shell = |shell| mark("%gT%r", None, false, Some(shell));
        assert_eq!(shell(Dialect::Bash), "\x01\x1b[1;32m\x02T\x01\x1b[0m\x02");
        assert_eq!(shell(Dialect::Zsh), "%{\x1b[1;32m%}T%{\x1b[0m%}");
        assert_eq!(shell(Dialect::Fish), "\x1b[1;32mT\x1b[0m");
    }

    #[test]
    fn a_format_says_everything() {
        for (format, text) in
            [("%n|%s|%%|%x|%", "42|abc|%|%x|%"), ("%(a%p%)b", "b"), ("%(a%t%)b", "a#42b"), ("%(%p", "")]
        {
            assert_eq!(mark(format, Some(42), false, None), text, "{format}");
        }
    }

    #[test]
    fn only_what_asks_for_a_mark_is_cut_short() {
        let plain = |words: &[&str]| words.iter().all(|word| is_plain(OsStr::new(word)));
        assert!(plain(&["--format", "%t", "--shell=zsh"]) && plain(&[]));
        assert!(!plain(&["--setup", "bash"]) && !plain(&["--help"]) && !plain(&["-h"]));
        assert!(!is_nothing(["trackle", "list"].into_iter().map(OsString::from)));
    }

    #[test]
    fn a_setting_is_one_line() {
        for shell in [Dialect::Bash, Dialect::Zsh, Dialect::Fish] {
            assert_eq!(setup(shell).lines().count(), 1);
        }
    }
}
