//! A real gpg with keys made here, and what it says in a table. Shows that the signed part alone is proven, by the
//! exact key and by nothing less.

use super::*;
use crate::read;
use std::process::Command as Program;

/// Somebody with secret keys.
struct Signer {
    home: TempDir,
}

impl Signer {
    fn new() -> Signer {
        Signer { home: tempfile::Builder::new().prefix("signer").tempdir().unwrap() }
    }

    fn gpg(&self, words: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Program::new("gpg")
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "gpg {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// Makes a key; gives its fingerprint.
    fn key(&self, name: &str, options: &[&str], expires: &str) -> String {
        let words = [options, &["--quick-gen-key", name, "ed25519", "sign", expires]].concat();
        self.gpg(&words, b"");
        let listed = self.gpg(&["--with-colons", "--list-keys", name], b"");
        let listed = String::from_utf8(listed).unwrap();
        listed_keys(&listed).last().unwrap().0.to_owned()
    }

    fn exported(&self) -> Vec<u8> {
        self.gpg(&["--export", "--armor"], b"")
    }

    /// Text in the cleartext framework.
    fn clear(&self, who: &str, options: &[&str], text: &str) -> String {
        let words = [options, &["--local-user", who, "--clearsign"]].concat();
        String::from_utf8(self.gpg(&words, text.as_bytes())).unwrap()
    }

    /// A mail of RFC 3156.
    fn mime(&self, who: &str, text: &str) -> String {
        let part = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
        let signature = self.gpg(&["--local-user", who, "--armor", "--detach-sign"], part.as_bytes());
        let signature = String::from_utf8(signature).unwrap();
        format!(
            "From: ann@x.example\r\nContent-Type: multipart/signed; micalg=pgp-sha512; \
             protocol=\"application/pgp-signature\"; boundary=z\r\n\r\n--z\r\n{part}\r\n--z\r\n\
             Content-Type: application/pgp-signature; name=s.asc\r\n\r\n{signature}\r\n--z--\r\n"
        )
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ =
            Program::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]).status();
    }
}

fn plain(block: &str) -> String {
    format!("From: ann@x.example\n\n{block}")
}

/// What is said of a mail: the login and the signed text, or why not.
async fn said(keys: &Keys, mail: &str) -> Result<(String, String), String> {
    let claim = read::signed::claim(mail.as_bytes()).ok_or("no claim")?;
    match keys.ask(claim).await {
        OpenPgp::Good(signed) => Ok((signed.login, signed.part.unwrap().new_text())),
        OpenPgp::Bad(why) => Err(why),
        OpenPgp::NotAsked => Err("not asked".into()),
    }
}

/// Shows T022: staff by an OpenPGP signature, of the signed text alone.
#[tokio::test]
async fn only_what_is_signed_is_proven_and_by_the_exact_key_only() {
    let signer = Signer::new();
    let ann = signer.key("ann@x.example", &[], "never");
    let mallory = signer.key("mallory@evil.example", &[], "never");
    let old = signer.key("old@x.example", &["--faked-system-time", "20200101T000000!"], "1d");
    let ring = signer.home.path().join("ring.asc");
    std::fs::write(&ring, signer.exported()).unwrap();
    let key = |fingerprint: &str, login: &str| Key { fingerprint: fingerprint.into(), login: login.into() };
    let keys = Keys::open(&ring, vec![key(&ann, "ann"), key(&old, "old")]).await.unwrap();

    let good = Ok(("ann".to_owned(), "close 12".to_owned()));
    let mime = signer.mime(&ann, "close 12");
    let clear = signer.clear(&ann, &[], "close 12\n");
    assert_eq!(said(&keys, &mime).await, good);
    assert_eq!(said(&keys, &mime.replace("\r\n", "\n")).await, good, "a Maildir has other line ends");
    assert_eq!(said(&keys, &plain(&clear)).await, good);
    // what stands around it is not proven, and not read
    let around = plain(&format!("!close 99\n\n{clear}\n!close 98\n"));
    assert_eq!(said(&keys, &around).await, good);
    let dashes = signer.clear(&ann, &[], "close 12\n- not\n-----BEGIN PGP SIGNATURE-----\nFrom x\ntail  \n");
    assert_eq!(said(&keys, &plain(&dashes)).await.unwrap().0, "ann");

    let altered = "it is not by that key, or the text was altered";
    assert_eq!(said(&keys, &mime.replace("close 12", "close 13")).await, Err(altered.into()));
    assert_eq!(said(&keys, &plain(&clear.replace("close 12", "close 13"))).await, Err(altered.into()));
    // the signature of one text under another
    let other = signer.clear(&ann, &[], "close 13\n");
    let (text, _) = clear.split_once("-----BEGIN PGP SIGNATURE").unwrap();
    let (_, signature) = other.split_once("-----BEGIN PGP SIGNATURE").unwrap();
    let moved = plain(&format!("{text}-----BEGIN PGP SIGNATURE{signature}"));
    assert_eq!(said(&keys, &moved).await, Err(altered.into()));
    // a key in the keyring that is nobody's, however it calls itself
    let why = said(&keys, &signer.mime(&mallory, "close 12")).await.unwrap_err();
    assert!(why.contains("nobody's key on file"), "{why}");
    // a key that has expired, signing at a time when it had not
    let then = ["--faked-system-time", "20200101T120000!"];
    let late = plain(&signer.clear(&old, &then, "close 12\n"));
    assert_eq!(said(&keys, &late).await, Err("its key has expired".into()));
    // weak hashes and two signatures
    let weak =
        plain(&signer.clear(&ann, &["--digest-algo", "SHA1", "--allow-weak-digest-algos"], "close 12\n"));
    assert!(said(&keys, &weak).await.is_err());
    let two = signer.gpg(&["--local-user", &ann, "--local-user", &mallory, "--clearsign"], b"close 12\n");
    assert!(said(&keys, &plain(&String::from_utf8(two).unwrap())).await.is_err());
    // a signed message, no signature, in the place of a signature
    let message = signer.gpg(&["--local-user", &ann, "--armor", "--sign"], b"close 12\n");
    let message = String::from_utf8(message).unwrap().replace("PGP MESSAGE", "PGP SIGNATURE");
    let (head, _) = mime.split_once("-----BEGIN PGP SIGNATURE").unwrap();
    assert!(said(&keys, &format!("{head}{message}\r\n--z--\r\n")).await.is_err());

    let unusable = keys.unusable().await.unwrap();
    assert_eq!(unusable.len(), 1);
    assert_eq!(unusable[0].1, "has expired");
    // nothing was started
    let left: Vec<_> = std::fs::read_dir(keys.home()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("S.")), "{left:?}");
}

#[tokio::test]
async fn a_key_that_is_not_in_the_keyring_counts_for_nothing() {
    let (signer, other) = (Signer::new(), Signer::new());
    let ann = signer.key("ann@x.example", &[], "never");
    other.key("bob@x.example", &[], "never");
    let ring = other.home.path().join("ring.asc");
    std::fs::write(&ring, other.exported()).unwrap();
    let keys = Keys::open(&ring, vec![Key { fingerprint: ann.clone(), login: "ann".into() }]).await.unwrap();
    let why = said(&keys, &signer.mime(&ann, "close 12")).await.unwrap_err();
    assert_eq!(why, "it is by no key on file, or cannot be checked");
    assert_eq!(keys.unusable().await.unwrap()[0].1, "is not in the keyring");
    std::fs::write(&ring, "no keys").unwrap();
    assert!(Keys::open(&ring, Vec::new()).await.is_err());
}

const PRIMARY: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn good(change: impl Fn(&str) -> String) -> Result<Valid, String> {
    let text = format!(
        "[GNUPG:] NEWSIG ann@x.example\n[GNUPG:] KEY_CONSIDERED {PRIMARY} 0\n[GNUPG:] SIG_ID x 2026-11-20 1795000000\n\
         [GNUPG:] GOODSIG 0123 Ann GOODSIG VALIDSIG\n\
         [GNUPG:] VALIDSIG {sub} 2026-11-20 1795000000 0 4 0 22 10 01 {PRIMARY}\n[GNUPG:] TRUST_ULTIMATE 0 always\n\
         [GNUPG:] VERIFICATION_COMPLIANCE_MODE 23\n",
        sub = "F".repeat(40)
    );
    valid(&change(&text), true)
}

/// One word too many, and it is no proof.
#[test]
fn status_lines_are_read_strictly() {
    let made = Timestamp::from_second(1_795_000_000).unwrap();
    assert_eq!(good(str::to_owned), Ok(Valid { fingerprint: PRIMARY.into(), made }));
    for extra in [
        "BADSIG 0 x",
        "EXPSIG 0 x",
        "EXPKEYSIG 0 x",
        "REVKEYSIG 0 x",
        "ERRSIG 0 1 8 00 1 9",
        "NODATA 4",
        "FAILURE verify 1",
        "PLAINTEXT 62 1 x",
        "NEWSIG",
        "GOODSIG 0 x",
        "UNKNOWN",
        "",
        "KEYREVOKED",
        "DECRYPTION_OKAY",
        &format!("VALIDSIG {PRIMARY} 2026-11-20 1795000000 0 4 0 22 10 01 {PRIMARY}"),
    ] {
        assert!(good(|text| format!("{text}[GNUPG:] {extra}\n")).is_err(), "{extra}");
    }
    for (from, to) in [
        ("GOODSIG 0123", "BADSIG 0123"),
        ("22 10 01", "22 2 01"),
        ("22 10 01", "22 10 10"),
        ("1795000000 0 4", "soon 0 4"),
        (" 01 0123", " 01 0x23"),
        ("[GNUPG:] NEWSIG", "NEWSIG"),
        ("[GNUPG:] VALIDSIG", "[GNUPG:] TRUST_VALIDSIG"),
    ] {
        assert!(good(|text| text.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
    assert!(valid("", true).is_err());
    let all = good(str::to_owned);
    assert!(all.is_ok() && valid("[GNUPG:] NEWSIG\n", false).is_err());
}
