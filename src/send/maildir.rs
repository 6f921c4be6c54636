//! The other end of a local trial: each recipient's letters lie in a Maildir below one folder, as if a mail server had
//! delivered them. Parcels come in; files named after the parcel go out. Never writes outside its folder, never
//! changes the letter, only puts the two lines in front that a final delivery puts there (RFC 5321 4.4).

use super::courier::{Courier, Delivery, Parcel, Trouble};
use crate::drop;
use crate::fault::Fault;
use crate::model::address::Address;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// A courier that delivers to `<base>/<address>/new`.
#[derive(Debug, Clone)]
pub struct Maildir {
    base: PathBuf,
}

impl Maildir {
    /// Folders are made when the first letter for them comes.
    pub fn new(base: PathBuf) -> Maildir {
        Maildir { base }
    }
}

impl Courier for Maildir {
    async fn carry(&mut self, parcel: &Parcel) -> Delivery {
        let Some(folder) = folder(&parcel.to) else {
            let text = format!("{} cannot name a folder", parcel.to);
            return Delivery::Refused(Trouble { code: 0, status: "5.1.3".to_owned(), text });
        };
        let (dir, bytes) = (self.base.join(folder), delivered(parcel));
        let name = name(parcel);
        let written = tokio::task::spawn_blocking(move || drop::place(&dir, &bytes, &name)).await;
        match written.unwrap_or_else(|e| Err(Fault::passing(format!("writing a parcel: {e}")))) {
            Ok(path) => Delivery::Sent(format!("written to {}", path.display())),
            Err(fault) => Delivery::Later(Trouble::said(&fault.doing)),
        }
    }

    async fn settle(&mut self) -> Result<(), Trouble> {
        let base = self.base.clone();
        let settled = tokio::task::spawn_blocking(move || drop::settle(&base)).await;
        let settled = settled.unwrap_or_else(|e| Err(Fault::passing(format!("settling letters: {e}"))));
        settled.map_err(|fault| Trouble::said(&fault.doing))
    }

    async fn close(&mut self) {}
}

/// An address is a folder's name as it stands, but for the slash that RFC 5322 allows in it. It holds an at sign, so
/// it is neither `.` nor `..`, nor one of a Maildir's own folders.
fn folder(to: &Address) -> Option<String> {
    Some(to.key()).filter(|key| !key.contains('/'))
}

/// Named after the parcel: a second carrying replaces a copy that nobody has read yet, or shows as the same name. The
/// digest keeps apart what a new database numbers from one again.
fn name(parcel: &Parcel) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(&parcel.bytes));
    format!("parcel-{}.{:.16}", parcel.id, digest)
}

fn delivered(parcel: &Parcel) -> Vec<u8> {
    let from = parcel.from.as_ref().map(Address::as_str).unwrap_or_default();
    let mut bytes = format!("Return-Path: <{from}>\r\nDelivered-To: {}\r\n", parcel.to).into_bytes();
    bytes.extend_from_slice(&parcel.bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn parcel(id: i64, from: Option<&str>, to: &str) -> Parcel {
        let address = |text: &str| Address::parse(text).unwrap();
        Parcel { id, from: from.map(address), to: address(to), bytes: b"Subject: x\r\n\r\n.\r\n".to_vec() }
    }

    #[tokio::test]
    async fn letters_lie_where_the_address_says() {
        let dir = tempfile::tempdir().unwrap();
        let mut courier = Maildir::new(dir.path().join("mail"));
        let sent = parcel(7, Some("bounce+7@x.example"), "Ann.Lee+t@X.example");
        let auto = parcel(8, None, "ann.lee+t@x.example");
        let other = Parcel { bytes: b"Subject: from another database\r\n\r\n".to_vec(), ..sent.clone() };
        for parcel in [&sent, &auto, &sent, &other] {
            let delivery = courier.carry(parcel).await;
            assert!(matches!(delivery, Delivery::Sent(_)), "{delivery:?}");
        }
        courier.close().await;
        let new = dir.path().join("mail/ann.lee+t@x.example/new");
        assert_eq!(
            fs::read(new.join(name(&sent))).unwrap(),
            b"Return-Path: <bounce+7@x.example>\r\nDelivered-To: Ann.Lee+t@X.example\r\nSubject: x\r\n\r\n.\r\n"
        );
        assert!(
            fs::read(new.join(name(&auto))).unwrap().starts_with(b"Return-Path: <>\r\nDelivered-To: ann")
        );
        assert_eq!(fs::read_dir(new).unwrap().count(), 3, "the second carrying of 7 made no second letter");
    }

    #[tokio::test]
    async fn an_address_is_no_path() {
        let dir = tempfile::tempdir().unwrap();
        let mut courier = Maildir::new(dir.path().join("mail"));
        for to in ["/etc/x@y", "a/b@y", "/@y", "x/*/y@z"] {
            let delivery = courier.carry(&parcel(1, None, to)).await;
            assert!(matches!(&delivery, Delivery::Refused(t) if t.status == "5.1.3"), "{to}: {delivery:?}");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let home = parcel(1, None, "~root@y");
        assert!(matches!(courier.carry(&home).await, Delivery::Sent(_)));
        assert!(dir.path().join("mail/~root@y/new").join(name(&home)).is_file());
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_for_later() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let delivery = Maildir::new(file.path().to_owned()).carry(&parcel(1, None, "a@b")).await;
        assert!(matches!(&delivery, Delivery::Later(t) if t.code == 0 && !t.text.is_empty()), "{delivery:?}");
    }
}
