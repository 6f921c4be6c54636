//! A server that follows a script: one connection after the other, one answer for each thing it hears.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

/// What becomes of a connection when the script is at its end.
#[derive(Clone, Copy)]
pub enum End {
    Close,
    Silence,
}

/// One connection.
pub struct Script {
    /// The first is said before anything was heard.
    says: Vec<Vec<u8>>,
    end: End,
    /// TLS begins after this many answers.
    tls: Option<usize>,
    /// The connection is dropped when this many bytes were heard.
    deaf: usize,
}

impl Script {
    pub fn of(lines: &[&str], end: End) -> Script {
        let says = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        Script { says, end, tls: None, deaf: usize::MAX }
    }
    pub fn tls_after(self, answers: usize) -> Script {
        Script { tls: Some(answers), ..self }
    }
    pub fn deaf_after(self, bytes: usize) -> Script {
        Script { deaf: bytes, ..self }
    }
}

/// What each connection heard: commands, and letters whole with their final dot.
type Heard = Vec<Vec<String>>;

pub struct Fake {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
}

impl Fake {
    pub async fn serve(scripts: impl IntoIterator<Item = Script>) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let heard = Arc::new(Mutex::new(Heard::new()));
        let book = heard.clone();
        let task = tokio::spawn(async move {
            for script in scripts {
                let (tcp, _) = listener.accept().await.unwrap();
                tcp.set_nodelay(true).unwrap();
                book.lock().unwrap().push(Vec::new());
                play(tcp, script, &book).await;
            }
        });
        Fake { port, heard, task }
    }

    /// What was heard by the end of all scripts.
    pub async fn heard(self) -> Heard {
        self.task.await.unwrap();
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// Connections up to now.
    pub fn connections(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

async fn play(tcp: TcpStream, script: Script, book: &Mutex<Heard>) {
    let at = script.tls.unwrap_or(script.says.len());
    let (clear, under_tls) = script.says.split_at(at);
    let mut line = BufReader::new(tcp.take(script.deaf as u64));
    if converse(&mut line, clear, true, book).await.is_none() {
        return;
    }
    if script.tls.is_some() {
        let Ok(stream) = acceptor().accept(line.into_inner().into_inner()).await else { return };
        let mut line = BufReader::new(stream.take(u64::MAX));
        let _ = converse(&mut line, under_tls, at == 0, book).await;
        finish(script.end).await;
    } else {
        finish(script.end).await;
    }
}

async fn finish(end: End) {
    if matches!(end, End::Silence) {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut BufReader<tokio::io::Take<S>>,
    says: &[Vec<u8>],
    greets: bool,
    book: &Mutex<Heard>,
) -> Option<()> {
    let mut letter = false;
    for (number, words) in says.iter().enumerate() {
        if number > 0 || !greets {
            hear(line, letter, book).await?;
        }
        let stream = line.get_mut().get_mut();
        stream.write_all(words).await.ok()?;
        stream.flush().await.ok()?;
        letter = words.starts_with(b"354") && words.ends_with(b"\n");
    }
    if letter { hear(line, true, book).await } else { Some(()) }
}

/// Hears a command or a letter; `None` when nothing more comes.
async fn hear<S: AsyncRead + Unpin>(
    line: &mut BufReader<tokio::io::Take<S>>,
    letter: bool,
    book: &Mutex<Heard>,
) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let count = line.read_until(b'\n', &mut bytes).await.ok()?;
        let whole = if letter { bytes == b".\r\n" || bytes.ends_with(b"\r\n.\r\n") } else { count > 0 };
        if whole && bytes.ends_with(b"\n") {
            break;
        }
        if count == 0 || !bytes.ends_with(b"\n") {
            return None;
        }
    }
    book.lock().unwrap().last_mut()?.push(String::from_utf8_lossy(&bytes).into_owned());
    Some(())
}

/// Believed in by whoever believes in `authority.pem`.
fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("localhost.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
