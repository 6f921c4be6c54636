//! The configuration file as it is typed: every setting optional, every value with its place in the text.
//! Refuses what is no TOML, unknown settings and values of the wrong type; everything else is `meaning`'s to judge.

use super::wrong::{Found, Wrong};
use serde::Deserialize;
use toml::Spanned;

/// A value and where it stands, or nothing.
pub(super) type Said<T> = Option<Spanned<T>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub robot: Said<Robot>,
    pub staff: Said<Staff>,
    #[serde(default)]
    pub mailbox: Vec<Spanned<Post>>,
    pub courier: Said<Post>,
    #[serde(default)]
    pub identity: Identity,
    #[serde(default)]
    pub policy: Policy,
    #[serde(default)]
    pub digest: Digest,
    #[serde(default)]
    pub web: Web,
    #[serde(default)]
    pub console: Console,
    #[serde(default)]
    pub fields: Fields,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Web {
    pub listen: Said<String>,
    pub api: Said<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Console {
    pub columns: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub priority: Option<Vec<Spanned<String>>>,
    pub severity: Option<Vec<Spanned<String>>>,
    #[serde(rename = "type")]
    pub kind: Option<Vec<Spanned<String>>>,
    pub component: Option<Vec<Spanned<String>>>,
    pub milestone: Option<Vec<Spanned<String>>>,
    pub private: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Robot {
    pub address: Said<String>,
    pub name: Said<String>,
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    pub state: Said<String>,
    pub plus_addressing: Option<bool>,
    pub delimiter: Said<String>,
    pub letters: Said<String>,
    pub base_url: Said<String>,
    pub language: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staff {
    pub list: Said<String>,
    #[serde(default)]
    pub also: Vec<Spanned<String>>,
    #[serde(default)]
    pub member: Vec<Spanned<Member>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub login: Said<String>,
    pub name: Said<String>,
    pub address: Said<String>,
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    #[serde(default)]
    pub keys: Vec<Spanned<String>>,
}

/// A mailbox or a courier of any kind; [`Post::said`] tells which settings stand there, since each kind has its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Post {
    pub kind: Said<String>,
    pub host: Said<String>,
    pub port: Said<u16>,
    pub security: Said<String>,
    pub roots: Said<String>,
    pub user: Said<String>,
    pub mechanism: Said<String>,
    pub password_file: Said<String>,
    pub password_command: Said<Vec<String>>,
    pub password_env: Said<String>,
    pub folders: Said<Vec<Spanned<String>>>,
    pub done: Said<String>,
    pub done_folder: Said<String>,
    pub poll: Said<String>,
    pub bounce_address: Said<String>,
    pub path: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identity {
    #[serde(default)]
    pub authserv_id: Vec<Spanned<String>>,
    #[serde(default)]
    pub mx_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub trusted_domains: Vec<Spanned<String>>,
    #[serde(default)]
    pub trusted_networks: Vec<Spanned<String>>,
    pub dkim: Said<bool>,
    pub keyring: Said<String>,
    pub command_age: Said<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub confirm_tickets: Option<bool>,
    pub invite_named: Option<bool>,
    pub tell_worked: Option<bool>,
    pub automatic_per_day: Said<u32>,
    pub mails_per_sender_hour: Said<u32>,
    pub confirmations_per_hour: Said<u32>,
    pub letters_per_hour: Said<u32>,
    pub mails_per_hour: Said<u32>,
    pub mails_per_sender_day: Said<u32>,
    pub tickets_per_sender_hour: Said<u32>,
    pub news_per_ticket_hour: Said<u32>,
    pub reopens_per_hour: Said<u32>,
    pub wrong_codes_per_hour: Said<u32>,
    pub mail_bytes: Said<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Digest {
    pub days: Said<String>,
    pub at: Said<String>,
    pub zone: Said<String>,
    #[serde(default)]
    pub to: Vec<Spanned<String>>,
    pub when_empty: Option<bool>,
    pub own: Option<bool>,
}

impl Written {
    /// Reads the text.
    ///
    /// # Errors
    /// The first thing that is no TOML or no setting of ours.
    pub fn parse(text: &str) -> Result<Written, Wrong> {
        toml::from_str(text).map_err(|e| {
            let found = Found { at: e.span().map(|s| s.start), field: None, text: e.message().to_owned() };
            Wrong::about(text, vec![found])
        })
    }
}

impl Post {
    /// Name and place of every setting that stands there but `kind`.
    pub fn said(&self) -> Vec<(&'static str, usize)> {
        fn at<T>(value: &Said<T>) -> Option<usize> {
            value.as_ref().map(|v| v.span().start)
        }
        let all = [
            ("host", at(&self.host)),
            ("port", at(&self.port)),
            ("security", at(&self.security)),
            ("roots", at(&self.roots)),
            ("user", at(&self.user)),
            ("mechanism", at(&self.mechanism)),
            ("password_file", at(&self.password_file)),
            ("password_command", at(&self.password_command)),
            ("password_env", at(&self.password_env)),
            ("folders", at(&self.folders)),
            ("done", at(&self.done)),
            ("done_folder", at(&self.done_folder)),
            ("poll", at(&self.poll)),
            ("bounce_address", at(&self.bounce_address)),
            ("path", at(&self.path)),
        ];
        all.into_iter().filter_map(|(name, at)| at.map(|at| (name, at))).collect()
    }
}
