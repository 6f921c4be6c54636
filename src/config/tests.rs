//! The example is the documentation, so it is held against what the program does; then every complaint once.

use super::*;
use crate::limits;
use crate::model::server::{Mechanism, Roots, SecretSource, Security};
use std::net::IpAddr;

const EXAMPLE: &str = include_str!("../../config.example.toml");
const LEAST: &str = r#"
[robot]
address = "help@example.org"
[staff]
list = "team@example.org"
[courier]
kind = "maildir"
path = "letters"
"#;

fn parse(text: &str) -> Result<Config, Wrong> {
    Config::parse(text, Path::new("/etc/trackle"))
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// The example's lines that begin with the mark, without it; `#` takes settings but no prose.
fn uncomment(mark: &str) -> String {
    let setting = |line: &str| {
        let rest = line.strip_prefix(mark)?;
        rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[').then(|| rest.to_owned())
    };
    EXAMPLE
        .lines()
        .map(|line| setting(line).unwrap_or_else(|| line.to_owned()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_example_shows_the_defaults() {
    let bare = parse(EXAMPLE).unwrap();
    assert_eq!(parse(&uncomment("#")).unwrap(), bare);
    let Mailbox::Imap(imap) = &bare.mailboxes[0] else { panic!("{bare:?}") };
    assert_eq!(
        (imap.server.port, imap.server.security, &imap.server.roots),
        (993, Security::Tls, &Roots::System)
    );
    assert_eq!((imap.folders.as_slice(), &imap.done), (["INBOX".to_owned()].as_slice(), &Done::Flag));
    assert_eq!(imap.poll, Duration::from_secs(300));
    assert_eq!(bare.policy.mail_bytes, limits::MAIL_BYTES);
    assert_eq!(bare.identity.command_age, Duration::from_secs(48 * 3600));
    assert_eq!(bare.robot.state, Path::new("/var/lib/trackle"));
    let Courier::Smtp(smtp) = &bare.courier else { panic!("{bare:?}") };
    assert_eq!((smtp.server.port, &smtp.bounce_address), (465, &bare.robot.address));
}

#[test]
fn the_example_names_every_setting_in_its_section() {
    for (table, setting) in every_setting() {
        let section = EXAMPLE.lines().skip_while(|l| l.trim_start_matches('#') != table).skip(1);
        let mut section = section.take_while(|l| !l.starts_with('['));
        assert!(
            section.any(|l| l.trim_start_matches('#').starts_with(&format!("{setting} = "))),
            "{table} {setting} is not in config.example.toml"
        );
    }
}

/// Every table with its settings, as serde knows them: asked for one that is none, it lists those that are.
fn every_setting() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for table in [
        "[robot]",
        "[staff]",
        "[[staff.member]]",
        "[[mailbox]]",
        "[courier]",
        "[identity]",
        "[policy]",
        "[digest]",
        "[web]",
        "[console]",
    ] {
        let complaint = parse(&format!("{table}\nnothing-such = 1")).unwrap_err().complaints.remove(0).text;
        let names = complaint.split('`').skip(3).step_by(2);
        // mailbox and courier share one struct; each takes what the other kind would refuse
        let names = names.filter(|n| match table {
            "[[mailbox]]" => *n != "bounce_address",
            "[courier]" => !["folders", "done", "done_folder", "poll"].contains(n),
            _ => *n != "member",
        });
        all.extend(names.map(|n| (table.to_owned(), n.to_owned())));
    }
    assert_eq!(all.len(), 9 + 2 + 5 + 15 + 12 + 7 + 14 + 6 + 2 + 1, "{all:?}");
    all
}

#[test]
fn the_other_ways_work_too() {
    let text =
        EXAMPLE.replace("password_file = \"/run", "#x").replace("##password_command", "password_command");
    let config = parse(&text).unwrap();
    let Mailbox::Imap(imap) = &config.mailboxes[0] else { panic!() };
    let words = ["pass", "show", "mail/help"].map(str::to_owned).to_vec();
    assert_eq!(imap.server.login.as_ref().unwrap().secret, SecretSource::Command(words));

    let least = parse(LEAST).unwrap();
    assert_eq!(least.courier, Courier::Maildir("/etc/trackle/letters".into()));
    assert_eq!((least.mailboxes.len(), least.staff.members.len()), (0, 0));

    let text = format!(
        "{LEAST}[[mailbox]]\nkind=\"imap\"\nhost=\"::1\"\nuser=\"u\"\npassword_env=\"P\"\nsecurity=\"starttls\"\n\
         roots=\"ca.d/ca.pem\"\nmechanism=\"xoauth2\"\ndone=\"move\"\npoll=\"30s\"\n\
         [[mailbox]]\nkind=\"maildir\"\npath=\"/m\"\n"
    );
    let config = parse(&text).unwrap();
    let [Mailbox::Imap(imap), Mailbox::Maildir(maildir)] = config.mailboxes.as_slice() else { panic!() };
    assert_eq!((imap.server.host.as_str(), imap.server.port), ("::1", 143));
    assert_eq!(imap.server.roots, Roots::File("/etc/trackle/ca.d/ca.pem".into()));
    assert_eq!(imap.server.login.as_ref().unwrap().mechanism, Mechanism::Xoauth2);
    assert_eq!((&imap.done, imap.poll), (&Done::Move("Done".to_owned()), Duration::from_secs(30)));
    assert_eq!(maildir.path, Path::new("/m"));
}

/// Each row: a text of the example, what is written instead (⏎ is a line's end), the first complaint's field, and how
/// it begins.
const MISTAKES: &str = r#"
#name = "Help desk"   → nmae = "x"                   → robot.nmae → unknown field `nmae`, expected one of `address`
address = "help@      → address = "Help <help@       → robot.address → "Help <help@example.org" is not a bare mail
address = "help@example.org" →                       → robot.address → is missing: the address that people write to
#aliases = []         → aliases = ["a@x", "b"]       → robot.aliases → "b" is not a bare mail address
#aliases = []         → aliases = "a@x"              → robot.aliases → invalid type: string "a@x"
#name = "Help desk"   → name = "a\nBcc: b"           → robot.name → must be one line of 1 to 100 characters
#delimiter = "+"      → delimiter = "."              → robot.delimiter → must be one of + - = _
#language = "en"      → language = "German"          → robot.language → must be the code of a language
#state = "/var        → state = "~/var               → robot.state → ~ means nothing here
#plus_addressing = true → plus_addressing = "yes"    → robot.plus_addressing → invalid type: string "yes"
team@example.org      → HELP@example.org             → staff.list → is the robot's own address
#also = []            → also = ["help+7@example.org"] → staff.also → is the robot's own address
ann@example.org"      → help@example.org"            → staff.member.address → is the robot's own address
login = "ann"         → login = "12"                 → staff.member.login → "12" must begin with a letter
login = "ann"         → logn = "ann"                 → staff.member.logn → unknown field
login = "ann"         →                              → staff.member.login → is missing: one word for this person
login = "ann"         → login = "ann"⏎keys = ["0xDEADBEEF"] → staff.member.keys → must be the whole fingerprint
login = "ann"         → login = "ann"⏎keys = ["0123456789ABCDEF0123456789ABCDEF01234567"] → staff.member.keys → has no effect without identity.keyring
##keyring             → keyring                      → identity.keyring → has no effect without keys
kind = "imap"         → kind = "pop3"                → mailbox.kind → "pop3" is none of "imap", "maildir"
kind = "imap"         →                              → mailbox.kind → is missing: "imap" or "maildir"
kind = "imap"         → kind = "imap"⏎path = "/m"    → mailbox.path → does not belong to kind = "imap"
host = "mail.example.org" → host = "a@b"             → mailbox.host → "a@b" is not a bare host
user = "help@example.org" →                          → mailbox.user → is missing: the name to log in with
#port = 993           → port = 0                     → mailbox.port → 0 must be 1 to 65535
#port = 993           → port = "imaps"               → mailbox.port → invalid type: string "imaps", expected u16
#port = 993           → port = 99300                 → mailbox.port → invalid value: integer `99300`, expected u16
#security = "tls"     → security = "ssl"             → mailbox.security → "ssl" is none of "tls", "starttls", "plain"
#roots = "system"     → roots = "sytem"              → mailbox.roots → "sytem" is none of
#mechanism = "password" → mechanism = "cram-md5"     → mailbox.mechanism → "cram-md5" is none of
password_file =       → #                            → mailbox.password_file → is missing: say where the secret is
password_file =       → password_command = []⏎#      → mailbox.password_command → needs a program
##password_env        → password_env                 → mailbox.password_file → is one of several places
#folders = ["INBOX"]  → folders = []                 → mailbox.folders → name at least one folder
#folders = ["INBOX"]  → folders = ["a", "a"]         → mailbox → help@example.org@mail.example.org/a is fetched twice
#folders = ["INBOX"]  → done = "move"⏎folders = ["Done"] → mailbox.folders → mail moved to Done would be fetched again
##done_folder         → done_folder                  → mailbox.done_folder → has no effect without done = "move"
#poll = "5m"          → poll = "5 weeks"             → mailbox.poll → "5 weeks" is not a span of time such as
#poll = "5m"          → poll = "2d"                  → mailbox.poll → "2d" must be 1s to 1d
kind = "smtp"         → kind = "smtp"⏎poll = "5m"    → courier.poll → does not belong to kind = "smtp"
kind = "smtp"         → kind = "maildir"             → courier.path → is missing: the directory that letters are put
#mx_hosts = []        → mx_hosts = ["a b"]           → identity.mx_hosts → "a b" is not a bare host
#authserv_id = []     → authserv_id = ["a; b"]       → identity.authserv_id → "a; b" is not one plain word
#trusted_domains = [] → trusted_domains = ["x.org"]  → identity.trusted_domains → has no effect without authserv_id
#trusted_networks = [] → trusted_networks = ["::/8"] → identity.trusted_networks → has no effect without mx_hosts
#mx_hosts = []        → mx_hosts = ["a"]⏎trusted_networks = ["::/0"] → identity.trusted_networks → is the whole internet
#command_age = "48h"  → command_age = "5m"           → identity.command_age → "5m" must be 1h to 30d
#automatic_per_day = 10 → automatic_per_day = 0      → policy.automatic_per_day → 0 must be 1 to 1000
#mail_bytes = 26214400 → mail_bytes = -1             → policy.mail_bytes → invalid value: integer `-1`
#days = "daily"       → days = "monthly"             → digest.days → "monthly" is none of "daily", "weekdays"
#at = "07:00"         → at = "7:00"                  → digest.at → "7:00" is not a time of day such as "07:00"
#at = "07:00"         → at = "24:00"                 → digest.at → "24:00" is not a time of day
#zone = "system"      → zone = "Europe/Trackle"      → digest.zone → "Europe/Trackle" is no time zone that this machine
#to = []              → to = ["help@example.org"]    → digest.to → is the robot's own address
host = "mail.example.org" → host = "a"⏎host = "b"    → host → duplicate key
##base_url = "https:  → base_url = "http:            → robot.base_url → "http://desk.example.org" is not such as
##base_url = "https://desk.example.org" → base_url = "https://desk example.org" → robot.base_url → "https://desk example
##base_url = "https://desk.example.org" → base_url = "https://a.example/?x=" → robot.base_url → "https://a.example/?x="
#listen = "127.0.0.1:8025" → listen = "127.0.0.1"    → web.listen → "127.0.0.1" is neither an address with a port
#listen = "127.0.0.1:8025" → listen = "0.0.0.0:8025"⏎api = true → web.api → would take tokens in the clear at 0.0.0.0:8025
[policy]              → [polcy]                      → polcy → unknown field `polcy`, expected one of `robot`
"#;

#[test]
fn complaints_name_the_field_and_say_what_to_do() {
    for row in MISTAKES.trim().lines() {
        let [from, to, field, text] = row.split('→').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        let broken = EXAMPLE.replacen(from, &to.replace('⏎', "\n"), 1);
        assert_ne!(broken, EXAMPLE, "{row}");
        let wrong = parse(&broken).unwrap_err();
        let first = &wrong.complaints[0];
        assert_eq!(first.field, field, "{row}: {wrong}");
        assert!(first.text.starts_with(text), "{row}: {wrong}");
        let line = broken.lines().nth(first.line.unwrap() - 1).unwrap();
        let last = first.field.rsplit('.').next().unwrap();
        assert!(line.contains(last) || line.starts_with('['), "{row}: {wrong}\n{line}");
    }
}

#[cfg(not(feature = "dkim"))]
#[test]
fn what_was_not_built_in_is_not_promised() {
    let wrong = parse(&format!("{LEAST}[identity]\ndkim = true\n")).unwrap_err();
    assert_eq!(wrong.complaints[0].field, "identity.dkim");
    assert!(wrong.complaints[0].text.contains("--features dkim"), "{wrong}");
}

#[test]
fn keys_are_read_as_gpg_prints_them() {
    let member = |keys: &str| {
        format!("[[staff.member]]\nlogin = \"ann\"\naddress = \"ann@example.org\"\nkeys = {keys}\n")
    };
    let spaced = "[\"0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567\"]";
    let text = LEAST.replace("[courier]", &format!("{}[courier]", member(spaced)));
    let config = parse(&format!("{text}[identity]\nkeyring = \"staff.asc\"\n")).unwrap();
    assert_eq!(config.staff.members[0].keys, ["0123456789ABCDEF0123456789ABCDEF01234567"]);
    assert_eq!(config.identity.keyring.as_deref(), Some(Path::new("/etc/trackle/staff.asc")));
    let twice = member(&spaced.replace(']', &format!(", {}]", &spaced[1..spaced.len() - 1])));
    let text = LEAST.replace("[courier]", &format!("{twice}[courier]"));
    let wrong = parse(&format!("{text}[identity]\nkeyring = \"staff.asc\"\n")).unwrap_err();
    assert!(wrong.complaints[0].text.contains("is the key of ann already"), "{wrong}");
}

#[test]
fn complaints_come_together_in_the_order_of_the_file() {
    let text = "[robot]\naddress = \"help\"\n\n[courier]\nkind = \"smtp\"\nport = 0\n[policy]\nautomatic_per_day = 0\n";
    let wrong = parse(text).unwrap_err();
    let expected = "\
trackle.toml: staff.list: is missing: the address that ticket threads go to, such as \"team@example.org\"
trackle.toml line 2: robot.address: \"help\" is not a bare mail address such as \"ann@example.org\"
trackle.toml line 4: courier.host: is missing: the server's name, such as \"mail.example.org\"
trackle.toml line 6: courier.port: 0 must be 1 to 65535
trackle.toml line 8: policy.automatic_per_day: 0 must be 1 to 1000";
    assert_eq!(wrong.to_string(), expected);
}

/// Whatever line of the example is lost, and wherever it ends, whoever mends it is told something.
#[test]
fn nothing_is_refused_without_a_complaint() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for at in 0..lines.len() {
        let (before, after) = (lines[..at].join("\n"), lines[at + 1..].join("\n"));
        for text in [format!("{before}\n{after}"), before, after] {
            if let Err(wrong) = parse(&text) {
                assert!(!wrong.complaints.is_empty(), "line {}", at + 1);
                assert!(
                    wrong.complaints.iter().all(|c| !c.text.is_empty() && !c.field.is_empty()),
                    "{wrong}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_toml_is_refused_with_its_line() {
    for (text, line) in
        [("[robot\naddress = 1", 1), ("[robot]\naddress = \"a\n", 2), ("[robot]\n[robot]\n", 2), ("a", 1)]
    {
        assert_eq!(parse(text).unwrap_err().complaints[0].line, Some(line), "{text}");
    }
    assert!(parse("").is_err());
}

#[test]
fn a_file_is_read_and_its_name_is_in_the_complaint() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ours.toml");
    assert!(Config::read(&path).unwrap_err().to_string().contains("ours.toml: cannot be read: "));
    std::fs::write(&path, LEAST).unwrap();
    assert_eq!(Config::read(&path).unwrap().courier, Courier::Maildir(dir.path().join("letters")));
    std::fs::write(&path, "[robot]\nx = 1").unwrap();
    assert!(Config::read(&path).unwrap_err().to_string().starts_with("ours.toml line 2: robot.x: "));
}

const PEOPLE: &str = r#"
[[staff.member]]
login = "Ann"
address = "ann@example.org"
aliases = ["annie", "Ann@home.example"]
[[staff.member]]
login = "anton"
name = "Anton Ü."
address = "anton@example.org"
[[staff.member]]
login = "bea"
address = "bea@example.org"
"#;

#[test]
fn staff_are_found_by_what_people_type() {
    let config = parse(&format!("{LEAST}{PEOPLE}")).unwrap();
    let found = |word: &str| match config.staff_by_word(word) {
        Ok(one) => one.login.clone(),
        Err(several) => format!("{:?}", several.iter().map(|m| m.login.as_str()).collect::<Vec<_>>()),
    };
    for (word, login) in [
        ("ann", "ann"),
        ("ANN", "ann"),
        ("annie", "ann"),
        ("ann@HOME.example", "ann"),
        ("ant", "anton"),
        ("b", "bea"),
        ("an", "[\"ann\", \"anton\"]"),
        ("", "[]"),
        ("zoe", "[]"),
        ("ann@elsewhere.example", "[]"),
    ] {
        assert_eq!(found(word), login, "{word}");
    }
    assert_eq!(config.staff.members[0].name, "ann");
    assert_eq!(config.staff_by_address(&address("ANN@home.example")).unwrap().login, "ann");
    assert!(config.staff_by_address(&address("team@example.org")).is_none());
}

#[test]
fn a_word_or_address_means_one_member() {
    for (from, to, field) in [
        ("login = \"bea\"", "login = \"annie\"", "staff.member.login"),
        ("bea@example.org", "ann@home.example", "staff.member.address"),
        ("annie", "ann", "staff.member.aliases"),
    ] {
        let wrong = parse(&format!("{LEAST}{}", PEOPLE.replace(from, to))).unwrap_err();
        assert_eq!(wrong.complaints[0].field, field, "{wrong}");
        assert!(wrong.complaints[0].text.contains("already means the staff member ann"), "{wrong}");
    }
}

#[test]
fn the_robot_knows_its_own_addresses() {
    let text = LEAST.replace("[staff]", "aliases = [\"it-help@example.net\"]\ndelimiter = \"-\"\n[staff]");
    let config = parse(&text).unwrap();
    for (text, own) in [
        ("help@example.org", true),
        ("HELP@Example.ORG", true),
        ("help-12.abc@example.org", true),
        ("it-help@example.net", true),
        ("it-help-3@example.net", true),
        ("it@example.net", false),
        ("it-support@example.net", false),
        ("help+12@example.org", false),
        ("helper@example.org", false),
        ("help@example.net", false),
        ("help-12@example.net", false),
    ] {
        assert_eq!(config.is_own(&address(text)), own, "{text}");
    }
}

#[test]
fn a_digest_has_its_time_and_place() {
    let text = "[digest]\ndays = \"weekly\"\nat = \"18:30\"\nzone = \"UTC\"\nto = [\"boss@example.org\"]\n";
    let schedule = parse(&format!("{LEAST}{text}")).unwrap().schedule();
    assert_eq!((schedule.days, schedule.at.to_string().as_str()), (Days::Weekly, "18:30:00"));
    assert_eq!(schedule.to, [address("boss@example.org")]);
    let due = schedule.due("2026-11-23".parse().unwrap()).unwrap();
    assert_eq!(due.to_string(), "2026-11-23T18:30:00Z");
}

#[test]
fn networks_are_understood() {
    let net = "[identity]\nmx_hosts = [\"MX.example.org\"]\ntrusted_networks = [\"192.0.2.0/24\"]\n";
    let config = parse(&format!("{LEAST}{net}")).unwrap();
    assert_eq!(config.identity.mx_hosts, ["mx.example.org"]);
    assert!(config.identity.trusted_networks[0].contains(IpAddr::from([192, 0, 2, 3])));
}
