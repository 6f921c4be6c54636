//! Fetching by IMAP from a real Dovecot.

use crate::client::Client;
use crate::servers::{PASSWORD, Servers, mails_in};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;
use trackle::fetch::imap::{Done, Imap};
use trackle::fetch::mailbox::{Listing, Mailbox};
use trackle::limits;
use trackle::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};

const LONG: Duration = Duration::from_secs(60);

/// The folder of `help` over TLS, believed by our authority.
pub fn imap(servers: &Servers) -> Imap {
    imap_with(servers, servers.imaps_port, Security::Tls, Roots::File(servers.ca_pem.clone()), PASSWORD)
}

fn imap_with(servers: &Servers, port: u16, security: Security, roots: Roots, password: &str) -> Imap {
    Imap::new(server(servers, port, security, roots, password), "INBOX", Done::Flag)
}

fn server(servers: &Servers, port: u16, security: Security, roots: Roots, password: &str) -> Server {
    let secret = servers.dir().join("secret");
    fs::write(&secret, password).unwrap();
    let login =
        Login { user: "help".into(), mechanism: Mechanism::Password, secret: SecretSource::File(secret) };
    Server { host: "localhost".into(), port, security, roots, login: Some(login) }
}

fn mail(number: usize, size: usize) -> String {
    let line = "A line of an ordinary mail, sixty-four bytes long with its end.\n";
    format!("Subject: number {number}\n\n{}", line.repeat(size / line.len() + 1))
}

fn done_uids(listing: &Listing) -> Vec<String> {
    listing.entries.iter().map(|e| e.uid.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_listed_fetched_and_flagged() {
    let servers = Servers::imap_only();
    servers.deliver("help", (0..3).map(|n| mail(n, 100)));
    for (port, security) in [
        (servers.imaps_port, Security::Tls),
        (servers.imap_port, Security::StartTls),
        (servers.imap_port, Security::Plain),
    ] {
        let roots = Roots::File(servers.ca_pem.clone());
        let mut imap = imap_with(&servers, port, security, roots, PASSWORD);
        let listing = imap.list(None).await.unwrap();
        assert_eq!(listing.entries.len(), 3);
        assert!(listing.epoch > 0 && listing.entries.iter().all(|e| e.arrived.is_some()));
        let fetched = imap.fetch(&listing.entries).await.unwrap();
        let text = String::from_utf8_lossy(&fetched[2].bytes);
        assert!(text.contains("Subject: number 2\r\n") && text.contains("Delivered-To: help@team.example"));
        assert_eq!(Some(text.len() as u64), listing.entries[2].size);
        imap.close().await;
    }
    let mut imap = imap(&servers);
    let listing = imap.list(None).await.unwrap();
    assert!(listing.entries.iter().all(|e| !e.marked));
    imap.mark(&done_uids(&listing)).await.unwrap();
    imap.mark(&done_uids(&listing)).await.unwrap();
    assert!(imap.list(None).await.unwrap().entries.iter().all(|e| e.marked));
    // nobody's \Seen was touched: Maildir flags after `:2,` have no S
    let names = fs::read_dir(servers.maildir("help").join("cur")).unwrap();
    let names: Vec<String> = names.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let flags: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once(":2,")?.1)).collect();
    assert_eq!((names.len(), flags.len()), (3, 3), "{names:?}");
    assert!(flags.iter().all(|flags| !flags.contains('S')), "{names:?}");
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_is_listed_again() {
    let servers = Servers::imap_only();
    servers.deliver("help", [mail(1, 100)]);
    let mut imap = imap(&servers);
    let listing = imap.list(None).await.unwrap();
    let last = listing.entries[0].uid.parse().unwrap();
    for _ in 0..100 {
        assert!(imap.list(Some((listing.epoch, last))).await.unwrap().entries.is_empty());
    }
    servers.deliver("help", [mail(2, 100)]);
    assert_eq!(imap.list(Some((listing.epoch, last))).await.unwrap().entries.len(), 1);
    // numbers of another epoch say nothing
    assert_eq!(imap.list(Some((listing.epoch - 1, last))).await.unwrap().entries.len(), 2);
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_names_and_passwords_that_are_wrong_are_refused_in_words() {
    let servers = Servers::imap_only();
    let ca = Roots::File(servers.ca_pem.clone());
    let other = Roots::File(servers.dir().join("tls/other-ca.pem"));
    let (tls, plain) = (servers.imaps_port, servers.imap_port);
    for (port, security, roots, password, words) in [
        (tls, Security::Tls, other.clone(), PASSWORD, "not among the authorities in"),
        (tls, Security::Tls, Roots::Bundled, PASSWORD, "not among the built-in authorities"),
        (plain, Security::StartTls, other, PASSWORD, "not among the authorities in"),
        (plain, Security::Tls, ca.clone(), PASSWORD, "does not speak TLS"),
        (tls, Security::Tls, ca, "wrong-pass", "the server refused the login: [AUTHENTICATIONFAILED]"),
    ] {
        let fault = imap_with(&servers, port, security, roots, password).list(None).await.unwrap_err();
        assert!(fault.again && fault.doing.contains(words), "{fault}");
        assert!(!fault.doing.contains(password), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_has_expired_is_a_shut_door_until_it_is_renewed() {
    let mut servers = Servers::imap_only();
    let mut imap = imap(&servers);
    imap.list(None).await.unwrap();
    for (days, words) in [(0, Some("its certificate has expired")), (2, None)] {
        tokio::task::block_in_place(|| servers.certify_for(days));
        let said = imap.list(None).await.err().map(|fault| fault.doing);
        assert!(said.as_deref().unwrap_or_default().contains(words.unwrap_or_default()), "{said:?}");
        assert_eq!((said.is_some(), imap.shut), (words.is_some(), words.is_some()), "{said:?}");
    }
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_somebody_deletes_is_a_shut_door_until_it_is_there_again() {
    let servers = Servers::imap_only();
    servers.deliver("help", [mail(1, 100)]);
    let mut person = Client::of(&servers, "help");
    let plain = server(&servers, servers.imap_port, Security::Plain, Roots::Bundled, PASSWORD);
    let mut imap = Imap::new(plain, "Team/Help", Done::Flag);
    for _ in 0..2 {
        // the first that is heard of it may be that the line breaks
        let mut fault = imap.list(None).await.unwrap_err();
        if !imap.shut {
            fault = imap.list(None).await.unwrap_err();
        }
        assert!(fault.doing.contains("refused opening the folder Team/Help") && imap.shut, "{fault}");
        person.says("CREATE Team.Help");
        person.says("UID COPY 1 Team.Help");
        assert_eq!(imap.list(None).await.unwrap().entries.len(), 1);
        assert!(!imap.shut);
        person.says("DELETE Team.Help");
    }
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_wakes_for_new_mail_and_survives_being_given_up() {
    let servers = Servers::imap_only();
    let mut imap = imap(&servers);
    assert!(imap.list(None).await.unwrap().entries.is_empty());
    assert!(timeout(Duration::from_millis(300), imap.wait(LONG)).await.is_err(), "no mail has come");
    for number in 1..=3 {
        let (waited, ()) = tokio::join!(timeout(LONG, imap.wait(LONG)), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            tokio::task::block_in_place(|| servers.deliver("help", [mail(number, 100)]));
        });
        waited.expect("IDLE did not wake").unwrap();
        assert_eq!(imap.list(None).await.unwrap().entries.len(), number);
    }
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn done_mail_moves_into_a_folder_that_is_made() {
    let servers = Servers::imap_only();
    servers.deliver("help", (0..3).map(|n| mail(n, 100)));
    let mut imap = imap(&servers);
    let listing = imap.list(None).await.unwrap();
    imap.done = Done::Move("Trackle/Erledigt & weg/Bücher".into());
    let all = done_uids(&listing);
    imap.mark(&all[..2]).await.unwrap();
    assert_eq!(done_uids(&imap.list(None).await.unwrap()), &all[2..]);
    // what has moved is gone for a fetch, and is no error
    assert_eq!(imap.fetch(&listing.entries).await.unwrap().len(), 1);
    imap.mark(&all).await.unwrap();
    assert!(imap.list(None).await.unwrap().entries.is_empty());
    let folder: PathBuf = servers.maildir("help").join(".Trackle.Erledigt &- weg.B&APw-cher");
    assert_eq!(mails_in(&folder).len(), 3);
    imap.close().await;
    let plain = server(&servers, servers.imap_port, Security::Plain, Roots::Bundled, PASSWORD);
    let mut moved = Imap::new(plain, "Trackle/Erledigt & weg/Bücher", Done::Flag);
    assert_eq!(moved.list(None).await.unwrap().entries.len(), 3);
    moved.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_somebody_removes_meanwhile_is_left_out() {
    let servers = Servers::imap_only();
    servers.deliver("help", (0..5).map(|n| mail(n, 100)));
    let (mut one, mut other) = (imap(&servers), imap(&servers));
    let entries = one.list(None).await.unwrap().entries;
    // by another client
    other.done = Done::Move("Elsewhere".into());
    other.list(None).await.unwrap();
    other.mark(&[entries[1].uid.clone()]).await.unwrap();
    assert_eq!(one.fetch(&entries).await.unwrap().len(), 4);
    // by hand, behind the server's back
    let cur = fs::read_dir(servers.maildir("help").join("cur")).unwrap().flatten().next().unwrap();
    fs::remove_file(cur.path()).unwrap();
    // Dovecot may end the connection when it finds out
    let mut left = Err(trackle::fault::Fault::passing("not tried"));
    for _ in 0..3 {
        one.list(None).await.unwrap();
        left = one.fetch(&entries).await;
        if left.is_ok() {
            break;
        }
    }
    assert_eq!(left.unwrap().len(), 3);
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_numbered_anew_is_another_epoch() {
    let servers = Servers::imap_only();
    servers.deliver("help", (0..5).map(|n| mail(n, 100)));
    let mut imap = imap(&servers);
    let before = imap.list(None).await.unwrap();
    let last = before.entries[4].uid.parse().unwrap();
    imap.close().await;
    // Dovecot makes a new UIDVALIDITY from the clock, in seconds
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for entry in fs::read_dir(servers.maildir("help")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let marked = imap.mark(&done_uids(&before)).await;
    assert!(marked.unwrap_err().doing.contains("UIDVALIDITY"));
    let after = imap.list(Some((before.epoch, last))).await.unwrap();
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(after.entries.len(), 5);
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_mail_is_had_by_its_head() {
    let servers = Servers::imap_only();
    servers.deliver("help", [mail(1, limits::MAIL_BYTES), mail(2, 100), mail(3, 4 << 20)]);
    let mut imap = imap(&servers);
    let entries = imap.list(None).await.unwrap().entries;
    let fetched = imap.fetch(&entries).await.unwrap();
    let got: Vec<_> = fetched.iter().map(|f| f.cut).collect();
    assert_eq!(got, [true, false, false]);
    assert_eq!(fetched[0].bytes.len(), limits::HEAD_BYTES);
    assert_eq!(Some(fetched[2].bytes.len() as u64), entries[2].size);
    imap.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_mails_come_whole_and_in_order() {
    let servers = Servers::imap_only();
    let count = 2_000;
    // written into the Maildir as a delivery would, since thousands by LMTP take minutes
    let mut maildir = imap(&servers);
    servers.deliver("help", [mail(0, 100)]);
    for number in 1..count {
        let path = servers.maildir("help").join("new").join(format!("{}.M{number:06}.test", 2_000_000_000));
        fs::write(path, mail(number, 5_000)).unwrap();
    }
    let listing = maildir.list(None).await.unwrap();
    assert_eq!(listing.entries.len(), count);
    for (batch, entries) in listing.entries.chunks(limits::BATCH_MAILS).enumerate() {
        let fetched = maildir.fetch(entries).await.unwrap();
        assert_eq!(fetched.len(), entries.len());
        for (at, mail) in fetched.iter().enumerate() {
            let subject = format!("Subject: number {}\r\n", batch * limits::BATCH_MAILS + at);
            assert!(!mail.cut && String::from_utf8_lossy(&mail.bytes).contains(&subject), "{subject}");
        }
    }
    for uids in done_uids(&listing).chunks(limits::BATCH_MAILS) {
        maildir.mark(uids).await.unwrap();
    }
    assert!(maildir.list(None).await.unwrap().entries.iter().all(|e| e.marked));
    maildir.close().await;
}
