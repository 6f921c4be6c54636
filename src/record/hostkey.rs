//! The key of this host: what it signs, the robot believes to have been recorded here. Its secret half is 32 random bytes
//! in a file that nobody else can read; it is made once, never replaced, and never shown. Ed25519 as in RFC 8032.

use crate::fault::{Fault, Outcome};
use crate::model::bundle::{HostKey, SIGNATURE};
use crate::model::host::{CARD_CONTEXT, Card};
use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The secret half of a host's key.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// From the 32 bytes that are kept.
    ///
    /// # Errors
    /// When they are none of a key.
    pub fn new(seed: &[u8; 32]) -> Outcome<Signer> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(Signer)
            .map_err(|_| Fault::lasting("the host's key is damaged"))
    }

    /// Makes a key, and the file that it is kept in.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn make(path: &Path) -> Outcome<Signer> {
        let doing = |e: std::io::Error| match e.kind() {
            ErrorKind::AlreadyExists => Fault::lasting(format!(
                "there is a key in {} already; whoever wants another one takes it away first",
                path.display()
            )),
            _ => Fault::passing(format!("making the key {}: {e}", path.display())),
        };
        let directory = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(doing)?;
        let seed: [u8; 32] = rand::random();
        let text = format!("{}\n", HEXLOWER_PERMISSIVE.encode(&seed));
        // written aside and linked, so that a power cut leaves no half key, and of two at once one wins
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(doing)?;
        file.write_all(text.as_bytes()).map_err(doing)?;
        file.as_file().sync_all().map_err(doing)?;
        file.persist_noclobber(path).map_err(|e| doing(e.error))?;
        File::open(directory).and_then(|d| d.sync_all()).map_err(doing)?;
        Signer::new(&seed)
    }

    /// Reads the key.
    ///
    /// # Errors
    /// When there is none, somebody else could read or replace it, or it is damaged.
    pub fn load(path: &Path) -> Outcome<Signer> {
        let why = |what: String| Fault::lasting(format!("the key {}: {what}", path.display()));
        let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let file =
            OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|e| match e.kind() {
                ErrorKind::NotFound => why("there is none; `trackle host enroll` makes it".to_owned()),
                _ => why(e.to_string()),
            })?;
        let found = file.metadata().map_err(|e| why(e.to_string()))?;
        let owner = found.uid();
        if !found.is_file() || found.mode() & 0o077 != 0 {
            return Err(why("others could read it: chmod 600".to_owned()));
        }
        if owner != 0 && owner != rustix::process::geteuid().as_raw() {
            return Err(why("it belongs to somebody else".to_owned()));
        }
        let mut text = String::new();
        file.take(100).read_to_string(&mut text).map_err(|e| why(e.to_string()))?;
        let seed = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().and_then(|s| s.try_into().ok());
        Signer::new(&seed.ok_or_else(|| why("it is damaged: 64 hexadecimal digits are wanted".to_owned()))?)
    }

    /// The half that everybody may know.
    pub fn key(&self) -> HostKey {
        let mut key = [0; 32];
        key.iter_mut().zip(self.0.public_key().as_ref()).for_each(|(to, from)| *to = *from);
        HostKey(key)
    }

    /// Signs what stands behind that context.
    pub fn sign(&self, context: &[u8], bytes: &[u8]) -> [u8; SIGNATURE] {
        let signature = self.0.sign(&[context, bytes].concat());
        let mut signed = [0; SIGNATURE];
        signed.iter_mut().zip(signature.as_ref()).for_each(|(to, from)| *to = *from);
        signed
    }

    /// A card as it is mailed.
    pub fn card(&self, card: &Card) -> String {
        let lines = card.lines();
        let signature = self.sign(CARD_CONTEXT, lines.as_bytes());
        format!("{lines}signature: {}\n", BASE64_NOPAD.encode(&signature))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer«secret»")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("etc/host.key");
        assert!(Signer::load(&path).unwrap_err().doing.contains("enroll"));
        let made = Signer::make(&path).unwrap();
        assert_eq!(Signer::load(&path).unwrap().key(), made.key());
        assert!(Signer::make(&path).unwrap_err().doing.contains("already"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{made:?}").contains('0'));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Signer::load(&path).unwrap_err().doing.contains("chmod"));
        let other = dir.path().join("other");
        std::os::unix::fs::symlink(&path, &other).unwrap();
        assert!(Signer::load(&other).is_err());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "beef").unwrap();
        assert!(Signer::load(&path).unwrap_err().doing.contains("damaged"));
    }

    #[test]
    fn a_card_is_read_back() {
        let signer = Signer::new(&[8; 32]).unwrap();
        let card = Card {
            name: "web1".into(),
            login: Some("ann".into()),
            member: None,
            key: signer.key(),
            program: "0.1.0".into(),
        };
        assert_eq!(crate::read::host::card(signer.card(&card).as_bytes()), Ok(card));
    }
}
