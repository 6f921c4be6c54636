//! Witnesses: whoever can be asked about a mail's bytes before anybody thinks about it. In: what the mail claims (a
//! signed part, a domain) and what the configuration lets us ask; out: what they said, as a noun. The only room
//! between reading and identifying that touches the network and other programs, so that those that think need not. An
//! answer is never kept: what follows from it is, as the proof beside a change. One who cannot be asked has said
//! nothing; a mail never waits for its witnesses longer than `limits::WITNESS_SECONDS`.

#[cfg(feature = "dkim")]
pub mod dkim;
pub mod openpgp;

use crate::fault::Outcome;
use crate::limits;
use crate::model::witness::{Claim, Dkim, OpenPgp, Witness};
use jiff::Timestamp;
use openpgp::{Key, Keys};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// Whom a site asks. The default is nobody.
#[derive(Default)]
pub struct Witnesses {
    keyring: Option<Keyring>,
    #[cfg(feature = "dkim")]
    dns: Option<dkim::Dns>,
}

/// The keys on file; gpg is given them when the first signature comes.
struct Keyring {
    file: PathBuf,
    keys: Vec<Key>,
    opened: OnceCell<Keys>,
}

/// What can be asked about one mail.
#[derive(Debug)]
pub struct Question<'a> {
    pub bytes: &'a [u8],
    /// The part that carries a signature.
    pub claim: Option<Claim>,
    /// The domain of From, when nobody else vouches for it.
    pub domain: Option<String>,
    pub now: Timestamp,
}

impl Witnesses {
    /// Those of a configuration: the file with the public keys, whose they are, and whether DKIM is checked.
    pub fn new(keyring: Option<PathBuf>, keys: Vec<Key>, dkim: bool) -> Witnesses {
        let keyring = keyring.filter(|_| !keys.is_empty());
        #[cfg(not(feature = "dkim"))]
        let _ = dkim;
        Witnesses {
            keyring: keyring.map(|file| Keyring { file, keys, opened: OnceCell::new() }),
            #[cfg(feature = "dkim")]
            dns: dkim.then(dkim::Dns::default),
        }
    }

    /// Whether signatures of a member are looked at.
    pub fn knows_keys_of(&self, login: &str) -> bool {
        self.keyring.as_ref().is_some_and(|ring| ring.keys.iter().any(|key| key.login == login))
    }

    /// Whether DKIM is checked.
    pub fn asks_dns(&self) -> bool {
        #[cfg(feature = "dkim")]
        return self.dns.is_some();
        #[cfg(not(feature = "dkim"))]
        false
    }

    /// Asks about one mail.
    pub async fn hear(&self, question: Question<'_>) -> Witness {
        let within = Duration::from_secs(limits::WITNESS_SECONDS);
        let Question { bytes, claim, domain, now } = question;
        let signature = async {
            match (&self.keyring, claim) {
                (Some(ring), Some(claim)) => ring.ask(claim).await,
                _ => OpenPgp::NotAsked,
            }
        };
        // the keyring is read once, which may take longer and has a limit of its own
        let (openpgp, dkim) = tokio::join!(signature, timeout(within, self.dkim(bytes, domain, now)));
        let dkim = dkim.unwrap_or_else(|_| Dkim::Failed("DNS took too long".to_owned()));
        Witness { dkim, openpgp }
    }

    #[cfg(feature = "dkim")]
    async fn dkim(&self, bytes: &[u8], domain: Option<String>, now: Timestamp) -> Dkim {
        match (&self.dns, domain) {
            (Some(dns), Some(domain)) => dkim::ask(dns, bytes, &domain, now).await,
            _ => Dkim::NotAsked,
        }
    }

    #[cfg(not(feature = "dkim"))]
    #[allow(clippy::unused_async)]
    async fn dkim(&self, _: &[u8], _: Option<String>, _: Timestamp) -> Dkim {
        Dkim::NotAsked
    }

    /// Keys on file that count for nothing, each with the reason; `None` when none are configured.
    ///
    /// # Errors
    /// When gpg or the keyring cannot be used.
    pub async fn unusable_keys(&self) -> Option<Outcome<Vec<(Key, &'static str)>>> {
        let ring = self.keyring.as_ref()?;
        Some(match ring.open().await {
            Ok(keys) => keys.unusable().await,
            Err(fault) => Err(fault),
        })
    }
}

impl Keyring {
    async fn open(&self) -> Outcome<&Keys> {
        self.opened.get_or_try_init(|| Keys::open(&self.file, self.keys.clone())).await
    }

    async fn ask(&self, claim: Claim) -> OpenPgp {
        match self.open().await {
            Ok(keys) => keys.ask(claim).await,
            Err(fault) => {
                tracing::warn!("{fault}: signatures prove nothing until that is mended");
                OpenPgp::Bad(fault.doing)
            }
        }
    }
}
