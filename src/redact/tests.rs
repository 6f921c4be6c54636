//! The engine as a whole.

use super::*;

#[test]
fn a_secret_that_stays_is_marked_alike_and_one_that_changes_is_seen_to() {
    let before = b"user = app\npassword = hunter2x\ntoken = 9f86d081884c7d659a2feaa0c55ad015\n";
    let after = b"user = web\npassword = hunter2x\ntoken = 1f86d081884c7d659a2feaa0c55ad0b7\n";
    let sides = Redactor::new().file(b"/etc/app.conf", Some(before), Some(after)).unwrap();
    let text = |side: Option<Vec<u8>>| String::from_utf8(side.unwrap()).unwrap();
    assert_eq!(text(sides.before), "user = app\npassword = «redacted:password»\ntoken = «redacted:token»\n");
    assert_eq!(text(sides.after), "user = web\npassword = «redacted:password»\ntoken = «redacted:token:2»\n");
    assert_eq!(sides.found.len(), 4);
}
