//! What `host.toml` means: the configuration of a host that has no database, where sessions are recorded and sent to the
//! robot by mail. In comes its text, out goes a [`Host`] or every complaint. `trackle host enroll` writes the file.
//! ```toml
//! robot = "help@example.org"        # where sessions go; the only line that is needed
//! name = "web1.example.org"         # what this host is called; default: its own name
//! member = "ann"                    # who on staff works here, when users of this host are called otherwise
//! key = "/etc/trackle/host.key"     # default: host.key beside this file
//! from = "root@web1.example.org"    # default: what the local mail program says; needed for SMTP
//! # sendmail = "/usr/sbin/sendmail" # the local mail program; this is the default
//! [courier]                         # instead of the local mail program: a server, with the settings of trackle.toml,
//! kind = "smtp"                     # or kind = "maildir" and the path of the robot's own spool directory
//! host = "mail.example.org"
//! ```
//! Where the robot's API is spoken to, nothing goes by mail:
//! ```toml
//! robot = "help@example.org"
//! [api]
//! url = "https://desk.example.org"  # http only to this very machine
//! token_file = "token"              # readable for nobody else
//! roots = "ca.pem"                  # default: the system's
//! ```

use super::meaning;
use super::written::{Post, Said};
use super::wrong::{Found, Wrong};
use crate::model::address::Address;
use crate::model::server::Server;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file's name.
pub const FILE: &str = "host.toml";
/// The local mail program, unless another one is named.
pub const SENDMAIL: &str = "/usr/sbin/sendmail";

/// A whole configuration of a host, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub robot: Address,
    /// `None`: what the machine calls itself.
    pub name: Option<String>,
    pub member: Option<String>,
    pub from: Option<Address>,
    /// Absolute.
    pub key: PathBuf,
    pub courier: Courier,
}

/// Where the robot's API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// As [`crate::model::api::url`] reads it.
    pub url: String,
    /// Absolute.
    pub token: PathBuf,
    /// A PEM file with the authorities that are believed, absolute; `None`: the system's.
    pub roots: Option<PathBuf>,
}

/// Who takes bundles away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Courier {
    /// The local mail program.
    Sendmail(PathBuf),
    Smtp(Box<Server>),
    /// The robot's own spool directory, absolute.
    Spool(PathBuf),
    /// No mail: the robot's API.
    Api(Gate),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub robot: Said<String>,
    pub name: Said<String>,
    pub member: Said<String>,
    pub from: Said<String>,
    pub key: Said<String>,
    pub sendmail: Said<String>,
    pub courier: Said<Post>,
    pub api: Said<Api>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Api {
    pub url: Said<String>,
    pub token_file: Said<String>,
    pub roots: Said<String>,
}

impl Host {
    /// Reads the file. Relative paths in it start from the file's own directory.
    ///
    /// # Errors
    /// When the file cannot be read, and every complaint about what it says.
    pub fn read(path: &Path) -> Result<Host, Wrong> {
        let unreadable = |e: std::io::Error| Wrong::unreadable(path, &e);
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let whole = std::path::absolute(path).map_err(unreadable)?;
        Host::parse(&text, whole.parent().unwrap_or(Path::new("/")))
    }

    /// Understands the text; relative paths start from `base`, which is absolute.
    ///
    /// # Errors
    /// Every complaint about what it says, at least one.
    pub fn parse(text: &str, base: &Path) -> Result<Host, Wrong> {
        let wrong = |found| Wrong { file: FILE.to_owned(), ..Wrong::about(text, found) };
        let written: Written = toml::from_str(text).map_err(|e| {
            let at = e.span().map(|span| span.start);
            wrong(vec![Found { at, field: None, text: e.message().to_owned() }])
        })?;
        meaning::host::host(&written, base).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Host, String> {
        Host::parse(text, Path::new("/etc/trackle")).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn one_line_is_enough() {
        let host = parse("robot = 'help@example.org'").unwrap();
        assert_eq!(host.key, Path::new("/etc/trackle/host.key"));
        assert_eq!((host.name, host.from, host.member), (None, None, None));
        assert_eq!(host.courier, Courier::Sendmail(SENDMAIL.into()));
    }

    #[test]
    fn the_example_at_the_head_is_understood() {
        let head = include_str!("host.rs");
        let lines = head.lines().skip_while(|line| !line.contains("```toml")).skip(1);
        let text: String = lines.map_while(|l| Some(format!("{}\n", l.strip_prefix("//! ")?))).collect();
        let host = parse(text.split("```").next().unwrap()).unwrap();
        assert_eq!((host.name.as_deref(), host.member.as_deref()), (Some("web1.example.org"), Some("ann")));
        assert!(
            matches!(host.courier, Courier::Smtp(server) if server.host == "mail.example.org" && server.port == 465)
        );
        let spool = "robot = 'h@e.org'\n[courier]\nkind = 'maildir'\npath = 'spool'";
        assert_eq!(parse(spool).unwrap().courier, Courier::Spool("/etc/trackle/spool".into()));
    }

    #[test]
    fn the_api_is_told_in_three_lines_at_most() {
        let api = |lines: &str| parse(&format!("robot = 'h@e.org'\n{lines}"));
        let gate = api("[api]\nurl = 'https://desk.e.org/'\ntoken_file = 'token'").unwrap().courier;
        let told = Gate { url: "https://desk.e.org".into(), token: "/etc/trackle/token".into(), roots: None };
        assert_eq!(gate, Courier::Api(told));
        for (lines, complaint) in [
            (
                "[api]\nurl = 'http://desk.e.org'\ntoken_file = 'x'",
                "line 3: api.url: \"http://desk.e.org\" would carry",
            ),
            ("[api]\nurl = 'https://d.e.org'", "api.token_file: is missing"),
            ("[api]\ntoken_file = 'x'", "api.url: is missing"),
            (
                "sendmail = '/x'\n[api]\nurl = 'https://d.e.org'\ntoken_file = 'x'",
                "sendmail: has no effect beside [api]",
            ),
            ("[api]\nurl = 'https://d.e.org'\ntoken = 'x'", "unknown field"),
        ] {
            let said = api(lines).unwrap_err();
            assert!(said.contains(complaint), "{lines}: {said}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, complaint) in [
            ("", "host.toml: host.robot: is missing"),
            ("robot = 'help'", "host.toml line 1: robot: \"help\" is not a bare mail address"),
            ("robot = 'h@e.org'\nname = 'a b'", "line 2: name"),
            ("robot = 'h@e.org'\nmember = 'a b'", "line 2: member"),
            ("robot = 'h@e.org'\ncolour = 1", "line 2"),
            ("robot = 'h@e.org'\n[courier]\nkind = 'smtp'\nhost = 'm.e.org'", "host.from: is missing"),
            (
                "robot = 'h@e.org'\nsendmail = 'x'\n[courier]\nkind = 'maildir'\npath = 'x'",
                "line 2: sendmail",
            ),
            ("robot = 'h@e.org'\n[courier]\nkind = 'maildir'\nport = 1", "port: does not belong"),
        ] {
            let said = parse(text).unwrap_err();
            assert!(said.contains(complaint), "{text}: {said}");
        }
    }
}
