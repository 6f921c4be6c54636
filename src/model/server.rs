//! A mail server to talk to, as the configuration names it. Plain data; `fetch` and `send` do the talking.

use std::path::PathBuf;

/// Where and how to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Certificates believed in when TLS is spoken.
    pub roots: Roots,
    /// `None`: the server is used without logging in.
    pub login: Option<Login>,
}

/// How the line is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Upgraded before anything of value is said (RFC 3207, RFC 9051 6.2.1); a server that cannot is refused.
    StartTls,
    /// In the clear: only when the configuration says so.
    Plain,
}

/// Which certificate authorities are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The system's, or the built-in set when the system has none.
    System,
    /// The set compiled in.
    Bundled,
    /// A PEM file.
    File(PathBuf),
}

/// Who we say we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub mechanism: Mechanism,
    pub secret: SecretSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// IMAP LOGIN, SMTP AUTH PLAIN or LOGIN, whichever the server offers first.
    Password,
    /// XOAUTH2 with an access token as the secret (Gmail, Microsoft 365).
    Xoauth2,
}

/// Where a password or token is found, asked anew for every connection since tokens live an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A file's first line.
    File(PathBuf),
    /// The first line that a command prints; the words are given to it as they are, no shell.
    Command(Vec<String>),
    /// An environment variable (systemd's LoadCredential and containers set files; this is for tests and trials).
    Environment(String),
}
