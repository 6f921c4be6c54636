//! What `trackle admin export` writes, before a real mail program.

#[path = "../machine/site.rs"]
mod site;

use crate::mutt;
use site::Site;

fn mail(number: u32, more: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Bob Jones <bob@example.net>\r\nTo: help@example.org\r\nSubject: Printer {number}\r\n\
         Date: Mon, 2 Nov 2026 10:0{number}:00 +0000\r\nMessage-ID: <{number}@example.net>\r\n{more}\r\n{text}\r\n"
    )
    .into_bytes()
}

/// Shows T124.
#[test]
fn mutt_shows_a_tickets_mailbox_with_its_threads() {
    let site = Site::configured("[policy]\nconfirm_tickets = false\n");
    let answer = mail(2, "In-Reply-To: <1@example.net>\r\n", "From the paper tray, too.\r\nFrom everywhere.");
    site.takes(&[&mail(1, "", "It smokes."), &answer]);
    let noted = site.command(&["note", "1", "Bring water.", "--as", "ann"]).output().unwrap();
    assert!(noted.status.success(), "{noted:?}");
    let to = site.path("archive");
    let done = site.command(&["admin", "export", to.to_str().unwrap()]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let index = mutt::index_of(&to.join("00001.mbox"), 6);
    // the requester's mails are one thread, below which stands how the ticket stood; staff's letters are the other
    let begins = ["Printer 1", "|->Printer 2", "`->[#1] as it stood on ", "[#1] Printer 1", "`->", "  `->"];
    assert_eq!(index.len(), begins.len(), "{index:?}");
    assert!(index.iter().zip(begins).all(|(line, begin)| line.starts_with(begin)), "{index:?}");
}
