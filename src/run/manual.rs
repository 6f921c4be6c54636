//! `trackle man DIR` and `trackle completions SHELL`: for whoever packages it. Both are made from the command line's own
//! definition, and the words that can be said by mail from their table, so they cannot fall behind it.

use super::{Failed, Line};
use crate::command::{TABLE, Who, help};
use crate::fault::Fault;
use crate::model::letter::Group;
use crate::show::screen;
use clap::CommandFactory;
use clap_complete::Shell;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of `trackle man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An existing directory.
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
}

/// Options of `trackle completions`.
#[derive(Debug, clap::Args)]
pub struct Shells {
    /// Whose.
    pub shell: Shell,
}

/// Writes `trackle.1`, which has the commands by mail too, and `trackle-list.1` and so on for each subcommand.
///
/// # Errors
/// When a file cannot be written.
pub fn pages(args: &Args) -> Result<ExitCode, Failed> {
    // without `help`, which would get a page for each subcommand again
    clap_mangen::generate_to(Line::command().disable_help_subcommand(true), &args.to)
        .and_then(|()| OpenOptions::new().append(true).open(args.to.join("trackle.1")))
        .and_then(|mut page| page.write_all(by_mail().as_bytes()))
        .map_err(|e| Fault::lasting(format!("writing pages into {}: {e}", args.to.display())))?;
    Ok(ExitCode::SUCCESS)
}

/// What can be said to the robot, as a section of the page: a paragraph for each word, in the groups of the help letter.
fn by_mail() -> String {
    let mut page = String::from(
        ".SH \"COMMANDS BY MAIL\"\nOn the first lines of a mail to the robot, one on each line, or anywhere in it with an \
         exclamation mark in front. A whole line must be a command; what is none is text. Numbers of tickets may be left \
         out in an answer. A mail to \\fIhelp+12\\-close@\\fR says the same as \\fIclose 12\\fR.\n",
    );
    for group in Group::ALL {
        page.push_str(&format!(".SS \"{}\"\n", roff(&group.phrase().to_string())));
        for verb in TABLE.iter().filter(|verb| help::group(verb.word) == group) {
            page.push_str(&format!(".TP\n\\fB{}\\fR\n{}", roff(verb.usage), roff(verb.what)));
            if !verb.aliases.is_empty() {
                page.push_str(&format!(" (also: {})", roff(&verb.aliases.join(", "))));
            }
            page.push_str(if verb.who == Who::Staff { "; staff only.\n" } else { ".\n" });
        }
    }
    page
}

/// Text that no formatter takes for anything else.
fn roff(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('-', "\\-").replace('"', "\\(dq");
    if plain.starts_with(['.', '\'']) { format!("\\&{plain}") } else { plain }
}

/// Writes a shell's completions to standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn completions(args: &Shells) -> Result<ExitCode, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Line::command(), "trackle", &mut script);
    screen::print_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_word_once() {
        let page = by_mail();
        for verb in TABLE {
            let head = format!("\\fB{}\\fR\n", roff(verb.usage));
            assert_eq!(page.matches(&head).count(), 1, "{}", verb.word);
        }
        assert!(page.lines().all(|line| !line.starts_with("'")));
    }

    /// Whoever looks something up finds a word about it: every subcommand has a page and is completed, and no option is
    /// without its text.
    #[test]
    fn every_subcommand_and_every_option_is_told_of() {
        fn nameless(command: &clap::Command, path: &str, found: &mut Vec<String>) {
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_help().is_none()) {
                found.push(format!("{path} {}", arg.get_id()));
            }
            for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
                let path = format!("{path} {}", inner.get_name());
                if inner.get_about().is_none() {
                    found.push(path.clone());
                }
                nameless(inner, &path, found);
            }
        }
        let line = Line::command();
        let mut found = Vec::new();
        nameless(&line, "trackle", &mut found);
        assert!(found.is_empty(), "without a word: {found:?}");

        let dir = tempfile::tempdir().unwrap();
        pages(&Args { to: dir.path().to_owned() }).unwrap();
        let mut script = Vec::new();
        clap_complete::generate(Shell::Bash, &mut Line::command(), "trackle", &mut script);
        let script = String::from_utf8(script).unwrap();
        for command in line.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            assert!(dir.path().join(format!("trackle-{name}.1")).exists(), "{name} has no page");
            assert!(script.contains(&format!("trackle,{name})")), "{name} is not completed");
        }
    }

    #[test]
    fn text_stays_text() {
        for (text, written) in [("a-b", "a\\-b"), ("\\fB", "\\\\fB"), (".SH", "\\&.SH"), ("\"", "\\(dq")] {
            assert_eq!(roff(text), written);
        }
    }
}
