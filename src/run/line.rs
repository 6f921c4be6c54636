//! The line from a host to the robot's API. In come questions and things to be done; out goes what the robot answers, or a
//! fault in words. The answer is taken for a stranger's: so many bytes, so many seconds, no redirects, no other certificates
//! than those that are believed. The token stands in no error and goes nowhere else.

use crate::config::host::Gate;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::api::{ROOT, UNSENT, Why};
use crate::model::token::Token;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// Bytes of an answer's head.
const HEAD: usize = 16 * 1024;
/// For what somebody sits before the screen and waits for.
const SOON: Duration = Duration::from_secs(limits::API_PATIENCE);
/// For a session, which may be large.
const LATER: Duration = Duration::from_secs(limits::API_SECONDS);

/// The line.
#[derive(Debug, Clone)]
pub struct Line {
    agent: Agent,
    url: String,
    token: Token,
    /// How many bundles wait here, for the robot to know.
    pub unsent: Option<u64>,
}

impl Line {
    /// The line of a configuration; nothing is connected yet.
    ///
    /// # Errors
    /// When the token or a certificate cannot be read.
    pub fn of(gate: &Gate) -> Outcome<Line> {
        Line::new(gate, read_token(&gate.token)?)
    }

    /// The same with that token.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn new(gate: &Gate, token: Token) -> Outcome<Line> {
        let is_https = gate.url.starts_with("https://");
        let mut config = Agent::config_builder()
            .https_only(is_https)
            .max_redirects(0)
            .http_status_as_error(false)
            .max_response_header_size(HEAD)
            .user_agent(concat!("trackle/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(SOON))
            .timeout_global(Some(SOON));
        if is_https {
            config = config.tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::Specific(Arc::new(certificates(gate.roots.as_deref())?)))
                    // named, never looked up: a second one in the graph must not be able to stop us
                    .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                    .build(),
            );
        } else {
            config = config.proxy(None);
        }
        Ok(Line { agent: config.build().new_agent(), url: gate.url.clone(), token, unsent: None })
    }

    /// Where the robot is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks.
    ///
    /// # Errors
    /// Passing ones when there is no answer, or the robot cannot now; lasting ones when it does not want to: then the words
    /// are its own.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        let request = self.agent.get(self.place(path)).header("authorization", self.bearer());
        let request = match self.unsent {
            Some(unsent) => request.header(UNSENT, unsent.to_string()),
            None => request,
        };
        self.read(request.call())
    }

    /// Tells, and asks what became of it.
    ///
    /// # Errors
    /// As [`Line::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, what: &impl Serialize) -> Outcome<T> {
        let text = serde_json::to_vec(what).map_err(|e| Fault::lasting(format!("saying that: {e}")))?;
        self.send(path, "application/json", &text, SOON)
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// As [`Line::get`].
    pub fn bytes(&self, path: &str, bytes: &[u8]) -> Outcome<Why> {
        self.send(path, "application/octet-stream", bytes, LATER)
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        media: &str,
        bytes: &[u8],
        patience: Duration,
    ) -> Outcome<T> {
        let request = self.agent.post(self.place(path)).header("authorization", self.bearer());
        let request = request.header("content-type", media);
        let request = match self.unsent {
            Some(unsent) => request.header(UNSENT, unsent.to_string()),
            None => request,
        };
        let request = request.config().timeout_global(Some(patience)).build();
        self.read(request.send(bytes))
    }

    fn place(&self, path: &str) -> String {
        format!("{}{ROOT}/{path}", self.url)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token.reveal())
    }

    fn read<T: DeserializeOwned>(&self, answer: Result<Response<Body>, ureq::Error>) -> Outcome<T> {
        let mut answer = answer.map_err(|e| self.trouble(&e))?;
        let status = answer.status();
        let most = if status.is_success() { limits::API_ANSWER } else { HEAD };
        let body = answer.body_mut().with_config().limit(most as u64).read_to_vec();
        if !status.is_success() {
            return Err(self.refused(status, &body.unwrap_or_default()));
        }
        let body = body.map_err(|e| self.trouble(&e))?;
        serde_json::from_slice(&body).map_err(|e| {
            // a robot of another version, or no robot
            Fault::lasting(format!("{}: that is no answer of a robot: {e}", self.url))
        })
    }

    fn trouble(&self, e: &ureq::Error) -> Fault {
        let what = match e {
            ureq::Error::Timeout(_) => {
                "no answer in time; what was to be done may be done all the same".to_owned()
            }
            ureq::Error::BodyExceedsLimit(_) => "its answer does not end".to_owned(),
            // without the number that the system's errors have behind their words
            ureq::Error::Io(e) => e.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
            other => other.to_string(),
        };
        Fault::passing(format!("{}: {what}", self.url))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Fault {
        let said: Option<Why> = serde_json::from_slice(body).ok();
        let again = status.is_server_error()
            || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
        let doing = match said {
            Some(Why { why }) if status == StatusCode::CONFLICT => why,
            Some(Why { why }) => format!("{}: {why}", self.url),
            None => format!("{}: {status}", self.url),
        };
        if again { Fault::passing(doing) } else { Fault::lasting(doing) }
    }
}

/// The authorities that are believed.
fn certificates(roots: Option<&Path>) -> Outcome<Vec<Certificate<'static>>> {
    let owned = |der: &[u8]| Certificate::from_der(der).to_owned();
    let found: Vec<Certificate<'static>> = match roots {
        None => rustls_native_certs::load_native_certs().certs.iter().map(|der| owned(der)).collect(),
        Some(path) => {
            let why = |e| Fault::lasting(format!("certificates in {}: {e}", path.display()));
            let all = CertificateDer::pem_file_iter(path).map_err(why)?;
            all.map(|der| der.map(|der| owned(&der)).map_err(why)).collect::<Outcome<_>>()?
        }
    };
    if found.is_empty() {
        let place =
            roots.map_or_else(|| "on this machine".to_owned(), |path| format!("in {}", path.display()));
        return Err(Fault::lasting(format!("there are no certificates of authorities {place}")));
    }
    Ok(found)
}

/// Reads the token of a file that nobody else may read.
///
/// # Errors
/// When there is none, or somebody else could read or replace it.
pub fn read_token(path: &Path) -> Outcome<Token> {
    let why = |what: &str| Fault::lasting(format!("the token {}: {what}", path.display()));
    let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => why("there is none; `trackle host enroll --url` keeps it there"),
        _ => why(&e.to_string()),
    })?;
    let found = file.metadata().map_err(|e| why(&e.to_string()))?;
    if !found.is_file() || found.mode() & 0o077 != 0 {
        return Err(why("others could read it: chmod 600"));
    }
    if found.uid() != 0 && found.uid() != rustix::process::geteuid().as_raw() {
        return Err(why("it belongs to somebody else"));
    }
    let mut text = String::new();
    file.take(200).read_to_string(&mut text).map_err(|e| why(&e.to_string()))?;
    Token::parse(&text).ok_or_else(|| why("it holds none"))
}

#[cfg(test)]
mod tests;
