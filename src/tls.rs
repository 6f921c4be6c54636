//! A line to a mail server: TCP, then TLS when the configuration says so. Comes in: a `model::server::Server`;
//! goes out: a [`Stream`] to read from and write to, or a fault in words that an administrator can act on.
//! Never speaks in the clear where TLS is configured, never accepts a certificate that does not verify, and has
//! no switch to do so: a private authority is named as a PEM file instead. TLS 1.2 and 1.3 (RFC 8996, RFC 9325).

use crate::fault::{Fault, Outcome};
use crate::model::server::{Roots, Security, Server};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem, pem::PemObject};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore, crypto::ring};

/// A connection in the clear or under TLS.
pub enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// To somebody within this process, whose words are tried out on us.
    Within(DuplexStream),
}

/// Connects, and does the TLS handshake for [`Security::Tls`]; for [`Security::StartTls`] the line is still in the
/// clear and [`upgrade`] follows. Each of name look-up, TCP and handshake may take `limit`.
///
/// # Errors
/// Passing ones, naming host and port: unknown host, refused, silent, or a certificate that cannot be believed.
pub async fn connect(server: &Server, limit: Duration) -> Outcome<Stream> {
    secure(reach(server, limit).await?, server, limit).await
}

/// The first half of [`connect`]: whether anybody is there.
///
/// # Errors
/// Passing ones: unknown host, refused, silent.
pub async fn reach(server: &Server, limit: Duration) -> Outcome<Stream> {
    dial(server, limit).await.map(Stream::Plain).map_err(|e| about(server, &e.to_string()))
}

/// The second half of [`connect`].
///
/// # Errors
/// As [`upgrade`].
pub async fn secure(stream: Stream, server: &Server, limit: Duration) -> Outcome<Stream> {
    match server.security {
        Security::Tls => upgrade(stream, server, limit).await,
        Security::StartTls | Security::Plain => Ok(stream),
    }
}

/// Puts TLS on a line in the clear. The caller has seen to it that nothing received is still unread: what came
/// before the handshake was not protected (CVE-2011-0411).
///
/// # Errors
/// As [`connect`]; also when the line is under TLS already.
pub async fn upgrade(stream: Stream, server: &Server, limit: Duration) -> Outcome<Stream> {
    let tcp = match stream {
        Stream::Plain(tcp) => tcp,
        Stream::Tls(_) => {
            return Err(Fault::lasting(format!("{}:{}: TLS within TLS", server.host, server.port)));
        }
        Stream::Within(_) => return Err(Fault::lasting("TLS within one process")),
    };
    let roots = server.roots.clone();
    // reads files: off the async threads
    let config = tokio::task::spawn_blocking(move || config(&roots))
        .await
        .map_err(|e| Fault::passing(format!("reading the certificates of authorities: {e}")))??;
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| Fault::lasting(format!("{:?} is not a host name", server.host)))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match timeout(limit, handshake).await {
        Ok(Ok(tls)) => Ok(Stream::Tls(Box::new(tls))),
        Ok(Err(e)) => Err(about(server, &in_words(&e, server))),
        Err(_) => {
            Err(about(server, &format!("no answer to the TLS handshake for {} seconds", limit.as_secs())))
        }
    }
}

/// What TLS needs to know. Blocks while it reads files.
///
/// # Errors
/// When a PEM file cannot be read or holds no certificate.
pub fn config(roots: &Roots) -> Outcome<ClientConfig> {
    let store = match roots {
        Roots::System => system().unwrap_or_else(bundled),
        Roots::Bundled => bundled(),
        Roots::File(path) => from_file(path)?,
    };
    // the provider is named, never looked up: a second one in the graph must not be able to stop us
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Fault::lasting(format!("setting up TLS: {e}")))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(config)
}

/// The machine's authorities; `None` when it has none.
fn system() -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    // one unreadable certificate of hundreds is no reason to stop
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (!store.is_empty()).then_some(store)
}

fn bundled() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn from_file(path: &Path) -> Outcome<RootCertStore> {
    let fault = |what: String| Fault::passing(format!("certificates in {}: {what}", path.display()));
    let mut store = RootCertStore::empty();
    for der in CertificateDer::pem_file_iter(path).map_err(|e| fault(pem_words(&e)))? {
        store.add(der.map_err(|e| fault(pem_words(&e)))?).map_err(|e| fault(e.to_string()))?;
    }
    if store.is_empty() {
        return Err(fault("there is none".into()));
    }
    Ok(store)
}

fn pem_words(e: &pem::Error) -> String {
    match e {
        pem::Error::Io(e) => e.to_string(),
        other => other.to_string(),
    }
}

/// Tries each address of the host in turn.
async fn dial(server: &Server, limit: Duration) -> io::Result<TcpStream> {
    let silent = |what: &str| io::Error::new(io::ErrorKind::TimedOut, what.to_owned());
    let found = timeout(limit, lookup_host((server.host.as_str(), server.port)))
        .await
        .map_err(|_| silent("looking up the host name takes too long"))??;
    let addresses: Vec<SocketAddr> = found.take(8).collect();
    // a dead IPv6 route must leave time for the others
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(8);
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
    for address in addresses {
        match timeout(share, open(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(e)) => last = e,
            Err(_) => last = silent("no answer to the connection"),
        }
    }
    Err(last)
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_keepalive(true)?;
    // a command, or a body and its final dot, are short writes: waiting to gather them costs 40 ms each
    socket.set_nodelay(true)?;
    socket.connect(address).await
}

fn about(server: &Server, what: &str) -> Fault {
    Fault::passing(format!("{}:{}: {what}", server.host, server.port))
}

/// A failed handshake, for people.
fn in_words(error: &io::Error, server: &Server) -> String {
    let Some(tls) = error.get_ref().and_then(|e| e.downcast_ref::<TlsError>()) else {
        return format!("the TLS handshake broke off: {error}");
    };
    let believed = match &server.roots {
        Roots::System => "the system's authorities".to_owned(),
        Roots::Bundled => "the built-in authorities".to_owned(),
        Roots::File(path) => format!("the authorities in {}", path.display()),
    };
    match tls {
        TlsError::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired (or this machine's clock is wrong)".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet (or this machine's clock is wrong)".to_owned()
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("its certificate is not for the name {}", server.host)
            }
            CertificateError::UnknownIssuer => {
                format!("its certificate comes from an authority that is not among {believed}")
            }
            CertificateError::Revoked => "its certificate has been revoked".to_owned(),
            other => format!("its certificate is not acceptable: {other}"),
        },
        TlsError::InvalidMessage(_) => {
            "it does not speak TLS on this port (should security be \"starttls\"?)".to_owned()
        }
        other => format!("the TLS handshake failed: {other}"),
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stream::Plain(_) => "a line in the clear",
            Stream::Tls(_) => "a line under TLS",
            Stream::Within(_) => "a line within this process",
        })
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_read(cx, buf),
            Stream::Tls(s) => Pin::new(s).poll_read(cx, buf),
            Stream::Within(s) => Pin::new(s).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_write(cx, bytes),
            Stream::Tls(s) => Pin::new(s).poll_write(cx, bytes),
            Stream::Within(s) => Pin::new(s).poll_write(cx, bytes),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_flush(cx),
            Stream::Tls(s) => Pin::new(s).poll_flush(cx),
            Stream::Within(s) => Pin::new(s).poll_flush(cx),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_shutdown(cx),
            Stream::Tls(s) => Pin::new(s).poll_shutdown(cx),
            Stream::Within(s) => Pin::new(s).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio_rustls::rustls::pki_types::UnixTime;

    fn server(port: u16, security: Security) -> Server {
        Server { host: "localhost".into(), port, security, roots: Roots::Bundled, login: None }
    }

    #[test]
    fn roots_come_from_where_they_are_told() {
        assert!(config(&Roots::System).is_ok());
        assert!(config(&Roots::Bundled).is_ok());
        let dir = tempfile::tempdir().unwrap();
        let pem = dir.path().join("ca.pem");
        let missing = config(&Roots::File(pem.clone())).unwrap_err();
        assert!(missing.doing.contains("ca.pem"), "{missing}");
        std::fs::write(&pem, "no certificate here\n").unwrap();
        assert!(config(&Roots::File(pem)).unwrap_err().doing.ends_with("there is none"));
    }

    #[test]
    fn refusals_are_put_in_words() {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(1));
        let expired = CertificateError::ExpiredContext { time, not_after: time };
        for (why, words) in [
            (CertificateError::Expired, "expired"),
            (expired, "expired"),
            (CertificateError::NotValidYet, "not valid yet"),
            (CertificateError::NotValidForName, "not for the name localhost"),
            (CertificateError::UnknownIssuer, "not among the built-in authorities"),
            (CertificateError::Revoked, "revoked"),
            (CertificateError::BadSignature, "not acceptable"),
        ] {
            let error = io::Error::new(io::ErrorKind::InvalidData, TlsError::InvalidCertificate(why));
            let said = in_words(&error, &server(993, Security::Tls));
            assert!(said.contains(words), "{said}");
        }
    }

    #[tokio::test]
    async fn a_port_without_tls_a_silent_and_a_closed_one_are_told_apart() {
        let limit = Duration::from_secs(1);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let (mut first, _) = listener.accept().await.unwrap();
            first.write_all(b"* OK I only speak IMAP\r\n").await.unwrap();
            let (second, _) = listener.accept().await.unwrap();
            (first, second, listener.accept().await)
        });
        let fault = connect(&server(port, Security::Tls), limit).await.unwrap_err();
        assert!(fault.doing.contains("does not speak TLS"), "{fault}");
        let fault = connect(&server(port, Security::Tls), limit).await.unwrap_err();
        assert!(fault.doing.contains("no answer to the TLS handshake"), "{fault}");
        assert!(matches!(connect(&server(port, Security::StartTls), limit).await, Ok(Stream::Plain(_))));
        drop(task.await.unwrap());
        // a port that is taken, and at which nobody listens
        let taken = TcpSocket::new_v4().unwrap();
        taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = taken.local_addr().unwrap().port();
        let fault = connect(&server(port, Security::Plain), limit).await.unwrap_err();
        assert!(fault.again && fault.doing.starts_with(&format!("localhost:{port}: ")), "{fault}");
    }
}
