//! The user's own shell within a session: which one it is, and how it is started so that it reads all of the user's own
//! settings and then keeps what is typed, by its own means, in a file of the session. In comes a name or path, out go
//! arguments and variables; the files that the shell reads are written into the session's directory. Nothing of the
//! user's is changed: no setting, no history file.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Files of typed commands are named so, with the number of the shell's process behind it.
pub const HISTORY: &str = "history";
/// While it is there, nothing that is typed is kept.
pub const PAUSED: &str = "paused";
/// Where the files are that shells read.
const FILES: &str = "shell";

/// A shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// As it was named, absolute: `/bin/sh`, wherever that leads.
    pub path: PathBuf,
    family: Family,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Bash,
    Zsh,
    Fish,
    /// Reads `ENV`, keeps no history that others could read.
    Plain,
    /// Nothing is known of it.
    Other,
}

/// What of the user's environment decides how a shell is started.
#[derive(Debug, Clone, Default)]
pub struct Own {
    pub zdotdir: OsString,
    pub env: OsString,
    /// Whether the terminal takes colour.
    pub colour: bool,
}

/// How it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Variables to set beside the user's.
    pub variables: Vec<(&'static str, OsString)>,
}

impl Shell {
    /// The shell of that name or path; names are looked up in `search`, which is a PATH.
    ///
    /// # Errors
    /// In words: there is none, it cannot be executed, or it is one that lets nobody in.
    pub fn find(named: &OsStr, search: &OsStr) -> Result<Shell, String> {
        if named.is_empty() {
            return Err("no shell is named: leave out --shell, or name one".to_owned());
        }
        let path = if named.as_bytes().contains(&b'/') {
            std::path::absolute(named).map_err(|e| format!("{}: {e}", Path::new(named).display()))?
        } else {
            let places = std::env::split_paths(search).map(|place| place.join(named));
            let found = places.filter(|path| path.is_absolute()).find(|path| is_program(path));
            found.ok_or_else(|| format!("there is no shell {}", Path::new(named).display()))?
        };
        if !path.exists() {
            return Err(format!("there is no shell {}", path.display()));
        }
        if path.is_dir() {
            return Err(format!("{} is a directory, no shell", path.display()));
        }
        if !is_program(&path) {
            return Err(format!("{} cannot be executed", path.display()));
        }
        let name = real_name(&path);
        if matches!(name.as_str(), "nologin" | "false" | "true") {
            return Err(format!("{} lets nobody in: name a shell with --shell", path.display()));
        }
        Ok(Shell { family: Family::of(&name), path })
    }

    /// Whether it tells what is typed.
    pub fn keeps_history(&self) -> bool {
        !matches!(self.family, Family::Plain | Family::Other)
    }

    /// How it runs one command.
    pub fn command(&self, command: &OsStr) -> Invocation {
        let arguments = vec!["-c".into(), command.to_owned()];
        Invocation { program: self.path.clone(), arguments, variables: Vec::new() }
    }

    /// How it is started for somebody to type, with `mark` in front of its prompt; writes what it reads into the session's
    /// directory.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn interactive(&self, session: &Path, mark: &str, own: &Own) -> io::Result<Invocation> {
        let files = session.join(FILES);
        std::fs::create_dir_all(&files)?;
        let words = Words { session, files: &files, mark, own, family: self.family };
        let put = |name: &str, template: &str| -> io::Result<OsString> {
            let path = files.join(name);
            std::fs::write(&path, words.fill(template))?;
            Ok(path.into_os_string())
        };
        let (mut arguments, mut variables) = (Vec::new(), Vec::new());
        match self.family {
            Family::Bash => {
                arguments =
                    vec!["--rcfile".into(), put("bashrc", include_str!("shell/bashrc"))?, "-i".into()];
            }
            Family::Zsh => {
                put(".zshenv", include_str!("shell/zshenv"))?;
                put(".zshrc", include_str!("shell/zshrc"))?;
                arguments = vec!["-i".into()];
                variables = vec![("ZDOTDIR", files.clone().into_os_string())];
            }
            Family::Fish => {
                let file = put("fish", include_str!("shell/fish"))?;
                let mut source = OsString::from("source ");
                source.push(OsStr::from_bytes(&fish_quoted(file.as_bytes())));
                arguments = vec!["-i".into(), "-C".into(), source];
            }
            Family::Plain => {
                let file = put("shrc", include_str!("shell/shrc"))?;
                arguments = vec!["-i".into()];
                variables = vec![("ENV", file)];
            }
            Family::Other => {}
        }
        Ok(Invocation { program: self.path.clone(), arguments, variables })
    }
}

impl Family {
    fn of(name: &str) -> Family {
        match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-') {
            "bash" => Family::Bash,
            "zsh" => Family::Zsh,
            "fish" => Family::Fish,
            "sh" | "dash" | "ash" | "busybox" | "ksh" | "ksh93u+m" | "mksh" | "yash" => Family::Plain,
            _ => Family::Other,
        }
    }
}

/// What its name says it is; `sh` is what it leads to, unless that is bash, which behaves like a plain one then.
fn real_name(path: &Path) -> String {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match name(path).as_str() {
        "sh" | "rbash" => "sh".to_owned(),
        own if Family::of(own) != Family::Other => own.to_owned(),
        _ => path.canonicalize().map_or_else(|_| name(path), |real| name(&real)),
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// What stands in the templates between two `@`.
struct Words<'a> {
    session: &'a Path,
    files: &'a Path,
    mark: &'a str,
    own: &'a Own,
    family: Family,
}

impl Words<'_> {
    fn fill(&self, template: &str) -> Vec<u8> {
        let mut filled = Vec::with_capacity(template.len() * 2);
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('@') {
            filled.extend_from_slice(before.as_bytes());
            let word = behind.split_once('@').and_then(|(name, after)| Some((self.word(name)?, after)));
            match word {
                Some((value, after)) => {
                    filled.extend(value);
                    rest = after;
                }
                None => {
                    filled.push(b'@');
                    rest = behind;
                }
            }
        }
        filled.extend_from_slice(rest.as_bytes());
        filled
    }

    fn word(&self, name: &str) -> Option<Vec<u8>> {
        let path = |path: PathBuf| self.quoted(path.as_os_str().as_bytes());
        Some(match name {
            "history" => path(self.session.join(HISTORY)),
            "paused" => path(self.session.join(PAUSED)),
            "clock" => path(self.files.join("clock")),
            "shims" => path(self.files.to_owned()),
            "mark" => self.mark(""),
            "resting" => self.mark(" paused"),
            "zdotdir" => self.quoted(self.own.zdotdir.as_bytes()),
            "env" => self.quoted(self.own.env.as_bytes()),
            "rc" => b"\"$HOME/.bashrc\"".to_vec(),
            _ => return None,
        })
    }

    /// As a word that this shell does not look into.
    fn quoted(&self, bytes: &[u8]) -> Vec<u8> {
        if self.family == Family::Fish { fish_quoted(bytes) } else { quoted(bytes) }
    }

    /// The mark, bold and green where there is colour, with whatever tells the shell that it takes no room there.
    fn mark(&self, more: &str) -> Vec<u8> {
        let (on, off) = match self.family {
            _ if !self.own.colour => ("", ""),
            Family::Bash => ("\\[\x1b[1;32m\\]", "\\[\x1b[0m\\]"),
            Family::Zsh => ("%B%F{green}", "%f%b"),
            _ => ("\x1b[1;32m", "\x1b[0m"),
        };
        self.quoted(format!("{on}{}{more}{off} ", self.mark).as_bytes())
    }
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    let inside = bytes.iter().flat_map(|byte| match byte {
        b'\'' => b"'\\''".to_vec(),
        other => vec![*other],
    });
    std::iter::once(b'\'').chain(inside).chain([b'\'']).collect()
}

fn fish_quoted(bytes: &[u8]) -> Vec<u8> {
    let inside = bytes.iter().flat_map(|byte| match byte {
        b'\'' | b'\\' => vec![b'\\', *byte],
        other => vec![*other],
    });
    std::iter::once(b'\'').chain(inside).chain([b'\'']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn find(name: &str) -> Result<Shell, String> {
        Shell::find(OsStr::new(name), OsStr::new("/usr/bin:/bin"))
    }

    #[test]
    fn shells_are_known_by_their_names() {
        for (name, family) in [
            ("bash", Family::Bash),
            ("zsh-5.9", Family::Zsh),
            ("fish", Family::Fish),
            ("dash", Family::Plain),
            ("mksh", Family::Plain),
            ("tcsh", Family::Other),
            ("xonsh", Family::Other),
        ] {
            assert_eq!(Family::of(name), family, "{name}");
        }
        assert_eq!(find("/bin/sh").unwrap().family, Family::Plain);
        assert_eq!(find("bash").unwrap().family, Family::Bash);
    }

    #[test]
    fn a_shell_that_is_none_is_told() {
        for (name, why) in [
            ("no-such-shell", "there is no shell no-such-shell"),
            ("/no/such/shell", "there is no shell /no/such/shell"),
            ("/etc/passwd", "/etc/passwd cannot be executed"),
            ("/usr", "/usr is a directory, no shell"),
            ("/bin/false", "/bin/false lets nobody in: name a shell with --shell"),
        ] {
            assert_eq!(find(name).unwrap_err(), why);
        }
    }

    #[test]
    fn words_are_quoted_so_that_no_shell_looks_into_them() {
        for odd in ["a b", "it's", "$(touch /tmp/x)`id`\\", "a\\'b", "*", "ä\n"] {
            for (shell, quote) in [("sh", quoted as fn(&[u8]) -> Vec<u8>), ("fish", fish_quoted)] {
                let mut script = OsString::from("printf %s ");
                script.push(OsStr::from_bytes(&quote(odd.as_bytes())));
                let output = Command::new(shell).arg("-c").arg(script).output().expect("tests/install");
                assert_eq!(String::from_utf8_lossy(&output.stdout), odd, "{shell}");
            }
        }
    }

    #[test]
    fn files_of_shells_have_no_word_left_open_and_are_well_formed() {
        let dir = tempfile::Builder::new().prefix("it's a ").tempdir().unwrap();
        for name in ["bash", "zsh", "fish", "dash"] {
            let shell = find(name).expect("tests/install");
            shell.interactive(dir.path(), "Trackle #42", &Own::default()).unwrap();
        }
        for (shell, file) in
            [("bash", "bashrc"), ("zsh", ".zshenv"), ("zsh", ".zshrc"), ("fish", "fish"), ("dash", "shrc")]
        {
            let path = dir.path().join(FILES).join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            for word in ["history", "paused", "clock", "shims", "mark", "resting", "zdotdir", "env", "rc"] {
                assert!(!text.contains(&format!("@{word}@")), "{file}: {word}");
            }
            let output = Command::new(shell).arg("-n").arg(&path).output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{file}: {output:?}");
        }
    }
}
