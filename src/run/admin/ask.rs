//! Asking before something is lost. Whoever cannot be asked has to say it beforehand.

use crate::run::{Failed, exit};
use crate::show::safe;
use std::io::{BufRead, IsTerminal, Write};

/// Asks on the terminal; `yes` answers beforehand.
///
/// # Errors
/// When the answer is no, or when nobody can be asked.
pub fn agreed(question: &str, yes: bool) -> Result<(), Failed> {
    if yes {
        return Ok(());
    }
    let failed = |text: String| Failed { text, code: exit::FAILED };
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(failed(format!("{question}\nnobody can be asked: say --yes; nothing was done")));
    }
    let mut out = std::io::stderr();
    write!(out, "{} [y/N] ", safe::block(question))?;
    out.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(failed("nothing was done".into())),
    }
}
