//! Asking gpg about a signature. In: a claim (signed bytes, signature) and the keys on file; out: whose signature it
//! is, or why it proves nothing. gpg runs as a child with a home directory of its own that holds the keys on file and
//! nothing else: it asks no network, starts no agent, reads no options of anybody's, and is ended when it takes too
//! long. Only the exact primary fingerprint of a member counts; names, trust and validity in the keyring do not.
//! What gpg says on its status channel (GnuPG's doc/DETAILS) is read strictly: one signature, good and valid, and not
//! a word beside those that a good signature brings along.

use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::witness::{Claim, OpenPgp, Signed};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

/// Most of an answer that is read.
const ANSWER: u64 = 64 * 1024;
/// Reading the keyring, in seconds.
const IMPORT: Duration = Duration::from_secs(30);

/// A key on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Of the primary key, upper-case hexadecimal.
    pub fingerprint: String,
    /// Login of the member whose key it is.
    pub login: String,
}

/// The keys on file, ready to be asked about.
#[derive(Debug)]
pub struct Keys {
    home: TempDir,
    keys: Vec<Key>,
}

impl Keys {
    /// Reads a keyring (exported public keys, armoured or not) into a home of its own.
    ///
    /// # Errors
    /// When there is no gpg, or it does not take the keyring.
    pub async fn open(keyring: &Path, keys: Vec<Key>) -> Outcome<Keys> {
        let home = tempfile::Builder::new().prefix("trackle-keys").tempdir()?;
        let opened = Keys { home, keys };
        let mut gpg = opened.gpg();
        gpg.arg("--import").arg(keyring);
        let doing = format!("reading the keys in {}", keyring.display());
        match run(gpg, &[], IMPORT).await {
            Err(why) => Err(Fault::passing(format!("{doing}: {why}"))),
            Ok((status, _)) if !status.success() => {
                Err(Fault::lasting(format!("{doing}: gpg does not take it for exported public keys")))
            }
            Ok(_) => Ok(opened),
        }
    }

    /// Keys on file that the keyring lacks or that are worth nothing (expired, revoked), and why.
    ///
    /// # Errors
    /// When gpg cannot be asked.
    pub async fn unusable(&self) -> Outcome<Vec<(Key, &'static str)>> {
        let mut gpg = self.gpg();
        gpg.args(["--with-colons", "--fixed-list-mode", "--list-keys"]);
        let asked = run(gpg, &[], IMPORT).await;
        let (_, listed) = asked.map_err(|why| Fault::passing(format!("listing the keys: {why}")))?;
        let known = listed_keys(&listed);
        let why = |key: &Key| match known.iter().find(|(print, _)| *print == key.fingerprint) {
            None => Some("is not in the keyring"),
            Some((_, 'e')) => Some("has expired"),
            Some((_, 'r' | 'd' | 'i')) => Some("is revoked or invalid"),
            Some(_) => None,
        };
        Ok(self.keys.iter().filter_map(|key| why(key).map(|why| (key.clone(), why))).collect())
    }

    /// Whose signature it is.
    pub async fn ask(&self, claim: Claim) -> OpenPgp {
        match self.verify(&claim).await {
            Err(why) => OpenPgp::Bad(why),
            Ok(valid) => match self.keys.iter().find(|key| key.fingerprint == valid.fingerprint) {
                None => {
                    OpenPgp::Bad(format!("signed by {}, which is nobody's key on file", valid.fingerprint))
                }
                Some(key) => OpenPgp::Good(Signed {
                    login: key.login.clone(),
                    made: valid.made,
                    mark: mark(&valid, &claim.data),
                    part: Some(Box::new(claim.content)),
                }),
            },
        }
    }

    async fn verify(&self, claim: &Claim) -> Result<Valid, String> {
        let named = self.signature_file(&claim.signature).map_err(|e| format!("asking gpg: {e}"))?;
        let mut gpg = self.gpg();
        gpg.args(["--trust-model", "always", "--verify"]).arg(named.path()).arg("-");
        let within = Duration::from_secs(limits::WITNESS_SECONDS);
        let (status, said) = run(gpg, &claim.data, within).await?;
        valid(&said, status.success())
    }

    fn signature_file(&self, signature: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
        let mut file = tempfile::NamedTempFile::new_in(self.home.path())?;
        std::io::Write::write_all(&mut file, signature)?;
        Ok(file)
    }

    fn gpg(&self) -> Command {
        let mut gpg = Command::new("gpg");
        let path = "/usr/local/bin:/usr/bin:/bin";
        gpg.env_clear().env("PATH", path).env("LC_ALL", "C").env("HOME", self.home.path());
        gpg.arg("--homedir").arg(self.home.path());
        gpg.args(["--batch", "--no-tty", "--no-options", "--no-autostart", "--disable-dirmngr"]);
        gpg.args(["--no-auto-key-retrieve", "--no-auto-check-trustdb", "--no-random-seed-file"]);
        gpg.args(["--quiet", "--lock-never", "--status-fd", "1"]);
        gpg
    }

    /// Where the keys lie, for tests.
    #[cfg(test)]
    fn home(&self) -> std::path::PathBuf {
        self.home.path().to_owned()
    }
}

/// Runs gpg with that on its standard input; gives its status and what it wrote to standard output.
async fn run(mut gpg: Command, input: &[u8], within: Duration) -> Result<(ExitStatus, String), String> {
    gpg.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = gpg.spawn().map_err(|e| format!("gpg cannot be run: {e}"))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // gpg may have seen enough before the end
            let _ = stdin.write_all(input).await;
        }
    };
    let read = async {
        let mut said = Vec::new();
        if let Some(stdout) = stdout {
            let _ = stdout.take(ANSWER).read_to_end(&mut said).await;
        }
        said
    };
    let work = async {
        let ((), said) = tokio::join!(write, read);
        (child.wait().await, said)
    };
    match timeout(within, work).await {
        Err(_) => Err(format!("gpg took longer than {} seconds", within.as_secs())),
        Ok((Err(e), _)) => Err(format!("gpg: {e}")),
        Ok((Ok(status), said)) => Ok((status, String::from_utf8_lossy(&said).into_owned())),
    }
}

/// A signature that gpg calls good.
#[derive(Debug, PartialEq, Eq)]
struct Valid {
    /// Of the primary key.
    fingerprint: String,
    made: Timestamp,
}

/// What gpg's status lines say, all of them.
fn valid(status: &str, succeeded: bool) -> Result<Valid, String> {
    let (mut news, mut goods, mut valids) = (0, 0, Vec::new());
    for line in status.lines() {
        let line = line.strip_prefix("[GNUPG:] ").ok_or("gpg said what is no status line")?;
        let mut words = line.split(' ');
        match words.next().unwrap_or("") {
            "NEWSIG" => news += 1,
            "GOODSIG" => goods += 1,
            "VALIDSIG" => valids.push(words.collect::<Vec<_>>()),
            // what comes along with a good signature and takes nothing from it
            "KEY_CONSIDERED" | "SIG_ID" | "VERIFICATION_COMPLIANCE_MODE" | "PROGRESS" => {}
            word if word.starts_with("TRUST_") => {}
            word => return Err(refused(word)),
        }
    }
    match valids.as_slice() {
        [one] if succeeded && news == 1 && goods == 1 => validsig(one).ok_or_else(|| refused("VALIDSIG")),
        _ => Err(refused("no good signature")),
    }
}

fn mark(valid: &Valid, data: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(&valid.fingerprint);
    hash.update(valid.made.as_second().to_be_bytes());
    hash.update(data);
    hash.finalize().into()
}

fn refused(word: &str) -> String {
    let why = match word {
        "BADSIG" => "it is not by that key, or the text was altered",
        "EXPSIG" => "the signature has expired",
        "EXPKEYSIG" | "KEYEXPIRED" => "its key has expired",
        "REVKEYSIG" | "KEYREVOKED" => "its key is revoked",
        "ERRSIG" | "NO_PUBKEY" => "it is by no key on file, or cannot be checked",
        "NODATA" | "UNEXPECTED" => "it is no signature",
        _ => "gpg does not call it good",
    };
    why.to_owned()
}

/// `VALIDSIG fingerprint date made expires version reserved key-algorithm hash-algorithm class primary`
fn validsig(words: &[&str]) -> Option<Valid> {
    const WEAK: [&str; 3] = ["1", "2", "3"]; // MD5, SHA-1, RIPE-MD/160
    let [_, _, made, _, _, _, _, hash, class, primary] = words else { return None };
    // over a document, as bytes or as text; not over a key, and no time stamp
    let fits = matches!(*class, "00" | "01") && !WEAK.contains(hash) && is_fingerprint(primary);
    let made = Timestamp::from_second(made.parse().ok()?).ok()?;
    fits.then(|| Valid { fingerprint: (*primary).to_owned(), made })
}

/// Whether that is the fingerprint of a key of version 4 (40 digits) or later (64), upper case.
pub fn is_fingerprint(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
}

/// Fingerprint and validity of every primary key in gpg's colon listing.
fn listed_keys(listed: &str) -> Vec<(&str, char)> {
    let mut found = Vec::new();
    let mut primary = None;
    for line in listed.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            ["pub", validity, ..] => primary = Some(validity.chars().next().unwrap_or('-')),
            ["sub", ..] => primary = None,
            ["fpr", _, _, _, _, _, _, _, _, print, ..] => {
                found.extend(primary.take().map(|validity| (*print, validity)));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests;
