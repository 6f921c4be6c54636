//! Passwords and tokens: read when needed, never printed, never stored.

use crate::fault::{Fault, Outcome};
use crate::model::server::SecretSource;
use std::fmt;
use std::process::Command;

/// A password or token. Debug and Display show nothing of it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«secret»")
    }
}

/// Asks the source. Blocks for as long as its command runs: call it off the async threads.
///
/// # Errors
/// When the file cannot be read, the command fails, or the answer is empty; the secret is never part of the error.
pub fn ask(source: &SecretSource) -> Outcome<Secret> {
    let (text, from) = match source {
        SecretSource::File(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Fault::passing(format!("reading the secret in {}: {e}", path.display())))?;
            (text, path.display().to_string())
        }
        SecretSource::Command(words) => (run(words)?, words.first().cloned().unwrap_or_default()),
        SecretSource::Environment(name) => {
            #[allow(clippy::disallowed_methods)] // secrets are what the environment is for
            let text = std::env::var(name)
                .map_err(|_| Fault::passing(format!("environment variable {name} is not set")))?;
            (text, name.clone())
        }
    };
    match text.lines().next().map(str::trim_end) {
        Some(line) if !line.is_empty() => Ok(Secret(line.to_owned())),
        _ => Err(Fault::passing(format!("the secret from {from} is empty"))),
    }
}

fn run(words: &[String]) -> Outcome<String> {
    let Some((program, args)) = words.split_first() else {
        return Err(Fault::lasting("a password command is empty"));
    };
    let out = Command::new(program)
        .args(args)
        .output()
        .map_err(|e| Fault::passing(format!("running the password command {program}: {e}")))?;
    if !out.status.success() {
        return Err(Fault::passing(format!("the password command {program} ended with {}", out.status)));
    }
    String::from_utf8(out.stdout)
        .map_err(|_| Fault::lasting(format!("the password command {program} printed no text")))
}
