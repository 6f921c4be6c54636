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

#[test]
fn what_was_found_once_is_found_everywhere() {
    let mut redactor = Redactor::new();
    redactor.learn_line("mysql -u root -pS3cretWord9 app");
    let sides = redactor.file(b"/srv/notes", None, Some(b"it was S3cretWord9 then\n")).unwrap();
    assert_eq!(sides.after.unwrap(), "it was «redacted:known» then\n".as_bytes());
    let (text, found) = redactor.text("dbpass = S3cretWord9\n# S3cretWord9 again");
    assert_eq!(text, "dbpass = «redacted:password»\n# «redacted:password» again");
    assert_eq!(found.len(), 2);
    // words that anybody may write are not sought
    let (text, _) = Redactor::new().text("password = postgres\nuser = postgres\n");
    assert_eq!(text, "password = «redacted:password»\nuser = postgres\n");
}

#[test]
fn marks_are_left_alone_and_compare_without_their_numbers() {
    let text = "password = «redacted:password:2»\n-----BEGIN PRIVATE KEY-----\n«redacted:private-key»\n-----END PRIVATE KEY-----\n";
    assert_eq!(Redactor::new().text(text), (text.to_owned(), vec![]));
    assert_eq!(
        unnumbered("a «redacted:password:2» «redacted:x»".as_bytes()).as_ref(),
        "a «redacted:password» «redacted:x»".as_bytes()
    );
    // a new one counts on from those that are there
    let (text, _) = Redactor::new().text("a_password = «redacted:password:2»\nb_password = hunter2y\n");
    assert_eq!(text, "a_password = «redacted:password:2»\nb_password = «redacted:password:3»\n");
}

#[test]
fn what_is_withheld_is_withheld_whole() {
    let mut redactor = Redactor::new();
    assert_eq!(redactor.file(b"/etc/shadow", Some(b"a"), None), Err("shadow"));
    assert_eq!(redactor.file(b"/srv/x.sqlite", Some(b"text"), None), Err("database"));
    assert_eq!(redactor.file(b"/srv/x", Some(b"a\0b"), None), Err("binary"));
    let big = vec![b'a'; limits::REDACT_BYTES + 1];
    assert_eq!(redactor.file(b"/srv/x", None, Some(&big)), Err("too big to be looked through"));
    let many = "password=hunter2\n".repeat(limits::REDACT_FOUND + 1);
    assert_eq!(redactor.bytes(many.as_bytes()), Err("too many secrets"));
    assert_eq!(redactor.text(&many).0, "«redacted:withheld»");
}

/// Work is counted, not timed: a content that would take more than its share is withheld, all others end.
#[test]
fn hostile_texts_end() {
    for piece in [
        "password",
        "password=",
        "password:\n  ",
        "key=\"",
        "token='",
        "pass ",
        "<password>",
        "<password ",
        "\"password\"",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "kind: Secret\ndata:\n",
        "  a: b\n",
        "\\\"kind\\\": \\\"Secret\\\"",
        "eyJ",
        "://a:b@",
        "://",
        "$6$",
        "{SSHA}",
        "-p",
        "mysql -p ",
        "' ",
        "\" ",
        "\\",
        "<<< ",
        "| ",
        "name: password\n",
        "«redacted:",
        "«redacted:x»",
        "Authorization: ",
        "sk-",
        "AKIA",
        "\n",
        " ",
        "Private-Lines: 9999\n",
        "secret = |\n",
        "é",
        "\u{1b}",
        "a=",
        "=",
        ":",
        "user x >",
        "rootpw --x ",
        "vault login x ",
        "git config x ",
        "login=",
    ] {
        let text = piece.repeat(60_000 / piece.len());
        let mut redactor = Redactor::new();
        let _ = redactor.text(&text);
        let _ = redactor.line(text.get(..text.floor_char_boundary(5_000)).unwrap());
        let _ = redactor.arguments(&vec![piece.to_owned(); 500]);
        let _ = redactor.file(b"/x", Some(text.as_bytes()), Some(piece.as_bytes()));
    }
}

#[test]
fn blocks_of_secrets_are_found_whole() {
    for (text, redacted) in [
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc=\n-----END RSA PRIVATE KEY-----\nb\n",
            "a\n-----BEGIN RSA PRIVATE KEY-----\n«redacted:private-key»\n-----END RSA PRIVATE KEY-----\nb\n",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "-----BEGIN PRIVATE KEY-----\n«redacted:private-key»"),
        (
            "kind: Secret\nmetadata:\n  name: x\ndata:\n  a: eA==\n  b: |\n    y\ntype: Opaque\n",
            "kind: Secret\nmetadata:\n  name: x\ndata:\n  a: «redacted:kubernetes»\n  b: |\n    «redacted:kubernetes:2»\ntype: Opaque\n",
        ),
        ("kind: ConfigMap\ndata:\n  a: eA==\n", "kind: ConfigMap\ndata:\n  a: eA==\n"),
        ("password: |\n  one\n  two\nnext: 1\n", "password: |\n  «redacted:password»\nnext: 1\n"),
        (
            "Private-Lines: 2\nAAAA\nBBBB\nPrivate-MAC: x\n",
            "Private-Lines: 2\n«redacted:private-key»\nPrivate-MAC: x\n",
        ),
    ] {
        assert_eq!(Redactor::new().text(text).0, redacted);
    }
}
