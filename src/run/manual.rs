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

    #[test]
    fn text_stays_text() {
        for (text, written) in [("a-b", "a\\-b"), ("\\fB", "\\\\fB"), (".SH", "\\&.SH"), ("\"", "\\(dq")] {
            assert_eq!(roff(text), written);
        }
    }
}
